"""Whatever lies in a folder: the answers in it, what could not be used, and why."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playbook.errors import Fault, PlaybookError, refuse
from playbook.files import read_text
from playbook.load import answers_document, checklist_names, load_answers, load_checklist
from playbook.load.code import decode, is_code
from playbook.model import Answers, Checklist
from playbook.scoring.history import AHEAD
from playbook.words import say

#: A folder with more files than this is not a class.
MOST = 5000
DEEP = 8


@dataclass(frozen=True)
class Bad:
    """A file that was not used: its name in the folder, and why."""

    file: str
    faults: tuple[Fault, ...]

    def reason(self, lang: str | None = None) -> str:
        """The first two faults, in words."""
        told = [f.say(lang) for f in self.faults[:2]]
        if len(self.faults) > 2:
            told.append(say("error.more", lang, n=len(self.faults) - 2))
        return " ".join(told)


@dataclass(frozen=True)
class Paper:
    """One usable file: where it lay and what it says."""

    file: str
    answers: Answers = field(repr=False)
    saved: datetime | None = None
    ahead: bool = False


@dataclass(frozen=True)
class Collected:
    """What a folder held. `found` is the number of files: used + bad + replaced."""

    checklist: Checklist
    papers: tuple[Paper, ...]
    bad: tuple[Bad, ...]
    replaced: tuple[tuple[str, str], ...]
    found: int


def collect(
    folder: Path,
    checklist: str | None = None,
    content: str | Path | None = None,
    leave_out: Iterable[Path] = (),
    now: datetime | None = None,
) -> Collected:
    """
    Which answers lie in a folder and the folders in it?

    Every file is told: used, refused with its reason, or replaced by a later one of the same
    form. `checklist`: by default the one that most files name. What lies in `leave_out` (our own
    pages and tables) and hidden files are passed over. A folder that is not there: PlaybookError.
    """
    if not folder.is_dir():
        raise refuse(str(folder), "no_such_folder")
    skipped = {os.path.realpath(path) for path in leave_out}
    documents: dict[str, Any] = {}
    bad: list[Bad] = []
    files = [path for path in _files(folder) if os.path.realpath(path) not in skipped]
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            documents[name] = _document(path, content)
        except PlaybookError as error:
            bad.append(Bad(name, _bare(error.faults, path.name)))
    found = load_checklist(checklist or _named(documents.values()), content)
    papers = []
    for name, document in documents.items():
        try:
            papers.append(_paper(name, document, found, now or datetime.now(UTC)))
        except PlaybookError as error:
            bad.append(Bad(name, _bare(error.faults, "answers")))
    kept, replaced = _latest(papers)
    bad.sort(key=lambda one: one.file)
    return Collected(found, tuple(kept), tuple(bad), tuple(replaced), len(files))


def is_collected(path: Path, folder: Path) -> bool:
    """
    Does a page of this name take the place of what somebody has handed in?

    Only another page (it begins with `<`) may lie under that name in the folder.

    >>> is_collected(Path("cohort.html"), Path("no such folder"))
    False
    """
    inside = Path(os.path.realpath(folder)) in Path(os.path.realpath(path)).parents
    if not inside or not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(64)
    return not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """By what can one tell that a folder has changed? Names, sizes and times of its files.

    >>> stamp(Path("no such folder"))
    ()
    """
    found = []
    for path in _files(folder):
        try:
            told = path.lstat()
        except OSError:  # gone meanwhile
            continue
        found.append((str(path), told.st_size, told.st_mtime_ns))
    return tuple(found)


def _files(folder: Path) -> Iterator[Path]:
    """Every file in the folder and up to eight below, by name; links are not followed."""
    count = 0
    for here, folders, names in os.walk(folder):
        deep = len(Path(here).relative_to(folder).parts) >= DEEP
        inner = (name for name in folders if not name.startswith((".", "__MACOSX")))
        folders[:] = [] if deep else sorted(inner)
        for name in sorted(names):
            if name.startswith(".") or name.lower() in ("thumbs.db", "desktop.ini"):
                continue
            count += 1
            if count > MOST:
                raise refuse(str(folder), "too_many_files", high=MOST)
            yield Path(here) / name


def _document(path: Path, content: str | Path | None) -> Any:
    """What a file says; told apart by what is in it, never by its name."""
    if path.is_symlink() or not path.is_file():
        raise refuse(path.name, "not_file")
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError as error:
        raise refuse(path.name, "unreadable", reason=error.strerror or str(error)) from None
    sign = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    if head and sign != b"{":
        try:
            text = read_text(path).strip() if path.stat().st_size < 1000 else ""
        except PlaybookError:  # a small picture
            text = ""
        if is_code(text):
            return decode(text, content)
        raise refuse(path.name, "no_answers")
    if path.suffix.lower() == ".toml":  # which would be read as a case
        raise refuse(path.name, "no_answers")
    return answers_document(path)[0]


def _bare(faults: Iterable[Fault], name: str) -> tuple[Fault, ...]:
    """Faults without the name of the file, which stands beside them."""
    return tuple(
        Fault(f.where.removeprefix(name).removeprefix(": "), f.message, f.values, f.meant)
        for f in faults
    )


def _named(documents: Iterable[Any]) -> str:
    """The checklist that most of the documents name; one that does not exist never counts."""
    named = Counter(
        str(d.get("checklist") or "isooc")
        for d in documents
        if isinstance(d, Mapping) and d.get("format") == "playbook-answers/1"
    )
    for unknown in set(named) - set(checklist_names()):
        del named[unknown]
    return named.most_common(1)[0][0] if named else "isooc"


def _paper(name: str, document: Any, checklist: Checklist, now: datetime) -> Paper:
    if not isinstance(document, Mapping):
        raise refuse("", "no_answers")
    answers, _ = load_answers(document, checklist)
    if not answers.given:
        raise refuse("", "nothing_answered")
    saved = _moment(answers.saved)
    return Paper(name, answers, saved, saved is not None and saved > now + AHEAD)


def _moment(given: str | None) -> datetime | None:
    """A time as the form saved it; one without a zone is taken for UTC."""
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:  # a year or a month alone
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _key(paper: Paper, full: Mapping[str, str]) -> str:
    """Which form is this? Its id; a code's five digits stand for the file that begins with them."""
    given = paper.answers.id
    if given and (digits := _of_code(paper)):
        return full.get(digits, given)
    if given:
        return given
    text = json.dumps(paper.answers.document, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _of_code(paper: Paper) -> str | None:
    """The digits of the form, where the answers came as a code; also if it was typed in."""
    found = re.fullmatch("code-([0-9a-f]{5})", paper.answers.id or "")
    return found.group(1) if found else None


def _latest(papers: Iterable[Paper]) -> tuple[list[Paper], list[tuple[str, str]]]:
    """
    Of each form the latest that was saved; a clock that is ahead never wins by it.

    A file goes before the code of its form: when the code was made nobody knows, and it has
    neither notes nor evidence.
    """
    papers = list(papers)
    full = {p.answers.id[:5]: p.answers.id for p in papers if p.answers.id}
    kept: dict[str, Paper] = {}
    order: dict[str, list[Paper]] = {}
    oldest = datetime.min.replace(tzinfo=UTC)
    for paper in papers:
        order.setdefault(_key(paper, full), []).append(paper)
    replaced = []
    for key, several in order.items():
        best = max(
            several,
            key=lambda p: (not _of_code(p), not p.ahead, p.saved or oldest, len(p.answers.given)),
        )
        kept[key] = best
        replaced += [(p.file, best.file) for p in several if p is not best]
    return [p for p in papers if any(p is k for k in kept.values())], sorted(replaced)


def same(name: str | None) -> str:
    """A name as it is compared: width, case and blanks do not matter.

    >>> same("  Tea　Club ") == same("tea club")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", name or "").casefold().split())
