"""How large a formula is, and whether it can be read in one way only, before it is multiplied out."""

from __future__ import annotations

from typing import Any

from diffuscope.errors import PlanError

LONGEST = 5_000
"""Characters of a formula."""
MOST_TERMS = 1_000
"""Terms of a formula as it is multiplied out, each as often as it is made: `(a + b)**3` makes 8."""
DEEPEST = 30
"""How far brackets may stand inside each other."""
MOST_SIGNS = 3
"""Operators in a row, as in `a + -b`."""
MOST_OPERATIONS = 100
"""Signs in one expression such as `{a / b}`."""
_SIGNS = frozenset("+-~*/%<>=!&|^@,")


def refuse_large(text: str) -> None:
    """Refuse a formula that would take no end of time or memory.

    Raises
    ------
    PlanError
        If it is longer than 5,000 characters, makes more than a thousand terms, or its brackets or signs
        stand too far inside each other.
    formulaic.errors.FormulaParsingError
        If it cannot be read.
    """
    if len(text) > LONGEST:
        raise _too_large(text)
    from formulaic.parser.algos.tokenize import tokenize
    from formulaic.parser.parser import DefaultFormulaParser

    depth = 0
    for token in tokenize(text):
        kind, sign = token.kind.value if token.kind else "", token.token
        # only the tokens are read here: multiplying a formula out is what takes the time and memory
        depth += (sign in "([") - (sign in ")]") if kind == "context" else 0
        if depth > DEEPEST or (kind == "operator" and len(sign) > MOST_SIGNS and not sign.isalpha()):
            raise _too_large(text)
        if kind == "python" and (
            sum(map(_SIGNS.__contains__, sign)) > MOST_OPERATIONS or _deep(sign) > DEEPEST
        ):
            raise _too_large(text)
    tree = DefaultFormulaParser().get_ast(text)
    if _count(tree) > MOST_TERMS:
        raise _too_large(text)
    _refuse_ambiguous(text, tree)


def _deep(text: str) -> int:
    """How far brackets stand inside each other."""
    depth = most = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        most = max(most, depth)
    return most


def _too_large(text: str) -> PlanError:
    return PlanError(
        f"The formula `{text[:60]}{'…' if len(text) > 60 else ''}` is too large. The limits are {LONGEST:,} "
        f"characters, {MOST_TERMS:,} terms after expansion, brackets {DEEPEST} deep, {MOST_SIGNS} "
        f"signs in a row and {MOST_OPERATIONS} in an expression. Write out the terms that you need."
    )


def _refuse_ambiguous(text: str, tree: Any) -> None:
    """Refuse a column and an expression of one name: formulaic would take one for the other."""
    kinds: dict[str, str] = {}
    left = [tree]
    while left:
        node = left.pop()
        if hasattr(node, "operator"):
            left += node.args
        elif node is not None and kinds.setdefault(node.token, node.kind.value) != node.kind.value:
            raise PlanError(
                f"In the formula `{text}` two terms have the name `{node.token}`, a column and an "
                "expression: rename the column."
            )


def _count(tree: Any) -> int:
    """Terms that a parsed formula makes, none of them made yet; parts are counted before the whole."""
    order, left = [], [tree]
    while left:
        node = left.pop()
        if hasattr(node, "operator"):
            order.append(node)
            left += node.args
    counted: dict[int, int] = {}
    for node in reversed(order):
        sizes = [counted.get(id(one), 1) for one in node.args]
        power = str(node.args[-1]) if node.args else ""
        counted[id(node)] = min(_made(node.operator.symbol, sizes, power), MOST_TERMS + 1)
    return counted.get(id(tree), 1)


def _made(operator: str, sizes: list[int], power: str) -> int:
    if len(sizes) < 2:
        return sum(sizes)
    one, other = sizes[0], sizes[1]
    if operator in ("**", "^"):
        # every product is made before like ones are put together
        return (
            MOST_TERMS + 1
            if not power.isdecimal() or len(power) > 3
            else min(one, 1001) ** min(int(power), 1001)
        )
    # a*b stands for a + b + a:b, a/b for a + a:b: an upper bound, as repeated terms are counted each time
    products = one * other if operator in ("*", ":", "/", "in", "%in%") else 0
    return products + (one + other if operator not in (":", "in", "%in%") else 0)
