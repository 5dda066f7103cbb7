"""What articles claim of communities, beside what is found here and what the pilot found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playbook.load import content
from playbook.present.board import ACCENT, EDGE, INK, LINE, MUTED, Board, Scale
from playbook.present.figure import Figure, Mark, headed
from playbook.present.people_charts import percent
from playbook.words import language, say, text

Found = Mapping[str, Any]
Row = dict[str, Any]


def claims(found: Found, lang: str | None = None) -> Figure:
    """
    Do the rules of thumb hold here: 70/20, 5/20/75, 90 % in groups under 20?

    `found` holds `concentration`, `potential` and `circles`. The claim is a hollow diamond, what
    is found here a filled dot, the pilot's range a bar; what cannot be measured is left out and
    said. No verdict follows: the pilot found no signal in these ratios.
    """
    lang = language(lang)
    rows, few = _rows(found, lang), content("claims")["few"]
    seen = [row for row in rows if row["here"] is not None and (row["n"] or 0) >= few]
    near = [row for row in seen if abs(row["here"] - row["claim"]) <= 0.1]
    title = say(
        "dashboard.claims_title" if seen else "dashboard.claims_none",
        lang,
        near=len(near),
        seen=len(seen),
    )
    unseen = [row["name"] for row in rows if row not in seen]
    said = [
        say("dashboard.claims_row", lang, name=row["name"], here=percent(row["here"]),
            claim=percent(row["claim"]))
        for row in seen
    ]  # fmt: skip
    return Figure(
        title=title,
        subtitle=say("dashboard.claims_subtitle", lang),
        foot=say("dashboard.claims_foot", lang)
        + (say("dashboard.claims_unseen", lang, n=len(unseen)) if unseen else ""),
        alt=title
        + say("figure.stop", lang)
        + "".join(said),
        draw=lambda wide: _board(seen, wide),
        rows=[
            headed("dashboard", lang, claim=row["name"], claimed=percent(row["claim"]),
                   here=percent(row["here"]), n=row["n"],
                   pilot=_span(row["pilot"]) or say("dashboard.unseen", lang))
            for row in rows
        ],
        key=[
            Mark(say("dashboard.claimed", lang), INK, "diamond", hollow=True),
            Mark(say("dashboard.here", lang), ACCENT),
            Mark(say("dashboard.pilot", lang), EDGE, "square"),
        ],
        lang=lang,
    )  # fmt: skip


def _rows(found: Found, lang: str) -> list[Row]:
    spread, layers, small = (found[key] for key in ("concentration", "potential", "circles"))
    parts = [
        ("share", spread["share"], spread["claim"], spread["events"]),
        ("posters", spread["posters"]["share"], spread["claim"], spread["posters"]["events"]),
        *(
            (name, layers[name]["share"], layers[name]["claim"], layers["members"])
            for name in ("big", "middle", "ordinary")
        ),
        *(
            (name, small[name]["share"], small["claim"], small[name]["member_months"])
            for name in ("groups", "circles")
        ),
    ]
    told = {one["id"]: one for one in content("claims")["claim"]}
    return [
        {
            "id": name,
            "name": str(text(told[name], "name", lang)).format(under=small["under"]),
            "here": here,
            "claim": claim,
            "n": n,
            "pilot": told[name].get("pilot"),
        }
        for name, here, claim, n in parts
    ]


def _span(bounds: Sequence[float] | None) -> str:
    return "" if bounds is None else f"{bounds[0] * 100:.0f}–{bounds[1]:.0%}"


def _board(rows: Sequence[Row], wide: bool) -> str:
    step = 52.0
    board = Board(wide, step * max(len(rows), 1) + 26)
    across = Scale(0, 1, 8, board.width - 52)
    bottom = step * len(rows)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        board.upright(across(tick), 4, bottom, LINE, "")
        board.text(across(tick), bottom + 18, percent(tick), 12, MUTED, "middle")
    for place, row in enumerate(rows):
        y = place * step + 34
        board.text(0, y - 15, row["name"], 13)
        if row["pilot"]:
            low, high = row["pilot"]
            board.bar(across(low), y - 4, across(high) - across(low), 8, EDGE, 0.55)
        board.line([(across(row["claim"]), y), (across(row["here"]), y)], ACCENT, 2)
        board.mark(across(row["claim"]), y, INK, "diamond", hollow=True)
        board.mark(across(row["here"]), y, ACCENT, size=13)
        board.text(board.width - 2, y + 5, percent(row["here"]), 14, INK, "end", bold=True)
    return board.svg()
