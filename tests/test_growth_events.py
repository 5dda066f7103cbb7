"""Models set from a community's own events: estimates on paper, the network, and bad tables."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest

import playbook
from playbook import PlaybookError, check, cli, library
from playbook.growth.compare import tornado
from playbook.people.base import open_log
from playbook.people.calibrate import Calibration, calibrate
from playbook.people.estimates import dispersion, mean, median, share
from playbook.people.graph import invite_forest, ties
from playbook.words import LANGUAGES

Captured = pytest.CaptureFixture[str]


def table(rows: list[tuple[Any, ...]], *names: str) -> pd.DataFrame:
    """Build an event table from (member, day, kind, …)."""
    return pd.DataFrame(rows, columns=["member", "at", "kind", *names])


def day(n: float) -> str:
    """Name a moment so many days after New Year 2026."""
    return (pd.Timestamp("2026-01-01") + pd.Timedelta(days=n)).isoformat() + "Z"


def bustle(months: int = 8, seed: int = 3) -> pd.DataFrame:
    """Make up a community: people come, some bring others, talk, pay and leave."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []
    arrivals = {f"m{n:03}": float(d) for n, d in enumerate(rng.integers(0, 30 * months - 40, 80))}
    for name, come in list(arrivals.items()):
        rows.append((name, day(come), "join", None, None, None))
        for _ in range(int(rng.negative_binomial(0.4, 0.4 / (0.4 + 0.3)))):
            guest, when = f"g{len(arrivals):03}", come + float(rng.integers(1, 30))
            arrivals[guest] = when
            rows += [(name, day(when), "invite", guest, None, None)]
            rows += [(guest, day(when), "join", None, None, None)]
    names = list(arrivals)
    for n in range(3000):
        name = names[int(rng.integers(len(names)) * rng.random())]
        when = arrivals[name] + float(rng.exponential(60))
        other = names[int(rng.integers(len(names)))]
        if arrivals[other] <= when < 30 * months:
            rows.append((name, day(when), "post", other if n % 3 else None, f"t{n}", None))
            rows.append((other, day(when + 0.1), "reply", name, f"t{n}", None))
    rows += [(names[n], day(200), "leave", None, None, None) for n in range(3)]
    rows += [
        (names[n], day(30 * month + 5), "pay", None, None, 30.0)
        for n in range(10)
        for month in range(3, 7)
    ]
    found = table(rows, "target", "object", "amount")
    found["currency"] = np.where(found["kind"] == "pay", "CNY", None)
    found = found[found["at"] < day(30 * months)]
    first = found[found["kind"] != "leave"].groupby("member")["at"].max()
    gone = found["kind"].eq("leave") & (found["at"] < found["member"].map(first))
    return found[~gone].reset_index(drop=True)


@pytest.fixture(scope="module")
def busy() -> Calibration:
    """Calibrate the made-up community once."""
    return calibrate(bustle())


# --- on paper -----------------------------------------------------------------------------------


def test_invitations_on_paper() -> None:
    """Ann brings Bo after 9 days, Bo brings Cy after 10; Di came before she was invited."""
    rows = [
        ("ann", day(0), "join", None),
        ("ann", day(9), "invite", "bo"),
        ("bo", day(9), "join", None),
        ("bo", day(19), "invite", "cy"),
        ("cy", day(19), "join", None),
        ("di", day(1), "join", None),
        ("ann", day(20), "invite", "di"),
        ("ann", day(20), "invite", "never"),
        ("ann", day(20), "invite", "ann"),
        ("di", day(90), "post", None),
    ]
    found = calibrate(table(rows, "target"))
    told = found.estimates
    # Four members had 30 days; two of them brought one each.
    assert (0.5, 4) == (told["k"].value, told["k"].n)
    assert (9.5, 2) == (told["days"].value, told["days"].n)
    assert (0.5, 4) == (told["invited_share"].value, told["invited_share"].n)
    assert (0.5, 4) == (told["accepted"].value, told["accepted"].n)
    assert [(3, 2), (1, 0)] == list(found.forest.trees()[["size", "depth"]].itertuples(False, None))
    document = found.to_dict("en")
    assert {"invited": 4, "came": 2, "trees": 1, "largest": 3, "deepest": 2} == document["invites"]


def test_who_stays_and_leaves_on_paper() -> None:
    """Three months of 30.4 days: Ann in all, Bo in the first two, Cy leaves at once."""
    month = 365.2425 / 12
    rows = [("ann", day(n * month + 1), "post") for n in range(3)]
    rows += [("bo", day(n * month + 1), "post") for n in range(2)]
    rows += [("cy", day(2), "join"), ("cy", day(3), "leave"), ("ann", day(0), "join")]
    rows += [("ann", day(3 * month - 0.5), "like")]
    told = calibrate(table(rows)).estimates
    # Of 3 active in the first month and 2 in the second, 2 and 1 come back.
    assert (3 / 5, 5) == (told["free_retention"].value, told["free_retention"].n)
    # At the ends of the months 2, 2 and 2 are here, and 6 were active while here.
    assert 1 == told["active_month"].value
    assert 2 == told["members"].value
    assert told["churn"].value == pytest.approx(1 / 4)


def test_talk_on_paper() -> None:
    """Two of four write on each of ten days, three messages each."""
    rows: list[tuple[Any, ...]] = [(name, day(0), "join", None, None) for name in "abcd"]
    for n in range(10):
        for name in "ab":
            rows += [(name, day(n + 0.1 * k), "post", None, f"{name}{n}{k}") for k in range(3)]
    rows += [("c", day(n + 0.5), "reply", "a", f"a{n}0") for n in range(5)]
    told = calibrate(table(rows, "target", "object")).estimates
    assert (0.5 + 5 / 40) == pytest.approx(told["writers_day"].value)
    assert (65 / 25) == pytest.approx(told["messages"].value)
    assert (12, 5) == (pytest.approx(told["first_reply_hours"].value), told["first_reply_hours"].n)
    assert (5 / 60, 60) == (pytest.approx(told["answered"].value), told["answered"].n)


def test_paying_on_paper() -> None:
    """Ann pays in three months, Bo in one of them; both were free before."""
    month = 365.2425 / 12
    rows: list[tuple[Any, ...]] = [
        (name, day(n * month + 1), "post", None, None) for name in ("ann", "bo") for n in range(4)
    ]
    rows += [("ann", day(n * month + 2), "pay", 30.0, "CNY") for n in (1, 2, 3)]
    rows += [("bo", day(2 * month + 2), "pay", 60.0, "CNY")]
    rows += [("ann", day(4 * month - 0.5), "like", None, None)]
    told = calibrate(table(rows, "amount", "currency")).estimates
    # Ann goes on twice of two times; Bo does not, once.
    assert (2 / 3, 3) == (pytest.approx(told["retention"].value), told["retention"].n)
    # Free and active: Ann in months 0 and 1, Bo in 0, 1 and 2; two begin to pay.
    assert (2 / 5, 5) == (pytest.approx(told["pay_rate"].value), told["pay_rate"].n)
    assert 37.5 == told["paid_a_month"].value


def test_small_statistics_by_hand() -> None:
    """Wilson of 5 of 10; the median of 1 to 9 and its order statistics; an even d is large."""
    half = share(5, 10)
    assert half is not None
    assert (0.237, 0.763) == (pytest.approx(half.low, abs=1e-3), pytest.approx(half.high, 1e-3))
    middle = median(np.arange(1, 10))
    assert middle is not None
    assert (5, 2, 8) == (middle.value, middle.low, middle.high)
    one = mean(np.array([0.0] * 50 + [2.0] * 50))
    assert one is not None
    assert (1, pytest.approx(0.8, abs=0.03)) == (one.value, one.low)
    rng = np.random.default_rng(1)
    for d in (0.2, 1.0):
        drawn = rng.poisson(rng.gamma(d, 2 / d, 4000))
        found = dispersion(drawn)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low <= d <= found.high
        assert d == pytest.approx(found.value, rel=0.2)
    assert (None, None, None) == (share(0, 0), median(np.array([1.0])), dispersion(np.zeros(9)))


def test_calibration_finds_what_made_the_events(busy: Calibration) -> None:
    """On a community made with k = 0.3 and d = 0.4 both lie within their intervals."""
    for name, made in (("k", 0.3 * 80 / busy.estimates["k"].n), ("dispersion", 0.4)):
        found = busy.estimates[name]
        assert found.low is not None
        assert found.high is not None
        assert found.low <= made <= found.high, name


# --- what a source does not show ----------------------------------------------------------------


def test_what_is_not_shown_is_not_estimated() -> None:
    """Only posts: no k, no churn, no payments, never 0; the default keeps its label."""
    found = calibrate(table([("ann", day(n), "post") for n in range(70)]))
    assert not {"k", "churn", "retention", "answered", "invited_share"} & set(found.estimates)
    assert {} == found.options("fission")
    rows = {row["used_by"]: row for row in found.rows("en") if row["label"] != "calibrated"}
    assert ("vendor", "vendor-k") == tuple(rows["fission.k"][key] for key in ("label", "source"))
    assert 0 == rows["fission.k"]["n"]


def test_events_without_times_count_in_trees_only() -> None:
    """Who brought whom needs no time; everything else does."""
    rows = [("ann", None, "join", None), ("ann", None, "invite", "bo"), ("bo", None, "join", None)]
    found = calibrate(table(rows, "target"))
    assert 0.5 == found.estimates["k"].value
    assert (0, {"members", "k", "dispersion", "accepted", "invited_share"}) == (
        len(found.history),
        set(found.estimates),
    )
    told = playbook.simulate("forecast", events=found).parameters()
    assert ("calibrated", 2) == (told["members"]["label"], told["members"]["value"])


def test_one_event_is_enough_to_be_answered() -> None:
    """Nothing to estimate but that there is one member; every model still runs."""
    found = calibrate(table([("ann", day(0), "post")]))
    assert 1 == found.estimates["members"].value
    for model in ("fission", "forecast", "sizing", "funnel"):
        json.dumps(playbook.simulate(model, events=found).to_dict("en"), allow_nan=False)
    assert [] == library.beside(found).rows("en")


@pytest.mark.parametrize(
    "bad", [table([]), table([("ann", day(0), "dance")]), pd.DataFrame({"a": [1]}), "none.parquet"]
)
def test_bad_tables_are_refused(bad: Any) -> None:
    """As everywhere: one message."""
    with pytest.raises(PlaybookError):
        playbook.simulate("fission", events=bad)


def test_an_unknown_model_is_refused(busy: Calibration) -> None:
    """With the nearest name."""
    with pytest.raises(PlaybookError, match="fission"):
        busy.options("fision")


# --- the network --------------------------------------------------------------------------------


def test_ties_on_paper() -> None:
    """Replies, likes, mentions and invitations, either way; who left or only was named is out."""
    rows = [
        ("ann", day(0), "reply", "bo"),
        ("bo", day(1), "like", "ann"),
        ("bo", day(1), "post", "cy"),
        ("cy", day(2), "invite", "di"),
        ("di", day(2), "join", None),
        ("di", day(3), "reply", "ghost"),
        ("ed", day(3), "reply", "ann"),
        ("ed", day(4), "leave", None),
        ("ann", day(5), "reply", "ann"),
        ("fay", day(5), "join", None),
    ]
    with open_log(table(rows, "target")) as log:
        found = ties(log)
        forest = invite_forest(log)
    assert ["ann", "bo", "cy", "di", "fay"] == found.names
    pairs = list(zip(found.a.tolist(), found.b.tolist(), found.met.tolist(), strict=True))
    assert [(0, 1, 2.0), (1, 2, 1.0), (2, 3, 1.0)] == pairs
    assert 1 == forest.came


def test_circles_of_inviters_do_not_hang() -> None:
    """Ann invites Bo who invites Ann, at the same moment: somebody comes first."""
    rows = [("ann", day(0), "invite", "bo"), ("bo", day(0), "invite", "ann")]
    with open_log(table(rows, "target")) as log:
        trees = invite_forest(log).trees()
    assert [(2, 1)] == list(trees[["size", "depth"]].itertuples(index=False, name=None))


# --- models that take it ------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["fission", "forecast", "sizing", "funnel"])
def test_one_call_sets_a_model(model: str, busy: Calibration) -> None:
    """Estimates are echoed with interval and n; an option of one's own goes first; it repeats."""
    first = playbook.simulate(model, events=busy)
    document = first.to_dict("en")
    jsonschema.Draft202012Validator(check.schema("simulation")).validate(document)
    told = {k: v for k, v in document["parameters"].items() if v["label"] == "calibrated"}
    assert set(busy.options(model)) == {
        name for name, p in document["parameters"].items() if p["label"] == "calibrated"
    } | {n for n, p in document["parameters"].items() if p["label"] == "unused" and n == "members"}
    for name, p in told.items():
        assert None is not p["n"] or name == "start_date"
        if p["low"] is not None:
            assert p["low"] <= p["value"] <= p["high"]
    assert first.results == playbook.simulate(model, events=busy).results
    assert library.rerun(document, busy).same
    mine = next(name for name in told if name not in ("history", "start_date"))
    value = told[mine]["value"]
    assert (
        "given"
        == playbook.simulate(model, events=busy, **{mine: value}).parameters()[mine]["label"]
    )


def test_the_forecast_learns_from_the_events(busy: Calibration) -> None:
    """It begins where the events end, with as many as are here, and is tried on their past."""
    found = playbook.simulate("forecast", events=busy)
    assert busy.until.isoformat() == found.parameters()["start_date"]["value"]
    assert busy.estimates["members"].value == found.results["start"]
    assert found.results["learned"]
    assert found.results["fan"][0]["day"] == busy.until.isoformat()


def test_own_network_from_events(busy: Calibration) -> None:
    """Fission runs on it; sizing splits it only where parts are asked for."""
    fission = playbook.simulate("fission", events=busy).results["network"]
    assert (True, len(busy.ties.names)) == (fission["own"], fission["people"])
    assert playbook.simulate("sizing", events=busy).results["split"] is None
    told = playbook.simulate("sizing", events=busy, groups=3).results["split"]
    assert busy.ties.names == sorted(row["member"] for row in told["people"])
    assert told["kept_share"] > told["random_kept"]["p90"]


def test_a_tornado_around_ones_own_values(busy: Calibration) -> None:
    """What was estimated is the middle of its bar."""
    found = tornado("sizing", calibrated=busy.options("sizing"))
    (bar,) = (bar for bar in found["bars"] if bar["parameter"] == "messages")
    assert busy.options("sizing")["messages"]["value"] * 0.8 == pytest.approx(bar["from"])
    told = playbook.simulate("sizing", events=busy).measures("en")[0]["value"]
    assert told == found["base"]


def test_calibration_as_a_table(busy: Calibration) -> None:
    """Both languages, the same numbers; JSON without NaN."""
    english, chinese = (busy.frame(lang) for lang in LANGUAGES)
    assert english["value"].tolist() == chinese["value"].tolist()
    assert english["what"].tolist() != chinese["what"].tolist()
    json.dumps(busy.to_dict("zh"), allow_nan=False)


def test_from_the_shell(tmp_path: Path, capsys: Captured) -> None:
    """One command calibrates and runs; the exported run is made again with the table."""
    events, path = tmp_path / "events.parquet", str(tmp_path / "run.json")
    found = bustle()
    found["at"] = pd.to_datetime(found["at"], format="ISO8601", utc=True)
    found.to_parquet(events)
    argv = ["simulate", "sizing", "--events", str(events), "--groups", "3", "--seed", "7", "--json"]
    printed = []
    for _ in range(2):
        assert cli.main([*argv, "-o", path]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert 3 == len(json.loads(printed[0])["results"]["split"]["groups"])
    assert cli.main(["simulate", "--from", path, "--events", str(events)]) == 0
    assert "same numbers" in capsys.readouterr().err
    assert cli.main(["simulate", "--from", path]) == 2
    assert "--events" in capsys.readouterr().err
    assert cli.main(["simulate", "fission", "--events", str(events), "--lang", "zh"]) == 0
    assert "从你们的事件里估出来的" in capsys.readouterr().out
    assert cli.main(["simulate", "fission", "--events", str(tmp_path / "no.csv")]) == 2
    assert cli.main(["simulate", "fission", "--events", str(events), "--tz", "Mars"]) == 2


# --- the sample ---------------------------------------------------------------------------------


def test_the_invite_trees_of_a_genuine_sample_beside_the_model(tmp_path: Path) -> None:
    """Hyperledger's Slack: few bring anybody, and those who were brought bring most: named."""
    from playbook.files import data_folder

    sample = data_folder() / "samples" / "slack-hyperledger.zip"
    found = calibrate(playbook.import_events(sample, tmp_path / "events.parquet"))
    rows = {row["id"]: row for row in library.beside(found).rows("en")}
    for row in rows.values():
        print(row["id"], row["observed"], row["model"], row["fits"], row["misfit"])
    assert rows["brought_nobody"]["fits"]
    assert rows["brought_nobody"]["observed"] > 0.95
    assert rows["k_of_the_brought"]["fits"] is False
    assert "bring more" in rows["k_of_the_brought"]["misfit"]
    assert rows["band_held"]["n"] >= 10
    assert found.estimates["k"].value < 0.1
