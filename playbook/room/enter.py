"""Typing in what was answered on paper or read aloud: one key a question, nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from playbook.errors import PlaybookError
from playbook.files import make_folder, write_whole
from playbook.load import load_answers, load_checklist
from playbook.load.code import asked, bare, decode, is_code
from playbook.model import Checklist
from playbook.words import say

Ask = Callable[[str], str]
Tell = Callable[[str], None]
_KEYS = {**{str(n): n for n in range(4)}, "?": "unknown", "-": "na", ".": None}
#: As Chinese input methods and hasty hands type them.
_ALIKE = str.maketrans("０１２３？－—–。．ＵＳＱ＝", "0123?---..usq=")


@dataclass
class Sheet:
    """One sheet: who, of which community, and a key for each question typed so far."""

    names: tuple[str, ...]
    keys: list[str] = field(default_factory=list)

    def type(self, line: str) -> tuple[str, str, str]:
        """
        Take a line of keys: returns how it ended ("", "s" or "q"), and what is to be told.

        What is told is a word of `form.toml` and its value; empty where all was taken.
        """
        for key in re.findall(r"\d+=\S|\S", line.translate(_ALIKE).lower()):
            if key in ("s", "q"):
                return key, "", ""
            if key == "u":
                if self.keys:
                    self.keys.pop()
            elif "=" in key and len(key) > 1:
                number, mark = key.split("=")
                if not 1 <= int(number) <= len(self.names):
                    return "", "enter_number", number
                if mark not in _KEYS:
                    return "", "enter_key", key
                self.keys += ["."] * (int(number) - len(self.keys))
                self.keys[int(number) - 1] = mark
            elif key not in _KEYS:
                return "", "enter_key", key
            elif len(self.keys) == len(self.names):
                return "", "enter_many", key
            else:
                self.keys.append(key)
        return "", "", ""

    def answers(self) -> dict[str, Any]:
        """The answers typed so far, as they stand in a file."""
        found: dict[str, Any] = {}
        for name, key in zip(self.names, self.keys, strict=False):
            if key == "-":
                found[name] = {"na": "other", "note": say("form.enter_na")}
            elif key == "?":
                found[name] = {"unknown": True}
            elif key != ".":
                found[name] = {"level": int(key)}
        return found


def enter(folder: Path, checklist: Checklist, ask: Ask, tell: Tell, own: str | None = None) -> int:
    """
    Which answers stand on a stack of sheets? Writes one file a sheet; returns how many.

    `ask` shows a prompt and gives a line (EOFError ends), `tell` shows one. A file is written
    after every line, so that nothing typed is lost.
    """
    names = asked(checklist, checklist.version)
    make_folder(folder)
    tell(say("form.enter_hello", checklist=checklist.name(), n=len(names), folder=folder))
    written, last = 0, ""
    try:
        while given := ask(say("form.enter_name", n=written + 1)).strip():
            if is_code(given):
                written += _take(given, folder, own, tell)
                continue
            community = ask(say("form.enter_community", last=last or say("form.enter_none")))
            last = community.strip() or last
            document = _document(checklist, given, last, _members(ask, tell))
            written += 1
            if _sheet(document, folder, checklist, names, ask, tell) == "q":
                break
    except EOFError:
        tell("")
    tell(say("form.enter_done", n=written, folder=folder))
    return written


def _take(code: str, folder: Path, own: str | None, tell: Tell) -> int:
    """An answer code in place of a sheet."""
    try:
        document = decode(code, own)
    except PlaybookError as error:
        tell(f"  {error}")
        return 0
    path = _free(folder, f"code-{bare(code)[2:6].lower()}")
    _keep(path, document)
    checklist = load_checklist(document["checklist"], own)
    number = len(asked(checklist, document["content_version"]))
    tell(say("form.enter_saved", path=path.name, done=len(document["answers"]), asked=number))
    return 1


def _members(ask: Ask, tell: Tell) -> int | None:
    while typed := ask(say("form.enter_members")).strip():
        digits = re.sub(r"[,，\s]", "", typed)
        if digits.isdecimal() and len(digits) < 11:
            return int(digits)
        tell(say("form.enter_whole"))
    return None


def _sheet(
    document: dict[str, Any], folder: Path, checklist: Checklist, names: tuple[str, ...],
    ask: Ask, tell: Tell,
) -> str:  # fmt: skip
    """Type one sheet; returns "s" or "q"."""
    sheet, path, end = Sheet(names), _free(folder, str(document["rater"])), ""
    try:
        while not end:
            n = len(sheet.keys)
            if n == len(names):
                prompt = say("form.enter_full", n=n)
            else:
                prompt = say("form.enter_keys", n=n + 1, name=checklist.by_id[names[n]].name())
            end, wrong, given = sheet.type(ask(prompt))
            if wrong:
                last = len(names)
                tell(say(f"form.{wrong}", given=given, n=given if "number" in wrong else last,
                         last=last))  # fmt: skip
            _keep(path, document | {"answers": sheet.answers()})
    except (EOFError, KeyboardInterrupt):
        _keep(path, document | {"answers": sheet.answers()})
        end = "q"
    try:
        load_answers(path, checklist)
    except PlaybookError as error:  # such as too much that "does not apply"
        tell(f"  {error}")
    done = len(sheet.answers())
    tell(say("form.enter_saved", path=path.name, done=done, asked=len(names)))
    return end


def _document(checklist: Checklist, rater: str, name: str, members: int | None) -> dict[str, Any]:
    community = {"name": name or None, "members": members}
    return {
        "format": "playbook-answers/1",
        "id": str(uuid4()),
        "checklist": checklist.id,
        "content_version": checklist.version,
        "community": {key: value for key, value in community.items() if value is not None},
        "rater": rater,
    }


def _keep(path: Path, document: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    stamp = {"saved": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "date": f"{now.astimezone():%Y-%m-%d}"}
    rest = {key: value for key, value in document.items() if key != "answers"}
    whole = {**rest, **stamp, "answers": document["answers"]}
    write_whole(path, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")


def _free(folder: Path, name: str) -> Path:
    """A name for a file that is not there yet."""
    slug = re.sub(r"[^\w]+", "-", name).strip("-")[:40] or "sheet"
    n, path = 1, folder / f"{slug}.json"
    while path.exists():
        n, path = n + 1, folder / f"{slug}-{n + 1}.json"
    return path
