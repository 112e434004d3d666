"""The ``portal`` command.

What it does is loaded when it is asked: each process of the web server begins by reading this file once more, and would
keep everything that the commands need in its memory.
"""

from __future__ import annotations

from importlib import import_module


def main() -> None:
    """Run the command that is asked for."""
    import_module("portal.commands").main()
