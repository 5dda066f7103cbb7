"""The franchise: Fandeng's terms as cash and risk of three parties, beside two other ways."""

from __future__ import annotations

from math import ceil

import numpy as np

from playbook.errors import refuse
from playbook.growth.base import (
    Generator,
    Numbers,
    Results,
    Values,
    divide,
    late_quantiles,
    lively,
    quantile_rows,
    quantiles,
)

RUNS = 1000


def franchise(p: Values, rng: Generator) -> Results:
    """
    What do stakeholder, regional branch and head office earn and risk, and from when on?

    A stakeholder pays `stake` for the share `share_first` of a region and `cards` member
    cards, and gets `share_more` once they are sold (`000`). Assumed by us, where the article is
    silent: the stake is shared between branch and head office as member fees are; the
    holder keeps what the cards bring; holders have their share of the branch's monthly profit.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = franchise(values("franchise"), streams(7, 1)[0])
    >>> run["implied_region_value"], run["cards_to_break_even"]
    (3000000.0, 83)
    """
    whole = p["share_first"] + p["share_more"]
    if p["holders"] * whole > 1 + 1e-9:
        raise refuse("simulate franchise: holders", "shares_over", given=p["holders"], share=whole)
    months = p["months"]
    sales = rng.poisson(
        p["region_sales"] * lively(rng, p["spread"], RUNS)[:, None], size=(RUNS, months)
    )
    income = sales * float(p["card_price"])
    kept = p["branch_share"]
    profit = income * kept - p["branch_cost"]
    stakes = p["holders"] * p["stake"]
    holder, sold_out, dividends, by_holder = _holder(p, profit, rng)
    branch = profit.cumsum(axis=1) - p["holders"] * dividends + stakes * kept
    head = (income * (1 - kept) - p["head_cost"]).cumsum(axis=1) + stakes * (1 - kept)
    own = (income - p["branch_cost"] - p["head_cost"]).cumsum(axis=1)
    club_sales = rng.binomial(sales, p["club_sales"]) * float(p["card_price"])
    club = (club_sales - p["club_cost"] - p["head_cost"]).cumsum(axis=1)
    by_franchise = _cash(head, stakes * (1 - kept))
    needed = divide(p["stake"], p["card_price"])
    return {
        "runs": RUNS,
        "months": months,
        "implied_region_value": divide(p["stake"], p["share_first"]),
        "card_value": p["cards"] * float(p["card_price"]),
        "cards_to_break_even": None if needed is None else ceil(needed - 1e-9),
        "cards_cover_the_stake": bool(needed is not None and needed <= p["cards"]),
        "sold_to_holders": p["holders"] * whole,
        "members_of_the_region": quantiles(sales.sum(axis=1) + p["holders"] * by_holder),
        "months_to_sell_cards": late_quantiles(sold_out),
        "parties": {
            "holder": _cash(holder, -float(p["stake"])),
            "branch": _cash(branch, stakes * kept),
            "head": by_franchise,
        },
        "branch_sales_to_break_even": _sales_needed(p["branch_cost"], p["card_price"] * kept),
        "head_sales_to_break_even": _sales_needed(p["head_cost"], p["card_price"] * (1 - kept)),
        "ways": {
            "franchise": by_franchise,
            "own_branch": _cash(own, 0.0),
            "club": _cash(club, 0.0),
        },
    }


def _sales_needed(cost: float, each: float) -> int | None:
    found = divide(cost, each)
    return None if found is None else ceil(found - 1e-9)


def _holder(
    p: Values, profit: Numbers, rng: Generator
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """One stakeholder's cash; the month the cards are sold in; dividends so far; cards sold."""
    sold = rng.poisson(p["card_sales"], size=profit.shape).cumsum(axis=1)
    sold = np.minimum(sold, p["cards"])
    done = sold >= p["cards"]
    month = np.where(done.any(axis=1), done.argmax(axis=1) + 1.0, np.inf)
    share = p["share_first"] + p["share_more"] * done
    dividends = (np.maximum(0, profit) * share).cumsum(axis=1)
    cash = sold * float(p["card_price"]) + dividends - p["stake"]
    return cash, month, dividends, sold[:, -1]


def _cash(cash: Numbers, start: float) -> Results:
    """Where a party stands in the end, at its lowest, and from which month on it stays above 0."""
    below = cash < 0
    last = cash.shape[1] - below[:, ::-1].argmax(axis=1)  # the last month below 0
    month = np.where(below.any(axis=1), last + 1.0, 1.0)
    month = np.where(below[:, -1], np.inf, month)
    lowest = np.minimum(cash.min(axis=1), min(0.0, start))
    return {
        "start": start,
        "end": quantiles(cash[:, -1]),
        "lowest": quantiles(lowest),
        "loss_share": float(below[:, -1].mean()),
        "in_the_black_from": late_quantiles(month),
        "by_month": [
            {"month": n, **row} for n, row in enumerate(quantile_rows(cash, (10, 50, 90)), 1)
        ],
    }
