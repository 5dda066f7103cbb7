"""The answers file on disk: saved whole at every change, never over something that was not read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError, refuse
from playbook.files import make_folder, read_text, set_aside, work_folder, write_whole
from playbook.learner import keep
from playbook.load import load_answers
from playbook.model import Checklist


def own_answers() -> Path | None:
    """Where are the answers that the self-assessment saved? None: nowhere yet."""
    path = work_folder() / "isooc-answers.json"
    return path if path.is_file() else None


class Store:
    """One person's answers on disk. `at`: when they were last saved, None if not yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.at: datetime | None = None
        self.barred = False
        self._known: str | None = None

    def read(self, checklist: Checklist) -> dict[str, Any] | None:
        """What was saved? None: nothing yet. A faulty file raises PlaybookError and stays."""
        if not self.path.exists():
            return None
        text = read_text(self.path)
        answers, _ = load_answers(self.path, checklist)
        self._known = text
        self.at = datetime.fromtimestamp(self.path.stat().st_mtime, UTC).astimezone()
        return dict(answers.document)

    def write(self, document: Mapping[str, Any]) -> Path | None:
        """
        Save everything in one step. Raises PlaybookError when it cannot.

        A file that another notebook or person changed meanwhile is put aside first; its new
        place is returned.
        """
        if self.barred:
            raise refuse(self.path.name, "write", reason="barred")
        make_folder(self.path.parent)
        aside = None
        if self.path.exists() and not self._ours():
            aside = self.put_aside("other")
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        write_whole(self.path, text)
        self._known = text
        self.at = datetime.now(UTC).astimezone()
        name = str(document.get("checklist"))
        if self.path == work_folder() / f"{name}-answers.json":
            # The learner's own, not those of a practice community: they travel with the course.
            keep("answers", name, dict(document))
        return aside

    def put_aside(self, why: str) -> Path:
        """Give the file another name, so that nothing is ever written over it."""
        try:
            target = set_aside(self.path, why)
        except PlaybookError:
            self.barred = True  # it cannot be moved, so nothing may be saved in its place
            raise
        self._known = None
        return target

    def _ours(self) -> bool:
        try:
            return read_text(self.path) == self._known
        except PlaybookError:
            return False
