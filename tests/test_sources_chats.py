"""Slack, Telegram, Discord: hand-written files in the shapes that they write, counted by hand."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imported import clock, counted, events, put, survives

from playbook import PlaybookError
from playbook.sources.api import import_events
from playbook.sources.stream import Authors, items

#: 2023-11-14 22:13:20 in UTC.
AT = 1_700_000_000
ANN, BEN, CAT, BOT = "U0000000A", "U0000000B", "U0000000C", "U0000000X"


# --- Slack ------------------------------------------------------------------------------------


def said(second: int, user: str | None = ANN, text: str = "hello", **more: Any) -> dict[str, Any]:
    """Write one message of Slack."""
    who = {} if user is None else {"user": user}
    return {"type": "message", **who, "text": text, "ts": f"{AT + second}.000100", **more}


def slack(folder: Path, days: dict[str, Any], users: Any = None, **lists: Any) -> Path:
    """Write a workspace export as a zip: `channel/2023-11-14` → messages."""
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, messages in days.items():
            archive.writestr(f"{name}.json", json.dumps(messages))
        for name, entries in ({"users": users} | lists).items():
            if entries is not None:
                archive.writestr(f"{name}.json", json.dumps(entries))
    return path


USERS = [
    {"id": ANN, "name": "ann", "profile": {"display_name": "Ann", "real_name": "Ann Lee"}},
    {"id": BEN, "name": "ben", "deleted": True, "profile": {"display_name": "", "real_name": ""}},
    {"id": BOT, "name": "herald", "is_bot": True},
]


def test_slack_messages_threads_and_reactions(tmp_path: Path) -> None:
    """A post, a mention, a thread over two days, two reactions: who did what to whom."""
    root = f"{AT}.000100"
    path = slack(
        tmp_path,
        {
            "tea/2023-11-14": [
                said(0, thread_ts=root, reply_count=2),
                said(1, BEN, "thanks <@U0000000A> and <@U0000000C|cat>"),
                said(2, CAT, reactions=[{"name": "+1", "users": [ANN, BEN], "count": 3}]),
            ],
            "tea/2023-11-15": [
                said(90_000, BEN, thread_ts=root, parent_user_id=ANN),
                said(90_001, CAT, thread_ts=root),  # the root stands in the file of another day
                said(90_002, ANN, thread_ts=root),  # an answer to oneself names nobody
            ],
        },
        USERS,
    )
    tea = [f"tea/{AT + n}.000100" for n in range(3)]
    assert [
        (ANN, "post", None, tea[0]),
        (BEN, "post", ANN, tea[1]),
        (CAT, "post", None, tea[2]),
        (ANN, "like", CAT, tea[2]),
        (BEN, "like", CAT, tea[2]),
        (BEN, "reply", ANN, tea[0]),
        (CAT, "reply", ANN, tea[0]),
        (ANN, "reply", None, tea[0]),
    ] == events(path)
    assert {"Ann", "ben"} == set(import_events(path).names.values())


def test_slack_reactions_inherit_the_time_of_their_message(tmp_path: Path) -> None:
    """They have none of their own, and that is said."""
    told = said(5, reactions=[{"name": "tea", "users": [BEN], "count": 1}])
    path = slack(tmp_path, {"tea/2023-11-14": [told]})
    assert ["2023-11-14T22:13:25"] * 2 == clock(path)
    assert ["exact", "inherited"] == import_events(path).frame()["at_quality"].tolist()
    assert 1 == counted(path)["estimated_times"]


def test_slack_joins_leaves_and_inviters(tmp_path: Path) -> None:
    """Whoever comes, joins; where the inviter is told, that is an event of the inviter's."""
    path = slack(
        tmp_path,
        {
            "tea/2023-11-14": [
                said(0, BEN, "<@U1|ben> has joined the channel", subtype="channel_join"),
                said(1, CAT, "joined", subtype="channel_join", inviter=ANN),
                said(2, BEN, "left", subtype="channel_leave"),
            ]
        },
    )
    joined = [("join", None), ("join", None), ("invite", CAT), ("leave", None)]
    found = events(path, columns=("member", "kind", "target"))
    assert joined == [row[1:] for row in found]
    assert [BEN, CAT, ANN, BEN] == [row[0] for row in found]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (said(0, None, "built", subtype="bot_message", bot_id="B1"), "bot"),
        (said(0, BOT), "bot"),
        (said(0, "USLACKBOT"), "bot"),
        (said(0, CAT, bot_id="B1"), "bot"),
        (said(0, None), "no_member"),
        (said(0, ANN, ""), "empty"),
        (said(0, ANN, subtype="tombstone"), "deleted"),
        (said(0, ANN, subtype="channel_topic"), "system"),
        (said(0, ANN, subtype="pinned_item"), "system"),
        (said(0, ANN, subtype="something_new"), "system"),
        (said(0, ANN, subtype="reply_broadcast"), "duplicate"),
        ({"type": "message", "user": ANN, "text": "no ts"}, "broken"),
        ("a text in place of a message", "broken"),
        (said(0, ["a list"]), "broken"),
        (said(-AT, ANN), "bad_time"),
        (said(4_000_000_000, ANN), "bad_time"),
    ],
)
def test_slack_rows_that_give_nothing_are_counted(
    tmp_path: Path, message: Any, reason: str
) -> None:
    """Beside one good message, each kind of row is skipped for its own reason."""
    path = slack(tmp_path, {"tea/2023-11-14": [said(9), message]}, USERS)
    told = counted(path)
    assert ({reason: 1}, {"post": 1}) == (told["skipped"], told["kinds"])


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (said(0, ANN, subtype="me_message"), "post"),
        (said(0, ANN, subtype="file_share", bot_id=None, upload=True), "post"),
        (said(0, ANN, "", files=[{"id": "F1"}]), "post"),
        (said(0, ANN, bot_id="B1"), "post"),  # a person of the list, by way of an app
        (said(0, ANN, edited={"user": ANN, "ts": f"{AT + 5}.000100"}), "post"),
        (said(1, ANN, subtype="thread_broadcast", thread_ts=f"{AT}.000100"), "reply"),
    ],
)
def test_slack_what_a_member_wrote_is_used(tmp_path: Path, message: Any, kind: str) -> None:
    """Files, /me, edits, an app used by a person: one event each."""
    path = slack(tmp_path, {"tea/2023-11-14": [message]}, USERS)
    assert {kind: 1} == counted(path)["kinds"]


def test_slack_a_comment_on_a_file_is_a_reply_to_its_owner(tmp_path: Path) -> None:
    """The row has no user; the comment has."""
    row = said(0, None, subtype="file_comment", file={"user": ANN}, comment={"user": BEN})
    path = slack(tmp_path, {"tea/2023-11-14": [row]})
    assert [(BEN, "reply", ANN)] == events(path, columns=("member", "kind", "target"))


def test_slack_people_who_react_to_a_bot_did_something(tmp_path: Path) -> None:
    """The robot's row is used for their sake, and the like is nobody's merit."""
    row = said(0, BOT, reactions=[{"name": "eyes", "users": [ANN, BOT], "count": 2}])
    path = slack(tmp_path, {"tea/2023-11-14": [row]}, USERS)
    assert [(ANN, "like", None)] == events(path, columns=("member", "kind", "target"))


def test_slack_direct_messages_are_counted_and_left_alone(tmp_path: Path) -> None:
    """A full export holds what two people said to each other: not the group's business."""
    path = slack(
        tmp_path,
        {
            "tea/2023-11-14": [said(0)],
            "D1/2023-11-14": [said(1)],
            "mpdm-a--b-1/2023-11-14": [said(2)],
        },
        dms=[{"id": "D1", "members": [ANN, BEN]}],
        mpims=[{"id": "G1", "name": "mpdm-a--b-1"}],
        groups=[{"id": "G2", "name": "tea"}],
    )
    told = counted(path)
    assert ({"private": 2}, {"post": 1}) == (told["skipped"], told["kinds"])


def test_slack_zip_and_unpacked_folder_and_one_day_are_the_same(tmp_path: Path) -> None:
    """The channel is the name of the folder, however it is given."""
    path = slack(tmp_path, {"茶/2023-11-14": [said(0), said(1, BEN)]}, USERS)
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(path).extractall(folder)
    columns = ("id", "member", "group")
    zipped = events(path, columns)
    assert "茶" == zipped[0][2]
    assert zipped == events(folder, columns)
    assert zipped == events(folder / "茶", columns)
    assert zipped == events(folder / "茶" / "2023-11-14.json", columns)


def test_slack_text_is_kept_only_when_asked_for(tmp_path: Path) -> None:
    """Then with its signs as they were typed."""
    path = slack(tmp_path, {"tea/2023-11-14": [said(0, text="a &lt;b&gt; &amp; c")]})
    assert "text" not in import_events(path).frame()
    assert ["a <b> & c"] == import_events(path, keep_text=True).frame()["text"].tolist()


# --- Telegram, JSON ---------------------------------------------------------------------------


def wrote(ident: int, who: str | None = "Ann", **more: Any) -> dict[str, Any]:
    """Write one message of Telegram; a person's id follows from the name."""
    told = {"id": ident, "type": "message", "date": "2023-11-15T06:13:20"}
    told |= {"date_unixtime": str(AT + ident), "from": who, "from_id": f"user{who}"}
    return {**told, "text": "hello", **more}


def notice(ident: int, action: str, who: str = "Ann", **more: Any) -> dict[str, Any]:
    """Write one notice of Telegram."""
    told = {"id": ident, "type": "service", "date_unixtime": str(AT + ident), "actor": who}
    return {**told, "actor_id": f"user{who}", "action": action, "text": "", **more}


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    """Write one chat of Telegram."""
    return {"name": "Tea", "type": "private_supergroup", "id": 7, **more, "messages": [*messages]}


def test_telegram_replies_mentions_and_reactions(tmp_path: Path) -> None:
    """A reply finds whom it answers by the message's id; a reaction has a time of its own."""
    heart = {"type": "emoji", "emoji": "❤", "count": 5}
    recent = [{"from": "Ben", "from_id": "userBen", "date": "2023-11-15T06:20:00"}]
    path = put(
        tmp_path,
        "result.json",
        chat(
            wrote(1, reactions=[heart | {"recent": recent}]),
            wrote(2, "Ben", reply_to_message_id=1),
            wrote(3, "Cat", reply_to_message_id=99),
            wrote(4, "Cat", text=["hi ", {"type": "mention_name", "text": "B", "user_id": "Ben"}]),
        ),
    )
    assert [
        ("userAnn", "post", None, "7/1"),
        ("userBen", "like", "userAnn", "7/1"),
        ("userBen", "reply", "userAnn", "7/1"),
        ("userCat", "reply", None, "7/99"),
        ("userCat", "post", "userBen", "7/4"),
    ] == events(path)
    assert "2023-11-14T22:20:00" == clock(path, tz="Asia/Shanghai")[1]


def test_telegram_topics_are_no_replies(tmp_path: Path) -> None:
    """In a forum group an ordinary post points to its topic's first message."""
    path = put(
        tmp_path,
        "result.json",
        chat(notice(1, "topic_created", title="Oolong"), wrote(2, "Ben", reply_to_message_id=1)),
    )
    assert [("userBen", "post", None, "7/1")] == events(path)


def test_telegram_invited_people_take_the_id_that_bears_their_name(tmp_path: Path) -> None:
    """Only names are told: one account of the name is it; two, or none, leave the name."""
    path = put(
        tmp_path,
        "result.json",
        chat(
            notice(1, "create_group", members=["Ann"]),
            notice(2, "invite_members", members=["Ben", None, "Dan"]),
            notice(3, "invite_members", "Cat", members=["Cat"]),
            notice(4, "join_group_by_link", "Eve", inviter="Group"),
            notice(5, "join_group_by_link", "Fay", inviter="Ben"),
            notice(6, "remove_members", "Ben", members=["Dan"]),
            notice(7, "invite_members", members=["Twin"]),
            wrote(8, "Ben"),
            wrote(9, "Twin"),
            wrote(10, "Twin", from_id="userOther"),
        ),
    )
    assert [
        ("userBen", "post", None),
        ("userTwin", "post", None),
        ("userOther", "post", None),
        ("userAnn", "join", None),
        ("userBen", "join", None),
        ("userAnn", "invite", "userBen"),
        ("Dan", "join", None),
        ("userAnn", "invite", "Dan"),
        ("userCat", "join", None),
        ("userEve", "join", None),
        ("userFay", "join", None),
        ("userBen", "invite", "userFay"),
        ("Dan", "leave", None),
        ("Twin", "join", None),
        ("userAnn", "invite", "Twin"),
    ] == events(path, columns=("member", "kind", "target"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": 5, "type": "unsupported"}, "unsupported"),
        (notice(5, "pin_message"), "system"),
        (notice(5, "edit_group_title", title="x"), "system"),
        (wrote(5, text=""), "empty"),
        (wrote(5, None, from_id=None), "no_member"),
        (wrote(5, "Robot", inline_bot_buttons=[[{"type": "callback"}]]), "bot"),
        ({"id": 5, "type": "message", "from_id": "user1", "text": "when?"}, "broken"),
        (wrote(1), "duplicate"),
        (wrote(5, date_unixtime="12"), "bad_time"),
        (wrote(5, date_unixtime="9999999999"), "bad_time"),
        (5, "broken"),
    ],
)
def test_telegram_rows_that_give_nothing_are_counted(tmp_path: Path, row: Any, reason: str) -> None:
    """Beside one good message, each kind of row is skipped for its own reason."""
    told = counted(put(tmp_path, "result.json", chat(wrote(1), row)))
    assert ({reason: 1}, {"post": 1}) == (told["skipped"], told["kinds"])


def test_telegram_deleted_accounts_have_an_id_and_no_name(tmp_path: Path) -> None:
    """Two of them stay two; old exports have bare numbers."""
    rows = wrote(1, None, from_id="user8"), wrote(2, None, from_id="user9"), wrote(3, from_id=8)
    path = put(tmp_path, "result.json", chat(*rows))
    assert ["user8", "user9", "user8"] == [row[0] for row in events(path)]
    assert {"user8": "Ann"} == import_events(path).names


def test_telegram_whole_account_takes_groups_only(tmp_path: Path) -> None:
    """Every chat under its own name, also one that was left; private ones are counted."""
    account = {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 1},
        "chats": {
            "about": "This page lists all chats.",
            "list": [
                chat(wrote(1)),
                chat(wrote(1), wrote(2), name="Ben", type="personal_chat", id=8),
                chat(wrote(1, "Ben"), name=None, type="saved_messages", id=9),
            ],
        },
        "left_chats": {"list": [chat(wrote(1, "Cat"), name="Coffee", id=10)]},
    }
    path = put(tmp_path, "result.json", account)
    columns = ("id", "member", "group")
    assert [("7/1", "userAnn", "Tea"), ("10/1", "userCat", "Coffee")] == events(path, columns)
    assert {"private": 3} == counted(path)["skipped"]


def test_telegram_a_private_chat_given_alone_is_meant(tmp_path: Path) -> None:
    """Whoever exports that one chat wants it read."""
    told = counted(put(tmp_path, "result.json", chat(wrote(1), type="personal_chat")))
    assert {"post": 1} == told["kinds"]


def test_telegram_control_signs_are_written_in_no_legal_way(tmp_path: Path) -> None:
    r"""`\x0B` is read as what it stands for; a backslash before an x that was typed stays."""
    text = json.dumps(chat(wrote(1, text="a@b"), wrote(2, text="c:\\x0B")))
    path = put(tmp_path, "result.json", text.replace("a@b", "a\\x0Bb"))
    assert ["a\x0bb", "c:\\x0B"] == import_events(path, keep_text=True).frame()["text"].tolist()


def test_telegram_local_times_are_those_of_tz(tmp_path: Path) -> None:
    """Old exports have no other time than the exporter's clock."""
    row = {k: v for k, v in wrote(1).items() if k != "date_unixtime"}
    path = put(tmp_path, "result.json", chat(row))
    assert ["2023-11-15T06:13:20"] == clock(path)
    assert ["2023-11-14T22:13:20"] == clock(path, tz="Asia/Shanghai")


# --- Telegram, pages --------------------------------------------------------------------------


def page(*blocks: str) -> str:
    """Write one page of Telegram's HTML."""
    head = '<div class="page_header"><div class="content"><div class="text bold">Tea &amp; Co</div>'
    body = '</div></div><div class="page_body chat_page"><div class="history">'
    tail = '</div><a class="pagination block_link" href="messages2.html">Next messages</a></div>'
    return f"<html><body>{head}{body}{''.join(blocks)}{tail}</body></html>"


def block(number: int, name: str | None, inner: str = '<div class="text">hi</div>') -> str:
    """Write one message; without a name it joins the one before."""
    joined = " joined" if name is None else ""
    by = "" if name is None else f'<div class="from_name">{name}</div>'
    time = f'<div class="pull_right date details" title="15.11.2023 06:13:{number:02}">06:13</div>'
    start = f'<div class="message default clearfix{joined}" id="message{number}">'
    return f'{start}<div class="body">{time}{by}{inner}</div></div>'


def service(number: int, text: str, deep: bool = False) -> str:
    """Write one notice."""
    text = f'<div class="body details">{text}</div>' if deep else text
    return f'<div class="message service" id="message{number}">{text}</div>'


def test_telegram_pages_in_their_order(tmp_path: Path) -> None:
    """Page 10 comes after page 2; a joined post has the name before it; replies cross pages."""
    back = '<div class="reply_to details">In reply to <a href="{}#go_to_message1">this</a></div>'
    text = '<div class="text">hi</div>'
    put(tmp_path, "messages.html", page(block(1, "Ann &amp; Co"), block(2, None)))
    put(tmp_path, "messages2.html", page(block(3, "Ben", back.format("messages.html") + text)))
    put(tmp_path, "messages10.html", page(block(4, "Cat"), block(5, "Deleted Account")))
    assert [
        ("Ann & Co", "post", None, "Tea & Co/1"),
        ("Ann & Co", "post", None, "Tea & Co/2"),
        ("Ben", "reply", "Ann & Co", "Tea & Co/1"),
        ("Cat", "post", None, "Tea & Co/4"),
    ] == events(tmp_path)
    assert {"deleted_user": 1} == counted(tmp_path)["skipped"]
    assert "2023-11-14T22:13:01" == clock(tmp_path, tz="Asia/Shanghai")[0]


def test_telegram_notices_have_no_time(tmp_path: Path) -> None:
    """They count in the tree of invitations; what a name is, a sentence cannot always tell."""
    path = put(
        tmp_path,
        "messages.html",
        page(
            service(-1, "15 November 2023", deep=True),
            service(1, "Ann invited Ben, Cat and Dan", deep=True),
            service(2, "Eve invited Eve"),
            service(3, "Fay joined group by link from Ann"),
            service(4, "Ann removed Dan"),
            service(5, "Ann removed group photo"),
            service(6, "Ann invited Deleted Account"),
        ),
    )
    assert [
        ("Ben", "join", None),
        ("Ann", "invite", "Ben"),
        ("Cat", "join", None),
        ("Ann", "invite", "Cat"),
        ("Dan", "join", None),
        ("Ann", "invite", "Dan"),
        ("Eve", "join", None),
        ("Fay", "join", None),
        ("Ann", "invite", "Fay"),
        ("Dan", "leave", None),
    ] == events(path, columns=("member", "kind", "target"))
    told = counted(path)
    assert (10, {"system": 2, "deleted_user": 1}) == (told["unknown_times"], told["skipped"])
    assert [None] * 10 == clock(path)


def test_telegram_a_time_with_its_zone_is_taken_at_its_word(tmp_path: Path) -> None:
    """Newer pages write `UTC+08:00`; then --tz does not matter."""
    zoned = block(20, "Ann").replace('06:13:20"', '06:13:20 UTC+08:00"')
    assert ["2023-11-14T22:13:20"] == clock(put(tmp_path, "messages.html", page(zoned)))


# --- Discord ----------------------------------------------------------------------------------


def person(number: int, name: str = "ann", bot: bool = False) -> dict[str, Any]:
    """Write an account of Discord."""
    return {"id": str(number), "name": name, "nickname": None, "isBot": bot}


def posted(number: int, who: int = 1, kind: Any = "Default", **more: Any) -> dict[str, Any]:
    """Write one message of Discord."""
    told = {"id": str(number), "type": kind, "timestamp": "2023-11-15T06:13:20.5+08:00"}
    return {**told, "content": "hello", "author": person(who), **more}


def channel(*messages: Any, kind: str = "GuildTextChat", name: str = "tea") -> dict[str, Any]:
    """Write one file of the exporter."""
    about = {"id": "5", "type": kind, "category": "Drinks", "name": name}
    return {"guild": {"id": "9", "name": "G"}, "channel": about, "messages": [*messages]}


def test_discord_replies_mentions_reactions_and_joins(tmp_path: Path) -> None:
    """Kinds by name or by number; a forward is a post; only reactions with people are events."""
    like = {
        "emoji": {"id": None, "name": "❤"},
        "count": 2,
        "users": [person(3), person(9, bot=True)],
    }
    path = put(
        tmp_path,
        "tea.json",
        channel(
            posted(100, 1, reactions=[like, {"emoji": {"id": "7"}, "count": 4}]),
            posted(101, 2, "Reply", reference={"messageId": "100"}),
            posted(102, 3, 19, reference={"messageId": "1", "type": "Default"}),
            posted(
                103,
                3,
                reference={"messageId": "100", "type": "Forward"},
                content="",
                forwardedMessage={"content": "x"},
            ),
            posted(104, 3, mentions=[person(9, bot=True), person(2)]),
            posted(105, 4, "GuildMemberJoin", content=""),
            posted(106, 5, 7),
            posted(107, 1, "RecipientAdd", mentions=[person(6)]),
            posted(108, 6, "RecipientRemove", mentions=[person(6)]),
        ),
    )
    assert [
        ("1", "post", None, "100"),
        ("3", "like", "1", "100"),
        ("2", "reply", "1", "100"),
        ("3", "reply", None, "1"),
        ("3", "post", None, "103"),
        ("3", "post", "2", "104"),
        ("4", "join", None, None),
        ("5", "join", None, None),
        ("6", "join", None, None),
        ("1", "invite", "6", None),
        ("6", "leave", None, None),
    ] == events(path)
    assert {"2023-11-14T22:13:20"} == set(clock(path))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (posted(5, author=person(8, bot=True)), "bot"),
        (posted(5, kind="ChannelPinnedMessage"), "system"),
        (posted(5, kind="8"), "system"),
        (posted(5, kind="ThreadStarterMessage"), "duplicate"),
        (posted(5, content=""), "empty"),
        (posted(1), "duplicate"),
        (posted(5, timestamp="soon"), "broken"),
        (posted(5, timestamp="1970-01-01T00:00:00+00:00"), "bad_time"),
        ({"id": "5"}, "broken"),
    ],
)
def test_discord_rows_that_give_nothing_are_counted(tmp_path: Path, row: Any, reason: str) -> None:
    """Beside one good message, each kind of row is skipped for its own reason."""
    told = counted(put(tmp_path, "tea.json", channel(posted(1), row)))
    assert ({reason: 1}, {"post": 1}) == (told["skipped"], told["kinds"])


def test_discord_parts_and_channels_in_a_folder(tmp_path: Path) -> None:
    """Parts are one channel, what stands in two is counted once, direct messages are left alone."""
    put(tmp_path, "tea [part 1].json", channel(posted(1), posted(2)))
    put(
        tmp_path,
        "tea [part 2].json",
        channel(posted(2), posted(3, kind="Reply", reference={"messageId": "1"}, author=person(2))),
    )
    put(tmp_path, "dm.json", channel(posted(9), kind="DirectTextChat"))
    assert [("1", None), ("1", None), ("2", "1")] == events(tmp_path, columns=("member", "target"))
    assert {"duplicate": 1, "private": 1} == counted(tmp_path)["skipped"]


HEADER = "AuthorID,Author,Date,Content,Attachments,Reactions\n"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2023-11-15T06:13:20.1234567+08:00"], ["2023-11-14T22:13:20"]),
        (
            ["10/6/2023 12:37 AM", "10/26/2023 1:05 PM"],
            ["2023-10-06T00:37:00", "2023-10-26T13:05:00"],
        ),
        (["26/10/2023 13:05", "6/10/2023 00:37"], ["2023-10-26T13:05:00", "2023-10-06T00:37:00"]),
        (["17-May-20 02:21 AM"], ["2020-05-17T02:21:00"]),
    ],
)
def test_discord_csv_in_its_three_shapes_of_dates(
    tmp_path: Path, dates: list[str], expected: list[str]
) -> None:
    """Day or month first is what the whole file shows."""
    rows = "".join(f'"1","Ann#0001","{date}","hi","",""\n' for date in dates)
    path = put(tmp_path, "G - Drinks - tea [5].csv", HEADER + rows)
    assert expected == clock(path)
    assert {"tea"} == set(import_events(path).frame()["group"])
    assert {"1": "Ann"} == import_events(path).names


def test_discord_csv_never_guesses_the_day(tmp_path: Path) -> None:
    """What no date shows, and no order in time, is asked."""
    one, later = (
        f'"1","Ann#0001","{date}","hi","",""\n' for date in ("3/4/2026 1:05 PM", "4/4/2026")
    )
    path = put(tmp_path, "tea.csv", HEADER + one)
    with pytest.raises(PlaybookError, match="--format discord --map order=dmy"):
        import_events(path)
    for order, day in (("dmy", "2026-04-03"), ("mdy", "2026-03-04")):
        assert [f"{day}T13:05:00"] == clock(path, format="discord", mapping=f"order={order}")
    path = put(tmp_path, "tea.csv", HEADER + one + later + later.replace("4/4", "1/5"))
    assert "2026-04-03T13:05:00" == clock(path)[0]  # the other way they would run backward


def test_discord_csv_knows_a_row_that_was_exported_twice(tmp_path: Path) -> None:
    """It has no ids: two "ok" of one minute are two, the same two in another export are not."""
    ok = '"1","ann","10/16/2023 12:37 AM","ok","",""\n'
    joined = '"2","ben","10/16/2023 12:38 AM","Joined the server.","",""\n'
    pinned = '"2","ben","10/16/2023 12:39 AM","Pinned a message.","",""\n'
    lines = '"3","cat","10/16/2023 12:40 AM","two\nlines, ""quoted""","",""\n'
    put(tmp_path, "a - b - tea [1].csv", HEADER + ok + ok + joined)
    put(tmp_path, "a - b - tea [1] (2).csv", "\ufeff" + HEADER + ok + ok + joined + pinned + lines)
    told = counted(tmp_path)
    assert {"post": 3, "join": 1} == told["kinds"]
    assert {"duplicate": 3, "system": 1} == told["skipped"]


# --- people and messages that changed ---------------------------------------------------------


def test_edits_and_changed_and_deleted_people_are_counted(tmp_path: Path) -> None:
    """Handled as ever: one message, one member; and each import says how many there were."""
    edited = {"user": BEN, "ts": "1"}
    workspace = slack(tmp_path, {"tea/2023-11-14": [said(0, BEN, edited=edited), said(1)]}, USERS)
    assert {"edited": 1, "deleted_users": 1} == counted(workspace)["notes"]
    group = chat(
        wrote(1, edited="2023-11-15T06:20:00", edited_unixtime=str(AT + 400)),
        wrote(2, "Ann B", from_id="userAnn"),
        wrote(3, None, from_id="user9"),
    )
    told = counted(put(tmp_path, "result.json", group))
    assert {"edited": 1, "renamed": 1, "deleted_users": 1} == told["notes"]
    assert (3, 2) == (told["used"], told["members"])
    guild = channel(
        posted(1, timestampEdited="2023-11-15T07:00:00+08:00"),
        posted(2, author=person(1, "Annie"), timestampEdited=None),
        posted(3, author=person(4, "Deleted User")),
        posted(4, author=person(5, "Deleted User")),
    )
    told = counted(put(tmp_path, "tea.json", guild))
    assert {"edited": 1, "renamed": 1, "deleted_users": 2} == told["notes"]
    hidden = import_events(tmp_path / "tea.json", tmp_path / "e.csv", pseudonymise=True)
    assert told["notes"] == hidden.to_dict()["notes"]


def test_a_group_in_which_nothing_was_said_is_an_export(tmp_path: Path) -> None:
    """Recognised, with no rows: a person reads that it is empty, not that it is unknown."""
    channels = b'[{"id": "C1", "name": "general"}]'
    slack = zipped(**{"channels.json": channels, "users.json": b"[]"})
    for name, content, form in (
        ("result.json", chat(), "telegram"),
        ("export.zip", slack, "slack"),
    ):
        told = counted(put(tmp_path, name, content))
        assert (form, 0, 0) == (told["format"], told["rows"], told["events"])


def test_a_chat_of_two_is_not_called_by_a_name_under_a_pseudonym(tmp_path: Path) -> None:
    """One-to-one chats are named after the other person, whether that one speaks or not."""
    silent = chat(wrote(1, "Ann")) | {"name": "Ben", "type": "personal_chat"}
    lines = "[15/11/2023, 06:13:20] Ann: hello\n[15/11/2023, 06:14:20] Ben: hello\n"
    for path in (
        put(tmp_path, "result.json", silent),
        put(tmp_path, "WhatsApp Chat with Ben.txt", lines),
    ):
        found = import_events(path, tmp_path / "e.csv", pseudonymise=True)
        assert "Ben" not in (tmp_path / "e.csv").read_text(encoding="utf-8-sig"), found.format
        assert 1 == found.frame()["group"].nunique()


# --- any bytes --------------------------------------------------------------------------------


def zipped(**files: bytes) -> bytes:
    """Pack files into a zip, unpressed, so that their bytes can be changed inside it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return whole.getvalue()


DAY = json.dumps(
    [
        said(0),
        said(1, BEN, thread_ts=f"{AT}.000100"),
        said(2, CAT, reactions=[{"name": "+1", "users": [ANN], "count": 1}]),
    ]
).encode()
SEEDS = {
    "slack": [
        DAY,
        zipped(**{"tea__2023-11-14.json": DAY, "users.json": json.dumps(USERS).encode()}),
    ],
    "telegram": [
        json.dumps(chat(wrote(1), notice(2, "invite_members", members=["Ben"]))).encode(),
        json.dumps({"about": "", "chats": {"list": [chat(wrote(1))]}}).encode(),
    ],
    "telegram-html": [
        page(block(1, "Ann"), service(2, "Ann invited Ben"), block(3, None)).encode()
    ],
    "discord": [
        json.dumps(
            channel(posted(1), posted(2, kind="Reply", reference={"messageId": "1"}))
        ).encode(),
        (HEADER + '"1","Ann","17-May-20 02:21 AM","hi","",""\n').encode(),
    ],
}
PIECES = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"',
    b"\\",
    b"\\x0B",
    b"\\ud800",
    b"-1",
    b"1e999",
    b"9" * 5000,
    b"\xff",
    b"\x00",
    b"[" * 3000,
    "\u4e2d".encode("gb18030"),
    b'"user": 5, ',
    b'"messages": [',
]


@pytest.mark.parametrize("form", SEEDS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_bytes_give_events_or_one_clear_error(
    tmp_path: Path, form: str, data: st.DataObject
) -> None:
    """A file that looks genuine with a piece cut, changed or put in; with --format or without."""
    seed = data.draw(st.sampled_from(SEEDS[form]))
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=20))
    path = put(tmp_path, "export", seed[:start] + piece + seed[end:])
    survives(path)
    survives(path, format=form, keep_text=True)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@pytest.mark.parametrize("form", ["slack", "telegram", "discord"])
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_in_any_place_is_one_broken_row_at_most(
    tmp_path: Path, form: str, data: st.DataObject
) -> None:
    """Well-formed JSON with an unexpected value somewhere: the import goes on."""
    document = json.loads(SEEDS[form][0])
    place = document
    for _ in range(data.draw(st.integers(1, 4))):
        keys = [*place] if isinstance(place, dict) else [*range(len(place))]
        if not keys:
            break
        holder, key = place, data.draw(st.sampled_from(keys))
        place = holder[key]
        if not isinstance(place, (dict, list)):
            break
    holder[key] = data.draw(VALUES)
    survives(put(tmp_path, "export", document), format=form, keep_text=True)


# --- the reader of big JSON -------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(VALUES, st.integers(1, 9))
def test_a_big_file_is_read_as_the_standard_library_reads_it(value: Any, step: int) -> None:
    """However the bytes arrive, every value comes out whole, with its path."""
    text = json.dumps({"a": value, "messages": [value, value], "z": -12.5}, allow_nan=True)

    class Dripping(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            return super().read(step)

    found = list(items(Dripping(text.encode()), "x", frozenset(["messages"])))
    again = json.loads(text)
    expected = [("a", again["a"]), *(("messages.item", one) for one in again["messages"])]
    assert repr([*expected, ("z", -12.5)]) == repr(found)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"messages": [1, 2,\n 3, x]}', "line 2, column 5"),
        ('{"messages": [1, 2', "line 1, column 19"),
        ('{"messages": [1] "b"}', "line 1, column 18"),
        ('{"messages": [1]} {', "line 1, column 19"),
        ("{5: 1}", "line 1"),
        ('"a text"', "line 1, column 1"),
        ("", "line 1, column 1"),
    ],
)
def test_a_fault_in_a_big_file_is_told_with_its_place(text: str, place: str) -> None:
    """Line and column as an editor counts them."""
    with pytest.raises(PlaybookError, match=place):
        list(items(io.BytesIO(text.encode()), "x", frozenset(["messages"])))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(-(2**70), 2**70), st.sampled_from("abc"))))
def test_authors_are_found_again(told: list[tuple[int, str]]) -> None:
    """In whatever order and size the ids come; the latest word counts."""
    authors, expected = Authors(), dict(told)
    for ident, member in dict(told).items():
        authors.add(ident, member)
    assert expected == {ident: authors.of(ident) for ident in expected}
    assert authors.of(2**71) is None
