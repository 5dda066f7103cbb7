"""`playbook app`: the kit as a web app without code."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from playbook.commands import whole
from playbook.words import say

Command = Callable[[str, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]


def add(command: Command, as_json: Any) -> None:  # noqa: ARG001  # the app has no document
    """Add `app` to the commands."""
    made = command("app", _app)
    made.add_argument("--port", type=whole(1, 65535), metavar="N", help=say("cli.port"))
    made.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help=say("cli.app_host"))
    made.add_argument("--token", metavar="TEXT", help=say("cli.app_token"))
    made.add_argument("--password", action="store_true", help=say("cli.app_password"))
    made.add_argument("--own", action="store_true", help=say("cli.app_own"))
    made.add_argument(
        "--seats", type=whole(0, 99), default=2, metavar="N", help=say("cli.app_seats")
    )
    made.add_argument("--most", type=whole(1, 9999), metavar="N", help=say("cli.app_most"))
    made.add_argument("--no-browser", action="store_true", help=say("cli.no_browser"))


def _app(args: argparse.Namespace) -> int:
    from playbook.web import open_app

    return open_app(
        args.port,
        args.host,
        args.token,
        password=args.password,
        own=args.own,
        seats=args.seats,
        most=args.most,
        browser=not args.no_browser,
    )
