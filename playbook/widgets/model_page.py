"""What the explorer of a model shows, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playbook.errors import Fault
from playbook.growth.base import models
from playbook.present.figure import Figure
from playbook.present.model_beside import split
from playbook.present.model_charts import picture
from playbook.present.model_scenarios import scenarios as side_by_side
from playbook.widgets import model_parts as parts
from playbook.widgets.controls import (
    el,
    esc,
    field,
    heading,
    name_of,
    para,
    pick,
    press,
    unfold,
    upload,
)
from playbook.widgets.page import Page
from playbook.words import text

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation
    from playbook.widgets.bringing import Job
    from playbook.widgets.progress import Progress

_HERE = Path(__file__).parent


class ModelPage(Page):
    """The screen of `ModelExplorer`, which holds the state."""

    _css = Page._css + (_HERE / "models.css").read_text(encoding="utf-8")
    words = "explore"

    model: str
    choosing: bool
    values: Any
    seed: Any
    result: Any
    scenarios: Any
    progress: Progress
    job: Job | None = None
    doing = ""
    calibrated: Mapping[str, Mapping[str, Any]]
    _path: str | Path | None
    _drafts: dict[str, str]
    _wrong: dict[str, Fault]
    _cache: dict[str, Simulation]
    _last: tuple[tuple[int, str], str] | None = None

    def runs(self) -> Mapping[str, Simulation]:
        """Every scenario, run."""
        raise NotImplementedError

    def _fault(self, key: str) -> str:
        raise NotImplementedError

    def _own_events(self) -> str:
        raise NotImplementedError

    def title(self) -> str:
        """The model's name."""
        return str(text(self.result.entry, "name", self.lang))

    def body(self) -> str:
        """First the sentence, then the picture beside the values, then the table; then the rest."""
        run, lang = self.result, self.lang
        first, more = parts.findings(run, lang)
        lead = el("div", *(para(one, "pb-sentence") for one in first), css="pb-lead", k="lead")
        figure = el("div", self._figure("picture", picture(run, lang)), k="shown")
        dials, folded = self._values()
        return (
            self._chooser()
            + para(text(run.entry, "question", lang), "pb-question")
            + parts.warning(run, lang)
            + lead
            + el("div", figure, dials, css="pb-try")
            + self._split()
            + folded
            + parts.others(more, lang)
            + parts.measures(run, lang)
            + self._often()
            + parts.published(run, lang)
            + heading(self.say("limits"))
            + para(text(run.entry, "limits", lang))
            + parts.redlines(run, lang)
            + self._scenarios()
            + self._own_events()
            + self._files()
        )

    def _split(self) -> str:
        """How a cut through one's own network compares with chance."""
        if not self.result.results.get("split"):
            return ""
        return self._figure("split", split(self.result, self.lang))

    def _chooser(self) -> str:
        if not self.choosing:
            return ""
        options = [(key, text(entry, "name", self.lang)) for key, entry in models().items()]
        return pick("model", self.say("which"), options, self.model)

    def _parameter(self, key: str) -> Mapping[str, Any]:
        found: list[Mapping[str, Any]] = self.result.entry["parameter"]
        return next(p for p in found if p["id"] == key)

    def _figure(self, name: str, figure: Figure) -> str:
        """A picture that is there at once, with its copies."""
        self._shown[name] = figure
        copies = (
            press("save", self.say("save_as", kind=kind), key=name, value=kind,
                  css="pb-button pb-quiet pb-small", about=figure.title)
            for kind in ("SVG", "PNG")
        )  # fmt: skip
        return figure.html(self.lang, save=(), heading="h4") + el("div", *copies, css="pb-screen")

    # --- values -------------------------------------------------------------------------------

    def _values(self) -> tuple[str, str]:
        """The values that are tried first, and all the others, folded."""
        basic = parts.BASIC[self.model]
        shown, rest, values = [], [], self.result.parameters()
        for parameter in self.result.entry["parameter"]:
            key = parameter["id"]
            told = (values[key], parameter, self.lang, self._drafts.get(key), self._fault(key))
            if key in basic and values[key]["value"] is not None:
                shown.append(parts.dial(*told))
            else:
                rest.append(parts.entry(*told))
        mine = bool(self.values) or self.seed != 7
        afresh = press("afresh", self.say("afresh"), css="pb-button pb-quiet") if mine else ""
        saved = self.progress.when()
        status = para(self.say("saved", when=saved), "pb-hint pb-small") if saved else ""
        dials = el("section", *shown, afresh, status, css="pb-dials",
                   aria_label=self.say("values"))  # fmt: skip
        wrong = any(key in self._wrong and key not in basic for key in self._wrong)
        seed = field("seed", self.say("seed"), self._drafts.get("seed", self.seed),
                     hint=self.say("seed_hint"), problem=self._fault("seed"), maxlength=20,
                     inputmode="numeric")  # fmt: skip
        again = press(
            "seed", self.say("next_seed"), value="next", css="pb-button pb-quiet pb-small"
        )
        inner = el("div", *rest, el("div", seed, again), css="pb-grid")
        folded = el("details", el("summary", esc(self.say("more_values", n=len(rest) + 1))), inner,
                    k="rest", css="pb-card", open=wrong or None)  # fmt: skip
        return dials, folded

    def _often(self) -> str:
        """More tries, while one may watch and stop."""
        if self.job is not None and self.doing == "more":
            return self._running(self.say("running"))
        runs = self.result.values.get("runs")
        if runs is None:
            return ""
        told = para(self.say("tries", n=f"{runs:,}"), "pb-hint")
        return el("div", told, press("more", self.say("more")), css="pb-inline", k="often")

    def _running(self, what: str) -> str:
        """How far long work is, with a way to stop it; the page asks again and again."""
        share = max(0.0, min(1.0, self.job.share)) if self.job is not None else 0.0
        bar = el("div", el("span", style=f"width:{share:.0%}"), css="pb-progress",
                 role="progressbar", aria_label=what, aria_valuemin="0", aria_valuemax="100",
                 aria_valuenow=f"{share * 100:.0f}")  # fmt: skip
        told = self.say("running_share", what=what, share=f"{share:.0%}")
        return el("div", para(told), bar, press("stop", self.say("stop")), css="pb-card",
                  k="running", data_poll="300")  # fmt: skip

    # --- scenarios and files ------------------------------------------------------------------

    def _scenarios(self) -> str:
        asked = field("name", self.say("scenario_name"), self._drafts.get("name", ""),
                      hint=self.say("scenario_hint"), problem=self._fault("name"),
                      maxlength=40)  # fmt: skip
        keep = press("keep", self.say("keep"))
        shown = ""
        if self.scenarios:
            runs = self.runs()
            rows = (
                el("li", name_of(name), " ",
                   press("use", self.say("use"), key=name, css="pb-button pb-quiet pb-small",
                         about=name),
                   press("drop", self.say("drop"), key=name, css="pb-button pb-quiet pb-small",
                         about=name), k=f"scenario-{name}")
                for name in self.scenarios
            )  # fmt: skip
            shown = el("ul", *rows, css="pb-kept")
            if len(runs) > 1:
                shown += parts.side_by_side(runs, self.lang)
                shown += self._figure("scenarios", side_by_side(runs, self.lang))
                shown += press("scenarios", self.say("scenarios_csv"), css="pb-button pb-small")
        head = heading(self.say("scenarios"))
        return el("section", head, asked, keep, shown, k="scenarios", css="pb-scenarios")

    def _files(self) -> str:
        """Take it along, and bring it back."""
        inner = (
            el("div", press("export", self.say("export")), press("table", self.say("table_csv")),
               css="pb-buttons")
            + para(self.say("export_hint"), "pb-hint")
            + upload("bring", self.say("bring"), self.say("bring_hint"))
        )  # fmt: skip
        return unfold(self.say("files"), inner, "files")
