"""What other offices own, as tasks: Dukcapil, bank and school first, since nobody here can decide it.

Papers are those that these offices usually ask for; the office itself says what it needs.
"""

from __future__ import annotations

from portal.cases.kinds.base import Elsewhere
from portal.core.messages import N_

KTP, KK = N_("KTP"), N_("family card (KK)")
MARRIAGE_BOOK = N_("marriage book or marriage deed")
DUKCAPIL = N_("Dukcapil, or the village office that passes it on")
BANK = N_("the bank of your KKS card, or the post office if you are paid there")

BIRTH_DEED = Elsewhere(
    "birth_deed",
    DUKCAPIL,
    N_("Ask for the birth deed, and let the child be written on the KK. It is free, and the child gets a NIK."),
    (N_("letter of birth from midwife, puskesmas or hospital"), N_("KTP of the parents"), MARRIAGE_BOOK, KK),
)
DEATH_DEED = Elsewhere(
    "death_deed",
    DUKCAPIL,
    N_("Ask for the death deed and a new KK. It is free."),
    (N_("letter of death from hospital, puskesmas or village"), N_("KTP of the person who died"), KK),
)
ALIVE_AGAIN = Elsewhere(
    "alive_again",
    DUKCAPIL,
    N_("Come in person, so that Dukcapil corrects the record of your death. It is free."),
    (KTP, KK, N_("letter of the village that you are living")),
)
MARRIED = Elsewhere(
    "married_kk",
    DUKCAPIL,
    N_("After KUA or the civil registry has written the marriage, ask for the KK with the new status."),
    (MARRIAGE_BOOK, KTP, KK),
)
DIVORCED = Elsewhere(
    "divorced_kk",
    DUKCAPIL,
    N_("After the court has given the divorce deed, ask for a KK for each household."),
    (N_("divorce deed"), KTP, KK),
)
OWN_KK = Elsewhere("own_kk", DUKCAPIL, N_("Ask for a KK of its own for the new household. It is free."), (KTP, KK))
KK_CHANGED = Elsewhere(
    "kk_changed",
    DUKCAPIL,
    N_("Let the KK be changed, so that it names who lives with you. It is free."),
    (KTP, KK, N_("moving letter (SKPWNI) if the person comes from elsewhere")),
)
ADDRESS_KK = Elsewhere(
    "address_kk",
    DUKCAPIL,
    N_(
        "Let the address on KK and KTP be changed. It is free. From one regency to another: first ask for the moving "
        "letter (SKPWNI) where you lived."
    ),
    (KTP, KK),
)
CIVIL_DATA = Elsewhere(
    "civil_data",
    DUKCAPIL,
    N_("Only Dukcapil can correct name, birth date and NIK. Bring what shows the right data. It is free."),
    (KTP, KK, N_("birth deed, diploma or marriage book with the right data")),
)
SCHOOL_DATA = Elsewhere(
    "school_data",
    N_("the office of the school"),
    N_("Ask the school to write the child with the right NIK in its data (Dapodik, or EMIS for a madrasah)."),
    (KK, N_("birth deed")),
)
NEW_CARD = Elsewhere(
    "new_card",
    BANK,
    N_("Ask the bank to block the old card and to give a new one. Tell nobody the PIN, also not an officer."),
    (KTP, KK, N_("letter of loss from the police, if the card is lost")),
)
CARD_NAME = Elsewhere(
    "card_name",
    BANK,
    N_("Go to the bank with the PKH social worker: only the bank can put the card in another name."),
    (KTP, KK),
)
OPEN_ACCOUNT = Elsewhere(
    "open_account", BANK, N_("Ask the bank why the account or the card is blocked, and to open it again."), (KTP, KK)
)

#: Every task, by its stored key.
TASKS = {
    task.key: task
    for task in (
        BIRTH_DEED,
        DEATH_DEED,
        ALIVE_AGAIN,
        MARRIED,
        DIVORCED,
        OWN_KK,
        KK_CHANGED,
        ADDRESS_KK,
        CIVIL_DATA,
        SCHOOL_DATA,
        NEW_CARD,
        CARD_NAME,
        OPEN_ACCOUNT,
    )
}
