"""A web process that is killed while it takes a paper: what a row names is whole, what no row names is swept."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from portal.cases.drafts import begin_draft, load_draft
from portal.cases.following import read_own_paper
from portal.cases.housekeeping import sweep_blobs
from portal.cases.kinds import KINDS
from portal.config import Settings
from portal.core.source import ROOT
from portal.extensions import blobs
from tests.conftest import worker_of
from tests.environments import variables_of
from tests.factories import family_actor, make_family

#: Adds one paper, and then one whose transaction never gets to its commit.
TAKER = """
import pickle, sys
from sqlalchemy import event
from sqlalchemy.orm import Session
from portal.cases.drafts import add_paper
from portal.cases.papers import PaperPage
from portal.wsgi import make_app

app = make_app()
actor, draft_id = pickle.load(sys.stdin.buffer)

@event.listens_for(Session, "before_commit")
def said(session):
    if "second" in globals():
        print("written", flush=True)
        sys.stdin.read()

add_paper(actor, draft_id, "moving_letter", (PaperPage(b"first"),))
second = True
add_paper(actor, draft_id, "moving_letter", (PaperPage(b"second"),))
"""


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """The folder of the files of this test's process."""
    blobs.bind(tmp_path / "uploads")
    yield tmp_path / "uploads"
    blobs.bind(settings.uploads)


def test_killed_between_the_file_and_the_commit(
    app: object, committed: Engine, settings: Settings, folder: Path
) -> None:
    with committed.begin() as connection:
        head = family_actor(make_family(connection).head)
    draft_id = begin_draft(head, KINDS["moved"], {})
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    url = committed.url.render_as_string(hide_password=False)
    own = {"DATABASE_URL": url, "PORTAL_INSTANCE": str(folder.parent)}
    with subprocess.Popen(
        [sys.executable, "-c", TAKER], env=plain | variables_of(settings) | own, cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as taker:  # fmt: skip
        assert taker.stdin is not None and taker.stdout is not None
        taker.stdin.write(pickle.dumps((head, draft_id)))
        taker.stdin.flush()
        assert taker.stdout.readline() == b"written\n"
        taker.kill()
    there = [path for path in folder.glob("??/*") if path.is_file()]
    assert len(there) == 2
    (paper,) = load_draft(head, draft_id).papers
    assert read_own_paper(head, paper.public_id) == (b"first", "image/jpeg")
    for path in there:
        os.utime(path, (1, 1))
    with worker_of(committed, settings):
        assert sweep_blobs() == 1
    with committed.begin() as connection:
        named = connection.execute(text("SELECT blob FROM case_file")).scalar_one()
    assert [path.name for path in folder.glob("??/*")] == [named]
