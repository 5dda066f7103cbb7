"""The nouns of judgement. Frozen data, no behaviour beyond looking things up.

Numbers that are added up are `Fraction`s, so that sums are exact, order never matters and a
threshold is met or not met; they become floats only in `to_dict`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from playbook.words import text

Texts = Mapping[str, Mapping[str, Any]]
AIMS = ("100", "1000", "10000")
EVIDENCE = ("E0", "E1", "E2", "E3")
SCALES = ("grow", "stay-small", "task")


@dataclass(frozen=True)
class _Entry:
    """Anything of content: a permanent id, texts in en and zh, sources."""

    id: str
    texts: Texts = field(repr=False)
    source: tuple[str, ...] = ()

    def say(self, key: str, lang: str | None = None) -> Any:
        """The text under `key` in a language."""
        return text(self.texts, key, lang)

    def name(self, lang: str | None = None) -> str:
        return str(self.say("name", lang) or self.id)


@dataclass(frozen=True)
class Dimension(_Entry):
    """A letter of ISOOC. `optional_when`: the scales under which it leaves the sum."""

    letter: str = ""
    optional_when: tuple[str, ...] = ()


@dataclass(frozen=True)
class Effort:
    """What an action costs, each 1 (little) to 5 (much)."""

    people: int
    time: int
    money: int

    @property
    def mean(self) -> Fraction:
        return Fraction(self.people + self.time + self.money, 3)


@dataclass(frozen=True)
class Criterion(_Entry):
    """One question with four observable levels, and what to do next about it."""

    dimension: str = ""
    weight: Fraction = Fraction(1)
    depends_on: tuple[str, ...] = ()
    usefulness: int = 3
    effort: Effort = Effort(2, 2, 2)
    since: str = "1.0"
    changed: str | None = None
    retired: str | None = None
    example_case: str | None = None


@dataclass(frozen=True)
class Gate(_Entry):
    """One condition of a milestone. Exactly one of the four groups of fields is set."""

    milestone: str = ""
    dimension: str | None = None
    at_least: Fraction | None = None
    criterion: str | None = None
    level: int | None = None
    funnel_stage: int | None = None
    earning: bool = False
    size: int | None = None


@dataclass(frozen=True)
class Milestone(_Entry):
    """100, 1,000 or 10,000: a size, what it proves, and the gates that stand before it."""

    size: int = 0
    gates: tuple[Gate, ...] = ()


@dataclass(frozen=True)
class Stage(_Entry):
    """A business stage of the community's funnel (not of its members)."""

    number: int = 0
    cases: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Outcome(_Entry):
    """What a diagnosis may decide for; all of `every`, and one of `some` if there are any."""

    every: tuple[Mapping[str, Any], ...] = ()
    some: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Checklist(_Entry):
    """A whole checklist: the opinions that an assessment is judged by."""

    version: str = "1.0"
    status: str = "unvalidated"
    levels: tuple[Fraction, ...] = ()
    weights: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    dimensions: tuple[Dimension, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    custom: str | None = None

    @cached_property
    def by_id(self) -> Mapping[str, Criterion]:
        return {criterion.id: criterion for criterion in self.criteria}

    @cached_property
    def active(self) -> tuple[Criterion, ...]:
        """The criteria that are asked: all that are not retired."""
        return tuple(c for c in self.criteria if c.retired is None)

    def of(self, dimension: str) -> tuple[Criterion, ...]:
        """The active criteria of a dimension, in their order."""
        return tuple(c for c in self.active if c.dimension == dimension)

    def dimension(self, dimension_id: str) -> Dimension:
        return next(d for d in self.dimensions if d.id == dimension_id)

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """A place for every criterion such that it stands after all that it depends on."""
        order: dict[str, int] = {}
        # By hand and not by recursion: a chain of a thousand is odd, but no reason to fall over.
        stack = [(criterion.id, False) for criterion in reversed(self.criteria)]
        seen: set[str] = set()
        while stack:
            name, ready = stack.pop()
            if ready:
                order[name] = len(order)
            elif name not in seen and name in self.by_id:
                seen.add(name)
                stack.append((name, True))
                stack += [(needed, False) for needed in reversed(self.by_id[name].depends_on)]
        return order


@dataclass(frozen=True)
class Answer:
    """What was said about one criterion: a level, unknown, or not applicable.

    `evidence` is the grade as it is read, after a grade without its proof was lowered;
    `claimed` is the grade that was given.
    """

    level: int | None = None
    unknown: bool = False
    na: str | None = None
    evidence: str = "E0"
    claimed: str = "E0"
    note: str = ""
    url: str = ""
    measured: Mapping[str, Any] | None = None

    @property
    def proven(self) -> bool:
        """Is the level shown by an artefact or measured (E2 or better)?"""
        return self.level is not None and self.evidence in ("E2", "E3")

    @property
    def differs(self) -> bool:
        """Was another level measured than the one that was claimed?"""
        found = (self.measured or {}).get("level")
        return self.evidence == "E3" and None not in (self.level, found) and found != self.level

    @property
    def shown(self) -> int | None:
        """The level that is shown: the claimed one, or the measured one where that is lower."""
        if self.level is None or not self.proven:
            return None
        return (
            min(self.level, self.measured["level"])
            if self.differs and self.measured
            else self.level
        )


@dataclass(frozen=True)
class Community:
    """Who is assessed. `members` is None unless it counts members or fans."""

    id: str | None = None
    name: str | None = None
    members: int | None = None
    members_kind: str = "members"
    kind: str | None = None
    scale: str = "grow"
    aim: str | None = None
    stage: int | None = None
    earning: bool | None = None


@dataclass(frozen=True)
class Answers:
    """One answers document, checked. `notices` are things to tell, each (message id, values)."""

    checklist: str
    community: Community
    given: Mapping[str, Answer]
    id: str | None = None
    saved: str | None = None
    date: str | None = None
    rater: str | None = None
    content_version: str | None = None
    source: str = ""
    notices: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def level(self, criterion: str) -> int | None:
        answer = self.given.get(criterion)
        return answer.level if answer else None

    def is_na(self, criterion: str) -> bool:
        answer = self.given.get(criterion)
        return answer is not None and answer.na is not None


@dataclass(frozen=True)
class Case:
    """A community of the casebook: facts with sources, and answers for its formative years."""

    id: str
    texts: Texts = field(repr=False)
    kind: str = ""
    fate: str = "unknown"
    formative: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[Mapping[str, Any], ...] = ()
    patterns: tuple[Mapping[str, Any], ...] = ()
    places: tuple[Mapping[str, Any], ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def say(self, key: str, lang: str | None = None) -> Any:
        return text(self.texts, key, lang)

    def name(self, lang: str | None = None) -> str:
        return str(self.say("name", lang) or self.id)


@dataclass(frozen=True)
class Option:
    """One answer to choose. `credit` is 1 for right, 0 for wrong, between for a half-truth."""

    id: str
    credit: float
    texts: Texts

    def say(self, key: str, lang: str | None = None) -> str:
        return str(text(self.texts, key, lang))


@dataclass(frozen=True)
class Exercise:
    """One question of a lesson: `one` of, `many` of, in `order`, a `number`, or no right answer."""

    id: str
    kind: str
    lesson: str
    texts: Texts
    options: tuple[Option, ...] = ()
    case: str | None = None
    source: tuple[str, ...] = ()
    value: float | None = None
    within: float = 0.0

    def say(self, key: str, lang: str | None = None) -> str:
        return str(text(self.texts, key, lang))


@dataclass(frozen=True)
class Interval:
    """A number that is not fully known: lowest, best guess (or None), highest."""

    low: Fraction
    point: Fraction | None
    high: Fraction

    def __str__(self) -> str:
        guess = "?" if self.point is None else f"{float(self.point):.1f}"
        return f"{float(self.low):.1f}–{float(self.high):.1f} ({guess})"

    def to_dict(self) -> dict[str, float | None]:
        return {
            "low": float(self.low),
            "point": None if self.point is None else float(self.point),
            "high": float(self.high),
        }


@dataclass(frozen=True)
class Contribution:
    """What one answered criterion adds to its dimension's point, and what it leaves out."""

    criterion: str
    points: Fraction
    forgone: Fraction


@dataclass(frozen=True)
class DimensionScore:
    """How one dimension scores: its weight, its bounds, how much was answered, and by what."""

    id: str
    weight: Fraction
    interval: Interval
    coverage: Fraction
    answered: int
    asked: int
    contributions: tuple[Contribution, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "weight": float(self.weight),
            **self.interval.to_dict(),
            "coverage": float(self.coverage),
            "contributions": [
                {"criterion": c.criterion, "points": float(c.points), "forgone": float(c.forgone)}
                for c in self.contributions
            ],
        }


@dataclass(frozen=True)
class GateState:
    """pass, fail or unknown ('not shown', never a pass); `because` is (message id, values)."""

    gate: Gate
    state: str
    because: tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """One part of the smallest change that unlocks the next milestone."""

    criterion: str | None
    start: int | None
    to: int
    gate: str | None = None

    def to_dict(self) -> dict[str, Any]:
        if self.criterion is None:
            return {"criterion": None, "gate": self.gate, "from": self.start, "to": self.to}
        return {"criterion": self.criterion, "from": self.start, "to": self.to}


@dataclass(frozen=True)
class Standing:
    """Where a community stands on the milestones: by size, by capability, and what is next."""

    size: str | None
    capability: str
    capability_verified: str
    next: str | None
    gates: tuple[GateState, ...]
    unlock: tuple[Step, ...]

    def of(self, milestone: str) -> list[GateState]:
        """The gates of one milestone."""
        return [state for state in self.gates if state.gate.milestone == milestone]


@dataclass(frozen=True)
class Action:
    """A next action: what it would gain, what it costs and why it is told."""

    criterion: str
    gain: Fraction
    effort: Effort
    blocks: str | None
    start: int | None
    to: int
    decided: bool = False
