"""Aid explained: the way from an empty card, the days on the money's path, the calendar file, what a stop leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from portal.accounts.actor import Helper
from portal.core.wording import Message
from portal.extensions import db
from portal.inbox.service import Value, notify
from portal.programs.catalog import catalog_on
from portal.programs.stop_reasons import NOT_RECORDED
from tests.factories import (
    VILLAGE,
    TestMember,
    as_owner,
    family_actor,
    insert,
    make_account,
    make_disbursement,
    make_family,
    make_member,
    make_participation,
    make_staff,
)
from tests.pages.clients import PortalClient

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 3, tzinfo=UTC), tick=True):
        yield


def page_of(client: PortalClient, member: TestMember, path: str) -> BeautifulSoup:
    answer = client.as_(family_actor(member)).get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def words(part: object) -> str:
    assert part is not None
    return " ".join(part.get_text(" ").split())  # type: ignore[attr-defined]


def test_the_way_from_an_empty_card(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    make_participation(connection, family.id, "SEMBAKO", active=False, until=date(2026, 9, 30), reason="DESIL")
    stuck = make_disbursement(connection, family.id, stage=4, status="SI", paid_on=None, scheduled_on=date(2026, 11, 3))
    start = page_of(client, family.head, "/bantuan/saldo-kosong")
    assert [link["href"] for link in start.select(".choices a")] == [
        f"/bantuan/saldo-kosong/d-{stuck}",
        "/bantuan/saldo-kosong/p-SEMBAKO",
    ]
    signed_in = client.as_(family_actor(family.head))
    from_message = signed_in.get(f"/bantuan/saldo-kosong?tentang={stuck}")
    assert from_message.location.endswith(f"/bantuan/saldo-kosong/d-{stuck}")
    first = page_of(client, family.head, f"/bantuan/saldo-kosong/d-{stuck}")
    assert "dibaca dengan dua cara" in words(first.main) or "Pertama" in words(first.main)  # both readings of SI
    end = page_of(client, family.head, f"/bantuan/saldo-kosong/d-{stuck}/data-beda/beda")
    assert "Dukcapil" in words(end.main)
    assert end.select_one(".back")["href"] == f"/bantuan/saldo-kosong/d-{stuck}/data-beda"  # type: ignore[index]
    sent = page_of(client, family.head, f"/bantuan/saldo-kosong/d-{stuck}/tidak-ada")
    assert sent.select_one(f'a[href="/pengajuan/baru/bantuan-tidak-diterima?penyaluran={stuck}"]')
    objected = page_of(client, family.head, "/bantuan/saldo-kosong/p-SEMBAKO/salah")
    assert objected.select_one('a[href="/pengajuan/baru/sanggah-data-kami?program=SEMBAKO"]')
    for wrong in (f"d-{stuck}/entah", "d-999999", f"d-{stuck}/data-beda/beda/lagi"):
        assert signed_in.get(f"/bantuan/saldo-kosong/{wrong}").status_code == 404


def test_the_path_has_the_days_that_the_record_knows(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_participation(connection, family.id)
    moving = make_disbursement(
        connection, family.id, stage=4, status="SI", paid_on=None, scheduled_on=date(2026, 12, 3)
    )
    for day, label in ((date(2026, 10, 20), "PROSES SPM"), (date(2026, 11, 10), "SI")):
        insert(connection, "record_change", family_id=family.id, subject="disbursement", subject_id=moving,
               field="status", new=label, as_of=day)  # fmt: skip
    page = page_of(client, family.head, "/bantuan")
    steps = [words(step) for step in page.select(".path li")]
    assert next(step for step in steps if "20 Oktober 2026" in step).startswith("Selesai: Perintah")
    assert "10 November 2026" in next(step for step in steps if step.startswith("Sekarang"))
    assert "3 Desember 2026" in steps[-1]
    assert "Oktober 2026 sampai Desember 2026" in words(page.select_one("#kalender"))
    assert "tidak diajukan" in words(page.select_one("#tempat"))

    file = client.as_(family_actor(family.head)).get("/bantuan/tanggal.ics")
    assert file.mimetype == "text/calendar"
    assert "attachment" in file.headers["Content-Disposition"]
    assert b"DTSTART;VALUE=DATE:20270101" in file.data
    assert b"PKH" not in file.data


def test_pkh_says_why_what_it_asks_and_that_the_last_payment_was_another(
    client: PortalClient, connection: Connection
) -> None:
    family = make_family(connection)
    make_member(connection, family.id, name="NUR AINI", birth=date(2018, 3, 1), relation=3, school_participation=2,
                school_level="SD")  # fmt: skip
    make_participation(connection, family.id)
    make_disbursement(connection, family.id, amount=750_000)
    said = words(page_of(client, family.head, "/bantuan").select_one("#pkh"))
    assert "berumur 8 tahun dan bersekolah (SD)" in said
    assert "80 dari 100 hari" in said
    assert "P2K2" in said
    assert "posyandu" not in said.partition("Kewajiban")[2].partition("Aturan")[0]  # nobody is so young here
    assert "Terakhir dibayar" in said
    assert "tidak sama" in said
    assert "umur 60 tahun" in said
    assert "70 tahun" in said  # what sources say against it


def test_a_stop_leads_to_objection_treatment_and_what_is_open(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection)
    make_account(connection, family.head)
    make_participation(connection, family.id, "PBI-JK", active=False, until=date(2026, 11, 1))
    card = page_of(client, family.head, "/bantuan").select_one("#program-1")
    ways = [str(link["href"]) for link in card.select("a")]  # type: ignore[union-attr]
    assert "belum tercatat" in words(card)
    assert "14 hari" in words(card)
    assert ways == [
        "/pengajuan/baru/pengobatan-bpjs-mati",
        "/pengajuan/baru/sanggah-data-kami?program=PBI-JK",
        "/pengajuan/baru/bantuan-tidak-diterima?program=PBI-JK",
        "/peluang",
    ]
    told: dict[str, Value] = {
        "program": catalog_on(TODAY).name_of("PBI-JK"),
        "day": date(2026, 11, 1),
        "as_of": TODAY,
        "cause": NOT_RECORDED.cause,
        "todo": NOT_RECORDED.todo,
        "until": Message("You can object until %(day)s.", {"day": date(2026, 12, 21)}),
        "label": "PBI-JK",
    }
    with db.begin(family_actor(family.head).scope) as session:
        notify(session, family_id=family.id, person_id=family.head.person_id, key="health_ended", values=told)
    inbox = page_of(client, family.head, "/pesan")
    assert "sampai 21 Desember 2026" in words(inbox.main)
    assert "Mendesak" in words(inbox.main)
    assert inbox.select_one('a[href="/pengajuan/baru/pengobatan-bpjs-mati"]')
    assert inbox.select_one('a[href="/pengajuan/baru/sanggah-data-kami?program=PBI-JK"]')


def test_what_differs_at_each_ranking_is_right_or_corrected(client: PortalClient, connection: Connection) -> None:
    family = make_family(connection, desil=6)  # ranked on 1 October
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 7, 1), desil=4)
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 4, 1), desil=3)
    seen = {"family_id": family.id, "source": "GROUND CHECK", "at": datetime(2026, 10, 2, tzinfo=UTC)}
    insert(connection, "record_change", subject="housing", field="floor", old="8", new="2",
           source_date=date(2026, 9, 2), **seen)  # fmt: skip
    insert(connection, "record_change", subject="member", subject_id=family.head.id, field="work_status",
           old="BURUH", new="BERUSAHA SENDIRI", source_date=date(2026, 6, 2), **seen)  # fmt: skip
    insert(connection, "record_change", subject="member", subject_id=family.head.id, field="alive",
           old="true", new="false", source_date=date(2026, 10, 9), **seen)  # fmt: skip
    part = page_of(client, family.head, "/desil").select_one("#berubah")
    assert [words(title) for title in part.select("h3")] == [  # type: ignore[union-attr]
        "Setelah peringkat terbaru: belum masuk desil ini",
        "Peringkat 1 Oktober 2026: desil dari 4 menjadi 6",
        "Peringkat 1 Juli 2026: desil dari 3 menjadi 4",
    ]
    corrections = [link["href"] for link in part.select("a") if "Tidak benar" in link.text]  # type: ignore[union-attr]
    assert corrections == [
        f"/pengajuan/baru/tercatat-meninggal?bidang=alive&anggota={family.head.id}",
        "/pengajuan/baru/rumah?bidang=floor",
        f"/pengajuan/baru/pekerjaan?bidang=work_status&anggota={family.head.id}",
    ]
    nearest = words(page_of(client, family.head, "/desil").select_one("#berikutnya"))
    assert "Sekitar Januari 2027" in nearest
    assert "bukan janji" in nearest


def test_right_is_kept_for_the_family_until_the_fact_changes(client: PortalClient, connection: Connection) -> None:
    family, other = make_family(connection, desil=6), make_family(connection)
    spouse = make_member(connection, family.id, name="AGUS", sex="L", relation=2)
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 7, 1), desil=4)
    floor = {"family_id": family.id, "subject": "housing", "field": "floor", "source": "GROUND CHECK"}
    first = insert(connection, "record_change", "id", **floor, subject_id=family.id, old="8", new="2",
                   source_date=date(2026, 9, 2), at=datetime(2026, 10, 2, tzinfo=UTC))  # fmt: skip
    illness = insert(connection, "record_change", "id", family_id=family.id, subject="member_health",
                     subject_id=spouse.id, person_id=spouse.person_id, field="disability", old="0", new="1",
                     source_date=date(2026, 9, 2), at=datetime(2026, 10, 2, tzinfo=UTC))  # fmt: skip
    head, partner = client.as_(family_actor(family.head)), client.as_(family_actor(spouse))

    def asked(browser: PortalClient, change: int) -> str:
        page = BeautifulSoup(browser.get("/desil").text, "html.parser")
        return words(page.select_one(f"#perubahan-{change} + div"))

    assert asked(head, first).startswith("lantai Benar")
    tag = head.get("/desil").headers["ETag"]
    for _ in range(2):  # kept once, however often it is tapped
        assert head.send(f"/desil/{first}/benar").location.endswith(f"/desil#perubahan-{first}")
    assert head.get("/desil", headers={"If-None-Match": tag}).status_code == 200  # made anew
    assert "Anda sudah menyatakan ini benar pada 21 November 2026" in asked(head, first)
    assert "Keluarga Anda sudah menyatakan ini benar" in asked(partner, first)
    told = head.get("/data-saya/unduh").json["groups"]
    (held,) = next(group["fields"] for group in told if group["key"] == "said_right")
    assert (held["label"], held["value"]) == ("lantai", "keramik")

    # Not another family's, not of the health of another, not with an officer beside, and no officer's to read.
    stranger = client.as_(family_actor(other.head))
    for browser, change in ((stranger, first), (head, illness), (head, 999_999)):
        assert browser.send(f"/desil/{change}/benar").status_code == 404
        assert browser.send(f"/desil/{change}/batal").status_code == 404
    assert "sudah menyatakan" in asked(head, first)
    partner.send(f"/desil/{illness}/benar")
    assert "sudah menyatakan" in asked(partner, illness)
    near = make_staff(connection, VILLAGE)
    beside = replace(family_actor(family.head), helper=Helper(near.staff_id, near.name))
    for scope, seen in ((family_actor(family.head).scope, {first}), (family_actor(spouse).scope, {first, illness}),
                        (family_actor(other.head).scope, set()), (beside.scope, set())):  # fmt: skip
        with db.begin(scope) as session:
            assert set(session.scalars(text("SELECT change_id FROM said_right"))) == seen
    with pytest.raises(ProgrammingError, match="permission denied"), db.begin(near.scope) as session:
        session.execute(text("SELECT * FROM said_right"))

    head.send(f"/desil/{first}/batal")
    assert asked(head, first).startswith("lantai Benar")
    head.send(f"/desil/{first}/benar")
    # The next ranking comes with another floor: what was said holds no more, and it is asked anew.
    insert(connection, "desil", family_id=family.id, ranked_on=date(2026, 11, 20), desil=5)
    second = insert(connection, "record_change", "id", **floor, old="2", new="6", source_date=date(2026, 11, 10),
                    at=datetime(2026, 11, 20, tzinfo=UTC))  # fmt: skip
    as_owner(connection)
    connection.execute(text("UPDATE family SET revision = revision + 1 WHERE id = :f"), {"f": family.id})
    assert asked(head, first) == "lantai Sesudah itu berubah lagi."
    assert asked(head, second).startswith("lantai Benar")
