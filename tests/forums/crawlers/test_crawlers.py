"""Search engines and other programs find what they look for, and only what every visitor may see."""

import gzip
import json
import re
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from forums.moderation.acts import comments
from forums.views.crawlers import sitemaps

SITE = "http://127.0.0.1:8000"


def addresses(answer):
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    return [each.text for each in ElementTree.fromstring(answer.content).iter(f"{{{XML}}}loc")]


XML = "http://www.sitemaps.org/schemas/sitemap/0.9"


def structured(page):
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.content.decode())
    return [json.loads(each) for each in found]


def test_the_sitemap_lists_what_visitors_see(limes, open_topic, town, vault, mod, visitor):
    secret, hidden = open_topic("In the vault", category=vault), open_topic("Hidden")
    hidden.set_hidden(mod)
    index = addresses(visitor.get("/sitemap.xml"))
    ranges = range(hidden.pk // sitemaps.RANGE + 1)
    assert index == [f"{SITE}/sitemap-lists.xml", *(f"{SITE}/sitemap-{each}.xml" for each in ranges)]
    lists = addresses(visitor.get("/sitemap-lists.xml"))
    assert lists == [
        f"{SITE}{path}"
        for path in ("/", "/c/", "/tags/", "/debates/", "/polls/", "/decisions/", "/rules/", "/c/town/")
    ]
    topics = visitor.get(f"/sitemap-{limes.pk // sitemaps.RANGE}.xml")
    assert addresses(topics) == [f"{SITE}{limes.get_absolute_url()}"]
    assert f"<lastmod>{limes.last_comment_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" in topics.content.decode()
    assert secret.title not in topics.content.decode()
    assert visitor.get(f"/sitemap-{2**63}.xml").status_code == 404


def test_the_files_at_fixed_addresses_are_there(visitor, settings):
    robots = visitor.get("/robots.txt").content.decode()
    assert robots.startswith("User-agent: *\nDisallow: /accounts/\n")
    assert robots.endswith(f"\nSitemap: {SITE}/sitemap.xml\n")
    assert visitor.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    security = visitor.get("/.well-known/security.txt").content.decode().splitlines()
    assert security[0] == "Contact: mailto:security@example.org"
    until = timezone.datetime.fromisoformat(security[1].removeprefix("Expires: "))
    assert 170 < (until - timezone.now()).days < 365
    assert visitor.get("/.well-known/change-password")["Location"] == "/accounts/password/change/"
    assert visitor.get("/favicon.ico")["Location"] == "/static/img/icon-48.png"


@pytest.mark.parametrize(
    "path", ["/", "/c/", "/c/town/", "/rules/", "/modlog/", "/debates/", "/polls/", "/u/Ada/"]
)
def test_lists_describe_themselves(path, limes, visitor):
    text = visitor.get(path).content.decode()
    assert len(re.findall(r'<meta name="description" content="[^"]+">', text)) == 1
    assert f'<meta property="og:url" content="{SITE}{path}">' in text
    assert f'<meta property="og:image" content="{SITE}/static/img/icon-512.png">' in text


def test_a_topic_is_described_with_its_comments_in_their_order(
    limes, opening, say, ada, mod, visitor, sign_in
):
    first = say(opening, "<b>One</b> & </script> ||a secret|| end")
    below = say(first, "Below", author=ada)
    gone = say(opening, "Gone", token=uuid4())
    say(gone, "Below what is gone", author=ada)
    comments.hide(gone, by=mod, reason="No.")
    page = visitor.get(limes.get_absolute_url())
    [about] = structured(page)
    assert (about["@type"], about["headline"], about["text"]) == (
        "DiscussionForumPosting", "Shall we plant limes?", "What do you think?",
    )  # fmt: skip
    assert about["author"] == {"@type": "Person", "name": "Ada", "url": f"{SITE}/u/Ada/"}
    found = {each["url"]: each for each in about["comment"]}
    told = found[f"#comment-{first.pk}"]
    assert (told["author"], told["text"]) == ("Ben", "<b>One</b> & </script> end")
    assert [each["url"] for each in told["comment"]] == [f"#comment-{below.pk}"]
    hidden = found[f"#comment-{gone.pk}"]
    assert ("text" in hidden, "author" in hidden, len(hidden["comment"])) == (False, False, 1)
    assert structured(sign_in(ada).get(limes.get_absolute_url())) == []
    assert '<meta property="og:title" content="Shall we plant limes?">' in page.content.decode()


def test_a_page_of_51_comments_stays_below_15_kilobytes(
    limes, opening, say, ben, ada, cleo, visitor, sign_in
):
    """With texts of 200 characters that compress like prose: to half of their size."""
    words = [f"{number * 7919 % 9973:x}" for number in range(1500)]
    above = opening
    for number in range(50):
        text = " ".join(words[number * 30 : number * 30 + 30]) + " and so on, as it is with limes and oaks."
        author = (ada, ben, cleo)[number % 3]
        above = say(opening if number % 4 == 0 else above, text, author=author, token=uuid4())
    page = visitor.get(limes.get_absolute_url()).content
    without = re.sub(rb'<script type="application/ld\+json">.*?</script>', b"", page)
    assert page.count(b'class="comment') == 50
    assert len(gzip.compress(sign_in(cleo).get(limes.get_absolute_url()).content, 9)) < 15_000
    sizes = len(gzip.compress(page, 9)), len(gzip.compress(without, 9))
    assert sizes[0] < 15_000 and sizes[0] - sizes[1] < 1_600, sizes
