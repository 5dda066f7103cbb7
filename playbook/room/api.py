"""What the library offers for a room full of people: `form`, `workshop`, `history`, `agenda`."""

from __future__ import annotations

from pathlib import Path

from playbook.files import write_whole
from playbook.load import load_checklist


def form(
    output: str | Path,
    checklist: str = "isooc",
    content: str | Path | None = None,
    lang: str | None = None,
    paper: bool = False,
) -> Path:
    """
    How do people answer without installing anything? One HTML page, written to `output`.

    It needs no server and no network, holds both languages and gives an answers file, the same
    as text, and an answer code. `paper`: two sheets of A4 instead, in one language. `content`:
    a file of your own laid over ours. Returns the path. Raises PlaybookError on bad input.
    """
    found = load_checklist(checklist, content)
    path = Path(output)
    if paper:
        from playbook.present.form_paper import paper_html

        write_whole(path, paper_html(found, lang))
    else:
        from playbook.present.form_page import form_html

        write_whole(path, form_html(found, lang))
    return path
