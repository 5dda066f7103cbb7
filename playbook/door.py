"""The door of the app: who comes in, and what is said to those who cannot, in plain words."""

from __future__ import annotations

import asyncio
import re
from hmac import compare_digest
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import PasswordIdentityProvider, User
from jupyter_server.auth.logout import LogoutHandler
from tornado.escape import url_escape
from tornado.web import HTTPError, authenticated
from traitlets import Bool, Int
from voila.app import Voila
from voila.static_file_handler import TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.voila_identity_provider import VoilaLoginHandler

from playbook.present.document import document, line, paragraph
from playbook.words import language, say

#: How soon somebody who found no room is let try again, in seconds.
AGAIN = 30
_SHEET = "main{max-width:34rem}.pb-input{margin:.3em 0 1em}"


class Keeper(PasswordIdentityProvider):
    """Knows the token and the password; how long a comparison takes tells nothing of them.

    Nobody sets another password from outside, as the server below would allow.
    """

    async def get_user_token(self, handler: Any) -> User | None:
        """Who comes with a token in the address?"""
        if not _same(self.get_token(handler) or "", self.token):
            return None
        found: User | None = await super().get_user_token(handler)
        return found

    def process_login_form(self, handler: Any) -> User | None:
        """Who typed the token or the password?"""
        typed = handler.get_argument("password", default="")
        right = bool(self.token) and _same(typed, self.token)
        if not right and self.hashed_password:
            right = bool(self.passwd_check(typed))  # type: ignore[no-untyped-call]
        if right:
            user: User = self.generate_anonymous_user(handler)
            return user
        return None


def _same(given: str, wanted: str) -> bool:
    return compare_digest(given.encode("utf-8", "replace"), wanted.encode("utf-8"))


def spoken(header: str) -> str:
    """Which of our languages does a browser ask for first (`Accept-Language`)?

    >>> spoken("fr-FR,zh-CN;q=0.8,en;q=0.5")
    'zh'
    """
    found = re.search(r"\b(zh|en)\b", header.lower())
    return language(found[1] if found else None)


class _Plain:
    """Says in our words, in the visitor's language, what cannot be done."""

    def speaks(self: Any) -> str:
        return spoken(self.request.headers.get("Accept-Language", ""))

    def write_error(self: Any, status_code: int, **_: Any) -> None:
        """Whatever went wrong: what to do, and nothing about servers."""
        lang = self.speaks()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.write(notice_html(say("app.fault", lang, code=status_code), lang))


class Login(_Plain, VoilaLoginHandler):  # type: ignore[misc]
    """Asks for the token or the password."""

    def _render(self, message: Any = None) -> None:
        target = url_escape(self.get_argument("next", default=self.base_url))
        form = (
            f'<form action="{line(self.base_url)}login?next={line(target)}" method="post">'
            f"{self.xsrf_form_html()}{{}}</form>"
        )
        self.write(login_html(form, self.speaks(), wrong=message is not None))


class Front(_Plain, TornadoVoilaHandler):  # type: ignore[misc]
    """The page itself, for as many visitors as there is room for."""

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Open the page; any other address leads here."""
        if path:
            self.redirect(self.base_url)
            return
        most = self.settings["playbook_most"]
        for _ in range(10):
            if self._here() < most:
                await super().get(path)
                return
            await asyncio.sleep(0.3)  # who reloads is still counted for a moment
        lang = self.speaks()
        self.set_status(503)
        self.set_header("Retry-After", str(AGAIN))
        self.set_header("Refresh", str(AGAIN))
        self.write(notice_html(say("app.full", lang, most=most, seconds=AGAIN), lang))

    def _here(self) -> int:
        """How many visitors are there? Pages kept warm for the next ones are not counted."""
        kernels = self.kernel_manager
        warm: int = kernels.get_pool_size(self.notebook_path)
        return len(kernels.list_kernel_ids()) - warm


class Leave(_Plain, LogoutHandler):
    """Forgets who was let in, and asks again."""

    @allow_unauthenticated
    def get(self) -> None:
        """Whoever leaves a shared computer."""
        self.identity_provider.clear_login_cookie(self)
        self.redirect(self.base_url)


class Pieces(_Plain, TemplateStaticFileHandler):  # type: ignore[misc]
    """Styles of the page; an address that is none is simply not there."""

    def parse_url_path(self, path: str) -> Any:
        """The file that an address names."""
        try:
            return super().parse_url_path(path)
        except (ValueError, AssertionError):
            raise HTTPError(404) from None


#: Voilà's handlers that ours stand for.
OURS = {TornadoVoilaHandler: Front, TemplateStaticFileHandler: Pieces}


class House(Voila):  # type: ignore[misc]
    """Voilà with our door. `most`: so many visitors at once. `any_name`: whatever it is called."""

    most = Int(100, config=True)
    any_name = Bool(False, config=True)

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, and our words where people are asked who they are."""
        settings: dict[str, Any] = super().init_settings()
        self.identity_provider.login_handler_class = Login
        self.identity_provider.logout_handler_class = Leave
        settings["allow_remote_access"] = self.any_name
        return {**settings, "playbook_most": self.most}

    def init_handlers(self) -> list[Any]:
        """Voilà's handlers, its page replaced by ours."""
        return [
            (place, OURS.get(handler, handler), *more)
            for place, handler, *more in super().init_handlers()
        ]


def notice_html(told: str, lang: str) -> str:
    """A whole page that says one thing."""
    name = say("app.name", lang)
    return document(name, f"<main><h1>{line(name)}</h1>{paragraph(told)}</main>", lang, _SHEET)


def login_html(form: str, lang: str, wrong: bool = False) -> str:
    """The page that asks for the token or the password; `form` is markup with a place in it."""
    name = say("app.name", lang)
    told = f'<p class="pb-wrong" id="wrong" role="alert">{line(say("app.enter_wrong", lang))}</p>'
    marked = ' aria-invalid="true" aria-describedby="wrong"' if wrong else ""
    field = (
        f'<label for="password">{line(say("app.enter", lang))}</label>'
        '<input class="pb-input" id="password" name="password" type="password" autofocus'
        f"{marked}>"
        f'<button class="pb-button pb-main">{line(say("app.enter_do", lang))}</button>'
    )
    body = (
        f"<main><h1>{line(name)}</h1>{paragraph(say('app.enter_about', lang))}"
        f"{told if wrong else ''}{form.format(field)}</main>"
    )
    return document(name, body, lang, _SHEET, sends=True)
