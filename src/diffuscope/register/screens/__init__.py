"""Screens of the register: server-rendered pages for its people, and the published editions for everybody."""
