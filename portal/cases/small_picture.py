"""Small pictures of papers for lists, made when they are asked for and kept nowhere."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

SIDE = 240  # pixels of the longer side
_QUALITY = 70


def small_picture(content: bytes) -> bytes:
    """A small JPEG of a page as ``papers`` wrote it: never of a file as it came in."""
    with Image.open(BytesIO(content), formats=("JPEG",)) as picture:
        picture.draft("RGB", (SIDE, SIDE))  # decodes at an eighth of the size, where that is enough
        picture.thumbnail((SIDE, SIDE))
        out = BytesIO()
        picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
