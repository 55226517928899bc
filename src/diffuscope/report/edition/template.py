"""A Word template from a stranger: what is taken of it, and what is refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from diffuscope.errors import PlanError

MOST_BYTES = 20_000_000
"""Size of a template, and of each of its parts once it is unpacked."""
MOST_PARTS = 2_000
MOST_UNPACKED = 60_000_000
DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml."
MACROS = ("vbaproject", "vbadata", "/activex/", "/embeddings/", "/customui/", "macroenabled")
HYPERLINK = b"/relationships/hyperlink"


def read_template(path: Path) -> bytes:
    """The content of a template, once it is known to be a plain Word document.

    Parameters
    ----------
    path : Path
        A `.docx`: its styles, page, header and footer are used, its text is not.

    Raises
    ------
    PlanError
        If there is no such file, it is not a Word document, too large, or holds macros, embedded programs, or
        parts that would be loaded from elsewhere.
    """
    if not path.is_file():
        raise PlanError(f"There is no template at `{path}`.")
    if path.stat().st_size > MOST_BYTES:
        raise PlanError(f"The template `{path.name}` is larger than {MOST_BYTES // 1_000_000} MB.")
    content = path.read_bytes()
    try:
        with ZipFile(BytesIO(content)) as packed:
            why = _refused(packed)
    except (BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise PlanError(f"The template `{path.name}` is not a Word document: {error}.") from error
    if why:
        raise PlanError(f"The template `{path.name}` is not used: {why}. Save it as a plain `.docx`.")
    return content


def _refused(packed: ZipFile) -> str:
    """Why a template is refused; empty where it is not."""
    entries = packed.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_PARTS or len(set(names)) < len(names):
        return "it has too many parts, or two of one name"
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        return f"unpacked it is larger than {MOST_UNPACKED // 1_000_000} MB"
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        return "it is not a Word document"
    if any(word in f"/{name.lower()}" for name in names for word in MACROS):
        return "it holds macros or embedded programs"
    for name in names:
        if name.lower().endswith((".xml", ".rels")):
            content = _read(packed, name)
            why = "it is damaged" if content is None else _refused_part(name, content)
            if why:
                return why
    return ""


def _read(packed: ZipFile, name: str) -> bytes | None:
    """A part, never more of it than allowed, whatever the archive says of its size."""
    with packed.open(name) as part:
        content = part.read(MOST_BYTES + 1)
    return content if len(content) <= MOST_BYTES else None


def _refused_part(name: str, content: bytes) -> str:
    # a document type is where entities that grow are declared; no word processor writes one
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content[:200]:
        return "its XML declares entities, or is not UTF-8"
    if name == "[Content_Types].xml" and (b"macroenabled" in content.lower() or DOCUMENT not in content):
        return "it holds macros, or is not a Word document"
    if name.lower().endswith(".rels"):
        for relation in content.split(b"<Relationship ")[1:]:
            head = relation.partition(b">")[0].replace(b"'", b'"')
            if b"External" in head and HYPERLINK not in head:
                return "it loads parts from elsewhere"
    return ""
