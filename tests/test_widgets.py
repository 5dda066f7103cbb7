"""The widgets, driven without a browser: what a person does, what is saved, what is shown."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import traitlets

from playbook import score
from playbook.errors import PlaybookError
from playbook.load import answers_document
from playbook.present.document import link
from playbook.present.sentences import summary
from playbook.scoring.change import changed
from playbook.widgets import CaseComparison, FunnelExplorer, MilestonePlanner, SelfAssessment
from playbook.widgets.controls import VIEW, choice, esc, field
from playbook.widgets.page import Page
from playbook.widgets.store import Store

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>" onfocus="x \u202e \x00 😀'
VOID = {"input", "br", "hr", "img", "path", "rect", "line", "circle", "meta"}


class Checker(HTMLParser):
    """Reads HTML and keeps what a test asks about; an element that is not closed is a fault."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert [] == self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert tag == self.open.pop()

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a work folder of our own, empty."""
    monkeypatch.setenv("PLAYBOOK_WORK", str(tmp_path / "work"))
    monkeypatch.delenv("PLAYBOOK_LANG", raising=False)
    return tmp_path / "work"


def do(widget: Page, what: str, key: str = "", value: Any = None) -> None:
    """Send what the browser would send."""
    widget.handle({"do": what, "key": key, "value": value, "view": "v", "seq": 1})


def shown(widget: Page) -> str:
    """Return the HTML on the screen."""
    return str(widget.page["html"])


def saved(work: Path) -> dict[str, Any]:
    """Return the answers file."""
    found: dict[str, Any] = json.loads((work / "isooc-answers.json").read_text(encoding="utf-8"))
    return found


# --- the self-assessment ------------------------------------------------------------------------


def test_a_new_assessment_has_a_short_stable_repr_and_saves_nothing(work: Path) -> None:
    """Opening is not answering: no file appears."""
    widget = SelfAssessment()
    assert "SelfAssessment(isooc: 0 of 28 answered)" == repr(widget)
    assert not work.exists()


def test_choosing_a_level_changes_the_score_says_why_and_is_saved(work: Path) -> None:
    """One click: the score moves, the reason is told and announced, the file is whole."""
    widget = SelfAssessment()
    do(widget, "go", value="structure.roles")
    do(widget, "level", "structure.roles", "2")
    expected = score(saved(work))
    assert expected.total == widget.score.total
    assert "SelfAssessment(isooc: 1 of 28 answered)" == repr(widget)
    moved = widget.moved()
    assert "Roles and layers went from “not answered” to “level 2”" in moved
    assert moved in shown(widget).replace("&quot;", '"')
    assert widget.page["said"].startswith(moved)
    assert "Saved at" in shown(widget)


def test_the_score_shown_is_the_engines_and_actions_follow_the_answers(work: Path) -> None:
    """The widget adds nothing of its own: same document, same score, same first action."""
    widget = SelfAssessment()
    widget.answers = answers_document("fandeng")[0]
    before = widget.score.actions[0].criterion
    assert score("fandeng").to_dict()["total"] == widget.score.to_dict()["total"]
    widget.answer(before, 3)
    assert before != widget.score.actions[0].criterion


def test_a_killed_kernel_loses_nothing(work: Path) -> None:
    """A second widget, as after a restart, finds what the first one saved."""
    first = SelfAssessment()
    first.answer("interest.pain_point", 2, evidence="E1", note="Ten members said it in May.")
    first.answer("copy.model", unknown=True)
    again = SelfAssessment()
    assert first.answers == again.answers
    assert "SelfAssessment(isooc: 2 of 28 answered)" == repr(again)
    assert "Welcome back. Your 2 answers are here" in shown(again)


def test_the_id_is_made_once_and_every_change_is_stamped(work: Path) -> None:
    """The document keeps its id, names its checklist and says when it was saved."""
    widget = SelfAssessment()
    widget.answer("interest.pain_point", 2)
    first = saved(work)["id"]
    widget.answer("interest.pain_point", 3)
    found = saved(work)
    assert (first, "isooc", "playbook-answers/1") == (
        found["id"],
        found["checklist"],
        found["format"],
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["saved"])


def test_an_answer_can_be_taken_back(work: Path) -> None:
    """Taken back, the question is open again."""
    widget = SelfAssessment()
    widget.answer("interest.pain_point", 2)
    do(widget, "clear", "interest.pain_point")
    assert {} == saved(work)["answers"]


def test_changing_the_level_keeps_note_and_link(work: Path) -> None:
    """Nothing typed is lost when another answer is chosen, "we don't know" included."""
    widget = SelfAssessment()
    key = "interest.pain_point"
    do(widget, "level", key, "1")
    do(widget, "proof", f"note:{key}", "Asked ten members")
    do(widget, "proof", f"evidence:{key}", "E1")
    do(widget, "level", key, "unknown")
    do(widget, "level", key, "3")
    assert {"level": 3, "note": "Asked ten members", "evidence": "E1"} == widget.given(key)


def test_a_grade_without_its_proof_is_said_beside_it(work: Path) -> None:
    """E2 without a link is read lower, and the field says what is missing."""
    widget = SelfAssessment()
    key = "interest.pain_point"
    widget.go(key)
    do(widget, "level", key, "2")
    do(widget, "proof", f"evidence:{key}", "E2")
    assert "Name the link or the file below" in shown(widget)
    do(widget, "proof", f"url:{key}", "https://example.org/poll")
    assert "Name the link or the file below" not in shown(widget)
    assert widget.score.verified > 0


def test_not_applicable_waits_for_a_reason(work: Path) -> None:
    """The former answer counts until there is a reason; "another reason" waits for its note."""
    widget = SelfAssessment()
    key = "operate.ritual"
    widget.go(key)
    do(widget, "level", key, "1")
    do(widget, "level", key, "na")
    assert 1 == widget.given(key)["level"]
    do(widget, "na", key, "other")
    assert "Write the reason in the note" in shown(widget)
    do(widget, "proof", f"note:{key}", "We meet once only.")
    assert {"na": "other", "note": "We meet once only."} == widget.given(key)


def test_too_many_not_applicable_is_refused_and_the_answer_stays(work: Path) -> None:
    """The limit of a dimension: a message, and nothing has changed."""
    widget = SelfAssessment()
    widget.answer("operate.ritual", na="by_choice")
    widget.answer("operate.renewal", 2)
    before = widget.answers
    do(widget, "level", "operate.renewal", "na")
    do(widget, "na", "operate.renewal", "by_choice")
    assert "too many criteria not applicable" in shown(widget)
    assert before == widget.answers


def test_the_number_of_members_is_read_as_people_type_it(work: Path) -> None:
    """Commas, spaces and full-width digits are fine; words are not, and stay in the field."""
    widget = SelfAssessment()
    for typed in ("1,200", "1 200", "１２００", "1，200"):
        do(widget, "about", "members", typed)
        assert 1200 == widget.answers["community"]["members"]
    do(widget, "about", "members", "about a thousand")
    assert 1200 == widget.answers["community"]["members"]
    assert "Write a whole number in digits" in shown(widget)
    assert 'value="about a thousand"' in shown(widget)
    assert {"true"} <= {a.get("aria-invalid") for a in Checker(shown(widget)).attributes("input")}
    do(widget, "about", "members", "99999999999999")
    assert "allowed is 0 to 10000000000" in shown(widget)
    do(widget, "about", "members", "")
    assert widget.answers["community"]["members"] is None


def test_the_first_page_fills_the_community(work: Path) -> None:
    """Every field arrives where the answers file has it."""
    widget = SelfAssessment()
    for key, value in {
        "name": "Tea at Nine", "members_kind": "fans", "kind": "learning", "scale": "stay-small",
        "stage": "2", "earning": "yes", "rater": "Lin",
    }.items():  # fmt: skip
        do(widget, "about", key, value)
    assert {
        "name": "Tea at Nine", "members_kind": "fans", "kind": "learning", "scale": "stay-small",
        "funnel": {"stage": 2, "earning": True},
    } == saved(work)["community"]  # fmt: skip
    assert "Lin" == saved(work)["rater"]
    assert "not counted" in shown_at(widget, "check")


def shown_at(widget: SelfAssessment, step: str) -> str:
    """Return the HTML of one step."""
    widget.go(step)
    return shown(widget)


def test_every_step_is_reached_and_forward_and_back_walk_through(work: Path) -> None:
    """Start, 28 questions, check, result; each new step moves the focus."""
    widget = SelfAssessment()
    seen, turns = [widget.at], {widget.page["turn"]}
    while widget.at != "result":
        do(widget, "next", value="on")
        seen.append(widget.at)
        turns.add(widget.page["turn"])
    assert ["start", *widget.ids, "check", "result"] == seen
    assert len(seen) == len(turns)
    do(widget, "next", value="back")
    assert "check" == widget.at
    do(widget, "go", value="structure")
    assert "structure.first_members" == widget.at


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_step_is_well_formed_and_every_control_has_a_name(work: Path, lang: str) -> None:
    """Labels point at fields, buttons have words, questions are headings, ids are unique."""
    widget = SelfAssessment(lang=lang)
    widget.answers = answers_document("fandeng")[0]
    for step in ["start", *widget.ids, "check", "result"]:
        page = Checker(shown_at(widget, step))
        ids = [a["id"] for _, a in page.tags if "id" in a]
        assert len(ids) == len(set(ids))
        assert all(str(i).startswith(VIEW) for i in ids)
        targets = {a["for"] for a in page.attributes("label") if "for" in a}
        assert targets == targets & set(ids)
        assert [1] == [1 for _, a in page.tags if "data-focus" in a]
        assert not re.search(r"<button[^>]*></button>", shown(widget))
        boxes = [a for t, a in page.tags if t in ("input", "select", "textarea")]
        assert all(a.get("id") in targets or a.get("type") == "radio" for a in boxes)


def test_the_language_switches_in_place_and_keeps_everything(work: Path) -> None:
    """Every text changes; step, answers, drafts and messages stay."""
    widget = SelfAssessment()
    widget.go("interest.pain_point")
    do(widget, "level", "interest.pain_point", "2")
    before = widget.answers
    do(widget, "lang", value="zh")
    assert ("zh", "interest.pain_point", before) == (widget.lang, widget.at, widget.answers)
    text = re.sub(r"<[^>]+>", " ", shown(widget)).replace("English", "").replace("ISOOC", "")
    assert not re.findall(r"[A-Za-z]{4,}", text)
    assert 'lang="zh-CN"' in shown(widget)


def test_hostile_text_shows_as_text_on_every_page(work: Path) -> None:
    """Names, notes and links never become HTML, and no link runs a script."""
    widget = SelfAssessment()
    widget.about(name=HOSTILE)
    widget.answer("interest.pain_point", 2, evidence="E2", note=HOSTILE, url="javascript:alert(1)")
    pages = [shown_at(widget, s) for s in ("start", "interest.pain_point", "check", "result")]
    planner, comparison = MilestonePlanner(widget.answers), CaseComparison(widget.answers)
    comparison.criterion = "interest.pain_point"
    for html in [*pages, shown(planner), shown(comparison)]:
        page = Checker(html)
        assert not [tag for tag, _ in page.tags if tag in ("script", "img")]
        assert not [a for _, attrs in page.tags for a in attrs if a.startswith("on")]
        assert not [a for a in page.attributes("a") if not str(a["href"]).startswith("http")]
        assert "\x00" not in html


def test_a_faulty_saved_file_is_kept_and_said(work: Path) -> None:
    """Never written over: it gets another name, the page starts empty, the place is told."""
    work.mkdir()
    bad = '{"format": "playbook-answers/1", "answers": {"interest.shared_gaol": {"level": 9}}}'
    for n in (1, 2):
        (work / "isooc-answers.json").write_text(bad, encoding="utf-8")
        widget = SelfAssessment()
        assert f"isooc-answers.broken-{n}.json" in shown(widget)
        assert "choose one of 0, 1, 2, 3" in shown(widget)
        assert bad == (work / f"isooc-answers.broken-{n}.json").read_text(encoding="utf-8")
    widget.answer("interest.pain_point", 1)
    assert ["interest.pain_point"] == list(saved(work)["answers"])


def test_two_notebooks_do_not_write_over_each_other(work: Path) -> None:
    """The other's file is put aside and named."""
    one, two = SelfAssessment(), SelfAssessment()
    one.answer("interest.pain_point", 1)
    do(two, "level", "interest.bond", "2")
    kept = json.loads((work / "isooc-answers.other-1.json").read_text(encoding="utf-8"))
    assert ["interest.pain_point"] == list(kept["answers"])
    assert ["interest.bond"] == list(saved(work)["answers"])
    assert "isooc-answers.other-1.json" in shown(two)


def test_where_saving_fails_the_answers_stay_and_the_fault_is_said(tmp_path: Path) -> None:
    """A folder that cannot be made: a message with the reason, the answer kept in memory."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    widget = SelfAssessment(path=tmp_path / "file" / "answers.json")
    do(widget, "level", "interest.pain_point", "2")
    assert "cannot be written" in shown(widget)
    assert 2 == widget.given("interest.pain_point")["level"]


def test_a_file_of_answers_comes_in_whole_and_the_old_one_is_kept(work: Path) -> None:
    """Export, change, import: the file's answers are back, the former ones lie beside."""
    widget = SelfAssessment()
    widget.answer("interest.pain_point", 3)
    sent: list[Any] = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))  # type: ignore[method-assign]
    do(widget, "export")
    content, buffers = sent[0]
    assert "isooc-answers.json" == content["download"]
    widget.answer("interest.pain_point", 0)
    widget.handle({"do": "import", "key": "C:\\fake\\mine.json"}, [memoryview(buffers[0])])
    assert 3 == widget.given("interest.pain_point")["level"]
    assert 0 == json.loads((work / "isooc-answers.before-1.json").read_text())["answers"][
        "interest.pain_point"
    ]["level"]  # fmt: skip
    assert ("check", 3) == (widget.at, saved(work)["answers"]["interest.pain_point"]["level"])
    assert "mine.json is in: 1 answers." in shown(widget)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n", "not UTF-8"),
        (b"{", "not valid JSON"),
        (b'{"format": "playbook-cases/9", "answers": {}}', "playbook-answers/1"),
        (b'{"format": "playbook-answers/1", "answers": {"x.y": {"level": 1}}}', "no criterion"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_is_lost(work: Path, raw: bytes, told: str) -> None:
    """The message names the file and the remedy; answers and saved file are as they were."""
    widget = SelfAssessment()
    widget.answer("interest.pain_point", 3)
    before, files = widget.answers, sorted(work.iterdir())
    widget.handle({"do": "import", "key": "wrong.json"}, [raw])
    assert told in shown(widget)
    assert "wrong.json" in shown(widget)
    assert (before, files) == (widget.answers, sorted(work.iterdir()))


def test_a_file_too_big_is_refused_before_it_is_sent(work: Path) -> None:
    """The browser sends only the size."""
    widget = SelfAssessment()
    do(widget, "import", "huge.json", 80_000_000)
    assert "80.0 MB" in shown(widget)


def test_setting_wrong_answers_raises_and_keeps_the_old(work: Path) -> None:
    """From Python bad input is an error, not a message only."""
    widget = SelfAssessment()
    widget.answer("interest.pain_point", 3)
    before = widget.answers
    with pytest.raises(PlaybookError):
        widget.answers = {"format": "playbook-answers/1", "answers": {"x.y": {"level": 1}}}
    with pytest.raises(PlaybookError):
        widget.answer("interest.pain_point", 7)
    assert before == widget.answers


def test_a_fault_of_ours_is_raised_under_test_and_said_otherwise(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one wrapper swallows nothing in silence."""
    widget = SelfAssessment()
    with pytest.raises(ValueError, match="invalid literal"):
        do(widget, "level", "interest.pain_point", "x")
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    do(widget, "level", "interest.pain_point", "x")
    assert "Something went wrong on our side" in shown(widget)


def test_the_frontends_message_reaches_the_handler(work: Path) -> None:
    """The way from the browser, through the private door that ipywidgets has for it."""
    widget = SelfAssessment()
    event = {"do": "level", "key": "interest.pain_point", "value": "2", "view": "v", "seq": 7}
    data = {"method": "custom", "content": event}
    widget._handle_msg({"content": {"data": data}, "buffers": []})  # type: ignore[no-untyped-call]
    assert 2 == widget.given("interest.pain_point")["level"]
    assert ("v", 7) == (widget.page["view"], widget.page["seq"])


def test_all_zero_and_all_three_are_said_as_0_and_100(work: Path) -> None:
    """The ends of the scale, as the page shows them."""
    widget = SelfAssessment()
    for level, told in ((0, (0.0, 0.0)), (3, (100.0, 100.0))):
        widget.answers = {
            "format": "playbook-answers/1",
            "answers": {name: {"level": level} for name in widget.ids},
        }
        assert told == (float(widget.score.total.low), float(widget.score.total.high))
        assert esc(summary(widget.score, "en")[0]) in shown_at(widget, "result")


def test_a_change_knows_its_two_ends_and_its_reason() -> None:
    """From level 1 to 2 the low and the high end rise alike; from open to a level they close in."""
    blank = {"format": "playbook-answers/1", "answers": {}}
    one = {**blank, "answers": {"interest.bond": {"level": 1}}}
    two = {**blank, "answers": {"interest.bond": {"level": 2}}}
    first, then = changed(score(blank), score(one)), changed(score(one), score(two))
    assert (True, True) == (first.low > 0, first.high < 0)
    assert then.low == then.high > 0
    assert ["interest.bond"] == [name for name, _, _ in then.answers]


def test_a_store_that_cannot_be_moved_is_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where even renaming fails, nothing is saved in its place."""
    path = tmp_path / "isooc-answers.json"
    path.write_text("not json", encoding="utf-8")

    def refused(*_: Any) -> None:
        raise PermissionError(13, "not allowed")

    monkeypatch.setattr(Path, "rename", refused)
    widget = SelfAssessment(path=path)
    do(widget, "level", "interest.pain_point", "2")
    assert "not json" == path.read_text(encoding="utf-8")
    assert "not allowed" in str(Store(path).path) or "cannot be written" in shown(widget)


# --- the planner --------------------------------------------------------------------------------


def test_the_planner_opens_the_next_milestone_with_the_smallest_change() -> None:
    """The plan the engine names reaches what it promises, and the answers stay as they are."""
    planner = MilestonePlanner("fandeng")
    assert "MilestonePlanner(now: none, with a plan of 0: none)" == repr(planner)
    planner.try_all()
    assert "100" == planner.planned.standing.capability
    planner.try_all()
    assert "1000" == planner.planned.standing.capability
    assert "none" == planner.score.standing.capability
    do(planner, "drop")
    assert ({}, "none") == (planner.plan, planner.planned.standing.capability)


def test_a_plan_only_raises_and_refuses_what_is_no_level() -> None:
    """A level below the present one is no plan; a wrong id or level is refused whole."""
    planner = MilestonePlanner({**answers_document("fandeng")[0]})
    now = planner._answers.level("structure.first_members")
    assert 2 == now
    do(planner, "raise", "structure.first_members", "1")
    assert {} == planner.plan
    do(planner, "raise", "structure.first_members", "3")
    assert {"structure.first_members": 3} == planner.plan
    with pytest.raises(PlaybookError):
        planner.plan = {"structure.nobody": 2}
    assert {"structure.first_members": 3} == planner.plan
    do(planner, "raise", "structure.first_members", "")
    assert {} == planner.plan


def test_the_funnels_gate_can_be_planned() -> None:
    """A missing stage is a step of the plan like any other."""
    answers = {"format": "playbook-answers/1", "answers": {}}
    planner = MilestonePlanner(answers)
    for _ in range(3):
        planner.try_all()
    assert ("10000", 2) == (planner.planned.standing.capability, planner.plan["funnel"])


def test_the_planner_reads_the_saved_answers_and_says_when_they_are_faulty(work: Path) -> None:
    """Without answers it takes the person's own; a broken file is said and left alone."""
    SelfAssessment().answer("interest.shared_interest", 2)
    assert 2 == MilestonePlanner()._answers.level("interest.shared_interest")
    (work / "isooc-answers.json").write_text("{", encoding="utf-8")
    assert "not valid JSON" in shown(MilestonePlanner())
    assert "{" == (work / "isooc-answers.json").read_text(encoding="utf-8")


# --- the funnel ---------------------------------------------------------------------------------


def test_the_stage_is_diagnosed_from_the_replies() -> None:
    """Two yeses: stage 1; the question on earning decides no stage; unknown is no yes."""
    funnel = FunnelExplorer()
    assert "FunnelExplorer(stage: None, earning: None)" == repr(funnel)
    for key in ("funnel.circles", "funnel.traffic"):
        do(funnel, "reply", key, "yes")
    do(funnel, "reply", "funnel.earns", "no")
    assert "FunnelExplorer(stage: 1, earning: False)" == repr(funnel)
    do(funnel, "reply", "funnel.traffic", "unknown")
    assert "FunnelExplorer(stage: None, earning: False)" == repr(funnel)
    with pytest.raises(PlaybookError):
        funnel.replies = {"funnel.cricles": True}


def test_red_lines_stand_where_money_is_raised() -> None:
    """The third stage shows them, with the disclaimer, in both languages."""
    funnel = FunnelExplorer()
    assert "This is not legal advice" in shown(funnel)
    funnel.lang = "zh"
    assert "这不是法律意见" in shown(funnel)


def test_member_economics_follow_the_controls_and_stay_labelled() -> None:
    """1,000 members, 20 % active, 10 % of them paying 300 a year: 6,000, value added aside."""
    funnel = FunnelExplorer()
    do(funnel, "part", value="economics")
    assert "A model of ours" in shown(funnel)
    do(funnel, "number", "members", "1,000")
    do(funnel, "likely", "active", "0.2")
    do(funnel, "likely", "paying", "0.1")
    for end in ("low", "point", "high"):
        do(funnel, "number", f"prices:value_added:{end}", "0")
    assert 6000 == funnel.result.revenue[1]
    assert "most likely about 6,000" in shown(funnel)
    do(funnel, "afresh")
    assert (None, {}, {}) == (funnel.members, funnel.rates, funnel.prices)


def test_a_wrong_amount_is_said_beside_its_field_and_changes_nothing() -> None:
    """Words, ends out of order and impossible shares are refused; what was typed stays."""
    funnel = FunnelExplorer()
    do(funnel, "part", value="economics")
    before = funnel.result
    for key, typed in (
        ("members", "many"), ("members", "-5"), ("rates:active:high", "120%"),
        ("rates:active:high", "abc"), ("prices:paying:low", "5000"), ("prices:paying:low", "NaN"),
    ):  # fmt: skip
        do(funnel, "number", key, typed)
        assert f'value="{typed}"' in shown(funnel)
        assert "pb-wrong" in shown(funnel)
    assert before == funnel.result
    do(funnel, "number", "rates:active:high", "60 %")
    assert [0.1, 0.2, 0.6] == funnel.rates["active"]


# --- the comparison -----------------------------------------------------------------------------


def test_the_comparison_shows_every_subject_and_where_sources_are_silent() -> None:
    """Names, totals, warnings and the silent ones stand on the page; the picture is asked for."""
    widget = CaseComparison("pinduoduo", with_=("fandeng", "xiaomi"))
    assert "CaseComparison(pinduoduo · fandeng · xiaomi)" == repr(widget)
    for told in ("Fandeng Reading Club", "Drawing the picture", "read them as examples"):
        assert told in shown(widget)
    silent = next(
        c for c in widget.result.checklist.by_id if widget.result.subjects[0].levels[c] is None
    )
    widget.criterion = silent
    assert "Silent: no source says." in shown(widget)


def test_cases_come_and_go_and_an_unknown_one_is_refused() -> None:
    """Ticking a case compares anew; a wrong id changes nothing."""
    widget = CaseComparison("pinduoduo", with_="fandeng")
    do(widget, "with", "xiaomi", True)
    assert ["pinduoduo", "fandeng", "xiaomi"] == [s.id for s in widget.result.subjects]
    do(widget, "with", "fandeng", False)
    assert ["pinduoduo", "xiaomi"] == [s.id for s in widget.result.subjects]
    do(widget, "with", "fandang", True)
    assert "Did you mean" in shown(widget)
    assert ["xiaomi"] == widget.chosen
    with pytest.raises(traitlets.TraitError):
        widget.criterion = "interest.nothing"


def test_pictures_are_drawn_when_they_are_asked_for_and_kept() -> None:
    """The browser asks for what was put off; the figure then stands there with its table."""
    widget = CaseComparison("pinduoduo", with_="fandeng,xiaomi")
    do(widget, "late")
    html = shown(widget)
    assert ("Drawing the picture" not in html, 2) == (True, html.count("<figure"))
    assert "<table" in html
    do(widget, "criterion", value="structure.roles")
    assert 2 == shown(widget).count("<figure")


def test_a_case_is_not_compared_with_itself() -> None:
    """One of the cases that are chosen from the start, looked at: the others stand beside it."""
    widget = CaseComparison("pinduoduo")
    assert ["pinduoduo", "fandeng", "xiaomi"] == [s.id for s in widget.result.subjects]


def test_the_comparison_speaks_chinese_with_the_cases_own_names() -> None:
    """Names of cases, criteria and figures switch too."""
    widget = CaseComparison("pinduoduo", with_="fandeng,xiaomi")
    widget.lang = "zh"
    assert "樊登读书会" in shown(widget)
    assert "Fandeng Reading Club" not in shown(widget)


# --- controls -----------------------------------------------------------------------------------


def test_controls_escape_and_name_everything() -> None:
    """A label, a question and a value are text; VIEW in people's text is no prefix."""
    assert "&lt;b&gt;" in field("x", "<b>", "<b>")
    assert VIEW not in esc(f"a{VIEW}b")
    assert "<a" not in link("data:text/html,x")
    page = Checker(choice("level", "Q?", [("0", "A")], "0", key="k", hint="h", focus=True))
    (box,) = page.attributes("input")
    assert ("radio", "0", "level", "k") == tuple(
        box[name] for name in ("type", "value", "data-do", "data-key")
    )
    assert "checked" in box


@pytest.mark.slow
def test_the_report_is_written_beside_the_answers_and_offered(work: Path) -> None:
    """One whole file in the work folder, the same as the download; its place is told."""
    widget = SelfAssessment(lang="zh")
    widget.about(name=HOSTILE)
    sent: list[Any] = []
    widget.send = lambda content, buffers=None: sent.append((content, buffers))  # type: ignore[method-assign]
    do(widget, "report")
    page = (work / "report.html").read_text(encoding="utf-8")
    ((content, buffers),) = sent
    assert ("report.html", page) == (content["download"], buffers[0].decode("utf-8"))
    assert 'lang="zh' in page
    assert "<script>alert" not in page
    assert "report.html" in shown(widget)
