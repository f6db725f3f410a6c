"""Atom feeds. Feed readers have no session, so feeds have what every visitor may see."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from config.caching import cache_tags, visitor_cache
from forums.models import Action, Comment, Topic
from forums.moderation import public_log
from forums.views.finding import find_category, find_topic

ENTRIES = 30
BYTES = 300_000
"""Bytes of HTML in a topic's feed. It stops adding comments when theirs reach this."""
VISITOR = AnonymousUser()


class CachedFeed(Feed):
    """A feed that is the same for everyone, so it is cached for all."""

    feed_type = Atom1Feed

    def __call__(self, request, *args, **kwargs):
        visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS, cache_tags.TEXTS)
        return super().__call__(request, *args, **kwargs)


class TopicsFeed(CachedFeed):
    """The newest topics, each with the first words of its opening."""

    def item_title(self, topic):
        return topic.title

    def item_description(self, topic):
        # The excerpt is plain text, but feed readers expect HTML here.
        return escape(topic.excerpt)

    def item_author_name(self, topic):
        return topic.author.username if topic.author else "deleted member"

    def item_pubdate(self, topic):
        return topic.created_at

    def item_updateddate(self, topic):
        return topic.last_comment_at


class LatestFeed(TopicsFeed):
    title = "New topics"
    link = "/?list=new"

    def items(self):
        return Topic.objects.for_list(VISITOR).order_by("-created_at", "-pk")[:ENTRIES]


class CategoryFeed(TopicsFeed):
    def get_object(self, request, slug):
        return find_category(VISITOR, slug)

    def title(self, category):
        return category.name

    def link(self, category):
        return category.get_absolute_url()

    def items(self, category):
        topics = Topic.objects.for_list(VISITOR).of_category(category)
        return topics.order_by("-created_at", "-pk")[:ENTRIES]


class TopicFeed(CachedFeed):
    """The newest comments of one topic, with their full texts."""

    def get_object(self, request, pk):
        return find_topic(VISITOR, pk)

    def title(self, topic):
        return topic.title

    def link(self, topic):
        return topic.get_absolute_url()

    def items(self, topic):
        comments = Comment.objects.visible_to(VISITOR).readable().filter(topic=topic).order_by("-seq")
        return comments.first_within(ENTRIES, BYTES, order="-seq").select_related("author").order_by("-seq")

    def item_title(self, comment):
        return f"{comment.author.username if comment.author else 'deleted member'} wrote"

    def item_description(self, comment):
        return comment.body_html

    def item_pubdate(self, comment):
        return comment.created_at

    def item_updateddate(self, comment):
        return comment.edited_at or comment.created_at


class ModerationLogFeed(CachedFeed):
    """The public log of moderation."""

    title = "Log of moderation"
    link = "/modlog/"

    def items(self):
        return public_log.entries(Action.objects.with_context()[:ENTRIES], VISITOR)

    def item_title(self, entry):
        return f"{entry.says} ({entry.rule})" if entry.rule else entry.says

    def item_description(self, entry):
        about = f"In the topic “{entry.topic.title}”." if entry.topic else ""
        return escape(" ".join(filter(None, (about, entry.reason))))

    def item_author_name(self, entry):
        return entry.by

    def item_link(self, entry):
        return entry.action.get_absolute_url()

    def item_pubdate(self, entry):
        return entry.at

    item_updateddate = item_pubdate
