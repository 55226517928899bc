"""The house drawn: rooms by floor and who imports whom, from the import table in ARCHITECTURE.md."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ARCHITECTURE = Path(__file__).parents[1] / "ARCHITECTURE.md"
EVERYBODY = ("records", "errors")
"""Rooms that everybody may import; they stand below all others."""
BOX = (118, 34)
"""Width and height of a room in the drawing."""
FLOOR, GAP, EDGE, LANE = 78, 16, 12, 8
"""From floor to floor, between rooms, around the drawing, and what an arrow takes that passes a floor."""


def house_page() -> str:
    """Rooms of the package and who imports whom: the table in ARCHITECTURE.md, drawn and by floor."""
    table, does = import_table(), room_tasks()
    up = floors(table)
    rows = ["| floor | room | what it does | may import |", "|---|---|---|---|"]
    for room in sorted(table, key=lambda room: (-up[room], room)):
        may = ", ".join(f"`{one}`" for one in sorted(table[room])) or "–"
        rows.append(f"| {up[room]} | `{room}` | {does.get(room, '')} | {may} |")
    rows += [f"| 0 | `{room}` | {does.get(room, '')} | – |" for room in EVERYBODY]
    return "\n".join(["```{raw} html", house_drawing(table, up), "```", "", *rows]) + "\n"


def import_table() -> dict[str, set[str]]:
    """Which room may import which, as ARCHITECTURE.md says."""
    text = _between(ARCHITECTURE.read_text(encoding="utf-8"), "<!-- imports -->")
    rows = re.findall(r"^\| `(\w+)` \|([^|]*)\|", text, re.M)
    return {room: set(re.findall("`([^`]+)`", may)) for room, may in rows}


def room_tasks() -> dict[str, str]:
    """What each room does, as the inventory in ARCHITECTURE.md says."""
    text = _between(ARCHITECTURE.read_text(encoding="utf-8"), "<!-- inventory -->")
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)` \|[^|]*\|([^|]*)\|", text, re.M)
    return {room: does.strip() for room, does in rows}


def _between(text: str, mark: str) -> str:
    return text.partition(mark)[2].partition("<!-- end -->")[0]


def floors(table: Mapping[str, set[str]]) -> dict[str, int]:
    """Floor of each room, from 1: above all that it imports, and next below the lowest that imports it."""
    lowest: dict[str, int] = {}

    def lowest_of(room: str) -> int:
        if room not in lowest:
            lowest[room] = 1 + max((lowest_of(one) for one in table[room]), default=0)
        return lowest[room]

    found: dict[str, int] = {}
    for room in sorted(table, key=lowest_of, reverse=True):
        above = [found[one] for one, may in table.items() if room in may]
        found[room] = min(above) - 1 if above else lowest_of(room)
    return found


def shortest_arrows(table: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Arrows that do not follow from others (the transitive reduction), so that a drawing can be read."""

    def reached(room: str) -> set[str]:
        return table[room].union(*(reached(one) for one in table[room]))

    return [
        (room, one)
        for room, may in table.items()
        for one in sorted(may)
        if not any(one in reached(other) for other in may - {one})
    ]


def house_drawing(table: Mapping[str, set[str]], up: Mapping[str, int]) -> str:
    """The rooms by floor with their arrows, as one SVG that loads nothing."""
    lanes = {(one, other): _lane(one, other, up) for one, other in shortest_arrows(table)}
    at, width = _placed(table, up, [step for lane in lanes.values() for step in pairwise(lane)])
    top, high = max(up.values()), BOX[1]
    down = {floor: EDGE + (top - floor) * FLOOR for floor in range(top + 1)}
    lines = [_arrow([(at[place], down[place[1]]) for place in lane]) for lane in lanes.values()]
    boxes = [_box(room, at[room, up[room]], down[up[room]]) for room in table]
    below = (
        f'<rect x="{EDGE}" y="{down[0]}" width="{width - 2 * EDGE}" height="{high}" rx="4"/>'
        f'<text x="{width / 2:g}" y="{down[0] + 22}">{" · ".join(EVERYBODY)}: all may import them</text>'
    )
    return (
        f'<svg class="house" role="img" viewBox="0 0 {width:g} {down[0] + high + EDGE}">'
        f"<title>Rooms of diffuscope and who imports whom</title>"
        f"<desc>The table below says the same in words.</desc>"
        f'<g class="arrows">{"".join(lines)}</g><g class="rooms">{"".join(boxes)}{below}</g></svg>'
    )


def _lane(one: str, other: str, up: Mapping[str, int]) -> list[tuple[str, int]]:
    """Where an arrow passes on each floor, from a room to one that it imports."""
    between = [(f"{one} to {other}", floor) for floor in range(up[one] - 1, up[other], -1)]
    return [(one, up[one]), *between, (other, up[other])]


def _placed(
    table: Mapping[str, set[str]],
    up: Mapping[str, int],
    steps: list[tuple[tuple[str, int], tuple[str, int]]],
) -> tuple[dict[tuple[str, int], float], float]:
    """Middle of each room and of each passing arrow on its floor, and the width of the drawing.

    Each stands below the mean of what leads to it (barycentre heuristic of Sugiyama et al. 1981), so that few
    arrows cross.
    """
    above: dict[tuple[str, int], list[tuple[str, int]]] = {(room, up[room]): [] for room in sorted(table)}
    for start, end in steps:
        above.setdefault(end, []).append(start)
    at: dict[tuple[str, int], float] = {}
    widest = 0.0
    for floor in sorted(set(up.values()), reverse=True):
        means = {
            place: sum(at[one] for one in leads) / len(leads) if leads else 0.0
            for place, leads in above.items()
            if place[1] == floor
        }
        sizes = {
            place: BOX[0] if place[0] in table else LANE for place in sorted(means, key=means.__getitem__)
        }
        whole = sum(sizes.values()) + GAP * (len(sizes) - 1)
        left, widest = -whole / 2, max(widest, whole)
        for place, size in sizes.items():
            at[place] = left + size / 2
            left += size + GAP
    width = widest + 2 * EDGE
    return {place: x + width / 2 for place, x in at.items()}, width


def _box(room: str, middle: float, top: float) -> str:
    width, high = BOX
    return (
        f'<rect x="{middle - width / 2:g}" y="{top:g}" width="{width}" height="{high}" rx="4"/>'
        f'<text x="{middle:g}" y="{top + 22:g}">{escape(room)}</text>'
    )


def _arrow(points: list[tuple[float, float]]) -> str:
    """From the bottom of a room, between the rooms of other floors, to the top of one that it imports."""
    (x, y), high = points[0], BOX[1]
    path, y = f"M{x:g} {y + high:g}", y + high
    for nth, (next_x, next_y) in enumerate(points[1:], start=1):
        end = next_y - 6 if nth == len(points) - 1 else next_y
        half = (end - y) / 2
        path += f"C{x:g} {y + half:g} {next_x:g} {end - half:g} {next_x:g} {end:g}"
        x, y = next_x, next_y + high
        path += "" if nth == len(points) - 1 else f"V{y:g}"
    tip = points[-1][1]
    head = f"M{x - 4:g} {tip - 8:g}L{x:g} {tip:g}L{x + 4:g} {tip - 8:g}Z"
    return f'<path d="{path}"/><path class="head" d="{head}"/>'
