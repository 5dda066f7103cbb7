"""The sentence first: what a score says in words, for the terminal, the report and the widgets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbook.load import content, sources
from playbook.scoring.checklist import interval, levels_read
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.model import Action, Answer, GateState, Interval, Milestone
    from playbook.scoring.assess import Score

#: Control signs could move a cursor or break an SVG; overrides turn the reading round.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

#: Signs for the three states of a gate; a GBK console has them all.
SIGNS = {"pass": "√", "fail": "×", "unknown": "?"}


def plain(text: object) -> str:
    """
    What of a person's text can be printed safely, on one line?

    >>> plain("a" + chr(27) + "[31m" + chr(10) + "b")
    'a�[31m b'
    """
    return " ".join(_HARMFUL.sub("�", str(text)).split())


def width(text: str) -> int:
    """
    How many columns does a text take?

    >>> width("社群 ok")
    7
    """
    columns = 0
    for sign in text:
        if unicodedata.combining(sign) or unicodedata.category(sign) in ("Cf", "Me", "Mn"):
            continue
        columns += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
    return columns


def short_label(label: object, columns: int) -> str:
    """
    A label that leaves room: cut where it is wider than so many columns.

    >>> short_label("a long name", 7)
    'a long…'
    """
    told = plain(label)
    return told if width(told) <= columns else beginning(told, columns - 1).rstrip() + "…"


def beginning(text: str, columns: int) -> str:
    """As much of a text as fits into so many columns."""
    kept = ""
    for sign in text:
        if width(kept + sign) > columns:
            break
        kept += sign
    return kept


def amount(value: float | None, lang: str | None = None, short: bool = False) -> str:
    """
    How is a number of people or money written? 万 and 亿 in Chinese; an unknown one is '–'.

    `short` is for axes: 4.5M, 450万.

    >>> amount(4500000, "en"), amount(4500000, "zh"), amount(1200, "en")
    ('4.5 million', '450 万', '1,200')
    """
    if value is None:
        return "–"
    zh = language(lang) == "zh"
    steps = [(1e12, "万亿", "万亿"), (1e8, "亿", "亿"), (1e4, "万", "万")]
    if not zh:
        steps = [(1e12, "trillion", "T"), (1e9, "billion", "B"), (1e6, "million", "M")] + [
            (1e3, "", "k")
        ] * short
    for size, name, letter in steps:
        if abs(value) >= size:
            few = float(f"{value / size:.4g}")
            digits = f"{few:.0f}" if few >= 1000 else f"{few:g}"
            return digits + letter if short else f"{digits} {name}"
    if short or (zh and abs(value) < 1e4):
        return f"{value:g}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def milestone(name: str, lang: str | None = None) -> str:
    """What is a milestone called: 1,000, or 'less than 100'?

    >>> milestone("none", "en"), milestone("1000", "en")
    ('less than 100', '1,000')
    """
    if name == "none":
        return say("score.none", lang)
    return say("score.milestone", lang, size=int(name)) if name.isdigit() else name


def join(parts: Iterable[str], lang: str | None = None) -> str:
    """A list in a sentence: commas in English, 、 in Chinese."""
    return say("chart.comma", lang).join(parts)


def range_text(interval: Interval, lang: str) -> str:
    """The interval in a few letters: 41–68; only one number where both ends agree."""
    low, high = f"{float(interval.low):.0f}", f"{float(interval.high):.0f}"
    return low if low == high else say("widget.range", lang, low=low, high=high)


def title(score: Score, lang: str | None = None) -> str:
    """Who is assessed, by what, aimed at what?"""
    community = score.answers.community
    name = community.name or community.id or say("report.unnamed", lang)
    values = {"name": name, "checklist": score.checklist.name(lang)}
    if not score.checklist.weights:
        return say("score.title_plain", lang, **values)
    return say("score.title", lang, **values, aim=milestone(score.aim, lang))


def standing(score: Score, lang: str | None = None) -> str:
    """Do size and strength agree? Empty for a checklist without milestones."""
    where = score.standing
    if not score.checklist.milestones:
        return ""
    capability = milestone(where.capability, lang)
    if where.capability == "none":
        first = milestone(score.checklist.milestones[0].id, lang)
        which = "unsized" if where.size is None else "both" if where.size == "none" else "ahead"
        size = milestone(where.size or "none", lang)
        return say(f"chart.below_{which}", lang, first=first, size=size)
    if where.size is None:
        return say("score.capability_only", lang, capability=capability)
    names = ["none", *(m.id for m in score.checklist.milestones)]
    ahead = names.index(where.size) - names.index(where.capability)
    which = "over_extended" if ahead > 0 else "room" if ahead < 0 else "even"
    return say(f"score.{which}", lang, size=milestone(where.size, lang), capability=capability)


def summary(score: Score, lang: str | None = None) -> list[str]:
    """
    What does the score say, the most important first?

    One sentence an entry: the interval, where the community stands, what to do first, how much
    is proven, and what limits all this.
    """
    whole = score.total
    sure = round(float(whole.low)) == round(float(whole.high))
    first = say(
        "score.sentence_sure" if sure else "score.sentence",
        lang,
        low=float(whole.low),
        high=float(whole.high),
        answered=score.answered,
        asked=score.asked,
    )
    if whole.point is None:
        first += say("chart.space", lang) + say("score.no_point", lang)
    elif not sure:
        guess = say("score.point", lang, point=float(whole.point))
        first += say("chart.space", lang) + guess
    said = [first, standing(score, lang)]
    if score.actions:
        names = [score.checklist.by_id[a.criterion].name(lang) for a in score.actions[:3]]
        said.append(say("score.first", lang, actions=join(names, lang)))
    if score.answered:
        said.append(verified(score, lang))
    if score.provisional:
        said.append(say("score.provisional", lang))
    return [sentence for sentence in said if sentence]


def verified(score: Score, lang: str | None = None) -> str:
    """How much of the score is shown by links, files or measurements?"""
    if score.verified:
        return say("score.verified", lang, verified=float(score.verified))
    return say("score.unverified", lang)


def proven(score: Score) -> dict[str, float]:
    """How much of each dimension, 0 to 100, is shown by links, files or measurements?"""
    levels = levels_read(score.checklist, score.answers, proven_only=True)
    return {
        d.id: float(interval(score.checklist, d.id, levels).low) for d in score.checklist.dimensions
    }


def weight_name(score: Score, weight: str, lang: str | None = None) -> str:
    """What is a weight called that sensitivity tried: a dimension's or a criterion's name?"""
    found = score.checklist.by_id.get(weight)
    return found.name(lang) if found else score.checklist.dimension(weight).name(lang)


def caveats(score: Score, lang: str | None = None) -> list[str]:
    """How firm is this? Sensitivity to the weights, and that nobody has validated them."""
    said = []
    if score.checklist.milestones:
        flips = dict.fromkeys(flip["weight"] for flip in score.sensitivity["flips"])
        names = join((weight_name(score, w, lang) for w in flips), lang)
        said.append(say("score.flips", lang, weights=names) if flips else say("score.stable", lang))
    said.append(say("score.unvalidated", lang))
    return said


def gate_name(score: Score, state: GateState, lang: str | None = None) -> str:
    """What is a gate called: 'Members ≥ 1,000', 'Structure ≥ 50', 'Roles: level 2'?"""
    gate = state.gate
    if gate.size is not None:
        return say("chart.gate_size", lang, size=milestone(str(gate.size), lang))
    if gate.dimension is not None:
        name = score.checklist.dimension(gate.dimension).name(lang)
        return say("chart.gate_dimension", lang, name=name, least=float(gate.at_least or 0))
    if gate.criterion is not None:
        name = score.checklist.by_id[gate.criterion].name(lang)
        return say("chart.gate_criterion", lang, name=name, level=gate.level)
    return say("chart.gate_funnel", lang, stage=gate.funnel_stage)


def stage_name(score: Score, stage: Milestone, lang: str | None = None) -> str:
    """What is a milestone called, and is it passed, the next one, or later?"""
    names = ["none", *(m.id for m in score.checklist.milestones)]
    ahead = names.index(stage.id) - names.index(score.standing.capability)
    which = "passed" if ahead <= 0 else "next" if ahead == 1 else "later"
    size = milestone(stage.id, lang)
    return say(f"figure.gate_{which}", lang, milestone=size, name=stage.name(lang))


def answer_words(answer: Answer | None, lang: str | None = None) -> str:
    """What was answered, in two words: 'level 2', 'not known', 'does not apply', 'not answered'?"""
    if answer is None:
        return say("chart.unanswered", lang)
    if answer.level is not None:
        return say("chart.level", lang, level=answer.level)
    if answer.na is not None:
        return say("chart.na", lang, reason=say(f"chart.na.{answer.na}", lang))
    return say("word.unknown", lang)


def measured_words(answer: Answer, lang: str | None = None) -> str:
    """
    What was measured, and does it say something else than was claimed? Empty where nothing was.

    >>> from playbook.model import Answer
    >>> measured_words(Answer(3, evidence="E3", measured={"level": 1, "value": 4, "n": 8}), "en")
    'You say level 3, measured level 1: 4 (n = 8).'
    """
    found = answer.measured
    if not found:
        return ""
    facts = {fact["id"]: fact for fact in content("evidence")["fact"]}
    fact = facts.get(found.get("fact", ""))
    unit = text(fact, "unit", lang) if fact else found.get("unit") or ""
    number = f"{found.get('value', '–')} {unit}".strip()
    n = "–" if found.get("n") is None else str(found["n"])
    which = "measured_beside" if found.get("level") is None else "measured"
    claimed = answer.level is not None and found.get("level") not in (None, answer.level)
    return say(
        f"evidence.{'claimed_' if claimed else ''}{which}",
        lang,
        claimed=answer.level,
        level=found.get("level"),
        number=number,
        n=f"{n} {say('evidence.counted.' + fact['n'], lang)}" if fact else n,
    )


def word(kind: str, name: str, lang: str | None = None) -> str:
    """What is a series, a unit, a quality … called? One that has no word stands as it is.

    >>> word("unit", "buyers", "zh"), word("unit", "kites", "zh")
    ('买家', 'kites')
    """
    try:
        return say(f"chart.{kind}.{name}", lang)
    except KeyError:
        return name


def source_word(name: str, key: str = "title") -> str:
    """A source's title, or where it lies (`where`); its id where it is not known."""
    return str(sources().get(name, {}).get(key, name))


def fact_value(fact: Mapping[str, Any], lang: str | None = None) -> str:
    """
    What is a fact's number with its unit? Empty where it has none.

    >>> fact_value({"value": 4500000, "unit": "members"}, "zh")
    '450 万名会员'
    """
    if fact.get("value") is None:
        return ""
    unit = fact.get("unit") or ""
    if unit == "share":
        return f"{fact['value']:.3g}" if fact["value"] > 1 else f"{fact['value'] * 100:.3g}%"
    number = amount(fact["value"], lang)
    gap = "" if number[-1] in "万亿" else " "
    return f"{number}{gap}{word('unit', unit, lang)}".rstrip()


def effort(action: Action, lang: str | None = None) -> str:
    """What does an action cost, each from 1 to 5?"""
    cost = action.effort
    return say("chart.effort", lang, people=cost.people, time=cost.time, money=cost.money)


@dataclass(frozen=True)
class Decided:
    """A diagnosis in words: the decision or what is missing for one, why, next steps, doubt."""

    sentence: str
    why: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    doubt: str = ""


def decided(score: Score, lang: str | None = None) -> Decided | None:
    """What did a diagnosis decide, in words? None where the checklist decides nothing."""
    found = score.decision
    if found is None:
        return None
    if found.outcome is None:
        names = (score.checklist.by_id[c].name(lang) for c in found.missing)
        missing = say("chart.comma", lang).join(names)
        return Decided(say("score.decision_open", lang, missing=missing))
    say_it = found.outcome.say
    why = tuple(str(say_it(key, lang)) for key in ("decision", "why") if say_it(key, lang))
    sentence = say("score.decision", lang, name=found.outcome.name(lang))
    return Decided(sentence, why, tuple(say_it("next", lang) or ()), str(say_it("doubt", lang)))
