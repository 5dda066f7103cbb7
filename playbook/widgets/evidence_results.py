"""What came of an export, and what a person may do with it: try points, look somebody up, ask
whether an action worked, take the evidence into the assessment."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from playbook.files import work_folder
from playbook.present.card import Card, card_html, card_png, card_svg, member_card
from playbook.present.people_page import invited_of, links_of, names_of, people_html
from playbook.present.people_tables import csv_bytes, excel_bytes
from playbook.present.people_text import about_lines, people_table
from playbook.widgets.page import Page
from playbook.widgets.store import Store, own_answers

if TYPE_CHECKING:
    from playbook.people.api import Members, Scored
    from playbook.people.evidence import Evidence as Measured
    from playbook.present.figure import Figure
    from playbook.sources.api import Import

#: So many members are listed; a search finds the others.
LISTED = 20
WEEKS = (4, 6, 8, 12)


class Results(Page):
    """The half of the evidence widget that begins when members are known."""

    coefficients = traitlets.Dict()
    half_lives = traitlets.Dict()
    search = traitlets.Unicode("")
    member = traitlets.Unicode("")

    name: str | None
    kind: str
    community: Any
    file: Path | None
    people: Path | None
    imported: Import | None
    members: Any

    def __init__(self, lang: str | None = None) -> None:
        self.asked: dict[str, Any] = {"measure": "active", "day": "", "expect": "up", "weeks": 4}
        self.effect: dict[str, Any] | None = None
        self.measured: Measured | None = None
        self._scored: Scored | None = None
        self.links: list[tuple[str, str, float]] = []
        self.invited: list[tuple[str, str]] = []
        self.names: dict[str, str] = {}
        self.frame: Any = None
        self._kept: dict[tuple[str, str], Figure | None] = {}
        super().__init__(lang)

    # --- for notebooks ------------------------------------------------------------------------

    @property
    def scored(self) -> Scored:
        """Intimacy and levels under the points that are tried."""
        if self._scored is None:
            self._scored = self.members.score_with(self.coefficients, self.half_lives)
        return self._scored

    def card(self, member: str) -> Card:
        """The card of a member. An unknown one raises PlaybookError."""
        from playbook.people.record import record

        return member_card(record(self.members, member), self.members, self.community, self.lang)

    def did_it_work(
        self, measure: str, day: str, expect: str = "up", weeks: int = 4
    ) -> dict[str, Any]:
        """Weeks before a day against weeks after it. Bad input raises PlaybookError."""
        from playbook.people.action import did_it_work

        self.asked = {"measure": measure, "day": day, "expect": expect, "weeks": weeks}
        self.effect = did_it_work(self.members.log, measure, day, expect, weeks)
        self.draw()
        return self.effect

    def measure(self) -> Measured:
        """Lay what events show beside the answers of the self-assessment, if there are any."""
        from playbook.people.evidence import evidence

        self.measured = evidence(
            self.imported or self.file,
            own_answers(),  # read anew
            tz=self.members.log.tz,
            people=self.people,
            kind=self.kind or None,
            lang=self.lang,
        )
        self.draw()
        return self.measured

    def take(self) -> Path:
        """Save the measured answers where the self-assessment finds them. Its path."""
        found = self.measured or self.measure()
        path = work_folder() / f"{found.checklist.id}-answers.json"
        store = Store(path)
        store.read(found.checklist)  # what cannot be read is told, and never written over
        store.write(found.to_dict())
        self.tell(self.say("taken"))
        self.draw()
        return path

    # --- what is worked out once --------------------------------------------------------------

    def forget(self) -> None:
        """Another export: nothing of the last one stays."""
        self.anew()
        self.coefficients, self.half_lives = {}, {}
        self.search = self.member = ""

    def anew(self) -> None:
        """What was worked out of other members (or of the same, before it was said who is who)."""
        self.effect = self.measured = self._scored = None
        self._kept.clear()

    def prepare(self, found: Members) -> None:
        """Everything slow, before anything is shown."""

        found.to_dict()
        self.frame = found.frame()
        self.names = names_of(found)
        self.links, self.invited = links_of(found), invited_of(found)
        if found.log.timed:
            found.score_with({})

    def still(self, name: str, draw: Callable[[], Figure | None]) -> str:
        """A figure that changes with the language alone; nothing where the source shows none."""
        key = (name, self.lang)
        if key not in self._kept:
            self._kept[key] = draw()
        figure = self._kept[key]
        return "" if figure is None else self.figure(name, figure)

    def named(self, member: str) -> str:
        """What a member is called."""
        return self.names.get(member, member)

    @property
    def timed(self) -> bool:
        """Has any event a time?"""
        return self.members is not None and self.members.log.timed

    def listed(self) -> list[Mapping[str, Any]]:
        """The members that a search finds, the closest first; at most so many."""
        import pandas as pd

        scored = self.scored
        now = pd.Series(scored.intimacy, index=scored.members)
        frame = self.frame.assign(intimacy=now.reindex(self.frame["member"]).to_numpy())
        if self.search:
            names = frame["name"].fillna("").astype(str)
            told = frame["member"].str.cat(names, sep=" ").str.casefold()
            frame = frame[told.str.contains(self.search.casefold(), regex=False)]
        best = (
            frame.nlargest(LISTED, "intimacy", keep="first") if self.timed else frame.head(LISTED)
        )
        return best.to_dict("records")

    def table(self) -> Any:
        """All members in words, under the points that are tried."""

        frame = self.frame.copy()
        if self.coefficients or self.half_lives:
            tried = self.scored.frame().set_index("member")
            for column in ("intimacy", "level"):
                frame[column] = tried[column].reindex(frame["member"]).to_numpy()
        return people_table(frame, self.lang)

    # --- events -------------------------------------------------------------------------------

    @traitlets.observe("coefficients", "half_lives")
    def _tried(self, _: Any) -> None:
        self._scored = None
        if self.timed:
            self.announce(self.say("levels_now", **self.moved()))
        self.draw()

    @traitlets.observe("search", "member")
    def _looked(self, _: Any) -> None:
        self.draw()

    @traitlets.validate("coefficients", "half_lives")
    def _offered(self, proposal: Any) -> dict[str, float]:
        from playbook.people.rules import weights

        given = dict(proposal["value"])
        weights().over(**{proposal["trait"].name: given})
        return given

    def moved(self) -> dict[str, Any]:
        """How many stand on the top level now, how many did before, how many changed level?"""
        before, now = self.members.scored, self.scored
        return {
            "highest": list(now.levels.values())[-1],
            "was": list(before.levels.values())[-1],
            "changed": int((before.level != now.level).sum()),
            "all": len(now.level),
        }

    def on_points(self, key: str, value: Any) -> None:
        self.coefficients = {**self.coefficients, key: float(value)}

    def on_fading(self, key: str, value: Any) -> None:
        self.half_lives = {**self.half_lives, key: float(value)}

    def on_afresh(self, *_: Any) -> None:
        """The starting values again."""
        self.coefficients, self.half_lives = {}, {}

    def on_search(self, _: str, value: Any) -> None:
        self.search = str(value)[:200]

    def on_member(self, _: str, value: Any) -> None:
        """The card of a member, or back to the list."""
        self.member = str(value or "")
        self.turn()

    def on_card(self, _: str, value: Any) -> None:

        card = self.card(self.member)
        make: dict[str, tuple[Callable[..., Any], str]] = {
            "png": (card_png, "image/png"),
            "svg": (card_svg, "image/svg+xml"),
            "html": (card_html, "text/html"),
        }
        draw, kind = make[str(value)]
        self.offer(f"card.{value}", draw(card, self.lang), kind)

    def on_table(self, _: str, value: Any) -> None:
        """All members as CSV or Excel."""

        if value == "csv":
            self.offer("members.csv", csv_bytes(self.table()), "text/csv")
            return
        title = self.say("table_title", name=self.name)
        about = about_lines(self.members.to_dict(), self.lang)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        self.offer("members.xlsx", excel_bytes(self.table(), title, about, self.lang), kind)

    def on_page(self, *_: Any) -> None:

        self.offer(
            "dashboard.html", people_html(self.members, self.community, self.lang), "text/html"
        )

    def on_asked(self, key: str, value: Any) -> None:
        """What was done, when, and what was expected of it."""
        if key in self.asked:
            self.asked[key] = int(value) if key == "weeks" else str(value).strip()
            self.effect = None

    def on_effect(self, *_: Any) -> None:
        self.did_it_work(**self.asked)
        self.announce(self.say(f"effect_{(self.effect or {})['outcome']}"))

    def on_measure(self, *_: Any) -> None:
        """Lay what events show beside one's own answers."""
        self.measure()

    def on_take(self, *_: Any) -> None:
        self.take()

    def on_answers(self, *_: Any) -> None:
        found = self.measured or self.measure()
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n"
        self.offer(f"{found.checklist.id}-answers.json", text, "application/json")
