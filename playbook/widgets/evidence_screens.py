"""Bringing an export: choosing it, what its columns mean, and how its rows were counted."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from playbook.load import content
from playbook.present.sentences import amount
from playbook.widgets.controls import (
    buttons,
    column,
    drop,
    el,
    esc,
    field,
    heading,
    long_work,
    name_of,
    para,
    pick,
    press,
    progress,
    tick,
    unfold,
)
from playbook.widgets.parts import redlines
from playbook.words import say, text

if TYPE_CHECKING:
    from playbook.widgets.evidence import Evidence

#: Offered first; any zone can be written.
ZONES = ("UTC", "Asia/Shanghai", "Europe/London", "Europe/Berlin", "America/New_York",
         "America/Los_Angeles", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney")  # fmt: skip
_POLL = 700


def where(w: Evidence) -> str:
    """The steps, and what is looked at."""
    steps = (
        el("li", press("go", w.say(f"step_{step}"), value=step, css="pb-step",
                       aria_current="step" if w.at == step else None,
                       aria_disabled=None if w.open_to(step) else "true"), k=step)
        for step in w.steps
    )  # fmt: skip
    nav = el("nav", el("ol", *steps, css="pb-steps"), aria_label=w.say("steps"))
    if w.name is None:
        return nav
    told = [name_of(w.name)]
    if w.facts:
        told.append(esc(w.say("status", members=amount(w.facts["members"], w.lang),
                              events=amount(w.facts["events"], w.lang))))  # fmt: skip
    return nav + el("p", *(el("span", one) for one in told), css="pb-status pb-small")


def working(w: Evidence) -> str:
    """How far long work is, with a way to stop it."""
    job = w.job
    share = job.share if job else 0.0
    told = w.say("working_share", share=f"{share:.0%}") if share else w.say("working")
    return long_work(w.say("working"), share, heading(w.say(w.doing), focus=True),
                     para(told, "pb-hint"), buttons(press("stop", w.say("stop"))),
                     poll=_POLL)  # fmt: skip


# --- the export -------------------------------------------------------------------------------


def bring(w: Evidence) -> str:
    """Choose or drop a file, or take a sample; settings; the red lines, once."""
    served = "PLAYBOOK_APP" in os.environ
    zone = drop("piece", w.say("choose"), w.say("choose_hint"), many=True)
    own = [zone, _coming(w)]
    own.append(unfold(w.say("formats"), _formats(w), "formats"))
    if w.paths:
        own.append(unfold(w.say("large"), field("path", w.say("path"), w.typed, key="path",
                          hint=w.say("path_hint"), maxlength=1000)
                          + press("read", w.say("read")), "large"))  # fmt: skip
    settings = el("div", heading(w.say("settings")), _settings(w), css="pb-card", k="settings")
    return el(
        "div",
        heading(w.say("bring"), focus=True),
        para(w.say("bring_served" if served else "bring_about")),
        el("div", el("div", *own, settings), el("div", _redlines(w)), css="pb-split pb-halves"),
        heading(w.say("samples")),
        para(w.say("samples_about"), "pb-hint"),
        el("ul", *(_sample(w, entry) for entry in w.samples), css="pb-cards"),
        k="bring",
    )


def _coming(w: Evidence) -> str:
    """A file that is on its way from the browser."""
    if not w.upload.size or w.upload.path is not None:
        return ""
    share = w.upload.at / w.upload.size
    told = w.say("coming", name=w.upload.name, share=f"{share:.0%}")
    return el(
        "div", para(told), progress(f"{share:.0%}"), press("forget", w.say("stop")), k="coming"
    )


def _formats(w: Evidence) -> str:
    rows = (
        el("li", el("b", esc(w.say(f"format_{name}"))), " ", esc(w.say(f"get_{name}")))
        for name in ("slack", "telegram", "discord", "wechat", "qq", "whatsapp", "discourse",
                     "mail", "git", "jielong", "table")
    )  # fmt: skip
    return el("ul", *rows)


def _redlines(w: Evidence) -> str:
    """What the law says of members' data: open until a file of one's own was read."""
    return el("details", el("summary", esc(w.say("redlines"))), redlines(w.lang, "import"),
              css="pb-error", k="redlines", open=not w.warned)  # fmt: skip


def _settings(w: Evidence) -> str:
    zones = [(zone, zone) for zone in dict.fromkeys((w.tz, *ZONES))]
    kinds = [(kind, w.say(f"kind_{kind}" if kind else "not_said")) for kind in w.KINDS]
    return el(
        "div",
        pick("setting", w.say("tz"), zones, w.tz, key="tz"),
        pick("setting", w.say("kind"), kinds, w.kind, key="kind"),
        css="pb-grid",
    ) + tick("hide", el("b", esc(w.say("hide"))) + " " + esc(w.say("hide_hint")), w.hide)


def _sample(w: Evidence, entry: Mapping[str, Any]) -> str:
    name = text(entry, "name", w.lang)
    return el(
        "li",
        el("h5", esc(name), " ", el("span", esc(w.say(f"sample_{entry['label']}")),
                                    css="pb-badge")),
        para(text(entry, "about", w.lang)),
        para(text(entry, "from", w.lang), "pb-hint pb-small"),
        press("sample", w.say("try"), value=entry["id"], about=name),
        css="pb-card",
        k=f"sample-{entry['id']}",
    )  # fmt: skip


# --- how it was counted -----------------------------------------------------------------------


def counts(w: Evidence) -> str:
    """Rows = used + skipped by reason; events by kind; and what to be careful about."""
    found = w.counted
    if found is None:
        return el("div", heading(w.say("counted_none"), focus=True), para(w.say("own_table")),
                  _people(w), _onwards(w), k="counts")  # fmt: skip
    rows, used = found["rows"], found["used"]
    left = rows - used
    whole = {"rows": amount(rows, w.lang), "used": amount(used, w.lang),
             "left": amount(left, w.lang)}  # fmt: skip
    return el(
        "div",
        heading(w.say("counts_sentence", events=amount(found["events"], w.lang),
                      members=amount(found["members"], w.lang),
                      format=w.say(f"format_{_family(found['format'])}")), focus=True),
        para(w.say("span", start=str(found["from"])[:10], end=str(found["to"])[:10]))
        if found["from"] else "",
        para(w.say("equation", **whole), "pb-sentence"),
        progress(f"calc(100%*{used}/{max(rows, 1)})"),
        el("div", el("div", *_skipped(w, found)), el("div", *_kinds(w, found)),
           css="pb-split pb-halves"),
        _careful(w, found),
        _people(w),
        _onwards(w),
        k="counts",
    )  # fmt: skip


def _family(name: str) -> str:
    known = ("slack", "telegram", "discord", "wechat", "whatsapp", "qq", "discourse", "git", "mail",
             "jielong", "chat-xml")  # fmt: skip
    return next((one for one in known if name.startswith(one)), "table")


def _skipped(w: Evidence, found: Mapping[str, Any]) -> Iterable[str]:
    yield heading(w.say("skipped"))
    if not found["skipped"]:
        yield para(w.say("skipped_none"))
        return
    rows = ((say(f"source.skip.{why}", w.lang), n) for why, n in found["skipped"].items())
    yield tally(w, rows, w.say("reason"), w.say("rows"))


def _kinds(w: Evidence, found: Mapping[str, Any]) -> Iterable[str]:
    yield heading(w.say("kinds"))
    names = {entry["id"]: text(entry, "name", w.lang) for entry in content("people")["kind"]}
    rows = ((names.get(kind, kind), n) for kind, n in found["kinds"].items())
    yield tally(w, rows, w.say("what"), w.say("events"))


def tally(w: Evidence, rows: Iterable[tuple[str, int]], first: str, second: str) -> str:
    """A table of names and counts."""
    body = (
        el("tr", el("th", esc(name), scope="row"),
           el("td", esc(amount(n, w.lang)), css="pb-number"))
        for name, n in rows
    )  # fmt: skip
    head = el("tr", column(first), column(second, "pb-number"))
    return el("table", el("thead", head), el("tbody", *body), css="pb-table")


def _careful(w: Evidence, found: Mapping[str, Any]) -> str:
    told = []
    if found.get("estimated_times"):
        told.append(w.say("estimated", n=amount(found["estimated_times"], w.lang)))
    if found.get("unknown_times"):
        told.append(w.say("untimed", n=amount(found["unknown_times"], w.lang)))
    if found.get("cut_names"):
        told.append(w.say("cut_names", n=found["cut_names"]))
    notes = dict(found.get("notes") or {})
    if found.get("genuine") is False and "unverified" not in notes:
        told.append(w.say("unverified"))
    told += [say(f"source.note.{name}", w.lang, n=amount(n, w.lang)) for name, n in notes.items()]
    if found.get("pseudonymised"):
        told.append(w.say("hidden"))
    return el("div", *(para(line) for line in told), css="pb-notice") if told else ""


def _people(w: Evidence) -> str:
    """Who is who: a second table, for those who have one."""
    there = para(w.say("people_there", name=w.people.name), "pb-notice") if w.people else ""
    asked = drop("people", w.say("people_choose"), w.say("people_hint"), ".csv,.xlsx,.parquet")
    return there + unfold(w.say("people_table"), asked, "people")


def _onwards(w: Evidence) -> str:
    go = press("analyse", w.say("analyse"), look="main")
    events = press("events", w.say("save_events"), look="quiet")
    other = press("go", w.say("other"), value="bring", look="quiet")
    return buttons(go, other, events if w.counted else "")
