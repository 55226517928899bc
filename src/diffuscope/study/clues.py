"""One verdict of a plan of evidence: its clues, each with what finding it or not would do, and its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from diffuscope.evidence.clues import assumed_of, chances_of, least_weight
from diffuscope.evidence.criteria import naming, needs, with_reading
from diffuscope.evidence.posterior import weigh_reading
from diffuscope.evidence.remedies import remedies
from diffuscope.evidence.weight_of_evidence import total
from diffuscope.records import Clue, ClueOutcome, PlannedVerdict, Remedy
from diffuscope.verdicts.bodies import verdict_if
from diffuscope.verdicts.change import ZONES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from diffuscope.evidence.clues import Chances, Coding
    from diffuscope.evidence.posterior import MechanismPosterior
    from diffuscope.evidence.remedies import Tables
    from diffuscope.mechanisms import Criterion
    from diffuscope.records import Chronology, Silence, Stance, VerdictName
    from diffuscope.verdicts.bodies import Statistics


@dataclass(frozen=True, kw_only=True)
class VerdictPlan:
    """What passages could do to one verdict.

    Attributes
    ----------
    coding : Coding
        The passages on its mechanism.
    statistics : Statistics
    chronology : Chronology
    searched : float
        Chance that a search would find a trace, had it existed.
    documents : tuple of str
        Public documents of the case.
    """

    coding: Coding
    statistics: Statistics
    chronology: Chronology
    searched: float
    documents: tuple[str, ...]
    _least: dict[object, float | None] = field(default_factory=dict)

    @property
    def verdict(self) -> VerdictName:
        """The verdict as it stands."""
        return self._verdict(self.coding.now.stance)

    def _verdict(self, stance: Stance) -> VerdictName:
        return verdict_if(stance, self.statistics, self.chronology)

    @property
    def blocked(self) -> str | None:
        """Why no passage can change the verdict, whatever it weighs."""
        if self.chronology.testable is False:
            return f"The dates rule diffusion out. {self.chronology.reason}"
        if self.statistics.divided:
            return "Event history and inferred networks point in opposite directions."
        if len({self._verdict(stance) for stance in ZONES}) == 1:
            return "The statistics decide: every possible stance of the evidence leads to this verdict."
        return None

    @cached_property
    def clues(self) -> tuple[Clue, ...]:
        """Every trace that could be looked for; none where no passage can change the verdict."""
        if self.blocked is not None:
            return ()
        further = [self._further(item) for item in self.coding.mechanism.all_criteria]
        return (*further, *map(self._search_on, self.coding.hardly_searched(self.searched)))

    def record(self, tables: Tables) -> PlannedVerdict:
        """The verdict as it stands, with what limits it and what would lift that."""
        now, unlimited = self.coding.now, self._verdict(self.coding.now.uncapped)
        ends = [end for clue in self.clues for end in (clue.found, clue.not_found, clue.against) if end]
        binds = unlimited != self.verdict or any(end.unlimited != end.verdict for end in ends)
        # beside a silent stance nothing says yet on which side weight would be limited
        limited = binds and now.stance != "silent" and self.blocked is None
        return PlannedVerdict(
            analysis=self.coding.analysis.id,
            mechanism=self.coding.mechanism.name,
            verdict=self.verdict,
            evidence=now.stance,
            statistics=self.statistics.stance,
            evidence_silence=_silence(now),
            statistics_silence=self.statistics.silence,
            p=now.p,
            decibans=now.decibans,
            passages=now.passages.height,
            broad=self._broad(),
            blocked=self.blocked,
            failed=now.failed,
            limits=now.caps if limited else (),
            unlimited=unlimited,
            remedies=tuple(self._remedies(tables)) if limited else (),
        )

    def _broad(self) -> VerdictName | None:
        coding = self.coding
        if coding.mechanism.readings is None:
            return None
        passages = with_reading(coding.mechanism, coding.passages)
        stance = weigh_reading(coding.mechanism, "broad", passages, coding.circumstances).stance
        return None if self._verdict(stance) == self.verdict else self._verdict(stance)

    def _remedies(self, tables: Tables) -> Iterator[Remedy]:
        for tried, caps in remedies(self.coding, tables):
            yield Remedy(
                description=tried.description,
                passages=tried.passages,
                lifts=tuple(self.coding.now.limits[cap] for cap in caps),
                verdict=self._verdict(tried.balance.stance),
            )

    def _further(self, item: Criterion) -> Clue:
        """A trace on one criterion that nobody has coded yet."""
        coding, names = self.coding, (item.id,)
        assumed = assumed_of(item, coding.counted)
        chances, absent = assumed.trace, assumed.trace.if_absent(self.searched)
        outcome = self._end(coding.with_added(coding.supposed(names, chances)), chances.decibans)
        vain = coding.supposed_absent(names, chances, self.searched)
        against = coding.supposed(names, assumed.against)
        return self._clue(
            names,
            chances=chances,
            found=outcome,
            not_found=self._end(coding.with_added(vain), absent),
            against=self._end(coding.with_added(against), assumed.against.decibans),
            kind="another trace",
            text=item.text,
            assumed_from=assumed.why,
            another_document=self._elsewhere(names, chances, outcome.verdict),
            documents=self._not_coded(item),
        )

    def _search_on(self, passage: pl.DataFrame) -> Clue:
        """An absent trace that was hardly searched for: it is found after all, or its absence weighs more."""
        coding, named = self.coding, set(passage["criteria"][0])
        items = [item for item in coding.mechanism.all_criteria if item.id in named]
        chances = chances_of(passage)
        present, vain = (
            coding.searched_again(passage, self.searched, finds=finds) for finds in (True, False)
        )
        return self._clue(
            tuple(item.id for item in items),
            chances=chances,
            before=passage["searched"][0],
            found=self._end(present, chances.decibans),
            not_found=self._end(vain, chances.if_absent(self.searched)),
            against=None,
            kind="search further",
            text=" ".join(item.text for item in items),
            passage=passage["name"][0],
            assumed_from=f"the passage {passage['name'][0]}",
            another_document=False,
        )

    def _clue(
        self,
        names: tuple[str, ...],
        *,
        chances: Chances,
        found: ClueOutcome,
        not_found: ClueOutcome,
        before: float = 0.0,
        **more: Any,
    ) -> Clue:
        now = self.coding.now
        chance = chances.of_finding(now.p, self.searched, before)
        ends = ((chance, found), (1 - chance, not_found))
        named = [naming(now.passages, name) for name in names]
        mask = sum(named[1:], named[0]) > 0
        return Clue(
            analysis=self.coding.analysis.id,
            mechanism=self.coding.mechanism.name,
            criteria=names,
            coded=int(mask.sum()),
            so_far=total(now.weights.where(mask)) if mask.any() else None,
            p_if_true=chances.p_if_true,
            p_if_false=chances.p_if_false,
            searched=self.searched,
            chance=chance,
            found=found,
            not_found=not_found,
            verdict_changes=sum(part for part, end in ends if end.verdict != self.verdict),
            shift=sum(part * abs(end.p - now.p) for part, end in ends),
            least_for=self._least_weight(names, 1),
            least_against=self._least_weight(names, -1),
            **more,
        )

    def _end(self, balance: MechanismPosterior, decibans: float) -> ClueOutcome:
        return ClueOutcome(
            decibans=decibans,
            p=balance.p,
            stance=balance.stance,
            verdict=self._verdict(balance.stance),
            unlimited=self._verdict(balance.uncapped),
            limits=balance.caps if balance.uncapped != balance.stance else (),
        )

    def _elsewhere(self, names: tuple[str, ...], chances: Chances, verdict: VerdictName) -> bool:
        """Whether the trace would do less in the document that carries most so far."""
        document = self.coding.weightiest_document
        if document is None or verdict == self.verdict:
            return False
        passage = self.coding.supposed(names, chances, document=document)
        return self._verdict(self.coding.with_added(passage).stance) != verdict

    def _not_coded(self, item: Criterion) -> tuple[str, ...]:
        """Public documents in which no passage on a criterion is coded."""
        passages = self.coding.passages
        coded = set(passages.filter(naming(passages, item.id))["document"])
        return tuple(name for name in self.documents if name not in coded)

    def _least_weight(self, names: tuple[str, ...], sign: int) -> float | None:
        key = (sign, *self._equivalence_key(names, sign))
        if key not in self._least:
            self._least[key] = least_weight(
                self.coding, names, sign, lambda stance: self._verdict(stance) != self.verdict
            )
        return self._least[key]

    def _equivalence_key(self, names: tuple[str, ...], sign: int) -> tuple[object, ...]:
        """What the least weight depends on, beside its sign: criteria that share it share the answer.

        A criterion matters through what fails with it, and through the support that it lacks. What speaks for
        it makes nothing fail, and with what no need hangs on nothing can fail.
        """
        coding = self.coding
        lacks = bool((coding.with_added(coding.weighing(names, 1.0)) if sign > 0 else coding.now).lacking)
        place = [
            tuple(tuple("this" if one in names else one for one in way) for way in need.alternatives)
            for need in needs(coding.mechanism, "narrow")
            if any(one in names for way in need.alternatives for one in way)
        ]
        if not place or (sign > 0 and not coding.now.failed):
            return (lacks,)
        present = coding.now.passages
        passages = [tuple(present["id"].filter(naming(present, name))) for name in names]
        return (lacks, tuple(place), tuple(passages))


def _silence(now: MechanismPosterior) -> Silence | None:
    if now.stance != "silent":
        return None
    return "no data" if now.passages.is_empty() else "tested, inconclusive"
