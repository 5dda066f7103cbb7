"""The funnel explorer: which business stage has a community reached, and, apart from that, what
would its members come to?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import traitlets

from playbook.errors import Fault, PlaybookError
from playbook.load import case_names, content, load_case
from playbook.present.sentences import amount as written
from playbook.scoring.funnel import Diagnosis, Economics, diagnose, economics
from playbook.widgets.controls import (
    amount,
    choice,
    el,
    esc,
    field,
    heading,
    items,
    para,
    press,
    unfold,
)
from playbook.widgets.page import Fields
from playbook.widgets.parts import redlines
from playbook.words import text

SAID = {"yes": True, "no": False, "unknown": None}
ENDS = ("low", "point", "high")


class FunnelExplorer(Fields):
    """
    Diagnose the business stage from a few questions; try member economics with their ranges.

    The two share no numbers. Traits: `replies` (question → True, False or None), `diagnosis`;
    `members`, `rates` and `prices` (step → [low, likely, high]), `result` (an `Economics`);
    `lang`. Set a trait to a wrong value and it is refused with a PlaybookError.
    """

    replies = traitlets.Dict()
    members = traitlets.Int(None, allow_none=True)
    rates = traitlets.Dict()
    prices = traitlets.Dict()
    diagnosis = traitlets.Any()
    result = traitlets.Any()
    part = traitlets.Enum(("stage", "economics"), "stage")

    def __init__(
        self, replies: Mapping[str, bool | None] | None = None, lang: str | None = None
    ) -> None:
        self._content = content("funnel")
        self._model = self._content["economics"]
        super().__init__(lang)
        self.diagnosis, self.result = diagnose({}), economics()
        if replies:
            self.replies = dict(replies)
        self.ready()

    def __repr__(self) -> str:
        stage, earns = self.diagnosis.stage, self.diagnosis.earning
        return f"FunnelExplorer(stage: {stage}, earning: {earns})"

    @traitlets.validate("replies")
    def _replies_offered(self, proposal: Any) -> dict[str, bool | None]:
        diagnose(proposal["value"])
        return dict(proposal["value"])

    @traitlets.observe("replies")
    def _replies_set(self, _: Any) -> None:
        self.diagnosis = diagnose(self.replies)
        self.announce(self._stage_sentence(self.diagnosis))
        self.draw()

    @traitlets.validate("members", "rates", "prices")
    def _amounts_offered(self, proposal: Any) -> Any:
        given = {"members": self.members, "rates": self.rates, "prices": self.prices}
        economics(**{**given, proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    @traitlets.observe("members", "rates", "prices")
    def _amounts_set(self, _: Any) -> None:
        self.result = economics(self.members, self.rates, self.prices)
        self.announce(self._money_sentence(self.result))
        self.draw()

    @traitlets.observe("part")
    def _part_set(self, _: Any) -> None:
        self.draw()

    # --- events -------------------------------------------------------------------------------

    def on_part(self, _: str, value: Any) -> None:
        self.part = str(value)

    def on_reply(self, key: str, value: Any) -> None:
        self.replies = {**self.replies, key: SAID.get(str(value))}

    def on_likely(self, key: str, value: Any) -> None:
        """A rate by its slider: the range grows where it has to."""
        low, _, high = self._range("rates", key)
        rate = float(value)
        self.rates = {**self.rates, key: [min(low, rate), rate, max(high, rate)]}

    def on_number(self, key: str, value: Any) -> None:
        """A number that was typed: members, or one end of a price or a rate."""
        with self.typed(key, str(value)):
            try:
                self._take(key, str(value).replace(",", "").replace("，", "").strip())
            except (ValueError, ArithmeticError) as error:
                if isinstance(error, PlaybookError):
                    raise
                raise PlaybookError([Fault("", "")]) from error

    def _take(self, key: str, given: str) -> None:
        if key == "members":
            self.members = int(given) if given else None
            return
        kind, step, end = key.split(":")
        ends = dict(zip(ENDS, self._range(kind, step), strict=True))
        # A rate is typed in per cent: the point moves two places, nothing is reckoned.
        number = Decimal(given.removesuffix("%").strip())
        ends[end] = float(number.scaleb(-2) if kind == "rates" else number)
        setattr(self, kind, {**getattr(self, kind), step: list(ends.values())})

    def on_afresh(self, *_: Any) -> None:
        """Back to the starting values."""
        self.drafts.clear()
        self.wrong.clear()
        self.members, self.rates, self.prices = None, {}, {}

    # --- what is shown ------------------------------------------------------------------------

    def title(self) -> str:
        return str(text(self._content, "name", self.lang))

    def body(self) -> str:
        """One half at a time: they share no numbers."""
        halves = (
            press("part", self.say(f"part_{name}"), value=name, css="pb-step",
                  aria_current="step" if name == self.part else None)
            for name in ("stage", "economics")
        )  # fmt: skip
        nav = el("nav", el("ol", *(el("li", half) for half in halves), css="pb-steps"),
                 aria_label=self.say("steps"))  # fmt: skip
        return nav + (self._stages() if self.part == "stage" else self._economics())

    def _stage(self, number: int | None) -> Mapping[str, Any] | None:
        return next((s for s in self._content["stage"] if s["id"] == str(number)), None)

    def _stage_sentence(self, found: Diagnosis) -> str:
        stage = self._stage(found.stage)
        if stage is None:
            return self.say("stage_none")
        earns = {True: "earns", False: "earns_not", None: "earns_unknown"}[found.earning]
        name = text(stage, "name", self.lang)
        return f"{self.say('stage_is', number=found.stage, name=name)} {self.say(earns)}"

    def _stages(self) -> str:
        asked = []
        for stage in self._content["stage"]:
            name = self.say("stage_name", number=stage["id"], name=text(stage, "name", self.lang))
            asked.append(heading(name))
            asked += [
                self._question(q)
                for q in self._content["question"]
                if str(q["stage"]) == stage["id"]
            ]
        return (
            para(text(self._content, "about", self.lang), "pb-hint")
            + el("div", el("div", *asked), self._beside(), css="pb-split")
            + heading(self.say("stages")) + "".join(self._card(s) for s in self._content["stage"])
        )  # fmt: skip

    def _question(self, question: Mapping[str, Any]) -> str:
        key = question["id"]
        said = {True: "yes", False: "no", None: "unknown"}[self.replies.get(key)]
        return choice(
            "reply",
            text(question, "text", self.lang),
            [(value, self.say(f"say_{value}")) for value in SAID],
            said if key in self.replies else None,
            key=key,
            hint=text(question, "hint", self.lang),
            css="pb-minor pb-row",
        )

    def _beside(self) -> str:
        found = self.diagnosis
        missing = [q for q in self._content["question"] if q["id"] in found.missing]
        parts = [
            heading(self.say("so_far")),
            para(self._stage_sentence(found), "pb-sentence"),
        ]
        if missing:
            following = self._stage(found.next)
            name = text(following, "name", self.lang) if following else ""
            parts.append(para(self.say("before_next", number=found.next, name=name)))
            parts.append(items(text(q, "text", self.lang) for q in missing))
        parts.append(
            unfold(self.say("reading"), para(text(self._content, "rule", self.lang)), "rule")
        )
        return el("aside", *parts, css="pb-beside", aria_label=self.say("so_far"))

    def _card(self, stage: Mapping[str, Any]) -> str:
        here = str(self.diagnosis.stage) == stage["id"]
        name = self.say("stage_name", number=stage["id"], name=text(stage, "name", self.lang))
        lists = (
            el("div", el("h5", esc(self.say(f"stage_{key}"))), items(text(stage, key, self.lang)))
            for key in ("entry", "signs", "measures", "earning")
        )
        told = (self._case(entry) for entry in stage.get("case", ()))
        inner = (
            el("div", *lists, css="pb-grid pb-top-aligned")
            + para(text(stage, "caution", self.lang), "pb-notice")
            + el("h5", esc(self.say("stage_cases"))) + el("ul", *told)
            + (self._redlines() if stage["id"] == "3" else "")
        )  # fmt: skip
        badge = el("span", esc(self.say("here")), css="pb-badge") if here else ""
        return el("details", el("summary", esc(name), " ", badge), inner, css="pb-card",
                  k=f"stage-{stage['id']}", open=here)  # fmt: skip

    def _case(self, entry: Mapping[str, Any]) -> str:
        known = entry["id"] in case_names()
        name = load_case(entry["id"]).name(self.lang) if known else entry["id"]
        by = self.say("by_source" if entry["by"] == "source" else "by_ours")
        plan = "" if entry["reached"] else f" {self.say('planned')}"
        return el("li", el("b", esc(name)), " ", el("span", esc(by + plan), css="pb-badge"), " ",
                  esc(text(entry, "why", self.lang)))  # fmt: skip

    def _redlines(self) -> str:
        head = el("h5", esc(text(content("redlines"), "name", self.lang)))
        return el("div", head, redlines(self.lang, "funnel", "crowdfunding"), css="pb-error")

    # --- member economics ---------------------------------------------------------------------

    def _range(self, kind: str, step: str) -> tuple[float, ...]:
        found = next(s for s in self.result.steps if s.id == step)
        values = found.rate if kind == "rates" else found.price
        return tuple(values or (0.0, 0.0, 0.0))

    def _spread(self, values: tuple[float, float, float]) -> str:
        low, point, high = (written(round(value), self.lang) for value in values)
        return low if low == high else self.say("spread", low=low, point=point, high=high)

    def _money_sentence(self, found: Economics) -> str:
        low, point, high = (written(round(v), self.lang) for v in found.revenue)
        return self.say("revenue", low=low, point=point, high=high, currency=found.currency)

    def _economics(self) -> str:
        found, texts = self.result, {s["id"]: s for s in self._model["step"]}
        weakest = text(texts[found.weakest], "name", self.lang) if found.weakest else ""
        return (
            el("div", para(text(self._model, "label", self.lang)), css="pb-notice")
            + para(self._money_sentence(found), "pb-sentence")
            + (para(self.say("weakest", name=weakest)) if weakest else "")
            + el("div", el("div", self._bars(texts)), el("div", self._amounts(texts)),
                 css="pb-split pb-halves")
            + unfold(self.say("about_model"), para(text(self._model, "about", self.lang))
                     + para(text(self._model, "note", self.lang)), "model")
        )  # fmt: skip

    def _bars(self, texts: Mapping[str, Any]) -> str:
        whole = max(self.result.steps[0].count[2], 1)
        rows = []
        for step in self.result.steps:
            name = text(texts[step.id], "name", self.lang)
            low, point, high = step.count
            sizes = f"--whole:{whole};--low:{low};--at:{point};--high:{high}"
            rate = self.say("rate_of", rate=_percent(step.rate[1])) if step.rate else ""
            money = ""
            if step.revenue:
                money = self.say(
                    "earns_about", money=self._spread(step.revenue), currency=self.result.currency
                )
            rows.append(
                el("li", el("span", el("b", esc(name)), " ", el("span", esc(rate), css="pb-hint")),
                   el("span", el("i", css="pb-fill"), el("i", css="pb-whisker"), css="pb-count",
                      style=sizes, aria_hidden="true"),
                   el("span", esc(self._spread(step.count)), css="pb-number"),
                   para(money, "pb-hint pb-small"),
                   css="pb-weak" if step.id == self.result.weakest else "")
            )  # fmt: skip
        return el("ol", *rows, css="pb-funnel")

    def _amounts(self, texts: Mapping[str, Any]) -> str:
        shown = [
            field("number", text(texts["members"], "name", self.lang),
                  self.drafts.get("members", written_plain(self.result.steps[0].count[0])),
                  key="members", hint=text(texts["members"], "meaning", self.lang),
                  problem=self.fault("members"), inputmode="numeric", maxlength=20)
        ]  # fmt: skip
        for step in self.result.steps[1:]:
            entry = texts[step.id]
            label = entry["rate"]["label"]
            rate = self._range("rates", step.id)
            of = text(texts[entry["rate"]["of"]], "name", self.lang)
            name = text(entry, "name", self.lang)
            mine = step.id in self.rates or step.id in self.prices
            badge = self.say("yours") if mine else self.say(f"label_{label}")
            inner = [
                el("h5", esc(name), " ", el("span", esc(badge), css="pb-badge")),
                para(text(entry, "meaning", self.lang), "pb-hint pb-small"),
                amount("likely", self.say("share_of", of=of), rate[1], _percent(rate[1]),
                       key=step.id, min=0, max=1, step=0.01),
                self._ends("rates", step.id, rate),
            ]  # fmt: skip
            if step.price is not None:
                inner.append(el("p", el("b", esc(self.say("price")))))
                inner.append(self._ends("prices", step.id, self._range("prices", step.id)))
            inner.append(para(text(entry["rate"], "note", self.lang), "pb-hint pb-small"))
            shown.append(el("div", *inner, css="pb-card", k=step.id))
        return "".join(shown) + press("afresh", self.say("afresh"))

    def _ends(self, kind: str, step: str, values: tuple[float, ...]) -> str:
        fields = []
        for end, value in zip(ENDS, values, strict=True):
            if kind == "rates" and end == "point":
                continue  # the slider's
            key = f"{kind}:{step}:{end}"
            shown = _percent(value) if kind == "rates" else f"{value:g}"
            fields.append(
                field("number", self.say(f"end_{end}"), self.drafts.get(key, shown), key=key,
                      problem=self.fault(key), inputmode="decimal", maxlength=20)
            )  # fmt: skip
        return el("div", *fields, css="pb-ends")


def _percent(rate: float) -> str:
    return f"{rate:.1%}".replace(".0%", "%")


def written_plain(value: float) -> str:
    """A number as it is typed."""
    return f"{value:.0f}"
