"""Areas of Indonesia, by Kemendagri code."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Area(Base):
    """A province, regency, kecamatan or village. The id is the digits of its Kemendagri code."""

    __tablename__ = "area"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        Index("ix_area_parent_name", "parent_id", "name"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(SmallInteger)  # 1 province, 2 regency, 3 kecamatan, 4 village
    parent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(Text)
    bps_code: Mapped[str | None] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(default=False, server_default="false")  # not in the newest set


def area_code(area_id: int) -> str:
    """The written form: ``35.10.14.2015`` for 3510142015."""
    digits = str(area_id)
    parts = [digits[0:2], digits[2:4], digits[4:6], digits[6:10]]
    return ".".join(part for part in parts if part)
