"""Run every check of the project, all of them even when one fails, and sum up at the end."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKERS = str(min(2, os.cpu_count() or 1))
PYTEST = ["pytest", "--quiet"]

# Browser tests go alone and in one process: two Chromiums and their kernels would fight over cores.
CHECKS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "spelling": ["codespell_lib", "."],
    "types": ["mypy"],
    "tests": [*PYTEST, "-m", "not browser", "-n", WORKERS, "--dist", "loadscope"],
    "browser": [*PYTEST, "-m", "browser", "tests"],
    "notebooks": [
        *PYTEST,
        "--nbval",
        "--nbval-current-env",
        "--nbval-sanitize-with=tests/sanitize.cfg",
        "--nbval-cell-timeout=120",
        *("-n", WORKERS, "--dist", "loadfile"),
        "notebooks/",
    ],
}


def run(name: str, arguments: list[str]) -> tuple[bool, str]:
    """Run one check, show what it says, and return whether it passed and its closing line."""
    print(f"\n--- {name}: {' '.join(arguments)}", flush=True)
    started = time.monotonic()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:replace"}
    with subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        last = ""
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip("= \n") or last
    passed = process.returncode == 0
    seconds = time.monotonic() - started
    counts = last if re.match(r"\d+ \w+", last) and "pytest" in arguments else ""
    return passed, f"{name:10} {'passed' if passed else 'FAILED':7} {seconds:6.1f} s  {counts}"


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(CHECKS)
    if unknown := [name for name in chosen if name not in CHECKS]:
        sys.exit(f"No check is called {', '.join(unknown)}. There are: {', '.join(CHECKS)}.")
    results = [run(name, CHECKS[name]) for name in chosen]
    print("\n--- summary")
    for _, line in results:
        print(line.rstrip())
    sys.exit(not all(passed for passed, _ in results))
