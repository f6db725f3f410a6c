"""How often one member or one address may do something.

Counts live in Redis for one period each. Without Redis nobody is held up: a forum without brakes for a
while is better than one that refuses everybody.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import get_usage
from django_ratelimit.exceptions import Ratelimited

from config.durations import in_words

Who = Callable[[HttpRequest], str]


class TooFast(Ratelimited):
    """Somebody went over a limit; the page says so with status 429. `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(
            f"You have done this many times in a short while. Please try again {in_words(wait)}."
        )
        self.wait = wait


def by_address(request: HttpRequest) -> str:
    """An IPv4 address, or the /64 that a household is given of IPv6."""
    return household(client_address(request))


def household(address: str) -> str:
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address


def by_member(request: HttpRequest) -> str:
    """The member; for visitors, the address."""
    return f"member {request.user.pk}" if request.user.is_authenticated else by_address(request)


def limited(request: HttpRequest, group: str, rate: str, by: Who = by_member) -> int:
    """Count one attempt at `group` and say how many seconds to wait: 0 while it is within `rate`.

    A rate is a number and a period: "5/m", "100/h", "3/10s".
    """
    # A visitor's member limit goes by the address too; it must not count twice with the address's own.
    group = f"{group} {by.__name__}"
    usage = get_usage(request, group, key=lambda _group, asked: by(asked), rate=rate, increment=True)
    if usage is None or not usage["should_limit"]:
        return 0
    return max(1, usage["time_left"])


class Limit:
    """How often one thing may be done by one member ("20/m"), from one address, or both.

    Decorates a view, whose POSTs it then counts; with `reads`, every request. Raises TooFast.
    """

    def __init__(self, group: str, member: str, address: str, reads: bool) -> None:
        self.group, self.member, self.address, self.reads = group, member, address, reads

    def wait(self, request: HttpRequest) -> int:
        """Count one attempt, and say how many seconds it should have waited: 0 within the limit."""
        rates = ((self.member, by_member), (self.address, by_address))
        wait = max(limited(request, self.group, rate, by) for rate, by in rates if rate)
        request.retry_after = wait  # config.middleware.Readable says it with every 429
        return wait

    def hold(self, request: HttpRequest) -> None:
        """Count one attempt. Raises TooFast beyond the limit."""
        if wait := self.wait(request):
            raise TooFast(wait)

    def __call__(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def held_back(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if self.reads or request.method == "POST":
                self.hold(request)
            return view(request, *args, **kwargs)

        return held_back


declared: dict[str, Limit] = {}
"""Every limit of the site by its group; tests/security/test_limits.py tries each of them."""


def limit(group: str, *, member: str = "", address: str = "", reads: bool = False) -> Limit:
    """The limit of that name. What is said of it twice has to agree, for it is counted once."""
    said = Limit(group, member, address, reads)
    known = declared.setdefault(group, said)
    if vars(known) != vars(said):
        raise ValueError(f"The limit {group} has two different rates")
    return known


def client_address(request: HttpRequest) -> str:
    """Who asks, by the word of our own proxies alone."""
    return told_address(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def told_address(remote: str, forwarded: str) -> str:
    """Who speaks to us through `remote`.

    Each proxy appends whom it spoke to, so X-Forwarded-For is read from its end, as far as TRUSTED_PROXIES
    reach; what stands before is a stranger's claim.
    """
    address = _parse(remote) or IPv4Address("127.0.0.1")  # a unix socket
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    for claim in reversed(forwarded.split(",")):
        before = _parse(claim) if any(address in network for network in trusted) else None
        if before is None:
            break
        address = before
    return str(address)


def is_from(request: HttpRequest, networks: list[str]) -> bool:
    """Whether the client's address is in one of the networks. A proxy we do not trust vouches for nobody."""
    if "HTTP_X_FORWARDED_FOR" in request.META and not settings.TRUSTED_PROXIES:
        return False
    address = ip_address(client_address(request))
    return any(address in network for network in _networks(tuple(networks)))


@lru_cache
def _networks(written: tuple[str, ...]) -> list:
    return [ip_network(network, strict=False) for network in written]


def _parse(written: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(written.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
