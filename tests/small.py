"""A small checklist for sums worked by hand: three dimensions, six criteria, round weights."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from playbook.model import (
    Answer,
    Answers,
    Checklist,
    Community,
    Criterion,
    Dimension,
    Effort,
    Gate,
    Milestone,
)

LEVELS = (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1))


def text(name: str) -> dict[str, dict[str, Any]]:
    """Give the texts that a message may ask for, in both languages."""
    return {lang: {"name": name, "action": f"raise {name}"} for lang in ("en", "zh")}


def criterion(name: str, weight: Any = 1, **more: Any) -> Criterion:
    """Make a criterion of the dimension that its id names."""
    return Criterion(
        name, text(name), dimension=name.partition(".")[0], weight=Fraction(weight), **more
    )


def gates(milestone: str, size: int, *more: Mapping[str, Any]) -> Milestone:
    """Make a milestone with its gate on size and others."""
    made = (Gate(texts={}, milestone=milestone, **one) for one in more)
    first = Gate("size", {}, milestone=milestone, size=size)
    return Milestone(milestone, text(milestone), (), size, (first, *made))


def checklist(**changed: Any) -> Checklist:
    """Make the small checklist; what is given replaces what stands here."""
    parts: dict[str, Any] = {
        "levels": LEVELS,
        "weights": {
            "100": {"a": Fraction(5, 10), "b": Fraction(3, 10), "c": Fraction(2, 10)},
            "1000": {"a": Fraction(2, 10), "b": Fraction(5, 10), "c": Fraction(3, 10)},
            "10000": {"a": Fraction(1, 4), "b": Fraction(1, 4), "c": Fraction(2, 4)},
        },
        "dimensions": (
            Dimension("a", text("A"), (), "A"),
            Dimension("b", text("B"), (), "B"),
            Dimension("c", text("C"), (), "C", ("stay-small", "task")),
        ),
        "criteria": (
            criterion("a.one", 2, usefulness=5, effort=Effort(1, 2, 3)),
            criterion("a.two", 1, usefulness=4, effort=Effort(1, 1, 1)),
            criterion("a.three", 1, usefulness=3, effort=Effort(1, 1, 1), depends_on=("a.one",)),
            criterion("b.one", 3, usefulness=5, effort=Effort(3, 3, 3), depends_on=("b.two",)),
            criterion("b.two", 1, usefulness=2, effort=Effort(1, 1, 1)),
            criterion("c.one", 1, usefulness=4, effort=Effort(2, 2, 2)),
        ),
        "milestones": (
            gates(
                "100",
                100,
                {"id": "a", "dimension": "a", "at_least": Fraction(50)},
                {"id": "a.one", "criterion": "a.one", "level": 2},
            ),
            gates(
                "1000",
                1000,
                {"id": "b", "dimension": "b", "at_least": Fraction(50)},
                {"id": "b.two", "criterion": "b.two", "level": 1},
            ),
            gates(
                "10000",
                10000,
                {"id": "c", "dimension": "c", "at_least": Fraction(50)},
                {"id": "funnel", "funnel_stage": 2, "earning": True},
            ),
        ),
    }
    return Checklist("small", text("small"), **{**parts, **changed})


def answers(levels: Mapping[str, Any], proven: Any = (), **community: Any) -> Answers:
    """Give answers: a level, None for unknown, 'na' for not applicable; `proven` ones are E2."""
    given = {}
    for name, level in levels.items():
        grade = "E2" if name in proven else "E0"
        if level == "na":
            given[name] = Answer(na="too_young")
        elif level is None:
            given[name] = Answer(unknown=True)
        else:
            given[name] = Answer(level, evidence=grade, claimed=grade)
    return Answers("small", Community(**community), given)


def document(levels: Mapping[str, Any], **community: Any) -> dict[str, Any]:
    """Give the same as an answers document of the shipped checklist."""
    states = {None: {"unknown": True}, "na": {"na": "too_young"}}
    told = {name: states.get(level, {"level": level}) for name, level in levels.items()}
    return {"format": "playbook-answers/1", "community": community, "answers": told}
