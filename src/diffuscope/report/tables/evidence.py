"""The coded evidence as weighed, and how far its conclusions hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.report.tables.base import ANALYSIS, MECHANISM, OutTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import EvidenceDetail, EvidenceItem, Finding
    from diffuscope.report.cells import Cell
    from diffuscope.result import Result


def evidence(result: Result) -> OutTable:
    """Every coded passage with its weight; private ones without their words."""
    return OutTable(
        name="evidence",
        a_row_is="one coded passage as weighed for one mechanism",
        columns={
            **ANALYSIS,
            **MECHANISM,
            "id": "Id of the passage.",
            "criteria": "Criteria it bears on, separated by semicolons; it is weighed once.",
            "direction": "for, against, or absent: searched for and not found.",
            "decibans": "Weight of evidence (dB), mean of its coders, before its cluster is discounted.",
            "test": "Name of the test it amounts to; empty for weights given in words.",
            "cluster": "Passages from one source or event, discounted together.",
            "definition": "The only reading of the mechanism under which it counts, if any.",
            "coders": "How many coded it.",
            "p_if_true": "Chance of the trace if the mechanism was at work.",
            "p_if_false": "Chance of the trace if the alternative is true.",
            "searched": "Chance that the search would have found the trace if it existed.",
            "rival": "The alternative.",
            "paraphrase": "What the passage shows.",
            "document": "The document.",
            "locator": "Where in it.",
            "unit": "The actor it names, if one.",
            "date": "When the event that it describes happened.",
            "bears_on": "Adoptions it can bear on, given its date.",
            "share": "Whether its words may be shown.",
            "note": "Note of the coder.",
            "file": "File of the case.",
            "rows": "Its rows there, one for each coder, separated by semicolons.",
        },
        rows=tuple(
            _item(finding.analysis, item) for finding, detail in _details(result) for item in detail.items
        ),
    )


def _item(analysis: str, item: EvidenceItem) -> tuple[Cell, ...]:
    return (
        analysis,
        item.mechanism,
        item.id,
        "; ".join(item.criteria),
        item.direction,
        item.decibans,
        item.test,
        item.cluster,
        item.definition,
        item.coders,
        item.p_if_true,
        item.p_if_false,
        item.searched,
        item.rival,
        item.paraphrase,
        item.document,
        item.locator,
        item.unit,
        item.date,
        item.bears_on,
        item.share,
        item.note,
        item.places[0].own[0] if item.places else None,
        "; ".join(str(place.own[1]) for place in item.places) or None,
    )


def criteria(result: Result) -> OutTable:
    """What the evidence says of each criterion."""
    return OutTable(
        name="criteria",
        a_row_is="one criterion of one mechanism in one analysis",
        columns={
            **ANALYSIS,
            **MECHANISM,
            "criterion": "Short id of the criterion.",
            "text": "What would be observed.",
            "role": "necessary, supporting, discriminating, or diffusion (needed for any diffusion).",
            "decibans": "Weight of all passages that name it (dB); empty where none does.",
            "passages": "How many passages name it.",
            "note": "What to keep in mind.",
        },
        rows=tuple(
            (
                finding.analysis,
                finding.mechanism,
                criterion.id,
                criterion.text,
                criterion.role,
                criterion.decibans,
                criterion.items,
                criterion.note or None,
            )
            for finding, detail in _details(result)
            for criterion in detail.criteria
        ),
    )


def robustness(result: Result) -> OutTable:
    """The probability of each mechanism under other settings."""
    return OutTable(
        name="robustness",
        a_row_is="the probability of one mechanism under one other setting",
        columns={
            **ANALYSIS,
            **MECHANISM,
            "what": "What is varied.",
            "setting": "The setting.",
            "probability": "Probability that the mechanism was at work, under that setting.",
            "decibans": "Weight of the evidence under that setting (dB).",
        },
        rows=tuple(
            (finding.analysis, finding.mechanism, *varied)
            for finding, detail in _details(result)
            for varied in _settings(detail)
        ),
    )


def _settings(detail: EvidenceDetail) -> Iterator[tuple[Cell, ...]]:
    yield "headline", "as reported", detail.p, detail.decibans
    for what, posteriors in (
        ("discount for repetition", detail.by_rho),
        ("one cluster per document", filter(None, (detail.one_cluster_per_document,))),
        ("chance that a search finds what is there", detail.by_searched),
        ("probability before the evidence", detail.by_prior),
        ("one passage left out", detail.leave_one_out),
        ("one source left out", detail.leave_one_source_out),
        ("one perspective alone", detail.perspectives),
        ("other reading", () if detail.other_definition is None else (detail.other_definition,)),
    ):
        for posterior in posteriors:
            yield what, posterior.setting, posterior.p, posterior.decibans
    for setting, p in zip(("5 % point", "95 % point"), detail.noise, strict=True):
        yield "coders err at random by 3 dB", setting, p, None
    for setting, p in zip(("5 % point", "95 % point"), detail.other_noise or (), strict=False):
        yield "coders err at random by 3 dB, other reading", setting, p, None
    for setting, decibans in zip(("upwards", "downwards"), detail.tipping, strict=True):
        yield "weight that would change the stance", setting, None, decibans


def agreement(result: Result) -> OutTable:
    """How far coders of the same passages agree."""
    return OutTable(
        name="agreement",
        a_row_is="the agreement of the coders in one analysis (Krippendorff's alpha)",
        columns={
            **ANALYSIS,
            "coders": "How many coders.",
            "passages": "Passages read by at least two.",
            "sign": "Alpha on whether a passage speaks for or against; 1 is perfect, 0 is chance.",
            "sign_low": "Lower end of its 95 % interval.",
            "sign_high": "Upper end.",
            "band": "Alpha on the weight in bands, ordinal.",
            "band_low": "Lower end of its 95 % interval.",
            "band_high": "Upper end.",
            "note": "What to keep in mind.",
        },
        rows=tuple(
            (
                agreed.analysis,
                agreed.coders,
                agreed.items,
                agreed.sign,
                *(agreed.sign_interval or (None, None)),
                agreed.band,
                *(agreed.band_interval or (None, None)),
                agreed.note,
            )
            for agreed in result.agreement
        ),
    )


def drivers(result: Result) -> OutTable:
    """The main-driver mode: exactly one hypothesis is true."""
    return OutTable(
        name="drivers",
        a_row_is="one hypothesis in one analysis, if exactly one main driver, or none, is assumed",
        columns={
            **ANALYSIS,
            "hypothesis": "A mechanism, or `null`: independent decisions, common pressure, joint launch.",
            "probability": "Its probability, all hypotheses together making 1.",
            "decibans": "Weight of evidence for it (dB).",
        },
        rows=tuple((share.analysis, share.hypothesis, share.p, share.decibans) for share in result.drivers),
    )


def _details(result: Result) -> Iterator[tuple[Finding, EvidenceDetail]]:
    for finding in result.findings:
        if finding.evidence is not None:
            yield finding, finding.evidence
