"""`playbook form`, `workshop`, `history`, `agenda`: for a room full of people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playbook.commands import print_json, whole
from playbook.errors import refuse
from playbook.words import say

Args = argparse.Namespace
Command = Callable[[str, Callable[[Args], int]], argparse.ArgumentParser]


def add(command: Command, as_json: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the commands of this wing to the parser."""
    form = command("form", _form)
    form.add_argument("-o", "--output", metavar="FILE", help=say("cli.form_output"))
    form.add_argument(
        "--checklist", default="isooc", metavar="NAME", help=say("cli.checklist_name")
    )
    form.add_argument("--content", metavar="FILE", help=say("cli.content"))
    how = form.add_mutually_exclusive_group()
    how.add_argument("--print", action="store_true", dest="paper", help=say("cli.form_print"))
    how.add_argument("--enter", action="store_true", help=say("cli.form_enter"))

    workshop = command("workshop", _workshop)
    workshop.add_argument("folder", metavar="DIR", help=say("cli.workshop_folder"))
    workshop.add_argument("-o", "--output", metavar="FILE", help=say("cli.workshop_output"))
    workshop.add_argument("--checklist", metavar="NAME", help=say("cli.checklist_name"))
    workshop.add_argument("--content", metavar="FILE", help=say("cli.content"))
    workshop.add_argument("--aim", choices=("100", "1000", "10000"), help=say("cli.aim"))
    workshop.add_argument("--one", action="store_true", help=say("cli.one"))
    workshop.add_argument("--pseudonyms", action="store_true", help=say("cli.pseudonyms"))
    workshop.add_argument("--csv", metavar="DIR", help=say("cli.workshop_csv"))
    as_json(workshop)

    history = command("history", _history)
    history.add_argument("answers", nargs="+", metavar="ANSWERS", help=say("cli.history_answers"))
    history.add_argument("-o", "--output", metavar="FILE", help=say("cli.history_output"))
    history.add_argument("--aim", choices=("100", "1000", "10000"), help=say("cli.aim"))
    history.add_argument("--content", metavar="FILE", help=say("cli.content"))
    as_json(history)

    agenda = command("agenda", _agenda)
    agenda.add_argument(
        "--minutes", type=whole(1, 9999), default=90, metavar="N", help=say("cli.minutes")
    )
    agenda.add_argument("--start", metavar="HH:MM", help=say("cli.agenda_start"))
    agenda.add_argument("-o", "--output", metavar="FILE", help=say("cli.agenda_output"))
    agenda.add_argument("--kit", metavar="DIR", help=say("cli.agenda_kit"))
    as_json(agenda)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _form(args: Args) -> int:
    from playbook.room import api

    if args.enter:
        return _enter(args)
    if args.output is None:
        raise refuse("form", "output_needed", given="-o form.html")
    path = api.form(args.output, args.checklist, args.content, args.lang, paper=args.paper)
    _tell(say("form.paper_written" if args.paper else "form.written", path=path))
    return 0


def _enter(args: Args) -> int:
    from playbook.load import load_checklist
    from playbook.room.enter import enter

    folder = Path(args.output or "answers")
    if folder.exists() and not folder.is_dir():
        raise refuse(str(folder), "not_a_folder")

    def ask(prompt: str) -> str:
        _prompt(prompt)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    enter(folder, load_checklist(args.checklist, args.content), ask, _tell, args.content)
    return 0


def _prompt(text: str) -> Any:
    print(text, end="", file=sys.stderr, flush=True)


def _workshop(args: Args) -> int:
    from playbook.room import api

    found = api.workshop(
        args.folder,
        args.output,
        checklist=args.checklist,
        content=args.content,
        aim=args.aim,
        one=args.one,
        pseudonyms=args.pseudonyms,
        csv=args.csv,
        lang=args.lang,
    )
    from playbook.present.room_text import cohort_text, refused_lines

    for told in refused_lines(found):
        _tell(told)
    if args.output is not None:
        _tell(say("cohort.written", path=args.output))
    if args.csv is not None:
        _tell(say("cohort.tables_written", path=args.csv, names=", ".join(api.TABLES)))
    if args.json:
        print_json(found.to_dict(args.lang))
    elif args.output is None:
        print(cohort_text(found, args.lang))
    return 0


def _history(args: Args) -> int:
    from playbook.room import api

    found = api.history(
        *args.answers, output=args.output, aim=args.aim, content=args.content, lang=args.lang
    )
    for notice in found.notices(args.lang):
        _tell(notice)
    if args.output is not None:
        _tell(say("history.written", path=args.output))
    if args.json:
        print_json(found.to_dict(args.lang))
    elif args.output is None:
        from playbook.present.room_text import history_text

        print(history_text(found, args.lang))
    return 0


def _agenda(args: Args) -> int:
    from playbook.room import api

    made = api.agenda(args.minutes, args.output, start=args.start, kit=args.kit, lang=args.lang)
    if args.output is not None:
        _tell(say("agenda.written", path=args.output))
    if args.kit is not None:
        _tell(say("agenda.kit_written", path=args.kit))
    if args.json:
        print_json(made.to_dict(args.lang))
    elif args.output is None and args.kit is None:
        from playbook.present.room_text import agenda_text

        print(agenda_text(made, args.lang))
    return 0
