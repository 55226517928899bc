"""What a shipped case must give, compared with what a `result.json` holds.

`expected.json` beside each case was written by hand from published figures and worked examples; it is never
written by the program. Only what it names is compared.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CASES = Path(__file__).parents[2] / "src" / "diffuscope" / "cases"
TOLERANCE = 6e-4
"""Published posteriors have three decimals."""


def shipped() -> list[str]:
    return sorted(folder.name for folder in CASES.iterdir() if (folder / "case.toml").is_file())


def expected(case: str) -> dict[str, Any]:
    return json.loads((CASES / case / "expected.json").read_text(encoding="utf-8"))


def summary(result: dict[str, Any]) -> dict[str, Any]:
    """The parts of a result that `expected.json` speaks of."""
    analyses: dict[str, Any] = {}
    for dates in result["chronology"]:
        analyses[dates["analysis"]] = {
            "chronology": {name: value for name, value in dates.items() if name not in ("order", "left_out")},
            "verdicts": {},
            "author": {},
            "evidence": {},
            "statistics": {},
        }
    for verdict in result["verdicts"]:
        analyses[verdict["analysis"]]["verdicts"][verdict["mechanism"]] = verdict["verdict"]
    for said in result["author_verdicts"]:
        analyses[said["analysis"]]["author"][said["mechanism"]] = said["verdict"]
    for finding in result["findings"]:
        if finding["body"] == "statistics":
            said = ": ".join(filter(None, (finding["stance"], finding["silence"])))
            analyses[finding["analysis"]]["statistics"][finding["mechanism"]] = said
        detail = finding["evidence"]
        if detail is None:
            continue
        others = [step["p"] for step in detail["leave_one_out"]]
        broad = detail["other_definition"]
        analyses[finding["analysis"]]["evidence"][finding["mechanism"]] = {
            "stance": finding["stance"],
            "p": detail["p"],
            "decibans": detail["decibans"],
            "leave_one_out": [min(others), max(others)] if others else None,
            "broad": broad["p"] if broad else None,
        }
    for told in result["histories"]:
        analyses[told["analysis"]]["history"] = history(told)
    return {"tables": result["case"]["tables"], "analyses": analyses, **register(result)}


def history(told: dict[str, Any]) -> dict[str, Any]:
    """Who was at risk, and what the main model rests on."""
    main = told["estimates"][0] if told["estimates"] else {}
    return {
        "risk_set": told["refused"] is None,
        "rows": told["rows"],
        "events": told["events"],
        "left_out": {row["reason"]: row["count"] for row in told["left_out"]},
        "stands": [one["name"] for one in told["exposures"] if one["refused"] is None],
        "main": {name: main.get(name) for name in ("model", "rows", "events")},
    }


def register(result: dict[str, Any]) -> dict[str, Any]:
    """What a result says of a programme's register, its printed figures and claims."""
    found: dict[str, Any] = {"register": {}, "areas": {}, "states": {}, "printed_status": {}, "audit": {}}
    for row in rows(result, "wave_totals"):
        found["register"][row["wave"]] = row
    for row in rows(result, "project_counts"):
        if row["status"] is None and row["dimension"] in ("area", "state"):
            place = found[f"{row['dimension']}s"].setdefault(row["wave"], {})
            place[row["name"]] = row["projects"]
    for row in result["audit"]:
        about = [row[name] for name in ("document", "wave", "unit", "kind")]
        found["audit"][" · ".join(filter(None, about))] = [row["outcome"], row["suggestion"]]
        whole = row["kind"] == "counted" and row["unit"] is None and row["area"] is None
        if whole and row["own"] and row["status"] is not None:
            found["printed_status"].setdefault(row["wave"], {})[row["status"]] = int(row["printed"])
    return found | {"claims": {row["id"]: row["outcome"] for row in result["claims"]}}


def rows(result: dict[str, Any], name: str) -> list[dict[str, Any]]:
    frame = result["frames"].get(name, {"columns": [], "rows": []})
    return [dict(zip(frame["columns"], row, strict=True)) for row in frame["rows"]]


def differences(wanted: Any, found: Any, place: str = "") -> list[str]:
    """Every place where the result is not as expected."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return [f"{place}: expected a mapping, found {found!r}"]
        return [
            line
            for name, value in wanted.items()
            if not name.startswith("_")
            for line in differences(value, found.get(name), f"{place}/{name}")
        ]
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(wanted) != len(found):
            return [f"{place}: expected {wanted!r}, found {found!r}"]
        return [
            line
            for at, (one, other) in enumerate(zip(wanted, found, strict=True))
            for line in differences(one, other, f"{place}/{at}")
        ]
    if isinstance(wanted, float) and isinstance(found, (int, float)):
        # decibans are published with two decimals, probabilities with three
        near = 6e-3 if "decibans" in place else TOLERANCE
        return [] if abs(wanted - found) <= near else [f"{place}: expected {wanted}, found {found}"]
    return (
        []
        if wanted == found and type(wanted) is type(found)
        else [f"{place}: expected {wanted!r}, found {found!r}"]
    )
