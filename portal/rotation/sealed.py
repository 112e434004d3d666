"""The one list of what is sealed in the database: table, column, and the purpose that it is sealed for.

A test compares it with the models. Files are sealed too; ``resealing`` finds them in the blob store itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, literal

import portal.schema  # noqa: F401 - registers every table
from portal.core.db import Base


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed column. ``purpose_column`` names the column that holds the purpose, where rows differ in it."""

    table: str
    column: str
    purpose: str = ""
    purpose_column: str = ""

    @property
    def of(self) -> Table:
        """Its table."""
        return Base.metadata.tables[self.table]

    @property
    def purpose_of_row(self) -> ColumnElement[str]:
        """The purpose, to be asked with the row."""
        return self.of.c[self.purpose_column] if self.purpose_column else literal(self.purpose)


SEALED: tuple[Sealed, ...] = (
    Sealed("family", "kk_sealed", "kk"),
    Sealed("family", "address_sealed", "address"),
    Sealed("member", "nik_sealed", "nik"),
    Sealed("record_change", "old_sealed", purpose_column="field"),
    Sealed("record_change", "new_sealed", purpose_column="field"),
    Sealed("statement", "value_sealed", purpose_column="field"),
    Sealed("statement", "before_sealed", purpose_column="field"),
    Sealed("cases", "answers_sealed", "cases.answers"),
    Sealed("case_event", "words_sealed", "case_event.words"),
    Sealed("case_draft", "answers_sealed", "case_draft.answers"),
    Sealed("visit", "code_sealed", "visit.code"),
    Sealed("visit", "draft_sealed", "visit.draft"),
    Sealed("visit", "result_sealed", "visit.result"),
    Sealed("visit", "place_sealed", "visit.place"),
    Sealed("proposal", "answers_sealed", "proposal.answers"),
    Sealed("proposal_event", "words_sealed", "proposal_event.words"),
    Sealed("push_subscription", "endpoint_sealed", "push_subscription.endpoint"),
    Sealed("contact", "phone_sealed", "contact.phone"),
    Sealed("staff_credential", "totp_sealed", "staff-totp"),
    Sealed("breach", "what_sealed", "breach"),
    Sealed("breach", "who_sealed", "breach"),
    Sealed("breach", "measures_sealed", "breach"),
)
TABLES: tuple[str, ...] = tuple(dict.fromkeys(one.table for one in SEALED))


def columns_of(table: str) -> list[Sealed]:
    """The sealed columns of a table."""
    return [one for one in SEALED if one.table == table]
