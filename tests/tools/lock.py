"""Write requirements.lock: one pinned, hashed version of everything, for every system.

One version for all Pythons (`fewest`), so that a class on mixed machines sees the same numbers.
No header and no annotations: they would name the command line's paths and servers.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = [
    "argon2-cffi-bindings<26",  # the last that installs on Intel Macs without a compiler
]
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
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("\n".join(CONSTRAINTS), encoding="utf-8")
        command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *OPTIONS]
        done = subprocess.run([*command, f"--constraints={constraints}"], cwd=ROOT, check=False)
    sys.exit(done.returncode)
