"""The questionnaire as one page for a phone or a laptop: no server, no network, both languages."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from functools import cache
from typing import Any

from playbook.load.code import CHOICES, LONGEST, NA, SIGNS, mark
from playbook.model import Checklist, Criterion
from playbook.present.document import document, line
from playbook.words import LANGUAGES, PACKAGE, language, say

#: What may be said about the community, in the order of the lists.
LISTS = {
    "members_kind": ("members", "fans", "users", "buyers"),
    "kind": ("social", "commercial", "product", "media", "learning", "brand"),
    "scale": ("grow", "stay-small", "task"),
    "stage": ("1", "2", "3"),
    "earning": ("yes", "no"),
}

_SHEET = """
html{scroll-padding-top:4rem}
#pb-form{padding-bottom:2rem}
.pb #pb-form header{max-width:50rem;margin:0 auto;padding:1rem 1.2rem 0;border:0}
.pb-here{position:sticky;top:0;z-index:1;max-width:50rem;margin:0 auto;padding:.4rem 1.2rem;
  background:var(--pb-ground);border-bottom:1px solid var(--pb-line)}
.pb h1{font-size:1.3em}.pb h2{font-size:1.5em;margin:.1em 0 .4em}
.pb h2:focus{outline:none}
.pb-top{display:flex;gap:.6rem 1rem;justify-content:space-between;align-items:start;flex-wrap:wrap}
.pb-langs{display:flex;gap:.4rem}
.pb-button.pb-lang{min-height:36px;padding:.15em .8em;font-size:.9em}
.pb .pb-steps{gap:.35rem;margin:.7rem 0}
.pb-button.pb-step{min-height:36px;padding:.2em .7em;font-size:.9em;font-weight:500;
  border-width:1px;border-color:var(--pb-edge);color:var(--pb-ink);
  border-top:3px solid var(--pb-card-colour,var(--pb-edge))}
.pb-step[aria-current]{background:var(--pb-soft);font-weight:700;
  box-shadow:inset 0 0 0 1px var(--pb-accent)}
.pb-status{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;color:var(--pb-muted);margin:.4rem 0 0}
.pb-buttons{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;margin:1rem 0 .4rem}
.pb-quiet{border-color:transparent;background:none;text-decoration:underline;padding:.3em .5em;
  font-weight:500;min-height:36px}
.pb-grid{display:grid;gap:0 1.2rem;align-items:end;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr))}
.pb .pb-five{list-style:none;padding:0;margin:1rem 0}
.pb-five>li{margin:.4rem 0;display:flex;align-items:baseline}
.pb-part>.pb-card{border-top:4px solid var(--pb-card-colour,var(--pb-accent));margin:1.2rem 0}
.pb-choice>legend h3{font-size:1.15em;line-height:1.35}
.pb-choice .pb-hint{margin:.3em 0 .6em}
.pb .pb-pair{display:grid;gap:0 .6rem;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr))}
.pb-more{border-inline-start:3px solid var(--pb-card-colour,var(--pb-line));
  padding-inline-start:.9rem}
.pb-more:empty{display:none}
.pb-minor>legend{font-size:1em}
.pb-minor .pb-option{min-height:40px;padding:.35em .7em;margin:.25em 0;border-width:1px}
.pb-wrong:empty,.pb-told:empty{display:none}
.pb-told{font-weight:600}
.pb .pb-card .pb-lines{display:block;margin:.3rem 0 1.2rem}
.pb-lines>div{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 .8rem;
  border-top:1px solid var(--pb-line);padding:.4rem 0;align-items:center}
.pb .pb-lines dt{font-weight:600;grid-column:1;color:inherit;font-size:1em;padding:0}
.pb-lines dd{margin:0;grid-column:1}
.pb-lines dd:last-child{grid-column:2;grid-row:1/3}
.pb-buttons+h3{margin-top:1.2rem}
.pb-note{display:block;white-space:pre-line}
.pb-code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:1.45em;
  line-height:1.7;letter-spacing:.04em;font-weight:600;word-break:keep-all;overflow-wrap:normal}
.pb-code::selection{background:var(--pb-accent);color:var(--pb-on-accent)}
.pb-qr{display:block;width:min(100%,17rem);height:auto;border:1px solid var(--pb-line)}
.pb-text{max-width:none;font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.85em}
main section+section{margin-top:1.6rem}
@media (max-width:30rem){.pb #pb-form header{padding:.8rem 1rem 0}.pb-here{padding:.4rem 1rem}
  .pb-card{padding:.9em .9em}.pb-option{padding:.65em .7em}}
"""


def form_html(checklist: Checklist, lang: str | None = None) -> str:
    """
    What does a participant open on a phone? The whole questionnaire as one HTML page.

    Both languages are in it and can be switched at any time; `lang` is the first. It loads
    nothing, sends nothing, and gives an answers file, the same as text, and an answer code.
    """
    lang = language(lang)
    data = json.dumps(_data(checklist, lang), ensure_ascii=False, separators=(",", ":"))
    # Inside <script>, only these could end it or begin a comment.
    data = data.replace("<", "\\u003c")
    body = (
        '<div id="pb-form"></div><div id="pb-live" class="pb-hidden" role="status"></div>'
        f"<noscript><main><p>{line(say('form.no_script', lang))}</p></main></noscript>"
        f'<script type="application/json" id="pb-data">{data}</script>'
    )
    title = say("form.title", lang, checklist=checklist.name(lang))
    return document(title, body, lang, _SHEET, _script())


def _script() -> str:
    folder = PACKAGE / "present"
    library = (folder / "vendor" / "lean-qr.mjs").read_text(encoding="utf-8")
    notice = (folder / "vendor" / "lean-qr.LICENSE").read_text(encoding="utf-8")
    inner, mark_, exported = library.strip().rpartition("export{")
    if not mark_ or exported != "e as correction,P as generate,b as mode};":
        raise RuntimeError("lean-qr exports other names than expected")
    made = f"const PB_QR=(()=>{{{inner};return{{generate:P,mode:b}}}})();"
    return f"/* lean-qr\n{notice}*/\n{made}\n{_ours()}"


@cache
def _ours() -> str:
    return (PACKAGE / "present" / "form.js").read_text(encoding="utf-8")


def _data(checklist: Checklist, lang: str) -> dict[str, Any]:
    return {
        "checklist": checklist.id,
        "version": checklist.version,
        "custom": checklist.custom[:19] if checklist.custom else None,
        "mark": mark(checklist),
        "lang": lang,
        "minutes": max(5, 5 * round(len(checklist.active) / 5)),
        "signs": SIGNS,
        "longest": LONGEST,
        "na": NA,
        "coded": CHOICES,
        "choices": LISTS,
        **{each: {"name": checklist.name(each)} for each in LANGUAGES},
        "dimensions": [
            {
                "id": d.id,
                "letter": d.letter,
                **{each: _said(d, ("name", "decides", "about"), each) for each in LANGUAGES},
            }
            for d in checklist.dimensions
        ],
        "criteria": [
            {
                "id": c.id,
                "dimension": c.dimension,
                "weight": float(c.weight),
                **{each: _question(c, each) for each in LANGUAGES},
            }
            # In the order of the pages, which is that of the paper.
            for d in checklist.dimensions
            for c in checklist.of(d.id)
        ],
        "words": {each: _words(each) for each in LANGUAGES},
    }


def _said(entry: Any, keys: tuple[str, ...], lang: str) -> dict[str, Any]:
    return {key: entry.say(key, lang) for key in keys}


def _question(criterion: Criterion, lang: str) -> dict[str, Any]:
    return _said(criterion, ("name", "question", "hint", "levels", "evidence"), lang)


def _words(lang: str) -> dict[str, str]:
    """Every word that the script names: one of the form, or one that the self-assessment says."""
    words = {}
    for key in dict.fromkeys(re.findall(r'"([a-z_]+)"', _ours())):
        for book in ("form", "widget", "chart"):
            with suppress(KeyError):
                words[key] = say(f"{book}.{key}", lang)
                break
    words |= {f"na_{reason}": say(f"widget.na_{reason}", lang) for reason in NA}
    words |= {f"grade_E{n}": say(f"widget.grade_E{n}", lang) for n in range(4)}
    for key, values in LISTS.items():
        words |= {f"{key}_{value}": say(f"widget.{key}_{value}", lang) for value in values}
    return words | {
        "lang": say(f"widget.lang_{lang}", lang),
        "check_title": say("widget.check", lang),
    }
