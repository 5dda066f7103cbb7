"""Which of 100, 1,000 and 10,000 is a community able to carry, and what is missing?

Milestones are gates, not means: four dimensions at 90 with Structure at 20 still average 76.
A gate passes, fails, or is unknown; unknown is 'not shown' and never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from playbook.model import Answers, Checklist, Gate, GateState, Interval, Milestone, Standing, Step
from playbook.scoring.checklist import HUNDRED, interval, levels_read, members_counted

Levels = Mapping[str, int | None]


def standing(checklist: Checklist, answers: Answers) -> Standing:
    """Where does the community stand, by size and by capability, and what unlocks the next?

    >>> from playbook.library import score
    >>> score({"format": "playbook-answers/1", "answers": {}}).standing.next
    '100'
    """
    levels = levels_read(checklist, answers)
    states = [
        gate_state(checklist, answers, gate, levels)
        for milestone in checklist.milestones
        for gate in milestone.gates
    ]
    capability = capable(checklist, answers, levels)
    proven = levels_read(checklist, answers, proven_only=True)
    following = _after(checklist, capability)
    return Standing(
        size=size_reached(checklist, answers),
        capability=capability,
        capability_verified=capable(checklist, answers, proven),
        next=following.id if following else None,
        gates=tuple(states),
        unlock=unlock(checklist, answers, following, levels) if following else (),
    )


def size_reached(checklist: Checklist, answers: Answers) -> str | None:
    """Which milestone has the member count passed? None where it counts something else.

    >>> from playbook.load import load_answers
    >>> community = {"members": 1200}
    >>> answers, checklist = load_answers(
    ...     {"format": "playbook-answers/1", "community": community, "answers": {}}
    ... )
    >>> size_reached(checklist, answers)
    '1000'
    """
    members = members_counted(answers)
    if members is None or not checklist.milestones:
        return None
    reached = [m.id for m in checklist.milestones if members >= m.size]
    return reached[-1] if reached else "none"


def capable(
    checklist: Checklist,
    answers: Answers,
    levels: Levels,
    bounds: Mapping[str, Interval] | None = None,
) -> str:
    """
    What is the highest milestone all of whose gates, and all lower ones, pass? Size aside.

    `bounds`: the dimensions' intervals, where they are known already.
    """
    reached = "none"
    for milestone in checklist.milestones:
        states = (
            gate_state(checklist, answers, gate, levels, bounds).state
            for gate in milestone.gates
            if gate.size is None
        )
        if any(state != "pass" for state in states):
            break
        reached = milestone.id
    return reached


def _after(checklist: Checklist, capability: str) -> Milestone | None:
    names = ["none", *(m.id for m in checklist.milestones)]
    place = names.index(capability)
    return checklist.milestones[place] if place < len(checklist.milestones) else None


def gate_state(
    checklist: Checklist,
    answers: Answers,
    gate: Gate,
    levels: Levels,
    bounds: Mapping[str, Interval] | None = None,
) -> GateState:
    """
    Is one condition met?

    A threshold passes when even the dimension's `low` reaches it, fails when not even its
    `high` does, and is unknown between. A gate on a criterion is unknown while the criterion
    is unknown, absent or not applicable.
    """

    def told(state: str, why: str, **values: Any) -> GateState:
        return GateState(gate, state, (f"gate.{why}", values))

    if gate.milestone == "10000" and answers.community.scale != "grow":
        return told("unknown", "not_aimed")
    if gate.size is not None:
        members = members_counted(answers)
        if members is None:
            return told("unknown", "size_unknown", size=gate.size)
        state = "pass" if members >= gate.size else "fail"
        return told(state, "size", members=members, size=gate.size)
    if gate.funnel_stage is not None:
        return _funnel_state(answers, gate, told)
    if gate.criterion is not None:
        level = levels.get(gate.criterion)
        if level is None:
            why = "na" if answers.is_na(gate.criterion) else "not_shown"
            return told("unknown", why, criterion=gate.criterion, level=gate.level)
        state = "pass" if level >= (gate.level or 0) else "fail"
        return told(state, "level", criterion=gate.criterion, given=level, level=gate.level)
    dimension = gate.dimension or ""
    lies = bounds[dimension] if bounds else interval(checklist, dimension, levels)
    needed = gate.at_least or Fraction(0)
    state = "pass" if lies.low >= needed else "fail" if lies.high < needed else "unknown"
    values = {
        "dimension": dimension,
        "needed": float(needed),
        "low": float(lies.low),
        "high": float(lies.high),
    }
    return told(state, f"threshold_{state}", **values)


def _funnel_state(answers: Answers, gate: Gate, told: Any) -> GateState:
    stage, earning = answers.community.stage, answers.community.earning
    needed = gate.funnel_stage or 0
    if stage is not None and stage < needed:
        return told("fail", "funnel_stage", stage=stage, needed=needed)  # type: ignore[no-any-return]
    if gate.earning and earning is False:
        return told("fail", "funnel_earns", needed=needed)  # type: ignore[no-any-return]
    if stage is None or (gate.earning and earning is None):
        return told("unknown", "funnel_unknown", needed=needed)  # type: ignore[no-any-return]
    return told("pass", "funnel_pass", stage=stage, needed=needed)  # type: ignore[no-any-return]


def unlock(
    checklist: Checklist, answers: Answers, milestone: Milestone, levels: Levels
) -> tuple[Step, ...]:
    """
    What is the smallest change that reaches a milestone: fewest level steps, then least effort?

    An unknown, absent or not applicable criterion counts from 0 and stands as `start` None.
    Empty where the milestone is not aimed at.

    >>> from playbook.library import score
    >>> answers = {"interest.shared_interest": {"level": 3}, "interest.pain_point": {"level": 1}}
    >>> found = score({"format": "playbook-answers/1", "answers": answers})
    >>> [step.to_dict() for step in found.standing.unlock]
    [{'criterion': 'interest.pain_point', 'from': 1, 'to': 3}]
    """
    if milestone.id == "10000" and answers.community.scale != "grow":
        return ()
    floors: dict[str, int] = {}
    thresholds: dict[str, Fraction] = {}
    steps: list[Step] = []
    for gate in milestone.gates:
        if gate.criterion is not None:
            floors[gate.criterion] = max(floors.get(gate.criterion, 0), gate.level or 0)
        elif gate.dimension is not None:
            needed = gate.at_least or Fraction(0)
            thresholds[gate.dimension] = max(thresholds.get(gate.dimension, needed), needed)
        elif gate.funnel_stage is not None:
            state = gate_state(checklist, answers, gate, levels).state
            if state != "pass":
                # A later stage that does not earn yet need not go back.
                stage = answers.community.stage
                steps.append(Step(None, stage, max(stage or 0, gate.funnel_stage), gate.id))
    # A criterion gate may sit in a dimension that has no threshold of its own.
    dimensions = dict.fromkeys([*thresholds, *(checklist.by_id[c].dimension for c in floors)])
    raised: list[Step] = []
    for dimension in dimensions:
        needed = thresholds.get(dimension, Fraction(0))
        raised += _cheapest(checklist, dimension, needed, floors, levels)
    raised.sort(key=lambda step: checklist.rank[step.criterion or ""])
    return (*raised, *steps)


def _cheapest(
    checklist: Checklist,
    dimension: str,
    needed: Fraction,
    floors: Mapping[str, int],
    levels: Levels,
) -> list[Step]:
    """The fewest steps, then the least effort, that lift one dimension's `low` to `needed`.

    Exact: for every (steps, effort) spent it keeps the most value bought so far, which is all
    that later criteria can depend on.
    """
    # A criterion that was called not applicable but is a gate comes back into the sum.
    # So does a whole dimension of which nothing applies: its gate could never be shown.
    asked = checklist.of(dimension)
    criteria = [c for c in asked if c.id in levels or c.id in floors] or list(asked)
    goal = needed / HUNDRED * sum((c.weight for c in criteria), Fraction(0))
    best: dict[tuple[int, Fraction], tuple[Fraction, tuple[int, ...]]] = {
        (0, Fraction(0)): (Fraction(0), ())
    }
    for criterion in criteria:
        start = levels.get(criterion.id) or 0
        floor = max(start, floors.get(criterion.id, 0))
        grown: dict[tuple[int, Fraction], tuple[Fraction, tuple[int, ...]]] = {}
        for (spent, effort), (value, chosen) in best.items():
            for target in range(floor, len(checklist.levels)):
                rise = target - start
                key = (spent + rise, effort + rise * criterion.effort.mean)
                worth = value + criterion.weight * checklist.levels[target]
                if key not in grown or worth > grown[key][0]:
                    grown[key] = (worth, (*chosen, target))
        best = _pareto(grown)
    _, (_, targets) = min(
        (item for item in best.items() if item[1][0] >= goal), key=lambda item: item[0]
    )
    changes = []
    for criterion, target in zip(criteria, targets, strict=True):
        start_level = levels.get(criterion.id)
        if target > (start_level or 0):
            changes.append(Step(criterion.id, start_level, target))
    return changes


def _pareto(
    states: dict[tuple[int, Fraction], tuple[Fraction, tuple[int, ...]]],
) -> dict[tuple[int, Fraction], tuple[Fraction, tuple[int, ...]]]:
    """Drop every state that costs no less (in steps, then effort) and buys no more than another."""
    kept = {}
    most = Fraction(-1)
    for key in sorted(states):
        if states[key][0] > most:
            kept[key] = states[key]
            most = states[key][0]
    return kept
