"""Runs side by side, and one value moved at a time: what makes the difference?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playbook.errors import nearest, quote, refuse
from playbook.growth.base import Results, likely, model, step, tidy, values, watched
from playbook.growth.run import run
from playbook.growth.simulation import Rows, Simulation

#: A value without likely ends of its own is moved so far to either side.
_NUDGE = 0.2
#: These say how long or how often is counted, not what happens.
_TECHNICAL = frozenset({"runs", "network_runs", "curve", "months", "by_month", "groups"})


def compare_runs(runs: Mapping[str, Simulation], lang: str | None = None) -> Rows:
    """
    How do several scenarios of one model stand beside one another?

    One row a headline number: measure, name, unit, better (high, low or None), `values` by
    scenario, and `best`: which scenario has the best of them (None: none is better). Runs of
    different models, or none: PlaybookError.

    >>> now, more = run("sizing", members=100), run("sizing", members=300)
    >>> row = compare_runs({"now": now, "more": more}, "en")[0]
    >>> row["measure"], row["values"]
    ('messages', {'now': 60.0, 'more': 180.0})
    """
    names = {one.model for one in runs.values()}
    if len(names) != 1:
        raise refuse("scenarios", "one_model", known=", ".join(sorted(names)) or "-")
    told = {name: one.measures(lang) for name, one in runs.items()}
    rows = []
    for place, first in enumerate(next(iter(told.values()))):
        found = {name: measures[place]["value"] for name, measures in told.items()}
        rows.append(
            {
                "measure": first["id"],
                "name": first["name"],
                "unit": first["unit"],
                "better": first["better"],
                "values": found,
                "best": _best(found, first["better"]),
            }
        )
    return rows


def _best(found: Mapping[str, float | None], better: str | None) -> str | None:
    known = {name: value for name, value in found.items() if value is not None}
    if better is None or len(set(known.values())) < 2:
        return None
    return (max if better == "high" else min)(known, key=lambda name: known[name])


def ends_of(name: str, **options: Any) -> dict[str, tuple[float, float]]:
    """
    Between which two values is each number of a model moved?

    Where content says what is likely, between those; else a fifth to either side, within the
    bounds. Left out: what is 0, what is not used, and what only says how long is counted.

    >>> ends_of("sizing", members=100)["members"]
    (80, 120)
    """
    p, found = values(name, **options), {}
    told = likely(name, p)
    for parameter in model(name)["parameter"]:
        key, kind = parameter["id"], parameter["kind"]
        unused = "unless" in parameter and p[parameter["unless"]] is not None
        if kind not in ("integer", "number") or key in _TECHNICAL or unused or not p[key]:
            continue
        low, high = told.get(
            key,
            (
                max(parameter["low"], p[key] * (1 - _NUDGE)),
                min(parameter["high"], p[key] * (1 + _NUDGE)),
            ),
        )
        if kind == "integer":
            low, high = round(low), round(high)
        if low < high:
            found[key] = (low, high) if kind == "integer" else (round(low, 9), round(high, 9))
    return found


def tornado(
    name: str,
    measure: str | None = None,
    seed: int = 7,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
    **options: Any,
) -> Results:
    """
    Which value moves the result most, if each is moved alone?

    `measure`: the id of a headline number (default: the first). Every run has the same seed, so
    that chance does not move the bars. `calibrated` and `network` are those of `run`. A bar
    whose run is impossible, or has no such number, is left out. Returns measure, base, and bars
    (parameter, from, to, low, high, swing), the widest first.

    >>> found = tornado("sizing", members=100)
    >>> found["measure"], found["base"], found["bars"][0]["parameter"]
    ('messages', 60.0, 'members')
    """
    known = [one["id"] for one in model(name)["measure"]]
    wanted = known[0] if measure is None else measure
    if wanted not in known:
        meant = nearest(str(wanted), known)
        raise refuse("measure", "enum", meant, given=quote(wanted), known=", ".join(known))

    own = {key: options.pop(key) for key in ("network", "hosts") if key in options}
    estimated = {key: one["value"] for key, one in (options.pop("calibrated", None) or {}).items()}
    options = {**estimated, **options}

    def result(**changed: Any) -> float | None:
        try:
            made = run(name, seed, **own, **{**options, **changed})
        except ValueError:  # at this end the values do not go together
            return None
        found: float | None = next(m["value"] for m in made.measures() if m["id"] == wanted)
        return found

    bars: Rows = []
    with watched(progress, stop):
        ends = ends_of(name, **options)
        base = result()
        for done, (key, (low, high)) in enumerate(ends.items()):
            step(done, len(ends))
            at_low, at_high = result(**{key: low}), result(**{key: high})
            if at_low is None or at_high is None:
                continue
            bar = {"parameter": key, "from": low, "to": high, "low": at_low, "high": at_high}
            bars.append({**bar, "swing": abs(at_high - at_low)})
    bars.sort(key=lambda bar: -bar["swing"])
    return {"measure": wanted, "base": base, "bars": tidy(bars)}
