"""Fields that several forms have."""

from django import forms

from forums import markup


class Line(forms.CharField):
    """One line of plain text; HTML in it is shown as it was typed."""

    def to_python(self, value):
        value = super().to_python(value)
        return one_line(value) if value else ""


class Moment(forms.DateTimeField):
    """A time in the member's own zone, as browsers ask for it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def one_line(text: str) -> str:
    """Runs of white space as one space. Raises ValidationError for characters that no text should hold."""
    try:
        return " ".join(markup.clean(text).split()) if text.strip() else ""
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
