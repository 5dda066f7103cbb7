"""Cascades and splits on networks: against every case counted, on paper, and on bad networks."""

import tracemalloc
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook import PlaybookError
from playbook.growth.base import streams, values
from playbook.growth.cascade import Graph, cascade, generated, graph_of, others_known, shape, sweep
from playbook.growth.fission import branching, over_by, reach_by_chance
from playbook.growth.run import run
from playbook.growth.sizing import holds
from playbook.growth.splitting import best_connected, letters, split

few = settings(max_examples=25, deadline=None)


def network(pairs: list[tuple[int, int]], people: int) -> Graph:
    """Build a network from pairs."""
    a, b = np.array(pairs, dtype=int).reshape(-1, 2).T
    return graph_of(a, b, people, [f"m{n:03}" for n in range(people)])


#: A triangle with a tail, and one who knows nobody.
TRIANGLE = [(0, 1), (1, 2), (0, 2), (2, 3)]


def counted(pairs: list[tuple[int, int]], people: int, seed: int, chance: float) -> float:
    """Work out the mean reach by going through every way the ties may turn out."""
    mean = 0.0
    for open_ in product((False, True), repeat=len(pairs)):
        reached = {seed}
        for _ in range(people):
            for (a, b), there in zip(pairs, open_, strict=True):
                if there and (a in reached) != (b in reached):
                    reached |= {a, b}
        likely = np.prod([chance if there else 1 - chance for there in open_])
        mean += likely * len(reached)
    return float(mean)


@pytest.mark.parametrize("chance", [0.1, 0.25, 0.6])
def test_a_cascade_reaches_as_many_as_counting_every_case(chance: float) -> None:
    """On a triangle with a tail: leaps, single coins and the sweep all give the exact mean."""
    graph, rng = network(TRIANGLE, 5), streams(3, 1)[0]
    expected = counted(TRIANGLE, 5, 0, chance)
    reach = [cascade(graph, np.array([0]), np.full(6, chance), rng).sum() for _ in range(8000)]
    assert expected == pytest.approx(np.mean(reach), abs=0.05)
    # The sweep begins anywhere, the lonely one included.
    anywhere = np.mean([counted(TRIANGLE, 5, seed, chance) for seed in range(5)])
    assert anywhere == pytest.approx(sweep(graph, 1, 4000, rng).at(chance)["mean"], abs=0.07)


def test_nobody_or_everybody_passes_it_on() -> None:
    """Chance 0 reaches the first alone, chance 1 their whole island and no other."""
    graph, rng = network([(0, 1), (1, 2), (3, 4)], 6), streams(1, 1)[0]
    assert [1, 1, 1, 0] == cascade(graph, np.array([0]), np.ones(3), rng).tolist()
    assert [1, 0, 0, 0] == cascade(graph, np.array([0]), np.zeros(3), rng).tolist()
    assert [1, 1, 0, 0] == cascade(graph, np.array([3]), np.ones(3), rng).tolist()
    assert [2, 0, 0, 0] == cascade(graph, np.array([4, 3]), np.ones(3), rng).tolist()
    found = shape(graph)
    assert (2, 3, 1) == (found["parts"], found["largest_part"], found["alone"])


def test_a_sweep_rises_and_agrees_with_cascades_of_its_chance() -> None:
    """One luck for all chances: the curve never falls; at each it is what cascades give."""
    graph = generated(3000, 8, 2.5, streams(5, 1)[0])
    found = sweep(graph, 10, 30, streams(6, 1)[0])
    means = [row["mean"] for row in found.curve(41)]
    assert means == sorted(means)
    assert 10 == means[0]
    rng = streams(7, 1)[0]
    for chance in (0.25, 0.5):
        reach = [
            cascade(graph, rng.choice(3000, 10, replace=False), np.full(60, chance), rng).sum()
            for _ in range(60)
        ]
        assert np.mean(reach) == pytest.approx(found.at(chance)["mean"], rel=0.08)
    part = sweep(graph, 10, 3, streams(6, 1)[0], upto=0.2)
    assert part.at(0.1) == sweep(graph, 10, 3, streams(6, 1)[0]).at(0.1)


def test_how_many_others_the_reached_know() -> None:
    """A star of three: arriving at the middle (half of all arrivals) one finds two others."""
    assert 1 == others_known(network([(0, 1), (0, 2), (0, 3)], 4))
    assert 0 == others_known(network([(0, 1)], 2))


def test_pairs_that_stand_twice_are_one_tie() -> None:
    """In either order; nobody knows themselves; how often they met is added up."""
    graph = graph_of(np.array([0, 1, 2, 0]), np.array([1, 0, 2, 1]), 3, weight=np.ones(4))
    a, b, met = graph.pairs()
    assert ([0], [1], [3.0]) == (a.tolist(), b.tolist(), met.tolist())


@pytest.mark.parametrize("people", [6_000_000, 10**9, 10**15])
def test_a_billion_people_are_refused_before_memory_is_taken(people: int) -> None:
    """With what would work."""
    tracemalloc.start()
    for make in (
        lambda: generated(people, 10, 2.5, streams(1, 1)[0]),
        lambda: graph_of(np.array([0]), np.array([1]), people),
    ):
        with pytest.raises(PlaybookError, match="at most 5000000"):
            make()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


# --- fission on one's own network ---------------------------------------------------------------


def test_fission_runs_on_ones_own_network() -> None:
    """Islands stay islands; the shape is told; k too high for it is said and not hidden."""
    graph = network([(n, n + 1) for n in range(9)] + [(10, 11)], 20)
    found = run("fission", network=graph, seeds=1, k=0.2)
    told = found.results["network"]
    assert (True, 20, 10, 2, 10, 8) == tuple(
        told[key] for key in ("own", "people", "ties", "parts", "largest_part", "alone")
    )
    assert told["reach"]["p90"] <= 10
    assert 20 == found.network["people"] if found.network else False
    ids = [finding["id"] for finding in found.findings("en")]
    assert {"own_network", "islands"} <= set(ids)
    assert "network" not in ids
    high = run("fission", network=graph, seeds=1, k=5)
    assert high.results["network"]["k_is_too_high"]
    assert "k_too_high" in [finding["id"] for finding in high.findings("en")]
    assert 1 == high.results["network"]["chance_a_contact"]


def test_a_network_without_ties_is_answered_with_the_reason() -> None:
    """Fission goes on without it and says so; a split is refused."""
    found = run("fission", network=network([], 5))
    assert found.results["network"] is None
    assert "no_own_network" in [finding["id"] for finding in found.findings("en")]
    with pytest.raises(PlaybookError, match="nobody has a tie"):
        run("sizing", network=network([], 5), groups=2)


def test_more_first_users_than_people_are_answered_with_the_reason() -> None:
    """On one's own network; hardly any chance is no chance, and no fault."""
    small = run("fission", network=network([(0, 1)], 3), seeds=4)
    assert small.results["network"] is None
    assert "small_network" in [finding["id"] for finding in small.findings("en")]
    with np.errstate(all="raise", under="ignore"):
        told = run("fission", network=network([(0, 1), (1, 2)], 3), seeds=1, k=5e-324)
    assert 1 == told.results["network"]["reach"]["p90"]


def test_the_curve_of_a_run_is_the_sweep_of_its_network() -> None:
    """From only the first users to the whole island, in rising order."""
    graph = network([(0, n) for n in range(1, 30)], 30)
    rows = run("fission", network=graph, seeds=2, k=0.1, curve=5).rows("network.curve")
    assert [0, 0.25, 0.5, 0.75, 1] == [row["chance"] for row in rows]
    assert (2, 30) == (rows[0]["mean"], rows[-1]["mean"])
    assert reach_by_chance({**values("fission"), "population": 5}, streams(1, 1)[0]) is None


def test_generations_beside_their_formulae() -> None:
    """Means within noise of seeds × k^n with fatigue; extinction by each generation as told."""
    found = run(
        "fission", k=0.9, fatigue=0.1, dispersion=0.5, seeds=5, population=0, runs=20_000
    ).results["generations"]
    for n, row in enumerate(found[:5]):
        formula = 5 * np.prod([0.9 * 0.9**g for g in range(n)])
        assert formula == pytest.approx(row["formula_mean"])
        assert formula == pytest.approx(row["mean"], rel=0.1)
        assert row["over_by_then"] == pytest.approx(row["formula_over_by_then"], abs=0.02)
    assert 0.9 == pytest.approx(found[1]["k"], rel=0.05)
    # One seed, k = 1, d = 1: dead by n with n / (n + 1).
    p = {"k": 1.0, "dispersion": 1.0, "fatigue": 0.0, "seeds": 1}
    assert [0.5, 2 / 3, 0.75] == [pytest.approx(over_by(p, n)) for n in (1, 2, 3)]


def test_it_is_over_after_so_many_days() -> None:
    """Nobody brings anybody: 0 days. The last generation with new people times the days of one."""
    assert 0 == run("fission", k=0).results["days"]["p90"]
    found = run("fission", k=0.8, days=5).results
    assert 5 * found["last_generation"]["p90"] == found["days"]["p90"]


def test_trees_do_not_change_when_the_dead_are_left_out() -> None:
    """Whoever died stays dead, and nobody is counted twice."""
    p = values("fission", k=1.1, population=500, seeds=3, generations=20)
    waves = branching(p, streams(4, 1)[0], 500)
    dead = np.cumsum(waves == 0, axis=1) > 0
    assert 0 == waves[dead].sum()
    assert waves.sum(axis=1).max() <= 500


# --- splitting ----------------------------------------------------------------------------------


def circles(many: int, size: int, within: float, between: float, seed: int) -> tuple[Graph, Any]:
    """Circles of friends that are known beforehand, with their members in random order."""
    rng, people = np.random.default_rng(seed), many * size
    a, b = np.triu_indices(people, 1)
    same = a // size == b // size
    there = rng.random(a.size) < np.where(same, within, between)
    place = rng.permutation(people)
    circle = np.empty(people, dtype=int)
    circle[place] = np.arange(people) // size
    return graph_of(place[a[there]], place[b[there]], people), circle


def test_two_circles_on_paper() -> None:
    """Two rings of four, all friends within, one tie between: 12 of 13 ties are kept."""
    four = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    graph = network([*four, *((a + 4, b + 4) for a, b in four), (0, 4)], 8)
    found = split(graph, 2, streams(1, 1)[0], hosts=[True, False, False, False] * 2)
    told = found.to_dict()
    assert 12 / 13 == pytest.approx(found.kept)
    assert [{"group": "B", "members": 4, "hosts": 1, "without_ties": 0}] == told["groups"][:1]
    assert {0, 1} == set(found.part[:4]) | set(found.part[4:])
    assert len(set(found.part[:4])) == len(set(found.part[4:])) == 1
    # Two of four of the other ring in each part keep 4 or 5 of 13: far fewer.
    assert told["z"] > 2
    assert told["as_good_by_chance"] < 0.1
    assert {"m000", "m007"} <= set(found.assignment)


@pytest.mark.parametrize("many", [2, 3, 5])
def test_known_circles_are_found_and_beat_chance(many: int) -> None:
    """Nearly as many ties are kept as by the circles themselves; hosts and sizes are even."""
    graph, circle = circles(many, 40, 0.2, 0.01, seed=many)
    found = split(graph, many, streams(2, 1)[0])
    a, b, _ = graph.pairs()
    assert found.kept > 0.95 * float((circle[a] == circle[b]).mean())
    told = found.to_dict()
    assert told["z"] > 10
    assert told["as_good_by_chance"] == 0
    sizes = [group["members"] for group in told["groups"]]
    hosts = [group["hosts"] for group in told["groups"]]
    assert graph.people == sum(sizes)
    assert max(sizes) <= 40 * 1.1 + 1
    assert min(sizes) >= 35
    assert max(hosts) - min(hosts) <= 1


@few
@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_any_network_is_split_into_as_many_parts_as_asked(groups: int, seed: int) -> None:
    """Everybody is in one part, no part is empty, hosts are even, the same seed gives the same."""
    rng = np.random.default_rng(seed)
    people = int(rng.integers(groups, 60))
    a, b = rng.integers(people, size=(2, int(rng.integers(1, 120))))
    if (a == b).all():
        return
    graph = graph_of(a, b, people)
    hosts = rng.random(people) < 0.2
    one, two = (split(graph, groups, streams(seed, 1)[0], hosts) for _ in range(2))
    assert one.part.tolist() == two.part.tolist()
    assert groups == len(set(one.part.tolist()))
    many = np.bincount(one.part[hosts], minlength=groups)
    assert many.max() - many.min() <= 1
    assert 0 <= one.kept <= 1


def test_friends_far_outweigh_strangers() -> None:
    """Ties count by how often people met: a pair that talks daily is not parted for a nod."""
    pairs = [(0, 1), (2, 3), (0, 2), (1, 3)]
    a, b = np.array(pairs).T
    graph = graph_of(a, b, 4, weight=np.array([50.0, 50.0, 1.0, 1.0]))
    found = split(graph, 2, streams(1, 1)[0], hosts=[False] * 4)
    assert found.part[0] == found.part[1] != found.part[2]
    assert 100 / 102 == pytest.approx(found.kept)


@pytest.mark.parametrize(
    ("groups", "told"), [(1, "allowed is 2 to 8"), (9, "allowed is 2 to 8"), (0, "allowed is 2")]
)
def test_impossible_splits_are_refused(groups: int, told: str) -> None:
    """More parts than people, or no split at all."""
    graph, _ = circles(2, 4, 1, 0, 1)
    with pytest.raises(PlaybookError, match=told):
        split(graph, groups, streams(1, 1)[0])


def test_a_network_too_large_to_split_says_so() -> None:
    """At once, with what would work."""
    people = np.arange(20_001)
    graph = graph_of(people[:-1], people[1:], 20_001)
    with pytest.raises(PlaybookError, match="at most 20000 and 300000"):
        split(graph, 2, streams(1, 1)[0])


def test_hosts_are_the_best_connected_or_those_named() -> None:
    """The middle of a star; nobody without ties; a name nobody bears is refused."""
    graph = network([(0, 1), (0, 2), (0, 3)], 6)
    assert [0] == np.flatnonzero(best_connected(graph, 0, 1)).tolist()
    assert 4 == best_connected(graph, 1, 1).sum()
    found = run("sizing", network=graph, groups=2, hosts="m001, m002", members=6).results["split"]
    assert [1, 1] == [group["hosts"] for group in found["groups"]]
    assert ["m001", "m002"] == [row["member"] for row in found["people"] if row["host"]]
    with pytest.raises(PlaybookError, match="Did you mean 'm001'"):
        run("sizing", network=graph, groups=2, hosts=["m01"])


def test_a_group_is_halved_until_it_can_be_read() -> None:
    """A holds 100 of 300: B and C have 150 each, D to G have 75 and fit."""
    p = {"attention": 10, "active_share": 0.2, "messages": 3, "seconds": 10}
    assert 100 == pytest.approx(holds({**p}))
    rows = run("sizing", members=300, **p).rows("rounds")
    assert [("A", "A"), ("B", "C"), ("D", "G")] == [(r["first"], r["last"]) for r in rows]
    assert [300, 150, 75] == [row["size"] for row in rows]
    assert [False, False, True] == [row["fits"] for row in rows]


def test_halving_ones_own_network_tells_what_each_round_keeps() -> None:
    """Four circles: two halves keep them all, four parts as well; the table names everybody."""
    graph, _ = circles(4, 15, 0.6, 0.005, 3)
    found = run("sizing", network=graph, groups=4, members=60, attention=1)
    kept = found.results["split"]["halvings"]
    assert kept["2"] > 0.9
    assert kept["4"] > 0.85
    frame = found.frame("split.people")
    assert (60, 4) == (len(frame), frame["group"].nunique())
    assert kept["2"] == found.rows("rounds")[1]["ties_kept"]


def test_parts_are_lettered() -> None:
    """A was before; after Z comes AA."""
    assert ["B", "C", "Z", "AA", "AB"] == [letters(n) for n in (0, 1, 24, 25, 26)]
