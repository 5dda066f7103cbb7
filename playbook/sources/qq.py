"""QQ: the client's own text export, and qq-chat-exporter's JSON: old, new and in chunks.

There are no reactions. Who came and went stands in grey sentences, where the exporter kept them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from playbook.errors import refuse
from playbook.events import Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.json_items import below, documents
from playbook.sources.moment import from_number, moment
from playbook.sources.plain import Fingerprints, head_text, lines
from playbook.sources.sentences import Waiting

ID = "qq"
GENUINE = False

_JSON = re.compile(r'\A\s*\{\s*"metadata"\s*:.*?"chatInfo"\s*:', re.DOTALL)
_CHUNK = re.compile(r'\A\s*\{"id"\s*:.*?"sender"\s*:\s*\{[^{}]*"uid"', re.DOTALL)
_TXT = re.compile(r"\A\s*(?:消息记录（此消息记录为文本格式|消息对象[:：]|多人聊天)")
_HEAD = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2}:\d{2}) (.*?)(?:\(([^()]{1,40})\)|<([^<>]{1,200})>)?\s*"
)
_RANK = re.compile(r"^(?:【[^】]*】\s*)+")
_Written = tuple[str, str, str, list[str]]
_PRIVATE = ("private", "temp", "friend")
#: The account that speaks for QQ itself, and the group manager 群管家 that QQ provides.
_SYSTEM, _BOTS = "10000", ("2854196310",)


def _kind(bundle: Bundle, name: str) -> str | None:
    head = head_text(bundle, name).lstrip("\ufeff")
    if _TXT.match(head):
        return "txt"
    if _JSON.match(head):
        return "manifest" if '"chunked"' in head and '"messages"' not in head else "json"
    return "chunk" if _CHUNK.match(head) else None


def recognises(bundle: Bundle) -> bool:
    """Is it the client's text, or JSON with `metadata` and `chatInfo`, or chunks of it?"""
    return any(_kind(bundle, name) for name in bundle.names[:20])


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message of every chat; the grey sentences last, when all names are known."""
    kinds = {name: kind for name in bundle.names if (kind := _kind(bundle, name))}
    if not kinds:
        raise refuse(bundle.where, "not_of_format", format="QQ")
    told: dict[str, Any] = {}
    for name in (name for name, kind in kinds.items() if kind == "manifest"):
        told = next(documents(bundle, name)).get("chatInfo") or {}
    chunks = _Chat(asked, PurePosixPath(bundle.path.name).stem, told)
    for name, kind in kinds.items():
        chat = chunks if kind == "chunk" else _Chat(asked, PurePosixPath(name).stem, {})
        yield from (row for row in chat.read(bundle, name, kind) if row)
        if chat is not chunks:
            yield from chat.waiting.rows()
    yield from chunks.waiting.rows()


class _Chat:
    """One chat and what its file says of it."""

    def __init__(self, asked: Asked, stem: str, info: dict[str, Any]) -> None:
        self.asked, self.stem, self.info = asked, stem, info
        self.waiting, self.fingerprints = Waiting(asked, ID), Fingerprints()

    def read(self, bundle: Bundle, name: str, kind: str) -> Iterator[Row]:
        if kind == "txt":
            return careful(self.written, _messages(lines(bundle, name)))
        if kind == "chunk":
            return careful(self.message, documents(bundle, name))
        if kind == "json":
            messages = below(bundle, name, "messages", "chatInfo", self.info)
            return careful(self.message, messages)
        return iter(())

    def message(self, item: Mapping[str, Any]) -> Row:
        """A message of qq-chat-exporter: milliseconds and `id` (new), ISO and `messageId` (old)."""
        when, info = item["timestamp"], self.info
        group = str(info.get("name") or self.stem)
        self.waiting.exporter = str(info.get("selfUin") or info.get("selfUid") or "") or None
        at = moment(when, self.asked.tz) if isinstance(when, str) else from_number(float(when))
        if at is None:
            return "bad_time"
        if info.get("type") in _PRIVATE:
            return "private"
        row_id = str(item.get("id") or item.get("messageId") or "") or None
        sender, content = item["sender"], item.get("content") or {}
        text = str(content.get("text") or "")
        member = str(sender.get("uin") or sender.get("uid") or "")
        if item.get("system") or item.get("isSystemMessage") or member == _SYSTEM:
            return self.waiting.hear(text, at[0], group, row_id)
        if item.get("recalled") or item.get("isRecalled"):
            return "deleted"
        if member in _BOTS:
            return "bot"
        if member in ("", "0"):
            return "no_member"
        self.waiting.saw(member, sender.get("groupCard") or sender.get("name"))
        return self._told(group, row_id, member, at[0], _answered(content), text)

    def written(self, given: _Written) -> Row:
        """A message of the client's text file: its chat and category, head line, lines below."""
        group, category, head, below = given
        found = _HEAD.fullmatch(head)
        if found is None:
            return "broken"
        at = moment(found[1], self.asked.tz)
        if at is None:
            return "bad_time"
        if category == "我的好友":
            return "private"
        group = group or self.stem
        account = found[3] or found[4]
        shown = _RANK.sub("", found[2]).strip()
        text = "\n".join(below).strip()
        row_id = self.fingerprints.of(at[0], group, account or shown, text)
        if account == _SYSTEM or text.endswith("撤回了一条消息"):
            return self.waiting.hear(text, at[0], group, row_id)
        if account in _BOTS:
            return "bot"
        member = account or shown
        if not member:
            return "no_member"
        self.waiting.saw(member, shown)
        answered = (None, None) if text.startswith("[回复]") else None
        return self._told(group, row_id, member, at[0], answered, text)

    def _told(
        self,
        group: str,
        row_id: str | None,
        member: str,
        at: int,
        answered: tuple[str | None, str | None] | None,
        text: str,
    ) -> Row:
        kind = "post" if answered is None else "reply"
        target, message = answered or (None, None)
        event = Event(row_id, member, at, "exact", kind, group, message, target, source=ID)
        return [event._replace(text=text) if self.asked.keep_text else event]


def _answered(content: Mapping[str, Any]) -> tuple[str | None, str | None] | None:
    """Who is answered, and which message? None: nobody."""
    told = content.get("reply")
    for element in content.get("elements") or ():
        if element.get("type") == "reply":
            told = element.get("data") or {}
    if told is None:
        return None
    account = str(told.get("senderUin") or "")
    target = account if account not in ("", "0") else told.get("senderName")
    return target or None, str(told.get("referencedMessageId") or "") or None


def _messages(given: Iterable[str]) -> Iterator[_Written]:
    """Head lines with the lines below them; sections name the category and the chat."""
    group = category = head = ""
    below: list[str] = []
    for line in given:
        if _HEAD.fullmatch(line):
            if head:
                yield group, category, head, below
            head, below = line, []
        elif line.startswith(("消息分组:", "消息对象:", "=====")):
            if head:
                yield group, category, head, below
            head, below = "", []
            if line.startswith("消息分组:"):
                category = line.partition(":")[2].strip()
            elif line.startswith("消息对象:"):
                group = line.partition(":")[2].strip()
        elif head:
            below.append(line)
    if head:
        yield group, category, head, below
