"""A model, run: with values of one's own or estimated ones, watched, and run again from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, cast

from playbook.check import require
from playbook.errors import quote, refuse
from playbook.files import parse_json, read_text
from playbook.growth.backtest import read_history
from playbook.growth.bargain import bargain
from playbook.growth.base import (
    Generator,
    Results,
    Values,
    model,
    models,
    streams,
    tidy,
    values,
    watched,
)
from playbook.growth.cascade import Graph
from playbook.growth.dividend import dividend
from playbook.growth.fission import fission
from playbook.growth.forecast import forecast
from playbook.growth.franchise import franchise
from playbook.growth.funnel_economics import funnel_economics
from playbook.growth.group_buy import group_buy
from playbook.growth.simulation import Simulation
from playbook.growth.sizing import sizing
from playbook.words import text

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
#: The models that can run on one's own network.
ON_NETWORKS = ("fission", "sizing")


def run(
    name: str,
    /,
    seed: int = 7,
    *,
    network: Graph | None = None,
    hosts: Iterable[str] | str = (),
    calibrated: Mapping[str, Mapping[str, Any]] | None = None,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    **options: Any,
) -> Simulation:
    """
    What would a mechanism bring? Seed 0 to 2^63 - 1; options as in `content/models.toml`.

    `network`: one's own, for fission and sizing; `hosts`: names in it. `calibrated`: what was
    estimated from events, by parameter (value, low, high, n); an option of one's own goes first.
    A `history` may be a CSV file. `progress` gets (done, total); `stop` giving True ends the run
    with StoppedError.

    >>> run("sizing", members=100).results["group"]["pairs"]
    4950.0
    """
    found = model(name)["id"]
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise refuse("simulate: seed", "type", given=quote(seed), kinds="integer")
    if not 0 <= seed < 2**63:
        raise refuse("simulate: seed", "range", given=quote(seed), low=0, high=2**63 - 1)
    options = {key.replace("-", "_"): value for key, value in options.items()}
    if found == "forecast":
        options = _with_history(options)
    estimated = {k: v for k, v in (calibrated or {}).items() if k not in options}
    checked = values(found, **{k: v["value"] for k, v in estimated.items()}, **options)
    everything: Values = checked
    if network is not None and found in ON_NETWORKS:
        named = hosts.replace("，", ",").split(",") if isinstance(hosts, str) else hosts
        everything = {**checked, "network": network, "hosts": [name.strip() for name in named]}
    with watched(progress, stop):
        results = tidy(ENGINES[found](everything, streams(seed, 1)[0]))
    mark = fingerprint(network) if "network" in everything and network is not None else None
    return Simulation(found, seed, checked, frozenset(options), results, estimated, mark)


def _with_history(options: dict[str, Any]) -> dict[str, Any]:
    """A history that lies in a file, as counts a month apart; its last day is the first of all."""
    given = options.get("history")
    if isinstance(given, str) and any(sign.isalpha() for sign in given) and "," not in given:
        given = Path(given)
    if not isinstance(given, Path):
        return options
    read = read_history(given)
    first = {"start_date": read.until.isoformat()}
    return {**first, **options, "history": list(read.members[-240:])}


def fingerprint(network: Graph) -> dict[str, Any]:
    """How large is a network, and by what sign is the same one known again?"""
    mark = blake2b(digest_size=12)
    for part in (network.first, network.to, *([] if network.weight is None else [network.weight])):
        mark.update(part.tobytes())
    mark.update("\n".join(network.names).encode("utf-8", "surrogatepass"))
    return {"people": network.people, "ties": network.ties, "fingerprint": mark.hexdigest()}


class Rerun(NamedTuple):
    """A run made again: are its numbers the same, and what is to be said about it (word ids)?"""

    simulation: Simulation
    same: bool
    notices: tuple[str, ...]


def rerun(
    document: Mapping[str, Any] | str | Path,
    network: Graph | None = None,
    hosts: Iterable[str] = (),
    **watch: Any,
) -> Rerun:
    """
    Does an exported run give the same numbers again?

    `document`: what `Simulation.to_dict` gave, or the file it was saved in. Notices: `version`
    (another version of the model made it), `network` (it ran on another network), `numbers`
    (they differ). A run on one's own network needs that network again.

    >>> first = run("sizing", members=90)
    >>> again = rerun(first.to_dict())
    >>> again.same, again.notices, again.simulation == first
    (True, (), True)
    """
    where, exported = _read(document)
    entry = model(exported["model"])
    old = exported["parameters"]
    usual = {p["id"]: p.get("default") for p in entry["parameter"]}
    told = {k: v for k, v in old.items() if k in usual and v["value"] is not None}
    estimated = {k: v for k, v in told.items() if v["label"] == "calibrated"}
    mine = {
        k: v["value"]
        for k, v in told.items()
        if k not in estimated and (v["label"] == "given" or v["value"] != usual[k])
    }
    notices = [] if exported["version"] == entry["version"] else ["version"]
    if exported["network"] is not None:
        if network is None:
            raise refuse(where, "rerun_network", people=exported["network"]["people"])
        if fingerprint(network) != exported["network"]:
            notices.append("network")
    made = run(
        entry["id"],
        exported["seed"],
        network=None if exported["network"] is None else network,
        hosts=hosts,
        calibrated=estimated,
        **watch,
        **mine,
    )
    same = made.results == exported["results"]
    return Rerun(made, same, tuple(notices if same else [*notices, "numbers"]))


def _read(document: Mapping[str, Any] | str | Path) -> tuple[str, Mapping[str, Any]]:
    """An exported run, and what it is called in messages."""
    where, read = "run", document
    if isinstance(document, (str, Path)):
        where = Path(document).name or str(document)
        read = parse_json(read_text(Path(document)), where)
    require(read, "simulation", where)
    return where, cast("Mapping[str, Any]", read)


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
