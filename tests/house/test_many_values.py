"""No list goes to the database value by value: SQLite takes 32,766 of them, and a network may have more."""

from __future__ import annotations

import ast

from test_ceilings import PACKAGE, tree_of

SUBQUERIES = {("screens/desk.py", "decided"), ("screens/row_form.py", "_cities")}
"""Names that hold a query, which the database reads by itself."""
FEW = {("rights.py", name) for name in ("own", "states", "reach.own", "reach.states", "reach.organisations")}
"""What one person is: as many as there are roles of this person."""


def of_any_length(value: ast.expr) -> bool:
    """Whether an expression may hold any number of values, and is no query."""
    if isinstance(value, ast.List | ast.Tuple):
        return any(isinstance(one, ast.Starred) for one in value.elts)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr not in ("values", "values_list", "filter")
    return not (isinstance(value, ast.Name) and value.id.isupper())


def test_lists_of_any_length_are_one_parameter():
    register = PACKAGE / "register"
    found = [
        f"register/{name}:{one.value.lineno} {one.arg}={ast.unparse(one.value)}"
        for file in sorted(register.rglob("*.py"))
        for one in ast.walk(tree_of(file))
        if isinstance(one, ast.keyword) and (one.arg or "").endswith("__in") and of_any_length(one.value)
        if ((name := file.relative_to(register).as_posix()), ast.unparse(one.value).partition("(")[0])
        not in SUBQUERIES | FEW
    ]
    assert not found, f"write `__any_of` in place of `__in`: {found}"


def test_the_rule_finds_what_it_is_about():
    for text in ("list(rows)", "[one.pk for one in rows]", "own", "keys | more", "(*own, 1)", "{*own}"):
        assert of_any_length(ast.parse(text, mode="eval").body), text
    for text in ("()", "[a.pk, b.pk]", "('waiting', 'running')", "LOCKED", "own.order_by().values('pk')"):
        assert not of_any_length(ast.parse(text, mode="eval").body), text
