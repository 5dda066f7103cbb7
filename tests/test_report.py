"""The report: whole, offline, safe with what people write, readable for everyone."""

from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import playbook
from playbook.present.report import report_html
from playbook.words import LANGUAGES

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\u202eright to left\u2066",
    "نص من اليمين",
    "a\x00b\x1b[31m",
    "👩‍👩‍👧‍👦",
    '"><svg onload=alert(1)>',
    "{name} {0} %s ${x}",
)


def answers(name: str = "Night Readers") -> dict[str, Any]:
    """Answer all but two questions, some with a note or a link."""
    given: dict[str, Any] = {}
    for place, criterion in enumerate(playbook.checklist().active):
        given[criterion.id] = {"level": place % 4, "evidence": "E0"}
        if place % 5 == 0:
            proof = {"evidence": "E2", "url": "https://example.org/proof?a=1&b=2"}
            given[criterion.id] |= proof
        if place % 6 == 0:
            given[criterion.id] |= {"note": "Counted by hand.\nTwice."}
    given["interest.bond"] = {"unknown": True}
    del given["copy.model"]
    return {
        "format": "playbook-answers/1",
        "date": "2026-11-21",
        "community": {"name": name, "members": 1200},
        "answers": given,
    }


class Reader(HTMLParser):
    """Collect elements, headings, links, ids and visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module", params=LANGUAGES)
def page_text(request: pytest.FixtureRequest) -> str:
    """Write the report of the made-up community beside another, in each language."""
    other = answers("Morning Readers") | {"id": "b"}
    other["community"]["id"] = "b"
    made = playbook.compare(answers(), [other])
    return report_html(playbook.score(answers()), made, request.param)


def test_asks_for_nothing(page_text: str) -> None:
    """No script, and no address that a browser would fetch by itself."""
    read = Reader(page_text)
    assert not {"script", "link", "iframe", "object", "img", "base"} & set(read.tags)
    loads = [a for a in read.attributes if a[1] in ("src", "srcset", "poster", "background")]
    assert [] == loads
    assert "@import" not in page_text
    assert "url(http" not in page_text
    links = {value for tag, name, value in read.attributes if name == "href"}
    assert {"https://example.org/proof?a=1&b=2"} == {x for x in links if x.startswith("http")}
    assert all(x.startswith(("https://", "#", "data:image/")) for x in links)


def test_headings_in_order(page_text: str) -> None:
    """One h1, and no level is skipped on the way down."""
    levels = [int(tag[1]) for tag in Reader(page_text).tags if tag in ("h1", "h2", "h3", "h4")]
    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_links_inside_lead_somewhere(page_text: str) -> None:
    """Every link of the contents has its section, and ids are unique."""
    read = Reader(page_text)
    ids = [value for _, name, value in read.attributes if name == "id"]
    assert sorted(set(ids)) == sorted(ids)
    inner = [v[1:] for _, name, v in read.attributes if name == "href" and v.startswith("#")]
    assert inner
    assert set(inner) <= set(ids)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_says_what_matters(lang: str) -> None:
    """The interval, three actions with reasons, every question, the open ones, the caveat."""
    score = playbook.score(answers())
    page = Reader(report_html(score, lang=lang))
    assert {"en": "en", "zh": "zh-CN"}[lang] == next(
        value for tag, name, value in page.attributes if (tag, name) == ("html", "lang")
    )
    for number in (score.total.low, score.total.high):
        assert f"{float(number):.0f}" in page.text
    for action in score.actions[:3]:
        assert score.checklist.by_id[action.criterion].say("action", lang) in page.text
        assert score.why(action, lang) in page.text
    for criterion in score.checklist.active:
        assert criterion.say("question", lang) in page.text
    assert score.checklist.by_id["interest.bond"].say("hint", lang) in page.text
    for state in score.standing.gates:
        assert score.because(state, lang) in page.text


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    """What people write is shown, and never becomes markup, whatever it is."""
    given = answers(text)
    given["rater"] = text
    given["answers"]["interest.shared_interest"] = {
        "level": 2,
        "evidence": "E2",
        "note": text,
        "url": text,
    }
    plain = Reader(report_html(playbook.score(answers()), lang="en"))
    hostile = report_html(playbook.score(given), lang="en")
    read = Reader(hostile)
    assert {"script", "img"}.isdisjoint(read.tags)
    assert plain.tags.count("svg") == read.tags.count("svg")
    assert not [a for a in read.attributes if a[1].startswith("on")]
    assert not set("\x00\x1b\u202e\u2066") & set(hostile)
    if text.isprintable() and "\u202e" not in text:
        assert text in read.text


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http://[bad", "photo.jpg"],
)
def test_only_web_addresses_become_links(address: str) -> None:
    """A file name or any other scheme is shown as text."""
    given = answers()
    given["answers"] = {"interest.bond": {"level": 2, "evidence": "E2", "url": address}}
    read = Reader(report_html(playbook.score(given), lang="en"))
    assert address in read.text
    assert address not in [value for _, name, value in read.attributes if name == "href"]


def test_nothing_answered() -> None:
    """An empty file gives an honest page: all open, no number, no zero."""
    empty = {"format": "playbook-answers/1", "answers": {}}
    read = Reader(report_html(playbook.score(empty), lang="en"))
    assert "28 questions are open" in read.text
    assert "Too little is answered for one number." in read.text


def test_written_whole(tmp_path: Path) -> None:
    """The library's report is the same page, in a file."""
    path = playbook.report(answers(), tmp_path / "report.html", lang="en")
    written = path.read_text(encoding="utf-8")
    assert report_html(playbook.score(answers()), lang="en") == written


# --- in a browser -----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_read_it(
    page: "Page", refused: list[str], page_text: str, tmp_path: Path, scheme: Any
) -> None:
    """No fault of accessibility, no request, no sideways scrolling on a phone or a desk."""
    from axe_playwright_python.sync_playwright import Axe

    path = tmp_path / "report.html"
    path.write_text(page_text, encoding="utf-8")
    page.emulate_media(color_scheme=scheme)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for size in (1280, 390):
        page.set_viewport_size({"width": size, "height": 900})
        assert size == page.evaluate("document.documentElement.scrollWidth")
        shown = page.locator(".pb-chart svg:visible")
        assert page.locator(".pb-chart").count() == shown.count()
        found = Axe().run(page).response["violations"]
        assert [] == [f"{f['id']}: {f['nodes'][0]['html'][:120]}" for f in found]
    assert [] == refused
    assert [] == faults


def test_prints_uncut(page: "Page", page_text: str, tmp_path: Path) -> None:
    """On A4 no chart is wider than the paper or taller than a page."""
    path = tmp_path / "report.html"
    path.write_text(page_text, encoding="utf-8")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins, in CSS pixels
    page.goto(path.as_uri())
    boxes = [figure.bounding_box() for figure in page.locator("figure").all()]
    assert boxes
    for box in boxes:
        assert box is not None
        assert box["width"] <= 688
        assert box["height"] <= 1000
    assert 0 == page.locator(".pb-tools:visible").count()
    assert len(page.pdf(prefer_css_page_size=True)) > 10_000
