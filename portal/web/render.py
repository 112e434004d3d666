"""Rendering: the whole page, or only one of its blocks where htmx swaps a part of the page."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response as BaseResponse

from portal.web.htmx import vary_on_htmx, wants_block


def render(template: str, block: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render ``template``, or only its ``block`` when the request asks for a part of the page.

    A page without ``block`` is always whole. Pass ``status=422`` with a form that came back with errors.
    """
    if block is None:
        return make_response(render_template(template, **context), status)
    part = wants_block()
    text = render_block(template, block, **context) if part else render_template(template, **context)
    response = make_response(text, status)
    vary_on_htmx(response)
    return response


def private_page(response: BaseResponse) -> BaseResponse:
    """Let only the reader's own browser keep the page, and only if it asks again each time."""
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def unkept_page(response: BaseResponse) -> BaseResponse:
    """Let nobody keep the page: kiosks, secrets shown once, letters."""
    response.headers["Cache-Control"] = "no-store"
    return response
