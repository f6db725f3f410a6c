"""Atom feeds (RFC 4287). Feed readers have no session, so feeds have what every visitor may see."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from config.caching import cache_tags, visitor_cache
from forums import markup
from forums.listing import wording
from forums.listing.paging import NEWEST
from forums.models import Action, Comment, Outcome, Record, Topic
from forums.moderation import public_log
from forums.views.finding import find_category, find_tag, find_topic

ENTRIES = 30
BYTES = 300_000
"""Bytes of HTML in a topic's feed. It stops adding comments when theirs reach this."""
VISITOR = AnonymousUser()
# XML 1.0, 2.2: control characters, halves of surrogate pairs, and two code points that are no characters.
NOT_IN_XML = dict.fromkeys(
    [*(code for code in range(0x20) if chr(code) not in "\t\n\r"), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


class Atom(Atom1Feed):
    """Leaves out characters that XML cannot hold. One of them would break the feed for all its readers.

    Forms remove them, but code and imports can store any text.
    """

    def write(self, outfile, encoding):
        self.feed = _for_xml(self.feed)
        self.items = [_for_xml(item) for item in self.items]
        super().write(outfile, encoding)


def _for_xml(values: dict) -> dict:
    return {
        name: value.translate(NOT_IN_XML) if isinstance(value, str) else value
        for name, value in values.items()
    }


class CachedFeed(Feed):
    """A feed that is the same for everyone, so it is cached for all. Its addresses follow SITE_URL, not the request.

    Ids never change: not with a title, a slug or the scheme (RFC 4151).
    """

    feed_type = Atom
    tags: tuple[str, ...] = (cache_tags.CATEGORIES, cache_tags.LISTS, cache_tags.TEXTS)

    def __call__(self, request, *args, **kwargs):
        visitor_cache.depends_on(request, *self.tags)
        return super().__call__(request, *args, **kwargs)

    def item_guid(self, item):
        return tag_of(item)

    def item_link(self, item):
        return address_of(item)


def tag_of(item, part="") -> str:
    """The id of an object in feeds. `part` is what the feed shows of it."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},2026:{item._meta.model_name}-{item.pk}{part}"


def address_of(item) -> str:
    return settings.SITE_URL + item.get_absolute_url()


def author_of(item) -> str:
    return item.author.username if item.author else "deleted member"


class TopicsFeed(CachedFeed):
    """The newest topics, each with the first words of its opening."""

    def select(self, topics, place):
        """Keep the topics of the place that the feed is about."""
        return topics

    def items(self, place):
        return self.select(Topic.objects.for_list(VISITOR), place).order_by(*NEWEST)[:ENTRIES]

    def item_title(self, topic):
        return topic.title

    def item_description(self, topic):
        # The excerpt is plain text, but feed readers expect HTML here.
        return escape(topic.excerpt)

    def item_author_name(self, topic):
        return author_of(topic)

    def item_pubdate(self, topic):
        return topic.created_at

    def item_updateddate(self, topic):
        return topic.last_comment_at


class LatestFeed(TopicsFeed):
    title = "New topics"
    link = settings.SITE_URL + "/?list=new"
    feed_url = feed_guid = settings.SITE_URL + "/feed/latest/"


class PlaceFeed(TopicsFeed):
    """The newest topics in a category or with a tag."""

    def title(self, place):
        return place.name

    def link(self, place):
        return address_of(place)

    def feed_url(self, place):
        return f"{settings.SITE_URL}/feed{place.get_absolute_url()}"

    def feed_guid(self, place):
        return tag_of(place)


class CategoryFeed(PlaceFeed):
    def get_object(self, request, slug):
        return find_category(VISITOR, slug)

    def select(self, topics, category):
        return topics.of_category(category)


class TagFeed(PlaceFeed):
    tags = (*CachedFeed.tags, cache_tags.TAGS)

    def get_object(self, request, name):
        return find_tag(VISITOR, name)

    def select(self, topics, tag):
        return topics.tagged(tag.name)


class TopicFeed(CachedFeed):
    """The newest comments of one topic, with their full texts."""

    def get_object(self, request, pk):
        return find_topic(VISITOR, pk)

    def title(self, topic):
        return topic.title

    def link(self, topic):
        return address_of(topic)

    def feed_url(self, topic):
        return f"{settings.SITE_URL}/feed/t/{topic.pk}/"

    def feed_guid(self, topic):
        return tag_of(topic, "/comments")

    def items(self, topic):
        comments = Comment.objects.visible_to(VISITOR).readable().filter(topic=topic).order_by("-seq")
        return comments.first_within(ENTRIES, BYTES, order=["-seq"]).select_related("author").order_by("-seq")

    def item_title(self, comment):
        return f"{author_of(comment)} wrote"

    def item_description(self, comment):
        return markup.absolute_links(comment.body_html, address_of(comment))

    def item_author_name(self, comment):
        return author_of(comment)

    def item_pubdate(self, comment):
        return comment.created_at

    def item_updateddate(self, comment):
        return comment.edited_at or comment.created_at


class DecisionsFeed(CachedFeed):
    """The newest outcomes of polls and debates, with their full texts."""

    title = "Decisions"
    link = settings.SITE_URL + "/decisions/"
    feed_url = feed_guid = settings.SITE_URL + "/feed/decisions/"

    def items(self):
        return Outcome.objects.visible_to(VISITOR).for_list().order_by(*NEWEST)[:ENTRIES]

    def item_title(self, outcome):
        return outcome.about

    def item_description(self, outcome):
        return markup.absolute_links(outcome.decision_html, address_of(outcome))

    def item_author_name(self, outcome):
        return wording.name(outcome.decided_by)

    def item_pubdate(self, outcome):
        return outcome.created_at

    def item_updateddate(self, outcome):
        return outcome.changed_at


class ModerationLogFeed(CachedFeed):
    """The public log of moderation."""

    title = "Log of moderation"
    link = settings.SITE_URL + "/modlog/"
    feed_url = feed_guid = settings.SITE_URL + "/feed/modlog/"

    def items(self):
        return public_log.entries(Action.objects.with_context()[:ENTRIES], VISITOR)

    def item_title(self, entry):
        return f"{entry.says} ({entry.rule})" if entry.rule else entry.says

    def item_description(self, entry):
        about = f"In the topic “{entry.topic.title}”." if entry.topic else ""
        return escape(" ".join(filter(None, (about, entry.reason))))

    def item_author_name(self, entry):
        return entry.by

    def item_guid(self, entry):
        return tag_of(entry.action)

    def item_link(self, entry):
        return address_of(entry.action)

    def item_pubdate(self, entry):
        return entry.at

    item_updateddate = item_pubdate


class RecordsFeed(CachedFeed):
    """The newest links of the chain of records, without titles, so that readers keep the hashes."""

    title = "Chain of records"
    link = settings.SITE_URL + "/records/"
    feed_url = feed_guid = settings.SITE_URL + "/feed/records/"
    tags = (cache_tags.RECORDS,)

    def items(self):
        return Record.objects.links().reverse()[:ENTRIES]

    def item_title(self, record):
        return f"{record}: {record.get_kind_display()}"

    def item_description(self, record):
        return f"Hash: {record.hash}. Before: {record.previous}. Content: {record.content_hash}."

    def item_author_name(self, record):
        return settings.SITE_NAME

    def item_pubdate(self, record):
        return record.made_at

    item_updateddate = item_pubdate
