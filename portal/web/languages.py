"""The languages of the portal, how a reader chooses one, and the time zones of Indonesia.

A reader's explicit choice (the ``bahasa`` cookie) wins; without one the portal speaks Indonesian. The browser's
``Accept-Language`` is not asked on purpose: cheap phones and counters are often set to English by nobody's choice.
The choice lives in a cookie and not in the account, so that an error page can speak it while the database is down.
"""

from __future__ import annotations

from collections.abc import Callable, Set

from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, Response, current_app, g, has_request_context, redirect, request
from flask_babel import Babel
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from portal.web.access import public, safe_next
from portal.web.assets import ROOT
from portal.web.vary import vary_on

LANGUAGES: dict[str, str] = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT_LANGUAGE = "id"
COOKIE = "bahasa"
_PHRASES = "portal_phrases"
ONE_YEAR = 365 * 24 * 3600

blueprint = Blueprint("web", __name__)


def current_language() -> str:
    """The language of this request, as in ``LANGUAGES``; the default one outside a request."""
    try:
        known: str = g.language
    except (AttributeError, RuntimeError):  # not asked yet, or nobody is there to ask
        if not has_request_context():
            return DEFAULT_LANGUAGE
        chosen = request.cookies.get(COOKIE, "")
        known = g.language = chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE
    return known


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
    """The templates' ``_`` in one language: a dictionary lookup where Flask-Babel asks for the locale every time.

    Reads like Jinja's own: ``%(name)s`` is filled in and escaped, ``%%`` is a percent sign. Unlike Jinja's, a text
    that no catalogue knows (the name of a programme from the registry, say) is escaped and shown as it is.
    """

    def __init__(self, catalogue: NullTranslations, known: Set[str]) -> None:
        self.translate: Callable[[str], str] = catalogue.gettext
        self._known = known
        self._plain: dict[str, Markup] = {}

    def say(self, text: str, **values: object) -> Markup:
        """The phrase for a text that comes from a template or is a message key of ours."""
        source = str(text)
        if values:
            return self._phrase(source) % values
        phrase = self._plain.get(source)
        if phrase is None:
            phrase = self._phrase(source)
            if source not in self._known:
                return phrase
            phrase = self._plain[source] = phrase % {}
        return phrase

    def _phrase(self, source: str) -> Markup:
        if source not in self._known:
            return escape(source)
        return Markup(self.translate(source))  # noqa: S704 - our own phrase


def phrases() -> Phrases:
    """The phrases in the reader's language."""
    found: Phrases = current_app.extensions[_PHRASES][current_language()]
    return found


def _say(text: str, **values: object) -> Markup:
    """``_`` for the macros, which do not see what a page is given."""
    return phrases().say(text, **values)


def _load_phrases(directory: str) -> dict[str, Phrases]:
    catalogues = {language: Translations.load(directory, [language]) for language in LANGUAGES}
    default = getattr(catalogues[DEFAULT_LANGUAGE], "_catalog", {})
    known = frozenset(key for key in default if isinstance(key, str))
    return {language: Phrases(catalogue, known) for language, catalogue in catalogues.items()}


def _vary_on_cookie(response: Response) -> Response:
    if response.status_code != 304 and response.mimetype == "text/html":
        vary_on(response, "Cookie")
    return response


def init_languages(app: Flask) -> None:
    """Start Flask-Babel with our catalogue and add the switch to the app."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(ROOT / "translations"))
    Babel(app, default_locale=DEFAULT_LANGUAGE, locale_selector=current_language)
    app.extensions[_PHRASES] = _load_phrases(app.config["BABEL_TRANSLATION_DIRECTORIES"])
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, current_language=current_language, _=_say, gettext=_say)
    app.context_processor(lambda: {"_": phrases().say})  # for pages: the language is asked once
    app.register_blueprint(blueprint)
    app.after_request(_vary_on_cookie)
