"""Mailing lists: mbox files and pipermail's monthly texts.

A mail is a post, or a reply where `In-Reply-To` or `References` name another. People are known by
their address. Of a mail no more than its subject is ever kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime

from playbook.errors import refuse
from playbook.events import Event
from playbook.sources.base import Asked, Bundle, Row, careful, micros

ID = "mail"
GENUINE = True

_START = re.compile(rb"From \S.*\d\d:\d\d.*\d{4}")
_FIRST = re.compile(rb"\s*From \S[^\n]*\d{4}[^\n]*\n(?:>?From |[A-Za-z][\w-]*:)")
_IDENT = re.compile(r"<([^<>\s]+)>")
_HIDDEN = re.compile(r"^\s*\"?(\S+) at (\S+?)\"?(?:\s+\((.*)\))?\s*$", re.DOTALL)
_ROBOTS = ("mailer-daemon", "postmaster")
_HEADERS, _LONGEST = 1 << 18, 1 << 16


def recognises(bundle: Bundle) -> bool:
    """Does a file begin with the `From ` line of an mbox and a header below it?"""
    return any(_FIRST.match(bundle.head(name, 4096)) for name in bundle.names[:20])


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every mail; replies to mails that come later in the file at the end."""
    names = [name for name in bundle.names if _FIRST.match(bundle.head(name, 4096))]
    if not names:
        raise refuse(bundle.where, "not_of_format", format="mbox")
    post = _Post(asked)
    for name in names:
        yield from (row for row in careful(post.row, _headers(bundle, name)) if row)
    yield from post.waited()


def _headers(bundle: Bundle, name: str) -> Iterator[bytes]:
    """The header of each mail; bodies are read over, but for the ends they mark."""
    head: list[bytes] = []
    size, inside, blank = 0, False, True
    with bundle.open(name) as stream:
        while line := stream.readline(_LONGEST):
            if blank and _START.match(line):
                if head:
                    yield b"".join(head)
                head, size, inside = [line], 0, True
            elif inside:
                inside = bool(line.strip()) and size < _HEADERS
                size += len(line)
                if inside:
                    head.append(line)
            blank = not line.strip()
    if head:
        yield b"".join(head)


class _Post:
    """Who wrote which mail, so that replies find their target."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.parser = asked, BytesHeaderParser()
        self.authors: dict[str, str] = {}
        self.waiting: list[tuple[str, Event]] = []

    def row(self, raw: bytes) -> Row:
        mail = self.parser.parsebytes(raw.partition(b"\n")[2])
        name, address = _sender(mail)
        member = address or name
        if not member:
            return "no_member"
        if address.partition("@")[0] in _ROBOTS:
            return "system"
        if name:
            self.asked.names[member] = name
        own, answered = _idents(mail, "Message-ID"), _idents(mail, "In-Reply-To")
        above = _idents(mail, "References")
        ident = own[0] if own else None
        if ident:
            self.authors[ident] = member
        thread = next(iter(above or answered or own), None)
        group = _decoded(mail.get("List-Id")).partition("<")[2].rstrip("> ") or None
        event = Event(ident, member, *self._when(mail), "post", group, thread, source=ID)
        if self.asked.keep_text:
            event = event._replace(text=_decoded(mail.get("Subject")) or None)
        if not answered and not above:
            return [event]
        self.waiting.append(((answered or above)[-1], event._replace(kind="reply")))
        return self._known() if self.waiting[-1][0] in self.authors else ()

    def _known(self) -> Row:
        answered, event = self.waiting.pop()
        return [event._replace(target=self.authors.get(answered))]

    def _when(self, mail: Message) -> tuple[int | None, str]:
        """The time; a mail without one that can be read was still written."""
        try:
            when = parsedate_to_datetime(str(mail.get("Date") or ""))
            return micros(when, UTC), "exact"
        except (ValueError, TypeError, IndexError, OverflowError):
            return None, "none"

    def waited(self) -> Iterator[Row]:
        while self.waiting:
            yield self._known()


def _decoded(value: object) -> str:
    """A header as text: of an unknown charset whatever can be read."""
    raw = str(value or "")
    try:
        return str(make_header(decode_header(raw)))
    except (LookupError, UnicodeError, ValueError, MessageError):
        return raw


def _sender(mail: Message) -> tuple[str, str]:
    """Name and address; pipermail writes `andy at example.com (Andy)`."""
    raw = str(mail.get("From") or "")
    hidden = _HIDDEN.match(raw)
    if hidden:
        return _decoded(hidden[3]).strip(), f"{hidden[1]}@{hidden[2]}".lower()
    name, address = parseaddr(raw)
    return _decoded(name).strip(), address.strip().lower() if "@" in address else ""


def _idents(mail: Message, header: str) -> list[str]:
    return _IDENT.findall(str(mail.get(header) or ""))
