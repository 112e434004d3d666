"""The places of the portal: four for a family, the desk's for staff. The app gives the staff's places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from flask import Flask, current_app, request, url_for
from werkzeug.routing import BuildError

from portal.core.messages import N_


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a menu. ``label`` is a message key; ``permission`` hides it from those who lack it.

    ``count`` says how many things wait behind it for the reader; it is drawn beside the label under ``count_id``.
    """

    label: str
    endpoint: str
    icon: str
    permission: Enum | None = None
    count: Callable[[Any], int] | None = None
    count_id: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A place as the template draws it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None
    count_id: str = ""


FAMILY_PLACES = (
    Place(N_("Home"), "home.beranda", "home"),
    Place(N_("Aid"), "home.aid", "card"),
    Place(N_("Offers"), "home.opportunities", "star"),
    Place(N_("Requests"), "cases.index", "document"),
)
STAFF_PLACES = (Place(N_("Queue"), "desk.queue", "list"),)


def page_url(endpoint: str, default: str | None = None) -> str | None:
    """The URL of an endpoint without arguments, or ``default`` where the app has no such endpoint."""
    known: dict[tuple[str, str], str | None] = current_app.extensions["portal_paths"]
    key = (request.script_root, endpoint)
    if key not in known:
        try:
            known[key] = url_for(endpoint)
        except BuildError:
            known[key] = None
    return known[key] or default


def menu(places: Sequence[Place], may: Callable[[Any], bool], user: Any = None) -> tuple[Link, ...]:
    """The links of these places that exist in the app and are allowed to the reader."""
    links = []
    for place in places:
        if place.permission is not None and not may(place.permission):
            continue
        url = page_url(place.endpoint)
        if url is not None:
            current = request.path == url or request.path.startswith(url.rstrip("/") + "/")
            count = place.count(user) if place.count else None
            links.append(Link(place.label, url, place.icon, current, count, place.count_id))
    return tuple(links)


def places_of(user: Any) -> tuple[Link, ...]:
    """The menu of the reader: a family's four places, the staff's places, or nothing when nobody is signed in."""
    if not user.is_authenticated:
        return ()
    if user.kind == "staff":
        return menu(current_app.extensions["portal_staff_places"], user.may, user)
    menus: dict[tuple[str, str], tuple[Link, ...]] = current_app.extensions["portal_menus"]
    here = (request.script_root, request.path)
    found = menus.get(here)
    if found is None:
        found = menu(FAMILY_PLACES, user.may)
        if any(link.url == request.path for link in found):  # the places themselves, which are few
            menus[here] = found
    return found


def init_nav(app: Flask, staff_places: Sequence[Place]) -> None:
    """Offer the menu and ``page_url`` to every template."""
    app.extensions["portal_paths"] = {}
    app.extensions["portal_menus"] = {}
    app.extensions["portal_staff_places"] = tuple(staff_places)
    app.jinja_env.globals.update(places_of=places_of, page_url=page_url)
