"""Invented names and numbers."""

from __future__ import annotations

from datetime import date
from random import Random

MEN = tuple(
    "Agus Ahmad Asep Bambang Budi Dedi Eko Hasan Hendra Husen Iwan Joko Made Mulyadi Nur Rahmat Slamet Supriyadi "
    "Sutrisno Taufik Ujang Wahyudi Wayan Yusuf".split()
)
WOMEN = tuple(
    "Aminah Dewi Endang Fatimah Hasanah Iis Juariyah Kartini Komariah Lestari Maryam Ngatinah Nur Rina Rohani Siti "
    "Sri Sulastri Sumarni Suryani Tuti Wati Yuni Yanti".split()
)
LAST = tuple(
    "Firmansyah Gunawan Handayani Hartati Hidayat Kusuma Maulana Mulyani Ningsih Nugroho Permana Prasetyo Purnomo "
    "Rahayu Ramadhan Santoso Saputra Setiawan Suryani Utomo Wahyuni Wijaya Wulandari".split()
)
_FEMALE_DAY = 40


def name(chance: Random, sex: str) -> str:
    """An invented name, in capitals half of the time, as registries have it."""
    whole = f"{chance.choice(MEN if sex == 'L' else WOMEN)} {chance.choice(LAST)}"
    return whole.upper() if chance.random() < 0.5 else whole


class Numbers:
    """NIKs that occur once in an extract: area, date and sex as the rule has it, serial 9xxx."""

    def __init__(self) -> None:
        self._used: set[int] = set()

    def nik(self, kecamatan: int, birth: date, sex: str, serial: int) -> str:
        """The first free number from the wanted serial (0-999) on."""
        day = birth.day + (_FEMALE_DAY if sex == "P" else 0)
        stem = int(f"{kecamatan:06d}{day:02d}{birth:%m%y}") * 10_000
        for step in range(1000):
            number = stem + 9000 + (serial + step) % 1000
            if number not in self._used:
                self._used.add(number)
                return str(number)
        raise ValueError("more than a thousand people of one day, sex and kecamatan")


def family_card(kecamatan: int, number: int) -> str:
    """The No. KK of the family of that number: area, a date of issue, serial 9xxx."""
    issued = number // 1000
    day, month, year = issued % 28 + 1, issued // 28 % 12 + 1, 10 + issued // 336 % 90
    return f"{kecamatan:06d}{day:02d}{month:02d}{year:02d}{9000 + number % 1000}"
