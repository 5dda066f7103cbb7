"""How much memory does one seat of a class take: JupyterLab's server, and the kernel of a lesson?

    python benchmarks/seat_memory.py [lesson …]        # JSON: MB of each, lessons run to their end

Proportional set size: what several processes share is split among them, so that seats add up.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import nbformat
from nbclient import NotebookClient

from playbook.lab import free_port

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ("00_start_here", "01_self_assessment", "04_compare_cases", "16_your_members")


def memory(pid: int) -> float:
    """MB of a process and all that it started."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    own = int(found[1]) / 1000 if found else 0.0
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return own + sum(memory(int(child)) for child in listed.stdout.split())


def server() -> float:
    """JupyterLab with the course open and no kernel yet."""
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--no-browser",
               "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--allow-root",
               f"--ServerApp.root_dir={ROOT / 'notebooks'}"]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                with urlopen(f"http://127.0.0.1:{port}/lab", timeout=5) as page:
                    page.read()
                break
            except OSError:
                time.sleep(0.5)
        time.sleep(3)
        return memory(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def lesson(name: str) -> float:
    """The kernel of a lesson after its last cell."""
    book = nbformat.read(ROOT / "notebooks" / "en" / f"{name}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYBOOK_WORK"] = folder
        place = {"metadata": {"path": str(ROOT / "notebooks" / "en")}}
        client = NotebookClient(book, timeout=300, resources=place, store_widget_state=False)
        with client.setup_kernel():
            for place_, cell in enumerate(book.cells):
                client.execute_cell(cell, place_)
            assert client.km is not None
            return memory(client.km.provisioner.process.pid)


if __name__ == "__main__":
    found = {"jupyterlab_mb": round(server())}
    for name in sys.argv[1:] or LESSONS:
        found[name] = round(lesson(name))
    print(json.dumps(found))
