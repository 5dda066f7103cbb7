"""The questionnaire on paper: two pages of A4, the same order and numbers as on the phone."""

from __future__ import annotations

from playbook.load.code import asked
from playbook.model import Checklist, Criterion
from playbook.present.document import document, line
from playbook.words import language, say

_SHEET = """
@page{size:A4;margin:7mm 9mm}
.pb.pb-page{font-size:7.8pt;line-height:1.2;background:#fff;color:#1a1a1a}
.pb .pb-muted{color:#444}
main{max-width:194mm;padding:3mm}
.pb h1{font-size:1.45em;margin:0 0 .3em}
.pb .pb-how{margin:.2em 0 .5em}
.pb-who{display:flex;gap:1.2em;margin:.5em 0}
.pb-who>span{flex:1;border-bottom:.7pt solid #555;white-space:nowrap}
.pb-who>span:last-child{border:0;flex:none}
.pb-sheet{columns:2;column-gap:5mm;column-fill:auto}
.pb .pb-sheet h2{font-size:1.15em;margin:.3em 0 .25em;border-bottom:1.2pt solid #333;
  break-after:avoid}
.pb-ask{break-inside:avoid;margin:0 0 .35em;padding:0 0 .2em;border-bottom:.4pt solid #bbb}
.pb .pb-ask h3{font-size:1em;margin:0 0 .15em;font-weight:700;text-wrap:wrap}
.pb .pb-ask ol{list-style:none;margin:0;padding:0}
.pb-ask li{display:grid;grid-template-columns:1.1em 1em 1fr;align-items:baseline}
.pb-box{display:inline-block;width:.85em;height:.85em;border:.8pt solid #333;vertical-align:-.05em}
.pb-beside{float:right;margin-inline-start:1em;white-space:nowrap}
.pb-n{font-weight:700}
@media print{.pb.pb-page{font-size:7.8pt}:lang(zh) .pb-sheet{font-size:8.5pt}main{padding:0}}
@media screen{.pb.pb-page{font-size:13px}main{max-width:60rem}.pb-sheet{column-fill:balance}}
"""


def paper_html(checklist: Checklist, lang: str | None = None) -> str:
    """
    What is handed out where there are no phones? A page that prints on two sheets of A4.

    Question n is question n of the form on the phone, and of typing in.
    """
    lang = language(lang)
    numbers = {name: n for n, name in enumerate(asked(checklist, checklist.version), 1)}
    name = checklist.name(lang)
    foot = say("form.foot", lang, checklist=checklist.id, version=checklist.version)
    parts = "".join(
        f"<h2>{line(f'{d.letter} {d.name(lang)}'.strip())}</h2>"
        + "".join(_question(c, numbers[c.id], lang) for c in checklist.of(d.id))
        for d in checklist.dimensions
    )
    who = "".join(
        f"<span>{line(say(f'form.paper_{key}', lang))}</span>"
        for key in ("name", "community", "members", "date")
    )
    scales = " ".join(
        f"{_BOX} {line(say(f'form.paper_scale_{scale}', lang))}"
        for scale in ("grow", "stay-small", "task")
    )
    body = (
        f"<main><h1>{line(say('form.title', lang, checklist=name))}</h1>"
        f'<div class="pb-who">{who}<span>{line(say("form.paper_scale", lang))} {scales}</span>'
        f'</div><p class="pb-how">{line(say("form.paper_how", lang))} '
        f'<span class="pb-muted">{line(foot)}</span></p><div class="pb-sheet">{parts}</div></main>'
    )
    return document(say("form.title", lang, checklist=name), body, lang, _SHEET)


_BOX = '<span class="pb-box"></span>'


def _question(criterion: Criterion, number: int, lang: str) -> str:
    levels = "".join(
        f'<li>{_BOX}<span class="pb-n">{level}</span><span>{line(text)}</span></li>'
        for level, text in enumerate(criterion.say("levels", lang))
    )
    apart = f'<span class="pb-beside">{_BOX} ? &nbsp;{_BOX} –</span>'
    question = f"{number}. {line(criterion.say('question', lang))}"
    return f'<section class="pb-ask"><h3>{apart}{question}</h3><ol>{levels}</ol></section>'
