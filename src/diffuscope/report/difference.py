"""What changed between two results, and whether the data, the settings or the version brought it about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from diffuscope.report.words import stance_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diffuscope.result import Result

Cause = Literal["data", "settings", "version"]
NONE = "—"


class Difference(NamedTuple):
    """One thing that two results say differently.

    Attributes
    ----------
    kind : str
        verdict, probability, statistics, dates, register, figure, claim, or table.
    about : str
        Of what.
    before, after : str
        What the older and the newer result say; a dash where one says nothing.
    """

    kind: str
    about: str
    before: str
    after: str


class Comparison(NamedTuple):
    """Two results side by side.

    Attributes
    ----------
    causes : tuple of {"data", "settings", "version"}
        What differs in how the two were made; several of them cannot be told apart.
    details : tuple of str
        The same in words.
    differences : tuple of Difference
    """

    causes: tuple[Cause, ...]
    details: tuple[str, ...]
    differences: tuple[Difference, ...]

    @property
    def because(self) -> str:
        """Why the results differ, in one sentence."""
        if not self.causes:
            return "Both were made from the same data, with the same settings and the same version."
        what = " and ".join(f"the {cause}" for cause in self.causes)
        if not self.differences:
            return f"Of {what} something changed, but nothing in the results did."
        if len(self.causes) == 1:
            return f"What changed is because of {what}: nothing else differs."
        return f"What changed is because of {what}; which brought about what cannot be told apart."


def compare(old: Result, new: Result) -> Comparison:
    """What two results of a case say differently, and why.

    Parameters
    ----------
    old, new : Result
        From `read_result` or `run_study`.

    Returns
    -------
    Comparison
        Differences in the order verdicts, probabilities, statistics, dates, register, figures, claims,
        tables.
    """
    causes: dict[Cause, tuple[str, ...]] = {
        "data": _changed_data(old, new),
        "settings": _changed_settings(old, new),
        "version": _changed_version(old, new),
    }
    told = [
        ("verdict", _verdicts(old), _verdicts(new)),
        ("probability", _probabilities(old), _probabilities(new)),
        ("statistics", _statistics(old), _statistics(new)),
        ("dates", _dates(old), _dates(new)),
        ("register", _register(old), _register(new)),
        ("figure", _figures(old), _figures(new)),
        ("claim", _claims(old), _claims(new)),
        ("table", _rows(old), _rows(new)),
    ]
    return Comparison(
        tuple(cause for cause, details in causes.items() if details),
        tuple(detail for details in causes.values() for detail in details),
        tuple(found for kind, before, after in told for found in _between(kind, before, after)),
    )


def _between(kind: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    for about in dict.fromkeys([*before, *after]):
        was, now = before.get(about, NONE), after.get(about, NONE)
        if was != now:
            yield Difference(kind, about, was, now)


def _changed_data(old: Result, new: Result) -> tuple[str, ...]:
    if old.case.id != new.case.id:
        return (f"the case: {old.case.id} → {new.case.id}",)
    before, after = old.case.hashes, new.case.hashes
    # a table that only one of the two read says nothing, unless both read the same parts
    both = (
        dict.fromkeys([*before, *after]) if old.run.parts == new.run.parts else before.keys() & after.keys()
    )
    return tuple(f"the table `{name}`" for name in sorted(both) if before.get(name) != after.get(name))


def _changed_settings(old: Result, new: Result) -> tuple[str, ...]:
    found = []
    if old.run.seed != new.run.seed:
        found.append(f"the seed: {old.run.seed} → {new.run.seed}")
    if old.run.parts != new.run.parts:
        found.append(f"the parts: {', '.join(old.run.parts)} → {', '.join(new.run.parts)}")
    before = {analysis.id: analysis for analysis in old.analyses}
    after = {analysis.id: analysis for analysis in new.analyses}
    if "mechanisms" in old.run.parts and "mechanisms" in new.run.parts:
        changed = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
        found += [f"the question `{name}`" for name in changed]
    if old.case.waves != new.case.waves:
        found.append("the waves")
    return tuple(found)


def _changed_version(old: Result, new: Result) -> tuple[str, ...]:
    pairs = (("diffuscope", old.run.version, new.run.version), ("Python", old.run.python, new.run.python))
    return tuple(f"{name}: {was} → {now}" for name, was, now in pairs if was != now)


def _verdicts(result: Result) -> dict[str, str]:
    return {f"{found.analysis}: {found.mechanism}": found.verdict for found in result.verdicts}


def _probabilities(result: Result) -> dict[str, str]:
    return {
        f"{found.analysis}: {found.mechanism}": f"{found.evidence.p:.3f}, {found.stance}"
        for found in result.findings
        if found.evidence is not None
    }


def _statistics(result: Result) -> dict[str, str]:
    """Stances of witnesses that read dates and ties; those of coded evidence stand with its probabilities."""
    return {
        f"{found.analysis}: {found.mechanism}, {found.witness}": stance_label(found.stance, found.silence)
        for found in result.findings
        if found.body == "statistics"
    }


def _dates(result: Result) -> dict[str, str]:
    return {dates.analysis: dates.reason for dates in result.chronology}


def _register(result: Result) -> dict[str, str]:
    frame = result.frames.get("wave_totals")
    if frame is None or frame.rows is None:
        return {}
    skipped = ("wave", "date")
    return {
        f"{row[0]}: {name}": str(value)
        for row in frame.rows
        for name, value in zip(frame.columns, row, strict=True)
        if name not in skipped
    }


def _figures(result: Result) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in result.audit:
        about = (row.document, row.locator, row.wave, row.unit, row.area, row.sub_area, row.status, row.kind)
        found[f"{' · '.join(filter(None, about))} [{row.id}]"] = row.outcome
    return found


def _claims(result: Result) -> dict[str, str]:
    return {row.id: row.outcome for row in result.claims}


def _rows(result: Result) -> dict[str, str]:
    return {name: f"{count:,} rows" for name, count in result.case.tables.items()}
