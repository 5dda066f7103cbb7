"""What is read: our content and cases are sound, and bad files get one clear answer.

The first half is the lint of the content: it holds whatever is added to it.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from graphlib import TopologicalSorter
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st

import playbook
from playbook import PlaybookError, check
from playbook.errors import nearest
from playbook.files import data_folder, parse_json, parse_toml, read_text, write_whole
from playbook.load import (
    case_answers,
    case_faults,
    case_names,
    checklist_names,
    content_faults,
    load_answers,
    load_case,
    load_checklist,
    sources,
)
from playbook.model import Answers

PACKAGE = Path(playbook.__file__).parent
CONTENT = sorted((PACKAGE / "content").rglob("*.toml"))
DATA = sorted(data_folder().rglob("*.toml"))
CHECKLISTS = checklist_names()
EMPTY = {"format": "playbook-answers/1", "answers": {}}


def name_of(path: Path) -> str:
    """Name a file in a test's id."""
    return f"{path.parent.name}/{path.stem}"


def read(path: Path) -> dict[str, Any]:
    """Read a TOML file of ours."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def tables(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every table in a document, with its place."""
    if isinstance(value, dict):
        yield where, value
        for key, item in value.items():
            yield from tables(item, f"{where}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            label = item.get("id", number) if isinstance(item, dict) else number
            yield from tables(item, f"{where}/{label}")


def shape(value: Any) -> Any:
    """Tell what must be alike in both languages: keys, lengths of lists, kinds of values."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def texts(value: Any) -> Iterator[str]:
    """Give every text in a value."""
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, str):
            yield item
        elif isinstance(item, (dict, list)):
            yield from texts(item)


# --- lint: both languages ---------------------------------------------------------------------


@pytest.mark.parametrize("path", [*CONTENT, *DATA], ids=name_of)
def test_every_text_stands_in_both_languages(path: Path) -> None:
    """Wherever one language stands, the other has the same keys and as many entries, none empty."""
    odd = []
    for where, table in tables(read(path)):
        if "en" in table or "zh" in table:
            if shape(table.get("en")) != shape(table.get("zh")):
                odd.append(where)
            said = [v for v in (table.get("en"), table.get("zh")) if v is not None]
            empty = not all(line.strip() for line in texts(said))
            if empty and where != "/chart.space":  # between words Chinese has none
                odd.append(f"{where}: empty")
    assert not odd


@pytest.mark.parametrize(
    "path", [p for p in CONTENT if p.parent.name == "words"], ids=lambda path: path.stem
)
def test_words_have_the_same_places_to_fill(path: Path) -> None:
    """A sentence names the same values in both languages; its id begins with its file's name."""

    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    words = read(path)
    assert [] == [name for name, said in words.items() if places(said["en"]) != places(said["zh"])]
    assert {path.stem} == {name.partition(".")[0] for name in words}
    assert [] == check.check(words, "words")


def test_every_word_that_is_asked_for_is_there() -> None:
    """No `say("…")`, fault or notice of the code names a word that does not exist."""
    known = {name for p in CONTENT if p.parent.name == "words" for name in read(p)}
    asked = {}
    for path in PACKAGE.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        for word in re.findall(r'\b(?:say|told)\(\s*"([a-z_]+\.\w+)"', code):
            asked[word] = path.name
        for fault in re.findall(r'\b(?:refuse|Fault)\(\s*f?(?:"[^"]*"|[\w.]+),\s*"(\w+)"', code):
            asked[f"error.{fault}"] = path.name
        for notice in re.findall(r'"(notice\.\w+)"', code):
            asked[notice] = path.name
    assert len(asked) > 50
    missing = {word: where for word, where in asked.items() if word not in known}
    # "notice.lowered" is asked for as the beginning of several.
    assert {} == {w: p for w, p in missing.items() if not any(k.startswith(w + "_") for k in known)}


# --- lint: checklists -------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_checklist_is_sound(name: str) -> None:
    """Its schema holds, its parts fit together, and its milestones are of it."""
    document = read(PACKAGE / "content" / f"{name}.toml")
    milestones = read(PACKAGE / "content" / "milestones.toml") if name == "isooc" else None
    assert [] == check.check(document, "checklist")
    assert [] == [fault.say("en") for fault in content_faults(document, milestones, name)]
    assert name == document["id"]
    assert "unvalidated" == document["status"]


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_checklist_asks_things_that_can_be_seen(name: str) -> None:
    """Four different level sentences, two things to look for, weights above 0, no circles."""
    found = load_checklist(name)
    for criterion in found.criteria:
        assert criterion.weight > 0
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", criterion.id)
        for lang in ("en", "zh"):
            levels, evidence = criterion.say("levels", lang), criterion.say("evidence", lang)
            assert (4, 4) == (len(levels), len(set(levels)))
            assert len(set(evidence)) >= 2
    graph = {c.id: c.depends_on for c in found.criteria}
    order = list(TopologicalSorter(graph).static_order())
    assert len(order) == len(found.criteria) == len(found.rank)
    for criterion in found.criteria:
        assert all(found.rank[n] < found.rank[criterion.id] for n in criterion.depends_on)


def test_isooc_has_the_size_that_was_designed() -> None:
    """25 to 30 criteria, 5 or 6 in a dimension, every row of weights adds up to 1."""
    found = load_checklist()
    assert 25 <= len(found.active) <= 30
    assert {5, 6} >= {len(found.of(d.id)) for d in found.dimensions}
    assert [1, 1, 1] == [sum(table.values()) for table in found.weights.values()]
    assert (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1)) == found.levels
    assert [("copy", ("stay-small", "task"))] == [
        (d.id, d.optional_when) for d in found.dimensions if d.optional_when
    ]


def test_thresholds_rise_from_milestone_to_milestone() -> None:
    """A later milestone never asks less of a dimension or a criterion than an earlier one."""
    asked: dict[str, list[Any]] = {}
    milestones = load_checklist().milestones
    for gate in (gate for milestone in milestones for gate in milestone.gates):
        name = gate.dimension or gate.criterion or ("size" if gate.size else "funnel")
        needed = next(
            n for n in (gate.at_least, gate.level, gate.size, gate.funnel_stage) if n is not None
        )
        asked.setdefault(name, []).append(needed)
    assert all(needed == sorted(needed) for needed in asked.values())
    assert ["100", "1000", "10000"] == [milestone.id for milestone in milestones]
    ids = [(m.id, gate.id) for m in milestones for gate in m.gates]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", [*CONTENT, *DATA], ids=name_of)
def test_every_source_and_case_that_is_named_exists(path: Path) -> None:
    """Whoever is named as a source or an example can be looked up."""
    known = sources()
    missing = []
    for where, table in tables(read(path)):
        # A preset's map names columns of a table, and one may be called that.
        named = [] if where.endswith("/map") else table.get("source", [])
        if isinstance(named, str):
            named = [named]
        if named and isinstance(named[0], str):
            missing += [f"{where}: {name}" for name in named if name not in known]
        example = table.get("example_case")
        if example is not None and example not in case_names():
            missing.append(f"{where}: {example}")
    assert [] == missing


def test_sources_are_sound() -> None:
    """Each source stands once, and the file has the shape of its schema."""
    document = read(data_folder() / "sources.toml")
    assert [] == check.check(document, "sources")
    assert len(document["source"]) == len(sources())


@pytest.mark.parametrize("name", case_names())
def test_a_case_is_sound(name: str) -> None:
    """Schema, sources, ids and both languages; its answers can be scored and are of its name."""
    document = read(data_folder() / "cases" / f"{name}.toml")
    assert [] == [fault.say("en") for fault in case_faults(document, name)]
    case = load_case(name)
    assert name == case.id == document["answers"]["community"]["id"]
    scores = [playbook.score(case_answers(document, lang)) for lang in ("en", "zh")]
    assert scores[0].to_dict("en") == {**scores[1].to_dict("en")}
    assert not [n for n in scores[0].answers.notices if n[0].startswith("notice.lowered")]


# --- own content ------------------------------------------------------------------------------

OWN = """
format = "playbook-content/1"
[weights]
"100" = { interest = 1, structure = 0, output = 0, operate = 0, copy = 0 }
[[criterion]]
id = "interest.bond"
weight = 4
[criterion.en]
name = "Our own bond"
[[criterion]]
id = "interest.newsletter"
[criterion.en]
name = "Newsletter"
question = "Does a letter go out?"
levels = ["none", "one", "some", "each week"]
evidence = ["the last letter", "the list"]
action = "Write one."
first_step = "Open a page."
[criterion.zh]
name = "来信"
question = "有没有定期来信？"
levels = ["没有", "一封", "几封", "每周"]
evidence = ["最近一封", "名单"]
action = "写一封。"
first_step = "打开一页。"
[[milestone]]
id = "100"
[[milestone.gate]]
id = "interest"
at_least = 80
[[milestone.gate]]
id = "letter"
criterion = "interest.newsletter"
level = 1
"""


def own(tmp_path: Path, text: str) -> Path:
    """Write a content file."""
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_content_is_laid_over_ours(tmp_path: Path) -> None:
    """Weights, texts, gates and a criterion of one's own; the rest stays ours."""
    plain, found = load_checklist(), load_checklist(own=own(tmp_path, OWN))
    assert 1 == found.weights["100"]["interest"]
    assert plain.weights["1000"] == found.weights["1000"]
    bond = found.by_id["interest.bond"]
    assert (4, "Our own bond") == (bond.weight, bond.name("en"))
    assert plain.by_id["interest.bond"].say("question") == bond.say("question", "en")
    assert "来信" == found.by_id["interest.newsletter"].name("zh")
    assert len(plain.active) + 1 == len(found.active)
    shown = [(g.id, g.at_least, g.level) for g in found.milestones[0].gates]
    assert [
        ("size", None, None),
        ("interest", 80, None),
        ("interest.shared_interest", None, 2),
        ("letter", None, 1),
    ] == shown


def test_own_content_changes_the_score_and_is_named_in_it(tmp_path: Path) -> None:
    """All weight lies on Interest: bond 4 of 10 (6 - 1 + 4 + 1) at level 3 is 40."""
    path = own(tmp_path, OWN)
    score = playbook.score(small.document({"interest.bond": 3}), content=path).to_dict()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert {"version": "1.0", "custom": f"sha256:{digest}"} == score["content"]
    assert 40 == score["total"]["low"]
    assert digest in " ".join(score["notices"])
    assert playbook.score(EMPTY).to_dict()["content"] == {"version": "1.0", "custom": None}


def test_own_content_is_used_for_everyone_in_a_comparison(tmp_path: Path) -> None:
    """Cases are judged by the same questions as one's own community."""
    found = playbook.compare(EMPTY, ["fandeng"], content=own(tmp_path, OWN))
    assert {"interest.newsletter"} < {item["criterion"] for item in found.to_dict()["items"]}


HEAD = 'format = "playbook-content/1"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("format = 1", "this kit reads playbook-content/1"),
        (HEAD + "[weights]\n100 = { interestt = 1 }", "Did you mean 'interest'?"),
        (HEAD + "[weights]\n500 = { interest = 1 }", "choose one of 100, 1000, 10000"),
        (
            HEAD + "[weights.100]\ninterest = 0\nstructure = 0\noutput = 0\noperate = 0\ncopy = 0",
            "add up to nothing",
        ),
        (HEAD + "[weights.100]\ninterest = -1", "allowed is 0 to 1000"),
        (HEAD + "[weights.100]\ninterest = nan", "not a number that can be used"),
        (HEAD + "[weights.100]\ninterest = 1e999", "not a number that can be used"),
        (HEAD + "levels = [0, 0.5, 0.25, 1]", "must rise from 0 to 1"),
        (HEAD + "levels = [0, 1]", "2 entries given; expected 4 to 4"),
        (HEAD + '[[criterion]]\nid = "interest.new"', "'en' is missing"),
        (HEAD + '[[criterion]]\nid = "Interest"', "write it like interest.pain_point"),
        (HEAD + '[[criterion]]\nid = "interest.bond"\nweight = 0', "allowed is 0.001 to 1000"),
        (HEAD + '[[criterion]]\nid = "interest.bond"\nweight = true', "expected: number"),
        (HEAD + '[[criterion]]\nid = "interest.bond"\nwieght = 1', "Did you mean 'weight'?"),
        (HEAD + '[[criterion]]\nid = "interest.bond"\nsince = "soon"', "write it like 1.0"),
        (
            HEAD + '[[criterion]]\nid = "interest.bond"\ndepends_on = ["interest.bnod"]',
            "Did you mean 'interest.bond'?",
        ),
        (
            HEAD + '[[criterion]]\nid = "interest.bond"\ndepends_on = ["interest.bond"]',
            "interest.bond → interest.bond",
        ),
        (
            HEAD + '[[criterion]]\nid = "interest.shared_interest"\ndepends_on = ["copy.model"]',
            "depends on itself",
        ),
        (
            HEAD + 2 * '[[criterion]]\nid = "interest.bond"\n',
            "the id 'interest.bond' stands twice",
        ),
        (
            HEAD + '[[criterion]]\nid = "interest.shared_interest"\nretired = "1.1"',
            "no criterion 'interest.shared_interest'",  # the gate of 100 still asks for it
        ),
        (
            HEAD + '[[milestone]]\nid = "100"\n[[milestone.gate]]\nid = "x"\ncriterion = "copy.x"',
            "a gate needs exactly one of",
        ),
        (HEAD + '[[milestone]]\nid = "500"\nsize = 500', "choose one of 100, 1000, 10000"),
        (HEAD + '[[milestone]]\nid = "100"\nsize = 0', "allowed is 1 to …"),
        (HEAD + 'checklist = "other"', "this is about 'isooc'"),
        (HEAD + "[criterion]\nid = 3", "expected: array"),
        (HEAD + "x = " + "[" * 3000 + "]" * 3000, "nested too deeply"),
        (HEAD + "x = " + "9" * 5000, "not a number that can be used"),
        (HEAD + "x = 2026-13-45", "not valid TOML"),
        (HEAD + "x = 'a\nb'", "not valid TOML"),
    ],
)
def test_faulty_own_content_is_refused_with_place_and_remedy(
    tmp_path: Path, text: str, told: str
) -> None:
    """One error that says what to do, in both languages, and no traceback."""
    with pytest.raises(PlaybookError) as caught:
        load_checklist(own=own(tmp_path, text))
    assert told in caught.value.say("en")
    assert caught.value.say("en") != caught.value.say("zh")
    assert "own.toml" in caught.value.say("zh")


def test_all_faults_of_a_content_file_are_told_at_once(tmp_path: Path) -> None:
    """Five things are wrong, and five lines say so."""
    text = (
        HEAD + "colour = 1\nlevels = [0, 2, 1, 1]\n"
        '[[criterion]]\nid = "interest.bond"\nweight = -1\nusefulness = 9\n'
        '[[dimension]]\nid = "interest"\n[dimension.en]\nname = ""\n'
    )
    with pytest.raises(PlaybookError) as caught:
        load_checklist(own=own(tmp_path, text))
    places = {fault.where.removeprefix("own.toml: ") for fault in caught.value.faults}
    assert {
        "own.toml",
        "levels: 2",
        "criterion: interest.bond: weight",
        "criterion: interest.bond: usefulness",
        "dimension: interest: en: name",
    } == places
    assert 5 == len(caught.value.say("en").splitlines())


def test_a_long_chain_of_dependencies_is_no_trouble(tmp_path: Path) -> None:
    """A thousand and more criteria, each depending on the next."""
    body = re.search(r"\[criterion.en\]\nname = \"News.*?打开一页。\"\n", OWN, re.DOTALL)
    assert body is not None
    criteria = [
        f'[[criterion]]\nid = "copy.c{n}"\ndepends_on = ["copy.c{n + 1}"]\n{body[0]}'
        for n in range(1200)
    ]
    last = f'[[criterion]]\nid = "copy.c1200"\n{body[0]}'
    found = load_checklist(own=own(tmp_path, HEAD + "".join(criteria) + last))
    assert found.rank["copy.c1199"] < found.rank["copy.c0"]


def test_a_retired_criterion_is_accepted_ignored_and_told(tmp_path: Path) -> None:
    """Its answer counts for nothing, not even for the limit of not applicable."""
    path = own(tmp_path, HEAD + '[[criterion]]\nid = "interest.bond"\nretired = "1.1"\n')
    with_it = small.document({"interest.bond": 3, "interest.pain_point": 2})
    without = small.document({"interest.pain_point": 2})
    one, other = (playbook.score(d, content=path) for d in (with_it, without))
    assert one.total == other.total
    assert [("notice.retired", {"criterion": "interest.bond", "version": "1.1"})] == list(
        one.answers.notices
    )
    assert "interest.bond" not in [c.id for c in one.checklist.active]


# --- versions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0", "2"])
def test_another_major_version_is_refused(version: str) -> None:
    """Another edition asks other questions: the file is not scored."""
    with pytest.raises(PlaybookError, match=f"content version {version}"):
        playbook.score({**EMPTY, "content_version": version})


@pytest.mark.parametrize("version", ["1.0", "1", "1.9", "1.0.3", None])
def test_the_same_major_version_is_scored(version: str | None) -> None:
    """A minor version more or less is scored."""
    assert playbook.score({**EMPTY, "content_version": version}).answers is not None


def test_what_is_new_or_changed_since_the_file_is_named(tmp_path: Path) -> None:
    """A file of 1.0 lacks what came with 1.1, and should look at what changed in 1.10."""
    path = own(
        tmp_path,
        HEAD + '[[criterion]]\nid = "interest.bond"\nsince = "1.1"\n'
        '[[criterion]]\nid = "copy.model"\nchanged = "1.10"\n',
    )

    def told(version: str) -> list[tuple[str, str]]:
        read, _ = load_answers({**EMPTY, "content_version": version}, own=path)
        named = [(message, values.get("criterion")) for message, values in read.notices]
        return [(message, name) for message, name in named if name]

    new, changed = ("notice.new", "interest.bond"), ("notice.changed", "copy.model")
    assert [[new, changed], [changed], []] == [told(v) for v in ("1.0", "1.2", "1.10")]


# --- answers: good files ----------------------------------------------------------------------

GOOD = {
    **small.document({"interest.bond": 2}, name="拼团社群 🦊 <script>alert(1)</script>"),
    "id": "b5a1",
    "saved": "2026-11-21T08:30:00Z",
    "date": "2026-11-21",
}
TEXT = json.dumps(GOOD, ensure_ascii=False)


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),  # says so in its first two bytes: read right
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        json.dumps(GOOD, indent=1).replace("\n", "\r\n").encode(),
        json.dumps(GOOD).encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-be", "crlf", "ascii"],
)
def test_an_answers_file_is_read_right(tmp_path: Path, raw: bytes) -> None:
    """UTF-8 with or without BOM, UTF-16 that says so, any line ends; the name keeps its signs."""
    path = tmp_path / "答卷 1.json"
    path.write_bytes(raw)
    read, _ = load_answers(path)
    assert 2 == read.level("interest.bond")
    assert GOOD["community"]["name"] == read.community.name


def test_nul_and_lone_surrogates_show_as_a_sign(tmp_path: Path) -> None:
    """They come in escapes, and leave as the replacement character, in a file and a dictionary."""
    path = tmp_path / "a.json"
    path.write_text(
        r'{"format": "playbook-answers/1", "rater": "a\u0000b\ud800c\ud83e\udd8a", "answers": {}}',
        encoding="utf-8",
    )
    for source in (path, {**EMPTY, "rater": "a\0b\ud800c🦊"}):
        assert "a�b�c🦊" == load_answers(source)[0].rater


@pytest.mark.parametrize(
    "document",
    [
        EMPTY,
        {**EMPTY, "community": None, "rater": None, "date": None, "id": None},
        {**EMPTY, "checklist": "isooc", "extra": [1, {"a": None}]},
        {**EMPTY, "answers": {"interest.bond": None}},
        {**EMPTY, "answers": {"interest.bond": {}}},
        {**EMPTY, "answers": {"interest.bond": {"unknown": False}}},
        {**EMPTY, "date": "2026"},
        {**EMPTY, "date": "2026-11", "saved": "2026-11-21T08:30:00+08:00"},
    ],
)
def test_little_is_required(document: Any) -> None:
    """Only `format` and `answers`; null is absent, and what the kit does not know is left alone."""
    assert 0 == playbook.score(document).coverage


# --- answers: bad files -----------------------------------------------------------------------


def one(answer: Any) -> bytes:
    """Give a file with one answer, written as JSON."""
    text = f'{{"format": "playbook-answers/1", "answers": {{"interest.bond": {answer}}}}}'
    return text.encode()


BAD = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\t", "the file is empty"),
    "bom alone": (b"\xef\xbb\xbf", "the file is empty"),
    "no JSON": (b"interest: 3", "not valid JSON, line 1, column 1"),
    "cut off": (TEXT.encode()[:-9], "not valid JSON"),
    "a list": (b"[]", "[…] given; expected: object"),
    "a number": (b"3", "3 given; expected: object"),
    "null": (b"null", "null given; expected: object"),
    "no format": (b'{"answers": {}}', "'format' is missing"),
    "other format": (
        b'{"format": "playbook-answers/2", "answers": {}}',
        "this kit reads playbook-answers/1",
    ),
    "no answers": (b'{"format": "playbook-answers/1"}', "'answers' is missing"),
    "misspelt": (
        b'{"format": "playbook-answers/1", "answerss": {}}',
        "Did you mean 'answerss → answers'?",
    ),
    "answers a list": (b'{"format": "playbook-answers/1", "answers": []}', "expected: object"),
    "level true": (one('{"level": true}'), "true given; choose one of 0, 1, 2, 3"),
    "level 2.0": (one('{"level": 2.0}'), "2.0 given; choose one of"),
    "level 1e0": (one('{"level": 1e0}'), "1.0 given; choose one of"),
    "level -1": (one('{"level": -1}'), "-1 given; choose one of"),
    "level 4": (one('{"level": 4}'), "4 given; choose one of"),
    "level text": (one('{"level": "2"}'), "'2' given; choose one of"),
    "level null": (one('{"level": null}'), "null given; choose one of"),
    "level list": (one('{"level": [2]}'), "[…] given; choose one of"),
    "level NaN": (one('{"level": NaN}'), "NaN is not a number that can be used"),
    "level Infinity": (one('{"level": -Infinity}'), "-Infinity is not a number"),
    "beyond floats": (one('{"measured": {"level": 1, "value": 1e999}}'), "1e999 is not a number"),
    "endless digits": (one('{"level": ' + "9" * 5000 + "}"), "is not a number that can be used"),
    "many digits": (one('{"level": ' + "9" * 4000 + "}"), "choose one of 0, 1, 2, 3"),
    "answer a number": (one("3"), "expected: object"),
    "grade": (one('{"level": 1, "evidence": "E4"}'), "choose one of E0, E1, E2, E3"),
    "reason": (one('{"na": "to_young"}'), "Did you mean 'too_young'?"),
    "other without note": (one('{"na": "other"}'), "needs a note"),
    "two answers": (one('{"level": 1, "unknown": true}'), "more than one answer"),
    "three answers": (one('{"level": 1, "na": "too_young", "unknown": true}'), "more than one"),
    "empty measured": (one('{"level": 1, "measured": {}}'), "'value' is missing"),
    "twice": (one('{"level": 1, "level": 3}'), "'level' stands twice"),
    "unknown id": (
        b'{"format": "playbook-answers/1", "answers": {"interest.bnod": {"level": 1}}}',
        "no criterion 'interest.bnod'. Did you mean 'interest.bond'?",
    ),
    "wrong dimension": (
        b'{"format": "playbook-answers/1", "answers": {"output.bond": {"level": 1}}}',
        "Did you mean 'interest.bond'?",
    ),
    "other checklist": (
        b'{"format": "playbook-answers/1", "checklist": "isoc", "answers": {}}',
        "Did you mean 'isooc'?",
    ),
    "no version": (
        b'{"format": "playbook-answers/1", "content_version": "new", "answers": {}}',
        "write it like 1.0",
    ),
    "endless version": (
        b'{"format": "playbook-answers/1", "content_version": "1.%s", "answers": {}}'
        % (b"9" * 5000),
        "at most 20",
    ),
    "no date": (
        b'{"format": "playbook-answers/1", "date": "yesterday", "answers": {}}',
        "'yesterday' is not a date",
    ),
    "more than a date": (
        b'{"format": "playbook-answers/1", "saved": "2026-11-21 or so", "answers": {}}',
        "is not a date",
    ),
    "members": (
        b'{"format": "playbook-answers/1", "community": {"members": -5}, "answers": {}}',
        "allowed is 0 to 10000000000",
    ),
    "members 1.5": (
        b'{"format": "playbook-answers/1", "community": {"members": 1.5}, "answers": {}}',
        "1.5 given; expected: integer",
    ),
    "kind of members": (
        b'{"format": "playbook-answers/1", "community": {"members_kind": "fan"}, "answers": {}}',
        "Did you mean 'fans'?",
    ),
    "aim a number": (
        b'{"format": "playbook-answers/1", "community": {"aim": 100}, "answers": {}}',
        "choose one of 100, 1000, 10000",
    ),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "deep and whole": (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
    "huge": (b'"' + b"a" * 5_000_000 + b'"', "at most 5 MB are read"),
    "long note": (one('{"note": "%s"}' % ("a" * 100_001)), "at most 100000"),
    "gb18030": (TEXT.encode("gb18030"), "not UTF-8 text (byte"),
    "gbk": ('{"rater": "樊登读书会"}'.encode("gbk"), "not UTF-8 text"),
    "big5": ('{"rater": "讀書會"}'.encode("big5"), "not UTF-8 text"),
    "latin-1": ('{"rater": "Zoë"}'.encode("latin-1"), "not UTF-8 text"),
    "utf-16 unsaid": (TEXT.encode("utf-16-le"), "not UTF-8 text"),
    "utf-16 unsaid, ascii": ("{}".encode("utf-16-le"), "not valid JSON"),
    "utf-16 odd": (TEXT.encode("utf-16") + b"\x00", "not UTF-8 text"),
    "utf-32": (TEXT.encode("utf-32"), "not UTF-8"),
    "raw surrogate": (b'{"a": "\xed\xa0\x80"}', "not UTF-8 text (byte 7)"),
    "raw NUL": (b'{"a": "\x00"}', "not valid JSON"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "not UTF-8 text (byte 0)"),
    "zip": (b"PK\x03\x04" + bytes(range(256)), "not UTF-8 text"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answers_file_gets_one_clear_message(tmp_path: Path, name: str) -> None:
    """Place and remedy, short, in both languages; the file stays as it was."""
    raw, told = BAD[name]
    path = tmp_path / "bad.json"
    path.write_bytes(raw)
    with pytest.raises(PlaybookError) as caught:
        playbook.score(path)
    message = caught.value.say("en")
    assert told in message
    assert len(message) < 1000
    assert message != caught.value.say("zh")
    assert "bad.json" in message or name == "other checklist"
    assert raw == path.read_bytes()


def test_all_faults_of_an_answers_file_are_told_at_once() -> None:
    """Shape first, all of it; then what only the checklist can tell, all of it."""
    shapes = {
        **EMPTY,
        "rater": 5,
        "community": {"scale": "huge", "funnel": {"stage": 4}},
        "answers": {"interest.bond": {"level": 7}, "copy.model": []},
    }
    contents = small.document({"a.b": 1, "c.d": 2})
    contents |= {"date": "x", "saved": "y"}
    contents["answers"]["copy.model"] = {"na": "other"}
    for document, expected in ((shapes, 5), (contents, 5)):
        with pytest.raises(PlaybookError) as caught:
            playbook.score(document)
        assert expected == len(caught.value.faults)
        assert expected == len(caught.value.say("en").splitlines())


def test_a_hostile_file_floods_nobody(tmp_path: Path) -> None:
    """Fifty thousand unknown ids, or keys that are long or unprintable: twenty lines and a rest."""
    path = tmp_path / "a.json"
    many = {f"interest.x{n}": {"level": 9} for n in range(50_000)}
    for answers in (many, {name: {"level": 1} for name in many}):
        path.write_text(json.dumps({**EMPTY, "answers": answers}), encoding="utf-8")
        with pytest.raises(PlaybookError) as caught:
            playbook.score(path)
        assert len(caught.value.say("en").splitlines()) == 21
    for key in ("x" * 1_000_000, "a\x1b[31m\nb", "\u202etxt"):
        with pytest.raises(PlaybookError) as caught:
            playbook.score({**EMPTY, "answers": {key: {"level": 9}}})
        message = caught.value.say("en")
        assert len(message) < 400
        assert all(line.isprintable() for line in message.splitlines())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fandang", "Did you mean 'fandeng'?"),
        ("no/such/file.json", "no such file, and no case of this name"),
        ("a\0b", "no such file"),
        ("x" * 5000, "no such file"),
        ("", "this is a folder"),
        (".", "this is a folder"),
    ],
)
def test_what_is_neither_file_nor_case_is_told(name: str, told: str) -> None:
    """An argument is a path that exists or the id of a case."""
    with pytest.raises(PlaybookError, match=re.escape(told)):
        playbook.score(name)


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without permission there is a reason and no traceback."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "a.json"
    path.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PlaybookError, match="Permission denied"):
        read_text(path)


def test_an_existing_path_is_a_file_whatever_cases_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file called like a case goes first."""
    monkeypatch.chdir(tmp_path)
    Path("fandeng").write_text(json.dumps(small.document({}, name="ours")), encoding="utf-8")
    assert "ours" == playbook.score("fandeng").answers.community.name


@pytest.mark.parametrize(
    "given",
    [
        {**EMPTY, "answers": {5: {"level": 1}}},
        {**EMPTY, 5: 6, "answers": {"interest.bond": {"level": 10**5000}}},
        {**EMPTY, "answers": {"interest.bond": {"level": (1,)}}},
        {**EMPTY, "answers": {"interest.bond": {"level": {1}}}},
        {**EMPTY, "community": {"members": float("nan")}},
        {**EMPTY, "rater": b"me"},
    ],
)
def test_odd_dictionaries_are_refused_as_files_are(given: Any) -> None:
    """What no JSON file could hold is bad input too, not a crash."""
    with pytest.raises(PlaybookError) as caught:
        playbook.score(given)
    assert len(caught.value.say("zh")) < 1000


def test_a_dictionary_within_itself_is_refused() -> None:
    """A document that never ends is nested too deeply."""
    endless: dict[str, Any] = {**EMPTY}
    endless["community"] = endless
    with pytest.raises(PlaybookError, match="nested too deeply"):
        playbook.score(endless)


# --- cases ------------------------------------------------------------------------------------


def test_a_case_file_of_ones_own_is_scored_and_checked(tmp_path: Path) -> None:
    """A .toml path is a case; its faults are told all at once."""
    source = (data_folder() / "cases" / "xiaomi.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(source, encoding="utf-8")
    assert playbook.score(path).total == playbook.score("xiaomi").total
    path.write_text(
        source.replace('fate = "', 'fate = "x').replace('kind = "product"', 'kind = "produce"', 1),
        encoding="utf-8",
    )
    with pytest.raises(PlaybookError) as caught:
        playbook.score(path)
    assert {"mine.toml: fate", "mine.toml: kind"} == {fault.where for fault in caught.value.faults}


def test_case_faults_see_what_the_schema_cannot() -> None:
    """An unknown source, an id that stands twice and an unknown criterion."""
    document = read(data_folder() / "cases" / "xiaomi.toml")
    document["fact"].append({**document["fact"][0], "source": "xiaomi-1999"})
    document["answers"]["answers"]["copy.modde"] = {"level": 1}
    said = " ".join(fault.say("en") for fault in case_faults(document, "xiaomi"))
    for part in ("no source 'xiaomi-1999'", "stands twice", "no criterion 'copy.modde'"):
        assert part in said


# --- helpers of reading and writing -----------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "meant"),
    [
        ("interest.bnod", "interest.bond"),
        ("operate.rituals", "operate.ritual"),
        ("structure.ritual", "operate.ritual"),
        ("ritual", "operate.ritual"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_nearest_valid_name_is_found(given_name: str, meant: str | None) -> None:
    """A slip in an id, or a right last part under a wrong dimension."""
    assert meant == nearest(given_name, [c.id for c in load_checklist().active])


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever interrupts, the old file stays, and nothing is left beside it."""
    path = tmp_path / "a.json"
    write_whole(path, "old")

    def fail(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    for fault, expected in ((fail, PlaybookError), (interrupt, KeyboardInterrupt)):
        monkeypatch.setattr("os.fsync", fault)
        with pytest.raises(expected):
            write_whole(path, "new")
        assert "old" == path.read_text(encoding="utf-8")
    monkeypatch.undo()
    with pytest.raises(PlaybookError, match="Nothing was changed"):
        write_whole(path, "lone \ud800 surrogate")
    with pytest.raises(PlaybookError, match="Nothing was changed"):
        write_whole(tmp_path / "none" / "a.json", "new")
    assert [path] == list(tmp_path.iterdir())


# --- any bytes at all -------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = ["level", "evidence", "note", "url", "unknown", "na", "measured", "confidence"]
SOUND = [0, 3, "E2", "x", True, "other", {"level": 1, "value": 2}, None]
answer_like = st.dictionaries(
    st.sampled_from(KEYS), st.sampled_from(SOUND) | json_values, max_size=4
)
answers_like = st.fixed_dictionaries(
    {
        "format": st.just("playbook-answers/1") | json_values,
        "answers": st.dictionaries(
            st.sampled_from([c.id for c in load_checklist().active]) | st.text(max_size=5),
            answer_like | json_values,
            max_size=4,
        ),
    },
    optional={
        "community": st.dictionaries(
            st.sampled_from(["members", "aim", "scale", "funnel", "members_kind"]), json_values
        ),
        "content_version": st.sampled_from(["1.0", "1", "2.0", "1.²", "٣.0"]) | json_values,
        "saved": st.text(max_size=30) | json_values,
        "date": st.dates().map(str) | json_values,
        "checklist": st.sampled_from(["isooc", "isoc", "", None]),
        "rater": json_values,
    },
)


def outcome(call: Any) -> Any:
    """Return what a call gives, or its one PlaybookError, told in both languages."""
    try:
        return call()
    except PlaybookError as error:
        found = error
    assert found.faults
    assert all(found.say(lang).strip() for lang in ("en", "zh"))
    return found


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the files of all examples of a property."""
    return tmp_path_factory.mktemp("fuzz")


@given(raw=st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_bytes_give_answers_or_one_error(shelf: Path, raw: bytes) -> None:
    """Nothing but a PlaybookError ever comes of a file, as answers, case or content."""
    for name in ("a.json", "a.toml"):
        (shelf / name).write_bytes(raw)
        assert isinstance(outcome(lambda name=name: load_answers(shelf / name)[0]), PlaybookError)
    assert isinstance(outcome(lambda: load_checklist(own=shelf / "a.toml")), PlaybookError)


@given(document=answers_like)
@settings(max_examples=120, deadline=None, derandomize=True)
def test_any_document_gives_answers_or_one_error(document: Any) -> None:
    """Documents that are nearly right are read, scored and told, or refused."""
    found = outcome(lambda: load_answers(document)[0])
    assert isinstance(found, (Answers, PlaybookError))
    text = json.dumps(document)
    again = outcome(lambda: load_answers(parse_json(text, "a.json"))[0])
    if "NaN" not in text and "Infinity" not in text:
        assert type(found) is type(again)
    if isinstance(found, Answers):
        json.dumps(playbook.score(document).to_dict("zh"), allow_nan=False)


@given(data=st.data())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_slip_in_own_content_gives_a_checklist_or_one_error(shelf: Path, data: Any) -> None:
    """A content file with a piece cut out, doubled or replaced is laid over ours or refused."""
    start = data.draw(st.integers(0, len(OWN)))
    end = data.draw(st.integers(start, min(len(OWN), start + 60)))
    piece = data.draw(st.sampled_from(["", OWN[start:end] * 2, "[[", '"', "nan", "-1", "1e400"]))
    path = shelf / "own.toml"
    path.write_text(OWN[:start] + piece + OWN[end:], encoding="utf-8")
    found = outcome(lambda: load_checklist(own=path))
    if not isinstance(found, PlaybookError):
        json.dumps(playbook.score(EMPTY, content=path).to_dict(), allow_nan=False)


@given(text=st.text(max_size=60))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_texts_of_a_person_come_back_as_they_were(text: str) -> None:
    """Whatever is typed as a note is kept, but for NUL; no text can change a number."""
    document = small.document({"interest.bond": 2})
    document["answers"]["interest.bond"]["note"] = text
    read, _ = load_answers(parse_json(json.dumps(document), "a.json"))
    kept = re.sub("[\0\ud800-\udfff]", "�", text).strip()
    assert kept == read.given["interest.bond"].note


def test_toml_refuses_what_json_could_not_carry() -> None:
    """NaN and infinity are numbers in TOML; a score made of them would be no JSON."""
    for text in ("x = nan", "x = inf", "x = -inf", "x = 1e400"):
        with pytest.raises(PlaybookError, match="not a number that can be used"):
            parse_toml(text, "a.toml")
    assert {"x": 1.5} == parse_toml("x = 1.5", "a.toml")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("r.pdf", "<!doctype html>\n<p>", "Write .html, open it in a browser and print it to PDF"),
        ("r.docx", "<!doctype html>\n<p>", "written as .html, not as .docx"),
        ("a.XLSX", "{}", "written as .json, not as .xlsx"),
        ("c.html", "BEGIN:VCALENDAR", "written as .ics, not as .html"),
    ],
)
def test_a_page_is_not_written_under_the_name_of_another_kind(
    tmp_path: Path, name: str, content: str, told: str
) -> None:
    """A report called .pdf would open nowhere; an ending that means nothing is left alone."""
    with pytest.raises(PlaybookError, match=re.escape(told)):
        write_whole(tmp_path / name, content)
    assert not list(tmp_path.iterdir())
    for fine in ("r", "r.htm", "r.2026", "r.txt"):
        write_whole(tmp_path / fine, "<!doctype html>")
