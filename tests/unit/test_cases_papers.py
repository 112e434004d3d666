"""Hostile and honest files, and the store of sealed bytes."""

from __future__ import annotations

import io
import os
import zlib
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.cases import papers
from portal.cases.answers import clean
from portal.cases.papers import PaperRefused, read_paper
from portal.core.blobs import BlobMissing, BlobStore
from portal.core.sealing import Keyring, SealBroken

RING = Keyring({1: os.urandom(32)}, os.urandom(32))


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **more)
    return out.getvalue()


def pdf(pages: int = 1, size: tuple[float, float] = (595, 842)) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _number in range(pages):
        document.new_page(*size)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def refusal(content: bytes) -> str:
    with pytest.raises(PaperRefused) as refused:
        read_paper(content)
    return refused.value.reason


def test_a_photo_loses_its_exif_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret place"
    content = picture(exif=exif, comment=b"secret")
    assert b"secret" in content
    (page,) = read_paper(content)
    assert b"secret" not in page.content and not opened(page.content).getexif()
    assert opened(page.content).size == (300, 400) and page.media_type == "image/jpeg"


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_png_becomes_a_jpeg(mode: str) -> None:
    (page,) = read_paper(picture("PNG", mode=mode))
    assert opened(page.content).format == "JPEG"


def test_what_was_transparent_becomes_white() -> None:
    (page,) = read_paper(picture("PNG", mode="RGBA"))
    assert opened(page.content).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_a_large_picture_becomes_smaller_and_a_printers_one_is_read() -> None:
    (page,) = read_paper(picture(size=(5000, 3000)))
    assert opened(page.content).size == (2000, 1200)
    assert read_paper(picture(mode="CMYK"))


def test_every_page_of_a_pdf_becomes_a_picture() -> None:
    pages = read_paper(pdf(3))
    assert len(pages) == 3 and max(opened(pages[0].content).size) <= papers.MAX_SIDE
    (huge,) = read_paper(pdf(1, (14400, 14400)))
    assert opened(huge.content).size == (2000, 2000)


def test_refused_with_words_that_help() -> None:
    assert refusal(b"") == papers.EMPTY
    assert refusal(b"x" * (papers.MAX_BYTES + 1)) == papers.TOO_LARGE
    assert refusal(b"GIF89a" + b"0" * 100) == papers.WRONG_KIND
    assert refusal(b"<svg xmlns='http://www.w3.org/2000/svg'/>") == papers.WRONG_KIND
    assert refusal(b"\0\0\0\x18ftypheic" + b"0" * 100) == papers.HEIC
    assert refusal(picture()[:200]) == papers.UNREADABLE
    assert refusal(picture("PNG")[:60]) == papers.UNREADABLE
    assert refusal(b"%PDF-1.7 nothing") == papers.UNREADABLE
    assert refusal(pdf(6)) == papers.TOO_MANY_PAGES
    assert refusal(picture(size=(20, 400))) == papers.TOO_SMALL
    assert refusal(picture(size=(6000, 6000), mode="L", progressive=True)) == papers.TOO_MANY_PIXELS


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = (60_000).to_bytes(4) + (60_000).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    assert refusal(bomb) in (papers.TOO_MANY_PIXELS, papers.UNREADABLE)
    wide = (6000).to_bytes(4) + (6000).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    assert refusal(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", wide) + chunk(b"IDAT", b"x")) == papers.TOO_MANY_PIXELS


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([picture(), picture("PNG"), pdf()]), st.integers(0, 4000), st.binary(min_size=1, max_size=40)
)
def test_spoiled_files_are_read_or_refused_and_never_crash(content: bytes, place: int, spoil: bytes) -> None:
    place %= len(content)
    try:
        pages = read_paper(content[:place] + spoil + content[place + len(spoil) :])
    except PaperRefused as refused:
        assert refused.reason
    else:
        assert all(opened(page.content).format == "JPEG" for page in pages)


def test_blobs_are_sealed_under_their_own_name(tmp_path: Path) -> None:
    store = BlobStore()
    with pytest.raises(RuntimeError):
        store.put(RING, b"x")
    store.bind(tmp_path / "uploads")
    name, other = store.put(RING, b"a letter"), store.put(RING, b"another")
    path, other_path = (store.folder / one[:2] / one for one in (name, other))
    assert b"letter" not in path.read_bytes() and path.stat().st_mode & 0o777 == 0o600
    assert store.get(RING, name) == b"a letter"
    other_path.replace(path)  # exchanged on the disk
    with pytest.raises(SealBroken):
        store.get(RING, name)
    store.remove([name, name])
    for missing in (name, "../../etc/passwd", "x"):
        with pytest.raises(BlobMissing):
            store.get(RING, missing)


def test_orphans_and_broken_writes_are_swept_and_young_ones_stay(tmp_path: Path) -> None:
    store = BlobStore()
    store.bind(tmp_path)
    kept, orphan, young = (store.put(RING, b"x") for _number in range(3))
    broken = store.folder / orphan[:2] / f"{'0' * 32}.part"
    broken.write_bytes(b"half")
    for path in (store.folder / kept[:2] / kept, store.folder / orphan[:2] / orphan, broken):
        os.utime(path, (1, 1))
    assert store.sweep(lambda names: {kept} & set(names)) == 2
    assert store.get(RING, kept) and store.get(RING, young)
    with pytest.raises(BlobMissing):
        store.get(RING, orphan)
    assert BlobStore.sweep(store, set) == 0


def test_typed_text_loses_what_is_not_seen() -> None:
    assert clean(" Jalan\u202e Mawar\x00\r\nNo. 1 \U0001f3e0\u200b ") == "Jalan Mawar\nNo. 1 \U0001f3e0"
    assert clean("=HYPERLINK(1)") == "=HYPERLINK(1)"
