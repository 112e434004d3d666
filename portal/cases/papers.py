"""Papers that families send: read by content, drawn anew, and nothing of the original file is kept.

Pictures lose their EXIF (place, phone, time) and are turned upright; PDFs become pictures of their pages. That is done
by ``redraw``, a program that runs for one file in a process of its own, so that a file which takes too much, or takes
the decoder over, costs that process and nothing else: it has no environment, no keys and no database, and the system
limits it. The bytes go through pipes; the web process never holds the file or a decoded picture.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

import structlog

from portal.core.messages import N_

TOO_LARGE = N_("The file is larger than 10 MB. Take the photo again with a lower quality, or choose another file.")
EMPTY = N_("The file is empty. Choose it again, or take a new photo.")
WRONG_KIND = N_("This kind of file cannot be read here. Send a photo (JPEG or PNG) or a PDF.")
HEIC = N_("This is an iPhone photo (HEIC), which cannot be read here. Send it as JPEG, or take a photo of the screen.")
MIXED = N_("Another kind of file is hidden in this file, so we do not take it. Take a new photo of the paper.")
UNREADABLE = N_("The file is damaged and cannot be read. Take a new photo or choose another file.")
TOO_MANY_PIXELS = N_("The photo has too many pixels. Take it again with a lower quality.")
TOO_SMALL = N_("The photo is too small to be read. Take a bigger one, closer to the paper.")
TOO_MANY_PAGES = N_("The PDF has more than 5 pages. Send only the pages that are needed.")
LOCKED_PDF = N_("The PDF is locked with a password. Send it without a password, or send a photo.")
TOO_HEAVY = N_("The file needs too much memory to be opened. Take a new photo of the paper and send that.")
TOO_SLOW = N_("The file takes too long to open. Take a new photo of the paper and send that.")
BUSY = N_("Many files are being opened at this moment. Wait a minute and send the file again.")
OUT_OF_ORDER = N_("Files cannot be opened here at this moment. Try again in a few minutes; your answers are kept.")

#: The words of ``redraw.Refusal`` and what they mean to the sender.
REASONS = {
    "empty": EMPTY,
    "too_large": TOO_LARGE,
    "wrong_kind": WRONG_KIND,
    "heic": HEIC,
    "mixed": MIXED,
    "damaged": UNREADABLE,
    "too_many_pixels": TOO_MANY_PIXELS,
    "too_small": TOO_SMALL,
    "too_many_pages": TOO_MANY_PAGES,
    "locked": LOCKED_PDF,
    "too_heavy": TOO_HEAVY,
}

_MEBIBYTE = 1024 * 1024
_MOST_ANSWER = 32 * _MEBIBYTE  # five pages of pure noise are 20
_AT_ONCE = 2  # files at once in one web process; the other threads go on answering
_PLACES = threading.BoundedSemaphore(_AT_ONCE)
_OUT_OF_TIME = (-signal.SIGKILL, -signal.SIGXCPU)
_log = structlog.get_logger()

# No environment but where the two libraries are. Without -S the start takes a quarter longer, for packages that the
# program does not use.
_COMMAND = (sys.executable, "-S", "-s", "-P", "-B", str(Path(__file__).with_name("redraw.py")))
_ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(dict.fromkeys(sysconfig.get_path(n) for n in ("purelib", "platlib")))}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. An honest one of the largest size takes 1 s and 250 MiB on a machine of 2026."""

    cpu_s: int = 8
    memory: int = 400 * _MEBIBYTE  # address space
    wall_s: float = 20  # much more than the processor time: the machine may be busy
    wait_s: float = 3  # for a place among those that are read


LIMITS = Limits()


class PaperRefused(Exception):
    """The file cannot be taken. ``reason`` is a message key that says what to do instead."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def status(self) -> int:
        """The HTTP status of a page that says so."""
        return {TOO_LARGE: 413, BUSY: 503, OUT_OF_ORDER: 503}.get(self.reason, 422)


@dataclass(frozen=True, slots=True)
class PaperPage:
    """One page as it is kept."""

    content: bytes
    media_type: str = "image/jpeg"


def read_paper(file: IO[bytes], limits: Limits = LIMITS) -> tuple[PaperPage, ...]:
    """The pages of an uploaded file, drawn anew as JPEG. Raises ``PaperRefused``."""
    if not _PLACES.acquire(timeout=limits.wait_s):
        raise PaperRefused(BUSY)
    try:
        ended, answer = _draw_apart(file, limits)
    finally:
        _PLACES.release()
    if ended in _OUT_OF_TIME:
        raise PaperRefused(TOO_SLOW)
    if ended < 0:  # the decoder fell over this file
        _log.warning("paper_reader_died", signal=-ended)
        raise PaperRefused(UNREADABLE)
    return _pages_in(answer) if ended == 0 else _out_of_order(f"ended with {ended}")


def _draw_apart(file: IO[bytes], limits: Limits) -> tuple[int, bytes]:
    """Give the file to a new process; how that ended, and its answer."""
    numbers = (str(limits.cpu_s), str(limits.memory))
    try:
        child = subprocess.Popen(
            (*_COMMAND, *numbers),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
        )
    except OSError as error:
        _out_of_order(str(error))
    with child:
        clock = threading.Timer(limits.wall_s, child.kill)
        clock.start()
        try:
            answer = _talk(child, file)
            child.wait()
        finally:
            clock.cancel()
            child.kill()
    return child.returncode, answer


def _talk(child: subprocess.Popen[bytes], file: IO[bytes]) -> bytes:
    """Feed the file, and take the answer. The program reads all it wants before it says a word."""
    assert child.stdin is not None and child.stdout is not None  # noqa: S101 - tells the type checker
    try:
        with child.stdin as pipe:
            shutil.copyfileobj(file, pipe)
    except BrokenPipeError:
        pass  # it has seen enough, or it has died: the answer tells
    answer = child.stdout.read(_MOST_ANSWER + 1)
    if len(answer) > _MOST_ANSWER:
        child.kill()
    return answer


def _pages_in(answer: bytes) -> tuple[PaperPage, ...]:
    """The pages in an answer. Raises ``PaperRefused`` with the reason that it names."""
    head, _, rest = answer.partition(b"\n")
    word, _, number = head.decode("ascii", "replace").partition(" ")
    if word in REASONS:
        raise PaperRefused(REASONS[word])
    pages = []
    while rest:
        end = 4 + int.from_bytes(rest[:4])
        pages.append(PaperPage(rest[4:end]))
        rest = rest[end:]
    whole = all(page.content.startswith(b"\xff\xd8\xff") and page.content.endswith(b"\xff\xd9") for page in pages)
    if word != "pages" or number != str(len(pages)) or not pages or not whole:
        _out_of_order("said something else than pages")
    return tuple(pages)


def _out_of_order(why: str) -> NoReturn:
    """Our own fault, not the file's: told to who runs the portal."""
    _log.error("paper_reader_failed", why=why)
    raise PaperRefused(OUT_OF_ORDER)
