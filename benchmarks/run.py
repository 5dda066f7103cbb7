"""Run every bench beside its peers and write RESULTS.md: what was asked, found, and with what.

    python benchmarks/run.py [JOB …] [--peers PYTHON] [--quick]

Each job is a script of this folder that prints JSON. What a job found is kept in results.json, so
that one of them can be run again without the others.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KEPT, TOLD = HERE / "results.json", HERE / "RESULTS.md"
PEERS = HERE.parent / ".venv-bench" / "bin" / "python"

#: Job → its script with options; with --quick smaller ones, to see whether it runs.
JOBS: dict[str, tuple[list[str], list[str]]] = {
    "start": (["start.py"], ["start.py"]),
    "slack": (["import_slack.py", "150000"], ["import_slack.py", "10000"]),
    "people": (["people_jobs.py"], ["people_jobs.py", "--events", "200000"]),
    "cascade": (["cascade_jobs.py"], ["cascade_jobs.py", "--people", "20000"]),
    "branching": (["branching_jobs.py"], ["branching_jobs.py", "--people", "20000"]),
    "seats": (["seat_memory.py"], ["seat_memory.py", "01_self_assessment"]),
    "load": (
        ["load_app.py", "--seats", "30"],
        ["load_app.py", "--seats", "3", "--arrive", "5", "--answer", "15"],
    ),
    "crowd": (
        ["load_app.py", "--seats", "120", "--kinds", "app"],
        ["load_app.py", "--seats", "4", "--kinds", "app", "--arrive", "5", "--answer", "15"],
    ),
    "kills": (
        ["load_app.py", "--seats", "10", "--kinds", "app", "--kills"],
        ["load_app.py", "--seats", "3", "--kinds", "app", "--kills", "--arrive", "5",
         "--answer", "30"],
    ),
}  # fmt: skip
WITH_PEERS = ("people", "cascade")
PACKAGES = ("duckdb", "ibis-framework", "networkx", "numpy", "pandas", "pyarrow", "scipy", "voila")


def run(name: str, quick: bool, peers: Path) -> Any:
    """Run a job and return what it printed."""
    script, *options = JOBS[name][quick]
    if name in WITH_PEERS:
        options += ["--peers", str(peers)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "RETENTIONEERING_NO_TRACK": "1"}
    # As installed: pip compiles, and so does a first run where nothing forbids it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, str(HERE / script), *options],
        capture_output=True, encoding="utf-8", env=environment, check=False,
    )  # fmt: skip
    if done.returncode:
        return {"failed": done.stderr[-2000:]}
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:  # one document a line
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]


def versions(python: str) -> dict[str, str]:
    """Which versions of what is compared does a Python have?"""
    code = (
        "import json; from importlib.metadata import version, PackageNotFoundError\n"
        "found = {}\n"
        "for name in ('polars', 'retentioneering', 'EoN', 'mesa', 'ndlib', 'networkx'):\n"
        "    try: found[name] = version(name)\n"
        "    except PackageNotFoundError: pass\n"
        "print(json.dumps(found))"
    )
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return {}
    return dict(json.loads(done.stdout))


def machine() -> dict[str, Any]:
    """What it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "python": platform.python_version(),
        "system": platform.system(),
        "load_before": round(os.getloadavg()[0], 1),
    }


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    asked.add_argument("--peers", type=Path, default=PEERS, metavar="PYTHON")
    asked.add_argument("--quick", action="store_true", help="small sizes; writes no results")
    given = asked.parse_args()
    if unknown := [name for name in given.jobs if name not in JOBS]:
        sys.exit(f"No job is called {', '.join(unknown)}. There are: {', '.join(JOBS)}.")
    peers = given.peers if given.peers.exists() else Path(sys.executable)
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for name in given.jobs or JOBS:
        print(f"{name} …", end=" ", flush=True)
        before, started = machine(), time.monotonic()
        found = run(name, given.quick, peers)
        print(f"{time.monotonic() - started:.0f} s", flush=True)
        kept[name] = {
            "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "machine": before,
            "versions": {p: metadata.version(p) for p in PACKAGES} | versions(str(peers)),
            "found": found,
        }
        if given.quick:
            print(json.dumps(found, indent=1)[:3000])
            continue
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if not given.quick:
        from results import write

        write(kept, TOLD)
        print(f"written: {TOLD.relative_to(HERE.parent)}")
