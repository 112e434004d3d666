"""A family tells something, page by page, and follows it."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import Connection, text

from portal.accounts.actor import StaffActor
from portal.cases import sending
from tests import files
from tests.factories import (
    FAR_VILLAGE,
    KECAMATAN,
    REGENCY,
    VILLAGE,
    as_owner,
    make_disbursement,
    make_family,
    make_member,
    make_participation,
    make_staff,
    open_sealed,
)
from tests.pages.browsing import Browser, family_browser, signed_in, staff_browser


def photo(side: int = 300) -> tuple[str, bytes]:
    """A picture as a phone sends it."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(out, "JPEG")
    return "foto.jpg", out.getvalue()


def reference_on(browser: Browser) -> str:
    """The reference that the page shows."""
    found = re.search(r"[34679CDFGHJKMNPQRTWXY]{4}-[34679CDFGHJKMNPQRTWXY]{4}", browser.words)
    assert found, browser.words
    return found.group()


def moved_until_check(browser: Browser, *, with_photo: bool = True) -> None:
    """Everything of «we moved» up to the answers read back."""
    browser.get("/pengajuan/baru/pindah-rumah")
    browser.fill()
    browser.fill(kecamatan="351002", narrow="1")
    browser.fill(village=str(FAR_VILLAGE))
    browser.fill(address="Jalan Melati No. 7", rt="3", rw="12", moved_on=["1", "9", "2026"])
    if with_photo:
        browser.fill("/berkas/moving_letter", **{"moving_letter-file": photo()})
        browser.fill("/berkas")
    else:
        browser.fill("/berkas", later="y")


def test_we_moved_from_the_choice_to_the_reference(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    make_staff(connection, VILLAGE, name="Wahyu Hidayat")
    browser = family_browser(app, connection, family.head)
    for group, slug in (("berubah", "pindah-rumah"), ("bantuan", "bantuan-tidak-diterima")):
        browser.get("/pengajuan/baru")
        assert f"/tentang/{group}" in browser.page.text
        browser.get(f"/pengajuan/baru/tentang/{group}")
        assert slug in browser.page.text
    moved_until_check(browser)
    assert browser.path.endswith("/periksa")
    assert "Jalan Melati No. 7" in browser.words and "Sukorejo" in browser.words and "003 / 012" in browser.words
    browser.fill("/kirim")
    assert browser.path.endswith("/terkirim")
    reference = reference_on(browser)
    assert "Wahyu Hidayat" in browser.words
    browser.get("/pengajuan")
    assert reference in browser.words
    browser.get(f"/pengajuan/{reference.lower()}")
    assert browser.path == f"/pengajuan/{reference}" and "Jalan Melati No. 7" in browser.words
    paper = browser.client.get(re.search(r"/pengajuan/berkas/[0-9a-f-]+", browser.page.text).group())  # type: ignore[union-attr]
    assert paper.status_code == 200 and paper.mimetype == "image/jpeg"
    assert paper.headers["Cache-Control"] == "no-store" and paper.headers["X-Content-Type-Options"] == "nosniff"
    assert paper.headers["Content-Disposition"].startswith("inline")
    assert browser.get(f"/pengajuan/{reference}/cetak").status_code == 200
    browser.get("/pesan")
    assert reference in browser.words
    as_owner(connection)
    sent = connection.execute(text("SELECT state, level, restricted, village_id FROM cases")).one()
    assert tuple(sent) == ("sent", "village", False, VILLAGE)
    events = connection.execute(text("SELECT event FROM audit_event ORDER BY at")).scalars().all()
    assert "case_sent" in events


def test_a_wrong_page_keeps_every_answer(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    browser.get("/pengajuan/baru/pindah-rumah")
    browser.fill()
    browser.fill(kecamatan=str(KECAMATAN), narrow="1")
    browser.fill(village=str(VILLAGE))
    browser.fill(address="Dusun Krajan", rt="12345", rw="2", moved_on=["31", "2", "2026"])
    assert browser.page.status_code == 422
    _, answers = browser.form()
    assert answers["address"] == "Dusun Krajan" and answers["rt"] == "12345" and answers["rw"] == "2"
    browser.fill(rt="12", moved_on=["1", "1", "2999"])
    assert browser.page.status_code == 422
    browser.fill(moved_on=["1", "1", "1900"])
    assert browser.page.status_code == 422


def test_the_area_tree_works_without_script(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    browser.get("/pengajuan/baru/pindah-rumah")
    browser.fill()
    _, answers = browser.form()
    assert answers["province"] == "35" and answers["regency"] == str(REGENCY)
    browser.fill(regency="3509", narrow="1")  # the kecamatan of before does not lie there
    assert browser.page.status_code == 200
    _, answers = browser.form()
    assert answers["kecamatan"] == "" and "Jombang" in browser.words and "Glagah" not in browser.words
    browser.fill(village="")
    assert browser.page.status_code == 422
    browser.fill(kecamatan="350901", village=str(VILLAGE))  # a village of another kecamatan
    assert browser.page.status_code == 422


def test_the_area_tree_swaps_a_block(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    browser.get("/pengajuan/baru/pindah-rumah")
    browser.fill()
    path, answers = browser.path, browser.form()[1]
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = browser.client.post(path, data=answers | {"kecamatan": "351002", "narrow": "1"}, headers=headers)
    assert answer.text.lstrip().startswith('<div id="questions"') and "Sukorejo" in answer.text


def test_aid_missing_names_a_payment_and_stays_in_the_village(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    make_staff(connection, VILLAGE)
    make_participation(connection, family.id)
    payment = make_disbursement(connection, family.id, status="SI", paid_on=None)
    browser = family_browser(app, connection, family.head)
    browser.get(f"/pengajuan/baru/bantuan-tidak-diterima?penyaluran={payment}")
    browser.fill()
    assert browser.form()[1]["about"] == f"d:{payment}"
    browser.fill()
    browser.fill(happened="never_came", since="unknown", story="Kartu\u202e kosong\x07")
    browser.fill(card_elsewhere="no", cut_taken="no")
    browser.fill("/berkas")
    assert "750.000" in browser.words
    browser.fill("/kirim")
    as_owner(connection)
    sent = connection.execute(text("SELECT program, disbursement_id, restricted, level FROM cases")).one()
    assert tuple(sent) == ("PKH", payment, False, "village")
    browser.get(f"/pengajuan/{reference_on(browser)}")
    assert "Kartu kosong" in browser.words


def test_a_cut_goes_past_the_village_and_nobody_there_finds_it(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    spouse = make_member(connection, family.id, name="BUDI", birth=date(1984, 1, 2), sex="L", relation=2)
    worker = make_staff(connection, VILLAGE, name="Wahyu Hidayat")
    supervisor = make_staff(connection, KECAMATAN, role="supervisor", name="Ibu Kecamatan")
    office = make_staff(connection, REGENCY, role="regency_office", name="Dinas Sosial")
    browser = family_browser(app, connection, family.head)
    browser.get("/pengajuan/baru/bantuan-tidak-diterima")
    browser.fill()
    browser.fill(about="p:PKH")
    browser.fill(happened="less", since="older")
    browser.fill(card_elsewhere="no", cut_taken="yes", who="Petugas desa")
    browser.fill("/berkas")
    browser.fill("/kirim")
    reference = reference_on(browser)
    assert "Dinas Sosial" in browser.words and "Wahyu" not in browser.words
    assert "bertanya di kantor desa" not in browser.words  # the village must not learn of it from the family either
    slip = browser.get(f"/pengajuan/{reference}/cetak")
    assert "PKH" not in browser.words and slip.status_code == 200
    assert "Tanya ke kantor desa" not in browser.words
    other = family_browser(app, connection, spouse)
    assert other.get(f"/pengajuan/{reference}").status_code == 404
    assert reference not in other.get("/pengajuan").text
    colleague = make_staff(connection, REGENCY, role="regency_office", name="Ibu Kedua")
    for officer in (worker, supervisor, office, colleague):  # nobody, until two of the office open it
        finds_it(app, connection, officer, reference, sees=False)
    open_sealed(connection, reference, office.staff_id, colleague.staff_id)
    for officer, sees in ((worker, False), (supervisor, False), (office, True), (colleague, True)):
        finds_it(app, connection, officer, reference, sees=sees)


def finds_it(app: Flask, connection: Connection, officer: StaffActor, reference: str, *, sees: bool) -> None:
    """Whether raw SQL under this officer's scope finds rows, and the desk the page."""
    connection.execute(text("SELECT set_config('role', 'portal_staff', true)"))
    connection.execute(text("SELECT set_config('portal.staff_id', :s, true)"), {"s": str(officer.staff_id)})
    for table in ("cases", "case_event"):
        found = connection.execute(text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one()
        assert found is sees, (officer.role, table)
    as_owner(connection)
    desk = staff_browser(app, connection, officer)
    assert desk.get(f"/petugas/kasus/{reference}").status_code == (200 if sees else 404)
    assert (reference in desk.get("/petugas/antrean").text) is sees


def test_a_village_without_a_worker_goes_to_the_supervisor_and_says_so(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    make_staff(connection, KECAMATAN, role="supervisor", name="Ibu Kecamatan")
    browser = family_browser(app, connection, family.head)
    moved_until_check(browser, with_photo=False)
    browser.fill("/kirim")
    assert "Ibu Kecamatan" in browser.words
    as_owner(connection)
    data = connection.execute(text("SELECT data FROM case_event WHERE event = 'sent'")).scalar_one()
    assert data == {"level": "kecamatan", "passed_on": True}


def test_the_same_post_twice_makes_one_case_and_other_answers_are_refused(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    browser = family_browser(app, connection, family.head)
    moved_until_check(browser)
    action, answers = browser.form("/kirim")
    browser.post(action, answers)
    first = reference_on(browser)
    browser.post(action, answers)
    assert reference_on(browser) == first
    browser.post(action, answers | {"seen": "00" * 16})
    assert browser.page.status_code == 409 and first in browser.words
    as_owner(connection)
    assert connection.execute(text("SELECT count(*) FROM cases")).scalar_one() == 1


def test_answers_changed_in_another_window_are_read_again_before_sending(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    moved_until_check(browser)
    action, answers = browser.form("/kirim")
    browser.get(action.replace("/kirim", "/alamat"))
    browser.fill(address="Jalan Lain 1")
    browser.post(action, answers)
    assert browser.page.status_code == 409 and "Jalan Lain 1" in browser.words
    browser.fill("/kirim")
    assert browser.path.endswith("/terkirim")


def test_a_draft_waits_for_its_member_only(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    spouse = make_member(connection, family.id, name="BUDI", birth=date(1984, 1, 2), sex="L", relation=2)
    browser = family_browser(app, connection, family.head)
    moved_until_check(browser)
    check = browser.path
    browser.client.delete_cookie("portal")
    again = family_browser_of_account(app, connection, family.head.person_id)
    assert "Jalan Melati No. 7" in again.get(check).text
    assert check.rsplit("/", 1)[0] in again.get("/pengajuan").text
    again.get("/pengajuan/baru/pindah-rumah")
    again.fill()  # beginning again goes on with the same draft
    assert again.path.split("/")[3] == check.split("/")[3]
    other = family_browser(app, connection, spouse)
    assert other.get(check).status_code == 404
    assert check.split("/")[3] not in other.get("/pengajuan").text
    as_owner(connection)
    sealed = connection.execute(text("SELECT answers_sealed FROM case_draft")).scalar_one()
    assert b"Melati" not in bytes(sealed)


def family_browser_of_account(app: Flask, connection: Connection, person_id: int) -> Browser:
    """A later session of somebody who has an account."""
    as_owner(connection)
    account = connection.execute(text("SELECT id FROM account WHERE person_id = :p"), {"p": person_id}).scalar_one()
    return signed_in(app, connection, f"account:{account}", account_id=account)


def test_a_draft_can_be_thrown_away_with_its_papers(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    moved_until_check(browser)
    browser.get(browser.path.replace("/periksa", "/hapus"))
    browser.fill()
    assert browser.path == "/pengajuan"
    as_owner(connection)
    for table in ("case_draft", "case_file", "cases"):
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (("besar.jpg", b"\xff\xd8\xff" + b"0" * (13 * 1024 * 1024)), 413),
        (("agak-besar.jpg", b"\xff\xd8\xff" + b"0" * (11 * 1024 * 1024)), 413),
        (("rusak.jpg", b"\xff\xd8\xff" + b"0" * 1000), 422),
        (("surat.docx", b"PK\x03\x04" + b"0" * 1000), 422),
        (("foto.jpg", b"<html><script>alert(1)</script>"), 422),
        (("kosong.jpg", b""), 422),
        (("dua-jenis.jpg", photo()[1] + files.zipped()), 422),
        (("sangat-panjang.pdf", files.long_pdf(10_000)), 422),
        (("gambar.jpg", files.png(60_000, 60_000)), 422),
    ],
)
def test_a_bad_file_costs_nothing_but_the_file(
    app: Flask, connection: Connection, file: tuple[str, bytes], status: int
) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    browser.get("/pengajuan/baru/pindah-rumah")
    browser.fill()
    browser.fill(kecamatan=str(KECAMATAN), narrow="1")
    browser.fill(village=str(VILLAGE))
    browser.fill(address="Dusun Krajan", rt="1", rw="2", moved_on=["1", "9", "2026"])
    path = browser.path
    browser.fill("/berkas/moving_letter", **{"moving_letter-file": file})
    assert browser.page.status_code == status
    assert browser.soup.select_one(".govuk-error-summary"), browser.words
    browser.get(path.replace("/berkas", "/alamat"))
    assert browser.form()[1]["address"] == "Dusun Krajan"


def test_papers_are_asked_for_taken_out_and_counted(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    moved_until_check(browser)
    browser.get(browser.path.replace("/periksa", "/berkas"))
    browser.fill("/hapus")
    browser.fill("/berkas")
    assert browser.page.status_code == 422  # nothing there, and not said to come later
    for _number in range(12):
        browser.fill("/berkas/moving_letter", **{"moving_letter-file": photo(80)})
    browser.fill("/berkas/moving_letter", **{"moving_letter-file": photo(80)})
    assert browser.page.status_code == 422


def test_a_strangers_case_draft_and_paper_do_not_exist(app: Flask, connection: Connection) -> None:
    make_staff(connection, VILLAGE)
    browser = family_browser(app, connection, make_family(connection).head)
    moved_until_check(browser)
    draft = browser.path.rsplit("/", 1)[0]
    browser.get(f"{draft}/berkas")
    paper = re.search(r"/pengajuan/berkas/[0-9a-f-]+", browser.page.text).group()  # type: ignore[union-attr]
    stranger = family_browser(app, connection, make_family(connection).head)
    token = stranger.get("/pengajuan/baru/pindah-rumah") and stranger.form()[1]["csrf_token"]
    for page in ("desa", "alamat", "berkas", "periksa", "hapus"):
        assert stranger.get(f"{draft}/{page}").status_code == 404
    for page in ("desa", "berkas", "kirim", "hapus", "berkas/moving_letter"):
        assert stranger.post(f"{draft}/{page}", {"csrf_token": token, "later": "y"}).status_code == 404, page
    assert stranger.get(paper).status_code == 404
    browser.get(f"{draft}/periksa")
    browser.fill("/kirim")
    reference = reference_on(browser)
    for page in ("", "/terkirim", "/cetak", "/batalkan"):
        assert stranger.get(f"/pengajuan/{reference}{page}").status_code == 404
    for page in ("/jawab", "/batalkan"):
        data = {"csrf_token": token, "seen": "1", "words": "x"}
        assert stranger.post(f"/pengajuan/{reference}{page}", data).status_code == 404
    assert stranger.get(paper).status_code == 404
    assert stranger.get("/pengajuan/XXXX-XXXX").status_code == 404
    assert stranger.get("/pengajuan/baru/tidak-ada").status_code == 404


def test_taking_back_is_asked_once_and_closes(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    moved_until_check(browser)
    browser.fill("/kirim")
    reference = reference_on(browser)
    browser.get(f"/pengajuan/{reference}/batalkan")
    action, answers = browser.form()
    browser.post(action, answers)
    assert browser.path == f"/pengajuan/{reference}"
    browser.post(action, answers)
    assert browser.page.status_code == 409
    as_owner(connection)
    state, closed = connection.execute(text("SELECT state, closed_at FROM cases")).one()
    assert state == "withdrawn" and closed is not None
    assert browser.get(f"/pengajuan/{reference}/batalkan").status_code == 200 and "batalkan" not in browser.path


def test_an_upload_without_the_token_is_refused(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    moved_until_check(browser)
    path = browser.path.replace("/periksa", "/berkas/moving_letter")
    name, content = photo()
    answer = browser.client.post(path, data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 400


def test_a_lost_session_loses_nothing(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    browser = family_browser(app, connection, family.head)
    browser.get("/pengajuan/baru/pindah-rumah")
    browser.fill()
    browser.fill(kecamatan=str(KECAMATAN), narrow="1")
    browser.fill(village=str(VILLAGE))
    action, answers = browser.form()
    as_owner(connection)
    connection.execute(text("UPDATE web_session SET ended_at = now()"))
    late = browser.client.post(action, data=answers | {"address": "Jalan Melati No. 7", "rt": "1", "rw": "2"})
    assert late.status_code == 303 and "/masuk" in late.headers["Location"]
    assert browser.client.get_cookie("titipan") is not None  # sealed, for the same account only
    again = family_browser_of_account(app, connection, family.head.person_id)
    again.get("/pengajuan")
    assert action.split("/")[3] in again.page.text  # the draft waits with what was saved
    again.get(action.replace("/alamat", "/desa"))
    assert again.form()[1]["village"] == str(VILLAGE)


def test_going_on_from_another_payment_is_asked_and_loses_no_answer(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    payment = make_disbursement(connection, family.id)
    browser = family_browser(app, connection, family.head)
    begin = "/pengajuan/baru/bantuan-tidak-diterima"
    browser.get(f"{begin}?program=PKH")
    assert "sudah pernah memulai" not in browser.words
    browser.fill()
    browser.fill()
    browser.fill(happened="stopped", since="older", story="Sejak pindah.")
    browser.get(f"{begin}?penyaluran={payment}")
    assert "Waktu itu tentang" in browser.words and "Sekarang Anda datang dari" in browser.words
    assert browser.soup.select("main form button[name=as_begun]")
    browser.fill(as_begun="1")  # about what it was: straight on with it
    assert browser.path.endswith("/kartu")
    browser.get(browser.path.replace("/kartu", "/bantuan"))
    assert browser.form()[1]["about"] == "p:PKH"
    browser.get(f"{begin}?penyaluran={payment}")
    browser.fill()  # about this payment: every page is looked at once more
    assert browser.form()[1]["about"] == f"d:{payment}"
    browser.fill()
    assert browser.path.endswith("/kejadian") and browser.form()[1]["story"].strip() == "Sejak pindah."
    browser.get(f"{begin}?penyaluran={payment}")
    assert "Waktu itu tentang" in browser.words and "Sekarang Anda datang dari" not in browser.words
    browser.get(begin)
    browser.fill(as_begun="1")
    assert browser.path.endswith("/kejadian")


def test_a_payment_of_long_ago_can_be_named(app: Flask, connection: Connection) -> None:
    family = make_family(connection)
    old = make_disbursement(connection, family.id, year=2019, stage=1)
    for year in (2024, 2025):
        for stage in (1, 2, 3, 4):
            make_disbursement(connection, family.id, year=year, stage=stage)
    browser = family_browser(app, connection, family.head)
    browser.get(f"/pengajuan/baru/bantuan-tidak-diterima?penyaluran={old}")
    browser.fill()
    assert browser.form()[1]["about"] == f"d:{old}"
    browser.fill()
    assert browser.path.endswith("/kejadian")


def test_a_reference_that_somebody_has_is_drawn_again(
    app: Flask, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["7KQ4-MX9T", "7KQ4-MX9T", "7KQ4-MX9C"])
    monkeypatch.setattr(sending, "new_reference", lambda: next(drawn))
    browser = family_browser(app, connection, make_family(connection).head)
    for reference in ("7KQ4-MX9T", "7KQ4-MX9C"):
        moved_until_check(browser)
        browser.fill("/kirim")
        assert reference_on(browser) == reference


def test_pages_that_are_not_there(app: Flask, connection: Connection) -> None:
    browser = family_browser(app, connection, make_family(connection).head)
    moved_until_check(browser)
    draft = browser.path.rsplit("/", 1)[0]
    token = browser.form("/kirim")[1]
    assert browser.get(f"{draft}/tidak-ada").status_code == 404
    assert browser.post(f"{draft}/berkas/tidak-ada", token).status_code == 404
    assert browser.post(f"{draft}/berkas/moving_letter", token).status_code == 422  # no file chosen
    browser.get("/pengajuan/baru/bantuan-tidak-diterima")
    browser.fill()
    browser.post(browser.path.replace("/bantuan", "/kirim"), token)
    assert browser.path.endswith("/bantuan")  # not sent: back to the first page without an answer
