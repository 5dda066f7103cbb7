"""Would another choice of weights have told another story?

Every weight, of a dimension or a criterion, is tried alone at × 0.8 and × 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from playbook.model import Checklist, DimensionScore
from playbook.scoring.checklist import dimension_weights, measured

FACTORS = (Fraction(8, 10), Fraction(12, 10))


@dataclass(frozen=True)
class Variation:
    """One weight changed. `dimension` is where a criterion's weight moved; else None."""

    weight: str
    factor: Fraction
    checklist: Checklist
    dimension: str | None = None


def variations(checklist: Checklist, aim: str) -> Iterator[Variation]:
    """Which checklists come of changing one weight?

    >>> from playbook.load import load_checklist
    >>> len(list(variations(load_checklist(), "100")))  # (5 dimensions + 28 criteria) × 2
    66
    """
    table: Mapping[str, Fraction] = checklist.weights.get(aim, {})
    base = table or {d.id: Fraction(1) for d in checklist.dimensions}
    for factor in FACTORS:
        for dimension in checklist.dimensions:
            changed = {**base, dimension.id: base.get(dimension.id, Fraction(0)) * factor}
            varied = replace(checklist, weights={**checklist.weights, aim: changed})
            yield Variation(dimension.id, factor, varied)
        for place, criterion in enumerate(checklist.criteria):
            if criterion.retired is None:
                heavier = replace(criterion, weight=criterion.weight * factor)
                criteria = (*checklist.criteria[:place], heavier, *checklist.criteria[place + 1 :])
                varied = replace(checklist, criteria=criteria)
                yield Variation(criterion.id, factor, varied, criterion.dimension)


def rescored(
    variation: Variation,
    parts: tuple[DimensionScore, ...],
    levels: Mapping[str, int | None],
    aim: str,
    scale: str,
) -> tuple[DimensionScore, ...]:
    """
    What are the dimensions' weights, bounds and coverage under a variation?

    `parts` are their scores before it: only what the changed weight touches is worked out
    anew. Where that is the inside of a dimension, its contributions are left out.
    """
    varied = variation.checklist
    if variation.dimension is None:
        weights = dimension_weights(varied, aim, scale)
        return tuple(replace(part, weight=weights[part.id]) for part in parts)
    bounds, coverage = measured(varied, variation.dimension, levels)
    return tuple(
        replace(part, interval=bounds, coverage=coverage, contributions=())
        if part.id == variation.dimension
        else part
        for part in parts
    )
