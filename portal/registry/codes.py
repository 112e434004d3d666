"""Words for the codes of the record, names of its fields, and who owns each field.

Codes are those of Regsosek form K (tenure 301a, land proof 301b, floor 303, wall 304, roof 305, water
306a, lighting 307a, fuel 308, toilet 309a, sewage 310) and of the registry extract. Every word is an
English source string for the page to translate. A code that is not in a table shows as *code N*.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.core.messages import N_
from portal.core.wording import Message

UNKNOWN_CODE = N_("code %(code)s")
NOT_RECORDED = Message(N_("not recorded"))


def _words(*words: str) -> dict[int, Message]:
    """A table of words for the codes 1, 2, 3 ..."""
    return {code: Message(word) for code, word in enumerate(words, start=1)}


TENURE = _words(
    N_("own house"),
    N_("rented"),
    N_("lived in free of rent"),
    N_("house of the employer"),
    N_("other"),
    N_("staying with others"),
)
LAND_PROOF = _words(
    N_("land title (SHM) in the name of a family member"),
    N_("land title (SHM) in another name, with a written agreement"),
    N_("land title (SHM) in another name, without an agreement"),
    N_("other certificate (SHGB, SHSRS)"),
    N_("girik or letter C"),
    N_("no proof of the land"),
)
FLOOR = _words(
    N_("marble or granite"),
    N_("ceramic"),
    N_("parquet, vinyl or carpet"),
    N_("tile or terrazzo"),
    N_("wood or board"),
    N_("cement or red brick"),
    N_("bamboo"),
    N_("earth"),
    N_("other"),
)
WALL = _words(
    N_("brick or concrete wall"),
    N_("plastered woven bamboo or wire"),
    N_("wood, board or GRC"),
    N_("woven bamboo"),
    N_("wooden poles"),
    N_("bamboo"),
    N_("other"),
)
ROOF = _words(
    N_("concrete"),
    N_("roof tile"),
    N_("zinc sheet"),
    N_("asbestos"),
    N_("wood or shingle"),
    N_("bamboo"),
    N_("straw, palm fibre or leaves"),
    N_("other"),
)
WATER = _words(
    N_("bottled water"),
    N_("refilled water"),
    N_("piped water"),
    N_("drilled well or pump"),
    N_("protected well"),
    N_("unprotected well"),
    N_("protected spring"),
    N_("unprotected spring"),
    N_("river, lake or pond"),
    N_("rain water"),
    N_("other"),
    N_("water company (PDAM)"),
    N_("village water scheme (PAMSIMAS)"),
)
TOILET = _words(
    N_("own toilet"),
    N_("toilet shared with certain families"),
    N_("communal toilet"),
    N_("public toilet"),
    N_("there is one, but it is not used"),
    N_("no toilet"),
)
SEWAGE = _words(
    N_("septic tank"),
    N_("sewage system (IPAL)"),
    N_("pond, river or sea"),
    N_("hole in the ground"),
    N_("beach, field or garden"),
    N_("other"),
)
LIGHTING = _words(
    N_("PLN electricity with a meter"),
    N_("PLN electricity without a meter"),
    N_("electricity not from PLN"),
    N_("no electricity"),
)
FUEL = _words(
    N_("electricity"),
    N_("gas bottle 5.5 kg"),
    N_("gas bottle 12 kg"),
    N_("gas bottle 3 kg"),
    N_("city gas"),
    N_("biogas"),
    N_("kerosene"),
    N_("briquettes"),
    N_("charcoal"),
    N_("firewood"),
    N_("other"),
    N_("does not cook"),
)
RELATION = _words(
    N_("head of the family"),
    N_("husband or wife"),
    N_("child"),
    N_("son- or daughter-in-law"),
    N_("grandchild"),
    N_("parent or parent-in-law"),
    N_("domestic worker"),
    N_("other relative"),
)
MARITAL = _words(N_("not married"), N_("married"), N_("divorced"), N_("widowed"))
SCHOOL_PARTICIPATION = _words(N_("not yet or never at school"), N_("goes to school"), N_("no longer at school"))
DISABILITY = {
    0: Message(N_("no disability")),
    1: Message(N_("mild disability")),
    2: Message(N_("severe disability")),
}

CODES: Mapping[str, Mapping[int, Message]] = {
    "tenure": TENURE,
    "land_proof": LAND_PROOF,
    "floor": FLOOR,
    "wall": WALL,
    "roof": ROOF,
    "water": WATER,
    "toilet": TOILET,
    "sewage": SEWAGE,
    "lighting": LIGHTING,
    "fuel": FUEL,
    "relation": RELATION,
    "marital": MARITAL,
    "school_participation": SCHOOL_PARTICIPATION,
    "disability": DISABILITY,
}

SEX: Mapping[str, Message] = {"L": Message(N_("male")), "P": Message(N_("female"))}
YES_NO: Mapping[bool, Message] = {True: Message(N_("yes")), False: Message(N_("no"))}


class Owner(StrEnum):
    """Who keeps a fact and can change it. What Dukcapil or a bank owns is never decided in the portal."""

    DUKCAPIL = "dukcapil"
    VILLAGE = "village"
    BPS = "bps"
    KEMENSOS = "kemensos"
    BANK = "bank"
    PORTAL = "portal"


OWNER_WORDS: Mapping[Owner, Message] = {
    Owner.DUKCAPIL: Message(N_("Dukcapil (civil registry)")),
    Owner.VILLAGE: Message(N_("the village office, checked by the social worker")),
    Owner.BPS: Message(N_("BPS (Statistics Indonesia)")),
    Owner.KEMENSOS: Message(N_("the Ministry of Social Affairs (Kemensos)")),
    Owner.BANK: Message(N_("the bank")),
    Owner.PORTAL: Message(N_("this portal")),
}

OWNER_ADVICE: Mapping[Owner, Message] = {
    Owner.DUKCAPIL: Message(N_("To change this, go to Dukcapil with your KTP and KK. The change then comes here.")),
    Owner.VILLAGE: Message(N_("If this is wrong, tell us here. The social worker will check it.")),
    Owner.BPS: Message(N_("Nobody here can change this. If a fact about your family is wrong, correct that fact.")),
    Owner.KEMENSOS: Message(N_("Kemensos decides this. You can ask or object through the social worker.")),
    Owner.BANK: Message(N_("Only the bank can change this. Bring your KTP and KK.")),
    Owner.PORTAL: Message(N_("You can change this here yourself.")),
}

_FIELDS: Mapping[Owner, Mapping[str, str]] = {
    Owner.DUKCAPIL: {
        "nik": N_("NIK"),
        "no_kk": N_("number of the family card (KK)"),
        "name": N_("name"),
        "birth_date": N_("birth date"),
        "sex": N_("sex"),
        "relation": N_("place in the family"),
        "marital": N_("marital status"),
        "alive": N_("living or died"),
    },
    Owner.VILLAGE: {
        "village_id": N_("village"),
        "address": N_("address"),
        "rt": N_("RT"),
        "rw": N_("RW"),
        "tenure": N_("ownership of the house"),
        "land_proof": N_("proof of the land"),
        "floor_area_m2": N_("floor area"),
        "floor": N_("floor"),
        "wall": N_("walls"),
        "roof": N_("roof"),
        "water": N_("drinking water"),
        "toilet": N_("toilet"),
        "sewage": N_("where toilet waste goes"),
        "lighting": N_("lighting"),
        "power_va": N_("electric power"),
        "fuel": N_("cooking fuel"),
        "motorcycles": N_("motorcycles"),
        "cars": N_("cars"),
        "land_m2": N_("land"),
        "savings": N_("savings"),
        "loan": N_("loan"),
        "bank_accounts": N_("number of bank accounts"),
        "school_participation": N_("school attendance"),
        "school_level": N_("school level"),
        "school_grade": N_("grade"),
        "education": N_("highest school finished"),
        "work_status": N_("work"),
        "orphan": N_("lost father or mother"),
        "disability": N_("disability"),
        "pregnant": N_("pregnancy"),
        "pregnancy_no": N_("which pregnancy"),
        "chronic_illness": N_("long illness"),
        "health": N_("health"),
        "members": N_("family members"),
    },
    Owner.BPS: {"desil": N_("desil"), "ranked_on": N_("date of the desil")},
    Owner.KEMENSOS: {
        "participation": N_("membership in a programme"),
        "disbursement": N_("payment"),
        "nkks": N_("NKKS"),
    },
    Owner.BANK: {"bank": N_("bank or post office"), "kks_last4": N_("last four digits of the KKS")},
    Owner.PORTAL: {"phone": N_("phone number"), "language": N_("language")},
}

FIELD_NAMES: Mapping[str, Message] = {
    field: Message(words) for fields in _FIELDS.values() for field, words in fields.items()
}
FIELD_OWNERS: Mapping[str, Owner] = {field: owner for owner, fields in _FIELDS.items() for field in fields}

SOURCE_WORDS: Mapping[str, Message] = {
    "DUKCAPIL": Message(N_("Dukcapil (civil registry)")),
    "REGSOSEK 2022": Message(N_("the Regsosek census of 2022")),
    "GROUND CHECK": Message(N_("a visit by an officer")),
    "USULAN DESA": Message(N_("a proposal of the village")),
}


def label(field: str, code: int | None) -> Message:
    """The words for a code of ``field``; *not recorded* for None, *code N* for an unknown one."""
    if code is None:
        return NOT_RECORDED
    return CODES.get(field, {}).get(code) or Message(UNKNOWN_CODE, {"code": code})


def field_name(field: str) -> Message:
    """The name of a field of the record; an unknown field by its own key."""
    return FIELD_NAMES.get(field) or Message("%(field)s", {"field": field})


def owner_of(field: str) -> Owner:
    """Who keeps a field; what is not listed belongs to the ministry, since families cannot change it."""
    return FIELD_OWNERS.get(field, Owner.KEMENSOS)


def source_name(source: str | None) -> Message:
    """The words for where a fact was taken from; an unknown source by its own name."""
    if not source:
        return NOT_RECORDED
    return SOURCE_WORDS.get(" ".join(source.upper().split())) or Message("%(source)s", {"source": source})
