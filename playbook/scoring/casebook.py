"""Which cases are looked for, and where do a case's own sources disagree?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from playbook.model import Case
from playbook.words import LANGUAGES

SIZES = ("none", "100", "1000", "10000")
#: Series that count people; `present.charts` draws the one with the most facts.
PEOPLE = ("members", "fans", "mau", "users", "active-buyers")


def find_cases(
    cases: Iterable[Case],
    text: str = "",
    *,
    kind: str | None = None,
    fate: str | None = None,
    pattern: str | None = None,
    milestone: str | None = None,
    funnel: int | None = None,
    figures: bool | None = None,
) -> tuple[Case, ...]:
    """
    Which cases fit all that is asked for?

    `text`: every word of it stands somewhere in the case's name, summary, lesson, caution or
    facts, in either language, whatever its case or width. `milestone` ("none", "100", "1000",
    "10000") and `funnel` (1 to 3): some time in its life. `figures`: has it a published number?
    """
    words = _plain(text).split()
    return tuple(
        case
        for case in cases
        if kind in (None, case.kind)
        and fate in (None, case.fate)
        and (pattern is None or any(p["id"] == pattern for p in case.patterns))
        and (milestone is None or any(p.get("milestone") == milestone for p in case.places))
        and (funnel is None or any(p.get("funnel") == funnel for p in case.places))
        and (figures is None or figures == bool(count_figures(case)))
        and (not words or all(word in _written(case) for word in words))
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _written(case: Case) -> str:
    """Everything that is written of a case, in both languages."""
    told = [case.id]
    for lang in LANGUAGES:
        told += [case.say(key, lang) for key in ("name", "summary", "lesson", "caution")]
        told += [str(fact.get(lang, {}).get("what", "")) for fact in case.facts]
    return _plain("\n".join(told))


def count_figures(case: Case) -> int:
    """How many published numbers does a case have?"""
    return sum(fact.get("value") is not None for fact in case.facts)


def counts_people(case: Case) -> bool:
    """Is there a published count of people, and so something to draw?"""
    return any(f["series"] in PEOPLE and f.get("value") is not None for f in case.facts)


def furthest(case: Case) -> tuple[str | None, int | None]:
    """The largest milestone and the last funnel stage that a case was ever placed at."""
    sizes = [p["milestone"] for p in case.places if p.get("milestone")]
    stages = [p["funnel"] for p in case.places if p.get("funnel")]
    return max(sizes, key=SIZES.index, default=None), max(stages, default=None)


def disputes(case: Case) -> tuple[tuple[Mapping[str, Any], ...], ...]:
    """
    Where do sources disagree: facts of one series, unit and date with different values?

    Each group has two facts or more, in the order in which they stand in the file.
    """
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for fact in case.facts:
        if fact.get("value") is not None:
            groups.setdefault((fact["series"], fact.get("unit"), fact["at"]), []).append(fact)
    return tuple(tuple(g) for g in groups.values() if len({f["value"] for f in g}) > 1)
