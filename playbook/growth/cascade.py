"""A cascade on a network: who knows whom, and whom it reaches, generation by generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p
from typing import NamedTuple

import numpy as np

from playbook.errors import refuse
from playbook.growth.base import Generator, Numbers, Results, quantiles, step

#: More people or ties than this do not go into memory in good time.
MOST_PEOPLE, MOST_TIES = 5_000_000, 50_000_000
#: Above this chance one coin for each tie is quicker than leaping from hit to hit.
_LEAP_BELOW = 0.3
#: A chance below this passes nothing on along all the ties there can be.
_NEVER = 1e-12


class Graph(NamedTuple):
    """
    Who knows whom, as compressed rows, each tie in both directions.

    Those whom person i knows stand in `to[first[i]:first[i + 1]]`; `weight` says how often they
    met (None: all alike), `names` who person i is (empty: nobody in particular).
    """

    first: Numbers
    to: Numbers
    names: Sequence[str] = ()
    weight: Numbers | None = None

    @property
    def people(self) -> int:
        return int(self.first.size) - 1

    @property
    def ties(self) -> int:
        return int(self.to.size) // 2

    def degrees(self) -> Numbers:
        return np.diff(self.first)

    def pairs(self) -> tuple[Numbers, Numbers, Numbers]:
        """Each tie once: two people and how often they met."""
        start = np.repeat(np.arange(self.people, dtype=self.to.dtype), self.degrees())
        once = start < self.to
        met = np.ones(self.to.size) if self.weight is None else self.weight
        return start[once], self.to[once], met[once]


def bounded(
    people: int, ties: int, most_people: int = MOST_PEOPLE, most_ties: int = MOST_TIES
) -> None:
    """Is a network small enough for what is to be done with it? Else a PlaybookError, at once."""
    if people > most_people or ties > most_ties:
        raise refuse(
            "simulate: network",
            "network_large",
            people=people,
            ties=ties,
            most_people=most_people,
            most_ties=most_ties,
        )


def graph_of(
    a: Numbers,
    b: Numbers,
    people: int,
    names: Sequence[str] = (),
    weight: Numbers | None = None,
) -> Graph:
    """
    What network do these pairs make? A pair that stands twice is one tie, nobody knows themselves.

    `a`, `b`: places 0 to people - 1. Too many for memory: PlaybookError, at once.

    >>> line = graph_of(np.array([0, 2]), np.array([1, 1]), 4)
    >>> line.first.tolist(), line.to.tolist()
    ([0, 1, 3, 4, 4], [1, 0, 2, 1])
    """
    from scipy.sparse import csr_array

    bounded(people, a.size)
    others = a != b
    a, b = a[others], b[others]
    met = np.ones(a.size, dtype=np.float32) if weight is None else weight[others]
    both = (np.concatenate([a, b]), np.concatenate([b, a]))
    table = csr_array((np.concatenate([met, met]), both), shape=(people, people))
    table.sum_duplicates()
    first, to = table.indptr.astype(np.int64), table.indices.astype(np.int32)
    return Graph(first, to, names, None if weight is None else table.data)


def generated(people: int, contacts: float, exponent: float, rng: Generator) -> Graph:
    """
    Who knows whom in a crowd that nobody has asked? A Chung-Lu graph with a power law.

    `contacts`: mean number of people one knows; `exponent`: of the number of contacts.
    """
    bounded(people, round(people * contacts / 2))
    power, offset = 1 - 1 / (exponent - 1), people**0.5
    low, high = offset**power, (people + offset) ** power
    drawn = low + rng.random((2, round(people * contacts / 2))) * (high - low)
    ends = np.minimum(drawn ** (1 / power) - offset, people - 1).astype(np.int32)
    return graph_of(ends[0], ends[1], people)


def others_known(graph: Graph) -> float:
    """
    How many does one who was reached know, besides the one they have it from?

    >>> others_known(graph_of(np.array([0, 0, 0]), np.array([1, 2, 3]), 4))
    1.0
    """
    degrees = graph.degrees().astype(float)
    return float((degrees * (degrees - 1)).sum() / max(1.0, degrees.sum()))


def shape(graph: Graph) -> Results:
    """How large is the network, and does it hang together? Alone: people without any tie."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(graph.to.size, dtype=np.int8)
    table = csr_array((ones, graph.to, graph.first), shape=(graph.people, graph.people))
    _, part = connected_components(table, directed=False)
    sizes = np.bincount(part) if graph.people else np.zeros(1)
    return {
        "people": graph.people,
        "ties": graph.ties,
        "mean_contacts": float(graph.degrees().mean()) if graph.people else 0.0,
        "most_contacts": int(graph.degrees().max(initial=0)),
        "parts": int((sizes > 1).sum()),
        "largest_part": int(sizes.max()) if sizes.max() > 1 else 0,
        "alone": int((graph.degrees() == 0).sum()),
    }


def _hits(ties: int, chance: float, rng: Generator) -> Numbers:
    """Which of so many ties pass it on? Leaps from hit to hit: the misses cost nothing."""
    if chance >= 1:
        return np.arange(ties)
    if chance > _LEAP_BELOW:
        return np.flatnonzero(rng.random(ties, dtype=np.float32) < chance)
    told, last = [np.empty(0, dtype=np.int64)], -1
    while last < ties and chance > _NEVER:
        left = (ties - last) * chance
        leaps = rng.standard_exponential(int(left + 4 * left**0.5 + 16)) / -log1p(-chance)
        # A leap beyond the end is as good as one to the end, and does not overflow.
        places = last + np.cumsum(np.minimum(leaps, ties).astype(np.int64) + 1)
        told.append(places)
        last = int(places[-1])
    found = np.concatenate(told) if len(told) > 2 else told[-1]
    return np.asarray(found[: np.searchsorted(found, ties)])


def cascade(graph: Graph, seeds: Numbers, chances: Numbers, rng: Generator) -> Numbers:
    """
    Whom does it reach, generation by generation, if each contact passes it on once by chance?

    `chances` by generation. Returns the newly reached of each, the `seeds` first.

    >>> line = graph_of(np.array([0, 1]), np.array([1, 2]), 3)
    >>> cascade(line, np.array([0]), np.array([1.0, 1.0, 1.0]), np.random.default_rng(1))
    array([1, 1, 1, 0])
    """
    seen = np.zeros(graph.people, dtype=bool)
    seen[seeds] = True
    latest = np.empty(graph.people, dtype=np.int32)
    front, waves = np.asarray(seeds), np.zeros(len(chances) + 1, dtype=np.int64)
    waves[0] = front.size
    for generation, chance in enumerate(chances, 1):
        begin = graph.first[front]
        ends = np.cumsum(graph.first[front + 1] - begin)
        place = _hits(int(ends[-1]), float(chance), rng)
        begin[1:] -= ends[:-1]
        hit = graph.to[begin[np.searchsorted(ends, place, side="right")] + place]
        hit = hit[~seen[hit]]
        seen[hit] = True
        # Whoever is hit twice counts once: the last to write there stays.
        turn = np.arange(hit.size, dtype=np.int32)
        latest[hit] = turn
        front = hit[latest[hit] == turn]
        waves[generation] = front.size
        if not front.size:
            break
    return waves


@dataclass(frozen=True)
class Sweep:
    """
    The reach for every chance at once: from which chance on each person is reached, by run.

    One luck for each tie is used at every chance, so the curve rises and does not tremble.
    """

    people: int
    seeds: int
    needed: tuple[Numbers, ...]
    upto: float
    others: float

    def at(self, chance: float) -> Results:
        """How many are reached, in the end, if each contact passes it on with this chance?"""
        reach = [self.seeds + int(np.searchsorted(n, chance, side="right")) for n in self.needed]
        mean = sum(reach) / len(reach)
        share = mean / self.people
        return {"chance": chance, "mean": mean, **quantiles(reach), "share": share}

    def curve(self, points: int = 101) -> list[Results]:
        """The reach at so many chances, for a chart."""
        return [self.at(float(chance)) for chance in np.linspace(0, self.upto, points)]


def sweep(graph: Graph, seeds: int, runs: int, rng: Generator, upto: float = 1.0) -> Sweep:
    """
    How far does it go at any chance up to `upto`? One pass over the ties for each run.

    `seeds` people begin, others in each run. A person is reached as soon as the chance is as
    large as the weakest link of the best way to them: the largest step on the way in a minimum
    spanning tree. It holds for a chance that is the same on every tie and does not fall with
    the generations.

    >>> line = graph_of(np.array([0, 1]), np.array([1, 2]), 3)
    >>> found = sweep(line, 1, 5, np.random.default_rng(1))
    >>> found.at(0)["mean"], found.at(1)["mean"]
    (1.0, 3.0)
    """
    if not 1 <= seeds <= graph.people:
        raise refuse("simulate: seeds", "range", given=seeds, low=1, high=graph.people)
    needed = []
    for run in range(runs):
        step(run, runs)
        first = rng.choice(graph.people, seeds, replace=False).astype(np.int32)
        needed.append(_weakest_links(graph, first, rng, upto))
    return Sweep(graph.people, seeds, tuple(needed), upto, others_known(graph))


def _weakest_links(graph: Graph, seeds: Numbers, rng: Generator, upto: float) -> Numbers:
    """The chance from which on each person but the seeds is reached, sorted; never: left out."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

    start, end, _ = graph.pairs()
    luck = rng.random(start.size)
    used = luck <= upto
    source = graph.people  # one more node, joined to all seeds
    rows = np.concatenate([start[used], seeds])
    columns = np.concatenate([end[used], np.full(seeds.size, source, dtype=np.int32)])
    # A weight of 0 would be no tie to scipy; ties to the source are the lightest.
    weights = np.concatenate([luck[used] + 2, np.ones(seeds.size)])
    joined = csr_array((weights, (rows, columns)), shape=(source + 1, source + 1))
    tree = minimum_spanning_tree(joined)
    _, before = breadth_first_order(tree, source, directed=False)
    links = tree.tocoo()
    down = before[links.col] == links.row
    child = np.where(down, links.col, links.row)
    there = down | (before[links.row] == links.col)
    worst = np.full(source + 1, np.inf)
    worst[child[there]] = links.data[there]
    worst[source] = 0
    up = np.where(before < 0, source, before)
    far = np.flatnonzero(up != source)
    while far.size:  # each looks twice as far up as the time before
        worst[far] = np.maximum(worst[far], worst[up[far]])
        up[far] = up[up[far]]
        far = far[up[far] != source]
    found = worst[:source]
    return np.sort(found[(found > 1) & (found < np.inf)]) - 2
