"""Answers → model: a dictionary, a file or a case, checked whole before it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from playbook import check
from playbook.errors import FEW, Fault, PlaybookError, nearest, quote, refuse
from playbook.files import clean, faults_raise, is_there, parse_json, parse_toml, read_text
from playbook.load.cases import case_answers, case_document, case_names, sources
from playbook.load.code import bare, decode, grouped, is_code
from playbook.load.opinions import load_checklist
from playbook.model import (
    Answer,
    Answers,
    Checklist,
    Community,
)

Document = Mapping[str, Any]


def load_answers(
    given: str | Path | Document,
    checklist: Checklist | None = None,
    lang: str | None = None,
    own: str | Path | None = None,
) -> tuple[Answers, Checklist]:
    """
    What was answered, and by which checklist is it judged?

    `given` is a dictionary in the shape of an answers file, a path, the id of a case, or an
    answer code of the form. The checklist is the one the answers name, unless one is given.
    Faults raise one PlaybookError.

    >>> answers, checklist = load_answers("fandeng")
    >>> (answers.community.id, checklist.id)
    ('fandeng', 'isooc')
    """
    document, where = answers_document(given, lang, own)
    faults = check.check(document, "answers", where)
    document = _readable(document, faults, where)
    named = document.get("checklist") or "isooc"
    if checklist is None:
        checklist = load_checklist(named, own)
    elif checklist.id != named:
        raise refuse(where, "other_checklist", given=quote(named), expected=quote(checklist.id))
    try:
        read = _read_answers(document, checklist, where)
    except PlaybookError as error:
        raise PlaybookError([*faults, *error.faults]) from None
    faults_raise(faults)
    return read, checklist


def _readable(document: Any, faults: list[Fault], where: str) -> dict[str, Any]:
    """What of a faulty document can still be looked at, so that all its faults are told at once.

    Raises the faults where nothing can.
    """
    if not faults:
        return dict(document)
    if not isinstance(document, dict) or not isinstance(document.get("answers"), dict):
        raise PlaybookError(faults)
    bad = [fault.where for fault in faults]
    if len(bad) >= FEW:
        raise PlaybookError(faults)

    def sound(place: str) -> bool:
        return not any(one == place or one.startswith(f"{place}: ") for one in bad)

    kept = {k: v for k, v in document.items() if k == "answers" or sound(check.below(where, k))}
    # An answer of a wrong shape is read as none, so that a wrong id is still told.
    within = check.below(where, "answers")
    kept["answers"] = {
        name: answer if sound(check.below(within, name)) else None
        for name, answer in document["answers"].items()
    }
    return kept


def answers_document(
    given: str | Path | Document, lang: str | None = None, own: str | Path | None = None
) -> tuple[dict[str, Any], str]:
    """The raw answers document of a dictionary, a file, a case or a code, and what to call it.

    >>> answers_document("fandeng")[0]["format"]
    'playbook-answers/1'
    """
    if isinstance(given, Mapping):
        try:
            return clean(dict(given)), "answers"
        except RecursionError:
            raise refuse("answers", "too_deep") from None
    path = Path(given)
    if is_there(path):
        text = read_text(path)
        if path.suffix.lower() == ".toml":
            found = parse_toml(text, path.name)
            check.require(found, "case", path.name)
            return case_answers(found, lang), path.name
        document = parse_json(text, path.name)
        return document, path.name
    names = case_names()
    if str(given) in names:
        return case_answers(case_document(str(given)), lang), str(given)
    if is_code(str(given)):
        return decode(str(given), own), grouped(bare(str(given)))
    raise refuse(quote(str(given)), "not_found", nearest(str(given), names), known=", ".join(names))


def _read_answers(document: Document, checklist: Checklist, where: str) -> Answers:
    faults: list[Fault] = []
    notices: list[tuple[str, dict[str, Any]]] = []
    version = document.get("content_version")
    if version is not None and version.split(".")[0] != checklist.version.split(".")[0]:
        faults.append(Fault(where, "version", {"given": version, "expected": checklist.version}))
        faults_raise(faults)
    faults += [
        Fault(f"{where}: {key}", "date", {"given": quote(document[key])})
        for key in ("date", "saved")
        if not _is_date(document.get(key))
    ]
    answers: dict[str, Answer] = {}
    for name, raw in document["answers"].items():
        place = f"{where}: answers: {name}"
        criterion = checklist.by_id.get(name)
        if criterion is None:
            # A hostile file names a hundred thousand: looking for what was meant takes time.
            meant = nearest(name, checklist.by_id) if len(faults) < FEW else None
            faults.append(Fault(f"{where}: answers", "no_criterion", {"given": quote(name)}, meant))
        elif criterion.retired is not None:
            notices.append(("notice.retired", {"criterion": name, "version": criterion.retired}))
        elif raw:
            answers[name] = _answer(raw, place, faults, notices, name)
    faults_raise([*faults, *_na_faults(answers, checklist, where)])
    if version is not None:
        notices += _version_notices(checklist, version)
    return Answers(
        checklist=checklist.id,
        community=_community(document.get("community") or {}),
        given=answers,
        id=document.get("id"),
        saved=document.get("saved"),
        date=document.get("date"),
        rater=document.get("rater"),
        content_version=version,
        source=where,
        notices=tuple(notices),
        document=document,
    )


def _answer(
    raw: Document, place: str, faults: list[Fault], notices: list[Any], name: str
) -> Answer:
    kinds = [raw.get("level") is not None, raw.get("unknown") is True, raw.get("na") is not None]
    if sum(kinds) > 1:
        faults.append(Fault(place, "one_answer", {}))
    note = (raw.get("note") or "").strip()
    if raw.get("na") == "other" and not note:
        faults.append(Fault(place, "na_note", {}))
    claimed = raw.get("evidence") or "E0"
    read = _evidence_read(claimed, raw, note)
    if read != claimed and raw.get("level") is not None:
        notices.append(
            (f"notice.lowered_{claimed}", {"criterion": name, "given": claimed, "read": read})
        )
    answer = Answer(
        level=raw.get("level"),
        unknown=raw.get("unknown") is True,
        na=raw.get("na"),
        evidence=read,
        claimed=claimed,
        note=note,
        url=(raw.get("url") or raw.get("file") or "").strip(),
        measured=raw.get("measured"),
    )
    if answer.differs:
        notices.append(_measured_notice(name, answer))
    return answer


def _measured_notice(name: str, answer: Answer) -> tuple[str, dict[str, Any]]:
    """Claimed against measured: nobody is overruled in silence."""
    found = {key: value for key, value in (answer.measured or {}).items() if value is not None}
    told = {
        "criterion": name,
        "given": answer.level,
        "level": found["level"],
        "number": f"{found.get('value', '–')} {found.get('unit', '')}".strip(),
        "n": found.get("n", "–"),
    }
    lower = found["level"] < (answer.level or 0)
    return ("notice.measured_lower" if lower else "notice.measured_higher"), told


def _evidence_read(claimed: str, raw: Document, note: str) -> str:
    """The grade as it is read: one lower for as long as its proof is missing."""
    proof = {
        "E3": (raw.get("measured") or {}).get("level") is not None,
        "E2": bool((raw.get("url") or raw.get("file") or "").strip()),
        "E1": bool(note),
        "E0": True,
    }
    grades = ["E0", "E1", "E2", "E3"]
    place = grades.index(claimed)
    while not proof[grades[place]]:
        place -= 1
    return grades[place]


def _is_date(value: str | None) -> bool:
    """A day or a moment in ISO form; a year or a month alone will do."""
    if value is None:
        return True
    try:
        datetime.fromisoformat(value + {4: "-01-01", 7: "-01"}.get(len(value), ""))
    except ValueError:
        return False
    return True


def _na_faults(answers: Mapping[str, Answer], checklist: Checklist, where: str) -> Iterator[Fault]:
    """At most one criterion, or a fifth of a dimension's weight, may be not applicable."""
    for dimension in checklist.dimensions:
        criteria = checklist.of(dimension.id)
        left_out = [c for c in criteria if c.id in answers and answers[c.id].na]
        share = sum((c.weight for c in left_out), Fraction(0))
        whole = sum((c.weight for c in criteria), Fraction(0))
        if len(left_out) > 1 and share > whole / 5:
            yield Fault(
                where,
                "na_limit",
                {"dimension": dimension.id, "criteria": ", ".join(c.id for c in left_out)},
            )


def _version_notices(checklist: Checklist, version: str) -> Iterator[tuple[str, dict[str, Any]]]:
    def place(text: str) -> tuple[int, ...]:
        parts = [int(part) for part in text.split(".")]
        while parts and not parts[-1]:  # 1 is 1.0
            parts.pop()
        return tuple(parts)

    if place(version) > place(checklist.version):
        yield "notice.newer", {"version": version, "ours": checklist.version}
    for criterion in checklist.active:
        if place(criterion.since) > place(version):
            yield "notice.new", {"criterion": criterion.id, "version": criterion.since}
        elif criterion.changed and place(criterion.changed) > place(version):
            yield "notice.changed", {"criterion": criterion.id, "version": criterion.changed}


def _community(raw: Document) -> Community:
    funnel = raw.get("funnel") or {}
    return Community(
        id=raw.get("id"),
        name=raw.get("name"),
        members=raw.get("members"),
        members_kind=raw.get("members_kind") or "members",
        kind=raw.get("kind"),
        scale=raw.get("scale") or "grow",
        aim=raw.get("aim"),
        stage=funnel.get("stage"),
        earning=funnel.get("earning"),
    )


def case_faults(document: Document, where: str) -> list[Fault]:
    """What is wrong with a case file? Schema, sources, ids of criteria, both languages."""
    faults = check.check(document, "case", where)
    if faults:
        return faults
    known = sources()
    entries = [*document["fact"], *document.get("pattern", ()), *document.get("place", ())]
    answers = document["answers"]["answers"]
    seen: set[str] = set()
    for entry in (*entries, *answers.values()):
        if entry.get("source") is not None and entry["source"] not in known:
            faults.append(
                Fault(
                    where,
                    "no_source",
                    {"given": quote(entry["source"])},
                    nearest(entry["source"], known),
                )
            )
    for fact in document["fact"]:
        if fact["id"] in seen:
            faults.append(Fault(where, "duplicate_id", {"given": quote(fact["id"])}))
        seen.add(fact["id"])
    try:
        load_answers(case_answers(document))
    except PlaybookError as error:
        faults += [Fault(f"{where}: {f.where}", f.message, f.values, f.meant) for f in error.faults]
    return faults
