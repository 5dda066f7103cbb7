"""Splitting a group: friends stay together, every part gets hosts, and chance is the yardstick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from playbook.errors import refuse
from playbook.growth.base import Generator, Numbers, Results, divide, quantiles, step
from playbook.growth.cascade import Graph, bounded
from playbook.tables import Tabular

#: More people or ties take a community search of this kind longer than a person waits.
MOST_PEOPLE, MOST_TIES = 20_000, 300_000
#: A part may be so much larger than the mean of all parts.
_SLACK = 0.1
#: Random splits of the same sizes to compare with.
_RANDOM = 500
#: How often everybody is asked whether another part suits them better.
_ROUNDS = 20


@dataclass(frozen=True)
class Split(Tabular):
    """Who goes into which part, and what it costs in ties, beside random splits of those sizes."""

    graph: Graph
    part: Numbers
    hosts: Numbers
    kept: float
    random: Numbers

    @property
    def names(self) -> list[str]:
        """The parts' letters: A was the group before, so they begin with B."""
        return [letters(n) for n in range(int(self.part.max()) + 1)]

    @property
    def assignment(self) -> dict[str, str]:
        """Member → part."""
        called = self.names
        members = self.graph.names or [str(n) for n in range(self.graph.people)]
        return {name: called[n] for name, n in zip(members, self.part, strict=True)}

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """One row a member: part, host or not, ties, and how many of them are kept."""
        del lang
        a, b, _ = self.graph.pairs()
        same = self.part[a] == self.part[b]
        kept = np.bincount(np.concatenate([a[same], b[same]]), minlength=self.graph.people)
        degrees = self.graph.degrees()
        return [
            {
                "member": member,
                "group": group,
                "host": bool(self.hosts[n]),
                "ties": int(degrees[n]),
                "ties_kept": int(kept[n]),
            }
            for n, (member, group) in enumerate(self.assignment.items())
        ]

    def to_dict(self) -> Results:
        rows = self.rows()
        spread = float(self.random.std())
        return {
            "members": self.graph.people,
            "ties": self.graph.ties,
            "groups": [
                {
                    "group": name,
                    "members": sum(row["group"] == name for row in rows),
                    "hosts": sum(row["group"] == name and row["host"] for row in rows),
                    "without_ties": sum(row["group"] == name and not row["ties"] for row in rows),
                }
                for name in self.names
            ],
            "kept_share": self.kept,
            "cut_share": 1 - self.kept,
            "random_kept": quantiles(self.random),
            "times_random": divide(self.kept, float(self.random.mean())),
            "z": (self.kept - float(self.random.mean())) / spread if spread else None,
            "as_good_by_chance": float((self.random >= self.kept - 1e-12).mean()),
            "cut_off": sum(row["ties"] > 0 and row["ties_kept"] == 0 for row in rows),
            "people": rows,
        }


def letters(n: int) -> str:
    """What is the n-th part called? B, C … Z, then AA and so on; A is the group before.

    >>> letters(0), letters(24), letters(25)
    ('B', 'Z', 'AA')
    """
    n += 1
    told = ""
    while n >= 0:
        n, rest = divmod(n, 26)
        told = chr(65 + rest) + told
        n -= 1
    return told


def best_connected(graph: Graph, share: float, least: int) -> Numbers:
    """Who are the hosts, if nobody says? The share of people with the most ties; at least so many.

    >>> from playbook.growth.cascade import graph_of
    >>> best_connected(graph_of(np.array([0, 0]), np.array([1, 2]), 3), 0.05, 1).tolist()
    [True, False, False]
    """
    many = min(graph.people, max(least, round(graph.people * share)))
    found = np.zeros(graph.people, dtype=bool)
    order = np.argsort(-graph.degrees(), kind="stable")[:many]
    found[order[graph.degrees()[order] > 0]] = True
    return found


def split(
    graph: Graph, groups: int, rng: Generator, hosts: Numbers | Sequence[bool] | None = None
) -> Split:
    """
    How can a group be parted so that friends stay together and every part gets its hosts?

    Circles of friends are found with networkx (Louvain), put into `groups` parts of about the
    same size, then people change parts as long as that keeps more of the ties. No part has two
    `hosts` more than another (one truth value a person; None: the best-connected 5 %).
    People without ties fill up what is left. No tie at all, more groups than people, a network
    too large for it: PlaybookError.

    >>> from playbook.growth.cascade import graph_of
    >>> two = graph_of(np.array([0, 0, 1, 3, 3, 4]), np.array([1, 2, 2, 4, 5, 5]), 6)
    >>> found = split(two, 2, np.random.default_rng(1), hosts=[True, False, False] * 2)
    >>> found.kept, sorted(set(map(tuple, np.reshape(found.part, (2, 3)).tolist())))
    (1.0, [(0, 0, 0), (1, 1, 1)])
    """
    bounded(graph.people, graph.ties, MOST_PEOPLE, MOST_TIES)
    if not graph.ties:
        raise refuse("simulate: network", "network_empty")
    if not 2 <= groups <= graph.people:
        raise refuse("simulate sizing: groups", "range", given=groups, low=2, high=graph.people)
    host = best_connected(graph, 0.05, groups) if hosts is None else np.asarray(hosts, dtype=bool)
    board = _Board(graph, _packed(graph, groups, _sizes(graph, groups)[1], rng), groups, host)
    board.share_hosts()
    board.even_sizes()
    for turn in range(_ROUNDS):
        step(turn, _ROUNDS)
        if not board.settle(rng):
            break
    part = board.part
    a, b, met = graph.pairs()
    kept = float(met[part[a] == part[b]].sum() / met.sum())
    random = np.empty(_RANDOM)
    for n in range(_RANDOM):
        mixed = rng.permutation(part)
        random[n] = met[mixed[a] == mixed[b]].sum() / met.sum()
    order = np.argsort(-np.bincount(part, minlength=groups), kind="stable")
    return Split(graph, np.argsort(order)[part], host, kept, random)


def _circles(graph: Graph, most: int, rng: Generator) -> list[Numbers]:
    """Circles of friends, none larger than a part may be; finer ones where they are."""
    import networkx as nx

    a, b, met = graph.pairs()
    network = nx.Graph()
    network.add_weighted_edges_from(zip(a.tolist(), b.tolist(), met.tolist(), strict=True))
    waiting, found, fineness = [network], [], 1.0
    while waiting:
        now, waiting = waiting, []
        for piece in now:
            seed = int(rng.integers(2**31))
            parts = nx.community.louvain_communities(piece, resolution=fineness, seed=seed)
            for people in sorted(map(sorted, parts)):
                if len(people) <= most:
                    found.append(np.array(people))
                elif fineness < 64:
                    waiting.append(piece.subgraph(people))
                else:  # so dense that no cut is better than another
                    found += [np.array(people[n : n + most]) for n in range(0, len(people), most)]
        fineness *= 2
        step(len(found), len(found) + len(waiting))
    return found


def _packed(graph: Graph, groups: int, most: int, rng: Generator) -> Numbers:
    """The circles in parts: the largest first, each to where it has most ties and finds room."""
    part = np.full(graph.people, -1)
    room = np.full(groups, most)
    table = _ties(graph)
    for circle in sorted(_circles(graph, most, rng), key=len, reverse=True):
        there = np.asarray(table[circle].sum(axis=0)).ravel()
        known = there > 0
        pull = np.bincount(part[known & (part >= 0)], there[known & (part >= 0)], minlength=groups)
        for n in np.lexsort((-room, -pull)):
            if room[n] >= circle.size:
                part[circle], room[n] = n, room[n] - circle.size
                break
        else:  # no part has room for all of it: it is spread over what is left
            seats = np.repeat(np.arange(groups), room)[: circle.size]
            part[circle] = seats
            room -= np.bincount(seats, minlength=groups)
    for person in np.flatnonzero(part < 0):
        part[person] = room.argmax()
        room[part[person]] -= 1
    return part


def _sizes(graph: Graph, groups: int) -> tuple[int, int]:
    """Between which sizes must every part lie?"""
    mean = graph.people / groups
    return max(1, int(mean * (1 - _SLACK))), ceil(mean * (1 + _SLACK))


def _ties(graph: Graph) -> Any:
    from scipy.sparse import csr_array

    met = np.ones(graph.to.size) if graph.weight is None else graph.weight.astype(float)
    return csr_array((met, graph.to, graph.first), shape=(graph.people, graph.people))


class _Board:
    """Who sits where, and how many meetings each has with each part; kept right at every move."""

    def __init__(self, graph: Graph, part: Numbers, groups: int, host: Numbers) -> None:
        self.table, self.part, self.host = _ties(graph), part, host
        self.least, self.most = _sizes(graph, groups)
        self.size = np.bincount(part, minlength=groups)
        self.hosts = np.bincount(part[host], minlength=groups)
        self.pull = np.zeros((graph.people, groups))
        for n in range(groups):
            self.pull[:, n] = self.table @ (part == n).astype(float)

    def move(self, person: int, there: int) -> None:
        here, near = self.part[person], self.table[[person]]
        self.pull[near.indices, here] -= near.data
        self.pull[near.indices, there] += near.data
        self.size[here], self.size[there] = self.size[here] - 1, self.size[there] + 1
        self.hosts[here] -= self.host[person]
        self.hosts[there] += self.host[person]
        self.part[person] = there

    def _cheapest(self, people: Numbers, there: int) -> int:
        """Whom of these does it cost fewest ties to move there?"""
        cost = self.pull[people, self.part[people]] - self.pull[people, there]
        return int(people[cost.argmin()])

    def share_hosts(self) -> None:
        """No part has two hosts more than another."""
        while self.hosts.max() - self.hosts.min() > 1:
            people = np.flatnonzero(self.host & (self.part == self.hosts.argmax()))
            target = int(self.hosts.argmin())
            self.move(self._cheapest(people, target), target)

    def even_sizes(self) -> None:
        """No part is too small or too large; hosts stay where they are."""
        while self.size.min() < self.least or self.size.max() > self.most:
            people = np.flatnonzero(~self.host & (self.part == self.size.argmax()))
            if not people.size or self.size.max() - self.size.min() < 2:
                return
            target = int(self.size.argmin())
            self.move(self._cheapest(people, target), target)

    def settle(self, rng: Generator) -> int:
        """Everyone once: a move, or a change of places with another, that keeps more ties."""
        moved = 0
        own = self.pull[np.arange(self.part.size), self.part]
        wishes = np.flatnonzero(self.pull.max(axis=1) > own)
        for person in rng.permutation(wishes):
            here, there = int(self.part[person]), int(self.pull[person].argmax())
            gain = self.pull[person, there] - self.pull[person, here]
            if gain <= 0:  # others have moved since
                continue
            room = self.size[there] < self.most and self.size[here] > self.least
            if room and not self.host[person]:
                self.move(person, there)
                moved += 1
                continue
            # The part is full, or the host would be missed: somebody like them goes the other way.
            people = np.flatnonzero((self.part == there) & (self.host == self.host[person]))
            if people.size:
                other = self._cheapest(people, here)
                gain += self.pull[other, here] - self.pull[other, there]
                if gain - 2 * self.table[person, other] > 0:
                    self.move(person, there)
                    self.move(other, here)
                    moved += 1
        return moved
