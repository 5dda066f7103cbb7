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
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from playbook.errors import quote, refuse
from playbook.events import EventWriter, arrow_table, unspell
from playbook.files import clean, read_text, write_whole
from playbook.sources.base import BROKEN, DUPLICATE, Asked, Bundle, Row, find_format, micros

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

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
#: Events are written in groups of so many: a file of any size passes through little memory.
_BATCH = 100_000


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
        # A mapping is a table's, unless a format is named: it may answer that one's question.
        module = find_format(bundle, format or (None if mapping is None else "table"))
        found = Import(module.ID, module.GENUINE, target, pseudonymised=pseudonymise, _own=own)
        if pseudonymise:
            found.key = target.with_name(KEY_FILE)
        walk = _Walk(found, asked, _key(found.key), joins=people is not None)
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


def _checker() -> Callable[[Sequence[Sequence[Any]]], Row]:
    """Is a row to be used: a member is named, the time can be, and it was not there before?"""
    latest = micros(datetime.now(UTC)) + _DAY
    #: Numbers instead of texts: millions of them still fit into memory.
    seen: set[int] = set()

    def check(row: Sequence[Sequence[Any]]) -> Row:
        found = []
        for event in row:
            member, at = event[1], event[2]
            if member.__class__ is not str or not member:
                return BROKEN
            if at is not None and not _EARLIEST <= at <= latest:
                return "bad_time"
            if event[0] is not None:
                told = hash((event[0], event[4], member))
                if told in seen:
                    continue
                seen.add(told)
            found.append(event)
        return found or DUPLICATE

    return check


class _Walk:
    """Rows go by: counted, checked, told apart, tidied and handed on in batches."""

    def __init__(self, found: Import, asked: Asked, key: bytes | None, joins: bool) -> None:
        self.found, self.asked, self.key, self.joins = found, asked, key, joins
        self.joined: dict[str, datetime] = {}
        self._members: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._active: set[str] = set()

    def take(self, rows: Iterable[Row], writer: EventWriter, told: Callable[[], None]) -> None:
        """Read all rows; afterwards the counts stand in `found`."""
        found, schema = self.found, writer.schema
        events: list[Sequence[Any]] = []
        check = _checker()
        for number, row in enumerate(rows, 1):
            if not number & 0xFFF:
                told()
                if len(events) >= _BATCH:
                    writer.write_table(self._tidy(arrow_table(events, schema)))
                    events = []
            fresh = row if isinstance(row, str) else check(row)
            if isinstance(fresh, str):
                found.skipped[fresh] += 1
            else:
                found.used += 1
                events += fresh
        writer.write_table(self._tidy(arrow_table(events, schema)))
        found.rows = found.used + found.skipped.total()
        found.events, found.members = writer.rows, len(self._active)
        found.groups = len(set(self._groups.values()))
        told()

    def _tidy(self, table: pa.Table) -> pa.Table:
        """The same events: names cut or replaced, nobody their own target; counted on the way."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found, schema = self.found, table.schema
        for counts, name in ((found.kinds, "kind"), (found.qualities, "at_quality")):
            for one in pc.value_counts(table[name]).to_pylist():
                counts[one["values"]] += one["counts"]
        times = pc.min_max(table["at"].cast(pa.int64())).as_py()
        ends = [at for at in (*times.values(), *(found.span or ())) if at is not None]
        found.span = (min(ends), max(ends)) if ends else None
        columns = {name: table[name] for name in schema.names}
        columns["member"] = self._renamed(columns["member"], self._members, self._member)
        columns["target"] = self._renamed(columns["target"], self._members, self._member)
        columns["group"] = self._renamed(columns["group"], self._groups, self._short)
        own = pc.equal(columns["member"], columns["target"])
        columns["target"] = pc.if_else(pc.fill_null(own, False), None, columns["target"])
        table = pa.table(columns, schema=schema)
        self._active.update(pc.unique(table["member"]).to_pylist())
        if self.joins:
            self._first_joins(table)
        return table

    def _first_joins(self, table: pa.Table) -> None:
        """Who came when, for the people table."""
        import pyarrow.compute as pc

        joins = table.filter(pc.equal(table["kind"], "join")).select(["member", "at"])
        for one in joins.group_by("member").aggregate([("at", "min")]).to_pylist():
            member, at = one["member"], one["at_min"]
            if at is not None:
                self.joined[member] = min(at, self.joined.get(member, at))

    @staticmethod
    def _renamed(column: pa.ChunkedArray, known: dict[str, str], name: Callable[[str], str]) -> Any:
        """The column with every value as `name` has it; each is asked for once."""
        import pyarrow as pa

        told = column.combine_chunks().dictionary_encode()
        values = told.dictionary.to_pylist()
        for value in values:
            if value not in known:
                known[value] = name(value)
        if all(known[value] == value for value in values):
            return column
        return pa.array([known[value] for value in values], pa.string()).take(told.indices)

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

    def people(self) -> dict[str, tuple[str, str]]:
        """Every member seen or listed, with name and day of the first join."""
        names = self.names()
        days = {member: f"{at:%Y-%m-%d}" for member, at in self.joined.items()}
        everybody = dict.fromkeys([*names, *sorted(self._active)])
        return {member: (names.get(member, ""), days.get(member, "")) for member in everybody}


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
    for member, (name, joined) in walk.people().items():
        if unspell(member) not in there:
            rows.append({"member": unspell(member), "name": unspell(name), "joined": joined})
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, sheet.getvalue(), encoding="utf-8-sig")
