"""The assessment, the planner, the funnel, the comparison: thin, no arithmetic, no wording."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playbook.widgets.app import App
    from playbook.widgets.assessment import SelfAssessment
    from playbook.widgets.casebook import Casebook
    from playbook.widgets.comparison import CaseComparison
    from playbook.widgets.evidence import Evidence
    from playbook.widgets.exercise import Exercise, Predict
    from playbook.widgets.explorer import FunnelExplorer
    from playbook.widgets.models import ModelExplorer
    from playbook.widgets.plan import Plan
    from playbook.widgets.planner import MilestonePlanner
    from playbook.widgets.room import Class

__all__ = [
    "App",
    "CaseComparison",
    "Casebook",
    "Class",
    "Evidence",
    "Exercise",
    "FunnelExplorer",
    "MilestonePlanner",
    "ModelExplorer",
    "Plan",
    "Predict",
    "SelfAssessment",
]

_HOMES = {
    "App": "app",
    "CaseComparison": "comparison",
    "Casebook": "casebook",
    "Class": "room",
    "Evidence": "evidence",
    "Exercise": "exercise",
    "FunnelExplorer": "explorer",
    "MilestonePlanner": "planner",
    "ModelExplorer": "models",
    "Plan": "plan",
    "Predict": "exercise",
    "SelfAssessment": "assessment",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"playbook.widgets.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
