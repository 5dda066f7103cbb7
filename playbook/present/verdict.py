"""What is said of an answer to an exercise: a sign, a sentence, and why, option by option."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any

from playbook.model import Exercise
from playbook.present.sentences import SIGNS, amount
from playbook.scoring.exercises import Grade, grade
from playbook.words import say

_SIGN = {"right": SIGNS["pass"], "part": "≈", "wrong": SIGNS["fail"], "open": ""}


@dataclass(frozen=True)
class Point:
    """What one chosen option has to say; `sign` is empty where nothing is right or wrong."""

    sign: str
    name: str
    said: str


@dataclass(frozen=True)
class Verdict:
    """`state` is right, part, wrong or open; never by colour alone: it has a sign and a word."""

    state: str
    sentence: str
    points: tuple[Point, ...]
    explain: str

    @property
    def sign(self) -> str:
        return _SIGN[self.state]

    def lines(self) -> list[str]:
        """The whole as plain lines, for a terminal or a cell that prints."""
        first = f"{self.sign} {self.sentence}".strip()
        said = [point.said for point in self.points]
        return [line for line in (first, *said, self.explain) if line]


def verdict(exercise: Exercise, answer: Any, lang: str | None = None) -> Verdict:
    """
    How is an answer told about: how much of it is right, and why?

    Raises PlaybookError, as `grade` does, where the answer has another shape.
    """
    found = grade(exercise, answer, lang)
    state = _state(found.credit)
    return Verdict(
        state,
        _sentence(exercise, answer, found, lang),
        _points(exercise, answer, found, lang),
        exercise.say("explain", lang),
    )


def _say(word: str, lang: str | None, **values: Any) -> str:
    return say(f"exercise.verdict_{word}", lang, **values)


def _state(credit: float | None) -> str:
    if credit is None:
        return "open"
    return "right" if credit >= 1 else "part" if credit > 0 else "wrong"


def _sentence(exercise: Exercise, answer: Any, found: Grade, lang: str | None) -> str:
    state = _state(found.credit)
    if state == "open":
        return ""
    if exercise.kind == "many":
        return _found(exercise, answer, found, lang)
    if exercise.kind == "order":
        pairs = comb(len(exercise.options), 2)
        kept = round((found.credit or 0) * pairs)
        return _say("in_order" if state == "right" else "pairs", lang, kept=kept, pairs=pairs)
    if exercise.kind == "number":
        return _say({"right": "right", "part": "near", "wrong": "far"}[state], lang)
    return _say(state, lang)


def _found(exercise: Exercise, answer: Any, found: Grade, lang: str | None) -> str:
    wanted = {option.id for option in exercise.options if option.credit > 0}
    got = len(wanted & set(answer))
    counts = {"found": got, "asked": len(wanted), "wrong": len(set(answer) - wanted)}
    if found.right:
        return _say("all_found", lang, **counts)
    return _say("too_many" if counts["wrong"] else "found", lang, **counts)


def _points(exercise: Exercise, answer: Any, found: Grade, lang: str | None) -> tuple[Point, ...]:
    if exercise.kind in ("one", "many", "predict"):
        chosen = [answer] if isinstance(answer, str) else list(answer)
        graded = exercise.kind == "many"  # else the sentence before it bears the sign
        return tuple(
            Point(
                _SIGN[_state(option.credit)] if graded else "",
                option.say("text", lang),
                option.say("feedback", lang),
            )
            for option in exercise.options
            if option.id in chosen
        )
    # A misplaced option, or a number too high or too low, says one thing before the rest.
    told = [line for line in found.feedback if line != exercise.say("explain", lang)]
    return tuple(Point("", "", line) for line in told)


def answer_said(exercise: Exercise, answer: Any, lang: str | None = None) -> str:
    """What was answered, in the words of the exercise; empty where it cannot be read."""
    if isinstance(answer, bool):
        return ""
    if isinstance(answer, (int, float)):
        return f"{amount(answer, lang)} {exercise.say('unit', lang)}".strip()
    names = {option.id: option.say("text", lang) for option in exercise.options}
    chosen = [answer] if isinstance(answer, str) else answer
    if exercise.kind == "discuss":
        return answer if isinstance(answer, str) else ""
    return " · ".join(names[n] for n in chosen or () if n in names)
