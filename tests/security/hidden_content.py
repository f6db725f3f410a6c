"""Creates content that an outsider must not see: in a closed category, hidden, or waiting for a moderator.

Each piece has words that occur nowhere else: in its title, in its text and in its author's name.
"""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from forums.models import (
    Bookmark,
    Case,
    Debate,
    Draft,
    LinkPreview,
    OldAddress,
    Outcome,
    PendingPost,
    Picture,
    Record,
    Revision,
    Rule,
    Tag,
    Topic,
    Vote,
    Watch,
)
from forums.moderation import appeals, reports
from forums.moderation.acts import branches, comments, merging, topics
from forums.notifications import dispatch
from forums.records import writing
from polls.ballots import closing
from polls.models import Poll
from tests.cast import member

WORDS = {
    "closed": ("xylophone", "quincelike", "zebulon"),
    "hidden topic": ("bassoon", "gherkin", "mordecai"),
    "hidden comment": ("persimmon", "ignatius"),
    "hidden branch": ("rutabaga", "leopold"),
    "merged": ("ocarina", "kohlrabi", "balthasar"),
    "pending": ("didgeridoo", "salsify", "ezekiel"),
    "poll": ("harpsichord", "clavichord"),
    "debate": ("glockenspiel",),
    "outcome": ("tambourine", "marimba", "celesta"),
    "report": ("cinnabar", "obadiah"),
    "appeal": ("verdigris",),
    "pictures": ("mangosteen",),
    "tags": ("theremin", "spinet", "bagpipe"),
}


def create_hidden_content(*, town, vault, steward, mod, outsider, opening) -> SimpleNamespace:
    """Creates the content, lets the outsider use it while it is still public, then hides it.

    The outsider votes, watches, saves, begins a reply, reports and is mentioned. `opening` is the opening post of a
    public topic, which holds the hidden comments.
    """
    rule = Rule.objects.create(position=1, title="Vegetables", text="None.")
    authors = {
        name: member(name) for name in ("Zebulon", "Mordecai", "Ignatius", "Leopold", "Balthasar", "Ezekiel")
    }

    def open_topic(title, body, author, category, tags=()):
        said = {"category": category, "title": title, "body": body, "tags": tags}
        return Topic.open(author=authors[author], token=uuid4(), **said)

    def reply(parent, body, author):
        return parent.topic.reply(author=authors[author], parent=parent, body=body, token=uuid4())

    closed = open_topic("Xylophone orchard", "A quincelike taste, @Ben", "Zebulon", town, ["theremin"])
    hidden = open_topic("Bassoon meadow", "In gherkin brine, @Ben", "Mordecai", town, ["spinet"])
    merged = open_topic("Ocarina field", "With kohlrabi, @Ben", "Balthasar", town)
    hidden_comment = reply(opening, "Persimmon pudding, @Ben", "Ignatius")
    branch = reply(opening, "Rutabaga stew", "Leopold")
    answer = opening.topic.reply(author=outsider, parent=hidden_comment, body="I see.", token=uuid4())
    # The newest comment, because lists show it.
    below = reply(branch, "More rutabaga, @Ben", "Leopold")
    _use(outsider, [closed, hidden, merged], [hidden_comment, branch, below])
    for each in (hidden_comment, hidden, branch):
        reports.report(each, by=outsider, rule=rule, words="Look.")
    reporter = member("Obadiah")
    reports.report(hidden_comment, by=reporter, rule=rule, words="Of cinnabar colour")
    for each, text in ((hidden_comment, "Persimmon pie, @Ben"), (branch, "Rutabaga pie")):
        each.edit(by=each.author, body=text)
    dispatch.dispatch_events()

    records = _records([(closed, authors["Zebulon"], "Which clavichord?"), (opening.topic, mod, "Which?")])

    target = open_topic("Xylophone shed", "Also quincelike", "Zebulon", vault)
    closed.move(vault)
    now = timezone.now()
    hour = timedelta(hours=1)
    Debate.announce(
        hidden, by=mod, starts_at=now - hour, ends_at=now + hour, question="Glockenspiel, or not?"
    )
    poll = Poll.open(
        author=authors["Zebulon"], topic=closed, token=uuid4(), method="one", question="Which harpsichord?",
        wordings=["Clavichord", "Other clavichord"], secret=False, results_show="always",
    )  # fmt: skip
    public = Poll.open(
        author=outsider, topic=opening.topic, token=uuid4(), method="one", question="Which soup?",
        wordings=["This", "That"], secret=False, results_show="always",
    )  # fmt: skip
    outcomes = [
        _decided(poll, authors["Zebulon"], "A tambourine"),
        _decided(hidden.debate, mod, "A marimba"),
        _decided(public, mod, "A celesta"),
    ]
    outcomes[2].withdraw(by=mod)
    post, _ = PendingPost.objects.keep(
        author=authors["Ezekiel"],
        token=uuid4(),
        title="Didgeridoo lane",
        body="Salsify soup",
        tags=["bagpipe"],
        category=town,
        why="first",
    )
    with transaction.atomic():
        case = Case.objects.open_about(post, Case.Why.PENDING)
    actions = [
        comments.hide(hidden_comment, by=mod, rule=rule, reason="Public words"),
        branches.hide(branch, by=mod, rule=rule, reason="Public words"),
        topics.hide(hidden, by=mod, rule=rule, reason="Bassoon, gherkin"),
        topics.rename(closed, "Xylophone garden", by=steward, reason="Quincelike"),
        merging.merge(merged, Topic.objects.select_related("category__parent").get(pk=target.pk), by=steward),
    ]
    old_paths = []
    for topic in (closed, hidden):
        old_paths.append(f"t/old/{topic.pk}")
        for host in ("old.example.org", urlsplit(settings.SITE_URL).hostname):
            key = f"t/{topic.pk}"
            OldAddress.objects.create(host=host, key=key, comment=topic.comments.get(seq=1))
    appeal = appeals.appeal(actions[0], by=authors["Ignatius"], words="Verdigris!")
    dispatch.dispatch_events()
    hidden_texts = [closed.comments.get(seq=1), hidden.comments.get(seq=1), hidden_comment, branch, below]
    return SimpleNamespace(
        sitemaps=[SimpleNamespace(pk=topic.pk // 5000) for topic in (closed, hidden)],
        previews=[LinkPreview.objects.create(comment=each, title="Mangosteen") for each in hidden_texts],
        pictures=[_picture(comment=each) for each in hidden_texts] + [_picture_of(post)],
        topics=[closed, hidden, merged, target],
        places=[closed, hidden, merged, target, opening.topic],
        comments=hidden_texts,
        old_paths=old_paths,
        revisions=list(Revision.objects.all()),
        answer=answer,
        members=list(authors),
        tags=WORDS["tags"],
        categories=[vault],
        polls=[poll],
        outcomes=outcomes,
        options=[poll.options.first()],
        records=records,
        pending=[post],
        cases=[case, *Case.objects.all()],
        actions=actions,
        appeals=[appeal],
        rule=rule,
        authors=authors,
    )


def _use(outsider, found, said):
    for topic in found:
        said = [*said, topic.comments.get(seq=1)]
        Watch.objects.choose(outsider, Watch.Level.WATCHING, topic=topic)
        for tag in Tag.objects.filter(name__in=topic.tags):
            Watch.objects.choose(outsider, Watch.Level.WATCHING, tag=tag)
    for comment in said:
        Bookmark.objects.create(member=outsider, comment=comment)
        Vote.objects.cast(comment, by=outsider, value=1)
        Draft.objects.keep(outsider, token=uuid4(), parent=comment, body="Half a thought")


def _records(polls):
    """Closes polls and records them while all that their topics have is public."""
    for topic, author, question in polls:
        wordings = ["Harpsichord", "Other harpsichord"] if "clavichord" in question else ["One", "Other"]
        said = {"question": question, "wordings": wordings, "method": "one"}
        closing.close(Poll.open(author=author, topic=topic, token=uuid4(), **said))
    writing.write_due()
    return list(Record.objects.all())


def _decided(subject, by, text):
    """An outcome that is in all its texts, with a second version."""
    said = {"by": by, "carried_by": text}
    Outcome.objects.decide(subject, version=0, decision=text, **said)
    return Outcome.objects.decide(
        subject, version=1, decision=f"{text}!", review_on=timezone.now().date(), **said
    )


def _picture(**belongs):
    """A picture whose file has a word instead of pixels."""
    size = {"width": 400, "height": 300, "widths": [400]}
    picture = Picture.objects.create(state=Picture.State.READY, **size, **belongs)
    storages["pictures"].save(picture.file(400, "webp"), ContentFile(b"Mangosteen"))
    return picture


def _picture_of(post):
    picture = _picture(owner=post.author)
    PendingPost.objects.filter(pk=post.pk).update(body=f"{post.body} ![]({picture.get_absolute_url()})")
    return picture
