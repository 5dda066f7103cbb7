"""Any table: mappings, encodings, workbooks, presets, proposals; counted by hand."""

import csv
import io
import json
import tempfile
import zipfile
from datetime import date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imported import SHORT, clock, counted, events, put, survives

from playbook import PlaybookError
from playbook.events import KINDS
from playbook.sources.api import import_events
from playbook.sources.cells import as_text, money
from playbook.sources.mapping import presets, read_mapping
from playbook.sources.moment import day_order, moment
from playbook.sources.proposal import propose

MAP = "member=成员,at=时间,kind=动作,kind.报名=signup,kind.签到=checkin,skip.状态=已取消"
ROWS = """成员,时间,动作,状态
小林,2026-01-05 20:00:00,报名,有效
阿宝,2026-01-05 20:01:00,报名,已取消
小林,2026-01-06 09:00:00,签到,有效
大鹏,2026-01-06 09:01:00,点头,有效
,2026-01-06 09:02:00,签到,有效
大鹏,昨天,签到,有效
大鹏,,签到,有效
,,,
大鹏,2026-01-06
"""


def test_a_table_through_a_mapping(tmp_path: Path) -> None:
    """Nine rows: three events, one of them without a time; six are skipped for their reasons."""
    path = put(tmp_path, "a.csv", ROWS)
    expected = [
        ("小林", "signup", None, None),
        ("小林", "checkin", None, None),
        ("大鹏", "checkin", None, None),
    ]
    assert expected == events(path, mapping=MAP)
    told = counted(path, mapping=MAP)
    skipped = {"left_out": 1, "no_kind": 2, "no_member": 1, "unread_time": 1, "empty": 1}
    assert skipped == told["skipped"]
    assert 1 == told["unknown_times"]
    shanghai = ["2026-01-05T12:00:00", "2026-01-06T01:00:00", None]
    assert shanghai == clock(path, mapping=MAP, tz="Asia/Shanghai")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_encodings_and_what_parts_the_columns(tmp_path: Path, encoding: str, sign: str) -> None:
    """Sixteen ways to save the same table."""
    path = put(tmp_path, "a.csv", ROWS.replace(",", sign).replace("\n", "\r\n"), encoding)
    assert 3 == counted(path, mapping=MAP)["events"]


@pytest.mark.parametrize("encoding", ["big5", "cp1252", "shift_jis", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused_not_guessed(tmp_path: Path, encoding: str) -> None:
    """Names would become other names in silence."""
    words = {"big5": "團員,時間\n陳小姐,週五晚上\n", "shift_jis": "名前,時間\nたなか,きのう\n"}
    text = words.get(encoding, "Müller,Zürich\nJosé,Çelik\nFrançois,Orléans\n")
    path = put(tmp_path, "a.csv", text * 20, encoding)
    with pytest.raises(PlaybookError, match="UTF-8"):
        import_events(path, mapping="member=#1,at=none,kind=post")


def test_an_encoding_that_changes_on_the_way_is_refused(tmp_path: Path) -> None:
    """UTF-8 for a megabyte, then GB18030: no half of it is read."""
    raw = (
        ROWS.encode()
        + b"x,2026-01-05,y,z\n" * 70_000
        + "小林,2026-01-05,报名,有效\n".encode("gb18030")
    )
    with pytest.raises(PlaybookError, match="byte"):
        import_events(put(tmp_path, "a.csv", raw), mapping=MAP)


def test_chinese_late_in_a_plain_file_is_found(tmp_path: Path) -> None:
    """The first names are ASCII; what follows in GB18030 is read right, not refused."""
    text = "who,when\n" + "anna,2026-01-05\n" * 20_000 + "小林,2026-01-05\n"
    path = put(tmp_path, "a.csv", text, "gb18030")
    assert ("小林",) == events(path, ("member",), mapping="member=who,at=when,kind=post")[-1]


#: A workbook has no zones: eight in the evening wherever it was written.
EVENING = datetime.fromisoformat("2026-01-05T20:00:00")


def book(path: Path, *rows: tuple[Any, ...], title: str | None = None) -> Path:
    """Write a workbook; an empty sheet comes first."""
    made = openpyxl.Workbook()
    sheet = made.create_sheet("数据")
    if title:
        sheet.append([title])
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def test_a_workbook_with_a_title_above_the_header(tmp_path: Path) -> None:
    """Cells that are times, dates, numbers and texts; whole numbers lose no `.0` as accounts."""
    path = book(
        tmp_path / "a.xlsx",
        ("成员", "时间", "金额"),
        (10001, EVENING, 12.5),
        (10002.0, date(2026, 1, 6), "¥1,200"),
        ("阿宝", "2026-01-07 08:00", "1.2万"),
        (None, None, None),
        title="一月订单导出",
    )
    how = {"mapping": "member=成员,at=时间,kind=pay,amount=金额", "tz": "Asia/Shanghai"}
    expected = [
        ("10001", "exact", 12.5, "XXX"),  # no currency is known: ISO's own code for that
        ("10002", "day", 1200.0, "CNY"),
        ("阿宝", "exact", 12000.0, "XXX"),
    ]
    assert expected == events(path, ("member", "at_quality", "amount", "currency"), **how)
    assert ["2026-01-05T12:00:00", "2026-01-05T16:00:00", "2026-01-07T00:00:00"] == clock(
        path, **how
    )


def test_further_sheets_are_told_of(tmp_path: Path) -> None:
    """The first sheet that holds something is read; another is named, not forgotten."""
    path = book(tmp_path / "a.xlsx", ("who", "when"), ("a", EVENING))
    made = openpyxl.load_workbook(path)
    made.create_sheet("二月").append(["b"])
    made.save(path)
    told = counted(path, mapping="member=who,at=when,kind=post", tz="Asia/Shanghai")
    assert (1, {"other_sheets": 1}) == (told["rows"], told["notes"])


def test_a_date_in_a_workbook_is_a_day(tmp_path: Path) -> None:
    """Excel knows no dates without a time; midnight sharp is a day."""
    path = book(tmp_path / "a.xlsx", ("who", "when"), ("a", 46_027), ("b", 46_027.5))
    how = {"mapping": "member=who,at=when,kind=post"}
    assert [("day",), ("exact",)] == events(path, ("at_quality",), **how)
    assert ["2026-01-05T00:00:00", "2026-01-05T12:00:00"] == clock(path, **how)


def test_a_workbook_that_swells_or_is_damaged_is_refused(tmp_path: Path) -> None:
    """A zip bomb that calls itself a workbook; one cut off; the old format of Excel."""
    whole = book(tmp_path / "a.xlsx", ("who", "when"), ("a", "2026-01-05")).read_bytes()
    swollen = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<x/>")
        made.writestr("xl/worksheets/sheet1.xml", b" " * 150_000_000)
    for path in (
        swollen,
        put(tmp_path, "cut.xlsx", whole[: len(whole) // 2]),
        put(tmp_path, "odd.xlsx", whole.replace(b"xl/workbook", b"xl/workhook")),
        put(tmp_path, "old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500),
    ):
        with pytest.raises(PlaybookError):
            import_events(path, mapping="member=who,at=when,kind=post")


def test_what_protects_a_number_is_taken_off(tmp_path: Path) -> None:
    """A tab or an apostrophe before an order number, spaces around a name."""
    text = "买家,付款时间,订单号\n 小林 ,2026-01-05 20:00,\t0012\n阿宝,2026-01-05 20:00,'0013\n"
    path = put(tmp_path, "a.csv", text)
    how = {"mapping": "member=买家,at=付款时间,kind=pay,id=订单号"}
    assert [("小林", "0012"), ("阿宝", "0013")] == events(path, ("member", "id"), **how)


def test_numbers_that_excel_shortened_are_no_ids(tmp_path: Path) -> None:
    """Three orders became one number; they stay three, and a person is warned."""
    rows = "".join(f"u{n},2026-01-05 20:0{n}:00,1.23457E+17\n" for n in range(3))
    path = put(tmp_path, "a.csv", "用户,时间,订单号\n" + rows)
    how = {"mapping": "member=用户,at=时间,kind=pay,id=订单号,once=订单号"}
    assert [(None,)] * 3 == events(path, ("id",), **how)
    assert ("shortened",) == propose(path).warnings
    assert {"shortened": 3, "no_zone": 1} == counted(path, **how)["notes"]


def test_an_export_of_two_encodings_is_told_where_they_change(tmp_path: Path) -> None:
    """Two halves of a chat put together by hand: not "no export that the kit knows"."""
    head = "Time,SenderName,Sender,TalkerName,Talker,Content\n"
    row = "2026-05-01 10:00:00,小林,wxid_lin,同好群,9@chatroom,大家好\n"
    raw = (head + row * 3).encode() + (row * 3).encode("gb18030")
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    with pytest.raises(PlaybookError, match="mixes several encodings"):
        import_events(path)


def test_what_many_rows_share_is_not_proposed_as_their_id(tmp_path: Path) -> None:
    """Reposts of one post share its number: as their id it would make one of all of them."""
    rows = "".join(f"c1,r{n},u{n},2026-01-05 20:{n:02}\n" for n in range(20))
    path = put(tmp_path, "a.csv", "cascade_id,repost_id,user,time\n" + rows)
    assert ("repost_id",) == propose(path).mapping.columns["id"]
    path = put(tmp_path, "b.csv", "order_id,user,time\n1,a,2026-01-05\n1,b,2026-01-06\n")
    assert "id" not in propose(path).mapping.columns


def test_a_questionnaire_numbers_its_questions(tmp_path: Path) -> None:
    """问卷星 writes "1、您的微信昵称"; where no column says who, a person is asked, not refused."""
    head = "序号,提交答卷时间,1、您的微信昵称：,2、打几分？\n"
    path = put(tmp_path, "a.csv", head + "1,2026/5/1 10:00:00,张三,5\n2,2026/5/1 11:00:00,,4\n")
    told = counted(path, tz="Asia/Shanghai")
    assert ({"answer": 1}, {"no_member": 1}) == (told["kinds"], told["skipped"])
    assert "member" == propose(path).columns[2].field
    path = put(tmp_path, "b.csv", "序号,提交答卷时间,1、打几分？\n1,2026/5/1 10:00:00,5\n")
    with pytest.raises(PlaybookError, match="at=提交答卷时间"):
        counted(path)


def test_a_name_is_better_than_nobody(tmp_path: Path) -> None:
    """A form knows its people by their names alone; where an id stands beside, that is who."""
    path = put(tmp_path, "a.csv", "Timestamp,Your name\n5/13/2026 10:00:00,Ann\n")
    assert ("Your name",) == propose(path).mapping.columns["member"]
    path = put(tmp_path, "b.csv", "time,name,user_id\n2026-05-13,Ann,u1\n")
    found = propose(path).mapping.columns
    assert (("user_id",), ("name",)) == (found["member"], found["name"])


def test_times_that_name_no_zone_are_said_to_be_read_as_utc(tmp_path: Path) -> None:
    """Eight hours apart is another day: said, unless a zone was given or only days are told."""
    how: dict[str, Any] = {"mapping": "member=who,at=when,kind=post"}
    path = put(tmp_path, "a.csv", "who,when\na,2026-01-05 20:00:00\n")
    assert {"no_zone": 1} == counted(path, **how)["notes"]
    assert {} == counted(path, tz="Asia/Shanghai", **how)["notes"]
    for when in ("2026-01-05T20:00:00+08:00", "2026-01-05"):
        path = put(tmp_path, "b.csv", f"who,when\na,{when}\n")
        assert {} == counted(path, **how)["notes"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("12", (12.0, None)),
        ("¥1,234.50", (1234.5, "CNY")),
        ("￥ 99", (99.0, "CNY")),
        ("99元", (99.0, "CNY")),
        ("1.2万", (12000.0, None)),
        ("3千元", (3000.0, "CNY")),
        ("$5", (5.0, None)),
        ("USD 5.25", (5.25, "USD")),
        ("1.234,50 €", (1234.5, "EUR")),
        ("-8", (-8.0, None)),
        ("(8)", (-8.0, None)),
        (7, (7.0, None)),
        ("", None),
        ("三元", None),
        ("1.2.3", None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        ("9" * 400, None),
    ],
)
def test_money(cell: Any, told: Any) -> None:
    """Signs, commas of both kinds, 万; what is no amount is none, and never 0."""
    assert told == money(cell)


@pytest.mark.parametrize(
    ("text", "iso", "quality"),
    [
        ("2026-01-05 20:00:00", "2026-01-05T20:00:00", "exact"),
        ("2026/1/5 8:05", "2026-01-05T08:05:00", "exact"),
        ("2026.1.5", "2026-01-05T00:00:00", "day"),
        ("2026年1月5日 下午8时5分", "2026-01-05T20:05:00", "exact"),
        ("20260105", "2026-01-05T00:00:00", "day"),
        ("20260105200000", "2026-01-05T20:00:00", "exact"),
        ("1767643200", "2026-01-05T20:00:00", "exact"),
        ("1767643200000", "2026-01-05T20:00:00", "exact"),
        ("2026-01-05T20:00:00+08:00", "2026-01-05T12:00:00", "exact"),
        ("2026-01-05 20:00:00 +0800", "2026-01-05T12:00:00", "exact"),
        ("2026-01-05 20:00:00 UTC", "2026-01-05T20:00:00", "exact"),
        ("5-Jan-26 08:00 PM", "2026-01-05T20:00:00", "exact"),
        ("Jan 5, 2026", "2026-01-05T00:00:00", "day"),
        ("Fri Sep 14 11:11:07 +0800 2012", "2012-09-14T03:11:07", "exact"),
        ("13/1/2026", "2026-01-13T00:00:00", "day"),
    ],
)
def test_times_as_people_write_them(text: str, iso: str, quality: str) -> None:
    """One moment in many hands."""
    found = moment(text, order="dmy")
    assert found is not None
    at = datetime.fromisoformat(f"{iso}+00:00").timestamp()
    assert (int(at) * 1_000_000, quality) == found


def test_a_placeholder_for_never_is_no_day_of_this_century() -> None:
    """0001-01-01 is how .NET writes an empty date; it was read as a day of 2001."""
    for text in ("0001-01-01", "0001-01-01 00:00:00", "01/01/0001"):
        told = moment(text, order="dmy")
        assert told is None or told[0] < 0
    assert moment("01/02/24", order="dmy") == moment("2024-02-01")


@pytest.mark.parametrize("text", ["", "soon", "3/4/2026", "2026-02-30", "25:00", "1.23E+17", "١٢٣"])
def test_what_is_no_time_is_none(text: str) -> None:
    """Never today, never 1970."""
    assert None is moment(text)


def test_a_day_order_is_asked_where_nothing_shows_it(tmp_path: Path) -> None:
    """3/4 alone is a question; 13/4 anywhere answers it; both ways at once is a fault."""
    head, how = "who,when\n", {"mapping": "member=who,at=when,kind=post"}
    path = put(tmp_path, "a.csv", head + "a,3/4/2026\nb,5/6/2026\n")
    with pytest.raises(PlaybookError, match="order=dmy"):
        import_events(path, **how)
    assert ["2026-04-03T00:00:00"] == clock(path, mapping=how["mapping"] + ",order=dmy")[:1]
    assert "order" in propose(path).questions
    told = put(tmp_path, "b.csv", head + "a,3/4/2026\nb,13/4/2026\n")
    assert ["2026-04-03T00:00:00"] == clock(told, **how)[:1]
    with pytest.raises(PlaybookError, match="others"):
        import_events(put(tmp_path, "c.csv", head + "a,13/4/2026\nb,4/13/2026\n"), **how)
    assert "" == day_order(["3/3/2026", "2026-04-03"])


def test_rows_that_answer_rows(tmp_path: Path) -> None:
    """The author of the answered row is the target, wherever in the file it stands."""
    text = "id,who,when,to\n2,b,2026-01-05,1\n1,a,2026-01-04,\n3,c,2026-01-06,9\n"
    path = put(tmp_path, "a.csv", text)
    how = {"mapping": "member=who,at=when,kind=reply,id=id,parent=to"}
    assert {("b", "a"), ("a", None), ("c", None)} == set(events(path, ("member", "target"), **how))


def test_a_fixed_value_and_a_file_of_a_mapping(tmp_path: Path) -> None:
    """`==` is no column; a TOML file says the same as the text."""
    path = put(tmp_path, "a.csv", "who,when\na,2026-01-05\n")
    text = "member=who,at==2026-02-03,kind=post,group==北京分舵"
    assert [("北京分舵",)] == events(path, ("group",), mapping=text)
    toml = put(tmp_path, "m.toml", 'member = "who"\nat = "=2026-02-03"\nkind = "post"\n')
    assert ["2026-02-03T00:00:00"] == clock(path, mapping=text) == clock(path, mapping=str(toml))


def test_a_column_with_a_comma_in_its_name(tmp_path: Path) -> None:
    """Put the part in quotes."""
    path = put(tmp_path, "a.csv", '"name, first",when\na,2026-01-05\n')
    assert [("a",)] == events(path, ("member",), mapping='"member=name, first",at=when,kind=post')


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("member=who,at=when", "kind is not said"),
        ("membr=who,at=when,kind=post", "Did you mean 'member'"),
        ("member=who,at=when,kind=x,kind.a=pos", "Did you mean 'post'"),
        ("member=whom,at=when,kind=post", "'whom'"),
        ("member=who,at=when,kind=what", "'what'"),
        ("order=ymd,member=who,at=when,kind=post", "choose one of dmy, mdy"),
        ("no-such-file.toml", "no-such-file.toml"),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_would_work(
    tmp_path: Path, mapping: str, says: str
) -> None:
    """The place, what was given, what would be right."""
    path = put(tmp_path, "a.csv", "who,when\na,2026-01-05\n")
    with pytest.raises(PlaybookError) as caught:
        import_events(path, mapping=mapping)
    assert says in caught.value.say("en")


def test_a_table_that_nobody_knows_is_asked_about(tmp_path: Path) -> None:
    """The columns are named, and as far as it goes a guess that can be copied."""
    path = put(tmp_path, "a.csv", ROWS)
    with pytest.raises(PlaybookError, match="--map 'member=成员,at=时间,kind=动作'"):
        import_events(path)


def test_a_proposal_says_what_it_sees_and_asks_what_it_cannot_know(tmp_path: Path) -> None:
    """Columns with samples, a guess with its reason, the questions that are left."""
    text = "when,昵称,实付金额,备注\n2026-01-05,小林,¥5,好\n2026-01-06,阿宝,¥6,\n"
    found = propose(put(tmp_path, "a.csv", text, "gb18030")).to_dict()
    seen = {one["name"]: (one["field"], one["why"], one["filled"]) for one in found["columns"]}
    expected = {
        "when": ("at", "name", 2),
        "昵称": ("member", "name", 2),
        "实付金额": ("amount", "name", 2),
        "备注": (None, None, 1),
    }
    assert expected == seen
    assert ["¥5", "¥6"] == found["columns"][2]["samples"]
    assert ("gb18030", 2, False) == (found["stored"], found["rows_seen"], found["more"])
    assert ["kind", "currency"] == found["questions"]
    assert "member=昵称,at=when,amount=实付金额" == found["map"]
    assert (None, None) == (found["preset"], found["verified"])


def test_a_proposal_by_what_is_in_the_cells(tmp_path: Path) -> None:
    """A column of times is found though its name says nothing; a name alone is not believed."""
    text = "date,x\nnever,2026-01-05 10:00\nsoon,2026-01-06 11:00\n"
    found = propose(put(tmp_path, "a.csv", text))
    assert [(None, None), ("at", "content")] == [(one.field, one.why) for one in found.columns]


def test_a_proposal_names_the_preset_and_whether_it_was_verified(tmp_path: Path) -> None:
    """An order file of a Chinese shop: known by its columns, never seen a genuine one."""
    text = "订单号,订单状态,订单名称,购买者,姓名,实付价格,支付方式,创建时间,付款时间\r\n"
    found = propose(put(tmp_path, "a.csv", text + "1,已付款,书,u1,x,¥5,微信,,2026-01-05\r\n"))
    assert ("cn-orders", False) == (found.preset, found.verified)
    assert () == found.questions


# --- presets ----------------------------------------------------------------------------------


def test_presets_speak_of_kinds_and_reasons_that_there_are() -> None:
    """Whatever a value means is a kind of event, or a reason with words of its own."""
    from playbook.words import say

    for name, preset in presets().items():
        for mapping in (preset.mapping, *preset.mapping.also):
            reasons = [means[1:] for means in mapping.kinds.values() if means.startswith("-")]
            reasons += [reason for told in mapping.skip.values() for reason in told.values()]
            for reason in filter(None, reasons):
                assert say(f"source.skip.{reason}", "zh"), (name, reason)
            kinds = {means for means in mapping.kinds.values() if not means.startswith("-")}
            assert kinds <= set(KINDS)


SHOPIFY = """Name,Email,Financial Status,Paid at,Currency,Total,Refunded Amount,Created at,\
Lineitem quantity,Lineitem name,Billing Name,Phone,Shipping Zip
#1001,a@x.org,paid,2026-01-05 09:50:26 +0200,EUR,30.00,0.00,2026-01-05,1,Tea,Ann,,'75008
#1001,,,,,,,2026-01-05 09:00:00 +0200,2,Cup,,,
#1002,,partially_refunded,2026-01-06 10:00:00 +0200,EUR,20.00,5.00,,1,Cup,Bea,,
#1003,c@x.org,pending,,EUR,10.00,0.00,2026-01-07 10:00:00 +0200,1,Cup,Cea,,
#1004,d@x.org,refunded,2026-01-08 10:00:00 +0200,EUR,8.00,8.00,,1,Cup,Dea,,
"""


def test_shopify_counts_an_order_once(tmp_path: Path) -> None:
    """Five lines of four orders: three paid (58.00 in all), two refunds, one not paid."""
    path = put(tmp_path, "orders.csv", SHOPIFY)
    expected = [
        ("a@x.org", "pay", 30.0, "EUR", "#1001"),
        ("Bea", "pay", 20.0, "EUR", "#1002"),  # no address: the name on the bill
        ("Bea", "refund", 5.0, "EUR", "#1002"),
        ("d@x.org", "pay", 8.0, "EUR", "#1004"),
        ("d@x.org", "refund", 8.0, "EUR", "#1004"),
    ]
    assert expected == events(path, ("member", "kind", "amount", "currency", "id"))
    told = counted(path)
    assert {"further_line": 1, "not_paid": 1} == told["skipped"]
    assert 2 == told["estimated_times"]
    assert "2026-01-05T07:50:26" == clock(path)[0]
    assert ({"unverified": 1}, False) == (told["notes"], told["genuine"])
    named = counted(path, mapping=read_mapping(None, "shopify-orders"))
    assert ({"unverified": 1}, False) == (named["notes"], named["genuine"])


def test_orders_of_a_chinese_shop(tmp_path: Path) -> None:
    """Saved by Excel in GB18030; one order in two lines; states that are not known are counted."""
    text = (
        "订单号,订单状态,订单名称,购买者,姓名,实付价格,支付方式,创建时间,付款时间\r\n"
        "\t10001,已付款,书,u1,林,¥59.00,微信,2026-01-05 10:00:00,2026-01-05 10:01:00\r\n"
        "\t10001,已付款,笔,u1,林,¥59.00,微信,2026-01-05 10:00:00,2026-01-05 10:01:00\r\n"
        "'10002,已退款,书,,阿宝,1.2万,微信,2026-01-06 10:00:00,2026-01-06 10:01:00\r\n"
        "10003,待付款,书,u3,陈,59,微信,2026-01-06 10:00:00,\r\n"
        "10004,神秘状态,书,u4,陈,59,微信,2026-01-06 10:00:00,\r\n"
    )
    path = put(tmp_path, "orders.csv", text, "gb18030")
    expected = [
        ("u1", "pay", 59.0, "CNY", "10001"),
        ("阿宝", "pay", 12000.0, "CNY", "10002"),
        ("阿宝", "refund", 12000.0, "CNY", "10002"),
    ]
    assert expected == events(path, ("member", "kind", "amount", "currency", "id"))
    assert {"further_line": 1, "not_paid": 1, "no_kind": 1} == counted(path)["skipped"]


def test_wecom_customers_and_members_of_groups(tmp_path: Path) -> None:
    """Joins; an invite where the inviter is named."""
    text = "客户名称,添加人,添加时间,来源\n小林,客服一,2026-01-05 10:00:00,扫码\n"
    path = put(tmp_path, "customers.csv", text)
    assert [("小林", "join", None, "扫码")] == events(path)
    text = "群名称,成员昵称,入群时间,入群方式,邀请人\n"
    text += "同好群,阿宝,2026-01-05,邀请,小林\n同好群,大鹏,2026-01-06,扫码,\n"
    path = put(tmp_path, "groups.csv", text)
    expected = [
        ("阿宝", "join", None, "邀请"),
        ("小林", "invite", "阿宝", "邀请"),
        ("大鹏", "join", None, "扫码"),
    ]
    assert expected == events(path)


def test_questionnaires_name_somebody_or_nobody(tmp_path: Path) -> None:
    """A sheet of answers by nobody is no member's."""
    text = "序号,提交答卷时间,所用时间,昵称,1、你喜欢什么\n"
    text += "1,2026/1/5 10:00:00,30秒,小林,茶\n2,2026/1/5 10:05:00,9秒,,茶\n"
    path = put(tmp_path, "q.csv", text)
    assert [("小林", "answer", None, None)] == events(path)
    assert {"no_member": 1} == counted(path)["skipped"]


def rsvp(who: int, response: str, updated: int, event: str = "e1") -> dict[str, Any]:
    """Write an answer as Meetup's interface gives it."""
    member = {"id": who, "name": f"N{who}", "event_context": {"host": False}}
    told = {"created": 1_700_000_000_000, "updated": updated, "response": response}
    return {**told, "member": member, "event": {"id": event}, "group": {"urlname": "tea"}}


def test_rsvps_the_last_answer_counts(tmp_path: Path) -> None:
    """Yes, then no, then yes again; another event is another matter; times in milliseconds."""
    answers = [
        rsvp(1, "yes", 1_700_000_000_000),
        rsvp(1, "yes", 1_700_000_500_000),
        rsvp(1, "yes", 1_700_000_100_000),
        rsvp(1, "waitlist", 1_700_000_000_000, "e2"),
        rsvp(2, "no", 1_700_000_000_000),
    ]
    path = put(tmp_path, "rsvps.json", answers)
    assert [("1", "signup", None, "e1"), ("1", "signup", None, "e2")] == events(path)
    assert "2023-11-14T22:21:40" == clock(path)[0]
    assert {"superseded": 2, "declined": 1} == counted(path)["skipped"]


def test_discourse_users_without_their_addresses(tmp_path: Path) -> None:
    """Ragged rows (group_names only where there are some), the system's own accounts left out."""
    text = (
        "id,name,username,email,title,created_at,trust_level,group_names\n"
        "-1,system,system,no_reply,,2020-01-01 00:00:00 UTC,4\n"
        "5,Lin,lin,lin@x.org,,2026-01-05 10:00:00 UTC,2,a;b\n"
        "6,Bao,bao,bao@x.org,,2026-01-06 10:00:00 UTC,1\n"
    )
    path = put(tmp_path, "users.csv", text)
    assert [("lin", "join", None, None), ("bao", "join", None, None)] == events(path)
    assert {"bot": 1} == counted(path)["skipped"]
    assert "lin@x.org" not in import_events(path).frame().to_csv()


def test_columns_by_number_where_there_is_no_header(tmp_path: Path) -> None:
    """The form of the CDNOW sample: spaces, no header, dates as one number."""
    text = " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n"
    path = put(tmp_path, "cdnow.txt", text)
    how = {"mapping": read_mapping(None, "cdnow-orders")}
    expected = [("00004", "pay", 29.33, "USD"), ("00004", "pay", 29.73, "USD")]
    assert expected == events(path, ("member", "kind", "amount", "currency"), **how)


def test_a_preset_with_one_thing_changed(tmp_path: Path) -> None:
    """What the person says stands above what the preset says."""
    mapping = read_mapping("amount=Subtotal,kind.pending=pay", "shopify-orders")
    assert ("Subtotal",) == mapping.columns["amount"]
    assert ("Email", "Phone", "Billing Name", "Shipping Name") == mapping.columns["member"]
    with pytest.raises(PlaybookError, match="shopify-orders"):
        read_mapping(None, "shopify-order")


def test_our_own_table_comes_back_as_it_went(tmp_path: Path) -> None:
    """Exported as CSV, opened, read again: the same events, formulas defused and restored."""
    names = ["=1+1", "小林", "-5", "'quoted'"]
    rows = "".join(f'"{name}",2026-01-05 10:00:00,post,x{n}\n' for n, name in enumerate(names))
    path = put(tmp_path, "a.csv", "who,when,what,id\n" + rows)
    how = {"mapping": "member=who,at=when,kind=what,id=id"}
    out = tmp_path / "events.csv"
    import_events(path, out, **how)
    with out.open(encoding="utf-8-sig") as stream:
        assert not [
            cell for row in csv.reader(stream) for cell in row if cell[:1] in "=+-@" and cell
        ]
    assert events(path, ("id", *SHORT), **how) == events(out, ("id", *SHORT))
    assert clock(path, **how) == clock(out)


def test_our_own_table_keeps_whose_export_it_was(tmp_path: Path) -> None:
    """Two exports laid together in a spreadsheet: the same id in both is two events, not one."""
    row = "7,ann,2026-01-05T10:00:00Z,exact,post,,,,,,"
    columns = "id,member,at,at_quality,kind,group,object,target,amount,currency,source\n"
    path = put(tmp_path, "both.csv", columns + f"{row}slack\n{row}discord\n{row}slack\n{row}\n")
    assert [("7", "slack"), ("7", "discord"), ("7", "table")] == events(path, ("id", "source"))
    assert {"duplicate": 1} == counted(path)["skipped"]


# --- whatever may come ------------------------------------------------------------------------

SEEDS = [
    ROWS.encode(),
    SHOPIFY.encode(),
    ROWS.encode("gb18030"),
    json.dumps([rsvp(1, "yes", 1_700_000_000_000)]).encode(),
]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), mapping=st.sampled_from([MAP, "member=#1,at=#2,kind=post", None]))
def test_any_bytes_give_events_or_one_clear_error(
    tmp_path: Path, data: st.DataObject, mapping: str | None
) -> None:
    """A table with a piece cut, changed or put in."""
    seed = data.draw(st.sampled_from(SEEDS) | st.binary(max_size=60))
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    piece = data.draw(st.binary(max_size=12) | st.sampled_from([b'"', b"\0", b"\r\r", b"1e999"]))
    survives(put(tmp_path, "t", seed[:start] + piece + seed[end:]), mapping=mapping)


@cache
def workbook() -> bytes:
    """Write a small workbook, once: each holds the time at which it was made."""
    with tempfile.TemporaryDirectory() as folder:
        return book(Path(folder, "w.xlsx"), ("who", "when"), ("a", EVENING)).read_bytes()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_damage_to_a_workbook_gives_events_or_one_clear_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    """Bytes changed inside the sheets themselves, and in the archive around them."""
    whole = workbook()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    start = data.draw(st.integers(0, len(parts[name])))
    parts[name] = parts[name][:start] + data.draw(st.binary(max_size=8)) + parts[name][start + 5 :]
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    survives(path, mapping="member=who,at=when,kind=post")
    cut = data.draw(st.integers(0, len(whole)))
    survives(put(tmp_path, "c.xlsx", whole[:cut]), mapping="member=who,at=when,kind=post")


@settings(max_examples=300, deadline=None)
@given(st.text() | st.floats() | st.integers() | st.none() | st.datetimes() | st.dates())
def test_any_cell_is_a_text_perhaps_a_time_perhaps_an_amount(cell: Any) -> None:
    """No cell stops an import; an amount that is read is a number that can be written."""
    assert isinstance(as_text(cell), str)
    found = moment(cell)
    assert found is None or isinstance(found[0], int)
    amount = money(cell)
    assert amount is None or json.loads(json.dumps(amount[0], allow_nan=False)) == amount[0]


def test_a_large_table_is_read_row_by_row(tmp_path: Path) -> None:
    """A hundred thousand rows pass by without ever standing in memory together."""
    import tracemalloc

    path = tmp_path / "big.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write("who,when,note\n")
        for n in range(100_000):
            stream.write(f"u{n % 50},2026-01-05 10:00:00,{'x' * 100}\n")
    from playbook.sources import tables
    from playbook.sources.base import Asked, Bundle

    asked = Asked(mapping="member=who,at=when,kind=post")
    with Bundle(path) as bundle:
        rows = tables.rows(bundle, asked)
        list(islice(rows, 1000))
        tracemalloc.start()
        assert 99_000 == sum(1 for _ in rows)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert held < 8_000_000  # the file has 13 MB
