"""A moment in a form means the zone that the form names, in the east, in the west, and when clocks change."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.utils import timezone

from forums.posting.fields import Moment

INPUT = re.compile(r'<input[^>]* name="(\w+)"(?: value="([^"]*)")?')


class Form(forms.Form):
    at = Moment(required=False)


def shown(form):
    """Returns the fields of a form as a browser would send them."""
    return dict(INPUT.findall(str(form["at"])))


@pytest.mark.parametrize(
    ("zone", "text", "moment"),
    [
        ("Asia/Tokyo", "2027-01-15T18:00", "2027-01-15T09:00"),
        ("America/Los_Angeles", "2027-01-15T18:00", "2027-01-16T02:00"),
        ("Asia/Kathmandu", "2027-01-15T00:30", "2027-01-14T18:45"),
        # The clocks of Berlin go forward on 28 March 2027 at two and back on 31 October at three.
        ("Europe/Berlin", "2027-03-28T01:59", "2027-03-28T00:59"),
        ("Europe/Berlin", "2027-03-28T03:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-10-31T01:59", "2027-10-30T23:59"),
        ("Europe/Berlin", "2027-10-31T03:00", "2027-10-31T02:00"),
        ("", "2027-01-15T18:00", "2027-01-15T18:00"),
        ("Mars/Olympus", "2027-01-15T18:00", "2027-01-15T18:00"),
    ],
)
def test_the_zone_that_the_form_names_counts(zone, text, moment):
    form = Form({"at": text, "at_zone": zone})
    assert form.is_valid()
    assert form.cleaned_data["at"] == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert shown(form)["at"] == text


@pytest.mark.parametrize("text", ["2027-03-28T02:30", "2027-10-31T02:30"])
def test_an_hour_that_comes_twice_or_never_is_refused(text):
    assert Form({"at": text, "at_zone": "UTC"}).is_valid()
    assert Form({"at": text, "at_zone": "Europe/Berlin"}).errors["at"] == [
        "The clocks change in this hour, so it comes twice or not at all. Please choose another hour."
    ]


@pytest.mark.parametrize("hour", [0, 1], ids=["the first half past two", "the second"])
def test_a_form_that_is_sent_unchanged_changes_nothing(hour):
    at = datetime(2027, 10, 31, hour, 30, 25, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        data = shown(Form(initial={"at": at}))
    assert (data["at"], data["at_zone"]) == ("2027-10-31T02:30", "Europe/Berlin")
    with timezone.override(ZoneInfo("Asia/Tokyo")):  # the member chooses another zone meanwhile
        form = Form(data)
        assert form.is_valid() and form.cleaned_data["at"] == at
        assert shown(form) == data


def test_an_empty_moment_is_none_and_a_wrong_one_is_refused():
    assert shown(Form()) == {"at": "", "at_zone": "UTC", "at_shown": ""}
    empty = Form({"at": ""})
    assert empty.is_valid() and empty.cleaned_data["at"] is None
    first = {"at": "0001-01-01T00:00", "at_zone": "Asia/Tokyo"}
    for data in ({"at": "soon"}, {"at": "2027-01-15T18:00", "at_shown": "never"}, first):
        assert Form(data).errors["at"] == ["Please enter a date and a time."]
