"""Blocks of addresses and e-mail domains: nobody can sign up from them, or nobody can post."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.forms.signup import sign_now
from accounts.models import Block, User
from accounts.sign_in import blocks
from forums.models import Category, Comment, Topic
from tests.cast import member

HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"


def block(**said):
    made = Block(**{"reason": "Spam"} | said)
    made.full_clean()
    made.save()
    return made


def sign_up(email="dora@example.org", address=HERE, **more):
    """Signs up with a new client, because the site would continue a sign-up that another one has begun."""
    form = {"username": "Dora", "email": email, "password1": "correct horse battery", "opened": sign_now()}
    return Client().post("/accounts/signup/", form, REMOTE_ADDR=address, **more)


@pytest.mark.parametrize(
    ("network", "address", "is_covered"),
    [
        ("198.51.100.0/24", HERE, True),
        ("198.51.100.7", HERE, True),
        ("198.51.100.8/30", HERE, False),
        ("198.51.100.0/24", ELSEWHERE, False),
        ("2001:db8::/32", "2001:db8:7::1", True),
        ("2001:db8::/32", "2001:db9::1", False),
        ("2001:db8::/32", HERE, False),
        ("::ffff:198.51.100.0/120", HERE, True),
        ("::ffff:198.51.100.0/120", ELSEWHERE, False),
    ],
)
def test_nobody_joins_from_a_blocked_network(db, visitor, network, address, is_covered):
    block(network=network)
    answer = sign_up(address=address)
    assert (answer.status_code, User.objects.count()) == ((403, 0) if is_covered else (302, 1))
    page = visitor.get("/accounts/signup/", REMOTE_ADDR=address)
    if is_covered:
        assert "Nobody can make an account from your network at the moment." in answer.text
        assert "Spam" not in answer.text
    assert page.status_code == (403 if is_covered else 200)
    assert visitor.get("/", REMOTE_ADDR=address).status_code == 200


def test_a_claimed_address_neither_blocks_nor_frees(db, settings):
    block(network=HERE)
    assert sign_up(headers={"X-Forwarded-For": ELSEWHERE}).status_code == 403
    assert sign_up(address=ELSEWHERE, headers={"X-Forwarded-For": HERE}).status_code == 302
    User.objects.all().delete()
    settings.TRUSTED_PROXIES = [ELSEWHERE]
    assert sign_up(address=ELSEWHERE, headers={"X-Forwarded-For": HERE}).status_code == 403


@pytest.mark.parametrize(
    ("domain", "email", "is_blocked"),
    [
        ("trash.example", "a@trash.example", True),
        ("@Trash.Example.", "a@TRASH.example", True),
        ("trash.example", "a@mx.trash.example", True),
        ("trash.example", "a@nottrash.example", False),
        ("mx.trash.example", "a@trash.example", False),
    ],
)
def test_nobody_joins_with_an_address_at_a_blocked_domain(db, domain, email, is_blocked):
    block(domain=domain)
    answer = sign_up(email)
    if is_blocked:
        assert "You cannot sign up with an address at" in str(answer.context["form"].errors["email"])
    assert User.objects.count() == (0 if is_blocked else 1)


def test_nobody_moves_to_a_blocked_domain_either(ada, signed_in_by_password):
    block(domain="trash.example")
    browser = signed_in_by_password(ada)
    answer = browser.post("/accounts/email/", {"action_add": "", "email": "ada@trash.example"})
    assert "You cannot sign up with an address at" in answer.text
    assert (
        browser.post("/accounts/email/", {"action_add": "", "email": "ada@fine.example"}).status_code == 302
    )


@pytest.mark.django_db(transaction=True)
def test_an_end_that_has_passed_and_a_lifted_block_let_people_in_at_once():
    made = block(network=HERE)
    assert sign_up().status_code == 403
    made.until = timezone.now() + timedelta(minutes=1)
    made.save()
    assert sign_up().status_code == 403
    Block.objects.update(until=timezone.now() - timedelta(seconds=1))
    made.save(update_fields=["reason"])
    assert sign_up().status_code == 302
    again = block(network=HERE)
    User.objects.all().delete()
    assert sign_up().status_code == 403
    again.delete()
    assert sign_up().status_code == 302


@pytest.fixture
def topic(ada):
    town = Category.objects.create(name="Town", slug="town")
    return Topic.open(author=ada, category=town, title="Limes?", body="What?", token=uuid4())


def acts(topic, own):
    sent = {"body": "An hour of my life", "title": "Bees", "token": str(uuid4())}
    return (
        (f"/t/{topic.pk}/reply/", sent | {"parent": topic.comments.get(seq=1).pk}),
        ("/new/", sent | {"category": topic.category_id, "token": str(uuid4())}),
        (f"/comments/{own.pk}/edit/", sent),
    )


@pytest.mark.parametrize(
    ("what", "extent", "is_refused"),
    [
        ({"network": "198.51.100.0/24"}, "posting", True),
        ({"network": "198.51.100.0/24"}, "sign_up", False),
        ({"domain": "example.org"}, "posting", True),
        ({"domain": "example.org"}, "sign_up", False),
    ],
)
def test_posting_is_refused_where_the_block_says_so_and_the_text_comes_back(
    sign_in, topic, ben, what, extent, is_refused
):
    own = topic.reply(author=ben, parent=topic.comments.get(), body="Mine", token=uuid4())
    block(extent=extent, **what)
    for address, sent in acts(topic, own):
        answer = sign_in(ben).post(address, sent, REMOTE_ADDR=HERE)
        assert answer.status_code == (403 if is_refused else 303)
        if is_refused:
            assert ("cannot post" in answer.text) or ("can post from your network" in answer.text)
            assert "An hour of my life" in answer.text
    assert Comment.objects.count() == (2 if is_refused else 4)
    assert sign_in(ben).get(topic.get_absolute_url(), REMOTE_ADDR=HERE).status_code == 200


def test_moderators_post_from_everywhere(sign_in, topic, mod):
    block(network=HERE, extent="posting")
    address, sent = acts(topic, topic.comments.get())[0]
    assert sign_in(mod).post(address, sent, REMOTE_ADDR=HERE).status_code == 303


def test_an_answer_is_kept_until_a_block_changes(
    rf, ben, django_assert_num_queries, django_capture_on_commit_callbacks
):
    request = rf.post("/", REMOTE_ADDR=HERE)
    request.user = ben
    assert blocks.why_not_post(request) == ""
    with django_assert_num_queries(0):
        assert blocks.why_not_post(request) == ""
    with django_capture_on_commit_callbacks(execute=True):
        block(network=HERE, extent="posting")
    assert blocks.why_not_post(request) != ""


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"network": HERE, "domain": "trash.example"},
        {"network": "10.0.0.0/7"},
        {"network": "::/8"},
        {"network": "nonsense"},
        {"network": "198.51.100.0/33"},
        {"domain": "not a domain"},
        {"network": HERE, "until": timezone.now() - timedelta(days=1)},
        {"network": HERE, "reason": ""},
    ],
)
def test_what_makes_no_sense_is_refused(db, said):
    with pytest.raises(ValidationError):
        block(**said)
    assert not Block.objects.exists()
    assert str(block(network="198.51.100.7/24").network) == "198.51.100.0/24"


def test_the_database_refuses_a_block_of_nothing(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(reason="Nothing")


def test_addresses_are_matched_by_the_index(db):
    Block.objects.bulk_create(
        Block(network=f"10.{n // 250}.{n % 250}.0/24", reason="Many") for n in range(5_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_block")
        cursor.execute("EXPLAIN SELECT 1 FROM accounts_block WHERE network >>= '10.1.7.9'::inet")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "block_network" in plan
    assert [str(found) for found in Block.objects.covering("10.1.7.9")] == ["10.1.7.0/24"]


def test_blocks_are_made_found_and_lifted_in_the_admin(db, sign_in):
    browser = sign_in(member("Chief", is_superuser=True, is_staff=True))
    sent = {"network": "198.51.100.0/24", "extent": "posting", "reason": "Spam"}
    assert browser.post("/admin/accounts/block/add/", sent).status_code == 302
    made = Block.objects.get()
    assert (str(made.network), made.by.username) == ("198.51.100.0/24", "Chief")
    found = browser.get("/admin/accounts/block/", {"q": HERE}).context["cl"].result_list
    assert list(found) == [made]
    assert browser.post("/admin/accounts/block/add/", sent | {"network": "x"}).status_code == 200
    assert browser.post(f"/admin/accounts/block/{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Block.objects.exists()
