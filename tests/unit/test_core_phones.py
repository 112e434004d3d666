"""Phone numbers in the ways that people write them."""

from __future__ import annotations

import pytest

from portal.core.phones import NotAPhone, parse_phone


@pytest.mark.parametrize(
    ("typed", "number", "written"),
    [
        ("0812 3456 7890", "+6281234567890", "0812 3456 7890"),
        ("+62 812-3456-7890", "+6281234567890", "0812 3456 7890"),
        ("62812.3456.7890", "+6281234567890", "0812 3456 7890"),
        ("0062 (812) 34567890", "+6281234567890", "0812 3456 7890"),
        ("+62 0812 3456 7890", "+6281234567890", "0812 3456 7890"),
        ("81234567890", "+6281234567890", "0812 3456 7890"),
        ("(0333) 421234", "+62333421234", "0333 4212 34"),
        ("+60 12-345 6789", "+60123456789", "+601 2345 6789"),
    ],
)
def test_a_number_has_one_form(typed: str, number: str, written: str) -> None:
    phone = parse_phone(typed)
    assert (phone.e164, phone.written) == (number, written)
    assert phone.is_mobile is not typed.startswith("(0333)")
    assert number not in f"{phone} {phone!r}" and number[-3:] in str(phone)


@pytest.mark.parametrize(
    "typed",
    ["", "tidak ada", "0812", "0812 3456 7890 1234", "08000000000", "0811 1111 1111", "3510014101909991", "+",
     "0812a3456789", "\u0660\u0668\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "+62", "1234567890"],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(NotAPhone) as refused:
        parse_phone(typed)
    assert str(refused.value) == ""
