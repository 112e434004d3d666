"""Answers that name a member who does not fit any more, since the record changed after they were given."""

from __future__ import annotations

from typing import Any

from portal.cases.answers import initial
from portal.cases.drafts import Draft
from portal.core.messages import N_
from portal.web.forms import ChecksField, RadiosField

CHOOSE_AGAIN = N_(
    "Your family's record changed meanwhile: somebody whom you chose does not fit any more. Choose again; the rest of "
    "your answers is kept."
)


def outdated_step(draft: Draft) -> str | None:
    """The first page on which somebody was chosen whom it does not offer any more, or None."""
    for step in draft.kind.steps_for(draft.answers, recorded=draft.place is not None):
        if step.key not in draft.done:
            continue
        form = step.form(formdata=None, data=initial(step.form, draft.answers))
        step.prepare(form, draft.world)
        step.adapt(form, draft.world, draft.answers)
        if any(_is_gone(field) for field in form):
            return step.key
    return None


def _is_gone(field: Any) -> bool:
    """Whether what was chosen is a row of the record, by its id, and is not offered any more."""
    if not isinstance(field, RadiosField | ChecksField) or not field.data:
        return False
    offered = {str(value) for value, *_words in field.choices or ()}
    chosen = set(map(str, field.data if isinstance(field.data, list) else [field.data]))
    return not chosen <= offered and all(one.isdigit() for one in chosen)
