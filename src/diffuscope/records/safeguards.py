"""Records of what an estimate was put to, and what it withstood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from diffuscope.records.base import Record

if TYPE_CHECKING:
    import polars as pl

SafeguardRole = Literal["gate", "decisive", "confirming", "beside"]


class Safeguard(Record, frozen=True, kw_only=True):
    """Result of one safeguard, a test that the coefficient of an exposure must withstand.

    Attributes
    ----------
    name : str
        Which test.
    applies : bool
        Whether the question has what it asks about; what does not apply is not missing.
    passed : bool or None
        Whether the coefficient withstands it; None where it does not apply, or could not be computed: then it
        is missing, never passed.
    description : str
        What was done and found, in words and numbers; or why it does not apply, or is missing.
    asks : str
        What the test asks.
    role : {"gate", "decisive", "confirming", "beside"}
        What hangs on it: without the gate nothing is concluded; a decisive test that failed leaves no stance;
        confirming tests are needed for more than a lean; the others stand beside.
    value, ci_low, ci_high : float or None
        What it found, on the scale that `description` names, with its 95 % interval or the range of draws.
    p : float or None
        Its p-value, where it has one: one-sided, that a draw is at least as large.
    p_less : float or None
        That a draw is at most as large, where both tails are asked.
    p_smallest : float or None
        The smallest p-value that these draws could have given.
    equal : float or None
        Share of draws equal to the observation.
    draws : int or None
        How many worlds were drawn, where it draws any.
    """

    name: str
    applies: bool
    passed: bool | None
    description: str
    asks: str = ""
    role: SafeguardRole = "beside"
    value: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    p_less: float | None = None
    p_smallest: float | None = None
    equal: float | None = None
    draws: int | None = None


class SafeguardResults(Record, frozen=True, kw_only=True):
    """Coefficient of an exposure, with the result of every safeguard.

    Attributes
    ----------
    term : str
        As the formula names it.
    mechanism : str or None
        The mechanism whose exposure it is; None for a neighbour exposure.
    estimate : float
        On the scale of the linear predictor.
    ci_low, ci_high : float or None
        95 % interval; None where it has no end.
    p_holm : float or None
        One-sided p of the permutation of ties, that relabelled ties give as much, adjusted over mechanisms
        (Holm).
    p_holm_less : float or None
        The same for the other side: that relabelled ties give a coefficient as small.
    smallest : float or None
        The smallest coefficient of interest: that of the smallest odds ratio of interest over the contrast of
        the exposure.
    detectable : float or None
        Odds ratio over the contrast that such data would show in four of five cases, by simulation; None
        where it was not asked, and where no ratio tried is shown.
    undetectable : float or None
        The largest odds ratio tried, where even that is not shown so often.
    safeguards : tuple of Safeguard
        Every test it was put to, those that do not apply among them.
    """

    term: str
    mechanism: str | None
    estimate: float
    ci_low: float | None
    ci_high: float | None
    p_holm: float | None = None
    p_holm_less: float | None = None
    smallest: float | None = None
    detectable: float | None = None
    undetectable: float | None = None
    safeguards: tuple[Safeguard, ...] = ()

    def table(self) -> pl.DataFrame:
        """One row a safeguard: name, role, applies, passed, value, ci_low, ci_high, p, draws, description."""
        import polars as pl

        words = dict.fromkeys(("name", "role", "description"), pl.String)
        kinds = words | {"applies": pl.Boolean, "passed": pl.Boolean, "draws": pl.Int64}
        names = (
            "name",
            "role",
            "applies",
            "passed",
            "value",
            "ci_low",
            "ci_high",
            "p",
            "draws",
            "description",
        )
        columns = {name: [getattr(one, name) for one in self.safeguards] for name in names}
        return pl.DataFrame(columns, schema={name: kinds.get(name, pl.Float64) for name in names})
