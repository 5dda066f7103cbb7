"""Commands of this wing: nothing yet."""

from __future__ import annotations

from typing import Any


def add(command: Any, as_json: Any) -> None:
    """Add the commands to the parser."""
