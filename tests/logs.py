"""Small event tables for sums worked by hand: who took part in which week."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from playbook.people.base import Log, open_log

#: A Thursday; weeks of a log are counted from its first day, not from Mondays.
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(day: float) -> datetime:
    """Give the moment so many days after the start, at noon."""
    return START + timedelta(days=day)


def names(n: int, first: int = 0) -> list[str]:
    """Give so many members."""
    return [f"m{place:03}" for place in range(first, first + n)]


def table(rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Make an event table of (day, member, kind, and what more is named)."""
    known = ["at", "member", "kind", "object", "target", "amount", "currency", "group"]
    made = pd.DataFrame([[*row, *[None] * (len(known) - len(row))] for row in rows], columns=known)
    made["at"] = [at(day) for day in made["at"]]
    return made


def weekly(weeks: Sequence[Iterable[str]], kind: str = "post", day: int = 0) -> list[list[Any]]:
    """Let each of a week's members do one thing, on one day of that week."""
    return [[7 * n + day, member, kind] for n, week in enumerate(weeks) for member in week]


def until(rows: list[list[Any]], weeks: int) -> list[list[Any]]:
    """Let a bot-like member join at noon of the last day, so that the log ends with that week."""
    return [*rows, [7 * weeks - 1, "end", "join"]]


@contextmanager
def opened(rows: Iterable[Sequence[Any]], **more: Any) -> Iterator[Log]:
    """Open rows as a log."""
    with open_log(table(rows), **more) as log:
        yield log
