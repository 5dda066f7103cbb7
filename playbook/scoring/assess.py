"""The whole assessment of one answers document: the `Score`."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from playbook.model import (
    Action,
    Answer,
    Answers,
    Checklist,
    DimensionScore,
    Interval,
    Standing,
)
from playbook.scoring.actions import next_actions
from playbook.scoring.checklist import (
    choose_aim,
    dimension_weights,
    levels_read,
    score_dimension,
    total,
)
from playbook.scoring.decide import Decision, decide
from playbook.scoring.milestones import capable, standing
from playbook.scoring.sensitivity import FACTORS, rescored, variations
from playbook.tables import Tabular
from playbook.words import say

PROVISIONAL = Fraction(60, 100)


@dataclass(frozen=True)
class Score(Tabular):
    """An assessment: an interval, never a bare number, with all that explains it."""

    checklist: Checklist = field(repr=False)
    answers: Answers = field(repr=False)
    aim: str
    total: Interval
    coverage: Fraction
    verified: Fraction
    dimensions: tuple[DimensionScore, ...] = field(repr=False)
    standing: Standing = field(repr=False)
    actions: tuple[Action, ...] = field(repr=False)
    sensitivity: dict[str, Any] = field(repr=False)
    decision: Decision | None = field(repr=False, default=None)

    def __repr__(self) -> str:
        return f"Score({self.checklist.id}, aim {self.aim}: {self.total})"

    @property
    def provisional(self) -> bool:
        """Were fewer than 60 % answered, by weight?"""
        return self.coverage < PROVISIONAL

    @property
    def scale(self) -> str:
        return self.answers.community.scale

    @property
    def answered(self) -> int:
        return sum(part.answered for part in self.dimensions if part.weight)

    @property
    def asked(self) -> int:
        return sum(part.asked for part in self.dimensions if part.weight)

    def why(self, action: Action, lang: str | None = None) -> str:
        """Why is this action told?"""
        criterion = self.checklist.by_id[action.criterion]
        values = {"name": criterion.name(lang), "to": action.to, "gain": float(action.gain)}
        if action.blocks:
            goal = next(s.to for s in self.standing.unlock if s.criterion == action.criterion)
            size = next(m.size for m in self.checklist.milestones if m.id == action.blocks)
            told = say("score.milestone", lang, size=size)
            return say("score.why_blocks", lang, **values, milestone=told, goal=goal)
        if action.decided and self.decision and self.decision.outcome:
            outcome = self.decision.outcome.name(lang)
            return say("score.why_decided", lang, **values, outcome=outcome)
        if action.start is None:
            return say("score.why_unknown", lang, **values)
        return say("score.why_gain", lang, **values)

    def because(self, state: Any, lang: str | None = None) -> str:
        """Why does a gate stand as it does?"""
        message, values = state.because
        shown = dict(values)
        if shown.get("criterion") in self.checklist.by_id:
            shown["criterion"] = self.checklist.by_id[shown["criterion"]].name(lang)
        if shown.get("dimension"):
            shown["dimension"] = self.checklist.dimension(shown["dimension"]).name(lang)
        return say(message, lang, **shown)

    def notices(self, lang: str | None = None) -> list[str]:
        """What has to be said beside the number: lowered grades, old files, a scale left out."""
        said = [say(message, lang, **values) for message, values in self.answers.notices]
        if any(self.scale in d.optional_when for d in self.checklist.dimensions):
            said.append(say("score.scale_note", lang, scale=say(f"scale.{self.scale}", lang)))
        if self.checklist.custom:
            said.append(say("score.custom_note", lang, custom=self.checklist.custom))
        return said

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """Every criterion that is asked: its answer, what it adds and what it leaves out."""
        made = {c.criterion: c for part in self.dimensions for c in part.contributions}
        rows = []
        for criterion in self.checklist.active:
            answer = self.answers.given.get(criterion.id, Answer())
            part = made.get(criterion.id)
            rows.append(
                {
                    "dimension": criterion.dimension,
                    "criterion": criterion.id,
                    "name": criterion.name(lang),
                    "level": answer.level,
                    "unknown": answer.unknown,
                    "na": answer.na,
                    "evidence": answer.evidence if answer.level is not None else None,
                    "points": float(part.points) if part else None,
                    "forgone": float(part.forgone) if part else None,
                }
            )
        return rows

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The document that `playbook score --json` prints."""
        has_milestones = bool(self.checklist.milestones)
        return {
            "format": "playbook-score/1",
            "checklist": self.checklist.id,
            "content": {"version": self.checklist.version, "custom": self.checklist.custom},
            "aim": self.aim,
            "scale": self.scale,
            "total": self.total.to_dict(),
            "coverage": float(self.coverage),
            "provisional": self.provisional,
            "verified": float(self.verified),
            "dimensions": [part.to_dict() for part in self.dimensions],
            "milestones": {
                "size": self.standing.size,
                # A diagnosis has no milestones, so it has no capability: not even "none".
                "capability": self.standing.capability if has_milestones else None,
                "capability_verified": (
                    self.standing.capability_verified if has_milestones else None
                ),
                "gates": [
                    {
                        "milestone": state.gate.milestone,
                        "id": state.gate.id,
                        "state": state.state,
                        "because": self.because(state, lang),
                    }
                    for state in self.standing.gates
                ],
                "unlock": [step.to_dict() for step in self.standing.unlock],
            },
            "actions": [
                {
                    "criterion": action.criterion,
                    "action": self.checklist.by_id[action.criterion].say("action", lang),
                    "gain": float(action.gain),
                    "effort": {
                        "people": action.effort.people,
                        "time": action.effort.time,
                        "money": action.effort.money,
                    },
                    "why": self.why(action, lang),
                }
                for action in self.actions
            ],
            "sensitivity": self.sensitivity,
            "decision": self.decision.to_dict(lang) if self.decision else None,
            "notices": self.notices(lang),
        }


def score_answers(checklist: Checklist, answers: Answers, aim: str | None = None) -> Score:
    """
    How complete is this community, and what should it do next?

    Every dimension and the total are intervals 0 to 100. Unanswered is not zero: it is nothing
    in `low`, left out of the point, full in `high`. `verified` is `low` with every answer
    below E2 read as unknown, and every level that was measured lower than it is claimed read as
    measured; so verified ≤ low ≤ point ≤ high. Source: `003` for the
    checklist, `002` for the milestones; the numbers are our starting values, unvalidated.

    >>> from playbook.load import load_answers
    >>> answers, checklist = load_answers({"format": "playbook-answers/1", "answers": {}})
    >>> score_answers(checklist, answers).total.to_dict()
    {'low': 0.0, 'point': None, 'high': 100.0}
    """
    chosen = choose_aim(checklist, answers, aim)
    parts, whole, coverage = totals(checklist, answers, chosen)
    _, proven, _ = totals(checklist, answers, chosen, proven_only=True)
    where = standing(checklist, answers)
    decision = decide(checklist, answers)
    return Score(
        checklist=checklist,
        answers=answers,
        aim=chosen,
        total=whole,
        coverage=coverage,
        verified=proven.low,
        dimensions=parts,
        standing=where,
        actions=next_actions(checklist, answers, parts, where, decision),
        decision=decision,
        sensitivity=_sensitivity(checklist, answers, chosen, parts, where.capability),
    )


def totals(
    checklist: Checklist, answers: Answers, aim: str, proven_only: bool = False
) -> tuple[tuple[DimensionScore, ...], Interval, Fraction]:
    """What do answers come to under an aim: dimensions, total, share answered? No more is tried."""
    levels = levels_read(checklist, answers, proven_only)
    weights = dimension_weights(checklist, aim, answers.community.scale)
    parts = tuple(
        score_dimension(checklist, d.id, levels, weights[d.id]) for d in checklist.dimensions
    )
    return (parts, *total(parts))


def _sensitivity(
    checklist: Checklist,
    answers: Answers,
    aim: str,
    parts: tuple[DimensionScore, ...],
    capability: str,
) -> dict[str, Any]:
    """Does the milestone flip, and how far does the point move, when one weight changes?"""
    levels = levels_read(checklist, answers)
    points: list[Fraction] = []
    flips = []
    tried = 0
    for variation in variations(checklist, aim):
        tried += 1
        varied = rescored(variation, parts, levels, aim, answers.community.scale)
        point = total(varied)[0].point
        if point is not None:
            points.append(point)
        if variation.dimension is None:
            continue  # gates look into dimensions, never at what these weigh
        bounds = {part.id: part.interval for part in varied}
        reached = capable(checklist, answers, levels, bounds)
        if reached != capability:
            flips.append(
                {
                    "weight": variation.weight,
                    "factor": float(variation.factor),
                    "capability": reached,
                }
            )
    return {
        "factors": [float(factor) for factor in FACTORS],
        "tried": tried,
        "point": {"low": float(min(points)), "high": float(max(points))} if points else None,
        "flips": flips,
        "stable": not flips,
    }
