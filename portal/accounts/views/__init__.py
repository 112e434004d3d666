"""The pages of signing in and out, of the first time, and of giving out slips."""

from portal.accounts.views import (
    activation,
    binding,
    family,
    intake,
    inviting,
    kinship,
    kiosks,
    looking,
    own_family,
    own_sessions,
    passkey_signin,
    passkeys,
    resetting,
    staff,
    staff_admin,
    staff_ending,
    stepup,
)
from portal.accounts.views.blueprint import blueprint

__all__ = [
    "activation",
    "binding",
    "blueprint",
    "family",
    "intake",
    "inviting",
    "kinship",
    "kiosks",
    "looking",
    "own_family",
    "own_sessions",
    "passkey_signin",
    "passkeys",
    "resetting",
    "staff",
    "staff_admin",
    "staff_ending",
    "stepup",
]
