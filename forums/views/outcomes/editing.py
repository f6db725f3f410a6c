from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render

from accounts.sign_in import blocks, second_factor
from config.web.limits import limit
from forums.access import permissions
from forums.access.refusal import Refusal, Refused
from forums.models import Outcome
from forums.models.outcomes.outcome import Subject
from forums.moderation.acts import debates as moderation
from forums.outcomes.form import OutcomeForm
from forums.posting import publish
from forums.views import refusing
from forums.views.debates.debates import find_debate

PACE = limit("outcome", member="30/h", address="120/h")


@login_required
def of_debate(request, pk):
    """Give a debate an outcome, or change it."""
    debate = find_debate(request.user, pk)
    return edit(request, debate, is_over=debate.is_over)


def edit(request, subject: Subject, *, is_over: bool):
    """Show or store the form for the outcome of a poll or debate that the viewer sees. `is_over` says if it has ended.

    Answers 403 if they may not decide, and until it is over.
    """
    user, topic, outcome = request.user, subject.topic, subject.outcome
    _check(request, subject, is_over)
    if second_factor.is_missing_for(user, subject.opener_id):
        return second_factor.redirect_to_setup(request)
    is_act = outcome is not None and is_of_others(outcome, user)
    sent = request.POST if request.method == "POST" else None
    form = OutcomeForm(sent, user=user, topic=topic, outcome=outcome, is_act=is_act)
    status, current = 400 if form.errors else 200, None
    if form.is_valid():
        try:
            _store(request, subject, form, is_act)
            return HttpResponseRedirect(subject.outcome_address, status=303)
        except Refused as refused:
            status = refusing.show_in(form, refused, request)
            if refused.kind == Refusal.CONFLICT:
                current = subject.outcome
                form.show_version(current)
    context = {
        "form": form,
        "topic": topic,
        "outcome": outcome,
        "current": current,
        "title": subject.outcome_title or topic.title,
        "back": subject.outcome_address,
    }
    return render(request, "forums/outcomes/edit.html", context, status=status)


def is_of_others(outcome: Outcome, user) -> bool:
    """Whether a change by `user` is an act of moderation: they neither gave it nor opened its poll or debate."""
    return user.pk not in (outcome.opener_id, outcome.decided_by_id)


def _check(request, subject, is_over):
    user, topic, outcome = request.user, subject.topic, subject.outcome
    if not permissions.may_decide(user, topic, subject.opener_id):
        why = "Only the member who opened it and moderators can give it an outcome."
        raise PermissionDenied(permissions.why_not_now(user, topic) or why)
    if not is_over:
        raise PermissionDenied("You can give it an outcome as soon as it is over.")
    is_ended = outcome is not None and outcome.is_withdrawn and outcome.withdrawn_by_id != user.pk
    if is_ended and not permissions.may_moderate(user, topic):
        raise PermissionDenied(
            "A moderator has withdrawn this outcome, so only moderators can give another one."
        )
    if request.method == "POST" and (why := blocks.why_not_post(request)):
        raise PermissionDenied(why)


def _store(request, subject, form, is_act):
    publish.check_words(request.user, subject.topic.category, form.text)
    if wait := PACE.wait(request):
        raise Refused(Refusal.TOO_FAST, "You have changed many outcomes.", wait)
    if is_act:
        reason = form.cleaned_data["reason"]
        moderation.change_outcome(subject, by=request.user, reason=reason, **form.values)
    else:
        Outcome.objects.decide(subject, by=request.user, **form.values)
