"""What a project does, and days of practices and exchanges as a case writes them: a year, a month or a day."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations, models

_triggers = import_module("diffuscope.register.migrations.0002_immutable")
DAY = models.TextField(blank=True, default="")


class Migration(migrations.Migration):
    """Columns; SQLite makes a table anew where it gets one, and triggers go with the old table."""

    dependencies = [("register", "0002_immutable")]
    operations = [
        migrations.RunPython(_triggers.allow, _triggers.refuse, elidable=False),
        migrations.AddField("observation", "description", models.TextField(blank=True, default="")),
        migrations.RemoveField("practice", "released"),
        migrations.AddField("practice", "released", DAY),
        migrations.RemoveField("exchange", "requested"),
        migrations.AddField("exchange", "requested", DAY),
        migrations.RemoveField("exchange", "held"),
        migrations.AddField("exchange", "held", DAY),
        migrations.RunPython(_triggers.refuse, _triggers.allow, elidable=False),
    ]
