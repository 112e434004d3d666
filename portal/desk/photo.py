"""The officer's own photo, by which families know who comes to them."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.actor import StaffActor
from portal.cases.papers import PaperPage
from portal.cases.visit_models import StaffPhoto
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.extensions import blobs, db, keys


def has_photo(actor: StaffActor) -> bool:
    """Whether the officer put one there."""
    with db.begin(actor.scope) as session:
        return session.scalar(select(StaffPhoto.staff_id).where(StaffPhoto.staff_id == actor.staff_id)) is not None


def own_photo(actor: StaffActor) -> tuple[bytes, str]:
    """The officer's own photo. Raises ``NotFound``."""
    with db.begin(actor.scope) as session:
        photo = session.get(StaffPhoto, actor.staff_id)
        if photo is None:
            raise NotFound
        return blobs.get(keys.ring, photo.blob), photo.media_type


def put_photo(actor: StaffActor, page: PaperPage) -> None:
    """Put a photo in the place of the one before, whose bytes go."""
    with db.begin(actor.scope) as session:
        before = session.scalar(select(StaffPhoto.blob).where(StaffPhoto.staff_id == actor.staff_id).with_for_update())
        new = {"blob": blobs.put(keys.ring, page.content), "media_type": page.media_type, "put_at": now()}
        session.execute(
            insert(StaffPhoto)
            .values(staff_id=actor.staff_id, **new)
            .on_conflict_do_update(index_elements=[StaffPhoto.staff_id], set_=new)
        )
    blobs.remove([before] if before else [])


def drop_photo(actor: StaffActor) -> None:
    """Take it away."""
    with db.begin(actor.scope) as session:
        gone = delete(StaffPhoto).where(StaffPhoto.staff_id == actor.staff_id).returning(StaffPhoto.blob)
        names = list(session.scalars(gone))
    blobs.remove(names)
