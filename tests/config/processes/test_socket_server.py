"""Several socket processes share a port, and each can hold thousands of connections."""

import resource
import select
import socket
import subprocess
import sys

import pytest

from config.processes import socket_server, supervisor
from tests import processes

MANY = 60


def arrivals(*listening):
    """Opens many connections. Returns how many of them each listening socket accepts."""
    port, counts = listening[0].getsockname()[1], []
    visitors = [socket.create_connection(("127.0.0.1", port)) for _ in range(MANY)]
    for each in listening:
        count = 0
        while select.select([each], [], [], 0.1)[0]:
            each.accept()[0].close()
            count += 1
        counts.append(count)
    for visitor in visitors:
        visitor.close()
    return counts


def test_processes_share_a_port_and_the_rest_take_over_when_one_ends():
    port = processes.free_port()
    one, other = socket_server.listen(port), socket_server.listen(port)
    counts = arrivals(one, other)
    assert sum(counts) == MANY and min(counts) > MANY / 10
    one.close()
    assert arrivals(other) == [MANY]
    other.close()


def test_a_second_site_is_not_let_onto_the_port():
    from config.management.operator_error import OperatorError
    from config.processes import launch

    port = processes.free_port()
    with socket_server.listen(port + 1), pytest.raises(OperatorError, match=f"Port {port + 1} is not free"):
        launch.check_addresses(port)


def test_a_socket_process_may_open_as_many_files_as_the_system_allows():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    script = (
        "import resource; from config.processes import socket_server\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}))\n"
        "socket_server.raise_limit(); print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    found = subprocess.run([sys.executable, "-c", script], cwd=processes.ROOT, capture_output=True, text=True)
    assert found.stdout.split() == [str(hard), str(hard)]


def test_each_process_has_a_name_and_so_a_log_of_its_own():
    assert supervisor.socket_process_names(1) == ["sockets"]
    assert supervisor.socket_process_names(3) == ["sockets-1", "sockets-2", "sockets-3"]
