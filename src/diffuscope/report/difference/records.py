"""Records of a comparison of two results."""

from __future__ import annotations

from typing import Literal

from diffuscope.records import Record
from diffuscope.records.phrases import listed

Cause = Literal["data", "settings", "rules", "version"]
Because = Literal["line", "rule", "dates", "data", "question", "number", "limit", "safeguard", "unknown"]
Of = Literal["verdict", "dates", "evidence", "statistics"]
NONE = "—"


class Difference(Record, frozen=True, kw_only=True):
    """One thing that two results say differently.

    Attributes
    ----------
    kind : str
        verdict, probability, statistics, coefficient, network, dates, register, figure, claim, table or word.
    about : str
        Of what.
    before, after : str
        What the older and the newer result say; a dash where one says nothing.
    """

    kind: str
    about: str
    before: str
    after: str


class Reason(Record, frozen=True, kw_only=True):
    """One thing behind a verdict that the two results state differently.

    Attributes
    ----------
    of : {"verdict", "dates", "evidence", "statistics"}
        What it bears on.
    because : {"line", "rule", "dates", "data", "question", "number", "limit", "safeguard", "unknown"}
        line: the line is new or gone · rule: a rule changed · dates: the chronology changed · data: rows of
        the case changed · question: the question was put otherwise · number: something computed changed ·
        limit: what keeps the evidence to leaning, or sinks it · safeguard: one is passed, failed or missing
        now · unknown: the results do not carry what would tell it.
    about : str
        What it is.
    before, after : str
        What the older and the newer result say of it; a dash where one says nothing.
    """

    of: Of
    because: Because
    about: str
    before: str
    after: str


class VerdictDifference(Record, frozen=True, kw_only=True):
    """One line of the verdicts of which the verdict, a stance or the probability changed, with every reason.

    Attributes
    ----------
    analysis, mechanism : str
        Of what it speaks.
    before, after : str
        The verdicts; a dash where a result does not have the line.
    evidence, statistics : tuple of (str, str)
        What each body said and says, as labels.
    because : str
        Why the verdict changed, in one or two sentences.
    reasons : tuple of Reason
        What lies behind it; never empty.
    """

    analysis: str
    mechanism: str
    before: str
    after: str
    evidence: tuple[str, str]
    statistics: tuple[str, str]
    because: str
    reasons: tuple[Reason, ...]

    @property
    def changed(self) -> bool:
        """Whether the verdict itself differs, and not only what lies behind it."""
        return self.before != self.after

    @property
    def moved(self) -> bool:
        """Whether a stance differs, or the verdict."""
        return self.changed or len({*self.evidence}) > 1 or len({*self.statistics}) > 1


class RuleDifference(Record, frozen=True, kw_only=True):
    """One rule that two results do not both state in the same words.

    Attributes
    ----------
    rule : str
        Which rule: of verdicts, of verdicts on neighbours, or of the stances of one body.
    lacking : {"older", "newer"} or None
        Which result does not carry it: then it cannot be told whether it changed.
    gone, new : tuple of (str, str)
        Rows that only the older and only the newer states: what each gives, and when.
    """

    rule: str
    lacking: Literal["older", "newer"] | None = None
    gone: tuple[tuple[str, str], ...] = ()
    new: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> bool:
        """Whether both results carry it."""
        return self.lacking is None


class ProjectDifference(Record, frozen=True, kw_only=True):
    """One cell of a register's rows that two results hold differently.

    Attributes
    ----------
    wave : str
    project : str or None
        Id of the project; None where the row has none.
    unit, title : str
        Whose project it is, and what it is called.
    column : str
        Column of `projects`; empty where the whole row is new, or gone.
    before, after : str
        What the older and the newer result hold; a dash where one holds nothing.
    """

    wave: str
    project: str | None
    unit: str
    title: str
    column: str
    before: str
    after: str


class Comparison(Record, frozen=True, kw_only=True):
    """Two results side by side.

    Attributes
    ----------
    causes : tuple of {"data", "settings", "rules", "version"}
        What differs in how the two were made; several of them cannot be told apart.
    details : tuple of str
        The same in words.
    notes : tuple of str
        What a result in an older format does not say, and what of it would be misread.
    verdicts : tuple of VerdictDifference
        Every verdict that changed, or whose stances or probability did, with the reasons.
    rules : tuple of RuleDifference
        Rules that changed, row by row.
    projects : tuple of ProjectDifference
        Rows of the register that changed, cell by cell, where both results hold them.
    differences : tuple of Difference
        Everything that the results say differently, the verdicts among them.
    """

    causes: tuple[Cause, ...]
    details: tuple[str, ...]
    notes: tuple[str, ...] = ()
    verdicts: tuple[VerdictDifference, ...] = ()
    rules: tuple[RuleDifference, ...] = ()
    projects: tuple[ProjectDifference, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def because(self) -> str:
        """Why the results differ, in one sentence."""
        if not self.causes:
            if self.differences or self.projects:
                return (
                    "As far as they record it, both were made in the same way; the cause of the changes is "
                    "unknown."
                )
            return "Both were made from the same data, with the same settings, rules and version."
        named = [f"the {cause}" for cause in self.causes]
        what = listed(named)
        if not self.differences and not self.projects:
            return f"Of {what} something changed, but nothing in the results did."
        if len(self.causes) == 1:
            return f"What changed is because of {what}: nothing else differs."
        return f"What changed is because of {what}; the results do not show which caused what."
