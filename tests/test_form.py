"""The questionnaire that is handed out: the page, the paper, the code, and typing them in."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import playbook
from playbook import PlaybookError
from playbook.cli import main
from playbook.load import checklist_names, load_answers, load_checklist
from playbook.load.code import LONGEST, NA, SIGNS, asked, decode, encode, grouped, is_code, mark
from playbook.present.document import line as told
from playbook.present.form_page import _ours, _words, form_html
from playbook.present.form_paper import paper_html
from playbook.room.enter import Sheet, enter

STATES = st.sampled_from(
    [{"level": n} for n in range(4)] + [{"unknown": True}, None] + [{"na": one} for one in NA]
)
COMMUNITIES = st.fixed_dictionaries(
    {},
    optional={
        "members": st.integers(0, 10**10),
        "members_kind": st.sampled_from(["members", "fans", "users", "buyers"]),
        "kind": st.sampled_from(["social", "commercial", "product", "media", "learning", "brand"]),
        "scale": st.sampled_from(["grow", "stay-small", "task"]),
        "aim": st.sampled_from(["100", "1000", "10000"]),
        "funnel": st.fixed_dictionaries(
            {}, optional={"stage": st.integers(1, 3), "earning": st.booleans()}
        ),
    },
)
LANTERN = "notebooks/practice/lantern.json"


@pytest.fixture
def lantern(root: Path) -> dict[str, Any]:
    """Read the answers of the practice community."""
    document: dict[str, Any] = json.loads((root / LANTERN).read_text(encoding="utf-8"))
    return document


# --- the code ---------------------------------------------------------------------------------


@settings(deadline=None, max_examples=150)
@given(st.data(), st.sampled_from(checklist_names()), COMMUNITIES)
def test_a_code_gives_back_what_went_in(data: Any, name: str, community: dict[str, Any]) -> None:
    """Levels, unknown, not applicable and what was said of the community, for every checklist."""
    checklist = load_checklist(name)
    states = {one.id: data.draw(STATES) for one in checklist.active}
    answers = {key: state for key, state in states.items() if state}
    document = {"id": "0a1b2c3d-x", "community": community, "answers": answers}
    code = encode(document, checklist)
    assert code is not None
    assert LONGEST >= len(code)
    found = decode(code)
    bare = {key: {k: v for k, v in one.items() if k != "note"} for key, one in
            found["answers"].items()}  # fmt: skip
    assert answers == bare
    assert (name, checklist.version) == (found["checklist"], found["content_version"])
    assert "code-0a1b2" == found["id"]
    given_, back = dict(community), dict(found.get("community", {}))
    members, kept = given_.pop("members", None), back.pop("members", None)
    given_ = {key: value for key, value in given_.items() if value != {}}
    assert given_ == back
    if members is None:
        assert kept is None
    else:  # five digits are kept; the rest is cut off, so that no milestone is passed by it
        assert len(str(members)) == len(str(kept))
        assert str(members)[:5] == str(kept)[:5]
        assert kept <= members


def test_a_code_scores_as_its_file_does(lantern: dict[str, Any]) -> None:
    """The total, every gate and the actions are those of the file; only proof is not in a code."""
    code = encode(lantern, load_checklist())
    assert code is not None
    one, other = playbook.score(lantern).to_dict(), playbook.score(code).to_dict()
    for key in ("aim", "scale", "total", "coverage", "dimensions", "actions"):
        assert one[key] == other[key]
    assert one["milestones"]["gates"] == other["milestones"]["gates"]
    assert 0 == other["verified"]


def test_the_command_line_takes_a_code(
    lantern: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """A code stands where a file stands, however it is spaced and written."""
    code = str(encode(lantern, load_checklist()))
    assert 0 == main(["score", code.lower().replace("-", "").replace("0", "o"), "--json"])
    assert playbook.score(code).to_dict() == json.loads(capsys.readouterr().out)


def test_one_wrong_sign_is_found_and_the_right_code_named(lantern: dict[str, Any]) -> None:
    """At every place; also two neighbours that were exchanged, and a sign left out."""
    code = str(encode(lantern, load_checklist()))
    signs = code.replace("-", "")
    for at, sign in enumerate(signs):
        other = SIGNS[(SIGNS.index(sign) + 1 + at) % 31]
        if other != sign:
            with pytest.raises(PlaybookError, match=re.escape(f"Did you mean '{code}'")):
                decode(signs[:at] + other + signs[at + 1 :])
    for at in range(len(signs) - 1):
        if signs[at] != signs[at + 1]:
            with pytest.raises(PlaybookError, match="check signs"):
                decode(signs[:at] + signs[at + 1] + signs[at] + signs[at + 2 :])
    with pytest.raises(PlaybookError, match="check signs"):
        decode(signs[:-1])


@pytest.mark.parametrize("text", ["", "ABC", "Ä" * 40, "A" * 200, "U" * 40, "🙂" * 30])
def test_what_is_no_code_is_refused(text: str) -> None:
    """Too short, too long, or with signs that no code has."""
    with pytest.raises(PlaybookError, match="no answer code") as told:
        decode(text)
    if set(text) <= set(SIGNS):
        assert f"it has {len(text)} letters and digits" in str(told.value)


def test_names_and_paths_are_not_taken_for_codes() -> None:
    """A case, a file that is not there and a sentence keep their own messages."""
    for text in ("fandeng", "answers.json", "a/very/long/path/to/some/answers", "C:\\x" * 9):
        assert not is_code(text)
    with pytest.raises(PlaybookError, match="fandeng"):
        playbook.score("fandeg")


def test_a_long_name_is_no_code_and_a_slip_in_a_code_makes_it_no_name(
    lantern: dict[str, Any],
) -> None:
    """Of names none has a digit; a letter that no code has is told, not taken for a person."""
    for name in ("Alexander Hamilton Smith", "Maximiliane von Wittgenstein", "欧阳" * 12):
        assert not is_code(name)
    code = str(encode(lantern, load_checklist()))
    for slip in (code[:-1] + "U", code.lower()[:-1] + "u", code.replace("-", " ")[:-1] + "ü"):
        assert is_code(slip)
        with pytest.raises(PlaybookError, match="no answer code"):
            decode(slip)


def test_every_checklist_has_a_mark_of_its_own() -> None:
    """So a code of one is never read as another's."""
    marks = [mark(load_checklist(name)) for name in checklist_names()]
    assert len(marks) == len(set(marks))


def test_a_code_needs_the_content_its_form_was_made_with(tmp_path: Path) -> None:
    """With a question of one's own it is refused until the file is given; weights do not matter."""
    text = {"name": "Tea", "question": "Is there tea?", "hint": "Look.", "action": "Boil."}
    text |= {"levels": ["none", "some", "more", "much"], "evidence": ["a cup", "a pot"]}
    text |= dict.fromkeys(("first_step", "owner", "takes", "unlocks", "example"), "x")
    both = "".join(
        f"[criterion.{lang}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in text.items())
        for lang in ("en", "zh")
    )
    own = tmp_path / "own.toml"
    own.write_text(
        'format = "playbook-content/1"\n[[criterion]]\nid = "output.tea"\nweight = 1\n'
        'usefulness = 3\nsource = ["003"]\neffort = { people = 1, time = 1, money = 1 }\n' + both,
        encoding="utf-8",
    )
    code = str(encode({"answers": {"output.tea": {"level": 3}}}, load_checklist("isooc", own)))
    assert {"output.tea": {"level": 3}} == decode(code, own)["answers"]
    assert playbook.score(code, content=own).answers.level("output.tea") == 3
    with pytest.raises(PlaybookError, match="other questions"):
        decode(code)
    weights = tmp_path / "weights.toml"
    weights.write_text(
        'format = "playbook-content/1"\n[[criterion]]\nid = "interest.bond"\nweight = 2\n',
        encoding="utf-8",
    )
    plain = str(encode({"answers": {"interest.bond": {"level": 1}}}, load_checklist()))
    assert {"interest.bond": {"level": 1}} == decode(plain, weights)["answers"]


def test_the_reason_that_was_written_is_told_to_be_elsewhere() -> None:
    """`other` needs a note; a code has none, and says so."""
    document = {"answers": {"copy.model": {"na": "other", "note": "we are a pub"}}}
    found = decode(str(encode(document, load_checklist())))
    read, _ = load_answers(found)
    assert "other" == read.given["copy.model"].na
    assert "no room" in read.given["copy.model"].note


# --- the page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", checklist_names())
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_is_one_file_without_any_network(name: str, lang: str) -> None:
    """Every question in both languages; nothing is loaded; only our own script may run."""
    checklist = load_checklist(name)
    page = form_html(checklist, lang)
    assert 200_000 > len(page.encode("utf-8"))
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?!#|data:)|@import|url\((?!#)""", page)
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in page
    data = json.loads(re.findall(r'id="pb-data">(.*?)</script>', page, re.DOTALL)[0])
    assert asked(checklist, checklist.version) == tuple(one["id"] for one in data["criteria"])
    for one, criterion in zip(data["criteria"], map(checklist.by_id.get, asked(
            checklist, checklist.version)), strict=True):  # fmt: skip
        assert criterion is not None
        for each in ("en", "zh"):
            assert criterion.say("question", each) == one[each]["question"]
            assert list(criterion.say("levels", each)) == one[each]["levels"]
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script[0].encode("utf-8")).digest()).decode("ascii")
    assert [1, f"script-src 'sha256-{digest}'" in page] == [len(script), True]
    assert "Copyright (c) 2021-2025 David Evans" in page


def test_every_word_of_the_script_is_there_in_both_languages() -> None:
    """No `t("…")` names a word that does not exist, and both languages fill the same places."""
    asked_for = set(re.findall(r'\bt\(\s*"(\w+)"', _ours()))
    en, zh = _words("en"), _words("zh")
    assert len(asked_for) > 60
    assert set() == asked_for - set(en)
    assert set(en) == set(zh)


def test_content_of_ones_own_cannot_break_out_of_the_page(tmp_path: Path) -> None:
    """A question with markup in it is data, in the page and on paper."""
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    own = tmp_path / "own.toml"
    own.write_text(
        'format = "playbook-content/1"\n[[criterion]]\nid = "interest.bond"\n'
        f'[criterion.en]\nquestion = "{evil}"\n[criterion.zh]\nquestion = "{evil}"\n',
        encoding="utf-8",
    )
    checklist = load_checklist("isooc", own)
    page = form_html(checklist, "en")
    assert 2 == page.count("<script")
    assert "<img" not in page
    assert checklist.custom is not None
    assert checklist.custom[:19] in page
    assert "<img" not in paper_html(checklist, "en")


@pytest.mark.parametrize("name", checklist_names())
def test_paper_has_the_order_and_the_numbers_of_the_page(name: str) -> None:
    """Question n is question n, with its four sentences, in either language."""
    checklist = load_checklist(name)
    for lang in ("en", "zh"):
        paper = paper_html(checklist, lang)
        found = re.findall(r"</span>(\d+)\. ([^<]+)</h3>", paper)
        names = asked(checklist, checklist.version)
        expected = [(str(n), told(checklist.by_id[c].say("question", lang)))
                    for n, c in enumerate(names, 1)]  # fmt: skip
        assert expected == found
        assert 4 * len(names) == paper.count('<span class="pb-n">')


def test_the_commands_write_what_they_say(tmp_path: Path) -> None:
    """`form -o`, `form --print -o`; without a place to write it is told; an old file stays."""
    target = tmp_path / "form.html"
    assert 0 == main(["form", "-o", str(target), "--lang", "zh"])
    assert "pb-data" in target.read_text(encoding="utf-8")
    assert 0 == main(["form", "--print", "-o", str(target), "--checklist", "six_senses"])
    assert "pb-sheet" in target.read_text(encoding="utf-8")
    assert 2 == main(["form"])
    assert 2 == main(["form", "-o", str(target), "--checklist", "isok"])
    assert "pb-sheet" in target.read_text(encoding="utf-8")


# --- typing in --------------------------------------------------------------------------------


def test_keys_fill_a_sheet() -> None:
    """One key a question; several in a line; back; a question changed by its number."""
    sheet = Sheet(("a", "b", "c", "d"))
    assert ("", "", "") == sheet.type("2？—")
    assert {"a": {"level": 2}, "b": {"unknown": True}} == {
        k: v for k, v in sheet.answers().items() if k != "c"
    }
    assert "other" == sheet.answers()["c"]["na"]
    assert ("", "", "") == sheet.type("u.")
    assert ("", "", "") == sheet.type("4=3 1=0")
    assert ["0", "?", ".", "3"] == sheet.keys
    assert ("", "enter_many", "1") == sheet.type("1")
    assert ("", "enter_number", "9") == sheet.type("9=1")
    assert ("", "enter_key", "x") == sheet.type("ux3")
    assert ["0", "?", "."] == sheet.keys  # nothing after the wrong key was taken
    assert ("s", "", "") == sheet.type("2s")
    assert {"a": {"level": 0}, "b": {"unknown": True}, "d": {"level": 2}} == sheet.answers()


def lines(*given: str) -> Any:
    """Answer prompts by these lines; after them the input ends."""
    left: Iterator[str] = iter(given)

    def ask(_: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask


def test_a_stack_of_sheets_becomes_files(tmp_path: Path, lantern: dict[str, Any]) -> None:
    """Two sheets, one of them cut short by the end of input, and a code: three files that score."""
    code = str(encode(lantern, load_checklist()))
    said: list[str] = []
    typed = lines("Ann", "Tea Club", "1,200", "31.11.", "2026/11/9", "x", "S", "3",
                  "210?" * 6 + "333", "s", code, "Ann", "", "many", "", "", "", "31")  # fmt: skip
    assert 3 == enter(tmp_path / "a", load_checklist(), typed, said.append)
    files = sorted((tmp_path / "a").iterdir())
    assert ["Ann-2.json", "Ann.json"] == [path.name for path in files if "code" not in path.name]
    ann, second = playbook.score(tmp_path / "a" / "Ann.json"), playbook.score(files[0])
    assert (28, 1200, "Tea Club") == (
        len(ann.answers.given), ann.answers.community.members, ann.answers.community.name,
    )  # fmt: skip
    assert [3, 1] == [a.level for a in second.answers.given.values()]
    assert "Tea Club" == second.answers.community.name  # Enter alone: the same as before
    assert ["2026-11-09"] * 2 == [ann.answers.date, second.answers.date]
    assert ("stay-small", "grow") == (ann.answers.community.scale, second.answers.community.scale)
    assert any("31.11." in line for line in said)
    assert any("x: g, s or t" in line for line in said)
    (from_code,) = (path for path in files if path.name.startswith("code"))
    assert playbook.score(lantern).total == playbook.score(from_code).total
    assert any("1200" in line for line in said)  # "many" is no number, and that is told


def test_a_wrong_code_is_told_and_the_stack_goes_on(tmp_path: Path) -> None:
    """The message names the code that was probably meant; nothing is written for it."""
    code = grouped(str(encode({"answers": {}}, load_checklist())).replace("-", ""))
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    said: list[str] = []
    assert 0 == enter(tmp_path, load_checklist(), lines(wrong, ""), said.append)
    assert any(code in line for line in said)
    assert [] == list(tmp_path.iterdir())


def test_a_code_can_be_given_its_name_and_its_community(tmp_path: Path) -> None:
    """Before or behind it, its groups apart or not; typed again with a name it replaces itself."""
    answers = {"interest.bond": {"level": 2}, "copy.model": {"unknown": True}}
    codes = [
        str(encode({"id": f"7f9c{n}b1e", "answers": answers}, load_checklist())) for n in range(4)
    ]
    said: list[str] = []
    typed = lines(
        f"{codes[0]} Ann Lee, Tea Club", f"小安：{codes[1].lower()} ， 茶友会",
        codes[2].replace("-", " ") + " Bo 2", codes[3], f"{codes[3]} Di,Tea Club", "",
    )  # fmt: skip
    assert 5 == enter(tmp_path, load_checklist(), typed, said.append)
    assert 4 == len(list(tmp_path.iterdir()))
    assert 1 == sum("type the code again" in line for line in said)
    people = playbook.workshop(tmp_path).to_dict("en")["people"]
    assert {("Ann Lee", "Tea Club"), ("小安", "茶友会"), ("Di", "Tea Club")} <= {
        (one["name"], one["community"]) for one in people
    }
    assert "Bo 2" in {one["name"] for one in people}


def test_too_much_that_does_not_apply_counts_as_not_known_as_on_the_page(tmp_path: Path) -> None:
    """Three dashes in one part: the first is left out, the others are unknown, and it scores."""
    said: list[str] = []
    typed = lines("Ann", "", "", "", "", "---22" + "2" * 23, "s", "")
    assert 1 == enter(tmp_path, load_checklist(), typed, said.append)
    found = playbook.score(tmp_path / "Ann.json").answers
    names = list(load_checklist().by_id)[:3]
    assert [True, False, False] == [found.is_na(name) for name in names]
    assert found.given[names[1]].unknown
    assert any("questions 2, 3 count" in line for line in said)


def test_what_was_typed_is_told_by_number_and_a_folder_that_cannot_be_is_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A code of two answers counts two of the 28; below a file there is no folder."""
    two = {"interest.bond": {"level": 1}, "copy.model": {"unknown": True}}
    said: list[str] = []
    code = str(encode({"answers": two}, load_checklist()))
    assert 1 == enter(tmp_path, load_checklist(), lines(code, ""), said.append)
    assert any("2 of 28" in line for line in said)
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert 2 == main(["form", "--enter", "-o", str(tmp_path / "file" / "answers")])
    assert "answers" in capsys.readouterr().err
