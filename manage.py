#!/usr/bin/env python
"""Every command of Folkmoot: `python manage.py help` lists them; `--data DIR` works with each."""

import os
import sys
from pathlib import Path

from config.trouble import Trouble

# These read no data, or start the engines themselves once they know that they can go on.
WITHOUT_ENGINES = {"check", "collectstatic", "diffsettings", "findstatic", "help", "startapp", "version"}
WITHOUT_ENGINES |= {"doctor", "quickstart", "serve"}


def main(words: list[str]) -> None:
    """Run one command against the engines that its settings name."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    words = take_data(words)
    from django.core.management import execute_from_command_line

    if needs_engines(words[1:]):
        from config import engines

        engines.ready()
    execute_from_command_line(words)


def take_data(words: list[str]) -> list[str]:
    """Move `--data DIR` from the command line into FOLKMOOT_DATA, before anything reads settings."""
    rest = []
    given = iter(words)
    for word in given:
        name, equals, value = word.partition("=")
        if name != "--data":
            rest.append(word)
            continue
        value = value if equals else next(given, "")
        if not value:
            raise Trouble("--data needs a directory, for example --data var.")
        os.environ["FOLKMOOT_DATA"] = str(Path(value).absolute())
    return rest


def needs_engines(words: list[str]) -> bool:
    asks_only = {"-h", "--help", "--version"} & set(words)
    return bool(words) and not asks_only and words[0] not in WITHOUT_ENGINES


if __name__ == "__main__":
    try:
        main(sys.argv)
    except Trouble as trouble:
        sys.exit(str(trouble))
