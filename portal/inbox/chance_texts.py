"""The words of messages about an opportunity that the record leaves open: what, for whom, until when. No promise."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.messages import N_
from portal.inbox.text import Text, Way

_WAYS = (
    Way(N_("Read what it is"), "home.opportunity", {}, {"code": "code"}),
    Way(N_("Register for it"), "cases.begin", {"slug": "daftar-peluang"}, {"peluang": "register"}),
    Way(N_("See all opportunities"), "home.opportunities"),
)

CHANCE_TEXTS: Mapping[str, Text] = {
    "chance_child": Text(
        N_("An opportunity for your child"),
        N_(
            "Your child %(who)s meets the basic conditions for: %(program)s. %(how)s This is not a promise: places are "
            "limited and officers check. %(rest)s"
        ),
        "info",
        _WAYS,
    ),
    "chance_own": Text(
        N_("An opportunity for you"),
        N_(
            "You meet the basic conditions for: %(program)s. %(how)s This is not a promise: places are limited and "
            "officers check. %(rest)s"
        ),
        "info",
        _WAYS,
    ),
    "chance_member": Text(
        N_("An opportunity for somebody in your family"),
        N_(
            "%(who)s meets the basic conditions for: %(program)s. %(how)s This is not a promise: places are limited "
            "and officers check. %(rest)s"
        ),
        "info",
        _WAYS,
    ),
    "chance_family": Text(
        N_("An opportunity for your family"),
        N_(
            "Your family meets the basic conditions for: %(program)s. %(how)s This is not a promise: places are "
            "limited and officers check. %(rest)s"
        ),
        "info",
        _WAYS,
    ),
}
