"""`playbook import`: an export of any known platform → one event table, every row accounted for.

Importers give rows; here they are counted (rows read = used + skipped by reason), told apart from
what was there before, freed of what no table can hold, and written: whole, or not at all.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from playbook.errors import PlaybookError, quote, refuse
from playbook.events import EventWriter, unspell
from playbook.files import read_text, write_whole
from playbook.sources.base import Asked, Bundle, find_format
from playbook.sources.plain import csv_rows
from playbook.sources.walk import Counts, Walk
from playbook.words import say

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
KEY_FILE = "playbook-pseudonyms.key"
#: What a table of events may be called; a workbook of that name would not open.
ENDINGS = ("", ".parquet", ".pq", ".csv")


@dataclass
class Import:
    """What an import read: counts that add up, the file, and who is in it by name."""

    format: str
    genuine: bool
    path: Path
    counts: Counts
    names: Mapping[str, str] = field(repr=False)
    key: Path | None = None
    notes: Mapping[str, int] = field(default_factory=dict)
    _own: Any = field(default=None, repr=False)

    @property
    def rows(self) -> int:
        """How many rows the export has: used + skipped."""
        return self.counts.used + self.counts.skipped.total()

    @property
    def events(self) -> int:
        """How many events came of them."""
        return self.counts.events

    def to_dict(self) -> dict[str, Any]:
        """The document of `playbook import --json`; `schema/import.json` describes it."""
        counts = self.counts
        first, last = (_iso(at) for at in counts.span) if counts.span else (None, None)
        return {
            "format": self.format,
            "genuine": self.genuine,
            "rows": self.rows,
            "used": counts.used,
            "events": counts.events,
            "kinds": dict(counts.kinds.most_common()),
            "skipped": dict(counts.skipped.most_common()),
            "members": len(counts.members),
            "groups": len(counts.groups),
            "estimated_times": counts.qualities["inherited"] + counts.qualities["day"],
            "unknown_times": counts.qualities["none"],
            "from": first,
            "to": last,
            "cut_names": counts.cut_names,
            "pseudonymised": self.key is not None,
            "notes": {note: n for note, n in self.notes.items() if n},
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

    `pseudonymise` replaces members and ids by keyed digests; the key lies beside `output`, so that
    later imports join up. Without `keep_text` no word of a message is kept. `people` names a table
    to start or to add newcomers to; what stands in it stays. `mapping` is for tables: which column
    is which. `progress(done, total)` is told bytes; `stop()` may end it, and nothing is written.
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
    sheet = None if people is None else _known_people(Path(people), target)
    with Bundle(path) as bundle:
        if bundle.holds(target):
            raise refuse(target.name, "over_export")
        if target.suffix.lower() not in ENDINGS:
            raise refuse(target.name, "events_ending", given=quote(target.suffix))
        if people is not None and bundle.holds(Path(people)):
            raise _taken(Path(people), "export")
        # A mapping is a table's, unless a format is named: it may answer that one's question.
        module = find_format(bundle, format or (None if mapping is None else "table"))
        key = target.with_name(KEY_FILE) if pseudonymise else None
        secret = _secret(key)
        with EventWriter(target, keep_text) as writer:
            walk = Walk(writer, secret, _Told(bundle, progress, stop), asked.names.values)
            counts = walk.take(module.rows(bundle, asked))
            if key and secret:
                _keep(secret, key)
        if isinstance(asked.tz, _Assumed) and asked.tz.needed and counts.qualities["exact"]:
            asked.notes["no_zone"] = 1
        for note, who in (("renamed", asked.names.renamed), ("deleted_users", asked.gone)):
            asked.notes[note] += walk.active(who)
        if progress is not None:
            progress(bundle.total, bundle.total)
    names = {} if key else {walk.short(one): walk.short(name) for one, name in asked.names.items()}
    if people is not None and sheet is not None:
        _save_people(Path(people), sheet, names, counts)
    genuine = module.GENUINE and "unverified" not in asked.notes
    return Import(module.ID, genuine, target, counts, names, key, asked.notes, own)


class _Assumed(tzinfo):
    """UTC for times that name no zone; it remembers whether any did."""

    needed = False

    def utcoffset(self, _: datetime | None) -> timedelta:
        self.needed = True
        return timedelta(0)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        return "UTC"


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


def _iso(at: int) -> str:
    when = datetime.fromtimestamp(at // 1_000_000, UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _zone(name: str) -> tzinfo:
    try:
        return _Assumed() if name == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise refuse("tz", "no_zone", given=quote(name)) from None


def _secret(path: Path | None) -> bytes | None:
    """The key that makes pseudonyms: the one that is there, else a new one."""
    if path is None:
        return None
    if not path.exists():
        return secrets.token_bytes(32)
    try:
        return bytes.fromhex(read_text(path).strip())
    except ValueError:
        raise refuse(path.name, "bad_key") from None


def _keep(secret: bytes, path: Path) -> None:
    """Write the key beside the events, for its owner's eyes only."""
    if not path.exists():
        path.touch(mode=0o600)
        write_whole(path, secret.hex() + "\n")


Sheet = tuple[list[str], list[dict[str, str]]]


def _taken(path: Path, by: str) -> PlaybookError:
    return refuse(path.name, "people_taken", what=say(f"error.people_taken_{by}"))


def _known_people(path: Path, events: Path) -> Sheet:
    """The people table that is there: its columns and rows; else an empty one."""
    columns, rows = [*PEOPLE], []
    if os.path.realpath(path) == os.path.realpath(events):
        raise _taken(path, "events")
    if path.exists():
        with Bundle(path) as bundle:
            lines = csv_rows(bundle)
            columns = [cell.strip() for cell in next(lines, [])]
            rows = [dict(zip(columns, line, strict=False)) for line in lines]
    if path.suffix.lower() != ".csv" or "member" not in columns:
        raise refuse(path.name, "people_csv")
    if {"member", "at", "kind"} <= {*columns}:
        raise _taken(path, "events")
    return columns, rows


def _save_people(path: Path, sheet: Sheet, names: Mapping[str, str], counts: Counts) -> None:
    """Add whoever is not there yet; a row that a person has completed is not touched."""
    columns, rows = sheet
    there = {row.get("member") for row in rows}
    for member in dict.fromkeys([*names, *sorted(counts.members)]):
        if unspell(member) not in there:
            at = counts.joined.get(member)
            joined = "" if at is None else _iso(at)[:10]
            name = unspell(names.get(member, ""))
            rows.append({"member": unspell(member), "name": name, "joined": joined})
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue(), encoding="utf-8-sig")
