"""Open the course in JupyterLab: from a checkout in place, from an installed wheel as a copy."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from playbook.errors import refuse
from playbook.files import notebooks_folder
from playbook.words import PACKAGE, language, say

START = "00_start_here.ipynb"


def copy_course(target: Path) -> list[Path]:
    """
    Put the course into a folder, leaving everything that is there as it is.

    Returns the files that were new. A notebook that somebody has written in is never replaced.
    """
    source = notebooks_folder()
    copied = []
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir() or ".ipynb_checkpoints" in path.parts or place.exists():
            continue
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        except OSError as error:
            raise refuse(str(place), "write", reason=error.strerror or str(error)) from None
        copied.append(place)
    return copied


def free_port(wanted: int | None = None) -> int:
    """Which port on loopback is free: the one wanted, else the first from 8888 up, else any?"""
    if wanted is not None and not 1 <= wanted <= 65535:
        raise refuse("port", "range", given=wanted, low=1, high=65535)
    for port in [wanted] if wanted else [*range(8888, 8899), 0]:
        with socket.socket() as probe:
            if os.name == "posix":  # what a server left behind a moment ago does not hold the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise refuse("port", "port_taken", given=wanted)


def course_folder(folder: str | None) -> Path:
    """
    Where does the course lie that is to be opened?

    In a checkout, its own notebooks; from a wheel a copy in `community-playbook` in the folder
    at hand; with a folder named, always a copy there.
    """
    inside_package = notebooks_folder().name == "_notebooks"
    if folder is None and not inside_package:
        return notebooks_folder()
    target = Path(folder or "community-playbook").resolve()
    if target.is_file():
        raise refuse(str(folder), "is_file")
    copy_course(target)
    return target


def open_lab(folder: str | None = None, port: int | None = None, browser: bool = True) -> int:
    """Open the course in JupyterLab, print its address, and stay until it is stopped."""
    chosen, token = free_port(port), secrets.token_urlsafe(16)
    course = course_folder(folder)
    # In a checkout the work lies beside the notebooks' folder, where git does not look.
    base = course.parent if course == notebooks_folder() else course
    lang = language() if (course / language() / START).exists() else "en"
    address = f"http://127.0.0.1:{chosen}/lab/tree/{lang}/{START}?token={token}"
    environment = {
        "PLAYBOOK_WORK": str(base / "my-work"),
        **os.environ,
        "JUPYTER_TOKEN": token,
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", "ignore::DeprecationWarning"),
        # A first screen without a question about news, which could not be fetched anyway.
        "JUPYTER_CONFIG_PATH": os.pathsep.join(
            filter(None, [str(PACKAGE / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")])
        ),
    }
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={chosen}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={course}",
        f"--LabApp.default_url=/lab/tree/{lang}/{START}",
        f"--ServerApp.open_browser={browser}",
        # Nothing is fetched at run time: neither news nor word of newer versions.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--ServerApp.allow_root=True",
        # The address above stays in sight.
        "--ServerApp.log_level=ERROR",
        "--LabApp.log_level=ERROR",
    ]
    print(say("cli.lab_opens", address=address), flush=True)
    if os.name == "posix":  # take its place: whoever stops us stops JupyterLab, and no orphan stays
        os.execve(sys.executable, command, environment)
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return 0
