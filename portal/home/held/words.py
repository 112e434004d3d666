"""Makes the blocks of the page: who keeps what, how sure it is, how it is corrected. As data in one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import url_for

from portal.accounts.actor import FamilyActor
from portal.core.messages import N_
from portal.core.wording import Message, Said, Speaker
from portal.home.held.shape import Block, Field, Group, masked
from portal.registry.codes import NOT_RECORDED, OWNER_ADVICE, OWNER_WORDS, Owner
from portal.web.formats import day_time

#: How sure what an owner says is; a field that an officer checked says so itself.
SURE: Mapping[Owner, str] = {
    Owner.DUKCAPIL: N_("as the source wrote it; not checked here"),
    Owner.VILLAGE: N_("as the source wrote it; not checked here"),
    Owner.BPS: N_("as BPS gave it; nobody here can check it"),
    Owner.KEMENSOS: N_("as Kemensos gave it; not checked here"),
    Owner.BANK: N_("as the source wrote it; only the bank can check it"),
    Owner.PORTAL: N_("written down by this portal when it happened"),
}
UNKNOWN = N_("not known")
CHECKED: Mapping[str, str] = {
    "accepted": N_("checked by an officer, and accepted by the centre"),
    "waiting": N_("checked by an officer; the centre has not accepted it yet"),
    "contradicted": N_("checked by an officer; the centre still records something else"),
}
#: Where a family begins to correct what an owner keeps; None: not in the portal, the advice says where.
WHERE: Mapping[Owner, tuple[str, dict[str, Any]] | None] = {
    Owner.DUKCAPIL: None,
    Owner.VILLAGE: ("cases.choose", {}),
    Owner.BPS: None,
    Owner.KEMENSOS: ("cases.choose", {}),
    Owner.BANK: None,
    Owner.PORTAL: ("cases.begin", {"slug": "data-portal"}),
}
PORTAL_ADVICE = N_(
    "Tell the regency office here. It mends what is wrong and tells you within 3x24 hours, counted by the clock (Pasal "
    "30 of UU 27/2022)."
)


class Words:
    """Says the parts of the page for one reader."""

    def __init__(self, actor: FamilyActor, speaker: Speaker) -> None:
        self.zone, self.speaker = actor.zone, speaker
        self.not_recorded = speaker.say(NOT_RECORDED)

    def say(self, said: Said | str | None) -> str:
        """The words, with every whole number masked."""
        return masked(self.speaker.say(said))

    def moment(self, value: datetime | str | None) -> str:
        """A moment in the village's time; text is one of JSON. Nothing for None."""
        if value is None:
            return ""
        return day_time(datetime.fromisoformat(value) if isinstance(value, str) else value, self.zone)

    def block(
        self,
        owner: Owner,
        fields: Iterable[Field],
        *,
        source: str = "",
        on: str = "",
        how: str = "",
        where: str | None = None,
    ) -> Block:
        """Fields of one owner; what is not said comes from the table."""
        begin = WHERE[owner]
        default = PORTAL_ADVICE if owner is Owner.PORTAL else OWNER_ADVICE[owner]
        return Block(
            owner=owner.value,
            owner_name=self.say(OWNER_WORDS[owner]),
            source=source or self.say(OWNER_WORDS[owner]),
            on=on,
            sure=self.say(SURE[owner]),
            how=how or self.say(default),
            where=where or (url_for(begin[0], **begin[1]) if begin else None),
            fields=tuple(self._field(field) for field in fields),
        )

    def portal(self, key: str, title: str, fields: Iterable[Field], empty: str, **more: str) -> Group:
        """A group that the portal itself keeps."""
        found = list(fields)
        blocks = (self.block(Owner.PORTAL, found, **more),) if found else ()
        return Group(key, self.say(title), blocks, self.say(empty))

    def _field(self, field: Field) -> Field:
        """Nothing leaves with a whole number in it."""
        return replace(
            field,
            label=masked(field.label),
            value=masked(field.value),
            checked=masked(field.checked),
            details=tuple((masked(label), masked(value)) for label, value in field.details),
            sure=self.say(UNKNOWN) if field.value == self.not_recorded and not field.checked else field.sure,
        )

    def pairs(self, *pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        """Details with their labels said; those without a value are left out."""
        return tuple((self.say(label), value) for label, value in pairs if value)


def text_of(words: str) -> Message:
    """Words as they are, where a message is wanted."""
    return Message("%(text)s", {"text": words})
