"""Passages that people and models coded elsewhere are evidence of a case, with who coded them and how."""

from __future__ import annotations

import io
import zipfile

import polars as pl
import pytest

from diffuscope import CaseError, PlanError, case_from_frames, read_coder_table, read_qdpx
from diffuscope.case import limits
from diffuscope.case.importers.selections import Selection, read_selections

TEXT = "\ufeffThey heard of Đà Nẵng.\nThen 🚋 trams came.\nNobody was forced."
HEAD = """<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="Trams" origin="QualCoder 3.5">
  <Users><User guid="u1" name="Ann Author"/><User guid="u2" name="Bo Second"/></Users>
  <CodeBook><Codes>
    <Code guid="c1" name="Learning" isCodable="true"><Code guid="c2" name="Belief" isCodable="true"/></Code>
    <Code guid="c3" name="Pressure" isCodable="true"/>
    <Code guid="c4" name="Colour" isCodable="true"/>
  </Codes></CodeBook>
  <Sources>
"""
TAIL = "</Sources></Project>"
SOURCE = """
<TextSource guid="s1" name="Minutes &amp; notes.txt" plainTextPath="internal://s1.txt">
  <Description>Taken in 2019</Description>
  <PlainTextSelection guid="p1" name="{heard}" startPosition="0" endPosition="{end}"
      creatingUser="u1" creationDateTime="2025-02-21T15:09:07Z">
    <Description>They knew of the results.</Description>
    <Coding guid="k1" creatingUser="u1"><CodeRef targetGUID="c2"/></Coding>
    <Coding guid="k2" creatingUser="u2" creationDateTime="2025-03-01T00:00:00Z">
      <CodeRef targetGUID="c2"/></Coding>
    <Coding guid="k3" creatingUser="u1"><CodeRef targetGUID="c3"/></Coding>
  </PlainTextSelection>
  <PlainTextSelection guid="p2" name="trams came." startPosition="{tram}" endPosition="{came}"
      creatingUser="u2">
    <Coding guid="k4"><CodeRef targetGUID="c4"/></Coding>
  </PlainTextSelection>
</TextSource>
<PDFSource guid="s2" name="Plan.pdf" path="internal://s2.pdf">
  <PDFSelection guid="p3" name="a box" page="4" firstX="1" firstY="2" secondX="3" secondY="4"
      creatingUser="u1">
    <Coding guid="k5"><CodeRef targetGUID="c1"/></Coding>
  </PDFSelection>
  <Coding guid="k6" creatingUser="u1"><CodeRef targetGUID="c9"/></Coding>
</PDFSource>
"""
CODES = {
    "Learning/Belief": {"mechanism": "learning", "criterion": "L-b", "direction": "for", "band": "moderate"},
    "Pressure": ("coercion", "C-a"),
    "Learning": ("learning", "L-a"),
}


def positions(text, *, after=0, wide=False):
    """Where the two passages stand, as a program counts that adds `after` to an end."""

    def count(part):
        return len(part.encode("utf-16-le")) // 2 if wide else len(part)

    first, second = "They heard of Đà Nẵng.", "trams came."
    start = count(text[: text.index(second)])
    return {"heard": first, "end": count(first) - after, "tram": start, "came": start + count(second) - after}


def packed(folder, xml, files=(), name="trams.qdpx", project="project.qde"):
    file = folder / name
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(project, xml)
        for path, content in dict(files).items():
            opened.writestr(path, content)
    return file


def project(folder, *, after=0, wide=False, crlf=False):
    plain = TEXT.removeprefix("\ufeff")
    plain = plain.replace("\n", "\r\n") if crlf else plain
    told = SOURCE.format(**positions(plain, after=after, wide=wide))
    return packed(folder, HEAD + told + TAIL, {"sources/s1.txt": TEXT.encode("utf-8")})


def test_each_passage_has_its_words_its_coder_and_its_code(tmp_path):
    found = read_qdpx(project(tmp_path), CODES)
    assert found.documents.rows() == [
        ("minutes-notes.txt", "Minutes & notes.txt", "Taken in 2019"), ("plan.pdf", "Plan.pdf", None),
    ]  # fmt: skip
    columns = ("id", "coder", "mechanism", "criterion", "locator", "passage", "code", "note")
    heard = "They heard of Đà Nẵng."
    assert found.evidence.select(columns).rows() == [
        ("p1", "coder-1", "learning", "L-b", "characters 0 to 22", heard, "Learning/Belief",
         "coded in QualCoder 3.5, 2025-02-21"),
        ("p1", "coder-2", "learning", "L-b", "characters 0 to 22", heard, "Learning/Belief",
         "coded in QualCoder 3.5, 2025-03-01"),
        ("p1", "coder-1", "coercion", "C-a", "characters 0 to 22", heard, "Pressure",
         "coded in QualCoder 3.5, 2025-02-21"),
        ("p2", "coder-2", None, None, "characters 30 to 41", "trams came.", "Colour",
         "coded in QualCoder 3.5"),
        ("p3", "coder-1", "learning", "L-a", "page 4", "a box", "Learning", "coded in QualCoder 3.5"),
    ]  # fmt: skip
    assert found.evidence["paraphrase"].to_list()[0] == "They knew of the results."
    assert found.unmapped == ("Colour",)
    assert found.coders == {"coder-1": "Ann Author", "coder-2": "Bo Second"}
    assert found.notes == ("`plan.pdf`: a passage has a code that the project does not name.",)
    assert "Ann" not in repr(found)
    assert "Ann" not in str(found.evidence.rows())


@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("crlf", [False, True])
def test_the_words_are_right_however_a_program_counts(tmp_path, after, wide, crlf):
    found = read_qdpx(project(tmp_path, after=after, wide=wide, crlf=crlf), CODES)
    assert set(found.evidence["passage"]) == {"They heard of Đà Nẵng.", "trams came.", "a box"}
    assert not [note for note in found.notes if "do not stand" in note]


def test_words_that_are_not_there_are_counted():
    read = read_selections(
        "one two three", [Selection(0, 3, "one"), Selection(4, 7, "six"), Selection(9, 99)]
    )
    assert read.words == ["one", "two", None]
    assert (read.agree, read.quoted) == (1, 2)


def test_quotations_that_are_cut_short_agree():
    read = read_selections("one two three", [Selection(0, 13, "one two…"), Selection(4, 13, "two th...")])
    assert (read.agree, read.quoted) == (2, 2)


def test_text_inside_the_project_keeps_every_character(tmp_path):
    text = "a &amp; b\n" * 3_000 + "the end."
    start = 6 * 3_000
    source = (
        f'<TextSource guid="s" name="long"><PlainTextContent>{text}</PlainTextContent>'
        f'<PlainTextSelection guid="p" name="the end." startPosition="{start}" endPosition="{start + 8}">'
        '<Coding guid="k"><CodeRef targetGUID="c1"/></Coding></PlainTextSelection></TextSource>'
    )
    found = read_qdpx(packed(tmp_path, HEAD + source + TAIL))
    assert found.evidence["passage"].to_list() == ["the end."]
    assert found.notes == ()


def test_the_mapped_passages_go_straight_into_a_case(tmp_path):
    found = read_qdpx(project(tmp_path), CODES, coders={"Ann Author": "A", "Bo Second": "B"})
    evidence = found.for_case("trams")
    columns = ("id", "coder", "mechanism", "criterion", "direction", "band", "cluster")
    assert evidence.select(columns).rows() == [
        ("p1-learning", "A", "learning", "L-b", "for", "moderate", "minutes-notes.txt"),
        ("p1-learning", "B", "learning", "L-b", "for", "moderate", "minutes-notes.txt"),
        ("p1-coercion", "A", "coercion", "C-a", None, None, "minutes-notes.txt"),
        ("p3-learning", "A", "learning", "L-a", None, None, "plan.pdf"),
    ]  # fmt: skip
    whole = evidence.filter(pl.col("direction").is_not_null())
    case = case_from_frames(documents=found.documents, evidence=whole)
    assert [problem for problem in case.problems if problem.column not in ("analysis",)] == []


def test_codes_that_mean_nothing_are_refused(tmp_path):
    file = project(tmp_path)
    with pytest.raises(PlanError, match="`Learning` stands for `colour`"):
        read_qdpx(file, {"Learning": {"mechanism": "learning", "colour": "red"}})
    with pytest.raises(PlanError, match="stands for no mechanism"):
        read_qdpx(file, {"Learning": ("learning",)})
    with pytest.raises(PlanError, match="stands for no mechanism"):
        read_qdpx(file, {"Learning": {"criterion": "L-a"}})


BOMB = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    ["<!DOCTYPE Project>", f'<!DOCTYPE Project [<!ENTITY l0 "lol">{BOMB}]>',
     '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/hostname">]>'],
)  # fmt: skip
def test_entities_are_refused(tmp_path, declared):
    with pytest.raises(CaseError, match="document type"):
        read_qdpx(packed(tmp_path, f"<?xml version='1.0'?>{declared}<Project>&l9;</Project>"))


def test_what_is_no_project_is_refused_in_words(tmp_path, monkeypatch):
    (tmp_path / "text.qdpx").write_text("nothing of the kind")
    with pytest.raises(CaseError, match="not a zip"):
        read_qdpx(tmp_path / "text.qdpx")
    with pytest.raises(CaseError, match="holds no project"):
        read_qdpx(packed(tmp_path, HEAD + TAIL, project="other.xml"))
    with pytest.raises(CaseError, match="holds no project, or several"):
        read_qdpx(packed(tmp_path, HEAD + TAIL, {"b.qde": "x"}))
    with pytest.raises(CaseError, match="not XML"):
        read_qdpx(packed(tmp_path, HEAD))
    with pytest.raises(CaseError, match="nested too deeply"):
        read_qdpx(packed(tmp_path, "<Code>" * 500))
    with pytest.raises(CaseError, match="no file"):
        read_qdpx(tmp_path / "absent.qdpx")
    with pytest.raises(PlanError, match="REFI-QDA"):
        read_qdpx(tmp_path / "project.nvp")
    monkeypatch.setattr(limits, "QDE_BYTES", 1_000_000)
    with pytest.raises(CaseError, match="larger than"):
        read_qdpx(packed(tmp_path, HEAD + " " * 2_000_000 + TAIL))


def test_a_text_that_grows_without_end_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "QDPX_BYTES", 3_000_000)
    held = io.BytesIO(b" " * 5_000_000)
    source = SOURCE.format(**positions(TEXT.removeprefix("\ufeff")))
    file = packed(tmp_path, HEAD + source + TAIL, {"sources/s1.txt": held.getvalue()})
    with pytest.raises(CaseError, match=r"far too large|larger than"):
        read_qdpx(file)


def test_a_path_of_a_source_leads_nowhere_else(tmp_path):
    source = SOURCE.format(**positions(TEXT.removeprefix("\ufeff")))
    for place in ("internal://../../etc/hostname", "/etc/hostname", "file:///etc/hostname"):
        file = packed(tmp_path, HEAD + source.replace("internal://s1.txt", place) + TAIL)
        found = read_qdpx(file)
        assert "its plain text is not in the project" in found.notes[0]
        assert found.evidence["passage"].to_list()[0] == "They heard of Đà Nẵng."


# Tables of models and people

SEGMENTS = """docid,segid,text,mechanism,model,when
minutes,1,They heard of Danang.,learning belief,openai/gpt-4o,2026-01-02
minutes,2,Nobody was forced.,none of these,openai/gpt-4o,2026-01-02
plan,1,"The bank asked; they obeyed.",pressure; learning belief,openai/gpt-4o,2026-01-02
"""
HUMAN = """docid;segid;mechanism;seen by
minutes;1;learning belief;second reader
plan;1;pressure;second reader
"""
MEANT = {
    "learning belief": {"mechanism": "learning", "criterion": "L-b", "direction": "for"},
    "pressure": ("coercion", "C-a"),
}


def table(folder, text, name="coded.csv"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_segments_that_a_model_coded_are_evidence_with_its_trail(tmp_path):
    file = table(tmp_path, SEGMENTS)
    found = read_coder_table(file, MEANT, code="mechanism", coder="gpt", trail=["model", "when"])
    assert found.evidence.select("coder", "mechanism", "document", "locator", "passage", "code").rows() == [
        ("gpt", "learning", "minutes", "segment 1", "They heard of Danang.", "learning belief"),
        ("gpt", None, "minutes", "segment 2", "Nobody was forced.", "none of these"),
        ("gpt", "coercion", "plan", "segment 1", "The bank asked; they obeyed.", "pressure"),
        ("gpt", "learning", "plan", "segment 1", "The bank asked; they obeyed.", "learning belief"),
    ]  # fmt: skip
    assert set(found.evidence["note"]) == {"model: openai/gpt-4o; when: 2026-01-02"}
    assert found.unmapped == ("none of these",)
    assert found.documents["document"].to_list() == ["minutes", "plan"]


def test_a_second_coder_shares_the_ids_of_passages(tmp_path):
    model = read_coder_table(table(tmp_path, SEGMENTS), MEANT, code="mechanism", coder="gpt")
    human = read_coder_table(
        table(tmp_path, HUMAN, "human.csv"), MEANT, code="mechanism", coder="me", trail=["seen by"]
    )
    both = pl.concat([model.for_case("q"), human.for_case("q")], how="diagonal")
    shared = both.group_by("id").agg(pl.col("coder").sort()).filter(pl.col("coder").list.len() > 1)
    assert shared["coder"].to_list() == [["gpt", "me"]] * 2
    assert set(human.evidence["id"]) <= set(model.evidence["id"])
    assert human.evidence["note"].to_list() == ["seen by: second reader"] * 2


def test_units_of_qlm_code_with_a_column_for_each_code(tmp_path):
    text = '".id","learns","forced","score"\n"a",TRUE,FALSE,3\n"b",FALSE,NA,1\n"c",TRUE,TRUE,2\n'
    found = read_coder_table(table(tmp_path, text), code=["learns", "forced"], coder="gpt")
    assert found.evidence.select("document", "code").rows() == [
        ("a", "learns"),
        ("c", "learns"),
        ("c", "forced"),
    ]
    assert found.unmapped == ("learns", "forced")


def test_a_coder_can_stand_in_the_table(tmp_path):
    text = ".id,code,who\na,x,A\na,x,B\nb,y,\n"
    found = read_coder_table(table(tmp_path, text), code="code", coder="unknown", coder_column="who")
    assert found.evidence["coder"].to_list() == ["A", "B", "unknown"]
    assert found.evidence["id"].n_unique() == 2


def test_tables_that_lack_something_are_refused_in_words(tmp_path):
    with pytest.raises(PlanError, match="none of the columns `docid`"):
        read_coder_table(table(tmp_path, "a,b\n1,2\n"), code="b", coder="x")
    with pytest.raises(PlanError, match="lacks the column `c`"):
        read_coder_table(table(tmp_path, ".id,b\n1,2\n"), code="c", coder="x")
    with pytest.raises(CaseError, match="row 3: no document"):
        read_coder_table(table(tmp_path, ".id,b\n1,2\n,3\n"), code="b", coder="x")
