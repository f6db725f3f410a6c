def test_the_feed_of_a_topic_stops_adding_comments_at_its_limit_in_bytes(visitor, limes, opening, say):
    comments = [say(opening, f"No. {number} " + "words " * 6_500) for number in range(20)]
    feed = visitor.get(f"/feed/t/{limes.pk}/").text
    shown = [number for number in range(20) if f"No. {number} words" in feed]
    assert len(feed) < 400_000
    assert shown == list(range(20 - len(shown), 20))
    assert 5 < len(shown) < len(comments)
