"""Slack: the workspace export, as a zip or unpacked; public or full; with or without users.json.

One file a channel and day. A reaction has no time of its own: it inherits its message's. A thread's
reply lies in the file of its own day; one that was also sent to the channel is one reply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import PurePosixPath
from typing import Any

from playbook.errors import refuse
from playbook.sources.base import Asked, Bundle, Row, careful

ID = "slack"
GENUINE = True

_DAY = re.compile(r"(?:^|/)\d{4}-\d\d-\d\d\.json$")
_TS = re.compile(rb'"ts"\s*:\s*"\d{9,10}\.\d{6}"')
_MENTION = re.compile(r"<@([A-Z][A-Z0-9]+)[|>]")
#: Files beside the channels; they hold no messages.
_BESIDE = frozenset(
    [
        "users",
        "org_users",
        "channels",
        "groups",
        "dms",
        "mpims",
        "integration_logs",
        "canvases",
        "lists",
    ]
)
_SLACKBOT = "USLACKBOT"
#: What a member wrote; any other subtype is a notice of the platform.
_TALK = frozenset((None, "file_share", "file_mention", "me_message", "thread_broadcast"))
_JOINED = frozenset(("channel_join", "group_join"))
_LEFT = frozenset(("channel_leave", "group_leave"))
_OTHER = {
    "bot_message": "bot",
    "tombstone": "deleted",
    "message_deleted": "deleted",
    "reply_broadcast": "duplicate",  # until 2017 the channel's copy of a reply that stands apart
}


def recognises(bundle: Bundle) -> bool:
    """Does a file of messages have Slack's times (`"ts": "1434139102.000002"`)?"""
    return any(_TS.search(bundle.head(name)) for name in _files(bundle)[:20])


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every message of every channel; those of direct messages are counted as private."""
    people, bots = _people(bundle, asked)
    private = _private(bundle)
    for name in _files(bundle):
        messages = _load(bundle, name)
        if not isinstance(messages, list):
            raise refuse(bundle.place(name), "not_of_format", format="Slack")
        channel = _channel(bundle, name)
        if channel in private:
            yield from ("private" for _ in messages)
        else:
            yield from careful(_Channel(channel, people, bots, asked).row, messages)


def _files(bundle: Bundle) -> list[str]:
    """The files of messages: `channel/2016-02-11.json`; else whatever JSON is there."""
    days = [name for name in bundle.names if _DAY.search(name)]
    found = days or [name for name in bundle.names if name.endswith(".json")]
    return [name for name in found if PurePosixPath(name).stem not in _BESIDE]


def _channel(bundle: Bundle, name: str) -> str | None:
    folder = PurePosixPath(name).parent.name
    if folder or not _DAY.search(name):
        return folder or None
    path = bundle.path.absolute()
    return path.name if bundle.kind == "folder" else path.parent.name


def _load(bundle: Bundle, name: str) -> Any:
    try:
        return json.loads(bundle.read(name))
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
    for name in bundle.names:
        if PurePosixPath(name).name in {f"{stem}.json" for stem in stems}:
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


def _named(name: Any) -> str | None:
    return name if isinstance(name, str) and name else None


class _Channel:
    """The messages of one channel, one at a time."""

    def __init__(
        self, name: str | None, people: frozenset[str], bots: frozenset[str], asked: Asked
    ) -> None:
        self.name, self.people, self.bots, self.asked = name, people, bots, asked
        self.roots: dict[str, str] = {}

    def row(self, message: Any) -> Row:
        ts = message["ts"]
        at = int(ts[:-7] + ts[-6:]) if ts[-7] == "." else round(float(ts) * 1e6)
        group = self.name or _named(message.get("channel_name"))
        ident = f"{group}/{ts}" if group else ts
        member, subtype = message.get("user"), message.get("subtype")
        skip = self._skip(message, subtype, member)
        events: list[Any] = []
        if skip is None:
            events = self._events(message, subtype, member, at, group, ident)
        if "reactions" in message:
            target = None if skip == "bot" else member
            events += self._likes(message["reactions"], at, group, ident, target)
        return events or skip or "system"

    def _skip(self, message: Any, subtype: str | None, member: Any) -> str | None:
        if subtype in _OTHER:
            return _OTHER[subtype]
        if member in self.bots or (message.get("bot_id") and member not in self.people):
            return "bot"
        if subtype == "file_comment":
            return None
        if subtype not in _TALK and subtype not in _JOINED and subtype not in _LEFT:
            return "system"
        if not isinstance(member, str) or not member:
            return "no_member"
        return None

    def _events(
        self, message: Any, subtype: str | None, member: Any, at: int, group: Any, ident: str
    ) -> list[Any]:
        rest = (None, None, None, None, ID, None)
        if subtype in _JOINED:
            events = [(ident, member, at, "exact", "join", group, *rest)]
            if inviter := message.get("inviter"):
                told = (group, None, member, *rest[2:])
                events.append((ident, inviter, at, "exact", "invite", *told))
            return events
        if subtype in _LEFT:
            return [(ident, member, at, "exact", "leave", group, *rest)]
        text = message.get("text") or ""
        thread, target, kind = message.get("thread_ts"), None, "post"
        if subtype == "file_comment":
            member = message["comment"]["user"]
            kind, target = "reply", message.get("file", {}).get("user")
        elif thread and thread != message["ts"]:
            kind = "reply"
            target = message.get("parent_user_id") or self.roots.get(thread)
            target = target or (message.get("root") or {}).get("user")
        elif thread:
            self.roots[thread] = member
        elif "<@" in text and (found := _MENTION.search(text)):
            target = found[1]
        if target in self.bots:
            target = None
        about = f"{group}/{thread}" if thread else ident
        kept = unescape(text) if self.asked.keep_text else None
        return [(ident, member, at, "exact", kind, group, about, target, None, None, ID, kept)]

    def _likes(self, reactions: Any, at: int, group: Any, ident: str, target: Any) -> list[Any]:
        told = (group, ident, target, None, None, ID, None)
        return [
            (f"{ident}/{reaction['name']}", user, at, "inherited", "like", *told)
            for reaction in reactions
            for user in reaction["users"]
            if user not in self.bots
        ]
