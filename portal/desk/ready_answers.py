"""Ready answers in plain words, as data in ``ready_answers.toml``: they fill a field that the officer then changes."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from portal.cases.workflow import Move
from portal.core.wording import Localised

FILE = Path(__file__).with_name("ready_answers.toml")
EVERY_KIND = "*"
#: The moves of which a family reads what the officer writes, and writes alike again and again.
MOVES = (
    *(Move.ASK, Move.SET_VISIT, Move.RECOMMEND, Move.SEND_BACK),
    *(Move.ACCEPT, Move.PARTLY, Move.REFUSE),
)
_LONGEST = 1000  # characters: half of what the field takes, so that what was typed stays


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """One text, for a move and some kinds."""

    key: str
    move: Move
    kinds: frozenset[str]
    label: Localised
    text: Localised

    def is_for(self, kind: str, moves: Sequence[Move]) -> bool:
        """Whether it fits a case of that kind, at one of these moves."""
        return self.move in moves and bool(self.kinds & {kind, EVERY_KIND})


@lru_cache(maxsize=1)
def ready_answers() -> tuple[ReadyAnswer, ...]:
    """Every text on file."""
    return read_answers(FILE)


def read_answers(path: Path) -> tuple[ReadyAnswer, ...]:
    """Read the file; refuses a key twice, an unknown move, and texts that are missing or too long."""
    found = tuple(
        ReadyAnswer(
            one["key"], Move(one["move"]), frozenset(one["kinds"]), Localised(**one["label"]), Localised(**one["text"])
        )
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["answer"]
    )
    if len({one.key for one in found}) != len(found):
        raise ValueError(f"{path.name}: a key stands there twice")
    for one in found:
        texts = (one.text.id, one.text.en)
        if one.move not in MOVES or not one.kinds or not all(10 <= len(words) <= _LONGEST for words in texts):
            raise ValueError(f"{path.name}: {one.key} needs a move of {MOVES}, kinds, and 10 to {_LONGEST} characters")
    return found


def answers_for(kind: str, *moves: Move) -> list[ReadyAnswer]:
    """The texts for a case of that kind, those of its own kind first."""
    fitting = [one for one in ready_answers() if one.is_for(kind, moves)]
    return sorted(fitting, key=lambda one: (moves.index(one.move), EVERY_KIND in one.kinds))


def filled(typed: str | None, key: str, language: str) -> str:
    """What was typed, and the text of that key below it; unchanged where there is no such text or it stands there."""
    before = (typed or "").strip()
    found = next((one for one in ready_answers() if one.key == key), None)
    if found is None or found.text.text(language) in before:
        return before
    return "\n\n".join(part for part in (before, found.text.text(language)) if part)
