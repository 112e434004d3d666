"""Every kind that changes data: answers that its pages take, read back, compared, stated; what they may change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal.cases.answers import Answers, collect
from portal.cases.kinds import KINDS, World
from portal.cases.kinds.base import NOT_RECORDED, Effect, Group
from portal.cases.kinds.data import DATA
from portal.cases.kinds.offices import TASKS
from portal.cases.life_events import EVENTS, LifeEvent
from portal.cases.promises import promises
from portal.cases.voice import say
from portal.cases.workflow import Track
from portal.registry.codes import Owner, owner_of
from portal.registry.facts import DesilFacts, FamilyFacts, HousingFacts, MemberFacts, ParticipationFacts
from portal.web.languages import init_languages

HEAD, WIFE, SON, GRANNY, LOST = "11", "12", "13", "14", "15"
WORLD = World(
    facts=FamilyFacts(
        1,
        3510142015,
        members=(
            MemberFacts(11, 101, "JOKO SANTOSO", date(1980, 1, 1), "L", 1, 2, work_status="BURUH", alive=True),
            MemberFacts(12, 102, "SITI AMINAH", date(1986, 5, 12), "P", 2, 2, alive=True),
            MemberFacts(13, 103, "ADI", date(2016, 3, 1), "L", 3, 1, 2, "SD", 4, alive=True),
            MemberFacts(14, 104, "MBAH SUMI", date(1950, 3, 1), "P", 6, 4, alive=True),
            MemberFacts(15, 105, "HILANG", date(1975, 3, 1), "L", 8, 1, alive=False),
        ),
        housing=HousingFacts(floor=8, wall=4, roof=3, power_va=450, floor_area_m2=36.0, motorcycles=1, savings=False),
        desils=(DesilFacts(3, date(2026, 10, 1)),),
        participations=tuple(
            ParticipationFacts(program, None, active=True) for program in ("PKH", "SEMBAKO", "PBI-JK")
        ),
    ),
    payments=(),
    address=None,
    rt=None,
    rw=None,
    today=date(2026, 11, 21),
    sender=102,
)
DAY = ["1", "9", "2026"]


@dataclass
class Told:
    """A kind with what is typed on its pages, and what follows."""

    key: str
    typed: dict[str, Any]
    stated: dict[str, str] = field(default_factory=dict)
    shown: str = ""  # read back
    programs: set[str] = field(default_factory=set)  # of the effects, beside those of every report
    tasks: set[str] = field(default_factory=set)
    about: int | None = None
    private: bool = False
    track: Track = Track.SHORT


MORE = {"more": "Karena banjir"}
BABY = {"full_name": "Bayu", "born_on": DAY}
TOLD = [
    Told(
        "birth",
        BABY | {"sex": "L", "mother": WIFE},
        shown="Bayu",
        programs={"PKH", "SEMBAKO", "PBI-JK"},
        tasks={"birth_deed"},
    ),
    Told(
        "death",
        {"who": GRANNY, "died_on": DAY, "card_holder": "yes"},
        {"alive": "False"},
        "Mbah Sumi",
        {"PKH", "SEMBAKO", "PBI-JK", "ATENSI-YAPI"},
        {"death_deed", "card_name"},
        104,
    ),
    Told(
        "recorded_dead", {"who": LOST, "seen_where": "bpjs"}, {"alive": "True"}, "BPJS", {"PKH"}, {"alive_again"}, 105
    ),
    Told(
        "joined",
        BABY | {"sex": "L", "as_what": "5", "since": DAY, "from_where": "kin"},
        shown="cucu",
        programs={"SEMBAKO"},
        tasks={"kk_changed"},
        track=Track.LONG,
    ),
    Told(
        "left",
        {"who": HEAD, "since": DAY, "why_left": "own_home"},
        shown="Joko Santoso",
        programs={"PKH", "SEMBAKO"},
        tasks={"own_kk"},
        about=101,
        track=Track.LONG,
    ),
    Told(
        "marriage",
        {"who": WIFE, "spouse": "Budi", "married_on": DAY, "live_where": "own_home"},
        shown="Budi",
        programs={"SEMBAKO"},
        tasks={"married_kk", "own_kk"},
        about=102,
    ),
    Told(
        "split",
        {"happened": "divorced", "since": DAY, "away": [HEAD, SON]},
        shown="Joko Santoso, Adi",
        programs={"SEMBAKO"},
        tasks={"divorced_kk"},
        track=Track.LONG,
    ),
    Told(
        "work",
        {"who": HEAD, "happened": "lost", "since": DAY, "work_status": "TIDAK BEKERJA"},
        {"work_status": "TIDAK BEKERJA"},
        "tidak bekerja",
        {"PKH", "BLT-DESA"},
        about=101,
        track=Track.LONG,
    ),
    Told(
        "school",
        {
            "who": SON,
            "school_participation": "2",
            "school_level": "SMP",
            "school_grade": "7",
            "school_name": "SMPN 1",
            "since": DAY,
        },
        {"school_level": "SMP", "school_grade": "7"},
        "SMPN 1",
        {"PKH", "PIP"},
        {"school_data"},
        103,
    ),
    Told(
        "house",
        {"changed": ["floor", "power_va"], "floor": "2", "power_va": "2.200"} | MORE,
        {"floor": "2", "power_va": "2200"},
        "keramik",
        {"Perlinsos"},
        track=Track.LONG,
    ),
    Told(
        "assets",
        {"changed": ["motorcycles", "savings", "things"], "motorcycles": "0", "savings": "yes", "things": ["boat"]},
        {"motorcycles": "0", "savings": "True"},
        "perahu",
        track=Track.LONG,
    ),
    Told(
        "pregnancy",
        {"who": WIFE, "how": "pregnant", "pregnancy_no": "2", "due_on": ["1", "3", "2027"]},
        {"pregnant": "True", "pregnancy_no": "2"},
        shown="1 Maret 2027",
        programs={"PKH"},
        about=102,
        private=True,
    ),
    Told(
        "disability",
        {"who": SON, "difficulties": ["see", "walk"], "level": "cannot", "since": DAY},
        {"disability": "2"},
        shown="melihat",
        programs={"PKH"},
        about=103,
        private=True,
        track=Track.LONG,
    ),
    Told(
        "illness",
        {"who": WIFE, "illnesses": ["kidney", "asthma"], "treated": "regular"},
        {"chronic_illness": "Asma, Gagal ginjal"},
        shown="gagal ginjal",
        programs={"PKH"},
        about=102,
        private=True,
    ),
    Told("manager", {"who": WIFE, "why_other": "ill"}, shown="Siti Aminah", tasks={"card_name"}, about=102),
    Told("contact", {"phone": "0812 0000 0000", "whose": "own", "how": "sms"}, shown="0812 0000 0000"),
    Told(
        "review",
        {"people": "change", "whose": [SON], "people_right": "Adi kelas 5", "roof": "2"},
        {"roof": "2"},
        "genteng",
        track=Track.LONG,
    ),
    Told(
        "identity",
        {"who": SON, "wrong": ["name"], "right": "Adi Santoso", "right_on_kk": "no"},
        shown="Adi Santoso",
        programs={"PKH"},
        tasks={"civil_data"},
        about=103,
    ),
    Told("card", {"card": "lost", "since": DAY}, shown="Hilang", tasks={"new_card"}),
    Told("pkh_component", BABY | {"counted_as": "small_child"}, shown="Bayu", programs={"PKH"}),
    Told("pbi_member", BABY, shown="Bayu", programs={"PBI-JK"}, tasks={"birth_deed"}),
]


@pytest.fixture(autouse=True)
def request_context() -> Iterator[None]:
    app = Flask("test")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    init_languages(app)
    with app.test_request_context(method="POST"):
        yield


def answered(told: Told) -> Answers:
    """What the pages of the kind keep of what is typed, page after page as they are asked."""
    kind, answers, done = KINDS[told.key], Answers(), set[str]()
    while steps := [step for step in kind.steps_for(answers) if step.key not in done]:
        step = steps[0]
        shape = step.form(formdata=None)
        names = [one.name for one in shape]
        typed = MultiDict((name, value) for name in names for value in _typed(told, name))
        form = step.form(formdata=typed)
        step.prepare(form, WORLD)
        step.adapt(form, WORLD, answers)
        assert form.validate(), (told.key, step.key, form.errors)
        answers |= collect(form)
        done.add(step.key)
    return answers


def _typed(told: Told, name: str) -> list[str]:
    if name.startswith("ok_"):
        return ["change" if name.removeprefix("ok_") in told.typed else "right"]
    value = told.typed.get(name, [])
    return value if isinstance(value, list) else [value]


def test_every_kind_that_changes_data_is_tried() -> None:
    assert [told.key for told in TOLD] != [] and {told.key for told in TOLD} == {kind.key for kind in DATA}


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.key)
def test_a_change_from_its_answers(told: Told) -> None:
    kind, answers = KINDS[told.key], answered(told)
    assert told.key in promises() and kind.track is told.track and kind.group in (Group.CHANGED, Group.WRONG)
    read_back = [say(row.value) for row in kind.rows(answers, WORLD)]
    assert any(told.shown in words for words in read_back), read_back
    assert all(read_back) and {row.step for row in kind.rows(answers, WORLD)} <= set(kind.pages_for(answers))
    stated = {found.field: found.value for found in kind.findings(answers, WORLD)}
    assert stated == told.stated
    assert {line.changed for line in kind.compare(answers, WORLD)} >= ({True} if stated else set())
    for found in kind.findings(answers, WORLD):  # what Dukcapil, BPS or a bank owns is not stated here
        assert owner_of(found.field) is Owner.VILLAGE or found.field == "alive"
        assert (found.subject_id is not None) == (found.subject in ("member", "member_health"))
    safe: list[Effect] = []
    rest: list[Effect] = []
    for one in kind.effects(answers, WORLD):
        (safe if one.safe else rest).append(one)
        assert say(one.words) and say(one.about)
    assert safe or rest
    named = {
        name
        for name in ("PKH", "SEMBAKO", "PBI-JK", "ATENSI-YAPI", "BLT-DESA", "PIP", "Perlinsos")
        if any(one.about == WORLD.program_name(name) for one in (*safe, *rest))
    }
    assert named == told.programs
    tasks = {task.key for task in kind.elsewhere(answers, WORLD)}
    assert tasks == told.tasks <= set(TASKS)
    assert kind.about_person(answers, WORLD) == told.about and kind.is_private(answers) is told.private
    assert kind.touches(answers, WORLD) and not kind.is_restricted(answers)


def test_only_what_is_otherwise_is_stated_and_marked() -> None:
    told = next(one for one in TOLD if one.key == "house")
    kind, answers = KINDS["house"], answered(told)
    answers |= {"changed": [*answers["changed"], "floor_area_m2"], "floor_area_m2": "36"}  # recorded so meanwhile
    marked = {line.label: line.changed for line in kind.compare(answers, WORLD)}
    assert [label for label, changed in marked.items() if changed] == ["Floor", "Electric power"]
    assert kind.touches(answers, WORLD) == {"housing.floor", "housing.power_va", "housing.floor_area_m2", "house.more"}
    none = answers | {"changed": ["roof"]}  # what was picked before and is not any more does not count
    assert kind.findings(none, WORLD) == [] and len(kind.rows(none, WORLD)) == 1


def test_health_is_told_of_oneself_or_the_own_small_child() -> None:
    def offered(key: str, sender: int) -> set[str]:
        world = World(**{name: getattr(WORLD, name) for name in World.__slots__} | {"sender": sender})
        step = KINDS[key].steps[0]
        form = step.form(formdata=None)
        step.prepare(form, world)
        return {choice.value for choice in form.who.choices}

    assert offered("illness", 102) == {WIFE, SON} == offered("disability", 102)
    assert offered("illness", 104) == {GRANNY} and offered("pregnancy", 102) == {WIFE}
    assert offered("pregnancy", 101) == set()


def test_whole_numbers_and_days_that_cannot_be_are_refused() -> None:
    def fails(key: str, step_key: str, **typed: Any) -> bool:
        step = KINDS[key].step(step_key)
        assert step is not None
        pairs = [
            (name, one) for name, value in typed.items() for one in (value if isinstance(value, list) else [value])
        ]
        form = step.form(formdata=MultiDict(pairs))
        step.prepare(form, WORLD)
        step.adapt(form, WORLD, {})
        return not form.validate()

    assert fails("identity", "benar", right="NIK 3510 1401 0186 9001", right_on_kk="yes")
    assert not fails("identity", "benar", right="NIK ...9001", right_on_kk="yes")
    assert fails("house", "floor_area_m2", floor_area_m2="tiga") and fails(
        "house", "floor_area_m2", floor_area_m2="99999"
    )
    assert fails("house", "floor_area_m2", floor_area_m2="36")  # recorded so already
    assert not fails("house", "floor_area_m2", floor_area_m2="37")
    assert fails("birth", "bayi", full_name="Bayu", sex="L", born_on=["1", "1", "2999"])
    assert fails("death", "siapa", who="999", died_on=DAY, card_holder="no")
    assert fails("death", "siapa", who=WIFE, died_on=DAY, card_holder="no")  # who sends it lives


def test_a_member_who_is_gone_meanwhile_is_no_error() -> None:
    told = next(one for one in TOLD if one.key == "school")
    answers = answered(told) | {"who": "999"}
    kind = KINDS["school"]
    assert kind.findings(answers, WORLD) == [] and kind.about_person(answers, WORLD) is None
    assert say(kind.rows(answers, WORLD)[0].value) and kind.compare(answers, WORLD)[1].recorded == NOT_RECORDED


EVENTS_TOLD: dict[str, tuple[dict[str, Any], set[str]]] = {
    "birth": (BABY | {"sex": "L", "mother": WIFE}, {"birth", "pkh_component", "pbi_member"}),
    "death": ({"who": GRANNY, "died_on": DAY, "card_holder": "yes"}, {"death", "manager"}),
    "marriage": (
        {"who": HEAD, "spouse": "Budi", "married_on": DAY, "live_where": "own_home"},
        {"marriage", "left"},
    ),
    "split": ({"happened": "separated", "since": DAY, "away": [HEAD], "card_gone": "yes"}, {"split", "manager"}),
    "move": ({"moved_on": DAY, "all_moved": "no", "other_school": "yes"}, {"moved", "split", "school"}),
    "job_lost": ({"who": HEAD, "since": DAY, "enough_food": "no"}, {"no_food", "work"}),
    "school_begins": (
        {"who": SON, "school_level": "SMP", "school_grade": "7", "school_name": "SMPN 1", "since": DAY},
        {"school", "pkh_component"},
    ),
    "disaster": ({"hit": ["help", "house", "card", "death"]}, {"disaster", "house", "card", "death"}),
}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.key)
def test_an_event_of_life_opens_what_follows(event: LifeEvent) -> None:
    typed, kinds = EVENTS_TOLD[event.key]
    form = event.step.form(
        formdata=MultiDict((n, one) for n, v in typed.items() for one in (v if isinstance(v, list) else [v]))
    )
    event.step.prepare(form, WORLD)
    assert form.validate(), form.errors
    opened = event.follows(collect(form), WORLD)
    assert {one.kind for one in opened} == kinds and len(opened) == len(kinds)
    for one in opened:
        kind = KINDS[one.kind]
        assert set(one.done) <= set(kind.pages_for(one.answers))
        for key in one.done:  # a page that is not asked again is wholly answered
            step = kind.step(key)
            assert step is not None
            answered_page = step.form(formdata=_form_data(one.answers))
            step.prepare(answered_page, WORLD)
            assert answered_page.validate(), (one.kind, key, answered_page.errors)


def _form_data(answers: Answers) -> MultiDict[str, str]:
    """The answers as a browser would send them."""
    pairs: list[tuple[str, str]] = []
    for name, value in answers.items():
        if name.endswith("_on") or name == "since":
            year, month, day = str(value).split("-")
            pairs += [(name, day), (name, month), (name, year)]
        elif value is not None:
            pairs += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
    return MultiDict(pairs)
