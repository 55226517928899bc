"""Money as whole numbers of a currency's smallest unit, as ISO 4217 counts them."""

from __future__ import annotations

from decimal import Decimal

NONE = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
THREE = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
FOUR = frozenset(("CLF", "UYW"))
LARGEST = 2**63 - 1
"""The largest whole number of eight bytes, in which both databases keep money."""


def decimals(currency: str) -> int:
    """Decimals that a currency has; two where none is named.

    >>> decimals("VND"), decimals("THB"), decimals("KWD")
    (0, 2, 3)
    """
    if currency in NONE:
        return 0
    return 3 if currency in THREE else 4 if currency in FOUR else 2


def to_minor(amount: float | None, currency: str) -> int | None:
    """An amount in the smallest unit of its currency.

    Raises
    ------
    ValueError
        If the amount has parts of that unit, as nothing is rounded here, or is too large for a database.

    Examples
    --------
    >>> to_minor(10.5, "USD"), to_minor(250_000_000_000.0, "JPY"), to_minor(-0.1, "USD")
    (1050, 250000000000, -10)
    """
    if amount is None:
        return None
    whole = Decimal(repr(float(amount))).scaleb(decimals(currency))
    if whole != whole.to_integral_value():
        raise ValueError(f"{amount} {currency} has parts of the smallest unit of its currency")
    if abs(whole) > LARGEST:
        raise ValueError(f"{amount} {currency} is larger than a database keeps; are there digits too many?")
    return int(whole)


def from_minor(amount: int | None, currency: str) -> float | None:
    """An amount in its currency.

    >>> from_minor(1050, "USD"), from_minor(7, "VND")
    (10.5, 7.0)
    """
    return None if amount is None else float(Decimal(amount).scaleb(-decimals(currency)))
