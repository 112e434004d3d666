"""The words of every message, by its stored key. Values come with the message."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.messages import N_
from portal.inbox.chance_texts import CHANCE_TEXTS
from portal.inbox.stop_texts import STOP_TEXTS
from portal.inbox.text import Text

TEXTS: Mapping[str, Text] = {
    "pin_changed": Text(
        N_("Your PIN was changed"),
        N_(
            "Your PIN was changed by somebody who knew the old one, and other devices were signed out. Was it not you? "
            "Come to the village office with your KTP and KK."
        ),
        "wait",
    ),
    "passkey_added": Text(
        N_("A passkey was added to your sign-in"),
        N_(
            "Somebody who knew your PIN added a passkey. It opens your data without the PIN. Was it not you? Remove it "
            "under your sign-in and choose another PIN, or come to the village office with your KTP and KK."
        ),
        "wait",
    ),
    "passkey_removed": Text(
        N_("A passkey was removed from your sign-in"),
        N_(
            "Somebody who knew your PIN removed a passkey. Your PIN still works. Was it not you? Choose another PIN, "
            "or come to the village office with your KTP and KK."
        ),
        "wait",
    ),
    "case_sent": Text(
        N_("Your submission is sent"),
        N_("%(title)s, number %(reference)s. You get an answer at the latest on %(day)s."),
        "good",
    ),
    "case_recorded": Text(
        N_("An officer wrote down what you said"),
        N_(
            "%(officer)s wrote it down and sent it for you: %(title)s, number %(reference)s. You get an answer at the "
            "latest on %(day)s. If you did not say this, open it and tell us."
        ),
        "good",
    ),
    "case_told": Text(
        N_("Your helper told something at the counter"),
        N_(
            "%(helper)s told it for you by your mandate, %(officer)s wrote it down: %(title)s, number %(reference)s. "
            "You get an answer at the latest on %(day)s. If this is not right, open it and tell us."
        ),
        "good",
    ),
    "case_disowned": Text(
        N_("A submission has stopped: not your words"),
        N_(
            "You said that «%(title)s», which an officer wrote down, is not what you said. It has stopped. Another "
            "officer looks into it and answers at the latest on %(day)s."
        ),
        "stop",
    ),
    "case_cleared_up": Text(
        N_("A submission that was not your words is cancelled"),
        N_("%(officer)s has looked into «%(title)s». It does not count. Open it to read what was found."),
        "info",
    ),
    "mandate_granted": Text(
        N_("You have a named helper now"),
        N_("%(helper)s may help you until %(day)s, written down by %(officer)s. You can end it at any time."),
        "info",
    ),
    "case_sorted": Text(
        N_("The officer knows now what it is about"),
        N_("%(officer)s understands what you told as: %(sorted)s. You get an answer at the latest on %(day)s."),
        "wait",
    ),
    "case_taken": Text(
        N_("An officer is working on it"),
        N_("%(officer)s is working on your submission «%(title)s». You get an answer at the latest on %(day)s."),
        "wait",
    ),
    "case_taken_over": Text(
        N_("Another officer has your submission now"),
        N_("%(officer)s goes on with your submission «%(title)s». The promised day stays %(day)s."),
        "wait",
    ),
    "case_noted": Text(
        N_("An officer wrote a note on your submission"),
        N_("%(officer)s wrote a note on «%(title)s». Open it to read it. You need not do anything."),
        "info",
    ),
    "case_asked": Text(
        N_("The officer needs something from you"),
        N_("%(officer)s asks you something about «%(title)s». Open it to read and answer."),
        "stop",
    ),
    "case_paper_unreadable": Text(
        N_("A paper cannot be read"),
        N_("%(officer)s cannot read a paper of «%(title)s». Open it: it says what to do. Everything else is kept."),
        "stop",
    ),
    "case_visit_set": Text(
        N_("An officer comes to your house"),
        N_("%(officer)s visits you on %(visit)s (%(part)s) about «%(title)s». The visit is free."),
        "wait",
    ),
    "case_reminder": Text(
        N_("A question still waits for your answer"),
        N_(
            "%(officer)s asked you something about «%(title)s». Without an answer it rests after a while; it is never "
            "closed because of that."
        ),
        "stop",
    ),
    "case_paused": Text(
        N_("A submission rests"),
        N_("No answer came about «%(title)s», so it rests. It is not closed: open it and tap once to go on."),
        "stop",
    ),
    "case_checked": Text(
        N_("It has been looked into"),
        N_("«%(title)s» has been looked into. What was found is not told, to protect the other household."),
        "info",
    ),
    "claim_asked": Text(
        N_("The office has a question about your household"),
        N_("Somebody said something about your household. You can answer until %(day)s. Your aid goes on meanwhile."),
        "wait",
    ),
    "claim_found": Text(
        N_("An officer found something about your household"),
        N_("%(officer)s wrote down what was found. Read it. A second officer looks at it. Your aid goes on meanwhile."),
        "stop",
    ),
    "claim_sent_on": Text(
        N_("What was found about your household goes to the centre"),
        N_(
            "A second officer confirmed it. The centre decides, not this portal. If you do not agree, you can object "
            "now."
        ),
        "stop",
    ),
    "claim_outcome": Text(
        N_("The centre has answered about your household"),
        N_("Read what it says. If you do not agree, ask that another officer looks at it."),
        "info",
    ),
    "claim_erased": Text(
        N_("What was said about your household is not so"),
        N_("It was looked into and is not so. Everything about it has been erased. Nothing changes for your aid."),
        "good",
    ),
    "case_rest_over": Text(
        N_("The days to think it over have passed"),
        N_(
            "You did not take back «%(title)s», so it has gone to the officer. You can still take it back until "
            "something is decided."
        ),
        "wait",
    ),
    "case_visited": Text(
        N_("The visit was written down"),
        N_("%(officer)s was at your house about «%(title)s». Read what was written down. Say so if it is not right."),
        "wait",
    ),
    "case_recommended": Text(
        N_("The officer has finished looking into it"),
        N_("«%(title)s» goes to the village meeting (musdes) now. You hear from us at the latest on %(day)s."),
        "wait",
    ),
    "case_meeting_held": Text(
        N_("The village meeting was held"),
        N_("«%(title)s» is with the kecamatan now. You hear from us at the latest on %(day)s."),
        "wait",
    ),
    "case_verified": Text(
        N_("The kecamatan has verified it"),
        N_("«%(title)s» is with the regency office now. You hear from us at the latest on %(day)s."),
        "wait",
    ),
    "case_confirmed": Text(
        N_("The regency office agrees"),
        N_("«%(title)s» is confirmed and goes to the centre next, at the latest on %(day)s. The centre decides."),
        "good",
    ),
    "case_sent_back": Text(
        N_("Something has to be looked at once more"),
        N_("«%(title)s» went back to the officer of your village, until %(day)s at the latest. Open it to read why."),
        "wait",
    ),
    "case_sent_on": Text(
        N_("It was sent to the centre"),
        N_("«%(title)s» is with the centre now. It decides, and it takes months. We tell you more by %(day)s."),
        "wait",
    ),
    "case_centre_said": Text(
        N_("News from the centre"),
        N_("There is news about «%(title)s» from SIKS-NG. Open it to read it."),
        "info",
    ),
    "case_accepted": Text(
        N_("Your submission is accepted"),
        N_("%(officer)s has checked «%(title)s» and agrees. Open it to read what happens next."),
        "good",
    ),
    "case_partly": Text(
        N_("Your submission is accepted in part"),
        N_("%(officer)s has decided about «%(title)s». Open it to read which part and why."),
        "good",
    ),
    "case_refused": Text(
        N_("Your submission is not accepted"),
        N_("%(officer)s has decided about «%(title)s». Open it to read why, and what you can do."),
        "stop",
    ),
    "pin_reset_started": Text(
        N_("Somebody asks for a new PIN in your name"),
        N_(
            "%(starter)s began a new PIN for you in %(place)s on %(day)s at %(time)s. A second officer has to confirm "
            "it. Was it not you? Tell the village office at once."
        ),
        "stop",
    ),
    "pin_reset_started_other": Text(
        N_("A new PIN for somebody in your family"),
        N_(
            "%(starter)s began a new PIN for %(name)s in %(place)s on %(day)s at %(time)s. A second officer has to "
            "confirm it."
        ),
        "info",
    ),
    "pin_reset_done": Text(
        N_("Your PIN is new"),
        N_(
            "Your PIN was made new on %(day)s at %(time)s. %(starter)s and %(confirmer)s helped with it in %(place)s. "
            "Everybody who was signed in with the old PIN was signed out. Was it not you? Tell the village office at "
            "once."
        ),
        "good",
    ),
    "pin_reset_done_other": Text(
        N_("A new PIN for somebody in your family"),
        N_(
            "%(name)s has a new PIN since %(day)s at %(time)s. %(starter)s and %(confirmer)s helped with it in "
            "%(place)s."
        ),
        "info",
    ),
    "case_listed": Text(
        N_("The places have been given"),
        N_("«%(program)s», %(name)s: %(place)s"),
        "info",
    ),
    "place_offered": Text(
        N_("A place became free for you"),
        N_("«%(program)s», %(name)s: a place is kept for you until %(day)s. Open it and say whether you come."),
        "stop",
    ),
    "place_reminded": Text(
        N_("Your place waits for an answer"),
        N_(
            "«%(program)s», %(name)s: say until %(day)s whether you come. Without an answer the place then goes to the "
            "next one of the waiting list."
        ),
        "stop",
    ),
    "place_lapsed": Text(
        N_("Your place is not kept any more"),
        N_(
            "«%(program)s», %(name)s: no answer came after two reminders, so the place is free for the next one of the "
            "waiting list. Your aid does not change because of it."
        ),
        "stop",
    ),
    "place_cancelled": Text(
        N_("The office withdrew what you registered for"),
        N_(
            "«%(program)s», %(name)s: the regency office withdrew it, so nobody takes part. It is not because of you, "
            "and your aid does not change."
        ),
        "stop",
    ),
    "place_noted": Text(
        N_("The office noted what you said about your place"),
        N_("«%(program)s», %(name)s: %(officer)s noted: %(what)s If this is not right, open it or tell the office."),
        "info",
    ),
    "case_raised": Text(
        N_("No answer came in time, so your submission goes further"),
        N_(
            "«%(title)s» was not answered by the promised day. It is now with %(to)s. You get an answer at the latest "
            "on %(day)s. You need not do anything."
        ),
        "wait",
    ),
    "gone_web_push": Text(
        N_("A phone gets no news any more"),
        N_(
            "A phone or computer of yours no longer takes news from the portal, so it is switched off. You can switch "
            "it on again there. Your messages always stand here."
        ),
        "wait",
    ),
    "gone_whatsapp": Text(
        N_("WhatsApp messages do not arrive"),
        N_(
            "Your number no longer takes WhatsApp messages from the portal, so they are switched off. Is the number "
            "right? Then switch them on again under My consents. Your messages always stand here."
        ),
        "wait",
    ),
    "gone_sms": Text(
        N_("SMS do not arrive"),
        N_(
            "Your number no longer takes SMS from the portal, so they are switched off. Is the number right? Then "
            "switch them on again under My consents. Your messages always stand here."
        ),
        "wait",
    ),
    **STOP_TEXTS,
    **CHANCE_TEXTS,
}
#: Shown where a message was written by a newer version of the portal.
UNKNOWN = Text(N_("A message for you"), N_("Open your submissions to see what is new."))
