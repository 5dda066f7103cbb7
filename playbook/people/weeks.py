"""A log in weeks: who took part when, in the first weeks or the last ones, and what changed.

Weeks are blocks of seven days counted from the first day of a stretch, never calendar weeks: so
none is cut short. All that grows with the number of events is asked of the engine; what comes to
Python is a few rows a week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import isnan
from statistics import fmean, variance
from typing import Any, NamedTuple

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


def weekly(log: Log, stretch: Stretch, names: Iterable[str]) -> dict[str, Week]:
    """How many people and events, week by week, for each of several words for kinds of events?"""
    within = stretch.within(log.rollup)
    asked = {name: within.kind.isin(kinds_of(name)) for name in names}
    columns = {
        f"people_{name}": within.member.nunique(where=which) for name, which in asked.items()
    }
    columns |= {f"events_{name}": within.n.sum(where=which) for name, which in asked.items()}
    within = within.mutate(week=stretch.week_of(within.day))
    rows = _by_week(within.group_by("week").aggregate(**columns), stretch)
    return {
        name: Week(
            tuple(_whole(row, f"people_{name}") for row in rows),
            tuple(_whole(row, f"events_{name}") for row in rows),
        )
        for name in asked
    }


class Week(NamedTuple):
    """How many different people, and how many events: one number a week each."""

    people: tuple[int, ...]
    events: tuple[int, ...]


def first_timers(log: Log, stretch: Stretch, name: str) -> tuple[int, ...]:
    """How many people did something of these kinds for the first time in the log, week by week?"""
    took = log.rollup.filter(log.rollup.kind.isin(kinds_of(name)))
    fresh = stretch.within(took.group_by("member").aggregate(day=took.day.min()))
    fresh = fresh.mutate(week=stretch.week_of(fresh.day))
    rows = _by_week(fresh.group_by("week").aggregate(n=ibis._.count()), stretch)
    return tuple(_whole(row, "n") for row in rows)


def _by_week(table: ir.Table, stretch: Stretch) -> list[Mapping[str, Any]]:
    found = {int(row["week"]): row for row in table.to_pandas().to_dict("records")}
    return [found.get(week, {}) for week in range(stretch.weeks)]


def _whole(row: Mapping[str, Any], name: str) -> int:
    value = row.get(name, 0)
    return 0 if value is None or isnan(value) else int(value)


def attendance(log: Log, stretch: Stretch, name: str) -> Counter[tuple[int, int]]:
    """How many people took part in so many weeks of a stretch, the last of them that one?"""
    within = stretch.within(log.rollup.filter(log.rollup.kind.isin(kinds_of(name))))
    within = within.mutate(week=stretch.week_of(within.day))
    each = within.group_by("member").aggregate(weeks=within.week.nunique(), last=within.week.max())
    found = each.group_by(["weeks", "last"]).aggregate(n=ibis._.count()).to_pandas()
    return Counter({(int(r.weeks), int(r.last)): int(r.n) for r in found.itertuples()})


def silence(log: Log, stretch: Stretch, name: str) -> int:
    """On how many whole days in a row did nobody take part, the ends of the stretch included?"""
    within = stretch.within(log.rollup.filter(log.rollup.kind.isin(kinds_of(name))))
    days = sorted(_day(day) for day in within.select("day").distinct().to_pandas()["day"])
    beside = timedelta(days=1)
    seen = [stretch.start - beside, *days, stretch.end + beside]
    return max((after - before).days - 1 for before, after in pairwise(seen))


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
    shown = [name for name in ("part", "talk") if log.kinds & set(kinds_of(name))]
    values = _counted(log, stretch, shown) if shown else {}
    everyone, found = values.pop("everyone", 0), {}
    for entry in content("evidence")["fact"]:
        name = entry["id"]
        if name in values:
            n = {"people": everyone, "weeks": stretch.weeks, "days": 7 * stretch.weeks}[entry["n"]]
            found[name] = Fact(name, values[name], level_of(name, values[name]), n)
    return found


def _counted(log: Log, stretch: Stretch, shown: Sequence[str]) -> dict[str, int]:
    """Every fact's value; what belongs to kinds that are not shown is left out."""
    values = {}
    seen = attendance(log, stretch, "part")
    values["everyone"] = seen.total()
    values["active"] = sum(n for (_, last), n in seen.items() if last >= stretch.weeks - 2)
    values["newcomers"] = sum(first_timers(log, stretch, "part")[-4:])
    values["returning"] = sum(n for (weeks, _), n in seen.items() if weeks >= 2)
    values["core"] = sum(n for (weeks, _), n in seen.items() if weeks >= 5)
    values["silence"] = silence(log, stretch, "part")
    if "talk" in shown:
        people = weekly(log, stretch, ["talk"])["talk"].people
        values["weeks_of_three"] = sum(n >= 3 for n in people)
    return values


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
            "method": None if self.low is None else "welch-t-weekly",
        }


def difference(before: Sequence[float], after: Sequence[float], counts: bool = True) -> Difference:
    """
    By how much did a weekly number change, and how sure is that?

    Welch's t on the weekly counts, 95 %. A variance below that of pure chance (a count has at
    least the variance of its mean) is raised to it: four weeks that happen to be alike prove
    nothing (`counts` false: no such floor, as for money). Fewer than three weeks on a side, or
    nothing counted on both: no interval. Weeks that hang together make the true interval wider
    than this one.

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
