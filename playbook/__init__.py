"""The community playbook: judge a community from answers, compare it, try mechanisms on models.

Importing this loads neither pandas nor altair nor ipywidgets: each is imported where it is used.
"""

__version__ = "0.1.0"

from typing import TYPE_CHECKING, Any

from playbook.errors import PlaybookError
from playbook.library import (
    calendar,
    case_page,
    cases,
    cases_like,
    checklist,
    compare,
    grade,
    report,
    score,
    simulate,
)

if TYPE_CHECKING:
    from playbook.people.api import calibrate, evidence, members
    from playbook.room.api import agenda, form, history, workshop
    from playbook.sources.api import import_events

#: What stands behind heavier libraries comes when it is first named.
_LATER = {
    "agenda": "playbook.room.api",
    "calibrate": "playbook.people.api",
    "evidence": "playbook.people.api",
    "form": "playbook.room.api",
    "history": "playbook.room.api",
    "import_events": "playbook.sources.api",
    "members": "playbook.people.api",
    "workshop": "playbook.room.api",
}

__all__ = [
    "PlaybookError",
    "__version__",
    "agenda",
    "calendar",
    "calibrate",
    "case_page",
    "cases",
    "cases_like",
    "checklist",
    "compare",
    "evidence",
    "form",
    "grade",
    "history",
    "import_events",
    "members",
    "report",
    "score",
    "simulate",
    "workshop",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _LATER:
        raise AttributeError(f"module 'playbook' has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
