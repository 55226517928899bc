"""A plan of evidence: what to look for next, and what finding it, or not, would do to each verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from diffuscope.records.base import Record, Silence, Stance, VerdictName

if TYPE_CHECKING:
    import polars as pl


class ClueOutcome(Record, frozen=True, kw_only=True):
    """What would follow if looking for a clue ended in one way.

    Attributes
    ----------
    decibans : float
        Weight of the passage that would be coded (dB).
    p : float
        Posterior probability of the mechanism with it.
    stance : Stance
        Stance of the evidence with it.
    verdict : VerdictName
        The verdict with it.
    unlimited : VerdictName
        The verdict with it if nothing limited the evidence to leaning.
    limits : tuple of str
        What then limits the evidence to leaning, each as what follows the word because; empty where nothing
        does.
    """

    decibans: float
    p: float
    stance: Stance
    verdict: VerdictName
    unlimited: VerdictName
    limits: tuple[str, ...] = ()


class Clue(Record, frozen=True, kw_only=True):
    """A trace that could be looked for, and what finding it, or not, would do to a verdict.

    Attributes
    ----------
    analysis, mechanism : str
        The verdict that it bears on.
    criteria : tuple of str
        Ids of the criteria that it bears on.
    text : str
        What would be observed.
    kind : {"another trace", "search further"}
        Whether a new passage would be coded, or an absent trace that was hardly searched for be searched for
        again.
    passage : str or None
        The passage coded as absent, where its search would go on; a private one has a neutral name.
    coded : int
        Passages on these criteria that count so far.
    so_far : float or None
        What they come to, pooled (dB); None where there is none.
    p_if_true, p_if_false : float
        Chances of the trace that the plan assumes.
    assumed_from : str
        Where these chances come from.
    searched : float
        Chance that the search would find the trace, had it existed.
    chance : float
        Chance of finding it, from the present posterior probability and the chances assumed.
    found, not_found : ClueOutcome
        If the trace is found, and if it is searched for in vain.
    against : ClueOutcome or None
        If a passage is found that speaks against the criterion; None where a search goes on.
    verdict_changes : float
        Chance that looking for it changes the verdict.
    shift : float
        Expected change of the probability, up or down.
    least_for, least_against : float or None
        Least weight of a single passage that would change the verdict, to .1 dB; None: no passage of 20 dB
        or less would.
    another_document : bool
        Whether the trace has to stand in a document that was not coded for this mechanism yet: in the one
        that carries most of the weight so far, finding it would lead to another verdict.
    documents : tuple of str
        Public documents of the case in which no passage on these criteria is coded, those first from which
        something else is coded.
    """

    analysis: str
    mechanism: str
    criteria: tuple[str, ...]
    text: str
    kind: Literal["another trace", "search further"]
    passage: str | None = None
    coded: int
    so_far: float | None
    p_if_true: float
    p_if_false: float
    assumed_from: str
    searched: float
    chance: float
    found: ClueOutcome
    not_found: ClueOutcome
    against: ClueOutcome | None
    verdict_changes: float
    shift: float
    least_for: float | None
    least_against: float | None
    another_document: bool
    documents: tuple[str, ...] = ()


class Remedy(Record, frozen=True, kw_only=True):
    """What would lift a limit of the evidence to leaning.

    Attributes
    ----------
    description : str
        What to do.
    passages : tuple of str
        The passages it concerns; private ones have neutral names.
    lifts : tuple of str
        The limits that would go, as what follows the word because.
    verdict : VerdictName
        The verdict if it turned out as hoped, and nothing else changed.
    """

    description: str
    passages: tuple[str, ...] = ()
    lifts: tuple[str, ...]
    verdict: VerdictName


class PlannedVerdict(Record, frozen=True, kw_only=True):
    """One verdict as it stands, and what keeps passages from moving it.

    Attributes
    ----------
    analysis, mechanism : str
        Of what it speaks.
    verdict : VerdictName
        As it stands.
    evidence, statistics : Stance
        Stances of the two bodies.
    evidence_silence, statistics_silence : Silence or None
        Why a body is silent, where it is.
    p : float
        Posterior probability of the mechanism.
    decibans : float
        The weight of evidence behind it (dB).
    passages : int
        Passages that count so far.
    broad : VerdictName or None
        The verdict under the broad reading, where it differs; the plan is about the narrow one.
    blocked : str or None
        Why no passage whatever can change the verdict; None where one could.
    failed : tuple of str
        Necessary criteria that fail, which outranks the probability.
    limits : tuple of str
        What limits the evidence to leaning on the side on which it stands, each as what follows the word
        because; empty where that changes no verdict, now or after one more passage.
    unlimited : VerdictName
        The verdict if nothing limited the evidence to leaning.
    remedies : tuple of Remedy
        What would lift these limits.
    """

    analysis: str
    mechanism: str
    verdict: VerdictName
    evidence: Stance
    statistics: Stance
    evidence_silence: Silence | None
    statistics_silence: Silence | None
    p: float
    decibans: float
    passages: int
    broad: VerdictName | None = None
    blocked: str | None = None
    failed: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    unlimited: VerdictName
    remedies: tuple[Remedy, ...] = ()


class EvidencePlan(Record, frozen=True, kw_only=True):
    """Plan of further evidence: the clues whose search is most likely to change a verdict, best first.

    Attributes
    ----------
    case : str
        Id of the case.
    statistics : str
        Where the stances of the statistics come from.
    searched : float
        Chance that a search would find a trace, had it existed, as assumed.
    verdicts : tuple of PlannedVerdict
        Every verdict as it stands, by analysis and mechanism.
    clues : tuple of Clue
        By the chance that looking for them changes a verdict, then by the expected change of the probability.
    """

    case: str
    statistics: str
    searched: float
    verdicts: tuple[PlannedVerdict, ...]
    clues: tuple[Clue, ...]

    def table(self) -> pl.DataFrame:
        """One row a clue, in the order of `clues`: every field, those of its outcomes with their prefix."""
        import polars as pl

        now = {(one.analysis, one.mechanism): one for one in self.verdicts}
        rows = [_row(clue, now[clue.analysis, clue.mechanism]) for clue in self.clues]
        return pl.DataFrame(
            {name: [row[name] for row in rows] for name in _TEXTS | _NUMBERS | _OTHERS},
            schema={
                **dict.fromkeys(_TEXTS, pl.String),
                **dict.fromkeys(_NUMBERS, pl.Float64),
                "coded": pl.Int64,
                "another_document": pl.Boolean,
            },
        ).select(_COLUMNS)


_ENDS = ("found", "not_found", "against")
_COLUMNS = (
    *("analysis", "mechanism", "verdict", "p", "criteria", "text", "kind", "passage", "coded", "so_far"),
    *("p_if_true", "p_if_false", "assumed_from", "searched", "chance"),
    *(f"{end}_{what}" for end in _ENDS for what in ("decibans", "p", "verdict", "unlimited")),
    *("verdict_changes", "shift", "least_for", "least_against", "another_document", "documents"),
)
_OTHERS = frozenset({"coded", "another_document"})
_TEXTS = frozenset(
    name
    for name in _COLUMNS
    if name in ("analysis", "mechanism", "criteria", "text", "kind", "passage", "assumed_from", "documents")
    or name.endswith(("verdict", "unlimited"))
)
_NUMBERS = frozenset(_COLUMNS) - _OTHERS - _TEXTS


def _row(clue: Clue, now: PlannedVerdict) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(clue, name) for name in clue.__struct_fields__}
    fields |= {
        "criteria": ";".join(clue.criteria),
        "documents": ";".join(clue.documents),
        "verdict": now.verdict,
        "p": now.p,
    }
    for end in _ENDS:
        outcome: ClueOutcome | None = getattr(clue, end)
        for what in ("decibans", "p", "verdict", "unlimited"):
            fields[f"{end}_{what}"] = None if outcome is None else getattr(outcome, what)
    return fields
