"""Runs acts on many comments as a task, so that no page worker is blocked for seconds.

An act on few comments is done at once. For many comments a `BackgroundAct` is stored, and a task does it after the
commit. The task runs at least once: if its process is killed, or Redis loses it, its periodic run does the act.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import structlog
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from config.engines.postgresql.lease import Lease
from config.processes import task_queue
from forums.access import permissions
from forums.access.refusal import Refused
from forums.models import Action, BackgroundAct, Case, Comment, Topic
from forums.models.moderation.action import NotDone
from forums.tree import progress

RUN_TASK = "forums.tasks.run_background_acts"
AT_ONCE = 2_000
"""The greatest weight of an act that is done at once. It takes half a second on a quiet machine of two cores."""
READS_PER_WRITE = 50
"""This many comments that are only read, to recount their topic, weigh as much as one that is written."""
NOT_ADMITTED = "Whoever asked for this can no longer sign in, so nothing was done."
GONE = "What this was about has been deleted meanwhile, so nothing was done."
log = structlog.get_logger("folkmoot.moderation")


class Size(NamedTuple):
    """How many comments an act writes, and how many it reads to recount their topics."""

    writes: int
    reads: int = 0

    @property
    def weight(self) -> int:
        return self.writes + self.reads // READS_PER_WRITE


@dataclass(frozen=True)
class Kind:
    """A kind of act that is done at once or as a task, depending on its size. `said` are the act's other arguments."""

    name: str
    title: str
    """The heading of the page that shows its progress."""
    act: Callable[..., Any]
    """Called with the item, `by` and `said`."""
    size: Callable[..., Size]
    """Called with the item and `said`."""
    begin: Callable[..., Any]
    """Called with the item, `by` and `said` before the act is stored. Raises PermissionDenied. The act checks again."""
    outcome: Callable[[Any], tuple[str, str]]
    """Called with what the act has returned. Returns a sentence about the result, and the address of a page or ""."""
    topics: Callable[..., list[Topic]] = lambda item, **said: []
    """Called with the item and `said`. Returns the topics that are locked while the act is done."""
    in_batches: bool = False
    """It has several transactions, and doing it once more continues it. Otherwise it has one, with its own row."""

    def __call__(self, item, *, by, **said) -> Any:
        """Do the act and return its result, or store it for a task and return the `BackgroundAct`."""
        size = self.size(item, **said)
        topics = [topic for _, topic in sorted({each.pk: each for each in self.topics(item, **said)}.items())]
        if size.weight > AT_ONCE:
            return self._store(item, by, said, size, topics)
        if any(topic.is_moving for topic in topics):
            raise NotDone(permissions.MOVING)
        return self.act(item, by=by, **said)

    @transaction.atomic
    def _store(self, item, by, said, size, topics):
        self.begin(item, by=by, **said)
        arguments = {name: _pack(value) for name, value in {"item": item, **said}.items()}
        text = json.dumps([self.name, by.pk, arguments], sort_keys=True)
        key = hashlib.sha256(text.encode()).hexdigest()
        values = {"kind": self.name, "by": by, "arguments": arguments, "total": size.writes}
        values["topics"] = [topic.pk for topic in topics]
        asked, is_new = BackgroundAct.objects.pending().get_or_create(
            key=key, finished_at=None, failed_at=None, defaults=values
        )
        if is_new:
            for topic in topics:
                _close(topic)
        task_queue.start_on_commit(RUN_TASK)
        return asked


def _close(topic):
    topic.lock_row()
    topic.refresh_from_db(fields=["moving_since"])
    if topic.is_moving:
        raise NotDone(permissions.MOVING)
    topic.bump_version(moving_since=timezone.now())


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Let the task do these kinds of acts. Called by the modules that declare them."""
    KINDS.update({kind.name: kind for kind in kinds})


def run_pending() -> None:
    """Do the acts that wait, one after another. One process of the site does this at a time.

    Two at once would do no harm: the second would wait for the topic's lock, and then find the act done.
    """
    tried: list[int] = []
    if not BackgroundAct.objects.pending().exists():
        return
    lease = Lease("acts of moderation")
    if not lease.is_ours():
        return
    try:
        while asked := BackgroundAct.objects.pending().exclude(pk__in=tried).first():
            tried.append(asked.pk)
            _run(asked, lease)
    finally:
        lease.leave()


def _run(asked, lease):
    def report(done):
        lease.is_ours()  # renews it
        asked.note_done(done)

    asked.start()
    try:
        with progress.reported_to(report):
            _act(asked)
    except (Refused, PermissionDenied) as refused:
        asked.fail(str(refused) or "You may not do this.")
    except Exception:
        log.exception("background act failed", act=asked.pk, kind=asked.kind)
        asked.note_failure()


def _act(asked):
    kind = KINDS[asked.kind]
    by = User.objects.admitted().for_request().filter(pk=asked.by_id).first()
    if by is None:
        raise NotDone(NOT_ADMITTED)
    said = {name: _unpack(value) for name, value in asked.arguments.items()}
    if kind.in_batches:
        asked.finish(*kind.outcome(kind.act(said.pop("item"), by=by, **said)))
        return
    # The row changes in the transaction of the act. Otherwise a kill between both would repeat the act.
    with transaction.atomic():
        if BackgroundAct.objects.select_for_update().pending().filter(pk=asked.pk).exists():
            asked.finish(*kind.outcome(kind.act(said.pop("item"), by=by, **said)))


# --- Arguments ----------------------------------------------------------------------------------------


def _loaded(label: str) -> models.QuerySet:
    """Rows with everything that the acts read of them."""
    if label == Topic._meta.label:
        return Topic.objects.select_related("category__parent", "author")
    if label == Comment._meta.label:
        return Comment.objects.with_context().select_related("hidden_in")
    if label == Action._meta.label:
        return Action.objects.with_context()
    if label == Case._meta.label:
        return Case.objects.with_item()
    return apps.get_model(label)._base_manager.all()


def _pack(value):
    """A value as JSON; rows become their ids."""
    if isinstance(value, models.Model):
        return {"model": value._meta.label, "id": value.pk}
    if isinstance(value, list):  # of rows of one model
        return [_pack(each) for each in value]
    return value


def _unpack(value):
    """Undo `_pack`. Raises `NotDone` if a row was deleted."""
    if isinstance(value, dict) and "model" in value:
        return _unpack([value])[0]
    if not isinstance(value, list) or not value:
        return value
    ids = [each["id"] for each in value]
    rows = _loaded(value[0]["model"]).in_bulk(ids)
    if len(rows) < len(ids):
        raise NotDone(GONE)
    return [rows[pk] for pk in ids]
