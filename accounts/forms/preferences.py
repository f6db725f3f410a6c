from zoneinfo import available_timezones

from django import forms

from accounts.models import User


def _zones() -> list[tuple[str, str]]:
    """Places rather than offsets: "Europe/Lisbon" knows about summer, "Etc/GMT-1" does not."""
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


class PreferencesForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=_zones, label="Time zone")

    class Meta:
        model = User
        fields = ("theme", "time_zone", "comment_sort", "show_presence", "email_replies", "email_mentions")
        labels = {
            "theme": "Colours",
            "comment_sort": "Order of comments",
            "show_presence": "Count me among a topic's readers, and show others when I am writing a reply",
            "email_replies": "Write to me when somebody answers me",
            "email_mentions": "Write to me when somebody mentions me",
        }
