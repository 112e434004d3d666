"""The conditions of ``criteria`` as SQL, for whole sets of families: each kind has a twin here, proven equal by a test.

A twin is a boolean expression: true met, false not met, NULL unknown. SQL's own AND and OR are Kleene's.
"""

from portal.programs.criteria_sql import combine, family, member, pkh
from portal.programs.criteria_sql.base import TWINS, Asked, mixes

__all__ = ["TWINS", "Asked", "combine", "family", "member", "mixes", "pkh"]
