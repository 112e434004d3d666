"""The pages of signing in and out, of the first time, and of giving out slips."""

from portal.accounts.views import activation, binding, family, passkey_signin, passkeys, staff
from portal.accounts.views.blueprint import blueprint

__all__ = ["activation", "binding", "blueprint", "family", "passkey_signin", "passkeys", "staff"]
