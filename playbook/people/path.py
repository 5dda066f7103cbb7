"""How far does each member come: acquire → identify → link → activate → convert, in this order?

acquire: the first event. identify: listed in the people table (with a person, where it has that
column). link: the first reply or mention to or from another. activate: the day on which a member
has been there on so many days within a month or so. convert: the first payment. A step counts only
on or after the day of the one before it, and within `window` days of the first event. A step that
a source cannot show is null and left out of the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from playbook.people.base import Log
from playbook.people.rules import rules, share

STEPS = ("acquire", "identify", "link", "activate", "convert")


def shown_steps(log: Log) -> dict[str, str | None]:
    """Which steps can this source show? Where it cannot: why not, as the id of a word."""
    links = log.counts.get("reply", 0) + log.counts.get("post", 0)
    why = {
        "acquire": None if log.timed else "no_times",
        "identify": _why_nobody_is_known(log),
        "link": "no_replies" if not links or not _has_targets(log) else None,
        "activate": None if log.timed else "no_times",
        "convert": None if "pay" in log.kinds else "no_payments",
    }
    return {step: why[step] if log.timed or step == "identify" else "no_times" for step in STEPS}


def _why_nobody_is_known(log: Log) -> str | None:
    """A people table tells nobody until its `person` is filled in: an import begins it empty."""
    if log.people is None:
        return "no_people_table"
    return None if bool(identified(log).limit(1).count().execute()) else "no_persons"


def _has_targets(log: Log) -> bool:
    return bool(links(log).limit(1).count().execute())


def links(log: Log) -> ir.Table:
    """Who spoke to whom, and on which day: member, target, day, at; never to oneself."""
    told = log.timed_events
    told = told.filter(
        told.kind.isin(["reply", "post"]), told.target.notnull(), told.target != told.member
    )
    return told.select("member", "target", "day", "at")


def linked_days(log: Log) -> ir.Table:
    """The days on which a member spoke to another, or was spoken to."""
    found = links(log)
    both = found.select("member", "day").union(found.select(member=found.target, day=found.day))
    return both.distinct()


def identified(log: Log) -> ir.Table:
    """The members whom the people table knows as persons."""
    assert log.people is not None
    listed = log.people
    if "person" in listed.columns:
        listed = listed.filter(listed.person.notnull())
    return listed.select("member").distinct()


def steps(log: Log, order: str = "sequential") -> ir.Table:
    """
    On which day did each member take each step? One row a member, null for a step not taken.

    `sequential`: a step is looked for on or after the day of the one before. `first_touch`: the
    first day of each step alone counts, and only if it is not before the one before.
    """
    shows = shown_steps(log)
    rule = rules()["path"]
    days = log.keep(log.seen.group_by("member").aggregate(acquire=ibis._.day.min()))
    if shows["identify"] is None:
        listed = identified(log).mutate(listed=True)
        days = days.left_join(listed, "member").drop("member_right")
        days = days.mutate(identify=ibis.ifelse(days.listed.notnull(), days.acquire, None)).drop(
            "listed"
        )
    sources: dict[str, Callable[[], ir.Table]] = {
        "link": lambda: linked_days(log),
        "activate": lambda: again(log),
        "convert": lambda: log.seen.filter(ibis._.kind == "pay").select("member", "day"),
    }
    before = "identify" if shows["identify"] is None else "acquire"
    for step, source in sources.items():
        if shows[step] is None:
            # Held step by step: planners guess wrong how large a join of joins will be.
            days = log.keep(_next(days, before, step, source(), rule["window"], order))
            before = step
    return days


def _next(
    days: ir.Table, before: str, step: str, source: ir.Table, window: int, order: str
) -> ir.Table:
    """Lay one more step beside those taken so far."""
    known = days.select("member", since=days.acquire, after=days[before])
    if order == "first_touch":
        source = source.group_by("member").aggregate(day=ibis._.day.min())
    met = source.inner_join(known, "member")
    met = met.filter(met.day >= met.after, met.day.delta(met.since, unit="day") <= window)
    first = met.group_by("member").aggregate(**{step: met.day.min()})
    return days.left_join(first, "member").drop("member_right")


def again(log: Log) -> ir.Table:
    """The days on which a member has been there often enough within the last month or so."""

    def make() -> ir.Table:
        rule = rules()["path"]
        days = active_days(log)
        day: Any = days.day
        earlier: Any = day.lag(rule["active_days"] - 1).over(group_by="member", order_by=day)
        days = days.mutate(earlier=earlier)
        enough = days.day.delta(days.earlier, unit="day") < rule["within"]
        return days.filter(days.earlier.notnull() & enough).select("member", "day")

    return log.once("again", make)


def became_active(log: Log) -> ir.Table:
    """The first day on which a member was there often enough: member, day."""
    return again(log).group_by("member").aggregate(day=ibis._.day.min())


def active_events(log: Log) -> ir.Table:
    """The same days, but as often as something was done on them."""
    quiet = [kind for kind in rules()["active"]["without"] if kind in log.kinds]
    return log.seen.filter(~ibis._.kind.isin(quiet)) if quiet else log.seen


def active_days(log: Log) -> ir.Table:
    """The days on which each member was there: member, day."""
    return active_events(log).select("member", "day").distinct()


def path(log: Log, order: str = "sequential") -> dict[str, Any]:
    """
    How many members take each step, which share of those who took the one before, how soon?

    `rate` is of the step before that can be shown, `of_all` of all members, `days` the median of
    days since the first event. `open`: members whose window is still running.
    """
    shows = shown_steps(log)
    rule = rules()["path"]
    if not log.timed:
        return {"window": rule["window"], "order": order, "open": None, "steps": _empty(shows)}
    table = log.keep(steps(log, order)) if order != "sequential" else log_steps(log)
    there = [step for step in STEPS if shows[step] is None]
    until = ibis.literal(log.at.date())
    since: dict[str, Any] = {step: table[step].delta(table.acquire, unit="day") for step in there}
    wanted = {f"n_{step}": table[step].notnull().sum() for step in there}
    wanted |= {f"d_{step}": since[step].cast("float64").median() for step in there[1:]}
    wanted["open"] = (until.delta(table.acquire, unit="day") < rule["window"]).sum()
    found = table.aggregate(**wanted).to_pandas().iloc[0]
    rows, before = [], None
    for step in STEPS:
        if shows[step] is not None:
            rows.append(_unseen(step, shows[step]))
            continue
        n = int(found[f"n_{step}"])
        whole = int(found["n_acquire"])
        timed = step not in ("acquire", "identify") and n
        rows.append(
            {
                "id": step,
                "members": n,
                "rate": None if before is None else share(n, before),
                "of_all": share(n, whole),
                "days": float(found[f"d_{step}"]) if timed else None,
                "because": None,
            }
        )
        before = n
    return {"window": rule["window"], "order": order, "open": int(found["open"]), "steps": rows}


def log_steps(log: Log) -> ir.Table:
    """The steps of each member in order, worked out once for a log."""
    return log.once("steps", lambda: steps(log))


def _empty(shows: dict[str, str | None]) -> Sequence[dict[str, Any]]:
    return [_unseen(step, shows[step] or "no_times") for step in STEPS]


def _unseen(step: str, because: str | None) -> dict[str, Any]:
    nothing = dict.fromkeys(("members", "rate", "of_all", "days"))
    return {"id": step, **nothing, "because": because}


def funnel(log: Log, kinds: Sequence[str]) -> list[int]:
    """
    How many members did these kinds one after the other: each at or after the one before?

    A step is the first event of its kind since the step before it.

    >>> import pandas as pd
    >>> from playbook.people.base import open_log
    >>> rows = [("ann", "signup", "2026-05-01"), ("ann", "attend", "2026-05-09"),
    ...         ("bo", "attend", "2026-05-09")]
    >>> table = pd.DataFrame(rows, columns=["member", "kind", "at"])
    >>> with open_log(table) as log:
    ...     funnel(log, ["signup", "attend"])
    [1, 1]
    """
    events = log.timed_events
    counts, since = [], None
    for kind in kinds:
        step = events.filter(events.kind == kind).select("member", "at")
        if since is not None:
            step = step.inner_join(since, "member").filter(ibis._.at >= ibis._.since)
        since = log.keep(step.group_by("member").aggregate(since=ibis._.at.min()))
        counts.append(int(since.count().execute()))
    return counts
