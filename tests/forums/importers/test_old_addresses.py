"""Imports store the old addresses, and links between old pages lead to the new ones."""

from django.test import Client

from forums.importers import pipeline
from forums.models import Category, Comment, OldAddress, Topic

BASE = "https://trees.example.org"
AVATAR = "/user_avatar/trees.example.org/grace/{size}/1.png"


def stored():
    """Returns what each old address of the forum leads to."""
    rows = OldAddress.objects.filter(host="trees.example.org")
    return {row.key: row.comment or row.member or row.category for row in rows}


def test_addresses_of_a_discourse_forum_lead_to_the_right_comments(bring, discourse, settings):
    settings.OLD_HOSTS, settings.SITE_URL = ["trees.example.org"], "https://forum.example.org"
    discourse.topic(discourse.post(1, avatar_template=AVATAR), discourse.post(2), id=385)
    bring("discourse")
    opening, reply = Comment.objects.order_by("seq")
    grace = opening.author
    assert stored() == {
        "t/385": opening,
        "t/385/2": reply,
        "p/101": opening,
        "p/102": reply,
        "u/grace": grace,
        "c/4": Category.objects.get(),
    }
    old = Client(headers={"host": "trees.example.org"})
    answers = {path: old.get(path).headers["Location"] for path in ("/t/385", "/t/x/385/2", "/u/Grace")}
    assert answers == {
        "/t/385": f"https://forum.example.org{Topic.objects.get().get_absolute_url()}",
        "/t/x/385/2": f"https://forum.example.org/comments/{reply.pk}/",
        "/u/Grace": "https://forum.example.org/u/Grace/",
    }


def test_addresses_that_an_earlier_import_did_not_store_come_with_the_next(bring, discourse):
    discourse.topic(discourse.post(), id=385)
    bring("discourse")
    assert not OldAddress.objects.exists()
    for _ in range(2):
        assert bring("discourse", base=BASE).added["posts"] == 0
        assert set(stored()) == {"t/385", "p/101", "u/grace", "c/4"}


def test_links_between_old_pages_lead_to_the_new_ones(bring, discourse, monkeypatch):
    monkeypatch.setattr(pipeline, "BATCH_POSTS", 1)
    links = " ".join(
        f'<a href="{address}">{text}</a>'
        for text, address in {
            "later": f"{BASE}/t/later/2",
            "reply": "/t/later/2/2?u=grace#x",
            "gone": "/t/later/2/99",
            "member": "/u/Grace.H-/summary",
            "missing": "/t/none/77",
            "other": "https://other.example.org/t/later/2",
        }.items()
    )
    discourse.topic(discourse.post(cooked=f"<p>{links}</p>"))
    later = (discourse.post(id=900, username="Grace.H-"), discourse.post(2, id=901))
    discourse.topic(*later, id=2, title="Later")
    bring("discourse", base=BASE)
    opening, reply = Comment.objects.filter(topic__title="Later").order_by("seq")
    assert Comment.objects.get(topic__title="Which trees?").body == (
        f"[later](/comments/{opening.pk}/) [reply](/comments/{reply.pk}/) [gone](/comments/{opening.pk}/)"
        f" [member](/u/Grace.H/) [missing]({BASE}/t/none/77) [other](https://other.example.org/t/later/2)"
    )


def test_links_to_pages_of_an_earlier_import_are_found(bring, discourse, tmp_path):
    discourse.topic(id=385)
    bring("discourse", base=BASE)
    earlier = Comment.objects.get()
    (tmp_path / "which-trees.385.json").unlink()
    discourse.topic(discourse.post(id=900, cooked=f'<p><a href="{BASE}/t/x/385">this</a></p>'), id=2)
    bring("discourse", base=BASE)
    assert Comment.objects.get(topic__source__contains=":2@").body == f"[this](/comments/{earlier.pk}/)"


def test_answers_and_links_in_comments_of_stack_exchange_have_addresses(bring, stack):
    stack.question(1, Body=f'<p>As in <a href="{BASE}/a/2/5">this</a>.</p>')
    stack.answer(2)
    text = f"See {BASE}/questions/1/why, [there]({BASE}/q/1#comment7_2) and https://other.org/q/1."
    stack.add("Comments", Id=7, PostId=2, Text=text, UserId=5)
    bring("stackexchange", base=BASE)
    question, answer, comment = Comment.objects.order_by("seq")
    site = Category.objects.get()
    assert stored() == {"q/1": question, "q/2": answer, "users/5": question.author, "questions": site}
    assert question.body == f"As in [this](/comments/{answer.pk}/)."
    assert comment.body == (
        f"See [{BASE}/questions/1/why](/comments/{question.pk}/), [there](/comments/{answer.pk}/)"
        " and https://other.org/q/1."
    )
