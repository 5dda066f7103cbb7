"""A learner in a browser that reaches nothing but this machine: one lesson, cases, the plan."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browsing import button, jupyterlab, kill_kernels, run, served, violations
from playwright.sync_api import Locator, Page, expect

from playbook.load import load_exercise, load_exercises
from playbook.words import LANGUAGES, say

LESSON = "07_interest"
COURSE = "from playbook import widgets\n"
CELLS = (
    COURSE + "widgets.Casebook()",
    "widgets.Plan()",
    *(
        f'widgets.{"Predict" if kind == "predict" else "Exercise"}("{name}")'
        for kind, name in {e.kind: e.id for e in load_exercises().values()}.items()
    ),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Lay out a course: a real lesson in two languages, and a notebook of the other widgets."""
    made = tmp_path_factory.mktemp("course")
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for lang in LANGUAGES:
        (made / lang).mkdir()
        shutil.copy(root / "notebooks" / lang / f"{LESSON}.ipynb", made / lang)
        cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
        book = nbformat.v4.new_notebook(cells=cells, metadata=python)
        nbformat.write(book, made / lang / "widgets.ipynb")
    # All cells are there at once, also those out of sight.
    settings = made / "home" / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(
        json.dumps({"windowingMode": "none"}), encoding="utf-8"
    )
    return made


@pytest.fixture
def work(folder: Path) -> Iterator[Path]:
    """Begin with an empty work folder."""
    shutil.rmtree(folder / "work", ignore_errors=True)
    (folder / "work").mkdir()
    yield folder / "work"
    shutil.rmtree(folder / "work", ignore_errors=True)


@pytest.fixture(scope="module")
def lab(chromium: str, folder: Path, root: Path) -> Iterator[str]:
    """Serve JupyterLab on the folder, without news, token or password."""
    yield from jupyterlab(folder, root)


def asked(page: Page, exercise: str, lang: str) -> Locator:
    """Find the widget that asks a question."""
    text = load_exercise(exercise).say("question", lang)
    widget = page.locator(".pb-widget").filter(has_text=text)
    expect(widget).to_be_visible(timeout=120_000)
    return widget


def saved(work: Path) -> dict[str, Any]:
    """Read the learner's file."""
    return json.loads((work / "learner.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_learner_goes_through_a_lesson_and_finds_everything_again(
    page: Page, lab: str, work: Path, refused: list[str], lang: str
) -> None:
    """Predict, play, answer wrongly, answer rightly, put in order by keyboard, reload."""
    run(page, lab, f"{lang}/{LESSON}")

    # Guess before looking: nothing of the answer is on the page until then.
    question = load_exercise("interest.shanghai")
    widget = asked(page, question.id, lang)
    guess = question.options[0]
    assert question.say("explain", lang) not in widget.inner_text()
    button(widget, "exercise.reveal", lang).click()
    expect(widget.get_by_text(say("exercise.none", lang)).first).to_be_visible()
    widget.get_by_text(guess.say("text", lang), exact=True).click()
    button(widget, "exercise.reveal", lang).click()
    told = widget.locator(".pb-verdict")
    expect(told).to_contain_text(guess.say("feedback", lang))
    expect(told).to_contain_text(question.say("explain", lang))

    # Play: one answer of the lesson's assessment, and the score moves.
    play = page.locator(".pb-widget").filter(has=page.locator(".pb-ask, .pb-beside")).first
    expect(play).to_be_visible()
    before = play.locator(".pb-big").inner_text()
    for place in (3, 0):
        play.get_by_role("radio").nth(place).check()
    expect(play.locator(".pb-big")).not_to_have_text(before)

    # Wrongly, and told why; then rightly.
    question = load_exercise("interest.base")
    widget = asked(page, question.id, lang)
    ranked = sorted(question.options, key=lambda option: option.credit)
    for option, word in ((ranked[0], "wrong"), (ranked[-1], "right")):
        widget.get_by_text(option.say("text", lang), exact=True).first.click()
        widget.locator(".pb-main").click()
        told = widget.locator(".pb-verdict")
        expect(told).to_contain_text(option.say("feedback", lang))
        expect(told).to_contain_text(say(f"exercise.verdict_{word}", lang))
    expect(widget.get_by_text(say("exercise.tries", lang, n=2))).to_be_visible()
    expect(widget.get_by_role("status")).to_contain_text(option.say("feedback", lang))

    # In order, by keyboard: the button that is pressed stays under the finger.
    question = load_exercise("interest.wide_to_narrow")
    widget = asked(page, question.id, lang)
    rows = widget.locator(".pb-order > li")
    text = rows.first.locator("span").first.inner_text()
    down = rows.first.get_by_role("button", name=say("exercise.down", lang))
    down.focus()
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_contain_text(text)
    expect(rows.nth(1).get_by_role("button", name=say("exercise.down", lang))).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.nth(2)).to_contain_text(text)
    order = [row.locator("span").first.inner_text() for row in rows.all()]
    widget.locator(".pb-main").press("Enter")
    expect(widget.get_by_text(say("exercise.tries", lang, n=1))).to_be_visible()
    assert [] == violations(page)

    record = saved(work)
    assert (2, 1.0) == tuple(record["exercises"]["interest.base"][k] for k in ("tries", "credit"))
    assert guess.id == record["predictions"]["interest.shanghai"]["first"]

    # The browser is closed and the kernel dies. The next day all of it is there.
    kill_kernels(lab)
    run(page, lab, f"{lang}/{LESSON}")
    widget = asked(page, "interest.base", lang)
    expect(widget.locator(".pb-verdict")).to_contain_text(ranked[-1].say("feedback", lang))
    expect(widget.get_by_text(say("exercise.tries", lang, n=2))).to_be_visible()
    widget = asked(page, "interest.shanghai", lang)
    first = say("exercise.first_guess", lang, guess=guess.say("text", lang))
    expect(widget.get_by_text(first)).to_be_visible()
    rows = asked(page, "interest.wide_to_narrow", lang).locator(".pb-order > li")
    assert order == [row.locator("span").first.inner_text() for row in rows.all()]

    # In place into the other language, and nothing is lost.
    other = "zh" if lang == "en" else "en"
    widget.get_by_role("button", name="中文" if other == "zh" else "English").click()
    text = load_exercise("interest.shanghai").options[0].say("feedback", other)
    expect(page.locator(".pb-verdict").filter(has_text=text)).to_be_visible()
    assert record["exercises"] == saved(work)["exercises"]
    assert [] == refused


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_cases_are_found_and_a_plan_is_made(
    page: Page, lab: str, work: Path, root: Path, refused: list[str], lang: str
) -> None:
    """Search, open a case, see its picture; fill in the plan, close, find it, take it home."""
    shutil.copy(root / "notebooks" / "practice" / "lantern.json", work / "isooc-answers.json")
    run(page, lab, f"{lang}/widgets")
    book = page.locator(".pb-widget").filter(has_text=say("casebook.title", lang)).first
    expect(book.get_by_role("table")).to_be_visible(timeout=120_000)
    expect(book.get_by_role("heading", name=say("casebook.like", lang))).to_be_visible()
    assert [] == violations(page)

    book.get_by_label(say("casebook.search", lang), exact=True).fill("樊登 2013")
    expect(book.get_by_role("row")).to_have_count(2)
    expect(book.get_by_role("status")).to_contain_text("1")
    book.get_by_role("button", name=say("casebook.open", lang)).press("Enter")
    expect(book.locator(".pb-name")).to_be_focused(timeout=20_000)
    expect(book.get_by_role("img").first).to_be_visible(timeout=90_000)
    expect(book.get_by_text(say("casebook.disputes", lang))).to_be_visible()
    assert [] == violations(page)
    with page.expect_download() as download:
        button(book, "casebook.save", lang).click()
    assert "fandeng.html" == download.value.suggested_filename
    button(book, "casebook.back", lang).first.click()
    expect(book.get_by_role("table")).to_be_visible()

    plan = page.locator(".pb-widget").filter(has_text=say("plan.title", lang))
    boxes = plan.get_by_role("checkbox")
    for place in range(3):
        boxes.nth(place).check()
        expect(plan.get_by_label(say("plan.owner", lang))).to_have_count(place + 1)
    boxes.nth(3).click()
    expect(plan.get_by_text(say("plan.three", lang)).first).to_be_visible()
    expect(boxes.nth(3)).not_to_be_checked()
    owner = plan.get_by_label(say("plan.owner", lang)).first
    owner.focus()
    page.keyboard.type("Mei <b>")
    plan.get_by_label(say("plan.by", lang)).first.fill("2027-03-07")
    plan.get_by_label(say("plan.redline", lang)).select_option("member-data")
    plan.get_by_label(say("plan.checked", lang)).fill("OK?")
    plan.get_by_label(say("plan.know", lang)).fill("8 / 10")
    expect(plan.get_by_text(say("plan.done_of", lang, done=2, all=5))).to_be_visible()
    assert [] == violations(page)

    run(page, lab, f"{lang}/widgets")
    expect(plan.get_by_label(say("plan.owner", lang)).first).to_have_value(
        "Mei <b>", timeout=120_000
    )
    expect(plan.get_by_label(say("plan.by", lang)).first).to_have_value("2027-03-07")
    with page.expect_download() as download:
        button(plan, "plan.make", lang).click()
    made = download.value.path().read_text(encoding="utf-8")
    assert made == (work / "plan.html").read_text(encoding="utf-8")
    assert "Mei &lt;b&gt;" in made
    assert "8 / 10" == saved(work)["plan"]["know"]
    assert [] == refused


@pytest.mark.slow
def test_on_a_phone_every_kind_of_exercise_fits(
    page: Page, chromium: str, folder: Path, work: Path, root: Path
) -> None:
    """Voilà at 390 pixels: nothing is cut off, no accessibility rule broken."""
    command = ["voila", str(folder), "--Voila.ip=127.0.0.1", "--theme=dark"]
    for address in served(command, folder, "/", root):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{address}/voila/render/zh/widgets.ipynb")
        expect(page.locator(".pb-widget")).to_have_count(len(CELLS), timeout=120_000)
        expect(page.get_by_text(say("exercise.kind_order", "zh"))).to_be_visible()
        wide = page.evaluate(
            "() => [...document.querySelectorAll('.pb-widget *')].filter(e =>"
            " e.getBoundingClientRect().right > 391 && !e.closest('.pb-scroll,.pb-hidden'))"
            ".map(e => e.outerHTML.slice(0, 80))"
        )
        assert [] == wide
        assert [] == violations(page)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("full", [True, False])
def test_a_plan_prints_on_one_page(page: Page, tmp_path: Path, lang: str, full: bool) -> None:
    """Every diagnosis, the longest actions and the longest texts, or nothing at all."""
    from playbook.load import checklist_names, load_checklist, practices
    from playbook.present.plan_page import plan_html
    from playbook.scoring.plan import redlines

    def length(entry: Any, *keys: str) -> int:
        texts = entry[lang] if isinstance(entry, dict) else None
        return sum(len(texts[k] if texts else entry.say(k, lang)) for k in keys)

    criteria = sorted(
        load_checklist().active, key=lambda c: length(c, "action", "first_step"), reverse=True
    )
    wordy = "社群" * 300 if lang == "zh" else "Many words " * 60
    answers = {
        name: {
            "format": "playbook-answers/1",
            "checklist": name,
            "community": {"name": wordy},
            "answers": {c.id: {"level": 1} for c in load_checklist(name).active},
        }
        for name in checklist_names()
    }
    plan = {
        "name": wordy,
        "aim": "10000",
        "actions": [{"criterion": c.id, "owner": wordy, "by": "2027-03-07"} for c in criteria[:3]],
        "practice": max(practices(), key=lambda p: length(p, "what"))["id"],
        "redline": max(redlines(), key=lambda r: length(r, "what", "ask"))["id"],
        "checked": wordy,
        "know": wordy,
        "by": "2027-03-28",
    }
    made = {name: {"tries": 2, "best": 0.5, "credit": 0.5} for name in load_exercises()}
    record = {"answers": answers, "plan": plan, "exercises": made, "predictions": {"x": {}}}
    path = tmp_path / "plan.html"
    path.write_text(plan_html(record if full else {}, lang), encoding="utf-8")
    page.goto(path.as_uri())
    sheet = page.pdf(format="A4", prefer_css_page_size=True)

    assert 1 == len(re.findall(rb"/Type\s*/Page\b", sheet))
    assert [] == violations(page, None)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_case_page_breaks_no_rule_of_accessibility(
    page: Page, tmp_path: Path, refused: list[str], lang: str, scheme: Any
) -> None:
    """The page of a case with figures and disputes, on a phone, without any request."""
    from playbook.load import load_case
    from playbook.present.case_page import case_html

    path = tmp_path / "case.html"
    path.write_text(case_html(load_case("fandeng"), lang), encoding="utf-8")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path.as_uri())

    assert [] == violations(page, None)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert [] == refused
