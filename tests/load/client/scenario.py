"""A scenario: which requests are sent, and which response to them is right."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Scenario:
    """Requests that are sent in turn, and what a right response contains. `around` is open while they are sent."""

    name: str
    viewer: str
    requests: list[str]
    markers: list[str]
    path: str
    connections: int
    status: int = 200
    cookie: str = ""
    port: int | None = None
    """The port of another server on this machine. None: that of the measured site."""
    around: Callable[[], AbstractContextManager] = field(default=nullcontext)

    @property
    def addresses(self) -> int:
        """The number of different pages. The first requests are all different."""
        return len({request.partition("\r\n")[0] for request in self.requests if request.startswith("GET ")})
