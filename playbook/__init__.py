"""The community playbook: judge a community from answers, compare it, try mechanisms on models.

Importing this loads neither pandas nor altair nor ipywidgets: each is imported where it is used.
"""

__version__ = "0.1.0"

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

__all__ = [
    "PlaybookError",
    "__version__",
    "calendar",
    "case_page",
    "cases",
    "cases_like",
    "checklist",
    "compare",
    "grade",
    "report",
    "score",
    "simulate",
]
