"""Draw the table of moves as docs/stages.md: a diagram for each way, and who does what. A test holds the page equal.

Run: .venv/bin/python tools/stages.py
"""

from __future__ import annotations

from pathlib import Path

from portal.cases.promises import LATER, WAITING, promises
from portal.cases.workflow import EYES, LOCAL, STATES, TABLE, Move, MoveRule, Right, Side, State, Track

FILE = Path(__file__).resolve().parents[1] / "docs" / "stages.md"
_HEAD = """# The stages of a case

Made from the table in `portal/cases/workflow.py` by `tools/stages.py`; do not edit it by hand.
The words that families read stand in `portal/cases/states.py`, the days in `portal/cases/promises.toml`.
"""
_TITLES = {
    Track.SHORT: "The shorter way: complaints, questions, and what no ranking is made of",
    Track.QUIET: "About another household: who sends it hears only that it was looked into",
    Track.CLAIM: "What a household is asked about itself: two officers before the centre, or erased",
    Track.LONG: "The whole way: what families are ranked by, objections and proposals",
}
_RIGHTS = {
    Right.WORK: "officer",
    Right.DECIDE: "officer who decides",
    Right.VERIFY: "kecamatan supervisor",
    Right.CONFIRM: "regency office",
}
#: Said in words below the diagram, since they lead from nearly everywhere.
_EVERYWHERE = (Move.WITHDRAW, Move.DISOWN, Move.CLEAR_UP)


def page() -> str:
    """The whole page."""
    parts = [_HEAD, *(_way(track) for track in Track), _days()]
    return "\n".join(parts)


def _way(track: Track) -> str:
    table = TABLE[track]
    drawn = [
        f"    {start} --> {rule.to.value}: {move.value}"
        for move, rule in table.items()
        if move not in _EVERYWHERE and rule.to is not None
        for start in _starts(rule)
    ]
    rows = [_row(move, rule) for move, rule in table.items()]
    return "\n".join(
        [
            f"## {_TITLES[track]}",
            "",
            "```mermaid",
            "stateDiagram-v2",
            f"    [*] --> {State.SENT.value}",
            "    state local {",
            *(f"        {state.value}" for state in State if state in LOCAL),
            "    }",
            *drawn,
            "```",
            "",
            "| move | by | from | to | family is told | promise that begins |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _starts(rule: MoveRule) -> list[str]:
    """Where the arrows begin: one for all that is with the village's officer, where the move starts anywhere there."""
    local = rule.start | {rule.to} >= LOCAL
    left = rule.start - LOCAL if local else rule.start
    return (["local"] if local else []) + [state.value for state in State if state in left and state is not rule.to]


def _row(move: Move, rule: MoveRule) -> str:
    if rule.side is Side.STAFF:
        by = _RIGHTS[rule.right] + (" who has the case" if rule.holder_only else "")
    else:
        by = rule.side.value
    if move in EYES:
        by += f" (eyes of the {EYES[move]})"
    start = ", ".join(state.value for state in State if state in rule.start)
    to = rule.to.value if rule.to else "as it is"
    return f"| {move.value} | {by} | {start} | {to} | {rule.notice or ''} | {rule.promise or ''} |"


def _days() -> str:
    later = [f"| {stage} | {days} |" for stage, days in promises()[LATER].items()]
    waits = promises()[WAITING]
    return "\n".join(
        [
            "## Days",
            "",
            "Working days from entering a later stage to leaving it. The first stage has a line for each kind.",
            "",
            "| stage | working days |",
            "|---|---|",
            *later,
            "",
            (
                f"A family that was asked something is reminded after {waits['first']} and {waits['second']} working "
                f"days; after {waits['pause']} its case rests until one tap. Nothing is closed by silence."
            ),
            "",
            (
                "Whoever takes part in one of the steps of several eyes takes part in no other of the same case, in "
                "the table and in the database. What happens after *centre* is decided outside the portal and written "
                "down as SIKS-NG tells it. *local* stands for every state with the village's officer."
            ),
            "",
            f"The states: {', '.join(f'*{state.value}* ({info.desk_word})' for state, info in STATES.items())}.",
            "",
        ]
    )


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
