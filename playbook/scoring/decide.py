"""What does a diagnosis come to: which of its outcomes do the answers decide for?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playbook.model import Answers, Checklist, Outcome
from playbook.scoring.checklist import interval, levels_read


@dataclass(frozen=True)
class Decision:
    """The outcome decided for (None while open), those still open, and what would settle it."""

    outcome: Outcome | None
    open: tuple[Outcome, ...]
    missing: tuple[str, ...]

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The `decision` of `playbook score --json`."""
        found = self.outcome
        return {
            "outcome": found.id if found else None,
            "name": found.name(lang) if found else None,
            "decision": found.say("decision", lang) if found else None,
            "why": found.say("why", lang) if found else None,
            "next": list(found.say("next", lang)) if found else [],
            "doubt": found.say("doubt", lang) if found else None,
            "open": [outcome.id for outcome in self.open],
            "missing": list(self.missing),
        }


def decide(checklist: Checklist, answers: Answers) -> Decision | None:
    """
    Which outcome do the answers decide for? None where the checklist has no outcomes.

    The first outcome whose conditions hold. While an earlier one is open, because a criterion
    is unknown, nothing is decided: `missing` names the criteria that would settle it.

    >>> from playbook.load import load_answers
    >>> answers, checklist = load_answers("fandeng")
    >>> decide(checklist, answers) is None  # ISOOC scores; it does not decide
    True
    """
    if not checklist.outcomes:
        return None
    levels = levels_read(checklist, answers)
    still_open: list[Outcome] = []
    missing: dict[str, None] = {}
    for outcome in checklist.outcomes:
        state = _holds(checklist, outcome, levels)
        if state is True and not still_open:
            return Decision(outcome, (), ())
        if state is not False:
            still_open.append(outcome)
            missing.update(dict.fromkeys(_unknown(checklist, outcome, levels)))
        if state is True:
            break
    return Decision(None, tuple(still_open), tuple(missing))


def _holds(checklist: Checklist, outcome: Outcome, levels: Mapping[str, int | None]) -> bool | None:
    every = [_condition(checklist, c, levels) for c in outcome.every]
    some = [_condition(checklist, c, levels) for c in outcome.some]
    if False in every or (some and all(state is False for state in some)):
        return False
    return True if all(every) and (not some or True in some) else None


def _condition(
    checklist: Checklist, condition: Mapping[str, Any], levels: Mapping[str, int | None]
) -> bool | None:
    """One condition, three-valued. What does not apply meets no condition."""
    low: Any
    high: Any
    if "criterion" in condition:
        if condition["criterion"] not in levels:
            return False
        level = levels[condition["criterion"]]
        low, high = (0, len(checklist.levels) - 1) if level is None else (level, level)
    else:
        if not any(c.id in levels for c in checklist.of(condition["dimension"])):
            return False
        bounds = interval(checklist, condition["dimension"], levels)
        low, high = bounds.low, bounds.high
    least, most = condition.get("at_least"), condition.get("at_most")
    if (least is not None and high < least) or (most is not None and low > most):
        return False
    sure = (least is None or low >= least) and (most is None or high <= most)
    return True if sure else None


def _unknown(checklist: Checklist, outcome: Outcome, levels: Mapping[str, int | None]) -> list[str]:
    """The unanswered criteria on which an open outcome hangs."""
    names: list[str] = []
    for condition in (*outcome.every, *outcome.some):
        if _condition(checklist, condition, levels) is None:
            if "criterion" in condition:
                names.append(condition["criterion"])
            else:
                of = checklist.of(condition["dimension"])
                names += [c.id for c in of if c.id in levels and levels[c.id] is None]
    return names
