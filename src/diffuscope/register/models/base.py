"""What tables of the register share."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models

from diffuscope.register.search import search_key


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class AnyOf(models.Lookup):
    """`column__any_of=values`: as `column__in`, with any number of values in one parameter.

    `IN` takes a parameter for each value, and SQLite 32,766 of them in a statement; a network may have more
    projects. A subquery or a few values that are written out may stand in `IN`.
    """

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        """The values, each once; what leads to a row is its number."""
        return list(dict.fromkeys(getattr(one, "pk", one) for one in self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The values as one text of JSON, which SQLite takes apart."""
        if not self.rhs:
            raise EmptyResultSet
        left, params = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The values as one array."""
        if not self.rhs:
            raise EmptyResultSet
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, self.rhs]


def text(*, unique: bool = False) -> models.TextField:
    """A column of text, empty where nothing is known."""
    return models.TextField(blank=True, default="", unique=unique)


def number() -> models.FloatField:
    """A column of numbers, null where nothing is known."""
    return models.FloatField(null=True, blank=True)


def minor() -> models.BigIntegerField:
    """Money as a whole number of its currency's smallest unit, null where nothing is known."""
    return models.BigIntegerField(null=True, blank=True)


class SearchKey(models.TextField):
    """What a search compares of the columns that a model names in `SEARCHED`; made anew with every write."""

    derived = True

    def pre_save(self, model_instance: Any, add: bool) -> str:  # noqa: ARG002 as Django calls it
        """The key of a row that is about to be written."""
        key = "\n".join(search_key(getattr(model_instance, name)) for name in model_instance.SEARCHED)
        setattr(model_instance, self.attname, key)
        return key


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
