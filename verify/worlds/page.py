"""The page with the tables, written from the tracked summary alone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from .cells import CELLS, Cell, Demand, Group
from .rates import Counts, Measured, Summary, hits_of, is_met, tracked, wilson
from .world import ASKED

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "worlds.md"
TEXTS = Path(__file__).parent / "page.toml"
STANCES = ("for", "leaning for", "leaning against")
OWN_COLUMN = ("named", "for or leaning for")
"""Measures that have no column of their own, so that their rate stands beside the bar or floor."""


def page_of(summary: Summary) -> str:
    """The whole page."""
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))
    return "\n".join(_page(summary, texts)).strip() + "\n"


def write() -> None:
    """Write the page from the tracked summary."""
    PAGE.write_text(page_of(tracked()), encoding="utf-8")


def _page(summary: Summary, texts: dict[str, Any]) -> Iterator[str]:
    yield texts["opening"]
    yield f"{texts['not_yet'] if summary.now is None else _source(summary.now)}\n"
    yield texts["reading"]
    shown = summary.now or summary.before
    if shown is not None:
        for group in get_args(Group):
            yield from _group(group, shown, texts["groups"][group])
        yield from _coverage(shown, texts["coverage"])
    if summary.before is not None:
        yield from _before(summary.before, summary.now, texts["before"])
    if summary.now is not None:
        yield "## What this means for a finding\n"
        yield from _meaning(summary.now)


def _source(one: Measured) -> str:
    worlds = sum(found[ASKED].worlds for found in one.cells.values())
    code = f", code `{one.code}`" if one.code else ""
    return (
        f"Measured in {worlds:,} worlds with version {one.version}{code}, seed {one.seed}, {one.draws} draws "
        "per safeguard. Worlds for developing the rule have another seed."
    )


def _group(group: str, shown: Measured, texts: dict[str, str]) -> Iterator[str]:
    cells = [cell for name, cell in CELLS.items() if cell.group == group and name in shown.cells]
    if not cells:
        return
    yield f"## {texts['title']}\n"
    yield f"{texts['text']}\n"
    yield "| world | how it is made | worlds | for | leaning for | leaning against | bar or floor | silent |"
    yield "|---|---|---|---|---|---|---|---|"
    for cell in cells:
        for mechanism, counts in shown.cells[cell.name].items():
            yield _row(cell, mechanism, counts)
    yield ""


def _row(cell: Cell, mechanism: str, counts: Counts) -> str:
    own = mechanism == ASKED
    columns = [
        cell.name if own else f"{cell.name}: *{mechanism}*",
        cell.description if own else f"the same worlds; findings on {mechanism}",
        f"{counts.worlds}" + (f" ({counts.errors} more could not be evaluated)" if counts.errors else ""),
        *(_rate(counts.stances.get(stance, 0), counts.worlds) for stance in STANCES),
        "; ".join(_demand(one, counts) for one in cell.demands if own) or "—",
        _silences(counts),
    ]
    escaped = (text.replace("|", "\\|") for text in columns)
    return f"| {' | '.join(escaped)} |"


def _rate(hits: int, n: int) -> str:
    if not n:
        return "—"
    low, high = wilson(hits, n)
    return f"{100 * hits / n:.0f} ({100 * low:.0f}–{100 * high:.0f})"


def _demand(demand: Demand, counts: Counts) -> str:
    limit = f"≤ {demand.at_most:g}" if demand.at_most is not None else f"≥ {demand.at_least:g}"
    beside = demand.measure in OWN_COLUMN
    rate = f" {_rate(hits_of(counts, demand.measure), counts.worlds)}," if beside else ""
    return f"{demand.measure} {limit}:{rate} {'met' if is_met(demand, counts) else '**not met**'}"


def _silences(counts: Counts) -> str:
    kinds = sorted(counts.silences.items(), key=lambda kind: (-kind[1], kind[0]))
    return ", ".join(f"{kind} {100 * many / counts.worlds:.0f}" for kind, many in kinds) or "—"


def _coverage(shown: Measured, text: str) -> Iterator[str]:
    rows = [(name, found[ASKED]) for name, found in shown.cells.items() if found[ASKED].intervals]
    if not rows:
        return
    yield "## Coverage of the 95 % interval\n"
    yield f"{text}\n"
    yield "| world | intervals | cover the true coefficient |"
    yield "|---|---|---|"
    for name, counts in rows:
        yield f"| {name} | {counts.intervals} | {_rate(counts.covered, counts.intervals)} |"
    yield ""


def _before(before: Measured, now: Measured | None, text: str) -> Iterator[str]:
    same = now is None or now.seed == before.seed
    yield "## Before and after\n"
    yield (
        f"{text} Its rates in worlds of {'the same' if same else 'another'} seed, with {before.draws} draws "
        "per safeguard:\n"
    )
    heads = " | ".join(f"{stance}, before | now" for stance in STANCES)
    yield f"| world | worlds, before | {heads} |"
    yield f"|---|---|{'---|' * 2 * len(STANCES)}"
    for name, found in before.cells.items():
        old = found[ASKED]
        new = None if now is None or name not in now.cells else now.cells[name][ASKED]
        rates = " | ".join(f"{_of(old, stance)} | {_of(new, stance)}" for stance in STANCES)
        yield f"| {name} | {old.worlds} | {rates} |"
    yield ""


def _of(counts: Counts | None, stance: str) -> str:
    return "—" if counts is None else _rate(counts.stances.get(stance, 0), counts.worlds)


def _meaning(now: Measured) -> Iterator[str]:
    null = [found[ASKED] for name, found in now.cells.items() if CELLS[name].group == "no diffusion"]
    if null:
        worlds = sum(one.worlds for one in null)
        strict, lean = (_rate(sum(hits_of(one, measure) for one in null), worlds) for measure in STANCES[:2])
        yield (
            f"- **False findings.** In {worlds:,} worlds without diffusion or homophily, {strict} per cent "
            f"came out *for* and {lean} per cent *leaning for*."
        )
    if "homophily, noise driver" in now.cells:
        noise = now.cells["homophily, noise driver"][ASKED]
        strict, lean = (_rate(hits_of(noise, measure), noise.worlds) for measure in STANCES[:2])
        yield (
            "- **Unobserved homophily.** Where a trait drives both ties and adoption and is not in the data, "
            f"{strict} per cent came out *for* and {lean} per cent *leaning for*, although nothing diffuses. "
            "*Leaning for* means diffusion, or homophily that the data do not hold."
        )
    if "contagion 5, 50 units" in now.cells:
        power = now.cells["contagion 5, 50 units"][ASKED]
        yield (
            "- **Power.** A strong effect (coefficient 5) among 50 units is found, as *for* or *leaning "
            f"for*, in {_rate(hits_of(power, 'for or leaning for'), power.worlds)} per cent of worlds."
        )
    missed = [
        f"{name} ({one.measure})"
        for name, found in now.cells.items()
        for one in CELLS[name].demands
        if not is_met(one, found[ASKED])
    ]
    yield f"- **Bars and floors.** {'Not met: ' + '; '.join(missed) if missed else 'All are met'}."
