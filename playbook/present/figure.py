"""A picture with everything that belongs to it: finding, measure, source, words for it, numbers.

The picture is an Altair chart, drawn to SVG by vl-convert without any network. Inside a page its
colours become the page's variables, so that it reads in a dark theme; a saved copy keeps plain
colours, a white ground, and its title and source.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from playbook.present.look import FONT, FONT_ZH, PALETTE, css
from playbook.present.sentences import plain, width
from playbook.present.terminal import wrap
from playbook.words import language, say

if TYPE_CHECKING:
    import pandas as pd
    from altair import TopLevelMixin

WIDE, NARROW = 680, 350
#: Paths of the marks, one unit wide, as Vega draws them: for the key beside a picture.
_MARKS = {
    "circle": "M.5,0A.5,.5,0,1,1,-.5,0A.5,.5,0,1,1,.5,0Z",
    "square": "M-.43,-.43h.86v.86h-.86Z",
    "diamond": "M-.55,0L0,-.55L.55,0L0,.55Z",
    "triangle-up": "M-.55,.45L0,-.5L.55,.45Z",
    "triangle-down": "M-.55,-.45L0,.5L.55,-.45Z",
    "triangle-right": "M-.45,-.55L.5,0L-.45,.55Z",
    "cross": "M-.5,-.18h.32v-.32h.36v.32h.32v.36h-.32v.32h-.36v-.32h-.32Z",
}
_VARIABLE = {pair.light.lower(): name for name, pair in reversed(PALETTE.items())}


@dataclass(frozen=True)
class Mark:
    """One entry of a picture's key: what is said, in which colour and shape, filled or hollow."""

    label: str
    colour: str
    shape: str = "circle"
    hollow: bool = False


@dataclass(frozen=True)
class Figure:
    """
    A picture that says what it found.

    `title` is the finding, `subtitle` measure and unit, `foot` source, date and n, `alt` the
    whole in words, `rows` the numbers behind it (a column's name → its value). `draw` makes the
    chart, for a page (True) or for a phone (False), when it is asked for: an Altair chart, or
    SVG where the answer may not take the 100 ms that a chart takes.
    """

    title: str
    subtitle: str
    foot: str
    alt: str
    draw: Callable[[bool], TopLevelMixin | str] = field(repr=False)
    rows: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    key: Sequence[Mark] = ()
    lang: str | None = None

    @cached_property
    def chart(self) -> TopLevelMixin | str:
        """The Altair chart, to be changed and explored; SVG where the picture is none."""
        return self.draw(True)

    def _spec(self, wide: bool = True) -> dict[str, Any] | str:
        # Tests validate every chart against the schema; here it would cost as much as drawing.
        chart = self.chart if wide else self.draw(False)
        return chart if isinstance(chart, str) else dict(chart.to_dict(validate=False))

    def _drawn(self, wide: bool = True) -> str:
        spec = self._spec(wide)
        return spec if isinstance(spec, str) else _draw(json.dumps(spec, sort_keys=True))

    def svg(self, narrow: bool = False) -> str:
        """The drawing alone, for a page: colours are its variables, nothing in it is announced."""
        return _inline(self._drawn(not narrow))

    def saved_svg(self) -> str:
        """The picture to keep: with title, subtitle, key and foot, on white, in plain colours."""
        drawn = self._drawn()
        parts, at = [], 14.0
        for text, size, weight, colour in (
            (self.title, 19, 700, PALETTE["ink"].light),
            (self.subtitle, 14, 400, PALETTE["muted"].light),
        ):
            for line in _lines(text, (WIDE - 8) / size * 2):
                at += size * 1.35
                parts.append(_text(line, at, size, weight, colour))
        for entry in _rows_of_key(self.key):
            at += 26
            parts += [_key_mark(mark, x, at) for mark, x in entry]
        at += 12
        inner = re.sub(r"<svg ", f'<svg x="16" y="{at:.0f}" ', drawn, count=1)
        match = re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawn)
        at += float(match.group(1)) if match else 0
        for line in _lines(self.foot, (WIDE - 8) / 12 * 2):
            at += 18
            parts.append(_text(line, at, 12, 400, PALETTE["muted"].light))
        extent = f'width="{WIDE + 32}" height="{at + 16:.0f}"'
        box = f'viewBox="0 0 {WIDE + 32} {at + 16:.0f}"'
        faces = (FONT_ZH if language(self.lang) == "zh" else FONT).replace('"', "&quot;")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {extent} {box} '
            f'font-family="{faces}">'
            f"<title>{_escape(self.title)}</title><desc>{_escape(self.alt)}</desc>"
            f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}{inner}</svg>'
        )

    def png(self, scale: float = 2) -> bytes:
        """The saved picture in pixels, for slides."""
        import vl_convert as vlc

        return bytes(vlc.svg_to_png(self.saved_svg(), scale=scale))

    def frame(self) -> pd.DataFrame:
        """The numbers behind the picture."""
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    def html(
        self, lang: str | None = None, save: Sequence[str] = ("svg", "png"), heading: str = "p"
    ) -> str:
        """
        The picture for a page: caption, drawing, foot, its table one keystroke away, copies.

        The drawing is one named image; table and links stand beside it, not in it. `save` says
        which copies are offered (each makes the page larger); `heading` is the title's element.
        Styles come from `look.css()`, once a page.
        """
        lang = lang or self.lang
        drawing = self.svg().replace("<svg ", '<svg class="pb-wide" ', 1)
        drawing += self.svg(narrow=True).replace("<svg ", '<svg class="pb-narrow" ', 1)
        key = "".join(f"<li>{_swatch(mark)}{_escape(mark.label)}</li>" for mark in self.key)
        return (
            '<figure class="pb-figure"><figcaption>'
            f'<{heading} class="pb-figure-title">{_escape(self.title)}</{heading}>'
            f'<p class="pb-figure-subtitle">{_escape(self.subtitle)}</p></figcaption>'
            + (f'<ul class="pb-key">{key}</ul>' if key else "")
            + f'<div class="pb-chart" role="img" aria-label="{_escape(self.alt)}">'
            f"{drawing}</div>"
            f'<p class="pb-figure-foot">{_escape(self.foot)}</p>'
            f'<div class="pb-tools">{self._table(lang)}{self._links(save, lang)}</div></figure>'
        )

    def _table(self, lang: str | None) -> str:
        if not self.rows:
            return ""
        caption = f"{self.title} {self.subtitle}"
        return (
            f"<details><summary>{say('figure.table', lang)}</summary>"
            f"{scrolled(table(self.rows, caption), say('figure.table', lang))}</details>"
        )

    def _links(self, save: Sequence[str], lang: str | None) -> str:
        links = []
        for kind in save:
            data = self.png(1.5) if kind == "png" else self.saved_svg().encode("utf-8")
            mime = "image/png" if kind == "png" else "image/svg+xml"
            address = f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"
            words = say("figure.save", lang, kind=kind.upper())
            links.append(
                f'<a download="{_file_name(self.title)}.{kind}" href="{address}">{words}</a>'
            )
        return "".join(links)

    def _repr_html_(self) -> str:
        return f'<style>{css()}</style><div class="pb">{self.html(save=("svg",))}</div>'

    def __repr__(self) -> str:
        """Title, marks, encodings and numbers: what a check can hold, whatever the fonts."""
        lines = [f"Figure: {plain(self.title)}", *_contract(self._spec())]
        lines.append(f"rows: {len(self.rows)}")
        lines += [
            "  " + "; ".join(f"{name}: {_cell(value)}" for name, value in row.items())
            for row in self.rows
        ]
        return "\n".join(lines)


def headed(book: str, lang: str, **cells: Any) -> dict[str, Any]:
    """A row of a table: each cell under the word that `book` has for its column."""
    return {say(f"{book}.{column}", lang): value for column, value in cells.items()}


def table(rows: Sequence[Mapping[str, Any]], caption: str) -> str:
    """A captioned table of numbers and words; the first column names the row."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f'<th scope="col">{_escape(name)}</th>' for name in names)
    body = ""
    for row in rows:
        cells = ""
        for place, name in enumerate(names):
            value = row.get(name)
            words = _escape(_cell(value))
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            css_class = ' class="pb-number"' if number else ""
            cells += (
                f'<th scope="row">{words}</th>' if not place else f"<td{css_class}>{words}</td>"
            )
        body += f"<tr>{cells}</tr>"
    return (
        f'<table class="pb-table"><caption>{_escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def scrolled(inner: str, name: str) -> str:
    """A table in a frame of its own, which can be scrolled by keys and has a name."""
    label = _escape(name)
    return f'<div class="pb-scroll" tabindex="0" role="group" aria-label="{label}">{inner}</div>'


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return f"{value:,.1f}".removesuffix(".0")
    return f"{value:,}" if isinstance(value, int) else plain(value)


def _escape(text: object) -> str:
    return html.escape(plain(text), quote=True)


def _file_name(title: str) -> str:
    kept = "".join(sign if sign.isalnum() else "-" for sign in plain(title))
    return re.sub("-+", "-", kept)[:60].strip("-") or "figure"


# --- drawing ----------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _draw(spec: str) -> str:
    """The SVG of a chart; the same chart is drawn once (a redraw takes some 70 ms)."""
    import vl_convert as vlc

    return str(vlc.vegalite_to_svg(json.loads(spec), allowed_base_urls=[]))


@lru_cache(maxsize=256)
def _inline(svg: str) -> str:
    mark = "pb" + hashlib.sha256(svg.encode("utf-8")).hexdigest()[:10]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{mark}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{mark}-\1)", svg)
    # The picture is announced once, by its text alternative, not mark by mark.
    svg = re.sub(r' (?:role|aria-[a-z]+|tabindex)="[^"]*"', "", svg)
    svg = re.sub(r'<rect width="[\d.]+" height="[\d.]+" fill="white"/>', "", svg, count=1)

    def themed(match: re.Match[str]) -> str:
        name = _VARIABLE.get(match.group(2).lower())
        if name is None:
            return match.group(0)
        return f'{match.group(1)}="var(--pb-{name},{match.group(2)})"'

    svg = re.sub(r'\b(fill|stroke)="(#[0-9A-Fa-f]{6})"', themed, svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _contract(spec: Mapping[str, Any] | str) -> list[str]:
    lines = []
    if isinstance(spec, str):
        marks = Counter(re.findall(r"<(path|circle|rect|line|text)\b", spec))
        return [", ".join(f"{count} {mark}" for mark, count in sorted(marks.items()))]
    for layer in spec.get("layer", [spec]):
        mark = layer.get("mark", {})
        kind = mark if isinstance(mark, str) else mark.get("type", "")
        parts = []
        for channel, told in sorted(layer.get("encoding", {}).items()):
            if isinstance(told, dict) and "field" in told:
                parts.append(f"{channel}={told['field']}")
        lines.append(f"{kind}({', '.join(parts)})")
    return lines


# --- the parts of a saved picture -------------------------------------------------------------


def _lines(text: str, columns: float) -> list[str]:
    return wrap(text, columns=int(columns)).split("\n") if text else []


def _text(line: str, at: float, size: float, weight: int, colour: str, x: float = 16) -> str:
    return (
        f'<text x="{x:.0f}" y="{at:.0f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{colour}">{_escape(line)}</text>'
    )


def _rows_of_key(key: Sequence[Mark]) -> list[list[tuple[Mark, float]]]:
    rows: list[list[tuple[Mark, float]]] = []
    x = float(WIDE)
    for mark in key:
        wide = 30 + width(mark.label) * 7.2
        if x + wide > WIDE:
            rows.append([])
            x = 24.0
        rows[-1].append((mark, x))
        x += wide
    return rows


def mark_path(mark: Mark, colour: str, size: float = 11) -> str:
    """The drawing of a mark around (0, 0)."""
    paint = (
        f'fill="none" stroke="{colour}" stroke-width="{2 / size:.2f}"'
        if mark.hollow
        else f'fill="{colour}"'
    )
    return f'<path transform="scale({size})" d="{_MARKS[mark.shape]}" {paint}/>'


def _key_mark(mark: Mark, x: float, at: float) -> str:
    words = _text(mark.label, 4.5, 13, 400, PALETTE["ink"].light, 12)
    drawn = mark_path(mark, mark.colour)
    return f'<g transform="translate({x:.0f},{at - 5:.0f})">{drawn}{words}</g>'


def _swatch(mark: Mark) -> str:
    name = _VARIABLE.get(mark.colour.lower())
    colour = f"var(--pb-{name},{mark.colour})" if name else mark.colour
    return (
        '<svg viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
        f"{mark_path(mark, colour)}</svg>"
    )
