"""Who came, who went, by whose hand: the grey sentences of WeChat and QQ, read as events.

They know people by the name of that day only. So they wait until the whole export is read: a name
that exactly one account bore becomes that account, any other name stays a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from playbook.events import Event
from playbook.sources.base import Asked, Row

#: Whose phone or computer exported the chat: the sentences say 你, some exporters write 我.
EXPORTER = "我"
#: A row that is told later.
WAITS: Row = ()

_QUOTES = str.maketrans("“”„〝〞「」", '"""""""')
_NOISE = re.compile(r"^\[系统\]|^\[系统消息\]|\$revoke\$|[\s。]+$")
_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("join", r"(?P<who>.+?)通过(?P<by>.+?)的(?:邀请二维码|邀请)加入了?群聊"),
        ("join", r"(?P<by>.+?)邀请(?P<me>你)和(?P<who>.+?)加入了?(?:群聊|本群)"),
        ("join", r"(?P<by>.+?)邀请(?P<who>.+?)加入了?(?:群聊|本群)"),
        ("join", r"(?P<who>.+?)通过扫描(?P<by>.+?)分享的二维码加入了?群聊"),
        ("leave", r"(?P<by>.+?)将(?P<who>.+?)移出了?(?:群聊|本群)"),
        ("leave", r"(?P<who>.+?)被(?P<by>.+?)?移出了?(?:群聊|本群)"),
        ("leave", r"(?P<who>.+?)(?:退出|离开)了?(?:群聊|本群|该群)"),
        ("join", r"(?P<who>.+?)(?:被邀请)?(?:通过.{1,20}?)?加入了?(?:群聊|本群|该群)"),
        ("join", r"(?P<by>.+?) invited (?P<who>.+?) to (?:the|a) group chat"),
        (
            "join",
            r"(?P<who>.+?) joined (?:the )?group chat via the QR [Cc]ode shared by (?P<by>.+)",
        ),
        ("join", r"(?P<who>.+?) joined (?:the )?group chat via the QR [Cc]ode (?P<by>you) shared"),
        ("leave", r"(?P<by>[Yy]ou) removed (?P<who>.+?) from the group chat"),
    )
)
_PAT = re.compile(r'(?P<who>.+?)(?:拍了拍|戳了戳)\s*(?:"(?P<quoted>[^"]+)"|(?P<whom>[^"的]+))')


class Told(NamedTuple):
    """What a sentence says: `join` or `leave`, of whom, invited by whom."""

    kind: str
    who: tuple[str, ...]
    by: str | None


def tell(text: str) -> Told | None:
    """What does a system sentence say about who came and went? None: nothing.

    >>> tell('"小林"邀请"阿宝、大鹏"加入了群聊')
    Told(kind='join', who=('阿宝', '大鹏'), by='小林')
    >>> tell("“阿宝”通过扫描你分享的二维码加入群聊 $revoke$")
    Told(kind='join', who=('阿宝',), by='我')
    >>> tell("你将“阿宝”移出了群聊")
    Told(kind='leave', who=('阿宝',), by=None)
    """
    text = text.strip()[:2000].translate(_QUOTES)
    while (shorter := _NOISE.sub("", text)) != text:
        text = shorter
    if "$" in text:  # a template whose names were never filled in
        return None
    for kind, pattern in _PATTERNS:
        found = pattern.match(text)
        if found is None:
            continue
        parts = found.groupdict()
        who = re.split(r"、|, | and ", parts["who"]) if kind == "join" else [parts["who"]]
        names = [_bare(name) for name in [*([parts["me"]] if parts.get("me") else []), *who]]
        # Who removes somebody has invited nobody.
        by = _bare(parts.get("by") or "") if kind == "join" else ""
        names = [name for name in names if name]
        return Told(kind, tuple(dict.fromkeys(names)), by or None) if names else None
    return None


def pat(text: str) -> tuple[str, str] | None:
    """Who patted whom (拍一拍)?

    >>> pat('"小林" 拍了拍 "阿宝" 的肩膀')
    ('小林', '阿宝')
    """
    found = _PAT.match(text.strip()[:500].translate(_QUOTES))
    if found is None or "$" in text or found["whom"] == "自己":
        return None
    who, whom = _bare(found["who"]), _bare(found["quoted"] or found["whom"])
    return (who or EXPORTER, whom) if whom else None


def _bare(name: str) -> str:
    name = name.strip(' "\u200b\xa0')
    return EXPORTER if name in ("你", "you", "You") else name


@dataclass
class Waiting:
    """
    Sentences that wait for the names: told as rows when the export is read to its end.

    `saw` notes a name at every message; `hear` takes a system sentence and gives `WAITS`, or a
    reason to skip it at once; `rows` resolves what waited.
    """

    asked: Asked
    source: str
    exporter: str | None = None
    _last: dict[str, str] = field(default_factory=dict)
    _bearers: dict[str, set[str]] = field(default_factory=dict)
    _said: list[tuple[Any, ...]] = field(default_factory=list)

    def saw(self, member: str, name: str | None, *, is_exporter: bool = False) -> None:
        if is_exporter:
            self.exporter = member
        if name and self._last.get(member) != name:
            self._last[member] = self.asked.names[member] = name
            self._bearers.setdefault(name, set()).add(member)

    def hear(self, text: str, at: int, group: str | None, row_id: str | None) -> Row:
        told = tell(text)
        if told is not None:
            self._said.append((told, at, group, row_id))
            return WAITS
        if (touch := pat(text)) is not None:
            self._said.append((touch, at, group, row_id))
            return WAITS
        return "system"

    def member(self, name: str) -> str:
        """Who bore this name? The one account that did, else the name itself."""
        if name == EXPORTER:
            return self.exporter or EXPORTER
        bearers = self._bearers.get(name, ())
        return next(iter(bearers)) if len(bearers) == 1 else name

    def rows(self) -> Iterator[Row]:
        for told, at, group, row_id in self._said:
            yield self._events(told, at, group, row_id)
        self._said = []

    def _events(
        self, told: Told | tuple[str, str], at: int, group: str | None, row_id: str | None
    ) -> Row:
        if not isinstance(told, Told):
            who, whom = self.member(told[0]), self.member(told[1])
            if who == whom:
                return "system"
            touch = Event(row_id, who, at, "exact", "like", group, target=whom)
            return [touch._replace(source=self.source)]
        events = []
        by = self.member(told.by) if told.by else None
        for n, name in enumerate(told.who):
            who = self.member(name)
            own = row_id and f"{row_id}/{n}"  # one sentence may tell of several people
            events.append(Event(own, who, at, "exact", told.kind, group, source=self.source))
            if by and by != who:
                events.append(
                    Event(own, by, at, "exact", "invite", group, target=who, source=self.source)
                )
        return events
