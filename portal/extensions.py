"""Objects that exist once per process and are bound in ``create_app`` or by the command."""

from __future__ import annotations

from portal.core.blobs import BlobStore
from portal.core.db import Database
from portal.core.outward import Outward
from portal.core.sealing import Keys

db = Database()
keys = Keys()
blobs = BlobStore()
outward = Outward()
