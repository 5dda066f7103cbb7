"""Who talks to whom, and who brought whom: pictures that stay readable at 2,000 members.

No hairball: people stand in the circle they talk in, the best-linked in its middle; talk between
circles is one line a pair. The invite tree is drawn in columns, a generation each, every branch
as high as it has people; small branches are gathered. Positions are fixed by a seed.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from playbook.present.drawing import EDGE, GROUND, INK, LINE, MUTED, Row, data, finish, short_label
from playbook.present.figure import NARROW, WIDE, Figure, Mark
from playbook.present.look import PALETTE
from playbook.present.sentences import amount, join, plain
from playbook.words import language, say

Link = tuple[str, str, float]
_SEED = 7
#: More circles than this are gathered in one; so are those of one or two people.
_MOST_CIRCLES, _LEAST_PEOPLE = 10, 3
_MOST_LINES = 400
_BRIDGES = 5
_GOLDEN = math.pi * (3 - math.sqrt(5))
#: Pixels under a circle for its name.
_NAME = 20.0
_HEIGHT = {True: 440.0, False: 470.0}


def _named(names: Mapping[str, str] | None, member: str) -> str:
    return plain((names or {}).get(member) or member)


def _share(part: float, whole: float) -> str:
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
    elsewhere, and the picture's foot says so.
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
        share=_share(found.bridged, sum(found.between.values())),
    )
    alone = max((members or n) - n, 0)
    rows = _circle_rows(found, names, lang)
    told = say("dashboard.network_inside", lang, share=_share(found.inside, whole))
    return Figure(
        title=title,
        subtitle=say("dashboard.network_subtitle", lang, n=amount(n, lang))
        + (say("dashboard.network_alone", lang, n=amount(alone, lang)) if alone else ""),
        foot=say("dashboard.network_foot", lang, links=amount(len(found.links), lang)),
        alt=title + say("figure.stop", lang) + told,
        draw=lambda wide: _network_chart(found, names, wide, lang),
        rows=rows,
        key=[
            Mark(say("dashboard.key_person", lang), PALETTE["context"].light),
            Mark(say("dashboard.key_bridge", lang), PALETTE["structure"].light, "diamond"),
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
    for (a, b), n in weights.items():
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
    ranked = sorted(((a, b, float(n)) for (a, b), n in weights.items()), key=lambda e: -e[2])
    return _Circles(
        people=tuple(map(tuple, people)),
        gathered=bool(rest),
        strength=strength,
        links=tuple(ranked),
        inside=inside,
        between=between,
        bridges=tuple(bridges),
        bridged=float(bridged),
    )


def _circle_rows(found: _Circles, names: Mapping[str, str] | None, lang: str) -> list[Row]:
    rows = []
    for place, people in enumerate(found.people):
        gathered = found.gathered and place == len(found.people) - 1
        outward = sum(n for pair, n in found.between.items() if place in pair)
        bridges = [_named(names, name) for name in found.bridges if name in people]
        rows.append(
            {
                say("dashboard.circle", lang): say("dashboard.circle_small", lang)
                if gathered
                else say("dashboard.circle_of", lang, name=_named(names, people[0])),
                say("dashboard.people", lang): len(people),
                say("dashboard.links_out", lang): int(outward),
                say("dashboard.bridges", lang): join(bridges, lang) or None,
            }
        )
    return rows


def _spots(found: _Circles, wide: bool) -> list[tuple[float, float, float]]:
    """Where each circle stands: x, y and radius in pixels, none over another."""
    import networkx as nx

    width, height = (WIDE if wide else NARROW) - 10, _HEIGHT[wide] - 12 - _NAME
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


def _pixels(width: float, height: float) -> tuple[alt.X, alt.Y]:
    """Axes on which a place is a pixel, from the upper left corner."""
    return (
        alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, width], nice=False)),
        alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height - 12, 0], nice=False)),
    )


def _network_chart(
    found: _Circles, names: Mapping[str, str] | None, wide: bool, lang: str
) -> alt.LayerChart:
    width, height = (WIDE if wide else NARROW) - 10, _HEIGHT[wide]
    spots = _spots(found, wide)
    top = max(found.strength.values())
    places: dict[str, Row] = {}
    home = {name: place for place, people in enumerate(found.people) for name in people}
    hulls: list[Row] = []
    for place, ((mid, level, radius), people) in enumerate(zip(spots, found.people, strict=True)):
        gathered = found.gathered and place == len(found.people) - 1
        name = say("dashboard.circle_small", lang) if gathered else _named(names, people[0])
        label = f"{short_label(name, 14 if wide else 9)} · {len(people)}"
        hulls.append(
            {"x": mid, "y": level, "size": 4 * radius**2, "label": label, "dy": level + radius}
        )
        room = radius * 1.7 / math.sqrt(len(people))
        most = min(room * room * 0.8, 420.0)
        for k, member in enumerate(people):
            out = radius * 0.93 * math.sqrt(k / len(people))
            size = min(most, 9 + most * found.strength[member] / top)
            bridge = member in found.bridges and len(found.people) > 1
            places[member] = {
                "x": mid + out * math.cos(k * _GOLDEN),
                "y": level + out * math.sin(k * _GOLDEN),
                "size": max(size, 45.0) if bridge else size,
                "bridge": bridge,
                "name": short_label(_named(names, member), 8) if k and room > 46 else "",
            }
    ties = [
        {
            "x": spots[a][0], "y": spots[a][1], "x2": spots[b][0], "y2": spots[b][1],
            "wide": 0.8 + 9 * n / max(found.between.values()),
        }
        for (a, b), n in found.between.items()
    ]  # fmt: skip
    lines = [
        {"x": places[a]["x"], "y": places[a]["y"], "x2": places[b]["x"], "y2": places[b]["y"]}
        for a, b, _ in found.links[:_MOST_LINES]
        if home[a] == home[b]  # between circles there is one line a pair
    ]
    x, y = _pixels(width, height)
    area = alt.Size("size:Q", scale=None, legend=None)
    to = {"x2": alt.X2("x2:Q"), "y2": alt.Y2("y2:Q")}
    others = [spot for spot in places.values() if not spot["bridge"]]
    bridging = [spot for spot in places.values() if spot["bridge"]]
    layers = [
        alt.Chart(data(ties))
        .mark_rule(color=LINE, strokeCap="round")
        .encode(x=x, y=y, strokeWidth=alt.StrokeWidth("wide:Q", scale=None), **to),
        alt.Chart(data(hulls))
        .mark_point(shape="circle", filled=True, opacity=1, fill=PALETTE["raised"].light,
                    stroke=EDGE, strokeWidth=1.2)
        .encode(x=x, y=y, size=area),
        alt.Chart(data(lines))
        .mark_rule(color=EDGE, strokeWidth=0.6, opacity=0.35)
        .encode(x=x, y=y, **to),
        alt.Chart(data(others))
        .mark_point(shape="circle", filled=True, opacity=1, fill=PALETTE["context"].light,
                    stroke=GROUND, strokeWidth=0.5)
        .encode(x=x, y=y, size=area),
        alt.Chart(data(bridging))
        .mark_point(shape="diamond", filled=True, opacity=1, fill=PALETTE["structure"].light,
                    stroke=GROUND, strokeWidth=1)
        .encode(x=x, y=y, size=area),
        alt.Chart(data(spot for spot in places.values() if spot["name"]))
        .mark_text(dy=-12, fontSize=11, color=INK)
        .encode(x=x, y=y, text=alt.Text("name:N")),
        *(
            alt.Chart(data(hulls))
            .mark_text(dy=11, fontSize=13, **look)
            .encode(x=x, y=alt.Y("dy:Q", axis=None), text=alt.Text("label:N"))
            for look in ({"color": GROUND, "stroke": GROUND, "strokeWidth": 5}, {"color": INK})
        ),
    ]  # fmt: skip
    return finish(layers, wide, height, lang)


# --- invite tree ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tree:
    """Who brought whom: each invitee under the first who invited them."""

    children: Mapping[str, tuple[str, ...]]
    roots: tuple[str, ...]
    #: With everybody below, themselves included.
    size: Mapping[str, int]
    generations: tuple[int, ...]


def invite_tree(
    invites: Iterable[tuple[str, str]],
    names: Mapping[str, str] | None = None,
    lang: str | None = None,
) -> Figure | None:
    """
    Who brought whom, over how many steps, and on how many people does it rest?

    `invites`: inviter and invitee in the order of time; the first invitation counts, and one
    that would make somebody their own ancestor does not. None where nobody invited anybody.
    """
    lang = language(lang)
    tree = _tree(invites)
    if tree is None:
        return None
    brought = sum(tree.generations[1:])
    ranked = sorted(
        (name for name in tree.children if tree.children[name]),
        key=lambda name: (-len(tree.children[name]), name),
    )
    top = ranked[:3]
    title = say(
        "dashboard.tree_title",
        lang,
        names=join((_named(names, name) for name in top), lang),
        share=_share(sum(len(tree.children[name]) for name in top), brought),
        n=amount(brought, lang),
        steps=len(tree.generations) - 1,
    )
    steps = [
        say(
            "dashboard.tree_step",
            lang,
            step=place,
            n=amount(n, lang),
            each=f"{n / tree.generations[place - 1]:.1f}",
        )
        for place, n in enumerate(tree.generations)
        if place
    ]
    return Figure(
        title=title,
        subtitle=say("dashboard.tree_subtitle", lang),
        foot=say("dashboard.tree_foot", lang, n=amount(brought, lang), inviters=len(ranked)),
        alt=title + say("figure.stop", lang) + "".join(steps),
        draw=lambda wide: _tree_chart(tree, names, set(top), wide, lang),
        rows=[
            {
                say("dashboard.member", lang): _named(names, name),
                say("dashboard.tree_direct", lang): len(tree.children[name]),
                say("dashboard.tree_below", lang): tree.size[name] - 1,
            }
            for name in ranked[:20]
        ],
        lang=lang,
    )


def _tree(invites: Iterable[tuple[str, str]]) -> _Tree | None:
    parent: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for inviter, invitee in invites:
        above: str | None = inviter
        while above is not None and above != invitee:
            above = parent.get(above)
        if above == invitee or invitee in parent:
            continue
        parent[invitee] = inviter
        found.setdefault(inviter, []).append(invitee)
    if not found:
        return None
    roots = sorted(name for name in found if name not in parent)
    order = list(roots)
    step = dict.fromkeys(roots, 0)
    for name in order:  # grows as it is walked: parents stand before their children
        for child in found.get(name, ()):
            step[child] = step[name] + 1
            order.append(child)
    size = dict.fromkeys(order, 1)
    for name in reversed(order):
        if name in parent:
            size[parent[name]] += size[name]
    count = Counter(step.values())
    ranked = {
        name: tuple(sorted(found.get(name, ()), key=lambda c: (-size[c], c))) for name in order
    }
    return _Tree(
        children=ranked,
        roots=tuple(sorted(roots, key=lambda name: (-size[name], name))),
        size=size,
        generations=tuple(count[place] for place in range(len(count))),
    )


def _boxes(tree: _Tree, height: float, least: float) -> list[dict[str, Any]]:
    """Every branch as a box as high as it has people; what is lower than `least` is gathered."""
    whole = sum(tree.size[name] for name in tree.roots)
    boxes: list[dict[str, Any]] = []
    waiting: list[tuple[tuple[str, ...], int, float]] = [(tree.roots, 0, 0.0)]
    while waiting:
        names, step, top = waiting.pop()
        # A child is smaller than its parent: below a gathered box all is gathered.
        large = [name for name in names if tree.size[name] / whole * height >= least]
        small = [name for name in names if name not in large]
        for name in large if len(names) > 1 else names:
            high = tree.size[name] / whole * height
            boxes.append({"name": name, "step": step, "top": top, "end": top + high, "n": 1})
            waiting.append((tree.children[name], step + 1, top))
            top += high
        if small and len(names) > 1:
            high = sum(tree.size[name] for name in small) / whole * height
            more = {"name": None, "step": step, "top": top, "end": top + high, "n": len(small)}
            boxes.append(more)
            below = tuple(child for name in small for child in tree.children[name])
            waiting.append((below, step + 1, top))
    return boxes


def _tree_head(place: int, wide: bool, lang: str) -> str:
    if not wide:
        return str(place)
    return say("dashboard.tree_head" if place else "dashboard.tree_began", lang, step=place)


def _tree_chart(
    tree: _Tree, names: Mapping[str, str] | None, top: set[str], wide: bool, lang: str
) -> alt.LayerChart:
    width, height = (WIDE if wide else NARROW) - 10, _HEIGHT[wide]
    head, steps = 34.0, len(tree.generations)
    column = width / steps
    letters = int((column - 12) / 7)
    rows: list[Row] = []
    for box in _boxes(tree, height - 12 - head, 11.0):
        below = 0 if box["name"] is None else tree.size[box["name"]] - 1
        told = amount(box["n"], lang) if box["name"] is None else _named(names, box["name"])
        full = f"{told} · {below}" if below and letters > 8 else told
        high = box["end"] - box["top"]
        rows.append(
            {
                "x": box["step"] * column,
                "x2": (box["step"] + 1) * column - 3,
                "y": head + box["top"] + 0.75,
                "y2": head + box["end"] - 0.75,
                "text_x": box["step"] * column + 6,
                "text_y": head + min((box["top"] + box["end"]) / 2, box["top"] + 22),
                "label": short_label(full, letters) if high >= 14 and letters > 2 else "",
                "top": box["name"] in top,
                "few": box["name"] is None,
            }
        )
    heads = [
        {
            "x": place * column + 2,
            "y": 2.0,
            "people": amount(n, lang),
            "n": _tree_head(place, wide, lang),
        }
        for place, n in enumerate(tree.generations)
    ]
    x, y = _pixels(width, height)
    to = {"x2": alt.X2("x2:Q"), "y2": alt.Y2("y2:Q")}
    place = {
        "x": alt.X("text_x:Q", axis=None),
        "y": alt.Y("text_y:Q", axis=None),
        "text": alt.Text("label:N"),
    }

    def boxed(chosen: Iterable[Row], **look: Any) -> alt.Chart:
        return alt.Chart(data(chosen)).mark_rect(cornerRadius=3, **look).encode(x=x, y=y, **to)

    plain_look: dict[str, Any] = {"fill": PALETTE["soft"].light, "stroke": EDGE, "strokeWidth": 1}
    few_look = {**plain_look, "fill": GROUND, "strokeDash": [3, 2]}
    layers = [
        boxed((r for r in rows if not r["top"] and not r["few"]), **plain_look),
        boxed((r for r in rows if r["few"]), **few_look),
        boxed((r for r in rows if r["top"]), fill=PALETTE["accent"].light),
        alt.Chart(data(r for r in rows if not r["top"]))
        .mark_text(align="left", fontSize=12, color=INK).encode(**place),
        alt.Chart(data(r for r in rows if r["top"]))
        .mark_text(align="left", fontSize=12, fontWeight=700, color=PALETTE["on-accent"].light)
        .encode(**place),
        alt.Chart(data(heads))
        .mark_text(align="left", baseline="top", fontSize=12, color=MUTED)
        .encode(x=x, y=y, text=alt.Text("n:N")),
        alt.Chart(data(heads))
        .mark_text(align="left", baseline="top", dy=14, fontSize=13, fontWeight=600, color=INK)
        .encode(x=x, y=y, text=alt.Text("people:N")),
    ]  # fmt: skip
    return finish(layers, wide, height, lang)
