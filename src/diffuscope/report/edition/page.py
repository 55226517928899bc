"""An edition as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from diffuscope.report.edition.contents import Share, text
from diffuscope.report.policy import content_policy

if TYPE_CHECKING:
    from diffuscope.report.edition.contents import Edition


def page(edition: Edition) -> bytes:
    """The edition as a page.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    bytes
        UTF-8; the same edition gives the same bytes.
    """
    style = files("diffuscope.report").joinpath("templates", "edition.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader("diffuscope.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    html = environment.get_template("edition.html").render(
        edition=edition,
        policy=content_policy([style], []),
        style=Markup(style),
        version=version("diffuscope"),
        text=text,
        number=lambda cell: isinstance(cell, int | Share),
    )
    return html.encode()
