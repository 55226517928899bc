"""Whatever is named must exist; what does not is met with the nearest name."""

from __future__ import annotations

import pytest
from raws import DOCUMENTS, POLICIES, UNITS, one, place, problems, raw

from diffuscope.tables.check import check_tables


def adoption(unit: str = "vnm", policy: str = "plan", *, units: str = UNITS):
    text = f"unit,policy,time,source\n{unit},{policy},2018,p. 1\n"
    return problems(raw("units", units), raw("policies", POLICIES), raw("adoptions", text))


@pytest.mark.parametrize(
    ("unit", "fix"),
    [
        ("Vietnam", "write `vnm`"),
        ("Viet Nam", "write `vnm`"),
        ("VIỆT-NAM", "write `vnm`"),
        ("VNM", "write `vnm`"),
        ("hà nội", "write `hanoi`"),
        ("Singapor", "write `sgp` if that is meant, or add a row to `units`"),
        ("Ruritania", "correct it, or add a row to `units`"),
    ],
)
def test_an_unknown_actor_is_met_with_the_name_that_was_meant(unit, fix):
    found = one(adoption(unit))
    assert place(found) == ("adoptions.csv", 2, "unit", unit)
    assert (found.rule, found.fix) == ("unknown-id", fix)
    assert found.message == "`units` has no row with this `unit`."


def project(**cells: str):
    row = {"wave": "2024", "unit": "hanoi", "title": "T", "status": "ongoing", "partner": "", "succeeds": ""}
    row |= {"status_basis": "reported", "link_basis": "not linked", "source": "p. 1", **cells}
    text = ",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in row.values()) + "\n"
    return check_tables([raw("units", UNITS), raw("projects", text)], waves=["2024"])[1]


@pytest.mark.parametrize(
    ("partner", "fix"),
    [
        ("vnm, sgp", "write `vnm; sgp`"),
        ("Viet Nam and Singapore", "write `vnm; sgp`"),
        ("vnm / hanoi & sgp", "write `vnm; hanoi; sgp`"),
        ("Vietnam, Singapor", "write `vnm; sgp` if these are meant"),
        ("vnm, Somebody", "correct it; if it names several, separate them by semicolons"),
        ("Vietnam, Viet Nam", "write `vnm` if that is meant, or add a row to `units`"),
        ("vnm; n/a", "take it out of the cell"),
        ("n/a", "leave the cell empty where nothing is known"),
        ("vnm\nsgp", "separate the ids by semicolons"),
    ],
)
def test_a_fix_keeps_every_name_of_a_cell(partner, fix):
    assert one(project(partner=partner)).fix == fix


@pytest.mark.parametrize("column", ["unit", "partner"])
def test_every_column_of_several_ids_keeps_them(column):
    assert one(project(**{column: "vnm, sgp"})).fix == "write `vnm; sgp`"


def test_a_column_of_one_id_offers_none_of_several():
    found = one(adoption('"vnm, sgp"'))
    assert found.fix == "keep one id, and add one row for each of the others"


@pytest.mark.parametrize(
    ("status", "offered"),
    [("planning / ongoing", ()), ("ongoing, late", ("ongoing",)), ("ongoin", ("ongoing",))],
)
def test_a_word_for_a_choice_loses_nothing_that_stands_beside_it(status, offered):
    fix = one(project(status=status)).fix
    assert fix.startswith(f"write `{offered[0]}`" if offered else "write one of")
    assert ("put the rest into `note`" in fix) == (status != "ongoin")


def test_a_name_of_two_actors_is_offered_for_neither():
    units = "unit,name,kind,role\ngeo,Georgia,state,adopter\nus-ga,Georgia,state,adopter\n"
    found = [problem for problem in adoption("Georgia", units=units) if problem.level == "error"]
    assert one(found).fix == "correct it, or add a row to `units`"


def test_an_id_that_another_is_called_by_stays_itself():
    units = "unit,name,aliases,kind,role\nlao,Laos,,state,adopter\nlaos,LPRP,,firm,adopter\n"
    assert adoption("lao", units=units) == adoption("laos", units=units) == []


@pytest.mark.parametrize(
    ("table", "text", "column", "missing"),
    [
        ("adoptions", "unit,policy,time,source\nvnm,plan,2018,p\n", "policy", "policies"),
        ("attendance", "event,unit\ne1,vnm\n", "event", "events"),
        ("likelihoods", "evidence,hypothesis,p\ne1,null,.5\n", "evidence", "evidence"),
    ],
)
def test_a_reference_to_a_table_that_is_not_there(table, text, column, missing):
    found = one(problems(raw("units", UNITS), raw(table, text)))
    assert place(found) == (f"{table}.csv", None, column, None)
    assert found.rule == "missing-table"
    assert f"the table `{missing}`" in found.message
    assert found.fix.startswith(f"add the table `{missing}`: each row is ")


def test_an_optional_reference_that_is_never_made_needs_no_table():
    assert problems(raw("framework", "kind,item,document\nenabler,Data,\n")) == []


def test_parents_are_actors_of_the_same_table():
    found = one(problems(raw("units", UNITS + "hue,Huế,,city,adopter,vietnam\n")))
    assert place(found) == ("units.csv", 6, "parent", "vietnam")
    assert found.fix == "write `vnm`"


def test_every_id_of_a_list_is_looked_up():
    text = (
        "wave,unit,title,status,status_basis,link_basis,source,partner\n"
        "2022,vnm,A,ongoing,printed,not linked,p,jpn; Japn;Sinagpore\n"
    )
    found = problems(raw("units", UNITS), raw("projects", text), waves=("2022",))
    assert [place(problem) for problem in found] == [
        ("projects.csv", 2, "partner", "Japn"),
        ("projects.csv", 2, "partner", "Sinagpore"),
    ]
    assert [problem.fix.split("`")[1] for problem in found] == ["jpn", "sgp"]


def evidence(analysis: str, analyses: tuple[str, ...]):
    text = (
        "id,coder,analysis,mechanism,criterion,document,paraphrase,direction,band,cluster\n"
        f"e1,k,{analysis},learning,L-a,report,It says so.,for,weak,c\n"
    )
    return problems(raw("documents", DOCUMENTS), raw("evidence", text), analyses=analyses)


def test_analyses_are_those_of_the_settings():
    assert evidence("cities", ("cities", "states")) == []
    found = one(evidence("citys", ("cities", "states")))
    assert place(found) == ("evidence.csv", 2, "analysis", "citys")
    assert (found.rule, found.fix) == ("unknown-id", "write `cities`")
    assert "(`cities`, `states`)" in found.message
    assert "(none)" in one(evidence("cities", ())).message


@pytest.mark.parametrize("column", ["from_wave", "to_wave"])
def test_waves_are_those_of_the_settings(column):
    text = f"id,document,paraphrase,kind,{column}\nc1,report,It rises.,rises,2021\n"
    tables = raw("documents", DOCUMENTS), raw("claims", text)
    assert problems(*tables, waves=("2021", "2022")) == []
    found = one(problems(*tables, waves=("2022", "2023")))
    assert place(found) == ("claims.csv", 2, column, "2021")
    assert "[waves]" in found.message


def test_a_cell_that_cannot_be_read_is_told_once():
    found = one(adoption("a;b"))
    assert found.rule == "bad-id"


def test_many_unknown_actors_are_all_counted():
    rows = "".join(f"stranger-{at},plan,2018,p\n" for at in range(1200))
    text = "unit,policy,time,source\n" + rows
    found = problems(raw("units", UNITS), raw("policies", POLICIES), raw("adoptions", text))
    assert len(found) == 501
    assert sum(problem.count for problem in found) == 1200
    assert {problem.rule for problem in found} == {"unknown-id"}
    assert "700 more rows" in max(found, key=lambda problem: problem.count).message
