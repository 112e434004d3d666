"""A case during its officer's leave: the family reads who answers, and who stands in works on it as its holder."""

from __future__ import annotations

from sqlalchemy import text

from tests.factories import FAR_VILLAGE, as_owner, make_staff
from tests.pages.browsing import staff_browser
from tests.pages.test_desk_pages import Told, told
from tests.pages.test_staff_watch import away

__all__ = ["told"]


def test_the_family_reads_who_answers_and_that_one_decides(told: Told) -> None:
    told.take()
    made = make_staff(told.connection, FAR_VILLAGE, name="Made Saputra")
    told.phone.get(told.own)
    assert "Made Saputra" not in told.phone.words
    away(told.connection, told.officer, made, 0, 6)
    told.phone.get(told.own)
    assert "Made Saputra" in told.phone.words and "Wahyu Hidayat" in told.phone.words
    told.desk.get(told.case)
    assert told.desk.page.status_code == 404, "who is away answers nothing"
    desk = staff_browser(told.desk.client.application, told.connection, made)
    desk.get(told.case)
    desk.fill("/tanya", question="Mohon kirim foto surat dari RT.")
    assert told.value("SELECT state FROM cases") == "needs_more"
    as_owner(told.connection)
    told.connection.execute(text("UPDATE staff_substitution SET since = since - 7, until = until - 7"))
    desk.get(told.case)
    assert desk.page.status_code == 404, "it ends by itself"
    told.phone.get(told.own)
    assert "menggantikan" not in told.phone.words
    told.desk.get(told.case)
    assert told.desk.page.status_code == 200
