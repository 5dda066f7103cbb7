"""Importing as such: exports opened safely, rows counted, members told or hidden, bad input."""

import csv
import gzip
import io
import json
import os
import re
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imported import counted, events, put, survives

import playbook
from playbook import PlaybookError, check
from playbook.cli import main
from playbook.files import data_folder
from playbook.sources import bundle as opening
from playbook.sources.api import KEY_FILE, import_events
from playbook.sources.base import formats
from playbook.sources.bundle import Bundle
from playbook.sources.mapping import read_mapping
from playbook.sources.stream import items
from playbook.words import LANGUAGES, say

AT = 1_700_000_000
SMALL = data_folder() / "samples" / "slack-small.zip"


def said(second: int, user: str = "UANN", **more: Any) -> dict[str, Any]:
    """Write one message of Slack."""
    return {"type": "message", "user": user, "text": "hi", "ts": f"{AT + second}.000100", **more}


def pack(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def day(*messages: Any) -> bytes:
    """Write a day of a channel."""
    return json.dumps([*messages]).encode()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Write an export of two messages by two people."""
    return pack(tmp_path / "tea.zip", ("tea/2023-11-14.json", day(said(0), said(1, "UBEN"))))


# --- opened safely ----------------------------------------------------------------------------


def test_files_are_read_in_their_natural_order(tmp_path: Path) -> None:
    """Page 2 before page 10, the one without a number before both; no litter and no pictures."""
    names = "a10.html", "a2.html", "a.html", ".DS_Store", "__MACOSX/a.html", "b/c.json", "1.JPG"
    folder = tmp_path / "pages"
    for name in names:
        put(folder, name, "x")
    (folder / "link.html").symlink_to(folder / "a.html")
    zipped = pack(tmp_path / "pages.zip", *((name, b"x") for name in names))
    for path in (folder, zipped):
        with Bundle(path) as bundle:
            assert ("a.html", "a2.html", "a10.html", "b/c.json") == bundle.names
            assert (b"x", b"x") == (bundle.read("b/c.json"), bundle.head("a10.html"))


@pytest.mark.parametrize(
    "name", ["../x.json", "/etc/x.json", "a/../../x.json", "C:\\x.json", "..\\x.json", "a/.."]
)
def test_a_name_that_leaves_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing would be unpacked anyway; but who packs that is up to no good."""
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", day(said(0))), (name, b"[]"))
    with pytest.raises(PlaybookError, match="points out of it"):
        import_events(path)


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    """It is left out, as any other thing that is no file."""
    link = zipfile.ZipInfo("tea/2023-11-15.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", day(said(0))), (link, b"/etc/passwd"))
    with Bundle(path) as bundle:
        assert ("tea/2023-11-14.json",) == bundle.names


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    """A hundred megabytes of nothing in a hundred kilobytes; in a gzip it shows on the way."""
    nothing = b" " * 110_000_000
    path = pack(tmp_path / "bomb.zip", ("tea/2023-11-14.json", nothing))
    with pytest.raises(PlaybookError, match="zip bomb"):
        import_events(path)
    packed = tmp_path / "bomb.json.gz"
    packed.write_bytes(gzip.compress(b'{"guild": {}, "channel": {}, "messages": [' + nothing))
    with pytest.raises(PlaybookError, match="zip bomb"):
        import_events(packed, format="discord")


def claim(path: Path, size: int) -> None:
    """Let a zip with one file claim another size for it, in both of its lists."""
    raw = bytearray(path.read_bytes())
    place = raw.rindex(b"PK\x01\x02")
    raw[place + 24 : place + 28] = struct.pack("<I", size)
    raw[22:26] = struct.pack("<I", size)
    path.write_bytes(raw)


def test_an_absurd_claim_is_refused_and_a_false_one_found_out(tmp_path: Path) -> None:
    """Four gigabytes in a hundred bytes; or less than is there, so that the check sum is wrong."""
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", day(said(0))))
    claim(path, 2**32 - 2)
    with pytest.raises(PlaybookError, match="zip bomb"):
        import_events(path)
    claim(path, 20)
    with pytest.raises(PlaybookError, match="damaged or was cut off"):
        import_events(path, format="slack")


def test_more_than_a_machine_can_hold_is_refused(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the sum of all files, by their number, by one file that is read in one go."""
    with monkeypatch.context() as patch:
        patch.setattr(opening, "MAX_TOTAL", 100)
        with pytest.raises(PlaybookError, match="at most 0 GB"):
            import_events(export)
    with Bundle(export) as bundle, pytest.raises(PlaybookError, match="in one piece"):
        bundle.read(limit=10)
    monkeypatch.setattr(opening, "MAX_FILES", 0)
    with pytest.raises(PlaybookError, match="1 files"):
        import_events(export)


@pytest.mark.parametrize("cut", [10, 100, -30])
def test_a_truncated_zip_is_one_clear_error(tmp_path: Path, export: Path, cut: int) -> None:
    """As a download that broke off leaves it."""
    path = put(tmp_path, "cut.zip", export.read_bytes()[:cut])
    with pytest.raises(PlaybookError, match="damaged or was cut off"):
        import_events(path)


def test_a_zip_with_a_password_says_so(tmp_path: Path, export: Path) -> None:
    """The flag alone tells."""
    raw = bytearray(export.read_bytes())
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(PlaybookError, match="password"):
        import_events(put(tmp_path, "locked.zip", bytes(raw)))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_names_in_old_archives(tmp_path: Path, encoding: str) -> None:
    """Packers that set no flag wrote the bytes of their system."""
    name = "茶友群/2023-11-14.json"
    path = pack(tmp_path / "x.zip", (name, day(said(0))))
    raw = path.read_bytes().replace(name.encode(), name.encode(encoding))
    raw = bytearray(raw)
    if encoding == "gb18030":  # three bytes fewer, in both lists
        for start, place in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
            at = raw.index(start) + place
            raw[at : at + 2] = struct.pack("<H", len(name.encode(encoding)))
        end = raw.rindex(b"PK\x05\x06")
        size, offset = struct.unpack("<II", raw[end + 12 : end + 20])
        raw[end + 12 : end + 20] = struct.pack("<II", size - 3, offset - 3)
    raw[6:8] = b"\0\0"
    flags = raw.index(b"PK\x01\x02") + 8
    raw[flags : flags + 2] = b"\0\0"
    path.write_bytes(raw)
    assert ["茶友群"] == [row[0] for row in events(path, ("group",))]


def test_a_gzip_is_the_file_in_it(tmp_path: Path) -> None:
    """One export, packed by hand."""
    path = put(tmp_path, "2023-11-14.json.gz", gzip.compress(day(said(0), said(1))))
    assert {"post": 2} == counted(path)["kinds"]
    broken = put(tmp_path, "cut.json.gz", path.read_bytes()[:-12])
    with pytest.raises(PlaybookError, match=r"damaged or was cut off|cannot be read"):
        import_events(broken)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda folder: folder / "nowhere", "no such file"),
        (lambda folder: folder, "nothing is in it that could be read"),
        (lambda folder: put(folder, "empty.json", ""), "every file in it is empty"),
        (lambda folder: pack(folder / "x.zip"), "nothing is in it that could be read"),
        (lambda folder: put(folder, "x.bin", os.urandom(999)), "no export that the kit knows"),
        (lambda folder: put(folder, "x.json", {"a": 1}), "no export that the kit knows"),
        (lambda _: Path("a\0b"), "cannot be read|no such file"),
    ],
)
def test_what_is_no_export_is_one_clear_error(tmp_path: Path, make: Any, told: str) -> None:
    """Each tells what it is and what would work."""
    with pytest.raises(PlaybookError, match=told):
        import_events(make(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """It would never end."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PlaybookError, match="device or a pipe"):
        import_events(tmp_path / "pipe")


# --- every row counted ------------------------------------------------------------------------


def test_the_genuine_sample_is_counted_as_its_owners_count_it() -> None:
    """2,401 rows, 710 joins, 24 of them with an inviter, 81 reactions; 107 people wrote."""
    found = import_events(data_folder() / "samples" / "slack-hyperledger.zip")
    told = found.to_dict()
    assert (2401, 2390, {"system": 11}) == (told["rows"], told["used"], told["skipped"])
    assert {"post": 1660, "join": 710, "like": 81, "invite": 24, "leave": 19, "reply": 1} == told[
        "kinds"
    ]
    assert (5, "2016-02-11T15:43:47Z", "2017-02-07T23:17:48Z") == (
        told["groups"],
        told["from"],
        told["to"],
    )


def test_the_same_event_is_counted_once(tmp_path: Path) -> None:
    """A channel exported twice into one folder: what is new in the second is used."""
    put(tmp_path, "1/tea/2023-11-14.json", day(said(0), said(1)))
    like = {"name": "+1", "users": ["UCAT"]}
    again = said(1, reactions=[like]), said(2)
    put(tmp_path, "2/tea/2023-11-14.json", day(said(0), *again))
    told = counted(tmp_path)
    assert (5, 4, {"duplicate": 1}) == (told["rows"], told["used"], told["skipped"])
    assert {"post": 3, "like": 1} == told["kinds"]


def test_duplicates_are_known_over_many_batches(tmp_path: Path) -> None:
    """Rows are handled in batches; the first and the last know one another."""
    numbers = [*range(9000), *range(5), 9001]
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", day(*map(said, numbers))))
    told = counted(path)
    assert (9001, {"duplicate": 5}) == (told["events"], told["skipped"])


@pytest.mark.parametrize(("messages", "members"), [([], 0), ([said(0)], 1)])
def test_an_empty_group_and_a_group_of_one(
    tmp_path: Path, messages: list[Any], members: int
) -> None:
    """Both are imported, and what is not there is null or nothing."""
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", day(*messages)), ("users.json", b"[]"))
    told = counted(path, format="slack")
    assert (members, members) == (told["members"], told["events"])
    assert (None if not members else "2023-11-14T22:13:20Z") == told["from"]


def test_a_name_of_a_million_characters_is_cut_and_counted(tmp_path: Path) -> None:
    """Two of them that begin alike stay two people."""
    long = "X" * 1_000_000
    path = pack(
        tmp_path / "x.zip", ("tea/1999-01-01.json", day(said(0, long), said(1, long + "Y")))
    )
    members = [row[0] for row in events(path, ("member",), format="slack")]
    assert (2, [200, 200]) == (len(set(members)), [len(one) for one in members])
    assert 2 == counted(path, format="slack")["cut_names"]


def test_signs_that_no_file_can_hold_show_as_such(tmp_path: Path) -> None:
    """A lone half of a sign, in a name and in a text."""
    raw = b'[{"user": "U\\ud83d", "text": "\\udead", "ts": "1700000000.000100"}]'
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", raw))
    frame = import_events(path, keep_text=True).frame()
    assert ["U�", "�"] == frame[["member", "text"]].iloc[0].tolist()


def test_nobody_is_their_own_target(tmp_path: Path) -> None:
    """A like of one's own words goes to nobody else."""
    like = {"name": "+1", "users": ["UANN", "UBEN"]}
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", day(said(0, reactions=[like]))))
    assert [None, None, "UANN"] == [row[0] for row in events(path, ("target",))]


def test_every_reason_has_words() -> None:
    """Whatever an importer may answer for a row can be said in both languages."""
    folder = Path(playbook.__file__).parent / "sources"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    for reason in ("bot", "system", "private", "no_time", "bad_time", "duplicate", "broken"):
        assert f'"{reason}"' in source
        for lang in LANGUAGES:
            assert say(f"source.skip.{reason}", lang)
    for note in re.findall(r'notes\["(\w+)"\]', source):
        assert all("{n}" not in say(f"source.note.{note}", lang, n=3) for lang in LANGUAGES)


# --- nothing written half ---------------------------------------------------------------------


def test_a_fault_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    """The place is named, the old table stays, no half one lies about."""
    path = pack(
        tmp_path / "x.zip",
        ("tea/2023-11-14.json", day(said(0))),
        ("tea/2023-11-15.json", b'[\n {"user": "UANN",, "text": "x"}]'),
    )
    out = put(tmp_path, "events.parquet", "what was there")
    with pytest.raises(PlaybookError, match=r"2023-11-15\.json: .*line 2, column 18"):
        import_events(path, out)
    assert "what was there" == out.read_text(encoding="utf-8")
    assert {"x.zip", "events.parquet"} == {one.name for one in tmp_path.iterdir()}


def test_mixed_encodings_are_refused_with_their_place(tmp_path: Path) -> None:
    """One day in UTF-8, the next in GB18030: never guessed."""
    path = pack(
        tmp_path / "x.zip",
        ("tea/2023-11-14.json", day(said(0))),
        (
            "tea/2023-11-15.json",
            json.dumps([said(1, text="你好")], ensure_ascii=False).encode("gb18030"),
        ),
    )
    with pytest.raises(PlaybookError, match=r"2023-11-15\.json: not UTF-8"):
        import_events(path)


def test_the_export_is_never_written_over(tmp_path: Path, export: Path) -> None:
    """Not even by another name of it."""
    before = export.read_bytes()
    (tmp_path / "other.zip").symlink_to(export)
    for out in (export, tmp_path / "other.zip"):
        with pytest.raises(PlaybookError, match="this is the export itself"):
            import_events(export, out)
    assert before == export.read_bytes()


def test_a_file_of_an_exported_folder_is_never_written_over(tmp_path: Path) -> None:
    """A folder is the export with all that lies in it; a new name beside them is free."""
    folder = tmp_path / "orders"
    folder.mkdir()
    table = put(folder, "may.csv", "member,when,did\nAnn,2024-01-02 10:00,post\n")
    before = table.read_bytes()
    how: dict[str, Any] = {"mapping": read_mapping("member=member,at=when,kind=did")}
    with pytest.raises(PlaybookError, match="this is the export itself"):
        import_events(folder, table, **how)
    for export in (folder, table):
        with pytest.raises(PlaybookError, match="this is the export, not a people table"):
            import_events(export, tmp_path / "e.csv", people=table, **how)
    assert before == table.read_bytes()
    import_events(folder, folder / "events.csv", **how)


def test_a_device_is_not_replaced_by_a_file(tmp_path: Path, export: Path) -> None:
    """Whoever throws the events away as root keeps /dev/null; here a pipe stands for it."""
    device = tmp_path / "null"
    os.mkfifo(device)
    with pytest.raises(PlaybookError, match="a device or a pipe"):
        import_events(export, device)
    assert device.is_fifo()


@pytest.mark.parametrize("there", [None, "member,at,kind\nAnn,2024-01-02,post\n"])
def test_events_are_no_people_table(tmp_path: Path, export: Path, there: str | None) -> None:
    """Neither the events of this import nor those of an earlier one are written over."""
    events = tmp_path / "events.csv"
    people = events if there is None else put(tmp_path, "people.csv", there)
    with pytest.raises(PlaybookError, match="a table of events, not a people table"):
        import_events(export, events, people=people)
    assert not events.exists()
    assert there is None or people.read_text(encoding="utf-8") == there


def test_a_stop_writes_nothing(tmp_path: Path, export: Path) -> None:
    """Whoever presses cancel finds everything as it was."""
    with pytest.raises(PlaybookError, match="stopped"):
        import_events(export, tmp_path / "e.parquet", pseudonymise=True, stop=lambda: True)
    assert ["tea.zip"] == [one.name for one in tmp_path.iterdir()]


def test_progress_is_told_in_bytes_to_the_end(export: Path) -> None:
    """Done never passes the total, and reaches it."""
    told: list[tuple[int, int]] = []
    import_events(export, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0
    assert all(done <= total for done, total in told)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"format": "slak"}, "Did you mean 'slack'"),
        ({"tz": "Asia/Beijing"}, "no time zone"),
        ({"tz": "../x"}, "no time zone"),
        ({"format": "telegram"}, "not valid JSON|not look like"),
        ({"output": "."}, "this is a folder"),
        ({"output": "nowhere/e.parquet"}, "cannot be written"),
        ({"output": "e.xlsx"}, r"written as \.parquet or \.csv, not as '\.xlsx'"),
        ({"people": "people.xlsx"}, "a people table is a .csv"),
    ],
)
def test_wrong_wishes_are_one_clear_error(
    export: Path, how: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was given, and what would work."""
    monkeypatch.chdir(export.parent)
    with pytest.raises(PlaybookError, match=told):
        import_events(export, **how)


# --- members ----------------------------------------------------------------------------------


def test_pseudonyms_join_up_where_their_key_lies(tmp_path: Path, export: Path) -> None:
    """The same person has the same one in both imports of a folder, another one elsewhere."""
    here = [
        import_events(export, tmp_path / name, pseudonymise=True).frame()["member"].tolist()
        for name in ("a.parquet", "b.csv")
    ]
    (tmp_path / "other").mkdir()
    there = import_events(export, tmp_path / "other" / "a.parquet", pseudonymise=True).frame()
    assert here[0] == here[1]
    assert set() == set(here[0]) & {*there["member"], "UANN", "UBEN"}
    assert 0o600 == stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode)


def test_pseudonyms_reach_targets_and_leave_no_names(tmp_path: Path) -> None:
    """Who was answered is the same pseudonym as who wrote."""
    users = json.dumps([{"id": "UANN", "name": "Ann"}]).encode()
    answer = said(1, "UBEN", thread_ts=f"{AT}.000100", parent_user_id="UANN")
    path = pack(
        tmp_path / "x.zip", ("tea/2023-11-14.json", day(said(0), answer)), ("users.json", users)
    )
    people = tmp_path / "people.csv"
    found = import_events(path, tmp_path / "e.csv", pseudonymise=True, people=people)
    ann, ben = found.frame()["member"]
    assert [ann] == found.frame()["target"].dropna().tolist()
    assert {} == found.names
    for file in (tmp_path / "e.csv", people):
        text = file.read_text(encoding="utf-8")
        assert not [name for name in ("UANN", "UBEN", "Ann") if name in text]
    assert ben in people.read_text(encoding="utf-8")


LIST = "#接龙\n周六读书会\n例 张三\n1. 小林 电话13800001111\n2. 阿宝\n"
ADDED = {
    "id": 1,
    "type": "service",
    "date_unixtime": "1767261600",
    "date": "2026-01-01T10:00:00",
    "actor": "Ann",
    "actor_id": "user1",
    "action": "invite_members",
    "members": ["小林"],
}


@pytest.mark.parametrize(
    "content", [LIST, {"name": "tea", "type": "private_group", "id": 5, "messages": [ADDED]}]
)
def test_no_column_holds_a_name_behind_a_pseudonym(tmp_path: Path, content: Any) -> None:
    """Nor does an id that an importer made of who was told of; a second import has the same ids."""
    path = put(tmp_path, "export", content)
    tables = []
    for name in ("a.csv", "b.csv"):
        found = import_events(path, tmp_path / name, pseudonymise=True)
        assert found.frame()["id"].notna().all()
        tables.append((tmp_path / name).read_text(encoding="utf-8-sig"))
    assert tables[0] == tables[1]
    assert not [told for told in ("小林", "阿宝", "张三", "1380000", "user1") if told in tables[0]]


def test_a_spoilt_key_is_not_replaced_in_silence(tmp_path: Path, export: Path) -> None:
    """Old pseudonyms would no longer match, and nobody would know."""
    put(tmp_path, KEY_FILE, "not hexadecimal")
    with pytest.raises(PlaybookError, match="no key for pseudonyms"):
        import_events(export, tmp_path / "e.parquet", pseudonymise=True)


def test_a_people_table_is_begun_and_never_written_over(tmp_path: Path) -> None:
    """Newcomers are added below; what a person has filled in stays, with columns of their own."""
    users = json.dumps([{"id": "UANN", "name": "=1+1"}, {"id": "ULURK", "name": "Lu"}]).encode()
    join = said(5, "UBEN", subtype="channel_join")
    path = pack(
        tmp_path / "x.zip", ("tea/2023-11-14.json", day(said(0), join)), ("users.json", users)
    )
    people = put(tmp_path, "people.csv", "member,person,note\nUANN,ann@home,knows tea\n")
    for _ in range(2):
        import_events(path, people=people)
    with people.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [
        {"member": "UANN", "person": "ann@home", "note": "knows tea"},
        {"member": "ULURK", "person": "", "note": ""},
        {"member": "UBEN", "person": "", "note": ""},
    ] == rows
    people.unlink()
    import_events(path, people=people)
    with people.open(encoding="utf-8-sig", newline="") as stream:
        told = {row["member"]: (row["name"], row["joined"]) for row in csv.DictReader(stream)}
    assert {"UANN": ("'=1+1", ""), "ULURK": ("Lu", ""), "UBEN": ("", "2023-11-14")} == told


def test_a_people_table_may_come_back_from_excel(tmp_path: Path, export: Path) -> None:
    """Saved in GB18030 it is read, and written as UTF-8 with its mark; a wrong one stops all."""
    people = put(tmp_path, "people.csv", "member,person\nUANN,安\n", "gb18030")
    import_events(export, people=people)
    assert "\ufeffmember,person\nUANN,安\nUBEN,\n" == people.read_text(encoding="utf-8")
    other = put(tmp_path, "other.csv", "who\nAnn\n")
    with pytest.raises(PlaybookError, match="column 'member'"):
        import_events(export, tmp_path / "e.parquet", people=other)
    assert not (tmp_path / "e.parquet").exists()


def test_no_formula_is_carried_live_into_a_spreadsheet(tmp_path: Path) -> None:
    """A nickname may begin as a formula does; in the CSV it is text."""
    names = ('=HYPERLINK("x")', "＝1+1", "－2", "[4]")
    rows = day(*(said(n, name) for n, name in enumerate(names)))
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", rows))
    out = tmp_path / "e.csv"
    import_events(path, out)
    with out.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert '\'=HYPERLINK("x")' in cells
    assert [] == [cell for cell in cells if cell[:1] in tuple("=+-@＝－")]
    with playbook.members(out) as found:  # and read as it was
        assert {*names} == {*found.frame()["member"]}


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    """Whichever ending is chosen, the same table comes back; a person may be called NA."""
    path = pack(tmp_path / "x.zip", ("tea/2023-11-14.json", day(said(0, "NA"), said(1, "null"))))
    one, other = (import_events(path, tmp_path / f"e{end}").frame() for end in (".csv", ".parquet"))
    assert ["NA", "null"] == one["member"].tolist() == other["member"].tolist()
    assert one["at"].tolist() == other["at"].tolist()
    assert list(one) == list(other)


# --- the command ------------------------------------------------------------------------------


def test_the_command_prints_one_document_and_shows_the_red_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json nothing else is on standard output; what the law asks stands beside it."""
    out = tmp_path / "e.parquet"
    assert 0 == main(["import", str(SMALL), "-o", str(out), "--json"])
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert [] == check.check(document, "import")
    assert (158, 62, 68) == (document["rows"], document["used"], document["events"])
    lines = " ".join(shown.err.split())
    assert 1 == lines.count("Personal Information Protection Law")
    assert 1 == lines.count("children under 14")
    assert out.is_file()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["158 rows read = 62 used + 96 skipped", "written by a bot", "posted"]),
        ("zh", ["共读 158 条 = 用上 62 条 + 跳过 96 条", "机器人发的", "发言"]),
    ],
)
def test_the_command_tells_the_counts_in_both_languages(
    tmp_path: Path, lang: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows, events by kind, what was skipped and why."""
    people = str(tmp_path / "people.csv")
    argv = [
        "import",
        str(SMALL),
        "-o",
        str(tmp_path / "e.csv"),
        "--people",
        people,
        "--pseudonymise",
    ]
    assert 0 == main([*argv, "--lang", lang])
    shown = capsys.readouterr()
    assert [] == [word for word in words if word not in shown.out]
    assert KEY_FILE in shown.err


def test_the_command_says_how_names_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A Slack id tells an operator nothing: said where names were read, and only if not kept."""
    hint = say("source.names_hint", "en")
    for more, told in (
        ([], 1),
        (["--people", str(tmp_path / "p.csv")], 0),
        (["--pseudonymise"], 0),
    ):
        assert 0 == main(["import", str(SMALL), "-o", str(tmp_path / "e.csv"), *more])
        assert told == capsys.readouterr().err.count(hint)


def test_the_command_refuses_in_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, no traceback, nothing written."""
    path = put(tmp_path, "x.json", "{")
    assert 2 == main(["import", str(path), "-o", str(tmp_path / "e.parquet")])
    shown = capsys.readouterr()
    assert ("", 1) == (shown.out, len(shown.err.strip().splitlines()))
    assert ["x.json"] == [one.name for one in tmp_path.iterdir()]


def test_every_format_says_what_it_is() -> None:
    """An id of its own, and whether a genuine file was ever seen."""
    known = formats()
    assert {"slack", "telegram", "telegram-html", "discord", "table"} <= set(known)
    assert all(isinstance(module.GENUINE, bool) for module in known.values())
    assert "table" == list(known)[-1]


# --- any bytes, and very many -----------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_damage_to_an_archive_gives_events_or_one_clear_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    """Bytes changed anywhere in a genuine zip, also in its lists."""
    raw = bytearray(SMALL.read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    survives(put(tmp_path, "x.zip", bytes(raw)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw=st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_file_gives_events_or_one_clear_error(tmp_path: Path, raw: bytes) -> None:
    """Whatever it is that somebody drops."""
    survives(put(tmp_path, "export", raw))


def test_a_big_file_passes_through_a_small_window() -> None:
    """Forty megabytes of messages, and never more than a few of them in memory."""
    message = json.dumps({"id": 1, "type": "message", "text": "x" * 900}).encode() + b","
    left = [b'{"messages": [', *([message * 1000] * 40), b"{}]}"]

    class Many(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            return left.pop(0) if left else b""

    tracemalloc.start()
    n = sum(1 for _ in items(Many(), "x", frozenset(["messages"])))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 40_001 == n
    assert peak < 12_000_000
