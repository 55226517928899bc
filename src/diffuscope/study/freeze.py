"""Preregistration: the questions of a case hashed before its data are looked at, and compared at the run."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from diffuscope.case.frozen import FROZEN, MEANINGFUL, write_frozen
from diffuscope.case.read import read_case
from diffuscope.errors import CaseError, PlanError
from diffuscope.mechanisms import mechanisms
from diffuscope.records import Freeze, FrozenQuestions
from diffuscope.study.rules import stance_rules
from diffuscope.verdicts import verdict_rule

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from diffuscope.case import Case
    from diffuscope.records import Analysis

COVERS = (
    "Every question as stated (policies, units, window, period, tier, waves, layers, lags, covariates, "
    "model, repetitions), the layers, forms, rivals and criteria of the mechanisms, and the rules of stances "
    "and verdicts. No adoption, outcome or passage was read."
)


def freeze_questions(case: str | os.PathLike[str]) -> FrozenQuestions:
    """Preregister the questions of a case: write their hash into its folder before the data are looked at.

    Only `case.toml` and the tables that say which units, policies and variables a question names are read:
    `units`, `policies`, `attributes`. Adoptions, outcomes and evidence are not. `run_study` then says whether
    the questions were kept.

    Parameters
    ----------
    case : str or path
        A case folder.

    Returns
    -------
    FrozenQuestions
        What was written into `frozen.json`. Where the same questions were frozen before, they stay as they
        are, with their date.

    Raises
    ------
    CaseError
        If the questions cannot be read.
    PlanError
        If this is no folder, the case asks nothing, or other questions were frozen before.
    """
    folder = Path(case)
    if not folder.is_dir():
        fix = "unpack it into a folder" if folder.is_file() else "name the folder that holds its `case.toml`"
        raise PlanError(f"Only a case folder can be frozen, and `{case}` is none: {fix}.")
    read = read_case(folder, tables=MEANINGFUL)
    errors = [problem for problem in read.problems if problem.level == "error"]
    if errors:
        raise CaseError(f"The questions of `{read.id}` cannot be frozen before they are correct.", errors)
    if not read.analyses:
        raise PlanError(f"The case `{read.id}` asks no question: add an [[analysis]] to `case.toml`.")
    if read.frozen is not None:
        changes = _changes(read.frozen, read)
        if changes:
            raise PlanError(
                f"Other questions were frozen on {read.frozen.date}; changed since: {', '.join(changes)}. "
                f"Restore them, or delete `{folder / FROZEN}` to freeze them again and lose that date."
            )
        return read.frozen
    frozen = _frozen(read)
    write_frozen(frozen, folder)
    return frozen


def freeze_state(case: Case) -> Freeze:
    """Whether the questions of a case are those that were frozen, and what differs."""
    frozen = case.frozen
    if frozen is None:
        return Freeze(state="never frozen")
    changes = tuple(_changes(frozen, case))
    return Freeze(
        state="changed" if changes else "kept",
        sha256=frozen.sha256,
        date=frozen.date,
        version=frozen.version,
        changes=changes,
    )


def _frozen(case: Case) -> FrozenQuestions:
    made = FrozenQuestions(
        sha256="",
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        version=version("diffuscope"),
        covers=COVERS,
        questions={analysis.id: _question_fields(analysis, case) for analysis in case.analyses},
        mechanisms=_mechanisms(),
        rules=_rules(networks=any(one.inferred is not None for one in case.analyses)),
    )
    return msgspec.structs.replace(made, sha256=_hash(made))


def _changes(frozen: FrozenQuestions, case: Case) -> list[str]:
    """What of the questions, mechanisms and rules differs from what was frozen, in that order."""
    if _hash(frozen) != frozen.sha256:
        return [f"`{FROZEN}` itself: its content does not match its hash"]
    now = _frozen(case)
    return [
        *_differing("question", frozen.questions, now.questions),
        *_differing("mechanism", frozen.mechanisms, now.mechanisms),
        *(
            f"the rule of {name}"
            for name in dict.fromkeys([*frozen.rules, *now.rules])
            if frozen.rules.get(name) != now.rules.get(name)
        ),
    ]


def _differing(
    what: str, before: Mapping[str, Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name in dict.fromkeys([*before, *now]):
        if name not in now:
            yield f"the {what} `{name}` is gone"
        elif name not in before:
            yield f"the {what} `{name}` is new"
        else:
            was, is_ = before[name], now[name]
            keys = [key for key in dict.fromkeys([*was, *is_]) if was.get(key) != is_.get(key)]
            if keys:
                yield f"the {what} `{name}`: {', '.join(keys)}"


def _question_fields(analysis: Analysis, case: Case) -> dict[str, Any]:
    """A question without what is as by default, so that keys which come later change no older hash."""
    fields = _record_fields(analysis)
    fields["repeat"] = {again.id: _record_fields(again) for again in analysis.repeat}
    fields["waves"] = dict(case.waves) if analysis.period == "wave" else {}
    return {key: value for key, value in fields.items() if value}


def _record_fields(record: msgspec.Struct) -> dict[str, Any]:
    # as the file holds it: tuples are lists there
    fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    for field in msgspec.structs.fields(record):
        if field.default is not msgspec.NODEFAULT and getattr(record, field.name) == field.default:
            fields.pop(field.encode_name)
    for name in ("policies", "units"):
        if fields.get(name):
            fields[name] = sorted(fields[name])  # their order in the table says nothing
    # what is only told, and asks nothing
    return {key: value for key, value in fields.items() if key not in ("note", "says")}


def _mechanisms() -> dict[str, dict[str, Any]]:
    return {
        name: {
            "layers": list(mechanism.layers),
            "form": mechanism.form,
            "acts": mechanism.acts,
            "rivals": list(mechanism.rivals),
            "criteria": {item.id: item.role for item in mechanism.all_criteria},
        }
        for name, mechanism in mechanisms().items()
    }


def _rules(*, networks: bool) -> dict[str, str]:
    """Hash of each rule; that of inferred networks only where a question asks for one."""
    from diffuscope.networks.stance import network_stance_rules

    stances = stance_rules()
    rules = {
        "verdicts": [msgspec.to_builtins(row) for row in verdict_rule()],
        "evidence": [msgspec.to_builtins(row) for row in stances if row.body == "evidence"],
        "statistics": [msgspec.to_builtins(row) for row in stances if row.body == "statistics"],
    }
    if networks:
        rules["inferred networks"] = [msgspec.to_builtins(row) for row in network_stance_rules()]
    return {name: _sha256(rows) for name, rows in rules.items()}


def _hash(frozen: FrozenQuestions) -> str:
    return _sha256([frozen.questions, frozen.mechanisms, frozen.rules])


def _sha256(content: object) -> str:
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
