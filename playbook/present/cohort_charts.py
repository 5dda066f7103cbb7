"""The heat map of a room or of many communities: drawn at once, since a class watches it grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from playbook.present.board import ACCENT, INK, LINE, ON_ACCENT, Board
from playbook.present.figure import Figure
from playbook.present.sentences import plain, short_label
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.room.cohort import Cohort
    from playbook.scoring.cohort import Gathered

Row = dict[str, Any]
#: How strongly a cell is filled; letters turn white on the last only, where it is dark enough.
_STEPS = (0.0, 0.1, 0.28, 0.5, 1.0)
_COLUMNS = ("0", "1", "2", "3", "unknown", "na")
_HEAD, _ROW = 26.0, 26.0
#: So many columns stand side by side, so that a number of two digits fits; more go on below.
_MOST_WIDE, _MOST_NARROW = 32, 12


def heat(cohort: Cohort, lang: str | None = None) -> Figure:
    """
    What did the room choose? One community: people at each level; many: each one's level.

    In the checklist's order. The number stands in every cell; colour only repeats it.
    """
    lang = language(lang)
    found = cohort.gathered
    if found is None:
        raise ValueError("nobody has answered")
    rows, heads = _one(found, lang) if found.one else _many(found, lang)
    title, about = _title(found, lang)
    return Figure(
        title=title,
        subtitle=about,
        foot=say(
            "cohort.meta",
            lang,
            people=len(found.raters),
            checklist=found.checklist.name(lang),
            version=found.checklist.version,
        ),
        alt=say("cohort.heat_alt", lang, questions=len(found.items), finding=title),
        draw=lambda wide: _draw(rows, heads, wide),
        rows=_numbers(found, lang),
        lang=lang,
    )


def _title(found: Gathered, lang: str) -> tuple[str, str]:
    by_id = found.checklist.by_id
    if found.one:
        about = say("cohort.heat_one_about", lang)
        if found.talk_about:
            name = by_id[found.talk_about[0]].name(lang)
            return say("cohort.heat_one_apart", lang, name=name), about
        return say("cohort.heat_one", lang, n=len(found.raters)), about
    about = say("cohort.heat_many_about", lang)
    if found.weakest:
        name = by_id[found.weakest[0]].name(lang)
        return say("cohort.heat_many", lang, name=name), about
    return say("cohort.heat_many_plain", lang, n=len(found.teams)), about


def _named(found: Gathered, lang: str) -> list[Row]:
    """A row a criterion."""
    by_id = found.checklist.by_id
    return [
        {"row": place, "id": item.criterion, "name": by_id[item.criterion].name(lang)}
        for place, item in enumerate(found.items)
    ]


def _one(found: Gathered, lang: str) -> tuple[list[Row], list[str]]:
    people = len(found.raters)
    cells = []
    for row, item in zip(_named(found, lang), found.items, strict=True):
        counts = found.counts[item.criterion]
        for column, name in enumerate(_COLUMNS):
            n = counts[name]
            # A median between two levels frames both.
            framed = item.median is not None and column < 4 and abs(item.median - column) <= 0.5
            cells.append(_cell(row, column, str(n) if n else "", n / people, framed))
    heads = ["0", "1", "2", "3", say("cohort.column_unknown", lang), say("cohort.column_na", lang)]
    return cells, heads


def _many(found: Gathered, lang: str) -> tuple[list[Row], list[str]]:
    shown = {"unknown": "?", "na": "–", "absent": ""}
    cells = []
    for row in _named(found, lang):
        for column, team in enumerate(found.teams):
            state = team.state(row["id"])
            told = shown.get(state, state)
            strong = (int(state) + 1) / 4 if state.isdigit() else 0
            cells.append(_cell(row, column, told, strong, False))
    if len(found.teams) > 7:  # more names than there is room for: numbers, named in the list
        heads = [str(n) for n in range(1, len(found.teams) + 1)]
    else:
        heads = [
            short_label(plain(team.name), max(6, 66 // len(found.teams))) for team in found.teams
        ]
    return cells, heads


def _cell(row: Row, column: int, told: str, share: float, framed: bool) -> Row:
    step = next((s for s in range(5) if share <= s / 4), 4)
    return {
        **row,
        "column": column,
        "told": told,
        "fill": _STEPS[step],
        "ink": ON_ACCENT if step == 4 else INK,
        "framed": framed,
    }


def _draw(cells: Sequence[Row], heads: Sequence[str], wide: bool) -> str:
    """Rows of cells under their heads; the number stands in each, in bands where it must."""
    board = Board(wide)
    left = 186.0 if wide else 128.0
    bands = -(-len(heads) // (_MOST_WIDE if wide else _MOST_NARROW))
    each = -(-len(heads) // bands)
    band = _HEAD + _ROW * (1 + max(cell["row"] for cell in cells)) + 10
    step = (board.width - left - 2) / each
    letters = 22 if wide else 15
    size = 13 if wide else 12
    for column, head in enumerate(heads):
        shown = short_label(head, max(2, int(step / size * 1.7)))
        x, top = left + step * (column % each + 0.5), column // each * band
        board.text(x, top + 16, shown, size, INK, "middle", keep=False)
    for cell in cells:
        top = _HEAD + cell["row"] * _ROW + cell["column"] // each * band
        x = left + step * (cell["column"] % each)
        if cell["column"] % each == 0:
            shown = short_label(cell["name"], letters)
            board.text(left - 8, top + 17, shown, size, INK, "end", keep=False)
        if cell["fill"]:
            board.bar(x + 1, top + 1, step - 2, _ROW - 2, ACCENT, cell["fill"], round_=2)
        board.bar(x + 1, top + 1, step - 2, _ROW - 2, LINE, hollow=True, round_=2)
        if cell["framed"]:
            board.bar(x + 2, top + 2, step - 4, _ROW - 4, INK, hollow=True, round_=2)
        board.inside(x + step / 2, top + 17, cell["told"], cell["ink"], bold=True)
    board.height = band * bands - 6
    return board.svg()


def _numbers(found: Gathered, lang: str) -> list[Row]:
    rows = []
    for item in found.items:
        name = found.checklist.by_id[item.criterion].name(lang)
        row: Row = {say("figure.criterion", lang): name}
        if found.one:
            counts = found.counts[item.criterion]
            row |= {n: counts[n] for n in "0123"}
            row |= {"?": counts["unknown"], "–": counts["na"]}
            row[say("cohort.median", lang)] = item.median
            row[say("cohort.range", lang)] = item.range
            share = item.within_one
            row[say("cohort.within", lang)] = None if share is None else f"{share:.0%}"
        else:
            row |= {plain(t.name): t.level(item.criterion) for t in found.teams}
        rows.append(row)
    return rows
