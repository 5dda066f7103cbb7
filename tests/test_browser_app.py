"""The app in a real browser: two visitors, a phone, a token, and three things that die mid-way."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from browsing import free_port, violations
from playwright.sync_api import Browser, Locator, Page, expect

from playbook.widgets.app import App
from playbook.words import say

#: Every element that reaches over the edge of a narrow screen, save what scrolls by itself.
TOO_WIDE = (
    "() => [...document.querySelectorAll('.pb-widget *')].filter(e =>"
    " e.getBoundingClientRect().right > 391 && !e.closest('.pb-scroll,.pb-hidden'))"
    ".map(e => e.outerHTML.slice(0, 80))"
)

#: What is behind the page's frame, and in it.
GROUNDS = (
    "() => [document.elementFromPoint(3, 400), document.querySelector('.pb-widget')]"
    ".map(e => getComputedStyle(e).backgroundColor)"
)


class Served:
    """`playbook app` on this machine, which can be killed and started again on its port."""

    def __init__(self, folder: Path, root: Path, *options: str) -> None:
        self.folder, self.root, self.options = folder, root, options
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        """Start, and wait until somebody answers (be it with 'no')."""
        environment = {**os.environ, "PLAYBOOK_WORK": str(self.folder / "work")}
        environment |= {"PYTHONPATH": str(self.root), "HOME": str(self.folder)}
        command = [sys.executable, "-m", "playbook", "app", f"--port={self.port}", "--no-browser"]
        log = (self.folder / "server.log").open("a", encoding="utf-8")
        self.process = subprocess.Popen(
            [*command, *self.options], cwd=self.folder, env=environment, stdout=log, stderr=log
        )
        for _ in range(240):
            try:
                with urlopen(self.address, timeout=30):
                    return
            except HTTPError:
                return
            except (URLError, OSError):
                log_so_far = (self.folder / "server.log").read_text(encoding="utf-8")
                assert self.process.poll() is None, log_so_far
                time.sleep(0.5)

    def kernels(self, wanted: str = "ipykernel") -> list[int]:
        """The processes that answer; or the one whose id is wanted."""
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        lines = (line.split(None, 1) for line in listed.stdout.splitlines())
        return [int(pid) for pid, words in lines if wanted in words]

    def kill(self) -> None:
        """End it without a word, kernels too."""
        kernels = self.kernels()
        self.process.kill()
        self.process.wait(20)
        for pid in kernels:
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it as a person does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture(scope="module")
def app(chromium: str, tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Served]:
    """Serve the app for the tests of this module."""
    made = Served(tmp_path_factory.mktemp("app"), root)
    yield made
    made.stop()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Let somebody come with a browser of their own."""
    contexts = []

    def come(width: int = 1280, **more: str) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 844}, **more)  # type: ignore[arg-type]
        contexts.append(context)
        return context.new_page()

    yield come
    for context in contexts:
        context.close()


def go(page: Page, place: str, lang: str = "en") -> None:
    """Go to a place by its button at the top."""
    ways = page.get_by_role("navigation", name=say("app.ways", lang))
    ways.get_by_role("button", name=say(f"app.place.{place}", lang), exact=True).click()


def opened(page: Page, address: str, lang: str = "en") -> Locator:
    """Open the page and go to the questions."""
    page.goto(address)
    expect(page.get_by_text(say("app.welcome", lang))).to_be_visible(timeout=90_000)
    go(page, "assess", lang)
    widget = page.locator(".pb-widget").nth(1)
    expect(widget.get_by_role("heading").first).to_be_visible(timeout=60_000)
    return widget


def answer(widget: Locator, place: int = 2) -> None:
    """Answer the first question of Structure."""
    widget.get_by_role("button", name=re.compile("^Structure")).click()
    widget.get_by_role("radio").nth(place).check()
    expect(widget.get_by_text(re.compile(r"Saved at \d\d:\d\d"))).to_be_visible()


def kept(widget: Locator, place: int = 2) -> None:
    """Find that answer again."""
    widget.get_by_role("button", name=re.compile("^Structure")).click()
    expect(widget.get_by_role("radio").nth(place)).to_be_checked()


@pytest.mark.slow
def test_two_visitors_do_not_see_each_other(visitor: Callable[..., Page], app: Served) -> None:
    """One answers, the other finds nothing; the first comes back and finds everything."""
    first, second = visitor(), visitor()
    answer(opened(first, app.address))
    expect(opened(second, app.address).get_by_text("0 of 28 questions done")).to_be_visible()
    first.reload()
    kept(opened(first, app.address))
    assert 2 == len(list((app.folder / "work" / "visitors").iterdir()))
    assert "kernel" not in first.locator("body").inner_text().lower()


@pytest.mark.slow
def test_a_kernel_dies_and_nothing_is_lost(visitor: Callable[..., Page], app: Served) -> None:
    """The page says to reload, in words without kernels; after it the answer is there."""
    page = visitor()
    widget = opened(page, app.address)
    answer(widget, 1)
    own = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').text).kernelId")
    (pid,) = app.kernels(own)
    os.kill(pid, signal.SIGKILL)
    widget.get_by_role("radio").nth(3).click()
    expect(widget.locator("[data-lost]")).to_be_visible(timeout=30_000)
    expect(widget.locator("[data-lost]")).to_have_text(say("app.lost", "en"))
    kept(opened(page, app.address), 1)


@pytest.mark.slow
def test_the_server_dies_and_nothing_is_lost(visitor: Callable[..., Page], app: Served) -> None:
    """Killed and started again: the same browser finds its answer."""
    page = visitor()
    answer(opened(page, app.address), 3)
    app.kill()
    app.start()
    kept(opened(page, app.address), 3)


@pytest.mark.slow
def test_the_browser_dies_and_nothing_is_lost(chromium: str, app: Served, tmp_path: Path) -> None:
    """Chromium is killed right after an answer; opened again, the answer is there."""
    code = (
        "import os, re, signal, sys\n"
        "from playwright.sync_api import sync_playwright\n"
        "import test_browser_app as t\n"
        "with sync_playwright() as p:\n"
        f"    c = p.chromium.launch_persistent_context({str(tmp_path / 'profile')!r},"
        f" executable_path={chromium!r}, args=['--no-sandbox'])\n"
        "    page = c.pages[0]\n"
        f"    widget = t.opened(page, {app.address!r})\n"
        "    {act}\n"
        "    c.close() if {calm} else os._exit(0)\n"
    )
    for act, calm in (("t.answer(widget, 2)", False), ("t.kept(widget, 2)", True)):
        path = os.pathsep.join([str(app.root / "tests"), str(app.root)])
        told = code.replace("{act}", act).replace("{calm}", str(calm))
        # os._exit takes the driver's pipe along, and with it the browser, at once.
        done = subprocess.run(
            [sys.executable, "-c", told],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        time.sleep(2)


@pytest.mark.slow
def test_every_place_on_a_phone_in_chinese(visitor: Callable[..., Page], app: Served) -> None:
    """At 390 pixels nothing is cut off and no rule of accessibility is broken."""
    page = visitor(390, locale="zh-CN")
    page.goto(app.address)
    expect(page.get_by_text(say("app.welcome", "zh"))).to_be_visible(timeout=90_000)
    assert [] == violations(page)
    for place in App.PLACES:
        go(page, place, "zh")
        about = page.get_by_text(say(f"app.about.{place}", "zh"))
        expect(about).to_be_visible(timeout=60_000)
        tool = page.locator(".pb-widget").nth(1)
        expect(tool.get_by_role("heading").first).to_be_visible(timeout=60_000)
        page.wait_for_timeout(1500)
        assert [] == page.evaluate(TOO_WIDE), place
        assert [] == violations(page), place
    grounds = {}
    for scheme in ("light", "dark"):  # as the phone is set: the page, and the paper around it
        page.emulate_media(color_scheme=scheme)
        assert [] == violations(page), scheme
        grounds[scheme] = page.evaluate(GROUNDS)
    assert {"light": ["rgb(255, 255, 255)"] * 2, "dark": ["rgb(17, 17, 17)"] * 2} == grounds


@pytest.mark.slow
def test_everything_works_without_any_other_machine(
    page: Page, app: Served, refused: list[str]
) -> None:
    """By keyboard to the questions and an answer; nothing but this machine is asked."""
    wrong: list[str] = []  # such as a style sheet from elsewhere that its policy forbids
    page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    page.goto(app.address)
    expect(page.get_by_text(say("app.welcome", "en"))).to_be_visible(timeout=90_000)
    ways = page.get_by_role("navigation", name=say("app.ways", "en"))
    ways.get_by_role("button", name="Assess", exact=True).press("Enter")
    widget = page.locator(".pb-widget").nth(1)
    widget.get_by_role("button", name="Begin").press("Enter")
    expect(widget.get_by_role("heading", name="Can a stranger tell")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(widget.get_by_role("radio").nth(0)).to_be_checked()
    expect(widget.get_by_text(re.compile(r"Saved at \d\d:\d\d"))).to_be_visible()
    assert ([], []) == (refused, wrong)


@pytest.mark.slow
def test_with_a_token_only_those_who_have_it_come_in(
    visitor: Callable[..., Page], tmp_path: Path, root: Path
) -> None:
    """Without the token neither the page nor a kernel's channel opens."""
    served = Served(tmp_path, root, "--token=tea-at-nine", "--seats=1")
    try:
        page = visitor()
        page.goto(served.address)
        assert "/login" in page.url
        assert 0 == page.locator(".pb-widget").count()
        with pytest.raises(HTTPError) as error:
            urlopen(f"{served.address}api/kernels/{'0' * 8}-0000-0000-0000-{'0' * 12}", timeout=20)
        assert 403 == error.value.code
        page.goto(f"{served.address}?token=tea-at-nine")
        expect(page.get_by_text(say("app.welcome", "en"))).to_be_visible(timeout=90_000)
        assert "tea-at-nine" not in json.dumps(page.evaluate("Object.entries(localStorage)"))
    finally:
        served.stop()


@pytest.mark.slow
def test_a_name_of_elsewhere_that_leads_here_opens_nothing(app: Served) -> None:
    """Neither the page nor a kernel's channel: nobody's own work is read by another's page."""
    for path in ("", f"api/kernels/{'0' * 8}-0000-0000-0000-{'0' * 12}/channels"):
        with pytest.raises(HTTPError) as error:
            urlopen(Request(app.address + path, headers={"Host": "evil.example"}), timeout=20)
        assert 403 == error.value.code


@pytest.mark.slow
def test_who_cannot_come_in_reads_plain_words(
    visitor: Callable[..., Page], tmp_path: Path, root: Path
) -> None:
    """No token, a wrong one, a full house, an address that leads nowhere: never server talk."""
    served = Served(tmp_path, root, "--token=tea-at-nine", "--seats=1", "--most=1")
    try:
        page = visitor(390, locale="zh-CN")
        page.goto(f"{served.address}nowhere")
        for typed in ("tea-at-ten", "tea-at-nine"):
            body = page.locator("body").inner_text()
            assert say("app.enter_about", "zh") in body
            assert not re.search("jupyter|server|kernel|voil", body, re.IGNORECASE)
            assert [] == violations(page, None)
            page.get_by_label(say("app.enter", "zh")).fill(typed)
            page.get_by_label(say("app.enter", "zh")).press("Enter")
            if typed == "tea-at-ten":
                expect(page.get_by_role("alert")).to_have_text(say("app.enter_wrong", "zh"))
        expect(page.get_by_text(say("app.welcome", "zh"))).to_be_visible(timeout=90_000)
        assert served.address == page.url
        assert 0 == page.get_by_text("Executing").count()

        late = visitor(390)
        told = late.goto(f"{served.address}?token=tea-at-nine")
        assert told is not None
        assert (503, "30") == (told.status, told.headers["refresh"])
        expect(late.get_by_text(say("app.full", "en", most=1, seconds=30))).to_be_visible()
        assert [] == violations(late, None)
        page.reload()  # who was in stays in, also where every place is taken
        expect(page.get_by_text(say("app.welcome", "zh"))).to_be_visible(timeout=90_000)
        gone = page.goto(f"{served.address}voila/templates/nowhere")
        assert gone is not None
        assert 404 == gone.status
        page.goto(f"{served.address}logout")  # on a computer that others use as well
        expect(page.get_by_label(say("app.enter", "zh"))).to_be_visible()
        late.wait_for_timeout(2000)
        late.reload()
        expect(late.get_by_text(say("app.welcome", "en"))).to_be_visible(timeout=90_000)
    finally:
        served.stop()
