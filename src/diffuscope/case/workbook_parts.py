"""A workbook as what it is: a zip of XML. It is looked through here before any library reads its sheets.

What a sheet says of its cells decides how much memory its reader takes, and a formula that was never computed
looks to it like an empty cell; so both are sought in the XML itself.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from diffuscope.case import limits
from diffuscope.case.archive import Packed
from diffuscope.case.folder import gather
from diffuscope.case.percent_cells import percent_cells, percent_formats
from diffuscope.case.refusal import Unreadable
from diffuscope.records.phrases import counted
from diffuscope.tables.places import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from diffuscope.case.percent_cells import PercentCell

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"  # sought in small letters
NEEDED = ("[Content_Types].xml", "_rels/.rels", BOOK, RELATIONS, "xl/styles.xml", "xl/sharedStrings.xml")
INDEX_BYTES = 5 * limits.MB
"""The list of sheets and its links; a thousand sheets take 200 kB."""
STYLES = "xl/styles.xml"
FORMAT_CODE = re.compile(rb"""(<(?:\w+:)?numFmt\b[^<>]*\bformatCode\s*=\s*["'])([^"'<>]*)(["'])""")
ERA = re.compile(rb"(?<![\w\\])[bB]{2,4}(?![\w])|(?<=[dm])[bB]{4}")
FROM_1904 = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true)["']""")
COMMENTS = re.compile(rb"""\bTarget\s*=\s*["']([^"'<>]*comments?[0-9]*\.xml)["']""")
ANY_COMMENT = re.compile(rb"""<(?:\w+:)?comment\b[^<>]*\bref\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
AUTHORS = re.compile(rb"<(?:\w+:)?author>([^<]*)<")
AUTHOR = re.compile(rb"""\bauthorId\s*=\s*["']([0-9]{1,5})["']""")
OWN_AUTHOR = "diffuscope"
"""Author of the comments at headings of a new workbook, which say what stands below and need not be read."""
HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
SPAN = re.compile(rb"""\b(min|max)\s*=\s*["']([0-9]{1,5})["']""")
WORKSHEETS = "worksheets/"
OTHER_BYTES, OTHER_CELLS = 30 * limits.MB, limits.MB
"""Of a sheet that no table takes, what is looked into to count its rows and find its headings."""
RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SAVE_AGAIN = "open it in a spreadsheet program and save it again as .xlsx, without a password"
DAMAGED = Wording("damaged-workbook", "This is not an .xlsx workbook, or it is damaged.", SAVE_AGAIN)
OLE = b"\xd0\xcf\x11\xe0"
ENTITIES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*?(/?)>')
PLAIN_ROW = re.compile(rb'<row r="[0-9]{1,7}"')
ODDLY_SPELT = re.compile(rb"""<\w+:c\b|<c>|<c\s+(?!r=)|\sr(?:\s|=\s|=')""")
UNHEARD_OF = re.compile(rb"""(?<![\w:])r\s*=\s*["'](?:[A-Za-z]{4,}|[A-Za-z]*[0-9]{8,}|[^"'<>]*&)""")
ANY_CELL = re.compile(rb"<(?:\w+:)?c\b")
ANY_ROW = re.compile(rb"<(?:\w+:)?row\b")
ROW_NUMBER = re.compile(rb"""<(?:\w+:)?row\b[^<>]*(?<![\w:])r\s*=\s*["']([0-9]{1,7})["']""")
_FORMULA = rb"<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</[^<>]*>)\s*"
ERROR = re.compile(
    rb"""<(?:\w+:)?c\b([^<>]*\bt\s*=\s*["']e["'][^<>]*)>\s*(?:"""
    + _FORMULA
    + rb""")?(?:<(?:\w+:)?v>([^<]*)<)?"""
)
FORMULA = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>\s*" + _FORMULA + rb"(<(?:\w+:)?v>[^<]|<(?:\w+:)?is\b)?")
TEXT_OR_ERROR = re.compile(rb"""\bt\s*=\s*["'](?:str|e)["']""")
"""A formula whose result is an empty text says that it is a text."""
ADDRESS = re.compile(rb"""(?<![\w:])r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")


@dataclass(frozen=True)
class Sheet:
    """What the XML of a sheet says beyond the values of its cells.

    Attributes
    ----------
    errors : list of (column, row, text)
        Cells that hold an error such as ``#REF!``; columns count from 0, rows as a spreadsheet shows them.
    never_computed : list of (column, row)
        Cells with a formula and no stored value.
    formulas : int
        Cells with a formula, all in all.
    hidden_rows, hidden_columns : frozenset of int
        What the spreadsheet does not show.
    commented : tuple of (column, row)
        Cells with a comment beside them, which is no part of any table.
    percents : tuple of (column, row, decimals)
        Cells that show their number as a percentage.
    """

    errors: list[tuple[int, int, str]]
    never_computed: list[tuple[int, int]]
    formulas: int
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    commented: tuple[tuple[int, int], ...] = ()
    percents: tuple[PercentCell, ...] = ()

    def below(self, row: int) -> Sheet:
        """The same of the cells below a row, as a spreadsheet counts them."""
        return replace(
            self,
            errors=[cell for cell in self.errors if cell[1] > row],
            never_computed=[cell for cell in self.never_computed if cell[1] > row],
            hidden_rows=frozenset(at for at in self.hidden_rows if at > row),
            commented=tuple(cell for cell in self.commented if cell[1] >= row),
            percents=tuple(cell for cell in self.percents if cell[1] > row),
        )

    def above(self, row: int) -> Sheet:
        """The same of the cells down to a row, the last of the table."""
        return replace(
            self,
            errors=[cell for cell in self.errors if cell[1] <= row],
            never_computed=[cell for cell in self.never_computed if cell[1] <= row],
            commented=tuple(cell for cell in self.commented if cell[1] <= row),
            percents=tuple(cell for cell in self.percents if cell[1] <= row),
        )


def look_through(
    data: bytes, wanted: Callable[[str], bool]
) -> tuple[bytes, dict[str, Sheet], dict[str, bool], bool]:
    """A clean copy of a workbook, what the XML of the wanted sheets says, and what other sheets there are.

    Of the others the copy holds those that are small enough to look into, which is True of them. Last comes
    whether days are counted from 1904.

    Parameters
    ----------
    data : bytes
    wanted : callable
        Whether the sheet of that name is to be read.

    Raises
    ------
    Unreadable
    """
    if data.startswith(OLE):
        message = "The workbook is locked with a password, or it is an old .xls file with a new name."
        raise Unreadable(Wording("damaged-workbook", message, SAVE_AGAIN))
    with closing(Packed(io.BytesIO(data), len(data), limits.WORKBOOK_BYTES)) as packed:
        members = {member.filename.replace("\\", "/").lower(): member for member in packed.members}
        if len(members) < len(packed.members) or not {BOOK, RELATIONS} <= set(members):
            raise Unreadable(DAMAGED)

        def part(name: str, limit: int = limits.WORKBOOK_BYTES) -> bytes:
            return _plain(gather(packed.pieces(members[name]), limit))

        index = {name: part(name, INDEX_BYTES) for name in (BOOK, RELATIONS)}
        sheets = {name: at for name, at in _sheets(index).items() if wanted(name) and at.lower() in members}
        parts = {name: part(name.lower()) for name in (*NEEDED, *sheets.values()) if name.lower() in members}
        others = {name: at for name, at in _sheets(index).items() if name not in sheets and WORKSHEETS in at}
        small = {name: xml for name, at in others.items() if (xml := _small(at.lower(), members, part))}
        parts |= {others[name]: xml for name, xml in small.items()}
        notes = {name: _commented(at, members, part) for name, at in sheets.items()}
    formats = percent_formats(parts.get(STYLES, b""))
    sheet_notes = {
        name: replace(
            _sheet_notes(parts[at]),
            commented=notes[name],
            percents=percent_cells(parts[at], formats, _address),
        )
        for name, at in sheets.items()
    }
    if STYLES in parts:
        parts[STYLES] = _eras_as_years(parts[STYLES])
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w") as written:
        for name, content in parts.items():
            written.writestr(name, content)
    from_1904 = FROM_1904.search(index[BOOK]) is not None
    return copy.getvalue(), sheet_notes, {name: name in small for name in others}, from_1904


def sheet_parts(data: bytes) -> dict[str, str]:
    """The part of the zip that holds each sheet, by the name of the sheet.

    Raises
    ------
    Unreadable
    """
    with closing(Packed(io.BytesIO(data), len(data), limits.WORKBOOK_BYTES)) as packed:
        members = {member.filename.replace("\\", "/").lower(): member for member in packed.members}
        if not {BOOK, RELATIONS} <= set(members):
            raise Unreadable(DAMAGED)
        index = {
            name: _plain(gather(packed.pieces(members[name]), INDEX_BYTES)) for name in (BOOK, RELATIONS)
        }
    return _sheets(index)


def _small(name: str, members: Collection[str], part: Callable[[str, int], bytes]) -> bytes | None:
    """The XML of a sheet that no table takes, if it is small and harmless: only its rows are counted."""
    try:
        xml = part(name, OTHER_BYTES) if name in members else b""
        rows, columns = _extent(xml) if xml else (0, 0)
    except Unreadable:
        return None
    return xml if rows * columns <= OTHER_CELLS else None


def _commented(
    sheet: str, members: Collection[str], part: Callable[[str, int], bytes]
) -> tuple[tuple[int, int], ...]:
    """Cells of a sheet with a comment, of which nothing is read but where it stands."""
    folder, _, name = sheet.lower().rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in members:
        return ()
    cells: list[tuple[int, int]] = []
    try:
        for target in COMMENTS.findall(part(relations, INDEX_BYTES)):
            path = target.decode("utf-8", "replace").lower()
            at = (
                path.lstrip("/") if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
            )
            if at in members:
                cells += _comments(part(at, OTHER_BYTES))
    except Unreadable:
        return tuple(cells)
    return tuple(dict.fromkeys(cells))


def _comments(xml: bytes) -> list[tuple[int, int]]:
    """Cells with a comment of somebody."""
    authors = AUTHORS.findall(xml)
    own = {at for at, name in enumerate(authors) if name == OWN_AUTHOR.encode()}
    cells = []
    for one in ANY_COMMENT.finditer(xml):
        by = AUTHOR.search(one[0] + _rest(xml, one.end()))
        if by is None or int(by[1]) not in own:
            cells.append((column_of(one[1]), int(one[2])))
    return cells


def _eras_as_years(styles: bytes) -> bytes:
    """Styles in which a date with years of the Buddhist era (`bbbb`) is a date like any other.

    What is stored is the day, whatever the calendar in which it is shown; the library of workbooks knows only
    the letters of the common one.
    """
    return FORMAT_CODE.sub(lambda match: match[1] + ERA.sub(b"yyyy", match[2]) + match[3], styles)


def _plain(xml: bytes) -> bytes:
    """XML as spreadsheet programs write it: in UTF-8, and without definitions of its own."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:100] or ENTITIES.search(xml):
        message = "The workbook contains XML that spreadsheet programs do not write; it is not read."
        raise Unreadable(Wording("hostile-workbook", message, SAVE_AGAIN))
    return xml


def _sheets(index: dict[str, bytes]) -> dict[str, str]:
    """The part that holds each sheet, by the name of the sheet."""
    try:
        book, relations = (ElementTree.fromstring(index[name]) for name in (BOOK, RELATIONS))
    except ElementTree.ParseError:
        raise Unreadable(DAMAGED) from None
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and "name" in sheet.attrib:
            target = targets.get(sheet.get(RELATION_ID), "")
            parts[sheet.attrib["name"]] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return parts


def _sheet_notes(xml: bytes) -> Sheet:
    rows, columns = _extent(xml)
    if rows * columns > limits.WORKBOOK_CELLS:
        message = (
            f"The sheet has {counted(rows, 'row')} by {counted(columns, 'column')}, including empty ones; "
            "that is too many."
        )
        fix = "delete the empty rows and columns beyond the table, or save it as CSV"
        raise Unreadable(Wording("too-many-cells", message, fix))
    # Most sheets hold neither formulas nor errors, and that is quickly seen.
    formulas = FORMULA.findall(xml) if b"<f" in xml or b":f" in xml else []
    errors = ERROR.findall(xml) if b'"e"' in xml or b"'e'" in xml else []
    bare = [cell for cell, stored in formulas if not stored and not TEXT_OR_ERROR.search(cell)]
    return Sheet(
        errors=[(*at, text.decode("utf-8", "replace")) for cell, text in errors if (at := _address(cell))],
        never_computed=[at for cell in bare if (at := _address(cell))],
        formulas=len(formulas),
        hidden_rows=frozenset(
            int(row[1]) for row in ROW_NUMBER.finditer(xml) if HIDDEN.search(row[0] + _rest(xml, row.end()))
        )
        if b"hidden" in xml
        else frozenset(),
        hidden_columns=_hidden_columns(xml),
    )


def _rest(xml: bytes, at: int) -> bytes:
    """What else the element says after a place within it."""
    return xml[at : xml.find(b">", at)]


def _hidden_columns(xml: bytes) -> frozenset[int]:
    """Columns that are not shown, counted from 0; those beyond any table are left out."""
    hidden: set[int] = set()
    for attributes in HIDDEN_COLUMN.findall(xml) if b"hidden" in xml else []:
        span = {name: int(number) for name, number in SPAN.findall(attributes)}
        if HIDDEN.search(attributes) and b"min" in span and b"max" in span:
            hidden.update(range(span[b"min"] - 1, min(span[b"max"], limits.COLUMNS)))
    return frozenset(hidden)


def _extent(xml: bytes) -> tuple[int, int]:
    """Rows and columns down to the last used cell, or more: as many as any reading can make them."""
    cells = PLAIN_CELL.findall(xml)
    plain = len(cells) + len(PLAIN_ROW.findall(xml)) == xml.count(b' r="') and not ODDLY_SPELT.search(xml)
    if not plain:
        return _widest_extent(xml)
    used = [(letters, row) for letters, row, closed in cells if not closed]
    width = max((column_of(letters) + 1 for letters in {letters for letters, _ in used}), default=0)
    return max((int(row) for _, row in used), default=0), width


def _widest_extent(xml: bytes) -> tuple[int, int]:
    """The same for XML that is not written as most programs do, or where cells bear no address."""
    if UNHEARD_OF.search(xml):
        raise Unreadable(DAMAGED)
    addresses = [(column_of(match[1]) + 1, int(match[2])) for match in ADDRESS.finditer(xml)]
    by_row = [len(ANY_CELL.findall(row)) for row in ANY_ROW.split(xml)]
    named = [int(match[1]) for match in ROW_NUMBER.finditer(xml)]
    rows = max([row for _, row in addresses] + named, default=0) + len(by_row)
    return rows, max((column for column, _ in addresses), default=0) + max(by_row)


def _address(attributes: bytes) -> tuple[int, int] | None:
    match = ADDRESS.search(attributes)
    return (column_of(match[1]), int(match[2])) if match else None


def column_of(letters: bytes) -> int:
    """The place of a column, counted from 0.

    >>> column_of(b"A"), column_of(b"Z"), column_of(b"AA")
    (0, 25, 26)
    """
    at = 0
    for letter in letters.upper():
        at = at * 26 + letter - ord("A") + 1
    return at - 1
