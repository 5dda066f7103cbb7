"""Pictures of money over the months: the franchise's three parties, the funnel and its tornado."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from playbook.present.board import ACCENT, BAD, CONTEXT, EDGE, GOOD, INK, MUTED, Board, Scale, room
from playbook.present.figure import Figure, Mark
from playbook.present.model_charts import Row, axis, figure, percent, told, whole
from playbook.present.sentences import amount
from playbook.words import say, text

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation

PARTIES = ("holder", "branch", "head")
WAYS = ("franchise", "own_branch", "club")


def _money(value: float, lang: str) -> str:
    return amount(round(value), lang, short=abs(value) >= 1e4)


# --- franchise --------------------------------------------------------------------------------


def franchise(run: Simulation, lang: str) -> Figure:
    """Where does each party stand, month by month, and from when on is it in the black?"""
    parties, ways = run.results["parties"], run.results["ways"]
    who, unit = say("explore.franchise.party", lang), say("model.unit.CNY", lang)
    rows: list[Row] = [
        {
            who: say(f"explore.franchise.{key}", lang),
            **{f"{say(f'explore.{p}', lang)} ({unit})": round(found["end"][p])
               for p in ("p10", "p50", "p90")},
            f"{say('explore.franchise.lowest', lang)} ({unit})": round(found["lowest"]["p50"]),
            say("explore.franchise.loss", lang): percent(found["loss_share"]),
            say("explore.franchise.black", lang): found["in_the_black_from"]["p50"],
        }
        for key, found in [*parties.items(), *((f"way_{key}", ways[key]) for key in WAYS[1:])]
    ]  # fmt: skip
    end = {key: found["end"]["p50"] for key, found in parties.items()}
    return figure(
        run, lang,
        say("explore.franchise.title", lang, months=whole(run.values["months"], lang),
            **{key: amount(round(value), lang) for key, value in end.items()}),
        lambda wide: _franchise(run, wide, lang), rows,
        [
            Mark(say("explore.key_middle", lang), ACCENT),
            Mark(say("explore.key_eight_only", lang), ACCENT, "square"),
            Mark(say("explore.franchise.key_black", lang), INK, "diamond", hollow=True),
        ],
    )  # fmt: skip


def _franchise(run: Simulation, wide: bool, lang: str) -> str:
    board = Board(wide)
    gap = 54.0
    part = (board.width - 2 * gap - 46) / 3 if wide else board.width - 54
    for n, key in enumerate(PARTIES):
        left = 46 + n * (part + gap) if wide else 46.0
        top = 34.0 if wide else 34.0 + n * 190
        _party(board, run.results["parties"][key], say(f"explore.franchise.{key}", lang),
               (left, left + part), (top, top + 130), lang)  # fmt: skip
    return _ways(board, run, 230.0 if wide else 610.0, lang)


def _party(
    board: Board, found: Mapping[str, Any], name: str, xs: tuple[float, float],
    ys: tuple[float, float], lang: str,
) -> None:  # fmt: skip
    months = found["by_month"]
    points = [{"month": 0, **dict.fromkeys(("p10", "p50", "p90"), found["start"])}, *months]
    low = min(0.0, *(one["p10"] for one in points))
    high = max(0.0, *(one["p90"] for one in points))
    pad = (high - low) * 0.06 or 1
    x = Scale(0, max(1, len(months)), *xs)
    y = Scale(low - pad if low < 0 else 0, high + pad, ys[1], ys[0])
    board.text(xs[0] - 40, ys[0] - 16, name, 13.5, bold=True)
    board.grid(y, xs[0], xs[1], lambda v: axis(v, lang))
    if low < 0:
        board.bar(xs[0], y(0), xs[1] - xs[0], ys[1] - y(0), BAD, 0.09, round_=0)
    board.across(y(0), xs[0], xs[1], EDGE)
    board.area([(x(one["month"]), y(one["p90"])) for one in points],
               [(x(one["month"]), y(one["p10"])) for one in points], ACCENT, 0.25)  # fmt: skip
    board.line([(x(one["month"]), y(one["p50"])) for one in points], ACCENT)
    black = found["in_the_black_from"]["p50"]
    if black is not None and found["start"] < 0:
        board.mark(x(black), y(0), INK, "diamond", hollow=True, size=13)
        board.text(x(black), y(0) - 12, say("explore.franchise.month_n", lang, n=round(black)),
                   12.5, INK, "middle", bold=True)  # fmt: skip
    board.foot(x, ys[1], lambda v: axis(v, lang), [0, x.high / 2, x.high] if x.high > 1 else [0])
    board.text(xs[1], ys[1] + 32, say("explore.forecast.month", lang), 12, MUTED, "end")


def _ways(board: Board, run: Simulation, y: float, lang: str) -> str:
    """What head office has in the end, in three ways: an interval and a dot each."""
    board.text(0, y, say("explore.franchise.ways", lang), 13.5, bold=True)
    found = run.results["ways"]
    names = {key: say(f"explore.franchise.way_{key}", lang) for key in WAYS}
    left = max(room(name, 12.5) for name in names.values()) + 14
    ends = [found[key]["end"][point] for key in WAYS for point in ("p10", "p90")]
    low, high = min(0.0, *ends), max(0.0, *ends) or 1.0
    x = Scale(low * 1.06, high * 1.06, left, board.width - 52)
    bottom = y + 22 + 28 * len(WAYS)
    board.upright(x(0), y + 12, bottom, EDGE, "")
    for n, key in enumerate(WAYS):
        at, end = y + 28 + 28 * n, found[key]["end"]
        colour = ACCENT if key == "franchise" else CONTEXT
        board.text(0, at + 4.5, names[key], 12.5)
        board.bar(x(end["p10"]), at - 8, x(end["p90"]) - x(end["p10"]), 16, colour, 0.35)
        board.mark(x(end["p50"]), at, colour, size=13)
        board.text(x(end["p90"]) + 8, at + 4.5, _money(end["p50"], lang), 12.5, INK, bold=True)
    board.foot(x, bottom, lambda v: axis(v, lang), name=say("model.unit.CNY", lang))
    board.height = bottom + 40
    return board.svg()


# --- funnel -----------------------------------------------------------------------------------


def funnel(run: Simulation, lang: str) -> Figure:
    """How many come to each step in the last month, and what moves the profit?"""
    r = run.results
    steps = _steps(run, lang)
    names = {p["id"]: (text(p, "name", lang), p["unit"]) for p in run.entry["parameter"]}
    what, kind = say("explore.what", lang), say("explore.funnel.kind", lang)
    low, high = say("explore.funnel.at_low", lang), say("explore.funnel.at_high", lang)
    rows: list[Row] = [
        {kind: say("explore.funnel.step", lang), what: name, say("figure.people", lang): count,
         say("figure.rate", lang): rate, low: None, high: None}
        for name, count, rate, _ in steps
    ]  # fmt: skip
    rows += [
        {kind: say("explore.funnel.moves", lang), what: names[bar["parameter"]][0],
         say("figure.people", lang): None,
         say("figure.rate", lang): _span(bar, names[bar["parameter"]][1], lang),
         low: round(bar["low"]), high: round(bar["high"])}
        for bar in r["tornado"]
    ]  # fmt: skip
    mover = names[r["moves_profit_most"]][0]
    return figure(
        run, lang,
        say("explore.funnel.title", lang, months=whole(run.values["months"], lang),
            profit=amount(round(r["profit"]), lang), mover=mover),
        lambda wide: _funnel(run, steps, names, wide, lang), rows,
        [
            Mark(say("explore.funnel.key_step", lang), ACCENT, "square"),
            Mark(say("explore.funnel.key_worse", lang), BAD, "square"),
            Mark(say("explore.funnel.key_better", lang), GOOD, "square"),
        ],
    )  # fmt: skip


def _span(bar: Mapping[str, Any], unit: str, lang: str) -> str:
    low = percent(bar["from"]) if unit.startswith("share") else f"{bar['from']:g}"
    return say("explore.to", lang, low=low, high=told(bar["to"], unit, lang))


def _steps(run: Simulation, lang: str) -> list[tuple[str, float, str, bool]]:
    """Name, people in the last month, the rate told on the step, and whether it is the weakest."""
    last, values = run.results["by_month"][-1], run.values
    names = {p["id"]: text(p, "name", lang) for p in run.entry["parameter"]}
    weakest = run.results["weakest_step"]

    def rate(*keys: str) -> str:
        return say("figure.dot", lang).join(f"{names[key]} {percent(values[key])}" for key in keys)

    return [
        (say("explore.funnel.reached", lang), values["reached"], "", False),
        (say("explore.funnel.joined", lang), last["joined"], rate("join_rate"),
         weakest == "join_rate"),
        (say("explore.funnel.members", lang), last["members"], rate("free_retention"),
         weakest == "free_retention"),
        (say("explore.funnel.active", lang), last["active"], rate("active_share"),
         weakest == "active_share"),
        (say("explore.funnel.paying", lang), last["paying"], rate("pay_rate", "retention"),
         weakest in ("pay_rate", "retention")),
    ]  # fmt: skip


def _funnel(
    run: Simulation, steps: Sequence[tuple[str, float, str, bool]],
    names: Mapping[str, tuple[str, str]], wide: bool, lang: str,
) -> str:  # fmt: skip
    board = Board(wide)
    board.text(0, 14, say("explore.funnel.last_month", lang), 13.5, bold=True)
    x = Scale(0, max(count for _, count, _, _ in steps) or 1, 0, board.width - 70)
    y = 28.0
    for name, count, rate, weak in steps:
        note = rate + (say("figure.funnel_weakest", lang) if weak else "")
        board.pair(y + 13, name, note if wide else "", BAD if weak else MUTED)
        if note and not wide:
            board.text(0, y + 29, note, 12, BAD if weak else MUTED)
            y += 16
        board.bar(0, y + 20, max(x(count), 2), 16, BAD if weak else ACCENT)
        board.text(x(count) + 8, y + 33, whole(count, lang), 12.5)
        y += 46
    return _tornado(board, run, names, y + 26, lang)


def _tornado(
    board: Board, run: Simulation, names: Mapping[str, tuple[str, str]], y: float, lang: str
) -> str:
    """The values that move the profit most: one at a time between its likely ends."""
    bars, profit = run.results["tornado"][:8], run.results["profit"]
    board.text(0, y, say("explore.funnel.moves_profit", lang), 13.5, bold=True)
    ends = [profit, *(bar[end] for bar in bars for end in ("low", "high"))]
    reach = max(ends) - min(ends) or 1
    x = Scale(min(ends) - reach * 0.03, max(ends) + reach * 0.03, 8, board.width - 8)
    start = y + 10
    for n, bar in enumerate(bars):
        name, unit = names[bar["parameter"]]
        at = start + 44 * n
        board.pair(at + 14, name, _span(bar, unit, lang), size=12.5)
        for end in ("low", "high"):
            colour = BAD if bar[end] < profit else GOOD
            board.bar(x(profit), at + 20, x(bar[end]) - x(profit), 16, colour, 0.85)
    bottom = start + 44 * len(bars)
    board.upright(x(profit), start + 18, bottom, INK, "")
    board.text(x(profit), bottom + 34, say("explore.funnel.as_given", lang,
               profit=_money(profit, lang)), 12.5, INK, "middle", bold=True)  # fmt: skip
    board.foot(x, bottom, lambda v: axis(v, lang))
    board.height = bottom + 42
    return board.svg()
