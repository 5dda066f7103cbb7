"""Before and after: what moved between assessments of one community, worked out by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
import small

import playbook
from playbook import PlaybookError
from playbook.cli import main
from playbook.model import Answers
from playbook.present.history_page import history_html
from playbook.room.api import history
from playbook.scoring.history import history_of


def at(levels: dict[str, Any], date: str | None, **more: Any) -> Answers:
    """Give answers of the small checklist on a day."""
    made = small.answers(levels, **more)
    return Answers("small", made.community, made.given, date=date)


def test_what_moved_by_hand() -> None:
    """Aim 100: A weighs .5; a.one is half of A. From level 1 (.25) to 3 (1): + 18.75 points."""
    before = at({"a.one": 1, "b.one": 2}, "2026-01-01")
    after = at({"a.one": 3, "b.one": 2, "c.one": None}, "2026-06-01")
    found = history_of(small.checklist(), [("x", after), ("y", before)])
    assert ("2026-01-01", "2026-06-01") == found.names
    assert 18.75 == float(found.whole.low)
    assert [("a.one", "1", "3"), ("c.one", "absent", "unknown")] == [
        (name, found.state(0, name), found.state(1, name)) for name, *_ in found.whole.answers
    ]


def test_all_are_weighed_by_the_aim_of_the_latest() -> None:
    """A community that grew from 90 to 900 is judged twice as one on the way to 1,000."""
    before = at({"a.one": 3}, "2026-01-01", members=90)
    after = at({"a.one": 3}, "2026-06-01", members=900)
    found = history_of(small.checklist(), [("x", before), ("y", after)])
    assert ["1000", "1000"] == [score.aim for score in found.scores]
    assert not found.whole.moved


def test_without_dates_the_given_order_holds() -> None:
    """And that is said; files of one day are told apart by when they were saved."""
    one, other = at({"a.one": 1}, None), at({"a.one": 2}, "2026-01-01")
    found = history_of(small.checklist(), [("x", one), ("y", other)])
    assert (False, ("x", "2026-01-01")) == (found.dated, found.names)
    assert any("as they were given" in line for line in found.notices("en"))
    document = {"format": "playbook-answers/1", "date": "2026-03-01"}
    late = {**document, "saved": "2026-03-01T18:00:00Z", "answers": {"copy.model": {"level": 2}}}
    early = {**document, "saved": "2026-03-01T09:00:00Z", "answers": {"copy.model": {"level": 1}}}
    same_day = history(late, early)
    assert ["1", "2"] == [same_day.state(n, "copy.model") for n in (0, 1)]
    assert 2 == len(set(same_day.names))


def test_what_became_of_the_advice(root: Path) -> None:
    """The first three actions of the first assessment, each with then and now."""
    lantern = json.loads((root / "notebooks/practice/lantern.json").read_text(encoding="utf-8"))
    first, *_ = (action.criterion for action in playbook.score(lantern).actions)
    later = json.loads(json.dumps(lantern)) | {"date": "2027-01-01"}
    was = lantern["answers"][first]["level"]
    later["answers"][first] = {"level": was + 1}
    found = history(lantern, later).to_dict("en")
    assert {"criterion": first, "from": str(was), "to": str(was + 1)} == found["advised"][0]
    assert 3 == len(found["next"])


def test_two_names_and_two_versions_are_told() -> None:
    """They may be two communities, or two sets of questions."""
    document = {"format": "playbook-answers/1", "answers": {"copy.model": {"level": 1}}}
    one = {**document, "date": "2026-01-01", "content_version": "1.0", "community": {"name": "A"}}
    other = {**document, "date": "2026-02-01", "content_version": "1.2", "community": {"name": "B"}}
    told = " ".join(history(one, other).notices("en"))
    assert "A, B" in told
    assert "1.0, 1.2" in told


def test_one_assessment_given_twice_is_told() -> None:
    """A copy of a file is no second look; the same id with another answer is one."""
    document = {
        "format": "playbook-answers/1",
        "id": "a-1",
        "answers": {"copy.model": {"level": 1}},
    }
    moved = {**document, "answers": {"copy.model": {"level": 2}}}
    assert any("here twice" in line for line in history(document, dict(document)).notices("en"))
    assert not any("here twice" in line for line in history(document, moved).notices("en"))


def test_a_day_that_is_still_to_come_is_told() -> None:
    """A clock that was ahead puts a file last for years: that is said, and only of that file."""
    days = ("2026-01-01", "2126-06-01")
    found = history_of(small.checklist(), [(day, at({"a.one": 3}, day)) for day in days])
    (told,) = found.notices("en")
    assert told.startswith("2126-06-01 is still to come")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_what_moved(lang: str) -> None:
    """Names of people are text; both pictures have their words; three cards."""
    document = {"format": "playbook-answers/1", "community": {"name": "<b>Tea</b>"}}
    one = {**document, "date": "2026-01-01", "answers": {"copy.model": {"level": 1}}}
    other = {**document, "date": "2026-02-01", "answers": {"copy.model": {"level": 3}}}
    page = history_html(history(one, other), lang)
    # "What moved" is read once: the caption of its table is for those who listen.
    assert '<caption class="pb-hidden">' in page
    assert (False, True) == ("<b>Tea" in page, "&lt;b&gt;Tea" in page)
    assert 2 == page.count('role="img"')
    assert 3 == page.count('<li class="pb-card"')
    assert not page.count("<script")


def test_the_library_writes_the_page_and_keeps_the_answers(tmp_path: Path) -> None:
    """Never over an answers file; one file alone has no before."""
    document = {"format": "playbook-answers/1", "answers": {"copy.model": {"level": 1}}}
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(PlaybookError, match="two or more"):
        history(path)
    with pytest.raises(PlaybookError):
        history(path, document, output=path)
    assert document == json.loads(path.read_text(encoding="utf-8"))
    history(path, document, output=tmp_path / "history.html")
    assert "<!doctype html>" in (tmp_path / "history.html").read_text(encoding="utf-8")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Words in 80 columns, or the document."""
    names = []
    for day, level in (("2026-01-01", 1), ("2026-05-01", 2)):
        document = {"format": "playbook-answers/1", "date": day,
                    "answers": {"copy.model": {"level": level}}}  # fmt: skip
        names.append(str(tmp_path / f"{day}.json"))
        Path(names[-1]).write_text(json.dumps(document), encoding="utf-8")
    assert 0 == main(["history", *names, "--lang", "en"])
    told = capsys.readouterr().out
    assert "Model: level 1 > level 2" in told
    assert all(len(line) <= 80 for line in told.splitlines())
    assert 0 == main(["history", *reversed(names), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [] == playbook.check.check(found, "history")
    assert ["2026-01-01", "2026-05-01"] == [one["name"] for one in found["assessments"]]
