"""What families of the demo have sent, through the same services as their pages: the desk is not empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts.actor import FamilyActor, StaffActor
from portal.cases import drafts, papers, sending
from portal.cases.kinds import KINDS
from portal.cases.kinds.base import PAPERS_PAGE
from portal.cases.workflow import Move
from portal.core.clock import WIB, today
from portal.core.workdays import add_workdays
from portal.demo.stories import KABAT, Quarter, Story, find, nik_of
from portal.desk import service as desk
from portal.extensions import keys

_MEMBER = text(
    "SELECT m.*, f.village_id FROM nik_index n JOIN member m ON m.person_id = n.person_id AND m.until IS NULL"
    " JOIN family f ON f.id = m.family_id WHERE n.nik_hash = :nik"
)
_STAFF = text("SELECT s.* FROM staff s JOIN staff_credential c ON c.staff_id = s.id WHERE c.login = :login")
_PAYMENT = text(
    "SELECT id FROM disbursement WHERE family_id = :family AND program = 'PKH' ORDER BY year DESC, stage DESC LIMIT 1"
)
_WORKDAYS_TO_VISIT = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """One case to be sent: by which story, of which kind, with the answers of its steps."""

    story: str
    kind: str
    steps: Mapping[str, Mapping[str, object]]
    about_payment: bool = False
    paper: str | None = None


def _moved(village: int, address: str, moved_on: date) -> dict[str, dict[str, object]]:
    return {
        "desa": {"village": village},
        "alamat": {"address": address, "rt": "004", "rw": "002", "moved_on": moved_on.isoformat()},
    }


def _missing(happened: str, story: str, *, card: str = "no", cut: str = "no") -> dict[str, dict[str, object]]:
    return {
        "bantuan": {},
        "kejadian": {"happened": happened, "since": "unknown", "story": story},
        "kartu": {"card_elsewhere": card, "cut_taken": cut, "who": ""},
    }


def send_cases(session: Session, quarter: Quarter) -> None:
    """Send the demo's cases; ``session`` is the owner's and only reads. The application's database must be bound."""
    moved = Sent("moved_away", "moved", _moved(KABAT[3], "Dusun Sumber No. 8", quarter.now), paper="moving_letter")
    reference = _send(session, quarter, moved)
    worker = _officer(session, "made")
    desk.take(worker, reference, 1)
    desk.set_visit(worker, reference, 2, add_workdays(today(), _WORKDAYS_TO_VISIT), "morning")

    within = Sent(
        "fits_a_training", "moved", _moved(KABAT[2], "Dusun Krajan No. 40", quarter.now), paper="moving_letter"
    )
    reference = _send(session, quarter, within)
    worker = _officer(session, "ratna")
    desk.take(worker, reference, 1)
    desk.decide(
        worker,
        reference,
        2,
        Move.ACCEPT,
        "Saya sudah ke rumah Ibu dan melihat surat dari RT. Alamatnya benar.",
        ("village_id", "address", "rt", "rw"),
    )

    waits = "Saya sudah dua kali ke bank. Katanya belum ada uang masuk."
    _send(session, quarter, Sent("stuck_at_si", "aid_missing", _missing("never_came", waits), about_payment=True))
    kept = "Kartu disimpan orang lain. Setiap cair dipotong lima puluh ribu."
    _send(
        session,
        quarter,
        Sent("elder_alone", "aid_missing", _missing("less", kept, card="yes", cut="yes"), about_payment=True),
    )


def _send(session: Session, quarter: Quarter, sent: Sent) -> str:
    actor = _member(session, quarter, sent.story)
    hints = {}
    if sent.about_payment:
        hints["penyaluran"] = str(session.execute(_PAYMENT, {"family": actor.family_id}).scalar_one())
    draft = drafts.begin_draft(actor, KINDS[sent.kind], hints)
    for step, answers in sent.steps.items():
        drafts.save_step(actor, draft, step, dict(answers))
    if sent.paper is not None:
        drafts.add_paper(actor, draft, sent.paper, papers.read_paper(_letter()))
    drafts.save_step(actor, draft, PAPERS_PAGE, {})
    return sending.send(actor, draft, drafts.load_draft(actor, draft).seen).reference


def _member(session: Session, quarter: Quarter, key: str) -> FamilyActor:
    number, story = find(quarter, lambda one: one.key == key)[0]
    row = session.execute(_MEMBER, {"nik": keys.ring.blind_index("nik", _first_nik(number, story))}).one()
    return FamilyActor(
        "", 0, row.person_id, row.family_id, row.id, row.relation, row.name, "id", row.village_id, None, (1, 0, 0)
    )


def _first_nik(number: int, story: Story) -> str:
    return nik_of(number, 0, story, story.people[0])


def _officer(session: Session, login: str) -> StaffActor:
    row = session.execute(_STAFF, {"login": login}).one()
    return StaffActor("", row.id, row.name, row.title, row.role, WIB)


def _letter() -> BytesIO:
    """A photo of a letter that nobody wrote."""
    page = Image.new("RGB", (900, 1200), (246, 243, 236))
    pen = ImageDraw.Draw(page)
    pen.text((120, 90), "SURAT KETERANGAN PINDAH (CONTOH)", fill=(40, 40, 40), font_size=34)
    for line in range(14):
        pen.line((90, 220 + line * 56, 780 - line % 3 * 60, 220 + line * 56), fill=(120, 120, 120), width=3)
    out = BytesIO()
    page.save(out, "JPEG", quality=80)
    out.seek(0)
    return out
