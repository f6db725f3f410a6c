"""Performs actions of other members while a browser watches: `python -m tests.browser.actions` beside a running site.

It is a process of its own, because that site has its own data directory and so its own settings. It reads lines of
JSON, each an action with its arguments, and answers each with a line.
"""

import json
import os
import sys
import time
import traceback
from datetime import timedelta
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"


def prepare():
    """Creates members, one of them a moderator and one a steward, and three categories, one for stewards alone.

    Returns the session key of each member.
    """
    from django.contrib.auth.models import Group

    from accounts.models import User
    from forums.models import Category
    from tests.cast import session_key_of

    moderators, stewards = (Group.objects.get_or_create(name=name)[0] for name in ("Moderators", "Stewards"))
    members = {name: User.objects.create(username=name, email=f"{name}@example.org") for name in NAMES}
    members["Mod"].groups.add(moderators)
    members["Ada"].groups.add(stewards)
    for name in ("Town", "Moot"):
        Category.objects.create(name=name, slug=name.lower())
    Category.objects.create(name="Vault", slug="vault", see_groups=[stewards.pk])
    return {name: session_key_of(member) for name, member in members.items()}


NAMES = ("Ada", "Ben", "Cleo", "Dora", "Eve", "Fay", "Gil", "Hal", "Mod")


def open_topic(by, title="Shall we plant limes?", body="What do you think?", category="town"):
    topic = _topics().open(
        author=_member(by), category=_category(category), title=title, body=body, token=uuid4()
    )
    return {"id": topic.pk, "address": topic.get_absolute_url(), "opening": topic.comments.get().pk}


def reply(by, below, body):
    parent = _comment(below)
    return parent.topic.reply(author=_member(by), parent=parent, body=body, token=uuid4()).pk


def chain(by, below, length):
    """Adds `length` replies, each to the one before."""
    ids = [below]
    for number in range(1, length + 1):
        ids.append(reply(by, ids[-1], f"Level {number}"))
    return ids[1:]


def edit(comment, body, title=None):
    found = _comment(comment)
    found.edit(by=found.author, body=body, title=title)


def delete(comment):
    _comment(comment).delete_by_author()


def hide(comment):
    from forums.moderation.acts import comments

    comments.hide(_comment(comment), by=_member("Mod"), reason="Rude.")


def vote(by, comment, value=1):
    from forums.models import Vote

    Vote.objects.cast(_comment(comment), by=_member(by), value=value)


def accept(comment):
    found = _comment(comment)
    found.topic.accept(found)


def moderate(topic, verb, **options):
    """Calls a moderator's verb of a topic: lock, unlock, pin, hide."""
    from forums.moderation.acts import topics

    getattr(topics, verb)(_topics().objects.get(pk=topic), by=_member("Mod"), **options)


def move(topic, category):
    _topics().objects.get(pk=topic).move(_category(category))


def split(comment, title):
    from forums.moderation.acts import splitting

    splitting.split(_comment(comment), title, by=_member("Mod"))


def announce(by, topic, starts, ends, question=""):
    """Announces a debate that begins in `starts` seconds and ends in `ends` seconds."""
    from django.utils import timezone

    from forums.models import Debate

    now = timezone.now()
    times = {"starts_at": now + timedelta(seconds=starts), "ends_at": now + timedelta(seconds=ends)}
    Debate.announce(_topics().objects.get(pk=topic), by=_member(by), question=question, **times)


def stand(by, topic, side):
    from forums.models import Side

    Side.objects.choose(_debate(topic), member=_member(by), stand=side)


def persuade(by, comment):
    """Lets a member change from one side to another, and name the comment that moved them."""
    from forums.models import Persuasion, Side
    from forums.models.debates import persuasion

    comment, member = _comment(comment), _member(by)
    for side in ("for", "against"):
        Side.objects.choose(_debate(comment.topic_id), member=member, stand=side)
    change = persuasion.last_change(_debate(comment.topic_id), member)
    Persuasion.objects.replace(change, [comment], is_named=False)


def ask(topic, question):
    _debate(topic).ask(question)


def call_off(topic):
    _debate(topic).cancel()


def open_poll(by, topic, question, options, opens_in=0, secret=True):
    """Opens a poll, now or in `opens_in` seconds."""
    from django.utils import timezone

    from polls.models import Poll

    poll = Poll.open(
        author=_member(by),
        topic=_topics().objects.get(pk=topic),
        wordings=options,
        token=uuid4(),
        method="one",
        question=question,
        secret=secret,
        results_show="always",
        opens_at=timezone.now() + timedelta(seconds=opens_in),
    )
    return poll.pk


def cast(by, poll):
    """Waits until the poll is open, then votes for its first option."""
    from polls.ballots import voting
    from polls.models import Poll

    while not (found := Poll.objects.for_page().get(pk=poll)).has_begun:
        time.sleep(0.1)
    voting.cast(found, member=_member(by), marks=[found.option_ids[0]], token=uuid4())


def close_poll(poll):
    from polls.ballots import closing
    from polls.models import Poll

    closing.close(Poll.objects.get(pk=poll), by=_member("Mod"))


def watch(by, category, level):
    from forums.models import Watch

    Watch.objects.choose(_member(by), level, category=_category(category))


def remove_spammer(member):
    from forums.moderation.acts import spam

    return spam.remove(_member(member), by=_member("Mod"), reason="Watches.").pk


def undo(action):
    from forums.models import Action
    from forums.moderation import undoing

    undoing.undo(Action.objects.get(pk=action), by=_member("Mod"))


def ignore(by, other):
    from accounts.models import Ignore

    Ignore.objects.create(member=_member(by), ignored=_member(other))


def seen(by, topic):
    """Returns the number of the last comment that the member has seen."""
    return _member(by).visits.get(topic=topic).latest_seq


def read_all(by):
    """Marks the member's notifications from earlier tests as read."""
    from forums.models import Notification

    return Notification.objects.of(_member(by)).mark_all_read()


def _topics():
    from forums.models import Topic

    return Topic


def _member(name):
    from accounts.models import User

    return User.objects.get(username=name)


def _category(slug):
    from forums.models import Category

    return Category.objects.select_related("parent").get(slug=slug)


def _debate(topic):
    from forums.models import Debate

    return Debate.objects.get(pk=topic)


def _comment(pk):
    from forums.models import Comment

    return Comment.objects.with_context().get(pk=pk)


ACTIONS = (
    prepare, open_topic, reply, chain, edit, delete, hide, vote, accept, moderate, move, split, remove_spammer, undo,
    ignore, seen, read_all, announce, stand, persuade, ask, call_off, open_poll,
    cast, close_poll, watch,
)  # fmt: skip


def main():
    django.setup()
    from django.conf import settings

    from config.engines import embedded

    embedded.ensure(settings.DATA_DIR)  # the engines must outlive a killed site
    actions = {action.__name__: action for action in ACTIONS}
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            answer = {"done": actions[name](**arguments)}
        except Exception:
            answer = {"failed": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
