"""Which column of a table is which? A person's answer, a preset's, or both, as one `Mapping`."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from playbook.check import require
from playbook.errors import nearest, quote, refuse
from playbook.events import KINDS
from playbook.files import parse_toml, read_text
from playbook.words import PACKAGE

#: What an event is made of, and may be found in a column.
FIELDS = (
    "member",
    "at",
    "kind",
    "group",
    "object",
    "target",
    "amount",
    "currency",
    "id",
    "name",
    "text",
    "quality",
    "source",
    "key",
    "parent",
    "once",
)
_RULES = ("order", "pattern", "split", "last", "header", "filled")
#: What stands for "the cell is empty" and for "any other value" in a table of values.
BLANK, OTHER = "", "*"
_NUMBERED = re.compile(r"^\s*[（(]?\d{1,3}\s*[)）、.．:：]\s*")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Mapping:
    """
    Which column is which.

    `columns`: for each field the columns to look in, the first filled one counts; a name that
    begins with `=` is no column but the value itself, `#3` is the third column. `kinds`: what a
    value of the kind column means (`-reason`: the row is skipped for that reason; "" an empty cell,
    `*` any other). `skip`: column → value → reason. `order`: `dmy` or `mdy`. `pattern`: how times
    are written, as strptime has it. `split`: the sign between several members or targets. `once`
    (a field): rows that are alike in it are one event. `last`: of the rows of a member about one
    object the last one counts. `also`: further events of the same row, as far as they are filled.
    `verified`: False where a preset laid the ground that no genuine file was seen for.
    """

    columns: Dict[str, tuple[str, ...]]
    kinds: Dict[str, str] = field(default_factory=dict)
    skip: Dict[str, Dict[str, str]] = field(default_factory=dict)
    order: str | None = None
    pattern: str | None = None
    split: str | None = None
    last: bool = False
    header: bool = True
    filled: str | None = None
    also: tuple[Mapping, ...] = ()
    verified: bool = True

    def text(self) -> str:
        """The same mapping as the command line takes it; presets may say more than this can.

        >>> read_mapping("member=昵称,at=时间,kind=post").text()
        'member=昵称,at=时间,kind=post'
        """
        parts = [f"{key}={names[0]}" for key, names in self.columns.items()]
        parts = [part.replace("kind==", "kind=") for part in parts]
        parts += [f"kind.{value}={kind}" for value, kind in self.kinds.items()]
        for column, values in self.skip.items():
            parts += [f"skip.{column}={'|'.join(values)}"]
        if self.order:
            parts.append(f"order={self.order}")
        return ",".join(f'"{part}"' if "," in part else part for part in parts)


@dataclass(frozen=True, slots=True)
class Preset:
    """A mapping that is known beforehand, with words of its own, and whether a file was seen."""

    id: str
    verified: bool
    header: tuple[tuple[str, ...], ...]
    mapping: Mapping
    texts: Dict[str, Any]

    def fits(self, columns: Sequence[str]) -> bool:
        """Are its tell-tale columns all there, and one that says who?"""
        there = {*columns, *map(bare, columns)}
        wanted = [*self.header, self.mapping.columns["member"]]
        return bool(self.header) and all(there.intersection(any_of) for any_of in wanted)


def bare(column: str) -> str:
    """The name of a column without the number that a questionnaire puts before it.

    >>> bare("1、您的微信昵称："), bare("2. Your name *"), bare("2026")
    ('您的微信昵称', 'Your name', '2026')
    """
    return _NUMBERED.sub("", column).rstrip(" *:：?？") or column


def read_mapping(given: Any, preset: str | None = None) -> Mapping:
    """
    Which columns does a person mean?

    `given`: `member=昵称,at=时间,kind=post`; the path of a TOML file with the same keys; a
    dictionary; or a Mapping. Above it `preset` may lay the ground. A value of the kind column is
    told by `kind.报名=signup`, a row to leave out by `skip.状态=已取消`, a fixed value by `==`
    (`group==北京分舵`), and the order of day and month by `order=dmy` or `order=mdy`. Unknown keys:
    one PlaybookError.

    >>> read_mapping("member=昵称,at=时间,kind=post").columns["at"]
    ('时间',)
    """
    if isinstance(given, Mapping):
        return given
    base = find_preset(preset).mapping if preset else None
    if given is None and base is not None:
        return base
    document = dict(given) if isinstance(given, dict) else _document(str(given or ""))
    found = _mapping(document)
    return found if base is None else _laid_over(base, found, document)


def _document(text: str) -> dict[str, Any]:
    """The text of `--map` as a document; a text without `=` names a file."""
    if "=" not in text:
        if not text.strip():
            return {}
        return parse_toml(read_text(Path(text)), Path(text).name)
    found: dict[str, Any] = {}
    for part in next(csv.reader([text], skipinitialspace=True)):
        key, equals, value = part.partition("=")
        key, _, of = key.strip().partition(".")
        if not equals or key not in (*FIELDS, *_RULES, "skip"):
            known = [*FIELDS, "order", "pattern", "split", "kind.VALUE", "skip.COLUMN"]
            told = {"given": quote(part), "known": ", ".join(known)}
            raise refuse("--map", "map_key", nearest(key, FIELDS), **told)
        if key == "kind" and of:
            found.setdefault("kinds", {})[of] = value.strip()
        elif key == "skip":
            reasons = dict.fromkeys(value.strip().split("|"), "left_out")
            found.setdefault("skip", {})[of] = reasons
        elif key in ("last", "header"):
            found[key] = value.strip() in ("true", "1", "yes", "")
        else:
            found[key] = value.strip()
    return found


def _mapping(document: Dict[str, Any], where: str = "--map") -> Mapping:
    """A document as a mapping, checked; every entry of `also` is a mapping laid over it."""
    require(document, "mapping", where)
    columns = {}
    for key in FIELDS:
        told = document.get(key)
        if told:
            columns[key] = tuple(told) if isinstance(told, list) else (told,)
    kind = columns.get("kind", ())
    if len(kind) == 1 and kind[0] in KINDS and "kinds" not in document:
        columns["kind"] = (f"={kind[0]}",)
    currency = columns.get("currency", ())
    if len(currency) == 1 and _CURRENCY.fullmatch(currency[0]):
        columns["currency"] = (f"={currency[0]}",)
    for value, means in document.get("kinds", {}).items():
        if means not in KINDS and not means.startswith("-"):
            told = {"given": quote(f"{value}={means}"), "known": ", ".join(KINDS)}
            raise refuse("--map", "map_kind", nearest(means, KINDS), **told)
    found = Mapping(
        columns,
        document.get("kinds", {}),
        document.get("skip", {}),
        **{key: document[key] for key in _RULES if key in document},
    )
    extra = [_laid_over(found, _mapping(one, where), one) for one in document.get("also", ())]
    return replace(found, also=tuple(extra)) if extra else found


def _laid_over(base: Mapping, over: Mapping, document: Dict[str, Any]) -> Mapping:
    """One mapping above another: what the upper says counts; an empty text takes a field away."""
    gone = {key for key in FIELDS if document.get(key) == ""}
    columns = {k: v for k, v in (dict(base.columns) | dict(over.columns)).items() if k not in gone}
    # Another column of kinds has other values.
    kinds = over.kinds if over.kinds or "kind" in over.columns else base.kinds
    rules = {key: getattr(over if key in document else base, key) for key in _RULES}
    skip = dict(base.skip) | dict(over.skip)
    return Mapping(columns, kinds, skip, also=base.also, verified=base.verified, **rules)


@cache
def presets() -> Dict[str, Preset]:
    """Which tables are known beforehand, by id? `verified` says whether a genuine file was seen.

    >>> presets()["shopify-orders"].verified
    False
    """
    source = PACKAGE / "content" / "presets.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"))
    found = {}
    for name, told in document["preset"].items():
        header = tuple(tuple([one] if isinstance(one, str) else one) for one in told["header"])
        texts = {lang: told[lang] for lang in ("en", "zh")}
        mapping = replace(_mapping(told["map"], name), verified=told["verified"])
        found[name] = Preset(name, told["verified"], header, mapping, texts)
    return found


def find_preset(name: str) -> Preset:
    """The preset of this id; an unknown one is refused with the nearest."""
    known = presets()
    if name not in known:
        told = {"given": quote(name), "known": ", ".join(known)}
        raise refuse("--preset", "no_preset", nearest(name, known), **told)
    return known[name]


def preset_of(columns: Sequence[str]) -> Preset | None:
    """Which preset knows a table with these columns?"""
    return next((one for one in presets().values() if one.fits(columns)), None)
