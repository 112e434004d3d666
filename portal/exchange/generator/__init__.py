"""Invented extracts in the registry's format, for tests, measurements and the demo.

Everybody in them is invented: names are drawn from lists, every NIK and No. KK has a serial 9xxx. The
areas are real. The same seed gives the same extract, and ``quarter=1`` the same families one quarter
later.
"""

from portal.exchange.generator.household import Household
from portal.exchange.generator.households import households
from portal.exchange.generator.spoil import Spoiled, spoiled
from portal.exchange.generator.writing import Style, write_extract

__all__ = ["Household", "Spoiled", "Style", "households", "spoiled", "write_extract"]
