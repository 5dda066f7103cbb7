"""The scoring engine against sums worked by hand. `small.py` holds the checklist they rest on."""

import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import small

import playbook
from playbook.load import load_checklist
from playbook.model import Answers, Checklist, Effort
from playbook.scoring.assess import Score, score_answers
from playbook.scoring.checklist import choose_aim, dimension_weights
from playbook.scoring.compare import compare_answers
from playbook.scoring.decide import decide
from playbook.scoring.sensitivity import variations

# a: 2 × ½ + 1 × 1 of 4 (3 answered); b: 3 × ¼ of 4 (3 answered); c: nothing answered.
HALF = {"a.one": 2, "a.two": 3, "b.one": 1, "b.two": None}


def scored(levels: dict[str, Any], aim: str = "100", proven: Any = (), **more: Any) -> Score:
    """Score answers to the small checklist."""
    return score_answers(small.checklist(), small.answers(levels, proven, **more), aim)


def states(score: Score) -> dict[str, str]:
    """Give the state of every gate as `milestone/id`."""
    return {f"{s.gate.milestone}/{s.gate.id}": s.state for s in score.standing.gates}


# --- intervals, coverage, contributions -------------------------------------------------------


@pytest.mark.parametrize(
    ("dimension", "low", "point", "high", "coverage"),
    [
        # a: low (1 + 1) / 4; point 2 / 3; high (2 + the missing 1) / 4
        ("a", 50, Fraction(200, 3), 75, Fraction(3, 4)),
        # b: ¾ of 4 = 18.75; ¾ of 3 = 25; (¾ + 1) of 4 = 43.75
        ("b", Fraction(75, 4), 25, Fraction(175, 4), Fraction(3, 4)),
        ("c", 0, None, 100, 0),
    ],
)
def test_a_dimension_is_an_interval(
    dimension: str, low: Any, point: Any, high: Any, coverage: Any
) -> None:
    """Unknown and absent criteria are nothing in low, left out of the point, full in high."""
    part = next(p for p in scored(HALF).dimensions if p.id == dimension)
    found = part.interval
    assert (low, point, high, coverage) == (found.low, found.point, found.high, part.coverage)


@pytest.mark.parametrize(
    ("aim", "low", "point", "high", "coverage"),
    [
        # .5 × 50 + .3 × 18.75 = 30.625; .5 × 75 + .3 × 43.75 + .2 × 100 = 70.625;
        # (.5 × 200/3 + .3 × 25) / .8 = 1225/24; .5 × ¾ + .3 × ¾ = .6
        ("100", "245/8", "1225/24", "565/8", "3/5"),
        # .2 × 50 + .5 × 18.75 = 19.375; .2 × 75 + .5 × 43.75 + .3 × 100 = 66.875;
        # (.2 × 200/3 + .5 × 25) / .7 = 775/21; (.2 + .5) × ¾ = .525
        ("1000", "155/8", "775/21", "535/8", "21/40"),
        # .25 × 50 + .25 × 18.75 = 17.1875; .25 × 75 + .25 × 43.75 + .5 × 100 = 79.6875;
        # (200/3 + 25) / 2 = 275/6; .5 × ¾ = .375
        ("10000", "275/16", "275/6", "1275/16", "3/8"),
    ],
)
def test_the_total_weighs_the_dimensions_by_the_aim(
    aim: str, low: str, point: str, high: str, coverage: str
) -> None:
    """A dimension without answers is left out of the point, but counts 0 and full at the ends."""
    score = scored(HALF, aim)
    expected = tuple(map(Fraction, (low, point, high, coverage)))
    assert expected == (score.total.low, score.total.point, score.total.high, score.coverage)


def test_contributions_list_what_was_answered_and_what_was_forgone() -> None:
    """Of a's answered weight 3, a.one earns ⅔ × ½ and forgoes as much; a.two earns its ⅓."""
    part = scored(HALF).dimensions[0]
    third = Fraction(100, 3)
    expected = [("a.one", third, third), ("a.two", third, 0)]
    assert expected == [(c.criterion, c.points, c.forgone) for c in part.contributions]


@pytest.mark.parametrize(
    ("answered", "coverage", "provisional", "pointed"),
    [
        # b has weight .3 in the total, a.three ¼ × .5, c .2, a.one ½ × .5
        (["b.one", "b.two"], ".3", True, True),
        (["c.one"], ".2", True, False),
        (["b.one"], ".225", True, False),
        (["b.one", "b.two", "a.one"], ".55", True, True),
        (["a.one", "a.two", "b.one"], ".6", False, True),
    ],
)
def test_little_coverage_is_provisional_and_very_little_has_no_point(
    answered: list[str], coverage: str, provisional: bool, pointed: bool
) -> None:
    """Below 60 % the total is provisional, below 30 % it has no point; exactly is not below."""
    score = scored(dict.fromkeys(answered, 2))
    shown = (score.coverage, score.provisional, score.total.point is not None)
    assert (Fraction(coverage), provisional, pointed) == shown


def test_verified_is_low_with_unproven_answers_read_as_unknown() -> None:
    """Only a.one is E2: .5 × (2 × ½ of 4) = 12.5."""
    assert Fraction(25, 2) == scored(HALF, proven=["a.one"]).verified


@pytest.mark.parametrize(("level", "value"), [(0, 0), (1, 25), (2, 50), (3, 100)])
def test_one_level_everywhere_is_its_value(level: int, value: int) -> None:
    """All answers at one level give the value of that level at low, point and high."""
    score = playbook.score(small.document({c.id: level for c in load_checklist().active}))
    assert {"low": value, "point": value, "high": value} == score.total.to_dict()


def test_nothing_answered_is_not_zero() -> None:
    """Without answers the total lies between 0 and 100, without a point."""
    score = playbook.score({"format": "playbook-answers/1", "answers": {}})
    assert {"low": 0, "point": None, "high": 100} == score.total.to_dict()
    assert (0, 0, True) == (score.coverage, score.verified, score.provisional)


# --- not applicable ---------------------------------------------------------------------------


def test_not_applicable_leaves_numerator_and_denominator() -> None:
    """Without a.three, a is 2 of 3: low, point and high are the same 200/3, all covered."""
    part = scored({**HALF, "a.three": "na"}).dimensions[0]
    third = Fraction(200, 3)
    shown = (part.interval.low, part.interval.point, part.interval.high, part.coverage, part.asked)
    assert (third, third, third, 1, 2) == shown


def test_a_dimension_of_which_nothing_applies_leaves_the_total() -> None:
    """Without c, a weighs 5/8 and b 3/8: low 5/8 × 50 + 3/8 × 18.75, high 5/8 × 75 + 3/8 × 43.75.

    The criterion below gains what the total gains, with the weights of what applies.
    """
    score = scored({**HALF, "c.one": "na"})
    expected = (Fraction("1225/32"), Fraction("1225/24"), Fraction("2025/32"), Fraction("3/4"))
    assert expected == (score.total.low, score.total.point, score.total.high, score.coverage)
    risen = scored({**HALF, "a.three": 1, "c.one": "na"}).total.low - score.total.low
    assert risen == next(a.gain for a in score.actions if a.criterion == "a.three")


@pytest.mark.parametrize(
    ("criteria", "refused"),
    [
        # operate: ritual .75, renewal .75, organisation 1 of 6; 20 % = 1.2
        (["operate.participation"], False),  # 1.5 is more than 20 %, but it is one
        (["operate.ritual", "operate.renewal"], True),  # 1.5
        (["operate.ritual", "interest.not_for"], False),  # one in each of two dimensions
        (["operate.ritual", "operate.renewal", "interest.bond", "interest.not_for"], True),
    ],
)
def test_few_criteria_may_be_not_applicable(criteria: list[str], refused: bool) -> None:
    """One criterion or a fifth of a dimension's weight, whichever is more; beyond: refused."""
    document = small.document(dict.fromkeys(criteria, "na"))
    if refused:
        with pytest.raises(playbook.PlaybookError, match="too many criteria not applicable"):
            playbook.score(document)
    else:
        assert len(playbook.score(document).answers.given) == len(criteria)


def test_a_fifth_of_the_weight_may_be_several_criteria(tmp_path: Any) -> None:
    """With ritual and renewal at .5 and .6 of 5.6, 1.1 is within a fifth (1.12)."""
    own = tmp_path / "own.toml"
    own.write_text(
        'format = "playbook-content/1"\n'
        '[[criterion]]\nid = "operate.ritual"\nweight = 0.5\n'
        '[[criterion]]\nid = "operate.renewal"\nweight = 0.6\n',
        encoding="utf-8",
    )
    document = small.document({"operate.ritual": "na", "operate.renewal": "na"})
    assert [4] == [
        d.asked for d in playbook.score(document, content=own).dimensions if d.id == "operate"
    ]


# --- evidence ---------------------------------------------------------------------------------

MEASURED = {"level": 2, "value": 0.4}


@pytest.mark.parametrize(
    ("answer", "read"),
    [
        ({}, "E0"),
        ({"evidence": "E0", "url": "https://a.example"}, "E0"),
        ({"evidence": "E1", "note": "seen in May"}, "E1"),
        ({"evidence": "E1"}, "E0"),
        ({"evidence": "E1", "note": "  "}, "E0"),
        ({"evidence": "E2", "url": "https://a.example"}, "E2"),
        ({"evidence": "E2", "file": "rules.pdf"}, "E2"),
        ({"evidence": "E2", "note": "seen in May"}, "E1"),
        ({"evidence": "E2"}, "E0"),
        ({"evidence": "E3", "measured": MEASURED}, "E3"),
        ({"evidence": "E3", "url": "https://a.example"}, "E2"),
        ({"evidence": "E3", "note": "seen in May"}, "E1"),
        ({"evidence": "E3"}, "E0"),
    ],
)
def test_a_grade_without_its_proof_is_read_lower_and_told(answer: Any, read: str) -> None:
    """A grade falls one step for as long as its proof is missing, and that is reported."""
    document = small.document({"interest.bond": 2})
    document["answers"]["interest.bond"] |= answer
    score = playbook.score(document)
    assert read == score.answers.given["interest.bond"].evidence
    assert (read != answer.get("evidence", "E0")) == any("read as" in n for n in score.notices())
    # bond: weight 1 of 6 at ½, interest .3 of the total: 2.5, if E2 or better
    assert (Fraction(5, 2) if read >= "E2" else 0) == score.verified


# --- aim and scale ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("community", "aim"),
    [
        ({}, "100"),
        ({"members": 0}, "100"),
        ({"members": 99}, "100"),
        ({"members": 100}, "1000"),  # the smallest milestone above the count
        ({"members": 999}, "1000"),
        ({"members": 1000}, "10000"),
        ({"members": 9999}, "10000"),
        ({"members": 10000}, "10000"),
        ({"members": 10**9}, "10000"),
        ({"members": 1200, "members_kind": "fans"}, "10000"),
        ({"members": 1200, "members_kind": "users"}, "100"),  # no count of members
        ({"members": 1200, "members_kind": "buyers"}, "100"),
        ({"members": 1200, "members_kind": None}, "10000"),
        ({"members": 1200, "aim": "100"}, "100"),
    ],
)
def test_the_aim_follows_from_the_community(community: Any, aim: str) -> None:
    """Its own aim, else the milestone above its members; a count of users tells nothing."""
    assert aim == playbook.score(small.document({}, **community)).aim


def test_a_given_aim_goes_first_and_may_be_a_number() -> None:
    """The library takes 1000 as well as '1000' and always gives text."""
    document = small.document({}, members=5, aim="100")
    given: list[Any] = [1000, "1000"]
    assert ["1000", "1000"] == [playbook.score(document, aim).aim for aim in given]


@pytest.mark.parametrize("aim", [5, "grow", "", 1000.5, True])
def test_another_aim_is_refused(aim: Any) -> None:
    """Only the three milestones can be aimed at."""
    with pytest.raises(playbook.PlaybookError, match="choose one of 100, 1000, 10000"):
        playbook.score({"format": "playbook-answers/1", "answers": {}}, aim)


def test_the_aim_follows_milestones_of_another_size() -> None:
    """Where content says that 150 members are the first milestone, 120 are below it."""
    milestones = (small.gates("100", 150), small.gates("1000", 1000))
    found = small.checklist(milestones=milestones)
    assert "100" == choose_aim(found, small.answers({}, members=120))


DESIGNED = {
    "100": [0.30, 0.25, 0.20, 0.15, 0.10],
    "1000": [0.20, 0.20, 0.20, 0.25, 0.15],
    "10000": [0.15, 0.20, 0.20, 0.20, 0.25],
}


@pytest.mark.parametrize("aim", DESIGNED)
def test_isooc_is_weighed_as_designed(aim: str) -> None:
    """The shipped weights are the starting values that the decisions name."""
    weights = dimension_weights(load_checklist(), aim, "grow")
    assert DESIGNED[aim] == [float(w) for w in weights.values()]
    assert ["interest", "structure", "output", "operate", "copy"] == list(weights)


@pytest.mark.parametrize("scale", ["stay-small", "task"])
def test_copy_leaves_the_sum_where_it_was_not_chosen(scale: str) -> None:
    """At aim 100 the others become .30/.9, .25/.9, .20/.9, .15/.9, and it is said."""
    levels = {c.id: 0 if c.dimension == "copy" else 3 for c in load_checklist().active}
    score = playbook.score(small.document(levels, scale=scale))
    weights = [Fraction(w, 90) for w in (30, 25, 20, 15, 0)]
    assert weights == [part.weight for part in score.dimensions]
    assert ({"low": 100, "point": 100, "high": 100}, 1) == (score.total.to_dict(), score.coverage)
    assert any("Copy is left out" in notice for notice in score.notices("en"))
    assert not any(a.criterion.startswith("copy.") for a in score.actions)


# --- gates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levels", "state"),
    [
        # a: weights 2, 1, 1; threshold 50
        ({"a.one": 3}, "pass"),  # low 2/4 = 50, exactly
        ({"a.one": 2, "a.two": 2}, "unknown"),  # low 37.5, high 62.5
        ({"a.one": 0, "a.two": 3}, "unknown"),  # low 25, high exactly 50: could still pass
        ({"a.one": 0, "a.two": 2}, "fail"),  # high (½ + 1) / 4 = 37.5
        ({}, "unknown"),
        ({"a.one": None, "a.two": None, "a.three": None}, "unknown"),
        ({"a.one": 2, "a.two": 2, "a.three": 2}, "pass"),
        ({"a.one": 2, "a.two": 2, "a.three": 1}, "fail"),  # 43.75
        ({"a.one": 2, "a.two": 2, "a.three": "na"}, "pass"),
    ],
)
def test_a_threshold_is_passed_failed_or_not_shown(levels: Any, state: str) -> None:
    """It passes when low reaches it, fails when high does not, and is unknown between."""
    assert state == states(scored(levels))["100/a"]


@pytest.mark.parametrize(
    ("level", "state"),
    [(0, "fail"), (1, "fail"), (2, "pass"), (3, "pass"), (None, "unknown"), ("na", "unknown")],
)
def test_a_gate_on_a_criterion_is_unknown_while_the_criterion_is(level: Any, state: str) -> None:
    """Unknown, absent and not applicable never pass."""
    assert state == states(scored({"a.one": level}))["100/a.one"]
    assert "unknown" == states(scored({}))["100/a.one"]


@pytest.mark.parametrize(
    ("stage", "earning", "state"),
    [
        (None, None, "unknown"),
        (None, True, "unknown"),
        (None, False, "fail"),  # whatever the stage: it does not earn
        (1, True, "fail"),
        (1, None, "fail"),
        (2, None, "unknown"),
        (2, False, "fail"),
        (2, True, "pass"),
        (3, True, "pass"),
    ],
)
def test_the_funnel_gate_asks_for_a_stage_that_earns(stage: Any, earning: Any, state: str) -> None:
    """Stage 2 or later, and earning; what is not known is not a pass."""
    assert state == states(scored({}, stage=stage, earning=earning))["10000/funnel"]


def test_who_does_not_aim_at_ten_thousand_is_not_judged_by_it() -> None:
    """Every gate of 10000 is unknown and says 'not aimed'; the others stand; nothing unlocks."""
    everything = {c.id: 3 for c in small.checklist().active}
    score = scored(everything, scale="stay-small", members=20000, stage=2, earning=True)
    last = [s for s in score.standing.gates if s.gate.milestone == "10000"]
    assert {("unknown", "gate.not_aimed")} == {(s.state, s.because[0]) for s in last}
    assert "Not aimed at" in score.because(last[0], "en")
    assert ("1000", "10000", ()) == (
        score.standing.capability,
        score.standing.size,
        score.standing.unlock,
    )


def test_milestones_are_gates_and_not_means() -> None:
    """Four dimensions at 100 with Structure at 0 average 80 and carry not even 1,000."""
    levels = {c.id: 0 if c.dimension == "structure" else 3 for c in load_checklist().active}
    score = playbook.score(small.document(levels, members=1200, aim="1000"))
    assert (80, "1000", "100") == (
        score.total.point,
        score.standing.size,
        score.standing.capability,
    )


@pytest.mark.parametrize(
    ("community", "size", "state"),
    [
        ({}, None, "unknown"),
        ({"members": 99}, "none", "fail"),
        ({"members": 100}, "100", "pass"),
        ({"members": 1200}, "1000", "pass"),
        ({"members": 10000, "members_kind": "fans"}, "10000", "pass"),
        ({"members": 1200, "members_kind": "users"}, None, "unknown"),
        ({"members": 1200, "members_kind": "buyers"}, None, "unknown"),
    ],
)
def test_size_comes_from_the_member_count_alone(community: Any, size: Any, state: str) -> None:
    """Users and buyers are not members, and strength does not change the size."""
    score = scored({}, **community)
    assert (size, "none", state) == (
        score.standing.size,
        score.standing.capability,
        states(score)["100/size"],
    )


def test_capability_verified_counts_only_what_is_shown() -> None:
    """The same answers carry 1000 as claimed, and 100 by what is E2."""
    levels = {"a.one": 3, "b.one": 3, "b.two": 3}
    score = scored(levels, proven=["a.one", "b.one"])
    assert ("1000", "100") == (score.standing.capability, score.standing.capability_verified)


def test_isooc_has_the_gates_that_were_designed() -> None:
    """The shipped gates are the starting values that the decisions name."""

    def told(gate: Any) -> tuple[Any, ...]:
        return (gate.id, gate.at_least or gate.level or gate.funnel_stage or gate.size)

    expected = {
        "100": [("size", 100), ("interest", 50), ("interest.shared_interest", 2)],
        "1000": [
            ("size", 1000),
            ("structure", 50),
            ("structure.norms", 2),
            ("structure.roles", 2),
            ("structure.joining", 1),
            ("output", 50),
            ("operate", 40),
        ],
        "10000": [
            ("size", 10000),
            ("copy", 50),
            ("operate", 60),
            ("structure", 60),
            ("copy.core_group", 2),
            ("funnel", 2),
        ],
    }
    milestones = load_checklist().milestones
    assert expected == {m.id: [told(gate) for gate in m.gates] for m in milestones}


# --- the smallest unlocking change ------------------------------------------------------------


def unlocked(score: Score) -> list[tuple[Any, ...]]:
    """Give the steps of the smallest change, short."""
    return [(s.criterion or s.gate, s.start, s.to) for s in score.standing.unlock]


def test_unlock_takes_the_fewest_steps_and_then_the_least_effort() -> None:
    """For 1000 b needs 2 of 4, from b.one 1 and b.two unknown: three steps, in two ways.

    b.one to 2 and b.two to 2 (1½ + ½) costs 3 + 1 + 1, b.one to 3 and b.two to 1 costs 3 + 3 + 1.
    """
    assert [("b.two", None, 2), ("b.one", 1, 2)] == unlocked(scored(HALF))


def test_unlock_takes_the_other_way_where_that_is_the_cheaper() -> None:
    """With the efforts the other way round, b.one goes to 3 and b.two only to its gate's 1."""
    found = small.checklist()
    swapped = {"b.one": Effort(1, 1, 1), "b.two": Effort(3, 3, 3)}
    criteria = tuple(
        small.criterion(c.id, c.weight, depends_on=c.depends_on, effort=swapped.get(c.id, c.effort))
        for c in found.criteria
    )
    score = score_answers(small.checklist(criteria=criteria), small.answers(HALF), "100")
    assert [("b.two", None, 1), ("b.one", 1, 3)] == unlocked(score)


def test_unlock_names_a_missing_funnel_stage() -> None:
    """For 10000 c.one goes from 1 to 2, and the funnel from stage 1 to 2."""
    levels = {"a.one": 3, "b.one": 3, "b.two": 1, "c.one": 1}
    steps = scored(levels, stage=1, earning=True).to_dict()["milestones"]["unlock"]
    funnel = {"criterion": None, "gate": "funnel", "from": 1, "to": 2}
    assert [{"criterion": "c.one", "from": 1, "to": 2}, funnel] == steps


@pytest.mark.parametrize(
    ("stage", "step"), [(None, (None, 2)), (1, (1, 2)), (2, (2, 2)), (3, (3, 3))]
)
def test_a_stage_that_does_not_earn_never_goes_back(stage: Any, step: Any) -> None:
    """Stage 3 that does not earn stays 3: what is missing is the earning."""
    levels = {"a.one": 3, "b.one": 3, "b.two": 1, "c.one": 2}
    score = scored(levels, stage=stage, earning=False)
    assert [("funnel", *step)] == unlocked(score)


def test_a_criterion_that_is_a_gate_comes_back_from_not_applicable() -> None:
    """a.one was called not applicable, but 100 asks for it: it counts from 0, `from` is null."""
    # a weighs 4 again and needs 2: a.two gives 1, a.one at level 2 the other 2 × ½.
    score = scored({"a.one": "na", "a.two": 3, "a.three": 0})
    assert [("a.one", None, 2)] == unlocked(score)
    assert [("a.one", 0)] == [(a.criterion, a.gain) for a in score.actions if a.blocks]


def test_nothing_is_left_to_unlock_at_the_last_milestone() -> None:
    """All gates pass: no next milestone, no steps, no blockers."""
    everything = {c.id: 3 for c in small.checklist().active}
    score = scored(everything, stage=2, earning=True)
    assert ("10000", None, (), ()) == (
        score.standing.capability,
        score.standing.next,
        score.standing.unlock,
        score.actions,
    )


# --- actions ----------------------------------------------------------------------------------


def test_actions_put_blockers_first_and_then_gain_for_effort() -> None:
    """Blockers b.two, b.one (which depends on it); then gain × usefulness ÷ mean effort.

    a.one 2→3:  .5 × 2/4 × ½ × 100 = 12.5,   × 5 ÷ 2 = 31.25
    c.one →1:   .2 × 1 × ¼ × 100   = 5,      × 4 ÷ 2 = 10
    a.three →1: .5 × ¼ × ¼ × 100   = 3.125,  × 3 ÷ 1 = 9.375
    b.two →1:   .3 × ¼ × ¼ × 100   = 1.875;  b.one 1→2: .3 × ¾ × ¼ × 100 = 5.625
    """
    expected = [
        ("b.two", Fraction("1.875"), "1000", None, 1),
        ("b.one", Fraction("5.625"), "1000", 1, 2),
        ("a.one", Fraction("12.5"), None, 2, 3),
        ("c.one", Fraction(5), None, None, 1),
        ("a.three", Fraction("3.125"), None, None, 1),
    ]
    told = [(a.criterion, a.gain, a.blocks, a.start, a.to) for a in scored(HALF).actions]
    assert expected == told


def test_a_gain_is_what_the_total_gains() -> None:
    """Taking an action moves total.low by exactly its gain."""
    before = scored(HALF)
    after = [scored({**HALF, a.criterion: a.to}).total.low for a in before.actions]
    assert [a.gain for a in before.actions] == [low - before.total.low for low in after]


def test_why_names_the_level_that_unlocks() -> None:
    """A blocker says before which milestone it stands and which level the shortest way asks for."""
    score = scored(HALF)
    expected = "It stands before 1,000: the shortest way there takes b.two to level 2."
    assert expected == score.why(score.actions[0], "en")


def test_what_stands_at_the_top_is_not_told() -> None:
    """An action for a criterion at level 3 would be idle talk."""
    assert "a.two" not in [a.criterion for a in scored(HALF).actions]


# --- sensitivity ------------------------------------------------------------------------------


def naive(checklist: Checklist, answers: Answers, aim: str) -> dict[str, Any]:
    """Work out sensitivity the long way: score every variation as a whole."""
    usual = score_answers(checklist, answers, aim).standing.capability
    points, flips = [], []
    for variation in variations(checklist, aim):
        score = score_answers(variation.checklist, answers, aim)
        if score.total.point is not None:
            points.append(score.total.point)
        if score.standing.capability != usual:
            told = {"weight": variation.weight, "factor": float(variation.factor)}
            flips.append({**told, "capability": score.standing.capability})
    bounds = {"low": float(min(points)), "high": float(max(points))} if points else None
    return {"point": bounds, "flips": flips, "stable": not flips}


def test_a_weight_that_tips_the_milestone_is_named() -> None:
    """a stands at exactly 50 of 50. Of 18 changes of one weight by a fifth, two tip it.

    a.two × .8: 1.8 / 3.8 = 47.4; a.three × 1.2: 2 / 4.2 = 47.6. (a.one: 1.8 / 3.6, 2.2 / 4.4.)
    """
    found = scored(HALF).sensitivity
    expected = [
        {"weight": "a.two", "factor": 0.8, "capability": "none"},
        {"weight": "a.three", "factor": 1.2, "capability": "none"},
    ]
    assert (expected, False, 18) == (found["flips"], found["stable"], found["tried"])


@pytest.mark.parametrize("aim", ["100", "1000", "10000"])
@pytest.mark.parametrize("scale", ["grow", "task"])
def test_sensitivity_by_the_short_way_is_the_long_way(aim: str, scale: str) -> None:
    """Only what a changed weight touches is worked out anew, with the same result."""
    checklist = small.checklist()
    for one, two, three in product([None, 3], [0, "na"], [2]):
        levels = {"a.one": 2, "a.two": one, "b.one": two, "b.two": 1, "c.one": three}
        answers = small.answers(levels, scale=scale)
        found = score_answers(checklist, answers, aim).sensitivity
        expected = naive(checklist, answers, aim)
        assert expected == {key: found[key] for key in expected}


# --- comparison -------------------------------------------------------------------------------


def subject(name: str, levels: dict[str, Any], case: bool = True, **more: Any) -> Any:
    """Give one subject of a comparison."""
    return (name, name, case, small.answers(levels, **more))


def test_a_comparison_uses_the_aim_of_the_first() -> None:
    """50 members aim at 100, where a weighs ½: the other's 5,000 would make it ¼."""
    first = subject("own", {}, False, members=50)
    other = subject("case", {"a.one": 3, "a.two": 3, "a.three": 3}, members=5000)
    found = compare_answers(small.checklist(), [first, other])
    assert ("100", 50) == (found.aim, found.subjects[1].total.low)


def test_the_nearest_case_shares_answers_and_differs_least() -> None:
    """In a: x is 0 + ½ over two = ¼ apart, y ½ over one, z silent; in c all are silent."""
    first = subject("own", {"a.one": 2, "a.two": 3, "b.one": 0}, False)
    found = compare_answers(
        small.checklist(),
        [
            first,
            subject("x", {"a.one": 2, "a.two": 2}),
            subject("y", {"a.one": 3, "b.one": 3}),
            subject("z", {"a.three": 3, "c.one": 1}),
            subject("another file", {"a.one": 2, "a.two": 3, "b.one": 0}, False),
        ],
    )
    assert {"a": "x", "b": "y", "c": None} == found.nearest


def test_of_two_cases_as_near_the_one_with_more_shared_answers_wins() -> None:
    """Both differ by nothing; the second shares two criteria."""
    first = subject("own", {"a.one": 2, "a.two": 3}, False)
    cases = [subject("x", {"a.one": 2}), subject("y", {"a.one": 2, "a.two": 3})]
    assert "y" == compare_answers(small.checklist(), [first, *cases]).nearest["a"]


def test_an_order_that_hangs_on_one_weight_is_told() -> None:
    """Own: a 100, b 0; other: a 0, b 100. At weights ½, ½ a tie, so any change may flip it."""
    even = {aim: {"a": Fraction(1), "b": Fraction(1), "c": Fraction(0)} for aim in DESIGNED}
    checklist = small.checklist(weights=even)
    own = {"a.one": 3, "a.two": 3, "a.three": 3, "b.one": 0, "b.two": 0}
    other = {"a.one": 0, "a.two": 0, "a.three": 0, "b.one": 3, "b.two": 3}
    found = compare_answers(checklist, [subject("own", own, False), subject("other", other)])
    # Own comes first in a tie; it falls behind when a weighs less or b more.
    assert [("a", 0.8), ("b", 1.2)] == [(f["weight"], f["factor"]) for f in found.flips]


def test_what_is_compared_with_may_be_given_in_many_ways(tmp_path: Path) -> None:
    """Ids in one text, a list, a dictionary, a path, a file with a comma in its name."""
    own = small.document({"interest.bond": 2}, id="own")
    path = tmp_path / "a,b.json"
    path.write_text(json.dumps(small.document({"interest.bond": 1})), encoding="utf-8")

    def ids(with_: Any) -> list[str]:
        found = playbook.compare(own, with_).to_dict()
        assert all(
            set(item["levels"]) == {s["id"] for s in found["subjects"]} for item in found["items"]
        )
        return [subject["id"] for subject in found["subjects"]]

    assert ["own", "xiaomi", "fandeng"] == ids("xiaomi, fandeng") == ids(["xiaomi", "fandeng"])
    # Without an id of its own a file is called by its name, and a second of one name is numbered.
    assert ["own", "a,b"] == ids(path) == ids(str(path))
    assert ["own", "own-2"] == ids(own)
    assert ["own", "a,b", "a,b-2"] == ids([path, path])


def test_a_case_that_is_silent_is_said_to_be() -> None:
    """A null in the items, a warning by name, survivorship beside every case, no percentiles."""
    found = playbook.compare(small.document({"interest.bond": 2}), "fandeng").to_dict("en")
    silent = {i["criterion"] for i in found["items"] if i["levels"]["fandeng"] is None}
    given = {n for n, a in playbook.score("fandeng").answers.given.items() if a.level is not None}
    assert {c.id for c in load_checklist().active} - given == silent
    told = [warning["id"] for warning in found["warnings"]]
    assert {"survivorship", "formative", "silent", "no_percentiles"} <= set(told)
    assert "order_flips" in told or "order_holds" in told


# --- decisions --------------------------------------------------------------------------------


def deciding(**outcomes: Any) -> Checklist:
    """Give the small checklist with outcomes: name=(all, any)."""
    from playbook.model import Outcome

    made = tuple(
        Outcome(name, small.text(name), (), tuple(every), tuple(some))
        for name, (every, some) in outcomes.items()
    )
    return small.checklist(outcomes=made)


LEAST = {"criterion": "a.one", "at_least": 2}
MOST = {"criterion": "b.two", "at_most": 1}


@pytest.mark.parametrize(
    ("levels", "outcome", "still_open", "missing"),
    [
        ({"a.one": 2, "b.two": 0}, "both", [], []),
        ({"a.one": 1, "b.two": 0}, "either", [], []),
        ({"a.one": 0, "b.two": 3}, "else", [], []),
        ({"a.one": 3}, None, ["both", "either"], ["b.two"]),  # either holds, but both may too
        ({}, None, ["both", "either", "else"], ["a.one", "b.two"]),
        ({"a.one": "na", "b.two": 3}, "else", [], []),
    ],
)
def test_the_first_outcome_that_holds_decides(
    levels: Any, outcome: Any, still_open: list[str], missing: list[str]
) -> None:
    """While an earlier outcome is open nothing is decided, and what is missing is named."""
    checklist = deciding(both=([LEAST, MOST], []), either=([], [LEAST, MOST]), **{"else": ([], [])})
    found = decide(checklist, small.answers(levels))
    assert found is not None
    shown = (found.outcome and found.outcome.id, [o.id for o in found.open], list(found.missing))
    assert (outcome, still_open, missing) == shown


@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        ({"c.one": 3}, "strong"),
        ({"c.one": 2}, "strong"),  # exactly 50
        ({"c.one": 1}, "weak"),
        ({}, None),
        ({"c.one": "na"}, "weak"),  # what does not apply meets no condition
    ],
)
def test_an_outcome_may_hang_on_a_dimension(levels: Any, outcome: Any) -> None:
    """Its low has to reach the threshold; while it may or may not, the outcome is open."""
    strong = [{"dimension": "c", "at_least": 50}]
    found = decide(deciding(strong=(strong, []), weak=([], [])), small.answers(levels))
    assert found is not None
    assert outcome == (found.outcome.id if found.outcome else None)
    assert (["c.one"] if outcome is None else []) == list(found.missing)


def test_without_outcomes_there_is_no_decision() -> None:
    """ISOOC scores; it does not decide."""
    assert decide(small.checklist(), small.answers({})) is None
