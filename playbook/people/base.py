"""An event table, opened: the one place that knows engines, files and time zones.

Every engine module asks a `Log` for `events` (one row an event, in the community's own time) and
`rollup` (a member's day by kind) and writes Ibis expressions over them: the same on DuckDB, which
is built in, and on Spark. Only the portable part of Ibis is used: whole days from dates, naive
times, scores rounded before they are compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import ibis
import ibis.expr.types as ir
import pandas as pd

from playbook.errors import nearest, quote, refuse
from playbook.events import KINDS, arrow_schema, check_columns
from playbook.people.reading import event_parquet, people_parquet

ENGINES = ("duckdb", "spark")
#: No community of this kit is older: an earlier time is a slip (1970 is a computer's zero).
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass
class Log:
    """
    An event table opened on an Ibis backend, with everything after `at` left out.

    `events`: id, member, at (naive, in the zone `tz`; null where a time is not known), day,
    at_quality, kind, group, object, target, amount, currency, source. `people`: one row a member
    of the people table, or None. `at`: the moment things are judged at (naive, in `tz`; now, if
    no event has a time: `timed` says so). `counts`: events by kind. `notices`: what was left out
    or mended, how often. `names`: what members are called, where the import knows.
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
    timed: bool
    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    closing: ExitStack = field(default_factory=ExitStack, repr=False)

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
        return self.events.filter(self.events.at.notnull())

    @cached_property
    def rollup(self) -> ir.Table:
        """A member's day by kind: member, day, kind, n, amount; events without a time left out."""
        by = self.timed_events.group_by(["member", "day", "kind"])
        return self.keep(by.aggregate(n=ibis._.count(), amount=ibis._.amount.sum()))

    def keep(self, table: ir.Table) -> ir.Table:
        """Work a table out once and hold it until the log is closed."""
        if self.con.name != "duckdb":
            kept: ir.Table = self.closing.enter_context(table.cache())
            return kept
        # Ibis 12 drops its own cached tables with SQL that newer releases of sqlglot leave empty.
        name = ibis.util.gen_name("playbook")
        self.con.raw_sql(f'CREATE TEMP TABLE "{name}" AS {ibis.to_sql(table, "duckdb")}')
        self.closing.callback(self.con.raw_sql, f'DROP TABLE IF EXISTS "{name}"')
        held: ir.Table = self.con.table(name)
        return held

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
        con = con if theirs else closing.enter_context(_own(engine))
        where, table = _table(con, events, folder, theirs)
        listed = None
        if people is not None:
            listed_file, others = people_parquet(people, folder)
            listed = con.read_parquet(str(listed_file))
            if others is not None:
                table = _one_person(table, con.read_parquet(str(others)))
        table = _trusted(table)
        seen = _look(table, where, cut or datetime.now(UTC) + timedelta(days=1))
        if cut is None:
            cut = seen.last or datetime.now(UTC)
        table = _in_zone(_used(table, cut, seen), zone, seen.first, cut)
        return Log(
            con=con,
            events=table,
            people=listed,
            at=cut.astimezone(zone).replace(tzinfo=None),
            tz=tz,
            where=where,
            counts=seen.counts,
            notices=seen.notices,
            unknown_kinds=seen.unknown,
            timed=seen.last is not None,
            folder=folder,
            names=dict(getattr(events, "names", None) or {}),
            closing=closing,
        )
    except BaseException:
        closing.close()
        raise


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
    if not isinstance(given, datetime):
        given = datetime.combine(given, time.max)
    try:
        return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise refuse("at", "date", given=quote(given)) from None


@contextmanager
def _own(engine: str) -> Iterator[Any]:
    """A connection of the log's own, gone when the log is closed."""
    if engine == "spark":
        from playbook.people.spark import connection

        with connection() as con:
            yield con
        return
    con = ibis.duckdb.connect()
    con.raw_sql("SET preserve_insertion_order = false")
    try:
        yield con
    finally:
        con.disconnect()


def _table(con: Any, events: Any, folder: Path, theirs: bool) -> tuple[str, ir.Table]:
    """The event table on the backend, with all columns; a table that is there stays there."""
    if isinstance(events, ir.Table):
        where, table = "events", events
    elif theirs and isinstance(events, str) and not Path(events).exists():
        try:
            where, table = events, con.table(events)
        except Exception:  # noqa: BLE001 - every backend has its own for this
            raise refuse(quote(events), "no_file") from None
    else:
        where, path = event_parquet(events, folder)
        table = con.read_parquet(str(path.resolve()))
    check_columns(table.columns, where)
    missing = {
        name: ibis.null("float64" if name == "amount" else "string")
        for name in arrow_schema().names
        if name not in table.columns
    }
    return where, table.mutate(**missing).select(arrow_schema().names)


def _one_person(table: ir.Table, others: ir.Table) -> ir.Table:
    """Where the people table says that two members are one person, they become one member."""
    for column in ("member", "target"):
        renamed = others.rename(**{column: "member"})
        table = table.left_join(renamed, column)
        table = table.mutate(**{column: table.same.coalesce(table[column])})
        table = table.select(arrow_schema().names)
    return table


def _trusted(table: ir.Table) -> ir.Table:
    """Times naive in UTC, and null where they are not known or cannot be true."""
    at = table.at.cast("timestamp")
    early = at < ibis.literal(EARLIEST.replace(tzinfo=None))
    unknown = table.at_quality.fill_null("exact") == "none"
    return table.mutate(at=ibis.ifelse(early | unknown, ibis.null("timestamp"), at), early=early)


@dataclass(frozen=True)
class _Seen:
    """What one pass over the whole table finds: what is used, and what is not."""

    counts: dict[str, int]
    notices: dict[str, int]
    unknown: dict[str, int]
    first: datetime | None
    last: datetime | None
    ids: bool


def _look(table: ir.Table, where: str, cut: datetime) -> _Seen:
    named = table.member.fill_null("") != ""
    late = table.at > ibis.literal(cut.replace(tzinfo=None))
    used = named & ~late.fill_null(False)
    found = (
        table.group_by("kind")
        .aggregate(
            n=ibis._.count(),
            used=used.sum(),
            late=(named & late).sum(),
            early=table.early.sum(),
            unread=(
                table.at.isnull()
                & ~table.early.fill_null(False)
                & (table.at_quality.fill_null("exact") != "none")
            ).sum(),
            ids=table.id.notnull().sum(),
            first=table.at.min(where=used),
            last=table.at.max(where=used),
        )
        .to_pandas()
    )
    ours = found[found["kind"].isin(KINDS)]
    foreign = found[~found["kind"].isin(KINDS)]
    unknown = {str(row.kind): int(row.n) for row in foreign.itertuples()}
    notices = {
        "unknown_kind": int(foreign["n"].sum()),
        "no_member": int((ours["n"] - ours["used"].fillna(0) - ours["late"].fillna(0)).sum()),
        "after": int(ours["late"].sum()),
        "too_early": int(ours["early"].sum()),
        "time_unread": int(ours["unread"].sum()),
    }
    counts = {
        row.kind: int(row.used)
        for row in sorted(ours.itertuples(), key=lambda row: KINDS.index(row.kind))
        if row.used
    }
    if not counts:
        raise refuse(where, "no_events", rows=int(found["n"].sum()))
    return _Seen(
        counts,
        {key: n for key, n in notices.items() if n},
        unknown,
        _utc(ours["first"].min()),
        _utc(ours["last"].max()),
        bool(ours["ids"].sum()),
    )


def _utc(given: Any) -> datetime | None:
    return None if pd.isna(given) else pd.Timestamp(given).to_pydatetime().replace(tzinfo=UTC)


def _used(table: ir.Table, cut: datetime, seen: _Seen) -> ir.Table:
    """What counts: known kinds of named members, each once, and nothing after `cut`."""
    table = table.filter(
        table.kind.isin(sorted(seen.counts)),
        table.member.fill_null("") != "",
        table.at.isnull() | (table.at <= ibis.literal(cut.replace(tzinfo=None))),
    ).drop("early")
    quality = ibis.ifelse(table.at.isnull(), "none", table.at_quality.fill_null("exact"))
    table = table.mutate(at_quality=quality)
    return _once(table, seen) if seen.ids else table


def _once(table: ir.Table, seen: _Seen) -> ir.Table:
    """Duplicates (the same source, id, kind and member) are taken once: the earliest of them."""
    by = ["source", "id", "kind", "member"]
    groups = table.filter(table.id.notnull()).group_by(by).aggregate(n=ibis._.count())
    again = groups.filter(groups.n > 1).group_by("kind").aggregate(n=(ibis._.n - 1).sum())
    extra = {row.kind: int(row.n) for row in again.to_pandas().itertuples()}
    if not extra:
        return table
    seen.notices["duplicate"] = sum(extra.values())
    for kind, n in extra.items():
        seen.counts[kind] -= n
    order = [table[name] for name in ("at", "group", "object", "target", "amount")]
    place = ibis.row_number().over(group_by=by, order_by=order)
    return table.mutate(place=place).filter(ibis._.id.isnull() | (ibis._.place == 0)).drop("place")


def _in_zone(table: ir.Table, zone: ZoneInfo, first: datetime | None, cut: datetime) -> ir.Table:
    """Times and days as the community's own clocks show them (summer time included)."""
    at = table.at
    shifts = _shifts(zone, first or cut, cut)
    seconds = [int(offset.total_seconds()) for _, offset in shifts]
    if seconds != [0]:
        shifted = [at + ibis.interval(seconds=n) for n in seconds]
        # The last change that lies before an event is the one in force.
        cases = [
            (at >= ibis.literal(start.replace(tzinfo=None)), moved)
            for (start, _), moved in zip(shifts[1:], shifted[1:], strict=True)
        ]
        at = ibis.cases(*reversed(cases), else_=shifted[0]) if cases else shifted[0]
    table = table.mutate(at=at)
    return table.mutate(day=table.at.date())


def _shifts(zone: ZoneInfo, first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
    """
    From when on is a zone how far from UTC? The first entry holds at `first`.

    >>> from datetime import UTC, datetime
    >>> berlin = _shifts(ZoneInfo("Europe/Berlin"), datetime(2026, 1, 1, tzinfo=UTC),
    ...                  datetime(2026, 7, 1, tzinfo=UTC))
    >>> [(start.isoformat(), offset.seconds) for start, offset in berlin[1:]]
    [('2026-03-29T01:00:00+00:00', 7200)]
    """

    def offset(moment: datetime) -> timedelta:
        return moment.astimezone(zone).utcoffset() or timedelta()

    found = [(first, offset(first))]
    before = first
    while before < last:
        after = min(before + timedelta(days=7), last)
        if offset(after) != found[-1][1]:
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            found.append((high.replace(microsecond=0), offset(high)))
        before = after
    return found
