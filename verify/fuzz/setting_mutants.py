"""What people write into the settings: words of their own, tiers, joint decisions."""

from __future__ import annotations

from typing import Any

from .drafts import Draft, Mutant, Rng, mostly, one_of, some

OWN = ("On-going", "Selesai", "Đang làm", "ongoing", "completed", "Done", "=1+1", "<b>", "1")
NO_WORDS = ("", " ", "A" * 300)
ORDERS: tuple[Any, ...] = (
    ["mooted", "adopted", "in force"], ["mooted", "in force"], ["announced", "implemented", "adopted"],
    ["adopted", "announced"], ["a;b", "c"],
)  # fmt: skip
NO_ORDERS: tuple[Any, ...] = (
    ["adopted"], [], ["adopted", "adopted"], [f"tier {at}" for at in range(40)], "adopted", ["", "adopted"],
    [1, 2],
)  # fmt: skip
TIERS = ("announced", "adopted", "in force", "implemented", "mooted", "", "Adopted")


def words_odd(draft: Draft, rng: Rng) -> None:
    """Words of the network's own: for statuses, areas, units and labels; twice, in a ring, for nothing."""
    words: dict[str, Any] = dict(draft.settings.get("words", {}))
    meant = {
        "status": ("ongoing", "completed", "planning", "on hold"),
        "area": tuple(draft.ids("areas", "area")),
        "unit": tuple(draft.ids("units", "unit")),
        "state": ("silent", "received", "nil"),
        "role": ("adopter", "promoter"),
        "policy": tuple(draft.ids("policies", "policy")),
        "label": ("Country", "City", "Total", "Projects", "nowhere"),
        "nowhere": ("x",),
        "wave": tuple(draft.waves),
    }
    for _ in range(int(rng.integers(1, 4))):
        column = one_of(rng, tuple(meant))
        own = (*OWN, *draft.ids("projects", column)) if column in ("status", "area", "unit") else OWN
        words[column] = {**words.get(column, {}), mostly(rng, own, NO_WORDS): one_of(rng, meant[column])}
    if rng.random() < 0.3:
        draft.rows("words").extend(
            {"column": column, "written": written, "means": means, "note": ""}
            for column, said in words.items()
            for written, means in said.items()
        )
    else:
        draft.settings["words"] = words


def words_written(draft: Draft, rng: Rng) -> None:
    """Tables are written in words of the network's own, declared as such."""
    columns = (("projects", "status"), ("projects", "area"), ("units", "role"), ("adoptions", "tier"))
    table, column = columns[int(rng.integers(len(columns)))]
    own = {f"{name.upper()} (own)": name for name in draft.ids(table, column)}
    for row in draft.rows(table):
        if row.get(column):
            row[column] = f"{row[column].upper()} (own)"
    words = dict(draft.settings.get("words", {}))
    draft.settings["words"] = {**words, column: {**words.get(column, {}), **own}}


def tiers_declared(draft: Draft, rng: Rng) -> None:
    """Tiers of the case's own, with rows and questions that use them or others."""
    orders = ORDERS if rng.random() < 0.8 else NO_ORDERS
    order = orders[int(rng.integers(len(orders)))]
    draft.settings["tiers"] = {"order": order}
    own = [str(one) for one in order if str(one)] if isinstance(order, list) and order else list(TIERS)
    for row in some(rng, draft.rows("adoptions")):
        row["tier"] = one_of(rng, own if rng.random() < 0.9 else TIERS)
    for one in draft.settings.get("analysis", []):
        if rng.random() < 0.7:
            one["tier"] = one_of(rng, own)


def decided_together(draft: Draft, rng: Rng) -> None:
    """Adoptions share a decision: all, some, or one by itself; with dates that agree or do not."""
    rows = draft.rows("adoptions")
    same = rng.random() < 0.5
    for row in some(rng, rows):
        row["decision"] = one_of(rng, ("summit", "Summit", "directive", "d1"))
        if same and rows:
            row["time"], row["time_latest"] = rows[0].get("time") or "", rows[0].get("time_latest") or ""


SETTINGS: tuple[Mutant, ...] = (words_odd, words_written, tiers_declared, decided_together)
