"""The dashboard: is it healthy, who are the members, who with whom; for a widget or a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from playbook.load import content
from playbook.present import claims_charts, invites, koc_charts, network, people_charts, week_charts
from playbook.present.document import badge, bullets, line, paragraph
from playbook.present.health_text import (
    interval_words,
    measure_name,
    number,
    outlook_words,
    overall_words,
    reason,
    trend_words,
)
from playbook.present.page_parts import notice, page, section
from playbook.present.sentences import amount, join, source_word
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.people.api import Members
    from playbook.present.figure import Figure

Found = Mapping[str, Any]
#: A verdict is a sign and a word, and only then a colour.
SIGNS = {"healthy": ("√", "pb-pass"), "watch": ("!", "pb-open"), "act": ("→", "pb-fail")}

SHEET = """
.pb-facts{grid-template-columns:repeat(auto-fit,minmax(min(100%,13em),1fr))!important}
.pb .pb-fact-number{font-size:1.9em;font-weight:700;line-height:1.15;margin:.1em 0;
  font-variant-numeric:tabular-nums}
.pb-measures{list-style:none;padding:0!important;margin:.4em 0!important}
.pb-measures>li{display:grid;grid-template-columns:minmax(0,1fr) max-content 120px;gap:.1em 1em;
  padding:.5em 0;border-bottom:1px solid var(--pb-line);align-items:center}
.pb-measures>li>p{grid-column:1/-1;margin:0}
.pb-measures b{font-variant-numeric:tabular-nums}
@container (max-width:520px){.pb-measures>li{grid-template-columns:minmax(0,1fr) max-content}
  .pb-measures svg{grid-column:1/-1}}
@media (max-width:34rem){.pb-measures>li{grid-template-columns:minmax(0,1fr) max-content}
  .pb-measures svg{grid-column:1/-1}}
"""


def names_of(found: Members) -> dict[str, str]:
    """What members are called: the people table's word first, then the import's."""
    frame = found.frame()
    known = frame[frame["name"].notna()]
    return dict(zip(known["member"], known["name"].astype(str), strict=True))


def links_of(found: Members) -> list[tuple[str, str, float]]:
    """Who answers, mentions or thanks whom, and how often: invitations have their own picture."""
    from playbook.people.graph import ties

    told = ties(found.log, kinds=("post", "reply", "like"))
    return [
        (told.names[a], told.names[b], float(n))
        for a, b, n in zip(told.a, told.b, told.met, strict=True)
    ]


def invited_of(found: Members) -> list[tuple[str, str]]:
    """Who invited whom, in the order of time."""
    if "invite" not in found.log.kinds:
        return []
    from playbook.people.invites import invitations

    told = invitations(found.log)
    return list(zip(told["inviter"], told["invitee"], strict=True))


# --- is it healthy ----------------------------------------------------------------------------


def verdict(measure: Found, lang: str) -> str:
    """The verdict of a measure as a badge, or that it is not judged."""
    told = measure["verdict"]
    if told is None:
        return badge(say("health.verdict.none", lang), "pb-muted") if measure["n"] else ""
    sign, css = SIGNS[told]
    return badge(f"{sign} {say(f'health.verdict.{told}', lang)}", css)


def health_head(found: Found, lang: str | None = None) -> str:
    """First the sentence, then the three facts, each with its verdict, its rule and its source."""
    lang = language(lang)
    first = [m for module in found["modules"] for m in module["measures"] if m["first"]]
    cards = "".join(_fact(m, found["kind"], lang) for m in first)
    limits = notice(say(f"health.caveat.{name}", lang) for name in found["caveats"])
    return (
        paragraph(overall_words(found, lang), "pb-sentence")
        + paragraph(say("dashboard.three", lang), "pb-muted")
        + f'<ul class="pb-cards pb-facts">{cards}</ul>{limits}'
    )


def _fact(measure: Found, kind: str | None, lang: str) -> str:
    css = SIGNS.get(measure["verdict"], ("", ""))[1]
    colour = {"pb-pass": "good", "pb-fail": "bad"}.get(css, "edge")
    value = "–" if measure["value"] is None else amount(measure["value"], lang)
    why = reason(measure, kind, lang)
    return (
        f'<li class="pb-card" style="--pb-card-colour:var(--pb-{colour})">'
        f"<p>{line(measure_name(measure, lang))}</p>"
        f'<p class="pb-fact-number">{line(value)}</p>'
        f"<p>{verdict(measure, lang)}</p>"
        f"{paragraph(trend_words(measure, lang), 'pb-small')}"
        f"{paragraph(why, 'pb-why')}{_sources(measure, lang)}</li>"
    )


def _sources(measure: Found, lang: str) -> str:
    told = [source_word(name) for name in measure["source"]]
    if not told:
        return ""
    return paragraph(say("health.source", lang, source=join(told, lang)), "pb-small pb-muted")


def health_rest(found: Found, lang: str | None = None, level: int = 3) -> str:
    """The four modules, measure by measure; what a source does not show in one line."""
    lang = language(lang)
    parts = [paragraph(say("dashboard.not_judged", lang), "pb-muted")]
    for module in found["modules"]:
        rest = [m for m in module["measures"] if not m["first"]]
        seen = [m for m in rest if m["value"] is not None]
        unseen = [measure_name(m, lang) for m in rest if m["value"] is None]
        rows = "".join(_measure(m, found["kind"], lang) for m in seen)
        told = say("dashboard.not_shown", lang, names=join(unseen, lang)) if unseen else ""
        name = say(f"health.module.{module['id']}", lang)
        parts.append(
            f"<h{level}>{line(name)}</h{level}>"
            + (f'<ul class="pb-measures">{rows}</ul>' if rows else "")
            + paragraph(told, "pb-small pb-muted")
        )
    return "".join(parts)


def _measure(measure: Found, kind: str | None, lang: str) -> str:
    value = number(measure["value"], measure["unit"], lang)
    told = trend_words(measure, lang)
    sure = interval_words(measure["trend"], lang)
    known = measure["why"] in ("no_signal", "not_judged")  # said once, above
    why = "" if known or measure["verdict"] == "healthy" else reason(measure, kind, lang)
    spark = week_charts.spark(measure["series"], lang) or "<span></span>"
    said = say("figure.dot", lang).join(filter(None, (told, sure)))
    return (
        f"<li><span>{line(measure_name(measure, lang))} {verdict(measure, lang)}</span>"
        f"<b>{line(value)}</b>{spark}{paragraph(said, 'pb-small')}"
        f"{paragraph(why, 'pb-small pb-muted')}</li>"
    )


def outlook(found: Found, lang: str | None = None) -> str:
    """The only forecast: a band seen in the pilot, or why there is none."""
    return paragraph(outlook_words(found["outlook"], language(lang)))


# --- the page ---------------------------------------------------------------------------------


def figures(found: Members, lang: str | None = None) -> dict[str, Figure]:
    """All pictures of a group that its source can show, by name, in the order of the page."""
    lang = language(lang)
    told, names = found.to_dict(), names_of(found)
    made = {
        "weekly": week_charts.weekly(told["health"], lang),
        "path": people_charts.path(told["path"], lang),
        "retention": people_charts.retention(told["retention"], lang),
        "levels": people_charts.levels(told["levels"], lang) if told["levels"] else None,
        "segments": people_charts.segments(told["segments"], lang),
        "kocs": koc_charts.kocs(told["kocs"], names, lang, told["kocs_total"])
        if told["kocs"]
        else None,
        "claims": claims_charts.claims(told, lang),
        "network": network.network(links_of(found), names, told["members"], lang),
        "invites": invites.invite_tree(invited_of(found), names, lang),
    }
    return {name: figure for name, figure in made.items() if figure is not None}


def people_html(found: Members, title: str = "", lang: str | None = None) -> str:
    """
    The dashboard of a group as one file: no network, light and dark, prints well.

    It holds names of members: the page says so at its head. `title`: what the group is called.
    """
    lang = language(lang)
    told, made = found.to_dict(), figures(found, lang)
    health = told["health"]
    head = say("dashboard.page_title", lang, name=title) if title else say("dashboard.page", lang)

    def drawn(*names: str) -> str:
        return "".join(made[name].html(lang, ("svg",), "h3") for name in names if name in made)

    sections = (
        ("dashboard.part_health", health_head(health, lang) + drawn("weekly")),
        ("health.outlook.head", outlook(health, lang)),
        ("dashboard.part_modules", health_rest(health, lang)),
        ("dashboard.part_members", drawn("path", "retention", "levels", "segments")),
        ("dashboard.part_spread", drawn("kocs", "network", "invites") + unseen(told, lang)),
        ("dashboard.part_claims", drawn("claims")),
        ("dashboard.part_reading", bullets(_reading(told, lang))),
    )
    body = "".join(section(say(word, lang), inner) for word, inner in sections)
    facts = say("dashboard.page_facts", lang, members=amount(told["members"], lang),
                events=amount(told["events"], lang), at=(told["at"] or "–")[:10])  # fmt: skip
    # The notice stands outside the head.
    names = notice([say("dashboard.page_names", lang)])
    return page(head, paragraph(facts), names + body, lang, SHEET, _foot(told, lang))


def unseen(told: Found, lang: str) -> str:
    """What this source cannot show about spreading."""
    if told["kocs"] is None:
        return paragraph(say("dashboard.no_kocs", lang), "pb-muted")
    return ""


def _reading(told: Found, lang: str) -> Iterable[str]:
    yield say("health.caveat.label", lang)
    yield say("dashboard.reading_intimacy", lang, half=f"{told['rules']['half']:g}")
    yield say("dashboard.reading_null", lang)
    for name, n in told["notices"].items():
        if n:
            kinds = join(told["unknown_kinds"], lang)
            yield say(f"people.notice_{name}", lang, n=n, kinds=kinds)
    lines = [one for one in content("redlines")["redline"] if "members" in one["applies_to"]]
    for one in lines:
        yield say(
            "dashboard.redline", lang, what=text(one, "what", lang), rule=text(one, "rule", lang)
        )
    yield str(text(content("redlines"), "disclaimer", lang))


def _foot(told: Found, lang: str) -> str:
    from playbook import __version__

    return line(
        say("dashboard.page_foot", lang, version=__version__, rules=told["rules"]["version"])
    )
