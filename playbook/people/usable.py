"""What of an event table can be used: one look over it, then only the steps that it needs.

Unknown kinds, rows without a member, times that cannot be true, what lies after the day asked for
and duplicates are left out and counted. A clean table, as an import writes it, passes untouched.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pandas as pd

from playbook.errors import quote, refuse
from playbook.events import KINDS, arrow_schema, check_columns
from playbook.people.reading import event_parquet

#: No community of this kit is older: an earlier time is a slip (1970 is a computer's zero).
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: No member pays that much at once, in whatever currency: such an amount is a slip.
MOST = 1e15


def event_table(con: Any, events: Any, folder: Path, theirs: bool) -> tuple[str, ir.Table]:
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
    text = (name for name in arrow_schema().names if name not in ("at", "amount"))
    other = {
        n: table[n].cast("string") for n in text if n in table.columns and not _is_text(table[n])
    }
    if "amount" in table.columns:
        # NaN, infinities and what no shop takes: no sum holds them.
        told = table.amount.abs() < MOST
        other["amount"] = ibis.ifelse(told, table.amount, ibis.null(table.amount.type()))
    table = table.mutate(**missing, **other, at=_naive(con, table.at))
    return where, table.select(arrow_schema().names)


def _is_text(column: Any) -> bool:
    return bool(column.type().is_string())


def _microseconds(at: Any) -> Any: ...


def _timestamp(microseconds: Any) -> Any: ...


#: DuckDB's own functions, which Ibis does not know by name.
_EPOCH = ibis.udf.scalar.builtin(
    _microseconds, name="epoch_us", signature=(("timestamp('UTC')",), "int64")
)
_STAMP = ibis.udf.scalar.builtin(
    _timestamp, name="make_timestamp", signature=(("int64",), "timestamp")
)


def _naive(con: Any, at: Any) -> Any:
    """The same moment in UTC, without saying so."""
    if con.name == "duckdb" and at.type().timezone is not None:
        # A cast would look up the session's zone for every row: slower, and the zone may be any.
        return _STAMP(_EPOCH(at))
    return at.cast("timestamp")


def one_person(table: ir.Table, others: ir.Table) -> ir.Table:
    """Where the people table says that two members are one person, they become one member."""
    for column in ("member", "target"):
        renamed = others.rename(**{column: "member"})
        table = table.left_join(renamed, column)
        table = table.mutate(**{column: table.same.coalesce(table[column])})
        table = table.select(arrow_schema().names)
    return table


@dataclass(frozen=True)
class Seen:
    """What one pass over the whole table finds: what can be used, and what cannot."""

    counts: dict[str, int]
    notices: dict[str, int]
    unknown: dict[str, int]
    first: datetime | None
    last: datetime | None
    ids: int
    timeless: int


def _when(table: ir.Table) -> tuple[Any, Any, Any]:
    """Of each row: lies its time before all times, is it said to be unknown, is the row named?"""
    early = (table.at < _literal(EARLIEST)).fill_null(False)
    unknown = table.at_quality.fill_null("exact") == "none"
    return early, unknown, table.member.fill_null("") != ""


def _literal(moment: datetime) -> Any:
    return ibis.literal(moment.replace(tzinfo=None))


def look(table: ir.Table, where: str, cut: datetime) -> Seen:
    """What is in the table? Nothing that can be used: a PlaybookError."""
    early, unknown, named = _when(table)
    timed = table.at.notnull() & ~unknown & ~early
    late = named & timed & (table.at > _literal(cut))
    usable = named & ~late
    found = table.group_by("kind").aggregate(
        n=ibis._.count(),
        used=usable.sum(),
        late=late.sum(),
        early=early.sum(),
        unread=(table.at.isnull() & ~unknown).sum(),
        timeless=(~timed).sum(),
        ids=table.id.notnull().sum(),
        first=table.at.min(where=timed & usable),
        last=table.at.max(where=timed & usable),
    )
    rows = found.to_pandas()
    ours = rows[rows["kind"].isin(KINDS)].set_index("kind")
    sums = ours[["n", "used", "late", "early", "unread", "timeless", "ids"]].sum().astype(int)
    counts = {kind: int(ours["used"][kind]) for kind in KINDS if kind in ours.index}
    counts = {kind: n for kind, n in counts.items() if n}
    if not counts:
        raise refuse(where, "no_events", rows=int(rows["n"].sum()))
    others = rows[~rows["kind"].isin(KINDS)]
    notices = {
        "unknown_kind": int(others["n"].sum()),
        "no_member": sums["n"] - sums["used"] - sums["late"],
        "after": sums["late"],
        "too_early": sums["early"],
        "time_unread": sums["unread"],
    }
    return Seen(
        counts,
        {name: int(n) for name, n in notices.items() if n},
        {str(row.kind): int(row.n) for row in others.itertuples()},
        _utc(ours["first"].min()),
        _utc(ours["last"].max()),
        int(sums["ids"]),
        int(sums["timeless"]),
    )


def _utc(given: Any) -> datetime | None:
    return None if pd.isna(given) else pd.Timestamp(given).to_pydatetime().replace(tzinfo=UTC)


def used(table: ir.Table, cut: datetime, seen: Seen) -> ir.Table:
    """What counts: known kinds of named members, each once, and nothing after `cut`."""
    early, unknown, _ = _when(table)
    if seen.timeless:
        table = table.mutate(at=ibis.ifelse(early | unknown, ibis.null("timestamp"), table.at))
    if seen.unknown:
        table = table.filter(ibis._.kind.isin(list(seen.counts)))
    if "no_member" in seen.notices:
        table = table.filter(ibis._.member.fill_null("") != "")
    if "after" in seen.notices:
        table = table.filter(ibis._.at.isnull() | (ibis._.at <= _literal(cut)))
    quality = ibis.ifelse(table.at.isnull(), "none", table.at_quality.fill_null("exact"))
    table = table.mutate(at_quality=quality)
    return _once(table, seen) if seen.ids else table


def _once(table: ir.Table, seen: Seen) -> ir.Table:
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


def in_zone(table: ir.Table, zone: ZoneInfo, first: datetime, last: datetime) -> ir.Table:
    """Times and days as the community's own clocks show them (summer time included)."""
    at = table.at
    shifts = _shifts(zone, first, last)
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
