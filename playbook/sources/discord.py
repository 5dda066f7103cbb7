"""Discord, as DiscordChatExporter writes it: JSON (also in parts), and its CSV of old.

Keyed on the account's number: "Deleted User" is many. Joins stand in the system channel only, and
nobody's leaving anywhere. The CSV has no ids, no replies and does not say who is a bot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playbook.errors import refuse
from playbook.sources.base import Asked, Bundle, Row, careful, micros
from playbook.sources.mapping import read_mapping
from playbook.sources.moment import moment, order_of
from playbook.sources.plain import Fingerprints, csv_rows
from playbook.sources.stream import Authors, items

ID = "discord"
GENUINE = True

_OURS = re.compile(rb'"guild"\s*:\s*\{.*"channel"\s*:\s*\{', re.DOTALL)
_HEADER = ["AuthorID", "Author", "Date", "Content", "Attachments", "Reactions"]
_CHANNEL = re.compile(r"^.* - (?P<channel>.+?)(?: \[\d+\])?(?: \(.*\))?(?: \[part \d+\])?\.csv$")
#: By the names of the exporter, by the number where it has no name, as other versions call them.
_TALK = frozenset(("Default", "Reply", "0", "19", "20", "23", "ChatInputCommand"))
_JOIN = frozenset(("GuildMemberJoin", "UserJoin", "7"))
_ADD, _REMOVE = frozenset(("RecipientAdd", "1")), frozenset(("RecipientRemove", "2"))
_COPY = frozenset(("ThreadStarterMessage", "21"))
_CONTENT = ("content", "attachments", "embeds", "stickers", "forwardedMessage", "poll")
_PRIVATE = frozenset(("DirectTextChat", "DirectGroupTextChat"))
#: What the CSV writes in place of a message.
_NOTICE = re.compile(
    r"^(?:Added .+ to the group\.|Removed .+ from the group\.|Left the group\.|Started a call that"
    r" lasted .+\.|Changed the channel (?:name|icon).*\.|Pinned a message\.|Started a thread\.)$"
)
_JOINED, _DELETED = "Joined the server.", "Deleted User"


def recognises(bundle: Bundle) -> bool:
    """Is there a JSON with a guild and a channel, or a CSV with the exporter's header?"""
    return any(_shape(bundle, name) for name in _named(bundle)[:200])


def _named(bundle: Bundle) -> list[str]:
    alone, ends = len(bundle.names) == 1, (".json", ".csv")
    return [name for name in bundle.names if alone or name.endswith(ends)]


def _shape(bundle: Bundle, name: str) -> str | None:
    """Which of the exporter's two shapes has a file: json, csv, or None?"""
    head = bundle.head(name, 16_384).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        return "json" if _OURS.search(head) else None
    return "csv" if head.replace(b'"', b"").startswith(b"AuthorID,Author,Date,Content") else None


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message of every channel; of several files, direct messages are counted only."""
    shapes = {name: _shape(bundle, name) for name in _named(bundle)}
    files = [name for name, shape in shapes.items() if shape]
    if not files:
        raise refuse(bundle.where, "not_of_format", format="DiscordChatExporter")
    authors = Authors()
    for name in files:
        if shapes[name] == "csv":
            yield from _csv(bundle, name, asked)
            continue
        channel = _Channel(asked, authors, alone=len(files) == 1)
        with bundle.open(name) as stream:
            found = items(stream, bundle.place(name), frozenset(("messages",)))
            yield from careful(channel.row, channel.messages(found))


class _Channel:
    """One file: a channel, a thread or a part of them."""

    def __init__(self, asked: Asked, authors: Authors, alone: bool) -> None:
        self.asked, self.authors, self.alone = asked, authors, alone
        self.group: str | None = None
        self.private = False

    def messages(self, found: Iterator[tuple[str, Any]]) -> Iterator[Any]:
        """The rows; what is told of the channel before them is taken in on the way."""
        for path, value in found:
            if path == "messages.item":
                yield value
            elif path == "channel" and isinstance(value, dict):
                name = value.get("name") or value.get("id")
                self.group = str(name) if name else None
                self.private = not self.alone and value.get("type") in _PRIVATE

    def row(self, message: Any) -> Row:
        kind, author = str(message["type"]), message["author"]
        if self.private:
            return "private"
        if kind in _COPY:
            return "duplicate"
        if author.get("isBot"):
            return "bot"
        member, at = _member(author, self.asked), micros(message["timestamp"])
        ident = str(message["id"])
        self.authors.add(int(ident), member)
        if kind in _TALK:
            if not any(message.get(key) for key in _CONTENT):
                return "empty"
            self.asked.notes["edited"] += bool(message.get("timestampEdited"))
            return [
                self._talk(message, ident, member, at),
                *self._likes(message, ident, member, at),
            ]
        return self._came(message, kind, ident, member, at) or "system"

    def _talk(
        self, message: Mapping[str, Any], ident: str, member: str, at: int
    ) -> tuple[Any, ...]:
        reference = message.get("reference") or {}
        answered = reference.get("messageId")
        kind, about = "post", ident
        named = (one for one in message.get("mentions") or () if not one.get("isBot"))
        target = next((str(one["id"]) for one in named), None)
        if answered and reference.get("type") != "Forward":
            kind, about, target = "reply", str(answered), self.authors.of(int(answered))
        kept = message.get("content") if self.asked.keep_text else None
        return ident, member, at, "exact", kind, self.group, about, target, None, None, ID, kept

    def _likes(
        self, message: Mapping[str, Any], ident: str, author: str, at: int
    ) -> Iterator[tuple[Any, ...]]:
        for reaction in message.get("reactions") or ():
            emoji = reaction["emoji"].get("id") or reaction["emoji"].get("name")
            for user in reaction.get("users") or ():
                if not user.get("isBot"):
                    member = _member(user, self.asked)
                    told = (self.group, ident, author, None, None, ID, None)
                    yield f"{ident}/{emoji}", member, at, "inherited", "like", *told

    def _came(
        self, message: Mapping[str, Any], kind: str, ident: str, member: str, at: int
    ) -> list[tuple[Any, ...]]:
        def event(kind: str, member: str, target: str | None = None) -> tuple[Any, ...]:
            told = (self.group, None, target, None, None, ID, None)
            return ident, member, at, "exact", kind, *told

        others = [_member(one, self.asked) for one in message.get("mentions") or ()]
        if kind in _JOIN:
            return [event("join", member)]
        if kind in _ADD and others:
            return [event("join", others[0]), event("invite", member, others[0])]
        if kind in _REMOVE:
            return [event("leave", others[0] if others else member)]
        return []


def _member(account: Mapping[str, Any], asked: Asked) -> str:
    member = str(account["id"])
    name = account.get("nickname") or account.get("name")
    if name == _DELETED:
        asked.gone.add(member)
    elif isinstance(name, str):
        asked.names[member] = name
    return member


def _csv(bundle: Bundle, name: str, asked: Asked) -> Iterator[Row]:
    """The CSV: an id is made of the row, so that a second export of it is known as one."""
    found = _CHANNEL.match(name.rpartition("/")[2])
    group = found["channel"] if found else None
    told = None if asked.mapping is None else read_mapping(asked.mapping).order
    days = (row[2].partition(" ")[0] for row in csv_rows(bundle, name) if len(row) > 2)
    order = told or order_of(bundle, name, days, asked.tz, ID)
    prints = Fingerprints()

    def row(cells: list[str]) -> Row:
        told = dict(zip(columns, cells, strict=False))
        member, text = told["AuthorID"].strip(), told["Content"]
        when = moment(told["Date"], asked.tz, order)
        if when is None:
            return "bad_time"
        if not member:
            return "no_member"
        if _NOTICE.match(text):
            return "system"
        if not text and not told.get("Attachments"):
            return "empty"
        asked.names[member] = told["Author"].rpartition("#")[0] or told["Author"]
        kind = "join" if text == _JOINED else "post"
        ident = prints.of(when[0], member, text, told.get("Attachments") or "")
        kept = text if asked.keep_text and kind == "post" else None
        return [(ident, member, *when, kind, group, None, None, None, None, ID, kept)]

    lines = csv_rows(bundle, name)
    columns = [cell.removeprefix("\ufeff") for cell in next(lines, _HEADER)]
    yield from careful(row, lines)
