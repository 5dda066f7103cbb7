"""The self-assessment: one question at a time, the score beside it, nothing ever lost."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import traitlets

from playbook.errors import Fault, PlaybookError, refuse
from playbook.files import MAX_BYTES, clean, work_folder, write_whole
from playbook.load import load_answers, load_checklist
from playbook.present.sentences import answer_words, join, milestone, summary
from playbook.scoring.assess import Score, score_answers
from playbook.scoring.change import Change, changed
from playbook.widgets import screens
from playbook.widgets.page import Fields
from playbook.widgets.store import Store

FORMAT = "playbook-answers/1"
#: Digits as Chinese input methods type them, and what people put between thousands.
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789", ",，' _\u00a0")


class SelfAssessment(Fields):
    """
    Ask about a community, question by question, and show at once what the answers come to.

    `checklist`: its name. `path`: where the answers are kept (default: `<checklist>-answers.json`
    in the work folder); what is there is read, and saved again whole at every change. A faulty
    file is never written over. `lang`: "en" or "zh".

    Traits: `answers` (an answers document; set it to replace all), `score` (a `Score`), `at`
    (the step: "start", the id of a criterion, "check" or "result"), `lang`.
    """

    unreadable = "members_wrong"

    answers = traitlets.Dict()
    score = traitlets.Any()
    at = traitlets.Unicode("start")

    def __init__(
        self, checklist: str = "isooc", path: str | Path | None = None, lang: str | None = None
    ) -> None:
        self.checklist = load_checklist(checklist)
        self.ids = [criterion.id for criterion in self.checklist.active]
        self.store = Store(Path(path or work_folder() / f"{checklist}-answers.json"))
        self._moved: Change | None = None
        self._quiet = False
        super().__init__(lang)
        self._take(self._saved() or {"format": FORMAT, "checklist": checklist, "answers": {}})
        self.ready()

    def __repr__(self) -> str:
        asked = len(self.ids)
        return f"SelfAssessment({self.checklist.id}: {self.answered} of {asked} answered)"

    # --- for notebooks ------------------------------------------------------------------------

    def answer(
        self,
        criterion: str,
        level: int | None = None,
        *,
        unknown: bool = False,
        na: str | None = None,
        **more: Any,
    ) -> None:
        """
        Answer one question, as the buttons do: a level 0-3, `unknown=True`, or `na="by_choice"`.

        `more`: evidence, note, url. None of them: the answer is taken back. Bad input raises
        PlaybookError and changes nothing.
        """
        kept = {
            k: v for k, v in self.given(criterion).items() if k not in ("level", "unknown", "na")
        }
        given: dict[str, Any] = {**kept, **more}
        if level is not None:
            given["level"] = level
        elif unknown:
            given["unknown"] = True
        elif na is not None:
            given["na"] = na
        elif not more:
            given = {}
        document = deepcopy(self.answers)
        document["answers"][criterion] = given
        self._change(document)

    def about(self, **facts: Any) -> None:
        """Say who is assessed: name, members, members_kind, kind, scale, stage, earning."""
        document = deepcopy(self.answers)
        community = document["community"] = dict(document.get("community") or {})
        funnel = dict(community.get("funnel") or {})
        for key, value in facts.items():
            (funnel if key in ("stage", "earning") else community)[key] = value
        if funnel:
            community["funnel"] = funnel
        self._change(document)

    def go(self, step: str) -> None:
        """Show a step: "start", "check", "result", a criterion's id, or a dimension's."""
        if step not in ("start", "check", "result", *self.ids):
            step = next((c.id for c in self.checklist.of(step)), self.at)
        self.at = step

    def report(self) -> Path:
        """Write the report beside the answers and return its path."""
        from playbook.present.report import report_html  # draws pictures: not before it is asked

        name = "report" if self.checklist.id == "isooc" else f"{self.checklist.id}-report"
        path = self.store.path.parent / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, report_html(self.score, None, self.lang))
        return path

    @property
    def answered(self) -> int:
        """How many questions have an answer, unknown and not applicable included?"""
        return sum(name in self.answers["answers"] for name in self.ids)

    # --- what the screens ask -----------------------------------------------------------------

    def given(self, criterion: str) -> dict[str, Any]:
        """The answer to a question as it stands in the document; empty if there is none."""
        return dict(self.answers["answers"].get(criterion) or {})

    def chosen(self, criterion: str) -> str | None:
        """Which button is down: "0" to "3", "unknown", "na" or none?"""
        given = self.given(criterion)
        if f"na:{criterion}" in self.drafts or given.get("na"):
            return "na"
        if given.get("unknown"):
            return "unknown"
        return None if given.get("level") is None else str(given["level"])

    def first_open(self) -> str:
        """The first question without an answer, else the page that checks them."""
        return next((name for name in self.ids if name not in self.answers["answers"]), "check")

    def moved(self) -> str:
        """What did the last change do to the score, and why?"""
        change, said = self._moved, []
        if change is None:
            return ""
        if change.aim:
            said.append(self.say("moved_aim", aim=milestone(change.aim, self.lang)))
        if len(change.answers) == 1:
            name, old, new = change.answers[0]
            criterion = self.checklist.by_id[name]
            ends = [
                self.say(f"moved_{end}", delta=f"{float(by):+.1f}".replace("-", "−"))
                for end, by in (("low", change.low), ("high", change.high))
                if by
            ]
            said.append(
                self.say(
                    "moved",
                    moved=join(ends, self.lang) if ends else self.say("moved_nothing"),
                    dimension=self.checklist.dimension(criterion.dimension).name(self.lang),
                    name=criterion.name(self.lang),
                    before=answer_words(old, self.lang),
                    after=answer_words(new, self.lang),
                )
            )
        return " ".join(said)

    def title(self) -> str:
        return self.say("assessment", checklist=self.checklist.name(self.lang))

    def body(self) -> str:
        return screens.screen(self)

    # --- state --------------------------------------------------------------------------------

    def _saved(self) -> dict[str, Any] | None:
        """What was saved before; a file that cannot be read is put aside, and that is said."""
        try:
            return self.store.read(self.checklist)
        except PlaybookError as error:
            self._problem = error
            try:
                self._told = self.say("kept_aside", name=self.store.put_aside("broken").name)
            except PlaybookError as stuck:
                self._problem = PlaybookError([*error.faults, *stuck.faults])
            return None

    def _take(self, document: Mapping[str, Any]) -> None:
        """Make a document the present one, scored. Raises before anything has changed."""
        taken = {"format": FORMAT, **clean(deepcopy(dict(document)))}
        taken["answers"] = {k: v for k, v in (taken.get("answers") or {}).items() if v}
        answers, _ = load_answers(taken, self.checklist)
        scored = score_answers(self.checklist, answers)
        self._moved = changed(self.score, scored) if isinstance(self.score, Score) else None
        self._quiet = True
        try:
            self.answers, self.score = taken, scored
        finally:
            self._quiet = False

    def _change(self, document: Mapping[str, Any]) -> None:
        """Something was changed: check, score, save, show."""
        now = datetime.now(UTC)
        stamp = {
            "format": FORMAT,
            "id": document.get("id") or str(uuid4()),
            "saved": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "checklist": self.checklist.id,
            "content_version": self.checklist.version,
            "date": now.astimezone().date().isoformat(),
        }
        self._take({**document, **stamp})
        self._save()
        if moved := self.moved():
            self.announce(f"{moved} {summary(self.score, self.lang)[0]}")
        self.draw()

    def _save(self) -> None:
        """Save; where that fails, say so: the answers stay on the screen and in the trait."""
        try:
            aside = self.store.write(self.answers)
        except PlaybookError as error:
            self._problem = error
        else:
            if aside:
                self._told = self.say("kept_other", name=aside.name)

    @traitlets.observe("answers")
    def _answers_set(self, change: Any) -> None:
        if self._quiet:
            return
        try:
            self._change(change["new"])
        except PlaybookError:
            self._quiet = True  # refused as a whole: what was there stays
            self.answers = change["old"]
            self._quiet = False
            raise

    @traitlets.observe("at")
    def _stepped(self, _: Any) -> None:
        self._moved = None
        self.turn()
        self.draw()

    # --- events -------------------------------------------------------------------------------

    def on_go(self, _: str, value: Any) -> None:
        self.go(str(value))

    def on_next(self, _: str, value: Any) -> None:
        """Forward or back by one."""
        steps = ["start", *self.ids, "check", "result"]
        here = steps.index(self.at)
        self.at = steps[here - 1] if value == "back" else steps[here + 1]

    def on_level(self, key: str, value: Any) -> None:
        """One of the answers of a question was chosen."""
        if value == "na":
            # It counts once there is a reason; until then the former answer does.
            self.drafts[f"na:{key}"] = self.given(key).get("na") or ""
            self._moved = None
            return
        if value == "unknown":
            self.answer(key, unknown=True)
        else:
            self.answer(key, int(value))
        self.drafts.pop(f"na:{key}", None)

    def on_na(self, key: str, value: Any) -> None:
        """Why a question does not apply."""
        if value == "other" and not (self.given(key).get("note") or "").strip():
            self.drafts[f"na:{key}"] = "other"
            return
        self.answer(key, na=str(value))
        self.drafts.pop(f"na:{key}", None)

    def on_proof(self, key: str, value: Any) -> None:
        """How it is known, what it is, where it lies."""
        name, _, criterion = key.partition(":")
        given = self.given(criterion)
        more: dict[str, Any] = {name: str(value)}
        if self.drafts.get(f"na:{criterion}") == "other" and name == "note" and more[name].strip():
            self.answer(criterion, na="other", **more)  # the reason that was waited for
            self.drafts.pop(f"na:{criterion}")
            return
        self.answer(
            criterion,
            given.get("level"),
            unknown=given.get("unknown") is True,
            na=given.get("na"),
            **more,
        )

    def on_clear(self, key: str, _: Any) -> None:
        self.drafts.pop(f"na:{key}", None)
        self.answer(key)

    def on_about(self, key: str, value: Any) -> None:
        """A field of the first page."""
        text = str(value).strip()
        with self.typed(key, text):
            fact = self._fact(key, text)
            if key == "rater":
                self._change({**deepcopy(self.answers), "rater": fact})
            else:
                self.about(**{key: fact})

    def _fact(self, key: str, text: str) -> Any:
        if not text:
            return None
        if key == "members":
            digits = text.translate(_DIGITS)
            if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
                raise PlaybookError([Fault("", "", {})])
            return int(digits)
        if key == "stage":
            return int(text)
        return text == "yes" if key == "earning" else text

    def on_export(self, *_: Any) -> None:
        text = json.dumps(self.answers, ensure_ascii=False, indent=1) + "\n"
        self.offer(f"{self.checklist.id}-answers.json", text, "application/json")

    def on_import(self, key: str, value: Any) -> None:
        """Answers from a file: all of them or none; what was there is kept beside."""
        name = clean(Path(key.replace("\\", "/")).name)[:80] or "answers.json"
        if not isinstance(value, (bytes, bytearray, memoryview)):
            size = f"{float(value or 0) / 1e6:.1f}"
            raise refuse(name, "too_big", given=size, high=MAX_BYTES // 1_000_000)
        with tempfile.TemporaryDirectory() as folder:
            # Read from a file, as the command line does: the same care with encodings and size.
            path = Path(folder) / f"{Path(name).stem or 'answers'}.json"
            path.write_bytes(bytes(value))
            read, _ = load_answers(path, self.checklist)
        had = bool(self.answers["answers"]) and self.store.path.exists()
        kept = self.store.put_aside("before").name if had else ""
        self.drafts.clear()
        self.wrong.clear()
        self._take(read.document)
        self._save()
        self.at = "check"
        told = self.say("imported", name=name, n=self.answered)
        self.tell(told + (self.say("imported_kept", name=kept) if kept else ""))

    def on_report(self, *_: Any) -> None:
        path = self.report()
        self.offer(path.name, path.read_text(encoding="utf-8"), "text/html")
        self.tell(self.say("report_done", path=self.where(path)))
