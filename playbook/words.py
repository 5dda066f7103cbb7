"""The words of the interface, in both languages, from `content/words/*.toml`.

Engines return ids and numbers; everything a person reads goes through `say`. The first part of
an id names the file: `say("score.sentence")` looks in `content/words/score.toml`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")

#: Where the package lies. (`importlib.resources` would cost a tenth of a whole assessment.)
PACKAGE = Path(__file__).resolve().parent

#: The language in force where a caller gives none; the command line sets it from --lang.
current_language: ContextVar[str | None] = ContextVar("playbook_language", default=None)


def language(lang: str | None = None) -> str:
    """
    Which language is spoken: the one given, the one in force, PLAYBOOK_LANG, else English?

    The notebooks of both languages hold the same code; so the folder that one runs in, `en` or
    `zh`, has a say before English has.

    >>> language("zh")
    'zh'
    """
    if lang in LANGUAGES:  # a page asks a thousand times
        return lang
    told = (current_language.get(), os.environ.get("PLAYBOOK_LANG"), Path.cwd().name)
    return next((one for one in told if one in LANGUAGES), "en")


@cache
def _book(name: str) -> Mapping[str, Mapping[str, str]]:
    source = PACKAGE / "content" / "words" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def say(word_id: str, lang: str | None = None, **values: Any) -> str:
    """How is this said? `values` fill the {places}; an unknown id is a fault of ours: KeyError.

    >>> say("word.unknown", "en")
    'not known'
    """
    text = _book(word_id.partition(".")[0])[word_id][language(lang)]
    return text.format(**values) if values else text


def text(texts: Mapping[str, Mapping[str, Any]], key: str, lang: str | None = None) -> Any:
    """What does an entry of content say under `key`? Falls back to English, then to ''.

    >>> text({"en": {"name": "Interest"}, "zh": {"name": "同好"}}, "name", "zh")
    '同好'
    """
    chosen = texts.get(language(lang), {})
    return chosen.get(key, texts.get("en", {}).get(key, ""))
