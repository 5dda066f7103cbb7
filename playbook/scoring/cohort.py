"""A class: what many people said, of one community or of many, and what to talk about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import fmean, median_low
from typing import Any

from playbook.model import EVIDENCE, Answer, Answers, Checklist, Community, Interval
from playbook.scoring.agreement import Agreement, Item, agree, agreement_over
from playbook.scoring.assess import Score, score_answers, totals

STATES = ("0", "1", "2", "3", "unknown", "na", "absent")
#: How many of the strongest, of the weakest, and of what to talk about are told.
FEW = 3
TALK = 6


@dataclass(frozen=True)
class Rater:
    """One person's answers: the name to show, the file they came in, and what they come to."""

    name: str
    file: str
    answers: Answers = field(repr=False)
    total: Interval
    coverage: Fraction
    verified: Fraction


@dataclass(frozen=True)
class Team:
    """One community and who rated it. `score` is that of the medians, half levels read down."""

    name: str
    raters: tuple[Rater, ...]
    agreement: Agreement
    score: Score = field(repr=False)

    @property
    def withheld(self) -> bool:
        """Do the raters differ too much for one number?"""
        return self.agreement.group == "withheld"

    def level(self, criterion: str) -> int | None:
        """The level of the medians."""
        return self.score.answers.level(criterion)

    def state(self, criterion: str) -> str:
        """The answer of the medians, as one of STATES."""
        return state(self.score.answers.given.get(criterion))


@dataclass(frozen=True)
class Gathered:
    """
    A whole class. `one`: all rated the same community.

    `items` look at the raters where there is one community, else at the communities' medians.
    `agreement` is over every item that two or more people rated, of whichever community.
    """

    checklist: Checklist = field(repr=False)
    teams: tuple[Team, ...]
    one: bool
    agreement: Agreement
    items: tuple[Item, ...]
    counts: Mapping[str, Mapping[str, int]] = field(repr=False)

    @property
    def raters(self) -> tuple[Rater, ...]:
        return tuple(rater for team in self.teams for rater in team.raters)

    @property
    def talk_about(self) -> tuple[str, ...]:
        """Where people who rated the same community lie two levels or more apart."""
        return self.agreement.talk_about

    def whose(self, item: Item) -> str:
        """The community whose raters gave an item of `agreement`."""
        return next((team.name for team in self.teams if item in team.agreement.items), "")

    def ranked(self) -> list[str]:
        """The criteria that at least half answered with a level, the strongest first."""
        half = (len(self.raters) if self.one else len(self.teams)) / 2
        told = [item for item in self.items if item.levels and len(item.levels) >= half]
        place = {c.id: at for at, c in enumerate(self.checklist.active)}
        told.sort(key=lambda i: (-(i.median or 0), -fmean(i.levels), place[i.criterion]))
        return [item.criterion for item in told]

    @property
    def strongest(self) -> tuple[str, ...]:
        """The three strongest criteria; fewer where few were answered."""
        ranked = self.ranked()
        return tuple(ranked[: min(FEW, len(ranked) // 2)])

    @property
    def weakest(self) -> tuple[str, ...]:
        """The three weakest, the weakest first; never one that is among the strongest."""
        ranked = self.ranked()
        return tuple(reversed(ranked[len(ranked) - min(FEW, len(ranked) // 2) :]))


def state(answer: Answer | None) -> str:
    """Which of STATES is an answer?

    >>> state(Answer(level=2)), state(None)
    ('2', 'absent')
    """
    if answer is None:
        return "absent"
    if answer.level is not None:
        return str(answer.level)
    if answer.na is not None:
        return "na"
    return "unknown" if answer.unknown else "absent"


def gather(
    checklist: Checklist,
    found: Sequence[tuple[str, str, str, Answers]],
    aim: str | None = None,
    resamples: int = 1000,
) -> Gathered:
    """
    What did a class say?

    `found`: (community, name to show, file, answers) of each person; people of one community
    stand under the same first text. Medians always; α within communities (see `agreement`).
    """
    by_team: dict[str, list[tuple[str, str, Answers]]] = {}
    for team, name, file, answers in found:
        by_team.setdefault(team, []).append((name, file, answers))
    # By name: who looks for their own among thirty should find it.
    teams = tuple(
        _team(checklist, name, by_team[name], aim, resamples)
        for name in sorted(by_team, key=lambda name: (name.casefold(), name))
    )
    one = len(teams) == 1
    people = [answers for *_, answers in found]
    of_teams = [team.score.answers for team in teams]
    shown = people if one else of_teams
    counts = {
        c.id: dict.fromkeys(STATES, 0) | Counter(state(a.given.get(c.id)) for a in shown)
        for c in checklist.active
    }
    if one:
        agreement = teams[0].agreement
        items = agreement.items
    else:
        agreement = agreement_over(_widest(teams, checklist), _pairs(teams), resamples)
        items = agree(checklist, of_teams, 0).items
    return Gathered(checklist, teams, one, agreement, items, counts)


def _team(
    checklist: Checklist,
    name: str,
    people: Sequence[tuple[str, str, Answers]],
    aim: str | None,
    resamples: int,
) -> Team:
    answers = [one for *_, one in people]
    together = medians(checklist, answers)
    score = score_answers(checklist, together, aim)
    raters = tuple(_rater(checklist, *one, score.aim) for one in people)
    return Team(name, raters, agree(checklist, answers, resamples), score)


def _rater(checklist: Checklist, name: str, file: str, answers: Answers, aim: str) -> Rater:
    _, whole, coverage = totals(checklist, answers, aim)
    _, proven, _ = totals(checklist, answers, aim, proven_only=True)
    return Rater(name, file, answers, whole, coverage, proven.low)


def medians(checklist: Checklist, raters: Sequence[Answers]) -> Answers:
    """
    What do several raters say together?

    The median level, half levels read down, with the best evidence of those who chose it. "Does
    not apply" where more than half of those who answered say so; unknown where nobody gave a
    level. About the community: what most say, and the middle count of members.
    """
    if len(raters) == 1:
        return raters[0]
    given: dict[str, Answer] = {}
    for criterion in checklist.active:
        told = [a for r in raters if (a := r.given.get(criterion.id)) is not None]
        out = [a for a in told if a.na]
        levels = [a.level for a in told if a.level is not None]
        if told and 2 * len(out) > len(told):
            given[criterion.id] = Answer(na=_most(a.na for a in out))
        elif levels:
            middle = median_low(levels)
            same = (a for a in told if a.level == middle)
            given[criterion.id] = max(same, key=lambda a: EVIDENCE.index(a.evidence))
        elif told:
            given[criterion.id] = Answer(unknown=True)
    every = [r.community for r in raters]
    counted = [c.members for c in every if c.members is not None]
    community = Community(
        id=_most(c.id for c in every),
        name=_most(c.name for c in every),
        members=median_low(counted) if counted else None,
        members_kind=_most(c.members_kind for c in every) or "members",
        kind=_most(c.kind for c in every),
        scale=_most(c.scale for c in every) or "grow",
        aim=_most(c.aim for c in every),
        stage=_most(c.stage for c in every),
        earning=_most(c.earning for c in every),
    )
    return Answers(checklist.id, community, given)


def _most(values: Iterable[Any]) -> Any:
    """What is said most often, the first said of several; None only where nobody said anything."""
    told = Counter(value for value in values if value is not None)
    return told.most_common(1)[0][0] if told else None


def _pairs(teams: Sequence[Team]) -> list[tuple[int, ...]]:
    return [i.levels for t in teams for i in t.agreement.items if len(i.levels) > 1]


def _widest(teams: Sequence[Team], checklist: Checklist) -> tuple[Item, ...]:
    """Of each criterion, the community whose raters lie furthest apart."""
    found: dict[str, Item] = {}
    for team in teams:
        for item in team.agreement.items:
            if len(item.levels) > 1:
                before = found.get(item.criterion)
                if before is None or (item.range or 0) > (before.range or 0):
                    found[item.criterion] = item
    return tuple(found[c.id] for c in checklist.active if c.id in found)
