"""A member's projects in two waves side by side, as its focal points, its state and the network see them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from diffuscope.records.phrases import lower_first
from diffuscope.register.screens.lists import page_of

AT_ONCE = 200
KINDS = {
    "changed": "changed", "new": "new", "same": "as_was", "not reported": "not_yet",
    "nothing": "nothing_reported", "unknown before": "unknown_before", "left out": "left_out",
    "ended": "ended_before",
}  # fmt: skip
"""What became of a project, and the word of the page for it, in the order in which they are counted."""


def compare(request: Any, wave: str, member: str) -> Any:
    """A member's wave beside an earlier one, by default the last before it."""
    from django.http import Http404
    from django.shortcuts import redirect, render

    from diffuscope.register.compare import compared, may_compare
    from diffuscope.register.export import ordered_waves
    from diffuscope.register.lookup import wave_named
    from diffuscope.register.models import Member, Wave
    from diffuscope.register.rights import own_cities
    from diffuscope.register.screens.menu import words_of

    later = wave_named(wave)
    whose = Member.objects.filter(code=member, retired=False).select_related("state").first()
    waves = ordered_waves(Wave.objects.filter(retired=False))
    before = waves[: [one.pk for one in waves].index(later.pk)]
    if whose is None or not before:
        raise Http404
    own = (one for one in own_cities(request.person) if one.state_id == whose.pk)
    if (city := next(own, None)) is not None:
        return redirect(f"/waves/{wave}/{city.code}/compare")  # a focal point comes from its state
    asked = request.GET.get("with", before[-1].code)
    earlier = next((one for one in before if one.code == asked), None)
    if earlier is None or not may_compare(request.person, whose, [earlier, later]):
        raise Http404
    words = words_of(request)
    said = {**words.screen, "nothing_reported": words.text["nothing"]}
    rows = compared(whose, (earlier, later), request.person, words)
    pages = page_of(request, rows, at_once=AT_ONCE)
    counts = Counter(one.kind for one in rows)
    shown = {
        "wave": later, "earlier": earlier, "before": before, "member": whose,
        "pages": pages, "rows": [(one, said[KINDS[one.kind]]) for one in pages.object_list],
        "counts": [(counts[kind], lower_first(said[word])) for kind, word in KINDS.items() if counts[kind]],
    }  # fmt: skip
    return render(request, "compare.html", shown)
