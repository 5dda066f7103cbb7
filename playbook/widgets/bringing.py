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


class Upload:
    """A file that arrives piece by piece, in a folder of its own that goes with it."""

    def __init__(self) -> None:
        self.name = ""
        self.size = self.at = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def path(self) -> Path | None:
        """Where the whole file lies; None while pieces are missing."""
        if self._folder is None or self.at < self.size:
            return None
        return Path(self._folder.name, self.name)

    def take(self, told: str, piece: bytes) -> int | None:
        """
        Add a piece. Which one is wanted next? None: the file is whole.

        `told`: JSON with the file's name, where the piece begins, and the whole size. A file too
        large, or a piece out of turn: PlaybookError, and what was there of it is gone.
        """
        try:
            given = json.loads(told)
            name, at, size = str(given["name"]), int(given["at"]), int(given["size"])
        except (ValueError, KeyError, TypeError):
            name, at, size = "", -1, 0
        if at == 0:
            self.drop()
            if size > LARGEST:
                told = f"{size / 1e6:.0f}"
                raise refuse(clean(name)[:80], "too_big", given=told, high=LARGEST // 1_000_000)
            # Names of files come from outside: what is left can name no other folder.
            kept = "".join(s if s.isalnum() or s in "-_." else "_" for s in Path(name).name)
            self.name, self.size = kept.lstrip(".")[-80:] or "export", size
            self._folder = tempfile.TemporaryDirectory(prefix="playbook-")
        if at != self.at or self._folder is None or at + len(piece) > max(self.size, 0):
            self.drop()
            raise refuse(self.name or "export", "piece")
        with Path(self._folder.name, self.name).open("ab") as stream:
            stream.write(piece)
        self.at += len(piece)
        return None if self.at >= self.size else self.at

    def drop(self) -> None:
        """Forget the file."""
        if self._folder is not None:
            self._folder.cleanup()
        self._folder, self.at, self.size = None, 0, 0


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
