"""What all pictures share: the look, labels that leave room, axes that speak both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from playbook.present.figure import NARROW, WIDE
from playbook.present.look import FONT, FONT_ZH, PALETTE
from playbook.present.sentences import amount, short_label
from playbook.present.terminal import wrap

Row = dict[str, Any]
INK, MUTED = PALETTE["ink"].light, PALETTE["muted"].light
LINE, EDGE, GROUND = PALETTE["line"].light, PALETTE["edge"].light, PALETTE["ground"].light
#: Each row says its own colour and shape.
TINT, SHAPE = alt.Color("colour:N", scale=None), alt.Shape("shape:N", scale=None)
STROKE = alt.Stroke("colour:N", scale=None)


def chart(rows: Iterable[Row]) -> alt.Chart:
    """A chart of rows, which still has to say what it draws."""
    return alt.Chart(alt.Data(values=list(rows)))


def dots(rows: Iterable[Row], size: float, hollow: bool = False, **look: Any) -> alt.Chart:
    """Marks in the colours of the rows: filled, or hollow for what is only claimed or proven."""
    if hollow:
        look = {"fill": GROUND, "strokeWidth": 2, **look}
    drawn = chart(rows).mark_point(size=size, filled=True, opacity=1, **look)
    return drawn.encode(stroke=STROKE) if hollow else drawn.encode(color=TINT)


def labels(rows: Iterable[Row], field: str, x: Any, y: Any, **look: Any) -> alt.Chart:
    """The words of a field at their places, to the right of x unless `look` says otherwise."""
    drawn = chart(rows).mark_text(**{"align": "left", "fontSize": 13, "color": INK, **look})
    return drawn.encode(x=x, y=y, text=alt.Text(f"{field}:N"))


def spans(rows: Iterable[Row], y: alt.Y, **look: Any) -> alt.Chart:
    """A line from `low` to `high` in each row."""
    return chart(rows).mark_rule(**look).encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=y)


def finish(layers: Sequence[alt.Chart], wide: bool, height: float, lang: str) -> alt.LayerChart:
    """One look for all: the whole width is fixed, letters are ours, nothing is boxed."""
    axis = {
        "labelFontSize": 13,
        "labelColor": INK,
        "labelAngle": 0,
        "labelLimit": 260 if wide else 132,
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "labelPadding": 6,
        "labelFlush": False,
    }
    face = (FONT_ZH if lang == "zh" else FONT).replace('"', "'")
    # Given at once: every further method would copy the whole chart.
    return alt.LayerChart(
        layer=list(layers),
        width=WIDE if wide else NARROW,
        height=height,
        autosize={"type": "fit", "contains": "padding"},
        padding={"left": 2, "right": 8, "top": 8, "bottom": 4},
        config={"font": face, "view": {"stroke": None}, "axis": axis},
    )


def broken_label(label: object, columns: int) -> list[str]:
    """A label in at most two lines."""
    lines = wrap(label, columns=columns).split("\n")
    return lines if len(lines) < 3 else [lines[0], short_label(" ".join(lines[1:]), columns)]


def value_names(names: Mapping[Any, str]) -> str:
    """The words that stand at values of an axis, as a Vega expression."""
    told = " : ".join(f"datum.value == {value} ? {quoted(name)}" for value, name in names.items())
    return f"{told} : ''"


def row_axis(rows: Sequence[Row], offset: float = 0) -> alt.Y:
    """Rows by their number, named by an axis: two rows of one name stay two."""
    names = value_names({row["row"]: "\n".join(row["label"]) for row in rows})
    return alt.Y(
        "row:O",
        title=None,
        scale=alt.Scale(domain=[row["row"] for row in rows]),
        axis=alt.Axis(labelExpr=f"split({names}, '\\n')", labelLineHeight=15, labelOffset=offset),
    )


def quoted(label: str) -> str:
    """A label inside a Vega expression: whatever people write stays a string."""
    safe = "".join(
        sign if sign.isalnum() and ord(sign) < 0x10000 else f"\\u{ord(sign):04x}"
        for sign in label.encode("utf-16", "surrogatepass").decode("utf-16")
        if ord(sign) < 0x10000
    )
    return f"'{safe}'"


def count_axis(values: Sequence[float], log: bool, lang: str) -> alt.Y:
    """A scale of people or money, its numbers in 万 and 亿 in Chinese."""
    top = max(values)
    if log:
        low = max(1, min(values))
        ticks = [10.0**n for n in range(13) if low / 10 < 10**n < top * 10]
        scale = alt.Scale(type="log", domain=[ticks[0], max(top * 1.3, ticks[0] * 10)], nice=False)
        ticks = [tick for tick in ticks if tick <= top * 1.3]
    else:
        size = 10.0 ** (len(str(int(top))) - 1)
        size = size / 2 if top / size < 4 else size
        size = size / 2 if top / size < 3 else size
        ticks = [size * n for n in range(int(top / size) + 2)]
        scale = alt.Scale(domain=[0, max(top * 1.12, ticks[-1])], nice=False)
    names = value_names({f"{tick:g}": amount(tick, lang, short=True) for tick in ticks})
    axis = alt.Axis(values=ticks, labelExpr=names, labelColor=MUTED, labelFontSize=12)
    return alt.Y("value:Q", title=None, scale=scale, axis=axis)
