"""What members are to hear about. Each function writes one row into the outbox, within the transaction in which the
thing happened; who hears of it is worked out afterwards (`forums.hearing`, `forums.spreading`).
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from forums import markup
from forums.models.news import News
from forums.models.watch import Watch


def topic_opened(opening, rendered: markup.Rendered) -> News:
    """`opening` is the first comment of a new topic, `rendered` its text."""
    return comment_added(opening, rendered)


def comment_added(comment, rendered: markup.Rendered) -> News:
    """For whoever is answered, mentioned or quoted, and for those who watch. One statement."""
    return _of_comment(News.Kind.COMMENT_ADDED, comment, rendered.mentions, rendered.quotes)


def comment_edited(comment, before: str, rendered: markup.Rendered) -> None:
    """For those whom the text mentions or quotes since it was edited; `before` is the HTML it had."""
    mentions, quotes = markup.calls(before)
    new_mentions = rendered.mentions - mentions
    new_quotes = [each for each in rendered.quotes if each not in quotes]
    if new_mentions or new_quotes:
        _of_comment(News.Kind.MENTIONS_ADDED, comment, new_mentions, new_quotes)


def sight_changed(topic, comment=None) -> None:
    """The topic, or one comment of it, can be seen by others than before: hidden, restored, moved, deleted."""
    News.objects.create(kind=News.Kind.SIGHT_CHANGED, topic=topic, comment=comment)


def comments_seen(member, topic, comments) -> None:
    """`member` has seen these comments of `topic`. If news of them is only on its way, it is read when it comes: that
    is told to whatever may concern them. One query, and one statement if there is any."""
    told = News.objects.of_comments(comments).filter(_may_concern(member, topic)).exclude(actor=member)
    noted = News.objects.filter(kind=News.Kind.COMMENT_SEEN, actor=member, comment=OuterRef("comment"))
    seen = told.exclude(Exists(noted)).values_list("comment", flat=True).distinct()
    kind = News.Kind.COMMENT_SEEN
    News.objects.bulk_create([News(kind=kind, topic=topic, comment_id=pk, actor=member) for pk in seen])


def moderated(member, action) -> None:
    """Tell `member` of an entry in the log that concerns them or what they wrote, but not by whom; not those who did
    it themselves."""
    if member is not None:
        moderated_all({member.pk}, action)


def moderated_too(comments, action) -> None:
    """Tell the authors of all these comments of an act that concerns what they wrote. One query."""
    authors = comments.exclude(author=None).order_by().values_list("author", flat=True).distinct()
    moderated_all(set(authors) - {action.member_id}, action)


def moderated_each(actions) -> None:
    """Tell the member of each of these entries. One statement."""
    News.objects.bulk_create([_of_act({each.member_id}, each) for each in actions])


def decided(outcomes: dict, reporters: dict[int, list[int]]) -> None:
    """Tell those who have reported how each case ended, by the case's id; what they reported says their own page of
    reports. One statement."""
    news = []
    for case, members in reporters.items():
        action = outcomes[case]
        words = "was looked at and stays" if action.is_keeping else f"was looked at. {action.says}"
        news.append(
            _telling(
                [pk for pk in members if pk != action.by_id],
                kind="moderated",
                once=f"case {case}",
                words=f"What you have reported {words}.",
                address="/reports/",
            )
        )
    News.objects.bulk_create(news)


def moderated_all(members: set[int], action) -> None:
    """Tell all of these members of an entry in the log, but not whoever did it."""
    if members := members - {action.by_id}:
        _of_act(members, action).save()


def told(members: Iterable[int], **said) -> None:
    """Tell these members, given by their ids, `words` (a sentence, at most 300 characters) that lead to `address`, a
    path of this site.

    `kind` is one of the last of `Notification.Kind`; `once` names what is told, for instance "poll 7 closed", and
    nobody is told it twice. They hear it if they can see the `topic` and have not muted it; of what a moderator did,
    in any case.
    """
    _telling(members, **said).save()


def _of_act(members, action):
    words = f"{action.says}: {action.ground}" if action.ground else f"{action.says}."
    about = {"topic": action.topic, "comment": action.comment}
    # A text that has waited: to itself, where a refused one can be mended.
    address = f"/held/{action.facts['held']}/" if "held" in action.facts else action.get_absolute_url()
    return _telling(
        sorted(members), kind="moderated", once=f"action {action.pk}", words=words, address=address, **about
    )


def _telling(members, *, kind: str, once: str, words: str, address="", topic=None, comment=None, actor=None):
    facts = {
        "members": list(members),
        "kind": kind,
        "once": once,
        "words": words[:300],
        "address": address,
    }
    return News(kind=News.Kind.MEMBERS_TOLD, topic=topic, comment=comment, actor=actor, facts=facts)


def _may_concern(member, topic) -> Q:
    """News of a comment that `member` may hear of; more than they do, as other watches may be nearer."""
    category = topic.category
    places = Q(topic=topic) | Q(comment__topic=topic) | Q(category__in=[category.pk, category.parent_id])
    watching = Watch.objects.filter(places, member=member, level=Watch.Level.WATCHING)
    named = Q(facts__mentions__contains=member.username.lower())
    return Q(Exists(watching)) | Q(comment__parent__author=member) | named | ~Q(facts__quotes=[])


def _of_comment(kind, comment, mentions, quotes):
    facts = {"mentions": sorted(mentions), "quotes": list(quotes)}
    place = {"topic_id": comment.topic_id, "comment": comment}
    return News.objects.create(kind=kind, actor_id=comment.author_id, facts=facts, **place)
