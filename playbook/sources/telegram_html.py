"""Telegram Desktop, HTML: one page or many in a folder; members are known by name only.

Consecutive posts of one person drop the name. Notices ("A invited B") have no time: their events
have none either. Namesakes cannot be told apart, and deleted accounts not from one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from html import unescape

from playbook.errors import refuse
from playbook.sources.base import Asked, Bundle, Row, careful, micros
from playbook.sources.stream import Authors

ID = "telegram-html"
GENUINE = True

_PAGE = re.compile(rb'class="[^"]*\bchat_page\b|class="page_body|id="message-?\d+"')
_MESSAGE = re.compile(
    r'<div\b(?=[^>]*\bclass="message (default|service)([^"]*)")(?=[^>]*\bid="message(-?\d+)")[^>]*>'
)
_TITLE = re.compile(r'<div class="page_header.*?<div class="text bold">(.*?)</div>', re.DOTALL)
_FROM = re.compile(r'<div class="from_name">(.*?)</div>', re.DOTALL)
_TIME = re.compile(
    r'class="pull_right date details" title="(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)'
    r'(?: UTC([+-]\d\d):?(\d\d))?"'
)
_REPLY = re.compile(r'class="reply_to details">.*?#go_to_message(\d+)', re.DOTALL)
_NOTICE = re.compile(r'\s*(?:<div class="body details">)?(.*?)</div>', re.DOTALL)
_TEXT = re.compile(r'<div class="text">(.*?)</div>', re.DOTALL)
_MEDIA = re.compile(r'class="(?:media_wrap|forwarded body)')
_TAG = re.compile(r"<[^>]*>")
_INNER = re.compile(r"<span\b.*?</span>", re.DOTALL)
_CAME = re.compile(
    r"^(?P<by>.+?) invited (?P<who>.+)$"
    r"|^(?P<new>.+?) joined group by (?:link from (?P<link>.+)|request)$"
    r"|^(?P<off>.+?) removed (?P<gone>.+)$",
    re.DOTALL,
)
_NO_MEMBER = re.compile(r"(?:group|channel) photo$|the voice chat$|^$")
_DELETED = "Deleted Account"
#: A page holds a thousand messages, about half a megabyte.
_LONGEST_PAGE = 64_000_000


def recognises(bundle: Bundle) -> bool:
    """Is there a page with Telegram's messages?"""
    return any(_PAGE.search(bundle.head(name)) for name in _pages(bundle)[:20])


def _pages(bundle: Bundle) -> list[str]:
    if len(bundle.names) == 1:
        return [*bundle.names]
    return [name for name in bundle.names if name.lower().endswith((".html", ".htm"))]


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message and notice of every page, in the order of the pages."""
    chat = _Chat(asked)
    for name in _pages(bundle):
        try:
            page = bundle.read(name, _LONGEST_PAGE).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise refuse(bundle.place(name), "encoding", at=error.start) from None
        starts = [*_MESSAGE.finditer(page)]
        if not starts and len(bundle.names) == 1:
            raise refuse(bundle.place(name), "not_of_format", format="Telegram")
        chat.begin(page)
        ends = [start.start() for start in starts[1:]] + [len(page)]
        told = zip(starts, ends, strict=True)
        yield from careful(chat.row, ((start, page[start.end() : end]) for start, end in told))


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


class _Chat:
    """The messages of a chat; the pages share who wrote what."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.group: str | None = None
        self.last: str | None = None
        self.authors = Authors()

    def begin(self, page: str) -> None:
        title = _TITLE.search(page)
        self.group = _plain(title[1]) or None if title else self.group
        self.last = None

    def row(self, told: tuple[re.Match[str], str]) -> Row:
        start, block = told
        number = int(start[3])
        if start[1] == "service":
            notice = _NOTICE.match(block)
            return self._notice(_plain(notice[1]) if notice else "", number)
        if "joined" not in start[2].split():
            name = _FROM.search(block)
            self.last = _plain(_INNER.sub("", name[1])) if name else None
        member = self.last
        if not member:
            return "no_member"
        if member == _DELETED:
            return "deleted_user"
        text, time, answered = _TEXT.search(block), _TIME.search(block), _REPLY.search(block)
        if time is None:
            return "no_time"
        if text is None and not _MEDIA.search(block):
            return "empty"
        self.asked.names[member] = member
        self.authors.add(number, member)
        ident = self._ident(number)
        kind, about, target = "post", ident, None
        if answered:
            kind, about = "reply", self._ident(int(answered[1]))
            target = self.authors.of(int(answered[1]))
        kept = _plain(text[1]) if text and self.asked.keep_text else None
        head = (ident, member, self._at(time), "exact", kind, self.group)
        return [(*head, about, target, None, None, ID, kept)]

    def _ident(self, number: int) -> str | None:
        """Negative numbers are made up anew at every export."""
        return f"{self.group}/{number}" if number > 0 else None

    def _at(self, time: re.Match[str]) -> int:
        day, month, year, hour, minute, second = map(int, time.groups()[:6])
        when = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - zone follows
        if time[7]:
            off = timedelta(hours=int(time[7]), minutes=int(time[7][0] + time[8]))
            return micros(when.replace(tzinfo=timezone(off)))
        return micros(when, self.asked.tz)

    def _notice(self, text: str, number: int) -> Row:
        found = _CAME.search(text)
        if found is None or _NO_MEMBER.search(text):
            return "system"
        events = []

        def event(kind: str, member: str, target: str | None = None) -> None:
            if _DELETED in (member, target):
                return
            self.asked.names[member] = member
            mark = self._ident(number)
            mark = f"{mark}/{target}" if mark and target else mark
            told = (self.group, None, target, None, None, ID, None)
            events.append((mark, member, None, "none", kind, *told))

        if found["by"]:
            for who in _listed(found["who"]):
                event("join", who)
                if who != found["by"]:
                    event("invite", found["by"], who)
        elif found["new"]:
            event("join", found["new"])
            if found["link"] not in {None, "Group", "Channel", self.group, found["new"]}:
                event("invite", found["link"], found["new"])
        else:
            event("leave", found["gone"])
        return events or "deleted_user"


def _listed(names: str) -> list[str]:
    """The names of "A, B and C"."""
    *first, last = names.split(", ")
    before, word, after = last.rpartition(" and ")
    return [*first, before, after] if word and before else [*first, last]
