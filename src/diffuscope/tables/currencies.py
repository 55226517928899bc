"""Codes of currencies: ISO 4217 as in force in 2025, and earlier ones that registers still hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.tables.columns import Rule

if TYPE_CHECKING:
    from typing import Literal

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
    "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR "
    "MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK "
    "SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU "
    "UYW UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF XSU XUA YER ZAR ZMW ZWG "
    "ATS BEF CUC CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK SLL ZWL"
)
CURRENCIES = frozenset(_CODES.split())
"""Currencies of a country, and units of account; none for metals, tests or the want of a currency."""


def currency_code(level: Literal["error", "warning"]) -> Rule:
    """A currency is written by its code, so that sums of one currency meet."""
    return Rule(
        name="currency-code",
        column="currency",
        says="`currency` is a code of ISO 4217, three capital letters",
        fix="write the code, e.g. USD, THB, IDR or VND (not $ or baht)",
        broken=lambda: ~pl.col("currency").is_in(list(CURRENCIES)),
        level=level,
    )
