"""Before and after: several assessments of one community, what moved, and what is next now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playbook.model import Answers, Checklist
from playbook.scoring.assess import Score, score_answers
from playbook.scoring.change import Change, changed
from playbook.scoring.checklist import choose_aim
from playbook.scoring.cohort import state
from playbook.tables import Tabular
from playbook.words import say

#: How far a clock may be ahead before it is told.
AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class History(Tabular):
    """Assessments from the earliest to the latest, all under one aim; `names` say which is which.

    `dated`: are they in the order of their dates, or in that in which they were given?
    """

    scores: tuple[Score, ...] = field(repr=False)
    names: tuple[str, ...]
    dated: bool

    @property
    def checklist(self) -> Checklist:
        return self.scores[-1].checklist

    @property
    def latest(self) -> Score:
        return self.scores[-1]

    @property
    def changes(self) -> tuple[Change, ...]:
        """What moved from each assessment to the next."""
        return tuple(
            changed(before, after)
            for before, after in zip(self.scores, self.scores[1:], strict=False)
        )

    @property
    def whole(self) -> Change:
        """What moved from the first to the last."""
        return changed(self.scores[0], self.scores[-1])

    @property
    def advised(self) -> tuple[str, ...]:
        """The three actions that the first assessment told to do first."""
        return tuple(action.criterion for action in self.scores[0].actions[:3])

    def state(self, place: int, criterion: str) -> str:
        """What an assessment answered: a level "0" to "3", "unknown", "na" or "absent"."""
        return state(self.scores[place].answers.given.get(criterion))

    def notices(self, lang: str | None = None) -> list[str]:
        """What has to be said: another name, another version, no dates, a date still to come."""
        told = []
        names = {s.answers.community.name for s in self.scores if s.answers.community.name}
        if len(names) > 1:
            said = say("chart.comma", lang).join(sorted(names))
            told.append(say("history.names", lang, names=said))
        versions = {s.answers.content_version or "?" for s in self.scores}
        if len(versions) > 1:
            said = say("chart.comma", lang).join(sorted(versions))
            told.append(say("history.versions", lang, versions=said))
        answers = [(score.answers.id, score.answers.given) for score in self.scores]
        if any(one in answers[:place] for place, one in enumerate(answers) if one[0]):
            told.append(say("history.twice", lang))
        if not self.dated:
            told.append(say("history.undated", lang))
        ends = datetime.now(UTC) + AHEAD
        for name, score in zip(self.names, self.scores, strict=True):
            when = _when(score.answers)
            if when is not None and when > ends:
                told.append(say("history.ahead", lang, name=name))
        return told

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """Every criterion, with the answer of each assessment."""
        return [
            {"criterion": c.id, "name": c.name(lang)}
            | {name: self.state(at, c.id) for at, name in enumerate(self.names)}
            for c in self.checklist.active
        ]

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The document that `playbook history --json` prints."""
        last = len(self.scores) - 1
        return {
            "format": "playbook-history/1",
            "checklist": self.checklist.id,
            "content": {"version": self.checklist.version, "custom": self.checklist.custom},
            "aim": self.latest.aim,
            "notices": self.notices(lang),
            "assessments": [
                {
                    "name": name,
                    "date": score.answers.date,
                    "total": score.total.to_dict(),
                    "coverage": float(score.coverage),
                    "verified": float(score.verified),
                    "capability": score.standing.capability if self.checklist.milestones else None,
                    "dimensions": {p.id: p.interval.to_dict() for p in score.dimensions},
                }
                for name, score in zip(self.names, self.scores, strict=True)
            ],
            "changes": [
                {
                    "from": self.names[at],
                    "to": self.names[at + 1],
                    "low": float(change.low),
                    "high": float(change.high),
                    "moved": [
                        {
                            "criterion": name,
                            "from": self.state(at, name),
                            "to": self.state(at + 1, name),
                        }
                        for name, *_ in change.answers
                    ],
                }
                for at, change in enumerate(self.changes)
            ],
            "advised": [
                {"criterion": c, "from": self.state(0, c), "to": self.state(last, c)}
                for c in self.advised
            ],
            "next": [
                {
                    "criterion": action.criterion,
                    "action": self.checklist.by_id[action.criterion].say("action", lang),
                    "why": self.latest.why(action, lang),
                }
                for action in self.latest.actions[:3]
            ],
        }


def history_of(
    checklist: Checklist, found: Sequence[tuple[str, Answers]], aim: str | None = None
) -> History:
    """
    How did a community move?

    `found`: a name and answers each. In the order of their dates where every one has a date of
    its own day or moment, else as given. All are scored under one aim: the one given, else that
    of the latest, so that weights do not move with the community.
    """
    times = [_when(answers) for _, answers in found]
    known = [(when, at) for at, when in enumerate(times) if when is not None]
    dated = len(known) == len(found)
    order = [at for _, at in sorted(known)] if dated else list(range(len(found)))
    latest = found[order[-1]][1]
    chosen = choose_aim(checklist, latest, aim)
    names: list[str] = []
    for at in order:
        name = found[at][1].date or found[at][0]
        names.append(name if name not in names else f"{name} ({found[at][0]})")
    scores = tuple(score_answers(checklist, found[at][1], chosen) for at in order)
    return History(scores, tuple(names), dated)


def _when(answers: Answers) -> datetime | None:
    """The day that the answers are of; within a day, when they were saved."""
    text = answers.date or answers.saved
    if text is None:
        return None
    if answers.saved and answers.date and answers.saved.startswith(answers.date):
        text = answers.saved
    text += {4: "-01-01", 7: "-01"}.get(len(text), "")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
