"""Commands that work on events: what a group's own export shows.

Engines are imported inside the commands: help and usage answer at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.commands import print_json, whole
from playbook.errors import refuse
from playbook.files import make_folder, not_over, write_whole
from playbook.people import WEEKS
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.people.api import Members

Args = argparse.Namespace
Command = Callable[[str, Callable[[Args], int]], argparse.ArgumentParser]


def add(command: Command, as_json: Any) -> None:
    """Add the commands to the parser."""
    _add_import(command("import", _import), as_json)
    _add_evidence(command("evidence", _evidence), as_json)
    _add_members(command("members", _members), as_json)


# --- import -----------------------------------------------------------------------------------


def _add_import(made: argparse.ArgumentParser, as_json: Any) -> None:
    made.add_argument("export", metavar="EXPORT", help=say("cli.export"))
    made.add_argument(
        "-o", "--output", required=True, metavar="FILE", help=say("cli.import_output")
    )
    made.add_argument("--format", metavar="NAME", help=say("cli.import_format"))
    made.add_argument("--tz", default="UTC", metavar="ZONE", help=say("cli.import_tz"))
    made.add_argument("--pseudonymise", action="store_true", help=say("cli.pseudonymise"))
    made.add_argument("--keep-text", action="store_true", help=say("cli.keep_text"))
    made.add_argument("--people", metavar="FILE", help=say("cli.import_people"))
    made.add_argument("--map", metavar="COLUMNS", help=say("cli.map"))
    made.add_argument("--preset", metavar="NAME", help=say("cli.preset"))
    as_json(made)


def _import(args: Args) -> int:
    from playbook.present.import_text import import_text, redline_text
    from playbook.sources.api import import_events
    from playbook.sources.mapping import read_mapping

    mapping = read_mapping(args.map, args.preset) if args.map or args.preset else None
    found = import_events(
        args.export,
        args.output,
        format=args.format,
        tz=args.tz,
        pseudonymise=args.pseudonymise,
        keep_text=args.keep_text,
        mapping=mapping,
        people=args.people,
        progress=_progress() if sys.stderr.isatty() else None,
    )
    if args.json:
        print_json(found.to_dict())
    else:
        print(import_text(found.to_dict(), Path(args.export).name, language()))
    told = [say("source.written", path=found.path)]
    if args.people:
        told.append(say("source.people_written", path=args.people))
    elif any(name != member for member, name in found.names.items()):
        told.append(say("source.names_hint"))
    if found.key is not None:
        told.append(say("source.key", path=found.key))
    print("\n".join(["", *told, "", redline_text()]), file=sys.stderr)
    return 0


def _progress() -> Callable[[int, int], None]:
    """A line on the terminal, rewritten as the file is read; told for large files only."""
    last = -1

    def progress(done: int, total: int) -> None:
        nonlocal last
        tenths = done // 10_000_000
        if total > 20_000_000 and tenths != last:
            last = tenths
            line = say("source.progress", done=done // 1_000_000, total=total // 1_000_000)
            print(f"\r{line}", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    return progress


# --- evidence ---------------------------------------------------------------------------------


def _add_evidence(made: argparse.ArgumentParser, as_json: Any) -> None:
    made.add_argument("events", metavar="EVENTS", help=say("cli.events"))
    made.add_argument("--merge", metavar="ANSWERS", help=say("cli.merge"))
    made.add_argument("-o", "--output", metavar="FILE", help=say("cli.evidence_output"))
    made.add_argument("--checklist", metavar="NAME", help=say("cli.evidence_checklist"))
    made.add_argument("--kind", metavar="KIND", help=say("cli.community_kind"))
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
        kind=args.kind,
        lang=args.lang,
    )
    if args.output:
        path = found.save(args.output, args.events, args.merge, args.people)
        print(say("evidence.written", path=path), file=sys.stderr)
    if args.json:
        print_json(found.to_dict())
    else:
        from playbook.present.health_text import evidence_text

        print(evidence_text(found, Path(args.events).name, language()))
    return 0


# --- members ----------------------------------------------------------------------------------


def _add_members(made: argparse.ArgumentParser, as_json: Any) -> None:
    made.add_argument("events", metavar="EVENTS", help=say("cli.events"))
    made.add_argument("-o", "--output", metavar="DIR", help=say("cli.members_output"))
    made.add_argument("--kind", metavar="KIND", help=say("cli.community_kind"))
    _judged(made)
    _of_an_action(made)
    as_json(made)


def _members(args: Args) -> int:
    from playbook.people.api import members
    from playbook.present.people_page import names_of
    from playbook.present.people_text import members_files, members_text, notice_lines

    of_an_action = _said(args, "measure", "expect", "weeks")
    if of_an_action and not args.action:
        raise refuse(f"--{next(iter(of_an_action))}", "needs_action")
    folder = Path(args.output) if args.output else None
    if folder is not None:
        if folder.is_file():
            raise refuse(folder.name, "is_file")
        make_folder(folder)
    with members(args.events, args.people, args.at, args.tz, args.engine, kind=args.kind) as found:
        document = found.to_dict() | _action(found, args)
        files = members_files(found, Path(args.events).name, args.lang) if folder else {}
        names = names_of(found) if args.people else {}
    for name in files:
        not_over(Path(args.output, name), args.events, args.people)
    for notice in notice_lines(document, args.lang):
        print(notice, file=sys.stderr)
    for name, data in files.items():
        assert folder is not None
        write_whole(folder / name, data)
        print(say("people.written", path=folder / name), file=sys.stderr)
    if args.json:
        print_json(document)
    else:
        from playbook.present.health_text import action_text, health_text

        print(members_text(document, language(), names))
        print(f"\n{health_text(document['health'], language())}")
        if args.action:
            print(f"\n{action_text(document['action'], language())}")
    return 0


def _of_an_action(made: argparse.ArgumentParser) -> None:
    """Did it work? The day of an action, and what was expected of it."""
    made.add_argument("--action", metavar="DATE", help=say("cli.action"))
    made.add_argument("--measure", metavar="NAME", help=say("cli.measure"))
    made.add_argument("--expect", metavar="up|down", help=say("cli.expect"))
    made.add_argument("--weeks", type=whole(*WEEKS), metavar="N", help=say("cli.action_weeks"))


def _action(found: Members, args: Args) -> dict[str, Any]:
    """What is added to the document where an action was asked about."""
    if not args.action:
        return {}
    measure, rest = args.measure or "active_weekly", _said(args, "expect", "weeks")
    return {"action": found.did_it_work(measure, args.action, **rest)}


def _said(args: Args, *names: str) -> dict[str, Any]:
    """Those of some options that were given."""
    return {name: getattr(args, name) for name in names if getattr(args, name) is not None}
