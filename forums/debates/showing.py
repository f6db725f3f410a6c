"""A debate as pages show it: its face, the same for everyone, and around it what is the viewer's own."""

from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from forums import permissions
from forums.debates import chart
from forums.models import Debate, SlowMode, course
from forums.models.side import Stand

FACE = "forums/debates/_face.html"
LIFETIME = 3600
"""Seconds; the key says all that a face depends on."""


class Showing:
    """What the templates ask about a debate and its viewer. The debate comes with its topic and the category."""

    def __init__(self, debate: Debate, user) -> None:
        self.debate, self.user = debate, user

    @property
    def face(self) -> SafeString:
        return face(self.debate)

    @property
    def may_take_side(self) -> bool:
        return permissions.may_take_side(self.user, self.debate)

    @property
    def may_host(self) -> bool:
        return not self.debate.is_over and permissions.may_host(self.user, self.debate)

    @property
    def buttons(self) -> list[tuple[str, str, bool]]:
        """Each side, its name, and whether the viewer stands there. One query for members."""
        return [(stand.value, stand.label, stand == self.own) for stand in Stand]

    @cached_property
    def own(self) -> str | None:
        if not self.user.is_authenticated:
            return None
        return self.debate.sides.filter(member=self.user).values_list("stand", flat=True).first()

    @cached_property
    def is_reminded(self) -> bool:
        return self.user.is_authenticated and self.debate.reminders.filter(member=self.user).exists()


def of(topic) -> Debate | None:
    """The debate of a topic, which comes with it; one query the first time, none without a debate."""
    debate = getattr(topic, "debate", None) if topic.debate_from else None
    if debate:
        debate.topic = topic
    return debate


def above(request, topic) -> SafeString:
    """The topic's debate. No query without one."""
    debate = of(topic)
    if debate is None:
        return mark_safe("")
    context = {"show": Showing(debate, request.user), "debate": debate, "topic": topic}
    return mark_safe(render_to_string("forums/debates/_above.html", context, request))


def face(debate: Debate) -> SafeString:
    """What everybody sees of it, made once for each version of its topic and each of its states."""
    key = f"debate:{WORD}:{debate.pk}:{debate.topic.version}:{debate.state}"
    kept = cache.get(key)
    if kept is None:
        kept = render_to_string(FACE, _seen(debate))
        cache.set(key, str(kept), LIFETIME)
    return mark_safe(kept)


def facts(topic, version: int) -> dict | None:
    """What pages are told live: the face, and who has changed sides since `version`. None where nothing is debated."""
    debate = of(topic)
    if debate is None:
        return None
    changed = debate.sides.filter(changed_in__gt=version).values_list("member", "stand")
    return {"state": debate.state, "html": face(debate), "sides": dict(changed)}


def picture(debate: Debate, moments, seconds: int, last: int) -> SafeString:
    return mark_safe(chart.balance(moments, seconds, last, f"debate-{debate.pk}"))


def _seen(debate):
    """Three queries at most."""
    counted = dict(debate.sides.values_list("stand").annotate(Count("pk")))
    seconds = int((debate.ends_at - debate.starts_at).total_seconds())
    seen = {
        "debate": debate,
        "length": chart.length(seconds),
        "counts": [(stand, counted.get(stand, 0)) for stand in Stand],
        "slow": SlowMode.objects.filter(topic=debate.topic, branch=None) if debate.topic.is_slow else [],
    }
    if debate.is_running:
        since = int((timezone.now() - debate.starts_at).total_seconds())
        seen["picture"] = picture(debate, course.balance(course.choices(debate)), seconds, since)
    return seen


def _word():
    """Changes with the template, so that a new release never shows old faces."""
    return blake2b(Path(settings.BASE_DIR / "templates" / FACE).read_bytes(), digest_size=6).hexdigest()


WORD = _word()
