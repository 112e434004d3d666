"""The words of every message, by its stored key. Values come with the message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.core.messages import N_


@dataclass(frozen=True, slots=True)
class Text:
    """Title and body (message keys), and the kind of mark beside it: good, wait, stop, info."""

    title: str
    body: str
    tone: str = "info"


TEXTS: Mapping[str, Text] = {
    "case_sent": Text(
        N_("Your submission is sent"),
        N_("%(title)s, number %(reference)s. You get an answer at the latest on %(day)s."),
        "good",
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
    "case_asked": Text(
        N_("The officer needs something from you"),
        N_("%(officer)s asks you something about «%(title)s». Open it to read and answer."),
        "stop",
    ),
    "case_visit_set": Text(
        N_("An officer comes to your house"),
        N_("%(officer)s visits you on %(visit)s (%(part)s) about «%(title)s». The visit is free."),
        "wait",
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
    "case_raised": Text(
        N_("No answer came in time, so your submission goes further"),
        N_(
            "«%(title)s» was not answered by the promised day. It is now with %(to)s. You get an answer at the latest "
            "on %(day)s. You need not do anything."
        ),
        "wait",
    ),
}
#: Shown where a message was written by a newer version of the portal.
UNKNOWN = Text(N_("A message for you"), N_("Open your submissions to see what is new."))
