"""How complete is a community, dimension by dimension, and how sure is that?"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from playbook.model import (
    AIMS,
    Answers,
    Checklist,
    Contribution,
    DimensionScore,
    Interval,
)

HUNDRED = Fraction(100)


def choose_aim(checklist: Checklist, answers: Answers, aim: str | None = None) -> str:
    """
    Which milestone weighs the dimensions?

    The one given; else the community's own; else the smallest milestone above its member count
    (the last from 10,000 up, the first when the count is unknown). It never depends on the
    answers: else raising one could lower the total.

    >>> from playbook.load import load_answers
    >>> community = {"members": 100}
    >>> answers, checklist = load_answers(
    ...     {"format": "playbook-answers/1", "community": community, "answers": {}}
    ... )
    >>> choose_aim(checklist, answers)
    '1000'
    """
    if aim is not None or answers.community.aim is not None:
        return aim or answers.community.aim or AIMS[0]
    sizes = {m.id: m.size for m in checklist.milestones} or {name: int(name) for name in AIMS}
    members = members_counted(answers)
    if members is None:
        return AIMS[0]
    return next((name for name, size in sizes.items() if size > members), AIMS[-1])


def members_counted(answers: Answers) -> int | None:
    """How many members are there, where the count is one of members or fans at all?"""
    community = answers.community
    return community.members if community.members_kind in ("members", "fans") else None


def dimension_weights(checklist: Checklist, aim: str, scale: str) -> dict[str, Fraction]:
    """
    How much does each dimension count, in shares that add up to 1?

    Under a scale that leaves a dimension out (Copy under `stay-small` and `task`) it weighs
    nothing and the others are rescaled.

    >>> from playbook.load import load_checklist
    >>> [float(w) for w in dimension_weights(load_checklist(), "100", "grow").values()]
    [0.3, 0.25, 0.2, 0.15, 0.1]
    """
    table: Mapping[str, Fraction] = checklist.weights.get(aim, {})
    raw = {
        d.id: Fraction(0)
        if scale in d.optional_when or not checklist.of(d.id)
        else table.get(d.id, Fraction(1) if not table else Fraction(0))
        for d in checklist.dimensions
    }
    whole = sum(raw.values(), Fraction(0))
    return {name: weight / whole if whole else Fraction(0) for name, weight in raw.items()}


def levels_read(
    checklist: Checklist, answers: Answers, proven_only: bool = False
) -> dict[str, int | None]:
    """
    What is the level of each criterion that applies? None is unknown or absent.

    `proven_only` reads every answer below E2 as unknown, and one that was measured lower than it
    was claimed as measured.
    """
    levels: dict[str, int | None] = {}
    for criterion in checklist.active:
        if answers.is_na(criterion.id):
            continue
        answer = answers.given.get(criterion.id)
        if answer is None:
            levels[criterion.id] = None
        else:
            levels[criterion.id] = answer.shown if proven_only else answer.level
    return levels


def interval(checklist: Checklist, dimension: str, levels: Mapping[str, int | None]) -> Interval:
    """
    Between which bounds does a dimension lie, 0 to 100?

    Unknown and absent criteria count as nothing in `low`, are left out of `point` and count
    in full in `high`. `point` is None where nothing was answered.

    >>> from playbook.load import load_checklist
    >>> interval(load_checklist(), "copy", {"copy.model": 2, "copy.ability": None}).to_dict()
    {'low': 25.0, 'point': 50.0, 'high': 75.0}
    """
    return measured(checklist, dimension, levels)[0]


def measured(
    checklist: Checklist, dimension: str, levels: Mapping[str, int | None]
) -> tuple[Interval, Fraction]:
    """Between which bounds does a dimension lie, and what share of its weight was answered?"""
    whole = sure = scored = Fraction(0)
    for criterion in checklist.of(dimension):
        if criterion.id not in levels:
            continue
        level = levels[criterion.id]
        whole += criterion.weight
        if level is not None:
            sure += criterion.weight
            scored += criterion.weight * checklist.levels[level]
    if not whole:
        return Interval(Fraction(0), None, HUNDRED), Fraction(0)
    bounds = Interval(
        HUNDRED * scored / whole,
        HUNDRED * scored / sure if sure else None,
        HUNDRED * (scored + whole - sure) / whole,
    )
    return bounds, sure / whole


def score_dimension(
    checklist: Checklist, dimension: str, levels: Mapping[str, int | None], weight: Fraction
) -> DimensionScore:
    """How does one dimension score, and which criteria made it so?"""
    asked = [c for c in checklist.of(dimension) if c.id in levels]
    answered = [c for c in asked if levels[c.id] is not None]
    bounds, coverage = measured(checklist, dimension, levels)
    sure = sum((c.weight for c in answered), Fraction(0))
    contributions = []
    for criterion in answered:
        value = checklist.levels[levels[criterion.id] or 0]
        share = HUNDRED * criterion.weight / sure
        contributions.append(Contribution(criterion.id, share * value, share * (1 - value)))
    return DimensionScore(
        id=dimension,
        weight=weight,
        interval=bounds,
        coverage=coverage,
        answered=len(answered),
        asked=len(asked),
        contributions=tuple(contributions),
    )


def total(parts: tuple[DimensionScore, ...]) -> tuple[Interval, Fraction]:
    """
    What do the dimensions come to together, and what share of the weight was answered?

    A dimension without a point is left out of the point and the rest rescaled; `low` and
    `high` keep its weight (it counts as nothing and in full). One of which nothing applies
    leaves all of them. Below 30 % coverage there is no point.
    """
    counted = [p for p in parts if p.weight and p.asked]
    if not counted:
        return Interval(Fraction(0), None, HUNDRED), Fraction(0)
    low = high = coverage = pointed = share = Fraction(0)
    for part in counted:
        bounds, weight = part.interval, part.weight
        low += weight * bounds.low
        high += weight * bounds.high
        coverage += weight * part.coverage
        if bounds.point is not None:
            pointed += weight * bounds.point
            share += weight
    whole = applying(parts)
    if whole != 1:
        low, high, coverage = low / whole, high / whole, coverage / whole
    point = pointed / share if share and coverage >= Fraction(30, 100) else None
    return Interval(low, point, high), coverage


def applying(parts: tuple[DimensionScore, ...]) -> Fraction:
    """What do the dimensions weigh together of which anything applies? 1, but for odd cases."""
    return sum((p.weight for p in parts if p.asked), Fraction(0))
