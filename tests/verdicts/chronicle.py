"""Counts in what is said of dates, limits and silences, counted again from single adoptions and passages.

Written apart from the package. A text with a number in it whose form is not known here is an error.
"""

from __future__ import annotations

import re
from itertools import combinations

RHO = 0.3


def check(dates) -> int:
    """The reason of a chronology; how many texts were counted again."""
    text, found = dates.reason, 0
    for pattern, holds in DATES:
        match = re.search(pattern, text)
        if match is not None:
            holds(dates, match)
            text = text.replace(match[0], "")
            found += 1
    assert not re.search(r"\d", text), f"numbers of a form that is not known here: {text!r}"
    return found


def sequence(dates, match) -> None:
    dated = [one for one in dates.order if not one.baseline]
    adoptions, policies, units, listed, before, ordered, pairs = match.groups()
    assert int(adoptions) == len(dated)
    assert int(policies or 1) == len({one.policy for one in dated})
    assert (int(units), int(listed)) == (len({one.unit for one in dated}), dates.units)
    assert int(before or 0) == len(dates.order) - len(dated)
    known, whole = paired(dates.order)
    if ordered != "the one pair":
        assert (int(ordered.replace(",", "")), int(pairs.replace(",", ""))) == (known, whole)


def paired(order) -> tuple[int, int]:
    """Pairs of one policy of which one adoption is known to precede the other, and all pairs."""
    known = whole = 0
    for one, other in combinations(order, 2):
        if one.policy != other.policy:
            continue
        whole += 1
        for first, second in ((one, other), (other, one)):
            # what was there before the record precedes whatever is dated after it began
            if first.last is not None and second.first is not None and first.last < second.first:
                known += 1
    return known, whole


def launch(dates, match) -> None:
    count, dated, share, first, last = match.groups()
    days = [(one.first, one.last) for one in dates.order if not one.baseline and one.first is not None]
    within = [one for one in days if first <= one[0] and one[1] <= last]
    assert (int(count), int(dated)) == (len(within), len([one for one in dates.order if not one.baseline]))
    assert share == f"{100 * int(count) / int(dated):.0f}"


DATES = (
    (
        r"(\d+) adoptions?(?: of (\d+) policies)? by (\d+) of (\d+) units (?:is|are) dated"
        r"(?:, (\d+) more (?:was|were) there when the record begins)?, and of "
        r"(?:([\d,]+) of ([\d,]+) pairs|the one pair) it is known which came first",
        sequence,
    ),
    (
        r"(\d+) of (\d+) dated adoptions \((\d+) %\) fall between (\d{4}-\d\d-\d\d) and (\d{4}-\d\d-\d\d)",
        launch,
    ),
)


def reason(text: str, mechanism: str, history, panel) -> None:
    """Numbers in why the statistics are silent."""
    if history is None:
        return
    quoted = re.sub(r"`[^`]*`", "", text)
    match = re.search(
        r"There (?:is|are) (\d+) events? in the ([\d,]+) rows without missing values; below 5 no",
        quoted,
    )
    if match is not None:
        [model] = [one for one in history.models if one.mechanism == mechanism]
        rows = [dict(zip(panel.columns, row, strict=True)) for row in panel.rows]
        known = [row for row in rows if row[model.term] is not None]
        assert int(match[1]) == sum(row["event"] for row in known) < 5
        assert int(match[2].replace(",", "")) == len(known)
        return
    constant = re.search(r"The exposure  is ([\d.]+) in every row where it is known", quoted)
    if constant is not None:
        [exposure] = [one for one in history.exposures if one.mechanism == mechanism]
        # what is refused stands in no row of a result, so that its values cannot be looked at again
        assert (exposure.refused, exposure.known) == (text, 0)
        return
    assert not re.search(r"\d", quoted), f"numbers of a form that is not known here: {text!r}"


def shares(detail) -> dict[str, float]:
    """How much each passage adds to the side of the stance: pooled within clusters, (1 - rho)^(k - 1)."""
    counted = [one for one in detail.items if one.definition != "broad" and one.decibans]
    names = [one.id for one in detail.criteria if one.id in detail.failed]
    if names:
        counted = [one for one in counted if set(one.criteria) & set(names)]
    side = -1 if names or detail.p < 0.5 else 1
    added: dict[str, float] = {}
    for cluster in {one.cluster for one in counted}:
        own = [one for one in counted if one.cluster == cluster and one.decibans * side > 0]
        for at, one in enumerate(sorted(own, key=lambda one: -abs(one.decibans))):
            added[one.id] = abs(one.decibans) * (1 - RHO) ** at
    whole = sum(added.values())
    return {name: weight / whole for name, weight in added.items()}


def cap(text: str, detail) -> None:
    """One limit of the evidence, from the weights of the passages."""
    added, items = shares(detail), {one.id: one for one in detail.items}
    documents: dict[str | None, float] = {}
    for name, share in added.items():
        documents[items[name].document] = documents.get(items[name].document, 0) + share
    twice = sum(share for name, share in added.items() if items[name].coders > 1)
    if text == "one person coded it":
        assert all(items[name].coders == 1 for name in added)
    elif text == "it rests on one document":
        assert len(documents) == 1
    elif text == "fewer than 2 documents carry 20% of the weight each":
        assert sum(share >= 0.2 - 1e-9 for share in documents.values()) < 2
        assert max(documents.values()) > 0.5
    elif match := re.fullmatch(r"a second person coded passages with only (\d+)% of the weight", text):
        assert int(match[1]) == int(twice * 100 + 1e-9) < 50
    elif match := re.fullmatch(
        r"passages known to be early enough for 50% of the adoptions carry only (\d+)% of the weight", text
    ):
        early = sum(share for name, share in added.items() if in_time(items[name], items.values()))
        assert int(match[1]) == int(early * 100 + 1e-9) < 50
    else:
        assert not re.search(r"\d", text), f"a limit of a form that is not known here: {text!r}"


def in_time(item, items) -> bool:
    """Early enough for half of the adoptions; an absence without place and date was looked for throughout."""
    if item.direction == "absent" and item.date is None and item.unit is None:
        return True
    most = max((one.bears_on or 0 for one in items), default=0)
    return item.bears_on is not None and most > 0 and item.bears_on >= 0.5 * most
