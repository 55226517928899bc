"""Django's settings for a register: its applications, and what protects its pages."""

from __future__ import annotations

from datetime import timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

from diffuscope.register.language import LANGUAGES
from diffuscope.register.screens.sessions import LONGEST

if TYPE_CHECKING:
    from diffuscope.register.place import Place

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
GUESSES = 10
"""Wrong passwords for one name from one address, after which that pair waits."""
WAIT = timedelta(minutes=15)
LARGEST_FORM = 2_500_000
"""Bytes of a form without its files."""


APPLICATIONS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "diffuscope.register.apps.RegisterConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "diffuscope.register.screens.middleware.protected",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "diffuscope.register.screens.middleware.with_person",
    "axes.middleware.AxesMiddleware",
]
VALIDATORS = "django.contrib.auth.password_validation"
PASSWORDS = [
    {"NAME": f"{VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATORS}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATORS}.UserAttributeSimilarityValidator"},
]
ALWAYS: dict[str, Any] = {
    "INSTALLED_APPS": APPLICATIONS,
    "USE_TZ": True,
    "TIME_ZONE": "UTC",
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "ROOT_URLCONF": "diffuscope.register.screens.urls",
    "MIDDLEWARE": MIDDLEWARE,
    "AUTHENTICATION_BACKENDS": [
        "axes.backends.AxesStandaloneBackend",
        "django.contrib.auth.backends.ModelBackend",
    ],
    "AUTH_PASSWORD_VALIDATORS": PASSWORDS,
    "LOGIN_URL": "/enter",
    "AXES_FAILURE_LIMIT": GUESSES,
    "AXES_COOLOFF_TIME": WAIT,
    "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
    "AXES_LOCKOUT_CALLABLE": "diffuscope.register.screens.entering.too_many_guesses",
    "AXES_CLIENT_IP_CALLABLE": "diffuscope.register.screens.guesses.address_of",
    "AXES_RESET_ON_SUCCESS": True,
    "AXES_VERBOSE": False,
    "AXES_ENABLE_ADMIN": False,
    "AXES_DISABLE_ACCESS_LOG": True,
    "SESSION_COOKIE_AGE": LONGEST,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_FAILURE_VIEW": "diffuscope.register.screens.entering.form_too_old",
    "X_FRAME_OPTIONS": "DENY",
    "DATA_UPLOAD_MAX_MEMORY_SIZE": LARGEST_FORM,
    "DATA_UPLOAD_MAX_NUMBER_FILES": 40,
    "LOGGING_CONFIG": None,
    "LANGUAGES": [(code, code) for code in LANGUAGES],
}
"""Settings that no register changes."""


def settings_of(place: Place, database: dict[str, Any]) -> dict[str, Any]:
    """Settings of a register's pages and database.

    Parameters
    ----------
    place : Place
    database : dict
        Django's settings of the database.
    """
    return {
        **ALWAYS,
        **_over_tls(place.host),
        "DATABASES": {"default": database},
        "SECRET_KEY": place.key,
        "ALLOWED_HOSTS": [*LOOPBACK, *([place.host] if place.host else [])],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [str(resources.files("diffuscope.register") / "screens" / "templates")],
                "OPTIONS": {
                    "context_processors": ["diffuscope.register.screens.middleware.on_every_page"],
                    "builtins": ["diffuscope.register.screens.words"],
                },
            }
        ],
    }


def _over_tls(host: str) -> dict[str, Any]:
    """What holds where others reach the pages, which they do over TLS alone."""
    secure = host not in ("", *LOOPBACK)
    return {
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        "SECURE_SSL_REDIRECT": secure,
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": secure,
        "SECURE_HSTS_PRELOAD": secure,
        # the proxy in front speaks TLS and sets this header; the server takes it from that proxy alone
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if secure else None,
    }
