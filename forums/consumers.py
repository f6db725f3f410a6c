"""One socket for each tab. The page says which streams it is about; the socket says what happens there."""

import json
import time

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser

from forums import live
from forums.models import Topic
from forums.streams import hub

LONGEST = 200
"""Characters of a message from a page."""
AT_MOST = 5
"""Streams a socket."""
PACE = (20, 10)
"""Messages a page may send, in seconds."""
TOO_MUCH = 4008
NOT_UNDERSTOOD = 4000


class Live(AsyncWebsocketConsumer):
    """Hears `{"join": "topic:7"}`, again whenever the viewer's rights may have changed, for instance by
    voting. Tells lists of messages (forums/live.py); `joined` or `refused` answers a join."""

    # Streams take the place of Channels' layer, which would keep a subscription at Redis for every tab.
    channel_layer_alias = None

    async def connect(self):
        self.labels: frozenset[str] = frozenset()
        self._labels_of: dict[str, frozenset[str]] = {}
        self._heard, self._since = 0, time.monotonic()
        await self.accept()

    async def disconnect(self, code):
        for stream in list(self._labels_of):
            await self._leave(stream)

    async def receive(self, text_data=None, bytes_data=None):
        if self._is_too_fast():
            await self.close(TOO_MUCH)
        elif (stream := _asked(text_data)) is None:
            await self.close(NOT_UNDERSTOOD)
        else:
            await self._join(stream)

    async def tell(self, text: str) -> None:
        """Write an encoded message, past all queues."""
        await self.base_send({"type": "websocket.send", "text": text})

    async def _join(self, stream):
        labels = await database_sync_to_async(rights)(self.scope["user"].pk, stream)
        if labels is None or (stream not in self._labels_of and len(self._labels_of) >= AT_MOST):
            await self._leave(stream)
            await self._answer("refused", stream)
            return
        self._labels_of[stream] = labels
        self._gather()
        await hub.join(stream, self)
        await self._answer("joined", stream)
        if hub.is_paused:
            await self.tell('[{"kind":"paused"}]')

    async def _leave(self, stream):
        self._labels_of.pop(stream, None)
        self._gather()
        await hub.leave(stream, self)

    async def _answer(self, kind, stream):
        await self.tell(f"[{live.encode(kind, stream=stream)}]")

    def _gather(self):
        self.labels = frozenset().union(*self._labels_of.values())

    def _is_too_fast(self):
        most, seconds = PACE
        if time.monotonic() - self._since > seconds:
            self._heard, self._since = 0, time.monotonic()
        self._heard += 1
        return self._heard > most


def rights(member_id: int | None, stream: str) -> frozenset[str] | None:
    """The labels of a listener, as they are now; None where the stream is not theirs to hear. The member is
    fetched anew, for they may have been suspended since the socket was opened."""
    user = AnonymousUser()
    if member_id is not None:
        members = get_user_model().objects.with_standing().admitted()
        user = members.filter(pk=member_id).first() or user
    topic_id = int(stream.removeprefix("topic:"))
    if not Topic.objects.visible_to(user).filter(pk=topic_id).exists():
        return None
    return live.labels(user, stream)


def _asked(text):
    """The stream that the page wants to hear; None where the message makes no sense."""
    if not text or len(text) > LONGEST:
        return None
    try:
        stream = json.loads(text)["join"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    number = stream.removeprefix("topic:") if isinstance(stream, str) else ""
    return live.topic(int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
