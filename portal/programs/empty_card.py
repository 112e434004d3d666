"""*Saldo KKS kosong*: a guided tree as data. Each question leads on by its choices, each way ends in one of three.

Where it begins depends on what the record says of the aid (``empty_card_start``). An end is: wait until a day, go to
a place with papers, or send a case that is filled in. No way loops, and a test walks them all. The meanings of the
labels are those of ``payment_labels`` (B; SI has two readings, X); the ways on are ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.core.messages import N_


class Situation(StrEnum):
    """What the record says of the aid; where the questions begin."""

    NOTHING = "nothing"  # no programme and no payment is recorded
    ENDED = "ended"
    NOT_PLANNED = "not_planned"  # the programme goes on, and no payment of this stage is recorded
    WAITING = "waiting"
    WAITING_POST = "waiting_post"
    LATE = "late"  # waiting, and the planned day is past
    AT_BANK = "at_bank"  # SI, and the planned day is past or not recorded
    NEW_ACCOUNT = "new_account"
    PAID = "paid"
    PAID_BY_POST = "paid_by_post"
    MISMATCH = "mismatch"
    EXCLUDED = "excluded"
    RECORDED_DEAD = "recorded_dead"
    NOT_TAKEN = "not_taken"
    UNKNOWN = "unknown"


class Until(StrEnum):
    """The day to wait for, worked out from the record and the calendar of stages."""

    PLANNED = "planned"  # the planned day, else the end of the stage
    STAGE_END = "stage_end"
    NEXT_STAGE = "next_stage"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its word in the address, what it says, and the question or end that it leads to."""

    key: str
    words: str
    to: str


@dataclass(frozen=True, slots=True)
class Question:
    """One plain question."""

    words: str
    choices: tuple[Choice, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before a day."""

    title: str
    words: str
    until: Until


@dataclass(frozen=True, slots=True)
class Go:
    """A place to go to, with papers."""

    title: str
    words: str
    place: str
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """A case to send. ``about`` says what of the record is filled in: payment, program or nothing."""

    title: str
    words: str
    slug: str
    about: str = ""


End = Wait | Go | Send
KTP, KK, KKS = N_("KTP"), N_("KK (family card)"), N_("KKS card")
BOOK, INVITATION = N_("bank book, if you have one"), N_("the letter of invitation")
BANK, POST = N_("a branch of the bank that your KKS is of"), N_("the post office that the letter names")
CIVIL = N_("Dukcapil, or the village office first")
_MISSING, _OBJECTION = "bantuan-tidak-diterima", "sanggah-data-kami"
_HELD = "kartu-dipegang-orang"

ROOTS: Mapping[Situation, str] = {
    Situation.NOTHING: "has_card",
    Situation.ENDED: "cause_right",
    Situation.NOT_PLANNED: "before",
    Situation.WAITING: "card_fine",
    Situation.WAITING_POST: "letter_soon",
    Situation.LATE: "looked_after",
    Situation.AT_BANK: "been_to_bank",
    Situation.NEW_ACCOUNT: "invited",
    Situation.PAID: "card_paid",
    Situation.PAID_BY_POST: "letter",
    Situation.MISMATCH: "papers_same",
    Situation.EXCLUDED: "reason_right",
    Situation.RECORDED_DEAD: "alive",
    Situation.NOT_TAKEN: "card_full",
    Situation.UNKNOWN: "card_unknown",
}


def _card(fine: str) -> tuple[Choice, ...]:
    """Where the card is: all well, or in trouble, or in other hands."""
    return (
        Choice("ada", N_("We keep the card and the PIN ourselves, and both work"), fine),
        Choice("rusak", N_("The card is lost, blocked or broken, or the PIN is forgotten"), "mend_card"),
        Choice("orang-lain", N_("Somebody outside the family keeps the card or the PIN"), "card_held"),
    )


_WHERE_CARD = N_("Where is your KKS card?")

QUESTIONS: Mapping[str, Question] = {
    "has_card": Question(
        N_("No aid of your family is recorded. Do you have a KKS card?"),
        (
            Choice("punya", N_("Yes, we have a card"), "got_before"),
            Choice("tidak-punya", N_("No, we have none"), "propose"),
        ),
        N_("A KKS is not applied for. The bank gives it to families that have been set as recipients."),
    ),
    "got_before": Question(
        N_("Did money come to this card before?"),
        (
            Choice("pernah", N_("Yes, it did"), "send_nothing"),
            Choice("belum", N_("No, never"), "ask_bank_card"),
        ),
    ),
    "cause_right": Question(
        N_("By the record this aid has ended. Is the recorded cause right?"),
        (
            Choice("benar", N_("Yes, it is right"), "ended_right"),
            Choice("salah", N_("No, it is not right"), "object_program"),
            Choice("tidak-tahu", N_("I do not know, or no cause is recorded"), "ask_program"),
        ),
    ),
    "before": Question(
        N_("No payment of this stage is recorded yet. Did you get this aid in the stage before?"),
        (
            Choice("ya", N_("Yes"), "card_fine"),
            Choice("tidak", N_("No, not then either"), "ask_program"),
        ),
    ),
    "card_fine": Question(_WHERE_CARD, _card("wait")),
    "looked_after": Question(
        N_("The planned day is past. Did you look at the balance after that day?"),
        (
            Choice("sudah", N_("Yes, and it is empty"), "card_late"),
            Choice("belum", N_("Not yet"), "look"),
        ),
        N_("At the bank, at its machine (ATM) or at an agent of the bank."),
    ),
    "card_late": Question(_WHERE_CARD, _card("send_payment")),
    "been_to_bank": Question(
        N_("The bank has the order, but the money is not there. Have you asked at the bank?"),
        (
            Choice("belum", N_("Not yet"), "ask_bank"),
            Choice("data-beda", N_("Yes: the bank says that our data differ"), "papers_same"),
            Choice("tidak-ada", N_("Yes: the bank knows of no money"), "send_payment"),
        ),
    ),
    "invited": Question(
        N_("The bank is opening an account for you. Did you get an invitation?"),
        (
            Choice("dapat", N_("Yes"), "fetch_card"),
            Choice("belum", N_("Not yet"), "wait_invitation"),
            Choice("terlewat", N_("Yes, but nobody could go on that day"), "send_payment"),
        ),
    ),
    "card_paid": Question(_WHERE_CARD, _card("took")),
    "took": Question(
        N_("The record says that it was paid. Did you or your family take money out since that day?"),
        (
            Choice("ya", N_("Yes"), "was_taken"),
            Choice("tidak", N_("No, nobody did"), "statement"),
        ),
    ),
    "statement": Question(
        N_("Did the bank show you what went in and out of the account?"),
        (
            Choice("belum", N_("Not yet"), "ask_statement"),
            Choice("tidak-masuk", N_("Yes: no money came in"), "send_payment"),
            Choice("diambil", N_("Yes: it came in, and somebody took it"), "card_held"),
        ),
    ),
    "letter": Question(
        N_("This aid is paid at the post office. Did you get a letter of invitation?"),
        (
            Choice("dapat", N_("Yes, and I have not gone yet"), "go_post"),
            Choice("belum", N_("No letter came"), "ask_post"),
            Choice("ditolak", N_("I went, and got nothing"), "send_payment"),
        ),
    ),
    "letter_soon": Question(
        N_("This aid is paid at the post office, not to a card. Did you get a letter of invitation?"),
        (
            Choice("dapat", N_("Yes, and I have not gone yet"), "go_post"),
            Choice("belum", N_("No letter came"), "wait_letter"),
            Choice("ditolak", N_("I went, and got nothing"), "send_payment"),
        ),
    ),
    "papers_same": Question(
        N_("Look at KTP and KK side by side. Are name, NIK and birth date the same on both?"),
        (
            Choice("sama", N_("Yes, they are the same"), "bank_data"),
            Choice("beda", N_("No, something differs"), "go_civil"),
            Choice("sudah-dibetulkan", N_("It was mended at Dukcapil already"), "send_payment"),
        ),
    ),
    "reason_right": Question(
        N_("This stage is not paid, by the label in the record. Is the reason right?"),
        (
            Choice("benar", N_("Yes, it is right"), "not_this_stage"),
            Choice("salah", N_("No, it is not right"), "object_payment"),
            Choice("tidak-tahu", N_("I do not know"), "send_payment"),
        ),
    ),
    "alive": Question(
        N_("The recipient is recorded as having died. How is it really?"),
        (
            Choice("hidup", N_("The recipient lives"), "send_alive"),
            Choice("meninggal", N_("The recipient has died"), "send_manager"),
        ),
    ),
    "card_full": Question(_WHERE_CARD, _card("take_it")),
    "card_unknown": Question(_WHERE_CARD, _card("send_payment")),
}

ENDS: Mapping[str, End] = {
    "wait": Wait(
        N_("Wait"),
        N_("The money is on its way, or this stage is still going on. Look at your card again after this day."),
        Until.PLANNED,
    ),
    "wait_invitation": Wait(
        N_("Wait for the invitation"),
        N_("The bank opens the account and invites you. You do not apply for the card."),
        Until.STAGE_END,
    ),
    "wait_letter": Wait(
        N_("Wait for the letter"),
        N_("The money has not reached the post office by the record. If no letter came by this day, ask there."),
        Until.PLANNED,
    ),
    "was_taken": Wait(
        N_("This stage was paid"),
        N_("The money of this stage came and was taken. The next stage begins on this day."),
        Until.NEXT_STAGE,
    ),
    "not_this_stage": Wait(
        N_("Nothing comes in this stage"),
        N_("Each stage the recipients are set anew. The next stage begins on this day."),
        Until.NEXT_STAGE,
    ),
    "ended_right": Go(
        N_("This aid has ended: ask what fits next"),
        N_("Nothing more comes to the card from it. Ask about goods and coaching for a business (PENA) and training."),
        N_("your social worker or Dinas Sosial"),
        (KTP, KK),
    ),
    "look": Go(
        N_("Look at the balance first"),
        N_("Look at the balance, or ask at the counter. If it is empty, come back here and answer «yes»."),
        BANK,
        (KKS, KTP),
    ),
    "ask_bank": Go(
        N_("Go to the bank"),
        N_("Ask whether the money is there, and whether your data at the bank are the same as on KTP and KK."),
        BANK,
        (KTP, KK, KKS, BOOK),
    ),
    "ask_bank_card": Go(
        N_("Ask the bank about the card"),
        N_("Ask whether the card is active and for which aid it was given. Then come back and tell us."),
        BANK,
        (KTP, KK, KKS),
    ),
    "ask_statement": Go(
        N_("Ask the bank what went in and out"),
        N_("Ask for the movements of the account (mutasi) since the day of payment. Then come back here."),
        BANK,
        (KTP, KKS, BOOK),
    ),
    "mend_card": Go(
        N_("Have the card made usable"),
        N_("Only the bank gives a new card or PIN. Ask which papers it wants for a lost card. Tell nobody your PIN."),
        BANK,
        (KTP, KK, N_("KKS card, if it is there")),
    ),
    "fetch_card": Go(
        N_("Fetch the card"),
        N_("Go on the day and to the place of the invitation. The person named in it goes."),
        N_("the place that the invitation names"),
        (INVITATION, KTP, KK),
    ),
    "go_post": Go(
        N_("Go to the post office"),
        N_("Go on the day of the letter. The person named in it goes."),
        POST,
        (INVITATION, KTP, KK),
    ),
    "ask_post": Go(
        N_("Ask at the post office"),
        N_("Ask whether a payment waits under your name, and whether a letter was sent."),
        N_("the post office near you, or the village office"),
        (KTP, KK),
    ),
    "bank_data": Go(
        N_("Have your data compared at the bank"),
        N_("The bank writes your data as on KTP and KK. Then come back and tell us, so that the worker can follow."),
        BANK,
        (KTP, KK, KKS, BOOK),
    ),
    "go_civil": Go(
        N_("Have KTP and KK made the same"),
        N_("After Dukcapil has mended it, have it compared at the bank. Then come back and tell us."),
        CIVIL,
        (KTP, KK, N_("birth deed, diploma or marriage book with the right data")),
    ),
    "take_it": Go(
        N_("Take the money"),
        N_("The record says that money stayed in the account. Take it soon, in one go or in parts."),
        BANK,
        (KKS, KTP),
    ),
    "send_payment": Send(
        N_("Send it to your social worker"),
        N_("The officer looks for the cause and tells you who can mend it."),
        _MISSING,
        "payment",
    ),
    "ask_program": Send(
        N_("Ask your social worker"),
        N_("The officer looks for the cause and tells you what it is."),
        _MISSING,
        "program",
    ),
    "send_nothing": Send(
        N_("Tell your social worker"),
        N_("Money came before, and nothing is recorded now. The officer looks for the cause."),
        _MISSING,
    ),
    "object_program": Send(
        N_("Object"), N_("It is looked at anew. Objecting takes nothing away."), _OBJECTION, "program"
    ),
    "object_payment": Send(
        N_("Object"), N_("It is looked at anew. Objecting takes nothing away."), _OBJECTION, "payment"
    ),
    "card_held": Send(
        N_("Tell us that somebody has your card or your money"),
        N_("The card and the PIN are yours alone. This goes straight to the regency office, sealed."),
        _HELD,
    ),
    "propose": Send(
        N_("Have your family proposed"),
        N_("A card is not applied for. A family can be proposed; then officers check. This is no promise of aid."),
        "usul-keluarga-sendiri",
    ),
    "send_alive": Send(
        N_("Tell us that the recipient lives"),
        N_("The officer sees the person, and Dukcapil mends the record."),
        "tercatat-meninggal",
    ),
    "send_manager": Send(
        N_("Tell us who should receive it now"),
        N_("Another member can be proposed to receive the aid of the family."),
        "pengurus-kartu",
    ),
}


def walk(node: str, way: tuple[str, ...]) -> str | None:
    """The question or end that the answers lead to from ``node``; None where an answer is none of the choices."""
    for answer in way:
        question = QUESTIONS.get(node)
        found = None if question is None else next((one.to for one in question.choices if one.key == answer), None)
        if found is None:
            return None
        node = found
    return node


def ways(node: str, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every way from ``node`` to an end: the answers, and the end."""
    if node in ENDS:
        yield way, node
        return
    for choice in QUESTIONS[node].choices:
        yield from ways(choice.to, (*way, choice.key))
