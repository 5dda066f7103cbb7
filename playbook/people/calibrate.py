"""Calibration: which values of the models do a community's own events give, and how surely?

An estimate is a value, the interval it lies in with 95 %, and the number n it rests on. Which
parameter takes which estimate stands in `content/models.toml` (`calibrate`); what cannot be
estimated keeps the default of content with its label. The rules are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from playbook.errors import nearest, quote, refuse
from playbook.load import content
from playbook.people import estimates as measured
from playbook.people.base import open_log
from playbook.people.estimates import Estimate
from playbook.people.graph import Forest, Ties, invite_forest, present, ties
from playbook.tables import Tabular
from playbook.words import say, text


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
        found = {**measured.invites(log, forest), **measured.stay(log, timed)}
        found |= {**measured.talk(log, timed, since), **measured.paying(log, since)}
        found |= measured.answers(log)
        here = int(everybody["left"].isna().sum())
        found["members"] = Estimate(here, here, here, here)
        order = [name for name in _ORDER if name in found]
        history = measured.history(timed, since, until)
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
