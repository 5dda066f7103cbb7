"""Write requirements.lock: one pinned, hashed version of everything, for every system.

One version for all Pythons (`fewest`), so that a class on mixed machines sees the same numbers.
No header and no annotations: they would name the command line's paths and servers.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = [
    "--extra=test",
    "--universal",
    "--python-version=3.11",
    "--fork-strategy=fewest",
    "--upgrade",
    "--no-build",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
    "--quiet",
    "--output-file=requirements.lock",
]

if __name__ == "__main__":
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *OPTIONS]
    sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
