"""The socket server: `python -m config.sockets PORT`. Daphne on uvloop, a third faster than on asyncio."""

import asyncio
import sys

import uvloop

if __name__ == "__main__":
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # before twisted chooses its reactor
    from daphne.cli import CommandLineInterface

    CommandLineInterface().run(
        ["-b", "127.0.0.1", "-p", sys.argv[1], "--no-server-name", "-v", "0", "config.asgi:application"]
    )
