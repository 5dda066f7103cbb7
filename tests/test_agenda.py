"""The plan of a workshop: minutes that add up, lessons in both languages, copies of one source."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

import playbook
from playbook import PlaybookError
from playbook.cli import main
from playbook.files import notebooks_folder
from playbook.present.agenda_page import agenda_html, guide_html, markdown
from playbook.present.slides import slides_html
from playbook.room.agenda import plan, rules
from playbook.room.kit import HELD_BACK, participant_copy, write_kit
from playbook.room.lessons import Lesson, lessons, source, tags
from playbook.words import language

EVERY = lessons()


@pytest.mark.parametrize("minutes", [60, 90, 180, 360])
def test_the_minutes_add_up(minutes: int) -> None:
    """Every part begins where the last one ended; lessons take their own minutes."""
    made = plan(minutes)
    assert minutes == sum(part.minutes for part in made.parts)
    at = 0
    for part in made.parts:
        assert at == part.at
        at += part.minutes
        if part.kind == "teaching":
            assert part.lesson is not None
            assert part.lesson.teaching == part.minutes
        if part.kind == "exercises":
            assert part.lesson is not None
            assert part.lesson.exercises == part.minutes
    assert ("opening", "closing") == (made.parts[0].kind, made.parts[-1].kind)


def test_any_length_adds_up_and_has_its_breaks() -> None:
    """From one hour to eight: to the minute, after what is needed, with a break in time."""
    for minutes in range(60, 481):
        made = plan(minutes, known=EVERY)
        assert minutes == sum(part.minutes for part in made.parts)
        assert all(part.minutes > 0 for part in made.parts)
        names = [lesson.id for lesson, _ in made.taken]
        assert "01_self_assessment" in names
        for lesson, _ in made.taken:
            before = set(names[: names.index(lesson.id)]) | {"00_start_here"}
            assert set(lesson.needs) <= before
        stretch = longest = 0
        for part in made.parts:
            stretch = 0 if part.kind in ("break", "lunch") else stretch + part.minutes
            longest = max(longest, stretch)
        assert longest <= 160
        assert (minutes >= 300) == any(part.kind == "lunch" for part in made.parts)


def test_ninety_minutes_by_hand() -> None:
    """5 to open, lesson 00 (8 + 4), lesson 01 (20 + 35), 10 for the room, 8 to close."""
    parts = [(part.kind, part.minutes) for part in plan(90).parts]
    assert [
        ("opening", 5), ("teaching", 8), ("exercises", 4), ("teaching", 20), ("exercises", 35),
        ("room", 10), ("closing", 8),
    ] == parts  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_plan_says_how_answers_are_handed_in(tmp_path: Path, lang: str) -> None:
    """Before the room looks at its answers they are collected; every file named is in the kit."""
    made = plan(90)
    parts = made.rows(lang)
    before = parts[[part["kind"] for part in parts].index("room") - 1]
    assert ("exercises", "01_self_assessment") == (before["kind"], before["lesson"])
    assert "playbook form --enter -o answers" in before["what"]
    names = {path.name for path in map(Path, write_kit(made, tmp_path, lang))}
    said = " ".join([*(part["what"] for part in parts), *made.materials(lang)])
    named = set(re.findall(r"\w+\.html", said))
    assert {"form.html", "paper.html", "slides.html", "class.html"} == named
    assert named - {"class.html"} <= names  # which the command beside it makes


@pytest.mark.parametrize("minutes", [60, 90, 180, 360])
def test_every_lesson_of_a_plan_exists_in_both_languages(minutes: int) -> None:
    """The notebooks it names are there, with titles of their own."""
    for lesson in plan(minutes).to_dict("en")["lessons"]:
        titles = set()
        for lang, name in lesson["notebooks"].items():
            path = notebooks_folder() / name
            assert lang == path.parent.name
            notebook = json.loads(path.read_text(encoding="utf-8"))
            titles.add(notebook["metadata"]["playbook"]["title"])
        assert 2 == len(titles)


def test_a_lesson_in_one_language_is_not_taken(tmp_path: Path) -> None:
    """Its translation missing, it is left out; so is one that does not say how long it takes."""
    for lang in ("en", "zh"):
        (tmp_path / lang).mkdir()
        for name in ("00_start_here", "01_self_assessment", "02_milestones"):
            text = (notebooks_folder() / lang / f"{name}.ipynb").read_text(encoding="utf-8")
            notebook = json.loads(text)
            if name.startswith("02"):
                del notebook["metadata"]["playbook"]["minutes"]
            if (lang, name) != ("zh", "00_start_here"):
                path = tmp_path / lang / f"{name}.ipynb"
                path.write_text(json.dumps(notebook), encoding="utf-8")
    assert ["01_self_assessment"] == [lesson.id for lesson in lessons(tmp_path)]


@pytest.mark.parametrize("minutes", [0, 59, 481, -90])
def test_an_impossible_length_is_refused(minutes: int) -> None:
    """With the bounds."""
    with pytest.raises(PlaybookError, match="60"):
        playbook.agenda(minutes)


def test_a_start_gives_times_of_the_clock() -> None:
    """Past midnight too; anything else is refused."""
    made = playbook.agenda(90, start="23:30")
    assert ["23:30", "23:35"] == [row["at"] for row in made.rows()][:2]
    assert "01:00" == made.clock(90)
    for wrong in ("25:00", "noon", "9"):
        with pytest.raises(PlaybookError, match="time of day"):
            playbook.agenda(90, start=wrong)


def test_materials_come_from_the_lessons_in_the_order_they_are_needed() -> None:
    """What a lesson in the plan asks for is in the list, in either language; nothing else is."""
    made = plan(360)
    for lang in ("en", "zh"):
        told = made.materials(lang)
        wanted = [item for lesson, _ in made.taken for item in lesson.say("materials", lang)]
        assert wanted == [item for item in told if item in wanted]
        others = {item for lesson in EVERY for item in lesson.say("materials", lang)}
        assert not set(told) & (others - set(wanted))
        assert len(told) > len(wanted)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_and_the_guide(lang: str) -> None:
    """The page adds up in print; only the guide holds the notes and the solutions."""
    made = plan(180, "09:30")
    page, guide = agenda_html(made, lang), guide_html(made, lang)
    cells = [int(n) for n in re.findall(r'<td class="pb-number">(\d+)</td>', page)]
    assert cells[-1] == sum(cells[:-1]) == 180
    assert "12:30" in page
    for lesson, _ in made.taken:
        notes = lesson.notes(lang)
        assert notes
        for note in notes:
            first = re.sub(r"<.*?>|\*", "", markdown(note)).strip()[:25]
            assert (False, True) == (first in page, first in re.sub(r"<.*?>", "", guide))


def test_slides_are_cut_where_the_notebooks_say() -> None:
    """As many slides as cells that begin one; no notes for the room; reveal is inside, offline."""
    made = plan(90)
    for lang in ("en", "zh"):
        page, mine = slides_html(made, lang), slides_html(made, lang, notes=True)
        begins = 0
        for lesson, _ in made.taken:
            kinds = [cell["metadata"].get("slideshow", {}).get("slide_type")
                     for cell in lesson.cells(lang)
                     if not {"instructor", "solution"} & set(tags(cell))]  # fmt: skip
            begins += kinds.count("slide")
        # Beside them: the first one, and the column of each lesson.
        assert begins + 1 + len(made.taken) == page.count("<section")
        shown = 'class="reveal pb-notes"'
        assert (0, False) == (page.count('<aside class="notes"'), shown in page)
        assert (True, True) == ('<aside class="notes"' in mine, shown in mine)
        assert not re.search(r"""(?:src|href)="(?!#|data:)|@import""", page.split("<script>")[0])
        assert "Copyright (C) 2011-2026 Hakim El Hattab" in page


def names_of(cells: list[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """Which names do code cells make, and which do they use?"""
    made, read = set(), set()
    for cell in cells:
        for node in ast.walk(ast.parse(source(cell))):
            if isinstance(node, ast.Name):
                (made if isinstance(node.ctx, ast.Store) else read).add(node.id)
            elif isinstance(node, ast.alias):
                made.add((node.asname or node.name).split(".")[0])
    return made, read


@pytest.mark.parametrize("lesson", EVERY, ids=lambda lesson: lesson.id)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_participants_get_neither_notes_nor_solutions(lesson: Lesson, lang: str) -> None:
    """The copy is a notebook of its own: valid, in order, and nothing in it needs what is gone."""
    copy = participant_copy(lesson, lang)
    nbformat.validate(nbformat.from_dict(copy))
    whole = lesson.cells(lang)
    kept = [cell["id"] for cell in whole if not HELD_BACK & set(tags(cell))]
    assert kept == [cell["id"] for cell in copy["cells"]]
    gone = [cell for cell in whole if HELD_BACK & set(tags(cell)) and cell["cell_type"] == "code"]
    code = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    made, _ = names_of(gone)
    here, used = names_of(code)
    assert set() == (made - here) & used


def test_the_kit_holds_everything_and_leaves_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages for the room, a folder for the trainer, one for participants, one for the answers."""
    monkeypatch.delenv("PLAYBOOK_LANG", raising=False)
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "mine.json").write_text("{}", encoding="utf-8")
    made = plan(90)
    names = write_kit(made, tmp_path, "zh")
    for name in names:
        assert (tmp_path / name).exists()
    assert "{}" == (tmp_path / "answers" / "mine.json").read_text(encoding="utf-8")
    files = [lesson.paths["zh"].name for lesson, _ in made.taken]
    for folder in ("participants", "trainer"):
        assert files == sorted(path.name for path in (tmp_path / folder / "zh").glob("*.ipynb"))
        monkeypatch.chdir(tmp_path / folder / "zh")  # where Jupyter runs a notebook
        assert "zh" == language()
    for lesson, _ in made.taken:
        mine = (tmp_path / "trainer" / "zh" / lesson.paths["zh"].name).read_bytes()
        assert lesson.paths["zh"].read_bytes() == mine
    assert "zh-CN" in (tmp_path / "slides.html").read_text(encoding="utf-8")[:60]


def test_a_kit_made_again_sets_worked_notebooks_aside(tmp_path: Path) -> None:
    """What a trainer changed is still there; what nobody touched gets no second copy."""
    made = plan(60)
    write_kit(made, tmp_path, "en")
    first, *_ = sorted((tmp_path / "trainer" / "en").iterdir())
    first.write_text("changed", encoding="utf-8")
    write_kit(made, tmp_path, "en")
    aside = {path.name: path for path in tmp_path.rglob("*.old-1.ipynb")}
    assert [f"{first.stem}.old-1.ipynb"] == list(aside)
    assert "changed" == aside.popitem()[1].read_text(encoding="utf-8")
    assert "changed" != first.read_text(encoding="utf-8")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan in the terminal, as a document, as a page, as a folder."""
    assert 0 == main(["agenda", "--minutes", "90", "--lang", "zh"])
    assert "  90  合计" in capsys.readouterr().out
    page, kit = tmp_path / "agenda.html", tmp_path / "kit"
    command = ["agenda", "--minutes", "180", "--start", "9:30", "--json", "-o", str(page)]
    assert 2 == main(command)
    command[4] = "09:30"
    assert 0 == main([*command, "--kit", str(kit)])
    found = json.loads(capsys.readouterr().out)
    assert [] == playbook.check.check(found, "agenda")
    assert 180 == sum(part["minutes"] for part in found["parts"])
    assert {"agenda.html", "form.html", "paper.html", "slides.html", "answers", "participants",
            "trainer"} == {path.name for path in kit.iterdir()}  # fmt: skip


def test_the_rules_name_lessons_that_exist() -> None:
    """A renamed lesson is noticed."""
    known = {lesson.id for lesson in EVERY}
    told = rules()
    named = [*told["order"], *told["told_in_opening"], *told["whole"], *told["last"]]
    assert set() == {*named, told["room_after"]} - known
