"""Each act of moderation, declared once: its words, its function, who may do it and how it is undone.

The choices of the log, the table of roles, the moderators' queue, the ways to undo and the statements of reasons are
derived from these declarations. To add an act, write its function in a module of this package and declare it here. The
order is that of the table of roles.
"""

from dataclasses import replace

from forums.access import acts
from forums.access.acts import Act, Button
from forums.access.roles import OF_THE_SITE
from forums.moderation import appeals, deciding, reports
from forums.moderation.acts import (
    branches,
    comments,
    debates,
    editing,
    members,
    merging,
    pending,
    slow_mode,
    spam,
    splitting,
    topics,
)
from forums.moderation.dsa_statements import CHANGED, CLOSED, DISABLED

LENGTHS = {1: "a day", 3: "three days", 7: "a week", 30: "a month", 365: "a year"}
"""How long silences and suspensions can last: days and words."""
LENGTHS_OR_FOR_GOOD = LENGTHS | {deciding.FOR_GOOD: "for good"}
EVERY_KIND = ("comment", "topic", "member", "pending_post", "gone")

KEEP = Button("keep", "Keep", "a", ("comment", "topic", "member"), deciding.keep, for_many=True)
HIDE = Button("hide", "Hide", "h", ("comment", "topic"), deciding.hide, for_many=True)


def _sanction(name, says, key, impose, lengths=None, **options) -> Button:
    decide = deciding.sanction(impose, is_lasting=bool(lengths))
    return Button(name, says, key, EVERY_KIND, decide, lengths=lengths or {}, **options)


REPORTED = "What was reported"
PENDING = "What waits"
COMMENTS = "Comments"
BRANCHES = "Branches"
TOPICS = "Topics"
DEBATES = "Debates"
OUTCOMES = "Outcomes of polls and debates"
MEMBERS = "Members"
SPAMMERS = "Spammers"
APPEALS = "Appeals, of others' acts"

DECLARED = (
    # --- What was reported ----------------------------------------------------------------------------
    Act(
        "item_kept", "Kept", reports.keep, REPORTED,
        judges=True, closes_cases=True, keeps=True, notifies=False, button=KEEP,
    ),
    Act(
        "item_gone", "Taken away by its author", reports.keep, REPORTED,
        judges=True, closes_cases=True, notifies=False,
        button=replace(KEEP, says="Close: its author has deleted it", kinds=("gone",)),
    ),
    # --- What waits -----------------------------------------------------------------------------------
    # The log stores the verbs for ever, so they keep the word "held".
    Act(
        "comment_held", "Comment held for a look", comments.hold, COMMENTS,
        by=(), undone_by="comment_restored", hides=True, restriction=DISABLED,
    ),
    Act(
        "held_approved", "Text approved", pending.approve, PENDING,
        judges=True, button=replace(KEEP, says="Approve", kinds=("pending_post",)),
    ),
    Act(
        "held_refused", "Text refused", pending.refuse, PENDING,
        undone_by="held_approved", undo=pending.approve_after_all,
        judges=True, button=replace(HIDE, says="Refuse", kinds=("pending_post",)),
    ),
    # --- Comments -------------------------------------------------------------------------------------
    Act(
        "comment_hidden", "Comment hidden", comments.hide, COMMENTS,
        undone_by="comment_restored", judges=True, closes_cases=True, hides=True, counts_against=True,
        restriction=DISABLED, button=replace(HIDE, kinds=("comment",)),
    ),
    Act(
        "comment_restored", "Comment restored", comments.restore, COMMENTS,
        judges=True, closes_cases=True, keeps=True,
    ),
    Act(
        "comment_edited", "Comment edited", editing.edit, COMMENTS,
        undone_by="comment_edited", undo=editing.back, judges=True, closes_cases=True, counts_against=True,
        restriction=CHANGED,
    ),
    # --- Branches -------------------------------------------------------------------------------------
    Act(
        "branch_hidden", "Branch hidden", branches.hide, BRANCHES,
        undone_by="branch_restored", judges=True, closes_cases=True, hides=True, counts_against=True,
        restriction=DISABLED, button=Button("branch", "Hide branch", "b", ("comment",), deciding.hide_branch),
    ),
    Act(
        "branch_restored", "Branch restored", branches.restore, BRANCHES,
        judges=True, closes_cases=True, keeps=True,
    ),
    Act(
        "branch_locked", "Branch locked", branches.lock, BRANCHES,
        undone_by="branch_unlocked", restriction=CLOSED,
    ),
    Act("branch_unlocked", "Branch unlocked", branches.unlock, BRANCHES),
    Act(
        "branch_split", "Branch split into a topic", splitting.split, BRANCHES,
        undone_by="branch_rejoined", undo=splitting.rejoin, leaves_note=True,
    ),
    Act("branch_rejoined", "Branch brought back", splitting.rejoin, BRANCHES),
    # --- Topics ---------------------------------------------------------------------------------------
    Act("topic_locked", "Topic locked", topics.lock, TOPICS, undone_by="topic_unlocked", restriction=CLOSED),
    Act("topic_unlocked", "Topic unlocked", topics.unlock, TOPICS),
    Act(
        "topic_slowed", "Slow mode begun", slow_mode.slow, TOPICS,
        undone_by="topic_unslowed", undo=slow_mode.back,
    ),
    Act("topic_unslowed", "Slow mode ended", slow_mode.slow, TOPICS),
    Act("topic_pinned", "Topic pinned", topics.pin, TOPICS, undone_by="topic_unpinned"),
    Act("topic_unpinned", "Topic unpinned", topics.unpin, TOPICS),
    Act("topic_moved", "Topic moved", topics.move, TOPICS, undone_by="topic_moved", undo=topics.move_back),
    Act(
        "topic_renamed", "Topic renamed", topics.rename, TOPICS,
        undone_by="topic_renamed", undo=topics.rename_back, closes_cases=True, counts_against=True,
    ),
    Act("topic_tagged", "Tags changed", topics.retag, TOPICS, undone_by="topic_tagged", undo=topics.retag_back),
    Act(
        "topic_hidden", "Topic hidden", topics.hide, TOPICS,
        undone_by="topic_restored", judges=True, closes_cases=True, hides=True, counts_against=True,
        restriction=DISABLED, button=replace(HIDE, kinds=("topic",)),
    ),
    Act("topic_restored", "Topic restored", topics.restore, TOPICS, judges=True, closes_cases=True, keeps=True),
    # --- Debates --------------------------------------------------------------------------------------
    Act("debate_ended", "Debate ended early", debates.end, DEBATES),
    Act("debate_cancelled", "Debate called off", debates.cancel, DEBATES),
    # --- Outcomes -------------------------------------------------------------------------------------
    Act("outcome_changed", "Outcome changed", debates.change_outcome, OUTCOMES),
    Act(
        "outcome_withdrawn", "Outcome withdrawn", debates.withdraw_outcome, OUTCOMES,
        undone_by="outcome_restored", undo=debates.restore_outcome,
    ),
    Act("outcome_restored", "Outcome restored", debates.restore_outcome, OUTCOMES),
    # --- Merging topics -------------------------------------------------------------------------------
    Act(
        "topics_merged", "Topics merged", merging.merge, TOPICS,
        undone_by="topics_parted", undo=merging.part, leaves_note=True,
    ),
    Act("topics_parted", "Topics parted again", merging.part, TOPICS),
    # --- Members --------------------------------------------------------------------------------------
    Act(
        "member_warned", "Member warned", members.warn, MEMBERS, OF_THE_SITE,
        undone_by="warning_withdrawn", undo=members.lift_again, judges=True, closes_cases=True, counts_against=True,
        button=_sanction("warn", "Warn", "w", members.warn),
    ),
    Act("warning_withdrawn", "Warning withdrawn", members.lift, MEMBERS, OF_THE_SITE, judges=True),
    Act(
        "member_silenced", "Member silenced", members.silence, MEMBERS, OF_THE_SITE,
        undone_by="silence_lifted", undo=members.lift_again, judges=True, closes_cases=True, counts_against=True,
        restriction={"decision_provision": "DECISION_PROVISION_PARTIAL_SUSPENSION"},
        button=_sanction("silence", "Silence", "s", members.silence, LENGTHS),
    ),
    Act("silence_lifted", "Silence lifted", members.lift, MEMBERS, OF_THE_SITE, judges=True),
    Act(
        "member_suspended", "Member suspended", members.suspend, MEMBERS, OF_THE_SITE,
        undone_by="suspension_lifted", undo=members.lift_again, judges=True, closes_cases=True, counts_against=True,
        restriction={"decision_account": "DECISION_ACCOUNT_SUSPENDED"},
        button=_sanction("suspend", "Suspend", "u", members.suspend, LENGTHS_OR_FOR_GOOD, is_grave=True),
    ),
    Act("suspension_lifted", "Suspension lifted", members.lift, MEMBERS, OF_THE_SITE, judges=True),
    # --- Spammers -------------------------------------------------------------------------------------
    Act(
        "spammer_removed", "Spammer removed", spam.remove, SPAMMERS, OF_THE_SITE,
        undone_by="spammer_restored", undo=spam.restore, in_batches=True,
        judges=True, closes_cases=True, counts_against=True,
        restriction=DISABLED | {"decision_account": "DECISION_ACCOUNT_TERMINATED"},
        button=Button(
            "remove", "Remove spammer", "x", EVERY_KIND, deciding.remove_spammer, is_grave=True, for_many=True
        ),
    ),
    Act(
        "spammer_restored", "Spammer's content restored", spam.restore, SPAMMERS, OF_THE_SITE,
        judges=True,
    ),
    # --- Appeals --------------------------------------------------------------------------------------
    Act("appeal_granted", "Appeal granted", appeals.grant, APPEALS, judges=True),
    Act("appeal_refused", "Appeal refused", appeals.refuse, APPEALS, judges=True),
)  # fmt: skip

acts.register(*DECLARED)
