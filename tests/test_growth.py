"""The models: sums on paper, limits, order, repetition, and what bad input gets."""

import json
import subprocess
import sys
from math import exp, inf, isfinite, log2
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import playbook
from playbook import PlaybookError, check, cli
from playbook.growth.bargain import _within_cap, at_least, helps_needed
from playbook.growth.base import crossing, late_quantiles, models, streams, tidy, values
from playbook.growth.cascade import Graph, cascade, generated, graph_of
from playbook.growth.dividend import copies, waves
from playbook.growth.fission import branching, dies_out
from playbook.growth.funnel_economics import (
    _pay_what_you_want,
    _weakest_stage,
    ever_pays,
    lifetime_value,
    months_of,
)
from playbook.growth.funnel_economics import settles_at as funnel_settles_at
from playbook.growth.group_buy import fills
from playbook.growth.paths import Rates, fit, mean_path, paths, settles_at
from playbook.growth.run import ENGINES, ON_NETWORKS, run
from playbook.words import LANGUAGES

MODELS = list(ENGINES)
Captured = pytest.CaptureFixture[str]
few = settings(max_examples=25, deadline=None)
share = st.floats(0, 1)


def two_circles(size: int = 8) -> Graph:
    """Two circles of friends, in each of whom all know one another, with one tie between them."""
    a, b = np.triu_indices(size, 1)
    bridge = np.array([0]), np.array([size])
    ends = [np.concatenate([one, one + size, end]) for one, end in zip((a, b), bridge, strict=True)]
    return graph_of(*ends, 2 * size, [f"m{n:02}" for n in range(2 * size)])


def results(name: str, **options: Any) -> Any:
    """Run a model and give its results."""
    return run(name, **options).results


# --- every model ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_fits_its_schema_and_repeats(name: str, lang: str, capsys: Captured) -> None:
    """One document, valid, the same bytes twice with one seed, in either language."""
    printed = []
    for _ in range(2):
        assert cli.main(["simulate", name, "--json", "--seed", "7", "--lang", lang]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    document = json.loads(printed[0])
    jsonschema.Draft202012Validator(check.schema("simulation")).validate(document)
    assert (name, 7) == (document["model"], document["seed"])
    for label in document["parameters"].values():
        assert label["source"] is not None


def numbers(value: Any) -> list[float]:
    """Collect every number of a document."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [float(value)]
    parts = value.values() if isinstance(value, dict) else value
    return [n for p in parts for n in numbers(p)] if isinstance(value, (dict, list)) else []


@pytest.mark.parametrize("name", MODELS)
def test_language_changes_words_and_another_seed_changes_chance(name: str) -> None:
    """The same numbers in both languages, other words; no number is infinite."""
    english, chinese = (run(name).to_dict(lang) for lang in LANGUAGES)
    assert numbers(english) == numbers(chinese)
    assert all(map(isfinite, numbers(english)))
    assert english["findings"] != chinese["findings"]
    assert len(english["findings"]) == len(chinese["findings"]) >= 3
    assert run(name, seed=8).results != run(name).results


@pytest.mark.parametrize("name", MODELS)
def test_a_model_tells_what_it_rests_on(name: str, capsys: Captured) -> None:
    """Words, labels, published figures or none, limits, and red lines where there are any."""
    for lang, invented in (("en", "invented"), ("zh", "编的")):
        assert cli.main(["simulate", name, "--lang", lang]) == 0
        told = capsys.readouterr().out
        assert invented in told
        assert "{" not in told
        for line in run(name).redlines(lang):
            assert line["what"].split("，")[0][:20] in told
    lined = {"group-buy", "bargain", "fission", "franchise", "funnel"}
    assert (name in lined) == bool(run(name).redlines())
    published = run(name).published()
    assert published == "none published" if name == "bargain" else True


def leaves(value: Any, path: str = "") -> list[str]:
    """Collect the paths of a document."""
    if isinstance(value, dict):
        return [p for k, v in value.items() for p in leaves(v, f"{path}.{k}")]
    if isinstance(value, list):
        return [p for n, v in enumerate(value[:9]) for p in leaves(v, f"{path}.{n}")]
    return [path[1:]]


@pytest.mark.parametrize("name", MODELS)
def test_content_and_engine_agree(name: str) -> None:
    """Sentences and published figures point to numbers that exist; defaults lie in bounds."""
    entry = models()[name]
    options: dict[str, Any] = {"sizing": {"groups": 2}}.get(name, {})
    options |= {"history": "50,60,71,80,92,99,108,120"} if name == "forecast" else {}
    found = run(name, network=two_circles() if name in ON_NETWORKS else None, **options)
    known = leaves(found.results)
    assert all(one["result"] in known for one in entry["measure"])
    assert entry["table"] == found.tables()[0]
    parameters = {p["id"]: p for p in entry["parameter"]}
    for finding in entry["finding"]:
        paths_used = [*finding.get("use", {}).values(), *finding.get("when", [])]
        for path in paths_used + finding.get("unless", []):
            assert path in known or path[1:] in parameters, path
        for lang in LANGUAGES:
            finding[lang]["text"].format(**dict.fromkeys(finding.get("use", {}), 1))
    assert all(f.get("result", known[0]) in known for f in entry.get("published", ()))
    assert values(name) == {n: p.get("default") for n, p in parameters.items()}
    assert {p.get("unless", n) for n, p in parameters.items()} <= set(parameters)
    for p in parameters.values():
        if "likely" in p:
            assert p["low"] <= p["likely"][0] <= p["default"] <= p["likely"][1] <= p["high"]


def extremes(name: str) -> list[dict[str, Any]]:
    """Each parameter alone at its lowest and highest."""
    return [
        {p["id"]: p[end]}
        for p in models()[name]["parameter"]
        if p["kind"] in ("integer", "number")
        for end in ("low", "high")
    ]


@pytest.mark.parametrize("name", MODELS)
def test_no_bound_gives_a_nan_or_a_fault_of_ours(name: str) -> None:
    """At either end of every parameter there is a finite document, or a message."""
    small = {"fission": {"runs": 50, "network_runs": 1}}.get(name, {})
    for options in extremes(name):
        try:
            with np.errstate(all="raise", under="ignore"):
                document = run(name, **{**small, **options}).to_dict()
        except PlaybookError:
            continue
        json.dumps(document, allow_nan=False)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["group-by"], "Did you mean 'group-buy'?"),
        (["group-buy", "--willingnes", "0.1"], "Did you mean 'willingness'?"),
        (["group-buy", "--willingness", "1.5"], "'1.5' given; allowed is 0 to 1"),
        (["group-buy", "--price", "-3"], "'-3' given"),
        (["group-buy", "--team", "2.5"], "expected: integer"),
        (["group-buy", "--team", "nan"], "expected: integer"),
        (["group-buy", "--price", "inf"], "expected: number"),
        (["group-buy", "--price", "9" * 5000], "expected: number"),
        (["group-buy", "--team"], "--name value"),
        (["group-buy", "--team", "3", "--team=4"], "stands twice"),
        (["group-buy", "--seed", "-1"], "seed"),
        (["group-buy", "--seed", "x"], "seed"),
        (["bargain", "--shape", "evn"], "Did you mean 'even'?"),
        (["bargain", "--circle", "10"], "cannot hold"),
        (["fission", "--k", "1.2", "--population", "0"], "grows for ever"),
        (["fission", "--population", "1000000000"], "allowed is 0 to 1000000"),
        (["fission", "--seeds", "20", "--population", "10"], "20 given"),
        (["forecast", "--history", ""], "0 entries given; expected 3"),
        (["forecast", "--history", "1,x,3"], "expected: number"),
        (["forecast", "--capacity", "100"], "at least 200"),
        (["forecast", "--members", "10**9"], "expected: integer"),
        (["franchise", "--holders", "60"], "more than the whole region"),
        (["funnel", "--retention", "1"], "allowed is 0 to 0.99"),
        (["sizing", "20"], "name one model"),
        ([], "name one model"),
        (["sizing", "--", "x"], "--name value"),
    ],
)
def test_bad_input_gets_one_message(argv: list[str], told: str, capsys: Captured) -> None:
    """Exit 2, the remedy on standard error, nothing on standard output."""
    assert cli.main(["simulate", *argv]) == 2
    printed = capsys.readouterr()
    assert "" == printed.out
    assert told in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("value", [True, None, [], {}, "x", inf, 10**400, -(10**400)])
@pytest.mark.parametrize("name", ["seed", "team", "price"])
def test_odd_values_are_refused_in_python_too(name: str, value: Any) -> None:
    """Wrong types and numbers beyond all bounds never reach a model."""
    with pytest.raises(PlaybookError):
        playbook.simulate("group-buy", **{name: value})


def test_all_faults_are_told_at_once() -> None:
    """A person mends a command in one go."""
    with pytest.raises(PlaybookError) as caught:
        playbook.simulate("funnel", fee=-1, retention=2, fea=3)
    assert 3 == len(caught.value.faults)


def test_options_stand_anywhere_and_are_marked_as_given(capsys: Captured) -> None:
    """`--team=2` before or after the model; what is given has no source but the giver."""
    for argv in (["group-buy", "--team", "2"], ["--team=2", "group-buy"]):
        assert cli.main(["simulate", *argv, "--json"]) == 0
        team = json.loads(capsys.readouterr().out)["parameters"]["team"]
        assert {"value": 2, "unit": "people", "label": "given", "source": None} == team


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_models_are_listed(lang: str, capsys: Captured) -> None:
    """All with their questions; one with its parameters."""
    assert cli.main(["simulate", "--list", "--json", "--lang", lang]) == 0
    listed = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(check.schema("simulations")).validate(listed)
    assert MODELS == [entry["id"] for entry in listed]
    assert cli.main(["simulate", "fission", "--list", "--lang", lang]) == 0
    assert "--population" in capsys.readouterr().out


def test_importing_loads_no_numpy() -> None:
    """`import playbook` stays light; numpy comes with the first run."""
    code = "import sys, playbook, playbook.cli; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == done.stdout.strip()


# --- tools ------------------------------------------------------------------------------------


def test_small_tools_by_hand() -> None:
    """None for what does not exist; the crossing of x² = 2; never reached is no month."""
    assert {"a": None, "b": [1, None]} == tidy({"a": float("nan"), "b": (np.int64(1), -inf)})
    assert 2**0.5 == pytest.approx(crossing(lambda x: x * x < 2, 0, 9))
    assert crossing(lambda _: True, 0, 9) is None
    never = np.array([np.inf, np.inf])
    assert {"p50": None} == late_quantiles(never, (50,))


# --- group buy --------------------------------------------------------------------------------


def test_group_buy_on_paper() -> None:
    """Two expected, two needed: 1 - e^-2 (1 + 2). Three pay 0.9 × 100, one of two is new."""
    assert 1 - 3 * exp(-2) == pytest.approx(fills(2, 2))
    money = results(
        "group-buy",
        contacts_per_hour=100,
        willingness=1,
        price=100,
        discount=0.1,
        opening_cost=0,
        new_share=0.5,
        retention=0.5,
        advert_cost=60,
        advert_retention=0.5,
    )["money"]
    assert 1 == money["new_customers_per_team"]
    assert 30 == money["cost_per_new"]
    assert 60 == money["cost_per_retained"]
    assert 120 == money["advert_per_retained"]
    assert 60 == money["profit_per_team"]
    assert pytest.approx(60 / 300) == money["break_even_discount"]


def test_group_buy_simulation_meets_the_closed_form() -> None:
    """With openers all alike the share lies within 1.5 points; unlike ones fill less often."""
    success = results("group-buy")["success"]
    assert success["closed_form"] == pytest.approx(success["simulated"], abs=0.015)
    assert results("group-buy", spread=1)["success"]["simulated"] < success["low"]


@few
@given(st.floats(0, 50), st.floats(0, 50), st.integers(1, 10))
def test_more_reach_fills_more_and_larger_teams_less(a: float, b: float, n: int) -> None:
    """The closed form rises with reach and falls with team size, within 0 and 1."""
    assert 0 <= fills(min(a, b), n) <= fills(max(a, b), n) <= 1
    assert fills(a, n + 1) <= fills(a, n)


def test_a_published_figure_stands_beside_group_buying() -> None:
    """Beibei's 77.35 % and how far the model is from it."""
    (figure,) = run("group-buy").published()
    assert 0.7735 == figure["value"]
    assert pytest.approx(figure["model"] - 0.7735, abs=1e-9) == figure["gap"]


# --- bargain ----------------------------------------------------------------------------------


def test_bargain_on_paper() -> None:
    """Cuts of a tenth: ten willing friends do, nine never. Half of what is left: 100 → 0.01."""
    even = {"shape": "even", "cut": 0.1, "willingness": 1, "helps_a_day": 100}
    assert 1 == results("bargain", friends=10, **even)["reached_zero"]["point"]
    assert 0 == results("bargain", friends=9, **even)["reached_zero"]["point"]
    assert 14 == helps_needed("shrinking", 0.5, 100)  # 100 / 2^14 = 0.0061
    assert 0.5 == at_least(2, 3, 0.5)


def test_a_person_helps_three_times_a_day() -> None:
    """Of four requests on the first day the first three count, and one on the second day."""
    asked = np.array([0, 0, 0, 0, 0, 1])
    times = np.array([5.0, 1.0, 2.0, 3.0, 30.0, 1.0])
    willing = np.array([True, True, True, True, True, False])
    expected = [False, True, True, True, True, False]
    assert expected == _within_cap(asked, times, willing, 3).tolist()


def test_without_the_cap_bargaining_is_binomial() -> None:
    """As many helps a day as there are requests: the share lies near the binomial tail."""
    free = results("bargain", helps_a_day=100)
    assert free["chance_if_nobody_tires"] == pytest.approx(free["reached_zero"]["point"], abs=0.02)
    assert free["worn_out"]["willing_but_used_up"] == 0
    tired = results("bargain")
    assert tired["reached_zero"]["point"] < free["reached_zero"]["point"]


def test_who_is_worn_out_adds_up() -> None:
    """Everybody was asked so often; requests over winners; without helps nobody is used up."""
    found = results("bargain", circle=100, bargainers=10, friends=30, willingness=0.9)
    asked = found["asked"]
    assert 1 == pytest.approx(sum(row["share"] for row in asked))
    assert 10 * 30 / 100 == pytest.approx(sum(row["times"] * row["share"] for row in asked))
    worn, winners = found["worn_out"], found["reached_zero"]["point"] * 10
    assert 300 / winners == pytest.approx(worn["requests_per_winner"])
    none = results("bargain", helps_a_day=0)["worn_out"]
    assert (0, None) == (none["helped_to_the_limit"], none["requests_per_winner"])


def test_more_who_bargain_wear_the_circle_out() -> None:
    """Requests are shared out exactly: bargainers × friends ÷ circle each on average."""
    for bargainers in (5, 20, 40):
        found = results("bargain", bargainers=bargainers, circle=101, friends=100)
        # Everyone asks everyone else, so those who bargain get one request fewer.
        assert bargainers == found["worn_out"]["most_asked"]


# --- fission ----------------------------------------------------------------------------------


def test_fission_limits() -> None:
    """Nobody brings anybody; k = 0.5 doubles the seeds; k = 2 with d = 1 dies out by half."""
    assert 10 == results("fission", k=0)["mean_reach"]
    found = results("fission", k=0.5, dispersion=5, runs=20000, generations=30, population=0)
    assert 20 == found["closed_form"]["reach"]
    assert pytest.approx(20, rel=0.02) == found["mean_reach"]
    assert pytest.approx(0.5) == dies_out(2, 1)
    alone = branching(values("fission", k=2, seeds=1, dispersion=1), streams(1, 1)[0], 4000)
    assert pytest.approx(0.5, abs=0.03) == (alone[:, -1] == 0).mean()


def test_a_finite_crowd_is_never_passed() -> None:
    """Whatever k, no run reaches more people than there are, on the tree and on the network."""
    found = results("fission", k=20, population=500, contacts=100, generations=20)
    assert found["reach"]["p90"] <= 500
    assert found["network"]["reach"]["p90"] <= 500


def test_a_cascade_by_hand() -> None:
    """A star: the middle reaches all, a leaf the middle and then the others."""
    star = graph_of(np.array([0, 0, 0]), np.array([1, 2, 3]), 4)
    sure, rng = np.ones(3), streams(1, 1)[0]
    assert [1, 3, 0, 0] == cascade(star, np.array([0]), sure, rng).tolist()
    assert [1, 1, 2, 0] == cascade(star, np.array([1]), sure, rng).tolist()
    assert [1, 0, 0, 0] == cascade(star, np.array([1]), 0 * sure, rng).tolist()


def test_the_network_is_one() -> None:
    """Every pair stands in both directions, once, nobody knows themselves; the mean is near."""
    graph = generated(2000, 10, 2.5, streams(3, 1)[0])
    start = np.repeat(np.arange(2000), graph.degrees())
    both = set(zip(start.tolist(), graph.to.tolist(), strict=True))
    assert len(both) == graph.to.size
    assert {(b, a) for a, b in both} == both
    assert all(a != b for a, b in both)
    assert 8 < graph.to.size / 2000 <= 10


@few
@given(st.floats(0, 5), st.floats(0, 5), st.floats(0.05, 20))
def test_the_more_each_brings_the_less_it_dies_out(a: float, b: float, d: float) -> None:
    """Falls with k; always a share."""
    low, high = sorted((a, b))
    assert 0 <= dies_out(high, d) <= dies_out(low, d) + 1e-9 <= 1 + 1e-9


# --- forecast ---------------------------------------------------------------------------------


def test_forecast_limits() -> None:
    """Ten a month on 100 with endless room; at rest where joining and leaving balance."""
    path = mean_path(100, 10, 0, 0, 1e12, 12)
    assert 220 == pytest.approx(path[-1])
    # M' = 1.05 M + 10 is 300 · 1.05^n - 200 from 100.
    assert 300 * 1.05**12 - 200 == pytest.approx(mean_path(100, 10, 0.05, 0, 1e12, 12)[-1])
    rest = settles_at(10, 0.05, 0.1, 1000)
    assert rest == pytest.approx(mean_path(100, 10, 0.05, 0.1, 1000, 2000)[-1])


def test_the_fan_lies_around_the_middle_line() -> None:
    """Without doubt about the rates only chance is left, and the median is near the mean path."""
    found = results("forecast", uncertainty=0)
    assert found["mean_path"][-1] == pytest.approx(found["end"]["p50"], rel=0.02)
    wide = results("forecast", uncertainty=0.6)
    assert wide["end"]["p90"] - wide["end"]["p10"] > found["end"]["p90"] - found["end"]["p10"]


def test_rates_are_learned_from_a_history_made_with_them() -> None:
    """A history without chance gives back its own two rates."""
    history = np.array(mean_path(100, 30, 0.04, 0.05, 5000, 30))
    rates = fit(history, 0.05, 5000, 50, streams(1, 1)[0])
    assert (30, 0.04) == (pytest.approx(rates.other[0]), pytest.approx(rates.brought[0]))


def test_a_forecast_is_tried_on_the_past() -> None:
    """On a history made by the model itself the 80 % band holds most of the time."""
    rates = Rates(np.array([25.0]), np.array([0.03]), 0.0)
    history = paths(200, rates, 0.04, 10_000, 30, streams(5, 1)[0])[0]
    found = results("forecast", history=history.tolist(), churn=0.04, capacity=10_000)
    tried = found["tried_on_the_past"]
    assert tried["asked"] > 50
    assert 0.55 <= tried["share"] <= 1
    assert found["learned"]
    used = run("forecast", history=history.tolist(), churn=0.04).parameters()
    assert (None, "unused") == (used["joins"]["value"], used["joins"]["label"])
    assert results("forecast")["tried_on_the_past"] is None


def test_what_would_have_to_be_true_is() -> None:
    """With the joins it asks for, the target is reached by its month, and hardly before."""
    needed = results("forecast")["target"]["joins"]
    assert results("forecast", joins=needed * 1.001)["target"]["as_it_is"]
    assert not results("forecast", joins=needed * 0.99)["target"]["as_it_is"]


def test_a_target_beyond_the_room_is_impossible() -> None:
    """No rate fills more than there is; the answer is null."""
    target = results("forecast", target=50_000)["target"]
    assert (None, None, None, 0) == (*(target[k] for k in ("joins", "invites", "churn")), 0)


# --- sizing -----------------------------------------------------------------------------------


def test_sizing_on_paper() -> None:
    """100 people, a fifth write 3 of 10 seconds: 60 messages, 10 minutes: just held."""
    found = results("sizing", members=100, active_share=0.2, messages=3, seconds=10, circle=20)
    group = found["group"]
    assert (60, 10, 1, 4950) == tuple(
        pytest.approx(group[k]) for k in ("messages", "minutes_to_read", "read_share", "pairs")
    )
    assert 100 == pytest.approx(found["holds"])
    # 60 × 20 s + 100 × 10 s = 37 minutes of an admin's 45.
    assert 1 == group["admins"]
    assert (5, 12) == (found["circles"]["groups"], pytest.approx(found["circles"]["messages"]))


def test_a_silent_group_has_no_end() -> None:
    """Nobody writes: no largest size, nothing to read, no NaN."""
    found = results("sizing", active_share=0)
    assert (None, False, None) == (found["holds"], found["too_large"], found["groups_needed"])


def test_150_stands_beside_what_the_pilot_saw() -> None:
    """The claim and the finding are told together."""
    ids = [figure["id"] for figure in run("sizing").published()]
    assert ["dunbar", "pilot-150", "pilot-20"] == ids


@few
@given(st.integers(1, 5000), st.integers(1, 5000))
def test_larger_groups_are_read_less(a: int, b: int) -> None:
    """Messages rise, the share that is read falls, admins do not fall."""
    low, high = (results("sizing", members=n)["group"] for n in sorted((a, b)))
    assert low["messages"] <= high["messages"]
    assert low["read_share"] >= high["read_share"]
    assert low["admins"] <= high["admins"]


# --- dividend ---------------------------------------------------------------------------------


def test_dividend_on_paper() -> None:
    """30 + 18 + 20, a quarter again for feedback, 15 by newcomers: 100."""
    found = waves(values("dividend"), 100)
    assert [30, 18, 20, 17, 15] == [pytest.approx(copies) for copies in found.values()]


def test_the_exponent_is_one_when_nobody_hears_more() -> None:
    """Beyond what can be heard the sum grows in a line; below it, faster."""
    p = values("dividend", hearing=50)
    assert 1 == pytest.approx(log2(copies(p, 200) / copies(p, 100)))
    assert 1 < results("dividend", hearing=1000)["exponent"] < 2


def test_the_dividend_may_not_happen() -> None:
    """No doings, no dividend; and at the break-even all doings together sell just as many."""
    off = dict.fromkeys(("buy", "ask", "evening", "newcomers"), 0)
    none = results("dividend", **off)
    assert none["no_dividend"]
    assert (None, 0) == (none["exponent"], none["together"])
    even = results("dividend")["breaks_even_at"]
    p = values("dividend")
    doings = ("buy", "ask", "dig", "evening", "evening_buy", "feedback", "newcomers")
    assert 20 == pytest.approx(copies({**p, **{n: p[n] * even for n in doings}}, 100))


@few
@given(st.sampled_from(["buy", "ask", "dig", "evening", "feedback", "newcomers"]), share, share)
def test_no_wave_takes_copies_away(name: str, a: float, b: float) -> None:
    """Raising any doing never lowers the sum."""
    low, high = (copies({**values("dividend"), name: x}, 100) for x in sorted((a, b)))
    assert low <= high


# --- franchise --------------------------------------------------------------------------------


def test_franchise_on_paper() -> None:
    """3 million a region; 30,000 ÷ 365 = 82.2, so 83 cards; sold out, 6,500 above the stake."""
    found = results("franchise", spread=0, region_sales=0, branch_cost=0, card_sales=100)
    assert 0 == found["branch_sales_to_break_even"]
    found |= {"branch_sales_to_break_even": results("franchise")["branch_sales_to_break_even"]}
    assert (3_000_000, 83) == (found["implied_region_value"], found["cards_to_break_even"])
    assert 6500 == found["parties"]["holder"]["end"]["p50"]
    # No sales: each side has its half of 20 stakes, less 36 months of cost.
    assert 300_000 == found["parties"]["branch"]["end"]["p50"]
    assert 300_000 - 36 * 5000 == found["parties"]["head"]["end"]["p50"]
    assert 20 * 100 == found["members_of_the_region"]["p50"]
    assert (83, 28) == tuple(found[f"{who}_sales_to_break_even"] for who in ("branch", "head"))


def test_the_money_is_shared_and_not_made() -> None:
    """Branch, head office and all holders' dividends add up to fees and stakes less costs."""
    found = results("franchise", spread=0, card_sales=0)["parties"]
    own = results("franchise", spread=0, card_sales=0)["ways"]["own_branch"]
    holders = 20 * (found["holder"]["end"]["p50"] + 30_000)
    total = found["branch"]["end"]["p50"] + found["head"]["end"]["p50"] + holders
    assert own["end"]["p50"] + 600_000 == pytest.approx(total, rel=1e-3)


def test_unsold_cards_lose_the_stake() -> None:
    """Nothing sold, no profit: the whole stake is gone in every try, and never in the black."""
    holder = results("franchise", card_sales=0, region_sales=0)["parties"]["holder"]
    assert (-30_000, 1, None) == (
        holder["end"]["p50"],
        holder["loss_share"],
        holder["in_the_black_from"]["p10"],
    )


# --- funnel -----------------------------------------------------------------------------------


def test_funnel_on_paper() -> None:
    """100 reached, 10 join, 5 active, 1 pays 30: income 30, cost 100 + 5."""
    p = values(
        "funnel",
        months=1,
        reached=100,
        join_rate=0.1,
        active_share=0.5,
        pay_rate=0.2,
        course_rate=0,
        product_rate=0,
        tip_rate=0,
        value_rate=0,
        fixed_cost=0,
        retention=0.75,
    )
    (month,) = months_of(p)
    assert (10, 5, 1) == (month["joined"], month["active"], month["paying"])
    assert (30, 105, -75) == (month["income_monetise"], month["cost"], month["profit"])
    assert 100 == lifetime_value(p)  # (30 - 5) ÷ (1 - 0.75)
    assert 0.1 / (1 - 0.62 * 0.9) == ever_pays(p)
    # 30 of fees; six could have tipped 10 each.
    tips = _pay_what_you_want(p, [month])
    assert (0.5, False) == (tips["rate_to_match_fees"], tips["never"])
    assert _pay_what_you_want({**p, "tip": 1}, [month])["never"]


def test_the_funnel_settles_where_the_formula_says() -> None:
    """After many months free and paying members stand still."""
    p = values("funnel", months=120)
    last, rest = months_of(p)[-1], funnel_settles_at(p)
    assert rest["paying"] == pytest.approx(last["paying"], rel=1e-6)
    assert rest["free"] + rest["paying"] == pytest.approx(last["members"], rel=1e-6)


def test_the_weakest_stage_is_that_of_its_steps() -> None:
    """Gathering gains most where all its good ends together bring most; none where none helps."""
    assert "gather" == _weakest_stage({"join_rate": 3, "active_share": 3, "retention": 5})
    assert "monetise" == _weakest_stage({"join_rate": 3, "pay_rate": 1, "retention": 5})
    assert _weakest_stage({}) is None


def test_the_tornado_is_sorted_and_scenarios_stand_in_order() -> None:
    """The widest bar first; bad ends below what is given, good ends above; an interval of worth."""
    found = results("funnel")
    swings = [bar["swing"] for bar in found["tornado"]]
    assert swings == sorted(swings, reverse=True)
    low, middle, high = (one["profit"] for one in found["scenarios"])
    assert low < middle < high
    value = found["lifetime_value"]
    assert value["p10"] < value["point"] < value["p90"]


@few
@given(st.sampled_from(["join_rate", "pay_rate", "fee", "retention", "tip_rate"]), share, share)
def test_a_better_rate_never_lowers_the_income(name: str, a: float, b: float) -> None:
    """Income rises with every rate and with the fee."""
    low, high = sorted((a * 0.99, b * 0.99))
    incomes = [
        sum(m["income_monetise"] for m in months_of({**values("funnel"), name: x}))
        for x in (low, high)
    ]
    assert incomes[0] <= incomes[1] + 1e-6
