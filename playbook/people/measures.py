"""Measures of the dashboard that are worked out under their own name.

Each takes the board and gives value, unit and n, or `why` there is none: what a source does not
show is unknown, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

import ibis

from playbook.people import spread as spread_of
from playbook.people.weeks import difference, kinds_of

if TYPE_CHECKING:
    from playbook.people.health import Board


def _members(board: Board) -> dict[str, Any]:
    n = board.everyone
    return {"value": n, "unit": "people", "n": n}


def _member_trend(board: Board) -> dict[str, Any]:
    trend = board.trend(board.weekly("active_weekly"))
    if trend is None:
        return {"why": board.missing(kinds_of("part"))}
    return {"value": trend["change"], "unit": "people", "n": sum(trend["n"]), "why": "no_levels"}


def _lurkers(board: Board) -> dict[str, Any]:
    """Of the members known, how many never took part? Only where joining or reading is shown."""
    part = kinds_of("part")
    if not board.log.kinds & {"join", "read"} or not board.log.kinds & set(part):
        return {"why": "no_kind"}
    events, everyone = board.log.events, board.everyone
    took = events.filter(events.kind.isin(part)).aggregate(n=ibis._.member.nunique())
    share = 1 - int(took.to_pandas()["n"].iloc[0]) / everyone
    return {"value": share, "unit": "share", "n": everyone}


def _held(board: Board) -> dict[str, Any]:
    """How many different occasions people signed up for or came to, in the last four weeks."""
    kinds = ["signup", *kinds_of("come")]
    if not board.log.kinds & set(kinds) or board.drawn is None:
        return {"why": board.missing(kinds)}
    found = board.recent(board.trend_weeks).within(board.log.timed_events)
    named = found.filter(found.kind.isin(kinds), found.object.notnull())
    n = int(named.aggregate(n=named.object.nunique()).to_pandas()["n"].iloc[0])
    return {"value": n, "unit": "times", "n": board.trend_weeks}


def _show_up(board: Board) -> dict[str, Any]:
    """Of those who signed up for something in the last eight weeks, how many came to it?"""
    if "signup" not in board.log.kinds or not board.log.kinds & set(kinds_of("come")):
        return {"why": "no_kind"}
    events = board.log.events
    recent = board.recent(2 * board.trend_weeks).within(board.log.timed_events)
    asked = recent.filter(recent.kind == "signup", recent.object.notnull())
    asked = asked.select("member", "object").distinct()
    came = events.filter(events.kind.isin(kinds_of("come"))).select("member", "object").distinct()
    signed = int(asked.count().to_pandas())
    if not signed:
        return {"why": "too_few"}
    both = int(asked.semi_join(came, ["member", "object"]).count().to_pandas())
    return {"value": both / signed, "unit": "share", "n": signed}


def _reply_share(board: Board) -> dict[str, Any]:
    if "reply" not in board.log.kinds:
        return {"why": "no_kind"}
    replies, talk = board.weekly("replies_weekly"), board.weekly("messages_weekly")
    if replies is None or talk is None:
        return {"why": board.missing(kinds_of("talk"))}
    weeks = board.trend_weeks
    said = sum(talk[-weeks:])
    if not said:
        return {"why": "too_few"}
    return {"value": sum(replies[-weeks:]) / said, "unit": "share", "n": said}


def _revenue(board: Board) -> dict[str, Any]:
    """What was paid less what was given back in the last four weeks, where one currency is used."""
    if "pay" not in board.log.kinds:
        return {"why": "no_kind"}
    money = board.log.timed_events.filter(ibis._.kind.isin(["pay", "refund"]))
    weeks = 2 * board.trend_weeks
    recent = board.recent(weeks)
    money = recent.within(money.filter(money.amount.notnull(), money.currency.notnull()))
    signed = ibis.ifelse(money.kind == "pay", money.amount, -money.amount)
    money = money.mutate(week=recent.week_of(money.day), signed=signed)
    found = money.group_by(["currency", "week"]).aggregate(
        amount=money.signed.sum(), n=money.count()
    )
    rows = found.to_pandas()
    currencies = sorted(set(rows["currency"]))
    if len(currencies) != 1:
        return {"why": "currencies" if currencies else "too_few"}
    by_week = dict(zip(rows["week"].astype(int), rows["amount"].astype(float), strict=True))
    series = [by_week.get(week, 0.0) for week in range(weeks)]
    half = board.trend_weeks
    return {
        "value": sum(series[half:]),
        "unit": currencies[0],
        "n": int(rows.loc[rows["week"] >= half, "n"].sum()),
        "trend": difference(series[:half], series[half:], counts=False).to_dict(),
    }


def _conversion(board: Board) -> dict[str, Any]:
    """Of all members seen so far, how many have ever paid?"""
    if "pay" not in board.log.kinds:
        return {"why": "no_kind"}
    events, everyone = board.log.events, board.everyone
    paid = events.filter(events.kind == "pay").aggregate(n=ibis._.member.nunique())
    return {
        "value": int(paid.to_pandas()["n"].iloc[0]) / everyone,
        "unit": "share",
        "n": everyone,
    }


def _layers(board: Board) -> dict[str, Any]:
    """How far from 5, 20 and 75 of 100: half the sum of the differences; 0 is a perfect fit."""
    found = board.spread.get("potential")
    if found is None or not found["members"]:
        return {"why": "too_few" if found else "not_asked"}
    layers = [found[name] for name in ("big", "middle", "ordinary")]
    apart = sum(abs(layer["share"] - layer["claim"]) for layer in layers) / 2
    return {"value": apart, "unit": "share", "n": found["members"]}


def _newcomer_answered(board: Board) -> dict[str, Any]:
    found = board.spread.get("newcomers") or spread_of.newcomers(board.log)
    if found["in_time"] is None:
        return {"why": "too_few" if "reply" in board.log.kinds else "no_kind"}
    return {"value": found["in_time"], "unit": "share", "n": found["members"]}


def _reciprocity(board: Board) -> dict[str, Any]:
    found = board.spread.get("reciprocity") or spread_of.reciprocity(board.log)
    if found["share"] is None:
        return {"why": "no_kind"}
    return {"value": found["share"], "unit": "share", "n": found["pairs"]}


def _top_20(board: Board) -> dict[str, Any]:
    """Which share of all that was posted is that of the busiest fifth of those who posted?"""
    counts = board.posts
    if not counts:
        return {"why": "no_kind"}
    fifth = ceil(len(counts) / 5)
    return {"value": sum(counts[-fifth:]) / sum(counts), "unit": "share", "n": len(counts)}


def _gini(board: Board) -> dict[str, Any]:
    """How unequally is posting spread over those who posted: 0 evenly, near 1 all by one?"""
    counts = board.posts
    if not counts:
        return {"why": "no_kind"}
    n, whole = len(counts), sum(counts)
    ranked = sum(place * count for place, count in enumerate(counts, 1))
    return {"value": 2 * ranked / (n * whole) - (n + 1) / n, "unit": "index", "n": n}


OWN: Mapping[str, Callable[[Board], dict[str, Any]]] = {
    "member_trend": _member_trend,
    "members": _members,
    "lurkers": _lurkers,
    "layers": _layers,
    "held": _held,
    "show_up": _show_up,
    "reply_share": _reply_share,
    "newcomer_answered": _newcomer_answered,
    "reciprocity": _reciprocity,
    "top_20": _top_20,
    "gini": _gini,
    "revenue": _revenue,
    "conversion": _conversion,
}
