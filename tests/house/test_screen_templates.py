"""Templates of the register's screens are read, and merged, line by line: one element a line."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "src" / "diffuscope" / "register" / "screens" / "templates"
LONGEST = 200
CELL = re.compile(r"</t[dhr]>|</li>|</option>|</form>|</div>|</table>")


def test_a_line_of_a_template_holds_one_element():
    found = []
    for file in sorted(TEMPLATES.glob("*.html")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            packed = len(CELL.findall(line)) > 2 or len(line) > LONGEST
            found += [f"{file.name}:{number}"] if packed else []
    assert found == []
