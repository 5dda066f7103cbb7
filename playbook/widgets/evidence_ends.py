"""The last screens of the evidence widget: did it work, and what of the checklist is shown?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playbook.load import content
from playbook.present import week_charts
from playbook.present.people_text import rule_name
from playbook.widgets.controls import (
    buttons,
    column,
    el,
    esc,
    field,
    heading,
    items,
    para,
    pick,
    press,
    table,
)
from playbook.widgets.evidence_results import WEEKS
from playbook.words import say, text

if TYPE_CHECKING:
    from playbook.widgets.evidence import Evidence

_STATES = {"agrees": "pb-pass", "filled": "pb-pass", "lower": "pb-fail", "higher": "pb-open"}


# --- did it work ------------------------------------------------------------------------------


def action(w: Evidence) -> str:
    """A date, a measure, an expectation; and what the weeks before and after say."""
    log = w.members.log
    kinds = content("evidence")["kinds"]
    measures = [
        (one["id"], say(f"health.weekly.{one['id']}", w.lang))
        for one in content("health")["weekly"]
        if log.kinds & set(kinds.get(one["kinds"], [one["kinds"]]))
    ]
    asked = w.asked
    first = str(log.first or "")[:10]
    chosen = (
        asked["measure"] if asked["measure"] in dict(measures) else f"{asked['measure']}_weekly"
    )
    expect = [(way, say(f"health.action.expect.{way}", w.lang)) for way in ("up", "down")]
    weeks = [(str(n), w.say("weeks_each", n=n)) for n in WEEKS]
    form = el(
        "div",
        field("asked", w.say("day"), asked["day"], key="day", type="date", hint=w.say(
            "day_hint", first=first, last=log.at.date().isoformat())),
        pick("asked", w.say("measure"), measures, chosen, key="measure"),
        pick("asked", w.say("expect"), expect, asked["expect"], key="expect"),
        pick("asked", w.say("weeks"), weeks, str(asked["weeks"]), key="weeks"),
        css="pb-grid",
    )  # fmt: skip
    return el(
        "div",
        heading(w.say("action_head"), focus=True),
        para(w.say("action_about")),
        form,
        buttons(press("effect", w.say("look"), look="main")),
        _effect(w) if w.effect else "",
        k="action",
    )


def _effect(w: Evidence) -> str:

    found: Mapping[str, Any] = w.effect or {}
    name = say(f"health.weekly.{found['measure']}", w.lang)
    told = [say(f"health.action.why.{found['why']}", w.lang)]
    for warning in found["warnings"]:
        value = f"{warning['value']:.1f}".removesuffix(".0")
        told.append(say(f"health.action.warn.{warning['id']}", w.lang, value=value))
    changed = []
    for entry in found["changed"]:
        own = entry["what"] == "kind"
        called = (rule_name("kind", name, w.lang) if own else name for name in entry["names"])
        names = say("chart.comma", w.lang).join(called)
        word = f"health.action.changed.{entry['how']}.{entry['what']}"
        changed.append(say(word, w.lang, names=names, n=entry["n"]))
    more = el("h5", esc(say("health.action.changed", w.lang))) + items(changed) if changed else ""
    return el(
        "section",
        para(say(f"health.action.{found['outcome']}", w.lang), "pb-sentence"),
        *(para(one) for one in told),
        w.figure("effect", week_charts.action(found, name, w.lang)),
        more,
        para(say("health.action.no_cause", w.lang), "pb-notice"),
        k="effect",
    )


# --- into the assessment ----------------------------------------------------------------------


def answers(w: Evidence) -> str:
    """Claimed against measured, question by question; and the button that takes it over."""
    found = w.measured
    if found is None:
        ask = buttons(press("measure", w.say("measure_now"), look="main"))
        head = heading(w.say("answers_head"), focus=True)
        return el("div", head, para(w.say("answers_about")), ask, k="answers")
    rows = found.rows(w.lang)
    seen = [row for row in rows if row["state"] != "unmeasured"]
    unseen = [row["name"] for row in rows if row["state"] == "unmeasured"]
    differ = [row for row in rows if row["state"] in ("lower", "higher")]
    caveats = dict.fromkeys(name for row in rows for name in row["caveats"])
    columns = ("question", "claimed", "measured", "seen", "means")
    heads = (column(w.say(f"answer_{name}")) for name in columns)
    rows_ = (_answer(w, row) for row in seen)
    asked = any(row["claimed"] is not None for row in rows)
    word = "answers_differ" if differ else "answers_none" if asked else "answers_new"
    told = w.say(word, n=len(differ or seen), all=len(seen))
    return el(
        "div",
        heading(told, focus=True),
        table(w.say("answers_caption"), heads, rows_, "pb-answers"),
        para(w.say("answers_unseen", names=say("chart.comma", w.lang).join(unseen)))
        if unseen else "",
        el("div", *(para(w.say("ended") if name == "ended" else
                         say(f"evidence.caveat.{name}", w.lang)) for name in caveats),
           css="pb-notice") if caveats else "",
        buttons(press("take", w.say("take"), look="main"),
           press("answers", w.say("save_answers"), look="quiet")),
        para(w.say("take_hint"), "pb-hint"),
        k="answers",
    )  # fmt: skip


def _answer(w: Evidence, row: Mapping[str, Any]) -> str:
    def level(value: int | None) -> str:
        return "–" if value is None else say("chart.level", w.lang, level=value)

    fact = next((f for f in content("evidence")["fact"] if f["id"] == row["fact"]), None)
    unit = text(fact, "unit", w.lang) if fact else ""
    told = w.say("answer_n", value=f"{row['value']:g}", unit=unit, n=row["n"])
    state = row["state"]
    words = w.say(f"state_{state}")
    return el(
        "tr",
        el("th", esc(row["name"]), scope="row"),
        el("td", esc(level(row["claimed"]))),
        el("td", el("b", esc(level(row["measured"])))),
        el("td", esc(told)),
        el("td", esc(words), css=_STATES.get(state, "")),
        k=f"answer-{row['criterion']}",
    )
