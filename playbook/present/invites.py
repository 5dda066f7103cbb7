"""Who brought whom: a tree in columns, a step each, every branch as high as it has people.

Small branches are gathered, so that 2,000 members fit on a page and on a phone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from playbook.present.drawing import EDGE, GROUND, INK, MUTED, Row, data, finish, short_label
from playbook.present.figure import NARROW, WIDE, Figure
from playbook.present.look import PALETTE
from playbook.present.network import HEIGHT, named, pixels, share
from playbook.present.sentences import amount, join
from playbook.words import language, say


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
        names=join((named(names, name) for name in top), lang),
        share=share(sum(len(tree.children[name]) for name in top), brought),
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
                say("dashboard.member", lang): named(names, name),
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
    width, height = (WIDE if wide else NARROW) - 10, HEIGHT[wide]
    head, steps = 34.0, len(tree.generations)
    column = width / steps
    letters = int((column - 12) / 7)
    rows: list[Row] = []
    for box in _boxes(tree, height - 12 - head, 11.0):
        below = 0 if box["name"] is None else tree.size[box["name"]] - 1
        told = amount(box["n"], lang) if box["name"] is None else named(names, box["name"])
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
    x, y = pixels(width, height)
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
