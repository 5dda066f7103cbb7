"""Fission: from users to their family and friends and on into communities, as far as it goes."""

from __future__ import annotations

import numpy as np

from playbook.errors import refuse
from playbook.growth.base import POINTS, Generator, Numbers, Results, Values, quantiles

#: The largest network that is drawn; the branching process has no such limit.
_LARGEST = 100_000
#: The most contacts, over all people, that are drawn.
_TIES = 2_000_000
#: How many contacts all cascades together may pass along.
_PASSED = 20_000_000


def dies_out(k: float, dispersion: float) -> float:
    """
    How likely does the chain of one person end by itself, in a boundless crowd?

    The smallest root of q = (1 + k (1 - q) / d)^-d, the negative binomial's; 1 for k up to 1.

    >>> dies_out(0.9, 1), round(dies_out(2, 1), 6)
    (1.0, 0.5)
    """
    if k <= 1:
        return 1.0
    q = 0.0
    for _ in range(100_000):
        step = _offspring_zero(q, k, dispersion)
        if abs(step - q) < 1e-13:
            break
        q = step
    return q


def _offspring_zero(q: float, k: float, dispersion: float) -> float:
    """The generating function of how many one person brings."""
    return float((1 + k * (1 - q) / dispersion) ** -dispersion)


def branching(p: Values, rng: Generator, runs: int) -> Numbers:
    """
    How many are reached in each generation? An array of runs × (generations + 1), users first.

    Each brings `k` on average, a few of them many (`dispersion`); the mean falls by `fatigue`
    from one generation to the next and with the share of `population` already reached (0: a
    boundless crowd).

    >>> from playbook.growth.base import Generator, streams, values
    >>> branching(values("fission", k=0, seeds=3, generations=2), streams(7, 1)[0], 1)
    array([[3, 0, 0]])
    """
    crowd, dispersion = p["population"], p["dispersion"]
    new = np.full(runs, p["seeds"], dtype=np.int64)
    reached = new.copy()
    waves = [new]
    for generation in range(p["generations"]):
        mean = p["k"] * (1 - p["fatigue"]) ** generation
        free = 1 - reached / crowd if crowd else 1.0
        # A negative binomial sum: gamma-distributed appetite, then chance.
        new = rng.poisson(rng.gamma(new * dispersion) * mean * free / dispersion)
        if crowd:
            new = np.minimum(new, crowd - reached)
        reached = reached + new
        waves.append(new)
    return np.stack(waves, axis=1)


def network(people: int, contacts: float, exponent: float, rng: Generator) -> Numbers:
    """
    Who knows whom? A Chung-Lu graph with a power law, as pairs that stand in both directions.

    Returns an array of two rows, sorted by the first. `contacts` is the mean number of contacts.
    """
    weights = (np.arange(people) + people**0.5) ** (-1 / (exponent - 1))
    ends = np.cumsum(weights)
    drawn = np.searchsorted(ends, rng.random((2, round(people * contacts / 2))) * ends[-1])
    low, high = np.minimum(*drawn), np.maximum(*drawn)
    pairs = np.unique(low[low != high].astype(np.int64) * people + high[low != high])
    low, high = pairs // people, pairs % people
    both = np.stack([np.concatenate([low, high]), np.concatenate([high, low])])
    return np.asarray(both[:, np.argsort(both[0], kind="stable")])


def cascade(
    first: Numbers, to: Numbers, seeds: Numbers, chances: Numbers, rng: Generator
) -> Numbers:
    """
    Whom does it reach, generation by generation, if each contact passes it on once by chance?

    `first` and `to` are the graph as compressed rows: those whom person i knows stand in
    `to[first[i]:first[i + 1]]`. `chances` by generation. Returns the newly reached of each.

    >>> line = np.array([0, 1, 3, 4]), np.array([1, 0, 2, 1])
    >>> cascade(*line, np.array([0]), np.array([1.0, 1.0, 1.0]), np.random.default_rng(1))
    array([1, 1, 1, 0])
    """
    seen = np.zeros(first.size - 1, dtype=bool)
    seen[seeds] = True
    front, waves = seeds, [seeds.size]
    for chance in chances:
        begin = first[front]
        many = first[front + 1] - begin
        offset = np.cumsum(many) - many
        reach = to[np.repeat(begin - offset, many) + np.arange(int(many.sum()))]
        hit = reach[rng.random(reach.size) < chance]
        front = np.unique(hit[~seen[hit]])
        seen[front] = True
        waves.append(front.size)
    return np.array(waves)


def _on_network(p: Values, rng: Generator) -> Results | None:
    """The same on a network, where the well-connected are met early and everyone only once."""
    people = min(p["population"], _LARGEST, int(_TIES / p["contacts"]))
    runs = min(p["network_runs"], max(1, int(_PASSED / max(1, people * p["contacts"]))))
    if runs == 0 or people < max(20, p["seeds"], 2 * p["contacts"]):
        return None
    pairs = network(people, p["contacts"], p["exponent"], rng)
    first = np.searchsorted(pairs[0], np.arange(people + 1))
    degrees = np.diff(first).astype(float)
    # One who was reached knows, besides the one they have it from, this many on average.
    others = float((degrees * (degrees - 1)).sum() / max(1.0, degrees.sum()))
    chance = p["k"] / others if others > 0 else 0.0
    if chance > 1:
        raise refuse("simulate fission: k", "k_contacts", given=p["k"], high=round(others, 1))
    chances = chance * (1 - p["fatigue"]) ** np.arange(p["generations"])
    draws = (rng.choice(people, p["seeds"], replace=False) for _ in range(runs))
    waves = np.array([cascade(first, pairs[1], seeds, chances, rng) for seeds in draws])
    return {
        "people": people,
        "runs": runs,
        "mean_contacts": float(degrees.mean()),
        "chance_a_contact": chance,
        "generations": _generations(waves),
        "reach": quantiles(waves.sum(axis=1)),
        "reached_share": float(waves.sum(axis=1).mean() / people),
    }


def _generations(waves: Numbers) -> list[Results]:
    """Each generation with its level: the users, their family and friends, communities beyond."""
    levels = ("user", "family_and_friends")
    return [
        {
            "generation": n,
            "level": levels[n] if n < 2 else "community",
            "mean": float(new.mean()),
            **quantiles(new, POINTS),
            "over_by_then": float((new == 0).mean()),
        }
        for n, new in enumerate(waves.T)
    ]


def fission(p: Values, rng: Generator) -> Results:
    """
    How far does it spread, generation by generation, and when is it over?

    A branching process, and beside it a cascade on a generated network of the same `k`.
    k ≥ 1 without a finite population is refused. Levels: `000`. Closed forms are for a
    boundless crowd without fatigue.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = fission(values("fission", k=0.5, network_runs=0), streams(7, 1)[0])
    >>> run["closed_form"]["reach"], run["closed_form"]["dies_out"]
    (20.0, 1.0)
    """
    k, d, seeds = p["k"], p["dispersion"], p["seeds"]
    if p["population"] and seeds > p["population"]:
        raise refuse("simulate fission: seeds", "range", given=seeds, low=1, high=p["population"])
    if k >= 1 and not p["population"]:
        raise refuse("simulate fission: k", "k_boundless", given=k)
    tree, graph = rng.spawn(2)
    waves = branching(p, tree, p["runs"])
    reach = waves.sum(axis=1)
    within = _offspring_zero(_offspring_zero(0, k, d), k, d)
    big = np.sort(reach - seeds)[::-1]
    tenth = big[: max(1, big.size // 10)].sum()
    return {
        "runs": p["runs"],
        "closed_form": {
            "dies_out": dies_out(k, d) ** seeds,
            "reach": seeds / (1 - k) if k < 1 else None,
            "one_step": within,
            "nobody": _offspring_zero(0, k, d),
        },
        "generations": _generations(waves),
        "reach": quantiles(reach),
        "mean_reach": float(reach.mean()),
        "new": quantiles(reach - seeds),
        "over": float((waves[:, -1] == 0).mean()),
        "reached_share": float(reach.mean() / p["population"]) if p["population"] else None,
        "from_luckiest_tenth": float(tenth / big.sum()) if big.sum() else None,
        "network": _on_network(p, graph),
    }
