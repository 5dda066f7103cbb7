"""Exercises, predictions, casebook and plan, without a browser: by events and by methods."""

import json
from pathlib import Path
from typing import Any

import pytest

from playbook import PlaybookError
from playbook.learner import keep, read_learner
from playbook.model import Exercise as Asked
from playbook.model import Option
from playbook.words import LANGUAGES


def asked(kind: str, worth: dict[str, float] | None = None, **more: Any) -> Asked:
    """Make an exercise in both languages whose feedback names the option."""
    told: dict[str, dict[str, str]] = {
        lang: {
            "question": f"question {lang}",
            "explain": f"because {lang}",
            "high": f"too high {lang}",
            "low": f"too low {lang}",
            "right": f"just so {lang}",
            "hint": f"hint {lang}",
            "unit": "RMB",
        }
        for lang in LANGUAGES
    }
    options = tuple(
        Option(
            name,
            credit,
            {
                lang: {"text": f"{name} {lang}", "feedback": f"about {name} {lang}"}
                for lang in LANGUAGES
            },
        )
        for name, credit in (worth or {}).items()
    )
    return Asked("t.asked", kind, "t", told, options, **more)


CREDITS = {"right": 1, "half": 0.5, "wrong": 0}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the widgets a work folder of their own."""
    monkeypatch.setenv("PLAYBOOK_WORK", str(tmp_path))
    return tmp_path


def press(widget: Any, do: str, key: str = "", value: Any = "") -> str:
    """Do what the browser would send, and return what it is shown."""
    widget.handle({"do": do, "key": key, "value": value})
    return widget.page["html"]


def saved(work: Path, part: str = "exercises", name: str = "t.asked") -> dict[str, Any]:
    """Read what the learner's file holds of one entry."""
    return json.loads((work / "learner.json").read_text(encoding="utf-8"))[part][name]


# --- exercises ------------------------------------------------------------------------------


def test_a_wrong_answer_is_told_why_and_counted(work: Path) -> None:
    """Choose the wrong one, check: feedback, no credit, one try; all of it in the file."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("one", CREDITS), lang="en")
    press(widget, "choose", "t.asked", "wrong")
    shown = press(widget, "check")

    assert "about wrong en" in shown
    assert "Not this one." in shown
    assert (0.0, 1) == (widget.credit, widget.tries)
    assert {"answer": "wrong", "credit": 0.0, "tries": 1, "best": 0.0} == {
        key: value for key, value in saved(work).items() if key != "at"
    }


def test_the_second_try_may_be_right_and_both_are_counted(work: Path) -> None:
    """Wrong, then right: two tries, the last credit and the best are 1."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("one", CREDITS), lang="en")
    widget.check("wrong")
    press(widget, "choose", "t.asked", "right")
    shown = press(widget, "check")

    assert "Right." in shown
    assert ("right", 1.0, 2) == (widget.answer, widget.credit, widget.tries)
    assert (2, 1.0) == (saved(work)["tries"], saved(work)["best"])


def test_a_worse_answer_afterwards_does_not_take_the_best_away(work: Path) -> None:
    """Right, then wrong: credit tells of the last answer, best stays 1."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("one", CREDITS))
    widget.check("right")
    widget.check("wrong")

    assert (0.0, 1.0) == (saved(work)["credit"], saved(work)["best"])


@pytest.mark.parametrize(
    ("kind", "answer", "told"),
    [
        ("many", ["right"], "1 of 2 found."),
        ("many", ["right", "wrong"], "1 of 2 found, and 1 chosen that should not be."),
        ("many", ["right", "half"], "Right: all 2 found, and nothing else."),
        ("one", "half", "Half right."),
        # half before right is one pair of three turned round
        ("order", ["half", "right", "wrong"], "2 of 3 pairs stand in the right order."),
        ("order", ["right", "half", "wrong"], "Right: all in their order."),
        ("number", 78.0, "Near, but not near enough."),
        ("number", 20.0, "Not yet."),
    ],
)
def test_partial_credit_is_told_in_words(work: Path, kind: str, answer: Any, told: str) -> None:
    """How much of it is right, counted by hand."""
    from playbook.widgets import Exercise

    worth = None if kind == "number" else CREDITS
    widget = Exercise(asked(kind, worth, value=76, within=0.02), lang="en")
    widget.check(answer)

    assert told in widget.page["html"]


def test_boxes_are_ticked_and_cleared(work: Path) -> None:
    """Tick two, clear one, check: the one that is left is judged."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("many", CREDITS), lang="en")
    press(widget, "tick", "wrong", True)
    press(widget, "tick", "right", True)
    press(widget, "tick", "wrong", False)
    press(widget, "check")

    assert ["right"] == widget.answer


def test_items_go_up_and_down_and_not_beyond_the_ends(work: Path) -> None:
    """Move the last item up to the top, once more than there is room; then check."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("order", CREDITS), lang="en")
    start = list(widget.draft)
    assert start != ["right", "half", "wrong"]
    for _ in range(3):
        press(widget, "move", start[2], "up")

    assert [start[2], start[0], start[1]] == widget.draft
    assert f"“{start[2]} en” is now number 1 of 3." == widget.page["said"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("76", 76.0),
        ("1,200", 1200.0),
        ("１２００", 1200.0),
        ("4.5万", 45000.0),
        ("76 %", 76.0),
        ("-3", -3.0),
        ("1 200", 1200.0),
        ("", None),
        ("many", None),
        ("1,2", None),
        ("1e9", None),
        ("nan", None),
        ("9" * 400, None),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, number: float | None) -> None:
    """Thousands, full-width digits, 万 and per cent; everything else is no number."""
    from playbook.widgets.exercise import read_number

    assert number == read_number(typed)


def test_what_is_no_number_gets_a_message_and_is_not_counted(work: Path) -> None:
    """The field keeps what was typed, says what to do, and no try is used up."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("number", value=76, within=0.02), lang="en")
    press(widget, "write", "", "a lot")
    shown = press(widget, "check")

    assert "Write one number in digits" in shown
    assert "a lot" in shown
    assert 0 == widget.tries
    assert not (work / "learner.json").exists()


@pytest.mark.parametrize("kind", ["one", "many", "discuss"])
def test_nothing_chosen_is_no_try(work: Path, kind: str) -> None:
    """Check without an answer: a sentence, nothing counted, in either language."""
    from playbook.widgets import Exercise

    widget = Exercise(asked(kind, {} if kind == "discuss" else CREDITS), lang="zh")
    shown = press(widget, "check")

    assert "先" in shown
    assert 0 == widget.tries


def test_a_text_is_saved_while_it_is_typed(work: Path) -> None:
    """Before anything is checked, the words are in the file; afterwards there is no credit."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("discuss"), lang="en")
    press(widget, "write", "", "Both, I think.")
    assert ("Both, I think.", 0) == (saved(work)["answer"], saved(work)["tries"])

    again = Exercise(asked("discuss"), lang="en")
    shown = press(again, "check")

    assert "Both, I think." in shown
    assert "because en" in shown
    assert ("Both, I think.", None, 1) == (again.answer, again.credit, again.tries)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("one", "half"),
        ("many", ["right", "wrong"]),
        ("order", ["wrong", "right", "half"]),
        ("number", 78.5),
        ("discuss", "why not"),
    ],
)
def test_an_answer_is_there_again_after_the_kernel_died(work: Path, kind: str, answer: Any) -> None:
    """A new widget shows the old answer, its feedback and its tries."""
    from playbook.widgets import Exercise

    worth = CREDITS if kind in ("one", "many", "order") else None
    made = asked(kind, worth, value=76, within=0.02)
    first = Exercise(made, lang="en")
    first.check(answer)
    first.check(answer)
    again = Exercise(made, lang="en")

    assert (answer, first.credit, 2) == (again.answer, again.credit, again.tries)
    assert first.page["html"] == again.page["html"]


def test_two_widgets_of_one_exercise_count_together(work: Path) -> None:
    """Open in two notebooks: the second try is the second, whoever made it."""
    from playbook.widgets import Exercise

    one, other = Exercise(asked("one", CREDITS)), Exercise(asked("one", CREDITS))
    one.check("wrong")
    other.check("right")

    assert 2 == saved(work)["tries"]


def test_an_answer_of_another_shape_changes_nothing(work: Path) -> None:
    """A slip in a cell is refused with the nearest id; no try, no file."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("one", CREDITS))
    with pytest.raises(PlaybookError, match="'right'"):
        widget.check("rihgt")

    assert 0 == widget.tries
    assert not (work / "learner.json").exists()


@pytest.mark.parametrize(
    "entry",
    [
        5,
        {"answer": "gone", "tries": 3, "at": "now"},
        {"answer": ["right"], "tries": True},
        {"answer": {"x": 1}, "tries": "many", "at": None},
        {"answer": "right", "tries": -1, "best": "all"},
    ],
)
def test_an_odd_entry_in_the_file_is_no_obstacle(work: Path, entry: Any) -> None:
    """An exercise that changed since, or a file somebody edited: begin anew, without a fault."""
    from playbook.widgets import Exercise, Predict

    keep("exercises", "t.asked", entry)
    keep("predictions", "t.asked", entry)
    widget = Exercise(asked("one", CREDITS), lang="en")
    Predict(asked("predict", CREDITS), lang="en")
    widget.check("wrong")

    assert "about wrong en" in widget.page["html"]


def test_a_file_that_cannot_be_read_is_said_and_kept(work: Path) -> None:
    """Nothing is written over it: the next answer puts it aside."""
    from playbook.widgets import Exercise

    (work / "learner.json").write_text("{ broken", encoding="utf-8")
    widget = Exercise(asked("one", CREDITS), lang="en")
    assert "could not be read" in widget.page["html"]

    widget.check("right")

    assert "{ broken" == (work / "learner.broken-1.json").read_text(encoding="utf-8")
    assert 1.0 == saved(work)["credit"]


def test_the_language_changes_in_place_and_nothing_is_lost(work: Path) -> None:
    """What was chosen and what was said of it stay; every word is of the other language."""
    from playbook.widgets import Exercise

    widget = Exercise(asked("many", CREDITS), lang="en")
    widget.check(["right"])
    press(widget, "tick", "half", True)
    shown = press(widget, "lang", "", "zh")

    assert "question zh" in shown
    assert "2 个里找到了 1 个" in shown
    assert " en<" not in shown
    assert ["right", "half"] == widget.draft


def test_texts_of_people_are_shown_as_text(work: Path) -> None:
    """What was typed never becomes markup, also when it comes back from the file."""
    from playbook.widgets import Exercise

    keep("exercises", "t.asked", {"answer": "<img src=x onerror=alert(1)>", "tries": 1})
    widget = Exercise(asked("discuss"), lang="en")

    assert "<img" not in widget.page["html"]
    assert "&lt;img" in widget.page["html"]


# --- predictions ----------------------------------------------------------------------------


def test_nothing_is_given_away_before_the_guess(work: Path) -> None:
    """The page of a prediction holds neither findings nor explanation until one has guessed."""
    from playbook.widgets import Predict

    widget = Predict(asked("predict", CREDITS), lang="en")
    press(widget, "choose", "t.asked", "half")

    assert "about" not in widget.page["html"]
    assert "because" not in widget.page["html"]


def test_the_first_guess_stays_when_another_is_looked_at(work: Path) -> None:
    """Guess, see, look at another one: both are shown and kept, also by a new widget."""
    from playbook.widgets import Predict

    widget = Predict(asked("predict", CREDITS), lang="en")
    press(widget, "choose", "t.asked", "wrong")
    shown = press(widget, "reveal")
    assert "about wrong en" in shown
    assert "Your first guess: wrong en" in shown

    press(widget, "choose", "t.asked", "right")
    press(widget, "reveal")
    again = Predict(asked("predict", CREDITS), lang="en")

    assert ("wrong", "right") == (again.first, again.guess)
    assert "about right en" in again.page["html"]
    assert "Your first guess: wrong en" in again.page["html"]
    assert ("right", "wrong") == tuple(
        saved(work, "predictions")[key] for key in ("answer", "first")
    )


def test_a_guess_is_asked_for_before_it_is_shown(work: Path) -> None:
    """The button alone shows nothing."""
    from playbook.widgets import Predict

    widget = Predict(asked("predict", CREDITS), lang="en")
    shown = press(widget, "reveal")

    assert "Choose an answer first." in shown
    assert widget.guess is None


def test_what_a_notebook_prints_of_them_never_changes(work: Path) -> None:
    """A checked notebook stays the same whoever has answered before."""
    from playbook.widgets import Exercise, Predict

    exercise, predict = Exercise(asked("one", CREDITS)), Predict(asked("predict", CREDITS))
    before = (repr(exercise), repr(predict))
    exercise.check("right")
    predict.reveal("right")

    assert ("Exercise(t.asked)", "Predict(t.asked)") == before == (repr(exercise), repr(predict))
    assert {"t.asked"} == set(read_learner()["exercises"])


# --- casebook -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "conditions", "found"),
    [
        ("", {"fate": "ended"}, ("weihudong",)),
        ("樊登读书会", {"kind": "learning"}, ("fandeng",)),
        ("ＭＩＵＩ forum", {}, ("xiaomi",)),
        ("", {"figures": False}, ("weihudong",)),
        ("", {"fate": "mixed", "kind": "social"}, ("bamanshe",)),
        ("no such word anywhere", {}, ()),
        ("", {"milestone": "none"}, ("dkmama",)),
    ],
)
def test_cases_are_found_by_words_and_conditions(
    work: Path, text: str, conditions: dict[str, Any], found: tuple[str, ...]
) -> None:
    """Either language, any width of letters, and all conditions at once."""
    from playbook.widgets import Casebook

    assert found == Casebook(lang="en").search(text, **conditions)


def test_a_search_in_the_page_counts_and_can_be_taken_back(work: Path) -> None:
    """Type, choose, see the count announced, show all again."""
    from playbook.widgets import Casebook

    book = Casebook(lang="en")
    press(book, "search", "", "wechat")
    shown = press(book, "filter", "fate", "ended")
    assert ("weihudong",) == book.found
    assert f"1 of {len(book.cases)} cases" == book.page["said"]
    assert "Show all" in shown

    press(book, "clear")

    assert len(book.cases) == len(book.found)


@pytest.mark.parametrize(("key", "value"), [("fate", "odd"), ("odd", "x"), ("funnel", "9")])
def test_a_condition_that_is_not_offered_changes_nothing(work: Path, key: str, value: str) -> None:
    """Whatever a browser sends, the table stays whole."""
    from playbook.widgets import Casebook

    book = Casebook(lang="en")
    press(book, "filter", key, value)

    assert {} == book.conditions


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_every_case_opens_in_the_widget(work: Path, lang: str) -> None:
    """Name, fate, lesson and every fact are on it; the way back leads to the table."""
    from html import escape

    from playbook.widgets import Casebook

    book = Casebook(lang=lang)
    for case in book.cases:
        shown = press(book, "open", "", case.id)
        assert escape(case.say("lesson", lang), quote=True) in shown
        assert len(case.facts) == shown.count("<li", shown.index("pb-timeline"), _end(shown))

    press(book, "open")

    assert "" == book.at


def _end(shown: str) -> int:
    """Find where the list of facts ends."""
    return shown.index("</ol>", shown.index("pb-timeline"))


def test_cases_like_mine_come_from_the_saved_answers(work: Path) -> None:
    """With Fandeng's own answers, Fandeng is nearest: all shared questions alike."""
    from playbook.load import case_answers, load_case
    from playbook.widgets import Casebook

    assert () == Casebook(lang="en").like
    answers = case_answers(load_case("fandeng").answers, "en")
    (work / "isooc-answers.json").write_text(json.dumps(answers), encoding="utf-8")
    book = Casebook(lang="en")

    assert "fandeng" == book.like[0]
    assert "19 of 19 shared questions answered alike" in book.page["html"]
    assert "no forecast" in book.page["html"]


def test_saved_answers_that_cannot_be_read_do_not_hide_the_cases(work: Path) -> None:
    """The fault is told, the table is there, the file is as it was."""
    from playbook.widgets import Casebook

    (work / "isooc-answers.json").write_text("[", encoding="utf-8")
    book = Casebook(lang="en")

    assert "This needs a change" in book.page["html"]
    assert len(book.cases) == len(book.found)
    assert "[" == (work / "isooc-answers.json").read_text(encoding="utf-8")


def test_a_picture_is_promised_only_where_there_is_one() -> None:
    """What the casebook takes for a count of people is what the chart draws."""
    from playbook.load import load_cases
    from playbook.present import charts
    from playbook.scoring.casebook import counts_people

    for case in load_cases():
        if counts_people(case):
            assert charts.timeline(case).rows


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_case_page_stands_alone(lang: str) -> None:
    """One file: no address to load from, disputed values side by side, silent items named."""
    from playbook.load import load_case
    from playbook.present.case_page import case_html

    page = case_html(load_case("fandeng"), lang)

    assert page.startswith("<!doctype html>")
    assert "src=" not in page.replace("img-src data:", "")
    assert 2 == page.count('<p class="pb-value">')
    assert ("1.76 million members" if lang == "en" else "176 万名会员") in page
    assert ("The sources are silent on 9" if lang == "en" else "资料没提的有 9 题") in page


def test_a_case_page_shows_texts_as_text() -> None:
    """A case file that somebody gives us may hold anything."""
    from dataclasses import replace

    from playbook.load import load_case
    from playbook.present.case_page import case_html

    case = load_case("weihudong")
    texts = {lang: {**case.texts[lang], "name": "<script>x</script>"} for lang in LANGUAGES}
    fact = {**case.facts[0], "at": "<b>", "en": {"what": "<i onclick=x>"}, "id": '"><u>'}
    page = case_html(replace(case, texts=texts, facts=(fact,)), "en")

    assert "<script" not in page
    assert "<i onclick" not in page
    assert "&lt;script&gt;" in page


# --- plan -----------------------------------------------------------------------------------


@pytest.fixture
def lantern(root: Path) -> dict[str, Any]:
    """Read the answers of the invented community that the lessons practise on."""
    path = root / "notebooks" / "practice" / "lantern.json"
    return json.loads(path.read_text(encoding="utf-8"))


def all_parts(plan: Any, text: str = "x") -> None:
    """Fill in everything that a plan asks for."""
    from playbook.scoring.plan import redlines

    for criterion in plan.offered[:3]:
        plan.choose(criterion, owner=text, by="2026-12-15")
    plan.fill(
        practice=plan.way.practices()[0].id,
        redline=redlines()[0]["id"],
        checked=text,
        know=text,
        by="2027-02-01",
    )


def test_a_plan_asks_only_for_what_is_missing(work: Path, lantern: dict[str, Any]) -> None:
    """With a self-assessment the aim is known and the actions are ranked; four parts are open."""
    from playbook.widgets import Plan

    (work / "isooc-answers.json").write_text(json.dumps(lantern), encoding="utf-8")
    plan = Plan(lang="en")

    assert ("actions", "practice", "redline", "know") == plan.open_parts
    assert "structure.norms" == plan.offered[0]
    assert "What is your community called?" not in plan.page["html"]

    all_parts(plan)

    assert () == plan.open_parts
    assert "5 of 5 parts are whole" in plan.page["html"]


def test_a_plan_without_answers_says_where_they_come_from(work: Path) -> None:
    """Nothing is proposed from nothing; the name is asked for."""
    from playbook.widgets import Plan

    plan = Plan(lang="en")

    assert () == plan.offered
    assert "self-assessment of lesson 01 is not answered" in plan.page["html"]
    assert "What is your community called?" in plan.page["html"]


def test_every_part_of_the_plan_is_kept_at_once(work: Path, lantern: dict[str, Any]) -> None:
    """By events, as the browser sends them; a new widget and the file have it all."""
    from playbook.widgets import Plan

    (work / "isooc-answers.json").write_text(json.dumps(lantern), encoding="utf-8")
    plan = Plan(lang="zh")
    first = plan.offered[0]
    press(plan, "aim", "", "stay")
    press(plan, "todo", first, True)
    press(plan, "write", f"owner:{first}", "小梅")
    press(plan, "write", f"by:{first}", "2026-12-15")
    press(plan, "choose", "practice", "sign-in")
    press(plan, "choose", "redline", "member-data")
    press(plan, "write", "checked", "李姐去问")
    press(plan, "write", "know", "名单上有三个人")
    press(plan, "write", "by", "2027-02-01")

    again = Plan(lang="zh")

    assert plan.plan == again.plan == read_learner()["plan"]
    assert "stay" == again.parts.aim
    assert ("小梅", "2026-12-15") == (again.parts.todos[0].owner, again.parts.todos[0].by)
    assert "李姐去问" in again.page["html"]
    assert ("actions",) == again.open_parts


def test_a_fourth_action_is_refused_and_one_can_be_taken_away(
    work: Path, lantern: dict[str, Any]
) -> None:
    """Three are enough; take one away, and another has room."""
    from playbook.widgets import Plan

    plan = Plan({"isooc": lantern}, lang="en")
    names = plan.offered[:4]
    for name in names[:3]:
        press(plan, "todo", name, True)
    shown = press(plan, "todo", names[3], True)
    assert "Three are enough" in shown
    assert list(names[:3]) == [todo.criterion for todo in plan.parts.todos]

    press(plan, "todo", names[0], False)
    shown = press(plan, "todo", names[3], True)

    assert "Three are enough" not in shown
    assert list(names[1:4]) == [todo.criterion for todo in plan.parts.todos]


def test_a_day_that_is_none_gets_a_message_and_stays_to_be_mended(
    work: Path, lantern: dict[str, Any]
) -> None:
    """The old day stays in the file, the new text in the field."""
    from playbook.widgets import Plan

    plan = Plan({"isooc": lantern}, lang="en")
    press(plan, "write", "by", "2027-02-01")
    shown = press(plan, "write", "by", "in spring")

    assert "Write a day" in shown
    assert "in spring" in shown
    assert "2027-02-01" == read_learner()["plan"]["by"]


@pytest.mark.parametrize(
    "wrong", [{"aim": "5000"}, {"practice": "x"}, {"by": "soon"}, {"odd": "x"}]
)
def test_a_wrong_part_from_a_cell_is_refused(work: Path, wrong: dict[str, str]) -> None:
    """A message names what would work; nothing is written."""
    from playbook.widgets import Plan

    plan = Plan(lang="en")
    with pytest.raises(PlaybookError):
        plan.fill(**wrong)

    assert not (work / "learner.json").exists()


def test_an_odd_plan_in_the_file_does_no_harm(work: Path) -> None:
    """Somebody edited the file: what does not fit is left out, the rest is there."""
    from playbook.widgets import Plan

    for name, value in {
        "aim": 7,
        "actions": [5, {"criterion": "no.such"}, {"criterion": "copy.model", "by": "x"}],
        "practice": ["sign-in"],
        "know": {"a": 1},
        "by": "soon",
        "name": "<b>us</b>",
    }.items():
        keep("plan", name, value)
    keep("answers", "isooc", 5)
    keep("answers", "structure", {"answers": {"no.such": {"level": 9}}})
    plan = Plan(lang="en")

    assert ["copy.model"] == [todo.criterion for todo in plan.parts.todos]
    assert "could not be read" in plan.page["html"]
    assert "<b>us</b>" not in plan.html()
    assert "&lt;b&gt;us&lt;/b&gt;" in plan.html()


def test_the_plan_tells_the_decisions_and_the_credits(work: Path, lantern: dict[str, Any]) -> None:
    """Positioning at level 2 throughout is ready; two exercises tried, 1.5 of 2 points."""
    from playbook.load import load_checklist
    from playbook.widgets import Plan

    ids = [criterion.id for criterion in load_checklist("positioning").active]
    document = {"answers": {name: {"level": 2} for name in ids}, "checklist": "positioning"}
    keep("answers", "positioning", {"format": "playbook-answers/1", **document})
    keep("exercises", "a.b", {"answer": "x", "credit": 0.0, "best": 1.0, "tries": 2})
    keep("exercises", "a.c", {"answer": "x", "credit": 0.5, "best": 0.5, "tries": 1})
    keep("exercises", "a.d", {"answer": "text", "credit": None, "best": None, "tries": 0})
    keep("predictions", "a.e", {"answer": "x", "first": "x"})
    page = Plan({"isooc": lantern}, lang="en").html()

    assert "Positioning: Ready" in Plan(lang="en").html()
    assert "1.5 of 2 points" in page
    assert "1 guesses" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_written_and_offered(work: Path, lang: str, lantern: dict[str, Any]) -> None:
    """The button leaves plan.html in the work folder; what people wrote is text."""
    from playbook.widgets import Plan

    plan = Plan({"isooc": lantern}, lang=lang)
    all_parts(plan, text="<img src=x onerror=alert(1)>")
    offered: list[Any] = []
    plan.offer = lambda *given: offered.append(given)
    shown = press(plan, "make")
    page = (work / "plan.html").read_text(encoding="utf-8")

    assert page == plan.html()
    assert "<img" not in page + shown
    assert [("plan.html", page, "text/html")] == offered
    assert page.startswith("<!doctype html>")


def test_a_plan_can_be_made_of_the_learners_file_alone(lantern: dict[str, Any]) -> None:
    """A trainer has only the file: the page is the same as the learner's own."""
    from playbook.present.plan_page import plan_html

    record = {"answers": {"isooc": lantern}, "plan": {"aim": "1000", "know": "Twelve names."}}
    page = plan_html(record, "en")

    assert "Between 39 and 48 of 100" in page
    assert "Twelve names." in page


def test_an_assessment_keeps_its_answers_in_the_learners_file_too(work: Path) -> None:
    """The learner's own do; those of a practice community, in a file of their own, do not."""
    from playbook.widgets import SelfAssessment

    practice = SelfAssessment("positioning", path=work / "lantern-answers.json")
    practice.answer(_first("positioning"), 1)
    assert not (work / "learner.json").exists()

    SelfAssessment("positioning").answer(_first("positioning"), 2)

    kept = read_learner()["answers"]["positioning"]
    assert {_first("positioning"): {"level": 2}} == kept["answers"]


def _first(checklist: str) -> str:
    """Name the first question of a checklist."""
    from playbook.load import load_checklist

    return load_checklist(checklist).active[0].id
