"""The one place that writes into the database: every row with its change record, in one transaction.

Nothing else of the register saves, updates or deletes; a test holds it to that. Rows are never deleted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from diffuscope.errors import CaseError, PlanError
from diffuscope.register.messages import Message, Term, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CHANNELS = ("form", "take-in", "bulk", "command", "import", "demo", "restore")
LOCKED = ("published", "imported")
"""States of a wave in which nothing but an erratum changes what it says."""
PERSONAL = {"Person": ("code", "name", "email"), "Draft": ("cells",)}
"""What is a person's own: change records, which nobody can change, hold a keyed hash and never the text."""
PIECE = 500
"""Rows written at once; SQLite takes 32,766 values in one statement."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something that a person does: all its changes bear one number.

    Attributes
    ----------
    person : Person
    channel : str
        By which way it came: one of `CHANNELS`.
    why : str
    id : str
    at : datetime
        In UTC.
    erratum : bool
        Whether it corrects a wave that is published.
    """

    person: Any
    channel: str
    why: str
    id: str
    at: datetime
    erratum: bool = False

    def because(self, why: str, *, erratum: bool = False) -> Act:
        """The same act with a reason of its own."""
        return replace(self, why=why, erratum=erratum)


def act_of(person: str, *, channel: str = "command", why: str = "") -> Act:
    """What a person begins to do.

    Parameters
    ----------
    person : str
        Code of the person.
    channel : {"form", "take-in", "bulk", "command", "import", "demo"}
    why : str

    Raises
    ------
    PlanError
        If the register knows no such person.
    """
    from diffuscope.register.models import Person
    from diffuscope.tables.suggest import nearest

    found = Person.objects.filter(code=person, retired=False).first()
    if found is None:
        known = list(Person.objects.filter(retired=False).values_list("code", flat=True))
        meant = nearest(person, known)
        hint = f" Did you mean `{meant}`?" if meant else ""
        raise PlanError(f"The register knows no person `{person}`.{hint} `--as` names who acts.")
    return Act(person=found, channel=channel, why=why, id=uuid4().hex, at=datetime.now(UTC))


def first_person(code: str, name: str) -> Act:
    """The person who founds the register, as somebody must act when the first row is written."""
    from diffuscope.register.models import Person

    if Person.objects.exists():
        raise PlanError("The register has people already.")
    person = Person.objects.create(code=code, name=name)
    act = Act(
        person=person, channel="command", why="founded the register", id=uuid4().hex, at=datetime.now(UTC)
    )
    _record(act, [(person, "", None, digest(recorded_values(person)))])
    return act


def add(act: Act, rows: Sequence[Any]) -> None:
    """Add rows of one kind, each with its change record.

    Parameters
    ----------
    act : Act
    rows : sequence of Model
        New ones; they have their ids afterwards.

    Raises
    ------
    CaseError
        If a row belongs to a wave that is published, and the act is no erratum.
    """
    if not rows:
        return
    _in_transaction()
    _refuse_locked(act, rows)
    model = type(rows[0])
    model.objects.bulk_create(rows, batch_size=PIECE)
    _record(act, [(row, "", None, digest(recorded_values(row))) for row in rows])


def change(act: Act, row: Any, values: Mapping[str, object]) -> bool:
    """Change fields of one row, each with its change record; say whether anything changed.

    Parameters
    ----------
    act : Act
    row : Model
        As it was read; it holds the new values afterwards.
    values : mapping of str to value

    Raises
    ------
    CaseError
        If somebody else changed one of the fields since the row was read.
    """
    _in_transaction()
    now = type(row).objects.select_for_update().get(pk=row.pk)
    changed = []
    for field, value in values.items():
        name = type(row)._meta.get_field(field).attname
        new = getattr(value, "pk", value) if name != field else value
        old, read = getattr(now, name), getattr(row, name)
        if old == new:
            setattr(row, name, new)
            continue
        if old != read:
            said: dict[str, Value] = {"field": field, "entity": type(row).__name__.lower(), "row": str(row)}
            raise CaseError(Message("changed-meanwhile", said))
        setattr(row, name, new)
        changed.append((row, name, old, new))
    if changed:
        made = [one.attname for one in row._meta.concrete_fields if is_derived(one)]
        row.save(update_fields=[*(name for _, name, _, _ in changed), *made])
        _record(act, changed)
    return bool(changed)


def erase(act: Act, person: Any, values: Mapping[str, str]) -> None:
    """Take a person's own data out of the row; change records never had more of it than a keyed hash."""
    _in_transaction()
    old = {name: getattr(person, name) for name in values}
    for name, value in values.items():
        setattr(person, name, value)
    person.erased, person.retired = act.at.date(), True
    person.save(update_fields=[*values, "erased", "retired"])
    _record(act, [(person, name, old[name], values[name]) for name in values])
    _record(act, [(person, "erased", None, person.erased), (person, "retired", False, True)])


def restore_rows(model: Any, rows: Iterable[Any]) -> int:
    """Rows of a backup with their ids, into an empty table; their changes are in the backup itself."""
    _in_transaction()
    if model.objects.exists():
        raise CaseError("The database is not empty; a backup is restored into an empty one.")
    count, piece = 0, []
    for row in rows:
        piece.append(row)
        if len(piece) == PIECE:
            count += len(model.objects.bulk_create(piece))
            piece = []
    return count + len(model.objects.bulk_create(piece))


def next_version(rows: Any) -> int:
    """The version after the last of some returns or observations."""
    from django.db.models import Max

    return int(rows.aggregate(last=Max("version"))["last"] or 0) + 1


def lock(row: Any) -> Any:
    """The row as it is now; on PostgreSQL nobody else changes it before the transaction ends."""
    _in_transaction()
    return type(row).objects.select_for_update().get(pk=row.pk)


def take_turn(member: Any) -> None:
    """Wait for whoever writes into the returns of a member, until the end of the transaction.

    What a return holds is read, compared and written as the next version; two at once would read the same
    and write the same version. On SQLite every transaction that writes is alone. PostgreSQL lets readers, and
    rows that name the member, go on (`FOR NO KEY UPDATE`).
    """
    _in_transaction()
    type(member).objects.select_for_update(no_key=True).get(pk=member.pk)


def values_of(row: Any) -> dict[str, Any]:
    """What a row says, by attribute, but for its id; columns of later versions only if filled."""
    later = getattr(row, "ADDED_LATER", ())
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
        and not is_derived(field)
        and (field.attname not in later or getattr(row, field.attname))
    }


def recorded(entity: str, field: str, value: object) -> object:
    """A value as a change record keeps it: of what is a person's own, a hash that needs the register's key.

    Without the key a name could be found by trying names.
    """
    from diffuscope.register.database import the_open

    plain = as_json(value)
    if field not in PERSONAL.get(entity, ()) or plain is None:
        return plain
    text = plain if isinstance(plain, str) else json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return f"hmac-sha256:{hmac.new(the_open().key.encode(), text.encode(), 'sha256').hexdigest()}"


def recorded_values(row: Any) -> dict[str, Any]:
    """What a row says, by attribute, as change records keep it."""
    entity = type(row).__name__
    return {name: recorded(entity, name, value) for name, value in values_of(row).items()}


def is_derived(field: Any) -> bool:
    """Whether a column says nothing of its own: it is made from others whenever the row is written."""
    return bool(getattr(field, "derived", False))


def digest(values: Mapping[str, Any]) -> str:
    """A short hash of what a row says, by which a change without a record is found."""
    text = json.dumps(
        {name: as_json(value) for name, value in values.items()}, sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def as_json(value: object) -> object:
    """A value as a change record keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _record(act: Act, changed: Iterable[tuple[Any, str, object, object]]) -> None:
    from diffuscope.register.models import Change

    records = [
        Change(
            at=act.at,
            person=act.person,
            channel=act.channel,
            act=act.id,
            entity=type(row).__name__,
            row=row.pk,
            field=field,
            old=recorded(type(row).__name__, field, old),
            new=recorded(type(row).__name__, field, new),
            why=act.why,
        )
        for row, field, old, new in changed
    ]
    Change.objects.bulk_create(records, batch_size=PIECE)


def _refuse_locked(act: Act, rows: Sequence[Any]) -> None:
    """What a published wave says changes by an erratum alone."""
    if act.erratum or type(rows[0]).__name__ not in ("Return", "Observation") or act.channel == "import":
        return
    waves = defaultdict(list)
    for row in rows:
        waves[row.wave_id].append(row)
    from diffuscope.register.models import Wave

    locked = Wave.objects.filter(pk__any_of=list(waves), state__in=LOCKED).first()
    if locked is not None:
        said: dict[str, Value] = {"wave": locked.code, "state": Term("word", locked.state)}
        raise CaseError(Message("wave-locked", said))


def _in_transaction() -> None:
    from django.db import connection

    if not connection.in_atomic_block:
        raise RuntimeError("rows are written in a transaction, with the change records that belong to them")
