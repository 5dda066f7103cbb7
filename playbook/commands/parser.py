"""argparse in the reader's language, with a guess at what was meant."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from playbook.errors import nearest
from playbook.words import current_language, say

#: What argparse says, as it comes in every Python since 3.11, and our words for it.
_SAID = {
    r"the following arguments are required: (?P<given>.+)": "cli.missing",
    r"argument (?P<where>.+?): expected (?:one|at least one) argument": "cli.no_value",
    r"argument (?P<where>.+?): invalid choice: '?(?P<given>.*?)'? \(choose from (?P<known>.+)\)": (
        "cli.not_a_choice"
    ),
    r"argument (?P<where>.+?): ignored explicit argument '?(?P<given>.*?)'?": "cli.takes_no_value",
    r"ambiguous option: (?P<given>.+?) could match (?P<known>.+)": "cli.ambiguous",
    r"argument (?P<where>.+?): not allowed with argument (?P<given>.+)": "cli.not_together",
}


def guess(given: str, known: Sequence[str]) -> str:
    """What was probably meant, as a sentence after another one; empty where nothing is near."""
    meant = nearest(given, known)
    return f" {say('error.meant', name=meant)}" if meant else ""


class Parser(argparse.ArgumentParser):
    """A command's options; wrong usage ends with one message on standard error and exit 2."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False, formatter_class=_Help)
        self._positionals.title = say("cli.arguments")
        self._optionals.title = say("cli.options")
        self.add_argument("-h", "--help", action="help", help=say("cli.help"))

    def error(self, message: str) -> Any:
        """Tell what is wrong in our words, and where help is."""
        for pattern, word in _SAID.items():
            if found := re.fullmatch(pattern, message, re.DOTALL):
                told = {name: text.replace("'", "") for name, text in found.groupdict().items()}
                known = told.get("known", "").split(", ") if "where" in told else []
                self.refuse(say(word, **told) + guess(told.get("given", ""), known))
        self.refuse(message.removeprefix("argument "))

    def not_known(self, words: list[str]) -> Any:
        """Tell which option nobody knows, or which word is one too many."""
        options = [word for word in words if word.startswith("-")]
        if not options:
            self.refuse(say("cli.too_many", given=" ".join(words)))
        given = options[0].partition("=")[0]
        known = [name for name in self._option_string_actions if name.startswith("--")]
        self.refuse(say("cli.no_option", given=given) + guess(given, known))

    def refuse(self, message: str) -> Any:
        """End with a message and the way to help."""
        print(f"{message}\n{say('cli.see_help', prog=self.prog)}", file=sys.stderr)
        raise SystemExit(2)


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str, **options: Any) -> None:
        # argparse makes one for every option, and loads shutil to look how wide the terminal is.
        super().__init__(prog, **({"width": _width()} | options))

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """The word before the usage, in the reader's language."""
        super().add_usage(usage, actions, groups, say("cli.usage") if prefix is None else prefix)


def _width() -> int:
    try:
        wide = int(os.environ.get("COLUMNS") or os.get_terminal_size(1).columns)
    except (OSError, ValueError):
        wide = 0
    return (wide if wide > 0 else 80) - 2


class Language(argparse.Action):
    """--lang speaks at once, so that later faults of the same command line are told in it."""

    def __call__(
        self, _parser: Any, args: argparse.Namespace, value: Any, _option: str | None = None
    ) -> None:
        current_language.set(value)
        args.lang = value
