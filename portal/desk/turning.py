"""The links from one page of the queue to the next, and what an address says of the place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request

from portal.desk.lanes import Place


@dataclass(frozen=True, slots=True)
class Turns:
    """The addresses of the pages beside this one; None where there is none."""

    first: str | None
    before: str | None
    after: str | None


def turns(before: Place | None, after: Place | None, address: Callable[[Place | None], str]) -> Turns:
    """The links of a page between these places."""
    return Turns(
        address(None) if before else None, address(before) if before else None, address(after) if after else None
    )


def place_asked(*, closed: bool = False) -> Place | None:
    """The place that the address names; None for the first page, and where that is none."""
    back = "sebelum" in request.args
    return Place.parse(request.args.get("sebelum" if back else "sesudah", ""), closed=closed, back=back)
