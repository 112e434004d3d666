"""The program that draws an uploaded file anew. ``papers`` runs it as a process of its own, for one file, and it ends.

It knows nothing of the portal: no settings, no keys, no database, no environment. The file comes on standard input.
The answer goes to standard output: a line with the word ``pages`` and their number, then each page as four bytes of
length and a JPEG; or a line with the word of a ``Refusal``. Decoding is where hostile bytes do harm, so it happens
behind limits of the system: address space, processor time, nothing written, no file or connection opened any more.
"""

from __future__ import annotations

import os
import re
import resource
import sys
from collections.abc import Callable
from enum import Enum
from io import BytesIO

from PIL import Image, TiffImagePlugin
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 5
MAX_SIDE = 2000  # pixels of the longer side, enough to read a letter
MIN_SIDE = 60  # pixels of the shorter side
MAX_JPEG_PIXELS = 64_000_000  # decoded at a reduced scale
MAX_WHOLE_PIXELS = 24_000_000  # decoded whole: PNG, and JPEG that is sent in several passes
_QUALITY = 82
_POINTS_PER_INCH, _PDF_DPI = 72, 150
_ORIENTATION = 0x0112  # the EXIF tag
_LOADED_EARLY = (TiffImagePlugin,)  # what Pillow would load to read EXIF, when no file can be opened any more
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis", b"avif")
_ARCHIVE_TAIL = 65_557  # bytes from the end in which a ZIP reader looks for the list of contents
# What makes a browser read a picture as a page. XMP, which honest photos carry, is none of it.
_MARKUP = re.compile(rb"<(?:!doctype|html|script|iframe|\?php)[\s>]|<svg\s[^>]{0,200}xmlns", re.IGNORECASE)


class Refusal(Enum):
    """Why a file is not taken; the word that goes over the pipe."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"
    HEIC = "heic"
    MIXED = "mixed"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_MANY_PAGES = "too_many_pages"
    LOCKED = "locked"
    TOO_HEAVY = "too_heavy"


class Refused(Exception):
    """The file cannot be taken."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


Drawer = Callable[[bytes], list[bytes]]


def drawer_for(content: bytes) -> Drawer:
    """What draws this file, chosen by its content alone, with all it needs loaded. Raises ``Refused``."""
    if not content:
        raise Refused(Refusal.EMPTY)
    if len(content) > MAX_BYTES:
        raise Refused(Refusal.TOO_LARGE)
    drawer = _drawer_by_start(content)
    if drawer is None:
        heic = content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS
        raise Refused(Refusal.HEIC if heic else Refusal.WRONG_KIND)
    if _is_mixed(content, is_pdf=drawer is draw_pdf):
        raise Refused(Refusal.MIXED)
    return drawer


def _drawer_by_start(content: bytes) -> Drawer | None:
    if content.startswith(b"\xff\xd8\xff"):
        return draw_jpeg
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return draw_png
    if b"%PDF-" in content[:1024]:
        import pypdfium2  # noqa: F401, PLC0415 - as long to load as all the rest, and only a PDF needs it

        return draw_pdf
    return None


def _is_mixed(content: bytes, *, is_pdf: bool) -> bool:
    """Whether another reader would take the file for something else: an archive, a page, a PDF.

    A second picture or a short film behind a photo is what many phones write, and no mixture.
    """
    if is_pdf:
        # The sign may stand a little further in, behind what mail programs put there, but behind no other kind.
        before = content[: content.index(b"%PDF-")].removeprefix(b"\xef\xbb\xbf").strip()
        return before != b"" or b"PK\x05\x06" in content[content.rfind(b"%%EOF") :]
    if b"%PDF-" in content[:1024] or _MARKUP.search(content):
        return True
    is_zip = b"PK\x05\x06" in content[-_ARCHIVE_TAIL:] and (b"PK\x03\x04" in content or b"PK\x01\x02" in content)
    return is_zip or b"Rar!\x1a\x07" in content or b"7z\xbc\xaf\x27\x1c" in content


def draw_jpeg(content: bytes) -> list[bytes]:
    """The picture of a JPEG; of several pictures in one file the first."""
    picture = JpegImageFile(BytesIO(content))
    return [_drawn(picture, MAX_WHOLE_PIXELS if picture.info.get("progressive") else MAX_JPEG_PIXELS)]


def draw_png(content: bytes) -> list[bytes]:
    """The picture of a PNG; of an animation the first."""
    return [_drawn(PngImageFile(BytesIO(content)), MAX_WHOLE_PIXELS)]


def _drawn(picture: Image.Image, most_pixels: int) -> bytes:
    """One picture: checked before it is decoded, turned upright, made smaller, written without anything else."""
    if picture.width * picture.height > most_pixels:
        raise Refused(Refusal.TOO_MANY_PIXELS)
    if min(picture.size) < MIN_SIDE:
        raise Refused(Refusal.TOO_SMALL)
    way = _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 1))
    picture = _smooth(picture)
    # Decodes a JPEG no larger than is needed, and makes the rest smaller before anything is copied.
    picture.thumbnail((MAX_SIDE, MAX_SIDE), reducing_gap=1.0)
    return _written(picture.transpose(way) if way is not None else picture)


def _smooth(picture: Image.Image) -> Image.Image:
    """The picture in colours that can be mixed, so that letters stay readable when it is made smaller."""
    if picture.mode.startswith("I"):  # 16 bit; converted alone, all that is brighter than 255 would be white
        return picture.point(lambda value: value / 257).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode == "P":
        return picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    return picture


def draw_pdf(content: bytes) -> list[bytes]:
    """Pictures of the pages of a PDF. Scripts are not run (this PDFium has no engine for them), forms not filled."""
    import pypdfium2  # noqa: PLC0415 - as above

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refused(Refusal.LOCKED if "password" in str(error).lower() else Refusal.DAMAGED) from None
    if not 1 <= len(document) <= MAX_PAGES:
        raise Refused(Refusal.TOO_MANY_PAGES if len(document) else Refusal.DAMAGED)
    pages = []
    for page in document:
        scale = min(_PDF_DPI / _POINTS_PER_INCH, MAX_SIDE / max(*page.get_size(), 1.0))
        picture = page.render(scale=scale, may_draw_forms=False).to_pil()
        if min(picture.size) < MIN_SIDE:
            raise Refused(Refusal.TOO_SMALL)
        pages.append(_written(picture))
        page.close()
    return pages


def _written(picture: Image.Image) -> bytes:
    """A JPEG of the picture, on white where it was transparent."""
    if picture.mode in ("RGBA", "LA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, "white")
        picture.paste(clear, mask=clear.getchannel("A"))
    # A fresh picture carries no EXIF, no comment, no colour profile and no thumbnail.
    fresh = Image.new("RGB", picture.size)
    fresh.paste(picture.convert("RGB"))
    out = BytesIO()
    fresh.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def main() -> None:
    """Read, draw, answer, end. Arguments: seconds of processor time, bytes of address space."""
    cpu_s, memory = (int(word) for word in sys.argv[1:])
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_CPU, cpu_s)
    _limit(resource.RLIMIT_AS, memory)
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        drawer = drawer_for(content)
        Image.preinit()  # loads what Pillow wants to have seen before it writes
        _limit(resource.RLIMIT_NOFILE, 0)  # what is open stays open; nothing can be opened any more
        pages = drawer(content)
    except Refused as refused:
        answer = [refused.why.value.encode()]
    except MemoryError:
        answer = [Refusal.TOO_HEAVY.value.encode()]
    except Exception:  # whatever a library says of spoiled bytes, they are spoiled
        answer = [Refusal.DAMAGED.value.encode()]
    else:
        answer = [b"pages %d\n" % len(pages), *(len(page).to_bytes(4) + page for page in pages)]
    sys.stdout.buffer.writelines(answer)
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing to tidy up, and after hostile bytes nothing to trust


def _limit(what: int, most: int) -> None:
    """Set a limit of this process that it cannot raise again; one that is tighter already stays."""
    there = resource.getrlimit(what)[1]
    most = most if there == resource.RLIM_INFINITY else min(most, there)
    resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
