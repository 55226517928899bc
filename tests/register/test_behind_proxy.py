"""Behind the proxy that speaks TLS: which address counts, which names are answered, and what is refused."""

from __future__ import annotations

import pytest
from waitress.proxy_headers import proxy_headers_middleware

from diffuscope.errors import PlanError
from diffuscope.register import backup
from diffuscope.register.screens.guesses import address_of
from diffuscope.register.screens.server import BEHIND
from diffuscope.register.settings import GUESSES, settings_of


def seen(peer: str, **headers: str) -> tuple[str, str, str]:
    """Address, scheme and forwarded address as the pages see them, of a request by a peer."""
    found = []

    def pages(environ, start_response):
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "")
        found.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], forwarded))
        return []

    told = dict(BEHIND)
    told["clear_untrusted"] = told.pop("clear_untrusted_proxy_headers")
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "SERVER_NAME": "here", "SERVER_PORT": "80"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    proxy_headers_middleware(pages, **told)(environ, lambda *_: None)
    return found[0]


def test_the_address_that_the_own_proxy_wrote_counts():
    """Also where the proxy adds to what a sender forged, instead of replacing it."""
    proxied = seen("127.0.0.1", x_forwarded_for="10.9.8.7, 203.0.113.5", x_forwarded_proto="https")
    assert proxied[:2] == ("203.0.113.5", "https")
    stranger = seen("203.0.113.9", x_forwarded_for="127.0.0.1", x_forwarded_proto="https")
    assert stranger == ("203.0.113.9", "http", "")


def test_forged_headers_do_not_escape_the_lock(site, client):
    wrong = {"name": "city-bangkok", "password": "wrong"}
    own = client(None)
    codes = [
        own.post(
            "/enter",
            wrong,
            HTTP_X_FORWARDED_FOR=f"10.9.8.{at}",
            HTTP_X_REAL_IP=f"10.9.8.{at}",
            HTTP_FORWARDED=f"for=10.9.8.{at}",
        ).status_code
        for at in range(GUESSES + 1)
    ]
    assert codes[-1] == 429
    assert codes[0] == 403
    assert own.post("/enter", wrong, REMOTE_ADDR="203.0.113.5").status_code == 403


def test_only_the_names_of_the_register_are_answered(site, client):
    assert client(None).get("/").status_code == 200
    assert client(None).get("/", HTTP_HOST="evil.example").status_code == 400


def test_beyond_loopback_everything_is_told_to_come_over_tls(site):
    from dataclasses import replace

    public = settings_of(replace(site, host="register.example.org"), {})
    assert public["SECURE_SSL_REDIRECT"]
    assert public["SESSION_COOKIE_SECURE"]
    assert public["CSRF_COOKIE_SECURE"]
    assert public["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert public["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert not settings_of(site, {})["SESSION_COOKIE_SECURE"]
    assert settings_of(site, {})["SECURE_PROXY_SSL_HEADER"] is None


def test_the_address_of_a_request_is_that_of_the_connection(site):
    from django.test import RequestFactory

    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.5", HTTP_X_FORWARDED_FOR="10.9.8.7")
    assert address_of(request) == "203.0.113.5"


def test_a_backup_into_no_folder_says_which(on_sqlite, tmp_path):
    with pytest.raises(PlanError, match="does not exist; make it first"):
        backup(on_sqlite, tmp_path / "nowhere" / "one.zip", person="sari")
