"""Rows as they stood after any change: today's rows with every later change undone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def last_change() -> int:
    """Number of the last change in the register; 0 where there is none."""
    from django.db.models import Max

    from diffuscope.register.models import Change

    return int(Change.objects.aggregate(last=Max("id"))["last"] or 0)


def public_change(wave: Any) -> int | None:
    """The change up to which everybody may see what a locked wave says; None: up to the last.

    That is the change of its latest edition. A wave that came with a case and has no edition here is seen as
    it came: up to the first correction that waits for an edition.
    """
    from django.db.models import Min

    from diffuscope.register.models import Change, Edition, Erratum

    last = Edition.objects.filter(wave=wave, state="published").order_by("number").last()
    if last is not None:
        return int(last.last_change)
    waiting = Erratum.objects.filter(wave=wave, edition__isnull=True, retired=False)
    rows = Change.objects.filter(
        entity="Observation", field="", row__any_of=list(waiting.values_list("observation_id", flat=True))
    )
    first = rows.aggregate(first=Min("id"))["first"]
    return None if first is None else int(first) - 1


def rows_as_of(model: Any, change: int | None = None) -> list[dict[str, Any]]:
    """The rows of one table after a change, in their order; retired ones are left out.

    Parameters
    ----------
    model : Model class
    change : int, optional
        Number of the change; by default the last.

    Returns
    -------
    list of dict
        Values by attribute: `wave_id` for `wave`.
    """
    later = {} if change is None else _undone(model, change)
    rows = []
    for row in _all(model):
        undo = later.get(row["id"], {})
        if "" in undo:
            continue  # it was added later
        before = {**row, **undo}
        if not before.get("retired"):
            rows.append(before)
    return rows


def _all(model: Any) -> Iterator[dict[str, Any]]:
    order = ["position", "id"] if hasattr(model, "position") else ["id"]
    yield from model.objects.order_by(*order).values().iterator()


def _undone(model: Any, change: int) -> dict[int, dict[str, Any]]:
    """Values before the first later change, by row; the key "" for rows that were added later."""
    from diffuscope.register.models import Change

    later: dict[int, dict[str, Any]] = defaultdict(dict)
    changes = Change.objects.filter(entity=model.__name__, id__gt=change).order_by("id")
    for row, field, old in changes.values_list("row", "field", "old").iterator():
        if field not in later[row]:
            later[row][field] = _value(model, field, old)
    return later


def _value(model: Any, field: str, old: Any) -> Any:
    """A value as the model holds it, from a change record."""
    if not field or old is None:
        return old
    kind = next(one for one in model._meta.concrete_fields if one.attname == field)
    return old if kind.is_relation else kind.to_python(old)
