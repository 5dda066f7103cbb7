"""The class while it answers: a folder looked at again and again, the room's picture beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from playbook.errors import PlaybookError, refuse
from playbook.present.cohort_charts import heat
from playbook.present.cohort_page import SHEET, cohort_html, heading, meta, sections, sentences
from playbook.room.cohort import Cohort, read_cohort
from playbook.room.collect import stamp
from playbook.widgets.controls import buttons, el, esc, para, press, tick
from playbook.widgets.page import Page


class Class(Page):
    """
    Show what a room says while its answers arrive in a folder.

    `folder`: where the files are put. `checklist`, `content`, `one` as in `playbook.workshop`.
    `every`: seconds between two looks; the page asks, nothing runs on when it is closed. Traits:
    `pseudonyms`, `live` (looking or paused), `lang`. `cohort` is what was read last.
    """

    words = "cohort"
    pseudonyms = traitlets.Bool(False)
    live = traitlets.Bool(True)

    def __init__(
        self,
        folder: str | Path,
        *,
        checklist: str | None = None,
        content: str | Path | None = None,
        one: bool = False,
        pseudonyms: bool = False,
        every: float = 3,
        lang: str | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.every = max(1.0, float(every))
        self.cohort: Cohort | None = None
        self._asked: dict[str, Any] = {"checklist": checklist, "content": content, "one": one}
        self._seen: Any = None
        super().__init__(lang)
        self.pseudonyms = pseudonyms
        self.look()
        self.ready()

    def __repr__(self) -> str:
        people = len(self.cohort.people) if self.cohort else 0
        return f"Class({self.folder.name}: {people} in)"

    def look(self) -> Cohort | None:
        """Read the folder again if anything in it has changed; gives what was read."""
        try:
            seen = (stamp(self.folder), self.pseudonyms)
            if seen == self._seen:
                return self.cohort
            before = len(self.cohort.people) if self.cohort else 0
            self.cohort = read_cohort(self.folder, pseudonyms=self.pseudonyms, **self._asked)
        except PlaybookError as error:
            self._problem = error
            return None
        self._seen = seen
        if (people := len(self.cohort.people)) != before:
            self.announce(self.say("arrived", people=people))
        return self.cohort

    # --- what is shown ------------------------------------------------------------------------

    def title(self) -> str:
        return self.say("class")

    def body(self) -> str:
        """The finding, the room, and the buttons to steer it."""
        waits = self.say("waiting", folder=self.folder.name or str(self.folder),
                         seconds=f"{self.every:g}")  # fmt: skip
        state = waits if self.live else self.say("paused")
        steer = buttons(
            press("look", self.say("look")),
            press("live", self.say("pause" if self.live else "go_on")),
            press("page", self.say("save")) if self.cohort and self.cohort.people else "",
        )
        hide = tick("hide", esc(self.say("hide")), self.pseudonyms)
        poll = int(self.every * 1000) if self.live else None
        head = el("div", para(state, "pb-hint"), steer, hide, k="steer", data_poll=poll)
        return head + self._room()

    def _room(self) -> str:
        cohort = self.cohort
        if cohort is None:
            return ""
        drawn = ""
        if cohort.gathered is not None:
            drawn = self.picture("heat", self._seen, lambda: heat(cohort, self.lang))
        shown = [
            el("style", SHEET),
            el("h4", esc(heading(cohort, self.lang))),
            para(meta(cohort, self.lang), "pb-hint"),
            sentences(cohort, self.lang),
        ]
        for name, told, inner in sections(cohort, self.lang, drawn, "h5"):
            shown.append(el("section", el("h4", esc(told)), inner, k=f"room-{name}"))
        return el("div", *shown, k="room")

    # --- events -------------------------------------------------------------------------------

    def on_poll(self, *_: Any) -> None:
        """The page asks whether anything has come."""
        self.look()

    def on_look(self, *_: Any) -> None:
        self._seen = None
        self.look()

    def on_live(self, *_: Any) -> None:
        self.live = not self.live

    def on_hide(self, _: str, value: Any) -> None:
        """Names, or four signs in their place."""
        self.pseudonyms = value is True
        self.look()

    def on_page(self, *_: Any) -> None:
        """The page to project, as a file."""
        if self.cohort is None:
            raise refuse(str(self.folder), "no_such_folder")
        self.offer("class.html", cohort_html(self.cohort, self.lang), "text/html")

    @traitlets.observe("pseudonyms", "live")
    def _steered(self, _: Any) -> None:
        if not self._new:
            self.draw()
