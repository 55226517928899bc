"""The evidence witness: for every mechanism, what the coded passages of one analysis say, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.evidence import wording
from diffuscope.evidence.balance import posterior, weigh_reading
from diffuscope.evidence.criteria import bearing_on, naming, well_searched, with_reading
from diffuscope.evidence.odds import PRIORS, noise, probability, total
from diffuscope.evidence.passages import in_reading_order, named, passages, timed
from diffuscope.evidence.stance import tipping
from diffuscope.mechanisms import mechanisms
from diffuscope.records import (
    CriterionRecord,
    EvidenceDetail,
    EvidenceItem,
    Finding,
    Place,
    Posterior,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diffuscope.evidence.balance import Balance
    from diffuscope.mechanisms import Criterion, Mechanism
    from diffuscope.records import Analysis, Silence, Spell

WORDS = ("document", "locator", "paraphrase", "rival", "unit", "date", "note")
"""Fields of a passage that are left out where it is private."""


def evidence_findings(
    evidence: pl.DataFrame,
    documents: pl.DataFrame,
    analysis: Analysis,
    order: Sequence[Spell],
    file: str = "evidence.csv",
) -> tuple[Finding, ...]:
    """What the coded passages of one analysis say of every mechanism, each by itself.

    Parameters
    ----------
    evidence, documents : polars.DataFrame
        The tables of those names, checked; the evidence of all analyses.
    analysis : Analysis
    order : sequence of Spell
        Its dated adoptions: what comes after a decision cannot have brought it about.
    file : str
        Name of the file the evidence stands in, for reference.

    Returns
    -------
    tuple of Finding
        One per known mechanism, in the order of `mechanisms()`; silent for want of data where nothing was
        coded. They depend on no order of rows, and hold no word of a private passage or document.

    Raises
    ------
    MethodError
        If a row has neither chances nor a band.

    Notes
    -----
    Binary mode after Fairfield & Charman 2017, doi:10.1017/pan.2017.14: weights of evidence add up from even
    odds, those of one cluster discounted (ρ = .3). A passage that cannot count (too late for the unit it
    names, or absent and never searched for) is no observation and does not dilute its cluster.
    """
    hidden = documents.filter(pl.col("share") == "private")["document"].to_list()
    found = named(passages(evidence), hidden).filter(pl.col("analysis") == analysis.id)
    found = _in_reading_order(timed(found, analysis.units, order))
    return tuple(
        _finding(mechanism, found.filter(pl.col("mechanism") == name), analysis, len(order), file)
        for name, mechanism in mechanisms().items()
    )


def _in_reading_order(found: pl.DataFrame) -> pl.DataFrame:
    names = sorted(found["name"], key=in_reading_order)
    rank = pl.DataFrame({"name": names}, schema={"name": pl.String})
    return rank.join(found, on="name", how="left", maintain_order="left")


def _finding(
    mechanism: Mechanism, found: pl.DataFrame, analysis: Analysis, adoptions: int, file: str
) -> Finding:
    if found.is_empty():
        return Finding(
            witness="evidence",
            body="evidence",
            analysis=analysis.id,
            mechanism=mechanism.name,
            stance="silent",
            reason=wording.NOTHING_CODED,
            silence="no data",
        )
    found = with_reading(mechanism, found)
    headline = weigh_reading(mechanism, "narrow", found)
    inconclusive: Silence = "no data" if headline.found.is_empty() else "tested, inconclusive"
    return Finding(
        witness="evidence",
        body="evidence",
        analysis=analysis.id,
        mechanism=mechanism.name,
        stance=headline.stance,
        reason=wording.reason(mechanism, headline),
        silence=inconclusive if headline.stance == "silent" else None,
        caveats=wording.caveats(mechanism, found, adoptions),
        evidence=_detail(mechanism, headline, found, file),
    )


def _detail(mechanism: Mechanism, headline: Balance, found: pl.DataFrame, file: str) -> EvidenceDetail:
    broad = None if mechanism.readings is None else weigh_reading(mechanism, "broad", found)
    return EvidenceDetail(
        p=headline.p,
        decibans=headline.decibans,
        by_rho=headline.by_rho,
        by_prior=tuple(
            Posterior(
                setting=f"prior = {prior:g}",
                decibans=headline.decibans,
                p=probability(headline.decibans, prior),
            )
            for prior in PRIORS
        ),
        leave_one_out=headline.leave_one_out,
        leave_one_source_out=headline.leave_one_source_out,
        noise=noise(headline.weights),
        tipping=tipping(headline.decibans),
        caps=headline.caps,
        failed=headline.failed,
        criteria=tuple(_criterion(item, headline) for item in mechanism.all_criteria),
        items=tuple(_item(mechanism, row, file) for row in found.iter_rows(named=True)),
        other_definition=None if broad is None else posterior("broad reading", broad.decibans),
        other_stance=None if broad is None else broad.stance,
        perspectives=tuple(
            posterior(name, total(headline.weights.where(bearing_on(mechanism, name, headline.found))))
            for name in mechanism.perspectives
        ),
    )


def _criterion(item: Criterion, headline: Balance) -> CriterionRecord:
    mask = naming(headline.found, item.id)
    notes = {
        "asked for by the narrow reading only": item.definition == "narrow",
        f"of the {item.perspective} perspective": item.perspective is not None,
        "fails": item.id in headline.failed,
        "no evidence": not mask.any(),
        "what was hardly searched for cannot sink it": (mask & ~well_searched(headline.found)).any(),
    }
    return CriterionRecord(
        id=item.id,
        text=item.text,
        role=item.role,
        decibans=total(headline.weights.where(mask)) if mask.any() else None,
        items=int(mask.sum()),
        note="; ".join(note for note, holds in notes.items() if holds),
    )


def _item(mechanism: Mechanism, row: dict[str, Any], file: str) -> EvidenceItem:
    shown = {name: None if row["private"] else row[name] for name in WORDS}
    return EvidenceItem(
        id=row["name"],
        mechanism=row["mechanism"],
        criteria=tuple(item.id for item in mechanism.all_criteria if item.id in row["criteria"]),
        direction=row["direction"],
        decibans=row["decibans"],
        cluster=row["cluster_name"],
        share="private" if row["private"] else "public",
        coders=row["coders"],
        definition=row["definition"],
        document=shown["document"],
        locator=shown["locator"],
        paraphrase=shown["paraphrase"],
        rival=shown["rival"] or None,
        unit=shown["unit"],
        date=shown["date"],
        p_if_true=row["p_if_true"],
        p_if_false=row["p_if_false"],
        searched=row["searched"],
        test=row["test"],
        bears_on=row["bears_on"],
        note=shown["note"] or None,
        places=tuple(Place(table="evidence", file=file, row=at) for at in row["rows"]),
    )
