"""Guesses of passwords: how many are let through, by name, by address, and by both."""

from __future__ import annotations

from typing import Any

MANY = 100
"""Wrong passwords in a quarter of an hour for one name from all addresses (NIST SP 800-63B, 5.2.2, allows
as many in a row), or from one address for all names. Of one name from one address it is ten (django-axes)."""


def address_of(request: Any) -> str:
    """The address that asks: the server takes it from the proxy in front, and believes no other header."""
    return str(request.META.get("REMOTE_ADDR", ""))


def too_many(request: Any, name: str) -> bool:
    """Whether so many passwords were wrong that none is tried for a while, whoever the name is or is not."""
    from datetime import UTC, datetime

    from axes.models import AccessAttempt
    from django.db.models import Sum

    from diffuscope.register.settings import WAIT

    rows = AccessAttempt.objects.filter(attempt_time__gt=datetime.now(UTC) - WAIT)
    of_each = (rows.filter(username=name), rows.filter(ip_address=address_of(request)))
    counts = (one.aggregate(count=Sum("failures_since_start"))["count"] or 0 for one in of_each)
    return any(count >= MANY for count in counts)
