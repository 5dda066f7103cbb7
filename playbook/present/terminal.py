"""The same answers as plain text for a terminal of 80 columns; a Chinese sign takes two.

Loads neither altair nor pandas, so that `playbook score` answers at once. Bars are plain ASCII:
a GBK console shows them, and they keep their width everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from playbook.present.sentences import (
    SIGNS,
    beginning,
    caveats,
    decided,
    fact_value,
    milestone,
    plain,
    proven,
    source_word,
    summary,
    title,
    width,
)
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.library import Casebook
    from playbook.model import Checklist
    from playbook.scoring.assess import Score
    from playbook.scoring.compare import Comparison

COLUMNS = 80
BAR = 26
#: Signs that may not begin a line of Chinese.
_CLOSING = "，。；：？！、）》」』”’…％%)]},.;:?!"


def pad(text: str, columns: int, right: bool = False) -> str:
    """The text cut or filled to exactly so many columns."""
    if width(text) > columns:
        text = beginning(text, columns - 1) + "~"
    fill = " " * (columns - width(text))
    return fill + text if right else text + fill


def _pieces(text: str) -> list[str]:
    """Where may a line break: at spaces, and after every wide sign unless a closing one follows."""
    pieces: list[str] = []
    for word in re.split("( +)", text):
        for sign in word:
            wide = unicodedata.east_asian_width(sign) in "WF"
            fresh = not pieces or pieces[-1].isspace() != sign.isspace()
            after_wide = bool(pieces) and unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
            if fresh or ((wide or after_wide) and sign not in _CLOSING):
                pieces.append(sign)
            else:
                pieces[-1] += sign
    return pieces


def _chunks(word: str, room: int) -> list[str]:
    """A word longer than a line, such as an address, in parts that fit."""
    chunks = [""]
    for sign in word:
        if width(chunks[-1] + sign) > max(2, room):
            chunks.append("")
        chunks[-1] += sign
    return chunks


def wrap(text: object, indent: str = "", first: str | None = None, columns: int = COLUMNS) -> str:
    """The text in lines of at most `columns`, each after `indent` (the first after `first`)."""
    lines: list[str] = []
    line = indent if first is None else first
    start = True
    room = columns - max(width(line), width(indent))
    for piece in (part for word in _pieces(plain(text)) for part in _chunks(word, room)):
        if width(line) + width(piece.rstrip()) > columns and not start:
            lines.append(line.rstrip())
            line, start = indent, True
        if not (start and piece.isspace()):
            line += piece
            start = False
    return "\n".join([*lines, line.rstrip()])


def _label(label: str, text: object, lang: str, indent: str = "   ") -> str:
    return wrap(say("terminal.label", lang, label=label, text=plain(text)), indent + "  ", indent)


def _bar(low: float, point: float | None, high: float, verified: float = 0) -> str:
    """Low to high on a line of 0 to 100."""

    def place(value: float) -> int:
        return min(BAR - 1, max(0, round(value / 100 * (BAR - 1))))

    signs = ["."] * BAR
    for at in range(place(low), place(high) + 1):
        signs[at] = "="
    if verified:
        signs[place(verified)] = ":"
    if point is not None:
        signs[place(point)] = "#"
    return "[" + "".join(signs) + "]"


def score_text(score: Score, lang: str | None = None) -> str:
    """
    What does a score say, in a terminal?

    Sentences, a bar a dimension, the gates of the next milestone, three actions, how firm it
    is. Notices are not here: the command line tells them on standard error.
    """
    lang = language(lang)
    out = [wrap(title(score, lang)), ""]
    out += _decision_lines(score, lang)
    out += [wrap(sentence) for sentence in summary(score, lang)]
    out += ["", *_dimension_lines(score, lang), say("terminal.bar_legend", lang)]
    if score.checklist.milestones:
        out += ["", *_gate_lines(score, lang)]
    if score.actions:
        out += ["", say("terminal.actions", lang)]
    for number, action in enumerate(score.actions[:3], 1):
        criterion = score.checklist.by_id[action.criterion]
        out.append(wrap(criterion.say("action", lang), "   ", f"{number}. "))
        for key in ("first_step", "who", "takes", "unlocks"):
            told = criterion.say("owner" if key == "who" else key, lang)
            if told:
                out.append(_label(say(f"terminal.{key}", lang), told, lang))
        out.append(_label(say("terminal.why", lang), score.why(action, lang), lang))
    out += ["", say("terminal.how_firm", lang)]
    out += [wrap(sentence, "  ", "- ") for sentence in caveats(score, lang)]
    out.append(wrap(say("score.honest", lang), "  ", "- "))
    return "\n".join(out)


def _decision_lines(score: Score, lang: str) -> list[str]:
    """A diagnosis leads with what it decides; its score is second."""
    found = decided(score, lang)
    if found is None:
        return []
    lines = [wrap(found.sentence), *(wrap(line, "  ") for line in found.why)]
    lines += [wrap(step, "  ", "- ") for step in found.next]
    if found.doubt:
        lines.append(_label(say("score.decision_doubt", lang), found.doubt, lang, ""))
    return [*lines, ""]


def _dimension_lines(score: Score, lang: str) -> list[str]:
    names = [d.name(lang) for d in score.checklist.dimensions]
    column = min(24, max(map(width, names)))
    lines = []
    sure = proven(score)
    for dimension, part in zip(score.checklist.dimensions, score.dimensions, strict=True):
        head = f"{dimension.letter or ' '} {pad(dimension.name(lang), column)} "
        if not part.weight:
            lines.append(head + say("terminal.left_out", lang))
            continue
        low, high = float(part.interval.low), float(part.interval.high)
        point = None if part.interval.point is None else float(part.interval.point)
        numbers = pad(say("terminal.range", lang, low=low, high=high), 10, right=True)
        counted = say("terminal.answers", lang, answered=part.answered, asked=part.asked)
        bar = _bar(low, point, high, sure[part.id])
        lines.append(f"{head}{bar} {numbers}  {counted}")
    return lines


def _gate_lines(score: Score, lang: str) -> list[str]:
    lines = []
    for place in score.checklist.milestones:
        states = score.standing.of(place.id)
        name = f"{milestone(place.id, lang)} ({place.name(lang)})"
        counted = [s for s in states if s.gate.size is None]
        passed = sum(s.state == "pass" for s in counted)
        if place.id == score.standing.next:
            lines.append(say("terminal.next", lang, milestone=name))
            for state in states:
                word = say(f"chart.state.{state.state}", lang)
                head = f"  {SIGNS[state.state]} {pad(word, 10)} "
                lines.append(wrap(score.because(state, lang), " " * 15, head))
        elif passed == len(counted):
            lines.append(say("terminal.reached", lang, milestone=name))
        else:
            lines.append(
                say("terminal.later", lang, milestone=name, passed=passed, all=len(counted))
            )
    if score.standing.next is None:
        lines.append(say("terminal.all_passed", lang))
    return lines


def comparison_text(comparison: Comparison, lang: str | None = None) -> str:
    """How do communities differ, in a terminal: totals, nearest, biggest differences, cautions?"""
    lang = language(lang)
    subjects = comparison.subjects
    names = [plain(s.name) for s in subjects]
    aim = milestone(comparison.aim, lang)
    listed = say("chart.comma", lang).join(names)
    out = [wrap(say("terminal.comparison", lang, names=listed, aim=aim)), ""]
    column = min(24, max(map(width, names)))
    for name, subject in zip(names, subjects, strict=True):
        whole = subject.total
        low, high = float(whole.low), float(whole.high)
        point = None if whole.point is None else float(whole.point)
        told = say("terminal.range", lang, low=low, high=high)
        if point is not None:
            told += say("terminal.point", lang, point=point)
        out.append(f"{pad(name, column)} {_bar(low, point, high)} {told}")
    out += [say("terminal.bar_legend_short", lang)]
    if any(s.is_case for s in subjects[1:]):
        out += ["", say("terminal.nearest", lang), *_nearest_lines(comparison, lang)]
    out += ["", wrap(say("terminal.differences", lang)), *_difference_lines(comparison, lang)]
    out += ["", say("terminal.keep_in_mind", lang)]
    out += [wrap(warning["text"], "  ", "- ") for warning in comparison.warnings(lang)]
    return "\n".join(out)


def _nearest_lines(comparison: Comparison, lang: str) -> list[str]:
    names = {s.id: plain(s.name) for s in comparison.subjects}
    column = max(width(d.name(lang)) for d in comparison.checklist.dimensions)
    lines = []
    for dimension in comparison.checklist.dimensions:
        nearest = comparison.nearest[dimension.id]
        if nearest is None:
            told = say("terminal.nearest_none", lang)
        else:
            shared = comparison.shared[dimension.id][nearest]
            told = say("terminal.nearest_shared", lang, name=names[nearest], n=shared)
        lines.append(f"  {pad(dimension.name(lang), column)}  {told}")
    return lines


def _difference_lines(comparison: Comparison, lang: str) -> list[str]:
    rows = comparison.shared_differences()
    if not rows:
        return ["  " + say("terminal.no_differences", lang)]
    wide = max(6, min(14, (COLUMNS - 32) // len(comparison.subjects) - 2))
    head = "".join("  " + pad(plain(s.name), wide, right=True) for s in comparison.subjects)
    lines = [" " * 30 + head]
    for criterion, levels in rows[:10]:
        name = comparison.checklist.by_id[criterion].name(lang)
        cells = ("-" if level is None else str(level) for level in levels)
        lines.append("  " + pad(name, 28) + "".join("  " + pad(c, wide, right=True) for c in cells))
    return lines


def cases_text(casebook: Casebook, lang: str | None = None) -> str:
    """Which cases are there, in a terminal? One alone is shown with all its facts and sources."""
    lang = language(lang)
    alone = len(casebook.cases) == 1
    out: list[str] = []
    for case in casebook.cases:
        answers = case.answers.get("answers", {})
        known = sum("level" in answer for answer in answers.values())
        line = say(
            "terminal.case_line",
            lang,
            kind=say(f"chart.kind.{case.kind}", lang) if case.kind else "–",
            fate=say(f"chart.fate.{case.fate}", lang),
            start=case.formative.get("from", "?"),
            end=case.formative.get("to", "?"),
            facts=len(case.facts),
            answered=known,
            asked=len(answers),
        )
        out += [wrap(f"{case.name(lang)} ({case.id})"), wrap(line, "  ", "  ")]
        out += [wrap(case.say("summary", lang), "  ", "  ")]
        out.append(_label(say("terminal.lesson", lang), case.say("lesson", lang), lang, "  "))
        if alone:
            caution = case.say("caution", lang)
            out.append(_label(say("terminal.caution", lang), caution, lang, "  "))
            out += ["", say("terminal.facts", lang), *_fact_lines(case.facts, lang)]
        else:
            out.append("  " + say("terminal.case_more", lang, id=case.id))
        out.append("")
    return "\n".join(out).rstrip()


def _fact_lines(facts: Any, lang: str) -> list[str]:
    if not facts:
        return ["  " + say("terminal.no_facts", lang)]
    lines = []
    for fact in sorted(facts, key=lambda f: str(f["at"])):
        number = fact_value(fact, lang)
        what = fact.get(lang, fact.get("en", {})).get("what", "")
        told = say("terminal.fact", lang, number=number, what=what) if number else what
        lines.append(wrap(told, " " * 13, f"  {fact['at']:<10} "))
        source = source_word(fact["source"], "where")
        quality = say(f"chart.quality.{fact['quality']}", lang)
        sure = say(f"chart.confidence.{fact['confidence']}", lang)
        told = say("terminal.fact_source", lang, quality=quality, confidence=sure, source=source)
        lines.append(wrap(f"({told})", " " * 14, " " * 13))
    return lines


def checklist_text(checklist: Checklist, lang: str | None = None) -> str:
    """Which questions does a checklist ask, in a terminal, with all four levels of each?"""
    lang = language(lang)
    head = say(
        "terminal.checklist",
        lang,
        name=checklist.name(lang),
        version=checklist.version,
        n=len(checklist.active),
    )
    out = [wrap(head), wrap(checklist.say("about", lang))]
    for dimension in checklist.dimensions:
        out += ["", wrap(f"{dimension.letter} {dimension.name(lang)}".strip())]
        out.append(wrap(dimension.say("about", lang)))
        for number, criterion in enumerate(checklist.of(dimension.id), 1):
            weight = say("terminal.weight", lang, weight=float(criterion.weight))
            out += ["", wrap(criterion.say("question", lang), "   ", f"{number}. ")]
            out.append(wrap(f"{criterion.name(lang)} - {criterion.id} - {weight}", "   ", "   "))
            levels = criterion.say("levels", lang)
            out += [wrap(text, "     ", f"   {level} ") for level, text in enumerate(levels)]
    return "\n".join(out)
