"""The languages of the portal, how a reader chooses one, and the time zones of Indonesia.

A reader's explicit choice (the ``bahasa`` cookie) wins; without one the portal speaks Indonesian. The browser's
``Accept-Language`` is not asked on purpose: cheap phones and counters are often set to English by nobody's choice.
The choice lives in a cookie and not in the account, so that an error page can speak it while the database is down.
"""

from __future__ import annotations

from babel.support import Translations
from flask import Blueprint, Flask, Response, g, has_request_context, redirect, request
from flask_babel import Babel
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from portal.web.access import public, safe_next
from portal.web.assets import ROOT
from portal.web.vary import vary_on

LANGUAGES: dict[str, str] = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT_LANGUAGE = "id"
COOKIE = "bahasa"
ONE_YEAR = 365 * 24 * 3600

blueprint = Blueprint("web", __name__)


def current_language() -> str:
    """The language of this request, as in ``LANGUAGES``; the default one outside a request."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    language: str | None = g.get("language")
    if language is None:
        chosen = request.cookies.get(COOKIE, "")
        language = g.language = chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE
    return language


def remember_language(response: BaseResponse, language: str) -> None:
    """Put the reader's choice into the cookie of a response."""
    response.set_cookie(COOKIE, language, max_age=ONE_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)


@blueprint.post("/bahasa")
@public
def set_language() -> BaseResponse:
    """Remember the language that the reader tapped and go back to the page it was tapped on."""
    response = redirect(safe_next(request.form.get("next"), "/"), code=303)
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        remember_language(response, chosen)
    return response


class Phrases:
    """The templates' ``_``: one dictionary lookup where Flask-Babel asks for the locale at every phrase.

    Reads like Jinja's own: ``%(name)s`` is filled in and escaped, ``%%`` is a percent sign. Unlike Jinja's, a text
    that no catalogue knows (the name of a programme from the registry, say) is escaped and shown as it is.
    """

    def __init__(self, directory: str) -> None:
        self._catalogues = {language: Translations.load(directory, [language]) for language in LANGUAGES}
        self._known = {
            key for key in getattr(self._catalogues[DEFAULT_LANGUAGE], "_catalog", {}) if isinstance(key, str)
        }
        self._plain: dict[tuple[str, str], Markup] = {}

    def say(self, text: str, **values: object) -> Markup:
        """The phrase in the reader's language. ``text`` comes from a template or is a message key of ours."""
        language, source = current_language(), str(text)
        if values:
            return self._phrase(language, source) % values
        phrase = self._plain.get((language, source))
        if phrase is None:
            phrase = self._phrase(language, source)
            if source not in self._known:
                return phrase
            phrase = self._plain[language, source] = phrase % {}
        return phrase

    def _phrase(self, language: str, source: str) -> Markup:
        if source not in self._known:
            return escape(source)
        return Markup(self._catalogues[language].gettext(source))  # noqa: S704 - our own phrase


def _vary_on_cookie(response: Response) -> Response:
    if response.mimetype == "text/html":
        vary_on(response, "Cookie")
    return response


def init_languages(app: Flask) -> None:
    """Start Flask-Babel with our catalogue and add the switch to the app."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(ROOT / "translations"))
    Babel(app, default_locale=DEFAULT_LANGUAGE, locale_selector=current_language)
    phrases = Phrases(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES, current_language=current_language, _=phrases.say, gettext=phrases.say
    )
    app.register_blueprint(blueprint)
    app.after_request(_vary_on_cookie)
