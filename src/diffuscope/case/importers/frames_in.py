"""A table from a file of another program, as a frame."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case import limits
from diffuscope.case.importers.r_files import r_objects
from diffuscope.errors import CaseError, PlanError
from diffuscope.records.phrases import in_code

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDINGS = (".csv", ".parquet", ".dta", ".rds")

_log = logging.getLogger("diffuscope")


def read_frame(path: str | Path, columns: Mapping[str, str] | None = None) -> pl.DataFrame:
    """A table from a CSV, Parquet, Stata (`.dta`) or R (`.rds`) file.

    Parameters
    ----------
    path : str or Path
    columns : mapping of str to str, optional
        Columns of the file to read, and what each is called from then on; without it, all as they are.

    Returns
    -------
    polars.DataFrame
        Values as the file holds them: labels of Stata and levels of R's factors are text.

    Raises
    ------
    CaseError
        If the file is not there, too large, damaged, or holds no table.
    PlanError
        If it is of another kind, or lacks a column.
    """
    file = Path(path)
    if file.suffix.lower() not in ENDINGS:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(ENDINGS)}; save the table as CSV.")
    if not file.is_file():
        raise CaseError(f"There is no file `{file.name}`.")
    if file.stat().st_size > limits.TABLE_BYTES:
        raise CaseError(f"`{file.name}` is larger than {limits.TABLE_BYTES // limits.MB:,} MB.")
    frame = _read(file)
    if columns is None:
        return frame
    lacking = [name for name in columns if name not in frame.columns]
    if lacking:
        has = in_code(frame.columns[:20])
        raise PlanError(f"`{file.name}` lacks the column `{lacking[0]}`; it has {has}.")
    if len(set(columns.values())) < len(columns):
        raise PlanError("Two columns would have the same name.")
    return frame.select(pl.col(name).alias(new) for name, new in columns.items())


def _read(file: Path) -> pl.DataFrame:
    kind = file.suffix.lower()
    try:
        if kind == ".csv":
            return pl.read_csv(file, infer_schema_length=None, null_values=["", "NA"])
        if kind == ".parquet":
            return pl.read_parquet(file)
        return _of_stata(file) if kind == ".dta" else _of_r(file)
    except CaseError:
        raise
    except Exception as error:
        _log.debug("could not read %s", file.name, exc_info=True)
        raise CaseError(f"`{file.name}` is not a {kind} file, or it is damaged.") from error


def _of_stata(file: Path) -> pl.DataFrame:
    import pyreadstat

    frame, _ = pyreadstat.read_dta(file, apply_value_formats=True, formats_as_category=False)
    return _of_pandas(frame)


def _of_r(file: Path) -> pl.DataFrame:
    found: Any = r_objects(file)[file.stem]
    if not hasattr(found, "iloc"):
        raise CaseError(f"`{file.name}` holds no data frame; in R: saveRDS(as.data.frame(x), file).")
    return _of_pandas(found.reset_index(drop=True))


def _of_pandas(frame: Any) -> pl.DataFrame:
    for name in frame.columns:
        if frame[name].dtype.name == "category":
            frame[name] = frame[name].astype(object)
    return pl.from_pandas(frame, nan_to_null=True)
