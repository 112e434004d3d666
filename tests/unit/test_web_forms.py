"""Fields draw themselves whole, keep what was typed, and say in the reader's language what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict

from portal.web.forms import (
    AtLeast,
    BaseForm,
    Check,
    ChecksField,
    CodeField,
    DayField,
    FileField,
    LongTextField,
    Needed,
    NeededIf,
    NumberField,
    PasswordField,
    PinField,
    RadiosField,
    SelectField,
    SentOnce,
    TextField,
    TickField,
)
from portal.web.forms.base import Catalogue
from portal.web.gallery import GalleryForm
from tests.unit.web_site import make_site


class Sample(SentOnce, BaseForm):
    """One field of each kind."""

    name = TextField("Nama", [Needed("Tulis nama.")], hint="Seperti di KTP", width=20, autocomplete="name")
    nik = NumberField("NIK", [Check(lambda text: text != "x", "NIK salah.")])
    code = CodeField("Kode")
    pin = PinField("PIN")
    password = PasswordField("Sandi", [AtLeast(3)])
    village = SelectField("Desa", choices=[("", "-"), ("1", "Kenjo")])
    reason = RadiosField("Sebab", choices=[("a", "A"), ("b", "B")], item_hints={"a": "Hint A"}, inline=True)
    proof = ChecksField("Bukti", choices=[("x", "X"), ("y", "Y")], says_optional=True)
    since = DayField("Sejak", is_birthday=True)
    story = LongTextField("Cerita", [NeededIf(lambda form: form.reason.data == "a", "Ceritakan.")], limit=10)
    letter = FileField("Surat", camera=True)
    agreed = TickField("Benar", [Needed("Centang dulu.")])


@pytest.fixture(scope="module")
def site() -> Flask:
    made = make_site()
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.fixture(scope="module", autouse=True)
def in_request(site: Flask) -> Iterator[None]:
    with site.test_request_context("/", method="POST"):
        yield


@pytest.fixture
def client() -> FlaskClient:
    return make_site().test_client()


GOOD = {
    "name": " Siti ",
    "nik": "1",
    "password": " abc ",
    "reason": "b",
    "since": ["24", "11", "2026"],
    "agreed": "y",
    "once_key": "k",
}


def sample(**answers: object) -> Sample:
    return Sample(formdata=MultiDict({**GOOD, **answers}))


def test_good_answers() -> None:
    form = sample()
    assert form.validate(), form.errors
    assert form.name.data == "Siti"
    assert form.password.data == " abc "
    assert form.since.data == date(2026, 11, 24)
    assert form.proof.data == []
    assert form.error_list() == []


def test_every_wrong_answer_is_named_once_where_it_is() -> None:
    form = sample(name="  ", nik="x", password="ab", reason="c", since=["31", "2", "2026"], story="a" * 11, agreed="")
    assert not form.validate()
    assert form.error_list() == [
        ("name", "Tulis nama."),
        ("nik", "NIK salah."),
        ("password", "Tulis paling sedikit 3 huruf."),
        ("reason", "Pilih salah satu jawaban yang ada."),
        ("since-day", "Tulis tanggal, bulan, dan tahun, misalnya 24 11 2026."),
        ("story", "Tulis paling banyak 10 huruf."),
        ("agreed", "Centang dulu."),
    ]


def test_needed_if() -> None:
    assert sample(reason="a", story="").error_list() == []
    form = sample(reason="a", story="")
    form.validate()
    assert form.story.errors == ["Ceritakan."]
    form = sample(reason="b", story="")
    assert form.validate()


def test_what_is_said_of_several_questions_names_the_question() -> None:
    form = sample()
    for field in (form.code, form.village):
        field.errors = ["Jawab pertanyaan ini."]
    form.name.errors = ["Tulis nama."]
    form.agreed.errors = []
    assert [said for _id, said in form.error_list()] == [
        "Tulis nama.",
        "Kode: Jawab pertanyaan ini.",
        "Desa: Jawab pertanyaan ini.",
    ]


def test_needed_without_a_sentence_names_the_question() -> None:
    class Plain(BaseForm):
        reason = RadiosField("Apa sebabnya?", [Needed()], choices=[("a", "A")])
        letter = FileField("Surat", [Needed()])

    form = Plain(formdata=MultiDict())
    assert not form.validate()
    assert form.reason.errors == ["Jawab dulu: Apa sebabnya?"]
    form = Plain(formdata=MultiDict({"reason": "a", "letter": FileStorage(BytesIO(b""), filename="")}))
    assert not form.validate()
    assert form.letter.errors == ["Jawab dulu: Surat"]


def test_fields_help_phones_and_readers() -> None:
    form = sample(name="", pin="123456", story="<b>")
    form.validate()
    name = str(form.name)
    assert 'aria-describedby="name-hint name-error"' in name
    assert 'aria-invalid="true"' in name
    assert "Kesalahan:" in name
    assert "Error" not in name
    assert 'autocomplete="name"' in name
    assert 'inputmode="numeric"' in str(form.nik)
    assert 'autocomplete="one-time-code"' in str(form.code)
    assert "123456" not in str(form.pin)
    assert 'type="password"' in str(form.pin)
    assert 'type="password"' in str(form.password)
    assert 'maxlength="6"' in str(form.pin)
    assert "abc" not in str(form.password)
    assert "Hint A" in str(form.reason)
    assert "govuk-radios--inline" in str(form.reason)
    assert "(boleh dikosongkan)" in str(form.proof)
    assert "&lt;b&gt;" in str(form.story)
    assert 'maxlength="10"' in str(form.story)
    assert 'capture="environment"' in str(form.letter)
    assert "image/jpeg" in str(form.letter)


def test_a_wrong_date_keeps_its_parts_and_speaks_the_readers_language() -> None:
    form = sample(since=["31", "Feb", "26"])
    form.validate()
    drawn = str(form.since)
    assert [word in drawn for word in ("Tanggal", "Bulan", "Tahun")] == [True] * 3
    assert not re.search(r"Day|Month|Year", drawn)
    assert re.findall(r'value="([^"]*)"', drawn) == ["31", "Feb", "26"]
    assert re.findall(r'autocomplete="([^"]*)"', drawn) == ["bday-day", "bday-month", "bday-year"]


def test_a_date_is_drawn_from_its_value() -> None:
    class Dated(BaseForm):
        since = DayField("Sejak", [Needed()])

    form = Dated(formdata=None, data={"since": date(2026, 3, 1)})
    assert re.findall(r'value="([^"]*)"', str(form.since)) == ["1", "3", "2026"]
    empty = Dated(formdata=MultiDict({"since": ["", "", ""]}))
    assert not empty.validate()
    assert empty.since.errors == ["Jawab dulu: Sejak"]


@given(st.lists(st.text(max_size=6), max_size=5))
def test_any_parts_of_a_date_are_taken_without_a_traceback(parts: list[str]) -> None:
    with make_request():
        form = Sample(formdata=MultiDict({**GOOD, "since": parts}))
        form.validate()
        assert str(form.since)


_SITE = make_site()
_SITE.config["WTF_CSRF_ENABLED"] = False


def make_request() -> object:
    return _SITE.test_request_context("/", method="POST")


def test_answers_may_be_set_later_and_as_plain_words() -> None:
    form = Sample(formdata=MultiDict({**GOOD, "village": "9"}))
    form.village.choices = [("9", "Baru"), "10"]
    assert form.validate(), form.errors
    assert '<option value="9" selected>Baru' in str(form.village)


def test_wtforms_own_sentences_come_from_our_catalogue() -> None:
    form = sample(proof=["x", "z"])
    assert not form.validate()
    assert form.proof.errors == ["'z' tidak ada di pilihan."]
    assert Catalogue().ngettext("one", "many", 2) == "many"
    assert Catalogue().ngettext("one", "many", 1) == "one"


def test_hidden_values_have_no_ids_and_the_key_comes_back() -> None:
    assert ("once_key", "k") in sample().hidden_values()
    fresh = dict(Sample(formdata=None).hidden_values())
    assert len(fresh["once_key"]) >= 20
    assert fresh["once_key"] != dict(Sample(formdata=None).hidden_values())["once_key"]


def test_the_gallery_keeps_the_answers_and_sums_the_errors_up(client: FlaskClient) -> None:
    page = client.get("/_komponen").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = {"csrf_token": token.group(1), "name": "<Siti>", "nik": "", "since": ["31", "2", "2026"], "village": "2"}
    answer = client.post("/_komponen", data=data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "<title>Kesalahan: " in html
    assert "Periksa lagi jawaban Anda" in html
    assert "There is a problem" not in html
    assert '<a href="#since-day">' in html
    assert 'value="&lt;Siti&gt;"' in html
    assert '<option value="2" selected>' in html


def test_the_gallery_shows_every_kind_of_field() -> None:
    shown = {type(field) for field in GalleryForm(formdata=None)}
    drawn = {type(field) for field in Sample(formdata=None)}
    assert drawn - shown == {CodeField, PasswordField}
