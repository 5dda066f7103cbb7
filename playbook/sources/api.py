"""`playbook import`: an export of any known platform → one event table, every row accounted for.

Importers give rows; here they are counted (rows read = used + skipped by reason), told apart from
what was there before, freed of what no table can hold, and written: whole, or not at all.
"""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from playbook.errors import quote, refuse
from playbook.events import EventWriter, unspell
from playbook.files import clean, read_text, write_whole
from playbook.sources.base import BROKEN, DUPLICATE, Asked, Bundle, Row, find_format, micros

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], object]

#: The columns of a people table: who is who, and what events cannot tell.
PEOPLE = (
    "member",
    "person",
    "name",
    "joined",
    "consent",
    "level",
    "region",
    "age_band",
    "sex",
    "income_band",
)
#: No community has more than nicknames of so many signs; what is longer is cut and counted.
LONGEST_NAME = 200
KEY_FILE = "playbook-pseudonyms.key"

_EARLIEST = micros("1990-01-01")
_DAY = 86_400_000_000
_BATCH = 20_000
_MEMBER, _AT, _QUALITY, _KIND, _GROUP, _TARGET, _TEXT = 1, 2, 3, 4, 5, 7, 11


@dataclass
class Import:
    """What an import read: counts that add up, the file, and who is in it by name."""

    format: str
    genuine: bool
    path: Path
    rows: int = 0
    used: int = 0
    events: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    qualities: Counter[str] = field(default_factory=Counter)
    members: int = 0
    groups: int = 0
    cut_names: int = 0
    pseudonymised: bool = False
    span: tuple[int, int] | None = None
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    key: Path | None = None
    _own: Any = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The document of `playbook import --json`; `schema/import.json` describes it."""
        first, last = (_iso(at) for at in self.span) if self.span else (None, None)
        return {
            "format": self.format,
            "genuine": self.genuine,
            "rows": self.rows,
            "used": self.used,
            "events": self.events,
            "kinds": dict(self.kinds.most_common()),
            "skipped": dict(self.skipped.most_common()),
            "members": self.members,
            "groups": self.groups,
            "estimated_times": self.qualities["inherited"] + self.qualities["day"],
            "unknown_times": self.qualities["none"],
            "from": first,
            "to": last,
            "cut_names": self.cut_names,
            "pseudonymised": self.pseudonymised,
        }

    def frame(self) -> pd.DataFrame:
        """The events as a table: one row an event, the columns of the event table."""
        import pandas as pd

        if self.path.suffix.lower() != ".csv":
            return pd.read_parquet(self.path)
        told: dict[str, Any] = {"keep_default_na": False, "na_values": [""]}
        found = pd.read_csv(self.path, encoding="utf-8-sig", dtype=str, **told)
        at = pd.to_datetime(found["at"], utc=True, format="ISO8601")
        return found.assign(at=at, amount=pd.to_numeric(found["amount"]))


def import_events(
    path: str | Path,
    output: str | Path | None = None,
    *,
    format: str | None = None,  # noqa: A002  # the word of the command line
    tz: str = "UTC",
    pseudonymise: bool = False,
    keep_text: bool = False,
    mapping: Any = None,
    people: str | Path | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Import:
    """
    What did people do in this export: which events, from how many rows, and what was skipped why?

    `path` is an export as its platform saved it: a file, a zip, or a folder with several pages or
    parts. The format is recognised by its content; `format` names it instead. Times without a
    zone are times in `tz`. `output` ends in .parquet or .csv; without it the events lie in a file
    of their own as long as the result lives. Rows that say the same event again (same id, kind
    and member) are skipped as duplicates; times before 1990 or more than a day ahead as bad.

    `pseudonymise` replaces members by keyed digests; the key lies beside `output`, so that later
    imports join up. Without `keep_text` no word of a message is kept. `people` names a table to
    start or to add newcomers to; what stands in it stays. `mapping` is for tables: which column is
    which. `progress(done, total)` is told bytes; `stop()` may end it, and nothing is written.
    Anything else than an export: one PlaybookError.

    >>> import_events("no-such-export.zip")
    Traceback (most recent call last):
    playbook.errors.PlaybookError: no-such-export.zip: no such file or folder. Give the export ...
    """
    asked = Asked(_zone(tz), keep_text, mapping=mapping)
    own = None
    if output is None:
        own = tempfile.TemporaryDirectory(prefix="playbook-")
        output = Path(own.name, "events.parquet")
    target = Path(output)
    with Bundle(path) as bundle:
        if target.exists() and target.samefile(bundle.path):
            raise refuse(target.name, "over_export")
        module = find_format(bundle, "table" if mapping is not None else format)
        found = Import(module.ID, module.GENUINE, target, pseudonymised=pseudonymise, _own=own)
        if pseudonymise:
            found.key = target.with_name(KEY_FILE)
        walk = _Walk(found, asked, _key(found.key))
        with EventWriter(target, keep_text) as writer:
            walk.take(module.rows(bundle, asked), writer, _Told(bundle, progress, stop))
    found.names = walk.names()
    if people is not None:
        _start_people(Path(people), walk)
    return found


class _Told:
    """Progress to whoever asked for it; a stop as an error."""

    def __init__(
        self, bundle: Bundle, progress: Progress | None, stop: Callable[[], bool] | None
    ) -> None:
        self.bundle, self.progress, self.stop = bundle, progress, stop

    def __call__(self) -> None:
        if self.progress is not None:
            self.progress(min(self.bundle.done, self.bundle.total), self.bundle.total)
        if self.stop is not None and self.stop():
            raise refuse(self.bundle.where, "stopped")


class _Walk:
    """Rows go by: counted, checked, told apart, tidied and handed on in batches."""

    def __init__(self, found: Import, asked: Asked, key: bytes | None) -> None:
        self.found, self.asked, self.key = found, asked, key
        self.seen: set[int] = set()
        self.joined: dict[str, int] = {}
        self._members: dict[Any, Any] = {None: None}
        self._groups: dict[Any, Any] = {None: None}
        self._active: set[str] = set()

    def take(self, rows: Iterable[Row], writer: EventWriter, told: Callable[[], None]) -> None:
        """Read all rows; the counts stand in `found` when the writer closes."""
        found, latest = self.found, micros(datetime.now(UTC)) + _DAY
        rows = iter(rows)
        while batch := list(islice(rows, _BATCH)):
            events: list[Sequence[Any]] = []
            for row in batch:
                fresh = row if isinstance(row, str) else self._fresh(row, latest)
                if isinstance(fresh, str):
                    found.skipped[fresh] += 1
                else:
                    found.used += 1
                    events += fresh
            found.rows += len(batch)
            if events:
                writer.write(self._tidy(events))
            told()
        found.members, found.groups = len(self._active), len(self._groups) - 1

    def _fresh(self, row: Sequence[Sequence[Any]], latest: int) -> Row:
        """The events of a row that were not there before, or why none is used."""
        fresh = []
        for event in row:
            ident, member, at, _, kind = event[:5]
            if member.__class__ is not str or not member:
                return BROKEN
            if at is not None and not _EARLIEST <= at <= latest:
                return "bad_time"
            if ident is not None:
                # A number instead of the texts: millions of them still fit into memory.
                told = hash((ident, kind, member))
                if told in self.seen:
                    continue
                self.seen.add(told)
            fresh.append(event)
        return fresh or DUPLICATE

    def _tidy(self, events: list[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        """The same events: names cut, nobody their own target, no signs that no table can hold."""
        found = self.found
        columns: list[Sequence[Any]] = list(zip(*events, strict=True))
        found.events += len(events)
        found.kinds.update(columns[_KIND])
        found.qualities.update(columns[_QUALITY])
        self._between(columns)
        if "join" in found.kinds:
            self._joins(events)
        columns[_MEMBER] = self._renamed(columns[_MEMBER])
        columns[_TARGET] = [
            None if target == member else target
            for target, member in zip(
                self._renamed(columns[_TARGET]), columns[_MEMBER], strict=True
            )
        ]
        self._active.update(columns[_MEMBER])
        for group in set(columns[_GROUP]) - self._groups.keys():
            self._groups[group] = self._short(group)
        columns[_GROUP] = [self._groups[group] for group in columns[_GROUP]]
        for place in (0, 6, _TEXT):
            columns[place] = _encodable(columns[place])
        return zip(*columns, strict=True)

    def _between(self, columns: Sequence[Sequence[Any]]) -> None:
        times = [at for at in columns[_AT] if at is not None]
        if times:
            first, last = self.found.span or (times[0], times[0])
            self.found.span = min(first, *times, first), max(last, *times, last)

    def _joins(self, events: Iterable[Sequence[Any]]) -> None:
        for event in events:
            if event[_KIND] == "join" and event[_AT] is not None:
                member = event[_MEMBER]
                self.joined[member] = min(event[_AT], self.joined.get(member, event[_AT]))

    def _renamed(self, members: Sequence[Any]) -> list[Any]:
        known = self._members
        for member in set(members) - known.keys():
            known[member] = self._member(member) if isinstance(member, str) else None
        return [known[member] for member in members]

    def _member(self, member: str) -> str:
        if self.key is not None:
            raw = member.encode("utf-8", "surrogatepass")
            return hashlib.blake2b(raw, key=self.key, digest_size=8).hexdigest()
        return self._short(member)

    def _short(self, name: str) -> str:
        """No longer than any honest name; two long ones stay two."""
        name = str(clean(name))
        if len(name) <= LONGEST_NAME:
            return name
        self.found.cut_names += 1
        tail = hashlib.blake2b(name.encode(), digest_size=4).hexdigest()
        return f"{name[: LONGEST_NAME - 9]}…{tail}"

    def names(self) -> dict[str, str]:
        """Member → name, as the platform last told it; nobody's where members are pseudonyms."""
        if self.key is not None:
            return {}
        told = self.asked.names.items()
        return {self._short(member): str(clean(name))[:LONGEST_NAME] for member, name in told}

    def people(self) -> dict[str, tuple[str, int | None]]:
        """Every member seen or listed, with name and first join."""
        names = self.names()
        joined = {self._members[member]: at for member, at in self.joined.items()}
        everybody = dict.fromkeys([*names, *sorted(self._active)])
        return {member: (names.get(member, ""), joined.get(member)) for member in everybody}


def _encodable(column: Sequence[Any]) -> Sequence[Any]:
    """The same texts; a lone surrogate, which no file can hold, shows as �."""
    try:
        "".join(filter(None, column)).encode()
    except UnicodeEncodeError:
        return [clean(value) for value in column]
    return column


def _iso(at: int) -> str:
    when = datetime.fromtimestamp(at // 1_000_000, UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise refuse("tz", "no_zone", given=quote(name)) from None


def _key(path: Path | None) -> bytes | None:
    """The secret that makes pseudonyms: read again, or made once."""
    if path is None:
        return None
    if path.exists():
        try:
            return bytes.fromhex(read_text(path).strip())
        except ValueError:
            raise refuse(path.name, "bad_key") from None
    key = secrets.token_bytes(32)
    write_whole(path, key.hex() + "\n")
    path.chmod(0o600)
    return key


def _start_people(path: Path, walk: _Walk) -> None:
    """Add whoever is not there yet; a row that a person has completed is not touched."""
    columns, rows = list(PEOPLE), []
    if path.exists():
        reader = csv.DictReader(io.StringIO(read_text(path)))
        rows = list(reader)
        columns = list(reader.fieldnames or columns)
    if path.suffix.lower() != ".csv" or "member" not in columns:
        raise refuse(path.name, "people_csv")
    there = {row["member"] for row in rows}
    for member, (name, at) in walk.people().items():
        cell = unspell(member)
        if cell not in there:
            joined = _iso(at)[:10] if at is not None else ""
            rows.append({"member": cell, "name": unspell(name), "joined": joined})
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, sheet.getvalue(), encoding="utf-8-sig")
