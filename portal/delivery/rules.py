"""When a message may go out, how often it is tried, and in which words: pure rules over ``rules.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.core.wording import Localised

RULES = Path(__file__).parent / "rules.toml"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules on file."""

    quiet_from: time
    quiet_until: time
    urgent: frozenset[str]  # keys of messages
    retry: tuple[timedelta, ...]
    push_for: timedelta
    push_hosts: tuple[str, ...]  # one that begins with a dot stands for everything below it
    tell_after: timedelta
    tell: tuple[str, ...]  # keys of messages
    words: Mapping[str, Localised]  # by channel

    def not_before(self, key: str, moment: datetime, zone: ZoneInfo) -> datetime:
        """When a message with this key may go out at the earliest: ``moment``, or the end of the quiet hours."""
        here = moment.astimezone(zone)
        if key in self.urgent or not self._is_quiet(here.time()):
            return moment
        morning = here.replace(hour=self.quiet_until.hour, minute=self.quiet_until.minute, second=0, microsecond=0)
        if here.time() >= self.quiet_until:
            morning += timedelta(days=1)
        return morning.astimezone(moment.tzinfo)

    def _is_quiet(self, hour: time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def wait_after(self, attempts: int) -> timedelta | None:
        """How long after that many tries that did not go through; None where it is not tried again."""
        return self.retry[attempts - 1] if attempts <= len(self.retry) else None

    def is_push_host(self, host: str) -> bool:
        """Whether it is one of the known push services."""
        return any(host == one or (one.startswith(".") and host.endswith(one)) for one in self.push_hosts)


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules on file, read once."""
    return read_rules(RULES)


def read_rules(path: Path) -> Rules:
    """Read the file. Raises ``ValueError`` where something is missing."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return Rules(
            quiet_from=time.fromisoformat(found["quiet"]["from"]),
            quiet_until=time.fromisoformat(found["quiet"]["until"]),
            urgent=frozenset(found["quiet"]["urgent"]),
            retry=tuple(timedelta(minutes=minutes) for minutes in found["retry"]["minutes"]),
            push_for=timedelta(days=found["push"]["days"]),
            push_hosts=tuple(found["push"]["hosts"]),
            tell_after=timedelta(hours=found["tell"]["after_hours"]),
            tell=tuple(found["tell"]["keys"]),
            words={channel: Localised(**words) for channel, words in found["words"].items()},
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name}: {error} is missing or wrong") from error
