"""Who talks to whom: a picture that stays readable at 2,000 members.

No hairball: people stand in the circle they talk in, the best-linked in its middle; talk between
circles is one line a pair. Positions are fixed by a seed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playbook.present.board import CONTEXT, EDGE, LINE, WARM, Board
from playbook.present.figure import NARROW, WIDE, Figure, Mark, headed
from playbook.present.look import PALETTE
from playbook.present.sentences import amount, join, plain, short_label
from playbook.words import language, say

Link = tuple[str, str, float]
Row = dict[str, Any]
#: x, y and radius in pixels.
Spot = tuple[float, float, float]
_SEED = 7
#: More circles than this are gathered in one; so are those of one or two people.
_MOST_CIRCLES, _LEAST_PEOPLE = 10, 3
_MOST_LINES = 400
#: Finding circles takes a minute for 20,000 people: beyond this the best-linked are drawn.
_MOST_PEOPLE = 3000
_BRIDGES = 5
_GOLDEN = math.pi * (3 - math.sqrt(5))
#: Pixels under a circle for its name.
_NAME = 20.0
HEIGHT = {True: 440.0, False: 470.0}


def named(names: Mapping[str, str] | None, member: str) -> str:
    """What is a member called? The id where no name is known."""
    return plain((names or {}).get(member) or member)


def share(part: float, whole: float) -> str:
    """A part of a whole, in per cent."""
    return f"{part / whole:.0%}" if whole else "–"


# --- circles ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Circles:
    """Who stands in which circle, and how much is said inside and between."""

    #: Each circle's members, the best-linked first; the last may gather the small ones.
    people: tuple[tuple[str, ...], ...]
    gathered: bool
    strength: Mapping[str, float]
    links: tuple[Link, ...]
    inside: float
    between: Mapping[tuple[int, int], float]
    bridges: tuple[str, ...]
    bridged: float


def network(
    links: Iterable[Link],
    names: Mapping[str, str] | None = None,
    members: int | None = None,
    lang: str | None = None,
) -> Figure | None:
    """
    Who talks to whom, in which circles, and who holds the circles together?

    `links`: member, other member, how often (both directions are added up; to oneself does not
    count). `members`: how many there are in all. None where nobody speaks to anybody. Circles
    are found by Louvain's method on the links, with a fixed seed; another method may cut
    elsewhere, and the picture's foot says so. Of more than 3,000 linked people the best-linked are
    drawn.
    """
    lang = language(lang)
    found = _circles(links)
    if found is None:
        return None
    n = sum(map(len, found.people))
    whole = found.inside + sum(found.between.values())
    shown = len(found.people) - found.gathered
    which = "one" if len(found.people) == 1 else "many"
    title = say(
        f"dashboard.network_title_{which}",
        lang,
        n=amount(n, lang),
        circles=shown,
        bridges=len(found.bridges),
        share=share(found.bridged, sum(found.between.values())),
    )
    alone = max((members or n) - n, 0)
    rows = _circle_rows(found, names, lang)
    told = say("dashboard.network_inside", lang, share=share(found.inside, whole))
    return Figure(
        title=title,
        subtitle=say("dashboard.network_subtitle", lang, n=amount(n, lang))
        + (say("dashboard.network_alone", lang, n=amount(alone, lang)) if alone else ""),
        foot=say("dashboard.network_foot", lang, links=amount(len(found.links), lang)),
        alt=title + say("figure.stop", lang) + told,
        draw=lambda wide: _network_board(found, names, wide, lang),
        rows=rows,
        key=[
            Mark(say("dashboard.key_person", lang), CONTEXT),
            Mark(say("dashboard.key_bridge", lang), WARM, "diamond"),
        ],
        lang=lang,
    )


def _circles(links: Iterable[Link]) -> _Circles | None:
    import networkx as nx

    weights: dict[tuple[str, str], float] = {}
    for one, other, n in links:
        if one != other and n > 0:
            pair = (min(one, other), max(one, other))
            weights[pair] = weights.get(pair, 0.0) + n
    if not weights:
        return None
    weights = _strongest(weights)
    members = sorted({name for pair in weights for name in pair})
    number = {name: place for place, name in enumerate(members)}
    graph = nx.Graph()  # of numbers: sets of texts would come in another order in each process
    graph.add_nodes_from(range(len(members)))
    graph.add_weighted_edges_from(
        (number[a], number[b], n) for (a, b), n in sorted(weights.items())
    )
    strength = {name: float(graph.degree(number[name], weight="weight")) for name in members}
    cut = nx.community.louvain_communities(graph, seed=_SEED)
    groups = sorted(
        (sorted((members[i] for i in one), key=lambda m: (-strength[m], m)) for one in cut),
        key=lambda one: (-len(one), one[0]),
    )
    large = [one for one in groups if len(one) >= _LEAST_PEOPLE][:_MOST_CIRCLES] or groups[:1]
    rest = [name for one in groups if one not in large for name in one]
    people = [*large, rest] if rest else large
    home = {name: place for place, one in enumerate(people) for name in one}
    inside = 0.0
    between: defaultdict[tuple[int, int], float] = defaultdict(float)
    across: defaultdict[str, float] = defaultdict(float)
    for (a, b), n in sorted(weights.items()):
        if home[a] == home[b]:
            inside += n
            continue
        between[min(home[a], home[b]), max(home[a], home[b])] += n
        across[a] += n
        across[b] += n
    bridges = [name for name, _ in sorted(across.items(), key=lambda e: (-e[1], e[0]))][:_BRIDGES]
    bridged = sum(
        n
        for (a, b), n in weights.items()
        if home[a] != home[b] and (a in bridges or b in bridges)
    )  # fmt: skip
    ranked = sorted((-float(n), a, b) for (a, b), n in weights.items())
    return _Circles(
        people=tuple(map(tuple, people)),
        gathered=bool(rest),
        strength=strength,
        links=tuple((a, b, -n) for n, a, b in ranked),
        inside=inside,
        between=between,
        bridges=tuple(bridges),
        bridged=float(bridged),
    )


def _strongest(weights: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """The links among the best-linked people, where there are too many to find circles soon."""
    linked: defaultdict[str, float] = defaultdict(float)
    for pair, n in weights.items():
        for name in pair:
            linked[name] += n
    if len(linked) <= _MOST_PEOPLE:
        return weights
    ranked = sorted(linked, key=lambda name: (-linked[name], name))
    kept = set(ranked[:_MOST_PEOPLE])
    return {pair: n for pair, n in weights.items() if kept.issuperset(pair)}


def _circle_rows(found: _Circles, names: Mapping[str, str] | None, lang: str) -> list[Row]:
    rows = []
    for place, people in enumerate(found.people):
        gathered = found.gathered and place == len(found.people) - 1
        outward = sum(n for pair, n in found.between.items() if place in pair)
        bridges = [named(names, name) for name in found.bridges if name in people]
        circle = say("dashboard.circle_of", lang, name=named(names, people[0]))
        if gathered:
            circle = say("dashboard.circle_small", lang)
        rows.append(
            headed("dashboard", lang, circle=circle, people=len(people), links_out=int(outward),
                   bridges=join(bridges, lang) or None)
        )  # fmt: skip
    return rows


def _spots(found: _Circles, wide: bool) -> list[Spot]:
    """Where each circle stands: x, y and radius in pixels, none over another."""
    import networkx as nx

    width, height = (WIDE if wide else NARROW) - 10, HEIGHT[wide] - 12 - _NAME
    sizes = [max(math.sqrt(len(one)), 1.6) for one in found.people]
    graph = nx.Graph()
    graph.add_nodes_from(range(len(sizes)))
    graph.add_weighted_edges_from((a, b, math.log1p(n)) for (a, b), n in found.between.items())
    start = nx.spring_layout(graph, seed=_SEED, weight="weight") if len(sizes) > 1 else {0: (0, 0)}
    best: tuple[float, list[list[float]]] = (0, [])
    for flat in (0.3, 0.5, 0.8, 1.2, 2, 3):  # the shape that leaves the circles largest
        at = [[float(v) * sum(sizes) for v in start[i]] for i in range(len(sizes))]
        _pack(at, sizes, flat)
        (left, right), (low, high) = _ends(at, sizes, 0), _ends(at, sizes, 1)
        scale = min(width / (right - left), height / (high - low), 74 if wide else 60)
        best = max(best, (scale, at), key=lambda one: one[0])
    scale, at = best
    (left, right), (low, high) = _ends(at, sizes, 0), _ends(at, sizes, 1)
    return [
        (
            width / 2 + (x - (left + right) / 2) * scale,
            height / 2 + (y - (low + high) / 2) * scale,
            size * scale * 0.94,
        )
        for (x, y), size in zip(at, sizes, strict=True)
    ]


def _pack(at: list[list[float]], sizes: Sequence[float], flat: float) -> None:
    """Draw the circles to the middle, along one side more than the other, until they touch."""
    for step in range(260):
        if step < 200:
            for spot in at:
                spot[0] *= 1 - 0.05 * min(flat, 1)
                spot[1] *= 1 - 0.05 * min(1 / flat, 1)
        _push_apart(at, sizes)


def _push_apart(at: list[list[float]], sizes: Sequence[float]) -> None:
    gap = 0.16 * max(sizes)
    for i, a in enumerate(at):
        for j in range(i):
            b = at[j]
            dx, dy = a[0] - b[0], a[1] - b[1]
            far = math.hypot(dx, dy) or 1e-6
            over = sizes[i] + sizes[j] + gap - far
            if over > 0:
                dx, dy = (dx / far, dy / far) if far > 1e-5 else (1.0, 0.0)
                a[0] += dx * over / 2
                a[1] += dy * over / 2
                b[0] -= dx * over / 2
                b[1] -= dy * over / 2


def _ends(at: list[list[float]], sizes: Sequence[float], axis: int) -> tuple[float, float]:
    return (
        min(spot[axis] - size for spot, size in zip(at, sizes, strict=True)),
        max(spot[axis] + size for spot, size in zip(at, sizes, strict=True)),
    )


def _network_board(found: _Circles, names: Mapping[str, str] | None, wide: bool, lang: str) -> str:
    board = Board(wide, HEIGHT[wide])
    spots = _spots(found, wide)
    most = max(found.between.values(), default=1.0)
    for (a, b), n in sorted(found.between.items()):
        board.line([spots[a][:2], spots[b][:2]], LINE, 0.8 + 9 * n / most)
    home = {name: place for place, people in enumerate(found.people) for name in people}
    places = _places(found, spots)
    for x, y, radius in spots:
        board.disc(x, y, radius, PALETTE["raised"].light, EDGE)
    for one, other, _ in found.links[:_MOST_LINES]:
        if home[one] == home[other]:  # between circles there is one line a pair
            board.line([places[one][:2], places[other][:2]], LINE, 0.6)
    bridges = found.bridges if len(found.people) > 1 else ()
    for member, (x, y, radius) in places.items():
        if member not in bridges:
            board.disc(x, y, radius, CONTEXT)
    for member in bridges:
        x, y, radius = places[member]
        board.mark(x, y, WARM, "diamond", size=max(2 * radius, 9))
    for place, ((x, y, radius), people) in enumerate(zip(spots, found.people, strict=True)):
        if _room(radius, people) > 23:
            for member in people[1:]:
                at = places[member]
                label = short_label(named(names, member), 8)
                board.text(at[0], at[1] - at[2] - 3, label, 11, anchor="middle")
        gathered = found.gathered and place == len(found.people) - 1
        name = say("dashboard.circle_small", lang) if gathered else named(names, people[0])
        label = f"{short_label(name, 14 if wide else 9)} · {len(people)}"
        board.text(x, y + radius + 15, label, 13, anchor="middle")
    return board.svg()


def _room(radius: float, people: Sequence[str]) -> float:
    """How large may a person's mark be, in a circle so full?"""
    return radius * 0.85 / math.sqrt(len(people))


def _places(found: _Circles, spots: Sequence[Spot]) -> dict[str, Spot]:
    """Where each person stands, the best-linked in the middle, and how large."""
    top = max(found.strength.values())
    places = {}
    for (mid, level, radius), people in zip(spots, found.people, strict=True):
        largest = min(_room(radius, people) * 0.9, 11.0)
        for k, member in enumerate(people):
            out = radius * 0.93 * math.sqrt(k / len(people))
            size = min(largest, 1.5 + largest * math.sqrt(found.strength[member] / top))
            places[member] = (
                mid + out * math.cos(k * _GOLDEN),
                level + out * math.sin(k * _GOLDEN),
                size,
            )
    return places
