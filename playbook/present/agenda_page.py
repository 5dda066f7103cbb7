"""The plan of a workshop to print, and the trainer's guide with the notes of the lessons."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from playbook.present.document import bullets, line, paragraph
from playbook.present.page_parts import page, section
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.room.agenda import Agenda, Part

_SHEET = """
main>section{margin:1.6rem 0}
.pb h2{margin-bottom:.4rem}
.pb .pb-plan :is(td:first-child,thead th){white-space:nowrap;overflow-wrap:normal}
.pb-plan .pb-number{padding-inline-end:1.2em}
.pb .pb-plan tr.pb-pause td,.pb .pb-plan tr.pb-pause th{background:var(--pb-raised)}
.pb .pb-plan tfoot th,.pb .pb-plan tfoot td{font-weight:700;border-top:2px solid var(--pb-edge)}
.pb-lesson{break-inside:avoid}
.pb-trainer{border-inline-start:5px solid var(--pb-accent);padding:.2em 0 .2em 1em;margin:.8em 0}
.pb-said-by{overflow-x:auto}
.pb pre{overflow-x:auto;background:var(--pb-raised);padding:.6em .8em;border-radius:6px;
  font-size:.85em;white-space:pre-wrap}
.pb .pb-said-by table{border-collapse:collapse}
.pb .pb-said-by :is(th,td){border-bottom:1px solid var(--pb-line);padding:.25em .8em .25em 0;
  text-align:start}
@media print{.pb.pb-page{font-size:10.5pt}.pb-plan tfoot{display:table-row-group}}
"""


def agenda_html(agenda: Agenda, lang: str | None = None) -> str:
    """What happens when, and what has to be ready? One page to print."""
    lang = language(lang)
    title = say("agenda.title", lang, minutes=agenda.minutes)
    lessons = (
        say("agenda.lesson", lang, id=lesson.id, name=lesson.say("title", lang),
            teaching=lesson.teaching, exercises=lesson.exercises)
        for lesson, _ in agenda.taken
    )  # fmt: skip
    materials = bullets(agenda.materials(lang))
    body = (
        section("", _table(agenda, lang))
        + section(say("agenda.materials", lang), materials)
        + section(say("agenda.homework", lang), bullets(_homework(agenda, lang)))
        + section(say("agenda.lessons", lang), bullets(lessons))
    )
    return page(title, paragraph(say("agenda.about", lang)), body, lang, _SHEET)


def _homework(agenda: Agenda, lang: str) -> list[str]:
    return [
        say("agenda.homework_lesson", lang, name=one.say("title", lang), minutes=one.exercises)
        for one in agenda.homework
    ]


def _table(agenda: Agenda, lang: str) -> str:
    heads = "".join(
        f'<th scope="col">{line(say(f"agenda.{key}", lang))}</th>'
        for key in ("time", "minutes", "part", "what")
    )
    rows = "".join(
        f"<tr{_pause(part)}><td>{agenda.clock(part.at)}</td>"
        f'<td class="pb-number">{part.minutes}</td>'
        f'<th scope="row">{line(part.title(lang))}</th><td>{line(part.what(lang))}</td></tr>'
        for part in agenda.parts
    )
    total = (
        f'<tfoot><tr><td>{agenda.clock(agenda.minutes)}</td><td class="pb-number">'
        f"{sum(part.minutes for part in agenda.parts)}</td>"
        f'<th scope="row">{line(say("agenda.sum", lang))}</th><td></td></tr></tfoot>'
    )
    return (
        f'<table class="pb-table pb-plan"><caption class="pb-hidden">'
        f"{line(say('agenda.title', lang, minutes=agenda.minutes))}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>{total}</table>"
    )


def _pause(part: Part) -> str:
    return ' class="pb-pause"' if part.kind in ("break", "lunch") else ""


def guide_html(agenda: Agenda, lang: str | None = None) -> str:
    """
    What does the trainer have in hand? The plan, and for each lesson what it is for, what to
    prepare, what its notes say and its solutions.
    """
    lang = language(lang)
    title = say("agenda.guide", lang, minutes=agenda.minutes)
    parts = "".join(_part(agenda, part, lang) for part in agenda.parts)
    plan = section("", _table(agenda, lang))
    materials = section(say("agenda.materials", lang), bullets(agenda.materials(lang)))
    about = paragraph(say("agenda.guide_about", lang))
    return page(title, about, plan + materials + parts, lang, _SHEET)


def _part(agenda: Agenda, part: Part, lang: str) -> str:
    when = say(
        "agenda.from_to",
        lang,
        start=agenda.clock(part.at),
        end=agenda.clock(part.at + part.minutes),
        minutes=part.minutes,
    )
    inner = paragraph(part.what(lang)) if part.lesson is None else ""
    lesson = part.lesson
    if lesson is not None and part.kind == "teaching":
        for key in ("questions", "objectives", "keypoints"):
            inner += f"<h3>{line(say(f'lesson.{key}', lang))}</h3>{bullets(lesson.say(key, lang))}"
        notes = "".join(markdown(text) for text in lesson.notes(lang))
        if notes:
            inner += f'<div class="pb-trainer pb-said-by">{notes}</div>'
    elif lesson is not None:
        solved = "".join(_solution(cell) for cell in lesson.solutions(lang))
        inner = paragraph(part.what(lang))
        if solved:
            inner += f"<h3>{line(say('agenda.solutions', lang))}</h3>{solved}"
    return (
        f'<section class="pb-lesson"><h2>{line(part.title(lang))}</h2>'
        f'<p class="pb-muted">{line(when)}</p>{inner}</section>'
    )


def _solution(cell: dict[str, Any]) -> str:
    """What a solution prints: the credit and the reason, not the code."""
    told = "".join(_printed(output) for output in cell.get("outputs", []))
    return f"<pre>{line_by_line(told)}</pre>" if told.strip() else ""


def _printed(output: dict[str, Any]) -> str:
    text = output.get("text", "")
    return text if isinstance(text, str) else "".join(text)


def line_by_line(text: str) -> str:
    """Printed text as text, its lines kept."""
    return "\n".join(line(one) for one in text.strip().splitlines())


@cache
def _renderer() -> Any:
    import mistune  # only who writes a guide or slides needs it

    return mistune.create_markdown(escape=True, plugins=["table"])


def markdown(text: str) -> str:
    """A cell of words as HTML; markup in it stays text."""
    return str(_renderer()(text))
