"""Which practices belong into a community's calendar: what to keep, and what to start?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playbook.model import Answers, Checklist
from playbook.scoring.checklist import interval, levels_read
from playbook.words import text

#: From this level on a practice is taken to run already.
RUNS = 2


@dataclass(frozen=True)
class Practice:
    """A practice of the content, and whether it is to be kept or started."""

    id: str
    criterion: str
    state: str
    entry: Mapping[str, Any]

    def say(self, key: str, lang: str | None = None) -> str:
        return str(text(self.entry, key, lang))


def plan_practices(
    checklist: Checklist,
    answers: Answers,
    practices: tuple[Mapping[str, Any], ...],
    most_new: int = 3,
) -> tuple[Practice, ...]:
    """
    What goes into the calendar, weakest sense first?

    A practice is kept where its criterion is at level 2 or higher: one for a criterion, for
    which of several runs is not known, and none that happens only once. At most `most_new` are
    to be started: of what is answered lower, those in the dimension with the lowest point, then
    the lowest level. Three at once is our rule of thumb: more is not kept up. Unknown starts
    nothing.
    """
    levels = levels_read(checklist, answers)
    kept: list[Practice] = []
    wanted = []
    for place, entry in enumerate(practices):
        level = levels.get(entry["criterion"])
        if level is None:
            continue
        if level >= RUNS:
            if entry["every"] == "once" or entry["criterion"] in {p.criterion for p in kept}:
                continue
            kept.append(Practice(entry["id"], entry["criterion"], "keep", entry))
            continue
        dimension = checklist.by_id[entry["criterion"]].dimension
        point = interval(checklist, dimension, levels).point
        wanted.append((point, level, place, entry))
    wanted.sort(key=lambda found: (found[0] is None, found[0] or 0, found[1], found[2]))
    started = [Practice(e["id"], e["criterion"], "start", e) for _, _, _, e in wanted[:most_new]]
    return (*started, *kept)
