"""An export, opened safely: one file, a zip, a gzip or a folder of files."""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from playbook.errors import PlaybookError, quote, refuse

#: All files of an export together; a claim beyond this is refused before a byte is unpacked.
MAX_TOTAL = 4_000_000_000
#: A small file inside an export that is read in one go (a day of a channel, a list of users).
MAX_WHOLE = 256_000_000
#: Text shrinks about tenfold when packed, very even text a hundredfold; a bomb thousandfold.
MAX_RATIO, RATIO_FROM = 200, 100_000_000
MAX_FILES = 200_000

_PARTS = re.compile(r"[0-9]{1,18}|[^0-9.]+|\.")
_JUNK = re.compile(r"(^|/)(__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(/|$)")
#: Pictures, sounds and films beside the messages: never read, so never in the way.
_MEDIA = re.compile(
    r"\.(jpe?g|png|gif|webp|heic|bmp|svg|tgs|mp[34]|m4[av]|mov|avi|mkv|webm|og[agv]|opus|wav|amr|silk"
    r"|pdf|docx?|pptx?|apk|exe|dmg|css|js|woff2?)$",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"^/|^[A-Za-z]:|(^|/)\.\.(/|$)|\x00")
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError)


class Bundle:
    """
    An export, opened safely: one file, a zip, a gzip or a folder of files.

    `names` are its files in natural order (`messages2` before `messages10`), with `/` between
    folders; a single file has one. Nothing is unpacked to disk. A name that leaves the archive, a
    claim beyond 4 GB, a bomb, a password or a broken archive is one PlaybookError. A workbook
    (.xlsx) is one file, though it is a zip inside.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.where = self.path.name or str(self.path)
        self.kind = "file"
        self.done = 0
        self._zip: zipfile.ZipFile | None = None
        self._members: dict[str, Any] = {}
        try:
            sizes = self._look()
        except (OSError, ValueError) as error:
            if isinstance(error, PlaybookError):
                raise
            reason = getattr(error, "strerror", None) or str(error)
            raise refuse(self.where, "unreadable", reason=reason) from None
        self.sizes = {name: sizes[name] for name in sorted(sizes, key=_natural)}
        self.names = tuple(self.sizes)
        self.total = sum(sizes.values())
        if not self.names:
            raise refuse(self.where, "no_files")
        if self.total > MAX_TOTAL or len(self.names) > MAX_FILES:
            self.close()
            raise _too_big(self.where, len(self.names), self.total)

    def holds(self, path: Path) -> bool:
        """Is this path the export itself, or a file of its folder?"""
        if not path.exists():
            return False
        inside = self.names if self.kind == "folder" else ()
        return any(path.samefile(self.path / name) for name in ("", *inside))

    def _look(self) -> dict[str, int]:
        path = self.path
        if path.is_dir():
            self.kind = "folder"
            return self._folder()
        if not path.exists():
            raise refuse(self.where, "no_export")
        if not path.is_file():  # a pipe would be waited for without end
            raise refuse(self.where, "not_file")
        size = path.stat().st_size
        with path.open("rb") as stream:
            magic = stream.read(4)
        if magic in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
            return self._archive(size)
        if magic[:2] == b"\x1f\x8b":
            self.kind = "gzip"
            return {path.name.removesuffix(".gz"): size}
        return {path.name: size}

    def _folder(self) -> dict[str, int]:
        found = {}
        for folder, inner, files in os.walk(self.path):
            inner[:] = [name for name in inner if not _JUNK.search(name)]
            for file in files:
                full = Path(folder, file)
                name = full.relative_to(self.path).as_posix()
                if not _is_beside(name) and stat.S_ISREG(full.lstat().st_mode):
                    found[name] = full.stat().st_size
            if len(found) > MAX_FILES:
                break
        return found

    def _archive(self, size: int) -> dict[str, int]:
        try:
            self._zip = zipfile.ZipFile(self.path)
        except _BROKEN_ZIP:
            raise refuse(self.where, "zip_broken") from None
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        inside = {info.filename for info in infos}
        if "[Content_Types].xml" in inside or "mimetype" in inside:  # a workbook or a document
            self.close()
            return {self.path.name: size}
        self.kind = "zip"
        for info in infos:
            name = _name(info)
            if _ESCAPE.search(name):
                raise refuse(self.where, "zip_escape", given=quote(name))
            if info.flag_bits & 1:
                raise refuse(self.where, "zip_locked")
            if not _is_beside(name) and not stat.S_ISLNK(info.external_attr >> 16):
                self._members[name] = info
        claimed = sum(info.file_size for info in self._members.values())
        if claimed > RATIO_FROM and claimed > MAX_RATIO * size:
            raise refuse(self.where, "zip_bomb", times=claimed // max(size, 1))
        return {name: info.file_size for name, info in self._members.items()}

    def open(self, name: str | None = None) -> BinaryIO:
        """A file of the export as bytes; faults on the way are PlaybookError."""
        name = self.names[0] if name is None else name
        with self._faults(name):
            path = self.path / name if self.kind == "folder" else self.path
            inner: Any
            if self._zip is not None:
                inner = self._zip.open(self._members[name])
            elif self.kind == "gzip":
                inner = gzip.GzipFile(path)
            else:
                inner = path.open("rb")
        return cast("BinaryIO", io.BufferedReader(_Bounded(self, name, inner), 1 << 18))

    def read(self, name: str | None = None, limit: int = MAX_WHOLE) -> bytes:
        """A whole file of the export; one larger than `limit` is refused."""
        name = self.names[0] if name is None else name
        if self._zip is not None and self.sizes[name] <= limit:
            with self._faults(name):
                raw = self._whole(self._zip, self._members[name])
            self.done += len(raw)
            return raw
        with self.open(name) as stream:
            raw = stream.read(limit + 1)
        if len(raw) > limit:
            high = limit // 1_000_000
            raise refuse(self.place(name), "file_too_big", given=f"{len(raw) / 1e6:.1f}", high=high)
        return raw

    @staticmethod
    def _whole(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
        """
        A small file of a zip in one piece: an export may hold a quarter of a million of them.

        Three times as fast as `ZipFile.read`, which makes a stream for each; the checks are the
        same (size, check sum), and no more is unpacked than was claimed.
        """
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return archive.read(info)
        stream = cast("BinaryIO", archive.fp)
        stream.seek(info.header_offset)
        magic, name, extra = struct.unpack("<4s22xHH", stream.read(30))
        stream.seek(name + extra, os.SEEK_CUR)
        raw = stream.read(info.compress_size)
        if info.compress_type == zipfile.ZIP_DEFLATED:
            raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(raw, info.file_size + 1)
        if magic != b"PK\x03\x04" or len(raw) != info.file_size or zlib.crc32(raw) != info.CRC:
            raise zipfile.BadZipFile
        return raw

    def head(self, name: str | None = None, n: int = 65_536) -> bytes:
        """The first bytes of a file, to see what it is; progress is not counted."""
        before = self.done
        with self.open(name) as stream:
            found = stream.read(n)
        self.done = before
        return found

    def place(self, name: str | None = None) -> str:
        """How a file of the export is called in a message."""
        name = self.names[0] if name is None else name
        return self.where if name == self.where else f"{self.where}: {name}"

    @contextmanager
    def _faults(self, name: str) -> Iterator[None]:
        try:
            yield
        except _BROKEN_ZIP:
            raise refuse(self.place(name), "zip_broken") from None
        except OSError as error:  # gzip's own faults are among them
            reason = error.strerror or str(error)
            raise refuse(self.place(name), "unreadable", reason=reason) from None

    def close(self) -> None:
        if self._zip is not None:
            self._zip.close()
            self._zip = None

    def __enter__(self) -> Bundle:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Bounded(io.RawIOBase):
    """A stream that counts, stops where a file becomes absurd, and tells faults in plain words."""

    def __init__(self, bundle: Bundle, name: str, inner: Any) -> None:
        self.bundle, self.name, self.inner, self.seen = bundle, name, inner, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self.bundle._faults(self.name):
            data = self.inner.read(len(buffer))
        buffer[: len(data)] = data
        self.seen += len(data)
        self.bundle.done += len(data)
        bomb = self.bundle.kind == "gzip" and self.seen > RATIO_FROM
        if bomb and self.seen > MAX_RATIO * self.bundle.total:
            raise refuse(self.bundle.where, "zip_bomb", times=self.seen // self.bundle.total)
        if self.seen > MAX_TOTAL:
            raise _too_big(self.bundle.where, 1, self.seen)
        return len(data)

    def close(self) -> None:
        self.inner.close()
        super().close()


def _is_beside(name: str) -> bool:
    """Litter of a desktop, or a medium: nothing that is read."""
    return bool(_JUNK.search(name) or _MEDIA.search(name))


def _too_big(where: str, files: int, given: int) -> PlaybookError:
    high = MAX_TOTAL // 10**9
    return refuse(where, "export_too_big", files=files, given=f"{given / 1e9:.1f}", high=high)


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Numbers by their value, and what has none before what has: a.html, a2.html, a10.html."""
    return [
        (1, int(part), "") if part.isdecimal() else (2 * (part != "."), 0, part)
        for part in _PARTS.findall(name)
    ]


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name: old packers write Chinese names as bytes of UTF-8 or GB18030."""
    name = info.filename
    if not info.flag_bits & 0x800 and not name.isascii():
        for encoding in ("utf-8", "gb18030"):
            try:
                name = name.encode("cp437").decode(encoding)
                break
            except UnicodeError:
                continue
    return name.replace("\\", "/")
