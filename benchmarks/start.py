"""How soon is the kit there: imports and commands, each in a process of its own (B5).

Prints JSON: medians in seconds, and the two ratios that are asked for.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 9


def seconds(arguments: list[str]) -> float:
    """How long does Python take for these arguments, start and end included?"""
    started = time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        report = str(Path(folder) / "report.html")
        jobs = {
            "python": ["-c", ""],
            "standard library": ["-c", "import json, tomllib"],
            "import playbook": ["-c", "import playbook"],
            "import pandas": ["-c", "import pandas"],
            "playbook score": ["-m", "playbook", "score", "fandeng", "--json"],
            "playbook report": ["-m", "playbook", "report", "xiaomi", "-o", report],
        }
        taken: dict[str, list[float]] = {name: [] for name in jobs}
        for turn in range(RUNS + 1):  # they take turns, so that a busy moment hits them all
            for name, arguments in jobs.items():
                found = seconds(arguments)
                if turn:
                    taken[name].append(found)
    middle = {name: round(statistics.median(times), 3) for name, times in taken.items()}
    bare = middle["python"]
    told = {
        "seconds": middle,
        "import_playbook_to_pandas": round(
            (middle["import playbook"] - bare) / (middle["import pandas"] - bare), 3
        ),
        "score_over_limit_s": round(
            middle["playbook score"] - (2 * middle["standard library"] + 0.1), 3
        ),
    }
    print(json.dumps(told))
