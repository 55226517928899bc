"""Bounds on work that grows with the square of a case: how much is done at most, and what is said beyond.

Every step that compares all of something with all of it, or multiplies two sizes of a case, has its bound
here and nowhere else. What is refused says so by name; what is skipped is told with how much of it there is.
"""

from __future__ import annotations

from typing import NamedTuple

from diffuscope.errors import MethodError


class Bound(NamedTuple):
    """How much of one step is done at most.

    Attributes
    ----------
    step : str
        What is done, as a sentence begins.
    most : int
    of : str
        What is counted.
    why : str
        What that much takes.
    refusal : str
        What happens beyond.
    beyond : str
        What to do about it.
    """

    step: str
    most: int
    of: str
    why: str
    refusal: str
    beyond: str


PAIRS_OF_UNITS = Bound(
    "Ties of all units with all others",
    25_000_000,
    "pairs of units",
    "5,000 units with all others: 12 bytes a pair, three times that while they are computed",
    "Refused: at the check where a question names the layer, else by the record of the exposure.",
    "Give the ties that matter as rows of `ties`, such as those to the nearest.",
)
PANEL_ROWS = Bound(
    "Rows at risk",
    200_000_000,
    "rows of units, policies and periods",
    "some 20 GB",
    "Refused.",
    "Shorten the panel by `window`, or count longer periods.",
)
SPELLS_AT_RISK = Bound(
    "Units at risk of each policy",
    20_000_000,
    "pairs of a unit and a policy",
    "some 2 GB, before a row is made",
    "Refused.",
    "Use fewer units or policies.",
)
DYADS = Bound(
    "Pairs of receiver and sender by period",
    200_000_000,
    "rows of pairs",
    "some 20 GB",
    "Refused.",
    "Shorten the window, or take fewer units or policies.",
)
DECIDED_APART = Bound(
    "Exposure of units that decided together",
    50_000_000,
    "states of senders by period and decision",
    "400 MB a layer",
    "Refused, by the record of the exposure.",
    "Count longer periods, or leave `decision` empty where a decision has one date.",
)
EXCHANGED_COVARIATES = Bound(
    "Covariates of all units in the place of all others",
    50_000_000,
    "values of units, periods and covariates",
    "400 MB",
    "The safeguard is missing, with the reason.",
    "Use fewer units or covariates.",
)
TITLES = Bound(
    "Titles without a link, compared with earlier titles of the same units",
    5_000_000,
    "pairs of titles",
    "five seconds",
    "Rows are left out and counted in a warning (`not-compared`).",
    "Write `project` into these rows, or give a register with several units.",
)
NAMES_OF_UNITS = Bound(
    "Units that came beside units with a nearly equal name",
    50_000_000,
    "pairs of names (one compared letter by letter counts 200)",
    "ten seconds",
    "Rows are left out and counted in a warning (`not-compared`).",
    "Write `project` into these rows, or the old names of units into `units.aliases`.",
)
PEERS = Bound(
    "Projects of one area, compared with those that are further along",
    400_000_000,
    "pairs of projects",
    "five seconds",
    "Areas are left out and counted in a warning (`not-compared`).",
    "Give projects finer areas.",
)
PREDECESSORS = Bound(
    "Projects with all that went before them",
    1_000_000,
    "pairs of a project and one that it succeeds, however many steps back",
    "two seconds",
    "Refused at the check (`too-much-to-compare`).",
    "Name in `succeeds` only the projects of the wave before.",
)
RETURNS = Bound(
    "Returns that may be expected",
    5_000_000,
    "pairs of a unit and a wave",
    "one gigabyte",
    "Refused at the check (`too-much-to-compare`).",
    "Remove units from `units` that were never in the network, or split the case.",
)
SUGGESTIONS = Bound(
    "Unknown names, compared with all known names",
    4_000_000,
    "pairs of names",
    "two seconds a column",
    "No nearest name is offered, and the fix says so.",
    "Fix the first ones and check again.",
)
SPELLINGS = Bound(
    "Unknown spellings in one column, compared with the words it allows",
    20_000,
    "spellings",
    "a second a column",
    "The rest is not compared, and a warning says so (`not-compared`).",
    "Fix the first ones and check again.",
)
PIVOTAL = Bound(
    "Evidence judged again without each passage",
    3_600,
    "passages judged, over all that are left out",
    "a second a mechanism",
    "Of more than 60 passages, only the most heavily weighted are left out in turn; the result says how many "
    "(`pivotal_tried`).",
    "Nothing: what is not tried moves the probability least.",
)
CONDITIONAL = Bound(
    "Choices of rows with an event, for an exact conditional likelihood",
    200_000_000,
    "pairs of a row and an event of its stratum or risk set",
    "some minutes for each step of the search",
    "Refused.",
    "Use narrower strata, or Efron's approximation for ties.",
)

BOUNDS = (
    PAIRS_OF_UNITS, SPELLS_AT_RISK, PANEL_ROWS, DYADS, DECIDED_APART, EXCHANGED_COVARIATES, TITLES,
    NAMES_OF_UNITS, PEERS,
    PREDECESSORS, RETURNS, SUGGESTIONS, SPELLINGS, PIVOTAL, CONDITIONAL,
)  # fmt: skip
"""All of them, as the documentation lists them."""


def refuse_beyond(bound: Bound, count: int) -> None:
    """Refuse a step that would take more than its bound.

    Parameters
    ----------
    bound : Bound
    count : int

    Raises
    ------
    MethodError
    """
    if count > bound.most:
        raise MethodError(f"{bound.step}: {too_many(bound, count)} {bound.beyond}")


def too_many(bound: Bound, count: int) -> str:
    """How much there is, and how much is done at most, in words."""
    return f"there are {count:,} {bound.of}; {bound.most:,} are compared at most."


class Allowance:
    """How much of a bounded step is left to be done, and what had to be left out.

    Parameters
    ----------
    bound : Bound

    Examples
    --------
    >>> left = Allowance(SPELLINGS._replace(most=5))
    >>> left.takes(3), left.takes(3), left.takes(2), left.skipped
    (True, False, True, 1)
    """

    def __init__(self, bound: Bound) -> None:
        self.bound = bound
        self.skipped = 0
        self._left = bound.most

    def takes(self, count: int) -> bool:
        """Whether so much more fits; what does not is counted as left out."""
        fits = count <= self._left
        self._left -= count if fits else 0
        self.skipped += not fits
        return fits
