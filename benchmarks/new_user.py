"""How much work a new user has, from the files to a verdict and from ten workbooks to a case: an estimate.

Run with ``python benchmarks/new_user.py``. Nobody is timed. Each step of two pages of the documentation is
done here word for word in an empty folder, and its work is added up as the keystroke-level model does it
(Card, Moran & Newell 1980, doi:10.1145/358886.358895): .28 s for a key of an average typist, 1.35 s to make
up one's mind before each command and each edit; 200 words a minute for what must be read, on the page and on
the screen, where a line that was read is not read again; and the seconds of this machine by the clock. To
doubt, to err, and to think about one's own data is not in it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

KEY, MIND, WORDS = 0.28, 1.35, 200 / 60
"""Seconds for a key and for a decision; words read in a second."""
DOCS = Path(__file__).parents[1] / "docs"
SAVE = 4
"""Keys that save a file and leave the editor: Ctrl-O, Enter, Ctrl-X, and one to spare."""
HEADINGS = [
    *("No.", "City", "Project Name", "Focus Area", "Sub-area", "Status", "% completed", "Start date"),
    *("Partner(s)", "Remarks"),
]
CITIES = {
    "Brunei": ["Bandar Seri Begawan"],
    "Cambodia": ["Phnom Penh", "Siem Reap"],
    "Indonesia": ["Jakarta", "Makassar", "Banyuwangi"],
    "Lao PDR": ["Vientiane", "Luang Prabang"],
    "Malaysia": ["Johor Bahru", "Kuching"],
    "Myanmar": ["Yangon", "Mandalay"],
    "Philippines": ["Manila", "Cebu City", "Davao City"],
    "Singapore": ["Singapore"],
    "Thailand": ["Bangkok", "Chonburi", "Phuket"],
    "Viet Nam": ["Hà Nội", "Đà Nẵng", "Hồ Chí Minh"],
}
STATUSES = (
    "On-going",
    "Ongoing",
    "COMPLETED",
    "Completed ",
    "Planning stage",
    "on going",
    "Cancelled",
    "On hold",
)
PARTNERS = ("JICA, MLIT", "JICA", "-", "N/A", "Yokohama City", "JICA; MLIT", "", "")
STARTS = ("2022-03-01", "March 2022", "2021", "2022-05", "2565", "2020-06-01", "")
SHARES = (0.65, 1, "65%", "", 0.3)
SHEETS = ("Projects 2025", "M&E 2025", "projects {}", "projects", "Sheet1")


@dataclass
class Walk:
    """Work on the way through a page.

    Attributes
    ----------
    folder : Path
        Where commands are typed.
    keys, decisions, words, commands, edits : int
    machine : float
        Seconds in which the user waits.
    """

    folder: Path
    keys: int = 0
    decisions: int = 0
    words: int = 0
    commands: int = 0
    edits: int = 0
    machine: float = 0.0
    seen: set[str] = field(default_factory=set)

    def read(self, text: str) -> None:
        """Read a text, every word of it."""
        self.words += len(text.split())

    def page(self, name: str, *sections: str) -> None:
        """Read sections of a page: prose, tables and the lines to type, without hidden cells."""
        text = re.sub(
            r"(?s)```\{code-cell\} python\n:tags: \[hide-input\].*?```", "", (DOCS / name).read_text()
        )
        parts = dict(re.findall(r"(?ms)^#+ (.+?)\n(.*?)(?=^#+ |\Z)", text))
        for section in sections:
            self.read(section + " " + parts[section])

    def type(self, command: str, *, read: str = "all") -> str:
        """Type a command, wait for it, and read what it says: all of it, or whole sheets and the end."""
        self.keys, self.decisions, self.commands = (
            self.keys + len(command) + 1,
            self.decisions + 1,
            self.commands + 1,
        )
        words = [sys.executable, "-m", *re.findall(r'"[^"]*"|\S+', command)]
        began = time.perf_counter()
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False)
        self.machine += time.perf_counter() - began
        text = done.stdout + done.stderr
        shown = text if read == "all" else _whole_sheets(text)
        self.read("\n".join(line for line in shown.splitlines() if line not in self.seen))
        self.seen |= set(shown.splitlines())
        return text

    def edit(self, name: str, keys: int, *, text: str = "") -> None:
        """Open a file in an editor, go to a place, type, and save."""
        self.keys += len(f"nano {name}") + 1 + keys + len(text) + SAVE
        self.decisions, self.edits = self.decisions + 2, self.edits + 1

    def told(self, name: str) -> str:
        """The work in one line, and what it comes to."""
        minutes = (KEY * self.keys + MIND * self.decisions + self.words / WORDS + self.machine) / 60
        work = f"{self.commands} commands, {self.edits} edits, {self.keys:,} keys, {self.decisions} decisions"
        return (
            f"{name}: {work}, {self.words:,} words read, {self.machine:.0f} s of the machine: "
            f"about {minutes:.1f} minutes"
        )


def _whole_sheets(text: str) -> str:
    """What the page says to look at first: how headings are read, unread sheets, and the last lines."""
    lines = text.splitlines()
    first = next(
        (at for at, line in enumerate(lines) if line.startswith("error") and ", row " in line), len(lines)
    )
    return "\n".join([*lines[:first], *lines[-2:]])


def stata_panel(folder: Path) -> Walk:
    """From `laws.dta` and `borders.csv` to the first verdict, as the tutorial has it for a terminal."""
    cell = re.search(
        r"(?s)```\{code-cell\} python\n:tags: \[hide-input\]\n(.*?)```",
        (DOCS / "tutorials/stata.md").read_text(),
    )
    subprocess.run([sys.executable, "-c", cell[1]], cwd=folder, check=True)
    walk = Walk(folder)
    walk.page("tutorials/stata.md", "Import", "Ask the question", "Run the study")
    walk.type("diffuscope import laws.dta borders.csv --policy law --kind state --out my-case")
    settings = folder / "my-case" / "case.toml"
    text = settings.read_text(encoding="utf-8")
    walk.read(text)
    down = text[: text.index("# covariates")].count("\n")
    walk.edit("my-case/case.toml", down + 2)  # down to the line, and two deletions
    settings.write_text(text.replace("# covariates", "covariates"), encoding="utf-8")
    answer = walk.type("diffuscope run my-case")
    assert "neighbours" in answer, answer
    return walk


def send(folder: Path, place: int, country: str) -> None:
    """A workbook like those that people send: titles, merged cells, own words, percent cells, a total."""
    book = xlsxwriter.Workbook(str(folder / f"{country} M&E return.xlsx"))
    sheet, percent = (
        book.add_worksheet(SHEETS[place % 5].format(country)),
        book.add_format({"num_format": "0%"}),
    )
    lines = 2 * (place % 3) + 1
    for at, words in enumerate(
        (f"M&E 2025, {country}", "Representative:", "", "Fill in the yellow cells", "")[:lines]
    ):
        sheet.write(at, 0, words)
    heads = {"Viet Nam": {1: "Thành phố", 2: "Tên dự án"}, "Malaysia": {1: "Location"}}.get(country, {})
    sheet.write_row(lines, 0, [heads.get(at, name) for at, name in enumerate(HEADINGS)])
    row, each = lines + 1, 2 + place % 3
    for city in CITIES[country]:
        for nth in range(each):
            at = row - lines + place
            share = SHARES[at % 5]
            cells = [
                row - lines,
                city if place % 2 else "",
                f"Project {row}  ",
                "Mobility",
                "",
                STATUSES[3 * at % 8],
            ]
            sheet.write_row(row, 0, cells)
            sheet.write(row, 6, share, None if isinstance(share, str) else percent)
            sheet.write_row(row, 7, [STARTS[at % 7], PARTNERS[at % 8], "as of Sept" if nth else ""])
            row += 1
        if place % 2 == 0:
            sheet.merge_range(row - each, 1, row - 1, 1, city)
    sheet.write_row(row + 1, 0, ["Total", "", row - lines - 1])
    sheet.write(row + 3, 0, "Submitted by: ")
    if place % 2:
        book.add_worksheet("Instructions").write(0, 0, "How to fill in")
    book.close()


def ten_workbooks(folder: Path) -> Walk:
    """From ten countries' workbooks to one case without errors, as the how-to has it."""
    network = folder / "network"
    network.mkdir()
    for place, country in enumerate(CITIES):
        send(network, place, country)
    page = (DOCS / "how-to/returned-workbooks.md").read_text()
    walk = Walk(folder)
    walk.page(
        "how-to/returned-workbooks.md",
        *("Read workbooks as people send them", "Which sheets are read", "The row of the headings"),
        *(
            "What is read without being asked",
            "Several sheets and files of one table",
            "Correct what is certain",
        ),
    )
    settings = re.search(r"(?s)```toml\n(.*?)```", page)[1]
    names = [city for cities in CITIES.values() for city in cities]
    units = "unit,name,kind,role\n" + "".join(
        f"city-{at},{name},city,adopter\n" for at, name in enumerate(names)
    )
    for name, text in (("case.toml", settings), ("units.csv", units)):
        (network / name).write_text(text, encoding="utf-8")
        walk.edit(f"network/{name}", 0, text=text)
    walk.type("diffuscope check network", read="sheets")
    _add(walk, "network/case.toml", '[sheets]\n"Sheet1" = "projects"\n', "[sheets]\n")
    walk.type("diffuscope check network", read="sheets")
    line = '[words.heading]\n"Location" = "unit"\n"Thành phố" = "unit"\n'
    _add(walk, "network/case.toml", line, "[words.heading]\n")
    walk.type("diffuscope check network", read="sheets")
    walk.type("diffuscope check network --apply --out network-corrected")
    walk.type("diffuscope check network-corrected")
    others = "jica,JICA,agency,promoter\nmlit,MLIT,agency,promoter\nyokohama,Yokohama City,city,promoter\n"
    _add(walk, "network/units.csv", others, "")
    walk.type("diffuscope check network --apply --out network-2")
    last = walk.type("diffuscope check network-2", read="sheets")
    assert "0 errors" in last, last
    return walk


def _add(walk: Walk, name: str, text: str, after: str) -> None:
    """Type lines after a line of a file."""
    file = walk.folder / name
    held = file.read_text(encoding="utf-8")
    down = held[: held.index(after)].count("\n") + 1 if after else 1  # the end of a file is one key away
    walk.edit(name, down, text=text.removeprefix(after))
    changed = held.replace(after, text, 1) if after else held + text
    file.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    for name, walked in (
        ("a Stata panel to a verdict", stata_panel),
        ("ten workbooks to a case", ten_workbooks),
    ):
        with tempfile.TemporaryDirectory() as made:
            print(walked(Path(made)).told(name), flush=True)
