"""Recognition of members who return under another name, by address and by a cookie. Only moderators see it."""

from dataclasses import dataclass, field
from secrets import token_hex

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Footprint, User
from config.web.limits import by_address

COOKIE, SALT = "device", "accounts.device"


@dataclass
class LookAlike:
    """Another account, and what it shares with the member in question."""

    member: User
    last_at: object
    shares: set[str] = field(default_factory=set)
    """Any of "device" and "address"."""

    @property
    def said(self) -> str:
        """The shared things as text: "device and address"."""
        return " and ".join(sorted(self.shares, reverse=True))


def record(request: HttpRequest, member: User) -> None:
    """Record the address and device of a sign-in. A browser without the cookie gets one with the answer."""
    device = _device(request) or getattr(request, "new_device", "") or token_hex(16)
    request.new_device = device  # set again at each sign-in, which extends its life
    Footprint.objects.leave(member, by_address(request), device)


def known_device(request: HttpRequest, member: User) -> str:
    """The id of this browser if the member has signed in with it, otherwise empty. At most one query."""
    device = _device(request)
    return device if device and member.footprints.filter(device=device).exists() else ""


def _device(request):
    return request.get_signed_cookie(COOKIE, default="", salt=SALT)


def mark(request: HttpRequest, response: HttpResponse) -> None:
    """Set the device cookie if somebody has just signed in with this browser."""
    if device := getattr(request, "new_device", ""):
        response.set_signed_cookie(
            COOKIE,
            device,
            salt=SALT,
            max_age=settings.ADDRESSES_KEPT_DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def look_alikes(member: User) -> list[LookAlike]:
    """Other accounts with the same device or address, those with the same device first. Three queries."""
    own = list(member.footprints.values_list("device", "network"))
    devices, networks = {device for device, _ in own}, {network for _, network in own}
    found: dict[int, LookAlike] = {}
    for step in Footprint.objects.like_those_of(member):
        alike = found.setdefault(step.member_id, LookAlike(step.member, step.last_at))
        if step.device in devices:
            alike.shares.add("device")
        if step.network in networks:
            alike.shares.add("address")
    return sorted(found.values(), key=lambda alike: "device" not in alike.shares)
