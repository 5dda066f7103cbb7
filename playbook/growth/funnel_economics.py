"""Funnel economics: the three business stages in money, month by month, and what moves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook.growth.base import Generator, Numbers, Results, Values, divide, likely, quantiles

#: The steps a person takes, in order, and their stage; each is a rate that one can work on.
STEPS = {
    "join_rate": "gather",
    "free_retention": "gather",
    "active_share": "gather",
    "pay_rate": "monetise",
    "retention": "monetise",
    "value_rate": "add_value",
}
_DRAWS = 4000


def worth_a_month(p: Mapping[str, Any]) -> Any:
    """What does one paying member bring in a month, less what they cost?

    >>> worth_a_month({"fee": 30, "course_rate": 0.1, "course_price": 100, "product_rate": 0,
    ...     "product_price": 0, "product_margin": 0, "value_rate": 0, "value_fee": 0, "serve": 5})
    35.0
    """
    return p["fee"] + _courses(p) + _products(p) + p["value_rate"] * p["value_fee"] - p["serve"]


def _courses(p: Mapping[str, Any]) -> Any:
    return p["course_rate"] * p["course_price"]


def _products(p: Mapping[str, Any]) -> Any:
    return p["product_rate"] * p["product_price"] * p["product_margin"]


def lifetime_value(p: Mapping[str, Any]) -> Any:
    """
    What does a new paying member bring until they stop? A geometric life: worth ÷ (1 - stay).

    >>> lifetime_value({"fee": 30, "course_rate": 0, "course_price": 0, "product_rate": 0,
    ...     "product_price": 0, "product_margin": 0, "value_rate": 0, "value_fee": 0, "serve": 0,
    ...     "retention": 0.75})
    120.0
    """
    return worth_a_month(p) / (1 - p["retention"])


def ever_pays(p: Mapping[str, Any]) -> Any:
    """Which share of those who join pays one day, before they leave?

    >>> ever_pays({"active_share": 0.5, "pay_rate": 0.2, "free_retention": 0})
    0.1
    """
    each = p["active_share"] * p["pay_rate"]
    return each / (1 - p["free_retention"] * (1 - each))


def months_of(p: Mapping[str, Any]) -> list[Results]:
    """How do members, income and cost go, month by month?"""
    free, paying, total, told = 0.0, 0.0, 0.0, []
    for month in range(1, p["months"] + 1):
        joined = p["reached"] * p["join_rate"]
        free = free * p["free_retention"] + joined
        active = free * p["active_share"]
        begin = active * p["pay_rate"]
        free -= begin
        paying = paying * p["retention"] + begin
        buyers = active + paying
        stage_2 = paying * p["fee"] + buyers * (_courses(p) + _products(p))
        stage_2 += active * p["tip_rate"] * p["tip"]
        stage_3 = paying * p["value_rate"] * p["value_fee"]
        cost = p["fixed_cost"] + p["reached"] * p["reach_cost"] + paying * p["serve"]
        total += stage_2 + stage_3 - cost
        told.append(
            {
                "month": month,
                "joined": joined,
                "members": free + paying,
                "active": active,
                "paying": paying,
                "income_monetise": stage_2,
                "income_add_value": stage_3,
                "cost": cost,
                "profit": stage_2 + stage_3 - cost,
                "profit_so_far": total,
            }
        )
    return told


def _profit(p: Mapping[str, Any]) -> float:
    return float(months_of(p)[-1]["profit_so_far"])


def settles_at(p: Mapping[str, Any]) -> Results:
    """Where do free and paying members end up, if nothing changes? The closed form."""
    each = p["active_share"] * p["pay_rate"]
    joined = p["reached"] * p["join_rate"]
    before = joined / (1 - p["free_retention"] * (1 - each))
    return {"free": before * (1 - each), "paying": before * each / (1 - p["retention"])}


def funnel_economics(p: Values, rng: Generator) -> Results:
    """
    What does the funnel come to over the months, what is a member worth, and what moves it?

    Stages gather, monetise, add value (`002`); rates a month, money in yuan. Pay-what-you-want
    stands for active members who tip. The tornado moves one value at a time between its likely
    ends; the weakest step is the one whose good end would bring most.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = funnel_economics(values("funnel"), streams(7, 1)[0])
    >>> len(run["by_month"]), run["weakest_step"] in STEPS
    (24, True)
    """
    ends = likely("funnel", p)
    base = months_of(p)
    profit = base[-1]["profit_so_far"]
    tornado = sorted(
        (_bar(p, name, low, high) for name, (low, high) in ends.items()),
        key=lambda bar: -bar["swing"],
    )
    upside = {bar["parameter"]: max(bar["low"], bar["high"]) - profit for bar in tornado}
    steps = {name: gain for name, gain in upside.items() if name in STEPS and gain > 0}
    drawn: dict[str, Numbers] = {
        name: rng.triangular(low, min(high, max(low, p[name])), high, _DRAWS)
        for name, (low, high) in ends.items()
        if low < high
    }
    worth, rest = lifetime_value(p), settles_at(p)
    won = p["join_rate"] * ever_pays(p)
    cost = divide(p["reach_cost"], won)
    black = [row["month"] for row in base if row["profit_so_far"] >= 0]
    lasting = [row["month"] for row in base if row["profit_so_far"] < 0]
    since = (lasting[-1] + 1 if lasting else 1) if black else None
    worst, best = ({bar["parameter"]: bar[end] for bar in tornado} for end in ("worse", "better"))
    return {
        "by_month": base,
        "profit": profit,
        "lowest": min(0.0, *(row["profit_so_far"] for row in base)),
        "in_the_black_from": since if since is not None and since <= p["months"] else None,
        "settles_at": rest,
        "paying_share": divide(rest["paying"], rest["free"] + rest["paying"]),
        "lifetime_value": {"point": worth, **quantiles(lifetime_value({**p, **drawn}))},
        "months_a_payer_stays": 1 / (1 - p["retention"]),
        "ever_pays": ever_pays(p),
        "cost_of_a_payer": cost,
        "value_over_cost": None if cost is None else divide(worth, cost),
        "tornado": [{k: v for k, v in b.items() if k not in ("worse", "better")} for b in tornado],
        "moves_profit_most": tornado[0]["parameter"],
        "weakest_step": max(steps, key=lambda name: steps[name]) if steps else None,
        "weakest_stage": _weakest_stage(steps),
        "pay_what_you_want": _pay_what_you_want(p, base),
        "scenarios": [
            {"id": name, "profit": _profit(q), "lifetime_value": lifetime_value(q)}
            for name, q in (("low", {**p, **worst}), ("given", p), ("high", {**p, **best}))
        ],
    }


def _weakest_stage(steps: Mapping[str, float]) -> str | None:
    """Where would the good ends of all its steps bring most?"""
    gain: dict[str, float] = {}
    for name, more in steps.items():
        gain[STEPS[name]] = gain.get(STEPS[name], 0.0) + more
    return max(gain, key=lambda stage: gain[stage]) if gain else None


def _pay_what_you_want(p: Values, months: list[Results]) -> Results:
    """What do tips bring, and how many would have to tip to bring what the fee brings?"""
    tips = sum(month["active"] for month in months) * p["tip_rate"] * p["tip"]
    fees = sum(month["paying"] for month in months) * p["fee"]
    # Without a fee the payers are active members like the others.
    could = sum(month["active"] + month["paying"] for month in months) * p["tip"]
    needed = divide(fees + tips, could)
    never = needed is not None and needed > 1
    match = None if never else needed
    return {"tips": tips, "fees": fees, "rate_to_match_fees": match, "never": never}


def _bar(p: Values, name: str, low: float, high: float) -> Results:
    """Profit with one value at its lower and at its upper end, all others as they are."""
    at_low, at_high = _profit({**p, name: low}), _profit({**p, name: high})
    worse, better = (low, high) if at_low <= at_high else (high, low)
    return {
        "parameter": name,
        "from": low,
        "to": high,
        "low": at_low,
        "high": at_high,
        "swing": abs(at_high - at_low),
        "worse": worse,
        "better": better,
    }
