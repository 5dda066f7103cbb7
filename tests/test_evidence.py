"""Evidence: answers measured from events, and claimed against measured, worked by hand."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import logs
import pytest

import playbook
from playbook import PlaybookError, cli
from playbook.files import data_folder
from playbook.load import content, load_answers, load_checklist, sources
from playbook.people.evidence import Evidence, evidence
from playbook.present.health_text import evidence_text
from playbook.present.report import report_html
from playbook.present.sentences import measured_words
from playbook.widgets.assessment import SelfAssessment
from playbook.words import LANGUAGES, say

Captured = pytest.CaptureFixture[str]
RULES = content("evidence")["rule"]
#: As in test_health.py: 5 weeks of three, 4 newcomers, 5 people at the end, 2 in the core.
ROWS = logs.until(logs.weekly(["abc", "ab", "abcd", "", "abe", "af", "abc", "agh"]), 9)
MEASURED = {
    "output.rhythm": (2, 5, 8),
    "operate.participation": (1, 5, 8),  # newcomers 4 is level 2, people at the end 5 is level 1
    "copy.core_group": (2, 2, 8),
    "operate.renewal": (None, 13, 56),
}


def answers(**given: Any) -> dict[str, Any]:
    """Give a person's answers document; `_` in a name stands for the dot."""
    named = {name.replace("__", "."): answer for name, answer in given.items()}
    return {"format": "playbook-answers/1", "id": "one", "rater": "Ann", "answers": named}


def merged(**given: Any) -> Evidence:
    """Lay the measured levels beside a person's."""
    return evidence(logs.table(ROWS), answers(**given))


def states(found: Evidence) -> dict[str, str]:
    """Give how each question stands."""
    return {row["criterion"]: row["state"] for row in found.rows("en")}


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the events as a file."""
    path = tmp_path_factory.mktemp("events") / "events.parquet"
    logs.table(ROWS).to_parquet(path)
    return path


# --- measured ---------------------------------------------------------------------------------


def test_the_answers_are_those_of_the_paper() -> None:
    """Levels, values, n, window and rule; E3; an answers file like any other."""
    document = evidence(logs.table(ROWS)).to_dict()
    found = {
        name: (answer["measured"]["level"], answer["measured"]["value"], answer["measured"]["n"])
        for name, answer in document["answers"].items()
    }
    assert MEASURED == found
    rhythm = document["answers"]["output.rhythm"]
    assert (2, "E3") == (rhythm["level"], rhythm["evidence"])
    told = {key: rhythm["measured"][key] for key in ("from", "to", "rule", "source", "window")}
    assert {
        "from": "2026-01-01",
        "to": "2026-02-25",
        "rule": "rhythm",
        "source": "pilot-239",
        "window": "first",
    } == told
    assert load_answers(document)[0].given["output.rhythm"].proven


def test_the_weakest_fact_sets_the_level_and_all_are_shown() -> None:
    """Participation: first-timers say 2, people still there say 1; so it is 1."""
    block = evidence(logs.table(ROWS)).to_dict()["answers"]["operate.participation"]["measured"]
    assert "active" == block["fact"]
    assert [("newcomers", 4, 2), ("active", 5, 1)] == [
        (part["fact"], part["value"], part["level"]) for part in block["parts"]
    ]


def test_a_rule_that_stands_beside_gives_no_level() -> None:
    """Silences do not show whether a rule on leaving is written: the answer stays unknown."""
    answer = evidence(logs.table(ROWS)).to_dict()["answers"]["operate.renewal"]
    assert answer["unknown"]
    assert "level" not in answer
    assert (None, 13) == (answer["measured"]["level"], answer["measured"]["value"])


def test_a_group_that_is_too_young_is_unknown_not_zero() -> None:
    """Seven weeks: every answer is unknown, with the reason as its note."""
    document = evidence(logs.table(logs.weekly([logs.names(9)] * 7))).to_dict()
    for answer in document["answers"].values():
        assert {"unknown": True, "note": say("evidence.why.too_short", "en")} == answer


def test_a_source_without_talk_is_unknown() -> None:
    """Only sign-ups: no rhythm of posting, but people who take part are counted."""
    rows = logs.until(logs.weekly([logs.names(12)] * 9, kind="signup"), 9)
    found = evidence(logs.table(rows)).to_dict()["answers"]
    assert found["output.rhythm"]["unknown"]
    assert 3 == found["copy.core_group"]["level"]


def test_an_older_group_is_read_in_its_last_weeks_and_says_so() -> None:
    """Twenty lively weeks, then eight with two people: the last eight count."""
    weeks = [logs.names(12)] * 20 + [logs.names(2)] * 8
    found = evidence(logs.table(logs.until(logs.weekly(weeks), 28)))
    block = found.to_dict()["answers"]["output.rhythm"]["measured"]
    assert (0, 0, "last") == (block["level"], block["value"], block["window"])
    assert ("2026-05-21", "2026-07-15") == (block["from"], block["to"])
    assert "carried" in block["caveats"]


def test_caveats_are_told_where_they_hold() -> None:
    """Size outside 10 to 70, a weak signal, a log that is judged at its own last event."""
    twelve = logs.table(logs.until(logs.weekly([logs.names(12)] * 9), 9))
    found = {r["criterion"]: r["caveats"] for r in evidence(twelve, at="2026-03-10").rows()}
    assert ["beginning"] == found["output.rhythm"]
    assert ["beginning", "weak"] == found["copy.core_group"]
    small = {r["criterion"]: r["caveats"] for r in evidence(logs.table(ROWS)).rows()}
    assert ["beginning", "size", "ended"] == small["output.rhythm"]


def test_a_group_with_an_end_is_marked() -> None:
    """The pilot's rules do not hold for classes: the numbers are given, and that is said."""
    found = evidence(logs.table(ROWS), community={"scale": "task"})
    again = evidence(logs.table(ROWS), kind="task")
    assert all("task" in row["caveats"] for row in (*found.rows(), *again.rows()))
    assert "task" == again.to_dict()["community"]["scale"]


def test_the_community_is_told_where_nobody_said_it() -> None:
    """How many were seen, and its kind; what a person said stays theirs."""
    alone = evidence(logs.table(ROWS), kind="learning").to_dict()["community"]
    n = len({member for _, member, _ in ROWS})
    assert {"kind": "learning", "members": n, "members_kind": "members"} == {
        key: value for key, value in alone.items() if key != "members_at"
    }
    person = answers(output__rhythm={"level": 1}) | {"community": {"kind": "brand"}}
    assert {"kind": "brand"} == evidence(logs.table(ROWS), person, kind="social").to_dict()[
        "community"
    ]


def test_a_source_without_times_says_so() -> None:
    """Every answer is unknown, and why."""
    frame = logs.table(ROWS).assign(at=None, at_quality="none")
    assert {"no_time"} == {row["why"] for row in evidence(frame).rows()}


def test_days_are_cut_where_the_community_lives() -> None:
    """23:00 UTC on the last day of a week is the next week in Shanghai."""
    rows = [[7 * n + 0.45, m, "post"] for n in range(9) for m in "abc"]  # 22:48 UTC
    utc, shanghai = (evidence(logs.table(rows), tz=tz) for tz in ("UTC", "Asia/Shanghai"))
    starts = [found.rows()[0]["from"] for found in (utc, shanghai)]
    assert ["2026-01-01", "2026-01-02"] == starts


def test_the_lifespan_checklist_asks_just_what_is_counted() -> None:
    """People in two weeks and first-timers in four: the same cuts stand in its questions."""
    found = evidence(logs.table(ROWS), checklist="lifespan").to_dict()
    assert "lifespan" == found["checklist"]
    levels = {name: answer.get("level") for name, answer in found["answers"].items()}
    assert {"voice.people": 1, "voice.newcomers": 2, "voice.restart": None} == levels


def test_a_checklist_without_rules_is_refused() -> None:
    """Events say nothing about the six senses; the ones they do are named."""
    with pytest.raises(PlaybookError, match="isooc, lifespan"):
        evidence(logs.table(ROWS), checklist="six_senses")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_rules_name_what_exists(rule: dict[str, Any]) -> None:
    """Criterion, facts, source; and what the number cannot see, in both languages."""
    told = content("evidence")
    assert rule["criterion"] in load_checklist(rule["checklist"]).by_id
    assert set(rule["facts"]) <= {fact["id"] for fact in told["fact"]}
    assert not set(rule["facts"]) & {entry["id"] for entry in told["no_signal"]}
    assert set(rule["source"]) <= set(sources())
    assert rule["en"]["unseen"]
    assert rule["zh"]["unseen"]


def test_facts_carry_the_pilots_numbers() -> None:
    """The share alive by level stands beside each cut, and the pilot's label beside all."""
    told = content("evidence")
    assert {
        "active": [31, 49, 76, 84],
        "newcomers": [21, 43, 71, 78],
        "weeks_of_three": [36, 49, 62, 74],
        "returning": [38, 52, 71, 72],
        "silence": [40, 58, 56, 72],
        "core": [43, 49, 54, 76],
    } == {fact["id"]: fact["alive"] for fact in told["fact"]}
    assert (239, 191, [10, 70]) == tuple(
        told["pilot"][key] for key in ("communities", "followed", "people")
    )
    assert all("239" in told[lang]["label"] for lang in LANGUAGES)


# --- claimed against measured -----------------------------------------------------------------


def test_a_persons_level_stays_and_the_measured_one_stands_beside() -> None:
    """Lower, higher, the same: the level is the person's, E3, with the measured block."""
    found = merged(
        output__rhythm={"level": 3, "evidence": "E1", "note": "every Monday"},
        operate__participation={"level": 0},
        copy__core_group={"level": 2, "evidence": "E2", "url": "https://a.example"},
    )
    assert {
        "output.rhythm": "lower",
        "operate.participation": "higher",
        "copy.core_group": "agrees",
        "operate.renewal": "beside",
    } == states(found)
    told = found.to_dict()["answers"]
    assert [3, 0, 2] == [told[name]["level"] for name in list(MEASURED)[:3]]
    assert {"E3"} == {told[name]["evidence"] for name in list(MEASURED)[:3]}
    assert "every Monday" == told["output.rhythm"]["note"]
    assert "https://a.example" == told["copy.core_group"]["url"]
    assert "filled" not in told["output.rhythm"]["measured"]


def test_only_what_nobody_knew_is_filled_in() -> None:
    """Unknown and absent become the measured level; not applicable stays so."""
    found = merged(
        output__rhythm={"unknown": True, "note": "no idea"},
        operate__participation={"na": "too_young"},
        interest__bond={"level": 2},
    )
    assert ["filled", "na", "filled"] == list(states(found).values())[:3]
    told = found.to_dict()["answers"]
    assert {"note": "no idea", "level": 2, "evidence": "E3"} == {
        key: value for key, value in told["output.rhythm"].items() if key != "measured"
    }
    assert told["output.rhythm"]["measured"]["filled"]
    assert "too_young" == told["operate.participation"]["na"]
    assert 1 == told["operate.participation"]["measured"]["level"]
    assert {"level": 2} == told["interest.bond"]


def test_who_and_which_community_stay_a_persons() -> None:
    """Id, rater and community are kept; the community may be told anew."""
    person = answers(output__rhythm={"level": 1}) | {"community": {"name": "Readers"}}
    found = evidence(logs.table(ROWS), person, community={"kind": "learning"}).to_dict()
    assert ("one", "Ann") == (found["id"], found["rater"])
    assert {"name": "Readers", "kind": "learning"} == found["community"]
    assert {"level": 1} == person["answers"]["output.rhythm"]  # what was given is not changed


def test_measuring_again_does_not_take_a_filled_level_for_a_claim() -> None:
    """The second file is as if it had been measured once; a level changed by hand is a claim."""
    once = evidence(logs.table(ROWS)).to_dict()
    twice = evidence(logs.table(ROWS), once)
    assert once["answers"] == twice.to_dict()["answers"]
    once["answers"]["output.rhythm"]["level"] = 3
    changed = evidence(logs.table(ROWS), once)
    assert ("lower", 3) == (
        states(changed)["output.rhythm"],
        changed.to_dict()["answers"]["output.rhythm"]["level"],
    )


def test_the_original_document_is_checked_first() -> None:
    """Faulty answers are refused with their place before anything is measured."""
    with pytest.raises(PlaybookError, match=r"output\.rhytm"):
        evidence(logs.table(ROWS), answers(output__rhytm={"level": 1}))


# --- how a score reads it ---------------------------------------------------------------------


def scored(claimed: int, measured: int, **more: Any) -> Any:
    """Score one answer of output.rhythm (weight 1.5 of 5.75 in a dimension of .2)."""
    block = {"level": measured, "value": 3, "unit": "weeks", "n": 26, **more}
    answer = {"level": claimed, "evidence": "E3", "measured": block}
    return playbook.score(answers(output__rhythm=answer))


@pytest.mark.parametrize(
    ("claimed", "measured", "shown"), [(3, 3, 3), (3, 1, 1), (3, 0, 0), (1, 3, 1), (2, 2, 2)]
)
def test_what_is_shown_is_the_lower_of_the_two(claimed: int, measured: int, shown: int) -> None:
    """The total counts the claim; `verified` counts the measured level where that is lower."""
    found, alone = (
        scored(claimed, measured),
        playbook.score(answers(output__rhythm={"level": claimed})),
    )
    assert alone.total == found.total
    proof = playbook.score(
        answers(output__rhythm={"level": shown, "evidence": "E2", "url": "https://a.example"})
    )
    assert proof.verified == found.verified
    assert Fraction(0) <= found.verified <= found.total.low


def test_a_capability_is_not_verified_by_a_level_that_was_measured_lower() -> None:
    """A gate on roles at level 2: claimed 3 at E3, measured 1, so it is not shown."""
    given = {c.id: {"level": 3, "evidence": "E2", "url": "x.pdf"} for c in load_checklist().active}
    whole = playbook.score({"format": "playbook-answers/1", "answers": given})
    assert "1000" == whole.standing.capability_verified
    given["structure.roles"] |= {"evidence": "E3", "measured": {"level": 1, "value": 1}}
    less = playbook.score({"format": "playbook-answers/1", "answers": given})
    assert ("1000", "100") == (less.standing.capability, less.standing.capability_verified)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("claimed", "measured", "told"), [(3, 1, True), (1, 3, True), (2, 2, False)]
)
def test_a_score_never_overrules_in_silence(
    claimed: int, measured: int, told: bool, lang: str
) -> None:
    """You say 3, measured 1 (n = 26): in the notices of the document."""
    notices = scored(claimed, measured).to_dict(lang)["notices"]
    found = [line for line in notices if "output.rhythm" in line]
    assert told == bool(found)
    if told:
        (line,) = found
        assert "n = 26" in line
        assert str(claimed) in line
        assert str(measured) in line


def test_a_measured_fact_without_a_level_is_no_proof() -> None:
    """E3 needs a measured level: a fact that stands beside does not make one."""
    found = playbook.score(
        answers(
            operate__renewal={"level": 2, "evidence": "E3", "measured": {"level": None, "value": 3}}
        )
    )
    assert "E0" == found.answers.given["operate.renewal"].evidence
    assert 0 == found.verified


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "You say level 3, measured level 2: 5 weeks in which three or more people posted"),
        ("zh", "你们说第 3 级，实测第 2 级：5 周有三人以上发言（n = 8 周）"),
    ],
)
def test_the_report_shows_claimed_against_measured(lang: str, told: str) -> None:
    """In the answer itself, in the reader's language, whatever language it was measured in."""
    found = merged(output__rhythm={"level": 3})
    assert told in report_html(playbook.score(found.to_dict()), None, lang)


def test_a_foreign_measurement_is_shown_as_it_stands() -> None:
    """A block without one of our facts keeps its own unit."""
    answer = scored(2, 1, unit="weeks with a post").answers.given["output.rhythm"]
    told = "You say level 2, measured level 1: 3 weeks with a post (n = 26)."
    assert told == measured_words(answer, "en")


def test_the_assessment_shows_claimed_against_measured(tmp_path: Path) -> None:
    """Beside the question and in the list of answers; a fact without a level beside its own."""
    widget = SelfAssessment(path=tmp_path / "answers.json", lang="en")
    widget.answers = merged(output__rhythm={"level": 3}).to_dict()
    widget.go("output.rhythm")
    assert "You say level 3, measured level 2" in widget.body()
    widget.go("check")
    assert "You say level 3, measured level 2" in widget.body()
    widget.go("operate.renewal")
    assert "no level follows from that" in widget.body()
    widget.answer("operate.renewal", 1)
    assert "It was measured" not in widget.body()  # there is no level that could be proof
    widget.answer("output.rhythm", 2)
    widget.go("output.rhythm")
    assert "Measured level 2: 5 weeks" in widget.body()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_state_and_caveat_is_told(lang: str) -> None:
    """Each question with its number, its doubt, and what the events cannot show; no place open."""
    found = merged(
        output__rhythm={"level": 3},
        operate__participation={"na": "too_young"},
        operate__renewal={"level": 2},
    )
    told = evidence_text(found, "events.parquet", lang)
    joined = "".join(line.strip() for line in told.splitlines())
    for state in ("lower", "na", "filled"):
        assert say(f"evidence.state.{state}", lang).replace(" ", "") in joined.replace(" ", "")
    for rule in RULES[:4]:
        assert rule[lang]["unseen"].replace(" ", "")[:30] in joined.replace(" ", "")
    for name in ("beginning", "size", "weak", "ended", "carried", "task"):
        assert say(f"evidence.caveat.{name}", lang)
    assert "{" not in told
    assert "2026-01-01" in told
    short = evidence(logs.table(logs.weekly([["a"]] * 3)))
    assert say("evidence.why.too_short", lang)[:14] in evidence_text(short, "e.csv", lang)


# --- the command ------------------------------------------------------------------------------


def test_the_command_writes_what_the_library_gives(
    events: Path, tmp_path: Path, capsys: Captured
) -> None:
    """`playbook evidence EVENTS --merge ANSWERS -o answers.json`, then `playbook score` says it."""
    mine, target = tmp_path / "mine.json", tmp_path / "answers.json"
    mine.write_text(json.dumps(answers(output__rhythm={"level": 3})), encoding="utf-8")
    assert 0 == cli.main(["evidence", str(events), "--merge", str(mine), "-o", str(target)])
    assert "You say level 3, measured level 2" in capsys.readouterr().out.replace("\n  ", " ")
    written = json.loads(target.read_text(encoding="utf-8"))
    expected = evidence(events, str(mine)).to_dict()
    assert expected | {"saved": ""} == written | {"saved": ""}
    assert 0 == cli.main(["score", str(target)])
    assert "output.rhythm: you say 3, measured 2" in capsys.readouterr().err


def test_json_prints_the_answers_document_and_nothing_else(events: Path, capsys: Captured) -> None:
    """One document on standard output, the same numbers in both languages."""
    documents = []
    for lang in LANGUAGES:
        assert 0 == cli.main(["evidence", str(events), "--json", "--lang", lang])
        documents.append(json.loads(capsys.readouterr().out))
    levels = [
        [(name, a.get("level"), a["measured"]["value"]) for name, a in d["answers"].items()]
        for d in documents
    ]
    assert levels[0] == levels[1]
    assert "playbook-answers/1" == documents[0]["format"]


@pytest.mark.parametrize("which", ["events", "merge"])
def test_nothing_is_written_over_what_was_read(
    which: str, events: Path, tmp_path: Path, capsys: Captured
) -> None:
    """Neither the events nor a person's answers; exit 2 and the file as it was."""
    mine = tmp_path / "mine.json"
    mine.write_text(json.dumps(answers(output__rhythm={"level": 3})), encoding="utf-8")
    over = events if which == "events" else mine
    before = over.read_bytes()
    argv = ["evidence", str(events), "--merge", str(mine), "-o", str(over)]
    assert 2 == cli.main(argv)
    assert "Choose another name" in capsys.readouterr().err
    assert before == over.read_bytes()


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["no-such-file.parquet"], "no such file"),
        (["{events}", "--merge", "no-such-answers.json"], "no such file"),
        (["{events}", "--tz", "Mars/Base"], "Mars/Base"),
        (["{events}", "--at", "soon"], "soon"),
        (["{events}", "--checklist", "six_senses"], "isooc, lifespan"),
        (["{events}", "--kind", "comm"], "commercial"),
        (["{events}", "--engine", "abacus"], "duckdb, spark"),
    ],
)
def test_bad_input_is_told_in_one_message(
    argv: list[str], told: str, events: Path, capsys: Captured
) -> None:
    """Exit 2, nothing on standard output, no traceback."""
    assert 2 == cli.main(["evidence", *(word.format(events=events) for word in argv)])
    printed = capsys.readouterr()
    assert "" == printed.out
    assert told in printed.err
    assert "Traceback" not in printed.err


# --- genuine samples --------------------------------------------------------------------------


def test_a_genuine_workspace_is_measured(tmp_path: Path) -> None:
    """A year of a software project's Slack: from the export to answers, every number explained."""
    found = playbook.import_events(
        data_folder() / "samples" / "slack-hyperledger.zip", tmp_path / "events.parquet"
    )
    measured = evidence(found, at="2017-02-07")
    rows = {row["criterion"]: row for row in measured.rows("en")}
    for row in rows.values():
        assert "carried" in row["caveats"]
        assert row["to"] == "2017-02-07"
    told = measured.to_dict()["answers"]
    parts = {p["fact"]: p for a in told.values() for p in a["measured"]["parts"]}
    # Counted once more with pandas, straight from the table of events.
    frame = found.frame()
    frame["day"] = frame["at"].dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()
    part = frame[frame["kind"].isin(content("evidence")["kinds"]["part"]) & frame["at"].notna()]
    ended = part["day"].max().normalize().replace(year=2017, month=2, day=7)
    weeks = (ended - part["day"]).dt.days // 7
    last = part[weeks < 8].assign(week=weeks[weeks < 8])
    firsts = (ended - part.groupby("member")["day"].min()).dt.days // 7
    by_week = last.groupby("week")["member"].nunique()
    assert parts["active"]["value"] == last[last["week"] < 2]["member"].nunique()
    assert parts["newcomers"]["value"] == (firsts < 4).sum()
    assert parts["weeks_of_three"]["value"] == (by_week >= 3).sum()
    assert parts["core"]["value"] == (last.groupby("member")["week"].nunique() >= 5).sum()
    assert parts["active"]["n"] == last["member"].nunique()
