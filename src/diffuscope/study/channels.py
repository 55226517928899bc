"""The channels of a question: which ties bear which mechanism, and how exposed everybody was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case.model import ROW
from diffuscope.errors import CaseError, MethodError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.mechanisms.base import NEIGHBOURHOOD, is_near
from diffuscope.panel.exposures import add_exposure, known_late
from diffuscope.records import ExposureRecord
from diffuscope.records.phrases import in_code, listed, upper_first
from diffuscope.ties import Layer, separability
from diffuscope.ties.from_case import layers_or_reasons
from diffuscope.ties.separability import refuse_even, refuse_flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diffuscope.case import Case
    from diffuscope.mechanisms import Mechanism
    from diffuscope.panel import Panel
    from diffuscope.records import Analysis


NEIGHBOURS = "neighbours"
SILENT = "No outcomes are recorded, so success is unknown; completion is not success."
PUSHES = "promoter"
OWN = "own"
SUCCESS = ("mean success", "attribute share")
"""Forms that weigh adopters by how it went with them."""
NOTHING: tuple[str, ...] = ()
MADE_FROM = ("units", "ties", "support", "exchanges", "events", "attendance", "attributes")


class Layers:
    """The layers of a case, made once for each set of units that a question asks of.

    Parameters
    ----------
    case : Case
        However the rows of its tables are sorted, the layers are the same.
    """

    def __init__(self, case: Case) -> None:
        self._tables = {name: _sorted(case.tables[name]) for name in MADE_FROM if name in case.tables}
        self._made: dict[tuple[str, ...], tuple[Mapping[str, Layer], tuple[str, ...]]] = {}

    def among(self, units: tuple[str, ...]) -> tuple[Mapping[str, Layer], tuple[str, ...]]:
        """Layers whose receivers are these units, by name, and why others cannot be made.

        Those that compare all pairs of units are made when they are looked up.
        """
        wanted = tuple(sorted(units))
        if wanted not in self._made:
            self._made[wanted] = layers_or_reasons(self._tables, wanted)
        return self._made[wanted]


def _sorted(table: pl.DataFrame) -> pl.DataFrame:
    plain = [name for name, kind in table.schema.items() if name != ROW and not isinstance(kind, pl.List)]
    return table.sort(plain, maintain_order=True)


@dataclass(frozen=True, kw_only=True)
class ExposurePlan:
    """A way in which earlier adopters could have reached the others."""

    name: str
    mechanism: Mechanism | None
    layer: str | None
    form: str
    lag: int
    refused: str | None = None
    preference: bool = False
    plain_of: str | None = None

    @property
    def looks(self) -> Any:
        """What the exposure operator is given: a form, or the mechanism's own function of one unit."""
        if self.form == OWN and self.mechanism is not None:
            return self.mechanism.exposure
        return self.form

    @property
    def bears(self) -> str | None:
        """Name of the mechanism whose channel it is."""
        return None if self.mechanism is None else self.mechanism.name


def channels_of(analysis: Analysis, layers: Mapping[str, Layer], *, outcomes: bool) -> list[ExposurePlan]:
    """The channels that a question asks about: one a mechanism, and neighbours if asked for.

    Parameters
    ----------
    analysis : Analysis
    layers : mapping of str to Layer
    outcomes : bool
        Whether the case records how adoptions went.
    """
    plans: list[ExposurePlan] = []
    for name, mechanism in mechanisms().items():
        if mechanism.exposure is not None:
            plans += _of_mechanism(name, mechanism, analysis, layers, outcomes=outcomes)
    neighbour_layers = analysis.layers.get(NEIGHBOURS, ())
    for layer in (neighbour_layers,) if isinstance(neighbour_layers, str) else neighbour_layers:
        lag = analysis.lags.get(layer, analysis.lag)
        plans.append(ExposurePlan(name=column_of(layer), mechanism=None, layer=layer, form="share", lag=lag))
    return plans


def neighbours_among(analysis: Analysis, layers: Mapping[str, Layer]) -> ExposurePlan | None:
    """The neighbour exposure of a question that asks for none: through the plainest layer of who is near.

    It is for a question in which no other exposure stands. None where neighbours are asked for, or where the
    case has no such layer.
    """
    if NEIGHBOURS in analysis.layers:
        return None
    for word in NEIGHBOURHOOD:
        for name in sorted(layers):
            if name == word or name.startswith(f"{word}-"):
                lag = analysis.lags.get(name, analysis.lag)
                return ExposurePlan(name=column_of(name), mechanism=None, layer=name, form="share", lag=lag)
    return None


def layer_for(mechanism: Mechanism, layers: Mapping[str, Any]) -> str | None:
    """The layer that bears a mechanism where none is named: the first of its kinds that there is."""
    for word in mechanism.layers:
        met = sorted(
            name for name in layers if (name == word or name.startswith(f"{word}-")) and not is_near(name)
        )
        if met:
            return met[0]
    return None


def column_of(layer: str) -> str:
    """A layer's name as a formula can write it.

    >>> column_of("land-border")
    'land_border'
    """
    return re.sub(r"\W", "_", layer)


def _of_mechanism(
    name: str, mechanism: Mechanism, analysis: Analysis, layers: Mapping[str, Layer], *, outcomes: bool
) -> Iterator[ExposurePlan]:
    named_layer = analysis.layers.get(name)
    layer = named_layer if isinstance(named_layer, str) else layer_for(mechanism, layers)
    lag, form = analysis.lags.get(name, analysis.lag), analysis.forms.get(name, mechanism.form)
    refused = None
    if layer is None:
        refused = (
            f"The case has no ties between these units that can carry {name}: {', '.join(mechanism.layers)}."
        )
    elif form in SUCCESS and not outcomes:
        refused = SILENT
    yield ExposurePlan(
        name=name, mechanism=mechanism, layer=layer, form=form, lag=lag, refused=refused,
        preference=mechanism.acts == "preference",
    )  # fmt: skip
    if mechanism.beside_plain and layer is not None and refused is None:
        yield ExposurePlan(
            name=column_of(layer), mechanism=None, layer=layer, form="share", lag=lag, plain_of=name
        )


def with_exposures(
    panel: Panel,
    channels: list[ExposurePlan],
    layers: Mapping[str, Layer],
    tables: Mapping[str, pl.DataFrame],
) -> tuple[Panel, tuple[ExposureRecord, ...]]:
    """The panel with every exposure that stands, and an account of all.

    Parameters
    ----------
    panel : Panel
    channels : list of ExposurePlan
    layers : mapping of str to Layer
    tables : mapping of str to polars.DataFrame
        Tables of the case: roles in `units`, results in `outcomes`.

    Returns
    -------
    panel : Panel
    records : tuple of ExposureRecord
        One a channel; what is refused says why.
    """
    records: list[ExposureRecord] = []
    silent: set[str] = set()
    for channel in channels:
        refused = channel.refused
        if channel.plain_of in silent:
            refused = f"It is only used together with {channel.plain_of}, which is refused."
        extended, notes = panel, NOTHING
        if refused is None:
            try:
                extended, notes = _attached(panel, channel, layers, tables)
            except (MethodError, PlanError, CaseError) as error:
                refused = str(error)
        if refused is not None:
            silent.add(channel.name)
        records.append(_record(extended, channel, layers, refused, notes))
        panel = extended
    return panel, tuple(records)


def _attached(
    panel: Panel, channel: ExposurePlan, layers: Mapping[str, Layer], tables: Mapping[str, pl.DataFrame]
) -> tuple[Panel, tuple[str, ...]]:
    """The panel with one exposure, and what to keep in mind of it."""
    layer = layers[channel.layer or ""]
    if channel.mechanism is not None:
        channel.mechanism.refuse_bare(layer)
    late = known_late(layer, panel)
    # ties measured again and again were known before each later decision; one measurement was not
    if late and sum(matrix.nnz > 0 for _, matrix in layer.snapshots) == 1:
        raise MethodError(late[0])
    layer, pushing, lost = _heard(layer, panel, tables["units"], preference=channel.preference)
    if channel.form not in ("sum", OWN):
        refuse_even(layer)
    # a function of the mechanism's own may ask how it went; it is told what is known
    heard = channel.form in SUCCESS or (channel.form == OWN and tables["outcomes"].height > 0)
    success = _success(tables) if heard else None
    extended = add_exposure(
        panel, layer, name=channel.name, form=channel.looks, lag=channel.lag, promoters=pushing,
        success=success,
    )  # fmt: skip
    values = extended.table()[channel.name].to_numpy()
    refuse_flat(channel.name, values)
    # how often it is unknown stands in the record itself, and whose note it is too
    notes = (note.removeprefix(f"`{channel.name}`: ") for note in extended.notes[len(panel.notes) :])
    own = tuple(note for note in notes if not note.startswith(f"`{channel.name}` is unknown in"))
    return extended, (*own, *lost)


def _heard(
    layer: Layer, panel: Panel, actors: pl.DataFrame, *, preference: bool
) -> tuple[Layer, tuple[str, ...], tuple[str, ...]]:
    """The layer from those whose choice is known; who pushes; and whom it leaves out.

    A promoter wants the policy throughout and never adopts: it counts where wanting does, nowhere else.
    """
    roles = dict(actors.select("unit", "role").iter_rows())
    history = panel.history
    known = {*panel.units} if history is None else {*panel.units, *history.known}
    pushing = tuple(one for one in layer.senders if preference and roles.get(one) == PUSHES)
    counted = {*known, *pushing}
    kept = tuple(one for one in layer.senders if one in counted)
    heard = {*kept}
    strange = [one for one in layer.senders if one not in heard and roles.get(one) != PUSHES]
    lost = []
    if strange:
        named = in_code(strange, 5)
        lost.append(f"Of {named} it is unknown whether they adopted, so ties to them are left out.")
    if not kept:
        raise MethodError(f"For no sender in the layer `{layer.name}` is it known whether it adopted.")
    return layer.from_senders(kept), pushing, tuple(lost)


def _success(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """How it went with each adopter; more is better."""
    better = pl.when(pl.col("better") == "lower").then(-pl.col("value")).otherwise(pl.col("value"))
    return tables["outcomes"].select("unit", "policy", "time", better.alias("value"))


def _layer_of(channel: ExposurePlan, layers: Mapping[str, Layer]) -> Layer | None:
    """The layer of a channel; None where it has none, or where it cannot be made, which its record says."""
    try:
        return layers.get(channel.layer or "")
    except (MethodError, PlanError, CaseError):
        return None


def _record(
    panel: Panel,
    channel: ExposurePlan,
    layers: Mapping[str, Layer],
    refused: str | None,
    notes: tuple[str, ...],
) -> ExposureRecord:
    layer = _layer_of(channel, layers)
    rows = panel.table()
    record: dict[str, Any] = {}
    if channel.name in rows.columns and refused is None:
        values = rows[channel.name].drop_nulls().to_numpy()
        record = {
            "known": len(values),
            "isolates": int(rows[f"isolate_{channel.name}"].sum()),
            "mean": float(values.mean()),
            "sd": float(values.std()),
            "min": float(values.min()),
            "max": float(values.max()),
        }
    return ExposureRecord(
        name=channel.name, mechanism=channel.bears, layer=channel.layer, form=channel.form, lag=channel.lag,
        source="" if layer is None else layer.source or "",
        derived_from=() if layer is None else layer.derived_from,
        rows=rows.height, refused=refused, notes=notes, **record,
    )  # fmt: skip


def collinearity(
    panel: Panel, records: tuple[ExposureRecord, ...]
) -> tuple[tuple[tuple[str, str, float], ...], tuple[str, ...]]:
    """How far the exposures that stand go together, and which cannot be told apart, in words."""
    names = sorted(record.name for record in records if record.refused is None)
    rows = panel.table()
    values = {name: rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in names}
    unit, period = rows["unit"].to_numpy(), rows["period"].to_numpy()
    pairs: list[tuple[str, str, float]] = []
    sentences: list[str] = []
    # a layer that is short takes rows from its own comparisons alone
    for group in (*((name,) for name in names), *combinations(names, 2), tuple(names)):
        if not group:
            continue
        try:
            together = separability({name: values[name] for name in group}, unit, period)
        except MethodError as error:
            sentences += [f"{listed(f'`{name}`' for name in group)}: {error}"] if len(group) < 3 else []
            continue
        if len(group) == 2:
            pairs += [(one, other, r) for (one, other), r in together.correlations.items()]
        sentences += [f"{upper_first(warning)}." for warning in together.warnings]
    return tuple(dict.fromkeys(pairs)), _once(sentences)


def _once(warnings: list[str]) -> tuple[str, ...]:
    """Each kind of warning once: what is said of all exposures, or of two, is not said again of fewer."""
    kept: dict[str, str] = {}
    for warning in warnings:
        kept[re.sub(r"\d+(\.\d+)?", "#", warning)] = warning
    return tuple(kept.values())
