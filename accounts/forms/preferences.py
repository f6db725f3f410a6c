from zoneinfo import available_timezones

from django import forms

from accounts.models import User


def _zones() -> list[tuple[str, str]]:
    """Places rather than offsets: "Europe/Lisbon" knows about summer, "Etc/GMT-1" does not."""
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
            "show_presence": "Count me among a topic's readers, and show others when I am writing a reply",
            "email_pace": "E-mail about what I have not read",
            "email_replies": "Replies to me and quotes of me",
            "email_mentions": "Mentions of me",
            "email_watched": "What is new in topics, branches and categories that I watch",
            "email_moderation": "What moderators decide about me and what I wrote",
            "email_events": "My polls that end, debates that begin",
        }
