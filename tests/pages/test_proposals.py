"""Proposals without a login: one answer for every NIK, a slip to follow it, the long way, and the family once known."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from portal.accounts.signin import Refused
from portal.cases.proposals.late import raise_late_proposals
from portal.cases.proposals.linking import link_proposals
from portal.cases.proposals.of_family import proposals_about
from portal.cases.proposals.sending import SentOtherwise, Slip, follow, send_proposal
from portal.cases.workflow import Move, State
from portal.config import Settings
from portal.core.db import ANONYMOUS
from portal.core.errors import Forbidden
from portal.desk import proposals as desk
from portal.extensions import db
from tests import factories as make
from tests.conftest import worker_of
from tests.files import pdf, picture
from tests.pages.clients import PortalClient
from tests.pages.signing import counted

SAID = {
    "whom": "other",
    "name": "Mbah Surip",
    "address": "Dusun Krajan, RT 3",
    "why": "Hidup sendiri, tidak ada yang menanggung.",
    "contact": "",
}
PHONE = b"a phone"


def send(client: PortalClient, nik: str = "", key: str = "k1", **more: str) -> str:
    page = client.send(f"/usul/isi/{make.VILLAGE}", SAID | {"nik": nik, "once_key": key} | more)
    assert page.status_code == 200, page.text
    return page.text


def slip_of(page: str) -> tuple[str, str]:
    number, code = re.findall(r'class="lead reference">([0-9A-Z]{4}-[0-9A-Z]{4})<', page)
    return number, code


def test_the_same_answer_for_every_nik_and_one_slip_for_one_form(
    client: PortalClient, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = make.make_family(connection).head.nik
    answers, statements = set(), set()
    for key, nik in (("a", known), ("b", "3510014101909991")):
        visitor = client.as_(None)
        with counted(connection, monkeypatch) as seen:
            page = send(visitor, nik, key)
        main = page.partition("<main")[2]
        answers.add(re.sub(r"[0-9A-Z]{4}-[0-9A-Z]{4}|<svg.*?</svg>", "", main, flags=re.S))
        statements.add(tuple(seen["statements"]))
        assert nik not in page
    assert len(answers) == 1 and len(statements) == 1
    assert any("proposal_send" in one for one in next(iter(statements)))
    first = slip_of(send(client, "", "c"))
    assert slip_of(send(client, "", "c")) == first
    other = client.send(f"/usul/isi/{make.VILLAGE}", SAID | {"nik": "", "once_key": "c", "name": "Lain"})
    assert other.status_code == 409 and "lead reference" not in other.text
    both = SAID | {"nik": "3510014101909991", "no_nik": "y", "once_key": "d"}
    for wrong in (both, SAID | {"nik": "123", "once_key": "d"}):
        with client.allow_nik():  # a form that came back, on a page that nobody keeps
            assert client.send(f"/usul/isi/{make.VILLAGE}", wrong).status_code == 422
    assert client.get("/usul").status_code == 200 and client.get("/usul/di/3510").status_code == 200
    assert client.get("/usul/isi/3510").status_code == 404 and client.get("/usul/di/99").status_code == 404


def test_from_the_slip_through_the_desk_and_back(client: PortalClient, connection: Connection) -> None:
    worker, operator = (
        make.make_staff(connection, make.VILLAGE),
        make.make_staff(connection, make.VILLAGE, role="village_operator", name="Ani"),
    )
    far = make.make_staff(connection, make.FAR_VILLAGE, name="Jauh")
    reference, code = slip_of(send(client, no_nik="y"))
    desk_client, counter = client.as_(worker), client.as_(operator)
    page = f"/petugas/usulan/{reference}"
    assert "Mbah Surip" in desk_client.get("/petugas/usulan").text and "Mbah Surip" in counter.get(page).text
    assert "langkah" not in counter.get(page).text and client.as_(far).get(page).status_code == 404
    assert "Dukcapil" in desk_client.get(page).text
    assert counter.send(f"{page}/langkah/ambil", {"seen": "1"}).status_code == 403
    assert desk_client.send(f"{page}/langkah/ambil", {"seen": "1"}).status_code == 303
    ask = {"seen": "2", "question": "Di RT berapa beliau tinggal?"}
    assert desk_client.send(f"{page}/langkah/tanya", ask).status_code == 303
    shown = client.send("/usul/lihat", {"reference": reference.lower(), "code": code.replace("-", " ")})
    assert shown.status_code == 200 and "Di RT berapa" in shown.text and "Surip" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    told = {"reference": reference, "code": code, "seen": "3", "words": "RT 3, dekat musala."}
    assert client.send("/usul/jawab", told | {"code": "XXXX-XXXX"}).status_code == 422
    assert "sudah dikirim ke petugas" in client.send("/usul/jawab", told).text
    assert "RT 3, dekat musala." in desk_client.get(page).text
    nik = "3510014101909991"
    assert desk_client.send(f"{page}/nik-ada", {"seen": "4", "nik": nik}).status_code == 303
    assert nik not in desk_client.get(page).text
    with desk_client.allow_nik():
        assert nik in desk_client.send(f"{page}/nik").text
    recommend = {"seen": "5", "opinion": "yes", "words": "Sudah dilihat, memang sendiri."}
    assert desk_client.send(f"{page}/langkah/rekomendasi", recommend).status_code == 303
    musdes = {"seen": "6", "held_on": ["1", "9", "2026"], "basis": "sptjm"}
    sent = desk_client.send(f"{page}/langkah/musdes", musdes | {"words": "Kepala desa menjamin."})
    assert sent.status_code == 303, sent.text
    at_kecamatan = client.send("/usul/lihat", {"reference": reference, "code": code}).text
    assert "kecamatan" in at_kecamatan and "Kepala desa menjamin" not in at_kecamatan


def test_whoever_holds_the_slip_adds_photos_and_takes_it_back(client: PortalClient, connection: Connection) -> None:
    worker, far = make.make_staff(connection, make.VILLAGE), make.make_staff(connection, make.FAR_VILLAGE)
    reference, code = slip_of(send(client))
    slip = {"reference": reference, "code": code}

    def photo(content: bytes, name: str = "rumah.jpg", **other: str) -> TestResponse:
        return client.send("/usul/foto", slip | other | {"file": (BytesIO(content), name)})

    assert photo(picture(), code="XXXX-XXXX").status_code == 422
    assert photo(b"no picture").status_code == 422
    assert photo(pdf(4), "kk.pdf").status_code == 422, "more than three"
    for _time in range(3):
        assert "Fotonya sudah ditambahkan" in photo(picture()).text
    assert "paling banyak 3 foto" in photo(picture()).text
    make.as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM proposal_file")).scalar_one() == 3
    page = client.as_(worker).get(f"/petugas/usulan/{reference}").text
    shown = re.findall(r'href="(/petugas/usulan/foto/[0-9a-f-]+)"', page)
    assert len(shown) == 3 and "musdes" in page
    assert client.as_(worker).get(shown[0]).mimetype == "image/jpeg"
    assert client.as_(far).get(shown[0]).status_code == 404
    visitor = client.as_(None)
    asked = visitor.send("/usul/tarik", slip)
    seen = re.search(r'name="seen"[^>]*value="([0-9]+)"', asked.text)
    assert seen is not None and "Ya, batalkan" in asked.text
    assert visitor.send("/usul/tarik/ya", slip | {"seen": "1"}).status_code == 409, "the photos came meanwhile"
    assert "sudah dibatalkan" in visitor.send("/usul/tarik/ya", slip | {"seen": seen[1]}).text
    assert "Dibatalkan" in client.as_(worker).get(f"/petugas/usulan/{reference}").text
    assert photo(picture()).status_code == 422
    taken = client.as_(worker).send(f"/petugas/usulan/{reference}/langkah/ambil", {"seen": "5"})
    assert taken.status_code == 409
    family = make.make_family(connection)
    about = make.make_proposal(connection, family_id=family.id)
    ours = client.as_(make.family_actor(family.head)).get("/pengajuan").text
    assert about in ours and "Keluarga Anda diusulkan" in ours and "Hidup sendiri" not in ours


def test_walls_eyes_and_the_family_once_it_is_known(app: object, committed: Engine, settings: Settings) -> None:
    with committed.begin() as owner:
        family, other = make.make_family(owner), make.make_family(owner)
        worker = make.make_staff(owner, make.VILLAGE)
        operator = make.make_staff(owner, make.VILLAGE, role="village_operator")
        above = make.make_staff(owner, make.KECAMATAN, role="supervisor")
        make.insert(owner, "staff_kinship", staff_id=worker.staff_id, family_id=family.id)
    answers = SAID | {"nik": family.head.nik}
    slip = send_proposal(operator.scope, make.VILLAGE, answers, "walls", PHONE)
    assert isinstance(slip, Slip)
    with pytest.raises(SentOtherwise):
        send_proposal(operator.scope, make.VILLAGE, answers | {"name": "X"}, "walls", PHONE)
    with pytest.raises(Forbidden):  # who wrote it down moves nothing
        desk.move_proposal(operator, slip.reference, 1, Move.TAKE, "")
    ours, others = make.family_actor(family.head), make.family_actor(other.head)
    hidden = ("answers_sealed FROM proposal", "for_own FROM proposal", "1 FROM proposal_event", "1 FROM proposal_file")
    for scope, kept in ((ANONYMOUS, ("1 FROM proposal", *hidden)), (ours.scope, hidden)):
        for what in kept:
            with pytest.raises(DBAPIError, match="permission denied"), db.begin(scope) as session:
                session.execute(text(f"SELECT {what}"))
    assert proposals_about(ours) == []
    with worker_of(committed, settings):
        assert (link_proposals(), link_proposals()) == (1, 0)
    assert [one.reference for one in proposals_about(ours)] == [slip.reference] and proposals_about(others) == []
    with pytest.raises(Forbidden):  # the worker is a relative, as is known now
        desk.move_proposal(worker, slip.reference, 2, Move.TAKE, "")
    desk.move_proposal(above, slip.reference, 2, Move.TAKE, "")
    desk.move_proposal(above, slip.reference, 3, Move.RECOMMEND, "Sudah dilihat.", {"opinion": "yes"})
    desk.move_proposal(above, slip.reference, 4, Move.MEETING, "Disetujui.", {"basis": "minutes"})
    with pytest.raises(Forbidden, match="earlier step"):
        desk.move_proposal(above, slip.reference, 5, Move.VERIFY, "Sudah.")
    with pytest.raises(DBAPIError, match=r"row-level|two steps"), db.begin(above.scope) as session:
        session.execute(
            text("INSERT INTO proposal_event (proposal_id, event, actor_kind, actor_name, staff_id, state)"
                 " SELECT id, 'verified', 'staff', 'x', :s, 'regency' FROM proposal"),
            {"s": above.staff_id},
        )  # fmt: skip
    found = follow(slip.reference, slip.code, PHONE)
    assert not isinstance(found, Refused) and found.state is State.KECAMATAN


def test_guessing_and_flooding_end(app: object, committed: Engine) -> None:
    waits = []
    for number in range(6):
        sent = send_proposal(ANONYMOUS, make.VILLAGE, SAID | {"nik": ""}, f"flood{number}", PHONE)
        waits.append(sent.wait if isinstance(sent, Refused) else -1)
    slip = send_proposal(ANONYMOUS, make.VILLAGE, SAID | {"nik": ""}, "another", b"another phone")
    assert waits == [-1, -1, -1, 60, 60, 60] and isinstance(slip, Slip)
    tries = [follow(slip.reference, "XXXX-XXXX", PHONE) for _try in range(4)]
    assert [one.wait > 0 for one in tries if isinstance(one, Refused)] == [False, False, True, True]
    assert isinstance(follow(slip.reference, slip.code, PHONE), Refused), "the right code during the wait"


def test_a_late_proposal_goes_up(app: object, committed: Engine, settings: Settings) -> None:
    with committed.begin() as owner:
        make.make_staff(owner, make.VILLAGE)
        above = make.make_staff(owner, make.KECAMATAN, role="supervisor")
        late = make.make_proposal(owner, promised_on=date(2026, 1, 1))
        make.make_proposal(owner, promised_on=date(2026, 1, 1), state="needs_more")
    with worker_of(committed, settings):
        assert (raise_late_proposals(), raise_late_proposals()) == (1, 0)
    view = desk.open_proposal(above, late)
    assert view.level == "kecamatan" and view.promised_on > date(2026, 1, 1) and view.path[-1].event == "raised"
