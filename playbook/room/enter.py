"""Typing in what was answered on paper or read aloud: one key a question, nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

from playbook.errors import PlaybookError
from playbook.files import make_folder, write_whole
from playbook.load import load_answers, load_checklist
from playbook.load.code import asked, bare, decode, split_code
from playbook.model import SCALES, Checklist
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
    written, last, day = 0, "", f"{datetime.now().astimezone():%Y-%m-%d}"
    try:
        while given := ask(say("form.enter_name", n=written + 1)).strip():
            code, whose = split_code(given)
            if code:
                written += _take(code, whose, folder, own, tell)
                continue
            community = ask(say("form.enter_community", last=last or say("form.enter_none")))
            last = community.strip() or last
            about = {"name": last or None, "members": _members(ask, tell)}
            day = _day(day, ask, tell)
            document = _document(checklist, given, about | {"scale": _scale(ask, tell)}, day)
            written += 1
            if _sheet(document, folder, checklist, names, ask, tell) == "q":
                break
    except EOFError:
        tell("")
    tell(say("form.enter_done", n=written, folder=folder))
    return written


def _take(code: str, whose: str, folder: Path, own: str | None, tell: Tell) -> int:
    """An answer code in place of a sheet; it tells no names, so they may stand beside it."""
    try:
        document = decode(code, own)
    except PlaybookError as error:
        tell(f"  {error}")
        return 0
    name, community = (part.strip() for part in f"{whose},".replace("，", ",").split(",")[:2])
    if community:
        document["community"] = {"name": community, **document.get("community", {})}
    stem = f"code-{bare(code)[2:6].lower()}"
    path = folder / f"{stem}.json"
    if not (name and _nameless(path, document["id"])):
        path = _free(folder, stem)
    _keep(path, document | ({"rater": name} if name else {}))
    if not name:
        tell(say("form.enter_whose"))
    checklist = load_checklist(document["checklist"], own)
    number = len(asked(checklist, document["content_version"]))
    tell(say("form.enter_saved", path=path.name, done=len(document["answers"]), asked=number))
    return 1


def _nameless(path: Path, number: str) -> bool:
    """Does the same code lie there without a name? Then it may have one now."""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(before.get("id") == number and "rater" not in before)


def _members(ask: Ask, tell: Tell) -> int | None:
    while typed := ask(say("form.enter_members")).strip():
        digits = re.sub(r"[,，\s]", "", typed)
        if digits.isdecimal() and len(digits) < 11:
            return int(digits)
        tell(say("form.enter_whole"))
    return None


def _day(before: str, ask: Ask, tell: Tell) -> str:
    """The date on the sheet; the one before where none is typed."""
    while typed := ask(say("form.enter_date", last=before)).strip():
        try:
            parts = (int(part) for part in re.split(r"[-/.年月]", typed.rstrip("日")))
            return date(*parts).isoformat()
        except (ValueError, TypeError):
            tell(say("form.enter_day", given=typed))
    return before


def _scale(ask: Ask, tell: Tell) -> str | None:
    """What the community means to be; it decides whether copying counts."""
    while typed := ask(say("form.enter_scale")).strip().lower():
        for scale in SCALES:
            if typed == scale[0]:
                return scale
        tell(say("form.enter_letter", given=typed))
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
        end = "q"
    answers, too_many = _left_out(checklist, sheet.answers())
    _keep(path, document | {"answers": answers})
    if too_many:
        tell(say("form.enter_na_many", names=", ".join(str(names.index(n) + 1) for n in too_many)))
    try:
        load_answers(path, checklist)
    except PlaybookError as error:  # such as a name of a thousand letters
        tell(f"  {error}")
    tell(say("form.enter_saved", path=path.name, done=len(answers), asked=len(names)))
    return end


def _left_out(checklist: Checklist, answers: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Too much of a part that "does not apply" counts as not known, as it does on the page."""
    kept, too_many = dict(answers), []
    for dimension in checklist.dimensions:
        criteria = checklist.of(dimension.id)
        whole, share = sum(c.weight for c in criteria), Fraction(0)
        for criterion in criteria:
            if "na" not in kept.get(criterion.id, {}):
                continue
            if share and (share + criterion.weight) * 5 > whole:
                kept[criterion.id] = {"unknown": True, "note": kept[criterion.id]["note"]}
                too_many.append(criterion.id)
            else:
                share += criterion.weight
    return kept, too_many


def _document(
    checklist: Checklist, rater: str, community: dict[str, Any], day: str
) -> dict[str, Any]:
    return {
        "format": "playbook-answers/1",
        "id": str(uuid4()),
        "checklist": checklist.id,
        "content_version": checklist.version,
        "community": {key: value for key, value in community.items() if value is not None},
        "rater": rater,
        "date": day,
    }


def _keep(path: Path, document: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    today = {"date": f"{now.astimezone():%Y-%m-%d}"}
    rest = {key: value for key, value in document.items() if key != "answers"}
    saved = {"saved": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    whole = {**today, **rest, **saved, "answers": document["answers"]}
    write_whole(path, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")


def _free(folder: Path, name: str) -> Path:
    """A name for a file that is not there yet."""
    slug = re.sub(r"[^\w]+", "-", name).strip("-")[:40] or "sheet"
    n, path = 1, folder / f"{slug}.json"
    while path.exists():
        n, path = n + 1, folder / f"{slug}-{n + 1}.json"
    return path
