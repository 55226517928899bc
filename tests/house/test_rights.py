"""Who sees which rows of a register stands in one place, and everything that shows rows asks there."""

from __future__ import annotations

import ast
from pathlib import Path

from diffuscope.register.rights import APART, RULES

REGISTER = Path(__file__).parents[2] / "src" / "diffuscope" / "register"
RIGHTS = "rights.py"
KEEPS_ROLES = {
    "people.py": "gives roles",
    "personal.py": "hands out and ends those of one person",
    "create.py": "gives the first role",
    "screens/accounts.py": "ends a role",
    "screens/people.py": "lists roles",
    "screens/sessions.py": "compares those of a session with those of today",
    "screens/middleware.py": "reads them once for a page",
    "screens/menu.py": "speaks the language of a member",
}
"""Files that name roles, and what they do with them; none of them filters rows by a role."""
UNRULED = {
    "Area", "Attendance", "Change", "Claim", "ColumnMap", "Document", "Event", "Form", "Indicator",
    "Invitation", "KeptRow", "KeptSettings", "Member", "MemberName", "Organisation", "Partnership", "Person",
    "Project", "Published", "Role", "TakeUp", "Wave", "Word",
}  # fmt: skip
"""Tables without a rule: what the network shares, what hangs on a row with a rule, what no page lists."""


def trees() -> dict[str, ast.Module]:
    files = [file for file in REGISTER.rglob("*.py") if "migrations" not in file.parts]
    return {
        file.relative_to(REGISTER).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files
    }


def names_roles(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ("roles_of", "Role"):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and node.attr in ("roles", "current_roles"):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and (node.arg or "").partition("__")[0] in ("role", "roles"):
            found.add(str(node.arg))
        elif isinstance(node, ast.ImportFrom):
            found |= {one.name for one in node.names} & {"roles_of", "Reach", "reach_of"}
    return found


def unasked(tree: ast.AST) -> list[str]:
    """Tables with a rule whose rows are read outside `visible(…)` and the searches."""
    inside = {
        id(node)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("visible", "found", "ProjectsFound")
        for node in ast.walk(call)
    }
    return [
        f"{node.lineno}: {node.value.id}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "objects" and id(node) not in inside
        if isinstance(node.value, ast.Name) and node.value.id in RULES
    ]


def test_only_one_file_knows_what_a_role_sees():
    allowed = {RIGHTS, *KEEPS_ROLES, *(name for name in trees() if name.startswith("models/"))}
    assert {name: found for name, tree in trees().items() if (found := names_roles(tree))}.keys() <= allowed


def test_pages_read_rows_through_the_filter_of_rights():
    screens = {name: tree for name, tree in trees().items() if name.startswith("screens/")}
    assert {name: found for name, tree in screens.items() if (found := unasked(tree))} == {}


def test_every_table_has_a_rule_or_a_reason_to_have_none():
    others = ("Actor", "AnyOf", "CaseRow", "Meta", "Row", "SearchKey")
    tables = {
        node.name
        for name, tree in trees().items()
        if name.startswith("models/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and node.name not in others
    }
    assert set(RULES) | UNRULED == tables
    assert set(RULES) & UNRULED == set()
    assert set(APART) <= set(RULES)


def test_these_rules_find_what_breaks_them():
    source = """
def page(person, rows):
    own = [role.member_id for role in person.roles.all()]
    Need.objects.filter(roles__person=person)
    visible(Need.objects.filter(pk=1), person)
"""
    tree = ast.parse(source)
    assert names_roles(tree) == {"roles", "roles__person"}
    assert unasked(tree) == ["4: Need"]
