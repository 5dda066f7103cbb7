"""Does a document have the shape its JSON Schema asks for? All faults at once, in plain words.

An interpreter of the small part of JSON Schema that our schemas use, in the standard library:
the well-kept `jsonschema` takes longer to import than a whole assessment takes, and its messages
are not written for a community builder. A test holds both to the same verdicts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from playbook.errors import FEW, Fault, PlaybookError, nearest, quote, refuse
from playbook.words import PACKAGE

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


@cache
def schema(name: str) -> Mapping[str, Any]:
    """Which JSON Schema describes a document? Names: `schema_names()`.

    >>> schema("answers")["required"]
    ['format', 'answers']
    """
    known = schema_names()
    if name not in known:
        raise refuse(
            "schema", "no_schema", nearest(name, known), given=quote(name), known=", ".join(known)
        )
    source = PACKAGE / "schema" / f"{name}.json"
    found: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return found


def schema_names() -> list[str]:
    """Which documents have a schema?

    >>> "answers" in schema_names()
    True
    """
    names = [entry.name for entry in (PACKAGE / "schema").iterdir()]
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def check(document: Any, name: str, where: str = "") -> list[Fault]:
    """What is wrong with a document? An empty list: nothing.

    >>> check({"format": "playbook-answers/1"}, "answers")[0].say("en")
    "'answers' is missing."
    """
    root = schema(name)
    return list(islice(_faults(document, root, root, where), FEW))


def require(document: Any, name: str, where: str = "") -> None:
    """Raise a PlaybookError with every fault of a document, if it has one.

    >>> require({"format": "playbook-answers/1", "answers": {}}, "answers")
    """
    faults = check(document, name, where)
    if faults:
        raise PlaybookError(faults)


def _is(value: Any, kind: str) -> bool:
    # In Python true is a number; in a questionnaire it is not.
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _as_json(item: object) -> str:
    """How a value of an enumeration is written in a file."""
    return item if isinstance(item, str) else json.dumps(item)


def below(where: str, key: object) -> str:
    """How is a place inside a place named?"""
    # A key comes from the file: a long or unprintable one must not spoil the message.
    shown = str(key)
    if not shown.isprintable() or len(shown) > 60:
        shown = quote(shown)
    return f"{where}: {shown}" if where else shown


def _faults(
    value: Any, rule: Mapping[str, Any], root: Mapping[str, Any], where: str
) -> Iterator[Fault]:
    if "$ref" in rule:
        rule = root["$defs"][rule["$ref"].rpartition("/")[2]]
    kinds = rule.get("type")
    if kinds is not None:
        kinds = [kinds] if isinstance(kinds, str) else kinds
        # An enumeration tells more than a type: "7 given; choose one of 0, 1, 2, 3".
        if not any(_is(value, kind) for kind in kinds) and "enum" not in rule:
            yield Fault(where, "type", {"given": quote(value), "kinds": " / ".join(kinds)})
            return
    if "const" in rule and value != rule["const"]:
        yield Fault(where, "const", {"given": quote(value), "expected": rule["const"]})
    if "enum" in rule and not any(
        value == known
        and isinstance(value, bool) == isinstance(known, bool)
        and isinstance(value, float) == isinstance(known, float)
        for known in rule["enum"]
    ):
        known = [_as_json(item) for item in rule["enum"]]
        # "2" for 2 is told apart by its marks; "did you mean '2'?" would only puzzle.
        meant = nearest(value, known) if isinstance(value, str) and value not in known else None
        yield Fault(where, "enum", {"given": quote(value), "known": ", ".join(known)}, meant)
    if isinstance(value, str):
        yield from _string_faults(value, rule, where)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _number_faults(value, rule, where)
    elif isinstance(value, list):
        yield from _list_faults(value, rule, root, where)
    elif isinstance(value, dict):
        yield from _object_faults(value, rule, root, where)


def _number_faults(value: float, rule: Mapping[str, Any], where: str) -> Iterator[Fault]:
    low, high = rule.get("minimum"), rule.get("maximum")
    if (low is not None and not value >= low) or (high is not None and not value <= high):
        shown = {"low": "…" if low is None else low, "high": "…" if high is None else high}
        yield Fault(where, "range", {"given": quote(value), **shown})


def _list_faults(
    value: list[Any], rule: Mapping[str, Any], root: Mapping[str, Any], where: str
) -> Iterator[Fault]:
    low, high = rule.get("minItems", 0), rule.get("maxItems")
    if len(value) < low or (high is not None and len(value) > high):
        shown = {"low": low, "high": "…" if high is None else high}
        yield Fault(where, "items", {"given": len(value), **shown})
    for place, item in enumerate(value, 1):
        # An entry of ours is found by its id sooner than by its number.
        label = item.get("id", place) if isinstance(item, dict) else place
        if not isinstance(label, (str, int)):
            label = place
        yield from _faults(item, rule.get("items", {}), root, below(where, label))


def _string_faults(value: str, rule: Mapping[str, Any], where: str) -> Iterator[Fault]:
    if len(value) < rule.get("minLength", 0):
        yield Fault(where, "no_text", {})
    if len(value) > rule.get("maxLength", len(value)):
        yield Fault(where, "too_long", {"given": len(value), "high": rule["maxLength"]})
    if "pattern" in rule and not re.search(rule["pattern"], value):
        yield Fault(
            where, "pattern", {"given": quote(value), "like": rule.get("examples", [""])[0]}
        )


def _object_faults(
    value: dict[str, Any], rule: Mapping[str, Any], root: Mapping[str, Any], where: str
) -> Iterator[Fault]:
    properties = rule.get("properties", {})
    rest = rule.get("additionalProperties", True)
    for key in rule.get("required", ()):
        if key not in value:
            meant = nearest(key, [k for k in value if k not in properties])
            yield Fault(where, "missing", {"key": key}, meant and f"{meant} → {key}")
    for key, item in value.items():
        if key in properties:
            yield from _faults(item, properties[key], root, below(where, key))
        elif rest is False:
            yield Fault(
                where,
                "unknown_key",
                {"key": quote(key), "known": ", ".join(properties)},
                nearest(key, properties),
            )
        elif isinstance(rest, Mapping):
            yield from _faults(item, rest, root, below(where, key))
