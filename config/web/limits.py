"""Rate limits by member and by address.

Redis holds each count for one period. While Redis is away nothing is limited: a forum without limits for a while is
better than one that refuses every request.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import get_usage
from django_ratelimit.exceptions import Ratelimited

from config.monitoring import counters
from config.web.durations import in_words

Key = Callable[[HttpRequest], str]


class TooFast(Ratelimited):
    """A rate limit was exceeded; the page is a 429. `wait` is in seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(
            f"You have done this many times in a short while. Please try again {in_words(wait)}."
        )
        self.wait = wait


def by_address(request: HttpRequest) -> str:
    """The client's IPv4 address, or the /64 network of its IPv6 address, which is one household."""
    return household(client_address(request))


def household(address: str) -> str:
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address


def by_member(request: HttpRequest) -> str:
    """The member, or the address of a visitor."""
    return f"member {request.user.pk}" if request.user.is_authenticated else by_address(request)


def limited(request: HttpRequest, group: str, member: str = "", address: str = "") -> int:
    """Count one attempt at `group`. Returns the seconds to wait, 0 while the attempt is within both rates.

    A rate is a number and a period: "5/m", "100/h", "3/10s". One Redis round trip.
    """
    rates = [(rate, by) for rate, by in ((member, by_member), (address, by_address)) if rate]
    # `by_member` counts a visitor by address. The name in the group keeps that count apart from the address limit.
    usages = [
        get_usage(
            request,
            f"{group} {by.__name__}",
            key=lambda _, asked, by=by: by(asked),
            rate=rate,
            increment=True,
        )
        for rate, by in rates
    ]
    counted = zip(filter(None, usages), caches["limits"].count(len(rates)), strict=False)
    return max((max(1, usage["time_left"]) for usage, count in counted if count > usage["limit"]), default=0)


class Limit:
    """A limit on one thing, by member ("20/m"), by address, or both.

    Decorate a view with it to count the view's POSTs, or every request with `reads`. Raises TooFast.
    """

    def __init__(self, group: str, member: str, address: str, reads: bool) -> None:
        self.group, self.member, self.address, self.reads = group, member, address, reads

    def wait(self, request: HttpRequest) -> int:
        """Count one attempt. Returns the seconds to wait, 0 within the limit. One Redis round trip."""
        wait = limited(request, self.group, self.member, self.address)
        if wait:
            counters.RATE_LIMITED.labels(self.group).inc()
        request.retry_after = wait  # config.web.middleware.ValidInputMiddleware writes the header
        return wait

    def check(self, request: HttpRequest) -> None:
        """Count one attempt. Raises TooFast above the limit."""
        if wait := self.wait(request):
            raise TooFast(wait)

    def __call__(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def held_back(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if self.reads or request.method == "POST":
                self.check(request)
            return view(request, *args, **kwargs)

        return held_back


declared: dict[str, Limit] = {}
"""Every limit of the site, by group. tests/security/test_limits.py tries each of them."""


def limit(group: str, *, member: str = "", address: str = "", reads: bool = False) -> Limit:
    """The limit named `group`. Raises ValueError if it was declared before with other rates: both share one count."""
    said = Limit(group, member, address, reads)
    known = declared.setdefault(group, said)
    if vars(known) != vars(said):
        raise ValueError(f"The limit {group} has two different rates")
    return known


def client_address(request: HttpRequest) -> str:
    """The client's address, as our own proxies report it."""
    return forwarded_address(
        request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")
    )


def forwarded_address(remote: str, forwarded: str) -> str:
    """The address of the client behind `remote`.

    Each proxy appends the address that it was called from. X-Forwarded-For is therefore read from its end, and only
    past addresses in TRUSTED_PROXIES. The client can forge everything before them.
    """
    address = _parse(remote) or IPv4Address("127.0.0.1")  # a unix socket
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    for claimed in reversed(forwarded.split(",")):
        before = _parse(claimed) if any(address in network for network in trusted) else None
        if before is None:
            break
        address = before
    return str(address)


def from_proxy(remote: str, value: str) -> str:
    """The value of a header if one of TRUSTED_PROXIES sent it, otherwise "". A Unix socket counts as 127.0.0.1."""
    if not value:
        return ""
    address = _parse(remote) or IPv4Address("127.0.0.1")
    is_ours = any(address in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))
    return value if is_ours else ""


def is_from(request: HttpRequest, networks: list[str]) -> bool:
    """Whether the client's address is in one of the networks. False behind a proxy that is not trusted."""
    if "HTTP_X_FORWARDED_FOR" in request.META and not settings.TRUSTED_PROXIES:
        return False
    address = ip_address(client_address(request))
    return any(address in network for network in _networks(tuple(networks)))


@lru_cache
def _networks(text: tuple[str, ...]) -> list:
    return [ip_network(network, strict=False) for network in text]


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
