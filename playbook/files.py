"""Files, safely: read with a limit, written whole or not at all, found in either layout."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

from playbook.errors import Fault, PlaybookError, quote, refuse
from playbook.words import PACKAGE

#: An answers file is a few kB; ten times the largest honest one is plenty.
MAX_BYTES = 5_000_000
#: No document of ours has half as many layers.
DEEPEST = 50
#: Of the signs that are not ASCII, so many must be everyday Chinese before GB18030 is believed.
EVERYDAY = 0.7
#: How a document of ours begins, and its ending. Others mean a program that could not open it.
_ENDINGS = {
    "<!doctype html": (".html", ".htm"),
    "{": (".json", ".ipynb"),
    "BEGIN:VCALENDAR": (".ics",),
}
_MEANT = re.compile(
    r"\.(csv|docx?|html?|ics|ipynb|jpe?g|json|parquet|pdf|png|pptx?|svg|tsv|xlsx?|zip)"
)
_HARMFUL = re.compile("[\x00\ud800-\udfff]")


def read_text(path: Path, where: str | None = None) -> str:
    """
    What does a UTF-8 file say, with or without a byte order mark?

    UTF-16 that says so in its first bytes is read right; anything else is refused, never
    guessed. Larger than 5 MB, a folder or unreadable: a PlaybookError.
    """
    where = where or path.name or str(path)
    try:
        if path.is_dir():
            raise refuse(where, "is_folder")
        if path.exists() and not path.is_file():  # a pipe would be waited for without end
            raise refuse(where, "not_file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise refuse(where, "too_big", given=f"{size / 1e6:.1f}", high=MAX_BYTES // 1_000_000)
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise refuse(where, "unreadable", reason=error.strerror or str(error)) from None
    except ValueError as error:  # a NUL in the path
        if isinstance(error, PlaybookError):
            raise
        raise refuse(where, "unreadable", reason=str(error)) from None
    if len(raw) > MAX_BYTES:  # a pipe or a device tells no size beforehand
        raise refuse(where, "too_big", given=f"{len(raw) / 1e6:.1f}", high=MAX_BYTES // 1_000_000)
    if raw[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):  # UTF-32 begins like UTF-16
        raise refuse(where, "encoding", at=0)
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(where, "encoding", at=error.start) from None


def is_everyday(sign: str) -> bool:
    """Is it one of the 3,755 commonest Chinese signs, or Chinese punctuation?"""
    if sign in "、。，：；？！（）《》“”‘’—…·￥〔〕【】 －～％":
        return True
    raw = sign.encode("gb18030")
    return len(raw) == 2 and 0xB0 <= raw[0] <= 0xD7 and raw[1] >= 0xA1


def text_of(raw: bytes, where: str) -> str:
    """
    What do bytes say that are UTF-8, UTF-16 with its mark, or GB18030? Anything else is refused.

    Nearly any bytes can be read as GB18030, so most of its signs must be everyday Chinese.

    >>> text_of("成员,姓名".encode("gb18030"), "people.csv")
    '成员,姓名'
    """
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    at = 0
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            told = raw.decode(encoding)
        except UnicodeDecodeError as error:
            at = at or error.start
            continue
        foreign = [sign for sign in told if sign > "\x7f"] if encoding == "gb18030" else []
        if sum(map(is_everyday, foreign)) >= EVERYDAY * len(foreign):
            return told
    raise refuse(where, "text_encoding", at=at)


def parse_json(text: str, where: str) -> Any:
    """What document does this JSON hold? A key that stands twice or NaN is refused.

    >>> parse_json('{"level": 2}', "a.json")
    {'level': 2}
    """
    if not text.strip():
        raise refuse(where, "empty")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise refuse(where, "twice", key=quote(key))
            found[key] = value
        return found

    number = _number_reader(where)
    with _bounded(where):
        try:
            document = json.loads(
                text, object_pairs_hook=once, parse_constant=number, parse_float=number
            )
        except json.JSONDecodeError as error:
            if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
                raise refuse(where, "json_half", line=text.rstrip().count("\n") + 1) from None
            raise refuse(
                where, "json", line=error.lineno, column=error.colno, reason=error.msg
            ) from None
        if text.count("[") + text.count("{") > DEEPEST and _nests(document):
            raise refuse(where, "too_deep")
        # Only an escape or the sign itself can put a NUL or a lone surrogate into a text.
        return clean(document) if "\\u" in text or _HARMFUL.search(text) else document


def _nests(document: Any) -> bool:
    """Lies anything deeper than `DEEPEST`? Newer Pythons read what those after them cannot walk."""
    layer = [document]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for one in layer:
            inner += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        layer = inner
    return bool(layer)


@contextmanager
def _bounded(where: str) -> Iterator[None]:
    """Parsers give up on what is too deep or too long; a person is told of it as of any fault."""
    try:
        yield
    except RecursionError:
        raise refuse(where, "too_deep") from None
    except ValueError as error:  # a number of thousands of digits
        if isinstance(error, PlaybookError):
            raise
        raise refuse(where, "number", given="…") from None


def _number_reader(where: str) -> Callable[[str], float]:
    """Read a number, but neither NaN nor one beyond all bounds: no JSON could carry it on."""

    def number(given: str) -> float:
        value = float(given)
        if not isfinite(value):
            raise refuse(where, "number", given=given[:60])
        return value

    return number


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """What document does this TOML hold? NaN and infinite numbers are refused.

    >>> parse_toml("level = 2", "a.toml")
    {'level': 2}
    """
    if not text.strip():
        raise refuse(where, "empty")
    with _bounded(where):
        try:
            found = tomllib.loads(text, parse_float=_number_reader(where))
        except tomllib.TOMLDecodeError as error:
            raise refuse(where, "toml", reason=str(error)) from None
        # TOML knows no lone surrogates and no raw NUL; an escape may still write a NUL.
        return clean(found) if "\\u" in text or "\\U" in text else found


def clean(value: Any) -> Any:
    """The same document with NUL and lone surrogates shown as �, in keys and in texts.

    >>> clean({"note": "a" + chr(0)})
    {'note': 'a�'}
    """
    if isinstance(value, str):
        return _HARMFUL.sub("�", value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def write_whole(path: Path, content: str | bytes, encoding: str = "utf-8") -> None:
    """
    Write a file so that the old one stays until the new one is complete.

    The content goes to a neighbour first and takes the name in one step; a full disk, a crash or
    a killed kernel leaves what was there. A link is followed; a folder or a device is refused, and
    a page under a name that ends as a PDF does.
    """
    import tempfile  # only those who write need it

    temporary: str | None = None
    name = path.name or str(path)
    _fits(path, content)
    if path.is_dir():
        raise refuse(name, "is_folder_to_write")
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise refuse(name, "not_file")
    try:
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part"
        )
        with os.fdopen(handle, "wb") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode(encoding))
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes private files; a report is meant to be shared as any saved file is.
        mask = os.umask(0)
        os.umask(mask)
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask)
        Path(temporary).replace(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refuse(name, "write", reason=reason) from None
    finally:  # also when someone presses Ctrl-C
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _fits(path: Path, content: str | bytes) -> None:
    """The name's ending promises no other kind of file than what is written."""
    given = path.suffix.lower()
    for begins, endings in _ENDINGS.items():
        ours = isinstance(content, str) and content.startswith(begins)
        if ours and given not in endings and _MEANT.fullmatch(given):
            told = "ending_pdf" if given == ".pdf" and ".html" in endings else "ending"
            raise refuse(path.name, told, given=given, right=endings[0])


def is_there(path: Path) -> bool:
    """Does a path exist? One too long for the system, or with a NUL in it, does not.

    >>> is_there(Path("a" * 5000))
    False
    """
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def not_over(output: str | Path | None, *given: Any) -> None:
    """Nothing is written over a file that it is made from: PlaybookError."""
    if output is None:
        return
    path = Path(output)
    for one in given:
        # A dictionary, a table, nothing: only what has a place can be in the way.
        both = isinstance(one, (str, Path)) and is_there(Path(one)) and is_there(path)
        if both and path.samefile(str(one)):
            raise refuse(path.name, "over_input")


def make_folder(path: Path) -> None:
    """Make a folder, or say why there can be none."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse(str(path), "write", reason=error.strerror or str(error)) from None


def set_aside(path: Path, why: str = "broken") -> Path:
    """Rename a file, so that nothing is written over it: `answers.broken-1.json`."""
    n = 1
    while (target := path.with_name(f"{path.stem}.{why}-{n}{path.suffix}")).exists():
        n += 1
    try:
        return path.rename(target)
    except OSError as error:
        raise refuse(path.name, "write", reason=error.strerror or str(error)) from None


def _beside(packaged: str, folder: str) -> Path:
    """A folder that travels inside an installed package, or lies beside it in a checkout."""
    inside = PACKAGE / packaged
    return inside if inside.is_dir() else PACKAGE.parent / folder


def data_folder() -> Path:
    """Where do the casebook and the samples lie?

    >>> (data_folder() / "sources.toml").is_file()
    True
    """
    return _beside("_data", "data")


def notebooks_folder() -> Path:
    """Where does the course lie?"""
    return _beside("_notebooks", "notebooks")


def work_folder() -> Path:
    """
    Where is a person's own work kept?

    PLAYBOOK_WORK if set (`playbook lab` sets it), else `my-work` in the folder at hand.
    """
    return Path(os.environ.get("PLAYBOOK_WORK") or Path.cwd() / "my-work")


def faults_raise(faults: list[Fault]) -> None:
    """Raise all faults together, if there are any.

    >>> faults_raise([])
    """
    if faults:
        raise PlaybookError(faults)
