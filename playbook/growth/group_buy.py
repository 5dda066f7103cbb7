"""Group buying: teams that must fill in time, and what a customer won that way costs."""

from __future__ import annotations

from playbook.growth.base import (
    POINTS,
    Generator,
    Results,
    Values,
    divide,
    lively,
    quantiles,
    share_between,
)

#: How many openings are tried.
TEAMS = 20_000
#: Below this spread all openers count as alike.
_ALIKE = 1e-3


def fills(expected: float, joiners: int, spread: float = 0.0) -> float:
    """
    How likely do at least `joiners` come, if `expected` come on average, one by one?

    Openers all alike: the Erlang distribution; with one joiner 1 - e^-x, with two
    1 - e^-x (1 + x). Openers who differ by `spread` (a gamma distribution): its mixture, the
    negative binomial.

    >>> round(fills(2.0, 1), 4), round(fills(2.0, 2), 4), round(fills(2.0, 1, spread=1), 4)
    (0.8647, 0.594, 0.6667)
    """
    from scipy.special import betainc, gammainc

    if spread < _ALIKE:
        return float(gammainc(joiners, expected))
    alike = spread**-2
    return float(betainc(joiners, alike, expected / (expected + alike)))


def waits(rate: float, hours: float, joiners: int, spread: float = 0.0) -> Results:
    """
    Within how many hours do 10, 25, 50, 75 and 90 % of those fill that fill in time?

    The same distributions, read backwards; None where none fills.

    >>> round(waits(1, 1e6, 1)["p50"], 4)  # the half-life of a wait: ln 2
    0.6931
    """
    from scipy.special import betaincinv, gammaincinv

    share = fills(rate * hours, joiners, spread)
    told: Results = {}
    for point in POINTS:
        if not share:
            told[f"p{point}"] = None
        elif spread < _ALIKE:
            told[f"p{point}"] = float(gammaincinv(joiners, share * point / 100) / rate)
        else:
            y = float(betaincinv(joiners, spread**-2, share * point / 100))
            told[f"p{point}"] = min(hours, spread**-2 * y / (1 - y) / rate) if y < 1 else hours
    return told


def group_buy(p: Values, rng: Generator) -> Results:
    """
    How many teams fill in time, and what does a customer who stays cost beside advertising?

    The opener reaches `contacts_per_hour`, a share `willingness` of whom join; `spread` lets
    openers differ. All buyers of a filled team get the discount; a team that does not fill
    costs `opening_cost` only. Formula and simulation stand side by side. Rules: `000`.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = group_buy(values("group-buy", team=2), streams(7, 1)[0])
    >>> round(run["success"]["closed_form"], 3)
    0.909
    """
    joiners, hours = p["team"] - 1, p["hours"]
    rate = p["contacts_per_hour"] * p["willingness"]
    rates = rate * lively(rng, p["spread"], TEAMS)
    needed = rng.gamma(joiners, size=TEAMS)
    filled = needed <= rates * hours
    times = needed[filled] / rates[filled]
    share = share_between(int(filled.sum()), TEAMS)
    closed = fills(rate * hours, joiners, p["spread"])
    return {
        "teams": TEAMS,
        "expected_joiners": rate * hours,
        "success": {
            "closed_form": closed,
            "simulated": share["point"],
            "low": share["low"],
            "high": share["high"],
        },
        "hours_to_fill": quantiles(times),
        "hours_to_fill_formula": waits(rate, hours, joiners, p["spread"]),
        "by_team": [
            {"team": n, "success": fills(rate * hours, n - 1, p["spread"])} for n in range(2, 11)
        ],
        "money": _money(p, closed),
    }


def _money(p: Values, success: float) -> Results:
    """What a filled team costs and brings. `success` is a share."""
    sales = p["team"] * p["price"]
    new = (p["team"] - 1) * p["new_share"]
    opening = divide(p["opening_cost"], success)  # all openings are paid by those that fill
    kept = p["retention"]
    advert = divide(p["advert_cost"], p["advert_retention"])
    cost = None if opening is None else sales * p["discount"] + opening
    per_new = None if cost is None else divide(cost, new)
    per_kept = None if per_new is None else divide(per_new, kept)
    even = None
    if advert is not None and opening is not None:
        even = (advert * kept * new - opening) / sales
    profit = None if cost is None else sales * p["margin"] - cost
    own = None if opening is None else p["margin"] - opening / sales
    return {
        "new_customers_per_team": new,
        "cost_per_new": per_new,
        "cost_per_retained": per_kept,
        "advert_per_retained": advert,
        "cheaper_than_adverts": None if None in (per_kept, advert) else per_kept < advert,  # type: ignore[operator]
        "advert_as_discount": p["advert_cost"] * new / sales,
        "break_even_discount": even if even is not None and 0 < even < 1 else None,
        "any_discount_is_cheaper": None if even is None else even >= 1,
        "largest_discount_without_loss": own if own is not None and own > 0 else None,
        "profit_per_team": profit,
        "loses_on_each_team": None if profit is None else profit < 0,
    }
