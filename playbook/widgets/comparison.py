"""The comparison: item by item with cases, what their sources say, and where they are silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from playbook.errors import PlaybookError
from playbook.library import Given, compare
from playbook.load import case_names, load_answers, load_case, sources
from playbook.model import Answer, Case
from playbook.present.document import link
from playbook.present.sentences import (
    answer_words,
    fact_value,
    milestone,
    range_text,
    source_word,
    word,
)
from playbook.scoring.compare import Comparison
from playbook.widgets.controls import (
    VIEW,
    column,
    el,
    esc,
    heading,
    items,
    name_of,
    para,
    pick,
    table,
    tick,
    unfold,
)
from playbook.widgets.page import Page
from playbook.widgets.store import own_answers
from playbook.words import say, text

FIRST = ("pinduoduo", "fandeng", "xiaomi")


class CaseComparison(Page):
    """
    Compare a community with cases of the casebook, criterion by criterion.

    `answers`: a dictionary, a file, or the id of a case; without it the answers that the
    self-assessment saved, else the first case stands in. `with_`: ids of cases.

    Traits: `chosen` (ids of cases), `criterion` and `case` (what is looked at in detail),
    `result` (a `Comparison`), `lang`.
    """

    chosen = traitlets.List(traitlets.Unicode())
    criterion = traitlets.Unicode("")
    case = traitlets.Unicode("")
    result = traitlets.Any()

    def __init__(
        self,
        answers: str | Path | Mapping[str, Any] | None = None,
        with_: str | Iterable[str] = FIRST,
        lang: str | None = None,
    ) -> None:
        super().__init__(lang)
        self._last: tuple[tuple[str, ...], Comparison] | None = None
        names = with_.split(",") if isinstance(with_, str) else with_
        wanted = [name.strip() for name in names if name.strip() != answers]
        own = own_answers() if answers is None else None
        self._given: Given = answers if answers is not None else own or wanted.pop(0)
        try:
            self.result = self._compare(wanted)
        except PlaybookError as error:
            if own is None:
                raise
            self._problem = error  # the person's own file: said, and left as it is
            self._given = wanted.pop(0)
            self.result = self._compare(wanted)
        self.chosen = wanted
        self.criterion = self.result.biggest_differences()[0]
        self.case = wanted[0] if wanted else case_names()[0]
        self.ready()

    def __repr__(self) -> str:
        return f"CaseComparison({' · '.join(s.id for s in self.result.subjects)})"

    def translate(self) -> None:
        """Cases have names in both languages."""
        self.result = self._compare(self.chosen)

    def _compare(self, names: list[str]) -> Comparison:
        key = (*names, self.lang)
        if self._last is None or self._last[0] != key:
            self._last = key, compare(self._given, names, lang=self.lang)
        return self._last[1]

    @traitlets.validate("chosen")
    def _chosen_offered(self, proposal: Any) -> list[str]:
        names = list(dict.fromkeys(proposal["value"]))
        self._compare(names)  # an unknown one raises
        return names

    @traitlets.validate("criterion", "case")
    def _detail_offered(self, proposal: Any) -> str:
        known = (
            self.result.checklist.by_id if proposal["trait"].name == "criterion" else case_names()
        )
        if proposal["value"] not in known:
            raise traitlets.TraitError(f"not one of {', '.join(known)}")
        return str(proposal["value"])

    @traitlets.observe("chosen", "criterion", "case")
    def _changed(self, change: Any) -> None:
        if change["name"] == "chosen":
            self.result = self._compare(self.chosen)
        self.draw()

    # --- events -------------------------------------------------------------------------------

    def on_with(self, key: str, value: Any) -> None:
        """A case comes in or goes out."""
        rest = [name for name in self.chosen if name != key]
        self.chosen = [*rest, key] if value else rest

    def on_criterion(self, _: str, value: Any) -> None:
        self.criterion = str(value)

    def on_case(self, _: str, value: Any) -> None:
        self.case = str(value)

    # --- what is shown ------------------------------------------------------------------------

    def title(self) -> str:
        return self.say("comparison")

    def body(self) -> str:
        """The differences, what each source says, one case over time, and what to be careful of."""
        from playbook.present import charts  # altair: not before it is asked for

        result, lang = self.result, self.lang
        key = tuple(subject.id for subject in result.subjects)
        dumbbells = ""
        if len(key) > 1:
            dumbbells = self.picture("differences", key, lambda: charts.differences(result, lang))
        warnings = (one["text"] for one in result.warnings(lang))
        return (
            self._cases() + self._totals() + dumbbells
            + el("div", heading(self.say("careful")), items(warnings), css="pb-notice")
            + self._item() + self._timeline(load_case(self.case))
        )  # fmt: skip

    def _cases(self) -> str:
        names = [n for n in case_names() if n != self._given]
        boxes = [
            tick("with", name_of(load_case(name).name(self.lang)), name in self.chosen, key=name)
            for name in names
        ]
        first = el("div", *boxes[:3], css="pb-ticks")
        rest = unfold(
            self.say("more_cases", n=len(boxes[3:])), el("div", *boxes[3:], css="pb-ticks"), "more"
        )
        legend = el("legend", esc(self.say("compare_with")))
        return el("fieldset", legend, first, rest if boxes[3:] else "", css="pb-choice pb-minor")

    def _totals(self) -> str:
        names = {s.id: s.name for s in self.result.subjects}
        rows = []
        for subject in self.result.subjects:
            cells = (el("td", range_text(part, self.lang)) for part in subject.dimensions.values())
            rows.append(
                el("tr", el("th", name_of(subject.name), scope="row"),
                   el("td", el("b", range_text(subject.total, self.lang))), *cells)
            )  # fmt: skip
        nearest = (
            el(
                "td",
                name_of(names[near])
                if near
                else el("span", esc(self.say("silent")), css="pb-hint"),
            )
            for near in self.result.nearest.values()
        )
        rows.append(
            el("tr", el("th", esc(self.say("nearest")), scope="row"), el("td", ""), *nearest)
        )
        heads = [self.say("community"), self.say("total")]
        heads += [d.name(self.lang) for d in self.result.checklist.dimensions]
        caption = self.say("totals", aim=milestone(self.result.aim, self.lang))
        return table(caption, map(column, heads), rows)

    def _item(self) -> str:
        checklist = self.result.checklist
        options = [
            (name, checklist.by_id[name].name(self.lang))
            for name in self.result.biggest_differences()
        ]
        criterion = checklist.by_id[self.criterion]
        texts = criterion.say("levels", self.lang)
        rows = (self._subject(place, texts) for place in range(len(self.result.subjects)))
        return el(
            "section",
            heading(self.say("item")),
            pick("criterion", self.say("which_criterion"), options, self.criterion),
            para(criterion.say("question", self.lang), "pb-hint"),
            el("dl", *rows, css="pb-lines"),
            css="pb-card",
            k="item",
        )

    def _subject(self, place: int, levels: list[str]) -> str:
        subject = self.result.subjects[place]
        given: Given = self._given if place == 0 else subject.id
        answers = load_answers(given, self.result.checklist, self.lang)[0]
        answer: Answer | None = answers.given.get(self.criterion)
        level = subject.levels[self.criterion]
        if level is None:
            plain = answer_words(answer, self.lang)
            told = self.say("silent_here") if subject.is_case else plain
            said = [el("span", esc(told), css="pb-hint")]
        else:
            said = [el("b", esc(answer_words(answer, self.lang))), f" {esc(levels[level])}"]
        if answer is not None and answer.note:
            said.append(el("p", name_of(answer.note), css="pb-hint pb-note"))
        raw = (answers.document.get("answers") or {}).get(self.criterion) or {}
        source = sources().get(raw.get("source") or "")
        if source:
            said.append(para(self.say("told_by", where=source["where"],
                                      confidence=word("confidence", raw.get("confidence") or "low",
                                                      self.lang)), "pb-small pb-hint"))  # fmt: skip
        if answer is not None and answer.url:
            said.append(el("p", link(answer.url.replace(VIEW, "\ufffd")), css="pb-small"))
        return el("div", el("dt", name_of(subject.name)), el("dd", *said), k=subject.id)

    def _timeline(self, case: Case) -> str:
        from playbook.present import charts

        options = [(name, load_case(name).name(self.lang)) for name in case_names()]
        try:
            charts.timeline(case, lang=self.lang)  # cheap: nothing is drawn yet
            drawn = self.picture("timeline", case.id, lambda: charts.timeline(case, lang=self.lang))
        except KeyError:
            drawn = ""
        return el(
            "section",
            heading(self.say("one_case")),
            pick("case", self.say("which_case"), options, case.id),
            para(case.say("summary", self.lang)),
            el("p", el("b", esc(self.say("lesson"))), " ", esc(case.say("lesson", self.lang))),
            para(case.say("caution", self.lang), "pb-notice"),
            drawn,
            unfold(self.say("patterns"), self._patterns(case), "patterns"),
            unfold(self.say("facts", n=len(case.facts)), self._facts(case), "facts"),
            css="pb-card",
            k=f"case-{case.id}",
        )

    def _patterns(self, case: Case) -> str:
        patterns = (
            self.say("pattern", kind=self.say(f"pattern_{p['id']}"), since=p["from"],
                     until=p.get("to") or self.say("today"), why=text(p, "why", self.lang))
            for p in case.patterns
        )  # fmt: skip
        places = (
            self.say("place_at", at=p["at"],
                     milestone=milestone(p.get("milestone") or "–", self.lang),
                     stage=p.get("funnel") or "–", why=text(p, "why", self.lang),
                     by=self.say("by_source" if p["by"] == "source" else "by_ours"))
            for p in case.places
        )  # fmt: skip
        return items([*patterns, *places])

    def _facts(self, case: Case) -> str:
        rows = []
        for fact in sorted(case.facts, key=lambda fact: str(fact["at"])):
            grade = say(f"chart.quality.{fact['quality']}", self.lang)
            trust = word("confidence", fact["confidence"], self.lang)
            where = source_word(fact["source"], "where")
            told = fact_value(fact, self.lang)
            rows.append(
                el("tr", el("th", esc(fact["at"]), scope="row"),
                   el("td", esc(text(fact, "what", self.lang)), " ", el("b", esc(told))),
                   el("td", esc(f"{grade}, {trust}")), el("td", esc(where)))
            )  # fmt: skip
        heads = (column(self.say(f"fact_{name}")) for name in ("at", "what", "trust", "where"))
        return table(self.say("facts", n=len(case.facts)), heads, rows)
