"""The query parameters of a topic's page and of its changes."""

from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import BadRequest
from django.utils import timezone

from accounts.models.user import time_zones
from forums.reading.changes_since import Cursor
from forums.reading.selection import SORTS, Reading


class ChangesForm(forms.Form):
    """Read `since`, the version that the client has, and `after`, the place up to which it has read a long answer."""

    since = forms.IntegerField(min_value=0, max_value=2**63 - 1)
    after = forms.RegexField(r"^\d{1,18}\.\d{1,9}$", required=False)

    @property
    def arguments(self) -> dict:
        data = self.cleaned_data
        after = Cursor(*map(int, data["after"].split("."))) if data["after"] else None
        return {"version": data["since"], "after": after}


class JumpForm(forms.Form):
    """Read the day from which somebody wants to read a topic. It begins in the zone in which they see times."""

    date = forms.DateField(required=False)
    zone = forms.CharField(required=False)

    @property
    def at(self) -> datetime | None:
        day, name = self.cleaned_data["date"], self.cleaned_data["zone"]
        zone = ZoneInfo(name) if name in time_zones() else timezone.get_current_timezone()
        return datetime.combine(day, time.min, zone) if day else None


class ReadingForm(forms.Form):
    """Read the part of a topic that the request wants, and its order."""

    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS])
    branch = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    focus = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    new = forms.ChoiceField(required=False, choices=[("1", "1")])
    fold = forms.RegexField(r"^\d{1,18}(\.\d{1,18}){0,99}$", required=False)

    def __init__(self, data):
        super().__init__(data)
        # "from" is a keyword of Python, so it cannot be a class attribute.
        self.fields["from"] = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    @classmethod
    def read(cls, query: Mapping, user) -> Reading:
        """Return the part that `query` requests. Raises `BadRequest` with a sentence if its parameters are wrong."""
        if query.keys().isdisjoint(_PARAMETERS):  # building the form would be a twentieth of a member's page
            return Reading(sort=usual_sort(user))
        return cls(query)._reading(user)

    @staticmethod
    def sort_of_beginning(query: Mapping, user) -> str:
        """Return the order in which `query` requests the beginning of the topic. "" if it requests something else."""
        asked = query.keys() & _PARAMETERS
        return "" if asked - {"sort"} else query.get("sort") or usual_sort(user)

    def _reading(self, user):
        if not self.is_valid():
            raise BadRequest(
                f"Some values in this address are wrong: {', '.join(self.errors)}. Please open the topic from a list."
            )
        data = self.cleaned_data
        return Reading(
            sort=data["sort"] or usual_sort(user),
            branch=data["branch"] or 1,
            start=data["from"],
            after=data["after"],
            focus=data["focus"],
            only_new=bool(data["new"]) and user.is_authenticated,
            folded=tuple(map(int, data["fold"].split("."))) if data["fold"] else (),
        )


_PARAMETERS = {*ReadingForm.base_fields, "from"}


def usual_sort(user) -> str:
    """Return the order in which `user` reads topics."""
    return getattr(user, "comment_sort", "best")
