"""Exercises and predictions of the course: tried as often as you like, kept at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import traitlets

from playbook import model
from playbook.errors import PlaybookError, quote, refuse
from playbook.load import case_names, load_case, load_exercise, sources
from playbook.present.verdict import Point, Verdict, answer_said, verdict
from playbook.scoring.exercises import Grade, grade
from playbook.widgets.controls import (
    buttons,
    choice,
    el,
    esc,
    field,
    heading,
    items,
    name_of,
    para,
    press,
    tick,
    unfold,
)
from playbook.widgets.page import Page
from playbook.widgets.progress import Progress

_HERE = Path(__file__).parent
COURSE_CSS = (_HERE / "course.css").read_text(encoding="utf-8")
#: Digits and signs as Chinese input methods type them.
_DIGITS = str.maketrans("０１２３４５６７８９．，％－", "0123456789.,%-")
_LARGE = {"": 1, "%": 1, "千": 1e3, "万": 1e4, "亿": 1e8}
_NUMBER = re.compile(r"(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?)([%千万亿]?)")


def read_number(text: str) -> float | None:
    """
    Which number did a person type? None where it is none.

    >>> read_number("1,200"), read_number("４５ 万"), read_number("a few")
    (1200.0, 450000.0, None)
    """
    found = _NUMBER.fullmatch(re.sub(r"[\s_\u00a0]", "", text.translate(_DIGITS)))
    if found is None or len(text) > 40:
        return None
    value = float(found[1].replace(",", "")) * _LARGE[found[2]]
    return value if isfinite(value) else None


def _written(answer: Any) -> Any:
    """An answer as it stands on the screen: a number is what a person would type."""
    if isinstance(answer, (int, float)):
        return str(int(answer)) if answer == int(answer) else str(answer)
    return answer if isinstance(answer, str) else list(answer)


def scrambled(exercise: model.Exercise) -> list[str]:
    """The ids of an `order` exercise as they first stand: mixed, the same for everybody."""
    right = [option.id for option in exercise.options]

    def mark(name: str) -> str:
        return hashlib.sha256(f"{exercise.id} {name}".encode()).hexdigest()

    mixed = sorted(right, key=mark)
    return mixed if mixed != right else right[::-1]


class _Asked(Page):
    """What an exercise and a prediction share: the question, what is chosen, the file."""

    _css = Page._css + COURSE_CSS
    words = "exercise"
    part = ""

    def __init__(
        self,
        exercise: str | model.Exercise,
        path: str | Path | None = None,
        lang: str | None = None,
    ) -> None:
        self.exercise = load_exercise(exercise) if isinstance(exercise, str) else exercise
        self.progress = Progress(self.part, self.exercise.id, path)
        self.draft: Any = self._empty()
        self.wrong = ""  # the word that says what is wrong with it
        super().__init__(lang)
        self._restore()
        self.ready()

    def __repr__(self) -> str:
        # The same before and after answering, so that a checked notebook stays as it is.
        return f"{type(self).__name__}({self.exercise.id})"

    def title(self) -> str:
        """What is to be done."""
        return self.say(f"kind_{self.exercise.kind}")

    # --- state --------------------------------------------------------------------------------

    def _empty(self) -> Any:
        return {"many": [], "order": scrambled(self.exercise)}.get(self.exercise.kind, "")

    def _restore(self) -> None:
        try:
            entry = self.progress.read()
        except PlaybookError as error:
            self._problem = error
            self._told = self.say("broken")
        else:
            self._take(entry)

    def _take(self, entry: Mapping[str, Any]) -> None:
        raise NotImplementedError

    def _readable(self, answer: Any) -> bool:
        """Can an answer of the file still be judged? The exercise may have changed since."""
        try:
            grade(self.exercise, answer)
        except PlaybookError:
            return False
        return True

    def _keep(self, **entry: Any) -> None:
        """Save; where that fails, say so: the answer stays on the screen."""
        try:
            self.progress.keep(**entry)
        except PlaybookError as error:
            self._problem = error

    # --- parts of the page --------------------------------------------------------------------

    def _question(self) -> str:
        kind, text = self.exercise.kind, self.exercise.say("question", self.lang)
        if kind in ("one", "predict"):
            options = [(o.id, o.say("text", self.lang)) for o in self.exercise.options]
            return choice("choose", text, options, str(self.draft or ""), key=self.exercise.id,
                          problem=self._wrong())  # fmt: skip
        if kind == "many":
            inner = [tick("tick", esc(o.say("text", self.lang)), o.id in self.draft, key=o.id)
                     for o in self.exercise.options]  # fmt: skip
            return self._group(text, para(self._wrong(), "pb-wrong"), *inner)
        if kind == "order":
            rows = [self._row(place, name) for place, name in enumerate(self.draft)]
            return self._group(text, el("ol", *rows, css="pb-order"))
        if kind == "number":
            unit = self.exercise.say("unit", self.lang)
            label = self.say("number_unit", unit=unit) if unit else self.say("number")
            asked = field("write", label, self.draft, problem=self._wrong(), inputmode="decimal",
                          maxlength=40)  # fmt: skip
        else:
            asked = field("write", self.say("text"), self.draft, rows=4, maxlength=20000,
                          hint=self.say("text_hint"), problem=self._wrong())  # fmt: skip
        return heading(text) + asked

    def _wrong(self) -> str:
        return self.say(self.wrong) if self.wrong else ""

    def _refuse(self, word: str) -> None:
        """Nothing to judge yet: say so beside the question, and count nothing."""
        self.wrong = word
        self.announce(self.say(word))

    def _group(self, text: str, *inner: str) -> str:
        return el("fieldset", el("legend", heading(text)), *inner, css="pb-choice", k="question")

    def _row(self, place: int, name: str) -> str:
        """One item to put in order. Its buttons keep their place in the tab order at the ends."""
        text = next(o.say("text", self.lang) for o in self.exercise.options if o.id == name)
        ends = {"up": place == 0, "down": place == len(self.draft) - 1}
        moves = (
            press("move", self.say(way), key=name, value=way, about=text,
                  aria_disabled="true" if end else None)
            for way, end in ends.items()
        )  # fmt: skip
        number = el("b", str(place + 1), aria_hidden="true")
        return el("li", number, el("span", esc(text)), el("span", *moves, css="pb-moves"), k=name)

    def _about(self) -> str:
        """The case it is about, and a hint for those who want it."""
        case, hint = self.exercise.case, self.exercise.say("hint", self.lang)
        shown = ""
        if case and case in case_names():
            name = load_case(case).name(self.lang)
            shown = para(self.say("about", case=name), "pb-hint pb-small")
        return shown + (unfold(self.say("hint"), para(hint), "hint") if hint else "")

    def _verdict(self, found: Verdict, head: str, before: str = "") -> str:
        """Sign and sentence, what each chosen option has to say, and what to take from it."""
        said = ""
        if found.sentence:
            sign = el("span", found.sign, css="pb-sign", aria_hidden="true")
            said = el("p", sign, esc(found.sentence), css="pb-says")
        points = el("ul", *map(self._point, found.points), css="pb-points")
        known = [sources()[name] for name in self.exercise.source if name in sources()]
        read = items(f"{s['title']} ({s['author']})" if s.get("author") else s["title"]
                     for s in known)  # fmt: skip
        label = "" if self.exercise.kind == "discuss" else self.say("learn")
        learn = el("strong", esc(label)) + el("br") if label else ""
        return el(
            "div",
            heading(head, css="pb-small pb-muted"),
            before,
            said,
            points if found.points else "",
            el("p", learn, esc(found.explain), css="pb-learn") if found.explain else "",
            unfold(self.say("sources"), read, "sources") if known else "",
            css=f"pb-verdict pb-is-{found.state}",
            k="verdict",
        )

    def _point(self, point: Point) -> str:
        """What a chosen option has to say; a guess, which stands above, is not named again."""
        if self.exercise.kind == "predict":
            return el("li", para(point.said, "pb-says"), css="pb-plain")
        told = para(point.name, "pb-hint") + para(point.said)
        if not point.sign:
            return el("li", told, css="pb-plain")
        return el("li", el("span", esc(point.sign), aria_hidden="true"), el("div", told))

    def _status(self, *said: str) -> str:
        when = self.progress.when()
        saved = self.say("saved", when=when) if when else ""
        shown = (el("span", esc(text)) for text in (*said, saved) if text)
        return el("p", *shown, css="pb-status pb-small")

    # --- events -------------------------------------------------------------------------------

    def _changed(self) -> None:
        """Something was chosen or typed, and not checked yet."""

    def on_choose(self, _: str, value: Any) -> None:
        self.draft, self.wrong = str(value), ""

    def on_tick(self, key: str, value: Any) -> None:
        chosen = {*self.draft, key} if value is True else set(self.draft) - {key}
        self.draft = [o.id for o in self.exercise.options if o.id in chosen]
        self.wrong = ""

    def on_move(self, key: str, value: Any) -> None:
        """An item went up or down by one."""
        order = list(self.draft)
        here = order.index(key)
        there = max(0, min(here + (1 if value == "down" else -1), len(order) - 1))
        order.insert(there, order.pop(here))
        self.draft = order
        text = next(o.say("text", self.lang) for o in self.exercise.options if o.id == key)
        self.announce(self.say("moved", text=text, place=there + 1, all=len(order)))

    def on_write(self, _: str, value: Any) -> None:
        self.draft, self.wrong = str(value or ""), ""
        self._changed()


class Exercise(_Asked):
    """
    Ask one exercise of the course, say why an answer is right or wrong, and keep it.

    `exercise`: its id (or a `model.Exercise`). `path`: the learner's file (default: the one in
    the work folder). Traits: `answer` (the last that was checked, None before), `credit` (0 to 1,
    None where nothing is right or wrong), `tries`, `lang`.
    """

    part = "exercises"
    answer = traitlets.Any()
    credit = traitlets.Float(None, allow_none=True)
    tries = traitlets.Int(0)

    def check(self, answer: Any = None) -> Grade:
        """
        Try an answer, as the button does: an id, a list of ids, a number or a text; count it.

        None: what is chosen on the screen. An answer of another shape raises PlaybookError, is
        not counted and changes nothing.
        """
        given = self._given() if answer is None else answer
        found = grade(self.exercise, given, self.lang)
        self._count()
        self.answer, self.credit, self.tries = given, found.credit, self.tries + 1
        if answer is not None:
            self.draft = _written(answer)
        self._best = max((c for c in (self._best, found.credit) if c is not None), default=None)
        self._save()
        self.draw()
        return found

    @property
    def feedback(self) -> tuple[str, ...]:
        """What is said of the last answer; empty before the first."""
        return () if self.answer is None else grade(self.exercise, self.answer, self.lang).feedback

    # --- state --------------------------------------------------------------------------------

    _best: float | None = None

    def _take(self, entry: Mapping[str, Any]) -> None:
        answer, tries, best = entry.get("answer"), entry.get("tries"), entry.get("best")
        if answer is None or not self._readable(answer):
            return
        if isinstance(tries, int) and not isinstance(tries, bool) and tries > 0:
            self.answer, self.tries = answer, tries
            self.credit = grade(self.exercise, answer).credit
            known = isinstance(best, (int, float)) and not isinstance(best, bool)
            self._best = float(best) if known else self.credit  # type: ignore[arg-type]
        self.draft = _written(answer)

    def _count(self) -> None:
        """The same exercise may be open twice: count on from the file."""
        try:
            tries = self.progress.read().get("tries")
        except PlaybookError:
            return
        if isinstance(tries, int) and not isinstance(tries, bool):
            self.tries = max(self.tries, tries)

    def _save(self) -> None:
        self._keep(answer=self.answer, credit=self.credit, tries=self.tries, best=self._best)

    def _given(self) -> Any:
        """What is on the screen, as an answer; PlaybookError where there is none yet."""
        if self.exercise.kind == "number":
            number = read_number(str(self.draft))
            if number is None:
                raise refuse(self.exercise.id, "number", given=quote(self.draft))
            return number
        return list(self.draft) if isinstance(self.draft, list) else self.draft

    def _changed(self) -> None:
        if self.exercise.kind == "discuss":
            # Saved while it is typed: there is no answer to check, only text to lose.
            self.answer = self.draft if self.tries else None
            self._keep(answer=self.draft, credit=None, tries=self.tries, best=None)

    # --- screen -------------------------------------------------------------------------------

    def body(self) -> str:
        """The question, the button, and what is said of the last answer."""
        kind = self.exercise.kind
        word = "compare" if kind == "discuss" else "check_again" if self.tries else "check"
        button = press("check", self.say(word), look="main")
        shown = ""
        if self.tries:
            told = self._verdict(verdict(self.exercise, self.answer, self.lang), *self._head())
            counted = "" if kind == "discuss" else self.say("tries", n=self.tries)
            shown = told + self._status(counted)
        else:
            free = "" if kind == "discuss" else self.say("as_often")
            shown = self._status(free)
        return el("div", self._question(), self._about(), buttons(button),
                  shown, css="pb-lesson", k="asked")  # fmt: skip

    def _head(self) -> tuple[str, str]:
        """Over the verdict; and the answer it is about, where the points do not name it."""
        if self.exercise.kind == "number":
            told = answer_said(self.exercise, self.answer, self.lang)
            return self.say("yours", answer=told), ""
        return self.say("compare" if self.exercise.kind == "discuss" else "last_try"), ""

    def on_check(self, *_: Any) -> None:
        """The button: judge what is chosen."""
        empty = not (self.draft.strip() if isinstance(self.draft, str) else self.draft)
        if self.exercise.kind == "number" and read_number(str(self.draft)) is None:
            self._refuse("number_wrong")
        elif empty:
            self._refuse("no_text" if self.exercise.kind == "discuss" else "none")
        else:
            self.check()
            self.announce(" ".join(verdict(self.exercise, self.answer, self.lang).lines()))


class Predict(_Asked):
    """
    Ask for a guess before something is shown, then show what was found. The first guess stays.

    Traits: `guess` (the option looked at, None before), `first` (the first guess), `lang`.
    """

    part = "predictions"
    guess = traitlets.Unicode(None, allow_none=True)
    first = traitlets.Unicode(None, allow_none=True)

    def reveal(self, guess: str | None = None) -> Grade:
        """Take a guess (default: what is chosen on the screen) and return what was found."""
        given = str(self.draft) if guess is None else guess
        found = grade(self.exercise, given, self.lang)
        if self.first is None:
            self.first = given
        self.guess = self.draft = given
        self._keep(answer=self.guess, first=self.first)
        self.draw()
        return found

    @property
    def feedback(self) -> tuple[str, ...]:
        """What was found; empty before a guess."""
        return () if self.guess is None else grade(self.exercise, self.guess, self.lang).feedback

    def _take(self, entry: Mapping[str, Any]) -> None:
        guess, first = entry.get("answer"), entry.get("first")
        if isinstance(guess, str) and self._readable(guess):
            self.guess = self.draft = guess
            self.first = first if isinstance(first, str) and self._readable(first) else guess

    def body(self) -> str:
        """The question, the button, and, after the guess, what was found."""
        word = "reveal" if self.guess is None else "guess_again"
        same = self.guess is not None and self.guess == self.draft
        button = press("reveal", self.say(word), look="main",
                       aria_disabled="true" if same else None)  # fmt: skip
        shown = self._status(self.say("guess_free"))
        if self.guess is not None:
            found = verdict(self.exercise, self.guess, self.lang)
            shown = self._verdict(found, self.say("found"), self._guesses()) + self._status()
        return el("div", self._question(), self._about(), buttons(button),
                  shown, css="pb-lesson", k="asked")  # fmt: skip

    def _guesses(self) -> str:
        def line(word: str, option: str | None) -> str:
            told = answer_said(self.exercise, option, self.lang)
            return el("p", name_of(self.say(word, guess=told)), css="pb-hint")

        later = line("now_guess", self.guess) if self.guess != self.first else ""
        return line("first_guess", self.first) + later

    def on_reveal(self, *_: Any) -> None:
        if not self.draft:
            self._refuse("none")
            return
        self.announce(" ".join(self.reveal().feedback))
