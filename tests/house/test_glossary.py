"""The glossary: every public noun has an entry, and pages link to it where a hard term first stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import diffuscope

DOCS = Path(__file__).parents[2] / "docs"
GLOSSARY = (DOCS / "explanation" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = GLOSSARY.partition(":::{glossary}\n")[2].partition("\n:::")[0]
TERMS = [line for line in ENTRIES.splitlines() if line and not line.startswith(" ")]
NEEDED = """
stance, wave, Firth, AIC, deciban (dB), risk set, person-period, exposure, layer, spell, Holm,
permutation test, E-value, Rubin's rules, cloglog, separation, dyad, hazard, mechanism, rival, gate,
decisive, confirming, beside, silent, joint, leaning, body, witness, finding, verdict, launch, tier,
decision, draw, world, lag, contrast, odds ratio, panel, event, multiple imputation, QAP, homophily,
placebo, threshold, infectiousness, susceptibility, Moran's I, Bass's model, structural equivalence,
Krippendorff's alpha, process tracing, profile likelihood, Brier score, AUC, register, return
"""
HARD = {"stance": "stances?", "wave": "waves?", "Firth": "Firth", "AIC": "AIC", "deciban": "(?:decibans?|dB)"}
"""Terms that a page links to the glossary where they first stand in its prose."""
PAGES = [
    page
    for folder in ("start", "how-to", "examples", "explanation")
    for page in sorted((DOCS / folder).glob("*.md"))
    if page.name != "glossary.md"
]


def test_every_term_has_one_entry_in_alphabetical_order():
    heads = [block.splitlines()[0] for block in ENTRIES.split("\n\n")]
    assert heads == sorted(heads, key=str.casefold)
    assert len(set(TERMS)) == len(TERMS)


def test_terms_that_a_reader_may_not_know_have_an_entry():
    assert {term.strip() for term in " ".join(NEEDED.split()).split(",")} - set(TERMS) == set()


def test_entries_say_something():
    assert [block for block in ENTRIES.split("\n\n") if not re.search(r"^  \w.{6,}", block, re.M)] == []


def test_every_class_of_the_package_has_an_entry(generated):
    classes = {name for name in diffuscope.__all__ if isinstance(getattr(diffuscope, name), type)}
    page = generated.classes_page()
    assert set(re.findall(r"^\| \{py:class\}`~diffuscope\.(\w+)` \| \w.{10}", page, re.M)) == classes
    assert "{include} ../reference/generated/_classes.md" in GLOSSARY


def test_every_record_of_a_result_has_an_entry_that_leads_to_its_fields(generated):
    page = generated.record_names_page()
    names = {record.__name__ for record in generated.result_records()}
    led = re.findall(r"^\| \[`(\w+)`\]\(\.\./reference/result\.md#(\w+)\) \| \w.{10}", page, re.M)
    assert {name for name, _ in led} == names
    heads = {head.lower() for head in re.findall(r"^## (\w+)$", generated.records_page(), re.M)}
    assert {anchor for _, anchor in led} <= heads
    assert "{include} ../reference/generated/_record-names.md" in GLOSSARY


def prose(text: str) -> str:
    """A page without code, tables, headings and formulas; links to the glossary stay."""
    text = re.sub(r"^```[\s\S]*?^```", "", text, flags=re.M)
    text = re.sub(r"^(?:#|\s*\||:::).*$", "", text, flags=re.M)
    text = re.sub(r"\$\$?[^$]+\$\$?", "", text)
    text = re.sub(r"(?<!\{term\})`[^`]+`", "", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(text.split())


def first_without_link(text: str) -> dict[str, str]:
    """By hard term: where it first stands in prose, if that is no link to the glossary."""
    found = {}
    for term, pattern in HARD.items():
        first = re.search(rf"(\{{term\}}`[^`]*?)?(?<![\w-]){pattern}\b", text, re.I if term.islower() else 0)
        if first is not None and first[1] is None:
            found[term] = text[max(0, first.start() - 40) : first.end() + 20]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_a_page_links_a_hard_term_where_it_first_stands(page):
    assert first_without_link(prose(page.read_text(encoding="utf-8"))) == {}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_links_to_the_glossary_name_an_entry(page):
    named = re.findall(r"\{term\}`(?:[^`<]*<([^`>]+)>|([^`<]+))`", page.read_text(encoding="utf-8"))
    assert {" ".join((told or plain).split()) for told, plain in named} - set(TERMS) == set()


def test_a_term_without_a_link_is_found():
    assert first_without_link("A {term}`stance` is no wave.") == {"wave": "A {term}`stance` is no wave."}
    assert first_without_link("In {term}`waves <wave>` and waves, +3 {term}`dB <deciban (dB)>`, 4 dB.") == {}
    assert set(first_without_link("It weighs 3 dB by Firth's method.")) == {"Firth", "deciban"}
