"""Files → model. Every fault of a file is reported at once, with its place and its remedy."""

from playbook.load.answers import answers_document, case_faults, load_answers
from playbook.load.cases import case_answers, case_names, load_case, load_cases, sources
from playbook.load.lint import content_faults
from playbook.load.opinions import (
    checklist_names,
    content,
    load_checklist,
    load_exercise,
    load_exercises,
    load_stages,
    practices,
)

__all__ = [
    "answers_document",
    "case_answers",
    "case_faults",
    "case_names",
    "checklist_names",
    "content",
    "content_faults",
    "load_answers",
    "load_case",
    "load_cases",
    "load_checklist",
    "load_exercise",
    "load_exercises",
    "load_stages",
    "practices",
    "sources",
]
