"""What makes a desk quick: ready answers, one answer for many cases, handing over, and what it all took."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import Connection, text

from portal.cases.loading import seal_answers
from portal.core.clock import today
from tests import factories as make
from tests.pages.browsing import staff_browser
from tests.pages.test_desk_pages import Told
from tests.pages.test_walls import make_case


def test_a_ready_answer_fills_the_words_below_what_was_typed(app: Flask, connection: Connection) -> None:
    told = Told(app, connection)
    told.take()
    action, given = told.desk.form("/tanya")
    told.desk.post(
        action.replace("/tanya", "/isi/tanya"), given | {"question": "Selamat pagi.", "ready": "moved_since"}
    )
    assert told.desk.page.status_code == 200
    words = told.desk.form("/tanya")[1]["question"].strip()
    assert words.startswith("Selamat pagi.") and "surat pindah dari Dukcapil" in words
    assert told.value("SELECT state FROM cases") == "with_worker"
    told.desk.fill("/tanya", question=words)
    assert told.value("SELECT state FROM cases") == "needs_more"
    told.phone.get(told.own)
    assert "surat pindah dari Dukcapil" in told.phone.words
    told.phone.fill("/jawab", words="Sudah ada.")
    told.desk.get(told.case)
    action, given = told.desk.form("/kunjungan")
    told.desk.post(action.replace("/kunjungan", "/isi/kunjungan"), given | {"ready": "visit_papers_ready"})
    given = told.desk.form("/kunjungan")[1]
    day = today() + timedelta(days=2)
    told.desk.post(action, given | {"day": [str(day.day), str(day.month), str(day.year)], "part": "morning"})
    told.phone.get(told.own)
    assert "siapkan KK dan KTP" in told.phone.words
    told.desk.get(told.case)
    action, given = told.desk.form("/putusan")
    decided = given | {"decision": "refused", "ready": "no_proof"}
    told.desk.post(action.replace("/putusan", "/isi/putusan"), decided)
    form = told.desk.form("/putusan")[1]
    assert form["decision"] == "refused" and "belum ada" in form["reason"]


def test_a_recommendation_may_begin_with_a_ready_answer(app: Flask, connection: Connection) -> None:
    worker = make.make_staff(connection, make.VILLAGE)
    desk = staff_browser(app, connection, worker)
    case = make_case(connection, make.make_family(connection))
    change(connection, case, kind="house", state="with_worker", assigned_to=worker.staff_id, reference="CCCC-4444",
           answers_sealed=seal_answers({}))  # fmt: skip
    connection.execute(text('UPDATE case_event SET data = \'{"level": "village"}\''))
    desk.get("/petugas/kasus/CCCC-4444")
    action, given = desk.form("/langkah/rekomendasi")
    way = action.replace("/langkah/", "/isi/")
    desk.post(way, given | {"opinion": "partly", "words": "Atap bocor.", "ready": "recommend_partly"})
    form = desk.form("/langkah/rekomendasi")[1]
    assert form["opinion"] == "partly" and form["words"].strip().startswith("Atap bocor.")
    assert "Yang berbeda" in form["words"]


def test_one_answer_serves_the_cases_of_one_stage_and_leaves_what_changed(app: Flask, connection: Connection) -> None:
    worker = make.make_staff(connection, make.VILLAGE)
    desk = staff_browser(app, connection, worker)
    families = [make.make_family(connection) for _ in range(4)]
    references = []
    for family, extra in zip(families, ({}, {}, {}, {"urgent": True}), strict=True):
        make.make_participation(connection, family.id)
        payment = make.make_disbursement(connection, family.id, paid_on=None, status="SI")
        case = make_case(connection, family)
        values = {"kind": "aid_missing", "program": "PKH", "disbursement_id": payment, "assigned_to": worker.staff_id}
        change(connection, case, **values, **extra, reference=f"C{case}", answers_sealed=seal_answers(
            {"about": f"d:{payment}", "happened": "never", "since": "2026-07", "story": "Belum", "cut_taken": "no"}
        ))  # fmt: skip
        references.append(f"C{case}")
    desk.get("/petugas/sekaligus")
    assert "tahap 3 tahun 2026" in desk.words and "3 pengajuan" in desk.words
    link = desk.soup.select_one("a[href*='jenis=aid_missing']")
    assert link is not None
    desk.get(str(link["href"]))
    ticks = [str(box["value"]) for box in desk.soup.select("input[name=case]")]
    assert len(ticks) == 3 and not any(tick.startswith(references[3]) for tick in ticks)  # the urgent one is not here
    desk.fill("", case=ticks[:2], ready="not_yet_due", fill="1")
    form = desk.form("")[1]
    assert "Anda tidak perlu berbuat apa-apa" in form["words"]
    assert [str(box["value"]) for box in desk.soup.select("input[name=case][checked]")] == ticks[:2]
    change(connection, int(references[1][1:]), version=7)
    desk.fill("", case=ticks, move="refused")
    assert desk.page.status_code == 409 and references[1] in desk.words
    make.as_owner(connection)
    states = connection.execute(text("SELECT state FROM cases ORDER BY id")).scalars()
    assert list(states) == ["refused", "sent", "refused", "sent"]
    told = connection.execute(text("SELECT count(*) FROM notice WHERE key = 'case_refused'")).scalar_one()
    assert told == 2


def change(connection: Connection, case: int, **values: object) -> None:
    make.as_owner(connection)
    named = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(text(f"UPDATE cases SET {named} WHERE id = :case"), {"case": case, **values})
