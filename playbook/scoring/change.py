"""What moved between two assessments of one community, and why?"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from playbook.model import Answer
from playbook.scoring.assess import Score


@dataclass(frozen=True)
class Change:
    """How far the total's ends moved, and which answers moved them (id, before, after)."""

    low: Fraction
    high: Fraction
    answers: tuple[tuple[str, Answer | None, Answer | None], ...]
    aim: str | None

    @property
    def moved(self) -> bool:
        """Did the total move at all?"""
        return bool(self.low or self.high)


def changed(before: Score, after: Score) -> Change:
    """
    What moved from one assessment to the next?

    Differences of the total's `low` and `high`, in points of 100; the criteria whose level,
    unknown or not-applicable changed, in the checklist's order; the new aim if it is another.

    >>> from playbook.library import score
    >>> one = score({"format": "playbook-answers/1", "answers": {}})
    >>> changed(one, one).moved
    False
    """
    moved = []
    for criterion in after.checklist.active:
        old = before.answers.given.get(criterion.id)
        new = after.answers.given.get(criterion.id)
        if _state(old) != _state(new):
            moved.append((criterion.id, old, new))
    return Change(
        low=after.total.low - before.total.low,
        high=after.total.high - before.total.high,
        answers=tuple(moved),
        aim=after.aim if after.aim != before.aim else None,
    )


def _state(answer: Answer | None) -> object:
    return None if answer is None else (answer.level, answer.unknown, answer.na)
