"""A table from a file of another program, as a frame."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from diffuscope.case import limits
from diffuscope.case.importers import delimited_in, r_files, workbook_in
from diffuscope.case.importers.delimited_in import read_text_frame
from diffuscope.case.importers.frame_read import FrameRead
from diffuscope.case.importers.stata_in import read_stata
from diffuscope.case.importers.value_labels import labelled
from diffuscope.case.importers.workbook_in import read_workbook_frame
from diffuscope.errors import CaseError, DiffuscopeError, PlanError
from diffuscope.records.native_tables import polars_frame
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENDINGS = (*delimited_in.ENDINGS, *workbook_in.ENDINGS, ".parquet", ".dta", *r_files.ENDINGS)

_log = logging.getLogger("diffuscope")


def read_frame(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    object: str | None = None,  # noqa: A002 the word of R
    codes: bool = False,
    encoding: str | None = None,
    decimal: Literal[".", ","] | None = None,
    sheet: str | None = None,
    headings: int | None = None,
) -> pl.DataFrame:
    """A table from delimited text, a workbook (`.xlsx`), Parquet, Stata (`.dta`) or R (`.rds`, `.rda`).

    Parameters
    ----------
    path : str or Path
    columns : mapping of str to str, optional
        Columns of the file to read, and what each is called from then on; without it, all as they are.
    object : str, optional
        In a file of R that holds several data frames, the one to read.
    codes : bool
        Keep the codes of values that have labels, in Stata and R.
    encoding : str, optional
        Of delimited text that is neither UTF-8 nor UTF-16: ``cp1252`` for Western Europe.
    decimal : {".", ","}, optional
        The sign before decimals in delimited text, where the numbers do not tell it.
    sheet : str, optional
        In a workbook of which several sheets hold something, the one to read.
    headings : int, optional
        Row of the headings in a workbook, where it is not the first that fills two cells.

    Returns
    -------
    polars.DataFrame
        What a reader had to decide is told as a warning of the logger `diffuscope`, a sentence for each.

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, or holds no table.
    PlanError
        If it is of another kind, lacks a column, or holds several data frames and none is named.

    Notes
    -----
    Delimited text is read as that of a case: commas, semicolons or tabs part the cells. Whole numbers of
    which one begins with a zero stay text. Days, months and quarters of Stata and R are dates or `1990-07`,
    `1990-Q3`. Values with labels are their labels, but 0 and 1 stay numbers, and so does a column in which
    some value has no label. Two codes with one label stay two. Extended missing values (`.a`) are missing.
    """
    options: dict[str, Any] = {"object": object, "codes": codes, "encoding": encoding, "decimal": decimal}
    read = frame_with_notes(path, columns, sheet=sheet, headings=headings, **options)
    for note in read.notes:
        _log.warning("%s: %s", Path(path).name, note)
    return read.frame


def frame_with_notes(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    object: str | None = None,  # noqa: A002 the word of R
    codes: bool = False,
    encoding: str | None = None,
    decimal: Literal[".", ","] | None = None,
    sheet: str | None = None,
    headings: int | None = None,
) -> FrameRead:
    """The same with what a reader decided as sentences, and labels of columns, for those who show them."""
    file = Path(path)
    if file.is_dir():
        raise PlanError(f"`{file.name}` is a folder; name the files in it.")
    if file.suffix.lower() not in ENDINGS:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(ENDINGS)}; save the table as CSV.")
    if not file.is_file():
        raise CaseError(f"There is no file `{file.name}`.")
    if file.stat().st_size > limits.TABLE_BYTES:
        raise CaseError(f"`{file.name}` is larger than {limits.TABLE_BYTES // limits.MB:,} MB.")
    if columns is not None and len(set(columns.values())) < len(columns):
        raise PlanError("Two columns would have the same name.")
    with _damage_reported(file):
        if file.suffix.lower() in workbook_in.ENDINGS:
            read = read_workbook_frame(file, sheet, headings)
        else:
            read = _read(file, object=object, codes=codes, encoding=encoding, decimal=decimal)
    if columns is None:
        return read
    lacking = [name for name in columns if name not in read.frame.columns]
    if lacking:
        has = in_code(read.frame.columns[:20])
        raise PlanError(f"`{file.name}` lacks the column `{lacking[0]}`; it has {has}.")
    others = {f"column `{name}`" for name in read.frame.columns if name not in columns}
    return replace(
        read,
        frame=read.frame.select(pl.col(name).alias(new) for name, new in columns.items()),
        notes=[note for note in read.notes if not any(note.startswith(other) for other in others)],
        labels={new: read.labels[name] for name, new in columns.items() if name in read.labels},
    )


@contextmanager
def _damage_reported(file: Path) -> Iterator[None]:
    """Whatever a library of a format raises says that the file is damaged."""
    try:
        yield
    except DiffuscopeError:
        raise
    except Exception as error:
        _log.debug("could not read %s", file.name, exc_info=True)
        raise CaseError(f"`{file.name}` is not a {file.suffix.lower()} file, or it is damaged.") from error


def _read(
    file: Path,
    *,
    object: str | None,  # noqa: A002
    codes: bool,
    encoding: str | None,
    decimal: Literal[".", ","] | None,
) -> FrameRead:
    kind = file.suffix.lower()
    if kind in delimited_in.ENDINGS:
        return read_text_frame(file, encoding, decimal)
    if kind == ".parquet":
        return FrameRead(pl.read_parquet(file))
    return read_stata(file, codes=codes) if kind == ".dta" else _of_r(file, object, codes=codes)


def _of_r(file: Path, name: str | None, *, codes: bool) -> FrameRead:
    held = _data_frame(file, name)
    labels = held.attrs.get("labels", {})
    frame = _of_pandas(held.reset_index(drop=True), file)
    notes = _of_row_names(held)
    columns = []
    for series in frame.iter_columns():
        values = series
        if series.name in labels:
            values, caveats = labelled(series, labels[series.name], codes=codes)
            notes += caveats
        columns.append(values)
    return FrameRead(pl.DataFrame(columns), notes)


def _of_row_names(held: Any) -> list[str]:
    """A sentence where rows have names, which may be all that says whose they are."""
    names = [str(one) for one in held.index[:1]]
    if held.index.dtype.kind in "iu" or not names or names[0].isdigit():
        return []
    return [f"rows have names, the first `{names[0][:40]}`, which are left out; in R, make them a column."]


def _data_frame(file: Path, name: str | None) -> Any:
    """The one data frame of a file of R, or of a list in it, or the one that is named."""
    held: Any = r_files.r_objects(file)
    alone = next(iter(held.values())) if len(held) == 1 else None
    if isinstance(alone, dict) and any(hasattr(one, "iloc") for one in alone.values()):
        held = alone
    frames = {str(key): one for key, one in held.items() if hasattr(one, "iloc")}
    if name is not None and name not in frames:
        raise PlanError(f"`{file.name}` has no data frame `{name}`; it has {in_code(frames) or 'none'}.")
    if not frames:
        raise CaseError(f"`{file.name}` holds no data frame; in R: saveRDS(as.data.frame(x), file).")
    if name is None and len(frames) > 1:
        raise PlanError(f"`{file.name}` holds several data frames, {in_code(frames)}: name one as `object`.")
    return frames[name] if name is not None else next(iter(frames.values()))


def _of_pandas(frame: Any, file: Path) -> pl.DataFrame:
    for name in frame.columns:
        if frame[name].dtype.name == "category":
            frame[name] = frame[name].astype(object)
        if frame[name].dtype.name == "object" and any(
            isinstance(one, dict | list | np.ndarray) for one in frame[name]
        ):
            raise CaseError(f"`{file.name}`: a cell of the column `{name}` holds a list; part it in R first.")
    # times of pandas are counted in nanoseconds, which end in 2262
    return polars_frame(frame)[0].with_columns(
        pl.selectors.float().fill_nan(None), pl.selectors.datetime().dt.cast_time_unit("us")
    )
