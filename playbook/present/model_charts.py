"""A picture for each model: it tells what the numbers found, and marks what is invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from playbook.present.figure import Figure, Mark
from playbook.present.sentences import amount, join
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation

Row = dict[str, Any]
#: Model → the module and function that draw it.
_HOMES = {
    "group-buy": ("model_charts_spread", "group_buy"),
    "bargain": ("model_charts_spread", "bargain"),
    "fission": ("model_charts_spread", "fission"),
    "forecast": ("model_charts_grow", "forecast"),
    "sizing": ("model_charts_grow", "sizing"),
    "dividend": ("model_charts_grow", "dividend"),
    "franchise": ("model_charts_money", "franchise"),
    "funnel": ("model_charts_money", "funnel"),
}
#: How many invented values are named under a picture; the others are counted.
_NAMED = 4


def picture(run: Simulation, lang: str | None = None) -> Figure:
    """
    What does a run look like? One figure a model, with its numbers as a table.

    >>> from playbook.growth.run import run
    >>> picture(run("sizing", members=100), "en").title
    'A group of 100 can be read whole; up to 125 could'
    """
    module, name = _HOMES[run.model]
    draw: Callable[[Simulation, str], Figure]
    draw = getattr(import_module(f"playbook.present.{module}"), name)
    return draw(run, language(lang))


def percent(share: float | None) -> str:
    """A share in per cent, as exact as it needs to be.

    >>> percent(0.694), percent(0.0298), percent(0.0001), percent(0.996)
    ('69%', '3%', '<0.1%', '99.6%')
    """
    if share is None:
        return "–"
    if 0 < abs(share) < 0.001:
        return "<0.1%"
    if 0.99 < share < 0.9995:  # nearly all is not all
        return f"{share:.1%}"
    return f"{share:.0%}" if abs(share) >= 0.0995 else f"{share * 100:.2g}%"


def whole(value: float | None, lang: str) -> str:
    """A number of people, copies or yuan: without decimals from 100 on, else with one."""
    if value is None:
        return "–"
    return amount(round(value) if abs(value) >= 99.5 else float(f"{value:.1f}"), lang)


def axis(value: float, lang: str) -> str:
    """A number beside an axis, where there is little room.

    >>> axis(20_000_000, "en"), axis(7.5, "en")
    ('20M', '7.5')
    """
    return amount(value, lang, short=True) if abs(value) >= 1e4 else whole(value, lang)


def told(value: Any, unit: str, lang: str) -> str:
    """A value with its unit, as it is said.

    >>> told(0.05, "share", "en"), told(24, "hours", "zh"), told(None, "CNY", "en")
    ('5%', '24 小时', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, list):
        return join((whole(one, lang) for one in value), lang)
    if isinstance(value, str):
        return say(f"explore.choice.{value}", lang)
    if unit.startswith("share"):
        return say(f"explore.unit.{unit}", lang, value=percent(value))
    number = f"{value:.3g}" if isinstance(value, float) and abs(value) < 10 else whole(value, lang)
    if unit in ("ratio", "shape"):
        return number
    return snug(say("explore.value", lang, value=number, unit=say(f"model.unit.{unit}", lang)))


def snug(sentence: str) -> str:
    """万元 and 亿人 are written without a space between.

    >>> snug("82 万 元")
    '82 万元'
    """
    return sentence.replace("万 ", "万").replace("亿 ", "亿")


def again(run: Simulation, **changed: Any) -> Mapping[str, Any]:
    """The results of the same run with some values changed: the engine is asked, not guessed."""
    from playbook.growth.run import run as simulate

    given = {key: run.values[key] for key in run.given}
    return simulate(run.model, run.seed, **{**given, **changed}).results


def foot(run: Simulation, lang: str) -> str:
    """Which model, which seed, and which of its values are invented?"""
    values = run.parameters()
    names = {p["id"]: text(p, "name", lang) for p in run.entry["parameter"]}
    invented = [names[key] for key, p in values.items() if p["label"] == "invented"]
    name = text(run.entry, "name", lang)
    parts = [say("explore.foot", lang, name=name, version=run.entry["version"], seed=run.seed)]
    if invented:
        more = len(invented) - _NAMED
        word = "explore.invented_more" if more > 0 else "explore.invented"
        shown = join(invented[:_NAMED], lang)
        parts.append(say(word, lang, n=len(invented), all=len(values), names=shown, more=more))
    return say("figure.dot", lang).join(parts)


def figure(
    run: Simulation, lang: str, title: str, draw: Callable[[bool], str], rows: Sequence[Row],
    key: Sequence[Mark], subtitle: str = "",
) -> Figure:  # fmt: skip
    """A figure of a run; what it shows in words are the findings."""
    said = " ".join(found["text"] for found in run.findings(lang))
    return Figure(
        title=snug(title),
        subtitle=subtitle or say(f"explore.{run.model}.subtitle", lang),
        foot=foot(run, lang),
        alt=snug(title) + say("figure.stop", lang) + said,
        draw=draw,
        rows=rows,
        key=key,
        lang=lang,
    )
