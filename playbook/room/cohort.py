"""The class as a result: one document, tables to keep, names or stand-ins."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbook.errors import Fault
from playbook.load.code import SIGNS
from playbook.model import Answer, Criterion
from playbook.room.collect import Bad, Collected, Paper, collect, same
from playbook.scoring.agreement import Agreement, Item
from playbook.scoring.cohort import TALK, Gathered, Rater, Team, gather
from playbook.tables import Tabular
from playbook.words import say


@dataclass(frozen=True)
class Cohort(Tabular):
    """What a room said, and what was done with each file of the folder."""

    gathered: Gathered | None
    collected: Collected = field(repr=False)
    pseudonyms: bool = False
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        teams = len(self.gathered.teams) if self.gathered else 0
        people = len(self.people)
        return f"Cohort({self.collected.checklist.id}: {people} people, {teams} communities)"

    @property
    def people(self) -> tuple[Rater, ...]:
        """Everyone whose answers were used."""
        return self.gathered.raters if self.gathered else ()

    def criterion(self, name: str) -> Criterion:
        """A criterion by its id."""
        return self.collected.checklist.by_id[name]

    def file(self, name: str) -> str:
        """A file's name as it may be shown."""
        return self.hidden.get(name, name)

    def reason(self, bad: Bad, lang: str | None = None) -> str:
        """Why a file was not used; behind stand-ins without the place in it, or words from it."""
        if self.pseudonyms:
            told = [{k: _number(v) if k == "given" else v for k, v in f.values.items()}
                    for f in bad.faults]  # fmt: skip
            faults = zip(bad.faults, told, strict=True)
            bad = Bad(bad.file, tuple(Fault("", f.message, values) for f, values in faults))
        return bad.reason(lang)

    def question(self, item: Item, lang: str | None = None) -> str:
        """
        What should be asked where people differ: who saw what, and where could all look?

        It quotes the sentences of the lowest and the highest level that somebody chose.
        """
        criterion = self.criterion(item.criterion)
        levels = criterion.say("levels", lang)
        low, high = min(item.levels), max(item.levels)
        return say(
            "cohort.ask",
            lang,
            few=item.levels.count(low),
            low=levels[low].rstrip(".。"),
            many=item.levels.count(high),
            high=levels[high].rstrip(".。"),
            look=criterion.say("evidence", lang)[0].rstrip(".。"),
        )

    def apart(self, agreement: Agreement) -> list[Item]:
        """The items to talk about, the widest apart first."""
        items = {item.criterion: item for item in agreement.items}
        return [items[name] for name in agreement.talk_about[:TALK]]

    def notices(self, lang: str | None = None) -> list[str]:
        """What has to be said about the files: replaced ones, clocks, versions, equal names."""
        told = [
            say("cohort.replaced", lang, file=self.file(old), by=self.file(new))
            for old, new in self.collected.replaced
        ]
        papers = self.collected.papers
        told += [say("cohort.ahead", lang, file=self.file(p.file)) for p in papers if p.ahead]
        names = Counter(same(p.answers.rater) for p in papers if p.answers.rater)
        for name, n in names.items() if not self.pseudonyms else ():
            if n > 1:
                first = next(p.answers.rater for p in papers if same(p.answers.rater) == name)
                told.append(say("cohort.same_name", lang, name=first, n=n))
        versions = Counter(p.answers.content_version or "?" for p in papers)
        if len(versions) > 1:
            found = say("chart.comma", lang).join(f"{v} ({n})" for v, n in sorted(versions.items()))
            told.append(say("cohort.versions", lang, versions=found))
        if self.collected.checklist.custom:
            told.append(say("score.custom_note", lang, custom=self.collected.checklist.custom))
        return told

    # --- the document --------------------------------------------------------------------------

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The document that `playbook workshop --json` prints."""
        found, checklist = self.gathered, self.collected.checklist
        agreement = found.agreement if found else None
        return {
            "format": "playbook-cohort/1",
            "checklist": checklist.id,
            "content": {"version": checklist.version, "custom": checklist.custom},
            "pseudonyms": self.pseudonyms,
            "files": {
                "found": self.collected.found,
                "used": len(self.collected.papers),
                "refused": len(self.collected.bad),
                "replaced": len(self.collected.replaced),
            },
            "refused": [
                {"file": self.file(b.file), "reason": self.reason(b, lang)}
                for b in self.collected.bad
            ],
            "replaced": [
                {"file": self.file(old), "by": self.file(new)}
                for old, new in self.collected.replaced
            ],
            "notices": self.notices(lang),
            "one_community": found.one if found else None,
            **_agreement(agreement),
            "items": self.rows(lang),
            "talk_about": self._talk(agreement, lang),
            "strongest": list(found.strongest) if found else [],
            "weakest": list(found.weakest) if found else [],
            "communities": [self._team(team, lang) for team in found.teams] if found else [],
            "people": self.people_rows(),
        }

    def _talk(self, agreement: Agreement | None, lang: str | None) -> list[dict[str, Any]]:
        if agreement is None:
            return []
        return [
            {
                "criterion": item.criterion,
                "community": self.gathered.whose(item) if self.gathered else None,
                "range": item.range,
                "question": self.question(item, lang),
            }
            for item in self.apart(agreement)
        ]

    def _team(self, team: Team, lang: str | None) -> dict[str, Any]:
        score, checklist = team.score, self.collected.checklist
        action = score.actions[0] if score.actions else None
        return {
            "name": team.name,
            "raters": len(team.raters),
            **_agreement(team.agreement),
            "aim": score.aim,
            # One number for a group that does not agree would say more than anybody knows.
            "total": None if team.withheld else score.total.to_dict(),
            "coverage": float(score.coverage),
            "capability": score.standing.capability if checklist.milestones else None,
            "medians": {item.criterion: item.median for item in team.agreement.items},
            "action": None
            if action is None
            else {
                "criterion": action.criterion,
                "action": self.criterion(action.criterion).say("action", lang),
                "why": score.why(action, lang),
            },
            "talk_about": self._talk(team.agreement, lang),
        }

    # --- tables --------------------------------------------------------------------------------

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """Every criterion: how often each answer was given, median, range, share within one."""
        if (found := self.gathered) is None:
            return []
        return [
            {
                "criterion": item.criterion,
                "name": self.criterion(item.criterion).name(lang),
                "median": item.median,
                "range": item.range,
                "within_one": item.within_one,
                "counts": dict(found.counts[item.criterion]),
            }
            for item in found.items
        ]

    def people_rows(self) -> list[dict[str, Any]]:
        """Everyone, with what their own answers come to."""
        teams = self.gathered.teams if self.gathered else ()
        return [
            {
                "name": rater.name,
                "community": team.name,
                "file": self.file(rater.file),
                **rater.total.to_dict(),
                "coverage": float(rater.coverage),
                "verified": float(rater.verified),
            }
            for team in teams
            for rater in team.raters
        ]

    def answer_rows(self) -> list[dict[str, Any]]:
        """Every answer of everyone; notes and links only where names are shown."""
        rows = []
        for rater in self.people:
            for criterion in self.collected.checklist.active:
                answer = rater.answers.given.get(criterion.id, Answer())
                row: dict[str, Any] = {
                    "name": rater.name,
                    "criterion": criterion.id,
                    "level": answer.level,
                    "unknown": answer.unknown,
                    "na": answer.na,
                    "evidence": answer.evidence if answer.level is not None else None,
                }
                if not self.pseudonyms:
                    row |= {"note": answer.note, "url": answer.url}
                rows.append(row)
        return rows

    def tables(self, lang: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """The tables to keep, by the name of their file: items, people, answers, files."""
        items = [
            {k: v for k, v in row.items() if k != "counts"} | row["counts"]
            for row in self.rows(lang)
        ]
        files = [
            {"file": self.file(p.file), "state": "used", "reason": ""}
            for p in self.collected.papers
        ]
        files += [
            {"file": self.file(old), "state": "replaced", "reason": self.file(new)}
            for old, new in self.collected.replaced
        ]
        files += [
            {"file": self.file(b.file), "state": "refused", "reason": self.reason(b, lang)}
            for b in self.collected.bad
        ]
        people, answers = self.people_rows(), self.answer_rows()
        return {"items": items, "people": people, "answers": answers, "files": files}


def _number(given: object) -> object:
    """A number as it is; any other word of a file is nobody's business."""
    return given if re.fullmatch(r"[\d.,]+", str(given)) else "…"


def _agreement(agreement: Agreement | None) -> dict[str, Any]:
    bounds = agreement.interval if agreement else None
    return {
        "alpha": agreement.alpha if agreement else None,
        "interval": {"low": bounds[0], "high": bounds[1]} if bounds else None,
        "group": agreement.group if agreement else "undefined",
    }


def read_cohort(
    folder: Path,
    checklist: str | None = None,
    content: str | Path | None = None,
    aim: str | None = None,
    one: bool = False,
    pseudonyms: bool = False,
    leave_out: Sequence[Path] = (),
    resamples: int = 1000,
) -> Cohort:
    """What does a folder of answers say? See `playbook.workshop`."""
    found = collect(folder, checklist, content, leave_out)
    papers = found.papers
    groups = _groups(papers)
    if one or len(set(groups) - {""}) < 2:
        groups = [next((g for g in groups if g), "")] * len(papers)
    names = _names(papers, pseudonyms)
    teams = _team_names(papers, groups, names, pseudonyms)
    people = [
        (team, name, paper.file, paper.answers)
        for team, name, paper in zip(teams, names, papers, strict=True)
    ]
    gathered = gather(found.checklist, people, aim, resamples) if people else None
    return Cohort(gathered, found, pseudonyms, _hidden(found) if pseudonyms else {})


def _groups(papers: Sequence[Paper]) -> list[str]:
    """
    Which community is each about? The same id, else the same name, is the same community.

    A file with a name alone belongs to the first of that name that has an id. A form has no ids.
    """
    every = [paper.answers.community for paper in papers]
    ids: dict[str, str] = {}
    for community in every:
        if community.id and community.name:
            ids.setdefault(same(community.name), same(community.id))
    return [same(c.id) or ids.get(same(c.name), same(c.name)) for c in every]


def stand_in(key: str) -> str:
    """Four signs in place of a name, the same for the same form every time.

    >>> stand_in("a") == stand_in("a") != stand_in("b")
    True
    """
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    return "".join(SIGNS[byte & 31] for byte in digest[:4])


def _names(papers: Sequence[Paper], pseudonyms: bool) -> list[str]:
    """What each person is called; a second one of the same name is numbered."""
    if pseudonyms:
        given = [stand_in(p.answers.id or p.file) for p in papers]
    else:
        given = [(p.answers.rater or "").strip() or Path(p.file).stem for p in papers]
    names: list[str] = []
    seen: Counter[str] = Counter()
    for name in given:
        seen[same(name)] += 1
        n = seen[same(name)]
        names.append(name if n == 1 else f"{name} ({n})")
    return names


def _team_names(
    papers: Sequence[Paper], groups: Sequence[str], names: Sequence[str], pseudonyms: bool
) -> list[str]:
    """What each community is called; one without a name is its rater's."""
    if len(set(groups)) == 1:
        every = (p.answers.community for p in papers)
        named = next((c.name or c.id for c in every if c.name or c.id), None)
        shown = None if pseudonyms else named
        return [shown or say("cohort.this_community")] * len(papers)
    called: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for paper, group in zip(papers, groups, strict=True):
        community = paper.answers.community
        if group and group not in called:
            shown = stand_in(group) if pseudonyms else community.name or community.id or group
            seen[same(shown)] += 1
            if (n := seen[same(shown)]) > 1:  # two ids with one name are two communities
                shown = f"{shown} ({n})"
            called[group] = say("cohort.community", name=shown) if pseudonyms else shown
    return [
        called[group] if group else say("cohort.of", name=name)
        for group, name in zip(groups, names, strict=True)
    ]


def _hidden(found: Collected) -> dict[str, str]:
    """Names of files tell who wrote them: numbers in their place."""
    files = [p.file for p in found.papers] + [b.file for b in found.bad]
    files += [old for old, _ in found.replaced]
    return {file: say("cohort.file", n=n) for n, file in enumerate(sorted(set(files)), 1)}
