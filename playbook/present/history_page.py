"""Before and after on one page: what moved, what became of the advice, what is next now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from playbook.present.document import bullets, line, paragraph
from playbook.present.drawing import EDGE, INK, TINT, chart, finish, row_axis, value_names
from playbook.present.figure import Figure, Mark, headed, scrolled, table
from playbook.present.look import colour, tint
from playbook.present.page_parts import lead, notice, page, section
from playbook.present.room_text import advised, history_sentences, state_words
from playbook.present.sentences import milestone, plain
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.scoring.history import History

_SHEET = """
main>section{margin:2rem 0}
.pb h2{margin-bottom:.4rem}
"""


def history_html(history: History, lang: str | None = None) -> str:
    """What moved between assessments of one community? One whole HTML page."""
    lang = language(lang)
    community = history.latest.answers.community
    name = plain(community.name or community.id or say("report.unnamed", lang))
    title = say("history.title", lang, name=name)
    parts = (
        ("chart", _pictures(history, lang)),
        ("moved", _moved(history, lang)),
        ("advised", bullets(advised(history, lang))),
        ("now", _now(history, lang)),
    )
    body = "".join(section(say(f"history.{key}", lang), inner, key) for key, inner in parts)
    intro = paragraph(_meta(history, lang), "pb-muted")
    intro += lead(history_sentences(history, lang)) + notice(history.notices(lang))
    foot = paragraph(say("history.foot", lang))
    return page(title, intro, body, lang, _SHEET, foot)


def _meta(history: History, lang: str) -> str:
    values: dict[str, Any] = {
        "n": len(history.scores),
        "first": plain(history.names[0]),
        "last": plain(history.names[-1]),
    }
    if not history.checklist.weights:
        return say("history.meta_plain", lang, **values)
    return say("history.meta", lang, **values, aim=milestone(history.latest.aim, lang))


def _moved(history: History, lang: str) -> str:
    names = list(dict.fromkeys(name for change in history.changes for name, *_ in change.answers))
    if not names:
        return paragraph(say("history.moved_none", lang))
    rows = []
    for criterion in history.checklist.active:
        if criterion.id in names:
            row = {say("history.answer", lang): criterion.name(lang)}
            for at, when in enumerate(history.names):
                row[plain(when)] = state_words(history.state(at, criterion.id), lang)
            rows.append(row)
    head = say("history.moved", lang)
    # The heading above says it already: the caption is for those who listen.
    return scrolled(table(rows, head).replace("<caption>", '<caption class="pb-hidden">'), head)


def _now(history: History, lang: str) -> str:
    score = history.latest
    if not score.actions:
        return paragraph(say("report.no_actions", lang))
    cards = ""
    for action in score.actions[:3]:
        criterion = score.checklist.by_id[action.criterion]
        cards += (
            f'<li class="pb-card" style="{tint(criterion.dimension)}">'
            f"<h3>{line(criterion.say('action', lang))}</h3>"
            f"{paragraph(criterion.say('first_step', lang))}"
            f'<p class="pb-why">{line(score.why(action, lang))}</p></li>'
        )
    return f'<ol class="pb-cards">{cards}</ol>'


# --- pictures ---------------------------------------------------------------------------------


def _pictures(history: History, lang: str) -> str:
    figures = (total_chart(history, lang), parts_chart(history, lang))
    return "".join(figure.html(lang, heading="h3") for figure in figures)


def total_chart(history: History, lang: str | None = None) -> Figure:
    """How did the total move? A bar from low to high at each assessment, its best guess a dot."""
    lang = language(lang)
    rows: list[dict[str, Any]] = [
        {
            "at": at,
            "name": plain(name),
            "low": float(score.total.low),
            "high": float(score.total.high),
            "point": None if score.total.point is None else float(score.total.point),
        }
        for at, (name, score) in enumerate(zip(history.names, history.scores, strict=True))
    ]
    values = say("chart.comma", lang).join(
        say("history.chart_value", lang, name=r["name"], low=r["low"], high=r["high"]) for r in rows
    )
    return Figure(
        title=say("history.chart_up", lang, before=rows[0]["low"], after=rows[-1]["low"]),
        subtitle=say("history.chart_about", lang),
        foot=_meta(history, lang),
        alt=say("history.chart_alt", lang, values=values),
        draw=lambda wide: _total(rows, wide, lang),
        rows=[
            headed("figure", lang, when=r["name"], low=round(r["low"], 1),
                   point=None if r["point"] is None else round(r["point"], 1),
                   high=round(r["high"], 1))
            for r in rows
        ],
        lang=lang,
    )  # fmt: skip


def _total(rows: list[dict[str, Any]], wide: bool, lang: str) -> alt.LayerChart:
    names = value_names({r["at"]: r["name"] for r in rows})
    x = alt.X("at:O", title=None, axis=alt.Axis(labelExpr=names, grid=False))
    scale = alt.Scale(domain=[0, 100])
    y = alt.Y("low:Q", title=None, scale=scale, axis=alt.Axis(values=[0, 25, 50, 75, 100]))
    base = chart(rows)
    bar = base.mark_bar(width=26, fillOpacity=0.18, fill=INK, stroke=EDGE).encode(
        x=x, y=y, y2="high:Q"
    )
    known = chart(r for r in rows if r["point"] is not None)
    point = alt.Y("point:Q", title=None, scale=scale)
    path = known.mark_line(color=INK, strokeWidth=2).encode(x=x, y=point)
    dot = known.mark_point(filled=True, size=130, color=INK, opacity=1).encode(x=x, y=point)
    return finish([bar, path, dot], wide, 260, lang)


def parts_chart(history: History, lang: str | None = None) -> Figure:
    """Which part moved? The low end of each at the first assessment and at the last."""
    lang = language(lang)
    rows: list[dict[str, Any]] = []
    for at, dimension in enumerate(history.checklist.dimensions):
        ends = [float(s.dimensions[at].interval.low) for s in (history.scores[0], history.latest)]
        rows.append(
            {
                "row": at,
                "label": [dimension.name(lang)],
                "name": dimension.name(lang),
                "before": ends[0],
                "after": ends[1],
                "colour": colour(dimension.id).light,
            }
        )
    most = max(rows, key=lambda r: abs(r["after"] - r["before"]))
    by = most["after"] - most["before"]
    title = say("history.parts_up", lang, name=most["name"], by=by)
    when = plain(history.names[0]), plain(history.names[-1])
    values = say("chart.comma", lang).join(
        say("history.parts_value", lang, name=r["name"], before=r["before"], after=r["after"])
        for r in rows
    )
    return Figure(
        title=title if by else say("history.parts_same", lang),
        subtitle=say("history.parts_about", lang, first=when[0], last=when[1]),
        foot=_meta(history, lang),
        alt=say("history.chart_alt", lang, values=values),
        draw=lambda wide: _parts(rows, wide, lang),
        rows=[
            headed("figure", lang, dimension=r["name"])
            | {when[0]: round(r["before"], 1), f"{when[1]} ": round(r["after"], 1)}
            for r in rows
        ],
        key=[Mark(when[0], INK, hollow=True), Mark(when[1], INK)],
        lang=lang,
    )


def _parts(rows: list[dict[str, Any]], wide: bool, lang: str) -> alt.LayerChart:
    scale = alt.Scale(domain=[0, 100])
    axis = alt.Axis(values=[0, 25, 50, 75, 100])
    base = chart(rows)
    y = row_axis(rows)
    before = alt.X("before:Q", title=None, scale=scale, axis=axis)
    after = alt.X("after:Q", title=None, scale=scale, axis=axis)
    join = base.mark_rule(strokeWidth=3).encode(x=before, x2="after:Q", y=y, color=TINT)
    hollow = base.mark_point(size=110, strokeWidth=2.5, fill="white", opacity=1).encode(
        x=before, y=y, color=TINT
    )
    full = base.mark_point(size=120, filled=True, opacity=1).encode(x=after, y=y, color=TINT)
    return finish([join, hollow, full], wide, len(rows) * 44 + 30, lang)
