"""What a report shows of tiers: which counts in a question, and in figures the adoptions that reach it."""

from __future__ import annotations

import factory
import msgspec

from diffuscope.records import Excluded, Frame
from diffuscope.records.dates import OF_LOWER_TIER, SECOND_DATE
from diffuscope.report.figure_frames import Frames
from diffuscope.report.names import Names
from diffuscope.report.sections.conclusions import conclusions


def tiered():
    """The made result, in which the first two adoptions have tiers; the first is of a lower one."""
    result = factory.result()
    table = result.frames["adoptions"]
    tiers = ("announced", "adopted", *(None,) * (table.n - 2))
    rows = tuple((*row[:-1], tier, row[-1]) for row, tier in zip(table.rows, tiers, strict=True))
    more = msgspec.structs.replace(table, columns=(*table.columns[:-1], "tier", table.columns[-1]), rows=rows)
    first, *others = result.chronology
    left_out = (
        *first.left_out,
        Excluded(table="adoptions", reason=OF_LOWER_TIER, count=1, rows=(2,)),
        Excluded(table="adoptions", reason=SECOND_DATE, count=1, rows=(5,)),
    )
    first = msgspec.structs.replace(first, left_out=left_out)
    assert isinstance(more, Frame)
    return msgspec.structs.replace(
        result, frames=result.frames | {"adoptions": more}, chronology=(first, *others)
    )


def facts(result) -> dict[str, str]:
    names = Names(result)
    return {one["id"]: one["facts"] for one in conclusions(result, names)}


def test_a_question_says_which_tier_counts_where_there_are_any():
    says = "an adoption is a row that reaches the tier “adopted” or a higher one"
    assert says in facts(tiered())["smart-cities"]
    assert says not in facts(tiered())["membership"]
    assert "tier" not in facts(factory.result())["smart-cities"]


def test_figures_draw_the_adoptions_that_count_each_once():
    result = tiered()
    frames = Frames(result, Names(result))
    assert frames.adoptions(result.analyses[0])["_row"].to_list() == [3, 4]
    plain = factory.result()
    assert Frames(plain, Names(plain)).adoptions(plain.analyses[0])["_row"].to_list() == [2, 3, 4, 5]
