"""Somebody at a page of the register who has a keyboard alone, for tests in browsers."""

from __future__ import annotations


class Keyboard:
    """Somebody at a page without scripts who has no pointer."""

    def __init__(self, page):
        self.page = page

    def reach(self, name, at_most=80):
        """Go on by Tab to what is called so, by its id or what stands on it."""
        for _ in range(at_most):
            self.page.keyboard.press("Tab")
            if self.page.locator(":focus").count() and name in (self.page.locator(":focus").evaluate(
                "one => one.id + ' ' + (one.tagName === 'DIV' ? '' : one.innerText || one.value || '')"
            )):  # fmt: skip
                return
        raise AssertionError(f"no Tab leads to {name}")

    def enter(self):
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, name, at_most=80):
        """Go on by Tab to what is called so, and press Enter."""
        self.reach(name, at_most)
        self.enter()

    def write(self, name, text):
        """Write over what stands in a field, or choose what begins so in a list."""
        self.reach(name)
        if self.page.locator(":focus").evaluate("one => one.tagName") != "SELECT":
            self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
