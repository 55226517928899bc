"""What comes after a decision cannot have brought it about."""

from __future__ import annotations

import pytest

from diffuscope.evidence import evidence_findings


@pytest.fixture
def told(coded, documents, analysis):
    def tell(*passages, order):
        found = evidence_findings(coded(*passages), documents, analysis, order)
        return next(each for each in found if each.mechanism == "learning")

    return tell


def passage(name, date=None, unit=None, **more):
    return {"id": name, "criterion": "L-a", "band": "moderate", "date": date, "unit": unit, **more}


@pytest.mark.parametrize(
    ("date", "counts"),
    [
        ("2014", True),
        ("2015", True),  # the same year: the order is unknown
        ("2015-12-31", True),
        ("2016", False),
        ("2016-01", False),
        (None, True),
    ],
)
def test_evidence_on_a_unit_after_its_adoption_weighs_nothing(told, adopted, date, counts):
    found = told(passage("L1", date, "a"), passage("L2"), order=(adopted("a", "2015"), adopted("b", "2020")))
    first, _ = found.evidence.items
    assert first.decibans == (6 if counts else 0)
    assert first.bears_on == (None if date is None else 1 if counts else 0)
    assert found.evidence.decibans == pytest.approx(12 if counts else 6)
    assert (
        found.caveats[:1]
        == ("1 passage names a unit and is dated after its adoption, so it weighs nothing.",)
    ) is (not counts)


def test_a_range_gives_the_benefit_of_the_doubt(told, adopted):
    found = told(passage("L1", "2017", "a"), order=(adopted("a", "2015", "2018"),))
    assert found.evidence.items[0].bears_on == 1


def test_a_unit_that_adopts_twice_is_late_after_the_last_only(told, adopted):
    order = (adopted("a", "2010"), adopted("a", "2020"), adopted("b", "2030"))
    found = told(passage("L1", "2015", "a"), passage("L2", "2021", "a"), order=order)
    assert [(item.bears_on, item.decibans) for item in found.evidence.items] == [(1, 6), (0, 0)]


def test_other_evidence_keeps_its_weight_and_says_what_it_can_bear_on(told, adopted):
    order = tuple(
        adopted(unit, year) for unit, year in zip("abcd", ("2014", "2016", "2018", "2020"), strict=True)
    )
    found = told(
        passage("L1", "2010"),
        passage("L2", "2016"),
        passage("L3", "2017-05-01"),
        passage("L4", "2021"),
        passage("L5"),
        passage("L6", "2017", "promoter"),
        passage("L7", "2016-12-31"),
        order=order,
    )
    assert [item.bears_on for item in found.evidence.items] == [4, 3, 2, 0, None, 2, 3]
    assert [item.decibans for item in found.evidence.items] == [6] * 7
    assert any("at most 0 of the 4 dated adoptions" in words for words in found.caveats)
    assert "1 passage carries no date: whether before or after the adoptions is unknown." in found.caveats


def test_without_dated_adoptions_nothing_is_said_of_reach(told):
    found = told(passage("L1", "2016", "a"), order=())
    assert (found.evidence.items[0].bears_on, found.evidence.items[0].decibans) == (None, 6)
    assert found.caveats == ()


def test_a_unit_that_never_adopted_keeps_its_evidence(told, adopted):
    found = told(passage("L1", "2016", "d"), order=(adopted("a", "2010"),))
    assert (found.evidence.items[0].bears_on, found.evidence.items[0].decibans) == (0, 6)


def test_what_cannot_count_changes_no_cluster_and_is_no_second_source(told, adopted):
    order = (adopted("a", "2015"), adopted("b", "2020"))
    late = passage("L2", "2019", "a", cluster="k", document="other", coder="two")
    never = {"id": "L3", "criterion": "L-b", "direction": "absent", "chances": ".9/.1", "searched": 0.0}
    never |= {"cluster": "k", "document": "third", "coder": "three"}
    found = told(passage("L1", cluster="k"), late, never, order=order)
    assert found.evidence.decibans == pytest.approx(6)
    assert found.evidence.caps[:2] == ("one person coded it", "it rests on one document")
    assert [posterior.setting for posterior in found.evidence.leave_one_out] == ["without L1"]
    assert next(each for each in found.evidence.criteria if each.id == "L-b").items == 0
    assert "For 1 absent trace nobody searched: no weight." in found.caveats


def test_where_nothing_counts_there_is_no_data(told, adopted):
    found = told(passage("L1", "2019", "a"), order=(adopted("a", "2015"),))
    assert (found.stance, found.silence) == ("silent", "no data")
    assert found.reason.startswith("No coded passage can count")
    assert found.evidence.p == 0.5
    assert [item.id for item in found.evidence.items] == ["L1"]
