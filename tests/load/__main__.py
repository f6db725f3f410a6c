"""The command line: `python -m tests.load PART` measures the site on a forum of its own."""

import argparse
import os
import sys
from pathlib import Path

import django

from config.management.operator_error import OperatorError
from config.processes import signals, web_server

ROOT = Path(__file__).resolve().parents[2]
PARTS = [
    "fill",
    "pages",
    "posting",
    "overhead",
    "polls",
    "live",
    "raid",
    "torture",
    "admin",
    "search",
    "import",
    "statements",
    "first-minute",
    "drills",
    "hold",
]


def main(words: list[str]) -> None:
    """Run what the command line asks for. Raises OperatorError."""
    options = vars(parser().parse_args(words))
    name = "import" if options["part"] == "import" else options["size"]
    os.environ["FOLKMOOT_DATA"] = str(data_dir(options.pop("data"), name))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.site.settings"
    django.setup()
    names, archive, copies = (options.pop(each) for each in ("drills", "archive", "copies"))
    if options["part"] == "drills":
        from tests.load.drills import drill

        drill.run(names)
        return
    if options["part"] == "import":
        from tests.load.scenarios import imports

        print(imports.run(archive, copies))
        return
    from tests.load.run import Wanted, run

    run(Wanted(command=" ".join(["python -m tests.load", *words]), **options))


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load",
        description="Fill a forum below the data directory and measure pages, posting and memory over HTTP.",
    )
    add = parser.add_argument
    add(
        "part",
        nargs="?",
        choices=PARTS,
        help="measure only this (default: pages and posting); fill only fills the forum; hold starts the site and "
        "leaves it running, for example for Locust",
    )
    add("drills", nargs="*", help="drills: the names of those to run (all)")
    size = parser.add_mutually_exclusive_group()
    for name, number in (("large", "a million"), ("huge", "ten million")):
        help = f"{number} comments, 50,000 of them in one topic"
        size.add_argument(
            f"--{name}", dest="size", action="store_const", const=name, default="ordinary", help=help
        )
    add("--connections", type=int, default=16, help="connections that read pages (16)")
    add("--seconds", type=float, default=2, help="length of a round; a raid lasts 60 rounds, torture 30 (2)")
    add("--rounds", type=int, default=5, help="number of rounds; the result is their median (5)")
    add("--workers", type=int, default=web_server.WORKERS, help=f"page workers ({web_server.WORKERS})")
    add("--nginx", action="store_true", help="measure through nginx, which must be installed")
    add("--sockets", type=int, default=20_000, help="live: readers of one topic (20000)")
    add("--accounts", type=int, default=500, help="raid: accounts, each writes ten comments (500)")
    add(
        "--beside",
        type=Path,
        help="pages: a file with pages of other forums; each line has a name, an address and a "
        "Cookie header, with tabs between them",
    )
    add("--archive", type=Path, help="import: a directory of Discourse with a JSON file for each topic")
    add("--copies", type=int, default=9, help="import: how often the archive is imported (9)")
    add("--port", type=int, default=8700, help="first of three ports that are used (8700)")
    add("--data", type=Path, help="directory below which the forum is kept (var)")
    return parser


def data_dir(base: Path | None, size: str) -> Path:
    """The directory of the measured forum, which is never that of another forum."""
    base = base or Path(os.environ.get("FOLKMOOT_DATA") or ROOT / "var")
    return base.absolute() / ("bench" if size == "ordinary" else f"bench-{size}")


if __name__ == "__main__":
    try:
        with signals.until_stopped():
            main(sys.argv[1:])
    except OperatorError as trouble:
        sys.exit(str(trouble))
