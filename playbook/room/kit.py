"""Everything for a day in one folder, from the same notebooks: for participants and trainer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playbook.files import make_folder, set_aside, write_whole
from playbook.load import load_checklist
from playbook.room.agenda import Agenda
from playbook.room.lessons import Lesson, tags
from playbook.words import language

#: What participants do not get: the trainer's notes, and solutions (which their trainer has).
HELD_BACK = {"instructor", "solution"}


def participant_copy(lesson: Lesson, lang: str | None = None) -> dict[str, Any]:
    """
    The notebook of a lesson without notes for the trainer, solutions and results.

    Who is asked to guess first finds nothing there yet; running a cell brings it.

    >>> from playbook.room.lessons import lessons
    >>> cells = participant_copy(lessons()[0], "en")["cells"]
    >>> any(HELD_BACK & set(tags(cell)) or cell.get("outputs") for cell in cells)
    False
    """
    path = lesson.paths[language(lang)]
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"] = [
        cell | ({"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {})
        for cell in notebook["cells"]
        if not HELD_BACK & set(tags(cell))
    ]
    return notebook


def write_kit(agenda: Agenda, folder: Path, lang: str | None = None) -> list[str]:
    """
    Write what a workshop needs; returns the names, folders with a slash.

    Plan, trainer's guide, slides for the room and with notes, form, paper, notebooks for
    participants and for the trainer, and an empty folder for the answers that come in. Pages of
    these names are replaced, each by a whole new one; a notebook that somebody has worked in is
    set aside (`….old-1.ipynb`); nothing else is touched.
    """
    from playbook.present.agenda_page import agenda_html, guide_html
    from playbook.present.form_page import form_html
    from playbook.present.form_paper import paper_html
    from playbook.present.slides import slides_html

    lang = language(lang)
    checklist = load_checklist()
    for name in ("answers", f"participants/{lang}", f"trainer/{lang}"):
        make_folder(folder / name)
    pages = {
        "agenda.html": agenda_html(agenda, lang),
        "form.html": form_html(checklist, lang),
        "paper.html": paper_html(checklist, lang),
        "slides.html": slides_html(agenda, lang),
        "trainer/guide.html": guide_html(agenda, lang),
        "trainer/slides.html": slides_html(agenda, lang, notes=True),
    }
    for name, page in pages.items():
        write_whole(folder / name, page)
    for lesson, _ in agenda.taken:
        # In a folder of its language: by that a notebook knows which one it speaks.
        path = lesson.paths[lang]
        whole = path.read_text(encoding="utf-8")
        copy = json.dumps(participant_copy(lesson, lang), ensure_ascii=False, indent=1) + "\n"
        _renew(folder / "trainer" / lang / path.name, whole)
        _renew(folder / "participants" / lang / path.name, copy)
    return [*pages, "participants/", "trainer/", "answers/"]


def _renew(path: Path, text: str) -> None:
    """Write a notebook; one that says something else stays beside it under another name."""
    if path.is_file() and path.read_bytes() != text.encode("utf-8"):
        set_aside(path, "old")
    write_whole(path, text)
