"""A sound register with all that a network's workbooks hold, whose areas spread among its cities."""

from __future__ import annotations

from .drafts import Draft, Rng, Row, one_of

AREAS = ("Water", "Transport", "Energy", "Safety")
COURSE = ("planning", "ongoing", "completed")
SETTINGS = {
    "format": 1, "id": "network", "title": "Projects of a network", "licence": "CC0-1.0", "language": "en",
    "words": {
        "status": {"On-going": "ongoing", "Under way": "ongoing", "Done": "completed"},
        "area": {"Air": "Water"},
        "label": {"Negara": "Country", "Kota": "City"},
    },
    "analysis": [
        {
            "id": "water", "question": "Why did cities take up projects on water?", "policies": ["water"],
            "units": "city", "period": "wave",
        }
    ],
}  # fmt: skip


def network(rng: Rng) -> Draft:
    """Cities of three countries, their projects over two to four waves, with money, dates and returns."""
    waves = {f"w{at}": f"{2020 + at}-06-30" for at in range(int(rng.integers(2, 5)))}
    cities = [f"city{at:02d}" for at in range(int(rng.integers(4, 12)))]
    projects = _projects(rng, cities, list(waves))
    shown = {(row["wave"], row["unit"]) for row in projects}
    tables = {
        "units": _units(cities),
        "areas": [
            {"area": area, "sub_area": sub, "source": "scheme"} for area in AREAS for sub in ("", f"{area} A")
        ],
        "projects": projects,
        "policies": [
            {"policy": "water", "name": "Projects on water", "area": "Water", "sub_area": "",
             "area_counts": "begun"},
            {"policy": "energy", "name": "Projects on energy", "area": "Energy", "sub_area": "Energy A",
             "area_counts": "listed"},
        ],
        "returns": [
            {"wave": wave, "unit": city, "state": "received" if (wave, city) in shown else "nil",
             "received": f"{day[:8]}15", "source": "letter"}
            for wave, day in waves.items()
            for city in cities
        ],
        "indicators": [
            {"unit": city, "wave": wave, "indicator": "leaks", "name": "Pipes fixed", "baseline": "0",
             "target": "90", "actual": str(10 * at), "unit_of_measure": "km", "source": "report"}
            for at, wave in enumerate(waves)
            for city in cities[:3]
        ],
        "support": [
            {"partner": "fund", "recipient": cities[0], "kind": "finance", "name": "Pipes",
             "amount": "250000", "currency": "USD", "start": "2020", "end": "2022", "source": "report"}
        ],
        "events": [{"event": "meeting", "name": "A meeting", "start": "2020-09", "kind": "workshop",
                    "source": "report"}],
        "attendance": [{"event": "meeting", "unit": city, "source": "report"} for city in cities[:4]],
        "documents": [{"document": "report", "title": "The report", "share": "public"}],
        "published": [
            {"document": "report", "locator": "p. 2", "quantity": "projects", "area": "", "status": "",
             "wave": "w1", "printed": "7", "value": "7", "decimals": "0"}
        ],
        "claims": [
            {"id": "c1", "document": "report", "paraphrase": "There are more.", "kind": "rises", "area": "",
             "from_wave": "w0", "to_wave": "w1", "quantity": "projects", "value": ""},
            {"id": "c2", "document": "report", "paraphrase": "All are done.", "kind": "all completed",
             "area": "Water", "from_wave": "", "to_wave": "w1", "quantity": "", "value": ""},
        ],
    }  # fmt: skip
    analysis = [dict(one) for one in SETTINGS["analysis"]]
    return Draft({**SETTINGS, "waves": waves, "analysis": analysis}, tables)


def _units(cities: list[str]) -> list[Row]:
    states = [
        {"unit": f"state{at}", "name": f"State {at}", "kind": "state", "role": "other", "parent": ""}
        for at in range(3)
    ]
    fund = {"unit": "fund", "name": "The Fund", "kind": "organisation", "role": "promoter", "parent": ""}
    own = [
        {"unit": city, "name": city.title(), "kind": "city", "role": "adopter", "parent": f"state{at % 3}"}
        for at, city in enumerate(cities)
    ]
    return [{**row, "source": "list"} for row in (*states, *own, fund)]


def _projects(rng: Rng, cities: list[str], waves: list[str]) -> list[Row]:
    found: list[Row] = []
    for city in cities:
        for at in range(int(rng.integers(1, 4))):
            area, since = one_of(rng, AREAS), int(rng.integers(len(waves)))
            stage = int(rng.integers(2))
            for wave in waves[since:]:
                found.append(_project(rng, city, f"{city}-{at}", area, wave, COURSE[stage]))
                stage = min(2, stage + int(rng.integers(2)))
    return found


def _project(rng: Rng, city: str, name: str, area: str, wave: str, status: str) -> Row:  # noqa: PLR0917
    return {
        "wave": wave, "project": name, "unit": city, "title": f"The {area.lower()} of {name}", "area": area,
        "sub_area": f"{area} A" if rng.random() < 0.3 else "", "status": status, "succeeds": "",
        "budget": "1000000", "currency": "USD", "start_planned": "2019-01",
        "start": "" if status == "planning" else "2019-05",
        "end_planned": "2024", "end": "2019-12" if status == "completed" else "",
        "percent_complete": {"planning": "0", "ongoing": "45", "completed": "100"}[status],
        "partner": "fund" if rng.random() < 0.2 else "", "status_basis": "reported",
        "link_basis": "exact title", "source": "report, p. 4", "note": "",
    }  # fmt: skip
