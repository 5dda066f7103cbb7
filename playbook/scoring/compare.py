"""How does a community differ from others, item by item?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from playbook.model import Answers, Checklist, Interval
from playbook.scoring.assess import score_answers
from playbook.scoring.checklist import choose_aim, dimension_weights, levels_read, score_dimension
from playbook.scoring.checklist import total as add_up
from playbook.scoring.sensitivity import Variation, rescored, variations
from playbook.tables import Tabular
from playbook.words import say


@dataclass(frozen=True)
class Subject:
    """One community in a comparison, under the aim of the first."""

    id: str
    name: str
    is_case: bool
    date: str | None
    total: Interval
    dimensions: dict[str, Interval] = field(repr=False)
    levels: dict[str, int | None] = field(repr=False)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison(Tabular):
    """Subjects side by side. `nearest`: per dimension, the most similar case, None where silent."""

    checklist: Checklist = field(repr=False)
    aim: str
    subjects: tuple[Subject, ...]
    nearest: dict[str, str | None]
    shared: dict[str, dict[str, int]] = field(repr=False)
    flips: tuple[dict[str, Any], ...] = field(repr=False)

    def biggest_differences(self) -> list[str]:
        """The criteria, most apart first; those that fewer than two subjects answered are last."""

        def spread(criterion: str) -> tuple[int, int]:
            found = [s.levels[criterion] for s in self.subjects]
            levels = [level for level in found if level is not None]
            return (-(max(levels) - min(levels)) if len(levels) > 1 else 1, -len(levels))

        return sorted((c.id for c in self.checklist.active), key=spread)

    def shared_differences(self) -> list[tuple[str, list[int | None]]]:
        """The criteria that two or more answered, most apart first, each with everybody's level."""
        found = [(c, [s.levels[c] for s in self.subjects]) for c in self.biggest_differences()]
        return [(c, levels) for c, levels in found if len(levels) - levels.count(None) > 1]

    def warnings(self, lang: str | None = None) -> list[dict[str, str]]:
        """What has to be said beside every comparison."""
        found: list[tuple[str, dict[str, Any]]] = []
        cases = [s for s in self.subjects if s.is_case]
        if cases:
            found.append(("survivorship", {}))
            found.append(("formative", {}))
        for subject in self.subjects:
            if subject.left_out:
                names = [self.checklist.dimension(d).name(lang) for d in subject.left_out]
                values = {"name": subject.name, "dimensions": ", ".join(names)}
                found.append(("left_out", values))
        for subject in self.subjects:
            answered = sum(level is not None for level in subject.levels.values())
            silent = len(subject.levels) - answered
            if silent:
                found.append(
                    (
                        "silent",
                        {"name": subject.name, "silent": silent, "asked": len(subject.levels)},
                    )
                )
        if self.flips:
            changed = ", ".join(dict.fromkeys(flip["weight"] for flip in self.flips))
            found.append(("order_flips", {"weights": changed}))
        elif len(self.subjects) > 1:
            found.append(("order_holds", {}))
        found.append(("no_percentiles", {}))
        return [{"id": name, "text": say(f"compare.{name}", lang, **v)} for name, v in found]

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """Every criterion, biggest difference first, with the level of each subject."""
        return [
            {
                "criterion": name,
                "name": self.checklist.by_id[name].name(lang),
                **{s.id: s.levels[name] for s in self.subjects},
            }
            for name in self.biggest_differences()
        ]

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The document that `playbook compare --json` prints."""
        return {
            "format": "playbook-comparison/1",
            "checklist": self.checklist.id,
            "content": {"version": self.checklist.version, "custom": self.checklist.custom},
            "aim": self.aim,
            "subjects": [
                {
                    "id": s.id,
                    "name": s.name,
                    "case": s.is_case,
                    "date": s.date,
                    "total": s.total.to_dict(),
                    "dimensions": {d: bounds.to_dict() for d, bounds in s.dimensions.items()},
                }
                for s in self.subjects
            ],
            "items": [
                {"criterion": c.id, "levels": {s.id: s.levels[c.id] for s in self.subjects}}
                for c in self.checklist.active
            ],
            "nearest": self.nearest,
            "shared": self.shared,
            "sensitivity": {"flips": list(self.flips), "stable": not self.flips},
            "warnings": self.warnings(lang),
        }


def compare_answers(
    checklist: Checklist,
    subjects: Sequence[tuple[str, str, bool, Answers]],
    aim: str | None = None,
) -> Comparison:
    """
    How do communities differ, item by item, under the aim of the first?

    `subjects` are (id, name, is it a case?, answers); ids are unique. The nearest case of a
    dimension has the smallest mean difference of level values over the criteria that both
    answered; more of them wins a tie. No percentiles: there are too few communities for that.

    >>> from playbook.library import compare
    >>> [subject.id for subject in compare("fandeng", "xiaomi").subjects]
    ['fandeng', 'xiaomi']
    """
    first = subjects[0]
    chosen = choose_aim(checklist, first[3], aim)
    made = []
    for subject_id, name, is_case, answers in subjects:
        scored = score_answers(checklist, answers, chosen)
        made.append(
            Subject(
                id=subject_id,
                name=name,
                is_case=is_case,
                date=answers.date,
                total=scored.total,
                dimensions={part.id: part.interval for part in scored.dimensions},
                levels={c.id: answers.level(c.id) for c in checklist.active},
                left_out=tuple(
                    d.id for d in checklist.dimensions if answers.community.scale in d.optional_when
                ),
            )
        )
    nearest, shared = _nearest(checklist, made)
    flips = _flips(checklist, [(s[0], s[3]) for s in subjects], chosen)
    return Comparison(checklist, chosen, tuple(made), nearest, shared, flips)


def _nearest(
    checklist: Checklist, subjects: Sequence[Subject]
) -> tuple[dict[str, str | None], dict[str, dict[str, int]]]:
    first, others = subjects[0], [s for s in subjects[1:] if s.is_case]
    nearest: dict[str, str | None] = {}
    shared: dict[str, dict[str, int]] = {}
    for dimension in checklist.dimensions:
        found = []
        shared[dimension.id] = {}
        for place, other in enumerate(others):
            gaps = []
            for criterion in checklist.of(dimension.id):
                mine, theirs = first.levels[criterion.id], other.levels[criterion.id]
                if mine is not None and theirs is not None:
                    gaps.append(abs(checklist.levels[mine] - checklist.levels[theirs]))
            shared[dimension.id][other.id] = len(gaps)
            if gaps:
                apart = sum(gaps, Fraction(0)) / len(gaps)
                found.append((apart, -len(gaps), place, other.id))
        nearest[dimension.id] = min(found)[3] if found else None
    return nearest, shared


def _flips(
    checklist: Checklist, subjects: Sequence[tuple[str, Answers]], aim: str
) -> tuple[dict[str, Any], ...]:
    """Under which single changed weight does the order of the totals change?"""
    if len(subjects) < 2:
        return ()

    scored = []
    for subject_id, answers in subjects:
        levels, scale = levels_read(checklist, answers), answers.community.scale
        weights = dimension_weights(checklist, aim, scale)
        parts = tuple(
            score_dimension(checklist, d.id, levels, weights[d.id]) for d in checklist.dimensions
        )
        scored.append((subject_id, parts, levels, scale))

    def order(variation: Variation | None = None) -> list[str]:
        placed = []
        for place, (subject_id, parts, levels, scale) in enumerate(scored):
            varied = rescored(variation, parts, levels, aim, scale) if variation else parts
            point = add_up(varied)[0].point
            if point is not None:
                placed.append((-point, place, subject_id))
        return [subject_id for _, _, subject_id in sorted(placed)]

    usual = order()
    return tuple(
        {"weight": variation.weight, "factor": float(variation.factor), "order": changed}
        for variation in variations(checklist, aim)
        if (changed := order(variation)) != usual
    )


@dataclass(frozen=True)
class Likeness:
    """How near a case is: mean difference of level values 0 to 1 over `shared` criteria."""

    case: str
    apart: float | None
    shared: int
    same: tuple[str, ...]
    differ: tuple[str, ...]


def cases_like(
    checklist: Checklist, answers: Answers, cases: Sequence[tuple[str, Answers]], least: int = 5
) -> tuple[Likeness, ...]:
    """
    Which cases are most like this community, item by item?

    Only criteria that both answered count; `apart` is None, and the case stands last, where
    fewer than `least` are shared: too few to call it like or unlike.
    """
    found = []
    for name, other in cases:
        gaps = {}
        for criterion in checklist.active:
            mine, theirs = answers.level(criterion.id), other.level(criterion.id)
            if mine is not None and theirs is not None:
                gaps[criterion.id] = abs(checklist.levels[mine] - checklist.levels[theirs])
        enough = len(gaps) >= least
        apart = float(sum(gaps.values(), Fraction(0)) / len(gaps)) if enough else None
        same = tuple(c for c, gap in gaps.items() if gap == 0)
        differ = tuple(sorted((c for c, gap in gaps.items() if gap), key=lambda c: -gaps[c]))
        found.append(Likeness(name, apart, len(gaps), same, differ))
    return tuple(
        sorted(found, key=lambda like: (like.apart is None, like.apart or 0, -like.shared))
    )
