"""An ASGI application for a real daphne. It writes 400 numbered messages, even if the client reads slowly."""

import asyncio
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from forums.live.delivery.message import Message
from forums.live.delivery.transport import open_transport

COUNT = 400
if "CHANGED" in os.environ:
    import daphne.server

    daphne.server.partial = lambda handle, protocol: lambda message: handle(protocol, message)


async def application(scope, receive, send):
    assert scope["type"] == "websocket"
    await receive()
    await send({"type": "websocket.accept"})
    page = open_transport(send)
    for number in range(COUNT):
        page.write(Message(f"{number} " + "x" * (number * 997 % 70_000)))
        await asyncio.sleep(0.002)
    page.close(4001, "That was all.")
    while (await receive())["type"] != "websocket.disconnect":
        pass
