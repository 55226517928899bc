"""One edition of the register as a case: every row of it, the same rows whenever it is asked for."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.errors import PlanError
from diffuscope.register.as_of import public_change, rows_as_of
from diffuscope.register.case_toml import toml_text
from diffuscope.register.database import one_moment, opened
from diffuscope.register.learning import learning_tables, with_question
from diffuscope.register.rights import sees_all
from diffuscope.register.rows import MAINTAINED, TABLES, cells_of
from diffuscope.register.write import act_of
from diffuscope.tables.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORM = "diffuscope edition 1"
"""First line of what a fingerprint is taken of; a later form has another number."""
CAME_IN = ("received", "queried", "accepted", "cleared")
NOT_YET = "expected"
DECIMAL = ("number", "probability", "fraction")

Rows = list[dict[str, Any]]


def export_case(
    folder: str | Path,
    out: str | Path,
    *,
    wave: str | None = None,
    edition: int | None = None,
    person: str | None = None,
) -> Path:
    """One edition of a wave, with all earlier waves, as the folder of a case.

    Persons and drafts are not in it: a wave counts when it is published, or was taken from a case.

    Parameters
    ----------
    folder : str or Path
        The register.
    out : str or Path
        A folder that does not exist yet, or is empty.
    wave : str, optional
        By default the latest published one.
    edition : int, optional
        By default the latest edition of the wave. An older one has the same bytes as when it was published.
    person : str, optional
        Who asks: whoever does not see everything gets no private documents and passages. By default whoever
        has the folder.

    Returns
    -------
    Path
        The folder of the case.

    Raises
    ------
    PlanError
        If there is no such wave or edition, or nothing is published yet.
    CaseError
        If something is in the folder already.
    """
    with opened(folder):
        with one_moment():
            public = person is not None and not sees_all(act_of(person).person)
            chosen, change = _chosen(wave, edition)
            if public and change is None:
                change = public_change(chosen)
            files = case_files(chosen, change, public=public)
        return write_files(files, out)


def write_files(files: Mapping[str, bytes], out: str | Path) -> Path:
    """Files in a new folder, which appears whole or not at all."""
    from diffuscope.case.atomic_folder import new_folder

    out = Path(out)
    with new_folder(out) as inside:
        for name, data in files.items():
            (inside / name).write_bytes(data)
    return out


def fingerprint_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 of the files of a case, each after its name, in the order of their names."""
    digest = hashlib.sha256(f"{FORM}\n".encode())
    for name in sorted(files):
        digest.update(f"{name} {len(files[name])}\n".encode())
        digest.update(files[name])
    return digest.hexdigest()


def _chosen(wave: str | None, edition: int | None) -> tuple[Any, int | None]:
    """The wave to export, and the change up to which it counts."""
    from diffuscope.register.models import Edition, Wave
    from diffuscope.register.write import LOCKED

    settled = [one for one in ordered_waves(Wave.objects.filter(retired=False)) if one.state in LOCKED]
    if wave is not None:
        settled = [one for one in settled if one.code == wave]
    if not settled:
        raise PlanError(
            "Nothing is published yet." if wave is None else f"The register has no published wave `{wave}`."
        )
    chosen = settled[-1]
    editions = Edition.objects.filter(wave=chosen, state="published").order_by("number")
    if edition is not None:
        editions = editions.filter(number=edition)
        if not editions.exists():
            raise PlanError(f"The wave `{chosen.code}` has no published edition {edition}.")
    last = editions.last()
    return chosen, None if last is None else last.last_change


def ordered_waves(waves: Iterable[Any]) -> list[Any]:
    """Waves by the last day of their reference date."""
    return sorted(waves, key=lambda one: (*_when(one.reference), one.code))


def _when(reference: str) -> tuple[str, str]:
    return (reference + "-99-99")[:10], reference


def case_files(
    wave: Any, change: int | None = None, *, public: bool = False, learned_now: bool = False
) -> dict[str, bytes]:
    """The files of a case as the register was after a change, up to one wave.

    Parameters
    ----------
    wave : Wave
        The last to be in it; earlier ones are if they are published or were taken from a case.
    change : int, optional
        By default the last.
    public : bool
        Leave out documents and passages that are private, and what rests on them; practices that nobody
        reviewed, and exchanges that did not take place.
    learned_now : bool
        Practices, take-up, exchanges and meetings as they are now, whatever the change.

    Returns
    -------
    dict of str to bytes
        `case.toml` and a CSV file for each table that has rows.
    """
    from diffuscope.register import models

    every = rows_as_of(models.Wave, change)
    waves = _waves(every, wave)
    actors = {model: rows_as_of(getattr(models, model), change) for model in ("Member", "Organisation")}
    tables: dict[str, Rows] = {"units": _units(actors)}
    for table in MAINTAINED:
        if table != "units":
            tables[table] = _maintained(table, change)
    if learned_now:
        tables |= _meetings_now({row["unit"] for row in tables["units"]})
    codes = {row["id"]: row["code"] for row in actors["Member"]}
    tables["projects"] = _projects(waves, codes, change)
    tables["returns"] = _returns(waves, codes, change)
    for row in rows_as_of(models.KeptRow, change):
        tables.setdefault(row["table"], []).append(_with_decimals(row["table"], row["cells"]))
    for table, rows in _learned(codes, change, public=public, now=learned_now).items():
        tables.setdefault(table, []).extend(rows)
    dated = {row["code"]: row["reference"] for row in waves}
    later = {row["code"]: row["reference"] for row in every if row["code"] not in dated}
    tables = {name: [row for row in rows if not _names_later(row, later)] for name, rows in tables.items()}
    if public:
        tables = _without_private(tables)
    kept = rows_as_of(models.KeptSettings, change)
    says = _settings(kept, dated, later, practices=bool(tables.get("practices")))
    files = {"case.toml": toml_text(says).encode()}
    for name in CATALOGUE:
        if tables.get(name):
            files[f"{name}.csv"] = _csv(name, tables[name])
    return files


def _meetings_now(units: set[str]) -> dict[str, Rows]:
    """Meetings as they are now, with those who attended of the units that there were then."""
    events = [row for row in _maintained("events", None) if not row.get("host") or row["host"] in units]
    known = {row["event"] for row in events}
    there = _maintained("attendance", None)
    return {
        "events": events,
        "attendance": [row for row in there if row["unit"] in units and row["event"] in known],
    }


def _learned(codes: Mapping[int, str], change: int | None, *, public: bool, now: bool) -> dict[str, Rows]:
    """What cities learned from each other; as it is now, of those that were members then."""
    from diffuscope.register import models

    if not now:
        return learning_tables(codes, change, public=public)
    every = dict(models.Member.objects.values_list("id", "code"))
    members = set(codes.values())
    named = ("unit", "asking", "asked", "learned_from")
    return {
        table: [row for row in rows if {row[name] for name in named if row.get(name)} <= members]
        for table, rows in learning_tables(every, None, public=public).items()
    }


def _waves(rows: Rows, wave: Any) -> Rows:
    """The waves that count: the asked one, and earlier ones that are published or were taken from a case."""
    last = (*_when(wave.reference), wave.code)
    kept = [
        row
        for row in rows
        if row["code"] == wave.code
        or (row["state"] in ("published", "imported") and (*_when(row["reference"]), row["code"]) < last)
    ]
    return sorted(kept, key=lambda row: (*_when(row["reference"]), row["code"]))


def _names_later(row: Mapping[str, Any], later: Mapping[str, str]) -> bool:
    """Whether a row is about a wave that is not in this edition."""
    return any(row.get(column) in later for column in ("wave", "from_wave", "to_wave") if row.get(column))


def _without_private(tables: Mapping[str, Rows]) -> dict[str, Rows]:
    """Tables without private documents and passages, and without rows that cite these documents."""
    private = {row["document"] for row in tables.get("documents", ()) if row["share"] == "private"}
    passages = {row["id"] for row in tables.get("evidence", ()) if row["share"] == "private"}
    return {
        name: [
            row
            for row in rows
            if row.get("share") != "private"
            and row.get("document") not in private
            and row.get("evidence") not in passages
        ]
        for name, rows in tables.items()
    }


def _settings(
    kept: Rows, waves: Mapping[str, str], later: Mapping[str, str], *, practices: bool
) -> dict[str, Any]:
    """Settings of the case; a question's window that ends with a later wave ends with the date of it."""
    says: dict[str, Any] = {"format": 1}
    says |= json.loads(kept[-1]["says"]["json"]) if kept else {}
    for question in says.get("analysis", ()):
        if "window" in question:
            question["window"] = [later.get(edge, edge) for edge in question["window"]]
    says.setdefault("id", "network")
    says.setdefault("title", "A network")
    says.setdefault("licence", "not stated")
    return {**(with_question(says) if practices else says), "waves": dict(waves)}


def _units(actors: Mapping[str, Rows]) -> Rows:
    rows = sorted(
        [*actors["Member"], *actors["Organisation"]], key=lambda row: (row["position"], row["code"])
    )
    return [cells_of("units", row) for row in rows]


def _maintained(table: str, change: int | None) -> Rows:
    from diffuscope.register import models

    rows = rows_as_of(getattr(models, TABLES[table].model), change)
    if table == "words":
        rows = [row for row in rows if not row["language"] and not row["sender_id"]]
    cells = [cells_of(table, row) for row in rows]
    if table == "indicators":
        codes = dict(models.Indicator.objects.values_list("id", "code"))
        for row, one in zip(rows, cells, strict=True):
            one["indicator"] = codes[row["indicator_id"]]
    return cells


def current(observations: Rows) -> Rows:
    """Of several versions of an observation the last, unless it withdraws it."""
    last: dict[tuple[int, int, int], dict[str, Any]] = {}
    for row in observations:
        key = (row["wave_id"], row["project_id"], row["city_id"])
        if key not in last or last[key]["version"] < row["version"]:
            last[key] = row
    return [row for row in last.values() if not row["withdrawn"]]


def _projects(waves: Rows, codes: Mapping[int, str], change: int | None) -> Rows:
    from diffuscope.register import models

    order = {row["id"]: at for at, row in enumerate(waves)}
    names = {row["id"]: row["code"] for row in waves}
    projects = {row["id"]: row for row in rows_as_of(models.Project, change)}
    observed = [row for row in current(rows_as_of(models.Observation, change)) if row["wave_id"] in order]
    earlier: dict[tuple[int, int], list[str]] = defaultdict(list)
    for link in rows_as_of(models.Succession, change):
        earlier[link["later_id"], link["wave_id"]].append(projects[link["earlier_id"]]["code"])
    cells = []
    for row in sorted(_of_lead(observed, projects), key=lambda row: _place(row, order, projects)):
        project = projects[row["project_id"]]
        own = cells_of("projects", row)
        own["wave"] = names[row["wave_id"]]
        own["project"] = None if project["unlinked"] else project["code"]
        own["unit"] = ";".join([codes[row["city_id"]], *filter(None, row["further"].split(";"))])
        own["succeeds"] = ";".join(earlier.get((project["id"], row["wave_id"]), ())) or None
        cells.append(own)
    return cells


def _place(row: Mapping[str, Any], order: Mapping[int, int], projects: Mapping[int, Any]) -> tuple[Any, ...]:
    """Rows of a case keep their order; others follow by project."""
    return (
        order[row["wave_id"]],
        row["position"] or 10**9,
        projects[row["project_id"]]["code"],
        row["city_id"],
    )


def _of_lead(observed: Rows, projects: Mapping[int, Any]) -> Rows:
    """Of several cities' rows of a joint project that of the city which leads it."""
    by_project: dict[tuple[int, int], Rows] = defaultdict(list)
    for row in observed:
        by_project[row["wave_id"], row["project_id"]].append(row)
    return [
        min(rows, key=lambda row: (row["city_id"] != projects[row["project_id"]]["lead_id"], row["id"]))
        for rows in by_project.values()
    ]


def _returns(waves: Rows, codes: Mapping[int, str], change: int | None) -> Rows:
    from diffuscope.register import models

    order = {row["id"]: at for at, row in enumerate(waves)}
    names = {row["id"]: row["code"] for row in waves}
    rows = [row for row in rows_as_of(models.ExpectedReturn, change) if row["wave_id"] in order]
    rows.sort(key=lambda row: (order[row["wave_id"]], row["position"] or 10**9, codes[row["member_id"]]))
    return [
        {
            "wave": names[row["wave_id"]],
            "unit": codes[row["member_id"]],
            "state": exported_state(row["state"]),
            "received": row["received"] or None,
            "source": row["source"] or "register",
            "note": row["note"] or None,
        }
        for row in rows
    ]


def exported_state(state: str) -> str:
    """What a case calls the state of a return; one that never came is silence, not a zero.

    >>> exported_state("accepted"), exported_state("expected"), exported_state("nil")
    ('received', 'silent', 'nil')
    """
    if state in CAME_IN:
        return "received"
    return "silent" if state == NOT_YET else state


def _csv(table: str, rows: Rows) -> bytes:
    """Rows as CSV: needed columns, and others that hold something."""
    columns = [
        column.name
        for column in CATALOGUE[table].columns
        if column.required or any(row.get(column.name) is not None for row in rows)
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    return out.getvalue().encode()


def _with_decimals(table: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    """Cells with numbers as they were: PostgreSQL gives 1e16 back as a whole number."""
    kinds = {column.name: column.kind for column in CATALOGUE[table].columns}
    return {
        name: float(value) if kinds.get(name) in DECIMAL and isinstance(value, int) else value
        for name, value in cells.items()
    }


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(value)
    return repr(value) if isinstance(value, float) else str(value)
