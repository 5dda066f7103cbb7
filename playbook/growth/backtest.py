"""A history of member counts: read from a file, and used to try the forecast on the past."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from playbook.errors import quote, refuse
from playbook.files import read_text
from playbook.growth.base import Generator, Numbers, Results, share_between, step
from playbook.growth.paths import fit, paths

#: A month, in days: a forecast steps in months of this length.
MONTH = 365.2425 / 12
#: How many tries each forecast from the past gets.
_RUNS = 300
_DATES = ("date", "day", "month", "日期", "时间")
_COUNTS = ("members", "count", "size", "成员", "成员数", "人数")


class History(NamedTuple):
    """Member counts a month apart, oldest first; the last one was counted at `until`."""

    until: date
    members: tuple[float, ...]


def monthly(days: Sequence[date], counts: Sequence[float], where: str = "history") -> History:
    """
    What were the counts a month apart, back from the last day, on a straight line between?

    Fewer than two months of history: PlaybookError.

    >>> monthly([date(2026, 1, 1), date(2026, 3, 3)], [100, 161]).members
    (100.12625, 130.563125, 161.0)
    """
    order = np.argsort([day.toordinal() for day in days], kind="stable")
    x = np.array([days[n].toordinal() for n in order], dtype=float)
    y = np.array([counts[n] for n in order], dtype=float)
    # 1 January to 1 March is short of two mean months by a day or two, and is meant as two.
    steps = int((x[-1] - x[0] + 3) // MONTH) if x.size else 0
    if steps < 2:
        raise refuse(where, "history_short", given=int(x[-1] - x[0]) if x.size else 0)
    at = x[-1] - MONTH * np.arange(steps, -1, -1)
    found = tuple(round(float(one), 6) for one in np.interp(at, x, y))
    return History(date.fromordinal(int(x[-1])), found)


def read_history(path: Path) -> History:
    """
    What does a CSV of date and members tell? Any order, any distance; a day's last row counts.

    Dates as 2026-05-31 or 2026-05. A column missing, a date or number that is none, fewer than
    two months: PlaybookError.
    """
    where = path.name or str(path)
    rows = list(csv.reader(io.StringIO(read_text(path))))
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise refuse(where, "empty")
    head = [cell.strip().lower() for cell in rows[0]]
    when, many = _column(head, _DATES, where), _column(head, _COUNTS, where)
    found: dict[date, float] = {}
    for line, row in enumerate(rows[1:], 2):
        cells = [*row, *[""] * len(head)]
        found[_day(cells[when], f"{where}: {line}")] = _count(cells[many], f"{where}: {line}")
    return monthly(list(found), list(found.values()), where)


def _column(head: list[str], names: tuple[str, ...], where: str) -> int:
    for name in names:
        if name in head:
            return head.index(name)
    raise refuse(where, "no_column", column=names[0], known=", ".join(map(quote, head[:20])))


def _day(given: str, where: str) -> date:
    given = given.strip()[:10].replace("/", "-")
    try:
        return date.fromisoformat(f"{given}-01" if len(given) == 7 else given)
    except ValueError:
        raise refuse(where, "date", given=quote(given)) from None


def _count(given: str, where: str) -> float:
    try:
        number = float(given.replace(",", ""))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1e9:
        raise refuse(where, "range", given=quote(given), low=0, high=10**9)
    return number


def backtest(
    history: Numbers,
    churn: float,
    capacity: float,
    rng: Generator,
    invited: float | None = None,
    ahead: int = 3,
    learn: int = 6,
) -> Results | None:
    """
    How often did the 80 % band of a forecast from earlier months hold what then came?

    From each month on, with nothing but what was known then, `ahead` months are forecast; the
    first is made from `learn` months. None: the history is too short. `misfit` names what was
    wrong: too_narrow or too_wide (0.8 lies outside what the share may be), and whether the truth
    was more often above the band or below it.

    >>> line = np.arange(100.0, 400, 15)
    >>> backtest(line, 0, 1e6, np.random.default_rng(1))["asked"]
    39
    """
    if history.size < learn + 1:
        return None
    seen = []
    for now in range(learn, history.size):
        step(now - learn, history.size - learn)
        known = history[:now]
        rates = fit(known, churn, capacity, _RUNS, rng, invited)
        fan = paths(known[-1], rates, churn, capacity, ahead, rng)
        for n, came in enumerate(history[now : now + ahead], 1):
            low, middle, high = np.percentile(fan[:, n], (10, 50, 90))
            seen.append((n, came < low, came > high, abs(middle - came) / max(1.0, came)))
    table = np.array(seen, dtype=float)
    held = 1 - table[:, 1] - table[:, 2]
    share = share_between(round(held.sum()), held.size)
    below, above = int(table[:, 1].sum()), int(table[:, 2].sum())
    return {
        "asked": int(held.size),
        "held": round(held.sum()),
        "share": share["point"],
        "share_between": share,
        "below": below,
        "above": above,
        "median_error": float(np.median(table[:, 3])),
        "by_ahead": [
            {"months_ahead": n, "asked": int(of.size), "share": float(of.mean())}
            for n in range(1, ahead + 1)
            if (of := held[table[:, 0] == n]).size
        ],
        "misfit": _misfit(share, below, above),
    }


def _misfit(share: Results, below: int, above: int) -> str:
    """In one word, what was wrong with the band."""
    if share["low"] > 0.8:
        return "too_wide"
    if share["high"] >= 0.8:
        return "none_seen"
    if max(below, above) >= 2 * min(below, above):
        return "too_low" if above > below else "too_high"
    return "too_narrow"
