"""Values of a model taken from one's own group: its events are read once, for every explorer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.errors import PlaybookError
from playbook.files import clean, data_folder
from playbook.growth.run import ON_NETWORKS
from playbook.present.sentences import amount
from playbook.widgets.bringing import Job, Upload
from playbook.widgets.controls import drop, el, esc, heading, name_of, para, press
from playbook.widgets.evidence import is_event_table, samples
from playbook.widgets.model_page import ModelPage
from playbook.widgets.progress import Progress
from playbook.words import text

if TYPE_CHECKING:
    from playbook.growth.cascade import Graph
    from playbook.people.calibrate import Calibration

#: Under this name the learner's file keeps what was estimated, for the explorers of all models.
OWN = "own-events"


def read(path: Path, tz: str, job: Job) -> Calibration:
    """What do events say about the values of the models? An export is imported first."""
    from playbook.people.calibrate import calibrate

    if is_event_table(path):
        return calibrate(path, tz=tz)
    from playbook.sources.api import import_events

    return calibrate(import_events(path, tz=tz, progress=job.progress, stop=job.stopped), tz=tz)


class OwnEvents(ModelPage):
    """The part of `ModelExplorer` that reads events. `calibrated`: what is in use of them."""

    def _begin_own(self) -> None:
        self.calibrated: dict[str, Mapping[str, Any]] = {}
        self.upload = Upload()
        self.own: Calibration | None = None
        self._name = ""
        self._graph: Graph | None = None

    def calibrate(self, events: Any, tz: str = "UTC", name: str = "") -> None:
        """
        Take what can be estimated from events, and run on their network where the model has one.

        `events`: an event table, an import, or what `playbook.calibrate` gave. Values that were
        changed by hand stay.
        """
        from playbook.people.calibrate import Calibration, calibrate

        self.own = events if isinstance(events, Calibration) else calibrate(events, tz=tz)
        self._name = name or Path(self.own.where).name
        self._graph = None
        self._remember()
        self.use(self.own.options(self.model))

    def use(self, calibrated: Mapping[str, Mapping[str, Any]]) -> None:
        """Run with these estimates; without any, with the values of content."""
        raise NotImplementedError

    def network(self) -> Graph | None:
        """One's own network, where the model runs on one and its estimates are in use."""
        if self.own is None or self.model not in ON_NETWORKS or not self.calibrated:
            return None
        if self._graph is None:
            from playbook.growth.cascade import graph_of

            ties = self.own.ties
            self._graph = graph_of(ties.a, ties.b, len(ties.names), ties.names, ties.met)
        return self._graph

    # --- what other explorers find ------------------------------------------------------------

    def _remember(self) -> None:
        from playbook.growth.base import models

        assert self.own is not None
        told = {name: options for name in models() if (options := self.own.options(name))}
        try:
            Progress("models", OWN, self._path).keep(name=self._name, options=told)
        except PlaybookError as error:
            self._problem = error

    def _remembered(self) -> tuple[str, Mapping[str, Any]]:
        """What was estimated in another explorer or last time: its name, and what is of use."""
        try:
            found = Progress("models", OWN, self._path).read()
        except PlaybookError:
            return "", {}
        options = found.get("options")
        mine = options.get(self.model) if isinstance(options, Mapping) else None
        return str(found.get("name", "")), mine if isinstance(mine, Mapping) else {}

    # --- events -------------------------------------------------------------------------------

    def on_piece(self, key: str, value: Any) -> None:
        """A piece of a file from the browser: asks for the next, or begins to read."""
        if self.job is not None:
            return
        wanted = self.upload.take(key, bytes(value or b""))
        if wanted is not None:
            self.send({"next": wanted, "view": self._view})
            return
        assert self.upload.path is not None
        tz = "Asia/Shanghai" if self.lang == "zh" else "UTC"
        self._read_later(self.upload.path, tz, clean(self.upload.name))

    def on_sample(self, _: str, value: Any) -> None:
        """One of the samples."""
        for entry in samples():
            if entry["id"] == value and self.job is None:
                path = data_folder() / "samples" / entry["file"]
                self._read_later(path, entry["tz"], str(text(entry, "name", self.lang)))

    def _read_later(self, path: Path, tz: str, name: str) -> None:
        self.doing, self._name = "reading", name
        self.job = Job(lambda job: read(path, tz, job))
        self.job.start()

    def on_remembered(self, *_: Any) -> None:
        """The values that another explorer has estimated."""
        self.use(self._remembered()[1])

    def on_without(self, *_: Any) -> None:
        """Back to the values of content."""
        self.use({})

    # --- screen -------------------------------------------------------------------------------

    def _own_events(self) -> str:
        """Where the estimates come from, or how to get some."""
        name, remembered = self._remembered()
        inner = []
        if self.calibrated:
            known = ", ".join(
                text(p, "name", self.lang)
                for p in self.result.entry["parameter"]
                if p["id"] in self.result.calibrated
            )
            told = self.say("own_used", n=len(self.result.calibrated), names=known)
            inner += [el("p", name_of(name), ": ", esc(told)), self._on_network(),
                      press("without", self.say("own_without"))]  # fmt: skip
        elif remembered:
            inner.append(el("p", esc(self.say("own_found")), " ", name_of(name)))
            inner.append(press("remembered", self.say("own_take"), css="pb-button pb-main"))
        if self.job is not None and self.doing == "reading":
            inner.append(self._running(self.say("reading")))
        else:
            inner.append(drop("piece", self.say("own_choose"), self.say("own_hint")))
            tries = (
                press("sample", self.say("own_sample", name=text(entry, "name", self.lang)),
                      value=entry["id"], css="pb-button pb-small")
                for entry in samples()
            )  # fmt: skip
            inner.append(el("div", *tries, css="pb-buttons"))
        return el("section", heading(self.say("own")), para(self.say("own_about")), *inner,
                  k="own", aria_label=self.say("own"))  # fmt: skip

    def _on_network(self) -> str:
        if self.model not in ON_NETWORKS:
            return ""
        found = self.result.network
        if found is None:
            return para(self.say("own_no_network"), "pb-hint")
        told = {key: amount(found[key], self.lang) for key in ("people", "ties")}
        return para(self.say("own_network", **told))
