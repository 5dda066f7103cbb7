"""Make the notebooks of both languages from one source a lesson: `course/NN_name.md`.

A source is TOML between two lines `+++`, then cells. `%% text` begins words in English, the
`%% zh` after it the same in Chinese; `%% note` likewise, for the trainer only; `%% code` is the
same in both languages. After the mark may stand `id=…`, `tags=a,b` and `slide=…`.

    python course/build.py            write what has changed
    python course/build.py --check    say what would change; exit 1 if anything does
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from playbook.words import LANGUAGES, say

COURSE = Path(__file__).resolve().parent
NOTEBOOKS = COURSE.parent / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


@dataclass
class Cell:
    """One cell of a lesson: `code`, or words in both languages (`text`, `note`)."""

    kind: str
    options: dict[str, str]
    words: dict[str, str]


def read_lesson(path: Path) -> tuple[dict[str, Any], list[Cell]]:
    """What does a lesson's source say: its head and its cells? A fault names file and place."""
    source = path.read_text(encoding="utf-8")
    head, mark, body = source.removeprefix("+++\n").partition("\n+++\n")
    if not source.startswith("+++\n") or not mark:
        raise SystemExit(f"{path.name}: begins with TOML between two lines of +++")
    cells: list[Cell] = []
    for part in re.split(r"(?m)^%% ?", body)[1:]:
        first, _, words = part.partition("\n")
        kind, *rest = first.split()
        options = dict(item.partition("=")[::2] for item in rest)
        if kind == "zh":
            if not cells or cells[-1].kind == "code" or "zh" in cells[-1].words:
                raise SystemExit(f"{path.name}: a %% zh without its English: {words[:40]!r}")
            cells[-1].words["zh"] = words.strip()
        elif kind == "code":
            cells.append(Cell(kind, options, dict.fromkeys(LANGUAGES, words.strip())))
        elif kind in ("text", "note"):
            cells.append(Cell(kind, options, {"en": words.strip()}))
        else:
            raise SystemExit(f"{path.name}: no cell of kind {kind!r}; use text, zh, note, code")
    for cell in cells:
        if set(cell.words) != set(LANGUAGES):
            raise SystemExit(f"{path.name}: no Chinese for {cell.words['en'][:40]!r}")
    return tomllib.loads(head), cells


def opening(head: dict[str, Any], lang: str) -> str:
    """The first cell: title, promise, questions, objectives, minutes."""
    told, minutes = head[lang], head["minutes"]
    lines = [
        f"# {told['title']}",
        "",
        told["promise"],
        "",
        f"**{say('lesson.minutes', lang, **minutes)}**",
    ]
    for key in ("questions", "objectives"):
        lines += ["", f"**{say(f'lesson.{key}', lang)}**", "", *(f"- {x}" for x in told[key])]
    return "\n".join(lines)


def closing(head: dict[str, Any], lang: str) -> str:
    """The last cell: the key points."""
    points = (f"- {point}" for point in head[lang]["keypoints"])
    return "\n".join([f"## {say('lesson.keypoints', lang)}", "", *points])


def build(path: Path, lang: str) -> nbformat.NotebookNode:
    """A lesson as a notebook in one language, not yet run."""
    head, cells = read_lesson(path)
    notebook = nbformat.v4.new_notebook()
    lesson = {key: head[key] for key in ("id", "minutes")}
    lesson |= {key: head[key] for key in ("needs", "group") if key in head}
    lesson |= {key: head[lang][key] for key in ("title", "questions", "objectives", "keypoints")}
    lesson["materials"] = head[lang].get("materials", [])
    notebook.metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        "lang": lang,
        "playbook": lesson,
    }

    def add(cell: nbformat.NotebookNode, slide: str, tags: list[str], name: str = "") -> None:
        cell.id = f"{head['id'].replace('_', '-')}-{name or len(notebook.cells):0>2}"
        cell.metadata = {"slideshow": {"slide_type": slide}} | ({"tags": tags} if tags else {})
        if "solution" in tags:  # folded: to be opened after trying
            cell.metadata["jupyter"] = {"source_hidden": True, "outputs_hidden": True}
        if "instructor" in tags:  # for the trainer: participants see a folded line
            cell.metadata["jupyter"] = {"source_hidden": True}
        notebook.cells.append(cell)

    add(nbformat.v4.new_markdown_cell(opening(head, lang)), "slide", [])
    for cell in cells:
        make = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        tags = [tag for tag in cell.options.get("tags", "").split(",") if tag]
        if cell.kind == "note":
            tags.append("instructor")
        usual = {"code": "fragment", "note": "notes"}.get(cell.kind)
        begins = cell.words["en"].startswith("## ")
        slide = cell.options.get("slide") or usual or ("slide" if begins else "-")
        add(make(cell.words[lang]), slide, tags, cell.options.get("id", ""))
    add(nbformat.v4.new_markdown_cell(closing(head, lang)), "slide", [])
    return notebook


def same_words(one: nbformat.NotebookNode, other: nbformat.NotebookNode) -> bool:
    """Do two notebooks say the same, whatever their outputs are?"""

    def bare(notebook: nbformat.NotebookNode) -> list[Any]:
        cells = [(c.id, c.cell_type, c.source, c.metadata) for c in notebook.cells]
        return [*cells, {k: v for k, v in notebook.metadata.items() if k != "language_info"}]

    return bare(one) == bare(other)


def changed() -> list[tuple[Path, nbformat.NotebookNode]]:
    """Which notebooks are not what their sources say? Those without a source stand with None."""
    found = []
    for source in sorted(COURSE.glob("[0-9][0-9]_*.md")):
        for lang in LANGUAGES:
            path, made = NOTEBOOKS / lang / f"{source.stem}.ipynb", build(source, lang)
            nbformat.validate(made)
            if not path.exists() or not same_words(nbformat.read(path, as_version=4), made):
                found.append((path, made))
    return found


def keep_outputs(path: Path, notebook: nbformat.NotebookNode) -> None:
    """What unchanged cells printed last time stays, until `make notebooks` runs them again."""
    if path.exists():
        before = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
        for cell in notebook.cells:
            old = before.get(cell.id)
            if cell.cell_type == "code" and old is not None and old.source == cell.source:
                cell.outputs, cell.execution_count = old.outputs, old.execution_count


def main() -> int:
    """Write or check; returns the exit code."""
    check = "--check" in sys.argv
    for path, notebook in changed():
        print(f"{'differs' if check else 'written'}: {path.relative_to(COURSE.parent)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            keep_outputs(path, notebook)
            nbformat.write(notebook, path)
    return int(check and bool(changed()))


if __name__ == "__main__":
    sys.exit(main())
