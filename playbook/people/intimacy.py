"""How close is each member: points for behaviour, forgotten by and by; and which level is that?

For each kind, every day counts at most so many events (`most_a_day`), a day's count fades by half
in each half-life, and what is left is multiplied with the kind's coefficient. So a member is one
row of a matrix, member × kind, and other coefficients are one multiplication away.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import log as ln
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from playbook.people.base import Log
from playbook.people.rules import Weights, rules, weights

Numbers = NDArray[Any]

#: Scores are rounded before they are compared: the last bits of a parallel sum are not the same
#: in every run, and a member would jump over a threshold and back.
DIGITS = 9


def levels() -> Sequence[Mapping[str, Any]]:
    """Which levels are there, from the lowest?

    >>> [level["id"] for level in levels()][-1]
    'scholar'
    """
    return rules()["level"]  # type: ignore[no-any-return]


def shown(raw: Numbers, half: float) -> Numbers:
    """Points as 0 to 100: `half` points stand for 50, and 100 is never reached.

    >>> shown(np.array([0.0, 20.0, 80.0]), 20).tolist()
    [0.0, 50.0, 80.0]
    """
    scores: Numbers = np.round(100 * raw / (raw + half), DIGITS)
    return scores


def reached(scores: Numbers, kinds: Numbers) -> Numbers:
    """The highest level whose threshold and number of kinds are met, without any history.

    >>> reached(np.array([0.0, 30.0, 80.0, 80.0]), np.array([0, 1, 2, 3])).tolist()
    [0, 2, 3, 4]
    """
    found = np.zeros(len(scores), dtype=np.int8)
    for place, level in enumerate(levels()):
        found[(scores >= level["from"]) & (kinds >= level["kinds"])] = place
    return found


@dataclass
class Intimacy:
    """
    Members by kind, faded up to `at`: `faded[i, j]` is what member i has left of kind j.

    `members` are the rows, `kinds` the columns (those that have ever been seen).
    """

    log: Log
    members: pd.Index[Any]
    kinds: tuple[str, ...]
    faded: Numbers
    at: date
    rules: Weights = field(default_factory=weights)

    def scores(self, using: Weights | None = None) -> Numbers:
        """The intimacy of each member, 0 to 100."""
        using = using or self.rules
        return shown(self.faded @ using.vector(self.kinds), using.half)

    @cached_property
    def _done(self) -> Numbers:
        """Which kinds has each member ever done: ones and zeros, ready to be added up."""
        return (self.faded > 0).astype(np.float32)

    def kinds_done(self, using: Weights | None = None) -> Numbers:
        """How many different kinds that bring points has each member done?"""
        brings = (using or self.rules).vector(self.kinds) > 0
        done: Numbers = (self._done @ brings.astype(np.float32)).astype(np.int8)
        return done

    def levels(self, using: Weights | None = None) -> Numbers:
        """The level of each member, as its place among `levels()`."""
        return self.judged(using)[1]

    def judged(
        self, using: Weights | None = None, all_history: bool = False
    ) -> tuple[Numbers, Numbers]:
        """
        The intimacy of each member, and the level, as its place among `levels()`.

        A level that was reached when a month ended is lost only below `keep` × its threshold.
        `all_history` fetches every member's months at once, so that asking again is quick.
        """
        using = using or self.rules
        scores, kinds = self.scores(using), self.kinds_done(using)
        found = reached(scores, kinds)
        keep = float(rules()["levels"]["keep"])
        # Bands do not overlap, so at most the next level can be held on to.
        starts = np.array([level["from"] for level in levels()] + [np.inf])
        needs = np.array([level["kinds"] for level in levels()] + [0])
        start = starts[1:][found]
        who = np.flatnonzero((scores >= keep * start) & (scores < start))
        who = who[kinds[who] >= needs[found[who] + 1]]
        if len(who):
            months = self._months if all_history else self._months_of(who)
            asked = needs[found[who] + 1]
            held = months.held(who, using, self.kinds, start[who], asked, keep, self.at)
            found[who[held]] += 1
        return scores, found

    @cached_property
    def _months(self) -> _Months:
        return _Months.read(self.log, self.members, self.kinds, np.arange(len(self.members)))

    def _months_of(self, who: Numbers) -> _Months:
        if "_months" in self.__dict__:
            return self._months
        return _Months.read(self.log, self.members, self.kinds, who)


def intimacy(
    log: Log, at: date | None = None, without: Collection[str] = (), using: Weights | None = None
) -> Intimacy:
    """
    How close is each member at the end of day `at` (default: the log's)?

    Only events with a known day count. `without` leaves kinds out. Members without any such event
    are not in it.
    """
    using, at = using or weights(), at or log.at.date()
    kinds = tuple(kind for kind in log.kinds_in_order if kind not in without)
    table = _days(log, kinds)
    if at < log.at.date():
        table = table.filter(table.day <= ibis.literal(at))
    worth = _worth(table, ibis.literal(at).delta(table.day, unit="day"))
    wide = table.group_by("member").aggregate(
        **{kind: worth.sum(where=table.code == place) for place, kind in enumerate(kinds)}
    )
    found = wide.to_pyarrow()
    faded = np.empty((len(found), len(kinds)))
    for place, kind in enumerate(kinds):
        faded[:, place] = found[kind].fill_null(0.0).to_numpy()
    members = pd.Index(found["member"].to_pandas())
    return Intimacy(log, members, kinds, faded, at, using)


def _days(log: Log, kinds: Sequence[str]) -> ir.Table:
    """What each member did of each kind on each day, with what the kind's rules say."""
    if "rollup" in log.kept:
        return _with_rules(log, log.rollup, kinds)
    laid, events = _laid(log, kinds), log.timed_events
    # Counted by a small number, not by a name: at fifty million events that saves half a gigabyte.
    coded = events.inner_join(laid.select("kind", "code"), "kind")
    days = coded.group_by(["member", "day", "code"]).aggregate(n=ibis._.count())
    return days.inner_join(laid.drop("kind"), "code")


def _with_rules(log: Log, table: ir.Table, kinds: Sequence[str]) -> ir.Table:
    """The roll-up of some kinds, with what its rules say beside each row."""
    # A join with a few rows is much quicker than a CASE over their names for every row.
    return table.inner_join(_laid(log, kinds), "kind")


def _laid(log: Log, kinds: Sequence[str]) -> ir.Table:
    """The rules of some kinds as a table: kind, most a day, how it fades, its place."""
    rule = weights()  # caps and half-lives are nobody's but ours
    entries = [(kind, rule.most_a_day[kind], -ln(2) / rule.half_life[kind]) for kind in kinds]
    laid = pd.DataFrame(entries, columns=["kind", "most", "fades"]).astype(
        {"kind": "string", "most": float, "fades": float}
    )
    laid["code"] = np.arange(len(kinds), dtype=np.int8)
    return log.lay_in(laid)


def _worth(table: ir.Table, age: Any) -> Any:
    """What a day's count of a kind is worth after `age` days, before its coefficient."""
    return ibis.least(table.n.cast("float64"), table.most) * (table.fades * age).exp()


@dataclass(frozen=True)
class _Months:
    """
    What members did month by month, as if on its first day.

    The entries of member i are those from `start[i]` to `start[i + 1]`.
    """

    start: Numbers
    month: Numbers
    kind: Numbers
    worth: Numbers

    @classmethod
    def read(cls, log: Log, members: pd.Index[Any], kinds: Sequence[str], who: Numbers) -> _Months:
        rows = log.lay_in(pd.DataFrame({"member": members[who], "row": who.astype(np.int32)}))
        table = _with_rules(log, log.rollup.inner_join(rows, "member"), kinds)
        day: Any = table.day
        table = table.mutate(
            month=(day.year() * 12 + day.month() - 1).cast("int32"),
            worth=_worth(table, 1 - day.day()),
        )
        by = table.group_by(["row", "month", "code"]).aggregate(worth=ibis._.worth.sum())
        table_found = by.to_pyarrow()
        found = {name: table_found[name].to_numpy() for name in table_found.column_names}
        order = np.argsort(found["row"], kind="stable")
        counts = np.bincount(found["row"], minlength=len(members))
        start = np.concatenate([[0], counts.cumsum()])
        return cls(start, *(found[name][order] for name in ("month", "code", "worth")))

    def held(
        self,
        who: Numbers,
        using: Weights,
        kinds: Sequence[str],
        start: Numbers,
        needs: Numbers,
        keep: float,
        at: date,
    ) -> Numbers:
        """
        Which of the members `who`, now a little below `start`, had it and never lost it?

        `needs`: so many kinds the level asks for; points alone are not the level.
        """
        sizes = self.start[who + 1] - self.start[who]
        rows = np.repeat(np.arange(len(who)), sizes)
        begins = np.repeat(self.start[who] - (sizes.cumsum() - sizes), sizes)
        taken = np.arange(len(rows)) + begins
        first = int(self.month[taken].min(initial=2**31 - 1))
        month = (self.month[taken] - first).astype(np.int16)
        order = np.argsort(month, kind="stable")
        month, rows, taken = month[order], rows[order], taken[order]
        worth = self.worth[taken]
        cell = rows * len(kinds) + self.kind[taken]
        fades = np.array([-ln(2) / using.half_life[name] for name in kinds])
        vector = using.vector(kinds)
        left = np.zeros((len(who), len(kinds)))
        held, enough = np.zeros(len(who), dtype=bool), needs == 0
        few = np.flatnonzero(needs)  # those who have not done so many kinds so far
        brings = (vector > 0).astype(np.int8)
        last = at.year * 12 + at.month - 1
        edges = np.searchsorted(month, np.arange(max(0, last - first) + 1))
        for place, now in enumerate(range(first, last)):
            days = monthrange(now // 12, now % 12 + 1)[1]
            # From the end of the month before to this month's first day is one day.
            left *= np.exp(fades)
            part = slice(edges[place], edges[place + 1])
            left.reshape(-1)[cell[part]] += worth[part]
            left *= np.exp(fades * (days - 1))
            scores = shown(left @ vector, using.half)
            done = (left[few] > 0) @ brings >= needs[few]
            enough[few[done]] = True
            few = few[~done]
            held = enough & ((scores >= start) | (held & (scores >= keep * start)))
        return held
