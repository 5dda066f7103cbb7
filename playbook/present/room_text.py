"""A class, a history and a plan in a terminal of 80 columns; loads no drawing library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from playbook.present.sentences import join, milestone, plain, range_text
from playbook.present.terminal import pad, wrap
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.room.agenda import Agenda
    from playbook.room.cohort import Cohort
    from playbook.scoring.cohort import Gathered
    from playbook.scoring.history import History


#: So many files of one reason are named in a terminal; the page and the tables name all.
_NAMED = 3


def agreement_words(found: Gathered, lang: str) -> str:
    """How far do they agree, in a sentence?"""
    agreement = found.agreement
    if agreement.alpha is None:
        alone = all(len(team.raters) == 1 for team in found.teams)
        return say("cohort.alone" if alone and not found.one else "cohort.undefined", lang)
    if found.one:
        return say(f"cohort.{agreement.group}", lang, alpha=agreement.alpha)
    several = say("cohort.several", lang, n=len(found.teams), several=_several(found))
    return several + say(f"cohort.{agreement.group}_many", lang, alpha=agreement.alpha)


def _several(found: Gathered) -> int:
    """How many communities were rated by more than one person?"""
    return sum(len(team.raters) > 1 for team in found.teams)


def findings(cohort: Cohort, lang: str) -> list[str]:
    """
    What the room sees, the finding first.

    That is how far people agree; where most communities were rated by one person it says little,
    and what they have most and least comes first.
    """
    found = cohort.gathered
    if found is None:
        return [say("cohort.none", lang)]
    told = [agreement_words(found, lang)]
    if found.strongest:
        by_id = found.checklist.by_id
        names = join((by_id[c].name(lang) for c in found.strongest), lang)
        weak = join((by_id[c].name(lang) for c in found.weakest), lang)
        alone = not found.one and 2 * _several(found) < len(found.teams)
        told.insert(0 if alone else 1, say("cohort.best", lang, names=names, weak=weak))
    if found.one and not found.teams[0].withheld:
        range_ = range_text(found.teams[0].score.total, lang)
        told.append(say("cohort.group_total", lang, range=range_))
    return told


def together(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The files for each reason: forty photos are told once.

    >>> together([("a", "1"), ("b", "2"), ("c", "1")])
    {'1': ['a', 'c'], '2': ['b']}
    """
    found: dict[str, list[str]] = {}
    for file, reason in pairs:
        found.setdefault(reason, []).append(file)
    return found


def files_text(cohort: Cohort, lang: str | None = None) -> str:
    """How many files were found, used, replaced, refused?"""
    found = cohort.collected
    return say(
        "cohort.files_about", lang, found=found.found, used=len(found.papers),
        replaced=len(found.replaced), refused=len(found.bad),
    )  # fmt: skip


def refused_lines(cohort: Cohort, lang: str | None = None) -> list[str]:
    """What is told on standard error: what was not used, and why; the notices; the sum."""
    lines = []
    bad = ((plain(b.file), plain(b.reason(lang))) for b in cohort.collected.bad)
    for reason, files in together(bad).items():
        shown = join(files[:_NAMED], lang)
        if len(files) > _NAMED:
            shown = say("cohort.more_files", lang, names=shown, n=len(files) - _NAMED)
        lines.append(say("cohort.refused_one", lang, file=shown, reason=reason))
    return [
        wrap(one, "  ", "") for one in [*lines, *cohort.notices(lang), files_text(cohort, lang)]
    ]


def cohort_text(cohort: Cohort, lang: str | None = None) -> str:
    """What does the room see, in a terminal?"""
    lang = language(lang)
    found = cohort.gathered
    if found is None:
        return wrap(say("cohort.none", lang))
    by_id = found.checklist.by_id
    out = [wrap(told) for told in findings(cohort, lang)]
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


def history_sentences(history: History, lang: str | None = None) -> list[str]:
    """What moved from the first to the last, the most important first?"""
    lang = language(lang)
    one, other = history.scores[0], history.latest
    before, after = float(one.total.low), float(other.total.low)
    which = "up" if after > before else "down" if after < before else "same"
    told = [say(f"history.{which}", lang, before=before, after=after, by=abs(after - before))]
    wide = [float(s.total.high - s.total.low) for s in (one, other)]
    if round(wide[0]) != round(wide[1]):
        key = "narrower" if wide[1] < wide[0] else "wider"
        told.append(say(f"history.{key}", lang, before=wide[0], after=wide[1]))
    if history.checklist.milestones:
        was, now = (milestone(s.standing.capability, lang) for s in (one, other))
        key = "capability_same" if was == now else "capability"
        told.append(say(f"history.{key}", lang, before=was, after=now))
    return told


def state_words(state: str, lang: str) -> str:
    """An answer in two words.

    >>> state_words("2", "en")
    'level 2'
    """
    if state.isdigit():
        return say("history.state_level", lang, level=state)
    return say(f"history.state_{state}", lang)


def advised(history: History, lang: str | None = None) -> list[str]:
    """What became of what the first assessment told to do first?"""
    lang = language(lang)
    told = []
    for name in history.advised:
        was, now = history.state(0, name), history.state(len(history.scores) - 1, name)
        ranks = [int(s) if s.isdigit() else -1 for s in (was, now)]
        which = "up" if ranks[1] > ranks[0] else "down" if ranks[1] < ranks[0] else "same"
        values = {"before": state_words(was, lang), "after": state_words(now, lang)}
        called = history.checklist.by_id[name].name(lang)
        told.append(say(f"history.advised_{which}", lang, name=called, **values))
    return told


def history_text(history: History, lang: str | None = None) -> str:
    """What moved, in a terminal?"""
    lang = language(lang)
    by_id = history.checklist.by_id
    out = [*map(wrap, history_sentences(history, lang)), "", say("history.moved", lang)]
    names = dict.fromkeys(name for change in history.changes for name, *_ in change.answers)
    for name in names:
        states = (history.state(at, name) for at in range(len(history.scores)))
        way = " > ".join(state_words(state, lang) for state in states)
        out.append(wrap(f"{by_id[name].name(lang)}: {way}", "    ", "  - "))
    if not names:
        out.append(wrap(say("history.moved_none", lang), "  ", "  "))
    out += ["", say("history.advised", lang)]
    out += [wrap(text, "    ", "  - ") for text in advised(history, lang)]
    out += ["", say("history.now", lang)]
    for number, action in enumerate(history.latest.actions[:3], 1):
        step = by_id[action.criterion].say("action", lang)
        out.append(wrap(f"{step} {history.latest.why(action, lang)}", "     ", f"  {number}. "))
    return "\n".join(out)


def agenda_text(agenda: Agenda, lang: str | None = None) -> str:
    """A plan in a terminal: time, minutes, what."""
    lang = language(lang)
    out = [say("agenda.title", lang, minutes=agenda.minutes), ""]
    for part in agenda.parts:
        head = f"{agenda.clock(part.at):>6} {part.minutes:>4}  "
        out.append(wrap(part.title(lang), " " * 13, head))
    total = sum(part.minutes for part in agenda.parts)
    out.append(f"{agenda.clock(agenda.minutes):>6} {total:>4}  {say('agenda.sum', lang)}")
    out += ["", say("agenda.materials", lang)]
    out += [wrap(text, "    ", "  - ") for text in agenda.materials(lang)]
    if agenda.homework:
        names = join((one.say("title", lang) for one in agenda.homework), lang)
        out += ["", wrap(f"{say('agenda.homework', lang)}: {names}", "    ", "")]
    return "\n".join(out)
