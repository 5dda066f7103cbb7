"""Evidence → model: the cases of the casebook and the sources of their facts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from playbook import check
from playbook.errors import nearest, quote, refuse
from playbook.files import data_folder, parse_toml, read_text
from playbook.load.opinions import texts_of
from playbook.model import (
    Case,
)
from playbook.words import LANGUAGES, language

Document = Mapping[str, Any]


@cache
def case_names() -> tuple[str, ...]:
    """Which cases does the casebook hold? The three that the lessons lean on come first.

    >>> case_names()[:3]
    ('pinduoduo', 'fandeng', 'xiaomi')
    """
    folder = data_folder() / "cases"
    first = {"pinduoduo": 0, "fandeng": 1, "xiaomi": 2}
    names = [path.stem for path in folder.glob("*.toml")] if folder.is_dir() else []
    return tuple(sorted(names, key=lambda name: (first.get(name, 9), name)))


@cache
def sources() -> Mapping[str, Mapping[str, Any]]:
    """Where was each fact read? By the source's id.

    >>> sources()["003"]["kind"]
    'article'
    """
    path = data_folder() / "sources.toml"
    if not path.is_file():
        raise refuse("data/sources.toml", "not_data")
    return {entry["id"]: entry for entry in parse_toml(read_text(path), path.name)["source"]}


@cache
def case_document(name: str) -> Mapping[str, Any]:
    """A case of the casebook as its file holds it, checked."""
    path = data_folder() / "cases" / f"{name}.toml"
    document = parse_toml(read_text(path), path.name)
    check.require(document, "case", path.name)
    return document


def load_case(name: str | Path) -> Case:
    """
    What is known of one community of the casebook (its id, or the path of a case file)?

    >>> load_case("xiaomi").kind
    'product'
    """
    path = Path(name)
    if path.suffix == ".toml" and path.exists():
        document: Mapping[str, Any] = parse_toml(read_text(path), path.name)
        check.require(document, "case", path.name)
    elif str(name) in case_names():
        document = case_document(str(name))
    else:
        names = case_names()
        raise refuse(
            "cases",
            "no_case",
            nearest(str(name), names),
            given=quote(str(name)),
            known=", ".join(names),
        )
    return Case(
        id=document["id"],
        texts=texts_of(document),
        kind=document["kind"],
        fate=document["fate"],
        formative=document.get("formative", {}),
        facts=tuple(document["fact"]),
        patterns=tuple(document.get("pattern", ())),
        places=tuple(document.get("place", ())),
        answers=document["answers"],
    )


def load_cases() -> tuple[Case, ...]:
    """Every case of the casebook.

    >>> load_cases()[0].id
    'pinduoduo'
    """
    return tuple(load_case(name) for name in case_names())


def case_answers(document: Document, lang: str | None = None) -> dict[str, Any]:
    """The answers document of a case, with its notes in one language."""
    raw = document["answers"] if "fact" in document else document
    found = {"format": "playbook-answers/1", **raw}
    found["answers"] = {
        name: {
            **{key: value for key, value in answer.items() if key not in LANGUAGES},
            **(
                {"note": answer.get(language(lang), answer["en"])["note"]} if "en" in answer else {}
            ),
        }
        for name, answer in raw["answers"].items()
    }
    return found
