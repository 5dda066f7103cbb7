"""Tables of members to take away: CSV and Excel that a spreadsheet shows and never runs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from playbook.events import unspell
from playbook.words import language, say

if TYPE_CHECKING:
    import pandas as pd

#: Control signs that no sheet can hold, and what a cell holds at most.
_NOT_IN_SHEETS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CELL = 32_000


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""
    The table as CSV: UTF-8 with a byte order mark, so that Excel reads it right.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.

    >>> import pandas as pd
    >>> csv_bytes(pd.DataFrame({"name": ["=1+1", "梅"]})).decode("utf-8-sig")
    "name\r\n'=1+1\r\n梅\r\n"
    """
    safe = _plain(frame, unspell)
    safe.columns = [unspell(str(name)) for name in safe.columns]
    text = safe.to_csv(index=False, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")


def excel_bytes(
    frame: pd.DataFrame, title: str, about: list[str], lang: str | None = None
) -> bytes:
    """The table as an Excel file: one sheet to sort and filter, one that says what it is."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = say("dashboard.sheet", language(lang))
    rows = ([*map(str, frame.columns)], *_plain(frame).itertuples(index=False, name=None))
    fill(sheet, rows)
    sheet.auto_filter.ref = sheet.dimensions
    for place, name in enumerate(frame.columns, 1):
        longest = max([len(str(name)), *(len(str(v)) for v in frame.iloc[:200, place - 1])])
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, 9), 36)
    note = book.create_sheet(say("dashboard.sheet_about", language(lang)))
    note.column_dimensions["A"].width = 100
    fill(note, ([_NOT_IN_SHEETS.sub("�", text)] for text in (title, *about)))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fill(sheet: Any, rows: Iterable[Iterable[Any]]) -> None:
    """Rows in a sheet, the first in bold; a text stays a text, whatever it begins with."""
    from openpyxl.styles import Font

    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row, 1):
            cell = sheet.cell(number, place)
            cell.value = value[:_CELL] if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "s"
                cell.quotePrefix = value[:1] in tuple("=+-@\t\r")
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _plain(frame: pd.DataFrame, last: Callable[[Any], Any] = lambda cell: cell) -> pd.DataFrame:
    """Cells as a sheet knows them: texts, numbers, days; lists joined; unknown left empty."""
    import pandas as pd

    def cell(value: Any) -> Any:
        if isinstance(value, (list, tuple, set, frozenset)) or hasattr(value, "tolist"):
            many = value.tolist() if hasattr(value, "tolist") else value
            return ", ".join(map(str, many)) if isinstance(many, (list, tuple, set)) else many
        if pd.isna(value):
            return None
        if isinstance(value, pd.Timestamp):
            return value.tz_localize(None).to_pydatetime() if value.tz else value.to_pydatetime()
        return _NOT_IN_SHEETS.sub("�", value) if isinstance(value, str) else value

    # Cell by cell into columns of objects: `DataFrame.map` would make 4 and nothing into 4.0.
    plain = frame.astype(object)
    for place in range(plain.shape[1]):
        values = [last(cell(value)) for value in plain.iloc[:, place]]
        plain.isetitem(place, pd.Series(values, index=plain.index, dtype=object))
    return plain
