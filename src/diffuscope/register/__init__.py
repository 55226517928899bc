"""The register of a city network: what came in each year, on a database, with its whole history.

Every function takes the folder of the register and the person who acts. Django is imported when it is called.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffuscope.register.answers import settle
    from diffuscope.register.backups import backup, restore
    from diffuscope.register.board import history, queries, reminders, status
    from diffuscope.register.case_in import import_case
    from diffuscope.register.check import check_register
    from diffuscope.register.column_map import save_column_map
    from diffuscope.register.corrections import correct
    from diffuscope.register.create import migrate_register, new_register
    from diffuscope.register.demo import demo_register
    from diffuscope.register.errata import change_list
    from diffuscope.register.exchanges import move_exchange, request_exchange
    from diffuscope.register.export import export_case
    from diffuscope.register.form import write_forms
    from diffuscope.register.indicators import set_indicator
    from diffuscope.register.intake import take_in
    from diffuscope.register.meetings import Meeting, add_meeting, attended
    from diffuscope.register.needs import (
        add_need,
        add_offer,
        match_offer,
        opt_in,
        say_outcome,
        withdraw_need,
    )
    from diffuscope.register.people import invite, link_for
    from diffuscope.register.personal import erase_person, held_about, personal_data
    from diffuscope.register.practices import release_practice, review_practice, take_up, write_practice
    from diffuscope.register.publish import publish_wave
    from diffuscope.register.screens.server import serve
    from diffuscope.register.sent_back import send_back
    from diffuscope.register.studies import ask_study, work
    from diffuscope.register.succession import succeed
    from diffuscope.register.support import withdraw_support, write_support
    from diffuscope.register.waves import accept_return, clear_return, close_wave, mark_return, open_wave

_HOME = {
    "Meeting": "meetings",
    "accept_return": "waves",
    "add_meeting": "meetings",
    "add_need": "needs",
    "add_offer": "needs",
    "ask_study": "studies",
    "attended": "meetings",
    "backup": "backups",
    "change_list": "errata",
    "check_register": "check",
    "clear_return": "waves",
    "close_wave": "waves",
    "correct": "corrections",
    "demo_register": "demo",
    "erase_person": "personal",
    "export_case": "export",
    "held_about": "personal",
    "history": "board",
    "import_case": "case_in",
    "invite": "people",
    "link_for": "people",
    "mark_return": "waves",
    "match_offer": "needs",
    "migrate_register": "create",
    "move_exchange": "exchanges",
    "new_register": "create",
    "open_wave": "waves",
    "opt_in": "needs",
    "personal_data": "personal",
    "publish_wave": "publish",
    "queries": "board",
    "release_practice": "practices",
    "reminders": "board",
    "request_exchange": "exchanges",
    "restore": "backups",
    "review_practice": "practices",
    "save_column_map": "column_map",
    "say_outcome": "needs",
    "send_back": "sent_back",
    "serve": "screens.server",
    "set_indicator": "indicators",
    "settle": "answers",
    "status": "board",
    "succeed": "succession",
    "take_in": "intake",
    "take_up": "practices",
    "withdraw_need": "needs",
    "withdraw_support": "support",
    "work": "studies",
    "write_forms": "form",
    "write_practice": "practices",
    "write_support": "support",
}

__all__ = [
    "Meeting",
    "accept_return",
    "add_meeting",
    "add_need",
    "add_offer",
    "ask_study",
    "attended",
    "backup",
    "change_list",
    "check_register",
    "clear_return",
    "close_wave",
    "correct",
    "demo_register",
    "erase_person",
    "export_case",
    "held_about",
    "history",
    "import_case",
    "invite",
    "link_for",
    "mark_return",
    "match_offer",
    "migrate_register",
    "move_exchange",
    "new_register",
    "open_wave",
    "opt_in",
    "personal_data",
    "publish_wave",
    "queries",
    "release_practice",
    "reminders",
    "request_exchange",
    "restore",
    "review_practice",
    "save_column_map",
    "say_outcome",
    "send_back",
    "serve",
    "set_indicator",
    "settle",
    "status",
    "succeed",
    "take_in",
    "take_up",
    "withdraw_need",
    "withdraw_support",
    "work",
    "write_forms",
    "write_practice",
    "write_support",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'diffuscope.register' has no attribute {name!r}")
    return getattr(import_module(f"diffuscope.register.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
