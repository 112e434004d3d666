"""Pages of the docs that are made from the source are as the source makes them."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_stages_are_drawn_as_the_table_says() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "stages.py"))["page"]()
    assert (ROOT / "docs" / "stages.md").read_text(encoding="utf-8") == made, "run tools/stages.py"
