"""What the portal itself wrote down: sign-in, submissions, messages, consents, helpers, who looked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for

from portal.accounts.own_sessions import KINDS as DEVICES
from portal.audit.looks import LookFacts, reason_words
from portal.cases.helping.mandates import RELATIONS, TOPICS
from portal.cases.helping.models import Mandate
from portal.cases.kinds import Kind, World
from portal.cases.loading import open_answers
from portal.cases.path import path_steps
from portal.cases.visit_records import VisitView
from portal.cases.visit_words import found_rows
from portal.cases.voice import say as say_case
from portal.cases.voice import spoken_path
from portal.cases.ways import kind_of
from portal.cases.workflow import STATES, State
from portal.core.clock import zone
from portal.core.messages import N_
from portal.delivery.devices import Device
from portal.home.held.reading import Everything, SentCase
from portal.home.held.shape import Field, Group
from portal.home.held.words import Words
from portal.inbox.contacts import CHANNELS, OWNERS, Reached
from portal.inbox.service import Letter
from portal.privacy.consents import Choice

#: On the page the newest; the download and the paper have them all.
SHOWN = 20
_HERE = N_("You can change this here yourself.")
_SLIPS = {"activation": N_("Slip for the first sign-in"), "reset": N_("Slip for a new PIN")}


def written_groups(everything: Everything, words: Words) -> Iterator[Group]:
    """Every group that the portal keeps by itself."""
    yield from _sent_groups(everything, words)
    yield from _login_groups(everything.login, words)
    yield from _steered_groups(everything, words)


def _sent_groups(everything: Everything, words: Words) -> Iterator[Group]:
    """What was sent, begun and told."""
    cases = [_case(one, everything, words) for one in everything.cases]
    yield words.portal("cases", N_("Submissions"), cases, N_("Nothing was sent."))
    drafts = [
        Field(
            f"draft-{number}",
            words.say(draft.kind.title),
            words.say(N_("begun, not sent")),
            on=words.moment(draft.updated_at),
            fix=url_for("cases.check", draft_id=draft.id),
        )
        for number, draft in enumerate(everything.drafts, start=1)
    ]
    yield words.portal("drafts", N_("Begun and not sent"), drafts, N_("Nothing is begun."), how=words.say(_HERE))
    yield words.portal(
        "contact",
        N_("How you are reached"),
        [_reached(everything.reached, words)] if everything.reached else [],
        N_("You told no phone number."),
        how=words.say(_HERE),
        where=url_for("cases.begin", slug="kontak"),
    )
    letters = [_letter(number, letter, words) for number, letter in enumerate(everything.letters, start=1)]
    yield words.portal("messages", N_("Messages to you"), letters, N_("There is no message."))
    news = [_news(number, one, words) for number, one in enumerate(everything.devices, start=1)]
    own = url_for("delivery.own_devices")
    yield words.portal("news", N_("Devices that get news"), news, N_("Nothing."), how=words.say(_HERE), where=own)


def _login_groups(held: dict[str, Any], words: Words) -> Iterator[Group]:
    """The sign-in, its devices and its slips."""
    own, here = url_for("accounts.own_login"), words.say(_HERE)
    yield words.portal("login", N_("Your sign-in"), _login(held, words), N_("You have no sign-in."))
    devices = _devices(held, words)
    yield words.portal("devices", N_("Where you signed in"), devices, N_("Nothing."), how=here, where=own)
    slips = _slips(held, words)
    yield words.portal("slips", N_("Slips given out for you"), slips, N_("No slip was given out for you."))


def _steered_groups(everything: Everything, words: Words) -> Iterator[Group]:
    """Consents, helpers, and who looked."""
    consents, where = [_consent(one, words) for one in everything.consents], url_for("privacy.own_consents")
    yield words.portal("consents", N_("Consents"), consents, N_("Nothing."), how=words.say(_HERE), where=where)
    helpers = [*_companion(everything.login, words), *(_helper(one, words) for one in everything.helpers)]
    yield words.portal("helpers", N_("Helpers and companion"), helpers, N_("Nobody."))
    yield words.portal(
        "looks",
        N_("Who looked"),
        [_look(one, words) for one in everything.looks],
        N_("No officer has opened your data yet."),
        how=words.say(N_("Do you not know one of them? Say so on the page.")),
        where=url_for("privacy.who_looked"),
    )


def _case(sent: SentCase, everything: Everything, words: Words) -> Field:
    case, kind, state = sent.case, kind_of(sent.case), State(sent.case.state)
    rows = kind.rows(open_answers(case), everything.world)
    path = spoken_path(path_steps(sent.path, state, case.promised_on), zone(everything.actor.zone))
    happened = [
        (step["when"], ". ".join(filter(None, (step["word"], step["note"])))) for step in path[: len(sent.path)]
    ]
    return Field(
        case.reference,
        f"{words.say(kind.title)}, {case.reference}",
        words.say(STATES[state].word),
        on=words.moment(case.sent_at),
        details=(
            *((words.say(row.label), say_case(row.value)) for row in rows),
            *words.pairs((N_("papers"), str(sent.papers or ""))),
            *happened,
            *(pair for visit in sent.visits for pair in _visit(visit, kind, everything.world, words)),
        ),
        fix=url_for("cases.detail", reference=case.reference),
    )


def _visit(visit: VisitView, kind: Kind, world: World, words: Words) -> list[tuple[str, str]]:
    """What was recorded at a visit, and the family's word on it."""
    result = visit.result
    if result is None:
        return []
    place = f"{visit.place['latitude']}, {visit.place['longitude']}" if visit.place else ""
    return [
        *((row.label, row.found) for row in found_rows(kind, world, visit)),
        *words.pairs(
            (N_("Also seen"), result.seen_more),
            (N_("Who was there"), result.present),
            (N_("The family's word on it"), words.say(N_("Right")) if result.is_right else result.word_text),
            (N_("Place of the house"), place),
        ),
    ]


def _letter(number: int, letter: Letter, words: Words) -> Field:
    return Field(
        f"message-{number}", words.say(letter.text.title), words.say(letter.body), on=words.moment(letter.created_at)
    )


def _reached(one: Reached, words: Words) -> Field:
    number = one.phone.written if one.phone else words.say(N_("no phone"))
    whose = words.pairs((N_("Whose phone"), words.say(OWNERS[one.whose]))) if one.phone else ()
    return Field("phone", words.say(CHANNELS[one.channel]), number, on=words.moment(one.since), details=whose)


def _news(number: int, one: Device, words: Words) -> Field:
    system, _slash, browser = one.kind.partition("/")
    label = words.say(DEVICES.get(system, DEVICES[""]))
    value = words.say(N_("its address, sealed; a message says only that there is one"))
    return Field(f"news-{number}", f"{label} {browser}".strip(), value, on=words.moment(one.since))


def _login(login: dict[str, Any], words: Words) -> Iterator[Field]:
    account = login["account"]
    if account is None:
        return
    by = words.pairs((N_("slip given out by"), account["by"] or ""))
    made = words.moment(account["activated_at"])
    yield Field("activated_at", words.say(N_("made")), made, details=by)
    yield Field("pin_changed_at", words.say(N_("PIN set")), words.moment(account["pin_changed_at"]))
    if account["last_visit_at"]:
        yield Field("last_visit_at", words.say(N_("last sign-in")), words.moment(account["last_visit_at"]))
    for number, key in enumerate(login["passkeys"], start=1):
        used = words.pairs((N_("last used"), words.moment(key["last_used_at"])))
        label = words.say(N_("passkey"))
        yield Field(f"passkey-{number}", label, key["name"], on=words.moment(key["created_at"]), details=used)


def _devices(login: dict[str, Any], words: Words) -> Iterator[Field]:
    for number, one in enumerate(login["sessions"], start=1):
        system, _slash, browser = one["device"].partition("/")
        device = ", ".join(filter(None, (words.say(DEVICES.get(system, DEVICES[""])), browser)))
        details = words.pairs(
            (N_("last used"), words.moment(one["last_seen_at"])),
            (N_("signed out"), words.moment(one["ended_at"])),
            (N_("helped by"), one["helper"] or ""),
        )
        label = words.say(N_("signed in"))
        yield Field(
            f"session-{number}", label, one["kiosk"] or device, on=words.moment(one["created_at"]), details=details
        )
    for number, one in enumerate(login["browsers"], start=1):
        since = words.pairs((N_("last used"), words.moment(one["last_seen_at"])))
        label, value = words.say(N_("browser that is known")), words.say(N_("by a mark in its cookies, nothing else"))
        yield Field(f"browser-{number}", label, value, on=words.moment(one["since"]), details=since)


def _slips(login: dict[str, Any], words: Words) -> Iterator[Field]:
    for one in login["slips"]:
        details = words.pairs(
            (N_("given out by"), one["by"] or ""),
            (N_("good until"), words.moment(one["expires_at"])),
            (N_("used"), words.moment(one["used_at"])),
        )
        label = words.say(_SLIPS[one["purpose"]])
        yield Field(f"slip-{one['serial']}", label, one["serial"], on=words.moment(one["bound_at"]), details=details)
    for number, one in enumerate(login["resets"], start=1):
        details = words.pairs(
            (N_("confirmed by"), one["confirmer"] or ""),
            (N_("confirmed"), words.moment(one["confirmed_at"])),
            (N_("used"), words.moment(one["used_at"])),
            (N_("called off"), words.moment(one["called_off_at"])),
        )
        label = words.say(N_("New PIN at the counter, started by"))
        yield Field(f"reset-{number}", label, one["by"], on=words.moment(one["started_at"]), details=details)


def _consent(one: Choice, words: Words) -> Field:
    said = one.history[0] if one.history else None
    answer = N_("not asked yet") if said is None else N_("agreed") if said.given else N_("taken back")
    return Field(
        one.purpose.key,
        words.say(one.purpose.title),
        words.say(answer if one.purpose.available else N_("Not available yet")),
        on=words.moment(said.at if said else None),
        details=tuple(
            (words.moment(row.at), words.say(N_("agreed") if row.given else N_("taken back"))) for row in one.history
        ),
    )


def _companion(login: dict[str, Any], words: Words) -> Iterator[Field]:
    one = login["companion"]
    if one is not None:
        label = words.say(N_("the family's own social worker (pendamping)"))
        yield Field("companion", label, f"{one['name']}, {one['title']}", on=one["since"])


def _helper(one: Mandate, words: Words) -> Field:
    day = words.speaker.day
    details = words.pairs(
        (N_("who this is"), words.say(RELATIONS[one.helper_relation])),
        (N_("for"), words.say(TOPICS[one.topic])),
        (N_("until"), day(one.until)),
        (N_("noted by"), one.officer_name),
        (N_("ended"), words.moment(one.ended_at)),
    )
    label, page = words.say(N_("named helper")), url_for("helping.my_helpers")
    on = words.moment(one.granted_at)
    return Field(f"helper-{one.public_id}", label, one.helper_name, on=on, details=details, fix=page)


def _look(one: LookFacts, words: Words) -> Field:
    return Field(
        f"look-{one.public_id}",
        f"{one.staff_name}, {one.staff_title}",
        words.say(reason_words(one.reason)),
        on=words.moment(one.at),
        details=words.pairs((N_("submission"), one.case_reference or "")),
    )
