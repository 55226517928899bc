"""A Word document, piece by piece: headings, paragraphs, tables with captions, pictures with their words."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from diffuscope.errors import PlanError
from diffuscope.records.phrases import one_line
from diffuscope.report.column_widths import LEAST_SIZE, UPRIGHT, column_parts, fitting, too_wide

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

FONT = "Calibri"
INK, QUIET = "1F2328", "57606A"
WIDTH_CM, HEIGHT_CM = 16.5, 20.0
"""Room for a picture on a page of A4."""
_SMALL = 9.0
"""Size of letters in tables, in points."""
_SIZES = {"Title": 22, "Heading 1": 16, "Heading 2": 12.5, "Normal": 10.5, "Caption": 9}
_LINES = ("top", "left", "bottom", "right", "insideH", "insideV")
NO_BREAK = "\N{NO-BREAK SPACE}"


class Document:
    """A document of one result.

    Parameters
    ----------
    title : str
    made : datetime
        Written into the file as its date, so that the same result gives the same bytes.
    foot : str
        What stands at the foot of every page; of a template, its own foot stays.
    template : bytes, optional
        A `.docx` of which styles, page, header and footer are used, and not the text.
    language : str
        Of the text.
    """

    def __init__(
        self, title: str, made: datetime, foot: str, *, template: bytes | None = None, language: str = "en"
    ) -> None:
        self._tables = self._figures = 0
        if template is None:
            self._file: Any = self._blank(foot)
        else:
            self._file = opened(template)
        self._known = {one.name for one in self._file.styles if one.type == 1}  # styles of paragraphs
        self._width = _room(self._file.sections[-1])
        self._page = (self._file.sections[-1].page_width, self._file.sections[-1].page_height)
        self._properties(title, made, language)
        self.text(title, "Title")
        self._begun = False  # whether a page must not be turned, as it holds more than a title
        self._letterhead = template is not None

    def _blank(self, foot: str) -> Any:
        import docx
        from docx.shared import Cm

        self._file = docx.Document()
        section = self._file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.25)
        section.top_margin = section.bottom_margin = Cm(2)
        self._styles()
        self._foot(section.footer.paragraphs[0], foot)
        return self._file

    @property
    def at_letterhead(self) -> bool:
        """Whether nothing but a title stands behind the letterhead of a template: a page to leave upright."""
        return self._letterhead and not self._begun

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; the first of a part begins a page."""
        self._begun = True
        paragraph = self._paragraph(text, f"Heading {level}")
        paragraph.paragraph_format.keep_with_next = True

    def part(self, text: str) -> None:
        """A heading at the top of a new page."""
        self.heading(text)
        self._file.paragraphs[-1].paragraph_format.page_break_before = True

    def text(self, text: str, style: str = "Normal") -> None:
        """A paragraph."""
        self._paragraph(text, style)

    def _paragraph(self, text: str, style: str) -> Any:
        """A paragraph in a style; in a plain one where the template has none of that name."""
        return self._file.add_paragraph(one_line(text), style=style if style in self._known else None)

    def points(self, texts: Iterable[str]) -> None:
        """A list."""
        for text in texts:
            self.text(text, "List Bullet")

    def table(
        self,
        caption: str,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[float] = (),
        *,
        bold: Collection[int] = (),
        label: str = "Table",
    ) -> None:
        """A table with its caption; its header stands on every page it runs over.

        Parameters
        ----------
        caption : str
        header : sequence of str
        rows : iterable of sequence of str
        widths : sequence of float
            Width of each column in parts of the page; without them, by what stands in it.
        bold : collection of int
            Rows in bold, such as totals.
        label : str
            What stands with the number before the caption; neither stands where it is empty.
        """
        rows = [tuple(row) for row in rows]
        self._begun = True
        self._tables += 1
        self._caption(f"{label} {self._tables}. {caption}" if label else caption, above=True)
        table = self._file.add_table(rows=1, cols=len(header))
        table.autofit = False
        _lines(table)
        cells, room = [tuple(header), *rows], self._letters()
        parts = widths or column_parts(cells, room)
        size = _SMALL if widths else _SMALL * max(LEAST_SIZE, fitting(cells, room))
        each = [int(self._width * part / sum(parts)) for part in parts]
        for column, width in zip(table.columns, each, strict=True):
            column.width = width  # some programs look here, and some at the cells
        _fill(table.rows[0], header, each, size, bold=True)
        _repeat(table.rows[0])
        for at, row in enumerate(rows):
            _fill(table.add_row(), row, each, size, bold=at in bold)
        self._file.add_paragraph().paragraph_format.space_after = 0

    def turn(self, tables: Iterable[Sequence[Sequence[str]]] = ()) -> None:
        """Go on on a page that is wide enough: on its side where a table needs it, upright otherwise.

        Parameters
        ----------
        tables : iterable of tables
            What is to stand there: of each the head and the lines.
        """
        from docx.enum.section import WD_ORIENT, WD_SECTION
        from docx.shared import Cm

        last, (width, height) = self._file.sections[-1], self._page
        letters = self._letters() + UPRIGHT * (width - last.page_width) / Cm(WIDTH_CM)
        if any(too_wide(rows, letters) for rows in tables):
            width, height = max(self._page), min(self._page)
        if (last.page_width, last.page_height) == (width, height):
            return
        # a page that holds nothing but the title is turned itself
        section = self._file.add_section(WD_SECTION.NEW_PAGE) if self._begun else last
        section.page_width, section.page_height = width, height
        section.orientation = WD_ORIENT.LANDSCAPE if width > height else WD_ORIENT.PORTRAIT
        if self._begun:
            section.different_first_page_header_footer = False  # a letterhead is for the first page of all
        self._width = _room(section)

    def _letters(self) -> float:
        """Letters of the size of tables that a line holds."""
        from docx.shared import Cm

        return UPRIGHT * self._width / Cm(WIDTH_CM)

    def figure(self, picture: bytes, title: str, caption: str, alt: str) -> None:
        """A picture with its caption and, for who cannot see it, its words."""
        from docx.shared import Cm

        self._begun = True
        self._figures += 1
        paragraph = self._file.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(BytesIO(picture), width=Cm(WIDTH_CM))
        if shape.height > Cm(HEIGHT_CM):
            shape.width = int(shape.width * Cm(HEIGHT_CM) / shape.height)
            shape.height = Cm(HEIGHT_CM)
        words = shape._inline.docPr
        words.set("descr", one_line(alt))
        words.set("title", one_line(title))
        words.set("name", f"Figure {self._figures}")
        self._caption(f"Figure {self._figures}. {title.rstrip('.')}. {caption}")

    def content(self) -> bytes:
        """The document as a `.docx`, without the time of day in it."""
        file = BytesIO()
        self._file.save(file)
        stamped = BytesIO()
        with ZipFile(file) as made, ZipFile(stamped, "w", ZIP_DEFLATED) as kept:
            for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
                entry = ZipInfo(name)  # dated 1980, the earliest a zip knows
                entry.compress_type, entry.create_system = ZIP_DEFLATED, 0
                kept.writestr(entry, made.read(name))
        return stamped.getvalue()

    def _caption(self, text: str, *, above: bool = False) -> None:
        paragraph = self._paragraph(text, "Caption")
        paragraph.paragraph_format.keep_with_next = above

    def _styles(self) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        for name, size in _SIZES.items():
            style = self._file.styles[name]
            style.font.name, style.font.size, style.font.italic = FONT, Pt(size), False
            style.font.color.rgb = RGBColor.from_string(QUIET if name == "Caption" else INK)
            style.font.bold = name not in ("Normal", "Caption")
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
                fonts.set(qn(script), FONT)
            for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
                fonts.attrib.pop(qn(theme), None)

    def _properties(self, title: str, made: datetime, language: str) -> None:
        about = self._file.core_properties
        when = made.replace(tzinfo=None)
        about.title, about.author, about.last_modified_by = one_line(title)[:255], "diffuscope", "diffuscope"
        about.created = about.modified = when
        about.comments, about.revision, about.language = "", 1, language

    def _foot(self, paragraph: Any, foot: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        paragraph.add_run(f"{one_line(foot)}  ·  ")
        page = paragraph.add_run("1")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        field.append(page._r)
        paragraph._p.append(field)
        for run in (paragraph.runs[0], page):
            run.font.size = Pt(8)


def opened(template: bytes) -> Any:
    """A template without its text: the page, with its header and footer, stays.

    Raises
    ------
    PlanError
        If it cannot be opened.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from docx.shared import Cm

    try:
        file: Any = docx.Document(BytesIO(template))
        body = file.element.body
        page = body.get_or_add_sectPr()
        for element in list(body):
            if element is not page:
                body.remove(element)
        section = file.sections[0]
        if section.page_width is None or section.page_height is None:
            section.page_width, section.page_height = Cm(21), Cm(29.7)
        for side in ("left_margin", "right_margin"):
            if getattr(section, side) is None:
                setattr(section, side, Cm(2.25))
    except (OpcError, LookupError, ValueError, TypeError, AttributeError, SyntaxError) as error:
        raise PlanError(f"The template cannot be opened as a Word document: {error}.") from error
    return file


def _room(section: Any) -> int:
    """How wide a line can be on a page."""
    from docx.shared import Cm

    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    return int(room) if room >= Cm(4) else int(Cm(WIDTH_CM))


def _fill(row: Any, cells: Sequence[str], widths: Sequence[Any], size: float, *, bold: bool = False) -> None:
    """A row that stands on one page; the heading of a group stands on that of its first line."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, text, width in zip(row.cells, cells, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        if bold:
            paragraph.paragraph_format.keep_with_next = True
        run = paragraph.add_run(_plain_kept(text))
        run.font.size, run.bold = Pt(size), bold


def _plain_kept(text: str) -> str:
    """Plain text in which spaces that do not break stay so."""
    return NO_BREAK.join(map(one_line, text.split(NO_BREAK)))


def _repeat(row: Any) -> None:
    """Let a header row stand on every page its table runs over."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _lines(table: Any) -> None:
    """Thin lines between the rows, none between the columns."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in _LINES:
        line = OxmlElement(f"w:{side}")
        drawn = side in ("top", "bottom", "insideH")
        for name, value in (("val", "single" if drawn else "nil"), ("sz", "4"), ("color", "BFC5CC")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    # the order of what describes a table is fixed, and Word refuses a file that breaks it
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
