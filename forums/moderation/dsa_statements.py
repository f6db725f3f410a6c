"""Statements of reasons, as the Digital Services Act requires them (Regulation (EU) 2022/2065, article 17).

The terms are those of the Commission's Transparency Database (transparency.dsa.ec.europa.eu, "How to use the API",
version 2). A statement contains nothing personal: no name, no text of a member and no title. It leaves out the reason
in the moderator's own words, because that may quote.
"""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from forums.models.community.rule import OTHER

EEA = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
"""The countries in which a decision applies. The site hides nothing only in some countries."""

DISABLED = {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"]}
CLOSED = {"decision_visibility": ["DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED"]}
CHANGED = {
    "decision_visibility": ["DECISION_VISIBILITY_OTHER"],
    "decision_visibility_other": "A moderator changed the text; what it was stays public in its history.",
}

COLUMNS = (
    "puid", "decision_visibility", "decision_visibility_other", "end_date_visibility_restriction",
    "decision_provision", "end_date_service_restriction", "decision_account", "end_date_account_restriction",
    "decision_ground", "decision_ground_reference_url", "incompatible_content_ground",
    "incompatible_content_explanation", "category", "content_type", "content_date", "territorial_scope",
    "application_date", "decision_facts", "source_type", "automated_detection", "automated_decision", "redress",
)  # fmt: skip
"""The last column is not part of the database. Article 17 requires it in the statement to the recipient."""

LASTS = {
    "decision_visibility": "end_date_visibility_restriction",
    "decision_provision": "end_date_service_restriction",
    "decision_account": "end_date_account_restriction",
}
REDRESS = (
    "Appeal on the site at {address} within {days} days, decided by another moderator than the one who acted; "
    "certified out-of-court dispute settlement; the courts."
)


def of(actions) -> Iterator[dict]:
    """The statement for each of these acts that restricts somebody. Fetch the actions `with_statement`."""
    for action in actions:
        if action.act.restriction and action.undoes_id is None:
            yield _statement(action)


def _statement(action) -> dict:
    decision = action.act.restriction
    until = action.undoing.at if action.is_undone else action.until
    ends = {end: until.date().isoformat() for name, end in LASTS.items() if name in decision and until}
    said = dict.fromkeys(COLUMNS, None) | decision | ends | _ground(action) | _how(action)
    return said | {
        "puid": f"folkmoot-{action.pk}",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_date": _content_date(action),
        "territorial_scope": EEA,
        "application_date": action.at.date().isoformat(),
        "redress": REDRESS.format(
            address=f"{settings.SITE_URL}{action.get_absolute_url()}", days=settings.APPEAL_DAYS
        ),
    }


def _ground(action):
    rule = action.rule
    named = f"Rule {rule.position}, {rule.title}: {rule.text}" if rule else "The rules of the site"
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "decision_ground_reference_url": f"{settings.SITE_URL}{reverse('rule-list')}",
        "incompatible_content_ground": named[:500],
        "incompatible_content_explanation": f"What was written is what this rule does not allow. {named}"[
            :2000
        ],
        "category": rule.statement_category if rule else OTHER,
    }


def _how(action):
    """How the content was noticed, and who decided.

    A decision by reports of trusted members is partially automated: people judge, and a machine counts.
    """
    reports = action.reports or 0
    by = action.get_role_display()
    noticed = (
        f"after {reports} report{'s' if reports > 1 else ''} by members" if reports else "without a report"
    )
    held = action.verb == "comment_held"
    decided = "FULLY" if held else "PARTIALLY" if action.is_automated else "NOT_AUTOMATED"
    return {
        "decision_facts": f"{action.says} ({action.what}) by {by}, {noticed}.",
        "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION" if reports else "SOURCE_VOLUNTARY",
        "automated_detection": "Yes" if held or action.is_flagged else "No",
        "automated_decision": f"AUTOMATED_DECISION_{decided}",
    }


def _content_date(action):
    if action.comment_id:
        at = action.comment and action.comment.created_at
    elif action.topic_id:
        at = action.topic and action.topic.created_at
    else:
        at = action.member and action.member.date_joined
    return at.date().isoformat() if at else None
