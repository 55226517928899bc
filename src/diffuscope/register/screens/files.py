"""Files that a page hands over: always as an attachment, never run or shown by the browser itself."""

from __future__ import annotations

from typing import Any

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
