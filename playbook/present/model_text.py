"""A run of a model as plain text for a terminal: sentences first, then what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbook.load import content
from playbook.present.sentences import source_word
from playbook.present.terminal import wrap
from playbook.words import language, say, text

if TYPE_CHECKING:
    from playbook.growth.simulation import Simulation


def _number(value: Any, lang: str) -> str:
    if value is None:
        return say("model.none", lang)
    if isinstance(value, list):
        return ", ".join(_number(one, lang) for one in value)
    return value if isinstance(value, str) else f"{value:.6g}" if value % 1 else f"{value:.0f}"


def simulation_text(run: Simulation, lang: str | None = None) -> str:
    """What does a run say, in a terminal: findings, values, published figures, red lines?"""
    lang = language(lang)
    entry = run.entry
    name, version = text(entry, "name", lang), entry["version"]
    out = [say("model.version", lang, name=name, version=version, seed=run.seed)]
    out += [wrap(text(entry, "question", lang)), ""]
    out += [wrap(told["text"], "  ", "- ") for told in run.findings(lang)]
    out += ["", say("model.values", lang)]
    names = {p["id"]: text(p, "name", lang) for p in entry["parameter"]}
    for key, p in run.parameters().items():
        line = {
            "name": f"{names[key]} (--{key})",
            "value": _number(p["value"], lang),
            "unit": say(f"model.unit.{p['unit']}", lang),
            "label": _label(p, lang),
        }
        out.append(wrap(say("model.value", lang, **line), "    ", "  "))
    out += ["", say("model.published", lang), *_published(run, lang)]
    out += ["", say("model.limits", lang), wrap(text(entry, "limits", lang), "  ", "  ")]
    if lines := run.redlines(lang):
        out += ["", say("model.redlines", lang)]
        out += [wrap(say("model.redline", lang, **line), "    ", "  ! ") for line in lines]
        out.append(wrap(text(content("redlines"), "disclaimer", lang), "  ", "  "))
    return "\n".join([*out, "", wrap(say("model.all_numbers", lang, model=run.model))])


def _label(p: dict[str, Any], lang: str) -> str:
    """Where a value is from; an estimate with its interval and what it rests on."""
    told = say(f"model.label.{p['label']}", lang)
    if p.get("low") is None:
        return told
    ends = {key: _number(p[key], lang) for key in ("low", "high", "n")}
    return say("model.estimated", lang, label=told, **ends)


def _published(run: Simulation, lang: str) -> list[str]:
    figures = run.published(lang)
    if isinstance(figures, str):
        return [wrap(say("model.none_published", lang), "  ", "  ")]
    told = []
    for figure in figures:
        where = source_word(figure["source"], "where")
        quality = say(f"model.label.{figure['quality']}", lang)
        values = {key: _number(figure[key], lang) for key in ("value", "model")}
        line = say("model.figure", lang, **{**figure, "where": where, "quality": quality})
        if figure["model"] is not None:
            word = "here" if figure["value"] is None else "gap"
            line += " " + say(f"model.{word}", lang, **values)
        told.append(wrap(line, "    ", "  "))
    return told


def catalogue_text(entries: list[dict[str, Any]], lang: str | None = None) -> str:
    """Which models are there? For a single one: its parameters, too."""
    lang = language(lang)
    out = [wrap(say("model.row", lang, **entry), "  ", "") for entry in entries]
    for p in entries[0]["parameters"] if len(entries) == 1 else ():
        bounds = {key: _number(p[key], lang) for key in ("low", "high")}
        line = {
            **p,
            "default": _number(p["default"], lang),
            "bounds": ", ".join(p["choices"] or [say("model.bounds", lang, **bounds)]),
            "unit": say(f"model.unit.{p['unit']}", lang),
            "label": say(f"model.label.{p['label']}", lang),
        }
        out.append(wrap(say("model.parameter", lang, **line), "      ", f"  --{p['id']}  "))
    return "\n".join(out)
