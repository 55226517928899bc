"""The result of a study: the only door between the analysis and every report, page and export.

A `Result` is what `result.json` holds. Frames with more than 10⁴ rows go to Parquet files beside it and are
named there with their SHA-256. Nothing private is ever in it: private passages and documents keep their
weight but not their words.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import msgspec

from diffuscope.errors import CaseError, refuse_other
from diffuscope.records import (
    Agreement,
    Analysis,
    AuditRow,
    AuthorVerdict,
    Chronology,
    ClaimRow,
    DriverShare,
    EventHistory,
    Finding,
    Frame,
    Freeze,
    MechanismRecord,
    Problem,
    ReadAs,
    Record,
    RuleRow,
    StanceRule,
    Verdict,
)
from diffuscope.records.inferred import InferredRecord
from diffuscope.records.lazy_rows import LazyRows, Row
from diffuscope.records.notebook import folded
from diffuscope.records.phrases import counted
from diffuscope.records.plain_names import is_plain_name
from diffuscope.records.soundness import damaged, refuse_frame, refuse_names, refuse_strangers
from diffuscope.upgrades import upgraded

FORMAT = 3
"""Version of the layout of `result.json`; readers refuse a newer one."""

MOST_SHOWN = 6
"""Questions that a result shows when it is printed."""
MOST_ROWS = 10_000
"""Rows of a frame that `result.json` holds itself; a longer frame goes to a Parquet file beside it."""


MOST_BYTES = 512 * 10**6
"""Bytes of a `result.json`, and of a Parquet file beside it."""
MOST_CELLS = 10**9
"""Cells of a table in a Parquet file: a few bytes may stand for very many."""


class RunRecord(Record, frozen=True, kw_only=True):
    """How a result was made: by which version, from which data, with which seed, when.

    Attributes
    ----------
    version : str
        Version of diffuscope.
    case_sha256 : str
        Hash of the public rows of the tables and of the questions of the case; it does not depend on file
        names, row order, the words of the network, or private rows (in results of earlier versions, those
        counted).
    seed : int
        Seed of whatever was drawn at random.
    time : str
        When it was made (ISO 8601, UTC).
    python : str
        Version of Python.
    parts : tuple of str
        What was studied: mechanisms, statistics, monitoring, audit.
    frozen : Freeze or None
        Whether the questions are those that were frozen before the data were looked at; None where that was
        not recorded.
    """

    version: str
    case_sha256: str
    seed: int
    time: str
    python: str
    parts: tuple[str, ...] = ("mechanisms",)
    frozen: Freeze | None = None


class CaseRecord(Record, frozen=True, kw_only=True):
    """The case a result speaks of.

    Attributes
    ----------
    id, title, licence, language, description, cite : str
        As `case.toml` gives them; empty where it does not.
    waves : mapping of str to str
        Reporting waves and the date of each.
    tables : mapping of str to int
        Rows of each table of the case.
    files : mapping of str to str
        The file or sheet each table came from.
    hashes : mapping of str to str
        SHA-256 of the content of each table, whatever the order of its rows.
    private_documents : int
        How many documents count in the result without being shown.
    private_passages : int
        How many coded passages count without being shown.
    words : mapping of str to mapping of str to str
        The network's own words: by column, what is written and what it means.
    read_as : tuple of ReadAs
        What was written otherwise than a column expects, and taken as its one reading.
    """

    id: str
    title: str
    licence: str
    language: str
    description: str
    cite: str
    waves: dict[str, str]
    tables: dict[str, int]
    files: dict[str, str]
    hashes: dict[str, str] = msgspec.field(default_factory=dict)
    private_documents: int = 0
    private_passages: int = 0
    words: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    read_as: tuple[ReadAs, ...] = ()


class TableRecord(Record, frozen=True, kw_only=True):
    """Description of a table: what one row stands for, and what each column says.

    Attributes
    ----------
    a_row_is : str
        What one row stands for.
    columns : mapping of str to str
        What each column says.
    """

    a_row_is: str
    columns: dict[str, str]


class Upgrade(Record, frozen=True, kw_only=True):
    """Note that a result was written in an older format, with what could not be carried over.

    Attributes
    ----------
    format : int
        The format it was written in.
    notes : tuple of str
        What was left out, what the older format did not say, and what would be misread.
    """

    format: int
    notes: tuple[str, ...] = ()


class Result(Record, frozen=True, kw_only=True):
    """Result of a study: everything it found, as `result.json` holds it.

    Attributes
    ----------
    format : int
        Version of this layout; readers refuse a newer one.
    run : RunRecord
        How the result was made.
    case : CaseRecord
        The case it speaks of.
    mechanisms : tuple of MechanismRecord
        The mechanisms that were asked about, with their criteria.
    analyses : tuple of Analysis
        The questions put to the case.
    chronology : tuple of Chronology
        One per analysis: whether the order of events leaves any diffusion to explain.
    findings : tuple of Finding
        What each witness says of each mechanism in each analysis.
    verdicts : tuple of Verdict
        One per analysis and mechanism.
    author_verdicts : tuple of AuthorVerdict
        What authors concluded.
    agreement : tuple of Agreement
        How far coders agree, for analyses with more than one.
    drivers : tuple of DriverShare
        The main-driver mode, where the case gives likelihoods.
    histories : tuple of EventHistory
        One per analysis: what the dates alone say, as models of who adopted when. What these withstand stands
        with the findings.
    networks : tuple of InferredRecord
        One per analysis that asks for a network: who seems to follow whom over many policies.
    audit : tuple of AuditRow
        Every check of what documents print, differences first.
    claims : tuple of ClaimRow
        Every checkable statement of a document, checked.
    problems : tuple of Problem
        Warnings that were found in the case.
    rule : tuple of RuleRow
        The verdict rule that was applied, row by row.
    stance_rules : tuple of StanceRule
        The rules by which each body came to its stances; empty in results that do not carry them.
    frames : mapping of str to Frame
        Public rows of the case's tables that reports draw on (units, policies, adoptions, events, attendance,
        support, documents, framework, projects, published), each with a last column ``_row``: its row in the
        case's file; and what monitoring counted (wave_totals, project_counts, wave_changes, movements,
        links_to_confirm, learning_peers, unfinished_areas, support_sums, named_sources …); and for each
        question with a panel, its rows (``panel_…`` with the id of the question), who adopted by time at risk
        (``hazard_…``) and the share that had adopted (``curve_…``).
    tables : mapping of str to TableRecord
        What the rows and columns of those frames mean.
    upgraded : Upgrade or None
        What there is to know of a result that was written in an older format; None where it was not.
    """

    format: int = FORMAT
    run: RunRecord
    case: CaseRecord
    mechanisms: tuple[MechanismRecord, ...]
    analyses: tuple[Analysis, ...]
    chronology: tuple[Chronology, ...]
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    author_verdicts: tuple[AuthorVerdict, ...] = ()
    agreement: tuple[Agreement, ...] = ()
    drivers: tuple[DriverShare, ...] = ()
    histories: tuple[EventHistory, ...] = ()
    networks: tuple[InferredRecord, ...] = ()
    audit: tuple[AuditRow, ...] = ()
    claims: tuple[ClaimRow, ...] = ()
    rule: tuple[RuleRow, ...] = ()
    stance_rules: tuple[StanceRule, ...] = ()
    frames: dict[str, Frame] = msgspec.field(default_factory=dict)
    tables: dict[str, TableRecord] = msgspec.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    upgraded: Upgrade | None = None

    def __repr__(self) -> str:
        """What it answers, in a few lines."""
        lines = [f"<Result of {self.case.id!r}: {self._counted()}"]
        for analysis in self.analyses[:MOST_SHOWN]:
            own = (one for one in self.verdicts if one.analysis == analysis.id)
            lines.append(f"  {analysis.id}: " + ", ".join(f"{one.mechanism} {one.verdict}" for one in own))
        if len(self.analyses) > MOST_SHOWN:
            lines.append(f"  and {counted(len(self.analyses) - MOST_SHOWN, 'more question')}")
        return "\n".join(lines) + ">"

    def _counted(self) -> str:
        many = (
            counted(len(self.analyses), "question"),
            counted(len(self.verdicts), "verdict"),
            counted(len(self.frames), "table"),
            counted(len(self.problems), "warning"),
        )
        return ", ".join(many)

    def _repr_html_(self) -> str:
        """Its verdicts with their reasons, or its tables where it has none, as a notebook shows them."""
        title = f"Result of {self.case.id}: {self._counted()}"
        if not self.verdicts:
            return folded(title, ("table", "rows"), ((name, one.n) for name, one in self.frames.items()))
        rows = ((one.analysis, one.mechanism, one.verdict, one.sentence) for one in self.verdicts)
        return folded(
            title,
            ("question", "mechanism", "verdict", "reason"),
            rows,
            shown=True,
        )


def to_json(result: Result) -> bytes:
    """A result as the text of `result.json`: UTF-8, indented, keys in the order of the schema."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def to_files(result: Result) -> dict[str, bytes]:
    """The files that together hold a result.

    Parameters
    ----------
    result : Result

    Returns
    -------
    dict of str to bytes
        `result.json`, and a Parquet file for every frame of more than 10⁴ rows; the same result gives the
        same bytes.
    """
    files: dict[str, bytes] = {}
    frames = {}
    for name, frame in result.frames.items():
        kept = frame
        if frame.rows is not None and frame.n > MOST_ROWS:
            content = _to_parquet(frame)
            digest = hashlib.sha256(content).hexdigest()
            kept = msgspec.structs.replace(
                frame, rows=None, file=f"{name}-{digest[:16]}.parquet", sha256=digest
            )
            files[f"{name}-{digest[:16]}.parquet"] = content
        frames[name] = kept
    return {"result.json": to_json(msgspec.structs.replace(result, frames=frames)), **files}


def from_json(text: bytes) -> Result:
    """The result a `result.json` holds; frames that stand in Parquet files beside it have no rows yet.

    A result of an older format is upgraded step by step; it keeps its own verdicts, sentences and rules.

    Raises
    ------
    CaseError
        If the text is not a result, was written in a newer format than this version reads, or is damaged:
        too large, nested too deeply, or at odds with itself.
    """
    if len(text) > MOST_BYTES:
        raise damaged(f"it is larger than {MOST_BYTES:,} bytes")
    try:
        version = msgspec.json.decode(text, type=_Versioned).format
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CaseError(f"This is not a diffuscope result: {error}.") from error
    if version > FORMAT:
        raise CaseError(
            f"This result has format {version}; this version of diffuscope reads formats up to {FORMAT}. "
            "Install a newer diffuscope."
        )
    try:
        if version < FORMAT:
            result = msgspec.convert(_upgraded(text, version), type=Result)
        else:
            result = msgspec.json.decode(text, type=Result)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise damaged(str(error)) from error
    _refuse_unsound(result)
    return result


def _upgraded(text: bytes, version: int) -> Any:
    try:
        return upgraded(msgspec.json.decode(text), version)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        # a step reads what its format always had
        raise damaged(f"it lacks, or has otherwise, what format {version} has ({error})") from error


def _refuse_unsound(result: Result) -> None:
    """Refuse a result whose names could name files elsewhere, or whose parts are at odds."""
    refuse_names("the case", [result.case.id])
    refuse_names("a table", result.frames)
    refuse_names("a table", result.tables)
    refuse_names("a question", (analysis.id for analysis in result.analyses))
    refuse_names("a mechanism", (mechanism.name for mechanism in result.mechanisms))
    for name, frame in result.frames.items():
        refuse_frame(name, frame)
    known = {analysis.id for analysis in result.analyses}
    refuse_strangers("a chronology", (one.analysis for one in result.chronology), known)
    refuse_strangers("a finding", (one.analysis for one in result.findings), known)
    refuse_strangers("a verdict", (one.analysis for one in result.verdicts), known)
    refuse_strangers("an author's conclusion", (one.analysis for one in result.author_verdicts), known)
    refuse_strangers("an agreement of coders", (one.analysis for one in result.agreement), known)
    refuse_strangers("a main driver", (one.analysis for one in result.drivers), known)
    refuse_strangers("an event history", (one.analysis for one in result.histories), known)


def read_result(path: str | Path) -> Result:
    """The result in a file, or in the `result.json` of a folder, with all its frames.

    Files of long frames are checked at once; their rows are read when somebody looks at them.

    Parameters
    ----------
    path : str or Path
        A `result.json`, or the folder that holds one.

    Returns
    -------
    Result

    Raises
    ------
    CaseError
        If there is no such file, it is not a result this version reads, or a Parquet file beside it is
        missing or not the one the result was written with.
    """
    path = Path(path)
    file = path / "result.json" if path.is_dir() else path
    if not file.is_file() and (path / "case.toml").is_file():
        raise CaseError(f"`{path}` is a case, not a result: `diffuscope run` studies it and writes a result.")
    if not file.is_file():
        raise CaseError(f"There is no result at `{path}`; give a result.json or the folder that holds one.")
    if file.stat().st_size > MOST_BYTES:
        raise damaged(f"it is larger than {MOST_BYTES:,} bytes")
    result = from_json(file.read_bytes())
    frames = {name: _referring(name, frame, file.parent.resolve()) for name, frame in result.frames.items()}
    return msgspec.structs.replace(result, frames=frames)


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `result.json`, generated from the records."""
    made = msgspec.json.schema(Result)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "diffuscope result", **made}


def schema_text() -> str:
    """The schema as it is shipped in `docs` and beside every result."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _to_parquet(frame: Frame) -> bytes:
    import polars as pl

    rows = tuple(frame.rows or ())
    table = pl.DataFrame(rows, schema=list(frame.columns), orient="row", infer_schema_length=None)
    empty = [name for name, kind in table.schema.items() if kind == pl.Null]
    file = BytesIO()
    table.with_columns(pl.col(empty).cast(pl.String)).write_parquet(file)
    return file.getvalue()


def _referring(name: str, frame: Frame, folder: Path) -> Frame:
    """The frame with the rows of its Parquet file, once the file is known to be the right one."""
    if frame.file is None:
        return frame
    _content(name, frame, folder)
    rows = LazyRows(partial(_rows_of, name, frame, folder), frame.n)
    if frame.n <= MOST_ROWS:  # JSON will hold them, should the result be written again
        return msgspec.structs.replace(frame, rows=rows.rows, file=None, sha256=None)
    # stands for the tuple that it equals: decoding never makes one, and encoding never meets one
    return msgspec.structs.replace(frame, rows=cast("Any", rows), file=None, sha256=None)


def _content(name: str, frame: Frame, folder: Path) -> bytes:
    """The Parquet file of a frame, which must be the one that the result was written with."""
    import polars as pl

    says = f"The table `{name}` of this result is in `{frame.file}`"
    file = folder / (frame.file or "")
    if not is_plain_name(frame.file or "") or file.is_symlink() or not file.is_file():
        raise CaseError(f"{says}, which is not beside it: keep the files of a result together.")
    if file.stat().st_size > MOST_BYTES:
        raise damaged(f"the table `{name}` is in a file larger than {MOST_BYTES:,} bytes")
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != frame.sha256:
        raise CaseError(f"{says}, which has been changed since: its SHA-256 is not the one in the result.")
    try:
        scanned = pl.scan_parquet(BytesIO(content))
        kinds, n = scanned.collect_schema(), int(scanned.select(pl.len()).collect().item())
        plain = all(kind.is_numeric() or kind in (pl.String, pl.Boolean) for kind in kinds.dtypes())
        if tuple(kinds.names()) != frame.columns or n != frame.n or not plain or n * len(kinds) > MOST_CELLS:
            raise damaged(f"the table `{name}` is not what its file holds")
    except pl.exceptions.PolarsError as error:
        raise CaseError(f"{says}, which cannot be read: {error}.") from error
    return content


def _rows_of(name: str, frame: Frame, folder: Path) -> tuple[Row, ...]:
    """The rows that the Parquet file of a frame holds."""
    import polars as pl

    content = _content(name, frame, folder)  # it may have been changed since the result was read
    try:
        return tuple(pl.read_parquet(BytesIO(content)).iter_rows())
    except pl.exceptions.PolarsError as error:
        raise CaseError(f"The table `{name}` of this result cannot be read: {error}.") from error


class _Versioned(msgspec.Struct):
    format: int


def refuse_no_result(result: object) -> None:
    """Refuse what is not a result, such as the folder that holds it, or a case that was not run."""
    refuse_other(result, Result, "read it with `read_result`, or make it of a case with `run_study`")
