"""Bringing a file of any size into a notebook, and long work that can be watched and stopped.

The browser sends a file in pieces (a message of a notebook may weigh 10 MB); work runs in a
thread, so that the notebook stays alive, and the page asks from time to time how far it is.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError, refuse
from playbook.files import clean

#: What may be brought through a browser; a larger file is read where it lies.
LARGEST = 300_000_000
#: More at once are given as a zip.
MOST_FILES = 200


class Upload:
    """A file, or several of one export, that arrive piece by piece in a folder of their own."""

    def __init__(self) -> None:
        self.name = ""
        self.size = self.at = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        #: Which of how many files is on its way, where it ends among all bytes, and where it lies.
        self._place = self._files = self._end = 0
        self._file = Path()

    @property
    def path(self) -> Path | None:
        """Where the whole file lies, or the folder of several; None while pieces are missing."""
        if self._folder is None or self.at < self.size:
            return None
        return self._file if self._files == 1 else self._file.parent

    def take(self, told: str, piece: bytes) -> int | None:
        """
        Add a piece. Where does the next one begin (0: the next file's first)? None: all is there.

        `told`: JSON with the file's `name`, where the piece begins (`at`) and the file's `size`;
        of several files also the `place` of this one, how many `files`, and `all` bytes. Too
        large, or a piece out of turn: PlaybookError, and what was there is gone.
        """
        try:
            given = json.loads(told)
            name, at, size = str(given["name"]), int(given["at"]), int(given["size"])
            place, files = int(given.get("place", 0)), int(given.get("files", 1))
            whole = int(given.get("all", size))
        except (ValueError, KeyError, TypeError, AttributeError):
            name, at, size, place, files, whole = "", -1, 0, 0, 1, 0
        if at == place == 0:
            self._begin(name, files, whole)
        if at == 0 and self._folder is not None and place == self._place:
            self._next_file(name, size)
        begins = self._end - size + at
        fits = self._folder is not None and begins == self.at and place == self._place
        if not fits or self.at + len(piece) > min(self._end, self.size):
            self.drop()
            raise refuse(self.name or "export", "piece")
        with self._file.open("ab") as stream:
            stream.write(piece)
        self.at += len(piece)
        if self.at < self._end:
            return at + len(piece)
        self._place += 1
        if self._place == self._files and self.at < self.size:
            self.drop()
            raise refuse(self.name, "piece")
        return 0 if self._place < self._files else None

    def _begin(self, name: str, files: int, whole: int) -> None:
        self.drop()
        if whole > LARGEST:
            given = f"{whole / 1e6:.0f}"
            raise refuse(clean(name)[:80], "too_big", given=given, high=LARGEST // 1_000_000)
        if files > MOST_FILES:
            raise refuse(clean(name)[:80], "too_many_at_once", given=files, high=MOST_FILES)
        self.name, self.size, self._files = _safe(name), whole, files
        self._folder = tempfile.TemporaryDirectory(prefix="playbook-")

    def _next_file(self, name: str, size: int) -> None:
        assert self._folder is not None
        folder = Path(self._folder.name)
        if self._files > 1:  # the folder is what the export is called by
            folder /= Path(self.name).stem
            folder.mkdir(exist_ok=True)
        self._file = folder / _safe(name)
        if self._file.exists():
            self._file = self._file.with_stem(f"{self._file.stem}-{self._place + 1}")
        self._file.touch()
        self._end += size

    def drop(self) -> None:
        """Forget what came."""
        if self._folder is not None:
            self._folder.cleanup()
        self._folder, self.at, self.size = None, 0, 0
        self._place = self._files = self._end = 0


def _safe(name: str) -> str:
    """A name from outside, of which nothing is left that could lead to another folder."""
    kept = "".join(s if s.isalnum() or s in "-_." else "_" for s in Path(name).name)
    return kept.lstrip(".")[-80:] or "export"


class Job:
    """
    One piece of long work in a thread: how far it is, a way to stop it, what came of it.

    `work(job)` may call `job.progress(done, total)` and pass `job.stopped` on.
    """

    def __init__(self, work: Callable[[Job], Any]) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self.share = 0.0
        self._work = work
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def run(self) -> None:
        """Do it here and now; what goes wrong is raised."""
        self.result = self._work(self)

    def _run(self) -> None:
        try:
            self.result = self._work(self)
        except BaseException as error:  # noqa: BLE001  # it is told where the work was asked for
            self.error = error

    def progress(self, done: int, total: int) -> None:
        """How far is it?"""
        self.share = done / total if total else 0.0

    def stopped(self) -> bool:
        """Was it asked to stop?"""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to stop: it does at its next step, and nothing comes of it."""
        self._stop.set()

    @property
    def done(self) -> bool:
        """Is it through, well or not?"""
        return not self._thread.is_alive() and (self.result is not None or self.error is not None)

    def outcome(self) -> Any:
        """What came of it; what went wrong is raised here. A stop that was asked for: None."""
        if self.stopped() and isinstance(self.error, PlaybookError):
            return None
        if self.error is not None:
            raise self.error
        return self.result
