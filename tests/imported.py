"""What an import gave, in a form that can be written down by hand."""

import json
from pathlib import Path
from typing import Any

from playbook import PlaybookError
from playbook.sources.api import import_events

#: What a test looks at, in this order.
SHORT = ("member", "kind", "target", "object")


def put(folder: Path, name: str, content: Any, encoding: str = "utf-8") -> Path:
    """Write a file: text as it is, bytes as they are, anything else as JSON."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, (str, bytes)):
        content = json.dumps(content, ensure_ascii=False)
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def counted(path: Path, **how: Any) -> dict[str, Any]:
    """Give the counts of an import, which must add up."""
    found = import_events(path, **how)
    told = found.to_dict()
    assert told["rows"] == told["used"] + sum(told["skipped"].values())
    assert told["events"] == sum(told["kinds"].values()) == len(found.frame())
    return told


def events(path: Path, columns: tuple[str, ...] = SHORT, **how: Any) -> list[tuple[Any, ...]]:
    """Give the events of an import as plain tuples, in the order in which they were written."""
    counted(path, **how)
    frame = import_events(path, **how).frame()
    rows = frame[list(columns)].astype(object)
    return [tuple(row) for row in rows.where(rows.notna(), None).itertuples(index=False)]


def clock(path: Path, **how: Any) -> list[str | None]:
    """Give the times of the events, in UTC, to the second."""
    at = import_events(path, **how).frame()["at"]
    return [
        when.isoformat()[:19] if there else None for when, there in zip(at, at.notna(), strict=True)
    ]


def survives(path: Path, **how: Any) -> None:
    """Whatever is in the file: counts that add up, or one error with something to say."""
    try:
        counted(path, **how)
    except PlaybookError as error:
        if not str(error).strip():
            raise AssertionError from error
