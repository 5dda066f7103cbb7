"""Genuine exports, counted: those that may travel with the kit, and those that may not.

The latter lie where PLAYBOOK_REALDATA says, each with a SOURCE.md; without it they are skipped.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from imported import counted

from playbook.files import data_folder
from playbook.sources.mapping import read_mapping

#: file → how it is imported, rows, kinds, skipped. The counts are those of its SOURCE.md, or were
#: taken from the file by other means (grep, a spreadsheet).
EXPECTED: dict[str, tuple[dict[str, Any], int, dict[str, int], dict[str, int]]] = {
    # 360 posts in the file; 13 are older copies of a post that stands there too, and 4 are marked
    # as deleted (one of them such a copy); 2 by bots.
    "discourse-delving-2022-2023/posts.csv": (
        {},
        360,
        {"post": 191, "reply": 151},
        {"duplicate": 12, "deleted": 4, "bot": 2},
    ),
    "discourse-delving-2022-2023/posts_2023-11_masked.json": (
        {},
        78,
        {"post": 50, "reply": 23},
        {"duplicate": 5},
    ),
    # 4,032 commits, 924 merges, 17 by bots; 167 co-authors of the 3,091 others.
    "gitlog-altair/events.csv": ({}, 4032, {"post": 3258}, {"merge": 924, "bot": 17}),
    # 4,000 groups that filled with 4,024 participants, 4,000 that did not.
    "groupbuy-beibei-sample/groups.csv": (
        {},
        8000,
        {"pay": 8024, "invite": 4024, "signup": 4000},
        {},
    ),
    "orders-cdnow-sample/CDNOW_sample.txt": (
        {"mapping": read_mapping(None, "cdnow-orders")},
        6919,
        {"pay": 6919},
        {},
    ),
    # 53 mails, one of them twice.
    "mbox-notmuch-default/default.mbox": ({}, 53, {"reply": 29, "post": 23}, {"duplicate": 1}),
    "slack-racket-2017/merged-racket-general.xml": ({}, 6757, {"post": 5505, "reply": 1252}, {}),
    "weibo-cascades/originals.csv": (
        {"mapping": "member=author,at=time_unix,kind=post,id=cascade_id,object=cascade_id"},
        120,
        {"post": 120},
        {},
    ),
    # 45,517 reposts, 35 of them listed twice.
    "weibo-cascades/reposts.csv": (
        {
            "tz": "Asia/Shanghai",
            "mapping": "member=user,at=time_local,kind=share,id=repost_id,parent=parent_id,"
            "object=cascade_id",
        },
        45517,
        {"share": 45482},
        {"duplicate": 35},
    ),
    "chat-analytics-fixtures/whatsapp/4A_11M.zip": (
        {"format": "whatsapp", "mapping": "order=dmy"},
        14,
        {"post": 11, "join": 1, "invite": 1},
        {"system": 2},
    ),
    "chat-miner-fixtures/whatsapp/test_mmddyyyy_12hrs.txt": (
        {},
        9,
        {"post": 6, "join": 1},
        {"system": 2},
    ),
    "perceval-fixtures/meetup/meetup_rsvps.json": ({}, 3, {"signup": 3}, {}),
    "perceval-fixtures/discourse/discourse_topic_1148.json": ({}, 20, {"post": 11, "reply": 9}, {}),
    "perceval-fixtures/git/git_log.txt": ({}, 10, {"post": 9}, {"merge": 1}),
    "perceval-fixtures/git/git_bad_encoding.txt": ({}, 1, {"post": 1}, {}),
    "perceval-fixtures/mbox/mbox_no_fields.mbox": ({}, 6, {"post": 3}, {"duplicate": 3}),
    "perceval-fixtures/pipermail/pipermail_2015_november.mbox": (
        {},
        4,
        {"reply": 3, "post": 1},
        {},
    ),
    "perceval-fixtures/groupsio/messages.zip": ({}, 49, {"post": 49}, {}),
    "slack-export-viewer-archive/testarchive.zip": (
        {},
        158,
        {"post": 52, "join": 8, "invite": 6, "like": 1, "reply": 1},
        {"bot": 93, "system": 3},
    ),
    # 81 reactions, 710 joins, 24 of them with an inviter; 11 notices.
    "slack-hyperledger-slice/slack_export_slice.zip": (
        {},
        2401,
        {"post": 1660, "join": 710, "like": 81, "invite": 24, "leave": 19, "reply": 1},
        {"system": 11},
    ),
    "zulip-slack-fixtures/test_slack_importer": ({}, 6, {"join": 3, "post": 3}, {}),
    # Both files begin with the same message: counted once.
    "zulip-slack-fixtures/exported_messages_fixtures": (
        {},
        7,
        {"reply": 4, "post": 2},
        {"duplicate": 1},
    ),
    # 1,197 messages, 108 of them replies, and 805 notices: 16 came of their own accord.
    "telegram-html-page": (
        {"tz": "Europe/Rome"},
        2002,
        {"post": 1089, "join": 805, "invite": 789, "reply": 108},
        {},
    ),
    "chat-miner-fixtures/telegram/test_single_export.json": ({}, 2, {"post": 2}, {}),
    "chat-miner-fixtures/telegram/test_batch_export.json": ({}, 2, {"post": 2}, {}),
    "chat-analytics-fixtures/telegram/BIG_20A_5475M.json": ({}, 5475, {"post": 5475}, {}),
    "chat-analytics-fixtures/telegram/DM_2A_7M.json": ({}, 8, {"post": 6}, {"system": 2}),
    "chat-analytics-fixtures/discord/DM_2A_2M.json": ({}, 3, {"post": 1}, {"bot": 2}),
    "chat-analytics-fixtures/discord/GC_3A_5M.json": (
        {},
        6,
        {"post": 2, "reply": 1},
        {"system": 3},
    ),
    # A direct message, a group of friends and a channel: of several, the channel is the community.
    "chat-analytics-fixtures/discord": ({}, 14, {"post": 4}, {"private": 9, "duplicate": 1}),
    "dcef-discord-example": ({}, 1, {"post": 1}, {}),
}
#: Those that travel with the kit: the same rows, without columns that nobody needs.
SAMPLES = data_folder() / "samples"
TRAVEL = {
    "gitlog-altair/events.csv": SAMPLES / "altair-commits.csv.gz",
    "slack-export-viewer-archive/testarchive.zip": SAMPLES / "slack-small.zip",
    "slack-hyperledger-slice/slack_export_slice.zip": SAMPLES / "slack-hyperledger.zip",
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_genuine_file_imports_with_its_counts(name: str) -> None:
    """Rows, events by kind, and what was skipped for which reason."""
    folder = os.environ.get("PLAYBOOK_REALDATA")
    path = Path(folder) / name if folder else TRAVEL.get(name)
    if path is None:
        pytest.skip("PLAYBOOK_REALDATA is not set: this file may not travel with the kit")
    how, rows, kinds, skipped = EXPECTED[name]
    told = counted(path, **how)
    assert (rows, kinds, skipped) == (told["rows"], told["kinds"], told["skipped"])
