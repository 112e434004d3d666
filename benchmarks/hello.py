"""A bare Flask view, on the server and the settings that the portal runs on: what the framework alone costs."""

from __future__ import annotations

import sys

from flask import Flask

from portal.serving import serve


def make_app() -> Flask:
    """One view that says hello."""
    app = Flask(__name__, static_folder=None)

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app


if __name__ == "__main__":
    serve("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1]), target="benchmarks.hello:make_app")
