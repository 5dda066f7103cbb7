"""Observed beside modelled, and a split beside chance: where a model fits and where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbook.present.board import ACCENT, BAD, CONTEXT, EDGE, INK, MUTED, Board, Scale
from playbook.present.figure import Figure, Mark, headed
from playbook.present.model_charts import Row, figure, percent, whole
from playbook.present.sentences import join
from playbook.words import language, say

if TYPE_CHECKING:
    from playbook.growth.beside import Beside
    from playbook.growth.simulation import Simulation

#: These count people or steps; all others are shares.
_COUNTS = {"mean_tree", "largest_tree", "deepest_tree", "k_of_the_brought"}


def beside(found: Beside, lang: str | None = None) -> Figure:
    """
    Which numbers of a community lie within what the calibrated model makes, and which do not?

    A band for 95 % of the model's tries, its middle, and what was observed: a dot within, a
    cross outside. Each number has a scale of its own.
    """
    lang = language(lang)
    told = [row for row in found.rows(lang) if row["observed"] is not None]
    missed = [row for row in told if row["fits"] is False]
    word = "beside_title" if missed else "beside_all"
    title = say(f"explore.{word}", lang, n=len(told) - len(missed), all=len(told))
    rows: list[Row] = [
        headed(
            "explore",
            lang,
            what=row["what"],
            observed=_shown(row, row["observed"], lang),
            modelled=_shown(row, row["model"], lang),
            band=_band(row, lang),
        )
        | {"n": row["n"]}
        | headed("explore", lang, misfit=row["misfit"] or say("explore.fits", lang))
        for row in told
    ]
    said = [f"{row['what']}: {_shown(row, row['observed'], lang)}" for row in told]
    said += [row["misfit"] for row in missed]
    return Figure(
        title=title,
        subtitle=say("explore.beside_subtitle", lang),
        foot=say("explore.beside_foot", lang, n=join(sorted({f"{r['n']:,}" for r in told}), lang)),
        alt=say("figure.stop", lang).join([title, *said]),
        draw=lambda wide: _beside(told, wide, lang),
        rows=rows,
        key=[
            Mark(say("explore.key_observed", lang), INK),
            Mark(say("explore.key_outside", lang), BAD, "cross"),
            Mark(say("explore.key_model", lang), CONTEXT, "square"),
        ],
        lang=lang,
    )


def _shown(row: Row, value: float | None, lang: str) -> str:
    if row["id"] not in _COUNTS:
        return percent(value)
    return f"{value:.3g}" if value is not None and abs(value) < 10 else whole(value, lang)


def _band(row: Row, lang: str) -> str:
    if row["low"] is None:
        return "–"
    low, high = (_shown(row, row[end], lang) for end in ("low", "high"))
    return say("explore.to", lang, low=low, high=high)


def _beside(told: list[Row], wide: bool, lang: str) -> str:
    board, step = Board(wide), 58.0
    for n, row in enumerate(told):
        y = 14 + step * n
        outside = row["fits"] is False
        board.pair(y, row["what"], "" if not outside else say("explore.outside", lang), BAD,
                   13 if wide else 12)  # fmt: skip
        ends = [row[key] for key in ("observed", "model", "low", "high") if row[key] is not None]
        x = Scale(0, max(ends) * 1.1 if row["id"] in _COUNTS else 1, 8, board.width - 60)
        at = y + 20
        board.across(at, x.start, x.end)
        if row["low"] is not None:
            board.bar(x(row["low"]), at - 7, x(row["high"]) - x(row["low"]), 14, CONTEXT, 0.45)
        board.line([(x(row["model"]), at - 9), (x(row["model"]), at + 9)], EDGE, 2.5)
        colour, shape = (BAD, "cross") if outside else (INK, "circle")
        board.mark(x(row["observed"]), at, colour, shape, size=14)
        board.text(board.width - 4, at + 5, _shown(row, row["observed"], lang), 13, colour, "end",
                   bold=True)  # fmt: skip
    board.height = step * len(told)
    return board.svg()


def split(run: Simulation, lang: str | None = None) -> Figure:
    """How many ties does a split of one's own network keep, and how many does a random one?"""
    lang = language(lang)
    found = run.results["split"]
    kept, chance = found["kept_share"], found["random_kept"]
    rows = [
        headed("explore", lang, split_group=one["group"], split_members=one["members"],
               split_host_count=one["hosts"], split_lone=one["without_ties"])
        for one in found["groups"]
    ]  # fmt: skip
    return figure(
        run,
        lang,
        say("explore.split_title", lang, n=len(found["groups"]), kept=percent(kept),
            chance=percent(chance["p50"])),
        lambda wide: _split(found, wide, lang),
        rows,
        [
            Mark(say("explore.split_key", lang), ACCENT),
            Mark(say("explore.split_chance", lang), CONTEXT, "square"),
        ],
        say("explore.split_subtitle", lang),
    )  # fmt: skip


def _split(found: Any, wide: bool, lang: str) -> str:
    board = Board(wide)
    x = Scale(0, 1, 8, board.width - 14)
    board.text(0, 14, say("explore.split_kept", lang), 13.5, bold=True)
    chance = found["random_kept"]
    board.across(42, x.start, x.end)
    board.bar(x(chance["p10"]), 33, x(chance["p90"]) - x(chance["p10"]), 18, CONTEXT, 0.5)
    board.mark(x(found["kept_share"]), 42, ACCENT, size=16)
    board.text(x(chance["p50"]), 70, percent(chance["p50"]), 13, MUTED, "middle")
    board.text(x(found["kept_share"]), 70, percent(found["kept_share"]), 13, ACCENT, "middle",
               bold=True)  # fmt: skip
    board.text(0, 106, say("explore.split_sizes", lang), 13.5, bold=True)
    most = max(one["members"] for one in found["groups"])
    size = Scale(0, most, 24, board.width - 160)
    for n, one in enumerate(found["groups"]):
        y = 120 + 30 * n
        board.text(0, y + 14, one["group"], 13, bold=True)
        with_ties = one["members"] - one["without_ties"]
        board.bar(size.start, y, size(one["members"]) - size.start, 18, EDGE, hollow=True)
        board.bar(size.start, y, size(with_ties) - size.start, 18, ACCENT)
        board.text(
            size(one["members"]) + 8,
            y + 14,
            say("explore.split_hosts", lang, n=one["members"], hosts=one["hosts"]),
            12.5,
        )
    board.text(0, 120 + 30 * len(found["groups"]) + 16, say("explore.split_hollow", lang), 12.5,
               MUTED)  # fmt: skip
    board.height = 120 + 30 * len(found["groups"]) + 26
    return board.svg()
