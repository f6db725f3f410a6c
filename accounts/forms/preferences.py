from zoneinfo import available_timezones

from django import forms

from accounts.models import User


def _zones() -> list[tuple[str, str]]:
    """Time zones of places, without fixed offsets: "Europe/Lisbon" has summer time, "Etc/GMT-1" does not."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


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
