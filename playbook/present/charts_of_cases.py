"""What was published about cases over the years, and how far each figure can be trusted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import altair as alt

from playbook.model import Case
from playbook.present.board import apart
from playbook.present.drawing import (
    EDGE,
    INK,
    SHAPE,
    TINT,
    Row,
    chart,
    count_axis,
    dots,
    finish,
    labels,
)
from playbook.present.figure import Figure, Mark, headed
from playbook.present.look import colour, shape
from playbook.present.sentences import amount, fact_value, join, short_label, source_word, word
from playbook.scoring.casebook import PEOPLE
from playbook.words import language, say, text


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
    points = [_point(case, fact, lang) for fact in facts]
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
    unit = word("unit", facts[0].get("unit") or "", lang)
    return Figure(
        title=title,
        subtitle=say("figure.timeline_subtitle", lang, unit=unit),
        foot=_sources_of(facts, lang),
        alt=title,
        draw=lambda wide: _timeline_chart(points, wide, lang),
        rows=[_told(fact, lang) for fact in facts],
        key=_key(colour(case.id).light, shape(case.id), lang),
        lang=lang,
    )


def growth(cases: Iterable[Case], lang: str | None = None) -> Figure:
    """
    How did cases grow, by published counts, past 100, 1,000 and 10,000?

    A log scale; each line is one case and one kind of count, named at its end, because members,
    users and buyers are different things. Cases without such facts are left out.
    """
    lang = language(lang)
    points: list[Row] = []
    used: list[tuple[str, Row]] = []  # the name of a case, and one of its facts
    for case in cases:
        chosen, name = _people_series(case), case.name(lang)
        facts = [f for f in _numeric(case, chosen) if f["value"] > 0] if chosen else []
        series = word("series", str(chosen), lang)
        label = say("figure.growth_label", lang, case=name, series=series)
        whose = {"id": case.id, "label": label, "case": name}
        points += [{**_point(case, fact, lang), **whose} for fact in facts]
        used += [(name, fact) for fact in facts]
    if not points:
        raise KeyError("people")
    names = list({p["id"]: p["case"] for p in points}.values())
    title = say(
        "figure.growth_title" if len(names) <= 3 else "figure.growth_title_many",
        lang,
        names=join(names, lang),
        n=len(names),
    )
    said = join(dict.fromkeys(p["label"] for p in points), lang)
    return Figure(
        title=title,
        subtitle=say("figure.growth_subtitle", lang),
        foot=_sources_of([fact for _, fact in used], lang),
        alt=title + say("figure.stop", lang) + said,
        draw=lambda wide: _growth_chart(points, wide, lang),
        rows=[headed("figure", lang, case=name) | _told(fact, lang) for name, fact in used],
        key=_key(INK, "circle", lang),
        lang=lang,
    )


# --- facts ------------------------------------------------------------------------------------


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


def _point(case: Case, fact: Row, lang: str) -> Row:
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


def _told(fact: Row, lang: str) -> Row:
    return headed(
        "figure",
        lang,
        when=str(fact["at"]),
        value=fact_value(fact, lang),
        what=text({k: fact.get(k, {}) for k in ("en", "zh")}, "what", lang),
        quality=word("quality", fact["quality"], lang),
        confidence=word("confidence", fact["confidence"], lang),
        source=source_word(fact["source"], "where"),
    )


def _sources_of(facts: Sequence[Row], lang: str) -> str:
    """Few sources are named; many are counted, and named in the table."""
    names = {str(f["source"]): source_word(f["source"], "where") for f in facts}
    if len(names) > 4:
        return say("figure.sources_many", lang, n=len(facts), sources=len(names))
    return say("figure.sources", lang, n=len(facts), sources=join(names.values(), lang))


# --- drawing ----------------------------------------------------------------------------------


def _key(tint: str, form: str, lang: str) -> list[Mark]:
    return [
        Mark(say("figure.key_reported", lang), tint, form),
        Mark(say("figure.key_claim", lang), tint, form, hollow=True),
    ]


def _by_trust(points: Sequence[Row], size: float, **at: Any) -> list[alt.Chart]:
    """What was reported as filled marks; over it what was only claimed, hollow and smaller."""
    reported = [p for p in points if not p["claim"]]
    claimed = [p for p in points if p["claim"]]
    layers = [dots(reported, size * 1.2)] * bool(reported)
    layers += [dots(claimed, size, hollow=True)] * bool(claimed)
    return [layer.encode(shape=SHAPE, **at) for layer in layers]


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
    line = _line(points)
    few = len(points) <= (9 if wide else 5)
    told = points if few else [line[0], line[len(line) // 2], line[-1]]
    above, beside = [p for p in told if p in line], [p for p in told if p not in line]
    layers = [
        chart(line).mark_line(color=EDGE, strokeWidth=1.5).encode(x=x, y=y),
        chart(p for p in points if p["to"] - p["from"] > 0.5)
        .mark_rule(color=EDGE, strokeWidth=1)
        .encode(x=alt.X("from:Q"), x2=alt.X2("to:Q"), y=y),
        labels(above, "short", x, y, dy=-17, fontSize=12.5, align="center"),
        labels(beside, "short", x, y, dx=12, dy=-11, fontSize=12.5),
        *_by_trust(points, 110, x=x, y=y),
    ]
    return finish(layers, wide, 300 if wide else 260, lang)


def _growth_chart(points: Sequence[Row], wide: bool, lang: str) -> alt.LayerChart:
    height = 380 if wide else 330
    values = [*(float(p["value"]) for p in points), 100.0, 10000.0]
    x, y = _years(points), count_axis(values, True, lang)
    lines = [_line(list(mine)) for _, mine in groupby(points, key=lambda p: p["id"])]
    ends = _apart([line[-1] for line in lines], values, height, _span(points)[1])
    for end in ends:
        end["label"] = short_label(end["label"] if wide else end["case"], 38 if wide else 12)
    right, level = alt.X("end:Q"), alt.Y("label_at:Q")
    layers = [
        chart({"value": size} for size in (100, 1000, 10000))
        .mark_rule(color=EDGE, strokeDash=[4, 3])
        .encode(y=y),
        chart(point for line in lines for point in line)
        .mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=TINT, detail=alt.Detail("id:N")),
        chart(ends)
        .mark_rule(strokeWidth=1, strokeDash=[1, 3])
        .encode(x=x, y=y, x2=alt.X2("end:Q"), y2=alt.Y2("label_at:Q"), color=TINT),
        labels(ends, "label", right, level, fontSize=12.5, fontWeight=600, dx=5).encode(color=TINT),
        *_by_trust(points, 70 if wide else 40, x=x, y=y),
    ]
    return finish(layers, wide, height, lang)


def _apart(ends: Sequence[Row], values: Sequence[float], height: float, edge: float) -> list[Row]:
    """Labels in a column at the right edge, moved apart so that none covers another."""
    highest = math.log10(max(values) * 1.3)
    least = 17 / (height - 40) * (highest - math.log10(min(values)))
    ends = sorted(ends, key=lambda end: end["value"])
    levels = apart([math.log10(end["value"]) for end in ends], -math.inf, highest, least)
    return [{**end, "label_at": 10**at, "end": edge} for end, at in zip(ends, levels, strict=True)]
