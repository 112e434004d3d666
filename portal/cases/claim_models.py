"""What joins a claim about a household with the report that it came of. No family reads it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class ClaimLink(Base):
    """One household that was asked because of one report."""

    __tablename__ = "claim_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["claim_family_id", "claim_id"],
            ["cases.family_id", "cases.id"],
            name="fk_claim_link_claim",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["report_family_id", "report_id"],
            ["cases.family_id", "cases.id"],
            name="fk_claim_link_report",
            ondelete="CASCADE",
        ),
        CheckConstraint("claim_family_id <> report_family_id", name="two_families"),
        Index("ix_claim_link_report", "report_family_id", "report_id"),
    )

    claim_family_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    claim_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    report_family_id: Mapped[int] = mapped_column(BigInteger)
    report_id: Mapped[int] = mapped_column(BigInteger)
    linked_by: Mapped[int] = mapped_column(BigInteger, ForeignKey("staff.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
