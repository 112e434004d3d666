"""The tables of the official record and of what was established here beside it."""

from portal.registry.models.area import Area
from portal.registry.models.benefit import Disbursement, Participation
from portal.registry.models.family import Desil, Family, Housing
from portal.registry.models.history import ExtractLoad, Finding, RecordChange, Statement
from portal.registry.models.member import Member, MemberHealth, NikIndex, Person

__all__ = [
    "Area",
    "Desil",
    "Disbursement",
    "ExtractLoad",
    "Family",
    "Finding",
    "Housing",
    "Member",
    "MemberHealth",
    "NikIndex",
    "Participation",
    "Person",
    "RecordChange",
    "Statement",
]
