"""The noun of evidence: one row an event, its columns, kinds and checks; how it is written.

Whatever platform an export comes from, it ends in this one table. Engines read it with any table
engine; here it is described, and written whole or not at all.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from playbook.errors import Fault, nearest, quote, refuse
from playbook.files import clean, faults_raise

if TYPE_CHECKING:
    import pyarrow as pa

#: What people do in a community, as far as an export can show it.
KINDS = (
    "join",
    "leave",
    "invite",
    "read",
    "like",
    "vote",
    "answer",
    "post",
    "reply",
    "share",
    "signup",
    "checkin",
    "attend",
    "pay",
    "refund",
)
#: How well a time is known. `inherited`: from the message that it belongs to (a reaction of Slack
#: has no time of its own). `none` counts in totals and invite trees, never where time matters.
QUALITIES = ("exact", "day", "inherited", "none")


class Event(NamedTuple):
    """
    One thing that one member did.

    `at` is microseconds since 1970 in UTC (None: not known), `target` the other member (replied
    to, invited, helped), `object` the thread, message, event or product, `group` the channel,
    chat or branch, `currency` an ISO 4217 code (None: `amount` is a count). `text` is kept only
    where a person asked for it.
    """

    id: str | None
    member: str
    at: int | None
    at_quality: str
    kind: str
    group: str | None = None
    object: str | None = None
    target: str | None = None
    amount: float | None = None
    currency: str | None = None
    source: str | None = None
    text: str | None = None


COLUMNS = Event._fields[:-1]
#: Without these a table is no event table; the others may be missing and count as empty.
REQUIRED = ("member", "at", "kind")


def arrow_schema(keep_text: bool = False) -> pa.Schema:
    """Which types do the columns have, in Parquet and in any table engine?

    >>> arrow_schema().field("at").type
    TimestampType(timestamp[us, tz=UTC])
    """
    import pyarrow as pa

    kinds: dict[str, Any] = dict.fromkeys(Event._fields, pa.string())
    kinds |= {"at": pa.timestamp("us", tz="UTC"), "amount": pa.float64()}
    if not keep_text:
        kinds.pop("text")
    return pa.schema(list(kinds.items()))


def arrow_table(events: Iterable[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    """
    Which table do these events make: `Event`s, or plain tuples in that order?

    A lone surrogate, which no file can hold, shows as �.

    >>> arrow_table([Event("1", "ann", 0, "exact", "post")], arrow_schema())["member"].to_pylist()
    ['ann']
    """
    import pyarrow as pa

    columns = list(zip(*events, strict=True)) or [()] * len(schema)
    arrays = []
    for column, field in zip(columns, schema, strict=False):  # text, if not asked for, is left out
        try:
            arrays.append(pa.array(column, type=field.type))
        except UnicodeEncodeError:
            arrays.append(pa.array(map(clean, column), type=field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def check_columns(names: Iterable[str], where: str) -> None:
    """Is this an event table? Else one PlaybookError that names what is missing or misspelt.

    >>> check_columns(["member", "at", "kind"], "events.parquet")
    """
    there = [str(name) for name in names]
    known = ", ".join(quote(name) for name in there[:20])
    faults = [
        Fault(where, "no_column", {"column": wanted, "known": known}, nearest(wanted, there))
        for wanted in REQUIRED
        if wanted not in there
    ]
    if len(faults) == len(REQUIRED) and not any(fault.meant for fault in faults):
        raise refuse(where, "no_event_table", known=known)
    faults_raise(faults)


class EventWriter:
    """
    Events go in, a Parquet or CSV file comes out: whole, or not at all.

    The rows stand in a neighbour of the file until `with` ends well; then it takes the name in
    one step. A fault or Ctrl-C leaves what was there before.
    """

    def __init__(self, path: Path, keep_text: bool = False) -> None:
        if path.is_dir():
            raise refuse(path.name, "is_folder_to_write")
        self.path = Path(os.path.realpath(path))
        if self.path.exists() and not self.path.is_file():  # a device would be replaced by a file
            raise refuse(path.name, "not_file")
        self.as_csv = path.suffix.lower() == ".csv"
        self.schema = arrow_schema(keep_text)
        self.rows = 0
        self._sink: Any = None
        self._stream: Any = None

    def __enter__(self) -> EventWriter:
        import pyarrow.parquet as pq

        self._part = self.path.with_name(f".{self.path.name[:40]}.{os.getpid()}.part")
        try:
            if self.as_csv:
                # Excel takes a UTF-8 file for what it is only with a byte order mark.
                self._stream = self._part.open("w", encoding="utf-8-sig", newline="")
                self._sink = csv.writer(self._stream)
                self._sink.writerow(self.schema.names)
            else:
                # Ids are all different: a dictionary of them would be made only to be thrown away.
                told = [name for name in self.schema.names if name not in ("id", "at", "text")]
                self._sink = pq.ParquetWriter(
                    self._part, self.schema, compression="zstd", use_dictionary=told
                )
        except OSError as error:
            raise refuse(self.path.name, "write", reason=error.strerror or str(error)) from None
        return self

    def write(self, events: Iterable[Sequence[Any]]) -> None:
        """Take events: `Event`s, or plain tuples in the order of its fields."""
        self.write_table(arrow_table(events, self.schema))

    def write_table(self, table: pa.Table) -> None:
        """Take a table of events; each becomes one group of rows, so let it hold many."""
        self.rows += len(table)
        try:
            if self.as_csv:
                self._sink.writerows(_plain(row) for row in table.to_pylist())
            elif len(table):
                self._sink.write_table(table)
        except OSError as error:
            raise refuse(self.path.name, "write", reason=error.strerror or str(error)) from None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self.as_csv:
                self._stream.close()
            else:
                self._sink.close()
            if kind is None:
                self._part.replace(self.path)
        except OSError as fault:
            raise refuse(self.path.name, "write", reason=fault.strerror or str(fault)) from None
        finally:
            self._part.unlink(missing_ok=True)


#: By these a spreadsheet knows a formula.
SPELLS = tuple("=+-@＝＋－＠")


def _plain(row: dict[str, Any]) -> list[Any]:
    """A row for a spreadsheet: ISO times, and no text that it would take for a formula."""
    at = row["at"]
    row["at"] = None if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return [unspell(value) for value in row.values()]


def unspell(value: Any) -> Any:
    """The same cell, but a spreadsheet shows it instead of running it as a formula.

    In East Asia a spreadsheet takes the wide signs for the narrow ones.

    >>> unspell("=HYPERLINK(1)"), unspell("-5 °C"), unspell("＝1+1"), unspell(-5)
    ("'=HYPERLINK(1)", "'-5 °C", "'＝1+1", -5)
    """
    if isinstance(value, str) and value.lstrip()[:1] in SPELLS:
        return "'" + value
    return value
