"""What is in this table, and which column is probably which? Shown to a person, who decides."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from playbook.events import KINDS
from playbook.sources.base import Bundle
from playbook.sources.cells import as_text, is_shortened, money
from playbook.sources.mapping import Mapping, Preset, bare, preset_of
from playbook.sources.moment import day_order, moment
from playbook.sources.spreadsheet import Table, open_table
from playbook.words import PACKAGE

#: So many rows are looked at; a guess needs no more.
SEEN = 500
_SAMPLES, _SHOWN = 3, 60
#: In a column of times so many of the filled cells are times; in one of ids so many differ.
_MOST = 0.8


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, some of its cells, and what it is probably for (and why)."""

    name: str
    samples: tuple[str, ...]
    filled: int
    field: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """
    What a table holds, and a mapping to confirm.

    `stored`: the encoding, `xlsx` or `json`. `rows_seen`: how many rows were looked at, `more`
    whether there are others. `preset`: the id of the preset that knows the table, `verified`
    whether a genuine file of its kind was ever read. `questions` are ids of what only a person can
    tell (`member`, `at`, `kind`, `order`, `currency`); `warnings` of what is lost (`shortened`).
    Words for both stand under `table.question.*` and `table.warning.*`.
    """

    file: str
    stored: str
    rows_seen: int
    more: bool
    columns: tuple[Column, ...]
    mapping: Mapping
    preset: str | None
    verified: bool | None
    questions: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data, for a widget; `map` is the text that `--map` takes."""
        return {
            "file": self.file,
            "stored": self.stored,
            "rows_seen": self.rows_seen,
            "more": self.more,
            "columns": [
                {
                    "name": column.name,
                    "samples": list(column.samples),
                    "filled": column.filled,
                    "field": column.field,
                    "why": column.why,
                }
                for column in self.columns
            ],
            "map": self.mapping.text(),
            "preset": self.preset,
            "verified": self.verified,
            "questions": list(self.questions),
            "warnings": list(self.warnings),
        }


def propose(path: str | Path) -> Proposal:
    """
    What is in this table, and which column is probably which?

    `path` is a CSV or TSV file, a workbook (.xlsx) or a list in JSON. What the proposal cannot
    know stands in its questions. No table: one PlaybookError.
    """
    with Bundle(path) as bundle:
        return proposal_of(bundle)


def proposal_of(bundle: Bundle, name: str | None = None) -> Proposal:
    """The proposal for one file of an opened export."""
    table = open_table(bundle, name)
    rows = list(islice(table.rows, SEEN + 1))
    more, rows = len(rows) > SEEN, rows[:SEEN]
    cells = {
        column: [row[n] for row in rows if n < len(row) and as_text(row[n])]
        for n, column in reversed(list(enumerate(table.columns)))
    }
    preset = preset_of(table.columns)
    fields, whys = _known(preset, table) if preset else _guessed(table.columns, cells)
    mapping = preset.mapping if preset else _mapping(fields)
    columns = tuple(
        Column(
            column,
            tuple(dict.fromkeys(as_text(cell)[:_SHOWN] for cell in cells[column]))[:_SAMPLES],
            len(cells[column]),
            fields.get(column),
            whys.get(column),
        )
        for column in dict.fromkeys(table.columns)
    )
    times = [as_text(cell) for one, key in fields.items() if key == "at" for cell in cells[one]]
    shortened = any(is_shortened(cell) for found in cells.values() for cell in found)
    return Proposal(
        bundle.place(name),
        table.stored,
        len(rows),
        more,
        columns,
        mapping,
        preset.id if preset else None,
        preset.verified if preset else None,
        tuple(_questions(mapping, fields, times)),
        ("shortened",) if shortened else (),
    )


def _questions(mapping: Mapping, fields: dict[str, str], times: Sequence[str]) -> list[str]:
    asked = [wanted for wanted in ("member", "at", "kind") if wanted not in mapping.columns]
    if mapping.order is None and day_order(times) in (None, "mixed"):
        asked.append("order")
    if "amount" in fields.values() and "currency" not in mapping.columns:
        asked.append("currency")
    return asked


def _known(preset: Preset, table: Table) -> tuple[dict[str, str], dict[str, str]]:
    fields: dict[str, str] = {}
    for key, names in preset.mapping.columns.items():
        for name in names:
            for column in (one for one in table.columns if name in (one, bare(one))):
                fields.setdefault(column, key)
    return fields, dict.fromkeys(fields, "preset")


@cache
def _words() -> dict[str, list[str]]:
    source = PACKAGE / "content" / "presets.toml"
    found: dict[str, list[str]] = tomllib.loads(source.read_text(encoding="utf-8"))["guess"]
    return found


def _guessed(
    columns: Sequence[str], cells: dict[str, list[Any]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Column → field and why: first the columns whose names say it, then what is in them."""
    fields: dict[str, str] = {}
    whys: dict[str, str] = {}
    for key, words in _words().items():
        fitting = [(_likeness(column, words), column) for column in columns]
        fitting = [
            one for one in fitting if one[0] and one[1] not in fields and _can(key, cells[one[1]])
        ]
        if fitting:
            column = max(fitting, key=lambda one: one[0])[1]
            fields[column], whys[column] = key, "name"
    if "at" not in fields.values():
        for column in columns:
            if column not in fields and cells[column] and _can("at", cells[column]):
                fields[column], whys[column] = "at", "content"
                break
    if "member" not in fields.values():  # better a name than nobody
        fields |= {column: "member" for column, key in fields.items() if key == "name"}
    return fields, whys


def _likeness(column: str, words: Sequence[str]) -> int:
    """How well does a column's name fit? The whole name best, then a part, an earlier word more."""
    name = column.lower().strip()
    parts = re.split(r"[\s_\-./（）()]+", name)
    for n, word in enumerate(words):
        if name == word:
            return 1000 - n
        if word in parts or (not word.isascii() and word in name):
            return 500 - n
    return 0


def _can(key: str, cells: Sequence[Any]) -> bool:
    """Do the cells of a column allow this field?"""
    if not cells:
        return False
    if key == "at":
        fits: list[object] = [moment(one, order="dmy") or moment(one, order="mdy") for one in cells]
    elif key == "amount":
        fits = [money(cell) for cell in cells]
    elif key == "id":  # what many rows share is theirs, and all but one would be taken for repeats
        return len(set(map(as_text, cells))) >= _MOST * len(cells)
    else:
        return True
    return sum(fit is not None for fit in fits) >= _MOST * len(cells)


def _mapping(fields: dict[str, str]) -> Mapping:
    columns = {key: (column,) for column, key in fields.items()}
    kind = columns.get("kind", ("",))[0]
    if kind in KINDS:  # a column of this very name, else the text would mean the kind itself
        columns["kind"] = (kind,)
    return Mapping({key: columns[key] for key in _words() if key in columns})


def values_of(path: str | Path, column: str, most: int = 12) -> tuple[str, ...]:
    """
    Which values stand in a column, the most frequent first? For a column of kinds.

    An unknown column has none.
    """
    with Bundle(path) as bundle:
        table = open_table(bundle)
        if column not in table.columns:
            return ()
        place = table.columns.index(column)
        found = Counter(as_text(row[place]) for row in table.rows if place < len(row))
    return tuple(value for value, _ in found.most_common(most) if value)
