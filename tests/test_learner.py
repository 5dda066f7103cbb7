"""One learner's file: saved at once, never lost, merged by the trainer."""

import json
from pathlib import Path
from typing import Any

import pytest

from playbook import PlaybookError
from playbook.learner import keep, merge_learners, read_learner


def record(learner: str, saved: str, **more: Any) -> dict[str, Any]:
    """Make a learner's record."""
    return {"format": "playbook-learner/1", "id": learner, "saved": saved, **more}


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    """Two things kept one after the other are both there; the id stays."""
    path = tmp_path / "learner.json"

    first = keep("exercises", "interest.base", {"answer": "feeling", "credit": 1}, path)
    keep("predictions", "interest.gate", {"answer": "opens"}, path)

    found = read_learner(path)
    assert found["id"] == first["id"]
    assert found["exercises"]["interest.base"]["credit"] == 1
    assert found["predictions"]["interest.gate"]["answer"] == "opens"


def test_a_broken_file_is_set_aside_and_never_lost(tmp_path: Path) -> None:
    """What cannot be read keeps its content under another name."""
    path = tmp_path / "learner.json"
    path.write_text("{half", encoding="utf-8")

    keep("plan", "aim", "1000", path)

    assert read_learner(path)["plan"] == {"aim": "1000"}
    assert (tmp_path / "learner.broken-1.json").read_text(encoding="utf-8") == "{half"


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    """An answers file is not a learner's file; the message names the place."""
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"format": "playbook-answers/1", "answers": {}}), encoding="utf-8")

    with pytest.raises(PlaybookError, match=r"answers\.json"):
        read_learner(path)


def test_a_trainer_merges_a_class(tmp_path: Path) -> None:
    """The latest of one id wins; one name with two ids is two people; a bad file is told."""
    photo = tmp_path / "photo.json"
    photo.write_bytes(b"\xff\xd8\xff\xe0 not text")

    found, bad = merge_learners(
        [
            record("a", "2026-11-21T10:00:00Z", name="Li", plan={"aim": "100"}),
            record("a", "2026-11-21T11:00:00Z", name="Li", plan={"aim": "1000"}),
            record("b", "2026-11-21T09:00:00Z", name="Li"),
            photo,
        ]
    )

    assert [(r["id"], r.get("plan")) for r in found] == [("a", {"aim": "1000"}), ("b", None)]
    assert len(bad) == 1
    assert "photo.json" in bad[0]
