"""The funnel is two things that share no numbers.

The business *stage* of a community is diagnosed from yes/no answers. *Member economics* is a
model of ours: members → active → paying → value added, with ranges, never a bare number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playbook.errors import Fault, PlaybookError, nearest, quote
from playbook.load import content

Range = tuple[float, float, float]


@dataclass(frozen=True)
class Diagnosis:
    """The stage reached (None: not shown yet), if it earns, and what stands before the next."""

    stage: int | None
    earning: bool | None
    next: int | None
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "earning": self.earning,
            "next": self.next,
            "missing": list(self.missing),
        }


def diagnose(answers: Mapping[str, bool | None]) -> Diagnosis:
    """
    Which business stage has a community reached?

    The highest stage all of whose questions, and all of those below, are answered yes; None is
    "We don't know" and never a yes. The question on earning decides nothing else. An unknown id
    raises PlaybookError. Source: `002` for the stages; the questions are ours.

    >>> diagnose({}).stage is None
    True
    """
    questions = content("funnel")["question"]
    known = {q["id"] for q in questions}
    wrong = [name for name in answers if name not in known]
    if wrong:
        raise PlaybookError(
            [Fault("funnel", "no_criterion", {"given": quote(n)}, nearest(n, known)) for n in wrong]
        )
    reached: int | None = None
    for stage in sorted({q["stage"] for q in questions}):
        asked = [q["id"] for q in questions if q["stage"] == stage and not q["earning"]]
        missing = tuple(name for name in asked if answers.get(name) is not True)
        if missing:
            break
        reached = stage
    else:
        stage, missing = None, ()
    earns = next((q["id"] for q in questions if q["earning"]), None)
    return Diagnosis(reached, answers.get(earns) if earns else None, stage, missing)


@dataclass(frozen=True)
class EconomicStep:
    """One step of member economics; `count` and `revenue` are (low, point, high)."""

    id: str
    rate: Range | None
    price: Range | None
    count: Range
    revenue: Range | None


@dataclass(frozen=True)
class Economics:
    """Member economics with its range, and the weakest step."""

    steps: tuple[EconomicStep, ...]
    revenue: Range
    weakest: str | None
    currency: str

    def to_dict(self) -> dict[str, Any]:
        def spread(values: Range | None) -> dict[str, float] | None:
            return (
                None if values is None else dict(zip(("low", "point", "high"), values, strict=True))
            )

        return {
            "currency": self.currency,
            "steps": [
                {
                    "id": s.id,
                    "rate": spread(s.rate),
                    "price": spread(s.price),
                    "count": spread(s.count),
                    "revenue": spread(s.revenue),
                }
                for s in self.steps
            ],
            "revenue": spread(self.revenue),
            "weakest": self.weakest,
        }


def economics(
    members: int | None = None,
    rates: Mapping[str, float | Range] | None = None,
    prices: Mapping[str, float | Range] | None = None,
) -> Economics:
    """
    What do members come to, step by step, in people and money a year? A model of ours.

    `members` ≥ 0. `rates` by step, 0 to 1, each of the step before; `prices` by step, ≥ 0 a year.
    A single number stands for itself; a range is (low, point, high). What is not given comes
    from content, where it is labelled as invented or weakly sourced. `weakest` is the step that
    loses the largest share of the people who reach it.

    >>> economics(1000, {"active": 0.2, "paying": 0.5, "value_added": 0}).steps[2].count
    (100.0, 100.0, 100.0)
    """
    model = content("funnel")["economics"]
    faults: list[Fault] = []
    names = [step["id"] for step in model["step"]]
    own_rates, own_prices = dict(rates or {}), dict(prices or {})
    faults += [
        Fault("funnel", "no_criterion", {"given": quote(name)}, nearest(name, names))
        for name in (*own_rates, *own_prices)
        if name not in names
    ]
    if members is not None and not 0 <= members <= 10**10:
        faults.append(
            Fault("members", "range", {"given": quote(members), "low": 0, "high": 10**10})
        )
    steps: list[EconomicStep] = []
    for step in model["step"]:
        name = step["id"]
        rate = _range(own_rates.get(name, step.get("rate")), f"{name}: rate", 1, faults)
        price = _range(own_prices.get(name, step.get("price")), f"{name}: price", 1e9, faults)
        if "count" in step:
            n = float(step["count"]["default"] if members is None else members)
            count: Range = (n, n, n)
        else:
            before = steps[-1].count
            share = rate or (0.0, 0.0, 0.0)
            count = (before[0] * share[0], before[1] * share[1], before[2] * share[2])
        revenue = None
        if price is not None:
            revenue = (count[0] * price[0], count[1] * price[1], count[2] * price[2])
        steps.append(EconomicStep(name, rate, price, count, revenue))
    if faults:
        raise PlaybookError(faults)
    earned = [step.revenue for step in steps if step.revenue is not None]
    whole = (sum(r[0] for r in earned), sum(r[1] for r in earned), sum(r[2] for r in earned))
    rated = [step for step in steps if step.rate is not None and 0 < step.rate[1] < 1]
    weakest = min(rated, key=lambda s: s.rate[1]).id if rated else None  # type: ignore[index]
    return Economics(tuple(steps), whole, weakest, model.get("currency", "CNY"))


def _range(given: Any, where: str, top: float, faults: list[Fault]) -> Range | None:
    if given is None:
        return None
    if isinstance(given, Mapping):
        values = [given["low"], given["point"], given["high"]]
    elif isinstance(given, (list, tuple)):
        values = list(given)
    else:
        values = [given] * 3
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
    if len(values) != 3 or not numbers or not 0 <= values[0] <= values[1] <= values[2] <= top:
        faults.append(Fault(where, "range", {"given": quote(str(given)), "low": 0, "high": top}))
        return (0.0, 0.0, 0.0)
    return (float(values[0]), float(values[1]), float(values[2]))
