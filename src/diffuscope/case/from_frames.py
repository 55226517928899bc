"""Data frames as the tables of a case: values become cells as a file would show them, and all is checked."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from numbers import Integral, Real
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import msgspec
import narwhals as nw
import numpy as np
import polars as pl
from narwhals.exceptions import DuplicateError

from diffuscope.case.adopted_only import adopted_only
from diffuscope.case.build import assemble
from diffuscope.case.raw_table import as_text, tidy
from diffuscope.case.refusal import Unreadable
from diffuscope.case.settings import FORMAT, Written
from diffuscope.case.table_source import RawTables, TableSource
from diffuscope.records import Analysis
from diffuscope.records.native_tables import polars_series
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW

if TYPE_CHECKING:
    from collections.abc import Callable

    from narwhals.typing import IntoFrame

    from diffuscope.case.model import Case
    from diffuscope.records import Problem
    from diffuscope.tables.raw import RawTable

MISSING = frozenset({"<NA>", "NaT", "nan", "NaN"})
"""How values that stand for nothing show themselves; texts are never taken for them."""
PLAIN = (nw.String, nw.Boolean, nw.Date, nw.Datetime)
"""Types of columns that are turned to text as a whole, numbers beside them."""


_log = logging.getLogger("diffuscope")


def case_from_frames(
    *,
    id: str = "case",  # noqa: A002 the word of case.toml
    title: str = "",
    licence: str = "",
    language: str = "en",
    description: str = "",
    cite: str = "",
    analyses: Iterable[Analysis | Mapping[str, object]] = (),
    waves: Mapping[str, str] | None = None,
    tiers: Sequence[str] | None = None,
    units: IntoFrame | None = None,
    attributes: IntoFrame | None = None,
    policies: IntoFrame | None = None,
    adoptions: IntoFrame | None = None,
    ties: IntoFrame | None = None,
    support: IntoFrame | None = None,
    events: IntoFrame | None = None,
    attendance: IntoFrame | None = None,
    outcomes: IntoFrame | None = None,
    documents: IntoFrame | None = None,
    evidence: IntoFrame | None = None,
    likelihoods: IntoFrame | None = None,
    author_verdicts: IntoFrame | None = None,
    framework: IntoFrame | None = None,
    areas: IntoFrame | None = None,
    projects: IntoFrame | None = None,
    returns: IntoFrame | None = None,
    indicators: IntoFrame | None = None,
    practices: IntoFrame | None = None,
    exchanges: IntoFrame | None = None,
    published: IntoFrame | None = None,
    claims: IntoFrame | None = None,
    words: IntoFrame | None = None,
) -> Case:
    """A case from data frames at hand, checked as a case on disk is.

    Parameters
    ----------
    id, title, licence, language, description, cite : str
        As in `case.toml`; without a title the id is shown.
    analyses : iterable of Analysis or mapping
        The questions, as records or with the keys of ``[[analysis]]`` in `case.toml`.
    waves : mapping of str to str, optional
        Reporting waves and the date of each.
    tiers : sequence of str, optional
        How far an adoption can have gone, lowest first; announced, adopted, in force, implemented by default.
    units, attributes, policies, adoptions, ties, support, events, attendance, outcomes : frame, optional
        Tables of a case: pandas, Polars (also lazy) or Arrow.
    documents, evidence, likelihoods, author_verdicts : frame, optional
        What documents say.
    framework, areas, projects, returns, indicators, practices, exchanges : frame, optional
    published, claims, words : frame, optional
        A programme and its register.

    Returns
    -------
    Case
        Equal to the same case read from CSV. Problems name ``units (frame)`` as the file, and rows as a
        spreadsheet would show them: the header is row 1, so the first row of a frame is row 2. Files of
        documents are not looked for.

    Notes
    -----
    None, NaN and NaT are empty cells; 2018.0 is 2018 where a date, an id or a whole number is asked for; a
    datetime is a day if it is midnight; truth is ``yes`` or ``no``; several ids are a list, or text separated
    by semicolons. A column `_row` is ignored. Of adoptions that `adoptions_from_panel` made, the rows of
    adopters are taken; a warning counts the units of which it is not known.

    Examples
    --------
    >>> import polars as pl
    >>> states = pl.DataFrame({"unit": "sgp", "name": "Singapore", "kind": "state", "role": ["adoptor"]})
    >>> case_from_frames(units=states).problems[0].fix
    'write `adopter`'
    """
    given = dict(locals())
    tables = _raw_tables({name: given[name] for name in CATALOGUE if given[name] is not None})
    written = Written(says=_settings(given), file="case_from_frames")
    return assemble(written, tables.raws, problems=tables.problems, refused=tables.refused)


def _settings(given: Mapping[str, Any]) -> dict[str, object]:
    """What `case.toml` would say, from what was given."""
    says: dict[str, object] = {
        name: given[name] for name in ("id", "licence", "language", "description", "cite", "waves")
    }
    says |= {
        "format": FORMAT,
        "title": given["title"] or given["id"],
        "analysis": _questions(given["analyses"]),
    }
    return says if given["tiers"] is None else {**says, "tiers": {"order": list(given["tiers"])}}


def _questions(analyses: object) -> object:
    if isinstance(analyses, str | Mapping) or not isinstance(analyses, Iterable):
        return analyses  # no list of questions, and told as that
    # the tiers are the case's, whoever asks
    return [
        {key: value for key, value in msgspec.to_builtins(one).items() if key != "tiers"}
        if isinstance(one, Analysis)
        else one
        for one in analyses
    ]


def _raw_tables(frames: Mapping[str, Any]) -> RawTables:
    tables = RawTables()
    for name, native in frames.items():
        tables.add(TableSource(name, _file(name), partial(_read_frame, name, native)))
    return tables


def _read_frame(name: str, native: Any) -> tuple[RawTable, list[Problem]]:
    try:
        frame = nw.from_native(native)
    except DuplicateError:
        raise Unreadable(TWO_COLUMNS) from None
    except TypeError:
        raise Unreadable(NO_FRAME) from None
    return _raw_table(name, frame.collect() if isinstance(frame, nw.LazyFrame) else frame)


def _file(name: str) -> str:
    return f"{name} (frame)"


NO_FRAME = Wording(
    "not-a-frame",
    "This is not a data frame.",
    "give a pandas, Polars or Arrow frame with a column per heading",
)
TWO_COLUMNS = Wording("repeated-column", "Two columns of the frame share a name.", "rename one of the two")


def _raw_table(name: str, frame: nw.DataFrame[Any]) -> tuple[RawTable, list[Problem]]:
    columns = [(str(series.name), *_cells(series)) for series in frame.iter_columns() if series.name != ROW]
    cells = pl.DataFrame([text.alias(str(at)) for at, (_, text, _) in enumerate(columns)])
    raw, problems = tidy(cells, [heading for heading, _, _ in columns], table=name, file=_file(name))
    if name == "adoptions":
        raw, dropped = adopted_only(raw)
        problems += dropped
    for heading, _, types in columns:
        odd = pl.DataFrame({ROW: range(2, len(types) + 2), "value": types}).drop_nulls("value")
        problems += of_rows(raw, heading, odd.cast({ROW: pl.UInt32}), _unwritable(heading))
    return raw, problems


def _unwritable(heading: str) -> Callable[[str | None], Wording]:
    message = f"`{heading}` contains a Python object that a table cannot store; the value shown is its type."
    return lambda _: Wording("bad-value", message, "give text, numbers, dates, or lists of text")


def _cells(series: nw.Series[Any]) -> tuple[pl.Series, pl.Series]:
    """A column as text, null where it is empty; and where a value cannot be text, the name of its type."""
    if series.dtype.is_numeric() or series.dtype in PLAIN:
        try:
            values = polars_series(series)
        except UnicodeEncodeError:
            _log.debug("half a pair of UTF-16 letters in column %s", series.name)
        else:
            return _written(values), pl.Series([], dtype=pl.String)
    texts: list[str | None] = []
    types: list[str | None] = []
    for value in series.to_list():
        try:
            texts.append(_text(value))
            types.append(None)
        except TypeError:
            texts.append(None)
            types.append(type(value).__name__)
    return pl.Series(texts, dtype=pl.String), pl.Series(types, dtype=pl.String)


def _written(values: pl.Series) -> pl.Series:
    """The same as `_text`, for a whole column of one plain type."""
    texts, _ = as_text(values.to_frame())
    return texts.to_series()


def _text(value: object) -> str | None:
    """One value as a file would show it; None where it stands for nothing.

    >>> _text(2018), _text(float("nan")), _text(date(2018, 7, 8)), _text(["a", None, "b"]), _text(True)
    ('2018', None, '2018-07-08', 'a;b', 'yes')
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list | tuple | np.ndarray):
        return ";".join(filter(None, map(_text, value)))
    if value is None or str(value) in MISSING:
        return None
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, Real):
        return str(int(value) if isinstance(value, Integral) else float(value))
    if isinstance(value, date | Decimal | np.datetime64) or type(value).__name__ == "Period":
        return str(value).removesuffix(" 00:00:00").removesuffix("T00:00:00")
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError
