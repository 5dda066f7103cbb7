"""One family of errors: where · what was given · what would work.

A `PlaybookError` holds every fault of a document at once, so that a person mends a file in one
go. Its text is made when it is read, in the language then in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playbook.words import say

#: How much of a wrong value is quoted back; a 50-MB note must not become a 50-MB message.
_QUOTE = 60
#: How many faults are told at once; the rest are counted.
_TOLD = 20
#: How many faults of one file are looked for: a file with more is not a file of ours.
FEW = 1000


def quote(value: Any) -> str:
    """How is a wrong value shown in a message: short, on one line, quoted?

    >>> quote("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    if isinstance(value, str):
        return repr(value[:_QUOTE] + "…") if len(value) > _QUOTE else repr(value)
    if isinstance(value, dict):
        return "{…}"
    if isinstance(value, list):
        return "[…]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        shown = str(value)
    except ValueError:  # Python refuses to write out a number of thousands of digits
        shown = "…"
    return shown[:_QUOTE] + "…" if len(shown) > _QUOTE else shown


def nearest(given: str, known: Iterable[str]) -> str | None:
    """Which known name was probably meant?

    >>> nearest("interest.shared_gaol", ["interest.shared_goal", "copy.model"])
    'interest.shared_goal'
    """
    from difflib import get_close_matches  # only a fault needs it

    names, given = list(known), str(given)[:200]
    tails: dict[str, list[str]] = {}
    for name in names:
        tails.setdefault(name.rpartition(".")[2], []).append(name)
    # A right last part under a wrong dimension; then a slip anywhere; then one in the last part.
    tail = given.rpartition(".")[2]
    if len(tails.get(tail, ())) == 1:
        return tails[tail][0]
    if found := get_close_matches(given, names, n=1, cutoff=0.6):
        return found[0]
    found = get_close_matches(tail, tails, n=1)
    return tails[found[0]][0] if found else None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the place, the id of the message in `words/error.toml`, its values."""

    where: str
    message: str
    values: dict[str, Any] = field(default_factory=dict)
    meant: str | None = None

    def say(self, lang: str | None = None) -> str:
        told = say(f"error.{self.message}", lang, **self.values) if self.message else ""
        line = f"{self.where}: {told}" if self.where else told
        return f"{line} {say('error.meant', lang, name=self.meant)}" if self.meant else line


class PlaybookError(ValueError):
    """Bad input: the faults found, each with place and remedy. The command line exits with 2."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)

    def say(self, lang: str | None = None) -> str:
        lines = [fault.say(lang) for fault in self.faults[:_TOLD]]
        if len(self.faults) > _TOLD:
            lines.append(say("error.more", lang, n=len(self.faults) - _TOLD))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.say()

    def _render_traceback_(self) -> list[str]:
        """In a notebook the message alone: forty lines of our own code help nobody."""
        return [f"{type(self).__name__}: {self}"]


def refuse(where: str, message: str, meant: str | None = None, **values: Any) -> PlaybookError:
    """One fault as an error, ready to raise.

    >>> str(refuse("a.json", "empty"))
    'a.json: the file is empty. Give a file that the kit or its form has saved.'
    """
    return PlaybookError([Fault(where, message, values, meant)])
