"""The rules of content/people.toml, ready for engines: coefficients, levels, conditions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playbook.errors import Fault, nearest, quote
from playbook.events import KINDS
from playbook.files import faults_raise
from playbook.load import content

Numbers = NDArray[Any]


@dataclass(frozen=True)
class Weights:
    """Points for one event, how many count in a day, and days until half is forgotten, by kind."""

    coefficient: dict[str, float]
    most_a_day: dict[str, float]
    half_life: dict[str, float]
    half: float

    def over(
        self,
        coefficients: Mapping[str, float] | None = None,
        half_lives: Mapping[str, float] | None = None,
    ) -> Weights:
        """The same with one's own values; faults of them raise one PlaybookError."""
        if not coefficients and not half_lives:
            return self
        faults = [
            *self._faults("coefficients", coefficients or {}, 0, 1000),
            *self._faults("half_lives", half_lives or {}, 1, 3650),
        ]
        faults_raise(faults)
        mine = self.coefficient | {k: float(v) for k, v in (coefficients or {}).items()}
        lives = self.half_life | {k: float(v) for k, v in (half_lives or {}).items()}
        return Weights(mine, self.most_a_day, lives, self.half)

    def _faults(
        self, where: str, given: Mapping[str, float], low: float, high: float
    ) -> Iterator[Fault]:
        for kind, value in given.items():
            if kind not in self.coefficient:
                told = {"given": quote(kind), "known": ", ".join(self.coefficient)}
                yield Fault(where, "enum", told, nearest(str(kind), self.coefficient))
            elif not _lies_within(value, low, high):
                bounds = {"low": str(low), "high": str(high)}
                yield Fault(f"{where}: {kind}", "range", {"given": quote(value), **bounds})

    def vector(self, kinds: Sequence[str]) -> Numbers:
        """The coefficients of some kinds, in their order."""
        return np.array([self.coefficient[kind] for kind in kinds], dtype=float)


def _lies_within(value: Any, low: float, high: float) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and low <= value <= high  # NaN is in no range


def rules() -> Mapping[str, Any]:
    """All rules about members, as content holds them.

    >>> rules()["intimacy"]["half"]
    20
    """
    return content("people")


@cache
def weights() -> Weights:
    """Which points does behaviour bring?

    >>> weights().coefficient["pay"]
    10.0
    """
    kinds = {entry["id"]: entry for entry in rules()["kind"]}
    assert set(kinds) == set(KINDS)

    def table(key: str) -> dict[str, float]:
        return {kind: float(kinds[kind][key]) for kind in KINDS}

    half = float(rules()["intimacy"]["half"])
    return Weights(table("coefficient"), table("most_a_day"), table("half_life"), half)


_SIGNS: dict[str, Callable[[Numbers, float], Numbers]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Condition:
    """One comparison, like `post+reply >= 10`."""

    names: tuple[str, ...]
    sign: str
    value: float

    @classmethod
    def read(cls, text: str) -> Condition:
        """What does a condition of content say?

        >>> Condition.read("post+reply >= 10")
        Condition(names=('post', 'reply'), sign='>=', value=10.0)
        """
        left, sign, right = text.split()
        assert sign in _SIGNS, text
        return cls(tuple(left.split("+")), sign, float(right))

    def shown(self, known: Mapping[str, Numbers]) -> bool:
        """Can the source show any of what is compared?"""
        return any(name in known for name in self.names)

    def holds(self, known: Mapping[str, Numbers]) -> Numbers:
        """For which members does it hold? A number that is not known (NaN) never does."""
        parts = [known[name] for name in self.names if name in known]
        return _SIGNS[self.sign](sum(parts[1:], parts[0]), self.value)


def share(part: float, whole: float) -> float | None:
    """A share of a whole, rounded; null where there is no whole.

    >>> share(1, 3), share(0, 0)
    (0.333333333, None)
    """
    return round(float(part) / float(whole), 9) if whole else None
