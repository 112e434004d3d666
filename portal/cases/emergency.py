"""Emergency numbers, shown to everybody, signed in or not.

``sure`` as in the domain notes: A official text, B two sources or reputable news, G general knowledge. 112 is run by
regencies and cities that joined it, so that its line says that it may not answer everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.core.messages import N_


@dataclass(frozen=True, slots=True)
class Number:
    """One number: what it is, what it is for, and how sure we are of it."""

    number: str
    name: str
    when: str
    sure: str
    note: str = ""
    whatsapp: str = ""  # in international form, without a plus

    @property
    def dial(self) -> str:
        """As a phone dials it."""
        return self.number.replace("-", "")


NUMBERS: tuple[Number, ...] = (
    Number(
        "112",
        N_("Emergency call"),
        N_("Fire, accident, any danger"),
        "B",
        note=N_("Not every regency has it yet. No answer? Call 110 or 119."),
    ),
    Number("110", N_("Police"), N_("Violence, threats, crime"), "B"),
    Number("119", N_("Ambulance"), N_("Somebody is badly ill or hurt"), "B"),
    Number("115", N_("Search and rescue (Basarnas)"), N_("Flood, landslide, somebody is missing"), "B"),
    Number(
        "129",
        "SAPA 129",
        N_("A woman or a child is hurt or in danger"),
        "B",
        note="WhatsApp 08111-129-129",
        whatsapp="628111129129",
    ),
    Number(
        "021-171",
        N_("Ministry of Social Affairs"),
        N_("No food, aid, somebody left alone; day and night"),
        "A",
        note="WhatsApp 0887-7171-171",
        whatsapp="628877171171",
    ),
)


def numbers_of(wanted: Iterable[str]) -> list[Number]:
    """The numbers of that list, in its order."""
    known = {one.number: one for one in NUMBERS}
    return [known[number] for number in wanted]
