"""What the kinds make of answers: read back, compared with the record, stated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from uuid import UUID

import pytest
from flask import Flask
from flask_login import LoginManager

from portal.accounts.actor import Visitor
from portal.cases.emergency import numbers_of
from portal.cases.groups import GROUPS, has_kinds, kinds_of
from portal.cases.kinds import BY_SLUG, KINDS, World
from portal.cases.kinds.base import NOT_RECORDED, Kind, OfficerFacts
from portal.cases.promises import promised_hours, promises
from portal.cases.voice import say
from portal.core.wording import Message
from portal.registry.facts import DesilFacts, DisbursementFacts, FamilyFacts, ParticipationFacts
from portal.registry.queries import Place
from portal.web.languages import init_languages

OLD, NEW = 3510142015, 3510022001
DESIL = DesilFacts(7, date(2026, 10, 1))
MOVED, AID = KINDS["moved"], KINDS["aid_missing"]
WORLD = World(
    facts=FamilyFacts(
        1,
        OLD,
        participations=(
            ParticipationFacts("PKH", date(2024, 1, 1), active=True),
            ParticipationFacts("SEMBAKO", None, active=False),
        ),
    ),
    payments=(
        DisbursementFacts(7, "PKH", 2026, 3, 750_000, None, None, "SI"),
        DisbursementFacts(8, "BARU", 2026, 3, None, None, None, None),
    ),
    address="Dusun Krajan  No. 1",
    rt="001",
    rw=None,
    today=date(2026, 11, 21),
    places={OLD: Place(OLD, "Kenjo", "Glagah", "Banyuwangi", "Jawa Timur")},
)
ANSWERS = {"village": NEW, "address": "Jalan Melati\nNo. 7", "rt": "1", "rw": "2", "moved_on": "2026-09-01"}
TOLD = {"about": "d:7", "happened": "less", "since": "2026-09", "card_elsewhere": "no", "cut_taken": "no"}


@pytest.fixture(autouse=True)
def request_context():  # type: ignore[no-untyped-def]
    app = Flask("test")
    login = LoginManager(app)
    login.anonymous_user = Visitor
    login.user_loader(lambda _token: None)
    init_languages(app)
    with app.test_request_context():
        yield


def told(rows: list) -> list[str]:  # type: ignore[type-arg]
    return [say(row.value) for row in rows]


def test_every_kind_is_whole() -> None:
    assert {kind.key for kind in BY_SLUG.values()} == set(KINDS) <= set(promises())
    for key, kind in KINDS.items():
        assert kind.key == key and kind.title and kind.explanation and kind.outcome
        pages = kind.pages_for({})
        assert len(set(pages)) == len(pages) and kind.step("no-such-step") is None
        assert len({paper.key for paper in kind.papers}) == len(kind.papers)


def test_moved_states_only_what_is_otherwise_than_recorded() -> None:
    stated = {finding.field: finding.value for finding in MOVED.findings(ANSWERS, WORLD)}
    assert stated == {"village_id": str(NEW), "address": "Jalan Melati No. 7", "rw": "002"}
    same = ANSWERS | {"village": OLD, "address": "dusun krajan no. 1", "rw": "2"}
    assert MOVED.findings(same, replace(WORLD, rw="02")) == []
    assert not any(line.changed for line in MOVED.compare(same, replace(WORLD, rw="02")))
    assert MOVED.about(ANSWERS, WORLD) == (None, None) and not MOVED.is_restricted(ANSWERS)


def test_moved_shows_old_and_new() -> None:
    village, address, neighbourhood = MOVED.compare(ANSWERS, replace(WORLD, address=None, rt=None))
    assert village.asked == NOT_RECORDED  # a village that is not in the list of areas any more
    assert say(village.recorded).startswith("Kenjo, Kecamatan Glagah")
    assert address.recorded == NOT_RECORDED and neighbourhood.recorded == NOT_RECORDED
    assert told(MOVED.rows(ANSWERS, WORLD))[1:3] == ["Jalan Melati\nNo. 7", "001 / 002"]
    assert MOVED.areas_in({}) == () and MOVED.areas_in(ANSWERS) == (NEW,)


@pytest.mark.parametrize(("card", "cut", "sealed"), [("no", "no", False), ("yes", "no", True), ("no", "yes", True)])
def test_a_card_elsewhere_or_a_cut_seals(card: str, cut: str, sealed: bool) -> None:
    assert AID.is_restricted({"card_elsewhere": card, "cut_taken": cut}) is sealed


def test_aid_is_about_a_payment_or_a_programme() -> None:
    assert AID.about(TOLD, WORLD) == ("PKH", 7)
    assert AID.about(TOLD | {"about": "p:PBI-JK"}, WORLD) == ("PBI-JK", None)
    assert AID.about(TOLD | {"about": "d:999"}, WORLD) == (None, None)
    assert AID.begin({"penyaluran": "7"}) == {"about": "d:7"}
    assert AID.begin({"program": "PKH"}) == {"about": "p:PKH"}
    assert AID.begin({"penyaluran": "'; DROP"}) == {} == MOVED.begin({})
    assert AID.findings(TOLD, WORLD) == []


def test_aid_reads_back_and_compares() -> None:
    assert "750.000" in told(AID.rows(TOLD, WORLD))[0] and "2026" in told(AID.rows(TOLD, WORLD))[2]
    more = TOLD | {"about": "d:8", "since": "older", "story": "Kosong", "who": "Agen"}
    assert {"Kosong", "Agen"} <= set(told(AID.rows(more, WORLD)))
    assert "BARU" in told(AID.rows(more, WORLD))[0]
    lost = TOLD | {"about": "d:999", "since": "unknown"}
    assert AID.rows(lost, WORLD)[0].value == NOT_RECORDED
    recorded = {
        about: AID.compare(TOLD | {"about": about}, WORLD)[0].recorded for about in ("p:PKH", "p:SEMBAKO", "p:X", "d:7")
    }
    assert recorded["p:PKH"] == Message("receives it") and recorded["p:SEMBAKO"] == Message("ended")
    assert recorded["p:X"] == NOT_RECORDED and recorded["d:7"] != NOT_RECORDED


def test_a_kind_must_read_back_and_compare() -> None:
    for ask in (Kind().rows, Kind().compare):
        with pytest.raises(NotImplementedError):
            ask({}, WORLD)


def test_words_are_said_whatever_they_are() -> None:
    assert say(None) == "" and say(date(2026, 11, 21)) == "21 November 2026"
    assert say(Message("%(text)s", {"text": "100% benar"})) == "100% benar"


OFFICER = "6a1f1c2e-0000-4000-8000-000000000009"
WHO = {"officer": OFFICER}
#: What each kind of words makes of an answer: sealed, opened by two, for the sender alone, about an officer.
SAID: list[tuple[str, dict[str, object], tuple[bool, bool, bool, bool]]] = [
    ("agent_trouble", {"what": "closed", "where": "Toko Makmur", "story": "Tutup terus"}, (False, False, False, False)),
    ("levy", {"what": "cut", "amount": "50 ribu", "story": "Dipotong"} | WHO, (True, True, False, True)),
    ("card_kept", {"what": ["card", "pin"], "gets_aid": "part", "story": "Disimpan"} | WHO, (True, True, False, True)),
    ("conduct", {"what": ["rude"], "story": "Dibentak", "officer": "office"}, (True, True, False, False)),
    ("data_misused", {"what": "shown", "story": "Disebar", "officer": "somebody"}, (True, False, False, False)),
    ("data_misused", {"what": "shown", "story": "Disebar", "officer": "office"}, (True, True, False, False)),
    ("portal_trouble", {"what": "fails", "story": "Tombol mati"}, (True, False, False, False)),
    ("treatment", {"who": "5", "what": "dialysis", "next": "now", "where": "RSUD"}, (False, False, True, False)),
    ("no_food", {"lasts": "none", "who": ["baby"]}, (False, False, False, False)),
    ("disaster", {"what": "flood", "where": "Balai desa", "needs": ["food"]}, (False, False, False, False)),
    ("violence", {"what": ["hit"], "danger": "no", "reach": "portal"}, (True, True, True, False)),
    ("told", {"how": "words", "words": "Cerita", "about_officer": "no"}, (False, False, False, False)),
    ("told", {"how": "words", "words": "Cerita", "about_officer": "yes"}, (True, True, False, False)),
]


@pytest.mark.parametrize(("key", "answers", "eyes"), SAID)
def test_words_go_to_whom_they_should(key: str, answers: dict[str, object], eyes: tuple[bool, ...]) -> None:
    kind = KINDS[key]
    about = kind.about_officer(answers)
    assert (kind.is_restricted(answers), kind.needs_two(answers), kind.is_private(answers), about is not None) == eyes
    assert kind.urgent is (key in ("treatment", "no_food", "disaster", "violence"))
    assert kind.urgent is (promised_hours(key) is not None)
    assert all(told(kind.rows(answers, WORLD))) or key == "treatment"  # who is ill is not in this record
    assert kind.compare(answers, WORLD) == [] == kind.findings(answers, WORLD)
    assert not (kind.may_be_recorded and kind.is_restricted(answers))


def test_an_officer_is_chosen_by_name_and_read_back() -> None:
    met = (OfficerFacts(UUID(OFFICER), "Wahyu", "Pendamping"),)
    world = replace(WORLD, officers=lambda wanted: met if wanted in (None, UUID(OFFICER)) else ())
    step = KINDS["conduct"].step("siapa")
    assert step is not None
    form = step.form(formdata=None, meta={"csrf": False})
    step.prepare(form, world)
    named = [(one.value, one.label) for one in form.officer.choices]
    assert named[0] == (OFFICER, "Wahyu, Pendamping") and len(named) == 4
    assert "Wahyu, Pendamping" in told(KINDS["conduct"].rows({"what": ["rude"], "story": "x"} | WHO, world))
    assert KINDS["conduct"].about_officer({"officer": "'; DROP"}) is None


def test_six_choices_with_few_lines_each() -> None:
    assert len(has_kinds(GROUPS)) == 6
    for group in GROUPS:
        first, others = kinds_of(group)
        assert 1 <= len(first) <= 8 and len(others) != 1
    listed = [kind for group in GROUPS for kind in (*kinds_of(group)[0], *kinds_of(group)[1])]
    assert len(listed) == len({kind.key for kind in listed}) == sum(kind.listed for kind in KINDS.values())


def test_a_voice_note_is_asked_for_where_it_is_told_by_one() -> None:
    assert "berkas" in KINDS["told"].pages_for({"how": "voice"}) and "berkas" not in KINDS["told"].pages_for({})
    assert KINDS["told"].asks_for({"how": "voice"}) == {"voice"}


def test_emergency_numbers_of_kinds_are_known() -> None:
    assert all(len(numbers_of(kind.numbers)) == len(kind.numbers) for kind in KINDS.values())


#: What is objected to: about it, and what the record gives as the reason.
OBJECTED = [
    ("p:SEMBAKO", ("SEMBAKO", None), "Sebabnya belum tercatat."),
    ("d:7", ("PKH", 7), None),
    ("desil", (None, None), "desil 7, menurut BPS pada 1 Oktober 2026"),
    ("other", (None, None), None),
]


@pytest.mark.parametrize(("about", "of", "recorded"), OBJECTED)
def test_an_objection_shows_what_is_recorded_and_promises_nothing(
    about: str, of: tuple[str | None, int | None], recorded: str | None
) -> None:
    kind, world = KINDS["own_objection"], replace(WORLD, facts=replace(WORLD.facts, desils=(DESIL,)))
    answers = {"about": about, "why": "wrong_fact", "story": "Tidak benar"}
    assert kind.about(answers, world) == of and kind.findings(answers, world) == []
    line = kind.compare(answers, world)[0]
    assert line.recorded == NOT_RECORDED if about == "other" else line.recorded != NOT_RECORDED
    assert recorded in (None, say(line.recorded)) and told(kind.rows(answers, world))[3] == "Tidak benar"
    deadlines = kind.effects(answers, world)[-1]
    assert deadlines.sure == "X" and "14" in say(deadlines.words) and "30" in say(deadlines.words)
    form = SimpleNamespace(about=SimpleNamespace())
    kind.steps[0].prepare(form, world)
    assert [key for key, _words in form.about.choices] == ["p:SEMBAKO", "d:7", "desil", "other"]
    assert form.about.item_hints["p:SEMBAKO"] == "Sebabnya belum tercatat."


def test_leaving_a_proposal_and_a_registration_read_back() -> None:
    leave, usul, register = KINDS["leave_aid"], KINDS["proposal"], KINDS["registration"]
    answers = {"programs": ["PKH"], "why": "able", "story": ""}
    assert leave.own_pin and not leave.may_be_recorded and leave.about(answers, WORLD) == ("PKH", None)
    instead = [say(one.about) for one in leave.effects(answers, WORLD) if not one.safe]
    assert any("PENA" in one for one in instead) and leave.compare(answers, WORLD)[0].recorded == Message("receives it")
    wanted = {"situation": ["food", "ill"], "story": "Sering lapar"}
    assert usul.compare(wanted, WORLD)[0].changed and not any(one.safe for one in usul.effects(wanted, WORLD))
    assert register.begin({"peluang": "PENA"})["opportunity"] == "PENA" and register.begin({"peluang": "'; --"}) == {}
    assert [step.key for step in register.steps_for({})] == ["peluang", "siapa", "izin"]
    assert [step.key for step in register.steps_for(register.begin({"peluang": "PENA"}))] == ["siapa", "izin"]
    given = {"opportunity": "PENA", "who": "1", "contact": "", "story": "", "share": True}
    assert "NIK" not in told(register.rows(given, WORLD))[-1] and register.to_office


def test_a_paper_that_is_asked_for_has_alternatives_and_says_why() -> None:
    """No more is asked for than is needed: everything else may be left out, and its words say so."""
    for kind in KINDS.values():
        for paper in kind.papers:
            assert paper.why, (kind.key, paper.key)
            assert len(paper.alternatives) > 1 if paper.required else True, (kind.key, paper.key)
            assert len(set(paper.alternatives)) == len(paper.alternatives), (kind.key, paper.key)
        assert sum(paper.required for paper in kind.papers) <= 1, kind.key


def test_a_link_to_change_an_answer_leads_to_a_page_that_asks_it() -> None:
    look = "0a6f0e0e-3f0e-4f0e-8f0e-0a6f0e0e3f0e"
    begun = {
        "appeal": ({"kasus": "4P36-DHJG"}, {"why": "other", "story": "Sudah ada foto."}),
        "unknown_look": ({"penglihatan": look}, {"contact": "no"}),
        "registration": ({"peluang": "PRAKERJA"}, {"who": "1", "opportunity": "PRAKERJA"}),
    }
    for key, (hints, given) in begun.items():
        kind = KINDS[key]
        answers = kind.begin(hints) | given
        asked = {one.key: one.form for one in kind.steps_for(answers)}
        rows = kind.rows(answers, WORLD)
        assert any(not row.step for row in rows), key
        assert any(row.step in asked for row in rows)
        assert all(not row.step or row.step in asked for row in rows), key
