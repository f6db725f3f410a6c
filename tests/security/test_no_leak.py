"""Hidden content does not exist for those who may not see it.

Tests visit every address of the site, feeds, search, the socket, notifications, mails, the export and the admin.
"""

import io
import zipfile
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.mail import sending
from accounts.profiles import export
from forums.export import write
from forums.live import streams as live_streams
from forums.models import Category, Comment, Notification, Picture, Tag, Topic
from forums.notifications.mail import claiming
from forums.search import index
from tests import event_loop
from tests.cast import member
from tests.security.hidden_content import WORDS, create_hidden_content
from tests.websocket_client import WebSocketClient

# --- Every address, by the kind of its number --------------------------------------------------------

ADDRESSES = {
    "places": """
        comment-add topic-changes topic-find topic-hide topic-jump topic-lock topic-mark-read topic-merge topic-moderate
        topic-move topic-pin topic-rename topic-report topic-retag topic-restore topic-see topic-show topic-slow
        topic-unlock topic-unpin topic-watch feed-topic poll-new debate-ask debate-calendar debate-cancel debate-edit
        debate-end debate-forget debate-moved debate-outcome debate-remind debate-summary side-against side-for
        side-undecided
    """,
    "comments": """
        comment-show comment-accept comment-delete comment-edit comment-hide comment-history comment-menu comment-reply
        comment-moderate comment-moved comment-report comment-restore comment-unaccept bookmark-add bookmark-remove
        branch-fold branch-unfold branch-hide branch-lock branch-unlock branch-split branch-watch vote-up vote-down
        vote-none
    """,
    "members": """
        member-show member-find member-avatar member-ignore member-unignore member-report member-moderate note-add
        removal-finish sanction-impose
    """,
    "categories": "category-show category-watch feed-category",
    "tags": "tag-show tag-watch feed-tag",
    "polls": """
        ballot-cast ballot-withdraw poll-close poll-edit poll-export poll-extend poll-option-add poll-option-correct
        poll-outcome poll-roll poll-show poll-state poll-voters receipt-find
    """,
    "outcomes": "outcome-show outcome-withdraw",
    "sitemaps": "sitemap-topics",
    "records": "record-show record-file",
    "pictures": "picture-show picture-file picture-moving",
    "pending": "pending-approve pending-mend pending-refuse pending-show pending-withdraw",
    "cases": "case-claim case-release case-decide",
    "actions": "modlog-show modlog-undo appeal-new",
    "appeals": "appeal-show appeal-grant appeal-refuse",
    "old_paths": "moved-show moved-show-here",
    "": """
        topic-list list-choose topic-new topic-new-with category-list tag-list bookmark-list draft-list draft-save
        draft-discard pending-list mention-list preview search search-suggest topic-similar report-list rule-list
        modlog-list picture-upload robots favicon security change-password sitemap sitemap-lists
        appeal-list notification-list notification-read notification-count watch-list welcome unsubscribe
        debate-list outcome-list poll-list feed-decisions
        record-list record-chain record-verifier feed-records
        queue-show queue-decide-all background-act-show raid-show raid-remove raid-restore feed-latest feed-modlog
        healthz readyz metrics script-error-report settings-show settings-profile settings-preferences
        settings-ignored settings-standing settings-time-zone settings-export settings-delete session-end sanction-lift
        appeal-from-outside
        account_change_password account_confirm_login_code account_confirm_reauthentication_code account_email
        account_email_verification_sent account_inactive account_login account_logout account_reauthenticate
        account_request_reauthentication_code account_reset_password
        account_reset_password_done account_reset_password_from_key account_reset_password_from_key_done
        account_set_password account_signup mfa_activate_totp mfa_add_webauthn mfa_authenticate mfa_deactivate_totp
        mfa_download_recovery_codes mfa_edit_webauthn mfa_generate_recovery_codes mfa_index mfa_list_webauthn
        mfa_login_webauthn mfa_reauthenticate mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_view_recovery_codes
        openid_connect_callback openid_connect_login socialaccount_connections socialaccount_login_cancelled
        socialaccount_login_error socialaccount_signup usersessions_list
    """,
}
NAMES = {name: of for of, names in ADDRESSES.items() for name in names.split()}
BY_KEYS = {"account_reset_password_from_key": {"uidb36": "1", "key": "a-b"}}
OTHER = {
    "level": "watching",
    "attached": "poll",
    "form": "csv",
    "token": "x:y",
    "kind": "warning",
    "slug": "a-slug",
    "view": "compact",
    "provider_id": "none",
    "width": 400,
    "host": "old.example.org",
}
ENDS_THE_SESSION = {"account_logout", "settings-delete", "session-end"}
OWN_NAMES = {"zebulon", "mordecai", "ignatius", "leopold", "balthasar", "ezekiel", "obadiah"}
"""Names of members, who are no secret: the admin lists members, and search suggests them."""
ASKED = {
    "search": [f"?q={word}" for words in WORDS.values() for word in words]
    + ["?author=ben", "?after=2000-01-01", "?in=vault", "?topic={topic}", "?has=poll&after=2000-01-01"],
    "search-suggest": [f"?q={word[:-1]}" for words in WORDS.values() for word in {*words} - OWN_NAMES],
    "topic-similar": [f"?title={word}" for words in WORDS.values() for word in words],
    "mention-list": ["?q=b&topic={topic}"],
    "topic-list": ["?list=new", "?list=top&period=all", "?list=unanswered", "?list=mine"],
    "poll-list": ["?list=upcoming", "?list=closed", "?list=decided", "?category=vault"],
    "outcome-list": ["?list=due", "?category=vault", "?q=market", *(f"?q={word}" for word in WORDS["outcome"])],
    "topic-show": ["?sort=new", "?branch=2", "?branch=3", "?focus=2", "?new=1"],
    "topic-jump": ["?date=2000-01-01"],
    "topic-changes": ["?since=0", "?since=1"],
    "modlog-list": ["?verb=topic_hidden", "?category=vault", "?rule={rule}", "?member=ignatius"],
    "queue-show": ["?case={case}", "?why=held"],
    "raid-show": ["?minutes=1440&days=36500"],
    "member-show": ["?tab=topics", "?tab=comments"],
    "comment-add": ["?parent={comment}"],
    "topic-slow": ["?branch={comment}"],
}  # fmt: skip


def patterns(found=None, keys=()):
    """Yields the name of each address outside the admin, and the keys that it takes."""
    for each in get_resolver().url_patterns if found is None else found:
        own = (*keys, *each.pattern.regex.groupindex)
        if getattr(each, "url_patterns", None) and not each.namespace:
            yield from patterns(each.url_patterns, own)
        elif getattr(each, "name", None):
            yield each.name, own


def test_every_address_of_the_site_is_walked():
    """Fails if an address is new. Add it to ADDRESSES under the kind of its number."""
    assert {name for name, _ in patterns()} == set(NAMES)


# --- The scene ----------------------------------------------------------------------------------------


@pytest.fixture
def secrets(settings, tmp_path, limes, opening, ada, ben, mod, town, vault, stewards):
    settings.RATELIMIT_ENABLE = False
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OLD_HOSTS = ["old.example.org"]
    steward = member("Steward")
    steward.groups.add(stewards, *mod.groups.all())
    found = create_hidden_content(
        town=town, vault=vault, steward=steward, mod=mod, outsider=ben, opening=opening
    )
    found.steward, found.mod, found.ben = steward, mod, ben
    index.run()
    return found


@pytest.fixture
def herder(secrets):
    """A moderator of a category without secrets, who may view the admin."""
    user = member("Herder", is_staff=True)
    group = Group.objects.create(name="Herders")
    user.groups.add(group)
    Category.objects.create(name="Meadow", slug="meadow", moderator_groups=[group.pk])
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return user


def browser(user):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def addresses(secrets):
    """Yields each address with every secret of its kind, and the ways to request it."""
    for name, keys in patterns():
        of = NAMES[name]
        for thing in getattr(secrets, of) if of else [None]:
            address = reverse(name, kwargs={key: _value(name, key, of, thing, secrets) for key in keys})
            yield name, address
            for query in ASKED.get(name, []):
                yield name, address + query.format(
                    topic=secrets.topics[1].pk, comment=secrets.comments[2].pk, rule=secrets.rule.pk,
                    case=secrets.cases[0].pk,
                )  # fmt: skip


def _value(name, key, of, thing, secrets):
    """Returns the values of an address's keys for a secret."""
    if key in BY_KEYS.get(name, {}):
        return BY_KEYS[name][key]
    if of == "pictures" and key == "key":
        return thing.key
    if key == "option":
        return secrets.options[0].pk
    if key == "path":
        return thing
    if key == "slug" and of == "categories":
        return thing.slug
    if key == "name":
        return thing if of in ("members", "tags") else "keep"
    if key in OTHER:
        return OTHER[key]
    return getattr(thing, "pk", 1)


def sent(secrets):
    """A value for every field of every form."""
    return {
        "decision": "Words", "version": 0,
        "body": "Words", "title": "Words", "reason": "Words", "words": "Words", "rule": secrets.rule.pk,
        "token": str(uuid4()), "category": "town", "into": secrets.topics[0].pk, "topic": secrets.topics[1].pk,
        "parent": secrets.comments[1].pk,
        "seq": 1, "tags": "words",
        "question": "Words?", "wordings": "One\nTwo", "seconds": 60, "scope": "member", "name": "Words",
        "case": [case.pk for case in secrets.cases],
    }  # fmt: skip


def told(answer) -> str:
    """Returns the text of a response, its headers, and the files in its zip."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = b"\n".join(archive.read(name) for name in archive.namelist())
    return (content.decode(errors="replace") + str(dict(answer.headers))).casefold()


READABLE = (".html", ".json", ".jsonl")
ALL_WORDS = {word for words in WORDS.values() for word in words}


def leaks(text, address) -> set[str]:
    """Returns the secret words of a text that were not part of the request: a page repeats a search."""
    asked = address.casefold()
    return {word for word in ALL_WORDS if word in text and word not in asked}


def walk(client, secrets) -> list:
    found, seen, refused = [], 0, set()
    for name, address in addresses(secrets):
        seen += 1
        if ("GET", name) not in refused:
            answer = client.get(address)
            assert answer.status_code < 500, (address, answer.status_code)
            found += [("GET", address, word) for word in leaks(told(answer), address)]
            # A view refuses a method before it looks at its address, so one of its addresses is enough.
            refused.update([("GET", name)] if answer.status_code == 405 else [])
        if name in ENDS_THE_SESSION or ("POST", name) in refused:
            continue
        with transaction.atomic():
            answer = client.post(address, sent(secrets))
            assert answer.status_code < 500, (address, answer.status_code)
            found += [("POST", address, word) for word in leaks(told(answer), address)]
            refused.update([("POST", name)] if answer.status_code == 405 else [])
            transaction.set_rollback(True)
        client.cookies.pop(
            "messages", None
        )  # drop one-time messages, so that the next page does not show them
    assert seen > 200
    return found


# --- The walks ----------------------------------------------------------------------------------------


def test_a_visitor_learns_nothing(secrets):
    assert walk(browser(None), secrets) == []


def test_a_tag_of_hidden_topics_is_as_missing_as_one_that_nobody_made(secrets):
    def answers(client, name):
        found = client.get(f"/search/?q=oak+tag:{name}").text.partition("<main")[2]
        pages = [client.get(f"{place}/{name}/").status_code for place in ("/tag", "/feed/tag")]
        return [*pages, found.partition("</main>")[0].replace(name, "")]

    outsider = browser(None)
    for name in secrets.tags:
        assert answers(outsider, name) == answers(outsider, "zither")
    assert answers(browser(secrets.steward), "theremin")[0] == 200


def test_a_member_who_had_to_do_with_it_learns_nothing(secrets):
    assert walk(browser(secrets.ben), secrets) == []


def test_a_moderator_of_another_category_learns_nothing(secrets, herder):
    assert walk(browser(herder), secrets) == []


def test_those_who_may_see_do(secrets):
    """Proves that there is something to find: each word is visible to somebody somewhere."""
    steward, mod = browser(secrets.steward), browser(secrets.mod)
    text = ""
    for topic in secrets.topics:
        text += told(steward.get(topic.get_absolute_url(), follow=True))
    for action in secrets.actions:
        text += told(mod.get(action.get_absolute_url()))
    text += told(mod.get("/moderation/")) + told(mod.get(secrets.pending[0].get_absolute_url()))
    for outcome in secrets.outcomes:
        text += told(steward.get(outcome.get_absolute_url()))
    for appeal in secrets.appeals:
        text += told(mod.get(appeal.get_absolute_url()))
    for word in ("xylophone", "bassoon", "harpsichord"):
        assert told(steward.get(f"/search/?q={word}")).count("<mark>") > 0
    assert all("mangosteen" in told(steward.get(picture.get_absolute_url())) for picture in secrets.pictures)
    text += "mangosteen"
    text += told(mod.get("/reports/")) + told(mod.get(f"/moderation/?case={secrets.cases[-1].pk}"))
    text += told(browser(secrets.authors["Ignatius"]).get(secrets.appeals[0].get_absolute_url()))
    closed_by = Comment.objects.get(pk=secrets.comments[2].pk).cases.first()
    text += told(mod.get(f"/moderation/?case={closed_by.pk}"))
    missing = ALL_WORDS.difference(word for word in ALL_WORDS if word in text)
    assert missing <= {
        "cinnabar",
        "obadiah",
    }  # belong to a decided case; the next line proves that they existed
    assert closed_by.reports.filter(words="Of cinnabar colour").exists()


def test_notifications_and_letters_say_nothing(secrets, ben):
    """Checks the outsider's notifications and mails. They were mentioned in all hidden content and watched it."""
    Notification.objects.filter(member=ben).update(due_at=timezone.now())
    assert Notification.objects.filter(member=ben).exists()
    claiming.claim()
    sending.send_due()
    mine = [letter for letter in mail.outbox if ben.email in letter.to]
    text = "".join(str(letter.message()) + letter.body + letter.subject for letter in mine).casefold()
    assert {word for word in ALL_WORDS if word in text} == set()
    assert (
        Notification.objects.unread()
        .filter(member=ben, topic__in=secrets.topics)
        .exclude(kind="moderated")
        .count()
        == 0
    )


# --- The admin ----------------------------------------------------------------------------------------

MODELS = [
    "account_emailaddress", "accounts_block", "accounts_footprint", "accounts_freedname", "accounts_ignore",
    "accounts_note", "accounts_accountmail", "accounts_sanction", "accounts_user", "admin_logentry", "auth_group",
    "forums_action", "forums_appeal", "forums_backgroundact", "forums_blockedpicture",
    "forums_bookmark", "forums_case", "forums_category", "forums_collapse", "forums_comment", "forums_debate",
    "forums_draft", "forums_filter", "forums_outboxevent", "forums_outcome", "forums_outgoingmail",
    "forums_pendingpost",
    "forums_persuasion", "forums_notification", "forums_frontpage", "forums_linkpreview", "forums_oldaddress",
    "forums_picture",
    "forums_origin", "forums_pendingrecord", "forums_record", "forums_recordtext",
    "forums_reminder", "forums_report", "forums_revision", "forums_rule", "forums_searchentry",
    "forums_searchupdate", "forums_side",
    "forums_sidechange", "forums_slowmode", "forums_tag", "forums_topic", "forums_visit", "forums_vote", "forums_watch",
    "mfa_authenticator", "polls_ballot", "polls_elector", "polls_poll", "polls_secretballot", "polls_voter",
    "socialaccount_socialaccount", "usersessions_usersession",
]  # fmt: skip
OF_THE_ADMIN = {
    "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site",
    "app_list", "auth_user_password_change",
}  # fmt: skip


def admin_names():
    for each in get_resolver().url_patterns:
        if getattr(each, "namespace", None) == "admin":
            yield from (pattern.name for pattern in each.url_patterns if getattr(pattern, "name", None))
            for inner in each.url_patterns:
                yield from (p.name for p in getattr(inner, "url_patterns", ()) if p.name)


def test_every_page_of_the_admin_is_walked():
    pages = {
        f"{model}_{page}" for model in MODELS for page in ("add", "change", "changelist", "delete", "history")
    }
    assert set(admin_names()) - OF_THE_ADMIN == pages


def admin_addresses(secrets):
    ids = {
        "topic": secrets.topics, "comment": secrets.comments, "category": secrets.categories,
        "pendingpost": secrets.pending, "case": secrets.cases, "action": secrets.actions,
        "appeal": secrets.appeals, "poll": secrets.polls, "outcome": secrets.outcomes, "revision": secrets.revisions,
        "tag": Tag.objects.all(),
    }  # fmt: skip
    for model in MODELS:
        yield reverse(f"admin:{model}_changelist")
        yield reverse(f"admin:{model}_add")
        for word in ("xylophone", "bassoon", "quincelike"):
            yield reverse(f"admin:{model}_changelist") + f"?q={word}"
        for thing in ids.get(model.partition("_")[2], []):
            for page in ("change", "delete", "history"):
                yield reverse(f"admin:{model}_{page}", args=[thing.pk])
    for app, model, field in (
        ("forums", "comment", "topic"), ("forums", "draft", "topic"), ("polls", "poll", "topic"),
        ("forums", "bookmark", "comment"), ("forums", "topic", "category"), ("forums", "case", "topic"),
    ):  # fmt: skip
        for term in ("", "xylo", "bass", str(secrets.topics[0].pk), str(secrets.comments[0].pk)):
            query = f"?app_label={app}&model_name={model}&field_name={field}&term={term}"
            yield reverse("admin:autocomplete") + query
    yield reverse("admin:index")


@pytest.mark.parametrize("who", ["visitor", "member", "herder"])
def test_the_admin_says_nothing_to_those_who_may_not_see(secrets, herder, who):
    client = browser({"visitor": None, "member": secrets.ben, "herder": herder}[who])
    found, opened = [], 0
    for address in admin_addresses(secrets):
        answer = client.get(address)
        assert answer.status_code < 500, address
        opened += answer.status_code == 200
        found += [(address, word) for word in leaks(told(answer), address) - OWN_NAMES]
    assert found == []
    assert (opened > 20) is (who == "herder")


# --- The socket ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_socket_says_nothing(secrets):
    async def scene():
        outsider, steward = WebSocketClient(secrets.ben), WebSocketClient(secrets.steward)
        streams = [live_streams.topic(topic.pk) for topic in secrets.topics[:2]]
        assert await outsider.join(*streams) == ["refused", "refused"]
        assert (await steward.join(*streams))[0] == "joined"
        for page in (outsider, steward):
            await page.disconnect()

    event_loop.run(scene())
    assert Topic.objects.filter(pk__in=[topic.pk for topic in secrets.topics]).count() == 4


# --- The export ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_export_says_nothing(secrets, opening, tmp_path):
    write.write(tmp_path / "export")
    text = "".join(path.read_text() for path in (tmp_path / "export").rglob("*.*") if path.suffix in READABLE)
    assert {word for word in ALL_WORDS if word in text.casefold()} == set()
    assert opening.body in text


def test_a_member_gets_only_their_own_files(secrets):
    """Even if others have shown them the text with the picture before it was hidden."""
    author = secrets.topics[1].author
    Picture.objects.filter(comment__author=author).update(owner=author)

    def zipped(member):
        with zipfile.ZipFile(io.BytesIO(export.export(member))) as archive:
            return b"".join(map(archive.read, archive.namelist())).decode().casefold()

    assert "mangosteen" in zipped(author)
    assert "mangosteen" not in zipped(secrets.ben)
