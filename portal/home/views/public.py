"""Pages for everybody: what this is, about and privacy, help and official channels."""

from __future__ import annotations

from flask import Response, redirect
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.home.views import blueprint
from portal.web.access import public
from portal.web.nav import places_of
from portal.web.render import render


@blueprint.get("/")
@public
def landing() -> BaseResponse:
    """The front door; who is signed in goes straight to the own first page."""
    places = places_of(current_user)
    return redirect(places[0].url, code=303) if places else render("home/landing.html")


@blueprint.get("/tentang")
@public
def about() -> Response:
    """What the portal is, what it keeps, and whose data it uses."""
    return render("home/about.html")


@blueprint.get("/bantuan-portal")
@public
def help() -> Response:  # noqa: A001 - the endpoint's name
    """Official channels, how to know a fake, and urgent help."""
    return render("home/help.html")


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")
