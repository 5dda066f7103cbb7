"""Members from events: rules worked by hand, what never may happen, and odd tables."""

import gc
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import brute
import logs
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import playbook
from playbook import PlaybookError, check
from playbook.events import KINDS
from playbook.people import cohorts, invites, spread
from playbook.people.api import Members
from playbook.people.base import open_log
from playbook.people.intimacy import intimacy
from playbook.people.path import path
from playbook.people.usable import _shifts

quick = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def found(rows: Iterable[Sequence[Any]], **more: Any) -> Iterator[Members]:
    """Work out the members of (day, member, kind, object, target, amount, currency, group)."""
    with playbook.members(logs.table(rows), **more) as members:
        yield members


def scores(rows: Iterable[Sequence[Any]], **more: Any) -> dict[str, float]:
    """Give everybody's intimacy."""
    with found(rows, **more) as members:
        scored = members.scored
        return dict(zip(scored.members, scored.intimacy.tolist(), strict=True))


def steps(document: dict[str, Any]) -> dict[str, Any]:
    """Give how many took each step of the path."""
    return {step["id"]: step["members"] for step in document["steps"]}


# --- intimacy ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        ([(0, "post")], 2.0),
        ([(0, "post")] * 3, 6.0),
        ([(0, "post")] * 9, 10.0),  # a day counts five
        ([(0, "post")] * 9 + [(-1, "post")], 10 + 2 * 0.5 ** (1 / 30)),
        ([(-30, "post"), (0, "leave")], 1.0),
        ([(-14, "like"), (-28, "like"), (0, "leave")], 0.5 * 0.5 + 0.5 * 0.25),
        ([(-180, "pay"), (-180, "invite"), (-60, "attend"), (0, "leave")], 13.0),
        ([(0, "leave"), (0, "refund")], 0.0),
    ],
)
def test_points_have_a_cap_a_day_and_fade(rows: list[tuple[int, str]], points: float) -> None:
    """Σ coefficient × min(n, most a day) × 0.5^(age ÷ half-life), shown as 100·raw ÷ (raw + 20)."""
    expected = round(100 * points / (points + 20), 9)
    assert {"ann": expected} == scores([[day, "ann", kind] for day, kind in rows])


def test_a_hundred_likes_in_a_day_do_not_beat_who_paid_and_brought_a_friend() -> None:
    """2.5 points against 20."""
    rows = [[0, "ann", "like"]] * 100 + [[0, "bo", "pay"], [0, "bo", "invite", None, "cy"]]
    assert {"ann": 11.111111111, "bo": 50.0} == scores(rows)


def test_days_are_cut_where_the_community_lives() -> None:
    """Six posts around midnight in Shanghai are one day in UTC (five count), two days there."""
    start = logs.START.replace(hour=15)
    times = [start + timedelta(minutes=20 * n) for n in range(6)]
    table = pd.DataFrame({"member": "ann", "kind": "post", "at": times})
    by_zone = {}
    for zone in ("UTC", "Asia/Shanghai"):
        with playbook.members(table, tz=zone) as members:
            by_zone[zone] = members.intimacy.faded[0, 0]
    assert pytest.approx(5) == by_zone["UTC"]
    assert pytest.approx(3 + 3 * 0.5 ** (1 / 30)) == by_zone["Asia/Shanghai"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu"])
def test_clocks_are_those_of_the_zone(zone: str) -> None:
    """Every half day of a year, summer time included, shows the time that Python shows."""
    at = [logs.START - timedelta(hours=12 * n + 0.5) for n in range(700)]
    table = pd.DataFrame({"member": [f"{n:03}" for n in range(700)], "kind": "post", "at": at})
    with open_log(table, tz=zone) as log:
        shown = log.events.order_by("member").to_pandas()
    expected = [moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for moment in at]
    assert expected == [moment.to_pydatetime() for moment in shown["at"]]
    assert [moment.date() for moment in expected] == [pd.Timestamp(d).date() for d in shown["day"]]


def test_a_zone_that_never_changes_has_one_shift() -> None:
    """Nothing is looked up row by row."""
    assert 1 == len(_shifts(ZoneInfo("Asia/Shanghai"), logs.at(0), logs.at(4000)))
    assert 23 == len(_shifts(ZoneInfo("Europe/Berlin"), logs.at(0), logs.at(4000)))


# --- levels -----------------------------------------------------------------------------------


def test_the_top_level_asks_for_three_kinds() -> None:
    """80 of 100 by two kinds is a pillar, by three a star pupil."""
    two = [[0, "ann", "pay"]] * 2 + [[-1, "ann", "pay"]] * 2 + [[-2, "ann", "pay"]] * 2
    two += [[0, "ann", "invite", None, "bo"]] * 3
    with found(two) as members:
        assert members.scored.intimacy[0] > 80
        assert {"pillar": 1} == {k: n for k, n in members.scored.levels.items() if n}
    with found([*two, [0, "ann", "like"]]) as members:
        assert {"scholar": 1} == {k: n for k, n in members.scored.levels.items() if n}


def test_points_alone_never_were_the_top_level() -> None:
    """80 points of two kinds in January, 79 of three in March: a pillar then, and a pillar now."""
    rows = [[28 + n // 2, "ann", "pay"] for n in range(6)] + [[30, "ann", "invite", None, "bo"]] * 3
    rows = [*rows, [78, "ann", "like"]]
    with found(rows) as members:
        assert 72 < members.scored.intimacy[0] < 80
        assert [3, 3] == [int(told.level[0]) for told in (members.scored, members.score_with())]
    with found([*rows, [30, "ann", "like"]]) as members:  # three kinds when January ended
        assert members.scored.intimacy[0] < 80
        assert 4 == int(members.scored.level[0])


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 200),
        st.sampled_from("abc"),
        st.sampled_from(["post", "like", "pay", "attend", "share", "leave"]),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=25,
)


def told(events: list[tuple[int, str, str, int]]) -> list[list[Any]]:
    """Write each event out as often as it says."""
    return [[day, member, kind] for day, member, kind, n in events for _ in range(n)]


@quick
@given(EVENTS, st.integers(0, 60))
def test_intimacy_and_levels_are_those_of_plain_python(
    events: list[tuple[int, str, str, int]], later: int
) -> None:
    """A walk through every month, member by member, ends at the same levels."""
    rows = [(logs.at(day).date(), member, kind) for day, member, kind in told(events)]
    at = max(day for day, _, _ in rows) + timedelta(days=later)
    with found(told(events), at=at) as members:
        table = members.scored.frame().set_index("member")
        again = members.score_with()
    expected = {
        member: pytest.approx(score, abs=1e-9) for member, score in brute.scores(rows, at).items()
    }
    assert expected == table["intimacy"].to_dict()
    assert brute.levels(rows, at) == table["level"].to_dict()
    assert brute.levels(rows, at) == again.frame().set_index("member")["level"].to_dict()
    assert again.levels == members.scored.levels


@quick
@given(EVENTS, st.sampled_from(["post", "like", "pay", "share", "leave"]), st.integers(0, 200))
def test_more_activity_never_lowers_intimacy(
    events: list[tuple[int, str, str, int]], kind: str, day: int
) -> None:
    """One more event of a, at any time: nobody falls, and only a may rise."""
    at = logs.at(260)
    before = scores(told(events), at=at)
    after = scores([*told(events), [day, "a", kind]], at=at)
    for member, score in before.items():
        assert after[member] >= score if member == "a" else after[member] == score


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    """A shuffled table gives the same document and the same rows."""
    dice = random.Random(seed)
    kinds = ["post", "reply", "like", "pay", "share", "invite", "leave", "join"]
    rows: list[list[Any]] = [
        [
            dice.randrange(200),
            dice.choice("abcdef"),
            dice.choice(kinds[seed:]),
            None,
            dice.choice("abx"),
        ]
        for _ in range(60)
    ]
    shuffled = dice.sample(rows, len(rows))
    with found(rows) as one, found(shuffled) as other:
        assert one.to_dict() == other.to_dict()
        pd.testing.assert_frame_equal(one.frame(), other.frame())


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_of_one_kind_alone(kind: str) -> None:
    """Whatever a source shows and nothing else: a document comes of it."""
    rows = [[day, name, kind, None, "ann"] for day, name in enumerate(("ann", "bo", "bo"))]
    with found(rows) as members:
        document = members.to_dict()
        assert ["ann", "bo"] == list(members.frame()["member"])
    assert {kind: 3} == document["kinds"]
    assert [] == check.check(json.loads(json.dumps(document)), "members")


def test_asking_with_other_coefficients_is_asking_anew() -> None:
    """The slider gives what the whole engine gives; unknown kinds and odd numbers are refused."""
    rows = [[day, f"m{day % 7}", kind] for day in range(90) for kind in ("post", "like", "pay")]
    mine = {"post": 7, "like": 0}
    with found(rows) as members, found(rows, coefficients=mine) as anew:
        again = members.score_with(mine)
        both = [
            one.frame().sort_values("member", ignore_index=True) for one in (anew.scored, again)
        ]
        pd.testing.assert_frame_equal(*both)
        assert again.levels != members.scored.levels
        with pytest.raises(PlaybookError, match=r"'pots' given.*Did you mean 'post'"):
            members.score_with({"pots": 2})
        for odd in (-1, float("nan"), float("inf"), "2", True, 1001):
            with pytest.raises(PlaybookError, match="allowed is 0 to 1000"):
                members.score_with({"post": odd})  # type: ignore[dict-item]


def test_other_half_lives_leave_everyone_in_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine gives the same rows in another order the second time: nobody gets another's."""
    from playbook.people import api

    def turned(*given: Any, **more: Any) -> Any:
        seen = intimacy(*given, **more)
        return replace(seen, members=seen.members[::-1], faded=seen.faded[::-1])

    rows = [[day, name, "post"] for name, n in (("a", 1), ("b", 9), ("c", 30)) for day in range(n)]
    with found(rows) as members:
        before = members.scored
        monkeypatch.setattr(api, "intimacy", turned)
        now = members.score_with(half_lives={"post": 29})
    assert [*before.members] == [*now.members]
    assert np.abs(before.intimacy - now.intimacy).max() < 2
    assert np.ptp(before.intimacy) > 5


def test_a_slider_counts_everyone() -> None:
    """A hundred thousand members under new coefficients: thresholds and history included."""
    n = 100_000
    table = pd.DataFrame({"member": [f"m{place % n:06}" for place in range(2 * n)]})
    table["kind"] = np.where(np.arange(2 * n) % 3 == 0, "post", "pay")
    table["at"] = [logs.START + timedelta(minutes=place) for place in range(2 * n)]
    with playbook.members(table) as members:
        few, many = (members.score_with({"post": points}) for points in (1, 3))
    assert n == sum(many.levels.values())
    assert few.levels != many.levels


# --- path, cohorts, lifecycle -----------------------------------------------------------------


def test_steps_count_in_order_and_within_the_window() -> None:
    """ann goes all the way; bo pays before being active; cy comes too late; dan never talks."""
    rows = [
        *[[day, "ann", "post"] for day in (0, 1, 2)],
        [1, "bo", "reply", None, "ann"],
        [3, "ann", "pay"],
        [1, "bo", "pay"],
        *[[day, "bo", "like"] for day in (5, 9)],
        [0, "cy", "reply", None, "ann"],
        *[[day, "cy", "like"] for day in (400, 401, 402)],
        *[[day, "dan", "like"] for day in (0, 1, 2, 3)],
    ]
    with logs.opened(rows) as log:
        one, other = path(log), path(log, "first_touch")
    expected = {"acquire": 4, "identify": None, "link": 3, "activate": 2, "convert": 1}
    assert expected == steps(one)
    assert expected == steps(other)
    assert [None, None, 0.75, 0.666666667, 0.5] == [step["rate"] for step in one["steps"]]


def test_looking_for_a_step_after_the_one_before_differs_from_first_touches() -> None:
    """ann pays first, then again after becoming active: only the sequential path sees it."""
    rows = [[0, "bo", "reply", None, "ann"], [0, "ann", "pay"]]
    rows += [[day, "ann", "like"] for day in (1, 2)] + [[9, "ann", "pay"]]
    with logs.opened(rows) as log:
        assert 1 == steps(path(log))["convert"]
        assert 0 == steps(path(log, "first_touch"))["convert"]


@pytest.mark.parametrize(
    ("days", "active"), [((0, 1, 29), 1), ((0, 1, 30), 0), ((0, 40, 50, 60), 1), ((0, 0, 0), 0)]
)
def test_three_days_within_thirty_are_active(days: tuple[int, ...], active: int) -> None:
    """Three different days, the last less than thirty days after the first."""
    rows = [[0, "ann", "reply", None, "bo"], *[[day, "ann", "like"] for day in days]]
    with logs.opened(rows) as log:
        assert active == steps(path(log))["activate"]


def test_a_step_that_cannot_be_shown_is_null_and_says_why() -> None:
    """No people table, nobody answers, nobody pays: the order goes on without them."""
    with logs.opened([[day, "ann", "post"] for day in range(3)]) as log:
        shown = path(log)
    expected = {"acquire": 1, "identify": None, "link": None, "activate": 1, "convert": None}
    assert expected == steps(shown)
    whys = ["no_people_table", "no_replies", "no_payments"]
    assert whys == [step["because"] for step in shown["steps"] if step["because"]]


def test_a_people_table_that_nobody_has_filled_in_identifies_nobody() -> None:
    """An import begins it with every member and no person: a step not shown, no fall to nought."""
    rows = [[day, "ann", "post"] for day in range(3)]
    table = pd.DataFrame({"member": ["ann", "bo"], "person": [None, " "], "name": ["Ann", None]})
    with found(rows, people=table) as members:
        shown = members.to_dict()["path"]
        stage = members.frame()["stage"].tolist()
    assert {"identify": None, "activate": 1}.items() <= steps(shown).items()
    assert "no_persons" == shown["steps"][1]["because"]
    assert ["activate"] == stage
    table["person"] = ["A.", None]
    with found(rows, people=table) as members:
        assert 1 == steps(members.to_dict()["path"])["identify"]


def test_retention_lifecycle_and_stickiness_by_hand() -> None:
    """January: ann, bo. February: ann. March: bo, cy. The month that is running is not told."""
    rows = [[0, "ann", "post"], [3, "bo", "post"], [31, "ann", "post"], [60, "bo", "post"]]
    rows += [[60, "cy", "post"], [64, "cy", "post"], [91, "cy", "post"]]
    with logs.opened(rows) as log:
        kept, months, sticky = (
            cohorts.retention(log),
            cohorts.lifecycle(log),
            cohorts.stickiness(log),
        )
    assert [("2026-01", [2, 1, 1]), ("2026-03", [1])] == [
        (cohort["month"], cohort["active"]) for cohort in kept["cohorts"]
    ]
    assert [(0, 3, 1.0), (1, 2, 0.5), (2, 2, 0.5)] == [
        (point["months"], point["members"], point["rate"]) for point in kept["curve"]
    ]
    names = ("active", "new", "returning", "resurrected", "dormant", "over")
    assert [
        (2, 2, 0, 0, 0, True),
        (1, 0, 1, 0, 1, True),
        (2, 1, 0, 1, 1, True),
        (1, 0, 1, 0, 1, False),
    ] == [tuple(month[name] for name in names) for month in months]
    # The last 30 days hold one day of cy.
    assert {"days": 30, "members": 1, "dau_mau": 0.066666667, "on_days": {"2": 1}} == sticky


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ((100,), "new"),
        ((71,), "new"),
        ((70,), "dormant"),
        ((41, 71), "returning"),
        ((40, 71), "resurrected"),
        ((40,), "gone"),
    ],
)
def test_lifecycle_of_a_member(days: tuple[int, ...], state: str) -> None:
    """Thirty days and the thirty before them, as of day 100; leaving is no activity."""
    rows = [[day, "ann", "post"] for day in days] + [[100, "bo", "post"], [100, "ann", "leave"]]
    with found(rows) as members:
        table = members.frame().set_index("member")
        assert state == table.loc["ann", "lifecycle"]


# --- spreading, circles, invitations ----------------------------------------------------------


def test_who_ties_for_the_last_place_of_the_top_has_part_of_it() -> None:
    """Two of ten: one clear first, three who tie for the second."""
    belongs = spread.top_part(np.array([9.0, 5, 5, 5, 1, 1, 1, 0, 0, 0]), 0.2)
    assert [1, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0, 0, 0, 0] == belongs.tolist()


def test_concentration_leaves_spreading_out_of_intimacy() -> None:
    """bo shares most before and after; ann was closest without that, and shares one of four."""
    rows = [[day, "ann", "post"] for day in range(5)] + [[0, "bo", "share"]] * 3
    rows += [[day, name, "like"] for day in (0, 1) for name in ("cy", "dan", "eve")]
    rows += [[18, "ann", "share"], *[[19, "bo", "share"]] * 3]
    with logs.opened(rows) as log:
        shown = spread.concentration(log)
    assert ("2026-01-11", 4, 0.25) == (shown["from"], shown["events"], shown["share"])
    assert {"members": 2, "events": 7, "share": 0.857142857} == shown["spreaders"]
    assert {"members": 1, "events": 5, "share": 1.0} == shown["posters"]


def test_small_groups_and_circles() -> None:
    """25 in one group, 5 in another: 5 of 30 person-months are in a small one."""
    rows: list[list[Any]] = [
        [0, name, "post", None, None, None, None, "big"] for name in logs.names(25)
    ]
    rows += [[0, name, "post", None, None, None, None, "small"] for name in logs.names(5)]
    rows += [[1, "m000", "reply", None, name] for name in logs.names(24, 1)]
    with logs.opened(rows) as log:
        shown = spread.circles(log)
    assert {"member_months": 30, "share": 0.166666667} == shown["groups"]
    assert {"member_months": 25, "share": 0.96} == shown["circles"]


def test_a_few_fixed_voices() -> None:
    """The same two write nearly all, in these four weeks as in those before."""
    rows = [[day, name, "post"] for day in range(56) for name in ("ann", "bo")]
    rows += [[3, "cy", "post"], [50, "dan", "post"]]
    with logs.opened(rows) as log:
        shown = spread.voices(log)
    assert (3, 3, 2, False) == tuple(
        shown[name] for name in ("voices", "before", "same", "few_fixed")
    )
    with logs.opened([row for row in rows if row[1] in ("ann", "bo")]) as log:
        assert spread.voices(log)["few_fixed"] is True
    with logs.opened([[0, "ann", "post"]]) as log:
        assert spread.voices(log)["few_fixed"] is None


def test_reciprocity_and_how_soon_newcomers_are_answered() -> None:
    """bo answers ann after 6 hours, cy after 48, dan never; ann answers bo: half of four pairs."""
    rows = [
        [0, "ann", "post"],
        [0.25, "bo", "reply", None, "ann"],
        [0.5, "ann", "reply", None, "bo"],
    ]
    rows += [[1, "cy", "post"], [3, "bo", "reply", None, "cy"], [5, "dan", "post"]]
    rows += [
        [6, "bo", "reply", None, "dan"],
        [20, "eve", "post"],
        [20, "eve", "reply", None, "eve"],
    ]
    with logs.opened(rows) as log:
        assert {"pairs": 4, "share": 0.5} == spread.reciprocity(log)
        shown = spread.newcomers(log)
    # bo spoke first at day 0.25 and was answered after 6 hours; eve came too late to tell.
    assert (4, 1.0, 0.75, 15.0) == tuple(
        shown[name] for name in ("members", "answered", "in_time", "median_hours")
    )


def test_invitations_with_circles_and_to_oneself() -> None:
    """ann → bo → cy → ann is cut at its last; dan invites only dan; bo was invited twice."""
    pairs = [("ann", "bo"), ("bo", "cy"), ("cy", "ann"), ("dan", "dan"), ("cy", "bo")]
    rows: list[list[Any]] = [
        [day, one, "invite", None, other] for day, (one, other) in enumerate(pairs)
    ]
    rows.append([6, "ann", "invite"])
    with logs.opened(rows) as log:
        tree = invites.tree(log)
    assert tree is not None
    generations = [(g["generation"], g["members"], g["k"]) for g in tree["generations"]]
    assert [(0, 1, 1.0), (1, 1, 1.0), (2, 1, 0.0)] == generations
    names = ("invitations", "without_target", "inviters", "invitees", "to_oneself", "circles")
    assert (6, 1, 2, 2, 1, 1) == tuple(tree[name] for name in names)
    assert 2 == tree["depth"]


def test_a_long_chain_of_invitations() -> None:
    """Fifty thousand generations are climbed without recursion and without waiting."""
    names = [f"m{place:05}" for place in range(50_000)]
    given_ = pd.DataFrame({"inviter": names[:-1], "invitee": names[1:]})
    parents, dropped = invites.parents_of(given_[::-1])
    assert {"self": 0, "circle": 0} == dropped
    assert 49_999 == max(invites.generations(parents).values())


def test_nobody_is_a_koc_without_sharing() -> None:
    """Not where the source shows none (null), nor for who shares nothing (not listed)."""
    with found([[0, "ann", "post"]]) as members:
        assert members.to_dict()["kocs"] is None
    rows = [[0, "ann", "post"], [0, "bo", "share"], [0, "cy", "share", None, "ann"]]
    with found(rows) as members:
        kocs = members.to_dict()["kocs"]
    assert [("cy", 1, None), ("bo", None, None)] == [
        (koc["member"], koc["reach"], koc["activation"]) for koc in kocs
    ]


def test_the_highest_of_each_axis_are_listed_however_many_kocs_there_are() -> None:
    """A picture names the three highest of an axis: they may not be cut off with the rest."""
    close = [[day, name, "post"] for name in ("one", "two", "three") for day in range(9)]
    shares = [[8, name, "share", None, "x"] for name in ("one", "two", "three")]
    shares += [[8, "one", "share", None, other] for other in "yz"]
    far = [[8, f"m{n}", "share", None, other] for n in range(60) for other in "xy"]
    with found([*close, *shares, *far]) as members:
        document = members.to_dict()
    listed = [koc["member"] for koc in document["kocs"]]
    assert (63, 50) == (document["kocs_total"], len(listed))
    assert "one" == listed[0]
    assert {"two", "three"} < set(listed)


def test_who_only_invited_themselves_invited_nobody() -> None:
    """Real exports hold such rows: no KOC, while somebody who invited another is one."""
    own = [0, "ann", "invite", None, "ann"]
    with found([own]) as members:
        assert [] == members.to_dict()["kocs"]
    with found([own, [0, "bo", "invite", None, "bo"], [0, "bo", "invite", None, "cy"]]) as members:
        (koc,) = members.to_dict()["kocs"]
    assert ("bo", 1, 1) == (koc["member"], koc["reach"], koc["evidence"]["invites"])


# --- tables as they come ----------------------------------------------------------------------

ROWS = [
    [0, "ann", "post"],
    [1, "bo", "reply", None, "ann"],
    [2, "ann", "pay", None, None, 9, "CNY"],
]


def test_a_group_of_one() -> None:
    """All is told; no ratio is made up."""
    with found([[0, "ann", "post"]]) as members:
        document = members.to_dict()
        assert [1, 1] == [document["members"], len(members.frame())]
    assert {"pairs": None, "share": None} == document["reciprocity"]
    assert document["concentration"]["share"] is None
    assert document["invites"] is None


def test_an_empty_table_is_one_clear_error() -> None:
    """Nothing to work with: told once, with the number of rows."""
    with pytest.raises(PlaybookError, match="no event that can be used in 0 rows"):
        playbook.members(logs.table([]))
    odd = logs.table([[0, "ann", "wave"], [0, None, "post"], [0, "", "post"]])
    with pytest.raises(PlaybookError, match="in 3 rows") as caught:
        playbook.members(odd)
    assert 1 == len(caught.value.faults)


def test_what_is_left_out_is_counted() -> None:
    """Unknown kinds, rows without a member, later days, 1970: known by number, never fatal."""
    table = logs.table([*ROWS, [0, "bo", "wave"], [0, None, "post"], [9, "ann", "post"]])
    early = logs.table([[0, "cy", "like"]]).assign(at=pd.Timestamp("1970-01-01", tz="UTC"))
    with playbook.members(pd.concat([table, early]), at="2026-01-05") as members:
        document = members.to_dict()
        frame = members.frame().set_index("member")
    expected = {"unknown_kind": 1, "no_member": 1, "after": 1, "too_early": 1}
    assert expected == document["notices"]
    assert {"wave": 1} == document["unknown_kinds"]
    assert ({"like": 1, "post": 1, "reply": 1, "pay": 1}, 4) == (
        document["kinds"],
        document["events"],
    )
    assert pd.isna(frame.loc["cy", "intimacy"])  # the only event of cy has no time one may use
    assert 1 == document["timeless"]


def test_a_date_in_the_future_does_not_make_everything_old() -> None:
    """The moment of judgement is the last event that is not ahead of us."""
    ahead = pd.Timestamp.now(tz="UTC") + pd.Timedelta(days=400)
    table = pd.concat([logs.table(ROWS), logs.table([[0, "ann", "post"]]).assign(at=ahead)])
    with playbook.members(table) as members:
        assert "2026-01-03" == members.to_dict()["at"][:10]
        assert {"after": 1} == members.to_dict()["notices"]


def test_asking_for_a_later_day_lets_things_fade() -> None:
    """Half of the posts' points after 30 days; the day asked for counts to its end."""
    early, late = (scores([[0, "ann", "post"]], at=day) for day in ("2026-01-01", "2026-01-31"))
    assert {"ann": 9.090909091} == early
    assert {"ann": 4.761904762} == late
    with found(ROWS, at=date(2026, 1, 2)) as members:
        assert 2 == members.to_dict()["events"]


def test_events_without_times_count_in_totals_and_invitations_only() -> None:
    """No score, no path, no cohort: null. The tree of invitations stands."""
    rows = [["ann", "post", None], ["bo", "invite", "cy"], ["cy", "like", "ann"]]
    table = pd.DataFrame(rows, columns=["member", "kind", "target"]).assign(at=None)
    with playbook.members(table) as members:
        document = members.to_dict()
        frame = members.frame().set_index("member")
    assert (3, 3, None, None) == tuple(document[k] for k in ("events", "members", "at", "levels"))
    assert [None] * 5 == [step["members"] for step in document["path"]["steps"]]
    assert 1 == document["invites"]["invitees"]
    assert frame["intimacy"].isna().all()
    assert frame["level"].isna().all()
    assert ["cy"] == [koc["member"] for koc in document["kocs"]] or "bo" == (
        document["kocs"][0]["member"]
    )


def test_a_time_of_quality_none_is_not_used() -> None:
    """A reaction that borrowed a time it does not have counts in totals only."""
    table = logs.table([[0, "ann", "like"], [0, "ann", "post"]])
    table["at_quality"] = ["none", "exact"]
    with playbook.members(table) as members:
        assert {"ann": 9.090909091} == dict(
            zip(members.scored.members, members.scored.intimacy, strict=True)
        )
        assert 2 == members.frame()["events"][0]


def test_duplicates_count_once() -> None:
    """The same source, id, kind and member; without an id nothing is a duplicate."""
    table = logs.table([[0, "ann", "post"]] * 3)
    table["id"], table["source"] = ["1", "1", "2"], "slack"
    with playbook.members(table) as members:
        document = members.to_dict()
    assert ({"duplicate": 1}, {"post": 2}) == (document["notices"], document["kinds"])
    with playbook.members(table.assign(id=None)) as members:
        assert {"post": 3} == members.to_dict()["kinds"]


def test_who_only_was_addressed_is_no_member_yet() -> None:
    """Counted apart: an invitation makes nobody act."""
    with found([[0, "ann", "invite", None, "bo"]]) as members:
        document = members.to_dict()
    assert (1, {"targets": 1, "listed": None}) == (document["members"], document["silent"])


def test_two_names_of_one_person_are_one_member(tmp_path: Path) -> None:
    """The people table joins them; replies to oneself are no links then."""
    people = tmp_path / "people.csv"
    people.write_text(
        "﻿member,person,name,region\nann,Ann Lee,Ann,Xiamen\nann-phone,Ann Lee,,Xiamen\nzed,,,\n",
        encoding="utf-8",
    )
    rows = [[0, "ann", "post"], [0, "ann-phone", "reply", None, "ann"], [0, "bo", "post"]]
    with found(rows, people=people) as members:
        frame = members.frame().set_index("member")
        document = members.to_dict()
    assert ["ann", "bo"] == list(frame.index)
    assert 2 == frame.loc["ann", "events"]
    assert ["region=Xiamen"] == frame.loc["ann", "tags_basic"]
    assert ("Ann Lee", "Ann") == (frame.loc["ann", "person"], frame.loc["ann", "name"])
    assert {"region=Xiamen": 1} == document["tags"]["basic"]
    assert 1 == steps(document["path"])["identify"]
    assert {"targets": 0, "listed": 1} == document["silent"]


@pytest.mark.parametrize(
    ("encoding", "sign"),
    [("gb18030", ","), ("utf-8", ";"), ("utf-8-sig", ","), ("utf-16", "\t")],
)
def test_a_people_table_as_a_spreadsheet_saves_it(tmp_path: Path, encoding: str, sign: str) -> None:
    """It is completed by hand in Excel: a Chinese one writes GB18030, a German one semicolons."""
    people = tmp_path / "people.csv"
    text = "member,person,name\nann,李安,小安\nben,,'=王\n".replace(",", sign)
    people.write_text(text, encoding=encoding)
    with found([[0, "ann", "post"], [0, "ben", "post"]], people=people) as members:
        frame = members.frame()
    assert ["小安", "=王"] == frame["name"].tolist()
    assert "李安" == frame["person"][0]


def test_a_people_table_of_another_encoding_is_refused(tmp_path: Path) -> None:
    """Names would become other names in silence."""
    people = tmp_path / "people.csv"
    people.write_text("member,name\nann,Müller\nben,Çelik\n", encoding="cp1252")
    with pytest.raises(PlaybookError, match="the text is neither UTF-8 nor GB18030"):
        open_log(logs.table([[0, "ann", "post"]]), people)


def test_csv_parquet_and_excel_give_the_same(tmp_path: Path) -> None:
    """A table written by a spreadsheet's rules is read back as it was, formulas and all."""
    from playbook.events import Event, EventWriter

    micro = int(logs.START.timestamp() * 1e6)
    events = [
        Event("1", "=1+1", micro, "exact", "post", "-5 °C", source="x"),
        Event("2", "@bo", micro, "exact", "reply", target="=1+1", source="x"),
        Event("3", "@bo", micro, "exact", "pay", amount=-5.5, currency="CNY", source="x"),
        Event("4", "梅\n子", None, "none", "like", source="x"),
    ]
    documents = []
    for name in ("events.csv", "events.parquet"):
        with EventWriter(tmp_path / name) as writer:
            writer.write(events)
        with playbook.members(tmp_path / name) as members:
            documents.append(members.to_dict())
            assert ["=1+1", "@bo", "梅\n子"] == list(members.frame()["member"])
    assert documents[0] == documents[1]
    assert 1 == documents[0]["reciprocity"]["pairs"]


def test_integers_are_microseconds_and_days_alone_are_days() -> None:
    """Both are times an event table may hold."""
    micro = int(logs.START.timestamp() * 1e6)
    for at in ([micro, micro], [date(2026, 1, 1)] * 2):
        table = pd.DataFrame({"member": ["ann", "bo"], "kind": "post", "at": at})
        with playbook.members(table) as members:
            assert "2026-01-01" == members.to_dict()["at"][:10]


def test_an_import_that_nobody_else_holds_lives_on(tmp_path: Path) -> None:
    """`members(import_events(…))` in one line: the table is read when it is asked for."""
    path = tmp_path / "list.txt"
    path.write_text("#接龙\n读书会\n1. 小林\n2. 阿宝\n", encoding="utf-8")
    members = playbook.members(playbook.import_events(path))
    gc.collect()
    assert ["小林", "阿宝"] == sorted(members.frame()["member"])


def test_a_day_without_an_hour_is_known_to_the_day(tmp_path: Path) -> None:
    """So nobody was answered "within 24 hours" who may have waited for two days."""
    path = tmp_path / "events.csv"
    rows = "ann,2026-01-01,post,\nbo,2026-01-02,reply,ann\ncy,2026-01-02 09:30,post,\ndan,,post,\n"
    path.write_text("member,at,kind,target\n" + rows, encoding="utf-8")
    with open_log(path) as log:
        told = log.events.order_by("member").to_pandas()["at_quality"].tolist()
    assert ["day", "day", "exact", "none"] == told
    with playbook.members(path, at="2026-02-01") as members:
        assert members.to_dict()["newcomers"]["answered"] is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read as a table|no table of events"),
        (b"\x00\x01\x02PAR1", "cannot be read as a table|no table of events"),
        (b"PAR1 and then nothing of the kind", "cannot be read as a table"),
        (b"PK\x03\x04\xff\xfe", "goes through playbook import first"),
        (b"name,day\nann,1\n", "no table of events.* goes through playbook import first"),
        (b"member,day\nann,1\n", "column at is missing"),
        (b"membre,at,kind\nann,2026-01-01,post\n", "Did you mean 'membre'"),
        ("member,at,kind\n社群,2026-01-01,post\n".encode("gb18030"), "cannot be read as a table"),
        (b"member,at,kind\n", "no event that can be used"),
    ],
)
def test_a_wrong_file_is_one_clear_error(tmp_path: Path, content: bytes, message: str) -> None:
    """Named by its file, without a traceback."""
    file = tmp_path / "wrong.csv"
    file.write_bytes(content)
    with pytest.raises(PlaybookError, match=message) as caught:
        playbook.members(file)
    assert str(caught.value).startswith("wrong.csv")


@quick
@given(st.binary(max_size=300))
def test_any_bytes_are_members_or_one_error(tmp_path: Path, content: bytes) -> None:
    """Nothing but a PlaybookError comes out of a file that is no event table."""
    file = tmp_path / "any.csv"
    file.write_bytes(content)
    with suppress(PlaybookError):
        playbook.members(file).close()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"tz": "Asia/Shangai"}, "Did you mean 'Asia/Shanghai'"),
        ({"at": "yesterday"}, "is not a date"),
        ({"at": "9999-12-31"}, "allowed is 1990 to 2100"),
        ({"engine": "polars"}, "choose one of duckdb, spark"),
        ({"kind": "socia"}, "Did you mean 'social'"),
        ({"at": "2020-01-01"}, "no event that can be used"),
        ({"people": "nowhere.csv"}, "nowhere.csv: no such file"),
        ({"people": pd.DataFrame({"who": ["ann"]})}, "column member is missing"),
    ],
)
def test_wrong_wishes_are_refused(more: dict[str, Any], message: str) -> None:
    """Zones, days, engines, kinds and people tables."""
    with pytest.raises(PlaybookError, match=message):
        playbook.members(logs.table(ROWS), **more)


def test_ones_own_connection_and_table() -> None:
    """An Ibis connection given is used, left open, and left as it was."""
    import ibis

    con = ibis.duckdb.connect()
    table = logs.table(ROWS)
    con.con.execute("SET TimeZone = 'America/New_York'")
    con.con.register("mine", table)
    con.con.execute("CREATE TABLE events AS SELECT * FROM mine")
    with playbook.members("events", con=con) as members, playbook.members(table) as plain:
        assert plain.to_dict() == members.to_dict()
    assert 3 == con.table("events").count().execute()
    left = con.con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert [("events",)] == left


def test_intimacy_is_of_a_day_and_of_chosen_kinds() -> None:
    """What concentration asks for: an earlier day, without sharing."""
    with logs.opened([[0, "ann", "post"], [0, "ann", "share"], [9, "bo", "post"]]) as log:
        before = intimacy(log, date(2026, 1, 1), without=("share",))
    assert (["ann"], ("post",)) == (list(before.members), before.kinds)
    assert [9.090909091] == before.scores().tolist()
