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
from importlib.resources import files
from typing import Any

from playbook.errors import Fault, PlaybookError, nearest, quote, refuse

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
    """Which JSON Schema describes a document? Names: `schema_names()`."""
    known = schema_names()
    if name not in known:
        raise refuse(
            "schema", "no_schema", nearest(name, known), given=quote(name), known=", ".join(known)
        )
    source = files("playbook") / "schema" / f"{name}.json"
    found: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    return found


def schema_names() -> list[str]:
    """Which documents have a schema?"""
    names = [entry.name for entry in (files("playbook") / "schema").iterdir()]
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def check(document: Any, name: str, where: str = "") -> list[Fault]:
    """What is wrong with a document? An empty list: nothing."""
    root = schema(name)
    return list(_faults(document, root, root, where))


def require(document: Any, name: str, where: str = "") -> None:
    """Raise a PlaybookError with every fault of a document, if it has one."""
    faults = check(document, name, where)
    if faults:
        raise PlaybookError(faults)


def _is(value: Any, kind: str) -> bool:
    # In Python true is a number; in a questionnaire it is not.
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _below(where: str, key: object) -> str:
    return f"{where}: {key}" if where else str(key)


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
        known = ["null" if item is None else str(item) for item in rule["enum"]]
        meant = nearest(value, known) if isinstance(value, str) else None
        yield Fault(where, "enum", {"given": quote(value), "known": ", ".join(known)}, meant)
    if isinstance(value, str):
        yield from _string_faults(value, rule, where)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = rule.get("minimum"), rule.get("maximum")
        if (low is not None and not value >= low) or (high is not None and not value <= high):
            yield Fault(where, "range", {"given": quote(value), "low": low, "high": high})
    elif isinstance(value, list):
        if len(value) < rule.get("minItems", 0) or len(value) > rule.get("maxItems", len(value)):
            yield Fault(
                where,
                "items",
                {
                    "given": len(value),
                    "low": rule.get("minItems", 0),
                    "high": rule.get("maxItems", "…"),
                },
            )
        for place, item in enumerate(value):
            label = item.get("id", place + 1) if isinstance(item, dict) else place + 1
            yield from _faults(item, rule.get("items", {}), root, _below(where, label))
    elif isinstance(value, dict):
        yield from _object_faults(value, rule, root, where)


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
            yield from _faults(item, properties[key], root, _below(where, key))
        elif rest is False:
            yield Fault(
                where,
                "unknown_key",
                {"key": quote(key), "known": ", ".join(properties)},
                nearest(key, properties),
            )
        elif isinstance(rest, Mapping):
            yield from _faults(item, rest, root, _below(where, key))
