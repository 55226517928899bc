"""Backups that belong to no database: every row and file in one zip, which restores into either database."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.errors import CaseError, PlanError
from diffuscope.register.accounts import kept_accounts, restore_accounts
from diffuscope.register.database import analyze, migrate, one_moment, opened, require_extra, writing
from diffuscope.register.place import KEY, new_place, write_private
from diffuscope.register.rights import require
from diffuscope.register.write import act_of, restore_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.register.place import Place

FORMAT = 1
ORDER = (
    *("Person", "Member", "Organisation", "MemberName", "Role", "Invitation", "Word", "Area", "ColumnMap"),
    *(
        "Wave",
        "Project",
        "Partnership",
        "Succession",
        "ExpectedReturn",
        "Form",
        "Return",
        "Observation",
        "Query",
    ),
    *("Document", "Indicator", "IndicatorValue", "Support", "Event", "Attendance", "Practice", "TakeUp"),
    *("Exchange", "Need", "Offer", "Published", "Claim", "KeptRow", "KeptSettings", "Change", "Edition"),
    *("Erratum", "Job", "Draft"),
)
"""Every model, each after those that it refers to."""
FILES = ("received", "editions")
ACCOUNTS = "accounts"
ACCOUNTS_FOR = 90
"""Days after which accounts of a backup let nobody in any more: its people get new links."""


def backup(folder: str | Path, out: str | Path, *, person: str, keep: int | None = None) -> Path:
    """Write a backup: all rows as they are at one moment, accounts and all files, for its owner alone.

    Parameters
    ----------
    folder : str or Path
        The register.
    out : str or Path
        A `.zip` that does not exist yet. It holds personal data, hashes of passwords and the keys of second
        factors; keep it as long as you may, and no longer.
    person : str
        Of the secretariat.
    keep : int, optional
        Delete backups of this register in the same folder that are older than so many days.

    Returns
    -------
    Path
        The file.
    """
    out = Path(out)
    if out.exists():
        raise PlanError(f"`{out}` exists already; give another name.")
    if not out.absolute().parent.is_dir():
        raise PlanError(f"The folder `{out.absolute().parent}` does not exist; make it first.")
    with opened(folder) as place:
        require(act_of(person), "write")
        with one_moment():
            tables = {name: _lines(name) for name in ORDER}
            tables[ACCOUNTS] = kept_accounts()
        write_private(out.absolute(), _packed(place, tables))
        if keep is not None:
            _delete_older(place, out.absolute(), keep)
    return out


def restore(backup: str | Path, folder: str | Path) -> Path:
    """Restore a backup into a new folder and an empty database: SQLite, or PostgreSQL by `DATABASE_URL`.

    Parameters
    ----------
    backup : str or Path
    folder : str or Path
        One that does not exist yet, or is empty.

    Returns
    -------
    Path
        The folder. People sign in as before, unless the backup is older than 90 days: then each needs a new
        link. Sessions are in no backup.

    Raises
    ------
    CaseError
        If the file is no backup, is damaged, or the database is not empty.
    """
    from diffuscope.register.check import faults

    files = _unpacked(Path(backup))
    says = json.loads(files["manifest.json"])
    require_extra()
    with new_place(folder, network=says["network"], zone=says["zone"]) as place:
        write_private(place.folder / KEY, files[KEY])
        for name, data in files.items():
            if name.startswith(tuple(f"{one}/" for one in FILES)):
                write_private(place.folder / name, data)
        with opened(place, migrated=False):
            migrate()
            with writing():
                for name in ORDER:
                    _restore(name, files[f"tables/{name}.jsonl"])
                if _age(says) <= ACCOUNTS_FOR:
                    restore_accounts(files.get(f"tables/{ACCOUNTS}.jsonl", b""))
                _count_on()
                if found := faults(place):
                    raise CaseError(f"The backup has a fault and was not restored: {found[0]}")
            analyze()
    return place.folder


def _age(says: dict[str, Any]) -> float:
    """Days since a backup was made."""
    return (datetime.now(UTC) - datetime.fromisoformat(says["made"])).total_seconds() / 86_400


def _delete_older(place: Place, out: Path, days: int) -> None:
    """Delete backups of this register, and of no other, that are older than so many days."""
    own = hashlib.sha256((place.folder / KEY).read_bytes()).hexdigest()
    for file in sorted(out.parent.glob("*.zip")):
        says = _manifest(file)
        if file != out and says.get("sha256", {}).get(KEY) == own and _age(says) > days:
            file.unlink()


def _manifest(file: Path) -> dict[str, Any]:
    """What a backup says of itself; nothing where a file is none."""
    try:
        with zipfile.ZipFile(file) as packed:
            says = json.loads(packed.read("manifest.json"))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        return {}
    return says if isinstance(says, dict) and says.get("format") == FORMAT else {}


def _lines(name: str) -> bytes:
    """The rows of a model, one JSON object a line, by their ids: the same text on each database."""
    from django.core.serializers.json import DjangoJSONEncoder

    from diffuscope.register import models

    rows = getattr(models, name).objects.order_by("pk").values()
    encoder = _exact(DjangoJSONEncoder)
    lines = (json.dumps(row, cls=encoder, ensure_ascii=False, sort_keys=True) for row in rows.iterator())
    return "".join(f"{line}\n" for line in lines).encode()


def _exact(encoder: Any) -> Any:
    """Django's JSON of dates, with microseconds instead of milliseconds."""

    def default(self: Any, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else encoder.default(self, value)

    return type("Exact", (encoder,), {"default": default})


def _packed(place: Place, tables: dict[str, bytes]) -> bytes:
    contents = {f"tables/{name}.jsonl": data for name, data in tables.items()}
    contents[KEY] = (place.folder / KEY).read_bytes()
    for name in FILES:
        for file in sorted((place.folder / name).iterdir()):
            if file.is_file() and not file.name.startswith("."):
                contents[file.relative_to(place.folder).as_posix()] = file.read_bytes()
    manifest = {
        "format": FORMAT,
        "network": place.network,
        "zone": place.zone,
        "made": datetime.now(UTC).isoformat(),
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    }
    contents["manifest.json"] = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in contents.items():
            packed.writestr(name, data)
    return out.getvalue()


def _unpacked(file: Path) -> dict[str, bytes]:
    """The files of a backup, each with the hash that its list names."""
    try:
        with zipfile.ZipFile(file) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        hashes: dict[str, str] = json.loads(files["manifest.json"])["sha256"]
        if json.loads(files["manifest.json"])["format"] != FORMAT:
            raise CaseError(f"`{file}` is a backup of a newer version of diffuscope.")
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise CaseError(f"`{file}` is no backup of a register, or is damaged: {error}.") from None
    for name, digest in hashes.items():
        if hashlib.sha256(files.get(name, b"")).hexdigest() != digest or ".." in Path(name).parts:
            raise CaseError(f"`{file}` is damaged: `{name}` is not what was backed up.")
    return {name: data for name, data in files.items() if name in hashes or name == "manifest.json"}


def _restore(name: str, data: bytes) -> None:
    from diffuscope.register import models

    model = getattr(models, name)
    restore_rows(model, _rows(model, data))


def _rows(model: Any, data: bytes) -> Iterator[Any]:
    fields = {one.attname: one for one in model._meta.concrete_fields}
    for line in data.decode().splitlines():
        values = json.loads(line)
        yield model(
            **{
                name: fields[name].to_python(value) if not fields[name].is_relation else value
                for name, value in values.items()
            }
        )


def _count_on() -> None:
    """New rows are numbered after those that were restored; PostgreSQL counts by sequences of its own."""
    from django.core.management.color import no_style
    from django.db import connection

    from diffuscope.register import models

    every = [getattr(models, name) for name in ORDER]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), every):
            cursor.execute(statement)
