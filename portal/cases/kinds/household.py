"""About another household: what somebody says of it, and what that household is asked in the office's own words.

The two are different cases of different families. Nothing of the first stands in the second; what joins them is read by
the office alone (``claim_link``).
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.cases.answers import Answers, shown
from portal.cases.kinds.base import Compared, Effect, Group, Kind, Row, World
from portal.cases.kinds.saying import Choice, Saying, Words
from portal.cases.workflow import Track
from portal.core.messages import N_
from portal.core.wording import Message

WHAT = {
    "well_off": N_("It lives clearly better than families that get no aid"),
    "moved": N_("It does not live here any more"),
    "died": N_("Who gets the aid has died"),
    "work": N_("Somebody works as ASN, TNI, Polri or for a state company"),
    "other": N_("Something else"),
}


class OtherObjection(Saying):
    """What somebody says of another household, in words alone."""

    key = "other_objection"
    slug = "sanggah-keluarga-lain"
    icon = "eye"
    group = Group.DONE_WRONG
    track = Track.QUIET
    sent_alone = True
    title = N_("A household gets aid and should not")
    explanation = N_("You believe that another household does not qualify for the aid that it gets.")
    outcome = N_(
        "The regency office looks into it, or the supervisor of your kecamatan for it. The other household and the "
        "village never learn who said it. You are told only that it was looked into, not what was found. The household "
        "keeps its aid meanwhile and may answer."
    )
    pages = (
        (
            "apa",
            N_("What you believe"),
            (
                Choice("what", N_("Why should it not get aid?"), WHAT, N_("Why it should not")),
                Words(
                    "where",
                    N_("Roughly where does it live?"),
                    N_("Roughly where"),
                    hint=N_("Such as the dusun, and what is near. No NIK, no coordinates."),
                    limit=300,
                    needed=N_("Write roughly where it lives."),
                ),
                Words(
                    "story",
                    N_("What do you know?"),
                    N_("What you know"),
                    hint=N_("Only what you know yourself. Do not go there, and take no photos of neighbours."),
                    needed=N_("Write what you know."),
                ),
            ),
        ),
    )

    def is_restricted(self, answers: Answers) -> bool:
        """Always: the village and the other members of the family do not see it."""
        return True

    def effects(self, answers: Answers, world: World) -> Sequence[Effect]:
        """Nothing of the own aid hangs on it."""
        return (_OWN_AID, _ITS_AID)


_OWN_AID = Effect(
    Message(N_("Your own aid")),
    Message(N_("It does not change, whatever is found about the other household.")),
    safe=True,
)
_ITS_AID = Effect(
    Message(N_("The aid of the other household")),
    Message(N_("It goes on while it is looked into. Nobody loses aid because of what one person says.")),
    safe=True,
)


class ClaimAboutUs(Kind):
    """What the office asks a household about, in neutral words. Opened by the office, never by a family."""

    key = "claim_about_us"
    slug = "pertanyaan-tentang-kami"
    icon = "question"
    group = Group.WRONG
    listed = False
    from_office = True
    track = Track.CLAIM
    title = N_("The office has a question about your household")
    explanation = N_("Somebody said something about your household. You can answer.")
    outcome = N_(
        "Your aid goes on meanwhile. If it is not so, everything about it is erased. If it is so, you read what was "
        "found, a second officer looks at it, and the centre decides. You can object."
    )
    steps = ()

    def is_restricted(self, answers: Answers) -> bool:
        """Always: it is between the household and the office."""
        return True

    def rows(self, answers: Answers, world: World) -> list[Row]:
        """The claim, in the officer's words."""
        return [Row(N_("What was said"), shown(answers["claim"]), "")]

    def compare(self, answers: Answers, world: World) -> list[Compared]:
        """What an officer finds out is no field of the record yet."""
        return []


KINDS = (OtherObjection(), ClaimAboutUs())
