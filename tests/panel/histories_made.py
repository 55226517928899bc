"""Small histories of laws, and panels as tests read them."""

from __future__ import annotations

import polars as pl

RANGE = ("unit", "time", "time_latest")
CELLS = ("unit", "period", "event")


def cells(panel, *columns):
    return panel.table().select(*(columns or CELLS)).rows()


def laws(*rows, columns=("unit", "time")):
    return pl.DataFrame(rows, schema=list(columns), orient="row", strict=False)


def rules(panel):
    return {(unit, rule) for rule, unit in panel.ledger.select("rule", "unit").iter_rows()}
