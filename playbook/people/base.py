"""An event table, opened: the one place that knows engines, files and time zones.

Every engine module asks a `Log` for `events` (one row an event, in the community's own time) and
`rollup` (a member's day by kind) and writes Ibis expressions over them: the same on DuckDB, which
is built in, and on Spark. Only the portable part of Ibis is used: whole days from dates, naive
times, scores rounded before they are compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

import ibis
import ibis.expr.types as ir

from playbook.errors import nearest, quote, refuse
from playbook.people.reading import people_parquet
from playbook.people.usable import EARLIEST, event_table, in_zone, look, one_person, used

if TYPE_CHECKING:
    import pandas as pd

ENGINES = ("duckdb", "spark")
#: Asking for a day after this year is a slip; months are told one by one up to it.
_LATEST = 2100
#: What DuckDB may hold (fifty million events need about as much); beyond it, it writes to the log's
#: own folder.
_MEMORY = "2800MB"


@dataclass
class Log:
    """
    An event table opened on an Ibis backend, with everything after `at` left out.

    `events`: id, member, at (naive, in the zone `tz`; null where a time is not known), day,
    at_quality, kind, group, object, target, amount, currency, source. `people`: one row a member
    of the people table, or None. `at`: the moment things are judged at (naive, in `tz`; now, if
    no event has a time). `first`: the earliest time known, or None. `timeless`: how many events
    have none. `counts`: events by kind. `notices`: what was left out
    or mended, how often. `names`: what members are called, where the import knows. `given`: what
    was opened; an import without a file of its own name lives as long as somebody holds it.
    """

    con: Any
    events: ir.Table
    people: ir.Table | None
    at: datetime
    tz: str
    where: str
    counts: dict[str, int]
    notices: dict[str, int]
    unknown_kinds: dict[str, int]
    first: datetime | None
    timeless: int
    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    given: Any = field(default=None, repr=False)
    kept: dict[str, ir.Table] = field(default_factory=dict, repr=False)
    closing: ExitStack = field(default_factory=ExitStack, repr=False)

    @property
    def timed(self) -> bool:
        """Is the time of any event known?"""
        return self.first is not None

    @property
    def kinds(self) -> frozenset[str]:
        """Which kinds of events does this source show?"""
        return frozenset(self.counts)

    @property
    def kinds_in_order(self) -> tuple[str, ...]:
        """The same, from the lightest to the heaviest, as `KINDS` has them."""
        return tuple(self.counts)

    @cached_property
    def timed_events(self) -> ir.Table:
        """The events whose time is known at least to the day."""
        return self.events.filter(self.events.at.notnull()) if self.timeless else self.events

    @property
    def rollup(self) -> ir.Table:
        """A member's day by kind: member, day, kind, n, amount; where a time is known. Held."""
        return self.once("rollup", lambda: self.daily)

    @property
    def daily(self) -> ir.Table:
        """The same, but worked out anew for a single question if nobody asked before."""
        by = self.timed_events.group_by(["member", "day", "kind"])
        anew = by.aggregate(n=ibis._.count(), amount=ibis._.amount.sum())
        return self.kept.get("rollup", anew)

    @property
    def seen(self) -> ir.Table:
        """Member, day, kind: each at least once; the roll-up where it is held, else the events."""
        return self.kept.get("rollup", self.timed_events).select("member", "day", "kind")

    def keep(self, table: ir.Table) -> ir.Table:
        """Work a table out once and hold it until the log is closed."""
        if self.con.name == "pyspark":
            from playbook.people.spark import keep

            kept, release = keep(self.con, table)
            self.closing.callback(release)
            return kept
        if self.con.name != "duckdb":
            cached: ir.Table = self.closing.enter_context(table.cache())
            return cached
        # Ibis 12 drops its own cached tables with SQL that newer releases of sqlglot leave empty.
        name = ibis.util.gen_name("playbook")
        self.con.raw_sql(f'CREATE TEMP TABLE "{name}" AS {ibis.to_sql(table, "duckdb")}')
        self.closing.callback(self.con.raw_sql, f'DROP TABLE IF EXISTS "{name}"')
        held: ir.Table = self.con.table(name)
        return held

    def once(self, name: str, make: Callable[[], ir.Table]) -> ir.Table:
        """A table that several questions need, worked out for the first of them."""
        if name not in self.kept:
            self.kept[name] = self.keep(make())
        return self.kept[name]

    def lay_in(self, frame: pd.DataFrame) -> ir.Table:
        """A small table of Python's, on the backend."""
        path = self.folder / f"{ibis.util.gen_name('frame')}.parquet"
        frame.to_parquet(path, index=False)
        laid: ir.Table = self.con.read_parquet(str(path))
        return laid

    def close(self) -> None:
        """Let go of the tables held, and of the connection if it is the log's own."""
        self.closing.close()

    def __enter__(self) -> Log:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_log(
    events: Any,
    people: Any = None,
    at: str | date | datetime | None = None,
    tz: str = "UTC",
    engine: str = "duckdb",
    con: Any = None,
) -> Log:
    """
    Open an event table for reading: a context manager.

    `events`: a Parquet or CSV file, a DataFrame, what `import_events` gave, or, with `con`, the
    name of a table there. `people`: the same for the people table (Excel as well). `at`: judge as
    of this moment (a day: up to its end; in `tz`); default: the last event that is not in the
    future. `tz`: where days are cut. `engine`: `duckdb` or `spark`; `con`: one's own Ibis
    connection instead. An unreadable or empty table, an unknown zone or engine: PlaybookError.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"member": ["ann"], "at": ["2026-05-01T20:00:00Z"], "kind": ["post"]})
    >>> with open_log(table, tz="Asia/Shanghai") as log:
    ...     log.at.isoformat(), log.counts
    ('2026-05-02T04:00:00', {'post': 1})
    """
    zone = _zone(tz)
    cut = _moment(at, zone)
    if engine not in ENGINES:
        known = ", ".join(ENGINES)
        raise refuse("engine", "enum", nearest(engine, ENGINES), given=quote(engine), known=known)
    closing = ExitStack()
    try:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="playbook-")))
        theirs = con is not None
        con = con if theirs else closing.enter_context(_own(engine, folder))
        where, table = event_table(con, events, folder, theirs)
        listed = None
        if people is not None:
            listed_file, others = people_parquet(people, folder)
            listed = con.read_parquet(str(listed_file))
            if others is not None:
                table = one_person(table, con.read_parquet(str(others)))
        seen = look(table, where, cut or datetime.now(UTC) + timedelta(days=1))
        if cut is None:
            cut = seen.last or datetime.now(UTC)
        table = in_zone(used(table, cut, seen), zone, seen.first or cut, seen.last or cut)
        table = _named(con, table, closing)
        return Log(
            con=con,
            events=table,
            people=listed,
            at=_local(cut, zone),
            tz=tz,
            where=where,
            counts=seen.counts,
            notices=seen.notices,
            unknown_kinds=seen.unknown,
            first=None if seen.first is None else _local(seen.first, zone),
            timeless=seen.timeless,
            folder=folder,
            names=dict(getattr(events, "names", None) or {}),
            given=events,
            closing=closing,
        )
    except BaseException:
        closing.close()
        raise


def _named(con: Any, table: ir.Table, closing: ExitStack) -> ir.Table:
    """The table as a view of DuckDB's: queries over it are then told in few words."""
    if con.name != "duckdb":
        return table
    name = ibis.util.gen_name("events")
    con.raw_sql(f'CREATE TEMP VIEW "{name}" AS {ibis.to_sql(table, "duckdb")}')
    closing.callback(con.raw_sql, f'DROP VIEW IF EXISTS "{name}"')
    view: ir.Table = con.table(name)
    return view


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        meant = nearest(name, available_timezones())
        raise refuse("tz", "zone", meant, given=quote(name)) from None


def _moment(given: str | date | datetime | None, zone: ZoneInfo) -> datetime | None:
    """The moment that was meant, in UTC: a day alone means up to its end."""
    if given is None:
        return None
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given) if len(given) == 10 else datetime.fromisoformat(given)
        except ValueError:
            raise refuse("at", "date", given=quote(given)) from None
    if not EARLIEST.year <= given.year <= _LATEST:
        raise refuse("at", "range", given=given.isoformat(), low=EARLIEST.year, high=_LATEST)
    if not isinstance(given, datetime):
        given = datetime.combine(given, time.max)
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)


@contextmanager
def _own(engine: str, folder: Path) -> Iterator[Any]:
    """A connection of the log's own, gone when the log is closed."""
    if engine == "spark":
        from playbook.people.spark import connection

        with connection() as con:
            yield con
        return
    con = ibis.duckdb.connect(memory_limit=_MEMORY, temp_directory=str(folder))
    con.raw_sql("SET preserve_insertion_order = false")
    con.raw_sql("SET enable_progress_bar = false")
    try:
        yield con
    finally:
        con.disconnect()
