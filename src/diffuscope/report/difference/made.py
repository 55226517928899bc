"""How two results were made: data, settings, rules and version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.records.phrases import counted, in_code
from diffuscope.report.difference.records import NONE, RuleDifference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diffuscope.records import Analysis
    from diffuscope.result import Result

RULES: dict[str, str] = {
    "mechanisms": "the rule of verdicts",
    "neighbours": "the rule of verdicts on neighbours",
    "evidence": "the rule of the stances of the evidence",
    "statistics": "the rule of the stances of the statistics",
    "inferred networks": "the rule of the stances of inferred networks",
}


def changed_data(old: Result, new: Result) -> tuple[str, ...]:
    """The case, or tables of it, that differ."""
    if old.case.id != new.case.id:
        return (f"the case: {old.case.id} → {new.case.id}",)
    return tuple(f"the table `{name}`{_grown(*rows)}" for name, rows in changed_tables(old, new).items())


def changed_tables(old: Result, new: Result) -> dict[str, tuple[str, str]]:
    """Tables whose content differs, with their rows before and after as words."""
    before, after = old.case.hashes, new.case.hashes
    # a table that only one of the two read says nothing, unless both read the same parts
    both = {*before, *after} if old.run.parts == new.run.parts else before.keys() & after.keys()
    return {
        name: (_rows(old, name), _rows(new, name))
        for name in sorted(both - {"words"})  # they are told one by one
        if before.get(name) != after.get(name)
    }


def changed_settings(old: Result, new: Result) -> tuple[str, ...]:
    """The seed, parts, questions or waves that differ."""
    changes = []
    if old.run.seed != new.run.seed:
        changes.append(f"the seed: {old.run.seed} → {new.run.seed}")
    if old.run.parts != new.run.parts:
        changes.append(f"the parts: {', '.join(old.run.parts)} → {', '.join(new.run.parts)}")
    if "mechanisms" in old.run.parts and "mechanisms" in new.run.parts:
        changes += _changed_questions(old, new)
    if old.case.waves != new.case.waves:
        changes.append("the waves")
    return tuple(changes)


def changed_fields(old: Analysis, new: Analysis) -> dict[str, tuple[str, str]]:
    """What of a question differs, field by field, as words; of a mapping, only what differs in it."""
    changes = {}
    for name in old.__struct_fields__:
        was, now = getattr(old, name), getattr(new, name)
        if was == now:
            continue
        if isinstance(was, dict):
            keys = [key for key in dict.fromkeys([*was, *now]) if was.get(key) != now.get(key)]
            was, now = ({key: one[key] for key in keys if key in one} for one in (was, now))
        changes[name] = (_words(was), _words(now)) if name != "repeat" else _ids(was, now)
    return changes


def changed_version(old: Result, new: Result) -> tuple[str, ...]:
    """The version of the program, of Python, or of the format."""
    pairs = (
        ("diffuscope", old.run.version, new.run.version),
        ("Python", old.run.python, new.run.python),
        ("the format of the result", str(format_of(old)), str(format_of(new))),
    )
    return tuple(f"{name}: {was} → {now}" for name, was, now in pairs if was != now)


def format_of(result: Result) -> int:
    """The format that a result was written in, before it was upgraded."""
    return result.format if result.upgraded is None else result.upgraded.format


def changed_rules(old: Result, new: Result) -> tuple[RuleDifference, ...]:
    """Rules that are not stated alike, or that one of the results does not carry."""
    differences = [_rule(name, rule_of(old, name), rule_of(new, name)) for name in RULES]
    return tuple(one for one in differences if one is not None)


def rule_of(result: Result, name: str) -> tuple[tuple[str, str], ...]:
    """The rows of a rule as a result carries them: what each gives, and when."""
    if name in ("mechanisms", "neighbours"):
        return tuple((row.verdict, row.description) for row in result.rule if row.of == name)
    return tuple((row.stance, row.description) for row in result.stance_rules if row.body == name)


def told_rules(rules: tuple[RuleDifference, ...]) -> tuple[str, ...]:
    """Rules that changed, in words; one that a result does not carry is no change that is known of."""
    return tuple(f"{one.rule}: {_counted(one)}" for one in rules if one.known)


def _rule(
    name: str, before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]
) -> RuleDifference | None:
    if before == after:
        return None
    return RuleDifference(
        rule=RULES[name],
        lacking="older" if not before else "newer" if not after else None,
        gone=tuple(row for row in before if row not in after),
        new=tuple(row for row in after if row not in before),
    )


def _counted(rule: RuleDifference) -> str:
    if not rule.gone and not rule.new:
        return "the same rows in another order"
    return f"{counted(len(rule.gone), 'row')} gone, {len(rule.new)} new"


def _changed_questions(old: Result, new: Result) -> Iterator[str]:
    before = {analysis.id: analysis for analysis in old.analyses}
    after = {analysis.id: analysis for analysis in new.analyses}
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield f"the question `{name}` is gone"
        elif name not in before:
            yield f"the question `{name}` is new"
        elif fields := changed_fields(before[name], after[name]):
            yield f"the question `{name}` ({in_code(fields)})"


def _rows(result: Result, name: str) -> str:
    count = result.case.tables.get(name)
    return NONE if count is None else counted(count, "row")


def _grown(before: str, after: str) -> str:
    return "" if before == after else f": {before} → {after}"


def _words(value: object) -> str:
    """A setting as words; one that is left out is not the same as an empty text."""
    if value is None:
        return "not set"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_words(one)}" for name, one in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(_words, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _ids(was: tuple[object, ...], now: tuple[object, ...]) -> tuple[str, str]:
    """Repetitions by their ids; where these are the same, what changed is in them."""
    before, after = (_words(tuple(getattr(one, "id", "") for one in many)) for many in (was, now))
    return (before, after) if before != after else (before, f"{after} (reworded)")
