"""The casebook: find a case, read its page, see which cases are like one's own community."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets

from playbook.errors import PlaybookError
from playbook.library import cases_like
from playbook.load import case_names, load_answers, load_case, load_cases, load_checklist
from playbook.model import Case
from playbook.present.case_page import (
    FATES,
    SHEET,
    case_body,
    case_html,
    case_marks,
    fate_mark,
    pattern_name,
)
from playbook.present.form_page import LISTS
from playbook.present.sentences import join, milestone, word
from playbook.scoring.casebook import SIZES, count_figures, counts_people, find_cases, furthest
from playbook.scoring.compare import Likeness
from playbook.widgets.controls import (
    buttons,
    column,
    el,
    esc,
    field,
    heading,
    items,
    para,
    pick,
    press,
    table,
    unfold,
)
from playbook.widgets.exercise import COURSE_CSS
from playbook.widgets.page import Page
from playbook.widgets.store import own_answers

if TYPE_CHECKING:
    from playbook.present.figure import Figure

PATTERNS = ("community+community", "community+", "+community")
CONDITIONS = ("kind", "fate", "pattern", "milestone", "funnel", "figures")
#: What a page offers as text, and the search takes as a number or a yes.
_READ: Mapping[str, Any] = {"1": 1, "2": 2, "3": 3, "yes": True, "no": False}
MOST_LIKE = 3


class Casebook(Page):
    """
    Show the cases in a table that can be searched and filtered, and the page of each.

    `answers`: an answers document, a path or the id of a case for "cases like yours" (default:
    the answers saved by the self-assessment, if there are any). Traits: `text`, `conditions`
    (of `find_cases`, such as {"fate": "ended"}), `at` (the id of a case, "" for the table),
    `lang`. `found` holds the ids of the cases that fit.
    """

    _css = Page._css + COURSE_CSS + SHEET

    words = "casebook"
    text = traitlets.Unicode("")
    conditions = traitlets.Dict()
    at = traitlets.Unicode("")

    def __init__(
        self, answers: str | Path | Mapping[str, Any] | None = None, lang: str | None = None
    ) -> None:
        self.cases = load_cases()
        self.answers = answers
        self._alike: tuple[tuple[Likeness, ...], str] | None = None
        super().__init__(lang)
        self.compare()
        self.ready()

    def __repr__(self) -> str:
        return f"Casebook({len(self.cases)} cases)"

    # --- for notebooks ------------------------------------------------------------------------

    @property
    def found(self) -> tuple[str, ...]:
        """The ids of the cases that fit what is asked for."""
        return tuple(case.id for case in find_cases(self.cases, self.text, **self.conditions))

    def search(self, text: str = "", **conditions: Any) -> tuple[str, ...]:
        """Ask for cases: a text, kind, fate, pattern, milestone, funnel, figures. Ids found."""
        self.conditions = {k: v for k, v in conditions.items() if v is not None}
        self.text = text
        return self.found

    def show(self, case: str) -> None:
        """Show the page of a case; "" for the table. An unknown id raises PlaybookError."""
        self.at = load_case(case).id if case else ""

    def compare(self) -> None:
        """Read the answers anew, and see which cases are like them."""
        given = self.answers
        if given is None:
            given = own_answers()
        self._alike = None
        if given is None:
            return
        try:
            read, _ = load_answers(given, load_checklist(), self.lang)
            self._alike = (cases_like(given, self.lang), read.date or "–")
        except PlaybookError as error:
            self._problem = error

    @property
    def like(self) -> tuple[str, ...]:
        """The cases most like one's own, nearest first; empty without answers."""
        found = self._alike[0] if self._alike else ()
        return tuple(one.case for one in found if one.apart is not None)

    # --- screen -------------------------------------------------------------------------------

    def title(self) -> str:
        return self.say("title")

    def body(self) -> str:
        """The table, or the page of the case that was chosen."""
        return self._case(load_case(self.at)) if self.at else self._table()

    def _case(self, case: Case) -> str:
        def draw() -> Figure:
            from playbook.present import charts  # slow to load: the page is shown before

            return charts.timeline(case, lang=self.lang)

        drawn = self.picture("timeline", case.id, draw) if counts_people(case) else ""
        back = press("open", self.say("back"))
        save = press("keep", self.say("save"), look="main")
        return el(
            "div",
            buttons(back),
            heading(case.name(self.lang), focus=True, css="pb-name"),
            case_marks(case, self.lang),
            case_body(case, self.lang, drawn),
            buttons(back, save),
            k=f"case-{case.id}",
        )

    def _table(self) -> str:
        shown = find_cases(self.cases, self.text, **self.conditions)
        counted = self.say("found", found=len(shown), all=len(self.cases))
        some = bool(self.text or self.conditions)
        clear = press("clear", self.say("clear"), look="quiet") if some else ""
        return el(
            "div",
            heading(self.say("intro", n=len(self.cases)), focus=True, css="pb-plain-head"),
            self._filters(),
            el("p", el("strong", esc(counted)), " ", clear),
            self._rows(shown) if shown else para(self.say("nothing")),
            self._likeness(),
            k="table",
        )

    def _filters(self) -> str:
        asked = field("search", self.say("search"), self.text, hint=self.say("search_hint"),
                      maxlength=200)  # fmt: skip
        first, more = CONDITIONS[:2], CONDITIONS[2:]
        return (
            asked
            + el("div", *(self._filter(name) for name in first), css="pb-filters")
            + unfold(self.say("more"),
                     el("div", *(self._filter(name) for name in more), css="pb-filters"), "more")
        )  # fmt: skip

    def _filter(self, name: str) -> str:
        chosen = self.conditions.get(name)
        given = next((key for key, value in _READ.items() if value is chosen), chosen)
        options = [("", self.say("any")), *self._options(name)]
        return pick("filter", self.say(name), options, given, key=name)

    def _options(self, name: str) -> list[tuple[str, str]]:
        """What may be asked for; a kind that no case is of is not offered."""
        lang = self.lang
        if name == "kind":
            known = {case.kind for case in self.cases}
            return [(kind, word("kind", kind, lang)) for kind in LISTS["kind"] if kind in known]
        if name == "fate":
            signs = {fate: sign for fate, (sign, _) in FATES.items()}
            return [(fate, f"{sign} {word('fate', fate, lang)}") for fate, sign in signs.items()]
        if name == "pattern":
            return [(p, pattern_name(p, lang)) for p in PATTERNS]
        if name == "milestone":
            return [(size, milestone(size, lang)) for size in SIZES]
        if name == "funnel":
            return [(str(stage), self.say("stage", stage=stage)) for stage in (1, 2, 3)]
        return [("yes", self.say("figures_yes")), ("no", self.say("figures_no"))]

    def _rows(self, shown: tuple[Case, ...]) -> str:
        heads = ("case", "short_fate", "kind", "short_pattern", "short_milestone", "short_funnel",
                 "figures")  # fmt: skip
        caption = self.say("found", found=len(shown), all=len(self.cases))
        return table(caption, (column(self.say(name)) for name in heads), map(self._row, shown),
                     "pb-cases", hidden=True)  # fmt: skip

    def _row(self, case: Case) -> str:
        size, stage = furthest(case)
        figures = count_figures(case)
        name = press("open", case.name(self.lang), value=case.id, about=self.say("open"),
                     look="quiet")  # fmt: skip
        patterns = [pattern_name(p["id"], self.lang) for p in case.patterns]
        cells = (
            fate_mark(case, self.lang),
            esc(word("kind", case.kind, self.lang)),
            esc(" → ".join(dict.fromkeys(patterns)) or "–"),
            esc(milestone(size, self.lang) if size else "–"),
            esc(self.say("stage", stage=stage) if stage else "–"),
            esc(str(figures) if figures else self.say("none")),
        )
        return el("tr", el("th", name, scope="row"), *(el("td", cell) for cell in cells), k=case.id)

    def _likeness(self) -> str:
        head = heading(self.say("like"))
        if self._alike is None:
            return el("section", head, para(self.say("like_none"), "pb-hint"), k="like")
        found, date = self._alike
        near = [one for one in found if one.apart is not None]
        far = [load_case(one.case).name(self.lang) for one in found if one.apart is None]
        if not near:
            return el("section", head, para(self.say("like_none"), "pb-hint"), k="like")
        return el(
            "section",
            head,
            para(self.say("like_about", date=date), "pb-hint"),
            el("ol", *(self._like(one) for one in near[:MOST_LIKE]), css="pb-cards"),
            para(self.say("like_few", names=join(far, self.lang)), "pb-hint pb-small")
            if far
            else "",
            para(self.say("like_caution"), "pb-notice"),
            k="like",
        )

    def _like(self, one: Likeness) -> str:
        case, names = load_case(one.case), load_checklist().by_id
        same = [names[name].name(self.lang) for name in one.same]
        differ = [names[name].name(self.lang) for name in one.differ]
        line = self.say("like_line", same=len(same), shared=one.shared)
        return el(
            "li",
            heading(case.name(self.lang)),
            el("p", fate_mark(case, self.lang)),
            para(line),
            para(self.say("like_apart", apart=one.apart), "pb-hint pb-small"),
            unfold(self.say("like_same", n=len(same)), items(same), "same") if same else "",
            unfold(self.say("like_differ", n=len(differ)), items(differ), "differ")
            if differ
            else "",
            press("open", self.say("read"), value=case.id, about=case.name(self.lang)),
            css="pb-card",
            k=f"like-{case.id}",
        )

    # --- events -------------------------------------------------------------------------------

    @traitlets.observe("text", "conditions")
    def _asked(self, _: Any) -> None:
        self.draw()

    @traitlets.observe("at")
    def _turned(self, _: Any) -> None:
        self.turn()
        self.draw()

    def _count(self) -> None:
        self.announce(self.say("found", found=len(self.found), all=len(self.cases)))

    def on_search(self, _: str, value: Any) -> None:
        self.text = str(value or "")[:200]
        self._count()

    def on_filter(self, key: str, value: Any) -> None:
        """A condition was chosen or taken away."""
        if key not in CONDITIONS:
            return
        kept = {name: given for name, given in self.conditions.items() if name != key}
        if value:
            known = dict(self._options(key))
            if value not in known:
                return
            reads = key in ("funnel", "figures")
            kept[key] = _READ[str(value)] if reads else str(value)
        self.conditions = kept
        self._count()

    def on_clear(self, *_: Any) -> None:
        self.text, self.conditions = "", {}
        self._count()

    def on_open(self, _: str, value: Any) -> None:
        """The page of a case, or back to the table."""
        self.at = str(value) if value in case_names() else ""

    def on_keep(self, *_: Any) -> None:
        """The page of the case as a file."""
        name = f"{self.at}.html"
        self.offer(name, case_html(load_case(self.at), self.lang), "text/html")
        self.tell(self.say("saved", name=name))
