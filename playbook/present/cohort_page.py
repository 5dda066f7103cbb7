"""The class on one page, to be projected: large type, no network, every text only text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from playbook.present.cohort_charts import heat
from playbook.present.document import bullets, line, paragraph
from playbook.present.figure import scrolled, table
from playbook.present.look import tint
from playbook.present.page_parts import lead, page, section
from playbook.present.room_text import files_text, findings, together
from playbook.present.sentences import join, plain, range_text
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.room.cohort import Cohort
    from playbook.scoring.cohort import Team

#: Also for the widget.
SHEET = """
.pb .pb-ask-list{list-style:none;padding:0;margin:.6em 0;display:grid;gap:.8em}
.pb .pb-ask-list>li{margin:0;border-inline-start:6px solid var(--pb-card-colour,var(--pb-accent))}
.pb-ask-list h3,.pb-ask-list h5{margin:0 0 .2em}
.pb .pb-teams{display:grid;gap:1em;list-style:none;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,20em),1fr));padding:0;margin:.6em 0}
.pb .pb-teams>li{margin:0}
.pb-far{color:var(--pb-muted);font-weight:400}
"""
_SHEET = """
.pb.pb-page{font-size:clamp(17px,1.6vw,36px)}
main,footer{max-width:min(94vw,72em)}
.pb-chart svg{max-width:none}
main>section{margin:2em 0}
.pb h2{margin-bottom:.4em}
.pb-sentences .pb-sentence{font-size:1.4em}
#files th:first-child{width:45%}
@media print{.pb.pb-page{font-size:10pt}#people,#files{break-inside:avoid}}
"""


def cohort_html(cohort: Cohort, lang: str | None = None) -> str:
    """
    What does the room see, on one page to project?

    First the sentence, then where people differ with a question to ask, the heat map, the next
    step, everyone's own result, and what was done with each file.
    """
    lang = language(lang)
    title = heading(cohort, lang)
    intro = paragraph(meta(cohort, lang), "pb-muted") + sentences(cohort, lang)
    body = "".join(section(head, inner, key) for key, head, inner in sections(cohort, lang))
    return page(title, intro, body, lang, SHEET + _SHEET)


def heading(cohort: Cohort, lang: str) -> str:
    """What the page is called."""
    found = cohort.gathered
    if found is None:
        return say("cohort.title_none", lang)
    if found.one:
        return say("cohort.title", lang, name=plain(found.teams[0].name))
    return say("cohort.title_many", lang, n=len(found.teams))


def meta(cohort: Cohort, lang: str) -> str:
    """How many people, by which checklist?"""
    checklist = cohort.collected.checklist
    name = checklist.name(lang)
    version = checklist.version
    return say("cohort.meta", lang, people=len(cohort.people), checklist=name, version=version)


def sentences(cohort: Cohort, lang: str) -> str:
    """The finding, before any picture."""
    return lead(findings(cohort, lang))


def sections(
    cohort: Cohort, lang: str, picture: str | None = None, head: str = "h3"
) -> list[tuple[str, str, str]]:
    """The parts of the page: an id, a heading, markup. `picture` stands in for the heat map."""
    found = cohort.gathered
    parts: list[tuple[str, str, str]] = []
    if found is not None:
        drawn = heat(cohort, lang).html(lang, heading=head) if picture is None else picture
        together = any(len(team.raters) > 1 for team in found.teams)
        which = "next" if found.one else "next_many"
        parts.append(("heat", _heat_head(cohort, lang), drawn))
        if together:
            parts.insert(0, ("apart", say("cohort.apart", lang), _apart(cohort, lang, head)))
        parts.append(("next", say(f"cohort.{which}", lang), _teams(cohort, lang, head)))
        parts.append(("people", say("cohort.people", lang), _people(cohort, lang)))
    parts.append(("files", say("cohort.files", lang), _files(cohort, lang)))
    parts.append(("reading", say("cohort.reading", lang), _reading(cohort, lang)))
    return parts


def _heat_head(cohort: Cohort, lang: str) -> str:
    found = cohort.gathered
    if found is not None and found.one:
        return say("cohort.heat_one", lang, n=len(found.raters))
    return say("cohort.heat_many_plain", lang, n=len(found.teams) if found else 0)


def _apart(cohort: Cohort, lang: str, head: str) -> str:
    found = cohort.gathered
    items = cohort.apart(found.agreement) if found else []
    if found is None or not items:
        return paragraph(say("cohort.apart_none", lang))
    rows = ""
    for item in items:
        criterion = cohort.criterion(item.criterion)
        far = say("cohort.levels_apart", lang, n=item.range)
        if not found.one:
            far += say("figure.dot", lang) + plain(found.whose(item))
        rows += (
            f'<li class="pb-card" style="{tint(criterion.dimension)}">'
            f"<{head}>{line(criterion.name(lang))} "
            f'<span class="pb-far">{line(far)}</span></{head}>'
            f"{paragraph(cohort.question(item, lang))}</li>"
        )
    return f"{paragraph(say('cohort.apart_about', lang))}<ul class='pb-ask-list'>{rows}</ul>"


def _teams(cohort: Cohort, lang: str, head: str) -> str:
    teams = cohort.gathered.teams if cohort.gathered else ()
    many = len(teams) > 1
    cards = "".join(_team(team, n if many else 0, lang, head) for n, team in enumerate(teams, 1))
    return f'<ul class="pb-teams">{cards}</ul>'


def _team(team: Team, number: int, lang: str, head: str) -> str:
    name = f"{number}. {plain(team.name)}" if number else plain(team.name)
    people = len(team.raters)
    told = say("cohort.rater", lang) if people == 1 else say("cohort.raters", lang, n=people)
    if not team.withheld:
        told += say("figure.dot", lang) + range_text(team.score.total, lang)
    elif team.agreement.alpha is not None:
        told += say("figure.dot", lang) + f"α {team.agreement.alpha:.2f}"
    actions = team.score.actions
    if not actions:
        inner = paragraph(say("cohort.no_action", lang))
    else:
        criterion = team.score.checklist.by_id[actions[0].criterion]
        inner = (
            f"<p><strong>{line(criterion.say('action', lang))}</strong></p>"
            f"{paragraph(criterion.say('first_step', lang))}"
            f'<p class="pb-why">{line(team.score.why(actions[0], lang))}</p>'
        )
    doubt = paragraph(say("cohort.first_talk", lang), "pb-notice") if team.withheld else ""
    return (
        f'<li class="pb-card"><{head}><bdi>{line(name)}</bdi> '
        f'<span class="pb-far">{line(told)}</span></{head}>{doubt}{inner}</li>'
    )


def _people(cohort: Cohort, lang: str) -> str:
    rows = []
    for entry in cohort.people_rows():
        row: dict[str, Any] = {say("cohort.person", lang): entry["name"]}
        if cohort.gathered is not None and not cohort.gathered.one:
            row[say("cohort.col_community", lang)] = entry["community"]
        # As texts: they stand under their heads, point below point.
        row[say("cohort.low", lang)] = f"{entry['low']:.1f}"
        row[say("cohort.high", lang)] = f"{entry['high']:.1f}"
        row[say("cohort.answered", lang)] = f"{entry['coverage']:.0%}"
        rows.append(row)
    return _scroll(rows, say("cohort.people", lang))


def _scroll(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    # The heading above says it already: the caption is for those who listen.
    return scrolled(table(rows, name).replace("<caption>", '<caption class="pb-hidden">'), name)


def _files(cohort: Cohort, lang: str) -> str:
    told = paragraph(files_text(cohort, lang))
    bad = ((cohort.file(one.file), cohort.reason(one, lang)) for one in cohort.collected.bad)
    names = (say("cohort.file_name", lang), say("cohort.reason", lang))
    rows = [
        {names[0]: join(files, lang), names[1]: reason} for reason, files in together(bad).items()
    ]
    if rows:
        told += _scroll(rows, names[1])
    return told + bullets(cohort.notices(lang))


def _reading(cohort: Cohort, lang: str) -> str:
    told = [say("cohort.reading_median", lang), say("cohort.reading_alpha", lang)]
    found = cohort.gathered
    if found is not None and found.agreement.interval is not None:
        low, high = found.agreement.interval
        told.append(say("cohort.interval", lang, low=low, high=high))
    if cohort.pseudonyms:
        told.append(say("cohort.reading_names", lang))
    return bullets([*told, say("score.unvalidated", lang)])
