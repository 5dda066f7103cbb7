"""What several pages are made of: the frame, the first sentences, sections, notices, sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from playbook.load import sources
from playbook.present.document import badge, document, line, paragraph
from playbook.present.look import tint
from playbook.present.sentences import join, word
from playbook.words import text

if TYPE_CHECKING:
    from playbook.model import Dimension


def page(
    title: str, intro: str, body: str, lang: str, sheet: str, foot: str = "", css_class: str = ""
) -> str:
    """A whole page: its title and what stands under it, the body, the foot: all markup."""
    named = f' class="{css_class}"' if css_class else ""
    main = f"<main{named}><header><h1>{line(title)}</h1>{intro}</header>{body}</main>"
    return document(title, main + (f"<footer>{foot}</footer>" if foot else ""), lang, sheet)


def paragraphs(texts: Iterable[object]) -> str:
    """A paragraph a text."""
    return "".join(paragraph(text) for text in texts)


def lead(sentences: Iterable[str]) -> str:
    """The finding in large letters, and what belongs to it."""
    first, *rest = sentences
    return f'<div class="pb-sentences">{paragraph(first, "pb-sentence")}{paragraphs(rest)}</div>'


def notice(texts: Iterable[object]) -> str:
    """What has to be known first; nothing where there is nothing."""
    inner = paragraphs(texts)
    return f'<div class="pb-notice">{inner}</div>' if inner else ""


def section(head: str, inner: str, key: str = "", level: int = 2) -> str:
    """A part under its heading; nothing where it has nothing to show. `key`: to be led to."""
    if not inner:
        return ""
    named = f' id="{key}" aria-labelledby="{key}-head"' if key else ""
    id_ = f' id="{key}-head"' if key else ""
    return (
        f"<section{named}>{f'<h{level}{id_}>{line(head)}</h{level}>' if head else ''}"
        f"{inner}</section>"
    )


def dimension_head(dimension: Dimension, lang: str, level: int) -> str:
    """The letter of a dimension in its colour, and its name."""
    name = dimension.name(lang)
    return (
        f'<h{level} style="{tint(dimension.id)}"><span class="pb-letter" aria-hidden="true">'
        f"{line(dimension.letter or name[:1])}</span>{line(name)}</h{level}>"
    )


def source_list(names: Iterable[str], lang: str, css_class: str) -> str:
    """What was read: title, author and date, how far to trust it, where it lies, our note."""
    rows = ""
    for source in (sources()[name] for name in names if name in sources()):
        head = join((str(source[k]) for k in ("title", "author", "date") if source.get(k)), lang)
        rows += (
            f"<li>{line(head)} {badge(word('quality', source['quality'], lang))}<br>"
            f'<span class="pb-hint pb-small">{line(source.get("where", ""))}<br>'
            f"{line(text(source, 'note', lang))}</span></li>"
        )
    return f'<ul class="{css_class}">{rows}</ul>'
