"""Projects linked, split and merged: who continues whom, by whose decision, without losing a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.records.phrases import in_code, listed
from diffuscope.register.corrections import put
from diffuscope.register.database import opened, writing
from diffuscope.register.export import ordered_waves
from diffuscope.register.lookup import project_named, wave_named
from diffuscope.register.rights import require
from diffuscope.register.waves import copied
from diffuscope.register.write import act_of, add, change

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KINDS = ("link", "split", "merge", "rename", "replace")
KEPT = {"split": "split", "merge": "merged", "rename": "renamed", "replace": "replaced"}


def succeed(
    folder: str | Path,
    kind: str,
    earlier: Sequence[str],
    later: Sequence[str],
    *,
    why: str,
    person: str,
    wave: str | None = None,
) -> str:
    """Say that projects continue others.

    Parameters
    ----------
    folder : str or Path
    kind : {"link", "split", "merge", "rename", "replace"}
        link: two codes are one project, and its rows go under the earlier code · split: one project became
        several · merge: several became one · rename, replace: one became another.
    earlier, later : sequence of str
        Codes of projects.
    why : str
        On what the decision rests.
    person : str
        Of the secretariat.
    wave : str, optional
        The wave from which it holds; by default the first that shows the later project.

    Returns
    -------
    str
        What was done, in one sentence.
    """
    _refuse_wrong_numbers(kind, earlier, later, why)
    with opened(folder), writing():
        from diffuscope.register.models import Succession

        act = act_of(person, why=why)
        require(act, "write")
        before, after = [project_named(one) for one in earlier], [project_named(one) for one in later]
        if kind == "link":
            moved = _link(act, before[0], after[0])
            return f"{moved} rows of `{after[0]}` are now rows of `{before[0]}`."
        links = []
        for one in before:
            for other in after:
                of = wave_named(wave) if wave is not None else _first_wave(other)
                if Succession.objects.filter(earlier=one, later=other, retired=False).exists():
                    raise PlanError(f"`{other}` continues `{one}` already.")
                links.append(
                    Succession(kind=KEPT[kind], earlier=one, later=other, wave=of, basis=f"judged: {why}")
                )
        add(act, links)
        return f"{in_code(later)}: {KEPT[kind]} from {in_code(earlier)}."


def _refuse_wrong_numbers(kind: str, earlier: Sequence[str], later: Sequence[str], why: str) -> None:
    if kind not in KINDS:
        raise PlanError(f"`{kind}` is no succession; there are {listed(KINDS)}.")
    if not why.strip():
        raise PlanError("A succession needs a reason: `--why`.")
    wrong = {
        "split": len(earlier) != 1 or len(later) < 2,
        "merge": len(earlier) < 2 or len(later) != 1,
    }.get(kind, len(earlier) != 1 or len(later) != 1)
    if wrong:
        needs = {
            "split": "one earlier and several later projects",
            "merge": "several earlier and one later project",
        }
        raise PlanError(f"{kind} takes {needs.get(kind, 'one earlier and one later project')}.")
    if set(earlier) & set(later):
        raise PlanError("A project cannot continue itself.")


def _link(act: Any, earlier: Any, later: Any) -> int:
    """Rows of one project under the code of another: withdrawn here, added there, wave by wave."""
    from diffuscope.register.models import Observation

    last: dict[tuple[int, int], Any] = {}
    for row in (
        Observation.objects.filter(project=later).select_related("wave", "city", "sent").order_by("version")
    ):
        last[row.wave_id, row.city_id] = row
    rows = [row for row in last.values() if not row.withdrawn]
    taken = {(row.wave_id, row.city_id) for row in _current(earlier)}
    both = next((row for row in rows if (row.wave_id, row.city_id) in taken), None)
    if both is not None:
        raise PlanError(
            f"The wave `{both.wave}` has rows of both `{earlier}` and `{later}`; merge them instead."
        )
    for row in rows:
        moved = copied(row, row.wave, row.sent)
        moved.project_id, moved.link_basis = earlier.pk, "judged"
        versions = Observation.objects.filter(project=earlier, wave=row.wave, city_id=row.city_id).count()
        moved.version = versions + 1
        put(act, row.wave, [copied(row, row.wave, row.sent, withdrawn=True), moved])
    change(act, later, {"retired": True})
    if earlier.unlinked:
        change(act, earlier, {"unlinked": False})
    return len(rows)


def _current(project: Any) -> list[Any]:
    last: dict[tuple[int, int], Any] = {}
    for row in project.observations.order_by("version"):
        last[row.wave_id, row.city_id] = row
    return [row for row in last.values() if not row.withdrawn]


def _first_wave(project: Any) -> Any:
    waves = ordered_waves(
        {row.wave_id: row.wave for row in project.observations.select_related("wave")}.values()
    )
    if not waves:
        raise PlanError(f"No wave shows `{project}`; say from which wave it holds with --wave.")
    return waves[0]
