"""Whether blocks of networks and e-mail domains forbid joining or posting. Cached until a block changes."""

from django.http import HttpRequest

from accounts.models import Block
from config.caching import cache_tags
from config.caching.evictable import cache
from config.web.limits import client_address

ELSEWHERE = " If you think that this is a mistake, write to the people who run this site."


def why_not_join(request: HttpRequest) -> str:
    """The reason why nobody can sign up from this network; empty if everybody can."""
    if _extent(client_address(request)):
        return "Nobody can make an account from your network at the moment." + ELSEWHERE
    return ""


def why_not_with(email: str) -> str:
    """The reason why nobody can sign up with an address of this domain; empty if everybody can."""
    domain = email.rpartition("@")[2]
    if domain and _extent(domain=domain):
        return f"You cannot sign up with an address at {domain}." + ELSEWHERE
    return ""


def why_not_post(request: HttpRequest) -> str:
    """The reason why the member cannot post from this network or with their domain; empty if they can.

    Moderators always can: their networks have other users too.
    """
    if request.user.is_moderator or not _some_hold_posts():
        return ""
    if _extent(client_address(request)) == Block.Extent.POSTING:
        return "Nobody can post from your network at the moment." + ELSEWHERE
    domain = request.user.email.rpartition("@")[2]
    if domain and _extent(domain=domain) == Block.Extent.POSTING:
        return f"Members with an address at {domain} cannot post at the moment." + ELSEWHERE
    return ""


# The stamp under which this process last looked, and whether any block forbids posting. Most sites have no such block,
# and every post needs to know.
_looked: tuple[str, bool] = ("", False)


def _some_hold_posts() -> bool:
    global _looked
    marks = cache_tags.read(cache_tags.BLOCKS)
    mark, some = _looked
    if marks is None or mark != marks[0]:
        some = Block.objects.in_force().filter(extent=Block.Extent.POSTING).exists()
        _looked = (marks[0] if marks else "", some)
    return some


def _extent(address: str = "", domain: str = "") -> str:
    """The `Block.Extent` for this address or domain; empty if not blocked. No query while cached, otherwise one."""
    marks = cache_tags.read(cache_tags.BLOCKS)
    key = f"block:{marks[0]}:{address or domain.lower()}" if marks else None
    known = cache.get(key) if key else None
    if known is None:
        blocks = Block.objects.in_force()
        found = blocks.covering(address) if address else blocks.of_domain(domain)
        extents = set(found.values_list("extent", flat=True))
        known = Block.Extent.POSTING if Block.Extent.POSTING in extents else next(iter(extents), "")
        if key:
            cache.set(key, str(known), cache_tags.LIFETIME)
    return known
