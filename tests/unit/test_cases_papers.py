"""Hostile and honest files: a picture drawn anew or a clear refusal, and nothing of the file itself."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.cases import papers, redraw
from portal.cases.answers import clean
from portal.cases.papers import LIMITS, Limits, PaperPage, PaperRefused, read_paper
from portal.cases.redraw import Refusal, Refused, drawer_for
from tests import files
from tests.files import opened, picture

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"

#: What is sent, and what becomes of it: so many pages, or this refusal.
TABLE: dict[str, tuple[bytes, int | Refusal]] = {
    "photo": (picture(), 1),
    "progressive photo": (picture(progressive=True), 1),
    "photo of a printer (CMYK)": (picture(mode="CMYK"), 1),
    "grey photo": (picture(mode="L"), 1),
    "photo with a second one behind it": (picture() + picture(size=(80, 80)), 1),
    "photo with a film behind it": (picture() + b"\0\0\0\x18ftypmp42" + b"\0" * 500, 1),
    "animated PNG": (files.animation("PNG"), 1),
    **{f"PNG {mode}": (picture("PNG", mode=mode), 1) for mode in ("RGB", "RGBA", "LA", "P", "L", "1", "I;16")},
    "large 16-bit PNG": (files.png(2500, 2000, depth=16, colour=0, rows=b"\0" * 5001 * 2000), 1),
    "PDF": (files.pdf(), 1),
    "PDF of five pages": (files.pdf(5), 5),
    "PDF of a poster": (files.pdf(1, (14400, 14400)), 1),
    "PDF with a script": (files.scripted_pdf(), 1),
    "PDF behind a line feed": (b"\r\n" + files.pdf(), 1),
    "PDF with a picture of 400 megapixels": (files.pdf_with_bomb(), 1),
    "nothing": (b"", Refusal.EMPTY),
    "too large": (b"\xff\xd8\xff" + b"x" * redraw.MAX_BYTES, Refusal.TOO_LARGE),
    "animated GIF": (files.animation("GIF"), Refusal.WRONG_KIND),
    "WebP": (picture("WEBP"), Refusal.WRONG_KIND),
    "TIFF": (picture("TIFF"), Refusal.WRONG_KIND),
    "SVG": (SVG, Refusal.WRONG_KIND),
    "HTML": (files.HTML, Refusal.WRONG_KIND),
    "ZIP": (files.zipped(), Refusal.WRONG_KIND),
    "program": (b"\x7fELF" + b"\0" * 500, Refusal.WRONG_KIND),
    "iPhone photo": (b"\0\0\0\x18ftypheic" + b"0" * 100, Refusal.HEIC),
    "JPEG and HTML": (picture() + files.HTML, Refusal.MIXED),
    "JPEG with HTML as its comment": (picture(comment=files.HTML.upper()), Refusal.MIXED),
    "JPEG and SVG": (picture() + SVG, Refusal.MIXED),
    "JPEG and ZIP": (picture() + files.zipped(), Refusal.MIXED),
    "JPEG and RAR": (picture() + b"Rar!\x1a\x07\x01\x00", Refusal.MIXED),
    "JPEG and PHP": (picture(comment=b"<?php system($_GET[0]);"), Refusal.MIXED),
    "JPEG and PDF": (picture(comment=files.pdf()), Refusal.MIXED),
    "PNG and ZIP": (picture("PNG") + files.zipped(), Refusal.MIXED),
    "PDF and ZIP": (files.pdf() + files.zipped(), Refusal.MIXED),
    "HTML and PDF": (files.HTML + files.pdf(), Refusal.MIXED),
    "ZIP and PDF": (files.zipped() + files.pdf(), Refusal.MIXED),
    "JPEG cut off": (picture(size=(2000, 2000))[:-2000], Refusal.DAMAGED),
    "JPEG of a few bytes": (picture()[:20], Refusal.DAMAGED),
    "PNG cut off": (picture("PNG")[:60], Refusal.DAMAGED),
    "PDF cut off": (b"%PDF-1.7 nothing", Refusal.DAMAGED),
    "PDF without pages": (files.long_pdf(0), Refusal.DAMAGED),
    "PNG of 3.6 gigapixels": (files.png(60_000, 60_000), Refusal.TOO_MANY_PIXELS),
    "PNG of 36 megapixels": (files.png(6000, 6000), Refusal.TOO_MANY_PIXELS),
    "progressive JPEG of 36 megapixels": (
        picture(size=(6000, 6000), mode="L", progressive=True), Refusal.TOO_MANY_PIXELS),
    "sliver": (picture(size=(20, 400)), Refusal.TOO_SMALL),
    "PDF of a stamp": (files.pdf(1, (20, 20)), Refusal.TOO_SMALL),
    "PDF of six pages": (files.pdf(6), Refusal.TOO_MANY_PAGES),
    "PDF of ten thousand pages": (files.long_pdf(10_000), Refusal.TOO_MANY_PAGES),
    "PDF with a password": (files.locked_pdf(), Refusal.LOCKED),
}  # fmt: skip


def read(content: bytes, limits: Limits = LIMITS) -> tuple[PaperPage, ...]:
    return read_paper(io.BytesIO(content), limits)


def refusal(content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(PaperRefused) as refused:
        read(content, limits)
    return refused.value.reason


def assert_clean(pages: tuple[PaperPage, ...] | list[bytes]) -> None:
    """Whole JPEGs of a size we keep, with nothing in them but the picture."""
    for page in pages:
        content = page.content if isinstance(page, PaperPage) else page
        with opened(content) as drawn:
            drawn.load()
            assert drawn.format == "JPEG" and drawn.mode == "RGB" and max(drawn.size) <= redraw.MAX_SIDE
            assert not drawn.getexif() and set(drawn.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert all(sign not in content.lower() for sign in (b"<script", b"<svg", b"pk\x03\x04", b"%pdf", b"javascript"))


@pytest.mark.parametrize("name", TABLE)
def test_every_file_becomes_pictures_or_a_clear_refusal(name: str) -> None:
    content, due = TABLE[name]
    try:
        pages = read(content)
    except PaperRefused as refused:
        assert isinstance(due, Refusal) and refused.reason == papers.REASONS[due.value]
    else:
        assert len(pages) == due
        assert_clean(pages)


@pytest.mark.parametrize("name", TABLE)
def test_the_program_says_the_same_without_its_process(name: str) -> None:
    content, due = TABLE[name]
    try:
        pages = drawer_for(content)(content)
    except Refused as refused:
        assert refused.why is due
    except (OSError, SyntaxError):
        assert due is Refusal.DAMAGED
    else:
        assert len(pages) == due
        assert_clean(pages)


def test_every_refusal_of_the_program_has_words() -> None:
    assert set(papers.REASONS) == {refusal.value for refusal in Refusal}
    assert len(set(papers.REASONS.values())) == len(Refusal)
    assert [PaperRefused(reason).status for reason in (papers.TOO_LARGE, papers.MIXED, papers.BUSY)] == [413, 422, 503]


def test_a_photo_loses_its_exif_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "secret place"
    content = picture(exif=exif, comment=b"secret")
    assert b"secret" in content
    (page,) = read(content)
    assert b"secret" not in page.content
    assert opened(page.content).size == (300, 400) and page.media_type == "image/jpeg"


@pytest.mark.parametrize("way", range(1, 9))
def test_every_way_of_holding_a_phone_is_turned_upright(way: int) -> None:
    """A picture whose top left corner is red, written as each orientation says, is the same picture again."""
    upright = Image.new("RGB", (400, 300), "white")
    upright.paste("red", (0, 0, 200, 150))
    undo = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
            7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}[way]  # fmt: skip
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x0112] = way
    (upright.transpose(undo) if undo is not None else upright).save(out, "JPEG", exif=exif)
    (page,) = read(out.getvalue())
    with opened(page.content) as drawn:
        assert drawn.size == (400, 300)
        colours = [drawn.getpixel(place) for place in ((50, 50), (350, 50), (50, 250))]
    assert [colour[1] > 128 for colour in colours] == [False, True, True]  # type: ignore[index]


def test_what_was_transparent_becomes_white_and_sixteen_bits_keep_their_greys() -> None:
    (page,) = read(picture("PNG", mode="RGBA"))
    assert opened(page.content).getpixel((5, 5)) == (255, 255, 255)
    half = files.png(100, 100, depth=16, colour=0, rows=(b"\0" + b"\x80\0" * 100) * 100)
    grey = opened(read(half)[0].content).getpixel((50, 50))
    assert isinstance(grey, tuple) and abs(grey[0] - 128) < 3


def test_an_animation_is_its_first_picture() -> None:
    colour = opened(read(files.animation("PNG"))[0].content).getpixel((50, 40))
    assert isinstance(colour, tuple) and colour[0] > 200 and colour[1] < 50


def test_a_large_picture_becomes_smaller() -> None:
    (page,) = read(picture(size=(5000, 3000)))
    assert opened(page.content).size == (2000, 1200)
    assert opened(read(files.pdf(1, (14400, 14400)))[0].content).size == (2000, 2000)


def test_a_file_that_takes_too_much_is_stopped() -> None:
    assert refusal(files.slow_pdf(), Limits(cpu_s=1, wall_s=600)) == papers.TOO_SLOW
    assert refusal(picture(), Limits(wall_s=0)) == papers.TOO_SLOW
    rows = b"\0" * (4900 * 4 + 1) * 4800
    assert refusal(files.png(4900, 4800, colour=6, rows=rows), Limits(memory=128 * 2**20)) == papers.TOO_HEAVY
    assert refusal(picture(), Limits(memory=2**20)) == papers.OUT_OF_ORDER  # the program itself does not start


def test_the_largest_honest_files_are_within_the_limits() -> None:
    assert read(files.png(4900, 4800, colour=6, rows=b"\0" * (4900 * 4 + 1) * 4800))
    assert read(picture(size=(6000, 3900), mode="CMYK", progressive=True, subsampling=0))
    assert read(picture(size=(9200, 6900)))


def test_a_decoder_that_falls_over_costs_its_process_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for code, reason in (
        ("import os; os.kill(os.getpid(), 11)", papers.UNREADABLE),
        ("raise ValueError", papers.OUT_OF_ORDER),
        ("print('pages 1')", papers.OUT_OF_ORDER),
        ("import sys; sys.stdout.buffer.write(b'pages 1\\n' + (9).to_bytes(4) + b'not a JPG')", papers.OUT_OF_ORDER),
        ("import sys\nwhile True: sys.stdout.buffer.write(b'x' * 65536)", papers.TOO_SLOW),
    ):
        monkeypatch.setattr(papers, "_COMMAND", (sys.executable, "-I", "-c", code))
        assert refusal(picture()) == reason
    monkeypatch.setattr(papers, "_COMMAND", ("/no/such/program",))
    assert refusal(picture()) == papers.OUT_OF_ORDER


def test_a_third_file_waits_for_a_place_and_then_is_told_so() -> None:
    class Slow(io.BytesIO):
        """A file whose first byte comes when the test says so."""

        def __init__(self) -> None:
            super().__init__(picture())
            self.asked, self.go_on = threading.Event(), threading.Event()

        def read(self, size: int | None = -1, /) -> bytes:
            self.asked.set()
            assert self.go_on.wait(30)
            return super().read(size)

    slow = [Slow() for _number in range(papers._AT_ONCE)]
    pages: list[tuple[PaperPage, ...]] = []
    threads = [threading.Thread(target=lambda file=file: pages.append(read_paper(file))) for file in slow]
    for thread, file in zip(threads, slow, strict=True):
        thread.start()
        assert file.asked.wait(30)
    assert refusal(picture(), Limits(wait_s=0)) == papers.BUSY
    for file in slow:
        file.go_on.set()
    for thread in threads:
        thread.join()
    assert len(pages) == len(slow) and read(picture(), Limits(wait_s=0))


PROBE = """
import os, resource, socket, sys
sys.path.insert(0, FOLDER)
import redraw

there = open(FILE, "wb", buffering=0)

def outcome(act):
    try:
        return str(act())
    except OSError as error:
        return error.strerror

def probe(content):
    return ["\\n".join((
        outcome(lambda: open("/etc/passwd")), outcome(socket.socket), outcome(lambda: there.write(b"x")),
        outcome(lambda: resource.getrlimit(resource.RLIMIT_CORE)), *os.environ.keys() - {"LC_CTYPE"},
    )).encode()]

redraw.drawer_for = lambda content: probe
redraw.main()
"""


def test_the_process_has_no_files_no_network_and_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever took the decoder over could neither read nor write nor call anybody."""
    monkeypatch.setenv("PORTAL_SEAL_KEYS", "secret")
    said: list[bytes] = []
    folder, file = Path(redraw.__file__).parent, tmp_path / "file"
    code = PROBE.replace("FOLDER", repr(str(folder))).replace("FILE", repr(str(file)))
    monkeypatch.setattr(papers, "_COMMAND", (*papers._COMMAND[:-1], "-c", code))
    monkeypatch.setattr(papers, "_pages_in", said.append)
    read(picture())
    outcomes = said[0].removeprefix(b"pages 1\n")[4:].decode().split("\n")
    too_many, too_large = os.strerror(errno.EMFILE), os.strerror(errno.EFBIG)
    assert outcomes == [too_many, too_many, too_large, "(0, 0)", "PYTHONPATH"] and file.read_bytes() == b""


def test_the_web_process_decodes_nothing_and_does_not_grow(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture(size=(4000, 3000)) + os.urandom(2_000_000))
    code = """
import sys
from portal.cases.papers import read_paper
def most():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
def upload():
    with open(sys.argv[1], "rb") as file:
        assert read_paper(file)
upload()
before = most()
for _number in range(5):
    upload()
assert not {"PIL", "pypdfium2"} & set(sys.modules)
print(most() - before)
"""
    done = subprocess.run([sys.executable, "-c", code, photo], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2048  # KiB


SIGNS = [b"", b"\xff\xd8\xff", files.PNG_SIGN, b"%PDF-1.4\n", b"\xff\xd8\xff\xe0\0\x10JFIF\0", picture()[:300]]
WHOLE = [picture(), picture(progressive=True), picture("PNG"), picture("PNG", mode="P"), files.pdf(2)]
MARK = b"these bytes must not be kept"


@settings(max_examples=30)
@given(st.sampled_from(SIGNS), st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(sign: bytes, rest: bytes) -> None:
    _read_or_refused(sign + MARK + rest)


@settings(max_examples=40)
@given(st.sampled_from(WHOLE), st.integers(0, 6000), st.binary(min_size=1, max_size=40), st.integers(0, 40))
def test_spoiled_files_are_read_or_refused(content: bytes, place: int, spoil: bytes, cut: int) -> None:
    place %= len(content)
    _read_or_refused(content[:place] + spoil + content[place + cut :] + MARK)


def _read_or_refused(content: bytes) -> None:
    try:
        pages = read(content)
    except PaperRefused as refused:
        assert refused.reason in papers.REASONS.values()
    else:
        assert pages and all(MARK not in page.content for page in pages)
        assert_clean(pages)


def test_typed_text_loses_what_is_not_seen() -> None:
    assert clean(" Jalan\u202e Mawar\x00\r\nNo. 1 \U0001f3e0\u200b ") == "Jalan Mawar\nNo. 1 \U0001f3e0"
    assert clean("=HYPERLINK(1)") == "=HYPERLINK(1)"
