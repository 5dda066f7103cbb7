"""What a log of events tells in numbers, each with its interval and how many cases it rests on.

The rules are ours. What the source does not show has no estimate, never one of 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from playbook.people.base import Log
from playbook.people.graph import Forest

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A month, in days; months are counted back from the last event, so that none is cut short.
MONTH = 365.2425 / 12
#: Rates a month are taken from so many months at most, daily ones from so many days.
_MONTHS, _DAYS = 24, 90
#: Members need so many days to bring others before they count as having brought nobody.
_TIME_TO_BRING = 30
_TALK = ("post", "reply")
_FEWEST_ANSWERS = 5
_DRAWS = 2000
_DISPERSIONS = np.geomspace(0.01, 100, 400)


@dataclass(frozen=True)
class Estimate:
    """A value, between what it lies (95 %), and how many cases it rests on."""

    value: float
    low: float | None
    high: float | None
    n: int

    def to_dict(self) -> dict[str, Any]:
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


# --- small statistics ---------------------------------------------------------------------------


def share(hits: float, n: float) -> Estimate | None:
    """A share with Wilson's interval."""
    if n <= 0:
        return None
    z2, share = 1.959964**2, hits / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (share * (1 - share) / n + z2 / (4 * n * n))) ** 0.5 / (1 + z2 / n)
    low, high = max(0.0, round(middle - half, 12)), min(1.0, round(middle + half, 12))
    return Estimate(share, low, high, int(n))


def mean(sample: NDArray[Any], weight: NDArray[Any] | None = None) -> Estimate | None:
    """A mean (of `sample` ÷ `weight`, if given) with a bootstrap interval, the same every time."""
    if sample.size < 2:
        return None
    weight = np.ones(sample.size) if weight is None else weight
    rng = np.random.default_rng(7)
    # Equal pairs are drawn together, so that a million members are no more work than a few.
    pairs, many = np.unique(np.stack([sample, weight]), axis=1, return_counts=True)
    draws = rng.multinomial(sample.size, many / sample.size, _DRAWS)
    over = draws @ pairs[1]
    means = (draws @ pairs[0])[over > 0] / over[over > 0]
    low, high = np.percentile(means, (2.5, 97.5))
    mean = float(sample.sum() / weight.sum())
    return Estimate(mean, float(low), float(high), int(sample.size))


def median(sample: NDArray[Any]) -> Estimate | None:
    """A median; the interval are the order statistics that hold it with 95 %."""
    if sample.size < 2:
        return None
    ranked = np.sort(sample.astype(float))
    half = 0.98 * ranked.size**0.5
    low = ranked[max(0, int(ranked.size / 2 - half))]
    high = ranked[min(ranked.size - 1, int(ranked.size / 2 + half))]
    return Estimate(float(np.median(ranked)), float(low), float(high), int(ranked.size))


def dispersion(brought: NDArray[Any]) -> Estimate | None:
    """
    How evenly do members bring others: the negative binomial's d, most likely value and interval?

    None where nobody brought anybody. The interval holds what is not 1.92 less likely in logs.
    """
    from scipy.special import gammaln

    if brought.size < 2 or not brought.sum():
        return None
    value, many = np.unique(brought.astype(float), return_counts=True)
    mean = brought.mean()
    d = _DISPERSIONS[:, None]
    told = gammaln(value + d) - gammaln(d) - gammaln(value + 1)
    told = told + d * np.log(d / (d + mean)) + value * np.log(mean / (d + mean))
    likely = told @ many
    kept = _DISPERSIONS[likely >= likely.max() - 1.92]
    best = float(_DISPERSIONS[likely.argmax()])
    return Estimate(best, float(kept[0]), float(kept[-1]), int(brought.size))


def _known(**found: Estimate | None) -> dict[str, Estimate]:
    return {name: one for name, one in found.items() if one is not None}


# --- what events tell ---------------------------------------------------------------------------


def invites(log: Log, forest: Forest) -> dict[str, Estimate]:
    """New people each member brings, how unevenly, how soon, and how many of the joins that is."""
    if "invite" not in log.kinds:
        return {}
    members = forest.members
    early = pd.Timestamp(log.at) - pd.Timedelta(days=_TIME_TO_BRING)
    had_time = members[~(members["first"] > early)]
    brought = had_time["brought"].to_numpy()
    came = members.dropna(subset="inviter")
    since = came["inviter"].map(members.set_index("member")["first"])
    days = (came["first"] - since).dt.total_seconds().dropna().clip(lower=0) / 86400
    days = days.round(3)
    return _known(
        k=mean(brought),
        dispersion=dispersion(brought),
        days=median(days.to_numpy()),
        accepted=share(forest.came, forest.invited),
        invited_share=share(len(came), len(members)),
    )


def _months_ago(log: Log, day: Any) -> Any:
    """How many whole months before the last event? An expression over days."""
    ago = ibis.literal(log.at.date()).delta(day, unit="day")
    return (ago / MONTH).floor().cast("int64")


def _whole_months(since: date, until: date) -> int:
    return min(_MONTHS, int(((until - since).days + 1) / MONTH + 0.05))


def stay(log: Log, people: pd.DataFrame) -> dict[str, Estimate]:
    """Who is active in a month, who comes back the month after, and who leaves."""
    if people.empty:
        return {}
    until = log.at.date()
    months = _whole_months(people["first"].min().date(), until)
    active = log.rollup.filter(log.rollup.kind != "leave")
    active = active.mutate(month=_months_ago(log, active.day)).filter(ibis._.month < months)
    active = log.keep(active.select("member", "month").distinct())
    again = active.select(member_=active.member, month_=active.month + 1)
    kept = active.join(again, [active.member == again.member_, active.month == again.month_])
    n_active = int(active.count().to_pandas())
    n_before = int(active.filter(active.month > 0).count().to_pandas())
    n_kept = int(kept.count().to_pandas())
    end = pd.Timestamp(until) + pd.Timedelta(days=1)
    ends = [end - pd.Timedelta(days=MONTH * n) for n in range(months + 1)]
    here = _here(people, ends)
    member_months = float(sum(here[:-1]))
    at_start = float(sum(here[1:]))
    left = int((people["left"] >= ends[-1]).sum()) if months else 0
    return _known(
        active_month=share(n_active, max(n_active, member_months)) if months else None,
        free_retention=share(n_kept, n_before),
        churn=share(left, max(at_start, left)) if "leave" in log.kinds and months else None,
    )


def talk(log: Log, people: pd.DataFrame, since: date) -> dict[str, Estimate]:
    """Who writes on a day, how much, and how unlike are the days?"""
    if people.empty or not log.kinds & set(_TALK):
        return {}
    until = log.at.date()
    days = min(_DAYS, (until - since).days + 1)
    first = pd.Timestamp(until) - pd.Timedelta(days=days - 1)
    rollup = log.rollup
    said = rollup.filter(rollup.kind.isin(_TALK), rollup.day >= ibis.literal(first.date()))
    daily = said.group_by("day").aggregate(writers=said.member.nunique(), messages=said.n.sum())
    found = daily.to_pandas()
    found["day"] = pd.to_datetime(found["day"])
    calendar = pd.date_range(first, periods=days)
    found = found.set_index("day").reindex(calendar, fill_value=0)
    writers, messages = found["writers"].to_numpy(float), found["messages"].to_numpy(float)
    here = _here(people, list(calendar + pd.Timedelta(days=1)))
    beyond = max(0.0, float(messages.var(ddof=1)) - float(messages.mean())) if days > 1 else 0.0
    spread = beyond**0.5 / messages.mean() if days >= 14 and messages.sum() else None
    return _known(
        writers_day=mean(writers, here),
        messages=mean(messages, writers) if writers.sum() else None,
        spread=None if spread is None else Estimate(float(spread), None, None, days),
    )


def paying(log: Log, since: date) -> dict[str, Estimate]:
    """Who begins to pay, who pays again the month after, and how much is paid in a month?"""
    if "pay" not in log.kinds:
        return {}
    months = _whole_months(since, log.at.date())
    rollup = log.rollup.mutate(month=_months_ago(log, log.rollup.day))
    paid = rollup.filter(rollup.kind == "pay")
    by_month = paid.group_by(["member", "month"]).aggregate(amount=paid.amount.sum())
    pays = by_month.to_pandas()
    first = pays.groupby("member")["month"].max()
    recent = pays[pays["month"] < months]
    pairs = set(zip(recent["member"], recent["month"], strict=True))
    before = [(member, month) for member, month in pairs if month > 0]
    again = sum((member, month - 1) in pairs for member, month in before)
    # A free member is active and has not paid before that month.
    free = rollup.filter(rollup.kind != "leave", rollup.month < months)
    free = free.select("member", "month").distinct()
    since_paid = log.keep(paid.group_by("member").aggregate(first=paid.month.max()))
    joined = free.left_join(since_paid, "member")
    waiting = joined.filter(joined["first"].isnull() | (joined.month >= joined["first"]))
    n_free, began = int(waiting.count().to_pandas()), int((first < months).sum())
    currencies = log.events.filter(log.events.kind == "pay").currency.nunique().to_pandas()
    amounts = recent["amount"].dropna().to_numpy(float)
    return _known(
        pay_rate=share(began, n_free),
        retention=share(again, len(before)),
        paid_a_month=mean(amounts) if int(currencies) == 1 else None,
    )


def answers(log: Log) -> dict[str, Estimate]:
    """How soon, and how often, does somebody answer what was begun?"""
    if not {"post", "reply"} <= log.kinds:
        return {}
    events = log.timed_events.filter(ibis._.object.notnull(), ibis._.at_quality == "exact")
    posts = events.filter(events.kind == "post").group_by("object")
    posts = posts.aggregate(begun=ibis._.at.min(), by=ibis._.member.argmin(ibis._.at))
    replies = events.filter(events.kind == "reply").select("object", "member", "at")
    joined = replies.join(posts, "object")
    others = joined.filter(joined.member != joined.by, joined["at"] >= joined.begun)
    seconds = others["at"].epoch_seconds() - others.begun.epoch_seconds()
    waits = others.mutate(wait=seconds).group_by("object").aggregate(wait=ibis._.wait.min())
    hours = waits.to_pandas()["wait"].to_numpy(float) / 3600
    begun = int(posts.count().to_pandas())
    if hours.size < _FEWEST_ANSWERS:  # a source without threads
        return {}
    return _known(first_reply_hours=median(hours), answered=share(hours.size, begun))


def history(people: pd.DataFrame, since: date, until: date) -> tuple[float, ...]:
    """How many were here, a month apart, up to the last event; from the first whole month on."""
    months = int(((until - since).days + 1) / MONTH + 0.05)
    end = pd.Timestamp(until) + pd.Timedelta(days=1)
    ends = [end - pd.Timedelta(days=MONTH * n) for n in reversed(range(months))]
    return tuple(_here(people, ends).tolist())


def _here(people: pd.DataFrame, moments: list[pd.Timestamp]) -> NDArray[Any]:
    """How many were members at each of these moments?"""
    when = np.array(moments, dtype="datetime64[ns]")
    first = np.sort(people["first"].to_numpy("datetime64[ns]"))
    left = np.sort(people["left"].dropna().to_numpy("datetime64[ns]"))
    return (np.searchsorted(first, when) - np.searchsorted(left, when)).astype(float)
