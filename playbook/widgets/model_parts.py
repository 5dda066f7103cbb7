"""What the explorer of a model is made of: its values, its numbers, what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import floor, log10
from typing import TYPE_CHECKING, Any

from playbook.errors import quote, refuse
from playbook.load import content, sources
from playbook.present.model_charts import told
from playbook.present.sentences import source_word
from playbook.widgets.controls import (
    VIEW,
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
from playbook.widgets.exercise import read_number
from playbook.words import say, text

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation

Entry = Mapping[str, Any]
#: The values that are tried first; the others are folded.
BASIC = {
    "group-buy": ("team", "hours", "willingness", "discount"),
    "bargain": ("cut", "bargainers", "friends", "willingness"),
    "fission": ("seeds", "k", "dispersion", "fatigue"),
    "forecast": ("members", "joins", "invites", "churn", "target"),
    "sizing": ("members", "active_share", "messages", "attention"),
    "dividend": ("people", "buy", "copies", "evening", "newcomers"),
    "franchise": ("card_sales", "holders", "region_sales", "branch_share"),
    "funnel": ("reached", "join_rate", "pay_rate", "retention", "fee"),
}
#: The sentences that come before the picture; a model without an entry begins with its first.
LEADS = {
    "group-buy": ("success", "cheaper"),
    "bargain": ("zero", "worn_out"),
    "forecast": ("end", "on_course", "off_course"),
    "sizing": ("load", "holds"),
    "dividend": ("sum", "not", "none"),
    "franchise": ("implied", "holder"),
    "funnel": ("profit", "moves"),
}


def is_share(parameter: Entry) -> bool:
    """Is it typed and shown in per cent?"""
    return str(parameter["unit"]).startswith("share")


def typed(parameter: Entry, value: Any) -> str:
    """A value as a person would type it: a share in per cent."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in value)
    if isinstance(value, str):
        return value
    number = Decimal(str(value)).scaleb(2 if is_share(parameter) else 0).normalize()
    return f"{number:f}"


def of_hundred(number: float) -> float:
    """A number in per cent as a share, without a rounding error.

    >>> of_hundred(5.7)
    0.057
    """
    return float(Decimal(str(number)).scaleb(-2))


def meant(parameter: Entry, written: str) -> Any:
    """
    What was typed, as the model takes it; None for an empty field that may be empty.

    Shares in per cent, digits of either script. What is no number raises PlaybookError.

    >>> meant({"kind": "number", "unit": "share", "default": 0.1}, "12,5 %".replace(",", "."))
    0.125
    """
    if parameter["kind"] == "date":
        return written.strip() or None
    if parameter["kind"] == "numbers":
        told_ = written.replace("，", ",").replace("、", ",").replace("\n", ",")
        found = [_typed_number(one) for one in told_.split(",") if one.strip()]
        return found or None
    if not written.strip() and parameter.get("default") is None:
        return None
    if is_share(parameter):
        return of_hundred(_typed_number(written))
    return _typed_number(written)


def _typed_number(written: str) -> float:
    number = read_number(written)
    if number is None:
        raise refuse("", "number", given=quote(written[:40]))
    return int(number) if number == int(number) else number


def window(parameter: Entry, value: float) -> tuple[float, float, float]:
    """
    From where to where does a slider go, and in which steps? What is typed may lie beyond.

    >>> window({"low": 0, "high": 1, "default": 0.05, "kind": "number"}, 0.05)
    (0, 0.2, 0.002)
    """
    low, high = parameter["low"], parameter["high"]
    whole = parameter["kind"] == "integer"
    usual = parameter.get("default") or (10 if whole else min(1.0, high))
    top = min(high, max(_round_up(4 * usual), _round_up(value) if value > 0 else 0))
    step = max(1, int(_round_up(top / 100) if top > 150 else 1)) if whole else _round_up(top / 100)
    return low, top, step


def _round_up(value: float) -> float:
    size = 10.0 ** floor(log10(value))
    found = next(n for n in (1, 2, 3, 4, 5, 6, 8, 10) if n * size >= value * (1 - 1e-9)) * size
    return float(f"{found:.6g}") if found < 1 else int(found)


# --- values -----------------------------------------------------------------------------------


def _label(found: Entry, lang: str) -> str:
    """Whose value is it?"""
    label = found["label"]
    return el("span", esc(say(f"model.label.{label}", lang)), css=f"pb-badge pb-is-{label}")


def _source(found: Entry, parameter: Entry, lang: str) -> str:
    """Where is it from, or how sure is the estimate?"""
    if found["label"] == "calibrated" and found.get("low") is not None:
        ends = {end: told(found[end], parameter["unit"], lang) for end in ("low", "high")}
        return say("explore.estimated", lang, n=found.get("n"), **ends)
    source = found["source"]
    if source in (None, "own") or source not in sources():
        return ""
    return say("explore.source", lang, title=source_word(source))


def _unit(parameter: Entry, lang: str) -> str:
    unit = parameter["unit"]
    return say(f"explore.suffix.{unit}" if is_share(parameter) else f"model.unit.{unit}", lang)


def _back(found: Entry, parameter: Entry, lang: str) -> str:
    """The way back to the value of content."""
    key = parameter["id"]
    if found["label"] != "given":
        return ""
    usual = told(parameter.get("default"), parameter["unit"], lang)
    label = say("explore.back" if usual != "–" else "explore.empty", lang, value=usual)
    return press("reset", label, key=key, look="quiet small",
                 about=text(parameter, "name", lang))  # fmt: skip


def dial(found: Entry, parameter: Entry, lang: str, draft: str | None, problem: str) -> str:
    """One value by slider and by number, with its label, its source and what it means."""
    key, name = parameter["id"], text(parameter, "name", lang)
    value = found["value"]
    low, high, step = window(parameter, value)
    base = f"{VIEW}dial-{key}"
    slider = el(
        "input", type="range", id=f"{base}-slide", value=value, data_do="slide", data_key=key,
        min=low, max=high, step=step, aria_valuetext=told(value, parameter["unit"], lang),
        aria_describedby=f"{base}-hint",
    )  # fmt: skip
    number = el(
        "input", type="text", id=f"{base}-type", css="pb-input", data_do="type", data_key=key,
        value=typed(parameter, value) if draft is None else draft, inputmode="decimal",
        maxlength=40, aria_invalid="true" if problem else None, autocomplete="off",
        aria_label=say("explore.exact", lang, name=name, unit=_unit(parameter, lang)),
        aria_describedby=f"{base}-wrong" if problem else None,
    )  # fmt: skip
    exact = el("span", number, el("span", esc(_unit(parameter, lang)), css="pb-small",
                                  aria_hidden="true"), css="pb-exact")  # fmt: skip
    said = f"{text(parameter, 'meaning', lang)} {_source(found, parameter, lang)}".strip()
    hint = el("p", _label(found, lang), " ", esc(said), css="pb-hint pb-small",
              id=f"{base}-hint")  # fmt: skip
    return el(
        "div",
        el("div", el("label", esc(name), for_=f"{base}-slide"), exact, css="pb-dial-top"),
        slider,
        para(problem, "pb-wrong", id=f"{base}-wrong"),
        hint,
        _back(found, parameter, lang),
        css="pb-dial",
        k=f"dial-{key}",
    )


def entry(found: Entry, parameter: Entry, lang: str, draft: str | None, problem: str) -> str:
    """One of the folded values: a field or a list to pick from."""
    key, value = parameter["id"], found["value"]
    name = text(parameter, "name", lang)
    if parameter["kind"] == "choice":
        options = [(one, say(f"explore.choice.{one}", lang)) for one in parameter["choices"]]
        asked = pick("choose", name, options, value, key=key)
    else:
        label = name
        if parameter["kind"] in ("integer", "number"):
            label = say("explore.exact", lang, name=name, unit=_unit(parameter, lang))
        shown = typed(parameter, value) if draft is None else draft
        asked = field("type", label, shown, key=key, problem=problem, autocomplete="off",
                      hint=text(parameter, "meaning", lang),
                      maxlength=4000 if parameter["kind"] == "numbers" else 40)  # fmt: skip
    source = el("span", esc(_source(found, parameter, lang)), css="pb-hint")
    below = el("div", _label(found, lang), " ", source,
               _back(found, parameter, lang), css="pb-from")  # fmt: skip
    return el("div", asked, below, k=f"entry-{key}")


# --- what stands beside -----------------------------------------------------------------------


def measures(run: Simulation, lang: str) -> str:
    """The headline numbers as a table."""
    rows = [
        el("tr", el("th", esc(one["name"]), scope="row"),
           el("td", esc(told(one["value"], unit, lang)), css="pb-number"))
        for one, unit in zip(run.measures(lang), units(run), strict=True)
    ]  # fmt: skip
    caption = el("caption", esc(say("explore.measures", lang)))
    return el("table", caption, el("tbody", *rows), css="pb-table pb-measures")


def units(run: Simulation) -> list[str]:
    """The unit ids of a model's headline numbers."""
    return [one["unit"] for one in run.entry["measure"]]


def published(run: Simulation, lang: str) -> str:
    """Figures from elsewhere and how well the model fits them, or that there are none."""
    found = run.published(lang)
    head = heading(say("explore.published", lang))
    if isinstance(found, str):
        return head + para(say("model.none_published", lang))
    of = {one["result"]: one["unit"] for one in run.entry["measure"]}
    results = {one["id"]: one.get("result") for one in run.entry["published"]}
    rows = []
    for one in found:
        quality = el("span", esc(say(f"model.label.{one['quality']}", lang)), css="pb-badge")
        both = ""
        if one["model"] is not None:
            word = "here" if one["value"] is None else "gap"
            unit = of.get(results.get(one["id"]), "ratio")
            numbers = {key: told(one[key], unit, lang) for key in ("value", "model")}
            both = el("b", esc(say(f"model.{word}", lang, **numbers))) + " "
        where = say("explore.source", lang, title=source_word(one["source"]))
        rows.append(
            el("li", esc(one["what"]), " ", quality, " ",
               el("span", esc(where), css="pb-hint pb-small"), el("br"), both, esc(one["fit"]))
        )  # fmt: skip
    return head + el("ul", *rows, css="pb-beside-list")


def redlines(run: Simulation, lang: str) -> str:
    """What platforms and law forbid or license here; nothing for a model without any."""
    lines = run.redlines(lang)
    if not lines:
        return ""
    texts = content("redlines")
    shown = [
        el("li", el("b", esc(line["what"])), " ",
           el("span", esc(say("explore.since", lang, day=line["since"])), css="pb-badge"),
           para(line["rule"]),
           unfold(say("explore.consequence", lang), para(line["consequence"])
                  + para(line["ask"], "pb-hint"), f"line-{line['id']}"))
        for line in lines
    ]  # fmt: skip
    head = heading(text(texts, "name", lang))
    return el("section", head, el("ul", *shown), para(text(texts, "disclaimer", lang), "pb-small"),
              css="pb-error", k="redlines", aria_label=text(texts, "name", lang))  # fmt: skip


def warning(run: Simulation, lang: str) -> str:
    """One line at the head: there are red lines, before anybody falls in love with a number."""
    lines = run.redlines(lang)
    if not lines:
        return ""
    names = say("explore.semicolon", lang).join(line["what"] for line in lines)
    told_ = el("strong", esc(say("explore.redlines_here", lang, n=len(lines))))
    return el("p", el("span", "!", css="pb-sign", aria_hidden="true"), told_, " ", esc(names),
              css="pb-red")  # fmt: skip


# --- scenarios --------------------------------------------------------------------------------


def side_by_side(runs: Mapping[str, Simulation], lang: str) -> str:
    """Scenarios as columns: the values that differ, then the headline numbers."""
    first = next(iter(runs.values()))
    heads = (el("th", name_of(name), scope="col", css="pb-number") for name in runs)

    def row(name: str, cells: Sequence[str]) -> str:
        inner = (el("td", esc(cell), css="pb-number") for cell in cells)
        return el("tr", el("th", esc(name), scope="row"), *inner)

    rows = [
        row(
            text(p, "name", lang), [told(r.values[p["id"]], p["unit"], lang) for r in runs.values()]
        )
        for p in first.entry["parameter"]
        if len({str(r.values[p["id"]]) for r in runs.values()}) > 1
    ]
    if len({r.seed for r in runs.values()}) > 1:
        rows.append(row(say("explore.seed", lang), [str(r.seed) for r in runs.values()]))
    found = zip(first.entry["measure"], *(r.measures(lang) for r in runs.values()), strict=True)
    for one, *each in found:
        rows.append(
            row(text(one, "name", lang), [told(e["value"], one["unit"], lang) for e in each])
        )
    first_head = column(say("explore.measure", lang))
    return table(say("explore.side_by_side", lang), [first_head, *heads], rows)


def findings(run: Simulation, lang: str) -> tuple[list[str], list[str]]:
    """The sentences before the picture, and the others."""
    found = run.findings(lang)
    leads = LEADS.get(run.model, (found[0]["id"],)) if found else ()
    first = [one["text"] for one in found if one["id"] in leads]
    return first, [one["text"] for one in found if one["id"] not in leads]


def others(sentences: Sequence[str], lang: str) -> str:
    """The sentences after the picture."""
    return heading(say("explore.more_findings", lang)) + items(sentences) if sentences else ""
