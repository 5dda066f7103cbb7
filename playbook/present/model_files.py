"""A run to take along: as a document that runs again, and as tables for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from playbook.events import unspell
from playbook.present.sentences import plain
from playbook.words import say, text

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation


def document(run: Simulation, lang: str | None = None) -> str:
    """The run as JSON: `playbook simulate --json` prints the same, and it can be run again."""
    return json.dumps(run.to_dict(lang), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def spreadsheet(run: Simulation) -> str:
    """The model's main table as CSV."""
    rows = run.rows()
    names = list(dict.fromkeys(name for row in rows for name in row))
    return sheet([names, *([row.get(name) for name in names] for row in rows)])


def scenario_sheet(runs: Mapping[str, Simulation], lang: str | None = None) -> str:
    """Values and headline numbers of several runs as CSV, a column each."""
    every = list(runs.values())
    entry = every[0].entry
    rows: list[list[Any]] = [[say("explore.measure", lang), say("explore.unit", lang), *runs]]
    rows.append([say("explore.seed", lang), "", *(run.seed for run in every)])
    for one in entry["parameter"]:
        unit = say(f"model.unit.{one['unit']}", lang)
        rows.append([text(one, "name", lang), unit, *(run.values[one["id"]] for run in every)])
    for one in entry["measure"]:
        unit = say(f"model.unit.{one['unit']}", lang)
        rows.append([text(one, "name", lang), unit, *(run.at(one["result"]) for run in every)])
    return sheet(rows)


def sheet(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV that spreadsheets open rightly: marked as UTF-8, and no text is a formula.

    >>> sheet([["=1+1", "＝1+1", -2, None]])[1:].strip()
    "'=1+1,'＝1+1,-2,"
    """
    told = io.StringIO()
    shown = ([plain(v) if isinstance(v, str) else v for v in row] for row in rows)
    csv.writer(told).writerows(map(unspell, row) for row in shown)
    return "\ufeff" + told.getvalue()
