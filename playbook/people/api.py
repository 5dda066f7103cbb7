"""`playbook.members` and its neighbours: an event table in, members proved from it out."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from playbook.errors import nearest, quote, refuse
from playbook.people import cohorts, invites, koc, portrait, spread
from playbook.people.action import did_it_work
from playbook.people.base import Log, open_log
from playbook.people.calibrate import calibrate
from playbook.people.evidence import evidence
from playbook.people.health import KINDS, health
from playbook.people.intimacy import Intimacy, intimacy, levels
from playbook.people.path import became_active, path
from playbook.people.rules import Weights, rules, weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Members", "Scored", "calibrate", "evidence", "members"]

#: So many of the closest members are told in the document; all of them stand in the table.
_TOP = 10


@dataclass(frozen=True)
class Scored:
    """Members under other coefficients: `intimacy` 0 to 100, `level` as its place from below."""

    members: pd.Index[Any]
    intimacy: NDArray[Any]
    level: NDArray[Any]

    @property
    def levels(self) -> dict[str, int]:
        """How many members stand on each level?"""
        counted = np.bincount(self.level, minlength=len(levels()))
        return {entry["id"]: int(n) for entry, n in zip(levels(), counted, strict=True)}

    def frame(self) -> pd.DataFrame:
        """The same as a table: member, intimacy, level."""
        named = portrait.level_names(self.level)
        columns = {"member": self.members, "intimacy": self.intimacy, "level": named}
        return pd.DataFrame(columns)


class Members:
    """
    The members of a community, as its events show them.

    `to_dict()` is the document of `playbook members --json`; `frame()` one row a member;
    `score_with(coefficients)` asks again with other coefficients, at once. The event table stays
    open for that until `close()` (or the end of a `with` block).
    """

    def __init__(self, log: Log, using: Weights, kind: str | None) -> None:
        self.log = log
        self.weights = using
        self.kind = kind
        self._faded: tuple[tuple[tuple[str, float], ...], Intimacy] | None = None
        self._closed = weakref.finalize(self, log.close)

    def __repr__(self) -> str:
        return f"Members({len(self._people)} until {self.log.at:%Y-%m-%d})"

    def __enter__(self) -> Members:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the event table. What has been worked out stays."""
        self._closed()

    @cached_property
    def intimacy(self) -> Intimacy:
        """The matrix, member × kind, that all scores come from."""
        _ = self.log.rollup  # held from the start: most questions are asked of it
        return intimacy(self.log, using=self.weights)

    @cached_property
    def scored(self) -> Scored:
        """Intimacy and level of each member with a known time, under the rules in force."""
        close = self.intimacy
        return Scored(close.members, *close.judged())

    def score_with(
        self,
        coefficients: Mapping[str, float] | None = None,
        half_lives: Mapping[str, float] | None = None,
    ) -> Scored:
        """
        What would intimacy and levels be with other coefficients, or other half-lives?

        `coefficients`: kind → points, 0 to 1000; `half_lives`: kind → days, 1 to 3650. The first
        call reads every member's months; after that other coefficients take well below a tenth of
        a second for a million members; other half-lives ask the event table again. Unknown kinds
        and numbers out of range: PlaybookError.
        """
        using = self.weights.over(coefficients, half_lives)
        close = self._fading(half_lives or {})
        return Scored(close.members, *close.judged(using, all_history=True))

    def _fading(self, half_lives: Mapping[str, float]) -> Intimacy:
        """The matrix under other half-lives; the last one asked for is kept."""
        key = tuple(sorted(half_lives.items()))
        if not key:
            return self.intimacy
        if self._faded is None or self._faded[0] != key:
            found = intimacy(self.log, using=self.weights.over(None, half_lives))
            # An engine gives rows in any order: one member, one place, or levels would be mixed up.
            members = self.intimacy.members
            faded = found.faded[found.members.get_indexer(members)]
            self._faded = key, replace(found, members=members, faded=faded)
        return self._faded[1]

    def did_it_work(
        self, measure: str, day: str | date, expect: str = "up", weeks: int = 4
    ) -> dict[str, Any]:
        """
        Did an action taken on a day have the effect expected: before and after, with an interval?

        See `people.action.did_it_work` for the measures and for what is said.
        """
        return did_it_work(self.log, measure, day, expect, weeks)

    @cached_property
    def _people(self) -> pd.DataFrame:
        return portrait.everyone(self.log)

    @cached_property
    def _known(self) -> portrait.Known:
        return portrait.numbers(self.log, self._people, self.intimacy)

    @cached_property
    def _tags(self) -> dict[str, dict[str, NDArray[Any]] | None]:
        return portrait.tags(self.log, self._people, self._known)

    @cached_property
    def _axes(self) -> pd.DataFrame | None:
        return koc.axes(self.log, self.intimacy)

    @cached_property
    def _level(self) -> NDArray[Any]:
        """The place of each member's level; -1 where no time is known."""
        found = pd.Series(self.scored.level, index=self.scored.members)
        places: NDArray[Any] = found.reindex(self._people.index).fillna(-1).to_numpy(int)
        return places

    @cached_property
    def _segments(self) -> NDArray[Any]:
        return portrait.segments(self._known)

    @cached_property
    def _states(self) -> NDArray[Any]:
        return portrait.states(self.log, self._people)

    def frame(self) -> pd.DataFrame:
        """
        One row a member, sorted by member.

        member, person and name (where known), intimacy (0–100), level, stage (of the path),
        lifecycle, segment, tags in four columns (lists; null: the source shows none of that
        family), events, kinds, days (recently), first, last, paid and currency, shares, invites,
        reach, activation. What is not known is missing, never 0.
        """
        people, known = self._people, self._known
        table = self._named()
        table["intimacy"] = known.get("intimacy", np.nan)
        table["level"] = portrait.level_names(self._level)
        table["stage"] = portrait.stages(self.log, people)
        table["lifecycle"] = self._states
        table["segment"] = self._segments
        for family, found in self._tags.items():
            table[f"tags_{family}"] = _joined(found, len(people))
        table["events"] = people["events"]
        for name in ("kinds", "days"):
            told = known.get(name, np.full(len(people), np.nan))
            table[name] = pd.array(pd.Series(told), dtype="Int64")
        for name in ("first", "last"):
            table[name] = people[name].dt.date.astype(object).where(people[name].notna(), None)
        currency, paid = portrait.money(self.log)
        table["paid"] = paid["ever_paid"].reindex(people.index)
        table["currency"] = (
            currency if currency is None else table["paid"].notna().map({True: currency})
        )
        axes = ("shares", "invites", "reach", "activation")
        found = self._axes
        for name in axes:
            column = found[name].reindex(people.index) if found is not None else np.nan
            table[name] = pd.array(pd.Series(column, index=people.index), dtype="Int64")
        return table.reset_index(drop=True)

    def _named(self) -> pd.DataFrame:
        """Who is it? The people table's word first, then the import's."""
        people = self._people
        table = pd.DataFrame({"member": people.index.astype(str)}, index=people.index)
        listed = pd.DataFrame(index=people.index)
        if self.log.people is not None:
            columns = [n for n in ("person", "name") if n in self.log.people.columns]
            listed = self.log.people.select("member", *columns).to_pandas()
            listed = listed.drop_duplicates("member").set_index("member").reindex(people.index)
        names = pd.Series(self.log.names, dtype=object).reindex(people.index)
        table["person"] = listed.get("person")
        table["name"] = listed["name"].fillna(names) if "name" in listed else names
        return table

    @cached_property
    def document(self) -> dict[str, Any]:
        """The whole document; see `to_dict`."""
        log, found = self.log, self.scored
        people = self._people
        days = int(rules()["potential"]["days"])
        recently = spread.recent_members(log, days) if log.timed else pd.Series(dtype=float)
        lively = frozenset(became_active(log).to_pandas()["member"]) if log.timed else None
        spreading = {
            "potential": spread.potential(
                found.level, found.members.isin(recently.index), log.timed
            ),
            "circles": spread.circles(log),
            "voices": spread.voices(log),
            "newcomers": spread.newcomers(log),
            "reciprocity": spread.reciprocity(log),
        }
        return {
            "format": "playbook-members/1",
            "at": log.at.isoformat() if log.timed else None,
            "tz": log.tz,
            "community_kind": self.kind,
            "events": sum(log.counts.values()),
            "kinds": dict(log.counts),
            "timeless": log.timeless,
            "notices": log.notices,
            "unknown_kinds": log.unknown_kinds,
            "members": len(people),
            "silent": self._silent(),
            "levels": found.levels if log.timed else None,
            "top": self._top(),
            "path": path(log),
            "retention": cohorts.retention(log),
            "lifecycle": {"now": self._count_states(), "months": cohorts.lifecycle(log)},
            "stickiness": cohorts.stickiness(log),
            "tags": self._count_tags(),
            "segments": self._count_segments(),
            "concentration": spread.concentration(log),
            **spreading,
            "invites": invites.tree(log, lively),
            "kocs": koc.kocs(self._axes),
            "kocs_total": None if self._axes is None else len(self._axes),
            "health": health(log, self.kind, spread=spreading),
            "rules": self._rules(),
        }

    def to_dict(self) -> dict[str, Any]:
        """The document of `playbook members --json`. What does not exist is null, never 0."""
        return self.document

    def _silent(self) -> dict[str, int | None]:
        """Who is known of but did nothing: only spoken to or invited, only listed."""
        log = self.log
        named = log.events.filter(log.events.target.notnull()).select(member=log.events.target)
        acting = log.events.select("member").distinct()
        only = {"targets": named.distinct().anti_join(acting, "member")}
        if log.people is not None:
            only["listed"] = log.people.select("member").distinct().anti_join(acting, "member")
        counted = {name: int(table.count().execute()) for name, table in only.items()}
        return {"targets": counted["targets"], "listed": counted.get("listed")}

    def _top(self) -> list[dict[str, Any]]:
        """The closest members."""
        found = self.scored
        order = np.lexsort((found.members, -found.intimacy))[:_TOP]
        return [
            {
                "member": str(found.members[n]),
                "intimacy": float(found.intimacy[n]),
                "level": levels()[int(found.level[n])]["id"],
            }
            for n in order
        ]

    def _count_tags(self) -> dict[str, dict[str, int] | None]:
        return {
            family: None if found is None else {name: int(has.sum()) for name, has in found.items()}
            for family, found in self._tags.items()
        }

    def _count_segments(self) -> dict[str, int]:
        return {e["id"]: int((self._segments == e["id"]).sum()) for e in rules()["segment"]}

    def _count_states(self) -> dict[str, int] | None:
        if not self.log.timed:
            return None
        return {state: int((self._states == state).sum()) for state in portrait.STATES}

    def _rules(self) -> dict[str, Any]:
        """What the numbers rest on, to be argued with."""
        using = self.weights
        return {
            "version": rules()["version"],
            "status": rules()["status"],
            "half": using.half,
            "keep": rules()["levels"]["keep"],
            "kinds": {
                kind: {
                    "coefficient": using.coefficient[kind],
                    "most_a_day": using.most_a_day[kind],
                    "half_life": using.half_life[kind],
                }
                for kind in self.log.kinds_in_order
            },
            "levels": [{"id": e["id"], "from": e["from"], "kinds": e["kinds"]} for e in levels()],
        }


def _joined(found: Mapping[str, NDArray[Any]] | None, size: int) -> list[list[str] | None]:
    """The tags of each member as a list."""
    if found is None:
        return [None] * size
    rows: list[list[str]] = [[] for _ in range(size)]
    for name, has in found.items():
        for place in np.flatnonzero(has):
            rows[place].append(name)
    return list(rows)


def members(
    events: Any,
    people: Any = None,
    at: str | date | datetime | None = None,
    tz: str = "UTC",
    engine: str = "duckdb",
    con: Any = None,
    coefficients: Mapping[str, float] | None = None,
    kind: str | None = None,
) -> Members:
    """
    Who are the members, as the events prove it: intimacy, levels, path, KOCs, health?

    `events`: a Parquet or CSV file, a DataFrame or what `import_events` gave. `people`: a table
    with member and, if known, person, name, level, region, age_band, sex, income_band. `at`,
    `tz`: judged as of when, and where days are cut. `engine`: duckdb or spark; `con`: one's own
    Ibis connection. `coefficients`: points for a kind of event instead of ours. `kind`: social,
    commercial, product, media, learning, brand or task: what is healthy depends on it. Bad input:
    PlaybookError.

    >>> table = pd.DataFrame({"member": ["ann"], "at": ["2026-05-01"], "kind": ["pay"]})
    >>> with members(table) as found:
    ...     found.frame()[["member", "intimacy", "level"]].to_dict("records")
    [{'member': 'ann', 'intimacy': 33.333333333, 'level': 'regular'}]
    """
    if kind is not None and kind not in KINDS:
        known = ", ".join(KINDS)
        raise refuse("kind", "enum", nearest(kind, KINDS), given=quote(kind), known=known)
    using = weights().over(coefficients)
    return Members(open_log(events, people, at, tz, engine, con), using, kind)
