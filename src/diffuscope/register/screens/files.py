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
    """A file to be kept."""
    from django.http import FileResponse

    kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
    return FileResponse(_stream(data), as_attachment=True, filename=name, content_type=kind)


def paper(data: bytes) -> Any:
    """A report as a page: it carries its own style, and nothing in it runs."""
    from django.http import HttpResponse

    from diffuscope.register.screens.middleware import PAPER

    return HttpResponse(
        data, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": PAPER}
    )


def _stream(data: bytes) -> Any:
    import io

    return io.BytesIO(data)
