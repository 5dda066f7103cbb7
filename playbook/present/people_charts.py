"""Members in pictures: the path, who comes back, levels, segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playbook.load import content
from playbook.present.board import (
    ACCENT,
    CONTEXT,
    EDGE,
    INK,
    MUTED,
    ON_ACCENT,
    WARM,
    Board,
    Scale,
    room,
)
from playbook.present.figure import Figure, headed
from playbook.present.sentences import amount, join, short_label
from playbook.words import language, say, text

Found = Mapping[str, Any]
Row = dict[str, Any]
#: More months than this are not drawn; the table has them.
_MONTHS = 12


def percent(share: float | None) -> str:
    """A share in per cent; unknown is a dash, and a little is never told as nothing.

    >>> percent(0.004), percent(0.5), percent(None)
    ('0.4%', '50%', '–')
    """
    if share is None:
        return "–"
    return f"{share:.1%}" if 0 < share < 0.01 else f"{share:.0%}"


# --- the path ---------------------------------------------------------------------------------


def path(found: Found, lang: str | None = None) -> Figure:
    """
    How far do members come: acquire, identify, link, activate, convert?

    Bars with the rate on the step; a step that the source cannot show is hollow and says why.
    The title names the step where most are lost.
    """
    lang = language(lang)
    rows = [
        {
            "name": say(f"dashboard.step_{step['id']}", lang),
            "rule": say(f"dashboard.rule_{step['id']}", lang),
            "why": say(f"people.because_{step['because']}", lang) if step["because"] else "",
            **step,
        }
        for step in found["steps"]
    ]
    known = [row for row in rows if row["rate"] is not None]
    worst = min(known, key=lambda row: row["rate"], default=None)
    title = say(
        "dashboard.path_title" if worst else "dashboard.path_none",
        lang,
        name=worst["name"] if worst else "",
        rate=percent(worst["rate"]) if worst else "",
    )
    unseen = [row["name"] for row in rows if row["members"] is None]
    subtitle = say("dashboard.path_subtitle", lang, window=found["window"])
    if unseen:
        subtitle += say("dashboard.path_unseen", lang, names=join(unseen, lang))
    said = [
        say("dashboard.path_row", lang, name=row["name"], n=row["members"],
            rate=percent(row["rate"]))
        for row in rows
        if row["members"] is not None
    ]  # fmt: skip
    return Figure(
        title=title,
        subtitle=subtitle,
        foot=say("dashboard.path_foot", lang, open=amount(found["open"] or 0, lang),
                 window=found["window"]),
        alt=title + say("figure.stop", lang) + "".join(said),
        draw=lambda wide: _path_board(rows, worst, wide, lang),
        rows=[
            headed("dashboard", lang, step=row["name"], means=row["why"] or row["rule"],
                   people=row["members"], rate=percent(row["rate"]),
                   of_all=percent(row["of_all"]), days=row["days"])
            for row in rows
        ],
        lang=lang,
    )  # fmt: skip


def _path_board(rows: Sequence[Row], worst: Row | None, wide: bool, lang: str) -> str:
    step = 56.0
    board = Board(wide, step * len(rows) + 4)
    left = 132.0 if wide else 92.0
    top = max((row["members"] or 0 for row in rows), default=1) or 1
    across = Scale(0, top, left, board.width - 92)
    for place, row in enumerate(rows):
        y = place * step + 20
        board.text(0, y + 16, row["name"], 14, bold=True)
        if row["members"] is None:
            board.bar(left, y, 120, 22, EDGE, hollow=True)
            board.text(left + 8, y + 16, say("dashboard.unseen", lang), 12, MUTED)
            continue
        colour = WARM if row is worst else ACCENT if place == 0 else CONTEXT
        board.bar(left, y, across(row["members"]) - left, 22, colour)
        label = amount(row["members"], lang)
        board.text(across(row["members"]) + 7, y + 16, label, 14, bold=True)
        if row["rate"] is not None:
            told = say("dashboard.rate_of" if wide else "dashboard.rate_short", lang,
                       rate=percent(row["rate"]))  # fmt: skip
            board.text(left, y - 6, told, 12, INK if row is worst else MUTED)
    return board.svg()


# --- who comes back ---------------------------------------------------------------------------


def retention(found: Found, lang: str | None = None) -> Figure | None:
    """
    Of those first there in a month, how many came again 1, 2, 3 … months later?

    A heat map with its numbers. None where no month is over yet.
    """
    lang = language(lang)
    cohorts = [one for one in found["cohorts"] if one["active"]]
    if not cohorts:
        return None
    later = [one for one in found["curve"] if one["months"] in (1, 3, 6) and one["members"]]
    told = [
        say(
            "dashboard.retention_next" if one["months"] == 1 else "dashboard.retention_part",
            lang,
            rate=percent(one["rate"]),
            months=one["months"],
        )
        for one in later
    ]
    title = (
        say("dashboard.retention_title", lang, parts=join(told, lang))
        if told
        else say("dashboard.retention_short", lang)
    )
    shown = cohorts[-_MONTHS:]
    return Figure(
        title=title,
        subtitle=say("dashboard.retention_subtitle", lang),
        foot=say("dashboard.retention_foot", lang, n=len(cohorts), shown=len(shown)),
        alt=title,
        draw=lambda wide: _retention_board(shown, wide, lang),
        rows=[
            headed("dashboard", lang, cohort=one["month"], people=one["members"])
            | {f"+{n}": percent(rate) for n, rate in enumerate(one["rates"]) if n}
            for one in cohorts
        ],
        lang=lang,
    )


def _retention_board(cohorts: Sequence[Found], wide: bool, lang: str) -> str:
    most = 11 if wide else 5
    columns = min(max(len(one["active"]) for one in cohorts), most + 1)
    high = 30.0
    board = Board(wide, high * len(cohorts) + 30)
    left = 118.0 if wide else 104.0
    step = min((board.width - left) / max(columns - 1, 1), 62)
    board.text(0, 14, say("dashboard.cohort_head", lang), 12, MUTED)
    for month in range(1, columns):
        board.text(left + (month - 0.5) * step, 14, f"+{month}", 12, MUTED, "middle")
    for place, one in enumerate(cohorts):
        y = 24 + place * high
        board.text(0, y + 19, one["month"], 13)
        board.text(left - 12, y + 19, amount(one["members"], lang), 13, MUTED, "end")
        for month, rate in enumerate(one["rates"][:columns]):
            if month:
                _cell(board, left + (month - 1) * step, y, step, high, rate)
    return board.svg()


def _cell(board: Board, x: float, y: float, wide: float, high: float, rate: float | None) -> None:
    """A cell of the heat map; its number has the contrast that its ground asks for."""
    strong = (rate or 0) >= 0.5
    # From the ground to the accent: half of the scale is already the full colour.
    opacity = min(1.0, 0.08 + 1.3 * (rate or 0)) if not strong else 1.0
    board.bar(x + 1, y + 1, wide - 2, high - 2, ACCENT, opacity if strong else opacity * 0.6)
    told = "–" if rate is None else f"{rate * 100:.0f}"
    board.inside(x + wide / 2, y + high / 2 + 5, told, ON_ACCENT if strong else INK)


# --- levels and segments ----------------------------------------------------------------------


def _bars(rows: Sequence[Row], wide: bool, lang: str) -> str:
    """Rows with a name, a count and a share; the row that is meant has the colour."""
    step = 40.0
    board = Board(wide, step * len(rows) + 4)
    left = min(max(room(row["name"], 14) for row in rows) + 14, 200.0 if wide else 128.0)
    across = Scale(0, max(row["n"] for row in rows) or 1, left, board.width - 108)
    for place, row in enumerate(rows):
        y = place * step + 8
        board.text(left - 10, y + 17, short_label(row["name"], int(left / 7)), 14, anchor="end")
        board.bar(left, y, across(row["n"]) - left, 24, ACCENT if row["meant"] else CONTEXT)
        told = f"{amount(row['n'], lang)} · {percent(row['share'])}"
        board.text(across(row["n"]) + 7, y + 17, told, 13, bold=row["meant"])
    return board.svg()


def _rows(
    entries: Iterable[Found], counts: Mapping[str, int], meant: Found, lang: str
) -> list[Row]:
    """A row an entry of content: its name, how many members, their share; `meant` is coloured."""
    whole = sum(counts.values())
    return [
        {
            "name": text(one, "name", lang),
            "n": n,
            "share": n / whole if whole else None,
            "meant": one is meant,
            "entry": one,
        }
        for one, n in ((one, counts.get(one["id"], 0)) for one in entries)
    ]


def levels(counts: Mapping[str, int], lang: str | None = None) -> Figure:
    """How many members stand on each level? `counts`: the id of a level → members."""
    lang = language(lang)
    rules = content("people")
    top = rules["level"][-1]
    rows = _rows(reversed(rules["level"]), counts, top, lang)
    title = say("dashboard.levels_title", lang, n=amount(rows[0]["n"], lang),
                all=amount(sum(counts.values()), lang), name=rows[0]["name"])  # fmt: skip
    return Figure(
        title=title,
        subtitle=say("dashboard.levels_subtitle", lang, kinds=top["kinds"]),
        foot=say("dashboard.levels_foot", lang, half=rules["intimacy"]["half"]),
        alt=title + say("figure.stop", lang) + _said(rows, lang),
        draw=lambda wide: _bars(rows, wide, lang),
        rows=[
            headed("dashboard", lang, level=row["name"], **{"from": row["entry"]["from"]},
                   people=row["n"], of_all=percent(row["share"]))
            for row in rows
        ],
        lang=lang,
    )  # fmt: skip


def segments(counts: Mapping[str, int], lang: str | None = None) -> Figure:
    """Which segments do members fall into, and what would one do for each?"""
    lang = language(lang)
    every = content("people")["segment"]
    most = max((one for one in every if one["id"] != "gone"), key=lambda s: counts.get(s["id"], 0))
    rows = _rows((one for one in every if counts.get(one["id"])), counts, most, lang)
    rows = rows or [{"name": "–", "n": 0, "share": None, "meant": False, "entry": {}}]
    gone = next((row["share"] for row in rows if row["entry"].get("id") == "gone"), 0.0)
    title = say("dashboard.segments_title", lang, n=amount(counts.get(most["id"], 0), lang),
                name=text(most, "name", lang),
                gone=percent(gone if any(counts.values()) else None))  # fmt: skip
    return Figure(
        title=title,
        subtitle=say("dashboard.segments_subtitle", lang),
        foot=say("dashboard.segments_foot", lang),
        alt=title + say("figure.stop", lang) + _said(rows, lang),
        draw=lambda wide: _bars(rows, wide, lang),
        rows=[
            headed("dashboard", lang, segment=row["name"], people=row["n"],
                   of_all=percent(row["share"]), means=text(row["entry"], "meaning", lang) or "")
            for row in rows
        ],
        lang=lang,
    )  # fmt: skip


def _said(rows: Sequence[Row], lang: str) -> str:
    return "".join(say("dashboard.bar_row", lang, name=row["name"], n=row["n"]) for row in rows)
