"""Labels of values, as Stata and R's haven keep them beside codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from diffuscope.records.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Mapping


def labelled(
    values: pl.Series, labels: Mapping[Any, str], *, codes: bool = False
) -> tuple[pl.Series, list[str]]:
    """A column with labels in the place of its codes, and what should be known of it.

    Codes stay where they are asked for; where they are 0 and 1 only, so that they can be an adoption or a
    covariate; and where some value has no label, so that no number is lost among words. Two codes with one
    label stay two.
    """
    named = {code: str(label).strip() for code, label in labels.items()}
    if values.dtype.is_numeric():  # a letter is the label of an extended missing value, as .a
        named = {code: label for code, label in named.items() if not isinstance(code, str)}
    held = set(values.drop_nulls().unique().to_list())
    truth = held <= {0, 1} and 0 in {*held, *named}
    if codes or not held or truth:
        return values, _shared(values.name, named, "codes are kept")
    notes = _shared(values.name, named, "each is read with its code behind it")
    bare = sorted(code for code in held if code not in named)
    if bare:
        many = counted(len(bare), "value")
        note = f"column `{values.name}` keeps its codes: {many} without a label, the first {_shown(bare[0])}."
        return values, [*notes, note]
    texts = {code: _own(code, named) for code in held}
    return values.replace_strict(texts, return_dtype=pl.String), notes


def _shared(column: str, named: Mapping[Any, str], done: str) -> list[str]:
    """A sentence for each label that several codes have."""
    by_label: dict[str, list[str]] = {}
    for code, label in named.items():
        by_label.setdefault(label, []).append(_shown(code))
    return [
        f"column `{column}`: the codes {' and '.join(codes)} share the label `{label}`; {done}."
        for label, codes in by_label.items()
        if len(codes) > 1
    ]


def _own(code: float | str, named: Mapping[Any, str]) -> str:
    label = named[code]
    alone = sum(other == label for other in named.values()) == 1
    return label if alone else f"{label} ({_shown(code)})"


def _shown(code: float | str) -> str:
    return code if isinstance(code, str) else f"{code:g}"
