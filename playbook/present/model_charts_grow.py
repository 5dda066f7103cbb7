"""Pictures of how much there will be: the forecast's fan, the load of a group, the dividend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbook.present.board import (
    ACCENT,
    BAD,
    CONTEXT,
    EDGE,
    INK,
    MUTED,
    Board,
    Scale,
    room,
)
from playbook.present.figure import Figure, Mark, headed
from playbook.present.model_charts import Row, axis, figure, percent, whole
from playbook.words import say

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation

_BANDS = (("p10", "p90", 0.2), ("p25", "p75", 0.35))


# --- forecast ---------------------------------------------------------------------------------


def forecast(run: Simulation, lang: str) -> Figure:
    """Between how many members will there be, month by month, and when is a milestone reached?"""
    fan, target = run.results["fan"], run.results["target"]
    rows = [
        headed("explore.forecast", lang, month=one["month"])
        | headed("explore", lang, **{point: round(one[point]) for point in ("p10", "p50", "p90")})
        for one in fan
    ]
    return figure(
        run,
        lang,
        say("explore.forecast.title", lang, months=whole(run.results["months"], lang),
            **{point: whole(run.results["end"][point], lang) for point in ("p10", "p50", "p90")}),
        lambda wide: _forecast(run, wide, lang),
        rows,
        [
            Mark(say("explore.key_middle", lang), ACCENT),
            Mark(say("explore.key_eight", lang), ACCENT, "square"),
            Mark(say("explore.forecast.key_target", lang, share=percent(target["share"])), BAD,
                 "diamond", hollow=True),
        ],
    )  # fmt: skip


def _forecast(run: Simulation, wide: bool, lang: str) -> str:
    board = Board(wide)
    fan, target = run.results["fan"], run.results["target"]
    past = list(run.values["history"] or [])
    highest = max([one["p90"] for one in fan] + past)
    goal = target["size"] if target["size"] <= highest * 3 else 0
    sizes = [m["size"] for m in run.results["milestones"] if m["size"] <= highest * 1.6]
    high = max([highest, goal, *sizes]) * 1.08 or 1
    left, top, bottom = 58.0, 14.0, 300.0
    ends = [(fan[-1][point], whole(fan[-1][point], lang)) for point in ("p90", "p50", "p10")]
    right = board.width - max(room(label, 12.5) for _, label in ends) - 12
    x = Scale(min(0, 1 - len(past)), max(1, len(fan) - 1), left, right)
    y = Scale(0, high, bottom, top)
    board.grid(y, left, right, lambda v: axis(v, lang))
    for size in sizes:
        board.across(y(size), left, right, EDGE, "5 4")
        board.text(
            left + 6,
            y(size) - 6,
            say("explore.forecast.milestone", lang, size=whole(size, lang)),
            12.5,
            MUTED,
        )
    for low, upper, opacity in _BANDS:
        board.area(
            [(x(one["month"]), y(one[upper])) for one in fan],
            [(x(one["month"]), y(one[low])) for one in fan],
            ACCENT,
            opacity,
        )
    board.line([(x(one["month"]), y(one["p50"])) for one in fan], ACCENT)
    if past:
        months = range(1 - len(past), 1)
        board.line([(x(n), y(size)) for n, size in zip(months, past, strict=True)], INK, 2)
    board.mark(x(0), y(run.results["start"]), INK, size=11)
    if goal:
        board.mark(x(min(target["by_month"], len(fan) - 1)), y(goal), BAD, "diamond", hollow=True,
                   size=15)  # fmt: skip
    labels = [(y(value), label, ACCENT, n == 1) for n, (value, label) in enumerate(ends)]
    board.column(labels, right + 7, top, bottom)
    board.foot(x, bottom, lambda v: axis(v, lang), name=say("explore.forecast.month", lang))
    board.height = bottom + 40
    return board.svg()


# --- sizing -----------------------------------------------------------------------------------


def sizing(run: Simulation, lang: str) -> Figure:
    """How long does it take to read a group of each size, and how long have its members?"""
    found, group = run.results["sizes"], run.results["group"]
    columns = ("messages", "minutes_to_read", "read_share", "admins", "pairs")
    rows = [
        headed("explore.sizing", lang, size=round(one["size"]),
               **{key: one[key] if key != "read_share" else percent(one[key]) for key in columns})
        for one in sorted([*found, group], key=lambda one: one["size"])
    ]  # fmt: skip
    most = run.results["holds"]
    word = "title_over" if run.results["too_large"] else "title_fits"
    title = say(f"explore.sizing.{word if most is not None else 'title_quiet'}", lang,
                size=whole(run.values["members"], lang), most=whole(most, lang),
                share=percent(group["read_share"]))  # fmt: skip
    return figure(
        run, lang, title,
        lambda wide: _sizing(run, wide, lang), rows,
        [
            Mark(say("explore.sizing.key_group", lang), ACCENT),
            Mark(say("explore.sizing.key_circle", lang), ACCENT, "circle", hollow=True),
            Mark(say("explore.sizing.key_holds", lang), INK, "square", hollow=True),
        ],
    )  # fmt: skip


def _sizing(run: Simulation, wide: bool, lang: str) -> str:
    board = Board(wide)
    group, most, attention = run.results["group"], run.results["holds"], run.values["attention"]
    high = max(240.0, group["size"] * 1.25, min(most or 0, 4 * group["size"]) * 1.25)
    slope = group["minutes_to_read"] / group["size"]
    tall = max(slope * high, attention * 1.3, 1.0)
    left, top, bottom = 52.0, 36.0, 290.0
    x = Scale(0, high, left, board.width - 14)
    y = Scale(0, tall * 1.06, bottom, top)
    board.grid(y, left, x.end, lambda v: axis(v, lang))
    board.text(0, 14, say("explore.sizing.minutes", lang), 12.5, MUTED)
    board.area([(x(0), y(attention)), (x.end, y(attention))], [(x(0), bottom), (x.end, bottom)],
               CONTEXT, 0.13)  # fmt: skip
    board.across(y(attention), left, x.end, CONTEXT, "6 4")
    told = say("explore.sizing.attention", lang, n=whole(attention, lang))
    if x.holds(most):  # the line of load leaves one corner free
        board.text(x.end, y(attention) + 17, told, 12.5, MUTED, "end")
    else:
        board.text(left + 6, y(attention) - 7, told, 12.5, MUTED)
    for size, label in ((150, "dunbar"), (20, "twenty")):
        board.upright(x(size), top, bottom, EDGE, "2 4")
        name = say(f"explore.sizing.{label}" if wide else f"explore.sizing.{label}_short", lang)
        board.text(x(size) + 5, top + (10 if size == 150 else 28), name, 12, MUTED)
    board.line([(x(0), y(0)), (x(high), y(slope * high))], ACCENT)
    circle = run.results["circles"]
    board.mark(x(circle["size"]), y(circle["minutes_to_read"]), ACCENT, hollow=True, size=13)
    if most is not None and x.holds(most):
        board.mark(x(most), y(attention), INK, "square", hollow=True, size=13)
        board.text(x(most) - 8, y(attention) - 10, whole(most, lang), 13, INK, "end", bold=True)
    board.mark(x(group["size"]), y(group["minutes_to_read"]), ACCENT, size=15)
    board.text(x(group["size"]) + 12, y(group["minutes_to_read"]) + 18,
               say("explore.sizing.minutes_of", lang, n=whole(group["minutes_to_read"], lang)),
               13, ACCENT, bold=True)  # fmt: skip
    board.foot(x, bottom, lambda v: axis(v, lang), name=say("explore.sizing.size", lang))
    board.height = bottom + 40
    return board.svg()


# --- dividend ---------------------------------------------------------------------------------


def dividend(run: Simulation, lang: str) -> Figure:
    """How would each wave add up to the copies of the community, and which one carries it?"""
    r = run.results
    wave, copies = say("explore.dividend.wave", lang), say("explore.dividend.copies", lang)
    without = say("explore.dividend.without", lang)
    rows: list[Row] = [{wave: say("explore.dividend.alone", lang), copies: r["alone"],
                        without: None}]  # fmt: skip
    rows += [
        {wave: say(f"model.name.{one['id']}", lang), copies: one["copies"],
         without: one["together_without"]}
        for one in r["waves"]
    ]  # fmt: skip
    rows.append({wave: say("explore.dividend.together", lang), copies: r["together"],
                 without: None})  # fmt: skip
    word = "title_none" if r["no_dividend"] else "title"
    return figure(
        run, lang,
        say(f"explore.dividend.{word}", lang, together=whole(r["together"], lang),
            alone=whole(r["alone"], lang), even=percent(r["breaks_even_at"])),
        lambda wide: _dividend(run, wide, lang), rows,
        [
            Mark(say("explore.dividend.key_wave", lang), ACCENT, "square"),
            Mark(say("explore.dividend.key_without", lang), INK, "diamond", hollow=True),
        ],
    )  # fmt: skip


def _dividend(run: Simulation, wide: bool, lang: str) -> str:
    board = Board(wide)
    r = run.results
    high = max(r["together"], r["between"]["p90"], r["alone"]) * 1.1 or 1
    left = 8.0
    x = Scale(0, high, left, board.width - 56)
    step, top = 52.0, 8.0
    last = top + step * (len(r["waves"]) + 2)
    board.upright(x(r["alone"]), top, last, EDGE, "4 3")
    lanes: list[tuple[str, float, float, str, float | None]]
    lanes = [(say("explore.dividend.alone", lang), 0.0, r["alone"], CONTEXT, None)]
    begun = 0.0
    for one in r["waves"]:
        name = say(f"model.name.{one['id']}", lang)
        lanes.append((name, begun, one["copies"], ACCENT, one["together_without"]))
        begun += one["copies"]
    lanes.append((say("explore.dividend.together", lang), 0.0, r["together"], ACCENT, None))
    for n, (name, start, copies, colour, without) in enumerate(lanes):
        y = top + step * n
        bold = n in (0, len(lanes) - 1)
        board.text(left, y + 15, name, 13, bold=bold)
        board.bar(x(start), y + 23, x(start + copies) - x(start), 18, colour)
        board.text(board.width - 4, y + 37, whole(copies, lang), 13, INK, "end", bold=True)
        if without is not None:
            board.mark(x(without), y + 32, INK, "diamond", hollow=True, size=12)
    p10, p90 = x(r["between"]["p10"]), x(r["between"]["p90"])
    y = top + step * (len(lanes) - 1) + 46
    board.line([(p10, y), (p90, y)], ACCENT, 2)
    for end in (p10, p90):
        board.line([(end, y - 4), (end, y + 4)], ACCENT, 2)
    between = {point: whole(round(r["between"][point]), lang) for point in ("p10", "p90")}
    board.text((p10 + p90) / 2, y + 18, say("explore.dividend.between", lang, **between), 12.5,
               ACCENT, "middle")  # fmt: skip
    board.foot(x, last + 26, lambda v: axis(v, lang), name=say("explore.dividend.copies", lang))
    board.height = last + 66
    return board.svg()
