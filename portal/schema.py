"""Every table of the portal, gathered for migrations and for the test that compares them."""

import portal.accounts.models
import portal.accounts.passkey_models
import portal.accounts.reset_models
import portal.accounts.staff_models
import portal.audit.looks
import portal.audit.models
import portal.cases.claim_models
import portal.cases.helping.models
import portal.cases.models
import portal.cases.pace_models
import portal.cases.proposals.models
import portal.cases.reading
import portal.cases.sealed
import portal.cases.visit_models
import portal.delivery.models
import portal.home.models
import portal.inbox.contacts
import portal.inbox.models
import portal.office.breach_models
import portal.privacy.models
import portal.programs.models
import portal.programs.offering_models
import portal.programs.place_models
import portal.registry.models  # noqa: F401
