"""Who brought whom: the tree of invitations, generation by generation.

A member's place in the tree is under the first who invited them. Inviting oneself and circles
(ann invites ben, ben invites ann) are in real exports: the one is left out, of the other the last
invitation; both are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis

from playbook.people.base import Log
from playbook.people.rules import share

if TYPE_CHECKING:
    import pandas as pd

#: So many inviters are named.
LISTED = 10


def invitations(log: Log) -> pd.DataFrame:
    """Every invitation once: inviter, invitee, when (null where that is not known)."""
    table = log.events.filter(log.events.kind == "invite", log.events.target.notnull())
    by = table.group_by(["member", "target"]).aggregate(at=ibis._.at.min())
    found = by.to_pandas().rename(columns={"member": "inviter", "target": "invitee"})
    return found.sort_values(["at", "inviter", "invitee"], na_position="last", ignore_index=True)


def tree(log: Log, active: frozenset[str] | None = None) -> dict[str, Any] | None:
    """
    How far and how wide did invitations carry? null where the source shows none.

    `generations`: 0 are those who invite and were not invited. `k`: newcomers of the next
    generation for each member of this one. `active`: how many of a generation became active.
    """
    if "invite" not in log.kinds:
        return None
    given = invitations(log)
    parents, dropped = parents_of(given)
    place = generations(parents)
    sizes = Counter(place.values())
    lively = Counter(place[name] for name in place if active is not None and name in active)
    rows = [
        {
            "generation": number,
            "members": sizes[number],
            "active": None if active is None else lively[number],
            "k": share(sizes[number + 1], sizes[number]),
        }
        for number in range(max(sizes, default=-1) + 1)
    ]
    brought = Counter(parents.values())
    top = sorted(brought.items(), key=lambda entry: (-entry[1], entry[0]))[:LISTED]
    return {
        "invitations": log.counts["invite"],
        "without_target": log.counts["invite"] - _with_target(log),
        "inviters": len(brought),
        "invitees": len(parents),
        "to_oneself": dropped["self"],
        "circles": dropped["circle"],
        "depth": max(sizes, default=0),
        "k": share(len(parents), len(place)),
        "generations": rows,
        "top": [{"member": name, "invitees": n} for name, n in top],
    }


def _with_target(log: Log) -> int:
    table = log.events.filter(log.events.kind == "invite", log.events.target.notnull())
    return int(table.count().execute())


def parents_of(given: pd.DataFrame) -> tuple[dict[str, str], Mapping[str, int]]:
    """
    Who brought each invitee first; and how many invitations to oneself and circles were cut?

    >>> import pandas as pd
    >>> rows = [("ann", "ben"), ("cat", "ben"), ("ben", "ann"), ("cat", "cat")]
    >>> parents_of(pd.DataFrame(rows, columns=["inviter", "invitee"]))
    ({'ben': 'ann'}, {'self': 1, 'circle': 1})
    """
    parents: dict[str, str] = {}
    roots: dict[str, str] = {}
    dropped = {"self": 0, "circle": 0}
    for inviter, invitee in zip(given["inviter"], given["invitee"], strict=True):
        if inviter == invitee:
            dropped["self"] += 1
        elif invitee in parents:
            continue
        elif _root(inviter, roots) == invitee:  # they would stand above the one who invites them
            dropped["circle"] += 1
        else:
            parents[invitee] = roots[invitee] = inviter
    return parents, dropped


def _root(name: str, roots: dict[str, str]) -> str:
    """The top of somebody's tree; the way up is made shorter for the next who asks."""
    way = []
    while name in roots:
        way.append(name)
        name = roots[name]
    for each in way[:-1]:
        roots[each] = name
    return name


def generations(parents: Mapping[str, str]) -> dict[str, int]:
    """In which generation does everybody stand, from 0 for those nobody invited?

    >>> generations({"ben": "ann", "cat": "ben"})
    {'ann': 0, 'ben': 1, 'cat': 2}
    """
    place: dict[str, int] = {}
    for name in [*parents.values(), *parents]:
        way = [name]
        while way[-1] not in place and way[-1] in parents:
            way.append(parents[way[-1]])
        base = place.setdefault(way[-1], 0)
        for depth, each in enumerate(reversed(way)):
            place[each] = base + depth
    return place
