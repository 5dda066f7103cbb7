"""Do several raters see the same community?"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from playbook.model import Answers, Checklist

#: Krippendorff's own customs: from .80 reliable, from .667 for tentative conclusions only.
RELIABLE = 0.80
TENTATIVE = 0.667


@dataclass(frozen=True)
class Item:
    """What the raters said of one criterion. `within_one`: share within one level of the median."""

    criterion: str
    levels: tuple[int, ...]
    median: float | None
    range: int | None
    within_one: float | None


@dataclass(frozen=True)
class Agreement:
    """Items, Krippendorff's α with its bootstrap interval, and what may be said of the group.

    `group` is `shown`, `tentative` or `withheld`; where α is undefined it is `undefined`.
    """

    items: tuple[Item, ...]
    alpha: float | None
    interval: tuple[float, float] | None
    group: str

    @property
    def talk_about(self) -> tuple[str, ...]:
        """The criteria to talk about: the raters lie two levels or more apart, widest first."""
        apart = [item for item in self.items if (item.range or 0) >= 2]
        apart.sort(key=lambda item: (-(item.range or 0), item.within_one or 0))
        return tuple(item.criterion for item in apart)


def agree(checklist: Checklist, raters: Sequence[Answers], resamples: int = 1000) -> Agreement:
    """
    How far do raters agree, item by item and over all?

    Medians always; α is ordinal Krippendorff over items, its 95 % interval from a bootstrap
    over items with a fixed seed. Below α .667 the single number of the group is withheld.
    """
    items = []
    for criterion in checklist.active:
        found = (answers.level(criterion.id) for answers in raters)
        levels = tuple(level for level in found if level is not None)
        if not levels:
            items.append(Item(criterion.id, (), None, None, None))
            continue
        middle = float(median(levels))
        near = sum(abs(level - middle) <= 1 for level in levels) / len(levels)
        items.append(Item(criterion.id, levels, middle, max(levels) - min(levels), near))
    return agreement_over(items, [item.levels for item in items], resamples)


def agreement_over(
    items: Sequence[Item], units: Sequence[Sequence[int]], resamples: int = 1000
) -> Agreement:
    """What may be said of a group whose ratings are `units`, one a thing rated?"""
    alpha = ordinal_alpha(units)
    return Agreement(tuple(items), alpha, bootstrap(units, resamples), _group(alpha))


def _group(alpha: float | None) -> str:
    if alpha is None:
        return "undefined"
    return "shown" if alpha >= RELIABLE else "tentative" if alpha >= TENTATIVE else "withheld"


def ordinal_alpha(units: Sequence[Sequence[int]]) -> float | None:
    """
    How much better than chance do raters agree on ordered values (Krippendorff's α)?

    `units` holds, for every thing rated, the values given by whoever rated it. None where
    undefined: nothing was rated twice, or one value was given everywhere. Source:
    Krippendorff, Computing Krippendorff's Alpha-Reliability (2011).

    >>> ordinal_alpha([[1, 1], [2, 2], [3, 3]])
    1.0
    """
    pairable = [unit for unit in units if len(unit) > 1]
    values = sorted({value for unit in pairable for value in unit})
    place = {value: i for i, value in enumerate(values)}
    return _alpha([_coincidences(unit, place) for unit in pairable], len(values))


def bootstrap(
    units: Sequence[Sequence[int]], resamples: int = 1000, seed: int = 0
) -> tuple[float, float] | None:
    """Between which bounds does α lie (95 %), were other items of this kind asked?

    >>> bootstrap([[1, 1], [2, 2], [3, 3]])
    (1.0, 1.0)
    """
    pairable = [unit for unit in units if len(unit) > 1]
    values = sorted({value for unit in pairable for value in unit})
    place = {value: i for i, value in enumerate(values)}
    tables = [_coincidences(unit, place) for unit in pairable]
    dice = random.Random(seed)  # repeatable, and no secret
    found = []
    for _ in range(resamples if len(tables) > 1 else 0):
        alpha = _alpha(dice.choices(tables, k=len(tables)), len(values))
        if alpha is not None:
            found.append(alpha)
    if not found:
        return None
    found.sort()
    return found[int(0.025 * (len(found) - 1))], found[int(0.975 * (len(found) - 1) + 0.5)]


def _coincidences(unit: Sequence[int], place: dict[int, int]) -> dict[tuple[int, int], float]:
    """How often each pair of values meets in one unit, each weighed by 1 / (raters - 1)."""
    pairs = Counter(
        (place[one], place[other])
        for i, one in enumerate(unit)
        for j, other in enumerate(unit)
        if i != j
    )
    return {pair: count / (len(unit) - 1) for pair, count in pairs.items()}


def _alpha(tables: Sequence[dict[tuple[int, int], float]], size: int) -> float | None:
    meet = [[0.0] * size for _ in range(size)]
    for table in tables:
        for (one, other), pairs in table.items():
            meet[one][other] += pairs
    marginal = [sum(row) for row in meet]
    n = sum(marginal)
    if n <= 1:
        return None
    observed = expected = 0.0
    for one in range(size):
        for other in range(one + 1, size):
            # Ordinal distance: how many ratings lie between two values, ends counted half.
            between = sum(marginal[one : other + 1]) - (marginal[one] + marginal[other]) / 2
            observed += meet[one][other] * between**2
            expected += marginal[one] * marginal[other] * between**2
    return None if expected == 0 else 1 - (n - 1) * observed / expected
