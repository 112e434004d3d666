"""Papers that families send: read by content, drawn anew, and nothing of the original file is kept.

Pictures lose their EXIF (place, phone, time) and are turned upright; PDFs become pictures of their pages.
"""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from portal.core.messages import N_

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 5
MAX_SIDE = 2000  # pixels of the longer side, enough to read a letter
MIN_SIDE = 60  # pixels of the shorter side
MAX_JPEG_PIXELS = 64_000_000  # decoded at a reduced scale
MAX_PNG_PIXELS = 24_000_000  # decoded whole
_QUALITY = 82
_POINTS_PER_INCH, _PDF_DPI = 72, 150

TOO_LARGE = N_("The file is larger than 10 MB. Take the photo again with a lower quality, or choose another file.")
EMPTY = N_("The file is empty. Choose it again, or take a new photo.")
WRONG_KIND = N_("This kind of file cannot be read here. Send a photo (JPEG or PNG) or a PDF.")
HEIC = N_("This is an iPhone photo (HEIC), which cannot be read here. Send it as JPEG, or take a photo of the screen.")
UNREADABLE = N_("The file is damaged and cannot be read. Take a new photo or choose another file.")
TOO_MANY_PIXELS = N_("The photo has too many pixels. Take it again with a lower quality.")
TOO_SMALL = N_("The photo is too small to be read. Take a bigger one, closer to the paper.")
TOO_MANY_PAGES = N_("The PDF has more than 5 pages. Send only the pages that are needed.")
LOCKED_PDF = N_("The PDF is locked with a password. Send it without a password, or send a photo.")

# PDFium is not safe in several threads, and two large pictures at once would need too much memory.
_ONE_AT_A_TIME = threading.Lock()


class PaperRefused(Exception):
    """The file cannot be taken. ``reason`` is a message key that says what to do instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page as it is kept."""

    content: bytes
    media_type: str = "image/jpeg"


def read_paper(content: bytes) -> tuple[PaperPage, ...]:
    """The pages of an uploaded file, drawn anew as JPEG. Raises ``PaperRefused``."""
    if not content:
        raise PaperRefused(EMPTY)
    if len(content) > MAX_BYTES:
        raise PaperRefused(TOO_LARGE)
    with _ONE_AT_A_TIME:
        if content.startswith(b"\xff\xd8\xff"):
            return (_redraw(content, "JPEG", MAX_JPEG_PIXELS),)
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return (_redraw(content, "PNG", MAX_PNG_PIXELS),)
        if b"%PDF-" in content[:1024]:
            return _pages_of_pdf(content)
    raise PaperRefused(HEIC if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS else WRONG_KIND)


_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")


def _redraw(content: bytes, kind: str, most_pixels: int) -> PaperPage:
    """One picture: checked before it is decoded, turned upright, made smaller, written without anything else."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only processes that read papers pay for it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF, odd sizes: what matters is checked below
            picture = Image.open(BytesIO(content), formats=(kind,))
            # Of a progressive JPEG all of it must be in memory, as of a PNG.
            most = MAX_PNG_PIXELS if picture.info.get("progressive") else most_pixels
            if picture.width * picture.height > most:
                raise PaperRefused(TOO_MANY_PIXELS)
            if min(picture.size) < MIN_SIDE:
                raise PaperRefused(TOO_SMALL)
            picture.thumbnail((MAX_SIDE, MAX_SIDE))  # decodes a JPEG at a reduced scale; smaller before any copy
            ImageOps.exif_transpose(picture, in_place=True)
            return _written(picture)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, ArithmeticError, Image.DecompressionBombError):
        raise PaperRefused(UNREADABLE) from None


def _written(picture: Image) -> PaperPage:
    """A JPEG of the picture, on white where it was transparent."""
    from PIL import Image  # noqa: PLC0415

    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, "white")
        picture.paste(clear, mask=clear.getchannel("A"))
    # A fresh picture carries no EXIF, no comment, no colour profile and no thumbnail.
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture.convert("RGB"))
    out = BytesIO()
    fresh.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return PaperPage(out.getvalue())


def _pages_of_pdf(content: bytes) -> tuple[PaperPage, ...]:
    """Pictures of the pages of a PDF."""
    import pypdfium2  # noqa: PLC0415 - as above

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise PaperRefused(LOCKED_PDF if "password" in str(error).lower() else UNREADABLE) from None
    try:
        if not 1 <= len(document) <= MAX_PAGES:
            raise PaperRefused(TOO_MANY_PAGES if len(document) else UNREADABLE)
        pages = []
        for number in range(len(document)):
            page = document[number]
            longest = max(*page.get_size(), 1.0)
            scale = min(_PDF_DPI / _POINTS_PER_INCH, MAX_SIDE / longest)
            pages.append(_written(page.render(scale=scale, may_draw_forms=False).to_pil()))
            page.close()
        return tuple(pages)
    except (pypdfium2.PdfiumError, OSError, ValueError, ArithmeticError):
        raise PaperRefused(UNREADABLE) from None
    finally:
        document.close()
