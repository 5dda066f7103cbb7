"""The forecast: when 100, 1,000 and 10,000 members are reached, as a fan and not as a line."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playbook.errors import refuse
from playbook.growth.base import (
    Generator,
    Numbers,
    Results,
    Values,
    crossing,
    late_quantiles,
    lively,
    quantiles,
)

RUNS = 2000
_BACK_RUNS = 300
_AHEAD = 3
#: The fewest months of history that a forecast is made from, when it is tried on the past.
_LEARN = 6


class Rates(NamedTuple):
    """By run: newcomers a month from elsewhere, and brought by each member; and their noise."""

    other: Numbers
    brought: Numbers
    noise: float


def settles_at(other: float, brought: float, churn: float, capacity: float) -> float:
    """
    At how many members do joining and leaving balance?

    The positive root of (other + brought·M)(1 - M/capacity) = churn·M.

    >>> settles_at(10, 0, 0.1, 100)
    50.0
    """
    a, b, c = brought / capacity, churn - brought + other / capacity, -other
    if a == 0:
        return -c / b if b else float(capacity)
    return float((-b + (b * b - 4 * a * c) ** 0.5) / (2 * a))


def fit(history: Numbers, churn: float, capacity: float, n: int, rng: Generator) -> Rates:
    """
    Which rates would have given this history, and how far are they known?

    Least squares of the month's joins (the change plus `churn`) on the members then, neither
    rate below 0, over the months drawn again with replacement, n times (the first: as it was).
    """
    before = history[:-1]
    free = np.maximum(0.02, 1 - before / capacity)
    joins = np.maximum(0, np.diff(history) + churn * before) / free
    pick = rng.integers(before.size, size=(n, before.size))
    pick[0] = np.arange(before.size)
    x, y = before[pick], joins[pick]
    mx, my = x.mean(axis=1), y.mean(axis=1)
    var = ((x - mx[:, None]) ** 2).mean(axis=1)
    slope = np.where(var > 0, ((x - mx[:, None]) * y).mean(axis=1) / np.where(var > 0, var, 1), 0)
    slope = np.maximum(0, slope)
    rest = my - slope * mx
    through = (x * y).mean(axis=1) / np.maximum(1e-9, (x * x).mean(axis=1))
    slope, rest = np.where(rest < 0, through, slope), np.maximum(0, rest)
    left = joins - rest[0] - slope[0] * before
    beyond = max(0.0, float((left**2).mean()) - float(joins.mean()))  # more than mere chance
    return Rates(rest, slope, beyond**0.5 / max(1.0, float(joins.mean())))


def paths(
    start: float, rates: Rates, churn: float, capacity: float, months: int, rng: Generator
) -> Numbers:
    """How do the members go on, month by month? An array of runs × (months + 1)."""
    members = np.full(rates.other.size, start)
    told = [members]
    for _ in range(months):
        free = np.clip(1 - members / capacity, 0, 1)
        mean = (rates.other + rates.brought * members) * free
        joins = rng.poisson(mean * lively(rng, rates.noise, members.size))
        leaves = rng.binomial(members.astype(np.int64), churn)
        members = np.clip(members + joins - leaves, 0, max(capacity, start))
        told.append(members)
    return np.stack(told, axis=1)


def mean_path(
    start: float, other: float, brought: float, churn: float, capacity: float, months: int
) -> list[float]:
    """The middle line without chance, month by month.

    >>> mean_path(100, 10, 0, 0, 1e8, 2)[2] > 119.9
    True
    """
    told = [float(start)]
    for _ in range(months):
        m = told[-1]
        m += (other + brought * m) * max(0.0, 1 - m / capacity) - churn * m
        told.append(min(max(capacity, start), max(0.0, m)))
    return told


def _rates(p: Values, rng: Generator) -> Rates:
    if p["history"]:
        history = np.array(p["history"], dtype=float)
        return fit(history, p["churn"], p["capacity"], RUNS, rng)
    sure = p["uncertainty"]
    return Rates(p["joins"] * lively(rng, sure, RUNS), p["invites"] * lively(rng, sure, RUNS), 0.0)


def _tried_on_the_past(p: Values, rng: Generator) -> Results | None:
    """How often did the 80 % band of a forecast from earlier months hold what then came?"""
    history = np.array(p["history"] or [], dtype=float)
    if history.size < _LEARN + 1:
        return None
    held, asked = 0, 0
    for now in range(_LEARN, history.size):
        known = history[:now]
        rates = fit(known, p["churn"], p["capacity"], _BACK_RUNS, rng)
        fan = paths(known[-1], rates, p["churn"], p["capacity"], _AHEAD, rng)
        for ahead, seen in enumerate(history[now : now + _AHEAD], 1):
            low, high = np.percentile(fan[:, ahead], (10, 90))
            held, asked = held + int(low <= seen <= high), asked + 1
    return {"asked": asked, "held": held, "share": held / asked}


def forecast(p: Values, rng: Generator) -> Results:
    """
    When are 100, 1,000 and 10,000 members reached, if it goes on like this?

    Joins from elsewhere and by invitation, fewer as the `capacity` fills; a share `churn`
    leaves a month. Rates are given, with `uncertainty`, or learned from a `history` of
    monthly member counts, which then is also used to try the forecast on the past.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = forecast(values("forecast", members=90, joins=20), streams(7, 1)[0])
    >>> run["milestones"][0]["month"]["p50"] is not None
    True
    """
    learn, chance, past = rng.spawn(3)
    start = float(p["history"][-1] if p["history"] else p["members"])
    most = max([start, *(p["history"] or ())])
    if most > p["capacity"]:
        told = {"given": p["capacity"], "low": round(most)}
        raise refuse("simulate forecast: capacity", "below_need", **told)
    rates = _rates(p, learn)
    fan = paths(start, rates, p["churn"], p["capacity"], p["months"], chance)
    if p["history"]:
        other, brought = float(rates.other[0]), float(rates.brought[0])
    else:
        other, brought = float(p["joins"]), float(p["invites"])
    settled = settles_at(other, brought, p["churn"], p["capacity"])
    return {
        "runs": RUNS,
        "start": start,
        "learned": bool(p["history"]),
        "rates": {
            "joins": other,
            "invites": brought,
            "joins_between": quantiles(rates.other, (10, 90)),
            "invites_between": quantiles(rates.brought, (10, 90)),
            "noise": rates.noise,
        },
        "fan": [{"month": n, **quantiles(column)} for n, column in enumerate(fan.T)],
        "mean_path": mean_path(start, other, brought, p["churn"], p["capacity"], p["months"]),
        "milestones": [_reached(fan, size) for size in (100, 1000, 10000)],
        "settles_at": settled,
        "end": quantiles(fan[:, -1]),
        "target": _needed(p, start, other, brought, fan),
        "tried_on_the_past": _tried_on_the_past(p, past),
    }


def _reached(fan: Numbers, size: int) -> Results:
    there = fan >= size
    month = np.where(there.any(axis=1), there.argmax(axis=1), np.inf)
    share, already = float(there.any(axis=1).mean()), bool(there[0, 0])
    return {"size": size, "already": already, "share": share, "month": late_quantiles(month)}


def _needed(p: Values, start: float, other: float, brought: float, fan: Numbers) -> Results:
    """What would have to be true, one thing at a time, to reach the target by its month?"""
    target, by = p["target"], min(p["by_month"], p["months"])

    def short(**changed: float) -> bool:
        rates = {"other": other, "brought": brought, "churn": p["churn"], **changed}
        path = mean_path(start, capacity=p["capacity"], months=by, **rates)
        return bool(max(path) < target)

    none = None if target > p["capacity"] else 0
    stay = None
    if none is not None and short() and not short(churn=0):
        stay = crossing(lambda kept: short(churn=p["churn"] * (1 - kept)), 0, 1)
    return {
        "size": target,
        "by_month": by,
        "share": float((fan[:, : by + 1] >= target).any(axis=1).mean()),
        "as_it_is": not short(),
        "joins": None if none is None else crossing(lambda x: short(other=x), 0, 10.0 * target),
        "invites": None if none is None else crossing(lambda x: short(brought=x), 0, 5),
        "churn": p["churn"] * (1 - stay) if stay is not None else None,
    }
