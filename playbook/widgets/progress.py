"""One entry of the learner's file, as a widget needs it: read once, kept at every change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playbook.learner import keep, read_learner


def moment(given: Any) -> datetime | None:
    """When is this, here? None where it is no time."""
    try:
        return datetime.fromisoformat(str(given)).astimezone()
    except ValueError:
        return None


def shown(at: datetime | None) -> str:
    """The time of today, or the day and the time; empty for none."""
    if at is None:
        return ""
    today = datetime.now(UTC).astimezone().date() == at.date()
    return f"{at:%H:%M}" if today else f"{at:%Y-%m-%d %H:%M}"


class Progress:
    """`part` and `name` say which entry. `at`: when it was last saved, None if not yet."""

    def __init__(self, part: str, name: str, path: str | Path | None = None) -> None:
        self.part, self.name = part, name
        self.path = path
        self.at: datetime | None = None

    def read(self) -> dict[str, Any]:
        """What was kept? Empty where there is nothing. A file not to be read: PlaybookError."""
        entry = read_learner(self.path)[self.part].get(self.name)
        if not isinstance(entry, dict):
            return {}
        self.at = moment(entry.get("at"))
        return entry

    def keep(self, **entry: Any) -> None:
        """Save the entry, with the time. Raises PlaybookError when it cannot."""
        now = datetime.now(UTC)
        keep(self.part, self.name, {**entry, "at": now.isoformat(timespec="seconds")}, self.path)
        self.at = now.astimezone()

    def when(self) -> str:
        """The time of today, or the day and the time; empty where nothing was saved."""
        return shown(self.at)
