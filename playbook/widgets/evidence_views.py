"""What the evidence widget shows of members: health, levels, circles, effects, answers."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

from playbook.present import claims_charts, koc_charts, people_charts, sentences, week_charts
from playbook.present.card import card_svg
from playbook.present.invites import invite_tree
from playbook.present.network import network
from playbook.present.people_page import health_head, health_rest, outlook, unseen
from playbook.present.people_text import rule_name
from playbook.widgets.controls import (
    amount,
    buttons,
    column,
    el,
    esc,
    field,
    heading,
    items,
    name_of,
    para,
    pick,
    press,
    table,
    unfold,
)
from playbook.widgets.evidence_results import LISTED
from playbook.words import say

if TYPE_CHECKING:
    from playbook.widgets.evidence import Evidence


# --- health -----------------------------------------------------------------------------------


def health(w: Evidence) -> str:
    """First the sentence, the three facts, the weeks; then the four modules."""

    told = w.health
    kinds = [(kind, w.say(f"kind_{kind}" if kind else "not_said")) for kind in w.KINDS]
    return el(
        "div",
        heading(w.say("step_health"), focus=True, css="pb-hidden"),
        health_head(told, w.lang),
        pick("setting", w.say("kind"), kinds, w.kind, key="kind"),
        w.still(f"weekly {w.kind}", lambda: week_charts.weekly(told, w.lang)),
        heading(say("health.outlook.head", w.lang)),
        outlook(told, w.lang),
        heading(w.say("modules")),
        health_rest(told, w.lang, 5),
        unfold(w.say("reading"), para(say("health.caveat.label", w.lang)), "reading"),
        buttons(press("go", w.say("to_people"), value="people", look="main"),
           press("page", w.say("save_page"), look="quiet")),
        k="health",
    )  # fmt: skip


# --- who comes and stays ----------------------------------------------------------------------


def people(w: Evidence) -> str:
    """The path, who comes back, and which segments."""

    found = w.members.to_dict()
    return el(
        "div",
        heading(w.say("people_head"), focus=True),
        w.still("path", lambda: people_charts.path(found["path"], w.lang)),
        w.still("retention", lambda: people_charts.retention(found["retention"], w.lang)),
        w.still("segments", lambda: people_charts.segments(found["segments"], w.lang)),
        _tags(w, found),
        buttons(press("go", w.say("to_levels"), value="levels", look="main")),
        k="people",
    )  # fmt: skip


def _tags(w: Evidence, found: Mapping[str, Any]) -> str:
    """The four families of tags with their counts; a family that cannot be seen says so."""
    lists = []
    for family, tags in found["tags"].items():
        head = el("h5", esc(say(f"people.family_{family}", w.lang)))
        if tags is None:
            lists.append(el("div", head, para(say("dashboard.unseen", w.lang), "pb-hint")))
            continue
        rows = (
            f"{rule_name('tag', name, w.lang)}: {sentences.amount(n, w.lang)}"
            for name, n in tags.items()
            if n
        )
        lists.append(el("div", head, items(rows)))
    return unfold(w.say("tags"), el("div", *lists, css="pb-grid"), "tags")


# --- levels -----------------------------------------------------------------------------------


def levels(w: Evidence) -> str:
    """Who is close: the card of one, or sliders, levels and the list."""
    if w.member:
        return _card(w)
    if not w.timed:
        return el("div", heading(w.say("levels_head"), focus=True), para(w.say("no_times")))

    told = {name: sentences.amount(n, w.lang) for name, n in w.moved().items()}
    tried = bool(w.coefficients or w.half_lives)
    said = w.say("levels_now" if tried else "levels_start", **told)
    figure = w.figure("levels", people_charts.levels(w.scored.levels, w.lang))
    return el(
        "div",
        heading(w.say("levels_head"), focus=True),
        para(said, "pb-sentence"),
        el("div", el("div", figure), el("div", *_sliders(w)), css="pb-split pb-halves"),
        heading(w.say("list_head")),
        field("search", w.say("search"), w.search, hint=w.say("search_hint"), maxlength=200),
        _rows(w),
        buttons(press("table", w.say("save_csv"), value="csv"),
           press("table", w.say("save_excel"), value="xlsx")),
        para(w.say("table_hint"), "pb-hint pb-small"),
        k="levels",
    )  # fmt: skip


def _sliders(w: Evidence) -> list[str]:
    rules = w.members.weights
    shown = [heading(w.say("points")), para(w.say("points_hint"), "pb-hint pb-small")]
    kinds = [kind for kind in w.members.log.kinds_in_order if rules.coefficient[kind]]
    for kind in kinds:
        value = float(w.coefficients.get(kind, rules.coefficient[kind]))
        name = rule_name("kind", kind, w.lang)
        step = 0.5 if (2 * rules.coefficient[kind]).is_integer() else 0.1  # the start lies on one
        shown.append(
            amount("points", name, value, f"{value:g}", key=kind, min=0, max=20, step=step)
        )
    lives = []
    for kind in kinds:
        value = float(w.half_lives.get(kind, rules.half_life[kind]))
        told = w.say("days", n=f"{value:g}")
        name = rule_name("kind", kind, w.lang)
        lives.append(amount("fading", name, value, told, key=kind, min=1, max=365, step=1))
    shown.append(unfold(w.say("fading"), para(w.say("fading_hint"), "pb-hint pb-small")
                        + "".join(lives), "fading"))  # fmt: skip
    if w.coefficients or w.half_lives:
        shown.append(el("p", press("afresh", w.say("afresh"), look="quiet")))
    return shown


def _rows(w: Evidence) -> str:
    rows = w.listed()
    if not rows:
        return para(w.say("nobody"))
    now = dict(zip(w.scored.members, w.scored.frame()["level"], strict=True))
    heads = [
        column(say(f"people.column_{name}", w.lang),
               "pb-number" if name in ("intimacy", "days") else "")
        for name in ("member", "intimacy", "level", "stage", "days", "last")
    ]  # fmt: skip
    body = (_row(w, row, now.get(row["member"])) for row in rows)
    told = w.say("listed", n=min(len(rows), LISTED))
    return table(told, [*heads, column(w.say("card"))], body, "pb-people")


def _row(w: Evidence, row: Mapping[str, Any], level: str | None) -> str:
    name = w.named(row["member"])
    close = row["intimacy"]
    button = press("member", w.say("card"), value=row["member"], about=name,
                   look="quiet")  # fmt: skip
    cells = (
        el("td", esc("–" if isnan(close) else f"{close:.1f}"), css="pb-number"),
        el("td", esc(rule_name("level", level, w.lang) if level else "–")),
        el("td", esc(say(f"people.step_{row['stage']}", w.lang) if row["stage"] else "–")),
        el("td", esc(row["days"]), css="pb-number"),
        el("td", esc(row["last"] or "–")),
        el("td", button),
    )
    return el("tr", el("th", name_of(name), scope="row"), *cells, k=f"row-{row['member']}")


def _card(w: Evidence) -> str:
    """One member's card, with its copies."""

    copies = (
        press("card", w.say("save_as", kind=kind.upper()), value=kind,
              look="main" if kind == "png" else "")
        for kind in ("png", "svg", "html")
    )  # fmt: skip
    back = press("member", w.say("back"))
    drawn = el(
        "div", card_svg(w.card(w.member), w.lang), css="pb-member-card", k=f"card {w.member}"
    )
    return el(
        "div",
        heading(w.say("card_head", name=w.named(w.member)), focus=True),
        buttons(back),
        drawn,
        para(say("card.how", w.lang), "pb-hint"),
        buttons(*copies),
        k="card",
    )


# --- who with whom ----------------------------------------------------------------------------


def circles(w: Evidence) -> str:
    """The network, the invitations, KOCs on three axes, and claims beside what is found."""

    found = w.members.to_dict()
    net = para(w.say("no_links"))
    if w.links:  # then there is a picture
        net = w.picture("network", w.name, lambda: network(w.links, w.names, len(w.frame), w.lang))  # type: ignore[arg-type, return-value]
    kocs = found["kocs"]
    return el(
        "div",
        heading(w.say("circles_head"), focus=True),
        net,
        w.still("invites", lambda: invite_tree(w.invited, w.names, w.lang))
        or para(w.say("no_invites"), "pb-hint"),
        heading(w.say("kocs_head")),
        w.still("kocs", lambda: koc_charts.kocs(kocs, w.names, w.lang, found["kocs_total"]))
        if kocs
        else "",
        unseen(found, w.lang),
        _evidence_of(w, kocs or ()),
        heading(w.say("claims_head")),
        w.still("claims", lambda: claims_charts.claims(found, w.lang)),
        k="circles",
    )


def _evidence_of(w: Evidence, kocs: Any) -> str:
    """For each KOC what the axes rest on."""
    rows = [
        el("li", el("b", name_of(w.named(one["member"]))), " ",
           esc(w.say("koc_line", invites=_n(one["evidence"]["invites"]),
                     shares=_n(one["evidence"]["shares"]),
                     active=len(one["evidence"]["activated"]),
                     since=one["evidence"]["since"] or "–", last=one["evidence"]["last"] or "–")))
        for one in kocs
        if one["unbeaten"]
    ]  # fmt: skip
    if not rows:
        return ""
    return para(w.say("unbeaten"), "pb-hint") + el("ul", *rows)


def _n(value: int | None) -> str:
    return "–" if value is None else str(value)
