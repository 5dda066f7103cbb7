# ruff: noqa: DTZ001 - calendar times are those of whoever opens the file
"""The calendar of practices: what is kept, what is started, and a file that calendars read."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from icalendar import Calendar

from playbook import PlaybookError, calendar, cli

ANSWERS = {
    "format": "playbook-answers/1",
    "checklist": "six_senses",
    "community": {"name": "Tea; friends, 茶"},
    "answers": {"ritual.arrival": {"level": 2}, "belonging.care": {"level": 0}},
}


def test_what_runs_is_kept_and_the_weakest_sense_starts_something(tmp_path: Path) -> None:
    """Level 2 is kept, level 0 is started, unknown starts nothing."""
    planned = calendar(ANSWERS, tmp_path / "x.ics", date(2026, 11, 23))

    assert {p.criterion for p in planned if p.state == "keep"} == {"ritual.arrival"}
    assert {p.criterion for p in planned if p.state == "start"} == {"belonging.care"}


def test_other_answers_give_another_calendar(tmp_path: Path) -> None:
    """Two different inputs, two different results."""
    other = {**ANSWERS, "answers": {"safety.speaking": {"level": 0}}}

    one = [p.id for p in calendar(ANSWERS, tmp_path / "1.ics", date(2026, 11, 23))]
    two = [p.id for p in calendar(other, tmp_path / "2.ics", date(2026, 11, 23))]

    assert one != two


def test_the_file_is_read_by_a_calendar(tmp_path: Path) -> None:
    """Signs that mean something in the format survive; weekly things end after the weeks asked."""
    path = tmp_path / "x.ics"
    planned = calendar(ANSWERS, path, date(2026, 11, 25), weeks=4, lang="zh")

    found = Calendar.from_ical(path.read_bytes())

    assert "Tea; friends, 茶" in str(found["x-wr-calname"])
    events = found.walk("VEVENT")
    assert [p.say("name", "zh") for p in planned] == [str(e["summary"]) for e in events]
    for event, practice in zip(events, planned, strict=True):
        begins = event.decoded("dtstart")
        assert datetime(2026, 11, 25) <= begins < datetime(2026, 12, 2)
        assert begins.weekday() == practice.entry.get("weekday", 2)
        if practice.entry["every"] != "once":
            assert event["rrule"]["until"] == [datetime(2026, 12, 22, 23, 59)]


def test_importing_it_again_changes_nothing(tmp_path: Path) -> None:
    """The same answers and day give the same bytes, so a calendar updates and does not double."""
    calendar(ANSWERS, tmp_path / "1.ics", date(2026, 11, 23))
    calendar(ANSWERS, tmp_path / "2.ics", date(2026, 11, 23))

    assert (tmp_path / "1.ics").read_bytes() == (tmp_path / "2.ics").read_bytes()


def test_answers_of_another_checklist_are_refused(tmp_path: Path) -> None:
    """The message names the checklist that is meant; nothing is written."""
    with pytest.raises(PlaybookError, match="six_senses"):
        calendar("fandeng", tmp_path / "x.ics")
    assert not (tmp_path / "x.ics").exists()


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`playbook calendar ANSWERS -o FILE` prints what is new and what is kept."""
    answers = tmp_path / "six.json"
    answers.write_text(json.dumps(ANSWERS), encoding="utf-8")

    code = cli.main(["calendar", str(answers), "-o", str(tmp_path / "x.ics")])

    assert code == 0
    assert "keep:" in capsys.readouterr().out
    assert cli.main(["calendar", str(answers), "-o", "x.ics", "--from", "soon"]) == 2


def test_a_monthly_practice_stays_on_its_weekday(tmp_path: Path) -> None:
    """The first Monday of a month, not every 23rd."""
    answers = {**ANSWERS, "answers": {"organisation.duty": {"level": 2}}}
    path = tmp_path / "x.ics"
    calendar(answers, path, date(2026, 11, 21))

    (event,) = Calendar.from_ical(path.read_bytes()).walk("VEVENT")

    assert event.decoded("dtstart") == datetime(2026, 12, 7, event.decoded("dtstart").hour)
    assert event["rrule"]["byday"] == ["1MO"]
