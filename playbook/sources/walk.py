"""Rows go by: counted, checked, told apart from what was there before, tidied, written in batches.

Every row is either used or skipped for one reason, so rows read = used + skipped by construction.
What scales with the rows is done on whole columns.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from playbook.events import EventWriter, arrow_table
from playbook.files import clean
from playbook.sources.base import BROKEN, DUPLICATE, Row, micros

#: No community has more than nicknames of so many signs; what is longer is cut and counted.
LONGEST_NAME = 200

#: Events are written in groups of so many: a file of any size passes through little memory.
_BATCH = 100_000
#: So many rows at a time become columns; then progress is told.
_OFTEN = 4096
_EARLIEST = micros("1990-01-01")
_DAY = 86_400_000_000
_NO_TABLE = (pa.ArrowTypeError, pa.ArrowInvalid, OverflowError, TypeError)
_IDENTITY = itemgetter(0, 4, 1, 10)  # id, kind, member, source: what makes two events the same


@dataclass
class Counts:
    """What was read, and what became of it."""

    used: int = 0
    events: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    qualities: Counter[str] = field(default_factory=Counter)
    members: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    cut_names: int = 0
    span: tuple[int, int] | None = None
    joined: dict[str, int] = field(default_factory=dict)


class Walk:
    """One import on its way from rows to the file."""

    def __init__(
        self,
        writer: EventWriter,
        key: bytes | None,
        told: Callable[[], None],
        people: Callable[[], Collection[str]],
    ) -> None:
        self.writer, self.key, self.told, self.people = writer, key, told, people
        self.counts = Counts()
        self.latest = micros(datetime.now(UTC)) + _DAY
        #: Numbers instead of texts, sorted: millions of them fit into little memory.
        self.seen = np.empty(0, np.int64)
        self.waiting: list[tuple[pa.Table, Any, Any]] = []
        self._names: dict[str | None, str | None] = {None: None}
        self._groups: dict[str | None, str | None] = {None: None}

    def take(self, rows: Iterable[Row]) -> Counts:
        """Read all rows and write their events."""
        skipped = self.counts.skipped
        events: list[Sequence[Any]] = []
        sizes: list[int] = []
        for row in rows:
            if isinstance(row, str):
                skipped[row] += 1
                if skipped[row] % _OFTEN == 0:
                    self.told()
                continue
            events += row
            sizes.append(len(row))
            if len(sizes) == _OFTEN:
                self._gather(events, sizes)
                events, sizes = [], []
        self._gather(events, sizes)
        self._write()
        return self.counts

    def _gather(self, events: list[Sequence[Any]], sizes: list[int]) -> None:
        """Turn a few thousand rows into columns while they are still at hand in the cache."""
        try:
            table = arrow_table(events, self.writer.schema)
        except _NO_TABLE:  # a number for a name …
            events, sizes = self._without_broken(events, sizes)
            table = arrow_table(events, self.writer.schema)
        numbers = np.fromiter(map(hash, map(_IDENTITY, events)), np.int64, len(events))
        self.waiting.append((table, numbers, np.asarray(sizes, np.int64)))
        if sum(len(table) for table, _, _ in self.waiting) >= _BATCH:
            self._write()
        self.told()

    def _write(self) -> None:
        tables, numbers, sizes = zip(*self.waiting, strict=True)
        self.waiting = []
        table = pa.concat_tables(tables)
        keep = self._kept(table, np.concatenate(numbers), np.concatenate(sizes))
        table = self._tidied(table if keep.all() else table.filter(pa.array(keep)))
        self.writer.write_table(table)
        self._count(table)

    def _without_broken(
        self, events: list[Sequence[Any]], sizes: list[int]
    ) -> tuple[list[Sequence[Any]], list[int]]:
        """What is left when rows that no table can hold are counted out, one by one."""
        kept: list[Sequence[Any]] = []
        left: list[int] = []
        start = 0
        for size in sizes:
            row = events[start : start + size]
            start += size
            try:
                arrow_table(row, self.writer.schema)
            except _NO_TABLE:
                self.counts.skipped[BROKEN] += 1
                continue
            kept += row
            left.append(size)
        return kept, left

    def _kept(self, table: pa.Table, numbers: Any, sizes: Any) -> Any:
        """Which events are used; the rows of the others are counted by their reason."""
        row = np.repeat(np.arange(len(sizes)), sizes)

        def rows_of(wrong: Any) -> Any:
            return np.bincount(row, wrong, len(sizes)) > 0

        at = pc.fill_null(table["at"].cast(pa.int64()), self.latest).to_numpy()
        late = rows_of((at < _EARLIEST) | (at > self.latest))
        unnamed = rows_of(pc.equal(pc.fill_null(table["member"], ""), "").to_numpy())
        keep = ~(late | unnamed)[row]
        keep &= self._first(numbers, pc.is_null(table["id"]).to_numpy(), keep)
        used = rows_of(keep)
        self.counts.used += int(used.sum())
        reasons = np.select([late, unnamed, sizes == 0], ["bad_time", BROKEN, "empty"], DUPLICATE)
        self.counts.skipped.update(reasons[~used].tolist())
        return keep

    def _first(self, numbers: Any, nameless: Any, keep: Any) -> Any:
        """Is it the first with its id, kind and member? What has no id is always new."""
        fresh = np.zeros(len(numbers), bool)
        fresh[np.unique(numbers, return_index=True)[1]] = True
        place = np.searchsorted(self.seen, numbers)
        known = np.append(self.seen, 0)[place] == numbers
        fresh &= ~known | (place == len(self.seen))
        new = numbers[fresh & keep & ~nameless]
        # Two sorted runs: a stable sort merges them in one pass.
        self.seen = np.sort(np.concatenate([self.seen, np.sort(new)]), kind="stable")
        return fresh | nameless

    def _tidied(self, table: pa.Table) -> pa.Table:
        """The same events: names cut or replaced, and nobody their own target."""
        columns = {name: table[name] for name in table.schema.names}
        member = self._renamed(columns["member"], self._names, self.name)
        target = self._renamed(columns["target"], self._names, self.name)
        own = pc.fill_null(pc.equal(member, target), False)
        columns |= {"member": member, "target": pc.if_else(own, None, target)}
        columns["group"] = self._renamed(columns["group"], self._groups, self._group)
        if self.key is not None:  # some ids are made of names, or of who said what
            columns["id"] = self._renamed(columns["id"], {None: None}, self.name)
        return pa.table(columns, schema=table.schema)

    @staticmethod
    def _renamed(
        column: pa.ChunkedArray,
        known: dict[str | None, str | None],
        name: Callable[[str], str],
    ) -> Any:
        """The column with every value as `name` has it; each is asked for once."""
        told = column.combine_chunks().dictionary_encode()
        values = told.dictionary.to_pylist()
        for value in values:
            if value not in known:
                known[value] = name(value)
        if all(known[value] == value for value in values):
            return column
        return pa.array([known[value] for value in values], pa.string()).take(told.indices)

    def name(self, member: str) -> str:
        """How a member is called in the table: by a pseudonym where that is asked for."""
        if self.key is not None:
            raw = member.encode("utf-8", "surrogatepass")
            return hashlib.blake2b(raw, key=self.key, digest_size=8).hexdigest()
        return self.short(member)

    def _group(self, group: str) -> str:
        """How a group is called: a chat of two is often called as the other person is."""
        person = self.key is not None and (group in self._names or group in self.people())
        return self.name(group) if person else self.short(group)

    def active(self, members: Iterable[str]) -> int:
        """How many of these members, by the names that the export has, are in the table?"""
        return len(self.counts.members.intersection(self._names.get(one) for one in members))

    def short(self, name: str) -> str:
        """No longer than any honest name; two long ones stay two."""
        name = str(clean(name))
        if len(name) <= LONGEST_NAME:
            return name
        self.counts.cut_names += 1
        tail = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
        return f"{name[: LONGEST_NAME - 9]}…{tail}"

    def _count(self, table: pa.Table) -> None:
        counts = self.counts
        counts.events += len(table)
        for told, name in ((counts.kinds, "kind"), (counts.qualities, "at_quality")):
            for one in pc.value_counts(table[name]).to_pylist():
                told[one["values"]] += one["counts"]
        at = table["at"].cast(pa.int64())
        ends = [*pc.min_max(at).as_py().values(), *(counts.span or ())]
        known = [end for end in ends if end is not None]
        counts.span = (min(known), max(known)) if known else None
        counts.members.update(pc.unique(table["member"]).to_pylist())
        counts.groups.update(pc.unique(pc.drop_null(table["group"])).to_pylist())
        joins = pa.table({"member": table["member"], "at": at}).filter(
            pc.equal(table["kind"], "join")
        )
        first = joins.group_by("member").aggregate([("at", "min")])
        for member, day in zip(*(column.to_pylist() for column in first.columns), strict=True):
            if day is not None:
                counts.joined[member] = min(day, counts.joined.get(member, day))
