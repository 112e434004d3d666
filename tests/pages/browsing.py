"""Signs people in without their PIN, and fills in forms as a browser does."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask, session
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from portal.accounts.actor import StaffActor
from portal.accounts.sessions import start, token_hash
from portal.core.ids import new_token
from tests.factories import TestMember, insert, make_account
from tests.pages.inspecting import InspectingClient


class Browser:
    """One browser of one person. ``page`` is the newest answer."""

    def __init__(self, app: Flask) -> None:
        self.client = InspectingClient(app, use_cookies=True)
        self.page: TestResponse
        self.path = "/"

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Open a page and follow where it leads."""
        return self._took(self.client.get(path, follow_redirects=True, **kwargs))

    def post(self, path: str, data: dict[str, Any], **kwargs: Any) -> TestResponse:
        """Post and follow where it leads."""
        return self._took(self.client.post(path, data=data, follow_redirects=True, **kwargs))

    def _took(self, answer: TestResponse) -> TestResponse:
        for one in (*answer.history, answer):
            one.request.environ["wsgi.input"].close()  # a large body is a temporary file
        self.page = answer
        self.path = urlsplit(answer.request.path).path
        return answer

    @property
    def soup(self) -> BeautifulSoup:
        """The page, parsed."""
        return BeautifulSoup(self.page.text, "html.parser")

    @property
    def words(self) -> str:
        """What the main part of the page says."""
        main = self.soup.find(id="main")
        assert isinstance(main, Tag), self.page.status
        return " ".join(main.get_text(" ").split())

    def form(self, ending: str = "") -> tuple[str, dict[str, str]]:
        """Action and answers of the form of the main part whose action, or that of one of its buttons, ends so."""
        main = self.soup.find(id="main")
        assert isinstance(main, Tag), self.page.status
        for form in main.find_all("form"):
            actions = [str(form.get("action") or self.path)]
            actions += [str(button["formaction"]) for button in form.select("button[formaction]")]
            for action in actions if form.get("method", "get").lower() == "post" else ():
                if action.endswith(ending):
                    return action, _answers(form)
        raise AssertionError(f"no form to …{ending} on {self.path}: {self.words[:400]}")

    def fill(self, ending: str = "", /, **answers: Any) -> TestResponse:
        """Fill in that form and send it. A pair of name and bytes is a file; a list is several inputs of one name."""
        action, given = self.form(ending)
        values: dict[str, Any] = given | answers
        files = {name: (io.BytesIO(value[1]), value[0]) for name, value in values.items() if isinstance(value, tuple)}
        return self.post(action, {name: files.get(name, value) for name, value in values.items()})


def _answers(form: Tag) -> dict[str, Any]:
    """What a browser would send without anybody typing."""
    found: dict[str, Any] = {}
    for field in form.find_all(["input", "select", "textarea"]):
        name, kind = field.get("name"), field.get("type", "text")
        if not name or kind in ("file", "submit") or (kind in ("radio", "checkbox") and not field.has_attr("checked")):
            continue
        value = _selected(field) if field.name == "select" else field.get("value", "")
        value = field.get_text() if field.name == "textarea" else value
        found[name] = [*found[name], value] if isinstance(found.get(name), list) else value
        if field.find_parent(class_="govuk-date-input") and not isinstance(found[name], list):
            found[name] = [value]
    return found


def _selected(field: Tag) -> str:
    options = field.find_all("option")
    chosen = [option for option in options if option.has_attr("selected")] or options[:1]
    return str(chosen[0].get("value", "")) if chosen else ""


def signed_in(app: Flask, connection: Connection, owner: str, **who: int) -> Browser:
    token = new_token()
    insert(
        connection,
        "web_session",
        token_hash=token_hash(token),
        idle_ends_after=30,
        expires_at="2099-01-01",
        **who,
    )
    browser = Browser(app)
    with app.test_request_context():
        start(token, owner)
        kept = dict(session)
    with browser.client.session_transaction() as cookie:
        cookie.update(kept)
    return browser


def family_browser(app: Flask, connection: Connection, member: TestMember) -> Browser:
    """A member, signed in."""
    account = make_account(connection, member)
    return signed_in(app, connection, f"account:{account}", account_id=account)


def staff_browser(app: Flask, connection: Connection, staff: StaffActor) -> Browser:
    """An officer, signed in."""
    return signed_in(app, connection, f"staff:{staff.staff_id}", staff_id=staff.staff_id)
