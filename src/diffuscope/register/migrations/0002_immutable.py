"""Triggers of the database that refuse to change or delete what must stay as it came in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import migrations

if TYPE_CHECKING:
    from collections.abc import Sequence

IMMUTABLE = ("register_return", "register_observation", "register_change")


def refuse(apps: Any, schema_editor: Any) -> None:
    """Make the triggers."""
    for statement in _statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def _statements(vendor: str) -> Sequence[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, '{table} is history: a correction is another version'); END"
            for table in IMMUTABLE
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION register_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is history: a correction is another version', TG_TABLE_NAME; END $$",
        *(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION register_refuse()"
            for table in IMMUTABLE
            for verb in ("UPDATE", "DELETE", "TRUNCATE")
        ),
    ]


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away, for the tables of an older version."""
    on = "" if schema_editor.connection.vendor == "sqlite" else " ON {table}"
    for table in IMMUTABLE:
        for verb in ("UPDATE", "DELETE", *(("TRUNCATE",) if on else ())):
            statement = f"DROP TRIGGER {table}_no_{verb}{on.format(table=table)}"
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Triggers on what is immutable."""

    dependencies = [("register", "0001_tables")]
    operations = [migrations.RunPython(refuse, allow, elidable=False)]
