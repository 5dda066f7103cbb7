"""The pictures of a score, and the door to those of comparisons, cases and the funnel.

Each takes what an engine has worked out and returns a `Figure`, drawn twice: for a page and for a
phone. No arithmetic beyond placing marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import altair as alt

from playbook.present.charts_of_cases import growth, timeline
from playbook.present.charts_of_differences import differences
from playbook.present.charts_of_funnel import funnel
from playbook.present.drawing import (
    EDGE,
    GROUND,
    INK,
    MUTED,
    SHAPE,
    STROKE,
    TINT,
    Row,
    broken_label,
    chart,
    dots,
    finish,
    labels,
    row_axis,
    spans,
)
from playbook.present.figure import Figure, Mark, headed
from playbook.present.look import PALETTE, colour, shape
from playbook.present.sentences import (
    gate_name,
    milestone,
    plain,
    proven,
    short_label,
    stage_name,
)
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.model import GateState
    from playbook.scoring.assess import Score
    from playbook.scoring.compare import Comparison, Subject

__all__ = ["differences", "dimensions", "funnel", "gates", "growth", "timeline"]


def _foot(score: Score, lang: str) -> str:
    answers, checklist = score.answers, score.checklist
    parts = [
        say("figure.answers_of", lang, date=answers.date) if answers.date else "",
        say("figure.rater", lang, rater=answers.rater) if answers.rater else "",
        say("figure.answered", lang, answered=score.answered, asked=score.asked),
        say("figure.checklist", lang, name=checklist.name(lang), version=checklist.version),
    ]
    return say("figure.dot", lang).join(plain(part) for part in parts if part)


# --- dimensions -------------------------------------------------------------------------------


def dimensions(score: Score, others: Comparison | None = None, lang: str | None = None) -> Figure:
    """
    How strong is each dimension, and how sure is that?

    A bar from low to high on 0 to 100, a filled dot for the best guess, a hollow diamond for
    what is proven; the cases of `others` below it, each with its shape. In the checklist's order.
    """
    lang = language(lang)
    cases = [s for s in others.subjects[1:] if s.is_case] if others else []
    rows = _dimension_rows(score, lang)
    lanes = _case_lanes(score, cases)
    title = _dimension_title(rows, lang)
    said = [
        say("figure.dimension_out" if r["low"] is None else "figure.dimension_row", lang, **r)
        for r in rows
    ]
    numbers = [
        headed("figure", lang, dimension=r["name"], low=r["low"], point=r["point"],
               high=r["high"], proven=r["proven"])
        | {plain(s.name): _rounded(s.dimensions[r["id"]].point)
           for s in cases if r["id"] in s.dimensions}
        for r in rows
    ]  # fmt: skip
    return Figure(
        title=title,
        subtitle=say("figure.dimension_subtitle", lang),
        foot=_foot(score, lang),
        alt=title + say("chart.space", lang) + "".join(said),
        draw=lambda wide: _dimension_chart(rows, lanes, len(cases), wide, lang),
        rows=numbers,
        key=[
            Mark(say("figure.key_range", lang), EDGE, "square", hollow=True),
            Mark(say("figure.key_point", lang), INK, "circle"),
            Mark(say("figure.key_proven", lang), INK, "diamond", hollow=True),
            *(Mark(plain(s.name), colour(s.id).light, shape(s.id)) for s in cases),
        ],
        lang=lang,
    )


def _rounded(value: Any) -> float | None:
    return None if value is None else round(float(value), 1)


def _dimension_rows(score: Score, lang: str) -> list[Row]:
    sure = proven(score)
    rows = []
    for place, (dimension, part) in enumerate(
        zip(score.checklist.dimensions, score.dimensions, strict=True)
    ):
        name = dimension.name(lang)
        low, high = float(part.interval.low), float(part.interval.high)
        told = f"{low:.0f}–{high:.0f}" if round(low) != round(high) else f"{low:.0f}"
        numbers = {"low": low, "high": high, "point": part.interval.point}
        numbers["proven"] = sure[dimension.id]
        rows.append(
            {
                "row": place,
                "id": dimension.id,
                "name": name,
                "label": broken_label(f"{dimension.letter} {name}".strip(), 22),
                **{key: _rounded(n) if part.weight else None for key, n in numbers.items()},
                "colour": colour(dimension.id).light,
                "told": told if part.weight else say("figure.left_out", lang),
            }
        )
    return rows


def _case_lanes(score: Score, cases: Sequence[Subject]) -> list[Row]:
    return [
        {
            "row": place,
            "lane": lane,
            "low": float(bounds.low),
            "high": float(bounds.high),
            "point": _rounded(bounds.point),
            "colour": colour(subject.id).light,
            "shape": shape(subject.id),
        }
        for place, dimension in enumerate(score.checklist.dimensions)
        for lane, subject in enumerate(cases)
        if (bounds := subject.dimensions.get(dimension.id)) is not None
    ]


def _dimension_title(rows: Sequence[Row], lang: str) -> str:
    known = [r for r in rows if r["point"] is not None]
    if len(known) < 2:
        return say("figure.dimension_unknown", lang)
    best, worst = max(known, key=lambda r: r["point"]), min(known, key=lambda r: r["point"])
    if best["point"] == worst["point"]:
        return say("figure.dimension_level", lang)
    rest = [r for r in known if r is not best and r is not worst]
    above = all(best["low"] > r["high"] for r in [*rest, worst])
    below = all(worst["high"] < r["low"] for r in [*rest, best])
    which = "firm" if above and below else "open"
    return say(f"figure.dimension_{which}", lang, best=best["name"], worst=worst["name"])


def _dimension_chart(
    rows: Sequence[Row], lanes: Sequence[Row], n: int, wide: bool, lang: str
) -> alt.LayerChart:
    step = 46 + 15 * n
    own = -(15 * n) / 2  # the community's own bar stands above the lanes of the cases
    y = row_axis(rows, own)
    x = alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], labelColor=MUTED, labelFontSize=12),
    )
    counted = [r for r in rows if r["low"] is not None]
    guessed = [r for r in counted if r["point"] is not None]
    layers = [
        chart(counted)
        .mark_bar(size=16, yOffset=own, cornerRadius=4, fillOpacity=0.22, strokeWidth=1.5)
        .encode(x=x, x2=alt.X2("high:Q"), y=y, color=TINT, stroke=STROKE),
        dots((r for r in counted if r["proven"]), 95, hollow=True, shape="diamond", yOffset=own)
        .encode(x=alt.X("proven:Q"), y=y),
        dots(guessed, 190, stroke=GROUND, strokeWidth=1.5, yOffset=own)
        .encode(x=alt.X("point:Q"), y=y),
        labels(rows, "told", alt.datum(100), y, dx=10, yOffset=own),
    ]  # fmt: skip
    for lane in range(n):
        offset = own + 21 + 15 * lane
        mine = [row for row in lanes if row["lane"] == lane]
        guessed = [row for row in mine if row["point"] is not None]
        layers += [
            spans(mine, y, yOffset=offset, strokeWidth=1.5).encode(color=TINT),
            dots(guessed, 75, yOffset=offset).encode(x=alt.X("point:Q"), y=y, shape=SHAPE),
        ]
    return finish(layers, wide, step * len(rows) + 30, lang)


# --- gates ------------------------------------------------------------------------------------


def gates(score: Score, lang: str | None = None) -> Figure:
    """
    Which gates stand open on the way to 100, 1,000 and 10,000?

    A ladder, the last milestone on top: passed, not passed and not shown differ by mark and word.
    """
    lang = language(lang)
    rows = _gate_rows(score, lang)
    steps = [r for r in rows if r["state"] != "head"]
    title = _gate_title(score, lang)
    told = [say("figure.gate_row", lang, name=r["name"], word=r["word"]) for r in steps]
    return Figure(
        title=title,
        subtitle=say("figure.gate_subtitle", lang),
        foot=_foot(score, lang),
        alt=title + say("figure.stop", lang) + "".join(told),
        draw=lambda wide: _gate_chart(rows, wide, lang),
        rows=[
            headed("figure", lang, gate=r["name"], milestone=r["milestone"], state=r["word"],
                   because=r["because"])
            for r in steps
        ],
        lang=lang,
    )  # fmt: skip


def _gate_title(score: Score, lang: str) -> str:
    following = score.standing.next
    if following is None:
        return say("figure.gate_all", lang)
    states = [s.state for s in score.standing.of(following) if s.gate.size is None]
    hidden = states.count("unknown")
    return say(
        "figure.gate_title_open" if hidden else "figure.gate_title",
        lang,
        milestone=milestone(following, lang),
        passed=states.count("pass"),
        all=len(states),
        unknown=hidden,
    )


def _having(state: GateState, lang: str) -> str:
    """What is there now, beside what a gate asks for?"""
    _, values = state.because
    if values.get("members") is not None:
        return say("figure.have_members", lang, members=values["members"])
    if "given" in values:
        return say("figure.have_level", lang, level=values["given"])
    if "low" in values:
        low, high = round(values["low"]), round(values["high"])
        told = f"{low}" if low == high else f"{low}–{high}"
        return say("figure.have_range", lang, range=told)
    return ""


_COLOURS = {"pass": "good", "fail": "bad", "unknown": "open"}


def _gate_rows(score: Score, lang: str) -> list[Row]:
    """A row a gate under a row that names its milestone."""
    rows: list[Row] = []
    for stage in reversed(score.checklist.milestones):
        rows.append({"row": len(rows), "state": "head", "name": stage_name(score, stage, lang)})
        rows += [
            {
                "row": place,
                "state": state.state,
                "name": gate_name(score, state, lang),
                "milestone": milestone(stage.id, lang),
                "word": say(f"chart.state.{state.state}", lang),
                "because": score.because(state, lang),
                "have": _having(state, lang),
                "colour": PALETTE[_COLOURS[state.state]].light,
            }
            for place, state in enumerate(score.standing.of(stage.id), len(rows))
        ]
    return rows


#: The three states as strokes, about one unit wide: a tick, a cross, an empty ring.
_GATE_MARKS = {
    "pass": "M-.45,.02L-.12,.38L.5,-.42",
    "fail": "M-.38,-.38L.38,.38M-.38,.38L.38,-.38",
    "unknown": "M.42,0A.42,.42,0,1,1,-.42,0A.42,.42,0,1,1,.42,0Z",
}


def _gate_chart(rows: Sequence[Row], wide: bool, lang: str) -> alt.LayerChart:
    y = alt.Y("row:O", axis=None, scale=alt.Scale(domain=[row["row"] for row in rows]))
    column = 118 if lang == "en" else 92
    heads = [r for r in rows if r["state"] == "head"]
    steps = [
        {**r, "name": short_label(r["name"], 36 if wide else 29)} for r in rows if r not in heads
    ]

    def words(field: str, at: int, mine: Sequence[Row], **look: Any) -> alt.Chart:
        return labels(mine, field, alt.value(at), y, **{"fontSize": 13.5, **look})

    layers = [
        words("name", 2, heads, fontSize=15, fontWeight=700, dy=4),
        words("word", 36, steps).encode(color=TINT),
        words("name", column, steps),
    ]
    if wide:
        layers.append(words("have", column + 250, [r for r in steps if r["have"]], color=MUTED))
    layers += [
        chart(mine)
        .mark_point(size=620, filled=False, strokeWidth=2.6, opacity=1, shape=_GATE_MARKS[state])
        .encode(x=alt.value(18), y=y, color=TINT)
        for state in _GATE_MARKS
        if (mine := [r for r in steps if r["state"] == state])
    ]
    return finish(layers, wide, 29 * len(rows) + 8, lang)
