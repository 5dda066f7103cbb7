"""Calibration: which values of the models do a community's own events give, and how surely?

An estimate is a value, the interval it lies in with 95 %, and the number n it rests on. Which
parameter takes which estimate stands in `content/models.toml` (`calibrate`); what cannot be
estimated keeps the default of content with its label. The rules are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from playbook.errors import nearest, quote, refuse
from playbook.load import content
from playbook.people.base import Log, open_log
from playbook.people.graph import Forest, Ties, invite_forest, present, ties
from playbook.tables import Tabular
from playbook.words import say, text

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


@dataclass(frozen=True)
class Calibration(Tabular):
    """
    What the events say about the values of the models.

    `estimates`: by id (words: `model.estimate.<id>`). `history`: member counts a month apart up
    to `until`. `forest`: who brought whom. `ties`: who talks with whom.
    """

    where: str
    since: date
    until: date
    estimates: Mapping[str, Estimate]
    history: tuple[float, ...]
    forest: Forest
    ties: Ties

    def options(self, model: str) -> dict[str, dict[str, Any]]:
        """
        Which parameters of a model are estimated, and as what?

        By parameter: value, low, high, n; as `growth.run.run(calibrated=…)` takes them.
        """
        found = {}
        for parameter in _model(model)["parameter"]:
            name = parameter.get("calibrate")
            if name == "history" and len(self.history) >= parameter["least"]:
                told = list(self.history[-parameter["most"] :])
                found[parameter["id"]] = _plain(told, len(told))
            elif name == "until":
                found[parameter["id"]] = _plain(self.until.isoformat(), None)
            elif name in self.estimates:
                found[parameter["id"]] = _within(self.estimates[name], parameter)
        return found

    def rows(self, lang: str | None = None) -> list[dict[str, Any]]:
        """
        One row an estimate, and one a value that keeps its default: what, value, interval, n.

        `label` is calibrated, or the quality of the default's source; `models` names who use it.
        """
        users: dict[str, list[str]] = {}
        for entry in content("models")["model"]:
            for parameter in entry["parameter"]:
                if name := parameter.get("calibrate"):
                    users.setdefault(name, []).append(f"{entry['id']}.{parameter['id']}")
        told = [
            {
                "id": name,
                "what": say(f"model.estimate.{name}", lang),
                **found.to_dict(),
                "label": "calibrated",
                "source": None,
                "used_by": ", ".join(users.get(name, ())) or None,
            }
            for name, found in self.estimates.items()
        ]
        for entry in content("models")["model"]:
            for parameter in entry["parameter"]:
                name = parameter.get("calibrate")
                if name in (None, "history", "until") or name in self.estimates:
                    continue
                told.append(
                    {
                        "id": name,
                        "what": text(parameter, "name", lang),
                        "value": parameter.get("default"),
                        "low": None,
                        "high": None,
                        "n": 0,
                        "label": parameter["label"],
                        "source": parameter["source"],
                        "used_by": f"{entry['id']}.{parameter['id']}",
                    }
                )
        return told

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """One JSON document: the estimates, the history, the invite trees and the network."""
        trees = self.forest.trees()
        brought = trees[trees["size"] > 1]
        return {
            "format": "playbook-calibration/1",
            "events": self.where,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "estimates": self.rows(lang),
            "history": list(self.history),
            "invites": {
                "invited": self.forest.invited,
                "came": self.forest.came,
                "trees": len(brought),
                "largest": int(brought["size"].max()) if len(brought) else None,
                "deepest": int(brought["depth"].max()) if len(brought) else None,
            },
            "network": {"people": len(self.ties.names), "ties": len(self.ties.a)},
        }


def calibrate(
    events: Any,
    people: Any = None,
    at: Any = None,
    tz: str = "UTC",
    engine: str = "duckdb",
    con: Any = None,
) -> Calibration:
    """
    Which values of the models can be estimated from these events, and how well?

    Arguments as those of `members`. What the source does not show (invitations, payments,
    leaving, answers to somebody) is not estimated, never taken as 0. An empty or unreadable
    table: PlaybookError.

    >>> import pandas as pd
    >>> table = pd.DataFrame({"member": list("aabbc"), "kind": ["join", "invite", "join", "post",
    ...                       "join"], "target": [None, "b", None, None, None],
    ...                       "at": pd.to_datetime(["2026-01-01", "2026-01-09", "2026-01-10",
    ...                                             "2026-03-01", "2026-03-05"], utc=True)})
    >>> found = calibrate(table)
    >>> found.estimates["k"].value, found.options("fission")["k"]["n"]
    (0.5, 2)
    """
    with open_log(events, people, at, tz, engine, con) as log:
        everybody = present(log)
        timed = everybody.dropna(subset="first")
        until = log.at.date()
        since = timed["first"].min().date() if len(timed) else until
        forest = invite_forest(log, everybody)
        found = {**_invites(log, forest), **_stay(log, timed), **_talk(log, timed, since)}
        found |= {**_paying(log, since), **_answers(log)}
        here = int(everybody["left"].isna().sum())
        found["members"] = Estimate(here, here, here, here)
        order = [name for name in _ORDER if name in found]
        history = _history(timed, since, until)
        network = ties(log, everybody)
        told = {name: found[name] for name in order}
        return Calibration(log.where, since, until, told, history, forest, network)


#: In which order estimates are told.
_ORDER = (
    "members",
    "k",
    "dispersion",
    "days",
    "accepted",
    "invited_share",
    "churn",
    "active_month",
    "free_retention",
    "writers_day",
    "messages",
    "spread",
    "first_reply_hours",
    "answered",
    "pay_rate",
    "retention",
    "paid_a_month",
)


def _model(name: str) -> Mapping[str, Any]:
    known: dict[str, Mapping[str, Any]] = {e["id"]: e for e in content("models")["model"]}
    wanted = str(name).replace("_", "-")
    if wanted not in known:
        meant = nearest(wanted, known)
        raise refuse("calibrate", "no_model", meant, given=quote(name), known=", ".join(known))
    return known[wanted]


def _plain(value: Any, n: int | None) -> dict[str, Any]:
    return {"value": value, "low": None, "high": None, "n": n}


def _within(found: Estimate, parameter: Mapping[str, Any]) -> dict[str, Any]:
    """An estimate as a parameter takes it: whole where it must be, and within its bounds."""
    told = found.to_dict()
    for key in ("value", "low", "high"):
        if told[key] is not None:
            told[key] = min(parameter["high"], max(parameter["low"], told[key]))
            whole = parameter["kind"] == "integer"
            told[key] = round(told[key]) if whole else float(f"{told[key]:.4g}")
    return told


# --- small statistics ---------------------------------------------------------------------------


def _share(hits: float, n: float) -> Estimate | None:
    """A share with Wilson's interval."""
    if n <= 0:
        return None
    z2, share = 1.959964**2, hits / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (share * (1 - share) / n + z2 / (4 * n * n))) ** 0.5 / (1 + z2 / n)
    low, high = max(0.0, round(middle - half, 12)), min(1.0, round(middle + half, 12))
    return Estimate(share, low, high, int(n))


def _mean(sample: NDArray[Any], weight: NDArray[Any] | None = None) -> Estimate | None:
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


def _median(sample: NDArray[Any]) -> Estimate | None:
    """A median; the interval are the order statistics that hold it with 95 %."""
    if sample.size < 2:
        return None
    ranked = np.sort(sample.astype(float))
    half = 0.98 * ranked.size**0.5
    low = ranked[max(0, int(ranked.size / 2 - half))]
    high = ranked[min(ranked.size - 1, int(ranked.size / 2 + half))]
    return Estimate(float(np.median(ranked)), float(low), float(high), int(ranked.size))


def _dispersion(brought: NDArray[Any]) -> Estimate | None:
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


def _invites(log: Log, forest: Forest) -> dict[str, Estimate]:
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
        k=_mean(brought),
        dispersion=_dispersion(brought),
        days=_median(days.to_numpy()),
        accepted=_share(forest.came, forest.invited),
        invited_share=_share(len(came), len(members)),
    )


def _months_ago(log: Log, day: Any) -> Any:
    """How many whole months before the last event? An expression over days."""
    ago = ibis.literal(log.at.date()).delta(day, unit="day")
    return (ago / MONTH).floor().cast("int64")


def _whole_months(since: date, until: date) -> int:
    return min(_MONTHS, int(((until - since).days + 1) / MONTH + 0.05))


def _stay(log: Log, people: pd.DataFrame) -> dict[str, Estimate]:
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
        active_month=_share(n_active, max(n_active, member_months)) if months else None,
        free_retention=_share(n_kept, n_before),
        churn=_share(left, max(at_start, left)) if "leave" in log.kinds and months else None,
    )


def _talk(log: Log, people: pd.DataFrame, since: date) -> dict[str, Estimate]:
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
        writers_day=_mean(writers, here),
        messages=_mean(messages, writers) if writers.sum() else None,
        spread=None if spread is None else Estimate(float(spread), None, None, days),
    )


def _paying(log: Log, since: date) -> dict[str, Estimate]:
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
        pay_rate=_share(began, n_free),
        retention=_share(again, len(before)),
        paid_a_month=_mean(amounts) if int(currencies) == 1 else None,
    )


def _answers(log: Log) -> dict[str, Estimate]:
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
    return _known(first_reply_hours=_median(hours), answered=_share(hours.size, begun))


def _history(people: pd.DataFrame, since: date, until: date) -> tuple[float, ...]:
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
