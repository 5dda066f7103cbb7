"""Make the pictures of the README: the assessment, a comparison, a dashboard and a class."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from browsing import served  # noqa: E402

import playbook  # noqa: E402
from conftest import CHROMIUMS, FLAGS  # noqa: E402
from playbook.present import charts  # noqa: E402
from playbook.present.people_page import people_html  # noqa: E402

PRACTICE = ROOT / "notebooks" / "practice" / "lantern.json"


@contextmanager
def view(high: int) -> Iterator[Page]:
    """Open an empty page of a browser, as wide as the README's pictures."""
    chromium = next(found for found in map(shutil.which, CHROMIUMS) if found)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser.new_page(viewport={"width": 1080, "height": high}, device_scale_factor=1.25)
        browser.close()


def assessment(target: Path) -> None:
    """Photograph one question of the practice community, with its score beside it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(PRACTICE, folder / "lantern.json")
        cell = nbformat.v4.new_code_cell(
            "from playbook.widgets import SelfAssessment\n"
            "w = SelfAssessment(path='lantern.json')\nw.go('structure.roles')\nw"
        )
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "picture.ipynb")
        command = ["voila", "picture.ipynb", "--Voila.ip=127.0.0.1"]
        with (
            contextmanager(served)(command, folder, "/voila/static/voila.js", ROOT) as address,
            view(1500) as page,
        ):
            page.goto(address)
            widget = page.locator(".pb-widget")
            widget.get_by_role("heading").first.wait_for(timeout=120_000)
            widget.get_by_role("radio").nth(1).check()
            page.wait_for_timeout(1500)
            widget.screenshot(path=target)


def comparison(target: Path) -> None:
    """Draw where the practice community and two cases differ most."""
    found = playbook.compare(PRACTICE, ["fandeng", "xiaomi"], lang="en")
    target.write_bytes(charts.differences(found, "en").png(scale=1.5))


def page(html: Path, target: Path, high: int) -> None:
    """Photograph the top of a page that a command wrote."""
    with view(high) as empty:
        empty.goto(html.as_uri())
        empty.screenshot(path=target)


def dashboard(target: Path) -> None:
    """What a group's export shows, from the sample that travels with the kit."""
    with tempfile.TemporaryDirectory() as name:
        events = playbook.import_events(ROOT / "data/samples/slack-hyperledger.zip")
        with playbook.members(events, kind="product") as found:
            html = Path(name, "dashboard.html")
            html.write_text(people_html(found, "Hyperledger (Slack)", "en"), encoding="utf-8")
        page(html, target, 1500)


def room(target: Path) -> None:
    """How the invented class sees its community."""
    with tempfile.TemporaryDirectory() as name:
        html = Path(name, "class.html")
        playbook.workshop(ROOT / "data/samples/class", html, lang="en")
        page(html, target, 1500)


if __name__ == "__main__":
    docs = ROOT / "docs"
    docs.mkdir(exist_ok=True)
    comparison(docs / "comparison.png")
    assessment(docs / "assessment.png")
    dashboard(docs / "dashboard.png")
    room(docs / "class.png")
