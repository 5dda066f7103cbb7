"""Run the notebooks (all, or those named) and keep what they print.

A file is written only when something a reader sees has changed. Widget views and state are left
out: without a kernel they show as errors; the plain text beside them stays and nbval compares it.
"""

import copy
import os
import re
import sys
import tempfile
from configparser import ConfigParser
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
VIEW = "application/vnd.jupyter.widget-view+json"


def notebooks() -> list[Path]:
    """List all notebooks of the course, in order."""
    found = (ROOT / "notebooks").rglob("*.ipynb")
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a notebook in place, in its own folder, on an empty work folder."""
    with tempfile.TemporaryDirectory(prefix="playbook-run-", ignore_cleanup_errors=True) as work:
        environment = {**os.environ, "PLAYBOOK_WORK": work}
        environment.pop("PLAYBOOK_LANG", None)
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            store_widget_state=False,
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(env=environment)


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Drop from a notebook that was run what would differ on another machine."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata.kernelspec = copy.deepcopy(KERNEL)
    notebook.metadata.language_info = {"name": "python"}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(VIEW, None)
            output.get("metadata", {}).pop(VIEW, None)
            if output.output_type == "error":  # the traceback would show this machine's paths
                output.traceback = [f"{output.ename}: {output.evalue}"]


def name_cells(notebook: nbformat.NotebookNode) -> None:
    """Give an id to each cell that has none, or one that was used before it."""
    notebook.nbformat, notebook.nbformat_minor = 4, max(5, notebook.nbformat_minor)
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        if cell.get("id") in {None, *seen}:
            cell["id"] = next(
                name
                for name in (f"cell-{number + step}" for step in range(len(notebook.cells) + 1))
                if name not in seen and all(other.get("id") != name for other in notebook.cells)
            )
        seen.add(cell["id"])


def comparable(text: str) -> str:
    """Return the text without what tests/sanitize.cfg says differs between honest runs."""
    rules = ConfigParser(interpolation=None)
    rules.read(ROOT / "tests" / "sanitize.cfg", encoding="utf-8")
    for section in rules.sections():
        text = re.sub(rules[section]["regex"], rules[section]["replace"], text)
    return text


def refresh(path: Path) -> str:
    """Run one notebook, write it if it changed, and say what happened."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.from_dict(nbformat.reader.reads(before))
    name_cells(notebook)
    try:
        execute(notebook, path.parent)
    except CellExecutionError as error:
        return f"FAILED\n{error}"
    tidy(notebook)
    nbformat.validate(notebook)
    after = nbformat.writes(notebook) + "\n"
    if comparable(after) == comparable(before):
        return "unchanged"
    path.write_text(after, encoding="utf-8", newline="\n")
    return "written"


if __name__ == "__main__":
    results = []
    for path in [Path(name).resolve() for name in sys.argv[1:]] or notebooks():
        print(f"{path.relative_to(ROOT)}: ", end="", flush=True)
        results.append(refresh(path))
        print(results[-1], flush=True)
    if not results:
        sys.exit("No notebook was found.")
    sys.exit(any(result.startswith("FAILED") for result in results))
