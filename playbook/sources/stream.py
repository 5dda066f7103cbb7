"""Big JSON files, item by item: never the whole of it in memory, and faults with their place.

`ijson` would do, but an item could not be told which chat it belongs to (two prefixes cannot be
read in step), Telegram writes escapes that no JSON parser takes, and the standard library's scanner
is two to three times as fast on whole items.
"""

from __future__ import annotations

import codecs
import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, BinaryIO

from playbook.errors import PlaybookError, refuse

_CHUNK = 1 << 20
#: One item (a message, a list of contacts) that is longer than this is no honest item.
LONGEST_ITEM = 64_000_000
_SPACE = re.compile(r"[ \t\r\n]*")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
#: At the end of the window a number may go on: 12 · 12. · 12.5
_GOES_ON = re.compile(r"[0-9.eE+-]*\Z")
_UNFINISHED = re.compile(r"\\+(?:x[0-9A-Fa-f]?)?$")


def items(stream: BinaryIO, where: str, into: frozenset[str]) -> Iterator[tuple[str, Any]]:
    r"""
    Every value of a JSON file with its path; containers whose path is in `into` are opened.

    Paths are those of ijson: `chats.list.item.name`; the outermost container is always opened.
    Escapes like `\x0B` are taken for `\u000B`. Faults: PlaybookError with line and column.

    >>> import io
    >>> source = io.BytesIO(b'{"name": "tea", "messages": [{"id": 1}, {"id": 2}]}')
    >>> list(items(source, "result.json", frozenset({"messages"})))
    [('name', 'tea'), ('messages.item', {'id': 1}), ('messages.item', {'id': 2})]
    """
    reader = _Reader(stream, where)
    yield from reader.values("", into)
    if reader.peek():
        raise reader.fault("Extra data")


class _Reader:
    """A window over the text that moves along."""

    def __init__(self, stream: BinaryIO, where: str) -> None:
        self.stream, self.where = stream, where
        self.decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self.scan = json.JSONDecoder().raw_decode
        self.text, self.at, self.held = "", 0, ""
        self.ended = False
        self.line, self.column = 1, 0
        self.rows = self.bytes = 0

    def more(self) -> None:
        """Forget what was read and append the next part, at least as much as is open."""
        self.line, self.column = self.place(self.at)
        self.text = self.text[self.at :]
        self.at = 0
        raw = self.stream.read(max(_CHUNK, len(self.text)))
        try:
            text = self.held + self.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise refuse(self.where, "encoding", at=self.bytes + error.start) from None
        self.bytes += len(raw)
        self.ended, self.held = not raw, ""
        if "\\" in text:
            if not self.ended and (open_end := _UNFINISHED.search(text)):
                text, self.held = text[: open_end.start()], open_end[0]
            if "\\x" in text:
                text = _ESCAPE.sub(_legal, text)
        self.text += text

    def fault(self, reason: str, place: int | None = None) -> PlaybookError:
        line, column = self.place(self.at if place is None else place)
        told = {"line": line, "column": column + 1, "rows": self.rows}
        return refuse(self.where, "json_in_export", None, reason=reason, **told)

    def place(self, at: int) -> tuple[int, int]:
        """Line and column of a sign in the window, as they are in the file."""
        lines = self.text.count("\n", 0, at)
        if lines:
            return self.line + lines, at - self.text.rfind("\n", 0, at) - 1
        return self.line, self.column + at

    def peek(self) -> str:
        """The next sign that is not a space; nothing at the end."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if self.ended:
                return ""
            self.more()

    def expect(self, signs: str) -> str:
        found = self.peek()
        if not found or found not in signs:
            raise self.fault(f"Expecting {' or '.join(signs)}")
        self.at += 1
        return found

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                found, end = self.scan(self.text, self.at)
            except json.JSONDecodeError as error:
                if self.ended:
                    raise self.fault(error.msg, error.pos) from None
            except RecursionError:
                raise refuse(self.where, "too_deep") from None
            except ValueError:  # a number of thousands of digits
                raise self.fault("number") from None
            else:
                if self.ended or not _GOES_ON.match(self.text, end):
                    self.at = end
                    return found
            if len(self.text) - self.at > LONGEST_ITEM:
                high = LONGEST_ITEM // 1_000_000
                raise refuse(self.where, "row_too_big", line=self.line, high=high)
            self.more()

    def values(self, path: str, into: frozenset[str]) -> Iterator[tuple[str, Any]]:
        """What is inside the container that begins here."""
        opening = self.expect("{[")
        closing = "}" if opening == "{" else "]"
        if self.peek() == closing:
            self.at += 1
            return
        inner = f"{path}.item" if path else "item"
        while True:
            if opening == "{":
                key = self.value()
                if not isinstance(key, str):
                    raise self.fault("Expecting property name enclosed in double quotes")
                self.expect(":")
                inner = f"{path}.{key}" if path else key
            if inner in into and self.peek() in "{[":
                yield from self.values(inner, into)
            else:
                value = self.value()
                self.rows += opening == "["
                yield inner, value
            if self.expect(f",{closing}") == closing:
                return


def _legal(found: re.Match[str]) -> str:
    return f"\\u00{found[1]}" if found[1] else found[0]


class Authors:
    """
    Who wrote which message: for replies that name only an id. Millions take little memory.

    >>> authors = Authors()
    >>> authors.add(7, "ann"); authors.add(9, "ben")
    >>> authors.of(9), authors.of(8)
    ('ben', None)
    """

    def __init__(self) -> None:
        self.ids, self.places = array("q"), array("l")
        self.late: dict[Any, str] = {}
        self.members: list[str] = []
        self.known: dict[str, int] = {}

    def add(self, ident: Any, member: str) -> None:
        rises = ident.__class__ is int and abs(ident) < 1 << 63
        if not rises or (self.ids and ident <= self.ids[-1]):
            self.late[ident] = member
            return
        if member not in self.known:
            self.known[member] = len(self.members)
            self.members.append(member)
        self.ids.append(ident)
        self.places.append(self.known[member])

    def of(self, ident: Any) -> str | None:
        if ident in self.late:
            return self.late[ident]
        if ident.__class__ is not int or abs(ident) >= 1 << 63:
            return None
        place = bisect_left(self.ids, ident)
        found = place < len(self.ids) and self.ids[place] == ident
        return self.members[self.places[place]] if found else None
