"""The growth dividend: how 20 copies might become 100 in five waves, and what if they do not."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from typing import Any

import numpy as np

from playbook.growth.base import (
    Generator,
    Numbers,
    Results,
    Values,
    crossing,
    divide,
    lively,
    quantiles,
)

WAVES = ("orders", "dug_up", "evening_readers", "arrivals", "brought")
#: The parameters that are somebody's doing; the others count people.
SHARES = ("buy", "copies", "ask", "dig", "evening", "evening_buy", "feedback", "newcomers")
_RUNS = 4000
#: How far each invented value may be wrong (standard deviation).
_DOUBT = 0.3


def waves(p: Mapping[str, Any], people: float, without: str | None = None) -> dict[str, Any]:
    """
    How many copies does each wave bring among so many people?

    A question, and a book shown on arrival, is met by everyone in the group up to `hearing`:
    these two waves grow with the square of the group, the others in a line.

    >>> from playbook.growth.base import Generator, values
    >>> sum(waves(values("dividend"), 100).values())
    100.0
    """
    hears = min(people, p["hearing"])
    found: dict[str, Any] = {"orders": people * p["buy"] * p["copies"]}
    found["dug_up"] = people * p["ask"] * hears * p["dig"]
    found["evening_readers"] = people * p["evening"] * p["evening_buy"]
    if without in found:
        found[without] = 0 * found[without]
    found["arrivals"] = sum(found.values()) * hears * p["feedback"]
    found["brought"] = people * p["newcomers"] * p["buy"] * p["copies"]
    if without in found:
        found[without] = 0 * found[without]
    return found


def copies(p: Mapping[str, Any], people: float, without: str | None = None) -> Any:
    """All five waves together."""
    return sum(waves(p, people, without).values())


def dividend(p: Values, rng: Generator) -> Results:
    """
    Under which values would a community take 100 copies where strangers take 20?

    The five waves of `004`, a supposition of its author; every value is invented and chosen
    so that the sum comes out, which proves nothing. Told beside it: the exponent that follows
    (copies ~ people^exponent; alone: 1), what each wave carries, and when it does not happen.

    >>> from playbook.growth.base import Generator, streams, values
    >>> run = dividend(values("dividend"), streams(7, 1)[0])
    >>> run["alone"], run["together"], run["waves"][0]["copies"]
    (20.0, 100.0, 30.0)
    """
    people = p["people"]
    alone = people * p["alone"]
    by_wave = waves(p, people)
    together = sum(by_wave.values())
    doubt = {name: p[name] * lively(rng, _DOUBT, _RUNS) for name in SHARES}
    sample: Numbers = np.asarray(copies({**p, **doubt}, people), dtype=float)

    def weaker(factor: float) -> bool:
        halved = {name: p[name] * factor for name in SHARES if name != "copies"}
        return bool(copies({**p, **halved}, people) < alone)

    return {
        "alone": alone,
        "together": together,
        "factor": divide(together, alone),
        "copies_a_person": together / people,
        "waves": [_wave(p, name, by_wave[name], together, alone) for name in WAVES],
        "largest_wave": max(WAVES, key=lambda name: together - copies(p, people, name)),
        "exponent": _exponent(p, people),
        "exponent_claimed": 2.0,
        "sizes": [
            {"people": n, "alone": n * p["alone"], "together": float(copies(p, n))}
            for n in (25, 50, 100, 150, 200, 400, 800)
        ],
        "between": quantiles(sample),
        "share_of_a_fivefold": float((sample >= 5 * alone).mean()),
        "share_no_more_than_alone": float((sample <= alone).mean()),
        "breaks_even_at": crossing(weaker, 0, 1),
        "no_dividend": bool(together <= alone),
    }


def _exponent(p: Values, people: float) -> float | None:
    """How often does the sum double when the people double once?"""
    one, two = copies(p, people), copies(p, 2 * people)
    return log2(two / one) if one > 0 else None


def _wave(p: Values, name: str, own: float, together: float, alone: float) -> Results:
    left = copies(p, p["people"], name)
    return {
        "id": name,
        "copies": own,
        "share": divide(own, together),
        "together_without": left,
        "lost_without": together - left,
        "still_more_than_alone": bool(left > alone),
    }
