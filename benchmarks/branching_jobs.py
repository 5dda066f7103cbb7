"""How fast are branching runs beside a plain loop, and a slider over the chance of sharing?

10,000 runs of 30 generations at three values of k; then one pass over a network for the curve of
all chances, and look-ups in it; then one run of every model, as a slider asks for. Prints JSON.

Usage: branching_jobs.py [--people N] [--repeats N]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from playbook.growth.base import values
from playbook.growth.cascade import generated, sweep
from playbook.growth.fission import branching
from playbook.growth.run import ENGINES, run

RUNS, GENERATIONS = 10_000, 30
#: The plain loop stops a run that has reached so many, and takes fewer runs where k is above 1.
CROWD = 2000


def seconds(job: Callable[[], Any], repeats: int) -> float:
    """The median of a few; the first is not counted."""
    taken = []
    for _ in range(repeats + 1):
        begin = time.perf_counter()
        job()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken[1:])


def plain_loop(k: float, dispersion: float, runs: int, rng: np.random.Generator) -> int:
    """As one writes it by hand: person by person."""
    reached = 0
    for _ in range(runs):
        alive, total = 1, 1
        for _ in range(GENERATIONS):
            new = 0
            for _ in range(alive):
                new += rng.negative_binomial(dispersion, dispersion / (dispersion + k))
            alive, total = new, total + new
            if not alive or total > CROWD:
                break
        reached += total
    return reached


def main() -> None:
    """Time both, and the sweep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    rows = []
    for k in (0.8, 1.05, 1.3):
        p = values(
            "fission", k=k, seeds=1, dispersion=0.2, generations=GENERATIONS, population=1_000_000
        )
        ours = seconds(lambda p=p: branching(p, np.random.default_rng(1), RUNS), asked.repeats)
        few = RUNS if k < 1 else 500
        loop = seconds(lambda k=k, n=few: plain_loop(k, 0.2, n, np.random.default_rng(1)), 1)
        loop *= RUNS / few
        rows.append({"k": k, "ours_s": ours, "loop_s": loop, "times_ours": loop / ours})
    rng = np.random.default_rng(7)
    graph = generated(asked.people, 10.3, 2.5, rng)
    begin = time.perf_counter()
    found = sweep(graph, 100, 1, rng)
    once = time.perf_counter() - begin
    chances = rng.random(200)
    move = seconds(lambda: [found.at(float(one)) for one in chances], asked.repeats) / chances.size
    models = {name: seconds(lambda name=name: run(name), asked.repeats) for name in ENGINES}
    document = {
        "job": "branching",
        "runs": RUNS,
        "generations": GENERATIONS,
        "rows": rows,
        "sweep": {"people": asked.people, "ties": graph.ties, "once_s": once, "move_s": move},
        "models_s": models,
    }
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
