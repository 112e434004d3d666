"""What axe finds on pages. It takes a quarter of a second for a page, so that it reads each frame once in a run.

The frame (``frame.js``) is everything that axe judges by: elements, classes, roles, labels and what they point at, the
size of the screen, what is ticked, focused or scrolls; not the words and numbers in it. A frame without faults is noted
in a folder that all workers of a run share; one with faults is read again wherever it is met, and fails there too.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

_FRAME = (Path(__file__).parent / "frame.js").read_text(encoding="utf-8")
#: Violations only; and of what axe would fetch beforehand not the style sheets, which none of its default rules reads.
_RUN = """
async () => {
  const { violations } = await axe.run({ resultTypes: ['violations'], preload: { assets: ['media'] } })
  const told = ({ id, impact }, { html, failureSummary }) => [id, impact, html, failureSummary ?? '']
  return violations.flatMap((rule) => rule.nodes.map((node) => told(rule, node)))
}
"""
#: Set to let axe read every page, whether its frame is known or not.
_READ_ALL = bool(os.environ.get("PORTAL_TEST_AXE_ALL"))


class Frames:
    """The frames in which axe has found nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def note_of(self, page: Page, kind: str) -> Path:
        """The note on the frame of this page; ``kind`` keeps pages apart that axe reads in another way."""
        frame: str = page.evaluate(_FRAME)
        return self._folder / hashlib.sha256(f"{kind}\n{frame}".encode()).hexdigest()

    @staticmethod
    def is_known(note: Path) -> bool:
        """Whether axe has found nothing in this frame before."""
        return note.exists() and not _READ_ALL


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page as it is now."""
    page.evaluate(AXE_SCRIPT)
    found: list[tuple[str, str, str, str]] = page.evaluate(_RUN)
    return [f"axe {rule} ({impact}): {html[:160]} {summary[:200]}" for rule, impact, html, summary in found]
