"""What all importers share: a row, what was asked, which formats there are.

A format is a module with four names: `ID`, `GENUINE` (was it tried on a genuine file?),
`recognises(bundle)` and `rows(bundle, asked)`. It reads row by row and counts nothing: every row of
the export becomes one `Row`, and `api` does the counting, so that rows read = used + skipped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from importlib import import_module
from typing import Any, Protocol, TypeVar, cast

from playbook.errors import PlaybookError, nearest, quote, refuse
from playbook.sources.bundle import Bundle

__all__ = ["Asked", "Bundle", "Format", "Row", "careful", "find_format", "formats", "micros"]

#: One row of an export: its events (`Event`s, or plain tuples in that order), or the reason why it
#: gives none: a plain id with words under `source.skip.<id>` ("bot", "system", "empty" …).
Row = Sequence[Sequence[Any]] | str
#: A row that was already told in an earlier file, or one of a shape that nobody expects.
DUPLICATE, BROKEN = "duplicate", "broken"

#: Tried in this order, by content. The table importer comes last: it takes what nobody knows.
FORMATS: tuple[str, ...] = (
    "playbook.sources.slack",
    "playbook.sources.telegram",
    "playbook.sources.telegram_html",
    "playbook.sources.discord",
    "playbook.sources.wechat",
    "playbook.sources.qq",
    "playbook.sources.discourse",
    "playbook.sources.git_log",
    "playbook.sources.mail",
    "playbook.sources.whatsapp",
    "playbook.sources.chat_xml",
    "playbook.sources.jielong",
    "playbook.sources.tables",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")


class Names(dict[str, str]):
    """Member → the name last seen, and who had another one before.

    >>> names = Names()
    >>> names["u1"] = "Ann"; names["u1"] = "Ann B"; names["u2"] = "Bo"
    >>> names.renamed
    {'u1'}
    """

    def __init__(self) -> None:
        super().__init__()
        self.renamed: set[str] = set()

    def __setitem__(self, member: str, name: str) -> None:
        if self.get(member, name) != name:
            self.renamed.add(member)
        super().__setitem__(member, name)


@dataclass
class Asked:
    """
    What the person wants, and what the importer has to tell beside the rows.

    `names`: member → the name last seen. `gone`: members whose account was deleted since. `notes`:
    what a person should know, by an id with words under `source.note.<id>`, and how often.
    """

    tz: tzinfo = UTC
    keep_text: bool = False
    names: Names = field(default_factory=Names)
    gone: set[str] = field(default_factory=set)
    mapping: Any = None
    notes: Counter[str] = field(default_factory=Counter)


class Format(Protocol):
    """A module that knows one platform's export."""

    ID: str
    GENUINE: bool

    def recognises(self, bundle: Bundle) -> bool: ...
    def rows(self, bundle: Bundle, asked: Asked) -> Iterator[Row]: ...


def careful(read: Callable[[T], Row], given: Iterable[T]) -> Iterator[Row]:
    """Each item read into a row; one of a shape that nobody expects is "broken", and counted.

    >>> list(careful(lambda item: [item["a"]], [{"a": ("x",)}, 5, None]))
    [[('x',)], 'broken', 'broken']
    """
    for item in given:
        try:
            yield read(item)
        except (KeyError, TypeError, AttributeError, IndexError, OverflowError):
            yield BROKEN
        except ValueError as error:
            if isinstance(error, PlaybookError):
                raise
            yield BROKEN


def micros(when: datetime | str, tz: tzinfo = UTC) -> int:
    """Which microsecond since 1970 (UTC) is this? A naive time is one in `tz`; else ValueError.

    >>> from zoneinfo import ZoneInfo
    >>> micros("1970-01-01T08:00:01", ZoneInfo("Asia/Shanghai"))
    1000000
    """
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    if when.tzinfo is None:
        when = when.replace(tzinfo=tz)
    return (when - _EPOCH) // timedelta(microseconds=1)


def formats() -> Mapping[str, Format]:
    """Which formats are known, by id, in the order in which they are tried?"""
    modules = [cast("Format", import_module(path)) for path in FORMATS]
    return {module.ID: module for module in modules}


def find_format(bundle: Bundle, wanted: str | None = None) -> Format:
    """Whose export is this: the format asked for, else the first that knows the content?"""
    known = formats()
    if wanted is not None:
        if wanted not in known:
            meant = nearest(wanted, known)
            told = {"given": quote(wanted), "known": ", ".join(known)}
            raise refuse(bundle.where, "no_format", meant, **told)
        return known[wanted]
    if not any(bundle.sizes.values()):
        raise refuse(bundle.where, "empty_export")
    for module in known.values():
        if module.recognises(bundle):
            return module
    _say_what_breaks(bundle)
    raise refuse(bundle.where, "unknown_export", known=", ".join(known))


def _say_what_breaks(bundle: Bundle) -> None:
    """A text of several encodings is nobody's export: the place where they change says more."""
    from playbook.sources.plain import encoding_of

    for name in bundle.names:
        if name.lower().endswith((".csv", ".tsv", ".txt")):
            encoding_of(bundle, name)
