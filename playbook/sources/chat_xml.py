"""Chats as researchers publish them: XML with a conversation, a time, a pseudonym and a text.

The conversations were told apart by hand or by a model; so `object` says who talks with whom even
where nobody pressed "reply". A message that begins by naming somebody is a reply to that person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, iterparse

from playbook.errors import refuse
from playbook.events import Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.moment import moment

ID = "chat-xml"
GENUINE = True

_HEAD = re.compile(rb"\A\s*(?:<\?xml[^>]*>\s*)?<\w+>.{0,4096}<message conversation_id=", re.DOTALL)
_TO = re.compile(r"<@([^<>|]+)>")


def recognises(bundle: Bundle) -> bool:
    """Is it XML with messages that have a conversation?"""
    return any(_HEAD.match(bundle.head(name, 8192)) for name in bundle.names[:20])


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message of every file."""
    names = [name for name in bundle.names if _HEAD.match(bundle.head(name, 8192))]
    if not names:
        raise refuse(bundle.where, "not_of_format", format="XML")
    for name in names:
        found = careful(_Channel(asked).row, _elements(bundle, name))
        yield from (row for row in found if row)


def _elements(bundle: Bundle, name: str) -> Iterator[Element]:
    """One element after the other; none is kept."""
    try:
        with bundle.open(name) as stream:
            root: Element | None = None
            for told, element in iterparse(stream, ("start", "end")):
                if root is None:
                    root = element
                elif told == "end" and element.tag in ("message", "channel_name"):
                    yield element
                    root.clear()
    except (ParseError, ValueError) as error:
        raise refuse(bundle.place(name), "xml_broken", reason=str(error)[:80]) from None


class _Channel:
    """One channel; its name stands before its messages."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.group: str | None = None

    def row(self, element: Element) -> Row:
        if element.tag == "channel_name":
            self.group = element.text
            return ()
        when = moment(element.findtext("ts") or "", self.asked.tz)
        if when is None:
            return "unread_time"
        member, text = element.findtext("user"), element.findtext("text") or ""
        if not member:
            return "no_member"
        to = _TO.match(text)
        thread = element.get("conversation_id")
        kept = text if self.asked.keep_text else None
        kind, target = ("reply", to[1]) if to else ("post", None)
        event = Event(None, member, *when, kind, self.group, thread, target, source=ID, text=kept)
        return [event]
