"""Sending a proposal and following it by its slip, without a login.

One answer, made by the same statements, whether the NIK is in the record or not: nothing here looks. The code on the
slip is made from the key of the form, so that the same form sent again gives the same slip.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text

from portal.accounts.guard import seconds_left
from portal.accounts.signin import Refused
from portal.cases.papers import PaperPage
from portal.cases.promises import promised_on
from portal.cases.workflow import STATES, State, StateInfo
from portal.core.clock import now, today, zone_of_area
from portal.core.db import ANONYMOUS, Scope
from portal.core.errors import Conflict
from portal.core.ids import ALPHABET, new_reference, tidy_reference
from portal.core.messages import N_
from portal.extensions import blobs, db, keys

KIND = "proposal"  # its promises are those of the same kind of case
ANSWERS, WORDS = "proposal.answers", "proposal_event.words"  # what they are sealed for
_CODE_LENGTH = 8
_SEND = text(
    "SELECT reference, same, locked_until FROM proposal_send(:once, :content, :reference, :code, :village, :own, :nik,"
    " :answers, :due, :device)"
)
_FOLLOW = text(
    "SELECT state, level, promised_on, has_nik, version, question, locked_until"
    " FROM proposal_follow(:reference, :codes, :device)"
)
_ANSWER = text("SELECT proposal_answer(:reference, :codes, :device, :seen, :words, :due)")

_WITHDRAW = text("SELECT proposal_withdraw(:reference, :codes, :device, :seen)")
_PHOTO = text("SELECT proposal_photo(:reference, :codes, :device, :names, :sizes)")
MOST_PHOTOS = 3  # of one proposal; the database holds to it


class SentOtherwise(Conflict):
    """The same form was sent before, with other answers."""

    message = N_("This was sent before with other answers. Nothing was sent twice.")


@dataclass(frozen=True, slots=True)
class Slip:
    """What is written on the slip: the number, and the code that goes with it."""

    reference: str
    code: str
    due: date


@dataclass(frozen=True, slots=True)
class Followed:
    """All that the slip tells."""

    state: State
    level: str
    promised_on: date
    has_nik: bool
    version: int
    question: str | None

    @property
    def info(self) -> StateInfo:
        """What the state means."""
        return STATES[self.state]


def send_proposal(
    scope: Scope, village_id: int, answers: Mapping[str, Any], once_key: str, device: bytes
) -> Slip | Refused:
    """Store it. ``scope`` is that of an officer who writes it down, else of nobody. Raises ``SentOtherwise``."""
    code = code_of(once_key)
    content = json.dumps([village_id, dict(answers)], sort_keys=True)
    due = promised_on(KIND, "sent", today(zone_of_area(village_id)))
    asked = {
        "once": keys.ring.blind_index("proposal-once", once_key),
        "content": keys.ring.fingerprint(content.encode()),
        "reference": new_reference(),
        "code": keys.ring.blind_index("proposal-code", code),
        "village": village_id,
        "own": answers["whom"] == "own",
        "nik": bool(answers["nik"]),
        "answers": keys.ring.seal(ANSWERS, json.dumps(dict(answers))),
        "due": due,
        "device": device,
    }
    with db.begin(scope) as session:
        row = session.execute(_SEND, asked).one()
    if row.reference is None:
        return Refused(seconds_left(row.locked_until, now()))
    if not row.same:
        raise SentOtherwise
    return Slip(row.reference, code, due)


def code_of(once_key: str) -> str:
    """The code of the slip, such as ``7KQ4-MX9T``: a secret that only the key of the form and ours give again."""
    digest = hashlib.sha256(keys.ring.blind_index("proposal-slip", once_key)).digest()
    number, letters = int.from_bytes(digest), []
    for _letter in range(_CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return tidy_reference("".join(letters))


def follow(reference: str, code: str, device: bytes) -> Followed | Refused:
    """Where it stands, for whoever holds the slip; else how long to wait before the next try counts (0: not at all)."""
    with db.begin(ANONYMOUS) as session:
        row = session.execute(_FOLLOW, _slip(reference, code, device)).one()
    if row.state is None:
        return Refused(seconds_left(row.locked_until, now()))
    question = keys.ring.unseal(WORDS, row.question) if row.question else None
    return Followed(State(row.state), row.level, row.promised_on, row.has_nik, row.version, question)


def answer(reference: str, code: str, device: bytes, seen: int, words: str) -> str:
    """Answer what was asked: ``done``, ``stale`` or ``wrong``."""
    due = promised_on(KIND, "answered", today())
    more = {"seen": seen, "words": keys.ring.seal(WORDS, words), "due": due}
    with db.begin(ANONYMOUS) as session:
        return str(session.execute(_ANSWER, _slip(reference, code, device) | more).scalar_one())


def withdraw(reference: str, code: str, device: bytes, seen: int) -> str:
    """Take it back: ``done``, ``stale`` where it stands otherwise by now or is out of our hands, ``wrong``."""
    with db.begin(ANONYMOUS) as session:
        return str(session.execute(_WITHDRAW, _slip(reference, code, device) | {"seen": seen}).scalar_one())


def add_photos(reference: str, code: str, device: bytes, pages: Sequence[PaperPage]) -> str:
    """Add photos that were drawn anew: ``done``, ``full``, ``stale`` where it is finished, ``wrong``.

    What is not taken is removed from the disk again.
    """
    names = [blobs.put(keys.ring, page.content) for page in pages]
    more = {"names": names, "sizes": [len(page.content) for page in pages]}
    with db.begin(ANONYMOUS) as session:
        done = str(session.execute(_PHOTO, _slip(reference, code, device) | more).scalar_one())
    if done != "done":
        blobs.remove(names)
    return done


def _slip(reference: str, code: str, device: bytes) -> dict[str, Any]:
    codes = keys.ring.blind_indexes("proposal-code", tidy_reference(code))
    return {"reference": tidy_reference(reference), "codes": codes, "device": device}
