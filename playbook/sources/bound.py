"""A mapping laid on the columns of one table: where each field of an event is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playbook.errors import quote, refuse
from playbook.events import KINDS
from playbook.sources.cells import as_text, money, said
from playbook.sources.mapping import BLANK, OTHER, Mapping, bare


def _is_needed(key: str, names: Sequence[str], mapping: Mapping) -> bool:
    """Must one of these columns be there?"""
    if key == "kind":  # a preset may know what a table without such a column means
        return BLANK not in mapping.kinds
    return key == "member" or (key == "at" and tuple(names) != ("none",))


class Bound:
    """
    A mapping on the columns of one table.

    A field whose columns are all missing is empty, but who, when and what must be there: else a
    PlaybookError that names the column.
    """

    def __init__(self, mapping: Mapping, columns: Sequence[str], where: str) -> None:
        self.mapping = mapping
        numbered = reversed(list(enumerate(columns)))
        place = {name: n for n, column in numbered for name in (column, bare(column))}
        place |= {column: n for n, column in reversed(list(enumerate(columns)))}
        place |= {f"#{n}": n - 1 for n in range(1, len(columns) + 1) if f"#{n}" not in place}
        self.places: dict[str, list[int]] = {}
        self.fixed: dict[str, Any] = {}
        for key, names in mapping.columns.items():
            fixed = [one[1:] for one in names if one.startswith("=")]
            found = [place[one] for one in names if one in place]
            if fixed:
                self.fixed[key] = fixed[0]
            if found:
                self.places[key] = found
            elif not fixed and _is_needed(key, names, mapping):
                known = ", ".join(quote(column) for column in columns[:30])
                raise refuse(where, "no_column", column=quote(names[0]), known=known)
        self.skip = [(place[one], told) for one, told in mapping.skip.items() if one in place]
        self.filled = place.get(mapping.filled or "")

    def take(self, row: Sequence[Any]) -> dict[str, Any]:
        """
        The filled fields of a row: of several columns the first filled one, else what is fixed.

        Texts are tidied; numbers and times of a workbook are as they are.
        """
        found, width = self.fixed.copy(), len(row)
        for key, places in self.places.items():
            for place in places:
                if place >= width:
                    continue
                cell = row[place]
                if cell.__class__ is str:
                    cell = as_text(cell)
                if cell is not None and cell != "":
                    found[key] = cell
                    break
        return found

    def joined(self, row: Sequence[Any], key: str) -> str | None:
        """All cells of a field together: what names a row may take several columns."""
        cells = [as_text(row[p]) if p < len(row) else "" for p in self.places.get(key, ())]
        return "\0".join(cells) if cells and all(cells) else None

    def kind(self, cell: Any) -> str:
        """The kind of event that a cell means, or `-reason`."""
        told = said(cell)
        kinds = self.mapping.kinds
        if told in kinds:
            return kinds[told]
        if told.lower() in KINDS:
            return told.lower()
        return kinds.get(OTHER if told else BLANK, "-no_kind")

    def is_asked_for(self, row: Sequence[Any]) -> bool:
        """Is the column that must be filled for these events there, and no nought?"""
        if self.mapping.filled is None:
            return True
        cell = row[self.filled] if self.filled is not None and self.filled < len(row) else None
        amount = money(cell)
        return bool(as_text(cell)) and (amount is None or amount[0] != 0)

    def skipped(self, row: Sequence[Any]) -> str | None:
        """Why is this row left out, if it is?"""
        for place, values in self.skip:
            told = as_text(row[place]) if place < len(row) else ""
            reason = values.get(told) or values.get(OTHER if told else BLANK)
            if reason:
                return reason
        return None

    def split(self, cell: Any) -> list[str]:
        """The members or targets in one cell."""
        text, sign = said(cell), self.mapping.split
        if not sign:
            return [text] if text else []
        return [part for one in text.split(sign) if (part := one.strip())]
