"""Form fields for what members write."""

from django import forms

from forums import markup

TITLE_AT_MOST = 200
"""Characters of a topic's title."""


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


class Line(forms.CharField):
    """One line of plain text. HTML in it is shown as typed."""

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"dir": "auto"}

    def to_python(self, value):
        value = super().to_python(value)
        return one_line(value) if value else ""


class Moment(forms.DateTimeField):
    """A date and time in the member's time zone, in the browser's own widget."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def one_line(text: str) -> str:
    """Replace repeated white space by one space. Raises `ValidationError` for control characters."""
    try:
        return " ".join(markup.clean(text).split()) if text.strip() else ""
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
