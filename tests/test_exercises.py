"""Exercises: partial credit worked by hand, several right answers, none right, and bad answers."""

from typing import Any

import pytest

from playbook import PlaybookError, check
from playbook.load import load_exercises
from playbook.model import Exercise, Option
from playbook.scoring.exercises import grade


def exercise(kind: str, worth: dict[str, float], **more: Any) -> Exercise:
    """Make an exercise whose feedback names the option."""
    words = {"question": "?", "explain": "because"}
    options = tuple(
        Option(name, credit, {"en": {"text": name, "feedback": f"about {name}"}, "zh": {}})
        for name, credit in worth.items()
    )
    return Exercise("t.x", kind, "t", {"en": words, "zh": words}, options, **more)


@pytest.mark.parametrize(
    ("kind", "answer", "credit"),
    [
        ("one", "right", 1.0),
        ("one", "half", 0.5),
        ("one", "wrong", 0.0),
        # many: right (1) + half (.5) are to be chosen, 1.5 in all; a wrong one takes 1 away
        ("many", ["right", "half"], 1.0),
        ("many", ["right"], 1 / 1.5),
        ("many", ["right", "wrong"], 0.0),
        ("many", ["right", "half", "wrong"], 0.5 / 1.5),
        ("many", [], 0.0),
        # order: three pairs; half, right, wrong turns one pair round
        ("order", ["right", "half", "wrong"], 1.0),
        ("order", ["half", "right", "wrong"], 2 / 3),
        ("order", ["wrong", "half", "right"], 0.0),
        ("predict", "wrong", None),
        ("discuss", "anything at all", None),
    ],
)
def test_credit_is_as_worked_by_hand(kind: str, answer: Any, credit: float | None) -> None:
    """Each kind of exercise gives the credit that its rule says."""
    found = grade(exercise(kind, {"right": 1, "half": 0.5, "wrong": 0}), answer)

    assert found.credit == (None if credit is None else pytest.approx(credit))


@pytest.mark.parametrize(
    ("answer", "credit"), [(76, 1.0), (77, 1.0), (78.5, 0.5), (74, 0.5), (20, 0.0), (-76, 0.0)]
)
def test_a_number_is_right_within_its_room(answer: float, credit: float) -> None:
    """76 within 2 %: 74.48 to 77.52 is right, twice as far is half right."""
    asked = exercise("number", {}, value=76, within=0.02)

    assert grade(asked, answer).credit == credit


def test_feedback_says_why_the_chosen_answer_is_wrong() -> None:
    """A wrong answer is told about itself first, then what is to be learnt."""
    found = grade(exercise("one", {"right": 1, "wrong": 0}), "wrong")

    assert found.feedback == ("about wrong", "because")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("one", "rihgt"),
        ("one", ["right", "wrong"]),
        ("one", 3),
        ("many", ["right", "right"]),
        ("order", ["right"]),
        ("number", "76"),
        ("number", True),
        ("one", None),
    ],
)
def test_an_answer_of_another_shape_is_refused(kind: str, answer: Any) -> None:
    """One message, never a traceback of ours."""
    with pytest.raises(PlaybookError):
        grade(exercise(kind, {"right": 1, "wrong": 0}, value=1.0), answer)


@pytest.mark.parametrize("name", sorted(load_exercises()))
def test_every_exercise_of_the_course_has_a_right_and_a_wrong_answer(name: str) -> None:
    """Two different answers get two different results, and each says something."""
    asked = load_exercises()[name]
    ids = [option.id for option in asked.options]
    if asked.kind == "discuss":
        assert grade(asked, "x").feedback
        return
    if asked.kind == "number":
        best, worst = grade(asked, asked.value), grade(asked, (asked.value or 0) * 9 + 99)
    elif asked.kind == "order":
        best, worst = grade(asked, ids), grade(asked, ids[::-1])
    elif asked.kind == "many":
        best = grade(asked, [o.id for o in asked.options if o.credit])
        worst = grade(asked, [o.id for o in asked.options if not o.credit])
    else:
        ranked = sorted(asked.options, key=lambda option: -option.credit)
        best, worst = grade(asked, ranked[0].id), grade(asked, ranked[-1].id)

    assert best.feedback
    assert worst.feedback
    assert best.feedback != worst.feedback
    if asked.kind != "predict":
        assert best.credit == 1
        assert (worst.credit or 0) < 1


def test_the_files_of_exercises_fit_their_schema() -> None:
    """Allowed keys only, both languages, ids of the right form."""
    import tomllib
    from importlib.resources import files

    for entry in (files("playbook") / "content" / "exercises").iterdir():
        if entry.name.endswith(".toml"):
            document = tomllib.loads(entry.read_text(encoding="utf-8"))
            assert [f.say() for f in check.check(document, "exercises", entry.name)] == []
