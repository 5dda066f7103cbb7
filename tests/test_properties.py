"""What holds whatever is answered: bounds, monotone, order-free, exact sums, honest gates.

Raising a level among answered criteria never lowers low, point or high. Answering what was
unknown may move the point either way, but only narrows: low up, high down.
"""

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import small
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import playbook
from playbook.load import load_answers, load_checklist
from playbook.model import Answers, Checklist, Effort
from playbook.scoring.assess import Score, score_answers
from playbook.scoring.change import changed

ISOOC = load_checklist()
IDS = [c.id for c in ISOOC.active]
ORDER = {"fail": 0, "unknown": 1, "pass": 2}
MILESTONES = ["none", "100", "1000", "10000"]

settings.register_profile("kit", deadline=None, max_examples=30, derandomize=True)
settings.load_profile("kit")

GRADES: list[dict[str, Any]] = [
    {},
    {"evidence": "E1", "note": "seen"},
    {"evidence": "E2", "url": "https://a.example"},
    {"evidence": "E3", "measured": {"level": 1, "value": 3}},
]
LEVELS = [{"level": level, **grade} for level in range(4) for grade in GRADES]
# One number a criterion keeps drawing quick: nothing, unknown, or a level with a grade.
ANSWERS = [None, None, None, {"unknown": True}, {"unknown": True}, *LEVELS]
communities = st.fixed_dictionaries(
    {},
    optional={
        "members": st.integers(0, 20000),
        "members_kind": st.sampled_from(["members", "fans", "users", "buyers"]),
        "scale": st.sampled_from(["grow", "stay-small", "task"]),
        "aim": st.sampled_from(["100", "1000", "10000"]),
        "funnel": st.fixed_dictionaries(
            {},
            optional={"stage": st.sampled_from([1, 2, 3]), "earning": st.booleans()},
        ),
    },
)


@st.composite
def documents(draw: st.DrawFn, everything: bool = False) -> dict[str, Any]:
    """Draw an answers document: levels, unknowns, and one not applicable in a few dimensions."""
    choices = LEVELS if everything else ANSWERS
    drawn = draw(st.lists(st.sampled_from(choices), min_size=len(IDS), max_size=len(IDS)))
    answers = {name: answer for name, answer in zip(IDS, drawn, strict=True) if answer}
    for dimension in draw(st.sets(st.sampled_from([d.id for d in ISOOC.dimensions]), max_size=3)):
        name = draw(st.sampled_from([c.id for c in ISOOC.of(dimension)]))
        answers[name] = {"na": "by_choice"}
    return {
        "format": "playbook-answers/1",
        "community": draw(communities),
        "answers": answers,
    }


def answered(document: Mapping[str, Any]) -> list[str]:
    """Give the criteria that were given a level."""
    return [name for name, answer in document["answers"].items() if "level" in answer]


def replaced(document: Mapping[str, Any], name: str, answer: Any) -> dict[str, Any]:
    """Give the same document with one other answer (None: taken out)."""
    answers = {key: value for key, value in document["answers"].items() if key != name}
    return {**document, "answers": answers if answer is None else {**answers, name: answer}}


def gate_states(score: Score) -> dict[tuple[str, str], str]:
    """Give the state of every gate."""
    return {(s.gate.milestone, s.gate.id): s.state for s in score.standing.gates}


@given(documents())
def test_bounds(document: dict[str, Any]) -> None:
    """0 ≤ verified ≤ low ≤ point ≤ high ≤ 100, in every dimension and in total; shares 0 to 1."""
    score = playbook.score(document)
    for bounds in (score.total, *(part.interval for part in score.dimensions)):
        middle = bounds.low if bounds.point is None else bounds.point
        assert 0 <= bounds.low <= middle <= bounds.high <= 100
    assert 0 <= score.verified <= score.total.low
    assert all(0 <= part.coverage <= 1 for part in score.dimensions)
    assert 0 <= score.coverage <= 1
    assert 1 == sum(part.weight for part in score.dimensions)
    assert (score.coverage < Fraction(3, 10)) == (score.total.point is None)
    assert (score.coverage < Fraction(6, 10)) == score.provisional


@given(documents(), st.data())
def test_raising_a_level_never_lowers_anything(document: dict[str, Any], data: Any) -> None:
    """Low, point, high, verified, gates and milestones go up or stay when a level is raised."""
    names = [n for n in answered(document) if document["answers"][n]["level"] < 3]
    assume(names)
    name = data.draw(st.sampled_from(names))
    answer = document["answers"][name]
    to = data.draw(st.integers(answer["level"] + 1, 3))
    before = playbook.score(document)
    after = playbook.score(replaced(document, name, {**answer, "level": to}))
    for old, new in (
        (before.total, after.total),
        *(
            (o.interval, n.interval)
            for o, n in zip(before.dimensions, after.dimensions, strict=True)
        ),
    ):
        assert old.low <= new.low
        assert old.high <= new.high
        assert (old.point is None) == (new.point is None)
        assert old.point is None or old.point <= new.point
    assert before.verified <= after.verified
    assert before.aim == after.aim
    old_states, new_states = gate_states(before), gate_states(after)
    assert all(ORDER[old_states[gate]] <= ORDER[new_states[gate]] for gate in old_states)
    for key in ("capability", "capability_verified"):
        old_place, new_place = (MILESTONES.index(getattr(s.standing, key)) for s in (before, after))
        assert old_place <= new_place


@given(documents(), st.data())
def test_unknown_only_widens(document: dict[str, Any], data: Any) -> None:
    """Forgetting an answer lowers low, raises high, and turns no gate into a pass or a fail."""
    assume(answered(document))
    name = data.draw(st.sampled_from(answered(document)))
    before = playbook.score(document)
    for answer in ({"unknown": True}, None):
        after = playbook.score(replaced(document, name, answer))
        for old, new in (
            (before.total, after.total),
            *(
                (o.interval, n.interval)
                for o, n in zip(before.dimensions, after.dimensions, strict=True)
            ),
        ):
            assert new.low <= old.low
            assert new.high >= old.high
        assert after.verified <= before.verified
        assert after.coverage <= before.coverage
        old_states, new_states = gate_states(before), gate_states(after)
        for gate, state in new_states.items():
            assert state in {old_states[gate], "unknown"}
        places = [MILESTONES.index(s.standing.capability) for s in (after, before)]
        assert places == sorted(places)


@given(documents())
def test_unknown_and_absent_are_the_same(document: dict[str, Any]) -> None:
    """Saying 'I do not know' costs nothing against saying nothing."""
    said = {**{name: {"unknown": True} for name in IDS}, **document["answers"]}
    one, other = playbook.score(document), playbook.score({**document, "answers": said})
    assert one.to_dict() == other.to_dict()


@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_answers_never_matters(document: dict[str, Any], dice: Any) -> None:
    """The same answers in another order give the same document, to the last digit."""
    shuffled = list(document["answers"].items())
    dice.shuffle(shuffled)
    other = playbook.score({**document, "answers": dict(shuffled)}).to_dict()
    expected = playbook.score(document).to_dict()
    assert sorted(expected.pop("notices")) == sorted(other.pop("notices"))
    assert expected == other


@given(documents())
def test_contributions_add_up_exactly(document: dict[str, Any]) -> None:
    """Points make the dimension's point, with what was forgone 100; weighed, the total."""
    score = playbook.score(document)
    pointed = []
    for part in score.dimensions:
        points = sum((c.points for c in part.contributions), Fraction(0))
        forgone = sum((c.forgone for c in part.contributions), Fraction(0))
        assert [c.criterion for c in part.contributions] == [
            name for name in IDS if name in answered(document) and name.startswith(part.id + ".")
        ]
        if part.interval.point is None:
            assert not part.contributions
        else:
            assert (part.interval.point, 100) == (points, points + forgone)
            pointed.append((part.weight, points))
    if score.total.point is not None:
        share = sum(weight for weight, _ in pointed)
        assert score.total.point == sum(weight * points for weight, points in pointed) / share


@given(documents())
def test_a_gate_is_what_it_is_at_both_ends(document: dict[str, Any]) -> None:
    """A gate passes only if it passes with every unknown at 0, fails only if with all at 3.

    A gate on a criterion waits for the criterion's own answer besides.
    """
    filled = []
    for level in (0, 3):
        said = {**{name: {"level": level} for name in IDS}, **document["answers"]}
        said = {n: {"level": level} if a.get("unknown") else a for n, a in said.items()}
        filled.append(gate_states(playbook.score({**document, "answers": said})))
    worst, best = filled
    score = playbook.score(document)
    for state in score.standing.gates:
        gate = (state.gate.milestone, state.gate.id)
        if state.gate.criterion is not None and state.gate.criterion not in answered(document):
            assert state.state == "unknown"
        elif state.state == "pass":
            assert worst[gate] == "pass"
        elif state.state == "fail":
            assert best[gate] == "fail"
        else:
            assert "pass" != worst[gate] or "fail" != best[gate]


@given(communities, st.sampled_from([{"unknown": True}, {"na": "too_young"}, None]))
def test_gates_never_pass_on_unknown(community: dict[str, Any], answer: Any) -> None:
    """Without levels no gate passes but those on size and on the funnel, and nothing is carried."""
    names = {None: [], "na": ["interest.shared_interest"]}.get(next(iter(answer or ()), None), IDS)
    answers = dict.fromkeys(names, answer)
    score = playbook.score(
        {"format": "playbook-answers/1", "community": community, "answers": answers}
    )
    passed = {s.gate.id for s in score.standing.gates if s.state == "pass"}
    assert passed <= {"size", "funnel"}
    assert ("none", "none") == (score.standing.capability, score.standing.capability_verified)


@given(documents(everything=True))
def test_whatever_is_fully_answered_is_a_number(document: dict[str, Any]) -> None:
    """With every criterion answered or not applicable, low, point and high are one."""
    score = playbook.score(document)
    assert score.total.low == score.total.point == score.total.high
    assert (1, False) == (score.coverage, score.provisional)


@given(documents(), st.data())
def test_not_applicable_is_as_if_it_had_never_been_asked(
    document: dict[str, Any], data: Any
) -> None:
    """What does not apply changes no other criterion's share of its dimension's answered weight."""
    names = [
        n
        for n in answered(document)
        if not any(
            "na" in a and o.startswith(n.partition(".")[0] + ".")
            for o, a in document["answers"].items()
        )
    ]
    assume(names)
    name = data.draw(st.sampled_from(names))
    dimension = name.partition(".")[0]
    left = playbook.score(replaced(document, name, {"na": "too_young"}))
    absent = playbook.score(replaced(document, name, None))
    one, other = (next(p for p in s.dimensions if p.id == dimension) for s in (left, absent))
    assert one.interval.point == other.interval.point
    assert one.contributions == other.contributions
    assert other.interval.low <= one.interval.low
    assert one.interval.high <= other.interval.high
    assert one.asked == other.asked - 1


@pytest.mark.parametrize("weak", ["interest", "structure", "output", "operate"])
def test_advice_differs_for_different_profiles(weak: str) -> None:
    """A community strong in all but one dimension is first sent to that dimension."""
    levels = {c.id: 1 if c.dimension == weak else 3 for c in ISOOC.active}
    score = playbook.score(small.document(levels, aim="1000"))
    assert weak == score.actions[0].criterion.partition(".")[0]
    assert {weak} == {a.criterion.partition(".")[0] for a in score.actions}


def test_five_weak_spots_get_five_different_plans() -> None:
    """No two of the five profiles share their first action, nor any action."""
    plans = []
    for dimension in ISOOC.dimensions:
        levels = {c.id: 1 if c.dimension == dimension.id else 3 for c in ISOOC.active}
        score = playbook.score(small.document(levels, aim="10000"))
        plans.append({action.criterion for action in score.actions})
    assert all(plans)
    assert sum(map(len, plans)) == len(set().union(*plans))


@given(documents())
def test_actions_tell_gains_that_come_true(document: dict[str, Any]) -> None:
    """Each action raises total.low by its gain; blockers come first and after what they need."""
    score = playbook.score(document)
    found = {a.criterion: a for a in score.actions}
    assert len(found) == len(score.actions)
    for action in score.actions[:3]:
        answer = document["answers"].get(action.criterion, {})
        if "na" not in answer:
            raised = replaced(document, action.criterion, {"level": action.to})
            low = playbook.score(raised, score.aim).total.low
            assert low - score.total.low == action.gain
    blocks = [bool(action.blocks) for action in score.actions]
    assert blocks == sorted(blocks, reverse=True)
    ranks = [ISOOC.rank[a.criterion] for a in score.actions if a.blocks]
    assert ranks == sorted(ranks)
    rates = [
        a.gain * ISOOC.by_id[a.criterion].usefulness / a.effort.mean
        for a in score.actions
        if not a.blocks
    ]
    assert rates == sorted(rates, reverse=True)


def taken(document: dict[str, Any], steps: Any) -> dict[str, Any]:
    """Give the document after the steps were taken."""
    community = document.get("community") or {}
    for step in steps:
        if step.criterion is None:
            funnel = {"stage": step.to, "earning": True}
            document = {**document, "community": {**community, "funnel": funnel}}
        else:
            document = replaced(document, step.criterion, {"level": step.to})
    return document


@given(documents())
def test_the_unlocking_change_unlocks_and_no_step_is_idle(document: dict[str, Any]) -> None:
    """Taking every step reaches the next milestone; leaving one level of one out does not."""
    score = playbook.score(document)
    standing = score.standing
    if standing.next is None or not standing.unlock:
        assert standing.next in {None, "10000"}
        return
    after = playbook.score(taken(document, standing.unlock)).standing.capability
    assert MILESTONES.index(after) >= MILESTONES.index(standing.next)
    for step in standing.unlock:
        others = [s for s in standing.unlock if s is not step]
        assert standing.capability == playbook.score(taken(document, others)).standing.capability


efforts = st.builds(Effort, *[st.integers(1, 5)] * 3)


@st.composite
def assessments(draw: st.DrawFn) -> tuple[Checklist, Answers]:
    """Draw a small checklist with one milestone, and answers to it."""
    names = [f"{dimension}.{n}" for dimension in "ab" for n in range(draw(st.integers(1, 3)))]
    criteria = tuple(
        small.criterion(
            name,
            draw(st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2)])),
            effort=draw(efforts),
        )
        for name in names
    )
    gates: list[dict[str, Any]] = [
        {"id": d, "dimension": d, "at_least": Fraction(draw(st.integers(0, 100)))} for d in "ab"
    ]
    gates += [
        {"id": name, "criterion": name, "level": draw(st.integers(1, 3))}
        for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
    ]
    found = small.checklist(
        criteria=criteria,
        dimensions=small.checklist().dimensions[:2],
        milestones=(small.gates("100", 100, *gates),),
    )
    levels = {name: draw(st.sampled_from([None, 0, 1, 2, 3])) for name in names}
    return found, small.answers(levels)


@given(assessments())
@settings(max_examples=60)
def test_unlock_is_the_smallest_of_all_changes(assessment: tuple[Checklist, Answers]) -> None:
    """Against every combination of raised levels: as few steps, and no less effort, will do."""
    found, answers = assessment
    score = score_answers(found, answers)
    if score.standing.capability == "100":
        assert () == score.standing.unlock
        return
    starts = {c.id: answers.level(c.id) or 0 for c in found.active}
    costs = []
    for levels in product(*(range(start, 4) for start in starts.values())):
        raised = dict(zip(starts, levels, strict=True))
        if _passes(found, raised):
            steps = {name: level - starts[name] for name, level in raised.items()}
            effort = sum(n * found.by_id[name].effort.mean for name, n in steps.items())
            costs.append((sum(steps.values()), effort))
    told = {step.criterion: step.to - (step.start or 0) for step in score.standing.unlock}
    effort = sum(n * found.by_id[name].effort.mean for name, n in told.items())
    assert min(costs) == (sum(told.values()), effort)


def _passes(found: Checklist, levels: Mapping[str, int]) -> bool:
    """Work out the gates of the only milestone from scratch; what was unknown counts 0."""
    for gate in found.milestones[0].gates:
        if gate.criterion is not None:
            if levels[gate.criterion] < gate.level:
                return False
        elif gate.dimension is not None:
            criteria = [c for c in found.criteria if c.dimension == gate.dimension]
            worth = sum(c.weight * small.LEVELS[levels[c.id]] for c in criteria)
            if 100 * worth < gate.at_least * sum(c.weight for c in criteria):
                return False
    return True


@given(documents(), st.sampled_from(["stay-small", "task"]))
def test_a_chosen_size_takes_only_copy_out(document: dict[str, Any], scale: str) -> None:
    """Copy's answers no longer move the total, and the rest keep their proportions."""
    document = {**document, "community": {**document["community"], "scale": scale}}
    without = {n: a for n, a in document["answers"].items() if not n.startswith("copy.")}
    one, other = playbook.score(document), playbook.score({**document, "answers": without})
    assert (one.total, one.coverage, one.verified) == (other.total, other.coverage, other.verified)
    table = ISOOC.weights[one.aim]
    kept = {p.id: p.weight * (1 - table["copy"]) for p in one.dimensions if p.id != "copy"}
    assert {name: table[name] for name in kept} == kept


@given(documents(), documents())
def test_a_change_is_explained_by_its_answers(one: dict[str, Any], two: dict[str, Any]) -> None:
    """What moved is the difference of the ends; the same answers move nothing."""
    two = {**two, "community": one["community"]}
    before, after = playbook.score(one), playbook.score(two)
    found = changed(before, after)
    assert after.total.low == before.total.low + found.low
    assert after.total.high == before.total.high + found.high
    assert found.answers or not found.moved
    assert not changed(before, before).answers


@given(documents())
def test_language_changes_words_and_never_numbers(document: dict[str, Any]) -> None:
    """The score in Chinese differs from the English one in texts alone."""

    def numbers(value: Any) -> Any:
        if isinstance(value, dict):
            words = {"because", "why", "action", "notices"}
            return {k: numbers(v) for k, v in value.items() if k not in words}
        return [numbers(item) for item in value] if isinstance(value, list) else value

    score = playbook.score(document)
    assert numbers(score.to_dict("en")) == numbers(score.to_dict("zh"))


@given(documents())
def test_a_file_says_what_a_dictionary_says(document: dict[str, Any]) -> None:
    """Reading the same answers twice gives the same, and the given document is not changed."""
    kept = repr(document)
    read, found = load_answers(document)
    assert kept == repr(document)
    assert score_answers(found, read).to_dict() == playbook.score(document).to_dict()
