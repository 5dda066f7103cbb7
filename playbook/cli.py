"""The command line: `playbook COMMAND …`; each command prints words or, with --json, one document.

Exit 0: done. 2: wrong usage or bad input, told in one message. 1: a fault of ours.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from typing import Any

from playbook.commands import print_json, whole
from playbook.commands.parser import Language, Parser, guess
from playbook.errors import PlaybookError, quote, refuse
from playbook.words import LANGUAGES, current_language, language, say

Args = argparse.Namespace


def _tell(message: str, code: int) -> int:
    print(message, file=sys.stderr)
    return code


def _checklist(args: Args) -> int:
    from playbook import library

    if args.list:
        found = library.checklists(args.lang)
        if args.json:
            print_json(found)
        else:
            for entry in found:
                print(say("cli.checklist_row", **entry))
        return 0
    questions = library.checklist(args.checklist, args.content)
    if args.json:
        print_json(library.checklist_document(questions, args.lang))
    else:
        from playbook.present.terminal import checklist_text

        print(checklist_text(questions, language()))
    return 0


def _score(args: Args) -> int:
    from playbook import library

    if (args.answers is None) == (args.code is None):
        return _tell(say("cli.answers_or_code"), 2)
    given = args.answers
    if args.code is not None:
        from playbook.load.code import decode

        given = decode(args.code, args.content)
    found = library.score(given, args.aim, args.content, args.lang)
    for notice in found.notices():
        print(notice, file=sys.stderr)
    if args.json:
        print_json(found.to_dict(args.lang))
    else:
        from playbook.present.terminal import score_text

        print(score_text(found, language()))
    return 0


def _cases(args: Args) -> int:
    from playbook import library

    if args.output is not None:
        if args.case is None:
            return _tell(say("cli.which_case"), 2)
        path = library.case_page(args.case, args.output, args.lang)
        return _tell(say("cli.report_written", path=path), 0)
    if args.case is None:
        casebook = library.cases(args.lang)
    else:
        casebook = library.Casebook((library.case_or_refuse(args.case),), args.lang)
    if args.json:
        print_json(casebook.to_dict())
    else:
        from playbook.present.terminal import cases_text

        print(cases_text(casebook, language()))
    return 0


def _compare(args: Args) -> int:
    from playbook import library

    found = library.compare(args.answers, args.with_, args.aim, args.content, args.lang)
    if args.json:
        print_json(found.to_dict(args.lang))
    else:
        from playbook.present.terminal import comparison_text

        print(comparison_text(found, language()))
    return 0


def _report(args: Args) -> int:
    from playbook import library

    others = args.with_ or ()
    path = library.report(args.answers, args.output, others, args.aim, args.content, args.lang)
    print(say("cli.report_written", path=path), file=sys.stderr)
    return 0


def _calendar(args: Args) -> int:
    from playbook import library

    planned = library.calendar(
        args.answers, args.output, args.start, weeks=args.weeks, lang=args.lang
    )
    for practice in planned:
        print(say(f"cli.practice_{practice.state}", name=practice.say("name", language())))
    print(say("cli.calendar_written", path=args.output), file=sys.stderr)
    return 0


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError(say("error.date", given=repr(given))) from None


def _simulate(args: Args) -> int:
    from playbook.growth.run import catalogue

    names, options = _options(args.rest)
    if args.list and len(names) <= 1:
        entries = catalogue(args.lang, *names)
        if args.json:
            print_json(entries)
        else:
            from playbook.present.model_text import catalogue_text

            print(catalogue_text(entries, language()))
        return 0
    found = _one_run(args, names, options)
    if args.output is not None:
        told = say("model.written", path=found.save(args.output, args.lang))
        print(told, file=sys.stderr)
    if args.json:
        print_json(found.to_dict(args.lang))
    else:
        from playbook.present.model_text import simulation_text

        print(simulation_text(found, language()))
    return 0


def _one_run(args: Args, names: list[str], options: dict[str, str]) -> Any:
    """The run asked for: a model with its options, or one from a file, made again."""
    from playbook import library
    from playbook.files import faults_raise, not_over
    from playbook.growth.base import models, unknown_options

    not_over(args.output, args.events, args.from_)
    if args.from_ is not None and not names and not options:
        again = library.rerun(args.from_, args.events, args.tz)
        for notice in again.notices or ("same",):
            print(say(f"model.again_{notice}", path=args.from_), file=sys.stderr)
        return again.simulation
    if len(names) != 1 or args.from_ is not None:
        raise refuse("simulate", "one_model", known=", ".join(models()))
    hosts = {"hosts": options.pop("hosts")} if "hosts" in options else {}
    faults_raise(unknown_options(names[0], options))
    shown = {"progress": _progress} if sys.stderr.isatty() else {}
    return library.simulate(names[0], args.seed, args.events, args.tz, **shown, **hosts, **options)


def _progress(done: int, total: int) -> None:
    """How far a long run has come, on one line that the next one overwrites."""
    print(f"\r{100 * done // max(1, total):3} %\r", end="", file=sys.stderr, flush=True)


def _options(rest: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """What is left of a command line: `--name value` or `--name=value`, and what stands alone."""
    alone: list[str] = []
    found: dict[str, str] = {}
    words = iter(rest)
    for word in words:
        if not word.startswith("--"):
            alone.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        given = value if equals else next(words, None)
        key = name.replace("-", "_")
        if not key or given is None or given.startswith("--"):
            raise refuse("simulate", "option_value", given=quote(word))
        if key in found:
            raise refuse("simulate", "twice", key=quote(word))
        found[key] = given
    return alone, found


def _whole(given: str) -> int:
    try:
        return int(given)
    except ValueError:
        told = say("error.type", given=repr(given[:60]), kinds="integer")
        raise argparse.ArgumentTypeError(told) from None


def _schema(args: Args) -> int:
    from playbook import check

    if args.name is None:
        print("\n".join(check.schema_names()))
    else:
        print_json(check.schema(args.name))
    return 0


def _lab(args: Args) -> int:
    from playbook.lab import open_lab

    return open_lab(args.folder, port=args.port, browser=not args.no_browser)


#: Commands in modules of their own, loaded only when one of them (or help) is asked for.
WINGS = {
    "playbook.commands.evidence": ("import", "members", "evidence"),
    "playbook.commands.room": ("form", "workshop", "history", "agenda"),
    "playbook.commands.web": ("app",),
}
Command = Callable[[str, Callable[[Args], int]], Parser]


def _parser(argv: Sequence[str] = ()) -> Parser:
    """The parser of all commands, or only of the one that is asked for: it answers at once."""
    parser = Parser(prog="playbook", description=say("cli.about"))
    from playbook import __version__

    parser.add_argument("--lang", choices=LANGUAGES, action=Language, help=say("cli.lang"))
    parser.add_argument("--version", action="version", version=f"playbook {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[Args], int]) -> Parser:
        told = say(f"cli.{name}")
        made = commands.add_parser(name, help=told, description=told)
        made.set_defaults(run=run, parser=made)
        made.add_argument("--lang", choices=LANGUAGES, action=Language, help=say("cli.lang"))
        return made

    asked = argv[:1] if argv and not argv[0].startswith("-") else COMMANDS
    for name, add in ADDED.items():
        if name in asked:
            add(command)
    for module, names in WINGS.items():
        if any(name in asked for name in names):
            import_module(module).add(command, _as_json)
    return parser


def _add_lab(command: Command) -> None:
    lab = command("lab", _lab)
    lab.add_argument("folder", nargs="?", metavar="DIR", help=say("cli.lab_folder"))
    lab.add_argument("--port", type=whole(1, 65535), help=say("cli.port"))
    lab.add_argument("--no-browser", action="store_true", help=say("cli.no_browser"))


def _add_checklist(command: Command) -> None:
    checklist = command("checklist", _checklist)
    checklist.add_argument(
        "--checklist", default="isooc", metavar="NAME", help=say("cli.checklist_name")
    )
    checklist.add_argument("--list", action="store_true", help=say("cli.list"))
    checklist.add_argument("--content", metavar="FILE", help=say("cli.content"))
    _as_json(checklist)


def _add_calendar(command: Command) -> None:
    calendar = command("calendar", _calendar)
    calendar.add_argument("answers", metavar="ANSWERS", help=say("cli.senses"))
    calendar.add_argument("-o", "--output", required=True, metavar="FILE", help=say("cli.ics"))
    calendar.add_argument("--from", dest="start", type=_day, metavar="DATE", help=say("cli.from"))
    calendar.add_argument("--weeks", type=whole(1, 104), default=12, help=say("cli.weeks"))


def _add_simulate(command: Command) -> None:
    simulate = command("simulate", _simulate)
    _as_json(simulate)
    _of_a_model(simulate)


def _add_schema(command: Command) -> None:
    schema = command("schema", _schema)
    schema.add_argument("name", nargs="?", metavar="NAME", help=say("cli.schema_name"))


def _add_score(command: Command) -> None:
    score = command("score", _score)
    score.add_argument("answers", nargs="?", metavar="ANSWERS", help=say("cli.answers"))
    score.add_argument("--code", metavar="CODE", help=say("cli.code"))
    _weighing(score)
    _as_json(score)


def _add_cases(command: Command) -> None:
    cases = command("cases", _cases)
    cases.add_argument("case", nargs="?", metavar="CASE", help=say("cli.case"))
    cases.add_argument("-o", "--output", metavar="FILE", help=say("cli.case_output"))
    _as_json(cases)


def _add_compare(command: Command) -> None:
    compare = command("compare", _compare)
    compare.add_argument("answers", metavar="ANSWERS", help=say("cli.answers"))
    compare.add_argument("--with", dest="with_", metavar="A,B", help=say("cli.with"))
    _weighing(compare)
    _as_json(compare)


def _add_report(command: Command) -> None:
    report = command("report", _report)
    report.add_argument("answers", metavar="ANSWERS", help=say("cli.answers"))
    report.add_argument("-o", "--output", required=True, metavar="FILE", help=say("cli.output"))
    report.add_argument("--with", dest="with_", metavar="A,B", help=say("cli.with"))
    _weighing(report)


def _weighing(made: argparse.ArgumentParser) -> None:
    made.add_argument("--aim", choices=("100", "1000", "10000"), help=say("cli.aim"))
    made.add_argument("--content", metavar="FILE", help=say("cli.content"))


def _as_json(made: argparse.ArgumentParser) -> None:
    made.add_argument("--json", action="store_true", help=say("cli.json"))


def _of_a_model(made: argparse.ArgumentParser) -> None:
    """The model and its options are not argparse's: `_options` reads them."""
    made.usage = (
        "playbook simulate MODEL [--option VALUE ...] [--events EVENTS] [--seed N]\n"
        "                         [-o RUN] [--json] [--list]\n"
        "       playbook simulate --from RUN [--events EVENTS] [--json]"
    )
    made.allow_abbrev = False
    made.add_argument("--seed", type=_whole, default=7, metavar="N", help=say("cli.seed"))
    made.add_argument("--list", action="store_true", help=say("cli.models"))
    made.add_argument("--events", metavar="EVENTS", help=say("cli.model_events"))
    made.add_argument("--tz", default="UTC", metavar="ZONE", help=say("cli.model_tz"))
    made.add_argument("-o", "--output", metavar="RUN", help=say("cli.model_output"))
    made.add_argument("--from", dest="from_", metavar="RUN", help=say("cli.model_from"))


#: The commands of this module, in the order in which help names them.
ADDED: dict[str, Callable[[Command], None]] = {
    "lab": _add_lab,
    "checklist": _add_checklist,
    "score": _add_score,
    "cases": _add_cases,
    "compare": _add_compare,
    "report": _add_report,
    "calendar": _add_calendar,
    "simulate": _add_simulate,
    "schema": _add_schema,
}
COMMANDS = (*ADDED, *(name for names in WINGS.values() for name in names))


def _guess_command(argv: Sequence[str]) -> None:
    """An unknown command gets one line and a guess, not argparse's list of choices."""
    if argv and not argv[0].startswith("-") and argv[0] not in COMMANDS:
        told = say("cli.no_command", given=argv[0], known=", ".join(COMMANDS))
        raise SystemExit(_tell(told + guess(argv[0], COMMANDS), 2))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    before = current_language.set(current_language.get())
    try:
        _ready_output()
        _early_language(argv)
        _guess_command(argv)
        args = _arguments(argv)
        code = args.run(args)
        sys.stdout.flush()
        return int(code)
    except PlaybookError as error:
        return _tell(error.say(), 2)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    except OSError as error:  # files are dealt with where they are: this is the output itself
        return _without_output(error)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("PLAYBOOK_DEBUG"):
            raise
        return _tell(say("cli.our_fault", error=f"{type(error).__name__}: {error}"), 1)
    finally:
        current_language.reset(before)


def _ready_output() -> None:
    """A GBK console shows what it can and a ? for the rest; a closed output takes everything."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _without_output(error: OSError) -> int:
    """The reader (head, less) has had enough, which is well; or the disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 0
    return _tell(say("cli.no_output", reason=error.strerror or str(error)), 2)


def _arguments(argv: Sequence[str]) -> Args:
    """What was asked for; `rest` are the options of a model, which argparse does not know."""
    parser = _parser(argv)
    args, rest = parser.parse_known_args(argv)
    args.rest = rest
    if args.rest and args.run is not _simulate:
        args.parser.not_known(rest)
    if not hasattr(args, "lang"):
        args.lang = None
    # A variable of a script that was never set: as a path it would mean the folder at hand.
    if blank := [name for name, value in vars(args).items() if value == "" and name != "token"]:
        args.parser.refuse(say("cli.blank", name=blank[0].rstrip("_")))
    return args


def _early_language(argv: Sequence[str]) -> None:
    """Help and usage faults are told before --lang is parsed; look for it first."""
    for place, word in enumerate(argv):
        given = word.partition("=")[2] or (argv[place + 1] if place + 1 < len(argv) else "")
        if word.startswith("--lang") and given in LANGUAGES:
            current_language.set(given)


if __name__ == "__main__":
    sys.exit(main())
