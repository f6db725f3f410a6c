"""The author of a poll is notified when it has closed, unless they closed it themselves."""

from forums.models import Notification, Watch
from forums.notifications import dispatch
from polls.ballots import closing


def told():
    dispatch.dispatch_events()
    return [
        (note.member.username, note.kind, note.words, note.address) for note in Notification.objects.all()
    ]


def test_the_author_is_notified_once_when_a_poll_closes(open_poll, ada, mod):
    poll = open_poll(question="Where to?")
    closing.close(poll, by=mod)
    closing.close(poll, by=mod)
    heard = [("Ada", "ended", "Your poll has closed: Where to?", f"/poll/{poll.pk}/")]
    assert told() == heard
    closing.close(open_poll(question="And when?"), by=ada)
    assert told() == heard


def test_an_author_who_has_muted_the_topic_is_not_notified(open_poll, ada, mod):
    poll = open_poll()
    Watch.objects.choose(ada, Watch.Level.MUTED, topic=poll.topic)
    closing.close(poll, by=mod)
    assert told() == []
