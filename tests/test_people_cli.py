"""`playbook members`: one document, words in 80 columns, tables to take away."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from playbook import check
from playbook.cli import main
from playbook.files import data_folder
from playbook.present.sentences import width

EVENTS = str(data_folder() / "samples" / "worked_example.csv")
PEOPLE = str(data_folder() / "samples" / "worked_people.csv")
ASKED = ["members", EVENTS, "--people", PEOPLE, "--at", "2026-06-30", "--kind", "social"]


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output holds it and nothing else; it has the shape of its schema."""
    assert 0 == main([*ASKED, "--json"])
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert [] == check.check(document, "members")
    contract = {
        "events",
        "members",
        "levels",
        "path",
        "retention",
        "concentration",
        "kocs",
        "health",
    }
    assert contract <= set(document)
    assert (29, 4, 2) == (document["events"], document["members"], len(document["kocs"]))
    assert "" == told.err


@pytest.mark.parametrize(("lang", "words"), [("en", "Star pupil"), ("zh", "学霸")])
def test_words_fit_a_terminal(capsys: pytest.CaptureFixture[str], lang: str, words: str) -> None:
    """80 columns, both languages, levels by their names, KOCs by theirs where a table has them."""
    assert 0 == main([*ASKED, "--lang", lang])
    told = capsys.readouterr().out
    assert words in told
    assert ("\n  梅 " in told, "\n  mei " in told) == (True, False)
    assert [] == [line for line in told.splitlines() if width(line) > 80]


def test_tables_for_scripts_and_for_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Parquet with ids; CSV and Excel in words, closest first, with nothing a sheet would run."""
    events = tmp_path / "events.csv"
    events.write_text(
        "﻿member,at,kind,target\n'=1+1,2026-05-01,invite,bo\nbo,2026-05-02,post,\n", "utf-8"
    )
    assert 0 == main(["members", str(events), "-o", str(tmp_path / "new" / "out"), "--lang", "zh"])
    folder = tmp_path / "new" / "out"
    written = {path.name for path in folder.iterdir()}
    assert {"members.parquet", "members.csv", "members.xlsx"} <= written
    assert len(written) == capsys.readouterr().err.count("已写入")
    frame = pd.read_parquet(folder / "members.parquet")
    assert ["=1+1", "bo"] == list(frame["member"])
    assert {"intimacy", "level", "stage", "tags_activity"} <= set(frame.columns)
    lines = (folder / "members.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("成员,亲密度,等级")
    assert lines[1].startswith("'=1+1,")
    cells = openpyxl.load_workbook(folder / "members.xlsx").worksheets[0]
    assert ("=1+1", "s") == (cells["A2"].value, cells["A2"].data_type)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["nowhere.parquet"], "nowhere.parquet: no such file"),
        ([EVENTS, "--tz", "Mars"], "no time zone 'Mars'"),
        ([EVENTS, "--engine", "polars"], "choose one of duckdb, spark"),
        ([EVENTS, "--kind", "club"], "choose one of social"),
        ([EVENTS, "--at", "soon"], "'soon' is not a date"),
        ([EVENTS, "-o", EVENTS], "this is a file. Name a folder"),
        ([EVENTS, "--measure", "zeal"], "--measure: this asks whether an action worked"),
        ([EVENTS, "--weeks", "4"], "--weeks: this asks whether an action worked"),
    ],
)
def test_bad_input_is_told_once(
    capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    """Exit 2, one message on standard error, no traceback, nothing on standard output."""
    assert 2 == main(["members", *more])
    told = capsys.readouterr()
    assert "" == told.out
    assert message in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("option", [[], ["--people"]])
def test_a_table_called_members_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    """Events or people that bear the name of a result stay, and nothing else is written."""
    given = tmp_path / "members.csv"
    given.write_text("member,at,kind\nann,2026-05-01,post\n", "utf-8")
    command = ["members", EVENTS, *option, str(given)] if option else ["members", str(given)]
    assert 2 == main([*command, "-o", str(tmp_path)])
    assert "members.csv: this is the file that is read from" in capsys.readouterr().err
    assert [given] == list(tmp_path.iterdir())
    assert "ann,2026-05-01" in given.read_text("utf-8")


def test_what_was_left_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, beside a document that is whole."""
    events = tmp_path / "events.csv"
    events.write_text(
        "member,at,kind\nann,2026-05-01,post\nann,2026-05-01,wave\nbo,1970-01-01,like\n", "utf-8"
    )
    assert 0 == main(["members", str(events), "--json"])
    told = capsys.readouterr()
    assert "1 events of unknown kinds were left out: wave." in told.err
    assert "1 events are dated before 1990" in told.err
    assert {"unknown_kind": 1, "too_early": 1} == json.loads(told.out)["notices"]
