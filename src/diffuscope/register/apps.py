"""The register as an application of Django, under the name by which its tables begin."""

from __future__ import annotations

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """Django's entry to the models of this room."""

    name = "diffuscope.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Note with each session when it began, and keep links out of logs."""
        import logging

        from django.contrib.auth.signals import user_logged_in

        from diffuscope.register.screens.entering import LOGS, without_links
        from diffuscope.register.screens.sessions import begin

        for name in LOGS:
            logging.getLogger(name).addFilter(without_links)

        user_logged_in.connect(begin, dispatch_uid="diffuscope.register.sessions")
