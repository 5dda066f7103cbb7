"""Which questions of a checklist do events answer? Answers at E3, laid beside a person's.

The rules stand in `content/evidence.toml`. A person's level is never replaced: it stays the level
that counts, and what was measured stands beside it. Only what a person did not know is filled in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from playbook.errors import nearest, quote, refuse
from playbook.files import not_over, write_whole
from playbook.load import answers_document, content, load_answers, load_checklist
from playbook.model import Answer, Checklist
from playbook.people.base import Log, open_log
from playbook.people.health import KINDS
from playbook.people.weeks import Fact, Stretch, fact_entry, facts, first_day, kinds_of, window
from playbook.tables import Tabular
from playbook.words import say, text

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """One rule read on one log: its facts, or `why` there are none (`too_short`, `no_kind`)."""

    rule: Document
    facts: tuple[Fact, ...] = ()
    stretch: Stretch | None = None
    caveats: tuple[str, ...] = ()
    why: str | None = None

    @property
    def weakest(self) -> Fact | None:
        """The fact that sets the level: the lowest, and the first of these."""
        return min(self.facts, key=lambda fact: fact.level, default=None)

    @property
    def level(self) -> int | None:
        """The level that events show; None where they show none, or only stand beside."""
        if self.weakest is None or self.rule["reads"] == "beside":
            return None
        return self.weakest.level

    def block(self, lang: str | None = None) -> dict[str, Any] | None:
        """What stands under `measured` in an answer."""
        shown = self.weakest
        if shown is None or self.stretch is None:
            return None
        return {
            "level": self.level,
            "fact": shown.id,
            "value": shown.value,
            "unit": text(fact_entry(shown.id), "unit", lang),
            "n": shown.n,
            "from": self.stretch.start.isoformat(),
            "to": self.stretch.end.isoformat(),
            "rule": self.rule["id"],
            "source": self.rule["source"][0],
            "window": self.stretch.which,
            "reads": self.rule["reads"],
            "caveats": list(self.caveats),
            "parts": [
                fact.to_dict() | ({} if self.level is not None else {"level": None})
                for fact in self.facts
            ],
        }


@dataclass(frozen=True)
class Evidence(Tabular):
    """Answers measured from events, alone or laid beside a person's. `claims`: row by row."""

    checklist: Checklist = field(repr=False)
    readings: tuple[Reading, ...] = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    claims: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """An answers document (playbook-answers/1)."""
        return self.document

    def answer(self, criterion: str) -> Answer:
        """One answer as it is read, with its measured numbers."""
        return load_answers(self.document, self.checklist)[0].given[criterion]

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """One row a question that a rule stands for: claimed, measured, and how they agree."""
        return [
            {
                "criterion": claim["criterion"],
                "name": self.checklist.by_id[claim["criterion"]].name(lang),
                **{key: value for key, value in claim.items() if key != "criterion"},
            }
            for claim in self.claims
        ]

    def save(self, path: str | Path, *inputs: Any) -> Path:
        """Write the answers file, whole or not at all; never over one of the inputs."""
        target = Path(path)
        not_over(target, *inputs)
        write_whole(target, json.dumps(self.document, ensure_ascii=False, indent=1) + "\n")
        return target


def evidence(
    events: Any,
    merge: str | Path | Document | None = None,
    at: str | date | datetime | None = None,
    tz: str = "UTC",
    engine: str = "duckdb",
    *,
    people: Any = None,
    con: Any = None,
    checklist: str | None = None,
    community: Document | None = None,
    kind: str | None = None,
    lang: str | None = None,
) -> Evidence:
    """
    What do events answer of a checklist, and where does a person claim something else?

    `events`, `at`, `tz`, `engine`, `people`, `con`: as in `members`. `merge`: a person's answers
    (a file, a dictionary, a case id); their levels stay, the measured ones stand beside them, and
    only what they did not know is filled in. `checklist`: "isooc" or "lifespan", without `merge`.
    `community`: what else is known of it (name, kind, scale …). `kind`: as in `members`, for where
    that is not said; `task` is a group with an end, for which the rules do not hold: its numbers
    are marked. Groups younger than eight weeks are unknown, never 0. Rules, cuts and their source:
    `content/evidence.toml` (a pilot).

    >>> import pandas as pd
    >>> days = pd.date_range("2026-01-01", periods=56, freq="D", tz="UTC")
    >>> table = pd.DataFrame({"member": ["ann"] * 56, "at": days, "kind": ["post"] * 56})
    >>> evidence(table).to_dict()["answers"]["output.rhythm"]["level"]
    0
    """
    if kind is not None and kind not in KINDS:
        known = ", ".join(KINDS)
        raise refuse("kind", "enum", nearest(kind, KINDS), given=quote(kind), known=known)
    person, asked = None, None if checklist is None else load_checklist(checklist)
    if merge is not None:
        asked = load_answers(merge, asked, lang)[1]
        person = answers_document(merge, lang)[0]
    asked = asked or load_checklist()
    with open_log(events, people, at, tz, engine, con) as log:
        about = _about(log, person, community, kind)
        task = "task" in (kind, about.get("scale"))
        readings = tuple(read(log, asked.id, ended=at is None, task=task))
        judged = log.at.date()
    if not readings:
        known = ", ".join(dict.fromkeys(rule["checklist"] for rule in content("evidence")["rule"]))
        raise refuse("evidence", "no_rules", given=quote(asked.id), known=known)
    return lay_beside(asked, readings, person, judged, about, lang)


def _about(
    log: Log, person: Document | None, told: Document | None, kind: str | None
) -> dict[str, Any]:
    """What is said of the community; where nobody said it, what its kind and its events tell."""
    known = {**((person or {}).get("community") or {}), **(told or {})}
    if kind is not None:
        key = "scale" if kind == "task" else "kind"
        known[key] = known.get(key) or kind
    if person is None and known.get("members") is None:
        n = log.events.aggregate(n=log.events.member.nunique()).to_pandas()["n"].iloc[0]
        day = log.at.date().isoformat()
        known |= {"members": int(n), "members_kind": "members", "members_at": day}
    return known


def read(
    log: Log, checklist: str = "isooc", ended: bool = False, task: bool = False
) -> Iterator[Reading]:
    """
    What does each rule of a checklist say about a log?

    `ended`: the log is judged at its own last event, so a silence after that cannot be seen.
    `task`: the group has an end date.
    """
    rules = [rule for rule in content("evidence")["rule"] if rule["checklist"] == checklist]
    first = first_day(log, kinds_of("part"))
    stretch = None if first is None else window(first, log.at.date())
    found = {} if stretch is None else facts(log, stretch)
    for rule in rules:
        these = tuple(found[name] for name in rule["facts"] if name in found)
        if stretch is not None and len(these) == len(rule["facts"]):
            yield Reading(rule, these, stretch, _caveats(rule, stretch, found, ended, task))
        else:
            yield Reading(rule, why=_why(log, rule, stretch))


def _why(log: Log, rule: Document, stretch: Stretch | None) -> str:
    """Why does a rule find nothing: no such events, none with a time, or too few weeks?"""
    kinds = {kind for name in rule["facts"] for kind in kinds_of(fact_entry(name)["kinds"])}
    if not log.kinds & kinds or stretch is not None:
        return "no_kind"
    return "too_short" if log.timed else "no_time"


def _caveats(
    rule: Document, stretch: Stretch, found: Mapping[str, Fact], ended: bool, task: bool
) -> tuple[str, ...]:
    """What has to be said beside a number that was carried to where the pilot did not look."""
    few, many = content("evidence")["pilot"]["people"]
    told = {
        "carried": stretch.which == "last",
        "beginning": stretch.which == "first",
        "size": not few <= found["active" if "active" in found else rule["facts"][0]].n <= many,
        "weak": any(fact_entry(name).get("weak") for name in rule["facts"]),
        "ended": ended,
        "task": task,
    }
    return tuple(name for name, holds in told.items() if holds)


# --- claimed against measured -----------------------------------------------------------------


def lay_beside(
    checklist: Checklist,
    readings: tuple[Reading, ...],
    person: Document | None,
    day: date,
    community: Document | None = None,
    lang: str | None = None,
) -> Evidence:
    """
    Lay what was measured beside what a person said, question by question.

    Their level stays; the measured one stands under `measured`. Where they said nothing or "we
    don't know", the measured level becomes the answer, marked as `filled`.
    """
    document: dict[str, Any] = deepcopy(dict(person or {}))
    answers = document.get("answers") or {}
    claims = []
    for reading in readings:
        name = reading.rule["criterion"]
        claimed = _own(answers.get(name) or {})
        answers[name] = _beside(claimed, reading, lang)
        claims.append(_claim(name, claimed, reading, person is not None))
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    document |= {
        "format": "playbook-answers/1",
        "id": document.get("id") or str(uuid4()),
        "saved": stamp,
        "checklist": checklist.id,
        "content_version": document.get("content_version") or checklist.version,
        "date": document.get("date") or day.isoformat(),
        "rater": document.get("rater") or say("evidence.rater", lang),
        "answers": answers,
    }
    known = {**(document.get("community") or {}), **(community or {})}
    if known:
        document["community"] = known
    return Evidence(checklist, readings, document, tuple(claims))


def _own(answer: Document) -> dict[str, Any]:
    """What a person said of a question: without what an earlier measurement filled in."""
    measured = answer.get("measured") or {}
    if measured.get("filled") and answer.get("level") in (None, measured.get("level")):
        return {k: v for k, v in answer.items() if k not in ("level", "evidence", "measured")}
    return dict(answer)


def _beside(claimed: dict[str, Any], reading: Reading, lang: str | None) -> dict[str, Any]:
    block = reading.block(lang)
    if block is None:
        told = {"unknown": True, "note": say(f"evidence.why.{reading.why}", lang)}
        return claimed or told
    if reading.level is None:
        return {**(claimed or {"unknown": True}), "measured": block}
    if claimed.get("level") is not None:
        return {**claimed, "evidence": "E3", "measured": block}
    if claimed.get("na") is not None:
        return {**claimed, "measured": block}
    kept = {key: value for key, value in claimed.items() if key != "unknown"}
    return {**kept, "level": reading.level, "evidence": "E3", "measured": {**block, "filled": True}}


def _claim(name: str, claimed: Document, reading: Reading, asked: bool) -> dict[str, Any]:
    shown = reading.weakest
    said, level = claimed.get("level"), reading.level
    if shown is None:
        state = "unmeasured"
    elif level is None:
        state = "beside"
    elif claimed.get("na") is not None:
        state = "na"
    elif said is None:
        state = "filled" if asked else "measured"
    else:
        state = "agrees" if said == level else "lower" if level < said else "higher"
    return {
        "criterion": name,
        "state": state,
        "claimed": said,
        "measured": level,
        "fact": shown.id if shown else None,
        "value": shown.value if shown else None,
        "n": shown.n if shown else None,
        "from": reading.stretch.start.isoformat() if reading.stretch else None,
        "to": reading.stretch.end.isoformat() if reading.stretch else None,
        "rule": reading.rule["id"],
        "why": reading.why,
        "caveats": list(reading.caveats),
    }
