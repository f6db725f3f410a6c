from django import forms

from accounts.models import User
from accounts.models.user import time_zones


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in time_zones()]


class BrowserTimeZone(forms.CharField):
    """The zone of the browser, which a script enters. Without scripts, or from an unknown zone, it is UTC."""

    widget = forms.HiddenInput(attrs={"data-behavior": "zone"})

    def __init__(self):
        super().__init__(required=False)

    def clean(self, value):
        return value if value in time_zones() else "UTC"


EMAILS = tuple(f"email_{word}" for word in ("pace", "replies", "mentions", "watched", "moderation", "events"))


class PreferencesForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=_zones, label="Time zone")

    class Meta:
        model = User
        fields = ("theme", "time_zone", "comment_sort", "show_presence", *EMAILS)
        labels = {
            "theme": "Colours",
            "comment_sort": "Order of comments",
            "show_presence": "Show others that I am reading a topic or writing a reply",
            "email_pace": "When to send e-mail about unread notifications",
            "email_replies": "Somebody replies to me or quotes me",
            "email_mentions": "Somebody mentions me",
            "email_watched": "There is something new in a topic, branch or category that I watch",
            "email_moderation": "A moderator decides about me or about something I wrote",
            "email_events": "A poll of mine ends, or a debate begins",
        }
