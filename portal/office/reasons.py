"""Why a row of an extract was refused, repaired or noted, in words; a reason that is not known shows by itself."""

from __future__ import annotations

from collections.abc import Mapping

from portal.core.messages import N_
from portal.core.wording import Message

_REASONS: Mapping[str, str] = {
    "amount": N_("the amount is no number of rupiah"),
    "birth_date_differs_from_nik": N_("the date of birth differs from the NIK"),
    "birth_in_future": N_("the date of birth lies in the future"),
    "control_characters": N_("signs that cannot be printed were taken out"),
    "date_with_slashes": N_("date written with slashes"),
    "date_with_time": N_("date written with a time"),
    "desil_outside_1_10": N_("the desil is not between 1 and 10"),
    "ends_before_it_begins": N_("it ends before it begins"),
    "family_refused": N_("the row of the family was refused"),
    "family_unknown": N_("the family is not known"),
    "impossible_date": N_("the date does not exist"),
    "kk_float": N_("the No. KK was spoiled by a spreadsheet"),
    "kk_impossible": N_("the No. KK cannot exist"),
    "kk_not_16_digits": N_("the No. KK does not have 16 digits"),
    "kk_separators": N_("No. KK written with spaces or dots"),
    "line_too_long": N_("the line is too long"),
    "member_unknown": N_("the NIK is no member of the family"),
    "name_missing": N_("the name is missing"),
    "nik_float": N_("the NIK was spoiled by a spreadsheet"),
    "nik_impossible": N_("the NIK cannot exist"),
    "nik_in_two_families": N_("a NIK that stands in two families"),
    "nik_not_16_digits": N_("the NIK does not have 16 digits"),
    "nik_separators": N_("NIK written with spaces or dots"),
    "not_utf8": N_("letters that cannot be read (not UTF-8)"),
    "program_missing": N_("the programme is missing"),
    "quote_not_closed": N_("a quotation mark is not closed"),
    "sex_differs_from_nik": N_("the sex differs from the NIK"),
    "stage_outside_1_4": N_("the stage is not between 1 and 4"),
    "thousands_dots": N_("amount written with dots"),
    "unknown_program": N_("a programme that is not known"),
    "unknown_reason": N_("a cause that is not known"),
    "unknown_status": N_("a state that is not known"),
    "unknown_village": N_("the village code is not known"),
    "village_code_separators": N_("village code written with other signs"),
    "village_code_without_dots": N_("village code written without dots"),
    "whole_number_with_decimals": N_("whole number written with decimals"),
    "wrong_number_of_cells": N_("the row has too few or too many cells"),
    "year": N_("the year cannot be right"),
}
#: A reason that names the column of the extract before it: ``lantai_unknown_code``.
_OF_COLUMNS: Mapping[str, str] = {
    "_unknown_code": N_("unknown code in %(column)s"),
    "_not_a_number": N_("no number in %(column)s"),
    "_not_4_digits": N_("no 4 digits in %(column)s"),
    "_too_long": N_("too long a text in %(column)s"),
}


def reason_words(reason: str) -> Message:
    """The words for a reason, such as ``nik_float`` or ``lantai_unknown_code``."""
    if reason in _REASONS:
        return Message(_REASONS[reason])
    for end, words in _OF_COLUMNS.items():
        if reason.endswith(end):
            return Message(words, {"column": reason.removesuffix(end).upper()})
    return Message("%(reason)s", {"reason": reason.replace("_", " ")})
