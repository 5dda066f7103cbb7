"""The community's own network from its events: who talks with whom, and who brought whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import numpy as np
import pandas as pd

from playbook.people.base import Log
from playbook.people.invites import generations, invitations, parents_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: An invitation counts for somebody new when it is at most so long after their first event.
_NEW = pd.Timedelta(days=1)


class Ties(NamedTuple):
    """People, and pairs of them (places in `names`) with how often they met, whoever began."""

    names: list[str]
    a: NDArray[Any]
    b: NDArray[Any]
    met: NDArray[Any]


def present(log: Log) -> pd.DataFrame:
    """
    Who has been here, from when, and when did they leave?

    One row a member: member, first and last (times; NaT where none is known), left (the time of
    a `leave` after which nothing more came, else NaT).
    """
    events = log.events
    leaving = events.at.max(where=events.kind == "leave")
    table = events.group_by("member").aggregate(
        first=events.at.min(), last=events.at.max(), leaving=leaving
    )
    found = table.to_pandas().sort_values("member", ignore_index=True)
    for column in ("first", "last", "leaving"):
        found[column] = pd.to_datetime(found[column])
    found["left"] = found["leaving"].where(found["leaving"] == found["last"])
    return found.drop(columns="leaving")


def ties(log: Log, everybody: pd.DataFrame | None = None, kinds: Sequence[str] = ()) -> Ties:
    """
    Who has to do with whom: replies, likes, mentions and invitations, in either direction?

    `kinds`: of these kinds of events only; without any: of all.

    Everybody who is still here is in it, those without a tie as well. People who only were
    spoken to, and never did anything, are not.

    >>> import pandas as pd
    >>> from playbook.people.base import open_log
    >>> table = pd.DataFrame({"member": ["ann", "bo", "cy"], "target": ["bo", "ann", None],
    ...                       "at": ["2026-05-01"] * 3, "kind": ["reply", "like", "post"]})
    >>> with open_log(table) as log:
    ...     found = ties(log)
    >>> found.names, found.a.tolist(), found.b.tolist(), found.met.tolist()
    (['ann', 'bo', 'cy'], [0], [1], [2.0])
    """
    people = present(log) if everybody is None else everybody
    names = people.loc[people["left"].isna(), "member"].tolist()
    events = log.events
    pairs = events.filter(events.target.notnull(), events.target != events.member)
    if kinds:
        pairs = pairs.filter(pairs.kind.isin(list(kinds)))
    pairs = pairs.mutate(
        one=ibis.least(pairs.member, pairs.target), other=ibis.greatest(pairs.member, pairs.target)
    )
    found = pairs.group_by(["one", "other"]).aggregate(met=ibis._.count()).to_pandas()
    place = pd.Series(np.arange(len(names)), index=names)
    ends = pd.DataFrame({key: found[key].map(place) for key in ("one", "other")})
    known = ends.notna().all(axis=1)
    ends, met = ends[known].astype(np.int64), found["met"][known].astype(float)
    order = np.lexsort((ends["other"], ends["one"]))  # engines give rows in any order
    a, b = (ends[key].to_numpy()[order] for key in ("one", "other"))
    return Ties(names, a, b, met.to_numpy()[order])


class Forest(NamedTuple):
    """
    Who brought whom: one row a member who is here or was.

    `members` has member, first, left, inviter (None: came by themselves), brought (how many new
    members they brought), depth (0: came by themselves) and root (who began their tree).
    `invited`: how many different people were invited; `came`: how many of them came, and were new.
    """

    members: pd.DataFrame
    invited: int
    came: int

    def trees(self) -> pd.DataFrame:
        """One row for each who came by themselves: root, size (with them), depth."""
        found = self.members.groupby("root", sort=True)["depth"].agg(size="size", depth="max")
        return found.reset_index()


def invite_forest(log: Log, everybody: pd.DataFrame | None = None) -> Forest:
    """
    Who brought whom into the community, and in how many steps?

    Of several inviters the first counts. Somebody who was here for more than a day before is not
    new, and somebody who never came was not brought. Times that are not known count as fitting.
    Circles are cut as in the tree of `members`.

    >>> import pandas as pd
    >>> from playbook.people.base import open_log
    >>> table = pd.DataFrame({"member": ["ann", "ann", "bo"], "target": [None, "bo", None],
    ...                       "at": ["2026-05-01", "2026-05-02", "2026-05-02"],
    ...                       "kind": ["join", "invite", "join"]})
    >>> with open_log(table) as log:
    ...     invite_forest(log).trees().to_dict("records")
    [{'root': 'ann', 'size': 2, 'depth': 1}]
    """
    people = (present(log) if everybody is None else everybody).set_index("member")
    given = invitations(log)
    given = given[given["inviter"] != given["invitee"]]
    came = given[given["invitee"].isin(people.index) & given["inviter"].isin(people.index)]
    was_here = came["invitee"].map(people["first"]) + _NEW
    late = (came["at"] > was_here) | (came["inviter"].map(people["first"]) > was_here)
    parents, _ = parents_of(came[~late])
    depth = generations(parents)
    root: dict[str, str] = {}
    for member in sorted(parents, key=lambda one: depth[one]):
        root[member] = root.get(parents[member], parents[member])
    members = people.reset_index()
    names = members["member"]
    members["inviter"] = names.map(parents)
    members["depth"] = names.map(depth).fillna(0).astype(int)
    members["root"] = [root.get(name, name) for name in names]
    members["brought"] = names.map(members["inviter"].value_counts()).fillna(0).astype(int)
    return Forest(members, given["invitee"].nunique(), len(parents))
