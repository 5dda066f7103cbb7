"""Several scenarios of one model in one picture: each headline number on its own scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playbook.present.board import ACCENT, CONTEXT, EDGE, INK, MUTED, Board, Scale, room
from playbook.present.figure import Figure
from playbook.present.model_charts import Row, foot, told
from playbook.present.sentences import join, plain, width
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation

_LANE, _HEAD = 21.0, 30.0


def scenarios(runs: Mapping[str, Simulation], lang: str | None = None) -> Figure:
    """
    How do several runs of one model compare? A bar for each, headline number by number.

    `runs`: a scenario's name → its run, all of one model; the last is the one that is meant.
    """
    lang = language(lang)
    every = list(runs.values())
    measures = every[0].entry["measure"]
    found = [
        (text(one, "name", lang), one["unit"], [run.at(one["result"]) for run in every])
        for one in measures
    ]
    found = [(name, unit, values) for name, unit, values in found if any(_known(values))]
    rows: list[Row] = [
        {
            say("explore.measure", lang): name,
            **{
                plain(key): told(value, unit, lang) for key, value in zip(runs, values, strict=True)
            },
        }
        for name, unit, values in found
    ]
    names = join((plain(name) for name in runs), lang)
    title = say("explore.scenarios_title", lang, n=len(runs), names=names)
    said = [
        f"{row[say('explore.measure', lang)]}: "
        + join((f"{plain(name)} {row[plain(name)]}" for name in runs), lang)
        for row in rows
    ]
    return Figure(
        title=title,
        subtitle=say("explore.scenarios_subtitle", lang),
        foot=foot(every[-1], lang),
        alt=say("figure.stop", lang).join([title, *said]),
        draw=lambda wide: _draw([plain(name) for name in runs], found, wide, lang),
        rows=rows,
        lang=lang,
    )


def _known(values: list[Any]) -> list[bool]:
    return [value is not None for value in values]


def _draw(names: list[str], found: list[tuple[str, str, list[Any]]], wide: bool, lang: str) -> str:
    board = Board(wide)
    most = 22 if wide else 13
    shown = [name if width(name) <= most else name[: most // 2] + "…" for name in names]
    left = max(room(name, 12.5) for name in shown) + 10
    y = 14.0
    for name, unit, values in found:
        board.text(0, y, name, 13.5, INK, bold=True)
        labels = [told(value, unit, lang) for value in values]
        numbers = [float(value) for value in values if value is not None]
        space = max(room(label, 12.5) for label in labels) + 14
        x = Scale(min(0.0, *numbers), max(0.0, *numbers) or 1.0, left, board.width - space)
        board.upright(x(0), y + 8, y + 8 + _LANE * len(values), EDGE, "")
        for n, (value, label) in enumerate(zip(values, labels, strict=True)):
            at, last = y + 8 + _LANE * n, n == len(values) - 1
            board.text(0, at + 15, shown[n], 12.5, INK if last else MUTED, bold=last)
            end = x(0)
            if value is not None:
                end = x(float(value))
                board.bar(x(0), at + 4, end - x(0), _LANE - 8, ACCENT if last else CONTEXT)
            board.text(max(end, x(0)) + 6, at + 15, label, 12.5, INK, bold=last)
        y += 8 + _LANE * len(values) + _HEAD
    board.height = y - _HEAD + 10
    return board.svg()
