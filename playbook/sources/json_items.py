"""JSON of any size, item by item: nothing larger than one item is ever held."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import ijson

from playbook.errors import PlaybookError, refuse
from playbook.sources.base import Bundle

_SHORT = 10_000


def _open(bundle: Bundle, name: str | None) -> BinaryIO:
    stream = cast("io.BufferedReader", bundle.open(name))
    if stream.peek(3)[:3] == codecs.BOM_UTF8:
        stream.read(3)
    return cast("BinaryIO", stream)


def items(bundle: Bundle, name: str | None, prefix: str) -> Iterator[Any]:
    """
    The items under a place of a JSON file, one by one: `item` is a list at the top,
    `messages.item` the list under `messages`, "" every document of a file of JSON lines.

    Floats are floats. A file that breaks off or is no JSON is one PlaybookError that says how
    many items were read until then.
    """
    n = 0
    with _open(bundle, name) as stream:
        try:
            for item in ijson.items(stream, prefix, use_float=True, multiple_values=not prefix):
                yield item
                n += 1
        except PlaybookError:
            raise
        except (ijson.JSONError, ValueError, ArithmeticError, RecursionError) as error:
            reason = " ".join(str(error).split())[:120]
            raise refuse(bundle.place(name), "json_items", rows=n, reason=reason) from None


def facts(bundle: Bundle, name: str | None, prefix: str) -> dict[str, Any]:
    """
    The plain values of one object in a JSON file, long ones (pictures as text) left out.

    {} where there is none; it stops reading where the object ends.
    """
    before, found = bundle.done, {}
    with _open(bundle, name) as stream:
        try:
            started = False
            for place, kind, value in ijson.parse(stream, use_float=True):
                if place == prefix and kind == "start_map":
                    started = True
                elif place == prefix and kind == "end_map":
                    break
                elif started and kind in ("string", "number", "boolean"):
                    key = place.removeprefix(f"{prefix}.")
                    if "." not in key and len(str(value)[:_SHORT]) < _SHORT:
                        found[key] = value
        except PlaybookError:
            raise
        except (ijson.JSONError, ValueError, ArithmeticError, RecursionError):
            pass  # whoever reads the items meets the same fault, and tells it
    bundle.done = before
    return found
