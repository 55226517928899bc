"""The page of every table says what its declaration says."""

from __future__ import annotations

import re

import pytest

from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.pages import table_page


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_column_choice_rule_and_reference_stands_on_the_page(name):
    table = CATALOGUE[name]
    page = table_page(table)
    lines = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| `")}
    assert list(lines) == [f"`{c.name}`" if c.required else f"`{c.name}`?" for c in table.columns]
    for column in table.columns:
        line = lines[f"`{column.name}`" + ("" if column.required else "?")]
        assert column.description in line
        assert all(f"`{choice}`" in line for choice in column.choices)
        if column.default is not None:
            assert f"empty: `{column.default}`" in line
        if column.refers_to is not None:
            other = column.refers_to.partition(".")[0]
            assert f"[{other}]({other}.md)" in line
        if column.kind != "choice":
            assert f"\n- {column.kind}: " in page
    for rule in table.rules:
        assert f"{rule.says[1:]}." in page
    for column in table.key:
        assert f"`{column}`" in page.split("| column |")[0]


@pytest.mark.parametrize("name", CATALOGUE)
def test_rows_of_the_page_have_three_cells(name):
    rows = [line for line in table_page(CATALOGUE[name]).splitlines() if line.startswith("|")]
    assert len(rows) == len(CATALOGUE[name].columns) + 2
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 4 for row in rows)


def test_numbers_show_their_unit_and_bounds():
    page = table_page(CATALOGUE["units"])
    assert "| `lat`? | number in degrees from -90 to 90 |" in page
    assert "actors that belong, through their parents, to themselves" in page
