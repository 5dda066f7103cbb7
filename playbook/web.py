"""The kit as a web app without code: Voilà on one page, with warm kernels and a door."""

from __future__ import annotations

import getpass
import json
import logging
import os
import secrets
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from playbook.errors import quote, refuse
from playbook.files import work_folder
from playbook.lab import free_port
from playbook.words import PACKAGE, language, say

HERE = ("127.0.0.1", "localhost", "::1")
#: A browser is told to ask nobody but this server, whatever a page or a library would like.
ONLY_US = (
    "default-src 'self' data: blob:; connect-src 'self' ws: wss: data: blob:; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'self' 'unsafe-inline' data:; frame-ancestors 'self'"
)
#: A kernel that nobody is connected to any more ends after so many seconds.
IDLE = 900
#: What a visitor takes of the memory, with room for an export (measured: benchmarks/RESULTS.md).
SEAT = 200_000_000


def app_notebook(folder: Path, own: bool) -> Path:
    """Write the page that Voilà shows: one cell."""
    code = f"from playbook.widgets import App\n\nApp(visitors={not own})"
    cell: dict[str, Any] = {"cell_type": "code", "id": "app", "metadata": {}, "source": code,
            "outputs": [], "execution_count": None}  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"cells": [cell], "metadata": {"kernelspec": kernel, "title": say("app.name")},
            "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    path = folder / "playbook.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    return path


def places() -> int:
    """How many visitors does this computer's memory carry? At least five."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # a system that does not tell
        memory = 8 << 30
    return max(5, memory // SEAT)


def reached(host: str) -> str:
    """
    By which name do others reach an address that is listened on?

    Where every address is listened on it is the one that leads out of this computer, for nobody
    can open 0.0.0.0. Asking for it sends nothing.

    >>> reached("127.0.0.1"), reached("::1")
    ('127.0.0.1', '[::1]')
    """
    if host not in ("", "0.0.0.0", "::"):
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that belongs to nobody (RFC 5737)
            return str(probe.getsockname()[0])
        except OSError:  # no network at all
            return socket.gethostname()


def settings(
    host: str, port: int, token: str, password: str, seats: int, browser: bool, most: int = 100
) -> dict[str, dict[str, Any]]:
    """Which settings does Voilà run with? Plain values, so that a test can read them."""
    from jupyter_server.auth.security import passwd

    login: dict[str, Any] = {}
    if password:
        hashed = passwd(password)  # type: ignore[no-untyped-call]
        login = {"hashed_password": str(hashed), "password_required": True}
    return {
        "Voila": {
            "ip": host,
            "port": port,
            "port_retries": 0,
            "open_browser": browser,
            "token": token,
            "identity_provider_class": "playbook.door.Keeper",
            "log_level": "ERROR",
            "tornado_settings": {"headers": {"Content-Security-Policy": ONLY_US}},
        },
        # A page of elsewhere may lead its own name to this computer; here only ours are known.
        "House": {"most": most, "any_name": host not in HERE or bool(token or password)},
        "PasswordIdentityProvider": login,
        "VoilaConfiguration": {
            # What stands behind an address is ours to say.
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "preheat_kernel": True,
            "default_pool_size": seats,
            "show_tracebacks": False,
            "strip_sources": True,
            "template": "playbook",  # in playbook/jupyter
            "theme": "light",
        },
        # Kernels talk through files of this account, not through open ports of the machine.
        "KernelManager": {"transport": "ipc" if os.name == "posix" else "tcp"},
        "MappingKernelManager": {"cull_idle_timeout": IDLE, "cull_interval": 60},
    }


def open_app(
    port: int | None = None,
    host: str = "127.0.0.1",
    token: str | None = None,
    password: bool = False,
    own: bool = False,
    seats: int = 2,
    most: int | None = None,
    browser: bool = True,
) -> int:
    """Serve the app until it is stopped; prints its address.

    On this computer alone no token is asked for. Open to a network there is always one, or a
    password; without either nothing is opened. `seats`: pages kept warm. `most`: visitors at
    once; by default as many as the memory carries.
    """
    from traitlets.config import Config

    from playbook.door import House

    chosen = free_port(port)
    _listens(host, chosen)
    alone = host in HERE
    told = os.environ.get("PLAYBOOK_TOKEN", "") if token is None else token
    secret = _password() if password else ""
    if not alone and not secret and not told:
        told = secrets.token_urlsafe(12)
    # Preheated pages are made before anybody is there; where they save is known by then.
    work = work_folder().resolve()
    os.environ.update(
        PLAYBOOK_WORK=str(work),
        PLAYBOOK_LANG=language(),
        PLAYBOOK_APP="1",
        PYTHONWARNINGS=os.environ.get("PYTHONWARNINGS", "ignore::DeprecationWarning"),
        JUPYTER_CONFIG_PATH=str(PACKAGE / "jupyter"),
    )
    # How often a socket is pinged is nothing to tell a trainer.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    # Kernels start in a folder of their own; a checkout not installed is found all the same.
    for name, ours in (("JUPYTER_PATH", PACKAGE / "jupyter"), ("PYTHONPATH", PACKAGE.parent)):
        os.environ[name] = os.pathsep.join(filter(None, [str(ours), os.environ.get(name, "")]))
    with tempfile.TemporaryDirectory(prefix="playbook-app-") as folder:
        notebook = app_notebook(Path(folder), own)
        asked = settings(host, chosen, told, secret, seats, browser, most or places())
        server = House(config=Config(asked))
        address = f"http://{reached(host)}:{chosen}/" + (f"?token={told}" if told else "")
        print(say("app.opens", address=address), file=sys.stderr, flush=True)
        if not alone:
            os.environ["PLAYBOOK_ADDRESS"] = address  # pages show it, to let others in
            print(say("app.others"), file=sys.stderr, flush=True)
        server.initialize([str(notebook)])
        server.start()
    return 0


def _listens(host: str, port: int) -> None:
    """Can this computer listen there? Told before an address is, not after."""
    try:
        asked = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)
        for family, kind, _, _, place in asked[:1]:
            with socket.socket(family, kind) as probe:
                if os.name == "posix":  # as in free_port
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse("--host", "no_address", given=quote(host), reason=reason) from None


def _password() -> str:
    try:
        given = os.environ.pop("PLAYBOOK_PASSWORD", "") or getpass.getpass()
    except EOFError:  # nobody is there to type one
        given = ""
    if not given:
        raise refuse("PLAYBOOK_PASSWORD", "empty_password")
    return given
