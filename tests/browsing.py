"""What browser tests share: a server on this machine, its kernels, the rules of accessibility."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from playbook.words import say

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def served(command: list[str], folder: Path, ask: str, root: Path) -> Iterator[str]:
    """Run a server on this machine until the tests are through; its address."""
    port = free_port()
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "PLAYBOOK_WORK": str(folder / "work"),
        "PYTHONPATH": str(root),
    }
    environment.pop("PLAYBOOK_LANG", None)
    news = home / "settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True, exist_ok=True)
    (news / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8"
    )
    log = (folder / "server.log").open("w", encoding="utf-8")
    full = [sys.executable, "-m", *command, f"--port={port}", "--no-browser"]
    process = subprocess.Popen(full, cwd=folder, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                with urlopen(address + ask, timeout=5):
                    break
            except (URLError, OSError):
                assert process.poll() is None, (folder / "server.log").read_text(encoding="utf-8")
                time.sleep(0.5)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def jupyterlab(folder: Path, root: Path) -> Iterator[str]:
    """Serve JupyterLab on a folder, without news, token or password; its address."""
    command = [
        "jupyterlab", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=",
        "--ServerApp.disable_check_xsrf=True", "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--allow-root",
    ]  # fmt: skip
    yield from served(command, folder, "/api/status", root)


def kill_kernels(lab: str) -> None:
    """End every kernel as a crash would: the page learns of it afterwards."""
    with urlopen(f"{lab}/api/kernels", timeout=20) as answer:
        kernels = json.load(answer)
    for kernel in kernels:
        with urlopen(Request(f"{lab}/api/kernels/{kernel['id']}", method="DELETE"), timeout=20):
            pass


def run(page: Page, lab: str, name: str) -> None:
    """Open a notebook anew, as after closing the browser, and run all of it."""
    page.goto(f"{lab}/lab/workspaces/test/tree/{name}.ipynb?reset")
    page.wait_for_function("window.jupyterapp && window.jupyterapp.started", timeout=90_000)
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=90_000)
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.context?.sessionContext?.session?.kernel"
        "?.connectionStatus === 'connected'",
        timeout=90_000,
    )
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")


def button(widget: Locator, word: str, lang: str) -> Locator:
    """Find a button by the id of its word."""
    return widget.get_by_role("button", name=say(word, lang), exact=True)


def violations(page: Page, context: str | None = ".pb-widget") -> list[str]:
    """List the accessibility rules that our widget breaks, or the whole page."""
    found = Axe().run(page, context=context, options=WCAG)
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
