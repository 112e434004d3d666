"""The kinds that change data, in the order in which they are offered."""

from __future__ import annotations

from portal.cases.kinds.base import Kind
from portal.cases.kinds.couples import MARRIAGE, SPLIT
from portal.cases.kinds.follow import COMPONENT, INSURED
from portal.cases.kinds.health import DISABILITY, ILLNESS, PREGNANCY
from portal.cases.kinds.house import ASSETS, HOUSE
from portal.cases.kinds.identity import IDENTITY
from portal.cases.kinds.livelihood import SCHOOL, WORK_CHANGED
from portal.cases.kinds.membership import JOINED, LEFT
from portal.cases.kinds.money import CARD, CONTACT, MANAGER
from portal.cases.kinds.people import BIRTH, DEATH, RECORDED_DEAD
from portal.cases.kinds.review import REVIEW

DATA: tuple[Kind, ...] = (
    BIRTH,
    DEATH,
    WORK_CHANGED,
    SCHOOL,
    MARRIAGE,
    SPLIT,
    JOINED,
    LEFT,
    HOUSE,
    ASSETS,
    PREGNANCY,
    DISABILITY,
    ILLNESS,
    MANAGER,
    CONTACT,
    REVIEW,
    IDENTITY,
    RECORDED_DEAD,
    CARD,
    COMPONENT,
    INSURED,
)
