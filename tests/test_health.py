"""Health and "did it work?": facts, verdicts and intervals worked by hand."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import logs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import playbook as pb
from playbook import PlaybookError, check, cli
from playbook.load import content, sources
from playbook.people.action import did_it_work, slope
from playbook.people.base import open_log
from playbook.people.evidence import read
from playbook.people.health import KINDS, VERDICTS, health
from playbook.people.weeks import difference, facts, first_day, kinds_of, level_of, window
from playbook.present.health_text import action_text, health_text, number, reason, trend_words
from playbook.words import LANGUAGES, say

few = settings(max_examples=8, deadline=None, derandomize=True)
Found = dict[str, Any]

#: Nine weeks; each member posts on the first day of a week. The ninth only makes the group older.
WEEKS = ["abc", "ab", "abcd", "", "abe", "af", "abc", "agh"]
ROWS = logs.until(logs.weekly(WEEKS), 9)
#: The same on the last day of the eighth: what a dashboard reads is always the last eight.
EIGHT = logs.until(logs.weekly(WEEKS), 8)
#: By hand. Weeks 7 and 8: a b c g h. First in weeks 5 to 8: e f g h. Three or more in weeks 1, 3,
#: 5, 7 and 8. Two weeks or more: a b c. Five or more: a (7) and b (5). Days 15 to 27 are silent.
BY_HAND = {
    "active": (5, 1, 8),
    "newcomers": (4, 2, 8),
    "weeks_of_three": (5, 2, 8),
    "returning": (3, 0, 8),
    "silence": (13, 1, 56),
    "core": (2, 2, 8),
}


def dashboard(rows: Iterable[Sequence[Any]], kind: str | None = None, **more: Any) -> Found:
    """Give the dashboard of rows."""
    with logs.opened(rows, **more) as log:
        return health(log, kind)


def measures(found: Found) -> dict[str, Found]:
    """Give every measure of a dashboard by its id."""
    return {m["id"]: m for module in found["modules"] for m in module["measures"]}


def effect(weeks: Sequence[int], day: int, **more: Any) -> Found:
    """Judge an action on day `day`, where so many people took part week by week."""
    rows = logs.until(logs.weekly([logs.names(n) for n in weeks]), len(weeks))
    with logs.opened(rows) as log:
        return did_it_work(log, "active_weekly", logs.at(day).date(), **more)


# --- facts ------------------------------------------------------------------------------------


def test_the_facts_of_eight_weeks_as_counted_on_paper() -> None:
    """Every fact has the value, level and n that a pencil gives."""
    with logs.opened(ROWS) as log:
        stretch = window(first_day(log, kinds_of("part")), log.at.date())
        found = facts(log, stretch)
    assert BY_HAND == {name: (f.value, f.level, f.n) for name, f in found.items()}


@pytest.mark.parametrize(
    ("fact", "levels"),
    [
        ("active", [(0, 0), (2, 0), (3, 1), (5, 1), (6, 2), (11, 2), (12, 3), (500, 3)]),
        ("newcomers", [(0, 0), (1, 1), (2, 1), (3, 2), (7, 2), (8, 3)]),
        ("weeks_of_three", [(0, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (8, 3)]),
        ("returning", [(3, 0), (4, 1), (7, 1), (8, 2), (15, 2), (16, 3)]),
        ("silence", [(56, 0), (15, 0), (14, 1), (8, 1), (7, 2), (5, 2), (4, 3), (0, 3)]),
        ("core", [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3)]),
    ],
)
def test_levels_are_the_pilots(fact: str, levels: list[tuple[int, int]]) -> None:
    """Each border of the pilot's table falls where it stands there."""
    assert levels == [(value, level_of(fact, value)) for value, _ in levels]


@pytest.mark.parametrize(
    ("days", "which"), [(55, None), (56, "first"), (83, "first"), (84, "last"), (400, "last")]
)
def test_young_groups_are_read_in_their_first_weeks(days: int, which: str | None) -> None:
    """Eight full weeks are needed; from twelve on the last eight are read."""
    first, last = logs.START.date(), logs.at(days - 1).date()
    found = window(first, last)
    assert which == (found.which if found else None)
    if found:
        assert (first if which == "first" else last) == (
            found.start if which == "first" else found.end
        )


@given(
    st.lists(st.sets(st.integers(0, 7), max_size=6), min_size=8, max_size=8),
    st.integers(0, 7),
    st.integers(0, 7),
)
@few
def test_one_more_active_week_lowers_no_level(weeks: list[set[int]], who: int, when: int) -> None:
    """Who was there before takes part in another week: no fact falls to a lower level."""
    started = [n for n, members in enumerate(weeks) if who in members]
    when = max([when, *started[:1]])
    more = [members | {who} if n == when else members for n, members in enumerate(weeks)]
    levels = []
    for these in (weeks, more):
        named = [[f"m{n}" for n in sorted(members)] for members in these]
        # One more member on the first day, so that both logs begin and end together.
        rows = logs.until([[0, "first", "post"], *logs.weekly(named, day=1)], 9)
        with logs.opened(rows) as log:
            levels.append({r.rule["id"]: r.level for r in read(log)})
            levels[-1] |= {
                name: fact.level
                for name, fact in facts(log, window(logs.START.date(), log.at.date())).items()
            }
    for name, level in levels[0].items():
        assert level is None or level <= levels[1][name], name


# --- the dashboard ----------------------------------------------------------------------------


def test_modules_stand_in_their_order_and_facts_first() -> None:
    """People, events, interaction, marketing; the three facts lead."""
    found = dashboard(ROWS, "learning")
    assert ["people", "events", "interaction", "marketing"] == [m["id"] for m in found["modules"]]
    people = [m["id"] for m in found["modules"][0]["measures"]]
    assert ["active", "newcomers", "weeks_of_three"] == people[:3]
    assert people[:3] == found["overall"]["facts"]
    assert [] == check.check(found, "health")


def test_every_judged_measure_has_its_rule_and_source() -> None:
    """A verdict never stands alone."""
    known = sources()
    for measure in measures(dashboard(ROWS, "learning")).values():
        if measure["verdict"] is not None:
            assert measure["rule"]
            assert measure["source"]
            assert set(measure["source"]) <= set(known)
            assert measure["why"] is None
        else:
            assert measure["why"]


@pytest.mark.parametrize(
    ("kind", "verdicts"),
    [
        # levels: active 1, newcomers 2, weeks 2, silence 1, returning 0, core 2
        ("social", ["healthy", "healthy", "healthy", "healthy", "healthy", "healthy"]),
        ("commercial", ["watch", "healthy", "healthy", "watch", "act", "healthy"]),
        ("learning", ["watch", "healthy", "healthy", "watch", "act", "healthy"]),
        ("task", [None] * 6),
        (None, ["watch", "healthy", "healthy", "watch", "watch", "healthy"]),
    ],
)
def test_verdicts_depend_on_the_kind_of_community(kind: str, verdicts: list[str | None]) -> None:
    """Quiet is normal among acquaintances, watched in a commercial group, expected at an end."""
    found = measures(dashboard(EIGHT, kind))
    asked = ["active", "newcomers", "weeks_of_three", "silence", "returning", "core"]
    assert verdicts == [found[name]["verdict"] for name in asked]


def test_a_young_group_that_fell_silent_is_not_called_healthy() -> None:
    """Twelve people a week, three new ones, for eight weeks; then nobody for three: watch.

    "The last two weeks" are the last two, not weeks 7 and 8. The outlook stays that of its start.
    """
    weeks = [logs.names(12, 3 * n) for n in range(8)]
    early = dashboard(logs.until(logs.weekly(weeks), 8), "learning")
    late = dashboard(logs.until(logs.weekly(weeks), 11), "learning")
    assert ("healthy", "first") == (early["overall"]["verdict"], early["window"]["which"])
    assert ("watch", "last") == (late["overall"]["verdict"], late["window"]["which"])
    facts_ = [
        {name: one["value"] for name, one in measures(found).items()} for found in (early, late)
    ]
    assert [(15, 12), (0, 3)] == [(one["active"], one["newcomers"]) for one in facts_]
    assert "act" == measures(late)["active"]["verdict"]
    assert early["outlook"] == late["outlook"]
    assert ["carried", "ended"] == late["caveats"]
    assert "ended" not in dashboard(logs.weekly(weeks), "learning", at="2026-03-18")["caveats"]


def test_quiet_is_no_illness_among_acquaintances() -> None:
    """Two friends who wrote twice in eight weeks: healthy; in a shop's group worth watching."""
    rows = logs.until([[0, "a", "post"], [0, "b", "post"], [40, "a", "post"]], 9)
    found = [dashboard(rows, kind) for kind in ("social", "commercial", "task")]
    quiet, people, new = (
        [measures(one)[name]["verdict"] for one in found]
        for name in ("silence", "active", "newcomers")
    )
    assert ["healthy", "watch", None] == quiet
    assert ["healthy", "act", None] == people
    assert ["watch", "act", None] == new
    assert ["healthy", "act", None] == [one["overall"]["verdict"] for one in found]


@pytest.mark.parametrize("kind", KINDS[:-1])  # not task: it has no verdicts
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_verdict_and_its_reason_say_the_same(kind: str, lang: str) -> None:
    """What is called normal is healthy, what is called worth watching is watch."""
    rows = logs.until([[0, "a", "post"], [0, "b", "post"], [40, "a", "post"]], 9)
    for measure in measures(dashboard(rows, kind)).values():
        said = reason(measure, kind, lang)
        if say(f"health.because.{kind}", lang) in said:
            assert ("healthy" if kind == "social" else "watch") == measure["verdict"]


@pytest.mark.parametrize("kind", [*KINDS[:-1], None])
def test_a_lively_group_is_told_nothing_of_quiet(kind: str | None) -> None:
    """Ten people and three new ones each week: no word that nobody comes, or that quiet is bad."""
    weeks = [logs.names(10 + 3 * n) for n in range(20)]
    for name, measure in measures(dashboard(logs.weekly(weeks), kind)).items():
        if name in ("active", "newcomers", "weeks_of_three"):
            said = reason(measure, kind, "en")
            assert ("healthy", True) == (measure["verdict"], said.startswith("In the pilot, "))


def test_the_whole_is_the_middle_of_three_facts() -> None:
    """Watch, healthy, healthy is healthy; where one is not known, so is the whole."""
    assert "healthy" == dashboard(EIGHT, "commercial")["overall"]["verdict"]
    short = dashboard(ROWS[:6], "commercial")["overall"]
    assert (None, "too_short") == (short["verdict"], short["why"])
    task = dashboard(ROWS, "task")["overall"]
    assert (None, "task") == (task["verdict"], task["why"])


def test_without_its_kind_nothing_is_worse_than_watch() -> None:
    """A dead group whose kind is not told is not sent to act."""
    rows = logs.until([[0, "a", "post"]], 20)
    verdicts = [m["verdict"] for m in measures(dashboard(rows)).values()]
    assert "act" not in verdicts
    assert "watch" in verdicts


def test_what_a_source_does_not_show_is_null() -> None:
    """A chat without sign-ups, payments, joins and shares: those measures are null, never 0."""
    found = measures(dashboard(logs.weekly(WEEKS), "social"))
    unseen = ["held", "signups", "attendances", "show_up", "payments", "revenue", "conversion"]
    for name in [*unseen, "invites", "shares", "lurkers", "reciprocity", "reply_share"]:
        assert (None, "no_kind") == (found[name]["value"], found[name]["why"]), name
        assert [] == found[name]["series"]
        assert found[name]["trend"] is None


def test_a_group_of_a_few_days_is_unknown_not_zero() -> None:
    """Below eight weeks the facts have no value and no verdict."""
    found = measures(dashboard([[0, "a", "post"], [3, "b", "post"]], "social"))
    for name in BY_HAND:
        told = found[name]
        assert (None, None, "too_short") == (told["value"], told["verdict"], told["why"])


def test_only_likes_is_not_taking_part() -> None:
    """A source with reactions alone has no facts."""
    found = dashboard(logs.weekly([logs.names(5)] * 9, kind="like"), "social")
    assert {"no_kind"} == {measures(found)[name]["why"] for name in BY_HAND}
    assert "no_kind" == found["outlook"]["why"]


@pytest.mark.parametrize("name", [entry["id"] for entry in content("evidence")["no_signal"]])
def test_what_carries_no_signal_is_never_judged(name: str) -> None:
    """It is no fact, no rule of evidence, and has no rule on the dashboard."""
    told = content("evidence")
    assert name not in [fact["id"] for fact in told["fact"]]
    assert name not in [fact for rule in told["rule"] for fact in rule["facts"]]
    for module in content("health")["module"]:
        for measure in module["measure"]:
            if name in (measure["id"], measure.get("no_signal")):
                assert "rule" not in measure
                assert "fact" not in measure


def test_ratios_are_described_and_say_so() -> None:
    """Gini, the busiest fifth, replies, lurkers: a value, no verdict, and that no signal is known.

    Posts: a 8, b 1, c 1: Gini 2 · (1 + 2 + 3 · 8) ÷ (3 · 10) - 4/3 = .4667; the busiest one of
    three has .8. Replies in the last four weeks: 2 of 6. One of four members only joined.
    """
    rows = [[7 * n, "a", "post"] for n in range(8)]
    rows += [[50, "b", "reply", "t", "a"], [51, "c", "reply", "t", "a"], [1, "d", "join"]]
    found = measures(dashboard([*rows, [55, "a", "join"]], "social"))
    assert 0.4667 == pytest.approx(found["gini"]["value"], abs=1e-4)
    assert (0.8, 3) == (found["top_20"]["value"], found["top_20"]["n"])
    assert (2 / 6, 6) == (found["reply_share"]["value"], found["reply_share"]["n"])
    assert (0.25, 4) == (found["lurkers"]["value"], found["lurkers"]["n"])
    assert (0.0, 2) == (found["reciprocity"]["value"], found["reciprocity"]["n"])
    for name in ("gini", "top_20", "reply_share", "lurkers", "reciprocity"):
        assert (None, "no_signal") == (found[name]["verdict"], found[name]["why"])


def test_the_distance_from_five_twenty_seventy_five() -> None:
    """Layers of 10, 30 and 60 %: half of 5 + 10 + 15 is 15 % away."""
    told = {"big": (0.10, 0.05), "middle": (0.30, 0.20), "ordinary": (0.60, 0.75)}
    layers = {name: {"share": share, "claim": claim} for name, (share, claim) in told.items()}
    with logs.opened(ROWS) as log:
        found = measures(health(log, spread={"potential": {"members": 20, **layers}}))
        alone = measures(health(log))
    assert 0.15 == pytest.approx(found["layers"]["value"])
    assert (None, "not_asked") == (alone["layers"]["value"], alone["layers"]["why"])


def test_events_and_money_by_hand() -> None:
    """Of four who signed up for two occasions three came; 30 less 10 CNY; two of five pay."""
    rows: list[list[Any]] = [[7 * n, "a", "post"] for n in range(9)]
    rows += [[50, m, "signup", "picnic"] for m in "abc"] + [[51, "d", "signup", "talk"]]
    rows += [[53, m, "checkin", "picnic"] for m in "ab"] + [[54, "d", "attend", "talk"]]
    rows += [[54, "e", "attend", "talk"]]
    rows += [[52, "a", "pay", None, None, 10.0, "CNY"], [55, "b", "pay", None, None, 20.0, "CNY"]]
    rows += [[62, "b", "refund", None, None, 10.0, "CNY"]]
    found = measures(dashboard(rows, "commercial"))
    value = {name: (found[name]["value"], found[name]["n"]) for name in found}
    assert (2, 4) == value["held"]
    assert (4, 4) == value["signups"]
    assert (4, 4) == value["attendances"]
    assert (0.75, 4) == value["show_up"]
    assert (2, 4) == value["payments"]
    assert (20.0, 3) == value["revenue"]
    assert "CNY" == found["revenue"]["unit"]
    assert (0.4, 5) == value["conversion"]
    for name in ("held", "signups", "show_up", "payments", "revenue", "conversion"):
        assert (None, "not_judged") == (found[name]["verdict"], found[name]["why"])


def test_a_source_without_times_is_unknown() -> None:
    """Neither a verdict nor a nought: its events have no times."""
    frame = logs.table([[0, "a", "post"], [0, "b", "signup", "picnic"], [0, "b", "pay"]])
    with open_log(frame.assign(at=None, at_quality="none")) as log:
        found = health(log, "learning")
    told = measures(found)
    for name in ("active", "held", "signups", "messages", "payments"):
        assert (None, "no_time") == (told[name]["value"], told[name]["why"]), name
    assert "no_time" == found["overall"]["why"] == found["outlook"]["why"]
    assert 2 == told["members"]["value"]


def test_an_amount_that_is_no_number_is_left_out() -> None:
    """Not a number, without end or beyond all money: none can be summed or written as JSON."""
    rows: list[list[Any]] = [[7 * n, "a", "post"] for n in range(9)]
    odd = (float("nan"), float("inf"), 1e308, 1e308, -1e308)
    for day, amount in enumerate((*odd, 5.0), 53):
        rows.append([day, "a", "pay", None, None, amount, "CNY"])
    found = measures(dashboard(rows))["revenue"]
    assert (5.0, 1) == (found["value"], found["n"])


def test_two_currencies_are_not_added_up() -> None:
    """Neither is converted: the value is null and says why."""
    rows: list[list[Any]] = [[7 * n, "a", "post"] for n in range(9)]
    rows += [[60, "a", "pay", None, None, 1.0, "CNY"], [60, "b", "pay", None, None, 1.0, "EUR"]]
    found = measures(dashboard(rows))["revenue"]
    assert (None, "currencies") == (found["value"], found["why"])


def test_a_trend_is_the_last_four_weeks_against_four_before() -> None:
    """Twelve weeks of 4, then four of 16 people: means, change and interval as on paper."""
    weeks = [logs.names(4)] * 12 + [logs.names(16)] * 4
    found = measures(dashboard(logs.until(logs.weekly(weeks), 16)))["active"]
    # Variance is raised to the mean: 4/4 + 16/4 = 5; degrees of freedom 25 ÷ (1/3 + 16/3) = 4.41.
    assert (4.0, 16.0, 12.0) == tuple(found["trend"][key] for key in ("before", "after", "change"))
    assert 12 - 2.677 * sqrt(5) == pytest.approx(found["trend"]["low"], abs=0.01)
    assert [4, 4] == found["trend"]["n"]
    assert [4] * 12 + [16] * 4 == [week["value"] for week in found["series"]]
    assert "2026-01-01" == found["series"][0]["week"]


def test_what_is_no_weekly_count_is_held_against_the_eight_weeks_before() -> None:
    """Eight weeks of four people, then eight of two with one week of silence."""
    weeks = ["abcd"] * 8 + ["ab"] * 3 + [""] + ["ab"] * 4
    found = measures(dashboard(logs.until(logs.weekly(weeks), 16), "social"))
    told = {name: found[name]["trend"] for name in ("silence", "returning", "core")}
    assert [(6, 13), (4, 2), (4, 2)] == [(t["before"], t["after"]) for t in told.values()]
    assert {("stretches", None, 8)} == {(t["method"], t["low"], t["n"][0]) for t in told.values()}
    assert "13 now" in trend_words(found["silence"], "en")
    short = measures(dashboard(logs.until(logs.weekly(weeks[:15]), 15), "social"))
    assert short["silence"]["trend"] is None  # the first of the weeks before is not known


def test_what_is_no_count_of_weeks_is_held_against_how_it_stood() -> None:
    """Eight weeks of two who post alike, then eight of one: on paper, and as then looked at."""
    rows = logs.until(logs.weekly(["ab"] * 8 + ["a"] * 8), 16)
    found = measures(dashboard(rows))
    told = {name: found[name]["trend"] for name in ("top_20", "gini")}
    assert (0.5, 16 / 24) == (told["top_20"]["before"], told["top_20"]["after"])
    assert (0, pytest.approx(1 / 6)) == (told["gini"]["before"], told["gini"]["after"])
    assert {("as-of", None, 8)} == {(t["method"], t["low"], t["n"][0]) for t in told.values()}
    assert "50 % 8 weeks ago, 66.7 % now" == trend_words(found["top_20"], "en")


def test_how_it_stood_is_what_was_seen_then(root: Path) -> None:
    """The same export looked at eight weeks earlier shows what the trend starts from."""
    imported = pb.import_events(root / "data/samples/slack-hyperledger.zip")
    with open_log(imported) as log:
        now, day = measures(health(log)), log.at.date() - timedelta(days=56)
    with open_log(imported, at=day) as log:
        then = measures(health(log))
    names = [n for n, one in now.items() if (one["trend"] or {}).get("method") == "as-of"]
    assert {"reply_share", "reciprocity", "top_20", "gini"} <= {*names}
    assert {n: now[n]["trend"]["before"] for n in names} == {n: then[n]["value"] for n in names}


def test_silence_after_the_last_event_is_seen_where_it_is_told() -> None:
    """The same log judged a month later: nobody in the last two weeks."""
    rows = logs.until(logs.weekly([logs.names(12)] * 20), 20)
    alive, dead = (
        measures(dashboard(rows, "learning", at=at)) for at in (None, logs.at(20 * 7 + 30).date())
    )
    assert (12, "healthy") == (alive["active"]["value"], alive["active"]["verdict"])
    assert (0, "act") == (dead["active"]["value"], dead["active"]["verdict"])
    with logs.opened(rows) as log:
        same = measures(health(log, "learning", now=logs.at(20 * 7 + 30).date()))
    assert 0 == same["active"]["value"]


def test_an_unknown_kind_is_refused() -> None:
    """With the nearest one named."""
    with pytest.raises(PlaybookError, match="Did you mean 'social'"):
        dashboard(ROWS, "socia")


# --- outlook ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("early", "late", "band", "alive"),
    [
        (10, 2, "weak", 0.29),  # levels 0 and 0
        (8, 4, "middling", 0.52),  # 1 and 2
        (14, 20, "strong", 0.70),  # 3 and 3
    ],
)
def test_the_outlook_is_a_band_of_the_pilot(early: int, late: int, band: str, alive: float) -> None:
    """Two levels added up: 0–1 weak, 2–3 middling, more strong; with n and interval."""
    fresh = logs.names(late, 100) if band != "weak" else logs.names(late)
    weeks = [logs.names(early)] * 4 + [fresh] * 4
    found = dashboard(logs.until(logs.weekly(weeks), 9))["outlook"]
    assert (band, alive, 64, None) == tuple(found[key] for key in ("band", "alive", "n", "why"))
    assert found["low"] < alive < found["high"]


@pytest.mark.parametrize(
    ("weeks", "people", "kind", "why"),
    [
        (7, 12, None, "too_short"),
        (12, 12, None, "older"),
        (9, 9, None, "size"),
        (9, 71, None, "size"),
        (9, 12, "task", "task"),
        (9, 12, None, None),
        (11, 70, None, None),
    ],
)
def test_no_outlook_beyond_what_was_seen(
    weeks: int, people: int, kind: str | None, why: str | None
) -> None:
    """Too young, too old, too small, too large, or with an end: none, and the reason."""
    rows = logs.until(logs.weekly([logs.names(people)] * weeks), weeks)
    found = dashboard(rows, kind)["outlook"]
    assert (why, why is None) == (found["why"], found["band"] is not None)


# --- did it work? -----------------------------------------------------------------------------


def test_welch_by_hand() -> None:
    """Variances of 10 and 2 a week around means of 10 and 20: the interval of a textbook.

    Before 6 8 12 14 (variance 40/3, mean 10), after 18 20 20 22 (8/3, raised to its mean 20):
    40/12 + 20/4 = 8.333; freedom 69.44 ÷ (11.11/3 + 25/3) = 5.77; t = 2.469.
    """
    found = difference([6, 8, 12, 14], [18, 20, 20, 22])
    assert (10.0, 20.0, 10.0) == (found.before, found.after, found.change)
    assert 10 - 2.469 * sqrt(8 + 1 / 3) == pytest.approx(found.low, abs=0.01)
    assert 10 + 2.469 * sqrt(8 + 1 / 3) == pytest.approx(found.high, abs=0.01)


@pytest.mark.parametrize(
    ("before", "after"), [([5, 5], [9, 9, 9]), ([5, 5, 5], [9, 9]), ([0] * 4, [0] * 4)]
)
def test_too_little_has_no_interval(before: list[int], after: list[int]) -> None:
    """Fewer than three weeks on a side, or nothing counted at all."""
    found = difference(before, after)
    assert (None, None) == (found.low, found.high)
    assert found.to_dict()["method"] is None


@pytest.mark.parametrize(
    ("weeks", "expect", "outcome", "why"),
    [
        ([8] * 8 + [24] * 4, "up", "worked", "beyond_chance"),
        ([24] * 8 + [8] * 4, "down", "worked", "beyond_chance"),
        ([24] * 8 + [8] * 4, "up", "did_not", "other_way"),
        ([400] * 12, "up", "did_not", "no_effect"),
        ([8] * 8 + [11] * 4, "up", "inconclusive", "within_chance"),
        ([1] * 8 + [1] * 4, "up", "inconclusive", "thin"),
        ([4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48], "up", "inconclusive", "trend_before"),
    ],
)
def test_an_action_is_judged_by_its_weeks(
    weeks: list[int], expect: str, outcome: str, why: str
) -> None:
    """Twelve weeks, the action in the ninth: by chance, size, direction, and what was before."""
    found = effect(weeks, 56, expect=expect)
    assert (outcome, why) == (found["outcome"], found["why"])
    assert weeks[4:8] == [week["value"] for week in found["before"]]
    assert weeks[8:] == [week["value"] for week in found["after"]]
    assert [] == check.check(found, "action")


def test_what_was_under_way_is_told() -> None:
    """Four more people every week: by the slope, four weeks later there are 16 more."""
    (found,) = effect([4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48], 56)["warnings"]
    assert ("trend_before", 16.0) == (found["id"], pytest.approx(found["value"]))
    assert 4.0 == slope([4, 8, 12, 16])


@pytest.mark.parametrize(
    ("day", "why", "sides"),
    [
        (14, "too_short_before", (2, 4)),
        (70, "too_short_after", (4, 2)),
        (21, "worked", (3, 4)),
    ],
)
def test_an_action_needs_three_weeks_on_both_sides(
    day: int, why: str, sides: tuple[int, int]
) -> None:
    """Fewer: inconclusive, whatever the numbers; and few weeks before are told."""
    found = effect([8] * 3 + [40] * 9, day)
    assert sides == (len(found["before"]), len(found["after"]))
    assert why in (found["why"], found["outcome"])
    if why == "worked":
        assert ["no_history"] == [warning["id"] for warning in found["warnings"]]


def test_what_else_changed_is_named() -> None:
    """A new group and a new kind of event since the action are told, and what is gone."""
    rows: list[list[Any]] = []
    for week in range(8):
        group = "old" if week < 4 else "new"
        rows += [
            [7 * week, member, "post", None, None, None, None, group] for member in logs.names(9)
        ]
    rows += [[40, "x", "pay", None, None, 5.0, "CNY", "new"]]
    with logs.opened(logs.until(rows, 8)) as log:
        found = did_it_work(log, "active", logs.at(28).date())["changed"]
    told = {(entry["what"], entry["how"]): entry["names"] for entry in found}
    assert {
        ("kind", "new"): ["join", "pay"],
        ("group", "new"): ["new"],
        ("group", "gone"): ["old"],
    } == told


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"measure": "activ_"}, "active_weekly"),
        ({"measure": "payments"}, "shows no such events"),
        ({"day": "yesterday"}, "date"),
        ({"day": "2020-01-01"}, "outside"),
        ({"expect": "better"}, "choose one of up, down"),
        ({"weeks": 2}, "3 to 26"),
        ({"weeks": 27}, "3 to 26"),
    ],
)
def test_a_wrong_question_is_refused(given: dict[str, Any], message: str) -> None:
    """One clear message each."""
    asked: dict[str, Any] = {"measure": "active", "day": "2026-01-29", **given}
    with logs.opened(ROWS) as log, pytest.raises(PlaybookError, match=message):
        did_it_work(log, **asked)


def test_the_command_asks_it_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`playbook members EVENTS --action DATE` adds it to the document and to the text."""
    path = tmp_path / "events.parquet"
    logs.table(logs.until(logs.weekly([logs.names(8)] * 8 + [logs.names(24)] * 4), 12)).to_parquet(
        path
    )
    asked = ["members", str(path), "--action", "2026-02-26", "--measure", "active_weekly"]
    assert 0 == cli.main([*asked, "--expect", "up", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert "worked" == document["action"]["outcome"]
    assert [] == check.check(document["action"], "action")
    assert [] == check.check(document["health"], "health")
    assert 0 == cli.main(asked)
    assert say("health.action.worked", "en")[:30] in capsys.readouterr().out
    assert 2 == cli.main([*asked, "--weeks", "many"])
    assert "3 to 26" in capsys.readouterr().err


# --- in words ---------------------------------------------------------------------------------


def asked_words() -> Iterator[str]:
    """Give every word that an id of the content or of a document stands for."""
    told = content("health")
    for module in told["module"]:
        yield f"health.module.{module['id']}"
        yield from (f"health.measure.{measure['id']}" for measure in module["measure"])
    yield from (f"health.weekly.{entry['id']}" for entry in told["weekly"])
    yield from (f"health.outlook.{band['id']}" for band in told["outlook"]["band"])
    yield from (
        f"health.because.{kind}" for kind in (*KINDS, "other", "people", "newcomers", "core")
    )
    yield from (f"health.verdict.{verdict}" for verdict in VERDICTS)
    yield from (f"health.overall.{verdict}" for verdict in VERDICTS)
    schema = check.schema("health")
    reasons = schema["$defs"]["measure"]["properties"]["why"]["enum"]
    yield from (f"health.why.{why}" for why in reasons if why)
    caveats = schema["properties"]["caveats"]["items"]["enum"]
    yield from (f"health.caveat.{name}" for name in (*caveats, "label"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_id_has_its_words(lang: str) -> None:
    """Whatever the engine returns can be said in both languages."""
    assert all(say(word, lang) for word in asked_words())


def test_the_kinds_of_the_rules_are_those_of_an_answers_file() -> None:
    """Every kind of community has a verdict for every level; `task` has none on purpose."""
    known = set(check.schema("answers")["properties"]["community"]["properties"]["kind"]["enum"])
    assert known - {None} == set(KINDS) - {"task"}
    for rule in content("health")["rule"]:
        if rule["id"] != "core":
            assert set(KINDS) - {"task"} | {"other"} == set(rule["verdicts"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_dashboard_says_the_verdict_first(lang: str) -> None:
    """The same numbers in both languages, no place left open, and the pilot named as what it is."""
    found = dashboard(EIGHT, "commercial")
    told = health_text(found, lang)
    assert say("health.overall.healthy", lang) in told.replace("\n", " " if lang == "en" else "")
    assert "239" in told
    assert not re.search(r"[{}]", told)
    assert all(len(line) <= 80 for line in told.splitlines())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_action_is_told_with_its_interval_and_its_doubt(lang: str) -> None:
    """The outcome, the weeks, the interval, and that before and after prove no cause."""
    told = action_text(effect([8] * 8 + [24] * 4, 56), lang).replace("\n", "")
    assert "8, 8, 8, 8" in told or "8、8、8、8" in told
    assert "+16.0" in told
    assert say("health.action.no_cause", lang)[:12] in told
    assert not re.search(r"[{}]", told)


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (None, "people", "–"),
        (0.4, "share", "40 %"),
        (0, "days", "0 days"),
        (370.0, "CNY", "370 CNY"),
    ],
)
def test_numbers_with_their_units(value: float | None, unit: str, told: str) -> None:
    """Unknown is a dash, a share is per cent."""
    assert told == number(value, unit, "en")


# --- the other engine -------------------------------------------------------------------------


@pytest.mark.slow
def test_spark_gives_the_same(tmp_path: Path) -> None:
    """The whole dashboard, facts and all, is the same on DuckDB and on Spark."""
    pytest.importorskip("pyspark")
    rows = [*logs.until(logs.weekly([logs.names(3 + n % 5) for n in range(20)]), 20)]
    rows += [[100, "m001", "signup", "picnic"], [101, "m001", "checkin", "picnic"]]
    rows += [[103, "m001", "pay", None, None, 10.0, "CNY"], [104, "m002", "reply", "t", "m001"]]
    path = tmp_path / "events.parquet"
    logs.table(rows).to_parquet(path)

    def on(engine: str) -> Found:
        with open_log(path, engine=engine) as log:
            return health(log, "learning")

    assert on("duckdb") == on("spark")
