"""What was observed beside what a calibrated model makes of it: where does it fit, where not?"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from playbook.errors import nearest, quote, refuse
from playbook.files import read_text
from playbook.growth.base import Generator, Numbers, Results, Values, divide, tidy
from playbook.growth.fission import branching
from playbook.growth.group_buy import fills
from playbook.growth.simulation import Rows
from playbook.tables import Tabular
from playbook.words import say

#: How often the model makes a community of the same size.
_AGAIN = 400
_GENERATIONS = 30


@dataclass(frozen=True)
class Beside(Tabular):
    """Rows of observed and modelled numbers; `fits` is None where nothing can be compared."""

    found: tuple[Results, ...]

    def rows(self, lang: str | None = None) -> Rows:
        """
        One row a number: what, observed, model, low and high (95 % of the tries), fits, n.

        `misfit` says what it may mean where it does not fit; else None.
        """
        told = []
        for row in self.found:
            misfit = None
            if row["fits"] is False:
                way = "more" if row["observed"] > row["model"] else "less"
                misfit = say(f"model.misfit.{row['id']}.{way}", lang)
            told.append({**row, "what": say(f"model.beside.{row['id']}", lang), "misfit": misfit})
        return told


def invites_beside(
    sizes: Sequence[int] | Numbers,
    depths: Sequence[int] | Numbers,
    by_depth: Sequence[int] | Numbers,
    k: float,
    dispersion: float,
    rng: Generator,
) -> Beside:
    """
    Do the invite trees look like those of a branching process with the same k?

    `sizes` and `depths`: of the tree of each who came by themselves (1 and 0 if they brought
    nobody); `by_depth`: how many people stand so many steps below. The model plants as many
    trees 400 times.

    >>> rng = np.random.default_rng(1)
    >>> found = invites_beside([1, 1, 1, 3], [0, 0, 0, 2], [4, 1, 1], 0.4, 0.5, rng)
    >>> [row["id"] for row in found.rows()][:2], found.rows()[0]["observed"]
    (['brought_nobody', 'within_one_step'], 0.75)
    """
    size, depth = np.asarray(sizes, dtype=float), np.asarray(depths)
    roots = size.size
    if roots == 0:
        return Beside(())
    p: Values = {
        "k": k,
        "dispersion": dispersion,
        "fatigue": 0.0,
        "population": 1_000_000,  # k of 1 and more must end, too
        "seeds": 1,
        "generations": _GENERATIONS,
    }
    told = []
    for _ in range(_AGAIN):
        waves = branching(p, rng, roots)
        steps = (waves[:, 1:] > 0).sum(axis=1)
        told.append(_trees(waves.sum(axis=1), steps, waves.sum(axis=0)))
    return _rows(_trees(size, depth, np.asarray(by_depth)), told, roots)


def _trees(size: Numbers, depth: Numbers, by_depth: Numbers) -> dict[str, float | None]:
    brought = np.sort(size - 1)[::-1]
    tenth = float(brought[: max(1, brought.size // 10)].sum())
    return {
        "brought_nobody": float((size == 1).mean()),
        "within_one_step": float((depth <= 1).mean()),
        "mean_tree": float(size.mean()),
        "largest_tree": float(size.max()),
        "deepest_tree": float(depth.max()),
        "k_of_the_brought": divide(float(by_depth[2:].sum()), float(by_depth[1:].sum())),
        "from_top_tenth": divide(tenth, float(brought.sum())),
    }


def _rows(observed: dict[str, float | None], told: list[dict[str, float | None]], n: int) -> Beside:
    rows = []
    for name, seen in observed.items():
        made = [one for row in told if (one := row[name]) is not None]
        if not made:
            continue
        low, middle, high = (float(one) for one in np.percentile(made, (2.5, 50, 97.5)))
        fits = None if seen is None else low - 1e-9 <= seen <= high + 1e-9
        rows.append(
            {
                "id": name,
                "what": "",
                "observed": seen,
                "model": middle,
                "low": low,
                "high": high,
                "fits": fits,
                "n": n,
            }
        )
    return Beside(tuple(tidy(rows)))


def read_teams(path: Path) -> tuple[Numbers, Numbers]:
    """
    How many joined each team that filled, and each that failed? From a CSV: status, joiners.

    `status` is success or failed. Another status, or no number: PlaybookError.
    """
    where = path.name
    found: dict[str, list[int]] = {"success": [], "failed": []}
    for line, row in enumerate(csv.DictReader(io.StringIO(read_text(path))), 2):
        status, many = row.get("status") or "", row.get("joiners") or ""
        if status not in found:
            told = {"given": quote(status), "known": ", ".join(found)}
            raise refuse(f"{where}: {line}", "enum", nearest(status, found), **told)
        if not many.isdecimal():
            raise refuse(f"{where}: {line}", "type", given=quote(many), kinds="integer")
        found[status].append(int(many))
    return np.array(found["success"]), np.array(found["failed"])


def teams_beside(
    filled: Sequence[int] | Numbers, failed: Sequence[int] | Numbers, success: float, team: int
) -> Beside:
    """
    Do group-buying teams look like the model, if it fills as large a share of them?

    `filled` and `failed`: how many joined each team. `success`: the share of all teams that
    filled (a sample may have been drawn otherwise). The expected number who join is chosen so
    that the model fills as many; then it says how the joiners spread. There is no interval.

    >>> found = teams_beside([1, 1, 1], [0, 0], 0.7735, 2)
    >>> [(row["id"], round(row["model"], 3)) for row in found.rows()]
    [('failed_empty', 1.0), ('filled_just', 0.435)]
    """
    from scipy.special import gammaincinv

    joiners = team - 1
    expected = float(gammaincinv(joiners, success))
    # Of those that fail: nobody joined. Of those that fill: nobody more than needed came by.
    empty = divide(1 - fills(expected, 1), 1 - fills(expected, joiners))
    just = divide(fills(expected, joiners) - fills(expected, joiners + 1), success)
    rows: list[dict[str, Any]] = []
    for name, sample, wanted, model in (
        ("failed_empty", np.asarray(failed), 0, empty),
        ("filled_just", np.asarray(filled), joiners, just),
    ):
        seen = float((sample == wanted).mean()) if sample.size else None
        near = None if seen is None or model is None else abs(seen - model) < 0.05
        rows.append(
            {
                "id": name,
                "what": "",
                "observed": seen,
                "model": model,
                "low": None,
                "high": None,
                "fits": near,
                "n": int(sample.size),
            }
        )
    return Beside(tuple(tidy(rows)))


def history_beside(tried: Results | None) -> Beside:
    """Did the 80 % band of the forecast hold as often as it says? From `backtest`."""
    if tried is None:
        return Beside(())
    between = tried["share_between"]
    row = {
        "id": "band_held",
        "what": "",
        "observed": tried["share"],
        "model": 0.8,
        "low": between["low"],
        "high": between["high"],
        "fits": tried["misfit"] == "none_seen",
        "n": tried["asked"],
    }
    return Beside((tidy(row),))
