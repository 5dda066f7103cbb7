"""Two explorers in a browser that reaches nothing but this machine, in both languages.

JupyterLab: the lessons on group buying and on fission, by mouse, by keyboard and by file; closed
and found again. Voilà: all explorers on a phone, in the dark.
"""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browsing import jupyterlab, kill_kernels, run, served, violations
from playwright.sync_api import Locator, Page, expect

from playbook.growth.base import models
from playbook.growth.run import run as simulate
from playbook.present.model_charts import percent
from playbook.widgets.model_parts import findings
from playbook.words import LANGUAGES, say, text

LESSONS = ("20_group_buy", "22_fission")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Lay out two lessons in two languages, and a notebook with every explorer."""
    made = tmp_path_factory.mktemp("models")
    python = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for lang in LANGUAGES:
        (made / lang).mkdir()
        for lesson in LESSONS:
            shutil.copy(root / "notebooks" / lang / f"{lesson}.ipynb", made / lang)
        code = [
            "from playbook import widgets",
            *(f'widgets.ModelExplorer("{m}")' for m in models()),
        ]
        cells = [nbformat.v4.new_code_cell(one) for one in code]
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=python), made / lang / "all.ipynb"
        )
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


def explorer(page: Page) -> Locator:
    """Find the explorer of a lesson."""
    found = page.locator(".pb-widget").filter(has=page.locator(".pb-try"))
    expect(found).to_be_visible(timeout=120_000)
    return found


def button(widget: Locator, word: str, lang: str, **values: object) -> Locator:
    """Find a button by the id of its word."""
    return widget.get_by_role("button", name=say(f"explore.{word}", lang, **values), exact=True)


def name_of(model: str, key: str, lang: str) -> str:
    """What a value is called."""
    entry = next(p for p in models()[model]["parameter"] if p["id"] == key)
    return str(text(entry, "name", lang))


def slider(widget: Locator, model: str, key: str, lang: str) -> Locator:
    """Find a slider by its label."""
    return widget.get_by_role("slider", name=name_of(model, key, lang), exact=True)


def lead(model: str, lang: str, **values: Any) -> str:
    """Give the first sentence that a run says."""
    return findings(simulate(model, **values), lang)[0][0]


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_group_buy_is_tried_compared_taken_along_and_found_again(
    page: Page, lab: str, work: Path, tmp_path: Path, refused: list[str], lang: str
) -> None:
    """Slider, bad input, two scenarios, export and re-run, the other language, a reload."""
    run(page, lab, f"{lang}/20_group_buy")
    widget = explorer(page)
    sentence = widget.locator(".pb-sentence").first
    expect(sentence).to_have_text(lead("group-buy", lang))
    expect(widget.get_by_text(say("explore.redlines_here", lang, n=3))).to_be_visible()
    expect(widget.get_by_role("img").first).to_be_visible()
    assert [] == violations(page)

    # By keyboard: one step of the slider, and sentence and picture move with it.
    team = slider(widget, "group-buy", "team", lang)
    team.focus()
    start = time.monotonic()
    page.keyboard.press("ArrowRight")
    expect(sentence).to_have_text(lead("group-buy", lang, team=4))
    print(f"key to new sentence: {time.monotonic() - start:.3f} s")
    share = percent(simulate("group-buy", team=4).results["success"]["simulated"])
    expect(widget.locator(".pb-figure-title").first).to_contain_text(share)
    expect(widget.get_by_role("status")).to_contain_text(lead("group-buy", lang, team=4))
    expect(team).to_be_focused()

    # A wrong number stays in its field, with the reason beside it, and changes nothing.
    unit = say("explore.suffix.share", lang)
    name = say("explore.exact", lang, name=name_of("group-buy", "discount", lang), unit=unit)
    field = widget.get_by_role("textbox", name=name, exact=True)
    field.fill("250")
    wrong = say("explore.range_share", lang, low=0, high=100)
    expect(widget.locator(".pb-wrong")).to_have_text(wrong)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("250")
    expect(sentence).to_have_text(lead("group-buy", lang, team=4))
    assert [] == violations(page)
    field.fill("35")
    expect(widget.locator(".pb-wrong")).to_have_count(0)

    # Two scenarios side by side, as table and picture.
    box = widget.get_by_label(say("explore.scenario_name", lang))
    box.fill("A <b>")
    button(widget, "keep", lang).click()
    slider(widget, "group-buy", "willingness", lang).press("ArrowRight")
    box.fill("B")
    button(widget, "keep", lang).click()
    table = widget.get_by_role("table", name=say("explore.side_by_side", lang))
    expect(table.get_by_role("columnheader")).to_have_count(3)
    expect(table).to_contain_text("A <b>")
    expect(widget.locator(".pb-scenarios").get_by_role("img")).to_be_visible()
    assert [] == violations(page)

    # Taken along as a file, changed, and run again from it.
    widget.get_by_text(say("explore.files", lang)).click()
    with page.expect_download() as download:
        button(widget, "export", lang).click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    document = json.loads(saved.read_text(encoding="utf-8"))
    assert {"team": 4, "discount": 0.35} == {
        key: document["parameters"][key]["value"] for key in ("team", "discount")
    }
    button(widget, "afresh", lang).click()
    expect(sentence).to_have_text(lead("group-buy", lang))
    widget.get_by_label(say("explore.bring", lang)).set_input_files(saved)
    expect(widget.get_by_text(say("explore.again_same", lang)).first).to_be_visible()
    expect(team).to_have_value("4")
    with page.expect_download() as download:
        button(widget, "table_csv", lang).click()
    assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbf")
    with page.expect_download() as download:
        widget.get_by_role("button", name=say("widget.save_as", lang, kind="SVG")).first.click()
    assert download.value.path().read_text(encoding="utf-8").startswith("<svg")

    # In place into the other language, and nothing is lost.
    other = "zh" if lang == "en" else "en"
    widget.get_by_role("button", name="中文" if other == "zh" else "English").click()
    expect(slider(widget, "group-buy", "team", other)).to_have_value("4")
    expect(widget.get_by_text(say("explore.redlines_here", other, n=3))).to_be_visible()
    assert [] == violations(page)

    # The kernel dies. The next day values and scenarios are there.
    kill_kernels(lab)
    run(page, lab, f"{lang}/20_group_buy")
    widget = explorer(page)
    expect(slider(widget, "group-buy", "team", lang)).to_have_value("4")
    kept = widget.locator(".pb-kept li")
    expect(kept).to_have_count(2)
    expect(kept.first).to_contain_text("A <b>")
    kept_file = json.loads((work / "learner.json").read_text(encoding="utf-8"))
    assert ["A <b>", "B"] == list(kept_file["models"]["group-buy"]["scenarios"])
    assert [] == refused


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_fission_is_followed_by_keyboard_and_tried_more_often(
    page: Page, lab: str, work: Path, refused: list[str], lang: str
) -> None:
    """K past one and back, another seed, a long run watched, events of a group in place."""
    run(page, lab, f"{lang}/22_fission")
    widget = explorer(page)
    sentence = widget.locator(".pb-sentence").first
    expect(sentence).to_have_text(lead("fission", lang))
    k = slider(widget, "fission", "k", lang)
    k.focus()
    page.keyboard.press("End")
    top = float(k.input_value())
    assert top > 1
    expect(sentence).to_have_text(lead("fission", lang, k=top), timeout=10_000)
    expect(k).to_be_focused()
    for level in ("user", "family_and_friends", "community"):
        alone = re.compile(re.escape(say(f"explore.fission.{level}_0", lang)))
        expect(widget.locator(".pb-chart svg:visible text", has_text=alone).first).to_be_visible()

    # A boundless crowd cannot bear it: told beside the field, the numbers stay.
    widget.locator("details[data-k=rest] > summary").click()
    unit = say("model.unit.people", lang)
    name = say("explore.exact", lang, name=name_of("fission", "population", lang), unit=unit)
    crowd = widget.get_by_role("textbox", name=name, exact=True)
    crowd.fill("0")
    expect(widget.locator(".pb-wrong")).to_have_count(1)
    expect(sentence).to_have_text(lead("fission", lang, k=top))
    assert [] == violations(page)
    crowd.fill("10000")
    expect(widget.locator(".pb-wrong")).to_have_count(0)

    button(widget, "next_seed", lang).click()
    expect(widget.get_by_label(say("explore.seed", lang), exact=True)).to_have_value("8")
    expect(sentence).to_have_text(lead("fission", lang, k=top, seed=8))

    # More tries, in the background; the numbers come by themselves.
    button(widget, "afresh", lang).click()
    button(widget, "more", lang).click()
    expect(widget.get_by_text(say("explore.tries", lang, n="20,000"))).to_be_visible(
        timeout=120_000
    )
    assert [] == violations(page)

    # Values from a group's own events take the place of the kit's.
    widget.locator("summary", has_text=say("explore.own", lang)).click()
    sample = widget.get_by_role("button", name=re.compile("Slack")).last
    sample.click()
    expect(widget.get_by_role("progressbar").first).to_be_visible()
    expect(widget.locator(".pb-is-calibrated").first).to_be_visible(timeout=180_000)
    expect(button(widget, "own_without", lang)).to_be_visible()
    assert [] == violations(page)
    assert [] == refused


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_on_a_phone_every_explorer_fits(
    page: Page, chromium: str, folder: Path, work: Path, root: Path, lang: str
) -> None:
    """Voilà at 390 pixels in the dark: nothing is cut off, no accessibility rule broken."""
    command = ["voila", str(folder), "--Voila.ip=127.0.0.1", "--theme=dark"]
    for address in served(command, folder, "/", root):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{address}/voila/render/{lang}/all.ipynb")
        expect(page.locator(".pb-widget")).to_have_count(len(models()), timeout=180_000)
        expect(page.locator(".pb-widget .pb-sentence").last).to_be_visible()
        wide = page.evaluate(
            "() => [...document.querySelectorAll('.pb-widget *')].filter(e =>"
            " e.getBoundingClientRect().right > 391 && !e.closest('.pb-scroll,.pb-hidden,svg'))"
            ".map(e => e.outerHTML.slice(0, 80))"
        )
        assert [] == wide
        assert [] == violations(page)
