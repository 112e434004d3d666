"""Voice notes: told apart by content, kept as they are, and given out as a file to keep, never played by the page.

Nothing here decodes sound, so nothing can be taken over by it. What the file says beside the sound (a name, a place) is
kept with it; it is sealed on the disk like every paper and read by the sender and by whoever works on the case.
"""

from __future__ import annotations

from typing import IO

from portal.cases.papers import EMPTY, PaperPage, PaperRefused
from portal.core.messages import N_

MOST_BYTES = 5 * 1024 * 1024
TOO_LONG = N_("The voice note is larger than 5 MB. Record a shorter one, about five minutes at most.")
NO_SOUND = N_("This is not a voice note that can be kept here. Send WebM, Ogg, M4A or 3GP, as phones record it.")
NO_VIDEO = N_("This is a video. Send only the sound, as a voice note.")
_HEAD = 4096
_BRANDS = {b"M4A ", b"M4B ", b"isom", b"iso2", b"iso5", b"mp41", b"mp42", b"dash"}
_OLD_PHONES = b"3g"  # 3gp4, 3gp5, 3gr6, 3g2a ...
_OGG_SOUND = (b"OpusHead", b"\x01vorbis", b"Speex   ")
_WEBM_PICTURES = (b"V_VP", b"V_AV1", b"V_MPEG", b"V_MS")
_MP4_PICTURES = b"vmhd"


def read_voice(file: IO[bytes]) -> tuple[PaperPage, ...]:
    """The voice note as it is kept. Raises ``PaperRefused`` with what to do instead."""
    content = file.read(MOST_BYTES + 1)
    if not content:
        raise PaperRefused(EMPTY)
    if len(content) > MOST_BYTES:
        raise PaperRefused(TOO_LONG)
    kind = _kind_of(content)
    if kind is None:
        raise PaperRefused(NO_SOUND)
    return (PaperPage(content, kind),)


def _kind_of(content: bytes) -> str | None:
    """The media type by content; None where it is no sound that we know. Raises where it has pictures."""
    head = content[:_HEAD]
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return _without(head, _WEBM_PICTURES, "audio/webm")
    if head.startswith(b"OggS") and any(sound in head[:128] for sound in _OGG_SOUND):
        return "audio/ogg"
    if head[4:8] == b"ftyp" and 8 <= int.from_bytes(head[:4]) <= 256:
        brand = head[8:12]
        if brand in _BRANDS:
            return _without(content, (_MP4_PICTURES,), "audio/mp4")
        if brand.startswith(_OLD_PHONES):
            return _without(content, (_MP4_PICTURES,), "audio/3gpp")
    return None


def _without(searched: bytes, pictures: tuple[bytes, ...], kind: str) -> str:
    if any(mark in searched for mark in pictures):
        raise PaperRefused(NO_VIDEO)
    return kind
