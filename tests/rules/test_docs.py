"""Pages of the docs that are made from the source are as the source makes them, and what an operator needs is told."""

from __future__ import annotations

import re
import runpy
from importlib import import_module
from pathlib import Path

from portal.config import Settings
from portal.core.jobs import PERIODIC
from portal.core.outward import check_gateway
from portal.working import FEATURES

ROOT = Path(__file__).resolve().parents[2]


def test_the_stages_are_drawn_as_the_table_says() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "stages.py"))["page"]()
    assert (ROOT / "docs" / "stages.md").read_text(encoding="utf-8") == made, "run tools/stages.py"


def test_every_setting_and_every_job_is_told_to_who_runs_the_portal() -> None:
    for feature in FEATURES:
        import_module(feature)
    told = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    names = {"DATABASE_URL" if name == "database_url" else f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    assert not {name for name in names if f"`{name}`" not in told}
    assert not {name for name in PERIODIC if f"`{name}`" not in told}


def test_the_gateways_of_the_docs_are_taken_as_settings() -> None:
    told = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    gateways = re.findall(r"(?:jsons|twilio|whatsapp)://[^`\s]+", told)
    assert len(gateways) >= 5
    for gateway in gateways:
        check_gateway(gateway, loopback_only=False)
    assert "PORTAL_SMS_URL=" in told and "PORTAL_WHATSAPP_URL=" in told and "PORTAL_PUSH_KEY=" in told
