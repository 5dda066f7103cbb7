"""A rehearsal of the workshop: thirty people, three broken files, one duplicate; sums by hand.

Thirty people answer five questions. Three of their files are broken; one person saves twice. What
the other 27 say:

    question                   level 0   1   2   3   unknown
    interest.shared_interest         9   9   9   .         .
    interest.pain_point              .   .   .  27         .
    structure.roles                 14   .   .  13         .
    output.rhythm                    .  13  14   .         .
    copy.model                       .  17   .   .        10

α by hand, ordinal: the levels were given 23, 39, 23 and 40 times, 125 in all. The squared
distances are 961 (0-1), 961 (1-2), 992.25 (2-3), 3844 (0-2), 3906.25 (1-3) and 8742.25 (0-3):
half of both ends and all between. Within the questions, pairs times distance over (27 - 1):
81 · 5766 / 26 + 182 · 8742.25 / 26 + 182 · 961 / 26 = 85886.06 (rounded). Over all:
23 · 39 · 961 + 39 · 23 · 961 + 23 · 40 · 992.25 + 23 · 23 · 3844 + 39 · 40 · 3906.25
+ 23 · 40 · 8742.25 = 18807000. α = 1 - 124 · 85886.06 / 18807000 = 0.4337.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import playbook
from playbook.cli import main
from playbook.load import load_checklist
from playbook.load.code import encode
from playbook.room.enter import enter

QUESTIONS = ("interest.shared_interest", "interest.pain_point", "structure.roles",
             "output.rhythm", "copy.model")  # fmt: skip


def said(person: int) -> dict[str, Any]:
    """Tell what one of the 27 answers."""
    levels: list[int | None] = [
        person % 3,
        3,
        0 if person < 14 else 3,
        1 if person < 13 else 2,
        None if person < 10 else 1,
    ]
    return {
        name: {"unknown": True} if level is None else {"level": level}
        for name, level in zip(QUESTIONS, levels, strict=True)
    }


def document(person: int, minute: int = 30) -> dict[str, Any]:
    """Make the file that a person's form would give."""
    return {
        "format": "playbook-answers/1",
        "id": f"{person:05x}000-0000-4000-8000-000000000000",
        "saved": f"2026-11-21T08:{minute:02d}:00Z",
        "checklist": "isooc",
        "content_version": "1.0",
        "community": {"name": "Lantern"},
        "rater": f"Person {person:02d}",
        "answers": said(person),
    }


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a folder as a workshop does: files, two codes and one sheet typed in, and the broken."""
    folder = tmp_path_factory.mktemp("answers")

    def put(name: str, text: str) -> None:
        (folder / name).write_text(text, encoding="utf-8")

    for person in range(24):
        put(f"{person:02d}.json", json.dumps(document(person)))
    # One hand in by reading a code aloud, one by a picture of it, one on paper.
    codes = [str(encode(document(person), load_checklist())) for person in (24, 25)]
    keys = {"structure.roles": "3", "output.rhythm": "2", "copy.model": "1"}
    keys |= {"interest.shared_interest": str(26 % 3), "interest.pain_point": "3"}
    sheet = "".join(keys.get(c.id, ".") for c in load_checklist().active)
    typed = iter([codes[0].lower(), codes[1].replace("-", " "), "Person 26", "Lantern", "", "",
                  "", sheet, "s", ""])  # fmt: skip
    assert 3 == enter(folder, load_checklist(), lambda _: next(typed), lambda _: None)
    # Person 3 had saved before, with other answers.
    early = document(3, minute=10) | {"answers": {"copy.model": {"level": 3}}}
    put("03 (1).json", json.dumps(early))
    # Three broken ones: saved half, a level that does not exist, a picture under a wrong name.
    put("27.json", json.dumps(document(3))[:300])
    put("28.json", json.dumps(document(3) | {"answers": {"copy.model": {"level": 7}}}))
    (folder / "29.json").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    return folder


@pytest.fixture(scope="module")
def found(room: Path) -> dict[str, Any]:
    """Read the room once."""
    return playbook.workshop(room).to_dict("en")


def test_what_the_room_said_is_what_the_hand_worked_out(found: dict[str, Any]) -> None:
    """The library's numbers: files, medians, ranges, shares, α, strongest and weakest."""
    assert {"found": 31, "used": 27, "refused": 3, "replaced": 1} == found["files"]
    assert ["27.json", "28.json", "29.json"] == [one["file"] for one in found["refused"]]
    assert [{"file": "03 (1).json", "by": "03.json"}] == found["replaced"]
    assert found["one_community"] is True

    items = {row["criterion"]: row for row in found["items"]}
    expected = {
        "interest.shared_interest": (1, 2, 1.0, [9, 9, 9, 0, 0]),
        "interest.pain_point": (3, 0, 1.0, [0, 0, 0, 27, 0]),
        "structure.roles": (0, 3, 14 / 27, [14, 0, 0, 13, 0]),
        "output.rhythm": (2, 1, 1.0, [0, 13, 14, 0, 0]),
        "copy.model": (1, 0, 1.0, [0, 17, 0, 0, 10]),
    }
    for name, (median, range_, near, counts) in expected.items():
        row = items[name]
        assert (median, range_) == (row["median"], row["range"])
        assert near == pytest.approx(row["within_one"])
        assert counts == [row["counts"][state] for state in ("0", "1", "2", "3", "unknown")]
    assert 27 == items["interest.bond"]["counts"]["absent"]
    assert items["interest.bond"]["median"] is None

    inner = (81 * 5766 + 182 * 8742.25 + 182 * 961) / 26
    assert 85886.06 == pytest.approx(inner, abs=0.005)
    assert 1 - 124 * inner / 18807000 == pytest.approx(found["alpha"], abs=1e-12)
    assert 0.4337 == pytest.approx(found["alpha"], abs=5e-5)
    assert "withheld" == found["group"]
    assert found["communities"][0]["total"] is None  # no number for a room that does not agree
    assert ["structure.roles", "interest.shared_interest"] == [
        one["criterion"] for one in found["talk_about"]
    ]
    assert ["interest.pain_point", "output.rhythm"] == found["strongest"]
    assert ["structure.roles", "copy.model"] == found["weakest"]


def test_the_question_to_the_room_says_who_saw_what(found: dict[str, Any]) -> None:
    """14 people chose the lowest sentence on roles and 13 the highest; both are quoted."""
    levels = playbook.checklist().by_id["structure.roles"].say("levels", "en")
    question = found["talk_about"][0]["question"]
    assert question.startswith(f"14 saw: “{levels[0].rstrip('.')}”. 13 saw: “")
    assert levels[3].rstrip(".") in question


def test_everyone_scores_as_alone(room: Path, found: dict[str, Any]) -> None:
    """A person's total in the class is that of their own file."""
    people = found["people"]
    assert 27 == len(people)
    for row in people:
        alone = playbook.score(room / row["file"]).total
        assert (float(alone.low), float(alone.high)) == (row["low"], row["high"])


def test_the_page_and_the_tables_say_the_same(
    room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command line, in both languages: the numbers stand on the page and in the tables."""
    for lang, sentence in (("en", "do not see the same thing (α 0.43"), ("zh", "（α 0.43")):
        page = tmp_path / f"cohort-{lang}.html"
        command = ["workshop", str(room), "-o", str(page), "--json", "--lang", lang]
        assert 0 == main([*command, "--csv", str(tmp_path / lang)])
        told = capsys.readouterr()
        assert [] == playbook.check.check(json.loads(told.out), "cohort")
        for name in ("27.json", "28.json", "29.json", "03 (1).json"):
            assert name in told.err
        html = page.read_text(encoding="utf-8")
        assert sentence in html
        assert not re.search(r"""(?:src|href)="(?!#|data:)|@import|url\((?!#)""", html)
        items = (tmp_path / lang / "items.csv").read_text(encoding="utf-8-sig").splitlines()
        assert 29 == len(items)
        assert any(line.startswith("structure.roles,") and ",0.0,3," in line for line in items)
        answers = (tmp_path / lang / "answers.csv").read_text(encoding="utf-8-sig").splitlines()
        assert 1 + 27 * 28 == len(answers)
        assert (tmp_path / lang / "cohort.xlsx").stat().st_size > 5000
    assert "31 files: 27 used, 1 replaced" in (tmp_path / "cohort-en.html").read_text("utf-8")


def test_stand_ins_tell_no_name(room: Path, tmp_path: Path, found: dict[str, Any]) -> None:
    """With pseudonyms no name, community or file name is on the page; the numbers are the same."""
    hidden = playbook.workshop(room, tmp_path / "p.html", pseudonyms=True)
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    for name in ("Person", "Lantern", "29.json"):
        assert name not in page
        assert name not in json.dumps(hidden.to_dict())
    assert found["alpha"] == hidden.to_dict()["alpha"]
    names = [row["name"] for row in hidden.to_dict()["people"]]
    assert 27 == len(set(names))
    again = playbook.workshop(room, pseudonyms=True).to_dict()["people"]
    assert names == [row["name"] for row in again]
