"""git: a repository is a community too. Every commit is a post of its author and its co-authors.

Two shapes are read. Plain `git log` (with whatever `--date`, `--stat`, `--numstat`, `--raw`), and
the compact one, a line a commit, that is safest for large histories:

    git log --format='%H%x09%at%x09%ae%x09%an%x09%P%x09%(trailers:key=Co-authored-by,valueonly,separator=%x3B)'

Merges are skipped: what they bring is counted by itself. People are known by their address; one
person with two addresses is joined by git's own .mailmap, or later in the people table.
"""  # noqa: E501 - a command is copied in one piece

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

from playbook.errors import refuse
from playbook.sources.base import Asked, Bundle, Row, careful
from playbook.sources.moment import moment

ID = "git"
GENUINE = True

_COMMIT = re.compile(r"commit ([0-9a-f]{7,64})((?: [0-9a-f]{7,64})*)(?: \(.*\))?\s*")
_COMPACT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\t\d+\t[^\t]*\t")
_FIELD = re.compile(r"(Author|AuthorDate|Date|Merge): +(.*)")
_HELPER = re.compile(r"\s+co-authored-by:\s*(.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*(.*?)\s*<([^<>]*)>")
_NOREPLY = re.compile(r"(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com")
_REQUEST = re.compile(r"\(#(\d+)\)\s*$")
_RAW_DATE = re.compile(r"(\d{9,10}) [+-]\d{4}")
_RFC_DATE = re.compile(r"^[A-Z][a-z]{2}, ")
_LONGEST = 1 << 20


def recognises(bundle: Bundle) -> bool:
    """Does a file begin as `git log` does, in either shape?"""
    return any(_is_ours(bundle, name) for name in bundle.names[:20])


def _is_ours(bundle: Bundle, name: str) -> bool:
    first = _decoded(bundle.head(name, 4096)).lstrip()
    line = first.partition("\n")[0]
    return bool(_COMPACT.match(first) or (_COMMIT.fullmatch(line) and "\nAuthor:" in first))


def _decoded(raw: bytes) -> str:
    """Old commits hold odd bytes: they show as �, and never in an address."""
    # A shell of Windows writes what it is told as UTF-16.
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return raw.decode(encoding, "replace")


def rows(bundle: Bundle, asked: Asked) -> Iterator[Row]:
    """Every commit of every file."""
    names = [name for name in bundle.names if _is_ours(bundle, name)]
    if not names:
        raise refuse(bundle.where, "not_of_format", format="git log")
    for name in names:
        marked = bundle.head(name, 2) in (b"\xff\xfe", b"\xfe\xff")
        encoding = "utf-16" if marked else "utf-8-sig"
        with io.TextIOWrapper(bundle.open(name), encoding, "replace", newline="\n") as stream:
            yield from careful(lambda lines: _row(lines, asked), _commits(stream))


def _commits(stream: io.TextIOWrapper) -> Iterator[list[str]]:
    """The lines of one commit, as far as they tell who and when."""
    found: list[str] = []
    while line := stream.readline(_LONGEST):
        line = line.rstrip("\r\n")
        if _COMPACT.match(line):
            yield [line]
        elif _COMMIT.fullmatch(line):
            if found:
                yield found
            found = [line]
        elif found and (_FIELD.match(line) or _HELPER.match(line) or _is_subject(line, found)):
            found.append(line)
    if found:
        yield found


def _is_subject(line: str, found: list[str]) -> bool:
    return line.startswith("    ") and line.strip() != "" and not found[-1].startswith("    ")


def _row(lines: list[str], asked: Asked) -> Row:
    if "\t" in lines[0]:
        ident, when, address, name, parents, *rest = lines[0].split("\t")
        author = (name, address)
        helpers: Iterable[str] = (rest[0] if rest else "").split(";")
        merged, subject = len(parents.split()) > 1, ""
    else:
        found = _COMMIT.fullmatch(lines[0])
        fields = {told[1]: told[2] for line in lines[1:] if (told := _FIELD.match(line))}
        signed = _ADDRESS.match(fields.get("Author", ""))
        if found is None or signed is None:
            return "no_member"
        author = (signed[1], signed[2])
        ident, when = found[1], fields.get("AuthorDate") or fields.get("Date") or ""
        merged = "Merge" in fields or len(found[2].split()) > 1
        helpers = [match[1] for line in lines if (match := _HELPER.match(line))]
        subject = next((line for line in lines if line.startswith("    ")), "")
    return _events(ident, when, author, helpers, merged, subject, asked)


def _events(
    ident: str,
    when: str,
    author: tuple[str, str],
    helpers: Iterable[str],
    merged: bool,
    subject: str,
    asked: Asked,
) -> Row:
    if merged:
        return "merge"
    if _is_bot(*author):
        return "bot"
    raw = _RAW_DATE.fullmatch(when)
    at = moment(raw[1] if raw else _RFC_DATE.sub("", when), asked.tz)
    if at is None:
        return "unread_time"
    request = _REQUEST.search(subject)
    people = [author, *(match.groups() for one in helpers if (match := _ADDRESS.match(one)))]
    members = {
        _member(name, address): name for name, address in people if not _is_bot(name, address)
    }
    members.pop("", None)
    for member, name in members.items():
        if name:
            asked.names[member] = name
    text = subject.strip() if asked.keep_text else None
    tail = (request and f"#{request[1]}", None, None, None, ID, text)
    return [(ident, member, *at, "post", None, *tail) for member in members] or "no_member"


def _member(name: str, address: str) -> str:
    """A person's key: the address in small letters; of GitHub's own addresses the login."""
    address = address.strip().lower()
    login = _NOREPLY.fullmatch(address)
    return login[1] if login else address or name.strip()


def _is_bot(name: str, address: str) -> bool:
    return "[bot]" in name or "[bot]" in address
