"""Event histories of a made case, as tests of them ask for their parts."""

from __future__ import annotations

import polars as pl
from spread import case

from diffuscope.study import run_study

studied = run_study


def history(made):
    return studied(made).histories[0]


def told(result, name):
    frame = result.frames[name]
    return pl.DataFrame(frame.rows, schema=list(frame.columns), orient="row", infer_schema_length=None)


def exposures(of):
    return {one.name: one for one in of.exposures}


def estimates(of):
    return {one.id: one for one in of.estimates}


def ties(rows, layer="information", **more):
    frame = pl.DataFrame(rows, schema=["sender", "receiver"], orient="row")
    return frame.with_columns(layer=pl.lit(layer), weight=pl.lit(1.0), source=pl.lit("s"), **more)


def refused(**changes):
    return {one.name: one.refused for one in history(case(**changes)).exposures}
