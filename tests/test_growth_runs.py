"""Runs: watched, exported and made again, side by side; histories, days and the past."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import playbook
from playbook import PlaybookError, check, cli, library
from playbook.growth.backtest import _misfit, backtest, monthly, read_history
from playbook.growth.base import StoppedError, models, share_between, streams, watched
from playbook.growth.beside import history_beside, invites_beside, read_teams, teams_beside
from playbook.growth.cascade import graph_of, sweep
from playbook.growth.compare import compare_runs, ends_of, tornado
from playbook.growth.group_buy import fills, waits
from playbook.growth.paths import Rates, fit, paths
from playbook.growth.run import ENGINES, rerun, run
from playbook.words import LANGUAGES

MODELS = list(ENGINES)
Captured = pytest.CaptureFixture[str]


# --- watched --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"), [("bargain", {}), ("fission", {}), ("forecast", {"history": [9.0] * 12})]
)
def test_a_long_run_says_how_far_it_is_and_can_be_stopped(
    name: str, options: dict[str, Any]
) -> None:
    """Progress rises to below the whole; stop ends it; watching changes no number."""
    seen: list[tuple[int, int]] = []
    watched_run = run(name, progress=lambda done, total: seen.append((done, total)), **options)
    assert len(seen) >= 5
    assert all(0 <= done <= total for done, total in seen)
    assert watched_run.results == run(name, **options).results
    with pytest.raises(StoppedError):
        run(name, stop=lambda: True, **options)
    run(name, **options)  # nobody is listening any more


def test_a_sweep_can_be_stopped_too() -> None:
    """Whoever watches, watches everything below."""
    graph, left = graph_of(np.array([0]), np.array([1]), 2), iter([False, False, True])
    with watched(stop=lambda: next(left)), pytest.raises(StoppedError):
        sweep(graph, 1, 10, streams(1, 1)[0])


# --- exported and made again ----------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_an_exported_run_is_made_again_to_the_same_numbers(name: str, tmp_path: Path) -> None:
    """Through a file, in either language; every value as it was."""
    option = {p["id"]: p["high"] for p in models()[name]["parameter"] if p["id"] == "willingness"}
    first = run(name, seed=11, **option)
    again = rerun(first.save(tmp_path / "run.json", "zh"))
    assert (True, ()) == (again.same, again.notices)
    assert first == again.simulation
    assert first.to_dict("en") == again.simulation.to_dict("en")


def test_a_run_of_another_version_says_so() -> None:
    """The version and the numbers are compared; a default of then is kept."""
    document = run("sizing").to_dict("en")
    document["version"] = "0.9"
    document["parameters"]["members"]["value"] = 80
    again = rerun(document)
    assert (False, ("version", "numbers")) == (again.same, again.notices)
    assert 80 == again.simulation.values["members"]


def test_a_run_on_a_network_needs_it_again() -> None:
    """Without it the reason is told; another one is noticed; the same one gives the same."""
    a, b = np.array([0, 1, 2, 3]), np.array([1, 2, 3, 4])
    graph = graph_of(a, b, 6, list("abcdef"))
    document = run("sizing", network=graph, groups=2).to_dict("en")
    assert {"people": 6, "ties": 4} == {k: document["network"][k] for k in ("people", "ties")}
    with pytest.raises(PlaybookError, match="6 people"):
        rerun(document)
    assert rerun(document, graph).same
    other = rerun(document, graph_of(a, b, 6, list("abcdeg")))
    assert "network" in other.notices


@pytest.mark.parametrize(
    "bad",
    [{}, {"format": "playbook-score/1"}, {"format": "playbook-simulation/1", "model": "fission"}],
)
def test_what_is_no_run_is_refused(bad: dict[str, Any]) -> None:
    """Every fault of its shape is told."""
    with pytest.raises(PlaybookError):
        rerun(bad)


def test_a_run_from_the_shell_and_back(tmp_path: Path, capsys: Captured) -> None:
    """`-o` writes it, `--from` makes it again and says that the numbers are the same."""
    path = str(tmp_path / "run.json")
    assert cli.main(["simulate", "group-buy", "--team", "4", "--json", "-o", path]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first == json.loads(Path(path).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(check.schema("simulation")).validate(first)
    assert cli.main(["simulate", "--from", path, "--json"]) == 0
    printed = capsys.readouterr()
    assert first == json.loads(printed.out)
    assert "same numbers" in printed.err
    assert cli.main(["simulate", "--from", path, "-o", path]) == 2
    assert cli.main(["simulate", "fission", "--events", path, "-o", path]) == 2
    assert first == json.loads(Path(path).read_text(encoding="utf-8"))
    assert cli.main(["simulate", "fission", "--from", path]) == 2
    assert cli.main(["simulate", "--from", str(tmp_path / "none.json")]) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["network", "progress", "stop", "calibrated", "name", "model"])
def test_what_is_no_option_of_a_model_is_none_on_the_shell(name: str, capsys: Captured) -> None:
    """Arguments of the library's functions cannot be reached from the command line."""
    assert cli.main(["simulate", "fission", f"--{name}", "x"]) == 2
    assert "no option" in capsys.readouterr().err


def test_no_parameter_bears_the_name_of_an_argument() -> None:
    """Else `simulate(…, events=…)` would mean two things."""
    taken = {"events", "tz", "hosts", "network", "calibrated", "progress", "stop", "seed", "model"}
    for entry in models().values():
        assert set() == taken & {p["id"] for p in entry["parameter"]}


# --- tables, side by side -------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_headline_numbers_and_a_table(name: str) -> None:
    """Named in both languages; the table comes as rows and as a frame of the same length."""
    found = run(name)
    english, chinese = (found.measures(lang) for lang in LANGUAGES)
    assert [m["value"] for m in english] == [m["value"] for m in chinese]
    assert len(english) >= 5
    assert len({m["name"] for m in english}) == len(english)
    assert len(found.rows()) == len(found.frame()) >= 2
    for table in found.tables():
        assert not any(isinstance(v, dict) for row in found.rows(table) for v in row.values())
    with pytest.raises(PlaybookError):
        found.rows("nothing")


def test_scenarios_side_by_side() -> None:
    """Each number by scenario, and which is best: more profit, a lower cost; none if they tie."""
    runs = {"now": run("funnel"), "dear": run("funnel", fee=60), "same": run("funnel")}
    rows = {row["measure"]: row for row in compare_runs(runs, "en")}
    assert "dear" == rows["profit"]["best"]
    assert rows["profit"]["values"]["now"] == rows["profit"]["values"]["same"]
    assert rows["cac"]["best"] is None
    for bad in ({}, {"a": run("funnel"), "b": run("sizing")}):
        with pytest.raises(PlaybookError):
            compare_runs(bad)


def test_a_tornado_by_hand() -> None:
    """Messages are members × share × each: a fifth up or down of 60 is 12 for all three."""
    found = tornado("sizing", members=100)
    bars = {bar["parameter"]: bar for bar in found["bars"]}
    assert 60 == found["base"]
    for name in ("members", "active_share", "messages"):
        assert (48, 72, 24) == tuple(
            pytest.approx(bars[name][key]) for key in ("low", "high", "swing")
        )
    assert 0 == bars["seconds"]["swing"]
    assert (80, 120) == ends_of("sizing", members=100)["members"]
    swings = [bar["swing"] for bar in found["bars"]]
    assert swings == sorted(swings, reverse=True)
    with pytest.raises(PlaybookError):
        tornado("sizing", measure="nothing")


def test_a_tornado_leaves_out_what_cannot_be() -> None:
    """An end at which values do not go together has no bar; a stopped one ends."""
    found = tornado("bargain", measure="zero", circle=61, friends=60)
    assert "circle" not in [bar["parameter"] for bar in found["bars"]]
    with pytest.raises(StoppedError):
        tornado("sizing", stop=lambda: True)


# --- group buy: formula and simulation ------------------------------------------------------------


@pytest.mark.parametrize("spread", [0, 0.5, 1, 2])
@pytest.mark.parametrize("team", [2, 3, 6])
def test_formula_and_simulation_agree_for_any_openers(spread: float, team: int) -> None:
    """The share within 1.5 points, waits within 6 %, for openers alike and unlike."""
    found = run("group-buy", spread=spread, team=team, willingness=0.15).results
    success = found["success"]
    assert success["closed_form"] == pytest.approx(success["simulated"], abs=0.015)
    for point in ("p25", "p50", "p90"):
        formula = found["hours_to_fill_formula"][point]
        assert formula == pytest.approx(found["hours_to_fill"][point], rel=0.06)


def test_openers_who_differ_are_a_negative_binomial() -> None:
    """One joiner, spread 1: 1 - 1 / (1 + x). Hardly any spread is none; no chance has no wait."""
    assert 2 / 3 == pytest.approx(fills(2, 1, spread=1))
    assert fills(2, 2) == pytest.approx(fills(2, 2, spread=0.002), abs=1e-4)
    assert waits(0, 24, 2)["p50"] is None
    assert waits(1, 24, 2, spread=1)["p90"] <= 24


# --- forecast: days, histories, the past ----------------------------------------------------------


def test_milestones_as_days() -> None:
    """10 a month without chance: 100 from 90 is one month after the first day, 30 or 31 days."""
    found = run(
        "forecast",
        members=90,
        joins=10_000_000 / 10**6,
        invites=0,
        churn=0,
        uncertainty=0,
        capacity=100_000_000,
        start_date="2026-01-01",
    ).results
    day = date.fromisoformat(found["milestones"][0]["day"]["p50"])
    assert abs((day - date(2026, 2, 1)).days) <= 9  # Poisson: 7 to 13 come, not 10
    assert "2026-01-01" == found["fan"][0]["day"]
    assert "2026-12-31" <= found["fan"][12]["day"] <= "2027-01-01"
    none = run("forecast").results
    assert none["milestones"][0]["day"]["p50"] is None
    assert none["fan"][0]["day"] is None


def test_a_target_by_a_date() -> None:
    """Up to New Year's Eve are twelve months; what is asked then brings it."""
    options = {"start_date": "2026-01-01", "by_date": "2026-12-31"}
    target = run("forecast", **options).results["target"]
    assert 12 == target["by_month"]
    joins = target["joins"]
    assert run("forecast", joins=joins * 1.001, **options).results["target"]["as_it_is"]
    used = run("forecast", **options).parameters()["by_month"]
    assert "unused" == used["label"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by_date": "2026-12-31"}, "start_date"),
        ({"start_date": "2026-12-31", "by_date": "2026-01-01"}, "2027-01-31"),
        ({"start_date": "31.12.2026"}, "not a date"),
        ({"start_date": 5}, "not a date"),
        ({"start_date": "2026-01-01", "by_date": "2126-01-01"}, "allowed"),
        ({"history": []}, "0 entries"),
        ({"history": [1, 2]}, "2 entries"),
        ({"history": [5, -1, 3]}, "-1"),
        ({"history": [5, float("nan"), 3]}, "number"),
    ],
)
def test_impossible_days_and_histories(options: dict[str, Any], told: str) -> None:
    """Refused with the remedy."""
    with pytest.raises(PlaybookError, match=told):
        run("forecast", **options)


def test_a_history_that_stands_still() -> None:
    """Nobody comes, nobody goes: a flat fan, no fault."""
    found = run("forecast", history=[50.0] * 8, churn=0).results
    assert (50, 50) == (found["end"]["p10"], found["end"]["p90"])
    none = run("forecast", history=[0.0] * 8, churn=0).results
    assert 0 == none["end"]["p90"]


def test_known_invitations_share_the_joins_out() -> None:
    """110 members on average, 20 joins a month, half of them invited: 10 and 10 ÷ 110."""
    history = np.array([100.0, 120, 140])
    rates = fit(history, 0, 1e9, 1, streams(1, 1)[0], invited=0.5)
    assert (10, 10 / 110) == (pytest.approx(rates.other[0]), pytest.approx(rates.brought[0]))


def test_a_history_from_a_file(tmp_path: Path, capsys: Captured) -> None:
    """Any order, Chinese heads, months without days; a month apart, on a line between."""
    path = tmp_path / "history.csv"
    path.write_text("日期,成员\n2026-03,160\n2026-01,100\n2026-02-01,130\n\n", encoding="utf-8-sig")
    read = read_history(path)
    assert (date(2026, 3, 1), 3) == (read.until, len(read.members))
    assert 160 == read.members[-1]
    assert 130 == pytest.approx(read.members[1], abs=3)
    assert cli.main(["simulate", "forecast", "--history", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "2026-03-01" == told["parameters"]["start_date"]["value"]
    assert 160 == told["results"]["start"]
    named = run("forecast", history=path).results
    assert named == told["results"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        ("day,heads\n2026-01-01,5\n", "'members'|members"),
        ("date,members\n", "0 days"),
        ("date,members\n2026-01-01,5\n2026-01-20,6\n", "19 days"),
        ("date,members\n2026-13-01,5\n", "not a date"),
        ("date,members\n2026-01-01,many\n", "many"),
        ("date,members\n2026-01-01,-5\n", "-5"),
        ("date,members\n2026-01-01\n", "''"),
    ],
)
def test_faulty_histories_are_refused(text: str, told: str, tmp_path: Path) -> None:
    """With the line and what would work."""
    path = tmp_path / "history.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlaybookError, match=told):
        read_history(path)


def test_months_are_counted_back_from_the_last_day() -> None:
    """On a straight line from 0 to 365 in a year each month adds a twelfth."""
    read = monthly([date(2025, 1, 1), date(2026, 1, 1)], [0, 365])
    assert 13 == len(read.members)
    assert np.allclose(np.diff(read.members)[1:], 365.2425 / 12, rtol=1e-4)


def test_a_forecast_tried_on_a_past_of_its_own_making_holds() -> None:
    """Eight of ten times, within chance, over many pasts made by the model itself."""
    held = asked = 0
    for seed in range(12):
        made = Rates(np.array([30.0]), np.array([0.02]), 0.0)
        past = paths(200, made, 0.03, 1e6, 24, streams(seed, 1)[0])[0]
        found = backtest(past, 0.03, 1e6, streams(seed + 100, 1)[0])
        assert found is not None
        held, asked = held + found["held"], asked + found["asked"]
    print(f"held {held} of {asked}")
    assert 0.68 <= held / asked <= 0.92


def test_the_misfit_is_named() -> None:
    """By the share and the side; a history that suddenly stops growing lies below its bands."""
    seen = {"none_seen": (40, 5, 5), "too_wide": (49, 1, 0), "too_narrow": (20, 14, 16)}
    seen |= {"too_low": (20, 2, 28), "too_high": (20, 28, 2)}
    for name, (held, below, above) in seen.items():
        assert name == _misfit(share_between(held, 50), below, above)
    stop = np.concatenate([100 * 1.4 ** np.arange(9), np.full(9, 100 * 1.4**8)])
    after = backtest(stop, 0, 1e9, streams(1, 1)[0])
    assert after is not None
    assert "too_high" == after["misfit"]
    assert backtest(np.arange(6.0), 0, 100, streams(1, 1)[0]) is None


def test_the_samples_history_beside_the_forecast() -> None:
    """On the genuine history of a project the band held; how often is printed, the misfit named."""
    (row,) = library.history_beside(library_sample("altair-members.csv")).rows("en")
    print(f"the 80 % band held {row['observed']:.0%} of {row['n']} times: {row['misfit']}")
    assert 300 < row["n"]
    assert 0.8 < row["observed"] < 0.97
    assert "more often" in row["misfit"]
    assert () == history_beside(None).found


def library_sample(name: str) -> Path:
    """Find a sample beside the package."""
    from playbook.files import data_folder

    return data_folder() / "samples" / name


# --- observed beside the model --------------------------------------------------------------------


def test_teams_beside_the_model_on_paper() -> None:
    """1 - e^-x = 0.7735 gives x = 1.485; exactly one joiner among the filled: x e^-x ÷ 0.7735."""
    x = -np.log(1 - 0.7735)
    just = teams_beside([1, 1, 2, 1], [0, 0], 0.7735, 2).rows("en")[1]
    assert x * np.exp(-x) / 0.7735 == pytest.approx(just["model"])
    assert (0.75, False) == (just["observed"], just["fits"])
    assert "closes when it is full" in just["misfit"]


def test_the_sample_of_teams_speaks_against_teams_of_three() -> None:
    """Nobody joined any failed team: sure for teams of two, 26 % expected for teams of three."""
    path = library_sample("beibei-teams.csv")
    two, three = (library.teams_beside(path, team).rows("en") for team in (2, 3))
    assert (4000, 1, 1) == (two[0]["n"], two[0]["observed"], two[0]["model"])
    assert 0.26 == pytest.approx(three[0]["model"], abs=0.01)
    assert three[0]["fits"] is False


@pytest.mark.parametrize(
    "text", ["status,joiners\nwon,1\n", "status,joiners\nfailed,x\n", "status,joiners\nfailed\n"]
)
def test_faulty_teams_are_refused(text: str, tmp_path: Path) -> None:
    """With the line."""
    path = tmp_path / "teams.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlaybookError, match="2: "):
        read_teams(path)


def test_trees_made_by_the_model_fit_it_and_deep_ones_do_not() -> None:
    """What a branching process made fits a branching process; one long chain is named."""
    rng = np.random.default_rng(3)
    flat = invites_beside([1] * 90 + [2] * 10, [0] * 90 + [1] * 10, [100, 10], 0.09, 5, rng)
    assert not [row for row in flat.rows("en") if row["fits"] is False]
    deep = invites_beside([1] * 99 + [11], [0] * 99 + [10], [100] + [1] * 10, 0.09, 5, rng)
    wrong = {row["id"]: row["misfit"] for row in deep.rows("en") if row["fits"] is False}
    assert "longer than chance" in wrong["deepest_tree"]
    assert "bring more" in wrong["k_of_the_brought"]
    assert () == invites_beside([], [], [], 0.1, 1, rng).found


def test_red_lines_stand_where_they_must() -> None:
    """Group buy, bargain, fission, franchise and the funnel's funding show theirs."""
    for name, line in (
        ("group-buy", "group-buy-links"),
        ("bargain", "rewarded-sharing"),
        ("fission", "pyramid-selling"),
        ("franchise", "fund-raising"),
        ("funnel", "fund-raising"),
    ):
        assert line in [entry["id"] for entry in playbook.simulate(name).redlines("en")]
