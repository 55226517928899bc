"""Documents, coded passages, and what authors concluded from them."""

from __future__ import annotations

from diffuscope.tables.catalogue.shared import DOCUMENT, LOCATOR, NEEDED_DOCUMENT, NOTE, UNIT
from diffuscope.tables.columns import Column, Table
from diffuscope.tables.rules import EVIDENCE_RULES

SHARE = Column(
    name="share",
    kind="choice",
    choices=("public", "private"),
    default="public",
    description="Private rows count, but their words, place and coder are never shown.",
)
ANALYSIS = Column(
    name="analysis", kind="id", required=True, description="The analysis of `case.toml` it belongs to."
)
MECHANISM = Column(
    name="mechanism",
    kind="id",
    required=True,
    description="coercion, competition, learning, emulation, or another.",
)

DOCUMENTS = Table(
    name="documents",
    a_row_is="a source",
    key=("document",),
    columns=(
        Column(
            name="document",
            kind="id",
            required=True,
            description="Short id of the document, unique in the case.",
        ),
        Column(name="author", kind="text", description="Person or body that wrote it."),
        Column(name="year", kind="date", description="Year of publication."),
        Column(name="title", kind="text", required=True, description="Its title."),
        Column(name="path", kind="path", description="The file inside the case folder, if it is kept there."),
        Column(name="url", kind="url", description="Where it can be read; never loaded by diffuscope."),
        Column(name="licence", kind="text", description="Terms under which it may be used."),
        SHARE,
        NOTE,
    ),
)

EVIDENCE = Table(
    name="evidence",
    a_row_is="a passage as one coder reads it: a trace that speaks for or against a mechanism",
    key=("id", "coder"),
    columns=(
        Column(
            name="id",
            kind="id",
            required=True,
            description="Id of the passage; coders of one passage share it.",
        ),
        Column(name="coder", kind="id", required=True, description="Who coded it (a code, not a name)."),
        ANALYSIS,
        MECHANISM,
        Column(
            name="criterion",
            kind="ids",
            required=True,
            description="Criteria of the mechanism that the passage is about, separated by semicolons; "
            "it is weighed once.",
        ),
        NEEDED_DOCUMENT,
        LOCATOR,
        Column(
            name="paraphrase",
            kind="text",
            required=True,
            description="What the passage shows, in your own words.",
        ),
        Column(name="date", kind="date", description="When the event that it describes happened."),
        UNIT,
        Column(
            name="from_unit",
            kind="id",
            refers_to="units.unit",
            description="The actor the influence came from.",
        ),
        Column(
            name="definition",
            kind="choice",
            choices=("broad", "narrow"),
            description="Counts only under that reading of the mechanism; empty: under both.",
        ),
        Column(
            name="direction",
            kind="choice",
            required=True,
            choices=("for", "against", "absent"),
            description="absent: it was searched for and not found.",
        ),
        Column(
            name="p_if_true",
            kind="probability",
            description="Chance of the trace if the mechanism was at work.",
        ),
        Column(
            name="p_if_false", kind="probability", description="Chance of the trace if the rival is true."
        ),
        Column(
            name="band",
            kind="choice",
            choices=("none", "weak", "moderate", "strong", "very strong"),
            description="Weight in words instead of chances: 0, 3, 6, 10 or 20 dB.",
        ),
        Column(
            name="searched",
            kind="fraction",
            description="Chance that the search would have found the trace if it existed; needed "
            "for absent traces.",
        ),
        Column(name="rival", kind="text", description="The alternative that `p_if_false` assumes."),
        Column(
            name="cluster",
            kind="id",
            required=True,
            description="Passages from one source or event share a cluster and are discounted together.",
        ),
        SHARE,
        NOTE,
    ),
    rules=EVIDENCE_RULES,
)

LIKELIHOODS = Table(
    name="likelihoods",
    a_row_is="the chance of one trace under one hypothesis, for the main-driver mode",
    key=("evidence", "hypothesis"),
    columns=(
        Column(
            name="evidence", kind="id", required=True, refers_to="evidence.id", description="The passage."
        ),
        Column(
            name="hypothesis",
            kind="id",
            required=True,
            description="A mechanism, or `null`: independent decisions, a common pressure, or a coordinated "
            "launch.",
        ),
        Column(
            name="p",
            kind="probability",
            required=True,
            description="Chance of the trace under the hypothesis.",
        ),
    ),
)

AUTHOR_VERDICTS = Table(
    name="author_verdicts",
    a_row_is="what an author concluded about one mechanism",
    key=("analysis", "mechanism", "document"),
    columns=(
        ANALYSIS,
        MECHANISM,
        Column(
            name="verdict",
            kind="choice",
            required=True,
            choices=("at work", "in part", "not at work", "undecided"),
            description="Whether the author concludes that the mechanism was at work.",
        ),
        Column(name="wording", kind="text", description="The author's wording, paraphrased."),
        Column(
            name="question",
            kind="choice",
            choices=("own", "nearest other"),
            default="own",
            description="own: the author asked this question · nearest other: the author asked another "
            "question, and this is the closest one.",
        ),
        DOCUMENT,
        LOCATOR,
    ),
)
