"""Import: files of a scholar become the folder of a case, with a list of what was decided on the way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from diffuscope.case import read_case
from diffuscope.case.atomic_folder import new_folder
from diffuscope.case.importers.frames_in import frame_with_notes
from diffuscope.case.model import short_name
from diffuscope.errors import CaseError, PlanError
from diffuscope.importing.assemble import assembled
from diffuscope.importing.columns import columns_of
from diffuscope.importing.decisions import Decision, DecisionLog
from diffuscope.importing.import_map import FileMap, ImportMap, read_map
from diffuscope.importing.other_files import is_other, of_other
from diffuscope.importing.panels import of_panel, of_years
from diffuscope.importing.rows import OF_POLICY, grain_of, of_adoptions, of_facts, of_policies, of_ties
from diffuscope.importing.same_units import with_one_name
from diffuscope.importing.shapes import shape_of
from diffuscope.importing.source_file import SourceFile
from diffuscope.importing.write import Clock, write_case, write_page
from diffuscope.mechanisms import mechanisms
from diffuscope.records.phrases import in_code, upper_first
from diffuscope.study import case_problems
from diffuscope.study.named_ties import TAKEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diffuscope.importing.parts import Part
    from diffuscope.importing.shapes import Shaped
    from diffuscope.records import Problem


ASKED_OF_A_READER = ("sheet = ", "headings = ", "as `object`", "encoding=", "decimal=")
"""How errors of readers say that a person must choose; the map answers by the same words."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import made.

    Attributes
    ----------
    folder : Path
        Of the case.
    rows : dict of str to int
        Rows of each table.
    decisions : tuple of Decision
        What was decided by itself, each with how to decide otherwise.
    questions : tuple of str
        What only a person can answer.
    problems : tuple of Problem
        What the check of the new case finds.
    """

    folder: Path
    rows: dict[str, int]
    decisions: tuple[Decision, ...] = field(repr=False)
    questions: tuple[str, ...] = field(repr=False)
    problems: tuple[Problem, ...] = field(repr=False)


def import_case(
    files: Sequence[str | Path] | str | Path,
    out: str | Path,
    *,
    unit: str | None = None,
    time: str | None = None,
    policy: Sequence[str] = (),
    kind: str = "",
    map: str | Path | ImportMap | None = None,  # noqa: A002 the word of the command
) -> Imported:
    """Import files of other programs into a new case folder.

    Parameters
    ----------
    files : sequence of str or Path, or one of them
        Panels, tables of adoptions, covariates, ties or policies: all that `read_frame` reads.
    out : str or Path
        A folder that does not exist yet, or is empty.
    unit, time : str, optional
        Columns that name the unit and the time, where the files do not call them by a usual name.
    policy : sequence of str, optional
        Columns of policies in a panel; the column that names the policy in a table of adoptions; or the name
        of the one policy.
    kind : str
        What units are: state, city, firm.
    map : path or ImportMap, optional
        What each file's columns are, in a TOML file; for what the other arguments cannot say.

    Returns
    -------
    Imported
        Its decisions and questions also stand in the folder's README.md.

    Raises
    ------
    CaseError
        If a file cannot be read, holds two rows for one unit and time, or a status that is neither 0 nor 1.
    PlanError
        If it cannot be told what a file holds, or it lacks a column that was named.
    """
    if not files:
        raise PlanError("Name at least one file to import.")
    folder, notes = Path(out), DecisionLog()
    case_map = map if isinstance(map, ImportMap) else ImportMap() if map is None else read_map(Path(map))
    case_map = msgspec.structs.replace(
        case_map, id=short_name(case_map.id or folder.absolute().name), kind=kind or case_map.kind
    )
    usual = FileMap(unit=unit, time=time, policy=tuple(policy))
    paths = [Path(file) for file in ((files,) if isinstance(files, (str, Path)) else files)]
    if unmet := sorted({*case_map.file} - {path.name for path in paths}):
        raise PlanError(f"The map speaks of `{unmet[0]}`, which is none of the files.")
    own = {file: case_map.of(file.name, usual) for file in paths}
    tabular = [(file, _frame(file, own[file], notes)) for file in paths if not is_other(file, own[file])]
    parts = [
        part
        for file, frame in tabular
        for part in _parts(file, frame, case_map, _fitting(usual, frame, tabular), notes)
    ]
    others = [file for file in paths if is_other(file, own[file])]
    parts += _other_parts(others, case_map, parts, notes)
    tables = assembled(with_one_name(parts, notes), case_map.kind, notes)
    _refuse_unused(policy, tabular, tables)
    with new_folder(folder) as written:
        write_case(written, case_map, tables, Clock(grain_of(parts), _window(parts), counted=_counted(parts)))
        write_page(written, case_map, notes, [path.name for path in paths])
    return Imported(
        folder=folder, rows={name: table.height for name, table in tables.items()},
        decisions=tuple(notes.decisions), questions=tuple(notes.questions),
        problems=tuple(case_problems(read_case(folder))),
    )  # fmt: skip


def _other_parts(
    files: Sequence[Path], case_map: ImportMap, tabular: Sequence[Part], notes: DecisionLog
) -> list[Part]:
    """What files give that are no tables."""
    units = [part.tables["units"]["unit"] for part in tabular if "units" in part.tables]
    known = frozenset(unit for own in units for unit in own)
    return [
        part
        for file in files
        for part in of_other(file, case_map, case_map.of(file.name, FileMap()), notes, known)
    ]


def _counted(parts: Sequence[Part]) -> bool:
    """Whether times are numbers of periods; an error where some are and others are dates."""
    kinds = {part.counted for part in parts if part.counted is not None}
    if len(kinds) > 1:
        raise PlanError(
            "Some files count periods by number, and others have dates, so nobody can tell which came first. "
            "Say in the map which year the first period is, of each file that counts them: first_year = 1990."
        )
    return True in kinds


def _refuse_unused(
    policy: Sequence[str],
    frames: Sequence[tuple[Path, pl.DataFrame]],
    tables: Mapping[str, pl.DataFrame],
) -> None:
    """A policy that was named must be a column of a file, or the policy of some adoption."""
    adopted = set(tables["adoptions"]["policy"]) if "adoptions" in tables else set()
    for name in policy:
        if name not in adopted and not any(name in frame.columns for _, frame in frames):
            of = " or ".join(f"`{file.name}`" for file, _ in frames)
            raise PlanError(
                f"--policy {name}: no column of {of} is called so, and nothing there is adopted under that "
                "name. Name the column that holds the policy."
            )


def _frame(file: Path, own: FileMap, notes: DecisionLog) -> pl.DataFrame:
    """The table of a file; what its reader decided is noted."""
    try:
        read = frame_with_notes(
            file,
            sheet=own.sheet,
            headings=own.headings,
            object=own.object,
            codes=own.keep_codes,
            encoding=own.encoding,
            decimal=own.decimal,
        )
    except (PlanError, CaseError) as error:
        if not any(one in str(error) for one in ASKED_OF_A_READER):
            raise
        told = f'{error} The map says it under [file."{file.name}"].'
        raise (
            PlanError(told) if isinstance(error, PlanError) else CaseError(told, error.problems)
        ) from error
    for note in read.notes:
        notes.decide(file.name, None, upper_first(note), "change the file and import it again")
    return read.frame


def _parts(
    file: Path, frame: pl.DataFrame, case_map: ImportMap, usual: FileMap, notes: DecisionLog
) -> list[Part]:
    """What one file gives."""
    name = file.name
    if frame.is_empty():
        raise CaseError(f"`{name}` holds no rows.")
    own = case_map.of(name, usual)
    columns = columns_of(frame, own, name, notes)
    source = SourceFile(name=name, frame=frame, columns=columns, settings=own, notes=notes)
    shaped = shape_of(source)
    if shaped.shape == "ties":
        layer = own.layer if own.layer and own.layer not in frame.columns else short_name(file.stem)
        return [of_ties(source, layer)]
    if shaped.shape == "policies":
        return [of_policies(source)]
    return _of_units(source, shaped, short_name(file.stem))


def _of_units(source: SourceFile, shaped: Shaped, stem: str) -> list[Part]:
    """What a file gives whose rows are of units."""
    parts, policy = [], source.settings.policy
    column = source.columns.time if shaped.shape in ("panel", "covariates") else None
    times = None if column is None else source.times(column)
    if shaped.shape == "panel":
        if times is None:
            raise PlanError(f"`{source.name}` is a panel; say which column is the time: --time COLUMN")
        made = of_panel(source, shaped.policies, times)
        if policy and policy[0] not in source.frame.columns:  # the name of the only one
            adopted = made.tables["adoptions"].with_columns(policy=pl.lit(policy[0]))
            made = replace(made, tables={**made.tables, "adoptions": adopted})
        parts.append(made)
    elif shaped.shape == "years":
        parts.append(of_years(source, shaped.policies))
    elif shaped.shape == "adoptions":
        named = policy[0] if policy and policy[0] not in source.frame.columns else stem
        if source.columns.policy is None and not policy:
            source.notes.ask(
                f"`{source.name}` names no policy; it is called `{named}`. What is it? Say so by --policy "
                "NAME, or in policies.csv."
            )
        parts.append(of_adoptions(source, named))
        parts += [of_policies(source)] if source.columns.policy else []
    others = source.columns.others(source.frame, shaped.policies)
    if shaped.shape == "adoptions":
        others = [
            name
            for name in others
            if name.casefold() not in {one for known in OF_POLICY.values() for one in known}
        ]
    if shaped.shape == "adoptions" and others:
        listed = in_code(others[:8])
        source.decide(
            None, f"Columns that say more of an adoption are left out: {listed}.", "import them by themselves"
        )
    elif others or shaped.shape in ("covariates", "units"):
        parts.append(of_facts(source, others, times, TAKEN | frozenset(mechanisms())))
    return parts


def _fitting(usual: FileMap, frame: pl.DataFrame, frames: Sequence[tuple[Path, pl.DataFrame]]) -> FileMap:
    """Of what is said of all files, what fits one: they need not share columns. What no file has stays."""
    others = {name for _, one in frames for name in one.columns if one is not frame} - set(frame.columns)
    return msgspec.structs.replace(
        usual,
        unit=None if usual.unit in others else usual.unit,
        time=None if usual.time in others else usual.time,
        policy=tuple(one for one in usual.policy if one not in others),
    )


def _window(parts: Sequence[Part]) -> tuple[str, str] | None:
    """The window that all panels share: from the first to the last period of any."""
    windows = [part.window for part in parts if part.window is not None]
    if not windows:
        return None
    return min(first for first, _ in windows), max(last for _, last in windows)
