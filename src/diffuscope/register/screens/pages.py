"""Every page of the register: its address, who may ask for it, and how; the one list that guards them."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote

from diffuscope.errors import DiffuscopeError
from diffuscope.records.phrases import upper_first
from diffuscope.register.language import language
from diffuscope.register.messages import Message, said_in, with_labels
from diffuscope.register.messages import told as told_of

if TYPE_CHECKING:
    from collections.abc import Callable

EVERYBODY: tuple[str, ...] = ()
PEOPLE = ("city", "representative", "secretariat", "chair", "partner")
INSIDE = ("city", "representative", "secretariat", "chair")
"""Those who see more of a wave than what is published of it."""
OFFICERS = frozenset({"secretariat", "chair"})


WORTH_KEEPING = 30
"""Letters from which the text of any other field is shown again, so that nobody writes it twice."""


class Page(NamedTuple):
    """One page.

    Attributes
    ----------
    path : str
        As Django writes it.
    view : str
        Module and function among the screens.
    who : tuple of str
        Kinds of roles that may ask for it; empty: everybody, signed in or not.
    methods : tuple of str
    """

    path: str
    view: str
    who: tuple[str, ...]
    methods: tuple[str, ...] = ("GET",)


BOTH = ("GET", "POST")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot hold (section 2.2), nor text in PostgreSQL some of them."""
SHOWN = dict.fromkeys([*range(32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd")
COMMANDS = tuple(map(re.compile, (
    r": `--\w+`(?=\.)", r"[:;] see `(?:diffuscope )?register [^`]*`",
    r"; (?:change|withdraw) [^`;]*`diffuscope register [^`]*`[^.]*", r"; [^`;.]*with `register [^`]*`",
)))  # fmt: skip
"""How messages name commands and options."""
DIGITS = 19
"""Of the largest number of a row, which takes eight bytes."""
PAGES = (
    Page("", "public.editions", EVERYBODY),
    Page("style.css", "public.style", EVERYBODY),
    Page("editions/<str:wave>/<int:number>", "public.edition", EVERYBODY),
    Page("editions/<str:wave>/<int:number>/map", "atlas.map_page", EVERYBODY),
    Page("editions/<str:wave>/<int:number>/projects", "atlas.projects", EVERYBODY),
    Page("editions/<str:wave>/<int:number>/<str:name>", "public.file", EVERYBODY),
    Page("enter", "entering.sign_in", EVERYBODY, BOTH),
    Page("enter/code", "entering.second_factor", EVERYBODY, BOTH),
    Page("enter/<str:secret>", "entering.invitation", EVERYBODY, BOTH),
    Page("leave", "entering.leave", PEOPLE, ("POST",)),
    Page("me", "people.me", PEOPLE, BOTH),
    Page("waves", "board.waves", INSIDE, BOTH),
    Page("waves/<str:wave>", "board.board", INSIDE),
    Page("waves/<str:wave>/step", "board.step", ("secretariat",), ("POST",)),
    Page("waves/<str:wave>/take-in", "taking_in.take_in", ("secretariat", "representative"), BOTH),
    Page("waves/<str:wave>/headings", "headings.headings", ("secretariat",), BOTH),
    Page("waves/<str:wave>/publish", "publishing.publish", ("secretariat", "chair"), BOTH),
    Page("waves/<str:wave>/publish/<str:name>", "publishing.draft", ("secretariat", "chair")),
    Page("waves/<str:wave>/indicators", "learning.indicators", INSIDE, BOTH),
    Page("waves/<str:wave>/<str:member>", "reporting.returned", INSIDE),
    Page("waves/<str:wave>/<str:member>/compare", "compare.compare", INSIDE),
    Page("waves/<str:wave>/<str:member>/form", "reporting.form_file", INSIDE, ("POST",)),
    Page("waves/<str:wave>/<str:member>/review", "reporting.review", ("representative",), ("POST",)),
    Page("waves/<str:wave>/<str:member>/project", "reporting.row", INSIDE, BOTH),
    Page("waves/<str:wave>/<str:member>/unchanged", "reporting.unchanged", INSIDE, ("POST",)),
    Page("waves/<str:wave>/<str:member>/nothing", "reporting.nothing", INSIDE, ("POST",)),
    Page("queries", "inbox.queries", INSIDE),
    Page("queries/<int:number>", "inbox.query", INSIDE, BOTH),
    Page("projects", "projects.projects", PEOPLE),
    Page("projects/<str:code>", "projects.project", PEOPLE, BOTH),
    Page("desk", "desk.desk", ("secretariat",), BOTH),
    Page("practices", "learning.practices", EVERYBODY),
    Page("practices/write", "learning.begin", ("city", "representative", "secretariat"), ("POST",)),
    Page("practices/<str:code>", "learning.practice", EVERYBODY),
    Page("practices/<str:code>/step", "learning.step", ("city", "representative", "secretariat"), ("POST",)),
    Page("peers/<str:member>", "learning.peers", ("city", "representative", "secretariat")),
    Page("exchanges", "learning.exchanges", INSIDE, BOTH),
    Page("meetings", "meetings.meetings", INSIDE, BOTH),
    Page("needs", "learning.needs", PEOPLE, BOTH),
    Page("support", "support.support", PEOPLE, BOTH),
    Page("support/<int:number>", "support.row", ("secretariat", "partner"), BOTH),
    Page("studies", "study.studies", INSIDE, BOTH),
    Page("studies/<int:number>", "study.report", INSIDE),
    Page("people", "people.people", ("secretariat",), BOTH),
)  # fmt: skip


def urlpatterns() -> list[Any]:
    """Django's patterns of all pages, each guarded."""
    from django.urls import path

    return [path(page.path, guarded(page), name=page.view) for page in PAGES]


def guarded(page: Page) -> Callable[..., Any]:
    """The view of a page, for those who may ask for it in the way they do."""
    from django.views.decorators.http import require_http_methods

    from diffuscope.register.screens.menu import speak

    module, _, name = page.view.rpartition(".")

    def _view(request: Any, **named: Any) -> Any:
        from django.http import Http404
        from django.shortcuts import redirect, render

        if field := unwritable(request):
            why = said_in(Message("control-character", {"field": field}), request.words)
            return render(request, "refused.html", {"why": why, "back": "/"}, status=400)
        if page.who:
            if request.person is None:
                return redirect(f"/enter?next={quote(request.path)}" if request.method == "GET" else "/enter")
            if needs_code(request):
                return redirect("/enter/code")
            if not request.person.kinds & set(page.who):
                raise Http404
        own = getattr(import_module(f"diffuscope.register.screens.{module}"), name)
        if not {"city", "representative", "partner"} & set(page.who) and OFFICERS & set(
            page.who
        ):  # theirs are in English
            speak(request, language("en"))
        try:
            return own(request, **named)
        except DiffuscopeError as error:
            if request.method == "GET":
                raise Http404 from error
            return render(request, "refused.html", _refused(request, error), status=400)

    methods = [*page.methods, *(["HEAD"] if "GET" in page.methods else [])]
    return cast("Callable[..., Any]", require_http_methods(methods)(_view))


def unwritable(request: Any) -> str:
    """A field, or `/` for the address, with a character that no workbook holds; empty where none."""
    texts = [("/", request.path)]
    for sent in (request.GET, request.POST):
        texts += [(name, text) for name, values in sent.lists() for text in (name, *values)]
    texts += [(name, str(one.name)) for name, files in request.FILES.lists() for one in files]
    return next((name.translate(SHOWN) for name, text in texts if UNWRITABLE.search(text)), "")


SECRET = frozenset({"csrfmiddlewaretoken", "password", "again", "code"})
"""Fields that a page never repeats."""
TYPED = frozenset({
    *("why", "answer", "about", "note", "comment", "title", "description", "results", "cost", "conditions"),
    *("contact", "documents", "outcome", "source", "name", "kind", "place", "amount", "value"),
    *("since", "day", "whom", "email", "wave", "baseline", "target", "actual"),
    *("unit_of_measure", "indicator"),
})  # fmt: skip
"""Fields that somebody writes into: shown again, however short, when the page refuses what was sent."""


def _typed(name: str) -> bool:
    return name in TYPED or name.startswith("comment-")


def _refused(request: Any, error: DiffuscopeError) -> dict[str, Any]:
    """What a page says that refuses something: why, where to go back, and what was written, to be copied."""
    own = [
        text
        for name, texts in request.POST.lists()
        for text in texts
        if name not in SECRET and text.strip() and (_typed(name) or "\n" in text or len(text) > WORTH_KEEPING)
    ]
    back = request.path if "GET" in _methods_of(request) else _page_before(request)
    return {"why": why_not(request, error), "back": back, "written": own}


def _methods_of(request: Any) -> tuple[str, ...]:
    found = request.resolver_match
    return next((page.methods for page in PAGES if found is not None and page.view == found.url_name), ())


def _page_before(request: Any) -> str:
    """The page whose form was sent: what stands before the last part of the address."""
    return str(request.path.rpartition("/")[0]) or "/"


def needs_code(request: Any) -> bool:
    """Whether a second factor is still missing: the secretariat and the chair enter with one."""
    person = request.person
    return bool(
        person.kinds & {"secretariat", "chair"} and not person.invented and not request.user.is_verified()
    )


def said(request: Any, text: str) -> None:
    """Say something on the next page, in the language of this one."""
    request.session["said"] = said_in(text, request.words)


def number_of(text: str) -> int:
    """The number that a form's field names; 0, which no row has, where it is none.

    >>> number_of("17"), number_of("²"), number_of("9" * 30), number_of("")
    (17, 0, 0, 0)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < DIGITS else 0


def folder_of() -> Any:
    """The register that is being served."""
    from diffuscope.register.database import the_open

    return the_open()


def why_not(request: Any, error: DiffuscopeError) -> str:
    """Why the register refuses something, in the language of the page."""
    words, problems = request.words, getattr(error, "problems", ())
    if isinstance(error.args[0], Message):
        return said_in(error.args[0], words)
    if words.code == "en":
        return said_in(told(error), words)
    wrong = [told_of(one, "screen").said_in(words) for one in problems if one.level == "error"]
    return " ".join(wrong) or words.screen["not_possible"]


def told(error: DiffuscopeError) -> str:
    """What is wrong with something typed on a page, in words, without places in files."""
    problems = [one for one in getattr(error, "problems", ()) or () if one.level == "error"]
    return " ".join(_problem(one) for one in problems) or shortened(str(error))


def shortened(text: str) -> str:
    """A message without the commands and options that it names: a page has its own.

    >>> shortened("A correction needs a reason: `--why`.")
    'A correction needs a reason.'
    """
    for command in COMMANDS:
        text = command.sub("", text)
    return text


def _problem(one: Any) -> str:
    value = f": `{one.value}`" if one.value and f"`{one.value}`" not in one.message else ""
    fix = f" {upper_first(with_labels(one, one.fix).rstrip('.'))}." if one.fix else ""
    return f"{with_labels(one, one.message).rstrip('.')}{value}.{fix}"
