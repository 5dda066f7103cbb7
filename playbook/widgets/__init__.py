"""The assessment, the planner, the funnel, the comparison: thin, no arithmetic, no wording."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playbook.widgets.app import App as App
    from playbook.widgets.assessment import SelfAssessment as SelfAssessment
    from playbook.widgets.casebook import Casebook as Casebook
    from playbook.widgets.comparison import CaseComparison as CaseComparison
    from playbook.widgets.evidence import Evidence as Evidence
    from playbook.widgets.exercise import Exercise as Exercise
    from playbook.widgets.exercise import Predict as Predict
    from playbook.widgets.explorer import FunnelExplorer as FunnelExplorer
    from playbook.widgets.models import ModelExplorer as ModelExplorer
    from playbook.widgets.plan import Plan as Plan
    from playbook.widgets.planner import MilestonePlanner as MilestonePlanner
    from playbook.widgets.room import Class as Class

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
