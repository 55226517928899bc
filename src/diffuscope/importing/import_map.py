"""The map of an import: which columns of which file are what, written by hand where it cannot be told."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from diffuscope.errors import PlanError

Shape = Literal["panel", "years", "adoptions", "covariates", "ties", "units", "policies"]
SHAPES: tuple[Shape, ...] = ("panel", "years", "adoptions", "covariates", "ties", "units", "policies")
BYTES = 1_000_000
"""Size of a map: a megabyte of names is no map."""


class FileMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the columns of one file are.

    Attributes
    ----------
    shape : str or None
        `panel` (a row per unit and time, policies 0 or 1), `years` (a row per unit, policies hold dates),
        `adoptions` (a row per adoption), `covariates`, `ties`, `units` or `policies`; None: found out.
    unit, time, time_latest, until, name : str or None
        Columns.
    policy : tuple of str
        Columns of policies, in a panel; the one column that names the policy, in a table of adoptions; or,
        where the file has no such column, the name of the one policy.
    sender, receiver, weight, layer : str or None
        Columns of ties; `layer` may also be the name of the one layer.
    coding : {"status", "event"} or None
        Whether 1 stands as long as a policy does, or only in the period of its adoption.
    never : tuple of int
        Years that stand for "never", such as 9999.
    empty : {"never", "unknown"} or None
        What a row without a date means in a table of adoptions: it did not adopt, or the date is unknown.
    first_year : int or None
        The year of the first period, where periods are only counted.
    rename : dict of str to str
        Other names for covariates; an empty name leaves one out.
    sheet : str or None
        In a workbook of which several sheets hold something, the one to read.
    headings : int or None
        Row of the headings in a workbook, where it is not the first that fills two cells.
    object : str or None
        Which object of a file of R, where it holds several.
    encoding : str or None
        Of delimited text that is not UTF-8, such as ``cp1252``.
    decimal : {".", ","} or None
        The sign before decimals, where delimited text does not show which.
    keep_codes : bool
        Whether codes with labels of Stata and R stay codes.
    edges : {"influence", "attention"} or None
        What a directed edge of a network means: its source acts on its target, or looks at it.
    code, trail : tuple of str
        Columns of codes in a table of coded passages, and those that say how the coder came to them.
    coder : str or None
        The coder of such a table.
    """

    shape: Shape | None = None
    unit: str | None = None
    time: str | None = None
    time_latest: str | None = None
    until: str | None = None
    name: str | None = None
    policy: tuple[str, ...] = ()
    sender: str | None = None
    receiver: str | None = None
    weight: str | None = None
    layer: str | None = None
    coding: Literal["status", "event"] | None = None
    never: tuple[int, ...] = ()
    empty: Literal["never", "unknown"] | None = None
    first_year: int | None = None
    rename: dict[str, str] = msgspec.field(default_factory=dict)
    edges: Literal["influence", "attention"] | None = None
    code: tuple[str, ...] = ()
    coder: str | None = None
    sheet: str | None = None
    headings: int | None = None
    trail: tuple[str, ...] = ()
    object: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    keep_codes: bool = False


class ImportMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person says of the files that become a case.

    Attributes
    ----------
    id, title, licence : str
        Of the case; without an id it is called as its folder.
    kind : str
        What units are: state, city, firm.
    source : str
        How the files are cited; without it, by their names.
    file : dict of str to FileMap
        By name of the file.
    codes : dict of str to dict
        What the codes of passages stand for: columns of `evidence`, such as mechanism and criterion.
    """

    id: str = ""
    title: str = ""
    licence: str = ""
    kind: str = ""
    source: str = ""
    file: dict[str, FileMap] = msgspec.field(default_factory=dict)
    codes: dict[str, dict[str, str | float]] = msgspec.field(default_factory=dict)

    def of(self, name: str, usual: FileMap) -> FileMap:
        """What is said of a file; what is not said of it by name is as usual."""
        own = self.file.get(name)
        if own is None:
            return usual
        given = {
            field: getattr(own, field)
            for field in FileMap.__struct_fields__
            if getattr(own, field) not in (None, (), {})
        }
        return msgspec.structs.replace(usual, **given)


def read_map(path: Path) -> ImportMap:
    """The map in a TOML file.

    Raises
    ------
    PlanError
        If it is not there, is no TOML, or says something that no map says.
    """
    if not path.is_file():
        raise PlanError(f"There is no map `{path.name}`.")
    if path.stat().st_size > BYTES:
        raise PlanError(f"The map `{path.name}` is larger than {BYTES // 1_000_000} MB.")
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), ImportMap, strict=True)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanError(f"The map `{path.name}` cannot be read: {error}") from error
    except msgspec.ValidationError as error:
        raise PlanError(f"The map `{path.name}` says what no map says: {error}") from error
