"""What an invented family was paid: three months a stage, with the labels of SIKS-NG."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from portal.exchange.generator.household import Household

_FAILED = (
    "EXCLUDE",
    "EXCLUDE PEKERJAAN",
    "EXCLUDE TIDAK LAYAK DAERAH",
    "TIDAK LAYAK GIS",
    "OVERLAP SDM KESOS",
    "-",
    "TIDAK TRANSAKSI",
    "GAGAL OMSPAN",
    "SI",
    "OMSPAN",
    "PROSES BUREKOL",
)
_COMING = ("CALON PENERIMA", "PROSES SPM", "SK")
_TROUBLED = 0.046  # the share of payments that do not arrive
_SEMBAKO_STAGE = 600_000


def disbursements(
    participation: list[str], household: Household, chance: Random, first_year: int, as_of: date, last: date
) -> list[list[str]]:
    """The stages of one participation up to the quarter of ``last``; ``as_of`` is the first extract's day."""
    kk, _, program, _, until = participation[:5]
    channel = household.family[8] or "POS"
    amount = _SEMBAKO_STAGE if program == "SEMBAKO" else _pkh_stage(household, as_of)
    rows = []
    for year in range(as_of.year - 2, last.year + 1):
        for stage in range(1, 5):
            scheduled = date(year, stage * 3 - 2, chance.choice((10, 15, 20)))
            paid = scheduled + timedelta(days=chance.randrange(0, 45))
            luck, label = chance.random(), chance.choice(_FAILED)
            coming = chance.choice(_COMING)
            if scheduled > last + timedelta(days=31) or (until and scheduled.isoformat() > until):
                break
            if year < first_year:
                continue
            known = label if luck < _TROUBLED else "SUKSES SPM"
            status = coming if scheduled > last else known
            rows.append(
                [
                    kk,
                    "",
                    program,
                    str(year),
                    str(stage),
                    str(amount),
                    scheduled.isoformat(),
                    paid.isoformat() if status == "SUKSES SPM" else "",
                    status,
                    channel,
                    "",
                ]
            )
    return rows


def _pkh_stage(household: Household, as_of: date) -> int:
    """An amount a stage as PKH pays it, by the members' ages and schools (domain.md 3.1, simplified)."""
    by_level = {"SD": 225_000, "SMP": 375_000, "SMA": 500_000}
    members = [m for m in household.members if m[3] <= as_of.isoformat()]
    parts = [by_level[m[8]] for m in members if m[8] in by_level]
    parts += [750_000 for m in members if m[3][:4] > f"{as_of.year - 6}"][:2]
    parts += [600_000 for m in members if m[3][:4] < f"{as_of.year - 60}" or m[12] == "2"]
    return sum(sorted(parts)[:4]) or 600_000
