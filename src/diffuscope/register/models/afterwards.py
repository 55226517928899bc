"""What surrounds the projects: indicators, support, meetings, practices, exchanges, documents and figures."""

from __future__ import annotations

from django.db import models

from diffuscope.register.models.base import CaseRow, Row, minor, number, text
from diffuscope.register.models.network import Member, Organisation
from diffuscope.register.models.reporting import Project


class Document(Row):
    """A document that rows cite."""

    document = models.CharField(max_length=200, unique=True)
    author = text()
    year = text()
    title = text()
    path = text()
    url = text()
    licence = text()
    share = text()
    note = text()


class Indicator(Row):
    """What is measured of members, wave by wave."""

    code = models.CharField(max_length=200, unique=True)


class IndicatorValue(CaseRow):
    """An indicator of one actor in one wave: baseline, target and actual value."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="values")
    unit = text()
    wave = text()
    name = text()
    baseline = number()
    target = number()
    actual = number()
    unit_of_measure = text()
    document = text()
    locator = text()


class Support(CaseRow):
    """What a partner gave, or promised, to a member; amounts may be negative, where money went back."""

    partner = text()
    recipient = text()
    kind = text()
    name = text()
    amount_minor = minor()
    currency = models.CharField(max_length=3, blank=True, default="")
    stage = text()
    start = text()
    end = text()
    conditional = text()
    basis = text()
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="support")


class Event(CaseRow):
    """A meeting of the network."""

    event = models.CharField(max_length=200, unique=True)
    name = text()
    start = text()
    end = text()
    kind = text()
    place = text()
    host = text()


class Attendance(CaseRow):
    """Who took part in a meeting, and as what."""

    event = text()
    unit = text()
    role = text()


class Practice(CaseRow):
    """What a city has done that others can learn from."""

    code = models.CharField(max_length=200, unique=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="practices")
    title = text()
    description = text()
    area = text()
    released = text()
    results = text()
    cost = text()
    conditions = text()
    contact = text()
    documents = text()
    folded = text()
    reviewed = models.DateField(null=True)
    comment = text()


class TakeUp(CaseRow):
    """A city that took up a practice, when, and from whom."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="taken_up")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="took_up")
    learned_from = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="taught")
    first_seen = text()


class Exchange(CaseRow):
    """A visit, twinning or programme between two cities: requested, agreed, held, followed up."""

    STATES = ("requested", "agreed", "held", "followed up", "declined")

    asking = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="asked")
    asked = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="was_asked")
    kind = text()
    state = models.CharField(max_length=20, default="requested")
    requested = text()
    held = text()
    about = text()


class Need(CaseRow):
    """What a city needs for an area or a project."""

    STATES = ("open", "met", "withdrawn")

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="needs")
    area = text()
    kind = text()
    amount_minor = minor()
    currency = models.CharField(max_length=3, blank=True, default="")
    about = text()
    state = models.CharField(max_length=20, default="open")


class Offer(CaseRow):
    """What a partner offers, to which need it went, and what came of it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="offers")
    need = models.ForeignKey(Need, null=True, on_delete=models.PROTECT, related_name="offers")
    area = text()
    kind = text()
    amount_minor = minor()
    currency = models.CharField(max_length=3, blank=True, default="")
    about = text()
    outcome = text()


class Published(Row):
    """A figure as a document prints it."""

    document = text()
    locator = text()
    quantity = text()
    unit = text()
    area = text()
    sub_area = text()
    status = text()
    wave = text()
    printed = text()
    value = number()
    decimals = models.IntegerField(null=True)
    known_by = text()
    known_why = text()
    note = text()


class Claim(Row):
    """A checkable statement of a document."""

    code = models.CharField(max_length=200, unique=True)
    document = text()
    locator = text()
    paraphrase = text()
    kind = text()
    unit = text()
    area = text()
    sub_area = text()
    from_wave = text()
    to_wave = text()
    quantity = text()
    value = number()
    known_by = text()
    known_why = text()
    note = text()


class KeptRow(Row):
    """A row of a table that the register keeps for the analysis and does not maintain: ties, evidence …"""

    table = models.CharField(max_length=60)
    cells = models.JSONField(default=dict)


class KeptSettings(Row):
    """The settings of the case that the register exports: its title, licence and questions."""

    says = models.JSONField(default=dict)
