"""What networks do to registers: returns, money, dates, links, joint projects, areas, printed figures."""

from __future__ import annotations

from .drafts import Draft, Mutant, Rng, mostly, one_of, some

STATES = ("received", "nil", "carried forward", "excused", "silent")
NO_STATES = ("carried-forward", "Silent", "late", "")
STATUSES = ("planning", "ongoing", "completed", "on hold", "cancelled", "undetermined", "not stated")
OWN_STATUSES = ("On-going", "Under way", "Done", "done", "COMPLETED", "")
MONEY = ("0", "1e18", "0.5", "1e-9", "999999999999999", "1000000")
NO_MONEY = ("-5", "1,000,000", "1.000.000", "$5", "5 million", "")
CURRENCIES = ("USD", "EUR", "THB", "IDR")
NO_CURRENCIES = ("usd", "XXX", "$", "", "baht")
DATES = ("2019", "2021-02", "2031-12-31", "1999", "", "2020-06-30")
NO_DATES = ("2021-02-30", "TBC", "2564", "Q3 2021")
PERCENTS = ("0", "100", "0.45", "45", "1", "99.999", "")
NO_PERCENTS = ("45%", "101", "-1", "n/a")
KINDS = (
    "rises", "falls", "unchanged", "adds", "drops", "all completed", "share", "total", "first", "only",
)  # fmt: skip
QUANTITIES = (
    "projects", "share", "cities", "returns", "expected-returns", "carried-forward", "listed", "listed-city",
    "caption-year", "areas", "implementation", "bananas", "",
)  # fmt: skip


def returns_odd(draft: Draft, rng: Rng) -> None:
    """Returns say that units are silent, excused, nil or carried forward, beside rows that say otherwise."""
    rows = draft.rows("returns")
    for row in some(rng, rows):
        row["state"] = mostly(rng, STATES, NO_STATES)
    kind = rng.integers(5)
    if kind == 0:
        everybody, wave = draft.ids("units", "unit"), one_of(rng, draft.waves)
        state = mostly(rng, STATES, NO_STATES)
        rows += [
            {"wave": wave, "unit": unit, "state": state, "received": "", "source": "x"} for unit in everybody
        ]
    elif kind == 1:
        draft.tables["returns"] = [row for row in rows if rng.random() < 0.5]
    elif kind == 2:
        for row in rows:
            row["received"] = mostly(rng, DATES, NO_DATES)


def a_unit_sends_nothing(draft: Draft, rng: Rng) -> None:
    """All rows of a unit, or of everybody, are gone from one wave, with or without a return."""
    unit, wave = one_of(rng, draft.ids("projects", "unit")), one_of(rng, draft.waves)
    everybody = rng.random() < 0.3
    draft.tables["projects"] = [
        row
        for row in draft.rows("projects")
        if row.get("wave") != wave or (row.get("unit") != unit and not everybody)
    ]
    if rng.random() < 0.5:
        state = mostly(rng, STATES, NO_STATES)
        draft.rows("returns").append(
            {"wave": wave, "unit": unit, "state": state, "received": "", "source": "x"}
        )


def money_odd(draft: Draft, rng: Rng) -> None:
    """Budgets and sums of support are nothing, huge, negative, in words or in several currencies."""
    for row in some(rng, draft.rows("projects")):
        row["budget"], row["currency"] = mostly(rng, MONEY, NO_MONEY), mostly(rng, CURRENCIES, NO_CURRENCIES)
    for row in some(rng, draft.rows("support")):
        row["amount"], row["currency"] = (
            mostly(rng, (*MONEY, "-250000"), NO_MONEY),
            mostly(rng, CURRENCIES, NO_CURRENCIES),
        )


def project_dates_odd(draft: Draft, rng: Rng) -> None:
    """Planned and actual dates are out of order, far away or in words."""
    for row in some(rng, draft.rows("projects")):
        row[one_of(rng, ("start_planned", "start", "end_planned", "end"))] = mostly(rng, DATES, NO_DATES)


def percent_odd(draft: Draft, rng: Rng) -> None:
    """What is done of a project is written as a fraction, with a sign, or beside a status that denies it."""
    for row in some(rng, draft.rows("projects")):
        row["percent_complete"] = mostly(rng, PERCENTS, NO_PERCENTS)


def project_statuses_odd(draft: Draft, rng: Rng) -> None:
    """Projects are on hold, cancelled, begun again, or have a status in the network's own words."""
    status = mostly(rng, STATUSES, OWN_STATUSES)
    same = rng.random() < 0.4
    for row in some(rng, draft.rows("projects")):
        row["status"] = status if same else mostly(rng, STATUSES, OWN_STATUSES)


def successions(draft: Draft, rng: Rng) -> None:
    """Projects succeed others: split, merged, themselves, in a ring, or later ones."""
    rows, names = draft.rows("projects"), draft.ids("projects", "project")
    for row in some(rng, rows):
        wave = row.get("wave") or ""
        earlier = sorted({one.get("project") or "" for one in rows if (one.get("wave") or "") < wave} - {""})
        sound = earlier if earlier and rng.random() < 0.8 else names
        before = [one_of(rng, sound) for _ in range(int(rng.integers(1, 4)))]
        if rng.random() < 0.6:
            row["project"], row["link_basis"] = f"{wave}-{rng.integers(9)}", "judged"
        elif rng.random() < 0.1:
            before.append(row.get("project") or "")
        row["succeeds"] = ";".join(sorted(set(before)))


def unlinked(draft: Draft, rng: Rng) -> None:
    """Projects lose their id, or all get the same one, or their titles are nearly alike."""
    rows, kind = draft.rows("projects"), rng.integers(4)
    for row in some(rng, rows):
        if kind == 0:
            row["project"], row["link_basis"] = "", "not linked"
        elif kind == 1:
            row["project"] = one_of(rng, draft.ids("projects", "project"))
        elif kind == 2:
            row["title"] = one_of(rng, ("The water works", "the Water  works", "Water works, the", "-", "?"))
        else:
            row["link_basis"] = one_of(rng, ("exact title", "judged", "not linked"))


def joint(draft: Draft, rng: Rng) -> None:
    """Projects have several units: cities of several countries, a state and its city, one named twice."""
    units = draft.ids("units", "unit")
    for row in some(rng, draft.rows("projects")):
        several = [row.get("unit") or "", *(one_of(rng, units) for _ in range(int(rng.integers(1, 4))))]
        row["unit"] = one_of(rng, (";", "; ", " ;")).join(several)


def indicators_odd(draft: Draft, rng: Rng) -> None:
    """Indicators fall, have no target or baseline, another measure or name, or stand twice."""
    rows = draft.rows("indicators")
    if not rows:
        rows += [
            {"unit": unit, "wave": wave, "indicator": "leaks", "name": "Pipes", "baseline": "", "target": "",
             "actual": "5", "unit_of_measure": "", "source": "x"}
            for unit in draft.ids("units", "unit")[:2]
            for wave in draft.waves
        ]  # fmt: skip
    for row in some(rng, rows):
        column = one_of(rng, ("baseline", "target", "actual", "unit_of_measure", "name"))
        words = column in ("name", "unit_of_measure")
        row[column] = one_of(rng, ("km", "per cent", "Pipes") if words else ("", "0", "-7", "1e300", "0.1"))


def areas_adopted(draft: Draft, rng: Rng) -> None:
    """Policies are areas of the register, beside hand-made adoptions that agree with it or do not."""
    areas = draft.ids("areas", "area")
    for row in some(rng, draft.rows("policies")):
        row["area"] = mostly(rng, (*areas, ""), ("nowhere",))
        own = [one.get("sub_area") or "" for one in draft.rows("areas") if one.get("area") == row["area"]]
        row["sub_area"] = one_of(rng, own or [""])
        row["area_counts"] = mostly(rng, ("begun", "listed", ""), ("all",))
    if rng.random() < 0.5:
        units, policies = draft.ids("units", "unit"), draft.ids("policies", "policy")
        draft.rows("adoptions").extend(
            {"unit": one_of(rng, units), "policy": one_of(rng, policies),
             "time": mostly(rng, DATES, NO_DATES), "time_latest": "", "source": "x"}
            for _ in range(int(rng.integers(1, 6)))
        )  # fmt: skip


def printed_odd(draft: Draft, rng: Rng) -> None:
    """Figures and claims are about other quantities, kinds, places or waves than the register holds."""
    units, areas = (*draft.ids("units", "unit"), ""), (*draft.ids("areas", "area"), "", "")
    for row in some(rng, draft.rows("published")):
        row["quantity"], row["unit"] = one_of(rng, QUANTITIES), one_of(rng, units)
        row["area"], row["wave"] = one_of(rng, areas), one_of(rng, (*draft.waves, ""))
        row["status"] = mostly(rng, STATUSES, OWN_STATUSES)
    for row in some(rng, draft.rows("claims")):
        row["kind"], row["quantity"] = one_of(rng, KINDS), one_of(rng, QUANTITIES)
        row["unit"], row["area"] = one_of(rng, units), one_of(rng, areas)
        row["from_wave"], row["to_wave"] = one_of(rng, draft.waves), one_of(rng, (*draft.waves, ""))
        row["value"] = one_of(rng, ("", "0", "3", "100", "-1", "12.5"))


REGISTER: tuple[Mutant, ...] = (
    returns_odd, a_unit_sends_nothing, money_odd, project_dates_odd, percent_odd, project_statuses_odd,
    successions, unlinked, joint, indicators_odd, areas_adopted, printed_odd,
)  # fmt: skip
