"""Permanent addresses lead where they have always led."""

import re

from forums.models.discussion.slugs import TAKEN, slug_of
from forums.urls import topic_urls


def test_no_title_makes_an_address_that_is_something_else_of_a_topic():
    routes = (str(each.pattern) for each in topic_urls)
    words = {found[1] for route in routes if (found := re.fullmatch(r"t/<int:pk>/([\w-]+)/", route))}
    assert "reply" in words and words == TAKEN
    assert slug_of("Reply") == "reply-topic" and slug_of("Replies") == "replies"
