"""Where communities differ: one line a criterion, each community with its own mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import altair as alt

from playbook.present.drawing import (
    EDGE,
    GROUND,
    SHAPE,
    TINT,
    Row,
    broken_label,
    chart,
    dots,
    finish,
    row_axis,
    spans,
    value_names,
)
from playbook.present.figure import Figure, Mark, headed
from playbook.present.look import PALETTE, colour, shape
from playbook.present.sentences import join, plain
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.scoring.compare import Comparison

#: More criteria than this are not drawn.
_MOST = 12


def differences(comparison: Comparison, lang: str | None = None) -> Figure:
    """
    On which criteria do communities differ most?

    One line a criterion, biggest differences first; each community has its shape, and one that
    is silent stands hollow in a column of its own, never at 0.
    """
    lang = language(lang)
    key = _key(comparison)
    rows: list[Row] = []
    marks: list[Row] = []
    numbers: list[Row] = []
    for place, (criterion, levels) in enumerate(comparison.shared_differences()[:_MOST]):
        name = comparison.checklist.by_id[criterion].name(lang)
        known = [level for level in levels if level is not None]
        ends = {"low": min(known), "high": max(known)}
        rows.append({"row": place, "name": name, "label": broken_label(name, 26), **ends})
        marks += _marks(place, levels, key)
        told = [say("figure.silent", lang) if level is None else level for level in levels]
        numbers.append(
            headed("figure", lang, criterion=name)
            | dict(zip((mark.label for mark in key), told, strict=True))
        )
    names = [r["name"] for r in rows if r["high"] > r["low"]][:3]
    which = "title" if names else "none"
    title = say(f"figure.difference_{which}", lang, names=join(names, lang))
    return Figure(
        title=title,
        subtitle=say("figure.difference_subtitle", lang),
        foot=_foot(comparison, lang),
        alt=title + say("figure.stop", lang) + _said(numbers, lang),
        draw=lambda wide: _chart(rows, marks, wide, lang),
        rows=numbers,
        key=key,
        lang=lang,
    )


def _key(comparison: Comparison) -> list[Mark]:
    """A mark a community: one's own is a dark circle."""
    first, *others = comparison.subjects
    own = Mark(plain(first.name), PALETTE["ink"].light)
    return [own, *(Mark(plain(s.name), colour(s.id).light, shape(s.id)) for s in others)]


def _marks(place: int, levels: Sequence[int | None], key: Sequence[Mark]) -> list[Row]:
    """Where the communities stand on one criterion: side by side where they stand alike."""
    at = [-1.0 if level is None else float(level) for level in levels]
    ties, taken = Counter(at), Counter[float]()
    marks = []
    for x, mark in zip(at, key, strict=True):
        nudge = taken[x] - (ties[x] - 1) / 2
        looks = {"colour": mark.colour, "shape": mark.shape}
        marks.append({"row": place, "at": x, "nudge": nudge, "silent": x < 0, **looks})
        taken[x] += 1
    return marks


def _foot(comparison: Comparison, lang: str) -> str:
    dated = join((f"{plain(s.name)} {s.date}" for s in comparison.subjects if s.date), lang)
    note = say("figure.difference_cases", lang) if len(comparison.subjects) > 1 else ""
    return say("figure.dot", lang).join(filter(None, (dated, note)))


def _said(numbers: Sequence[Row], lang: str) -> str:
    told = ""
    for row in numbers[:6]:
        (_, name), *levels = row.items()
        said = join((f"{who} {level}" for who, level in levels), lang)
        told += say("figure.gate_row", lang, name=name, word=said)
    return told


def _chart(rows: Sequence[Row], marks: Sequence[Row], wide: bool, lang: str) -> alt.LayerChart:
    apart = 0.11 if wide else 0.2
    placed = [{**m, "x": m["at"] + m["nudge"] * apart} for m in marks]
    silent = [m for m in placed if m["silent"]]
    y = row_axis(rows)
    names = {-1: say("figure.silent", lang)} | {n: str(n) for n in range(4)}
    x = alt.X(
        "x:Q",
        title=None,
        scale=alt.Scale(domain=[-1.45, 3.45], nice=False),
        axis=alt.Axis(
            values=list(names), labelExpr=value_names(names), labelFontSize=13, orient="top"
        ),
    )
    layers = [
        spans(rows, y, color=EDGE, strokeWidth=2),
        dots((m for m in placed if not m["silent"]), 130 if wide else 90, stroke=GROUND,
             strokeWidth=1).encode(x=x, y=y, shape=SHAPE),
    ]  # fmt: skip
    if silent:
        layers.append(
            chart(silent)
            .mark_point(size=80 if wide else 60, filled=False, opacity=1, strokeWidth=1.6)
            .encode(x=x, y=y, color=TINT, shape=SHAPE)
        )
    return finish(layers, wide, 34 * max(1, len(rows)) + 30, lang)
