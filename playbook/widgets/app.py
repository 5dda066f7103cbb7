"""The kit as one page without code: what one wants to do, and the tool for it below."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from playbook.files import work_folder
from playbook.growth.base import models
from playbook.load import checklist_names, load_checklist
from playbook.widgets.controls import el, esc, para, pick, press, unfold
from playbook.widgets.page import Page
from playbook.widgets.store import own_answers
from playbook.words import LANGUAGES, text

#: What a browser may call itself: long enough not to be guessed, and nothing but letters.
_TOKEN = re.compile("[0-9a-f]{32,64}")


def visitor_folder(token: str, base: Path | None = None) -> Path:
    """
    Where is the work of one visitor kept: in a folder named by a hash of the browser's token?

    Whoever reads the names of the folders learns no token; whoever has no token finds no folder.

    >>> visitor_folder("0" * 32, Path("work")).parent.name
    'visitors'
    """
    name = hashlib.sha256(token.encode("ascii")).hexdigest()[:32]
    return (base or work_folder()) / "visitors" / name


class Places(Page):
    """The head of the app: the places one can go to. `place` is where one is."""

    words = "app"
    place = traitlets.Unicode("")
    #: Which questions are asked, which model is tried.
    chosen = traitlets.Dict()

    def __init__(self, places: tuple[str, ...], visitors: bool, lang: str | None = None) -> None:
        self.places = places
        self.visitors = visitors
        self.arrived: Callable[[str], None] | None = None
        super().__init__(lang)
        self.ready()

    def title(self) -> str:
        return self.say("name")

    def body(self) -> str:
        """The places as buttons, and what the one chosen asks first."""
        if self.visitors and self.arrived is not None:
            return el("p", esc(self.say("opening")), k="opening", data_visitor=True)
        buttons = (
            press("go", self.say(f"place.{name}"), value=name, css="pb-step",
                  aria_current="page" if name == self.place else None)
            for name in self.places
        )  # fmt: skip
        ways = el("nav", *buttons, css="pb-steps", aria_label=self.say("ways"))
        about = para(self.say(f"about.{self.place}"), "pb-hint") if self.place else self._welcome()
        return ways + about + self._choice()

    def _welcome(self) -> str:
        cards = (
            el("li", el("h4", esc(self.say(f"place.{name}"))), para(self.say(f"about.{name}")),
               press("go", self.say("open"), value=name, about=self.say(f"place.{name}")),
               css="pb-card")
            for name in self.places
        )  # fmt: skip
        kept = self.say("kept_visitor" if self.visitors else "kept_own")
        listed = el("ul", *cards, css="pb-cards")
        return para(self.say("welcome")) + listed + para(kept, "pb-hint") + self._door()

    def _door(self) -> str:
        """The address of a room's app as a picture, for thirty phones that type no token."""
        address = os.environ.get("PLAYBOOK_ADDRESS", "") if self.visitors else ""
        if not address:
            return ""
        import segno

        drawn = segno.make(address, micro=False).svg_inline(scale=6, light="#fff")
        code = el("div", drawn, role="img", aria_label=self.say("code_alt"), css="pb-code")
        return unfold(self.say("others_join"), code + para(address, "pb-hint"), "door")

    def options(self) -> list[tuple[str, str]]:
        """What can be chosen where one is: (id, name)."""
        if self.place == "assess":
            found = (load_checklist(name) for name in checklist_names())
            return [(checklist.id, checklist.name(self.lang)) for checklist in found]
        if self.place == "models":
            return [(key, text(entry, "name", self.lang)) for key, entry in models().items()]
        return []

    def _choice(self) -> str:
        options = self.options()
        if not options:
            return ""
        asked, chosen = self.say(f"which.{self.place}"), self.chosen.get(self.place)
        return pick("choose", asked, options, chosen)

    def on_go(self, _: str, value: Any) -> None:
        if value in self.places:
            self.place = value

    def on_choose(self, _: str, value: Any) -> None:
        """Choose the questions or the model."""
        if value in dict(self.options()):
            self.chosen = {**self.chosen, self.place: value}

    def on_visitor(self, key: str, value: Any) -> None:
        """The browser says who it is, and which language it speaks."""
        if self.arrived is None or not isinstance(value, str) or not _TOKEN.fullmatch(value):
            return
        arrived, self.arrived = self.arrived, None
        arrived(value)
        if key[:2].lower() in LANGUAGES:
            self.lang = key[:2].lower()


class App(ipywidgets.VBox):
    """
    The whole kit on one page: assess, compare, members, models, plan.

    `visitors`: each browser has work of its own (`playbook app` asks for it); otherwise the work
    folder at hand is used, as in the notebooks. A tool is made when it is first wanted.
    """

    PLACES = ("assess", "compare", "cases", "members", "models", "plan")

    def __init__(self, visitors: bool = False, lang: str | None = None) -> None:
        self.places = Places(self.PLACES, visitors, lang)
        self._made: dict[str, Any] = {}
        if visitors:
            self.places.arrived = self._arrived
            self.places.draw()
        wide = {"width": "100%", "max_width": "70rem", "margin": "0 auto", "grid_gap": "1rem"}
        super().__init__([self.places], layout=wide)
        self.places.observe(self._show, ["place", "chosen"])
        self.places.observe(self._translate, "lang")

    def __repr__(self) -> str:
        return f"App({self.places.place or 'start'})"

    def _arrived(self, token: str) -> None:
        folder = visitor_folder(token)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One kernel, one visitor: whatever this page saves, it saves there.
        os.environ["PLAYBOOK_WORK"] = str(folder)

    def _translate(self, _: Any) -> None:
        for tool in self._made.values():
            tool.lang = self.places.lang

    def _show(self, _: Any) -> None:
        place = self.places.place
        options = [key for key, _ in self.places.options()]
        if options and self.places.chosen.get(place) not in options:
            self.places.chosen = {**self.places.chosen, place: options[0]}
            return  # which brings us back here
        name = f"{place} {self.places.chosen.get(place, '')}"
        # These two speak of the answers as they are now.
        if name not in self._made or place in ("compare", "plan"):
            self._made[name] = self._make(place, self.places.chosen.get(place, ""))
        self.children = [self.places, self._made[name]]

    def _make(self, place: str, chosen: str) -> Any:
        from playbook import widgets

        lang = self.places.lang
        if place == "assess":
            return widgets.SelfAssessment(chosen, lang=lang)
        if place == "compare":
            return widgets.CaseComparison(own_answers(), lang=lang)
        if place == "cases":
            return widgets.Casebook(lang=lang)
        if place == "members":
            return widgets.Evidence(lang=lang)
        if place == "models":
            return widgets.ModelExplorer(chosen, lang=lang)
        return widgets.Plan(lang=lang)
