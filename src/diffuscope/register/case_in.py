"""A case taken into a register: every row of it, so that its export gives the same rows."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.errors import CaseError
from diffuscope.register.database import opened, writing
from diffuscope.register.learning import take_learning
from diffuscope.register.rows import MAINTAINED, REPORTED, TABLES, fields_of
from diffuscope.register.write import act_of, add
from diffuscope.tables.catalogue import CATALOGUE
from diffuscope.tables.read_as import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.case import Case
    from diffuscope.register.write import Act

ROW = "_row"
STATES = {"received": "cleared"}
"""Returns of a case that came in were accepted and cleared long ago."""


class Source(NamedTuple):
    """A case to be taken in: its tables, and its settings as they were written."""

    case: Case
    says: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Title of the case."""
        return self.case.title

    @property
    def id(self) -> str:
        """Id of the case."""
        return self.case.id


def import_case(folder: str | Path, source: str | Path, *, person: str) -> int:
    """Take a case into a register that holds no members yet.

    Parameters
    ----------
    folder : str or Path
        The register.
    source : str or Path
        A case, such as `export_case` writes.
    person : str
        Who does it.

    Returns
    -------
    int
        Rows that were taken.

    Raises
    ------
    CaseError
        If the case has errors, or the register has members already.
    """
    from diffuscope.register.rights import require

    read = read_source(source)
    with opened(folder), writing():
        from diffuscope.register.models import Member

        act = act_of(person, channel="import", why=f"taken from the case `{read.id}`")
        require(act, "write")
        if Member.objects.exists():
            raise CaseError("The register has members already; a case is imported into an empty register.")
        return take_case(act, read)


def read_source(source: str | Path) -> Source:
    """The case and its settings, if it has no errors."""
    from diffuscope.case import read_case
    from diffuscope.case.read import gathered, open_case

    case = read_case(source)
    if case.errors:
        raise CaseError(f"The case `{case.id}` must be fixed before a register can take it.", case.problems)
    contents, _ = gathered(open_case(Path(source)), frozenset())
    says = {} if contents.written is None else dict(contents.written.says)
    return Source(
        case, {key: value for key, value in says.items() if key not in ("words", "waves", "sheets")}
    )


def take_case(act: Act, source: Source) -> int:
    """Every row of a case, added in the open transaction; how many there are."""
    from diffuscope.register.models import KeptRow, KeptSettings

    case = source.case
    add(act, [KeptSettings(says=kept_settings(_plain(source.says)))])
    _units(act, case)
    for table in MAINTAINED:
        if table != "units":
            _maintained(act, table, case)
    learned = take_learning(act, case)
    for table in [name for name in case.tables if name not in (*MAINTAINED, *REPORTED)]:
        rows = learned[table] if table in learned else case.table(table).to_dicts()
        add(act, [KeptRow(table=table, position=row.pop(ROW), cells=row) for row in rows])
    _words(act, case)
    _reports(act, case)
    return sum(frame.height for frame in case.tables.values())


def kept_settings(says: Any) -> dict[str, str]:
    """Settings as one text: PostgreSQL keeps the keys of JSON in an order of its own."""
    return {"json": json.dumps(says, ensure_ascii=False)}


def _plain(value: Any) -> Any:
    """Settings as JSON keeps them; TOML has dates as well."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _units(act: Act, case: Case) -> None:
    from diffuscope.register.models import Member, Organisation
    from diffuscope.register.write import change

    rows = case.table("units").to_dicts()
    ours = _members(
        case,
        {row["unit"]: row["parent"] for row in rows},
        {row["unit"] for row in rows if row["role"] == "adopter"},
    )
    members: list[Any] = []
    others: list[Any] = []
    for row in rows:
        member = row["unit"] in ours
        made = (Member if member else Organisation)(position=row[ROW], **fields_of("units", row))
        (members if member else others).append(made)
    add(act, members)
    add(act, others)
    known = {one.code: one for one in members}
    for one in members:
        if one.parent in known:
            change(act, one, {"state": known[one.parent]})


def _members(case: Case, parents: Mapping[str, str | None], adopters: set[str]) -> set[str]:
    """Units that adopt, report or own projects, and those that they belong to."""
    named = set(adopters)
    if "projects" in case.tables:
        named |= {unit for units in case.table("projects")["unit"] for unit in units}
    if "returns" in case.tables:
        named |= set(case.table("returns")["unit"])
    for unit in list(named):
        above = parents.get(unit)
        while above is not None and above not in named:
            named.add(above)
            above = parents.get(above)
    return named


def _maintained(act: Act, table: str, case: Case) -> None:
    from diffuscope.register import models

    if table not in case.tables:
        return
    made = []
    indicators: dict[str, Any] = {}
    if table == "indicators":
        codes = dict.fromkeys(case.table(table)["indicator"])
        indicators = {code: models.Indicator(code=code) for code in codes}
        add(act, list(indicators.values()))
    for row in case.table(table).to_dicts():
        try:
            fields = fields_of(table, row)
        except ValueError as error:
            raise _of_row(case, table, row, str(error)) from None
        if table == "indicators":
            fields["indicator"] = indicators[row["indicator"]]
        made.append(getattr(models, TABLES[table].model)(position=row[ROW], **fields))
    add(act, made)


def _words(act: Act, case: Case) -> None:
    """Words of `[words]`; those of a table were taken with it."""
    from diffuscope.register.models import Word

    there = set()
    if "words" in case.tables:
        there = set(case.table("words").select("column", "written").iter_rows())
    own = [
        Word(column=column, written=written, means=means)
        for column, words in case.words.items()
        for written, means in words.items()
        if (column, written) not in there
    ]
    add(act, own)


def _reports(act: Act, case: Case) -> None:
    """Waves, projects, returns and observations."""
    from diffuscope.register.models import ExpectedReturn, Member, Return, Wave

    waves = {
        code: Wave(code=code, reference=day, state="imported", position=at)
        for at, (code, day) in enumerate(case.waves.items(), start=1)
    }
    add(act, list(waves.values()))
    members = {one.code: one for one in Member.objects.all()}
    if "returns" in case.tables:
        expected = [
            ExpectedReturn(
                wave=waves[row["wave"]],
                member=members[row["unit"]],
                state=STATES.get(row["state"], row["state"]),
                received=row["received"] or "",
                source=row["source"],
                note=row["note"] or "",
                position=row[ROW],
            )
            for row in case.table("returns").to_dicts()
        ]
        add(act, expected)
    rows = case.table("projects").to_dicts() if "projects" in case.tables else []
    projects = _projects(act, rows, members, waves)
    sent: dict[tuple[str, int], Any] = {}
    for row in rows:
        city = members[row["unit"][0]]
        state = city.state or city
        key = (row["wave"], state.pk)
        if key not in sent:
            sent[key] = Return(
                wave=waves[row["wave"]],
                member=state,
                person=act.person,
                at=act.at,
                channel=act.channel,
                file=f"case {case.id}",
            )
    add(act, list(sent.values()))
    _observations(act, case, rows, (members, waves, projects, sent))


def _projects(
    act: Act, rows: list[dict[str, Any]], members: Mapping[str, Any], waves: Mapping[str, Any]
) -> list[Any]:
    """The project of each row; rows without an id are projects of their own, with a code that is issued."""
    from diffuscope.register.create import issue_code
    from diffuscope.register.models import Partnership, Project, Succession

    taken, number = {row["project"] for row in rows if row["project"]}, 0
    by_code: dict[str, Any] = {}
    partners: dict[tuple[str, str], Any] = {}
    of_rows = []
    for row in rows:
        code, unlinked = row["project"], row["project"] is None
        if unlinked:
            code, number = issue_code(taken, number)
        lead, *further = row["unit"]
        project = by_code.setdefault(code, Project(code=code, lead=members[lead], unlinked=unlinked))
        for other in further:
            partners.setdefault((code, other), (project, members[other]))
        of_rows.append(project)
    add(act, list(by_code.values()))
    add(act, [Partnership(project=project, member=other) for project, other in partners.values()])
    successions = []
    for row, project in zip(rows, of_rows, strict=True):
        for earlier in row["succeeds"] or ():
            if earlier in by_code:
                kind = "merged" if len(row["succeeds"]) > 1 else "renamed"
                successions.append(
                    Succession(
                        kind=kind,
                        earlier=by_code[earlier],
                        later=project,
                        wave=waves[row["wave"]],
                        basis="case",
                    )
                )
    add(act, successions)
    return of_rows


def _observations(
    act: Act, case: Case, rows: list[dict[str, Any]], known: tuple[Any, Any, list[Any], Any]
) -> None:
    from diffuscope.register.models import Observation

    members, waves, projects, sent = known
    seen: dict[tuple[Any, ...], int] = defaultdict(int)
    made = []
    for row, project in zip(rows, projects, strict=True):
        city = members[row["unit"][0]]
        key = (row["wave"], project.pk, city.pk)
        seen[key] += 1
        if seen[key] > 1:
            raise _of_row(case, "projects", row, "another row has the same wave, project and city")
        try:
            fields = fields_of("projects", row)
        except ValueError as error:
            raise _of_row(case, "projects", row, str(error)) from None
        made.append(
            Observation(
                project=project,
                wave=waves[row["wave"]],
                city=city,
                position=row[ROW],
                sent=sent[row["wave"], (city.state or city).pk],
                further=";".join(row["unit"][1:]),
                folded=fold(row["title"]),
                status_typed=row["status"],
                **fields,
            )
        )
    add(act, made)


def _of_row(case: Case, table: str, row: Mapping[str, Any], what: str) -> CaseError:
    from diffuscope.records import Problem

    column = (
        "amount"
        if table == "support"
        else "budget"
        if "unit of its" in what
        else CATALOGUE[table].columns[0].name
    )
    problem = Problem(
        level="error",
        rule="register-row",
        message=f"The register cannot keep this row: {what}.",
        fix="correct the row in the case",
        file=case.files.get(table),
        table=table,
        row=row[ROW],
        column=column,
    )
    return CaseError(f"The case `{case.id}` must be fixed before a register can take it.", [problem])
