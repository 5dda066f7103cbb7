"""What several widgets show of a score: the bars, the ladder of gates, the action cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from playbook.load import content
from playbook.model import Action, GateState, Interval
from playbook.present.sentences import SIGNS, effort, gate_name, milestone, proven, range_text
from playbook.scoring.assess import Score
from playbook.widgets.controls import el, esc, heading, para, unfold
from playbook.words import say, text


def colour_of(dimension: str) -> str:
    """The style that gives an element the colour of a dimension."""
    return f"--pb-card-colour:var(--pb-{dimension},var(--pb-accent))"


def _bar(name: str, interval: Interval, verified: float, lang: str, style: str, css: str) -> str:
    """An interval on 0 to 100; the point is a dot, what is verified a hollow mark."""
    marks = [el("i", css="pb-span")]
    if verified:
        marks.append(el("i", css="pb-proof", style=f"--at:{verified:.2f}"))
    if interval.point is not None:
        marks.append(el("i", css="pb-dot", style=f"--at:{float(interval.point):.2f}"))
    ends = f"--low:{float(interval.low):.2f};--high:{float(interval.high):.2f};{style}"
    return el(
        "li",
        el("span", esc(name)),
        el("span", *marks, css="pb-track", aria_hidden="true", style=ends),
        el("b", range_text(interval, lang)),
        css=css,
    )


def bars(score: Score, lang: str) -> str:
    """The total and the dimensions, in their order, as intervals with their numbers."""
    shown = proven(score)
    whole = _bar(say("widget.total", lang), score.total, float(score.verified), lang,
                 "--pb-card-colour:var(--pb-ink)", "pb-bar pb-whole")  # fmt: skip
    rows = []
    for part in score.dimensions:
        name = score.checklist.dimension(part.id).name(lang)
        left = "" if part.weight else f" ({say('widget.left_out', lang)})"
        rows.append(_bar(name + left, part.interval, shown[part.id], lang, colour_of(part.id),
                         "pb-bar"))  # fmt: skip
    return el("ul", whole, *rows, css="pb-bars")


def ladder(score: Score, states: Iterable[GateState], lang: str, now: str | None = None) -> str:
    """Gates by milestone: sign and word, the gate, and why it stands so."""
    steps: dict[str, list[GateState]] = {}
    for state in states:
        steps.setdefault(state.gate.milestone, []).append(state)
    shown = []
    for name, found in steps.items():
        entry = next(m for m in score.checklist.milestones if m.id == name)
        passed = sum(state.state == "pass" for state in found)
        count = say("widget.gates_passed", lang, passed=passed, asked=len(found))
        head = f"{milestone(name, lang)} · {entry.name(lang)}"
        shown.append(
            el(
                "section",
                el("h4", f"{esc(head)} ", el("span", esc(count), css="pb-badge")),
                para(entry.say("proves", lang), "pb-hint"),
                el("ul", *(_gate(score, state, lang) for state in found), css="pb-gates"),
                css="pb-rung pb-next" if name == now else "pb-rung",
            )
        )
    return "".join(shown)


def _gate(score: Score, state: GateState, lang: str) -> str:
    kind = "pb-open" if state.state == "unknown" else f"pb-{state.state}"
    why = f"{score.because(state, lang)} {state.gate.say('why', lang)}"
    return el(
        "li",
        el("span", SIGNS[state.state], css=kind, aria_hidden="true"),
        el("strong", esc(say(f"chart.state.{state.state}", lang)), css=kind),
        el("span", el("b", esc(gate_name(score, state, lang))), " ",
           el("span", esc(why), css="pb-hint")),
        k=f"{state.gate.milestone}-{state.gate.id}",
    )  # fmt: skip


def redlines(lang: str, *uses: str) -> str:
    """What platforms and law forbid or license where members are used so; the disclaimer first."""
    texts = content("redlines")
    shown = (
        el("li", el("b", esc(text(line, "what", lang))),
           *(para(text(line, key, lang)) for key in ("rule", "consequence")),
           para(text(line, "ask", lang), "pb-hint"))
        for line in texts["redline"]
        if {*uses} & {*line["applies_to"]}
    )  # fmt: skip
    return para(text(texts, "disclaimer", lang), "pb-small") + el("ul", *shown)


def action_card(score: Score, action: Action, lang: str, button: str = "") -> str:
    """What to do on Monday, who, how long, what it unlocks, who did it, and why this is told."""
    criterion = score.checklist.by_id[action.criterion]
    rows = (
        el("dt", esc(say(f"widget.card_{key}", lang))) + el("dd", esc(criterion.say(key, lang)))
        for key in ("first_step", "owner", "takes", "unlocks")
        if criterion.say(key, lang)
    )
    more = para(criterion.say("example", lang)) + para(effort(action, lang), "pb-hint")
    return el(
        "li",
        heading(criterion.name(lang)),
        el("p", el("b", esc(criterion.say("action", lang)))),
        el("dl", *rows),
        unfold(say("widget.card_more", lang), more, "more"),
        para(score.why(action, lang), "pb-why"),
        button,
        css="pb-card",
        k=f"card-{criterion.id}",
        style=colour_of(criterion.dimension),
    )


def action_cards(score: Score, lang: str, button: Callable[[Action], str] = lambda _: "") -> str:
    """The first few actions as cards."""
    made = [action_card(score, a, lang, button(a)) for a in score.actions[:3]]
    return el("ol", *made, css="pb-cards") if made else ""
