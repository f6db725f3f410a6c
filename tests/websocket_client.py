"""A client of the site's WebSocket, connected to the ASGI application without a network."""

import asyncio
import json

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from config.asgi import sockets
from tests.cast import session_key_of


class WebSocketClient:
    """Sends and receives the messages of one open page. Without `user` and `session` it is a visitor's."""

    def __init__(self, user=None, address="127.0.0.1", session=""):
        self._user, self._received, self._session, self._address = user, [], session, address

    async def connect(self):
        headers = [(b"origin", settings.SITE_URL.encode())]
        if self._user and not self._session:
            self._session = await sync_to_async(session_key_of)(self._user)
        if self._session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={self._session}".encode()))
        self.socket = WebsocketCommunicator(sockets, "/ws/", headers=headers)
        self.socket.scope["client"] = [self._address, 1]
        connected, _ = await self.socket.connect(10)
        assert connected
        return self

    async def join(self, *streams):
        """Connects and joins each stream. Returns the kinds of the answers."""
        await self.connect()
        return [(await self.send_join(stream))["kind"] for stream in streams]

    async def send(self, **message):
        await self.socket.send_to(text_data=json.dumps(message))

    async def send_join(self, stream):
        """Joins a stream and returns the answer."""
        await self.send(join=stream)
        return await self.receive("joined", "refused")

    async def receive(self, *kinds, timeout=10):
        """Returns the next message of these kinds, or of any kind. Drops the messages before it."""
        while True:
            while self._received:
                message = self._received.pop(0)
                if not kinds or message["kind"] in kinds:
                    return message
            event = await self._event(timeout)
            assert event["type"] == "websocket.send", event
            self._received = json.loads(event["text"])

    async def receive_all(self, *kinds, seconds=0.2):
        """Returns all messages of these kinds that arrive until none has for so many seconds."""
        found = []
        try:
            while True:
                found.append(await self.receive(*kinds, timeout=seconds))
        except TimeoutError:
            return found

    async def wait_for_close(self, timeout=10):
        """Drops messages until the server closes the connection. Returns the code."""
        while (event := await self._event(timeout))["type"] != "websocket.close":
            pass
        return event["code"]

    async def disconnect(self):
        await self.socket.disconnect()

    async def _event(self, timeout):
        # Not `receive_output`: it cancels the application after a timeout.
        async with asyncio.timeout(timeout):
            return await self.socket.output_queue.get()
