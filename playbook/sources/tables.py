"""Any table becomes events through a mapping of its columns; known tables bring their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from playbook.errors import PlaybookError, quote, refuse
from playbook.events import KINDS, QUALITIES, Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.cells import as_text, is_shortened, money
from playbook.sources.mapping import BLANK, OTHER, Mapping, preset_of, read_mapping
from playbook.sources.moment import day_order, moment
from playbook.sources.proposal import proposal_of, propose
from playbook.sources.spreadsheet import Table, open_table

__all__ = ["GENUINE", "ID", "Mapping", "propose", "read_mapping", "recognises", "rows"]

ID = "table"
GENUINE = True

#: ISO 4217's own code for "no currency is known"; without one an amount would be a count.
NO_CURRENCY = "XXX"
_VALUES = (int, float, date)  # datetime is a date


def recognises(bundle: Bundle) -> bool:
    """Is it a table at all: two columns or more in two lines or more, no JSON object, no page?"""
    head = bundle.head(n=64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return True
    if head[:1] in (b"{", b"<"):
        return False
    try:
        table = open_table(bundle, spaced=False)
        return len(table.columns) > 1 and next(table.rows, None) is not None
    except PlaybookError:
        return False


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every row of every table, read through the mapping asked for, else through a preset's."""
    asked_for = None if asked.mapping is None else read_mapping(asked.mapping)
    for name in bundle.names:
        mapping = asked_for
        if mapping is not None:
            for wanted in ("member", "at", "kind"):
                if wanted not in mapping.columns:
                    raise refuse("--map", "map_missing", given=wanted)
        else:
            columns = open_table(bundle, name).columns
            preset = preset_of(columns)
            if preset is None:
                known = ", ".join(quote(column) for column in columns[:20])
                guess = proposal_of(bundle, name).mapping.text()
                message = "map_guess" if guess else "map_needed"
                raise refuse(bundle.place(name), message, known=known, guess=guess)
            mapping = preset.mapping
        if not mapping.verified:
            asked.notes["unverified"] += 1
        table = open_table(bundle, name, header=mapping.header)
        order = mapping.order or _order(bundle, name, mapping, table.columns)
        yield from _Reader(table, mapping, asked, order, bundle.place(name)).rows()


def _order(bundle: Bundle, name: str, mapping: Mapping, columns: Sequence[str]) -> str | None:
    """Day first or month first, as the whole column of times shows; else it is asked."""
    if mapping.pattern:
        return None
    places = [columns.index(one) for one in mapping.columns.get("at", ()) if one in columns]
    if not places:
        return None
    table = open_table(bundle, name, header=mapping.header)
    texts = (
        row[place]
        for row in table.rows
        for place in places
        if place < len(row) and isinstance(row[place], str)
    )
    before, order = bundle.done, day_order(texts)
    bundle.done = before
    if order in (None, "mixed"):
        raise refuse(bundle.place(name), "day_order" if order is None else "day_order_mixed")
    return order or None


def _is_needed(key: str, names: Sequence[str], mapping: Mapping) -> bool:
    """Must one of these columns be there?"""
    if key == "kind":  # a preset may know what a table without such a column means
        return BLANK not in mapping.kinds
    return key == "member" or (key == "at" and tuple(names) != ("none",))


class _Bound:
    """A mapping laid on the columns of one table: where each field is found."""

    def __init__(self, mapping: Mapping, columns: Sequence[str], where: str) -> None:
        self.mapping = mapping
        place = {column: n for n, column in reversed(list(enumerate(columns)))}
        place |= {f"#{n}": n - 1 for n in range(1, len(columns) + 1) if f"#{n}" not in place}
        self.places: dict[str, list[int]] = {}
        self.fixed: dict[str, str] = {}
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
        self.skip = [
            (place[column], values) for column, values in mapping.skip.items() if column in place
        ]
        self.filled = place.get(mapping.filled or "", None)

    def cell(self, row: Sequence[Any], key: str) -> Any:
        """The first filled cell among a field's columns, else its fixed value, else None."""
        for place in self.places.get(key, ()):
            if place < len(row) and row[place] != "":
                return row[place]
        return self.fixed.get(key)

    def text(self, row: Sequence[Any], key: str) -> str | None:
        cell = self.cell(row, key)
        return cell if cell is None or cell.__class__ is str else as_text(cell)

    def joined(self, row: Sequence[Any], key: str) -> str | None:
        """All cells of a field together: what names a row may take several columns."""
        cells = [as_text(row[p]) if p < len(row) else "" for p in self.places.get(key, ())]
        return "\0".join(cells) if cells and all(cells) else None

    def kind(self, row: Sequence[Any]) -> str:
        """The kind of event, or `-reason`."""
        told = self.text(row, "kind") or BLANK
        kinds = self.mapping.kinds
        if told in kinds:
            return kinds[told]
        if told.lower() in KINDS:
            return told.lower()
        return kinds.get(OTHER if told else BLANK, "-no_kind")

    def has_what_it_needs(self, row: Sequence[Any]) -> bool:
        """Is the column that must be filled there, and no nought?"""
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


class _Reader:
    """One table, row by row."""

    def __init__(
        self, table: Table, mapping: Mapping, asked: Asked, order: str | None, where: str
    ) -> None:
        self.table, self.mapping, self.asked, self.order = table, mapping, asked, order
        self.bound = _Bound(mapping, table.columns, where)
        self.also = [_Bound(one, table.columns, where) for one in mapping.also]
        self.seen: set[str] = set()
        self.authors: dict[str, str] = {}
        self.waiting: list[tuple[str, list[Event]]] = []
        self.last: dict[tuple[str, str | None], list[Event]] = {}

    def rows(self) -> Iterator[Row]:
        for row in careful(self._row, self.table.rows):
            if row:
                yield row
        for parent, events in self.waiting:
            target = self.authors.get(parent)
            yield [event._replace(target=target) for event in events]
        yield from self.last.values()

    def _row(self, raw: Sequence[Any]) -> Row:
        bound = self.bound
        # Texts tidied once, empty cells all alike; numbers and times of a workbook as they are.
        cells = [one if isinstance(one, _VALUES) else as_text(one) for one in raw]
        if not any(cell != "" for cell in cells):
            return "empty"
        if reason := self._again(cells) or bound.skipped(cells):
            return reason
        found = self._events(bound, cells)
        if isinstance(found, str):
            return found
        for also in self.also:
            more = self._events(also, cells)
            if not isinstance(more, str):
                found += more
        return self._resolved(cells, found)

    def _again(self, cells: Sequence[Any]) -> str | None:
        """Is it a further line of an order that was told?"""
        cell = self.bound.cell(cells, "once")
        if cell is None or is_shortened(cell):
            return None
        told = as_text(cell)
        if told in self.seen:
            return "further_line"
        self.seen.add(told)
        return None

    def _events(self, bound: _Bound, cells: Sequence[Any]) -> list[Event] | str:
        """The events of a row, one for each member and target, or why there are none."""
        kind = bound.kind(cells)
        if kind.startswith("-"):
            return kind[1:] or "left_out"
        if not bound.has_what_it_needs(cells):
            return "empty"
        members = self._split(bound, bound.text(cells, "member"))
        if not members:
            return "no_member"
        when = self._when(bound, cells)
        if when is None:
            return "unread_time"
        kind, amount_, currency = self._money(bound, cells, kind)
        ident = bound.cell(cells, "id")
        name = bound.text(cells, "name")
        row_id = None if ident is None else self._ident(ident)
        targets = self._split(bound, bound.text(cells, "target")) or [None]
        if kind == "invite" and targets == [None]:
            return "no_member"
        text = bound.text(cells, "text") if self.asked.keep_text else None
        if name and len(members) == 1:
            self.asked.names[members[0]] = name
        group, thing = bound.text(cells, "group"), bound.text(cells, "object")
        return [
            Event(
                row_id if row_id is None or len(targets) == 1 else f"{row_id}/{n}",
                member,
                *when,
                kind,
                group,
                thing,
                target,
                amount_,
                currency,
                ID,
                text,
            )
            for member in members
            for n, target in enumerate(targets)
        ]

    def _ident(self, cell: Any) -> str | None:
        """The number of a row, unless Excel has lost its last digits."""
        if is_shortened(cell):
            self.asked.notes["shortened"] += 1
            return None
        return as_text(cell)

    def _split(self, bound: _Bound, text: str | None) -> list[Any]:
        if text is None:
            return []
        sign = bound.mapping.split
        parts = text.split(sign) if sign else [text]
        return [part.strip() for part in parts if part.strip()]

    def _when(self, bound: _Bound, cells: Sequence[Any]) -> tuple[int | None, str] | None:
        """The time and its quality; an empty cell is no time, one that cannot be read a fault."""
        cell = bound.cell(cells, "at")
        if cell is None:
            return None, "none"
        when = moment(cell, self.asked.tz, self.order, bound.mapping.pattern)
        if when is None:
            return None
        quality = bound.text(cells, "quality")
        return when[0], quality if quality in QUALITIES and quality != "none" else when[1]

    def _money(
        self, bound: _Bound, cells: Sequence[Any], kind: str
    ) -> tuple[str, float | None, str | None]:
        """Kind, amount and currency: a payment below zero is a refund."""
        cell = bound.cell(cells, "amount")
        found = None if cell is None else money(cell)
        if found is None:
            return kind, None, None
        amount, sign = found
        currency = bound.text(cells, "currency") or sign
        if kind in ("pay", "refund"):
            kind = "refund" if amount < 0 else kind
            if currency is None:
                self.asked.notes["no_currency"] += 1
            return kind, abs(amount), currency or NO_CURRENCY
        return kind, amount, currency

    def _resolved(self, cells: Sequence[Any], found: list[Event]) -> Row:
        """Rows that answer another row wait for it; of those about one thing the last counts."""
        bound = self.bound
        if "parent" in bound.places:
            key = bound.joined(cells, "key" if "key" in bound.places else "id")
            if key is not None:
                self.authors[key] = found[0].member
            parent = bound.joined(cells, "parent")
            if parent is not None and found[0].target is None:
                self.waiting.append((parent, found))
                return ()
        if self.mapping.last:
            about = (found[0].member, found[0].object)
            before = self.last.get(about)
            if before is not None and (before[0].at or 0) > (found[0].at or 0):
                return "superseded"
            self.last[about] = found
            return () if before is None else "superseded"
        return found
