"""The milestone planner: what stands before the next milestone, and what if that were mended?"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import traitlets

from playbook.errors import PlaybookError
from playbook.load import load_answers
from playbook.model import Answers, Criterion, Step
from playbook.present.sentences import answer_words, milestone, range_text, standing
from playbook.scoring.assess import Score, score_answers
from playbook.widgets.controls import el, esc, heading, para, pick, press, unfold
from playbook.widgets.page import Page
from playbook.widgets.parts import colour_of, ladder
from playbook.widgets.store import own_answers

EMPTY = {"format": "playbook-answers/1", "answers": {}}
FUNNEL = "funnel"


class MilestonePlanner(Page):
    """
    Show the gates of 100, 1,000 and 10,000, and which fewest steps would open the next ones.

    `answers`: a dictionary, a file, or the id of a case; without it the answers that the
    self-assessment saved, or none. Nothing here changes those answers.

    Traits: `plan` (criterion → level that is tried out; "funnel" → stage), `score` (as answered),
    `planned` (as if the plan were done), `lang`.
    """

    plan = traitlets.Dict()
    score = traitlets.Any()
    planned = traitlets.Any()

    def __init__(
        self, answers: str | Path | Mapping[str, Any] | None = None, lang: str | None = None
    ) -> None:
        super().__init__(lang)
        given = answers if answers is not None else own_answers()
        try:
            self._answers, self.checklist = load_answers(given or EMPTY, lang=lang)
        except PlaybookError as error:
            if answers is not None:
                raise
            self._problem = error  # the person's own file: said, and left as it is
            self._answers, self.checklist = load_answers(EMPTY)
        self.score = self.planned = score_answers(self.checklist, self._answers)
        self.ready()

    def __repr__(self) -> str:
        now, then = self.score.standing.capability, self.planned.standing.capability
        return f"MilestonePlanner(now: {now}, with a plan of {len(self.plan)}: {then})"

    def try_all(self) -> None:
        """Plan the smallest change that opens the next milestone."""
        steps = self.planned.standing.unlock
        self.plan = {**self.plan, **{step.criterion or FUNNEL: step.to for step in steps}}

    @traitlets.validate("plan")
    def _plan_offered(self, proposal: Any) -> dict[str, int]:
        plan = {}
        for name, level in dict(proposal["value"]).items():
            now = self._answers.community.stage if name == FUNNEL else self._answers.level(name)
            if now is None or level > now:  # a plan raises
                plan[name] = level
        self._score_plan(plan)  # raises before anything has changed
        return plan

    @traitlets.observe("plan")
    def _plan_set(self, _: Any) -> None:
        self.planned = self._score_plan(self.plan)
        where = self.planned.standing
        self.announce(self.say("plan_said", capability=milestone(where.capability, self.lang)))
        self.draw()

    def _score_plan(self, plan: Mapping[str, int]) -> Score:
        document = deepcopy(dict(self._answers.document))
        for name, level in plan.items():
            if name == FUNNEL:
                community = dict(document.get("community") or {})
                document["community"] = {**community, "funnel": {"stage": level, "earning": True}}
            else:
                document["answers"][name] = {"level": level}
        answers: Answers = load_answers(document, self.checklist)[0]
        return score_answers(self.checklist, answers, self.score.aim)

    # --- events -------------------------------------------------------------------------------

    def on_raise(self, key: str, value: Any) -> None:
        """Try a level out; an empty one takes it back."""
        plan = {name: level for name, level in self.plan.items() if name != key}
        self.plan = {**plan, key: int(value)} if value else plan

    def on_all(self, *_: Any) -> None:
        """Try the whole smallest change out."""
        self.try_all()

    def on_drop(self, *_: Any) -> None:
        self.plan = {}

    # --- what is shown ------------------------------------------------------------------------

    def title(self) -> str:
        name = self._answers.community.name
        return self.say("planner_of", name=name) if name else self.say("planner")

    def body(self) -> str:
        """Where you stand, the smallest change, the plan, the ladder, and every other level."""
        now = self.planned.standing
        gates = ladder(self.planned, now.gates, self.lang, now.next)
        return (
            self._summary()
            + el("div", el("div", self._unlock(), self._plan(),
                           unfold(self.say("what_if"), self._levels(), "levels")),
                 el("div", gates), css="pb-split pb-halves")
        )  # fmt: skip

    def _summary(self) -> str:
        now, then = self.score, self.planned
        lines = [para(standing(now, self.lang), "pb-sentence")]
        if not self._answers.given:
            lines.append(para(self.say("plan_empty"), "pb-notice"))
        if self.plan:
            lines.append(
                para(
                    self.say(
                        "with_plan",
                        capability=milestone(then.standing.capability, self.lang),
                        before=range_text(now.total, self.lang),
                        after=range_text(then.total, self.lang),
                    ),
                    "pb-notice",
                )
            )
        return "".join(lines)

    def _name(self, key: str) -> str:
        return self.say("funnel_gate") if key == FUNNEL else self._criterion(key).name(self.lang)

    def _criterion(self, key: str) -> Criterion:
        return self.checklist.by_id[key]

    def _unlock(self) -> str:
        where = self.planned.standing
        if where.next is None:
            return para(self.say("all_open"))
        goal = milestone(where.next, self.lang)
        head = heading(self.say("smallest", goal=goal))
        if not where.unlock:
            return head + para(self.say("not_aimed"))
        rows = (self._step(step) for step in where.unlock)
        every = press("all", self.say("try_all"), look="main")
        return (
            head
            + para(self.say("smallest_hint"), "pb-hint")
            + el("ol", *rows, css="pb-plan")
            + every
        )

    def _step(self, step: Step) -> str:
        key = step.criterion or FUNNEL
        start = self.say("open_answer") if step.start is None else str(step.start)
        told = self.say("from_to", start=start, to=step.to)
        what = (
            self.say("funnel_do")
            if key == FUNNEL
            else self._criterion(key).say("action", self.lang)
        )
        button = press("raise", self.say("try"), key=key, value=str(step.to), about=self._name(key),
                       look="quiet")  # fmt: skip
        return el("li", el("b", esc(self._name(key))), " ", el("span", esc(told), css="pb-badge"),
                  button, para(what, "pb-hint"), k=key)  # fmt: skip

    def _plan(self) -> str:
        if not self.plan:
            return ""
        rows = []
        for key, level in self.plan.items():
            drop = press("raise", self.say("drop"), key=key, about=self._name(key),
                         look="quiet")  # fmt: skip
            goal = self.say("to_level", level=level)
            lines = []
            if key != FUNNEL:
                criterion = self._criterion(key)
                said = [criterion.say(part, self.lang) for part in ("first_step", "owner", "takes")]
                lines = [para(said[0]), para(" · ".join(said[1:]), "pb-hint")]
            rows.append(
                el("li", el("b", esc(self._name(key))), " ", el("span", esc(goal), css="pb-badge"),
                   drop, *lines, k=key)
            )  # fmt: skip
        clear = press("drop", self.say("drop_all"))
        return heading(self.say("plan")) + el("ol", *rows, css="pb-plan") + clear

    def _levels(self) -> str:
        shown = []
        for dimension in self.checklist.dimensions:
            picks = (self._pick(c) for c in self.checklist.of(dimension.id))
            head = heading(dimension.name(self.lang))
            shown.append(head + el("div", *picks, css="pb-grid", style=colour_of(dimension.id)))
        return para(self.say("what_if_hint"), "pb-hint") + "".join(shown)

    def _pick(self, criterion: Criterion) -> str:
        answer = self._answers.given.get(criterion.id)
        now = self.say("as_now", now=answer_words(answer, self.lang))
        least = -1 if answer is None or answer.level is None else answer.level
        options = [("", now)]
        for level, text in enumerate(criterion.say("levels", self.lang)):
            if level > least:
                options.append((str(level), f"{level}: {text}"))
        chosen = self.plan.get(criterion.id)
        return pick("raise", criterion.name(self.lang), options,
                    None if chosen is None else str(chosen), key=criterion.id)  # fmt: skip
