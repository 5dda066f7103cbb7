"""One run of a model: its numbers with seed, values, labels, sources, findings and red lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.errors import nearest, quote, refuse
from playbook.files import write_whole
from playbook.growth.base import Entry, model, tidy
from playbook.load import content, sources
from playbook.words import say, text

if TYPE_CHECKING:
    import pandas as pd

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Simulation:
    """One run of a model: what went in, what came out. The same seed gives the same."""

    model: str
    seed: int
    values: Mapping[str, Any]
    given: frozenset[str]
    results: Mapping[str, Any]
    #: What was estimated from events: value, low, high and n by parameter.
    calibrated: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: The network it ran on, if it was one's own: people, ties and a fingerprint.
    network: Mapping[str, Any] | None = None

    @property
    def entry(self) -> Entry:
        return model(self.model)

    def parameters(self) -> dict[str, dict[str, Any]]:
        """
        Each value with its unit, and where it is from.

        Labels: those of content, `given`, `calibrated` (then with low, high and n), `unused`.
        """
        told = {}
        for p in self.entry["parameter"]:
            key, value, label, source = p["id"], self.values[p["id"]], p["label"], p["source"]
            more: dict[str, Any] = {}
            if "unless" in p and self.values[p["unless"]] is not None:
                value, label, source = None, "unused", None
            elif key in self.given:
                label, source = "given", None
            elif key in self.calibrated:
                label, source = "calibrated", None
                more = {end: self.calibrated[key].get(end) for end in ("low", "high", "n")}
            told[key] = {"value": value, "unit": p["unit"], "label": label, "source": source}
            told[key] |= more
        return told

    def findings(self, lang: str | None = None) -> list[dict[str, str]]:
        """What the numbers say, in sentences; one whose numbers do not exist is left out."""
        told = []
        for finding in self.entry.get("finding", ()):
            here = {name: self.at(path) for name, path in finding.get("use", {}).items()}
            here = {name: self._named(value, lang) for name, value in here.items()}
            wanted = all(self.at(path) for path in finding.get("when", ()))
            unwanted = any(self.at(path) for path in finding.get("unless", ()))
            if wanted and not unwanted and None not in here.values():
                sentence = text(finding, "text", lang).format(**here)
                told.append({"id": finding["id"], "text": sentence})
        return told

    def at(self, path: str) -> Any:
        """The number at `success.low`, or a parameter at `=team`; None where there is none."""
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
        if not isinstance(value, str) or value[:4].isdigit():  # a day stays what it is
            return value
        names = {p["id"]: text(p, "name", lang) for p in self.entry["parameter"]}
        return names.get(value) or say(f"model.name.{value}", lang)

    def measures(self, lang: str | None = None) -> Rows:
        """The headline numbers: id, name, unit, value, and whether more of it is better."""
        return [
            {
                "id": one["id"],
                "name": text(one, "name", lang),
                "unit": say(f"model.unit.{one['unit']}", lang),
                "value": self.at(one["result"]),
                "better": one.get("better"),
            }
            for one in self.entry["measure"]
        ]

    def tables(self) -> list[str]:
        """Which tables do the results hold? The model's main one first."""
        found = [path for path, _ in _tables(self.results)]
        return sorted(found, key=lambda path: path != self.entry["table"])

    def rows(self, table: str | None = None) -> Rows:
        """One table of the results, flat; the model's main one where none is named."""
        known = dict(_tables(self.results))
        wanted = self.entry["table"] if table is None else table
        if wanted not in known:
            meant = nearest(wanted, known)
            raise refuse("table", "enum", meant, given=quote(wanted), known=", ".join(known))
        return [_flat(row) for row in known[wanted]]

    def frame(self, table: str | None = None) -> pd.DataFrame:
        """The same as a pandas table."""
        import pandas as pd

        return pd.DataFrame(self.rows(table)).convert_dtypes()

    def published(self, lang: str | None = None) -> Rows | str:
        """Which published figures stand beside it, and how far is the model from them?"""
        told = []
        for figure in self.entry.get("published", ()):
            own = self.at(figure["result"]) if "result" in figure else None
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

    def sources(self) -> Rows:
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

    def redlines(self, lang: str | None = None) -> Rows:
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
        """The document that `playbook simulate --json` prints; `growth.run.rerun` reads it."""
        return {
            "format": "playbook-simulation/1",
            "model": self.model,
            "version": self.entry["version"],
            "seed": self.seed,
            "name": text(self.entry, "name", lang),
            "parameters": self.parameters(),
            "network": self.network,
            "results": self.results,
            "measures": self.measures(lang),
            "findings": self.findings(lang),
            "published": self.published(lang),
            "limits": text(self.entry, "limits", lang),
            "sources": self.sources(),
            "redlines": self.redlines(lang),
        }

    def save(self, path: str | Path, lang: str | None = None) -> Path:
        """Write the document; an existing one is replaced only by a whole new one."""
        path = Path(path)
        document = json.dumps(self.to_dict(lang), ensure_ascii=False, indent=1, allow_nan=False)
        write_whole(path, document + "\n")
        return path


def _tables(value: Any, path: str = "") -> list[tuple[str, Rows]]:
    """Every list of rows among the results, by its path."""
    if isinstance(value, Mapping):
        return [found for key, part in value.items() for found in _tables(part, f"{path}.{key}")]
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        return [(path[1:], value)]
    return []


def _flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """A row without rows inside: `month.p50` is a column."""
    told: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, Mapping):
            told |= _flat(value, f"{before}{key}.")
        else:
            told[before + key] = value
    return told
