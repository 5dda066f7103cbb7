"""接龙: the numbered list by which a WeChat group signs up, pasted as text.

`1. name note` is a sign-up to the title above it. The list has no times; one for all may be given
as `--format jielong --map at==2026-11-01`. A copy of an earlier list counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b

from playbook.errors import refuse
from playbook.events import Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.mapping import read_mapping
from playbook.sources.moment import moment
from playbook.sources.plain import head_text, lines

ID = "jielong"
GENUINE = False

_ENTRY = re.compile(r"\s*(?:(\d{1,4})\s*[.、．)）](?!\d)|([①-⑳]))\s*(\S.*)")
_NAME = re.compile(r"[^\s,，;；:：+＋(（]+")
_COUNT = re.compile(r"(?<!\d)(\d{1,4})\s*(?:人|位|份|个|件|张)")
_MARK = "#接龙"
#: WeChat's own hint on how to write an entry; it names nobody who signed up.
_EXAMPLE = re.compile(r"例\s|例如|例[:：]")


def recognises(bundle: Bundle) -> bool:
    """Is it marked as 接龙, or mostly a list numbered 1, 2 …?"""
    text = head_text(bundle)
    told = [line for line in text.splitlines() if line.strip()]
    entries = [found for line in told if (found := _ENTRY.match(line))]
    if not entries:
        return False
    counted = [_number(entry) for entry in entries[:2]] in ([1], [1, 2])
    return _MARK in text or (counted and len(entries) > 1 and 2 * len(entries) >= len(told))


def _number(entry: re.Match[str]) -> int:
    return int(entry[1]) if entry[1] else ord(entry[2]) - ord("①") + 1


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every line that is not empty: an entry, or text."""
    fixed = None if asked.mapping is None else read_mapping(asked.mapping).columns.get("at")
    when = moment(fixed[0].lstrip("="), asked.tz) if fixed else None
    if fixed and when is None:
        raise refuse("--map", "map_time", given=fixed[0].lstrip("="))
    for name in bundle.names:
        yield from careful(_List(asked, when).row, filter(str.strip, lines(bundle, name)))


class _List:
    """One pasted text: titles and the entries below them."""

    def __init__(self, asked: Asked, when: tuple[int, str] | None) -> None:
        self.asked, self.title, self.listing = asked, "", True
        self.when: tuple[int | None, str] = when or (None, "none")

    def row(self, line: str) -> Row:
        found = _ENTRY.match(line)
        if found is None:
            title = line.replace(_MARK, "").strip()
            if self.listing and title and not _EXAMPLE.match(title):
                self.title, self.listing = title, False  # what follows it is where and when
            return "not_entry"
        self.listing = True
        name = _NAME.match(found[3])
        if name is None:
            return "no_member"
        note = found[3][name.end() :].strip()
        count = _COUNT.search(note)
        told = "\0".join((self.title, name[0], note))  # the note is a text: never kept unasked
        event = Event(
            blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest(),
            name[0],
            *self.when,
            "signup",
            None,
            self.title or None,
            amount=float(count[1]) if count else None,
            source=ID,
        )
        return [event._replace(text=note) if self.asked.keep_text and note else event]
