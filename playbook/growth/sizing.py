"""Sizing: how many people a group holds before its messages outgrow its members' attention."""

from __future__ import annotations

from math import ceil

import numpy as np

from playbook.errors import nearest, quote, refuse
from playbook.growth.base import Generator, Results, Values, divide, lively, quantiles
from playbook.growth.cascade import Graph
from playbook.growth.splitting import best_connected, letters, split

SIZES = (10, 20, 50, 100, 150, 200, 300, 500, 1000, 2000)
_DAYS = 5000
#: After so many halvings nobody is left to talk to.
_ROUNDS = 6
#: Up to so many people further halvings of one's own network are tried as well.
_TRIED = 3000


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
    lets days differ. The 150 of the articles is a claim and plays no part in the sum. A too
    large group A is halved into B and C, those into D to G, until each can be read whole
    (`001`); with one's own network (`--events`) it is told who would go where.

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
    parted = split_network(p, rng) if "network" in p and p["groups"] else None
    return {
        "group": group,
        "messages_a_day": quantiles(day),
        "days_too_full": float((day * p["seconds"] / 60 > p["attention"]).mean()),
        "holds": most,
        "too_large": most is not None and size > most,
        "groups_needed": None if most is None or most < 2 else ceil(size / most - 1e-9),
        "circles": {"groups": many, **each, "admins": many * each["admins"]},
        "sizes": [_load(p, one) for one in SIZES],
        "rounds": _rounds(p, size, most, parted["halvings"] if parted else {}),
        "split": parted,
    }


def _rounds(p: Values, size: int, most: float | None, kept: Results) -> list[Results]:
    """A, then B and C, then D to G … until each part can be read whole, or nobody is left."""
    told, first = [], -1
    for n in range(_ROUNDS + 1):
        groups = 2**n
        part = _load(p, size / groups)
        fits = most is None or size / groups <= most
        told.append(
            {
                "round": n,
                "groups": groups,
                "first": letters(first),
                "last": letters(first + groups - 1),
                **{key: part[key] for key in ("size", "messages", "minutes_to_read", "read_share")},
                "admins": groups * part["admins"],
                "fits": fits,
                "ties_kept": 1.0 if n == 0 and kept else kept.get(groups),
            }
        )
        first += groups
        if fits or size / groups < 4:
            break
    return told


def split_network(p: Values, rng: Generator) -> Results:
    """Who goes where, if one's own network is split into so many groups, and by halves?"""
    graph: Graph = p["network"]
    if asked_for := set(p.get("hosts") or ()):
        for name in sorted(asked_for - set(graph.names)):
            meant = nearest(name, graph.names)
            raise refuse("simulate sizing: hosts", "no_person", meant, given=quote(name))
        hosts = np.array([name in asked_for for name in graph.names])
    else:
        hosts = best_connected(graph, p["host_share"], p["groups"])
    asked, halves = rng.spawn(2)
    found = split(graph, p["groups"], asked, hosts)
    halvings = {p["groups"]: found.kept}
    for groups in (2, 4):
        if groups not in halvings and groups <= graph.people <= _TRIED:
            halvings[groups] = split(graph, groups, halves, hosts).kept
    return {**found.to_dict(), "halvings": halvings}
