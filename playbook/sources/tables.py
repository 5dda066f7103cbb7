"""Any table becomes events through a mapping of its columns; known tables bring their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from playbook.errors import PlaybookError, quote, refuse
from playbook.events import QUALITIES, Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.bound import Bound
from playbook.sources.cells import as_text, is_shortened, money, said
from playbook.sources.mapping import Mapping, preset_of, read_mapping
from playbook.sources.moment import day_order, moment
from playbook.sources.proposal import proposal_of, propose
from playbook.sources.spreadsheet import Table, open_table

__all__ = ["GENUINE", "ID", "Mapping", "propose", "read_mapping", "recognises", "rows"]

ID = "table"
GENUINE = True

#: ISO 4217's own code for "no currency is known"; without one an amount would be a count.
NO_CURRENCY = "XXX"


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
        if table.beside:
            asked.notes["other_sheets"] += len(table.beside)


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


class _Reader:
    """One table, row by row."""

    def __init__(
        self, table: Table, mapping: Mapping, asked: Asked, order: str | None, where: str
    ) -> None:
        self.table, self.mapping, self.asked, self.order = table, mapping, asked, order
        self.bound = Bound(mapping, table.columns, where)
        self.also = [Bound(one, table.columns, where) for one in mapping.also]
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

    def _row(self, cells: Sequence[Any]) -> Row:
        if not any(cells):
            return "empty"
        found = self.bound.take(cells)
        if reason := self._again(found.get("once")) or self.bound.skipped(cells):
            return reason
        events = self._events(self.bound, found, cells)
        if isinstance(events, str):
            return events if any(map(as_text, cells)) else "empty"
        for also in self.also:
            more = self._events(also, also.take(cells), cells)
            if not isinstance(more, str):
                events += more
        return self._resolved(cells, events)

    def _again(self, cell: Any) -> str | None:
        """Is it a further line of an order that was told?"""
        if cell is None or is_shortened(cell):
            return None
        told = said(cell)
        if told in self.seen:
            return "further_line"
        self.seen.add(told)
        return None

    def _events(
        self, bound: Bound, found: dict[str, Any], cells: Sequence[Any]
    ) -> list[Event] | str:
        """The events of a row, one for each member and target, or why there are none."""
        kind = bound.kind(found.get("kind"))
        if kind.startswith("-"):
            return kind[1:] or "left_out"
        if not bound.is_asked_for(cells):
            return "empty"
        members = bound.split(found.get("member"))
        targets: list[Any] = bound.split(found.get("target")) or [None]
        if not members or (kind == "invite" and targets == [None]):
            return "no_member"
        when = self._when(bound, found)
        if when is None:
            return "unread_time"
        if "name" in found and len(members) == 1:
            self.asked.names[members[0]] = said(found["name"])
        kind, amount, currency = self._money(found, kind)
        row_id, group, thing = self._ident(found), _text(found, "group"), _text(found, "object")
        text = _text(found, "text") if self.asked.keep_text else None
        source = _text(found, "source") or ID
        ids = (
            [row_id]
            if len(targets) == 1
            else [row_id and f"{row_id}/{n}" for n in range(len(targets))]
        )
        return [
            Event(own, who, *when, kind, group, thing, to, amount, currency, source, text)
            for who in members
            for own, to in zip(ids, targets, strict=False)
        ]

    def _ident(self, found: dict[str, Any]) -> str | None:
        """The number of a row, unless Excel has lost its last digits."""
        if "id" not in found:
            return None
        if is_shortened(found["id"]):
            self.asked.notes["shortened"] += 1
            return None
        return said(found["id"])

    def _when(self, bound: Bound, found: dict[str, Any]) -> tuple[int | None, str] | None:
        """The time and its quality; an empty cell is no time, one that cannot be read a fault."""
        if "at" not in found:
            return None, "none"
        when = moment(found["at"], self.asked.tz, self.order, bound.mapping.pattern)
        quality = found.get("quality")
        if when is None or quality not in QUALITIES or quality == "none":
            return when
        return when[0], str(quality)

    def _money(self, found: dict[str, Any], kind: str) -> tuple[str, float | None, str | None]:
        """Kind, amount and currency: a payment below zero is a refund."""
        told = money(found["amount"]) if "amount" in found else None
        if told is None:
            return kind, None, None
        amount, sign = told
        currency = _text(found, "currency") or sign
        if kind not in ("pay", "refund"):
            return kind, amount, currency
        if currency is None:
            self.asked.notes["no_currency"] += 1
        return "refund" if amount < 0 else kind, abs(amount), currency or NO_CURRENCY

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


def _text(found: dict[str, Any], key: str) -> str | None:
    return said(found[key]) if key in found else None
