"""The report: one HTML file that a founder sends to a co-founder.

It asks for nothing from any network, follows the reader's light or dark, prints on A4, and shows
whatever people wrote as text and only as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from playbook.present import charts
from playbook.present.document import badge, bullets, line, link, paragraph, said
from playbook.present.figure import headed, scrolled, table
from playbook.present.look import tint
from playbook.present.page_parts import (
    dimension_head,
    lead,
    notice,
    page,
    paragraphs,
    section,
    source_list,
)
from playbook.present.sentences import (
    SIGNS,
    amount,
    answer_words,
    caveats,
    decided,
    effort,
    gate_name,
    join,
    measured_words,
    milestone,
    plain,
    stage_name,
    summary,
    word,
)
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.model import Answer, Criterion
    from playbook.scoring.assess import Score
    from playbook.scoring.compare import Comparison

_SHEET = """
main>section{margin:2.2rem 0}
.pb h2{margin-bottom:.5rem}
.pb section>h3{margin:1.4rem 0 .3rem}
.pb-sentences .pb-sentence{font-size:1.35em}
.pb nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;padding:0;margin:.4rem 0 0}
nav a{display:inline-block;padding:.2rem 0}
.pb-answer{border-top:1px solid var(--pb-line);padding:.7rem 0}
.pb .pb-answer h4{margin:0 0 .15rem}
.pb .pb-answer p{margin:.2rem 0}
.pb-open-list>li{margin:.5rem 0}
.pb .pb-cards{grid-template-columns:1fr}
.pb .pb-card h3{margin:.2rem 0 .6rem}
@media (max-width:30rem){.pb .pb-gates>li{grid-template-columns:1.2em 4.7em 1fr;gap:.1em .4em}}
@page{size:A4;margin:16mm 14mm}
@media print{nav{display:none}.pb h2{margin-top:1rem}main>section{margin:1.3rem 0}
  .pb-answer,.pb-open-list>li{break-inside:avoid}.pb .pb-cards{display:block}
  .pb .pb-cards>*{margin:.6rem 0}}
"""


def report_html(score: Score, comparison: Comparison | None = None, lang: str | None = None) -> str:
    """
    What would a founder send to a co-founder?

    One whole HTML page as text. With a comparison, the differences and the nearest cases too.
    """
    lang = language(lang)
    community = score.answers.community
    name = plain(community.name or community.id or say("report.unnamed", lang))
    title = say("report.title", lang, name=name)
    parts = [
        *_decision(score, lang),
        ("picture", say("report.picture", lang), _picture(score, comparison, lang)),
        ("next", say("report.next", lang), _actions(score, lang)),
        ("gates", say("report.gates", lang), _gates(score, lang)),
        ("others", say("report.comparison", lang), _comparison(comparison, lang)),
        ("unknown", say("report.unknown", lang), _unknown(score, lang)),
        ("answers", say("report.answers", lang), _answers(score, lang)),
        ("reading", say("report.reading", lang), _reading(score, lang)),
        ("sources", say("report.sources", lang), _sources(score, comparison, lang)),
    ]
    links = "".join(
        f'<li><a href="#{key}">{line(head)}</a></li>' for key, head, inner in parts if inner
    )
    intro = (
        f'<p class="pb-muted">{_meta(score, lang)}</p>'
        f"{lead(summary(score, lang))}{notice(score.notices(lang))}"
        f'<nav aria-label="{say("report.contents", lang)}"><ul>{links}</ul></nav>'
    )
    body = "".join(section(head, inner, key) for key, head, inner in parts)
    return page(title, intro, body, lang, _SHEET, paragraph(_foot(score, lang)))


# --- small parts ------------------------------------------------------------------------------


def _decision(score: Score, lang: str) -> list[tuple[str, str, str]]:
    """A diagnosis leads with what it decides."""
    found = decided(score, lang)
    if found is None:
        return []
    inner = paragraphs(found.why) + bullets(found.next)
    if found.doubt:
        label = line(say("score.decision_doubt", lang))
        inner += f'<p class="pb-notice"><strong>{label}</strong> {line(found.doubt)}</p>'
    return [("decision", found.sentence, inner)]


def _terms(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of terms; the second of each pair is markup already."""
    inner = "".join(f"<dt>{line(term)}</dt><dd>{told}</dd>" for term, told in pairs if told)
    return f"<dl>{inner}</dl>" if inner else ""


# --- the head ---------------------------------------------------------------------------------


def _meta(score: Score, lang: str) -> str:
    values = {"checklist": score.checklist.name(lang), "version": score.checklist.version}
    if score.checklist.weights:
        parts = [say("report.meta", lang, **values, aim=milestone(score.aim, lang))]
    else:
        parts = [say("report.meta_plain", lang, **values)]
    community = score.answers.community
    raw = score.answers.document.get("community") or {}
    if raw.get("members") is not None:
        key = "report.members_at" if raw.get("members_at") else "report.members"
        parts.append(
            say(
                key,
                lang,
                members=amount(raw["members"], lang),
                kind=word("unit", community.members_kind, lang),
                at=raw.get("members_at"),
            )
        )
    if community.kind:
        parts.append(word("kind", community.kind, lang))
    if score.answers.date:
        parts.append(say("figure.answers_of", lang, date=score.answers.date))
    if score.answers.rater:
        parts.append(say("figure.rater", lang, rater=score.answers.rater))
    return say("figure.dot", lang).join(line(part) for part in parts)


def _picture(score: Score, comparison: Comparison | None, lang: str) -> str:
    figure = charts.dimensions(score, comparison, lang)
    return figure.html(lang, heading="h3") + paragraph(say("score.honest", lang))


# --- actions and gates ------------------------------------------------------------------------


def _actions(score: Score, lang: str) -> str:
    if not score.actions:
        return paragraph(say("report.no_actions", lang))
    cards = ""
    for number, action in enumerate(score.actions[:3], 1):
        criterion = score.checklist.by_id[action.criterion]
        dimension = score.checklist.dimension(criterion.dimension)
        terms = [
            (say("report.start", lang), line(criterion.say("first_step", lang))),
            (say("report.who", lang), line(criterion.say("owner", lang))),
            (say("report.takes", lang), line(criterion.say("takes", lang))),
            (say("report.effort", lang), line(effort(action, lang))),
            (say("report.unlocks", lang), line(criterion.say("unlocks", lang))),
            (say("report.example", lang), line(criterion.say("example", lang))),
        ]
        place = f"{dimension.name(lang)}{say('figure.dot', lang)}{criterion.name(lang)}"
        cards += (
            f'<li class="pb-card" style="{tint(dimension.id)}"><p class="pb-small">'
            f'<span class="pb-letter" aria-hidden="true">{number}</span>'
            f'<span class="pb-muted">{line(place)}</span></p>'
            f"<h3>{line(criterion.say('action', lang))}</h3>{_terms(terms)}"
            f'<p class="pb-why"><strong>{line(say("report.why", lang))}</strong> '
            f"{line(score.why(action, lang))}</p></li>"
        )
    return paragraph(say("report.next_about", lang)) + f'<ol class="pb-cards">{cards}</ol>'


def _gates(score: Score, lang: str) -> str:
    where = score.standing
    if not score.checklist.milestones:
        return ""
    told = paragraph(say("report.gates_about", lang))
    if where.unlock and where.next:
        steps = join((_step(score, step, lang) for step in where.unlock), lang)
        size = milestone(where.next, lang)
        told += notice([say("report.unlock", lang, milestone=size, steps=steps)])
    for stage in score.checklist.milestones:
        rows = ""
        for state in where.of(stage.id):
            css_class = {"pass": "pb-pass", "fail": "pb-fail"}.get(state.state, "pb-open")
            rows += (
                f'<li><span class="{css_class}" aria-hidden="true">{SIGNS[state.state]}</span>'
                f'<span class="{css_class}">{line(say(f"chart.state.{state.state}", lang))}</span>'
                f"<span><strong>{line(gate_name(score, state, lang))}</strong><br>"
                f'<span class="pb-small">{line(score.because(state, lang))}</span></span></li>'
            )
        told += f"<h3>{line(stage_name(score, stage, lang))}</h3>"
        told += paragraph(stage.say("proves", lang), "pb-small")
        told += f'<ul class="pb-gates">{rows}</ul>'
    return told


def _step(score: Score, step: Any, lang: str) -> str:
    if step.criterion is None:
        return say("report.unlock_funnel", lang, to=step.to)
    name = score.checklist.by_id[step.criterion].name(lang)
    to = say("chart.level", lang, level=step.to)
    if step.start is None:
        return say("report.unlock_unknown", lang, name=name, to=to)
    start = say("chart.level", lang, level=step.start)
    return say("report.unlock_step", lang, name=name, start=start, to=to)


# --- comparison -------------------------------------------------------------------------------


def _comparison(comparison: Comparison | None, lang: str) -> str:
    if comparison is None:
        return ""
    told = charts.differences(comparison, lang).html(lang, heading="h3")
    if any(subject.is_case for subject in comparison.subjects[1:]):
        names = {subject.id: subject.name for subject in comparison.subjects}
        rows = []
        for dimension in comparison.checklist.dimensions:
            near = comparison.nearest[dimension.id]
            none = say("report.nearest_none", lang)
            shared = None if near is None else comparison.shared[dimension.id][near]
            rows.append(
                headed("figure", lang, dimension=dimension.name(lang))
                | headed("report", lang, nearest_case=names[near] if near else none,
                         nearest_shared=shared)
            )  # fmt: skip
        head = say("report.nearest", lang)
        caption = say("report.nearest_about", lang)
        told += f"<h3>{line(head)}</h3>{scrolled(table(rows, caption), head)}"
    warnings = bullets(warning["text"] for warning in comparison.warnings(lang))
    return told + f"<h3>{line(say('report.keep_in_mind', lang))}</h3>{warnings}"


# --- answers ----------------------------------------------------------------------------------


def _unknown(score: Score, lang: str) -> str:
    """The open questions, with where to look: they are work, not faults."""
    missing = [
        criterion
        for criterion in score.checklist.active
        if score.answers.level(criterion.id) is None and not score.answers.is_na(criterion.id)
    ]
    if not missing:
        return ""
    rows = "".join(
        f"<li><strong>{line(c.say('question', lang))}</strong><br>"
        f'<span class="pb-small">{line(c.say("hint", lang))}</span></li>'
        for c in missing
    )
    about = say("report.unknown_about", lang, n=len(missing))
    return f'{paragraph(about)}<ul class="pb-open-list">{rows}</ul>'


def _answers(score: Score, lang: str) -> str:
    told = ""
    for dimension in score.checklist.dimensions:
        told += dimension_head(dimension, lang, 3)
        for criterion in score.checklist.of(dimension.id):
            told += _answer(criterion, score.answers.given.get(criterion.id), lang)
    return told


def _answer(criterion: Criterion, answer: Answer | None, lang: str) -> str:
    """One question and what was said to it, with its proof."""
    words = answer_words(answer, lang)
    level = answer.level if answer else None
    badges = badge(words)
    sentence = ""
    if answer is not None and level is not None:
        sentence = paragraph(criterion.say("levels", lang)[level])
        grade = f"{answer.evidence} {say(f'chart.evidence.{answer.evidence}', lang)}"
        badges += f" {badge(grade)}"
    proofs = {} if answer is None else {
        "note": said(answer.note) if answer.note else "",
        "link": link(answer.url) if answer.url else "",
        "measured": line(measured_words(answer, lang)),
    }  # fmt: skip
    told = "".join(
        f"<p><strong>{line(say(f'report.{key}', lang))}</strong> {inner}</p>"
        for key, inner in proofs.items()
        if inner
    )
    return (
        f'<div class="pb-answer"><h4>{line(criterion.say("question", lang))}</h4>'
        f"<p>{badges}</p>{sentence}{told}</div>"
    )


# --- how to read it ---------------------------------------------------------------------------


def _reading(score: Score, lang: str) -> str:
    parts = zip(score.checklist.dimensions, score.dimensions, strict=True)
    out = [dimension.name(lang) for dimension, part in parts if not part.weight]
    told = [say("report.reading_range", lang), say("report.reading_verified", lang)]
    if out:
        told.append(say("report.reading_left_out", lang, names=join(out, lang)))
    return bullets([*told, *caveats(score, lang)])


def _sources(score: Score, comparison: Comparison | None, lang: str) -> str:
    from playbook.load import load_case

    entries = [*score.checklist.active, *score.checklist.milestones]
    ours = dict.fromkeys(name for entry in entries for name in entry.source)
    told = paragraph(say("report.sources_about", lang)) + source_list(ours, lang, "pb-open-list")
    used: dict[str, None] = {}
    for subject in comparison.subjects if comparison else ():
        if subject.is_case:
            answers = load_case(subject.id).answers.get("answers", {})
            found = (a.get("source") for a in answers.values())
            used |= dict.fromkeys(name for name in found if name and name not in ours)
    if used:
        told += paragraph(say("report.sources_case", lang)) + source_list(
            used, lang, "pb-open-list"
        )
    return told


def _foot(score: Score, lang: str) -> str:
    from playbook import __version__

    found = score.checklist
    return say("report.foot", lang, version=__version__, checklist=found.id, content=found.version)
