"""The time axis, from histories whose bars can be counted by hand."""

from __future__ import annotations

import polars as pl
import pytest
from drawn import HOSTILE, checked, expressions, picture, rows, texts, warnings, words

from diffuscope.figures.timeline import KINDS_AT_MOST, PARTNERS_AT_MOST, UNITS_AT_MOST, timeline

ADOPTED = ("unit", "policy", "time", "time_latest", "until", "confidence", "basis", "source")
MET = ("name", "start", "end", "kind", "place", "source")
BACKED = ("partner", "kind", "name", "start", "end", "source")


def frame(columns, *given):
    wide = [row + (None,) * (len(columns) - len(row)) for row in given]
    return pl.DataFrame(wide, schema=dict.fromkeys(columns, pl.String), orient="row")


ADOPTIONS = frame(
    ADOPTED,
    ("c", "p", "2019", None, None, "high"),
    ("a", "p", "2014-11-24", None, None, "high"),
    ("b", "p", "2015", "2017", None, "low"),
    ("d", "p", None, "2016", None, None),
    ("e", "p", None, None, None, None),
)
EVENTS = frame(MET, ("First", "2018-07-08", None, "meeting", "Here"), ("Second", "2019", None, "meeting"))
SUPPORT = frame(
    BACKED,
    ("jp", "finance", None, "2018", "2020"),
    ("jp", "training", None, None, None),
    ("us", "aid", None, "2017"),
)


def marks(spec, kind=None):
    found = [row for row in rows(spec) if row.get("start") and "section" in row]
    return [row for row in found if kind is None or row["kind"] == kind]


def drawn(**changes):
    given = {"adoptions": ADOPTIONS, "events": EVENTS, "support": SUPPORT}
    return timeline(**given | changes)


def order(spec):
    """Names of rows from the top, per section."""
    lanes = {
        (row["y"], row["text"], row["section"])
        for row in rows(spec)
        if row.get("lane") and "note" in row and row["text"] != row["note"]
    }
    return [(section, name) for _, name, section in sorted(lanes)]


def test_dates_are_the_intervals_they_mean():
    spec = checked(drawn())
    ends = {
        (row["lane"], row["kind"]): (row["start"], row["end"])
        for row in marks(spec)
        if row["kind"] != "since"
    }
    assert ends[("c", "sure")] == ("2019-01-01", "2020-01-01")
    assert ends[("b", "unsure")] == ("2015-01-01", "2018-01-01")
    assert ends[("a", "day")][0] == "2014-11-24"
    # nobody knows since when: from the beginning of the axis
    assert ends[("d", "open")] == ("2014-01-01", "2017-01-01")
    assert ("e", "sure") not in ends


def test_an_adoption_lasts_until_it_is_repealed_or_to_the_end():
    repealed = frame(
        ADOPTED, ("a", "p", "2014", None, "2016-03", "high"), ("b", "p", "2018", None, None, "high")
    )
    spec = checked(drawn(adoptions=repealed))
    since = {row["lane"]: row["end"] for row in marks(spec, "since") if row["section"] == "adopted"}
    assert since["a"] == "2016-03-01"
    assert since["b"] == "2020-12-31"


def test_units_are_sorted_by_first_adoption_and_those_without_stand_last():
    spec = checked(drawn(analysis_units=("z", "e", "a"), units={"a": "Aland", "z": "Zedland"}))
    names = [name for section, name in order(spec) if section == "adopted"]
    assert names == ["Aland", "d", "b", "c", "e", "Zedland"]
    notes = {row["text"]: row["note"] for row in rows(spec) if row.get("note") and row["text"] != row["note"]}
    assert notes == {"e": "adopted, date unknown", "Zedland": "no adoption on record"}


def test_units_of_one_name_keep_rows_of_their_own():
    spec = checked(drawn(units={"a": "Same", "b": "Same"}))
    assert [name for section, name in order(spec) if section == "adopted"].count("Same") == 2


def test_a_judgement_is_drawn_as_one():
    judged = frame(
        ADOPTED, ("a", "p", "2014", None, None, "high", "judged"), ("b", "p", "2015", None, None, "high")
    )
    kinds = {
        row["lane"]: row["kind"] for row in marks(checked(drawn(adoptions=judged))) if row["kind"] != "since"
    }
    assert (kinds["a"], kinds["b"]) == ("unsure", "sure")


def test_judgements_of_what_was_there_by_then_are_counted():
    by_then = frame(
        ADOPTED,
        ("a", "p", None, "2015", None, None, "judged"),
        ("a", "q", None, "2015", None, None, "reported"),
        ("b", "p", None, "2016", None, None, "assumed"),
    )
    spec = checked(drawn(adoptions=by_then))
    assert {(row["lane"], row["number"], row["basis"]) for row in marks(spec, "open")} == {
        ("a", "2, 1 judged", "judged and reported"),
        ("b", "judged", "assumed"),
    }


def test_several_policies_in_one_interval_are_one_bar_with_their_number():
    several = frame(
        ADOPTED,
        ("a", "p", "2014"),
        ("a", "q", "2014"),
        ("a", "r", "2016"),
        ("b", "p", None, "2015"),
        ("b", "q", None, "2015"),
    )
    spec = checked(drawn(adoptions=several, policies={"p": "Plan", "q": "Quota"}))
    own = [row for row in marks(spec) if row["section"] == "adopted"]
    assert {(row["lane"], row["start"], row["number"], row["what"]) for row in own} == {
        ("a", "2014-01-01", "2", "Plan and Quota"),
        ("a", "2016-01-01", "", "r"),
        ("b", "2014-01-01", "2", "Plan and Quota"),
    }
    assert "Source: 5 adoptions" in drawn(adoptions=several).caption


def test_what_has_no_date_is_owned_up_to():
    caption = drawn().caption
    assert "Not drawn: 1 adoption without a date and 1 entry of support without a date." in caption
    assert "Source: 4 adoptions, 2 meetings and 2 entries of support" in caption


def test_of_very_many_units_the_earliest_are_drawn_and_the_rest_is_owned_up_to():
    many = frame(
        ADOPTED, *((f"u{number:03}", "p", str(1900 + number), None) for number in range(UNITS_AT_MOST + 5))
    )
    figure = drawn(adoptions=many)
    lanes = [name for section, name in order(checked(figure)) if section == "adopted"]
    assert lanes == [f"u{number:03}" for number in range(UNITS_AT_MOST)]
    assert "5 units at the end of the order (5 adoptions)" in figure.caption


def test_rare_kinds_and_partners_share_a_row():
    events = frame(MET, *((f"e{n}", "2018", None, f"kind {n:02}") for n in range(KINDS_AT_MOST + 3)))
    support = frame(BACKED, *((f"p{n:02}", "aid", None, "2018", None) for n in range(PARTNERS_AT_MOST + 3)))
    spec = checked(drawn(events=events, support=support))
    meetings = [name for section, name in order(spec) if section == "meeting"]
    partners = [name for section, name in order(spec) if section == "support"]
    assert (len(meetings), meetings[-1]) == (KINDS_AT_MOST, "other meetings")
    assert (len(partners), partners[-1]) == (PARTNERS_AT_MOST, "other partners")
    assert (
        sum(int(row["number"] or 1) for row in marks(spec) if row["section"] == "meeting")
        == KINDS_AT_MOST + 3
    )


def test_a_tall_figure_has_years_at_both_ends():
    def years(figure):
        return [text for text in texts(picture(figure, width=1000)) if text == "2018"]

    many = frame(ADOPTED, *((f"u{number:02}", "p", "2018", None) for number in range(30)))
    assert len(years(drawn(adoptions=many))) == 2
    assert len(years(timeline(ADOPTIONS, EVENTS.clear(), SUPPORT.clear()))) == 1


@pytest.mark.parametrize("width", [360, 720, 1200])
def test_it_fits_the_width(width):
    names = {"a": "The Federated and United Republic of Somewhere Rather Far Away"}
    assert int(picture(drawn(units=names), width=width).get("width")) == width


def test_a_history_of_days_shows_months():
    days = frame(ADOPTED, ("a", "p", "2020-03-01", None), ("b", "p", "2020-09-12", None))
    shown = texts(picture(timeline(days, EVENTS.clear(), SUPPORT.clear()), width=1000))
    assert {"April", "July", "October"} <= set(shown)


def test_a_history_of_centuries_has_few_lines():
    old = frame(ADOPTED, ("a", "p", "1750", None), ("b", "p", "2010", None))
    spec = checked(timeline(old, EVENTS.clear(), SUPPORT.clear()))
    assert len([row for row in rows(spec) if "foot" in row and "day" in row]) <= 17


def test_nothing_dated_is_nothing_to_draw():
    undated = frame(ADOPTED, ("a", "p"))
    assert timeline(undated, EVENTS.clear(), SUPPORT.clear()) is None
    assert timeline(ADOPTIONS.clear(), EVENTS.clear(), SUPPORT.clear(), analysis_units=("a",)) is None


def test_meetings_alone_are_worth_drawing():
    spec = checked(timeline(ADOPTIONS.clear(), EVENTS, SUPPORT.clear()))
    assert {row["section"] for row in marks(spec)} == {"meeting"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_data(text):
    figure = timeline(
        ADOPTIONS.with_columns(source=pl.lit(text), unit=pl.col("unit") + text, policy=pl.lit(text)),
        EVENTS.with_columns(name=pl.lit(text), kind=pl.lit(text), place=pl.lit(text)),
        SUPPORT.with_columns(partner=pl.lit(text), kind=pl.lit(text)),
    )
    spec = checked(figure)
    long = timeline(ADOPTIONS.with_columns(unit=pl.col("unit") + "w" * 40), EVENTS, SUPPORT)
    assert {*expressions(spec)} <= {*expressions(checked(drawn())), *expressions(checked(long))}
    assert text.strip()[:30] not in words(spec)
    picture(figure)


def test_dates_that_are_none_are_unknown_not_wrong():
    odd = frame(
        ADOPTED, ("a", "p", "2018-13"), ("b", "p", "soon"), ("c", "p", "2018-02-30"), ("d", "p", "2018")
    )
    figure = timeline(odd, EVENTS.clear(), SUPPORT.clear())
    assert {row["lane"] for row in marks(checked(figure))} == {"d"}
    assert "3 adoptions without a date" in figure.caption


def test_rows_in_another_order_give_the_same_figure():
    again = timeline(ADOPTIONS.reverse(), EVENTS.reverse(), SUPPORT.reverse())
    assert checked(again) == checked(drawn())


def test_the_grammar_finds_nothing_odd(capfd):
    assert warnings(drawn(), capfd) == ""
