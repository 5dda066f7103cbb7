"""The page of one case: what is known, how far to trust it, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from playbook.load import case_answers, load_answers, load_checklist
from playbook.model import Answers, Case, Criterion
from playbook.present.document import badge, line, link, paragraph, said
from playbook.present.page_parts import dimension_head, notice, page, section, source_list
from playbook.present.sentences import SIGNS, fact_value, join, milestone, source_word, word
from playbook.scoring.casebook import disputes
from playbook.words import language, say, text

#: A fate is told by sign and word; a GBK console has the signs.
FATES = {
    "survived": (SIGNS["pass"], "pb-pass"),
    "failed": (SIGNS["fail"], "pb-fail"),
    "mixed": ("≈", "pb-open"),
    "ended": ("■", "pb-open"),
    "unknown": (SIGNS["unknown"], "pb-open"),
}

#: Also for the widget that shows the page.
SHEET = """
.pb-case section{margin:1.6em 0}
.pb-case section>:is(h2,h4){margin:0 0 .4em}
.pb-marks{display:flex;flex-wrap:wrap;gap:.4em;align-items:center;margin:.4em 0}
.pb .pb-timeline{list-style:none;margin:.6em 0;padding:0;
  border-inline-start:2px solid var(--pb-line)}
.pb-timeline>li{position:relative;display:grid;grid-template-columns:6.2em minmax(0,1fr);
  gap:0 .8em;padding:.35em 0 .35em 1.1em;break-inside:avoid}
.pb-timeline>li::before{content:"";position:absolute;left:-6px;top:.85em;width:10px;height:10px;
  border-radius:50%;background:var(--pb-edge);border:2px solid var(--pb-edge)}
.pb-timeline>li.pb-claim::before{background:var(--pb-ground)}
.pb-timeline time,.pb-timeline b{font-variant-numeric:tabular-nums}
.pb-timeline p{margin:0}
.pb-timeline .pb-hint{font-size:.875em}
.pb-disputes{display:grid;gap:.7em;grid-template-columns:repeat(auto-fit,minmax(min(100%,12em),1fr));
  margin:.3em 0 1em}
.pb-disputes>div{border:1px solid var(--pb-line);border-radius:8px;padding:.6em .8em;
  background:var(--pb-raised)}
.pb-disputes p{margin:.15em 0}
.pb-disputes .pb-value{font-size:1.25em;font-weight:700}
.pb-rows{margin:.4em 0}
.pb-rows>div{border-top:1px solid var(--pb-line);padding:.55em 0;break-inside:avoid}
.pb-rows p{margin:.15em 0}
.pb .pb-sourcelist{padding-inline-start:1.2em}
.pb-sourcelist>li{margin:.35em 0}
@container (max-width:480px){.pb-timeline>li{grid-template-columns:minmax(0,1fr)}}
@media (max-width:30rem){.pb-timeline>li{grid-template-columns:minmax(0,1fr)}}
"""


def fate_mark(case: Case, lang: str | None = None) -> str:
    """What became of it, in a sign and a word."""
    sign, css_class = FATES[case.fate]
    return badge(f"{sign} {word('fate', case.fate, lang)}", css_class)


def pattern_name(pattern: str, lang: str | None = None) -> str:
    """What is an organisation pattern called?"""
    return say(f"casebook.pattern_{pattern}", lang)


def case_html(case: Case, lang: str | None = None) -> str:
    """
    What is known of one case? One whole HTML page that opens without a network.

    Each fact with its date, quality, confidence and source; disputed values side by side.
    """
    from playbook import __version__
    from playbook.present import charts

    lang = language(lang)
    try:
        picture = charts.timeline(case, lang=lang).html(lang, heading="h3")
    except KeyError:  # no count of people
        picture = ""
    title = say("casebook.page_title", lang, name=case.name(lang))
    body = case_body(case, lang, picture, level=2)
    foot = paragraph(say("casebook.foot", lang, version=__version__))
    return page(title, case_marks(case, lang), body, lang, SHEET, foot)


def case_marks(case: Case, lang: str | None = None) -> str:
    """Kind, fate and the years that are judged, in one line."""
    told = [badge(word("kind", case.kind, lang)), fate_mark(case, lang)]
    if case.formative:
        years = say(
            "casebook.formative", lang, start=case.formative["from"], end=case.formative["to"]
        )
        told.append(f'<span class="pb-hint pb-small">{line(years)}</span>')
    return f'<p class="pb-marks">{"".join(told)}</p>'


def case_body(case: Case, lang: str, picture: str = "", level: int = 4) -> str:
    """
    Everything but the name: for the page and for the widget.

    `picture`: markup of the drawing, empty where there is none. `level`: of the headings.
    """
    parts = [
        ("", f"<p>{line(case.say('summary', lang))}</p>"),
        (say("casebook.lesson", lang), paragraph(case.say("lesson", lang))),
        (say("casebook.caution", lang), notice([case.say("caution", lang)])),
        ("", picture or paragraph(say("casebook.no_figures", lang), "pb-hint")),
        (say("casebook.disputes", lang), _disputes(case, lang)),
        (say("casebook.place", lang), _places(case, lang)),
        (say("casebook.pattern_head", lang), _patterns(case, lang)),
        (say("casebook.timeline", lang), _facts(case, lang, open_=level == 2)),
        (say("casebook.answers", lang), _answers(case, lang, level + 1)),
        (say("casebook.sources", lang) if level == 2 else "", _sources(case, lang, level == 2)),
    ]
    told = "".join(section(head, inner, level=level) for head, inner in parts)
    return f'<div class="pb-case">{told}</div>'


# --- facts ------------------------------------------------------------------------------------


def _trust(fact: Mapping[str, Any], lang: str) -> str:
    """How it is known, how sure we are, where it was read."""
    told = [word("quality", fact["quality"], lang)]
    level = word("confidence", fact["confidence"], lang)
    told.append(say("casebook.confidence", lang, level=level))
    if fact.get("derived"):
        told.append(say("casebook.derived", lang))
    return f"{' · '.join(line(part) for part in told)} · {line(source_word(fact['source']))}"


def _disputes(case: Case, lang: str) -> str:
    groups = disputes(case)
    if not groups:
        return ""
    told = paragraph(say("casebook.disputes_about", lang), "pb-hint")
    for group in groups:
        series = word("series", group[0]["series"], lang)
        head = say("casebook.dated", lang, when=group[0]["at"], what=series)
        sides = "".join(
            f'<div><p class="pb-value">{line(fact_value(fact, lang))}</p>'
            f"{paragraph(text(fact, 'what', lang), 'pb-small')}"
            f'<p class="pb-hint pb-small">{_trust(fact, lang)}</p></div>'
            for fact in group
        )
        told += f'<p><strong>{line(head)}</strong></p><div class="pb-disputes">{sides}</div>'
    return told


def _facts(case: Case, lang: str, open_: bool) -> str:
    disputed = {fact["id"] for group in disputes(case) for fact in group}
    rows = ""
    for fact in sorted(case.facts, key=lambda f: str(f["at"])):
        value = fact_value(fact, lang)
        shown = f" <b>{line(value)}</b>" if value else ""
        marks = f" {badge('≠ ' + say('casebook.disputed', lang))}" if fact["id"] in disputed else ""
        hollow = fact["quality"] in ("claim", "rule_of_thumb") or fact["confidence"] == "low"
        css_class = ' class="pb-claim"' if hollow else ""
        rows += (
            f"<li{css_class}><span>{line(fact['at'])}</span><div>"
            f"<p>{line(text(fact, 'what', lang))}{shown}{marks}</p>"
            f'<p class="pb-hint">{_trust(fact, lang)}</p></div></li>'
        )
    shown = f'<ol class="pb-timeline">{rows}</ol>'
    return _fold(say("casebook.facts", lang, n=len(case.facts)), shown, "facts", open_)


def _fold(head: str, inner: str, name: str, open_: bool) -> str:
    """On a page of its own all is there; inside a notebook it unfolds."""
    if open_:
        return inner
    return f'<details data-k="{name}"><summary>{line(head)}</summary>{inner}</details>'


# --- where it stood ---------------------------------------------------------------------------


def _places(case: Case, lang: str) -> str:
    rows = ""
    for place in case.places:
        where = []
        if place.get("milestone"):
            size = milestone(place["milestone"], lang)
            where.append(say("casebook.place_milestone", lang, milestone=size))
        if place.get("funnel"):
            where.append(say("casebook.place_funnel", lang, stage=place["funnel"]))
        by = badge(say(f"casebook.by_{place['by']}", lang))
        dated = say("casebook.dated", lang, when=place["at"], what=join(where, lang))
        rows += _row(dated, by, text(place, "why", lang), place["source"])
    return f'<div class="pb-rows">{rows}</div>' if rows else ""


def _patterns(case: Case, lang: str) -> str:
    rows = ""
    for pattern in case.patterns:
        until = "casebook.from_to" if pattern.get("to") else "casebook.from"
        when = say(until, lang, start=pattern["from"], end=pattern.get("to"))
        means = say(f"casebook.pattern_means_{pattern['id']}", lang)
        head = say(
            "casebook.pattern_named", lang, name=pattern_name(pattern["id"], lang), means=means
        )
        level = word("confidence", pattern["confidence"], lang)
        mark = badge(say("casebook.confidence", lang, level=level))
        dated = say("casebook.dated", lang, when=when, what=head)
        rows += _row(dated, mark, text(pattern, "why", lang), pattern["source"])
    return f'<div class="pb-rows">{rows}</div>' if rows else ""


def _row(dated: str, mark: str, why: str, source: str) -> str:
    return (
        f"<div><p><strong>{line(dated)}</strong> {mark}</p>{paragraph(why)}"
        f'<p class="pb-hint pb-small">{line(source_word(source))}</p></div>'
    )


# --- answers ----------------------------------------------------------------------------------


def _answers(case: Case, lang: str, level: int) -> str:
    checklist = load_checklist()
    read, _ = load_answers(case_answers(case.answers, lang), checklist)
    known = [c for c in checklist.active if read.level(c.id) is not None]
    told = paragraph(
        say("casebook.answers_about", lang, answered=len(known), asked=len(checklist.active))
    )
    for dimension in checklist.dimensions:
        of = [c for c in known if c.dimension == dimension.id]
        if of:
            rows = "".join(_answer(case, c, read, lang) for c in of)
            told += f'{dimension_head(dimension, lang, level)}<div class="pb-rows">{rows}</div>'
    silent = [c.name(lang) for c in checklist.active if c not in known]
    if silent:
        head = say("casebook.silent", lang, n=len(silent))
        told += f"<p><strong>? {line(head)}</strong> {line(join(silent, lang))}</p>"
    return told


def _answer(case: Case, criterion: Criterion, read: Answers, lang: str) -> str:
    answer = read.given[criterion.id]
    raw = case.answers["answers"][criterion.id]
    grade = f"{answer.evidence} {say(f'chart.evidence.{answer.evidence}', lang)}"
    marks = badge(say("chart.level", lang, level=answer.level)) + " " + badge(grade)
    told = []
    if raw.get("confidence"):
        level = word("confidence", raw["confidence"], lang)
        told.append(line(say("casebook.confidence", lang, level=level)))
    if raw.get("source"):
        told.append(line(source_word(raw["source"])))
    if answer.url:
        told.append(link(answer.url))
    return (
        f"<div><p><strong>{line(criterion.name(lang))}</strong> {marks}</p>"
        f"<p>{line(criterion.say('levels', lang)[answer.level or 0])}</p>"
        + (f"<p>{said(answer.note)}</p>" if answer.note else "")
        + f'<p class="pb-hint pb-small">{" · ".join(told)}</p></div>'
    )


# --- sources ----------------------------------------------------------------------------------


def _sources(case: Case, lang: str, open_: bool) -> str:
    entries: Iterable[Mapping[str, Any]] = (
        *case.facts,
        *case.patterns,
        *case.places,
        *case.answers["answers"].values(),
    )
    names = dict.fromkeys(str(e["source"]) for e in entries if e.get("source"))
    shown = source_list(names, lang, "pb-sourcelist")
    head = f"{say('casebook.sources', lang)} ({len(names)})"
    return _fold(head, shown, "sources", open_)
