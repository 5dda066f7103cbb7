"""One shape, told once: our small validator, the `jsonschema` library and our documents agree."""

import copy
import json
import random
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import logs
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import playbook
from playbook import PlaybookError, check, library
from playbook.files import data_folder
from playbook.growth.run import catalogue
from playbook.load import case_names
from playbook.load import checklist_names as checklists
from playbook.people.action import did_it_work
from playbook.people.evidence import evidence
from playbook.people.health import health
from playbook.room.api import history

PACKAGE = Path(playbook.__file__).parent
NAMES = check.schema_names()

#: What check.py understands; a schema that uses more would be checked by half.
UNDERSTOOD = {
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "const",
    "description",
    "enum",
    "examples",
    "items",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "pattern",
    "properties",
    "required",
    "title",
    "type",
}
#: Keys whose values are schemas by name, not keywords.
NAMED = ("properties", "$defs")


def rules(rule: Any) -> Iterator[dict[str, Any]]:
    """Give every rule in a schema, from the outermost inwards."""
    if not isinstance(rule, dict):
        return
    yield rule
    for key in NAMED:
        for inner in rule.get(key, {}).values():
            yield from rules(inner)
    for key in ("items", "additionalProperties"):
        yield from rules(rule.get(key))


@cache
def validator(name: str) -> Draft202012Validator:
    """Build the library's validator of a schema."""
    return Draft202012Validator(check.schema(name))


def toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of ours."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def rehearsal(lang: str) -> Any:
    """Give the document of a small class: two good files, one that is none."""
    with TemporaryDirectory() as folder:
        for name in ("pinduoduo", "fandeng"):
            text = json.dumps(playbook.score(name).answers.document)
            (Path(folder) / f"{name}.json").write_text(text, encoding="utf-8")
        (Path(folder) / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
        return playbook.workshop(folder, one=True).to_dict(lang)


def exports() -> list[Path]:
    """Give the exports that travel with the kit."""
    return sorted((data_folder() / "samples").glob("slack-*.zip"))


CONTENT, DATA = PACKAGE / "content", data_folder()


def dashboards() -> list[Any]:
    """Measure three groups: a young one, one that is too short, and one whose kind is not told."""
    people = logs.until(logs.weekly([logs.names(12)] * 9), 9)
    paying = [[n, "m001", "pay", None, None, 9.5, "CNY"] for n in range(50)]
    found = []
    for rows, kind in ((people, "learning"), (people[:20], "social"), ([*people, *paying], None)):
        with logs.opened(rows) as log:
            found.append(health(log, kind))
    return found


def effects() -> list[Any]:
    """Judge an action with weeks on both sides, and one with none after it."""
    rows = logs.weekly([logs.names(4 + n % 3) for n in range(16)])
    with logs.opened(rows) as log:
        return [did_it_work(log, "active", day, weeks=4) for day in ("2026-02-26", "2026-04-16")]


def member_documents() -> list[Any]:
    """Work out the members of a worked example, of a group without times, and of a pair."""
    worked = data_folder() / "samples" / "worked_example.csv"
    rows = [["ann", "post", None], ["bo", "invite", "ann"]]
    timeless = pd.DataFrame(rows, columns=["member", "kind", "target"]).assign(at=None)
    found = []
    for events in (worked, timeless, timeless.assign(at="2026-05-01", kind="reply")):
        with playbook.members(events, kind="social") as members:
            found.append(members.to_dict())
    return found


#: Documents of ours, by their schema. What an engine prints is held to its schema beside it.
DOCUMENTS: dict[str, Callable[[], Any]] = {
    "action": effects,
    "answers": lambda: [
        *(case["answers"] for case in playbook.cases().to_dict()),
        evidence(logs.table(logs.weekly([logs.names(12)] * 9)), merge="fandeng").to_dict(),
    ],
    "calibration": lambda: [
        playbook.calibrate(data_folder() / "samples" / "worked_example.csv").to_dict(lang)
        for lang in ("en", "zh")
    ],
    "case": lambda: [toml(DATA / "cases" / f"{case}.toml") for case in case_names()],
    "cases": lambda: [playbook.cases(lang).to_dict() for lang in ("en", "zh")],
    "checklist": lambda: [toml(CONTENT / f"{each}.toml") for each in checklists()],
    "checklists": lambda: [library.checklists("zh")],
    "cohort": lambda: [rehearsal("zh")],
    "comparison": lambda: [playbook.compare("fandeng").to_dict("zh")],
    "content": lambda: [
        {"format": "playbook-content/1", "weights": {"100": {"interest": 1}}},
        {
            "format": "playbook-content/1",
            "checklist": "isooc",
            "levels": [0, 0.2, 0.4, 1],
            "dimension": [{"id": "interest", "optional_when": ["task"]}],
            "criterion": toml(CONTENT / "isooc.toml")["criterion"][:2],
            "milestone": toml(CONTENT / "milestones.toml")["milestone"],
        },
    ],
    "evidence_rules": lambda: [toml(CONTENT / "evidence.toml")],
    "exercises": lambda: [toml(path) for path in (CONTENT / "exercises").glob("*.toml")],
    "funnel": lambda: [toml(CONTENT / "funnel.toml")],
    "mapping": lambda: [one["map"] for one in toml(CONTENT / "presets.toml")["preset"].values()],
    "health": dashboards,
    "import": lambda: [playbook.import_events(one).to_dict() for one in exports()],
    "health_rules": lambda: [toml(CONTENT / "health.toml")],
    "members": member_documents,
    "history": lambda: [history("fandeng", "xiaomi").to_dict("zh")],
    "milestones": lambda: [toml(CONTENT / "milestones.toml")],
    "models": lambda: [toml(CONTENT / "models.toml")],
    "presets": lambda: [toml(CONTENT / "presets.toml")],
    "people": lambda: [toml(CONTENT / "people.toml")],
    "questions": lambda: [
        library.checklist_document(playbook.checklist(each), "zh") for each in checklists()
    ],
    "redlines": lambda: [toml(CONTENT / "redlines.toml")],
    "score": lambda: [playbook.score(case).to_dict("zh") for case in case_names()[:3]],
    "simulation": lambda: [playbook.simulate(m).to_dict("zh") for m in ("bargain", "sizing")],
    "simulations": lambda: [catalogue("zh")],
    "sources": lambda: [toml(DATA / "sources.toml")],
    "words": lambda: [toml(path) for path in (CONTENT / "words").glob("*.toml")],
}


@cache
def ours(name: str) -> list[Any]:
    """Give documents of ours that have a schema, as plain JSON would hold them."""
    found: list[Any] = json.loads(json.dumps(DOCUMENTS[name]()))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one(name: str) -> None:
    """The library takes it for a schema, and it says what it describes."""
    document = check.schema(name)
    Draft202012Validator.check_schema(document)
    assert "https://json-schema.org/draft/2020-12/schema" == document["$schema"]
    assert document["title"]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_uses_only_what_our_validator_understands(name: str) -> None:
    """No keyword would pass unseen; a `$ref` stands alone and points to a rule that is there."""
    document = check.schema(name)
    for rule in rules(document):
        assert set() == set(rule) - UNDERSTOOD
        if "$ref" in rule:
            assert {"$ref"} == set(rule)
            assert rule["$ref"].removeprefix("#/$defs/") in document["$defs"]
        if "pattern" in rule:
            assert rule["examples"]  # shown to whoever wrote it otherwise


@pytest.mark.parametrize("name", DOCUMENTS)
def test_our_documents_have_the_shape_they_should(name: str) -> None:
    """Content, cases and everything that is printed pass both validators."""
    assert ours(name)
    for document in ours(name):
        assert [] == [fault.say("en") for fault in check.check(document, name)]
        assert [] == [error.message for error in validator(name).iter_errors(document)]


WRONG: list[Any] = [
    None,
    True,
    False,
    -1,
    0,
    1,
    4,
    101,
    10**11,
    0.5,
    -0.5,
    "",
    "x",
    "1.0",
    "2026-13",
    "a.b",
    "y" * 3000,
    [],
    ["x"],
    [None],
    [[]],
    {},
    {"id": "x"},
    {"en": {}, "zh": {}},
]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every place of a document: what holds it, and its key."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(entries):
        yield value, key
        if isinstance(item, (dict, list)):
            yield from places(item)


def mutate(document: Any, dice: random.Random) -> Any:
    """Give a copy of a document with one to three things replaced, taken out, added or doubled."""
    document = copy.deepcopy(document)
    for _ in range(dice.randint(1, 3)):
        found = list(places(document))
        if not found:
            return dice.choice(WRONG)
        holder, key = dice.choice(found)
        deed = dice.randrange(5)
        if deed == 0:
            del holder[key]
        elif deed == 1 and isinstance(holder, dict):
            holder[dice.choice(["colour", "shade", "id", "level", "note", "en"])] = dice.choice(
                WRONG
            )
        elif deed == 2 and isinstance(holder, list):
            holder.extend(copy.deepcopy(holder))
        else:
            holder[key] = copy.deepcopy(dice.choice(WRONG))
    return document


def small_part(document: Any) -> Any:
    """Keep only the first entries of long lists, so that a document is quick to copy."""
    if isinstance(document, list):
        return [small_part(item) for item in document[:3]]
    if isinstance(document, dict):
        return {key: small_part(item) for key, item in document.items()}
    return document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_validators_give_the_same_verdict(name: str) -> None:
    """On many documents with slips in them, what one refuses the other refuses."""
    dice = random.Random(name)
    documents = [small_part(document) for document in ours(name)[:4]]
    verdicts = set()
    for _ in range(120):
        document = mutate(dice.choice(documents), dice)
        mine = [fault.say("en") for fault in check.check(document, name)]
        theirs = [error.message for error in validator(name).iter_errors(document)]
        assert bool(mine) == bool(theirs), (mine, theirs)
        verdicts.add(bool(mine))
    assert True in verdicts


@pytest.mark.parametrize(
    ("answer", "strict"),
    [
        ({"level": 2}, False),
        # JSON Schema calls 2.0 an integer; a questionnaire has no level 2.0.
        ({"level": 2.0}, True),
        ({"level": 1, "measured": {"level": 1, "value": 1, "n": 3.0}}, True),
    ],
)
def test_ours_is_stricter_in_one_thing_only(answer: Any, strict: bool) -> None:
    """A whole number written as a fraction is refused, and that is the only difference."""
    document = {"format": "playbook-answers/1", "answers": {"interest.bond": answer}}
    assert strict == bool(check.check(document, "answers"))
    assert validator("answers").is_valid(document)


@pytest.mark.parametrize("value", [True, False])
def test_true_is_no_number(value: bool) -> None:
    """Neither validator takes true for 1."""
    document = {"format": "playbook-answers/1", "answers": {"interest.bond": {"level": value}}}
    assert check.check(document, "answers")
    assert not validator("answers").is_valid(document)


def test_a_fault_names_the_entry_by_its_id() -> None:
    """In a list of criteria a fault is found by the criterion's id, else by its number."""
    document = {
        "format": "playbook-content/1",
        "levels": [0, 2, 1, 1],
        "criterion": [{"id": "interest.bond", "weight": "much"}],
    }
    wheres = [fault.where for fault in check.check(document, "content", "own.toml")]
    assert ["own.toml: levels: 2", "own.toml: criterion: interest.bond: weight"] == wheres


def test_an_unknown_schema_is_refused_with_the_nearest() -> None:
    """The names are told."""
    with pytest.raises(PlaybookError, match="Did you mean 'answers'"):
        check.schema("answer")
    assert {"answers", "case", "checklist", "content", "score", "comparison"} <= set(NAMES)


def test_an_overlay_takes_what_a_checklist_has() -> None:
    """Whatever a dimension, criterion or gate may say in our content, one's own may say as well."""
    mine = check.schema("content")["$defs"]
    for name, parts in (("checklist", ("dimension", "criterion")), ("milestones", ("gate",))):
        theirs = check.schema(name)["$defs"]
        for part in parts:
            assert set(theirs[part]["properties"]) == set(mine[part]["properties"])
