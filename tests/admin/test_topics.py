"""Staff find topics in the admin by words of their titles, and only those that they may see."""

from forums.admin import topics
from forums.moderation.acts import comments
from forums.search import index


def titles(browser, words):
    return [
        topic.title for topic in browser.get("/admin/forums/topic/", {"q": words}).context["cl"].result_list
    ]


def test_titles_are_found_by_words_in_all_their_forms(sign_in, root, clerk, open_topic, vault):
    for title, more in (
        ("Old lime trees", {}),
        ("The limes of the vault", {"category": vault}),
        ("Pears", {}),
    ):
        open_topic(title, **more)
    index.run()
    assert titles(sign_in(root), "lime") == ["The limes of the vault", "Old lime trees"]
    assert titles(sign_in(clerk), "lime") == ["Old lime trees"]
    assert titles(sign_in(root), "tree lime") == titles(sign_in(root), '"lime tree"') == ["Old lime trees"]


def test_new_titles_are_found_without_an_entry_of_their_opening(sign_in, root, open_topic, monkeypatch):
    hidden, newer = open_topic("Old lime trees"), open_topic("Pears")
    comments.hide(hidden.comments.get(), by=root, reason="Rude")
    index.run()
    assert titles(sign_in(root), "Tree Lime") == ["Old lime trees"]
    monkeypatch.setattr(topics, "NEWEST", newer.pk - hidden.pk)
    assert (titles(sign_in(root), "tree lime"), titles(sign_in(root), "pear")) == ([], ["Pears"])
