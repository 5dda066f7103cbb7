"""Slides from the same notebooks: one HTML file with reveal.js in it, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from playbook.present.agenda_page import line_by_line, markdown
from playbook.present.document import document, line
from playbook.words import PACKAGE, language, say

if TYPE_CHECKING:
    from playbook.room.agenda import Agenda
    from playbook.room.lessons import Lesson

#: How one of our controls names itself where it cannot be shown: `SelfAssessment(isooc: …)`.
_CONTROL = re.compile(r"[A-Z]\w+\(.*\)")
_SHEET = """
html,body{height:100%}
.pb.pb-page{height:100%;overflow:hidden}
.reveal .slides{text-align:start}
.reveal-viewport{background:var(--pb-ground)!important;color:var(--pb-ink)!important}
.reveal .slides section{padding:1.2rem 4.5rem 1.2rem 1.6rem;overflow-y:auto;height:100%;
  max-height:100%;
  font-size:26px;line-height:1.45}
.reveal .slides section.stack{overflow:visible}
.reveal .slides section.pb-first{display:flex!important;flex-direction:column;
  justify-content:center}
.reveal .pb-first h1{font-size:2em}
.reveal h1{margin-bottom:.5em}.reveal h2{margin-bottom:.5em;color:var(--pb-accent)}
.reveal pre{font-size:.75em;line-height:1.4;background:var(--pb-raised);padding:.6em .9em;
  border-radius:8px;white-space:pre-wrap}
.reveal table{border-collapse:collapse;font-size:.85em;margin:.4em 0}
.reveal :is(th,td){border-bottom:1px solid var(--pb-line);padding:.3em .9em .3em 0;
  text-align:start;vertical-align:top}
.reveal .pb-chart svg{max-width:none;max-height:430px}
.reveal .pb-figure{font-size:.85em}
.reveal .pb-tools{display:none}
.reveal .fragment{transition:none!important}
.pb-measure :is(.slides,section){display:block!important}
.reveal .progress{color:var(--pb-accent);height:5px}
.reveal .controls{color:var(--pb-accent)}
.reveal .slide-number{left:8px;right:auto;background:none;color:var(--pb-muted)}
.reveal .slide-number a{color:inherit}
.reveal aside.notes{display:none}
@media print{.pb.pb-page{height:auto;overflow:visible}}
"""


def slides_html(agenda: Agenda, lang: str | None = None, notes: bool = False) -> str:
    """
    What is projected: the lessons of a plan as slides?

    The cut into slides is that of the notebooks. Code is left out; what it printed and drew
    stands there. With `notes` each slide carries the trainer's words (for the trainer's copy).
    """
    lang = language(lang)
    title = say("agenda.slides", lang, minutes=agenda.minutes)
    first = (
        f'<section class="pb-first"><h1>{line(say("agenda.title", lang, minutes=agenda.minutes))}'
        f'</h1><p class="pb-muted">{line(say("agenda.slides_help", lang))}</p></section>'
    )
    every = "".join(_lesson(lesson, lang, notes) for lesson, _ in agenda.taken)
    reveal = "reveal pb-notes" if notes else "reveal"
    body = f'<div class="{reveal}"><div class="slides">{first}{every}</div></div>'
    folder = PACKAGE / "present" / "vendor"
    notice = (folder / "reveal.LICENSE").read_text(encoding="utf-8")
    sheet = (folder / "reveal.css").read_text(encoding="utf-8")
    script = (folder / "reveal.js").read_text(encoding="utf-8")
    begin = (PACKAGE / "present" / "slides.js").read_text(encoding="utf-8")
    # Inside <script> only this could end it.
    script = f"/* reveal.js\n{notice}*/\n{script}\n{begin}".replace("</script", "<\\/script")
    return document(title, body, lang, f"{sheet}{_SHEET}", script)


def _lesson(lesson: Lesson, lang: str, notes: bool) -> str:
    """A lesson as one column: its title to the right of the last one, the rest below it."""
    slides = "".join(f"<section>{inner}</section>" for inner in _slides(lesson, lang, notes))
    return f"<section>{slides}</section>"


def _slides(lesson: Lesson, lang: str, notes: bool) -> Iterator[str]:
    steps: list[str] = []
    for cell in lesson.cells(lang):
        kind = cell.get("metadata", {}).get("slideshow", {}).get("slide_type", "-")
        if kind == "slide" and steps:
            yield _stepwise(steps)
            steps = []
        # What a cell shows, and what is said about it, waits until the room has guessed.
        if not steps or cell.get("outputs"):
            steps.append("")
        steps[-1] += _cell(cell, kind, lang, notes)
    if steps:
        yield _stepwise(steps)


def _stepwise(steps: Sequence[str]) -> str:
    """One slide, of which all but the first step wait for a key."""
    first, *rest = steps
    return first + "".join(f'<div class="fragment">{step}</div>' for step in rest if step)


def _cell(cell: Mapping[str, Any], kind: str, lang: str, notes: bool) -> str:
    tags = cell.get("metadata", {}).get("tags", [])
    text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    if "instructor" in tags or kind == "notes":
        return f'<aside class="notes">{markdown(text)}</aside>' if notes else ""
    if "solution" in tags or kind == "skip":
        return ""
    if cell["cell_type"] == "markdown":
        return markdown(text)
    return "".join(_output(output, lang) for output in cell.get("outputs", []))


def _output(output: Mapping[str, Any], lang: str) -> str:
    """What a cell showed: a picture, a table, a printed text; a control only in the notebook."""
    if output["output_type"] == "stream":
        return f"<pre>{line_by_line(_joined(output['text']))}</pre>"
    if output["output_type"] == "error":
        return f"<pre>{line_by_line(_joined(output['evalue']))}</pre>"
    data = output.get("data", {})
    plain = _joined(data.get("text/plain", ""))
    if any("widget-view" in mime for mime in data) or _CONTROL.fullmatch(plain):
        return f'<p class="pb-notice">{line(say("agenda.in_notebook", lang))}</p>'
    if "text/html" in data:
        # Our own pictures and tables, from our own notebooks; the page's style sheet is theirs.
        shown = re.sub(r"<style\b.*?</style>", "", _joined(data["text/html"]), flags=re.DOTALL)
        return shown.replace('<div class="pb">', "<div>")
    return f"<pre>{line_by_line(plain)}</pre>" if plain else ""


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
