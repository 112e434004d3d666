"""The card and how to reach the family: who manages the card, a card lost or blocked, a phone number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import Effect, Elsewhere, Group, Paper, Reach, Shown, World
from portal.cases.kinds.change import WHO, Change, Page
from portal.cases.kinds.effects import AID_GOES_ON, DESIL_STAYS
from portal.cases.kinds.lines import Line, OneOf, Words
from portal.cases.kinds.members import Member
from portal.cases.kinds.offices import CARD_NAME, NEW_CARD, OPEN_ACCOUNT
from portal.cases.kinds.people import SINCE, TOLD, living_adult
from portal.core.messages import N_
from portal.core.phones import NotAPhone, parse_phone
from portal.inbox.contacts import CHANNELS, OWNERS
from portal.web.forms import Check, NumberField

KTP_AND_KK = Paper(
    "identity",
    N_("KTP or KK"),
    (N_("KTP of the person"), N_("KK")),
    why=N_("The officer sees from it who it is. Cover the numbers that are not needed."),
)


class Manager(Change):
    """Another person manages the card."""

    key, slug, icon = "manager", "pengurus-kartu", "card"
    title = N_("Another person shall manage the aid card")
    explanation = N_("Who is named on the KKS card died, is ill, moved away or cannot do it any more.")
    outcome = N_(
        "The officer checks it and goes on with it together with the bank. The card stays with your family; nobody "
        "else may keep it or its PIN."
    )
    once_accepted = None
    pages = (
        Page(
            "siapa",
            N_("Who shall manage the card?"),
            (
                Line(WHO, N_("New manager"), N_("Who shall manage the card from now on?"), Member(living_adult)),
                Line(
                    "why_other",
                    N_("Reason"),
                    N_("Why can the one before not do it?"),
                    OneOf(
                        {
                            "died": N_("Died"),
                            "ill": N_("Is ill, old or has a disability"),
                            "away": N_("Lives or works elsewhere"),
                            "divorced": N_("Divorced or separated"),
                            "other": N_("Another reason"),
                        }
                    ),
                ),
                TOLD,
            ),
        ),
    )
    papers = (KTP_AND_KK,)

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Only the name on the card."""
        return [AID_GOES_ON, DESIL_STAYS]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """The bank."""
        return (CARD_NAME,)


_CARD = {
    "lost": N_("Lost or stolen"),
    "broken": N_("Broken, or kept by the machine"),
    "pin": N_("PIN forgotten or blocked"),
    "blocked": N_("Account or card blocked"),
    "name": N_("In another name, or the name is written wrong"),
    "never": N_("Never got a card"),
}
_TASK = {"name": CARD_NAME, "blocked": OPEN_ACCOUNT, "pin": OPEN_ACCOUNT}


class Card(Change):
    """Bank account or KKS card in trouble."""

    key, slug, icon = "card", "kartu-rekening", "card"
    group = Group.WRONG
    title = N_("Trouble with the KKS card or the account")
    explanation = N_("Card lost, broken, blocked or in another name; account closed.")
    outcome = N_("The officer tells the bank and answers you. Only the bank can give a new card or open the account.")
    once_accepted = None
    pages = (
        Page(
            "kartu",
            N_("What is with the card?"),
            (
                Line("card", N_("Card or account"), N_("What is with the card or the account?"), OneOf(_CARD)),
                SINCE,
                TOLD,
            ),
            note=N_(
                "Does somebody else keep your card, or was money taken? Tell that under «Somebody did wrong» instead: "
                "it goes sealed to the regency office. Never write your PIN."
            ),
        ),
    )
    papers = (
        Paper(
            "card_paper",
            N_("Paper about it, if there is one"),
            (N_("letter of loss from the police"), N_("slip of the machine or of the bank"), N_("bank book")),
            why=N_("You can send it without any paper. Cover the number of the account."),
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """The aid does not hang on the card."""
        return [AID_GOES_ON, DESIL_STAYS]

    def elsewhere(self, answers: Answers, world: World) -> Sequence[Elsewhere]:
        """The bank."""
        return (_TASK.get(answers.get("card", ""), NEW_CARD),)


@dataclass(frozen=True, slots=True)
class PhoneNumber(Words):
    """A phone number, in any of the ways that people write one."""

    limit: int = 30

    def field(self, line: Line) -> Any:
        """A line with the keys of phones."""
        checks = [*line.checks, Check(_is_phone, _l("This is no phone number. Check it. For example 0812 0000 0000."))]
        return NumberField(_l(line.question), checks, width=20, **line.common())

    def words(self, value: Any, world: World) -> Shown:
        """In groups, as one reads it out."""
        return shown(parse_phone(value).written if _is_phone(value) else value)


def _is_phone(typed: str) -> bool:
    try:
        parse_phone(typed)
    except NotAPhone:
        return False
    return True


class Contact(Change):
    """How the officer reaches the family."""

    key, slug, icon = "contact", "kontak", "phone"
    title = N_("Another phone number")
    explanation = N_("How the officer of your village can reach you now.")
    outcome = N_(
        "It is written down at once when you send it yourself; the officer of your village sees it. Nobody may ask you "
        "for a PIN or a code by phone."
    )
    once_accepted = None
    pages = (
        Page(
            "kontak",
            N_("How can the officer reach you?"),
            (
                Line(
                    "phone",
                    N_("Phone number"),
                    N_("What is the number?"),
                    PhoneNumber(),
                    hint=N_("For example 0812 0000 0000. No phone: leave it empty, then the officer comes by."),
                    optional=True,
                ),
                Line(
                    "whose",
                    N_("Whose phone"),
                    N_("Whose phone is it?"),
                    OneOf(OWNERS),
                ),
                Line(
                    "how",
                    N_("Best way"),
                    N_("What is the best way to reach you?"),
                    OneOf(CHANNELS),
                ),
            ),
        ),
    )

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Nothing at all."""
        return [AID_GOES_ON, DESIL_STAYS]

    def touches(self, answers: Answers, world: World) -> frozenset[str]:
        """How the sender is reached, with a phone or without."""
        return frozenset({f"contact.{world.sender}"})

    def reach(self, answers: Answers) -> Reach | None:
        """The number; without one, that somebody comes by."""
        typed = answers.get("phone")
        return Reach(parse_phone(typed) if typed else None, answers["how"], answers["whose"])


MANAGER, CARD, CONTACT = Manager(), Card(), Contact()
