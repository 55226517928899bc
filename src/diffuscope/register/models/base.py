"""What tables of the register share."""

from __future__ import annotations

from django.db import models


def text(*, unique: bool = False) -> models.TextField:
    """A column of text, empty where nothing is known."""
    return models.TextField(blank=True, default="", unique=unique)


def number() -> models.FloatField:
    """A column of numbers, null where nothing is known."""
    return models.FloatField(null=True, blank=True)


def minor() -> models.BigIntegerField:
    """Money as a whole number of its currency's smallest unit, null where nothing is known."""
    return models.BigIntegerField(null=True, blank=True)


class Row(models.Model):
    """A row of the register; `position` is its place in the table of a case, and no row is ever deleted."""

    position = models.IntegerField(default=0)
    retired = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ("position", "id")


class CaseRow(Row):
    """A row that a case has as well, with its source."""

    source = text()
    note = text()

    class Meta(Row.Meta):
        abstract = True
