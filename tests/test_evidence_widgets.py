"""Evidence without a browser: pictures, tables, the card, the page, the widget and its files."""

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import playbook as pb
from playbook.errors import PlaybookError
from playbook.events import KINDS
from playbook.load import content
from playbook.people.action import did_it_work
from playbook.people.api import Members
from playbook.people.record import record
from playbook.present import (
    claims_charts,
    invites,
    koc_charts,
    network,
    people_charts,
    week_charts,
)
from playbook.present.card import Card, card_html, card_png, card_svg, member_card
from playbook.present.figure import Figure
from playbook.present.people_page import figures, links_of, people_html
from playbook.present.people_tables import csv_bytes, excel_bytes
from playbook.widgets import Evidence, SelfAssessment
from playbook.widgets.bringing import LARGEST, Job, Upload
from playbook.widgets.evidence import samples
from playbook.words import LANGUAGES, say

HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> \u202e 小梅'
SAMPLES = Path(__file__).resolve().parents[1] / "data" / "samples"
SLACK = SAMPLES / "slack-hyperledger.zip"


def community(people: int = 6, weeks: int = 14) -> pd.DataFrame:
    """Invent a small group: the n-th member comes every n-th week; ben was brought by ann."""
    names = ["ann", "ben", "cem", "dai", "eva", "fay"][:people]
    start = pd.Timestamp("2026-01-05T10:00:00Z")
    rows: list[dict[str, Any]] = []
    for week in range(weeks):
        for n, name in enumerate(names):
            if week % (n + 1) == 0:
                at = start + pd.Timedelta(weeks=week, hours=n)
                target = names[(n + 1) % people] if people > 1 else None
                rows.append({"member": name, "at": at, "kind": "reply", "target": target})
                rows.append({"member": name, "at": at, "kind": "post", "target": None})
    if people > 1:
        first = {"member": "ann", "at": start, "kind": "invite", "target": "ben"}
        rows.append(first)
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def small() -> Iterator[Members]:
    """Work out the invented group once."""
    with pb.members(community(), kind="commercial") as found:
        found.frame()
        found.to_dict()
        yield found


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a work folder of our own, empty."""
    monkeypatch.setenv("PLAYBOOK_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("PLAYBOOK_LANG", raising=False)
    monkeypatch.delenv("PLAYBOOK_APP", raising=False)
    return tmp_path / "work"


class Text(HTMLParser):
    """The words of a page, and every address that it would ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.asked: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data") and value:
                self.asked.append(value)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def do(widget: Any, what: str, key: str = "", value: Any = None) -> None:
    """Send what the browser would send."""
    widget.handle({"do": what, "key": key, "value": value, "view": "v", "seq": 1})


def wait(widget: Evidence) -> None:
    """Ask how far the work is until it is through, as a page does."""
    end = time.monotonic() + 90
    while widget.job is not None:
        assert time.monotonic() < end
        time.sleep(0.02)
        do(widget, "poll")


def shown(widget: Any) -> str:
    """Return the words on the screen."""
    return Text(widget.page["html"]).text


def offered(widget: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """Collect the downloads."""
    found: list[tuple[str, bytes]] = []

    def offer(name: str, data: str | bytes, _: str) -> None:
        found.append((name, data.encode("utf-8") if isinstance(data, str) else data))

    monkeypatch.setattr(widget, "offer", offer)
    return found


# --- pictures -----------------------------------------------------------------------------------


def links(*pairs: str) -> list[tuple[str, str, float]]:
    """Read "ab" as: a and b met once."""
    return [(pair[0], pair[1], 1.0) for pair in pairs]


def test_two_triangles_and_a_bridge_are_two_circles() -> None:
    """By hand: abc and def hang together, c and d link them; 6 of 7 meetings stay inside."""
    found = network.network(links("ab", "bc", "ca", "de", "ef", "fd", "cd"), None, 9, "en")
    assert found is not None
    assert [3, 3] == [row["People"] for row in found.rows]
    assert [1, 1] == [row["Links to other circles"] for row in found.rows]
    assert "86% of all talk stays inside" in found.alt
    assert "3 more have no such link" in found.subtitle
    assert found.title.startswith("Talk runs in 2 circles")


def test_circles_are_the_same_in_another_process_and_order() -> None:
    """Positions and circles hang on nothing but the links."""
    given = links("ab", "bc", "ca", "de", "ef", "fd", "cd", "gh", "hi", "ig", "ig", "ad")
    one = network.network(given, None, None, "en")
    other = network.network(reversed(given), None, None, "en")
    assert one is not None
    assert other is not None
    assert (one.svg(), one.svg(narrow=True)) == (other.svg(), other.svg(narrow=True))


def test_nobody_speaks_and_somebody_only_to_themselves() -> None:
    """No link, no picture: not an empty one."""
    assert network.network([], None, 5, "en") is None
    assert network.network([("a", "a", 3.0)], None, 5, "en") is None


def test_who_brought_whom_is_no_talk() -> None:
    """A WeChat export without quotes shows invitations only: nobody is said to talk in circles."""
    days = pd.date_range("2026-05-01", periods=3, tz="UTC")
    rows = {"member": ["ann", "ben", "cat"], "target": ["ben", "cat", "ann"], "at": days}
    with pb.members(pd.DataFrame({**rows, "kind": "invite"})) as found:
        assert [] == links_of(found)
        made = figures(found, "en")
        assert ("network" in made, "invites" in made) == (False, True)
    with pb.members(pd.DataFrame({**rows, "kind": ["invite", "like", "reply"]})) as found:
        assert [("ann", "cat", 1.0), ("ben", "cat", 1.0)] == links_of(found)


def test_one_pair_is_one_circle() -> None:
    """The smallest network there can be."""
    found = network.network(links("ab"), {"a": HOSTILE}, 2, "zh")
    assert found is not None
    assert "一个圈子" in found.title
    assert "<script" not in found.svg()


@pytest.mark.slow
def test_two_thousand_members_stay_readable() -> None:
    """Few labels, few lines, every person a mark."""
    count = 2000
    given = [(f"m{n}", f"m{n // 7 * 7}", 1.0) for n in range(count)]
    given += [(f"m{n}", f"m{(n * 37) % count}", 1.0) for n in range(0, count, 5)]
    found = network.network(given, None, count, "en")
    assert found is not None
    drawn = found.svg()
    assert drawn.count("<text") <= 12
    assert drawn.count("<path") < 600


def test_the_invite_tree_counts_first_invitations_and_cuts_circles() -> None:
    """By hand: a brought b and c, b brought d; the second inviter of d and d → a do not count."""
    pairs = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "a")]
    found = invites.invite_tree(pairs, {"a": "安"}, "en")
    assert found is not None
    assert "安" in found.title
    assert "the longest chain has 2 steps" in found.title
    assert [("安", 2, 3), ("b", 1, 1)] == [tuple(row.values()) for row in found.rows]
    assert invites.invite_tree([], None, "en") is None
    assert invites.invite_tree([("a", "a")], None, "en") is None


def test_small_branches_are_gathered_and_nobody_is_lost() -> None:
    """200 newcomers of one: no box for each, and the number stands there."""
    found = invites.invite_tree([("a", f"n{n}") for n in range(200)], None, "en")
    assert found is not None
    assert found.svg().count("<rect") < 20
    assert ">200<" in found.svg()


def test_retention_names_what_is_known() -> None:
    """By hand: 10 came in January, 3 were there in February; the running month is not told."""
    cohorts = [{"month": "2026-01", "members": 10, "active": [10, 3], "rates": [1.0, 0.3]}]
    curve = [{"months": 0, "members": 10, "rate": 1.0}, {"months": 1, "members": 10, "rate": 0.3}]
    found = people_charts.retention({"cohorts": cohorts, "curve": curve}, "en")
    assert found is not None
    assert "Of those who came, 30% were there a month later" == found.title
    assert ">30<" in found.svg()
    assert people_charts.retention({"cohorts": [], "curve": []}, "en") is None


def test_the_path_names_the_step_where_most_are_lost() -> None:
    """A step that the source cannot show is hollow, named, and never a zero."""
    known = {"of_all": 0.5, "days": None, "because": None}
    unseen = {"members": None, "rate": None, "of_all": None, "days": None}
    steps = [
        {"id": "acquire", "members": 10, "rate": None, **known},
        {"id": "identify", "because": "no_people_table", **unseen},
        {"id": "link", "members": 8, "rate": 0.8, **known},
        {"id": "activate", "members": 2, "rate": 0.25, **known},
        {"id": "convert", "because": "no_payments", **unseen},
    ]
    found = people_charts.path({"window": 90, "open": 1980, "steps": steps}, "en")
    assert "“Activate”: 25%" in found.title
    assert "1,980 members are not through" in found.foot
    assert "Not to be seen here: Identify, Convert" in found.subtitle
    assert [10, None, 8, 2, None] == [row["People"] for row in found.rows]


def test_kocs_are_never_one_number() -> None:
    """Three axes; whoever leads on all is named, else nobody; unknown is no nought."""
    rows = [
        {"member": "a", "intimacy": 90.0, "reach": 9, "activation": None},
        {"member": "b", "intimacy": 10.0, "reach": None, "activation": None},
    ]
    found = koc_charts.kocs(rows, {"a": HOSTILE}, "en")
    assert "nobody leads on all three" in found.title
    assert [None, None] == [row["Activation: brought, and active since"] for row in found.rows]
    assert "<script" not in found.html("en", save=())
    both = koc_charts.kocs([{**rows[0], "activation": 2}], None, "en")
    assert both.title.startswith("a: among the top three")
    assert "Nobody" in koc_charts.kocs([], None, "en").title


def test_kocs_that_are_not_drawn_are_counted_all_the_same() -> None:
    """The list of the document is cut at fifty: the picture says of how many it is one."""
    rows = [{"member": "a", "intimacy": 90.0, "reach": 9, "activation": None}]
    found = koc_charts.kocs(rows, None, "en", 1740)
    assert "1,740 members share or invite" in found.title
    assert "1 of 1,740 are drawn" in found.foot
    assert "are drawn" not in koc_charts.kocs(rows, None, "en", 1).foot


def test_claims_stand_beside_what_is_found_and_few_cases_are_not_drawn() -> None:
    """By hand: of three that have data, one lies within ten points of the claim."""
    none = {"share": None, "events": None}
    layer = {"members": 0, "share": None}
    told = {
        "concentration": {"claim": 0.7, "share": 1.0, "events": 5, "spreaders": none,
                          "posters": {"share": 0.75, "events": 400}},
        "potential": {"members": 0, "big": {**layer, "claim": 0.05},
                      "middle": {**layer, "claim": 0.2}, "ordinary": {**layer, "claim": 0.75}},
        "circles": {"under": 20, "claim": 0.9, "groups": {"share": 0.3, "member_months": 50},
                    "circles": {"share": 0.5, "member_months": 60}},
    }  # fmt: skip
    found = claims_charts.claims(told, "en")
    assert found.title.startswith("1 of 3 rules of thumb")
    assert "too little data: 4" in found.foot
    assert 7 == len(found.rows)


def test_a_week_chart_says_its_trend_in_words(small: Members) -> None:
    """The title is the sentence; the numbers are those of the engine."""
    health = small.to_dict()["health"]
    found = week_charts.weekly(health, "en")
    assert found is not None
    assert "a week in the last 4 weeks" in found.title
    series = week_charts.measures(health)["active"]["series"]
    assert [one["value"] for one in series] == [row["took part"] for row in found.rows]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_action_is_drawn_with_its_interval(small: Members, lang: str) -> None:
    """Before, after, and the interval that the engine gave."""
    told = did_it_work(small.log, "messages", "2026-02-16")
    found = week_charts.action(told, "messages", lang)
    assert len(told["before"]) + len(told["after"]) == len(found.rows)
    assert f"{told['difference']['low']:+.1f}".replace("-", "−") in found.foot


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_picture_has_words_numbers_and_two_widths(small: Members, lang: str) -> None:
    """Title, subtitle, foot, alternative and rows; nothing is left of a place to fill in."""
    made = figures(small, lang)
    assert {"weekly", "path", "retention", "levels", "segments", "kocs", "claims", "network",
            "invites"} == set(made)  # fmt: skip
    for figure in made.values():
        assert isinstance(figure, Figure)
        for words in (figure.title, figure.subtitle, figure.foot, figure.alt):
            assert words
            assert "{" not in words
        assert figure.rows
        assert figure.svg() != figure.svg(narrow=True)
        assert "NaN" not in figure.svg()


@pytest.mark.parametrize("people", [1, 2])
def test_a_group_of_one_and_of_two_has_a_page(people: int) -> None:
    """No picture breaks where there is hardly anything to show."""
    with pb.members(community(people, weeks=2)) as found:
        html = people_html(found, "tiny", "en")
    assert "pb-sentence" in html


# --- card ---------------------------------------------------------------------------------------


def test_a_card_holds_only_its_member(small: Members) -> None:
    """The others appear as a count; what was not done is left out."""
    card = member_card(record(small, "ann"), small, "Tea", "en")
    told = Text(card_svg(card, "en")).text
    assert "ann" in told
    assert not re.search(r"\b(ben|cem|dai|eva|fay)\b", told)
    assert all(n for n, _ in card.facts)
    assert 14 == card.facts[0][0]


def test_a_record_of_nobody_is_refused(small: Members) -> None:
    """An unknown member is named, with the nearest."""
    with pytest.raises(PlaybookError, match="ann"):
        record(small, "anne")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_hostile_name_is_text_on_a_card(lang: str) -> None:
    """Markup, overrides and length do no harm; the page asks for nothing."""
    levels = [level[lang]["name"] for level in content("people")["level"]]
    day = date(2026, 5, 1)
    card = Card(HOSTILE * 9, HOSTILE, None, day, 3.0, 0, levels, [(7, HOSTILE)], [(day, 7)])
    page = Text(card_html(card, lang))
    assert "script" not in page.tags
    assert all(one.startswith("data:") for one in page.asked)
    assert card_png(card, lang).startswith(b"\x89PNG")


def test_a_low_intimacy_is_not_shown_as_a_nought() -> None:
    """Whoever read quietly for years is not told a 0."""
    levels = [level["en"]["name"] for level in content("people")["level"]]
    card = Card("bo", "", None, date(2026, 5, 1), 0.2, 0, levels, [], [])
    assert "intimacy 0" not in card_svg(card, "en")


# --- tables -------------------------------------------------------------------------------------


def test_a_spreadsheet_shows_formulas_and_runs_none() -> None:
    """CSV and Excel: a name that begins like a formula stays a name; unknown stays empty."""
    table = pd.DataFrame(
        {"=name": ["=1+1", "@x", "-2+3", "梅", None], "tags": [["a", "b"], None, [], "c", "d"],
         "n": [1.5, float("nan"), 3, 4, 5]}
    )  # fmt: skip
    raw = csv_bytes(table)
    assert raw.startswith(b"\xef\xbb\xbf'=name")
    read = pd.read_csv(io.BytesIO(raw), encoding="utf-8-sig", keep_default_na=False)
    assert ["'=1+1", "'@x", "'-2+3", "梅", ""] == read.iloc[:, 0].tolist()
    assert "a, b" == read["tags"][0]
    book = openpyxl.load_workbook(io.BytesIO(excel_bytes(table, "T", ["=about"], "zh")))
    sheet = book.worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=1+1" == sheet["A2"].value
    assert sheet["C3"].value is None
    assert "s" == book.worksheets[1]["A2"].data_type


def test_signs_that_no_sheet_can_hold_are_replaced() -> None:
    """A million letters and control signs in a name break no file."""
    table = pd.DataFrame({"name": ["a\x00b\x0bc", "x" * 1_000_000]})
    assert b"\x00" not in csv_bytes(table)
    book = openpyxl.load_workbook(io.BytesIO(excel_bytes(table, "T", [], "en")))
    assert len(book.worksheets[0]["A3"].value) < 33_000


# --- the page -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_dashboard_is_one_file_that_asks_for_nothing(small: Members, lang: str) -> None:
    """First the sentence; headings in order; names as text; no address of the web."""
    page = Text(html := people_html(small, HOSTILE, lang))
    assert "script" not in page.tags
    assert all(one.startswith("data:") for one in page.asked)
    assert "url(http" not in html
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert 1 == levels[0]
    assert all(b <= a + 1 for a, b in pairwise(levels))
    verdict = small.to_dict()["health"]["overall"]["verdict"] or "none"
    assert say(f"health.overall.{verdict}", lang).split("{")[0] in page.text
    assert say("dashboard.page_names", lang) in page.text


# --- bringing a file ----------------------------------------------------------------------------


def piece(name: str, at: int, size: int) -> str:
    """Name a piece as the page does."""
    return json.dumps({"name": name, "at": at, "size": size})


def test_a_file_arrives_in_pieces() -> None:
    """Each piece asks for the next; the last one makes the file whole."""
    upload = Upload()
    assert 3 == upload.take(piece("a.zip", 0, 5), b"abc")
    assert upload.path is None
    assert upload.take(piece("a.zip", 3, 5), b"de") is None
    assert upload.path is not None
    assert b"abcde" == upload.path.read_bytes()
    folder = upload.path.parent
    upload.drop()
    assert not folder.exists()


def several(name: str, place: int, sizes: list[int], at: int = 0) -> str:
    """Name a piece of one of several files, as the page does."""
    told = {"name": name, "at": at, "size": sizes[place]}
    return json.dumps(told | {"place": place, "files": len(sizes), "all": sum(sizes)})


def test_several_files_are_one_export() -> None:
    """They lie in one folder under their own names; two of one name stay two; empty ones too."""
    upload = Upload()
    sizes = [3, 0, 2]
    assert 2 == upload.take(several("messages.html", 0, sizes), b"ab")
    assert 0 == upload.take(several("messages.html", 0, sizes, 2), b"c")
    assert 0 == upload.take(several("messages.html", 1, sizes), b"")
    assert upload.path is None
    assert upload.take(several("../messages2.html", 2, sizes), b"de") is None
    assert upload.path is not None
    assert "messages" == upload.path.name
    found = {one.name: one.read_bytes() for one in upload.path.iterdir()}
    assert {"messages.html": b"abc", "messages-2.html": b"", "messages2.html": b"de"} == found
    folder = upload.path
    upload.drop()
    assert not folder.exists()


@pytest.mark.parametrize(
    "told",
    [
        several("b", 1, [1, 1, 1]),
        several("b", 0, [1] * 201),
        several("b", 0, [1, LARGEST]),
        json.dumps({"name": "b", "at": 0, "size": 1, "place": 0, "files": 1, "all": 2}),
    ],
)
def test_files_out_of_turn_or_too_many_are_refused(told: str) -> None:
    """The second before the first, more than 200, too large together, less than was promised."""
    upload = Upload()
    with pytest.raises(PlaybookError):
        upload.take(told, b"x")
    assert upload.path is None


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/root/x", "..", "a\\..\\b", "", "\x00", "小 梅.zip"]
)
def test_the_name_of_a_file_names_no_other_folder(name: str) -> None:
    """Whatever a browser calls it, it lies in its own folder."""
    upload = Upload()
    upload.take(piece(name, 0, 1), b"x")
    assert upload.path is not None
    assert upload.path.parent == upload.path.resolve().parent
    assert upload.path.parent.name.startswith("playbook-")
    upload.drop()


@pytest.mark.parametrize(
    ("told", "data"),
    [(piece("a", 4, 9), b"x"), (piece("a", 0, 2), b"abc"), ("{", b""), (piece("a", 0, -1), b"x"),
     (piece("a", 0, LARGEST + 1), b"x"), ('{"name":1}', b"")],
)  # fmt: skip
def test_a_piece_out_of_turn_or_too_much_is_refused(told: str, data: bytes) -> None:
    """One clear error, and nothing is kept."""
    upload = Upload()
    with pytest.raises(PlaybookError):
        upload.take(told, data)
    assert upload.path is None


def test_work_can_be_watched_and_stopped() -> None:
    """A share, an end, an error that is told where the work was asked for."""

    def endless(job: Job) -> None:
        while not job.stopped():
            job.progress(1, 4)
            time.sleep(0.005)
        raise PlaybookError([])

    job = Job(endless)
    job.start()
    while not job.share:
        time.sleep(0.005)
    assert 0.25 == job.share
    assert not job.done
    job.stop()
    while not job.done:
        time.sleep(0.005)
    assert job.outcome() is None

    def fails(_: Job) -> None:
        raise ValueError("no")

    job = Job(fails)
    job.start()
    while not job.done:
        time.sleep(0.005)
    with pytest.raises(ValueError, match="no"):
        job.outcome()


# --- the widget ---------------------------------------------------------------------------------


def send(widget: Evidence, path: Path) -> None:
    """Bring a file as the browser does, in two pieces."""
    data = path.read_bytes()
    half = len(data) // 2
    for at, part in ((0, data[:half]), (half, data[half:])):
        key = piece(path.name, at, len(data))
        widget.handle({"do": "piece", "key": key, "view": "v", "seq": 1}, [part])


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Read the larger Slack sample once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYBOOK_WORK", str(tmp_path_factory.mktemp("work")))
        patch.delenv("PLAYBOOK_LANG", raising=False)
        patch.delenv("PLAYBOOK_APP", raising=False)
        widget = Evidence(lang="en")
        widget.bring("slack-hyperledger")
        yield widget


def test_a_new_widget_offers_samples_and_the_red_lines(work: Path) -> None:
    """It works before anybody has an export; nothing is written by opening it."""
    widget = Evidence(lang="en")
    assert "Evidence(no export yet)" == repr(widget)
    assert say("bring.samples", "en") in shown(widget)
    assert "Personal Information Protection Law" in shown(widget)
    assert not work.exists()
    for entry in samples():
        assert (SAMPLES / entry["file"]).is_file()
        assert entry["label"] in ("genuine", "invented")


def test_an_export_is_brought_counted_and_shown(work: Path) -> None:
    """Pieces, import in a thread, counts that add up, members, the dashboard."""
    widget = Evidence(lang="en")
    send(widget, SLACK)
    assert say("bring.doing_read", "en") in shown(widget)
    wait(widget)
    assert "counts" == widget.at
    found = widget.counted
    assert found is not None
    assert found["rows"] == found["used"] + sum(found["skipped"].values())
    assert found["events"] == sum(found["kinds"].values())
    assert "2,401 rows read = 2,390 used + 11 left out" in shown(widget)
    assert widget.upload.path is None  # the export itself is gone
    assert not widget.file.exists()  # type: ignore[union-attr]
    do(widget, "analyse")
    wait(widget)
    assert "health" == widget.at
    assert say("dashboard.three", "en") in shown(widget)
    assert "Evidence(slack-hyperledger.zip: 524 members)" == repr(widget)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.zip", b"PK\x03\x04 not a zip"), ("b.json", b'{"messages": [{"a": '),
     ("c.bin", b"\x00\xff" * 50), ("d.csv", b""), ("e.txt", b"hello")],
)  # fmt: skip
def test_a_wrong_file_is_told_and_another_can_be_tried(
    work: Path, tmp_path: Path, name: str, data: bytes
) -> None:
    """One message in words, the step stays, no traceback, and the next file works."""
    path = tmp_path / name
    path.write_bytes(data)
    widget = Evidence(lang="en")
    send(widget, path)
    wait(widget)
    assert "bring" == widget.at
    assert say("widget.problem", "en") in shown(widget)
    assert "Traceback" not in shown(widget)
    do(widget, "sample", value="slack-small")
    wait(widget)
    assert "counts" == widget.at


def test_reading_can_be_stopped(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop means stop: said, nothing kept."""
    from playbook.sources import api

    def slow(*_: Any, stop: Callable[[], bool], **__: Any) -> None:
        while not stop():
            time.sleep(0.005)
        raise PlaybookError([])

    monkeypatch.setattr(api, "import_events", slow)
    widget = Evidence(lang="en")
    do(widget, "sample", value="slack-small")
    do(widget, "stop")
    wait(widget)
    assert say("bring.stopped", "en") in shown(widget)
    assert widget.imported is None


def test_a_path_is_read_only_where_paths_may_be_named(work: Path) -> None:
    """In an app for others nobody reads the files of its computer."""
    for allowed in (True, False):
        widget = Evidence(lang="en", paths=allowed)
        do(widget, "path", value=str(SLACK))
        do(widget, "read")
        assert allowed == (widget.job is not None)
        wait(widget)
        assert allowed == (say("bring.large", "en") in str(Evidence(paths=allowed).page["html"]))


@pytest.mark.parametrize("paths", [False, True])
def test_only_a_sample_is_opened_as_a_sample(work: Path, paths: bool) -> None:
    """A visitor of the app who writes a path into the button of a sample has nothing read."""
    other = work / "visitors" / "another.csv"
    other.parent.mkdir(parents=True)
    other.write_text("Name,Date\nAnn,2026-01-02\n", encoding="utf-8")
    widget = Evidence(lang="en", paths=paths)
    for given in (str(other), str(other.parent), "../another.csv", None, 7):
        do(widget, "sample", value=given)
        assert (None, None) == (widget.job, widget.file)
        assert "another" not in widget.page["html"]


def test_a_path_that_does_not_exist_is_told(work: Path) -> None:
    """A slip of the pen is no fault of ours."""
    widget = Evidence(lang="en", paths=True)
    do(widget, "path", value="/no/such/export.zip")
    do(widget, "read")
    assert "no such file" in shown(widget)
    with pytest.raises(PlaybookError):
        widget.bring("/no/such/export.zip")


def test_hidden_names_stay_hidden(work: Path) -> None:
    """With the switch on, no id of the export is left."""
    widget = Evidence(lang="en")
    widget.hide = True
    widget.bring("slack-small")
    assert widget.members is not None
    open_widget = Evidence(lang="en")
    open_widget.bring("slack-small")
    assert open_widget.members is not None
    before = set(open_widget.members.frame()["member"])
    assert not before & set(widget.members.frame()["member"])
    assert widget.members.frame()["name"].isna().all()


# --- a table ------------------------------------------------------------------------------------


def test_a_table_is_read_after_its_columns_are_confirmed(work: Path, tmp_path: Path) -> None:
    """GB18030, Chinese columns, dates that could be either: asked, answered, counted."""
    rows = "".join(
        f"客人{n % 5},{n % 9 + 1}/{n % 7 + 3}/2026,{('买', '逛', '退')[n % 3]}\n" for n in range(60)
    )
    path = tmp_path / "shop.csv"
    path.write_bytes(("昵称,日期,干啥\n" + rows).encode("gb18030"))
    widget = Evidence(lang="zh")
    send(widget, path)
    wait(widget)
    assert "columns" == widget.at
    assert {"昵称": "member", "日期": "at"} == widget.fields
    assert "客人0" in shown(widget)
    assert ["kind", "order"] == widget.missing
    do(widget, "confirm")
    assert widget.job is None  # not before everything is said
    do(widget, "field", "干啥", "kind")
    assert {"买", "逛", "退"} == set(widget.kind_values())
    do(widget, "kindof", "买", "pay")
    do(widget, "kindof", "退", "refund")
    do(widget, "meant", "order", "mdy")
    do(widget, "confirm")
    wait(widget)
    found = widget.counted
    assert found is not None
    assert (60, 40, {"pay": 20, "refund": 20}) == (found["rows"], found["used"], found["kinds"])
    assert 20 == sum(found["skipped"].values())


def test_a_chat_whose_dates_can_be_either_asks_one_question(work: Path, tmp_path: Path) -> None:
    """WhatsApp writes 3/4/26: the person says which it is, and it is read."""
    path = tmp_path / "chat.txt"
    lines = (f"{n}/{n + 1}/26, 10:0{n} - Ann: hello {n}" for n in range(1, 8))
    path.write_text("\n".join(lines), encoding="utf-8")
    widget = Evidence(lang="en")
    send(widget, path)
    wait(widget)
    assert "columns" == widget.at
    assert ["order"] == widget.missing
    assert say("bring.order_dmy", "en") in shown(widget)
    do(widget, "meant", "order", "dmy")
    do(widget, "confirm")
    wait(widget)
    assert widget.counted is not None
    assert ("2026-02-01", 7) == (widget.counted["from"][:10], widget.counted["used"])


def test_a_people_table_says_who_is_who(work: Path) -> None:
    """Brought beside the export; the path then has its second step."""
    widget = Evidence(lang="en")
    do(widget, "sample", value="slack-small")
    wait(widget)
    assert widget.imported is not None
    names = widget.imported.frame()["member"].unique()[:2]
    data = "member,person\n" + "".join(f"{name},P-{name}\n" for name in names)
    key = piece("people.csv", 0, len(data))
    widget.handle({"do": "people", "key": key, "view": "v", "seq": 1}, [data.encode("utf-8")])
    assert "people.csv" in shown(widget)
    do(widget, "analyse")
    wait(widget)
    assert widget.members is not None
    steps = {step["id"]: step["members"] for step in widget.members.to_dict()["path"]["steps"]}
    assert 2 == steps["identify"]


def test_one_person_is_one_in_the_evidence_as_well(work: Path, tmp_path: Path) -> None:
    """Two names of one person: two members of three on the dashboard, and two that took part."""
    path = tmp_path / "events.csv"
    days = pd.date_range("2026-01-01", periods=60, tz="UTC")
    rows = [(name, day, "post") for day in days for name in ("ann", "ann2", "bo")]
    pd.DataFrame(rows, columns=["member", "at", "kind"]).to_csv(path, index=False)
    widget = Evidence(lang="en")
    widget.bring(path)
    widget.go("levels")
    assert "ann2" in shown(widget)
    data = "member,person\nann,A\nann2,A\n"
    key = piece("people.csv", 0, len(data))
    widget.handle({"do": "people", "key": key, "view": "v", "seq": 1}, [data.encode("utf-8")])
    do(widget, "analyse")
    wait(widget)
    assert {"members": 2, "events": 180} == widget.facts
    widget.go("levels")
    assert "ann2" not in shown(widget)
    assert 2 == len(widget.scored.members)
    active = widget.measure().to_dict()["answers"]["operate.participation"]["measured"]["parts"][1]
    assert ("active", 2) == (active["fact"], active["value"])
    do(widget, "setting", "kind", "task")
    assert all("task" in row["caveats"] for row in widget.measure().rows())


def test_what_was_noted_beside_the_counts_is_said(work: Path, tmp_path: Path) -> None:
    """A second sheet of a workbook was not read: with its number, not with a gap for it."""
    path, book = tmp_path / "a.xlsx", openpyxl.Workbook()
    for row in (("member", "at", "kind"), ("ann", "2026-01-01 10:00", "post")):
        book.active.append(row)
    book.create_sheet("more").append(["x"])
    book.save(path)
    widget = Evidence(lang="en")
    widget.bring(path, mapping="member=member,at=at,kind=kind")
    widget.go("counts")
    assert "1 further sheets" in shown(widget)
    assert "{" not in shown(widget)


def test_a_known_table_is_shown_before_it_is_read(work: Path) -> None:
    """A preset is proposed with what it rests on; confirmed as it stands."""
    widget = Evidence(lang="en")
    do(widget, "sample", value="altair-commits")
    wait(widget)
    assert "columns" == widget.at
    assert [] == widget.missing
    do(widget, "confirm")
    wait(widget)
    found = widget.counted
    assert found is not None
    assert (4032, 3091) == (found["rows"], found["used"])


def test_an_event_table_needs_no_import(work: Path) -> None:
    """Our own CSV is read as it is, with the people table that belongs to it."""
    widget = Evidence(lang="en")
    widget.bring("worked-example")
    assert widget.counted is None
    assert widget.members is not None
    steps = {step["id"]: step["members"] for step in widget.members.to_dict()["path"]["steps"]}
    assert steps["identify"] is not None


# --- results ------------------------------------------------------------------------------------


def test_every_step_is_shown_in_both_languages(slack: Evidence) -> None:
    """The words change in place; nothing is left of a place to fill in; the step stays."""
    for lang in LANGUAGES:
        slack.lang = lang
        for step in slack.STEPS:
            slack.go(step)
            assert step == slack.at
            do(slack, "late")
            text = shown(slack)
            assert "{" not in text
            assert "None" not in text
            assert say(f"bring.step_{step}", lang) in text
    slack.lang = "en"


def test_a_slider_changes_levels_and_says_how_many(slack: Evidence) -> None:
    """Other points, other levels; the sentence says how many; and back again."""
    slack.go("levels")
    before = slack.scored.levels
    assert before == slack.members.scored.levels  # type: ignore[union-attr]
    do(slack, "points", "post", "9")
    assert before != slack.scored.levels
    told = slack.moved()
    assert f"{told['changed']} of 524 members have another level" in shown(slack)
    do(slack, "fading", "post", "200")
    assert {"post": 200.0} == slack.half_lives
    do(slack, "afresh")
    assert before == slack.scored.levels


def test_every_slider_can_stand_where_it_starts(work: Path, tmp_path: Path) -> None:
    """A browser moves a value that lies between two steps; reading starts at 0.2 points."""
    path = tmp_path / "events.csv"
    rows = [("ann", "2026-01-01T10:00:00Z", kind) for kind in KINDS]
    pd.DataFrame(rows, columns=["member", "at", "kind"]).to_csv(path, index=False)
    widget = Evidence(lang="en")
    widget.bring(path)
    widget.go("levels")
    found = re.findall(r"<input type=\"range\"[^>]*>", widget.page["html"])
    told = [dict(re.findall(r'([\w-]+)="([^"]*)"', one)) for one in found]
    assert 2 * (len(KINDS) - 2) == len(told)  # leaving and refunds bring nothing
    for one in told:
        steps = (float(one["value"]) - float(one["min"])) / float(one["step"])
        assert steps == pytest.approx(round(steps)), one


@pytest.mark.parametrize(
    "given", [{"post": -1}, {"dance": 2}, {"post": float("nan")}, {"post": "x"}]
)
def test_impossible_points_are_refused(slack: Evidence, given: dict[str, Any]) -> None:
    """A wrong value changes nothing."""
    before = slack.coefficients
    with pytest.raises(PlaybookError):
        slack.coefficients = given
    assert before == slack.coefficients


def test_somebody_is_looked_up_and_their_card_taken_home(
    slack: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Search, open, save in three forms, back to the list."""
    slack.go("levels")
    name = slack.listed()[0]["member"]
    do(slack, "search", value=name[1:7].upper())
    assert name in [row["member"] for row in slack.listed()]
    do(slack, "member", value=name)
    assert slack.card(name).name in shown(slack)
    files = offered(slack, monkeypatch)
    for kind in ("png", "svg", "html"):
        do(slack, "card", value=kind)
    assert ["card.png", "card.svg", "card.html"] == [one for one, _ in files]
    do(slack, "member")
    do(slack, "search", value="nobody of this name")
    assert say("bring.nobody", "en") in shown(slack)
    do(slack, "search", value="")


def test_tables_go_out_under_the_points_that_are_tried(
    slack: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSV and Excel hold all members, with the levels that stand on the screen."""
    files = offered(slack, monkeypatch)
    slack.go("levels")
    do(slack, "points", "join", "20")
    do(slack, "table", value="csv")
    do(slack, "table", value="xlsx")
    do(slack, "events")
    do(slack, "page")
    assert ["members.csv", "members.xlsx", "events.csv", "dashboard.html"] == [n for n, _ in files]
    table = pd.read_csv(io.BytesIO(files[0][1]), encoding="utf-8-sig")
    assert 524 == len(table)
    assert round(float(slack.scored.intimacy.max()), 1) == table["intimacy"].max()
    events = pd.read_csv(io.BytesIO(files[2][1]), encoding="utf-8-sig")
    assert 2495 == len(events)
    do(slack, "afresh")


def test_did_the_action_work(slack: Evidence) -> None:
    """The answer of the engine, in words; a wrong day is told beside everything else."""
    slack.go("action")
    do(slack, "effect")
    assert "is not a date" in shown(slack)
    do(slack, "asked", "measure", "messages_weekly")
    do(slack, "asked", "day", "2016-06-01")
    do(slack, "effect")
    assert slack.effect is not None
    assert "worked" == slack.effect["outcome"]
    assert say("health.action.worked", "en") in shown(slack)
    do(slack, "asked", "day", "1999-01-01")
    do(slack, "effect")
    assert say("widget.problem", "en") in shown(slack)


def test_another_kind_of_community_is_judged_anew(slack: Evidence) -> None:
    """Quiet among acquaintances is no illness: the verdicts follow the kind, at once."""
    slack.go("health")
    do(slack, "setting", "kind", "social")
    assert "social" == slack.health["kind"]
    assert say("health.overall.healthy", "en") in shown(slack)
    assert say("health.caveat.kind_unknown", "en") not in shown(slack)
    do(slack, "setting", "kind", "task")
    assert slack.health["overall"]["verdict"] is None
    assert say("health.overall.healthy", "en") not in shown(slack)
    do(slack, "setting", "kind", "product")


def test_evidence_goes_into_the_assessment_and_own_levels_stay(slack: Evidence, work: Path) -> None:
    """Claimed stays claimed; what was unknown is filled in; the assessment finds both."""
    own = SelfAssessment()
    own.answer("output.rhythm", 1)
    own.answer("operate.participation", unknown=True)
    slack.measure()
    assert slack.measured is not None
    state = {row["criterion"]: row["state"] for row in slack.measured.rows()}
    assert "higher" == state["output.rhythm"]
    assert "filled" == state["operate.participation"]
    do(slack, "take")
    assert say("bring.taken", "en") in shown(slack)
    again = SelfAssessment()
    rhythm = again.given("output.rhythm")
    assert (1, 3, "E3") == (rhythm["level"], rhythm["measured"]["level"], rhythm["evidence"])
    assert 2 == again.given("operate.participation")["level"]


def test_a_broken_answers_file_is_told_and_not_written_over(slack: Evidence, work: Path) -> None:
    """What somebody saved is never lost, readable or not."""
    work.mkdir(parents=True)
    (work / "isooc-answers.json").write_text("{ half", encoding="utf-8")
    slack.measured = None
    do(slack, "take")
    assert "{ half" == (work / "isooc-answers.json").read_text(encoding="utf-8")
    assert say("widget.problem", "en") in shown(slack)
