"""Mutants: faults put into the package on purpose, each with the test that must see it.

A suite that becomes faster must not become blind. Each mutant is one wrong line, such as somebody could
write, in a place on which conclusions hang. `python -m verify.mutants` puts one after another into a copy of
the package and runs its one test there: a mutant that survives says that the test is too weak.
`tests/verify/test_mutants.py` keeps the list true to the code.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "diffuscope"
CAUGHT = 1
"""What pytest returns where tests ran and some failed; other codes say that nothing was tried."""
LONGEST = 600.0
"""Seconds after which a test of a mutant is taken to hang, which counts as caught."""


class Mutant(NamedTuple):
    """One fault.

    Attributes
    ----------
    file : str
        Inside the package.
    old, new : str
        Text that stands in the file once, and what is put in its place.
    test : str
        File and function that fails with it.
    """

    file: str
    old: str
    new: str
    test: str


MUTANTS = (
    # models
    Mutant(
        "models/estimators/firth.py",
        "leverage * (0.5 - y + own.score)",
        "leverage * (y - own.score - 0.5)",
        "tests/models/test_firth.py::test_two_by_two_adds_half_to_every_cell",
    ),
    Mutant(
        "models/estimators/firth.py",
        "return float(own.loglik @ own_weights) + volume / 2, score",
        "return float(own.loglik @ own_weights) + volume, score",
        "tests/models/test_firth.py::test_two_by_two_adds_half_to_every_cell",
    ),
    Mutant(
        "models/inference/sandwich.py",
        "factor = groups / (groups - 1) if groups > 1 else 1.0",
        "factor = 1.0",
        "tests/models/test_variance.py::test_one_way",
    ),
    Mutant(
        "models/inference/sandwich.py",
        "factor = _factor(correction, count, score.size, len(bread)) * (1 if many % 2 else -1)",
        "factor = _factor(correction, count, score.size, len(bread))",
        "tests/models/test_variance.py::test_two_ways",
    ),
    Mutant(
        "models/inference/wald.py",
        "return fewest - 1 if 1 < fewest < FEW_CLUSTERS else None",
        "return fewest if 1 < fewest < FEW_CLUSTERS else None",
        "tests/models/test_variance.py::test_clusters_are_named_by_columns_of_the_frame",
    ),
    Mutant(
        "models/postestimation/likelihood_ratio.py",
        "max(2 * rise, 0.0)",
        "max(rise, 0.0)",
        "tests/models/test_scores.py::test_shapes_of_time_are_compared_with_none",
    ),
    # panel
    Mutant(
        "panel/bounds.py",
        'after=pl.col("latest").min() + 1,',
        'after=pl.col("latest").min(),',
        "tests/panel/test_risk_sets.py::test_who_enters_late_is_at_risk_from_then_and_time_counts_from_the_origin",
    ),
    Mutant(
        "panel/spans.py",
        "early = adopts & (risks.latest < start)",
        "early = adopts & (risks.latest <= start)",
        "tests/panel/test_risk_sets.py::test_risk_begins_where_it_is_told_to",
    ),
    Mutant(
        "panel/spans.py",
        "upper = np.minimum(bounds.censor[risks.policy], bounds.exit[risks.unit])",
        "upper = bounds.censor[risks.policy]",
        "tests/panel/test_risk_sets.py::test_who_leaves_is_watched_until_then",
    ),
    Mutant(
        "panel/risk.py",
        'earliest=pl.when(lost).then(pl.lit(BEFORE_ALL, pl.Int64)).otherwise("earliest"),\n'
        '        latest=pl.col("latest").fill_null(FAR)',
        'earliest=pl.col("earliest"), latest=pl.col("latest")',
        "tests/panel/test_risk_sets.py::test_an_empty_time_is_never_or_unknown_as_told",
    ),
    # ties
    Mutant(
        "ties/exposure.py",
        "later = columns + lag",
        "later = columns",
        "tests/ties/test_exposure.py::test_a_lag_shifts_them_and_leaves_the_first_period_unknown",
    ),
    Mutant(
        "ties/exposure.py",
        "exposure of 0\n        top[alone] = np.nan",
        "exposure of 0\n        top[alone] = 0.0",
        "tests/ties/test_exposure.py::test_the_operator_is_its_formula_on_random_cases",
    ),
    Mutant(
        "ties/exposure.py",
        "kept = np.exp(-past.decay)",
        "kept = np.exp(past.decay)",
        "tests/ties/test_exposure.py::test_the_operator_is_its_formula_on_random_cases",
    ),
    Mutant(
        "ties/separability.py",
        "r = _r(exposure[known], share[known])\n        if r > EVERYBODY:",
        "r = _r(exposure[known], share[known])\n        if r > 1:",
        "tests/ties/test_separability.py::test_rivals_who_are_everybody_are_not_called_competition",
    ),
    # simulate, compute
    Mutant(
        "compute/randomization.py",
        "lost, many = drawn.size - finite.size, drawn.size + 1",
        "lost, many = drawn.size - finite.size, finite.size + 1",
        "tests/compute/test_randomization.py::test_lost_draws_count_against",
    ),
    Mutant(
        "compute/randomization.py",
        "above = int((finite >= observed - slack).sum()) + lost",
        "above = int((finite > observed + slack).sum()) + lost",
        "tests/compute/test_randomization.py::test_draws_equal_up_to_rounding_are_ties",
    ),
    Mutant(
        "compute/work.py",
        "made = [work(shared, item, stream(*drawn, at)) for at, item in batch]",
        "made = [work(shared, item, stream(*drawn, 0)) for at, item in batch]",
        "tests/compute/test_work.py::test_results_do_not_depend_on_the_number_of_workers",
    ),
    # networks
    Mutant(
        "networks/large.py",
        "_keep(edges, self._file(name, left[at]))",
        "_keep(edges, self._file(name, at))",
        "tests/networks/test_large.py::test_a_run_goes_on_where_it_was_stopped",
    ),
    Mutant(
        "networks/event_files.py",
        "while after < many and (cascades[after], times[after])",
        "while after < 0 and (cascades[after], times[after])",
        "tests/networks/test_large.py::test_the_network_is_that_of_a_search_in_memory",
    ),
    Mutant(
        "networks/netinf.py",
        "return np.asarray(receivers[(many == plan.first) & (lowest >= least)])",
        "return np.asarray(receivers[(many == plan.first) & (lowest < least)])",
        "tests/networks/test_netinf.py::test_a_number_of_edges_gives_the_first_of_all",
    ),
    # safeguards
    Mutant(
        "safeguards/engine/holm.py",
        "most = min(1.0, max(most, (len(known) - at) * value))",
        "most = min(1.0, (len(known) - at) * value)",
        "tests/safeguards/test_holm.py::test_values_are_those_of_r_in_the_order_given",
    ),
    Mutant(
        "safeguards/engine/permutation.py",
        "if more.p_smallest >= LEVEL:\n        passed = None",
        "if more.p_smallest >= LEVEL:\n        passed = False",
        "tests/safeguards/test_permuted_ties.py::test_exchanges_within_cliques_change_nothing_and_are_no_test",
    ),
    Mutant(
        "safeguards/stance.py",
        'if trial.p_holm is None:\n        return "gate missing"',
        'if trial.p_holm is None:\n        return "gate passed"',
        "tests/safeguards/test_stance.py::test_a_gate_without_an_adjusted_p_value_is_missing",
    ),
    Mutant(
        "safeguards/stance.py",
        "if any(one.passed is None for one in decisive):",
        "if any(one.passed is None for one in ()):",
        "tests/safeguards/test_stance.py::test_each_row_of_the_file_is_reached",
    ),
    Mutant(
        "safeguards/engine/check.py",
        "answer = missing(str(error))",
        "answer = not_asked(str(error))",
        "tests/safeguards/test_contract.py::test_what_cannot_be_computed_is_missing",
    ),
    Mutant(
        "safeguards/checks/lead_test.py",
        "float(placebo.observed[0]), placebo.drawn[:, 0]",
        "-float(placebo.observed[0]), placebo.drawn[:, 0]",
        "tests/safeguards/test_lead.py::test_the_value_is_the_coefficient_of_a_model_with_both",
    ),
    # evidence
    Mutant(
        "evidence/weight_of_evidence.py",
        "np.where(side == 0, 0.0, (1 - rho) ** rank)",
        "np.where(side == 0, 0.0, rho ** rank)",
        "tests/evidence/test_odds.py::test_published_weights_of_clusters",
    ),
    Mutant(
        "evidence/weight_of_evidence.py",
        "first[1:] = (np.diff(cluster[order]) != 0) | (np.diff(side[order]) != 0)",
        "first[1:] = np.diff(cluster[order]) != 0",
        "tests/evidence/test_odds.py::test_published_weights_of_clusters",
    ),
    Mutant(
        "evidence/weight_of_evidence.py",
        "float(np.sqrt((share**2 / weights.coders).sum()))",
        "float(np.sqrt((share**2).sum()))",
        "tests/evidence/test_odds.py::test_coder_noise_of_one_passage",
    ),
    Mutant(
        "evidence/caps.py",
        "spread = (each >= caps.document_share - TINY).sum() >= caps.documents",
        "spread = (each > 0).sum() >= caps.documents",
        "tests/evidence/test_caps.py::test_documents_have_to_share_the_weight",
    ),
    Mutant(
        "evidence/intercoder_agreement.py",
        'read = (pl.col("coder").n_unique().over("id") > 1) & (pl.col("decibans") != 0).any().over("id")',
        'read = pl.col("coder").n_unique().over("id") > 1',
        "tests/evidence/test_intercoder_agreement.py::test_passages_to_which_nobody_gives_weight_are_left_out",
    ),
    # verdicts
    Mutant(
        "verdicts/rule.toml",
        'when = [{ evidence = ["for"], statistics = ["for"], unless = ["joint"] }]',
        'when = [{ evidence = ["for"], statistics = ["for"] }]',
        "tests/verdicts/test_rule.py::test_every_combination_has_the_published_verdict",
    ),
    Mutant(
        "verdicts/rule.toml",
        'when = [{ flags = ["ruled_out"] }]',
        'when = [{ flags = ["ruled_out", "joint"] }]',
        "tests/verdicts/test_rule.py::test_every_combination_has_the_published_verdict",
    ),
    Mutant(
        "verdicts/apply.py",
        'statistics = statistics._replace(stance="silent", silence="no data")',
        "statistics = statistics._replace()",
        "tests/verdicts/test_apply.py::test_neighbours_have_a_line_of_their_own_only_where_they_were_asked_about",
    ),
    # monitoring
    Mutant(
        "monitoring/change.py",
        "unknown = before.is_in(OPEN) | after.is_in(OPEN)",
        "unknown = before.is_in(OPEN) & after.is_in(OPEN)",
        "tests/monitoring/test_projects_over_waves.py::test_on_hold_and_cancelled_have_no_place_in_the_order",
    ),
    Mutant(
        "monitoring/bounds.py",
        "sure = before.high is not None and after.low > before.high",
        "sure = after.observed > before.observed",
        "tests/monitoring/test_returns.py::test_what_an_absent_return_can_overturn",
    ),
    Mutant(
        "monitoring/percent.py",
        "high += even and (high + 1) * 2 * scale == above",
        "high += 0",
        "tests/monitoring/test_percent.py::test_counts_are_those_that_are_printed_so",
    ),
    Mutant(
        "monitoring/reconstruct.py",
        "if all(len(wholes) == 1 for wholes in possible.values()):",
        "if any(len(wholes) == 1 for wholes in possible.values()):",
        "tests/monitoring/test_reconstruct.py::test_without_units_only_zero_can_be_reached",
    ),
    # case
    Mutant(
        "case/decimals.py",
        'return "," if _surely_decimal(raw, ",") and not _surely_decimal(raw, ".") else "."',
        'return "," if _surely_decimal(raw, ",") else "."',
        "tests/case/test_read_text.py::test_the_decimal_sign_is_the_one_that_can_be_no_other",
    ),
    Mutant(
        "case/private.py",
        'likelihoods = case.table("likelihoods").filter(pl.col("evidence").is_in(passages))',
        'likelihoods = case.table("likelihoods").clear()',
        "tests/case/test_kept_private.py::test_a_passage_is_private_with_all_its_coders_and_likelihoods",
    ),
    Mutant(
        "case/private.py",
        'return re.sub(r"[\\W_]+", "", _fold(text).casefold())',
        'return re.sub(r"[\\W_]+", "", _fold(text))',
        "tests/case/test_kept_private.py::test_words_are_taken_out_of_free_text_and_ids_stay",
    ),
    # report
    Mutant(
        "report/cells.py",
        'return csv_cell(cell.replace("\\0", "")) if isinstance(cell, str) else cell',
        'return cell.replace("\\0", "") if isinstance(cell, str) else cell',
        "tests/report/test_report_cells.py::test_a_table_reads_back_as_it_was_written",
    ),
    Mutant(
        "report/edition/change.py",
        'COUNTED = ("stayed", "unknown")',
        'COUNTED = ("stayed", "unknown", "left")',
        "tests/report/test_editions.py::test_what_changed_is_told_by_country",
    ),
    Mutant(
        "report/painter.py",
        'a picture cannot be painted: %s", error)\n        return None',
        'a picture cannot be painted: %s", error)\n        return "", b""',
        "tests/report/test_painter.py::test_what_cannot_be_painted_is_no_picture_and_not_a_wait",
    ),
    # study
    Mutant(
        "study/witnesses.py",
        'finding, stance="silent", silence="too few events"',
        'finding, silence="too few events"',
        "tests/study/test_statistics.py::test_a_launch_silences_whatever_the_statistics_find",
    ),
    Mutant(
        "study/freeze.py",
        "if _hash(frozen) != frozen.sha256:",
        "if not frozen.sha256:",
        "tests/study/test_freeze.py::test_a_file_that_was_edited_is_not_kept",
    ),
    Mutant(
        "study/freeze.py",
        'fields["waves"] = dict(case.waves) if analysis.period == "wave" else {}',
        'fields["waves"] = {}',
        "tests/study/test_freeze.py::test_another_date_of_a_wave_is_another_question_where_waves_are_counted",
    ),
    # records
    Mutant(
        "records/probability.py",
        "if 0 < short < 1:",
        "if 0 <= short <= 1:",
        "tests/records/test_probability.py::test_decimals",
    ),
    Mutant(
        "records/shares.py",
        "digits += 2 * rest >= whole",
        "digits += 2 * rest > whole",
        "tests/records/test_shares.py::test_a_reader_sees_halves_rounded_up",
    ),
    Mutant(
        "records/numbers.py",
        'return f"{MINUS}{shown}" if value < 0 and float(shown) else shown',
        'return f"{MINUS}{shown}" if value < 0 else shown',
        "tests/records/test_numbers.py::test_zero_has_no_sign",
    ),
    # register
    Mutant(
        "register/rights.py",
        "now = Q(wave__state__in=PUBLISHED) & ~_waits() & ~Exists(later_versions().filter(~_waits()))",
        "now = Q(wave__state__in=PUBLISHED) & ~Exists(later_versions().filter(~_waits()))",
        "tests/register/test_screens_secrets.py::test_every_page_shows_a_word_to_those_alone_who_may_read_it",
    ),
    Mutant(
        "register/rights.py",
        " & ~Exists(later_versions().filter(~_waits()))",
        "",
        "tests/register/test_screens_faults.py::test_after_publication_others_see_what_was_published_and_not_what_was_sent_before",
    ),
    Mutant(
        "register/rights.py",
        'there = reach.members("city") | (Q(wave__state__in=PUBLISHED) & ~_waits())',
        'there = reach.members("city") | Q(wave__state__in=PUBLISHED)',
        "tests/register/test_screens_of_roles.py::test_an_erratum_is_entered_where_editions_are_and_told_to_everybody_once_confirmed",
    ),
    Mutant(
        "register/rights.py",
        '"Exchange": lambda reach: reach.members("asking", "asked"),',
        '"Exchange": lambda reach: ~_q(pk__in=[]),',
        "tests/register/test_screens_secrets.py::test_every_page_shows_a_word_to_those_alone_who_may_read_it",
    ),
    Mutant(
        "register/rights.py",
        '"Query": lambda reach: reach.members("member", "project__lead"),',
        '"Query": lambda reach: reach.members("member", "project__lead") | _q(wave__state="open"),',
        "tests/register/test_screens_secrets.py::test_every_page_shows_a_word_to_those_alone_who_may_read_it",
    ),
    Mutant(
        "register/rights.py",
        'APART = ("Draft", "Practice")',
        'APART = ("Practice",)',
        "tests/register/test_screens_secrets.py::test_every_page_shows_a_word_to_those_alone_who_may_read_it",
    ),
    Mutant(
        "register/rights.py",
        'return reach.members("member") | opted',
        'return reach.members("member") | (~Q(pk__in=[]) if reach.organisations else opted)',
        "tests/register/test_screens_secrets.py::test_every_page_shows_a_word_to_those_alone_who_may_read_it",
    ),
    Mutant(
        "register/search.py",
        "return rows.filter(Case(then, default=Value(False), output_field=truth))",
        "return rows.filter(hits, Case(then, default=Value(False), output_field=truth))",
        "tests/register/test_screens_secrets.py::test_a_search_compares_the_text_of_no_row_that_may_not_be_seen",
    ),
    Mutant(
        "register/learning.py",
        'practices = [row for row in practices if row["reviewed"]]',
        "practices = list(practices)",
        "tests/register/test_screens_secrets.py::test_a_case_and_a_study_hold_nothing_that_was_not_released",
    ),
    Mutant(
        "register/screens/row_form.py",
        "known = replace(known, city=member, now=own, fresh=known.fresh & own.keys())",
        "known = replace(known, fresh=known.fresh & own.keys())",
        "tests/register/test_screens_faults.py::test_a_message_at_a_field_quotes_no_title_of_another_city",
    ),
    Mutant(
        "register/screens/sessions.py",
        ' or session.get("roles") != _roles(person)',
        "",
        "tests/register/test_screens_entering.py::test_other_roles_or_a_new_password_end_every_session",
    ),
    Mutant(
        "register/screens/sessions.py",
        "now - seen > IDLE",
        "now - seen > LONGEST",
        "tests/register/test_screens_entering.py::test_a_session_ends_when_left_alone_and_after_a_day",
    ),
    Mutant(
        "register/people.py",
        "    end_links(act, whom)\n",
        "",
        "tests/register/test_screens_entering.py::test_links_work_once_for_a_week_and_a_new_one_replaces_older_ones",
    ),
    Mutant(
        "register/accounts.py",
        '"digits", "tolerance", "drift", "last_t")',
        '"digits", "tolerance", "drift")',
        "tests/register/test_personal_data.py::test_a_code_used_before_a_backup_lets_nobody_in_after_the_restore",
    ),
    Mutant(
        "register/personal.py",
        "        forget_account(whom)\n",
        "",
        "tests/register/test_personal_data.py::test_an_erased_person_is_in_no_table_and_no_longer_signs_in",
    ),
    Mutant(
        "register/waves.py",
        'says = source or "marked in the register"',
        'says = source or f"marked by {act.person}"',
        "tests/register/test_personal_data.py::test_no_person_is_in_a_case_an_edition_or_a_study",
    ),
    Mutant(
        "register/screens/files.py",
        'data = _for_spreadsheets(data) if name.endswith(".csv") else data',
        "",
        "tests/register/test_hostile_text.py::test_workbooks_tables_and_reports_hold_it_as_text",
    ),
    # importing, tables, descriptives
    Mutant(
        "importing/times.py",
        "lowest = known.min() if counting.lowest is None else counting.lowest",
        "lowest = known.min()",
        "tests/importing/test_other_files.py::test_the_first_year_is_that_of_the_first_period_of_the_whole_file",
    ),
    Mutant(
        "importing/rows.py",
        'return said != "unknown"',
        "return False",
        "tests/importing/test_import_case.py::test_a_unit_without_a_date_did_not_adopt",
    ),
    Mutant(
        "tables/number_words.py",
        "if blanks and not _parts_thousands(body):",
        "if False:",
        "tests/tables/test_number_words.py::test_two_numbers_in_a_cell_are_not_made_one",
    ),
    Mutant(
        "tables/several_ids.py",
        'return "; ".join(dict.fromkeys(one for one in ids if one is not None))',
        "return next(one for one in ids if one is not None)",
        "tests/tables/test_refer.py::test_a_fix_keeps_every_name_of_a_cell",
    ),
    Mutant(
        "descriptives/categories.py",
        "np.array(cuts) - 1e-12",
        "np.array(cuts) + 1e-12",
        "tests/descriptives/test_adoption_statistics.py::test_a_time_on_a_cut_belongs_above_it_as_in_netdiffuser",
    ),
)
"""Every mutant, by room."""


class Tried(NamedTuple):
    """Whether the test of a mutant failed, after how many seconds, and the last lines that it printed."""

    caught: bool
    seconds: float
    told: str


def main(words: list[str] | None = None) -> int:
    """Try the mutants, or one of them, and say which survive."""
    asked = argparse.ArgumentParser(prog="python -m verify.mutants", description=__doc__)
    asked.add_argument("--only", type=int, metavar="N", help="number of one mutant, counted from 1")
    only = asked.parse_args(words).only
    if only is not None and not 1 <= only <= len(MUTANTS):
        asked.error(f"mutants are numbered from 1 to {len(MUTANTS)}")
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, mutant in enumerate(MUTANTS, start=1):
            if only in (None, number):
                found = attempt(mutant, Path(folder) / str(number))
                survived += not found.caught
                word = "caught" if found.caught else "SURVIVED"
                say(f"{number:3} {word:8} {found.seconds:6.1f} s  {mutant.file}  {mutant.test}")
                if only is not None or not found.caught:
                    say(found.told)
    say(f"{survived} survived.")
    return 1 if survived else 0


def say(line: str) -> None:
    """One line on the screen, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def attempt(mutant: Mutant, folder: Path) -> Tried:
    """One mutant in a copy of the package, and its test; the copy is removed.

    Parameters
    ----------
    mutant : Mutant
    folder : path
        Where the copy is put.

    Returns
    -------
    Tried

    Raises
    ------
    RuntimeError
        If pytest could not run the test at all, which says nothing of the mutant.
    """
    source = folder / "src"
    # with its bytecode, which spares seconds; names that end in a number are being written by others
    shutil.copytree(PACKAGE, source / "diffuscope", ignore=shutil.ignore_patterns("*.pyc.*"))
    file = source / "diffuscope" / mutant.file
    file.write_text(mutated(mutant), encoding="utf-8")
    for old in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        old.unlink()
    command = [
        sys.executable,
        *["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=--strict-markers"],
    ]
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [*command, mutant.test],
            cwd=ROOT, capture_output=True, text=True, timeout=LONGEST, check=False,
            env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Tried(True, LONGEST, "the test did not end")
    finally:
        shutil.rmtree(folder)
    if done.returncode not in (0, CAUGHT):
        raise RuntimeError(f"pytest could not run {mutant.test}:\n{done.stdout}{done.stderr}")
    last = "\n".join(done.stdout.splitlines()[-8:])
    return Tried(done.returncode == CAUGHT, time.perf_counter() - began, last)


def mutated(mutant: Mutant) -> str:
    """The file with the fault in it.

    Raises
    ------
    ValueError
        If the old text does not stand in it exactly once.
    """
    text = (PACKAGE / mutant.file).read_text(encoding="utf-8")
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.file} holds {mutant.old!r} {text.count(mutant.old)} times, not once.")
    return text.replace(mutant.old, mutant.new)


if __name__ == "__main__":
    raise SystemExit(main())
