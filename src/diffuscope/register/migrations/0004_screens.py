"""What screens keep: drafts, and what practices, needs and offers say; and an index for finding words."""

from __future__ import annotations

from typing import Any

from django.db import Error, migrations, models, transaction

TEXT = models.TextField(blank=True, default="")
SEARCHED = ("register_practice", "register_observation")


def index_words(apps: Any, schema_editor: Any) -> None:
    """Trigram index of folded words on PostgreSQL, where the server has the extension (pg_trgm).

    SQLite reads the column through; so does a PostgreSQL that does not let this role create the extension.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for table in SEARCHED:
                cursor.execute(
                    f"CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (folded gin_trgm_ops)"
                )
    except Error:  # slower, and no less right
        return


def keep_index(apps: Any, schema_editor: Any) -> None:
    """Nothing: an index harms no older version."""


def _reference(to: str, name: str) -> Any:
    return models.ForeignKey(f"register.{to}", on_delete=models.PROTECT, related_name=name)


class Migration(migrations.Migration):
    """Drafts, practices, needs, offers."""

    dependencies = [("register", "0003_learning")]
    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.IntegerField(default=0)),
                ("retired", models.BooleanField(default=False)),
                ("key", TEXT),
                ("cells", models.JSONField(default=dict)),
                ("member", _reference("member", "drafts")),
                ("person", _reference("person", "drafts")),
                ("wave", _reference("wave", "drafts")),
            ],
            options={"ordering": ("position", "id"), "abstract": False},
        ),
        *(
            migrations.AddField("practice", name, TEXT)
            for name in ("results", "cost", "conditions", "contact", "documents", "folded", "comment")
        ),
        migrations.AddField("practice", "reviewed", models.DateField(null=True)),
        migrations.AddField("need", "about", TEXT),
        migrations.AddField("need", "state", models.CharField(max_length=20, default="open")),
        migrations.AddField("offer", "about", TEXT),
        migrations.AddField("offer", "outcome", TEXT),
        migrations.RunPython(index_words, keep_index, elidable=False),
    ]
