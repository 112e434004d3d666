"""Name, birth date, NIK or another fact of Dukcapil written wrong. Where the KK is wrong, Dukcapil comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.cases.answers import Answers
from portal.cases.kinds.base import Effect, Elsewhere, Group, Paper, World
from portal.cases.kinds.change import WHO, Change, Page
from portal.cases.kinds.effects import AID_GOES_ON, DESIL_STAYS, NAME_MATCHES, only_if
from portal.cases.kinds.lines import Line, OneOf, Some, Words
from portal.cases.kinds.members import Member
from portal.cases.kinds.offices import CIVIL_DATA
from portal.core.messages import N_

ON_KK = "right_on_kk"
_FACTS = {
    "name": N_("name"),
    "birth_date": N_("birth date"),
    "nik": N_("NIK"),
    "sex": N_("sex"),
    "relation": N_("place in the family"),
    "marital": N_("marital status"),
}


class Identity(Change):
    """A fact that Dukcapil owns is wrong in the data of aid, or at Dukcapil itself."""

    key, slug, icon = "identity", "nama-nik-salah", "person"
    group = Group.WRONG
    title = N_("Name, birth date or NIK is wrong")
    explanation = N_("The data of aid do not say the same as your KTP and KK, or these are wrong themselves.")
    outcome = N_(
        "The officer compares it with your KTP and KK. What stands wrong at Dukcapil, only Dukcapil can correct; after "
        "that the data of aid follow."
    )
    once_accepted = None
    pages = (
        Page(
            "siapa",
            N_("Whose data are wrong?"),
            (
                Line(WHO, N_("Whose data"), N_("Whose data are wrong?"), Member(lambda _one, _world: True)),
                Line(
                    "wrong",
                    N_("Wrong is"),
                    N_("What is wrong?"),
                    Some(_FACTS),
                ),
            ),
        ),
        Page(
            "benar",
            N_("What is right?"),
            (
                Line(
                    "right",
                    N_("Right is"),
                    N_("What is right?"),
                    Words(300, rows=3),
                    hint=N_("As on the KTP or the deed. Of a NIK write only the last four digits."),
                    why=N_("Write what is right."),
                ),
                Line(
                    ON_KK,
                    N_("On KTP and KK"),
                    N_("Is it right on your KTP and KK?"),
                    OneOf(
                        {
                            "yes": N_("Yes, only the data of aid are wrong"),
                            "no": N_("No, it is wrong there too"),
                            "unknown": N_("I do not know"),
                        }
                    ),
                ),
            ),
        ),
    )
    papers = (
        Paper(
            "identity",
            N_("KTP or KK"),
            (N_("KTP"), N_("KK"), N_("birth deed, diploma or marriage book with the right data")),
            why=N_("The officer compares it. A photo is enough."),
            required=True,
        ),
    )

    def begin(self, hints: Mapping[str, str]) -> Answers:
        """Whose fact is wrong, and which."""
        fact = hints.get("bidang", "")
        return super().begin(hints) | ({"wrong": [fact]} if fact in _FACTS else {})

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Right data keep aid."""
        return [AID_GOES_ON, *only_if(world, "PKH", NAME_MATCHES, "B"), DESIL_STAYS]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """Dukcapil, unless the KK is right."""
        return () if answers.get(ON_KK) == "yes" else (CIVIL_DATA,)


IDENTITY = Identity()
