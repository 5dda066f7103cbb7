"""A table, whatever it is stored as: CSV and its kin, a workbook of Excel, a list in JSON."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from playbook.errors import PlaybookError, refuse
from playbook.sources.base import Bundle
from playbook.sources.bundle import MAX_RATIO, RATIO_FROM
from playbook.sources.cells import as_text
from playbook.sources.json_items import listed
from playbook.sources.plain import csv_rows, delimiter_of, encoding_of, head_text, lines

Cells = Sequence[Any]

#: A workbook is unpacked as it is read; one beyond this belongs into a CSV file.
_MAX_WORKBOOK = 1_000_000_000
#: Above the header there may stand a title, a date, an empty line.
_TITLES = 20
_MAX_COLUMNS = 1000
#: All that openpyxl says of a damaged workbook; it has no error of its own.
_BROKEN_BOOK = (
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # of XML
    TypeError,
    ValueError,
)


@dataclass
class Table:
    """
    The columns by name and the rows below them; how the file was stored.

    `beside`: further sheets that hold something and are not read, known when the rows are read.
    """

    columns: tuple[str, ...]
    rows: Iterator[Cells]
    stored: str
    beside: list[str]


def open_table(
    bundle: Bundle, name: str | None = None, *, header: bool = True, spaced: bool = True
) -> Table:
    """
    Which columns and rows does a file hold?

    The header is the first line that fills most of the table's width: titles above it are left
    out. Without a header the columns are called #1, #2 … `spaced`: columns may be parted by mere
    spaces. A file that holds no table, an old .xls or a damaged workbook is one PlaybookError.
    """
    beside: list[str] = []
    stored, rows = _stored(bundle, name, spaced, beside)
    first = list(islice(rows, _TITLES))
    if not first:
        raise refuse(bundle.place(name), "empty_export")
    widths = [sum(1 for cell in row if as_text(cell)) for row in first]
    place = next(n for n, width in enumerate(widths) if 2 * width > max(widths) or not max(widths))
    above = first[place] if header else ()
    wide = min(max(map(len, first)), _MAX_COLUMNS)
    named = [as_text(cell)[:200] for cell in above[:_MAX_COLUMNS]]
    columns = [title or f"#{n}" for n, title in enumerate(named, 1)]
    columns += [f"#{n}" for n in range(len(columns) + 1, wide + 1)]
    return Table(tuple(columns), chain(first[place + header :], rows), stored, beside)


def _stored(
    bundle: Bundle, name: str | None, spaced: bool, beside: list[str]
) -> tuple[str, Iterator[Cells]]:
    head = bundle.head(name, 8)
    if head[:4] == b"PK\x03\x04":
        return "xlsx", _workbook(bundle, name, beside)
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise refuse(bundle.place(name), "old_excel")
    text = head_text(bundle, name)
    if text.lstrip()[:1] == "[":
        return "json", _records(bundle, name)
    encoding = encoding_of(bundle, name)
    sign = delimiter_of(text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if spaced and sign not in first and len(first.split()) > 2:
        return encoding, (line.split() for line in lines(bundle, name) if line.strip())
    return encoding, csv_rows(bundle, name, sign)


def _workbook(bundle: Bundle, name: str | None, beside: list[str]) -> Iterator[Cells]:
    """The rows of the first sheet that has any, as values: formulas as their last result."""
    import openpyxl

    place, source = bundle.place(name), io.BytesIO(bundle.read(name))
    try:
        with zipfile.ZipFile(source) as archive:
            claimed = sum(info.file_size for info in archive.infolist())
        size = len(source.getvalue())
        if claimed > _MAX_WORKBOOK or (claimed > RATIO_FROM and claimed > MAX_RATIO * size):
            raise refuse(place, "zip_bomb", times=claimed // size)
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
        with closing(book):
            found = False
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what it claims of its size would be filled with nothing
                filled = (row for row in sheet.iter_rows(values_only=True) if any(map(_there, row)))
                if not found:
                    for row in filled:
                        found = True
                        yield row
                elif next(filled, None) is not None:
                    beside.append(sheet.title)
    except PlaybookError:
        raise
    except _BROKEN_BOOK as error:
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise refuse(place, "book_broken", reason=reason) from None


def _there(cell: Any) -> bool:
    return cell is not None


def _records(bundle: Bundle, name: str | None) -> Iterator[Cells]:
    """A list of objects as a table: `{"member": {"id": 1}}` has the column `member.id`."""
    found = (_flat(item) for item in listed(bundle, name))
    first = list(islice(found, 200))
    columns = list(dict.fromkeys(key for row in first for key in row))[:_MAX_COLUMNS]
    yield columns
    for row in chain(first, found):
        yield [row.get(column) for column in columns]


def _flat(item: Any, above: str = "", depth: int = 3) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in item.items() if isinstance(item, dict) else ():
        if isinstance(value, dict) and depth:
            found |= _flat(value, f"{above}{key}.", depth - 1)
        elif not isinstance(value, (dict, list)):
            found[above + key] = value
    return found
