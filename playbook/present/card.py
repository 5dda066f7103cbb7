"""A member's intimacy card: one person's year, to keep and to show; nobody else's data is on it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from playbook.load import content
from playbook.present.document import document, line, paragraph
from playbook.present.look import FONT, FONT_ZH, PALETTE
from playbook.present.sentences import plain, short_label, width
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.people.api import Members
    from playbook.people.record import Record

WIDTH, HEIGHT = 720, 960
_INK, _MUTED, _GROUND = (PALETTE[name].light for name in ("ink", "muted", "ground"))
_ACCENT, _SOFT, _LINE = (PALETTE[name].light for name in ("accent", "soft", "line"))
_WARM = PALETTE["structure"].light


@dataclass(frozen=True)
class Card:
    """
    What stands on a card.

    `levels`: the names of all levels, the lowest first; `level`: the place of the member's own.
    `intimacy`: 0 to 100. `facts`: up to three pairs of a count and what it counts, the nicest
    first. `months`: what the member did in each month, with its first day. `community` may be
    empty.
    """

    name: str
    community: str
    since: date | None
    until: date
    intimacy: float
    level: int
    levels: Sequence[str]
    facts: Sequence[tuple[int, str]]
    months: Sequence[tuple[date, int]]


#: What is told of a member, the nicest first; a card has room for three.
_FACTS = ("invite", "attend", "checkin", "answer", "share", "reply", "post", "pay", "like", "read",
          "vote", "signup")  # fmt: skip


def member_card(own: Record, found: Members, community: str, lang: str | None = None) -> Card:
    """
    Make the card of one member from their own record; of others it holds no more than a count.

    What they did not do is left out: a card never shows a nought.
    """
    lang = language(lang)
    rules = content("people")["level"]
    ids = [level["id"] for level in rules]
    days = "card.fact_day" if own.days == 1 else "card.fact_days"
    facts = [(own.days, say(days, lang)), (own.met, say("card.fact_people", lang))]
    did = ((own.kinds.get(kind, 0), say(f"card.fact_{kind}", lang)) for kind in _FACTS)
    facts += [max(did, key=lambda fact: fact[0])]
    return Card(
        name=own.name or own.member,
        community=community,
        since=own.first,
        until=found.log.at.date(),
        intimacy=own.intimacy or 0.0,
        level=ids.index(own.level) if own.level in ids else 0,
        levels=[text(level, "name", lang) for level in rules],
        facts=[fact for fact in facts if fact[0]],
        months=own.months,
    )


def card_svg(card: Card, lang: str | None = None) -> str:
    """The card as a picture, in plain colours: it looks the same wherever it is shown."""
    lang = language(lang)
    faces = (FONT_ZH if lang == "zh" else FONT).replace('"', "&quot;")
    frame = f'fill="none" stroke="{_LINE}" stroke-width="2"'
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="28" fill="{_GROUND}"/>',
        f'<path d="M0,28A28,28 0 0 1 28,0H692A28,28 0 0 1 720,28V230H0Z" fill="{_ACCENT}"/>',
        _words(say("card.head", lang), 56, 92, 27, _GROUND),
        _fit(card.name, 56, 166, 62, WIDTH - 112, _GROUND, 700),
        _words(_where(card, lang), 56, 206, 23, _GROUND, most=52),
        *_level(card, lang),
        *_facts(card),
        *_months(card, lang),
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="27" {frame}/>',
        *(
            _words(told, WIDTH / 2, 912 + 24 * place, 16, _MUTED, anchor="middle", most=90)
            for place, told in enumerate(say("card.foot", lang).split("\n"))
        ),
    ]
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    told = escape(card_alt(card, lang), quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{faces}" role="img" '
        f'aria-label="{told}">{"".join(parts)}</svg>'
    )


def card_alt(card: Card, lang: str | None = None) -> str:
    """The card in words."""
    lang = language(lang)
    told = [plain(card.name), plain(card.levels[card.level])]
    told += [f"{n} {plain(what)}" for n, what in card.facts]
    return say("card.stop", lang).join(told)


def card_png(card: Card, lang: str | None = None) -> bytes:
    """The card in pixels, twice as fine."""
    import vl_convert as vlc

    return bytes(vlc.svg_to_png(card_svg(card, lang), scale=2))


def card_html(card: Card, lang: str | None = None) -> str:
    """The card as a page of its own, with its copies to keep; it asks for nothing elsewhere."""
    lang = language(lang)
    svg = card_svg(card, lang)
    copies = ""
    for kind, mime, raw in (
        ("PNG", "image/png", card_png(card, lang)),
        ("SVG", "image/svg+xml", svg.encode("utf-8")),
    ):
        address = f"data:{mime};base64,{base64.b64encode(raw).decode('ascii')}"
        words = line(say("figure.save", lang, kind=kind))
        copies += (
            f'<a class="pb-button" download="card.{kind.lower()}" href="{address}">{words}</a> '
        )
    head = say("card.title", lang, name=plain(card.name))
    body = (
        f"<main><h1 class='pb-hidden'>{line(head)}</h1><div class='pb-member-card'>{svg}</div>"
        f"<p class='pb-screen'>{copies}</p>{paragraph(say('card.how', lang), 'pb-muted')}</main>"
    )
    return document(head, body, lang, CARD_SHEET)


CARD_SHEET = ".pb-member-card svg{width:100%;height:auto;max-width:26rem;display:block}"


def _where(card: Card, lang: str) -> str:
    start = card.since or card.until
    span = f"{start.year}" if start.year == card.until.year else f"{start.year}–{card.until.year}"
    return say("figure.dot", lang).join(filter(None, (plain(card.community), span)))


def _words(
    label: object, x: float, y: float, size: float, colour: str, weight: int = 400,
    anchor: str = "start", most: int = 60,
) -> str:  # fmt: skip
    shown = escape(short_label(label, most))
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size:.0f}" font-weight="{weight}" '
        f'fill="{colour}" text-anchor="{anchor}">{shown}</text>'
    )


def _fit(
    label: object, x: float, y: float, size: float, room: float, colour: str, weight: int,
    anchor: str = "start",
) -> str:  # fmt: skip
    """As large as there is room for, and cut where even small letters would not fit."""
    told = short_label(label, 44)
    columns = max(width(told), 1)
    letter = 0.58 if weight > 400 else 0.5
    return _words(told, x, y, min(size, room / columns / letter), colour, weight, anchor)


def _level(card: Card, lang: str) -> list[str]:
    """The level as a word, and as steps on a stair; the highest reached has its colour."""
    n = len(card.levels)
    parts = [
        _words(say("card.level", lang), 56, 286, 20, _MUTED),
        _fit(card.levels[card.level], 56, 346, 52, 330, _INK, 700),
    ]
    step, base = 250 / n, 350.0
    for place in range(n):
        high = 22 + 16 * place
        reached = place <= card.level
        fill = (_WARM if place == card.level else _ACCENT) if reached else _SOFT
        parts.append(
            f'<rect x="{414 + place * step:.1f}" y="{base - high:.1f}" width="{step - 8:.1f}" '
            f'height="{high}" rx="5" fill="{fill}"/>'
        )
    if card.intimacy >= 0.5:
        told = say("card.intimacy", lang, intimacy=f"{card.intimacy:.0f}")
        parts.append(_words(told, 56, 384, 20, _MUTED))
    return parts


def _facts(card: Card) -> list[str]:
    """Up to three numbers, each on a card of its own."""
    shown = list(card.facts)[:3]
    if not shown:
        return []
    wide = (WIDTH - 112 - 20 * (len(shown) - 1)) / len(shown)
    parts = []
    for place, (n, what) in enumerate(shown):
        x = 56 + place * (wide + 20)
        middle = x + wide / 2
        parts.append(
            f'<rect x="{x:.0f}" y="424" width="{wide:.0f}" height="166" rx="18" fill="{_SOFT}"/>'
        )
        parts.append(_fit(f"{n:,}", middle, 508, 60, wide - 24, _ACCENT, 700, "middle"))
        parts.append(_fit(what, middle, 556, 20, wide - 20, _INK, 400, "middle"))
    return parts


def _months(card: Card, lang: str) -> list[str]:
    """The months as bars, the liveliest in colour, with a word on it."""
    months = list(card.months)[-12:]
    if not any(n for _, n in months):
        return []
    best = max(range(len(months)), key=lambda place: months[place][1])
    top = months[best][1]
    name = _month(months[best][0], lang)
    parts = [_words(say("card.months", lang, month=name), 56, 652, 22, _INK, 600)]
    step, base = (WIDTH - 112) / len(months), 836.0
    for place, (day, n) in enumerate(months):
        high = 132 * n / top
        x, wide = 56 + place * step, min(step * 0.72, 64)
        fill = _WARM if place == best else _ACCENT
        if n:
            parts.append(
                f'<rect x="{x + (step - wide) / 2:.1f}" y="{base - high:.1f}" '
                f'width="{wide:.1f}" height="{max(high, 4):.1f}" rx="6" fill="{fill}"/>'
            )
        label = f"{day.month}"
        parts.append(_words(label, x + step / 2, base + 28, 19, _MUTED, anchor="middle"))
    parts.append(
        f'<rect x="56" y="{base + 2:.0f}" width="{WIDTH - 112}" height="2" fill="{_LINE}"/>'
    )
    return parts


def _month(day: date, lang: str) -> str:
    return say(f"card.month_{day.month}", lang)
