"""One person's way through the course, in one portable file: predictions, exercises, plan.

The file lies in the work folder; every change is saved at once, whole or not at all. A file
that cannot be read is set aside, never overwritten.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playbook import check
from playbook.errors import PlaybookError
from playbook.files import parse_json, read_text, set_aside, work_folder, write_whole

FORMAT = "playbook-learner/1"
PARTS = ("answers", "predictions", "exercises", "plan", "models")


def learner_path() -> Path:
    """Where does the learner's file lie?"""
    return work_folder() / "learner.json"


def _new() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": str(uuid.uuid4()),
        "saved": None,
        "name": None,
        **{part: {} for part in PARTS},
    }


def read_learner(path: str | Path | None = None) -> dict[str, Any]:
    """
    What has this person done so far? A new, empty record where there is no file yet.

    A file that is not a learner's raises PlaybookError that names the faults.
    """
    path = Path(path) if path is not None else learner_path()
    if not path.exists():
        return _new()
    document: dict[str, Any] = parse_json(read_text(path), path.name)
    check.require(document, "learner", path.name)
    return {**_new(), **document}


def keep(part: str, name: str, value: Any, path: str | Path | None = None) -> dict[str, Any]:
    """
    Save one thing at once: `part` is answers, predictions, exercises, plan or models.

    Reads the file anew first, so that two lessons open side by side do not undo one another.
    """
    target = Path(path) if path is not None else learner_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        record = read_learner(target)
    except PlaybookError:
        set_aside(target)
        record = _new()
    record[part][name] = value
    record["saved"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    write_whole(target, json.dumps(record, ensure_ascii=False, indent=1))
    return record


def merge_learners(
    given: Iterable[str | Path | Mapping[str, Any]],
) -> tuple[list[dict[str, Any]], list[str]]:
    """
    Which learners are there in these files, and which files were no learner's?

    Two files of one learner (the same `id`): the latest `saved` wins, exercise by exercise
    nothing is mixed. Returns the records, sorted by name and id, and one line a bad file.
    """
    found: dict[str, dict[str, Any]] = {}
    bad: list[str] = []
    for one in given:
        try:
            record = dict(one) if isinstance(one, Mapping) else read_learner(one)
            check.require(record, "learner", "" if isinstance(one, Mapping) else Path(one).name)
        except PlaybookError as error:
            bad.append(error.say())
            continue
        before = found.get(record["id"])
        if before is None or (record.get("saved") or "") > (before.get("saved") or ""):
            found[record["id"]] = record
    order = sorted(found.values(), key=lambda r: (r.get("name") or "", r["id"]))
    return order, bad
