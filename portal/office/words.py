"""What the counts of a load are called on the page; a key that is not known here is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.messages import N_
from portal.core.wording import Message
from portal.office.reasons import reason_words
from portal.registry.codes import FIELD_NAMES

_COUNTS: Mapping[str, str] = {
    "read": N_("rows read"),
    "accepted": N_("rows accepted"),
    "repeated": N_("rows repeated; the first one counts"),
    "new": N_("new"),
    "changed": N_("changed"),
    "unchanged": N_("unchanged"),
    "ended": N_("ended in this load"),
    "closed": N_("no longer in the data"),
    "newer_in_registry": N_("the record is newer"),
    "contradicted": N_("the centre says otherwise"),
    "families_that_lose_a_program": N_("families that lose a programme"),
    "families_that_received_something_before": N_("families that received something before"),
    "notices": N_("messages left for families about it"),
    "families_touched": N_("families whose data changed"),
}
_WITH_REASON: Mapping[str, str] = {
    "repaired": N_("repaired: %(why)s"),
    "warned": N_("with a warning: %(why)s"),
    "refused": N_("refused: %(why)s"),
    "value_dropped": N_("value left out: %(why)s"),
    "kept": N_("taken over as it is: %(why)s"),
    "finding": N_("found: %(why)s"),
}
_FIELDS: Mapping[str, str] = {
    "alive": N_("living or died"),
    "active": N_("still going on"),
    "reason": N_("cause of the end"),
    "since": N_("beginning"),
    "until": N_("end"),
    "status": N_("state of the payment"),
    "paid_on": N_("day of the payment"),
    "scheduled_on": N_("planned day"),
    "amount": N_("amount"),
}
_CHANGES: Mapping[str, str] = {
    "_changed": N_("changed: %(field)s"),
    "_now_known": N_("known now: %(field)s"),
}


def count_words(key: str) -> Message:
    """The words for a count, without the file that stands before it: ``status_changed``, ``refused.amount``."""
    if key in _COUNTS:
        return Message(_COUNTS[key])
    kind, _, why = key.partition(".")
    if kind in _WITH_REASON and why:
        return Message(_WITH_REASON[kind], {"why": reason_words(why)})
    for end, words in _CHANGES.items():
        if key.endswith(end):
            field = key.removesuffix(end)
            name = Message(_FIELDS[field]) if field in _FIELDS else FIELD_NAMES.get(field, field)
            return Message(words, {"field": name})
    return Message("%(key)s", {"key": key.replace("_", " ")})
