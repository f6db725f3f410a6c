"""Pages of other forums, which run on the same machine and are measured in the same rounds."""

from pathlib import Path
from urllib.parse import urlsplit

from config.management.operator_error import OperatorError
from tests.load.client.requests import get
from tests.load.client.scenario import Scenario


def read(file: Path, connections: int) -> list[Scenario]:
    """The pages in `file`, one a line: a name, an address and, for members, a Cookie header, with tabs between them.

    Raises OperatorError if the file cannot be read, or if an address is not on this machine.
    """
    try:
        lines = file.read_text().splitlines()
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}.") from None
    return [_scenario(line, connections) for line in lines if line.strip()]


def _scenario(line, connections):
    name, address, cookie = (*line.split("\t"), "", "")[:3]
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost"}:
        raise OperatorError(
            f"“{line}” has no address such as http://127.0.0.1:4567/ after its name and a tab. "
            "The other forum must run on this machine, without TLS."
        )
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    viewer = "member" if cookie else "visitor"
    requests = [get(path, cookie, host=parts.netloc)]
    return Scenario(name, viewer, requests, [], path, connections, cookie=cookie, port=parts.port or 80)
