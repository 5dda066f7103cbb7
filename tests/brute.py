"""The rules of members once more, in plain Python and without any hurry: to compare with."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from playbook.people.rules import rules

Rows = Iterable[tuple[date, str, str]]
KINDS: dict[str, Any] = {entry["id"]: entry for entry in rules()["kind"]}


def raw(rows: Rows, at: date) -> dict[str, float]:
    """Add up each member's points at the end of a day, event by event."""
    daily = Counter((member, day, kind) for day, member, kind in rows if day <= at)
    found: dict[str, float] = defaultdict(float)
    for (member, day, kind), n in daily.items():
        rule = KINDS[kind]
        fade = 0.5 ** ((at - day).days / rule["half_life"])
        found[member] += rule["coefficient"] * min(n, rule["most_a_day"]) * fade
    return found


def scores(rows: Rows, at: date) -> dict[str, float]:
    """Give everybody's intimacy at the end of a day."""
    half = rules()["intimacy"]["half"]
    return {member: 100 * points / (points + half) for member, points in raw(rows, at).items()}


def levels(rows: Rows, at: date) -> dict[str, str]:
    """Walk through the months and give everybody's level at the end of the last day."""
    rows = list(rows)
    day = min(day for day, _, _ in rows).replace(day=1)
    held: dict[str, int] = defaultdict(int)
    while True:
        day = (day + timedelta(days=32)).replace(day=1)
        end = min(day - timedelta(days=1), at)
        now = scores(rows, end)
        done: dict[str, set[str]] = defaultdict(set)
        for each, member, kind in rows:
            if each <= end and KINDS[kind]["coefficient"]:
                done[member].add(kind)
        for member, score in now.items():
            held[member] = _level(round(score, 9), len(done[member]), held[member])
        if end == at:
            return {member: rules()["level"][held[member]]["id"] for member in now}


def _level(score: float, kinds: int, before: int) -> int:
    found = 0
    for place, level in enumerate(rules()["level"]):
        keep = rules()["levels"]["keep"] if place <= before else 1
        if score >= keep * level["from"] and kinds >= level["kinds"]:
            found = place
    return found
