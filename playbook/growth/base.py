"""What all models share: their parameters from content, checked; random streams; plain numbers.

A model is a function of checked values and a random generator that returns a dictionary of
numbers. Its parameters, their bounds, labels and sources, and the sentences that tell what was
found, stand in `content/models.toml`. A number that does not exist is None, never NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playbook.errors import Fault, nearest, quote, refuse
from playbook.files import faults_raise
from playbook.load import content

Entry = Mapping[str, Any]
Values = Mapping[str, Any]
Results = dict[str, Any]
Numbers = NDArray[Any]
Generator = np.random.Generator

#: The points of a spread that are shown: a near-critical process has no telling mean.
POINTS = (10, 25, 50, 75, 90)


@cache
def models() -> Mapping[str, Entry]:
    """Which models are there, by id?

    >>> list(models())[:2]
    ['group-buy', 'bargain']
    """
    return {entry["id"]: entry for entry in content("models")["model"]}


def model(name: object) -> Entry:
    """One model by its id; an unknown one is refused with the nearest.

    >>> model("fission")["version"]
    '1.1'
    """
    known = models()
    wanted = name.replace("_", "-") if isinstance(name, str) else name
    if not isinstance(wanted, str) or wanted not in known:
        meant = nearest(str(wanted), known)
        raise refuse("simulate", "no_model", meant, given=quote(name), known=", ".join(known))
    return known[wanted]


def values(name: str, /, **options: Any) -> dict[str, Any]:
    """
    With which values does a model run: the defaults of content, and one's own laid over them?

    A number may come as text (from the command line). Unknown options, wrong types and values
    out of bounds raise one PlaybookError that names them all.

    >>> values("group-buy", team="5")["team"]
    5
    """
    known = {parameter["id"]: parameter for parameter in model(name)["parameter"]}
    found = {key: parameter.get("default") for key, parameter in known.items()}
    faults = unknown_options(name, options)
    for given, value in options.items():
        if (key := given.replace("-", "_")) in known:
            found[key] = _read(value, known[key], f"simulate {name}: {key}", faults)
    faults_raise(faults)
    return found


def unknown_options(name: str, options: Iterable[str]) -> list[Fault]:
    """Which options does a model not have? Each as a fault with the nearest that it has.

    >>> [fault.meant for fault in unknown_options("group-buy", ["price", "tea"])]
    ['team']
    """
    known = [parameter["id"] for parameter in model(name)["parameter"]]
    return [
        Fault(
            f"simulate {name}",
            "no_option",
            {"given": quote(given), "known": ", ".join(known)},
            nearest(given.replace("-", "_"), known),
        )
        for given in options
        if given.replace("-", "_") not in known
    ]


def _read(given: Any, parameter: Entry, where: str, faults: list[Fault]) -> Any:
    kind = parameter["kind"]
    if kind == "choice":
        if given not in parameter["choices"]:
            known = parameter["choices"]
            meant = nearest(given, known) if isinstance(given, str) else None
            told = {"given": quote(given), "known": ", ".join(known)}
            faults.append(Fault(where, "enum", told, meant))
        return given
    if kind == "date":
        return _date(given, where, faults)
    if kind != "numbers":
        return _number(given, parameter, where, faults)
    if isinstance(given, str):
        given = [part for part in given.replace("，", ",").split(",") if part.strip()]
    if not isinstance(given, Sequence) or isinstance(given, bytes):
        faults.append(Fault(where, "type", {"given": quote(given), "kinds": "120,135,150"}))
        return None
    if not parameter["least"] <= len(given) <= parameter["most"]:
        bounds = {"low": parameter["least"], "high": parameter["most"]}
        faults.append(Fault(where, "items", {"given": len(given), **bounds}))
        return None
    return [_number(one, parameter, where, faults) for one in given]


def _date(given: Any, where: str, faults: list[Fault]) -> str | None:
    try:
        day = given if isinstance(given, date) else date.fromisoformat(given)
        return f"{day:%Y-%m-%d}"
    except (TypeError, ValueError):
        faults.append(Fault(where, "date", {"given": quote(given)}))
        return None


def _number(given: Any, parameter: Entry, where: str, faults: list[Fault]) -> Any:
    whole = parameter["kind"] == "integer"
    number: Any = given
    try:
        if isinstance(given, str):
            number = int(given) if whole else float(given)
        elif isinstance(given, float) and whole and given.is_integer():
            number = int(given)
    except ValueError:
        number = None
    kinds = (int,) if whole else (int, float)
    real = isinstance(number, kinds) and not isinstance(number, bool)
    if not real or not (isinstance(number, int) or isfinite(number)):
        told = {"given": quote(given), "kinds": "integer" if whole else "number"}
        faults.append(Fault(where, "type", told))
        return None
    low, high = parameter["low"], parameter["high"]
    if not low <= number <= high:
        faults.append(Fault(where, "range", {"given": quote(given), "low": low, "high": high}))
        return None
    return number


def likely(name: str, p: Values) -> dict[str, tuple[float, float]]:
    """
    Between which values does each parameter probably lie, where content says so?

    A value of one's own takes a fifth to either side instead, within the bounds.

    >>> likely("funnel", values("funnel", active_share=0.5))["active_share"]
    (0.4, 0.6)
    """
    found = {}
    for parameter in model(name)["parameter"]:
        if "likely" in parameter:
            key = parameter["id"]
            low, high = parameter["likely"]
            if p[key] != parameter["default"]:
                low = max(parameter["low"], p[key] * 0.8)
                high = min(parameter["high"], p[key] * 1.2)
            found[key] = (round(low, 9), round(high, 9))
    return found


class StoppedError(Exception):
    """A person had enough of a long run; nothing is wrong."""


_listener: ContextVar[Callable[[int, int], None]] = ContextVar("listener")


@contextmanager
def watched(
    progress: Callable[[int, int], None] | None = None, stop: Callable[[], bool] | None = None
) -> Iterator[None]:
    """
    Who wants to know how far a long run has come, and may end it?

    `progress` gets (done, total) now and then; once `stop` gives True, StoppedError is raised.

    >>> seen = []
    >>> with watched(lambda done, total: seen.append(done / total)):
    ...     step(1, 4)
    >>> seen
    [0.25]
    """

    def listen(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)
        if stop is not None and stop():
            raise StoppedError

    before = _listener.set(listen)
    try:
        yield
    finally:
        _listener.reset(before)


def step(done: int, total: int) -> None:
    """So much of a long run is done; told to whoever watches."""
    if (listener := _listener.get(None)) is not None:
        listener(done, total)


def streams(seed: int, n: int) -> list[Generator]:
    """Independent random streams from one seed, the same ones every time.

    >>> streams(7, 2)[1].integers(100) == streams(7, 2)[1].integers(100)
    np.True_
    """
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(n)]


def lively(rng: Generator, spread: float, size: int | tuple[int, ...]) -> Numbers:
    """How much more or less than the average is each one? Mean 1, standard deviation `spread`.

    >>> float(lively(streams(7, 1)[0], 0, 2).sum())
    2.0
    """
    if spread <= 0:
        return np.ones(size)
    return rng.gamma(1 / spread**2, spread**2, size)


def quantiles(sample: Numbers | Iterable[float], points: Sequence[int] = POINTS) -> Results:
    """Where do 10, 25, 50, 75 and 90 % of a sample lie below? None for an empty one.

    >>> quantiles([1, 2, 3])["p50"]
    2.0
    """
    told = np.asarray(sample, dtype=float)
    if told.size == 0:
        return {f"p{point}": None for point in points}
    found = np.percentile(told, points)
    return {f"p{point}": float(one) for point, one in zip(points, found, strict=True)}


def quantile_rows(table: Numbers, points: Sequence[int] = POINTS) -> list[Results]:
    """The same for each column of a table of runs × steps, at once.

    >>> quantile_rows(np.array([[1, 5], [3, 5]]), (50,))
    [{'p50': 2.0}, {'p50': 5.0}]
    """
    found = np.percentile(table, points, axis=0).T.tolist()
    return [{f"p{q}": one for q, one in zip(points, row, strict=True)} for row in found]


def late_quantiles(months: Numbers, points: Sequence[int] = POINTS) -> Results:
    """
    By when had 10, 25, 50, 75 and 90 % got there? Infinity marks those who never did.

    None where fewer than so many got there at all.

    >>> late_quantiles(np.array([3.0, 5.0, np.inf]), (50, 90))
    {'p50': 5.0, 'p90': None}
    """
    ranked = np.sort(months)
    places = [max(0, -(-point * ranked.size // 100) - 1) for point in points]
    found = [float(ranked[place]) if ranked.size else np.inf for place in places]
    return {f"p{q}": one if isfinite(one) else None for q, one in zip(points, found, strict=True)}


def share_between(hits: int, n: int) -> Results:
    """Between which shares does the true one lie (Wilson, 95 %), given hits among n?

    >>> {key: round(one, 3) for key, one in share_between(50, 100).items()}
    {'point': 0.5, 'low': 0.404, 'high': 0.596}
    """
    if n == 0:
        return {"point": None, "low": None, "high": None}
    z2, share = 1.959964**2, hits / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (share * (1 - share) / n + z2 / (4 * n * n))) ** 0.5 / (1 + z2 / n)
    return {"point": share, "low": max(0.0, middle - half), "high": min(1.0, middle + half)}


def crossing(short: Callable[[float], bool], low: float, high: float) -> float | None:
    """From which value on is it no longer `short`? None: not even at `high`; short falls once.

    >>> round(crossing(lambda x: x * x < 2, 0, 10), 6)
    1.414214
    """
    if short(high):
        return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if short(middle) else (low, middle)
    return high


def divide(part: float, whole: float) -> float | None:
    """The quotient, or None where there is none.

    >>> divide(1, 0) is None
    True
    """
    return part / whole if whole else None


def tidy(value: Any) -> Any:
    """The same results in plain Python: ten digits, and None for what is no number.

    >>> tidy({"a": np.float64(1) / 3, "b": float("inf")})
    {'a': 0.3333333333, 'b': None}
    """
    if isinstance(value, Mapping):
        return {str(key): tidy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [tidy(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        # Ten digits: the last bits of a sum differ between machines.
        return float(f"{value:.10g}") + 0.0 if isfinite(value) else None
    return value
