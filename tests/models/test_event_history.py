"""Discrete-time hazards: closed forms, statsmodels, and what every fit must keep."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.api as sm
from made_panels import panel, separated, two_by_two

from diffuscope.errors import MethodError, PlanError, SeparationError
from diffuscope.models import event_history, separation

FORMULA = "adopted ~ coercion + log(gdp)"


def design(frame: pl.DataFrame) -> np.ndarray:
    return np.column_stack([np.ones(frame.height), frame["coercion"], np.log(frame["gdp"].to_numpy())])


@pytest.mark.parametrize(
    ("link", "estimate", "error"), [("logit", -1.3862944, 0.5590170), ("cloglog", -1.4999400, 0.5010380)]
)
def test_an_intercept_alone_is_the_share_of_events(link, estimate, error):
    fit = event_history("event ~ 1", pl.DataFrame({"event": [1] * 4 + [0] * 16}), link=link, cluster=None)
    assert fit.coefficients[0] == pytest.approx(estimate, abs=5e-8)
    assert fit.std_errors[0] == pytest.approx(error, abs=5e-8)
    assert fit.loglik == pytest.approx(-10.0080485, abs=5e-8)
    assert fit.loglik_null == pytest.approx(fit.loglik, abs=1e-10)


def test_two_by_two_has_its_closed_form():
    fit = event_history("event ~ x", two_by_two(), cluster=None)
    assert fit.coefficients == pytest.approx([np.log(5 / 55), np.log(12 * 55 / (28 * 5))], rel=1e-9)
    assert fit.std_errors[1] == pytest.approx(np.sqrt(1 / 12 + 1 / 28 + 1 / 5 + 1 / 55), rel=1e-9)
    assert [fit.loglik, fit.aic, fit.bic_rows] == pytest.approx(
        [-41.6447311, 87.2894621, 92.4998025], abs=5e-8
    )
    assert fit.bic_events == pytest.approx(2 * np.log(17) + 2 * 41.6447311, abs=1e-6)
    cloglog = event_history("event ~ x", two_by_two(), link="cloglog", cluster=None)
    assert cloglog.coefficients[1] == pytest.approx(1.4107860, abs=5e-8)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_coefficients_errors_and_likelihood_are_those_of_statsmodels(link):
    frame = panel()
    x, y = design(frame), frame["event"].to_numpy()
    groups = frame["unit"].to_numpy()
    links = sm.families.links
    family = sm.families.Binomial(links.CLogLog() if link == "cloglog" else links.Logit())
    other = sm.GLM(y, x, family=family).fit(tol=1e-12, maxiter=100)
    ours = event_history(FORMULA, frame, link=link, cluster=None)
    assert ours.coefficients == pytest.approx(other.params, rel=1e-7)
    assert ours.covariance == pytest.approx(other.cov_params(), rel=1e-6)
    assert [ours.loglik, ours.loglik_null] == pytest.approx([other.llf, other.llnull], rel=1e-10)
    if link == "logit":
        codes = pd.factorize(groups)[0]
        clustered = sm.Logit(y, x).fit(
            disp=0, tol=1e-12, cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
        )
        ours = event_history(FORMULA, frame, cluster="unit")
        count = ours.clusters[0][1]
        expected = clustered.cov_params() * count / (count - 1)
        assert ours.covariance == pytest.approx(expected, rel=1e-7)


def test_weights_and_offset_are_those_of_statsmodels():
    rng = np.random.default_rng(9)
    frame = panel().with_columns(w=pl.Series(rng.integers(1, 4, 2000)), o=pl.Series(rng.normal(size=2000)))
    x, y = design(frame), frame["event"].to_numpy()
    other = sm.GLM(
        y, x, family=sm.families.Binomial(), freq_weights=frame["w"].to_numpy(), offset=frame["o"].to_numpy()
    ).fit(tol=1e-12)
    ours = event_history(FORMULA, frame, weights="w", offset="o", cluster=None)
    assert ours.coefficients == pytest.approx(other.params, rel=1e-7)
    assert ours.covariance == pytest.approx(other.cov_params(), rel=1e-6)
    assert ours.loglik == pytest.approx(other.llf, rel=1e-10)


def test_weight_zero_is_an_absent_row():
    frame = panel().with_columns(w=pl.Series([0, 1] * 1000))
    half = event_history(FORMULA, frame.filter(pl.col("w") == 1))
    ours = event_history(FORMULA, frame, weights="w")
    assert (ours.rows, ours.left_out) == (1000, (("`w` is zero", 1000),))
    assert ours.coefficients == pytest.approx(half.coefficients, rel=1e-12)
    assert ours.std_errors == pytest.approx(half.std_errors, rel=1e-12)


def test_fixed_policy_effects_are_dummies_and_policies_without_events_go():
    frame = panel()
    quiet = frame.head(30).with_columns(policy=pl.lit("quiet"), event=pl.lit(0, dtype=pl.Int64))
    ours = event_history(FORMULA, pl.concat([frame, quiet]), policy_effects="fixed", cluster=None)
    dummies = pd.get_dummies(frame["policy"].to_pandas(), drop_first=True).to_numpy(float)
    other = sm.Logit(frame["event"].to_numpy(), np.column_stack([design(frame), dummies])).fit(
        disp=0, tol=1e-12
    )
    assert ours.coefficients == pytest.approx(other.params, rel=1e-6)
    assert ours.left_out == (("no event of the policy, so its own intercept is infinite: `quiet`", 30),)


def test_uneven_gaps_enter_as_exposure_time():
    rng = np.random.default_rng(2)
    frame = panel().with_columns(gap=pl.Series(rng.integers(1, 4, 2000)))
    ours = event_history(FORMULA, frame, link="cloglog", cluster=None)
    other = sm.GLM(
        frame["event"].to_numpy(), design(frame), offset=np.log(frame["gap"].to_numpy()),
        family=sm.families.Binomial(sm.families.links.CLogLog()),
    ).fit(tol=1e-12)  # fmt: skip
    assert ours.offset == "ln(gap)"
    assert ours.coefficients == pytest.approx(other.params, rel=1e-6)
    even = event_history(FORMULA, frame.with_columns(gap=pl.lit(2)), link="cloglog", cluster=None)
    assert even.offset is None


def test_separation_is_named_before_anything_is_fitted():
    with pytest.raises(MethodError, match=r"separated \(quasi-complete\) by `x`.*firth"):
        event_history("adopted ~ x", separated(), cluster=None)


def test_renaming_and_reordering_change_nothing():
    frame = panel()
    one = event_history(FORMULA + " + region", frame, duration="cubic")
    mixed = frame.sample(fraction=1, shuffle=True, seed=3).with_columns(
        unit=pl.format("new {}", pl.col("unit").str.reverse())
    )
    other = event_history(FORMULA + " + region", mixed, duration="cubic")
    assert one.names == other.names
    assert one.coefficients == pytest.approx(other.coefficients, rel=1e-9)
    assert one.std_errors == pytest.approx(other.std_errors, rel=1e-9)


def test_scale_and_origin_of_a_column_do_not_matter():
    frame = panel()
    far = frame.with_columns(coercion=pl.col("coercion") * 1e6 + 1e9)
    one, other = (event_history("adopted ~ coercion", each, cluster="unit") for each in (frame, far))
    assert other.coefficients[1] * 1e6 == pytest.approx(one.coefficients[1], rel=1e-6)
    assert other.std_errors[1] * 1e6 == pytest.approx(one.std_errors[1], rel=1e-6)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-9)


@pytest.mark.parametrize("kind", ["pandas", "arrow", "lazy", "panel"])
def test_any_frame_gives_the_same(kind):
    frame = panel(400)

    class Panel:
        def __init__(self, held):
            self.frame = held

    held = {
        "pandas": frame.to_pandas,
        "arrow": frame.to_arrow,
        "lazy": frame.lazy,
        "panel": lambda: Panel(frame),
    }
    one, other = event_history(FORMULA, frame), event_history(FORMULA, held[kind]())
    assert one.coefficients == pytest.approx(other.coefficients, rel=1e-12)


def test_every_row_left_out_has_a_reason():
    frame = panel().with_columns(
        coercion=pl.when(pl.int_range(2000) < 7).then(None).otherwise("coercion"),
        gdp=pl.when(pl.int_range(2000) < 10).then(float("nan")).otherwise("gdp"),
    )
    ours = event_history(FORMULA, frame)
    assert dict(ours.left_out) == {"`coercion` is missing": 7, "`gdp` is missing": 3}
    assert ours.rows == 1990
    zero = panel().with_columns(gdp=pl.when(pl.int_range(2000) < 4).then(0.0).otherwise("gdp"))
    assert event_history(FORMULA, zero).left_out == (("a term of the formula is not a number", 4),)


def test_what_cannot_be_trusted_says_so():
    few = event_history("adopted ~ coercion + region", panel(120, units=12), cluster="unit")
    assert (few.df, few.clusters) == (11, (("unit", 12),))
    assert few.interval == "Wald, t with 11 degrees of freedom"
    reach = (few.ci_high - few.ci_low) / 2 / few.std_errors
    assert reach == pytest.approx(2.200985, abs=1e-6)  # t table: 97.5 % point, 11 degrees of freedom
    assert any("12 clusters by unit" in told for told in few.warnings)
    assert any("events for 4 coefficients" in told for told in few.warnings)
    flat = panel().with_columns(wealth=(pl.col("policy") == "p1").cast(pl.Float64))
    absorbed = event_history("adopted ~ coercion + wealth", flat, policy_effects="fixed")
    assert absorbed.dropped_terms == ("wealth",)
    assert "wealth" not in absorbed.names
    assert any("`wealth` does not vary" in told for told in absorbed.warnings)


@pytest.mark.parametrize(
    ("change", "formula", "error", "words"),
    [
        ({"event": pl.lit(2)}, "adopted ~ coercion", MethodError, "must be 0 or 1"),
        ({"event": pl.lit(0)}, "adopted ~ coercion", MethodError, "no row has an event"),
        ({"coercion": pl.lit(3.5)}, "adopted ~ coercion", MethodError, "`coercion` is the same in all 2,000"),
        (
            {"twice": pl.col("coercion") * 2},
            "adopted ~ coercion + twice",
            MethodError,
            "`twice` is an exact combination",
        ),
        ({"coercion": pl.lit(None)}, "adopted ~ coercion", MethodError, "No row is left"),
        ({}, "adopted ~ coersion", PlanError, "did you mean `coercion`"),
        ({"w": pl.lit(-1.0)}, "adopted ~ coercion", MethodError, "negative weights"),
    ],
)
def test_bad_input_is_refused_by_name(change, formula, error, words):
    frame = panel().with_columns(**change)
    with pytest.raises(error, match=words):
        event_history(formula, frame, weights="w" if "w" in change else None)


def test_options_that_do_not_exist_are_refused():
    for options in (
        {"link": "log"},
        {"duration": "quartic"},
        {"policy_effects": "random"},
        {"weights": "w"},
        {"cluster": "village"},
        {"cluster": ("unit", "policy", "region", "duration")},
        {"cluster": ("unit", "unit")},
    ):
        with pytest.raises(PlanError):
            event_history(FORMULA, panel(200), **options)


def test_what_frames_of_pandas_may_hold_is_understood():
    frame = panel(600)
    usual = event_history("adopted ~ coercion + region", frame)
    pandas = frame.to_pandas().astype({"region": "category", "event": "boolean", "unit": "category"})
    pandas.index = pandas.index[::-1]
    assert event_history("adopted ~ coercion + region", pandas).coefficients == pytest.approx(
        usual.coefficients
    )
    pandas.loc[5, "event"] = pd.NA
    pandas.loc[[7, 8], "region"] = None
    found = event_history("adopted ~ coercion + region", pandas)
    assert dict(found.left_out) == {"`event` is missing": 1, "`region` is missing": 2}
    whole = frame.with_columns(pl.col("duration").cast(pl.UInt8), pl.col("region").cast(pl.Categorical))
    assert event_history("adopted ~ coercion + region", whole).coefficients == pytest.approx(
        usual.coefficients
    )
    ordered = frame.with_columns(pl.col("region").cast(pl.Enum(["west", "north", "south"])))
    fit = event_history("adopted ~ coercion + region", ordered)
    assert fit.names[2:] == ("region[T.north]", "region[T.south]")
    assert fit.coefficients[2] == pytest.approx(-usual.coefficients[3])


def test_dyads_hang_together_by_either_end():
    rng = np.random.default_rng(8)
    receiver = rng.integers(0, 40, 500)
    sender = (receiver + rng.integers(1, 40, 500)) % 40
    frame = (
        panel(500)
        .drop("unit", "policy")
        .with_columns(
            receiver=pl.Series([f"u{at}" for at in receiver]), sender=pl.Series([f"u{at}" for at in sender])
        )
    )
    fit = event_history("adopted ~ coercion", frame)
    assert fit.clusters == (("units of dyads", 40),)
    x = np.column_stack([np.ones(500), frame["coercion"]])
    p = 1 / (1 + np.exp(-x @ fit.coefficients))
    scores = x * (frame["event"].to_numpy() - p)[:, None]
    shared = np.array([[bool({a, b} & {c, d}) for c, d in zip(receiver, sender, strict=True)]
                       for a, b in zip(receiver, sender, strict=True)])  # fmt: skip
    bread = np.linalg.inv(x.T @ (x * (p * (1 - p))[:, None]))
    assert fit.covariance == pytest.approx(bread @ scores.T @ shared @ scores @ bread * 40 / 39, rel=1e-7)


def test_a_gap_that_is_unknown_at_first_is_no_uneven_gap():
    frame = panel(300).with_columns(gap=pl.when(pl.int_range(300) < 9).then(None).otherwise(1))
    fit = event_history("adopted ~ coercion", frame)
    assert (fit.offset, fit.rows) == (None, 300)


@pytest.mark.parametrize("cluster", [None, "unit", ("unit", "turn"), "dyads"])
@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_policy_effects_without_columns_are_those_with_columns(cluster, link):
    frame = panel(1500).with_columns(receiver=pl.col("unit"), sender=pl.col("unit").reverse())
    frame = frame.with_columns(turn=pl.int_range(1500) % 23)
    dummies = frame.with_columns(
        (pl.col("policy") == f"p{at}").cast(pl.Float64).alias(f"p{at}") for at in range(1, 5)
    )
    one = event_history(FORMULA, frame, link=link, policy_effects="fixed", duration="cubic", cluster=cluster)
    two = event_history(
        FORMULA + " + p1 + p2 + p3 + p4", dummies, link=link, duration="cubic", cluster=cluster
    )
    order = [two.names.index(name.removeprefix("policy ")) for name in one.names]
    assert one.coefficients == pytest.approx(two.coefficients[order], rel=1e-7)
    assert one.covariance == pytest.approx(two.covariance[np.ix_(order, order)], rel=1e-6, abs=1e-12)
    assert [one.loglik, one.aic, one.bic_rows] == pytest.approx(
        [two.loglik, two.aic, two.bic_rows], rel=1e-10
    )


def test_separation_is_found_among_policy_effects():
    rng = np.random.default_rng(3)
    frame = panel(900).with_columns(sure=pl.Series(rng.integers(0, 2, 900)))
    frame = frame.with_columns(event=pl.when(pl.col("sure") == 0).then(0).otherwise("event"))
    with pytest.raises(SeparationError, match=r"separated.* by .*`sure`"):
        event_history("adopted ~ coercion + sure", frame, policy_effects="fixed")
    codes = frame["policy"].rank("dense").to_numpy().astype(np.int64) - 1
    x = np.column_stack([np.ones(900), frame["coercion"].to_numpy(), frame["sure"].to_numpy()])
    dummies = np.column_stack([x, codes[:, None] == np.arange(1, codes.max() + 1)]).astype(float)
    y = frame["event"].to_numpy().astype(float)
    by_groups, by_columns = separation(x, y, groups=codes), separation(dummies, y)
    assert (by_groups.kind, by_columns.kind) == ("quasi-complete", "quasi-complete")
    assert ((dummies @ by_groups.direction) * np.where(y > 0, 1, -1) >= -1e-6).all()


def test_complete_separation_within_groups():
    x, groups = np.array([1.0, 2, 3, 4, 11, 12, 13, 14]), np.repeat([0, 1], 4)
    y = np.array([0.0, 0, 1, 1, 0, 0, 1, 1])
    columns = np.column_stack([np.ones(8), x])
    assert separation(columns, y).kind == "none"  # 4 is an event below 11, which is none
    assert separation(columns, y, groups=groups).kind == "complete"
    y[[0, 7]] = 1, 0
    assert separation(columns, y, groups=groups).kind == "none"
