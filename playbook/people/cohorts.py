"""Who comes back: cohorts by month, lifecycle by month, stickiness within the last days.

The meanings are those of PostHog: a cohort is the month of a member's first activity; in a month a
member is new, returning (active in the month before), resurrected (active earlier) or dormant
(active in the month before, not in this one); stickiness counts on how many days people were there.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from playbook.people.base import Log
from playbook.people.path import active_days, active_events
from playbook.people.rules import rules, share


def months(log: Log) -> ir.Table:
    """In which months was each member active, and which was the first? Months since the year 0."""

    def make() -> ir.Table:
        table = active_events(log)
        number = (table.day.year() * 12 + table.day.month() - 1).cast("int32")
        seen = log.keep(table.select("member", month=number).distinct())
        first = seen.group_by("member").aggregate(first=ibis._.month.min())
        return seen.inner_join(first, "member").select("member", "month", "first")

    return log.once("months", make)


def month_name(number: int) -> str:
    """A month's number as text.

    >>> month_name(2026 * 12 + 10)
    '2026-11'
    """
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def retention(log: Log) -> dict[str, Any]:
    """
    Of those first active in a month, how many were active 1, 2, 3 … months later?

    A month that is still running is not told (null). `curve`: all cohorts that could be seen so
    far, together.
    """
    if not log.timed:
        return {"cohorts": [], "curve": []}
    counted = months(log).group_by(["first", "month"]).aggregate(n=ibis._.count()).to_pandas()
    table = {(int(row.first), int(row.month)): int(row.n) for row in counted.itertuples()}
    over = _months_over(log.at.date())
    cohorts: list[dict[str, Any]] = []
    for first in sorted({first for first, _ in table}):
        size = table[first, first]
        active = [table.get((first, month), 0) for month in range(first, over + 1)]
        cohorts.append(
            {
                "month": month_name(first),
                "members": size,
                "active": active,
                "rates": [share(n, size) for n in active],
            }
        )
    curve = []
    for later in range(max((len(c["active"]) for c in cohorts), default=0)):
        seen = [c for c in cohorts if len(c["active"]) > later]
        whole = sum(c["members"] for c in seen)
        part = sum(c["active"][later] for c in seen)
        curve.append({"months": later, "members": whole, "rate": share(part, whole)})
    return {"cohorts": cohorts, "curve": curve}


def _months_over(at: date) -> int:
    """The last month that is wholly over at the end of day `at`."""
    tomorrow = at + timedelta(days=1)
    return tomorrow.year * 12 + tomorrow.month - 2


def lifecycle(log: Log) -> list[dict[str, Any]]:
    """How many members were new, returning, resurrected or dormant in each month?

    `over` is false for a month that is still running.
    """
    if not log.timed:
        return []
    table = months(log)
    before = table.select("member", month=(table.month + 1).cast("int32"), there=ibis.literal(1))
    both = table.left_join(before, ["member", "month"])
    counted = both.group_by("month").aggregate(
        active=both.count(),
        new=(both.month == both.first).sum(),
        returning=both.there.notnull().sum(),
    )
    found = {int(row.month): row for row in counted.to_pandas().itertuples()}
    rows, over, last = [], _months_over(log.at.date()), 0
    for month in range(min(found, default=10**6), log.at.year * 12 + log.at.month):
        row = found.get(month)
        active, new, returning = (
            (0, 0, 0) if row is None else (int(row.active), int(row.new), int(row.returning))
        )
        rows.append(
            {
                "month": month_name(month),
                "over": month <= over,
                "active": active,
                "new": new,
                "returning": returning,
                "resurrected": active - new - returning,
                "dormant": last - returning,
            }
        )
        last = active
    return rows


def stickiness(log: Log) -> dict[str, Any]:
    """
    On how many of the last days was each member there, and what share of them on a usual day?

    `dau_mau`: the mean number of members a day ÷ the members of these days. `on_days`: how many
    members were there on 1, 2, 3 … days. Days before the first event of the log do not count.
    """
    days = int(rules()["stickiness"]["days"])
    if log.first is None:
        return {"days": None, "members": None, "dau_mau": None, "on_days": {}}
    at = log.at.date()
    table = active_days(log)
    days = min(days, (at - log.first.date()).days + 1)
    recent = table.filter(table.day > ibis.literal(at - timedelta(days=days)))
    by = recent.group_by("member").aggregate(days=ibis._.count())
    counted = by.group_by("days").aggregate(n=ibis._.count()).order_by("days").to_pandas()
    on_days = {int(row.days): int(row.n) for row in counted.itertuples()}
    members = sum(on_days.values())
    visits = sum(number * n for number, n in on_days.items())
    return {
        "days": days,
        "members": members,
        "dau_mau": share(visits, days * members),
        "on_days": {str(number): n for number, n in on_days.items()},
    }
