"""Whoever opened a poll hears that it has closed, unless they closed it themselves."""

from forums import spreading
from forums.models import Notification, Watch
from polls import closing


def told():
    spreading.spread()
    return [
        (note.member.username, note.kind, note.words, note.address) for note in Notification.objects.all()
    ]


def test_the_end_of_a_poll_is_told_to_its_author_once(open_poll, ada, mod):
    poll = open_poll(question="Where to?")
    closing.close(poll, by=mod)
    closing.close(poll, by=mod)
    heard = [("Ada", "ended", "Your poll has closed: Where to?", f"/poll/{poll.pk}/")]
    assert told() == heard
    closing.close(open_poll(question="And when?"), by=ada)
    assert told() == heard


def test_who_has_muted_the_topic_is_not_told(open_poll, ada, mod):
    poll = open_poll()
    Watch.objects.choose(ada, Watch.Level.MUTED, topic=poll.topic)
    closing.close(poll, by=mod)
    assert told() == []
