"""WeChat, as its exporters write it: MemoTrace 留痕, chatlog, WeFlow and EchoTrace.

WeChat itself exports nothing, tells no reactions, and is silent when somebody leaves. Who came and
who invited whom stands in grey sentences only (`sentences`). Red packets and transfers move between
two people and not to the community, so they are posts, not payments; 拍一拍 is a like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from playbook.errors import refuse
from playbook.events import Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.json_items import below, listed
from playbook.sources.moment import from_number, moment
from playbook.sources.plain import Fingerprints, csv_rows, head_text
from playbook.sources.sentences import EXPORTER, Waiting

ID = "wechat"
GENUINE = False

_MEMOTRACE = ("localId", "Type", "SubType", "CreateTime", "StrContent")
_CHATLOG = ("Time", "SenderName", "Sender", "TalkerName", "Talker", "Content")
_CHATLOG_JSON = re.compile(r'\s*\[\s*\{[^{}]{0,2000}?"talker"\s*:[^{}]{0,2000}?"isChatRoom"\s*:')
_WEFLOW = re.compile(r'"session"\s*:\s*\{\s*"wxid"\s*:')
_SYSTEM = (10000, 10002)
_QUOTE, _PAT = 57, 62
_ROOM = "@chatroom"
_TAG = re.compile(r"<(chatusr|fromusr|displayname|svrid)>(?:<!\[CDATA\[)?([^<\]]*)")
_TITLE = re.compile(r"<title>(?:<!\[CDATA\[)?([^<\]]*)")
_TEMPLATE = re.compile(r"<template>(?:<!\[CDATA\[)?([^<\]]*)")
_QUOTED_LINE = re.compile(r"> (?:.*)\(([^()]+)\) [\d:\- ]+\n")


def _kind(bundle: Bundle, name: str) -> str | None:
    """Which exporter wrote this file? None: none of these."""
    head = head_text(bundle, name).lstrip("\ufeff")
    columns = [cell.strip().strip('"') for cell in head.partition("\n")[0].split(",")]
    if set(_MEMOTRACE) <= set(columns):
        return "memotrace"
    if set(_CHATLOG) <= set(columns):
        return "chatlog-csv"
    if _CHATLOG_JSON.match(head):
        return "chatlog"
    return "weflow" if _WEFLOW.search(head) else None


def recognises(bundle: Bundle) -> bool:
    """Does a file have the columns or keys of one of WeChat's exporters?"""
    return any(_kind(bundle, name) for name in bundle.names[:20])


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message of every chat; the grey sentences last, when all names are known."""
    kinds = {name: kind for name in bundle.names if (kind := _kind(bundle, name))}
    if not kinds:
        raise refuse(bundle.where, "not_of_format", format="WeChat")
    for name, kind in kinds.items():
        chat = _Chat(asked, PurePosixPath(name).stem.removesuffix("_utf8"))
        for row in chat.read(bundle, name, kind):
            if row:
                yield row
        yield from chat.waiting.rows()


class _Chat:
    """One file: a chat, or several that one exporter put together."""

    def __init__(self, asked: Asked, stem: str) -> None:
        self.asked, self.stem = asked, stem
        self.waiting, self.fingerprints = Waiting(asked, ID), Fingerprints()
        self.session: dict[str, Any] = {}

    def read(self, bundle: Bundle, name: str, kind: str) -> Iterator[Row]:
        if kind == "chatlog":
            return careful(self._chatlog, listed(bundle, name))
        if kind == "weflow":
            messages = below(bundle, name, "messages", "session", self.session)
            return careful(self._weflow, messages)
        table = csv_rows(bundle, name)
        columns = [cell.strip() for cell in next(table, [])]
        named = (dict(zip(columns, row, strict=False)) for row in table)
        return careful(self._memotrace if kind == "memotrace" else self._chatlog_row, named)

    def _memotrace(self, row: Mapping[str, str]) -> Row:
        when = from_number(float(row["CreateTime"]))
        if when is None:
            return "bad_time"
        kind, sub = int(row["Type"]), int(row["SubType"] or 0)
        content = row["StrContent"]
        row_id = f"{row['localId']}:{row['CreateTime']}"
        if "Sender" not in row:  # private chats have the shorter rows
            return "private"
        if kind in _SYSTEM or sub == _PAT:
            return self.waiting.hear(_plain(content), when[0], self.stem, row_id)
        mine = row.get("IsSender") == "1"
        member = row["Sender"].strip() or (EXPORTER if mine else "")
        self.waiting.saw(member, row.get("Remark") or row.get("NickName"), is_exporter=mine)
        quoted = _quoted(content) if (kind, sub) == (49, _QUOTE) else None
        text = content if kind == 1 else _title(content) if quoted else None
        return self._message(row_id, member, when[0], self.stem, quoted, text)

    def _chatlog(self, row: Mapping[str, Any]) -> Row:
        when = moment(row["time"], self.asked.tz)
        if when is None:
            return "bad_time"
        if not row["isChatRoom"]:
            return "private"
        group = row.get("talkerName") or row["talker"]
        row_id = f"{row['talker']}:{row['seq']}"
        kind, sub, content = row["type"], row.get("subType"), row.get("content") or ""
        if kind in _SYSTEM or (kind == 49 and sub == _PAT):
            return self.waiting.hear(_plain(content), when[0], group, row_id)
        self.waiting.saw(
            row["sender"], row.get("senderName"), is_exporter=row.get("isSelf") is True
        )
        quoted = None
        if kind == 49 and sub == _QUOTE:
            refer = (row.get("contents") or {}).get("refer") or {}
            quoted = (refer.get("sender") or None, refer.get("senderName"), None)
        text = content if kind == 1 or quoted else None
        return self._message(row_id, row["sender"], when[0], group, quoted, text)

    def _chatlog_row(self, row: Mapping[str, str]) -> Row:
        when = moment(row["Time"], self.asked.tz)
        if when is None:
            return "bad_time"
        if not row["Talker"].endswith(_ROOM):
            return "private"
        group, content = row["TalkerName"] or row["Talker"], row["Content"]
        row_id = self.fingerprints.of(when[0], row["Talker"], row["Sender"], content)
        if row["Sender"] == "系统消息":
            return self.waiting.hear(_plain(content), when[0], group, row_id)
        self.waiting.saw(row["Sender"], row["SenderName"])
        quoted, text = None, content
        if content.startswith("> "):
            found = _QUOTED_LINE.match(content)
            quoted = (found and found[1], None, None)
            text = "\n".join(line for line in content.split("\n") if not line.startswith("> "))
        return self._message(row_id, row["Sender"], when[0], group, quoted, text)

    def _weflow(self, row: Mapping[str, Any]) -> Row:
        when = from_number(float(row["createTime"]))
        if when is None:
            return "bad_time"
        group = str(self.session.get("displayName") or self.stem)
        room = str(self.session.get("wxid") or "")
        if self.session.get("type") == "私聊" or (room and not room.endswith(_ROOM)):
            return "private"
        member, content = row.get("senderUsername") or "", row.get("content") or ""
        row_id = f"{room}:{row['localId']}:{row['createTime']}"
        if row["type"] == "系统消息" or "拍一拍" in row["type"] or member.endswith(_ROOM):
            return self.waiting.hear(_plain(content), when[0], group, row_id)
        self.waiting.saw(member, row.get("senderDisplayName"), is_exporter=row.get("isSend") == 1)
        quoted = _quoted(content) if row["type"] == "引用消息" else None
        text = content if row["type"] == "文本消息" else _title(content) if quoted else None
        return self._message(row_id, member, when[0], group, quoted, text)

    def _message(
        self,
        row_id: str,
        member: str,
        at: int,
        group: str,
        quoted: tuple[str | None, str | None, str | None] | None,
        text: str | None,
    ) -> Row:
        if not member or member.endswith(_ROOM):
            return "no_member"
        text = text if self.asked.keep_text else None
        if quoted is None:
            return [(row_id, member, at, "exact", "post", group, None, None, None, None, ID, text)]
        target, name, message = quoted
        if not target and name:
            target = self.waiting.member(name)
        return [
            Event(
                row_id, member, at, "exact", "reply", group, message, target, source=ID, text=text
            )
        ]


def _quoted(content: str) -> tuple[str | None, str | None, str | None]:
    """Who is quoted: account, name and message, as far as they are written."""
    told = dict(_TAG.findall(content[content.find("<refermsg>") :][:20_000]))
    accounts = (told.get("chatusr"), told.get("fromusr"))
    account = next((one for one in accounts if one and not one.endswith(_ROOM)), None)
    return account, told.get("displayname"), told.get("svrid") or None


def _title(content: str) -> str | None:
    found = _TITLE.search(content)
    return found and found[1]


def _plain(content: str) -> str:
    """A grey sentence without its XML and without the marks around account names."""
    found = _TEMPLATE.search(content)
    return re.sub(r"\$\{([^{}]+)\}", r"\1", found[1] if found else content)
