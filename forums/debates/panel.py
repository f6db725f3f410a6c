"""Renders a debate's panel: HTML that everyone shares, and around it the viewer's own controls."""

from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Value
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from config.caching.evictable import cache
from config.engines import clock
from forums.access import permissions
from forums.debates import chart
from forums.listing import wording
from forums.models import Comment, Debate, SlowMode
from forums.models.debates import debate_figures
from forums.models.debates.side import Stand
from forums.models.discussion.scores import BY_SIDE
from forums.reading.topic_panels import Panel

TEMPLATE = "forums/debates/_shared.html"
CHANGES = 3
"""Changes of the balance from which on its chart is drawn."""
LINES = 200
"""Comments whose lines are sent in one update."""
MOST_SIDES, NEWEST = 500, 100
"""Members whose sides are sent in one update, and their newest comments among which one of this topic is looked for."""
LIFETIME = 3600
"""Seconds. The key contains everything that the shared HTML depends on."""


class DebatePanel:
    """What the templates need of a debate and its viewer. The debate must be loaded with its topic and category."""

    def __init__(self, debate: Debate, user) -> None:
        self.debate, self.user = debate, user

    @property
    def shared_html(self) -> SafeString:
        return shared_html(self.debate)

    @property
    def may_take_side(self) -> bool:
        return permissions.may_take_side(self.user, self.debate)

    @property
    def may_host(self) -> bool:
        return not self.debate.is_over and permissions.may_host(self.user, self.debate)

    @property
    def may_decide(self) -> bool:
        debate = self.debate
        return debate.is_over and permissions.may_decide(self.user, debate.topic, debate.opener_id)

    @property
    def buttons(self) -> list[tuple[str, str, bool]]:
        """Each side, its name, and whether the viewer has chosen it. One query for members."""
        return [(stand.value, stand.label, stand == self.own) for stand in Stand]

    @property
    def own(self) -> str | None:
        return self._own[0]

    @property
    def has_changed(self) -> bool:
        """Whether the viewer has changed sides, so that they can say which comments moved them."""
        return self._own[1]

    @cached_property
    def _own(self) -> tuple[str | None, bool]:
        if not self.user.is_authenticated:
            return None, False
        others = self.debate.side_changes.filter(member=self.user).exclude(stand=OuterRef("stand"))
        own = self.debate.sides.filter(member=self.user).annotate(has_changed=Exists(others))
        return own.values_list("stand", "has_changed").first() or (None, False)

    @cached_property
    def is_reminded(self) -> bool:
        return self.user.is_authenticated and self.debate.reminders.filter(member=self.user).exists()


def of(topic) -> Debate | None:
    """Return the debate of a topic, or None. One query the first time, none without a debate."""
    debate = getattr(topic, "debate", None) if topic.debate_from else None
    if debate:
        debate.topic = topic
    return debate


def render(request, topic) -> Panel | None:
    """Render the panel of the topic's debate; None without one. No query without one."""
    debate = of(topic)
    if debate is None:
        return None
    context = {"panel": DebatePanel(debate, request.user), "debate": debate, "topic": topic}
    html = render_to_string("forums/debates/_panel.html", context, request)
    line = render_to_string("forums/debates/_line.html", context)
    return Panel("debate", "Debate", html, line, [outcome] if (outcome := debate.given_outcome) else [])


def shared_html(debate: Debate) -> SafeString:
    """Render the part that is the same for everyone. It is cached for each version of the topic and each state."""
    key = f"debate:{TEMPLATE_HASH}:{debate.pk}:{debate.topic.version}:{debate.state}"
    kept = cache.get(key)
    if kept is None:
        kept = render_to_string(TEMPLATE, _context(debate))
        cache.set(key, str(kept), LIFETIME)
    return mark_safe(kept)


def facts(topic, version: int) -> dict | None:
    """Return the debate's facts for live updates: state, face, and what has changed since `version`.

    The changes are the sides by name and the lines below comments. Returns None without a debate. Three queries, and
    those of the shared HTML if it is not cached.
    """
    debate = of(topic)
    if debate is None:
        return None
    return {
        "state": debate.state,
        "html": shared_html(debate),
        "sides": _sides(debate, topic, version),
        "lines": _lines(topic, version),
    }


def _sides(debate, topic, version):
    """Return the sides that changed, by name, of members with a comment here that shows theirs.

    Looks only at their newest comments, so that Postgres never reads all comments of a topic or of a member. A page
    that is loaded again shows the sides that this leaves out.
    """
    written = Comment.objects.filter(author=OuterRef("member"), deleted_at=None, hidden_at=None)
    topics = written.order_by("-created_at").values("topic")[:NEWEST]
    changed = debate.sides.filter(changed_in__gt=version, member__deleted_at=None)
    shown = changed.annotate(here=Value(topic.pk)).filter(here__in=topics).order_by("-changed_in")
    return dict(shown.values_list("member__username", "stand")[:MOST_SIDES])


def _lines(topic, version):
    changed = Comment.objects.filter(topic=topic, changed_in__gt=version)
    known = changed.filter(changed_in__gt=0).readable()  # the condition of the index
    marked = known.exclude(persuaded=0, **dict.fromkeys(BY_SIDE, 0))
    latest = marked.only("pk", "persuaded", *BY_SIDE).order_by("-changed_in")[:LINES]
    return {comment.pk: wording.debate_line(comment) for comment in latest}


def picture(debate: Debate, moments, seconds: int, last: int) -> SafeString:
    """Draw the balance over time. Returns "" if it has changed so seldom that the numbers say it all."""
    has_moved = len(moments) > CHANGES  # the first moment is the start
    return mark_safe(chart.balance(moments, seconds, last, f"debate-{debate.pk}") if has_moved else "")


def _context(debate):
    """Return the context of the shared HTML. At most three queries."""
    counted = dict(debate.sides.values_list("stand").annotate(Count("pk")))
    seconds = int((debate.ends_at - debate.starts_at).total_seconds())
    seen = {
        "debate": debate,
        "length": chart.length(seconds),
        "counts": [(stand, counted.get(stand, 0)) for stand in Stand],
        "slow": SlowMode.objects.filter(topic=debate.topic, branch=None) if debate.topic.is_slow else [],
    }
    if debate.is_running:
        since = int((clock.now() - debate.starts_at).total_seconds())
        seen["picture"] = picture(
            debate, debate_figures.balance(debate_figures.choices(debate)), seconds, since
        )
    return seen


def _template_hash():
    """Return a hash of the template, so that a new release never shows old faces."""
    return blake2b(Path(settings.BASE_DIR / "templates" / TEMPLATE).read_bytes(), digest_size=6).hexdigest()


TEMPLATE_HASH = _template_hash()
