"""KOCs on three axes: who shares or invites, how close, whom they reach, whom they make active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playbook.present.board import CONTEXT, INK, LINE, MUTED, WARM, Board, Scale, room, ticks
from playbook.present.figure import Figure, Mark
from playbook.present.network import named
from playbook.present.sentences import amount, join, short_label
from playbook.words import language, say

Found = Mapping[str, Any]
AXES = ("intimacy", "reach", "activation")


def kocs(
    found: Sequence[Found],
    names: Mapping[str, str] | None = None,
    lang: str | None = None,
    total: int | None = None,
) -> Figure:
    """
    Who shares or invites, how close are they, whom do they reach, whom do they make active?

    Three strips, one an axis, never one number; the best of each axis are named. `found`: one
    entry a KOC with member, intimacy, reach and activation (None: not known). `total`: how many
    KOCs there are, where not all of them stand in `found`.
    """
    lang = language(lang)
    whole = max(total or 0, len(found))
    part = {"n": amount(len(found), lang), "total": amount(whole, lang)}
    drawn = say("dashboard.koc_drawn", lang, **part) if whole > len(found) else ""
    best = {axis: _best(found, axis) for axis in AXES}
    all_three = [one for one in found if all(one in best[axis] for axis in AXES)]
    title = say(
        "dashboard.koc_all"
        if all_three
        else "dashboard.koc_none"
        if found
        else "dashboard.koc_zero",
        lang,
        n=amount(whole, lang),
        names=join((named(names, one["member"]) for one in all_three), lang),
    )
    return Figure(
        title=title,
        subtitle=say("dashboard.koc_subtitle", lang),
        foot=drawn + say("dashboard.koc_foot", lang),
        alt=title,
        draw=lambda wide: _koc_board(found, best, names, wide, lang),
        rows=[
            {
                say("dashboard.member", lang): named(names, one["member"]),
                **{say(f"dashboard.axis_{axis}", lang): _rounded(one[axis]) for axis in AXES},
            }
            for one in found
        ],
        key=[
            Mark(say("dashboard.key_koc", lang), CONTEXT),
            Mark(say("dashboard.key_best", lang), WARM, "diamond"),
        ],
        lang=lang,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _best(found: Sequence[Found], axis: str) -> list[Found]:
    """The three highest of an axis."""
    known = [one for one in found if one[axis]]
    return sorted(known, key=lambda one: (-one[axis], str(one["member"])))[:3]


def _koc_board(
    found: Sequence[Found], best: Mapping[str, list[Found]], names: Mapping[str, str] | None,
    wide: bool, lang: str,
) -> str:  # fmt: skip
    step = 112.0
    board = Board(wide, step * len(AXES) + 6)
    for place, axis in enumerate(AXES):
        y = place * step + 62
        board.text(0, y - 42, say(f"dashboard.axis_{axis}", lang), 14, bold=True)
        known = [one for one in found if one[axis] is not None]
        if not known:
            board.text(0, y, say("dashboard.unseen", lang), 13, MUTED)
            continue
        top = 100.0 if axis == "intimacy" else max(*(one[axis] for one in known), 1)
        across = Scale(0, top, 8, board.width - 14)
        board.across(y, across.start, across.end, LINE)
        whole = [tick for tick in ticks(0, top, 6) if tick == int(tick)]  # people come in ones
        board.foot(across, y + 6, lambda value: amount(value, lang, short=True), whole)
        for one in known:
            if one not in best[axis]:
                board.mark(across(one[axis]), y, CONTEXT, size=9)
        _named_best(
            board, [(across(one[axis]), named(names, one["member"])) for one in best[axis]], y
        )
    return board.svg()


def _named_best(board: Board, best: Sequence[tuple[float, str]], y: float) -> None:
    """Diamonds with names above, the names pushed apart."""
    free = board.width
    for x, name in sorted(best, reverse=True):
        board.mark(x, y, WARM, "diamond", size=13)
        label = short_label(name, 16 if board.wide else 11)
        wide = room(label, 12)
        end = min(x + wide / 2, free)
        if end - wide > 0:
            board.text(end, y - 13, label, 12, INK, "end", keep=False)
            free = end - wide - 10
