#!/usr/bin/env python
"""Runs the commands of Folkmoot. `python manage.py help` lists them; each accepts `--data DIR`."""

import gc
import os
import sys
from pathlib import Path

from config.management.operator_error import OperatorError
from config.processes import signals

# These commands use no data, or start the engines themselves after their own checks.
WITHOUT_ENGINES = {"check", "collectstatic", "diffsettings", "findstatic", "help", "startapp", "version"}
WITHOUT_ENGINES |= {"doctor", "quickstart", "recover", "serve"}
GARBAGE = 20_000
"""New objects before a garbage collection. With Python's 700, a command that does nothing takes a fifth longer.

An import of a forum and a migration make many objects that stay. With 700, an empty database takes half as long again.
"""


def main(words: list[str]) -> None:
    """Start the engines if the command needs them, then run it."""
    gc.set_threshold(GARBAGE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    words = take_data(words)
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError

    from config.engines import readiness

    if needs_engines(words[1:]):
        readiness.ready()
    try:
        execute_from_command_line(words)
    except ProgrammingError:
        readiness.refuse_missing_migrations()  # a table that does not exist yet
        raise
    finally:
        gc.freeze()  # otherwise Python looks through all modules again before it ends


def take_data(words: list[str]) -> list[str]:
    """Move `--data DIR` from the command line to FOLKMOOT_DATA, before the settings are read."""
    rest = []
    given = iter(words)
    for word in given:
        name, equals, value = word.partition("=")
        if name != "--data":
            rest.append(word)
            continue
        value = value if equals else next(given, "")
        if not value:
            raise OperatorError("--data needs a directory, for example --data var.")
        os.environ["FOLKMOOT_DATA"] = str(Path(value).absolute())
    return rest


def needs_engines(words: list[str]) -> bool:
    asks_only = {"-h", "--help", "--version"} & set(words)
    return bool(words) and not asks_only and words[0] not in WITHOUT_ENGINES


if __name__ == "__main__":
    signals.raise_at_ctrl_c()
    try:
        main(sys.argv)
    except OperatorError as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)  # as shells report it; a traceback would say nothing
