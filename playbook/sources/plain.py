"""Plain text of unknown encoding: found out from the whole file, or refused. Never guessed wrong.

UTF-8 (with or without a byte order mark), UTF-16 that says so, and GB18030, in which spreadsheets
in China save. Nothing else: a wrong guess would turn names into other names in silence.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b

from playbook.errors import refuse
from playbook.files import EVERYDAY, is_everyday
from playbook.sources.base import Bundle

_CHUNK = 1 << 20
#: A cell of a CSV file is at most so long; Python's own limit is a 32nd of it.
MAX_CELL = 1 << 22
_ENOUGH = 100_000
_DELIMITERS = (",", "\t", ";", "|")


def encoding_of(bundle: Bundle, name: str | None = None) -> str:
    """
    In which encoding is a file written? The whole file is looked at.

    A PlaybookError where it is none of ours, or mixed: with the byte at which it breaks.
    """
    before = bundle.done
    head = bundle.head(name, 4)
    if head in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        raise refuse(bundle.place(name), "text_encoding", at=0)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    elif head[:3] == codecs.BOM_UTF8:
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "gb18030"]
    first = None
    try:
        for encoding in candidates:
            broken = _breaks(bundle, name, encoding)
            if broken is None:
                return encoding
            first = broken if first is None else first
    finally:
        bundle.done = before
    raise refuse(bundle.place(name), "text_encoding", at=first)


def _breaks(bundle: Bundle, name: str | None, encoding: str) -> int | None:
    """Where does a file stop being what the encoding allows? None: nowhere."""
    decoder = codecs.getincrementaldecoder(encoding)()
    seen = foreign = everyday = 0
    with bundle.open(name) as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return seen + error.start
            if encoding == "gb18030" and foreign < _ENOUGH and not text.isascii():
                signs = [sign for sign in text if sign > "\x7f"]
                foreign += len(signs)
                everyday += sum(map(is_everyday, signs))
            if not chunk:
                break
            seen += len(chunk)
    # Nearly any bytes can be read as GB18030. Big5 or Latin text read so gives rare signs.
    return 0 if foreign and everyday < EVERYDAY * foreign else None


def open_text(
    bundle: Bundle, name: str | None = None, encoding: str | None = None
) -> io.TextIOBase:
    """A file of an export as text, its line ends as they are."""
    encoding = encoding or encoding_of(bundle, name)
    return io.TextIOWrapper(bundle.open(name), encoding=encoding, newline="")


def head_text(bundle: Bundle, name: str | None = None, n: int = 65_536) -> str:
    """The beginning of a file as text, to see what it is; '' where it is no text of ours."""
    raw = bundle.head(name, n)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            # The last sign may be cut in two: an incremental decoder waits for its end.
            return codecs.getincrementaldecoder(encoding)().decode(raw)
        except UnicodeDecodeError:
            continue
    return ""


def lines(bundle: Bundle, name: str | None = None) -> Iterator[str]:
    """The lines of a file without their ends; one beyond all bounds is refused."""
    with open_text(bundle, name) as stream:
        while True:
            line = stream.readline(MAX_CELL)
            if not line:
                return
            if len(line) >= MAX_CELL and not line.endswith("\n"):
                raise refuse(bundle.place(name), "line_too_long", high=MAX_CELL // 1_000_000)
            yield line.rstrip("\r\n")


class Fingerprints:
    """
    Ids for messages whose export names none: the same message has the same id in every export.

    It is made of the time and of what was said by whom; the second "ok" of one person in one
    minute has another than the first.

    >>> told = Fingerprints()
    >>> told.of(5, "A", "ok") == told.of(5, "A", "ok")
    False
    >>> Fingerprints().of(5, "A", "ok") == Fingerprints().of(5, "A", "ok")
    True
    """

    def __init__(self) -> None:
        self.at: int | None = None
        self.seen: Counter[tuple[str, ...]] = Counter()

    def of(self, at: int, *parts: str) -> str:
        if at != self.at:
            self.at = at
            self.seen.clear()
        self.seen[parts] += 1
        told = "\0".join((str(at), str(self.seen[parts]), *parts))
        return blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()


def delimiter_of(text: str) -> str:
    """Which sign parts the columns: the one that gives most columns in the first line?

    >>> delimiter_of("a;b,c;d")
    ';'
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    widths = {sign: len(next(csv.reader([first], delimiter=sign), [])) for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: widths[sign])


def csv_rows(bundle: Bundle, name: str | None = None, delimiter: str = ",") -> Iterator[list[str]]:
    """The rows of a CSV file, header and all; empty lines are left out."""
    if csv.field_size_limit() < MAX_CELL:  # one limit for the whole process, raised, never lowered
        csv.field_size_limit(MAX_CELL)
    with open_text(bundle, name) as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        try:
            for row in reader:
                if row:
                    yield row
        except csv.Error as error:
            place, line = bundle.place(name), reader.line_num
            raise refuse(place, "csv_broken", line=line, reason=str(error)) from None
