"""Accounts, by which people sign in: what a backup keeps of them, and how one is forgotten.

They hold secrets (hashes of passwords, keys of second factors), so no part of them is in the history, an
edition or a case. A backup keeps them, as nobody could sign in after a restore without; sessions are in none.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

USER = ("username", "password", "last_login")
FACTOR = ("name", "confirmed", "key", "step", "t0", "digits", "tolerance", "drift", "last_t")
"""Of a second factor; `last_t` is the last code that was used, so that a restore lets none be used again."""


def kept_accounts() -> bytes:
    """Every account as one line of JSON, in the order of names."""
    from django.core.serializers.json import DjangoJSONEncoder

    lines = (
        json.dumps(one, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True) for one in _accounts()
    )
    return "".join(f"{line}\n" for line in lines).encode()


def _accounts() -> Iterator[dict[str, Any]]:
    from django.contrib.auth.models import User
    from django_otp.plugins.otp_static.models import StaticToken
    from django_otp.plugins.otp_totp.models import TOTPDevice

    for user in User.objects.order_by("username"):
        factors = TOTPDevice.objects.filter(user=user).order_by("pk")
        codes = StaticToken.objects.filter(device__user=user).order_by("pk")
        yield {
            **{name: getattr(user, name) for name in USER},
            "factors": list(factors.values(*FACTOR)),
            "codes": list(codes.values_list("token", flat=True)),
        }


def restore_accounts(data: bytes) -> int:
    """Accounts of a backup, of people who are in it; how many there are."""
    from django.contrib.auth.models import User
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from diffuscope.register.models import Person

    known = set(Person.objects.filter(retired=False).values_list("code", flat=True))
    rows = [row for row in map(json.loads, data.decode().splitlines()) if row["username"] in known]
    for row in rows:
        user = User(**{name: row[name] for name in USER})
        user.save()
        for factor in row["factors"]:
            TOTPDevice.objects.create(user=user, **{name: factor[name] for name in FACTOR})
        keep_codes(user, row["codes"])
    return len(rows)


def keep_codes(user: Any, codes: list[str]) -> None:
    """Recovery codes of an account, each of which replaces the second factor once."""
    from django_otp.plugins.otp_static.models import StaticDevice

    if codes:
        kept = StaticDevice.objects.create(user=user, name="recovery codes")
        for code in codes:
            kept.token_set.create(token=code)


def account_says(name: str) -> dict[str, Any]:
    """What there is of an account, without its secrets."""
    from axes.models import AccessAttempt
    from django.contrib.auth.models import User
    from django_otp.plugins.otp_static.models import StaticToken
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user = User.objects.filter(username=name).first()
    failed = AccessAttempt.objects.filter(username=name).order_by("pk")
    return {
        "account": user is not None,
        "last_sign_in": user.last_login if user is not None else None,
        "second_factor": TOTPDevice.objects.filter(user=user, confirmed=True).exists() if user else False,
        "recovery_codes_left": StaticToken.objects.filter(device__user=user).count() if user else 0,
        "failed_sign_ins": list(failed.values("attempt_time", "ip_address", "user_agent")),
    }


def close_account(name: str, *, forget_factor: bool = False) -> None:
    """A password counts no more and open sessions end, until a link sets another one.

    Parameters
    ----------
    name : str
    forget_factor : bool
        Take the second factor and its recovery codes away too, to be set up again.
    """
    from django.contrib.auth.models import User
    from django_otp.plugins.otp_static.models import StaticDevice
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user = User.objects.filter(username=name).first()
    if user is None:
        return
    user.set_unusable_password()  # which also ends its sessions: they rest on the password
    user.save()
    if forget_factor:
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()


def forget_account(name: str) -> None:
    """Delete an account with its password, second factor, sessions and failed sign-ins."""
    from axes.models import AccessAttempt
    from django.contrib.auth.models import User

    User.objects.filter(username=name).delete()  # a session of an account that is not there lets nobody in
    AccessAttempt.objects.filter(username=name).delete()


def forget_attempts(days: int) -> None:
    """Delete failed sign-ins, with the names and addresses in them, that are older than so many days."""
    from datetime import UTC, datetime, timedelta

    from axes.models import AccessAttempt

    AccessAttempt.objects.filter(attempt_time__lt=datetime.now(UTC) - timedelta(days=days)).delete()
