"""Fills a forum with made-up discussions and measures how fast it is served."""

import json
import os
import sys

from django.conf import settings
from django.core.management import BaseCommand

from config import pages

PARTS = ["fill", "pages", "posting", "polls", "live", "raid", "admin", "hold"]


class Command(BaseCommand):
    help = (
        "Fill a forum of its own below the data directory, and measure pages, posting and memory over HTTP."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        alone = "only this; hold: start the site and leave it to others (all that is measured)"
        parser.add_argument("part", nargs="?", choices=PARTS, help=alone)
        parser.add_argument("--large", action="store_true", help="a million comments, one topic of 50,000")
        parser.add_argument("--connections", type=int, default=16, help="readers at once (16)")
        parser.add_argument(
            "--seconds", type=float, default=2, help="length of a round; a raid lasts 60 rounds (2)"
        )
        parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median counts (5)")
        parser.add_argument("--workers", type=int, default=pages.WORKERS, help="page processes (4)")
        parser.add_argument(
            "--nginx", action="store_true", help="measure through nginx, which must be installed"
        )
        parser.add_argument("--sockets", type=int, default=20_000, help="readers of one topic, live (20000)")
        parser.add_argument("--accounts", type=int, default=500, help="that raid, ten comments each (500)")
        parser.add_argument("--port", type=int, default=8700, help="this one and the next two (8700)")
        parser.add_argument("--data", help="the directory below which the benchmark keeps its forum (var)")

    def handle(self, *, large, **options):
        """Go on as another process, whose settings know the benchmark's directory and no other forum's."""
        names = (
            "part",
            "connections",
            "seconds",
            "rounds",
            "workers",
            "nginx",
            "port",
            "sockets",
            "accounts",
        )
        wanted = {"large": large} | {name: options[name] for name in names}
        wanted["command"] = " ".join(["python manage.py", *sys.argv[1:]])
        place = settings.DATA_DIR / ("bench-large" if large else "bench")
        command = [sys.executable, "-m", "config.bench", json.dumps(wanted)]
        os.chdir(settings.BASE_DIR)
        os.execve(sys.executable, command, os.environ | {"FOLKMOOT_DATA": str(place)})  # noqa: S606
