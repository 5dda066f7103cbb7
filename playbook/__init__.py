"""The community playbook: judge a community from answers, compare it, try mechanisms on models.

Importing this loads next to nothing: each name comes with its module when it is first used, and
pandas, altair and ipywidgets only where they are needed.
"""

__version__ = "0.1.0"

from typing import TYPE_CHECKING, Any

from playbook.errors import PlaybookError

if TYPE_CHECKING:
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
    from playbook.people.api import calibrate, evidence, members
    from playbook.room.api import agenda, form, history, workshop
    from playbook.sources.api import import_events

_HOME = {
    "playbook.library": (
        "calendar case_page cases cases_like checklist compare grade report score simulate"
    ),
    "playbook.people.api": "calibrate evidence members",
    "playbook.room.api": "agenda form history workshop",
    "playbook.sources.api": "import_events",
}
_LATER = {name: home for home, names in _HOME.items() for name in names.split()}

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

    if name == "library":  # where everything stands that has no name here
        return import_module("playbook.library")
    if name not in _LATER:
        raise AttributeError(f"module 'playbook' has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
