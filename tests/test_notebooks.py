"""The guard over the course: nbval passes cells it never compared, so these rules come first."""

import ast
import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
UNCHECKED = {"nbval-ignore-output", "nbval-skip"}
LOGIC = (
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.FunctionDef,
    ast.Try,
    ast.While,
)
MOST_LINES = 8

pytestmark = pytest.mark.filterwarnings("error")  # nbformat only warns of a missing id


def name_of(path: Path) -> str:
    """Name a notebook as a reader would: language and file."""
    return path.relative_to(ROOT / "notebooks").as_posix()


@pytest.fixture(params=NOTEBOOKS, ids=name_of)
def path(request: pytest.FixtureRequest) -> Path:
    """Take the notebooks one by one."""
    return request.param


@pytest.fixture
def notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook as it is stored, repairing nothing."""
    return nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """List the code cells."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def checked_numbers(cell: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """List the printed outputs with a number in them that nbval compares."""
    if UNCHECKED & set(cell.metadata.get("tags", ())):
        return []
    return [
        output
        for output in cell.outputs
        if output.output_type == "stream"
        and output.name == "stdout"
        and re.search(r"\d", "".join(output.text))
    ]


def test_there_are_notebooks() -> None:
    """An empty course would pass every other rule."""
    assert "en/00_start_here.ipynb" in [name_of(path) for path in NOTEBOOKS]


def test_is_a_valid_notebook_with_cell_ids(notebook: nbformat.NotebookNode) -> None:
    """Each is nbformat 4.5 or newer, valid as it lies on disk, for the kernel everyone has."""
    nbformat.validate(notebook)
    assert (4, 5) <= (notebook.nbformat, notebook.nbformat_minor)
    assert "python3" == notebook.metadata.kernelspec.name
    ids = [cell.id for cell in notebook.cells]
    assert sorted(set(ids)) == sorted(ids)


def test_was_run_from_top_to_bottom(notebook: nbformat.NotebookNode) -> None:
    """nbval never compares a cell without an execution count."""
    cells = code(notebook)

    assert list(range(1, len(cells) + 1)) == [cell.execution_count for cell in cells]


def test_stores_no_widget_state(notebook: nbformat.NotebookNode) -> None:
    """Widget state is large, differs at every run and hides what was not run."""
    assert "widgets" not in notebook.metadata
    assert "widget-view" not in json.dumps(notebook)


def test_names_no_folder_of_the_machine_it_ran_on(notebook: nbformat.NotebookNode) -> None:
    """Outputs hold nothing of the machine that made them."""
    outputs = json.dumps([cell.outputs for cell in code(notebook)])

    assert not re.search(rf"{re.escape(str(ROOT))}|/home/|/root/|/tmp/|/Users/", outputs)


def test_uses_nothing_that_nbval_cannot_follow(notebook: nbformat.NotebookNode) -> None:
    """`Output`, `interact` and `clear_output` fail under nbval without being wrong."""
    text = "\n".join("".join(cell.source) for cell in code(notebook))

    assert not re.search(r"\bOutput\(|\binteract|\bclear_output\b", text)


def test_prints_a_number_that_is_checked(notebook: nbformat.NotebookNode) -> None:
    """At least one number of each notebook is pinned by nbval."""
    assert any(checked_numbers(cell) for cell in code(notebook))


def test_cells_are_short_and_hold_no_logic(notebook: nbformat.NotebookNode) -> None:
    """A lesson calls the library; it defines, loops and catches nothing."""
    for cell in code(notebook):
        source = "".join(cell.source)
        assert len(source.splitlines()) <= MOST_LINES, source
        found = [type(node).__name__ for node in ast.walk(ast.parse(source))]
        assert not {kind.__name__ for kind in LOGIC}.intersection(found), source


def test_no_cell_hides_its_value_with_a_semicolon(notebook: nbformat.NotebookNode) -> None:
    """A closing `;` silences a cell in JupyterLab but not under nbval, which then fails it."""
    assert not [cell.source for cell in code(notebook) if "".join(cell.source).endswith(";")]


def test_prose_stands_before_every_code_cell(notebook: nbformat.NotebookNode) -> None:
    """A learner is told what comes before it comes, and what to keep at the end."""
    kinds = [cell.cell_type for cell in notebook.cells]

    assert "markdown" == kinds[0]
    assert "markdown" == kinds[-1]
    assert ("code", "code") not in list(pairwise(kinds))


def test_tells_what_the_lesson_is(path: Path, notebook: nbformat.NotebookNode) -> None:
    """Metadata says it for the agenda; the first and the last cell say the same to a reader."""
    lesson = notebook.metadata["playbook"]
    first, last = ("".join(notebook.cells[place].source) for place in (0, -1))

    assert path.stem == lesson["id"]
    assert path.parent.name == notebook.metadata["lang"]
    assert all(isinstance(lesson["minutes"][part], int) for part in ("teaching", "exercises"))
    assert 0 < sum(lesson["minutes"].values()) <= 180
    for key, shown in {"questions": first, "objectives": first, "keypoints": last}.items():
        assert lesson[key]
        assert all(text in shown for text in lesson[key])


def nbval(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run nbval strictly over a folder, as `make test` does over notebooks/."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    options = [f"--nbval-sanitize-with={ROOT / 'tests' / 'sanitize.cfg'}", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *options, str(folder)], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_canary_a_changed_number_fails(tmp_path: Path) -> None:
    """nbval passes a notebook as it is, and fails it when one printed digit was changed."""
    source = ROOT / "notebooks" / "en" / "01_self_assessment.ipynb"
    for name in ("honest", "changed"):
        (tmp_path / name).mkdir()
        shutil.copy(ROOT / "conftest.py", tmp_path / name)
        shutil.copy(source, tmp_path / name)
    changed = tmp_path / "changed" / source.name
    notebook = nbformat.read(changed, as_version=4)
    output = next(output for cell in code(notebook) for output in checked_numbers(cell))
    output.text = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), output.text, count=1)
    nbformat.write(notebook, changed)

    honest, canary = nbval(tmp_path / "honest"), nbval(tmp_path / "changed")
    assert 0 == honest.returncode, honest.stdout
    assert 1 == canary.returncode, canary.stdout
    assert re.search(r"\b1 failed", canary.stdout), canary.stdout


def test_notebooks_say_what_their_sources_say() -> None:
    """Nobody has edited a notebook past its source, and no source was left unbuilt."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "course" / "build.py"), "--check"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (0, "") == (done.returncode, done.stdout)


@pytest.mark.parametrize(
    "name", sorted(p.name for p in (ROOT / "notebooks" / "en").glob("*.ipynb"))
)
def test_both_languages_hold_the_same_code(name: str) -> None:
    """Code cells, tags, ids and kinds of cells are the same; only words differ."""

    def bare(lang: str) -> list[tuple[str, str, object, str]]:
        book = nbformat.read(ROOT / "notebooks" / lang / name, as_version=4)
        return [
            (c.id, c.cell_type, c.metadata, c.source if c.cell_type == "code" else "")
            for c in book.cells
        ]

    assert bare("en") == bare("zh")
