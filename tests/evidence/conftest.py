"""Coded passages for the tests of the evidence witness."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from diffuscope.records import Analysis, Place, Spell
from diffuscope.tables.typed import empty

ANALYSIS = Analysis(id="smart-cities", question="?", units=("a", "b", "c", "d"))
MECHANISM = {"C": "coercion", "K": "competition", "L": "learning", "M": "emulation"}
DEFAULTS = {
    "coder": "one",
    "analysis": "smart-cities",
    "document": "paper",
    "paraphrase": "what it shows",
    "direction": "for",
    "rival": "the same decisions without this mechanism",
}


def _coded(*passages: dict[str, object]) -> pl.DataFrame:
    """The table `evidence`: criteria as `L-a;L-b`, chances as `.8/.2`, mechanisms by letter of the id."""
    rows = []
    for at, given in enumerate(passages, start=2):
        row = {**DEFAULTS, "mechanism": MECHANISM.get(str(given["id"])[0]), "cluster": given["id"], **given}
        row["criterion"] = str(row["criterion"]).split(";")
        if chances := row.pop("chances", None):
            row["p_if_true"], row["p_if_false"] = (float(p) for p in str(chances).split("/"))
        rows.append({"_row": at, **row})
    return pl.DataFrame(rows, schema=empty("evidence").schema)


FOUNDING = """
C1 c1 C-a;C-b        for     .95/.70
C2 c1 C-c;C-d        for     .80/.50
C5 c1 C-e            for     .99/.95
C6 c1 C-d            against .50/.60
C3 c2 C-f            absent  .875/.125
C4 c3 C-f            against .25/.70
K1 k1 K-c            for     .90/.75
K2 k1 K-c            for     .85/.60
K3 k2 K-a;K-b        absent  .75/.125
K5 k2 K-d            absent  .50/.125
K4 k3 K-b;K-f        against .20/.70
L1 l1 L-a;L-d3       for     .85/.35
L2 l1 L-d3           for     .90/.60
L3 l1 L-d3           for     .80/.60
L4 l1 L-d1           for     .50/.35
L5 l2 L-b;L-c        absent  .6875/.125
L6 l3 L-c            for     .70/.50
L7 l4 T              for     .60/.50
M1 m1 M-c            for     .90/.55
M2 m1 M-c            for     .60/.50
M3 m2 M-b            for     .70/.45
M7 m2 M-a            for     .90/.80
M4 m3 M-c            against .40/.60
M6 m3 M-c            against .40/.60
M5 m4 M-a            absent  .6875/.1875
"""


@pytest.fixture(scope="session")
def coded() -> Callable[..., pl.DataFrame]:
    return _coded


@pytest.fixture(scope="session")
def analysis() -> Analysis:
    return ANALYSIS


@pytest.fixture(scope="session")
def documents() -> pl.DataFrame:
    return empty("documents")


@pytest.fixture(scope="session")
def founding() -> pl.DataFrame:
    """The first coding of the founding case: one coder, one document."""
    rows = [line.split() for line in FOUNDING.strip().splitlines()]
    return _coded(
        *(
            {
                "id": name,
                "cluster": cluster,
                "criterion": criterion,
                "direction": direction,
                "chances": chances,
                "searched": 0.8 if direction == "absent" else None,
            }
            for name, cluster, criterion, direction, chances in rows
        )
    )


@pytest.fixture(scope="session")
def adopted() -> Callable[[str, str], Spell]:
    def spell(unit: str, year: str, latest: str | None = None) -> Spell:
        return Spell(
            unit=unit,
            policy="p",
            first=f"{year}-01-01",
            last=f"{latest or year}-12-31",
            period=None,
            baseline=False,
            confidence=None,
            place=Place(table="adoptions", file="adoptions.csv", row=2),
        )

    return spell
