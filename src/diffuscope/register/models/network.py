"""The network: its members, other organisations, people with their roles, and its own words."""

from __future__ import annotations

from django.db import models

from diffuscope.register.models.base import CaseRow, Row, SearchKey, number, text


class Actor(CaseRow):
    """Whoever a case lists among its units."""

    code = models.CharField(max_length=200, unique=True)
    name = text()
    aliases = text()
    kind = text()
    role = text()
    parent = text()
    lat = number()
    lon = number()
    geonames = text()
    entered = text()
    left = text()

    class Meta(CaseRow.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(self.name)


class Member(Actor):
    """A state or a city of the network."""

    state = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="cities")
    language = models.CharField(max_length=12, default="en")
    opted_in = models.DateField(null=True)
    searched = SearchKey(blank=True, default="")

    SEARCHED = ("name", "aliases")


class Organisation(Actor):
    """A partner, a bank, a firm, a secretariat, or a state outside the network."""


class MemberName(Row):
    """What a member is called in one language."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="names")
    language = models.CharField(max_length=12)
    name = text()
    searched = SearchKey(blank=True, default="")

    SEARCHED = ("name",)


class Person(Row):
    """A person who acts in the register."""

    code = models.CharField(max_length=100, unique=True)
    name = text()
    email = text()
    invented = models.BooleanField(default=False)
    erased = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.code)


class Role(Row):
    """What a person is for the network, for which member or organisation, and when."""

    KINDS = ("city", "representative", "secretariat", "chair", "partner")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=20)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="roles")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="roles")
    first_day = models.DateField()
    last_day = models.DateField(null=True)


class Invitation(Row):
    """A link by which a person enters once; only the hash of it is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)


class Word(CaseRow):
    """One of the network's own words and what it means; `language` empty: in every language."""

    column = text()
    written = text()
    means = text()
    language = models.CharField(max_length=12, blank=True, default="")
    sender = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="words")


class Area(CaseRow):
    """An area, or a sub-area, of the network's classification."""

    area = text()
    sub_area = text()


class ColumnMap(Row):
    """Where projects stand in one sender's own workbooks; what its headings mean is among its words."""

    sender = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="maps")
    sheet = text()
    headings = models.IntegerField(null=True)
