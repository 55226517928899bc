"""What the tables that monitoring makes say, for print, notes sheets and documentation."""

from __future__ import annotations

WAVE = "Reporting wave."
CHANGE = (
    "entered · succeeds: new, and continues an earlier one under another id · left · succeeded: gone, and "
    "continues under another id · stayed · moved on · moved back · put on hold · resumed: no longer on hold "
    "· cancelled · reinstated: no longer cancelled · unknown: a status is unknown, or a return is missing."
)
SURE = "How many of them do not rest on a judged status or link."
EXPECTED = "Units whose return was expected."
RETURNED = "Units that reported, including those with nothing to report."
MISSING = "Units without a return, or for which it is unknown whether there was one; separated by semicolons."
CARRIED = (
    "How many of the projects are carried forward: rows of an earlier wave are used in place of a return."
)
_BOTH = {"from_wave": "The earlier wave.", "to_wave": "The later wave."}

TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "wave_totals": (
        "one reporting wave of the register",
        {
            "wave": WAVE,
            "date": "Date of the data.",
            "projects": "Projects the wave shows; empty, as every count is, where no return of it came in.",
            "units": "Cities (or other units) that have at least one.",
            "planning": "Projects planned.",
            "ongoing": "Projects under way.",
            "completed": "Projects completed.",
            "on hold": "Projects that have stopped for now.",
            "cancelled": "Projects that were given up.",
            "undetermined": "Projects whose status the source leaves open.",
            "not stated": "Projects without a status in the source.",
            "judged": "Projects whose status is a judgement; they are counted under it.",
            "joint": "Projects of several units; each counts once here, and in each of its units.",
            "expected": EXPECTED,
            "returned": RETURNED,
            "nil": "Units that reported that they have no projects.",
            "missing": MISSING,
            "carried_forward": "Units for which rows of an earlier wave are used in place of a return.",
            "carried_projects": CARRIED,
        },
    ),
    "project_counts": (
        "how many projects of one wave belong to one area, sub-area, state or city",
        {
            "wave": WAVE,
            "dimension": "Kind of name: an area, a sub-area, a state, or a city.",
            "area": "Area of a sub-area.",
            "name": "The area, sub-area, state or city.",
            "status": "State of the projects counted; empty: all of them.",
            "projects": "How many. A joint project counts in each of its states and cities.",
            "share": "In per cent of the wave's projects; with a status, of those of the same name. Where "
            "projects are joint, shares of states and cities sum to more than 100.",
            "sure": SURE,
            "joint": "How many of them are projects of several units.",
            "expected": "Units whose return was expected: in the network, or in the state or city named.",
            "returned": RETURNED,
            "carried_projects": CARRIED,
        },
    ),
    "city_areas": (
        "how many projects of one city belong to one area, in one wave",
        {
            "wave": WAVE,
            "state": "State of the city.",
            "city": "The city; a joint project counts in each of its cities.",
            "area": "The area; empty: projects of which no area is named.",
            "status": "State of the projects counted; empty: all of them.",
            "projects": "How many.",
            "share": "In per cent of the city's projects; with a status, of those of the same city and area.",
            "sure": SURE,
        },
    ),
    "wave_changes": (
        "how many projects changed in one way between two waves",
        {
            **_BOTH,
            "area": "Area in the later wave; empty: all areas.",
            "change": CHANGE,
            "projects": "How many.",
            "sure": SURE,
            "in_both": "How many of them both waves show.",
            "expected_before": "Units whose return was expected in the earlier wave.",
            "returned_before": "Units that reported in the earlier wave.",
            "expected": "Units whose return was expected in the later wave.",
            "returned": "Units that reported in the later wave.",
        },
    ),
    "movements": (
        "one project between two waves",
        {
            **_BOTH,
            "unit": "Where it is; several of a joint project, separated by semicolons.",
            "state": "The state it is in, or states.",
            "project": "Its id; empty where rows are not linked.",
            "title": "Its title, as the later wave has it.",
            "area": "Its area in the later wave.",
            "area_before": "Its area in the earlier wave.",
            "change": "What changed.",
            "status_before": "State in the earlier wave.",
            "status": "State in the later wave.",
            "succeeds": "Earlier projects that it continues, separated by semicolons.",
            "succeeded_by": "Projects of the later wave that continue it.",
            "judged": "Whether the link, or a status, is a judgement.",
            "row_before": "Row of `projects` in the earlier wave.",
            "row": "Row of `projects` in the later wave.",
            "why": "Why the change is unknown, where it is.",
        },
    ),
    "wave_returns": (
        "the return of one unit in one reporting wave",
        {
            "wave": WAVE,
            "unit": "Who was to report.",
            "state": "The state it is in.",
            "standing": "received · nil: it reported that it has none · carried forward: rows of an earlier "
            "wave are used instead · excused: not expected · silent: expected, and nothing came · unknown: "
            "no rows, and it is not recorded whether it reported.",
            "basis": "The source of this.",
            "projects": "Projects of the wave that name it; empty where nothing came.",
            "row": "Row of `returns` that says so.",
        },
    ),
    "links_to_confirm": (
        "a project of an earlier wave that an unlinked row may be",
        {
            "wave": WAVE,
            "row": "Row of `projects` that has no link.",
            "unit": "Where it is.",
            "title": "Its title.",
            "column": "Where to write the id: `project` if it is the same, `succeeds` if it is a part of it.",
            "project": "Id to write there.",
            "earlier_wave": "Wave of the candidate.",
            "earlier_row": "Row of `projects` of the candidate.",
            "earlier_unit": "Where the candidate is.",
            "earlier_title": "Title of the candidate.",
            "score": "Similarity of the titles; 1: the same.",
            "reason": "Why it is suggested.",
        },
    ),
    "learning_peers": (
        "a project that is further along, and one that could learn from it",
        {
            "wave": WAVE,
            "unit": "Who could learn.",
            "title": "Its planned or on-going project.",
            "area": "Area of both.",
            "sub_area": "Sub-area, where the register names it.",
            "status": "State of the project.",
            "row": "Row of `projects`.",
            "peer": "From whom.",
            "peer_title": "The peer's project.",
            "peer_status": "Its state.",
            "peer_row": "Row of `projects`.",
            "shared": "How many further things the two have in common.",
            "reason": "Why it is suggested, in words.",
            "expected": EXPECTED,
            "returned": "Units that reported; only these can be suggested as peers.",
            "missing": MISSING,
            "carried_forward": "Whether one of the two rows is carried forward from an earlier wave.",
        },
    ),
    "unfinished_areas": (
        "an area in which no return shows a finished project yet",
        {
            "area": "The area.",
            "sub_area": "The sub-area, where the register names sub-areas.",
            "open": "Planned or on-going projects in the latest wave.",
            "units": "In how many units.",
            "unknown": "Projects with an unknown status; any of them may be finished.",
            "expected": "Units whose return was expected in the latest wave.",
            "returned": "Units that reported in it; others may have finished a project.",
            "missing": MISSING,
        },
    ),
    "budgets": (
        "a sum of budgets of one wave in one currency; currencies are never added up together",
        {
            "wave": WAVE,
            "dimension": "all of the wave, an area, or a state.",
            "name": "The area or state; empty for all.",
            "currency": "Currency (ISO 4217).",
            "budget": "Sum of the budgets stated in this currency.",
            "stated": "Projects that state a budget in this currency.",
            "stated_any": "Projects that state a budget in any currency.",
            "projects": "All projects there; the budgets of the others are not known.",
            "joint": "How many of the stated are projects of several units, counted whole in each state.",
        },
    ),
    "support_sums": (
        "what one partner gives at one stage in one currency",
        {
            "partner": "Who gives.",
            "stage": "Pledged, committed or paid; empty: not known. Stages are never added up together.",
            "currency": "Currency (ISO 4217); empty: entries that state no amount.",
            "amount": "Sum of the amounts, revisions taken off; empty where none is stated.",
            "entries": "Rows of `support`.",
            "recipients": "To how many actors.",
            "revisions": "How many entries are below zero: revised or withdrawn.",
            "revised": "Sum of these.",
        },
    ),
    "named_sources": (
        "one adoption that says from whom it was learned",
        {
            "policy": "The policy, such as a practice.",
            "unit": "Who adopted it.",
            "time": "When, or the earliest it can have been.",
            "learned_from": "From whom.",
            "source_time": "When the source had first adopted it; empty: not known, or never.",
            "source_first": "Whether the source had adopted before: yes, no, or unknown.",
            "row": "Row of `adoptions`.",
        },
    ),
    "project_partners": (
        "a partner that projects of one wave name",
        {
            "wave": WAVE,
            "partner": "The partner.",
            "projects": "Projects that name it.",
            "units": "Cities (or other units) whose projects these are.",
            "states": "States in which these are.",
        },
    ),
    "meetings": (
        "one meeting",
        {
            "event": "Id of the meeting.",
            "name": "Its name.",
            "kind": "Workshop, annual meeting, training …",
            "start": "First day, month or year.",
            "end": "Last day, month or year.",
            "place": "Where it was held.",
            "host": "Who hosted it.",
            "present": "How many actors `attendance` lists; empty where it lists nobody: unknown.",
            "row": "Row of `events`.",
        },
    ),
    "indicator_values": (
        "one indicator of one unit in one wave",
        {
            "indicator": "Id of the indicator.",
            "name": "What is measured.",
            "unit": "Of whom.",
            "wave": WAVE,
            "baseline": "Value at the start.",
            "target": "Target value.",
            "actual": "Value that the wave reports.",
            "unit_of_measure": "What the numbers count.",
            "progress": "Progress from baseline to target, in per cent; empty: unknown.",
            "row": "Row of `indicators`.",
        },
    ),
}
"""For each table: what a row is, and what each column says."""
