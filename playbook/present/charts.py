"""The pictures: each takes what an engine has worked out and returns a `Figure`.

Every picture is drawn twice, for a page and for a phone. No arithmetic beyond placing marks.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import altair as alt

from playbook.present.drawing import (
    EDGE,
    GROUND,
    INK,
    MUTED,
    Row,
    broken_label,
    count_axis,
    data,
    finish,
    quoted,
    row_axis,
)
from playbook.present.figure import Figure, Mark
from playbook.present.look import PALETTE, colour, shape
from playbook.present.sentences import (
    amount,
    fact_value,
    gate_name,
    join,
    milestone,
    plain,
    proven,
    short_label,
    word,
)
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.model import Case, GateState
    from playbook.scoring.assess import Score
    from playbook.scoring.compare import Comparison, Subject
    from playbook.scoring.funnel import Economics, Range

#: Series that count people, each a different thing: they are never joined in one line.
PEOPLE = ("members", "fans", "mau", "users", "active-buyers")
_SMALL = 12.5


def _foot(score: Score, lang: str | None) -> str:
    parts = [
        say("figure.answered", lang, answered=score.answered, asked=score.asked),
        say(
            "figure.checklist",
            lang,
            name=score.checklist.name(lang),
            version=score.checklist.version,
        ),
    ]
    answers = score.answers
    if answers.date:
        parts.insert(0, say("figure.answers_of", lang, date=answers.date))
    if answers.rater:
        parts.insert(1 if answers.date else 0, say("figure.rater", lang, rater=answers.rater))
    return say("figure.dot", lang).join(map(plain, parts))


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
    key = [
        Mark(say("figure.key_range", lang), EDGE, "square", hollow=True),
        Mark(say("figure.key_point", lang), INK, "circle"),
        Mark(say("figure.key_proven", lang), INK, "diamond", hollow=True),
        *(Mark(plain(s.name), colour(s.id).light, shape(s.id)) for s in cases),
    ]
    numbers = [
        {
            say("figure.dimension", lang): r["name"],
            say("figure.low", lang): r["low"],
            say("figure.point", lang): r["point"],
            say("figure.high", lang): r["high"],
            say("figure.proven", lang): r["proven"],
            **{
                plain(s.name): _rounded(s.dimensions[r["id"]].point)
                for s in cases
                if r["id"] in s.dimensions
            },
        }
        for r in rows
    ]
    return Figure(
        title=_dimension_title(rows, lang),
        subtitle=say("figure.dimension_subtitle", lang),
        foot=_foot(score, lang),
        alt=_dimension_alt(rows, lang),
        draw=lambda wide: _dimension_chart(rows, lanes, len(cases), wide, lang),
        rows=numbers,
        key=key,
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
        counted = bool(part.weight)
        low, high = float(part.interval.low), float(part.interval.high)
        told = f"{low:.0f}–{high:.0f}" if round(low) != round(high) else f"{low:.0f}"
        rows.append(
            {
                "row": place,
                "id": dimension.id,
                "name": name,
                "label": broken_label(f"{dimension.letter} {name}".strip(), 22),
                "low": _rounded(low) if counted else None,
                "high": _rounded(high) if counted else None,
                "point": _rounded(part.interval.point) if counted else None,
                "proven": _rounded(sure[dimension.id]) if counted else None,
                "colour": colour(dimension.id).light,
                "told": told if counted else say("figure.left_out", lang),
            }
        )
    return rows


def _case_lanes(score: Score, cases: Sequence[Subject]) -> list[Row]:
    lanes = []
    for place, dimension in enumerate(score.checklist.dimensions):
        for lane, subject in enumerate(cases):
            bounds = subject.dimensions.get(dimension.id)
            if bounds is None:
                continue
            lanes.append(
                {
                    "row": place,
                    "lane": lane,
                    "low": float(bounds.low),
                    "high": float(bounds.high),
                    "point": _rounded(bounds.point),
                    "colour": colour(subject.id).light,
                    "shape": shape(subject.id),
                }
            )
    return lanes


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


def _dimension_alt(rows: Sequence[Row], lang: str) -> str:
    told = [
        say("figure.dimension_row", lang, **r)
        if r["low"] is not None
        else say("figure.dimension_out", lang, name=r["name"])
        for r in rows
    ]
    return _dimension_title(rows, lang) + say("chart.space", lang) + "".join(told)


def _dimension_chart(
    rows: Sequence[Row], lanes: Sequence[Row], n: int, wide: bool, lang: str
) -> alt.LayerChart:
    step = 46 + 15 * n
    height = step * len(rows)
    own = -(15 * n) / 2  # the community's own bar stands above the lanes of the cases
    y = row_axis(rows, own)
    x = alt.X(
        "low:Q",
        title=None,
        scale=alt.Scale(domain=[0, 100], nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100], labelColor=MUTED, labelFontSize=12),
    )
    counted = [r for r in rows if r["low"] is not None]
    tint = alt.Color("colour:N", scale=None)
    layers = [
        alt.Chart(data(counted))
        .mark_bar(size=16, yOffset=own, cornerRadius=4, fillOpacity=0.22, strokeWidth=1.5)
        .encode(
            x=x, x2=alt.X2("high:Q"), y=y, color=tint, stroke=alt.Stroke("colour:N", scale=None)
        ),
        alt.Chart(data(r for r in counted if r["proven"]))
        .mark_point(
            size=95,
            shape="diamond",
            filled=True,
            fill=GROUND,
            strokeWidth=2,
            opacity=1,
            yOffset=own,
        )
        .encode(x=alt.X("proven:Q"), y=y, stroke=alt.Stroke("colour:N", scale=None)),
        alt.Chart(data(r for r in counted if r["point"] is not None))
        .mark_point(size=190, filled=True, opacity=1, stroke=GROUND, strokeWidth=1.5, yOffset=own)
        .encode(x=alt.X("point:Q"), y=y, color=tint),
        alt.Chart(data(rows))
        .mark_text(align="left", dx=10, fontSize=13, color=INK, yOffset=own)
        .encode(x=alt.datum(100), y=y, text=alt.Text("told:N")),
    ]
    for lane in range(n):
        offset = own + 21 + 15 * lane
        mine = [row for row in lanes if row["lane"] == lane]
        layers.append(
            alt.Chart(data(mine))
            .mark_rule(yOffset=offset, strokeWidth=1.5)
            .encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=y, color=tint)
        )
        layers.append(
            alt.Chart(data(row for row in mine if row["point"] is not None))
            .mark_point(size=75, filled=True, opacity=1, yOffset=offset)
            .encode(x=alt.X("point:Q"), y=y, color=tint, shape=alt.Shape("shape:N", scale=None))
        )
    return finish(layers, wide, height + 30, lang)


# --- gates ------------------------------------------------------------------------------------


def gates(score: Score, lang: str | None = None) -> Figure:
    """
    Which gates stand open on the way to 100, 1,000 and 10,000?

    A ladder, the last milestone on top: passed, not passed and not shown differ by mark and word.
    """
    lang = language(lang)
    rows, numbers = _gate_rows(score, lang)
    title = _gate_title(score, lang)
    told = [
        say("figure.gate_row", lang, **{k: r[k] for k in ("name", "word")})
        for r in rows
        if r["state"] != "head"
    ]
    return Figure(
        title=title,
        subtitle=say("figure.gate_subtitle", lang),
        foot=_foot(score, lang),
        alt=title + say("figure.stop", lang) + "".join(told),
        draw=lambda wide: _gate_chart(rows, wide, lang),
        rows=numbers,
        lang=lang,
    )


def _gate_title(score: Score, lang: str) -> str:
    following = score.standing.next
    if following is None:
        return say("figure.gate_all", lang)
    states = [
        s.state
        for s in score.standing.gates
        if s.gate.milestone == following and s.gate.size is None
    ]
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


_TINT = {"pass": "good", "fail": "bad", "unknown": "open"}


def _gate_rows(score: Score, lang: str) -> tuple[list[Row], list[Row]]:
    rows: list[Row] = []
    numbers: list[Row] = []
    names = ["none", *(m.id for m in score.checklist.milestones)]
    reached = names.index(score.standing.capability)
    for place, stage in reversed(list(enumerate(score.checklist.milestones, 1))):
        which = "passed" if place <= reached else "next" if place == reached + 1 else "later"
        head = say(
            f"figure.gate_{which}", lang, milestone=milestone(stage.id, lang), name=stage.name(lang)
        )
        rows.append({"row": len(rows), "state": "head", "name": head, "word": ""})
        for state in score.standing.gates:
            if state.gate.milestone != stage.id:
                continue
            name = gate_name(score, state, lang)
            said = say(f"chart.state.{state.state}", lang)
            rows.append(
                {
                    "row": len(rows),
                    "state": state.state,
                    "name": name,
                    "word": said,
                    "have": _having(state, lang),
                    "colour": PALETTE[_TINT[state.state]].light,
                }
            )
            numbers.append(
                {
                    say("figure.gate", lang): name,
                    say("figure.milestone", lang): milestone(stage.id, lang),
                    say("figure.state", lang): said,
                    say("figure.because", lang): score.because(state, lang),
                }
            )
    return rows, numbers


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
    tint = alt.Color("colour:N", scale=None)

    def words(field: str, at: int, mine: Sequence[Row], **look: Any) -> alt.Chart:
        style = {"align": "left", "fontSize": 13.5, **look}
        return (
            alt.Chart(data(mine))
            .mark_text(**style)
            .encode(x=alt.value(at), y=y, text=alt.Text(f"{field}:N"))
        )

    layers = [
        words("name", 2, heads, fontSize=15, fontWeight=700, color=INK, dy=4),
        words("word", 36, steps).encode(color=tint),
        words("name", column, steps, color=INK),
    ]
    if wide:
        having = [r for r in steps if r["have"]]
        layers.append(words("have", column + 250, having, color=MUTED))
    layers += [
        alt.Chart(data(mine))
        .mark_point(size=620, filled=False, strokeWidth=2.6, opacity=1, shape=_GATE_MARKS[state])
        .encode(x=alt.value(18), y=y, color=tint)
        for state in _GATE_MARKS
        if (mine := [r for r in steps if r["state"] == state])
    ]
    return finish(layers, wide, 29 * len(rows) + 8, lang)


# --- differences ------------------------------------------------------------------------------


def differences(comparison: Comparison, lang: str | None = None, most: int = 12) -> Figure:
    """
    On which criteria do communities differ most?

    One line a criterion, biggest differences first; each community has its shape, and one that
    is silent stands hollow in a column of its own, never at 0.
    """
    lang = language(lang)
    chosen = [
        c
        for c in comparison.biggest_differences()
        if sum(s.levels[c] is not None for s in comparison.subjects) > 1
    ]
    rows: list[Row] = []
    marks: list[Row] = []
    numbers: list[Row] = []
    for place, criterion in enumerate(chosen[:most]):
        name = comparison.checklist.by_id[criterion].name(lang)
        levels = [s.levels[criterion] for s in comparison.subjects]
        known = [level for level in levels if level is not None]
        rows.append(
            {
                "row": place,
                "name": name,
                "label": broken_label(name, 26),
                "low": min(known),
                "high": max(known),
            }
        )
        taken: Counter[float] = Counter()
        ties = Counter(-1.0 if level is None else float(level) for level in levels)
        for order, (subject, level) in enumerate(zip(comparison.subjects, levels, strict=True)):
            at = -1.0 if level is None else float(level)
            marks.append(
                {
                    "row": place,
                    "at": at,
                    "nudge": taken[at] - (ties[at] - 1) / 2,
                    "silent": level is None,
                    "colour": _subject_colour(order, subject),
                    "shape": _subject_shape(order, subject),
                }
            )
            taken[at] += 1
        numbers.append(
            {
                say("figure.criterion", lang): name,
                **{
                    plain(s.name): say("figure.silent", lang) if level is None else level
                    for s, level in zip(comparison.subjects, levels, strict=True)
                },
            }
        )
    names = [r["name"] for r in rows if r["high"] > r["low"]][:3]
    title = (
        say("figure.difference_title", lang, names=join(names, lang))
        if names
        else say("figure.difference_none", lang)
    )
    key = [
        Mark(plain(s.name), _subject_colour(order, s), _subject_shape(order, s))
        for order, s in enumerate(comparison.subjects)
    ]
    return Figure(
        title=title,
        subtitle=say("figure.difference_subtitle", lang),
        foot=_difference_foot(comparison, lang),
        alt=_difference_alt(title, numbers, lang),
        draw=lambda wide: _difference_chart(rows, marks, wide, lang),
        rows=numbers,
        key=key,
        lang=lang,
    )


def _subject_colour(order: int, subject: Subject) -> str:
    return PALETTE["ink"].light if order == 0 else colour(subject.id).light


def _subject_shape(order: int, subject: Subject) -> str:
    return "circle" if order == 0 else shape(subject.id)


def _difference_foot(comparison: Comparison, lang: str) -> str:
    dated = [f"{plain(s.name)} {s.date}" for s in comparison.subjects if s.date]
    note = [say("figure.difference_cases", lang)] if len(comparison.subjects) > 1 else []
    parts = [join(dated, lang), *note] if dated else note
    return say("figure.dot", lang).join(parts)


def _difference_alt(title: str, numbers: Sequence[Row], lang: str) -> str:
    told = []
    for row in numbers[:6]:
        (_, name), *levels = row.items()
        said = join((f"{who} {level}" for who, level in levels), lang)
        told.append(say("figure.gate_row", lang, name=name, word=said))
    return title + say("figure.stop", lang) + "".join(told)


def _difference_chart(
    rows: Sequence[Row], marks: Sequence[Row], wide: bool, lang: str
) -> alt.LayerChart:
    step = 34
    apart = 0.11 if wide else 0.2
    placed = [{**m, "x": m["at"] + m["nudge"] * apart} for m in marks]
    y = row_axis(rows)
    labels = {-1: say("figure.silent", lang)} | {n: str(n) for n in range(4)}
    told = " : ".join(f"datum.value == {n} ? {quoted(w)}" for n, w in labels.items())
    x = alt.X(
        "x:Q",
        title=None,
        scale=alt.Scale(domain=[-1.45, 3.45], nice=False),
        axis=alt.Axis(
            values=list(labels), labelExpr=f"{told} : ''", labelFontSize=13, orient="top"
        ),
    )
    tint = alt.Color("colour:N", scale=None)
    form = alt.Shape("shape:N", scale=None)
    layers = [
        alt.Chart(data(rows))
        .mark_rule(color=EDGE, strokeWidth=2)
        .encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=y),
        alt.Chart(data(m for m in placed if not m["silent"]))
        .mark_point(size=130 if wide else 90, filled=True, opacity=1, stroke=GROUND, strokeWidth=1)
        .encode(x=x, y=y, color=tint, shape=form),
    ]
    silent = [m for m in placed if m["silent"]]
    if silent:
        layers.append(
            alt.Chart(data(silent))
            .mark_point(size=80 if wide else 60, filled=False, opacity=1, strokeWidth=1.6)
            .encode(x=x, y=y, color=tint, shape=form)
        )
    return finish(layers, wide, step * max(1, len(rows)) + 30, lang)


# --- cases over time --------------------------------------------------------------------------


def timeline(case: Case, series: str | None = None, lang: str | None = None) -> Figure:
    """
    What was published about a case, when, and how far can each figure be trusted?

    One series, in one unit. Values that disagree on one date stand as two marks; a claim is
    hollow. Without `series`: the count of people with the most facts. KeyError where it has none.
    """
    lang = language(lang)
    chosen = series or _people_series(case)
    facts = _numeric(case, chosen) if chosen else []
    if not facts:
        raise KeyError(series or "people")
    points = [_fact_point(case, fact, lang) for fact in facts]
    first, last = points[0], points[-1]
    title = say(
        "figure.timeline_title" if len(points) > 1 else "figure.timeline_one",
        lang,
        case=case.name(lang),
        series=word("series", str(chosen), lang),
        first=first["number"],
        start=first["at"],
        last=last["number"],
        end=last["at"],
    )
    return Figure(
        title=title,
        subtitle=say(
            "figure.timeline_subtitle", lang, unit=word("unit", facts[0].get("unit") or "", lang)
        ),
        foot=_sources_of(facts, lang),
        alt=title,
        draw=lambda wide: _timeline_chart(points, wide, lang),
        rows=[_fact_row(fact, lang) for fact in facts],
        key=[
            Mark(say("figure.key_reported", lang), colour(case.id).light, shape(case.id)),
            Mark(say("figure.key_claim", lang), colour(case.id).light, shape(case.id), hollow=True),
        ],
        lang=lang,
    )


def _people_series(case: Case) -> str | None:
    counts = Counter(f["series"] for f in case.facts if f.get("value") is not None)
    known = [name for name in PEOPLE if counts[name]]
    return max(known, key=lambda name: (counts[name], -PEOPLE.index(name))) if known else None


def _numeric(case: Case, series: str) -> list[Row]:
    facts = [dict(f) for f in case.facts if f["series"] == series and f.get("value") is not None]
    facts = [f for f in facts if f.get("unit") == facts[0].get("unit")]
    return sorted(facts, key=lambda f: (_year(f)[1], f["value"]))


def _year(fact: Row) -> tuple[float, float, float]:
    """When is a fact, as years: from, middle, to? A year alone is the whole year."""
    parts = [int(part) for part in str(fact["at"]).split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 0
    if not month:
        return (year, year + 0.5, year + 1)
    if len(parts) > 2:
        at = year + (month - 1) / 12 + (parts[2] - 1) / 365
        return (at, at, at)
    end = year + month / 12
    start = end - (3 if fact.get("period") == "quarter" else 1) / 12
    return (start, (start + end) / 2, end)


def _fact_point(case: Case, fact: Row, lang: str) -> Row:
    start, middle, end = _year(fact)
    return {
        "from": start,
        "year": middle,
        "to": end,
        "value": fact["value"],
        "at": fact["at"],
        "number": amount(fact["value"], lang),
        "short": amount(fact["value"], lang, short=True),
        "claim": fact["quality"] in ("claim", "rule_of_thumb") or fact["confidence"] == "low",
        "sure": ("low", "medium", "high").index(fact["confidence"]),
        "colour": colour(case.id).light,
        "shape": shape(case.id),
    }


def _fact_row(fact: Row, lang: str) -> Row:
    from playbook.load import sources

    return {
        say("figure.when", lang): str(fact["at"]),
        say("figure.value", lang): fact_value(fact, lang),
        say("figure.what", lang): text({k: fact.get(k, {}) for k in ("en", "zh")}, "what", lang),
        say("figure.quality", lang): word("quality", fact["quality"], lang),
        say("figure.confidence", lang): word("confidence", fact["confidence"], lang),
        say("figure.source", lang): sources().get(fact["source"], {}).get("where", fact["source"]),
    }


def _sources_of(facts: Sequence[Row], lang: str) -> str:
    """Few sources are named; many are counted, and named in the table."""
    from playbook.load import sources

    known = sources()
    names = list(dict.fromkeys(str(fact["source"]) for fact in facts))
    if len(names) > 4:
        return say("figure.sources_many", lang, n=len(facts), sources=len(names))
    told = [str(known.get(name, {}).get("where", name)) for name in names]
    return say("figure.sources", lang, n=len(facts), sources=join(told, lang))


def _line(points: Sequence[Row]) -> list[Row]:
    """One point a date for the line: where values disagree, the one that is trusted most."""
    days = groupby(sorted(points, key=lambda p: p["year"]), key=lambda p: p["year"])
    return [max(same, key=lambda p: (p["sure"], not p["claim"])) for _, same in days]


def _span(points: Sequence[Row]) -> tuple[int, int]:
    """The whole years that hold all points."""
    start, end = min(p["from"] for p in points), max(p["to"] for p in points)
    return int(start), max(int(end) + (end % 1 > 0), int(start) + 1)


def _years(points: Sequence[Row]) -> alt.X:
    first, last = _span(points)
    every = max(1, (last - first) // 7)
    return alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(
            labelPadding=11, format="d", values=list(range(first, last + 1, every)), grid=False
        ),
    )


def _timeline_chart(points: Sequence[Row], wide: bool, lang: str) -> alt.LayerChart:
    values = [float(p["value"]) for p in points]
    log = min(values) > 0 and max(values) / min(values) > 60
    x, y = _years(points), count_axis(values, log, lang)
    form = alt.Shape("shape:N", scale=None)
    line = _line(points)
    few = len(points) <= (9 if wide else 5)
    told = points if few else [line[0], line[len(line) // 2], line[-1]]
    beside = [p for p in told if p not in line]
    layers = [
        alt.Chart(data(line)).mark_line(color=EDGE, strokeWidth=1.5).encode(x=x, y=y),
        alt.Chart(data(p for p in points if p["to"] - p["from"] > 0.5))
        .mark_rule(color=EDGE, strokeWidth=1)
        .encode(x=alt.X("from:Q"), x2=alt.X2("to:Q"), y=y),
        alt.Chart(data(p for p in told if p not in beside))
        .mark_text(dy=-17, fontSize=12.5, color=INK)
        .encode(x=x, y=y, text=alt.Text("short:N")),
        alt.Chart(data(beside))
        .mark_text(dx=12, dy=-11, align="left", fontSize=12.5, color=INK)
        .encode(x=x, y=y, text=alt.Text("short:N")),
    ]
    for claim in (False, True):
        mine = [p for p in points if p["claim"] is claim]
        if mine:
            layers.append(_marks(mine, claim, 110).encode(x=x, y=y, shape=form))
    return finish(layers, wide, 300 if wide else 260, lang)


def _marks(points: Sequence[Row], hollow: bool, size: float) -> alt.Chart:
    """Filled marks, or hollow ones, in the colours of the rows."""
    if hollow:
        return (
            alt.Chart(data(points))
            .mark_point(size=size, filled=True, opacity=1, fill=GROUND, strokeWidth=2)
            .encode(stroke=alt.Stroke("colour:N", scale=None))
        )
    return (
        alt.Chart(data(points))
        .mark_point(size=size * 1.2, filled=True, opacity=1)
        .encode(color=alt.Color("colour:N", scale=None))
    )


def growth(cases: Iterable[Case], series: str | None = None, lang: str | None = None) -> Figure:
    """
    How did cases grow, by published counts, past 100, 1,000 and 10,000?

    A log scale; each line is one case and one kind of count, named at its end, because members,
    users and buyers are different things. Cases without such facts are left out.
    """
    lang = language(lang)
    points: list[Row] = []
    rows: list[Row] = []
    used: list[Row] = []
    names: list[str] = []
    for case in cases:
        chosen = series or _people_series(case)
        facts = [f for f in _numeric(case, chosen) if f["value"] > 0] if chosen else []
        if not facts:
            continue
        names.append(case.name(lang))
        counted = word("series", str(chosen), lang)
        for fact in facts:
            label = say("figure.growth_label", lang, case=case.name(lang), series=counted)
            points.append(
                {
                    **_fact_point(case, fact, lang),
                    "id": case.id,
                    "label": label,
                    "case": case.name(lang),
                }
            )
            rows.append({say("figure.case", lang): case.name(lang), **_fact_row(fact, lang)})
        used += facts
    if not points:
        raise KeyError(series or "people")
    few = len(names) <= 3
    title = say(
        "figure.growth_title" if few else "figure.growth_title_many",
        lang,
        names=join(names, lang),
        n=len(names),
    )
    return Figure(
        title=title,
        subtitle=say("figure.growth_subtitle", lang),
        foot=_sources_of(used, lang),
        alt=title
        + say("figure.stop", lang)
        + join(dict.fromkeys(p["label"] for p in points), lang),
        draw=lambda wide: _growth_chart(points, wide, lang),
        rows=rows,
        key=[
            Mark(say("figure.key_reported", lang), INK, "circle"),
            Mark(say("figure.key_claim", lang), INK, "circle", hollow=True),
        ],
        lang=lang,
    )


def _growth_chart(points: Sequence[Row], wide: bool, lang: str) -> alt.LayerChart:
    height = 380 if wide else 330
    values = [*(float(p["value"]) for p in points), 100.0, 10000.0]
    x, y = _years(points), count_axis(values, True, lang)
    tint = alt.Color("colour:N", scale=None)
    groups = [list(mine) for _, mine in groupby(points, key=lambda p: p["id"])]
    lines = [point for mine in groups for point in _line(mine)]
    ends = _apart([_line(mine)[-1] for mine in groups], values, height, _span(points)[1])
    for end in ends:
        end["label"] = short_label(end["label"] if wide else end["case"], 38 if wide else 12)
    layers = [
        alt.Chart(data({"value": size} for size in (100, 1000, 10000)))
        .mark_rule(color=EDGE, strokeDash=[4, 3])
        .encode(y=y),
        alt.Chart(data(lines))
        .mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=tint, detail=alt.Detail("id:N")),
        alt.Chart(data(ends))
        .mark_rule(strokeWidth=1, strokeDash=[1, 3])
        .encode(x=x, y=y, x2=alt.X2("end:Q"), y2=alt.Y2("label_at:Q"), color=tint),
        alt.Chart(data(ends))
        .mark_text(fontSize=12.5, fontWeight=600, align="left", dx=5)
        .encode(x=alt.X("end:Q"), y=alt.Y("label_at:Q"), text=alt.Text("label:N"), color=tint),
    ]
    for claim in (False, True):
        mine = [p for p in points if p["claim"] is claim]
        if mine:
            form = alt.Shape("shape:N", scale=None)
            layers.append(_marks(mine, claim, 70 if wide else 40).encode(x=x, y=y, shape=form))
    return finish(layers, wide, height, lang)


def _apart(ends: Sequence[Row], values: Sequence[float], height: float, edge: float) -> list[Row]:
    """Labels in a column at the right edge, moved apart so that none covers another."""
    decades = math.log10(max(values) * 1.3) - math.log10(min(values))
    least = 17 / (height - 40) * decades
    placed: list[Row] = []
    for end in sorted(ends, key=lambda e: e["value"]):
        at = math.log10(end["value"])
        if placed:
            at = max(at, placed[-1]["log"] + least)
        placed.append({**end, "log": at, "label_at": 10**at, "end": edge})
    over = placed[-1]["log"] - math.log10(max(values) * 1.3)
    for above, end in zip([None, *reversed(placed)], reversed(placed), strict=False):
        top = math.log10(max(values) * 1.3) if above is None else above["log"] - least
        if over > 0 and end["log"] > top:
            end["log"] = top
            end["label_at"] = 10**top
    return placed


# --- funnel -----------------------------------------------------------------------------------


def funnel(economics: Economics, lang: str | None = None) -> Figure:
    """
    How many members come to each step, and where are most lost?

    Bars for the best guess, whiskers for the range, the rate named on the step; the weakest step
    is the coloured one. A model of ours, and it says so.
    """
    lang = language(lang)
    from playbook.load import content

    texts = {step["id"]: step for step in content("funnel")["economics"]["step"]}
    rows: list[Row] = []
    before = ""
    for place, step in enumerate(economics.steps):
        name = str(text(texts.get(step.id, {}), "name", lang) or step.id)
        told: dict[str, str] = {}
        if step.rate is not None:
            for key, value in (("wide", _percent(step.rate)), ("short", _best(step.rate))):
                told[key] = say("figure.funnel_rate", lang, rate=value, of=before.lower())
        weak = step.id == economics.weakest
        rows.append(
            {
                "row": place,
                "name": name,
                "label": [name, *([told["wide"]] if told else [])],
                "short": [name, *([told["short"]] if told else [])],
                "low": step.count[0],
                "count": step.count[1],
                "high": step.count[2],
                "told": _range(step.count, lang)
                + (say("figure.funnel_weakest", lang) if weak else ""),
                "colour": PALETTE["structure" if weak else "context"].light,
                "rate": _percent(step.rate) if step.rate else None,
                "revenue": _range(step.revenue, lang) if step.revenue else None,
            }
        )
        before = name
    title = say(
        "figure.funnel_title",
        lang,
        members=amount(economics.steps[0].count[1], lang),
        revenue=_range(economics.revenue, lang),
        currency=word("unit", "RMB" if economics.currency == "CNY" else economics.currency, lang),
    )
    said = [say("figure.gate_row", lang, name=" ".join(r["label"]), word=r["told"]) for r in rows]
    return Figure(
        title=title,
        subtitle=say("figure.funnel_subtitle", lang),
        foot=say("figure.funnel_foot", lang),
        alt=title + say("figure.stop", lang) + "".join(said),
        draw=lambda wide: _funnel_chart(rows, wide, lang),
        rows=[
            {
                say("figure.step", lang): r["name"],
                say("figure.rate", lang): r["rate"],
                say("figure.people", lang): r["told"],
                say("figure.revenue", lang): r["revenue"],
            }
            for r in rows
        ],
        lang=lang,
    )


def _best(rate: Range) -> str:
    return f"{rate[1] * 100:.3g} %"


def _percent(rate: Range) -> str:
    low, point, high = (f"{value * 100:.3g}" for value in rate)
    return f"{point} %" if low == high else f"{point} % ({low}–{high} %)"


def _range(values: Range, lang: str) -> str:
    low, point, high = (amount(float(f"{v:.3g}") if v < 10 else round(v), lang) for v in values)
    return point if low == high else f"{point} ({low}–{high})"


def _funnel_chart(rows: Sequence[Row], wide: bool, lang: str) -> alt.LayerChart:
    step = 62
    y = row_axis(rows if wide else [{**row, "label": row["short"]} for row in rows])
    top = max(r["high"] for r in rows) or 1
    x = alt.X("count:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top], nice=False))
    layers = [
        alt.Chart(data(rows))
        .mark_bar(size=22, cornerRadiusEnd=3)
        .encode(x=x, y=y, color=alt.Color("colour:N", scale=None)),
        alt.Chart(data(r for r in rows if r["high"] > r["low"]))
        .mark_rule(color=INK, strokeWidth=2)
        .encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=y),
        alt.Chart(data(rows))
        .mark_text(align="left", dx=2, dy=-21, fontSize=13, color=INK)
        .encode(x=alt.datum(0), y=y, text=alt.Text("told:N")),
    ]
    return finish(layers, wide, step * len(rows), lang)
