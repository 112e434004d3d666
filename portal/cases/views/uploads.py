"""Forms with files: a file that is too large costs nothing but the file, so the rest of the form is read with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from portal.web.security import csrf

#: Of a form with files, much more is read than may be kept: what was typed beside the file stands in the same body.
MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
View = TypeVar("View", bound=Callable[..., Any])


def takes_files(view: View) -> View:
    """The view itself asks ``read_body()``: before it, a body that is too large would end on an error page."""
    csrf.exempt(view)
    return view


def read_body() -> bool:
    """Read the form of this request and check its token. False where it is larger than anything we read."""
    if request.mimetype == "multipart/form-data":  # its files go to the disk; all else must fit into memory
        request.max_content_length = MOST_BYTES
    try:
        csrf.protect()
    except RequestEntityTooLarge:
        _drain()
        return False
    return True


def chosen_file(name: str) -> FileStorage | None:
    """The file of that field, if one was chosen."""
    file = request.files.get(name)
    return file if file is not None and file.filename else None


def once_key() -> UUID | None:
    """The sender's own key of the file: sent again with the same one, where the answer was lost, it adds nothing."""
    try:
        return UUID(request.form.get("once", ""))
    except ValueError:
        return None


def _drain() -> None:
    """Read the rest of a body that nobody wants, so that the browser shows our answer and not a broken line."""
    stream = request.environ["wsgi.input"]
    left = min(request.content_length or 0, MOST_BYTES)
    while left > 0:
        chunk = stream.read(min(_CHUNK, left))
        if not chunk:
            return
        left -= len(chunk)
