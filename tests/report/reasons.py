"""Every reason that a comparison of two results states, found again in the two `result.json`.

Written apart from the package, from the JSON alone. A reason that is not known here is an error, and so is a
verdict that changed without one.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from diffuscope.report.difference import compare
from diffuscope.result import Result, to_json

NOTHING = "—"
LABELS = {
    "no data": "not tested: no data",
    "explained by time or likeness": "explained by time or by similarity",
    "cannot be told from time": "cannot be distinguished from time",
    "does not withstand": "does not withstand a decisive test",
}


def check(old: Result, new: Result) -> int:
    """Find every reason again; how many were found."""
    before, after = (json.loads(to_json(one)) for one in (old, new))
    found = compare(old, new)
    told = {(line.analysis, line.mechanism): line for line in found.verdicts}
    assert len(told) == len(found.verdicts)
    was, now = (
        {(one["analysis"], one["mechanism"]): one for one in result["verdicts"]} for result in (before, after)
    )
    for key in was.keys() | now.keys():
        one, other = was.get(key), now.get(key)
        if one is None or other is None or one["verdict"] != other["verdict"]:
            assert told[key].changed
            assert told[key].reasons
            assert told[key].because.endswith(".")
    reasons = 0
    for key, line in told.items():
        assert line.before == (was[key]["verdict"] if key in was else NOTHING)
        assert line.after == (now[key]["verdict"] if key in now else NOTHING)
        assert line.reasons
        for reason in line.reasons:
            sides = reason.before, reason.after
            if reason.because != "unknown":
                assert sides[0] != sides[1], reason
            stated(reason, Side(before, *key), Side(after, *key))
            reasons += 1
    return reasons


class Side:
    """One result as far as it bears on one line."""

    def __init__(self, result: dict[str, Any], analysis: str, mechanism: str) -> None:
        self.all, self.analysis, self.mechanism = result, analysis, mechanism
        own = [
            one for one in result["findings"] if (one["analysis"], one["mechanism"]) == (analysis, mechanism)
        ]
        self.evidence = next((one["evidence"] for one in own if one["body"] == "evidence"), None)
        self.witness = {one["witness"]: one for one in own if one["body"] == "statistics"}
        self.trial = self.witness.get("event history", {}).get("trial")
        self.verdict = self.one("verdicts", mechanism=mechanism)
        self.dates = self.one("chronology")
        self.history = self.one("histories")
        self.asked = next((one for one in result["analyses"] if one["id"] == analysis), None)
        self.format = (result["upgraded"] or {"format": result["format"]})["format"]

    def one(self, name: str, **more: str) -> dict[str, Any] | None:
        wanted = {"analysis": self.analysis, **more}
        return next((row for row in self.all[name] if wanted.items() <= row.items()), None)

    def rule(self, words: str) -> list[tuple[str, str]]:
        if words.startswith("the rule of verdicts"):
            of = "neighbours" if words.endswith("neighbours") else "mechanisms"
            return [(row["verdict"], row["description"]) for row in self.all["rule"] if row["of"] == of]
        body = words.rsplit(" ", 1)[1]
        return [
            (row["stance"], row["description"]) for row in self.all["stance_rules"] if row["body"] == body
        ]


def stated(reason: Any, old: Side, new: Side) -> None:
    """One reason, found again in both results."""
    for pattern, again in READINGS:
        match = re.fullmatch(pattern, reason.about)
        if match is not None:
            again(reason, old, new, *match.groups())
            return
    raise AssertionError(f"a reason of a kind that is not known here: {reason}")


def each(words):
    """Both sides are read alike, and apart."""

    def again(reason, old, new, *about):
        assert reason.before == words(old, *about), reason
        assert reason.after == words(new, *about), reason

    return again


def first_digit(size: float, decimals: int) -> str:
    """So many decimals, or as many as show a digit that is not 0; nothing below 1e-12."""
    while float(f"{size:.{decimals}f}") == 0 and size > 1e-12:
        decimals += 1
    return f"{size:.{decimals}f}"


def signed(weight: float) -> str:
    size = first_digit(abs(weight), 1)
    return f"{size} dB" if size == "0.0" else f"{'+' if weight > 0 else '−'}{size} dB"


def decimal(number: float | None) -> str:
    if number is None or math.isinf(number):
        return "no end"
    size = first_digit(abs(number), 2)
    return f"−{size}" if number < 0 and size != "0.00" else size


def rule(reason, old, new):
    before, after = old.rule(reason.about), new.rule(reason.about)
    assert before != after
    assert reason.because == ("rule" if before and after else "unknown")
    for said, rows in ((reason.before, before), (reason.after, after)):
        assert said.split(" ")[0] == (str(len(rows)) if rows else "not")
    if before and after:
        fresh = len([row for row in after if row not in before])
        assert f", {fresh} of them not in the older" in reason.after


def line(reason, old, new, *about):
    assert (old.verdict is None) != (new.verdict is None)
    assert (reason.before == NOTHING) == (old.verdict is None)
    lacking = old if old.verdict is None else new
    if about:
        assert lacking.asked is None
    elif reason.about == "the rule of verdicts on neighbours":
        assert not lacking.rule(reason.about)


def table(side: Side, name: str) -> str:
    count = side.all["case"]["tables"].get(name)
    return NOTHING if count is None else f"{count:,} {'row' if count == 1 else 'rows'}"


def tables(reason, old, new, name):
    assert old.all["case"]["hashes"].get(name) != new.all["case"]["hashes"].get(name)
    assert reason.before == table(old, name)
    other = ", with other content" if table(old, name) == table(new, name) else ""
    assert reason.after == table(new, name) + other


def field(reason, old, new, name):
    assert old.asked[name] != new.asked[name]


def passage(reason, old, new, name):
    for said, side in ((reason.before, old), (reason.after, new)):
        found = [one for one in side.evidence["items"] if one["id"] == name]
        assert said.split(" (")[0] == (signed(found[0]["decibans"]) if found else NOTHING)
        for key, value in re.findall(r"[(;] ?([a-z ]+): ([^;)]+)", said.split(" dB", 1)[-1]):
            held = found[0][key.replace(" ", "_")]
            shown = ", ".join(map(str, held)) or "none" if isinstance(held, list) else str(held)
            assert value == ("not stated" if held is None else shown)


def pooling(reason, old, new):
    alike = [
        sorted((one["id"], one["cluster"], round(one["decibans"], 9)) for one in side.evidence["items"])
        for side in (old, new)
    ]
    assert alike[0] == alike[1]
    each(lambda side: signed(side.evidence["decibans"]))(reason, old, new)


def worst(side: Side, about: str) -> str:
    name = {"any one passage": "leave_one_out", "any one document": "leave_one_source_out",
            "other dependence": "by_rho", "other chances": "by_searched"}  # fmt: skip
    [settings] = [side.evidence[field] for words, field in name.items() if words in about]
    if not settings:
        return "not stated"
    found = (min if side.evidence["p"] > 0.5 else max)(settings, key=lambda one: one["p"])
    up = side.evidence["p"] > 0.5
    stays = found["p"] > 0.5 + 1e-9 if up else found["p"] < 0.5 - 1e-9
    where = "on its side of one half" if stays else "not on its side of one half"
    return f"{found['p']:.3f} {found['setting']}, {where}"


def coded(side: Side) -> str:
    if side.evidence is None:
        return "none"
    found = side.evidence
    return f"{len(found['items'])}, {signed(found['decibans'])}, p = {found['p']:.3f}"


def adoption(side: Side, policy: str, unit: str) -> str:
    found = [one for one in side.dates["order"] if (one["policy"], one["unit"]) == (policy, unit)]
    if not found:
        return NOTHING
    first, last = found[0]["first"], found[0]["last"]
    when = (f"by {last}" if last else "undated") if first is None else f"{first} to {last}"
    when = first if first is not None and first == last else when
    return f"{when}, before the record" if found[0]["baseline"] else when


def silenced(side: Side) -> str:
    if side.format < 2:
        return f"format {side.format} does not say"
    return side.dates["silenced"] or "they do not"


def panel(side: Side) -> str:
    if side.history is None:
        return NOTHING
    if side.history["refused"] is not None:
        return "none: " + side.history["refused"].rstrip(".")
    return f"{side.history['rows']:,} with {side.history['events']:,} events"


def exposure(side: Side, name: str) -> str:
    wanted = None if side.mechanism == "neighbours" else side.mechanism
    found = [one for one in (side.history or {"exposures": []})["exposures"] if one["name"] == name]
    found = [one for one in found if one["mechanism"] == wanted]
    if not found:
        return NOTHING
    [one] = found
    ties = f"`{one['layer']}`" if one["layer"] else "no layer"
    if one["refused"] is not None:
        return f"{ties}, refused: {one['refused'].rstrip('.')}"
    return f"{ties}, {one['form']}, lag {one['lag']}, known in {one['known']:,} of {one['rows']:,} rows"


def coefficient(side: Side) -> str:
    if side.trial is None:
        return NOTHING
    low, high = decimal(side.trial["ci_low"]), decimal(side.trial["ci_high"])
    return f"{decimal(side.trial['estimate'])} (95 % interval {low} to {high})"


def guard(side: Side, name: str) -> dict[str, Any] | None:
    found = [one for one in (side.trial or {"safeguards": []})["safeguards"] if one["name"] == name]
    return found[0] if found else None


def p_value(side: Side, about: str) -> str:
    gate = guard(side, "permuted ties")
    p = gate and gate["p"]
    if "Holm" in about and side.trial:
        p = side.trial["p_holm_less" if "as small" in about else "p_holm"]
    if p is None:
        return NOTHING
    return f"{p:.3f}{' (two-sided)' if side.format == 1 else ''}"


def draws(side: Side) -> str:
    gate = guard(side, "permuted ties")
    return NOTHING if gate is None or gate["draws"] is None else f"{gate['draws']:,}"


def smallest(side: Side) -> str:
    found = side.trial and side.trial["smallest"]
    return NOTHING if found is None else f"{found:.2g}"


def safeguard(side: Side, name: str) -> str:
    found = guard(side, name)
    if found is None:
        return NOTHING
    if not found["applies"]:
        return "does not apply"
    outcome = {None: "missing", True: "passed", False: "failed"}[found["passed"]]
    return f"{outcome} ({found['role']})"


def witness(side: Side, name: str) -> str:
    found = side.witness.get(name)
    if found is None:
        return NOTHING
    return found["stance"] if found["stance"] != "silent" else LABELS.get(found["silence"], found["silence"])


def rivals(side: Side) -> str:
    names = side.witness.get("event history", {"joint_with": []})["joint_with"]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "nobody"


def same(reason, old, new):
    """Nothing else that bears on it may differ, beyond words."""
    assert reason.because == "unknown"


READINGS = (
    (r"the rule of verdicts on neighbours", lambda reason, old, new: (
        line if reason.because == "line" else rule)(reason, old, new)),
    (r"the rule of (?:verdicts|the stances of the \w+)", rule),
    (r"the row of the rule that holds", each(lambda side: side.verdict["rule"])),
    (r"the question `(.+)`", line),
    (r"the part mechanisms|neighbours|the mechanism .+|the line", line),
    (r"the dates", each(lambda side: {True: "leave diffusion to explain", False: "rule diffusion out",
                                      None: "are unknown"}[side.dates["testable"]])),
    (r"whether the dates prevent statistics", each(silenced)),
    (r"the summary of the dates", each(lambda side: side.dates["reason"])),
    (r"the adoption of `(.+)` by `(.+)`", each(adoption)),
    (r"the table `(.+)`", tables),
    (r"`(.+)` of the question", field),
    (r"coded passages", each(coded)),
    (r"passage `(.+)`", passage),
    (r"weight of passage `(.+)`(?:, coded alike)?", passage),
    (r"the pooling of the same passages", pooling),
    (r"the total of the passages", each(lambda side: signed(side.evidence["decibans"]))),
    (r"the probability", each(lambda side: f"{side.evidence['p']:.3f}")),
    (r"the probability (.+)", each(worst)),
    (r"what limits it to a leaning stance", each(lambda side: "; ".join(side.evidence["caps"]) or "none")),
    (r"necessary criteria that fail", each(lambda side: "; ".join(side.evidence["failed"]) or "none")),
    (r"the lines between stances", each(lambda side: ", ".join(map("{:g}".format, side.evidence["lines"])))),
    (r"(event history|inferred networks)", each(witness)),
    (r"rows at risk", each(panel)),
    (r"the exposure `(.+)`", each(exposure)),
    (r"the coefficient", each(coefficient)),
    (r"(p of permuted ties|p .*Holm's method)", each(p_value)),
    (r"draws of permuted ties", each(draws)),
    (r"the smallest coefficient of interest", each(smallest)),
    (r"only jointly with", each(rivals)),
    (r"the seed", each(lambda side: str(side.all["run"]["seed"]))),
    (r"everything else that both results hold on it is the same", same),
    (r"([a-z ]+)", each(safeguard)),
)  # fmt: skip
