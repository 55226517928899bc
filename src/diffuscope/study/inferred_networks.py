"""The network inferred from the policies of a question, and what it says of each mechanism's ties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import polars as pl

from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.networks import infer_network
from diffuscope.networks.from_frame import without_order
from diffuscope.networks.stance import judge
from diffuscope.records import Finding
from diffuscope.records.inferred import InferredEdge, InferredRecord, LayerOverlap
from diffuscope.records.numbers import decimal, p_equals
from diffuscope.records.phrases import counted, upper_first
from diffuscope.study.channels import channels_of
from diffuscope.study.edges_along_ties import edges_along_ties, likeness

if TYPE_CHECKING:
    from diffuscope.case import Case
    from diffuscope.networks import InferredNetwork
    from diffuscope.records import Analysis, Chronology
    from diffuscope.records.arrays import Numbers
    from diffuscope.records.inferred import AskedNetwork
    from diffuscope.study.channels import Layers
    from diffuscope.ties import Layer

LEVEL = 0.05
REFUSED = (CaseError, MethodError, PlanError)


def inferred_record(
    case: Case, analysis: Analysis, dates: Chronology, layers: Layers, seed: int
) -> InferredRecord:
    """The network of one question, with stability, false discovery and overlap with each mechanism's ties.

    Parameters
    ----------
    case : Case
    analysis : Analysis
        It asks for a network.
    dates : Chronology
        Its adoption history: the one that the panel is made from.
    layers : Layers
    seed : int

    Returns
    -------
    InferredRecord
        Whatever cannot be done says why.
    """
    asked = analysis.inferred
    assert asked is not None
    frame, notes = _adoptions(case, dates)
    try:
        network = _network(case, analysis, asked, frame, seed)
        record = _described(network, asked, seed)
    except REFUSED as error:
        ordered = _ordered(frame)
        return InferredRecord(
            analysis=analysis.id, refused=str(error), ordered=ordered, notes=notes, seed=seed
        )
    overlaps = _overlaps(case, analysis, layers, network, seed)
    return msgspec.structs.replace(
        record, analysis=analysis.id, ordered=_ordered(frame), overlaps=overlaps,
        notes=(*notes, *(f"{upper_first(note).rstrip('.')}." for note in network.notes)),
    )  # fmt: skip


def network_findings(record: InferredRecord, analysis: Analysis, dates: Chronology) -> tuple[Finding, ...]:
    """What the network says of each mechanism: leaning for at most, by the printed rule."""
    findings = []
    by_mechanism = {one.mechanism: one for one in record.overlaps}
    for name in mechanisms():
        found = by_mechanism.get(name, LayerOverlap(mechanism=name))
        row = judge(ordered=record.ordered, found=found)
        stance, silence, why = row.stance, row.silence, _reason(record, found, row.description)
        if dates.testable is False or (dates.silenced and stance != "silent"):
            stance, silence, why = "silent", "too few events", f"The dates decide before: {why}"
        if record.refused is not None:
            stance, silence, why = "silent", "no data", record.refused
        open_ = tuple(
            rival
            for rival in mechanisms()[name].rivals
            if stance != "silent" and rival not in analysis.ruled_out
            if rival not in by_mechanism or by_mechanism[rival].p is None
        )
        findings.append(
            Finding(
                witness="inferred networks", body="statistics", analysis=record.analysis, mechanism=name,
                stance=stance, silence=silence, reason=why, joint_with=open_,
                caveats=("Units that are alike adopt one after another without any influence.",)
                if stance != "silent" else (),
            )
        )  # fmt: skip
    return tuple(findings)


def _reason(record: InferredRecord, found: LayerOverlap, description: str) -> str:
    """Why, with the numbers where overlap was computed."""
    if found.p is None or found.p_holm is None:
        return found.refused or description
    return (
        f"{description} Of {counted(len(record.edges), 'inferred edge')}, {found.edges_tied or 0:.0%} run "
        f"along ties of `{found.layer}`, which {found.pairs_tied or 0:.0%} of all pairs have (partial "
        f"correlation {decimal(found.correlation)}, {p_equals(found.p)}; after Holm's method "
        f"{p_equals(found.p_holm)})."
    )


def _adoptions(case: Case, dates: Chronology) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Dated adoptions of the question; what has no one period, or was there before, is counted."""
    together = dict(case.table("adoptions").select("_row", "decision").iter_rows())
    dated = [one for one in dates.order if one.period is not None and not one.baseline]
    rows = [(one.unit, one.policy, one.period, together.get(one.place.row)) for one in dated]
    frame = pl.DataFrame(
        rows, schema=dict.fromkeys(("unit", "policy", "time", "decision"), pl.String), orient="row"
    )
    out = len(dates.order) - len(dated)
    return frame, tuple(f"{words}." for words in without_order(out))


def _ordered(frame: pl.DataFrame) -> int:
    """Policies with adoptions in more than one period."""
    many = frame.group_by("policy").agg(pl.col("time").n_unique().alias("many"))
    return int((many["many"] > 1).sum())


def _network(
    case: Case, analysis: Analysis, asked: AskedNetwork, frame: pl.DataFrame, seed: int
) -> InferredNetwork:
    rate = asked.rate
    return infer_network(
        frame, edges=asked.edges, stop=asked.stop, delay=asked.delay,
        rate=(rate[0], rate[1]) if len(rate) == 2 else (rate[0] if rate else None),
        ties=asked.ties, dialect=asked.dialect, seed=seed, period=analysis.period,
        waves=dict(case.waves) or None, units=analysis.units,
    )  # fmt: skip


def _described(network: InferredNetwork, asked: AskedNetwork, seed: int) -> InferredRecord:
    """The network as a result holds it."""
    stability, control = network.stability(asked.draws), network.false_discovery(asked.draws)
    ends = ["sender", "receiver"]
    table = network.table().join(
        stability.table().select(*ends, "frequency"), on=ends, how="left", maintain_order="left"
    )
    table = table.join(control.table().select(*ends, "fdr"), on=ends, how="left", maintain_order="left")
    names = list(InferredEdge.__struct_fields__)
    edges = tuple(InferredEdge(**row) for row in table.select(names).iter_rows(named=True))
    return InferredRecord(
        analysis="", policies=network.policies, adoptions=network.adoptions, units=len(network.units),
        delay=network.delay.says(), edges=edges, followers=network.explained.followers,
        explained=network.explained.explained, optimality=network.optimality, stable=stability.stable,
        discovered=control.kept(LEVEL), draws=asked.draws, seed=seed,
    )  # fmt: skip


def _overlaps(
    case: Case, analysis: Analysis, layers: Layers, network: InferredNetwork, seed: int
) -> tuple[LayerOverlap, ...]:
    """How far the edges run along the ties of each mechanism, given the ties of the others and likeness."""
    made, _ = layers.among(analysis.units)
    channels = channels_of(analysis, made, outcomes=case.table("outcomes").height > 0)
    matrices: dict[str, tuple[str, Numbers]] = {}
    refused: dict[str, str] = {}
    for one in channels:
        if one.bears is None or one.bears in matrices:
            continue
        if one.layer is None:
            refused[one.bears] = one.refused or "It has no ties."
            continue
        try:
            matrices[one.bears] = one.layer, _matrix(made[one.layer], network, analysis)
        except REFUSED as error:
            refused[one.bears] = str(error)
    edges = np.zeros((len(network.units), len(network.units)))
    edges[network.edges.receivers, network.edges.senders] = 1
    declared = (*analysis.covariates, *analysis.drivers)
    alike = likeness(case.table("attributes"), declared, network.units)
    return tuple(
        one if one.layer else msgspec.structs.replace(one, refused=refused.get(one.mechanism))
        for one in edges_along_ties(edges, matrices, alike, seed)
    )


def _matrix(layer: Layer, network: InferredNetwork, analysis: Analysis) -> Numbers:
    """Ties among the units of the network as they were first known; who never adopts sends nothing here."""
    inside = layer.among(network.units).from_senders(network.units)
    known = [matrix for _, matrix in inside.snapshots if matrix.nnz]
    if not known:
        raise MethodError(f"Layer `{layer.name}` has no ties among the units of `{analysis.id}`.")
    return np.asarray(known[0].toarray(), dtype=np.float64)
