"""The blueprint of the desk; the modules that put their addresses here are gathered in ``addresses``."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__)
