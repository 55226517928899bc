"""How large the parts of a case may be, and why.

A case comes from anybody. Whatever is larger than this is refused by name before it can fill the memory or
keep the machine busy; each number lies far above what people have.
"""

from __future__ import annotations

MB = 1_000_000

SETTINGS_BYTES = 256_000
"""`case.toml`: fifty questions with long notes take 50 kB."""
SETTINGS_DEPTH = 8
"""Arrays within arrays, and parts of a dotted key; the format itself needs three."""
SHORT_TEXT = 300
"""Characters of a title."""
LONG_TEXT = 10_000
"""Characters of a description, a question or a note."""
ANALYSES = 200
WAVES = 1_000

FILES = 10_000
"""Files beside `case.toml`, or in a zip. A home folder given by mistake has more."""
TABLE_BYTES = 500 * MB
"""One table as a file: nine million adoptions."""
RECORD_BYTES = 8 * MB
"""One row of a delimited file: eighty of the longest texts a cell may hold (100,000 letters)."""
ODD_TEXT_BYTES = 50 * MB
"""A delimited file with quotation marks inside its cells: Python walks through it, at 20 MB a second."""
COLUMNS = 1_000
"""Columns of one table; the widest of ours has 22, and a spreadsheet that people read a few hundred."""
CELLS = 100 * MB
"""Cells of one table, empty ones included: each takes 16 bytes of memory before it holds a letter."""

ZIP_DIRECTORY_BYTES = 4 * MB
"""The list of contents of a zip: ten thousand files with long names take 2 MB."""
ZIP_BYTES = 2_000 * MB
"""Everything that is unpacked from one zip, in memory."""
ZIP_RATIO = 200
"""Unpacked to packed. Tables of few distinct words reach 50; a bomb needs a thousand."""
ZIP_RATIO_FROM = 20 * MB
"""Smaller members may be packed however tightly they like."""
WORKBOOK_BYTES = 300 * MB
"""What is read of a workbook, unpacked: a million rows of six columns take 250 MB."""
WORKBOOK_CELLS = 5 * MB
"""Cells of one sheet, empty ones down to the last used row and column included: the reader holds them all."""

GRAPH_BYTES = 200 * MB
"""A file of a network: two million ties."""
GRAPH_NODES = 2 * MB
"""Vertices of a Pajek file, which says only how many there are: a few letters could ask for all memory."""
XML_DEPTH = 100
"""Elements within elements: a network of groups of groups needs twenty."""

QDE_BYTES = 100 * MB
"""The project file of a QDPX: three hundred thousand coded passages."""
QDPX_BYTES = 500 * MB
"""What is unpacked of a QDPX: its project file and the plain texts of its sources."""

R_BYTES = 500 * MB
"""An R file, unpacked: sixty million numbers."""
