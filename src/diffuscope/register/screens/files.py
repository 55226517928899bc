"""Files that a page hands over: always as an attachment, never run or shown by the browser itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESULT = "result.json"
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def attachment(data: bytes, name: str) -> Any:
    """A file to be kept; of a table no spreadsheet runs a cell as a formula."""
    from django.http import FileResponse

    kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    data = _for_spreadsheets(data) if name.endswith(".csv") else data
    return FileResponse(_stream(data), as_attachment=True, filename=name, content_type=kind)


def paper(data: bytes) -> Any:
    """A report as a page: it carries its own style, and nothing in it runs."""
    from django.http import HttpResponse

    from diffuscope.register.screens.middleware import PAPER

    return HttpResponse(
        data, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": PAPER}
    )


def _for_spreadsheets(data: bytes) -> bytes:
    """A table as it is opened by a double click; in the zip of an edition it stands as it was written."""
    import csv
    import io

    from diffuscope.records.quoting import csv_cell

    out = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    csv.writer(out, lineterminator="\n").writerows([csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _stream(data: bytes) -> Any:
    import io

    return io.BytesIO(data)


@contextmanager
def edition_result(packed: Path) -> Iterator[Any]:
    """The result of an edition with all its frames, for as long as the block lasts; None where it has none.

    Long frames stand in files beside `result.json`: without them a list of many projects would be empty.
    """
    import zipfile
    from tempfile import TemporaryDirectory

    from diffuscope.result import read_result

    with zipfile.ZipFile(packed) as opened, TemporaryDirectory() as folder:
        names = [name for name in opened.namelist() if name == RESULT or name.endswith(".parquet")]
        if RESULT not in names:
            yield None
            return
        opened.extractall(folder, names)
        yield read_result(folder)
