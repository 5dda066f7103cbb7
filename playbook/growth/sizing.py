"""Sizing: how many people a group holds before its messages outgrow its members' attention."""

from __future__ import annotations

from math import ceil

from playbook.growth.base import Generator, Results, Values, divide, lively, quantiles

SIZES = (10, 20, 50, 100, 150, 200, 300, 500, 1000, 2000)
_DAYS = 5000


def holds(p: Values) -> float | None:
    """
    Up to how many people can a group be read whole? None: nobody writes, so it has no end.

    Attention over (share that writes × messages of each × time to read one).

    >>> holds({"attention": 10, "active_share": 0.25, "messages": 4, "seconds": 10})
    60.0
    """
    a_member = p["active_share"] * p["messages"] * p["seconds"] / 60
    return divide(p["attention"], a_member)


def _load(p: Values, size: float) -> Results:
    """The load of one group of this size, and the hands it needs."""
    messages = size * p["active_share"] * p["messages"]
    minutes = messages * p["seconds"] / 60
    work = (messages * p["admin_seconds"] + size * p["care_seconds"]) / 60
    return {
        "size": size,
        "messages": messages,
        "minutes_to_read": minutes,
        "read_share": min(1.0, p["attention"] / minutes) if minutes else 1.0,
        "pairs": size * (size - 1) / 2,
        "admins": ceil(work / p["admin_minutes"] - 1e-9) if work else 0,
    }


def sizing(p: Values, rng: Generator) -> Results:
    """
    How much is there to read in a group of this size, and how many hands does it need?

    Messages a day against minutes of attention; admins by messages and by members. `spread`
    lets days differ. The 150 of the articles is a claim and plays no part in the sum. How a
    network would best be split is not told here.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = sizing(values("sizing", members=100, circle=20), streams(7, 1)[0])
    >>> run["circles"]["groups"], run["group"]["pairs"]
    (5, 4950.0)
    """
    size = p["members"]
    group = _load(p, size)
    day = rng.poisson(group["messages"] * lively(rng, p["spread"], _DAYS))
    most = holds(p)
    circle = min(p["circle"], size)
    many = ceil(size / circle)
    each = _load(p, size / many)
    return {
        "group": group,
        "messages_a_day": quantiles(day),
        "days_too_full": float((day * p["seconds"] / 60 > p["attention"]).mean()),
        "holds": most,
        "too_large": most is not None and size > most,
        "groups_needed": None if most is None or most < 2 else ceil(size / most - 1e-9),
        "circles": {"groups": many, **each, "admins": many * each["admins"]},
        "sizes": [_load(p, one) for one in SIZES],
    }
