"""Form fields for what members write."""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from accounts.models.user import time_zones
from forums import markup
from forums.models.community.tag import MOST, name_of

TITLE_AT_MOST = 200
"""Characters of a topic's title."""
TAGS_AT_MOST = 300
"""Characters of a topic's tags in a form."""


class Body(forms.CharField):
    """Markdown, cleaned. Refuses a text with the sentence that `markup.clean_body` raises."""

    def __init__(self, **kwargs):
        super().__init__(
            label="Text",
            strip=False,
            widget=forms.Textarea(attrs={"rows": 8, "required": True, "dir": "auto"}),
            error_messages={"required": "Please write something first."},
            **kwargs,
        )

    def to_python(self, value):
        if not value or not value.strip():
            return ""
        try:
            return markup.clean_body(value)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class Title(forms.CharField):
    """The title of a topic, on one line. Repeated white space becomes one space."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=TITLE_AT_MOST,
            error_messages={"required": "A topic needs a title."},
            widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
            **kwargs,
        )

    def to_python(self, value):
        value = super().to_python(value)
        return one_line(value) if value else ""


class Tags(forms.CharField):
    """The tags of a topic as text, with commas between them. Returns their names in their order."""

    def __init__(self, most=MOST, max_length=TAGS_AT_MOST, **kwargs):
        self.most = most
        super().__init__(
            required=False,
            max_length=max_length,
            help_text=f"At most {most}, with commas between them.",
            widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "data-behavior": "suggest"}),
            **kwargs,
        )

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        try:
            names = {name for part in super().to_python(value).split(",") if (name := name_of(part))}
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if len(names) > self.most:
            raise forms.ValidationError(
                f"Please choose at most {self.most} tags. You have named {len(names)}."
            )
        return sorted(names)


class Line(forms.CharField):
    """One line of plain text. HTML in it is shown as typed."""

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"dir": "auto"}

    def to_python(self, value):
        value = super().to_python(value)
        return one_line(value) if value else ""


class Entered(NamedTuple):
    """A moment as a form sends it. `shown` is the moment that the form has shown, as text with its seconds."""

    text: str
    zone: str
    shown: str


class MomentInput(forms.DateTimeInput):
    """The browser's own widget for a date and time, with the name of the zone, which the form sends too."""

    def __init__(self):
        super().__init__({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def value_from_datadict(self, data, files, name):
        zone = data.get(f"{name}_zone")
        known = zone if zone in time_zones() else timezone.get_current_timezone_name()
        return Entered(data.get(name, ""), known, data.get(f"{name}_shown", ""))

    def render(self, name, value, attrs=None, renderer=None):
        if not isinstance(value, Entered):
            shown = value and timezone.localtime(value)
            zone = timezone.get_current_timezone_name()
            value = Entered(self.format_value(shown), zone, shown.isoformat() if shown else "")
        return format_html(
            '{}<small class="help">Time zone: {}</small>'
            '<input type="hidden" name="{}_zone" value="{}"><input type="hidden" name="{}_shown" value="{}">',
            super().render(name, value.text, attrs, renderer), value.zone.replace("_", " "),
            name, value.zone, name, value.shown,
        )  # fmt: skip


class Moment(forms.DateTimeField):
    """A date and time in the zone that the form names, even if the member chooses another zone meanwhile."""

    widget = MomentInput
    default_error_messages = {
        "invalid": "Please enter a date and a time.",
        "ambiguous_timezone": "The clocks change in this hour, so it comes twice or not at all. "
        "Please choose another hour.",
    }

    def prepare_value(self, value):
        return value

    def to_python(self, value):
        """Return the moment in UTC. An unchanged one keeps its seconds, and its hour when the clocks go back."""
        with timezone.override(ZoneInfo(value.zone)):
            try:
                shown = value.shown and timezone.localtime(datetime.fromisoformat(value.shown))
                is_unchanged = shown and self.widget.format_value(shown) == value.text
                at = shown if is_unchanged else super().to_python(value.text)
                return at and at.astimezone(UTC)
            except (ValueError, OverflowError):
                raise forms.ValidationError(self.error_messages["invalid"]) from None
            except forms.ValidationError as error:
                raise forms.ValidationError(self.error_messages[error.code]) from None


def one_line(text: str) -> str:
    """Replace repeated white space by one space. Raises `ValidationError` for control characters."""
    try:
        return " ".join(markup.clean(text).split()) if text.strip() else ""
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
