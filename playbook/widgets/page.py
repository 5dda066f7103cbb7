"""One page inside a notebook: HTML that Python writes, events that the browser sends back.

ipywidgets' own radio buttons, sliders and coloured buttons have no accessible names or too little
contrast, and a page of forty of them is slow. One anywidget with native HTML has neither fault:
every change is one message up and one down.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from playbook.errors import Fault, PlaybookError
from playbook.present.look import css
from playbook.widgets.controls import el, esc, para, press
from playbook.words import LANGUAGES, language, say

if TYPE_CHECKING:
    from playbook.present.figure import Figure
    from playbook.widgets.bringing import Upload

_HERE = Path(__file__).parent
_TAGS = {"en": "en", "zh": "zh-CN"}


class Page(anywidget.AnyWidget):
    """
    What all our widgets share: language, messages, focus, announcements, the wrapper of handlers.

    A subclass writes `title()` and `body()`, handles `{"do": "x"}` in `on_x(key, value)`, and
    ends its `__init__` with `ready()`.
    """

    _esm = (_HERE / "page.js").read_text(encoding="utf-8")
    _css = css() + (_HERE / "page.css").read_text(encoding="utf-8")

    #: The file of `content/words` that holds the words of this widget.
    words = "widget"
    #: What the browser shows. Not for notebooks: use the traits and methods of the subclass.
    page = traitlets.Dict().tag(sync=True)
    #: The language of every text: "en" or "zh". Set it at any time; nothing typed is lost.
    lang = traitlets.Enum(LANGUAGES)

    def __init__(self, lang: str | None = None) -> None:
        self._problem: PlaybookError | str | None = None
        self._told = self._spoken = ""
        self._turn = 0
        self._new = self._waiting = True  # nothing is drawn until everything is there
        self._view: str | None = None
        self._pictures: dict[tuple[str, Hashable, str], tuple[Figure, str]] = {}
        self._wanted: dict[tuple[str, Hashable, str], Callable[[], Figure]] = {}
        self._shown: dict[str, Figure] = {}
        super().__init__(lang=language(lang))
        self.on_msg(self._arrived)

    # --- for subclasses -----------------------------------------------------------------------

    def title(self) -> str:
        """The heading."""
        raise NotImplementedError

    def body(self) -> str:
        """Everything under the heading, as HTML."""
        raise NotImplementedError

    def say(self, word: str, **values: Any) -> str:
        """A word of the widget's own file, else of widget.toml, in the widget's language."""
        try:
            return say(f"{self.words}.{word}", self.lang, **values)
        except KeyError:
            return say(f"widget.{word}", self.lang, **values)

    def ready(self) -> None:
        """From here on changes are drawn."""
        self._new = self._waiting = False
        self.draw()

    def where(self, path: Path) -> str:
        """How a file that was written is called: in the app its place is nobody's business."""
        return path.name if "PLAYBOOK_APP" in os.environ else str(path)

    def tell(self, text: str) -> None:
        """Show a message that is no fault, and announce it."""
        self._told = self._spoken = text

    def announce(self, text: str) -> None:
        """Say something to those who listen to the page: once, politely."""
        self._spoken = text

    def turn(self) -> None:
        """A new step: focus moves to its heading."""
        self._turn += 1

    def offer(self, name: str, data: str | bytes, kind: str) -> None:
        """Hand a file to the browser as a download."""
        raw = data.encode("utf-8") if isinstance(data, str) else data
        self.send({"download": name, "kind": kind, "view": self._view}, [raw])

    def takes(self, upload: Upload, told: str, piece: Any) -> bool:
        """Add a piece that the browser sent of a file and ask for the next. Is all there?"""
        wanted = upload.take(told, bytes(piece or b""))
        if wanted is not None:
            self.send({"next": wanted, "view": self._view})
        return wanted is None

    def picture(self, name: str, of: Hashable, draw: Callable[[], Figure]) -> str:
        """
        A figure that may take a moment: first a line that says so, then the figure.

        The browser shows the page without it and asks for it at once; `of` is what it shows, so
        that the same figure is drawn once.
        """
        key = (name, of, self.lang)
        if key in self._pictures:
            return self.figure(name, *self._pictures[key])
        self._wanted[key] = draw
        before = [html for (n, *_), (_, html) in self._pictures.items() if n == name]
        stale = el("div", before[-1], css="pb-stale") if before else ""
        told = para(self.say("drawing"), "pb-hint")
        return el("div", told, stale, k=f"picture-{name}", data_late=hash(key))

    def figure(
        self, name: str, figure: Figure, html: str | None = None, heading: str = "h5"
    ) -> str:
        """A figure that is there at once, with its copies."""
        self._shown[name] = figure
        copies = (
            press("save", self.say("save_as", kind=kind), key=name, value=kind,
                  look="quiet small", about=figure.title)
            for kind in ("SVG", "PNG")
        )  # fmt: skip
        drawn = figure.html(self.lang, save=(), heading=heading) if html is None else html
        return el("div", drawn, el("div", *copies, css="pb-screen"), k=f"picture-{name}")

    # --- events -------------------------------------------------------------------------------

    def handle(self, event: Mapping[str, Any], files: Sequence[Any] = ()) -> None:
        """
        Do what the person did. The one wrapper around every handler.

        Bad input becomes a message and changes nothing. A fault of ours becomes a message too;
        under test it is raised.
        """
        if event.get("do") != "late":  # which is no doing of the person's
            self._problem, self._told, self._spoken = None, "", ""
        self._view = event.get("view")
        self._waiting = True
        try:
            handler = getattr(self, f"on_{event.get('do')}", None)
            if handler is not None:
                handler(str(event.get("key") or ""), files[0] if files else event.get("value"))
        except PlaybookError as error:
            self._problem = error
        except Exception:
            self._problem = "fault"
            if "PYTEST_CURRENT_TEST" in os.environ:
                raise
            self.log.exception("a widget's handler failed")
        finally:
            self._waiting = False
            self.draw(event)

    def _arrived(self, _: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and content.get("do") != "msg":
            self.handle(content, buffers)

    def on_late(self, *_: Any) -> None:
        """Draw what was put off."""
        wanted, self._wanted = self._wanted, {}
        for key, draw in wanted.items():
            figure = draw()
            self._pictures[key] = figure, figure.html(self.lang, save=(), heading="h5")
        while len(self._pictures) > 24:
            del self._pictures[next(iter(self._pictures))]

    def on_save(self, key: str, value: Any) -> None:
        """A figure as a file, for slides."""
        figure = self._shown[key]
        if value == "PNG":
            self.offer(f"{key}.png", figure.png(), "image/png")
        else:
            self.offer(f"{key}.svg", figure.saved_svg(), "image/svg+xml")

    def on_lang(self, _: str, value: Any) -> None:
        """The switch of language."""
        self.lang = value if value in LANGUAGES else self.lang

    def translate(self) -> None:
        """What has to be made anew in another language, before it is drawn."""

    @traitlets.observe("lang")
    def _language_changed(self, _: Any) -> None:
        if not self._new:
            self.translate()
            self.draw()

    # --- drawing ------------------------------------------------------------------------------

    def draw(self, event: Mapping[str, Any] | None = None) -> None:
        """Put the present state on the screen. The browser keeps what is being typed."""
        if self._waiting:
            return
        self._wanted = {}
        html = self._html()
        event = event or {}
        self.page = {
            "html": html,
            "view": event.get("view"),
            "seq": event.get("seq", 0),
            "turn": self._turn,
            "said": self._spoken,
        }

    def _html(self) -> str:
        switch = (
            press("lang", say(f"widget.lang_{code}", code), value=code, css="pb-lang",
                  lang=_TAGS[code], aria_pressed="true" if code == self.lang else "false")
            for code in LANGUAGES
        )  # fmt: skip
        group = el("div", *switch, css="pb-langs", role="group", aria_label=self.say("language"))
        head = el("div", el("h3", esc(self.title()), css="pb-title"), group, css="pb-top")
        inner = self.body()
        return el("section", head, self._messages(), inner, lang=_TAGS[self.lang],
                  aria_label=self.title())  # fmt: skip

    def _messages(self) -> str:
        lost = say("app.lost", self.lang) if "PLAYBOOK_APP" in os.environ else self.say("lost")
        shown = [el("div", para(lost), css="pb-error", k="lost", data_lost=True, hidden=True)]
        if self._problem is not None:
            told = self._problem
            text = self.say(told) if isinstance(told, str) else told.say(self.lang)
            head = el("strong", esc(self.say("problem")))
            lines = (para(line) for line in text.splitlines())
            shown.append(el("div", head, *lines, css="pb-error", k="problem"))
            self._spoken = f"{self.say('problem')} {text}"[:400]
        if self._told:
            shown.append(el("div", para(self._told), css="pb-notice", k="told"))
        return "".join(shown)


class Fields(Page):
    """A page with fields: what is wrong stays where it was typed, with the reason beside it."""

    #: What is said of a field whose fault has no message of its own.
    unreadable = "number_wrong"

    def __init__(self, lang: str | None = None) -> None:
        self.drafts: dict[str, str] = {}
        self.wrong: dict[str, Fault] = {}
        super().__init__(lang)

    def fault(self, key: str) -> str:
        """What is wrong with a field, and what would work? Empty where nothing is."""
        if key not in self.wrong:
            return ""
        return self.wrong[key].say(self.lang) or self.say(self.unreadable)

    @contextmanager
    def typed(self, key: str, text: str) -> Iterator[None]:
        """Take what was typed; where it is refused, keep it in its field and say why."""
        self.drafts[key] = text
        self.wrong.pop(key, None)
        try:
            yield
            self.drafts.pop(key, None)
        except PlaybookError as error:
            self.wrong[key] = replace(error.faults[0], where="")  # it is shown beside its field
            self.announce(self.fault(key))
