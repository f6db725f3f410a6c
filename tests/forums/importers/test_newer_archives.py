"""A later import of a newer archive completes what an earlier import has brought, and respects changes made here."""

import shutil

from django.contrib.auth.models import Group

from accounts.models import User
from forums.models import Category, OldAddress, Picture, Tag, Topic
from forums.moderation.acts import topics
from tests.forums.pictures.files import picture

BASE = "https://trees.example.org"


def test_tags_are_added_to_topics_of_an_earlier_import(bring, discourse, mod):
    for number in (1, 2, 3):
        discourse.topic(discourse.post(id=number * 10), id=number, tags=["ash"] if number == 3 else None)
    bring("discourse")
    changed = Topic.objects.get(source__contains=":2@")
    topics.retag(changed, ["own"], by=mod)
    Tag.objects.create(name="oaks", synonym_of=Tag.objects.create(name="oak"))
    for number in (1, 2, 3):
        tags = ["ash", "b", "c", "d", "e", "f"] if number == 3 else ["Oaks", "elm"]
        discourse.topic(discourse.post(id=number * 10), id=number, tags=tags)
    foreseen, report = bring("discourse", is_rehearsal=True), bring("discourse")
    assert list(Topic.objects.order_by("source").values_list("tags", flat=True)) == [
        ["elm", "oak"],
        ["own"],
        ["ash", "b", "c", "d", "e"],
    ]
    for each in (foreseen, report):
        assert (each.added["tags"], each.present["tags"]) == (6, 1)
        assert each.skipped["tags"] == {
            "a topic has at most 5 tags here": 1,
            "a moderator has changed the tags of their topic here": 2,
        }
    version = Topic.objects.get(source__contains=":1@").version
    assert bring("discourse").added["tags"] == 0
    assert Topic.objects.get(source__contains=":1@").version == version


def test_staff_come_into_their_group_once_and_are_named_afterwards(bring, discourse):
    discourse.topic(discourse.post(), discourse.post(2, user_id=8, username="Ada"))
    bring("discourse", base=BASE)
    discourse.topic(discourse.post(admin=True), discourse.post(2, user_id=8, username="Ada"))
    report = bring("discourse", base=BASE)
    group = Group.objects.get(name="Staff of trees.example.org")
    assert list(group.user_set.all()) == [User.objects.get(username="Grace")]
    assert (report.staff, report.ungrouped) == (["Grace"], [])
    discourse.topic(discourse.post(admin=True), discourse.post(2, user_id=8, username="Ada", moderator=True))
    report = bring("discourse", base=BASE)
    assert (report.staff, report.ungrouped, group.user_set.count()) == ([], ["Ada"], 1)
    assert "Staff of the other forum who are not in its group here: 1\n  Ada" in report.notes()


def test_a_category_is_the_same_in_an_archive_in_another_directory(bring, discourse, tmp_path):
    (tmp_path / "one").mkdir()
    discourse.path = tmp_path / "one"
    discourse.topic(id=1)
    bring("discourse", discourse.path)
    assert not OldAddress.objects.exists()
    bring("discourse", discourse.path, base=BASE)
    shutil.copytree(discourse.path, tmp_path / "two")
    discourse.path = tmp_path / "two"
    discourse.topic(discourse.post(id=900), id=2)
    bring("discourse", discourse.path, base=BASE)
    category = Category.objects.get()
    assert set(Topic.objects.values_list("category", flat=True)) == {category.pk}
    Topic.objects.update(category=Category.objects.create(name="Own", slug="own"))
    category.delete()
    bring("discourse", discourse.path, base=BASE)
    assert list(Category.objects.values_list("name", flat=True)) == ["Own"]


def test_pictures_come_once_their_files_are_there(bring, discourse, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    discourse.topic(discourse.post(cooked=f'<p><img src="{BASE}/uploads/oak.png"></p>'))
    bring("discourse", base=BASE)
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads/oak.png").write_bytes(picture())
    assert bring("discourse", base=BASE).added["pictures"] == 1
    assert Picture.objects.get().digest
