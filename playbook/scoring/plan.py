"""What a learner answered on the way, and which parts of the plan are still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError
from playbook.load import (
    checklist_names,
    content,
    load_answers,
    load_checklist,
    load_exercises,
    practices,
)
from playbook.model import AIMS, Action, Criterion
from playbook.scoring.assess import Score, score_answers
from playbook.scoring.practices import Practice, plan_practices

#: Growing is one aim among others: staying small on purpose and ending well are two more.
ALL_AIMS = (*AIMS, "stay", "end")
MOST = 3
PARTS = ("aim", "actions", "practice", "redline", "know")
_OF_SCALE = {"stay-small": "stay", "task": "end"}


@dataclass(frozen=True)
class Todo:
    """One of the actions: which criterion it raises, who does it, by when (ISO, or empty)."""

    criterion: str
    owner: str = ""
    by: str = ""


@dataclass(frozen=True)
class Parts:
    """What stands in a plan so far, read with care: whatever does not fit is left out."""

    name: str = ""
    aim: str | None = None
    todos: tuple[Todo, ...] = ()
    practice: str | None = None
    redline: str | None = None
    checked: str = ""
    know: str = ""
    by: str = ""


@dataclass(frozen=True)
class Credits:
    """How the exercises went: tried of all, points of those that have a right answer, guesses."""

    tried: int
    all: int
    points: float
    graded: int
    guesses: int


@dataclass(frozen=True)
class Way:
    """All that was answered: the scores by checklist, ISOOC's first, and what was not readable."""

    scores: Mapping[str, Score]
    credits: Credits
    faults: tuple[PlaybookError, ...] = field(default=())

    @property
    def main(self) -> Score | None:
        """The score of ISOOC, None where it was not answered."""
        return self.scores.get("isooc")

    @property
    def name(self) -> str:
        """What the community is called in any of the answers; empty where in none."""
        found = (score.answers.community.name for score in self.scores.values())
        return next((name for name in found if name), "")

    @property
    def diagnoses(self) -> tuple[Score, ...]:
        """Those that end in a decision."""
        return tuple(score for score in self.scores.values() if score.decision)

    def aim(self) -> str | None:
        """Which aim do the answers themselves name or imply?"""
        if self.main is None or not self.main.answered:
            return None
        return _OF_SCALE.get(self.main.scale, self.main.aim)

    def actions(self, aim: str | None = None) -> tuple[Action, ...]:
        """The next actions of ISOOC, best first, under an aim."""
        if self.main is None or not self.main.answered:
            return ()
        chosen = aim if aim in AIMS else None
        if chosen is None or chosen == self.main.aim:
            return self.main.actions
        return score_answers(self.main.checklist, self.main.answers, chosen).actions

    def practices(self) -> tuple[Practice, ...]:
        """The practices that the six senses propose; all of them where nobody answered those."""
        found = self.scores.get("six_senses")
        if found is not None:
            planned = plan_practices(found.checklist, found.answers, practices())
            if planned:
                return planned
        return tuple(Practice(e["id"], e["criterion"], "start", e) for e in practices())


def along(
    record: Mapping[str, Any], documents: Mapping[str, str | Path | Mapping[str, Any]] | None = None
) -> Way:
    """
    What has a learner answered on the way to the plan?

    `record` is a learner's file; `documents` (a checklist's name → answers document or path)
    go before the answers that it holds. What cannot be read is left out and told in `faults`.
    """
    kept = {k: v for k, v in record.get("answers", {}).items() if isinstance(v, Mapping)}
    given: dict[str, Any] = {**kept, **(documents or {})}
    scores, faults = {}, []
    for name in checklist_names():
        if name not in given:
            continue
        checklist = load_checklist(name)
        try:
            answers, _ = load_answers(given[name], checklist)
        except PlaybookError as error:
            faults.append(error)
        else:
            scores[name] = score_answers(checklist, answers)
    return Way(scores, count_credits(record), tuple(faults))


def count_credits(record: Mapping[str, Any]) -> Credits:
    """How many exercises were tried, with which credit? The best try of each counts."""
    known = load_exercises()
    tried = [
        entry
        for entry in record.get("exercises", {}).values()
        if isinstance(entry, Mapping) and _number(entry.get("tries"))
    ]
    best = [entry.get("best", entry.get("credit")) for entry in tried]
    points = [float(credit) for credit in best if _number(credit)]
    guesses = sum(isinstance(e, Mapping) for e in record.get("predictions", {}).values())
    asked = sum(exercise.kind != "predict" for exercise in known.values())
    return Credits(len(tried), max(asked, len(tried)), sum(points), len(points), guesses)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def redlines() -> tuple[Mapping[str, Any], ...]:
    """The red lines, one of which a plan has checked."""
    return tuple(content("redlines")["redline"])


def is_day(value: str) -> bool:
    """Is this a day in ISO form?

    >>> is_day("2026-12-01"), is_day("soon")
    (True, False)
    """
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10


def read_plan(raw: Mapping[str, Any]) -> Parts:
    """What stands in the plan of a learner's file? Odd values count as not given."""

    def words(key: str, most: int) -> str:
        value = raw.get(key)
        return value.strip()[:most] if isinstance(value, str) else ""

    def one_of(key: str, known: Iterable[str]) -> str | None:
        return raw[key] if raw.get(key) in tuple(known) else None

    criteria = load_checklist().by_id
    todos: dict[str, Todo] = {}
    for entry in raw.get("actions") or () if isinstance(raw.get("actions"), list) else ():
        if isinstance(entry, Mapping) and entry.get("criterion") in criteria:
            owner, by = str(entry.get("owner") or "")[:80], str(entry.get("by") or "")
            name = entry["criterion"]
            todos[name] = Todo(name, owner.strip(), by if is_day(by) else "")
    by = words("by", 10)
    return Parts(
        name=words("name", 80),
        aim=one_of("aim", ALL_AIMS),
        todos=tuple(todos.values())[:MOST],
        practice=one_of("practice", (entry["id"] for entry in practices())),
        redline=one_of("redline", (entry["id"] for entry in redlines())),
        checked=words("checked", 240),
        know=words("know", 400),
        by=by if is_day(by) else "",
    )


def still_open(parts: Parts, aim: str | None) -> tuple[str, ...]:
    """Which parts of a plan are not whole yet? `aim`: the one that the answers imply."""
    whole = {
        "aim": bool(parts.aim or aim),
        "actions": len(parts.todos) == MOST and all(t.owner and t.by for t in parts.todos),
        "practice": bool(parts.practice),
        "redline": bool(parts.redline and parts.checked),
        "know": bool(parts.know and parts.by),
    }
    return tuple(name for name in PARTS if not whole[name])


def goal_of(way: Way, criterion: Criterion, aim: str | None) -> int:
    """To which level does an action of the plan raise its criterion?"""
    for action in way.actions(aim):
        if action.criterion == criterion.id:
            return action.to
    return 2
