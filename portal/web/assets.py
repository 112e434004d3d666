"""Built assets: from a plain name to the URL of its hashed file, and serving them for ever-caching.

``npm run build`` writes ``static/dist/`` with a ``manifest.json`` (plain name -> hashed name) and, beside
each file, its brotli and gzip twins.
"""

from __future__ import annotations

import json
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, current_app
from whitenoise import WhiteNoise

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "static" / "dist"
PREFIX = "/static/"


class AssetsNotBuilt(RuntimeError):
    """The asset is not in the manifest: the build has not run, or the name is wrong."""


class Manifest(dict[str, str]):
    """Plain name to URL; an unknown name says what to do about it."""

    def __missing__(self, name: str) -> str:
        raise AssetsNotBuilt(f"no built asset {name!r}: run `make assets`")


def load_manifest(dist: Path = DIST) -> dict[str, str]:
    """Read the manifest of the build: plain name to URL. Empty where nothing is built yet."""
    path = dist / "manifest.json"
    if not path.exists():
        return {}
    return {name: PREFIX + hashed for name, hashed in json.loads(path.read_text()).items()}


def asset(name: str) -> str:
    """Return the URL of a built asset, such as ``asset("portal.css")``."""
    manifest: Manifest = current_app.extensions["portal_assets"]
    return manifest[name]


def _static_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def init_assets(app: Flask, dist: Path = DIST) -> None:
    """Load the manifest and let whitenoise answer ``/static/`` before Flask sees the request."""
    manifest = Manifest(load_manifest(dist))
    app.extensions["portal_assets"] = manifest
    app.jinja_env.globals["asset"] = manifest.__getitem__
    if dist.exists():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(dist),
            prefix=PREFIX,
            allow_all_origins=False,
            immutable_file_test=lambda path, url: True,
            add_headers_function=_static_headers,
        )
