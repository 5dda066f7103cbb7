"""Time what should feel instant: the median of a few runs, each in a fresh process."""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
PLAYBOOK = ["-m", "playbook"]


def seconds(arguments: list[str]) -> float:
    """Return how long Python takes for these arguments, start and end included."""
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report = str(Path(folder) / "report.html")
        for name, arguments in {
            "python alone": ["-c", ""],
            "import playbook": ["-c", "import playbook"],
            "playbook score": [*PLAYBOOK, "score", "fandeng", "--json"],
            "playbook compare": [*PLAYBOOK, "compare", "pinduoduo", "--with", "fandeng,xiaomi"],
            "playbook report": [*PLAYBOOK, "report", "xiaomi", "-o", report],
        }.items():
            print(f"{name:18} {seconds(arguments) * 1000:7.0f} ms", flush=True)
