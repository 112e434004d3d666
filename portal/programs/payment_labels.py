"""The payment labels of SIKS-NG in plain words: what each means, who acts next, what to do.

Source: domain notes 2.4, two village sites that agree and one social worker's page (B). The label SI has
two readings, and both are given (X). On which step of the money's path a label stands is our reading (G).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import NamedTuple

from portal.core.messages import N_
from portal.core.wording import Message
from portal.programs.terms import Sureness


class Tone(StrEnum):
    """How a state feels: done, still moving, or it needs somebody to act."""

    GOOD = "good"
    WAIT = "wait"
    STOP = "stop"


class Step(IntEnum):
    """The path of the money (2024 press; C)."""

    FINAL_LIST = 1
    ACCOUNT_CHECK = 2
    SPM = 3
    SP2D = 4
    SI = 5
    CREDITED = 6


STEP_WORDS: Mapping[Step, Message] = {
    Step.FINAL_LIST: Message(N_("Final list of recipients")),
    Step.ACCOUNT_CHECK: Message(N_("Check of account and name")),
    Step.SPM: Message(N_("Payment order (SPM)")),
    Step.SP2D: Message(N_("State treasury pays out (SP2D)")),
    Step.SI: Message(N_("Order to the bank (SI)")),
    Step.CREDITED: Message(N_("Money is in the account")),
}
PATH_SURE: Sureness = "C"


class PaymentMeaning(NamedTuple):
    """One label in plain words. ``readings`` holds both where sources read it differently.

    ``ask`` is the kind of case that fits, a stable key: ``aid_missing`` or None.
    """

    label: str  # the record's own word
    title: Message
    meaning: Message
    readings: tuple[Message, ...]
    actor: Message
    todo: Message
    tone: Tone
    step: Step | None
    sure: Sureness = "B"
    known: bool = True
    ask: str | None = None


WAIT = Message(N_("You do not need to do anything now. Wait."))
NOBODY = Message(N_("Nobody; this is done."))
TREASURY = Message(N_("the state treasury and the bank"))
MINISTRY = Message(N_("the Ministry of Social Affairs (Kemensos)"))
BANK = Message(N_("the bank"))
WORKER = Message(N_("your social worker"))
WORKER_DUKCAPIL = Message(N_("your social worker and Dukcapil"))
WORKER_OFFICE = Message(N_("your social worker and the social affairs office"))
VILLAGE_OFFICE = Message(N_("the village office and the social affairs office"))
BANK_WORKER = Message(N_("the bank and your social worker"))
BANK_DUKCAPIL = Message(N_("the bank and Dukcapil"))
DUKCAPIL_VILLAGE = Message(N_("Dukcapil and the village office"))
OFFICE = Message(N_("the social affairs office"))
AID_MISSING = "aid_missing"


def _waiting(label: str, title: str, meaning: str, actor: Message, step: Step) -> PaymentMeaning:
    return PaymentMeaning(label, Message(title), Message(meaning), (), actor, WAIT, Tone.WAIT, step)


def _stopped(label: str, title: str, meaning: str, actor: Message, todo: str, step: Step | None) -> PaymentMeaning:
    return PaymentMeaning(
        label, Message(title), Message(meaning), (), actor, Message(todo), Tone.STOP, step, ask=AID_MISSING
    )


_CANDIDATE = _waiting(
    "SK",
    N_("On the list for this stage"),
    N_("Your family is on the list of candidates for this stage. The money has not been sent yet."),
    MINISTRY,
    Step.FINAL_LIST,
)

_ALL: tuple[PaymentMeaning, ...] = (
    _CANDIDATE,
    _CANDIDATE._replace(label="CALON PENERIMA"),
    _waiting(
        "PROSES SPM",
        N_("The payment order has been made"),
        N_("The government has ordered the payment. It has not reached the account yet."),
        TREASURY,
        Step.SPM,
    ),
    _waiting(
        "OMSPAN",
        N_("At the state treasury"),
        N_("The state treasury is working on the money. It is not in the account yet."),
        TREASURY,
        Step.SP2D,
    ),
    PaymentMeaning(
        "SI",
        Message(N_("The bank has the order")),
        Message(N_("The bank has received the order to pay. What it means now is read in two ways.")),
        (
            Message(N_("First: the money is about to reach the account. This is the last step.")),
            Message(N_("Second: your data at the bank differ from those of Dukcapil, so the money waits.")),
        ),
        BANK_WORKER,
        Message(N_("Wait until the planned date. If nothing comes, go to the bank with your KTP and KK.")),
        Tone.WAIT,
        Step.SI,
        "X",
        ask=AID_MISSING,
    ),
    PaymentMeaning(
        "SUKSES SPM",
        Message(N_("Paid")),
        Message(N_("The bank has finished the payment.")),
        (),
        NOBODY,
        Message(N_("Check the balance of your KKS card, or ask at the post office. If nothing came, tell us.")),
        Tone.GOOD,
        Step.CREDITED,
        ask=AID_MISSING,
    ),
    _waiting(
        "PROSES BUREKOL",
        N_("A new account is being opened"),
        N_("The bank is opening a new account for your family."),
        BANK,
        Step.ACCOUNT_CHECK,
    )._replace(todo=Message(N_("Wait for the invitation of the bank. Bring your KTP and KK when you go."))),
    _stopped(
        "GAGAL OMSPAN",
        N_("Failed: name or NIK does not match"),
        N_("The name or NIK on your KTP or KK differs from the data, so the money could not be sent."),
        WORKER_DUKCAPIL,
        N_("Show your KTP and KK to the social worker. If they are wrong, go to Dukcapil."),
        Step.SP2D,
    ),
    _stopped(
        "-",
        N_("Failed: the data at the bank do not match"),
        N_("Your data at the bank differ from the civil registry, so the account check failed."),
        BANK_DUKCAPIL,
        N_("Go to the bank with your KTP and KK. If these are wrong, go to Dukcapil first."),
        Step.ACCOUNT_CHECK,
    ),
    _stopped(
        "EXCLUDE",
        N_("Not paid in this stage"),
        N_("The data are not complete, so nothing is paid in this stage."),
        WORKER_OFFICE,
        N_("Ask the social worker which data are missing."),
        Step.FINAL_LIST,
    ),
    _stopped(
        "EXCLUDE PEKERJAAN",
        N_("Not paid: recorded as working for the state"),
        N_("Somebody in your family is recorded as ASN, TNI, Polri, pensioner or the like."),
        VILLAGE_OFFICE,
        N_("If this is wrong, tell us or the village office."),
        Step.FINAL_LIST,
    ),
    _stopped(
        "EXCLUDE TIDAK LAYAK DAERAH",
        N_("Not paid: the check in your area said no"),
        N_("The check by the local government said that your family does not qualify."),
        VILLAGE_OFFICE,
        N_("If you do not agree, you can object at the village office or the social affairs office."),
        Step.FINAL_LIST,
    ),
    _stopped(
        "EXCLUDE MENINGGAL",
        N_("Not paid: the recipient is recorded as having died"),
        N_("The person who receives the aid for your family is recorded as having died."),
        DUKCAPIL_VILLAGE,
        N_("Tell the village office who should receive it now. If the record is wrong, go to Dukcapil."),
        Step.FINAL_LIST,
    ),
    _stopped(
        "TIDAK TRANSAKSI",
        N_("Earlier aid was not taken"),
        N_("The record says that earlier aid stayed in the account and was not taken."),
        BANK_WORKER,
        N_("Check the balance of your KKS card. Tell the social worker if somebody else holds the card."),
        None,
    ),
    _stopped(
        "TIDAK LAYAK GIS",
        N_("Not paid: the house survey said no"),
        N_("The result of the house survey (SAGIS) is that your family does not qualify."),
        VILLAGE_OFFICE,
        N_("If you do not agree, you can object. A new visit can be asked for."),
        Step.FINAL_LIST,
    ),
    _stopped(
        "OVERLAP SDM KESOS",
        N_("Not paid: recorded as a social worker"),
        N_("Somebody in your family is recorded as a social officer, and these may not receive this aid."),
        OFFICE,
        N_("If this is wrong, tell us or the social affairs office."),
        Step.FINAL_LIST,
    ),
)

MEANINGS: Mapping[str, PaymentMeaning] = {meaning.label: meaning for meaning in _ALL}


def meaning_of(status: str | None) -> PaymentMeaning:
    """The meaning of a recorded label; an unknown one keeps its own name and promises nothing."""
    if status is not None and status in MEANINGS:  # as the registry writes it, nearly always
        return MEANINGS[status]
    if status is None or not status.strip():
        return PaymentMeaning(
            "",
            Message(N_("State not recorded")),
            Message(N_("The record does not say where this payment is.")),
            (),
            WORKER,
            Message(N_("Ask the social worker.")),
            Tone.WAIT,
            None,
            "B",
            known=False,
        )
    label = " ".join(status.upper().split())
    found = MEANINGS.get(label.removeprefix("KETERANGAN ").strip('"') if label != "-" else label)
    if found is not None:
        return found
    return PaymentMeaning(
        status.strip(),
        Message("%(label)s", {"label": status.strip()}),
        Message(N_("This word is in the record, but we do not know what it means.")),
        (),
        WORKER,
        Message(N_("Ask the social worker what this word means.")),
        Tone.WAIT,
        None,
        "G",
        known=False,
    )
