"""The generic controls: native HTML with a name, a state and a hint. Every text is escaped.

They are strings, not widgets: `page.js` puts them on the screen, keeps focus and what is being
typed, and sends back `{"do": …, "key": …, "value": …}` when one is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

#: Stands for the prefix of one view; page.js fills it in, so that two views never share an id.
VIEW = "\ue000"

Options = Sequence[tuple[str, str]]


def esc(value: Any) -> str:
    """A text as text, whatever it holds.

    >>> esc("<script>")
    '&lt;script&gt;'
    """
    return escape(str(value).replace(VIEW, "\ufffd"), quote=True)


def el(tag: str, *inner: str, css: str = "", k: str = "", **given: Any) -> str:
    """
    An element around HTML. True stands alone, False and None are left out, `_` becomes `-`.

    `k` names what stays itself from one page to the next. VIEW stays in attributes that we make.

    >>> el("p", esc("<b>"), css="pb-hint", hidden=True, title=None)
    '<p class="pb-hint" hidden>&lt;b&gt;</p>'
    """
    parts = [tag]
    for name, value in {"class": css or None, "data-k": k or None, **given}.items():
        if value is True:
            parts.append(name.rstrip("_").replace("_", "-"))
        elif value is not None and value is not False:
            shown = escape(str(value), quote=True)
            parts.append(f'{name.rstrip("_").replace("_", "-")}="{shown}"')
    start = f"<{' '.join(parts)}>"
    return start if tag in ("input", "br") else f"{start}{''.join(inner)}</{tag}>"


def para(text: Any, css: str = "", **given: Any) -> str:
    """A paragraph of plain text; nothing where there is none."""
    return el("p", esc(text), css=css, **given) if text else ""


def heading(text: Any, focus: bool = False, css: str = "") -> str:
    """A heading inside a widget. With `focus` it is where a new step begins."""
    return el("h4", esc(text), css=css, tabindex=-1 if focus else None, data_focus=focus)


def name_of(text: Any) -> str:
    """A name that people gave, kept from turning the line around it (right-to-left, overrides)."""
    return el("bdi", esc(text))


def items(texts: Iterable[str], css: str = "") -> str:
    """A list of plain texts."""
    return el("ul", *(el("li", esc(text)) for text in texts), css=css)


def unfold(summary: str, inner: str, k: str) -> str:
    """What is there for those who want it."""
    return el("details", el("summary", esc(summary)), inner, k=k)


def press(
    do: str, label: str, *, value: str = "", key: str = "", about: str = "", look: str = "",
    css: str = "", **states: Any,
) -> str:  # fmt: skip
    """
    A button. `about` completes its name for those who do not see where it stands.

    `look`: "main" for what to press next, "quiet", "small", or two of them; `css` in its place.
    """
    css = css or " ".join(["pb-button", *(f"pb-{one}" for one in look.split())])
    more = el("span", f" {esc(about)}", css="pb-hidden") if about else ""
    given = {"data_do": do, "data_key": key or None, "data_value": value or None, **states}
    return el("button", esc(label), more, css=css, type="button", **given)


def buttons(*inner: str) -> str:
    """Buttons in a row."""
    return el("div", *inner, css="pb-buttons")


def go(label: str, step: str, look: str = "", about: str = "") -> str:
    """A button that leads to another step."""
    return press("go", label, value=step, look=look, about=about)


def choice(
    do: str, legend: str, options: Options, chosen: str | None, *, key: str = "", hint: str = "",
    apart: Options = (), apart_label: str = "", focus: bool = False, problem: str = "",
    css: str = "",
) -> str:  # fmt: skip
    """
    One question as native radio buttons: each whole sentence is the target.

    `apart` stands apart from the other answers. With `focus` the question is a heading.
    """
    group = f"{do}-{key}"
    hinted = f"{VIEW}{group}-hint" if hint else None

    def option(value: str, text: str) -> str:
        box = el("input", type="radio", name=VIEW + group, value=value, data_do=do, data_key=key,
                 checked=value == chosen)  # fmt: skip
        return el("label", box, el("span", esc(text)), css="pb-option")

    shown = [option(*one) for one in options]
    if apart:
        named = {"role": "group", "aria_label": apart_label} if apart_label else {}
        shown.append(el("div", *(option(*one) for one in apart), css="pb-apart pb-pair", **named))
    return el(
        "fieldset",
        el("legend", heading(legend, focus=True) if focus else esc(legend)),
        para(hint, "pb-hint", id=hinted),
        para(problem, "pb-wrong"),
        *shown,
        css=f"pb-choice {css}".strip(),
        k=group,
        aria_describedby=hinted,
    )


def _labelled(name: str, label: str, hint: str, problem: str, control: str, k: str) -> str:
    return el(
        "div",
        el("label", esc(label), for_=name),
        para(hint, "pb-hint pb-small", id=f"{name}-hint"),
        para(problem, "pb-wrong", id=f"{name}-wrong"),
        control,
        css="pb-field",
        k=k,
    )


def field(
    do: str, label: str, value: Any, *, key: str = "", hint: str = "", problem: str = "",
    rows: int = 0, **states: Any,
) -> str:  # fmt: skip
    """A labelled text field. With a problem the field says so, and keeps what was typed."""
    name = f"{VIEW}{do}-{key}"
    told = [f"{name}-hint"] * bool(hint) + [f"{name}-wrong"] * bool(problem)
    given = {"id": name, "css": "pb-input", "data_do": do, "data_key": key or None, "dir": "auto",
             "aria_describedby": " ".join(told) or None,
             "aria_invalid": "true" if problem else None, **states}  # fmt: skip
    text = "" if value is None else str(value).replace(VIEW, "\ufffd")
    if rows:
        # The parser drops the first line break of a textarea: this one is there to be dropped.
        control = el("textarea", f"\n{esc(text)}", rows=rows, **given)
    else:
        control = el("input", value=text, **{"type": "text", **given})
    return _labelled(name, label, hint, problem, control, f"{do}-{key}")


def pick(do: str, label: str, options: Options, chosen: str | None, *, key: str = "") -> str:
    """A labelled list to pick one from."""
    name = f"{VIEW}{do}-{key}"
    shown = (
        el("option", esc(text), value=value, selected=value == (chosen or ""))
        for value, text in options
    )
    control = el("select", *shown, id=name, css="pb-input", data_do=do, data_key=key or None)
    return _labelled(name, label, "", "", control, f"{do}-{key}")


def amount(do: str, label: str, value: Any, shown: str, *, key: str = "", **limits: Any) -> str:
    """A labelled slider (native: it has a name, arrow keys and a spoken value) with its value."""
    name = f"{VIEW}{do}-{key}"
    slider = el("input", type="range", id=name, value=value, data_do=do, data_key=key,
                aria_valuetext=shown, **limits)  # fmt: skip
    # Not <output>: that is a live region of its own, and the change is announced already.
    output = el("b", esc(shown), aria_hidden="true")
    return el("div", el("label", esc(label), for_=name), slider, output, css="pb-amount", k=name)


def tick(do: str, label: str, on: bool, *, key: str = "") -> str:
    """A labelled box to tick. `label` is HTML."""
    box = el("input", type="checkbox", data_do=do, data_key=key, checked=on)
    return el("label", box, el("span", label), css="pb-option pb-tick")


def upload(do: str, label: str, hint: str) -> str:
    """A labelled choice of one file, read in the browser."""
    name = f"{VIEW}{do}-file"
    control = el("input", type="file", id=name, css="pb-input", data_do=do,
                 accept=".json,application/json", aria_describedby=f"{name}-hint")  # fmt: skip
    return _labelled(name, label, hint, "", control, name)


def drop(do: str, label: str, hint: str, accept: str = "", *, many: bool = False) -> str:
    """A labelled choice of a file of any size, or of `many`, which may also be dropped here."""
    name = f"{VIEW}{do}-file"
    control = el("input", type="file", id=name, css="pb-input", data_do=do, data_pieces=True,
                 multiple=many, accept=accept or None, aria_describedby=f"{name}-hint")  # fmt: skip
    return el("div", _labelled(name, label, hint, "", control, name), css="pb-drop",
              data_drop=True, k=f"drop-{do}")  # fmt: skip


def column(name: Any, css: str = "") -> str:
    """The head of a column."""
    return el("th", esc(name), scope="col", css=css)


def table(
    caption: str, heads: Iterable[str], rows: Iterable[str], css: str = "", hidden: bool = False
) -> str:
    """A named table that can be scrolled by keys; heads and rows are elements."""
    named = el("caption", esc(caption), css="pb-hidden" if hidden else "")
    inner = el("table", named, el("thead", el("tr", *heads)), el("tbody", *rows),
               css=f"pb-table {css}".strip())  # fmt: skip
    return el("div", inner, css="pb-scroll", tabindex=0, role="group", aria_label=caption)


def progress(share: str, **given: Any) -> str:
    """A bar that is full to a share of its width; the numbers stand beside it."""
    given = given or {"aria_hidden": "true"}
    return el("div", el("span", style=f"width:{share}"), css="pb-progress", **given)


def long_work(what: str, share: float, *told: str, poll: int) -> str:
    """How far long work is: the page asks again after so many milliseconds."""
    bar = progress(f"{share:.0%}", role="progressbar", aria_label=what,
                   aria_valuemin=0, aria_valuemax=100,
                   aria_valuenow=f"{share * 100:.0f}")  # fmt: skip
    first, *rest = told
    return el("div", first, bar, *rest, css="pb-card", k="working", data_poll=poll)
