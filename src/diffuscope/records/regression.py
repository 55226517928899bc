"""Regression table of several models side by side: aligned terms, what each model rests on, notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diffuscope.records.quoting import html_text, latex_row, latex_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

Cells = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TermRow:
    """A term of the table: an estimate for each model, and what stands in brackets below it.

    Attributes
    ----------
    term : str
        With its lag, where one is known.
    estimates, below : tuple of str
        One for each model; empty where the model does not have the term.
    """

    term: str
    estimates: Cells
    below: Cells


@dataclass(frozen=True, kw_only=True)
class RegressionTable:
    """Regression table with several models side by side, as a frame, plain text, LaTeX or HTML.

    Attributes
    ----------
    title : str
    models : tuple of str
        Head of each column.
    terms : tuple of TermRow
    facts : tuple of (str, tuple of str)
        What each model is and rests on: estimator, errors, fixed effects, numbers of rows and events, fit.
    notes : tuple of str
    estimates : polars.DataFrame
        The numbers themselves, a row for each model and coefficient: model, term, lag, estimate, std_error,
        ci_low, ci_high, p. Coefficients that the table leaves out are among them.
    """

    title: str
    models: Cells
    terms: tuple[TermRow, ...]
    facts: tuple[tuple[str, Cells], ...]
    notes: tuple[str, ...]
    estimates: pl.DataFrame = field(repr=False, compare=False)

    def lines(self) -> Iterator[Cells]:
        """Rows of the printed table: two for each term, then one for each fact."""
        for row in self.terms:
            yield (row.term, *row.estimates)
            yield ("", *row.below)
        for name, cells in self.facts:
            yield (name, *cells)

    def frame(self) -> pl.DataFrame:
        """The printed table as a frame of text: `term`, then a column for each model."""
        import polars as pl

        columns = list(zip(*self.lines(), strict=True))
        return pl.DataFrame(
            dict(zip(("term", *self.models), columns, strict=True)),
            schema=dict.fromkeys(("term", *self.models), pl.String),
        )

    def text(self) -> str:
        """The table in plain text, with its notes."""
        every = [("", *self.models), *self.lines()]
        widths = [max(len(row[at]) for row in every) for at in range(len(self.models) + 1)]
        ruled = "-" * (sum(widths) + 2 * len(self.models))
        body = [
            "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
            for row in every
        ]
        split = 1 + 2 * len(self.terms)
        return "\n".join(
            [self.title, ruled, body[0], ruled, *body[1:split], ruled, *body[split:], ruled, *self.notes, ""]
        )

    def latex(self) -> str:
        """The table for LaTeX, with the package booktabs; every text in it is escaped."""
        terms = [
            line
            for row in self.terms
            for line in (
                latex_row((row.term, *row.estimates), r" \\*"),
                latex_row(("", *row.below)),
            )
        ]
        width = len(self.models) + 1
        notes = [
            rf"\multicolumn{{{width}}}{{p{{0.9\linewidth}}}}{{\footnotesize {latex_text(note)}}} \\"
            for note in self.notes
        ]
        return "\n".join(
            [
                r"\begin{table}[htbp]",
                r"\centering",
                rf"\caption{{{latex_text(self.title)}}}",
                rf"\begin{{tabular}}{{l{'c' * len(self.models)}}}",
                r"\toprule",
                latex_row(("", *self.models)),
                r"\midrule",
                *terms,
                r"\midrule",
                *(latex_row((name, *cells)) for name, cells in self.facts),
                r"\bottomrule",
                *notes,
                r"\end{tabular}",
                r"\end{table}",
                "",
            ]
        )

    def html(self) -> str:
        """The table as HTML; every text in it is escaped."""
        terms = [
            line
            for row in self.terms
            for line in (
                _html_row(row.term, row.estimates, rows=2),
                f"<tr>{''.join(f'<td>{html_text(cell)}</td>' for cell in row.below)}</tr>",
            )
        ]
        head = "".join(f'<th scope="col">{html_text(name)}</th>' for name in self.models)
        facts = "".join(_html_row(name, cells) for name, cells in self.facts)
        notes = "<br>".join(html_text(note) for note in self.notes)
        foot = f'<tfoot><tr><td colspan="{len(self.models) + 1}">{notes}</td></tr></tfoot>' if notes else ""
        return (
            f"<table><caption>{html_text(self.title)}</caption><thead><tr><td></td>{head}</tr></thead>"
            f"<tbody>{''.join(terms)}</tbody><tbody>{facts}</tbody>{foot}</table>\n"
        )

    def __repr__(self) -> str:
        """How many models and terms, in a line."""
        return f"<RegressionTable: {len(self.models)} models, {len(self.terms)} terms>"

    def _repr_html_(self) -> str:
        return self.html()


def _html_row(head: str, cells: Cells, rows: int = 1) -> str:
    span = f' rowspan="{rows}"' if rows > 1 else ""
    body = "".join(f"<td>{html_text(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row"{span}>{html_text(head)}</th>{body}</tr>'
