"""The errors that the portal itself raises and a page can explain to its reader."""

from __future__ import annotations

from portal.core.messages import N_


class PortalError(Exception):
    """An error with an HTTP status and a sentence for the reader: a message key, translated where it is shown.

    Never put a NIK, a name or any other personal value into ``message``.
    """

    status = 500
    message = N_("Something went wrong on our side.")

    def __init__(self, message: str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)


class NotFound(PortalError):
    """Nothing of that name exists for this reader (also: it exists, but is somebody else's)."""

    status = 404
    message = N_("This page does not exist.")


class Forbidden(PortalError):
    """The reader is known and may not do this."""

    status = 403
    message = N_("You may not open this page.")


class Conflict(PortalError):
    """What was sent contradicts what has happened since, or was sent before with other content."""

    status = 409
    message = N_("This has changed since you opened it.")


class TooLarge(PortalError):
    """A file or form is larger than we take."""

    status = 413
    message = N_("The file is too large.")


class TooMany(PortalError):
    """Too many tries in a short time."""

    status = 429
    message = N_("There were too many tries.")


class Unavailable(PortalError):
    """The portal or something it needs is not reachable now."""

    status = 503
    message = N_("The portal cannot be reached for a moment.")
