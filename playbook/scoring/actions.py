"""What should be done next, and why that?"""

from __future__ import annotations

from fractions import Fraction

from playbook.model import Action, Answers, Checklist, DimensionScore, Standing
from playbook.scoring.checklist import HUNDRED, applying, levels_read
from playbook.scoring.decide import Decision


def next_actions(
    checklist: Checklist,
    answers: Answers,
    parts: tuple[DimensionScore, ...],
    where: Standing,
    decision: Decision | None = None,
) -> tuple[Action, ...]:
    """
    Which actions, most useful first?

    What blocks the next milestone comes first, each after what it depends on; then what a
    diagnosis decided to work on; then gain × usefulness ÷ mean effort. Gain is how much the
    total's `low` rises when the criterion goes one level up (an unknown or absent one: to
    level 1). What would gain nothing is not told.

    >>> from playbook.library import score
    >>> nothing = {"format": "playbook-answers/1", "answers": {}}
    >>> score(nothing).actions[0].blocks  # the milestone it stands before
    '100'
    """
    levels = levels_read(checklist, answers)
    weights = applying(parts) or 1
    weight = {part.id: part.weight / weights for part in parts}
    decided = decided_on(checklist, decision)
    blocking = {step.criterion for step in where.unlock if step.criterion}
    whole = {part.id: Fraction(0) for part in parts}
    for criterion_id in levels:
        criterion = checklist.by_id[criterion_id]
        whole[criterion.dimension] += criterion.weight
    found = []
    for criterion in checklist.active:
        blocks = where.next if criterion.id in blocking else None
        if criterion.id not in levels and blocks is None:
            continue
        level = levels.get(criterion.id)
        if level is not None and level + 1 >= len(checklist.levels):
            continue
        to = 1 if level is None else level + 1
        # What was called not applicable has left the sum: it unlocks, but adds no points.
        share = criterion.weight / whole[criterion.dimension] if criterion.id in levels else 0
        rise = checklist.levels[to] - (checklist.levels[level] if level is not None else 0)
        gain = HUNDRED * weight[criterion.dimension] * share * rise
        if gain or blocks:
            why = criterion.id in decided
            found.append(Action(criterion.id, gain, criterion.effort, blocks, level, to, why))

    def order(action: Action) -> tuple[int, Fraction, int]:
        rank = checklist.rank[action.criterion]
        if action.blocks:
            return (0, Fraction(rank), rank)
        usefulness = checklist.by_id[action.criterion].usefulness
        return (1 if action.decided else 2, -action.gain * usefulness / action.effort.mean, rank)

    return tuple(sorted(found, key=order))


def decided_on(checklist: Checklist, decision: Decision | None) -> set[str]:
    """Which criteria did a decision turn on because they are low?"""
    if decision is None or decision.outcome is None:
        return set()
    low = [c for c in (*decision.outcome.every, *decision.outcome.some) if "at_most" in c]
    named = {c["criterion"] for c in low if "criterion" in c}
    dimensions = {c["dimension"] for c in low if "dimension" in c}
    return named | {c.id for c in checklist.active if c.dimension in dimensions}
