"""An operator in a browser that reaches nothing but this machine: an export in, answers out.

JupyterLab: drop a Slack zip, read its counts, see the dashboard, move a slider, download the
table and a card, ask whether an action worked, take the evidence into the assessment. Voilà: the
same screens on a phone, in the dark. Pages: the dashboard and the card as files.
"""

import base64
import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import WCAG, button, jupyterlab, run, served, violations
from playwright.sync_api import Locator, Page, expect

import playbook as pb
from playbook.people.record import record
from playbook.present.card import card_html, member_card
from playbook.present.people_page import people_html
from playbook.words import LANGUAGES, say

SLACK = Path(__file__).resolve().parents[1] / "data" / "samples" / "slack-hyperledger.zip"
DROP = """([zone, data]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], "our-slack.zip", { type: "application/zip" }));
  for (const kind of ["dragenter", "dragover", "drop"])
    zone.dispatchEvent(new DragEvent(kind, { bubbles: true, dataTransfer: carried }));
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a notebook for each language: the evidence, and the assessment it goes into."""
    made = tmp_path_factory.mktemp("evidence")
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for lang in LANGUAGES:
        (made / lang).mkdir()
        for name, code in {"bring": "Evidence()", "assess": "SelfAssessment()"}.items():
            cell = nbformat.v4.new_code_cell(f"from playbook import widgets\nwidgets.{code}")
            book = nbformat.v4.new_notebook(cells=[cell], metadata=python)
            nbformat.write(book, made / lang / f"{name}.ipynb")
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


def step(widget: Locator, name: str, lang: str) -> None:
    """Go to a step and wait for it."""
    button(widget, f"bring.step_{name}", lang).click()
    expect(widget.locator(f"[data-do=go][data-value={name}][aria-current]").first).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_export_becomes_a_dashboard_and_answers(
    page: Page, lab: str, work: Path, refused: list[str], lang: str
) -> None:
    """The whole way, with nothing but what a browser has."""
    run(page, lab, f"{lang}/bring")
    widget = page.locator(".pb-widget")
    expect(widget.get_by_role("heading").first).to_be_visible(timeout=120_000)
    expect(widget.get_by_text(say("bring.redlines", lang))).to_be_visible()
    assert [] == violations(page)

    zone = widget.locator("[data-drop]").first
    data = base64.b64encode(SLACK.read_bytes()).decode("ascii")
    zone.evaluate("(zone, data) => (" + DROP + ")([zone, data])", data)
    equation = widget.locator(".pb-sentence")
    rows = "2,401" if lang == "en" else "2401"
    expect(equation).to_contain_text(rows, timeout=60_000)
    expect(widget.locator("[data-focus]").first).to_be_focused()
    assert [] == violations(page)

    button(widget, "bring.analyse", lang).click()
    expect(widget.get_by_role("progressbar")).to_be_visible()
    head = widget.get_by_text(say("dashboard.three", lang))
    expect(head).to_be_visible(timeout=120_000)
    expect(widget.get_by_role("img").first).to_be_visible()
    assert [] == violations(page)

    step(widget, "levels", lang)
    said = widget.locator(".pb-sentence")
    before = said.inner_text()
    slider = widget.get_by_role("slider").first
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(before)
    expect(slider).to_be_focused()
    expect(widget.locator("figure")).to_have_count(1)
    assert [] == violations(page)
    with page.expect_download() as download:
        button(widget, "bring.save_csv", lang).click()
    raw = download.value.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert 525 == len(list(csv.reader(io.StringIO(raw.decode("utf-8-sig")))))
    with page.expect_download() as download:
        button(widget, "bring.save_excel", lang).click()
    assert download.value.path().read_bytes().startswith(b"PK")

    widget.locator("[data-do=member]").first.click()
    expect(widget.locator(".pb-member-card svg")).to_be_visible()
    assert [] == violations(page)
    with page.expect_download() as download:
        widget.locator("[data-do=card][data-value=png]").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")

    for name in ("people", "circles"):
        step(widget, name, lang)
        expect(widget.get_by_role("img").first).to_be_visible(timeout=60_000)
        assert [] == violations(page)

    step(widget, "action", lang)
    widget.get_by_label(say("bring.day", lang)).fill("2016-06-01")
    widget.get_by_label(say("bring.measure", lang)).select_option("messages_weekly")
    button(widget, "bring.look", lang).click()
    expect(widget.get_by_text(say("health.action.worked", lang)).first).to_be_visible()
    assert [] == violations(page)

    step(widget, "answers", lang)
    button(widget, "bring.measure_now", lang).click()
    expect(widget.get_by_role("table")).to_be_visible(timeout=60_000)
    assert [] == violations(page)
    button(widget, "bring.take", lang).click()
    expect(widget.get_by_text(say("bring.taken", lang)).first).to_be_visible()
    saved: dict[str, Any] = json.loads((work / "isooc-answers.json").read_text(encoding="utf-8"))
    assert "E3" == saved["answers"]["output.rhythm"]["evidence"]

    run(page, lab, f"{lang}/assess")
    assessment = page.locator(".pb-widget")
    expect(assessment.get_by_role("heading").first).to_be_visible(timeout=120_000)
    # As many answers as were taken over, those that could not be measured as unknown.
    n = len(saved["answers"])
    expect(assessment.get_by_text(say("widget.progress", lang, done=n, asked=28))).to_be_visible()
    assert [] == refused


@pytest.mark.slow
def test_on_a_phone_in_the_dark_nothing_is_cut_off(
    page: Page, chromium: str, folder: Path, work: Path, root: Path
) -> None:
    """Voilà at 390 pixels: every step fits and breaks no rule."""
    command = ["voila", str(folder), "--Voila.ip=127.0.0.1", "--theme=dark"]
    for address in served(command, folder, "/", root):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{address}/voila/render/zh/bring.ipynb")
        widget = page.locator(".pb-widget")
        expect(widget.get_by_role("heading").first).to_be_visible(timeout=120_000)
        said = ["[15/11/2023, 06:13:2{}] Ann: hello\n[15/11/2023, 06:14:2{}] Ben: hi\n"] * 2
        pages = [
            {"name": f"chat{n}.txt", "mimeType": "text/plain", "buffer": text.format(n, n).encode()}
            for n, text in enumerate(said)
        ]
        widget.locator("input[data-do=piece]").set_input_files(pages)  # type: ignore[arg-type]
        told = say("bring.equation", "zh", rows=4, used=4, left=0)
        expect(widget.locator(".pb-sentence")).to_have_text(told, timeout=60_000)
        step(widget, "bring", "zh")
        widget.locator("[data-do=sample][data-value=slack-small]").click()
        go = button(widget, "bring.analyse", "zh")
        expect(go).to_be_visible(timeout=60_000)
        go.click()
        expect(widget.get_by_text(say("dashboard.three", "zh"))).to_be_visible(timeout=120_000)
        for name in ("counts", "health", "people", "levels", "circles", "action", "answers"):
            step(widget, name, "zh")
            wide = page.evaluate(
                "() => [...document.querySelectorAll('.pb-widget *')].filter(e =>"
                " e.getBoundingClientRect().right > 391 && !e.closest('.pb-scroll,.pb-hidden'))"
                ".map(e => e.outerHTML.slice(0, 80))"
            )
            assert [] == wide
            assert [] == violations(page)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dashboard_and_a_card_as_files(
    page: Page, tmp_path: Path, refused: list[str], lang: str, scheme: Any
) -> None:
    """On a phone, without any request, no rule of accessibility broken, and on paper."""
    imported = pb.import_events(SLACK)
    with pb.members(imported, kind="product") as found:
        card = member_card(record(found, found.to_dict()["top"][0]["member"]), found, "Tea", lang)
        pages = {"dashboard": people_html(found, "Tea", lang), "card": card_html(card, lang)}
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    for name, html in pages.items():
        path = tmp_path / f"{name}.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        found_faults = Axe().run(page, options=WCAG).response["violations"]
        assert [] == [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found_faults]
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.pdf(format="A4").startswith(b"%PDF")
    assert [] == refused
