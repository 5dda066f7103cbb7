"""What all commands share; those that stand on heavier libraries are modules of this folder."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from playbook.words import say


def print_json(document: Any) -> None:
    """One document on standard output; a console that cannot show every sign gets escapes."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(document, ensure_ascii=plain, indent=1, allow_nan=False))


def whole(low: int, high: int) -> Callable[[str], int]:
    """
    A whole number between two bounds, as an option's type; anything else is told in words.

    >>> whole(1, 104)("12")
    12
    """

    def read(given: str) -> int:
        # Longer than nine digits: argparse would let int() read a million of them.
        if not given.isdecimal() or len(given) > 9 or not low <= int(given) <= high:
            told = say("error.range", given=given[:20], low=low, high=high)
            raise argparse.ArgumentTypeError(told)
        return int(given)

    return read
