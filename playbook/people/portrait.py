"""One row a member: what they did, their stage, lifecycle, tags in four families, segment.

The engine adds up by member; the rules of content are applied to whole columns. A number that the
source cannot show does not exist, and what depends on it alone is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from playbook.people.base import Log
from playbook.people.intimacy import Intimacy, levels
from playbook.people.path import STEPS, log_steps, shown_steps
from playbook.people.rules import Condition, rules
from playbook.people.spread import recent_members

Known = dict[str, NDArray[Any]]
FAMILIES = ("basic", "activity", "social", "consumption")
STATES = ("new", "returning", "resurrected", "dormant", "gone")


@cache
def _conditions() -> tuple[Mapping[str, tuple[Condition, ...]], Mapping[str, Any]]:
    """The conditions of all tags and segments, by id."""
    entries = {entry["id"]: entry for entry in (*rules()["tag"], *rules()["segment"])}
    return {key: tuple(map(Condition.read, e["when"])) for key, e in entries.items()}, entries


def everyone(log: Log) -> pd.DataFrame:
    """
    What has each member done? By member, sorted by name.

    `ever_<kind>` all events; `<kind>` those of the last `recent` days; `events`; `first`, `last`:
    days (missing where none is known); `before`: the last day before the lifecycle's window.
    """
    at = log.at.date()
    recent = ibis.literal(at - timedelta(days=int(rules()["recent"]["days"])))
    window = ibis.literal(at - timedelta(days=int(rules()["lifecycle"]["days"])))
    table = log.rollup.select("member", "day", "kind", "n")
    if log.timeless:
        without = log.events.filter(log.events.at.isnull())
        by = without.group_by(["member", "kind"]).aggregate(n=ibis._.count())
        day = ibis.null("date")
        table = table.union(by.select("member", day=day, kind=by.kind, n=by.n))
    there = ~table.kind.isin(rules()["active"]["without"])
    wanted: dict[str, Any] = {
        "events": table.n.sum(),
        "first": table.day.min(where=there),
        "last": table.day.max(where=there),
        "before": table.day.max(where=there & (table.day <= window)),
    }
    for name in sorted({n for found in _conditions()[0].values() for c in found for n in c.names}):
        kind = name.removeprefix("ever_")
        if kind in log.kinds:
            mine = table.kind == kind
            wanted[name] = table.n.sum(where=mine if kind != name else mine & (table.day > recent))
    found = table.group_by("member").aggregate(**wanted).to_pandas().set_index("member")
    days = ("first", "last", "before")
    for name in found.columns:
        if name in days:
            found[name] = pd.to_datetime(found[name])
        else:
            found[name] = found[name].fillna(0).astype("int64")
    return found.sort_index()


def money(log: Log) -> tuple[str | None, pd.DataFrame]:
    """
    What has each member paid, less what was refunded? In the currency most payments were made in.

    No amounts in a currency: (None, an empty table). Columns: `ever_paid`, `paid` (recently).
    """
    nothing = pd.DataFrame({"ever_paid": [], "paid": []}, dtype=float)
    if "pay" not in log.kinds:
        return None, nothing
    table = log.events.filter(
        log.events.kind.isin(["pay", "refund"]),
        log.events.amount.notnull(),
        log.events.currency.notnull(),
    )
    by = table.filter(table.kind == "pay").group_by("currency").aggregate(n=ibis._.count())
    used = by.to_pandas().sort_values(["n", "currency"], ascending=[False, True])
    if not len(used):
        return None, nothing
    currency = str(used["currency"].iloc[0])
    table = table.filter(table.currency == currency)
    since = ibis.literal(log.at.date() - timedelta(days=int(rules()["recent"]["days"])))
    signed = ibis.ifelse(table.kind == "pay", table.amount, -table.amount)
    sums = table.group_by("member").aggregate(
        ever_paid=signed.sum(), paid=signed.sum(where=table.day > since)
    )
    return currency, sums.to_pandas().set_index("member").fillna(0.0).round(2)


def numbers(log: Log, people: pd.DataFrame, close: Intimacy) -> Known:
    """Everything that conditions may compare, as columns in the order of `people`."""
    at = pd.Timestamp(log.at.date())
    known: Known = {
        name: people[name].to_numpy(float)
        for name in people.columns
        if name == "events" or name.startswith("ever_")
    }
    if not log.timed:
        return known
    recent = {name for name in people.columns if name in log.kinds}
    known |= {name: people[name].to_numpy(float) for name in recent}
    for name, day in (("recency", "last"), ("age", "first")):
        known[name] = (at - people[day]).dt.days.to_numpy(float)
    known["days"] = _laid(recent_members(log, int(rules()["recent"]["days"])), people, 0.0)
    known["intimacy"] = _laid(pd.Series(close.scores(), index=close.members), people, np.nan)
    known["kinds"] = _laid(pd.Series(close.kinds_done(), index=close.members), people, 0.0)
    _, paid = money(log)
    for name in paid.columns if len(paid) else ():
        known[name] = _laid(paid[name], people, 0.0)
    return known


def _laid(values: pd.Series[Any], people: pd.DataFrame, missing: float) -> NDArray[Any]:
    laid: NDArray[Any] = values.reindex(people.index).fillna(missing).to_numpy(float)
    return laid


def tags(log: Log, people: pd.DataFrame, known: Known) -> dict[str, dict[str, NDArray[Any]] | None]:
    """
    Which tags does each member bear? By family, by tag: a column of true and false.

    A family is null where the source shows nothing of it, and so is a tag (left out).
    """
    found: dict[str, dict[str, NDArray[Any]] | None] = {"basic": _basic(log, people)}
    conditions, entries = _conditions()
    for family in FAMILIES[1:]:
        mine: dict[str, NDArray[Any]] = {}
        for name, entry in entries.items():
            shown = all(condition.shown(known) for condition in conditions[name])
            if entry.get("family") == family and shown:
                mine[name] = np.logical_and.reduce([c.holds(known) for c in conditions[name]])
        found[family] = mine or None
    return found


def _basic(log: Log, people: pd.DataFrame) -> dict[str, NDArray[Any]] | None:
    """One tag for each value of the people table's columns, like `region=Xiamen`."""
    if log.people is None:
        return None
    columns = [name for name in rules()["basic"]["columns"] if name in log.people.columns]
    listed = log.people.select("member", *columns).to_pandas().drop_duplicates("member")
    listed = listed.set_index("member").reindex(people.index)
    found = {}
    for name in columns:
        for value in sorted(listed[name].dropna().unique()):
            found[f"{name}={value}"] = (listed[name] == value).to_numpy(bool)
    return found


def segments(known: Known) -> NDArray[Any]:
    """The segment of each member: the first whose conditions all hold."""
    conditions, _ = _conditions()
    size = len(next(iter(known.values())))
    chosen = np.full(size, "", dtype=object)
    for entry in rules()["segment"]:
        rest = chosen == ""
        if all(condition.shown(known) for condition in conditions[entry["id"]]):
            holds = [condition.holds(known) for condition in conditions[entry["id"]]]
            chosen[np.logical_and.reduce([rest, *holds])] = entry["id"]
    return chosen


def states(log: Log, people: pd.DataFrame) -> NDArray[Any]:
    """Where in the lifecycle is each member (None where no time is known)?"""
    days = int(rules()["lifecycle"]["days"])
    at = pd.Timestamp(log.at.date())
    window, earlier = at - timedelta(days=days), at - timedelta(days=2 * days)
    first, last, before = (people[name] for name in ("first", "last", "before"))
    now = last > window
    found = np.full(len(people), None, dtype=object)
    found[(last <= earlier).to_numpy()] = "gone"
    found[(~now & (last > earlier)).to_numpy()] = "dormant"
    found[(now & (before <= earlier)).to_numpy()] = "resurrected"
    found[(now & (before > earlier)).to_numpy()] = "returning"
    found[(now & (first > window)).to_numpy()] = "new"
    return found


def stages(log: Log, people: pd.DataFrame) -> NDArray[Any]:
    """The last step of the path that each member has come to (None where no time is known)."""
    shows = shown_steps(log)
    found = np.full(len(people), None, dtype=object)
    if not log.timed:
        return found
    table = log_steps(log)
    there = [step for step in STEPS if shows[step] is None]
    reached: ir.Table = table.select("member", **{step: table[step].notnull() for step in there})
    rows = reached.to_pandas().set_index("member").reindex(people.index)
    for step in there:
        found[rows[step].eq(True).to_numpy(bool)] = step
    return found


def level_names(places: NDArray[Any]) -> NDArray[Any]:
    """The ids of levels by their places (-1: none)."""
    names = np.array([*(level["id"] for level in levels()), None], dtype=object)
    chosen: NDArray[Any] = names[places]
    return chosen
