"""Slips on paper: a roll of 58 or 80 mm, or a sheet, as the reader picks."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pypdfium2
import pytest

from tests.browser.reader import Sit
from tests.browser.words import say
from tests.browser.world import World

_POINTS_A_MM = 72 / 25.4
#: Set to keep the papers, as PDF.
_KEEP = os.environ.get("PORTAL_TEST_PICTURES")


@pytest.mark.parametrize(
    ("words", "name", "width", "height"),
    [("Narrow roll, 58 mm", "58", 58, 290), ("Roll, 80 mm", "80", 80, 290), ("Sheet, A4", "a4", 210, 297)],
)
def test_a_slip_fits_its_paper(
    sit: Sit, world: World, secret: str, words: str, name: str, width: int, height: int
) -> None:
    person = sit().enter_as(world.session_of(world.account("moved_away"), secret)).open("/pengajuan")
    reference = person.page.locator("main a[href^='/pengajuan/']:not([href*=baru])").first.get_attribute("href")
    person.open(f"{reference}/cetak").tap(say(words))
    assert person.path.endswith(f"?kertas={name}")
    paper = person.page.pdf(prefer_css_page_size=True)
    if _KEEP:
        folder = Path("test-results") / "papers"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"slip-{name}.pdf").write_bytes(paper)
    document = pypdfium2.PdfDocument(io.BytesIO(paper))
    assert len(document) == 1
    sheet = document[0]
    assert [round(side / _POINTS_A_MM) for side in sheet.get_size()] == [width, height]
    written = sheet.get_textpage()
    printed = " ".join(written.get_text_bounded().split())
    assert str(reference).rpartition("/")[2] in printed
    assert say("Proof of sending") in printed
    for hidden in ("Beranda", say("Sheet, A4"), say("Sign out")):
        assert hidden not in printed
    for number in range(written.count_rects()):
        left, _bottom, right, _top = written.get_rect(number)
        assert 0 < left < right < width * _POINTS_A_MM
