"""Single cells changed in a delimited file or a sheet, everything else as it was."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from diffuscope.case import limits
from diffuscope.case.archive import Packed
from diffuscope.case.delimited import prepared
from diffuscope.case.folder import gather
from diffuscope.case.workbook_parts import ADDRESS, column_of, sheet_parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    Cells = Mapping[tuple[int, int], str]
    """New texts by row, as a spreadsheet shows it, and column from 0."""

_CELL = re.compile(rb"<((?:\w+:)?)c\b([^<>]*?)(?:/>|>(.*?)</\1c>)", re.DOTALL)
_TYPE = re.compile(rb"""(?<![\w:])t\s*=\s*["'][^"']*["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")


def with_cells(data: bytes, table: str, cells: Cells) -> bytes:
    """A delimited file with some of its cells changed, in UTF-8, parted as it was.

    Parameters
    ----------
    data : bytes
    table : str
        That the file holds.
    cells : mapping
    """
    plain, delimiter = prepared(data, table)
    rows = list(csv.reader(io.StringIO(plain.decode("utf-8"), newline=""), delimiter=delimiter))
    for (row, column), text in cells.items():
        rows[row - 1][column] = text
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n" if b"\r\n" in data else "\n").writerows(rows)
    # A spreadsheet of Windows knows UTF-8 by this mark alone.
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return mark + out.getvalue().encode("utf-8")


def with_sheets(data: bytes, sheets: Mapping[str, Cells]) -> tuple[bytes, dict[str, set[tuple[int, int]]]]:
    """A workbook with some cells of some sheets changed, and which of them could be.

    A cell with a formula stays: it would say the same again.

    Parameters
    ----------
    data : bytes
    sheets : mapping of str to mapping
        Cells by the name of the sheet.
    """
    parts = {part.lower(): name for name, part in sheet_parts(data).items() if name in sheets}
    done: dict[str, set[tuple[int, int]]] = {}
    out = io.BytesIO()
    with (
        closing(Packed(io.BytesIO(data), len(data), limits.WORKBOOK_BYTES)) as packed,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for member in packed.members:
            content = gather(packed.pieces(member), limits.WORKBOOK_BYTES)
            name = parts.get(member.filename.replace("\\", "/").lower())
            if name is not None:
                content, done[name] = _with_values(content, sheets[name])
            written.writestr(member.filename, content)
    return out.getvalue(), done


def _with_values(xml: bytes, cells: Cells) -> tuple[bytes, set[tuple[int, int]]]:
    done: set[tuple[int, int]] = set()

    def changed(cell: re.Match[bytes]) -> bytes:
        address = ADDRESS.search(cell[2])
        at = (int(address[2]), column_of(address[1])) if address else None
        if at not in cells or at is None or _FORMULA.search(cell[3] or b""):
            return cell[0]
        done.add(at)
        return _cell(cell[1], _TYPE.sub(b"", cell[2]).rstrip(), cells[at])

    return _CELL.sub(changed, xml), done


def _cell(prefix: bytes, attributes: bytes, text: str) -> bytes:
    tag = b"%sc%s" % (prefix, attributes if attributes.startswith(b" ") else b" " + attributes)
    if not text:
        return b"<%s/>" % tag
    says = escape(text).encode("utf-8")
    inside = b'<%sis><%st xml:space="preserve">%s</%st></%sis>' % (prefix, prefix, says, prefix, prefix)
    return b'<%s t="inlineStr">%s</%sc>' % (tag, inside, prefix)
