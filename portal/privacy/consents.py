"""What a member agreed to beyond what the portal does by law: asked one by one, kept with its text, taken back at once.

The history is only added to. The newest row of a person and purpose says what holds. A new version of a text is asked
anew: what was agreed to before does not cover it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.audit.trail import Event, record
from portal.core.errors import Conflict, NotFound
from portal.core.messages import N_
from portal.core.wording import DEFAULT_LANGUAGE
from portal.extensions import db
from portal.privacy.models import Consent
from portal.privacy.texts import Purpose, purposes

_PORTAL = "Portal"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")


class TextChanged(Conflict):
    """The text changed after the page was drawn; nothing was agreed to."""

    message = N_("The text changed after you opened the page. Read it again, then choose.")


@dataclass(frozen=True, slots=True)
class Said:
    """One row of the history."""

    given: bool
    version: int
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """A purpose as the member stands to it. ``given`` only where the version of now was agreed to."""

    purpose: Purpose
    given: bool
    history: tuple[Said, ...]  # the newest first

    @property
    def was_asked_anew(self) -> bool:
        """Whether an older text was agreed to, and a newer one has come since."""
        return bool(self.history) and self.history[0].given and not self.given


def has_consent(session: Session, person_id: int, purpose: str) -> bool:
    """Whether this person agrees to the purpose now. Never where the portal does not offer it."""
    known = purposes().get(purpose)
    if known is None or not known.available:
        return False
    newest = (
        select(Consent.given, Consent.version)
        .where(Consent.person_id == person_id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    said = session.execute(newest).one_or_none()
    return said is not None and said.given and said.version == known.text.version


def choices(session: Session, person_id: int) -> list[Choice]:
    """Every purpose with what the person said about it, in one statement."""
    mine = select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
    said: dict[str, list[Consent]] = {}
    for row in session.scalars(mine):
        said.setdefault(row.purpose, []).append(row)
    return [_choice(purpose, said.get(key, [])) for key, purpose in purposes().items()]


def own_choices(actor: FamilyActor) -> list[Choice]:
    """The same for the member who is signed in."""
    with db.begin(actor.scope) as session:
        return choices(session, actor.person_id)


def give(actor: FamilyActor, key: str, version: int, language: str) -> None:
    """Agree to the text of that version. Twice is as good as once. Raises ``NotFound`` or ``TextChanged``."""
    purpose = purposes().get(key)
    if purpose is None or not purpose.available:
        raise NotFound
    if purpose.text.version != version:
        raise TextChanged
    _say(actor, purpose, given=True, language=language)


def withdraw(actor: FamilyActor, key: str, language: str) -> None:
    """Take it back. Twice is as good as once. Raises ``NotFound``."""
    purpose = purposes().get(key)
    if purpose is None:
        raise NotFound
    _say(actor, purpose, given=False, language=language)


def switch_off(session: Session, family_id: int, person_id: int, key: str) -> bool:
    """Nothing arrives on the channel any more, so the portal takes it back itself, in the open transaction.

    The member agrees again with one tap once it works. False where it was not agreed to.
    """
    session.execute(_LOCK, {"what": f"consent/{person_id}/{key}"})
    if not has_consent(session, person_id, key):
        return False
    text = purposes()[key].text
    said = {"given": False, "version": text.version, "language": DEFAULT_LANGUAGE, "by_name": _PORTAL}
    session.add(Consent(family_id=family_id, person_id=person_id, purpose=key, **said))
    session.flush()
    record(session, Event.CONSENT_WITHDRAWN, family_id=family_id, purpose=key, version=text.version, gone=True)
    return True


def _say(actor: FamilyActor, purpose: Purpose, *, given: bool, language: str) -> None:
    with db.begin(actor.scope) as session:
        session.execute(_LOCK, {"what": f"consent/{actor.person_id}/{purpose.key}"})
        newest = (
            select(Consent.given, Consent.version)
            .where(Consent.person_id == actor.person_id, Consent.purpose == purpose.key)
            .order_by(Consent.id.desc())
            .limit(1)
        )
        before = session.execute(newest).one_or_none()
        if before is None and not given:
            return
        if before is not None and before.given == given and (not given or before.version == purpose.text.version):
            return
        session.add(
            Consent(
                family_id=actor.family_id,
                person_id=actor.person_id,
                purpose=purpose.key,
                given=given,
                version=purpose.text.version,
                language=language,
                by_name=actor.name,
            )
        )
        session.flush()
        event = Event.CONSENT_GIVEN if given else Event.CONSENT_WITHDRAWN
        record(session, event, family_id=actor.family_id, purpose=purpose.key, version=purpose.text.version)


def _choice(purpose: Purpose, rows: list[Consent]) -> Choice:
    history = tuple(Said(row.given, row.version, row.by_name, row.at) for row in rows)
    given = bool(history) and history[0].given and history[0].version == purpose.text.version
    return Choice(purpose, given, history)
