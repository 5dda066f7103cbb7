"""Is the operation healthy, and is action needed? The dashboard, in four modules.

What is shown, in which order, and which of it may be judged stands in `content/health.toml`; the
cuts and their source in `content/evidence.toml`. Only what carried a signal in the pilot has a
verdict; the rest is description and says so. What a source does not show is null, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import ibis

from playbook.errors import nearest, quote, refuse
from playbook.load import content
from playbook.people.base import Log
from playbook.people.measures import OWN
from playbook.people.weeks import (
    Difference,
    Fact,
    Stretch,
    Week,
    difference,
    facts,
    first_day,
    first_timers,
    full_weeks,
    kinds_of,
    last_weeks,
    weekly,
    window,
)

Found = Mapping[str, Any]
#: From the worst to the best.
VERDICTS = ("act", "watch", "healthy")
KINDS = ("social", "commercial", "product", "media", "learning", "brand", "task")


def health(
    log: Log,
    kind: str | None = None,
    now: date | datetime | None = None,
    spread: Found | None = None,
) -> dict[str, Any]:
    """
    Is the operation healthy, and is action needed?

    `kind`: what sort of community (social, commercial, product, media, learning, brand, or task
    for a group with an end): it decides what quiet means. `now`: the day it is looked at
    (default: the log's `at`). `spread`: what `people.spread` found already, by the names of its
    functions (`potential` is not worked out here); the rest is asked of it. Four modules of
    measures, each with value, unit, n, trend (the last four weeks against the four before, Welch's
    t; facts of eight weeks: against the eight before; the rest: the same as it stood eight weeks
    ago), series, verdict (healthy, watch, act, or None with `why`), rule and source. `overall`:
    the middle one of three facts. `outlook`: a band of the pilot, or None with `why`. An unknown
    kind raises PlaybookError.

    >>> import pandas as pd
    >>> from playbook.people.base import open_log
    >>> days = pd.date_range("2026-01-01", periods=56, freq="D", tz="UTC")
    >>> with open_log(pd.DataFrame({"member": "ann", "at": days, "kind": "post"})) as log:
    ...     found = health(log, "commercial")
    >>> found["overall"]["verdict"], found["modules"][0]["measures"][0]["value"]
    ('act', 1)
    """
    if kind is not None and kind not in KINDS:
        raise refuse(
            "kind", "enum", nearest(kind, KINDS), given=quote(kind), known=", ".join(KINDS)
        )
    board = Board(log, kind, _date(now or log.at), dict(spread or {}))
    modules = [
        {"id": module["id"], "measures": [board.measure(one) for one in module["measure"]]}
        for module in content("health")["module"]
    ]
    stretch = board.stretch
    return {
        "kind": kind,
        "at": board.end.isoformat(),
        "window": None
        if stretch is None
        else {
            "which": stretch.which,
            "from": stretch.start.isoformat(),
            "to": stretch.end.isoformat(),
        },
        "overall": _overall([m for module in modules for m in module["measures"]]),
        "outlook": board.outlook(),
        "caveats": board.caveats,
        "modules": modules,
    }


def _date(given: date | datetime) -> date:
    return given.date() if isinstance(given, datetime) else given


def _overall(measures: list[dict[str, Any]]) -> dict[str, Any]:
    """
    The middle one of the three facts: they overlap, so they count as one judgement.

    But nothing is healthy while one of them asks to act: of a group in which nobody has spoken for
    two weeks the other two still tell of the weeks before.
    """
    first = [m for m in measures if m["first"]]
    told = sorted(VERDICTS.index(m["verdict"]) for m in first if m["verdict"] is not None)
    whole = len(told) == len(first)
    return {
        "verdict": VERDICTS[min(told[len(told) // 2], told[0] + 1)] if whole else None,
        "facts": [m["id"] for m in first],
        "rule": "middle-of-three",
        "why": None if whole else next(m["why"] for m in first if m["verdict"] is None),
    }


@dataclass
class Board:
    """One log read for the dashboard; everything is worked out once."""

    log: Log
    kind: str | None
    end: date
    spread: dict[str, Any]

    def __post_init__(self) -> None:
        self._fresh: dict[str, tuple[int, ...]] = {}

    # --- what is read once --------------------------------------------------------------------

    @cached_property
    def first(self) -> date | None:
        return first_day(self.log, kinds_of("part"))

    @cached_property
    def opened(self) -> date | None:
        """The day of the first event of any kind."""
        return first_day(self.log)

    @cached_property
    def beginning(self) -> Stretch | None:
        """The weeks that an outlook is read from: of a young group its first, as the pilot did."""
        return None if self.first is None else window(self.first, self.end)

    @cached_property
    def stretch(self) -> Stretch | None:
        """The last full weeks: a silence since the first ones must be seen."""
        if self.beginning is None or self.first is None:
            return None
        found = last_weeks(self.end, self.beginning.weeks)
        return replace(found, which="first") if (found.start - self.first).days < 7 else found

    @cached_property
    def facts(self) -> dict[str, Fact]:
        return {} if self.stretch is None else facts(self.log, self.stretch)

    @cached_property
    def begun(self) -> dict[str, Fact]:
        """The same, of the weeks that an outlook is read from."""
        same = self.beginning == self.stretch
        return self.facts if same or self.beginning is None else facts(self.log, self.beginning)

    @cached_property
    def earlier(self) -> dict[str, Fact]:
        """The same of as many weeks before these; empty where the group was not there for them."""
        now = self.stretch
        if now is None or self.first is None:
            return {}
        before = replace(now, start=now.start - timedelta(days=7 * now.weeks))
        return facts(self.log, before) if before.start >= self.first else {}

    @cached_property
    def then(self) -> Board | None:
        """The board as it stood eight weeks ago; None where the group was not there for as long."""
        weeks = 2 * self.trend_weeks
        end = self.end - timedelta(days=7 * weeks)
        # An event without a time may have been there or not.
        if self.opened is None or self.log.timeless or full_weeks(self.opened, end) < weeks:
            return None
        upto = ibis.literal(end)
        log = replace(
            self.log,
            events=self.log.events.filter(ibis._.day <= upto),
            at=datetime.combine(end, time.max),
            kept={"rollup": self.log.rollup.filter(ibis._.day <= upto)},
        )
        return Board(log, self.kind, end, {})

    def missing(self, kinds: Iterable[str]) -> str:
        """Why can events of these kinds not be counted over time?"""
        if not self.log.kinds & set(kinds):
            return "no_kind"
        return "too_short" if self.log.timed else "no_time"

    @cached_property
    def everyone(self) -> int:
        """How many members does the log know, whatever they did?"""
        members = self.log.events.aggregate(n=self.log.events.member.nunique())
        return int(members.to_pandas()["n"].iloc[0])

    @cached_property
    def posts(self) -> list[int]:
        """How many posts and replies did each one write who wrote any, ever? The fewest first."""
        events = self.log.events
        talk = events.filter(events.kind.isin(kinds_of("talk")))
        each = talk.group_by("member").aggregate(n=ibis._.count())
        # A group has few different numbers of posts, however many members it has.
        rows = each.group_by("n").aggregate(members=ibis._.count()).to_pandas()
        return sorted(int(r.n) for r in rows.itertuples() for _ in range(int(r.members)))

    @cached_property
    def drawn(self) -> Stretch | None:
        """The last whole weeks of the log, whatever happened in them; at most 26."""
        weeks = 0 if self.opened is None else full_weeks(self.opened, self.end)
        return (
            last_weeks(self.end, min(content("health")["periods"]["shown"], weeks))
            if weeks
            else None
        )

    @cached_property
    def trend_weeks(self) -> int:
        weeks: int = content("health")["periods"]["trend"]
        return weeks

    @cached_property
    def caveats(self) -> list[str]:
        told = {
            "carried": self.stretch is not None and self.stretch.which == "last",
            "size": _of_another_size(self.facts),
            "ended": self.stretch is not None and self._ends_with_its_events,
            "kind_unknown": self.kind is None,
        }
        return [name for name, holds in told.items() if holds]

    @property
    def _ends_with_its_events(self) -> bool:
        """Is the log judged at its own last event, so that a silence since cannot be seen?"""
        last = self.log.timed_events.aggregate(at=ibis._.at.max()).to_pandas()["at"].iloc[0]
        return bool(last == self.log.at)

    @cached_property
    def counted(self) -> dict[str, Week]:
        """People and events of every weekly count that the source shows, over the weeks drawn."""
        if self.drawn is None:
            return {}
        names = dict.fromkeys(one["kinds"] for one in content("health")["weekly"])
        shown = [name for name in names if self.log.kinds & set(kinds_of(name))]
        return weekly(self.log, self.drawn, shown)

    def weekly(self, name: str) -> tuple[int, ...] | None:
        """A weekly count over the weeks drawn; None where the source has no such kind."""
        entry = next(one for one in content("health")["weekly"] if one["id"] == name)
        if entry["kinds"] not in self.counted or self.drawn is None:
            return None
        if entry["count"] == "newcomers":
            return self._first_timers(entry["kinds"])
        found: tuple[int, ...] = getattr(self.counted[entry["kinds"]], entry["count"])
        return found

    def _first_timers(self, kinds: str) -> tuple[int, ...]:
        if kinds not in self._fresh and self.drawn is not None:
            self._fresh[kinds] = first_timers(self.log, self.drawn, kinds)
        return self._fresh[kinds]

    # --- measures -----------------------------------------------------------------------------

    def measure(self, entry: Found) -> dict[str, Any]:
        """One line of the dashboard."""
        if "fact" in entry:
            found = self._fact(entry)
        elif entry.get("total"):
            found = self._total(entry)
        else:
            found = self._own(entry)
        series = self.weekly(entry["weekly"]) if "weekly" in entry else None
        verdict, why = self._verdict(entry, found)
        return {
            "id": entry["id"],
            "first": entry.get("first", False),
            "value": found.get("value"),
            "unit": found.get("unit"),
            "n": found.get("n"),
            "level": found.get("level"),
            "verdict": verdict,
            "why": why,
            "rule": entry.get("rule"),
            "source": self._source(entry),
            "trend": found.get("trend", self.trend(series)),
            "weekly": entry.get("weekly"),
            "series": self._series(series),
        }

    def _own(self, entry: Found) -> dict[str, Any]:
        """What has a way of its own; where no weekly count tells its trend, the board of then."""
        found = OWN[entry["id"]](self)
        told = "weekly" in entry or "trend" in found
        if found.get("value") is None or told or self.then is None:
            return found
        before = OWN[entry["id"]](self.then).get("value")
        if before is None:
            return found
        weeks = (2 * self.trend_weeks,) * 2
        trend = Difference(before, found["value"], weeks, None, None).to_dict()
        return found | {"trend": trend | {"method": "as-of"}}

    def _fact(self, entry: Found) -> dict[str, Any]:
        fact = self.facts.get(entry["fact"])
        if fact is None:
            told = next(f for f in content("evidence")["fact"] if f["id"] == entry["fact"])
            return {"why": self.missing(kinds_of(told["kinds"]))}
        unit = {"weeks_of_three": "weeks", "silence": "days"}.get(fact.id, "people")
        found = {"value": fact.value, "unit": unit, "n": fact.n, "level": fact.level}
        before = self.earlier.get(fact.id)
        if "weekly" in entry or before is None or self.stretch is None:
            return found
        weeks = (self.stretch.weeks, self.stretch.weeks)
        told = Difference(before.value, fact.value, weeks, None, None).to_dict()
        return found | {"trend": told | {"method": "stretches"}}

    def _total(self, entry: Found) -> dict[str, Any]:
        series = self.weekly(entry["weekly"])
        if series is None:
            told = next(w for w in content("health")["weekly"] if w["id"] == entry["weekly"])
            return {"why": self.missing(kinds_of(told["kinds"]))}
        weeks = min(self.trend_weeks, len(series))
        return {"value": sum(series[-weeks:]), "unit": "times", "n": weeks}

    def _verdict(self, entry: Found, found: Found) -> tuple[str | None, str | None]:
        """The verdict, or why there is none."""
        if found.get("value") is None:
            return None, found["why"]
        if "rule" not in entry:
            return None, found.get("why") or ("no_signal" if "no_signal" in entry else "not_judged")
        if self.kind == "task":
            return None, "task"
        rule = next(one for one in content("health")["rule"] if one["id"] == entry["rule"])
        by_level = rule["verdicts"].get(self.kind or "other", rule["verdicts"]["other"])
        return by_level[found["level"]], None

    @staticmethod
    def _source(entry: Found) -> list[str]:
        if "rule" in entry:
            rule = next(one for one in content("health")["rule"] if one["id"] == entry["rule"])
            return list(rule["source"])
        return ["pilot-239"] if "no_signal" in entry or entry["id"] == "member_trend" else []

    def trend(self, series: tuple[int, ...] | None) -> dict[str, Any] | None:
        weeks = self.trend_weeks
        if series is None or len(series) < 2 * weeks:
            return None
        return difference(series[-2 * weeks : -weeks], series[-weeks:]).to_dict()

    def _series(self, series: tuple[int, ...] | None) -> list[dict[str, Any]]:
        if series is None or self.drawn is None:
            return []
        return [
            {"week": (self.drawn.start + timedelta(days=7 * n)).isoformat(), "value": value}
            for n, value in enumerate(series)
        ]

    def recent(self, weeks: int = 4) -> Stretch:
        """The last weeks, whole or not."""
        return last_weeks(self.end, weeks)

    # --- outlook ------------------------------------------------------------------------------

    def outlook(self) -> dict[str, Any]:
        """The band of the pilot that a young group of its size falls into; else why not."""
        told = content("health")["outlook"]
        why = self._no_outlook(told)
        levels = [self.begun[name].level for name in told["facts"]] if why is None else []
        band = None if why else next(b for b in told["band"] if sum(levels) <= b["most"])
        return {
            "band": band["id"] if band else None,
            "alive": band["alive"] if band else None,
            "low": band["low"] if band else None,
            "high": band["high"] if band else None,
            "n": band["n"] if band else None,
            "facts": list(told["facts"]),
            "levels": levels,
            "source": list(told["source"]),
            "why": why,
        }

    def _no_outlook(self, told: Found) -> str | None:
        if self.kind == "task":
            return "task"
        if self.beginning is None or any(name not in self.begun for name in told["facts"]):
            return self.missing(kinds_of("part"))
        if self.beginning.which == "last":
            return "older"
        return "size" if _of_another_size(self.begun) else None


def _of_another_size(found: Mapping[str, Fact]) -> bool:
    """Did more or fewer people take part than in the pilot's groups?"""
    few, many = content("evidence")["pilot"]["people"]
    return "active" in found and not few <= found["active"].n <= many
