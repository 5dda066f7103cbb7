"""The explorer of a model: move a value and read what happens, before anybody is asked to do it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from playbook import check
from playbook.errors import PlaybookError, refuse
from playbook.files import parse_json
from playbook.growth.base import model, models, values
from playbook.growth.run import rerun, run
from playbook.growth.simulation import Simulation
from playbook.present.model_files import document, scenario_sheet, spreadsheet
from playbook.widgets import model_page
from playbook.widgets import model_parts as parts
from playbook.widgets.exercise import read_number
from playbook.widgets.model_own import OwnEvents
from playbook.widgets.progress import Progress
from playbook.words import text

#: So many scenarios fit side by side.
MOST = 5
#: What "more tries" means, for the models that have a number of tries.
OFTEN = {"fission": {"runs": 20_000, "network_runs": 200}}


class ModelExplorer(OwnEvents):
    """
    Try a model: its values by slider or number, the sentence, the picture, the table.

    `name`: the model's id; None: it is chosen in the widget. `path`: the learner's file. Further
    options are first values; without any, what was tried last time is there again. Traits:
    `values` (what was changed: parameter → value) and `seed`, where a wrong one is refused with a
    PlaybookError and changes nothing; `result` (a `Simulation`), `scenarios` (name → {"seed",
    "values"}), `lang`.
    """

    _css = OwnEvents._css + (Path(__file__).parent / "models.css").read_text(encoding="utf-8")
    words = "explore"

    values = traitlets.Dict()
    seed = traitlets.Int(7)
    scenarios = traitlets.Dict()
    result = traitlets.Any()

    def __init__(
        self,
        name: str | None = None,
        *,
        seed: int = 7,
        path: str | Path | None = None,
        lang: str | None = None,
        **first: Any,
    ) -> None:
        self.choosing = name is None
        self._path = path
        self._loading = True
        self._begin_own()
        super().__init__(lang)
        self._open(model(name or next(iter(models())))["id"], seed, first)
        self.ready()

    def __repr__(self) -> str:
        # The same whatever a person tried, so that a checked notebook stays as it is.
        return f"ModelExplorer({self.model})"

    def title(self) -> str:
        return str(text(self.result.entry, "name", self.lang))

    def body(self) -> str:
        return model_page.body(self)

    # --- for notebooks and tests --------------------------------------------------------------

    def set(self, **changed: Any) -> Simulation:
        """Change some values, as the sliders do. Gives the new run."""
        self.values = {**self.values, **changed}
        return self.result  # type: ignore[no-any-return]

    def keep(self, name: str) -> None:
        """Put the present values beside the others, under a name; the same name replaces."""
        name = " ".join(name.split())[:40]
        if not name:
            raise refuse("", "no_name")
        if name not in self.scenarios and len(self.scenarios) >= MOST:
            raise refuse("", "too_many_scenarios", high=MOST)
        self.scenarios = {**self.scenarios, name: self._now()}

    def runs(self) -> dict[str, Simulation]:
        """Every scenario, run; what is on the screen comes last."""
        found = {name: self._again(one) for name, one in self.scenarios.items()}
        mine = [name for name, one in self.scenarios.items() if one == self._now()]
        last = mine[0] if mine else self.say("now")
        found.pop(last, None)
        return {**found, last: self.result}

    def more(self) -> Simulation:
        """The same values, tried more often, here and now."""
        self.result = self._try_often()
        self.draw()
        return self.result  # type: ignore[no-any-return]

    # --- state --------------------------------------------------------------------------------

    def _now(self) -> dict[str, Any]:
        own = {"calibrated": dict(self.calibrated)} if self.calibrated else {}
        return {"seed": self.seed, "values": dict(self.values), **own}

    def _again(self, one: Mapping[str, Any]) -> Simulation:
        key = json.dumps(one, sort_keys=True, default=str)
        if key not in self._cache:
            self._cache[key] = self._run(one)
        return self._cache[key]

    def use(self, calibrated: Mapping[str, Mapping[str, Any]]) -> None:
        """Run with these estimates; without any, with the values of content."""
        before, self.calibrated = self.calibrated, dict(calibrated)
        try:
            self._made = self._run(self._now())
        except (PlaybookError, TypeError, KeyError, AttributeError):
            self.calibrated = before
            raise
        self._cache.clear()
        self._changed(None)

    def _open(self, name: str, seed: int = 7, first: Mapping[str, Any] | None = None) -> None:
        """Begin with a model: with the values given, else with what was kept of it."""
        self.progress = Progress("models", name, self._path)
        if first:
            self._load(name, {"seed": seed, "values": first})
            return
        try:
            kept = self.progress.read() or {"seed": seed}
            self._load(name, kept)
        except (PlaybookError, TypeError, AttributeError, traitlets.TraitError):
            # Content has changed since, or somebody else wrote it: begin anew, and say so.
            self._told = self.say("kept_unfit")
            self._load(name, {"seed": seed})

    def _load(self, name: str, kept: Mapping[str, Any]) -> None:
        """Set everything at once; what cannot be run is refused before anything changes."""
        seed, given = kept.get("seed", 7), dict(kept.get("values", {}))
        own = dict(kept.get("calibrated", {}))
        graph = self.graph() if own and name == "fission" else None
        made = run(name, seed, network=graph, calibrated=own, **given)
        others = {
            str(key): {part: one[part] for part in ("seed", "values", "calibrated") if part in one}
            for key, one in kept.get("scenarios", {}).items()
            if isinstance(one["seed"], int) and values(name, **one["values"])
        }
        self._loading, self.model, self.calibrated = True, name, own
        self.drafts, self.wrong, self._cache = {}, {}, {}
        self._stop()
        self.values, self.seed, self.scenarios, self.result = given, seed, others, made
        self._loading = False

    @traitlets.validate("values", "seed")
    def _offered(self, proposal: Any) -> Any:
        if not self._loading:
            now = {**self._now(), proposal["trait"].name: proposal["value"]}
            self._made = self._run(now)
        return proposal["value"]

    @traitlets.observe("values", "seed")
    def _changed(self, _: Any) -> None:
        if self._loading:
            return
        self._stop()
        self.result = self._made
        self._save()
        self.announce(" ".join(parts.findings(self.result, self.lang)[0]))
        self.draw()

    @traitlets.observe("scenarios")
    def _scenarios_changed(self, _: Any) -> None:
        if not self._loading:
            self._save()
            self.draw()

    def _save(self) -> None:
        try:
            self.progress.keep(**self._now(), scenarios=self.scenarios)
        except PlaybookError as error:
            self._problem = error

    # --- events: values -----------------------------------------------------------------------

    def on_model(self, _: str, value: Any) -> None:
        self._open(str(value))

    def on_slide(self, key: str, value: Any) -> None:
        whole = self._parameter(key)["kind"] == "integer"
        self._put(key, round(float(value)) if whole else float(value))

    def on_choose(self, key: str, value: Any) -> None:
        self._put(key, str(value))

    def on_type(self, key: str, value: Any) -> None:
        """A value was typed. A wrong one stays in its field, with the reason beside it."""
        with self.typed(key, str(value)):
            self._put(key, parts.meant(self._parameter(key), str(value)))

    def _parameter(self, key: str) -> Mapping[str, Any]:
        found: list[Mapping[str, Any]] = self.result.entry["parameter"]
        return next(p for p in found if p["id"] == key)

    def _put(self, key: str, value: Any) -> None:
        """Set one value, or take it back where there is none; what was wrong is forgotten."""
        given = {**self.values, key: value}
        self.values = {k: v for k, v in given.items() if v is not None}
        self.drafts.pop(key, None)
        self.wrong.pop(key, None)

    def on_reset(self, key: str, _: Any) -> None:
        """One value back to that of content."""
        self._put(key, None)

    def on_afresh(self, *_: Any) -> None:
        """All values back; the scenarios stay."""
        self._load(self.model, {"scenarios": self.scenarios})
        self._save()

    def on_seed(self, _: str, value: Any) -> None:
        """Another stream of chance: typed, or the next one."""
        with self.typed("seed", str(value)):
            number = self.seed + 1 if value == "next" else read_number(str(value))
            if number is None or number != int(number):
                raise refuse("", "number", given=repr(str(value)[:40]))
            self.seed = int(number)

    # --- events: long runs --------------------------------------------------------------------

    def _try_often(self, **watch: Any) -> Simulation:
        now = self._now()
        return self._run({**now, "values": {**now["values"], **OFTEN[self.model]}}, **watch)

    def on_more(self, *_: Any) -> None:
        """Try it more often, in the background."""
        self.begin("more", lambda job: self._try_often(progress=job.progress, stop=job.stopped))

    def on_poll(self, *_: Any) -> None:
        """How far is it? What came of it is shown once it is there."""
        if self.job is None or not self.job.done:
            return
        job, self.job = self.job, None
        found = job.outcome()
        if isinstance(found, Simulation):
            self.result = found
            self.announce(" ".join(parts.findings(found, self.lang)[0]))
        elif found is not None and found != "stopped":
            self.calibrate(found, name=self._name)
            self.tell(self.say("own_done", n=len(self.result.calibrated), name=self._name))

    def on_stop(self, *_: Any) -> None:
        self._stop()
        self.tell(self.say("stopped"))

    def _stop(self) -> None:
        if self.job is not None:
            self.job.stop()
            self.job = None

    # --- events: scenarios and files ----------------------------------------------------------

    def on_name(self, _: str, value: Any) -> None:
        self.drafts["name"] = str(value)
        self.wrong.pop("name", None)

    def on_keep(self, *_: Any) -> None:
        """Put the present values beside the others."""
        name = self.drafts.get("name", "")
        with self.typed("name", name):
            self.keep(name)
            self.tell(self.say("kept", name=name.strip()))

    def on_use(self, key: str, _: Any) -> None:
        """Back to the values of a scenario."""
        self._load(self.model, {**self.scenarios[key], "scenarios": self.scenarios})
        self._save()

    def on_drop(self, key: str, _: Any) -> None:
        """A scenario is no longer wanted."""
        self.scenarios = {name: one for name, one in self.scenarios.items() if name != key}

    def on_export(self, *_: Any) -> None:
        """The run as a file: the same numbers come out of it again."""
        self.offer(f"{self.model}-{self.seed}.json", document(self.result, self.lang),
                   "application/json")  # fmt: skip

    def on_table(self, *_: Any) -> None:
        """The table as a file for a spreadsheet."""
        self.offer(f"{self.model}-{self.seed}.csv", spreadsheet(self.result),
                   "text/csv")  # fmt: skip

    def on_scenarios(self, *_: Any) -> None:
        """The scenarios as a file for a spreadsheet."""
        self.offer(f"{self.model}-scenarios.csv", scenario_sheet(self.runs(), self.lang),
                   "text/csv")  # fmt: skip

    def on_bring(self, key: str, value: Any) -> None:
        """A run from a file is made again, and its numbers are compared."""
        if isinstance(value, int):
            raise refuse(key, "too_big", given=f"{value / 1e6:.1f}", high=5)
        try:
            document = parse_json(bytes(value).decode("utf-8-sig"), key)
        except UnicodeDecodeError as error:
            raise refuse(key, "encoding", at=error.start) from None
        check.require(document, "simulation", key)
        again = rerun(document, self.graph() if document["network"] else None)
        made = again.simulation
        if made.model != self.model and not self.choosing:
            raise refuse(key, "other_model", given=made.model, wanted=self.model)
        given = {name: made.values[name] for name in made.given}
        here = self.scenarios if made.model == self.model else {}
        own = dict(made.calibrated)
        self._load(made.model, {"seed": made.seed, "values": given, "calibrated": own,
                                "scenarios": here})  # fmt: skip
        self._save()
        notices = " ".join(self.say(f"again_{one}") for one in again.notices)
        self.tell(self.say("again_same") if again.same else notices)

    # --- words of faults ----------------------------------------------------------------------

    def fault(self, key: str) -> str:
        """What is wrong with a field, as it is said beside it."""
        fault = self.wrong.get(key)
        known = {p["id"]: p for p in self.result.entry["parameter"]}
        if fault is not None and fault.message == "range" and key in known:
            ends = {end: parts.typed(known[key], known[key][end]) for end in ("low", "high")}
            return self.say("range_share" if parts.is_share(known[key]) else "range", **ends)
        return super().fault(key)
