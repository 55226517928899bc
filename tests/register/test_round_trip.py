"""From a case into the register and out again: not a row, not a number is another."""

from __future__ import annotations

from diffuscope import read_case, register


def test_the_founding_case_comes_out_as_it_went_in(folder, tmp_path):
    case = read_case(register.export_case(folder, tmp_path / "case"))
    was = read_case("asean-smart-cities")
    assert case.sha256 == was.sha256, "tables and questions have the same hash"
    assert case.hashes == was.hashes
    assert not case.problems
