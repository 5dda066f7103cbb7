"""A community week by week, and before and after an action: the pictures of `people.health`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from playbook.present.board import ACCENT, CONTEXT, EDGE, INK, MUTED, WARM, Board, Scale
from playbook.present.figure import Figure, Mark, headed
from playbook.present.sentences import amount
from playbook.words import language, say

Found = Mapping[str, Any]
Row = dict[str, Any]
_HIGH = 250.0


def measures(health: Found) -> dict[str, Found]:
    """The measures of a dashboard by their ids."""
    return {one["id"]: one for module in health["modules"] for one in module["measures"]}


def moved(trend: Found | None, lang: str) -> str:
    """The last weeks against those before, in words: more, fewer, or no different beyond chance."""
    if trend is None:
        return say("dashboard.trend_none", lang)
    values = {
        "before": number(trend["before"], lang),
        "after": number(trend["after"], lang),
        "n": trend["n"][1],
    }
    if trend["low"] is None:
        return say("dashboard.trend_thin", lang, **values)
    which = "up" if trend["low"] > 0 else "down" if trend["high"] < 0 else "same"
    return say(f"dashboard.trend_{which}", lang, **values)


def number(value: float, lang: str) -> str:
    """A weekly mean: whole where it is large, with one digit where it is small."""
    return amount(round(value) if value >= 9.95 else round(value, 1), lang)


def weekly(health: Found, lang: str | None = None) -> Figure | None:
    """
    How many took part week by week, and how many of them for the first time?

    None where the log is too short to have a whole week. The title is the trend in words.
    """
    lang = language(lang)
    found = measures(health)
    active, fresh = found["active"]["series"], found["newcomers"]["series"]
    if not active:
        return None
    new = {one["week"]: one["value"] for one in fresh}
    rows = [{**one, "new": new.get(one["week"])} for one in active]
    title = moved(found["active"]["trend"], lang)
    return Figure(
        title=title,
        subtitle=say("dashboard.weekly_subtitle", lang),
        foot=say("dashboard.weekly_foot", lang, start=rows[0]["week"], end=health["at"]),
        alt=title
        + say("figure.stop", lang)
        + say("dashboard.weekly_alt", lang, last=rows[-1]["value"], new=rows[-1]["new"] or 0),
        draw=lambda wide: _weekly_board(rows, wide, lang),
        rows=[
            headed("dashboard", lang, week=one["week"], active=one["value"], newcomers=one["new"])
            for one in rows
        ],
        key=[
            Mark(say("dashboard.active", lang), ACCENT),
            Mark(say("dashboard.newcomers", lang), WARM, "square"),
        ],
        lang=lang,
    )


def _frame(board: Board, top: float, lang: str) -> tuple[Scale, float, float]:
    """Level lines with their numbers; the scale up, and where the picture begins and ends."""
    up = Scale(0, max(top, 4) * 1.06, _HIGH - 30, 14)
    left, right = 44.0, board.width - 8
    board.grid(up, left, right, lambda value: amount(value, lang, short=True))
    return up, left, right


def _weekly_board(rows: Sequence[Row], wide: bool, lang: str) -> str:
    board = Board(wide, _HIGH)
    up, left, right = _frame(board, max(one["value"] for one in rows), lang)
    step = (right - left) / len(rows)
    middle = [left + (place + 0.5) * step for place in range(len(rows))]
    for x, one in zip(middle, rows, strict=True):
        if one["new"]:
            thick = min(step * 0.62, 26)
            board.bar(x - thick / 2, up(one["new"]), thick, up(0) - up(one["new"]), WARM, 0.75)
    board.line([(x, up(one["value"])) for x, one in zip(middle, rows, strict=True)], ACCENT)
    for x, one in zip(middle, rows, strict=True):
        board.mark(x, up(one["value"]), ACCENT, size=7 if len(rows) > 13 else 9)
    board.across(up(0), left, right, EDGE)
    _months(board, [one["week"] for one in rows], middle, lang)
    last = rows[-1]["value"]
    board.text(middle[-1], max(up(last) - 10, 12), amount(last, lang), 13, INK, "middle", bold=True)
    return board.svg()


def _months(board: Board, weeks: Sequence[str], at: Sequence[float], lang: str) -> None:
    """The first week of a month carries its name; where there are few weeks, each its day."""
    if len(weeks) <= (10 if board.wide else 6):
        for week, x in zip(weeks, at, strict=True):
            day = date.fromisoformat(week)
            board.text(x, _HIGH - 10, f"{day.month}/{day.day}", 12, MUTED, "middle")
        return
    free = -1.0
    for place, week in enumerate(weeks):
        day = date.fromisoformat(week)
        if (place == 0 or day.day <= 7) and at[place] > free:
            label = say("dashboard.month", lang, year=day.year, month=f"{day.month:02d}")
            board.text(at[place], _HIGH - 10, label, 12, MUTED, "middle")
            free = at[place] + 62


def spark(series: Sequence[Found], lang: str) -> str:
    """A small line beside a number: what it did, week by week; no scale, so no more than a hint."""
    values = [one["value"] for one in series]
    if len(values) < 3:
        return ""
    across, up = Scale(0, len(values) - 1, 3, 117), Scale(0, max(*values, 1), 27, 4)
    path = "M" + "L".join(f"{across(n):.1f},{up(v):.1f}" for n, v in enumerate(values))
    told = say("dashboard.spark", lang, low=min(values), high=max(values), n=len(values))
    return (
        f'<svg viewBox="0 0 120 30" width="120" height="30" role="img" aria-label="{told}">'
        f'<path d="{path}" fill="none" stroke="var(--pb-context)" stroke-width="2" '
        f'stroke-linejoin="round"/><circle cx="117" cy="{up(values[-1]):.1f}" r="3" '
        f'fill="var(--pb-accent)"/></svg>'
    )


# --- before and after an action ---------------------------------------------------------------


def action(found: Found, name: str, lang: str | None = None) -> Figure:
    """
    What was there before an action, what after it, and is the difference beyond chance?

    `found` is what `did_it_work` gives, `name` what was counted. Bars are weeks, lines the means,
    the whisker the interval of the difference.
    """
    lang = language(lang)
    title = say(f"dashboard.action_{found['outcome']}", lang)
    told = told_change(found, lang)
    return Figure(
        title=title,
        subtitle=say("dashboard.action_subtitle", lang, name=name, day=found["date"]),
        foot=told,
        alt=title + say("figure.stop", lang) + told,
        draw=lambda wide: _action_board(found, wide, lang),
        rows=[
            headed("dashboard", lang, week=one["week"], side=say(f"dashboard.{side}", lang))
            | {name: one["value"]}
            for side in ("before", "after")
            for one in found[side]
        ],
        key=[
            Mark(say("dashboard.before", lang), CONTEXT, "square"),
            Mark(say("dashboard.after", lang), ACCENT, "square"),
        ],
        lang=lang,
    )


def told_change(found: Found, lang: str) -> str:
    """The difference with its interval, in words."""
    change = found["difference"]
    if change is None or change["low"] is None:
        return say("dashboard.change_none", lang)
    return say(
        "dashboard.change",
        lang,
        before=number(change["before"], lang),
        after=number(change["after"], lang),
        low=_signed(change["low"]),
        high=_signed(change["high"]),
    )


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def _action_board(found: Found, wide: bool, lang: str) -> str:
    board = Board(wide, _HIGH)
    before, after = found["before"], found["after"]
    values = [one["value"] for one in (*before, *after)]
    change = found["difference"]
    up, left, right = _frame(board, max(values, default=1), lang)
    end = right - (64 if change else 0)
    step = (end - left) / max(len(values) + 0.6, 1)
    thick = min(step * 0.7, 44)
    middle = []
    for place, one in enumerate((*before, *after)):
        x = left + (place + 0.5 + (0.6 if place >= len(before) else 0)) * step
        middle.append(x)
        colour = ACCENT if place >= len(before) else CONTEXT
        board.bar(x - thick / 2, up(one["value"]), thick, up(0) - up(one["value"]), colour)
        if step > 24:
            board.text(x, up(one["value"]) - 5, amount(one["value"], lang, short=True), 12,
                       MUTED, "middle")  # fmt: skip
    board.across(up(0), left, right, EDGE)
    _weeks_under(board, [one["week"] for one in (*before, *after)], middle)
    x = left + (len(before) + 0.3) * step
    board.upright(x, 10, up(0), INK)
    board.text(x, 12, say("dashboard.the_day", lang), 12, INK, "middle")
    if change:
        board.across(up(change["before"]), left, x, INK, "5 3")
        board.across(up(change["after"]), x, right - 30, INK, "5 3")
    if change and change["low"] is not None:
        low, high = (max(change["before"] + change[end_], 0) for end_ in ("low", "high"))
        board.line([(right - 30, up(low)), (right - 30, up(high))], INK, 2)
        board.mark(right - 30, up(change["after"]), INK, size=9)
    return board.svg()


def _weeks_under(board: Board, weeks: Sequence[str], at: Sequence[float]) -> None:
    every = max(1, -(-len(weeks) // (10 if board.wide else 5)))
    for week, x in list(zip(weeks, at, strict=True))[::every]:
        day = date.fromisoformat(week)
        board.text(x, _HIGH - 10, f"{day.month}/{day.day}", 12, MUTED, "middle")
