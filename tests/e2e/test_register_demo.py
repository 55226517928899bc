"""The register to try, as README and its guide promise it: made in one command, and something to do in it."""

from __future__ import annotations

import stat
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    pytest.importorskip("django")
    from diffuscope.register import demo_register

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        yield demo_register(tmp_path_factory.mktemp("demo") / "register").folder


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has rights of another kind")
def test_nobody_else_on_the_machine_reads_it(demo):
    assert stat.S_IMODE(demo.stat().st_mode) == 0o700


def test_four_waves_are_published_and_one_is_open_in_every_state_of_a_return(demo):
    from diffuscope.register import check_register, status

    assert {one.state for one in status(demo, person="secretariat")} == {
        "cleared", "accepted", "queried", "nil", "excused", "expected",
    }  # fmt: skip
    assert len(list((demo / "editions").iterdir())) >= 4
    assert check_register(demo) == []


def test_a_returned_workbook_waits_in_which_something_of_each_kind_is_to_be_seen(demo):
    from diffuscope.register import take_in

    shown = take_in(demo, [demo / "inbox"], person="secretariat", preview=True)
    fresh = [one for one in shown if not one.again]
    assert [one.member for one in fresh] == ["MYS"]
    assert all(fresh[0].count(kind) for kind in ("new", "changed", "unchanged", "question"))
    assert fresh[0].missing
