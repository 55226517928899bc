"""Workbooks to fill in: one per state, with last year's projects, drop-downs and guidance in its language."""

from __future__ import annotations

import hashlib
import hmac
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from diffuscope.register.database import opened, writing
from diffuscope.register.language import language
from diffuscope.register.lookup import member_named
from diffuscope.register.money import from_minor
from diffuscope.register.place import write_private
from diffuscope.register.rights import require
from diffuscope.register.waves import current_of, open_named, previous_of
from diffuscope.register.write import act_of, add, next_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from diffuscope.register.language import Language
    from diffuscope.register.place import Place
    from diffuscope.register.write import Act

COLUMNS = (
    *("key", "unit", "title", "area", "sub_area", "status", "report", "continues", "budget", "currency"),
    *("start_planned", "start", "end_planned", "end", "percent_complete", "partner", "description", "note"),
)
SHEET, LISTS = "register", "lists"
"""Sheets that nobody sees: what the workbook is, and the words of its drop-downs."""
HEADINGS = 4
"""Row of the headings, counted from 0."""
EMPTY_ROWS = 60
"""Rows below the projects that are made ready for new ones."""
WIDTHS = {"title": 46, "note": 36, "description": 46, "question": 70, "area": 24, "sub_area": 24}


class Content(NamedTuple):
    """What a workbook shows.

    Attributes
    ----------
    form : Form
    title : str
    rows : list of mapping of str to value
        Cells by column.
    question : bool
        Whether it asks about single rows.
    """

    form: Any
    title: str
    rows: Sequence[Mapping[str, Any]]
    question: bool = False


def write_forms(
    folder: str | Path, wave: str, *, person: str, out: str | Path | None = None, members: Sequence[str] = ()
) -> list[Path]:
    """Workbooks for a wave: one for each state that is asked, filled with what the register knows.

    Parameters
    ----------
    folder : str or Path
    wave : str
        One that is open.
    person : str
    out : str or Path, optional
        Where they go; by default `forms` in the folder of the register.
    members : sequence of str, optional
        States; by default all that are asked.

    Returns
    -------
    list of Path
    """
    with opened(folder) as place:
        made = _made(act_of(person), place, wave, members)
        target = Path(out) if out is not None else place.folder / "forms"
        target.mkdir(parents=True, exist_ok=True)
        for name, data in made.items():
            write_private(target / name, data)
    return [target / name for name in made]


def _made(act: Act, place: Place, wave: str, members: Sequence[str]) -> dict[str, bytes]:
    """Workbooks by the name of their file."""
    from diffuscope.register.models import ExpectedReturn

    with writing():
        of = open_named(wave)
        asked = [one.member for one in ExpectedReturn.objects.filter(wave=of).select_related("member")]
        chosen = [member_named(name) for name in members] or [one for one in asked if one.state_id is None]
        for one in chosen:
            require(act, "report", one)
        return {f"{wave}-{_file_name(one.name)}.xlsx": form_workbook(act, place, of, one) for one in chosen}


def form_workbook(act: Act, place: Place, wave: Any, member: Any) -> bytes:
    """One state's workbook, and the row that remembers with what it was filled."""
    return workbook(place, form_content(act, wave, member), language(member.language))


def form_content(act: Act, wave: Any, member: Any) -> Content:
    """What one state's workbook shows: what the register knows of its projects."""
    from diffuscope.register.models import Form

    now = {(one.project_id, one.city_id): one for one in previous_of(wave, member)}
    now |= {(one.project_id, one.city_id): one for one in current_of(wave, member)}
    observed = sorted(now.values(), key=lambda one: (one.city.name, one.folded, one.pk))
    form = Form(
        wave=wave,
        member=member,
        made=act.at,
        keys={one.project.code: one.pk for one in observed},
        version=next_version(Form.objects.filter(wave=wave, member=member)),
    )
    add(act, [form])
    words = language(member.language)
    title = words.text["title"].format(member=member.name, wave=wave.code)
    return Content(form, title, [cells_of(one, words) for one in observed])


def cells_of(one: Any, words: Language) -> dict[str, Any]:
    """An observation as the cells of a workbook."""
    fields = ("title", "area", "sub_area", "currency", "start_planned", "start", "end_planned", "end")
    return {
        "key": one.project.code,
        "unit": "; ".join([one.city.name, *_named_units(one.further)]),
        "status": words.status.get(one.status, ""),
        "budget": from_minor(one.budget_minor, one.currency),
        "percent_complete": one.percent_complete,
        "partner": "; ".join(filter(None, one.partner.split(";"))),
        **{name: getattr(one, name) for name in (*fields, "description", "note")},
    }


def token(place: Place, form: Any) -> str:
    """By what a workbook proves that the register made it: a keyed hash (HMAC, RFC 2104) of what it is."""
    says = f"{form.pk}|{form.wave.code}|{form.member.code}|{form.kind}|{form.version}"
    return hmac.new(place.key.encode(), says.encode(), hashlib.sha256).hexdigest()[:32]


def about_form(place: Place, form: Any) -> dict[str, str]:
    """What the hidden sheet of a workbook says it is."""
    says = {"form": form.pk, "wave": form.wave.code, "member": form.member.code, "kind": form.kind}
    says |= {"version": form.version, "token": token(place, form)}
    return {name: str(value) for name, value in says.items()}


def workbook(place: Place, content: Content, words: Language) -> bytes:
    """The bytes of a workbook: the projects, guidance, and two sheets that nobody sees."""
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet(words.sheet["questions" if content.question else "projects"])
    columns = ("question", *COLUMNS) if content.question else COLUMNS
    _write_rows(book, sheet, content, (columns, words))
    _write_lists(book, sheet, content, (columns, words))
    guidance = book.add_worksheet(words.sheet["guidance"])
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    guidance.set_column(0, 0, 100, wrap)
    for at, line in enumerate(words.guidance):
        guidance.write_string(at, 0, line, wrap)
    about = book.add_worksheet(SHEET)
    for at, (name, value) in enumerate(about_form(place, content.form).items()):
        about.write_string(at, 0, name)
        about.write_string(at, 1, value)
    about.very_hidden()
    book.close()
    return out.getvalue()


def _write_rows(
    book: Workbook, sheet: Worksheet, content: Content, layout: tuple[Sequence[str], Language]
) -> None:
    columns, words = layout
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format(
        {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#DCE6F1"}
    )
    key = book.add_format({"font_color": "#7F7F7F", "bg_color": "#EDEDED", "num_format": "@"})
    free = book.add_format({"locked": False, "num_format": "@", "text_wrap": True, "valign": "top"})
    number = book.add_format({"locked": False, "valign": "top"})
    sheet.write_string(0, 0, content.title, bold)
    due = content.form.wave.due
    sheet.write_string(1, 0, words.text["due"].format(due=due.isoformat()) if due else "")
    sheet.write_string(2, 0, words.text["nothing"])
    sheet.write_blank(2, 1, None, free)
    for place, name in enumerate(columns):
        sheet.write_string(HEADINGS, place, words.heading[name], head)
        numeric = name in ("budget", "percent_complete")
        locked = name == "question" or (name == "key" and not content.question)
        cell_format = key if locked else number if numeric else free
        sheet.set_column(place, place, WIDTHS.get(name, 16))
        for at in range(len(content.rows) + (0 if content.question else EMPTY_ROWS)):
            value = content.rows[at].get(name) if at < len(content.rows) else None
            _write_cell(sheet, (HEADINGS + 1 + at, place), value, cell_format)
    sheet.freeze_panes(HEADINGS + 1, 3)
    sheet.protect(
        "",
        {
            "format_cells": True,
            "format_columns": True,
            "format_rows": True,
            "sort": True,
            "autofilter": True,
            "insert_rows": True,
            "delete_rows": True,
        },
    )


def _write_cell(sheet: Worksheet, at: tuple[int, int], value: Any, cell_format: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(*at, None, cell_format)
    elif isinstance(value, float | int):
        sheet.write_number(*at, value, cell_format)
    else:
        sheet.write_string(*at, str(value), cell_format)


def _write_lists(
    book: Workbook, sheet: Worksheet, content: Content, layout: tuple[Sequence[str], Language]
) -> None:
    """Drop-downs; their words stand in a sheet, as a list in the cell itself may have 255 letters at most."""
    from diffuscope.register.models import Area, Member

    columns, words = layout
    cities = Member.objects.filter(state=content.form.member, retired=False).order_by("name")
    areas = Area.objects.filter(retired=False)
    lists = {
        "unit": [one.name for one in cities] or [content.form.member.name],
        "area": list(dict.fromkeys(areas.values_list("area", flat=True))),
        "sub_area": list(dict.fromkeys(filter(None, areas.values_list("sub_area", flat=True)))),
        "status": list(words.status.values()),
        "report": [word for name, word in words.report.items() if content.question or name != "leave_out"],
    }
    hidden = book.add_worksheet(LISTS)
    last = HEADINGS + len(content.rows) + (0 if content.question else EMPTY_ROWS)
    for place, (name, choices) in enumerate(lists.items()):
        for at, choice in enumerate(choices):
            hidden.write_string(at, place, choice)
        if choices and name in columns:
            column, letter = columns.index(name), chr(ord("A") + place)
            source = f"={LISTS}!${letter}$1:${letter}${len(choices)}"
            says = {"validate": "list", "source": source, "error_type": "warning"}
            sheet.data_validation(HEADINGS + 1, column, max(last, HEADINGS + 1), column, says)
    sheet.data_validation(2, 1, 2, 1, {"validate": "list", "source": [words.text["tick"]]})
    hidden.very_hidden()


def _named_units(codes: str) -> list[str]:
    from diffuscope.register.models import Member

    names = dict(
        Member.objects.filter(code__any_of=filter(None, codes.split(";"))).values_list("code", "name")
    )
    return [names.get(code, code) for code in codes.split(";") if code]


def _file_name(name: str) -> str:
    """A name that any file system takes."""
    return "".join(letter if letter.isalnum() else "-" for letter in name).strip("-").lower() or "member"
