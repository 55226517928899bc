"""From the bytes of a text file to UTF-8, or to the place where it is something else."""

from __future__ import annotations

import codecs

from diffuscope.case.refusal import Unreadable
from diffuscope.case.scan import rows_before
from diffuscope.tables.places import Wording

UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
PIECE = 16_000_000
LOOKED_AT = 4_000
DAMAGED = "\N{REPLACEMENT CHARACTER}"
SAVE_AS = (
    "save the file again as UTF-8: in Excel as “CSV UTF-8 (comma delimited)”, in LibreOffice as “Text CSV” "
    "with the character set “Unicode (UTF-8)”"
)


def utf8(data: bytes) -> bytes:
    """The text of a file in UTF-8, without a byte order mark.

    Raises
    ------
    Unreadable
        If the text is in another encoding. It is never guessed at: in Windows-1252 and its kin every byte is
        some letter, so a wrong guess cannot be seen.
    """
    if data.startswith(UTF32):
        raise Unreadable(Wording("bad-encoding", "The file is written in UTF-32.", SAVE_AS))
    if data[:2] in UTF16:
        return _from_utf16(data)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = "The file is a workbook or a zip, although its name says otherwise."
        raise Unreadable(Wording("bad-encoding", message, "save it as CSV, or name it by what it is (.xlsx)"))
    if data[:LOOKED_AT].count(b"\0") > len(data[:LOOKED_AT]) // 5:
        message = "The file is not a text, or it is UTF-16 text without a byte order mark."
        raise Unreadable(Wording("bad-encoding", message, SAVE_AS))
    text = data.removeprefix(codecs.BOM_UTF8)
    offset = None if text.isascii() else _first_wrong(text)
    if offset is not None:
        raise AnotherEncoding(text, offset)
    return text


def _first_wrong(text: bytes) -> int | None:
    """Where the text first is no UTF-8, if anywhere."""
    # Piece by piece: the letters of a large text, all at once, would take four times its memory.
    start = 0
    while start < len(text):
        piece = text[start : start + PIECE]
        try:
            piece.decode("utf-8")
            start += len(piece)
        except UnicodeDecodeError as error:
            cut = error.reason == "unexpected end of data" and start + len(piece) < len(text)
            if not cut:
                return start + error.start
            start += error.start
    return None


def _from_utf16(data: bytes) -> bytes:
    try:
        return data[2:].decode(UTF16[data[:2]]).encode("utf-8")
    except UnicodeError:
        message = "The file says that it is written in UTF-16, but it is not."
        raise Unreadable(Wording("bad-encoding", message, SAVE_AS)) from None


class AnotherEncoding(Unreadable):
    """Letters that are not UTF-8; `text` and `offset` say where the first of them stands."""

    def __init__(self, text: bytes, offset: int) -> None:
        text = text if b"\n" in text else text.replace(b"\r", b"\n")
        row = rows_before(text, offset) + 1
        lines = text[offset : offset + PIECE].decode("utf-8", "replace").split("\n")
        rows = sum(DAMAGED in line for line in lines)
        beyond = " or more" if offset + PIECE < len(text) else ""
        more = "" if rows == 1 else f" The same is true of {rows:,} rows{beyond}."
        message = f"A letter in row {row:,} is not written in UTF-8, so it cannot be read.{more}"
        super().__init__(Wording("bad-encoding", message, SAVE_AS), row=row, count=rows)
        self.text = text
        self.offset = offset
