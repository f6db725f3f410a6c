"""Statements of reasons contain what the law requires, and no personal data."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from forums.models import Case, Filter
from forums.moderation import dsa_statements, reports, undoing
from forums.moderation.acts import branches, comments, members, spam, topics
from forums.posting import publish


def exported(capsys, *arguments):
    call_command("export_moderation", "-", *arguments)
    return capsys.readouterr().out


def as_json(capsys, *arguments):
    return json.loads(exported(capsys, "--format", "json", *arguments))["statements"]


@pytest.fixture
def rude(opening, say):
    return say(opening, "You nincompoop.")


def test_a_statement_has_all_that_the_database_requires(capsys, rude, mod, rule, settings):
    action = comments.hide(rude, by=mod, rule=rule, reason="He is no nincompoop, says Ada")
    (said,) = as_json(capsys)
    assert said == {
        "puid": f"folkmoot-{action.pk}",
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": f"{settings.SITE_URL}/rules/",
        "incompatible_content_ground": "Rule 2, off topic: Stay with the topic.",
        "incompatible_content_explanation": "What was written is what this rule does not allow. "
        "Rule 2, off topic: Stay with the topic.",
        "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_date": rude.created_at.date().isoformat(),
        "territorial_scope": dsa_statements.EEA,
        "application_date": action.at.date().isoformat(),
        "decision_facts": f"Comment hidden (comment 2 of topic {rude.topic_id}) by a moderator, without a report.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "No",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "redress": f"Appeal on the site at {settings.SITE_URL}/modlog/{action.pk}/ within 183 days, decided by another "
        "moderator than the one who acted; certified out-of-court dispute settlement; the courts.",
    }
    assert len(dsa_statements.EEA) == 30


def test_nobody_is_named_or_quoted(capsys, rude, mod, rule, ben, limes):
    comments.hide(rude, by=mod, rule=rule, reason="He is no nincompoop, says Ada")
    topics.rename(limes, "Limes no more", by=mod, reason="Ben asked")
    topics.hide(limes, by=mod)
    members.warn(ben, by=mod, reason="Ben, be kind")
    for form in ("csv", "json"):
        text = exported(capsys, "--format", form)
        for word in ("nincompoop", "Ben", "Ada", "Mod\b", "limes", "Limes"):
            assert word not in text, (form, word)


def test_each_kind_of_restriction_says_what_it_restricts_and_until_when(
    capsys, rude, opening, limes, mod, rule, cleo, say
):
    until = timezone.now() + timedelta(days=7)
    members.silence(cleo, by=mod, until=until, rule=rule)
    members.suspend(cleo, by=mod, until=until, rule=rule)
    comments.hold(say(opening, "Hold this"))
    branches.lock(rude, by=mod)
    topics.lock(limes, by=mod)
    spam.remove(cleo, by=mod, rule=rule)
    day = until.date().isoformat()
    said = {each["decision_facts"].split(" (")[0]: each for each in as_json(capsys)}
    assert said["Member silenced"]["decision_provision"] == "DECISION_PROVISION_PARTIAL_SUSPENSION"
    assert said["Member silenced"]["end_date_service_restriction"] == day
    assert said["Member suspended"]["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert said["Member suspended"]["end_date_account_restriction"] == day
    assert said["Branch locked"]["decision_visibility"] == [
        "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED"
    ]
    held = said["Comment held for a look"]
    assert (held["automated_detection"], held["automated_decision"]) == ("Yes", "AUTOMATED_DECISION_FULLY")
    assert said["Spammer removed"]["decision_account"] == "DECISION_ACCOUNT_TERMINATED"
    assert set(said) == {
        "Member silenced", "Member suspended", "Branch locked", "Topic locked", "Comment held for a look",
        "Spammer removed",
    }  # fmt: skip


def test_what_is_undone_has_ended_and_undoing_is_no_statement(capsys, rude, mod):
    action = comments.hide(rude, by=mod)
    undoing.undo(action, by=mod)
    (said,) = as_json(capsys)
    assert said["end_date_visibility_restriction"] == timezone.now().date().isoformat()


def test_reports_are_the_source(capsys, rude, ada, cleo, mod, rule, regulars):
    reports.report(rude, by=ada, rule=rule)
    reports.report(rude, by=cleo, rule=rule)
    comments.hide(rude, by=mod, rule=rule)
    (said,) = as_json(capsys)
    assert said["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION"
    assert said["decision_facts"].endswith("after 2 reports by members.")


@pytest.mark.parametrize("does", ["flag", "hold"])
def test_what_a_filter_met_was_detected_by_a_machine_though_a_person_decides(
    capsys, rude, ben, mod, rule, does
):
    Filter.objects.create(lines="carpets", does=does)
    publish.edit(rude, by=ben, body="Buy carpets, you nincompoop.")
    decided = reports.uphold(Case.objects.with_item().get(), by=mod, rule=rule)
    said = {each["puid"]: each for each in as_json(capsys)}[f"folkmoot-{decided.pk}"]
    assert (said["automated_detection"], said["automated_decision"], said["source_type"]) == (
        "Yes",
        "AUTOMATED_DECISION_NOT_AUTOMATED",
        "SOURCE_VOLUNTARY",
    )


def test_what_a_filter_met_may_be_hidden_without_the_queue(capsys, rude, ben, mod, say, opening, rule):
    Filter.objects.create(lines="carpets", does="flag")
    publish.edit(rude, by=ben, body="Buy carpets, you nincompoop.")
    for comment in (rude, say(opening, "You nincompoop, too.")):
        comments.hide(comment, by=mod, rule=rule)
    assert [each["automated_detection"] for each in as_json(capsys)] == ["Yes", "No"]


def test_reports_that_hide_by_themselves_are_partly_automatic(capsys, rude, rule, regulars):
    for each in regulars[:3]:
        reports.report(rude, by=each, rule=rule)
    assert Case.objects.get().is_open
    (said,) = as_json(capsys)
    assert said["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert "by reports of trusted members, after 3 reports" in said["decision_facts"]


def test_a_span_of_days_is_chosen_and_a_file_written(capsys, tmp_path, rude, mod):
    comments.hide(rude, by=mod)
    today = timezone.now().date()
    assert len(as_json(capsys, "--since", today.isoformat(), "--until", today.isoformat())) == 1
    assert as_json(capsys, "--until", (today - timedelta(days=1)).isoformat()) == []
    assert as_json(capsys, "--since", (today + timedelta(days=1)).isoformat()) == []
    file = tmp_path / "statements.csv"
    call_command("export_moderation", str(file))
    (row,) = csv.DictReader(io.StringIO(file.read_text()))
    assert tuple(row) == dsa_statements.COLUMNS
    assert row["territorial_scope"].split() == dsa_statements.EEA
    assert "1 statement written." in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [("-", "--since", "yesterday"), ("/nowhere/there", ), ("-", "--format", "xml"), ()]
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_sentence(db, arguments):
    with pytest.raises(CommandError):
        call_command("export_moderation", *arguments)
