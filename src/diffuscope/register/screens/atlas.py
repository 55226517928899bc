"""An edition place by place: its map and the list of its projects, read from its frozen files alone."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, Any

from diffuscope.register.messages import Message
from diffuscope.register.screens.files import edition_result
from diffuscope.register.screens.lists import page_of
from diffuscope.register.screens.pages import folder_of
from diffuscope.register.screens.public import published

if TYPE_CHECKING:
    from pathlib import Path

    from diffuscope.report.edition.places import City, Places

AT_ONCE = 100
ROWS = 200
"""Cities in one page of the table below the map."""
LEAST, STEP = 6.0, 4.5
"""Radius of the mark of a city, in steps of the map, and what it grows by with the root of its projects."""
SAID = {"silent": "count-silent", "unknown": "count-silent", "": "count-not-known"}
"""Messages of how many projects a city has where that is not known, by the state of its return."""
CHOICES = ("state", "area", "status")


def map_page(request: Any, wave: str, number: int) -> Any:
    """The cities of an edition on a map, and the same as a table."""
    from django.shortcuts import render

    one = published(wave, number)
    places = places_of(folder_of().editions / one.file, wave)
    pages = page_of(request, places.cities, at_once=ROWS)
    marks = [
        (city, *city.at, LEAST if not city.projects else LEAST + STEP * sqrt(city.projects))
        for city in sorted(places.cities, key=lambda city: -(city.projects or 0))
        if city.at is not None
    ]
    shown = {
        "edition": one, "places": places, "marks": marks, "network": folder_of().network,
        "pages": pages, "cities": [(city, counted(city)) for city in pages.object_list],
    }  # fmt: skip
    return render(request, "edition_map.html", shown)


def projects(request: Any, wave: str, number: int) -> Any:
    """The projects of an edition, found by words, country, area, status or city."""
    from django.shortcuts import render

    from diffuscope.register.search import search_key

    one = published(wave, number)
    packed = folder_of().editions / one.file
    places = places_of(packed, wave)
    asked = {name: request.GET.get(name, "")[:200] for name in (*CHOICES, "city", "q")}
    words = [search_key(word) for word in asked["q"].split()]
    found = [
        row
        for row, key in zip(places.projects, _keys_of(packed, wave), strict=True)
        if all(not asked[name] or asked[name] == getattr(row, name) for name in CHOICES)
        and (not asked["city"] or asked["city"] in row.units)
        and all(word in key for word in words)
    ]
    own = next((city for city in places.cities if city.unit == asked["city"]), None)
    choices = {
        name: {getattr(row, name): row for row in places.projects if getattr(row, name)} for name in CHOICES
    }
    shown = {
        "edition": one, "network": folder_of().network, "asked": asked, "count": len(found),
        "pages": page_of(request, found, at_once=AT_ONCE), "narrowed": any(asked.values()),
        "choices": [(name, sorted(choices[name].items()), asked[name]) for name in CHOICES],
        "city": own, "says": counted(own) if own is not None else "",
    }  # fmt: skip
    return render(request, "edition_projects.html", shown)


def counted(city: City) -> str:
    """How many projects a city has, in words: what is not known is no zero."""
    if city.projects is None:
        return Message(SAID.get(city.standing, "count-unlisted"))
    if not city.projects:
        return Message("count-nil")
    count = str(city.projects)
    return Message("count-carried", {"count": count}) if city.standing == "carried forward" else count


@lru_cache(maxsize=8)
def _keys_of(packed: Path, wave: str) -> tuple[str, ...]:
    """What a search compares of each project of an edition."""
    from diffuscope.register.search import search_key

    return tuple(search_key(f"{row.title}\n{row.city}") for row in places_of(packed, wave).projects)


@lru_cache(maxsize=8)  # what is published never changes
def places_of(packed: Path, wave: str) -> Places:
    """Cities, projects and map of the frozen file of an edition."""
    from django.http import Http404

    from diffuscope.report import edition_places

    with edition_result(packed) as result:
        if result is None:
            raise Http404
        return edition_places(result, wave)
