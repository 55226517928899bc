"""History: every change with who, when, old, new and why; editions and errata; jobs."""

from __future__ import annotations

from django.db import models

from diffuscope.register.models.base import Row, text
from diffuscope.register.models.network import Person
from diffuscope.register.models.reporting import Observation, Wave


class Change(models.Model):
    """One field of one row that somebody changed, or a row that somebody added (`field` is empty then)."""

    at = models.DateTimeField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="changes")
    channel = models.CharField(max_length=20)
    act = models.CharField(max_length=32)
    entity = models.CharField(max_length=40)
    row = models.BigIntegerField()
    field = models.CharField(max_length=60, blank=True, default="")
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    why = text()

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["entity", "row"])]


class Edition(Row):
    """One edition of a wave: the change up to which it counts, and the fingerprint of what it holds."""

    STATES = ("proposed", "published", "withdrawn")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="editions")
    number = models.IntegerField()
    state = models.CharField(max_length=20, default="proposed")
    last_change = models.BigIntegerField()
    fingerprint = models.CharField(max_length=64)
    file = text()
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="proposed")
    confirmed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="confirmed")
    letter_sha256 = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(null=True)

    class Meta(Row.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "number"], condition=~models.Q(state="withdrawn"), name="one_edition"
            )
        ]


class Erratum(Row):
    """A correction of a published wave, which its next edition takes up."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="errata")
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="errata")
    why = text()
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="errata")

    class Meta(Row.Meta):
        indexes = [
            models.Index(
                fields=["observation"],
                condition=models.Q(edition__isnull=True, retired=False),
                name="erratum_that_waits",
            )
        ]


class Job(Row):
    """Work that a worker takes: an export, a report, a study."""

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=20, default="waiting")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="jobs")
    asks = models.JSONField(default=dict)
    says = text()
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
