"""Discourse: posts as its interface gives them: a list, a topic, the latest posts, one a line.

Likes are numbers without givers. An event needs somebody who did it, so likes give no events, and
neither do the counts of reads. An answer to a topic as a whole is a post; an answer to one post is
a reply to its author.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playbook.errors import refuse
from playbook.events import Event
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.json_items import documents
from playbook.sources.moment import moment

ID = "discourse"
GENUINE = True

_POST = (re.compile(rb'"post_number"\s*:'), re.compile(rb'"topic_id"\s*:'))
#: A topic of twenty posts names its links, posters and settings first.
_HEAD = 1 << 18
_SMALL_ACTION = 3
_BOTS = ("system", "discobot")
_TAG = re.compile(r"<[^<>]*>")


def recognises(bundle: Bundle) -> bool:
    """Does a file hold posts with a topic and a number in it?"""
    return any(_is_ours(bundle, name) for name in bundle.names[:20])


def _is_ours(bundle: Bundle, name: str) -> bool:
    head = bundle.head(name, _HEAD)
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") and all(
        key.search(head) for key in _POST
    )


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every post; those whose answered post was not yet seen come last."""
    names = [name for name in bundle.names if _is_ours(bundle, name)]
    if not names:
        raise refuse(bundle.where, "not_of_format", format="Discourse")
    forum = _Forum(asked)
    for name in names:
        posts = _posts(documents(bundle, name))
        yield from (row for row in careful(forum.row, posts) if row)
    yield from forum.waited()


def _posts(given: Iterator[Any]) -> Iterator[Any]:
    """The posts of a document: itself, or those of a topic or of a page of latest posts."""
    for document in given:
        inner = None
        if isinstance(document, dict):
            stream = document.get("post_stream")
            inner = stream.get("posts") if isinstance(stream, dict) else None
            inner = inner or document.get("latest_posts")
        if isinstance(inner, list):
            above = document.get("category_id")
            for post in inner:
                if isinstance(post, dict):
                    post.setdefault("category_id", above)
                yield post
        else:
            yield document


class _Forum:
    """Who wrote which post of which topic, so that answers find their target."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.authors: dict[tuple[int, int], str] = {}
        self.waiting: list[tuple[tuple[int, int], Event]] = []

    def row(self, post: Mapping[str, Any]) -> Row:
        member, topic, number = post.get("username"), int(post["topic_id"]), post["post_number"]
        when = moment(post["created_at"], self.asked.tz)
        if when is None:
            return "bad_time"
        if post.get("post_type") == _SMALL_ACTION or post.get("action_code"):
            return "system"
        if post.get("deleted_at") or post.get("user_deleted"):
            return "deleted"
        if not isinstance(member, str) or not member:
            return "no_member"
        if member in _BOTS or int(post.get("user_id") or 0) < 0:
            return "bot"
        self.authors[topic, int(number)] = member
        if post.get("name"):
            self.asked.names[member] = str(post["name"])
        group = None if post.get("category_id") is None else str(post["category_id"])
        text = None
        if self.asked.keep_text:
            text = post.get("raw") or _TAG.sub("", post.get("cooked") or "")
        event = Event(
            str(post["id"]), member, *when, "post", group, str(topic), source=ID, text=text
        )
        answered = post.get("reply_to_post_number")
        if answered is None:
            return [event]
        told = post.get("reply_to_user")
        target = told.get("username") if isinstance(told, dict) else None
        event = event._replace(kind="reply", target=target)
        if target is None:
            self.waiting.append(((topic, int(answered)), event))
            return ()
        return [event]

    def waited(self) -> Iterator[Row]:
        for answered, event in self.waiting:
            yield [event._replace(target=self.authors.get(answered))]
