"""A founder's evening in a browser that reaches nothing but this machine.

JupyterLab: open, answer by mouse and by keyboard, see the score move, kill the kernel, reopen,
find the answers; see the comparison's pictures. Voilà: the same on a phone.
"""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browsing import jupyterlab, kill_kernels, run, served, violations
from playwright.sync_api import Locator, Page, expect

#: Notebook (file) → the two lines of it.
NOTEBOOKS = {
    "assess": "from playbook.widgets import SelfAssessment\nSelfAssessment()",
    "compare": (
        "from playbook.widgets import CaseComparison\n"
        'CaseComparison("pinduoduo", with_=("fandeng", "xiaomi"))'
    ),
    "planner": 'from playbook.widgets import MilestonePlanner\nMilestonePlanner("fandeng")',
    "funnel": "from playbook.widgets import FunnelExplorer\nFunnelExplorer()",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with one notebook for each widget."""
    made = tmp_path_factory.mktemp("course")
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, code in NOTEBOOKS.items():
        cells = [
            nbformat.v4.new_markdown_cell("# A lesson"),
            nbformat.v4.new_code_cell(code),
            nbformat.v4.new_markdown_cell("And now?"),
        ]
        book = nbformat.v4.new_notebook(cells=cells, metadata=python)
        nbformat.write(book, made / f"{name}.ipynb")
    return made


@pytest.fixture(scope="module")
def lab(chromium: str, folder: Path, root: Path) -> Iterator[str]:
    """Serve JupyterLab on the folder, without news, token or password."""
    yield from jupyterlab(folder, root)


@pytest.fixture(scope="module")
def app(chromium: str, folder: Path, root: Path) -> Iterator[str]:
    """Serve the notebooks by Voilà."""
    yield from served(["voila", str(folder), "--Voila.ip=127.0.0.1"], folder, "/", root)


def open_in_lab(page: Page, lab: str, name: str) -> Locator:
    """Open a notebook, run it, and find its widget."""
    run(page, lab, name)
    widget = page.locator(".pb-widget")
    expect(widget.get_by_role("heading").first).to_be_visible(timeout=90_000)
    return widget


def big(widget: Locator) -> str:
    """Read the interval beside the question."""
    return widget.locator(".pb-big").inner_text()


@pytest.mark.slow
def test_a_founder_answers_by_mouse_and_keyboard_and_loses_nothing(
    page: Page, lab: str, folder: Path, refused: list[str]
) -> None:
    """The whole story in JupyterLab, with no network but this machine."""
    widget = open_in_lab(page, lab, "assess")
    assert [] == violations(page)

    # By mouse: a whole sentence is the target.
    widget.get_by_label("Name of the community").fill("Tea at <b>Nine</b>")
    widget.get_by_role("button", name="Begin").click()
    question = widget.get_by_role("heading", name="Can a stranger tell")
    expect(question).to_be_focused()
    assert "0–100" == big(widget)
    first = widget.locator(".pb-first").inner_text()
    start = time.monotonic()
    widget.get_by_text("The name or welcome text says the narrow thing").click()
    expect(widget.locator(".pb-big")).not_to_have_text("0–100")
    print(f"click to new score: {time.monotonic() - start:.3f} s")
    expect(widget.get_by_text("went from “not answered” to “level 3”").first).to_be_visible()
    expect(widget.get_by_role("status")).to_contain_text("level 3")
    assert first != widget.locator(".pb-first").inner_text()
    assert [] == violations(page)

    # By keyboard only: on to the next question, an arrow to choose, a note, and on again.
    widget.get_by_role("button", name="Next").press("Enter")
    expect(widget.get_by_text("Interest, 2 of 5")).to_be_visible()
    before = big(widget)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(widget.get_by_role("radio").nth(0)).to_be_checked()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(widget.get_by_role("radio").nth(2)).to_be_checked()
    expect(widget.get_by_role("radio").nth(2)).to_be_focused()
    expect(widget.locator(".pb-big")).not_to_have_text(before)
    note = widget.get_by_label("Note")
    note.focus()
    page.keyboard.type("Ten members said it. dd")  # "dd" would delete a cell of JupyterLab
    expect(widget.get_by_text(re.compile(r"Saved at \d\d:\d\d"))).to_be_visible()
    after = big(widget)
    page.wait_for_timeout(900)
    expect(note).to_be_focused()
    assert 3 == page.locator(".jp-Notebook .jp-Cell").count()

    # In the other language nothing is lost.
    widget.get_by_role("button", name="中文").click()
    expect(widget.get_by_text("同好，第 2 题")).to_be_visible()
    assert after == big(widget)
    assert [] == violations(page)
    widget.get_by_role("button", name="English").click()

    saved = json.loads((folder / "work" / "isooc-answers.json").read_text(encoding="utf-8"))
    assert {"interest.shared_interest": 3, "interest.pain_point": 2} == {
        name: answer["level"] for name, answer in saved["answers"].items()
    }
    assert "Ten members said it. dd" == saved["answers"]["interest.pain_point"]["note"]

    # The kernel dies; the next day the notebook is opened again.
    kill_kernels(lab)
    widget.get_by_role("radio").nth(3).click()
    expect(widget.locator("[data-lost]")).to_be_visible(timeout=20_000)
    widget = open_in_lab(page, lab, "assess")
    expect(widget.get_by_text("Welcome back. Your 2 answers are here")).to_be_visible()
    expect(widget.get_by_label("Name of the community")).to_have_value("Tea at <b>Nine</b>")
    widget.get_by_role("button", name="Check", exact=True).click()
    expect(widget.get_by_text("Ten members said it. dd")).to_be_visible()
    assert after == big(widget)
    assert [] == violations(page)
    widget.get_by_role("button", name="Change Shared interest").click()
    expect(widget.get_by_role("radio").nth(3)).to_be_checked()

    # The result and the answers as a file.
    widget.get_by_role("button", name="Result", exact=True).click()
    expect(widget.get_by_role("heading", name="Three things to do next")).to_be_visible()
    assert [] == violations(page)
    with page.expect_download() as download:
        widget.get_by_role("button", name="Save the answers as a file").click()
    exported = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert saved["answers"] == exported["answers"]

    # A wrong file: a message, and nothing is lost.
    widget.get_by_role("button", name="Start", exact=True).click()
    widget.get_by_text("Bring answers from a file").click()
    wrong = {"name": "photo.json", "mimeType": "application/json", "buffer": b"\x89PNG"}
    widget.get_by_label("Answers file").set_input_files(wrong)  # type: ignore[arg-type]
    expect(widget.get_by_text("photo.json: not UTF-8 text")).to_be_visible()
    expect(widget.get_by_text("2 of 28 questions done")).to_be_visible()
    assert [] == refused


@pytest.mark.slow
def test_the_comparison_draws_its_pictures_without_a_network(
    page: Page, lab: str, refused: list[str]
) -> None:
    """Named pictures with their tables, in JupyterLab, and the detail of one criterion."""
    widget = open_in_lab(page, lab, "compare")
    pictures = widget.get_by_role("img")
    expect(pictures).to_have_count(2, timeout=60_000)
    for place in range(2):
        picture = pictures.nth(place)
        assert len(picture.get_attribute("aria-label") or "") > 40
        box = picture.locator("svg:visible").bounding_box()
        assert box is not None
        assert (True, True) == (box["width"] > 300, box["height"] > 100)
    assert [] == violations(page)
    widget.get_by_label("Criterion (biggest differences first)").select_option("structure.roles")
    expect(widget.get_by_text("Told by").first).to_be_visible()
    widget.get_by_role("checkbox", name="Xiaomi").uncheck()
    expect(widget.get_by_role("row", name="Xiaomi")).to_have_count(0)
    with page.expect_download() as download:
        widget.get_by_role("button", name="Save as SVG").first.click()
    assert download.value.path().read_text(encoding="utf-8").startswith("<svg")
    assert [] == refused


@pytest.mark.slow
@pytest.mark.parametrize("name", ["planner", "funnel"])
def test_the_other_widgets_work_in_lab(page: Page, lab: str, refused: list[str], name: str) -> None:
    """One change each, by its names, and no failing rule in either language."""
    widget = open_in_lab(page, lab, name)
    if name == "planner":
        widget.get_by_role("button", name="Put all of these in the plan").click()
        expect(widget.get_by_text("If the plan were done: strength for 100")).to_be_visible()
    else:
        group = widget.get_by_role("group", name="In each of the last four weeks")
        group.get_by_label("Yes").check()
        group = widget.get_by_role("group", name="Can you say how many new people")
        group.get_by_label("Yes").check()
        expect(widget.get_by_text("Stage 1: Gather.")).to_be_visible()
        widget.get_by_role("button", name="What would members come to?").click()
        widget.get_by_label("Share of: Members").press("ArrowRight")
        expect(widget.get_by_role("status")).to_contain_text("a year")
        expect(widget.locator(".pb-amount b").first).to_have_text("21%")
    assert [] == violations(page)
    widget.get_by_role("button", name="中文").click()
    expect(widget.locator("section[lang=zh-CN]").first).to_be_visible()
    assert [] == violations(page)
    assert [] == refused


@pytest.mark.slow
def test_on_a_phone_nothing_is_cut_off(page: Page, app: str, folder: Path) -> None:
    """Voilà at 390 pixels: the answers fit, and an answer given there is kept as well."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app}/voila/render/assess.ipynb")
    widget = page.locator(".pb-widget")
    expect(widget.get_by_role("heading").first).to_be_visible(timeout=90_000)
    widget.get_by_role("button", name="中文").click()
    widget.get_by_role("button", name="运营").click()
    expect(widget.get_by_text("运营，第 1 题")).to_be_visible()
    option = widget.locator(".pb-option").nth(1)
    option.click()
    expect(widget.get_by_role("radio").nth(1)).to_be_checked()
    expect(widget.get_by_text(re.compile(r"\d\d:\d\d 已保存"))).to_be_visible()
    box = option.bounding_box()
    assert box is not None
    assert (True, True) == (box["x"] >= 0, box["x"] + box["width"] <= 390)
    wide = widget.evaluate(
        "w => [...w.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 391"
        " && !e.closest('.pb-scroll,.pb-hidden')).map(e => e.outerHTML.slice(0, 80))"
    )
    assert [] == wide
    assert [] == violations(page)
    found = json.loads((folder / "work" / "isooc-answers.json").read_text(encoding="utf-8"))
    assert 1 == found["answers"]["operate.ritual"]["level"]
