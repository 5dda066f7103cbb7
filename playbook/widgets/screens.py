"""What the self-assessment shows: the way, the first page, a question, the check, the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playbook.load.code import NA
from playbook.model import Criterion
from playbook.present.form_page import LISTS
from playbook.present.sentences import (
    answer_words,
    caveats,
    decided,
    join,
    measured_words,
    range_text,
    summary,
)
from playbook.widgets.controls import (
    buttons,
    choice,
    el,
    esc,
    field,
    go,
    heading,
    items,
    name_of,
    para,
    pick,
    press,
    progress,
    unfold,
    upload,
)
from playbook.widgets.parts import action_cards, bars, colour_of, ladder
from playbook.words import say

if TYPE_CHECKING:
    from playbook.widgets.assessment import SelfAssessment

GRADES = ("E0", "E1", "E2", "E3")
_USUAL = {"members_kind": "members", "scale": "grow"}


def screen(w: SelfAssessment) -> str:
    """Where am I, the step, and beside it the score so far."""
    if w.at in ("start", "result"):
        return where(w) + (start(w) if w.at == "start" else result(w))
    inner = check(w) if w.at == "check" else ask(w, w.checklist.by_id[w.at])
    return where(w) + el("div", el("div", inner), beside(w), css="pb-split")


def where(w: SelfAssessment) -> str:
    """The steps, how much is answered, and when it was saved."""
    steps = [_step(w, "start", w.say("step_start"))]
    for dimension in w.checklist.dimensions:
        names = [c.id for c in w.checklist.of(dimension.id)]
        given = sum(name in w.answers["answers"] for name in names)
        tally = w.say("tally", done=given, asked=len(names))
        label = f"{dimension.name(w.lang)} {tally}"
        steps.append(_step(w, dimension.id, label, w.at in names, colour_of(dimension.id)))
    steps += [_step(w, step, w.say(f"step_{step}")) for step in ("check", "result")]
    done, asked = w.answered, len(w.ids)
    saved = w.say("saved", time=f"{w.store.at:%H:%M}") if w.store.at else w.say("not_saved")
    now = w.say("score_now", range=range_text(w.score.total, w.lang))
    return (
        el("nav", el("ol", *steps, css="pb-steps"), aria_label=w.say("steps"))
        + el("p", el("span", esc(w.say("progress", done=done, asked=asked))),
             el("b", esc(now), css="pb-now"), el("span", esc(saved)), css="pb-status pb-small")
        + progress(f"calc(100%*{done}/{asked})")
    )  # fmt: skip


def _step(
    w: SelfAssessment, step: str, label: str, inside: bool = False, style: str | None = None
) -> str:
    here = "step" if inside or w.at == step else None
    return el(
        "li", press("go", label, value=step, css="pb-step", style=style, aria_current=here), k=step
    )


def start(w: SelfAssessment) -> str:
    """The promise, the way in, and a few things about the community."""
    given = dict(w.answers.get("community") or {})
    funnel = given.pop("funnel", None) or {}
    given["stage"] = funnel.get("stage")
    given["earning"] = {True: "yes", False: "no", None: None}[funnel.get("earning")]
    done = w.answered
    hello = w.say("hello_again", done=done) if done else w.say("hello", n=len(w.ids))
    begin = go(w.say("go_on" if done else "begin"), w.first_open(), "main")
    rater = field("about", w.say("about_rater"), w.answers.get("rater"), key="rater",
                  hint=w.say("about_rater_hint"), maxlength=200)  # fmt: skip
    fields = [_text(w, key, given) for key in ("name", "members")]
    fields += [_pick(w, key, given) for key in ("members_kind", "kind", "scale")]
    money = el("div", *(_pick(w, key, given) for key in ("stage", "earning")), css="pb-grid")
    own = upload("import", w.say("import"), w.say("import_hint"))
    five = (
        el("li", el("span", esc(d.letter), css="pb-letter", aria_hidden="true"),
           el("span", el("b", esc(d.name(w.lang))), el("br"), esc(d.say("decides", w.lang)),
              css="pb-small"), style=colour_of(d.id))
        for d in w.checklist.dimensions
    )  # fmt: skip
    return (
        el("div", heading(w.say("welcome"), focus=True), para(hello),
           el("ul", *five, css="pb-five"), el("p", begin), css="pb-card", k="start")
        + el("div", heading(w.say("about")), para(w.say("about_hint"), "pb-hint"), _faults(w),
             el("div", *fields, rater, css="pb-grid"), unfold(w.say("money"), money, "money"),
             css="pb-card", k="about")
        + unfold(w.say("bring"), own, "bring")
    )  # fmt: skip


def _faults(w: SelfAssessment) -> str:
    if not w.wrong:
        return ""
    lines = (f"{w.say(f'about_{key}')} {w.fault(key)}" for key in w.wrong)
    return el("div", el("strong", esc(w.say("problem"))), items(lines), css="pb-error", k="faults")


def _text(w: SelfAssessment, key: str, given: Mapping[str, Any]) -> str:
    return field(
        "about",
        w.say(f"about_{key}"),
        w.drafts.get(key, given.get(key)),
        key=key,
        hint=w.say(f"about_{key}_hint"),
        problem=w.fault(key),
        maxlength=200,
        inputmode="numeric" if key == "members" else None,
    )


def _pick(w: SelfAssessment, key: str, given: Mapping[str, Any]) -> str:
    options = [(value, w.say(f"{key}_{value}")) for value in LISTS[key]]
    if key not in _USUAL:
        options.insert(0, ("", w.say("not_said")))
    chosen = given.get(key)
    shown = _USUAL.get(key) if chosen is None else str(chosen)
    return pick("about", w.say(f"about_{key}"), options, shown, key=key)


def ask(w: SelfAssessment, criterion: Criterion) -> str:
    """One question: its four answers, and the two that stand apart."""
    dimension = w.checklist.dimension(criterion.dimension)
    names = [c.id for c in w.checklist.of(dimension.id)]
    place = w.say("place", dimension=dimension.name(w.lang), n=names.index(criterion.id) + 1,
                  asked=len(names))  # fmt: skip
    chosen = w.chosen(criterion.id)
    asked = choice(
        "level",
        criterion.say("question", w.lang),
        [(str(n), text) for n, text in enumerate(criterion.say("levels", w.lang))],
        chosen,
        key=criterion.id,
        hint=criterion.say("hint", w.lang),
        apart=[("unknown", w.say("unknown")), ("na", w.say("na"))],
        apart_label=w.say("apart"),
        focus=True,
    )
    forth = press("next", w.say("next" if chosen else "skip"), value="on", look="main")
    back = press("next", w.say("back"), value="back")
    clear = press("clear", w.say("clear"), key=criterion.id, look="quiet")
    letter = el("span", esc(dimension.letter), css="pb-letter", aria_hidden="true")
    return el(
        "div",
        el("p", letter, esc(place), css="pb-where"),
        asked,
        para(w.moved(), "pb-notice", k="moved"),
        _measured(w, criterion),
        unfold(w.say("look"), items(criterion.say("evidence", w.lang)), "look"),
        _unfolded(w, criterion, chosen),
        buttons(forth, back, clear if chosen else ""),
        css="pb-card pb-ask",
        k=f"ask-{criterion.id}",
        style=colour_of(dimension.id),
    )


def _measured(w: SelfAssessment, criterion: Criterion) -> str:
    """What events say to this question, and whether it is what was claimed."""
    answer = w.score.answers.given.get(criterion.id)
    if answer is None or not answer.measured:
        return ""
    return para(measured_words(answer, w.lang), "pb-notice" if answer.differs else "pb-hint",
                k="measured")  # fmt: skip


def _unfolded(w: SelfAssessment, criterion: Criterion, chosen: str | None) -> str:
    """What belongs to the answer that was chosen: its proof, or its reason."""
    if chosen is None:
        return ""
    given, key = w.given(criterion.id), criterion.id
    hint = w.say("note_hint_na" if chosen == "na" else "note_hint_level")
    note = field("proof", w.say("note"), given.get("note"), key=f"note:{key}", rows=2, hint=hint,
                 maxlength=20000)  # fmt: skip
    if chosen == "na":
        reasons = [(reason, w.say(f"na_{reason}")) for reason in NA]
        draft = w.drafts.get(f"na:{key}")
        waits = w.say("na_note_first") if draft == "other" else ""
        asked = choice("na", w.say("na_why"), reasons, draft or given.get("na"), key=key,
                       css="pb-minor", problem=waits)  # fmt: skip
        return asked + note
    if chosen == "unknown":
        return para(w.say("unknown_fine"), "pb-hint") + note
    can = (given.get("measured") or {}).get("level") is not None
    grades = [(g, w.say(f"grade_{g}")) for g in GRADES if g != "E3" or can]
    asked = choice("proof", w.say("grade"), grades, given.get("evidence") or "E0",
                   key=f"evidence:{key}", css="pb-minor", problem=_lowered(w, key))  # fmt: skip
    url = field("proof", w.say("url"), given.get("url"), key=f"url:{key}", hint=w.say("url_hint"),
                maxlength=2000)  # fmt: skip
    return asked + note + url


def _lowered(w: SelfAssessment, name: str) -> str:
    """Is the grade read lower, because its proof is missing?"""
    for message, values in w.score.answers.notices:
        if message.startswith("notice.lowered") and values["criterion"] == name:
            read = w.say(f"grade_{values['read']}")
            return w.say(f"lowered_{values['given']}", read=read)
    return ""


def beside(w: SelfAssessment) -> str:
    """The score so far and what would help most."""
    first = (
        el("li", el("b", esc(w.checklist.by_id[a.criterion].name(w.lang))), " ",
           el("span", esc(w.score.why(a, w.lang)), css="pb-hint"))
        for a in w.score.actions[:3]
    )  # fmt: skip
    return el(
        "aside",
        heading(w.say("so_far")),
        el("p", range_text(w.score.total, w.lang), css="pb-big", aria_hidden="true"),
        para(summary(w.score, w.lang)[0], "pb-small"),
        bars(w.score, w.lang),
        unfold(w.say("reading"), para(w.say("reading_bars")), "reading"),
        heading(w.say("first")),
        el("ol", *first, css="pb-first"),
        css="pb-beside",
        k="beside",
        aria_label=w.say("so_far"),
    )


def check(w: SelfAssessment) -> str:
    """Every answer, each with the way to change it."""
    lists = []
    for dimension in w.checklist.dimensions:
        lines = (_line(w, c) for c in w.checklist.of(dimension.id))
        lists += [heading(dimension.name(w.lang)), el("dl", *lines, css="pb-lines")]
    left = [name for name in w.ids if name not in w.answers["answers"]]
    names = join((w.checklist.by_id[name].name(w.lang) for name in left[:4]), w.lang)
    told = w.say("left", n=len(left), names=names) if left else w.say("none_left")
    see = go(w.say("see_result"), "result", "main")
    first = go(w.say("first_open"), w.first_open()) if left else ""
    return el("div", heading(w.say("check"), focus=True), para(told),
              buttons(see, first), *lists,
              buttons(see), css="pb-card", k="check")  # fmt: skip


def _line(w: SelfAssessment, criterion: Criterion) -> str:
    answer = w.score.answers.given.get(criterion.id)
    name = criterion.name(w.lang)
    said = [esc(answer_words(answer, w.lang))]
    if answer is not None and answer.level is not None:
        said.append(f" · {esc(criterion.say('levels', w.lang)[answer.level])} ")
        said.append(el("span", esc(w.say(f"grade_{answer.evidence}")), css="pb-hint pb-small"))
    if answer is not None and answer.differs:
        said.append(el("span", esc(measured_words(answer, w.lang)), css="pb-hint pb-note"))
    if answer is not None and answer.note:
        said.append(el("span", name_of(answer.note), css="pb-hint pb-note"))
    label = w.say("change") if answer else w.say("answer")
    button = go(label, criterion.id, "quiet", about=name)
    return el("div", el("dt", esc(name)), el("dd", *said), el("dd", button), k=criterion.id)


def _decision(w: SelfAssessment) -> str:
    """A diagnosis leads with what it decides, or with what it still has to know."""
    found = decided(w.score, w.lang)
    if found is None:
        return ""
    doubt = ""
    if found.doubt:
        label = el("b", esc(say("score.decision_doubt", w.lang)))
        doubt = el("p", label, " ", esc(found.doubt), css="pb-notice")
    return el(
        "div",
        para(found.sentence, "pb-sentence"),
        *(para(line) for line in found.why),
        items(found.next) if found.next else "",
        doubt,
        css="pb-decision",
        k="decision",
    )


def result(w: SelfAssessment) -> str:
    """First the sentence, then the picture, then what to do; and what limits it."""
    score, said = w.score, summary(w.score, w.lang)
    cards = action_cards(
        score, w.lang,
        button=lambda a: go(w.say("to_question"), a.criterion, "quiet",
                            about=w.checklist.by_id[a.criterion].name(w.lang)),
    )  # fmt: skip
    gates = ladder(score, score.standing.gates, w.lang, score.standing.next)
    report = press("report", w.say("report"), look="main")
    export = press("export", w.say("export"))
    return el(
        "div",
        heading(w.say("step_result"), focus=True, css="pb-hidden"),
        _decision(w),
        para(said[0], "pb-sentence"),
        *(para(sentence) for sentence in said[1:]),
        bars(score, w.lang),
        para(w.say("reading_bars"), "pb-hint pb-small"),
        heading(w.say("next_three")),
        cards or para(w.say("no_actions")),
        heading(w.say("gates")) + gates if gates else "",
        heading(w.say("careful")),
        items([*score.notices(w.lang), *caveats(score, w.lang)]),
        buttons(report, export, go(w.say("to_check"), "check")),
        k="result",
    )
