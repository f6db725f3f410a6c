"""The calendar file of a debate follows RFC 5545."""

from datetime import UTC, datetime

import pytest

from forums.debates import calendar
from forums.models import Debate


def unfolded(file):
    assert file.endswith(b"\r\n")
    lines = file.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)
    return file.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def test_a_debate_is_an_event_with_its_times_in_utc(coming, limes, visitor, settings):
    settings.SITE_URL = "https://forum.example.org"
    at = {
        "starts_at": datetime(2031, 3, 4, 19, 0, tzinfo=UTC),
        "ends_at": datetime(2031, 3, 4, 21, 30, tzinfo=UTC),
    }
    Debate.objects.update(**at, announced_at=datetime(2031, 3, 1, 8, 5, 9, tzinfo=UTC))
    answer = visitor.get(f"/t/{limes.pk}/debate.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert unfolded(answer.content) == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Folkmoot//Debates//EN", "BEGIN:VEVENT",
        f"UID:debate-{limes.pk}-310301080509000000@forum.example.org", "DTSTAMP:20310301T080509Z",
        "DTSTART:20310304T190000Z", "DTEND:20310304T213000Z", "SEQUENCE:0", "SUMMARY:Shall we plant limes?",
        "DESCRIPTION:Limes or oaks?",
        f"URL:https://forum.example.org/t/{limes.pk}/shall-we-plant-limes/", "BEGIN:VALARM", "ACTION:DISPLAY",
        "TRIGGER:-PT15M", "DESCRIPTION:Shall we plant limes?", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip


def test_what_has_been_moved_moves_in_calendars_too(coming, limes, visitor):
    coming.change(starts_at=coming.starts_at, ends_at=coming.ends_at.replace(microsecond=0))
    assert "SEQUENCE:1" in unfolded(visitor.get(f"/t/{limes.pk}/debate.ics").content)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Yes; or no, \\ maybe", "Yes\\; or no\\, \\\\ maybe"),
        ("Two\nlines\r\nor three", "Two\\nlines\\nor three"),
        ("END:VEVENT", "END:VEVENT"),
        ("A\x01\x7f Z\r\tY", "A Z\tY"),
    ],
)
def test_text_is_escaped(text, value):
    assert calendar.escaped(text) == value


def test_long_lines_are_folded_between_characters(coming, limes, visitor):
    question = "Größe, süß und früh? " * 9 + "🌳" * 11
    limes.rename("Ä" * 180)
    coming.ask(question)
    lines = unfolded(visitor.get(f"/t/{limes.pk}/debate.ics").content)
    assert f"SUMMARY:{'Ä' * 180}" in lines
    assert f"DESCRIPTION:{calendar.escaped(question)}" in lines
