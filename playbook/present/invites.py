"""Who brought whom: a tree in columns, a step each, every branch as high as it has people.

Small branches are gathered, so that 2,000 members fit on a page and on a phone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from playbook.present.board import ACCENT, EDGE, INK, MUTED, ON_ACCENT, SOFT, Board
from playbook.present.figure import Figure, headed
from playbook.present.network import HEIGHT, named, share
from playbook.present.sentences import amount, join, short_label
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
        say("dashboard.tree_step", lang, step=place, n=amount(n, lang), each=f"{n / before:.1f}")
        for place, (before, n) in enumerate(pairwise(tree.generations), 1)
    ]
    return Figure(
        title=title,
        subtitle=say("dashboard.tree_subtitle", lang),
        foot=say("dashboard.tree_foot", lang, n=amount(brought, lang), inviters=len(ranked)),
        alt=title + say("figure.stop", lang) + "".join(steps),
        draw=lambda wide: _tree_board(tree, names, set(top), wide, lang),
        rows=[
            headed("dashboard", lang, member=named(names, name),
                   tree_direct=len(tree.children[name]), tree_below=tree.size[name] - 1)
            for name in ranked[:20]
        ],
        lang=lang,
    )  # fmt: skip


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


class _Box(NamedTuple):
    """One branch (or people gathered: no name) at its step, from top to end."""

    name: str | None
    step: int
    top: float
    end: float
    n: int = 1


def _boxes(tree: _Tree, height: float, least: float) -> list[_Box]:
    """Every branch as a box as high as it has people; what is lower than `least` is gathered."""
    whole = sum(tree.size[name] for name in tree.roots)
    boxes: list[_Box] = []
    waiting: list[tuple[tuple[str, ...], int, float]] = [(tree.roots, 0, 0.0)]
    while waiting:
        names, step, top = waiting.pop()
        # A child is smaller than its parent: below a gathered box all is gathered.
        large = [name for name in names if tree.size[name] / whole * height >= least]
        small = [name for name in names if name not in large]
        for name in large if len(names) > 1 else names:
            high = tree.size[name] / whole * height
            boxes.append(_Box(name, step, top, top + high))
            waiting.append((tree.children[name], step + 1, top))
            top += high
        if small and len(names) > 1:
            high = sum(tree.size[name] for name in small) / whole * height
            boxes.append(_Box(None, step, top, top + high, len(small)))
            below = tuple(child for name in small for child in tree.children[name])
            waiting.append((below, step + 1, top))
    return boxes


def _tree_head(place: int, wide: bool, lang: str) -> str:
    if not wide:
        return str(place)
    return say("dashboard.tree_head" if place else "dashboard.tree_began", lang, step=place)


def _tree_board(
    tree: _Tree, names: Mapping[str, str] | None, top: set[str], wide: bool, lang: str
) -> str:
    board = Board(wide, HEIGHT[wide])
    head, steps = 38.0, len(tree.generations)
    column = board.width / steps
    for place, n in enumerate(tree.generations):
        board.text(place * column + 2, 12, _tree_head(place, wide, lang), 12, MUTED)
        board.text(place * column + 2, 28, amount(n, lang), 13, bold=True)
    letters = int((column - 12) / 7)
    for box in _boxes(tree, board.height - 4 - head, 12.0):
        left, y, high = box.step * column, head + box.top, box.end - box.top
        if box.name is None:
            label, colour = amount(box.n, lang), INK
            _dashed(board, left + 1, y + 1, column - 5, high - 2)
        else:
            below = tree.size[box.name] - 1
            label = named(names, box.name)
            label = f"{label} · {below}" if below and letters > 8 else label
            chosen = box.name in top
            colour = ON_ACCENT if chosen else INK
            board.bar(left + 1, y + 0.75, column - 4, high - 1.5,
                      ACCENT if chosen else SOFT)  # fmt: skip
            if not chosen:
                board.bar(left + 1, y + 0.75, column - 4, high - 1.5, EDGE, hollow=True)
        if high >= 14 and letters > 2:
            board.inside(left + 6, y + min(high / 2 + 4.5, 20), short_label(label, letters),
                         colour, 12, "start")  # fmt: skip
    return board.svg()


def _dashed(board: Board, x: float, y: float, wide: float, high: float) -> None:
    """A box of people gathered; a sliver where there is no room for more."""
    if high < 3:
        board.line([(x, y + high / 2), (x + wide, y + high / 2)], EDGE, max(high, 0.7))
        return
    board.parts.append(
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="3" '
        f'fill="none" stroke="{EDGE}" stroke-dasharray="3 2"/>'
    )
