"""What the record holds: house, address, members, desil, programmes, payments, what was checked and what changed."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for

from portal.core.messages import N_
from portal.core.wording import Message, Money, Said
from portal.home.facts import FactCard, FactLine, changed_facts, fact_cards, told_changes
from portal.home.held.reading import Everything
from portal.home.held.shape import Block, Field, Group
from portal.home.held.words import CHECKED, Words
from portal.home.links import fix_url, payment_url, program_url
from portal.programs.payment_labels import meaning_of
from portal.registry.codes import Owner, field_name, owner_of
from portal.registry.facts import DisbursementFacts, ParticipationFacts
from portal.registry.models import Statement

_STATE = {True: N_("receives it"), False: N_("ended"), None: N_("not recorded")}
_STAGE = N_("%(program)s, stage %(stage)s of %(year)s")


def record_groups(everything: Everything, words: Words) -> Iterator[Group]:
    """Every group that stands on the official record."""
    facts = everything.record.facts
    extract = words.speaker.day(facts.as_of) if facts.as_of else ""
    for card in fact_cards(everything.record, words.speaker):
        yield Group(
            card.key, words.say(card.title) if not card.folded else card.title, tuple(_blocks(card, words, extract))
        )
    desils = [
        Field(
            f"desil-{one.ranked_on}",
            words.say(field_name("desil")),
            str(one.desil),
            on=words.speaker.day(one.ranked_on),
        )
        for one in facts.desils
    ]
    yield _group(words, Owner.BPS, "desil", N_("Desil, now and before"), desils, N_("No desil is recorded."), extract)
    took_part = [_participation(one, everything, words) for one in facts.participations]
    title, empty = N_("Programmes"), N_("No programme is recorded.")
    yield _group(words, Owner.KEMENSOS, "programmes", title, took_part, empty, extract)
    paid = [_payment(one, everything, words) for one in everything.payments]
    yield _group(words, Owner.KEMENSOS, "payments", N_("Payments"), paid, N_("No payment is recorded."), extract)
    stated = [_statement(one, everything, words) for one in everything.record.statements]
    yield words.portal("checked", N_("What officers checked"), stated, N_("No officer has checked a fact yet."))
    changed = [
        Field(f"change-{number}", label, now, on=when, details=words.pairs((N_("before"), before)))
        for number, (label, now, before, when) in enumerate(changed_facts(everything.record, words.speaker), start=1)
    ]
    yield words.portal("changes", N_("What changed in the record"), changed, N_("No change is recorded."))
    right = list(_said_right(everything, words))
    yield words.portal(
        "said_right",
        N_("What your family said is right"),
        right,
        N_("Nothing."),
        how=words.say(N_("You can take it back on the page of your desil. No officer can read it.")),
        where=url_for("home.desil", _anchor="berubah"),
    )


def _said_right(everything: Everything, words: Words) -> Iterator[Field]:
    """What was said, also of a fact that has changed since: it is held until the night after."""
    said = everything.record.right
    for change, (label, now, _before, when) in told_changes(everything.record, words.speaker):
        if change.id in said:
            day = words.moment(said[change.id].at)
            yield Field(f"right-{change.id}", label, now, on=day, details=words.pairs((N_("recorded"), when)))


def _group(words: Words, owner: Owner, key: str, title: str, fields: list[Field], empty: str, extract: str) -> Group:
    blocks = (words.block(owner, fields, on=extract),) if fields else ()
    return Group(key, words.say(title), blocks, words.say(empty))


def _blocks(card: FactCard, words: Words, extract: str) -> Iterator[Block]:
    """The lines of a card, one block for each owner."""
    on = words.speaker.day(card.on) if card.on else extract
    by_owner: dict[Owner, list[FactLine]] = {}
    for line in card.lines:
        by_owner.setdefault(owner_of(line.key), []).append(line)
    for owner, lines in by_owner.items():
        yield words.block(owner, [_fact(line) for line in lines], source=card.source, on=on)


def _fact(line: FactLine) -> Field:
    return Field(
        line.key,
        line.label,
        line.value,
        checked=line.checked,
        sure=line.checked_note,
        fix=fix_url(line.field, line.member) if line.field else None,
    )


def _member_name(member_id: int | None, everything: Everything) -> str:
    names = {member.id: member.name for member in everything.record.facts.members}
    return names.get(member_id, "") if member_id is not None else ""


def _participation(one: ParticipationFacts, everything: Everything, words: Words) -> Field:
    day = words.speaker.day
    return Field(
        f"programme-{one.program}",
        words.say(everything.world.program_name(one.program)),
        words.say(_STATE[one.active]),
        details=words.pairs(
            (N_("since"), day(one.since) if one.since else ""),
            (N_("until"), day(one.until) if one.until else ""),
            (N_("reason"), one.reason or ""),
            (N_("member"), _member_name(one.member_id, everything)),
        ),
        fix=program_url(one.program),
    )


def _payment(one: DisbursementFacts, everything: Everything, words: Words) -> Field:
    values = {"program": everything.world.program_name(one.program), "stage": one.stage, "year": one.year}
    day = words.speaker.day
    return Field(
        f"payment-{one.id}",
        words.say(Message(_STAGE, values)),
        words.speaker.money(Money(one.amount)) if one.amount is not None else words.not_recorded,
        details=words.pairs(
            (N_("state"), words.say(meaning_of(one.status).title)),
            (N_("planned for"), day(one.scheduled_on) if one.scheduled_on else ""),
            (N_("paid on"), day(one.paid_on) if one.paid_on else ""),
            (N_("through"), one.channel or ""),
            (N_("note"), one.note or ""),
            (N_("member"), _member_name(one.member_id, everything)),
        ),
        fix=payment_url(one.id),
        is_amount=one.amount is not None,
    )


def _statement(one: Statement, everything: Everything, words: Words) -> Field:
    value = everything.record.stated_values.get(one.id, one.value)
    label: Said = field_name(one.field)
    name = _member_name(one.subject_id, everything) if one.subject in ("member", "member_health") else ""
    known = everything.record.places
    if one.field == "village_id" and value and value.isdigit():
        value = known.get(int(value), value)
    return Field(
        f"checked-{one.id}",
        f"{name}: {words.say(label)}" if name else words.say(label),
        value or words.not_recorded,
        on=words.moment(one.stated_at),
        sure=words.say(CHECKED[one.state]),
        details=words.pairs((N_("by"), one.staff_name), (N_("submission"), one.case_reference)),
    )
