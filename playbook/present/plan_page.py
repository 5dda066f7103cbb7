"""The plan on one A4 page: what was answered on the way, and what was decided to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from playbook.load import load_checklist
from playbook.present.document import bullets, line, paragraph
from playbook.present.page_parts import page, section
from playbook.present.sentences import milestone, short_label, standing, summary
from playbook.scoring.plan import MOST, Parts, Todo, Way, along, read_plan, redlines
from playbook.words import language, say, text

_SHEET = """
header{padding-bottom:.5rem;margin-bottom:.8rem}
.pb h2{font-size:1.05em;margin:0 0 .25em;color:var(--pb-accent)}
.pb-plan section{margin:.9rem 0}
.pb-plan p{margin:.2em 0}
.pb-plan ul{margin:.2em 0}
.pb-decided{columns:2 17em;column-gap:1.4rem}
.pb .pb-todos{list-style:none;padding:0;margin:.2em 0;counter-reset:todo}
.pb-todos>li{counter-increment:todo;display:grid;gap:0 .9em;padding:.45em 0;
  grid-template-columns:1.4em minmax(0,1fr) 9em 7em;border-top:1px solid var(--pb-line)}
.pb-todos>li::before{content:counter(todo);font-weight:700;color:var(--pb-accent)}
.pb-label{display:block;font-size:.8em;font-weight:400;color:var(--pb-muted);margin:0}
.pb-two{display:grid;gap:0 1.4rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,17em),1fr))}
.pb-blank{display:block;border-bottom:1px solid var(--pb-edge);min-height:1.5em;min-width:4em}
.pb-know{border:2px solid var(--pb-accent);border-radius:8px;padding:.6em .9em}
@media (max-width:34rem){.pb-todos>li{grid-template-columns:1.4em minmax(0,1fr) minmax(0,1fr)}
  .pb-todos>li>div:first-of-type{grid-column:2/-1}
  .pb-todos>li>div:nth-of-type(2){grid-column:2}}
@page{size:A4;margin:11mm 13mm}
@media print{.pb.pb-page{font-size:9.2pt;line-height:1.38}.pb-plan section{margin:.55rem 0}
  .pb h1{font-size:1.6em}header{padding-bottom:.3rem;margin-bottom:.5rem}
  footer{padding:.4rem 0 0}
  .pb-two{grid-template-columns:1fr 1fr}
  .pb-todos>li{grid-template-columns:1.4em minmax(0,1fr) 8em 6.5em}
  .pb-todos>li>div:nth-of-type(n){grid-column:auto}}
"""


def aim_name(aim: str | None, lang: str | None = None) -> str:
    """What is an aim called: '1,000: Rules', 'stay as large as we are'? Empty for none."""
    if aim is None:
        return ""
    for found in load_checklist().milestones:
        if found.id == aim:
            size = milestone(aim, lang)
            return say("plan.aim_milestone", lang, size=size, name=found.name(lang))
    return say(f"plan.aim_{aim}", lang)


def decisions(way: Way, lang: str | None = None) -> list[str]:
    """What did the diagnoses come to, one line each?"""
    return [
        say(
            "plan.decided",
            lang,
            name=score.checklist.name(lang),
            outcome=score.decision.outcome.name(lang)
            if score.decision and score.decision.outcome
            else say("plan.undecided", lang),
        )
        for score in way.diagnoses
    ]


def stand(way: Way, lang: str | None = None) -> list[str]:
    """Where does the community stand, in two sentences? None where nothing was answered."""
    if way.main is None or not way.main.answered:
        return []
    return [s for s in (summary(way.main, lang)[0], standing(way.main, lang)) if s]


def learnt(way: Way, lang: str | None = None) -> str:
    """How much of the course was done? Empty where nothing was."""
    done = way.credits
    if not (done.tried or done.guesses):
        return ""
    return say(
        "plan.page_learnt",
        lang,
        tried=done.tried,
        all=done.all,
        points=f"{done.points:.1f}".removesuffix(".0"),
        graded=done.graded,
        guesses=done.guesses,
    )


def plan_html(record: Mapping[str, Any], lang: str | None = None, way: Way | None = None) -> str:
    """
    What does a community mean to do next? One whole HTML page that prints on one sheet of A4.

    `record` is a learner's file; `way` what was answered (default: the answers in the record).
    What is open is a line to write on. Everything a person wrote is shown as text.
    """
    lang = language(lang)
    way = way or along(record)
    parts = read_plan(record.get("plan", {}))
    name = short_label(parts.name or way.name, 70) or say("plan.unnamed", lang)
    aim = aim_name(parts.aim or way.aim(), lang)
    today = datetime.now().astimezone().date().isoformat()
    head = [say("plan.page_aim", lang, aim=aim)] if aim else []
    head.append(say("plan.page_date", lang, date=today))
    title = say("plan.page_title", lang, name=name)
    body = (
        section(say("plan.page_stand", lang), _stand(way, lang))
        + section(say("plan.page_decided", lang), bullets(decisions(way, lang), "pb-decided"))
        + section(say("plan.page_actions", lang), _todos(parts, lang))
    )
    two = section(say("plan.page_practice", lang), _practice(parts, way, lang))
    two += section(say("plan.page_redline", lang), _redline(parts, lang))
    body += f'<div class="pb-two">{two}</div>{_know(parts, lang)}'
    intro = paragraph(say("figure.dot", lang).join(head), "pb-muted")
    foot = paragraph(learnt(way, lang)) + paragraph(say("plan.page_foot", lang))
    return page(title, intro, body, lang, _SHEET, foot, "pb-plan")


def _after(word: str, told: str, lang: str) -> str:
    """A label and what it is of; Chinese needs no space after its colon."""
    return f"{say(word, lang)}{say('chart.space', lang)}{told}"


def _or_blank(text_: str, most: int) -> str:
    shown = short_label(text_, most)
    return f"<bdi>{line(shown)}</bdi>" if shown else '<span class="pb-blank"></span>'


def _stand(way: Way, lang: str) -> str:
    told = stand(way, lang)
    if not told:
        return paragraph(say("plan.no_score", lang), "pb-hint")
    return f"<p><strong>{line(told[0])}</strong> {line(' '.join(told[1:]))}</p>"


def _todos(parts: Parts, lang: str) -> str:
    todos = [*parts.todos, *[None] * (MOST - len(parts.todos))]
    return f'<ol class="pb-todos">{"".join(_todo(todo, lang) for todo in todos)}</ol>'


def _todo(todo: Todo | None, lang: str) -> str:
    if todo is None:
        what = '<span class="pb-blank"></span>'
    else:
        criterion = load_checklist().by_id[todo.criterion]
        first = _after("plan.page_first", criterion.say("first_step", lang), lang)
        what = (
            f"<strong>{line(criterion.say('action', lang))}</strong>{paragraph(first, 'pb-hint')}"
        )
    cells = "".join(
        f'<div><span class="pb-label">{line(say(f"plan.page_{key}", lang))}</span>'
        f"{_or_blank(value, most)}</div>"
        for key, value, most in (
            ("who", todo.owner if todo else "", 40),
            ("by", todo.by if todo else "", 10),
        )
    )
    return f"<li><div>{what}</div>{cells}</li>"


def practice_line(entry: Mapping[str, Any], lang: str | None = None) -> str:
    """A practice with how often it is done."""
    dot = say("figure.dot", lang)
    return f"{text(entry, 'name', lang)}{dot}{say('plan.every_' + entry['every'], lang)}"


def _practice(parts: Parts, way: Way, lang: str) -> str:
    found = next((p for p in way.practices() if p.id == parts.practice), None)
    if found is None:
        return '<span class="pb-blank"></span>'
    owner = say("plan.page_owner", lang, owner=found.say("owner", lang))
    return (
        f"<p><strong>{line(practice_line(found.entry, lang))}</strong></p>"
        f"{paragraph(found.say('what', lang))}{paragraph(owner, 'pb-hint')}"
    )


def _redline(parts: Parts, lang: str) -> str:
    found = next((r for r in redlines() if r["id"] == parts.redline), None)
    if found is None:
        return '<span class="pb-blank"></span>'
    ask = _after("plan.page_ask", text(found, "ask", lang), lang)
    return (
        f"<p><strong>{line(text(found, 'what', lang))}</strong></p>{paragraph(ask, 'pb-hint')}"
        f"<p>{line(_after('plan.page_checked', '', lang))}{_or_blank(parts.checked, 240)}</p>"
    )


def _know(parts: Parts, lang: str) -> str:
    return (
        f'<section class="pb-know"><h2>{line(say("plan.page_know", lang))}</h2>'
        f"<p>{_or_blank(parts.know, 400)}</p>"
        f'<p><span class="pb-label">{line(say("plan.page_look", lang))}</span>'
        f"{_or_blank(parts.by, 10)}</p></section>"
    )
