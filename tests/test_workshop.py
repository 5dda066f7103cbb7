"""A folder of answers as a class: what is used, what a room says together, tables and stand-ins."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import small
from openpyxl import load_workbook

import playbook
from playbook import PlaybookError
from playbook.cli import main
from playbook.load import load_checklist
from playbook.load.code import encode
from playbook.model import Answer
from playbook.room import collect as collecting
from playbook.room.collect import collect
from playbook.room.enter import enter
from playbook.scoring.cohort import gather, medians
from playbook.widgets import Class

SCRIPT = "<script>alert(1)</script>"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def document(person: int, **changed: Any) -> dict[str, Any]:
    """Make a file of the form: three answers."""
    levels = {"interest.bond": person % 4, "structure.roles": 2, "copy.model": 1}
    return {
        "format": "playbook-answers/1",
        "id": f"{person:05x}abc-0000-4000-8000-000000000000",
        "saved": f"2026-11-21T08:{person:02d}:00Z",
        "checklist": "isooc",
        "content_version": "1.0",
        "community": {"name": "Tea Club"},
        "rater": f"Person {person}",
        "answers": {name: {"level": level} for name, level in levels.items()},
        **changed,
    }


def put(folder: Path, name: str, given: Any) -> Path:
    """Write a document, or bytes as they are, below the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = given if isinstance(given, bytes) else json.dumps(given).encode("utf-8")
    path.write_bytes(data)
    return path


def used(folder: Path) -> list[str]:
    """Name the files that count."""
    return [paper.file for paper in collect(folder, now=NOW).papers]


# --- the folder -------------------------------------------------------------------------------


def test_whatever_is_in_the_folder_is_told(tmp_path: Path) -> None:
    """Pictures, half a file, nothing, a page, a note, too large, too deep: each with its reason."""
    put(tmp_path, "good.json", document(1))
    put(tmp_path, "group a/good.json", document(2))
    put(tmp_path, "phone.txt", document(3))  # a phone renamed it
    wide = json.dumps(document(4)).encode("utf-16")
    put(tmp_path, "windows.json", wide)
    put(tmp_path, "holiday.jpg", b"\xff\xd8\xff\xe0" + bytes(10_000))
    put(tmp_path, "photo.json", b"\x89PNG\r\n\x1a\n" + bytes(10_000))
    put(tmp_path, "half.json", json.dumps(document(5)).encode()[:200])
    put(tmp_path, "empty.json", b"")
    put(tmp_path, "page.html", b"<!doctype html><p>hello")
    put(tmp_path, "notes.txt", b"remember the milk")
    put(tmp_path, "list.json", b"[1, 2]")
    put(tmp_path, "deep.json", b'{"answers":' * 50_000)
    put(tmp_path, "opened.json", document(6, answers={}))
    put(tmp_path, "level.json", document(7, answers={"interest.bond": {"level": 9}}))
    put(tmp_path, "version.json", document(8, content_version="2.0"))
    put(tmp_path, ".DS_Store", b"\x00\x00\x00\x01")
    with (tmp_path / "large.json").open("wb") as stream:
        stream.write(b'{"format":"playbook-answers/1","answers":{')
        stream.truncate(50_000_000)
    found = collect(tmp_path, now=NOW)
    good = ["good.json", "group a/good.json", "phone.txt", "windows.json"]
    assert good == sorted(paper.file for paper in found.papers)
    reasons = {bad.file: bad.reason("en") for bad in found.bad}
    expected = {
        "holiday.jpg": "no answers file",
        "photo.json": "no answers file",
        "page.html": "no answers file",
        "notes.txt": "no answers file",
        "list.json": "no answers file",
        "half.json": "not valid JSON: it breaks off in line 1.",
        "empty.json": "the file is empty",
        "deep.json": "deep",
        "large.json": "50.0 MB",
        "opened.json": "nothing is answered",
        "level.json": "9",
        "version.json": "2.0",
    }
    assert set(expected) == set(reasons)
    for name, part in expected.items():
        assert part in reasons[name]
    assert found.found == len(good) + len(expected)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link that somebody put into a shared folder opens nothing of this computer."""
    secret = put(tmp_path, "elsewhere/secret.json", document(1))
    room = tmp_path / "room"
    put(room, "good.json", document(2))
    (room / "link.json").symlink_to(secret)
    (room / "folder").symlink_to(secret.parent)
    assert ["good.json"] == used(room)


def test_no_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name, with exit code 2; an empty one is a class that has not begun."""
    assert 2 == main(["workshop", str(tmp_path / "nowhere")])
    assert "nowhere" in capsys.readouterr().err
    assert 0 == main(["workshop", str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ([], [], None) == (told["people"], told["communities"], told["alpha"])


def test_of_one_form_the_latest_counts(tmp_path: Path) -> None:
    """By the time it was saved, whatever the names of the files; zones are minded."""
    early = document(1, saved="2026-11-21T16:05:00+08:00")  # 08:05 in UTC
    put(tmp_path, "z-new.json", document(1, saved="2026-11-21T09:00:00Z"))
    put(tmp_path, "a-old.json", early)
    put(tmp_path, "copy.json", document(1, saved=None))
    found = collect(tmp_path, now=NOW)
    assert ["z-new.json"] == [paper.file for paper in found.papers]
    assert (("a-old.json", "z-new.json"), ("copy.json", "z-new.json")) == found.replaced
    assert 3 == found.found


def test_a_clock_that_is_ahead_wins_over_nothing(tmp_path: Path) -> None:
    """A file from the future counts, is told, and does not beat one with a right clock."""
    put(tmp_path, "right.json", document(1))
    put(tmp_path, "future.json", document(1, saved="2031-01-01T00:00:00Z"))
    put(tmp_path, "alone.json", document(2, saved=(NOW + timedelta(days=9)).isoformat()))
    found = collect(tmp_path, now=NOW)
    assert ["alone.json", "right.json"] == sorted(paper.file for paper in found.papers)
    assert [("alone.json", True), ("right.json", False)] == sorted(
        (paper.file, paper.ahead) for paper in found.papers
    )


def test_a_code_and_the_file_of_one_form_are_one_person(tmp_path: Path) -> None:
    """The code's five digits are the beginning of the file's id; the file says more and counts."""
    code = str(encode(document(7), load_checklist()))
    put(tmp_path, "file.json", document(7))
    put(tmp_path, "code.txt", code.encode("ascii"))
    put(tmp_path, "other.txt", str(encode(document(8), load_checklist())).encode("ascii"))
    assert ["file.json", "other.txt"] == used(tmp_path)


def test_a_code_that_was_typed_in_later_does_not_push_out_its_file(tmp_path: Path) -> None:
    """Nobody knows when a code was made, and it has no notes; of two codes the later one counts."""
    code = str(encode(document(7), load_checklist()))
    typed = iter([code, ""])
    put(tmp_path, "file.json", document(7, saved="2026-11-21T08:00:00Z"))
    assert 1 == enter(tmp_path, load_checklist(), lambda _: next(typed), lambda _: None)
    assert ["file.json"] == used(tmp_path)
    put(tmp_path, "file.json", document(7, saved="2031-01-01T00:00:00Z"))  # a clock that is ahead
    assert ["file.json"] == used(tmp_path)
    (tmp_path / "file.json").unlink()
    later = document(7, answers={"copy.model": {"level": 0}})
    typed = iter([str(encode(later, load_checklist())), ""])
    first = next(tmp_path.glob("code-*.json"))
    old = first.read_text(encoding="utf-8").replace('"saved": "20', '"saved": "19')
    first.write_text(old, encoding="utf-8")
    enter(tmp_path, load_checklist(), lambda _: next(typed), lambda _: None)
    (one,) = collect(tmp_path, now=NOW).papers
    assert 0 == one.answers.level("copy.model")


def test_files_without_an_id_are_one_only_when_they_are_alike(tmp_path: Path) -> None:
    """A copy of a file is a copy; another person's answers are not."""
    bare = {key: value for key, value in document(1).items() if key != "id"}
    put(tmp_path, "a.json", bare)
    put(tmp_path, "a copy.json", bare)
    put(tmp_path, "b.json", bare | {"rater": "Person 2"})
    assert 2 == len(used(tmp_path))


def test_one_name_with_two_ids_is_two_people(tmp_path: Path) -> None:
    """Both count; the second is numbered, and that is said."""
    put(tmp_path, "a.json", document(1, rater="Li Wei"))
    put(tmp_path, "b.json", document(2, rater="li  WEI"))
    found = playbook.workshop(tmp_path)
    assert ["Li Wei", "li  WEI (2)"] == [person.name for person in found.people]
    assert any("2 people are called Li Wei" in line for line in found.notices("en"))


def test_mixed_versions_and_checklists_are_told(tmp_path: Path) -> None:
    """The checklist that most files name is taken; a newer minor version is used and named."""
    put(tmp_path, "a.json", document(1))
    put(tmp_path, "b.json", document(2, content_version="1.3"))
    put(tmp_path, "c.json", document(3, checklist="positioning", answers={}))
    found = playbook.workshop(tmp_path)
    assert 2 == len(found.people)
    assert any("1.0 (1), 1.3 (1)" in line for line in found.notices("en"))
    assert ["c.json"] == [bad.file for bad in found.collected.bad]


# --- what is said together --------------------------------------------------------------------


def test_medians_by_hand() -> None:
    """Half levels are read down; not applicable needs more than half; unknown where no level is."""
    raters = [
        small.answers({"a.one": 1, "a.two": "na", "a.three": None, "b.one": 3}, proven=["b.one"]),
        small.answers({"a.one": 2, "a.two": "na", "a.three": None, "b.one": 3}),
        small.answers({"a.one": 2, "a.two": 3, "b.two": "na"}),
        small.answers({"a.one": 1, "b.two": 1}),
    ]
    together = medians(small.checklist(), raters)
    assert 1 == together.level("a.one")  # of 1, 1, 2, 2 the middle is 1.5
    assert together.is_na("a.two")  # two of three
    assert Answer(unknown=True) == together.given["a.three"]
    assert (3, "E2") == (together.level("b.one"), together.given["b.one"].evidence)
    assert 1 == together.level("b.two")  # one of two is not more than half
    assert "c.one" not in together.given


def test_what_most_say_about_the_community_holds() -> None:
    """The commonest word, and the middle count of members."""
    raters = [
        small.answers({"a.one": 1}, members=90, scale="task"),
        small.answers({"a.one": 1}, members=120, scale="grow"),
        small.answers({"a.one": 1}, members=9000, scale="grow", name="Tea"),
    ]
    community = medians(small.checklist(), raters).community
    assert (120, "grow", "Tea") == (community.members, community.scale, community.name)


def test_one_community_rated_by_many() -> None:
    """Items look at the raters: 0, 1, 3 have median 1, lie 3 apart, 2 of 3 within one level."""
    people = [("T", f"P{n}", f"{n}.json", small.answers({"a.one": level, "b.one": 2}))
              for n, level in enumerate((0, 1, 3))]  # fmt: skip
    found = gather(small.checklist(), people)
    item = found.items[0]
    assert (True, 1.0, 3) == (found.one, item.median, item.range)
    assert 2 / 3 == pytest.approx(item.within_one)
    assert {"0": 1, "1": 1, "3": 1} == {k: v for k, v in found.counts["a.one"].items() if v}
    assert ("a.one",) == found.talk_about
    assert (("b.one",), ("a.one",)) == (found.strongest, found.weakest)


def test_many_communities_are_not_raters_of_one() -> None:
    """Two that differ by three levels, each agreed on: α is 1, nothing to talk about."""
    people = [
        (team, f"P{n}", "", small.answers({"a.one": level, "b.one": 3 - level, "b.two": 1}))
        for n, (team, level) in enumerate([("X", 0), ("X", 0), ("Y", 3), ("Y", 3)])
    ]
    found = gather(small.checklist(), people)
    assert (False, 1.0, ()) == (found.one, found.agreement.alpha, found.talk_about)
    assert 3 == found.items[0].range  # between the communities
    assert [0, 3] == [team.level("a.one") for team in found.teams]
    assert found.teams[0].score.actions[0].criterion != found.teams[1].score.actions[0].criterion


def test_below_the_bound_a_community_gets_no_number(tmp_path: Path) -> None:
    """α below .667 withholds the total of that community only; medians and questions stay."""
    for n, level in enumerate((0, 3, 0, 3)):
        answers = {"interest.bond": {"level": level}, "copy.model": {"level": 3 - level}}
        put(tmp_path, f"x{n}.json", document(n, answers=answers, community={"name": "X"}))
    for n, person in enumerate((10, 11)):
        answers = {"interest.bond": {"level": 1}, "copy.model": {"level": 2}}
        put(tmp_path, f"y{n}.json", document(person, answers=answers, community={"name": "Y"}))
    teams = {team["name"]: team for team in playbook.workshop(tmp_path).to_dict()["communities"]}
    assert ("withheld", None) == (teams["X"]["group"], teams["X"]["total"])
    assert 1.5 == teams["X"]["medians"]["interest.bond"]
    assert ["interest.bond", "copy.model"] == [one["criterion"] for one in teams["X"]["talk_about"]]
    assert ("shown", 1.0) == (teams["Y"]["group"], teams["Y"]["alpha"])
    assert teams["Y"]["total"]["low"] > 0


def test_the_same_community_under_two_spellings(tmp_path: Path) -> None:
    """Width, case and blanks do not part it; another spelling does, unless all are one."""
    for n, name in enumerate(("Tea Club", "tea  club", "ＴＥＡ CLUB", "Teaclub")):
        put(tmp_path, f"{n}.json", document(n, community={"name": name}))
    assert 2 == len(playbook.workshop(tmp_path).to_dict()["communities"])
    together = playbook.workshop(tmp_path, one=True).to_dict()
    assert [4] == [team["raters"] for team in together["communities"]]


def test_one_name_with_two_ids_is_two_communities(tmp_path: Path) -> None:
    """Each with its own raters; who gave the name alone is of the first of that name."""
    about = [{"id": "a", "name": "Tea"}, {"id": "b", "name": "tea"}, {"name": "TEA"},
             {"id": "a"}]  # fmt: skip
    for n, community in enumerate(about):
        put(tmp_path, f"{n}.json", document(n, community=community))
    teams = playbook.workshop(tmp_path).to_dict()["communities"]
    assert [("Tea", 3), ("tea (2)", 1)] == [(team["name"], team["raters"]) for team in teams]


def test_people_who_name_no_community_stand_alone(tmp_path: Path) -> None:
    """Among named communities they are their own; where nobody names one, all are of one."""
    put(tmp_path, "a.json", document(1, community={}))
    put(tmp_path, "b.json", document(2, community={}))
    assert [2] == [t["raters"] for t in playbook.workshop(tmp_path).to_dict()["communities"]]
    put(tmp_path, "c.json", document(3))
    put(tmp_path, "d.json", document(4, community={"name": "Book Club"}))
    names = [t["name"] for t in playbook.workshop(tmp_path, lang="en").to_dict()["communities"]]
    assert ["Book Club", "Person 1's community", "Person 2's community", "Tea Club"] == names


@pytest.mark.parametrize(
    "wrong",
    [
        {"rater": ["Zhang San"]},
        {"community": {"name": {"Zhang San": 1}}},
        {"community": {"kind": "Zhang San"}},
        {"answers": {"Zhang San": {"level": 9}}},
        {"date": "Zhang San"},
        {"checklist": "Zhang San"},
    ],
)
def test_behind_stand_ins_a_broken_file_tells_no_word_of_its_own(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    """The reason stays, without what stood in the file; the trainer's terminal says all."""
    room = tmp_path / "room"
    put(room, "a.json", document(1))
    put(room, "Zhang San.json", document(2, **wrong))
    found = playbook.workshop(room, tmp_path / "p.html", pseudonyms=True, csv=tmp_path / "csv")
    (bad,) = found.to_dict("en")["refused"]
    assert bad["reason"]
    told = [json.dumps(found.to_dict()), (tmp_path / "p.html").read_text(encoding="utf-8")]
    told += [path.read_text(encoding="utf-8-sig") for path in (tmp_path / "csv").glob("*.csv")]
    assert not [text for text in told if "Zhang" in text]


# --- hostile texts ----------------------------------------------------------------------------


def test_a_hostile_file_does_nothing(tmp_path: Path) -> None:
    """A script in the name stays text on the page; a formula in a note stays text in the tables."""
    notes = {"interest.bond": {"level": 1, "evidence": "E1", "note": '=HYPERLINK("http://x","y")'}}
    evil = document(1, rater=SCRIPT, community={"name": f"=cmd|'/c calc'!A1{SCRIPT}"},
                    answers=notes)  # fmt: skip
    put(tmp_path / "in", "evil.json", evil)
    put(tmp_path / "in", f"@SUM(1){'&'}.json", document(2, rater="+1+1"))
    put(tmp_path / "in", "<img src=x onerror=alert(1)>.jpg", b"\xff\xd8")
    page, tables = tmp_path / "page.html", tmp_path / "tables"
    playbook.workshop(tmp_path / "in", page, csv=tables)
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html
    for path in tables.glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            assert not [cell for cell in row if cell[:1] in "=+-@\t\r" and cell]
    book = load_workbook(tables / "cohort.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


def test_our_own_page_in_the_folder_is_not_a_bad_file(tmp_path: Path) -> None:
    """Written beside the answers and run again, it is passed over."""
    put(tmp_path, "a.json", document(1))
    for _ in range(2):
        found = playbook.workshop(tmp_path, tmp_path / "cohort.html", csv=tmp_path)
    assert (1, ()) == (found.collected.found, found.collected.bad)


def test_the_page_takes_no_answers_place(tmp_path: Path) -> None:
    """What somebody handed in stays, whatever its name and state; it was lost in silence."""
    put(tmp_path, "a.json", document(1))
    for name, data in (("mine.json", document(2)), ("half.html", b'{"format": ')):
        before = put(tmp_path, name, data).read_bytes()
        with pytest.raises(PlaybookError, match=f"{name}: this is the file that is read from"):
            playbook.workshop(tmp_path, tmp_path / name)
        assert before == (tmp_path / name).read_bytes()


def test_no_page_takes_the_place_of_ones_own_content(tmp_path: Path) -> None:
    """A file laid over ours is read from like the answers."""
    own = put(tmp_path, "own.toml", b'format = "playbook-content/1"\n')
    answers = put(tmp_path, "room/a.json", document(1))
    for write in (
        lambda: playbook.report(answers, own, content=own),
        lambda: playbook.report(answers, own, with_=[own]),
        lambda: playbook.form(own, content=own),
        lambda: playbook.workshop(tmp_path / "room", own, content=own),
        lambda: playbook.history(answers, answers, output=own, content=own),
    ):
        with pytest.raises(PlaybookError, match=r"own\.toml: this is the file that is read from"):
            write()
    assert own.read_bytes().startswith(b"format")


def test_a_link_to_itself_is_a_file_that_is_not_used(tmp_path: Path) -> None:
    """Python 3.11 gives up on where it leads."""
    put(tmp_path, "a.json", document(1))
    (tmp_path / "loop.json").symlink_to("loop.json")
    assert ["loop.json"] == [one.file for one in collect(tmp_path).bad]


# --- the tables and the terminal --------------------------------------------------------------


def test_the_table_of_items_is_a_frame(tmp_path: Path) -> None:
    """One row a question."""
    put(tmp_path, "a.json", document(1))
    frame = playbook.workshop(tmp_path).frame("zh")
    assert (28, "纽带强度") == (len(frame), frame.set_index("criterion")["name"]["interest.bond"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_terminal_shows_the_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    """80 columns; the finding, every question, what to ask, the next step."""
    for n in range(4):
        put(tmp_path, f"{n}.json", document(n))
    assert 0 == main(["workshop", str(tmp_path), "--lang", lang])
    told = capsys.readouterr().out
    checklist = playbook.checklist()
    for criterion in checklist.active:
        assert criterion.name(lang)[:20] in told
    assert "α" in told


# --- in the notebook --------------------------------------------------------------------------


def test_the_class_grows_as_files_arrive(tmp_path: Path) -> None:
    """Each look reads what is new; pausing stops the asking; nothing runs on by itself."""
    room = tmp_path / "room"
    widget = Class(room, lang="en")
    assert "no such folder" in widget.page["html"]
    put(room, "a.json", document(1))
    widget.handle({"do": "poll", "seq": 1})
    assert "Class(room: 1 in)" == repr(widget)
    assert "no such folder" not in widget.page["html"]
    put(room, "b.json", document(2, rater=SCRIPT))
    widget.handle({"do": "poll", "seq": 2})
    assert "People so far: 2." == widget.page["said"]
    widget.handle({"do": "late", "seq": 3})
    html = widget.page["html"]
    assert widget.cohort is not None
    assert 2 == len(widget.cohort.people)
    assert (False, True, True) == ("<script" in html, "&lt;script&gt;" in html, "<svg" in html)
    assert 'data-poll="3000"' in html
    widget.handle({"do": "live", "seq": 4})
    assert "data-poll" not in widget.page["html"]
    widget.handle({"do": "hide", "value": True, "seq": 5})
    assert "Person 1" not in widget.page["html"]
    widget.lang = "zh"
    assert "全班" in widget.page["html"]


def test_a_folder_that_is_no_class_is_told_in_the_widget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More files than any class has: a message on the page, and no traceback in the notebook."""
    monkeypatch.setattr(collecting, "MOST", 3)
    for n in range(5):
        put(tmp_path, f"{n}.json", document(n))
    widget = Class(tmp_path, lang="en")
    assert widget.cohort is None
    assert "more than 3 files" in widget.page["html"].lower()
    monkeypatch.setattr(collecting, "MOST", 5)
    widget.handle({"do": "poll"})
    assert repr(widget).endswith("5 in)")


def test_the_class_is_not_read_again_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing in the folder has changed, a look costs a listing."""
    put(tmp_path, "a.json", document(1))
    widget = Class(tmp_path)
    seen = widget.cohort
    widget.handle({"do": "poll"})
    assert widget.cohort is seen
    widget.handle({"do": "look"})
    assert widget.cohort is not seen


def test_a_bad_option_is_refused(tmp_path: Path) -> None:
    """An unknown checklist or aim is a message, not a class."""
    put(tmp_path, "a.json", document(1))
    with pytest.raises(PlaybookError, match="isooc"):
        playbook.workshop(tmp_path, checklist="isok")
    with pytest.raises(PlaybookError, match="aim"):
        playbook.workshop(tmp_path, aim=500)


# --- what is told first -------------------------------------------------------------------------


def test_forty_photos_are_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line in the terminal, one row on the page with every name, and the sum of all files."""
    put(tmp_path, "in/a.json", document(1))
    put(tmp_path, "in/half.json", json.dumps(document(5)).encode()[:200])
    for n in range(40):
        put(tmp_path, f"in/IMG_{n:02d}.JPG", b"\xff\xd8\xff\xe0" + bytes(100))
    page = tmp_path / "class.html"
    command = ["workshop", str(tmp_path / "in"), "-o", str(page), "--lang", "en", "--json"]
    assert 0 == main(command)
    told = capsys.readouterr()
    lines = [line for line in told.err.splitlines() if line.startswith("Not used")]
    assert 2 == len(lines)
    assert "IMG_00.JPG, IMG_01.JPG, IMG_02.JPG and 37 more: no answers file" in lines[0]
    assert "42 files: 1 used, 0 replaced" in told.err
    assert 41 == len(json.loads(told.out)["refused"])
    html = page.read_text(encoding="utf-8")
    assert all(f"IMG_{n:02d}.JPG" in html for n in range(40))
    assert 1 == html.count("no answers file")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_first_sentence_is_about_the_room_and_not_about_one_community(
    tmp_path: Path, lang: str
) -> None:
    """One of three was rated by two people: what all have least comes before their quarrel."""
    from playbook.present.room_text import findings

    for n in range(3):
        put(tmp_path, f"{n}.json", document(1, id=f"{n}", community={"name": f"Club {n}"}))
    best, alone = findings(playbook.workshop(tmp_path), lang)
    assert best == {"en": "Strongest: Roles and layers. Weakest: Model.",
                    "zh": "最强：角色与层次。最弱：复制模式。"}[lang]  # fmt: skip
    answers = {name: {"level": 3} for name in ("interest.bond", "structure.roles", "copy.model")}
    put(tmp_path, "3.json", document(1, id="3", community={"name": "Club 0"}, answers=answers))
    first, second = findings(playbook.workshop(tmp_path), lang)
    assert first[:2] == best[:2]
    some = {
        "en": "Communities rated by more than one person: 1 of 3. There people do not see",
        "zh": "3 个社群里，有 1 个不止一个人评。评同一个社群的人，看到的不是一回事",
    }
    assert second.startswith(some[lang])
    # All of the same mind, and most communities rated by two: agreement comes first.
    for n in (0, 1, 2):
        twin = document(1, id=f"twin {n}", community={"name": f"Club {n}"})
        put(tmp_path, f"{n + 3}.json", twin)
    first, _ = findings(playbook.workshop(tmp_path), lang)
    shown = {
        "en": "3 of 3. There people see much the same (α 1.00).",
        "zh": "有 3 个不止一个人评。评同一个社群的人，看到的差不多（α 1.00）。",
    }
    assert first.endswith(shown[lang])
    assert alone != first


def test_thirty_communities_are_readable_on_a_phone(tmp_path: Path) -> None:
    """Each cell is wide enough for its digit; thirty columns stand below one another there."""
    from playbook.present.cohort_charts import heat

    for n in range(30):
        put(tmp_path, f"{n}.json", document(n, community={"name": f"Club {n:02d}"}))
    figure = heat(playbook.workshop(tmp_path), "en")
    for narrow in (False, True):
        drawn = figure.svg(narrow=narrow)
        cells = [float(w) for w in re.findall(r'<rect[^>]* width="([\d.]+)"', drawn)]
        assert 30 * 28 <= len(cells)
        assert min(cells) >= 14
        assert all(f">{n}</text>" in drawn for n in range(1, 31))
