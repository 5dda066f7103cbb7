"""Would another choice of weights have told another story?

Every weight, of a dimension or a criterion, is tried alone at × 0.8 and × 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from playbook.model import Checklist

FACTORS = (Fraction(8, 10), Fraction(12, 10))


def variations(checklist: Checklist, aim: str) -> Iterator[tuple[str, Fraction, Checklist]]:
    """Each checklist with one weight changed: (id of the weight, factor, checklist)."""
    table: Mapping[str, Fraction] = checklist.weights.get(aim, {})
    for factor in FACTORS:
        for dimension in checklist.dimensions:
            base = table or {d.id: Fraction(1) for d in checklist.dimensions}
            changed = {**base, dimension.id: base.get(dimension.id, Fraction(0)) * factor}
            yield (
                dimension.id,
                factor,
                replace(checklist, weights={**checklist.weights, aim: changed}),
            )
        for place, criterion in enumerate(checklist.criteria):
            if criterion.retired is None:
                heavier = replace(criterion, weight=criterion.weight * factor)
                criteria = (*checklist.criteria[:place], heavier, *checklist.criteria[place + 1 :])
                yield criterion.id, factor, replace(checklist, criteria=criteria)
