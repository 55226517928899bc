"""What cannot be right about coded evidence, beyond what the rules of its table can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from diffuscope.evidence.criteria import narrow_only
from diffuscope.evidence.duplicates import repeated_documents, repeated_passages
from diffuscope.evidence.main_driver import NULL
from diffuscope.evidence.passages import FACTS
from diffuscope.mechanisms import mechanisms
from diffuscope.records import Problem
from diffuscope.records.phrases import in_code
from diffuscope.tables.places import Wording, of_rows
from diffuscope.tables.raw import ROW, RawTable
from diffuscope.tables.several_ids import several_ids
from diffuscope.tables.suggest import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


def evidence_problems(
    tables: Mapping[str, pl.DataFrame], analyses: Sequence[str], files: Mapping[str, str]
) -> list[Problem]:
    """Places where the coded evidence of a case contradicts its mechanisms, its coders, or itself.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        `evidence`, `likelihoods` and `documents`, typed; cells that could not be read are null and were told
        already.
    analyses : sequence of str
        Ids of the questions put to the case.
    files : mapping of str to str
        The file each table came from.

    Returns
    -------
    list of Problem
        Unknown mechanisms and criteria; readings that a mechanism does not have; coders who take one passage
        for two; likelihoods from which no main driver can be told; documents and passages that are there
        twice.
    """
    raw, chances, documents = (
        RawTable(name=name, file=files.get(name, f"{name}.csv"), cells=tables[name])
        for name in ("evidence", "likelihoods", "documents")
    )
    return [
        *unknown_mechanisms(raw),
        *_foreign_criteria(raw),
        *_readings(raw),
        *_facts_that_differ(raw),
        *_unknown_hypotheses(chances),
        *_likelihoods(raw, chances, analyses),
        *repeated_documents(documents),
        *repeated_passages(raw, documents.cells),
    ]


def unknown_mechanisms(raw: RawTable) -> list[Problem]:
    """Rows of a table with a column `mechanism` that name none, each met with the nearest name."""
    known = mechanisms()
    rows = raw.cells.select(ROW, value="mechanism").drop_nulls().filter(~pl.col("value").is_in(list(known)))
    return of_rows(raw, "mechanism", rows, _one_of("unknown-mechanism", "mechanism", known))


def _foreign_criteria(raw: RawTable) -> list[Problem]:
    """Criteria that their row's mechanism does not have."""
    problems: list[Problem] = []
    cells = raw.cells.select(ROW, "mechanism", value="criterion").drop_nulls()
    cells = cells.explode("value", empty_as_null=True).drop_nulls()
    for name, mechanism in mechanisms().items():
        known = [item.id for item in mechanism.all_criteria]
        rows = cells.filter((pl.col("mechanism") == name) & ~pl.col("value").is_in(known))
        problems += of_rows(raw, "criterion", rows.select(ROW, "value"), _foreign(name, known))
    return problems


def _foreign(mechanism: str, known: Sequence[str]) -> Callable[[str | None], Wording]:
    homes = {
        item.id: name
        for name, mechanism_defined in mechanisms().items()
        for item in mechanism_defined.criteria
    }

    names = Names((name, name) for name in known)

    def word(value: str | None) -> Wording:
        home = homes.get(value or "")
        wrong = "unknown-criterion", f"It is not a criterion of {mechanism}."
        several = several_ids(value or "", names, wrong, many=True)
        if several is not None:
            return several
        meant = names.nearest(value or "")
        if home is not None:
            fix = f"write `{home}` as its mechanism, or one of {in_code(known)}"
        else:
            fix = f"write `{meant}`" if meant else f"write one of {in_code(known)}"
        return Wording(*wrong, fix)

    return word


def _readings(raw: RawTable) -> list[Problem]:
    """Readings that a mechanism does not have, or that a criterion contradicts."""
    single = [name for name, declared in mechanisms().items() if declared.readings is None]
    given = pl.col("definition").is_not_null()
    alone = raw.cells.filter(given & pl.col("mechanism").is_in(single))
    wording = Wording(
        "reading-unknown",
        "The mechanism has only one reading, so no row can count under a narrow or a broad one.",
        "clear `definition`",
    )
    problems = of_rows(raw, "definition", alone.select(ROW, value="definition"), _always(wording))
    for name, mechanism in mechanisms().items():
        broad = (pl.col("mechanism") == name) & (pl.col("definition") == "broad")
        rows = raw.cells.filter(broad & narrow_only(mechanism, pl.col("criterion")))
        wording = Wording(
            "reading-contradicts-criterion",
            "The criterion belongs to the narrow reading only, but the row is marked as broad.",
            "clear `definition`, or correct `criterion`",
        )
        problems += of_rows(raw, "definition", rows.select(ROW, value="definition"), _always(wording))
    return problems


def _facts_that_differ(raw: RawTable) -> list[Problem]:
    """Coders of one passage judge it as they see it, but it stands in one document and happened once."""
    rows = raw.cells.drop_nulls("id").sort(ROW)
    if rows["id"].n_unique() == rows.height:
        return []
    problems: list[Problem] = []
    for name in (*FACTS, "definition"):
        # An empty cell contradicts nobody, but an empty `definition` says: under both readings.
        cell = pl.col(name).fill_null("") if name == "definition" else pl.col(name)
        facts = rows.with_columns(cell=cell).drop_nulls("cell")
        first = pl.col("cell").first().over("id")
        differ = facts.with_columns(other=pl.col(ROW).first().over("id")).filter(pl.col("cell") != first)
        wording = Wording(
            "coders-differ-on-a-fact",
            f"Row {{other}} codes the same passage with another `{name}`.",
            f"make `{name}` the same in both rows, or give one of the two passages its own `id`",
        )
        nothing = pl.lit(None, dtype=pl.String).alias("value")
        problems += of_rows(raw, name, differ.select(ROW, nothing, "other"), _always(wording))
    return problems


def _unknown_hypotheses(chances: RawTable) -> list[Problem]:
    known = [*mechanisms(), NULL]
    rows = chances.cells.select(ROW, value="hypothesis").drop_nulls().filter(~pl.col("value").is_in(known))
    return of_rows(chances, "hypothesis", rows, _one_of("unknown-hypothesis", "hypothesis", known))


def _likelihoods(raw: RawTable, chances: RawTable, analyses: Sequence[str]) -> list[Problem]:
    """Analyses whose main driver cannot be told, because a hypothesis or a chance is missing."""
    problems: list[Problem] = []
    evidence = raw.cells.drop_nulls("id").sort(ROW).unique("id", keep="first", maintain_order=True)
    for analysis in analyses:
        mine = evidence.filter(pl.col("analysis") == analysis)
        given = chances.cells.filter(pl.col("evidence").is_in(mine["id"].implode()))
        names = sorted(given["hypothesis"].drop_nulls().unique())
        if not names:
            continue
        if NULL not in names:
            problems.append(_no_null(chances, analysis))
        problems += _incomplete(raw, mine, given, names)
    return problems


def _no_null(chances: RawTable, analysis: str) -> Problem:
    return Problem(
        level="error",
        rule="null-hypothesis-needed",
        message=f"The likelihoods of the analysis `{analysis}` do not include the hypothesis "
        "that no mechanism was at work.",
        fix=f"add for every passage its chance under the hypothesis `{NULL}`: independent decisions, a "
        "common pressure, or a coordinated launch",
        file=chances.file,
        table=chances.name,
        column="hypothesis",
    )


def _incomplete(
    raw: RawTable, mine: pl.DataFrame, given: pl.DataFrame, names: Sequence[str]
) -> list[Problem]:
    """Told at the passage itself, so that the row of a private one stays recognisable as private."""
    has = given.drop_nulls("p").select("evidence", "hypothesis").unique()
    problems: list[Problem] = []
    for name in names:
        there = has.filter(pl.col("hypothesis") == name)["evidence"]
        rows = mine.filter(~pl.col("id").is_in(there.implode())).select(ROW, value="id")
        wording = Wording(
            "likelihood-missing",
            f"The table `likelihoods` does not give the chance of this passage under `{name}`.",
            "add the row: one per passage of the analysis and hypothesis, or leave `likelihoods` out",
        )
        problems += of_rows(raw, "id", rows, _always(wording))
    return problems


def _one_of(rule: str, column: str, known: Iterable[str]) -> Callable[[str | None], Wording]:
    listed, names = in_code(known), Names((name, name) for name in known)

    def word(value: str | None) -> Wording:
        wrong = rule, f"`{column}` must be one of {listed}."
        several = several_ids(value or "", names, wrong, many=False)
        if several is not None:
            return several
        meant = names.nearest(value or "")
        fix = f"write `{meant}`" if meant else f"write one of {listed}"
        return Wording(*wrong, fix)

    return word


def _always(wording: Wording) -> Callable[[str | None], Wording]:
    return lambda _: wording
