"""Every system of the five source articles is in the kit, and is alive.

A system counts when its id exists and two different inputs give two different results: a text
that answers the same to everybody is not a system. The sections are those of the articles'
matter: 1 ISOOC, 2 milestones, 3 funnel, 4 members as data, 5 KOC, fission and channels,
6 ten key points, 7 self-organisation and growth, 8 red lines.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import playbook as pb
from playbook.load import (
    answers_document,
    case_names,
    checklist_names,
    content,
    load_exercise,
    load_exercises,
    load_stages,
    practices,
)
from playbook.scoring.funnel import diagnose, economics
from playbook.scoring.plan import redlines


@dataclass(frozen=True)
class System:
    """One row: where it is told, what it is, and the id that it has in the kit.

    `other`: what its result is held against, where that is a second id.
    """

    section: int
    name: str
    kind: str
    id: str
    other: str = ""


SYSTEMS = (
    System(1, "ISOOC, the checklist", "checklist", "isooc"),
    System(1, "interest is the premise", "dimension", "interest"),
    System(1, "structure decides survival", "dimension", "structure"),
    System(1, "output decides value", "dimension", "output"),
    System(1, "operate decides lifespan", "dimension", "operate"),
    System(1, "copy decides scale", "dimension", "copy"),
    System(1, "precise beats broad", "exercise", "interest.wide_to_narrow"),
    System(1, "bases of a shared interest", "exercise", "interest.base"),
    System(1, "three payoffs", "exercise", "interest.payoff"),
    System(1, "joining principle: the threshold", "exercise", "structure.door"),
    System(1, "centre or many centres: 007's class", "exercise", "structure.duties"),
    System(1, "early 罗辑思维: all weight on one", "exercise", "structure.centre"),
    System(1, "decay into adverts", "exercise", "output.adverts"),
    System(1, "all members produce, not only the star", "exercise", "output.fan_economy"),
    System(1, "six senses", "checklist", "six_senses"),
    System(1, "practices in a calendar", "calendar", "newcomer-welcome"),
    System(1, "self-purification", "exercise", "operate.homework"),
    System(1, "copying is a decision", "checklist", "copy_decision"),
    System(1, "questions before copying", "exercise", "copy.order"),
    System(1, "club, franchise, flagship", "exercise", "copy.mothers"),
    System(1, "霸蛮社's event", "case", "bamanshe", "weihudong"),
    System(1, "007 and its classes", "case", "007", "luoji"),
    System(2, "origin", "milestone", "100"),
    System(2, "inflection", "milestone", "1000"),
    System(2, "explosion", "milestone", "10000"),
    System(2, "three questions, 100 names", "checklist", "positioning"),
    System(2, "cannot find 100: rethink", "exercise", "positioning.names"),
    System(3, "gather", "stage", "1"),
    System(3, "monetise", "stage", "2"),
    System(3, "add value", "stage", "3"),
    System(3, "member economics", "economics", "paying"),
    System(3, "tip pricing, paid core members", "case", "hundun", "feekr"),
    System(3, "a community told stage by stage", "case", "zizai", "ramiguan"),
    System(3, "fans into clubs and classes", "case", "wuxiaobo", "fengmi"),
    System(4, "member path", "exercise", "members.path"),
    System(4, "smart tags in four families", "exercise", "members.tags"),
    System(4, "intimacy with coefficients", "exercise", "members.intimacy"),
    System(4, "70/20 without its circle", "exercise", "members.seventy"),
    System(4, "dashboard: is action needed?", "exercise", "members.dashboard"),
    System(4, "eight channels", "checklist", "eight_channels"),
    System(5, "social and commercial group", "exercise", "community.which_group"),
    System(5, "three functions in order", "exercise", "community.functions"),
    System(5, "three spaces", "exercise", "community.spaces"),
    System(5, "community eras", "exercise", "community.era"),
    System(5, "traffic eras", "exercise", "community.traffic"),
    System(5, "public to private traffic", "exercise", "community.private"),
    System(5, "how far sharing goes", "exercise", "koc.cascade"),
    System(5, "four channel ecologies", "exercise", "koc.ecology"),
    System(5, "fission levels", "exercise", "koc.levels"),
    System(5, "three organisation patterns", "checklist", "organisation_pattern"),
    System(5, "Fandeng used both in turn", "exercise", "patterns.fandeng"),
    System(5, "a branch head's stake", "exercise", "copy.region"),
    System(5, "platform and KOC communities", "case", "pinduoduo", "fandeng"),
    System(5, "Xiaomi: participation", "case", "xiaomi", "dkmama"),
    System(6, "community before brand", "exercise", "community.brand"),
    System(6, "lifespan and its three bonds", "checklist", "lifespan"),
    System(6, "product fit", "checklist", "product_fit"),
    System(6, "rules and pyramid", "checklist", "structure"),
    System(6, "five roles", "exercise", "structure.five_roles"),
    System(6, "platform ladder", "exercise", "structure.ladder"),
    System(6, "selection and splitting", "exercise", "growth.split"),
    System(6, "three traits, activities, local is closer", "exercise", "growth.start"),
    System(6, "offline for retention", "calendar", "offline-meeting"),
    System(6, "ritual: the sign-in", "calendar", "sign-in"),
    System(7, "boundary offers", "exercise", "koc.offers"),
    System(7, "five sales waves", "exercise", "growth.waves"),
    System(7, "growth dividend, a supposition", "exercise", "growth.dividend"),
    System(7, "dying: a few fixed voices", "exercise", "growth.voices"),
    System(7, "sizes of groups", "exercise", "growth.size"),
    System(8, "rewarded sharing, bargain", "redline", "bargain", "members"),
    System(8, "group-buy links", "redline", "group-buy", "bargain"),
    System(8, "agents and levels", "redline", "agents", "group-buy"),
    System(8, "crowdfunding, shares for cards", "redline", "crowdfunding", "agents"),
    System(8, "member data and exports", "redline", "import", "crowdfunding"),
    System(8, "a plan with and without a reward", "exercise", "koc.redline"),
)

# Claims of the articles, the exercise that teaches each, and figures found in the pilot.
CLAIMS = (
    ("a chat group lives three months", "operate.three_months", ("86", "63")),
    ("70 % from the top 20 %", "koc.top", ("67", "80", "86", "97")),
    ("90 % are active in groups under 20", "copy.small", ("20", "47")),
    ("Dunbar's 150", "growth.size", ("150", "3.6")),
    ("5 / 20 / 75", "structure.shares", ("6 / 30 / 62", "16 / 50 / 31")),
)


def whole(checklist: str, level: int, **levels: int) -> dict[str, Any]:
    """Answer a whole checklist at one level, one dimension or more of it at another."""
    asked = pb.checklist(checklist).active
    answers = {c.id: {"level": levels.get(c.dimension, level)} for c in asked}
    return {"format": "playbook-answers/1", "checklist": checklist, "answers": answers}


def checklist_results(system: System) -> list[Any]:
    """Score two answer sets; a diagnosis has to decide differently as well."""
    low, high = (pb.score(whole(system.id, level)) for level in (0, 2))
    if low.decision is None or high.decision is None:
        return [low.total.point, high.total.point]
    assert low.total.point != high.total.point
    return [d.outcome.id for d in (low.decision, high.decision) if d.outcome is not None]


def dimension_results(system: System) -> list[Any]:
    """Change the answers of this dimension only: it moves, and the total with it."""
    one, two = (pb.score(whole("isooc", 1, **{system.id: level})) for level in (1, 3))
    assert one.total.point != two.total.point
    return [next(p.interval for p in s.dimensions if p.id == system.id) for s in (one, two)]


def exercise_results(system: System) -> list[Any]:
    """Answer rightly and wrongly: another credit, and other words; a guess, other words."""
    asked = load_exercise(system.id)
    ids = [option.id for option in asked.options]
    ranked = [o.id for o in sorted(asked.options, key=lambda o: -o.credit)]
    right, wrong = {
        "one": (ranked[:1], ranked[-1:]),
        "predict": (ids[:1], ids[-1:]),
        "many": ([o.id for o in asked.options if o.credit], ranked[-1:]),
        "order": (ids, ids[::-1]),
        "number": (asked.value, (asked.value or 0) * 3 + 1),
    }[asked.kind]
    best, worst = pb.grade(system.id, right), pb.grade(system.id, wrong)
    if asked.kind != "predict":
        assert (best.credit, worst.right) == (1, False)
    return [best.feedback, worst.feedback]


def milestone_results(system: System) -> list[Any]:
    """Nothing done, everything done: the gates of this milestone stand otherwise."""
    earning = {"community": {"funnel": {"stage": 3, "earning": True}}}
    gates = next(m.gates for m in pb.checklist().milestones if m.id == system.id)
    found = []
    for document in (whole("isooc", 0), whole("isooc", 3) | earning):
        states = pb.score(document).standing.gates
        found.append([state.state for state in states if state.gate in gates])
    assert all(len(states) == len(gates) for states in found)
    return found


def stage_results(system: System) -> list[Any]:
    """With yes to all up to this stage it is reached; with a no on it, it is not."""
    asked = content("funnel")["question"]
    until = {q["id"]: True for q in asked if q["stage"] <= int(system.id)}
    here = [q["id"] for q in asked if q["stage"] == int(system.id)]
    yes, no = diagnose(until), diagnose(until | dict.fromkeys(here, False))
    assert yes.stage == int(system.id)
    return [yes.stage, no.stage]


def economics_results(system: System) -> list[Any]:
    """Twice the rate of this step, another revenue."""
    return [economics(1000, {system.id: rate}).revenue for rate in (0.1, 0.2)]


def case_results(system: System) -> list[Any]:
    """Two cases are answered at different levels, and told with different facts."""
    one, two = (answers_document(name)[0]["answers"] for name in (system.id, system.other))
    facts = {case.id: case.facts for case in pb.cases().cases}
    assert facts[system.id] != facts[system.other]
    return [{name: a.get("level") for name, a in answers.items()} for answers in (one, two)]


def calendar_results(system: System, folder: Path) -> list[Any]:
    """What is missing is started, what runs is not: two calendars."""
    practice = next(p for p in practices() if p["id"] == system.id)
    found = []
    for level in (0, 2):
        document = whole("six_senses", 2)
        document["answers"] |= {practice["criterion"]: {"level": level}}
        planned = pb.calendar(document, folder / "x.ics", date(2026, 11, 23))
        found.append([(p.id, p.state) for p in planned if p.criterion == practice["criterion"]])
    assert (system.id, "start") in found[0]
    return found


def redline_results(system: System) -> list[Any]:
    """Two mechanisms stand beside two lists of red lines."""
    return [
        [line["id"] for line in redlines() if mechanism in line["applies_to"]]
        for mechanism in (system.id, system.other)
    ]


KINDS: dict[str, tuple[Callable[[], Collection[str]], Callable[..., list[Any]]]] = {
    "checklist": (checklist_names, checklist_results),
    "dimension": (lambda: {d.id for d in pb.checklist().dimensions}, dimension_results),
    "exercise": (load_exercises, exercise_results),
    "milestone": (lambda: {m.id for m in pb.checklist().milestones}, milestone_results),
    "stage": (lambda: {s.id for s in load_stages()}, stage_results),
    "economics": (
        lambda: {step["id"] for step in content("funnel")["economics"]["step"]},
        economics_results,
    ),
    "case": (case_names, case_results),
    "calendar": (lambda: {p["id"] for p in practices()}, calendar_results),
    "redline": (lambda: {m for line in redlines() for m in line["applies_to"]}, redline_results),
}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: f"{s.section}-{s.kind}-{s.id}")
def test_a_system_exists_and_tells_two_inputs_apart(system: System, tmp_path: Path) -> None:
    """Its id is there, and two different inputs give two different results."""
    known, results = KINDS[system.kind]

    assert {system.id, system.other} - {""} <= set(known())
    one, two = results(system, tmp_path) if system.kind == "calendar" else results(system)
    assert one != two


@pytest.mark.parametrize(("claim", "exercise", "found"), CLAIMS, ids=[row[1] for row in CLAIMS])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_claim_stands_beside_what_was_found(
    claim: str, exercise: str, found: tuple[str, ...], lang: str
) -> None:
    """Whatever one guesses, the pilot's figures are told, and two guesses are told apart."""
    asked = load_exercise(exercise)
    told = [pb.grade(exercise, option.id, lang).feedback for option in asked.options]

    for option, words in zip(asked.options, told, strict=True):
        text = " ".join((asked.say("question", lang), option.say("text", lang), *words))
        assert [] == [figure for figure in found if figure not in text], claim
    assert len(told) == len(set(told))


def test_the_table_covers_all_sections_and_names_nothing_twice() -> None:
    """Eight sections, at least two systems each; every diagnosis and case is in it."""
    sections = [system.section for system in SYSTEMS]
    named = {(system.kind, system.id) for system in SYSTEMS}
    cases = {name for s in SYSTEMS if s.kind == "case" for name in (s.id, s.other)}

    assert len(SYSTEMS) == len(named)
    assert set(range(1, 9)) == {section for section in sections if sections.count(section) > 1}
    assert set(checklist_names()) == {name for kind, name in named if kind == "checklist"}
    assert set(case_names()) == cases
