"""What two results say differently, and what brought it about."""

from __future__ import annotations

import estimated
import msgspec
from factory import result

from diffuscope.records import AuditRow, ClaimRow, Estimate, Frame
from diffuscope.records.numbers import decimal
from diffuscope.report.difference import Difference, compare
from diffuscope.report.difference.in_words import in_words

OLD = result()


def changed(part: str, **fields: object):
    return msgspec.structs.replace(OLD, **{part: msgspec.structs.replace(getattr(OLD, part), **fields)})


def with_verdict(of, verdict: str):
    first, *rest = of.verdicts
    return msgspec.structs.replace(of, verdicts=(msgspec.structs.replace(first, verdict=verdict), *rest))


def test_a_result_does_not_differ_from_itself():
    found = compare(OLD, OLD)
    assert (found.causes, found.details, found.differences) == ((), (), ())
    assert "same data" in found.because


def test_one_cause_is_named():
    new = with_verdict(changed("case", hashes={"evidence": "0"}), "opposed")
    found = compare(OLD, new)
    first = OLD.verdicts[0]
    assert found.causes == ("data",)
    assert found.because == "What changed is because of the data: nothing else differs."
    assert (
        Difference(
            kind="verdict",
            about=f"{first.analysis}: {first.mechanism}",
            before=first.verdict,
            after="opposed",
        )
        in found.differences
    )


def test_several_causes_are_not_told_apart():
    run = msgspec.structs.replace(OLD.run, version="9.9", seed=7)
    new = with_verdict(changed("case", hashes={"evidence": "0"}), "opposed")
    found = compare(OLD, msgspec.structs.replace(new, run=run))
    assert found.causes == ("data", "settings", "version")
    assert "do not show which" in found.because
    assert f"the seed: {OLD.run.seed} → 7" in found.details


def test_tables_that_only_one_of_two_runs_read_are_no_change_of_data():
    part = changed("case", hashes={"projects": "1"})
    part = msgspec.structs.replace(part, run=msgspec.structs.replace(OLD.run, parts=("monitoring",)))
    whole = changed("case", hashes={"projects": "1", "evidence": "2"})
    assert compare(whole, part).causes == ("settings",)
    other = changed("case", hashes={"projects": "9", "evidence": "2"})
    assert compare(whole, other).details == ("the table `projects`",)


def test_a_changed_question_is_a_setting():
    first, *rest = OLD.analyses
    new = msgspec.structs.replace(
        OLD, analyses=(msgspec.structs.replace(first, window=("1990", "1999")), *rest)
    )
    assert compare(OLD, new).details == (f"the question `{first.id}` (`window`)",)


def test_a_cause_without_effect_is_said_too():
    found = compare(OLD, changed("run", version="9.9"))
    assert found.differences == ()
    assert "nothing in the results did" in found.because


def test_register_figures_and_claims_are_compared():
    totals = Frame(columns=("wave", "date", "projects"), rows=(("2022", "2022-09", 77),), n=1)
    more = Frame(
        columns=("wave", "date", "projects"), rows=(("2022", "2022-09", 78), ("2023", "2023", 86)), n=2
    )
    row = AuditRow(id="sum-1", document="report", kind="sum", outcome="differs", description="…", wave="2022")
    claim = ClaimRow(
        id="k1", document="paper", kind="rises", paraphrase="…", outcome="confirmed", description="…"
    )
    old = msgspec.structs.replace(OLD, frames={"wave_totals": totals}, audit=(row,), claims=(claim,))
    new = msgspec.structs.replace(
        OLD,
        frames={"wave_totals": more},
        audit=(msgspec.structs.replace(row, outcome="confirmed"),),
        claims=(),
    )
    found = {(one.kind, one.about): (one.before, one.after) for one in compare(old, new).differences}
    assert found == {
        ("register", "2022: projects"): ("77", "78"),
        ("register", "2023: projects"): ("—", "86"),
        ("figure", "report · 2022 · sum [sum-1]"): ("differs", "confirmed"),
        ("claim", "k1"): ("confirmed", "—"),
    }


def test_a_count_that_is_unknown_is_a_dash():
    columns = ("wave", "date", "projects", "missing")
    old, new = (
        msgspec.structs.replace(
            OLD, frames={"wave_totals": Frame(columns=columns, rows=(("2022", "2022-09", 77, missing),), n=1)}
        )
        for missing in ("Yangon", None)
    )
    told_of = Difference(kind="register", about="2022: missing", before="Yangon", after="—")
    assert compare(old, new).differences == (told_of,)
    assert compare(new, old).differences == (msgspec.structs.replace(told_of, before="—", after="Yangon"),)


def test_a_changed_word_of_the_network_is_told_and_is_no_change_of_the_study():
    old = changed("case", words={"status": {"On-going": "ongoing"}, "label": {"Cities": "city"}})
    new = changed(
        "case", words={"status": {"On-going": "ongoing", "Done": "completed"}, "label": {"Cities": "units"}}
    )
    found = compare(old, new)
    assert (found.causes, found.verdicts) == ((), ())
    assert {(one.kind, one.about, one.before, one.after) for one in found.differences} == {
        ("word", "status: Done", "—", "completed"),
        ("word", "label: Cities", "city", "units"),
    }
    lines = [line.text for line in in_words(found)]
    assert "The network's own words, which the report prints" in lines
    assert "  label: Cities: city → units" in lines


def test_a_table_of_words_is_no_change_of_data_either():
    assert compare(OLD, changed("case", hashes={**OLD.case.hashes, "words": "1"})).causes == ()


def test_coefficients_of_every_model_are_compared():
    old = estimated.result()
    (history, *_) = old.histories
    (main, *_) = (one for one in history.estimates if one.coefficients)
    first = main.coefficients[0]
    wider = msgspec.structs.replace(
        main, coefficients=(msgspec.structs.replace(first, ci_high=first.ci_high + 1), *main.coefficients[1:])
    )
    without = Estimate(id="pairs", description="", formula="", refused="Too few pairs.")
    kept = tuple(wider if one is main else one for one in history.estimates)
    new = msgspec.structs.replace(
        old, histories=(msgspec.structs.replace(history, estimates=(*kept, without)),)
    )
    found = {one.about: one for one in compare(old, new).differences if one.kind == "coefficient"}
    assert [*found] == [f"{history.analysis}: {main.id}, {first.term}", f"{history.analysis}: pairs"]
    (widened, refused) = found.values()
    assert decimal(first.ci_high) in widened.before
    assert decimal(first.ci_high + 1) in widened.after
    assert (refused.before, refused.after) == ("—", "no model: Too few pairs.")
