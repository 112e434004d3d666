"""Widgets: ``govuk-frontend-wtf`` with its English taken out and its macros in an environment of their own.

The macros rest on lenient undefined values, which our templates refuse (StrictUndefined), and need none of
Flask's context processors.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from govuk_frontend_wtf import wtforms_widgets as gov
from jinja2 import Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

from portal.core.messages import N_
from portal.web.kiosk import on_kiosk

NO_CAMERA = N_("No photos on this device. Send them later from a phone, or bring the letter to the officer.")
_MACROS = Environment(
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    loader=PrefixLoader(
        {
            "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
            "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
        }
    ),
)


class Translated:
    """Mixed in before a widget of the library: our macros' environment, our words, our extra attributes.

    ``field.extra`` are parameters of the macro (``classes``, ``inputmode``, ``autocomplete``, ``suffix``...),
    ``field.attributes`` are attributes of the input.
    """

    template: str

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """The library's parameters, then ours."""
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]
        params["idPrefix"] = field.id  # not the name, which two forms of one page may share
        params.update(getattr(field, "extra", {}))
        params.setdefault("attributes", {}).update(getattr(field, "attributes", {}))
        if "autocomplete" in params and on_kiosk() is not None:
            params["autocomplete"] = "off"  # what one family types is not offered to the next
        if not field.description:
            params["hint"] = None
        if field.errors:
            params["errorMessage"] = {"text": str(field.errors[0]), "visuallyHiddenText": _("Error")}
            if "items" not in params:
                params["attributes"]["aria-invalid"] = "true"
        if getattr(field, "says_optional", False):
            mark_optional(params, field)
        return params

    def render(self, params: dict[str, Any]) -> Markup:
        """Draw with the library's macro."""
        return Markup(_MACROS.get_template(self.template).render(params=params))  # noqa: S704 - autoescaped


def mark_optional(params: dict[str, Any], field: Any) -> None:
    """Write «(optional)» behind the question where the field asks for it; nothing is marked as required."""
    text = _("%(question)s (may be left empty)", question=field.label.text)
    if "fieldset" in params:
        params["fieldset"]["legend"]["text"] = text
    elif "label" in params:
        params["label"]["text"] = text


class TextWidget(Translated, gov.GovTextInput):  # type: ignore[misc]
    """One line of text."""


class SecretWidget(Translated, gov.GovTextInput):  # type: ignore[misc]
    """One line that the screen hides; never filled in again by the server."""

    input_type = "password"

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        """Draw it empty."""
        return super().__call__(field, **{**kwargs, "value": ""})


class SelectWidget(Translated, gov.GovSelect):  # type: ignore[misc]
    """A list to pick one from; ``field.headings`` maps a value to the heading that stands above it."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Put the headings among the answers: they can be read, not picked."""
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)
        items: list[dict[str, Any]] = []
        for item in params["items"]:
            if item["value"] in field.headings:
                items.append({"value": "", "text": field.headings[item["value"]], "disabled": True})
            items.append(item)
        return params | {"items": items}


class RadiosWidget(Translated, gov.GovRadioInput):  # type: ignore[misc]
    """A few answers of which one is picked; ``field.item_hints`` maps a value to its hint."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the hints of the answers."""
        params = super().map_gov_params(field, **kwargs)
        return with_item_hints(params, field)


class ChecksWidget(Translated, gov.GovCheckboxesInput):  # type: ignore[misc]
    """Answers of which any number is picked."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the hints of the answers."""
        params = super().map_gov_params(field, **kwargs)
        return with_item_hints(params, field)


class TickWidget(Translated, gov.GovCheckboxInput):  # type: ignore[misc]
    """One box to tick; its label is the question."""


def with_item_hints(params: dict[str, Any], field: Any) -> dict[str, Any]:
    """Put the hint of each answer beside it."""
    hints = getattr(field, "item_hints", {})
    for item in params["items"]:
        if item["value"] in hints:
            item["hint"] = {"text": hints[item["value"]]}
    return params


class LongTextWidget(Translated, gov.GovTextArea):  # type: ignore[misc]
    """Several lines of text."""


class FileWidget(Translated, gov.GovFileInput):  # type: ignore[misc]
    """A file or a photo. On a kiosk a photo from its camera alone: its disk holds nothing of this family."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        """Draw it; a kiosk without a camera says how else."""
        kiosk = on_kiosk()
        if kiosk is not None and not kiosk.has_camera:
            return Markup('<p class="no-camera" id="{}">{}</p>').format(field.id, _(NO_CAMERA))
        return super().__call__(field, **kwargs)

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """Ask for the camera on a kiosk."""
        params = super().map_gov_params(field, **kwargs)
        if on_kiosk() is not None:
            params["attributes"] |= {"accept": "image/jpeg", "capture": "environment"}
        return params


class DayWidget(Translated, gov.GovDateInput):  # type: ignore[misc]
    """A date as three numbers, in the order in which Indonesians say it."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> dict[str, Any]:
        """The library's frame with our three inputs."""
        field_parts = field.parts()
        kwargs["params"] = {"items": None}
        params = super().map_gov_params(_WithParts(field, field_parts), **kwargs)
        params["attributes"].pop("aria-invalid", None)
        error = " govuk-input--error" if field.errors else ""
        names = ((_("Day"), "day", 2), (_("Month"), "month", 2), (_("Year"), "year", 4))
        params["items"] = [
            {
                "label": label,
                "id": f"{field.id}-{part}",
                "name": field.name,
                "classes": f"govuk-input--width-{width}{error}",
                "value": value,
                "autocomplete": f"bday-{part}" if field.is_birthday else None,
                "attributes": {"maxlength": str(width)},
            }
            for (label, part, width), value in zip(names, field_parts, strict=True)
        ]
        return params


class _WithParts:
    """The field as the library wants it: always three raw parts."""

    def __init__(self, field: Any, parts: tuple[str, str, str]) -> None:
        self._field = field
        self.raw_data = parts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._field, name)
