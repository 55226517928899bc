"""The evidence witness: for every mechanism, what the coded passages of one analysis say, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from diffuscope.evidence import wording
from diffuscope.evidence.caps import Circumstances
from diffuscope.evidence.criteria import bearing_on, naming, with_reading
from diffuscope.evidence.duplicates import counted_once, sources
from diffuscope.evidence.intercoder_agreement import direction_alpha
from diffuscope.evidence.passages import in_reading_order, named, passages, timed
from diffuscope.evidence.posterior import pivotal, posterior, tried_passages, weigh_reading
from diffuscope.evidence.rule import cap_lifts, rule
from diffuscope.evidence.stance import tipping
from diffuscope.evidence.weigh import TINY
from diffuscope.evidence.weight_of_evidence import noise, probability, total
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

    from diffuscope.evidence.posterior import MechanismPosterior
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
    *,
    cap: str | None = None,
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
    cap : str, optional
        Why the dates of the adoptions limit the evidence to leaning, as what follows the word because.

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
    names, absent and never searched for, or coded already under another id) is no observation.
    """
    passages, circumstances = gathered(evidence, documents, analysis, order, cap=cap)
    return tuple(
        _finding(mechanism, passages.filter(pl.col("mechanism") == name), analysis, circumstances, file)
        for name, mechanism in mechanisms().items()
    )


def gathered(
    evidence: pl.DataFrame,
    documents: pl.DataFrame,
    analysis: Analysis,
    order: Sequence[Spell],
    *,
    cap: str | None = None,
) -> tuple[pl.DataFrame, Circumstances]:
    """The passages of one analysis as they count, in reading order, and what all its mechanisms share.

    Parameters
    ----------
    evidence, documents, analysis, order, cap
        As for `evidence_findings`.

    Returns
    -------
    tuple of (polars.DataFrame, Circumstances)
    """
    hidden = documents.filter(pl.col("share") == "private")["document"].to_list()
    counted = named(passages(evidence), hidden).filter(pl.col("analysis") == analysis.id)
    counted = _in_reading_order(timed(counted_once(counted, sources(documents)), analysis.units, order))
    alpha, double_coded = direction_alpha(evidence, analysis.id)
    return counted, Circumstances(
        adoptions=len(order), alpha=alpha, double_coded=double_coded, chronology=cap
    )


def _in_reading_order(passages: pl.DataFrame) -> pl.DataFrame:
    names = sorted(passages["name"], key=in_reading_order)
    rank = pl.DataFrame({"name": names}, schema={"name": pl.String})
    return rank.join(passages, on="name", how="left", maintain_order="left")


def _finding(
    mechanism: Mechanism,
    passages: pl.DataFrame,
    analysis: Analysis,
    circumstances: Circumstances,
    file: str,
) -> Finding:
    if passages.is_empty():
        return Finding(
            witness="evidence",
            body="evidence",
            analysis=analysis.id,
            mechanism=mechanism.name,
            stance="silent",
            reason=wording.NOTHING_CODED,
            silence="no data",
        )
    passages = with_reading(mechanism, passages)
    headline = weigh_reading(mechanism, "narrow", passages, circumstances)
    inconclusive: Silence = "no data" if headline.passages.is_empty() else "tested, inconclusive"
    return Finding(
        witness="evidence",
        body="evidence",
        analysis=analysis.id,
        mechanism=mechanism.name,
        stance=headline.stance,
        reason=wording.reason(mechanism, headline),
        silence=inconclusive if headline.stance == "silent" else None,
        caveats=wording.caveats(mechanism, passages, circumstances.adoptions),
        evidence=_detail(mechanism, headline, passages, circumstances, file),
    )


def _perspectives(mechanism: Mechanism, headline: MechanismPosterior) -> tuple[Posterior, ...]:
    """The probability by what bears on each strand of the mechanism alone."""
    own = {one: bearing_on(mechanism, one, headline.passages) for one in mechanism.perspectives}
    return tuple(posterior(one, total(headline.weights.where(bears))) for one, bears in own.items())


def _detail(
    mechanism: Mechanism,
    headline: MechanismPosterior,
    passages: pl.DataFrame,
    circumstances: Circumstances,
    file: str,
) -> EvidenceDetail:
    weights = headline.weights
    above, below = (weights.where(sign * weights.decibans > TINY) for sign in (1, -1))
    name, stance = pivotal(mechanism, "narrow", headline, circumstances) or (None, None)
    detail = EvidenceDetail(
        p=headline.p,
        decibans=headline.decibans,
        by_rho=headline.sensitivity.by_rho,
        by_prior=tuple(_prior(prior, headline.decibans) for prior in rule().shown.priors),
        leave_one_out=headline.sensitivity.leave_one_out,
        leave_one_source_out=headline.sensitivity.leave_one_source_out,
        noise=noise(weights),
        tipping=tipping(headline.decibans),
        caps=headline.caps,
        lifts=tuple(cap_lifts(cap) for cap in headline.limits),
        failed=headline.failed,
        criteria=tuple(_criterion(item, headline) for item in mechanism.all_criteria),
        items=tuple(_item(mechanism, row, file) for row in passages.iter_rows(named=True)),
        perspectives=_perspectives(mechanism, headline),
        by_searched=headline.sensitivity.by_searched,
        one_cluster_per_document=headline.sensitivity.one_cluster_per_document,
        speaks_for=above.decibans.size,
        speaks_against=below.decibans.size,
        decibans_for=total(above),
        decibans_against=total(below),
        uncapped=headline.uncapped,
        pivotal_passage=name,
        pivotal_stance=stance,
        pivotal_tried=tried_passages(len(headline.without_one)),
        lines=rule().lines.ladder,
    )
    return detail if mechanism.readings is None else _read_broadly(detail, mechanism, passages, circumstances)


def _read_broadly(
    detail: EvidenceDetail, mechanism: Mechanism, passages: pl.DataFrame, circumstances: Circumstances
) -> EvidenceDetail:
    """With what the same passages come to under the broad reading."""
    broad = weigh_reading(mechanism, "broad", passages, circumstances)
    return msgspec.structs.replace(
        detail,
        other_definition=posterior("broad reading", broad.decibans),
        other_stance=broad.stance,
        other_noise=noise(broad.weights),
        other_caps=broad.caps,
    )


def _prior(prior: float, decibans: float) -> Posterior:
    return Posterior(setting=f"prior = {prior:g}", decibans=decibans, p=probability(decibans, prior))


def _criterion(item: Criterion, headline: MechanismPosterior) -> CriterionRecord:
    mask = naming(headline.passages, item.id)
    fails = rule().fails
    same = headline.arrays.if_searched(fails.searched)
    weight, searched = (total(each.where(mask)) if mask.any() else None for each in (headline.weights, same))
    low = weight is not None and weight <= fails.decibans + TINY
    notes = {
        "needed by the narrow reading only": item.definition == "narrow",
        f"of the {item.perspective} perspective": item.perspective is not None,
        "fails": item.id in headline.failed,
        "no evidence": weight is None,
        f"does not fail: at a search of {fails.searched:g} it comes to {searched or 0:.1f} dB": (
            low and searched is not None and searched > fails.decibans + TINY
        ),
    }
    return CriterionRecord(
        id=item.id,
        text=item.text,
        role=item.role,
        decibans=weight,
        items=int(mask.sum()),
        note="; ".join(note for note, holds in notes.items() if holds),
        decibans_searched=searched,
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
        not_counted=_not_counted(row),
        note=shown["note"] or None,
        places=tuple(
            Place(table="evidence", file=file, row=line, key=None if row["private"] else row["name"])
            for line in row["rows"]
        ),
    )


def _not_counted(row: dict[str, Any]) -> str | None:
    """Why a passage weighs nothing, where it is not counted."""
    reasons = {
        "nobody searched for it": not row["looked"],
        "it is dated after the adoption of the unit it names": row["late"],
        "the same place of the document is coded under another id and counted there": row["repeats"],
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
