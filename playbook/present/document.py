"""A whole page as a file: no network, light and dark, print on A4; all text stays text."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable
from urllib.parse import urlsplit

from playbook.present.look import css
from playbook.present.sentences import plain

_SHEET = """
body{margin:0}
main,footer{max-width:50rem;margin:0 auto;padding:1.2rem 1.2rem 0}
header{border-bottom:4px solid var(--pb-accent);padding-bottom:1rem;margin-bottom:1.2rem}
footer{padding-bottom:2rem;color:var(--pb-muted);font-size:.875em}
.pb-said{white-space:pre-line;unicode-bidi:plaintext}
@media (max-width:30rem){main,footer{padding:1rem 1rem 0}.pb h1{font-size:1.5em}}
@page{size:A4;margin:14mm}
@media print{main,footer{max-width:none;padding:0}.pb{font-size:10.5pt}header,li{break-inside:avoid}
  .pb-chart svg{max-width:170mm}.pb-chart .pb-wide{display:block!important}
  .pb-chart .pb-narrow{display:none!important}}
"""


def document(
    title: str, body: str, lang: str, sheet: str = "", script: str = "", sends: bool = False
) -> str:
    """One whole HTML file around `body`, which is markup; `title` is plain text.

    `script` is ours, and the only one that may run. `sends`: a form in it may go to its server.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    runs = f"script-src 'sha256-{digest}'; " if script else ""
    end = f"<script>{script}</script>" if script else ""
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        # Even a text that slipped through could load or run nothing.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"{runs}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        f"form-action '{'self' if sends else 'none'}'\">"
        '<meta name="color-scheme" content="light dark">'
        # A server asks a form where it was sent from.
        f'<meta name="referrer" content="{"same-origin" if sends else "no-referrer"}">'
        f"<title>{line(title)}</title><style>{css()}{_SHEET}{sheet}</style></head>"
        f'<body class="pb pb-page">{body}{end}</body></html>\n'
    )


def line(text: object) -> str:
    """Anything as text on one line; nothing of it is markup.

    >>> line("a <b>")
    'a &lt;b&gt;'
    """
    return html.escape(plain(text), quote=True)


def said(text: str) -> str:
    """What a person wrote: its lines kept, its direction its own."""
    lines = "\n".join(line(part) for part in text.splitlines())
    return f'<bdi class="pb-said">{lines}</bdi>'


def link(address: str) -> str:
    """A link where it leads to the web; a file name or anything else stays text.

    >>> link("javascript:alert(1)")
    '<bdi>javascript:alert(1)</bdi>'
    """
    shown = line(address)
    try:
        parts = urlsplit(plain(address))
        web = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:  # such as a broken IPv6 address
        web = False
    if not web:
        return f"<bdi>{shown}</bdi>"
    return (
        f'<a href="{shown}" target="_blank" rel="noopener noreferrer nofollow">'
        f"<bdi>{shown}</bdi></a>"
    )


def paragraph(text: object, css_class: str = "") -> str:
    """One paragraph of plain text; nothing where there is none."""
    named = f' class="{css_class}"' if css_class else ""
    return f"<p{named}>{line(text)}</p>" if text else ""


def badge(text: object, css_class: str = "") -> str:
    """A word in a frame."""
    return f'<span class="pb-badge {css_class}">{line(text)}</span>'.replace(' "', '"')


def bullets(texts: Iterable[object], css_class: str = "") -> str:
    """A list of plain texts; nothing where there are none."""
    rows = "".join(f"<li>{line(text)}</li>" for text in texts)
    named = f' class="{css_class}"' if css_class else ""
    return f"<ul{named}>{rows}</ul>" if rows else ""
