"""A return sent back by the national representative, with comments at its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diffuscope.errors import PlanError
from diffuscope.register.database import opened, writing
from diffuscope.register.lookup import member_named
from diffuscope.register.messages import Message, Term, Value
from diffuscope.register.rights import require
from diffuscope.register.waves import current_of, expected_of, open_named
from diffuscope.register.write import act_of, add, change, take_turn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RULE = "sent-back"


def send_back(folder: str | Path, wave: str, member: str, comments: Mapping[str, str], *, person: str) -> int:
    """Send a return back: each comment becomes a question about one project.

    Parameters
    ----------
    folder : str or Path
    wave, member : str
    comments : mapping of str to str
        By project.
    person : str
        The member's national representative, or the secretariat.

    Returns
    -------
    int
        Questions that were asked.

    Raises
    ------
    PlanError
        If there is no comment, or the return is not there to be reviewed.
    """
    with opened(folder), writing():
        from diffuscope.register.form import cells_of
        from diffuscope.register.language import language
        from diffuscope.register.models import Query

        act = act_of(person, why="sent back with comments")
        of, whom = open_named(wave), member_named(member)
        require(act, "clear", whom)
        if not comments:
            raise PlanError(Message("comment-needed"))
        take_turn(whom)
        expected = expected_of(act, of, whom)
        if expected.state not in ("received", "queried", "accepted"):
            said: dict[str, Value] = {"member": whom.name, "state": Term("word", expected.state)}
            raise PlanError(Message("nothing-to-send-back", said))
        rows = {one.project.code: one for one in current_of(of, whom)}
        unknown = [code for code in comments if code not in rows]
        if unknown:
            raise PlanError(Message("not-in-return", {"member": whom.name, "key": unknown[0]}))
        words = language(whom.language)
        asked = [
            Query(
                wave=of,
                member=whom,
                project=rows[code].project,
                sent=rows[code].sent,
                rule=RULE,
                column="title",
                asks=text,
                value=rows[code].title,
                row=filled(cells_of(rows[code], words)),
            )
            for code, text in comments.items()
        ]
        add(act, asked)
        change(act, expected, {"state": "queried"})
        return len(asked)


def filled(cells: Mapping[str, object]) -> dict[str, object]:
    """Cells that say something; zero does."""
    return {name: value for name, value in cells.items() if value not in (None, "")}
