"""Key opinion consumers: members who really share, on three axes that are never added up.

intimacy: how close they are; reach: how many different members their shares and invitations were
addressed to; activation: how many of those they invited became active afterwards. Without a share
or an invitation nobody is one, and a source that shows neither has none to tell: null.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pandas as pd

from playbook.people.base import Log
from playbook.people.intimacy import Intimacy
from playbook.people.invites import invitations
from playbook.people.path import became_active
from playbook.people.rules import rules
from playbook.people.spread import SPREADING

AXES = ("activation", "reach", "intimacy")
#: So many of the people that somebody activated are named as evidence.
_NAMED = 5
#: So many of the highest of each axis are always listed: a picture names them.
_BEST = 3


def axes(log: Log, close: Intimacy) -> pd.DataFrame | None:
    """
    Who shares, and how far does it carry? One row a member who shared or invited; None: not shown.

    Columns: intimacy, reach (missing where nothing says whom it reached), activation (missing
    without invitations in the source), shares, invites, invitees, since, last, activated (names),
    unbeaten (no other is ahead on one axis and behind on none).
    """
    there = [kind for kind in SPREADING if kind in log.kinds]
    if not there:
        return None
    table = log.events.filter(log.events.kind.isin(there))
    own = (table.target == table.member).fill_null(False)
    table = table.filter(~own | (table.kind != "invite"))  # who invites themselves invites nobody
    other = table.target.notnull() & (table.target != table.member)
    by = table.group_by("member").aggregate(
        shares=(table.kind == "share").sum(),
        invites=(table.kind == "invite").sum(),
        reach=table.target.nunique(where=other),
        since=table.day.min(),
        last=table.day.max(),
    )
    found = by.to_pandas().set_index("member").sort_index()
    found["reach"] = found["reach"].where(found["reach"] > 0)
    for name, kind in (("shares", "share"), ("invites", "invite")):
        if kind not in log.kinds:
            found[name] = np.nan
    scores = pd.Series(close.scores(), index=close.members)
    found.insert(0, "intimacy", scores.reindex(found.index))
    return _with_activation(log, found)


def _with_activation(log: Log, found: pd.DataFrame) -> pd.DataFrame:
    """Whom of those they invited did they activate: active on enough days, not before it."""
    found["invitees"], found["activation"] = np.nan, np.nan
    activated: dict[str, list[str]] = defaultdict(list)
    if "invite" in log.kinds:
        given = invitations(log)
        given = given[given["inviter"] != given["invitee"]]
        brought = Counter(given["inviter"])
        found["invitees"] = [brought[name] for name in found.index]
        if log.timed:
            first = became_active(log).to_pandas().set_index("member")["day"]
            day = pd.to_datetime(first).reindex(given["invitee"]).to_numpy()
            asked = pd.to_datetime(given["at"]).dt.normalize().to_numpy()
            given = given[~np.isnat(day) & (np.isnat(asked) | (day >= asked))]
            for inviter, invitee in zip(given["inviter"], given["invitee"], strict=True):
                activated[inviter].append(invitee)
            found["activation"] = [len(activated[name]) for name in found.index]
    found["activated"] = [sorted(activated[name])[:_NAMED] for name in found.index]
    return _with_unbeaten(found)


def _with_unbeaten(found: pd.DataFrame) -> pd.DataFrame:
    """Mark those whom nobody is ahead of on one axis without being behind on another."""
    points = found[[*AXES]].fillna(-1.0).sort_values([*AXES], ascending=False)
    front: list[tuple[float, ...]] = []
    unbeaten = []
    for point in points.itertuples(index=False, name=None):
        beaten = any(
            all(mine >= its for mine, its in zip(other, point, strict=True)) and other != point
            for other in front
        )
        unbeaten.append(not beaten)
        if not beaten:
            front.append(point)
    found["unbeaten"] = pd.Series(unbeaten, index=points.index)
    return found


def kocs(found: pd.DataFrame | None) -> list[dict[str, Any]] | None:
    """
    Those who share, the unbeaten first, each with its evidence; at most `listed` of them.

    The highest of each axis are always among them. null where the source shows neither shares nor
    invitations.
    """
    if found is None:
        return None
    keys = ["unbeaten", *AXES]
    order = found.rename_axis("member").reset_index()
    order = order.sort_values(
        [*keys, "member"], ascending=[False] * 4 + [True], na_position="last", ignore_index=True
    )
    best = [order.sort_values([axis, "member"], ascending=[False, True])[:_BEST] for axis in AXES]
    first = dict.fromkeys([*pd.concat(best).index, *order.index])
    listed = sorted([*first][: int(rules()["koc"]["listed"])])
    return [_entry(row) for row in order.loc[listed].to_dict("records")]


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "member": row["member"],
        "intimacy": None if pd.isna(row["intimacy"]) else float(row["intimacy"]),
        "reach": _whole(row["reach"]),
        "activation": _whole(row["activation"]),
        "unbeaten": bool(row["unbeaten"]),
        "evidence": {
            "shares": _whole(row["shares"]),
            "invites": _whole(row["invites"]),
            "invitees": _whole(row["invitees"]),
            "activated": row["activated"],
            "since": _day(row["since"]),
            "last": _day(row["last"]),
        },
    }


def _whole(given: Any) -> int | None:
    return None if pd.isna(given) else int(given)


def _day(given: Any) -> str | None:
    return None if pd.isna(given) else pd.Timestamp(given).date().isoformat()
