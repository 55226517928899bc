"""Whether the coded evidence of the founding case is the first coding, and gives the published posteriors."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from asean import AREA, FIRST_CODING, MECHANISM, POSTERIOR, case, decibans, source, with_sources

# ---------------------------------------------------------------- evidence


def test_evidence_is_the_first_coding_and_nothing_else():
    ours = {
        (
            row["id"],
            row["mechanism"],
            row["cluster"],
            row["criterion"],
            row["direction"],
            float(row["p_if_true"]),
            float(row["p_if_false"]),
        )
        for row in case("evidence")
        if row["analysis"] == "smart-cities"
    }
    expected = set()
    for line in FIRST_CODING.split("\n"):
        if line:
            name, cluster, criterion, direction, p1, p0 = line.split()
            mechanism = MECHANISM[name[0]]
            expected.add((name, mechanism, cluster, criterion, direction, float(p1), float(p0)))
    assert ours == expected


def test_evidence_has_one_coder_one_rival_and_names_no_unit():
    rows = [row for row in case("evidence") if row["analysis"] == "smart-cities"]
    assert {(row["coder"], row["rival"], row["share"], row["unit"]) for row in rows} == {
        ("coder-1", "the same decisions without this mechanism", "public", "")
    }
    assert {row["searched"] for row in rows if row["direction"] == "absent"} == {"0.8"}
    assert {row["id"] for row in rows if row["definition"]} == {"C3", "C4"}
    assert {row["definition"] for row in rows if row["id"] in ("C3", "C4")} == {"narrow"}


@pytest.mark.parametrize(("mechanism", "oracle"), POSTERIOR.items())
def test_evidence_gives_the_published_posteriors(mechanism, oracle):
    clusters = defaultdict(list)
    for row in case("evidence"):
        if (row["analysis"], row["mechanism"]) == ("smart-cities", mechanism):
            clusters[row["cluster"]].append(decibans(row))
    plain = sum(sum(weights) for weights in clusters.values())
    # for and against apart, by size: the k-th counts .7 to the power k - 1
    apart = [
        sorted((abs(one) for one in own if one * sign > 0), reverse=True)
        for own in clusters.values()
        for sign in (1, -1)
    ]
    signs = [sign for _ in clusters for sign in (1, -1)]
    discounted = sum(
        sign * sum(one * 0.7**at for at, one in enumerate(own))
        for sign, own in zip(signs, apart, strict=True)
    )
    total, discounted_total, posterior = oracle
    assert plain == pytest.approx(total, abs=0.006)
    assert discounted == pytest.approx(discounted_total, abs=0.006)
    assert 1 / (1 + 10 ** (-discounted / 10)) == pytest.approx(posterior, abs=0.0006)


def test_evidence_of_the_reports_stays_under_its_own_questions():
    found = Counter(row["analysis"] for row in case("evidence"))
    assert set(found) == {"smart-cities", "focus-areas", "sub-areas"}
    for row in case("evidence"):
        if row["analysis"] != "smart-cities":
            assert row["document"] in {"me-2022", "me-2023", "me-2024", "me-2025"}
            assert row["note"]
    assert len({row["id"] for row in case("evidence")}) == len(case("evidence"))


@with_sources
def test_what_the_reports_show_of_further_areas():
    """The counts that the focus-area evidence quotes, from the panel."""
    rows = [row for row in source("ascn/projects_panel") if row["area"]]
    joined = {}
    first = {}
    for row in sorted(rows, key=lambda row: row["year"]):
        joined.setdefault(row["city"], row["year"])
        first.setdefault((row["city"], row["area"]), row["year"])
    state = {row["city"]: row["iso3"] for row in rows}
    further = {key: wave for key, wave in first.items() if wave > joined[key[0]]}
    assert len(further) == 18
    assert len({city for city, _ in further}) == 12

    follows = [
        1
        for (city, area), wave in further.items()
        if any(
            other != city and state[other] == state[city] and theirs == area and since < wave
            for (other, theirs), since in first.items()
        )
    ]
    assert len(follows) == 13
    finished = Counter((int(row["year"]) + 1, row["area"]) for row in rows if row["status"] == "completed")
    assert sum(not finished[int(wave), area] for (_, area), wave in further.items()) == 8
    singapore = {area for (city, area) in first if city == "Singapore"}
    assert sum(area in singapore for _, area in further) == 8
    still_open = [
        (city, area)
        for city, since in joined.items()
        if since < "2025"
        for area in AREA.values()
        if first.get((city, area), "9999") > since
    ]
    assert len(still_open) == 112
    assert sum(area in singapore for _, area in still_open) == 39
    sets = defaultdict(set)
    for row in rows:
        sets[row["year"], row["city"]].add(row["area"])
    for wave, cities, distinct in (("2022", 26, 14), ("2025", 35, 21)):
        of_wave = [frozenset(areas) for (year, _), areas in sets.items() if year == wave]
        assert (len(of_wave), len(set(of_wave))) == (cities, distinct)
        assert of_wave.count(frozenset(sets[wave, "Singapore"])) == 1


@with_sources
def test_what_the_reports_show_of_sub_areas():
    """The counts that the sub-area evidence quotes, from exhibit 3."""
    first = {}
    for row in source("ascn/country_subarea_counts"):
        key = (row["iso3"], AREA[row["area_id"]], row["subarea"])
        first[key] = min(first.get(key, "9999"), row["year"])
    new = {key: wave for key, wave in first.items() if wave != "2022"}
    assert len(new) == 20
    follows = [
        1
        for (state, _, sub_area), wave in new.items()
        if any(
            other != state and theirs == sub_area and since < wave
            for (other, _, theirs), since in first.items()
        )
    ]
    assert len(follows) == 15
    assert sum(area == "Industry & Innovation" for _, area, _ in new) == 7
    assert sum(wave in ("2023", "2024") for wave in new.values()) == 14
    singapore = {sub_area for state, _, sub_area in first if state == "SGP"}
    assert sum(state != "SGP" and sub_area in singapore for state, _, sub_area in new) == 5


def test_author_concludes_that_all_four_were_at_work():
    """Of the network, which cities and states joined from 2018 on; programmes are the nearest question."""
    found = {
        (row["analysis"], row["question"], row["mechanism"]): row["verdict"]
        for row in case("author_verdicts")
    }
    asked = (("membership", "own"), ("smart-cities", "nearest other"))
    assert found == {
        (*question, mechanism): "at work" for question in asked for mechanism in MECHANISM.values()
    }
