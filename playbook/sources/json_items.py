"""JSON in the shapes in which exports come: a list, rows beside what is told of them, lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from playbook.errors import refuse
from playbook.sources.base import Bundle
from playbook.sources.plain import MAX_CELL
from playbook.sources.stream import items

_NOTHING: frozenset[str] = frozenset()


def listed(bundle: Bundle, name: str | None) -> Iterator[Any]:
    """The entries of a file that is one list."""
    with bundle.open(name) as stream:
        for path, value in items(stream, bundle.place(name), _NOTHING):
            if path == "item":
                yield value


def below(bundle: Bundle, name: str, rows: str, about: str, told: dict[str, Any]) -> Iterator[Any]:
    """The entries of the list `rows`, while `told` takes what stands in `about` above it."""
    into = frozenset({rows, about, "avatars"})  # pictures may be large: seen one by one, not kept
    with bundle.open(name) as stream:
        for path, value in items(stream, bundle.place(name), into):
            if path == f"{rows}.item":
                yield value
            elif path.startswith(f"{about}."):
                told[path.removeprefix(f"{about}.")] = value


def documents(bundle: Bundle, name: str) -> Iterator[Any]:
    """The entries of a list, the one object of a file, or one object a line."""
    start = bundle.head(name, MAX_CELL).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"[":
        yield from listed(bundle, name)
    elif _is_json(start.partition(b"\n")[0]):
        yield from _lines(bundle, name)
    else:
        yield _parsed(bundle, name, bundle.read(name), 1)


def _is_json(raw: bytes) -> bool:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(bundle: Bundle, name: str) -> Iterator[Any]:
    with bundle.open(name) as stream:
        number = 0
        while line := stream.readline(MAX_CELL):
            number += 1
            if line.strip():
                yield _parsed(bundle, name, line, number)


def _parsed(bundle: Bundle, name: str, raw: bytes, line: int) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except RecursionError:
        raise refuse(bundle.place(name), "too_deep") from None
    except ValueError as error:  # UnicodeDecodeError is one
        place, reason = bundle.place(name), str(error)[:80]
        raise refuse(place, "json_line", line=line, reason=reason) from None
