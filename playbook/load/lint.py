"""What is wrong between the parts of a checklist, where its schema cannot see it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playbook.errors import Fault, nearest, quote
from playbook.model import (
    AIMS,
)
from playbook.words import LANGUAGES

Document = Mapping[str, Any]


def content_faults(document: Document, milestones: Document | None, where: str) -> Iterator[Fault]:
    """What is wrong between the parts of a checklist that its schema cannot see?"""
    dimensions = [entry["id"] for entry in document["dimension"]]
    criteria = {entry["id"]: entry for entry in document["criterion"]}
    asked = {name: entry for name, entry in criteria.items() if "retired" not in entry}
    for entries in (document["dimension"], document["criterion"]):
        yield from twice_faults(entries, where)
        for entry in entries:
            yield from _language_faults(entry, f"{where}: {entry['id']}")
    values = list(document["levels"])
    if values[0] != 0 or values[-1] != 1 or sorted(set(values)) != values:
        yield Fault(f"{where}: levels", "levels_rise", {"given": values})
    yield from _weight_faults(document.get("weights", {}), dimensions, where)
    yield from _criterion_faults(criteria, dimensions, where)
    for outcome in document.get("outcome", ()):
        place = f"{where}: {outcome['id']}"
        yield from _language_faults(outcome, place)
        for condition in (*outcome.get("all", ()), *outcome.get("any", ())):
            yield from _condition_faults(condition, asked, dimensions, place)
    for milestone in (milestones or {}).get("milestone", ()):
        place = f"{where}: {milestone['id']}"
        yield from _language_faults(milestone, place)
        yield from twice_faults(milestone.get("gate", ()), place)
        for gate in milestone.get("gate", ()):
            yield from _gate_faults(gate, asked, dimensions, place)


def _weight_faults(weights: Document, dimensions: Sequence[str], where: str) -> Iterator[Fault]:
    for aim, table in weights.items():
        place = f"{where}: weights: {aim}"
        if aim not in AIMS:
            yield Fault(place, "aim", {"given": quote(aim)})
        if not sum(table.values()):
            yield Fault(place, "no_weight", {"aim": aim})
        for name in table:
            if name not in dimensions:
                yield Fault(
                    place, "no_dimension", {"given": quote(name)}, nearest(name, dimensions)
                )


def _criterion_faults(
    criteria: Mapping[str, Document], dimensions: Sequence[str], where: str
) -> Iterator[Fault]:
    for name, entry in criteria.items():
        if name.partition(".")[0] not in dimensions:
            known = ", ".join(dimensions)
            yield Fault(f"{where}: {name}", "id_prefix", {"given": quote(name), "known": known})
        for needed in entry.get("depends_on", ()):
            if needed not in criteria:
                yield Fault(
                    f"{where}: {name}: depends_on",
                    "no_criterion",
                    {"given": quote(needed)},
                    nearest(needed, criteria),
                )
    yield from _cycles(criteria, where)


def twice_faults(entries: Sequence[Document], where: str) -> Iterator[Fault]:
    """Which entries of a list bear one id?"""
    for name, count in Counter(entry["id"] for entry in entries).items():
        if count > 1:
            yield Fault(where, "duplicate_id", {"given": quote(name)})


def _language_faults(entry: Document, where: str) -> Iterator[Fault]:
    one, other = (set(entry.get(lang, {})) for lang in LANGUAGES)
    if one != other:
        yield Fault(where, "languages", {"keys": ", ".join(sorted(one ^ other))})


def _condition_faults(
    condition: Document, criteria: Document, dimensions: Sequence[str], place: str
) -> Iterator[Fault]:
    for key, known, message in (
        ("dimension", dimensions, "no_dimension"),
        ("criterion", criteria, "no_criterion"),
    ):
        if key in condition and condition[key] not in known:
            yield Fault(
                place, message, {"given": quote(condition[key])}, nearest(condition[key], known)
            )


def _gate_faults(
    gate: Document, criteria: Document, dimensions: Sequence[str], where: str
) -> Iterator[Fault]:
    place = f"{where}: gate {gate['id']}"
    kinds = [key for key in ("dimension", "criterion", "funnel_stage") if key in gate]
    whole = ("dimension" in gate) == ("at_least" in gate) and (
        ("criterion" in gate) == ("level" in gate)
    )
    if len(kinds) != 1 or not whole:
        yield Fault(place, "gate_kind", {})
    yield from _condition_faults(gate, criteria, dimensions, place)


def _cycles(criteria: Mapping[str, Document], where: str) -> Iterator[Fault]:
    done: set[str] = set()
    for start in criteria:
        path: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done.add(name)
                del path[name]
            elif name in path:
                names = list(path)
                way = " → ".join([*names[names.index(name) :][:10], name])
                yield Fault(f"{where}: {name}", "cycle", {"given": way})
                return
            elif name in criteria and name not in done:
                path[name] = None
                stack.append((name, True))
                stack += [(needed, False) for needed in criteria[name].get("depends_on", ())]
