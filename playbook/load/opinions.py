"""Opinions → model: checklists (a user's own content laid over), funnel, exercises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from playbook import check
from playbook.errors import nearest, quote, refuse
from playbook.files import faults_raise, parse_toml, read_text
from playbook.load.lint import content_faults, twice_faults
from playbook.model import (
    Checklist,
    Criterion,
    Dimension,
    Effort,
    Exercise,
    Gate,
    Milestone,
    Option,
    Outcome,
    Stage,
)
from playbook.words import LANGUAGES, PACKAGE

Document = Mapping[str, Any]


def shipped(name: str) -> dict[str, Any]:
    """A document of our own content, which the tests have checked."""
    source = PACKAGE / "content" / f"{name}.toml"
    return parse_toml(source.read_text(encoding="utf-8"), f"content/{name}.toml")


@cache
def content(name: str) -> Mapping[str, Any]:
    """One of our content documents that is not a checklist: funnel, milestones, redlines.

    >>> content("funnel")["format"]
    'playbook-funnel/1'
    """
    return shipped(name)


@cache
def checklist_names() -> tuple[str, ...]:
    """Which checklists are there? ISOOC first.

    >>> checklist_names()[0]
    'isooc'
    """
    folder = PACKAGE / "content"
    names = []
    for entry in folder.iterdir():
        if entry.name.endswith(".toml"):
            with (folder / entry.name).open(encoding="utf-8") as stream:
                # The head names the format, so that listing need not parse everything.
                if '\nformat = "playbook-checklist/' in "\n" + stream.read(2000):
                    names.append(entry.name.removesuffix(".toml"))
    return tuple(sorted(names, key=lambda name: (name != "isooc", name)))


def load_checklist(name: str = "isooc", own: str | Path | None = None) -> Checklist:
    """
    Which questions are asked, and how are they judged?

    `own` is a user's file of weights, texts, gates or criteria that is laid over ours
    (`playbook-content/1`). Faults of it raise one PlaybookError that names them all.

    >>> load_checklist().dimension("copy").letter
    'C'
    """
    return _plain(name) if own is None else _overlaid(name, Path(own))


@cache
def _plain(name: str) -> Checklist:
    known = checklist_names()
    if name not in known:
        raise refuse(
            "checklist",
            "no_checklist",
            nearest(str(name), known),
            given=quote(name),
            known=", ".join(known),
        )
    return _build(shipped(name), _milestones_for(name), None)


def _milestones_for(name: str) -> dict[str, Any] | None:
    return shipped("milestones") if name == "isooc" else None


def _overlaid(name: str, path: Path) -> Checklist:
    _plain(name)  # an unknown name is refused before the file is looked at
    where = path.name
    raw = read_text(path)
    own = parse_toml(raw, where)
    check.require(own, "content", where)
    # An entry that stands twice would be laid over itself, and one of the two lost in silence.
    lists = {key: own.get(key, []) for key in ("dimension", "criterion", "milestone")}
    lists |= {m["id"]: m.get("gate", []) for m in lists["milestone"]}
    faults = [
        f for name, entries in lists.items() for f in twice_faults(entries, f"{where}: {name}")
    ]
    faults_raise(faults)
    if own.get("checklist", name) != name:
        raise refuse(where, "other_checklist", given=quote(own["checklist"]), expected=quote(name))
    document, milestones = shipped(name), _milestones_for(name)
    for key in ("levels", "weights"):
        if key in own:
            document[key] = _merge(document.get(key, {}), own[key])
    for key in ("dimension", "criterion"):
        document[key] = _merge_by_id(document[key], own.get(key, []))
    if "milestone" in own:
        milestones = milestones or {
            "format": "playbook-milestones/1",
            "checklist": name,
            "milestone": [],
        }
        milestones["milestone"] = _merge_by_id(milestones["milestone"], own["milestone"])
    faults = check.check(document, "checklist", where)
    if milestones:
        faults += check.check(milestones, "milestones", where)
    faults_raise(faults)
    faults_raise(list(content_faults(document, milestones, where)))
    import hashlib  # only an overlay needs it

    digest = hashlib.sha256(raw.encode("utf-8")).hexdigest()
    return _build(document, milestones, f"sha256:{digest}")


def _merge(ours: Any, own: Any) -> Any:
    """A user's table laid over ours, key by key; anything else replaces."""
    if isinstance(ours, dict) and isinstance(own, dict):
        merged = dict(ours)
        for key, value in own.items():
            if key == "gate":
                merged[key] = _merge_by_id(merged.get(key, []), value)
            else:
                merged[key] = _merge(merged.get(key), value)
        return merged
    return own


def _merge_by_id(ours: Sequence[Any], own: Sequence[Any]) -> list[Any]:
    merged = {entry["id"]: entry for entry in ours}
    for entry in own:
        merged[entry["id"]] = _merge(merged.get(entry["id"], {}), entry)
    return list(merged.values())


def texts_of(entry: Document) -> dict[str, Any]:
    """The texts of an entry, by language."""
    return {lang: entry.get(lang, {}) for lang in LANGUAGES}


def _number(value: float) -> Fraction:
    # By way of its text, so that 0.2 is a fifth and not the nearest binary number.
    return Fraction(str(value))


def _build(document: Document, milestones: Document | None, custom: str | None) -> Checklist:
    dimensions = tuple(
        Dimension(
            d["id"],
            texts_of(d),
            tuple(d.get("source", ())),
            d.get("letter", ""),
            tuple(d.get("optional_when", ())),
        )
        for d in document["dimension"]
    )
    criteria = tuple(
        Criterion(
            id=c["id"],
            texts=texts_of(c),
            source=tuple(c.get("source", ())),
            dimension=c["id"].partition(".")[0],
            weight=_number(c.get("weight", 1)),
            depends_on=tuple(c.get("depends_on", ())),
            usefulness=c.get("usefulness", 3),
            effort=Effort(**c.get("effort", {"people": 2, "time": 2, "money": 2})),
            since=c.get("since", document["version"]),
            changed=c.get("changed"),
            retired=c.get("retired"),
            example_case=c.get("example_case"),
        )
        for c in document["criterion"]
    )
    return Checklist(
        id=document["id"],
        texts=texts_of(document),
        source=tuple(document.get("source", ())),
        version=document["version"],
        status=document.get("status", "unvalidated"),
        levels=tuple(_number(value) for value in document["levels"]),
        weights={
            aim: {name: _number(value) for name, value in table.items()}
            for aim, table in document.get("weights", {}).items()
        },
        dimensions=dimensions,
        criteria=criteria,
        milestones=tuple(
            sorted(
                (_milestone(m) for m in (milestones or {}).get("milestone", ())),
                key=lambda milestone: milestone.size,
            )
        ),
        outcomes=tuple(
            Outcome(
                o["id"],
                texts_of(o),
                tuple(o.get("source", ())),
                tuple(o.get("all", ())),
                tuple(o.get("any", ())),
            )
            for o in document.get("outcome", ())
        ),
        custom=custom,
    )


def _milestone(entry: Document) -> Milestone:
    gates = [
        Gate(
            id=gate["id"],
            texts=texts_of(gate),
            milestone=entry["id"],
            dimension=gate.get("dimension"),
            at_least=_number(gate["at_least"]) if "at_least" in gate else None,
            criterion=gate.get("criterion"),
            level=gate.get("level"),
            funnel_stage=gate.get("funnel_stage"),
            earning=gate.get("earning", False),
        )
        for gate in entry.get("gate", ())
    ]
    size = Gate(id="size", texts={}, milestone=entry["id"], size=entry["size"])
    return Milestone(
        entry["id"], texts_of(entry), tuple(entry.get("source", ())), entry["size"], (size, *gates)
    )


@cache
def load_stages() -> tuple[Stage, ...]:
    """The three business stages of a community's funnel."""
    return tuple(
        Stage(
            s["id"], texts_of(s), tuple(s.get("source", ())), int(s["id"]), tuple(s.get("case", ()))
        )
        for s in content("funnel")["stage"]
    )


def practices() -> tuple[Mapping[str, Any], ...]:
    """The practices of the six senses, each with how often, when, and who."""
    return tuple(content("six_senses")["practice"])


@cache
def load_exercises() -> Mapping[str, Exercise]:
    """Every exercise of the course, by id, from `content/exercises/*.toml`."""
    found: dict[str, Exercise] = {}
    for entry in sorted((PACKAGE / "content" / "exercises").iterdir(), key=str):
        if entry.name.endswith(".toml"):
            document = parse_toml(entry.read_text(encoding="utf-8"), entry.name)
            for exercise in document["exercise"]:
                found[exercise["id"]] = _exercise(exercise, document["lesson"])
    return found


def _exercise(entry: Document, lesson: str) -> Exercise:
    return Exercise(
        id=entry["id"],
        kind=entry["kind"],
        lesson=lesson,
        texts=texts_of(entry),
        options=tuple(
            Option(o["id"], float(o.get("credit", 0)), texts_of(o)) for o in entry.get("option", ())
        ),
        case=entry.get("case"),
        source=tuple(entry.get("source", ())),
        value=entry.get("value"),
        within=entry.get("within", 0.0),
    )


def load_exercise(name: str) -> Exercise:
    """One exercise by its id; an unknown one raises PlaybookError with the nearest."""
    found = load_exercises()
    if name not in found:
        raise refuse("exercises", "no_exercise", nearest(name, found), given=quote(name))
    return found[name]
