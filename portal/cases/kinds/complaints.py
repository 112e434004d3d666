"""Complaints. Levies, cards kept by others and an officer's conduct go sealed to the regency office, where two officers
open them together; never to the officer concerned (domain notes, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from portal.cases.answers import Answers
from portal.cases.kinds.base import Group, Paper
from portal.cases.kinds.saying import OFFICE, OFFICER, Choice, Question, Saying, Words
from portal.core.messages import N_

_STORY = Words(
    "story",
    N_("What happened?"),
    N_("What happened"),
    hint=N_("When, where, what was said. Do not write your PIN."),
    needed=N_("Write what happened."),
)
_PROOF = Paper(
    "proof",
    N_("Proof, if you have any"),
    (N_("photo of a message, receipt or list"), N_("photo of the bank book or of the slip of the machine")),
    why=N_("You can send it without any proof."),
)
_SEALED_OUTCOME = N_(
    "It goes sealed to the regency office (Dinas Sosial). Two officers open it together, and you read who they were. "
    "Your aid does not change because you report this. Nobody may punish you for it."
)


class Walls(Enum):
    """Whose eyes a complaint is for."""

    OPEN = auto()  # the officers of the village
    OFFICE = auto()  # sealed, the regency office's
    TWO = auto()  # sealed, for two officers of the office together
    TWO_IF_OFFICE = auto()  # sealed; for two where an officer or the office is meant


@dataclass(frozen=True, slots=True)
class Entry:
    """A complaint as data: its words, its questions about what happened, and its walls."""

    key: str
    slug: str
    icon: str
    group: Group
    title: str
    explanation: str
    outcome: str
    questions: tuple[Question, ...]
    walls: Walls
    papers: tuple[Paper, ...] = (_PROOF,)
    may_be_recorded: bool = False


ENTRIES = (
    Entry(
        "agent_trouble",
        "masalah-agen",
        "card",
        Group.STOPPED,
        N_("Trouble at the agent, the machine or the shop"),
        N_("The agent is closed, the machine refuses, there is no money, or you must buy a package."),
        N_(
            "The officer asks the bank or the agent and tells you where you can take your aid. Aid that you have not "
            "taken yet is not lost by asking."
        ),
        (
            Choice(
                "what",
                N_("What is the trouble?"),
                {
                    "closed": N_("The agent or shop is closed or far away"),
                    "no_money": N_("The agent says there is no money or no goods"),
                    "machine": N_("The machine or the card does not work"),
                    "package": N_("I had to take a package and could not choose"),
                    "price": N_("The goods are dearer or worse than elsewhere"),
                    "other": N_("Something else"),
                },
                N_("The trouble"),
            ),
            Words(
                "where",
                N_("Where is it?"),
                N_("Where"),
                hint=N_("The name of the agent, shop, bank or post office."),
                one_line=True,
            ),
            _STORY,
        ),
        Walls.OPEN,
        may_be_recorded=True,
    ),
    Entry(
        "levy",
        "pungutan",
        "coins",
        Group.DONE_WRONG,
        N_("Somebody asks for money or takes a part"),
        N_("A cut of the aid, a fee for the card or for being registered, or goods that you had to buy."),
        _SEALED_OUTCOME,
        (
            Choice(
                "what",
                N_("What was asked or taken?"),
                {
                    "cut": N_("A part of the aid"),
                    "fee": N_("A fee: for the card, the data, a form, transport"),
                    "goods": N_("I had to buy goods, or got less goods"),
                    "threat": N_("Money, or else the aid would stop"),
                    "other": N_("Something else"),
                },
                N_("What was taken"),
            ),
            Words("amount", N_("How much?"), N_("Amount"), hint=N_("About, in rupiah."), one_line=True),
            _STORY,
        ),
        Walls.TWO,
    ),
    Entry(
        "card_kept",
        "kartu-dipegang-orang",
        "card",
        Group.DONE_WRONG,
        N_("Somebody else keeps our card or its PIN"),
        N_("The KKS card, its PIN or the bank book is with somebody outside your family."),
        _SEALED_OUTCOME,
        (
            Choice(
                "what",
                N_("What does that person keep?"),
                {
                    "card": N_("The KKS card"),
                    "pin": N_("The PIN"),
                    "book": N_("The bank book"),
                    "ktp": N_("KTP or KK"),
                },
                N_("What is kept"),
                several=True,
            ),
            Choice(
                "gets_aid",
                N_("Do you get the aid all the same?"),
                {"whole": N_("Yes, all of it"), "part": N_("Only a part"), "nothing": N_("No, nothing")},
                N_("The aid"),
            ),
            _STORY,
        ),
        Walls.TWO,
    ),
    Entry(
        "conduct",
        "sikap-petugas",
        "person",
        Group.DONE_WRONG,
        N_("An officer treated us badly"),
        N_("Rude, threatening, unfair, or never there: a pendamping, a village officer or the office."),
        _SEALED_OUTCOME,
        (
            Choice(
                "what",
                N_("What was it?"),
                {
                    "rude": N_("Rude words, or being put to shame"),
                    "threat": N_("A threat, for example that the aid would stop"),
                    "favour": N_("Own people first, others left out"),
                    "refused": N_("Refused to help, or sent away again and again"),
                    "untrue": N_("Wrote down what is not true"),
                    "touch": N_("Touching, or asking for something that is not decent"),
                    "other": N_("Something else"),
                },
                N_("What it was"),
                several=True,
            ),
            _STORY,
        ),
        Walls.TWO,
    ),
    Entry(
        "data_misused",
        "data-disalahgunakan",
        "shield",
        Group.DONE_WRONG,
        N_("Our data were misused"),
        N_("NIK, KTP, phone number or photos were used for loans, politics, fraud or shown to others."),
        N_(
            "It goes sealed to the regency office (Dinas Sosial), which looks into it and tells you what was found. "
            "You can see under «My data» which officers opened your data. A loan in your name: tell the police too."
        ),
        (
            Choice(
                "what",
                N_("What was done with your data?"),
                {
                    "shown": N_("Shown to others, or put on a list or into a group chat"),
                    "loan": N_("A loan or an account in our name"),
                    "politics": N_("Used for politics"),
                    "fraud": N_("Calls or messages that want money"),
                    "other": N_("Something else"),
                },
                N_("Used for"),
            ),
            _STORY,
        ),
        Walls.TWO_IF_OFFICE,
    ),
    Entry(
        "portal_trouble",
        "masalah-portal",
        "device",
        Group.DONE_WRONG,
        N_("This portal does not work as it should"),
        N_("A page that fails, words that cannot be understood, or a promise that was not kept."),
        N_("The regency office reads it and tells you what is done about it."),
        (
            Choice(
                "what",
                N_("What is the trouble?"),
                {
                    "fails": N_("A page or a button does not work"),
                    "words": N_("I do not understand the words"),
                    "late": N_("A promised day passed without an answer"),
                    "screen": N_("I cannot read or use it: eyes, hands, phone"),
                    "other": N_("Something else"),
                },
                N_("The trouble"),
            ),
            _STORY,
        ),
        Walls.OFFICE,
        papers=(),
    ),
)


class Complaint(Saying):
    """What happened; where an officer may be meant also who, and the way outside the office."""

    def __init__(self, entry: Entry) -> None:
        self.key, self.slug, self.icon, self.group = entry.key, entry.slug, entry.icon, entry.group
        self.title, self.explanation, self.outcome = entry.title, entry.explanation, entry.outcome
        self.papers, self.may_be_recorded = entry.papers, entry.may_be_recorded
        self.pages = (("kejadian", N_("About what happened"), entry.questions),)
        self.walls = entry.walls
        self.outside = self.names_officer = entry.walls in (Walls.TWO, Walls.TWO_IF_OFFICE)
        super().__init__()

    def is_restricted(self, answers: Answers) -> bool:
        """Past the village, unless it is the village's to mend."""
        return self.walls is not Walls.OPEN

    def needs_two(self, answers: Answers) -> bool:
        """Always, or where an officer or the office is meant."""
        if self.walls is Walls.TWO_IF_OFFICE:
            return answers.get(OFFICER) == OFFICE or self.about_officer(answers) is not None
        return self.walls is Walls.TWO


COMPLAINTS = tuple(Complaint(entry) for entry in ENTRIES)
