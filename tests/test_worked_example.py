"""The example of docs/worked_example.md, which was worked on paper: the engine gets the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import playbook
from playbook.files import data_folder
from playbook.people.api import Members

SAMPLES = data_folder() / "samples"
DOCS = Path(__file__).parents[1] / "docs" / "worked_example.md"


@pytest.fixture(scope="module")
def members() -> Iterator[Members]:
    """Work the example out."""
    table, people = SAMPLES / "worked_example.csv", SAMPLES / "worked_people.csv"
    with playbook.members(table, people, at="2026-06-30") as found:
        yield found


@pytest.fixture(scope="module")
def frame(members: Members) -> pd.DataFrame:
    """Give one row a member, by name."""
    return members.frame().set_index("member")


def test_intimacy_is_that_of_the_paper(frame: pd.DataFrame) -> None:
    """Caps and half-lives, by hand; the numbers also stand in the document."""
    expected = {"bo": 25.925925926, "hua": 16.230366492, "lin": 29.865242944, "mei": 80.271270037}
    assert expected == frame["intimacy"].to_dict()
    text = DOCS.read_text(encoding="utf-8")
    assert [] == [score for score in expected.values() if f"**{score}**" not in text]


def test_levels_are_those_of_the_paper(members: Members, frame: pd.DataFrame) -> None:
    """Lin stays a regular below 30, because it was reached when May ended."""
    expected = {"bo": "acquaintance", "hua": "acquaintance", "lin": "regular", "mei": "scholar"}
    assert expected == frame["level"].to_dict()
    counts = {"onlooker": 0, "acquaintance": 2, "regular": 1, "pillar": 0, "scholar": 1}
    assert counts == members.to_dict()["levels"]


def test_the_path_is_that_of_the_paper(members: Members, frame: pd.DataFrame) -> None:
    """In order: a payment before the activation is no conversion."""
    path = members.to_dict()["path"]
    expected = [
        ("acquire", 4, None, None),
        ("identify", 3, 0.75, None),
        ("link", 3, 1.0, 0.0),
        ("activate", 2, 0.666666667, 98.0),
        ("convert", 1, 0.5, 180.0),
    ]
    steps = [(step["id"], step["members"], step["rate"], step["days"]) for step in path["steps"]]
    assert expected == steps
    assert (365, 4) == (path["window"], path["open"])
    stages = {"bo": "acquire", "hua": "activate", "lin": "link", "mei": "convert"}
    assert stages == frame["stage"].to_dict()


def test_kocs_are_those_of_the_paper(members: Members) -> None:
    """Two share at all; three axes each, with their evidence."""
    kocs: list[dict[str, Any]] = members.to_dict()["kocs"]
    axes = [(k["member"], k["intimacy"], k["reach"], k["activation"]) for k in kocs]
    assert [("mei", 80.271270037, 6, 1), ("bo", 25.925925926, 1, 0)] == axes
    assert [True, False] == [koc["unbeaten"] for koc in kocs]
    assert ["hua"] == kocs[0]["evidence"]["activated"]


def test_spreading_is_that_of_the_paper(members: Members) -> None:
    """Three of four since 2 April come from the one who was closest before."""
    found = members.to_dict()
    spread = found["concentration"]
    assert ("2026-04-02", 4, 0.75) == (spread["from"], spread["events"], spread["share"])
    tree = found["invites"]
    assert (1, 6, 0.857142857) == (tree["inviters"], tree["invitees"], tree["k"])
    assert [6.0, 0.0] == [generation["k"] for generation in tree["generations"]]
    assert {"targets": 3, "listed": 1} == found["silent"]
