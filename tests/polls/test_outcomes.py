"""Outcomes of polls: who gives and changes them, where they are shown, and who is notified."""

import pytest
from django.db import IntegrityError, transaction

from forums.access.refusal import Refused
from forums.models import Outcome, OutcomeChange
from polls.ballots import closing
from polls.models import Poll


@pytest.fixture
def closed(open_poll):
    """A closed poll of Ada."""
    return Poll.objects.for_page().get(pk=closing.close(open_poll()).pk)


def decide(poll, by, decision="We plant limes.", version=0, **said):
    return Outcome.objects.decide(poll, by=by, version=version, decision=decision, **said)


def test_the_log_has_each_version_and_the_same_values_change_nothing(closed, ada, ben):
    decide(closed, ada, carrier=ben)
    decide(closed, ada, carrier=ben)  # the form was sent twice
    outcome = decide(closed, ada, "We plant *oaks*.", version=1)
    assert (outcome.about, outcome.address) == ("Which?", f"/poll/{closed.pk}/")
    assert outcome.decision_html == "<p>We plant <em>oaks</em>.</p>"
    assert list(outcome.changes.values_list("by", "event", "decision", "carrier")) == [
        (ada.pk, "given", "We plant limes.", ben.pk),
        (ada.pk, "changed", "We plant *oaks*.", None),
    ]
    assert Poll.objects.get(pk=closed.pk).outcome == outcome


def test_a_form_that_shows_an_older_version_overwrites_nothing(closed, ada, mod):
    decide(closed, ada)
    with pytest.raises(Refused, match="Somebody has changed this outcome"):
        decide(closed, mod, "We plant oaks.")
    assert Outcome.objects.get().decision == "We plant limes."


def test_the_log_is_never_rewritten(closed, ada):
    outcome = decide(closed, ada)
    for rewrite in (lambda: outcome.changes.update(decision="Oaks."), outcome.changes.all().delete):
        with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
            rewrite()
    assert OutcomeChange.objects.get().decision == "We plant limes."
