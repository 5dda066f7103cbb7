"""Is an exercise answered well, and what is to be learnt from the answer?

Every option says why it is right or wrong; partial credit is given; a question without a right
answer gives no credit at all (None), only something to talk about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from playbook.errors import nearest, quote, refuse
from playbook.model import Exercise, Option


@dataclass(frozen=True)
class Grade:
    """`credit` 0 to 1, None where nothing is right or wrong; `feedback` explains."""

    credit: float | None
    feedback: tuple[str, ...]

    @property
    def right(self) -> bool | None:
        """Was all of it right? None where there is no right answer."""
        return None if self.credit is None else self.credit >= 1


def grade(exercise: Exercise, answer: Any, lang: str | None = None) -> Grade:
    """
    How good is an answer, and why?

    `answer`: an option's id (`one`, `predict`), a list of ids (`many`, and `order`: first to
    last), a number, or a text (`discuss`). Credit for `many`: right ones chosen less wrong ones
    chosen, of all right ones, never below 0; for `order`: the share of pairs in the right order;
    for a number: 1 within `within` of the value (relative), half within twice that. An answer of
    another shape or an unknown option raises PlaybookError.
    """
    by_id = {option.id: option for option in exercise.options}
    explain = exercise.say("explain", lang)
    last = (explain,) if explain else ()
    if exercise.kind == "discuss":
        return Grade(None, last)
    if exercise.kind == "number":
        return _grade_number(exercise, answer, lang)
    chosen = _chosen(exercise, answer, by_id)
    told = tuple(by_id[name].say("feedback", lang) for name in chosen)
    told = tuple(line for line in told if line)
    if exercise.kind == "predict":
        return Grade(None, (*told, *last))
    if exercise.kind == "one":
        return Grade(by_id[chosen[0]].credit, (*told, *last))
    if exercise.kind == "many":
        wanted = sum(option.credit for option in exercise.options)
        gained = sum(by_id[n].credit or -1.0 for n in chosen)
        return Grade(max(0.0, gained / wanted) if wanted else 0.0, (*told, *last))
    right = [option.id for option in exercise.options]
    pairs = list(combinations(right, 2))
    kept = sum(chosen.index(one) < chosen.index(other) for one, other in pairs)
    credit = kept / len(pairs)
    return Grade(credit, last if credit == 1 else (*_misplaced(exercise, chosen, lang), *last))


def _misplaced(exercise: Exercise, chosen: Sequence[str], lang: str | None) -> tuple[str, ...]:
    """What the first option that stands in a wrong place has to say."""
    for option, given in zip(exercise.options, chosen, strict=True):
        if option.id != given:
            return (option.say("feedback", lang),)
    return ()


def _grade_number(exercise: Exercise, answer: Any, lang: str | None) -> Grade:
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        raise refuse(exercise.id, "type", given=quote(answer), kinds="number")
    value = exercise.value or 0.0
    off = abs(answer - value)
    room = abs(value) * exercise.within
    credit = 1.0 if off <= room else 0.5 if off <= 2 * room else 0.0
    key = "right" if credit == 1 else "high" if answer > value else "low"
    told = exercise.say(key, lang)
    explain = exercise.say("explain", lang)
    return Grade(credit, tuple(line for line in (told, explain) if line))


def _chosen(exercise: Exercise, answer: Any, by_id: Mapping[str, Option]) -> list[str]:
    chosen = [answer] if isinstance(answer, str) else answer
    if not isinstance(chosen, (list, tuple)) or not all(isinstance(n, str) for n in chosen):
        raise refuse(exercise.id, "type", given=quote(answer), kinds=", ".join(by_id))
    for name in chosen:
        if name not in by_id:
            raise refuse(
                exercise.id,
                "enum",
                nearest(name, by_id),
                given=quote(name),
                known=", ".join(by_id),
            )
    single = exercise.kind in ("one", "predict")
    if (single and len(chosen) != 1) or len(set(chosen)) != len(chosen):
        raise refuse(exercise.id, "enum", given=quote(str(answer)), known=", ".join(by_id))
    if exercise.kind == "order" and len(chosen) != len(by_id):
        raise refuse(exercise.id, "items", given=len(chosen), low=len(by_id), high=len(by_id))
    return list(chosen)
