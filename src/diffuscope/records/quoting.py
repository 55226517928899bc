"""Text of strangers inside another language: one function each for HTML, CSV, R, Stata, LaTeX and Typst.

Ids, names and formulas come out of files that somebody else wrote. Whatever writes such text into a page, a
table or a script passes it through the function of that language, so that it stays text.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

from diffuscope.records.phrases import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
"""Excel, LibreOffice and Google Sheets take text that begins so for a formula, or drop the sign before it."""
_GUARDED = re.compile(rf"'*[{re.escape(FORMULA_SIGNS)}]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_PLAIN_STATA = re.compile(r"[A-Za-z0-9 _.,:;()+*=<>!?|&~^@#%{}\[\]-]")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # not \{: BibTeX counts braces, whatever stands before them
    "}": r"\textbraceright{}",
    **{sign: rf"\{sign}" for sign in "&%$#_"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
}


def html_text(text: str) -> str:
    """Text inside HTML or SVG, between tags or in a quoted attribute.

    >>> html_text('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return html.escape(text, quote=True)


def csv_cell(text: str) -> str:
    """Text in a cell of a CSV file that no spreadsheet runs as a formula; numbers stay as they are.

    An apostrophe is put before text that begins like a formula, and before text that begins with such an
    apostrophe already, so that `csv_cell_read` tells the two apart.

    >>> csv_cell("=HYPERLINK(1)"), csv_cell("'=a"), csv_cell("-2.5"), csv_cell("smart city")
    ("'=HYPERLINK(1)", "''=a", '-2.5', 'smart city')
    """
    return f"'{text}" if _GUARDED.match(text) and not _NUMBER.fullmatch(text) else text


def csv_cell_read(text: str) -> str:
    """The text that `csv_cell` wrote.

    >>> csv_cell_read("'=HYPERLINK(1)"), csv_cell_read("''=a"), csv_cell_read("'tis")
    ('=HYPERLINK(1)', "'=a", "'tis")
    """
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text


def r_text(text: str) -> str:
    r"""A string of R, quotation marks included; it reads the same in every locale.

    >>> r_text('a "b" \\ c')
    '"a \\"b\\" \\\\ c"'
    >>> r_text("Đà")
    '"\\u0110\\u00e0"'
    """
    return f'"{"".join(map(_r_sign, text))}"'


def r_comment(text: str) -> str:
    """A comment of R, on one line.

    >>> r_comment("a\\nsystem('b')")
    "# a system('b')"
    """
    return f"# {_on_one_line(text)}"


def stata_text(text: str) -> str:
    """An expression of Stata whose value is the text; nothing in it is a macro.

    >>> stata_text("Hanoi")
    '"Hanoi"'
    >>> stata_text("a`b")
    '("a" + char(96) + "b")'
    """
    parts: list[str] = []
    plain = ""
    for sign in text:
        if _PLAIN_STATA.match(sign):
            plain += sign
            continue
        parts += [f'"{plain}"'] if plain else []
        code = ord(sign)
        parts.append(f"char({code})" if code < 128 else f"uchar({code})")
        plain = ""
    parts += [f'"{plain}"'] if plain or not parts else []
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def stata_comment(text: str) -> str:
    """A comment of Stata, on one line, in which no macro is expanded and no other comment begins.

    >>> stata_comment("logit: a ~ `b` + $c /* d")
    '* logit: a ~ b + c / * d'
    """
    plain = "".join(sign for sign in _on_one_line(text) if sign not in "`'\"$\\")
    return f"* {re.sub(r'(?<=[/*])(?=[/*])', ' ', plain)}"


def latex_text(text: str) -> str:
    """Text inside a LaTeX or BibTeX document, on one line.

    >>> latex_text("50 % of a_b")
    '50 \\\\% of a\\\\_b'
    """
    return "".join(_LATEX.get(sign, sign) for sign in _on_one_line(text))


def latex_row(cells: Sequence[str], end: str = r" \\") -> str:
    r"""A row of a LaTeX table. What ends the row above takes no star or bracket of its first cell as its own.

    >>> latex_row(["a_b", "1"])
    'a\\_b & 1 \\\\'
    >>> latex_row(["[0, 1]", "*"])
    '{}[0, 1] & * \\\\'
    """
    row = " & ".join(latex_text(cell) for cell in cells) + end
    return f"{{}}{row}" if row.startswith(("[", "*")) else row


def typst_data(value: object) -> str:
    r"""Texts, numbers and lists as data that a Typst file reads with `json()`: none of it is ever markup.

    >>> typst_data({"title": '#read("x") *a* $b$ \\ "Đà"'})
    '{"title": "#read(\\"x\\") *a* $b$ \\\\ \\"\\u0110\\u00e0\\""}'
    """
    return json.dumps(value, allow_nan=False)


def _on_one_line(text: str) -> str:
    return one_line(text, kept="")


def _r_sign(sign: str) -> str:
    code = ord(sign)
    if sign in '"\\':
        return f"\\{sign}"
    if sign in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[sign]
    if not code or 0xD800 <= code < 0xE000:  # no string of R holds these
        return "\\ufffd"
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return sign if 32 <= code < 127 else f"\\u{code:04x}"
