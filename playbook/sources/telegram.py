"""Telegram Desktop, JSON: one chat or the whole account, in its old shapes and its new ones.

Keyed on the account's id, never on the name: a deleted account has an id and no name. Who was
invited stands there by name only; such rows wait until the file is read, and take the id if exactly
one account bore that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playbook.errors import refuse
from playbook.sources.base import Asked, Bundle, Row, careful, micros
from playbook.sources.stream import Authors, items

ID = "telegram"
GENUINE = False

_ROW = re.compile(rb'"type"\s*:\s*"(?:message|service|unsupported)"')
_WHO = re.compile(rb'"(?:date_unixtime|from_id|actor_id|from|actor)"\s*:')
#: A chat in which nothing was said is an export all the same.
_EMPTY = re.compile(rb'"messages"\s*:\s*\[\s*\]')
_CHAT = re.compile(rb'"type"\s*:\s*"\w+_(?:chat|group|supergroup|channel)"')
_ACCOUNT = re.compile(rb'"(?:personal_information|chats)"\s*:\s*\{')
_INTO = frozenset(
    ["messages"]
    + [
        f"{chats}{inner}"
        for chats in ("chats", "left_chats")
        for inner in ("", ".list", ".list.item", ".list.item.messages")
    ]
)
#: Chats of a whole account that are no group.
_PRIVATE = frozenset(
    ("personal_chat", "bot_chat", "saved_messages", "replies", "verify_codes", "secret_chat")
)
_JOINS = frozenset(("join_group_by_link", "join_group_by_request"))
_ADDS = frozenset(("invite_members", "create_group"))
#: Inviters that are nobody: the link is the group's own.
_NOBODY = frozenset((None, "", "Group", "Channel"))
#: A message without words says something if it has one of these.
_CONTENT = frozenset(
    (
        *("photo", "file", "media_type", "poll", "contact_information", "location_information"),
        *("game_title", "invoice_information", "sticker_emoji", "dice", "todo_list", "giveaway"),
    )
)


def recognises(bundle: Bundle) -> bool:
    """Is there a JSON file with Telegram's rows, or with a whole account?"""
    return bool(_files(bundle))


def _files(bundle: Bundle) -> list[str]:
    found = [name for name in bundle.names if name.endswith(".json") or len(bundle.names) == 1]
    return [name for name in found[:200] if _is_ours(bundle.head(name))]


def _is_ours(head: bytes) -> bool:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    rows = _ROW.search(head) and _WHO.search(head) and b'"messages"' in head
    empty = _EMPTY.search(head) and _CHAT.search(head)
    return bool(rows or empty or (b'"about"' in head and _ACCOUNT.search(head)))


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message and notice; those of private chats in a whole account are counted only."""
    known = _files(bundle)
    for name in known or bundle.names:
        account = _Account(asked)
        with bundle.open(name) as stream:
            found = items(stream, bundle.place(name), _INTO)
            told = careful(account.row, account.messages(found))
            yield from (row for row in told if row)
        if not known and not account.rows:
            raise refuse(bundle.place(name), "not_of_format", format="Telegram")
        yield from careful(account.named, account.waiting)


class _Account:
    """A file: its chats one after another, and whoever is named without an id."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.chat = _Chat({}, alone=True)
        self.bearers: dict[str, str | None] = {}
        self.rows = 0
        self.waiting: list[tuple[_Chat, Mapping[str, Any], str]] = []

    def messages(self, found: Iterator[tuple[str, Any]]) -> Iterator[Any]:
        """The rows; what is told of a chat before them is taken in on the way."""
        told: dict[str, Any] = {}
        for path, value in found:
            place, _, key = path.rpartition(".")
            if key == "item" and place.endswith("messages"):
                if told:
                    self.chat, told = _Chat(told, alone="." not in place), {}
                self.rows += 1
                yield value
            elif key in ("name", "type", "id"):
                told[key] = value

    def row(self, message: Any) -> Row:
        chat, kind = self.chat, message["type"]
        if chat.private:
            return "private"
        if kind == "unsupported":
            return "unsupported"
        if kind == "service":
            return self._notice(chat, message)
        if kind != "message":
            return "system"
        member = self._who(message, "from")
        if member in chat.bots:
            return "bot"
        if not member:
            return "no_member"
        if _has_buttons(message) and member.startswith("user"):
            chat.bots.add(member)
            return "bot"
        chat.authors.add(message.get("id"), member)
        if not message.get("text") and _CONTENT.isdisjoint(message):
            return "empty"
        self.asked.notes["edited"] += "edited" in message
        return [self._talk(chat, message, member), *self._likes(chat, message, member)]

    def _who(self, message: Mapping[str, Any], key: str) -> str | None:
        """The account's id; in old exports a bare number, in some files only the name."""
        name, ident = message.get(key), message.get(f"{key}_id")
        if ident.__class__ is int:
            ident = f"user{ident}"
        if not isinstance(ident, str) or not ident:
            return name if isinstance(name, str) and name else None
        if name is None and key in message:
            self.asked.gone.add(ident)  # a deleted account has an id and no name
        if isinstance(name, str) and self.asked.names.get(ident) != name:
            self.asked.names[ident] = name
            known = self.bearers.setdefault(name, ident)
            self.bearers[name] = ident if known == ident else None  # two bear it: nobody's
        return ident

    def _at(self, message: Mapping[str, Any]) -> int:
        seconds = message.get("date_unixtime")
        return int(seconds) * 1_000_000 if seconds else micros(message["date"], self.asked.tz)

    def _talk(self, chat: _Chat, message: Mapping[str, Any], member: str) -> tuple[Any, ...]:
        ident, answered = chat.ident(message.get("id")), message.get("reply_to_message_id")
        kind, about, target = "post", ident, None
        if answered is None:
            target = _mentioned(message)
        elif answered in chat.topics:
            about = chat.ident(answered)
        else:
            kind, about = "reply", chat.ident(answered)
            if "reply_to_peer_id" in message:
                about = f"{message['reply_to_peer_id']}/{answered}"
            else:
                target = chat.authors.of(answered)
        kept = _text(message.get("text")) if self.asked.keep_text else None
        told = (chat.group, about, target, None, None, ID, kept)
        return ident, member, self._at(message), "exact", kind, *told

    def _likes(
        self, chat: _Chat, message: Mapping[str, Any], author: str
    ) -> Iterator[tuple[Any, ...]]:
        ident = chat.ident(message.get("id"))
        for reaction in message.get("reactions") or ():
            sign = reaction.get("emoji") or reaction.get("document_id") or reaction.get("type")
            for one in reaction.get("recent") or ():
                member, quality = self._who(one, "from"), "exact"
                if not member:
                    continue
                if "date" in one or "date_unixtime" in one:
                    at = self._at(one)
                else:
                    at, quality = self._at(message), "inherited"
                told = (chat.group, ident, author, None, None, ID, None)
                yield ident and f"{ident}/{sign}", member, at, quality, "like", *told

    def _notice(self, chat: _Chat, message: Mapping[str, Any]) -> Row:
        action, actor = message.get("action"), self._who(message, "actor")
        if action == "topic_created":
            chat.topics.add(message.get("id"))
        if actor:
            chat.authors.add(message.get("id"), actor)
        if action in _JOINS or action in _ADDS or action == "remove_members":
            if not actor:
                return "no_member"
            self.waiting.append((chat, message, actor))
            return ()
        return "system"

    def named(self, waiting: tuple[_Chat, Mapping[str, Any], str]) -> Row:
        """Who came or left, now that all names of the file are known."""
        chat, message, actor = waiting
        ident, at, action = chat.ident(message.get("id")), self._at(message), message["action"]

        def event(kind: str, member: str, target: str | None = None) -> tuple[Any, ...]:
            mark = f"{ident}/{target}" if target and ident else ident
            told = (chat.group, None, target, None, None, ID, None)
            return mark, member, at, "exact", kind, *told

        others = [self._called(name) for name in message.get("members") or () if name]
        if action == "remove_members":
            return [event("leave", other) for other in others or [actor]]
        if action in _JOINS:
            inviter = message.get("inviter")
            by = None if inviter in _NOBODY or inviter == chat.group else self._called(inviter)
            return [event("join", actor), *([event("invite", by, actor)] if by else [])]
        found = [event("join", actor)] if action == "create_group" else []
        for other in others:
            found.append(event("join", other))
            if other != actor:
                found.append(event("invite", actor, other))
        return found or [event("invite", actor)]

    def _called(self, name: Any) -> str:
        """The one account of this name, else the name itself."""
        member = self.bearers.get(name)
        if member is None:
            self.asked.names[name] = name
        return member or str(name)


class _Chat:
    """One chat: what it is called, who wrote what, which topics it has."""

    def __init__(self, told: Mapping[str, Any], alone: bool) -> None:
        name, ident = told.get("name"), told.get("id")
        self.id = None if ident is None else str(ident)
        personal = (
            str(told.get("type")) in _PRIVATE
        )  # called as the other person is: no group's name
        self.group = name if isinstance(name, str) and name and not personal else self.id
        self.private = personal and not alone
        self.authors = Authors()
        self.topics: set[Any] = set()
        self.bots: set[str] = set()

    def ident(self, message: Any) -> str | None:
        """A message's id among all chats."""
        if message is None:
            return None
        return f"{self.id}/{message}" if self.id else str(message)


def _has_buttons(message: Mapping[str, Any]) -> bool:
    """Only a bot can hang buttons on what it says (or a person by way of one)."""
    return "inline_bot_buttons" in message and "via_bot" not in message


def _text(told: Any) -> str:
    parts = told if isinstance(told, list) else [told or ""]
    return "".join(part["text"] if isinstance(part, dict) else part for part in parts)


def _mentioned(message: Mapping[str, Any]) -> str | None:
    """Whom is it said to: the first who is named in it with an id?"""
    parts = message.get("text_entities") or message.get("text")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and part.get("user_id"):
            return f"user{part['user_id']}"
    return None
