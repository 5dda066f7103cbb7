"""A model, run: its numbers with seed, values, labels, sources, findings and red lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playbook.errors import quote, refuse
from playbook.growth.bargain import bargain
from playbook.growth.base import (
    Entry,
    Generator,
    Results,
    Values,
    model,
    models,
    streams,
    tidy,
    values,
)
from playbook.growth.dividend import dividend
from playbook.growth.fission import fission
from playbook.growth.forecast import forecast
from playbook.growth.franchise import franchise
from playbook.growth.funnel_economics import funnel_economics
from playbook.growth.group_buy import group_buy
from playbook.growth.sizing import sizing
from playbook.load import content, sources
from playbook.words import say, text

ENGINES: Mapping[str, Callable[[Values, Generator], Results]] = {
    "group-buy": group_buy,
    "bargain": bargain,
    "fission": fission,
    "forecast": forecast,
    "sizing": sizing,
    "dividend": dividend,
    "franchise": franchise,
    "funnel": funnel_economics,
}


@dataclass(frozen=True)
class Simulation:
    """One run of a model: what went in, what came out. The same seed gives the same."""

    model: str
    seed: int
    values: Mapping[str, Any]
    given: frozenset[str]
    results: Mapping[str, Any]

    @property
    def entry(self) -> Entry:
        return model(self.model)

    def parameters(self) -> dict[str, dict[str, Any]]:
        """Each value with its unit, and where it is from: content's label, `given`, or `unused`."""
        told = {}
        for p in self.entry["parameter"]:
            value, label, source = self.values[p["id"]], p["label"], p["source"]
            if "unless" in p and self.values[p["unless"]] is not None:
                value, label, source = None, "unused", None
            elif p["id"] in self.given:
                label, source = "given", None
            told[p["id"]] = {"value": value, "unit": p["unit"], "label": label, "source": source}
        return told

    def findings(self, lang: str | None = None) -> list[dict[str, str]]:
        """What the numbers say, in sentences; one whose numbers do not exist is left out."""
        told = []
        for finding in self.entry.get("finding", ()):
            here = {name: self._at(path) for name, path in finding.get("use", {}).items()}
            here = {name: self._named(value, lang) for name, value in here.items()}
            wanted = all(self._at(path) for path in finding.get("when", ()))
            unwanted = any(self._at(path) for path in finding.get("unless", ()))
            if wanted and not unwanted and None not in here.values():
                sentence = text(finding, "text", lang).format(**here)
                told.append({"id": finding["id"], "text": sentence})
        return told

    def _at(self, path: str) -> Any:
        """The number at `success.low`, or a parameter at `= team`."""
        if path.startswith("="):
            return self.values[path[1:]]
        found: Any = self.results
        for part in path.split("."):
            if found is None:
                return None
            if isinstance(found, list):  # a short run has no second generation
                found = dict(enumerate(found)).get(int(part))
            else:
                found = found[part]
        return found

    def _named(self, value: Any, lang: str | None) -> Any:
        """An id among the results, of a parameter or of a wave, by its name in words."""
        if not isinstance(value, str):
            return value
        names = {p["id"]: text(p, "name", lang) for p in self.entry["parameter"]}
        return names.get(value) or say(f"model.name.{value}", lang)

    def published(self, lang: str | None = None) -> list[dict[str, Any]] | str:
        """Which published figures stand beside it, and how far is the model from them?"""
        told = []
        for figure in self.entry.get("published", ()):
            own = self._at(figure["result"]) if "result" in figure else None
            value = figure.get("value")
            told.append(
                {
                    "id": figure["id"],
                    "what": text(figure, "what", lang),
                    "value": value,
                    "model": own,
                    "gap": None if None in (own, value) else tidy(own - value),
                    "fit": text(figure, "fit", lang),
                    "quality": figure["quality"],
                    "source": figure["source"],
                }
            )
        return told or "none published"

    def sources(self) -> list[dict[str, Any]]:
        """Every source named anywhere in the run, once."""
        names = list(self.entry["source"])
        names += [p["source"] for p in self.parameters().values() if p["source"]]
        names += [figure["source"] for figure in self.entry.get("published", ())]
        names += [name for line in self._redlines() for name in line["source"]]
        known = sources()
        return [
            {"id": name, "title": known[name]["title"], "where": known[name]["where"]}
            for name in dict.fromkeys(names)
        ]

    def _redlines(self) -> list[Mapping[str, Any]]:
        lines = content("redlines")["redline"]
        return [line for line in lines if self.model in line["applies_to"]]

    def redlines(self, lang: str | None = None) -> list[dict[str, Any]]:
        """What platforms and law forbid or license here; not legal advice."""
        told = ("what", "rule", "consequence", "ask")
        return [
            {
                **{key: line[key] for key in ("id", "jurisdiction", "binding", "since", "source")},
                **{key: text(line, key, lang) for key in told},
            }
            for line in self._redlines()
        ]

    def to_dict(self, lang: str | None = None) -> dict[str, Any]:
        """The document that `playbook simulate --json` prints."""
        return {
            "format": "playbook-simulation/1",
            "model": self.model,
            "version": self.entry["version"],
            "seed": self.seed,
            "name": text(self.entry, "name", lang),
            "parameters": self.parameters(),
            "results": self.results,
            "findings": self.findings(lang),
            "published": self.published(lang),
            "limits": text(self.entry, "limits", lang),
            "sources": self.sources(),
            "redlines": self.redlines(lang),
        }


def run(name: str, seed: int = 7, **options: Any) -> Simulation:
    """
    What would a mechanism bring? Seed 0 to 2^63 - 1; options as in `content/models.toml`.

    >>> run("sizing", members=100).results["group"]["pairs"]
    4950.0
    """
    found = model(name)["id"]
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise refuse("simulate: seed", "type", given=quote(seed), kinds="integer")
    if not 0 <= seed < 2**63:
        raise refuse("simulate: seed", "range", given=quote(seed), low=0, high=2**63 - 1)
    checked = values(found, **options)
    given = frozenset(key.replace("-", "_") for key in options)
    results = tidy(ENGINES[found](checked, streams(seed, 1)[0]))
    return Simulation(found, seed, checked, given, results)


def catalogue(lang: str | None = None, name: str | None = None) -> list[dict[str, Any]]:
    """
    Which models are there, with which parameters? One by its name, else all.

    >>> [entry["id"] for entry in catalogue()][-1]
    'funnel'
    """
    entries = models().values() if name is None else [model(name)]
    keys = ("id", "kind", "default", "low", "high", "choices", "unit", "label", "source")
    return [
        {
            "id": entry["id"],
            "version": entry["version"],
            "name": text(entry, "name", lang),
            "question": text(entry, "question", lang),
            "parameters": [
                {
                    **{key: parameter.get(key) for key in keys},
                    "name": text(parameter, "name", lang),
                    "meaning": text(parameter, "meaning", lang),
                }
                for parameter in entry["parameter"]
            ],
        }
        for entry in entries
    ]
