"""Explorers and pictures of the models, without a browser: by values, by events, by methods."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import playbook
from playbook import PlaybookError
from playbook.files import data_folder
from playbook.growth.base import models
from playbook.growth.cascade import graph_of
from playbook.growth.run import ENGINES, run
from playbook.learner import keep, read_learner
from playbook.library import teams_beside
from playbook.present import board
from playbook.present.figure import Figure
from playbook.present.model_beside import beside, split
from playbook.present.model_charts import percent, picture, told, whole
from playbook.present.model_files import scenario_sheet, sheet, spreadsheet
from playbook.present.model_scenarios import scenarios
from playbook.widgets import ModelExplorer
from playbook.widgets.model_parts import BASIC, LEADS, of_hundred, typed, window
from playbook.words import LANGUAGES, say

MODELS = list(ENGINES)
RED = {"group-buy", "bargain", "fission", "franchise", "funnel"}


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every explorer a work folder of its own."""
    monkeypatch.setenv("PLAYBOOK_WORK", str(tmp_path))
    return tmp_path


def act(widget: ModelExplorer, do: str, key: str = "", value: Any = "") -> str:
    """Do what the browser would send, and return what it is shown."""
    widget.handle({"do": do, "key": key, "value": value})
    return str(widget.page["html"])


def downloads(widget: ModelExplorer, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Catch the files that a widget hands to the browser."""
    caught: dict[str, bytes] = {}

    def send(content: Any, buffers: Any = None) -> None:
        caught[content["download"]] = bytes(buffers[0])

    monkeypatch.setattr(widget, "send", send)
    return caught


def numbers_of(svg: str) -> list[float]:
    """Collect every coordinate of a drawing."""
    told_ = re.findall(r' (?:x|y|d|width|height|transform)="([^"]*)"', svg)
    return [float(n) for text in told_ for n in re.findall(r"-?\d+(?:\.\d+)?", text)]


# --- pictures ---------------------------------------------------------------------------------


def whole_picture(drawn: Figure, lang: str) -> None:
    """Hold what every picture has to be: told, drawn twice, with a table, finite."""
    assert all((drawn.title, drawn.subtitle, drawn.foot, drawn.rows, drawn.key or drawn.rows))
    assert drawn.title in drawn.alt
    assert len(drawn.alt) > len(drawn.title) + 20
    for svg in (drawn.svg(), drawn.svg(narrow=True), drawn.saved_svg()):
        ET.fromstring(svg)
        assert "nan" not in svg.lower().replace("finance", "")
        assert "None" not in svg
        assert "inf" not in re.sub(r">[^<]*<", "><", svg)
    assert drawn._repr_html_().count('role="img"') == 1
    assert repr(drawn).startswith(f"Figure: {drawn.title}")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_model_has_a_picture_that_names_what_is_invented(name: str, lang: str) -> None:
    """A finding as its title; model, seed and invented values at its foot; a table behind it."""
    drawn = picture(run(name), lang)
    whole_picture(drawn, lang)
    assert ("invented" if lang == "en" else "编的") in drawn.foot
    assert "7" in drawn.foot
    assert len(drawn.frame()) == len(drawn.rows)


@pytest.mark.parametrize("name", MODELS)
def test_no_bound_breaks_a_picture(name: str) -> None:
    """At either end of every parameter the drawing is finite, on both sheets."""
    small = {"fission": {"runs": 50, "network_runs": 1}}.get(name, {})
    for parameter in models()[name]["parameter"]:
        if parameter["kind"] not in ("integer", "number"):
            continue
        for end in ("low", "high"):
            try:
                found = run(name, **{**small, parameter["id"]: parameter[end]})
            except PlaybookError:
                continue
            drawn = picture(found, "en")
            for sheet_ in (drawn.svg(), drawn.svg(narrow=True)):
                assert all(isfinite(n) for n in numbers_of(sheet_))
                assert max(map(abs, numbers_of(sheet_))) < 5000, (parameter["id"], end)


def test_a_picture_shows_the_numbers_of_its_run() -> None:
    """The titles and tables are those of the results, not of the defaults."""
    buy = run("group-buy", team=2, discount=0.5)
    drawn = picture(buy, "en")
    assert percent(buy.results["success"]["simulated"]) in drawn.title
    row = next(r for r in drawn.rows if r["Discount"] == "50%")
    assert row["By group buy (yuan)"] == buy.results["money"]["cost_per_retained"]
    bargain = run("bargain", helps_a_day=1)
    told_ = {r["What"]: r["Value"] for r in picture(bargain, "en").rows}
    assert told_["Helps that one person may give in the time"] == "1"
    fission = picture(run("fission", seeds=3), "en")
    assert [r["Level"] for r in fission.rows][:3] == [
        "1st: users", "2nd: family and friends", "N-th: communities"
    ]  # fmt: skip
    fan = picture(run("forecast", months=5, by_month=5), "zh")
    assert [r["月"] for r in fan.rows] == [0, 1, 2, 3, 4, 5]
    waves = picture(run("dividend"), "en").rows
    assert sum(r["Copies"] for r in waves[1:6]) == pytest.approx(waves[6]["Copies"])


def test_a_title_says_when_it_does_not_happen() -> None:
    """Nobody stays, nobody writes, no dividend, K above one: other sentences."""
    assert "nothing to compare" in picture(run("group-buy", new_share=0), "en").title
    assert "Nobody writes" in picture(run("sizing", active_share=0), "en").title
    assert "No dividend" in picture(run("dividend", alone=2), "en").title
    assert "there it ends" in picture(run("fission"), "en").title
    for still_going in ({"k": 1.3}, {"generations": 1}):
        assert "there it ends" not in picture(run("fission", **still_going), "en").title
    assert "can be read whole" in picture(run("sizing", members=100), "en").title


def test_a_breakeven_is_marked_where_the_lines_cross() -> None:
    """Cheap adverts: 45 yuan a customer who stays; the crossing is the engine's break-even."""
    cheap = run("group-buy", advert_cost=20)
    even = cheap.results["money"]["break_even_discount"]
    assert 0 < even < 1
    assert percent(even) in picture(cheap, "en").svg()


def test_what_is_said_of_numbers() -> None:
    """Shares in per cent, large numbers in 万, an unknown one as a dash."""
    assert told(1234567, "CNY", "zh") == "123.5 万元"
    assert told(1234567.4, "CNY", "en") == "1.235 million yuan"
    assert told("even", "shape", "en") == "a share of the price each time"
    assert told([1, 2.5], "people", "en") == "1, 2.5"
    assert (whole(None, "en"), percent(None)) == ("–", "–")


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0, 36, 6, [0, 10, 20, 30]),
        (-30000, 20000, 5, [-20000, 0, 20000]),
        (0, 0, 5, [0]),
        (0, float("inf"), 5, [0]),
        (0, 1, 5, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_ticks_are_round_and_few(low: float, high: float, most: int, expected: list[float]) -> None:
    """Round numbers within the ends."""
    assert board.ticks(low, high, most) == expected


def test_labels_move_apart_and_stay_on_the_sheet() -> None:
    """Three labels at one place stand under one another; the last does not leave the sheet."""
    placed = board.apart([90, 90, 90], 0, 100)
    assert placed == [68, 84, 100]
    assert board.apart([], 0, 10) == []


def test_a_name_in_a_picture_is_only_text() -> None:
    """A scenario named like an element neither breaks nor enters the drawing."""
    runs = {"<script>alert(1)</script>": run("sizing"), "now\u202e": run("sizing", members=60)}
    drawn = scenarios(runs, "en")
    whole_picture(drawn, "en")
    assert "<script" not in drawn.html("en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_observed_stands_beside_the_model_and_misfits_are_named(lang: str) -> None:
    """Beibei's teams: one number fits, one does not; sign, word and sentence say which."""
    found = teams_beside(data_folder() / "samples" / "beibei-teams.csv")
    drawn = beside(found, lang)
    whole_picture(drawn, lang)
    missed = [row for row in found.rows(lang) if row["fits"] is False]
    assert len(missed) == 1
    assert missed[0]["misfit"] in drawn.alt
    assert drawn.svg().count(say("explore.outside", lang)) == 1
    assert missed[0]["misfit"] == drawn.rows[1][say("explore.misfit", lang)]
    assert drawn.rows[0][say("explore.misfit", lang)] == say("explore.fits", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_split_is_drawn_beside_chance(lang: str) -> None:
    """Two circles of six with one tie between them: the cut keeps more than a lot does."""
    pairs = [(a, b) for base in (0, 6) for a in range(base, base + 6) for b in range(a)]
    pairs = [(a, b) for a, b in pairs if a // 6 == b // 6] + [(0, 6)]
    ends = np.array(pairs).T
    graph = graph_of(ends[0], ends[1], 12, [f"p{n}" for n in range(12)])
    found = run("sizing", network=graph, groups=2)
    drawn = split(found, lang)
    whole_picture(drawn, lang)
    assert percent(found.results["split"]["kept_share"]) in drawn.title
    assert [row[say("explore.split_members", lang)] for row in drawn.rows] == [6, 6]


# --- the explorer -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_first_the_sentence_then_the_picture_then_the_table(name: str, lang: str) -> None:
    """In this order; sources and labels beside the values; published figures; red lines."""
    html = ModelExplorer(name, lang=lang).page["html"]
    places = [html.index(mark) for mark in ("pb-sentence", "pb-figure-title", "pb-measures")]
    assert places == sorted(places)
    assert say("model.label.invented", lang) in html
    assert say("explore.published", lang) in html
    assert ("pb-red" in html, 'data-k="redlines"' in html) == ((name in RED,) * 2)
    assert "{" not in re.sub(r"<style.*?</style>", "", html)
    none = say("model.none_published", lang)
    assert (none in html) == (run(name).published() == "none published")


def test_the_bargain_names_who_is_worn_out() -> None:
    """The friends, in the first sentences, before any number of new users."""
    html = ModelExplorer("bargain", lang="en").page["html"]
    lead = html[html.index("pb-lead") : html.index("pb-figure")]
    assert "Worn out by it: the friends" in lead


def test_a_slider_moves_sentence_picture_and_table_at_once() -> None:
    """One event: the value, its label, the sentence, the picture, the number field."""
    widget = ModelExplorer("group-buy", lang="en")
    before = widget.page["html"]
    after = act(widget, "slide", "team", "5")
    assert (widget.values, widget.result.values["team"]) == ({"team": 5}, 5)
    assert isinstance(widget.values["team"], int)
    assert percent(widget.result.results["success"]["simulated"]) in after
    assert before != after
    assert "given by you" in after
    assert "Back to 3 people" in after
    assert widget.page["said"].startswith(widget.result.findings("en")[0]["text"])


def test_shares_are_typed_in_per_cent_in_either_script() -> None:
    """5, 5 % and full-width digits are a twentieth; the field shows what would be typed."""
    widget = ModelExplorer("group-buy", lang="en")
    for written, meant in (("7", 0.07), ("5.7 %", 0.057), ("１２％", 0.12)):
        act(widget, "type", "willingness", written)
        assert widget.result.values["willingness"] == meant
    assert of_hundred(5.7) == 0.057
    known = {p["id"]: p for p in models()["group-buy"]["parameter"]}
    assert typed(known["willingness"], 0.057) == "5.7"
    assert typed(known["team"], 3) == "3"


@pytest.mark.parametrize(
    ("name", "key", "written", "told_"),
    [
        ("group-buy", "willingness", "150", "Between 0 % and 100 %"),
        ("group-buy", "price", "-3", "Between 0.01 and 1000000"),
        ("group-buy", "team", "a few", "number"),
        ("group-buy", "team", "2.5", "expected: integer"),
        ("group-buy", "team", "", "number"),
        ("forecast", "history", "120, many", "number"),
        ("forecast", "history", "120", "1"),
        ("forecast", "members", "99999999999", "Between 0 and 10000000"),
        ("bargain", "circle", "10", "60"),
        ("fission", "population", "0", ""),
    ],
)
def test_bad_input_is_told_beside_its_field_and_changes_nothing(
    name: str, key: str, written: str, told_: str
) -> None:
    """The typed text stays, the reason stands in the same group, the numbers are the old ones."""
    widget = ModelExplorer(name, lang="en")
    if name == "fission":
        act(widget, "slide", "k", "1.2")
    before = widget.result
    html = act(widget, "type", key, written)
    at = html.index('class="pb-wrong"')
    around = html[html.rindex("data-k=", 0, at) : at + 400]
    assert f"-{key}" in around
    assert told_ in around
    assert widget.result is before
    assert f'value="{written}"' in html
    act(widget, "lang", value="zh")
    assert widget.page["html"].count("pb-wrong") == 1
    act(widget, "reset", key)
    assert "pb-wrong" not in widget.page["html"]


def test_what_cannot_be_is_refused_in_a_notebook_too() -> None:
    """A trait set to an impossible value raises and changes nothing."""
    widget = ModelExplorer("fission")
    before = widget.result
    for wrong in ({"k": -1}, {"kk": 1}, {"k": 1.5, "population": 0}, {"seeds": 10**9}):
        with pytest.raises(PlaybookError):
            widget.values = wrong
    with pytest.raises(PlaybookError):
        widget.seed = -1
    with pytest.raises(PlaybookError):
        ModelExplorer("fision")
    with pytest.raises(PlaybookError):
        ModelExplorer("fission", k=99)
    assert (widget.values, widget.seed, widget.result) == ({}, 7, before)


def test_the_language_changes_every_text_and_no_number() -> None:
    """In place: drafts, values, scenarios and the run stay."""
    widget = ModelExplorer("franchise", lang="en")
    act(widget, "slide", "holders", "12")
    act(widget, "name", value="Plan A")
    found = widget.result
    html = act(widget, "lang", value="zh")
    assert widget.result is found
    assert 'value="Plan A"' in html
    assert "舵主" in html
    for english in ("Holders", ">invented<", "Red lines", "yuan"):
        assert english not in html


def test_what_was_tried_is_there_again_after_a_reload(work: Path) -> None:
    """Values, seed and scenarios are kept by model, and found by a new explorer."""
    widget = ModelExplorer("sizing", lang="en")
    widget.set(members=80)
    widget.seed = 11
    widget.keep("small")
    widget.set(members=300)
    ModelExplorer("bargain").set(cut=0.5)

    again = ModelExplorer("sizing", lang="en")
    assert (again.values, again.seed) == ({"members": 300}, 11)
    assert again.scenarios == {"small": {"seed": 11, "values": {"members": 80}}}
    assert again.result == widget.result
    assert ModelExplorer("sizing", members=90).values == {"members": 90}
    assert set(read_learner(work / "learner.json")["models"]) == {"sizing", "bargain"}


@pytest.mark.parametrize(
    "kept",
    [
        {"values": {"members": -5}},
        {"values": {"gone": 1}},
        {"values": 3},
        {"seed": "x"},
        {"scenarios": {"a": 3}},
        {"scenarios": {"a": {"seed": 7, "values": {"members": "x"}}}},
    ],
)
def test_what_can_no_longer_be_run_is_left_and_said(work: Path, kept: dict[str, Any]) -> None:
    """Content changes, files are edited: the explorer begins anew and says so."""
    keep("models", "sizing", kept)
    widget = ModelExplorer("sizing", lang="en")
    assert (widget.values, widget.seed, widget.scenarios) == ({}, 7, {})
    assert say("explore.kept_unfit", "en") in widget.page["html"]


def test_a_learners_file_that_cannot_be_read_is_never_overwritten(work: Path) -> None:
    """It is set aside whole when something is kept."""
    (work / "learner.json").write_text("{not json", encoding="utf-8")
    widget = ModelExplorer("sizing")
    widget.set(members=42)
    assert (work / "learner.broken-1.json").read_text(encoding="utf-8") == "{not json"
    assert ModelExplorer("sizing").values == {"members": 42}


def test_scenarios_stand_side_by_side() -> None:
    """Two kept and the present one: only what differs, then the headline numbers, then bars."""
    widget = ModelExplorer("funnel", lang="en")
    act(widget, "name", value=" careful ")
    act(widget, "keep")
    act(widget, "slide", "join_rate", "0.2")
    act(widget, "name", value="<b>bold</b>")
    html = act(widget, "keep")
    assert list(widget.runs()) == ["careful", "<b>bold</b>"]
    assert "<b>bold</b>" not in html
    table = html[html.index("The values that differ") :]
    assert table.index("Join") < table.index("Profit in all")
    assert "People reached" not in table[: table.index("Profit in all")]
    html = act(widget, "slide", "fee", "45")
    assert list(widget.runs()) == ["careful", "<b>bold</b>", "now"]
    profits = [run_.results["profit"] for run_ in widget.runs().values()]
    assert len(set(profits)) == 3
    act(widget, "use", "careful")
    assert (widget.values, len(widget.scenarios)) == ({}, 2)
    act(widget, "drop", "careful")
    assert list(widget.scenarios) == ["<b>bold</b>"]


def test_a_scenario_needs_a_name_and_there_is_an_end() -> None:
    """Without a name: told beside the field. A sixth one: refused; the same name replaces."""
    widget = ModelExplorer("sizing", lang="en")
    html = act(widget, "keep")
    assert "Give it a name first." in html
    for n in range(5):
        widget.keep(f"plan {n}")
    with pytest.raises(PlaybookError):
        widget.keep("one more")
    widget.keep("plan 4")
    assert len(widget.scenarios) == 5


def test_a_run_is_exported_and_run_again_to_the_same_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Export, change everything, bring it back: the values, and word that the numbers agree."""
    widget = ModelExplorer("bargain", lang="en", seed=5)
    widget.set(cut=0.5, shape="even")
    caught = downloads(widget, monkeypatch)
    act(widget, "export")
    first, raw = widget.result, caught["bargain-5.json"]
    act(widget, "afresh")
    assert widget.values == {}
    widget.handle({"do": "bring", "key": "bargain-5.json"}, [memoryview(raw)])
    assert widget.result == first
    assert (widget.seed, widget.values) == (5, {"cut": 0.5, "shape": "even"})
    assert say("explore.again_same", "en") in widget.page["html"]

    changed = json.loads(raw)
    changed["results"]["helps_needed"] += 1
    widget.handle({"do": "bring", "key": "x.json"}, [json.dumps(changed).encode()])
    assert say("explore.again_numbers", "en") in widget.page["html"]


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xd8photo", b"{}", b"[1]", b'{"format": "playbook-simulation/1"}']
)
def test_a_file_that_is_no_run_is_refused_and_nothing_is_lost(raw: bytes) -> None:
    """A photo, an empty file, another document: a message, and the values stay."""
    widget = ModelExplorer("sizing", lang="en")
    widget.set(members=77)
    widget.handle({"do": "bring", "key": "x.json"}, [raw])
    assert "x.json" in widget.page["html"]
    assert widget.values == {"members": 77}


def test_a_run_of_another_model_is_not_opened_here() -> None:
    """In a lesson on sizing a bargain is refused; where a model is chosen, it opens."""
    raw = json.dumps(run("bargain", cut=0.4).to_dict()).encode()
    widget = ModelExplorer("sizing", lang="en")
    widget.handle({"do": "bring", "key": "x.json"}, [raw])
    assert "a run of the model bargain" in widget.page["html"]
    free = ModelExplorer(lang="en")
    free.handle({"do": "bring", "key": "x.json"}, [raw])
    assert (free.model, free.values) == ("bargain", {"cut": 0.4})
    act(free, "model", value="dividend")
    assert free.result.model == "dividend"


def test_tables_open_rightly_in_a_spreadsheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """UTF-8 with its mark; a name is never a formula; numbers stay numbers."""
    widget = ModelExplorer("forecast", lang="zh")
    caught = downloads(widget, monkeypatch)
    act(widget, "table")
    rows = list(csv.reader(io.StringIO(caught["forecast-7.csv"].decode("utf-8-sig"))))
    assert rows[0][0] == "month"
    assert len(rows) == widget.result.values["months"] + 2
    widget.keep("=cmd|'/c calc'!A0")
    widget.set(joins=30)
    act(widget, "scenarios")
    table = list(csv.reader(io.StringIO(caught["forecast-scenarios.csv"].decode("utf-8-sig"))))
    assert table[0][2].startswith("'=cmd")
    assert all(len(row) == 4 for row in table)
    assert sheet([[-3]]).strip("\ufeff\r\n") == "-3"
    assert spreadsheet(run("sizing")).startswith("\ufeff")
    assert "Members" in scenario_sheet({"a": run("sizing")}, "en")


def test_the_seed_is_seen_and_can_be_changed() -> None:
    """It stands in a field; the next one gives other chance, a wrong one is told."""
    widget = ModelExplorer("bargain", lang="en")
    first = widget.result
    assert 'value="7"' in widget.page["html"]
    act(widget, "seed", value="next")
    assert widget.seed == 8
    assert widget.result.results != first.results
    for wrong in ("-1", "x", "1.5"):
        assert "pb-wrong" in act(widget, "seed", value=wrong)
        assert widget.seed == 8
    act(widget, "seed", value="7")
    assert widget.result == first


def test_long_runs_are_watched_and_stopped() -> None:
    """More tries run beside the notebook: a bar that can be asked, then the numbers; or a stop."""
    widget = ModelExplorer("fission", lang="en")
    html = act(widget, "more")
    assert 'data-poll="300"' in html
    assert 'role="progressbar"' in html
    job = widget.job
    assert job is not None
    job._thread.join(60)
    html = act(widget, "poll")
    assert widget.result.results["runs"] == 20_000
    assert "data-poll" not in html
    act(widget, "more")
    job = widget.job
    assert job is not None
    act(widget, "stop")
    job._thread.join(60)
    assert job.stopped()
    assert widget.job is None
    act(widget, "slide", "k", "0.5")
    assert widget.result.results["runs"] == models()["fission"]["parameter"][7]["default"]


# --- from one's own events --------------------------------------------------------------------

EVENTS = data_folder() / "samples" / "worked_example.csv"


@pytest.fixture(scope="module")
def own() -> Any:
    """Read the worked example once."""
    return playbook.calibrate(EVENTS)


def test_values_of_ones_own_group_take_the_place_of_invented_ones(own: Any) -> None:
    """Value, interval and n stand beside the slider; the model runs on the group's own network."""
    widget = ModelExplorer("fission", lang="en")
    widget.calibrate(own)
    html = widget.page["html"]
    assert widget.values == {}
    assert widget.result.values["k"] == own.options("fission")["k"]["value"]
    assert "estimated from your events" in html or say("model.label.calibrated", "en") in html
    assert "(n = 4)" in html
    assert widget.result.network is not None
    assert "It runs on this group" in html
    act(widget, "slide", "k", "0.3")
    assert widget.result.values["k"] == 0.3
    assert "k" not in widget.result.calibrated
    act(widget, "reset", "k")
    assert widget.result.values["k"] == own.options("fission")["k"]["value"]
    act(widget, "without")
    assert widget.result == run("fission")


def test_ones_own_network_is_cut_on_request(own: Any) -> None:
    """A split takes its time, so no slider waits for it: a button, a thread, a second picture."""
    widget = ModelExplorer("sizing", lang="en")
    with pytest.raises(PlaybookError):
        widget.cut()
    widget.calibrate(own)
    assert widget.result.results["split"] is None
    html = act(widget, "cut")
    assert widget.job is not None
    assert "data-poll" in html
    widget.job._thread.join(120)
    html = act(widget, "poll")
    groups = dict(widget.result.results)["split"]["groups"]
    assert groups[0]["group"] == "B"
    assert "cut along the ties" in html
    act(widget, "slide", "attention", "20")
    assert widget.result.results["split"] is None


def test_what_was_estimated_is_found_by_every_explorer(own: Any) -> None:
    """Read once; one button in the others; after a reload it is still in use."""
    ModelExplorer("fission").calibrate(own, name="My <group>")
    widget = ModelExplorer("sizing", lang="en")
    assert widget.calibrated == {}
    assert "My &lt;group&gt;" in widget.page["html"]
    act(widget, "remembered")
    assert "messages" in widget.result.calibrated
    again = ModelExplorer("sizing", lang="en")
    assert again.result.calibrated == widget.result.calibrated
    assert say("explore.own_no_network", "en") in again.page["html"]
    # The bargain learns nothing from events, and does not ask for any.
    assert say("explore.own", "en") not in ModelExplorer("bargain", lang="en").page["html"]


def test_a_file_is_read_piece_by_piece_beside_the_notebook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two pieces of an event table, a thread, a poll; a file that is no export is told."""
    widget = ModelExplorer("fission", lang="en")
    asked: list[Any] = []
    monkeypatch.setattr(widget, "send", lambda content, *_: asked.append(content))
    raw = EVENTS.read_bytes()
    for at in (0, 300):
        key = json.dumps({"name": "events.csv", "at": at, "size": len(raw)})
        piece = raw[at:300] if at == 0 else raw[300:]
        widget.handle({"do": "piece", "key": key}, [piece])
    assert [one["next"] for one in asked] == [300]
    assert widget.job is not None
    assert "data-poll" in widget.page["html"]
    widget.job._thread.join(120)
    html = act(widget, "poll")
    assert "values now come from events.csv" in html

    key = json.dumps({"name": "photo.csv", "at": 0, "size": 5})
    widget.handle({"do": "piece", "key": key}, [b"\xff\xd8abc"])
    widget.job._thread.join(120)
    html = act(widget, "poll")
    assert 'class="pb-error" data-k="problem"' in html
    assert widget.result.calibrated


def test_a_run_on_ones_own_network_is_run_again_on_it(
    own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the network at hand the numbers agree; without it that is asked for."""
    widget = ModelExplorer("fission", lang="en")
    widget.calibrate(own)
    caught = downloads(widget, monkeypatch)
    act(widget, "export")
    raw = caught["fission-7.json"]
    widget.handle({"do": "bring", "key": "fission-7.json"}, [raw])
    assert say("explore.again_same", "en") in widget.page["html"]
    bare = ModelExplorer("fission", lang="en", path="elsewhere.json")
    bare.handle({"do": "bring", "key": "fission-7.json"}, [raw])
    assert 'data-k="problem"' in bare.page["html"]


def test_layout_names_only_what_exists() -> None:
    """The first values, the leading sentences and the sliders belong to the models of content."""
    for name, entry in models().items():
        known = {p["id"]: p for p in entry["parameter"]}
        assert set(BASIC[name]) <= set(known)
        assert set(LEADS.get(name, ())) <= {f["id"] for f in entry["finding"]}
        for key in BASIC[name]:
            low, high, step = window(known[key], known[key]["default"])
            assert low <= known[key]["default"] <= high
            assert 0 < step <= (high - low) / 4
    grown = window(known["reached"], 123456)
    assert grown[1] >= 123456
