"""Slack: the workspace export, as a zip or unpacked; public or full; with or without users.json.

One file a channel and day. A reaction has no time of its own: it inherits its message's. A thread's
reply lies in the file of its own day; one that was also sent to the channel is one reply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from playbook.errors import refuse
from playbook.sources.base import Asked, Bundle, Row, careful

ID = "slack"
GENUINE = True

_DAY = re.compile(r"(?:^|/)\d{4}-\d\d-\d\d\.json$")
_TS = re.compile(rb'"ts"\s*:\s*"\d{9,10}\.\d{6}"')
_MENTION = re.compile(r"<@([A-Z][A-Z0-9]+)[|>]")
_NAMED = re.compile(r"^<@[A-Z0-9]+\|([^>]+)> has joined")
#: Files beside the channels; they hold no messages.
_BESIDE = frozenset(
    ("users", "org_users", "channels", "groups", "dms", "mpims", "integration_logs")
)
#: A message without words says something if it has one of these.
_CONTENT = frozenset(("files", "file", "attachments", "blocks"))
_SLACKBOT = "USLACKBOT"
#: What a member wrote; any other subtype is a notice of the platform.
_TALK = frozenset((None, "file_share", "file_mention", "me_message", "thread_broadcast"))
_COME_AND_GO = {
    "channel_join": "join",
    "group_join": "join",
    "channel_leave": "leave",
    "group_leave": "leave",
}
_OTHER = {
    "bot_message": "bot",
    "tombstone": "deleted",
    "message_deleted": "deleted",
    "reply_broadcast": "duplicate",  # until 2017 the channel's copy of a reply that stands apart
}


def recognises(bundle: Bundle) -> bool:
    """Has a file of messages Slack's times (`"ts": "1434139102.000002"`), or is it without any?"""
    if {"channels.json", "users.json"} <= {name.rpartition("/")[2] for name in bundle.names}:
        return True
    heads = (bundle.head(name).lstrip(b"\xef\xbb\xbf \t\r\n") for name in _files(bundle)[:20])
    return any(head.startswith(b"[") and _TS.search(head) for head in heads)


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message of every channel; those of direct messages are counted as private."""
    people, bots = _people(bundle, asked)
    private, channels = _private(bundle), {}
    for name in _files(bundle):
        messages = _load(bundle, name)
        if not isinstance(messages, list):
            raise refuse(bundle.place(name), "not_of_format", format="Slack")
        channel = _channel(bundle, name)
        if channel in private:
            yield from ("private" for _ in messages)
        else:
            if channel not in channels:
                channels[channel] = _Channel(channel, people, bots, asked)
            yield from careful(channels[channel].row, messages)


def _files(bundle: Bundle) -> list[str]:
    """The files of messages: `channel/2016-02-11.json`; else whatever JSON is there."""
    days = [name for name in bundle.names if _DAY.search(name)]
    found = days or [name for name in bundle.names if name.endswith(".json")]
    return [name for name in found if name.rpartition("/")[2][:-5] not in _BESIDE]


def _channel(bundle: Bundle, name: str) -> str | None:
    folder = name.rpartition("/")[0].rpartition("/")[2]
    if folder or not _DAY.search(name):
        return folder or None
    path = bundle.path.absolute()
    return path.name if bundle.kind == "folder" else path.parent.name


def _load(bundle: Bundle, name: str) -> Any:
    raw = bundle.read(name)
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        line, column, reason = error.lineno, error.colno, error.msg
        raise refuse(bundle.place(name), "json", line=line, column=column, reason=reason) from None
    except UnicodeDecodeError as error:
        raise refuse(bundle.place(name), "encoding", at=error.start) from None
    except RecursionError:
        raise refuse(bundle.place(name), "too_deep") from None
    except ValueError:  # a number of thousands of digits
        raise refuse(bundle.place(name), "number", given="…") from None


def _listed(bundle: Bundle, *stems: str) -> Iterator[Mapping[str, Any]]:
    """The entries of users.json, dms.json …, wherever in the export they lie."""
    wanted = {f"{stem}.json" for stem in stems}
    for name in bundle.names:
        if name.rpartition("/")[2] in wanted:
            found = _load(bundle, name)
            entries = found if isinstance(found, list) else ()
            yield from (one for one in entries if isinstance(one, dict))


def _people(bundle: Bundle, asked: Asked) -> tuple[frozenset[str], frozenset[str]]:
    """Who is a person, who is a bot, as far as the list of users tells."""
    people, bots = set(), {_SLACKBOT}
    for user in _listed(bundle, "users", "org_users"):
        member = user.get("id")
        if not isinstance(member, str):
            continue
        if user.get("is_bot"):
            bots.add(member)
        elif member != _SLACKBOT:
            people.add(member)
            if user.get("deleted"):
                asked.gone.add(member)
            _remember(asked, member, user.get("profile"), user)
    return frozenset(people), frozenset(bots)


def _remember(asked: Asked, member: str, *profiles: Any) -> None:
    for profile in profiles:
        for key in ("display_name", "real_name", "name"):
            name = profile.get(key) if isinstance(profile, dict) else None
            if isinstance(name, str) and name.strip():
                asked.names[member] = name.strip()
                return


def _private(bundle: Bundle) -> frozenset[str | None]:
    """Folders of direct messages: by id, those between few people by name."""
    found = {str(one.get("id")) for one in _listed(bundle, "dms")}
    return frozenset(found | {str(one.get("name")) for one in _listed(bundle, "mpims")})


class _Channel:
    """The messages of one channel, one at a time; who began which thread is kept between days."""

    def __init__(
        self, name: str | None, people: frozenset[str], bots: frozenset[str], asked: Asked
    ) -> None:
        self.name, self.people, self.bots, self.asked = name, people, bots, asked
        self.prefix = f"{name}/" if name else ""
        self.roots: dict[str, str] = {}

    def row(self, message: Any) -> Row:
        get = message.get
        ts, member, text = message["ts"], get("user"), get("text") or ""
        at = int(ts.replace(".", "")) if ts[-7] == "." else round(float(ts) * 1e6)
        ident = self.prefix + ts
        skip, target = None, member
        events: list[Any] = []
        if "subtype" in message or "bot_id" in message or member in self.bots or not member:
            skip, target, events = self._special(message, member, at, ident)
        elif not text and _CONTENT.isdisjoint(message):
            skip = "empty"
        elif "thread_ts" in message:
            events = [self._reply(message, member, at, ident)]
        else:
            about = self._mentioned(text) if "<@" in text else None
            kept = unescape(text) if self.asked.keep_text else None
            told = (self.name, ident, about, None, None, ID, kept)
            events = [(ident, member, at, "exact", "post", *told)]
        if events and "edited" in message:
            self.asked.notes["edited"] += 1
        if "reactions" in message:
            events += self._likes(message["reactions"], at, ident, target)
        return events or skip or "system"

    def _special(
        self, message: Any, member: Any, at: int, ident: str
    ) -> tuple[str | None, str | None, list[Any]]:
        """Why it is no talk (or None), whom reactions to it are for, its events."""
        subtype = message.get("subtype")
        if subtype in _OTHER:
            return _OTHER[subtype], None, []
        if member in self.bots or (message.get("bot_id") and member not in self.people):
            return "bot", None, []
        if member and subtype in _COME_AND_GO:
            return None, member, self._came(message, _COME_AND_GO[subtype], at, ident)
        if subtype == "file_comment":
            told = (self.name, ident, message["file"].get("user"), None, None, ID, None)
            member = message["comment"]["user"]
            return None, member, [(ident, member, at, "exact", "reply", *told)]
        if subtype not in _TALK:
            return "system", member, []
        if not member:
            return "no_member", None, []
        return None, member, [self._reply(message, member, at, ident)]

    def _came(self, message: Any, kind: str, at: int, ident: str) -> list[Any]:
        member, rest = message["user"], (None, None, ID, None)
        events = [(ident, member, at, "exact", kind, self.name, None, None, *rest)]
        if inviter := message.get("inviter"):
            events.append((ident, inviter, at, "exact", "invite", self.name, None, member, *rest))
        text = message.get("text") or ""
        if "|" in text and (found := _NAMED.search(text)):
            self.asked.names.setdefault(member, found[1])
        return events

    def _reply(self, message: Any, member: str, at: int, ident: str) -> tuple[Any, ...]:
        """What begins or continues a thread, or stands alone."""
        text, thread = message.get("text") or "", message.get("thread_ts")
        kind, about, target = "post", ident, self._mentioned(text)
        if thread and thread != message["ts"]:
            kind, about = "reply", self.prefix + thread
            root = message.get("root") or {}
            target = message.get("parent_user_id") or self.roots.get(thread) or root.get("user")
            target = None if target in self.bots else target
        elif thread:
            self.roots[thread] = member
        kept = unescape(text) if self.asked.keep_text else None
        return ident, member, at, "exact", kind, self.name, about, target, None, None, ID, kept

    def _mentioned(self, text: str) -> str | None:
        """Whom is it said to: the first who is named in it?"""
        found = _MENTION.search(text)
        return found[1] if found and found[1] not in self.bots else None

    def _likes(self, reactions: Any, at: int, ident: str, target: str | None) -> list[Any]:
        told = (self.name, ident, target, None, None, ID, None)
        return [
            (f"{ident}/{reaction['name']}", user, at, "inherited", "like", *told)
            for reaction in reactions
            for user in reaction["users"]
            if user not in self.bots
        ]
