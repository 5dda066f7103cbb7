"""Values of a model taken from one's own group: its events are read once, for every explorer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.errors import PlaybookError, refuse
from playbook.files import clean, data_folder
from playbook.growth.base import StoppedError
from playbook.growth.run import ON_NETWORKS, run
from playbook.present.sentences import amount
from playbook.widgets.bringing import Job, Upload
from playbook.widgets.controls import buttons, drop, el, esc, name_of, para, press
from playbook.widgets.evidence import is_event_table, samples
from playbook.widgets.model_page import running
from playbook.widgets.page import Fields
from playbook.widgets.progress import Progress
from playbook.words import text

if TYPE_CHECKING:
    from playbook.growth.cascade import Graph
    from playbook.growth.simulation import Simulation
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


class OwnEvents(Fields):
    """The part of `ModelExplorer` that reads events. `calibrated`: what is in use of them."""

    model: str
    result: Any
    job: Job | None = None
    doing = ""
    _path: str | Path | None
    _cache: dict[str, Simulation]

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

    def cut(self, **watch: Any) -> Simulation:
        """Split one's own network along its ties, here and now: a second or more, no slider."""
        network = self.graph()
        if network is None:
            raise refuse("", "no_network")
        now = self._now()
        asked = {**now["values"], "groups": self._parts()}
        return self._run({**now, "values": asked}, network=network, **watch)

    def _parts(self) -> int:
        """Into how many parts: as was asked, else into two."""
        return int(self.result.values["groups"] or 2)

    def graph(self) -> Graph | None:
        """One's own network; None before events were read."""
        if self.own is None:
            return None
        if self._graph is None:
            from playbook.growth.cascade import graph_of

            ties = self.own.ties
            self._graph = graph_of(ties.a, ties.b, len(ties.names), ties.names, ties.met)
        return self._graph

    def _now(self) -> dict[str, Any]:
        raise NotImplementedError

    def _run(
        self, one: Mapping[str, Any], network: Graph | None = None, **watch: Any
    ) -> Simulation:
        """Run these values, with the estimates in them. A cascade is quick on any network."""
        own = one.get("calibrated", {})
        if own and self.model == "fission":
            network = self.graph()
        return run(self.model, one["seed"], network=network, calibrated=own, **watch,
                   **one["values"])  # fmt: skip

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
        if not self.takes(self.upload, key, value):
            return
        assert self.upload.path is not None
        tz = "Asia/Shanghai" if self.lang == "zh" else "UTC"
        self._read_later(self.upload.path, tz, clean(self.upload.name))

    def on_sample(self, _: str, value: Any) -> None:
        for entry in samples():
            if entry["id"] == value and self.job is None:
                path = data_folder() / "samples" / entry["file"]
                self._read_later(path, entry["tz"], str(text(entry, "name", self.lang)))

    def _read_later(self, path: Path, tz: str, name: str) -> None:
        self._name = name
        self.begin("reading", lambda job: read(path, tz, job))

    def begin(self, doing: str, work: Callable[[Job], Any]) -> None:
        """Long work in a thread: the page asks how far it is."""

        def watched(job: Job) -> Any:
            try:
                return work(job)
            except StoppedError:
                return "stopped"

        self.doing, self.job = doing, Job(watched)
        self.job.start()

    def on_remembered(self, *_: Any) -> None:
        """The values that another explorer has estimated."""
        self.use(self._remembered()[1])

    def on_cut(self, *_: Any) -> None:
        """Cut one's own network, in the background."""
        self.begin("more", lambda job: self.cut(progress=job.progress, stop=job.stopped))

    def on_without(self, *_: Any) -> None:
        """Back to the values of content."""
        self.use({})

    # --- screen -------------------------------------------------------------------------------

    def own_events(self: Any) -> str:
        """Where the estimates come from, or how to get some; nothing where no event can help."""
        if not any("calibrate" in p for p in self.result.entry["parameter"]):
            return ""
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
            inner.append(press("remembered", self.say("own_take"), look="main"))
        reading = self.job is not None and self.doing == "reading"
        if reading:
            inner.append(running(self, self.say("reading")))
        else:
            inner.append(drop("piece", self.say("own_choose"), self.say("own_hint")))
            tries = (
                press("sample", self.say("own_sample", name=text(entry, "name", self.lang)),
                      value=entry["id"], look="small")
                for entry in samples()
            )  # fmt: skip
            inner.append(buttons(*tries))
        known_of = bool(self.calibrated or remembered or reading)
        return el("details", el("summary", esc(self.say("own"))), para(self.say("own_about")),
                  *inner, k="own", open=known_of or None)  # fmt: skip

    def _on_network(self) -> str:
        if self.model not in ON_NETWORKS:
            return ""
        if self.own is None:
            return para(self.say("own_no_network"), "pb-hint")
        if self.model == "sizing" and self.result.results["split"] is None:
            return press("cut", self.say("own_cut", n=self._parts()))
        found = self.result.network
        told = {key: amount(found[key], self.lang) for key in ("people", "ties")}
        return para(self.say("own_network", **told))
