"""How fast is a cascade beside well-known libraries: the same network, chance and first users?

Each library runs in a process of its own and builds what it needs from the same arrays before the
clock starts; ours runs there in turn with it, so that a busy machine slows both. One that is not
installed is left out, and that is said. Prints JSON.

Usage: cascade_jobs.py [--people N] [--runs N] [--only NAME,NAME] [--peers PYTHON]
`--peers`: a Python in which ndlib, EoN, mesa, networkx and scipy are installed (default: this one).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
CHANCE, SEEDS, LONGEST = 0.06, 100, 60
MEAN_CONTACTS, EXPONENT = 10.3, 2.5
#: What takes half a minute a run is run once.
SLOW = {"mesa", "ndlib"}
PACKAGES = {
    "scipy": "scipy",
    "networkx": "networkx",
    "eon": "EoN",
    "mesa": "mesa",
    "ndlib": "ndlib",
}

Run = Callable[[int], int]


def load(file: str) -> tuple[Any, Any, Any]:
    """The network as compressed rows, and the first users."""
    stored = np.load(file)
    return stored["first"], stored["to"], stored["seeds"]


def ours(file: str) -> Run:
    """The cascade of this project: numpy, leaping from hit to hit."""
    from playbook.growth.cascade import Graph, cascade

    first, to, seeds = load(file)
    graph, chances = Graph(first, to), np.full(LONGEST, CHANCE)
    return lambda run: int(cascade(graph, seeds, chances, np.random.default_rng(run)).sum())


def floor(file: str) -> Run:
    """No cascade, but its least work: one coin and one look at each contact that is passed."""
    first, to, seeds = load(file)
    seen = np.zeros(first.size - 1, dtype=bool)
    touched = to[: _touched(first, to, seeds)].copy()

    def run(number: int) -> int:
        coins = np.random.default_rng(number).random(touched.size, dtype=np.float32) < CHANCE
        return int(coins.sum()) + int(seen[touched].sum())

    return run


def _touched(first: Any, to: Any, seeds: Any) -> int:
    """How many contacts of the reached are there in one cascade?"""
    rng, seen = np.random.default_rng(0), np.zeros(first.size - 1, dtype=bool)
    front, touched = seeds, 0
    seen[seeds] = True
    while front.size:
        begin, many = first[front], first[front + 1] - first[front]
        places = np.repeat(begin - np.cumsum(many) + many, many) + np.arange(many.sum())
        touched += places.size
        hit = to[places[rng.random(places.size) < CHANCE]]
        front = np.unique(hit[~seen[hit]])
        seen[front] = True
    return touched


def scipy(file: str) -> Run:
    """Keep each tie with the chance, then search from the first users: scipy's graph routines."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    first, to, seeds = load(file)
    people = first.size - 1

    def run(number: int) -> int:
        kept = np.flatnonzero(np.random.default_rng(number).random(to.size) < CHANCE)
        ends = np.concatenate([np.searchsorted(kept, first), [kept.size + seeds.size]])
        table = csr_array(
            (np.ones(kept.size + seeds.size), np.concatenate([to[kept], seeds]), ends),
            shape=(people + 1, people + 1),
        )
        return int(breadth_first_order(table, people, return_predecessors=False).size) - 1

    return run


def _network(file: str) -> tuple[Any, list[int]]:
    import networkx as nx

    first, to, seeds = load(file)
    start = np.repeat(np.arange(first.size - 1), np.diff(first))
    once = start < to
    graph = nx.empty_graph(first.size - 1)
    graph.add_edges_from(zip(start[once].tolist(), to[once].tolist(), strict=True))
    return graph, seeds.tolist()


def networkx(file: str) -> Run:
    """A loop over a networkx graph, as one writes it by hand."""
    import random

    graph, seeds = _network(file)

    def run(number: int) -> int:
        rng, seen, front = random.Random(number), set(seeds), seeds
        while front:
            new = []
            for person in front:
                for other in graph.adj[person]:
                    if other not in seen and rng.random() < CHANCE:
                        seen.add(other)
                        new.append(other)
            front = new
        return len(seen)

    return run


def eon(file: str) -> Run:
    """EoN's discrete SIR: each contact once."""
    import random

    import EoN

    graph, seeds = _network(file)

    def run(number: int) -> int:
        random.seed(number)
        np.random.seed(number)
        return int(EoN.basic_discrete_SIR(graph, CHANCE, initial_infecteds=seeds)[3][-1])

    return run


def mesa(file: str) -> Run:
    """Agents of mesa: whoever was reached last tells their contacts, once."""
    from mesa import Agent, Model

    first, to, seeds = load(file)
    ends, others = first.tolist(), to.tolist()

    class Person(Agent):  # type: ignore[misc]
        state = 0

        def __init__(self, model: Any, place: int) -> None:
            super().__init__(model)
            self.place = place

        def tell(self) -> None:
            for other in others[ends[self.place] : ends[self.place + 1]]:
                neighbour = self.model.people[other]
                if neighbour.state == 0 and self.random.random() < CHANCE:
                    neighbour.state = 1
                    self.model.new.append(neighbour)

    def run(number: int) -> int:
        try:
            model = Model(seed=number)
        except TypeError:
            model = Model(rng=number)
        model.people = [Person(model, n) for n in range(len(ends) - 1)]
        model.new, reached = [model.people[n] for n in seeds], len(seeds)
        for person in model.new:
            person.state = 1
        while model.new:
            front, model.new = model.new, []
            for person in front:
                person.tell()
            reached += len(model.new)
        return reached

    return run


def ndlib(file: str) -> Run:
    """ndlib's independent cascades."""
    import random

    from ndlib.models import ModelConfig
    from ndlib.models.epidemics import IndependentCascadesModel

    graph, seeds = _network(file)

    def run(number: int) -> int:
        random.seed(number)
        np.random.seed(number)
        model = IndependentCascadesModel(graph)
        config = ModelConfig.Configuration()
        config.add_model_initial_configuration("Infected", seeds)
        for edge in graph.edges():
            config.add_edge_configuration("threshold", edge, CHANCE)
        model.set_initial_status(config)
        counts: dict[int, int] = {}
        while True:
            counts = model.iteration(node_status=False)["node_count"]
            if not counts.get(1):
                return int(counts[2])

    return run


JOBS = {job.__name__: job for job in (ours, floor, scipy, networkx, eon, mesa, ndlib)}


def work(name: str, file: str, runs: int) -> dict[str, Any]:
    """Build, then run in turn with ours, with other luck each time; the first is not counted."""
    begin = time.perf_counter()
    job = JOBS[name](file)
    built = time.perf_counter() - begin
    mine, reached = ours(file), []
    taken: dict[str, list[float]] = {"job": [], "ours": []}
    for run in range(runs if name in SLOW else runs + 1):
        for who, task in (("job", job), ("ours", mine), ("ours", mine)):
            begin = time.perf_counter()
            found = task(run)
            taken[who].append(time.perf_counter() - begin)
            reached += [found] if who == "job" else []
    counted = taken["job"][0 if name in SLOW else 1 :]
    median, beside = statistics.median(counted), statistics.median(taken["ours"][1:])
    package = PACKAGES.get(name)
    return {
        "name": name,
        "version": metadata.version(package) if package else None,
        "median_s": median,
        "ours_beside_it_s": beside,
        "times_ours": median / beside,
        "runs": len(counted),
        "build_s": built,
        "mean_reached": None if name == "floor" else statistics.fmean(reached),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def apart(name: str, file: str, runs: int, python: str) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [python, __file__, "--worker", name, "--file", file, "--runs", str(runs)]
    where = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=where, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"name": name, "skipped": done.stderr.strip().splitlines()[-1][:200]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Make the network once, time everybody, print ratios to ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default=",".join(JOBS))
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--worker", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        print(json.dumps(work(asked.worker, asked.file, asked.runs)))
        return
    from playbook.growth.cascade import generated

    rng = np.random.default_rng(7)
    graph = generated(asked.people, MEAN_CONTACTS, EXPONENT, rng)
    seeds = rng.choice(asked.people, SEEDS, replace=False)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "graph.npz")
        np.savez(file, first=graph.first, to=graph.to, seeds=seeds)
        for name in asked.only.split(","):
            runs = 1 if name in SLOW and asked.people > 200_000 else asked.runs
            mine = name in ("ours", "floor")
            rows.append(apart(name, file, runs, sys.executable if mine else asked.peers))
            print(f"{name}: {rows[-1].get('times_ours', 'skipped')}", file=sys.stderr, flush=True)
    document = {
        "job": "cascade",
        "people": asked.people,
        "ties": graph.ties,
        "chance": CHANCE,
        "seeds": SEEDS,
        "rows": rows,
    }
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
