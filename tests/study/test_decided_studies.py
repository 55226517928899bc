"""A study of adoptions that were decided together: errors cluster on the decision."""

from __future__ import annotations

import polars as pl
import pytest
import spread
from test_mechanism_models import told

from diffuscope import case_from_frames


@pytest.mark.parametrize(("errors", "way"), [("unit", "decider"), ("auto", "decider"), ("none", None)])
def test_errors_cluster_on_the_decision(errors, way):
    made = spread.tables()
    rows = made["adoptions"]
    # ten towns decide together; none of them is the first, of 2000
    joint = rows.with_row_index("at").filter(pl.col("time") > "2000")["at"].to_list()[:10]
    decision = ["pact" if at in joint else None for at in range(rows.height)]
    made["adoptions"] = rows.with_columns(pl.Series("decision", decision, dtype=pl.String))
    case = case_from_frames(
        analyses=[spread.QUESTION | {"covariates": ["wealth"], "model": "logit", "errors": errors}], **made
    )
    assert case.errors == ()
    main = told(case).history.estimates[0]
    assert main.units > 100
    assert main.clusters == (() if way is None else ((way, main.units - 9),))
