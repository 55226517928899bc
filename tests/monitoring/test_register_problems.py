"""What no single row of a register shows, told with place and fix."""

from __future__ import annotations

from printed_figures import figure, published, rows_of

from diffuscope.monitoring.problems import register_problems
from register import WAVES, register

AREAS = rows_of("areas", {"area": "Water"}, {"area": "Transport"}, {"area": "Transport", "sub_area": "Bus"})
RIGHT = register(("w1", "a", "c1", "A", "Water", "planning"), ("w2", "a", "c1", "A", "Water", "planning"))


def problems(projects=RIGHT, figures=(), claims=(), areas=AREAS, indicators=()) -> list:
    tables = {
        "areas": areas,
        "projects": projects,
        "indicators": rows_of("indicators", *indicators),
        "published": published(*figures),
        "claims": rows_of("claims", *claims),
    }
    return register_problems(tables, {"projects": "book.xlsx › projects"}, WAVES)


def test_a_sound_register_has_no_problems():
    figures = [figure("d", "projects", "1", area="Transport", sub_area="Bus"), figure("d", "share", "14.29%")]
    assert problems(figures=figures) == []


def test_a_project_shown_twice_in_one_wave():
    rows = register(
        *(("w1", "a", "c1", title, "Water", "planning") for title in "AB"),
        ("w1", None, "c1", "C", None, "ongoing"),
    )
    (found,) = problems(rows)
    assert (found.rule, found.file, found.row, found.column, found.value) == (
        "project-twice", "book.xlsx › projects", 3, "project", "a",
    )  # fmt: skip
    assert "row 2" in found.message


def test_an_area_that_is_not_declared_is_met_with_the_nearest():
    rows = register(("w1", "a", "c1", "A", "Watre", "planning"))
    (found,) = problems(rows)
    assert (found.level, found.rule, found.row, found.value, found.fix) == (
        "error", "unknown-area", 2, "Watre", "write `Water`",
    )  # fmt: skip


def test_a_sub_area_belongs_to_its_area():
    (found,) = problems(figures=[figure("d", "projects", "1", area="Water", sub_area="Bus")])
    assert (found.table, found.rule, found.column, found.value) == (
        "published",
        "unknown-sub-area",
        "sub_area",
        "Bus",
    )
    (found,) = problems(claims=[{"id": "k", "document": "d", "kind": "rises", "area": "Air"}])
    assert (found.table, found.rule) == ("claims", "unknown-area")


def test_without_a_classification_any_area_will_do():
    assert problems(register(("w1", "a", "c1", "A", "Air", "planning")), areas=rows_of("areas")) == []


def test_a_value_that_is_not_what_is_printed():
    wrong = figure("d", "share", "14.29%") | {"value": 14.92}
    words = figure("d", "projects", "9") | {"printed": "nine (9)", "value": 9.0}
    (found,) = problems(figures=[wrong, words])
    assert (found.level, found.rule, found.row, found.value) == ("warning", "value-as-printed", 2, "14.29%")
