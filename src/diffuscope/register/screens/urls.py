"""Addresses of the register's pages, in the form that Django asks for."""

from __future__ import annotations

from diffuscope.register.screens.pages import urlpatterns as patterns

urlpatterns = patterns()
handler404 = "diffuscope.register.screens.entering.not_found"
handler500 = "diffuscope.register.screens.entering.went_wrong"
