"""Commands that work on events: what a group's own export shows.

Engines are imported inside the commands: help and usage answer at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playbook.words import language, say

Args = argparse.Namespace
Command = Callable[[str, Callable[[Args], int]], argparse.ArgumentParser]


def add(command: Command, as_json: Any) -> None:
    """Add the commands to the parser."""
    _add_evidence(command("evidence", _evidence), as_json)


def _print_json(document: Any) -> None:
    # Where the console cannot show every sign (GBK on Windows), JSON has its own way to write it.
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(document, ensure_ascii=plain, indent=1, allow_nan=False))


# --- evidence ---------------------------------------------------------------------------------


def _add_evidence(made: argparse.ArgumentParser, as_json: Any) -> None:
    made.add_argument("events", metavar="EVENTS", help=say("cli.events"))
    made.add_argument("--merge", metavar="ANSWERS", help=say("cli.merge"))
    made.add_argument("-o", "--output", metavar="FILE", help=say("cli.evidence_output"))
    made.add_argument("--checklist", metavar="NAME", help=say("cli.evidence_checklist"))
    _judged(made)
    as_json(made)


def _judged(made: argparse.ArgumentParser) -> None:
    """When and where things are judged, and on which engine."""
    made.add_argument("--people", metavar="TABLE", help=say("cli.people"))
    made.add_argument("--at", metavar="TIME", help=say("cli.at"))
    made.add_argument("--tz", default="UTC", metavar="ZONE", help=say("cli.days_tz"))
    made.add_argument("--engine", default="duckdb", metavar="NAME", help=say("cli.engine"))


def _evidence(args: Args) -> int:
    from playbook.people.evidence import evidence

    found = evidence(
        args.events,
        args.merge,
        args.at,
        args.tz,
        args.engine,
        people=args.people,
        checklist=args.checklist,
        lang=args.lang,
    )
    if args.output:
        path = found.save(args.output, args.events, args.merge, args.people)
        print(say("evidence.written", path=path), file=sys.stderr)
    if args.json:
        _print_json(found.to_dict())
    else:
        from playbook.present.health_text import evidence_text

        print(evidence_text(found, Path(args.events).name, language()))
    return 0
