"""The network that a question asks for under `[analysis.inferred]`, each setting checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast, get_args

from diffuscope.case.values import is_list, shown
from diffuscope.records.inferred import AskedNetwork, Delay, Objective, TiesInTime

if TYPE_CHECKING:
    from diffuscope.case.settings import Check, Key

NETWORK_KEYS = ("edges", "stop", "delay", "rate", "ties", "dialect", "draws")
DELAYS: tuple[Delay, ...] = get_args(Delay)
EXPONENTIAL, _, LOG_NORMAL, POWER_LAW = DELAYS
TIES: tuple[TiesInTime, ...] = get_args(TiesInTime)
DIALECTS: tuple[Objective, ...] = get_args(Objective)
STOP = 0.05
"""Stopping score where neither it nor a number of edges is given."""
DRAWS = 100
MOST_EDGES, MOST_DRAWS = 1_000_000, 10_000


def asked_network(check: Check, key: Key) -> AskedNetwork | None:
    """How a network is to be inferred; None where the question asks for none."""
    given = check.get(key)
    if given is None:
        return None
    if not isinstance(given, Mapping):
        fix = "write `[analysis.inferred]` on a line of its own and below it `edges = 100`"
        check.add(key, "bad-setting", "`inferred` is not a table of settings.", fix, value=shown(given))
        return None
    check.keys(key, NETWORK_KEYS, given, "`[analysis.inferred]`")
    edges, stop = _edges(check, key), _stop(check, key)
    if edges is not None and stop is not None:
        message = "`edges` and `stop` both say where the search ends."
        check.add((*key, "stop"), "bad-setting", message, "keep `edges`, or keep `stop`")
    if edges is None and stop is None:
        stop = STOP
    delay = cast("Delay", check.choice((*key, "delay"), DELAYS) or EXPONENTIAL)
    return AskedNetwork(
        edges=edges,
        stop=stop,
        delay=delay,
        rate=_rate(check, (*key, "rate"), delay),
        ties=cast("TiesInTime", check.choice((*key, "ties"), TIES) or "never"),
        dialect=cast("Objective", check.choice((*key, "dialect"), DIALECTS) or "R"),
        draws=_whole(check, (*key, "draws"), 20, MOST_DRAWS) or DRAWS,
    )


def _edges(check: Check, key: Key) -> int | None:
    return _whole(check, (*key, "edges"), 1, MOST_EDGES)


def _whole(check: Check, key: Key, least: int, most: int) -> int | None:
    given = check.get(key)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        message = f"`{key[-1]}` is not a whole number from {least} to {most:,}."
        check.add(
            key, "bad-setting", message, f"write a number such as {max(least, 100)}", value=shown(given)
        )
        return None
    return given


def _stop(check: Check, key: Key) -> float | None:
    given = check.get((*key, "stop"))
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < 1:
        message = "`stop` is not a number between 0 and 1."
        check.add((*key, "stop"), "bad-setting", message, f"write {STOP:g}", value=shown(given))
        return None
    return float(given)


def _rate(check: Check, key: Key, delay: Delay) -> tuple[float, ...]:
    """Parameters of the delay, in periods; none where they are to be estimated."""
    given = check.get(key)
    if given is None:
        return ()
    numbers: list[Any] = list(cast("list[Any]", given)) if is_list(given) else [given]
    right = all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers)
    least = 1 if delay == POWER_LAW else 0
    if delay == LOG_NORMAL:
        right = right and len(numbers) == 2 and numbers[1] > 0
    else:
        right = right and len(numbers) == 1 and numbers[0] > least
    if not right:
        needs = "two numbers, μ and σ, with σ above 0" if delay == LOG_NORMAL else f"a number above {least}"
        message = f"`rate` is not what {delay} delays need: {needs}."
        fix = f"write {needs}; without `rate` it is estimated"
        check.add(key, "bad-setting", message, fix, value=shown(given))
        return ()
    return tuple(float(one) for one in numbers)
