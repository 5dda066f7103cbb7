"""The form on a phone in a room without network: filled by hand, in both languages, denied most.

A real Chromium opens the file itself, offline. What it gives scores as the notebook's assessment
does, by file, by text and by code; the picture of the code is read back.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qr
from browsing import violations
from playwright.sync_api import Browser, Locator, Page, expect

import playbook
from playbook import library
from playbook.load import load_checklist
from playbook.load.code import asked, encode
from playbook.room import api
from playbook.widgets import SelfAssessment

#: What phones refuse to a page that was opened from a file or over plain http.
DENY = """
const no = () => { throw new DOMException("denied", "SecurityError"); };
Object.defineProperty(window, "localStorage", { get: no });
Object.defineProperty(window, "sessionStorage", { get: no });
for (const name of ["clipboard", "share", "canShare"])
  Object.defineProperty(navigator, name, { value: undefined });
Object.defineProperty(crypto, "randomUUID", { value: undefined });
document.execCommand = () => false;
URL.createObjectURL = no;
"""
PICKED = "(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.activeElement)"
NAMES = asked(load_checklist(), "1.0")
BEGIN = {"en": "Begin", "zh": "开始回答"}
HAND_IN = {"en": "Hand in", "zh": "交卷"}
SAVE = {"en": "Save the file", "zh": "保存文件"}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Write the form in both languages; give the addresses."""
    folder = tmp_path_factory.mktemp("forms")
    paths = {lang: folder / f"form-{lang}.html" for lang in ("en", "zh")}
    for lang, path in paths.items():
        api.form(path, lang=lang)
    return {lang: path.as_uri() for lang, path in paths.items()}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Hold a phone that reaches nothing at all."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True,
                                  has_touch=True)  # fmt: skip
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    yield page
    context.close()
    assert [] == wrong


def choices() -> dict[str, tuple[str, str]]:
    """Decide what is answered to each question: a choice, and a reason or a grade of evidence."""
    found: dict[str, tuple[str, str]] = {}
    for n, name in enumerate(NAMES):
        first = name == next(one for one in NAMES if one.split(".")[0] == name.split(".")[0])
        if first and n % 2 == 0:  # one of a part may always be left out
            found[name] = ("na", ("too_young", "by_choice", "not_this_type")[n % 3])
        elif n % 7 == 3:
            found[name] = ("unknown", "")
        else:
            found[name] = (str(n * 5 % 4), ("E0", "E1", "E2")[n % 3])
    return found


def question(page: Page, name: str) -> Locator:
    """Find the card of a question."""
    return page.locator(f'[id="q-{name}"]')


def fill(page: Page, lang: str) -> None:
    """Fill the whole form as a person does: the community, then page by page."""
    page.locator("#about-rater").fill("梅 <b>Mei</b>")
    page.locator("#about-name").fill("Lantern 灯下")
    page.locator("#about-members").fill("１,200")
    page.locator("#about-kind").select_option("learning")
    page.locator("details", has=page.locator("#about-stage")).locator("summary").click()
    page.locator("#about-stage").select_option("2")
    page.locator("#about-earning").select_option("yes")
    page.get_by_role("button", name=BEGIN[lang]).click()
    given = choices()
    for dimension in load_checklist().dimensions:
        expect(page.get_by_role("heading", level=2)).to_be_focused()
        for criterion in load_checklist().of(dimension.id):
            card = question(page, criterion.id)
            choice, more = given[criterion.id]
            if choice.isdigit():  # by its whole sentence
                card.get_by_text(criterion.say("levels", lang)[int(choice)], exact=True).click()
                card.locator(f'input[value="{more}"]').check()
                if more == "E1":
                    card.get_by_role("textbox").fill(f"seen it: {criterion.id}")
                if more == "E2":
                    card.locator('input[id^="url-"]').fill("https://example.org/x?a=1&b=2")
            else:
                card.locator(f'input[value="{choice}"]').check()
                if more:
                    card.locator(f'input[value="{more}"]').check()
        page.locator(".pb-part > .pb-buttons .pb-main").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile("Check|检查"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def by_notebook(tmp_path: Path) -> dict[str, Any]:
    """Answer the same in the notebook's assessment; give its score."""
    widget = SelfAssessment(path=tmp_path / "notebook.json")
    widget.about(name="Lantern 灯下", members=1200, kind="learning", stage=2, earning=True)
    for name, (choice, more) in choices().items():
        if choice.isdigit():
            proof = {"E1": {"note": f"seen it: {name}"},
                     "E2": {"url": "https://example.org/x?a=1&b=2"}}  # fmt: skip
            widget.answer(name, int(choice), evidence=more, **proof.get(more, {}))
        elif choice == "na":
            widget.answer(name, na=more)
        else:
            widget.answer(name, unknown=True)
    found: dict[str, Any] = widget.score.to_dict("en")
    return found


def modules(page: Page) -> list[list[int]]:
    """Read the picture of the code as a square of modules."""
    picture = page.locator("svg.pb-qr")
    size = int(str(picture.get_attribute("viewBox")).split()[-1]) - 8
    square = [[0] * size for _ in range(size)]
    path = str(picture.locator("path").get_attribute("d"))
    for x, y in re.findall(r"M(\d+) (\d+)h", path):
        square[int(y)][int(x)] = 1
    return square


@pytest.mark.slow
@pytest.mark.parametrize("denied", [False, True], ids=["allowed", "denied"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_filled_on_a_phone_it_scores_as_the_notebook_does(
    phone: Page, forms: dict[str, str], tmp_path: Path, lang: str, denied: bool
) -> None:
    """All 28 questions by touch, offline; file, text and code come to the notebook's score."""
    if denied:
        phone.add_init_script(DENY)
    phone.goto(forms[lang])
    fill(phone, lang)
    phone.get_by_role("button", name=HAND_IN[lang], exact=True).click()
    text = phone.locator("#hand-text").input_value()
    document = json.loads(text)
    if denied:
        expect(phone.locator("#pb-status")).to_contain_text(
            {"en": "Not kept", "zh": "没能存下"}[lang]
        )
        phone.locator("main button", has_text=SAVE[lang]).click()
        expect(phone.locator("#told-file")).not_to_be_empty()
        phone.locator("main button", has_text={"en": "Copy", "zh": "复制"}[lang]).click()
        expect(phone.locator("#told-text")).not_to_be_empty()
        assert text == phone.evaluate(PICKED)  # everything is selected: a long press copies it
        path = tmp_path / "from-text.json"
        path.write_text(text, encoding="utf-8")
    else:
        with phone.expect_download() as download:
            phone.locator("main button", has_text=SAVE[lang]).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert re.fullmatch(r"isooc-梅-b-Mei-b-Lantern-灯下-[0-9a-f]{5}\.json", path.name)
        assert text == path.read_text(encoding="utf-8")
    assert "梅 <b>Mei</b>" == document["rater"]

    mine, notebook = playbook.score(path).to_dict("en"), by_notebook(tmp_path)
    assert notebook == mine
    code = phone.locator("#hand-code").inner_text()
    assert encode(document, load_checklist()) == code
    by_code = playbook.score(code).to_dict("en")
    for key in ("aim", "total", "coverage", "dimensions", "actions"):
        assert notebook[key] == by_code[key]
    assert notebook["milestones"]["gates"] == by_code["milestones"]["gates"]
    assert code == qr.read(modules(phone))


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("zh", "dark")])
def test_no_rule_of_accessibility_is_broken(
    phone: Page, forms: dict[str, str], lang: str, scheme: Any
) -> None:
    """On every page of the form, with problems shown; nothing is cut off."""
    phone.emulate_media(color_scheme=scheme)
    phone.goto(forms[lang])
    steps = phone.locator("nav button")
    for n in range(steps.count()):
        steps.nth(n).click()
        for value in ("na", "2"):
            boxes = phone.locator(f'main section fieldset > * input[value="{value}"]')
            if boxes.count() > 2:
                boxes.nth(0 if value == "na" else 1).check()
        assert [] == violations(phone, None)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_by_keyboard_alone(phone: Page, forms: dict[str, str]) -> None:
    """Tab, arrows, space and enter: begin, answer, add a note, go on, hand in, take the text."""
    phone.goto(forms["en"])
    button = phone.get_by_role("button", name="Begin")
    for _ in range(30):
        phone.keyboard.press("Tab")
        if button.evaluate("b => b === document.activeElement"):
            break
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="Interest", level=2)).to_be_focused()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("ArrowDown")
    card = question(phone, NAMES[0])
    expect(card.get_by_role("radio").nth(2)).to_be_focused()
    expect(card.get_by_role("radio").nth(2)).to_be_checked()
    for _ in range(3):  # how we know, what to look for, the note
        phone.keyboard.press("Tab")
    phone.keyboard.type("ten of them said so")
    expect(card.get_by_label("Note")).to_have_value("ten of them said so")
    phone.get_by_role("button", name="Hand in", exact=True).press("Enter")
    expect(phone.get_by_role("heading", name="Hand in")).to_be_focused()
    phone.get_by_role("button", name="Select all").press("Enter")
    answer = json.loads(phone.evaluate(PICKED))["answers"][NAMES[0]]
    assert {"level": 2, "evidence": "E0", "note": "ten of them said so"} == answer


def test_what_was_typed_is_there_again(phone: Page, forms: dict[str, str]) -> None:
    """After a reload, in the other language, and gone only when another person says so twice."""
    phone.goto(forms["en"])
    phone.locator("#about-rater").fill("Ann")
    phone.get_by_role("button", name="Begin").click()
    card = question(phone, NAMES[1])
    card.get_by_role("radio").nth(1).check()
    card.get_by_label("Note").fill("not yet handed in")
    phone.get_by_role("button", name="中文").click()
    expect(card.get_by_role("radio").nth(1)).to_be_checked()
    expect(card.get_by_label("说明")).to_have_value("not yet handed in")
    phone.reload()
    expect(phone.get_by_text("之前的 1 个答案都在")).to_be_visible()
    phone.get_by_role("button", name="English").click()
    expect(phone.locator("#about-rater")).to_have_value("Ann")
    phone.get_by_role("button", name="Hand in", exact=True).click()
    before = json.loads(phone.locator("#hand-text").input_value())
    phone.get_by_role("button", name="Another person answers now").click()
    phone.get_by_role("button", name="No, keep them").click()
    phone.get_by_role("button", name="Another person answers now").click()
    phone.get_by_role("button", name="Yes, begin anew").click()
    expect(phone.locator("#about-rater")).to_have_value("")
    phone.get_by_role("button", name="Hand in", exact=True).click()
    after = json.loads(phone.locator("#hand-text").input_value())
    assert {} == after["answers"]
    assert before["id"] != after["id"]


def kept_key(page: Page) -> str:
    """Find where the form keeps its answers."""
    keys: list[str] = page.evaluate("Object.keys(localStorage)")
    return next(key for key in keys if key.startswith("playbook-form/1:isooc"))


def test_what_was_kept_half_is_begun_anew_and_kept_again(
    phone: Page, forms: dict[str, str]
) -> None:
    """A store that was cut short, or of another shape, neither breaks the page nor ends keeping."""
    phone.goto(forms["en"])
    phone.locator("#about-rater").fill("Ann")
    key = kept_key(phone)
    whole = json.loads(phone.evaluate("key => localStorage.getItem(key)", key))
    odd = [{"community": None}, {"answers": "all"}, {"lang": "xx"}, {"rater": 7}, {"id": ""},
           {"community": {"members": [3]}}, {"answers": {NAMES[0]: {"choice": "9"}}}]  # fmt: skip
    for left in (json.dumps(whole)[:40], "null", "[]", *(json.dumps(whole | one) for one in odd)):
        phone.evaluate("([key, left]) => localStorage.setItem(key, left)", [key, left])
        phone.reload()
        expect(phone.get_by_role("button", name="Begin")).to_be_visible()
        expect(phone.get_by_text("keeps nothing for you")).to_have_count(0)
    phone.locator("#about-rater").fill("Ben")
    phone.reload()
    expect(phone.locator("#about-rater")).to_have_value("Ben")


def test_a_second_tab_does_not_write_over_the_first(phone: Page, forms: dict[str, str]) -> None:
    """The form opened twice, as phones do: both show what was answered in either."""
    phone.goto(forms["en"])
    other = phone.context.new_page()
    other.goto(forms["zh"])
    phone.get_by_role("button", name="Begin").click()
    question(phone, NAMES[0]).get_by_role("radio").nth(2).check()
    other.locator("#about-rater").fill("Ann")
    phone.get_by_role("button", name="Hand in", exact=True).click()
    handed = json.loads(phone.locator("#hand-text").input_value())
    assert ("Ann", 2) == (handed["rater"], handed["answers"][NAMES[0]]["level"])
    other.close()


def test_too_much_left_out_is_told_and_never_refused_later(
    phone: Page, forms: dict[str, str]
) -> None:
    """The second of a part counts as not known, which is told at once; the file scores."""
    phone.goto(forms["en"])
    phone.get_by_role("button", name="Begin").click()
    names = [name for name in NAMES if name.startswith("interest.")]
    for name in names[:3]:
        question(phone, name).locator('input[value="na"]').check()
    for name in names[:2]:
        question(phone, name).locator('input[value="by_choice"]').check()
    too_many = "Too much of this part is left out"
    expect(question(phone, names[1]).get_by_text(too_many)).to_be_visible()
    expect(question(phone, names[0]).get_by_text(too_many)).to_have_count(0)
    expect(question(phone, names[2]).get_by_text("Choose why it does not apply")).to_be_visible()
    other = question(phone, names[2])
    other.locator('input[value="other"]').check()
    expect(other.get_by_text("Write the other reason")).to_be_visible()
    phone.get_by_role("button", name="Hand in", exact=True).click()
    expect(phone.get_by_text("Question 2:")).to_be_visible()
    document = json.loads(phone.locator("#hand-text").input_value())
    read = playbook.score(document).answers
    assert [True, False, False] == [read.is_na(name) for name in names[:3]]
    assert read.given[names[1]].unknown
    phone.get_by_role("button", name="Change 3").click()
    expect(question(phone, names[2]).locator('input[value="na"]')).to_be_focused()


def test_a_phone_that_can_share_gets_the_file(phone: Page, forms: dict[str, str]) -> None:
    """What is handed to the other app is the answers file; a refusal is told."""
    phone.add_init_script(
        "navigator.canShare = ({ files }) => files.length === 1;"
        "navigator.share = async ({ files }) => { window.shared = await files[0].text(); };"
    )
    phone.goto(forms["en"])
    phone.get_by_role("button", name="Hand in", exact=True).click()
    phone.get_by_role("button", name="Send the file").click()
    expect(phone.locator("#told-file")).to_have_text("Handed to the app you chose.")
    assert phone.evaluate("window.shared") == phone.locator("#hand-text").input_value()
    refuse = "throw new DOMException('', 'NotAllowedError')"
    phone.evaluate(f"void (navigator.share = async () => {{ {refuse} }})")
    phone.get_by_role("button", name="Send the file").click()
    expect(phone.locator("#told-file")).to_contain_text("does not allow")


def test_an_earlier_file_goes_on_and_hostile_text_stays_text(
    phone: Page, forms: dict[str, str], root: Path
) -> None:
    """A file or its text is taken over with everything in it; a wrong one changes nothing."""
    lantern = (root / "notebooks/practice/lantern.json").read_text(encoding="utf-8")
    phone.goto(forms["en"])
    phone.locator("summary", has_text="Go on from").click()
    other = {"format": "playbook-answers/1", "checklist": "positioning", "answers": {}}
    wrongs = [{"content_version": "2.0"}, {"community": {"members": "many"}}, {"rater": ["a"]},
              {"community": {"kind": "cult"}}, {"answers": {NAMES[0]: {"na": "never"}}},
              {"answers": {NAMES[0]: {"level": 1, "evidence": "E9"}}},
              {"answers": {NAMES[0]: {"level": 1, "note": 7}}}]  # fmt: skip
    odd = [json.dumps(json.loads(lantern) | one) for one in wrongs]
    for wrong in ("", "[]", json.dumps(other), *odd):
        phone.locator("#bring-text").fill(wrong)
        phone.get_by_role("button", name="Take it over").click()
        expect(phone.get_by_text("Nothing was changed")).to_be_visible()
    evil = json.loads(lantern)
    evil["rater"] = evil["community"]["name"] = "<img src=x onerror=alert(1)>"
    evil["answers"][NAMES[0]]["note"] = "</textarea><script>alert(2)</script>"
    phone.locator("#bring-text").fill(json.dumps(evil))
    phone.get_by_role("button", name="Take it over").click()
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(phone.get_by_text("</textarea><script>alert(2)</script>")).to_be_visible()
    phone.get_by_role("button", name="Hand in", exact=True).click()
    back = json.loads(phone.locator("#hand-text").input_value())
    assert playbook.score(evil).to_dict() == playbook.score(back).to_dict()
    assert (evil["id"], evil["rater"]) == (back["id"], back["rater"])


@pytest.mark.slow
def test_paper_takes_two_sheets(browser: Browser, tmp_path: Path) -> None:
    """At most two pages of A4, for every checklist."""
    page = browser.new_page()
    shorter = [(entry["id"], "en") for entry in library.checklists()[1:]]
    for name, lang in [("isooc", "en"), ("isooc", "zh"), *shorter]:  # English takes more room
        path = api.form(tmp_path / "paper.html", name, lang=lang, paper=True)
        page.goto(path.as_uri())
        pdf = page.pdf(prefer_css_page_size=True)
        pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
        assert 1 <= pages <= 2, (name, lang)
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_pages_of_the_workshop_break_no_rule(phone: Page, tmp_path: Path, lang: str) -> None:
    """Class, history, plan, guide: on a phone and on a projector, light and dark, no script."""
    room = tmp_path / "room"
    room.mkdir()
    for n, level in enumerate((0, 1, 3, 3)):
        document = {
            "format": "playbook-answers/1", "id": f"{n}", "rater": f"<b>{n}",
            "date": f"2026-0{n + 1}",
            "community": {"name": "T" if n < 3 else "=U"},
            "answers": {"interest.bond": {"level": level}, "copy.model": {"level": 1}},
        }  # fmt: skip
        (room / f"{n}.json").write_text(json.dumps(document), encoding="utf-8")
    (room / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    api.workshop(room, tmp_path / "one.html", one=True, lang=lang)
    api.workshop(room, tmp_path / "many.html", pseudonyms=True, lang=lang)
    api.history(room / "0.json", room / "1.json", output=tmp_path / "history.html", lang=lang)
    api.agenda(90, kit=tmp_path / "kit", lang=lang)
    pages = ["one.html", "many.html", "history.html", "kit/agenda.html", "kit/trainer/guide.html",
             "kit/paper.html"]  # fmt: skip
    for name in pages:
        phone.goto((tmp_path / name).as_uri())
        if "paper" not in name:
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        # Colours do not depend on the language: one of each is enough.
        phone.set_viewport_size({"width": 390 if lang == "en" else 1280, "height": 800})
        phone.emulate_media(color_scheme="dark" if lang == "en" else "light")
        assert [] == violations(phone, None), name
        phone.set_viewport_size({"width": 390, "height": 800})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_number_mended_does_not_take_the_button_away(
    phone: Page, forms: dict[str, str], lang: str
) -> None:
    """The press that ends the typing begins the questions; a wrong number is shown first."""
    phone.goto(forms[lang])
    members, wrong = phone.locator("#about-members"), phone.locator("#about-members-wrong")
    begin = phone.get_by_role("button", name=BEGIN[lang])
    members.fill("12OO")
    begin.click()
    expect(wrong).to_be_visible()
    expect(members).to_be_focused()
    expect(members).to_have_value("12OO")
    members.fill("1200")
    begin.click()
    expect(wrong).to_have_count(0)
    expect(question(phone, NAMES[0])).to_be_visible()


@pytest.mark.slow
def test_slides_turn_without_a_network(phone: Page, tmp_path: Path) -> None:
    """Reveal is in the file: arrow keys lead on; the room sees no notes, the trainer does."""
    api.agenda(90, kit=tmp_path, lang="en")
    phone.set_viewport_size({"width": 1280, "height": 800})
    phone.goto((tmp_path / "slides.html").as_uri())
    expect(phone.get_by_role("heading", name="A workshop of 90 minutes")).to_be_visible()
    phone.keyboard.press("ArrowRight")
    expect(phone.get_by_role("heading", name="Start here")).to_be_visible()
    phone.keyboard.press("ArrowDown")
    expect(phone.get_by_role("heading", name="Start here")).not_to_be_visible()
    assert 0 == phone.get_by_text("For the trainer").count()
    phone.goto((tmp_path / "trainer" / "slides.html").as_uri())
    notes = phone.locator(".speaker-notes")
    for _ in range(3):
        phone.keyboard.press("ArrowRight")
    expect(notes).to_contain_text("For the trainer")


#: What stands on all slides, in order, without what is repeated on the next one.
SAID = """room => [...room.querySelectorAll('.slides :is(p,li,td,pre)')].map(e => e.textContent)"""
#: The slides whose end one would have to scroll to.
CUT_OFF = """() => {
  const room = document.querySelector('.reveal'), slides = room.querySelector('.slides');
  room.classList.add('pb-measure');
  const over = [...slides.querySelectorAll('section>section')].filter(
    one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1);
  room.classList.remove('pb-measure');
  return [slides.querySelectorAll('section>section').length, over.map(e => e.textContent)];
}"""


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_slide_has_to_be_scrolled_and_none_tells_the_answer_early(
    phone: Page, tmp_path: Path, lang: str
) -> None:
    """On a projector and on a phone: all is there, every slide fits, answers wait for a key."""
    api.agenda(480, kit=tmp_path, lang=lang)
    page = tmp_path / "slides.html"
    raw = f"raw => ({SAID})(new DOMParser().parseFromString(raw, 'text/html'))"
    for width, height, least in ((1280, 720, 110), (390, 844, 80)):
        phone.set_viewport_size({"width": width, "height": height})
        phone.goto(page.as_uri())
        expect(phone.get_by_role("heading", level=1).first).to_be_visible()
        assert phone.evaluate(raw, page.read_text("utf-8")) == phone.evaluate(f"({SAID})(document)")
        phone.keyboard.press("ArrowRight")
        assert [] == violations(phone, None)
        count, over = phone.evaluate(CUT_OFF)
        assert (True, []) == (count >= least, over)

    phone.set_viewport_size({"width": 1280, "height": 720})
    title, answer = {
        "en": ("Exercise: the widest interval", "Wider by far"),
        "zh": ("练习：谁的区间最宽", "宽得多"),
    }[lang]
    phone.goto(page.as_uri())
    exercise = phone.get_by_role("heading", name=title)
    for _ in range(40):  # the right arrow alone leads through a lesson
        if exercise.is_visible():
            break
        phone.keyboard.press("ArrowRight")
    told = phone.locator("section p", has_text=answer)
    assert "hidden" == told.evaluate("e => getComputedStyle(e).visibility")
    phone.keyboard.press("ArrowRight")
    expect(told).to_be_visible()


def test_on_paper_the_sum_stands_once_and_no_table_loses_its_head(
    phone: Page, tmp_path: Path
) -> None:
    """A plan of two pages adds up at its end only; names do not part from what stands over them."""
    api.agenda(360, tmp_path / "plan.html", lang="en")
    room = {"format": "playbook-answers/1", "answers": {"interest.bond": {"level": 1}}}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text(json.dumps(room), encoding="utf-8")
    api.workshop(tmp_path / "in", tmp_path / "class.html", lang="en")
    phone.emulate_media(media="print")
    style = "(e, name) => getComputedStyle(e)[name]"
    phone.goto((tmp_path / "plan.html").as_uri())
    assert "table-row-group" == phone.locator("tfoot").evaluate(style, "display")
    phone.goto((tmp_path / "class.html").as_uri())
    assert "avoid" == phone.locator("#people").evaluate(style, "breakInside")
