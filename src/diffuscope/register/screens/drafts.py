"""Drafts of a form: kept for whoever wrote them, and seen by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diffuscope.register.rights import visible

if TYPE_CHECKING:
    from diffuscope.register.screens.row_form import RowForm


def drafts_of(wave: Any, member: Any, person: Any) -> list[Any]:
    """A person's drafts of a member's return."""
    from diffuscope.register.models import Draft

    return list(visible(Draft.objects.filter(wave=wave, member=member, retired=False), person))


def draft_of(person: Any, wave: Any, member: Any, key: str) -> Any:
    """A person's draft of one project; None where there is none."""
    from diffuscope.register.models import Draft

    return visible(Draft.objects.filter(wave=wave, member=member, key=key, retired=False), person).first()


def save_draft(person: Any, wave: Any, member: Any, form: RowForm) -> None:
    """Keep a form as it stands."""
    from diffuscope.register.database import writing
    from diffuscope.register.models import Draft
    from diffuscope.register.rights import require
    from diffuscope.register.write import act_of, add, change

    with writing():
        act = act_of(person.code, channel="form", why="kept a draft")
        require(act, "report", member)
        there = draft_of(person, wave, member, form.key)
        if there is not None:
            change(act, there, {"cells": dict(form.cells)})
        else:
            add(act, [Draft(wave=wave, member=member, person=person, key=form.key, cells=dict(form.cells))])


def drop_draft(person: Any, wave: Any, member: Any, form: RowForm) -> None:
    """Take a draft away once it is reported."""
    from diffuscope.register.database import writing
    from diffuscope.register.write import act_of, change

    there = draft_of(person, wave, member, form.key)
    if there is not None:
        with writing():
            change(act_of(person.code, channel="form", why="reported"), there, {"retired": True, "cells": {}})
