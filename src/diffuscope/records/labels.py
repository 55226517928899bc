"""Labels of the editions of a network's report, which a case may put into the network's own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diffuscope.records.phrases import upper_first

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = (
    "Summary",
    "In short",
    "All reports",
    "Focus areas",
    "Areas and sub-areas",
    "Countries and cities",
    "Changes since the last report",
    "Partners",
    "Meetings",
    "Who reported",
    "Ongoing and planned projects",
    "Completed projects",
    "Other projects",
    "Money",
    "Indicators",
    "Questions",
)
"""Headings of parts."""
HEADS = (
    "Country",
    "City",
    "Area",
    "Sub-area",
    "Sub-areas",
    "Status",
    "Project",
    "Projects",
    "Countries",
    "Cities",
    "All",
    "Share",
    "Report",
    "Date",
    "Partner",
    "Meeting",
    "When",
    "Kind",
    "Where",
    "Present",
    "Returns expected",
    "Returns received",
    "Nothing to report",
    "Response rate",
    "Carried forward",
    "No return",
    "hosted by",
    "no area named",
    "no sub-area named",
    "carried forward",
    "joint",
    "judged",
    "not recorded",
    "Public edition",
    "Working edition",
    "Row",
    "Id",
    "Status basis",
    "Link basis",
    "Source",
    "Note",
    "What weakens the counts",
    "Returns that are not fresh",
    "Read as",
    "Warnings",
    "Links to confirm",
    "Printed figures that differ",
)
"""Heads of columns and words in cells."""
CHANGES = {
    "entered": "New",
    "left": "No longer listed",
    "succeeds": "Goes on from another project",
    "succeeded": "Went on in another project",
    "moved on": "Moved on",
    "moved back": "Moved back",
    "put on hold": "Put on hold",
    "resumed": "Resumed",
    "cancelled": "Cancelled",
    "reinstated": "Taken up again",
    "stayed": "Unchanged",
    "unknown": "Not known",
}
"""What became of a project, by the name the register has for it."""
NOTES = {
    "shares": "A share of a country or a city is of all projects; of an area, of the city’s projects; "
    "of a status, of the projects of its own line.",
    "joint": "A project of several cities counts once in the total, and in each of its cities and countries.",
    "areas": "A share of an area is of all projects; of a status, of the projects of its own line.",
    "sub-areas": "A share of an area or sub-area is of all projects; of a status, of the projects of its own "
    "line.",
    "no return": "No return: nothing was received; there may still be projects.",
    "carried": "Carried forward: the return is that of an earlier report.",
    "judged": "Statuses that are judged from the sources rather than reported:",
    "unknown": "Not known: a status or a return is missing.",
}
"""Notes below tables."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Months, in dates such as 8 July 2018."""
LABELS = (*PARTS, *HEADS, *CHANGES.values(), *MONTHS, *NOTES.values())
"""All that `[words.label]` can put into other words; statuses and areas have words of their own columns."""
_PAIRS = (
    ("Project", "Projects"),
    ("Country", "Countries"),
    ("City", "Cities"),
    ("Sub-area", "Sub-areas"),
    ("Partner", "Partners"),
    ("Meeting", "Meetings"),
    ("Carried forward", "carried forward"),
    ("Area", "Focus areas"),
)
ALIKE = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
"""Labels that many languages have one word for: of two, the word of the one stands for the other, too."""
LABEL = "label"
"""In place of a column: what an edition prints."""

_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")

Words = dict[str, dict[str, str]]
"""What people write, and what it stands for, by column."""


class Labels:
    """What an edition prints for a label, a status or an area.

    Parameters
    ----------
    words : mapping
        By column, what is written and what it means; of several words for one thing the first is printed.

    Examples
    --------
    >>> statuses = {"On-going": "ongoing", "Under way": "ongoing"}
    >>> own = Labels({"status": statuses, "label": {"Negara": "Country"}})
    >>> own("Countries")
    'Negara'
    >>> Labels({"label": {"Juli": "July"}}).date("8 July 2018")
    '8 Juli 2018'
    >>> own.status("ongoing"), own.status("on hold"), own("Country"), own("City")
    ('On-going', 'On hold', 'Negara', 'City')
    """

    def __init__(self, words: Mapping[str, Mapping[str, str]]) -> None:
        self._printed: dict[tuple[str, str], str] = {}
        for column, own in words.items():
            for written, means in own.items():
                self._printed.setdefault((column, means), written)

    def __call__(self, label: str, kind: str | None = None) -> str:
        """One of the labels of an edition; without words of its own, as the case calls it."""
        for one in (label, ALIKE.get(label)):
            if one and (LABEL, one) in self._printed:
                return self._printed[LABEL, one]
        return kind or label

    def date(self, text: str) -> str:
        """A date such as 8 July 2018, with the network's name for the month."""
        return _MONTH.sub(lambda month: self(month[0]), text)

    def status(self, status: str) -> str:
        """A status."""
        return self._printed.get(("status", status), upper_first(status))

    def area(self, area: str) -> str:
        """An area."""
        return self._printed.get(("area", area), area)

    def sub_area(self, name: str) -> str:
        """A sub-area."""
        return self._printed.get(("sub_area", name), name)
