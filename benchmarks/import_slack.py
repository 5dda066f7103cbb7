"""How long does a Slack import take beside `json.loads` over all files of the same zip? (B6)

    python benchmarks/import_slack.py [messages]

The zip is made from data/samples/slack-hyperledger.zip, repeated with other channels, people and
weeks. Three shapes: `repeated`, as the sample is (five messages a file); `busy`, where the files of
a channel are joined until they hold two hundred; and `today`, busy as well, where each message
carries what Slack has added since 2017 (the blocks of its text, its writer's profile; our filler).
The sample's messages are bare: profiles, pictures and attachments were taken out of it. That makes
`busy` the hardest shape: there is little to parse beside what is used. Both sides read the same
zip and take turns.
"""

from __future__ import annotations

import json
import platform
import re
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa

import playbook

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "slack-hyperledger.zip"
SHAPES = ("repeated", "busy", "today")
WEEK = 7 * 86_400
MEMBER = re.compile(r"\bU[0-9A-F]{10}\b|\bUE[0-9A-F]{8}\b|\bU[0-9A-Z]{8,10}\b")
TS = re.compile(r'"ts": ?"(\d{10})(\.\d{6})"')


def moved(text: str, turn: int) -> str:
    """Tell the same talk, weeks earlier and among other people."""
    text = TS.sub(lambda m: f'"ts": "{int(m[1]) - turn * WEEK}{m[2]}"', text)
    return MEMBER.sub(lambda m: f"{m[0]}{turn:X}", text)


def copies(least: int) -> Iterator[tuple[str, list[Any]]]:
    """Give channel and messages of one file after another, until there are enough messages."""
    with zipfile.ZipFile(SAMPLE) as archive:
        files = [name for name in archive.namelist() if re.search(r"/\d{4}-", name)]
        texts = {name: json.dumps(json.loads(archive.read(name))) for name in files}
    done = 0
    for turn in count():
        for name, text in texts.items():
            messages = json.loads(moved(text, turn))
            done += len(messages)
            yield f"{name.partition('/')[0]}-{turn}", messages
        if done >= least:
            return


def grown(message: dict[str, Any]) -> dict[str, Any]:
    """Write a message as Slack does today."""
    text, user = message.get("text", ""), message.get("user", "")
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    profile = {"avatar_hash": "x" * 12, "image_72": "https://example.com/x/72.png", "name": user}
    profile |= {"first_name": "x" * 6, "real_name": "x" * 12, "display_name": "x" * 8, "team": "T1"}
    profile |= {"is_restricted": False, "is_ultra_restricted": False}
    more = {"client_msg_id": "x" * 36, "team": "T1", "user_team": "T1", "source_team": "T1"}
    blocks = [{"type": "rich_text", "block_id": "xxxxx", "elements": [section]}]
    return {**more, **message, "user_profile": profile, "blocks": blocks}


def make(path: Path, least: int, shape: str) -> int:
    """Write the zip; returns the number of messages."""
    total, waiting, days = 0, {}, count(date(2000, 1, 1).toordinal())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(channel: str, messages: list[Any]) -> None:
            day = date.fromordinal(next(days))  # a name of its own; its sense is not read
            told = [*map(grown, messages)] if shape == "today" else messages
            archive.writestr(f"{channel}/{day}.json", json.dumps(told, indent=4))

        for channel, messages in copies(least):
            total += len(messages)
            gathered = waiting.setdefault(channel, [])
            gathered += messages
            if len(gathered) >= (1 if shape == "repeated" else 200):
                put(channel, waiting.pop(channel))
        for channel, messages in waiting.items():
            put(channel, messages)
    return total


def loads(path: Path) -> None:
    """Read every file of the zip with the standard library."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            json.loads(archive.read(name))


def seconds(work: Callable[[], Any]) -> float:
    """Time one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(least: int, shape: str, folder: Path, rounds: int = 5) -> dict[str, Any]:
    """Both sides in turn, medians."""
    path, out = folder / f"{shape}.zip", folder / "events.parquet"
    messages = make(path, least, shape)
    with zipfile.ZipFile(path) as archive:
        files = archive.infolist()
    times: dict[str, list[float]] = {"json": [], "import": []}
    found = playbook.import_events(path, out)  # imports what is imported late
    assert found.rows == messages
    for _ in range(rounds):
        times["json"].append(seconds(lambda: loads(path)))
        times["import"].append(seconds(lambda: playbook.import_events(path, out)))
    ours, theirs = (statistics.median(times[side]) for side in ("import", "json"))
    return {
        "messages": messages,
        "files": len(files),
        "megabytes": round(sum(info.file_size for info in files) / 1e6, 1),
        "events": found.events,
        "json_loads_s": round(theirs, 3),
        "import_s": round(ours, 3),
        "ratio": round(ours / theirs, 2),
    }


def main() -> None:
    """Print one JSON document."""
    least = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        shapes = {shape: measure(least, shape, Path(name)) for shape in SHAPES}
    told = {
        "target": "B6",
        "at_most": 2.5,
        "shapes": shapes,
        "versions": {
            "python": platform.python_version(),
            "playbook": playbook.__version__,
            "pyarrow": pa.__version__,
        },
    }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
