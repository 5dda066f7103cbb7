"""Forums, repositories, mailing lists, WhatsApp, 接龙 and XML: hand-written files, hand counts."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imported import clock, counted, events, put, survives

from playbook import PlaybookError
from playbook.sources.api import import_events


def post(number: int, **more: Any) -> dict[str, Any]:
    """Write a post as Discourse's interface gives it."""
    told: dict[str, Any] = {
        "id": 100 + number,
        "username": "lin",
        "name": "Lin",
        "user_id": 5,
        "created_at": "2026-01-02T03:04:05.678Z",
        "post_number": number,
        "topic_id": 7,
        "post_type": 1,
        "reply_to_post_number": None,
        "actions_summary": [{"id": 2, "count": 3}],
        "cooked": "<p>hello</p>",
    }
    return {**told, **more}


POSTS = [
    post(3, username="bao", reply_to_post_number=1),  # its answered post comes later in the file
    post(1),
    post(2, username="dan", reply_to_post_number=1, reply_to_user={"username": "lin"}),
    post(4, username="bao", reply_to_post_number=99),
    post(5, post_type=3),
    post(6, username="system", user_id=-1),
    post(7, deleted_at="2026-01-03T00:00:00Z"),
    post(8, username=None),
    post(9, created_at="soon"),
    {"topic_list": {}},
    post(1),
]
FORUM = {
    ("bao", "reply", "lin", "7"),
    ("lin", "post", None, "7"),
    ("dan", "reply", "lin", "7"),
    ("bao", "reply", None, "7"),
}


def test_discourse_in_each_of_its_shapes(tmp_path: Path) -> None:
    """A list, the latest posts, lines, a folder of single posts: the same events, no likes."""
    as_lines = "\n".join(json.dumps(one) for one in POSTS)
    for name, content in (("list", POSTS), ("page", {"latest_posts": POSTS}), ("lines", as_lines)):
        path = put(tmp_path, f"{name}.json", content)
        assert set(events(path)) == FORUM, name
        told = counted(path)
        assert {"post": 1, "reply": 3} == told["kinds"]
        skipped = {"system": 1, "bot": 1, "deleted": 1, "no_member": 1, "bad_time": 1}
        assert {**skipped, "broken": 1, "duplicate": 1} == told["skipped"]
    for one in POSTS[:4]:
        put(tmp_path, f"folder/{one['id']}.json", one)
    assert set(events(tmp_path / "folder")) == FORUM


def test_discourse_a_topic_brings_its_category(tmp_path: Path) -> None:
    """The post itself does not name it."""
    path = put(tmp_path, "t.json", {"post_stream": {"posts": POSTS[:2]}, "category_id": 4})
    assert [("4",), ("4",)] == events(path, ("group",))
    assert ["2026-01-02T03:04:05"] * 2 == clock(path)
    assert {("hello",)} == set(events(path, ("text",), keep_text=True))


GIT = """commit aaaaaaa1 (HEAD -> main)
Author: Lin <Lin@Example.com>
Date:   Tue Feb 11 22:10:39 2014 -0800

    Lay the table (#12)
    
    Co-authored-by: Bao <7+bao@users.noreply.github.com>
    co-authored-by: robot <49699333+dependabot[bot]@users.noreply.github.com>
    Co-authored-by: Lin <lin@example.com>

3\t1\ttable.txt

commit aaaaaaa2
Merge: aaaaaaa1 aaaaaaa0
Author: Lin <lin@example.com>
Date:   Tue Feb 11 22:10:39 2014 -0800

    Merge pull request #12

commit aaaaaaa3
Author: dependabot[bot] <support@github.com>
Date:   2014-02-12 06:10:39 +0000

    Bump

commit aaaaaaa4
Author: Dan <dan@example.com>
Date:   3 days ago

    Undated
"""  # noqa: W293 - git indents empty lines
COMPACT = (
    f"{'a' * 40}\t1392185439\tlin@example.com\tLin\t{'b' * 40}\tBao <bao@example.com>;Dan <d@e.f>\n"
    f"{'b' * 40}\t1392185439\tlin@example.com\tLin\t{'c' * 40} {'d' * 40}\t\n"
)


def test_git_log_as_it_is_printed(tmp_path: Path) -> None:
    """Co-authors post too; machines and merges are skipped; addresses in small letters."""
    path = put(tmp_path, "log.txt", GIT)
    expected = [("lin@example.com", "post", None, "#12"), ("bao", "post", None, "#12")]
    assert expected == events(path)
    assert ["2014-02-12T06:10:39"] * 2 == clock(path)
    assert {"merge": 1, "bot": 1, "unread_time": 1} == counted(path)["skipped"]
    assert {"lin@example.com": "Lin", "bao": "Bao"} == import_events(path).names


def test_git_log_in_one_line_a_commit(tmp_path: Path) -> None:
    """The compact form that the documentation recommends."""
    path = put(tmp_path, "log.txt", COMPACT)
    people = ["lin@example.com", "bao@example.com", "d@e.f"]
    assert [(one, "post", None, None) for one in people] == events(path)
    assert {"merge": 1} == counted(path)["skipped"]


def test_git_log_with_odd_bytes_or_from_a_windows_shell(tmp_path: Path) -> None:
    """Bytes of an old encoding in a message do not stop anything; UTF-16 is read as such."""
    odd = put(tmp_path, "odd.txt", GIT.encode().replace(b"Lay the", b"L\xe4y \x93the\x94"))
    wide = put(tmp_path, "wide.txt", GIT, "utf-16")
    assert events(odd) == events(put(tmp_path, "log.txt", GIT)) == events(wide)


MBOX = """From a@x.org Mon Jan  5 10:00:00 2026
From: =?utf-8?b?5bCP5p6X?= <Lin@x.org>
Date: Mon, 5 Jan 2026 10:00:00 +0800
Message-ID: <1@x>
List-Id: Talk <talk.x.org>
Subject: Hello

Text.
>From here on it is quoted.

From bao at x.org  Mon Jan  5 11:00:00 2026
From: bao at x.org (Bao)
Date: Mon, 5 Jan 2026 11:00:00 +0800
In-Reply-To: <1@x>
References: <0@x> <1@x>
Message-ID: <2@x>

Text.

From dan@x.org Mon Jan  5 12:00:00 2026
From: Dan <dan@x.org>
Date: no date at all
In-Reply-To: <9@x>
Subject: Re: before it was sent

From dan@x.org Mon Jan  5 12:00:00 2026
From: Dan <dan@x.org>
Date: Mon, 5 Jan 2026 12:00:00 -0000
References: <8@x>
Message-ID: <3@x>
Subject: =?x-unknown?q?odd=FF?=

From dan@x.org Mon Jan  5 12:00:00 2026
From: Dan <dan@x.org>
Date: Mon, 5 Jan 2026 12:00:00 -0000
Message-ID: <8@x>

From x Mon Jan  5 12:00:00 2026
Subject: nobody

From mailer-daemon@x.org Mon Jan  5 12:00:00 2026
From: MAILER-DAEMON@x.org
Subject: returned

From a@x.org Mon Jan  5 10:00:00 2026
From: Lin@x.org
Date: Mon, 5 Jan 2026 10:00:00 +0800
Message-ID: <1@x>

"""


def test_mail(tmp_path: Path) -> None:
    """Replies find their mail before or after them; a bad date is no date; the same id is one."""
    path = put(tmp_path, "list.mbox", MBOX)
    expected = {
        ("lin@x.org", "post", None, "1@x"),
        ("bao@x.org", "reply", "lin@x.org", "0@x"),
        ("dan@x.org", "reply", None, "9@x"),
        ("dan@x.org", "reply", None, "8@x"),  # an answer to oneself reaches nobody else
        ("dan@x.org", "post", None, "8@x"),
    }
    assert expected == set(events(path))
    told = counted(path)
    assert (8, 5, 1) == (told["rows"], told["used"], told["unknown_times"])
    assert {"no_member": 1, "system": 1, "duplicate": 1} == told["skipped"]
    assert "2026-01-05T02:00:00" in clock(path)
    assert {"lin@x.org": "小林", "bao@x.org": "Bao", "dan@x.org": "Dan"} == import_events(
        path
    ).names
    assert ("Hello",) in events(path, ("text",), keep_text=True)


CHAT = """{0}, 11:25 - Lin: hello
{0}, 11:25 - Lin: hello
going on: over two lines
{1}, 08:00 - Bao: <Media omitted>
{1}, 08:01 - Dan joined using this group's invite link
{1}, 08:01 - Lin added Eve
{1}, 08:02 - Bao left
{1}, 08:03 - Bao: This message was deleted
{1}, 08:04 - Messages and calls are end-to-end encrypted.
"""
SAID = [
    ("Lin", "post", None, None),
    ("Lin", "post", None, None),
    ("Bao", "post", None, None),
    ("Dan", "join", None, None),
    ("Eve", "join", None, None),
    ("Lin", "invite", "Eve", None),
    ("Bao", "leave", None, None),
]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1/2/26", "31/3/26"),  # a 31st is no month
        ("2/1/26", "3/31/26"),
        ("2026-02-01", "2026-03-31"),
        ("01.02.2026", "31.03.2026"),
    ],
)
def test_whatsapp_the_dates_show_their_order(tmp_path: Path, first: str, second: str) -> None:
    """1 February and 31 March 2026, in four hands."""
    path = put(tmp_path, "WhatsApp Chat with Tea.txt", CHAT.format(first, second))
    assert SAID == events(path)
    assert ["2026-02-01T11:25:00", "2026-03-31T08:00:00"] == sorted(set(clock(path)))[:2]
    assert {"system": 1, "deleted": 1} == counted(path)["skipped"]
    assert {("Tea",)} == set(events(path, ("group",)))


def test_whatsapp_time_runs_forward_in_one_order_only(tmp_path: Path) -> None:
    """5/1, 6/1, 1/2: January to February with the day first; with the month first back in time."""
    text = "".join(f"{day}/26, 10:00 - Lin: hi\n" for day in ("5/1", "6/1", "1/2"))
    assert "2026-01-05T10:00:00" == clock(put(tmp_path, "a.txt", text))[0]


def test_whatsapp_what_nobody_can_know_is_asked(tmp_path: Path) -> None:
    """One date that may be either: refused with the question, and read with the answer."""
    path = put(tmp_path, "a.txt", "3/4/26, 10:00 - Lin: hi\n")
    with pytest.raises(PlaybookError, match="order=dmy"):
        import_events(path)
    for order, month in (("dmy", "04-03"), ("mdy", "03-04")):
        how = {"format": "whatsapp", "mapping": f"order={order}"}
        assert [f"2026-{month}T10:00:00"] == clock(path, **how)


def test_whatsapp_in_brackets_with_half_days(tmp_path: Path) -> None:
    """As an iPhone writes it: seconds, a narrow space before PM, marks of direction."""
    path = put(tmp_path, "_chat.txt", "\u200e[13/1/26, 9:04:05\u202fPM] Lin: \u200ehi\n")
    assert ["2026-01-13T21:04:05"] == clock(path)


def test_whatsapp_exported_twice_counts_once(tmp_path: Path) -> None:
    """Two exports of one chat under two names."""
    put(tmp_path, "x/one.txt", CHAT.format("1/2/26", "31/3/26"))
    put(tmp_path, "x/two.txt", CHAT.format("1/2/26", "31/3/26"))
    assert 6 == counted(tmp_path / "x")["skipped"]["duplicate"]


JIELONG = """#接龙
周六读书会，报名请接龙
下午三点，老地方
例 张三 1人

1. 小林 2人
2、阿宝
③ 大鹏（带孩子） 3 位
4. 小林 2人
"""


def test_jielong(tmp_path: Path) -> None:
    """Entries with a dot, a comma or a ring; the title is the first line above them; no times."""
    path = put(tmp_path, "接龙.txt", JIELONG)
    title = "周六读书会，报名请接龙"
    expected = [("小林", title, 2), ("阿宝", title, None), ("大鹏", title, 3)]
    assert expected == events(path, ("member", "object", "amount"))
    told = counted(path)
    assert {"signup": 3} == told["kinds"]
    assert 3 == told["unknown_times"]
    assert {"not_entry": 4, "duplicate": 1} == told["skipped"]
    told = import_events(path).frame().to_csv()  # notes are texts: not kept, in no column
    assert "带孩子" not in told


def test_jielong_on_a_day_that_is_told(tmp_path: Path) -> None:
    """The list has no time; the person who pastes it may give one."""
    path = put(tmp_path, "a.txt", JIELONG, "gb18030")
    how = {"format": "jielong", "tz": "Asia/Shanghai"}
    assert ["2026-10-31T16:00:00"] * 3 == clock(path, mapping="at==2026-11-01", **how)
    with pytest.raises(PlaybookError, match="soon"):
        import_events(path, mapping="at==soon", **how)


XML = """<slack>
  <team_domain>x</team_domain><channel_name>general</channel_name>
  <message conversation_id="1"><ts>2026-01-02T03:04:05.5</ts><user>Lin</user>
    <text>hi</text></message>
  <message conversation_id="1"><ts>2026-01-02T03:05:00</ts><user>Bao</user>
    <text>&lt;@Lin&gt; hello</text></message>
  <message conversation_id="2"><ts>then</ts><user>Bao</user><text>x</text></message>
  <message conversation_id="2"><ts>2026-01-02T03:05:00</ts><text>x</text></message>
</slack>"""


def test_chats_in_xml(tmp_path: Path) -> None:
    """A message that begins with a name answers that person; the conversation is the thread."""
    path = put(tmp_path, "c.xml", XML)
    assert [("Lin", "post", None, "1"), ("Bao", "reply", "Lin", "1")] == events(path)
    assert {("general",)} == set(events(path, ("group",)))
    assert {"unread_time": 1, "no_member": 1} == counted(path)["skipped"]


def test_xml_that_swells_is_refused(tmp_path: Path) -> None:
    """Entities within entities: a few lines that would become gigabytes."""
    swell = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 20}">' for n in range(9))
    bomb = f'<?xml version="1.0"?>\n<!DOCTYPE s [<!ENTITY e0 "x">{swell}]>\n'
    path = put(tmp_path, "c.xml", bomb + XML.replace("hi", "&e9;", 1))
    with pytest.raises(PlaybookError, match="XML"):
        import_events(path, format="chat-xml")


SEEDS = {
    "discourse": json.dumps(POSTS).encode(),
    "git": GIT.encode(),
    "mail": MBOX.encode(),
    "whatsapp": CHAT.format("1/2/26", "31/3/26").encode(),
    "jielong": JIELONG.encode("gb18030"),
    "chat-xml": XML.encode(),
}


@pytest.mark.parametrize("form", SEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_bytes_give_events_or_one_clear_error(
    tmp_path: Path, form: str, data: st.DataObject
) -> None:
    """A file that looks genuine with a piece cut, changed or put in; with --format or without."""
    seed = SEEDS[form]
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, min(len(seed), start + 40)))
    piece = data.draw(st.binary(max_size=12))
    path = put(tmp_path, "export", seed[:start] + piece + seed[end:])
    survives(path, format=data.draw(st.sampled_from([form, None])))
