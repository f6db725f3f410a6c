"""The members and categories of the generated forum, and the members' sessions."""

from datetime import timedelta
from ipaddress import IPv4Address
from random import Random
from uuid import uuid4
from zlib import crc32

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Trust, User
from accounts.sign_in.sessions import SessionStore
from forums.models import Category, Rule
from tests.load.data.prose import KINDS, NAMES

DOMAIN = "@bench.invalid"
CROWD = "Voter"
ROOMS = """Arrivals, Bread and jam, Bicycles, Books, Cellar finds, Council matters, Electrics, Events, Garden, Give
and take, House rules, Kitchen, Music, Neighbours, Pottery, Radio, Repairs, Textiles, Trains and trams, Wood""".replace(
    "\n", " "
).split(", ")


def make_members(random: Random, count: int) -> list[User]:
    """Create members without a usable password, with ids from 1."""
    nobody = make_password(None)
    members = [
        User(pk=number, username=name, email=f"{name.lower()}{DOMAIN}", password=nobody, trust=Trust.MEMBER)
        for number, name in enumerate(_names(random, count), start=1)
    ]
    User.objects.bulk_create(members, batch_size=1_000)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=each, email=each.email, verified=True, primary=True) for each in members],
        batch_size=1_000,
    )
    return members


def _names(random, count):
    plain = [f"{kind.replace('-', '').capitalize()}{name}" for kind in KINDS for name in NAMES]
    random.shuffle(plain)
    return [f"{plain[at % len(plain)]}{at // len(plain) or ''}" for at in range(count)]


def make_categories(count: int) -> list[Category]:
    """Create categories. A third are top-level; each of the others is below one of these."""
    colours = Category.Colour.values
    top = count // 3
    categories = [
        Category(
            pk=at + 1,
            parent_id=at % top + 1 if at >= top else None,
            name=name,
            slug=name.lower().replace(" ", "-"),
            description=f"Everything about {name.lower()}, big and small.",
            position=at,
            colour=colours[at % len(colours)],
        )
        for at, name in enumerate(ROOMS[:count])
    ]
    return Category.objects.bulk_create(categories)


def sessions(count: int) -> list[str]:
    """Sign in the first `count` members. Returns the keys of their sessions."""
    return sign_in(User.objects.order_by("pk")[:count])


def crowd(count: int, name: str = CROWD) -> list[str]:
    """Create and sign in `count` members beside those who read and post. Returns the keys of their sessions."""
    return sign_in(made(count, name))


def made(count: int, name: str):
    """`count` members with numbered names that start with `name`. Creates only the missing ones."""
    have = User.objects.filter(username__startswith=name).count()
    nobody = make_password(None)
    missing = [
        User(username=f"{name}{n}", email=f"{name.lower()}{n}{DOMAIN}", password=nobody)
        for n in range(have, count)
    ]
    User.objects.bulk_create(missing, batch_size=1_000)
    return User.objects.filter(username__startswith=name).order_by("pk")[:count]


def sign_in(members) -> list[str]:
    """Create a session for each member. Returns the keys."""
    store, until, rows, owned = SessionStore(), timezone.now() + timedelta(days=7), [], []
    for member in members:
        session = {
            SESSION_KEY: str(member.pk),
            BACKEND_SESSION_KEY: "accounts.sign_in.backends.MemberBackend",
            HASH_SESSION_KEY: member.get_session_auth_hash(),
        }
        key = uuid4().hex
        rows.append(Session(session_key=key, session_data=store.encode(session), expire_date=until))
        owned.append(UserSession(user=member, session_key=key, ip="127.0.0.1"))
    Session.objects.bulk_create(rows, batch_size=1_000)
    UserSession.objects.bulk_create(owned, batch_size=1_000)
    return [row.session_key for row in rows]


def owners(keys: list[str]) -> list[int]:
    """The ids of the members with these sessions, in the same order. One query."""
    found = Session.objects.in_bulk(keys)
    return [int(found[key].get_decoded()[SESSION_KEY]) for key in keys]


def report_rule() -> Rule:
    """The rule that reports cite. Creates it if there is none."""
    return Rule.objects.in_force().first() or Rule.objects.create(title="Spam", text="No spam.")


def address(session: str) -> IPv4Address:
    """The address of the member with this session. Rate limits also count per address."""
    return IPv4Address("10.0.0.0") + crc32(session.encode()) % 2**24
