"""The plan: what was answered on the way, and the few parts that are left to decide."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from playbook.errors import PlaybookError, nearest, quote, refuse
from playbook.files import work_folder, write_whole
from playbook.learner import keep, read_learner
from playbook.load import checklist_names, load_checklist, practices
from playbook.model import Action
from playbook.present.plan_page import (
    aim_name,
    decisions,
    learnt,
    plan_html,
    practice_line,
    stand,
)
from playbook.scoring.plan import (
    ALL_AIMS,
    MOST,
    PARTS,
    Parts,
    Way,
    along,
    goal_of,
    is_day,
    read_plan,
    redlines,
    still_open,
)
from playbook.widgets.controls import (
    buttons,
    choice,
    el,
    esc,
    field,
    heading,
    items,
    para,
    pick,
    press,
    progress,
    tick,
    unfold,
)
from playbook.widgets.exercise import COURSE_CSS
from playbook.widgets.page import Page
from playbook.widgets.parts import colour_of
from playbook.widgets.progress import moment, shown
from playbook.words import say, text

#: So many of the ranked actions are offered; the rest unfolds.
OFFERED = 6
TEXTS = {"name": 80, "checked": 240, "know": 400}


class Plan(Page):
    """
    Ask for what the plan still lacks, keep it at once, and make one page of it.

    `answers`: a checklist's name → answers document or path (default: the answers files of the
    work folder, else those in the learner's file). `path`: the learner's file. Traits: `plan`
    (what stands in it), `lang`. `open_parts` names what is missing.
    """

    _css = Page._css + COURSE_CSS

    words = "plan"
    plan = traitlets.Dict()

    def __init__(
        self,
        answers: Mapping[str, Any] | None = None,
        path: str | Path | None = None,
        lang: str | None = None,
    ) -> None:
        self.given = answers
        self.path = path
        self.wrong: dict[str, str] = {}  # a field → the word that says what is wrong with it
        self.drafts: dict[str, str] = {}
        self.record: Mapping[str, Any] = {}
        self.way: Way = along({})
        self._quiet = True  # the plan is being set by this class itself
        super().__init__(lang)
        self._restore()
        self.ready()

    def __repr__(self) -> str:
        return "Plan()"

    # --- for notebooks ------------------------------------------------------------------------

    @property
    def parts(self) -> Parts:
        """What stands in the plan, read with care."""
        return read_plan(self.plan)

    @property
    def open_parts(self) -> tuple[str, ...]:
        """Which parts are missing: of aim, actions, practice, redline, know."""
        return still_open(self.parts, self.way.aim())

    @property
    def offered(self) -> tuple[str, ...]:
        """The criteria whose actions are proposed, most helpful first."""
        return tuple(action.criterion for action in self._actions())

    def fill(self, **parts: str | None) -> None:
        """
        Fill in parts: name, aim, practice, redline, checked, know, by (a day, ISO). None: empty.

        A part that there is not, or an id or day that is none, raises PlaybookError and changes
        nothing.
        """
        known: dict[str, tuple[str, ...]] = {
            "aim": ALL_AIMS,
            "practice": tuple(entry["id"] for entry in practices()),
            "redline": tuple(entry["id"] for entry in redlines()),
        }
        for name, value in parts.items():
            if name not in (*known, *TEXTS, "by"):
                raise refuse("plan", "enum", given=quote(name), known=", ".join((*known, *TEXTS)))
            if value and name in known and value not in known[name]:
                raise refuse(name, "enum", given=quote(value), known=", ".join(known[name]))
            if value and name == "by" and not is_day(value):
                raise refuse(name, "date", given=quote(value))
        self._keep(**{name: value or "" for name, value in parts.items()})

    def choose(self, criterion: str, owner: str | None = None, by: str | None = None) -> None:
        """Take one of the actions into the plan, or say who does it and by when (ISO)."""
        if criterion not in load_checklist().by_id:
            known = load_checklist().by_id
            raise refuse(
                "actions", "no_criterion", nearest(criterion, known), given=quote(criterion)
            )
        if by and not is_day(by):
            raise refuse("by", "date", given=quote(by))
        todos = {todo.criterion: {"owner": todo.owner, "by": todo.by} for todo in self.parts.todos}
        if criterion not in todos and len(todos) == MOST:
            raise refuse("actions", "items", given=MOST + 1, low=0, high=MOST)
        entry = todos.setdefault(criterion, {"owner": "", "by": ""})
        entry |= {k: v for k, v in (("owner", owner), ("by", by)) if v is not None}
        self._keep(actions=[{"criterion": name, **rest} for name, rest in todos.items()])

    def drop(self, criterion: str) -> None:
        """Take an action out of the plan."""
        left = [t for t in self.parts.todos if t.criterion != criterion]
        self._keep(actions=[{"criterion": t.criterion, "owner": t.owner, "by": t.by} for t in left])

    def make(self) -> Path:
        """Write the page beside the other work (plan.html) and return its path."""
        folder = Path(self.path).parent if self.path else work_folder()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "plan.html"
        write_whole(path, self.html())
        return path

    def html(self) -> str:
        """The page."""
        return plan_html({**self.record, "plan": self.plan}, self.lang, self.way)

    # --- state --------------------------------------------------------------------------------

    def _restore(self) -> None:
        try:
            self.record = read_learner(self.path)
        except PlaybookError as error:
            self._problem = error
            self._told = say("exercise.broken", self.lang)
        documents = self._documents() if self.given is None else dict(self.given)
        self.way = along(self.record, documents)
        self.plan = dict(self.record.get("plan", {}))
        self._quiet = False

    @staticmethod
    def _documents() -> dict[str, Path]:
        """The answers files that the assessments have saved."""
        files = {name: work_folder() / f"{name}-answers.json" for name in checklist_names()}
        return {name: path for name, path in files.items() if path.exists()}

    def _keep(self, **parts: Any) -> None:
        """Save what changed; where that fails, say so: the plan stays on the screen."""
        self._quiet = True
        self.plan = {**self.plan, **parts}
        self._quiet = False
        try:
            for name, value in parts.items():
                self.record = keep("plan", name, value, self.path)
        except PlaybookError as error:
            self._problem = error
        self.draw()

    @traitlets.observe("plan")
    def _set(self, change: Any) -> None:
        if not self._quiet:
            self._keep(**change["new"])

    def _actions(self) -> tuple[Action, ...]:
        return self.way.actions(self.parts.aim)

    # --- screen -------------------------------------------------------------------------------

    def title(self) -> str:
        return self.say("title")

    def body(self) -> str:
        """What is known, the five parts, and the page."""
        return el(
            "div",
            para(self.say("intro")),
            self._status(),
            self._stand(),
            self._part("aim", self._aim()),
            self._part("actions", self._todos()),
            self._part("practice", self._practice()),
            self._part("redline", self._redline()),
            self._part("know", self._know()),
            self._make(),
            k="plan",
        )

    def _status(self) -> str:
        done = len(PARTS) - len(self.open_parts)
        when = shown(moment(self.record.get("saved"))) if self.plan else ""
        saved = self.say("saved", when=when) if when else self.say("not_saved")
        told = self.say("done_of", done=done, all=len(PARTS))
        status = el("p", el("span", esc(told)), el("span", esc(saved)), css="pb-status pb-small")
        return status + progress(f"calc(100%*{done}/{len(PARTS)})")

    def _part(self, name: str, inner: str) -> str:
        """One part: a number, whether it is whole, its question."""
        missing = name in self.open_parts
        sign = "?" if missing else "√"
        mark = el("span", f"{sign} {esc(self.say('open' if missing else 'whole'))}",
                  css=f"pb-badge {'pb-open' if missing else 'pb-pass'}")  # fmt: skip
        number = el("span", str(PARTS.index(name) + 1), css="pb-letter", aria_hidden="true")
        return el("section", el("p", number, mark, css="pb-where"), inner, css="pb-card pb-part",
                  k=f"part-{name}")  # fmt: skip

    def _stand(self) -> str:
        told = stand(self.way, self.lang)
        said = [para(line, "" if place else "pb-sentence") for place, line in enumerate(told)]
        found = decisions(self.way, self.lang)
        decided = items(found) if found else para(self.say("no_diagnoses"), "pb-hint")
        faults = [fault.say(self.lang) for fault in self.way.faults]
        unread = el("div", para(self.say("unreadable")), items(faults), css="pb-error")
        name = "" if self.way.name else field(
            "write", self.say("name"), self.plan.get("name"), key="name", maxlength=TEXTS["name"],
            hint=self.say("name_hint"))  # fmt: skip
        return el(
            "section",
            heading(self.say("stand")),
            unread if faults else "",
            *(said or [para(self.say("no_score"), "pb-notice")]),
            heading(self.say("diagnoses")),
            decided,
            para(learnt(self.way, self.lang), "pb-hint"),
            name,
            css="pb-card",
            k="stand",
        )

    def _aim(self) -> str:
        options = [(aim, aim_name(aim, self.lang)) for aim in ALL_AIMS]
        chosen = self.parts.aim or self.way.aim()
        return choice("aim", self.say("aim"), options, chosen, hint=self.say("aim_hint"),
                      css="pb-minor")  # fmt: skip

    def _todos(self) -> str:
        """The ranked actions, three to be ticked; those that are chosen say who and by when."""
        chosen = [todo.criterion for todo in self.parts.todos]
        legend = el("legend", heading(self.say("actions")))
        ranked = list(dict.fromkeys((*self.offered, *chosen)))
        if not ranked:
            hint = para(self.say("no_actions"), "pb-hint")
            return el("fieldset", legend, hint, css="pb-choice", k="actions")
        first = [name for place, name in enumerate(ranked) if place < OFFERED or name in chosen]
        rest = [name for name in ranked if name not in first]
        wrong = self.say(self.wrong["actions"]) if "actions" in self.wrong else ""
        more = unfold(self.say("more_actions", n=len(rest)),
                      "".join(self._todo(name) for name in rest), "more")  # fmt: skip
        return el(
            "fieldset",
            legend,
            para(self.say("actions_hint"), "pb-hint"),
            para(wrong, "pb-wrong"),
            *(self._todo(name) for name in first),
            more if rest else "",
            css="pb-choice",
            k="actions",
        )

    def _todo(self, name: str) -> str:
        criterion = load_checklist().by_id[name]
        todo = next((t for t in self.parts.todos if t.criterion == name), None)
        action = esc(criterion.say("action", self.lang))
        label = el("b", esc(criterion.name(self.lang))) + el("br") + action
        box = tick("todo", label, todo is not None, key=name)
        if todo is None:
            return el("div", box, k=f"todo-{name}", style=colour_of(criterion.dimension))
        owner = field(
            "write", self.say("owner"), todo.owner, key=f"owner:{name}", maxlength=80,
            hint=self.say("owner_hint", owner=criterion.say("owner", self.lang)))  # fmt: skip
        by = self._day(f"by:{name}", self.say("by"), todo.by,
                       self.say("by_hint", takes=criterion.say("takes", self.lang)))  # fmt: skip
        return el("div", box, el("div", owner, by, css="pb-grid pb-inner"), k=f"todo-{name}",
                  style=colour_of(criterion.dimension))  # fmt: skip

    def _day(self, key: str, label: str, value: str, hint: str = "") -> str:
        wrong = self.say(self.wrong[key]) if key in self.wrong else ""
        return field("write", label, self.drafts.get(key, value), key=key, hint=hint,
                     problem=wrong, type="date")  # fmt: skip

    def _practice(self) -> str:
        options = [("", self.say("not_chosen"))]
        found = self.way.practices()
        known = "six_senses" in self.way.scores
        for practice in found:
            name = practice_line(practice.entry, self.lang)
            word = f"practice_{practice.state}"
            options.append((practice.id, self.say(word, name=name) if known else name))
        chosen = next((p for p in found if p.id == self.parts.practice), None)
        told = para(chosen.say("what", self.lang)) if chosen else ""
        picked = pick("choose", self.say("practice"), options, self.parts.practice, key="practice")
        return picked + para(self.say("practice_hint"), "pb-hint") + told

    def _redline(self) -> str:
        options = [("", self.say("not_chosen"))]
        options += [(line["id"], text(line, "what", self.lang)) for line in redlines()]
        chosen = next((r for r in redlines() if r["id"] == self.parts.redline), None)
        told = ""
        if chosen:
            told = para(text(chosen, "rule", self.lang), "pb-notice") + el(
                "p", el("b", esc(self.say("page_ask"))), " ", esc(text(chosen, "ask", self.lang))
            )
            told += field(
                "write", self.say("checked"), self.plan.get("checked"), key="checked", rows=2,
                hint=self.say("checked_hint"), maxlength=TEXTS["checked"])  # fmt: skip
        picked = pick("choose", self.say("redline"), options, self.parts.redline, key="redline")
        return picked + para(self.say("redline_hint"), "pb-hint") + told

    def _know(self) -> str:
        hint = [self.say("know_hint")]
        for todo in self.parts.todos[:1]:
            criterion = load_checklist().by_id[todo.criterion]
            to = goal_of(self.way, criterion, self.parts.aim)
            hint.append(self.say("know_example", level=criterion.say("levels", self.lang)[to]))
        asked = field("write", self.say("know"), self.plan.get("know"), key="know", rows=3,
                      hint=" ".join(hint), maxlength=TEXTS["know"])  # fmt: skip
        return asked + self._day("by", self.say("know_by"), self.parts.by)

    def _make(self) -> str:
        button = press("make", self.say("make"), look="main")
        return el("div", buttons(button),
                  para(self.say("make_hint"), "pb-hint pb-small"), k="make")  # fmt: skip

    # --- events -------------------------------------------------------------------------------

    def on_aim(self, _: str, value: Any) -> None:
        self.fill(aim=str(value))

    def on_todo(self, key: str, value: Any) -> None:
        """An action was ticked or cleared."""
        self.wrong.pop("actions", None)
        chosen = [todo.criterion for todo in self.parts.todos]
        if value is not True:
            self.drop(key)
        elif len(chosen) == MOST and key not in chosen:
            self.wrong["actions"] = "three"
            self.announce(self.say("three"))
        else:
            self.choose(key)

    def on_write(self, key: str, value: Any) -> None:
        given = str(value or "")
        name, _, criterion = key.partition(":")
        self.wrong.pop(key, None)
        self.drafts.pop(key, None)
        if name == "by" and given and not is_day(given):
            self.wrong[key], self.drafts[key] = "by_wrong", given
            self.announce(self.say("by_wrong"))
        elif criterion:
            if name in ("owner", "by"):
                self.choose(criterion, **{name: given[:80]})
        else:
            self.fill(**{key: given[: TEXTS.get(key, 10)]})

    def on_choose(self, key: str, value: Any) -> None:
        """A practice or a red line was picked."""
        self.fill(**{key: str(value)})

    def on_make(self, *_: Any) -> None:
        path = self.make()
        self.offer(path.name, path.read_text(encoding="utf-8"), "text/html")
        self.tell(self.say("made", path=self.where(path)))
