"""The forecast: when 100, 1,000 and 10,000 members are reached, as a fan and not as a line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from playbook.errors import refuse
from playbook.growth.backtest import MONTH, backtest
from playbook.growth.base import (
    Generator,
    Numbers,
    Results,
    Values,
    crossing,
    divide,
    late_quantiles,
    lively,
    quantile_rows,
    quantiles,
)
from playbook.growth.paths import Rates, fit, mean_path, paths, settles_at

RUNS = 2000
_FURTHEST = 240


def _rates(p: Values, rng: Generator) -> Rates:
    if p["history"]:
        history = np.array(p["history"], dtype=float)
        return fit(history, p["churn"], p["capacity"], RUNS, rng, p["invited_share"])
    sure = p["uncertainty"]
    return Rates(p["joins"] * lively(rng, sure, RUNS), p["invites"] * lively(rng, sure, RUNS), 0.0)


def _by_month(p: Values) -> int:
    """Within how many months: as given, or up to a date."""
    if p["by_date"] is None:
        return int(p["by_month"])
    if p["start_date"] is None:
        raise refuse("simulate forecast: by_date", "needs_start")
    start, end = (date.fromisoformat(p[key]) for key in ("start_date", "by_date"))
    months = int((end - start).days / MONTH + 0.1)  # a February is a month, too
    if not 1 <= months <= _FURTHEST:
        told = {"given": p["by_date"], "low": start + timedelta(31)}
        raise refuse("simulate forecast: by_date", "range", high=f"+{_FURTHEST}", **told)
    return months


def forecast(p: Values, rng: Generator) -> Results:
    """
    When are 100, 1,000 and 10,000 members reached, if it goes on like this?

    Joins from elsewhere and by invitation, fewer as the `capacity` fills; a share `churn`
    leaves a month. Rates are given, with `uncertainty`, or learned from a `history` of
    monthly member counts, which then is also used to try the forecast on the past. With a
    `start_date` the months are told as days.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = forecast(values("forecast", members=90, joins=20), streams(7, 1)[0])
    >>> run["milestones"][0]["month"]["p50"] is not None
    True
    """
    learn, chance, past = rng.spawn(3)
    history = np.array(p["history"] or (), dtype=float)
    start = float(history[-1]) if history.size else float(p["members"])
    most = max(start, history.max(initial=0))
    if most > p["capacity"]:
        told = {"given": p["capacity"], "low": round(most)}
        raise refuse("simulate forecast: capacity", "below_need", **told)
    rates = _rates(p, learn)
    by = _by_month(p)
    months = max(p["months"], by)
    fan = paths(start, rates, p["churn"], p["capacity"], months, chance)
    if history.size:
        other, brought = float(rates.other[0]), float(rates.brought[0])
    else:
        other, brought = float(p["joins"]), float(p["invites"])
    return {
        "runs": RUNS,
        "start": start,
        "months": months,
        "learned": bool(history.size),
        "rates": {
            "joins": other,
            "invites": brought,
            "joins_between": quantiles(rates.other, (10, 90)),
            "invites_between": quantiles(rates.brought, (10, 90)),
            "noise": rates.noise,
        },
        "fan": [{"month": n, "day": _day(p, n), **row} for n, row in enumerate(quantile_rows(fan))],
        "mean_path": mean_path(start, other, brought, p["churn"], p["capacity"], months),
        "milestones": [_reached(p, fan, size) for size in (100, 1000, 10000)],
        "times_in_15_months": _times(start, other, brought, p),
        "settles_at": settles_at(other, brought, p["churn"], p["capacity"]),
        "end": quantiles(fan[:, -1]),
        "target": _needed(p, start, {"other": other, "brought": brought}, by, fan),
        "tried_on_the_past": backtest(history, p["churn"], p["capacity"], past, p["invited_share"]),
    }


def _times(start: float, other: float, brought: float, p: Values) -> float | None:
    """How many times as many as now would there be after 15 months, on the middle line?"""
    path = mean_path(start, other, brought, p["churn"], p["capacity"], 15)
    return divide(path[-1], start)


def _day(p: Values, month: float | None) -> str | None:
    """The day on which a month of the forecast ends, if it has a first day."""
    if p["start_date"] is None or month is None:
        return None
    return (date.fromisoformat(p["start_date"]) + timedelta(round(month * MONTH))).isoformat()


def _reached(p: Values, fan: Numbers, size: int) -> Results:
    """In which month, and on which day, is a size first reached?"""
    there = fan >= size
    ever, first = there.any(axis=1), there.argmax(axis=1)
    month = np.where(ever, first, np.inf)
    rows = np.arange(first.size)
    after, before = fan[rows, first], fan[rows, np.maximum(0, first - 1)]
    # Within its month a path goes straight, so that a day can be told.
    within = np.divide(size - before, after - before, where=after > before, out=np.ones(first.size))
    exact = np.where(ever & (first > 0), first - 1 + within, np.where(ever, 0.0, np.inf))
    return {
        "size": size,
        "already": bool(there[0, 0]),
        "share": float(ever.mean()),
        "month": late_quantiles(month),
        "day": {key: _day(p, one) for key, one in late_quantiles(exact).items()},
    }


def _needed(p: Values, start: float, rates: Mapping[str, Any], by: int, fan: Numbers) -> Results:
    """What would have to be true, one thing at a time, to reach the target by its month?"""
    target = p["target"]

    def short(**changed: float) -> bool:
        now = {**rates, "churn": p["churn"], **changed}
        return bool(max(mean_path(start, capacity=p["capacity"], months=by, **now)) < target)

    impossible = target > p["capacity"]
    stay = None
    if not impossible and short() and not short(churn=0):
        stay = crossing(lambda kept: short(churn=p["churn"] * (1 - kept)), 0, 1)
    return {
        "size": target,
        "by_month": by,
        "by_day": _day(p, by),
        "share": float((fan[:, : by + 1] >= target).any(axis=1).mean()),
        "as_it_is": not short(),
        "impossible": bool(impossible),
        "joins": None if impossible else crossing(lambda x: short(other=x), 0, 10.0 * target),
        "invites": None if impossible else crossing(lambda x: short(brought=x), 0, 5),
        "churn": p["churn"] * (1 - stay) if stay is not None else None,
    }
