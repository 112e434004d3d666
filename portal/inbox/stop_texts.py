"""The words of messages about what an extract ended or lowered, each with its ways on: object, ask, what is open."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.messages import N_
from portal.inbox.text import Text, Way

_BEGIN = "cases.begin"
_OBJECTION, _TREATMENT, _MISSING = "sanggah-data-kami", "pengobatan-bpjs-mati", "bantuan-tidak-diterima"
_OBJECT = Way(N_("Object: this is not right"), _BEGIN, {"slug": _OBJECTION}, {"program": "label"})
_ASK = Way(N_("Ask why"), _BEGIN, {"slug": _MISSING}, {"program": "label"})
_NEXT = Way(N_("What else is open to my family"), "home.opportunities")
_FACTS = Way(N_("Look at the recorded facts"), "home.desil")
_TREAT = Way(N_("Urgent: treatment cannot wait"), _BEGIN, {"slug": _TREATMENT})
_OBJECT_PAYMENT = Way(N_("Object: this is not right"), _BEGIN, {"slug": _OBJECTION}, {"penyaluran": "payment"})
_CARD = Way(N_("My KKS balance is empty: what now?"), "home.empty_card", {}, {"tentang": "payment"})

_REACTIVATION = N_(
    "%(program)s ended on %(day)s. Cause: %(cause)s Is somebody ill, pregnant or in treatment? Then it is urgent: ask "
    "the hospital or health centre for a letter and tell us. Dinas Sosial enters it into SIKS-NG so that it can be "
    "switched on again. %(until)s Source: data of the centre as of %(as_of)s."
)
_REACTIVATION_MEMBER = N_(
    "%(program)s of %(who)s ended on %(day)s. Cause: %(cause)s Ill, pregnant or in treatment? Then it is urgent: ask "
    "the hospital or health centre for a letter and tell us. Dinas Sosial enters it into SIKS-NG so that it can be "
    "switched on again. %(until)s Source: data of the centre as of %(as_of)s."
)
_HEALTH = N_("Urgent: your free BPJS (PBI-JK) has ended")

STOP_TEXTS: Mapping[str, Text] = {
    "aid_ended": Text(
        N_("%(program)s of your family has ended"),
        N_(
            "%(program)s ended on %(day)s. Cause: %(cause)s %(todo)s %(until)s "
            "Source: data of the centre as of %(as_of)s."
        ),
        "stop",
        (_OBJECT, _ASK, _NEXT),
    ),
    "aid_ended_member": Text(
        N_("%(program)s of %(who)s has ended"),
        N_(
            "%(program)s of %(who)s ended on %(day)s. Cause: %(cause)s %(todo)s %(until)s "
            "Source: data of the centre as of %(as_of)s."
        ),
        "stop",
        (_OBJECT, _ASK, _NEXT),
    ),
    "health_ended": Text(_HEALTH, _REACTIVATION, "stop", (_TREAT, _OBJECT, _NEXT)),
    "health_ended_member": Text(_HEALTH, _REACTIVATION_MEMBER, "stop", (_TREAT, _OBJECT, _NEXT)),
    "family_closed": Text(
        N_("Your family is not in the newest data"),
        N_(
            "In the data of the centre as of %(day)s your family is not named any more. The cause is not recorded. It "
            "can be a move, a new KK or a mistake. Aid may stop because of it. Ask the village office, and tell us. "
            "%(until)s"
        ),
        "stop",
        (Way(N_("Object: this is not right"), _BEGIN, {"slug": _OBJECTION}),),
    ),
    "desil_out": Text(
        N_("Your desil changed: this is no decision about aid"),
        N_(
            "Your desil is now %(now)s; before it was %(before)s. %(rules)s This is not a decision: by the record your "
            "aid goes on. It can end later. Look at the recorded facts, and tell us if one is wrong."
        ),
        "wait",
        (_FACTS, Way(N_("Object to the desil"), _BEGIN, {"slug": _OBJECTION, "bidang": "desil"}), _NEXT),
    ),
    "payment_stopped": Text(
        N_("A payment is held up"),
        N_(
            "%(program)s, stage %(stage)s of %(year)s: %(meaning)s Who acts next: %(actor)s. %(todo)s "
            "Before you go and look at your card, read what to do."
        ),
        "stop",
        (_CARD, _OBJECT_PAYMENT),
    ),
    "payment_lowered": Text(
        N_("A recorded payment became less"),
        N_(
            "%(program)s, stage %(stage)s of %(year)s: the record gives a smaller amount since %(day)s. The cause is "
            "not recorded. You can ask why."
        ),
        "wait",
        (
            Way(N_("Ask why"), _BEGIN, {"slug": _MISSING}, {"penyaluran": "payment"}),
            Way(N_("See my aid"), "home.aid"),
        ),
    ),
}
