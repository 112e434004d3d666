"""The three short pages of the screener: the family, each person, the house. What follows depends on the ages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from portal.core.messages import N_
from portal.home.regency_offers import Province
from portal.home.screener import (
    AID_NOW,
    AID_ONCE,
    CHILD_UNTIL,
    HOUSE_CODES,
    POWERS,
    PREGNANT_FROM,
    PREGNANT_UNTIL,
    SCHOOL_AGE,
    WORKING_AGE,
    NotAges,
    ages_of,
)
from portal.registry.codes import CODES, FIELD_NAMES
from portal.web.forms import BaseForm, ChecksField, Needed, NumberField, SelectField, TextField

Choices = list[tuple[str, Any]]
_NOT_SAID = ("", _l("Not known to me"))
_WRONG_AGES: Mapping[str, str] = {
    "none": N_("Write the age of each person."),
    "words": N_("Write only numbers with commas between them, for example 41, 38, 15, 7."),
    "many": N_("Write at most 12 people: those who need the most first."),
    "old": N_("One of the ages is more than 120. Check it."),
}
_AID: Mapping[str, str] = {
    "PKH": N_("PKH"),
    "SEMBAKO": N_("Sembako (BPNT)"),
    "PBI-JK": N_("free BPJS (PBI-JK)"),
    "PIP": N_("school money (PIP)"),
    "RST": N_("home repair (RST) from the Ministry of Social Affairs"),
    "BSPS": N_("home repair (BSPS) from the housing ministry"),
}
_SCHOOLS: Mapping[str, str] = {
    "none": N_("not yet or never at school"),
    "sd": N_("goes to SD or MI"),
    "smp": N_("goes to SMP or MTs"),
    "sma": N_("goes to SMA, SMK or MA"),
    "college": N_("goes to college"),
    "left": N_("left school before the end of SD"),
    "done_sd": N_("no longer at school, finished SD"),
    "done_smp": N_("no longer at school, finished SMP"),
    "done_sma": N_("no longer at school, finished SMA, SMK or MA"),
    "done_college": N_("finished college"),
}
_WORKS: Mapping[str, str] = {
    "none": N_("does not work"),
    "own": N_("own small business, farm or livestock"),
    "worker": N_("works for others"),
    "state": N_("civil servant (ASN), soldier or police officer"),
    "company": N_("employee of a state company (BUMN or BUMD)"),
    "official": N_("official"),
}


class FamilyForm(BaseForm):
    """Who there is, the desil where it is known, and aid."""

    ages = TextField(
        _l("How old are the people of your family?"),
        [Needed(_l("Write the age of each person."))],
        hint=_l("All who stand on your KK, with commas between them: 41, 38, 15, 7. A baby is 0."),
        autocomplete="off",
    )
    desil = SelectField(
        _l("Your desil"),
        choices=[_NOT_SAID, *((str(number), str(number)) for number in range(1, 11))],
        hint=_l("You do not know it? Leave it so."),
    )
    aid = ChecksField(
        _l("What does your family get now?"), choices=[(code, _l(_AID[code])) for code in AID_NOW], says_optional=True
    )
    regency = SelectField(
        _l("In which regency or city do you live?"),
        choices=[],
        validate_choice=False,  # whatever it is, it is looked up when the answer is made
        hint=_l(
            "Only if you also want to see what its office (Dinas Sosial) offers itself. Where it offers something"
            " now, it is listed."
        ),
        says_optional=True,
    )

    def offer(self, provinces: Sequence[Province]) -> None:
        """List the regencies that offer something; without any, there is no such question."""
        if not provinces:
            del self.regency
            return
        rows = [(str(one.regency_id), one.name) for province in provinces for one in province.regencies]
        self.regency.choices = [("", _l("Skip this question")), *rows]
        if len(provinces) > 1:
            self.regency.headings = {str(one.regencies[0].regency_id): one.name for one in provinces}

    def validate_ages(self, field: TextField) -> None:
        """Numbers."""
        try:
            ages_of(field.data or "")
        except NotAges as wrong:
            raise ValidationError(str(_l(_WRONG_AGES[wrong.reason]))) from None


class HouseForm(BaseForm):
    """The house, as far as it is known."""

    area = NumberField(
        _l("Floor area of the house in m2"), width=4, says_optional=True, hint=_l("Length times width, about.")
    )
    power = SelectField(
        _l("Electric power"),
        choices=[_NOT_SAID, *((str(power), f"{power} VA") for power in POWERS), ("0", _l("other"))],
    )
    once = ChecksField(
        _l("Has your family ever got one of these?"),
        choices=[(code, _l(_AID[code])) for code in AID_ONCE],
        says_optional=True,
    )

    def validate_area(self, field: NumberField) -> None:
        """Whole metres, or nothing."""
        if field.data and not (field.data.isascii() and field.data.isdigit() and len(field.data) <= 4):
            raise ValidationError(str(_l("Write the area as a whole number, for example 36, or leave it empty.")))


def house_form() -> type[HouseForm]:
    """The form of the house with a list for each fact that has codes, in the words of the record."""
    lists = {
        field: SelectField(
            _l(FIELD_NAMES[field].key),
            choices=[_NOT_SAID, *((str(code), _l(words.key)) for code, words in CODES[field].items())],
        )
        for field in HOUSE_CODES
    }
    return type("HouseOfCodes", (HouseForm,), lists)


def people_form(ages: Sequence[int]) -> type[BaseForm]:
    """The form of the people of these ages: school, work, pregnancy, disability, lost parents."""
    fields: dict[str, Any] = {}
    for place, age in enumerate(ages):
        if age >= SCHOOL_AGE:
            fields[f"school_{place}"] = SelectField(_l("School"), choices=_choices(_SCHOOLS))
        if age >= WORKING_AGE:
            fields[f"work_{place}"] = SelectField(_l("Work"), choices=_choices(_WORKS))
    everybody, children = _people(ages, 0, 200), _people(ages, 0, CHILD_UNTIL)
    mothers = _people(ages, PREGNANT_FROM, PREGNANT_UNTIL)
    if mothers:
        fields["pregnant"] = SelectField(_l("Who is pregnant?"), choices=[("", _l("nobody is")), *mothers])
        fields["pregnancy_no"] = SelectField(
            _l("Which pregnancy is it?"),
            choices=[_NOT_SAID, ("1", _l("the first")), ("2", _l("the second")), ("3", _l("the third or more"))],
            hint=_l("Only if somebody is pregnant."),
        )
    fields["severe"] = ChecksField(
        _l("Who has a severe disability?"),
        choices=everybody,
        hint=_l("Cannot do the things of every day without help."),
        says_optional=True,
    )
    fields["mild"] = ChecksField(_l("Who has another disability?"), choices=everybody, says_optional=True)
    if children:
        fields["orphans"] = ChecksField(
            _l("Which child has lost the father, the mother or both?"), choices=children, says_optional=True
        )
    return type("PeopleForm", (BaseForm,), fields)


def person_words(place: int, age: int) -> Any:
    """``Person 2, 38 years old``."""
    return _l("Person %(number)s, %(age)s years old", number=place + 1, age=age)


def _people(ages: Sequence[int], youngest: int, oldest: int) -> Choices:
    return [(str(place), person_words(place, age)) for place, age in enumerate(ages) if youngest <= age <= oldest]


def _choices(words: Mapping[str, str]) -> Choices:
    return [_NOT_SAID, *((key, _l(said)) for key, said in words.items())]
