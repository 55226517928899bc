"""What a search compares, kept with its row; and indexes of the few rows that hide others."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations, models

from diffuscope.register.models.base import SearchKey
from diffuscope.register.search import search_key

_triggers = import_module("diffuscope.register.migrations.0002_immutable")
SEARCHED = {"observation": ("title",), "member": ("name", "aliases"), "membername": ("name",)}
"""Tables, and the columns that a search compares."""
PIECE = 10_000


def fill(apps: Any, schema_editor: Any) -> None:
    """Make the keys of the rows that are there; whether a row may be seen is asked before its words are.

    So the index of the words of observations is used no more.
    """
    for table, columns in SEARCHED.items():
        rows = apps.get_model("register", table).objects.order_by("pk").values_list("pk", *columns)
        keys = [("\n".join(map(search_key, texts)), pk) for pk, *texts in rows.iterator(PIECE)]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(f"UPDATE register_{table} SET searched = %s WHERE id = %s", keys)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS register_observation_words")
    _triggers.refuse(apps, schema_editor)


class Migration(migrations.Migration):
    """Keys and indexes; SQLite makes a table anew where it gets a column, and triggers go with the old table."""

    dependencies = [("register", "0004_screens")]
    operations = [
        migrations.RunPython(_triggers.allow, _triggers.refuse, elidable=False),
        *(migrations.AddField(table, "searched", SearchKey(blank=True, default="")) for table in SEARCHED),
        migrations.AddIndex(
            "observation",
            models.Index(
                condition=models.Q(version__gt=1),
                fields=["project", "wave", "city", "version"],
                name="later_version",
            ),
        ),
        migrations.AddIndex(
            "erratum",
            models.Index(
                condition=models.Q(edition__isnull=True, retired=False),
                fields=["observation"],
                name="erratum_that_waits",
            ),
        ),
        migrations.RunPython(fill, _triggers.allow, elidable=False),
    ]
