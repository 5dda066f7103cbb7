"""Files → model. Every fault of a file is reported at once, with its place and its remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from playbook import check
from playbook.errors import FEW, Fault, PlaybookError, nearest, quote, refuse
from playbook.files import clean, data_folder, faults_raise, parse_json, parse_toml, read_text
from playbook.model import (
    AIMS,
    Answer,
    Answers,
    Case,
    Checklist,
    Community,
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
from playbook.words import LANGUAGES, PACKAGE, language

Document = Mapping[str, Any]


# --- content ----------------------------------------------------------------------------------


def _shipped(name: str) -> dict[str, Any]:
    """A document of our own content, which the tests have checked."""
    source = PACKAGE / "content" / f"{name}.toml"
    return parse_toml(source.read_text(encoding="utf-8"), f"content/{name}.toml")


@cache
def content(name: str) -> Mapping[str, Any]:
    """One of our content documents that is not a checklist: funnel, milestones, redlines.

    >>> content("funnel")["format"]
    'playbook-funnel/1'
    """
    return _shipped(name)


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
    return _build(_shipped(name), _milestones_for(name), None)


def _milestones_for(name: str) -> dict[str, Any] | None:
    return _shipped("milestones") if name == "isooc" else None


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
        f for name, entries in lists.items() for f in _twice_faults(entries, f"{where}: {name}")
    ]
    faults_raise(faults)
    if own.get("checklist", name) != name:
        raise refuse(where, "other_checklist", given=quote(own["checklist"]), expected=quote(name))
    document, milestones = _shipped(name), _milestones_for(name)
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


def content_faults(document: Document, milestones: Document | None, where: str) -> Iterator[Fault]:
    """What is wrong between the parts of a checklist that its schema cannot see?"""
    dimensions = [entry["id"] for entry in document["dimension"]]
    criteria = {entry["id"]: entry for entry in document["criterion"]}
    asked = {name: entry for name, entry in criteria.items() if "retired" not in entry}
    for entries in (document["dimension"], document["criterion"]):
        yield from _twice_faults(entries, where)
        for entry in entries:
            yield from _language_faults(entry, f"{where}: {entry['id']}")
    values = list(document["levels"])
    if values[0] != 0 or values[-1] != 1 or sorted(set(values)) != values:
        yield Fault(f"{where}: levels", "levels_rise", {"given": values})
    yield from _weight_faults(document.get("weights", {}), dimensions, where)
    yield from _criterion_faults(criteria, dimensions, where)
    for outcome in document.get("outcome", ()):
        place = f"{where}: {outcome['id']}"
        yield from _language_faults(outcome, place)
        for condition in (*outcome.get("all", ()), *outcome.get("any", ())):
            yield from _condition_faults(condition, asked, dimensions, place)
    for milestone in (milestones or {}).get("milestone", ()):
        place = f"{where}: {milestone['id']}"
        yield from _language_faults(milestone, place)
        yield from _twice_faults(milestone.get("gate", ()), place)
        for gate in milestone.get("gate", ()):
            yield from _gate_faults(gate, asked, dimensions, place)


def _weight_faults(weights: Document, dimensions: Sequence[str], where: str) -> Iterator[Fault]:
    for aim, table in weights.items():
        place = f"{where}: weights: {aim}"
        if aim not in AIMS:
            yield Fault(place, "aim", {"given": quote(aim)})
        if not sum(table.values()):
            yield Fault(place, "no_weight", {"aim": aim})
        for name in table:
            if name not in dimensions:
                yield Fault(
                    place, "no_dimension", {"given": quote(name)}, nearest(name, dimensions)
                )


def _criterion_faults(
    criteria: Mapping[str, Document], dimensions: Sequence[str], where: str
) -> Iterator[Fault]:
    for name, entry in criteria.items():
        if name.partition(".")[0] not in dimensions:
            known = ", ".join(dimensions)
            yield Fault(f"{where}: {name}", "id_prefix", {"given": quote(name), "known": known})
        for needed in entry.get("depends_on", ()):
            if needed not in criteria:
                yield Fault(
                    f"{where}: {name}: depends_on",
                    "no_criterion",
                    {"given": quote(needed)},
                    nearest(needed, criteria),
                )
    yield from _cycles(criteria, where)


def _twice_faults(entries: Sequence[Document], where: str) -> Iterator[Fault]:
    for name, count in Counter(entry["id"] for entry in entries).items():
        if count > 1:
            yield Fault(where, "duplicate_id", {"given": quote(name)})


def _language_faults(entry: Document, where: str) -> Iterator[Fault]:
    one, other = (set(entry.get(lang, {})) for lang in LANGUAGES)
    if one != other:
        yield Fault(where, "languages", {"keys": ", ".join(sorted(one ^ other))})


def _condition_faults(
    condition: Document, criteria: Document, dimensions: Sequence[str], place: str
) -> Iterator[Fault]:
    for key, known, message in (
        ("dimension", dimensions, "no_dimension"),
        ("criterion", criteria, "no_criterion"),
    ):
        if key in condition and condition[key] not in known:
            yield Fault(
                place, message, {"given": quote(condition[key])}, nearest(condition[key], known)
            )


def _gate_faults(
    gate: Document, criteria: Document, dimensions: Sequence[str], where: str
) -> Iterator[Fault]:
    place = f"{where}: gate {gate['id']}"
    kinds = [key for key in ("dimension", "criterion", "funnel_stage") if key in gate]
    whole = ("dimension" in gate) == ("at_least" in gate) and (
        ("criterion" in gate) == ("level" in gate)
    )
    if len(kinds) != 1 or not whole:
        yield Fault(place, "gate_kind", {})
    yield from _condition_faults(gate, criteria, dimensions, place)


def _cycles(criteria: Mapping[str, Document], where: str) -> Iterator[Fault]:
    done: set[str] = set()
    for start in criteria:
        path: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done.add(name)
                del path[name]
            elif name in path:
                names = list(path)
                way = " → ".join([*names[names.index(name) :][:10], name])
                yield Fault(f"{where}: {name}", "cycle", {"given": way})
                return
            elif name in criteria and name not in done:
                path[name] = None
                stack.append((name, True))
                stack += [(needed, False) for needed in criteria[name].get("depends_on", ())]


def _texts(entry: Document) -> dict[str, Any]:
    return {lang: entry.get(lang, {}) for lang in LANGUAGES}


def _number(value: float) -> Fraction:
    # By way of its text, so that 0.2 is a fifth and not the nearest binary number.
    return Fraction(str(value))


def _build(document: Document, milestones: Document | None, custom: str | None) -> Checklist:
    dimensions = tuple(
        Dimension(
            d["id"],
            _texts(d),
            tuple(d.get("source", ())),
            d.get("letter", ""),
            tuple(d.get("optional_when", ())),
        )
        for d in document["dimension"]
    )
    criteria = tuple(
        Criterion(
            id=c["id"],
            texts=_texts(c),
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
        texts=_texts(document),
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
                _texts(o),
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
            texts=_texts(gate),
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
        entry["id"], _texts(entry), tuple(entry.get("source", ())), entry["size"], (size, *gates)
    )


@cache
def load_stages() -> tuple[Stage, ...]:
    """The three business stages of a community's funnel."""
    return tuple(
        Stage(
            s["id"], _texts(s), tuple(s.get("source", ())), int(s["id"]), tuple(s.get("case", ()))
        )
        for s in content("funnel")["stage"]
    )


def practices() -> tuple[Mapping[str, Any], ...]:
    """The practices of the six senses, each with how often, when, and who."""
    return tuple(content("six_senses")["practice"])


# --- answers ----------------------------------------------------------------------------------


def load_answers(
    given: str | Path | Document,
    checklist: Checklist | None = None,
    lang: str | None = None,
    own: str | Path | None = None,
) -> tuple[Answers, Checklist]:
    """
    What was answered, and by which checklist is it judged?

    `given` is a dictionary in the shape of an answers file, a path, or the id of a case. The
    checklist is the one the answers name, unless one is given. Faults raise one PlaybookError.

    >>> answers, checklist = load_answers("fandeng")
    >>> (answers.community.id, checklist.id)
    ('fandeng', 'isooc')
    """
    document, where = answers_document(given, lang)
    check.require(document, "answers", where)
    named = document.get("checklist") or "isooc"
    if checklist is None:
        checklist = load_checklist(named, own)
    elif checklist.id != named:
        raise refuse(where, "other_checklist", given=quote(named), expected=quote(checklist.id))
    return _read_answers(document, checklist, where), checklist


def answers_document(
    given: str | Path | Document, lang: str | None = None
) -> tuple[dict[str, Any], str]:
    """The raw answers document of a dictionary, a file, or a case, and what to call it.

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
        return case_answers(_case_document(str(given)), lang), str(given)
    raise refuse(quote(str(given)), "not_found", nearest(str(given), names), known=", ".join(names))


def is_there(path: Path) -> bool:
    """Does a path exist? One too long for the system, or with a NUL in it, does not.

    >>> is_there(Path("a" * 5000))
    False
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


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
    faults_raise(faults)
    faults_raise(list(_na_faults(answers, checklist, where)))
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
    return Answer(
        level=raw.get("level"),
        unknown=raw.get("unknown") is True,
        na=raw.get("na"),
        evidence=read,
        claimed=claimed,
        note=note,
        url=(raw.get("url") or raw.get("file") or "").strip(),
        measured=raw.get("measured"),
    )


def _evidence_read(claimed: str, raw: Document, note: str) -> str:
    """The grade as it is read: one lower for as long as its proof is missing."""
    proof = {
        "E3": bool(raw.get("measured")),
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
        return tuple(int(part) for part in text.split("."))

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


# --- cases ------------------------------------------------------------------------------------


@cache
def case_names() -> tuple[str, ...]:
    """Which cases does the casebook hold? The three that the lessons lean on come first.

    >>> case_names()[:3]
    ('pinduoduo', 'fandeng', 'xiaomi')
    """
    folder = data_folder() / "cases"
    first = {"pinduoduo": 0, "fandeng": 1, "xiaomi": 2}
    names = [path.stem for path in folder.glob("*.toml")] if folder.is_dir() else []
    return tuple(sorted(names, key=lambda name: (first.get(name, 9), name)))


@cache
def sources() -> Mapping[str, Mapping[str, Any]]:
    """Where was each fact read? By the source's id.

    >>> sources()["003"]["kind"]
    'article'
    """
    path = data_folder() / "sources.toml"
    if not path.is_file():
        raise refuse("data/sources.toml", "not_data")
    return {entry["id"]: entry for entry in parse_toml(read_text(path), path.name)["source"]}


@cache
def _case_document(name: str) -> Mapping[str, Any]:
    path = data_folder() / "cases" / f"{name}.toml"
    document = parse_toml(read_text(path), path.name)
    check.require(document, "case", path.name)
    return document


def load_case(name: str | Path) -> Case:
    """
    What is known of one community of the casebook (its id, or the path of a case file)?

    >>> load_case("xiaomi").kind
    'product'
    """
    path = Path(name)
    if path.suffix == ".toml" and path.exists():
        document: Mapping[str, Any] = parse_toml(read_text(path), path.name)
        check.require(document, "case", path.name)
    elif str(name) in case_names():
        document = _case_document(str(name))
    else:
        names = case_names()
        raise refuse(
            "cases",
            "no_case",
            nearest(str(name), names),
            given=quote(str(name)),
            known=", ".join(names),
        )
    return Case(
        id=document["id"],
        texts=_texts(document),
        kind=document["kind"],
        fate=document["fate"],
        formative=document.get("formative", {}),
        facts=tuple(document["fact"]),
        patterns=tuple(document.get("pattern", ())),
        places=tuple(document.get("place", ())),
        answers=document["answers"],
    )


def load_cases() -> tuple[Case, ...]:
    """Every case of the casebook.

    >>> load_cases()[0].id
    'pinduoduo'
    """
    return tuple(load_case(name) for name in case_names())


def case_answers(document: Document, lang: str | None = None) -> dict[str, Any]:
    """The answers document of a case, with its notes in one language."""
    raw = document["answers"] if "fact" in document else document
    found = {"format": "playbook-answers/1", **raw}
    found["answers"] = {
        name: {
            **{key: value for key, value in answer.items() if key not in LANGUAGES},
            **(
                {"note": answer.get(language(lang), answer["en"])["note"]} if "en" in answer else {}
            ),
        }
        for name, answer in raw["answers"].items()
    }
    return found


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


# --- exercises --------------------------------------------------------------------------------


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
        texts=_texts(entry),
        options=tuple(
            Option(o["id"], float(o.get("credit", 0)), _texts(o)) for o in entry.get("option", ())
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
