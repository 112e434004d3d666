"""What the events of the trail are called for the auditor, and the few facts that are shown of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.accounts.roles import ROLES
from portal.audit.trail import Event
from portal.cases.helping.mandates import TOPICS
from portal.cases.kinds import KINDS
from portal.cases.sending import SEALED
from portal.cases.workflow import Move
from portal.core.messages import N_
from portal.registry.codes import FIELD_NAMES

EVENT_WORDS: Mapping[str, str] = {
    Event.SIGNED_IN: N_("A member signed in"),
    Event.SIGN_IN_FAILED: N_("Wrong PIN or NIK"),
    Event.SIGNED_OUT: N_("A member signed out"),
    Event.PIN_SPRAYED: N_("One PIN tried on many NIKs"),
    Event.CODE_FAILED: N_("Wrong code of a slip"),
    Event.CODE_GUESSED: N_("Many codes tried on one NIK"),
    Event.SLIP_BOUND: N_("A slip was given out"),
    Event.RESET_STARTED: N_("A PIN reset was started"),
    Event.RESET_CONFIRMED: N_("A PIN reset was confirmed by a second officer"),
    Event.RESET_CALLED_OFF: N_("A PIN reset was called off"),
    Event.RESET_REFUSED: N_("One officer tried both steps of a PIN reset"),
    Event.PIN_RESET: N_("A new PIN was chosen after a reset"),
    Event.NIK_IN_TWO_FAMILIES: N_("A NIK stands in two families"),
    Event.FAMILY_CHOSEN: N_("A member said which family is theirs"),
    Event.ACCOUNT_ACTIVATED: N_("A first sign-in"),
    Event.KIOSK_REGISTERED: N_("A kiosk was registered"),
    Event.KIOSK_REVOKED: N_("A kiosk was ended"),
    Event.SESSION_CARRIED_OFF: N_("A sign-in of a kiosk was tried on another device"),
    Event.KIOSK_TRIED: N_("Many wrong tries on one kiosk"),
    Event.SESSIONS_ENDED: N_("A person ended other sessions"),
    Event.PIN_CHANGED: N_("A PIN was changed"),
    Event.CLAIM_OPENED: N_("The office asked a household about what was said"),
    Event.CLAIM_ERASED: N_("What was said about a household was not so, and was erased"),
    Event.CONTACT_SET: N_("How a person is reached was written"),
    Event.PROPOSAL_SENT: N_("A proposal came in, without a login or written down by an officer"),
    Event.PROPOSAL_MOVED: N_("A proposal went on"),
    Event.PROPOSAL_LINKED: N_("A proposal was joined with a family of the record"),
    Event.PROPOSAL_NIK_SHOWN: N_("The NIK of a proposal was shown whole"),
    Event.PIN_CHANGE_FAILED: N_("Wrong old PIN at a change"),
    Event.OWN_PIN_FAILED: N_("Wrong own PIN before sending"),
    Event.SLIPS_MADE: N_("Slips were made"),
    Event.STAFF_ADDED: N_("An officer was added"),
    Event.STAFF_ASSIGNED: N_("An officer got an area"),
    Event.STAFF_UNASSIGNED: N_("An officer lost an area"),
    Event.STAFF_CODE_RESET: N_("An officer got a new authenticator"),
    Event.STAFF_PASSWORD_SET: N_("An officer got a new password"),
    Event.STAFF_DEACTIVATED: N_("An officer left"),
    Event.STAFF_INVITED: N_("An officer was invited"),
    Event.STAFF_INVITATION_REVOKED: N_("An invitation was taken back"),
    Event.STAFF_INVITATION_USED: N_("An invitation was used"),
    Event.STAFF_ROLE_CHANGED: N_("An officer got another role"),
    Event.STAFF_ROLE_PROPOSED: N_("An administrator was proposed"),
    Event.STAFF_ROLE_CONFIRMED: N_("An administrator was confirmed"),
    Event.STAFF_LEAVE_SET: N_("A leave was set"),
    Event.STAFF_LEAVE_ENDED: N_("A leave was ended early"),
    Event.STAFF_CONFIRMED: N_("An officer proved the code once more"),
    Event.STAFF_CONFIRM_FAILED: N_("Wrong code when asked once more"),
    Event.RECOVERY_CODE_USED: N_("A recovery code was used"),
    Event.RECOVERY_CODES_MADE: N_("Recovery codes were made"),
    Event.NUMBER_REVEALED: N_("A whole NIK was shown"),
    Event.BROWSING_ALARM: N_("Many families opened without a submission"),
    Event.STAFF_SIGNED_IN: N_("An officer signed in"),
    Event.STAFF_SIGN_IN_FAILED: N_("Wrong password or code of an officer"),
    Event.PASSKEY_ADDED: N_("A passkey was added"),
    Event.PASSKEY_REMOVED: N_("A passkey was removed"),
    Event.PASSKEY_USED: N_("Signed in with a passkey"),
    Event.PASSKEY_REFUSED: N_("A passkey was refused"),
    Event.PASSKEY_COPIED: N_("A passkey may have been copied"),
    Event.CASE_SENT: N_("A submission was sent"),
    Event.CASE_RECORDED: N_("An officer wrote down a submission"),
    Event.CASE_DISOWNED: N_("A person says: not my words"),
    Event.HELP_OFFERED: N_("A member asked for help at a kiosk"),
    Event.HELP_CODE_WRONG: N_("Wrong code for a session of two"),
    Event.HELP_CONFIRMED: N_("An officer agreed to help"),
    Event.HELP_BEGUN: N_("A session of two began"),
    Event.HELP_ENDED: N_("A session of two ended"),
    Event.MANDATE_GRANTED: N_("A helper was named"),
    Event.MANDATE_ENDED: N_("A helper was ended"),
    Event.CASE_OPENED: N_("A submission was opened"),
    Event.CASE_MOVED: N_("A submission went on"),
    Event.CASE_REMINDED: N_("A family was reminded of a question"),
    Event.CASE_RAISED: N_("A late submission went one level up"),
    Event.CASE_FOLLOWED: N_("A submission followed a family that moved"),
    Event.CASE_HANDED_ON: N_("A submission was handed on"),
    Event.SEALED_ASKED: N_("Opening a sealed submission was asked"),
    Event.SEALED_OPENED: N_("A sealed submission was opened by two officers"),
    Event.SEALED_REFUSED: N_("One officer tried to open a sealed submission alone"),
    Event.CASE_SORTED: N_("Free words were sorted"),
    Event.CASES_SEARCHED: N_("An officer searched for families or submissions"),
    Event.VISIT_RECORDED: N_("A visit was recorded"),
    Event.VISIT_WEIGHED: N_("It was said whose value counts after a visit"),
    Event.CASE_NOTED: N_("A note was written on a submission"),
    Event.CASE_GIVEN: N_("A submission was given to another officer"),
    Event.CASE_FILE_OPENED: N_("A paper was opened"),
    Event.CASE_PAPER_ADDED: N_("A paper was added to a submission"),
    Event.CASE_PAPER_LOOKED: N_("An officer said whether a paper can be read"),
    Event.CASE_TRACE_GUESSED: N_("Many wrong tries at tracing a submission"),
    Event.CHECK_SWEPT: N_("Many NIKs were checked from one device"),
    Event.FAMILY_VIEWED: N_("A family was opened"),
    Event.PROGRAM_DRAFTED: N_("The office began a programme of its own, or a change of it"),
    Event.PROGRAM_SUBMITTED: N_("A programme of the office was handed to a second officer"),
    Event.PROGRAM_GIVEN_BACK: N_("A programme of the office was given back to be written on"),
    Event.PROGRAM_PUBLISHED: N_("A programme of the office was published by a second officer"),
    Event.PROGRAM_CLOSED: N_("The registration of a programme of the office was closed"),
    Event.PROGRAM_WITHDRAWN: N_("A programme of the office was withdrawn"),
    Event.PLACES_GIVEN: N_("The places of a programme of the office were given"),
    Event.PLACE_OFFERED: N_("A place became free and was offered to the next one"),
    Event.PLACE_REMINDED: N_("A family was reminded of a place"),
    Event.PLACE_LAPSED: N_("A place was not kept any more, because no answer came"),
    Event.PLACE_CANCELLED: N_("A place ended, because the office withdrew the programme"),
    Event.PLACE_ANSWERED: N_("A family answered about a place"),
    Event.PLACE_NOTED: N_("The office noted something about a place"),
    Event.BREACH_RECORDED: N_("A data breach was recorded"),
    Event.BREACH_CHANGED: N_("A data breach was changed"),
    Event.BREACH_TOLD: N_("A data breach was reported"),
    Event.BREACH_CLOSING: N_("Closing a data breach was asked"),
    Event.BREACH_CLOSED: N_("A data breach was closed"),
    Event.DATA_PURGED: N_("Old data were removed"),
    Event.PERIOD_SET: N_("A period of keeping was set"),
    Event.NOTICE_TOLD: N_("An officer told a family in person of a message"),
    Event.DEVICE_ADDED: N_("A member wants messages on a device"),
    Event.DEVICE_REMOVED: N_("A device gets no messages any more"),
    Event.CONSENT_GIVEN: N_("A member agreed to something optional"),
    Event.CONSENT_WITHDRAWN: N_("A member took an agreement back"),
    Event.DATA_TAKEN: N_("A member took a copy of the own data"),
    Event.STATEMENT_MADE: N_("An officer confirmed a fact"),
    Event.STATEMENT_SETTLED: N_("A confirmed fact was accepted"),
    Event.EXTRACT_LOADED: N_("An extract was loaded"),
    Event.EXTRACT_HELD: N_("An extract waits for a second officer"),
    Event.EXTRACT_CONFIRMED: N_("An extract was confirmed"),
    Event.KINSHIP_DECLARED: N_("A relative was declared"),
    Event.COMPANION_NAMED: N_("A pendamping was named"),
}

ACTOR_WORDS: Mapping[str, str] = {
    "family": N_("A family"),
    "staff": N_("An officer"),
    "anonymous": N_("Somebody not signed in"),
    "worker": N_("The portal itself"),
    "owner": N_("A command on the machine"),
}


def event_words(event: str) -> str:
    """The message key of an event; an unknown one by its stored name."""
    return EVENT_WORDS.get(event, event)


#: What the facts beside an event are called.
FACT_WORDS: Mapping[str, str] = {
    "adding": N_("one more"),
    "answer": N_("answer"),
    "area": N_("area"),
    "as_of": N_("as of"),
    "at_counter": N_("at the counter"),
    "before": N_("before"),
    "by": N_("by"),
    "copied": N_("can be copied"),
    "count": N_("how many"),
    "days": N_("days"),
    "families": N_("families"),
    "field": N_("fact"),
    "file": N_("paper"),
    "gone": N_("nothing arrives there any more"),
    "first": N_("first"),
    "helped_by": N_("helped by officer"),
    "hidden": N_("hidden from the family"),
    "how": N_("how"),
    "in_day": N_("in a day"),
    "in_hour": N_("in an hour"),
    "kind": N_("kind"),
    "kiosk": N_("kiosk"),
    "known": N_("known"),
    "known_device": N_("known device"),
    "last": N_("last"),
    "leave": N_("leave"),
    "left": N_("left"),
    "level": N_("level"),
    "lines": N_("lines"),
    "load": N_("load"),
    "login": N_("login"),
    "look": N_("look"),
    "losing": N_("losing"),
    "mandate": N_("mandate"),
    "move": N_("step"),
    "name": N_("name"),
    "notice": N_("notice"),
    "number": N_("number in the order"),
    "people": N_("people"),
    "passkey": N_("passkey"),
    "person": N_("person"),
    "place": N_("place noted"),
    "program": N_("programme"),
    "promised_on": N_("promised day"),
    "purpose": N_("for"),
    "quota": N_("places"),
    "reason": N_("reason"),
    "recorded_by": N_("written down by officer"),
    "reference": N_("submission"),
    "reset": N_("PIN reset"),
    "role": N_("role"),
    "serial": N_("slip"),
    "sessions": N_("sessions"),
    "staff": N_("officer"),
    "state": N_("state"),
    "subjects": N_("NIKs"),
    "substitute": N_("stands in"),
    "topic": N_("topic"),
    "tries": N_("tries"),
    "version": N_("version"),
    "village": N_("village"),
    "why": N_("why"),
}
#: The steps of a case, without who made them.
MOVE_WORDS: Mapping[str, str] = {
    Move.TAKE: N_("taken"),
    Move.TAKE_OVER: N_("taken over"),
    Move.ASK: N_("the family was asked"),
    Move.ANSWER: N_("the family answered"),
    Move.PAUSE: N_("paused"),
    Move.RESUME: N_("goes on without an answer"),
    Move.REST_OVER: N_("the days to think it over have passed"),
    Move.SET_VISIT: N_("a visit was planned"),
    Move.AGREE_VISIT: N_("the family agreed to the visit"),
    Move.OTHER_DAY: N_("the family asked for another day"),
    Move.VISIT: N_("visited"),
    Move.RECOMMEND: N_("recommended"),
    Move.MEETING: N_("the village meeting was written down"),
    Move.VERIFY: N_("verified in the kecamatan"),
    Move.CONFIRM: N_("confirmed by the regency"),
    Move.SEND_BACK: N_("sent back to the village"),
    Move.SEND_ON: N_("sent to the centre"),
    Move.CENTRE_SAID: N_("what the centre says was written down"),
    Move.ACCEPT: N_("accepted"),
    Move.PARTLY: N_("accepted in part"),
    Move.REFUSE: N_("not accepted"),
    Move.WITHDRAW: N_("withdrawn"),
    Move.DISOWN: N_("the person says: not my words"),
    Move.CLEAR_UP: N_("cleared up"),
    Move.CHECK: N_("looked into"),
    Move.OUTCOME: N_("what the centre did was written down"),
    Move.LIST: N_("the places were given"),
    "task_done": N_("done at another office"),
    "visit_objected": N_("the family says what is not right after the visit"),
}
#: What was answered or noted about a place.
PLACE_ANSWERS: Mapping[str, str] = {
    "confirmed": N_("comes"),
    "given_back": N_("gave it back"),
    "attended": N_("took part"),
    "absent": N_("did not take part"),
    "certificate": N_("got the certificate"),
}
#: What stored values are called, by the fact that they are of. Ids, references and numbers stand as they are.
VALUE_WORDS: Mapping[str, Mapping[str, str]] = {
    "by": {
        "passkey": N_("passkey"),
        "reference": N_("reference"),
        "number": N_("number of 16 digits"),
        "name": N_("name"),
    },
    "field": {key: name.key for key, name in FIELD_NAMES.items()},
    "kind": {kind.key: kind.title for kind in KINDS.values()} | {SEALED: N_("Sealed")},
    "level": {"village": N_("village"), "kecamatan": N_("kecamatan"), "regency": N_("regency")},
    "move": MOVE_WORDS,
    "notice": {"people": N_("The people"), "authority": N_("The authority")},
    "answer": PLACE_ANSWERS,
    "role": {key: role.name for key, role in ROLES.items()},
    "topic": TOPICS,
    "why": {"idle": N_("nobody touched it")},
}


def facts_of(data: Mapping[str, object], say: Callable[[str], str]) -> str:
    """The harmless facts of an event in one line; ``say`` puts a message key into the reader's language."""
    return " · ".join(
        f"{say(FACT_WORDS.get(key, key))}: {_short(key, value, say)}"
        for key, value in sorted(data.items())
        if value is not None
    )


def _short(key: str, value: object, say: Callable[[str], str]) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return say(N_("yes") if value else N_("no"))
    if isinstance(value, list):
        return ", ".join(_short(key, one, say) for one in value)
    stored = str(value).rpartition(".")[2] if key == "field" else str(value)  # a field is kept with what it is of
    word = VALUE_WORDS.get(key, {}).get(stored)
    return say(word) if word else stored
