"""One member's own record: what they did, when, and with how many others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from playbook.errors import nearest, quote, refuse

if TYPE_CHECKING:
    from playbook.people.api import Members


@dataclass(frozen=True)
class Record:
    """
    What one member did. `kinds`: events by kind; `days`: on how many days; `months`: the first
    day of each month up to the last → events; `met`: how many others they spoke to, invited or
    thanked, or were spoken to by.
    """

    member: str
    name: str | None
    intimacy: float | None
    level: str | None
    kinds: dict[str, int]
    days: int
    months: tuple[tuple[date, int], ...]
    met: int
    first: date | None
    last: date | None


def record(found: Members, member: str) -> Record:
    """
    What did one member do, and how close are they? Nothing of anybody else is told but a count.

    An unknown member raises PlaybookError.

    >>> from playbook.people.api import members
    >>> table = pd.DataFrame({"member": ["ann", "ann", "bo"], "target": ["bo", None, "ann"],
    ...                       "at": ["2026-05-01", "2026-06-02", "2026-06-02"], "kind": "reply"})
    >>> with members(table) as found:
    ...     one = record(found, "ann")
    >>> one.days, one.kinds, one.met, [n for _, n in one.months]
    (2, {'reply': 2}, 1, [1, 1])
    """
    frame = found.frame()
    rows = frame[frame["member"] == member]
    if not len(rows):
        raise refuse("member", "no_member", nearest(member, frame["member"]), given=quote(member))
    row = rows.iloc[0]
    log = found.log
    own = log.rollup.filter(log.rollup.member == member).to_pandas()
    kinds = _counted(log.events.filter(log.events.member == member))
    score = float(row["intimacy"])
    return Record(
        member=member,
        name=_text(row["name"]),
        intimacy=None if pd.isna(score) else score,
        level=_text(row["level"]),
        kinds=kinds,
        days=int(own["day"].nunique()),
        months=tuple(_months(own)),
        met=_met(log.events, member),
        first=_day(row["first"]),
        last=_day(row["last"]),
    )


def _text(given: Any) -> str | None:
    return None if pd.isna(given) else str(given)


def _day(given: Any) -> date | None:
    return None if pd.isna(given) else pd.Timestamp(given).date()


def _counted(events: Any) -> dict[str, int]:
    by = events.group_by("kind").aggregate(n=ibis._.count()).to_pandas()
    ranked = by.sort_values(["n", "kind"], ascending=[False, True])
    return {str(kind): int(n) for kind, n in zip(ranked["kind"], ranked["n"], strict=True)}


def _months(own: pd.DataFrame) -> Iterator[tuple[date, int]]:
    """Every month from the first to the last, those without an event as well."""
    if not len(own):
        return
    by = own.groupby(pd.to_datetime(own["day"]).dt.to_period("M"))["n"].sum()
    for month in pd.period_range(by.index.min(), by.index.max(), freq="M"):
        yield month.start_time.date(), int(by.get(month, 0))


def _met(events: Any, member: str) -> int:
    toward = events.filter(events.member == member, events.target.notnull())
    back = events.filter(events.target == member)
    others = toward.select(other=toward.target).union(back.select(other=back.member)).distinct()
    return int(others.filter(others.other != member).count().execute())
