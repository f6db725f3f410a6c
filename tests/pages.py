"""A page that is open somewhere: its socket, as the server sees it."""

import asyncio
import json

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from config.asgi import sockets


def session_of(user) -> str:
    """The key of a new session of `user`."""
    client = Client()
    client.force_login(user)
    return client.session.session_key


class Page:
    """Its messages one by one, as a page would handle them; of a visitor without `user`."""

    def __init__(self, user=None, address="127.0.0.1", session=""):
        self._user, self._heard, self._session, self._address = user, [], session, address

    async def connect(self):
        headers = [(b"origin", b"http://localhost")]
        if self._user and not self._session:
            self._session = await sync_to_async(session_of)(self._user)
        if self._session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={self._session}".encode()))
        self.socket = WebsocketCommunicator(sockets, "/ws/", headers=headers)
        self.socket.scope["client"] = [self._address, 1]
        connected, _ = await self.socket.connect(10)
        assert connected
        return self

    async def join(self, *streams):
        """Connect, and join each; the kinds of the answers."""
        await self.connect()
        return [(await self.ask(stream))["kind"] for stream in streams]

    async def say(self, **words):
        await self.socket.send_to(text_data=json.dumps(words))

    async def ask(self, stream):
        await self.say(join=stream)
        return await self.next("joined", "refused")

    async def next(self, *kinds, timeout=10):
        """The next message of one of these kinds, or of any; others before it are left out."""
        while True:
            while self._heard:
                message = self._heard.pop(0)
                if not kinds or message["kind"] in kinds:
                    return message
            event = await self._event(timeout)
            assert event["type"] == "websocket.send", event
            self._heard = json.loads(event["text"])

    async def heard(self, *kinds, seconds=0.6):
        """All messages of these kinds that come until it has been quiet for so long."""
        found = []
        try:
            while True:
                found.append(await self.next(*kinds, timeout=seconds))
        except TimeoutError:
            return found

    async def closed(self, timeout=10):
        """The code with which it is closed, whatever is said before."""
        while (event := await self._event(timeout))["type"] != "websocket.close":
            pass
        return event["code"]

    async def leave(self):
        await self.socket.disconnect()

    async def _event(self, timeout):
        # Not `receive_output`: that ends the socket where nothing comes in time.
        async with asyncio.timeout(timeout):
            return await self.socket.output_queue.get()
