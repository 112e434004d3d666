"""The error pages: one page for each status, in the reader's language, saying what to do next.

An error page asks nobody who is signed in and reads no database: it must work when everything else is down.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, make_response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.core.errors import PortalError
from portal.core.messages import N_
from portal.web.htmx import vary_on_htmx, wants_block

#: Status to its title and what the reader can do now (message keys).
PAGES: dict[int, tuple[str, str]] = {
    400: (N_("We could not read what was sent"), N_("Go back, check the page and send it again.")),
    403: (
        N_("You may not open this page"),
        N_("It belongs to somebody else or needs another sign-in. Go back to the home page."),
    ),
    404: (
        N_("This page does not exist"),
        N_("Check the address, or go back to the home page and look for it there."),
    ),
    405: (N_("This page cannot be opened this way"), N_("Go back to the home page and start again from there.")),
    409: (
        N_("This has changed since you opened it"),
        N_("Nothing was sent twice. Open the page again to see how it is now."),
    ),
    413: (
        N_("The file is too large"),
        N_("Choose a smaller photo (10 MB at most), or take a new one with a lower quality. Your answers are kept."),
    ),
    429: (N_("Too many tries"), N_("Wait a while before you try again.")),
    500: (
        N_("Something went wrong on our side"),
        N_("It is not your fault, and we have recorded it. Try again in a few minutes."),
    ),
    503: (
        N_("The portal cannot be reached for a moment"),
        N_("Your data is safe. Try again in a few minutes."),
    ),
}
TOO_MUCH_TEXT = N_(
    "There is too much text, so nothing of it was read. Go back: what you wrote is still in your browser. Make it "
    "shorter and send it again."
)
EXPIRED_FORM = N_("The page was open for too long, or cookies are blocked. Open the page again and send it once more.")


def error_page(status: int, message: str | None = None, retry_after: int | None = None) -> Response:
    """The page of an error; a block for htmx, which is told to put it into the main part of the page."""
    known = status if status in PAGES else (500 if status >= 500 else 400)
    title, advice = PAGES[known]
    template = current_app.jinja_env.get_template("errors/error.html")
    context = {
        "status": status,
        "title": title,
        "message": message,
        "advice": advice,
        "page_path": request.path if request.method == "GET" else "/",
    }
    if wants_block():
        part = template.new_context(context)
        response = make_response("".join(template.blocks["main"](part)), status)
        response.headers["HX-Retarget"] = "#main"
        response.headers["HX-Reswap"] = "innerHTML"
    else:
        response = make_response(template.render(context), status)
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    vary_on_htmx(response)
    return response


def _portal_error(error: PortalError) -> Response:
    """A domain error: its own sentence where it says more than the title."""
    message = None if error.message == type(error).message else error.message
    return error_page(error.status, message, getattr(error, "retry_after", None))


def _http_error(error: HTTPException) -> Response:
    """An error of the web. Redirects and ready answers never come here: Flask passes them as they are."""
    if isinstance(error, CSRFError):
        return error_page(400, EXPIRED_FORM)
    too_much_text = error.code == 413 and request.mimetype == "application/x-www-form-urlencoded"
    page = error_page(error.code or 500, TOO_MUCH_TEXT if too_much_text else None)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            page.headers[name] = value
    return page


def init_errors(app: Flask) -> None:
    """Register the pages. An unexpected error is logged by Flask and comes here as a 500."""
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(HTTPException, _http_error)
