"""Starts the whole site with one command, for production behind nginx."""

from pathlib import Path

from django.core.management import BaseCommand

from config.doctor import installation
from config.engines import readiness
from config.management.operator_error import OperatorError
from config.processes import launch, signals, web_server
from config.web import static_storage


class Command(BaseCommand):
    help = "Start the page, socket and jobs processes for production. SIGTERM stops all of them."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--port",
            type=int,
            default=8000,
            help="port of the pages; sockets use the next one (default 8000)",
        )
        parser.add_argument(
            "--bind",
            default="127.0.0.1",
            metavar="ADDRESS",
            help="address of pages and sockets, for nginx on another machine (default 127.0.0.1)",
        )
        parser.add_argument(
            "--unix",
            type=Path,
            metavar="PATH",
            help="serve pages on this Unix socket instead of a port, for nginx on the same machine",
        )
        parser.add_argument(
            "--workers",
            type=int,
            default=web_server.WORKERS,
            help="page processes, about two for each core (default 4)",
        )
        parser.add_argument(
            "--sockets",
            type=int,
            default=2,
            help="socket processes, one for about 15,000 readers (default 2)",
        )
        parser.add_argument("--data", help="directory for everything that is not code (default var)")

    def handle(self, *, port, bind, unix, workers, sockets, **options):
        with signals.until_stopped():
            installation.refuse_unsafe_settings()
            for name, count in {"workers": workers, "sockets": sockets}.items():
                if count < 1:
                    raise OperatorError(f"--{name} {count} is not possible: choose 1 or more.")
            unix = unix and unix.resolve()
            launch.check_addresses(port, unix, bind)
            with launch.lock_data_dir() as lock:
                readiness.ready(also_redis=True)
                readiness.refuse_missing_migrations()
                static_storage.collect()
                ready = f"Pages on {unix or f'{bind}:{port}'}, sockets on {bind}:{port + 1}."
                launch.become_supervisor(port, workers, sockets, ready, lock, unix, bind)
