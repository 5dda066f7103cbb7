"""A community's practices as a calendar file that phones and computers read (.ics)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from playbook.scoring.practices import Practice
from playbook.words import language, say

#: How often, as the calendar format says it. A quarter is every third month.
_RULES: dict[str, dict[str, Any]] = {
    "day": {"freq": "daily"},
    "week": {"freq": "weekly"},
    "month": {"freq": "monthly"},
    "quarter": {"freq": "monthly", "interval": 3},
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def calendar_ics(
    practices: tuple[Practice, ...],
    start: date,
    community: str = "",
    lang: str | None = None,
    weeks: int = 12,
) -> bytes:
    """
    Which dates does a calendar get: an .ics file, for `weeks` weeks from `start` on?

    Times are those of whoever opens it (no zone is written). The ids are the same each time, so
    that importing it again changes dates and does not double them.
    """
    from icalendar import Calendar, Event

    lang = language(lang)
    calendar = Calendar()
    calendar.add("prodid", "-//community-playbook//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", say("calendar.name", lang, community=community or "…"))
    for practice in practices:
        entry = practice.entry
        ahead = (entry.get("weekday", start.weekday()) - start.weekday()) % 7
        first = start + timedelta(days=ahead)
        rule = dict(_RULES.get(entry["every"], {}))
        if rule.get("freq") == "monthly":
            # The first such weekday of a month: "every 23rd" would wander through the week.
            while first.day > 7:
                first += timedelta(weeks=1)
            rule["byday"] = f"1{_DAYS[first.weekday()]}"
        begins = datetime.combine(first, time(entry.get("hour", 20)))
        event = Event()
        event.add("uid", str(uuid5(NAMESPACE_URL, f"playbook:{community}:{practice.id}")))
        event.add("dtstamp", datetime.combine(start, time()))
        event.add("dtstart", begins)
        event.add("duration", timedelta(minutes=entry.get("minutes", 30)))
        event.add("summary", practice.say("name", lang))
        owner = say("calendar.owner", lang, owner=practice.say("owner", lang))
        state = say(f"calendar.{practice.state}", lang)
        event.add("description", f"{practice.say('what', lang)}\n{owner}\n{state}")
        if rule:
            last = start + timedelta(weeks=weeks, days=-1)
            until = datetime.combine(last, time(23, 59))
            event.add("rrule", {**rule, "until": until})
        calendar.add_component(event)
    return bytes(calendar.to_ical())
