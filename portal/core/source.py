"""What lies beside the packages: templates, catalogues of words, migrations."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "migrations"


def newest_migration() -> str:
    """The revision that the code needs: the number that the last file of migrations begins with."""
    return max(file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py")).split("_")[0]
