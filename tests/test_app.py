"""The app without a browser: where a visitor's work lies, what is served to whom, what is shown."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from playbook.errors import PlaybookError
from playbook.web import app_notebook, settings
from playbook.widgets import App
from playbook.widgets.app import visitor_folder
from playbook.words import LANGUAGES, say

TOKENS = ("a" * 32, "b" * 32)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep work in a folder of this test."""
    monkeypatch.setenv("PLAYBOOK_WORK", str(tmp_path))
    return tmp_path


def come(app: App, token: Any, speaks: str = "en") -> None:
    """Arrive, as the browser's script does."""
    app.places.handle({"do": "visitor", "key": speaks, "value": token})


def test_the_work_of_two_visitors_lies_apart(work: Path) -> None:
    """Each token has a folder of its own, and its name does not give the token away."""
    first, second = (visitor_folder(token) for token in TOKENS)
    assert first != second
    assert {work / "visitors"} == {first.parent, second.parent}
    assert not any(token in str(folder) for token in TOKENS for folder in (first, second))


def test_nothing_is_shown_before_the_visitor_is_known(work: Path) -> None:
    """A warm page waits; then it speaks the visitor's language and saves in their folder."""
    app = App(visitors=True)
    assert "data-visitor" in app.places.page["html"]
    assert 'data-do="go"' not in app.places.page["html"]

    come(app, TOKENS[0], "zh-CN")

    assert "zh" == app.places.lang
    assert 'data-do="go"' in app.places.page["html"]
    folder = visitor_folder(TOKENS[0], work)
    assert str(folder) == os.environ["PLAYBOOK_WORK"]
    assert 0o700 == folder.stat().st_mode & 0o777


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_room_is_shown_a_code_to_scan(
    work: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """Where the app is open to others its address stands there as a picture; else nothing does."""
    alone = App(visitors=True)
    come(alone, TOKENS[0], lang)
    assert "<svg" not in alone.places.page["html"]

    monkeypatch.setenv("PLAYBOOK_ADDRESS", "http://192.0.2.7:8888/?token=a&b")
    room = App(visitors=True)
    assert "token=a" not in room.places.page["html"]  # not before one is in
    come(room, TOKENS[0], lang)
    html = room.places.page["html"]
    assert f'role="img" aria-label="{say("app.code_alt", lang)}"' in html
    assert "<svg" in html
    assert "http://192.0.2.7:8888/?token=a&amp;b" in html


@pytest.mark.parametrize(
    "token", [None, "", 7, "short", "../" * 12, "g" * 32, "A" * 32, "a" * 65, ["a" * 32]]
)
def test_what_is_no_token_opens_nothing(work: Path, token: object) -> None:
    """Anything but 32 to 64 hexadecimal digits is not a visitor."""
    app = App(visitors=True)
    come(app, token)
    assert "data-visitor" in app.places.page["html"]
    assert [] == list(work.iterdir())


def test_nobody_becomes_another_visitor(work: Path) -> None:
    """Who has arrived stays who they are: a second token on the same page changes nothing."""
    app = App(visitors=True)
    come(app, TOKENS[0])
    come(app, TOKENS[1])
    assert str(visitor_folder(TOKENS[0], work)) == os.environ["PLAYBOOK_WORK"]


def test_answers_are_found_again(work: Path) -> None:
    """What was answered on one page is there on the next, for this visitor alone."""
    app = App(visitors=True)
    come(app, TOKENS[0])
    app.places.handle({"do": "go", "value": "assess"})
    app.children[1].answer("structure.roles", 2)

    os.environ["PLAYBOOK_WORK"] = str(work)
    again = App(visitors=True)
    come(again, TOKENS[0])
    again.places.handle({"do": "go", "value": "assess"})
    assert 2 == again.children[1].answers["answers"]["structure.roles"]["level"]

    os.environ["PLAYBOOK_WORK"] = str(work)
    other = App(visitors=True)
    come(other, TOKENS[1])
    other.places.handle({"do": "go", "value": "assess"})
    assert {} == other.children[1].answers["answers"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_place_opens(work: Path, lang: str) -> None:
    """Each button leads to a tool in the same language, and the tool follows a switch."""
    app = App(lang=lang)
    for place in App.PLACES:
        app.places.handle({"do": "go", "value": place})
        assert 2 == len(app.children), place
        assert lang == app.children[1].lang
    other = LANGUAGES[1 - LANGUAGES.index(lang)]
    app.places.handle({"do": "lang", "value": other})
    assert other == app.children[1].lang


def test_a_place_that_does_not_exist_is_not_gone_to(work: Path) -> None:
    """Neither an unknown place nor an unknown choice does anything."""
    app = App()
    app.places.handle({"do": "go", "value": "kernel"})
    assert "" == app.places.place
    app.places.handle({"do": "go", "value": "assess"})
    app.places.handle({"do": "choose", "value": "/etc/passwd"})
    assert "isooc" == app.places.chosen["assess"]


def test_other_questions_can_be_chosen(work: Path) -> None:
    """Every checklist is offered by its name; the tool below changes, answers of both stay."""
    app = App()
    app.places.handle({"do": "go", "value": "assess"})
    app.children[1].answer("structure.roles", 1)
    app.places.handle({"do": "choose", "value": "six_senses"})
    assert "six_senses" == app.children[1].checklist.id
    app.places.handle({"do": "choose", "value": "isooc"})
    assert 1 == app.children[1].answers["answers"]["structure.roles"]["level"]


def test_the_page_is_one_cell_without_a_word_of_code_shown(tmp_path: Path) -> None:
    """Voilà gets a valid notebook; sources and tracebacks stay hidden."""
    import nbformat

    path = app_notebook(tmp_path, own=False)
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert "App(visitors=True)" in book.cells[0].source
    assert "App(visitors=False)" in app_notebook(tmp_path, own=True).read_text(encoding="utf-8")
    voila = settings("127.0.0.1", 8888, "", "", 2, False)["VoilaConfiguration"]
    assert voila["strip_sources"]
    assert not voila["show_tracebacks"]


def asked_for(**typed: str) -> Any:
    """Stand in for the handler of a form in which this was typed."""

    class Handler:
        log = logging.getLogger("test")

        def get_argument(self, name: str, default: str = "") -> str:
            return typed.get(name, default)

    return Handler()


def test_the_door_opens_for_the_token_and_the_password_and_changes_neither() -> None:
    """Nothing else comes in, an empty word least of all; a new password is nobody's to set."""
    from jupyter_server.auth.security import passwd

    from playbook.door import Keeper

    both = Keeper(token="tea-at-nine", hashed_password=passwd("open sesame"))
    before = both.hashed_password
    for right in ("tea-at-nine", "open sesame"):
        assert both.process_login_form(asked_for(password=right, new_password="mine")) is not None
    assert before == both.hashed_password
    for wrong in ("", "tea", "tea-at-ten", "茶", before):
        assert both.process_login_form(asked_for(password=wrong)) is None
        assert Keeper(token="", hashed_password=before).process_login_form(
            asked_for(password=wrong)
        ) is None  # fmt: skip
        assert Keeper(token="x").process_login_form(asked_for(password=wrong)) is None
    assert "playbook.door.Keeper" == settings("", 1, "", "", 2, False)["Voila"][
        "identity_provider_class"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "lang"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB", "en"), ("de,en;q=0.5", "en"), ("", "en")],
)
def test_the_door_speaks_the_visitors_language(header: str, lang: str) -> None:
    """As far as it is one of ours."""
    from playbook.door import login_html, notice_html, spoken

    assert lang == spoken(header)
    assert say("app.enter_do", lang) in login_html("<form>{}</form>", lang)
    assert "&lt;b&gt;" in notice_html("<b>", lang)


def test_an_address_that_can_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where everything is listened on, that of this computer; there is no page at 0.0.0.0."""
    from playbook import web

    for everything in ("0.0.0.0", "::", ""):
        assert web.reached(everything) not in ("0.0.0.0", "::", "")
    assert ("192.0.2.7", "tea.example") == (web.reached("192.0.2.7"), web.reached("tea.example"))

    def nowhere(*_: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(web.socket.socket, "connect", nowhere)
    assert web.socket.gethostname() == web.reached("0.0.0.0")


def test_there_is_room_for_as_many_as_the_memory_carries(monkeypatch: pytest.MonkeyPatch) -> None:
    """One for every 200 MB, five at least; fewer than one is refused before anything listens."""
    from playbook import web

    sizes = {"SC_PAGE_SIZE": 1000, "SC_PHYS_PAGES": 24_000_000}
    monkeypatch.setattr(web.os, "sysconf", sizes.__getitem__, raising=False)
    assert 120 == web.places()
    sizes["SC_PHYS_PAGES"] = 100
    assert 5 == web.places()
    monkeypatch.delattr(web.os, "sysconf")
    assert 42 == web.places()
    assert 7 == settings("", 1, "", "", 2, False, 7)["House"]["most"]


def test_a_password_is_kept_as_a_hash_only() -> None:
    """What Voilà is given cannot be read back."""
    login = settings("0.0.0.0", 8888, "", "open sesame", 2, False)["PasswordIdentityProvider"]
    assert login["password_required"]
    assert "sesame" not in json.dumps(login)


def test_an_empty_password_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for a password and given none: refused before anything listens."""
    from playbook import web

    monkeypatch.delenv("PLAYBOOK_PASSWORD", raising=False)
    monkeypatch.setattr(web.getpass, "getpass", lambda: "")
    with pytest.raises(PlaybookError, match="PLAYBOOK_PASSWORD"):
        web.open_app(host="0.0.0.0", password=True, browser=False)


def test_where_nobody_can_type_a_password_nothing_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a script the question ends at once: a usage fault of theirs, not one of ours."""
    from playbook import web

    def nobody() -> str:
        raise EOFError

    monkeypatch.delenv("PLAYBOOK_PASSWORD", raising=False)
    monkeypatch.setattr(web.getpass, "getpass", nobody)
    with pytest.raises(PlaybookError, match="Set it there"):
        web.open_app(host="0.0.0.0", password=True, browser=False)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"host": "192.0.2.1"}, "--host: '192.0.2.1' is no address of this computer"),
        ({"host": "a" * 300}, "is no address of this computer"),
    ],
)
def test_what_cannot_be_listened_on_is_told_before_an_address_is(
    how: dict[str, Any], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It was "open at" first, and then a result that could not be written."""
    from playbook import web

    with pytest.raises(PlaybookError, match=told):
        web.open_app(browser=False, **how)
    assert "" == capsys.readouterr().err


def test_without_a_key_only_our_own_names_are_answered() -> None:
    """A page of elsewhere could lead its name to 127.0.0.1; behind a proxy there is a key."""
    told = [
        settings(host, 8888, token, password, 2, False)["House"]["any_name"]
        for host, token, password in (
            ("127.0.0.1", "", ""),
            ("localhost", "", ""),
            ("127.0.0.1", "tea", ""),
            ("127.0.0.1", "", "open sesame"),
            ("0.0.0.0", "tea", ""),
        )
    ]
    assert [False, False, True, True, True] == told


def test_a_visitor_is_told_no_path_of_the_computer(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report and the plan by their names; in a notebook with their places."""
    for served in (True, False):
        if served:
            monkeypatch.setenv("PLAYBOOK_APP", "1")
        else:
            monkeypatch.delenv("PLAYBOOK_APP")
        app = App(lang="en")
        app.places.handle({"do": "go", "value": "assess"})
        app.children[1].answer("structure.roles", 2)
        app.children[1].handle({"do": "report"})
        app.places.handle({"do": "go", "value": "plan"})
        app.children[1].handle({"do": "make"})
        told = [app._made["assess isooc"].page["html"], app.children[1].page["html"]]
        for name, html in zip(("report.html", "plan.html"), told, strict=True):
            assert name in html
            assert served == (str(work) not in html)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_lost_page_is_told_what_to_do_without_kernel_talk(
    work: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """In the app the advice is to reload, not to run a cell."""
    monkeypatch.setenv("PLAYBOOK_APP", "1")
    app = App(lang=lang)
    assert say("app.lost", lang) in app.places.page["html"]
    assert say("widget.lost", lang) not in app.places.page["html"]
