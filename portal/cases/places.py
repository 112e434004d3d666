"""The place of a registration in the published order: how the family sees it, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor
from portal.audit.trail import Event, record
from portal.cases.loading import find_case
from portal.cases.models import Case
from portal.cases.moves import Act, write_step
from portal.cases.workflow import STATES, State
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.core.jobs import defer
from portal.core.messages import N_
from portal.core.names import written_name
from portal.core.wording import Localised, Message
from portal.extensions import db
from portal.inbox.service import Value, notify
from portal.programs.place_models import Place, PlaceDraw
from portal.programs.place_order import Order
from portal.programs.place_states import CAN_GIVE_BACK, PLACES, PlaceInfo, PlaceState, meaning_of
from portal.registry.models import Member

FILL_PLACES = "fill_places"  # the job that offers what became free
TELL_PLACES = "tell_places"  # the job that tells everybody their number
END_PLACES = "end_places"  # the job that takes them back where the office withdraws it
REGISTRATION = "registration"
NOT_NOW = N_("This place cannot be answered as it stands now. Look at what is new.")


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place as the family sees it."""

    reference: str
    title: Localised
    name: str  # who takes part
    number: int
    people: int
    quota: int
    ahead: int  # of the waiting list
    state: PlaceState
    confirm_by: date | None
    starts_on: date | None
    order: Order
    seed: str
    code: str
    lot: str
    desil: int | None
    attended: bool | None
    certificate: bool
    mine: bool  # whether the reader answers for it

    @property
    def info(self) -> PlaceInfo:
        """What the state is called and what comes next."""
        return PLACES[self.state]

    @property
    def meaning(self) -> Message:
        """What the state means."""
        return meaning_of(self.state, day=self.confirm_by, ahead=self.ahead)

    @property
    def may_confirm(self) -> bool:
        """Whether the reader can say now that somebody comes."""
        return self.mine and self.state is PlaceState.OFFERED

    @property
    def may_give_back(self) -> bool:
        """Whether the reader can give it back now."""
        return self.mine and self.state in CAN_GIVE_BACK and self.attended is None


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A registration of the family on the page of opportunities: its place, or how it stands before there is one."""

    code: str
    reference: str
    title: Localised | None  # none before the places are given: the catalogue knows it
    name: str
    word: str
    tone: str
    number: int | None
    people: int | None
    quota: int | None
    answer_until: date | None = None  # where a place is offered
    begins_on: date | None = None  # where a place is offered or sure


def place_of(session: Session, actor: FamilyActor, reference: str) -> PlaceView | None:
    """The place of that registration, or None. Raises ``NotFound`` where there is no such submission."""
    asked = find_case(session, reference)
    found = session.execute(_told_of(asked)).first()
    if found is None:
        return None
    place, draw, case = found
    waits = place.state == PlaceState.WAITING
    return PlaceView(
        reference=case.reference,
        title=title_of(draw),
        name=who(session, place),
        number=place.number,
        people=draw.people,
        quota=draw.quota,
        ahead=session.scalar(select(func.place_ahead(place.draw_id, place.number))) or 0 if waits else 0,
        state=PlaceState(place.state),
        confirm_by=place.confirm_by,
        starts_on=draw.starts_on,
        order=Order(draw.place_order),
        seed=draw.lot_seed,
        code=place.code,
        lot=place.lot,
        desil=place.desil,
        attended=place.attended,
        certificate=place.certificate,
        mine=actor.person_id in (case.person_id, place.person_id),
    )


def _told_of(case: Case) -> Select[Place, PlaceDraw, Case]:
    """The place of that registration; of a further one of the same person, that of the first."""
    again = (
        false()
        if case.state != State.LISTED
        else and_(
            Place.person_id == (case.about_person_id or case.person_id),
            PlaceDraw.code == case.program,
            PlaceDraw.given_at >= case.sent_at,
        )
    )
    return (
        select(Place, PlaceDraw, Case)
        .join(PlaceDraw, PlaceDraw.id == Place.draw_id)
        .join(Case, and_(Case.family_id == Place.family_id, Case.id == Place.case_id))
        .where(Place.family_id == case.family_id, Place.told_at.is_not(None), or_(Place.case_id == case.id, again))
        .order_by((Place.case_id == case.id).desc(), PlaceDraw.given_at)
    )


def own_places(session: Session, actor: FamilyActor) -> Sequence[OwnPlace]:
    """What the family registered for and is not over, the newest first."""
    person = func.coalesce(Case.about_person_id, Case.person_id)
    member = and_(Member.family_id == Case.family_id, Member.person_id == person, Member.until.is_(None))
    rows = session.execute(
        select(Case.program, Case.reference, Case.state, Member.name, Place, PlaceDraw)
        .outerjoin(Place, and_(Place.family_id == Case.family_id, Place.case_id == Case.id, Place.told_at.is_not(None)))
        .outerjoin(PlaceDraw, PlaceDraw.id == Place.draw_id)
        .outerjoin(Member, member)
        .where(Case.family_id == actor.family_id, Case.kind == REGISTRATION)
        .where(or_(Case.closed_at.is_(None), and_(Case.state == State.LISTED.value, Place.number.is_not(None))))
        .order_by(Case.sent_at.desc(), Case.id.desc())
    )
    return [_own(*row) for row in rows]


def _own(code: str | None, reference: str, state: str, name: str | None, place: Place | None,
         draw: PlaceDraw | None) -> OwnPlace:  # fmt: skip
    shown = written_name(name or "")
    if place is None or draw is None:
        info = STATES[State(state)]
        return OwnPlace(code or "", reference, None, shown, info.word, info.tone, None, None, None)
    of = PLACES[PlaceState(place.state)]
    return OwnPlace(
        code or "", reference, title_of(draw), shown, of.word, of.tone, place.number, draw.people, draw.quota,
        answer_until=place.confirm_by if place.state == PlaceState.OFFERED else None,
        begins_on=draw.starts_on if place.seat is not None else None,
    )  # fmt: skip


def answer_place(actor: FamilyActor, reference: str, *, comes: bool) -> None:
    """Take the place that is offered, or give it back. A second tap changes nothing.

    Raises ``NotFound`` where there is none that the member answers for, and ``Conflict`` where it is too late.
    """
    with db.begin(actor.scope) as session:
        case = find_case(session, reference)
        held = select(Place).where(Place.family_id == case.family_id, Place.case_id == case.id).with_for_update()
        place = session.scalar(held)
        if place is None or place.told_at is None:
            raise NotFound
        if change(session, place, comes=comes):
            wanted = place.state
            write_step(session, case, f"place_{wanted}", Act(actor.name, helper=actor.helper))
            helped = {"helped_by": actor.helper.staff_id} if actor.helper else {}
            event, family = Event.PLACE_ANSWERED, case.family_id
            record(session, event, family_id=family, reference=case.reference, answer=wanted, **helped)


def change(session: Session, place: Place, *, comes: bool) -> bool:
    """The answer, on a place that is held: whether it is another than before. What becomes free is offered on."""
    was, wanted = PlaceState(place.state), PlaceState.CONFIRMED if comes else PlaceState.GIVEN_BACK
    if was is wanted:
        return False
    allowed = was is PlaceState.OFFERED if comes else was in CAN_GIVE_BACK and place.attended is None
    if not allowed:
        raise Conflict(NOT_NOW)
    place.state, place.answered_at = wanted.value, now()
    session.flush()
    if was is not PlaceState.WAITING and not comes:
        defer(session, FILL_PLACES, draw=place.draw_id)
    return True


def title_of(draw: PlaceDraw) -> Localised:
    """What the offering was called when its places were given."""
    return Localised(id=draw.name["id"], en=draw.name["en"])


def who(session: Session, place: Place) -> str:
    """Who takes part, by name; empty where the record knows the person no more."""
    names = select(Member.name).where(Member.family_id == place.family_id, Member.person_id == place.person_id)
    return written_name(session.scalar(names.order_by(Member.until.is_not(None)).limit(1)) or "")


def tell(session: Session, case: Case, key: str, place: Place, draw: PlaceDraw, **more: Value) -> None:
    """Leave a message about a place for the person who registered."""
    values: dict[str, Value] = {"program": title_of(draw), "name": who(session, place), **more}
    notify(
        session,
        family_id=case.family_id,
        person_id=case.person_id,
        key=key,
        values=values,
        case_reference=case.reference,
    )
