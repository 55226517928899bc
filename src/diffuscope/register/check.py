"""Faults of a register: rows, history, files and editions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from diffuscope.register.database import one_moment, opened
from diffuscope.register.rights import require
from diffuscope.register.write import act_of

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.register.place import Place

IMMUTABLE = ("register_return", "register_observation", "register_change")
SHOWN = 20


def check_register(folder: str | Path, *, person: str | None = None) -> list[str]:
    """Every fault of a register; nothing is repaired.

    Parameters
    ----------
    folder : str or Path
    person : str, optional
        Who asks, of those who see everything. By default whoever has the folder.

    Returns
    -------
    list of str
        One sentence for each fault; empty where there is none.
    """
    with opened(folder) as place, one_moment():
        if person is not None:
            require(act_of(person), "see everything")
        return faults(place)


def faults(place: Place) -> list[str]:
    """The same of an open register."""
    found = [*_database(), *_triggers(), *_history(), *_versions(), *_received(place), *_editions(place)]
    return found[:SHOWN] + ([f"{len(found) - SHOWN} more."] if len(found) > SHOWN else [])


def _database() -> list[str]:
    """What the database says of itself, and links that lead nowhere."""
    from django.db import IntegrityError, connection

    found = []
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            found += [f"The database is damaged: {row[0]}." for row in cursor.fetchall() if row[0] != "ok"]
    try:
        connection.check_constraints()
    except IntegrityError as error:
        found.append(f"A row leads nowhere: {error}.")
    return found


def _triggers() -> list[str]:
    """Whether the database still refuses to change what is immutable."""
    from django.db import connection

    asks = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(asks)
        there = {row[0].lower() for row in cursor.fetchall()}
    needed = {f"{table}_no_{verb}" for table in IMMUTABLE for verb in ("update", "delete")}
    return [f"The trigger `{name}` is missing: history could be changed." for name in sorted(needed - there)]


def _history() -> list[str]:
    """Whether every row was added by somebody, and still says what its last change left."""
    from diffuscope.register import models

    return [fault for name in models.__all__ if name != "Change" for fault in _history_of(name)]


def _history_of(name: str) -> list[str]:
    from diffuscope.register import models
    from diffuscope.register.write import as_json, digest, recorded, recorded_values, values_of

    model = getattr(models, name)
    added: dict[int, str] = {}
    first: dict[int, dict[str, Any]] = defaultdict(dict)
    last: dict[int, dict[str, Any]] = defaultdict(dict)
    changes = models.Change.objects.filter(entity=name).order_by("id")
    for row, field, old, new in changes.values_list("row", "field", "old", "new").iterator():
        if field:
            first[row].setdefault(field, old)
            last[row][field] = new
        else:
            added[row] = new
    found = []
    there = set()
    for one in model.objects.iterator():
        there.add(one.pk)
        changed = last.get(one.pk, {})
        wrong = [
            field
            for field, new in changed.items()  # registers of before kept what is a person's own in plain text
            if new not in (recorded(name, field, held := getattr(one, field)), as_json(held))
        ]
        found += [f"{name} {one.pk}: `{field}` was changed without a record." for field in wrong]
        said = [{**values, **first.get(one.pk, {})} for values in (recorded_values(one), values_of(one))]
        if not wrong and one.pk in added and added[one.pk] not in map(digest, said):
            found.append(f"{name} {one.pk} was changed without a record.")
    found += [f"{name} {row} has no change record that adds it." for row in sorted(there - set(added))]
    return found + [f"{name} {row} was deleted." for row in sorted(set(added) - there)]


def _versions() -> list[str]:
    """Whether versions of observations and returns follow each other without a gap."""
    from django.db.models import Count, Max

    from diffuscope.register.models import Observation, Return

    found = []
    for model, keys in ((Observation, ("project", "wave", "city")), (Return, ("wave", "member"))):
        groups = model.objects.order_by().values(*keys).annotate(count=Count("id"), last=Max("version"))
        found += [
            f"{model.__name__}: a version is missing of {one}."
            for one in groups
            if one["count"] != one["last"]
        ]
    return found


def _received(place: Place) -> list[str]:
    """Whether every file that a return names lies there, unchanged."""
    from diffuscope.register.models import Return

    found = []
    for digest in Return.objects.exclude(sha256="").values_list("sha256", flat=True).distinct():
        file = place.received / digest
        if not file.is_file():
            found.append(f"The received file {digest} is missing.")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            found.append(f"The received file {digest} was changed.")
    return found


def _editions(place: Place) -> list[str]:
    """Whether every published edition lies there, and its rows still give its fingerprint."""
    from diffuscope.register.export import case_files, fingerprint_of
    from diffuscope.register.models import Edition

    found = []
    for one in Edition.objects.filter(state="published").select_related("wave"):
        name = f"Edition {one.number} of {one.wave.code}"
        file = place.editions / one.file
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != one.file_sha256:
            found.append(f"{name}: `{one.file}` is missing or was changed.")
        if fingerprint_of(case_files(one.wave, one.last_change, public=True)) != one.fingerprint:
            found.append(f"{name}: its rows do not give its fingerprint any more.")
    return found
