"""A drawing board: marks on scales, as SVG, at once.

vl-convert measures every label: 100 ms a picture, 270 ms with Chinese letters, and a page needs
two. A slider has to answer in less. Here labels are anchored, not measured, and a picture takes
one millisecond; nothing in it is random or depends on the fonts of a machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import floor, isfinite, log10

from playbook.present.figure import NARROW, WIDE, Mark, mark_path
from playbook.present.look import PALETTE
from playbook.present.sentences import plain, width

INK, MUTED, LINE = (PALETTE[name].light for name in ("ink", "muted", "line"))
EDGE, GROUND, CONTEXT = (PALETTE[name].light for name in ("edge", "ground", "context"))
ACCENT, GOOD, BAD = (PALETTE[name].light for name in ("accent", "good", "bad"))
WARM, SOFT, ON_ACCENT = (PALETTE[name].light for name in ("structure", "soft", "on-accent"))
Points = Iterable[tuple[float, float]]
#: A letter is about half as wide as it is high, a Chinese one as wide as high (two columns).
_LETTER = 0.56


def ticks(low: float, high: float, most: int = 6, least: float = 0) -> list[float]:
    """
    Which round numbers lie between two ends, at most so many, no nearer than `least`?

    >>> ticks(0, 36)
    [0.0, 10.0, 20.0, 30.0]
    """
    span = high - low
    if not isfinite(span) or span <= 0:
        return [low]
    step = 10.0 ** floor(log10(span / most))
    round_steps = (1, 2, 5, 10, 20) if least else (1, 2, 2.5, 5, 10, 20)
    step *= next(n for n in round_steps if span / (step * n) <= most - 0.5)
    step = max(step, least)
    first = -(-low // step)
    found = [(first + n) * step for n in range(most + 1)]
    return [float(f"{one:.12g}") + 0.0 for one in found if one <= high + step * 1e-9]


@dataclass(frozen=True)
class Scale:
    """Numbers from `low` to `high` laid between two places; what lies outside is put at the end.

    >>> Scale(0, 10, 100, 200)(5)
    150.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def holds(self, value: float | None) -> bool:
        """Does a number lie on the scale?"""
        return value is not None and self.low <= value <= self.high


def room(label: object, size: float = 13) -> float:
    """About how wide is a label?"""
    return width(plain(label)) * size * _LETTER


@dataclass
class Board:
    """A sheet of one width that grows downwards; `svg()` closes it."""

    wide: bool
    height: float = 0.0
    parts: list[str] = field(default_factory=list)

    @property
    def width(self) -> float:
        """As wide as every other picture."""
        return WIDE if self.wide else NARROW

    def line(self, points: Points, colour: str, thick: float = 2.5, dash: str = "") -> None:
        """A line through points."""
        path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{thick}" '
            f'stroke-linejoin="round"{dashed}/>'
        )

    def area(self, upper: Points, lower: Points, colour: str, opacity: float) -> None:
        """What lies between two lines."""
        path = "L".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed([*lower])])
        self.parts.append(f'<path d="M{path}Z" fill="{colour}" fill-opacity="{opacity}"/>')

    def bar(
        self, x: float, y: float, wide: float, high: float, colour: str, opacity: float = 1.0,
        hollow: bool = False, round_: float = 3,
    ) -> None:  # fmt: skip
        """A rectangle; hollow for what is not sure or not yours."""
        paint = f'fill="{colour}" fill-opacity="{opacity}"'
        if hollow:
            paint = f'fill="none" stroke="{colour}" stroke-width="1.5"'
        self.parts.append(
            f'<rect x="{min(x, x + wide):.1f}" y="{y:.1f}" width="{max(abs(wide), 1):.1f}" '
            f'height="{high:.1f}" rx="{round_}" {paint}/>'
        )

    def mark(
        self, x: float, y: float, colour: str, shape: str = "circle", hollow: bool = False,
        size: float = 12,
    ) -> None:  # fmt: skip
        """A mark; a hollow one hides what is behind it, so that it stays readable."""
        drawn = mark_path(Mark("", colour, shape, hollow), colour, size)
        if hollow:
            drawn = drawn.replace('fill="none"', f'fill="{GROUND}"', 1)
        self.parts.append(f'<g transform="translate({x:.1f},{y:.1f})">{drawn}</g>')

    def text(
        self, x: float, y: float, label: object, size: float = 13, colour: str = INK,
        anchor: str = "start", bold: bool = False, keep: bool = True,
    ) -> None:  # fmt: skip
        """
        A label at its baseline. `keep` moves it so far in that it stays on the sheet.

        It stands on a halo of the ground, so that lines behind it do not cross it out.
        """
        if keep:
            wide = room(label, size)
            before = {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            x = min(max(x, before + 1), self.width - wide + before - 1)
            x = max(x, before)
        weight = ' font-weight="700"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}" paint-order="stroke" stroke="{GROUND}" stroke-width="3" '
            f'stroke-linejoin="round"{weight}>{escape(plain(label))}</text>'
        )

    def inside(
        self, x: float, y: float, label: str, colour: str, size: float = 13,
        anchor: str = "middle", bold: bool = False,
    ) -> None:  # fmt: skip
        """A label on a filled ground: without the halo that labels have elsewhere."""
        more = ' font-weight="600"' if bold else ""
        more += f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{more} fill="{colour}">'
            f"{escape(label)}</text>"
        )

    def disc(self, x: float, y: float, radius: float, fill: str, edge: str = "") -> None:
        """A filled circle, with or without an edge."""
        stroke = f' stroke="{edge}" stroke-width="1.2"' if edge else ""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"{stroke}/>'
        )

    def pair(self, y: float, name: str, note: str, colour: str = MUTED, size: float = 13) -> None:
        """A name in bold and a note right behind it, however wide the name is."""
        more = f'<tspan dx="8" font-weight="400" fill="{colour}">{escape(plain(note))}</tspan>'
        self.parts.append(
            f'<text x="1" y="{y:.1f}" font-size="{size}" font-weight="700" fill="{INK}">'
            f"{escape(plain(name))}{more if note else ''}</text>"
        )

    def across(
        self, y: float, start: float, end: float, colour: str = LINE, dash: str = ""
    ) -> None:
        """A thin level line."""
        self.line([(start, y), (end, y)], colour, 1 if colour == LINE else 1.5, dash)

    def upright(self, x: float, top: float, bottom: float, colour: str, dash: str = "4 3") -> None:
        """A thin upright line."""
        self.line([(x, top), (x, bottom)], colour, 1.5, dash)

    def grid(self, y: Scale, start: float, end: float, told: Callable[[float], str]) -> None:
        """Level lines at round numbers, each named at its left."""
        for value in ticks(y.low, y.high, 5):
            self.across(y(value), start, end)
            self.text(start - 6, y(value) + 4, told(value), 12, MUTED, "end", keep=False)

    def foot(
        self, x: Scale, y: float, told: Callable[[float], str], values: Sequence[float] = (),
        name: str = "", least: float = 0,
    ) -> None:  # fmt: skip
        """Round numbers under a picture, and what they count."""
        for value in values or ticks(x.low, x.high, 7 if self.wide else 5, least):
            self.text(x(value), y + 16, told(value), 12, MUTED, "middle")
        if name:
            self.text(x.end, y + 32, name, 12, MUTED, "end")

    def column(
        self, labels: Sequence[tuple[float, str, str, bool]], x: float, top: float, bottom: float
    ) -> None:
        """Labels (height, text, colour, bold) one under another at x, moved apart."""
        for (at, label, colour, bold), y in zip(
            sorted(labels), apart([one[0] for one in sorted(labels)], top, bottom), strict=True
        ):
            if abs(at - y) > 3:
                self.line([(x - 5, at), (x - 1, y)], colour, 1, "1 2")
            self.text(x, y + 4.5, label, 12.5, colour, bold=bold)

    def svg(self) -> str:
        """The sheet as a drawing."""
        size = f'width="{self.width:.0f}" height="{self.height:.0f}"'
        box = f'viewBox="0 0 {self.width:.0f} {self.height:.0f}"'
        inner = "".join(self.parts)
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>{inner}</svg>'


def apart(places: Sequence[float], top: float, bottom: float, least: float = 16) -> list[float]:
    """
    The same places, in order, no two nearer than `least`, within top and bottom if they fit.

    >>> apart([10, 12, 50], 0, 100)
    [10, 26, 50]
    """
    found: list[float] = []
    for place in places:
        found.append(max(place, top, found[-1] + least) if found else max(place, top))
    over = bottom
    for n in reversed(range(len(found))):
        found[n] = min(found[n], over)
        over = found[n] - least
    return found
