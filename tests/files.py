"""Files as families and attackers send them, made when a test needs them."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

import pypdfium2
from PIL import Image

PNG_SIGN = b"\x89PNG\r\n\x1a\n"
HTML = b"<html><script>alert(document.cookie)</script></html>"


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **more: object) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    """The picture in these bytes."""
    return Image.open(io.BytesIO(content))


def animation(kind: str) -> bytes:
    """Three pictures that follow each other: red, green, blue."""
    first, *others = [Image.new("RGB", (100, 80), colour) for colour in ("red", "lime", "blue")]
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=others)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, rows: bytes = b"\0" * 1000) -> bytes:
    """A PNG that says it is so large, with whatever rows; ``colour`` 0 is grey, 2 is RGB."""
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([depth, colour, 0, 0, 0])
    return PNG_SIGN + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def zipped() -> bytes:
    """A ZIP archive with one page of HTML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", HTML)
    return out.getvalue()


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842)) -> bytes:
    """An empty PDF; ``size`` in points."""
    document = pypdfium2.PdfDocument.new()
    for _number in range(pages):
        document.new_page(*size)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def raw_pdf(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, trailer, start)  # fmt: skip


def stream(content: bytes, more: bytes = b"") -> bytes:
    """A compressed stream of a PDF."""
    packed = zlib.compress(content, 9)
    return b"<</Length %d/Filter/FlateDecode%b>>stream\n%b\nendstream" % (len(packed), more, packed)


def drawn_pdf(drawing: bytes, *, resources: bytes = b"", others: Sequence[bytes] = (), catalogue: bytes = b"") -> bytes:
    """A PDF of one page on which ``drawing`` is done; object 5 and on are ``others``."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%b>>>>" % resources
    return raw_pdf([
        b"<</Type/Catalog/Pages 2 0 R%b>>" % catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream(drawing),
        *others,
    ])  # fmt: skip


def scripted_pdf() -> bytes:
    """A PDF that wants to run JavaScript as soon as it is opened."""
    script = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\); while\\(true\\){})>>"
    return drawn_pdf(b"0 0 1 rg 100 100 300 300 re f", catalogue=script)


def locked_pdf() -> bytes:
    """A PDF that opens with a password only."""
    guard = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%b>/U<%b>>>" % (b"41" * 32, b"42" * 32)
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"], trailer=guard)


def long_pdf(pages: int, *, says: int | None = None) -> bytes:
    """A PDF with so many pages; ``says`` is the number it claims."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, pages + 3))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages if says is None else says)
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", tree, *[page] * pages])


def slow_pdf() -> bytes:
    """A small PDF that fills its page a hundred thousand times."""
    return drawn_pdf(b"/g gs " + b"1 0 0 rg 0 0 595 842 re f " * 100_000,
                     resources=b"/ExtGState<</g<</ca 0.5/BM/Luminosity>>>>")  # fmt: skip


def pdf_with_bomb(side: int = 20_000) -> bytes:
    """A PDF with a picture of so many pixels a side, as large as a letter when packed."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * side * 100) for _ in range(side // 100)) + packer.flush()
    twice = zlib.compress(packed, 9)
    image = b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % (side, side)
    image += b"/Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%b\nendstream" % (len(twice), twice)
    return drawn_pdf(b"q 595 0 0 842 0 0 cm /i Do Q", resources=b"/XObject<</i 5 0 R>>", others=[image])
