"""How many members come to each step of the funnel, with the range of each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import altair as alt

from playbook.load import content
from playbook.present.drawing import INK, TINT, Row, chart, finish, labels, row_axis, spans
from playbook.present.figure import Figure, headed
from playbook.present.look import PALETTE
from playbook.present.sentences import amount, word
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.scoring.funnel import Economics, Range


def funnel(economics: Economics, lang: str | None = None) -> Figure:
    """
    How many members come to each step, and where are most lost?

    Bars for the best guess, whiskers for the range, the rate named on the step; the weakest step
    is the coloured one. A model of ours, and it says so.
    """
    lang = language(lang)
    rows = _rows(economics, lang)
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
        draw=lambda wide: _chart(rows, wide, lang),
        rows=[
            headed("figure", lang, step=r["name"], rate=r["rate"], people=r["told"],
                   revenue=r["revenue"])
            for r in rows
        ],
        lang=lang,
    )  # fmt: skip


def _rows(economics: Economics, lang: str) -> list[Row]:
    texts = {step["id"]: step for step in content("funnel")["economics"]["step"]}
    rows: list[Row] = []
    for place, step in enumerate(economics.steps):
        name = str(text(texts.get(step.id, {}), "name", lang) or step.id)
        label, short = [name], [name]
        if step.rate is not None:
            of = rows[-1]["name"].lower()
            label.append(say("figure.funnel_rate", lang, rate=_percent(step.rate), of=of))
            best = f"{step.rate[1] * 100:.3g} %"
            short.append(say("figure.funnel_rate", lang, rate=best, of=of))
        weak = step.id == economics.weakest
        low, count, high = step.count
        told = _range(step.count, lang) + (say("figure.funnel_weakest", lang) if weak else "")
        rows.append(
            {
                "row": place,
                "name": name,
                "label": label,
                "short": short,
                "low": low,
                "count": count,
                "high": high,
                "told": told,
                "colour": PALETTE["structure" if weak else "context"].light,
                "rate": _percent(step.rate) if step.rate else None,
                "revenue": _range(step.revenue, lang) if step.revenue else None,
            }
        )
    return rows


def _percent(rate: Range) -> str:
    low, point, high = (f"{value * 100:.3g}" for value in rate)
    return f"{point} %" if low == high else f"{point} % ({low}–{high} %)"


def _range(values: Range, lang: str) -> str:
    low, point, high = (amount(float(f"{v:.3g}") if v < 10 else round(v), lang) for v in values)
    return point if low == high else f"{point} ({low}–{high})"


def _chart(rows: Sequence[Row], wide: bool, lang: str) -> alt.LayerChart:
    y = row_axis(rows if wide else [{**row, "label": row["short"]} for row in rows])
    top = max(r["high"] for r in rows) or 1
    x = alt.X("count:Q", title=None, axis=None, scale=alt.Scale(domain=[0, top], nice=False))
    layers = [
        chart(rows).mark_bar(size=22, cornerRadiusEnd=3).encode(x=x, y=y, color=TINT),
        spans((r for r in rows if r["high"] > r["low"]), y, color=INK, strokeWidth=2),
        labels(rows, "told", alt.datum(0), y, dx=2, dy=-21),
    ]
    return finish(layers, wide, 62 * len(rows), lang)
