"""What the explorer of a model shows, from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playbook.growth.base import models
from playbook.present.model_beside import split
from playbook.present.model_charts import picture
from playbook.present.model_scenarios import scenarios as side_by_side
from playbook.widgets import model_parts as parts
from playbook.widgets.controls import (
    buttons,
    el,
    esc,
    field,
    heading,
    long_work,
    name_of,
    para,
    pick,
    press,
    unfold,
    upload,
)
from playbook.words import text

if TYPE_CHECKING:
    from playbook.widgets.models import ModelExplorer


def body(w: ModelExplorer) -> str:
    """First the sentence, then the picture beside the values, then the table; then the rest."""
    run, lang = w.result, w.lang
    first, more = parts.findings(run, lang)
    lead = el("div", *(para(one, "pb-sentence") for one in first), css="pb-lead", k="lead")
    figure = el("div", w.figure("picture", picture(run, lang), heading="h4"), k="shown")
    dials, folded = _values(w)
    return (
        _chooser(w)
        + para(text(run.entry, "question", lang), "pb-question")
        + parts.warning(run, lang)
        + lead
        + el("div", figure, dials, css="pb-try")
        + _split(w)
        + folded
        + parts.others(more, lang)
        + parts.measures(run, lang)
        + _often(w)
        + parts.published(run, lang)
        + heading(w.say("limits"))
        + para(text(run.entry, "limits", lang))
        + parts.redlines(run, lang)
        + _scenarios(w)
        + w.own_events()
        + _files(w)
    )


def _split(w: ModelExplorer) -> str:
    """How a cut through one's own network compares with chance."""
    if not w.result.results.get("split"):
        return ""
    return w.figure("split", split(w.result, w.lang), heading="h4")


def _chooser(w: ModelExplorer) -> str:
    if not w.choosing:
        return ""
    options = [(key, text(entry, "name", w.lang)) for key, entry in models().items()]
    return pick("model", w.say("which"), options, w.model)


# --- values -----------------------------------------------------------------------------------


def _values(w: ModelExplorer) -> tuple[str, str]:
    """The values that are tried first, and all the others, folded."""
    basic = parts.BASIC[w.model]
    shown, rest, values = [], [], w.result.parameters()
    for parameter in w.result.entry["parameter"]:
        key = parameter["id"]
        told = (values[key], parameter, w.lang, w.drafts.get(key), w.fault(key))
        if key in basic and values[key]["value"] is not None:
            shown.append(parts.dial(*told))
        else:
            rest.append(parts.entry(*told))
    mine = bool(w.values) or w.seed != 7
    afresh = press("afresh", w.say("afresh"), look="quiet") if mine else ""
    saved = w.progress.when()
    status = para(w.say("saved", when=saved), "pb-hint pb-small") if saved else ""
    dials = el("section", *shown, afresh, status, css="pb-dials", aria_label=w.say("values"))
    wrong = any(key not in basic for key in w.wrong)
    seed = field("seed", w.say("seed"), w.drafts.get("seed", w.seed), hint=w.say("seed_hint"),
                 problem=w.fault("seed"), maxlength=20, inputmode="numeric")  # fmt: skip
    again = press("seed", w.say("next_seed"), value="next", look="quiet small")
    inner = el("div", *rest, el("div", seed, again), css="pb-grid")
    folded = el("details", el("summary", esc(w.say("more_values", n=len(rest) + 1))), inner,
                k="rest", css="pb-card", open=wrong or None)  # fmt: skip
    return dials, folded


def _often(w: ModelExplorer) -> str:
    """More tries, while one may watch and stop."""
    if w.job is not None and w.doing == "more":
        return running(w, w.say("running"))
    runs = w.result.values.get("runs")
    if runs is None:
        return ""
    told = para(w.say("tries", n=f"{runs:,}"), "pb-hint")
    return el("div", told, press("more", w.say("more")), css="pb-inline", k="often")


def running(w: ModelExplorer, what: str) -> str:
    """How far long work is, with a way to stop it."""
    share = max(0.0, min(1.0, w.job.share)) if w.job is not None else 0.0
    told = para(w.say("running_share", what=what, share=f"{share:.0%}"))
    return long_work(what, share, told, press("stop", w.say("stop")), poll=300)


# --- scenarios and files ----------------------------------------------------------------------


def _scenarios(w: ModelExplorer) -> str:
    asked = field("name", w.say("scenario_name"), w.drafts.get("name", ""), maxlength=40,
                  hint=w.say("scenario_hint"), problem=w.fault("name"))  # fmt: skip
    keep = press("keep", w.say("keep"))
    shown = ""
    if w.scenarios:
        runs = w.runs()
        rows = (
            el("li", name_of(name), " ",
               *(press(do, w.say(do), key=name, look="quiet small", about=name)
                 for do in ("use", "drop")), k=f"scenario-{name}")
            for name in w.scenarios
        )  # fmt: skip
        shown = el("ul", *rows, css="pb-kept")
        if len(runs) > 1:
            shown += parts.side_by_side(runs, w.lang)
            shown += w.figure("scenarios", side_by_side(runs, w.lang), heading="h4")
            shown += press("scenarios", w.say("scenarios_csv"), look="small")
    return el("section", heading(w.say("scenarios")), asked, keep, shown, k="scenarios",
              css="pb-scenarios")  # fmt: skip


def _files(w: ModelExplorer) -> str:
    """Take it along, and bring it back."""
    inner = (
        buttons(press("export", w.say("export")), press("table", w.say("table_csv")))
        + para(w.say("export_hint"), "pb-hint")
        + upload("bring", w.say("bring"), w.say("bring_hint"))
    )
    return unfold(w.say("files"), inner, "files")
