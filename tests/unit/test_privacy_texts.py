"""The texts of consents and of the law are data: whole in every language, dated, and refused where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.core.outward import Ways
from portal.extensions import outward
from portal.privacy.texts import CONSENTS, SURE, law, purposes, read_purposes

GOOD = CONSENTS.read_text(encoding="utf-8")


def test_every_purpose_has_its_text_and_no_missing_channel_is_offered() -> None:
    assert list(purposes()) == ["web_push", "whatsapp", "sms", "helper", "training"]
    before = outward.ways
    try:
        outward.bind(Ways())
        assert {key for key, one in purposes().items() if not one.available} == {"web_push", "whatsapp", "sms"}
        outward.bind(Ways(push_key="k", gateways={"sms": "json://127.0.0.1/?:to={phone}"}))
        assert {key for key, one in purposes().items() if not one.available} == {"whatsapp"}
    finally:
        outward.bind(before)
    assert all(one.text.version == len(one.texts) and one.text.words.id for one in purposes().values())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("version = 1", "version = 2"),
        ('key = "sms"', 'key = "whatsapp"'),
        ("en = ", "english = "),
        ('key = "sms"\navailable = "where set up"', 'key = "sms"'),
        ('title = { id = "SMS", en = "SMS" }', 'title = { id = "SMS" }'),
    ],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, right: str, wrong: str) -> None:
    file = tmp_path / "consents.toml"
    file.write_text(GOOD.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"consents\.toml"):
        read_purposes(file)


def test_a_new_version_is_the_one_that_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "consents.toml"
    last = purposes()["training"].text.version
    newer = f'[[purpose.text]]\nversion = {last + 1}\nsince = 2027-01-16\nid = "Baru"\nen = "New"\n'
    file.write_text(GOOD + newer, encoding="utf-8")
    training = read_purposes(file)["training"]
    assert training.text.version == last + 1 == len(training.texts) and training.text.words.en == "New"


def test_the_law_says_how_sure_it_is_and_names_the_clock() -> None:
    articles = [*law().rights, *law().exempt]
    assert all(one.sure in SURE.values() and one.article.startswith("Pasal ") for one in articles)
    correct = next(one for one in law().rights if "Pasal 30" in one.article)
    assert "3x24" in correct.words.id and correct.sure == SURE["A"]
