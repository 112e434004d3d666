"""The pages of signing in and out, of the first time, and of giving out slips."""

from portal.accounts.views import activation, binding, family, staff
from portal.accounts.views.blueprint import blueprint

__all__ = ["activation", "binding", "blueprint", "family", "staff"]
