"""The order of events as the page and its table tell it: launch, shares, who never adopted, pairs."""

from __future__ import annotations

import factory
import msgspec
import pytest
from test_report_page import read

from diffuscope.report.tables import out_tables

ONE, OTHER = factory.chronologies()
LAUNCHED = msgspec.structs.replace(
    ONE,
    adoptions=12,
    baseline=2,
    launch_days=120,
    launch_count=7,
    launch_share=0.7,
    launch_from="2018-04-28",
    launch_to="2018-07-08",
    share_30_days=0.2,
    share_365_days=0.9,
    events_after_launch=3,
    never=11,
    pairs_ordered=20,
    pairs_same=15,
    pairs_unknown=10,
    pairs_total=45,
    silenced="7 of 10 dated adoptions fall within one launch, and 3 events remain outside it.",
    warnings=("The statistics take no side: 3 events remain outside the launch.",),
    order=tuple(msgspec.structs.replace(spell, launch=at > 1) for at, spell in enumerate(ONE.order)),
)


def told(found, **more) -> str:
    made = msgspec.structs.replace(found, **more)
    return read(factory.result(chronology=(made, OTHER))).text("know").partition("The order of events")[2]


def test_the_launch_is_told_with_its_days_its_share_and_what_lies_outside():
    text = told(LAUNCHED)
    assert "7 of 10 dated adoptions known to lie within 120 days of each other" in text
    assert "between 28 April 2018 and 8 July 2018 (70 %)" in text
    assert "20 % and 90 % of dated adoptions known to lie within 30 days, and within a year" in text
    assert "3 events outside the launch" in text
    assert "11 pairs that could have adopted within the record and did not" in text
    assert "The statistics take no side: 3 events remain outside the launch." in text
    assert text.count("in the launch") == sum(spell.launch for spell in LAUNCHED.order) == 2


def test_pairs_dated_alike_are_not_called_of_the_same_period():
    assert (
        "20 of 45 pairs of adoptions of which it is clear which came first (15 are dated alike, 10 have"
        in (told(LAUNCHED))
    )
    # older results count no total, and called those of one period the same
    assert "15 fall in the same year, 10 are unknown" in told(LAUNCHED, pairs_total=0)


def test_no_launch_is_called_one():
    alone = told(LAUNCHED, launch_count=1, launch_share=0.1)
    assert "1 of 10 dated adoptions at most within 120 days of each other: there was no joint launch" in alone
    assert "in the launch" not in alone
    unseen = told(LAUNCHED, launch_count=0, launch_share=0.0, launch_from=None, launch_to=None)
    assert "0 of 10 dated adoptions known to within 120 days, so no launch can be seen" in unseen
    older = told(ONE)
    for word in ("launch", "within 30 days", "and did not"):
        assert word not in older.partition("Why did four states join")[0]


@pytest.mark.parametrize(
    ("testable", "says"), [(True, "There is a sequence."), (False, "Not testable."), (None, "Unknown.")]
)
def test_what_the_dates_allow_is_said_without_a_reason_that_may_be_false(testable, says):
    text = told(LAUNCHED, testable=testable, reason="So it is.")
    assert f"{says} So it is." in text


def test_the_table_holds_every_number_of_the_record():
    tables = {table.name: table for table in out_tables(factory.result(chronology=(LAUNCHED, OTHER)))}
    row = dict(zip(tables["chronology"].columns, tables["chronology"].rows[0], strict=True))
    for name in (
        "launch_days", "launch_count", "launch_share", "launch_from", "launch_to", "share_30_days",
        "share_365_days", "events_after_launch", "never", "pairs_same", "pairs_total", "silenced",
    ):  # fmt: skip
        assert row[name] == getattr(LAUNCHED, name), name
    place = list(tables["order"].columns).index("launch")
    assert [spell[place] for spell in tables["order"].rows[:4]] == [False, False, True, True]
