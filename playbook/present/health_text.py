"""Health, an action's effect, and claimed against measured: in sentences, for the terminal.

Loads neither pandas nor an engine: it reads the documents that the engines return.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playbook.load import content
from playbook.present.sentences import amount, join, measured_words, plain
from playbook.present.terminal import wrap
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.people.evidence import Evidence

Found = Mapping[str, Any]
_UNITS = ("people", "weeks", "days", "times", "share", "index")
#: From this level on nothing is quiet, and nothing about quiet is said.
_LIVELY = 2


def number(value: float | None, unit: str | None = None, lang: str | None = None) -> str:
    """
    How is a measure's value written with its unit? An unknown one is '–'.

    >>> number(0.256, "share", "en"), number(3, "weeks", "zh"), number(None)
    ('25.6 %', '3 周', '–')
    """
    if value is None:
        return "–"
    shown = f"{100 * value:.3g}" if unit == "share" else _short(value, lang)
    shown = f"{value:.2f}" if unit == "index" else shown
    if unit in _UNITS:
        return say(f"health.unit.{unit}", lang, value=shown)
    return f"{shown} {unit}" if unit else shown


def _short(value: float, lang: str | None) -> str:
    rounded = round(value, 1)
    return amount(int(rounded) if rounded == int(rounded) else rounded, lang)


def measure_name(measure: Found, lang: str | None = None) -> str:
    """What is a measure of the dashboard called?"""
    return say(f"health.measure.{measure['id']}", lang)


def trend_words(measure: Found, lang: str | None = None) -> str:
    """What changed against the weeks before, and is it beyond chance? Empty where none is told."""
    trend = measure["trend"]
    if trend is None:
        return ""
    if trend["method"] == "as-of":
        was, now = (number(trend[key], measure["unit"], lang) for key in ("before", "after"))
        return say("health.trend.as_of", lang, before=was, after=now, n=trend["n"][0])
    low, high = trend["low"], trend["high"]
    which = "bare" if low is None else "up" if low > 0 else "down" if high < 0 else "flat"
    before, after = (_short(trend[key], lang) for key in ("before", "after"))
    if trend["method"] == "stretches":
        return say("health.trend.stretches", lang, before=before, after=after, n=trend["n"][0])
    count = measure["weekly"]
    what = say(f"health.weekly.{count}" if count else "health.trend.a_week", lang)
    return say(f"health.trend.{which}", lang, what=what, before=before, after=after)


def interval_words(trend: Found | None, lang: str | None = None) -> str:
    """The interval of a change, with how many weeks stand on each side; empty without one."""
    if trend is None or trend["low"] is None:
        return ""
    change, low, high = (f"{trend[key]:+.1f}" for key in ("change", "low", "high"))
    n = join(map(str, dict.fromkeys(trend["n"])), lang)
    return say("health.trend.interval", lang, change=change, low=low, high=high, n=n)


def reason(measure: Found, kind: str | None, lang: str | None = None) -> str:
    """Why this verdict, or why none?"""
    if measure["why"] is not None:
        return say(f"health.why.{measure['why']}", lang)
    if measure["rule"] is None or measure["verdict"] is None:
        return ""
    own = measure["rule"] in ("newcomers", "core") or (
        measure["rule"] == "people" and measure["verdict"] == "act"
    )
    lively = measure["verdict"] == "healthy" and (measure["level"] or 0) >= _LIVELY
    because = f"health.because.{measure['rule'] if own else kind or 'other'}"
    said = [] if lively else [say(because, lang)]
    facts = {fact["id"]: fact for fact in content("evidence")["fact"]}
    if measure["id"] in facts and measure["level"] is not None:
        alive = facts[measure["id"]]["alive"][measure["level"]]
        said.append(say("health.seen", lang, alive=alive))
    return say("chart.space", lang).join(said)


def outlook_words(outlook: Found, lang: str | None = None) -> str:
    """The band of the pilot in a sentence, or why there is none."""
    if outlook["band"] is None:
        why = say(f"health.why.{outlook['why']}", lang)
        return say("health.outlook.none", lang, why=why)
    shares = {key: round(100 * outlook[key]) for key in ("alive", "low", "high")}
    told = say(f"health.outlook.{outlook['band']}", lang, n=outlook["n"], **shares)
    return told + say("chart.space", lang) + say("health.outlook.label", lang)


def overall_words(found: Found, lang: str | None = None) -> str:
    """Is action needed? One sentence."""
    whole = found["overall"]
    if whole["verdict"] is not None:
        return say(f"health.overall.{whole['verdict']}", lang)
    return say("health.overall.none", lang, why=say(f"health.why.{whole['why']}", lang))


def health_text(found: Found, lang: str | None = None) -> str:
    """The dashboard for a terminal: the verdict first, then module by module, then its limits."""
    lang = language(lang)
    out = [say("health.title", lang), wrap(overall_words(found, lang))]
    for module in found["modules"]:
        shown = [m for m in module["measures"] if m["value"] is not None]
        if shown:
            out += ["", say(f"health.module.{module['id']}", lang)]
            out += [line for m in shown for line in _measure_lines(m, found["kind"], lang)]
    out += ["", say("health.outlook.head", lang), wrap(outlook_words(found["outlook"], lang), "  ")]
    limits = [*found["caveats"], "label"]
    out += ["", *(wrap(say(f"health.caveat.{name}", lang), "  ", "- ") for name in limits)]
    return "\n".join(out)


def _measure_lines(measure: Found, kind: str | None, lang: str) -> list[str]:
    value = number(measure["value"], measure["unit"], lang)
    parts = [value, trend_words(measure, lang)]
    if measure["verdict"] is not None:
        parts.insert(1, say(f"health.verdict.{measure['verdict']}", lang))
    told = say("figure.dot", lang).join(part for part in parts if part)
    name = measure_name(measure, lang)
    lines = [wrap(say("terminal.label", lang, label=name, text=told), "    ", "  ")]
    if measure["verdict"] in ("act", "watch"):
        lines.append(wrap(reason(measure, kind, lang), "      ", "      "))
    return lines


def action_text(found: Found, lang: str | None = None) -> str:
    """Did the action work, for a terminal: the answer, the weeks, and what else has changed."""
    lang = language(lang)
    name = say(f"health.weekly.{found['measure']}", lang)
    expect = say(f"health.action.expect.{found['expect']}", lang)
    head = say("health.action.head", lang, measure=name, date=found["date"], expect=expect)
    weeks = {side: join((_short(w["value"], lang) for w in found[side]), lang) or "–"
             for side in ("before", "after")}  # fmt: skip
    out = [
        wrap(head),
        wrap(say(f"health.action.{found['outcome']}", lang)),
        wrap(say(f"health.action.why.{found['why']}", lang), "  ", "  "),
        wrap(say("health.action.weeks", lang, **weeks), "  ", "  "),
    ]
    if interval := interval_words(found["difference"], lang):
        out.append(wrap(interval, "  ", "  "))
    for warning in found["warnings"]:
        value = _short(warning["value"], lang)
        out.append(wrap(say(f"health.action.warn.{warning['id']}", lang, value=value), "  ", "- "))
    if found["changed"]:
        out.append(say("health.action.changed", lang))
    for entry in found["changed"]:
        names = join((plain(name) for name in entry["names"]), lang)
        word = f"health.action.changed.{entry['how']}.{entry['what']}"
        out.append(wrap(say(word, lang, names=names, n=entry["n"]), "  ", "- "))
    out.append(wrap(say("health.action.no_cause", lang), "  ", "- "))
    return "\n".join(out)


def evidence_text(found: Evidence, events: str, lang: str | None = None) -> str:
    """Claimed against measured, question by question, with what the events cannot show."""
    lang = language(lang)
    spans = [(c["from"], c["to"]) for c in found.claims if c["from"]]
    if spans:
        out = [say("evidence.head", lang, events=plain(events), start=spans[0][0], end=spans[0][1])]
    else:
        out = [say("evidence.head_short", lang, events=plain(events))]
    caveats: dict[str, None] = {}
    for row, reading in zip(found.rows(lang), found.readings, strict=True):
        out += ["", wrap(f"{row['name']} ({row['criterion']})")]
        out.append(wrap(_claim_words(found, row, lang), "  ", "  "))
        unseen = reading.rule[lang]["unseen"]
        label = say("evidence.unseen", lang)
        out.append(wrap(say("terminal.label", lang, label=label, text=unseen), "  ", "  "))
        caveats |= dict.fromkeys(row["caveats"])
    out += ["", say("evidence.keep_in_mind", lang)]
    out += [wrap(say(f"evidence.caveat.{name}", lang), "  ", "- ") for name in caveats]
    out.append(wrap(content("evidence")[lang]["label"], "  ", "- "))
    return "\n".join(out)


def _claim_words(found: Evidence, row: Found, lang: str) -> str:
    """What was measured for a question, and how that stands to what was said."""
    if row["state"] == "unmeasured":
        why = say(f"evidence.why.{row['why']}", lang)
        return say("evidence.state.unmeasured", lang) + say("chart.space", lang) + why
    told = measured_words(found.answer(row["criterion"]), lang)
    if row["state"] in ("lower", "higher", "filled", "na"):
        state = say(f"evidence.state.{row['state']}", lang)
        return told + say("chart.space", lang) + state
    return told
