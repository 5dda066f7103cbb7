"""How a member count goes on: rates of joining, learned or given, and the paths that follow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playbook.growth.base import Generator, Numbers, lively


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


def fit(
    history: Numbers,
    churn: float,
    capacity: float,
    n: int,
    rng: Generator,
    invited: float | None = None,
) -> Rates:
    """
    Which rates would have given this history, and how far are they known?

    Least squares of the month's joins (the change plus `churn`) on the members then, neither
    rate below 0, over the months drawn again with replacement, n times (the first: as it was).
    Where the share `invited` of the joins is known, the line goes through what it says instead.

    >>> found = fit(np.array([100.0, 120, 140]), 0, 1e9, 1, np.random.default_rng(1), invited=0.5)
    >>> round(float(found.other[0]), 3), round(float(found.brought[0]) * 110, 3)
    (10.0, 10.0)
    """
    before = history[:-1]
    free = np.maximum(0.02, 1 - before / capacity)
    joins = np.maximum(0, np.diff(history) + churn * before) / free
    pick = rng.integers(before.size, size=(n, before.size))
    pick[0] = np.arange(before.size)
    x, y = before[pick], joins[pick]
    mx, my = x.mean(axis=1), y.mean(axis=1)
    if invited is not None:
        slope = invited * my / np.maximum(1.0, mx)
        rest = my - slope * mx
    else:
        var = ((x - mx[:, None]) ** 2).mean(axis=1)
        with_ = ((x - mx[:, None]) * y).mean(axis=1)
        slope = np.maximum(0, np.where(var > 0, with_ / np.where(var > 0, var, 1), 0))
        rest = my - slope * mx
        through = (x * y).mean(axis=1) / np.maximum(1e-9, (x * x).mean(axis=1))
        slope = np.where(rest < 0, through, slope)
    rest = np.maximum(0, rest)
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
