"""RESULTS.md from what the jobs found: each target with its number, met or missed, and on what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Row = tuple[str, str, str, bool | None]


def write(kept: dict[str, Any], path: Path) -> None:
    """Write the page anew from everything that was kept."""
    lines = [
        "# What was measured",
        "",
        "Written by `make bench`. Both sides of a ratio are timed in one run, in turn, medians of",
        "three or more; seconds belong to the machine they were taken on, ratios less so. A busy",
        "machine is said in *load before*.",
        "",
        "| id | target | found | met |",
        "|---|---|---|---|",
    ]
    for name, entry in kept.items():
        for row in _rows(name, entry["found"]):
            told, target, found, met = row
            word = {True: "yes", False: "**no**", None: "–"}[met]
            lines.append(f"| {told} | {target} | {found} | {word} |")
    lines += ["", *_told(), "## Versions and machine", ""]
    for name, entry in kept.items():
        own = ", ".join(f"{key} {value}" for key, value in sorted(entry["versions"].items()))
        here = ", ".join(f"{key.replace('_', ' ')} {v}" for key, v in entry["machine"].items())
        lines.append(f"* **{name}**, {entry['at']}: {here}. {own}.")
    lines += ["", "## Everything the jobs said", ""]
    for name, entry in kept.items():
        whole = json.dumps(entry["found"], indent=1)
        lines += [
            f"<details><summary>{name}</summary>",
            "",
            "```json",
            whole,
            "```",
            "",
            "</details>",
            "",
        ]
    path.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _told() -> list[str]:
    notes = Path(__file__).with_name("NOTES.md")
    return [notes.read_text(encoding="utf-8"), ""] if notes.exists() else []


def _rows(name: str, found: Any) -> Iterator[Row]:
    if isinstance(found, dict) and "failed" in found:
        yield name, "runs", "failed: " + found["failed"].strip().splitlines()[-1][:120], False
    elif name in READERS:
        yield from READERS[name](found)


def _start(found: Any) -> Iterator[Row]:
    ratio, over = found["import_playbook_to_pandas"], found["score_over_limit_s"]
    yield "B5", "`import playbook` ≤ 0.15 × `import pandas`", f"{ratio:.2f} ×", ratio <= 0.15
    took, limit = found["seconds"]["playbook score"], found["seconds"]["playbook score"] - over
    said = f"{took:.2f} s; limit {limit:.2f} s"
    yield "B5", "`playbook score` ≤ 2 × the standard library + 0.1 s", said, over <= 0


def _slack(found: Any) -> Iterator[Row]:
    for shape, one in found["shapes"].items():
        ratio = one["ratio"]
        said = f"{ratio:.2f} × on {one['messages']:,} messages"
        yield f"B6 {shape}", "Slack import ≤ 2.5 × `json.loads` of its files", said, ratio <= 2.5


def _cascade(found: Any) -> Iterator[Row]:
    asked = {"networkx": 25, "eon": 100, "mesa": 200, "ndlib": 500}
    for row in found["rows"]:
        ratio, least = row.get("times_ours"), asked.get(row["name"])
        if ratio is None:
            continue
        if least:
            target = f"cascade ≥ {least} × {row['name']} at {found['people']:,} people"
            yield "B1", target, f"{ratio:.0f} ×", ratio >= least
        elif row["name"] == "floor":
            yield "B2", "cascade ≤ 4 × the touch of its edges", f"{1 / ratio:.1f} ×", 1 / ratio <= 4
        elif row["name"] == "scipy":
            yield "B1", "beside scipy's connected components", f"{ratio:.1f} ×", None


def _branching(found: Any) -> Iterator[Row]:
    for row in found["rows"]:
        took, ratio = row["ours_s"], row["times_ours"]
        said = f"{took * 1000:.0f} ms, {ratio:.0f} × a loop"
        target = f"10,000 branching runs × 30 at K {row['k']} ≤ 50 ms, ≥ 20 × a loop"
        yield "B3", target, said, took <= 0.05 and ratio >= 20
    move = found["sweep"]["move_s"] * 1000
    said = f"{move:.3f} ms after {found['sweep']['once_s']:.1f} s once"
    yield "B4", "a move over the sharing probability ≤ 1 ms", said, move <= 1


def _load(found: Any) -> Iterator[Row]:
    for one in found if isinstance(found, list) else [found]:
        who = {"app": "the app", "slider": "a bare page with one slider"}[one["kind"]]
        said = (
            f"p95 {one['answer_p95_s']} s (median {one['answer_p50_s']}), open after"
            f" {one['opened_p50_s']} s (p95 {one['opened_p95_s']}); server {one['server_mb']} MB,"
            f" a kernel {one['kernel_mb']} MB; {one['answers']} answers, {one['failures']} failures"
        )
        target = f"{one['seats']} participants on {who}: answer to score p95 < 1 s"
        yield "load", target, said, _under_a_second(one)
        if "lost" in one:
            yield "load", "no answer lost", f"{one['lost']} of {one['answers']}", one["lost"] == 0


def _under_a_second(one: dict[str, Any]) -> bool | None:
    """What is asked of the app; the bare page stands beside it to compare."""
    return one["answer_p95_s"] < 1 if one["kind"] == "app" else None


def _kills(found: Any) -> Iterator[Row]:
    for one in found if isinstance(found, list) else [found]:
        said = f"{one['lost']} of {one['answers']} answers; {one['failures']} connections broken"
        yield (
            "kills",
            "nothing lost: a kernel, a browser and the server killed",
            said,
            one["lost"] == 0,
        )


def _seats(found: Any) -> Iterator[Row]:
    for name, size in found.items():
        yield "seat", f"memory of {name.removesuffix('_mb')}", f"{size} MB", None


def _people(found: Any) -> Iterator[Row]:
    for row in found["targets"]:
        yield row["id"], row["target"], row["found"], row["met"]


READERS = {
    "start": _start,
    "slack": _slack,
    "people": _people,
    "cascade": _cascade,
    "branching": _branching,
    "load": _load,
    "crowd": _load,
    "kills": _kills,
    "seats": _seats,
}
