"""The questions of a case as they are written under `[[analysis]]`, each setting checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from diffuscope.case import limits
from diffuscope.case.asked_network import asked_network
from diffuscope.case.other_models import POOLING, ROWS, refuse_without_effect
from diffuscope.case.values import is_list, shown
from diffuscope.tables.dates import duration_of

if TYPE_CHECKING:
    from diffuscope.case.settings import Check, Key
    from diffuscope.records import Period
    from diffuscope.records.inferred import AskedNetwork

MODEL_KEYS = (
    "layers",
    "lag",
    "lags",
    "forms",
    "covariates",
    "formula",
    "model",
    "duration",
    "policy_effects",
    "errors",
)
ANALYSIS_KEYS = (
    "id", "question", "policies", "units", "period", "window", "tier", "launch", "note",
    *MODEL_KEYS, "drivers", "smallest_odds_ratio", "ruled_out", "repeat", "inferred",
)  # fmt: skip
REPEAT_KEYS = (
    "id",
    "says",
    "policies",
    "units",
    "window",
    "tier",
    "without_confidence",
    "rows",
    "pooling",
    *MODEL_KEYS,
)
PERIODS = ("year", "month", "day", "wave")
MODELS = ("auto", "logit", "cloglog", "probit", "firth")
DURATIONS = ("auto", "none", "cubic", "spline", "dummies")
POLICY_EFFECTS = ("auto", "none", "fixed")
FORMS = ("share", "sum", "attribute share", "mean success")
ERRORS = ("auto", "unit", "unit and policy", "none")
CONFIDENCES = ("low", "medium", "high")
NEIGHBOURS = "neighbours"
"""Under `layers`: ties whose exposure is shown without the name of a mechanism."""
MAIN = "main"
"""Id of the main model, which no repetition may bear."""
POLICIES, UNITS = "a `group` of the table `policies`", "a `kind` of the table `units`"
SMALLEST_ODDS_RATIO = 1.25
"""Smallest effect of interest where none is given."""
FORMER = "smallest_effect"
"""What `smallest_odds_ratio` was called when it counted percentage points."""
LONGEST_LAG = 1_000
MOST_REPEATS = 50
RULED_OUT = ("reasons by mechanism", 'emulation = "No peer group of theirs has such a policy."')
FORMS_BY = ("forms by mechanism", 'competition = "sum"')


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """The same question asked otherwise, as written; whatever is None is as in the question itself."""

    at: int
    of: int
    id: str
    says: str
    policies: tuple[str, ...] | str | None
    units: tuple[str, ...] | str | None
    window: tuple[str, str] | None
    tier: str | None
    without_confidence: str | None
    rows: str | None
    pooling: str | None
    model: Mapping[str, Any]

    def key(self, name: str) -> Key:
        """Where a setting of this repetition stands."""
        return ("analysis", self.of, "repeat", self.at, name)


@dataclass(frozen=True, kw_only=True)
class QuestionSettings:
    """A question as written: policies and units may still be named by their group or kind."""

    at: int
    id: str
    question: str
    policies: tuple[str, ...] | str
    units: tuple[str, ...] | str
    period: Period
    window: tuple[str, str] | None
    note: str | None
    tier: str | None = None
    launch: str | None = None
    model: Mapping[str, Any] = field(default_factory=dict)
    drivers: tuple[str, ...] = ()
    smallest_odds_ratio: float = SMALLEST_ODDS_RATIO
    ruled_out: Mapping[str, str] = field(default_factory=dict)
    repeat: tuple[Repetition, ...] = ()
    inferred: AskedNetwork | None = None

    def key(self, name: str) -> Key:
        """Where a setting of this question stands."""
        return ("analysis", self.at, name)


def asked_questions(check: Check) -> tuple[QuestionSettings, ...]:
    """The questions of a case; what cannot be right is added to the check."""
    many = _tables(check, ("analysis",), "list of questions", "[[analysis]]", limits.ANALYSES)
    if many is None:
        message = f"The case has more than {limits.ANALYSES} questions; the rest are not read."
        check.add(("analysis",), "too-many", message, "split the case")
        many = limits.ANALYSES
    questions = [_question(check, at) for at in range(many)]
    _refuse_twice(check, questions, "Another analysis has this id.", "give each analysis its own id")
    return tuple(questions)


def _question(check: Check, at: int) -> QuestionSettings:
    key: Key = ("analysis", at)
    given = cast("Mapping[str, object]", check.get(key))
    _refuse_former(check, (*key, FORMER))
    check.keys(key, ANALYSIS_KEYS, {one: given[one] for one in given if one != FORMER}, "An analysis")
    name = check.name((*key, "id"), "a short name of the question, such as `membership`")
    return QuestionSettings(
        at=at,
        id=name or f"analysis-{at + 1}",
        question=check.text((*key, "question"), needed="what you want to know, in one sentence", lines=True),
        policies=check.names((*key, "policies"), POLICIES),
        units=check.names((*key, "units"), UNITS),
        period=cast("Period", check.choice((*key, "period"), PERIODS) or "year"),
        window=check.window((*key, "window")),
        tier=check.text((*key, "tier")) or None,
        launch=_launch(check, (*key, "launch")),
        note=check.text((*key, "note"), lines=True) or None,
        model=_model(check, key),
        drivers=_variables(check, (*key, "drivers")),
        smallest_odds_ratio=_odds_ratio(check, (*key, "smallest_odds_ratio")),
        ruled_out=_reasons(check, (*key, "ruled_out")),
        repeat=_repetitions(check, key),
        inferred=asked_network(check, (*key, "inferred")),
    )


def _repetitions(check: Check, key: Key) -> tuple[Repetition, ...]:
    path = (*key, "repeat")
    many = _tables(check, path, "list of repetitions", "[[analysis.repeat]]", MOST_REPEATS)
    if many is None:
        message = f"A question is repeated more than {MOST_REPEATS} times; the rest are not read."
        check.add(path, "too-many", message, "keep those that a reader needs")
        many = MOST_REPEATS
    repetitions = [_repetition(check, path, at) for at in range(many)]
    message = "Another repetition of this question has this id."
    _refuse_twice(check, repetitions, message, "give each repetition its own id")
    return tuple(repetitions)


def _repetition(check: Check, path: Key, at: int) -> Repetition:
    key = (*path, at)
    given = cast("Mapping[str, object]", check.get(key))
    check.keys(key, REPEAT_KEYS, given, "A repetition")
    name = check.name((*key, "id"), "a short name of the repetition, such as `strict-dates`")
    if name == MAIN:
        message = f"`{MAIN}` is the model that is repeated."
        check.add((*key, "id"), "bad-id", message, "give the repetition another id", value=name)
    refuse_without_effect(check, key, given)
    return Repetition(
        at=at,
        of=cast("int", key[1]),
        id=name or f"repeat-{at + 1}",
        says=check.text((*key, "says"), needed="what is different here, in one sentence", lines=True),
        policies=check.names((*key, "policies"), POLICIES) or None,
        units=check.names((*key, "units"), UNITS) or None,
        window=check.window((*key, "window")),
        tier=check.text((*key, "tier")) or None,
        without_confidence=check.choice((*key, "without_confidence"), CONFIDENCES),
        rows=check.choice((*key, "rows"), ROWS),
        pooling=check.choice((*key, "pooling"), POOLING),
        model=_model(check, key),
    )


def _model(check: Check, key: Key) -> dict[str, Any]:
    """What a question, or its repetition, says of ties and models; only what is given."""
    covariates = _variables(check, (*key, "covariates"))
    # an empty list in a repetition says that it takes none
    options = {
        "layers": _layers(check, (*key, "layers")),
        "lag": _lag(check, (*key, "lag")),
        "lags": _lags(check, (*key, "lags")),
        "forms": _forms(check, (*key, "forms")),
        "covariates": None if check.get((*key, "covariates")) is None else covariates,
        "formula": check.text((*key, "formula"), lines=True) or None,
        "model": check.choice((*key, "model"), MODELS),
        "duration": check.choice((*key, "duration"), DURATIONS),
        "policy_effects": check.choice((*key, "policy_effects"), POLICY_EFFECTS),
        "errors": check.choice((*key, "errors"), ERRORS),
    }
    return {name: value for name, value in options.items() if value is not None}


def _variables(check: Check, key: Key) -> tuple[str, ...]:
    named = check.names(key, "the name of one")
    return ((named,) if named else ()) if isinstance(named, str) else named


def _layers(check: Check, key: Key) -> dict[str, str | tuple[str, ...]] | None:
    given = check.get(key)
    if given is None:
        return None
    if not isinstance(given, Mapping):
        fix = 'write `[analysis.layers]` on a line of its own and below it `emulation = "shared-religion"`'
        check.add(
            key, "bad-setting", "`layers` is not a table of layers by mechanism.", fix, value=shown(given)
        )
        return None
    layers: dict[str, str | tuple[str, ...]] = {}
    for name in sorted(given):
        place: Key = (*key, name)
        if name == NEIGHBOURS:
            named = check.names(place, "the name of one")
            layers[name] = (named,) if isinstance(named, str) and named else tuple(named)
        else:
            layer = check.text(place)
            if layer:
                layers[_nfc(name)] = layer
    return {name: layer for name, layer in layers.items() if layer}


def _lags(check: Check, key: Key) -> dict[str, int] | None:
    given = _table(check, key, "lags by mechanism or covariate", "learning = 2")
    if given is None:
        return None
    # which names are covariates, the tables of the case say; of them alone a lag of 0 is allowed
    lags = {_nfc(name): _lag(check, (*key, name), least=0) for name in sorted(given)}
    return {name: lag for name, lag in lags.items() if lag is not None}


def _reasons(check: Check, key: Key) -> dict[str, str]:
    """Why each mechanism is ruled out as a rival; without a reason it is not."""
    given = _table(check, key, *RULED_OUT)
    needed = "why it is ruled out, in one sentence"
    reasons = {
        _nfc(name): check.text((*key, name), needed=needed, lines=True) for name in sorted(given or {})
    }
    return {name: text for name, text in reasons.items() if text}


def _forms(check: Check, key: Key) -> dict[str, str] | None:
    given = _table(check, key, *FORMS_BY)
    if given is None:
        return None
    forms = {_nfc(name): check.choice((*key, name), FORMS) for name in sorted(given)}
    return {name: form for name, form in forms.items() if form}


def _table(check: Check, key: Key, what: str, example: str) -> Mapping[str, object] | None:
    """A table by name under a key; None where there is none."""
    given = check.get(key)
    if given is None:
        return None
    if not isinstance(given, Mapping):
        fix = f"write `[analysis.{key[-1]}]` on a line of its own and below it `{example}`"
        message = f"`{key[-1]}` is not a table of {what}."
        check.add(key, "bad-setting", message, fix, value=shown(given))
        return None
    return cast("Mapping[str, object]", given)


def _lag(check: Check, key: Key, *, least: int = 1) -> int | None:
    given = check.get(key)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= LONGEST_LAG:
        message = f"`{key[-1]}` is not a whole number of periods from {least} on."
        fix = (
            "write 1, or the number of periods until an adoption has an effect; adoptions "
            "of the same period never count as causes"
        )
        check.add(key, "bad-lag", message, fix, value=shown(given))
        return None
    return given


def _refuse_former(check: Check, key: Key) -> None:
    given = check.get(key)
    if given is not None:
        message = (
            f"`{FORMER}` was measured in percentage points; the smallest effect of interest "
            "is now an odds ratio."
        )
        fix = (
            "replace it by `smallest_odds_ratio`: the odds ratio from the 10th to the 90th percentile "
            f"of an exposure, such as {SMALLEST_ODDS_RATIO:g} (the default)"
        )
        check.add(key, "unknown-setting", message, fix, value=shown(given))


def _launch(check: Check, key: Key) -> str | None:
    """Within how long adoptions are one launch, in the words that everything else reads."""
    given = check.get(key)
    if given is None:
        return None
    duration = duration_of(given) if isinstance(given, str) else None
    if duration is None:
        message = "`launch` is not a length of time."
        fix = 'write a number of days, weeks, months or years, such as `launch = "90 days"`'
        check.add(key, "bad-duration", message, fix, value=shown(given))
        return None
    return duration.says


def _odds_ratio(check: Check, key: Key) -> float:
    given = check.get(key)
    if given is None:
        return SMALLEST_ODDS_RATIO
    if isinstance(given, bool) or not isinstance(given, int | float) or not 1 < given <= 100:
        message = "`smallest_odds_ratio` is not an odds ratio above 1."
        fix = f"write the smallest odds ratio worth calling an effect, such as {SMALLEST_ODDS_RATIO:g}"
        check.add(key, "bad-effect", message, fix, value=shown(given))
        return SMALLEST_ODDS_RATIO
    return float(given)


def _tables(check: Check, key: Key, what: str, heading: str, most: int) -> int | None:
    """How many tables stand under a heading; None where they are too many."""
    given = check.get(key)
    if given is None:
        return 0
    if not is_list(given) or not all(isinstance(one, Mapping) for one in given):
        fix = f"write `{heading}` on a line of its own before each of them"
        check.add(
            key, "bad-setting", f"`{key[-1]}` is no {what.removeprefix('a ')}.", fix, value=shown(given)
        )
        return 0
    return len(given) if len(given) <= most else None


def _refuse_twice(
    check: Check, entries: Sequence[QuestionSettings | Repetition], message: str, fix: str
) -> None:
    ids: set[str] = set()
    for one in entries:
        if one.id.casefold() in ids:  # files are named after it, and some disks know no capitals
            check.add(one.key("id"), "repeated-key", message, fix, value=one.id)
        ids.add(one.id.casefold())


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()
