"""Did the action work? Weeks before a date against weeks after it, with what else has changed.

A before and an after prove no cause. So the answer is "worked" only where the change is beyond
chance, in the direction expected, and not what was under way already; thin data is inconclusive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from playbook.errors import nearest, quote, refuse
from playbook.load import content
from playbook.people import WEEKS
from playbook.people.base import Log
from playbook.people.weeks import (
    Difference,
    Stretch,
    difference,
    first_day,
    first_timers,
    full_weeks,
    kinds_of,
    weekly,
)

EXPECT = ("up", "down")
#: Different things named at most, of each sort, in what else has changed.
_NAMED = 5


def did_it_work(
    log: Log, measure: str, day: str | date, expect: str = "up", weeks: int = 4
) -> dict[str, Any]:
    """
    Did an action have the effect that was expected?

    `measure`: a weekly count of `content/health.toml` (`active_weekly`, or `active` for short).
    `day`: when the action was taken; its week is the first one after. `expect`: up or down.
    `weeks`: so many before and after, 3 to 26; fewer where the log has fewer. `outcome`: worked,
    did_not or inconclusive, with `why`; `difference`: Welch's t on the weekly counts, 95 %;
    `warnings` and `changed`: what else could have done it. Bad input raises PlaybookError.

    >>> import pandas as pd
    >>> from playbook.people.base import open_log
    >>> days = list(pd.date_range("2026-01-01", periods=56, freq="D", tz="UTC"))
    >>> rows = [(f"m{n}", day) for i, day in enumerate(days) for n in range(2 if i < 28 else 12)]
    >>> table = pd.DataFrame(rows, columns=["member", "at"]).assign(kind="post")
    >>> with open_log(table) as log:
    ...     did_it_work(log, "active", "2026-01-29")["outcome"]
    'worked'
    """
    entry, day = _entry(measure), _day(day)
    if expect not in EXPECT:
        raise refuse(
            "expect", "enum", nearest(expect, EXPECT), given=quote(expect), known="up, down"
        )
    if not WEEKS[0] <= weeks <= WEEKS[1]:
        raise refuse("weeks", "range", given=weeks, low=WEEKS[0], high=WEEKS[1])
    if not log.kinds & set(kinds_of(entry["kinds"])):
        raise refuse("measure", "measure_kind", given=quote(measure), table=log.where)
    before, earlier, after = _stretches(log, day, weeks)
    values = {
        name: _weekly(log, entry, stretch)
        for name, stretch in (("before", before), ("earlier", earlier), ("after", after))
    }
    found = difference(values["before"], values["after"]) if before.weeks and after.weeks else None
    warnings = _warnings(values, found, expect)
    outcome, why = _outcome(found, values, expect, warnings)
    return {
        "measure": entry["id"],
        "date": day.isoformat(),
        "expect": expect,
        "weeks": weeks,
        "before": _listed(before, values["before"]),
        "after": _listed(after, values["after"]),
        "difference": None if found is None else found.to_dict(),
        "outcome": outcome,
        "why": why,
        "warnings": warnings,
        "changed": _changed(log, before, after),
    }


def _entry(measure: str) -> Mapping[str, Any]:
    known = {one["id"]: one for one in content("health")["weekly"]}
    name = measure if measure in known else f"{measure}_weekly"
    if name not in known:
        meant = nearest(measure, known)
        raise refuse("measure", "enum", meant, given=quote(measure), known=", ".join(known))
    found: Mapping[str, Any] = known[name]
    return found


def _day(given: str | date) -> date:
    if isinstance(given, date):
        return given
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise refuse("action", "date", given=quote(given)) from None


def _stretches(log: Log, day: date, weeks: int) -> tuple[Stretch, Stretch, Stretch]:
    """The weeks just before the day, as many before these, and those from the day on."""
    first, last = first_day(log), log.at.date()
    if first is None or not first <= day <= last:
        raise refuse("action", "outside", given=day, first=first or "–", last=last)
    back = full_weeks(first, day - timedelta(days=1))
    near = min(weeks, back)
    far = min(weeks, back - near)
    start = day - timedelta(days=7 * near)
    ahead = min(weeks, full_weeks(day, last))
    return (
        Stretch(start, near),
        Stretch(start - timedelta(days=7 * far), far),
        Stretch(day, ahead),
    )


def _weekly(log: Log, entry: Mapping[str, Any], stretch: Stretch) -> tuple[int, ...]:
    if not stretch.weeks:
        return ()
    if entry["count"] == "newcomers":
        return first_timers(log, stretch, entry["kinds"])
    found: tuple[int, ...] = getattr(
        weekly(log, stretch, [entry["kinds"]])[entry["kinds"]], entry["count"]
    )
    return found


def _listed(stretch: Stretch, values: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {"week": (stretch.start + timedelta(days=7 * n)).isoformat(), "value": value}
        for n, value in enumerate(values)
    ]


# --- judging ----------------------------------------------------------------------------------


def slope(values: Sequence[float]) -> float:
    """By how much did a row of numbers rise from one to the next? Least squares.

    >>> slope([2, 4, 6, 8])
    2.0
    """
    middle = (len(values) - 1) / 2
    spread = sum((n - middle) ** 2 for n in range(len(values)))
    return sum((n - middle) * value for n, value in enumerate(values)) / spread


def _warnings(
    values: Mapping[str, Sequence[int]], found: Difference | None, expect: str
) -> list[dict[str, Any]]:
    """Was the change under way before the action? And can that be known at all?"""
    before = [*values["earlier"], *values["before"]]
    if found is None or len(before) < 2 * WEEKS[0]:
        return [{"id": "no_history", "value": len(before)}]
    # From the middle of the weeks before to the middle of those after.
    drift = slope(before) * (len(values["before"]) + len(values["after"])) / 2
    wanted = 1 if expect == "up" else -1
    if drift * wanted > 0 and abs(drift) >= abs(found.change) / 2:
        return [{"id": "trend_before", "value": drift}]
    return []


def _outcome(
    found: Difference | None,
    values: Mapping[str, Sequence[int]],
    expect: str,
    warnings: Sequence[Mapping[str, Any]],
) -> tuple[str, str]:
    """Worked, did not, or inconclusive; and why."""
    told = content("health")["periods"]
    if len(values["before"]) < WEEKS[0]:
        return "inconclusive", "too_short_before"
    if len(values["after"]) < WEEKS[0]:
        return "inconclusive", "too_short_after"
    if found is None or found.low is None or found.high is None:
        return "inconclusive", "nothing"
    if sum(values["before"]) + sum(values["after"]) < told["thin"]:
        return "inconclusive", "thin"
    best, worst = (found.high, found.low) if expect == "up" else (-found.low, -found.high)
    if best < told["worth"] * found.before or best <= 0:
        return "did_not", "no_effect" if worst <= 0 <= best else "other_way"
    if worst > 0:
        if any(warning["id"] == "trend_before" for warning in warnings):
            return "inconclusive", "trend_before"
        return "worked", "beyond_chance"
    return "inconclusive", "within_chance"


def _changed(log: Log, before: Stretch, after: Stretch) -> list[dict[str, Any]]:
    """What else is new since the action: kinds of events, groups, sources? It may be the cause."""
    found: list[dict[str, Any]] = []
    events = log.timed_events
    if not (before.weeks and after.weeks):
        return found
    for what in ("kind", "group", "source"):
        sides = [
            {
                str(v)
                for v in stretch.within(events).select(what).distinct().to_pandas()[what].dropna()
            }
            for stretch in (before, after)
        ]
        new, gone = sorted(sides[1] - sides[0]), sorted(sides[0] - sides[1])
        for how, names in (("new", new), ("gone", gone)):
            if names:
                found.append({"what": what, "how": how, "n": len(names), "names": names[:_NAMED]})
    return found
