"""A voice note is told apart by its content, whatever it is called."""

from __future__ import annotations

import io

import pytest

from portal.cases.papers import EMPTY, PaperRefused
from portal.cases.voice_notes import MOST_BYTES, NO_SOUND, NO_VIDEO, TOO_LONG, read_voice

WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm" + b"\0" * 40
OGG = b"OggS\0\x02" + b"\0" * 22 + b"OpusHead\x01\x01"


def mp4(brand: bytes, rest: bytes = b"moov....smhd") -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0isommp42" + rest


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (WEBM + b"A_OPUS", "audio/webm"),
        (OGG, "audio/ogg"),
        (mp4(b"M4A "), "audio/mp4"),
        (mp4(b"3gp4"), "audio/3gpp"),
    ],
)
def test_what_phones_record_is_kept_as_it_is(content: bytes, kind: str) -> None:
    (page,) = read_voice(io.BytesIO(content))
    assert page.media_type == kind and page.content == content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", EMPTY),
        (OGG + b"\0" * MOST_BYTES, TOO_LONG),
        (b"\xff\xd8\xff\xe0 a photo", NO_SOUND),
        (b"<html>OggS OpusHead</html>", NO_SOUND),
        (b"OggS\0\x02" + b"\0" * 22 + b"\x80theora", NO_SOUND),
        (b"\x1a\x45\xdf\xa3 matroska", NO_SOUND),
        (b"\0\0\0\x18ftypqt  " + b"\0" * 20, NO_SOUND),
        (WEBM + b"V_VP9", NO_VIDEO),
        (mp4(b"mp42", b"moov....vmhd"), NO_VIDEO),
    ],
)
def test_what_is_no_voice_note_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        read_voice(io.BytesIO(content))
    assert refused.value.reason == reason
