"""Tables of a class to keep: a CSV each and one Excel file; nothing in them is a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from playbook.present.model_files import sheet
from playbook.present.people_tables import fill
from playbook.present.sentences import plain

Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def cohort_files(tables: Tables) -> dict[str, bytes]:
    """The tables as files, by name: one CSV each (UTF-8 with a mark), and all as one workbook."""
    from openpyxl import Workbook

    files = {}
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        heads = list(dict.fromkeys(key for row in rows for key in row))
        lines: list[list[Any]] = [heads, *([row.get(key) for key in heads] for row in rows)]
        files[f"{name}.csv"] = sheet(lines).encode("utf-8", "replace")
        page = book.create_sheet(name)
        fill(page, ([plain(v) if isinstance(v, str) else v for v in line] for line in lines))
        page.freeze_panes = "B2"
    stream = io.BytesIO()
    book.save(stream)
    return files | {"cohort.xlsx": stream.getvalue()}
