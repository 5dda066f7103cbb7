"""A class, a history and a plan in a terminal of 80 columns; loads no drawing library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbook.present.sentences import join, plain
from playbook.present.terminal import pad, wrap
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.model import Interval
    from playbook.room.cohort import Cohort
    from playbook.scoring.cohort import Gathered


def agreement_words(found: Gathered, lang: str) -> str:
    """How far do they agree, in a sentence?"""
    agreement = found.agreement
    if agreement.alpha is None:
        alone = all(len(team.raters) == 1 for team in found.teams)
        return say("cohort.alone" if alone and not found.one else "cohort.undefined", lang)
    if agreement.group == "withheld" and not found.one:
        return say("cohort.withheld_many", lang, alpha=agreement.alpha)
    return say(f"cohort.{agreement.group}", lang, alpha=agreement.alpha)


def bounds(total: Interval, lang: str) -> str:
    """A total as its two ends, or as one number where they are one."""
    low, high = f"{float(total.low):.0f}", f"{float(total.high):.0f}"
    return low if low == high else say("widget.range", lang, low=low, high=high)


def refused_lines(cohort: Cohort, lang: str | None = None) -> list[str]:
    """What is told on standard error: every file that was not used, and why; then the notices."""
    lines = [
        wrap(
            say("cohort.refused_one", lang, file=plain(b.file), reason=plain(b.reason(lang))),
            "  ",
            "",
        )
        for b in cohort.collected.bad
    ]
    return lines + [wrap(notice, "  ", "") for notice in cohort.notices(lang)]


def cohort_text(cohort: Cohort, lang: str | None = None) -> str:
    """What does the room see, in a terminal?"""
    lang = language(lang)
    found = cohort.gathered
    if found is None:
        return wrap(say("cohort.none", lang))
    by_id = found.checklist.by_id
    out = [wrap(agreement_words(found, lang))]
    if found.strongest:
        names = join((by_id[c].name(lang) for c in found.strongest), lang)
        weak = join((by_id[c].name(lang) for c in found.weakest), lang)
        out.append(wrap(say("cohort.best", lang, names=names, weak=weak)))
    columns = ("0", "1", "2", "3", "?", "-")
    out += ["", " " * 32 + "".join(pad(c, 5, right=True) for c in columns)]
    states = ("0", "1", "2", "3", "unknown", "na")
    for item in found.items:
        counts = found.counts[item.criterion]
        cells = (pad(str(counts[s] or "."), 5, right=True) for s in states)
        out.append("  " + pad(by_id[item.criterion].name(lang), 30) + "".join(cells))
    apart = cohort.apart(found.agreement)
    if apart:
        out += ["", say("cohort.apart", lang)]
        for item in apart:
            name = by_id[item.criterion].name(lang)
            out.append(wrap(f"{name}: {cohort.question(item, lang)}", "    ", "  - "))
    out += ["", say("cohort.next" if found.one else "cohort.next_many", lang)]
    for team in found.teams:
        action = team.score.actions[0] if team.score.actions else None
        step = (
            by_id[action.criterion].say("action", lang) if action else say("cohort.no_action", lang)
        )
        out.append(wrap(f"{plain(team.name)}: {step}", "    ", "  - "))
    return "\n".join(out)
