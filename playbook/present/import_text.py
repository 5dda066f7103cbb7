"""An import in words, for a terminal: what was read, what it gave, what was skipped and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook.load import content
from playbook.present.people_text import rule_name
from playbook.present.terminal import wrap
from playbook.words import language, say, text

Found = Mapping[str, Any]


def import_text(found: Found, name: str, lang: str | None = None) -> str:
    """What came of an import (`Import.to_dict()`), for a terminal of 80 columns?"""
    lang = language(lang)
    skipped = found["rows"] - found["used"]
    told = {"rows": found["rows"], "used": found["used"], "skipped": skipped}
    numbers = {key: _count(n, lang) for key, n in told.items()}
    out = [wrap(say("source.head", lang, name=name, format=found["format"], **numbers)), ""]
    if found["events"]:
        numbers = {key: _count(found[key], lang) for key in ("events", "members", "groups")}
        days = {key: (found[end] or "–")[:10] for key, end in (("first", "from"), ("last", "to"))}
        out.append(wrap(say("source.events", lang, **numbers, **days)))
        out += _rows({rule_name("kind", kind, lang): n for kind, n in found["kinds"].items()}, lang)
    else:
        out.append(wrap(say("source.no_events", lang)))
    if found["skipped"]:
        names = {say(f"source.skip.{why}", lang): n for why, n in found["skipped"].items()}
        out += ["", say("source.skipped", lang), *_rows(names, lang)]
    notes = _notes(found, lang)
    return "\n".join([*out, *([""] if notes else []), *notes])


def _count(n: int, lang: str) -> str:
    """A count that a reader may add up: to the last digit."""
    return str(n) if lang == "zh" else f"{n:,}"


def _rows(counts: Mapping[str, int], lang: str) -> list[str]:
    indent = " " * 11
    return [wrap(what, indent, f"{_count(n, lang):>9}  ") for what, n in counts.items()]


def _notes(found: Found, lang: str) -> list[str]:
    unproven = not found["genuine"] and "unverified" not in found["notes"]
    notes = [say("source.unproven", lang)] if unproven else []
    for word, key in (("estimated", "estimated_times"), ("timeless", "unknown_times")):
        if found[key]:
            notes.append(say(f"source.{word}", lang, n=_count(found[key], lang)))
    if found["cut_names"]:
        notes.append(say("source.cut", lang, n=_count(found["cut_names"], lang)))
    notes += [
        say(f"source.note.{note}", lang, n=_count(n, lang)) for note, n in found["notes"].items()
    ]
    return [wrap(note) for note in notes]


def redline_text(lang: str | None = None) -> str:
    """What the law asks of whoever keeps members' data, in a short paragraph a red line."""
    lang = language(lang)
    lines = [one for one in content("redlines")["redline"] if "import" in one["applies_to"]]
    told = ({key: text(one, key, lang) for key in ("what", "rule", "ask")} for one in lines)
    return "\n\n".join(wrap(say("source.redline", lang, **one)) for one in told)
