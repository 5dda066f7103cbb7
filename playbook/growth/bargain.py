"""Bargaining with friends' help: who gets the thing for nothing, and who is asked too often."""

from __future__ import annotations

from math import ceil, comb, log

import numpy as np

from playbook.errors import refuse
from playbook.growth.base import (
    Generator,
    Numbers,
    Results,
    Values,
    divide,
    quantiles,
    share_between,
    step,
)

#: How many requests are drawn in all, over the runs of a circle.
_REQUESTS = 450_000


def helps_needed(shape: str, cut: float, price: float) -> int:
    """
    How many friends must help until the price is nothing? The shape of the cuts is invented.

    `even`: each takes the share `cut` of the price. `shrinking`: each takes that share of what
    is left, until less than 0.01 is.

    >>> helps_needed("even", 0.25, 100), helps_needed("shrinking", 0.5, 1)
    (4, 7)
    """
    if shape == "even":
        return ceil(1 / cut - 1e-9)
    return max(1, ceil(log(0.01 / price) / log(1 - cut) - 1e-9)) if cut < 1 else 1


def at_least(k: int, n: int, share: float) -> float:
    """How likely do at least k of n help, each with the same chance (binomial)?

    >>> at_least(1, 2, 0.5)
    0.75
    """
    if k > n:
        return 0.0
    return min(1.0, sum(comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k, n + 1)))


def bargain(p: Values, rng: Generator) -> Results:
    """
    How likely is a price of nothing, what does it cost, and who is worn out by it?

    In a circle of `circle` people, `bargainers` each ask `friends` others once; an asked friend
    is willing with chance `willingness`, but helps at most `helps_a_day` times a day, in the
    order of the requests. Rules (once a product, three a day, 24 hours): `000`; the cuts are
    invented. Requests go on after the price is nothing: a simplification.

    >>> from playbook.growth.base import Generator, streams, values
    >>> p = values("bargain", shape="even", cut=0.1, friends=9, willingness=1)
    >>> bargain(p, streams(7, 1)[0])["reached_zero"]["point"]
    0.0
    """
    circle, asking, friends = p["circle"], p["bargainers"], p["friends"]
    if asking > circle or friends > circle - 1:
        raise refuse("simulate bargain", "circle", given=circle, asking=asking, friends=friends)
    needed = helps_needed(p["shape"], p["cut"], p["price"])
    days = ceil(p["hours"] / 24)
    # Few who bargain need more runs, or the share that gets there would be a matter of luck.
    runs = int(min(max(80, min(240, 1200 // asking)), max(10, _REQUESTS // (asking * circle))))
    helps, new, used, received, refused, spent = [], [], [], [], 0, 0
    for run in range(runs):
        step(run, runs)
        order = rng.random((asking, circle))
        order[np.arange(asking), np.arange(asking)] = 2  # nobody asks themselves
        asked = np.argpartition(order, friends - 1, axis=1)[:, :friends].ravel()
        times = rng.random(asked.size) * p["hours"]
        willing = rng.random(asked.size) < p["willingness"]
        helping = _within_cap(asked, times, willing, p["helps_a_day"])
        refused += int(willing.sum() - helping.sum())
        helps.append(helping.reshape(asking, friends).sum(axis=1))
        given = np.bincount(asked[helping], minlength=circle)
        helpers = np.flatnonzero(given)
        spent += int((given >= max(1, p["helps_a_day"] * days)).sum())
        outside = rng.random(circle) < p["outside"]
        new.append(int((outside[helpers] & (helpers >= asking)).sum()))
        received.append(np.bincount(asked, minlength=circle))
        used.append(int(helpers.size))
    won = np.array(helps) >= needed
    requests = np.array(received)
    paid = won.sum(axis=1) * p["price"] * p["cost_share"]
    often = np.bincount(requests.ravel()) / requests.size
    return {
        "runs": runs,
        "helps_needed": needed,
        "chance_if_nobody_tires": at_least(needed, friends, p["willingness"]),
        "reached_zero": share_between(int(won.sum()), won.size),
        "helps_got": quantiles(np.array(helps).ravel()),
        "winners": quantiles(won.sum(axis=1)),
        "cost": quantiles(paid),
        "new_users": quantiles(np.array(new)),
        "cost_per_new_user": divide(float(paid.sum()), float(sum(new))),
        "asked": [{"times": n, "share": float(share)} for n, share in enumerate(often)],
        "worn_out": {
            "requests_a_person": quantiles(requests.ravel()),
            "most_asked": float(requests.max(axis=1).mean()),
            "asked_beyond_the_cap": float((requests > p["helps_a_day"] * days).mean()),
            "helped_to_the_limit": spent / (runs * circle),
            "willing_but_used_up": refused / (runs * asking * friends),
            "asked_in_vain": float((~won).mean()),
            "helpers_share": float(np.mean(used) / circle),
            "requests_per_winner": divide(float(requests.sum()), float(won.sum())),
            "requests_per_new_user": divide(float(requests.sum()), float(sum(new))),
        },
    }


def _within_cap(asked: Numbers, times: Numbers, willing: Numbers, cap: int) -> Numbers:
    """Which willing helps count: the first `cap` of each person on each day, `times` in hours."""
    helping = np.zeros(asked.size, dtype=bool)
    places = np.flatnonzero(willing)
    day = (times[places] // 24).astype(np.int64)
    person_day = asked[places] * (int(day.max(initial=0)) + 1) + day
    order = np.lexsort((times[places], person_day))
    ranked = person_day[order]
    before = np.searchsorted(ranked, ranked, side="left")
    helping[places[order[np.arange(order.size) - before < cap]]] = True
    return helping
