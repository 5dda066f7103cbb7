"""WeChat and QQ: hand-written files from the exporters' own field lists, counted by hand."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imported import clock, counted, events, put, survives

from playbook.sources.api import import_events
from playbook.sources.sentences import pat, tell

HEADER = ["localId", "TalkerId", "Type", "SubType", "IsSender", "CreateTime", "Status"]
HEADER += ["StrContent", "StrTime", "Remark", "NickName", "Sender"]
AT = 1_700_000_000  # 2023-11-14 22:13:20 in UTC, and so the second of every file here
QUOTE = (
    "<msg><appmsg><title>同意</title><refermsg><type>1</type><svrid>88</svrid>"
    "<fromusr>9@chatroom</fromusr><chatusr>wxid_lin</chatusr><displayname>小林</displayname>"
    "</refermsg></appmsg></msg>"
)
NAMELESS = "<msg><refermsg><displayname>小林</displayname></refermsg></msg>"


def memotrace(*rows: tuple[Any, ...]) -> str:
    """Write MemoTrace's CSV: kind, sub-kind, exporter?, content, remark, nickname, account."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(HEADER)
    for n, (kind, sub, mine, content, *who) in enumerate(rows):
        writer.writerow([n, 1, kind, sub, mine, AT + n, 2, content, "2023-11-15 06:13:20", *who])
    return sheet.getvalue()


LIN, BAO, ME = ("", "小林", "wxid_lin"), ("阿宝", "Bao", "wxid_bao"), ("", "群主", "wxid_me")


def test_memotrace_every_row_is_told(tmp_path: Path) -> None:
    """Fourteen rows: posts, a quote, joins, a pat; what is no event is skipped for its reason."""
    text = memotrace(
        (10000, 0, 0, '"群主"邀请"小林、阿宝"加入了群聊', "", "", ""),  # 2 joins, 2 invites
        (1, 0, 1, "欢迎！\n第二行", *ME),
        (1, 0, 0, "大家好", *LIN),
        (3, 0, 0, "<msg><img/></msg>", *BAO),
        (49, 57, 0, QUOTE, *BAO),
        (49, 57, 0, NAMELESS, *BAO),
        (49, 57, 0, "", *BAO),
        (49, 2001, 0, "<msg>红包</msg>", *LIN),
        (49, 2000, 0, "<msg>转账</msg>", *LIN),
        (10000, 4, 0, '"阿宝" 拍了拍 "小林" 的肩膀', "", "", ""),
        (10000, 0, 0, "“大鹏”通过扫描你分享的二维码加入群聊 $revoke$", "", "", ""),
        (10000, 0, 0, "你将“大鹏”移出了群聊", "", "", ""),
        (10000, 0, 0, '"小林"撤回了一条消息', "", "", ""),
        (1, 0, 0, "私聊没有后三格"),
    )
    path = put(tmp_path, "同好群_utf8.csv", text, "utf-8-sig")
    expected = [
        ("wxid_me", "post", None, None),
        ("wxid_lin", "post", None, None),
        ("wxid_bao", "post", None, None),
        ("wxid_bao", "reply", "wxid_lin", "88"),
        ("wxid_bao", "reply", "wxid_lin", None),
        ("wxid_bao", "reply", None, None),
        ("wxid_lin", "post", None, None),  # a red packet goes to people, not to the community
        ("wxid_lin", "post", None, None),
        ("wxid_lin", "join", None, None),
        ("wxid_me", "invite", "wxid_lin", None),
        ("wxid_bao", "join", None, None),
        ("wxid_me", "invite", "wxid_bao", None),
        ("wxid_bao", "like", "wxid_lin", None),
        ("大鹏", "join", None, None),  # never wrote, so the name is all that is known
        ("wxid_me", "invite", "大鹏", None),
        ("大鹏", "leave", None, None),
    ]
    assert expected == events(path)
    told = counted(path)
    assert (14, 12) == (told["rows"], told["used"])
    assert {"system": 1, "private": 1} == told["skipped"]
    assert {("同好群",)} == set(events(path, ("group",)))


def test_wechat_seconds_count_and_the_computers_clock_does_not(tmp_path: Path) -> None:
    """`CreateTime` is UTC; `StrTime` is local to a computer that nobody knows."""
    path = put(tmp_path, "a.csv", memotrace((1, 0, 0, "早", *LIN)))
    assert ["2023-11-14T22:13:20"] == clock(path) == clock(path, tz="Asia/Shanghai")


def test_wechat_names_come_from_the_remark_or_the_nickname(tmp_path: Path) -> None:
    """The operator's own remark wins; the members are accounts."""
    path = put(tmp_path, "a.csv", memotrace((1, 0, 0, "早", *LIN), (1, 0, 0, "早", *BAO)))
    assert {"wxid_lin": "小林", "wxid_bao": "阿宝"} == import_events(path).names


def test_wechat_namesakes_are_not_merged(tmp_path: Path) -> None:
    """A name that two accounts bear becomes neither of them."""
    text = memotrace(
        (1, 0, 0, "一", "", "小林", "wxid_1"),
        (1, 0, 0, "二", "", "小林", "wxid_2"),
        (10000, 0, 0, '"小林"加入了群聊', "", "", ""),
    )
    assert [("小林", "join", None, None)] == events(put(tmp_path, "a.csv", text))[2:]


def test_wechat_an_older_file_by_the_names_of_its_columns(tmp_path: Path) -> None:
    """Columns in another order, 我 for oneself."""
    rows = "Sender,StrContent,CreateTime,SubType,Type,localId,IsSender\n我,早,1700000000,0,1,7,1\n"
    path = put(tmp_path, "a.csv", rows)
    assert [("我", "post", None, None)] == events(path)


def test_wechat_exported_twice_counts_once(tmp_path: Path) -> None:
    """Two exports of one chat that overlap, in one folder."""
    put(tmp_path, "x/a.csv", memotrace((1, 0, 0, "一", *LIN)))
    put(tmp_path, "x/b.csv", memotrace((1, 0, 0, "一", *LIN), (1, 0, 0, "二", *LIN)))
    told = counted(tmp_path / "x")
    assert (3, 2, {"duplicate": 1}) == (told["rows"], told["used"], told["skipped"])


def chatlog(**more: Any) -> dict[str, Any]:
    """Write a message as chatlog's JSON has it."""
    told = {
        "seq": AT * 1000,
        "time": "2023-11-15T06:13:20+08:00",
        "talker": "9@chatroom",
        "talkerName": "同好群",
        "isChatRoom": True,
        "sender": "wxid_lin",
        "senderName": "小林",
        "isSelf": False,
        "type": 1,
        "subType": 0,
        "content": "大家好",
    }
    return {**told, **more}


def test_chatlog_json(tmp_path: Path) -> None:
    """A post, a quote, an invitation, a pat that names accounts, a private chat, a bad row."""
    refer = {"refer": {"type": 1, "sender": "wxid_lin", "senderName": "小林"}}
    messages: list[Any] = [
        chatlog(),
        chatlog(
            seq=2, sender="wxid_me", senderName="", isSelf=True, type=49, subType=57, contents=refer
        ),
        chatlog(seq=3, sender="系统消息", type=10000, content='"小林"邀请你和"阿宝"加入了群聊'),
        chatlog(seq=4, type=49, subType=62, content='"${wxid_me}" 拍了拍 "${wxid_lin}"'),
        chatlog(seq=5, isChatRoom=False, talker="wxid_lin"),
        chatlog(seq=6, time="yesterday"),
        {"seq": 7},
        chatlog(),
    ]
    path = put(tmp_path, "chat.json", messages)
    expected = [
        ("wxid_lin", "post", None, None),
        ("wxid_me", "reply", "wxid_lin", None),
        ("wxid_me", "join", None, None),
        ("wxid_lin", "invite", "wxid_me", None),
        ("阿宝", "join", None, None),
        ("wxid_lin", "invite", "阿宝", None),
        ("wxid_me", "like", "wxid_lin", None),
    ]
    assert expected == events(path)
    assert ["2023-11-14T22:13:20"] * 7 == clock(path)
    told = counted(path)
    assert {"private": 1, "bad_time": 1, "broken": 1, "duplicate": 1} == told["skipped"]


def test_chatlog_csv(tmp_path: Path) -> None:
    """Naive times, quotes as `> ` lines, no ids: the same row twice in a file is two messages."""
    text = (
        "Time,SenderName,Sender,TalkerName,Talker,Content\n"
        "2023-11-15 06:13:20,小林,wxid_lin,同好群,9@chatroom,大家好\n"
        "2023-11-15 06:13:20,小林,wxid_lin,同好群,9@chatroom,大家好\n"
        '2023-11-15 06:14:00,阿宝,wxid_bao,同好群,9@chatroom,"> 小林(wxid_lin) 11-15 06:13:20\n'
        '> 大家好\n同意"\n'
        '2023-11-15 06:15:00,,系统消息,同好群,9@chatroom,"""小林""邀请""大鹏""加入了群聊"\n'
        "2023-11-15 06:16:00,小林,wxid_lin,小林,wxid_lin,悄悄话\n"
    )
    path = put(tmp_path, "chat.csv", text)
    expected = [
        ("wxid_lin", "post", None, None),
        ("wxid_lin", "post", None, None),
        ("wxid_bao", "reply", "wxid_lin", None),
        ("大鹏", "join", None, None),
        ("wxid_lin", "invite", "大鹏", None),
    ]
    assert expected == events(path)
    assert "2023-11-14T22:13:20" == clock(path, tz="Asia/Shanghai")[0]
    assert [("同意",)] == events(path, ("text",), keep_text=True)[2:3]
    put(tmp_path, "twice/a.csv", text)
    put(tmp_path, "twice/b.csv", text)
    assert {"duplicate": 4, "private": 2} == counted(tmp_path / "twice")["skipped"]


def test_weflow_with_a_picture_before_the_messages(tmp_path: Path) -> None:
    """The picture of the group fills half a megabyte before the first message."""
    message = {"localId": 1, "createTime": AT, "type": "文本消息", "localType": 99, "isSend": 0}
    message |= {"senderUsername": "wxid_lin", "senderDisplayName": "小林", "content": "大家好"}
    session = {"wxid": "9@chatroom", "displayName": "同好群", "type": "群聊"}
    session["avatar"] = "data:image/png;base64," + "A" * 500_000
    system = {"type": "系统消息", "isSend": None, "senderUsername": "9@chatroom"}
    document = {
        "weflow": {"version": "1"},
        "session": session,
        "messages": [
            message,
            message
            | {"localId": 2, "type": "引用消息", "content": QUOTE, "isSend": 1}
            | {"senderUsername": "wxid_me", "senderDisplayName": "群主"},
            message | {"localId": 3, **system, "content": "“小林”邀请“阿宝”加入了群聊"},
            message | {"localId": 4, **system, "content": "群公告已更新"},
        ],
        "avatars": {"wxid_lin": "x"},
    }
    path = put(tmp_path, "w.json", document)
    expected = [
        ("wxid_lin", "post", None, None),
        ("wxid_me", "reply", "wxid_lin", "88"),
        ("阿宝", "join", None, None),
        ("wxid_lin", "invite", "阿宝", None),
    ]
    assert expected == events(path)
    assert {("同好群",)} == set(events(path, ("group",)))
    assert {"system": 1} == counted(path)["skipped"]
    private = put(tmp_path, "p.json", {**document, "session": {**session, "type": "私聊"}})
    assert {"private": 4} == counted(private)["skipped"]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ('"A"邀请"B、C"加入了群聊', ("join", ("B", "C"), "A")),
        ('"A"邀请你加入了群聊，群聊参与人还有：D、E', ("join", ("我",), "A")),
        ('"A"邀请你和"B"加入了群聊', ("join", ("我", "B"), "A")),
        ('你邀请"B"加入了群聊', ("join", ("B",), "我")),
        ('" B"通过扫描"A"分享的二维码加入群聊', ("join", ("B",), "A")),
        ('"B"通过扫描你分享的二维码加入群聊', ("join", ("B",), "我")),
        ('"B"通过"A"的邀请二维码加入群聊', ("join", ("B",), "A")),
        ('[系统]"B"加入了群聊', ("join", ("B",), None)),
        ("“A”邀请“B”加入了群聊", ("join", ("B",), "A")),
        ('你将"B"移出了群聊', ("leave", ("B",), None)),
        ("张三 加入本群。", ("join", ("张三",), None)),
        ("张三退出了群聊", ("leave", ("张三",), None)),
        ("A invited B and C to the group chat", ("join", ("B", "C"), "A")),
        ('"$adder$"通过扫描你分享的二维码加入群聊', None),
        ("群主已启用“群聊邀请确认”", None),
        ("修改群名为“加入了”", None),
        ("", None),
    ],
)
def test_sentences_of_who_came_and_went(sentence: str, told: Any) -> None:
    """Every sentence of the field list, straight and curly quotes, several at once."""
    assert told == tell(sentence)


def test_patting_oneself_is_nothing() -> None:
    """A touch goes to somebody else."""
    assert ("小林", "我") == pat('"小林" 拍了拍我')
    assert None is pat('"小林" 拍了拍自己')


def qq(**more: Any) -> dict[str, Any]:
    """Write a message as qq-chat-exporter's new JSON has it."""
    told: dict[str, Any] = {
        "id": "1",
        "seq": "1",
        "timestamp": AT * 1000,
        "time": "2023-11-15 06:13:20",
        "sender": {"uid": "u_1", "uin": "10001", "name": "小林", "groupCard": "林老师"},
        "type": "type_1",
        "content": {"text": "大家好", "elements": [], "resources": [], "mentions": []},
        "recalled": False,
        "system": False,
    }
    return {**told, **more}


def replied(**data: Any) -> dict[str, Any]:
    """Write the content of a reply."""
    return {"text": "同意", "elements": [{"type": "reply", "data": data}]}


QQ = [
    qq(),
    qq(id="2", sender={"uid": "u_2", "name": "阿宝"}),
    qq(id="3", content=replied(referencedMessageId="1", senderUin="10001", senderName="小林")),
    qq(id="4", content=replied(referencedMessageId="9", senderUin="0", senderName="")),
    qq(id="5", system=True, content={"text": "林老师邀请大鹏加入了群聊"}),
    qq(id="6", recalled=True),
    qq(id="7", sender={"uid": "u_m", "uin": "2854196310", "name": "Q群管家"}),
    qq(id="8", sender={"uid": "", "name": "?"}),
    qq(id="9", sender=None),
    qq(id="10", system=True, content={"text": "群文件已满"}),
]
QQ_EVENTS = [
    ("10001", "post", None, None),
    ("u_2", "post", None, None),
    ("10001", "reply", None, "1"),  # to oneself: a target is another person
    ("10001", "reply", None, "9"),
    ("大鹏", "join", None, None),
    ("10001", "invite", "大鹏", None),
]
QQ_SKIPPED = {"deleted": 1, "bot": 1, "no_member": 1, "broken": 1, "system": 1}
INFO = {"name": "同好群", "type": "group", "selfUin": "10009", "avatar": "A" * 20_000}


def test_qq_chat_exporter(tmp_path: Path) -> None:
    """The number of the account, else the inner id; milliseconds; system rows and recalled ones."""
    document = {"metadata": {"name": "QQChatExporter"}, "chatInfo": INFO, "messages": QQ}
    path = put(tmp_path, "q.json", document)
    assert QQ_EVENTS == events(path)
    assert QQ_SKIPPED == counted(path)["skipped"]
    assert "2023-11-14T22:13:20" == clock(path)[0]
    assert {("同好群",)} == set(events(path, ("group",)))
    private = {**document, "chatInfo": {**INFO, "type": "private"}}
    assert 0 == counted(put(tmp_path, "p.json", private))["used"]


def test_qq_in_chunks(tmp_path: Path) -> None:
    """A manifest that names the chat, and lines of messages in two chunks."""
    told = {"metadata": {}, "chatInfo": INFO, "statistics": {}, "chunked": {"format": "jsonl"}}
    put(tmp_path, "x/manifest.json", told)
    lines = [json.dumps(one, ensure_ascii=False) for one in QQ]
    put(tmp_path, "x/chunks/c000001.jsonl", "\n".join(lines[:5]) + "\n")
    put(tmp_path, "x/chunks/c000002.jsonl", "\n".join(lines[5:]) + "\n")
    put(tmp_path, "x/avatars.json", {"10001": "A"})
    assert QQ_EVENTS == events(tmp_path / "x")
    assert QQ_SKIPPED == counted(tmp_path / "x")["skipped"]
    assert {("同好群",)} == set(events(tmp_path / "x", ("group",)))


def test_qq_chat_exporter_of_old(tmp_path: Path) -> None:
    """ISO times, `messageId`, the reply in the content itself."""
    one = {"messageId": "1", "timestamp": "2023-11-14T22:13:20.000Z", "messageType": 2}
    one |= {"sender": {"uin": "10001", "name": "小林"}, "content": {"text": "大家好"}}
    reply = {"referencedMessageId": "1", "senderUin": "10001"}
    messages = [
        one,
        {
            **one,
            "messageId": "2",
            "sender": {"uin": "10002"},
            "content": {"text": "", "reply": reply},
        },
        {**one, "messageId": "3", "isSystemMessage": True, "content": {"text": "大鹏加入了群聊"}},
        {**one, "messageId": "4", "isRecalled": True},
    ]
    document = {"metadata": {"version": "4.0"}, "chatInfo": INFO, "messages": messages}
    path = put(tmp_path, "v4.json", document)
    expected = [
        ("10001", "post", None, None),
        ("10002", "reply", "10001", "1"),
        ("大鹏", "join", None, None),
    ]
    assert expected == events(path)
    assert {"deleted": 1} == counted(path)["skipped"]


TXT = """消息记录（此消息记录为文本格式，不支持重新导入）

================================================================
消息分组:我的QQ群
================================================================
消息对象:同好群
================================================================

2023-11-15 06:13:20 【管理员】小林(10001)
大家好
第二行

2023-11-15 06:13:20 【管理员】小林(10001)
大家好
第二行

2023-11-15 06:14:00 阿宝<bao@example.com>
[回复]同意

2023-11-15 06:15:00 无号
讨论组里没有号码

2023-11-15 06:16:00 系统消息(10000)
大鹏加入本群。

2023-11-15 06:17:00 小林(10001)
你撤回了一条消息

================================================================
消息分组:我的好友
================================================================
消息对象:阿宝
================================================================

2023-11-15 06:18:00 阿宝(10002)
悄悄话
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_qq_text_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    """Head lines with a number, an address or neither; sections; a message that stands twice."""
    path = put(tmp_path, "全部消息记录.txt", TXT, encoding)
    expected = [
        ("10001", "post", None, None),
        ("10001", "post", None, None),
        ("bao@example.com", "reply", None, None),
        ("无号", "post", None, None),
        ("大鹏", "join", None, None),
    ]
    assert expected == events(path)
    assert {"system": 1, "private": 1} == counted(path)["skipped"]
    assert "2023-11-14T22:13:20" == clock(path, tz="Asia/Shanghai")[0]
    assert ("大家好\n第二行",) == events(path, ("text",), keep_text=True)[0]


def test_no_text_is_kept_unless_asked_for(tmp_path: Path) -> None:
    """The column itself is missing."""
    path = put(tmp_path, "a.csv", memotrace((1, 0, 0, "秘密", *LIN)))
    assert "text" not in import_events(path).frame().columns
    assert [("秘密",)] == events(path, ("text",), keep_text=True)


HOSTILE = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@SUM(A1)",
    "\ud800",
    "a\x00b",
    "n" * 1_000_000,
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_a_name(tmp_path: Path, name: str) -> None:
    """Formulas, halves of signs, NUL, a million letters: written, never live in a sheet."""
    message = chatlog(sender=name, senderName=name)
    path = put(tmp_path, "chat.json", json.dumps([message]))
    out = tmp_path / "events.csv"
    assert 1 == counted(path)["used"]
    import_events(path, out)
    cells = [cell for row in csv.reader(out.open(encoding="utf-8-sig")) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert max(map(len, cells)) <= 201


SEEDS = [
    memotrace((10000, 0, 0, '"A"邀请"B"加入了群聊', "", "", ""), (49, 57, 0, QUOTE, *BAO)).encode(),
    json.dumps([chatlog(), chatlog(type=10000)]).encode(),
    json.dumps({"session": {"wxid": "9@chatroom"}, "messages": [{"localId": 1}]}).encode(),
    json.dumps({"metadata": {}, "chatInfo": INFO, "messages": QQ}).encode(),
    TXT.encode(),
    TXT.encode("gb18030"),
]


PIECES = st.binary(max_size=12) | st.sampled_from([b"null", b"[[", b"1e999", b'"\\ud800"'])


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), form=st.sampled_from(["wechat", "qq", None]))
def test_any_bytes_give_events_or_one_clear_error(
    tmp_path: Path, data: st.DataObject, form: str | None
) -> None:
    """A file that looks genuine with a piece cut, changed or put in; with --format or without."""
    seed = data.draw(st.sampled_from(SEEDS))
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    path = put(tmp_path, "export", seed[:start] + data.draw(PIECES) + seed[end:])
    survives(path, format=form)
