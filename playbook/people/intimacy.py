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

    def kinds_done(self, using: Weights | None = None) -> Numbers:
        """How many different kinds that bring points has each member done?"""
        brings = (using or self.rules).vector(self.kinds) > 0
        done: Numbers = np.count_nonzero(self.faded[:, brings], axis=1)
        return done

    def levels(self, using: Weights | None = None, all_history: bool = False) -> Numbers:
        """
        The level of each member, as its place among `levels()`.

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
        above = found + 1
        near = (scores >= keep * starts[above]) & (scores < starts[above]) & (kinds >= needs[above])
        who = np.flatnonzero(near)
        if len(who):
            months = self._months if all_history else self._months_of(who)
            held = months.held(who, using, self.kinds, starts[above[who]], keep, self.at)
            found[who[held]] += 1
        return found

    @cached_property
    def _months(self) -> _Months:
        return _Months.read(self.log, self.members, self.kinds, self.rules)

    def _months_of(self, who: Numbers) -> _Months:
        if "_months" in self.__dict__:
            return self._months
        return _Months.read(self.log, self.members, self.kinds, self.rules, who)


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
    table = log.rollup.filter(ibis._.kind.isin(kinds), ibis._.day <= ibis.literal(at))
    age = ibis.literal(at).delta(table.day, unit="day")
    worth = _worth(table, age, using)
    wide = table.group_by("member").aggregate(
        **{kind: worth.sum(where=table.kind == kind) for kind in kinds}
    )
    found = wide.to_pyarrow()
    faded = np.empty((len(found), len(kinds)))
    for place, kind in enumerate(kinds):
        faded[:, place] = found[kind].fill_null(0.0).to_numpy()
    members = pd.Index(found["member"].to_pandas())
    return Intimacy(log, members, kinds, faded, at, using)


def _worth(table: ir.Table, age: Any, using: Weights) -> Any:
    """What a day's count of a kind is worth after `age` days, before its coefficient."""
    seen = using.coefficient
    most = table.kind.cases(*((kind, using.most_a_day[kind]) for kind in seen), else_=0.0)
    fades = table.kind.cases(*((kind, -ln(2) / using.half_life[kind]) for kind in seen), else_=0.0)
    return ibis.least(table.n.cast("float64"), most) * (fades * age).exp()


@dataclass(frozen=True)
class _Months:
    """What members did month by month, as if on its first day; sorted by month."""

    month: Numbers
    row: Numbers
    kind: Numbers
    worth: Numbers

    @classmethod
    def read(
        cls,
        log: Log,
        members: pd.Index[Any],
        kinds: Sequence[str],
        using: Weights,
        who: Numbers | None = None,
    ) -> _Months:
        table = log.rollup.filter(ibis._.kind.isin(kinds))
        if who is not None:
            names = log.lay_in(pd.DataFrame({"member": members[who]}))
            table = table.semi_join(names, "member")
        table = table.mutate(
            month=(table.day.year() * 12 + table.day.month() - 1).cast("int32"),
            code=table.kind.cases(*((kind, n) for n, kind in enumerate(kinds)), else_=-1),
            worth=_worth(table, 1 - table.day.day(), using),
        )
        by = table.group_by(["month", "member", "code"]).aggregate(worth=ibis._.worth.sum())
        found = by.to_pyarrow()
        rows = members.get_indexer(pd.Index(found["member"].to_pandas()))
        month = found["month"].to_numpy()
        order = np.lexsort((rows, month))
        parts = (month, rows, found["code"].to_numpy(), found["worth"].to_numpy())
        return cls(*(part[order] for part in parts))

    def held(
        self,
        who: Numbers,
        using: Weights,
        kinds: Sequence[str],
        start: Numbers,
        keep: float,
        at: date,
    ) -> Numbers:
        """Which of the members `who`, now a little below `start`, had it and never lost it?"""
        place = np.full(max(self.row.max(initial=-1), who.max()) + 1, -1)
        place[who] = np.arange(len(who))
        mine = place[self.row] >= 0
        month, kind, worth = self.month[mine], self.kind[mine], self.worth[mine]
        rows = place[self.row[mine]]
        fades = np.array([-ln(2) / using.half_life[name] for name in kinds])
        vector = using.vector(kinds)
        left = np.zeros((len(who), len(kinds)))
        held = np.zeros(len(who), dtype=bool)
        if not len(month):
            return held
        for now in range(int(month[0]), at.year * 12 + at.month - 1):
            days = monthrange(now // 12, now % 12 + 1)[1]
            # From the end of the month before to this month's first day is one day.
            left *= np.exp(fades)
            begin, end = np.searchsorted(month, [now, now + 1])
            left[rows[begin:end], kind[begin:end]] += worth[begin:end]
            left *= np.exp(fades * (days - 1))
            scores = shown(left @ vector, using.half)
            held = (scores >= start) | (held & (scores >= keep * start))
        return held
