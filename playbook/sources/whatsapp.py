"""WhatsApp's text export (and Signal's like it): a line a message, in the date order of the phone.

Which number is the day is decided from all dates of the file, else from their order in time, else
asked. People are known by the name in the exporter's address book only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from playbook.errors import refuse
from playbook.events import Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.mapping import read_mapping
from playbook.sources.moment import moment, order_of
from playbook.sources.plain import Fingerprints, head_text, lines
from playbook.sources.sentences import EXPORTER

ID = "whatsapp"
GENUINE = False

_DATE = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[\s\u202f]?[AaPp]\.?[\s\u202f]?[Mm]\.?)?"
_LINE = re.compile(
    rf"[\u200e\u200f]*(?:\[({_DATE}),? ({_TIME})\] |({_DATE}),? ({_TIME}) [-–] )\u200e*(.*)",
    re.DOTALL,
)
_SAID = re.compile(r"([^:\n]{1,100}?): (.*)", re.DOTALL)
_DELETED = ("This message was deleted", "You deleted this message")
_NOTICES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("join", r"(?P<who>.+?) joined using (?P<by>your) invite link"),
        ("join", r"(?P<who>.+?) joined using this group's invite link"),
        ("join", r"(?P<by>.+?) added (?P<who>.+?)\.?$"),
        ("join", r"(?P<who>.+?) (?:was|were) added\.?$"),
        ("leave", r"(?P<by>.+?) removed (?P<who>.+?)\.?$"),
        ("leave", r"(?P<who>.+?) left\.?$"),
    )
)


def recognises(bundle: Bundle) -> bool:
    """Is one of the first lines a date, a time and what was said?"""
    return any(_is_ours(bundle, name) for name in bundle.names[:20])


def _is_ours(bundle: Bundle, name: str) -> bool:
    first = head_text(bundle, name, 8192).lstrip("\ufeff").splitlines()[:5]
    return any(_LINE.match(line) for line in first)


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message and notice of every chat."""
    names = [name for name in bundle.names if _is_ours(bundle, name)]
    if not names:
        raise refuse(bundle.where, "not_of_format", format="WhatsApp")
    told = None if asked.mapping is None else read_mapping(asked.mapping).order
    for name in names:
        heads = (_date(head) for line in lines(bundle, name) if (head := _LINE.match(line)))
        order = told or order_of(bundle, name, heads, asked.tz, ID)
        stem = PurePosixPath(name).stem
        group = stem if stem != "_chat" else PurePosixPath(bundle.path.name).stem
        chat = _Chat(asked, group.removeprefix("WhatsApp Chat with "), order)
        yield from careful(chat.row, _messages(lines(bundle, name)))


def _messages(given: Iterable[str]) -> Iterator[str]:
    """Messages may go on over several lines."""
    found: list[str] = []
    for line in given:
        if _LINE.match(line):
            if found:
                yield "\n".join(found)
            found = [line]
        elif found:
            found.append(line)
    if found:
        yield "\n".join(found)


def _date(head: re.Match[str]) -> str:
    return head[1] or head[3]


class _Chat:
    """One file: one chat."""

    def __init__(self, asked: Asked, group: str, order: str | None) -> None:
        self.asked, self.group, self.order = asked, group, order
        self.fingerprints = Fingerprints()

    def row(self, message: str) -> Row:
        head = _LINE.match(message)
        if head is None:
            return "broken"
        clock = re.sub(r"(?<=\d)\.(?=\d)", ":", head[2] or head[4])
        when = moment(f"{_date(head)} {clock}", self.asked.tz, self.order)
        if when is None:
            return "unread_time"
        said, row_id = _SAID.fullmatch(head[5]), self.fingerprints.of(when[0], head[5])
        if said is None:
            return self._notice(head[5], when[0], row_id)
        member, text = said[1].strip(), said[2]
        if text.strip("\u200e .") in _DELETED:
            return "deleted"
        if not member:
            return "no_member"
        kept = text if self.asked.keep_text else None
        return [Event(row_id, member, *when, "post", self.group, source=ID, text=kept)]

    def _notice(self, text: str, at: int, row_id: str) -> Row:
        for kind, pattern in _NOTICES:
            found = pattern.match(text.strip())
            if found is None:
                continue
            parts = found.groupdict()
            who = _name(parts["who"])
            events = [Event(row_id, who, at, "exact", kind, self.group, source=ID)]
            by = _name(parts.get("by") or "") if kind == "join" else ""
            if by and by != who:
                invite = Event(row_id, by, at, "exact", "invite", self.group, target=who, source=ID)
                events.append(invite)
            return events
        return "system"


def _name(told: str) -> str:
    return EXPORTER if told in ("You", "you", "your") else told
