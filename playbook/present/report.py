"""The report: one HTML file that a founder sends to a co-founder.

It asks for nothing from any network, follows the reader's light or dark, prints on A4, and shows
whatever people wrote as text and only as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from playbook.present import charts
from playbook.present.document import document, line, link, said
from playbook.present.figure import table
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
    sections: list[tuple[str, str, str]] = [
        *_decision(score, lang),
        ("picture", say("report.picture", lang), _picture(score, comparison, lang)),
        ("next", say("report.next", lang), _actions(score, lang)),
    ]
    if score.checklist.milestones:
        sections.append(("gates", say("report.gates", lang), _gates(score, lang)))
    if comparison is not None:
        sections.append(("others", say("report.comparison", lang), _comparison(comparison, lang)))
    if unknown := _unknown(score, lang):
        sections.append(("unknown", say("report.unknown", lang), unknown))
    sections += [
        ("answers", say("report.answers", lang), _answers(score, lang)),
        ("reading", say("report.reading", lang), _reading(score, lang)),
        ("sources", say("report.sources", lang), _sources(score, comparison, lang)),
    ]
    links = "".join(f'<li><a href="#{id_}">{line(head)}</a></li>' for id_, head, _ in sections)
    body = "".join(
        f'<section id="{id_}" aria-labelledby="{id_}-head"><h2 id="{id_}-head">{line(head)}</h2>'
        f"{inner}</section>"
        for id_, head, inner in sections
    )
    inner = (
        f"<main><header><h1>{line(title)}</h1>"
        f'<p class="pb-muted">{_meta(score, lang)}</p>{_sentences(score, lang)}'
        f'<nav aria-label="{say("report.contents", lang)}"><ul>{links}</ul></nav></header>'
        f"{body}</main><footer><p>{_foot(score, lang)}</p></footer>"
    )
    return document(title, inner, lang, _SHEET)


# --- small parts ------------------------------------------------------------------------------


def _decision(score: Score, lang: str) -> list[tuple[str, str, str]]:
    """A diagnosis leads with what it decides."""
    found = decided(score, lang)
    if found is None:
        return []
    inner = _paragraphs(found.why) + (_items(found.next) if found.next else "")
    if found.doubt:
        label = line(say("score.decision_doubt", lang))
        inner += f'<p class="pb-notice"><strong>{label}</strong> {line(found.doubt)}</p>'
    return [("decision", found.sentence, inner)]


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f"<p>{line(text)}</p>" for text in texts)


def _items(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{line(text)}</li>" for text in texts) + "</ul>"


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


def _sentences(score: Score, lang: str) -> str:
    first, *rest = summary(score, lang)
    notices = score.notices(lang)
    told = f'<div class="pb-notice">{_paragraphs(notices)}</div>' if notices else ""
    return (
        f'<div class="pb-sentences"><p class="pb-sentence">{line(first)}</p>'
        f"{_paragraphs(rest)}</div>{told}"
    )


def _picture(score: Score, comparison: Comparison | None, lang: str) -> str:
    figure = charts.dimensions(score, comparison, lang)
    return figure.html(lang, heading="h3") + f"<p>{line(say('score.honest', lang))}</p>"


# --- actions and gates ------------------------------------------------------------------------


def _actions(score: Score, lang: str) -> str:
    if not score.actions:
        return f"<p>{line(say('report.no_actions', lang))}</p>"
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
        style = f"--pb-card-colour:var(--pb-{_colour_name(dimension.id)})"
        place = f"{dimension.name(lang)}{say('figure.dot', lang)}{criterion.name(lang)}"
        cards += (
            f'<li class="pb-card" style="{style}"><p class="pb-small">'
            f'<span class="pb-letter" aria-hidden="true">{number}</span>'
            f'<span class="pb-muted">{line(place)}</span></p>'
            f"<h3>{line(criterion.say('action', lang))}</h3>{_terms(terms)}"
            f'<p class="pb-why"><strong>{line(say("report.why", lang))}</strong> '
            f"{line(score.why(action, lang))}</p></li>"
        )
    return f'<p>{line(say("report.next_about", lang))}</p><ol class="pb-cards">{cards}</ol>'


def _colour_name(dimension: str) -> str:
    from playbook.present.look import PALETTE

    return dimension if dimension in PALETTE else "accent"


def _gates(score: Score, lang: str) -> str:
    where = score.standing
    told = f"<p>{line(say('report.gates_about', lang))}</p>"
    if where.unlock and where.next:
        steps = join((_step(score, step, lang) for step in where.unlock), lang)
        unlock = say("report.unlock", lang, milestone=milestone(where.next, lang), steps=steps)
        told += f'<div class="pb-notice"><p>{line(unlock)}</p></div>'
    names = ["none", *(m.id for m in score.checklist.milestones)]
    reached = names.index(where.capability)
    for place, stage in enumerate(score.checklist.milestones, 1):
        which = "passed" if place <= reached else "next" if place == reached + 1 else "later"
        head = say(
            f"figure.gate_{which}", lang, milestone=milestone(stage.id, lang), name=stage.name(lang)
        )
        rows = ""
        for state in where.gates:
            if state.gate.milestone != stage.id:
                continue
            css_class = {"pass": "pb-pass", "fail": "pb-fail"}.get(state.state, "pb-open")
            rows += (
                f'<li><span class="{css_class}" aria-hidden="true">{SIGNS[state.state]}</span>'
                f'<span class="{css_class}">{line(say(f"chart.state.{state.state}", lang))}</span>'
                f"<span><strong>{line(gate_name(score, state, lang))}</strong><br>"
                f'<span class="pb-small">{line(score.because(state, lang))}</span></span></li>'
            )
        told += f'<h3>{line(head)}</h3><p class="pb-small">{line(stage.say("proves", lang))}</p>'
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


def _comparison(comparison: Comparison, lang: str) -> str:
    told = charts.differences(comparison, lang).html(lang, heading="h3")
    if any(subject.is_case for subject in comparison.subjects[1:]):
        names = {subject.id: subject.name for subject in comparison.subjects}
        rows = []
        for dimension in comparison.checklist.dimensions:
            nearest = comparison.nearest[dimension.id]
            rows.append(
                {
                    say("figure.dimension", lang): dimension.name(lang),
                    say("report.nearest_case", lang): say("report.nearest_none", lang)
                    if nearest is None
                    else names[nearest],
                    say("report.nearest_shared", lang): None
                    if nearest is None
                    else comparison.shared[dimension.id][nearest],
                }
            )
        head = say("report.nearest", lang)
        caption = say("report.nearest_about", lang)
        told += f'<h3>{line(head)}</h3><div class="pb-scroll">{table(rows, caption)}</div>'
    warnings = _items(warning["text"] for warning in comparison.warnings(lang))
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
    return f'<p>{line(about)}</p><ul class="pb-open-list">{rows}</ul>'


def _answers(score: Score, lang: str) -> str:
    told = ""
    for dimension in score.checklist.dimensions:
        style = f"--pb-card-colour:var(--pb-{_colour_name(dimension.id)})"
        letter = dimension.letter or dimension.name(lang)[:1]
        told += (
            f'<h3 style="{style}"><span class="pb-letter" aria-hidden="true">{line(letter)}</span>'
            f"{line(dimension.name(lang))}</h3>"
        )
        for criterion in score.checklist.of(dimension.id):
            told += _answer(criterion, score.answers.given.get(criterion.id), lang)
    return told


def _answer(criterion: Criterion, answer: Answer | None, lang: str) -> str:
    """One question and what was said to it, with its proof."""
    words = answer_words(answer, lang)
    level = answer.level if answer else None
    badges = f'<span class="pb-badge">{line(words)}</span>'
    sentence = ""
    if answer is not None and level is not None:
        sentence = f"<p>{line(criterion.say('levels', lang)[level])}</p>"
        grade = f"{answer.evidence} {say(f'chart.evidence.{answer.evidence}', lang)}"
        badges += f' <span class="pb-badge">{line(grade)}</span>'
    told = ""
    if answer is not None and answer.note:
        told += f"<p><strong>{line(say('report.note', lang))}</strong> {said(answer.note)}</p>"
    if answer is not None and answer.url:
        told += f"<p><strong>{line(say('report.link', lang))}</strong> {link(answer.url)}</p>"
    if answer is not None and answer.measured:
        told += f"<p><strong>{line(say('report.measured', lang))}</strong> "
        told += f"{line(measured_words(answer, lang))}</p>"
    return (
        f'<div class="pb-answer"><h4>{line(criterion.say("question", lang))}</h4>'
        f"<p>{badges}</p>{sentence}{told}</div>"
    )


# --- how to read it ---------------------------------------------------------------------------


def _reading(score: Score, lang: str) -> str:
    out = [d.name(lang) for d, part in _with_parts(score) if not part.weight]
    told = [say("report.reading_range", lang), say("report.reading_verified", lang)]
    if out:
        told.append(say("report.reading_left_out", lang, names=join(out, lang)))
    return _items([*told, *caveats(score, lang)])


def _with_parts(score: Score) -> Iterable[tuple[Any, Any]]:
    return zip(score.checklist.dimensions, score.dimensions, strict=True)


def _sources(score: Score, comparison: Comparison | None, lang: str) -> str:
    from playbook.load import load_case

    entries = [*score.checklist.active, *score.checklist.milestones]
    ours = dict.fromkeys(name for entry in entries for name in entry.source)
    told = f"<p>{line(say('report.sources_about', lang))}</p>{_source_list(ours, lang)}"
    used: dict[str, None] = {}
    for subject in comparison.subjects if comparison else ():
        if subject.is_case:
            answers = load_case(subject.id).answers.get("answers", {})
            found = (a.get("source") for a in answers.values())
            used |= dict.fromkeys(name for name in found if name and name not in ours)
    if used:
        told += f"<p>{line(say('report.sources_case', lang))}</p>{_source_list(used, lang)}"
    return told


def _source_list(names: Iterable[str], lang: str) -> str:
    from playbook.load import sources

    known = sources()
    rows = ""
    for name in names:
        source = known.get(name)
        if source is None:
            continue
        parts = [source.get("title"), source.get("author"), source.get("date")]
        head = join((str(part) for part in parts if part), lang)
        note = source.get(lang, source.get("en", {})).get("note", "")
        quality = word("quality", source["quality"], lang)
        rows += (
            f"<li>{line(head)} <span class='pb-badge'>{line(quality)}</span><br>"
            f'<span class="pb-small pb-muted">{line(source.get("where", ""))}<br>{line(note)}'
            "</span></li>"
        )
    return f'<ul class="pb-open-list">{rows}</ul>'


def _foot(score: Score, lang: str) -> str:
    from playbook import __version__

    found = score.checklist
    foot = say("report.foot", lang, version=__version__, checklist=found.id, content=found.version)
    return line(foot)
