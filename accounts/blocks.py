"""Whether somebody may join or post from where they are; answers are cached until a block changes."""

from django.core.cache import cache
from django.http import HttpRequest

from accounts.models import Block
from config import stamps
from config.limits import client_address

ELSEWHERE = " If that hits the wrong ones, write to the people who run this site."


def why_not_join(request: HttpRequest) -> str:
    """The sentence that tells why nobody signs up from this address; empty where everybody may."""
    if _extent(client_address(request)):
        return "Nobody can make an account from your network at present." + ELSEWHERE
    return ""


def why_not_with(email: str) -> str:
    """The sentence that tells why nobody signs up with such an e-mail address."""
    domain = email.rpartition("@")[2]
    if domain and _extent(domain=domain):
        return f"Addresses at {domain} cannot be used here." + ELSEWHERE
    return ""


def why_not_post(request: HttpRequest) -> str:
    """The sentence that tells why the member cannot post from here. Moderators always can: they share networks with
    others, too."""
    if request.user.is_moderator or not _some_hold_posts():
        return ""
    if _extent(client_address(request)) == Block.Extent.POSTING:
        return "Nobody can post from your network at present." + ELSEWHERE
    domain = request.user.email.rpartition("@")[2]
    if domain and _extent(domain=domain) == Block.Extent.POSTING:
        return f"Members with addresses at {domain} cannot post at present." + ELSEWHERE
    return ""


# Whether there are blocks of posting at all, and the stamp under which this process looked. Most sites have none, and
# every post asks.
_looked: tuple[str, bool] = ("", False)


def _some_hold_posts() -> bool:
    global _looked
    marks = stamps.read(stamps.BLOCKS)
    mark, some = _looked
    if marks is None or mark != marks[0]:
        some = Block.objects.in_force().filter(extent=Block.Extent.POSTING).exists()
        _looked = (marks[0] if marks else "", some)
    return some


def _extent(address: str = "", domain: str = "") -> str:
    """What is refused there, `Block.Extent`; empty for nothing. No query while it is cached, else one."""
    marks = stamps.read(stamps.BLOCKS)
    key = f"block:{marks[0]}:{address or domain.lower()}" if marks else None
    known = cache.get(key) if key else None
    if known is None:
        blocks = Block.objects.in_force()
        found = blocks.covering(address) if address else blocks.of_domain(domain)
        extents = set(found.values_list("extent", flat=True))
        known = Block.Extent.POSTING if Block.Extent.POSTING in extents else next(iter(extents), "")
        if key:
            cache.set(key, str(known), stamps.LIFETIME)
    return known
