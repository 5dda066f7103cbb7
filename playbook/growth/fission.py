"""Fission: from users to their family and friends and on into communities, as far as it goes."""

from __future__ import annotations

import numpy as np

from playbook.errors import refuse
from playbook.growth.base import (
    Generator,
    Numbers,
    Results,
    Values,
    divide,
    quantile_rows,
    quantiles,
    step,
)
from playbook.growth.cascade import Graph, Sweep, cascade, generated, others_known, shape, sweep

#: The largest network that is drawn; the branching process has no such limit.
_LARGEST = 100_000
#: The most contacts, over all people, that are drawn.
_TIES = 2_000_000
#: How many contacts all cascades together may pass along.
_PASSED = 20_000_000
#: How many ties all passes for the curve together may go over: a few seconds.
_SWEPT = 5_000_000
#: A run counts as a breakout when this share of the crowd is reached.
_BREAKOUT = 0.1


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
        once_more = _offspring(q, k, dispersion)
        if abs(once_more - q) < 1e-13:
            break
        q = once_more
    return q


def _offspring(q: float, k: float, dispersion: float) -> float:
    """The generating function of how many one person brings."""
    return float((1 + k * (1 - q) / dispersion) ** -dispersion)


def over_by(p: Values, generation: int) -> float:
    """
    How likely is nobody new in this generation, in a boundless crowd? Exact, fatigue included.

    >>> p = {"k": 1.0, "dispersion": 1.0, "fatigue": 0.0, "seeds": 2}
    >>> over_by(p, 1), round(over_by(p, 2), 4)
    (0.25, 0.4444)
    """
    q = 0.0
    for earlier in reversed(range(generation)):
        q = _offspring(q, p["k"] * (1 - p["fatigue"]) ** earlier, p["dispersion"])
    return float(q ** p["seeds"])


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
    waves = np.zeros((p["generations"] + 1, runs), dtype=np.int64)
    waves[0] = p["seeds"]
    alive, new = np.arange(runs), waves[0]
    reached = waves[0].copy()
    for generation in range(p["generations"]):
        mean = p["k"] * (1 - p["fatigue"]) ** generation
        if crowd:
            mean = mean * (1 - reached[alive] / crowd)
        # A negative binomial sum: gamma-distributed appetite, then chance.
        new = rng.poisson(rng.standard_gamma(new * dispersion) * (mean / dispersion))
        if crowd:
            new = np.minimum(new, crowd - reached[alive])
            reached[alive] += new
        waves[generation + 1, alive] = new
        alive, new = alive[new > 0], new[new > 0]
        if not alive.size:
            break
    return waves.T


def _graph(p: Values, rng: Generator) -> Graph | None:
    """The network asked for: one's own, or a generated one. None: too small to say anything."""
    if "network" in p:
        own: Graph = p["network"]
        return own if own.ties and own.people >= p["seeds"] else None
    people = min(p["population"], _LARGEST, int(_TIES / p["contacts"]))
    if people < max(20, p["seeds"], 2 * p["contacts"]):
        return None
    return generated(people, p["contacts"], p["exponent"], rng)


def reach_by_chance(p: Values, rng: Generator) -> Sweep | None:
    """
    How far does it go at every chance that a contact passes it on? Look-ups of one pass.

    On the network of the run, without fatigue and until it is over. None: no network.

    >>> from playbook.growth.base import streams, values
    >>> found = reach_by_chance(values("fission", population=500, network_runs=5), streams(7, 1)[0])
    >>> found.at(0)["mean"], found.at(0.5)["mean"] > 400
    (10.0, True)
    """
    graph = _graph(p, rng)
    if graph is None:
        return None
    runs = min(max(1, p["network_runs"]), max(1, _SWEPT // max(1, graph.ties)))
    return sweep(graph, p["seeds"], runs, rng)


def _on_network(p: Values, rng: Generator) -> Results | None:
    """The same on a network, where the well-connected are met early and everyone only once."""
    graph = _graph(p, rng) if p["network_runs"] else None
    if graph is None:
        return None
    people, own = graph.people, "network" in p
    runs = min(p["network_runs"], max(1, int(_PASSED / max(1, 2 * graph.ties))))
    others = others_known(graph)
    chance = p["k"] / others if others > 0 else 0.0
    if chance > 1 and not own:
        raise refuse("simulate fission: k", "k_contacts", given=p["k"], high=round(others, 1))
    # On one's own network more cannot be asked than that everyone tells everyone.
    chances = min(1.0, chance) * (1 - p["fatigue"]) ** np.arange(p["generations"])
    waves = np.empty((runs, p["generations"] + 1), dtype=np.int64)
    for run in range(runs):
        step(run, runs)
        seeds = rng.choice(np.arange(people), p["seeds"], replace=False)
        waves[run] = cascade(graph, seeds, chances, rng)
    reach = waves.sum(axis=1)
    curve = reach_by_chance({**p, "network": graph}, rng) if p["curve"] else None
    return {
        "own": own,
        **shape(graph),
        "runs": runs,
        "others_known": others,
        "chance_a_contact": min(1.0, chance),
        "k_is_too_high": chance > 1,
        "generations": _generations(waves),
        "reach": quantiles(reach),
        "reached_share": float(reach.mean() / people),
        "curve": [{"k": row["chance"] * others, **row} for row in curve.curve(p["curve"])]
        if curve
        else None,
    }


def _generations(waves: Numbers) -> list[Results]:
    """Each generation with its level: the users, their family and friends, communities beyond."""
    levels = ("user", "family_and_friends")
    means, over = waves.mean(axis=0), (waves == 0).mean(axis=0)
    return [
        {
            "generation": n,
            "level": levels[n] if n < 2 else "community",
            "mean": float(means[n]),
            **spread,
            "k": divide(float(means[n]), float(means[n - 1])) if n else None,
            "over_by_then": float(over[n]),
        }
        for n, spread in enumerate(quantile_rows(waves))
    ]


def fission(p: Values, rng: Generator) -> Results:
    """
    How far does it spread, generation by generation, and when is it over?

    A branching process, and beside it a cascade on a generated network of the same `k`, or on
    one's own. k ≥ 1 without a finite population is refused. Levels: `000`. The formulae are
    for a boundless crowd; that of the whole reach also leaves fatigue out.

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
    big = np.sort(reach - seeds)[::-1]
    tenth = big[: max(1, big.size // 10)].sum()
    over = (waves == 0).any(axis=1)
    last = np.where(over, (waves > 0).sum(axis=1) - 1, waves.shape[1] - 1)
    mean, generations = float(seeds), _generations(waves)
    for generation, row in enumerate(generations):
        row |= {"formula_mean": mean, "formula_over_by_then": over_by(p, generation)}
        mean *= k * (1 - p["fatigue"]) ** generation
    return {
        "runs": p["runs"],
        "closed_form": {
            "dies_out": dies_out(k, d) ** seeds,
            "reach": seeds / (1 - k) if k < 1 else None,
            "one_step": _offspring(_offspring(0, k, d), k, d),
            "nobody": _offspring(0, k, d),
        },
        "generations": generations,
        "reach": quantiles(reach),
        "mean_reach": float(reach.mean()),
        "new": quantiles(reach - seeds),
        "over": float(over.mean()),
        "last_generation": quantiles(last),
        "days": quantiles(last * float(p["days"])),
        "reached_share": float(reach.mean() / p["population"]) if p["population"] else None,
        "breakouts": float((reach >= _BREAKOUT * p["population"]).mean())
        if p["population"] and seeds < _BREAKOUT * p["population"]
        else None,
        "from_luckiest_tenth": float(tenth / big.sum()) if big.sum() else None,
        "network": _on_network(p, graph),
        "own_network_empty": "network" in p and not p["network"].ties,
        "own_network_small": "network" in p and p["network"].people < seeds,
    }
