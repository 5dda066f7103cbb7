"""What tests share. Those that ask for `chromium` or `page` carry the marker `browser`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = (
    "--no-sandbox",  # root, as in containers, has no sandbox
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # Nothing but this machine can even be looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
LOCAL_SCHEMES = ("about", "blob", "data", "file")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever needs Chromium, before `-m` chooses."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium; skip without one, or fail where one was promised."""
    wanted = os.environ.get("PLAYBOOK_CHROMIUM")
    for name in [wanted] if wanted else CHROMIUMS:
        if found := shutil.which(name):
            return found
    reason = "no Chromium found (install it, or name it in PLAYBOOK_CHROMIUM)"
    if os.environ.get("PLAYBOOK_REQUIRE_BROWSER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator["Browser"]:
    """Start Chromium for one module: an open Playwright holds an event loop others may need."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def refused() -> list[str]:
    """List the addresses outside this machine that `page` asked for and did not get."""
    return []


@pytest.fixture
def page(browser: "Browser", refused: list[str]) -> Iterator["Page"]:
    """Open an empty page whose every request to another machine is refused."""

    def only_local(route: "Route") -> None:
        address = urlsplit(route.request.url)
        if address.scheme in LOCAL_SCHEMES or address.hostname in LOCAL_HOSTS:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.abort()

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.route("**/*", only_local)
    yield context.new_page()
    context.close()
