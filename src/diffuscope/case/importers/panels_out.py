"""A panel to a file that other programs read, with a label for every column."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.case.exporters.stata_names import stata_names
from diffuscope.errors import PlanError
from diffuscope.records.extras import library
from diffuscope.records.native_tables import NotATableError, pandas_frame, polars_frame

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDINGS = (".csv", ".parquet", ".dta")
LABELS = {
    "unit": "Who could adopt",
    "receiver": "Who could adopt",
    "sender": "Whom it could follow",
    "policy": "What could be adopted",
    "period": "Period at risk",
    "time": "Number of the period",
    "duration": "Time at risk by the end of the row",
    "event": "1 if adopted in this period, else 0",
    "gap": "Length of the row; its logarithm is an offset",
    "spell": "2 and more: at risk again after repeal",
    "start": "Span begins after",
    "stop": "Span ends with",
    "opportunity": "Whether the sender had the policy before",
}


def write_panel(panel: Any, path: str | Path, labels: Mapping[str, str] | None = None) -> Path:
    """Write a panel, or any frame, as CSV, Parquet, or a Stata file with labelled columns.

    Parameters
    ----------
    panel : Panel, or pandas, Polars or Arrow table
    path : str or Path
        Ends in `.csv`, `.parquet` or `.dta`. A file that is there is replaced.
    labels : mapping of str to str, optional
        What columns mean, for Stata; those of a panel are known.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    PlanError
        If the ending is another, there is no frame, or two columns would share a name in Stata.
    """
    file = Path(path)
    frame = _frame(getattr(panel, "frame", panel))
    kind = file.suffix.lower()
    if kind == ".csv":
        frame.write_csv(file)
    elif kind == ".parquet":
        frame.write_parquet(file)
    elif kind == ".dta":
        _write_stata(frame, file, LABELS | dict(labels or {}))
    else:
        raise PlanError(f"`{file.name}` does not end in one of {', '.join(ENDINGS)}.")
    return file


def _frame(native: Any) -> pl.DataFrame:
    try:
        return polars_frame(native)[0]
    except NotATableError as error:
        raise PlanError(
            f"Only a panel or a data frame can be written, not {type(native).__name__}."
        ) from error


def _write_stata(frame: pl.DataFrame, file: Path, labels: Mapping[str, str]) -> None:
    pyreadstat = library("pyreadstat", "formats", f"`{file.name}`, a file of Stata,")
    names = stata_names(frame.columns)
    column_labels: dict[str, str | None] = {
        names[name]: labels.get(name, name)[:80] for name in frame.columns
    }
    flags = pl.selectors.boolean().cast(pl.Int8)
    plain = frame.select(pl.col(name).alias(new) for name, new in names.items()).with_columns(flags)
    pyreadstat.write_dta(pandas_frame(plain), file, column_labels=column_labels)
