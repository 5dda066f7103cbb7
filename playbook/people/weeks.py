"""A log in weeks: who took part when, in the first weeks or the last ones, and what changed.

Weeks are blocks of seven days counted from the first day of a stretch, never calendar weeks: so
none is cut short. All that grows with the number of events is asked of the engine; what comes to
Python is a few rows a week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from statistics import fmean, variance
from typing import Any

import ibis
import ibis.expr.types as ir

from playbook.load import content
from playbook.people.base import Log


@dataclass(frozen=True)
class Stretch:
    """So many whole weeks from a day on. `which`: the `first` weeks of a group, or its `last`."""

    start: date
    weeks: int
    which: str = "last"

    @property
    def end(self) -> date:
        """The last day of it."""
        return self.start + timedelta(days=7 * self.weeks - 1)

    def week_of(self, day: ir.Value) -> ir.Value:
        """Which week, from 0, does a day lie in? Only for days that lie within."""
        return day.delta(ibis.literal(self.start), unit="day") // 7

    def within(self, table: ir.Table) -> ir.Table:
        """The rows whose day lies within."""
        return table.filter(table.day.between(ibis.literal(self.start), ibis.literal(self.end)))


def kinds_of(name: str) -> list[str]:
    """Which kinds of events does a word of `content/evidence.toml` stand for?

    >>> kinds_of("talk"), kinds_of("pay")
    (['post', 'reply'], ['pay'])
    """
    return list(content("evidence")["kinds"].get(name, [name]))


@dataclass(frozen=True)
class Weeks:
    """
    What a stretch of a log holds, for some kinds of events.

    `people`, `events`, `newcomers`: one number a week. `days`: the days on which anybody took
    part. A newcomer is one whose first event of these kinds, in the whole log, falls in the week.
    """

    stretch: Stretch
    people: tuple[int, ...]
    events: tuple[int, ...]
    newcomers: tuple[int, ...]
    days: tuple[date, ...]
    #: How many people took part in so many weeks, the last of them that one.
    _attendance: Mapping[tuple[int, int], int]

    @cached_property
    def everyone(self) -> int:
        """How many different people took part?"""
        return sum(self._attendance.values())

    def since(self, week: int) -> int:
        """How many different people took part in this week or later?"""
        return sum(n for (_, last), n in self._attendance.items() if last >= week)

    def in_weeks(self, least: int) -> int:
        """How many people took part in so many weeks or more?"""
        return sum(n for (weeks, _), n in self._attendance.items() if weeks >= least)

    @cached_property
    def silence(self) -> int:
        """How many whole days in a row did nobody take part, the ends of the stretch included?"""
        before = self.stretch.start - timedelta(days=1)
        after = self.stretch.end + timedelta(days=1)
        seen = [before, *self.days, after]
        return max((b - a).days - 1 for a, b in pairwise(seen))


def read_weeks(log: Log, stretch: Stretch, kinds: Sequence[str]) -> Weeks:
    """Who took part in which week of a stretch?"""
    took = log.rollup.filter(log.rollup.kind.isin(list(kinds)))
    within = stretch.within(took)
    within = within.mutate(week=stretch.week_of(within.day))
    weekly = within.group_by("week").aggregate(
        people=within.member.nunique(), events=within.n.sum()
    )
    firsts = took.group_by("member").aggregate(day=took.day.min())
    fresh = stretch.within(firsts)
    fresh = (
        fresh.mutate(week=stretch.week_of(fresh.day)).group_by("week").aggregate(n=ibis._.count())
    )
    each = within.group_by("member").aggregate(weeks=within.week.nunique(), last=within.week.max())
    attendance = each.group_by(["weeks", "last"]).aggregate(n=ibis._.count())
    rows = {int(row.week): row for row in weekly.to_pandas().itertuples()}
    new = {int(row.week): int(row.n) for row in fresh.to_pandas().itertuples()}
    every = range(stretch.weeks)
    return Weeks(
        stretch=stretch,
        people=tuple(int(rows[week].people) if week in rows else 0 for week in every),
        events=tuple(int(rows[week].events) if week in rows else 0 for week in every),
        newcomers=tuple(new.get(week, 0) for week in every),
        days=tuple(sorted(_day(day) for day in within.select("day").distinct().to_pandas()["day"])),
        _attendance={
            (int(row.weeks), int(row.last)): int(row.n)
            for row in attendance.to_pandas().itertuples()
        },
    )


def _day(value: Any) -> date:
    found: date = value.date() if hasattr(value, "date") else value
    return found


def first_day(log: Log, kinds: Sequence[str] | None = None) -> date | None:
    """On which day does the log begin? None where no time is known."""
    table = log.rollup if kinds is None else log.rollup.filter(log.rollup.kind.isin(list(kinds)))
    found = table.aggregate(day=table.day.min()).to_pandas()["day"].dropna()
    return _day(found.iloc[0]) if len(found) else None


def full_weeks(first: date, end: date) -> int:
    """How many whole weeks lie between two days, both counted?

    >>> full_weeks(date(2026, 1, 1), date(2026, 1, 14))
    2
    """
    return max(0, ((end - first).days + 1) // 7)


def last_weeks(end: date, weeks: int) -> Stretch:
    """The whole weeks that end on a day.

    >>> last_weeks(date(2026, 1, 14), 2).start
    datetime.date(2026, 1, 1)
    """
    return Stretch(end - timedelta(days=7 * weeks - 1), weeks)


def window(first: date, end: date) -> Stretch | None:
    """
    Which weeks are a group's facts read from? None where it is too short for any.

    A young group: its first eight, as the pilot did. An older one: its last eight full weeks,
    which is a carry-over. How many make it young stands in `content/evidence.toml`.

    >>> window(date(2026, 1, 1), date(2026, 3, 10)).which  # nine weeks
    'first'
    >>> window(date(2025, 1, 1), date(2026, 3, 10)).start
    datetime.date(2026, 1, 14)
    """
    told = content("evidence")["window"]
    age = full_weeks(first, end)
    if age < told["weeks"]:
        return None
    if age < told["young"]:
        return Stretch(first, told["weeks"], "first")
    return last_weeks(end, told["weeks"])


# --- facts ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One counted thing with its level by the pilot's cuts; `n`: how many weeks, days or people."""

    id: str
    value: int
    level: int
    n: int

    def to_dict(self) -> dict[str, Any]:
        return {"fact": self.id, "value": self.value, "level": self.level, "n": self.n}


def fact_entry(fact: str) -> Mapping[str, Any]:
    """What does `content/evidence.toml` say of a fact?"""
    found: Mapping[str, Any] = next(f for f in content("evidence")["fact"] if f["id"] == fact)
    return found


def level_of(fact: str, value: float) -> int:
    """
    Which level, 0 to 3, does the pilot give a value?

    >>> [level_of("active", n) for n in (2, 3, 6, 12)], [level_of("silence", n) for n in (15, 4)]
    ([0, 1, 2, 3], [0, 3])
    """
    entry = fact_entry(fact)
    if entry.get("falling"):
        return sum(value <= cut for cut in entry["cuts"])
    return sum(value >= cut for cut in entry["cuts"])


def facts(log: Log, stretch: Stretch) -> dict[str, Fact]:
    """
    What do eight weeks show, fact by fact?

    A fact whose kinds of events the source does not have is left out: it is unknown, not 0.
    """
    read = {
        name: read_weeks(log, stretch, kinds_of(name))
        for name in ("part", "talk")
        if log.kinds & set(kinds_of(name))
    }
    found = {}
    for entry in content("evidence")["fact"]:
        weeks = read.get(entry["kinds"])
        if weeks is not None:
            value = _counted(entry["id"], weeks)
            n = {"people": weeks.everyone, "weeks": stretch.weeks, "days": 7 * stretch.weeks}
            found[entry["id"]] = Fact(
                entry["id"], value, level_of(entry["id"], value), n[entry["n"]]
            )
    return found


def _counted(fact: str, weeks: Weeks) -> int:
    last = weeks.stretch.weeks
    return {
        "active": weeks.since(last - 2),
        "newcomers": sum(weeks.newcomers[-4:]),
        "weeks_of_three": sum(n >= 3 for n in weeks.people),
        "returning": weeks.in_weeks(2),
        "silence": weeks.silence,
        "core": weeks.in_weeks(5),
    }[fact]


# --- what changed -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """After less before, a week; with an interval of 95 %, or none where weeks are too few."""

    before: float
    after: float
    weeks: tuple[int, int]
    low: float | None
    high: float | None

    @property
    def change(self) -> float:
        return self.after - self.before

    def to_dict(self) -> dict[str, Any]:
        return {
            "before": self.before,
            "after": self.after,
            "change": self.change,
            "low": self.low,
            "high": self.high,
            "n": list(self.weeks),
            "method": None if self.low is None else "welch-t-weekly-counts",
        }


def difference(before: Sequence[float], after: Sequence[float], counts: bool = True) -> Difference:
    """
    By how much did a weekly number change, and how sure is that?

    Welch's t on the weekly counts, 95 %. A variance below that of pure chance (a count has at
    least the variance of its mean) is raised to it: four weeks that happen to be alike prove
    nothing (`counts` false: no such floor, as for money). Fewer than three weeks on a side, or nothing counted on both: no interval. Weeks that
    hang together make the true interval wider than this one.

    >>> found = difference([4, 4, 4, 4], [16, 16, 16, 16])
    >>> found.change, round(found.low, 1), round(found.high, 1)
    (12.0, 6.0, 18.0)
    """
    one, two = fmean(before), fmean(after)
    sizes = (len(before), len(after))
    if min(sizes) < 3:
        return Difference(one, two, sizes, None, None)
    from scipy.special import stdtrit

    floor = fmean if counts else (lambda _: 0.0)
    parts = [max(variance(side), floor(side)) / len(side) for side in (before, after)]
    spread = sum(parts)
    if not spread:  # nothing on either side: nothing to be sure of
        return Difference(one, two, sizes, None, None)
    freedom = spread**2 / sum(p**2 / (n - 1) for p, n in zip(parts, sizes, strict=True))
    reach = float(stdtrit(freedom, 0.975)) * spread**0.5
    return Difference(one, two, sizes, two - one - reach, two - one + reach)
