"""Reporting: waves, what was expected, what came in, and what each return says of each project."""

from __future__ import annotations

from django.db import models

from diffuscope.register.models.base import Row, SearchKey, minor, number, text
from diffuscope.register.models.network import Member, Person


class Wave(Row):
    """A reporting wave: the day it is about, and how far it has come."""

    STATES = ("draft", "open", "closed", "cleared", "published", "imported")

    code = models.CharField(max_length=100, unique=True)
    reference = text()
    opens = models.DateTimeField(null=True)
    due = models.DateField(null=True)
    closed = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, default="draft")

    def __str__(self) -> str:
        return str(self.code)


class Project(Row):
    """A project; its code is issued by the register, or taken over from a case, and never typed."""

    code = models.CharField(max_length=200, unique=True)
    lead = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="leads")
    further = models.ManyToManyField(Member, through="Partnership", related_name="joint_projects")
    unlinked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.code)


class Partnership(Row):
    """A further city of a joint project, in the order in which they are named."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="partnerships")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="partnerships")


class Succession(Row):
    """A project that continues another, or several that do: renamed, split, merged or replaced."""

    KINDS = ("renamed", "split", "merged", "replaced")

    kind = models.CharField(max_length=20)
    earlier = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="later_links")
    later = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="earlier_links")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="successions")
    basis = text()


class ExpectedReturn(Row):
    """What one member was to send in one wave, and what became of it."""

    STATES = (
        *("expected", "received", "queried", "accepted", "cleared"),
        *("nil", "carried forward", "excused", "silent"),
    )

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="expected")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="expected")
    state = models.CharField(max_length=20, default="expected")
    received = text()
    reminded = models.DateTimeField(null=True)
    source = text()
    note = text()

    class Meta(Row.Meta):
        constraints = [models.UniqueConstraint(fields=["wave", "member"], name="one_expected_return")]


class Form(Row):
    """A workbook that was handed out: for whom, when, and with which observations it was filled."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="forms")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="forms")
    kind = models.CharField(max_length=20, default="form")
    version = models.IntegerField(default=1)
    made = models.DateTimeField()
    keys = models.JSONField(default=dict)


class Return(models.Model):
    """A file, form or command as it was received. Never changed, never deleted."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="returns")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="returns")
    form = models.ForeignKey(Form, null=True, on_delete=models.PROTECT, related_name="returns")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="returns")
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)
    file = text()
    sha256 = models.CharField(max_length=64, blank=True, default="")
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["wave", "member", "version"], name="one_return_of_a_version")
        ]


class Observation(models.Model):
    """One project as one return shows it, in one wave; a correction is another version, never a change."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="observations")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="observations")
    city = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="observations")
    sent = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="observations")
    version = models.IntegerField(default=1)
    withdrawn = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    further = text()
    title = text()
    folded = text()
    description = text()
    language = models.CharField(max_length=12, blank=True, default="")
    area = text()
    sub_area = text()
    status = text()
    status_typed = text()
    budget_minor = minor()
    currency = models.CharField(max_length=3, blank=True, default="")
    start_planned = text()
    start = text()
    end_planned = text()
    end = text()
    percent_complete = number()
    partner = text()
    status_basis = text()
    link_basis = text()
    source = text()
    note = text()
    sheet = text()
    row = models.IntegerField(null=True)
    searched = SearchKey(blank=True, default="")

    ADDED_LATER = ("description",)
    SEARCHED = ("title",)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["project", "wave", "city", "version"], name="one_observation_of_a_version"
            )
        ]
        indexes = [
            models.Index(fields=["wave", "city"]),
            models.Index(fields=["folded"]),
            models.Index(
                fields=["project", "wave", "city", "version"],
                condition=models.Q(version__gt=1),
                name="later_version",
            ),
        ]


class Query(Row):
    """A question to a city or state about one row, or one cell, of what it sent."""

    STATES = ("open", "answered", "settled")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="queries")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="queries")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="queries")
    sent = models.ForeignKey(Return, null=True, on_delete=models.PROTECT, related_name="queries")
    rule = text()
    column = text()
    asks = text()
    value = text()
    state = models.CharField(max_length=20, default="open")
    answer = text()
    row = models.JSONField(default=dict)


class Draft(Row):
    """A form that somebody began and has not sent: of that person alone, and no part of any return."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="drafts")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="drafts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="drafts")
    key = text()
    cells = models.JSONField(default=dict)
