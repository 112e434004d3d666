"""The components: what they say in words, and that every drawing is a drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from portal.web.components import BARS_GROUND, BARS_WIDTH, Bar, columns, kept_by_language
from portal.web.icons import ICONS
from tests.pages.inspecting import page_faults
from tests.unit.web_site import make_site


@pytest.fixture(scope="module")
def site() -> Flask:
    return make_site()


@pytest.fixture(scope="module", autouse=True)
def in_request(site: Flask) -> Iterator[None]:
    with site.test_request_context("/bantuan"):
        yield


def draw(source: str, **context: object) -> str:
    html = render_template_string(source, **context)
    assert page_faults(html, part=True) == []
    return html


@pytest.mark.parametrize("name", sorted(ICONS))
def test_icons_are_drawings_hidden_from_readers(name: str) -> None:
    tree = ElementTree.fromstring(ICONS[name])
    assert tree.get("aria-hidden") == "true"
    assert len(tree) >= 1
    numbers = [float(number) for number in re.findall(r"(?<=[xy]=\")-?[\d.]+", ICONS[name])]
    assert all(0 <= number <= 24 for number in numbers)


def test_a_tag_is_a_word_and_an_icon() -> None:
    for kind in ("good", "wait", "stop", "info"):
        html = draw("{{ tag('Di bank', kind) }}", kind=kind)
        assert "<svg" in html
        assert "Di bank" in html
    assert ICONS["house"] in draw("{{ tag('Kunjungan', icon_name='house') }}")


def test_the_desil_is_said_in_words() -> None:
    html = draw("{{ desil_scale(3, previous=2, first=1, last=4, range_word='PKH') }}")
    assert 'aria-label="Desil 3 dari 10. Sebelumnya: 2. PKH: 1 sampai 4."' in html
    assert html.count("step--in") == 4
    assert html.count("step--now") == 1
    assert html.count("step--before") == 1
    assert "lebih mampu" in html
    assert "lebih mampu" not in draw("{{ desil_scale(3, compact=true) }}")


def test_an_unknown_or_unchanged_desil_invents_nothing() -> None:
    html = draw("{{ desil_scale(none) }}")
    assert "Desil belum tercatat." in html
    assert "step--now" not in html
    assert "Sebelumnya" not in draw("{{ desil_scale(4, previous=4) }}")


def test_bars_have_their_table() -> None:
    series = [Bar("2025", 0, "Rp0", "Rp0"), Bar("2026", 1_950_000, "Rp1,95 jt", "Rp1.950.000")]
    html = draw("{{ bars(series, 'Bantuan tiap tahun') }}", series=series)
    assert html.count("<rect") == 2
    assert "Rp1.950.000" in html
    assert "style=" not in html
    assert draw("{{ bars([], 'Kosong') }}")


@given(st.lists(st.integers(min_value=0, max_value=10**12), max_size=12))
def test_bars_stay_in_their_frame_and_in_order(values: list[int]) -> None:
    drawn = columns([Bar(str(index), value, "", "") for index, value in enumerate(values)])
    assert [column.middle for column in drawn] == sorted(column.middle for column in drawn)
    for column, value in zip(drawn, values, strict=True):
        assert 0 <= column.middle <= BARS_WIDTH
        assert 0 <= column.top < BARS_GROUND
        assert column.height >= (3 if value else 1)
    heights = sorted(drawn, key=lambda column: column.bar.value)
    assert [column.height for column in heights] == sorted(column.height for column in drawn)


def test_a_path_says_what_is_done_and_what_is_next() -> None:
    steps = [
        {"word": "Diterima", "when": "12 Nov 2026", "state": "done", "note": "Terkirim"},
        {"word": "Kunjungan", "when": "", "state": "now", "tag": "jelas"},
        {"word": "Diperiksa", "when": "", "state": "next"},
        {"word": "Ditolak", "when": "", "state": "stop"},
    ]
    html = draw("{{ dated_path(steps) }}", steps=steps)
    for word in ("Selesai: ", "Sekarang: ", "Belum: ", "Berhenti: "):
        assert word in html
    assert html.count('aria-current="step"') == 1


def test_facts_say_where_they_come_from() -> None:
    html = draw(
        "{% call facts() %}{{ fact('Daya', '450 VA', source='PLN', note='sebelumnya 900') }}"
        "{% call fact('Lantai', 'keramik', changed=true) %}<a href='/x'>Salah</a>{% endcall %}{% endcall %}"
    )
    assert "PLN" in html
    assert "sebelumnya 900" in html
    assert "fact--changed" in html
    assert "Salah</a>" in html


def test_cards_notices_and_ways() -> None:
    html = draw(
        "{% call card('Bantuan', href='/bantuan', tone='warm', tag_word='Baru', id='a') %}<p>isi</p>{% endcall %}"
        "{% call card() %}<p>tanpa judul</p>{% endcall %}"
        "{{ notice('Terkirim', kind='good', title='Ya', live=true) }}{% call notice() %}<p>isi</p>{% endcall %}"
        "{{ empty('Kosong') }}{% call empty('Kosong', title='Belum') %}{{ link_button('Mulai', '/') }}{% endcall %}"
        "{{ page_head('Judul', note='catatan', kicker='Desa') }}{{ back_link('/') }}{{ links_row([('a', '/')]) }}"
        "{{ breadcrumbs([('Antrean', '/'), ('Ini', none)]) }}{{ print_button() }}{{ amount_switch() }}"
        "{{ button('Kirim', name='a', value='b', kind='warning', icon_name='check') }}"
        "{% call more('Lagi') %}isi{% endcall %}{{ htmx_script() }}"
    )
    assert 'role="status"' in html
    assert '<a href="/bantuan">Bantuan</a>' in html
    assert 'aria-current="page">Ini' in html


def test_pages() -> None:
    source = "{{ pages(page, last, address) }}"
    first = draw(source, page=1, last=3, address=lambda page: f"/x?halaman={page}")
    assert "halaman=2" in first
    assert 'rel="prev"' not in first
    assert "Halaman 1 dari 3" in first
    assert 'rel="next"' not in draw(source, page=3, last=3, address=lambda page: "/x")
    assert draw(source, page=1, last=1, address=str).strip() == ""


def test_values_are_escaped() -> None:
    assert "<script>" not in draw("{{ tag(word) }}{{ notice(word) }}{{ fact(word, word) }}", word="<script>")


def test_filters_work_with_and_without_htmx() -> None:
    html = draw("{% call filters('/a', target='#rows') %}{% endcall %}")
    assert 'hx-target="#rows"' in html
    assert "hx-" not in draw("{% call filters('/a') %}{% endcall %}")


def test_a_kept_drawing_is_of_its_language_and_its_very_values(site: Flask) -> None:
    drawn: list[object] = []

    def paint(word: str, size: int = 1) -> str:
        drawn.append((word, size))
        return f"{escape(word)}{size}"

    kept = kept_by_language(paint)
    with site.test_request_context("/"):
        assert [kept("<b>"), kept("<b>"), kept(Markup("<b>")), kept("<b>", size=2)] == [
            "&lt;b&gt;1",
            "&lt;b&gt;1",
            "<b>1",
            "&lt;b&gt;2",
        ]
    with site.app_context(), site.test_request_context("/", headers={"Cookie": "bahasa=en"}):
        kept("<b>")
    assert len(drawn) == 4
