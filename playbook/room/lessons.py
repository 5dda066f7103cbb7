"""The lessons as they say of themselves: minutes, needs, materials, notes for the trainer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbook.files import notebooks_folder
from playbook.words import LANGUAGES, language


@dataclass(frozen=True)
class Lesson:
    """One lesson of the course; what is told stands by language."""

    id: str
    teaching: int
    exercises: int
    needs: tuple[str, ...]
    group: str
    told: Mapping[str, Mapping[str, Any]] = field(repr=False)
    paths: Mapping[str, Path] = field(repr=False)

    @property
    def minutes(self) -> int:
        """Reading, talking and doing together."""
        return self.teaching + self.exercises

    def say(self, key: str, lang: str | None = None) -> Any:
        """Its title, questions, objectives, keypoints or materials."""
        return self.told[language(lang)].get(key, [])

    def cells(self, lang: str | None = None) -> list[dict[str, Any]]:
        """The cells of its notebook."""
        found: list[dict[str, Any]] = _read(self.paths[language(lang)])["cells"]
        return found

    def notes(self, lang: str | None = None) -> list[str]:
        """What it says to the trainer, in Markdown."""
        return [source(c) for c in self.cells(lang) if "instructor" in tags(c)]

    def solutions(self, lang: str | None = None) -> list[dict[str, Any]]:
        """The cells that solve its exercises."""
        found = self.cells(lang)
        return [c for c in found if "solution" in tags(c) and c["cell_type"] == "code"]


def tags(cell: Mapping[str, Any]) -> list[str]:
    """The tags of a cell."""
    return list(cell.get("metadata", {}).get("tags", []))


def source(cell: Mapping[str, Any]) -> str:
    """What stands in a cell."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def lessons(folder: Path | None = None) -> tuple[Lesson, ...]:
    """
    Which lessons are there, in both languages? In the order of their numbers.

    >>> lessons()[1].id, lessons()[1].minutes
    ('01_self_assessment', 55)
    """
    folder = folder or notebooks_folder()
    found = []
    for path in sorted((folder / "en").glob("[0-9][0-9]_*.ipynb")):
        paths = {lang: folder / lang / path.name for lang in LANGUAGES}
        if not all(one.is_file() for one in paths.values()):
            continue  # a lesson in one language is none for a mixed room
        told = {lang: _read(one)["metadata"].get("playbook", {}) for lang, one in paths.items()}
        head = told["en"]
        if not all("minutes" in one for one in told.values()):
            continue
        found.append(
            Lesson(
                id=head["id"],
                teaching=head["minutes"]["teaching"],
                exercises=head["minutes"]["exercises"],
                needs=tuple(head.get("needs", ())),
                group=head.get("group", ""),
                told=told,
                paths=paths,
            )
        )
    return tuple(found)


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
