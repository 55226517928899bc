"""Cases written with names instead of ids, from their files to a result."""

from __future__ import annotations

from diffuscope.case import new_case, read_case
from diffuscope.study import run_study

TOML = """format = 1
id = "c"
title = "Zones"
[[analysis]]
id = "why"
question = "Why did zones spread?"
policies = ["zone"]
units = "{kind}"
period = "year"
"""
POLICIES = "policy,name\r\nzone,Low-emission zone\r\n"


def write(folder, units: str, adoptions: str, kind: str = "town", **more: str):
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(TOML.format(kind=kind), encoding="utf-8")
    tables = {"policies": POLICIES, "units": units, "adoptions": adoptions, **more}
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def test_eight_unknown_names_have_each_its_own_fix(tmp_path):
    units = "unit,name,kind,role\r\nlaos,Lao PDR,town,adopter\r\nmm,Myanmar,town,adopter\r\n"
    unknown = ["Aa", "Bb", "Cc", "Dd", "Ee", "Lao P.D.R.", "Burma", "Siam"]
    rows = "".join(f"{name},zone,{2010 + at},m\r\n" for at, name in enumerate(unknown))
    case = read_case(write(tmp_path / "c", units, "unit,policy,time,source\r\n" + rows))
    assert {one.written: one.means for one in case.read_as} == {"Lao P.D.R.": "laos", "Burma": "mm"}
    fixes = {problem.value: problem.fix for problem in case.errors}
    assert set(fixes) == {"Aa", "Bb", "Cc", "Dd", "Ee", "Siam"}
    assert fixes["Siam"] == "add a row to `units` for Thailand (THA), or write the unit that is meant"
    assert {fixes[name] for name in unknown[:5]} == {"correct it, or add a row to `units`"}
    with_siam = units + "th,Thailand,town,adopter\r\n"
    case = read_case(write(tmp_path / "d", with_siam, "unit,policy,time,source\r\n" + rows))
    assert {one.written: one.means for one in case.read_as}["Siam"] == "th"


def test_misspelt_roles_have_each_its_own_fix(tmp_path):
    roles = ["Adopter", "ADOPTER", "adopters", "adoptr", "adopt", "promotor", "unknown", "n/a"]
    towns = ["ash", "birch", "cedar", "dell", "elm", "fern", "grove", "hazel"]
    units = "unit,name,kind,role\r\n" + "".join(
        f"{town},{town.title()},town,{role}\r\n" for town, role in zip(towns, roles, strict=True)
    )
    adoptions = "unit,policy,time,source\r\n" + "".join(
        f"{town},zone,{2015 + at},minutes\r\n" for at, town in enumerate(towns[:5])
    )
    case = read_case(write(tmp_path / "c", units, adoptions))
    assert [one.written for one in case.read_as] == ["Adopter", "ADOPTER"]
    any_of = "write one of `adopter`, `promoter`, `source`, `other`"
    assert {problem.value: problem.fix for problem in case.errors} == {
        "adopters": "write `adopter`", "adoptr": "write `adopter`", "adopt": "write `adopter`",
        "promotor": "write `promoter`", "unknown": any_of, "n/a": any_of,
    }  # fmt: skip


def test_kinds_nearly_alike_keep_five_adoptions_in_the_question(tmp_path):
    kinds = ["Town", "town\u200b", "towns", "to wn", "town", "town", "town", "town"]
    towns = ["ash", "birch", "cedar", "dell", "elm", "fern", "grove", "hazel"]
    units = "unit,name,kind,role\r\n" + "".join(
        f"{town},{town.title()},{kind},adopter\r\n" for town, kind in zip(towns, kinds, strict=True)
    )
    adoptions = "unit,policy,time,source\r\n" + "".join(
        f"{town},zone,{2015 + at},minutes\r\n" for at, town in enumerate(towns[:5])
    )
    case = read_case(write(tmp_path / "c", units, adoptions))
    (told,) = case.problems
    assert (told.level, told.rule, told.column) == ("warning", "read-as", "kind")
    assert (
        "`Town` (1), `town` (1, with invisible characters), `towns` (1), `to wn` (1), `town` (4)"
        in told.message
    )
    assert sorted(case.analyses[0].units) == towns
    result = run_study(case)
    assert result.chronology[0].adoptions == 5


WORLD = """unit,name,aliases,kind,role,parent,source\r
MMR,Myanmar,,state,adopter,,s\r
THA,Thailand,,state,adopter,,s\r
LAO,Laos,,state,adopter,,s\r
KOR,South Korea,,state,adopter,,s\r
CIV,Côte d'Ivoire,,state,adopter,,s\r
DEU,Germany,,state,adopter,,s\r
bank,World Bank,,organisation,promoter,,s\r
bkk,Bangkok,,city,other,THA,s\r
"""
BY_NAME = """unit,policy,time,source\r
Burma,zone,2010,m\r
Siam,zone,2011,m\r
Lao P.D.R.,zone,2012,m\r
"Korea, Rep.",zone,2013,m\r
Cote d'Ivoire,zone,2014,m\r
"""
TIES = "layer,sender,receiver,start,weight,source\r\ntrade,800,775,2005,1,m\r\ntrade,732,800,2005,1,m\r\n"
SUPPORT = 'partner,recipient,kind,source\r\nworld bank,"Bangkok, Thailand",finance,m\r\n'
FACTS = "unit,time,variable,value,source\r\nTHA,2010,gdp,4,m\r\nGMY,2010,gdp,7,m\r\nMYA,2010,gdp,2,m\r\n"


def test_a_case_written_with_names_gives_the_result_of_one_written_with_ids(tmp_path):
    more = {"ties": TIES, "support": SUPPORT}
    case = read_case(write(tmp_path / "names", WORLD, BY_NAME, "state", **more))
    assert case.errors == ()
    ids = {"Burma": "MMR", "Siam": "THA", "Lao P.D.R.": "LAO", '"Korea, Rep."': "KOR", "Cote d'Ivoire": "CIV"}
    by_id, ties = BY_NAME, TIES.replace("800", "THA").replace("775", "MMR").replace("732", "KOR")
    for name, unit in ids.items():
        by_id = by_id.replace(name, unit)
    support = SUPPORT.replace("world bank", "bank").replace('"Bangkok, Thailand"', "bkk")
    same = read_case(write(tmp_path / "ids", WORLD, by_id, "state", ties=ties, support=support))
    assert same.read_as == ()
    for table in case.tables:
        assert case.tables[table].equals(same.tables[table]), table
    result, other = run_study(case), run_study(same)
    assert result.verdicts == other.verdicts
    assert result.chronology == other.chronology
    told = [one.says for one in result.case.read_as]
    assert "adoptions.csv, unit: `Burma` is read as `MMR` (row 2)" in told
    assert "ties.csv, sender: `732` is read as `KOR` (COW code; row 3)" in told


def test_codes_of_attributes_are_read_by_the_list_that_fits(tmp_path):
    case = read_case(write(tmp_path / "c", WORLD, BY_NAME, "state", attributes=FACTS))
    assert [(one.written, one.means, one.how) for one in case.read_as if one.table == "attributes"] == [
        ("GMY", "DEU", "COW code"),
        ("MYA", "MMR", "COW code"),
    ]


def test_questions_name_each_candidate_and_nothing_is_taken(tmp_path):
    rows = "unit,policy,time,source\r\nKorea,zone,2010,m\r\nCongo,zone,2011,m\r\n"
    case = read_case(write(tmp_path / "c", WORLD, rows, "state"))
    found = {problem.value: (problem.rule, problem.message) for problem in case.errors}
    assert found["Korea"] == (
        "two-readings",
        "It has more than one possible meaning: `KOR` (South Korea) and North Korea (from 1948) "
        "(PRK, no unit of the case).",
    )
    assert found["Congo"][0] == "unknown-id", "none of the two is a unit of the case"
    assert case.read_as == ()


def test_readings_of_a_private_row_are_not_told(tmp_path):
    evidence = (
        "id,coder,analysis,mechanism,criterion,document,paraphrase,direction,band,cluster,unit,share\r\n"
        "e1,k,why,learning,L-a,d,It says so.,for,weak,c,Korea,private\r\n"
    )
    documents = "document,author,year,title,share\r\nd,A,2010,T,private\r\n"
    more = {"evidence": evidence, "documents": documents}
    case = read_case(write(tmp_path / "c", WORLD, BY_NAME, "state", **more))
    (told,) = [problem for problem in case.errors if problem.column == "unit"]
    assert (told.rule, told.value) == ("two-readings", "(private)")
    assert "Korea" not in f"{told.message} {told.fix}"


def test_a_state_that_did_not_exist_when_it_adopted_is_told(tmp_path):
    rows = BY_NAME + "Germany,zone,1970,m\r\n"
    case = read_case(write(tmp_path / "c", WORLD, rows, "state"))
    (told,) = case.problems
    assert (told.level, told.rule, told.row, told.value) == ("warning", "no-such-state-then", 7, "DEU")
    assert "East Germany (1949–1990) and West Germany (1949–1990)" in told.message
    assert read_case(write(tmp_path / "d", WORLD, rows.replace("1970", "1991"), "state")).problems == ()


def test_a_note_that_names_the_state_of_that_time_answers_the_question(tmp_path):
    header, *rows = BY_NAME.splitlines()
    notes = {"e": "Stands for West Germany.", "f": "The law of France was its model."}
    for folder, note in notes.items():
        table = [f"{header},note", *(f"{row}," for row in rows), f"Germany,zone,1970,m,{note}"]
        problems = read_case(write(tmp_path / folder, WORLD, "\r\n".join(table) + "\r\n", "state")).problems
        assert [one.rule for one in problems] == ([] if folder == "e" else ["no-such-state-then"])


def test_ids_that_look_alike_are_told_and_stay_two(tmp_path):
    folder = write(tmp_path / "c", WORLD, BY_NAME, "state")
    (folder / "policies.csv").write_text("policy,name\nzone,Low-emission zone\nZone,Zone\n", encoding="utf-8")
    case = read_case(folder)
    (told,) = case.problems
    assert (told.level, told.rule, told.message) == (
        "warning",
        "looks-like",
        "`Zone` looks like `zone`, and counts as a different id.",
    )
    assert case.tables["policies"].height == 2


def test_two_spellings_of_one_coder_are_one_coder(tmp_path):
    folder = new_case(tmp_path / "c")
    file = folder / "evidence.csv"
    heading, *rows = file.read_text(encoding="utf-8").splitlines()
    coder = heading.split(",").index("coder")
    written = []
    for at, row in enumerate(rows):
        cells = row.split(",")  # the coder stands before every cell with a comma in it
        cells[coder] = "Coder-1" if at % 2 else "coder-1"
        written.append(",".join(cells))
    file.write_text("\n".join((heading, *written)) + "\n", encoding="utf-8")
    case = read_case(folder)
    told = [problem for problem in case.problems if problem.column == "coder"]
    assert [(one.level, one.rule) for one in told] == [("warning", "read-as")]
    assert "`coder-1`" in told[0].message
    assert "`Coder-1`" in told[0].message
    assert case.tables["evidence"]["coder"].n_unique() == 1
    same = run_study(read_case(new_case(tmp_path / "same")))
    assert run_study(case).verdicts == same.verdicts, "a second coder would lift the cap of one"


def test_categories_that_differ_in_case_are_one_and_ratings_stay_apart(tmp_path):
    rows = [("MMR", "Low "), ("THA", "low"), ("LAO", "low"), ("KOR", "AA-"), ("CIV", "AA")]
    facts = "unit,time,variable,value,source\r\n" + "".join(
        f"{unit},2010,r,{value},m\r\n" for unit, value in rows
    )
    case = read_case(write(tmp_path / "c", WORLD, BY_NAME, "state", attributes=facts))
    assert case.tables["attributes"]["value"].to_list() == ["low", "low", "low", "AA-", "AA"]
    (told,) = [problem for problem in case.problems if problem.table == "attributes"]
    assert (told.level, told.rule, told.column, told.value) == ("warning", "read-as", "value", "Low")


def test_names_in_the_questions_are_read_like_those_of_tables(tmp_path):
    units = (
        "unit,name,kind,role\r\nlaos,Lao PDR,state,adopter\r\nmm,Myanmar,state,adopter\r\n"
        "cog,Republic of the Congo,state,adopter\r\ncod,Democratic Republic of the Congo,state,adopter\r\n"
    )
    folder = write(tmp_path / "c", units, "unit,policy,time,source\r\nlaos,zone,2010,m\r\n", kind="state")
    toml = (folder / "case.toml").read_text(encoding="utf-8")
    listed = toml.replace('units = "state"', 'units = ["Laos", "Burma", "mm", "Congo", "Aa"]')
    assert listed != toml
    (folder / "case.toml").write_text(listed, encoding="utf-8")
    case = read_case(folder)
    assert case.analyses[0].units == ("laos", "mm", "Congo", "Aa")
    row = next(at for at, line in enumerate(listed.splitlines(), start=1) if line.startswith("units"))
    assert [one.says for one in case.read_as] == [
        f"case.toml, units: `Laos` is read as `laos` (row {row})",
        f"case.toml, units: `Burma` is read as `mm` (row {row})",
    ]
    problems = {problem.value: problem for problem in case.errors}
    assert set(problems) == {"Congo", "Aa"}
    assert (problems["Congo"].rule, problems["Congo"].row) == ("two-readings", row)
    assert "`cog`" in problems["Congo"].message
    assert "`cod`" in problems["Congo"].message
    assert problems["Aa"].rule == "unknown-id"


def test_a_kind_that_is_spelt_otherwise_is_read_as_it(tmp_path):
    units = "unit,name,kind,role\r\nash,Ash,new town,adopter\r\nelm,Elm,new town,adopter\r\n"
    folder = write(tmp_path / "c", units, "unit,policy,time,source\r\nash,zone,2010,m\r\n", kind="New-Town")
    case = read_case(folder)
    assert case.analyses[0].units == ("ash", "elm")
    assert [(one.written, one.means) for one in case.read_as] == [("New-Town", "new town")]
