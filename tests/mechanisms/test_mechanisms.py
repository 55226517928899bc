"""What every mechanism must be, whoever adds it: a file of the folder, or an installed entry point."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

from diffuscope import mechanisms as room
from diffuscope.errors import PlanError
from diffuscope.evidence import evidence_findings, evidence_problems
from diffuscope.mechanisms import Mechanism, mechanisms
from diffuscope.records import Analysis
from diffuscope.tables.typed import empty

FOLDER = Path(room.__file__).parent
FILES = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem not in ("__init__", "base"))
every_mechanism = pytest.mark.parametrize("name", FILES)

# The literature's checklist: N necessary, D supporting, X discriminating.
CHECKLIST = {
    "coercion": {"C-a": "N", "C-b": "N", "C-c": "N", "C-d": "N", "C-e": "N", "C-f": "N"},
    "competition": {"K-a": "N", "K-b": "N", "K-c": "N", "K-d": "D", "K-e": "D", "K-f": "D"},
    "learning": {"L-a": "N", "L-b": "N", "L-c": "N", "L-d1": "N", "L-d2": "N", "L-d3": "N"},
    "emulation": {"M-a": "N", "M-b": "D", "M-c": "N", "M-d": "X"},
}
ROLES = {"N": "necessary", "D": "supporting", "X": "discriminating"}


def test_every_file_is_found_and_nothing_else():
    assert list(mechanisms()) == FILES


@every_mechanism
def test_a_mechanism_says_what_it_claims_and_where_from(name):
    found = mechanisms()[name]
    assert isinstance(found, Mechanism)
    assert found.name == name
    assert "{policy}" in found.claim
    assert found.claim.endswith(".")
    assert found.definition.endswith(".")
    assert "doi:" in found.source
    assert "pp." in found.source
    assert len(found.rivals) >= 1
    assert set(found.rivals) <= set(mechanisms()) - {name}


@every_mechanism
def test_its_criteria_can_be_named_and_told_apart(name):
    found = mechanisms()[name]
    ids = [item.id for item in found.all_criteria]
    assert len(ids) == len(set(ids))
    assert ids[-1] == "T"
    assert any(item.role == "necessary" for item in found.criteria)
    assert all(item.text.endswith(".") for item in found.criteria)
    assert not any(";" in item or item != item.strip() for item in ids)
    # a narrow criterion without a sentence on the two readings could not be explained
    assert found.readings is not None or all(item.definition is None for item in found.criteria)


def test_no_criterion_belongs_to_two_mechanisms():
    ids = [item.id for found in mechanisms().values() for item in found.criteria]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", CHECKLIST)
def test_criteria_and_roles_are_those_of_the_checklist(name):
    roles = {item.id: item.role for item in mechanisms()[name].criteria}
    assert roles == {item: ROLES[letter] for item, letter in CHECKLIST[name].items()}


def test_prior_adoption_is_asked_of_all_diffusion():
    for found in mechanisms().values():
        assert found.all_criteria[-1].role == "diffusion"


def test_only_coercion_has_two_readings_and_they_differ_in_one_criterion():
    assert [name for name, found in mechanisms().items() if found.readings] == ["coercion"]
    narrow = [item.id for item in mechanisms()["coercion"].criteria if item.definition == "narrow"]
    assert narrow == ["C-f"]


def test_learning_has_three_perspectives_each_with_a_channel_of_its_own():
    learning = mechanisms()["learning"]
    assert set(learning.perspectives) == {"political", "economic", "institutional"}
    channels = {item.id: item.perspective for item in learning.criteria if item.one_of == "channel"}
    assert channels == {"L-d1": "political", "L-d2": "economic", "L-d3": "institutional"}
    # that direction follows results is asked by the economic perspective only
    results = next(item for item in learning.criteria if item.id == "L-c")
    assert (results.perspective, results.one_of) == ("economic", None)


def install(folder: Path, module: str, points: dict[str, str], monkeypatch) -> None:
    """Put a distribution with entry points on the path, as an installer would."""
    (folder / "third_party_mechanism.py").write_text(module, encoding="utf-8")
    info = folder / "third_party-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: third-party\nVersion: 1.0\n", encoding="utf-8"
    )
    lines = "".join(f"{name} = {target}\n" for name, target in points.items())
    (info / "entry_points.txt").write_text(f"[{room.ENTRY_POINTS}]\n{lines}", encoding="utf-8")
    monkeypatch.syspath_prepend(folder)


@pytest.fixture(autouse=True)
def fresh_discovery():
    mechanisms.cache_clear()
    yield
    mechanisms.cache_clear()
    sys.modules.pop("third_party_mechanism", None)


NORMS = """
from diffuscope.mechanisms import Criterion, Mechanism
MECHANISM = Mechanism(
    name="%s", claim="A court made {policy} binding.", definition="By ruling.", source="Nobody 2000",
    criteria=(Criterion(id="J-a", text="A court ruled.", role="necessary"),), rivals=("coercion",),
)
NOTHING = 5
"""


def test_an_installed_package_adds_a_fifth(tmp_path, monkeypatch):
    install(
        tmp_path, NORMS % "adjudication", {"adjudication": "third_party_mechanism:MECHANISM"}, monkeypatch
    )
    assert list(mechanisms()) == [*FILES, "adjudication"]
    assert mechanisms()["adjudication"].all_criteria[0].id == "J-a"


def test_the_evidence_of_a_fifth_is_weighed_with_no_other_edit(tmp_path, monkeypatch):
    install(
        tmp_path, NORMS % "adjudication", {"adjudication": "third_party_mechanism:MECHANISM"}, monkeypatch
    )
    cells = {"id": "J1", "coder": "a", "analysis": "q", "mechanism": "adjudication", "criterion": ["J-a"]}
    cells |= {"document": "d", "direction": "for", "band": "strong", "cluster": "j", "_row": 2}
    row = pl.DataFrame([cells], schema=empty("evidence").schema)
    assert (
        evidence_problems(
            {"evidence": row, **{name: empty(name) for name in ("likelihoods", "documents")}}, ["q"], {}
        )
        == []
    )
    found = evidence_findings(row, empty("documents"), Analysis(id="q", question="?"), ())
    assert [(each.mechanism, each.stance) for each in found if each.evidence] == [
        ("adjudication", "leaning for")
    ]


@pytest.mark.parametrize(
    ("name", "target", "says"),
    [
        ("learning", "third_party_mechanism:MECHANISM", "`learning` is taken"),
        ("other", "third_party_mechanism:NOTHING", "must give a Mechanism"),
        ("other", "third_party_mechanism:ABSENT", "cannot be loaded"),
        ("other", "no_such_module:MECHANISM", "cannot be loaded"),
    ],
)
def test_a_broken_entry_point_is_named(tmp_path, monkeypatch, name, target, says):
    install(tmp_path, NORMS % name, {"broken": target}, monkeypatch)
    with pytest.raises(PlanError, match=f"`broken`.*{says}"):
        mechanisms()


WRONG = NORMS.replace(
    "rivals=(",
    """layers=("courts",), form="share",
    exposure=lambda ties, adopted, success: sum(ties.values()), rivals=(""",
)


def test_an_exposure_that_is_not_its_form_is_refused_by_name(tmp_path, monkeypatch):
    install(tmp_path, WRONG % "adjudication", {"courts": "third_party_mechanism:MECHANISM"}, monkeypatch)
    with pytest.raises(PlanError, match="mechanism `adjudication` is not its form `share`"):
        mechanisms()


def test_one_that_has_no_form_is_taken_as_it_is(tmp_path, monkeypatch):
    own = WRONG.replace('"share"', '"own"') % "adjudication"
    install(tmp_path, own, {"courts": "third_party_mechanism:MECHANISM"}, monkeypatch)
    assert mechanisms()["adjudication"].form == "own"
