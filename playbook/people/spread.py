"""Who carries the talk and the spreading, and in how small circles: shares beside their claims.

Nothing here is a verdict: a pilot on 239 communities found no signal in these ratios. They are
shown because the trade asks for them.
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from playbook.people.base import Log
from playbook.people.intimacy import intimacy, levels
from playbook.people.path import active_days, links
from playbook.people.rules import rules, share

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPREADING = ("share", "invite")
TALKING = ("post", "reply")


def top_part(scores: NDArray[Any], part: float) -> NDArray[Any]:
    """
    How far does each member belong to the top `part`: 1, 0, or a fraction where many tie for it?

    >>> top_part(np.array([5.0, 3.0, 3.0, 1.0, 0.0]), 0.4).tolist()
    [1.0, 0.5, 0.5, 0.0, 0.0]
    """
    places = ceil(round(len(scores) * part, 9))
    if not places:
        return np.zeros(len(scores))
    cut = np.partition(scores, len(scores) - places)[len(scores) - places]
    above, tied = scores > cut, scores == cut
    belongs: NDArray[Any] = above + tied * ((places - above.sum()) / tied.sum())
    return belongs


def concentration(log: Log) -> dict[str, Any]:
    """
    Which share of the spreading comes from the fifth who were closest before it began?

    Intimacy is that of the day before the last `days` (or the later half of a shorter log) and
    leaves shares and invitations out: otherwise spreading would explain itself. Beside it: the
    share of the most active fifth of those who spread, and of those who talk.
    """
    rule = rules()["concentration"]
    found = {
        "claim": rule["claim"],
        "top": rule["top"],
        "from": None,
        "events": None,
        "share": None,
        "spreaders": _by_most_active(log, SPREADING, rule["top"]),
        "posters": _by_most_active(log, TALKING, rule["top"]),
    }
    if log.first is None or not log.kinds & set(SPREADING):
        return found
    at = log.at.date()
    half = ((at - log.first.date()).days + 1) // 2
    begin = at - timedelta(days=min(int(rule["days"]), half) - 1)
    before = intimacy(log, begin - timedelta(days=1), without=SPREADING)
    spread = log.rollup.filter(ibis._.kind.isin(SPREADING), ibis._.day >= ibis.literal(begin))
    by = _counts(spread)
    found |= {"from": begin.isoformat(), "events": int(by.sum())}
    if len(by) and len(before.members):
        belongs = pd.Series(top_part(before.scores(), rule["top"]), index=before.members)
        found["share"] = share((by * belongs.reindex(by.index).fillna(0.0)).sum(), by.sum())
    return found


def _counts(table: ir.Table) -> pd.Series[Any]:
    """Events by member, of a roll-up."""
    by = table.group_by("member").aggregate(n=ibis._.n.sum()).to_pandas()
    return by.set_index("member")["n"].astype(float)


def _by_most_active(log: Log, kinds: tuple[str, ...], part: float) -> dict[str, Any]:
    """The share of the most active part of those who did these kinds at all (of all events)."""
    there = [kind for kind in kinds if kind in log.kinds]
    if not there:
        return {"members": None, "events": None, "share": None}
    table = log.events.filter(log.events.kind.isin(there))
    by = table.group_by("member").aggregate(n=ibis._.count())
    counts = by.group_by("n").aggregate(members=ibis._.count()).to_pandas().sort_values("n")
    n, members = counts["n"].to_numpy()[::-1], counts["members"].to_numpy()[::-1]
    places = ceil(round(int(members.sum()) * part, 9))
    taken = np.minimum(members, np.maximum(0, places - (members.cumsum() - members)))
    whole = int((n * members).sum())
    return {
        "members": int(members.sum()),
        "events": whole,
        "share": share(int((n * taken).sum()), whole),
    }


def potential(found: NDArray[Any], recent: NDArray[Any], timed: bool) -> dict[str, Any]:
    """
    How do the active members divide into the three layers of a pyramid (claim: 5, 20, 75 of 100)?

    `found`: the place of each member's level; `recent`: who was active in the last days.
    """
    rule = rules()["potential"]
    whole = int(recent.sum()) if timed else None
    layers: dict[str, Any] = {}
    for layer in ("big", "middle", "ordinary"):
        places = [n for n, level in enumerate(levels()) if level["layer"] == layer]
        n = int((np.isin(found, places) & recent).sum())
        told = {"members": n if timed else None, "share": share(n, whole or 0)}
        layers[layer] = {**told, "claim": rule[layer]}
    return {"days": rule["days"], "members": whole, **layers}


def circles(log: Log) -> dict[str, Any]:
    """
    Which share of people are active in small groups, and in small circles of talk?

    Counted in person-months. `groups`: a member's month in a group with fewer than `under` active
    members. `circles`: a member's month in which those spoken with are fewer than `under`.
    """
    rule = rules()["circles"]
    under = rule["under"]
    nothing = {"member_months": None, "share": None}
    found = {"under": under, "claim": rule["claim"], "groups": nothing, "circles": nothing}
    if not log.timed:
        return found
    table = log.timed_events
    quiet = rules()["active"]["without"]
    table = table.filter(table.group.notnull(), ~table.kind.isin(quiet))
    table = table.select("member", "group", month=table.day.truncate("month")).distinct()
    sizes = table.group_by(["group", "month"]).aggregate(n=ibis._.count())
    found["groups"] = _small(sizes, under, sizes.n)
    told = links(log)
    there = told.select("member", "target", month=told.day.truncate("month"))
    back = there.select(member=there.target, target=there.member, month=there.month)
    knows = there.union(back).distinct()
    sizes = knows.group_by(["member", "month"]).aggregate(n=ibis._.count())
    found["circles"] = _small(sizes, under, ibis.literal(1))
    return found


def _small(sizes: ir.Table, under: int, weight: Any) -> dict[str, Any]:
    """The share of person-months in what is smaller than `under`."""
    small = ibis.ifelse(sizes.n < under, weight, 0)
    row = (
        sizes.mutate(weight=weight)
        .aggregate(whole=ibis._.weight.sum(), small=small.sum())
        .to_pandas()
        .iloc[0]
    )
    if pd.isna(row["whole"]):
        return {"member_months": None, "share": None}
    return {"member_months": int(row["whole"]), "share": share(row["small"], row["whole"])}


def voices(log: Log) -> dict[str, Any]:
    """
    Do only a few fixed people speak (a sign of a dying group, it is said)?

    `few_fixed`: in the last weeks the `few` who spoke most wrote at least `share` of it, and they
    are the same as in the weeks before. null where nobody spoke in one of the two.
    """
    rule = rules()["voices"]
    span, few = 7 * int(rule["weeks"]), int(rule["few"])
    found: dict[str, Any] = {"days": span, "voices": None, "before": None, "few": few}
    found |= {"share": None, "same": None, "few_fixed": None}
    if not log.timed or not log.kinds & set(TALKING):
        return found
    at = log.at.date()
    now = ibis.literal(at - timedelta(days=span))
    then = ibis.literal(at - timedelta(days=2 * span))
    talk = log.rollup.filter(ibis._.kind.isin(TALKING))
    parts = [
        _counts(talk.filter(ibis._.day > now)),
        _counts(talk.filter(ibis._.day <= now, ibis._.day > then)),
    ]
    found |= {"voices": len(parts[0]), "before": len(parts[1])}
    if len(parts[0]) and len(parts[1]):
        most = [set(_most(part, few)) for part in parts]
        told = parts[0].loc[sorted(most[0])].sum()
        found["share"] = share(told, parts[0].sum())
        found["same"] = len(most[0] & most[1])
        found["few_fixed"] = bool(told >= rule["share"] * parts[0].sum() and most[0] <= most[1])
    return found


def _most(counts: pd.Series[Any], n: int) -> list[str]:
    """The n with the most events; who ties is told by the name."""
    frame = counts.rename("n").rename_axis("member").reset_index()
    return list(frame.sort_values(["n", "member"], ascending=[False, True])["member"][:n])


def reciprocity(log: Log) -> dict[str, Any]:
    """Of those who spoke to somebody, how often did that one ever speak to them?

    `pairs` are ordered: ann to ben is one, ben to ann another.
    """
    pairs = links(log).select("member", "target").distinct()
    back = pairs.select(member=pairs.target, target=pairs.member, back=ibis.literal(1))
    both = pairs.left_join(back, ["member", "target"])
    row = both.aggregate(pairs=both.count(), back=both.back.notnull().sum()).to_pandas().iloc[0]
    n = int(row["pairs"])
    return {"pairs": n or None, "share": share(int(row["back"] or 0), n) if n else None}


def newcomers(log: Log) -> dict[str, Any]:
    """
    How soon does somebody answer those who speak for the first time?

    Only times known to the second count, and only newcomers whose `days` are over. `answered`:
    share with a reply from another within these days; `in_time`: within `hours`; `median_hours`:
    of those answered.
    """
    rule = rules()["newcomers"]
    hours, days = int(rule["hours"]), int(rule["days"])
    found: dict[str, Any] = {"hours": hours, "days": days, "members": None}
    found |= {"answered": None, "in_time": None, "median_hours": None}
    exact = log.timed_events.filter(ibis._.at_quality == "exact")
    if "reply" not in log.kinds or not log.timed:
        return found
    spoke = (
        exact.filter(exact.kind.isin(TALKING)).group_by("member").aggregate(begin=ibis._.at.min())
    )
    spoke = spoke.filter(spoke.begin <= ibis.literal(log.at - timedelta(days=days)))
    told = exact.filter(exact.kind == "reply", exact.target.notnull())
    told = told.filter(told.target != told.member).select(target=told.target, at=told.at)
    if not bool(told.limit(1).count().execute()):
        return found
    met = spoke.inner_join(told, spoke.member == told.target)
    met = met.filter(met.at >= met.begin, met.at <= met.begin + ibis.interval(days=days))
    first = met.group_by("member").aggregate(begin=met.begin.min(), at=met.at.min())
    waited = (first.at.epoch_seconds() - first.begin.epoch_seconds()).cast("float64") / 3600
    row = (
        first.aggregate(
            answered=first.count(), soon=(waited <= hours).sum(), median=waited.median()
        )
        .to_pandas()
        .iloc[0]
    )
    n, answered = int(spoke.count().execute()), int(row["answered"])
    found |= {"members": n, "answered": share(answered, n)}
    found["in_time"] = share(int(row["soon"]) if answered else 0, n)
    found["median_hours"] = round(float(row["median"]), 9) if answered else None
    return found


def recent_members(log: Log, days: int) -> pd.Series[Any]:
    """On how many of the last `days` was each member there? By member."""
    table = active_days(log)
    table = table.filter(table.day > ibis.literal(log.at.date() - timedelta(days=days)))
    return _counts(table.mutate(n=1))
