"""Recomputes the chains of the trail and says which row was changed, is missing, or stands where it should not.

The digest is written out here and not asked from the database's ``audit_digest``: whoever could change rows could
change that function too. A test holds both equal. Run as the owner, in one snapshot, while the portal goes on writing.

Where the office gave the trail a period, the oldest events are gone, and a chain begins behind its cut (``audit_cut``):
what is left must stand on the hash of the last event that was removed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

SHARDS = 256
START = b"\x00"  # the hash before the first event of a chain
MOST_FINDINGS = 20  # of one shard: after one change everything behind it may differ

_DIGEST = (
    "sha256(previous || convert_to(jsonb_build_array(shard, seq, extract(epoch FROM at), event, actor_kind, actor_id,"
    " family_id, data)::text, 'UTF8'))"
)
#: The last event of a shard that was removed by the period of keeping; nothing stands before the first one.
_CUT_SEQ = "coalesce((SELECT seq FROM audit_cut WHERE shard = :shard), 0)"
_CUT_HASH = "coalesce((SELECT hash FROM audit_cut WHERE shard = :shard), '\\x00')"
#: One pass over the primary key of a shard; only rows with something wrong come back, in order.
_WRONG = text(f"""
    SELECT seq, before_seq, is_changed, is_apart FROM (
        SELECT seq, coalesce(lag(seq) OVER w, {_CUT_SEQ}) AS before_seq, {_DIGEST} IS DISTINCT FROM hash AS is_changed,
            previous IS DISTINCT FROM coalesce(lag(hash) OVER w, {_CUT_HASH}) AS is_apart
        FROM audit_event WHERE shard = :shard WINDOW w AS (ORDER BY seq)
    ) chain WHERE is_changed OR is_apart OR seq <> before_seq + 1
    ORDER BY seq LIMIT :most
""")  # noqa: S608 - a constant of ours
_LAST = text("SELECT seq, hash FROM audit_event WHERE shard = :shard ORDER BY seq DESC LIMIT 1")
_HEAD = text("SELECT seq, hash FROM audit_head WHERE shard = :shard")
_SHARDS = text("SELECT shard FROM audit_head UNION SELECT DISTINCT shard FROM audit_event ORDER BY 1")
_COUNT = text(f"SELECT coalesce(sum(seq), 0) - {_CUT_SEQ} FROM audit_head WHERE shard = :shard")  # noqa: S608
_CUTS = text("SELECT shard, seq, hash FROM audit_cut")
_AT = text(
    "SELECT shard, hash FROM audit_event WHERE (shard, seq) IN (SELECT * FROM unnest("
    "CAST(:shards AS smallint[]), CAST(:seqs AS bigint[])))"
)
_KEPT = text("SELECT day, seqs, hashes, head FROM audit_published_head ORDER BY day")
_HEADS = text("SELECT shard, seq, hash FROM audit_head ORDER BY shard")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in the trail: in which shard, at which number, and what."""

    shard: int
    seq: int
    what: str

    def __str__(self) -> str:
        return f"shard {self.shard}, event {self.seq}: {self.what}"


@dataclass(frozen=True, slots=True)
class Head:
    """The heads of all chains on a day. ``mark`` is the hash over them, short enough to print in a newspaper."""

    day: date
    seqs: tuple[int, ...]
    hashes: tuple[bytes, ...]
    mark: bytes

    def to_json(self) -> str:
        """As a published file."""
        chains = [[seq, hashed.hex()] for seq, hashed in zip(self.seqs, self.hashes, strict=True)]
        return json.dumps({"day": self.day.isoformat(), "head": self.mark.hex(), "chains": chains}, indent=1)

    @staticmethod
    def from_json(content: str) -> Head:
        """A published file. Raises ``ValueError`` where it is none, or was changed."""
        try:
            found = json.loads(content)
            seqs = tuple(int(seq) for seq, _ in found["chains"])
            hashes = tuple(bytes.fromhex(hashed) for _, hashed in found["chains"])
            head = Head(date.fromisoformat(found["day"]), seqs, hashes, bytes.fromhex(found["head"]))
        except (KeyError, TypeError, ValueError) as wrong:
            raise ValueError("this is not a published head") from wrong
        if len(seqs) != SHARDS or head.mark != mark_of(head.day, seqs, hashes):
            raise ValueError("the published head does not fit its own chains")
        return head


def mark_of(day: date, seqs: tuple[int, ...], hashes: tuple[bytes, ...]) -> bytes:
    """The hash over all heads: day, then shard, number and hash of each."""
    whole = hashlib.sha256(day.isoformat().encode())
    for shard, (seq, hashed) in enumerate(zip(seqs, hashes, strict=True)):
        whole.update(shard.to_bytes(2) + seq.to_bytes(8) + hashed)
    return whole.digest()


def shards_of(connection: Connection) -> list[int]:
    """Every shard that has a head or an event; the 256 that there should be among them."""
    return sorted(set(range(SHARDS)) | set(connection.execute(_SHARDS).scalars()))


def verify_shards(
    connection: Connection, shards: list[int], done: Callable[[int], None] = lambda _events: None
) -> Iterator[Finding]:
    """What is wrong in these chains. ``done`` is told the number of events after each of them."""
    for shard in shards:
        yield from _verify(connection, shard)
        done(int(connection.execute(_COUNT, {"shard": shard}).scalar_one()))


def _verify(connection: Connection, shard: int) -> Iterator[Finding]:
    one = {"shard": shard}
    for seq, before, is_changed, is_apart in connection.execute(_WRONG, one | {"most": MOST_FINDINGS}):
        if seq != before + 1:
            gone = f"{before + 1}" if seq == before + 2 else f"{before + 1} to {seq - 1}"
            yield Finding(shard, seq, f"stands after {before}: {gone} missing" if seq > before else "stands twice")
        if is_changed:
            yield Finding(shard, seq, "was changed or forged: its hash is not the hash of what it says")
        if is_apart:
            yield Finding(shard, seq, "does not follow on the event before it (changed, removed or put in between)")
    last = connection.execute(_LAST, one).one_or_none()
    head = connection.execute(_HEAD, one).one_or_none()
    end = (last.seq, last.hash) if last else cuts(connection).get(shard, (0, START))
    yield from _verify_end(shard, end, head and (head.seq, head.hash))


def _verify_end(shard: int, last: tuple[int, bytes], head: tuple[int, bytes] | None) -> Iterator[Finding]:
    if not 0 <= shard < SHARDS:
        yield Finding(shard, last[0], "there is no such shard")
    if head is None:
        yield Finding(shard, last[0], "the head of the chain is missing")
    elif head[0] > last[0]:
        yield Finding(shard, last[0] + 1, f"missing at the end, up to {head[0]}")
    elif head[0] < last[0]:
        yield Finding(shard, last[0], f"was put behind the head, which is at {head[0]}")
    elif head[1] != last[1]:
        yield Finding(shard, last[0], "the head of the chain has another hash")


def verify_since(connection: Connection, published: Head) -> list[Finding]:
    """Where the chains no longer hold what was published: rewritten, or cut behind that day."""
    cut = cuts(connection)
    # What was removed by the period of keeping says nothing any more, but for the last of it, whose hash is kept.
    wanted = [(shard, seq) for shard, seq in enumerate(published.seqs) if seq >= max(cut.get(shard, (0, START))[0], 1)]
    rows = connection.execute(_AT, {"shards": [s for s, _ in wanted], "seqs": [n for _, n in wanted]})
    now = {shard: hashed for shard, (seq, hashed) in cut.items() if published.seqs[shard] == seq}
    now |= {row.shard: bytes(row.hash) for row in rows}
    return [
        Finding(
            shard, seq, f"is not what was published for {published.day}" if shard in now else "is published and gone"
        )
        for shard, seq in wanted
        if now.get(shard) != published.hashes[shard]
    ]


def verify_kept(connection: Connection) -> list[Finding]:
    """The same for every head that the portal kept itself, and whether one of them was changed."""
    found = []
    for row in connection.execute(_KEPT):
        head = Head(row.day, tuple(row.seqs), tuple(bytes(one) for one in row.hashes), bytes(row.head))
        if mark_of(head.day, head.seqs, head.hashes) != head.mark:
            found.append(Finding(0, 0, f"the kept head of {head.day} was changed"))
        found += verify_since(connection, head)
    return found


def current_head(connection: Connection, day: date) -> Head:
    """The heads as they are now, for that day."""
    rows = connection.execute(_HEADS).all()
    seqs, hashes = tuple(row.seq for row in rows), tuple(bytes(row.hash) for row in rows)
    return Head(day, seqs, hashes, mark_of(day, seqs, hashes))


def cuts(connection: Connection) -> dict[int, tuple[int, bytes]]:
    """By shard, number and hash of the last event that was removed by the period of keeping."""
    return {row.shard: (row.seq, bytes(row.hash)) for row in connection.execute(_CUTS)}


def events_in(connection: Connection, shards: list[int]) -> int:
    """How many events these chains say they have."""
    return sum(int(connection.execute(_COUNT, {"shard": shard}).scalar_one()) for shard in shards)
