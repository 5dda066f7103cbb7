"""Pictures of what is passed on from one to another: group buying, the bargain, fission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbook.present.board import (
    ACCENT,
    BAD,
    CONTEXT,
    EDGE,
    INK,
    LINE,
    MUTED,
    Board,
    Scale,
    room,
)
from playbook.present.figure import Figure, Mark, headed
from playbook.present.model_charts import again, axis, figure, percent, whole
from playbook.words import say

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation


def _head(board: Board, y: float, label: str) -> None:
    """The name of a part of the picture."""
    board.text(0, y, label, 13.5, bold=True)


# --- group buying -----------------------------------------------------------------------------


def group_buy(run: Simulation, lang: str) -> Figure:
    """How many teams fill, and what does a customer who stays cost at each discount?"""
    success, money = run.results["success"], run.results["money"]
    own, advert = money["cost_per_retained"], money["advert_per_retained"]
    steps = sorted({*(n / 10 for n in range(11)), run.values["discount"]})
    found = {step: again(run, discount=step)["money"] for step in steps}
    rows = [
        headed("explore.group-buy", lang, discount=percent(step), own=at["cost_per_retained"],
               advert=at["advert_per_retained"], profit=at["profit_per_team"])
        for step, at in found.items()
    ]  # fmt: skip
    curve = [(step, at["cost_per_retained"]) for step, at in found.items()]
    word = "title" if own is not None and advert is not None else "title_none"
    return figure(
        run,
        lang,
        say(f"explore.group-buy.{word}", lang, share=percent(success["simulated"]),
            own=whole(own, lang), advert=whole(advert, lang)),
        lambda wide: _group_buy(run, curve, wide, lang),
        rows,
        [
            Mark(say("explore.group-buy.key_now", lang), ACCENT),
            Mark(say("explore.group-buy.key_formula", lang), INK, "diamond", hollow=True),
            Mark(say("explore.group-buy.key_even", lang), INK, "square", hollow=True),
        ],
    )  # fmt: skip


def _published(run: Simulation) -> list[float]:
    """The share of teams that filled elsewhere, where one was published."""
    found = run.published()
    told = [] if isinstance(found, str) else found
    return [one["value"] for one in told if one["id"] == "beibei"]


def _group_buy(run: Simulation, curve: list[Any], wide: bool, lang: str) -> str:
    board = Board(wide)
    success, money = run.results["success"], run.results["money"]
    _head(board, 14, say("explore.group-buy.fills", lang, hours=whole(run.values["hours"], lang)))
    x = Scale(0, 1, 0, board.width)
    board.bar(0, 26, board.width, 20, LINE, 0.6)
    board.bar(0, 26, x(success["simulated"]), 20, ACCENT)
    for seen in _published(run):
        board.mark(x(seen), 36, EDGE, "triangle-up", hollow=True, size=14)
        board.text(x(seen), 62, say("explore.group-buy.beibei", lang, share=percent(seen)), 12.5,
                   MUTED, "start" if seen > success["simulated"] else "end")  # fmt: skip
    board.mark(x(success["closed_form"]), 36, INK, "diamond", hollow=True, size=14)
    board.text(x(success["simulated"]), 62, percent(success["simulated"]), 13, ACCENT, "middle",
               bold=True)  # fmt: skip
    _head(board, 96, say("explore.group-buy.cost", lang))
    points = [(step, cost) for step, cost in curve if cost is not None]
    advert = money["advert_per_retained"]
    if not points:
        board.text(0, 120, say("explore.group-buy.nobody", lang), 13, MUTED)
        board.height = 140
        return board.svg()
    top, bottom, left = 112.0, 300.0, 52.0
    high = max([cost for _, cost in points] + [advert or 0]) * 1.12 or 1
    x = Scale(0, 1, left, board.width - 18)
    y = Scale(0, high, bottom, top)
    board.grid(y, left, x.end, lambda v: axis(v, lang))
    most = money["largest_discount_without_loss"]
    loss = 0 if most is None else most
    board.bar(x(loss), top, x.end - x(loss), bottom - top, BAD, 0.09, round_=0)
    board.text(x(loss) + 6, bottom - 8, say("explore.group-buy.loss", lang), 12.5, BAD)
    if advert is not None:
        board.line([(left, y(advert)), (x.end, y(advert))], CONTEXT, 2, "6 4")
        board.text(x.end, y(advert) - 7, say("explore.group-buy.by_advert", lang), 12.5, MUTED,
                   "end")  # fmt: skip
    board.line([(x(step), y(cost)) for step, cost in points], ACCENT)
    even = money["break_even_discount"]
    if even is not None and advert is not None:
        board.mark(x(even), y(advert), INK, "square", hollow=True)
        board.text(x(even), y(advert) + 22, percent(even), 12.5, INK, "start")
    own = money["cost_per_retained"]
    if own is not None:
        board.mark(x(run.values["discount"]), y(own), ACCENT, size=14)
        board.text(x(run.values["discount"]) + 4, y(own) - 12, whole(own, lang), 13, ACCENT,
                   bold=True)  # fmt: skip
    board.foot(x, bottom, percent, [0, 0.25, 0.5, 0.75, 1], say("explore.group-buy.discount", lang))
    board.height = bottom + 40
    return board.svg()


# --- bargain ----------------------------------------------------------------------------------


def bargain(run: Simulation, lang: str) -> Figure:
    """Who gets the thing for nothing, and how often is everybody asked?"""
    worn, zero = run.results["worn_out"], run.results["reached_zero"]
    asked = worn["requests_a_person"]
    rows = [
        headed("explore", lang, what=say(f"explore.bargain.{key}", lang))
        | headed("figure", lang, value=value)
        for key, value in {
            "row_zero": percent(zero["point"]),
            "row_vain": percent(worn["asked_in_vain"]),
            "row_tireless": percent(run.results["chance_if_nobody_tires"]),
            **{f"row_{point}": whole(asked[point], lang) for point in ("p10", "p50", "p90")},
            "row_most": whole(worn["most_asked"], lang),
            "row_cap": whole(_cap(run), lang),
            "row_beyond": percent(worn["asked_beyond_the_cap"]),
            "row_used": percent(worn["willing_but_used_up"]),
        }.items()
    ]
    return figure(
        run,
        lang,
        say("explore.bargain.title", lang, zero=percent(zero["point"]),
            asked=whole(asked["p50"], lang)),
        lambda wide: _bargain(run, wide, lang),
        rows,
        [
            Mark(say("explore.bargain.key_zero", lang), ACCENT, "square"),
            Mark(say("explore.bargain.key_vain", lang), EDGE, "square", hollow=True),
            Mark(say("explore.bargain.key_tireless", lang), INK, "diamond", hollow=True),
            Mark(say("explore.key_middle", lang), BAD),
            Mark(say("explore.bargain.key_most", lang), BAD, "triangle-right"),
        ],
    )  # fmt: skip


def _cap(run: Simulation) -> float:
    """How often one person may help in all: the cap of a day, for each day begun."""
    days = -(-run.values["hours"] // 24)
    return float(run.values["helps_a_day"] * days)


def _bargain(run: Simulation, wide: bool, lang: str) -> str:
    board = Board(wide)
    zero, worn = run.results["reached_zero"], run.results["worn_out"]
    _head(board, 14, say("explore.bargain.of_those", lang))
    x = Scale(0, 1, 0, board.width)
    board.bar(0.75, 26, board.width - 1.5, 20, EDGE, hollow=True)
    board.bar(0, 26, x(zero["point"]), 20, ACCENT)
    tireless = run.results["chance_if_nobody_tires"]
    board.mark(x(tireless), 36, INK, "diamond", hollow=True, size=14)
    board.text(x(zero["point"]), 62, percent(zero["point"]), 13, ACCENT, bold=True)
    if x(tireless) - x(zero["point"]) > 60:
        board.text(x(tireless), 62, percent(tireless), 13, MUTED, "middle")
    board.text(board.width, 62, say("explore.bargain.in_vain", lang,
               share=percent(worn["asked_in_vain"])), 13, MUTED, "end")  # fmt: skip
    _head(board, 100, say("explore.bargain.asked", lang))
    asked, cap = worn["requests_a_person"], _cap(run)
    high = max(worn["most_asked"], cap, 1) * 1.08
    x = Scale(0, high, 8, board.width - 12)
    top, bottom = 112.0, 204.0
    board.bar(x(cap), top, x.end - x(cap), bottom - top, BAD, 0.09, round_=0)
    board.upright(x(cap), top, bottom, BAD)
    board.text(x(cap), top + 14, say("explore.bargain.cap", lang, n=whole(cap, lang)), 12.5, BAD,
               "start" if x(cap) < board.width / 2 else "end")  # fmt: skip
    middle = 158.0
    board.bar(x(asked["p10"]), middle - 9, x(asked["p90"]) - x(asked["p10"]), 18, BAD, 0.3)
    board.bar(x(asked["p25"]), middle - 9, x(asked["p75"]) - x(asked["p25"]), 18, BAD, 0.45)
    board.mark(x(asked["p50"]), middle, BAD, size=15)
    board.mark(x(worn["most_asked"]), middle, BAD, "triangle-right", size=14)
    board.text(x(asked["p50"]), middle + 30,
               say("explore.bargain.middle", lang, n=whole(asked["p50"], lang)), 12.5, INK,
               "middle", bold=True)  # fmt: skip
    board.foot(x, bottom, lambda v: axis(v, lang), name=say("explore.bargain.requests", lang),
               least=1)  # fmt: skip
    board.height = bottom + 40
    return board.svg()


# --- fission ----------------------------------------------------------------------------------


def fission(run: Simulation, lang: str) -> Figure:
    """How many are reached in each generation, and how often is it over by then?"""
    found = run.results["generations"]
    rows = [
        headed("explore.fission", lang, generation=one["generation"],
               level=say(f"explore.fission.{one['level']}", lang))
        | headed("explore", lang, **{key: one[key] for key in ("mean", "p10", "p50", "p90")})
        | headed("explore.fission", lang, over=percent(one["over_by_then"]))
        for one in found
    ]  # fmt: skip
    reach, ends = run.results["reach"], run.results["over"] >= 0.95
    return figure(
        run,
        lang,
        say("explore.fission.title" if ends else "explore.fission.title_large", lang,
            seeds=whole(run.values["seeds"], lang), p50=whole(reach["p50"], lang),
            p10=whole(reach["p10"], lang), p90=whole(reach["p90"], lang)),
        lambda wide: _fission(run, wide, lang),
        rows,
        [
            Mark(say("explore.key_middle", lang), ACCENT),
            Mark(say("explore.key_mean", lang), INK, "diamond", hollow=True),
            Mark(say("explore.key_eight", lang), ACCENT, "square"),
        ],
    )  # fmt: skip


def _fission(run: Simulation, wide: bool, lang: str) -> str:
    board = Board(wide)
    found = run.results["generations"][: 11 if wide else 7]
    left, right, top, bottom = 52.0, board.width - 12, 46.0, 250.0
    high = max(max(one["p90"], one["mean"]) for one in found) * 1.1 or 1
    y = Scale(0, high, bottom, top)
    step = (right - left) / max(1, len(found))
    board.grid(y, left, right, lambda v: axis(v, lang))
    for level, start, end in (("user", 0, 1), ("family_and_friends", 1, 2), ("community", 2, 99)):
        if start < len(found):
            middle = left + step * (start + min(end, len(found))) / 2
            for line in (0, 1):
                label = say(f"explore.fission.{level}_{line}", lang)
                board.text(middle, 14 + 16 * line, label, 12.5, MUTED if line else INK, "middle",
                           bold=not line)  # fmt: skip
            if start:
                board.upright(left + step * start, 4, bottom, EDGE, "2 4")
    for n, one in enumerate(found):
        x = left + step * (n + 0.5)
        thick = min(26.0, step * 0.55)
        for low, upper, opacity in (("p10", "p90", 0.25), ("p25", "p75", 0.45)):
            board.bar(x - thick / 2, y(one[upper]), thick, y(one[low]) - y(one[upper]), ACCENT,
                      opacity)  # fmt: skip
        board.mark(x, y(one["mean"]), INK, "diamond", hollow=True, size=11)
        board.mark(x, y(one["p50"]), ACCENT, size=11)
        board.text(x, bottom + 18, str(one["generation"]), 12.5, MUTED, "middle")
        board.text(x, bottom + 52, percent(one["over_by_then"]), 12, INK, "middle")
    board.text(0, bottom + 36, say("explore.fission.over_by", lang), 12.5, MUTED)
    return _totals(board, run, bottom + 92, lang)


def _totals(board: Board, run: Simulation, y: float, lang: str) -> str:
    """Reach in all: by the branching process and on the network, on one scale."""
    _head(board, y, say("explore.fission.in_all", lang))
    graph = run.results["network"]
    lanes = [("branching", run.results["reach"])]
    lanes += [("network", graph["reach"])] if graph else []
    names = {key: say(f"explore.fission.{key}", lang) for key, _ in lanes}
    left = max(room(name, 12.5) for name in names.values()) + 14
    closed = run.results["closed_form"]["reach"]
    high = max([reach["p90"] for _, reach in lanes] + [closed or 0, 1]) * 1.12
    x = Scale(0, high, left, board.width - 34)
    for n, (key, reach) in enumerate(lanes):
        at = y + 26 + 28 * n
        board.text(0, at + 4.5, names[key], 12.5)
        board.bar(x(reach["p10"]), at - 8, x(reach["p90"]) - x(reach["p10"]), 16, ACCENT, 0.3)
        board.mark(x(reach["p50"]), at, ACCENT, size=13)
        if key == "branching" and closed is not None:
            board.mark(x(closed), at, INK, "diamond", hollow=True, size=12)
        board.text(x(max(reach["p90"], reach["p50"])) + 10, at + 4.5, whole(reach["p50"], lang),
                   12.5, ACCENT, bold=True)  # fmt: skip
    bottom = y + 26 + 28 * len(lanes) - 8
    board.foot(x, bottom, lambda v: axis(v, lang), name=say("explore.fission.people", lang))
    board.height = bottom + 38
    return board.svg()
