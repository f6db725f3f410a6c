"""Compiled queries return the same rows as ordinary ones, for all arguments and viewers."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.db.models import Q

from accounts.models import User
from config.caching.compiled_queries import LARGEST, Text, compiled
from tests.cast import member

pytestmark = pytest.mark.django_db


def found_by(build):
    """Returns the prepared function, and a list of the arguments with which it builds queries."""
    asked = []

    def remembered(*given):
        asked.append(given)
        return build(*given)

    return compiled(remembered), asked


def test_each_gets_their_own_and_the_query_is_compiled_once(ada, ben, django_assert_num_queries):
    named, asked = found_by(lambda pk: User.objects.filter(pk=pk).only("username"))
    with django_assert_num_queries(4):
        assert [named(ada.pk), named(ben.pk), named(ada.pk), named(0)] == [[ada], [ben], [ada], []]
    assert asked == [(LARGEST,)]


def test_what_comes_along_comes_along(ada, ben, django_assert_num_queries):
    group = Group.objects.create(name="Stewards")
    ada.groups.add(group)
    with_groups, _ = found_by(lambda pk: User.objects.filter(pk=pk).prefetch_related("groups"))
    for each, groups in ((ada, [group]), (ben, [])):
        with django_assert_num_queries(2):
            assert list(with_groups(each.pk)[0].groups.all()) == groups


def test_numbers_do_not_change_places(ada, ben, cleo):
    among, asked = found_by(
        lambda first, others, last: User.objects.filter(
            Q(pk__among=others) | Q(pk__in=[last, first])
        ).order_by("pk")
    )
    assert among(cleo.pk, (ada.pk,), 0) == [ada, cleo]
    assert among(0, (ada.pk, ben.pk), cleo.pk) == [ada, ben, cleo]
    assert among(0, (ben.pk, cleo.pk, 2**40), 0) == [ben, cleo]
    assert among(ben.pk, (), cleo.pk) == [ben, cleo]
    one, two, three = range(LARGEST, LARGEST - 3, -1)
    assert asked == [(one, (two,), three), (one, (), two)]


def test_among_leaves_out_as_well(ada, ben, cleo):
    others, _ = found_by(lambda pks: User.objects.exclude(pk__among=pks).order_by("pk"))
    assert others((ben.pk,)) == [ada, cleo]
    assert others(()) == [ada, ben, cleo]


def test_texts_and_yes_and_no_make_other_queries(ada, ben):
    listed, asked = found_by(
        lambda order, is_short: User.objects.order_by(order)[: 1 if is_short else 2].values_list(
            "username", flat=True
        )
    )
    assert (listed("username", True), listed("-username", False)) == (["Ada"], ["Ben", "Ada"])
    assert (listed("username", False), listed("username", True)) == (["Ada", "Ben"], ["Ada"])
    assert len(asked) == 3


def test_texts_that_are_passed_on_need_one_query_for_all(ada, ben):
    named, asked = found_by(
        lambda whole, beginning, pk: User.objects.filter(
            Q(username=whole) | Q(username__startswith=beginning), pk__lte=pk
        ).order_by("pk")
    )
    assert named(Text("Ada"), Text("Be"), ben.pk) == [ada, ben]
    assert named(Text("Be"), Text("Ad"), ben.pk) == [ada]
    assert named(Text("Ben"), Text("Zoe"), ada.pk) == []
    for sign in ("%", "_da", "\\", "Ad%", ""):
        assert named(Text(sign), Text(sign or "Zoe"), ben.pk) == []
    assert len(asked) == 1


def test_what_finds_nothing_by_itself_asks_nobody(ada, django_assert_num_queries):
    nobody, _ = found_by(lambda pk: User.objects.filter(pk=pk).none())
    with django_assert_num_queries(0):
        assert nobody(ada.pk) == []


def test_viewers_are_of_one_kind_when_rules_treat_them_alike(ada, ben, mod):
    ada.groups.add(Group.objects.create(name="Stewards"))
    seen, asked = found_by(lambda viewer: User.objects.filter(pk=viewer.pk))
    root = member("Root", is_superuser=True)
    assert seen(AnonymousUser()) == []
    for each in (ada, ben, mod, root, member("Cleo")):
        assert seen(User.objects.get(pk=each.pk)) == [each]
    kinds = [(len(viewer.group_ids), viewer.is_moderator, viewer.is_superuser) for (viewer,) in asked[1:]]
    assert len(kinds) == len(set(kinds)) == 4


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection(ada):
    ask, _ = found_by(lambda pk: User.objects.filter(pk=pk))
    assert ask(ada.pk) == [ada]

    def elsewhere():
        try:
            return ask(ada.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        connection.close()
        assert another.submit(elsewhere).result() == [ada]
        assert connection.connection is None
